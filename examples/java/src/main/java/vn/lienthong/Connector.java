package vn.lienthong;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A durable connector to an axis: sends, receives and reports, across crashes and outages.
 *
 * <p>One for a whole server, used by any number of threads at once. By {@code connector.role} it is
 * the worker of its store, which talks to the axis, or a client beside it. Apart from
 * {@link #poll}, {@link #events} and {@link #doctor} calls wait for the local store only.
 *
 * <p>Packets are named by texts that are good for the life of the store: {@code out-1} is one of
 * ours, {@code in-1} one that came, {@code arrival-1} one in quarantine. A {@code staff}, the person
 * who acts, is JSON ({@code {"Staff":…,"Department":…}}) and may be null.
 */
public final class Connector extends Handle {
    /**
     * Opens the store and, as worker, starts the exchange with the axis, which need not be there.
     *
     * @throws LienthongException {@code config-missing}, {@code config-invalid-value},
     *     {@code store-in-use}, {@code store-on-network}, {@code store-newer},
     *     {@code store-failed}, {@code axis-plaintext}, {@code io}, {@code out-of-resources}; and
     *     for the keys {@code signature....}, {@code key-unreadable}, {@code key-password},
     *     {@code key-unsuitable}, {@code key-certificate}, {@code trust-unreadable},
     *     {@code organs-unreadable}
     */
    public Connector(Config config) {
        this(config, null);
    }

    /**
     * As the other, with who signs what {@code signature.sign} and {@code signature.seal_for} ask
     * for.
     *
     * @param signer may be closed afterwards; null for the key file, where one is configured
     */
    public Connector(Config config, Signer signer) {
        super(Calls.handle((place, error) -> Loader.c().lienthong_connector_open_signing(
                config.pointer(), of(signer), place, error)));
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_connector_free(pointer);
    }

    /**
     * Ends the exchange and closes the store; calls that wait in other threads end with
     * {@code closed}. Five seconds are always enough. {@link #close()} is still to be called; it
     * closes by itself where this was not done, waiting at most five seconds.
     *
     * @return whether every thread of the connector ended in time
     */
    public boolean close(Duration atMost) {
        if (isClosed()) {
            return true;
        }
        IntByReference inTime = new IntByReference();
        Calls.call(error -> Loader.c().lienthong_connector_close(
                pointer(), atMost.toMillis(), inTime, error));
        return inTime.getValue() != 0;
    }

    /**
     * Has the axis asked at once for what waits, not at the next {@code receive.interval}.
     *
     * @throws LienthongException {@code not-for-client}
     */
    public void receiveNow() {
        Calls.call(error -> Loader.c().lienthong_connector_receive_now(pointer(), error));
    }

    /**
     * Stores a document for sending. When this returns it is on disk and will be delivered to each
     * receiver, or {@link #why} says why not; after a failure nothing was stored. Where you do not
     * know, call again: the same document is the same id.
     *
     * @throws LienthongException {@code state-secret}, {@code packet-impossible},
     *     {@code document-id-taken}, {@code document-frozen}, {@code not-own-organ}, {@code io},
     *     {@code store-full}, {@code store-failed}, {@code closed}
     */
    public Sent send(Document document, StateSecret secret) {
        return new Sent(Calls.json((place, error) -> Loader.c().lienthong_connector_send(
                pointer(), document.pointer(), secret.number(), place, error)));
    }

    /** Stores a packet that is built already, byte for byte, from a file. As {@link #send}. */
    public Sent sendPacket(String path, StateSecret secret) {
        return new Sent(Calls.json((place, error) -> Loader.c().lienthong_connector_send_packet_path(
                pointer(), Calls.in(path), secret.number(), place, error)));
    }

    /** Stores a packet that is built already, byte for byte. As {@link #send}. */
    public Sent sendPacket(byte[] data, StateSecret secret) {
        return new Sent(Calls.json((place, error) -> Loader.c().lienthong_connector_send_packet_bytes(
                pointer(), data, data.length, secret.number(), place, error)));
    }

    /**
     * Stores a packet that is built already, byte for byte, from a stream. As {@link #send}.
     *
     * @throws IOException what the stream threw; then nothing was stored
     */
    public Sent sendPacket(InputStream in, StateSecret secret) throws IOException {
        Streams.Source source = new Streams.Source(in);
        return source.during(() -> new Sent(Calls.json((place, error) ->
                Loader.c().lienthong_connector_send_packet_callback(
                        pointer(), source, null, secret.number(), place, error))));
    }

    /**
     * Waits for a packet and takes it under a lease. That none came in time says nothing of the
     * axis.
     *
     * @throws LienthongException {@code closed}, {@code store-failed}
     */
    public Optional<Incoming> poll(Duration atMost) {
        Pointer incoming = Calls.handle((place, error) -> Loader.c().lienthong_connector_poll(
                pointer(), atMost.toMillis(), place, error));
        return incoming == null ? Optional.empty() : Optional.of(new Incoming(incoming));
    }

    /**
     * Accepts what was shown: it is not shown again.
     *
     * @throws LienthongException {@code lease-lost}
     */
    public void accept(Incoming incoming) {
        accept(incoming.id(), incoming.lease());
    }

    /** As {@link #accept(Incoming)}, also from another process. */
    public void accept(String incoming, long lease) {
        Calls.call(error -> Loader.c().lienthong_connector_accept(
                pointer(), Calls.in(incoming), lease, error));
    }

    /**
     * Refuses what was shown; its sender gets 02 with the reason.
     *
     * @throws LienthongException {@code lease-lost}, {@code packet-impossible} without a reason,
     *     {@code status-illegal} for an action, which is agreed to or declined
     */
    public void refuse(Incoming incoming, String reason) {
        refuse(incoming.id(), incoming.lease(), reason, null);
    }

    /** As {@link #refuse(Incoming, String)}. */
    public void refuse(String incoming, long lease, String reason, Json staff) {
        Calls.call(error -> Loader.c().lienthong_connector_refuse(
                pointer(), Calls.in(incoming), lease, Calls.in(reason), of(staff), error));
    }

    /** Gives back what was shown: it is shown again after a pause, at the latest after a lease. */
    public void giveBack(Incoming incoming, Duration pause) {
        giveBack(incoming.id(), incoming.lease(), pause);
    }

    /** As {@link #giveBack(Incoming, Duration)}. */
    public void giveBack(String incoming, long lease, Duration pause) {
        Calls.call(error -> Loader.c().lienthong_connector_give_back(
                pointer(), Calls.in(incoming), lease, pause.toMillis(), error));
    }

    /** Reports a status without note and staff. */
    public String report(String incoming, int code) {
        return report(incoming, code, null, null);
    }

    /**
     * Reports where a received document stands: 2 refused to 6 finished (1 goes by itself).
     *
     * @param note needed for 2, else may be null
     * @return the id of the status
     * @throws LienthongException {@code not-found}, {@code status-illegal},
     *     {@code packet-impossible}
     */
    public String report(String incoming, int code, String note, Json staff) {
        return Calls.text((place, error) -> Loader.c().lienthong_connector_report(
                pointer(), Calls.in(incoming), code, Calls.in(note), of(staff), place, error));
    }

    /** Asks every receiver to give a document of ours back. */
    public List<String> recall(String outgoing, String reason) {
        return recall(outgoing, Collections.emptyList(), reason, null);
    }

    /**
     * Asks receivers to give a document of ours back (status 13 to each). Those already asked are
     * left out.
     *
     * @param organs which; an empty list is all
     * @return the ids of the requests
     * @throws LienthongException {@code not-found}, {@code document-frozen},
     *     {@code invalid-argument} for an organ that was no receiver, {@code packet-impossible}
     */
    public List<String> recall(String outgoing, List<String> organs, String reason, Json staff) {
        return Calls.texts((place, error) -> Loader.c().lienthong_connector_recall(
                pointer(), Calls.in(outgoing), Calls.in(organs), organs.size(), Calls.in(reason),
                of(staff), place, error));
    }

    /**
     * Agrees (15) to a received recall, update or replacement. After a recall every copy of the
     * original's bytes in this store is destroyed.
     *
     * @param note may be null
     * @return the id of the status; empty where none is sent
     * @throws LienthongException {@code not-found}, {@code status-illegal}
     */
    public Optional<String> agree(String incoming, String note, Json staff) {
        return Calls.optional((place, error) -> Loader.c().lienthong_connector_agree(
                pointer(), Calls.in(incoming), Calls.in(note), of(staff), place, error));
    }

    /** Declines (16) with a reason, which has to be given. As {@link #agree}. */
    public Optional<String> decline(String incoming, String reason, Json staff) {
        return Calls.optional((place, error) -> Loader.c().lienthong_connector_decline(
                pointer(), Calls.in(incoming), Calls.in(reason), of(staff), place, error));
    }

    /**
     * Says that an organ's answer, 15 or 16, which is kept as ambiguous because it fits several
     * changes, was meant for this one.
     *
     * @param change the id of the request that was sent
     * @throws LienthongException {@code not-found}; {@code status-illegal} where no such answer is
     *     kept, or the change waits for none
     */
    public void assignAnswer(String change, String organ, int answer) {
        Calls.call(error -> Loader.c().lienthong_connector_assign_answer(
                pointer(), Calls.in(change), Calls.in(organ), answer, error));
    }

    /**
     * Has what failed, is held or waits tried again at once.
     *
     * @param organ one receiver; null for all
     * @return for how many
     */
    public long retry(String outgoing, String organ) {
        return Calls.number((count, error) -> Loader.c().lienthong_connector_retry(
                pointer(), Calls.in(outgoing), Calls.in(organ), count, error));
    }

    /**
     * Gives up what is not delivered; what waited for it goes on.
     *
     * @param organ one receiver; null for all
     * @return for how many
     */
    public long drop(String outgoing, String organ) {
        return Calls.number((count, error) -> Loader.c().lienthong_connector_drop(
                pointer(), Calls.in(outgoing), Calls.in(organ), count, error));
    }

    /**
     * Where a packet stands, why, and who has to act: {@code outgoing} or {@code incoming}, and
     * {@code journal}; docs/dms.md has the members.
     *
     * @throws LienthongException {@code not-found}
     */
    public Json why(String id) {
        return Calls.json((place, error) ->
                Loader.c().lienthong_connector_why(pointer(), Calls.in(id), place, error));
    }

    /** Everything that hangs together with a packet, by time, as a list. */
    public Json thread(String id) {
        return Calls.json((place, error) ->
                Loader.c().lienthong_connector_thread(pointer(), Calls.in(id), place, error));
    }

    /** The statuses that came about a packet of ours, in the order they came, as a list. */
    public Json statuses(String outgoing) {
        return Calls.json((place, error) -> Loader.c().lienthong_connector_statuses(
                pointer(), Calls.in(outgoing), place, error));
    }

    /** The ids of our packets with this organ and DocumentId. */
    public List<String> findSent(String from, String documentId) {
        return Calls.texts((place, error) -> Loader.c().lienthong_connector_find_sent(
                pointer(), Calls.in(from), Calls.in(documentId), place, error));
    }

    /** Counters, the oldest undelivered packet, who is silent, when the axis last answered. */
    public Json stats() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_connector_stats(pointer(), place, error));
    }

    /**
     * Waits for events that are not done and gives at most {@code limit}, the oldest first, as a
     * list. They come again until {@link #eventsDone}.
     */
    public Json events(int limit, Duration atMost) {
        return Calls.json((place, error) -> Loader.c().lienthong_connector_events(
                pointer(), limit, atMost.toMillis(), place, error));
    }

    /** Events up to this number (of the last event) are dealt with and do not come again. */
    public void eventsDone(long upTo) {
        Calls.call(error -> Loader.c().lienthong_connector_events_done(pointer(), upTo, error));
    }

    /**
     * What is on its way to and from the axis at this moment, as a list.
     *
     * @throws LienthongException {@code not-for-client}
     */
    public Json transfers() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_connector_transfers(pointer(), place, error));
    }

    /** At most so many packets that came and cannot be read, the oldest first, as a list. */
    public Json quarantine(int limit) {
        return Calls.json((place, error) -> Loader.c().lienthong_connector_quarantine(
                pointer(), limit, place, error));
    }

    /** Has a packet in quarantine ({@code arrival-...}) read again, e.g. by a newer library. */
    public void readAgain(String arrival) {
        Calls.call(error -> Loader.c().lienthong_connector_read_again(
                pointer(), Calls.in(arrival), error));
    }

    /** Gives up a packet in quarantine. Its bytes are deleted. */
    public void dropQuarantined(String arrival) {
        Calls.call(error -> Loader.c().lienthong_connector_drop_quarantined(
                pointer(), Calls.in(arrival), error));
    }

    /**
     * The packet with an id.
     *
     * @throws LienthongException {@code not-found}, {@code payload-gone}
     */
    public Packet packet(String id) {
        return new Packet(Calls.handle((place, error) ->
                Loader.c().lienthong_connector_packet(pointer(), Calls.in(id), place, error)));
    }

    /**
     * Looks at configuration, store, disk, clock, axis and queues: a list of name, health
     * ({@code good}, {@code warning}, {@code bad}, {@code unknown}), en, vi. A worker asks the axis,
     * which may take as long as its time-outs.
     */
    public Json doctor() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_connector_doctor(pointer(), place, error));
    }

    /** Copies the store, while it is at work, into a new folder. */
    public void backup(String folder) {
        Calls.call(error -> Loader.c().lienthong_connector_backup(
                pointer(), Calls.in(folder), error));
    }

    private static byte[] of(Json staff) {
        return staff == null || !staff.isThere() ? null : Calls.in(staff.toString());
    }
}
