// Asks the XML signatures of Java: those of the JDK, or Apache Santuario's where it is on the
// class path and named.
//
//   java Oracle.java jdk|santuario < tasks
//
// A task is a line of words with tabs between them:
//
//   verify FILE CA                                       does it hold, with what key?
//   sign IN OUT KEY CERT CA METHOD DIGEST C14N TRANSFORM FLAGS
//
// and is answered by one line. A key is a PEM file of PKCS#8. FLAGS are words with commas.

import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.*;
import java.util.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.*;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.*;

public class Oracle {
    static XMLSignatureFactory factory;

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("santuario")) {
            Provider provider = (Provider) Class
                .forName("org.apache.jcp.xml.dsig.internal.dom.XMLDSigRI")
                .getDeclaredConstructor().newInstance();
            factory = XMLSignatureFactory.getInstance("DOM", provider);
        } else {
            factory = XMLSignatureFactory.getInstance("DOM");
        }
        BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String task; (task = tasks.readLine()) != null;) {
            String[] words = task.split("\t", -1);
            String answer;
            try {
                answer = words[0].equals("verify") ? verify(words) : sign(words);
            } catch (Throwable error) {
                Throwable last = error;
                while (last.getCause() != null) last = last.getCause();
                answer = "error " + (error + " / " + last).replaceAll("\\s+", " ");
            }
            System.out.println(answer);
        }
    }

    static Document parse(String file) throws Exception {
        DocumentBuilderFactory documents = DocumentBuilderFactory.newInstance();
        documents.setNamespaceAware(true);
        documents.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return documents.newDocumentBuilder().parse(new File(file));
    }

    static X509Certificate certificate(String file) throws Exception {
        try (InputStream in = new FileInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    // Only certificates that the authority issued are keys.
    static String verify(String[] words) throws Exception {
        Document document = parse(words[1]);
        X509Certificate authority = certificate(words[2]);
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        if (found.getLength() == 0) return "absent";
        KeySelector selector = new KeySelector() {
            public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method,
                    XMLCryptoContext context) throws KeySelectorException {
                for (Object part : info.getContent()) {
                    if (!(part instanceof X509Data)) continue;
                    for (Object content : ((X509Data) part).getContent()) {
                        if (!(content instanceof X509Certificate)) continue;
                        X509Certificate own = (X509Certificate) content;
                        try {
                            own.verify(authority.getPublicKey());
                        } catch (GeneralSecurityException error) {
                            continue;
                        }
                        if (own.getBasicConstraints() >= 0) continue;
                        return () -> own.getPublicKey();
                    }
                }
                throw new KeySelectorException("no certificate of the authority");
            }
        };
        DOMValidateContext context = new DOMValidateContext(selector, found.item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        context.setProperty("org.apache.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        // XAdES: ids are no ids without a schema.
        mark(context, (Element) found.item(0));
        return factory.unmarshalXMLSignature(context).validate(context) ? "valid" : "invalid";
    }

    static void mark(DOMValidateContext context, Element element) {
        if (element.hasAttribute("Id")) context.setIdAttributeNS(element, null, "Id");
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element) mark(context, (Element) child);
        }
    }

    static String sign(String[] words) throws Exception {
        Document document = parse(words[1]);
        X509Certificate own = certificate(words[4]);
        X509Certificate authority = certificate(words[5]);
        String pem = Files.readString(Path.of(words[3])).replaceAll("-----[A-Z ]+-----|\\s", "");
        KeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        String family = own.getPublicKey().getAlgorithm();
        PrivateKey key = KeyFactory.getInstance(family).generatePrivate(spec);
        List<String> flags = Arrays.asList(words[10].split(","));

        List<Transform> transforms = new ArrayList<>();
        transforms.add(factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null));
        if (flags.contains("xpath")) {
            transforms.add(factory.newTransform(Transform.XPATH,
                new XPathFilterParameterSpec("not(ancestor-or-self::AttachmentEncoded)")));
        }
        if (!words[9].isEmpty()) {
            ExcC14NParameterSpec prefixes = flags.contains("prefix-list")
                ? new ExcC14NParameterSpec(List.of("edXML")) : null;
            transforms.add(factory.newTransform(words[9], prefixes));
        }
        DigestMethod digest = factory.newDigestMethod(words[7], null);
        List<Reference> references = new ArrayList<>();
        references.add(factory.newReference(
            flags.contains("part") ? "#part" : "", digest, transforms, null, null));
        if (flags.contains("two-references")) {
            references.add(factory.newReference("", digest, transforms, null, "another"));
        }
        SignedInfo info = factory.newSignedInfo(
            factory.newCanonicalizationMethod(words[8], (C14NMethodParameterSpec) null),
            factory.newSignatureMethod(words[6], null), references);

        KeyInfoFactory keys = factory.getKeyInfoFactory();
        List<Object> data = new ArrayList<>();
        data.add(own.getSubjectX500Principal().getName());
        data.add(keys.newX509IssuerSerial(
            own.getIssuerX500Principal().getName(), own.getSerialNumber()));
        data.add(own);
        data.add(authority);
        List<XMLStructure> content = new ArrayList<>();
        if (flags.contains("key-name")) content.add(keys.newKeyName("a key"));
        if (flags.contains("key-value")) content.add(keys.newKeyValue(own.getPublicKey()));
        if (!flags.contains("no-certificate")) content.add(keys.newX509Data(data));
        if (flags.contains("retrieval")) {
            content.add(keys.newRetrievalMethod("#elsewhere"));
        }
        KeyInfo keyInfo = content.isEmpty() ? null : keys.newKeyInfo(content);

        List<XMLObject> objects = null;
        if (flags.contains("properties")) {
            SignatureProperty property = factory.newSignatureProperty(List.of(
                new DOMStructure(document.createTextNode("a remark"))), "#sig", null);
            objects = List.of(factory.newXMLObject(List.of(
                factory.newSignatureProperties(List.of(property), null)), null, null, null));
        }
        Node parent = document.getDocumentElement();
        if (!flags.contains("root")) {
            parent = document.getElementsByTagNameNS("*", "edXMLHeader").item(0);
        }
        DOMSignContext context = new DOMSignContext(key, parent);
        if (flags.contains("prefix")) context.setDefaultNamespacePrefix("ds");
        if (flags.contains("part")) {
            Element part = (Element) document.getElementsByTagNameNS("*", "MessageHeader").item(0);
            part.setAttribute("Id", "part");
            context.setIdAttributeNS(part, null, "Id");
        }
        factory.newXMLSignature(info, keyInfo, objects, "sig", null).sign(context);
        TransformerFactory.newInstance().newTransformer()
            .transform(new DOMSource(document), new StreamResult(new File(words[2])));
        return "signed";
    }
}
