package vn.lienthong;

import com.sun.jna.Pointer;

/** The logs that the library may call. */
final class Logs {
    static final Kept<Log> KEPT = new Kept<>();

    private static final Functions.LogFn LINE =
            Kept.<Functions.LogFn>callback((number, level, target, message) -> {
                try {
                    Log log = KEPT.get(number);
                    if (log != null) {
                        log.line(Log.Level.of(level), Calls.out(target), Calls.out(message));
                    }
                } catch (Throwable lost) {
                    // Nothing may be thrown through the library, and there is nobody to tell.
                }
            });

    private Logs() {}

    static void set(Pointer config, Log.Level level, Log log) {
        Pointer number = KEPT.keep(log);
        Calls.call(error -> Loader.c().lienthong_config_set_log(
                config, level.number(), LINE, number, KEPT.drop(), error));
    }
}
