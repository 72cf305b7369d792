"""Attacks by form: comments, instructions, entities, namespaces, encodings, and what else two
parsers may read in two ways. Most keep the canonical form, so the digest holds."""
import unicodedata

from corpus import attack, equal
from packets import ANNEX, LETTER, QCVN, attachment, element, header, packet, swap
from signing import DSIG, ENVELOPED, EXCLUSIVE, b64, sign, trailing_bits

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
ORGAN = "<edXML:OrganId>H98.02</edXML:OrganId>"

# --- Comments: gone in the canonical form, so the digest does not see them. ---

COMMENTS = {
    "receiver": (ORGAN, "<edXML:OrganId>H98<!-- -->.02</edXML:OrganId>"),
    "sender": ("<edXML:OrganId>H99.01", "<edXML:OrganId>H99<!-- -->.01"),
    "document-id": ("<edXML:DocumentId>H99.01", "<edXML:DocumentId>H99.01<!---->"),
    "subject": ("Về việc", "Về <!-- không --> việc"),
    "header": ("        <edXML:To>", "        <!-- x --><edXML:To>"),
    "file-name": ("<AttachmentName>công", "<AttachmentName>công<!-- -->"),
    "file": (b64(LETTER[1])[:20], b64(LETTER[1])[:20] + "<!-- -->"),
    "prolog": ("<edXML xmlns", "<!-- x --><edXML xmlns"),
    "epilog": ("</edXML>\r\n", "</edXML>\r\n<!-- x -->"),
    "signed-info": ("<SignedInfo>", "<SignedInfo><!-- x -->"),
    "digest-value": ("<DigestValue>", "<DigestValue><!-- x -->"),
    "signature-value": ("<SignatureValue>", "<SignatureValue><!-- x -->"),
    "key-info": ("<KeyInfo>", "<KeyInfo><!-- x -->"),
    "certificate": ("<X509Certificate>", "<X509Certificate>MIIB<!-- x -->"),
}


@attack("invalid|unsupported", each=COMMENTS)
def comment_in(w, change):
    """A comment that the digest does not see makes one reader take half of a text."""
    return swap(w.signed, *change)


@attack("invalid|unsupported")
def comment_hides_a_whole_header(w):
    """A comment as long as a forged header, for readers that search with patterns."""
    return swap(w.signed, "        <edXML:From>", f"<!--{header(sender='H99.66')}--><edXML:From>")


@attack("invalid|unsupported")
def comment_in_the_middle_of_a_digest(w):
    """The digest `aa<!---->bb` is read as `aa` by one and as `aabb` by another."""
    value = element(w.signed, "DigestValue")
    return swap(w.signed, value, value[:30] + "<!---->" + value[30:].replace("</", "A</"))


@attack("invalid|unsupported")
def comment_signed_by_with_comments(w):
    """A canonicalisation with comments signs a comment that C14N of the packet drops."""
    c14n = EXCLUSIVE + "WithComments"
    text = swap(packet(), "Về việc", "Về <!-- x -->việc")
    return sign(text, w.signer, transforms=(ENVELOPED, c14n),
                c14n=c14n)


# --- Processing instructions: kept in the canonical form, but not inside the Signature. ---


@attack("invalid|unsupported", each={
    "text": ("Về việc", "Về <?x y?>việc"),
    "receiver": (ORGAN, "<edXML:OrganId>H98<?x y?>.02</edXML:OrganId>"),
    "prolog": ("<edXML xmlns", "<?x y?><edXML xmlns"),
    "stylesheet": ("<edXML xmlns", '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><edXML xmlns'),
    "signature": ("<SignatureValue>", "<?x y?><SignatureValue>"),
    "key-info": ("<KeyInfo>", "<KeyInfo><?x y?>"),
    "epilog": ("</edXML>\r\n", "</edXML>\r\n<?x y?>"),
})
def instruction_in(w, change):
    """A processing instruction where a reader may stop reading a text."""
    return swap(w.signed, *change)


@attack("invalid|unsupported")
def instruction_that_was_signed(w):
    """A signer is brought to sign an instruction that splits the receiver in two."""
    return sign(swap(packet(), ORGAN, "<edXML:OrganId>H98<?x y?>.02</edXML:OrganId>"), w.signer)


# --- CDATA ---


@equal("valid|unsupported|invalid", each={
    "subject": ("Về việc", "<![CDATA[Về việc]]>"),
    "receiver": (ORGAN, "<edXML:OrganId><![CDATA[H98]]>.02</edXML:OrganId>"),
    "digest": ("<DigestValue>", "<DigestValue><![CDATA[]]>"),
})
def cdata_with_the_same_text(w, change):
    """The same text as CDATA; a reader that drops CDATA sees another receiver."""
    return swap(w.signed, *change)


@attack("invalid")
def cdata_hides_elements(w):
    """Elements become text in CDATA, while a reader by pattern still sees elements."""
    old = element(w.signed, "SteeringType")
    return swap(w.signed, old, f"<![CDATA[{old}]]>")


@attack("invalid")
def cdata_splits_a_comment(w):
    """A CDATA with a comment inside, which is text to one parser and nothing to another."""
    return swap(w.signed, ORGAN, "<edXML:OrganId><![CDATA[H98<!-- -->.02]]></edXML:OrganId>")


# --- DOCTYPE and entities. The digest is that of the text they stand for. ---

DOCTYPES = {
    "empty": ("<!DOCTYPE edXML>", None),
    "internal": ('<!DOCTYPE edXML [<!ENTITY o "H98.02">]>', "&o;"),
    "nested": ('<!DOCTYPE edXML [<!ENTITY a "98.02"><!ENTITY o "H&#38;a;">]>', "&o;"),
    "markup": ('<!DOCTYPE edXML [<!ENTITY o "H98.02">]>', "<![CDATA[]]>&o;"),
    "external": ('<!DOCTYPE edXML [<!ENTITY o SYSTEM "file:///etc/hostname">]>', "&o;"),
    "remote": ('<!DOCTYPE edXML [<!ENTITY o SYSTEM "http://127.0.0.1:9/o">]>', "&o;"),
    "subset": ('<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/o.dtd">', None),
    "parameter": ('<!DOCTYPE edXML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>', None),
    "default-id": ('<!DOCTYPE edXML [<!ATTLIST edXML Id ID #IMPLIED>]>', None),
    "default-attribute": ('<!DOCTYPE edXML [<!ATTLIST edXML:To x CDATA "y">]>', None),
    "undeclared": ("", "&o;"),
}


@attack("invalid", reason="packet-unreadable", each=DOCTYPES)
def doctype(w, change):
    """A document type gives text, ids or attributes that stand nowhere, or fetches what it likes."""
    declared, text = change
    made = swap(w.signed, DECLARATION, DECLARATION + declared)
    return swap(made, ORGAN, f"<edXML:OrganId>{text}</edXML:OrganId>") if text else made


@attack("invalid")
def doctype_of_a_billion_laughs(w):
    """Entities that grow to gigabytes stop the verifier."""
    names = "abcdefghij"
    lines = ['<!ENTITY a "ha">']
    lines += [f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip(names, names[1:])]
    made = swap(w.signed, DECLARATION, f'{DECLARATION}<!DOCTYPE edXML [{"".join(lines)}]>')
    return swap(made, "Về việc", "&j;")


@equal("valid", each={
    "decimal": ("H98.02", "H&#57;8.02"),
    "hexadecimal": ("H98.02", "H98.&#x30;2"),
    "space": ("Thí dụ", "Thí&#32;dụ"),
})
def reference_to_a_character(w, change):
    """A character by its number is the same character."""
    return swap(w.signed, *change)


@attack("invalid", each={
    "nul": "&#0;", "control": "&#x1F;", "surrogate": "&#xD800;", "beyond": "&#x110000;",
    "none": "&#xFFFE;", "unfinished": "&#65", "case": "&#X41;", "empty": "&#;",
})
def reference_to_no_character(w, text):
    """A number that is no character: what one parser drops another reads."""
    return swap(w.signed, "Về việc", f"Về việc{text}")


# --- Namespaces ---


@attack("invalid|unsupported", each={
    "prefix-rebound": ("        <edXML:To>", '        <edXML:To xmlns:edXML="urn:khac">'),
    "prefix-renamed": ("<edXML:DocumentId>H99.01-2026-17</edXML:DocumentId>",
                       f'<x:DocumentId xmlns:x="{QCVN}">H99.01-2026-17</x:DocumentId>'),
    "default-undone": ("<AttachmentEncoded>", '<AttachmentEncoded xmlns="">'),
    "default-changed": ("<AttachmentEncoded>", '<AttachmentEncoded xmlns="urn:khac">'),
    "root-changed": (f'<edXML xmlns="{QCVN}">', f'<edXML xmlns="{QCVN}/">'),
    "relative-unused": ("<edXML xmlns", '<edXML xmlns:x="khac" xmlns'),
    "relative-used": ("<edXML xmlns", '<edXML xmlns:x="khac" x:y="1" xmlns'),
    "prefix-undone": ("        <edXML:To>", '        <edXML:To xmlns:x="">'),
    "prefix-undeclared": ("        <edXML:To>", "        <edXML:To x:y='1'>"),
    "xml-rebound": ("<edXML xmlns", '<edXML xmlns:xml="urn:khac" xmlns'),
    "xmlns-bound": ("<edXML xmlns", '<edXML xmlns:xmlns="urn:khac" xmlns'),
    "twice": ("<edXML xmlns", f'<edXML xmlns="{QCVN}" xmlns'),
    "attributes-equal": ("        <edXML:To>",
                         '        <edXML:To xmlns:a="urn:a" xmlns:b="urn:a" a:x="1" b:x="2">'),
})
def namespace(w, change):
    """The same names in other namespaces: who reads by local name sees no difference."""
    return swap(w.signed, *change)


@equal("valid")
def namespace_declared_and_not_used(w):
    """Exclusive C14N leaves out a declaration that nothing uses."""
    return swap(w.signed, "        <edXML:To>", '        <edXML:To xmlns:x="urn:khac">')


@attack("invalid", each={"packet": "        <edXML:To>", "signed-info-only": "    <edXML:edXMLHeader>"})
def namespace_declared_under_inclusive(w, tag):
    """The inclusive form shows every declaration in scope, so none can be added."""
    return swap(w.inclusive, tag, tag[:-1] + ' xmlns:x="urn:khac">')


@attack("placeholder|invalid|absent|unsupported", each={
    "slash": DSIG + "/", "no-hash": DSIG[:-1], "https": DSIG.replace("http:", "https:"),
    "case": DSIG.upper(), "1.1": "http://www.w3.org/2009/xmldsig11#", "packet": QCVN,
    "space": DSIG + " ", "none": "",
})
def signature_in_a_look_alike_namespace(w, namespace):
    """A block that looks like a signature and is none has to be reported as one."""
    return swap(w.signed, f'<Signature xmlns="{DSIG}"', f'<Signature xmlns="{namespace}"')


@attack("invalid|unsupported")
def signed_info_in_another_namespace(w):
    """A second SignedInfo, in a look-alike namespace, is taken by those who search by local name."""
    fake = swap(element(w.signed, "SignedInfo"), "<SignedInfo>", '<x:SignedInfo xmlns:x="urn:x">')
    fake = fake.replace("</SignedInfo>", "</x:SignedInfo>")
    return swap(w.signed, "<SignedInfo>", fake + "<SignedInfo>")


@attack("invalid|unsupported")
def key_info_with_an_empty_namespace(w):
    """KeyInfo leaves the namespace of signatures, so that whoever searches by name takes its key."""
    return swap(w.signed, "<KeyInfo>", '<KeyInfo xmlns="">')


# --- Encodings ---


@attack("invalid|unsupported", each={
    "16-le": ("utf-16-le", b"\xff\xfe"), "16-be": ("utf-16-be", b"\xfe\xff"),
    "16-without-mark": ("utf-16-le", b""), "32": ("utf-32-le", b"\xff\xfe\0\0"),
})
def encoding_utf(w, encoding):
    """Another encoding of the same characters: a filter that reads bytes sees nothing."""
    name, mark = encoding
    return mark + swap(w.signed, "UTF-8", name[:6].upper()).encode(name)


@attack("invalid|unsupported", each={
    "utf-7": "UTF-7", "latin-1": "ISO-8859-1", "vietnamese": "windows-1258", "ebcdic": "IBM037",
    "unknown": "X-KHONG-CO", "utf-16": "UTF-16",
})
def encoding_declared(w, name):
    """The label says one encoding, the bytes are another: two readers, two texts."""
    return swap(w.signed, "UTF-8", name)


@attack("invalid", each={
    "overlong": (b"H98.02", b"H98\xc0\xae02"),
    "surrogates": ("Về việc".encode(), b"\xed\xa0\x80\xed\xb0\x80"),
    "cut": ("Về việc".encode(), b"V\xe1\xbb"),
    "high": ("Về việc".encode(), b"\xff\xfe"),
    "mark-inside": ("<edXML:MessageHeader>".encode(), b"\xef\xbb\xbf<edXML:MessageHeader>"),
    "beyond": ("Về việc".encode(), b"\xf4\x90\x80\x80"),
    "none": ("Về việc".encode(), b"\xef\xbf\xbf"),
    "nul": ("Về việc".encode(), b"V\0"),
    "control": ("Về việc".encode(), b"V\x08"),
})
def bytes_that_are_no_text(w, change):
    """Bytes that a lenient decoder takes for characters the signer never wrote."""
    old, new = change
    data = w.signed.encode()
    assert old in data
    return data.replace(old, new, 1)


@attack("invalid", each={
    "leading-space": lambda data: b" " + data,
    "leading-text": lambda data: b"x" + data,
    "leading-nul": lambda data: b"\0" + data,
    "two-marks": lambda data: b"\xef\xbb\xbf\xef\xbb\xbf" + data,
    "trailing-text": lambda data: data + b"x",
    "trailing-nul": lambda data: data + b"\0",
    "trailing-root": lambda data: data + b"<edXML/>",
    "trailing-packet": lambda data: data + data[data.index(b"<edXML"):],
    "cut": lambda data: data[: data.index(b"  </AttachmentEncoded>")],
    "cut-at-the-last-tag": lambda data: data.rstrip()[:-1],
    "empty": lambda data: b"",
    "declaration-inside": lambda data: data.replace(b"<edXML:From>", b'<?xml version="1.0"?><edXML:From>', 1),
})
def junk(w, change):
    """What is before or behind the packet, or cut off, is seen by one reader and not by another."""
    return change(w.signed.encode())


@equal("valid", each={
    "mark": lambda data: b"\xef\xbb\xbf" + data,
    "no-declaration": lambda data: data[data.index(b"<edXML"):],
    "standalone": lambda data: data.replace(b'"UTF-8"?>', b'"UTF-8" standalone="yes"?>'),
    "lower-case": lambda data: data.replace(b'"UTF-8"?>', b'"utf-8"?>'),
    "line-feeds": lambda data: data.replace(b"\r\n", b"\n"),
    "carriage-returns": lambda data: data.replace(b"\r\n", b"\r"),
    "quotes": lambda data: data.replace(b'version="1.0">', b"version='1.0'>"),
    "space-in-tags": lambda data: data.replace(b"</edXML:To>", b"</edXML:To \n>"),
    "trailing-space": lambda data: data + b" \r\n\t",
    "declared-again": lambda data: data.replace(
        b"<edXML:To>", f'<edXML:To xmlns:edXML="{QCVN}">'.encode()),
    "attribute-by-number": lambda data: data.replace(b'version="1.0">', b'version="1&#46;0">'),
    "closed-tag": lambda data: data.replace(b"></Transform>", b"/>"),
})
def spelling(w, change):
    """Another spelling of the same document."""
    return change(w.signed.encode())


@attack("invalid|unsupported")
def version_1_1(w):
    """XML 1.1 has other line ends and characters, and other canonical forms."""
    return swap(w.signed, 'version="1.0"', 'version="1.1"')


@attack("invalid", each={
    "tag": ("</edXML:To>", "</edXML:From>"),
    "attribute-twice": ('version="1.0">', 'version="1.0" version="1.0">'),
    "ampersand": ("Về việc", "Về & việc"),
    "less": ("Về việc", "Về < việc"),
    "cdata-end": ("Về việc", "Về ]]> việc"),
    "attribute-less": ('version="1.0">', 'version="<">'),
    "two-dashes": ("Về việc", "Về <!-- -- --> việc"),
    "name": ("        <edXML:To>", "        <edXML:To><1/>"),
    "two-colons": ("        <edXML:To>", "        <edXML:To><a:b:c/>"),
})
def not_well_formed(w, change):
    """Text that is no XML, which a lenient reader mends as it likes."""
    return swap(w.signed, *change)


@attack("invalid|unsupported")
def depth(w):
    """Ten thousand open elements exhaust the stack of a recursive reader."""
    return swap(w.signed, "Về việc", "<a>" * 10_000 + "</a>" * 10_000)


@attack("invalid|unsupported")
def depth_in_the_signature(w):
    """The same inside the Signature, where no digest is taken."""
    deep = "<a>" * 10_000 + "</a>" * 10_000
    return swap(w.signed, "</Signature>", f"<Object>{deep}</Object></Signature>")


@attack("invalid|unsupported")
def long_signature(w):
    """A Signature of a megabyte has to be held by whoever reads it whole."""
    return swap(w.signed, "<KeyInfo>", f"<KeyInfo><KeyName>{'a' * 1_000_000}</KeyName>")


# --- What was signed is changed, plainly. ---

CHANGED = {
    "to": ("H98.02", "H98.66"),
    "from": ("<edXML:OrganId>H99.01", "<edXML:OrganId>H99.66"),
    "document-id": ("H99.01-2026-17", "H99.01-2026-18"),
    "code": ("<edXML:CodeNumber>17", "<edXML:CodeNumber>18"),
    "date": ("2026/03/04<", "2026/03/05<"),
    "subject": ("Về việc thử", "Về việc không thử"),
    "business": ("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>1"),
    "one-space": ("Về việc", "Về  việc"),
    "space-at-the-end": ("nghiệm</edXML:Subject>", "nghiệm </edXML:Subject>"),
    "indentation": ("        <edXML:To>", "         <edXML:To>"),
    "decomposed": ("Về việc", unicodedata.normalize("NFD", "Về việc")),
    "carriage-return": ("Về việc", "Về&#13; việc"),
    "line-end-in-text": ("Về việc", "Về\r\nviệc"),
    "attribute": ("        <edXML:To>", '        <edXML:To x="1">'),
    "attribute-value": ('version="1.0">', 'version="1.1">'),
    "xml-lang": ("        <edXML:To>", '        <edXML:To xml:lang="vi">'),
    "element": ("        <edXML:To>", "        <edXML:Khac>x</edXML:Khac><edXML:To>"),
    "element-in-our-namespace": ("</edXML>\r\n", '<x:Nhan xmlns:x="urn:thi-du">H98.66</x:Nhan></edXML>\r\n'),
    "receiver-added": ("        <edXML:DocumentId>",
                       f"        <edXML:To>{ORGAN.replace('02', '66')}</edXML:To><edXML:DocumentId>"),
    "hop-added": ("      </edXML:TraceHeaderList>",
                  "        <edXML:TraceHeader><edXML:OrganId>H98.66</edXML:OrganId></edXML:TraceHeader>"
                  "</edXML:TraceHeaderList>"),
    "file-type": ("<ContentType>application/pdf", "<ContentType>application/zip"),
    "file-name": ("<AttachmentName>công", "<AttachmentName>công chính"),
    "file-id": ("    <Attachment>\r\n      <ContentId>cid:", "    <Attachment>\r\n      <ContentId>cid:0"),
    "manifest": ("<edXML:AttachmentName>công", "<edXML:AttachmentName>công chính"),
    "file": (b64(LETTER[1])[:12], "AAAAAAAAAAAA"),
    "file-in-other-base64": (b64(LETTER[1]), trailing_bits(b64(LETTER[1]))),
    "file-wrapped": (b64(LETTER[1])[:12], b64(LETTER[1])[:12] + "\r\n"),
    "file-twice": (f"{b64(LETTER[1])}</edXML:ContentTransferEncoded>",
                   f"{b64(LETTER[1])}</edXML:ContentTransferEncoded>"
                   f'<edXML:ContentTransferEncoded xmlns:edXML="{QCVN}">AAAA</edXML:ContentTransferEncoded>'),
    "file-added": ("  </AttachmentEncoded>",
                   attachment("them.pdf", b"%PDF-1.4\nthem\n", "application/pdf") + "  </AttachmentEncoded>"),
    "file-removed": (attachment(*ANNEX), ""),
    "files-exchanged": (attachment(*LETTER) + attachment(*ANNEX), attachment(*ANNEX) + attachment(*LETTER)),
    "second-list": ("  </AttachmentEncoded>\r\n", "  </AttachmentEncoded>\r\n  <AttachmentEncoded></AttachmentEncoded>\r\n"),
    "second-header": ("</edXML:MessageHeader>", "</edXML:MessageHeader>" + header(document="H99.01-2026-99")),
}


@attack("invalid", reason="digest-differs", each=CHANGED)
def changed(w, change):
    """The packet says something else than what was signed."""
    return swap(w.signed, *change)


@attack("invalid")
def changed_bytes_of_two_files_exchanged(w):
    """The letter's bytes come under the annex's name and the other way round."""
    one, two = b64(LETTER[1]), b64(ANNEX[1])
    return swap(swap(swap(w.signed, one, "@"), two, one), "@", two)


@attack("invalid")
def changed_names_of_two_files_exchanged(w):
    """The names are exchanged, everywhere."""
    return w.signed.replace(LETTER[0], "@").replace(ANNEX[0], LETTER[0]).replace("@", ANNEX[0])


@attack("invalid")
def signature_of_another_packet(w):
    """The Signature of one packet, put into another of the same signer."""
    other = sign(packet(document="H99.01-2026-99"), w.signer)
    return swap(w.signed, element(w.signed, "Signature"), element(other, "Signature"))


@attack("placeholder|absent|invalid")
def stub_instead_of_the_signature(w):
    """The signature is replaced by the block that is in circulation, to look like any packet."""
    return swap(w.signed, element(w.signed, "Signature"), w.stub)


@attack("absent")
def signature_removed(w):
    """The signature is taken off, then everything can be changed."""
    return swap(w.signed, element(w.signed, "Signature"), "").replace("H98.02", "H98.66")


@attack("absent|placeholder|invalid|unsupported")
def signature_empty(w):
    """An empty element, so that there is one."""
    return swap(w.signed, element(w.signed, "Signature"), f'<Signature xmlns="{DSIG}"></Signature>')
