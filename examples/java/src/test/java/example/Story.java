package example;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import vn.lienthong.Config;
import vn.lienthong.Connector;
import vn.lienthong.Document;
import vn.lienthong.Incoming;
import vn.lienthong.Json;
import vn.lienthong.Lienthong;
import vn.lienthong.Packet;
import vn.lienthong.StateSecret;

/**
 * The story of examples/story/README.md in Java: sends two files to the Office of the Government,
 * follows them, receives a document and reports on it, and takes another one back.
 *
 * <p>Usage: {@code java example.Story CONFIG FILE FILE FOLDER}
 */
public final class Story {
    /** How long this program waits for anything. Yours goes on for years. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Connector connector;
    private final PrintStream out;

    private Story(Connector connector, PrintStream out) {
        this.connector = connector;
        this.out = out;
    }

    /** Tells the story. */
    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: Story CONFIG FILE FILE FOLDER");
            System.exit(2);
        }
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        try (Config config = new Config().loadFile(args[0]);
                // One for the whole server, for years. It opens without the axis, too.
                Connector connector = new Connector(config)) {
            Story story = new Story(connector, out);
            story.sendAndFollow(args[1], args[2]);
            story.receiveAndReport(args[3]);
            story.sendAndRecall(args[2]);
            if (!connector.close(Duration.ofSeconds(5))) {
                throw new TimeoutException("the connector did not close in time");
            }
        }
        if (Lienthong.liveHandles() != 0) {
            throw new IllegalStateException("something was left behind");
        }
        out.println("closed");
    }

    private void sendAndFollow(String first, String second) throws TimeoutException {
        String id;
        try (Document seven = document("7").attachPath(first).attachPath(second)) {
            id = send(seven);
        }
        out.println("sent H99.01,2026/03/04,7/STD-VP with 2 files");
        await(id, "/outgoing/recipients/0/state", "finished");
        printStatuses(id);
    }

    private void receiveAndReport(String folder) throws TimeoutException {
        try (Incoming incoming = connector.poll(PATIENCE)
                .orElseThrow(() -> new TimeoutException("nothing came within a minute"))) {
            try (Packet packet = incoming.packet()) {
                packet.extract(folder, false);
                out.println("received " + packet.element("DocumentId").orElse("?") + " from "
                        + incoming.from() + " with " + packet.attachmentCount() + " file of "
                        + packet.attachmentBytes(1).length + " bytes");
            }
            Json signatures = incoming.signatures();
            out.println("authenticity " + signatures.get("authenticity").text()
                    + ": packet signature "
                    + signatures.pointer("/packet_signature/verdict").text()
                    + ", seal " + signatures.pointer("/seal/verdict").text());
            // Now it lies where it belongs: it is not shown again. Of no use as it is: refuse it
            // with the reason. Could it not be kept just now: give it back.
            connector.accept(incoming);
            for (int code = 3; code <= 6; code++) {
                connector.report(incoming.id(), code);
            }
            for (int i = 0; i < 5; i++) {
                String report = "/incoming/reports/" + i;
                await(incoming.id(), report + "/recipients/0/delivery", "accepted");
                out.println("reported "
                        + connector.why(incoming.id()).pointer(report + "/status").text());
            }
        }
    }

    private void sendAndRecall(String path) throws IOException, TimeoutException {
        String id;
        // This time from a stream.
        try (Document eight = document("8"); InputStream file = new FileInputStream(path)) {
            id = send(eight.attach("Phụ lục.txt", file));
        }
        out.println("sent H99.01,2026/03/04,8/STD-VP with 1 file");
        await(id, "/outgoing/recipients/0/state", "arrived");
        connector.recall(id, "Ban hành nhầm");
        await(id, "/outgoing/recipients/0/state", "recalled");
        printStatuses(id);
        out.println("recalled");
    }

    /** A document with everything the Office wants to know. */
    private static Document document(String number) {
        return new Document()
                .set("From/OrganId", "H99.01")
                .set("From/OrganName", "Cơ quan thí dụ")
                .set("To/OrganId", "000.00.00.G22")
                .set("DocumentId", "H99.01,2026/03/04," + number + "/STD-VP")
                .set("Code/CodeNumber", number)
                .set("Code/CodeNotation", "STD-VP")
                .set("PromulgationInfo/Place", "Thí dụ")
                .set("PromulgationInfo/PromulgationDate", "2026-03-04")
                .set("Subject", "V/v thí dụ");
    }

    /**
     * When this returns, the packet is on disk and will be delivered, also after a crash or days
     * without the axis. Where you do not know (your server fell), call again: the same document is
     * the same id, never a second packet. That there are no state secrets in it is for you to say.
     */
    private String send(Document document) {
        return connector.send(document, StateSecret.NOT_CONTAINED).outgoing();
    }

    /**
     * Waits until a member of what is known of a packet has a value. An event says that something
     * happened; how things stand is asked for. Your program has one loop for all packets.
     */
    private void await(String id, String pointer, String wanted) throws TimeoutException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            if (wanted.equals(connector.why(id).pointer(pointer).text())) {
                return;
            }
            for (Json event : connector.events(100, Duration.ofSeconds(1)).list()) {
                // Once your database has it. Until then it comes again.
                connector.eventsDone(event.get("number").number());
            }
        }
        throw new TimeoutException(id + " is not " + wanted + " within a minute");
    }

    private void printStatuses(String id) {
        for (Json status : connector.statuses(id).list()) {
            out.println(status.get("organ").text() + " says " + status.get("code").text());
        }
    }
}
