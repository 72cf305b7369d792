package vn.lienthong.vpcp.services;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.Locale;
import java.util.UUID;
import vn.lienthong.LienthongException;

/**
 * The file of a packet, {@code folder/<year>/<month>/<docId>.edxml}: there whole, and on disk, or
 * not at all. One of an earlier call is replaced.
 */
final class PacketFile {
    private static final int IO = 4;
    private static final int LONGEST_ID = 150;

    /** Fetches a packet into a file that is not there yet. */
    interface Fetch {
        void into(String path);
    }

    private PacketFile() {}

    static String fetch(String folder, String docId, Fetch fetch) {
        String name = name(docId);
        LocalDate today = LocalDate.now();
        Path target;
        Path part;
        try {
            File month = new File(new File(folder, String.format(Locale.ROOT, "%04d", today.getYear())),
                    String.format(Locale.ROOT, "%02d", today.getMonthValue()));
            Path place = Files.createDirectories(month.toPath());
            target = place.resolve(name + ".edxml");
            part = place.resolve(name + "." + UUID.randomUUID() + ".part");
        } catch (IOException | InvalidPathException failure) {
            // A path with diacritics needs a UTF-8 locale: Java itself cannot name it otherwise.
            throw LienthongException.of(IO, "the folder for packets cannot be made", failure);
        }
        try {
            fetch.into(part.toString());
            sync(part, StandardOpenOption.WRITE);
            Files.move(part, target,
                    StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(target.getParent(), StandardOpenOption.READ);
            return target.toString();
        } catch (IOException failure) {
            throw LienthongException.of(IO, "the packet cannot be kept", failure);
        } finally {
            remove(part);
        }
    }

    /** The axis must be able to rely on it when it hears {@code done}. */
    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException left) {
            // A part that is left behind is in nobody's way.
        }
    }

    /**
     * A name that stays in its folder and is another for each id: what is no letter, digit,
     * {@code -}, {@code _} or inner dot is written as {@code %} and two digits for each byte.
     */
    static String name(String docId) {
        StringBuilder name = new StringBuilder();
        for (byte b : docId.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
                    || b == '-' || b == '_' || b == '.' && name.length() > 0;
            name.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xFF));
        }
        if (name.length() > LONGEST_ID) {
            throw LienthongException.invalidArgument("docId is too long for a file's name");
        }
        return name.toString();
    }
}
