package example;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import vn.lienthong.Axis;
import vn.lienthong.Json;

/** {@link Dms} as docs/dms.md describes it. */
public class DmsTest {
    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private Axis axis;

    @Before
    public void an_axis() throws IOException {
        axis = new Axis();
    }

    @After
    public void ends() {
        axis.close();
    }

    private final class Process implements AutoCloseable {
        private final java.lang.Process process;
        private final BufferedReader out;
        private final Writer in;

        Process(String... arguments) throws IOException {
            List<String> words = new ArrayList<>(Arrays.asList(
                    System.getProperty("java.home") + "/bin/java", "-cp",
                    System.getProperty("java.class.path"), "example.Dms"));
            words.addAll(Arrays.asList(arguments));
            process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            out = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        }

        Json line() throws IOException {
            String line = out.readLine();
            return line == null ? null : Json.parse(line);
        }

        Json say(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
            return line();
        }

        Json ok(String line) throws IOException {
            Json answer = say(line);
            assertTrue(answer.toString(), answer.get("ok").isThere());
            return answer.get("ok");
        }

        int end() throws Exception {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private Process start(String organ, String system) throws IOException {
        File secret = new File(folder.getRoot(), "secret");
        Files.write(secret.toPath(), Arrays.asList(Axis.SECRET));
        Process dms = new Process("--store", folder.getRoot() + "/" + system, "--organ", organ,
                "--axis", axis.url(), "--system", system, "--secret-file", secret.getPath(),
                "--set", "receive.interval=100");
        Json ready = dms.line();
        assertTrue(ready.get("ready").flag());
        assertTrue(ready.get("version").isText());
        return dms;
    }

    private static final String SEND = "{\"id\":1,\"do\":\"send\",\"contains_state_secret\":false,"
            + "\"document\":{\"From\":{\"OrganId\":\"H99.01\",\"OrganName\":\"Cơ quan thí dụ\"},"
            + "\"To\":[{\"OrganId\":\"H99.02\"}],\"DocumentId\":\"H99.01-2026-000001\","
            + "\"Code\":{\"CodeNumber\":\"1\",\"CodeNotation\":\"TD-VP\"},\"PromulgationInfo\":"
            + "{\"Place\":\"Thí dụ\",\"PromulgationDate\":\"2026-03-04\"},"
            + "\"Subject\":\"V/v thí dụ\"},\"attach\":[\"%s\"]}";

    @Test
    public void it_goes_through_the_session_of_its_contract() throws Exception {
        File file = new File(folder.getRoot(), "cong-van.pdf");
        Files.write(file.toPath(), "%PDF-1.4\n".getBytes(StandardCharsets.US_ASCII));
        try (Process sender = start("H99.01", "a"); Process receiver = start("H99.02", "b")) {
            Json sent = sender.ok(SEND.replace("%s", file.getPath()));
            assertEquals("out-1", sent.get("outgoing").text());
            assertEquals("false", sent.get("again").text());
            assertTrue(sender.ok(SEND.replace("%s", file.getPath())).get("again").flag());
            assertEquals("[\"out-1\"]", sender.ok("{\"id\":1,\"do\":\"find\",\"from\":\"H99.01\","
                    + "\"document_id\":\"H99.01-2026-000001\"}").get("outgoing").toString());

            Json item = receiver.ok("{\"id\":1,\"do\":\"poll\",\"timeout_ms\":30000,"
                    + "\"extract_to\":\"" + folder.getRoot() + "/files\"}").get("item");
            assertEquals("V/v thí dụ", item.pointer("/document/Subject").text());
            assertEquals("cong-van.pdf", item.pointer("/attachments/0/name").text());
            assertEquals("9", item.pointer("/attachments/0/bytes").text());
            assertTrue(new File(item.pointer("/files/0").text()).isFile());
            String hold = "\"incoming\":\"in-1\",\"lease\":" + Json.of(item.get("lease").text());
            assertEquals("{\"id\":[2],\"ok\":{}}",
                    receiver.say("{\"id\":[2],\"do\":\"accept\"," + hold + "}").toString());
            assertEquals("lease-lost", receiver.say("{\"id\":2,\"do\":\"accept\"," + hold + "}")
                    .pointer("/error/kind").text());
            receiver.ok("{\"id\":3,\"do\":\"report\",\"incoming\":\"in-1\",\"code\":\"03\"}");

            await(sender, "out-1", "/outgoing/recipients/0/status", "03");
            for (String word : Arrays.asList("retry", "drop")) {
                assertEquals("{\"recipients\":0}", sender.ok("{\"id\":3,\"do\":\"" + word
                        + "\",\"outgoing\":\"out-1\"}").toString());
            }
            assertEquals("status-illegal", sender.say("{\"do\":\"assign\",\"outgoing\":\"out-1\","
                    + "\"organ\":\"H99.02\",\"code\":\"15\"}").pointer("/error/kind").text());
            Json recalled = sender.ok("{\"id\":3,\"do\":\"recall\",\"outgoing\":\"out-1\","
                    + "\"reason\":\"Ban hành nhầm\"}");
            assertEquals("[\"out-2\"]", recalled.get("requests").toString());
            item = receiver.ok("{\"id\":4,\"do\":\"poll\",\"timeout_ms\":30000}").get("item");
            assertEquals("in-1", item.get("acts_on").text());
            assertEquals("13", item.pointer("/status/StatusCode").text());
            assertTrue(receiver.ok("{\"id\":5,\"do\":\"agree\",\"incoming\":\"in-2\","
                    + "\"staff\":{\"Staff\":\"Người thử\"}}").get("outgoing").isText());
            await(sender, "out-1", "/outgoing/recipients/0/state", "recalled");

            for (String command : Arrays.asList("thread\",\"packet\":\"out-1",
                    "statuses\",\"outgoing\":\"out-1", "stats", "events", "quarantine", "tick", "doctor",
                    "backup\",\"folder\":\"" + folder.getRoot() + "/backup")) {
                sender.ok("{\"id\":6,\"do\":\"" + command + "\"}");
            }
            assertEquals("{\"id\":4,\"ok\":{\"closed\":true,\"in_time\":true}}",
                    sender.say("{\"id\":4,\"do\":\"close\"}").toString());
            assertEquals(0, sender.end());
            receiver.in.close();
            assertEquals(0, receiver.end());
        }
    }

    private static void await(Process dms, String id, String pointer, String wanted)
            throws Exception {
        for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end; ) {
            Json why = dms.ok("{\"do\":\"why\",\"packet\":\"" + id + "\"}");
            if (wanted.equals(why.pointer(pointer).text())) {
                return;
            }
            Json events = dms.ok("{\"do\":\"events\",\"timeout_ms\":1000}");
            if (!events.list().isEmpty()) {
                dms.ok("{\"do\":\"events_done\",\"up_to\":"
                        + events.at(events.list().size() - 1).get("number") + "}");
            }
        }
        throw new AssertionError(id + " is not " + wanted);
    }

    @Test
    public void what_it_does_not_understand_it_says() throws Exception {
        try (Process dms = start("H99.01", "a");
                Process client = new Process("--store", folder.getRoot() + "/a", "--organ", "H99.01",
                        "--client")) {
            assertTrue(client.line().get("ready").flag());
            assertEquals("not-for-client",
                    client.say("{\"do\":\"tick\"}").pointer("/error/kind").text());
            for (String line : Arrays.asList("{", "{\"do\":7}", "{\"do\":\"dance\"}",
                    "{\"do\":\"report\",\"incoming\":\"in-1\",\"code\":\"x\"}",
                    "{\"do\":\"send\",\"document\":{}}", "{\"do\":\"poll\",\"timeout_ms\":-1}",
                    "{\"do\":\"events_done\",\"up_to\":\"7\"}")) {
                Json error = dms.say(line).get("error");
                assertEquals(line, "invalid-argument", error.get("kind").text());
                assertTrue(line, error.pointer("/context/reason").isText());
            }
        }
    }

    @Test
    public void a_store_that_cannot_be_opened_ends_it_with_1_and_a_wrong_word_with_2() throws Exception {
        try (Process first = start("H99.01", "a");
                Process second = new Process("--store", folder.getRoot() + "/a", "--organ", "H99.01",
                        "--axis", axis.url(), "--system", "a", "--set", "axis.secret=x")) {
            assertEquals("store-in-use", second.line().pointer("/error/kind").text());
            assertEquals(1, second.end());
            assertNull(second.line());
            first.ok("{\"do\":\"stats\"}");
            try (Process wrong = new Process("--dance")) {
                assertEquals(2, wrong.end());
                assertNull(wrong.line());
            }
        }
    }
}
