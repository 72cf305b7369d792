package vn.lienthong;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Who signs: a key in a file, or anything that can sign, as a token or a service. Any number of
 * threads may use it. Whoever was opened with it goes on signing after it is closed.
 */
public final class Signer extends Handle {
    /** Signs. */
    @FunctionalInterface
    public interface Key {
        /**
         * Signs a message of some kilobytes, whose digest is this function's work. Called on the
         * thread that sends or signs, so on several at once.
         *
         * @return RSA: as many bytes as the modulus has. ECDSA: r and s side by side, 64 bytes for
         *     {@code ecdsa-sha256}, 96 for {@code ecdsa-sha384}, not DER
         * @throws Exception where it cannot; it is the cause of the {@code signing-failed} that
         *     the call throws then
         */
        byte[] sign(byte[] message) throws Exception;
    }

    private static final int NO_SIGNATURE = 1;

    static final Kept<Key> KEPT = new Kept<>();

    /** What a key threw on this thread, until the call that needed it has failed. */
    private static final ThreadLocal<Throwable> THROWN = new ThreadLocal<>();

    private static final Functions.SignFn SIGN = Kept.<Functions.SignFn>callback(Signer::sign);

    private Signer(Pointer pointer) {
        super(pointer);
    }

    @Override
    void free(Pointer pointer) {
        Loader.c().lienthong_signer_free(pointer);
    }

    /**
     * Of the key file of a config: {@code signature.key_file}, {@code key_password},
     * {@code certificate_file}, {@code algorithm}.
     *
     * @throws LienthongException {@code config-missing}, {@code io}, {@code key-unreadable},
     *     {@code key-password}, {@code key-unsuitable}, {@code key-certificate}
     */
    public static Signer fromConfig(Config config) {
        return new Signer(Calls.handle((place, error) ->
                Loader.c().lienthong_signer_from_config(config.pointer(), place, error)));
    }

    /**
     * Of anything that signs.
     *
     * @param algorithm a word of {@code signature.algorithm}, e.g. {@code ecdsa-sha256}
     * @param chain the certificate of the key, then those that lead on from it
     * @throws LienthongException {@code invalid-argument}, {@code signer-unfit}
     */
    public static Signer of(String algorithm, List<X509Certificate> chain, Key key) {
        byte[] certificates = der(chain);
        Pointer number = KEPT.keep(key);
        return new Signer(Calls.handle((place, error) ->
                Loader.c().lienthong_signer_from_callback(Calls.in(algorithm), certificates,
                        certificates.length, SIGN, number, KEPT.drop(), place, error)));
    }

    /**
     * Of a key of Java's, also one in a token that a {@link java.security.KeyStore} opened.
     *
     * @param algorithm as above
     * @param chain as above
     * @throws LienthongException as above
     */
    public static Signer of(String algorithm, List<X509Certificate> chain, PrivateKey key) {
        return of(algorithm, chain, message -> {
            Signature signature = signature(algorithm);
            signature.initSign(key);
            signature.update(message);
            byte[] value = signature.sign();
            return algorithm.startsWith("ecdsa")
                    ? sideBySide(value, algorithm.endsWith("384") ? 48 : 32) : value;
        });
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        String bits = algorithm.replaceAll(".*sha([0-9]{3}).*", "$1");
        if (!algorithm.endsWith("-MGF1")) {
            return Signature.getInstance(
                    "SHA" + bits + "with" + (algorithm.startsWith("ecdsa") ? "ECDSA" : "RSA"));
        }
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-" + bits, "MGF1",
                new MGF1ParameterSpec("SHA-" + bits), Integer.parseInt(bits) / 8, 1));
        return pss;
    }

    /** Java gives ECDSA as DER: a sequence of two numbers, each below 128 bytes. */
    static byte[] sideBySide(byte[] der, int width) throws GeneralSecurityException {
        byte[] value = new byte[2 * width];
        int at = der[1] == (byte) 0x81 ? 3 : 2;
        for (int half = 1; half <= 2; half++) {
            int length = der[at + 1];
            byte[] number = new BigInteger(Arrays.copyOfRange(der, at + 2, at + 2 + length)).toByteArray();
            int skip = number.length > width ? number.length - width : 0;
            if (der[at] != 2 || skip > 1) {
                throw new GeneralSecurityException("the key made no ECDSA value of this width");
            }
            System.arraycopy(number, skip, value, half * width - (number.length - skip),
                    number.length - skip);
            at += 2 + length;
        }
        return value;
    }

    private static byte[] der(List<X509Certificate> chain) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        try {
            for (X509Certificate certificate : chain) {
                byte[] one = certificate.getEncoded();
                der.write(one, 0, one.length);
            }
        } catch (CertificateEncodingException broken) {
            throw LienthongException.invalidArgument("a certificate cannot be encoded");
        }
        return der.toByteArray();
    }

    private static int sign(
            Pointer number, Pointer message, long length, Pointer place, long capacity,
            LongByReference written) {
        try {
            THROWN.remove();
            byte[] value = KEPT.get(number).sign(message.getByteArray(0, (int) length));
            if (value.length > capacity) {
                throw new GeneralSecurityException("a signature of " + value.length + " bytes");
            }
            place.write(0, value, 0, value.length);
            written.setValue(value.length);
            return 0;
        } catch (Throwable thrown) {
            THROWN.set(thrown);
            return NO_SIGNATURE;
        }
    }

    /** What a key threw on this thread, if that has not been told yet. */
    static Throwable thrown() {
        Throwable thrown = THROWN.get();
        THROWN.remove();
        return thrown;
    }
}
