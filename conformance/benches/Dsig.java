// Signs and verifies a packet with the JDK's own classes, as a program does that is written
// after their documentation: a peer for the bench beside this file.
//
//   java Dsig verify PACKET CERTIFICATE
//   java Dsig sign PACKET KEY CERTIFICATE OUT

import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignatureMethod;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Node;

public final class Dsig {
    private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    public static void main(String[] words) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new File(words[1]));
        if (words[0].equals("verify")) {
            verify(document, certificate(words[2]));
        } else {
            sign(document, key(words[2]), certificate(words[3]));
            Transformer copy = TransformerFactory.newInstance().newTransformer();
            copy.transform(new DOMSource(document), new StreamResult(new File(words[4])));
        }
    }

    private static void verify(Document document, X509Certificate certificate) throws Exception {
        Node node = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0);
        DOMValidateContext context = new DOMValidateContext(certificate.getPublicKey(), node);
        if (!FACTORY.unmarshalXMLSignature(context).validate(context)) {
            System.exit(1);
        }
    }

    private static void sign(Document document, PrivateKey key, X509Certificate certificate)
            throws Exception {
        Transform enveloped =
                FACTORY.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
        Transform exclusive = FACTORY.newTransform(
                CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null);
        Reference reference = FACTORY.newReference(
                "", FACTORY.newDigestMethod(DigestMethod.SHA256, null),
                List.of(enveloped, exclusive), null, null);
        SignedInfo info = FACTORY.newSignedInfo(
                FACTORY.newCanonicalizationMethod(
                        CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
                FACTORY.newSignatureMethod(
                        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null),
                List.of(reference));
        KeyInfoFactory keys = FACTORY.getKeyInfoFactory();
        KeyInfo keyInfo = keys.newKeyInfo(List.of(keys.newX509Data(List.of(certificate))));
        Node header = document.getElementsByTagNameNS("*", "edXMLHeader").item(0);
        FACTORY.newXMLSignature(info, keyInfo).sign(new DOMSignContext(key, header));
    }

    private static X509Certificate certificate(String path) throws Exception {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(file);
        }
    }

    private static PrivateKey key(String path) throws Exception {
        String text = Files.readString(Path.of(path)).replaceAll("-----[A-Z ]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(text);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
