package vn.lienthong;

/** What became of a document that was given for sending: it is on disk. */
public final class Sent {
    private final Json json;

    Sent(Json json) {
        this.json = json;
    }

    /** Its id, e.g. {@code out-1}; good for the life of the store. */
    public String outgoing() {
        return json.get("outgoing").text();
    }

    /** Whether the same document had been stored before; then nothing was added. */
    public boolean again() {
        return json.get("again").flag();
    }

    /** What the check found of it, as a list. */
    public Json findings() {
        return json.get("findings");
    }

    /** All of it. */
    public Json toJson() {
        return json;
    }
}
