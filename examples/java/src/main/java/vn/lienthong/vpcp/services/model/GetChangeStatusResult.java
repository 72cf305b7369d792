package vn.lienthong.vpcp.services.model;

import vn.lienthong.LienthongException;

/** How an acknowledgement ended. */
public final class GetChangeStatusResult extends Result {
    /** The call succeeded. */
    public GetChangeStatusResult() {}

    /** The call failed. */
    public GetChangeStatusResult(LienthongException failure) {
        super(failure);
    }
}
