package vn.lienthong.vpcp.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import vn.lienthong.Client;
import vn.lienthong.Json;
import vn.lienthong.LienthongException;
import vn.lienthong.vpcp.services.model.CountReceiveEdoc;
import vn.lienthong.vpcp.services.model.GetChangeStatusResult;
import vn.lienthong.vpcp.services.model.GetEdocResult;
import vn.lienthong.vpcp.services.model.GetReceivedEdocResult;
import vn.lienthong.vpcp.services.model.GetSendEdocResult;
import vn.lienthong.vpcp.services.model.Knobstick;
import vn.lienthong.vpcp.services.model.SendEdocResult;
import vn.lienthong.vpcp.services.model.StatusResult;

/**
 * The calls for packets. Used by any number of threads at once. No call throws or gives null:
 * a failure is a result whose {@code getStatus} is not {@code OK}.
 */
public final class KnobstickServiceImp {
    private final VnptProperties properties;

    /** With properties of its own. */
    public KnobstickServiceImp(VnptProperties properties) {
        this.properties = properties;
    }

    /** With the file that {@link FileConfig} states. */
    public KnobstickServiceImp() {
        this(new VnptProperties(FileConfig.getCollaborationPF()));
    }

    /**
     * Sends the packet in a file.
     *
     * <p>Tried again only where nothing had been sent. A result with the code of
     * {@code axis-sent-no-answer} (-26) says that the axis may have it or not.
     *
     * @param jsonHeaders {@code from}; {@code messagetype}, {@code edoc} or {@code status};
     *     {@code to}, a list, or nothing where the packet names its receivers
     */
    public SendEdocResult sendEdoc(String jsonHeaders, String edXMLFileLocation) {
        try {
            Parameters given = new Parameters(jsonHeaders);
            String from = given.needed("from");
            List<String> to = given.texts("to");
            Json deliveries = connection().call(properties.getRetry(), client ->
                    client.send(edXMLFileLocation, from, to, given.messageType()));
            return new SendEdocResult(deliveries.list());
        } catch (LienthongException failure) {
            return new SendEdocResult(failure);
        }
    }

    /** The packets that wait; {@code messagetype}. */
    public GetReceivedEdocResult getReceivedEdocList(String jsonHeaders) {
        try {
            Parameters given = new Parameters(jsonHeaders);
            Json rows = ask(client -> client.listReceived(given.messageType()));
            return new GetReceivedEdocResult(each(rows, Knobstick::new));
        } catch (LienthongException failure) {
            return new GetReceivedEdocResult(failure);
        }
    }

    /** What became of packets that were sent; {@code messagetype}, {@code docId} or nothing. */
    public GetSendEdocResult getSentEdocList(String jsonHeaders) {
        try {
            Parameters given = new Parameters(jsonHeaders);
            String docId = given.text("docId");
            Json rows = ask(client ->
                    client.listSent(given.messageType(), docId.isEmpty() ? null : docId));
            return new GetSendEdocResult(each(rows, StatusResult::new));
        } catch (LienthongException failure) {
            return new GetSendEdocResult(failure);
        }
    }

    /**
     * Fetches a packet into {@code filePath/<year>/<month>/<docId>.edxml}; {@code docId},
     * {@code filePath} (or the folder of the properties). When this succeeds it is on disk.
     */
    public GetEdocResult getEdoc(String jsonHeaders) {
        return fetch(jsonHeaders, (client, docId, path) -> client.get(docId, path));
    }

    /** Fetches a packet by the other call there is. As {@link #getEdoc}. */
    public GetEdocResult downloadEdoc(String jsonHeaders) {
        return fetch(jsonHeaders, (client, docId, path) -> client.download(docId, path));
    }

    private interface Fetch {
        void from(Client client, String docId, String path);
    }

    private GetEdocResult fetch(String jsonHeaders, Fetch fetch) {
        try {
            Parameters given = new Parameters(jsonHeaders);
            String docId = given.needed("docId");
            String stated = given.text("filePath");
            String folder = stated.isEmpty() ? properties.getStorePathDir() : stated;
            if (folder == null || folder.isEmpty()) {
                throw LienthongException.invalidArgument("jsonHeaders has no filePath");
            }
            return new GetEdocResult(PacketFile.fetch(folder, docId, path -> ask(client -> {
                fetch.from(client, docId, path);
                return null;
            })));
        } catch (LienthongException failure) {
            return new GetEdocResult(failure);
        }
    }

    /**
     * Acknowledges a packet; {@code docId}, {@code status}: {@code processing}, {@code done} (only
     * when it is kept), {@code fail}.
     */
    public GetChangeStatusResult updateStatus(String jsonHeaders) {
        try {
            Parameters given = new Parameters(jsonHeaders);
            String docId = given.needed("docId");
            Client.Acknowledgement word = acknowledgement(given.needed("status"));
            ask(client -> {
                client.acknowledge(docId, word);
                return null;
            });
            return new GetChangeStatusResult();
        } catch (LienthongException failure) {
            return new GetChangeStatusResult(failure);
        }
    }

    private static Client.Acknowledgement acknowledgement(String word) {
        try {
            return Client.Acknowledgement.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException other) {
            throw LienthongException.invalidArgument("status is none of processing, done, fail");
        }
    }

    /** How many documents wait. */
    public CountReceiveEdoc countReceiveEdoc(String jsonHeaders) {
        return count(Client.MessageType.EDOC);
    }

    /** How many statuses wait. */
    public CountReceiveEdoc countReceiveStatus(String jsonHeaders) {
        return count(Client.MessageType.STATUS);
    }

    private CountReceiveEdoc count(Client.MessageType type) {
        try {
            long count = ask(client -> client.count(type));
            return new CountReceiveEdoc(count);
        } catch (LienthongException failure) {
            return new CountReceiveEdoc(failure);
        }
    }

    private <T> T ask(Function<Client, T> question) {
        return connection().call(properties.getRetry(), question);
    }

    private Connection connection() {
        return Connection.of(properties);
    }

    static <T> List<T> each(Json rows, Function<Json, T> make) {
        List<T> list = new ArrayList<>();
        for (Json row : rows.list()) {
            list.add(make.apply(row));
        }
        return list;
    }
}
