package vn.lienthong.vpcp.services.model;

/** What a packet is to the axis, written as {@code jsonHeaders} wants it. */
public enum MessageType {
    /** A document. */
    edoc,
    /** A status. */
    status
}
