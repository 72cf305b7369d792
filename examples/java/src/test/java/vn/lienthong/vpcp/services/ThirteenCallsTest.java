package vn.lienthong.vpcp.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import example.Product;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
import org.junit.rules.TemporaryFolder;
import vn.lienthong.Axis;
import vn.lienthong.Document;
import vn.lienthong.Json;
import vn.lienthong.Lienthong;
import vn.lienthong.LienthongException;
import vn.lienthong.Made;
import vn.lienthong.Packet;
import vn.lienthong.vpcp.services.model.Agency;
import vn.lienthong.vpcp.services.model.CountReceiveEdoc;
import vn.lienthong.vpcp.services.model.GetAgenciesResult;
import vn.lienthong.vpcp.services.model.GetEdocResult;
import vn.lienthong.vpcp.services.model.GetReceivedEdocResult;
import vn.lienthong.vpcp.services.model.GetSendEdocResult;
import vn.lienthong.vpcp.services.model.GetSynchronizeUnit;
import vn.lienthong.vpcp.services.model.Result;
import vn.lienthong.vpcp.services.model.SendEdocResult;
import vn.lienthong.vpcp.services.model.StatusResult;

/** The calls by their old names, against the test axis. */
public class ThirteenCallsTest {
    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private Axis axis;

    @Before
    public void an_axis() throws IOException {
        axis = new Axis();
    }

    @After
    public void nothing_is_left_behind() {
        axis.close();
        VnptProperties.closeAll();
        assertEquals(0, Lienthong.liveHandles());
    }

    private String path(String name) {
        return folder.getRoot() + "/" + name;
    }

    private String packet(String number) {
        String path = path(number + ".edxml");
        if (!new File(path).exists()) {
            try (Document document = Made.document(number)) {
                document.toPath(path);
            }
        }
        return path;
    }

    private VnptProperties properties(String systemId) {
        return new VnptProperties(axis.url(), systemId, Axis.SECRET, path("store"), 10, 2);
    }

    private static final String SENDING =
            "{\"from\":\"H99.01\",\"servicetype\":\"eDoc\",\"messagetype\":\"edoc\",\"to\":[\"H99.02\"]}";

    @Test
    public void a_product_of_the_incumbent_sdk_uses_all_thirteen() throws IOException {
        Product sender = new Product(axis.url(), "a", Axis.SECRET, path("a"));
        Product receiver = new Product(axis.url(), "b", Axis.SECRET, path("b"));
        String docId = sender.send("H99.01", "H99.02", packet("1"));
        assertFalse(docId.isEmpty());
        assertEquals("[1, 0]", Arrays.toString(receiver.waiting()));
        List<String> files = receiver.receive(path("received"));
        assertEquals(1, files.size());
        try (Packet came = Packet.fromPath(null, files.get(0))) {
            assertEquals("H99.01,2026/03/04,1/STD-VP", came.element("DocumentId").get());
        }
        assertEquals("[0, 0]", Arrays.toString(receiver.waiting()));
        assertEquals(0, receiver.receive(path("received")).size());
        StatusResult followed = sender.follow(docId).get(0);
        assertEquals("H99.02", followed.getToCode());
        assertEquals("1/STD-VP", followed.getNotation());
        assertEquals(docId, followed.getSenderDocId());

        sender.register("H99.01", "H99.03", "Cơ quan thí dụ");
        Agency agency = sender.agencies().stream()
                .filter(row -> row.getCode().equals("H99.03")).findFirst().get();
        assertEquals("Cơ quan thí dụ", agency.getName());
        assertEquals("", agency.getCode102());
        sender.agenciesQd20(1);
        assertTrue(sender.units().stream().anyMatch(row -> row.getCode().equals("H99.03")));
        sender.unregister("H99.03");
        assertFalse(sender.agencies().stream().anyMatch(row -> row.getCode().equals("H99.03")));
    }

    /** Every call of one pair of services, as a result that must be a failure. */
    private List<Supplier<Result>> everyCall(VnptProperties properties) {
        KnobstickServiceImp packets = new KnobstickServiceImp(properties);
        AgencyServiceImp agencies = new AgencyServiceImp(properties);
        String one = packet("9");
        List<Supplier<Result>> all = new ArrayList<>();
        all.add(() -> packets.sendEdoc(SENDING, one));
        all.add(() -> packets.getReceivedEdocList("{}"));
        all.add(() -> packets.getSentEdocList("{}"));
        all.add(() -> packets.getEdoc("{\"docId\":\"1\"}"));
        all.add(() -> packets.downloadEdoc("{\"docId\":\"1\"}"));
        all.add(() -> packets.updateStatus("{\"docId\":\"1\",\"status\":\"done\"}"));
        all.add(() -> packets.countReceiveEdoc("{}"));
        all.add(() -> packets.countReceiveStatus("{}"));
        all.add(() -> agencies.getAgenciesList("{}"));
        all.add(() -> agencies.getAgenciesListQD20("{\"level\":\"1\"}"));
        all.add(() -> agencies.getSynchronizeUnit("{}"));
        all.add(() -> agencies.registerAgency("{}", "{\"code\":\"H99.04\",\"pcode\":\"H99.01\"}"));
        all.add(() -> agencies.deleteAgency("{\"AgencyCode\":\"H99.04\"}"));
        assertEquals(13, all.size());
        return all;
    }

    /** A failure says so, has words, and gives no list and no count. */
    private static void failed(Result result) {
        assertEquals("FAIL", result.getStatus());
        assertNotEquals("0", result.getErrorCode());
        assertFalse(result.getErrorDesc().isEmpty());
        refusesToList(GetReceivedEdocResult.class, result, r -> r.getKnobsticks());
        refusesToList(GetSendEdocResult.class, result, r -> r.getStatusResult());
        refusesToList(GetAgenciesResult.class, result, r -> r.getAgencies());
        refusesToList(GetSynchronizeUnit.class, result, r -> r.getUnitSynchronize());
        refusesToList(CountReceiveEdoc.class, result, r -> r.getCount());
    }

    private interface Getter<T> {
        Object get(T result);
    }

    private static <T> void refusesToList(Class<T> type, Result result, Getter<T> getter) {
        if (type.isInstance(result)) {
            ThrowingRunnable get = () -> getter.get(type.cast(result));
            assertThrows(IllegalStateException.class, get);
        }
    }

    @Test
    public void a_wrong_secret_is_code_15_of_every_call() {
        VnptProperties wrong = new VnptProperties(axis.url(), "a", "another", path("store"), 1, 2);
        for (Supplier<Result> call : everyCall(wrong)) {
            Result result = call.get();
            failed(result);
            assertEquals("15", result.getErrorCode());
        }
    }

    @Test
    public void an_axis_that_is_away_is_a_failure_of_every_call() throws IOException {
        // A port that is taken and not listened at: that of an ended axis may soon be another's.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            VnptProperties away = new VnptProperties("http://127.0.0.1:" + taken.getLocalPort(),
                    "a", Axis.SECRET, path("store"), 10, 2);
            for (Supplier<Result> call : everyCall(away)) {
                Result result = call.get();
                failed(result);
                assertEquals("-22", result.getErrorCode());
                assertEquals("axis-unreachable", result.getFailure().getName());
            }
        }
        assertFalse(new File(path("store")).isDirectory() && files("store").contains("edxml"));
    }

    private String files(String name) {
        try (java.util.stream.Stream<java.nio.file.Path> all =
                Files.walk(new File(path(name)).toPath())) {
            return all.map(Object::toString).collect(Collectors.joining("\n"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    public void an_answer_that_is_none_is_a_failure_of_every_call() throws IOException {
        for (String kind : Arrays.asList("not-json", "bad-gateway")) {
            axis.faults("[{\"call\":\"*\",\"times\":0,\"fault\":{\"kind\":\"" + kind + "\"}}]");
            for (Supplier<Result> call : everyCall(properties("a"))) {
                failed(call.get());
            }
            assertFalse(files("store").contains("edxml"));
        }
    }

    @Test
    public void what_does_no_harm_is_tried_again_and_a_sending_is_not() throws IOException {
        KnobstickServiceImp service = new KnobstickServiceImp(properties("a"));
        axis.faults("[{\"call\":\"*\",\"times\":1,\"fault\":{\"kind\":\"not-json\"}}]");
        assertEquals("OK", service.getReceivedEdocList("{}").getStatus());
        String noAnswer = "[{\"call\":\"*\",\"times\":0,\"fault\":{\"kind\":\"close-after-answer\","
                + "\"bytes\":0}}]";
        axis.faults(noAnswer);
        SendEdocResult unsure = service.sendEdoc(SENDING, packet("1"));
        assertEquals("FAIL", unsure.getStatus());
        assertEquals("-26", unsure.getErrorCode());
        assertEquals(1, axis.happened());
        axis.faults(noAnswer);
        failed(new AgencyServiceImp(properties("a")).registerAgency("{}",
                "{\"code\":\"H99.04\",\"pcode\":\"H99.01\"}"));
        assertEquals(1, axis.happened());
    }

    @Test
    public void a_sending_that_did_not_leave_is_tried_again() throws IOException {
        String path = path("long.edxml");
        try (Document document = Made.document("1")) {
            // More than lies between two sockets: the client sees that it was not sent whole.
            document.attach("dài.pdf", new byte[20_000_000]).toPath(path);
        }
        axis.faults("[{\"call\":\"sendEdoc\",\"times\":1,\"fault\":{\"kind\":"
                + "\"close-after-request\",\"bytes\":2000}}]");
        SendEdocResult result = new KnobstickServiceImp(properties("a")).sendEdoc(SENDING, path);
        assertEquals(result.getErrorDesc(), "OK", result.getStatus());
        assertEquals(1, axis.happened());
        assertEquals(1, new KnobstickServiceImp(properties("b")).countReceiveEdoc("{}").getCount());
    }

    @Test
    public void a_refused_packet_has_the_code_of_the_axis() {
        KnobstickServiceImp service = new KnobstickServiceImp(properties("a"));
        SendEdocResult unknown = service.sendEdoc(SENDING.replace("H99.02", "H99.77"), packet("1"));
        failed(unknown);
        assertEquals("18", unknown.getErrorCode());
        SendEdocResult missing = service.sendEdoc(SENDING, path("nowhere.edxml"));
        failed(missing);
        assertEquals("-4", missing.getErrorCode());
    }

    @Test
    public void what_cannot_be_understood_is_a_failure_and_no_exception() {
        KnobstickServiceImp service = new KnobstickServiceImp(properties("a"));
        for (Result result : Arrays.<Result>asList(
                service.sendEdoc("{}", packet("1")),
                service.sendEdoc("no JSON {", packet("1")),
                service.sendEdoc(SENDING, null),
                service.getReceivedEdocList("[]"),
                service.getReceivedEdocList("{\"messagetype\":\"letter\"}"),
                service.updateStatus("{\"docId\":\"1\",\"status\":\"sent\"}"),
                service.getEdoc(null),
                new AgencyServiceImp(properties("a")).registerAgency("{}", null),
                new AgencyServiceImp(properties("a")).getAgenciesListQD20("{\"level\":\"a\"}"))) {
            failed(result);
            assertEquals("-1", result.getErrorCode());
        }
        failed(new KnobstickServiceImp(new VnptProperties("no address", "a", "b", "c", 1, 2))
                .getReceivedEdocList("{}"));
    }

    @Test
    public void a_packet_stays_in_its_folder_whatever_its_id() throws IOException {
        LocalDate today = LocalDate.now();
        File month = new File(folder.getRoot(), String.format("p/%04d/%02d", today.getYear(),
                today.getMonthValue()));
        for (String id : Arrays.asList("../../../../escaped", "/etc/x", "..", ".", "a\\b", "ạ b", "a%2Fb")) {
            String path = PacketFile.fetch(path("p"), id, part -> {
                try {
                    assertEquals(month, new File(part).getParentFile());
                    Files.write(new File(part).toPath(), new byte[] {1});
                } catch (IOException failure) {
                    throw new AssertionError(failure);
                }
            });
            assertEquals(month, new File(path).getCanonicalFile().getParentFile());
            assertTrue(path.endsWith(".edxml"));
        }
        assertEquals(7, month.list().length);
        assertEquals(1, folder.getRoot().list().length);
        assertEquals("0dbcb61d-e30e-45e9-8c49-d2819759e3f4",
                PacketFile.name("0dbcb61d-e30e-45e9-8c49-d2819759e3f4"));
    }

    @Test
    public void a_second_fetch_replaces_the_file_and_a_failed_one_does_not() throws IOException {
        new KnobstickServiceImp(properties("a")).sendEdoc(SENDING, packet("1"));
        KnobstickServiceImp receiver = new KnobstickServiceImp(properties("b"));
        String id = receiver.getReceivedEdocList("{}").getKnobsticks().get(0).getId();
        String json = "{\"docId\":\"" + id + "\"}";
        GetEdocResult first = receiver.getEdoc(json);
        long length = new File(first.getFilePath()).length();
        assertTrue(first.getFilePath().startsWith(path("store")));
        assertEquals(first.getFilePath(), receiver.getEdoc(json).getFilePath());
        axis.faults("[{\"call\":\"*\",\"times\":0,\"fault\":{\"kind\":\"close-after-answer\","
                + "\"bytes\":900}}]");
        failed(receiver.getEdoc(json));
        failed(receiver.downloadEdoc(json));
        assertEquals(length, new File(first.getFilePath()).length());
        assertEquals(1, new File(first.getFilePath()).getParentFile().list().length);
    }

    @Test
    public void no_call_sends_what_belongs_to_another() throws IOException {
        KnobstickServiceImp service = new KnobstickServiceImp(properties("a"));
        service.sendEdoc(SENDING, packet("1"));
        service.getEdoc("{\"docId\":\"1\",\"filePath\":\"" + path("p") + "\"}");
        service.getReceivedEdocList("{\"pageSize\":7}");
        // The axis answers 20 for an unknown id, which is tried again.
        List<Json> calls = axis.wire(4);
        for (Json call : calls) {
            String headers = call.get("headers").toString().toLowerCase();
            String name = call.get("path").text();
            assertFalse(name, headers.contains("filepath") || headers.contains("pagesize"));
            assertEquals(name, name.endsWith("sendEdoc"), headers.contains("xroadvnpt-from\""));
            assertEquals(name, name.endsWith("getEdoc"), headers.contains("xroadvnpt-docid"));
        }
        assertEquals(4, calls.size());
    }

    @Test
    public void eight_threads_share_a_service_and_print_nothing() throws Exception {
        KnobstickServiceImp service = new KnobstickServiceImp(properties("a"));
        String one = packet("1");
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (PrintStream trap = new PrintStream(printed)) {
            System.setOut(trap);
            System.setErr(trap);
            List<Callable<String>> work = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                boolean sends = i % 2 == 0;
                work.add(() -> sends ? service.sendEdoc(SENDING, one).getStatus()
                        : service.getReceivedEdocList("{\"messagetype\":\"status\"}").getStatus());
            }
            for (Future<String> status : threads.invokeAll(work)) {
                assertEquals("OK", status.get());
            }
        } finally {
            threads.shutdown();
            System.setOut(out);
            System.setErr(err);
        }
        assertEquals("", printed.toString());
        assertEquals(20, new KnobstickServiceImp(properties("b")).countReceiveEdoc("{}").getCount());
    }

    @Test
    public void numbers_out_of_their_range_are_refused() throws IOException {
        for (int[] pair : new int[][] {{0, 2}, {11, 2}, {1, 1}, {1, 6}}) {
            assertThrows(IllegalArgumentException.class,
                    () -> new VnptProperties(axis.url(), "a", "b", "c", pair[0], pair[1]));
            assertThrows(IllegalArgumentException.class,
                    () -> new VnptProperties(file(String.valueOf(pair[0]), String.valueOf(pair[1]))));
        }
        assertThrows(IllegalArgumentException.class, () -> new VnptProperties(path("none.properties")));
        assertThrows(IllegalArgumentException.class, () -> new VnptProperties(path("axis.toml")));
        assertEquals(5, new VnptProperties(file("1", "5")).getRetry());
        assertEquals(10, new VnptProperties(file("10", "2")).getMaxConnection());
    }

    @Test
    public void an_open_line_beyond_this_machine_has_to_be_allowed() throws IOException {
        String open = "http://192.0.2.1/XrdAdapter/adapter";
        LienthongException refused = assertThrows(LienthongException.class,
                () -> new VnptProperties(open, "a", "b", "c", 1, 2).open());
        assertEquals("axis-plaintext", refused.getName());
        Result result = new KnobstickServiceImp(new VnptProperties(open, "a", "b", "c", 1, 2))
                .getReceivedEdocList("{}");
        failed(result);
        assertEquals("-21", result.getErrorCode());
        File file = folder.newFile("allowed.properties");
        Files.write(file.toPath(), Arrays.asList("systemid=a", "secret=b", "store-path-dir=c",
                "service.endpoint=" + open, "axis.allow_plaintext=true"));
        new VnptProperties(file.getPath()).open().close();
    }

    private String file(String connections, String tries) throws IOException {
        File file = new File(folder.getRoot(), "collaboration.properties");
        Files.write(file.toPath(), Arrays.asList(
                "client.protocol=http", "client.max-connection=" + connections,
                "client.max-error-retry=" + tries, "systemid=b", "secret=" + Axis.SECRET,
                "store-path-dir=" + path("store"), "service.endpoint=" + axis.url(),
                "log-error=" + path("log"), "isLog=0"), StandardCharsets.UTF_8);
        return file.getPath();
    }

    @Test
    public void the_file_of_the_incumbent_sdk_is_enough() throws IOException {
        new KnobstickServiceImp(properties("a")).sendEdoc(SENDING, packet("1"));
        FileConfig.setFileConfig(file("4", "3"));
        KnobstickServiceImp service =
                new KnobstickServiceImp(new VnptProperties(FileConfig.getCollaborationPF()));
        assertEquals(1, service.countReceiveEdoc("{}").getCount());
        assertEquals("OK", new AgencyServiceImp().getAgenciesList(null).getStatus());
        String id = service.getReceivedEdocList("{}").getKnobsticks().get(0).getId();
        assertTrue(service.getEdoc("{\"docId\":\"" + id + "\"}").getFilePath()
                .startsWith(path("store")));
    }
}
