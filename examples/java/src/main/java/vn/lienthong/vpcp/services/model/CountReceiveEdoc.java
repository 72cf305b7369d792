package vn.lienthong.vpcp.services.model;

import vn.lienthong.LienthongException;

/** How many packets wait. */
public final class CountReceiveEdoc extends Result {
    private final long count;

    /** The call succeeded. */
    public CountReceiveEdoc(long count) {
        this.count = count;
    }

    /** The call failed. */
    public CountReceiveEdoc(LienthongException failure) {
        super(failure);
        count = 0;
    }

    /**
     * How many; its type is assumed.
     *
     * @throws IllegalStateException where the call failed: a failed count is not zero
     */
    public int getCount() {
        mustHaveSucceeded();
        return (int) Math.min(count, Integer.MAX_VALUE);
    }
}
