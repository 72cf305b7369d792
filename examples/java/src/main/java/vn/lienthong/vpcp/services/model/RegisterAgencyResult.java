package vn.lienthong.vpcp.services.model;

import vn.lienthong.LienthongException;

/** How a registration ended. */
public final class RegisterAgencyResult extends Result {
    /** The call succeeded. */
    public RegisterAgencyResult() {}

    /** The call failed. */
    public RegisterAgencyResult(LienthongException failure) {
        super(failure);
    }
}
