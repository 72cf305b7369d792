package vn.lienthong;

import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The logs that the library may call, by the number it calls them with.
 *
 * <p>The two callbacks live as long as this class, so that the garbage collector cannot take what
 * the library still calls; a log goes when the library says that nobody needs it any more.
 */
final class Logs {
    private static final Map<Long, Log> LOGS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);

    private static final Functions.LogFn LINE = (number, level, target, message) -> {
        try {
            Log log = LOGS.get(Pointer.nativeValue(number));
            if (log != null) {
                log.line(Log.Level.of(level), Calls.out(target), Calls.out(message));
            }
        } catch (Throwable lost) {
            // Nothing may be thrown through the library, and there is nobody to tell.
        }
    };

    private static final Functions.DropFn DROP = number -> LOGS.remove(Pointer.nativeValue(number));

    static {
        // A thread of the library becomes a daemon thread once and stays one until it ends: to
        // attach and detach it for each line would cost more than the line.
        Native.setCallbackThreadInitializer(
                LINE, new CallbackThreadInitializer(true, false, "lienthong"));
        Native.setCallbackThreadInitializer(
                DROP, new CallbackThreadInitializer(true, false, "lienthong"));
    }

    private Logs() {}

    static void set(Pointer config, Log.Level level, Log log) {
        long number = NEXT.getAndIncrement();
        LOGS.put(number, log);
        Calls.call(error -> Loader.c().lienthong_config_set_log(
                config, level.number(), LINE, new Pointer(number), DROP, error));
    }

    /** How many there are, for tests. */
    static int count() {
        return LOGS.size();
    }
}
