package vn.lienthong;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Signing with keys of Java's, and judging. */
public class SignatureTest {
    @ClassRule public static final TemporaryFolder KEYS = new TemporaryFolder();
    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private static KeyStore store;

    /** An anchor and what it vouches for, made up by the JDK's own tool. */
    @BeforeClass
    public static void keys() throws Exception {
        key("anchor", "EC", "-groupname", "secp256r1", "-ext", "bc:c=ca:true",
                "-ext", "ku:c=keyCertSign,cRLSign");
        key("curve", "EC", "-groupname", "secp256r1", "-signer", "anchor");
        key("curve384", "EC", "-groupname", "secp384r1", "-signer", "anchor");
        key("rsa", "RSA", "-keysize", "2048", "-signer", "anchor");
        store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(new File(KEYS.getRoot(), "keys.p12"))) {
            store.load(in, "made-up".toCharArray());
        }
        Files.write(KEYS.newFolder("trust").toPath().resolve("anchor.cer"),
                store.getCertificate("anchor").getEncoded());
    }

    private static void key(String name, String kind, String... more) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(
                System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias", name,
                "-keyalg", kind, "-dname", "CN=" + name, "-validity", "2", "-storetype", "PKCS12",
                "-keystore", new File(KEYS.getRoot(), "keys.p12").getPath(),
                "-storepass", "made-up"));
        words.addAll(Arrays.asList(more));
        if (!name.equals("anchor")) {
            words.addAll(Arrays.asList("-ext", "ku:c=digitalSignature"));
        }
        assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor());
    }

    @After
    public void nothing_is_left_behind() {
        assertEquals(0, Lienthong.liveHandles());
        assertEquals(0, Signer.KEPT.count());
    }

    private static List<X509Certificate> chain(String name) throws Exception {
        return Collections.singletonList((X509Certificate) store.getCertificate(name));
    }

    private static Signer signer(String name, String algorithm) throws Exception {
        PrivateKey key = (PrivateKey) store.getKey(name, "made-up".toCharArray());
        return Signer.of(algorithm, chain(name), key);
    }

    private static Packet packet() {
        try (Document document = Made.document("1")) {
            return Packet.fromBytes(null, document.toBytes());
        }
    }

    private static Verifier strict() {
        try (Config config = new Config()
                .set("signature.trust", new File(KEYS.getRoot(), "trust").getPath())
                .set("signature.policy", "strict")) {
            return new Verifier(config);
        }
    }

    @Test
    public void a_key_of_each_kind_signs_what_the_verifier_proves() throws Exception {
        String[][] kinds = {
            {"curve", "ecdsa-sha256"}, {"curve384", "ecdsa-sha384"}, {"rsa", "rsa-sha256"},
            {"rsa", "rsa-sha512"}, {"rsa", "sha384-rsa-MGF1"},
        };
        try (Packet unsigned = packet(); Verifier verifier = strict(); Verifier nobody = new Verifier(null)) {
            Verdict none = unsigned.verify(verifier);
            assertEquals("unproven", none.authenticity());
            assertEquals("absent", none.packetSignature());
            assertFalse(none.isPolicyMet());
            for (String[] kind : kinds) {
                byte[] both;
                try (Signer signer = signer(kind[0], kind[1])) {
                    both = unsigned.signed(signer, Packet.Signing.BOTH, 0);
                }
                try (Packet signed = Packet.fromBytes(null, both)) {
                    Verdict verdict = signed.verify(verifier);
                    assertEquals("valid", verdict.packetSignature());
                    assertEquals("valid", verdict.seal());
                    assertEquals("proven", verdict.authenticity());
                    assertTrue(verdict.isPolicyMet());
                    assertEquals(kind[1],
                            verdict.toJson().pointer("/packet_signature/algorithm").text());
                    assertEquals("unproven", signed.verify(nobody).authenticity());
                }
            }
        }
    }

    /** DER writes a number as short as it can, and with a zero before a first bit that is set. */
    @Test
    public void numbers_of_any_length_stand_side_by_side() throws Exception {
        byte[] der = {0x30, 0x09, 0x02, 0x01, 0x7F, 0x02, 0x04, 0x00, (byte) 0x80, 0x01, 0x02};
        assertArrayEquals(new byte[] {0, 0, 0, 0x7F, 0, (byte) 0x80, 1, 2}, Signer.sideBySide(der, 4));
        assertArrayEquals(new byte[] {0, 0, 0x7F, (byte) 0x80, 1, 2}, Signer.sideBySide(der, 3));
        assertThrows(GeneralSecurityException.class, () -> Signer.sideBySide(der, 2));
        byte[] longForm = new byte[3 + 2 * 67];
        longForm[0] = 0x30;
        longForm[1] = (byte) 0x81;
        longForm[2] = (byte) (longForm.length - 3);
        for (int start : new int[] {3, 70}) {
            longForm[start] = 2;
            longForm[start + 1] = 65;
            Arrays.fill(longForm, start + 3, start + 67, (byte) 0xA5);
        }
        byte[] plain = new byte[128];
        Arrays.fill(plain, (byte) 0xA5);
        assertArrayEquals(plain, Signer.sideBySide(longForm, 64));
    }

    @Test
    public void what_a_key_throws_is_the_cause_and_no_file_is_left() throws Exception {
        ProviderException gone = new ProviderException("the token is out");
        File file = new File(folder.getRoot(), "signed.edxml");
        Signer.Key broken = message -> {
            throw gone;
        };
        try (Packet packet = packet(); Signer signer = Signer.of("ecdsa-sha256", chain("curve"), broken)) {
            LienthongException failure = assertThrows(LienthongException.class,
                    () -> packet.signTo(file.getPath(), signer, Packet.Signing.PACKET, 0));
            assertEquals("signing-failed", failure.getName());
            assertSame(gone, failure.getCause());
        }
        Signer.Key wrong = message -> new byte[64];
        try (Packet packet = packet(); Signer signer = Signer.of("ecdsa-sha256", chain("curve"), wrong)) {
            LienthongException failure = assertThrows(LienthongException.class,
                    () -> packet.signTo(file.getPath(), signer, Packet.Signing.PACKET, 0));
            assertEquals("signer-unfit", failure.getName());
            assertNull(failure.getCause());
        }
        assertEquals("signer-unfit", assertThrows(LienthongException.class,
                () -> signer("rsa", "ecdsa-sha256")).getName());
        assertFalse(file.exists());
    }

    @Test
    public void eight_threads_sign_by_one_key() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Packet packet = packet(); Verifier verifier = strict();
                Signer signer = signer("curve", "ecdsa-sha256")) {
            Callable<String> sign = () -> {
                byte[] bytes = packet.signed(signer, Packet.Signing.SEAL, 0);
                System.gc();
                try (Packet signed = Packet.fromBytes(null, bytes)) {
                    return signed.verify(verifier).seal();
                }
            };
            for (Future<String> seal : threads.invokeAll(Collections.nCopies(16, sign))) {
                assertEquals("valid", seal.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    public void a_connector_seals_with_it_and_the_receiver_is_shown_the_proof() throws Exception {
        try (Axis axis = new Axis(); Connector sender = sender(axis); Connector receiver = receiver(axis)) {
            try (Document document = Made.document("1")) {
                sender.send(document, StateSecret.NOT_CONTAINED);
            }
            try (Incoming incoming = receiver.poll(Duration.ofSeconds(60)).get()) {
                assertEquals("proven", incoming.signatures().get("authenticity").text());
                assertEquals("valid", incoming.signatures().pointer("/seal/verdict").text());
                receiver.accept(incoming);
            }
        }
    }

    private Connector sender(Axis axis) throws Exception {
        try (Config config = Made.alone(folder.getRoot() + "/a").set("axis.url", axis.url())
                        .set("signature.seal_for", "all");
                Signer signer = signer("curve", "ecdsa-sha256")) {
            return new Connector(config, signer);
        }
    }

    private Connector receiver(Axis axis) {
        try (Config config = Made.alone(folder.getRoot() + "/b").set("axis.url", axis.url())
                .set("axis.system_id", "b").set("connector.organs", "H99.02")
                .set("receive.interval", "100").set("signature.policy", "require-seal")
                .set("signature.trust", new File(KEYS.getRoot(), "trust").getPath())) {
            return new Connector(config);
        }
    }
}
