package vn.lienthong;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The calls that the story does not need. */
public class FacadeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private Axis axis;
    private Connector sender;
    private Connector receiver;

    @Before
    public void two_connectors() throws IOException {
        axis = new Axis();
        sender = open("a", "H99.01");
        receiver = open("b", "H99.02");
    }

    private Connector open(String system, String organ) {
        try (Config config = Made.alone(path(system)).set("axis.url", axis.url())
                .set("axis.system_id", system).set("connector.organs", organ)
                .set("receive.interval", "100")) {
            return new Connector(config);
        }
    }

    @After
    public void nothing_is_left_behind() {
        sender.close();
        receiver.close();
        axis.close();
        assertEquals(0, Lienthong.liveHandles());
    }

    private String path(String name) {
        return folder.getRoot() + "/" + name;
    }

    private Incoming shown() {
        return receiver.poll(PATIENCE).orElseThrow(() -> new AssertionError("nothing came"));
    }

    @Test
    public void a_built_packet_is_sent_from_file_memory_and_stream() throws IOException {
        String sent;
        byte[] bytes;
        try (Document document = Made.document("1")) {
            bytes = document.toBytes();
            document.toPath(path("one.edxml"));
            sent = sender.sendPacket(path("one.edxml"), StateSecret.NOT_CONTAINED).outgoing();
        }
        assertTrue(sender.sendPacket(bytes, StateSecret.NOT_CONTAINED).again());
        assertTrue(sender.sendPacket(new ByteArrayInputStream(bytes), StateSecret.NOT_CONTAINED)
                .again());
        assertEquals("io", assertThrows(LienthongException.class,
                () -> sender.sendPacket(path("none"), StateSecret.NOT_CONTAINED)).getName());
        try (Packet packet = sender.packet(sent)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            packet.to(out);
            assertArrayEquals(bytes, out.toByteArray());
            assertEquals(bytes.length, packet.toPath(path("copy.edxml")));
        }
    }

    @Test
    public void what_is_shown_is_given_back_refused_or_accepted() {
        try (Document document = Made.document("1")) {
            sender.send(document, StateSecret.NOT_CONTAINED);
        }
        long first;
        try (Incoming incoming = shown()) {
            first = incoming.lease();
            assertEquals(1, incoming.attempt());
            assertEquals("H99.02", incoming.ownOrgan());
            assertFalse(incoming.isAction() || incoming.conflict());
            assertFalse(incoming.actsOn().isPresent() || incoming.answers().isPresent());
            receiver.giveBack(incoming, Duration.ZERO);
        }
        try (Incoming incoming = shown()) {
            assertEquals(2, incoming.attempt());
            assertEquals("lease-lost", assertThrows(LienthongException.class,
                    () -> receiver.accept(incoming.id(), first)).getName());
            receiver.refuse(incoming.id(), incoming.lease(), "Sai nơi nhận",
                    Json.parse("{\"Staff\":\"Người thử\"}"));
        }
        assertEquals("02", await("out-1", "/outgoing/recipients/0/status"));
        assertTrue(receiver.transfers().isList());
        assertEquals(0, receiver.quarantine(10).list().size());
        for (String arrival : new String[] {"arrival-1", "arrival-2"}) {
            assertEquals("not-found", assertThrows(LienthongException.class,
                    () -> receiver.readAgain(arrival)).getName());
            assertEquals("not-found", assertThrows(LienthongException.class,
                    () -> receiver.dropQuarantined(arrival)).getName());
        }
        assertEquals(Optional.empty(), receiver.poll(Duration.ZERO));
    }

    /** A member of what is known, once it is there. */
    private String await(String id, String pointer) {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
            String found = sender.why(id).pointer(pointer).text();
            if (found != null && !found.equals("01")) {
                return found;
            }
            List<Json> events = sender.events(100, Duration.ofSeconds(1)).list();
            if (!events.isEmpty()) {
                sender.eventsDone(events.get(events.size() - 1).get("number").number());
            }
        }
        throw new AssertionError(id + " has no " + pointer);
    }

    @Test
    public void an_update_and_a_recall_are_declined_and_the_thread_shows_it() {
        try (Document document = Made.document("1")) {
            sender.send(document, StateSecret.NOT_CONTAINED);
        }
        try (Incoming incoming = shown()) {
            receiver.accept(incoming);
        }
        try (Document update = Made.document("2").actOn(
                Document.Action.UPDATE, "H99.01,2026/03/04,1/STD-VP", "Sửa số liệu")) {
            sender.send(update, StateSecret.NOT_CONTAINED);
        }
        try (Incoming incoming = shown()) {
            assertTrue(incoming.isAction());
            assertEquals("in-1", incoming.actsOn().get());
            receiver.accept(incoming);
            assertTrue(receiver.decline(incoming.id(), "Không đồng ý", null).isPresent());
        }
        assertEquals(1, sender.recall("out-1", Collections.singletonList("H99.02"),
                "Ban hành nhầm", null).size());
        assertThrows(LienthongException.class, () -> sender.recall("out-1",
                Collections.singletonList("H99.07"), "Ban hành nhầm", null));
        assertTrue(sender.thread("out-1").list().size() >= 3);
        assertTrue(sender.stats().get("counts").isThere());
        assertTrue(sender.doctor().at(0).get("vi").isText());
        sender.backup(path("backup"));
        assertTrue(new File(path("backup")).isDirectory());
    }

    @Test
    public void a_packet_is_read_checked_and_compared_without_a_connector() throws IOException {
        try (Config config = new Config().set("packet.max_header", "65536");
                Document document = Made.document("1").set("To[2]/OrganId", "H99.03")
                        .attach("b.txt", new byte[] {1}, "Mô tả", null);
                Packet packet = Packet.fromBytes(config, document.toBytes());
                Packet other = Packet.fromBytes(null, bytes("2"));
                Packet broken = Packet.fromBytes(null, new byte[] {'<'})) {
            assertEquals("65536", config.get("packet.max_header").get());
            assertEquals(Optional.empty(), config.get("axis.secret"));
            assertEquals(Packet.Kind.DOCUMENT, packet.kind());
            assertTrue(packet.isReadable());
            assertFalse(broken.isReadable());
            assertEquals(Packet.Kind.UNKNOWN, broken.kind());
            assertEquals(Packet.Severity.ERROR, broken.worst(false, null));
            assertEquals(2, packet.elementCount("To"));
            assertEquals(Optional.empty(), packet.element("OtherInfo/Priority"));
            assertTrue(packet.check(true, "provincial").isList());
            assertFalse(packet.worst(true, null) == Packet.Severity.ERROR);
            assertEquals(0, packet.compare(packet).list().size());
            assertFalse(packet.compare(other).list().isEmpty());
            assertEquals(64, packet.meaningDigest().get().length());
            assertEquals("H99.01", document.toJson().pointer("/From/OrganId").text());
            assertTrue(document.check().isList());
            packet.attachmentToPath(2, path("b.txt"));
            assertArrayEquals(new byte[] {1}, Files.readAllBytes(new File(path("b.txt")).toPath()));
            try (Document again = Document.fromJson(config, document.toJson().toString())) {
                assertEquals("H99.03", again.get("To[2]/OrganId").get());
            }
        }
        byte[] status = Lienthong.statusToBytes(null, Json.parse("{\"From\":{\"OrganId\":\"H99.02\"},"
                + "\"ResponseFor\":{\"OrganId\":\"H99.01\",\"DocumentId\":\"H99.01,2026/03/04,1/STD-VP\","
                + "\"Code\":\"1/STD-VP\",\"PromulgationDate\":\"2026-03-04\"},\"StatusCode\":\"03\","
                + "\"Timestamp\":\"2026-03-04T10:00:00\"}"));
        try (Packet packet = Packet.fromBytes(null, status)) {
            assertEquals(Packet.Kind.STATUS, packet.kind());
            assertEquals("H99.01,2026/03/04,1/STD-VP",
                    packet.element("ResponseFor/DocumentId").get());
        }
        assertEquals("0.1.0", Lienthong.version());
        assertEquals(1, Lienthong.abiVersion());
        assertTrue(Lienthong.findingCodes().list().size() > 50);
        assertTrue(Config.keys().toString().getBytes(StandardCharsets.UTF_8).length > 1000);
    }

    private static byte[] bytes(String number) {
        try (Document document = Made.document(number)) {
            return document.toBytes();
        }
    }
}
