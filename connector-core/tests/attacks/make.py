"""Makes the corpus of hostile and genuine packets.

usage: make.py FOLDER

FOLDER must not exist. Into it come:

NAME.edxml    a packet for each case of the modules beside this one
seals/        copies of the seals in them, as NAME.xml
trust/        the trust anchor
organs.txt    which certificate signs for which organ
keys/         keys and certificates of everybody
index.tsv     file; kind (see corpus.py); the verdicts on the packet's signature, and on the
              seal, that are right, separated by `|`; whether the policy `strict` is met (`yes`,
              `no`, empty for either); a reason's code where it is held; what the attacker gains

The packets are to be judged at authorities.JUDGED_AT, with this anchor and this map.

Needs openssl and xmlsec1. Keys, and what is made with chance, differ from run to run; the rest
does not.
"""
import base64
import binascii
import hashlib
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True

import authorities
import corpus
import form  # noqa: F401
import honest  # noqa: F401
import keys  # noqa: F401
import methods  # noqa: F401
import packets
import seals  # noqa: F401
import signing
import wrapping  # noqa: F401

# A block like those in circulation: in the packet's namespace, with nothing behind it.
STUB = f"""<Signature><SignedInfo><CanonicalizationMethod Algorithm="{signing.INCLUSIVE}"></CanonicalizationMethod>\
<SignatureMethod Algorithm="{signing.RSA_SHA1}"></SignatureMethod><Reference URI=""><Transforms>\
<Transform Algorithm="{signing.ENVELOPED}"></Transform></Transforms><DigestMethod Algorithm="{signing.SHA1}"></DigestMethod>\
<DigestValue>{signing.b64(bytes(20))}</DigestValue></Reference></SignedInfo>\
<SignatureValue>{signing.b64(bytes(256))}</SignatureValue><KeyInfo><X509Data>\
<X509SubjectName>CN=thi-du</X509SubjectName><X509Certificate>AAAAAAAA</X509Certificate>\
</X509Data></KeyInfo></Signature>"""


class World(authorities.Authorities):
    """Everybody's keys, and the genuine packets that attacks start from."""

    def __init__(self, folder):
        super().__init__(folder)
        self.stub = STUB
        self.letter = signing.b64(packets.LETTER[1])
        self.forged = signing.b64(packets.FORGED[1])
        both = signing.ENVELOPED, signing.INCLUSIVE
        self.signed = signing.sign(packets.packet(), self.signer)
        self.inclusive = signing.sign(
            packets.packet(), self.signer, c14n=signing.INCLUSIVE, transforms=both
        )
        self.seal = signing.sign(packets.seal(), self.signer)
        modulus = authorities.run("openssl", "x509", "-in", self.signer.certificate, "-noout", "-modulus")
        self.modulus = int(modulus.decode().strip().split("=")[1], 16)
        # The texts that we write as canonical are so, or no attack would test what it says.
        assert self.signed == signing.sign_own(packets.packet(), self.signer)
        for text in (self.signed, self.inclusive, self.seal):
            assert signing.verifies_in_xmlsec1(text, self.root.certificate)


def seals_in(packet):
    """The seals in a packet that are not wrapped, as files."""
    for found in re.finditer(rb"ContentTransferEncoded[^>]*>([A-Za-z0-9+/=]+)<", packet):
        try:
            content = base64.b64decode(found.group(1))
        except binascii.Error:
            continue
        if b":seal:" in content[:6000]:
            yield content


def main(folder):
    os.makedirs(os.path.join(folder, "seals"))
    os.makedirs(os.path.join(folder, "trust"))
    world = World(os.path.join(folder, "keys"))
    shutil.copy(world.root.certificate, os.path.join(folder, "trust"))
    with open(os.path.join(folder, "organs.txt"), "w") as organs:
        for holder, organ in world.organs():
            digest = hashlib.sha256(holder.der).hexdigest()
            print(f"{organ} sha256 {digest}", file=organs)
    names = set()
    with open(os.path.join(folder, "index.tsv"), "w", encoding="utf-8") as index:
        print("file\tkind\tpacket\tseal\tstrict\treason\tgain", file=index)
        for case in corpus.CASES:
            assert case.name not in names, case.name
            names.add(case.name)
            made = case.make(world)
            made = made if isinstance(made, bytes) else made.encode()
            assert packets.PLACE.encode() not in made, case.name
            file = case.name + ".edxml"
            with open(os.path.join(folder, file), "wb") as out:
                out.write(made)
            for content in list(seals_in(made))[:1]:
                with open(os.path.join(folder, "seals", case.name + ".xml"), "wb") as out:
                    out.write(content)
            row = file, case.kind, case.packet, case.seal, case.strict, case.reason, case.gain
            print("\t".join(row), file=index)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
