package vn.lienthong.vpcp.services;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import vn.lienthong.Client;
import vn.lienthong.Config;
import vn.lienthong.LienthongException;
import vn.lienthong.Log;

/**
 * What services with the same properties share. Programs make services anew for each run of a job
 * and never close them, so connections are kept for the process and counted by their settings.
 */
final class Connection {
    /** A pause before the second try, in milliseconds; each further one is twice as long. */
    private static final long PAUSE = 200;
    private static final Map<List<Object>, Connection> ALL = new HashMap<>();

    private final Client client;
    private final Semaphore free;

    private Connection(VnptProperties properties) {
        client = properties.open();
        free = new Semaphore(properties.getMaxConnection(), true);
    }

    static Connection of(VnptProperties properties) {
        synchronized (ALL) {
            Connection known = ALL.get(properties.identity());
            if (known == null) {
                known = new Connection(properties);
                ALL.put(properties.identity(), known);
            }
            return known;
        }
    }

    static void closeAll() {
        synchronized (ALL) {
            for (Connection connection : ALL.values()) {
                connection.client.close();
            }
            ALL.clear();
        }
    }

    /**
     * Makes a call, and again where that can do no harm.
     *
     * @param tries how often at most
     */
    <T> T call(int tries, Function<Client, T> call) {
        free.acquireUninterruptibly();
        try {
            for (int done = 1; ; done++) {
                try {
                    return call.apply(client);
                } catch (LienthongException failure) {
                    if (done >= tries || failure.getRetry() != LienthongException.Retry.SAFE) {
                        throw failure;
                    }
                    pause(PAUSE << (done - 1), failure);
                }
            }
        } finally {
            free.release();
        }
    }

    private static void pause(long millis, LienthongException failure) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    static void log(Config config) {
        Logger logger = Logger.getLogger("vn.lienthong.vpcp");
        config.setLog(Log.Level.INFO, (level, target, message) ->
                logger.log(of(level), "{0}: {1}", new Object[] {target, message}));
    }

    private static Level of(Log.Level level) {
        return level == Log.Level.ERROR ? Level.SEVERE
                : level == Log.Level.WARNING ? Level.WARNING : Level.INFO;
    }
}
