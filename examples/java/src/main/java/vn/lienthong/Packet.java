package vn.lienthong;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A packet that was read: its header, findings, and the way to its bytes. It does not change; any
 * number of threads may use it. Attachments are numbered from 1.
 */
public final class Packet extends Handle {
    /** What stands in it. */
    public enum Kind {
        /** Neither document nor status, or unreadable. */
        UNKNOWN,
        /** A document. */
        DOCUMENT,
        /** A status. */
        STATUS
    }

    /** How bad a finding is. */
    public enum Severity {
        /** Nothing was found. */
        NONE,
        /** An oddity; nothing is lost by it. */
        NOTE,
        /** It would surprise a receiver. */
        WARNING,
        /** An axis would refuse it, a rebuild would lose it, or it cannot be read. */
        ERROR
    }

    /** How a packet is signed. The numbers are those of the C library. */
    public enum Signing {
        /** A signature over the whole packet, which a hop that rebuilds packets breaks. */
        PACKET,
        /** A seal (niêm phong): a file that vouches for header and files through such a hop. */
        SEAL,
        /** A seal, and a signature over the packet with the seal in it. */
        BOTH
    }

    Packet(Pointer pointer) {
        super(pointer);
    }

    /**
     * Reads the packet in a file, in constant memory. The file must stay as it is as long as this
     * is used. A packet that cannot be read is no failure: see {@link #isReadable}.
     *
     * @param config limits (keys {@code packet....}); null for all defaults
     * @throws LienthongException {@code io}
     */
    public static Packet fromPath(Config config, String path) {
        return new Packet(Calls.handle((place, error) -> Loader.c().lienthong_packet_from_path(
                of(config), Calls.in(path), place, error)));
    }

    /** Reads the packet in memory; its bytes are copied. As {@link #fromPath}. */
    public static Packet fromBytes(Config config, byte[] data) {
        return new Packet(Calls.handle((place, error) -> Loader.c().lienthong_packet_from_bytes(
                of(config), data, data.length, place, error)));
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_packet_free(pointer);
    }

    /** What stands in it. */
    public Kind kind() {
        int kind = Loader.c().lienthong_packet_kind(pointer());
        return kind == 1 ? Kind.DOCUMENT : kind == 2 ? Kind.STATUS : Kind.UNKNOWN;
    }

    /** Whether it could be read to its end. */
    public boolean isReadable() {
        return Loader.c().lienthong_packet_readable(pointer()) != 0;
    }

    /**
     * All of it, as docs/packet.schema.json says: header, attachments, findings, meaning digest. It
     * holds what people wrote: not for logs.
     */
    public Json toJson() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_packet_json(pointer(), place, error));
    }

    /**
     * The text of an element of the header, e.g. {@code From/OrganId}, {@code To[2]/OrganName}, or
     * of a status {@code ResponseFor/DocumentId}.
     *
     * @throws LienthongException {@code invalid-argument} where there is no such element
     */
    public Optional<String> element(String path) {
        return Calls.optional((place, error) -> Loader.c().lienthong_packet_element(
                pointer(), Calls.in(path), place, error));
    }

    /** How many there are of an element or group, e.g. {@code To}. */
    public long elementCount(String path) {
        return Calls.number((count, error) -> Loader.c().lienthong_packet_element_count(
                pointer(), Calls.in(path), count, error));
    }

    /** What a check finds of it as one received, for the national axis. */
    public Json check() {
        return check(false, null);
    }

    /**
     * What a check finds, as a list.
     *
     * @param sending as one about to be sent, not as one received
     * @param profile {@code national} (or null) or {@code provincial}
     */
    public Json check(boolean sending, String profile) {
        return Calls.json((place, error) -> Loader.c().lienthong_packet_check(
                pointer(), Calls.in(sending), Calls.in(profile), place, error));
    }

    /** The worst severity that {@link #check(boolean, String)} finds. */
    public Severity worst(boolean sending, String profile) {
        IntByReference severity = new IntByReference();
        Calls.call(error -> Loader.c().lienthong_packet_worst(
                pointer(), Calls.in(sending), Calls.in(profile), severity, error));
        return Severity.values()[Math.max(0, Math.min(severity.getValue(), 3))];
    }

    /** What differs between this one as it was sent and as it came, as a list of findings. */
    public Json compare(Packet came) {
        return Calls.json((place, error) ->
                Loader.c().lienthong_packet_compare(pointer(), came.pointer(), place, error));
    }

    /** The meaning digest, 64 hexadecimal digits. */
    public Optional<String> meaningDigest() {
        return Calls.optional((place, error) ->
                Loader.c().lienthong_packet_meaning_digest(pointer(), place, error));
    }

    /**
     * Writes the packet's own bytes into a new file, and gives their number.
     *
     * @throws LienthongException {@code io} where the file is there already, {@code payload-gone}
     */
    public long toPath(String path) {
        return Calls.number((length, error) -> Loader.c().lienthong_packet_to_path(
                pointer(), Calls.in(path), length, error));
    }

    /**
     * Writes the packet's own bytes, and gives their number.
     *
     * @throws IOException what the stream threw
     */
    public long to(OutputStream out) throws IOException {
        Streams.Sink sink = new Streams.Sink(out);
        return sink.during(() -> Calls.number((length, error) ->
                Loader.c().lienthong_packet_to_callback(pointer(), sink, null, length, error)));
    }

    /** How many attachments it has. */
    public long attachmentCount() {
        return Loader.c().lienthong_packet_attachment_count(pointer());
    }

    /**
     * What is known of an attachment: AttachmentName, Size, Sha256, DetectedType, ... Its name is
     * the sender's and no safe file name.
     */
    public Json attachment(long number) {
        return Calls.json((place, error) ->
                Loader.c().lienthong_packet_attachment(pointer(), number, place, error));
    }

    /**
     * Writes an attachment into a new file, a ZIP around it taken off, and gives its length.
     *
     * @throws LienthongException {@code io}, {@code attachment-unreadable},
     *     {@code packet-changed}; then there is no file
     */
    public long attachmentToPath(long number, String path) {
        return Calls.number((length, error) -> Loader.c().lienthong_packet_attachment_to_path(
                pointer(), number, Calls.in(path), length, error));
    }

    /** The bytes of an attachment, all at once. Fails as {@link #attachmentToPath}. */
    public byte[] attachmentBytes(long number) {
        return Calls.bytes((data, length, error) -> Loader.c().lienthong_packet_attachment_to_bytes(
                pointer(), number, data, length, error));
    }

    /**
     * Writes the bytes of an attachment, and gives their number. They are good only where this
     * succeeds.
     *
     * @throws IOException what the stream threw
     */
    public long attachmentTo(long number, OutputStream out) throws IOException {
        Streams.Sink sink = new Streams.Sink(out);
        return sink.during(() -> Calls.number((length, error) ->
                Loader.c().lienthong_packet_attachment_to_callback(
                        pointer(), number, sink, null, length, error)));
    }

    /**
     * Writes every attachment into a folder, which is made where it is missing, under safe and
     * unique names; no file is overwritten.
     *
     * @param keepRaw keeps a ZIP that travelled beside the file in it
     * @return a list: number, path, raw_path
     */
    public Json extract(String folder, boolean keepRaw) {
        return Calls.json((place, error) -> Loader.c().lienthong_packet_extract(
                pointer(), Calls.in(folder), Calls.in(keepRaw), place, error));
    }

    /**
     * Reads the packet once more and judges its signatures as of now. That one is wrong, or absent,
     * is no failure.
     *
     * @throws LienthongException {@code io}, {@code payload-gone}
     */
    public Verdict verify(Verifier verifier) {
        return verify(verifier, 0);
    }

    /**
     * As the other, for a time in milliseconds since 1970-01-01 UTC; 0 is now. Revocation data may
     * be fetched, within {@code signature.fetch_timeout} for each source.
     */
    public Verdict verify(Verifier verifier, long at) {
        IntByReference met = new IntByReference();
        Json report = Calls.json((place, error) -> Loader.c().lienthong_packet_verify(
                pointer(), verifier.pointer(), at, place, met, error));
        return new Verdict(report, met.getValue() != 0);
    }

    /**
     * Writes the packet into a new file, signed, sealed or both, and gives its length in bytes;
     * every other byte stays as it is.
     *
     * @param at the time that the packet's signature claims, in milliseconds since 1970-01-01 UTC;
     *     0 for none
     * @throws LienthongException {@code already-signed}, {@code not-signable},
     *     {@code packet-unreadable}, {@code packet-impossible} (a seal already, or a signature that
     *     a seal would break), {@code signer-unfit}, {@code signing-failed}, {@code io}; then there
     *     is no file
     */
    public long signTo(String path, Signer signer, Signing what, long at) {
        return Calls.number((length, error) -> Loader.c().lienthong_packet_sign_to_path(
                pointer(), signer.pointer(), what.ordinal() + 1, at, Calls.in(path), length, error));
    }

    /** The bytes of the packet, signed, sealed or both, all at once. As {@link #signTo}. */
    public byte[] signed(Signer signer, Signing what, long at) {
        return Calls.bytes((data, length, error) -> Loader.c().lienthong_packet_sign_to_bytes(
                pointer(), signer.pointer(), what.ordinal() + 1, at, data, length, error));
    }
}
