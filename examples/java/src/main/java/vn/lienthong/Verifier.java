package vn.lienthong;

import com.sun.jna.Pointer;

/**
 * Judges the signatures of packets by the keys {@code signature....} of a config: trusted
 * certificates, map of organs, revocation, policy. Trust folder and map are read again when they
 * change. One for a whole server, used by any number of threads at once. See
 * {@link Packet#verify}; a {@link Connector} has judged what it shows already.
 */
public final class Verifier extends Handle {
    /**
     * Makes one.
     *
     * @param config null for one that trusts nobody
     * @throws LienthongException {@code io}, {@code trust-unreadable}, {@code organs-unreadable}
     */
    public Verifier(Config config) {
        super(Calls.handle((place, error) ->
                Loader.c().lienthong_verifier_new(of(config), place, error)));
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_verifier_free(pointer);
    }
}
