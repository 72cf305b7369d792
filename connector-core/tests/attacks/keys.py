"""Attacks on the question whose key it was: KeyInfo is signed by nobody."""
from authorities import in_base64
from corpus import attack, equal
from packets import ANNEX, FORGED, element, packet
from signing import (ECDSA_SHA256, b64, der_key_value, key_info, key_value, keys_of, sign, x509)


def forgery(w, holder, keys):
    """A forged packet, signed by somebody, with a KeyInfo of choice."""
    return sign(packet(files=(FORGED, ANNEX)), holder, keys=keys)


@attack("invalid|untrusted|unsupported", each={"after": False, "before": True})
def key_value_beside_the_victims_certificate(w, before):
    """The attacker's bare key verifies, the victim's certificate is shown."""
    mine, theirs = key_value(w.self_signed), x509(*w.signer.chain)
    return forgery(w, w.self_signed, key_info(*([mine, theirs] if before else [theirs, mine])))


@attack("invalid|untrusted|unsupported")
def key_value_alone(w):
    """A bare key, which a careless verifier takes as trusted."""
    return forgery(w, w.self_signed, key_info(key_value(w.self_signed)))


@attack("invalid|untrusted|unsupported")
def key_value_of_the_victim(w):
    """The victim's bare key and the attacker's certificate."""
    return forgery(w, w.self_signed, key_info(key_value(w.signer), x509(w.self_signed.certificate)))


@attack("invalid|untrusted|unsupported")
def key_value_in_der(w):
    """A bare key in the form of XML Signature 1.1."""
    return forgery(w, w.self_signed, key_info(der_key_value(w.self_signed), x509(*w.signer.chain)))


@attack("invalid|untrusted", each={"first": True, "last": False})
def certificate_of_the_attacker_beside(w, first):
    """The attacker's certificate verifies the value, the victim's chain leads to the anchor."""
    mine, theirs = [w.self_signed.certificate], w.signer.chain
    return forgery(w, w.self_signed, key_info(x509(*(mine + theirs if first else theirs + mine))))


@attack("invalid|untrusted|unsupported", each={"first": True, "last": False})
def certificate_in_a_second_x509_data(w, first):
    """The same in two X509Data."""
    mine, theirs = x509(w.self_signed.certificate), x509(*w.signer.chain)
    return forgery(w, w.self_signed, key_info(*([mine, theirs] if first else [theirs, mine])))


@attack("invalid|unsupported|untrusted", each={"first": True, "last": False})
def key_info_doubled(w, first):
    """The same in two KeyInfo."""
    mine, theirs = key_info(x509(w.self_signed.certificate)), key_info(x509(*w.signer.chain))
    return forgery(w, w.self_signed, mine + theirs if first else theirs + mine)


@attack("invalid", reason="value-differs")
def certificate_of_the_victim_only(w):
    """The attacker's value under the victim's certificate."""
    return forgery(w, w.self_signed, keys_of(w.signer))


@attack("untrusted", each={
    "itself": "self_signed", "another-authority": "under_rogue", "a-signer": "under_signer",
})
def certificate_with_the_victims_name_by(w, holder):
    """The victim's name in a certificate of the attacker's own making, with all that belongs to it."""
    holder = getattr(w, holder)
    return forgery(w, holder, keys_of(holder))


@attack("untrusted")
def certificate_of_an_authority_with_the_same_name(w):
    """Under a rogue authority that has the name of the true one, whose certificate is sent along."""
    chain = [w.under_rogue.certificate, w.issuer.certificate, w.rogue.certificate]
    return forgery(w, w.under_rogue, key_info(x509(*chain)))


@attack("untrusted|invalid")
def certificate_of_the_anchor_sent_along(w):
    """An anchor of the attacker's in the packet, to be taken for a configured one."""
    chain = w.under_rogue.chain + [w.root.certificate]
    return forgery(w, w.under_rogue, key_info(x509(*chain)))


@attack("untrusted")
def certificate_that_may_not_sign(w):
    """A certificate for encryption, easier to come by, signs."""
    return forgery(w, w.encipherer, keys_of(w.encipherer))


@attack("untrusted|invalid")
def certificate_of_an_authority_signs(w):
    """The authority's own key, whose certificate may sign certificates only."""
    return forgery(w, w.issuer, key_info(x509(w.issuer.certificate)))


@attack("expired")
def certificate_expired(w):
    """A key that was given up when its certificate ended."""
    return forgery(w, w.expired, keys_of(w.expired))


@attack("expired|untrusted")
def certificate_not_yet_valid(w):
    """A certificate before its time."""
    return forgery(w, w.future, keys_of(w.future))


@attack("untrusted|expired|invalid")
def certificate_expired_beside_a_current_one(w):
    """The expired key signs, the signer's current certificate of the same name stands beside it."""
    return forgery(w, w.expired, key_info(x509(w.signer.certificate, *w.expired.chain)))


@attack("unsupported|untrusted|invalid")
def certificate_of_a_small_key(w):
    """A key of 1,024 bits, which can be computed."""
    return forgery(w, w.small, keys_of(w.small))


@attack("unsupported|untrusted|invalid")
def certificate_of_exponent_3(w):
    """A key with exponent 3, for which values can be made up by careless checks."""
    return forgery(w, w.cubic, keys_of(w.cubic))


@attack("untrusted", reason="signer-other-organ", each={
    "plainly": "CN=H98.77 Phong Khac,O=Thi du,C=VN",
    "with-the-victims-name": "CN=H99.01 So Thi du,O=Thi du,C=VN",
})
def organ_of_another(w, name):
    """Another organ signs in the name of the sender: only the map of organs can tell."""
    before = f"<X509SubjectName>{name}</X509SubjectName>"
    return forgery(w, w.other_organ, key_info(x509(*w.other_organ.chain, before=before)))


@attack("invalid")
def organ_changed(w):
    """Another organ's genuine packet with the sender's id exchanged."""
    made = sign(packet(sender="H98.77"), w.other_organ)
    return made.replace("H98.77<", "H99.01<")


EMPTY = {
    "key-info": "<KeyInfo></KeyInfo>",
    "x509-data": "<KeyInfo><X509Data></X509Data></KeyInfo>",
    "certificate": "<KeyInfo><X509Data><X509Certificate></X509Certificate></X509Data></KeyInfo>",
    "name": "<KeyInfo><KeyName>H99.01</KeyName></KeyInfo>",
    "subject": "<KeyInfo><X509Data><X509SubjectName>CN=H99.01 So Thi du,O=Thi du,C=VN"
               "</X509SubjectName></X509Data></KeyInfo>",
}


@attack("invalid|unsupported|untrusted", each=EMPTY)
def nothing_in(w, keys):
    """No certificate, so that a verifier takes whatever key it finds, or none."""
    return forgery(w, w.self_signed, keys)


def broken(change):
    return lambda w: b64(change(w.self_signed.der))


@attack("invalid|unsupported|untrusted", each={
    "garbage": lambda w: b64(bytes(range(200))),
    "text": lambda w: "khong phai chung thu",
    "cut": broken(lambda der: der[:-1]),
    "half": broken(lambda der: der[: len(der) // 2]),
    "trailing": broken(lambda der: der + b"\0\0"),
    "two-in-one": lambda w: b64(w.signer.der + w.self_signed.der),
    "length-of-4-gb": broken(lambda der: b"\x30\x84\xff\xff\xff\xff" + der[4:]),
    "indefinite-length": broken(lambda der: b"\x30\x80" + der[4:] + b"\0\0"),
    "deep": lambda w: b64(b"\x30\x80" * 5000),
    "pem": lambda w: open(w.self_signed.certificate).read(),
    "public-key": lambda w: element(der_key_value(w.self_signed), "DEREncodedKeyValue").split(">")[1].split("<")[0],
    "loose-base64": lambda w: in_base64(w.self_signed.certificate)[:40] + "!" + in_base64(w.self_signed.certificate)[40:],
})
def certificate_broken(w, make):
    """Bytes that a parser of certificates falls over, or reads to its own liking."""
    return forgery(w, w.self_signed, key_info(x509(make(w))))


@attack("invalid|unsupported|untrusted")
def certificate_broken_beside_the_victims(w):
    """A certificate that cannot be read must not let a packet with another's value through."""
    return forgery(w, w.self_signed, key_info(x509(b64(bytes(range(200))), *w.signer.chain)))


@attack("invalid|unsupported|untrusted")
def certificate_with_trailing_bytes_in_a_genuine_packet(w):
    """Bytes behind the honest signer's certificate: content that is signed by nobody."""
    chain = [b64(w.signer.der + b"Chuyen gap"), w.issuer.certificate]
    return sign(packet(), w.signer, keys=key_info(x509(*chain)))


@attack("invalid|unsupported|untrusted")
def certificates_by_the_thousand(w):
    """A thousand certificates, each tried against the value and each other."""
    small = in_base64(w.self_signed_p256.certificate)
    return forgery(w, w.self_signed, key_info(x509(*[small] * 1000)))


@attack("untrusted|unsupported|invalid")
def certificates_in_a_circle(w):
    """Two authorities that certify each other: a path without end."""
    return forgery(w, w.in_circle, keys_of(w.in_circle))


@equal("valid|untrusted", each={"first": True, "last": False})
def certificate_of_the_signers_key_under_another_name(w, first):
    """A rogue authority certifies the victim's key under the attacker's name, whose certificate is put first or last."""
    stolen = w.stolen.chain
    chain = stolen + w.signer.chain if first else w.signer.chain + stolen
    return sign(packet(), w.signer, keys=key_info(x509(*chain)))


@attack("untrusted|unsupported|invalid")
def certificate_with_a_curve_of_its_own(w):
    """Parameters instead of a curve's name: with a generator of one's choice any key can be met."""
    return sign(packet(files=(FORGED, ANNEX)), w.explicit, method=ECDSA_SHA256)


@attack("invalid|unsupported|untrusted")
def certificate_revocation_list_of_the_attacker(w):
    """A CRL in the packet, to be taken for one of the authority's."""
    keys = key_info(x509(*w.self_signed.chain, after=f"<X509CRL>{b64(w.list_of(w.self_signed))}</X509CRL>"))
    return forgery(w, w.self_signed, keys)


@attack("invalid")
def key_of_another_kind(w):
    """The value is by RSA, the certificate has a key on P-256."""
    return forgery(w, w.self_signed, keys_of(w.signer_p256))


@attack("untrusted|invalid")
def key_on_p256_signed_by_itself(w):
    """The same confusion on an elliptic curve."""
    return sign(packet(files=(FORGED, ANNEX)), w.self_signed_p256, method=ECDSA_SHA256)
