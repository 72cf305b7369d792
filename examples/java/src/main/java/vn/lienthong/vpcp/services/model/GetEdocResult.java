package vn.lienthong.vpcp.services.model;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import vn.lienthong.LienthongException;

/** A packet that was fetched into a file. */
public final class GetEdocResult extends Result {
    private final String filePath;

    /** The call succeeded. */
    public GetEdocResult(String filePath) {
        this.filePath = filePath;
    }

    /** The call failed. */
    public GetEdocResult(LienthongException failure) {
        super(failure);
        filePath = "";
    }

    /** The file; empty where the call failed. */
    public String getFilePath() {
        return filePath;
    }

    /**
     * The packet in base64, as the axis sends it (assumed); empty where the call failed. It is read
     * from the file at this call and not kept: a packet may be larger than memory.
     *
     * @throws UncheckedIOException where the file is not there any more
     */
    public String getData() {
        if (filePath.isEmpty()) {
            return "";
        }
        try {
            return Base64.getEncoder().encodeToString(
                    Files.readAllBytes(new File(filePath).toPath()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
