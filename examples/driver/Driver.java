import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Scanner;
import vn.lienthong.*;

/** A driver of some 60 lines of code: the suite drives a product that runs already, over HTTP
 * (docs/driver.md). Usage: Driver CONFIG PORT. The product here is lienthong itself; put your own
 * calls in its place. */
public final class Driver {
    private static Connector product;

    public static void main(String[] words) throws Exception {
        product = new Connector(new Config().loadFile(words[0]));
        int port = Integer.parseInt(words[1]);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            Scanner in = new Scanner(exchange.getRequestBody(), "UTF-8").useDelimiter("\\A");
            byte[] body = answer(Json.parse(in.next())).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private static String answer(Json command) {
        String id = "{\"id\":" + command.get("id") + ",";
        try {
            return id + "\"ok\":" + run(command) + "}";
        } catch (LienthongException error) {
            return id + "\"error\":" + error.toJson() + "}";
        }
    }

    private static Object run(Json m) {
        switch (m.get("do").text()) {
            case "capabilities":
                return "{\"product\":\"Driver.java\",\"version\":\"1\",\"commands\":[\"send\","
                        + "\"poll\",\"accept\",\"report\",\"why\",\"tick\",\"capabilities\"]}";
            case "send":
                return send(m);
            case "poll":
                return poll(m);
            case "accept":
                product.accept(m.get("incoming").text(), Long.parseLong(m.get("lease").text()));
                return "{}";
            case "report":
                int code = Integer.parseInt(m.get("code").text());
                return "{\"outgoing\":\"" + product.report(m.get("incoming").text(), code) + "\"}";
            case "why":
                return product.why(m.get("packet").text());
            case "tick":
                product.receiveNow();
                return "{}";
            default:
                throw LienthongException.invalidArgument("there is no such command");
        }
    }

    private static Object send(Json m) {
        try (Document document = Document.fromJson(null, m.get("document").toString())) {
            m.get("attach").list().forEach(path -> document.attachPath(path.text()));
            boolean secret = m.get("contains_state_secret").flag();
            return product.send(document, secret ? StateSecret.CONTAINED : StateSecret.NOT_CONTAINED)
                    .toJson();
        }
    }

    private static Object poll(Json m) {
        Duration wait = Duration.ofMillis(m.get("timeout_ms").number());
        try (Incoming item = product.poll(wait).orElse(null)) {
            return Json.of(Collections.singletonMap("item", item == null ? null : item.toJson()));
        }
    }
}
