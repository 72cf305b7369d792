import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Reads a packet with the JDK's XML parser and prints every leaf, as dump.py does. */
public final class Dump {
    private static final String NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

    public static void main(String[] arguments) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Element root = factory.newDocumentBuilder().parse(new File(arguments[0])).getDocumentElement();
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        dump(root, root.getLocalName(), out);
        out.flush();
    }

    private static void dump(Element element, String path, PrintStream out) throws Exception {
        if (!NAMESPACE.equals(element.getNamespaceURI())) {
            throw new IllegalStateException("outside the namespace: " + element.getTagName());
        }
        Map<String, Integer> counts = new HashMap<>();
        boolean leaf = true;
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                leaf = false;
                String name = child.getLocalName();
                dump(child, path + "/" + name + "[" + counts.merge(name, 1, Integer::sum) + "]", out);
            }
        }
        if (leaf) {
            String text = element.getTextContent();
            if ("ContentTransferEncoded".equals(element.getLocalName())) {
                byte[] bytes = content((Element) element.getParentNode(), Base64.getDecoder().decode(text));
                text = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            }
            out.println(path + "\t" + json(text));
        }
    }

    /** The file meant: the bytes themselves, or the one entry of the ZIP around it. */
    private static byte[] content(Element attachment, byte[] data) throws Exception {
        boolean zip = "application/zip".equals(text(attachment, "ContentType"));
        if (!zip || text(attachment, "AttachmentName").endsWith(".zip")) {
            return data;
        }
        try (ZipInputStream archive = new ZipInputStream(new ByteArrayInputStream(data))) {
            archive.getNextEntry();
            byte[] bytes = archive.readAllBytes();
            if (archive.getNextEntry() != null) {
                throw new IllegalStateException("more than one entry");
            }
            return bytes;
        }
    }

    private static String text(Element parent, String name) {
        return parent.getElementsByTagNameNS(NAMESPACE, name).item(0).getTextContent();
    }

    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char unit : text.toCharArray()) {
            if (unit < ' ' || unit == '"' || unit == '\\' || unit > '~') {
                json.append(String.format("\\u%04x", (int) unit));
            } else {
                json.append(unit);
            }
        }
        return json.append('"').toString();
    }
}
