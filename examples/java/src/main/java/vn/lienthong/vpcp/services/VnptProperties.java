package vn.lienthong.vpcp.services;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import vn.lienthong.Client;
import vn.lienthong.Config;

/**
 * What is needed to reach an axis. It does not change.
 *
 * <p>Keys that the constructors do not know, {@code axis.allow_plaintext} for one, come from the
 * environment ({@code LIENTHONG_AXIS_ALLOW_PLAINTEXT}) or stand in the file.
 */
public final class VnptProperties {
    /** What is assumed where a file does not say it. */
    private static final String MOST_CONNECTIONS = "10";
    private static final String FEWEST_TRIES = "2";

    private final String file;
    private final String endpoint;
    private final String systemId;
    private final String secret;
    private final String storePathDir;
    private final int maxConnection;
    private final int retry;
    private final boolean log;

    /**
     * Takes the settings one by one.
     *
     * @param endpoint the address of the axis
     * @param systemId the system id that the axis gave
     * @param secret its secret
     * @param storePathDir where packets go whose call names no {@code filePath}
     * @param maxConnection calls at once, 1 to 10
     * @param retry how often a call is tried that may be tried again without harm, 2 to 5
     * @throws IllegalArgumentException where a number is out of its range
     */
    public VnptProperties(
            String endpoint, String systemId, String secret, String storePathDir,
            int maxConnection, int retry) {
        this(endpoint, systemId, secret, storePathDir, maxConnection, retry, null, 0);
    }

    /**
     * As the other.
     *
     * @param logError is taken and changes nothing
     * @param isLog 0 for silence; else lines of the library go to the logger
     *     {@code vn.lienthong.vpcp} of java.util.logging. They never hold headers or secrets
     */
    public VnptProperties(
            String endpoint, String systemId, String secret, String storePathDir,
            int maxConnection, int retry, String logError, int isLog) {
        this.file = null;
        this.endpoint = endpoint;
        this.systemId = systemId;
        this.secret = secret;
        this.storePathDir = storePathDir;
        this.maxConnection = within("maxConnection", maxConnection, 1, 10);
        this.retry = within("retry", retry, 2, 5);
        this.log = isLog != 0;
    }

    /**
     * Reads {@code collaboration.properties}, in UTF-8.
     *
     * @throws IllegalArgumentException where its name does not end in {@code .properties}, it cannot
     *     be read, or a number is out of its range
     */
    public VnptProperties(String fileConfig) {
        if (!fileConfig.endsWith(".properties")) {
            throw new IllegalArgumentException(fileConfig + " does not end in .properties");
        }
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(new File(fileConfig).toPath());
                Reader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            values.load(text);
        } catch (IOException failure) {
            throw new IllegalArgumentException(fileConfig + " cannot be read", failure);
        }
        this.file = fileConfig;
        this.endpoint = text(values, "service.endpoint", "");
        this.systemId = text(values, "systemid", "");
        this.secret = text(values, "secret", "");
        this.storePathDir = text(values, "store-path-dir", "");
        this.maxConnection = within("client.max-connection",
                number(values, "client.max-connection", MOST_CONNECTIONS), 1, 10);
        this.retry = within("client.max-error-retry",
                number(values, "client.max-error-retry", FEWEST_TRIES), 2, 5);
        this.log = number(values, "isLog", "0") != 0;
    }

    /**
     * Ends every connection that services of this class opened, when a program is unloaded. What
     * they do afterwards opens new ones.
     */
    public static void closeAll() {
        Connection.closeAll();
    }

    /** The address of the axis, as it was given. */
    public String getEndpoint() {
        return endpoint;
    }

    /** The system id. */
    public String getSystemId() {
        return systemId;
    }

    /** Where packets go whose call names no {@code filePath}. */
    public String getStorePathDir() {
        return storePathDir;
    }

    /** Calls at once. */
    public int getMaxConnection() {
        return maxConnection;
    }

    /** How often a call is tried. */
    public int getRetry() {
        return retry;
    }

    /** Properties with the same ones share a connection. */
    List<Object> identity() {
        return Arrays.asList(file, endpoint, systemId, secret, maxConnection, log);
    }

    Client open() {
        try (Config config = new Config()) {
            config.loadEnvironment();
            if (file != null) {
                config.loadFile(file);
            } else {
                config.set("axis.url", endpoint);
                config.set("axis.system_id", systemId);
                config.set("axis.secret", secret);
            }
            if (log) {
                Connection.log(config);
            }
            return new Client(config);
        }
    }

    private static String text(Properties values, String key, String otherwise) {
        String value = values.getProperty(key);
        return value == null || value.trim().isEmpty() ? otherwise : value.trim();
    }

    private static int number(Properties values, String key, String otherwise) {
        try {
            return Integer.parseInt(text(values, key, otherwise));
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException(key + " is no number", none);
        }
    }

    private static int within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + ", and is " + value);
        }
        return value;
    }
}
