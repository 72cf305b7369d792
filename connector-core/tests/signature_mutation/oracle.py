"""What a changed document may still be called, for the test beside this file.

It knows nothing of the code under test: libxml2 parses and writes canonical forms, expat reads
the Signature, and the grammar below was written from the rules, not from the code.

Standard input, until it ends: batches, each the number of its documents (four bytes, little end
first) and the documents, each as the number of its genuine original, its length (four bytes
each) and its bytes. Originals come first, as the first batch; then a document's number is its
own, and the highest bit says that its Signature stands at the end of its root, not in the header
of a packet.

Standard output, after each batch, a line for each document:
  same     as much the signed document as the original: what is signed is the same, and the
           Signature says the same
  allowed  the Signature says something else where nothing is signed, within the grammar
  WORD     whatever else: it may not be valid. The word says why.
"""

import base64
import binascii
import ctypes
import struct
import sys
import xml.etree.ElementTree as etree

DSIG = "http://www.w3.org/2000/09/xmldsig#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
PACKET = {"edXML", "edXMLEnvelope", "edXMLHeader", "MessageHeader", "AttachmentEncoded"}
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
INCLUSIVE, EXCLUSIVE = 0, 1
NO_ERRORS, NO_WARNINGS, NO_NETWORK = 32, 64, 2048

lib = ctypes.CDLL("libxml2.so.2")
pointer = ctypes.c_void_p
lib.xmlReadMemory.restype = pointer
lib.xmlReadMemory.argtypes = [
    ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int,
]
lib.xmlFreeDoc.argtypes = [pointer]
lib.xmlUnlinkNode.argtypes = [pointer]
lib.xmlFreeNode.argtypes = [pointer]
lib.xmlC14NDocDumpMemory.argtypes = [
    pointer, pointer, ctypes.c_int, pointer, ctypes.c_int, ctypes.POINTER(pointer),
]
lib.xmlXPathNewContext.restype = pointer
lib.xmlXPathNewContext.argtypes = [pointer]
lib.xmlXPathFreeContext.argtypes = [pointer]
lib.xmlXPathEvalExpression.restype = pointer
lib.xmlXPathEvalExpression.argtypes = [ctypes.c_char_p, pointer]
lib.xmlXPathFreeObject.argtypes = [pointer]
# The function that frees what libxml2 allocated is a variable.
free = ctypes.CFUNCTYPE(None, pointer).in_dll(lib, "xmlFree")

# Otherwise libxml2 writes to standard error what is wrong with each document.
quiet = ctypes.CFUNCTYPE(None, pointer, pointer)(lambda context, error: None)
lib.xmlSetStructuredErrorFunc.argtypes = [pointer, pointer]
lib.xmlSetStructuredErrorFunc(None, ctypes.cast(quiet, pointer))


class NodeSet(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_int), ("room", ctypes.c_int), ("nodes", ctypes.POINTER(pointer)),
    ]


class XPathObject(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("nodes", ctypes.POINTER(NodeSet))]


class No(Exception):
    """It may not be valid, and why."""


def canonical(document, nodes, mode, comments=0):
    text = pointer()
    length = lib.xmlC14NDocDumpMemory(document, nodes, mode, None, comments, ctypes.byref(text))
    if length < 0:
        raise No("no-canonical-form")
    try:
        return ctypes.string_at(text, length)
    finally:
        free(text)


def element(local, uri=DSIG):
    return f"*[local-name()='{local}' and namespace-uri()='{uri}']"


SIGNATURE = "//" + element("Signature")
SIGNED_INFO = SIGNATURE + "/" + element("SignedInfo")
PROPERTIES = "//" + element("SignedProperties", XADES)
HEADER = (
    "boolean(//*[local-name()='edXMLEnvelope' and count(ancestor::*) < 2]"
    "/*[local-name()='edXMLHeader'][1]/" + element("Signature") + ")"
)
ROOT_END = f"boolean(/*/{element('Signature')}[not(following-sibling::*)])"


class Document:
    def __init__(self, source):
        self.document = lib.xmlReadMemory(
            source, len(source), None, None, NO_ERRORS | NO_WARNINGS | NO_NETWORK
        )
        if not self.document:
            raise No("not-well-formed")
        self.context = lib.xmlXPathNewContext(self.document)

    def close(self):
        lib.xmlXPathFreeContext(self.context)
        lib.xmlFreeDoc(self.document)

    def nodes(self, path):
        result = lib.xmlXPathEvalExpression(path.encode(), self.context)
        found = XPathObject.from_address(result).nodes
        nodes = [found.contents.nodes[i] for i in range(found.contents.count)] if found else []
        lib.xmlXPathFreeObject(result)
        return nodes

    def holds(self, path):
        return bool(self.nodes(f"/*[{path}]"))

    def subtree(self, path, mode, comments=0):
        path = f"{path}//. | {path}//@* | {path}//namespace::*"
        result = lib.xmlXPathEvalExpression(path.encode(), self.context)
        try:
            nodes = ctypes.cast(XPathObject.from_address(result).nodes, pointer)
            return canonical(self.document, nodes, mode, comments)
        finally:
            lib.xmlXPathFreeObject(result)


def exact(text):
    """The bytes of base64 that is exact, but for the white space of XML."""
    text = "".join(text.split(" ")).translate({9: None, 10: None, 13: None})
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise No("base64")
    if base64.b64encode(decoded).decode() != text or not decoded:
        raise No("base64")
    return decoded


def blank(text):
    return not (text or "").strip(" \t\r\n")


def no_text(node, why):
    if not blank(node.text) or not all(blank(child.tail) for child in node):
        raise No(why)


def attributes(node, *allowed):
    if not set(node.attrib) <= set(allowed):
        raise No("grammar-attribute")


def names(node):
    return [child.tag for child in node]


IGNORED = {f"{{{DSIG}}}{name}" for name in ("X509SubjectName", "X509IssuerSerial", "X509SKI",
                                            "X509CRL")} | {f"{{{DSIG11}}}X509Digest"}


def says(signature):
    """What a Signature says beyond what is signed; raises where it leaves the grammar."""
    for node in signature.iter():
        if not isinstance(node.tag, str):
            raise No("grammar-comment")
        uri, _, local = node.tag[1:].rpartition("}")
        if uri not in (DSIG, DSIG11, XADES) or local in PACKET:
            raise No("grammar-foreign")
        if node is not signature and node.tag == f"{{{DSIG}}}Signature":
            raise No("grammar-nested")
    attributes(signature, "Id")
    no_text(signature, "grammar-text")
    d = f"{{{DSIG}}}"
    children = names(signature)
    parts = [d + "SignedInfo", d + "SignatureValue", d + "KeyInfo"]
    if children not in (parts, parts + [d + "Object"]):
        raise No("grammar-parts")
    _, value, key_info, *objects = signature
    attributes(value, "Id")
    if len(value):
        raise No("grammar-value")
    attributes(key_info, "Id")
    no_text(key_info, "grammar-text")
    certificates = []
    for child in key_info:
        if child.tag in (d + "KeyName", d + "KeyValue"):
            continue
        if child.tag != d + "X509Data":
            raise No("grammar-key-info")
        attributes(child)
        no_text(child, "grammar-text")
        for part in child:
            if part.tag == d + "X509Certificate":
                attributes(part)
                if len(part):
                    raise No("grammar-certificate")
                certificates.append(exact(part.text or ""))
            elif part.tag not in IGNORED:
                raise No("grammar-key-info")
    for outer in objects:
        attributes(outer, "Id")
        no_text(outer, "grammar-text")
        if names(outer) != [f"{{{XADES}}}QualifyingProperties"]:
            raise No("grammar-object")
        attributes(outer[0], "Id", "Target")
        no_text(outer[0], "grammar-text")
        if names(outer[0]) != [f"{{{XADES}}}SignedProperties"]:
            raise No("grammar-object")
        if outer[0].get("Target") != "#" + (signature.get("Id") or ""):
            raise No("grammar-target")
    return exact(value.text or ""), certificates, len(objects)


def plain(node):
    """All that a Signature holds, without white space that nothing reads."""
    text = node.text or ""
    local = node.tag.rpartition("}")[2]
    if len(node) or local in ("DigestValue", "SignatureValue", "X509Certificate"):
        text = "".join(text.split())
    children = [(plain(child), (child.tail or "").strip()) for child in node]
    return node.tag, sorted(node.attrib.items()), text, children


def of(source, at_end, form=None):
    """What decides about a document; the form is the one that its original names."""
    document = Document(source)
    try:
        found = document.nodes(SIGNATURE)
        if len(found) != 1:
            raise No(f"{min(len(found), 2)}-signatures")
        if not document.holds(ROOT_END if at_end else HEADER):
            raise No("misplaced")
        whole = document.subtree(SIGNATURE, EXCLUSIVE, comments=1)
        builder = etree.TreeBuilder(insert_comments=True, insert_pis=True)
        try:
            signature = etree.fromstring(whole, etree.XMLParser(target=builder))
        except etree.ParseError:
            # Prefixes that nothing declares: libxml2 reads on.
            raise No("not-namespace-well-formed")
        value, certificates, objects = says(signature)
        if form is None:
            form = names_forms(signature)
        signed_info = document.subtree(SIGNED_INFO, form[0])
        properties = document.subtree(PROPERTIES, EXCLUSIVE) if objects else b""
        if len(document.nodes(PROPERTIES)) != objects:
            raise No("properties-elsewhere")
        lib.xmlUnlinkNode(found[0])
        lib.xmlFreeNode(found[0])
        rest = canonical(document.document, None, form[1])
        return {
            "rest": rest, "signed-info": signed_info, "properties": properties,
            "value": value, "certificates": certificates, "plain": plain(signature),
            "form": form,
        }
    finally:
        document.close()


def names_forms(signature):
    """The canonical forms that an original names: of SignedInfo, of the document."""
    d = f"{{{DSIG}}}"
    mode = {C14N: INCLUSIVE, EXC_C14N: EXCLUSIVE}
    info = signature.find(d + "SignedInfo")
    [reference] = [node for node in info.iter(d + "Reference") if node.get("URI") == ""]
    transforms = [node.get("Algorithm") for node in reference.iter(d + "Transform")]
    assert transforms[0] == ENVELOPED, transforms
    document = mode[transforms[1]] if len(transforms) > 1 else INCLUSIVE
    return mode[info.find(d + "CanonicalizationMethod").get("Algorithm")], document


def judge(source, original, at_end):
    try:
        found = of(source, at_end, original["form"])
    except No as why:
        return str(why)
    for part in ("rest", "signed-info", "properties", "value"):
        if found[part] != original[part]:
            return part + "-differs"
    if original["certificates"][0] not in found["certificates"]:
        return "certificate-differs"
    return "same" if found["plain"] == original["plain"] else "allowed"


def take(count):
    data = sys.stdin.buffer.read(count)
    return data if len(data) == count else None


def main():
    originals = None
    while (head := take(4)) is not None:
        documents = []
        for _ in range(struct.unpack("<I", head)[0]):
            number, length = struct.unpack("<II", take(8))
            documents.append((number, take(length)))
        if originals is None:
            originals = [
                (of(source, bool(number >> 31)), bool(number >> 31))
                for number, source in documents
            ]
            answers = ["same"] * len(documents)
        else:
            answers = [judge(source, *originals[number]) for number, source in documents]
        sys.stdout.write("".join(answer + "\n" for answer in answers))
        sys.stdout.flush()


main()
