package vn.lienthong.vpcp.services.model;

import vn.lienthong.LienthongException;

/** How a deletion ended. */
public final class DeleteAgencyResult extends Result {
    /** The call succeeded. */
    public DeleteAgencyResult() {}

    /** The call failed. */
    public DeleteAgencyResult(LienthongException failure) {
        super(failure);
    }
}
