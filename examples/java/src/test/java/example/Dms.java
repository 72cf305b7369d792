package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vn.lienthong.Config;
import vn.lienthong.Connector;
import vn.lienthong.Document;
import vn.lienthong.Incoming;
import vn.lienthong.Json;
import vn.lienthong.LienthongException;
import vn.lienthong.Packet;
import vn.lienthong.Sent;
import vn.lienthong.Lienthong;
import vn.lienthong.StateSecret;

/**
 * The product of docs/dms.md in Java: lines of JSON in, lines of JSON out, so that a test that
 * drives the one in Rust can drive this one.
 */
public final class Dms {
    private static final String USAGE =
            "usage: Dms --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]\n"
                    + "           [--client] [--set KEY=VALUE]...";

    private final Connector connector;

    private Dms(Connector connector) {
        this.connector = connector;
    }

    /** Runs until its input ends. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        int end = 0;
        try (Config config = config(args)) {
            end = serve(config, out);
        } catch (IllegalArgumentException | IOException wrong) {
            System.err.println("dms: " + wrong.getMessage() + "\n" + USAGE);
            end = 2;
        }
        System.exit(end);
    }

    private static int serve(Config config, PrintStream out) throws IOException {
        Connector connector;
        try {
            connector = new Connector(config);
        } catch (LienthongException failure) {
            out.println(object("error", failure.toJson()));
            return 1;
        }
        // Whoever closes our input wants us to end, too.
        try (Connector open = connector) {
            out.println(object("ready", true, "version", Lienthong.version()));
            Dms dms = new Dms(open);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.trim().isEmpty()) {
                    continue;
                }
                Json answer = dms.answer(line);
                out.println(answer);
                if (answer.pointer("/ok/closed").flag()) {
                    break;
                }
            }
        }
        return 0;
    }

    private Json answer(String line) {
        Json id = Json.of(null);
        try {
            Json command = Json.parse(line);
            id = command.get("id");
            return object("id", id, "ok", run(new Command(command)));
        } catch (LienthongException failure) {
            return object("id", id, "error", failure.toJson());
        }
    }

    private Json run(Command given) {
        switch (given.text("do")) {
            case "capabilities":
                return capabilities();
            case "send":
                return send(given);
            case "poll":
                return poll(given);
            case "accept":
                connector.accept(given.text("incoming"), given.lease());
                return object();
            case "refuse":
                connector.refuse(given.text("incoming"), given.lease(), given.text("reason"),
                        given.staff());
                return object();
            case "give_back":
                connector.giveBack(given.text("incoming"), given.lease(),
                        given.millis("pause_ms", 0));
                return object();
            case "report":
                return object("outgoing", connector.report(given.text("incoming"), given.code(),
                        given.optional("note"), given.staff()));
            case "recall":
                return object("requests", connector.recall(given.text("outgoing"),
                        given.texts("organs"), given.text("reason"), given.staff()));
            case "agree":
                return object("outgoing", connector.agree(given.text("incoming"),
                        given.optional("note"), given.staff()).orElse(null));
            case "decline":
                return object("outgoing", connector.decline(given.text("incoming"),
                        given.optional("note"), given.staff()).orElse(null));
            case "why":
                return connector.why(given.text("packet"));
            case "thread":
                return connector.thread(given.text("packet"));
            case "find":
                return object("outgoing",
                        connector.findSent(given.text("from"), given.text("document_id")));
            case "statuses":
                return connector.statuses(given.text("outgoing"));
            case "stats":
                return connector.stats();
            case "events":
                return connector.events((int) given.number("limit", 100),
                        given.millis("timeout_ms", 0));
            case "events_done":
                connector.eventsDone(given.number("up_to"));
                return object();
            case "quarantine":
                return connector.quarantine(1000);
            case "retry":
                return object("recipients",
                        connector.retry(given.text("outgoing"), given.optional("organ")));
            case "drop":
                return object("recipients",
                        connector.drop(given.text("outgoing"), given.optional("organ")));
            case "assign":
                connector.assignAnswer(given.text("outgoing"), given.text("organ"), given.code());
                return object();
            case "tick":
                connector.receiveNow();
                return object();
            case "backup":
                connector.backup(given.text("folder"));
                return object();
            case "doctor":
                return connector.doctor();
            case "close":
                return object("closed", true,
                        "in_time", connector.close(given.millis("timeout_ms", 5000)));
            default:
                throw misuse("there is no command " + Json.of(given.text("do")));
        }
    }

    /** What this product can do, for who drives it (docs/driver.md). */
    private static Json capabilities() {
        List<Object> settings = new ArrayList<>();
        for (Json key : Config.keys().list()) {
            settings.add(key.get("name"));
        }
        return object("product", "lienthong dms in Java", "version", Lienthong.version(),
                "commands", Arrays.asList("capabilities", "send", "poll", "accept", "refuse",
                        "give_back", "report", "recall", "agree", "decline", "why", "thread",
                        "find", "statuses", "stats", "events", "events_done", "quarantine",
                        "retry", "drop", "assign", "tick", "backup", "doctor", "close"),
                "settings", settings,
                "features", Arrays.asList("signature-report", "signature-verify", "sign", "seal",
                        "tls", "client-certificate", "restart"));
    }

    private Json send(Command given) {
        if (!given.json.get("contains_state_secret").isFlag()) {
            throw misuse("contains_state_secret must be true or false");
        }
        StateSecret secret = given.json.get("contains_state_secret").flag()
                ? StateSecret.CONTAINED : StateSecret.NOT_CONTAINED;
        String packet = given.optional("packet");
        if (packet != null) {
            return connector.sendPacket(packet, secret).toJson();
        }
        try (Document document = Document.fromJson(null, given.json.get("document").toString())) {
            for (String path : given.texts("attach")) {
                document.attachPath(path);
            }
            Sent sent = connector.send(document, secret);
            return sent.toJson();
        }
    }

    private Json poll(Command given) {
        try (Incoming incoming = connector.poll(given.millis("timeout_ms", 0)).orElse(null)) {
            if (incoming == null) {
                return object("item", null);
            }
            Map<String, Object> item = new LinkedHashMap<>(incoming.toJson().members());
            String folder = given.optional("extract_to");
            if (folder != null) {
                List<Object> files = new ArrayList<>();
                try (Packet packet = incoming.packet()) {
                    for (Json file : packet.extract(folder, false).list()) {
                        files.add(file.get("path"));
                    }
                }
                item.put("files", files);
            }
            return object("item", item);
        }
    }

    private static LienthongException misuse(String reason) {
        return LienthongException.invalidArgument(reason);
    }

    private static Json object(Object... members) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            object.put((String) members[i], members[i + 1]);
        }
        return Json.of(object);
    }

    /** The members of a command. */
    private static final class Command {
        private final Json json;

        Command(Json json) {
            this.json = json;
        }

        String optional(String name) {
            return json.get(name).isText() ? json.get(name).text() : null;
        }

        String text(String name) {
            String text = optional(name);
            if (text == null) {
                throw misuse(name + " must be a text");
            }
            return text;
        }

        List<String> texts(String name) {
            Json value = json.get(name);
            if (!value.isThere()) {
                return Collections.emptyList();
            }
            List<String> texts = new ArrayList<>();
            for (Json item : value.list()) {
                if (!item.isText()) {
                    throw misuse(name + " must be texts");
                }
                texts.add(item.text());
            }
            if (!value.isList()) {
                throw misuse(name + " must be a list of texts");
            }
            return texts;
        }

        long number(String name) {
            if (json.get(name).isText()) {
                throw misuse(name + " must be a number");
            }
            try {
                return json.get(name).number();
            } catch (LienthongException none) {
                throw misuse(name + " must be a number");
            }
        }

        long number(String name, long otherwise) {
            return json.members().containsKey(name) ? number(name) : otherwise;
        }

        Duration millis(String name, long otherwise) {
            long millis = number(name, otherwise);
            if (millis < 0) {
                throw misuse(name + " must not be negative");
            }
            return Duration.ofMillis(millis);
        }

        long lease() {
            try {
                return Long.parseLong(text("lease"));
            } catch (NumberFormatException none) {
                throw misuse("lease must be the text that poll gave");
            }
        }

        int code() {
            String code = text("code");
            if (!code.matches("[0-9]{1,2}")) {
                throw misuse("code is two digits, as in \"03\"");
            }
            return Integer.parseInt(code);
        }

        Json staff() {
            return json.get("staff");
        }
    }

    private static Config config(String[] args) throws IOException {
        Config config = new Config();
        List<String> organs = new ArrayList<>();
        List<String> rest = new ArrayList<>(Arrays.asList(args));
        while (!rest.isEmpty()) {
            String name = rest.remove(0);
            if (name.equals("--client")) {
                set(config, "connector.role", "client");
                continue;
            }
            if (rest.isEmpty()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            String value = rest.remove(0);
            switch (name) {
                case "--store":
                    set(config, "store.path", value);
                    break;
                case "--axis":
                    set(config, "axis.url", value);
                    break;
                case "--system":
                    set(config, "axis.system_id", value);
                    break;
                case "--secret-file":
                    set(config, "axis.secret", secret(value));
                    break;
                case "--organ":
                    organs.add(value);
                    break;
                case "--set":
                    if (value.indexOf('=') < 0) {
                        throw new IllegalArgumentException(value + " is not KEY=VALUE");
                    }
                    set(config, value.substring(0, value.indexOf('=')),
                            value.substring(value.indexOf('=') + 1));
                    break;
                default:
                    throw new IllegalArgumentException("unknown option " + name);
            }
        }
        if (!organs.isEmpty()) {
            set(config, "connector.organs", String.join(",", organs));
        }
        return config;
    }

    /** The last line end does not count. */
    private static String secret(String path) throws IOException {
        byte[] bytes = Files.readAllBytes(Paths.get(path));
        return new String(bytes, StandardCharsets.UTF_8).replaceAll("[\r\n]+\\z", "");
    }

    private static void set(Config config, String key, String value) {
        try {
            config.set(key, value);
        } catch (LienthongException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }
}
