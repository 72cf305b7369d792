package vn.lienthong;

import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * Values for the keys of the configuration, and where the log goes. For one thread at a time. What
 * is opened with it takes a copy.
 */
public final class Config extends Handle {
    /** Every key at its default. */
    public Config() {
        super(Calls.handle(Loader.c()::lienthong_config_new));
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_config_free(pointer);
    }

    /**
     * Sets one key, e.g. {@code axis.url}; docs/config.md has them.
     *
     * @throws LienthongException {@code config-unknown-key}, {@code config-invalid-value}; then
     *     nothing is changed
     */
    public Config set(String key, String value) {
        Calls.call(error -> Loader.c().lienthong_config_set(
                pointer(), Calls.in(key), Calls.in(value), error));
        return this;
    }

    /**
     * The value of a key, its default where none was set; empty for a secret.
     *
     * @throws LienthongException {@code config-unknown-key}
     */
    public Optional<String> get(String key) {
        return Calls.optional((place, error) -> Loader.c().lienthong_config_get(
                pointer(), Calls.in(key), place, error));
    }

    /**
     * Takes every value of a file: TOML, or the incumbent SDK's file where its name ends in
     * {@code .properties}.
     *
     * @throws LienthongException {@code io}, {@code config-unknown-key},
     *     {@code config-invalid-value}; then nothing is changed
     */
    public Config loadFile(String path) {
        Calls.call(error -> Loader.c().lienthong_config_load_file(
                pointer(), Calls.in(path), error));
        return this;
    }

    /**
     * Takes every variable {@code LIENTHONG_...} of the environment: {@code LIENTHONG_AXIS_URL} is
     * {@code axis.url}.
     *
     * @throws LienthongException {@code config-unknown-key}, {@code config-invalid-value}
     */
    public Config loadEnvironment() {
        Calls.call(error -> Loader.c().lienthong_config_load_environment(pointer(), error));
        return this;
    }

    /**
     * Lets what is opened with this config from now on log, up to a level. The log is kept as long
     * as anything that uses it is open.
     */
    public Config setLog(Log.Level level, Log log) {
        Logs.set(pointer(), level, log);
        return this;
    }

    /** The table of keys: name, kind, default, meaning in English and Vietnamese, limits. */
    public static Json keys() {
        return Calls.json(Loader.c()::lienthong_config_keys);
    }
}
