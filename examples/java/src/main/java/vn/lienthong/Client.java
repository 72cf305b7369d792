package vn.lienthong;

import com.sun.jna.Pointer;
import java.util.List;

/**
 * A client of an axis, without a store: each call goes out at once, and nothing is repeated. For
 * programs that have queues of their own; {@link Connector} does all of this durably.
 *
 * <p>Used by any number of threads at once. Calls end by {@code axis.connect_timeout},
 * {@code axis.idle_timeout} and {@code axis.total_timeout}. Common failures: {@code axis-unreachable},
 * {@code axis-untrusted}, {@code axis-no-answer}, {@code axis-not-an-answer},
 * {@code axis-refused-packet}, {@code axis-refused-organ}, {@code axis-credentials},
 * {@code axis-try-later}, {@code axis-unknown-refusal}, {@code closed}. A list that failed is never
 * an empty one. The members of lists stand in docs/c-abi.md.
 */
public final class Client extends Handle {
    /** What a packet is to the axis. */
    public enum MessageType {
        /** A document with its attachments. */
        EDOC,
        /** A status. */
        STATUS;

        private int number() {
            return ordinal() + 1;
        }
    }

    /** What is said of a packet that was fetched. */
    public enum Acknowledgement {
        /** It is being taken over; it stays in the queue. */
        PROCESSING,
        /** It is kept; it leaves the queue. */
        DONE,
        /** It cannot be taken; it leaves the queue (assumed). */
        FAIL
    }

    /**
     * Opens a client by the keys {@code axis....}. No connection is made yet.
     *
     * @throws LienthongException {@code config-missing}, {@code config-invalid-value},
     *     {@code axis-plaintext}, {@code io}, {@code out-of-resources}
     */
    public Client(Config config) {
        super(Calls.handle((place, error) ->
                Loader.c().lienthong_client_open(config.pointer(), place, error)));
    }

    /** Calls under way in other threads end with {@code closed}. */
    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_client_free(pointer);
    }

    /**
     * Sends the packet in a file. A failure means that nothing was sent to anyone.
     *
     * @param to the receivers; an empty list leaves them to the packet
     * @return what became of it for each group of receivers: to, outcome ({@code accepted},
     *     {@code refused}, {@code no-answer}, {@code not-sent}), doc_id, code, description, error
     */
    public Json send(String path, String from, List<String> to, MessageType type) {
        return Calls.json((place, error) -> Loader.c().lienthong_client_send_path(
                pointer(), Calls.in(path), Calls.in(from), Calls.in(to), to.size(), type.number(),
                place, error));
    }

    /** The packets that wait. */
    public Json listReceived(MessageType type) {
        return Calls.json((place, error) -> Loader.c().lienthong_client_list_received(
                pointer(), type.number(), place, error));
    }

    /**
     * What became of packets that were sent.
     *
     * @param docId one; null for all
     */
    public Json listSent(MessageType type, String docId) {
        return Calls.json((place, error) -> Loader.c().lienthong_client_list_sent(
                pointer(), type.number(), Calls.in(docId), place, error));
    }

    /**
     * Fetches a packet into a new file and gives its length in bytes; one that is there already is
     * left alone ({@code io}). After a failure there is no file.
     */
    public long get(String docId, String path) {
        return Calls.number((length, error) -> Loader.c().lienthong_client_get_to_path(
                pointer(), Calls.in(docId), Calls.in(path), length, error));
    }

    /** Fetches a packet by the other call there is ({@code /downloadEdoc}). As {@link #get}. */
    public long download(String docId, String path) {
        return Calls.number((length, error) -> Loader.c().lienthong_client_download_to_path(
                pointer(), Calls.in(docId), Calls.in(path), length, error));
    }

    /** Acknowledges a packet. {@code DONE} only when the packet is kept safely. */
    public void acknowledge(String docId, Acknowledgement acknowledgement) {
        Calls.call(error -> Loader.c().lienthong_client_acknowledge(
                pointer(), Calls.in(docId), acknowledgement.ordinal() + 1, error));
    }

    /** How many documents or statuses wait. */
    public long count(MessageType type) {
        return Calls.number((count, error) -> Loader.c().lienthong_client_count(
                pointer(), type.number(), count, error));
    }

    /** The axis's directory of agencies. */
    public Json agencies() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_client_agencies(pointer(), place, error));
    }

    /** The agencies of a level with their codes of Decision 20/2020. */
    public Json agenciesQd20(int level) {
        return Calls.json((place, error) -> Loader.c().lienthong_client_agencies_qd20(
                pointer(), level, place, error));
    }

    /** The units of the directory with their changes; there may be a hundred thousand. */
    public Json synchronizeUnits() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_client_synchronize_units(pointer(), place, error));
    }

    /** Registers an agency: id, parent_code, code, name, mail, mobile, fax. */
    public void registerAgency(Json agency) {
        Calls.call(error -> Loader.c().lienthong_client_register_agency(
                pointer(), Calls.in(agency.toString()), error));
    }

    /** Takes an agency off the axis. */
    public void deleteAgency(String code) {
        Calls.call(error -> Loader.c().lienthong_client_delete_agency(
                pointer(), Calls.in(code), error));
    }
}
