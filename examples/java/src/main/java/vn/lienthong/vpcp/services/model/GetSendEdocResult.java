package vn.lienthong.vpcp.services.model;

import java.util.Collections;
import java.util.List;
import vn.lienthong.LienthongException;

/** What became of packets that were sent. */
public final class GetSendEdocResult extends Result {
    private final List<StatusResult> rows;

    /** The call succeeded. */
    public GetSendEdocResult(List<StatusResult> rows) {
        this.rows = Collections.unmodifiableList(rows);
    }

    /** The call failed. */
    public GetSendEdocResult(LienthongException failure) {
        super(failure);
        rows = Collections.emptyList();
    }

    /**
     * A row for each packet and receiver.
     *
     * @throws IllegalStateException where the call failed: a failed list is no empty one
     */
    public List<StatusResult> getStatusResult() {
        mustHaveSucceeded();
        return rows;
    }
}
