package vn.lienthong.vpcp.services.model;

import vn.lienthong.Json;

/** What became of a packet that was sent. What the axis does not say is an empty text. */
public final class StatusResult {
    private final Json row;

    /** A row of a list, as the library gives it. */
    public StatusResult(Json row) {
        this.row = row;
    }

    /** The id of the sending. */
    public String getSenderDocId() {
        return Result.orEmpty(row.get("sender_doc_id").text());
    }

    /** The id that the receiver has. */
    public String getReceiverDocId() {
        return Result.orEmpty(row.get("receiver_doc_id").text());
    }

    /** Its sender. */
    public String getFromCode() {
        return Result.orEmpty(row.get("from_code").text());
    }

    /** Its receiver. */
    public String getToCode() {
        return Result.orEmpty(row.get("to_code").text());
    }

    /** Its subject, where the axis keeps it. */
    public String getTitle() {
        return Result.orEmpty(row.get("title").text());
    }

    /** Its number and notation. */
    public String getNotation() {
        return Result.orEmpty(row.get("notation").text());
    }

    /** When it was sent, as the axis writes it. */
    public String getSentTime() {
        return Result.orEmpty(row.get("sent").text());
    }

    /** When it was received, as the axis writes it. */
    public String getReceivedTime() {
        return Result.orEmpty(row.get("received").text());
    }

    /** The state of the sending. */
    public String getSendStatus() {
        return Result.orEmpty(row.get("send_status").text());
    }

    /** The state of the sending in words. */
    public String getSendStatusDesc() {
        return Result.orEmpty(row.get("send_status_description").text());
    }

    /** The state at the receiver. */
    public String getReceiveStatus() {
        return Result.orEmpty(row.get("receive_status").text());
    }

    /** The state at the receiver in words. */
    public String getReceiveStatusDesc() {
        return Result.orEmpty(row.get("receive_status_description").text());
    }

    /** The service, {@code eDoc}. */
    public String getServiceType() {
        return Result.orEmpty(row.get("service_type").text());
    }

    /** {@code edoc} or {@code status}. */
    public String getMessageType() {
        return Result.orEmpty(row.get("message_type").text());
    }
}
