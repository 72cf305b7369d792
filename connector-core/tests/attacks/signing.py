"""Signs: by `xmlsec1`, or where it would not do such a thing, by `openssl` over texts that are
written in canonical form here."""
import base64
import functools
import hashlib
import hmac
import os
import re
import subprocess
import tempfile

from authorities import in_base64, run
from packets import PLACE, QCVN

DSIG = "http://www.w3.org/2000/09/xmldsig#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
ENVELOPED = DSIG + "enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384 = MORE + "sha384"
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
SHA1 = DSIG + "sha1"
MD5 = MORE + "md5"
RSA_SHA256 = MORE + "rsa-sha256"
RSA_SHA384 = MORE + "rsa-sha384"
RSA_SHA512 = MORE + "rsa-sha512"
RSA_SHA1 = DSIG + "rsa-sha1"
RSA_MD5 = MORE + "rsa-md5"
PSS_SHA256 = MORE_2007 + "sha256-rsa-MGF1"
ECDSA_SHA256 = MORE + "ecdsa-sha256"
ECDSA_SHA384 = MORE + "ecdsa-sha384"
ECDSA_SHA512 = MORE + "ecdsa-sha512"
HMAC_SHA256 = MORE + "hmac-sha256"
ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"

DIGESTS = {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512", SHA1: "sha1", MD5: "md5"}


# --- The text of a signature. Every tag is written out, as the canonical form has it. ---


def reference(uri=' URI=""', transforms=(ENVELOPED, EXCLUSIVE), digest=SHA256, value="",
              attributes=""):
    """A `Reference`. A transform is an identifier, or an element as it is."""
    listed = "".join(
        t if t.startswith("<") else f'<Transform Algorithm="{t}"></Transform>' for t in transforms
    )
    if listed:
        listed = f"<Transforms>{listed}</Transforms>"
    return (
        f"<Reference{attributes}{uri}>{listed}"
        f'<DigestMethod Algorithm="{digest}"></DigestMethod>'
        f"<DigestValue>{value}</DigestValue></Reference>"
    )


def signed_info(*references, c14n=EXCLUSIVE, method=RSA_SHA256, inside=""):
    """A `SignedInfo`; `inside` stands in its `SignatureMethod`."""
    return (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{c14n}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{method}">{inside}</SignatureMethod>'
        f'{"".join(references)}</SignedInfo>'
    )


def signature(info, value="", keys="", rest="", attributes=""):
    """A `Signature`; `rest` stands after its `KeyInfo`."""
    return (
        f'<Signature xmlns="{DSIG}"{attributes}>{info}'
        f"<SignatureValue>{value}</SignatureValue>{keys}{rest}</Signature>"
    )


def key_info(*parts):
    """A `KeyInfo` of these parts."""
    return f'<KeyInfo>{"".join(parts)}</KeyInfo>'


def x509(*certificates, before="", after=""):
    """An `X509Data` of certificates: files, or base64 that is ready."""
    listed = "".join(
        f"<X509Certificate>{in_base64(c) if os.path.sep in c and os.path.exists(c) else c}"
        "</X509Certificate>"
        for c in certificates
    )
    return f"<X509Data>{before}{listed}{after}</X509Data>"


def key_value(holder):
    """The bare RSA key of somebody."""
    modulus = run("openssl", "x509", "-in", holder.certificate, "-noout", "-modulus")
    number = bytes.fromhex(modulus.decode().strip().split("=")[1])
    encoded = base64.b64encode(number).decode()
    return (
        f"<KeyValue><RSAKeyValue><Modulus>{encoded}</Modulus><Exponent>AQAB</Exponent>"
        "</RSAKeyValue></KeyValue>"
    )


def der_key_value(holder):
    """The same as XML Signature 1.1 has it."""
    public = run("openssl", "pkey", "-in", holder.key, "-pubout", "-outform", "DER")
    encoded = base64.b64encode(public).decode()
    return f'<DEREncodedKeyValue xmlns="{DSIG11}">{encoded}</DEREncodedKeyValue>'


def keys_of(holder):
    """What an honest signer says of its key."""
    name = "<X509SubjectName>CN=H99.01 So Thi du,O=Thi du,C=VN</X509SubjectName>"
    return key_info(x509(*holder.chain, before=name))


# --- By xmlsec1 ---


def fill(text, signed):
    """Takes over the values of `signed`; everything else stays as it is to the byte."""
    for name in ("DigestValue", "SignatureValue"):
        pattern = re.compile(rf"(<(?:\w+:)?{name}(?: [^>]*)?>)([^<]*)(</)")
        values = iter([found.group(2) for found in pattern.finditer(signed)])
        text = pattern.sub(lambda found: found.group(1) + next(values) + found.group(3), text)
    return text


@functools.cache
def output_of_xmlsec1(text, key, ids):
    with tempfile.TemporaryDirectory() as folder:
        given, made = os.path.join(folder, "given.xml"), os.path.join(folder, "made.xml")
        with open(given, "wb") as file:
            file.write(text.encode())
        marks = [word for name in ids for word in ("--id-attr:Id", name)]
        run("xmlsec1", "--sign", "--privkey-pem", key, *marks, "--output", made, given)
        with open(made, encoding="utf-8") as file:
            return file.read()


def by_xmlsec1(text, holder, keys=None, ids=(), one_line=True):
    """Signs a text that holds a signature without values and without `KeyInfo`; the latter is
    put in afterwards. `ids` are elements whose `Id` may be pointed at."""
    text = fill(text, output_of_xmlsec1(text, holder.key, tuple(ids)))
    value = re.compile(r"(<(?:\w+:)?SignatureValue(?: [^>]*)?>)([^<]*)(</(?:\w+:)?SignatureValue>)")

    def finish(found):
        digits = "".join(found.group(2).split()) if one_line else found.group(2)
        return found.group(1) + digits + found.group(3) + (keys_of(holder) if keys is None else keys)

    return value.sub(finish, text, 1)


def sign(text, holder, references=None, c14n=EXCLUSIVE, method=RSA_SHA256, keys=None, rest="",
         attributes="", ids=(), transforms=(ENVELOPED, EXCLUSIVE)):
    """A packet or seal with its place filled by a signature of xmlsec1."""
    references = references or [reference(transforms=transforms)]
    empty = signature(
        signed_info(*references, c14n=c14n, method=method), rest=rest, attributes=attributes
    )
    return by_xmlsec1(text.replace(PLACE, empty, 1), holder, keys, ids)


# --- By openssl ---


def canonical(text):
    """The canonical form, with or without the `Signature`'s place, of a text of packets.py."""
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", text.replace("\r\n", "\n")).rstrip("\n")
    return text.replace(PLACE, "").encode()


def trailing_bits(text):
    """Base64 of the same bytes, with a bit set that no byte takes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    digits = text.rstrip("=")
    assert digits != text
    return digits[:-1] + alphabet[alphabet.index(digits[-1]) + 1] + "=" * (len(text) - len(digits))


def digest_of(text, algorithm=SHA256):
    return hashlib.new(DIGESTS[algorithm], canonical(text)).digest()


def b64(data):
    return base64.b64encode(data).decode()


def canonical_info(info, c14n=EXCLUSIVE):
    """The canonical form of a `SignedInfo` that stands in a packet's header."""
    inherited = f' xmlns:edXML="{QCVN}"' if c14n == INCLUSIVE else ""
    return info.replace("<SignedInfo>", f'<SignedInfo xmlns="{DSIG}"{inherited}>', 1).encode()


def value_by_openssl(data, holder, digest="sha256", *options):
    """A raw value, for RSA with options of `openssl dgst -sigopt`."""
    more = [word for option in options for word in ("-sigopt", option)]
    return run("openssl", "dgst", f"-{digest}", "-sign", holder.key, *more, given=data)


def r_and_s(value, length=32):
    """The two numbers of an ECDSA value as XML signatures write them."""
    numbers, at = [], 3 if value[1] & 0x80 else 2
    for _ in range(2):
        size = value[at + 1]
        numbers.append(int.from_bytes(value[at + 2 : at + 2 + size], "big"))
        at += 2 + size
    return b"".join(number.to_bytes(length, "big") for number in numbers)


def sign_own(text, holder, change=None, value=None, method=RSA_SHA256, digest=SHA256,
             c14n=EXCLUSIVE, inside="", keys=None, encode=b64, rest="", attributes=""):
    """A packet signed here. `change` alters the `SignedInfo` before it is signed; `value` makes
    the raw value from the canonical `SignedInfo`, `encode` its text."""
    info = signed_info(
        reference(digest=digest, value=b64(digest_of(text, digest))),
        c14n=c14n, method=method, inside=inside,
    )
    if change:
        changed = change(info)
        assert changed != info
        info = changed
    value = value or (lambda data: value_by_openssl(data, holder))
    made = encode(value(canonical_info(info, c14n)))
    keys = keys_of(holder) if keys is None else keys
    return text.replace(PLACE, signature(info, made, keys, rest, attributes), 1)


def hmac_by(key, data, digest="sha256"):
    return hmac.new(key, data, digest).digest()


def verifies_in_xmlsec1(text, root):
    """Whether xmlsec1 takes it with the trust it should have."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "packet.xml")
        with open(path, "wb") as file:
            file.write(text.encode())
        done = subprocess.run(
            ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", root,
             "--verification-time", "2026-06-01 00:00:00", path],
            capture_output=True,
        )
    return done.returncode == 0


# --- XAdES ---


def xades_object(holder, id="thuoc-tinh", target="#ky", time="2026-03-04T08:30:00Z", more="",
                 namespace=XADES):
    """The Object of a XAdES-B signature: claimed time and digest of the certificate."""
    digest = b64(hashlib.sha256(holder.der).digest())
    return (
        f'<Object><xades:QualifyingProperties xmlns:xades="{namespace}" Target="{target}">'
        f'<xades:SignedProperties Id="{id}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{time}</xades:SigningTime>"
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod><DigestValue>{digest}</DigestValue>'
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        f"</xades:SignedSignatureProperties>{more}</xades:SignedProperties>"
        "</xades:QualifyingProperties></Object>"
    )
