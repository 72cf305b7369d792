package vn.lienthong;

import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * A packet that came, shown under a lease ({@code handoff.lease}). Closing it decides nothing:
 * until it is accepted or refused it is shown again after the lease. It does not change; any number
 * of threads may read it.
 */
public final class Incoming extends Handle {
    Incoming(Pointer pointer) {
        super(pointer);
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_incoming_free(pointer);
    }

    /** Its id, e.g. {@code in-1}; good for the life of the store. */
    public String id() {
        return text(Loader.c().lienthong_incoming_id(pointer()));
    }

    /** Its lease, to accept, refuse or give back by. Any number, also a negative one. */
    public long lease() {
        return Loader.c().lienthong_incoming_lease(pointer());
    }

    /** Our organ that it is for. */
    public String ownOrgan() {
        return text(Loader.c().lienthong_incoming_own_organ(pointer()));
    }

    /** Its sender as the packet names it. */
    public String from() {
        return text(Loader.c().lienthong_incoming_from(pointer()));
    }

    /** How often it has been shown, this time included; above 1 it is shown again. */
    public int attempt() {
        return Loader.c().lienthong_incoming_attempt(pointer());
    }

    /** Whether it is a recall, update or replacement, to agree to or decline. */
    public boolean isAction() {
        return Loader.c().lienthong_incoming_is_action(pointer()) != 0;
    }

    /** The id of the received document that it acts on, which is on hold. */
    public Optional<String> actsOn() {
        return Optional.ofNullable(Calls.out(Loader.c().lienthong_incoming_acts_on(pointer())));
    }

    /** The id of our document that it answers. */
    public Optional<String> answers() {
        return Optional.ofNullable(Calls.out(Loader.c().lienthong_incoming_answers(pointer())));
    }

    /** Whether another one of the same sender, id and type with another content is there. */
    public boolean conflict() {
        return Loader.c().lienthong_incoming_conflict(pointer()) != 0;
    }

    /**
     * What its signatures were worth when it came, as {@link Verdict#toJson}; nothing for a status.
     */
    public Json signatures() {
        return toJson().get("signatures");
    }

    /** All of it: the {@code item} of docs/dms.md. It holds what people wrote: not for logs. */
    public Json toJson() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_incoming_json(pointer(), place, error));
    }

    /** The packet, to read fields and attachments; it may outlive this. */
    public Packet packet() {
        return new Packet(Calls.handle((place, error) ->
                Loader.c().lienthong_incoming_packet(pointer(), place, error)));
    }

    /** Functions that cannot fail give NULL for a handle that was closed. */
    private static String text(Pointer text) {
        if (text == null) {
            throw LienthongException.invalidArgument("this incoming is closed");
        }
        return Calls.out(text);
    }
}
