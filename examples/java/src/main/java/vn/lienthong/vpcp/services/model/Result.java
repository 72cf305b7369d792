package vn.lienthong.vpcp.services.model;

import vn.lienthong.LienthongException;

/** How a call ended. It does not change. */
public abstract class Result {
    private final String status;
    private final String errorCode;
    private final String errorDesc;
    private final LienthongException failure;

    Result() {
        this("OK", "0", "", null);
    }

    Result(LienthongException failure) {
        this("FAIL", codeOf(failure), failure.getVietnameseMessage(), failure);
    }

    Result(String status, String errorCode, String errorDesc, LienthongException failure) {
        this.status = status;
        this.errorCode = errorCode;
        this.errorDesc = errorDesc;
        this.failure = failure;
    }

    /**
     * The axis's own code; where the failure is none of the axis's, the number of
     * docs/errors.md with a minus before it, so that no two things share a number.
     */
    static String codeOf(LienthongException failure) {
        String remote = failure.getRemoteCode();
        return remote == null || remote.isEmpty() ? "-" + failure.getCode() : remote;
    }

    /** {@code OK} or {@code FAIL}. */
    public String getStatus() {
        return status;
    }

    /**
     * {@code 0} for success; the axis's code, e.g. {@code 15}; or a negative number, e.g.
     * {@code -22} for {@code axis-unreachable}, where the axis itself said none.
     */
    public String getErrorCode() {
        return errorCode;
    }

    /** What is wrong and what to do next, in Vietnamese; empty for success. */
    public String getErrorDesc() {
        return errorDesc;
    }

    /**
     * The failure with all that is known of it; null for success, and where the axis refused a
     * sending: then code and words are all there is.
     */
    public LienthongException getFailure() {
        return failure;
    }

    /** What a failed call did not bring must not be taken for nothing. */
    final void mustHaveSucceeded() {
        if (!status.equals("OK")) {
            throw new IllegalStateException(
                    "the call failed (" + errorCode + "): look at getStatus first", failure);
        }
    }

    static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
