package vn.lienthong;

import java.util.ArrayList;
import java.util.List;

/** What belongs to the library and to nothing in it. */
public final class Lienthong {
    private Lienthong() {}

    /** The version of the C library, for example {@code 0.1.0}. */
    public static String version() {
        return Calls.out(Loader.c().lienthong_version());
    }

    /** The binary interface of the C library. */
    public static int abiVersion() {
        return Loader.c().lienthong_abi_version();
    }

    /** How many things of the library are not closed in this process, for tests. */
    public static long liveHandles() {
        return Loader.c().lienthong_live_handles();
    }

    /** Every error code there is, each as an error without a place. */
    public static List<LienthongException> codes() {
        List<LienthongException> codes = new ArrayList<>();
        for (long i = 0; i < Loader.c().lienthong_code_count(); i++) {
            codes.add(LienthongException.of(Loader.c().lienthong_code_at(i), "", null));
        }
        return codes;
    }

    /** The table of finding codes: code, severity, severity_when_sending, source, message. */
    public static Json findingCodes() {
        return Calls.json(Loader.c()::lienthong_finding_codes);
    }

    /**
     * The bytes of a status packet made from JSON: the value of {@code status} in
     * docs/packet.schema.json. A {@link Connector} makes its statuses itself.
     *
     * @param config limits; null for all defaults
     * @throws LienthongException {@code packet-impossible} with its findings
     */
    public static byte[] statusToBytes(Config config, Json status) {
        return Calls.bytes((data, length, error) -> Loader.c().lienthong_status_to_bytes(
                Handle.of(config), Calls.in(status.toString()), data, length, error));
    }
}
