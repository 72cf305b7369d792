"""What an honest signer may make: `valid`, or told by another word, but never `invalid`."""
import re
import tempfile

from authorities import run
from corpus import equal, genuine
from methods import ORDER, PROPERTIES, xades
from packets import PLACE, packet, swap
from signing import (C14N11, DSIG11, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512, ED25519, ENVELOPED,
                     EXCLUSIVE, INCLUSIVE, MORE, MORE_2007, RSA_SHA1, RSA_SHA256,
                     RSA_SHA384, RSA_SHA512, SHA1, SHA256, SHA384, SHA512, SIGNED_PROPERTIES, b64, by_xmlsec1,
                     der_key_value, key_info, key_value, keys_of, r_and_s, reference, sign,
                     sign_own, signature, signed_info, value_by_openssl, x509, xades_object)


@genuine("valid", each={
    "exclusive": (EXCLUSIVE, [ENVELOPED, EXCLUSIVE]),
    "exclusive-over-inclusive": (EXCLUSIVE, [ENVELOPED, INCLUSIVE]),
    "inclusive-over-exclusive": (INCLUSIVE, [ENVELOPED, EXCLUSIVE]),
    "inclusive": (INCLUSIVE, [ENVELOPED, INCLUSIVE]),
    "enveloped-only": (EXCLUSIVE, [ENVELOPED]),
    "enveloped-only-inclusive": (INCLUSIVE, [ENVELOPED]),
})
def packet_signed(w, how):
    """A signed packet."""
    c14n, transforms = how
    return sign(packet(), w.signer, c14n=c14n, transforms=transforms)


@genuine("valid", each={
    "sha384": (RSA_SHA384, SHA384, "signer", "sha384"), "sha512": (RSA_SHA512, SHA512, "signer", "sha512"),
    "mixed": (RSA_SHA256, SHA512, "signer", "sha256"),
})
def rsa_with(w, how):
    """RSA with other digests; xmlsec1 breaks a long DigestValue into two lines."""
    method, digest, holder, _ = how
    return sign(packet(), getattr(w, holder), [reference(digest=digest)], method=method)


@genuine("valid", each={"p256": (ECDSA_SHA256, "signer_p256"), "p384": (ECDSA_SHA384, "signer_p384")})
def ecdsa_on(w, how):
    """Elliptic curves."""
    method, holder = how
    return sign(packet(), getattr(w, holder), method=method)


@genuine("valid", each={"256": ("sha256", 32), "384": ("sha384", 48), "512": ("sha512", 64)})
def pss(w, how):
    """RSA-PSS by its short names: the salt is as long as the digest."""
    digest, length = how
    options = ("rsa_padding_mode:pss", f"rsa_pss_saltlen:{length}")
    return sign_own(packet(), w.signer, method=f"{MORE_2007}{digest}-rsa-MGF1",
                    value=lambda data: value_by_openssl(data, w.signer, digest, *options))


def ed25519(w, data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", w.signer_ed25519.key,
                   "-in", file.name)


@genuine("unsupported", each={
    "ed25519": (ED25519, "signer_ed25519", ed25519),
    "p521": (ECDSA_SHA512, "signer_p521",
             lambda w, data: r_and_s_long(value_by_openssl(data, w.signer_p521, "sha512"))),
    "dsa": (DSIG11 + "dsa-sha256", "signer_dsa",
            lambda w, data: r_and_s(value_by_openssl(data, w.signer_dsa), 20)),
    "p256-sha384": (ECDSA_SHA384, "signer_p256",
                    lambda w, data: r_and_s(value_by_openssl(data, w.signer_p256, "sha384"))),
    "p256-sha512": (ECDSA_SHA512, "signer_p256",
                    lambda w, data: r_and_s(value_by_openssl(data, w.signer_p256, "sha512"))),
    "sha224": (MORE + "rsa-sha224", "signer", lambda w, data: value_by_openssl(data, w.signer, "sha224")),
    "ripemd160": (MORE + "rsa-ripemd160", "signer", lambda w, data: value_by_openssl(data, w.signer, "ripemd160")),
    "sha3": (MORE_2007 + "sha3-256-rsa-MGF1", "signer", lambda w, data: value_by_openssl(
        data, w.signer, "sha3-256", "rsa_padding_mode:pss", "rsa_pss_saltlen:32")),
})
def method_that_is_not_judged(w, how):
    """Methods that exist, and that this library does not judge."""
    method, holder, value = how
    return sign_own(packet(), getattr(w, holder), method=method, value=lambda data: value(w, data))


def r_and_s_long(der):
    """P-521: the DER has long lengths."""
    at = 3 if der[1] & 0x80 else 2
    numbers = []
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2 : at + 2 + size], "big").to_bytes(66, "big"))
        at += 2 + size
    return b"".join(numbers)


@genuine("unsupported")
def pss_with_parameters(w):
    """The long name of PSS, with its parameters."""
    inside = (f'<pss:RSAPSSParams xmlns:pss="{MORE_2007}"><DigestMethod Algorithm="{SHA256}">'
              "</DigestMethod></pss:RSAPSSParams>")
    options = ("rsa_padding_mode:pss", "rsa_pss_saltlen:32")
    return sign_own(packet(), w.signer, method=MORE_2007 + "rsa-pss", inside=inside,
                    value=lambda data: value_by_openssl(data, w.signer, "sha256", *options))


@genuine("legacy|unsupported", each={
    "both": (RSA_SHA1, SHA1), "value": (RSA_SHA1, SHA256), "digest": (RSA_SHA256, SHA1),
})
def sha1(w, how):
    """What old software signs."""
    method, digest = how
    kind = "sha1" if method == RSA_SHA1 else "sha256"
    return sign_own(packet(), w.signer, method=method, digest=digest,
                    value=lambda data: value_by_openssl(data, w.signer, kind))


@genuine("unsupported", each={
    "signed-info": (C14N11, [ENVELOPED, EXCLUSIVE]), "packet": (EXCLUSIVE, [ENVELOPED, C14N11]),
})
def c14n_1_1(w, how):
    """Canonical XML 1.1."""
    c14n, transforms = how
    return sign(packet(), w.signer, c14n=c14n, transforms=transforms)


def prefix_list(prefixes):
    return (f'<Transform Algorithm="{EXCLUSIVE}"><InclusiveNamespaces xmlns="{EXCLUSIVE}" '
            f'PrefixList="{prefixes}"></InclusiveNamespaces></Transform>')


@genuine("unsupported", each={"prefix": "edXML", "default": "#default", "both": "#default edXML"})
def prefix_list_of(w, prefixes):
    """Exclusive C14N that shows some prefixes all the same."""
    return sign(packet(), w.signer, transforms=[ENVELOPED, prefix_list(prefixes)])


@genuine("valid|unsupported")
def prefix_list_empty(w):
    """A list of no prefixes."""
    return sign(packet(), w.signer, transforms=[ENVELOPED, prefix_list("")])


# --- Form ---


def spaced(text):
    """Line ends and spaces between the elements of a Signature."""
    return re.sub(r"><(?!/(?:\w+:)?(?:DigestValue|SignatureValue|Transform|CanonicalizationMethod|SignatureMethod|DigestMethod)>)",
                  ">\n        <", text)


@genuine("valid", each={"exclusive": EXCLUSIVE, "inclusive": INCLUSIVE})
def signature_pretty_printed(w, c14n):
    """White space between the parts, inside SignedInfo as well."""
    empty = spaced(signature(signed_info(reference(), c14n=c14n)))
    return by_xmlsec1(packet().replace(PLACE, empty), w.signer, spaced(keys_of(w.signer)))


@genuine("valid", each={"exclusive": EXCLUSIVE, "inclusive": INCLUSIVE})
def signature_with_a_prefix(w, c14n):
    """Names with the prefix `ds`."""
    def prefixed(text):
            return re.sub(r"<(/?)(?=\w)", r"<\1ds:", text).replace(" xmlns=", " xmlns:ds=")
    empty = prefixed(signature(signed_info(reference(), c14n=c14n)))
    return by_xmlsec1(packet().replace(PLACE, empty), w.signer, prefixed(keys_of(w.signer)))


@genuine("valid")
def signature_with_closed_tags(w):
    """Empty elements in their short form."""
    made = sign(packet(), w.signer)
    return re.sub(r"(<[^<>/]+)></\w+>", r"\1/>", made)


@genuine("valid", each={"64": 64, "76": 76, "76-crlf": -76})
def base64_in_lines(w, width):
    """Value and certificates in lines."""
    end = "\r\n" if width < 0 else "\n"

    def lines(found):
        text, size = found.group(2), abs(width)
        cut = end.join(text[at : at + size] for at in range(0, len(text), size))
        return f"{found.group(1)}{end}{cut}{end}{found.group(3)}"

    made = sign(packet(), w.signer)
    return re.sub(r"(<(?:SignatureValue|X509Certificate)>)([^<]+)(</)", lines, made)


@genuine("valid|unsupported", each={
    "signature": ("<Signature ", '<Signature Id="a" '),
    "signature-value": ("<SignatureValue>", '<SignatureValue Id="a">'),
    "key-info": ("<KeyInfo>", '<KeyInfo Id="a">'),
    "all": None,
})
def id_on(w, change):
    """Ids on parts that are not signed."""
    if change:
        return swap(sign(packet(), w.signer), *change)
    made = sign(packet(), w.signer, attributes=' Id="a"')
    return swap(swap(made, "<SignatureValue>", '<SignatureValue Id="b">'), "<KeyInfo>", '<KeyInfo Id="c">')


@genuine("valid|unsupported", each={"signed-info": "SignedInfo", "reference": "Reference"})
def id_signed_on(w, name):
    """Ids on parts that are signed, as many XAdES programs write them."""
    info = swap(signed_info(reference()), f"<{name}", f'<{name} Id="a"')
    return by_xmlsec1(packet().replace(PLACE, signature(info)), w.signer)


@genuine("valid|unsupported")
def signature_before_the_trace_headers(w):
    """The Signature is the second child of the header instead of the third."""
    text = packet().replace(f"      {PLACE}\r\n", "")
    return sign(swap(text, "      <edXML:TraceHeaderList>", f"      {PLACE}\r\n      <edXML:TraceHeaderList>"), w.signer)


@genuine("valid")
def signature_without_white_space_around(w):
    """The packet on one line."""
    text = re.sub(r">\s+<", "><", packet())
    return sign(re.sub(rf">\s*{PLACE}\s*<", f">{PLACE}<", text), w.signer)


@genuine("valid", each={"exclusive": EXCLUSIVE, "inclusive": INCLUSIVE})
def xml_attributes_above(w, c14n):
    """`xml:lang` and `xml:space` above the Signature, which C14N 1.0 repeats on SignedInfo."""
    text = swap(packet(), "<edXML xmlns", '<edXML xml:lang="vi" xml:space="preserve" xmlns')
    text = swap(text, "    <edXML:edXMLHeader>", '    <edXML:edXMLHeader xml:lang="en">')
    return sign(text, w.signer, c14n=c14n)


@genuine("valid", each={"exclusive": EXCLUSIVE, "inclusive": INCLUSIVE})
def namespaces_above(w, c14n):
    """Declarations above the Signature that it does not use, which C14N 1.0 repeats as well."""
    text = swap(packet(), "<edXML xmlns", '<edXML xmlns:b="urn:b" xmlns:a="urn:a" xmlns')
    text = swap(text, "    <edXML:edXMLHeader>", '    <edXML:edXMLHeader xmlns:b="urn:khac">')
    return sign(text, w.signer, c14n=c14n)


# --- Keys ---


@genuine("valid", each={
    "key-value": lambda w: key_info(key_value(w.signer), x509(*w.signer.chain)),
    "key-value-after": lambda w: key_info(x509(*w.signer.chain), key_value(w.signer)),
    "key-name": lambda w: key_info("<KeyName>H99.01</KeyName>", x509(*w.signer.chain)),
    "issuer-serial": lambda w: key_info(x509(
        *w.signer.chain, before="<X509IssuerSerial><X509IssuerName>CN=Thi du Issuing CA,O=Thi du,C=VN"
        "</X509IssuerName><X509SerialNumber>4099</X509SerialNumber></X509IssuerSerial>")),
    "subject-after": lambda w: key_info(x509(
        *w.signer.chain, after="<X509SubjectName>CN=H99.01 So Thi du,O=Thi du,C=VN</X509SubjectName>")),
    "identifier": lambda w: key_info(x509(*w.signer.chain, before=f"<X509SKI>{b64(bytes(20))}</X509SKI>")),
    "reversed": lambda w: key_info(x509(*reversed(w.signer.chain))),
    "with-the-anchor": lambda w: key_info(x509(*w.signer.chain, w.root.certificate)),
    "anchor-first": lambda w: key_info(x509(w.root.certificate, *reversed(w.signer.chain))),
    "with-a-stranger": lambda w: key_info(x509(*w.signer.chain, w.other_organ.certificate)),
    "twice": lambda w: key_info(x509(*w.signer.chain, *w.signer.chain)),
})
def key_info_with(w, keys):
    """Other things that may stand beside the certificate; none is believed, none does harm."""
    return sign(packet(), w.signer, keys=keys(w))


@genuine("valid|unsupported", each={
    "two-x509-data": lambda w: key_info(*(x509(c) for c in w.signer.chain)),
    "der-key-value": lambda w: key_info(der_key_value(w.signer), x509(*w.signer.chain)),
    "digest": lambda w: key_info(x509(
        *w.signer.chain, after=f'<X509Digest xmlns="{DSIG11}" Algorithm="{SHA256}">{b64(bytes(32))}</X509Digest>')),
    "list": lambda w: key_info(x509(*w.signer.chain, after=f"<X509CRL>{b64(w.list_of(w.issuer))}</X509CRL>")),
})
def key_info_seldom(w, keys):
    """Seldom seen parts of KeyInfo."""
    return sign(packet(), w.signer, keys=keys(w))


@genuine("valid|expired", each={"first": True, "last": False})
def key_info_with_a_renewed_certificate(w, first):
    """Two certificates of one key, of which one has ended."""
    both = [w.signer.certificate, w.before.certificate]
    keys = key_info(x509(*(both if first else reversed(both)), *w.signer.chain[1:]))
    return sign(packet(), w.signer, keys=keys)


@genuine("untrusted")
def key_info_without_the_issuer(w):
    """The issuing authority's certificate is missing, and only the root is configured."""
    return sign(packet(), w.signer, keys=key_info(x509(w.signer.certificate)))


@genuine("untrusted|unsupported", each={
    "nothing": lambda w: "",
    "name": lambda w: key_info("<KeyName>H99.01</KeyName>"),
    "key-value": lambda w: key_info(key_value(w.signer)),
    "issuer-serial": lambda w: key_info(x509(
        before="<X509IssuerSerial><X509IssuerName>CN=Thi du Issuing CA,O=Thi du,C=VN"
        "</X509IssuerName><X509SerialNumber>4099</X509SerialNumber></X509IssuerSerial>")),
})
def key_info_without_a_certificate(w, keys):
    """No certificate is sent, so the key cannot be known."""
    return sign(packet(), w.signer, keys=keys(w))


@genuine("expired")
def signed_by_an_expired_certificate(w):
    """A signer that forgot to renew."""
    return sign(packet(), w.expired)


# --- XAdES ---


@genuine("valid")
def xades_b(w):
    """XAdES-B with claimed time and certificate."""
    return xades(w)


@genuine("valid|unsupported", each={
    "first": [reference(PROPERTIES, [EXCLUSIVE]), reference()],
    "with-ids": [reference(attributes=' Id="r"'), reference(PROPERTIES, [EXCLUSIVE])],
})
def xades_references(w, refs):
    """References in another order, or with ids."""
    return xades(w, refs=refs)


@genuine("valid|unsupported")
def xades_with_a_format(w):
    """The signed properties also name the format of what is signed."""
    more = ('<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#r">'
            "<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>")
    return xades(w, rest=xades_object(w.signer, more=more),
                 refs=[reference(attributes=' Id="r"'), reference(PROPERTIES, [EXCLUSIVE])])


@genuine("valid|unsupported")
def xades_with_a_time_stamp(w):
    """XAdES-T: unsigned properties with a time stamp (here a made-up one)."""
    stamp = ("<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>"
             "<xades:EncapsulatedTimeStamp>AAAA</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
             "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>")
    return swap(xades(w), "</xades:SignedProperties>", "</xades:SignedProperties>" + stamp)


@genuine("valid|unsupported", each={
    "object": ' Type="http://www.w3.org/2000/09/xmldsig#Object" URI=""',
    "properties": f' Type="{SIGNED_PROPERTIES}" URI=""',
})
def reference_with_a_type(w, uri):
    """A type on the packet's own reference: it says nothing of what was digested."""
    return sign(packet(), w.signer, [reference(uri)])


@genuine("unsupported")
def xades_of_1_1_1(w):
    """An old version of XAdES."""
    old = "http://uri.etsi.org/01903/v1.1.1#"
    return sign(packet(), w.signer, [reference(), reference(PROPERTIES, [EXCLUSIVE])],
                rest=xades_object(w.signer, namespace=old), attributes=' Id="ky"',
                ids=[f"{old}:SignedProperties"])


@genuine("unsupported")
def object_with_properties(w):
    """An Object of the signer's own, which nothing refers to."""
    rest = ('<Object><SignatureProperties><SignatureProperty Target="#a">x</SignatureProperty>'
            "</SignatureProperties></Object>")
    return sign(packet(), w.signer, rest=rest, attributes=' Id="a"')


@equal("valid|invalid")
def ecdsa_mirrored(w):
    """The other of the two values that ECDSA has for one signature; anybody can compute it."""
    def mirror(data):
        value = r_and_s(value_by_openssl(data, w.signer_p256))
        s = ORDER - int.from_bytes(value[32:], "big")
        return value[:32] + s.to_bytes(32, "big")
    return sign_own(packet(), w.signer_p256, method=ECDSA_SHA256, value=mirror)


@genuine("valid")
def status_signed(w):
    """A status has no signature by its layout; one all the same is judged like others."""
    text = packet(signature=False)
    header = f"""      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>H99.01</edXML:OrganId>
        </edXML:From>
        <edXML:ResponseFor>
          <edXML:OrganId>H98.02</edXML:OrganId>
          <edXML:Code>17/TD-VP</edXML:Code>
          <edXML:DocumentId>H98.02-2026-3</edXML:DocumentId>
          <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate>
        </edXML:ResponseFor>
        <edXML:StatusCode>03</edXML:StatusCode>
        <edXML:Timestamp>2026/03/04 08:30:00</edXML:Timestamp>
      </edXML:MessageHeader>
      {PLACE}
"""
    start, end = text.index("      <edXML:MessageHeader>"), text.index("    </edXML:edXMLHeader>")
    text = text[:start] + header + text[end:]
    start, end = text.index("    <edXML:edXMLBody>"), text.index("  </edXML:edXMLEnvelope>")
    text = text[:start] + text[end:]
    start, end = text.index("  <AttachmentEncoded>"), text.index("</edXML>")
    return sign(text[:start] + text[end:], w.signer)


# --- No signature ---


@genuine("absent")
def packet_without_a_signature(w):
    """Most packets have none."""
    return packet(signature=False)


@genuine("placeholder", each={"stub": lambda text: text, "empty": lambda text: "<edXML:Signature></edXML:Signature>"})
def packet_with_a_stub(w, change):
    """The block that is in circulation, or an empty one."""
    return packet().replace(PLACE, change(w.stub))
