package vn.lienthong;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The test axis as a process: {@code a} with H99.01 and {@code b} with H99.02, both with the secret
 * {@link #SECRET}. docs/test-axis.md has its faults.
 */
public final class Axis implements AutoCloseable {
    public static final String SECRET = "made-up";

    private final Process process;
    private final String url;
    private final Json control;

    public Axis() throws IOException {
        List<String> words = new ArrayList<>(Arrays.asList(System.getProperty("test.axis"), "axis",
                "--system", "a=" + SECRET + ":H99.01", "--system", "b=" + SECRET + ":H99.02"));
        process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // Kept open: the axis ends where nobody can read what it says.
        BufferedReader out = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        url = out.readLine();
        control = Json.parse(out.readLine());
    }

    public String url() {
        return url;
    }

    /** Replaces the faults by this list of JSON; {@code []} for none. */
    public void faults(String rules) throws IOException {
        ask("PUT", "/faults", rules);
    }

    /** How often the first fault happened. */
    public long happened() throws IOException {
        return ask("GET", "/faults", null).pointer("/faults/0/happened").number();
    }

    /** What went over the wire, without bodies, once it was so many exchanges. */
    public List<Json> wire(int exchanges) throws IOException {
        ask("GET", "/wire", null, "since", String.valueOf(exchanges - 1), "wait-ms", "30000");
        return ask("GET", "/wire", null).get("exchanges").list();
    }

    private Json ask(String method, String path, String body, String... headers)
            throws IOException {
        String address = control.get("control").text();
        String whole = address.startsWith("http") ? address : "http://" + address;
        HttpURLConnection connection = (HttpURLConnection) new URL(whole + path).openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + control.get("token").text());
        for (int i = 0; i < headers.length; i += 2) {
            connection.setRequestProperty(headers[i], headers[i + 1]);
        }
        if (body != null) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
        }
        try (InputStream in = connection.getInputStream()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                all.write(piece, 0, count);
            }
            return Json.parse(new String(all.toByteArray(), StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
