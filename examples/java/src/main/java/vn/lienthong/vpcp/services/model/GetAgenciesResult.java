package vn.lienthong.vpcp.services.model;

import java.util.Collections;
import java.util.List;
import vn.lienthong.LienthongException;

/** The directory. */
public final class GetAgenciesResult extends Result {
    private final List<Agency> rows;

    /** The call succeeded. */
    public GetAgenciesResult(List<Agency> rows) {
        this.rows = Collections.unmodifiableList(rows);
    }

    /** The call failed. */
    public GetAgenciesResult(LienthongException failure) {
        super(failure);
        rows = Collections.emptyList();
    }

    /**
     * A row for each agency.
     *
     * @throws IllegalStateException where the call failed: a failed list is no empty one
     */
    public List<Agency> getAgencies() {
        mustHaveSucceeded();
        return rows;
    }
}
