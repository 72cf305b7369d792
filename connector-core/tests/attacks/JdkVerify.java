import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.*;

/**
 * Verifies files with the JDK's own XML signatures, as a careful programmer would write it: the
 * first Signature in the document, the key from the certificate in its X509Data that has a path
 * to the anchor at the moment given. Each file twice: with secure validation and without.
 *
 * usage: java JdkVerify.java ANCHOR.crt INSTANT < NAMES
 */
public class JdkVerify {
    static CertificateFactory factory;
    static X509Certificate anchor;
    static Date at;

    public static void main(String[] arguments) throws Exception {
        factory = CertificateFactory.getInstance("X.509");
        try (InputStream in = new FileInputStream(arguments[0])) {
            anchor = (X509Certificate) factory.generateCertificate(in);
        }
        at = Date.from(Instant.parse(arguments[1]));
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in));
        for (String name; (name = names.readLine()) != null; ) {
            System.out.println(name + "\t" + verify(name, true) + "\t" + verify(name, false));
            System.out.flush();
        }
    }

    static String verify(String name, boolean secure) throws Exception {
        // A hostile file may take for ever; it is given ten seconds.
        String[] said = {"time"};
        Thread thread = new Thread(null, () -> {
            try {
                said[0] = judge(name, secure);
            } catch (Throwable failure) {
                said[0] = "error " + failure.getClass().getSimpleName();
            }
        }, "verify", 64 << 20);
        thread.setDaemon(true);
        thread.start();
        thread.join(10_000);
        return said[0];
    }

    static String judge(String name, boolean secure) throws Exception {
        DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
        builders.setNamespaceAware(true);
        var builder = builders.newDocumentBuilder();
        builder.setErrorHandler(null);
        Document document;
        PrintStream err = System.err;
        try (InputStream in = new BufferedInputStream(new FileInputStream(name))) {
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
            document = builder.parse(in);
        } finally {
            System.setErr(err);
        }
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        if (found.getLength() == 0) {
            return "none";
        }
        DOMValidateContext context = new DOMValidateContext(new Selector(), found.item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", secure);
        // Attributes named Id are ids, as without a schema nothing else could say.
        NodeList all = document.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.hasAttributeNS(null, "Id")) {
                context.setIdAttributeNS(element, null, "Id");
            }
        }
        XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
        return signatures.unmarshalXMLSignature(context).validate(context) ? "accepts" : "refuses";
    }

    /** Gives the key of the first certificate that has a path to the anchor. */
    static class Selector extends KeySelector {
        @Override
        public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method,
                XMLCryptoContext context) throws KeySelectorException {
            if (info != null) {
                List<X509Certificate> certificates = new ArrayList<>();
                for (Object part : info.getContent()) {
                    if (!(part instanceof X509Data)) {
                        continue;
                    }
                    for (Object item : ((X509Data) part).getContent()) {
                        if (item instanceof X509Certificate) {
                            certificates.add((X509Certificate) item);
                        }
                    }
                }
                for (X509Certificate certificate : certificates) {
                    if (isTrusted(certificate, certificates) && signs(certificate)) {
                        PublicKey key = certificate.getPublicKey();
                        return () -> key;
                    }
                }
            }
            throw new KeySelectorException("no trusted certificate");
        }

        static boolean signs(X509Certificate certificate) {
            boolean[] usage = certificate.getKeyUsage();
            return usage == null || usage[0] || usage[1];
        }

        static boolean isTrusted(X509Certificate certificate, List<X509Certificate> others) {
            try {
                X509CertSelector target = new X509CertSelector();
                target.setCertificate(certificate);
                PKIXBuilderParameters parameters =
                        new PKIXBuilderParameters(Set.of(new TrustAnchor(anchor, null)), target);
                parameters.setRevocationEnabled(false);
                parameters.setDate(at);
                parameters.addCertStore(CertStore.getInstance(
                        "Collection", new CollectionCertStoreParameters(others)));
                CertPathBuilder.getInstance("PKIX").build(parameters);
                return true;
            } catch (GeneralSecurityException failure) {
                return false;
            }
        }
    }
}
