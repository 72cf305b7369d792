package vn.lienthong.vpcp.services.model;

import java.util.Collections;
import java.util.List;
import vn.lienthong.LienthongException;

/** The packets that wait. */
public final class GetReceivedEdocResult extends Result {
    private final List<Knobstick> rows;

    /** The call succeeded. */
    public GetReceivedEdocResult(List<Knobstick> rows) {
        this.rows = Collections.unmodifiableList(rows);
    }

    /** The call failed. */
    public GetReceivedEdocResult(LienthongException failure) {
        super(failure);
        rows = Collections.emptyList();
    }

    /**
     * A row for each packet.
     *
     * @throws IllegalStateException where the call failed: a failed list is no empty one
     */
    public List<Knobstick> getKnobsticks() {
        mustHaveSucceeded();
        return rows;
    }
}
