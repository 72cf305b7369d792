package vn.lienthong.vpcp.services.model;

import java.util.Collections;
import java.util.List;
import vn.lienthong.LienthongException;

/** The units of the directory with their changes. */
public final class GetSynchronizeUnit extends Result {
    private final List<UnitSynchronize> rows;

    /** The call succeeded. */
    public GetSynchronizeUnit(List<UnitSynchronize> rows) {
        this.rows = Collections.unmodifiableList(rows);
    }

    /** The call failed. */
    public GetSynchronizeUnit(LienthongException failure) {
        super(failure);
        rows = Collections.emptyList();
    }

    /**
     * A row for each unit.
     *
     * @throws IllegalStateException where the call failed: a failed list is no empty one
     */
    public List<UnitSynchronize> getUnitSynchronize() {
        mustHaveSucceeded();
        return rows;
    }
}
