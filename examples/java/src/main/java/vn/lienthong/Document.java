package vn.lienthong;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A document to be sent: the elements of its header, and its files.
 *
 * <p>For one thread at a time. It can be checked, written and sent any number of times, and changed
 * in between. Elements are named by their paths: {@code Subject}, {@code To[2]/OrganName}.
 */
public final class Document extends Handle {
    /** What a document does to an earlier one. */
    public enum Action {
        /** Takes it back. */
        RECALL,
        /** Changes it. */
        UPDATE,
        /** Stands in its place. */
        REPLACE
    }

    /** An empty one, with the defaults of every key. */
    public Document() {
        this((Config) null);
    }

    /**
     * An empty one.
     *
     * @param config which files travel as they are, and the limits of the check (keys
     *     {@code packet....}); null for all defaults
     */
    public Document(Config config) {
        this(Calls.handle((place, error) ->
                Loader.c().lienthong_document_new(of(config), place, error)));
    }

    private Document(Pointer pointer) {
        super(pointer);
    }

    /**
     * Makes one from JSON: the value of {@code document} in docs/packet.schema.json, without
     * {@code AttachmentEncoded}; files are attached by calls.
     *
     * @param config as above; may be null
     * @throws LienthongException {@code invalid-argument}, which names line and column
     */
    public static Document fromJson(Config config, String json) {
        return new Document(Calls.handle((place, error) -> Loader.c().lienthong_document_from_json(
                of(config), Calls.in(json), place, error)));
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_document_free(pointer);
    }

    /**
     * Sets an element; null or an empty text takes it away. Dates are yyyy/MM/dd or yyyy-MM-dd.
     *
     * @throws LienthongException {@code invalid-argument} where there is no such element, or the
     *     text is no value of it
     */
    public Document set(String element, String value) {
        Calls.call(error -> Loader.c().lienthong_document_set(
                pointer(), Calls.in(element), Calls.in(value), error));
        return this;
    }

    /** The text of an element. */
    public Optional<String> get(String element) {
        return Calls.optional((place, error) -> Loader.c().lienthong_document_get(
                pointer(), Calls.in(element), place, error));
    }

    /**
     * Makes it act on an earlier one of the same organ. Call it when the receivers are set.
     *
     * @param reason may be null
     */
    public Document actOn(Action action, String documentId, String reason) {
        Calls.call(error -> Loader.c().lienthong_document_act_on(
                pointer(), action.ordinal() + 1, Calls.in(documentId), Calls.in(reason), error));
        return this;
    }

    /** Attaches a file under its own name. It must stay as it is until the document is sent. */
    public Document attachPath(String path) {
        return attachPath(path, null, null, null);
    }

    /**
     * Attaches a file.
     *
     * @param name null for that of the path
     * @param description may be null
     * @param contentId null for a new one
     * @throws LienthongException {@code io} where there is no such file
     */
    public Document attachPath(String path, String name, String description, String contentId) {
        Calls.call(error -> Loader.c().lienthong_document_attach_path(
                pointer(), Calls.in(path), Calls.in(name), Calls.in(description),
                Calls.in(contentId), error));
        return this;
    }

    /** Attaches bytes, which are copied. */
    public Document attach(String name, byte[] data) {
        return attach(name, data, null, null);
    }

    /**
     * Attaches bytes, which are copied.
     *
     * @param description may be null
     * @param contentId null for a new one
     */
    public Document attach(String name, byte[] data, String description, String contentId) {
        Calls.call(error -> Loader.c().lienthong_document_attach_bytes(
                pointer(), Calls.in(name), data, data.length, Calls.in(description),
                Calls.in(contentId), error));
        return this;
    }

    /**
     * Attaches what a stream gives. It is read to its end at once and not closed; what is longer
     * than 1 MiB lies in a temporary file until this document is closed.
     *
     * @throws IOException what the stream threw; then nothing is attached
     */
    public Document attach(String name, InputStream in) throws IOException {
        Streams.Source source = new Streams.Source(in);
        return source.during(() -> {
            Calls.call(error -> Loader.c().lienthong_document_attach_callback(
                    pointer(), Calls.in(name), source, null, null, null, error));
            return this;
        });
    }

    /** The header as JSON, as it stands. It holds what people wrote: not for logs. */
    public Json toJson() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_document_json(pointer(), place, error));
    }

    /**
     * What a check finds, as a list; it may be sent where none has the severity {@code error}.
     *
     * @throws LienthongException {@code io} where a file is missing
     */
    public Json check() {
        return Calls.json((place, error) ->
                Loader.c().lienthong_document_check(pointer(), place, error));
    }

    /**
     * Writes the packet into a new file, whose length in bytes it gives; one that is there already
     * is left alone ({@code io}).
     *
     * @throws LienthongException {@code packet-impossible} with its findings, {@code io},
     *     {@code attachment-length}, {@code attachment-too-large}; then there is no file
     */
    public long toPath(String path) {
        return Calls.number((length, error) -> Loader.c().lienthong_document_to_path(
                pointer(), Calls.in(path), length, error));
    }

    /** The packet's bytes, all at once. Fails as {@link #toPath}. */
    public byte[] toBytes() {
        return Calls.bytes((data, length, error) ->
                Loader.c().lienthong_document_to_bytes(pointer(), data, length, error));
    }

    /**
     * Writes the packet's bytes, which it counts, when it is whole. Fails as {@link #toPath}.
     *
     * @throws IOException what the stream threw
     */
    public long to(OutputStream out) throws IOException {
        Streams.Sink sink = new Streams.Sink(out);
        return sink.during(() -> Calls.number((length, error) ->
                Loader.c().lienthong_document_to_callback(pointer(), sink, null, length, error)));
    }
}
