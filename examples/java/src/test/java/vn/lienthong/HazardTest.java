package vn.lienthong;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a program may do wrong, and what a poor machine may do to it. */
public class HazardTest {
    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    @After
    public void nothing_is_left_behind() {
        assertEquals(0, Lienthong.liveHandles());
        assertEquals(0, Logs.KEPT.count());
    }

    private String path(String name) {
        return folder.getRoot() + "/" + name;
    }

    private static void invalid(String context, org.junit.function.ThrowingRunnable call) {
        LienthongException failure = assertThrows(LienthongException.class, call);
        assertEquals("invalid-argument", failure.getName());
        assertTrue(failure.toJson().toString(), failure.getContext().containsKey(context));
    }

    @Test
    public void whatever_is_closed_refuses_every_call_and_may_be_closed_again() throws IOException {
        Config config = Made.alone(path("store"));
        Document document = Made.document("1");
        Packet packet = Packet.fromBytes(null, document.toBytes());
        Connector connector = new Connector(config);
        Client client = new Client(config);
        for (AutoCloseable each : Arrays.asList(config, document, packet, connector, client)) {
            for (int i = 0; i < 2; i++) {
                try {
                    each.close();
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            }
        }
        invalid("handle", () -> config.set("axis.url", "http://127.0.0.1:9"));
        invalid("handle", () -> new Connector(config));
        invalid("handle", document::check);
        invalid("handle", () -> document.attach("a", new ByteArrayInputStream(new byte[1])));
        invalid("handle", packet::toJson);
        invalid("handle", () -> packet.to(new ByteArrayOutputStream()));
        assertFalse(packet.isReadable());
        invalid("handle", connector::stats);
        invalid("handle", () -> connector.poll(Duration.ZERO));
        assertTrue(connector.close(Duration.ZERO));
        invalid("handle", client::agencies);
    }

    @Test
    public void a_call_that_waits_ends_when_its_connector_is_closed() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Config config = Made.alone(path("store")); Connector connector = new Connector(config)) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> waits = threads.submit(() -> {
                begun.countDown();
                return connector.poll(Duration.ofMinutes(5));
            });
            begun.await();
            assertTrue(connector.close(Duration.ofSeconds(5)));
            Throwable cause = assertThrows(ExecutionException.class,
                    () -> waits.get(30, TimeUnit.SECONDS)).getCause();
            assertEquals("closed", ((LienthongException) cause).getName());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    public void an_unknown_key_is_named_in_both_languages() {
        try (Config config = new Config()) {
            LienthongException failure = assertThrows(LienthongException.class,
                    () -> config.set("axis.yurl", "http://127.0.0.1:9"));
            assertEquals(2, failure.getCode());
            assertEquals("config-unknown-key", failure.getName());
            assertEquals("axis.yurl", failure.getContext().get("key"));
            assertEquals(LienthongException.Retry.NEVER, failure.getRetry());
            assertEquals(LienthongException.Actor.OPERATOR, failure.getWhoActs());
            assertTrue(failure.getMessage().contains("axis.yurl"));
            assertTrue(failure.getVietnameseMessage().contains("Không có khóa cấu hình này"));
        }
    }

    @Test
    public void what_a_stream_throws_comes_out_and_nothing_is_kept() throws IOException {
        IOException broken = new IOException("made up");
        IllegalStateException wrong = new IllegalStateException("made up");
        StackOverflowError worse = new StackOverflowError("made up");
        try (Document document = Made.document("1")) {
            for (Throwable thrown : Arrays.asList(broken, wrong, worse)) {
                assertSame(thrown, assertThrows(thrown.getClass(),
                        () -> document.attach("a.txt", new InputStream() {
                            @Override
                            public int read() {
                                return 0;
                            }

                            @Override
                            public int read(byte[] piece, int from, int length) throws IOException {
                                throw HazardTest.<IOException>any(thrown);
                            }
                        })));
                assertSame(thrown, assertThrows(thrown.getClass(),
                        () -> document.to(new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw HazardTest.<IOException>any(thrown);
                            }
                        })));
            }
            try (Packet packet = Packet.fromBytes(null, document.toBytes())) {
                assertEquals(1, packet.attachmentCount());
                assertThrows(IOException.class, () -> packet.attachmentTo(1, new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw broken;
                    }
                }));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T any(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    public void a_long_stream_arrives_as_it_was() throws IOException {
        byte[] bytes = new byte[3_000_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        try (Document document = Made.document("1").attach("dài.bin", new ByteArrayInputStream(bytes))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long length = document.to(out);
            assertEquals(out.size(), length);
            assertArrayEquals(document.toBytes(), out.toByteArray());
            try (Packet packet = Packet.fromBytes(null, out.toByteArray())) {
                ByteArrayOutputStream came = new ByteArrayOutputStream();
                packet.attachmentTo(2, came);
                assertArrayEquals(bytes, came.toByteArray());
            }
        }
    }

    @Test
    public void eight_threads_share_a_connector() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Config config = Made.alone(path("store")); Connector connector = new Connector(config)) {
            List<Callable<List<String>>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int first = thread * 100;
                work.add(() -> {
                    List<String> ids = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        try (Document document = Made.document(String.valueOf(first + i + 1))) {
                            Sent sent = connector.send(document, StateSecret.NOT_CONTAINED);
                            assertFalse(sent.again());
                            ids.add(sent.outgoing());
                            assertTrue(connector.send(document, StateSecret.NOT_CONTAINED).again());
                        }
                    }
                    return ids;
                });
            }
            Set<String> all = new HashSet<>();
            for (Future<List<String>> ids : threads.invokeAll(work)) {
                all.addAll(ids.get());
            }
            assertEquals(80, all.size());
        } finally {
            threads.shutdown();
        }
    }

    /** Surefire runs this with LC_ALL=C and -Dfile.encoding=US-ASCII. */
    @Test
    public void vietnamese_survives_a_machine_without_utf_8() throws IOException {
        assertEquals(StandardCharsets.US_ASCII, java.nio.charset.Charset.defaultCharset());
        String packetPath = path("Văn bản đến.edxml");
        try (Document document = Made.document("1").set("Subject", "V/v nghỉ lễ Quốc khánh")) {
            document.toPath(packetPath);
        }
        try (Packet packet = Packet.fromPath(null, packetPath)) {
            assertEquals("V/v nghỉ lễ Quốc khánh", packet.element("Subject").get());
            Json files = packet.extract(path("tệp kèm"), false);
            assertEquals(path("tệp kèm/Công văn.pdf"), files.at(0).get("path").text());
        }
        try (Document document = Made.document("2").attachPath(path("tệp kèm/Công văn.pdf"))) {
            try (Packet packet = Packet.fromBytes(null, document.toBytes())) {
                assertEquals("Công văn.pdf", packet.attachment(2).get("AttachmentName").text());
            }
        }
        try (Config config = Made.alone(path("kho dữ liệu")); Connector connector = new Connector(config);
                Document document = Made.document("3")) {
            String id = connector.send(document, StateSecret.NOT_CONTAINED).outgoing();
            try (Packet packet = connector.packet(id)) {
                assertEquals("V/v thí dụ", packet.element("Subject").get());
            }
        }
    }

    @Test
    public void a_text_that_would_be_cut_or_changed_is_refused() {
        try (Document document = new Document()) {
            invalid("reason", () -> document.set("Subject", "V/v\0thí dụ"));
            invalid("reason", () -> document.set("Subject", "half \uD83D"));
            assertFalse(document.get("Subject").isPresent());
            invalid("reason", () -> document.set("Subyect", "V/v thí dụ"));
        }
    }

    @Test
    public void a_log_lives_as_long_as_it_may_be_called() throws Exception {
        BlockingQueue<Thread> seen = new LinkedBlockingQueue<>();
        Config config = Made.alone(path("store")).setLog(Log.Level.TRACE, (level, target, message) -> {
            assertNotEquals("", message);
            seen.add(Thread.currentThread());
            throw new IllegalStateException("what a log throws is lost");
        });
        Connector connector = new Connector(config);
        config.close();
        for (int i = 0; i < 5; i++) {
            System.gc();
            System.runFinalization();
        }
        seen.clear();
        connector.receiveNow();
        Thread thread = seen.poll(30, TimeUnit.SECONDS);
        while (thread == Thread.currentThread()) {
            thread = seen.poll(30, TimeUnit.SECONDS);
        }
        assertEquals("lienthong", thread.getName());
        assertTrue("it would keep the VM alive", thread.isDaemon());
        assertEquals(1, Logs.KEPT.count());
        connector.close();
        for (long end = System.nanoTime() + 30_000_000_000L;
                Logs.KEPT.count() != 0 && System.nanoTime() < end; ) {
            Thread.sleep(10);
        }
        assertEquals(0, Logs.KEPT.count());
    }

    @Test
    public void a_store_has_one_worker() {
        try (Config config = Made.alone(path("store")); Connector worker = new Connector(config)) {
            LienthongException failure =
                    assertThrows(LienthongException.class, () -> new Connector(config));
            assertEquals("store-in-use", failure.getName());
            try (Connector client = new Connector(config.set("connector.role", "client"))) {
                assertEquals("not-for-client", assertThrows(LienthongException.class,
                        client::receiveNow).getName());
                try (Document document = Made.document("1")) {
                    String id = client.send(document, StateSecret.NOT_CONTAINED).outgoing();
                    assertEquals(Collections.singletonList(id), worker.findSent("H99.01",
                            "H99.01,2026/03/04,1/STD-VP"));
                }
            }
            assertEquals("state-secret", assertThrows(LienthongException.class, () -> {
                try (Document document = Made.document("2")) {
                    worker.send(document, StateSecret.CONTAINED);
                }
            }).getName());
        }
    }

    @Test
    public void every_code_has_its_words() {
        Set<Integer> numbers = new HashSet<>();
        for (LienthongException code : Lienthong.codes()) {
            assertTrue(numbers.add(code.getCode()));
            assertFalse(code.getName().isEmpty());
            assertFalse(code.getVietnameseMessage().isEmpty());
        }
        assertTrue(numbers.contains(22));
    }
}
