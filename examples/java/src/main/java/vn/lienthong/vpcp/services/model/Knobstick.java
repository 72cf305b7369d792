package vn.lienthong.vpcp.services.model;

import vn.lienthong.Json;

/** A packet that waits. What the axis does not say is an empty text. */
public final class Knobstick {
    private final Json row;

    /** A row of a list, as the library gives it. */
    public Knobstick(Json row) {
        this.row = row;
    }

    /** The id to fetch and acknowledge it by. */
    public String getId() {
        return Result.orEmpty(row.get("doc_id").text());
    }

    /** The service, {@code eDoc}. */
    public String getServiceType() {
        return Result.orEmpty(row.get("service_type").text());
    }

    /** {@code edoc} or {@code status}. */
    public String getMessageType() {
        return Result.orEmpty(row.get("message_type").text());
    }

    /** When the axis took it, as the axis writes it. */
    public String getCreatedTime() {
        return Result.orEmpty(row.get("created").text());
    }

    /** When its state changed, as the axis writes it. */
    public String getUpdatedTime() {
        return Result.orEmpty(row.get("updated").text());
    }

    /** Its sender. */
    public String getFrom() {
        return Result.orEmpty(row.get("from").text());
    }

    /** Its receiver. */
    public String getTo() {
        return Result.orEmpty(row.get("to").text());
    }

    /** Its state in the queue, e.g. {@code initial}. */
    public String getStatus() {
        return Result.orEmpty(row.get("status").text());
    }

    /** Its state in words. */
    public String getStatusDesc() {
        return Result.orEmpty(row.get("status_description").text());
    }
}
