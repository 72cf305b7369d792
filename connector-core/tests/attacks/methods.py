"""Attacks on what a SignedInfo says of itself: transforms, algorithms, digests, values, XAdES.

Most are signed with the honest signer's own key, so that nothing but the rule under test stands
between them and `valid`. That is no cheating: a signer's software that can be brought to sign
such a form is what the attacker looks for.
"""
import base64
import hashlib

from authorities import run
from corpus import attack
from packets import QCVN, element, header, packet, swap
from signing import (C14N11, DSIG, ECDSA_SHA256, ENVELOPED, EXCLUSIVE, HMAC_SHA256, INCLUSIVE, MD5,
                     PSS_SHA256, RSA_MD5, RSA_SHA256, RSA_SHA512, SHA1, SHA256,
                     SIGNED_PROPERTIES, XADES, b64, hmac_by, r_and_s,
                     reference, sign, sign_own, trailing_bits, value_by_openssl, xades_object)

# --- Transforms ---

XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XPATH2 = "http://www.w3.org/2002/06/xmldsig-filter2"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"


def xpath(expression):
    return (f'<Transform Algorithm="{XPATH}"><XPath xmlns:e="{QCVN}" xmlns:ds="{DSIG}">'
            f"{expression}</XPath></Transform>")


def xpath2(expression, kind="intersect"):
    return (f'<Transform Algorithm="{XPATH2}"><XPath xmlns="{XPATH2}" xmlns:e="{QCVN}" '
            f'Filter="{kind}">{expression}</XPath></Transform>')


SELECTING = {
    "xpath-one-field": [ENVELOPED, xpath("ancestor-or-self::e:DocumentId"), EXCLUSIVE],
    "xpath-not-the-files": [ENVELOPED, xpath("not(ancestor-or-self::e:AttachmentEncoded)"), EXCLUSIVE],
    "xpath-nothing": [ENVELOPED, xpath("false()"), EXCLUSIVE],
    "xpath-instead-of-enveloped": [xpath("ancestor-or-self::e:DocumentId")],
    "filter-one-field": [ENVELOPED, xpath2("//e:DocumentId"), EXCLUSIVE],
    "filter-without-the-files": [ENVELOPED, xpath2("//e:AttachmentEncoded", "subtract"), EXCLUSIVE],
}


@attack("unsupported|invalid", each=SELECTING)
def transform_selects(w, transforms):
    """A transform signs one field; files and everything else are then the attacker's."""
    made = sign(packet(), w.signer, transforms=transforms)
    return swap(made, w.letter, w.forged)


@attack("unsupported|invalid", each={
    "constant": '<xsl:template match="/">goc</xsl:template>',
    "reads-a-file": '<xsl:template match="/"><xsl:copy-of select="document(\'file:///etc/hostname\')"/></xsl:template>',
    "endless": '<xsl:template match="/" name="a"><xsl:call-template name="a"/></xsl:template>',
})
def transform_is_a_program(w, template):
    """An XSLT gives whatever digest is wanted, reads files, or does not end."""
    sheet = ('<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
             f"{template}</xsl:stylesheet>")
    transform = f'<Transform Algorithm="{XSLT}">{sheet}</Transform>'
    # No tool is asked to run it: the digest is that of the constant.
    digest = hashlib.sha256(b"goc").digest()
    return sign_own(packet(), w.signer, change=lambda info: swap(
        swap(info, "</Transforms>", f"{transform}</Transforms>"),
        element(info, "DigestValue"), f"<DigestValue>{b64(digest)}</DigestValue>"))


@attack("unsupported|invalid", each={
    "base64": [ENVELOPED, DSIG + "base64"],
    "enveloped-twice": [ENVELOPED, ENVELOPED, EXCLUSIVE],
    "exclusive-twice": [ENVELOPED, EXCLUSIVE, EXCLUSIVE],
    "exclusive-then-inclusive": [ENVELOPED, EXCLUSIVE, INCLUSIVE],
    "enveloped-last": [EXCLUSIVE, ENVELOPED],
    "not-enveloped": [EXCLUSIVE],
    "none": [],
    "without-name": ["<Transform></Transform>"],
    "empty-name": [ENVELOPED, ""],
    "unknown": [ENVELOPED, "urn:khong-co"],
    "of-the-samples": [ENVELOPED, "http://www.w3.org/TR/xml-exc-c14n#"],
    "exclusive-with-comments": [ENVELOPED, EXCLUSIVE + "WithComments"],
    "inclusive-with-comments": [ENVELOPED, INCLUSIVE + "#WithComments"],
    "text-inside": [ENVELOPED, f'<Transform Algorithm="{EXCLUSIVE}">x</Transform>'],
    "prefix-list-of-nothing": [
        ENVELOPED, f'<Transform Algorithm="{EXCLUSIVE}"><InclusiveNamespaces xmlns="{EXCLUSIVE}" '
                   'PrefixList="khong-co"></InclusiveNamespaces></Transform>'],
    "prefix-list-in-enveloped": [
        f'<Transform Algorithm="{ENVELOPED}"><InclusiveNamespaces xmlns="{EXCLUSIVE}" '
        'PrefixList="edXML"></InclusiveNamespaces></Transform>'],
    "by-the-hundred": [ENVELOPED] + [EXCLUSIVE] * 100,
})
def transforms_are(w, transforms):
    """Another list of transforms than the two a packet needs."""
    written = reference(transforms=transforms)
    start, end = written.index(">") + 1, written.index("<DigestMethod")
    return sign_own(packet(), w.signer, change=lambda info: swap(
        info, element(info, "Transforms"), written[start:end]))


@attack("unsupported|invalid", each={
    "missing": None, "empty": "", "unknown": "urn:khong-co", "of-the-samples": "http://www.w3.org/TR/xml-exc-c14n#",
    "exclusive-with-comments": EXCLUSIVE + "WithComments",
    "inclusive-with-comments": INCLUSIVE + "#WithComments",
    "xslt": XSLT, "minimal": "http://www.w3.org/2000/09/xmldsig#minimal", "base64": DSIG + "base64",
})
def canonicalization_of_signed_info(w, name):
    """A canonicalisation of SignedInfo that throws away what the attacker changes in it."""
    return sign_own(packet(), w.signer, change=lambda info: swap(
        info, element(info, "CanonicalizationMethod"),
        "" if name is None else f'<CanonicalizationMethod Algorithm="{name}"></CanonicalizationMethod>'))


# --- Algorithms ---


def public_key(w, how):
    form = {"pem": [], "der": ["-outform", "DER"]}[how]
    return run("openssl", "pkey", "-in", w.signer.key, "-pubout", *form)


@attack("unsupported|invalid", each={
    "key-pem": lambda w: public_key(w, "pem"),
    "key-der": lambda w: public_key(w, "der"),
    "certificate-pem": lambda w: open(w.signer.certificate, "rb").read(),
    "certificate-der": lambda w: w.signer.der,
    "nothing": lambda w: b"",
})
def hmac_keyed_with_the_public(w, key):
    """A verifier that hands `the key` to whatever algorithm is named takes what everybody knows as a secret."""
    return sign_own(packet(), w.signer, method=HMAC_SHA256, value=lambda data: hmac_by(key(w), data))


@attack("unsupported|invalid", each={"0": 0, "8": 8, "128": 128, "-1": -1})
def hmac_output_length(w, length):
    """An HMAC cut to a length that can be guessed."""
    return sign_own(packet(), w.signer, method=HMAC_SHA256,
                    inside=f"<HMACOutputLength>{length}</HMACOutputLength>",
                    value=lambda data: hmac_by(b"", data)[: max(length, 0) // 8])


@attack("invalid|unsupported")
def hmac_output_length_in_rsa(w):
    """A length inside an RSA method cuts the value that is compared, if it is applied there."""
    return sign_own(packet(), w.signer, inside="<HMACOutputLength>8</HMACOutputLength>")


@attack("unsupported|invalid", each={
    "empty": "", "none": "none", "unknown": "urn:khong-co", "digest-only": SHA256,
    "case": RSA_SHA256.upper(), "space": RSA_SHA256 + " ",
})
def method_named(w, name):
    """A method that a lenient verifier takes for no signature at all, or for another."""
    return sign_own(packet(), w.signer, method=name)


@attack("invalid|unsupported")
def method_missing(w):
    """No method named: whatever the verifier assumes."""
    return sign_own(packet(), w.signer, change=lambda info: swap(info, element(info, "SignatureMethod"), ""))


@attack("invalid|unsupported")
def method_twice(w):
    """Two methods: one is checked against the list, the other is used."""
    return sign_own(packet(), w.signer, change=lambda info: swap(
        info, element(info, "SignatureMethod"),
        f'<SignatureMethod Algorithm="{RSA_SHA512}"></SignatureMethod>' + element(info, "SignatureMethod")))


@attack("invalid")
def method_of_another_digest(w):
    """SHA-512 is named, SHA-256 was used."""
    return sign_own(packet(), w.signer, method=RSA_SHA512)


@attack("invalid|unsupported", each={"rsa-named": (RSA_SHA256, "signer_p256"), "ecdsa-named": (ECDSA_SHA256, "signer")})
def method_of_another_key(w, case):
    """The method of one kind of key with a key of the other."""
    method, holder = case
    holder = getattr(w, holder)
    return sign_own(packet(), holder, method=method, value=lambda data: value_by_openssl(data, holder))


@attack("unsupported|invalid|legacy", each={"value": (RSA_MD5, SHA256), "digest": (RSA_SHA256, MD5)})
def md5(w, case):
    """MD5, for which two documents with one digest are made in seconds."""
    method, digest = case
    kind = "md5" if method == RSA_MD5 else "sha256"
    return sign_own(packet(), w.signer, method=method, digest=digest,
                    value=lambda data: value_by_openssl(data, w.signer, kind))


@attack("invalid|legacy|unsupported")
def sha1_and_changed(w):
    """An old signature over another text is worth even less than an old signature."""
    made = sign_own(packet(), w.signer, method=DSIG + "rsa-sha1", digest=SHA1,
                    value=lambda data: value_by_openssl(data, w.signer, "sha1"))
    return swap(made, "H98.02", "H98.66")


def pss(w, *options):
    return lambda data: value_by_openssl(data, w.signer, "sha256", "rsa_padding_mode:pss", *options)


@attack("invalid|unsupported", each={
    "salt-0": ("rsa_pss_saltlen:0",), "salt-20": ("rsa_pss_saltlen:20",), "salt-max": ("rsa_pss_saltlen:max",),
    "mgf-sha1": ("rsa_pss_saltlen:32", "rsa_mgf1_md:sha1"),
})
def pss_parameters(w, options):
    """Other parameters than the name states."""
    return sign_own(packet(), w.signer, method=PSS_SHA256, value=pss(w, *options))


@attack("invalid", each={"pss-named": True, "pkcs1-named": False})
def padding_of_the_other_kind(w, named):
    """One padding is named, the other was used."""
    if named:
        return sign_own(packet(), w.signer, method=PSS_SHA256)
    return sign_own(packet(), w.signer, value=pss(w, "rsa_pss_saltlen:32"))


# --- Values ---

SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def sha256(data):
    return hashlib.sha256(data).digest()


def raw_rsa(w, info):
    """A value over a DigestInfo of our own making."""
    return run("openssl", "pkeyutl", "-sign", "-inkey", w.signer.key, "-pkeyopt",
               "rsa_padding_mode:pkcs1", given=info)


@attack("invalid", each={
    "no-null": lambda digest: bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + digest,
    "sha1-named": lambda digest: bytes.fromhex("302d300906052b0e03021a05000420") + digest,
    "bare": lambda digest: digest,
    "trailing": lambda digest: SHA256_INFO + digest + b"\0",
    "long-lengths": lambda digest: bytes.fromhex("308131300d060960864801650304020105000420") + digest,
})
def digest_info(w, make):
    """A DigestInfo that a lenient parser of ASN.1 takes, and in which there is room to forge."""
    return sign_own(packet(), w.signer, value=lambda data: raw_rsa(w, make(sha256(data))))


@attack("invalid|unsupported|untrusted")
def forged_for_exponent_3(w):
    """For a key with exponent 3 a value is made without the key: a cube whose first bytes are right."""
    def forge(data):
        start = b"\0\x01" + b"\xff" * 8 + b"\0" + SHA256_INFO + sha256(data)
        target = int.from_bytes(start + b"\xff" * (256 - len(start)), "big")
        low, high = 0, 1 << 700
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**3 <= target else (low, middle - 1)
        value = low.to_bytes(256, "big")
        assert (low**3).to_bytes(256, "big").startswith(start)
        return value
    return sign_own(packet(), w.cubic, value=forge)


@attack("invalid", each={
    "plus-modulus": lambda w, v: (int.from_bytes(v, "big") + w.modulus).to_bytes(257, "big"),
    "leading-zero": lambda w, v: b"\0" + v,
    "trailing-zero": lambda w, v: v + b"\0",
    "cut": lambda w, v: v[:-1],
    "half": lambda w, v: v[:128],
    "zero": lambda w, v: bytes(256),
    "one": lambda w, v: bytes(255) + b"\1",
    "minus-one": lambda w, v: (w.modulus - 1).to_bytes(256, "big"),
    "modulus": lambda w, v: w.modulus.to_bytes(256, "big"),
    "nothing": lambda w, v: b"",
    "other": lambda w, v: bytes([v[0] ^ 1]) + v[1:],
})
def rsa_value(w, change):
    """Another number than the one that was made."""
    return sign_own(packet(), w.signer, value=lambda data: change(w, value_by_openssl(data, w.signer)))


@attack("invalid|unsupported", each={
    "der": lambda der: der,
    "zeros": lambda der: bytes(64),
    "ones": lambda der: (bytes(31) + b"\1") * 2,
    "s-zero": lambda der: r_and_s(der)[:32] + bytes(32),
    "orders": lambda der: ORDER.to_bytes(32, "big") * 2,
    "plus-order": lambda der: r_and_s(der)[:32] + (
        int.from_bytes(r_and_s(der)[32:], "big") + ORDER).to_bytes(33, "big"),
    "widened": lambda der: b"\0" + r_and_s(der)[:32] + b"\0" + r_and_s(der)[32:],
    "trailing": lambda der: r_and_s(der) + b"\0",
    "exchanged": lambda der: r_and_s(der)[32:] + r_and_s(der)[:32],
    "half": lambda der: r_and_s(der)[:32],
    "nothing": lambda der: b"",
})
def ecdsa_value(w, change):
    """Numbers that a careless check takes for any message, or a second form of one value."""
    return sign_own(packet(), w.signer_p256, method=ECDSA_SHA256,
                    value=lambda data: change(value_by_openssl(data, w.signer_p256)))


# --- Digests and base64 ---


LOOSE = {
    "trailing-bits": trailing_bits,
    "no-padding": lambda text: text.rstrip("="),
    "more-padding": lambda text: text + "=",
    "other-characters": lambda text: text[:8] + "!" + text[8:],
    "url-alphabet": lambda text: "-_" + text[2:],
    "no-break-space": lambda text: text[:8] + "\u00a0" + text[8:],
    "full-width": lambda text: text[:8] + "\uff21" + text[9:],
    "padding-inside": lambda text: text[:4] + "==" + text[4:],
    "trailing": lambda text: text + "AAAA",
    "cut": lambda text: text[:-4],
    "empty": lambda text: "",
}


@attack("invalid", each=LOOSE)
def digest_value(w, change):
    """A digest that a lenient decoder or a comparison of prefixes takes for the right one."""
    def loosen(info):
        value = element(info, "DigestValue")
        return swap(info, value, f"<DigestValue>{change(value[13:-14])}</DigestValue>")
    return sign_own(packet(), w.signer, change=loosen)


@attack("invalid", each={
    "first-16": lambda d: d[:16], "first-1": lambda d: d[:1], "longer": lambda d: d + bytes(16),
    "hexadecimal": lambda d: d.hex().encode(), "zero": lambda d: bytes(32),
})
def digest_of_other_length(w, change):
    """A comparison over the shorter of two takes a digest of one byte."""
    def shorten(info):
        value = element(info, "DigestValue")
        digest = change(base64.b64decode(value[13:-14]))
        return swap(info, value, f"<DigestValue>{b64(digest)}</DigestValue>")
    return sign_own(packet(), w.signer, change=shorten)


@attack("invalid", each=LOOSE)
def signature_value(w, change):
    """A value in loose base64: many texts of one signature, and room for other content."""
    return sign_own(packet(), w.signer, encode=lambda value: change(b64(value)))


@attack("invalid")
def digest_value_with_an_element(w):
    """An element inside the digest, which a reader of text content passes over."""
    return sign_own(packet(), w.signer, change=lambda info: swap(info, "<DigestValue>", "<DigestValue><x></x>"))


@attack("invalid|unsupported", each={
    "digest": "DigestMethod", "value": "DigestValue", "transforms": "Transforms",
})
def part_of_the_reference_twice(w, name):
    """Each part twice, the second being the attacker's."""
    def change(info):
        part = element(info, name)
        return swap(info, part, part + part)
    return sign_own(packet(), w.signer, change=change)


@attack("invalid|unsupported", each={name: name for name in ("SignedInfo", "SignatureValue", "KeyInfo")})
def part_of_the_signature_twice(w, name):
    """The first is verified, the second is shown, or the other way round."""
    part = element(w.signed, name)
    return swap(w.signed, part, part + part)


@attack("invalid|unsupported|untrusted", each={name: name for name in ("SignedInfo", "SignatureValue", "KeyInfo")})
def part_of_the_signature_missing(w, name):
    """What is missing cannot be wrong."""
    return swap(w.signed, element(w.signed, name), "")


@attack("invalid|unsupported")
def parts_in_another_order(w):
    """The key before what it signs."""
    keys = element(w.signed, "KeyInfo")
    return swap(swap(w.signed, keys, ""), "<SignedInfo>", keys + "<SignedInfo>")


# --- XAdES ---

PROPERTIES = ' Type="' + SIGNED_PROPERTIES + '" URI="#thuoc-tinh"'


def xades(w, rest=None, refs=None, holder=None):
    """A packet with a XAdES signature."""
    holder = holder or w.signer
    refs = refs or [reference(), reference(PROPERTIES, [EXCLUSIVE])]
    return sign(packet(), holder, refs, rest=rest or xades_object(holder), attributes=' Id="ky"',
                ids=[f"{XADES}:SignedProperties"])


@attack("invalid|unsupported", each={
    "properties-after": ("</xades:SignedProperties>", "</xades:SignedProperties>{p}"),
    "properties-before": ('<xades:SignedProperties Id="thuoc-tinh">', '{p}<xades:SignedProperties Id="thuoc-tinh">'),
    "object-after": ("</Object>", "</Object>{o}"),
    "object-before": ("<Object>", "{o}<Object>"),
    "qualifying-properties": ("</xades:QualifyingProperties>", "</xades:QualifyingProperties>{q}"),
    "header-in-the-object": ("<Object>", "<Object>{h}"),
    "header-unsigned": ("</xades:SignedProperties>", "</xades:SignedProperties><xades:UnsignedProperties>"
                        "<xades:UnsignedSignatureProperties>{h}</xades:UnsignedSignatureProperties>"
                        "</xades:UnsignedProperties>"),
})
def xades_second(w, place):
    """More properties than were signed: another time, another certificate, another header is shown."""
    made = xades(w)
    other = xades_object(w.other_organ, id="khac", time="2020-01-01T00:00:00Z")
    parts = {"o": other, "q": element(other, "QualifyingProperties"),
             "p": element(other, "SignedProperties"), "h": header(document="H99.01-2026-99")}
    old, new = place
    return swap(made, old, new.format(**parts))


@attack("invalid|unsupported")
def xades_properties_of_another_object(w):
    """The signed properties lie in a second Object, those shown in the first."""
    shown = xades_object(w.signer, id="khac", time="2020-01-01T00:00:00Z")
    return xades(w, rest=shown + xades_object(w.signer))


@attack("invalid|unsupported")
def xades_wrong_id(w):
    """The reference points at an id that the properties do not have."""
    return swap(xades(w), 'Id="thuoc-tinh"', 'Id="khac"')


@attack("invalid|unsupported", each={"key-info": ("<KeyInfo>", '<KeyInfo Id="thuoc-tinh">'),
                                     "signature": (' Id="ky"', ' Id="thuoc-tinh"')})
def xades_id_twice(w, change):
    """Two elements have the id of the properties."""
    return swap(xades(w), *change)


@attack("invalid|unsupported")
def xades_without_type(w):
    """The reference to the properties does not say what it is."""
    return xades(w, refs=[reference(), reference(' URI="#thuoc-tinh"', [EXCLUSIVE])])


@attack("invalid|unsupported")
def xades_only(w):
    """The properties are signed, the packet is not."""
    return swap(xades(w, refs=[reference(PROPERTIES, [EXCLUSIVE])]), "H98.02", "H98.66")


@attack("invalid|unsupported")
def xades_target_of_another(w):
    """The properties say that they are of another signature."""
    return xades(w, rest=xades_object(w.signer, target="#khac"))


@attack("invalid|unsupported")
def xades_certificate_of_another(w):
    """The signed properties name another certificate than the one that is shown."""
    return xades(w, rest=xades_object(w.other_organ))


@attack("invalid")
def xades_time_changed(w):
    """The time claimed is changed after signing."""
    return swap(xades(w), "2026-03-04T08:30:00Z", "2025-03-04T08:30:00Z")


@attack("expired")
def xades_time_claimed(w):
    """The holder of an expired certificate claims a time at which it was valid."""
    return xades(w, rest=xades_object(w.expired, time="2024-06-01T00:00:00Z"), holder=w.expired)


@attack("invalid|unsupported", each={"inclusive": [INCLUSIVE], "c14n11": [C14N11], "none": [],
                                     "xpath": [xpath("true()"), EXCLUSIVE]})
def xades_transforms(w, transforms):
    """Other transforms on the properties than the one that is judged."""
    return xades(w, refs=[reference(), reference(PROPERTIES, transforms)])
