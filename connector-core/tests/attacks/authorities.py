"""Made-up authorities, signers and attackers, by `openssl`.

Keys are new each time; names, organs and dates are fixed, so nothing here depends on the clock.
`JUDGED_AT` is the moment at which a verifier has to judge the corpus.
"""
import base64
import functools
import os
import subprocess

JUDGED_AT = "2026-06-01T00:00:00Z"
VALID = ("20260101000000Z", "20280101000000Z")
PAST = ("20240101000000Z", "20250101000000Z")
FUTURE = ("20270101000000Z", "20280101000000Z")
AUTHORITY = ("20200101000000Z", "20400101000000Z")

CONFIG = """
[req]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = utf8only
[dn]
[ca]
default_ca = made_up
[made_up]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
unique_subject = no
default_md = sha256
policy = any
[any]
countryName = optional
organizationName = optional
commonName = optional
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
[encipherer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,keyEncipherment,dataEncipherment
subjectKeyIdentifier = hash
"""


def run(*command, given=None):
    """What a program prints; its failure is ours."""
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class Holder:
    """A key with its certificate and those above it, up to but without the anchor."""

    def __init__(self, key, certificate, above):
        self.key = key
        self.certificate = certificate
        self.chain = [certificate] + above

    @property
    def der(self):
        return der(self.certificate)


@functools.cache
def der(certificate):
    return run("openssl", "x509", "-in", certificate, "-outform", "DER")


def in_base64(certificate):
    return base64.b64encode(der(certificate)).decode()


class Authorities:
    """Everybody who holds a key. `root` alone is trusted."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.config = self.path("openssl.cnf")
        with open(self.config, "w") as file:
            file.write(CONFIG.format(folder=folder))
        open(self.path("index"), "w").close()
        with open(self.path("serial"), "w") as file:
            file.write("1001\n")

        root = self.holder("root", "RSA", "Thi du Root CA", None, "authority", AUTHORITY)
        issuer = self.holder("issuer", "RSA", "Thi du Issuing CA", root, "authority", AUTHORITY)
        rogue = self.holder("rogue", "RSA", "Thi du Issuing CA", None, "authority", AUTHORITY)
        self.root, self.issuer, self.rogue = root, issuer, rogue

        name = "H99.01 So Thi du"
        self.signer = self.holder("signer", "RSA", name, issuer)
        self.signer_p256 = self.holder("signer-p256", "P-256", name, issuer)
        self.signer_p384 = self.holder("signer-p384", "P-384", name, issuer)
        self.signer_p521 = self.holder("signer-p521", "P-521", name, issuer)
        self.signer_ed25519 = self.holder("signer-ed25519", "ED25519", name, issuer)
        self.signer_dsa = self.holder("signer-dsa", "DSA", name, issuer)
        self.other_organ = self.holder("other-organ", "RSA", "H98.77 Phong Khac", issuer)
        self.expired = self.holder("expired", "RSA", name, issuer, dates=PAST)
        # The same key with a certificate that has ended.
        self.before = self.holder("signer", "RSA", name, issuer, dates=PAST, certificate="before")
        self.future = self.holder("future", "RSA", name, issuer, dates=FUTURE)
        self.encipherer = self.holder("encipherer", "RSA", name, issuer, "encipherer")
        self.small = self.holder("small", "RSA:1024:65537", name, issuer)
        self.cubic = self.holder("cubic", "RSA:2048:3", name, issuer)
        # The attackers. Two use the names of the honest.
        self.self_signed = self.holder("self-signed", "RSA", name, None)
        self.self_signed_p256 = self.holder("self-signed-p256", "P-256", name, None)
        self.under_rogue = self.holder("under-rogue", "RSA", name, rogue)
        # A rogue authority certifies the signer's key under the attacker's name, and a key on
        # a curve of its own making.
        self.stolen = self.holder("signer", "RSA", "H98.66 Ke gian", rogue, certificate="stolen")
        self.explicit = self.holder("explicit", "P-256:explicit", name, issuer)
        # Two authorities certify each other; neither leads to the anchor.
        one = self.holder("one", "RSA", "Thi du One CA", None, "authority", AUTHORITY)
        two = self.holder("two", "RSA", "Thi du Two CA", one, "authority", AUTHORITY)
        again = self.holder("one", "RSA", "Thi du One CA", two, "authority", AUTHORITY,
                            certificate="one-again")
        self.in_circle = self.holder("in-circle", "RSA", name, two)
        self.in_circle.chain = [self.in_circle.certificate, two.certificate, again.certificate]
        self.under_signer = self.holder("under-signer", "RSA", name, self.other_organ)

    def organs(self):
        """Who signs for which organ, by the map that the verifier is given."""
        for holder in (
            self.signer, self.signer_p256, self.signer_p384, self.signer_p521, self.signer_dsa,
            self.signer_ed25519, self.expired, self.future, self.encipherer, self.small, self.cubic,
        ):
            yield holder, "H99.01"
        yield self.other_organ, "H98.77"

    def list_of(self, authority):
        """An empty list of revoked certificates, in DER."""
        made = self.path("list.pem")
        run("openssl", "ca", "-batch", "-config", self.config, "-gencrl", "-cert",
            authority.certificate, "-keyfile", authority.key, "-crl_lastupdate", VALID[0],
            "-crl_nextupdate", VALID[1], "-out", made)
        return run("openssl", "crl", "-in", made, "-outform", "DER")

    def path(self, name):
        return os.path.join(self.folder, name)

    def holder(self, file, kind, name, above, extensions="signer", dates=VALID,
               certificate=None):
        key, request = self.path(file + ".key"), self.path(file + ".csr")
        certificate = self.path((certificate or file) + ".crt")
        if kind.startswith("RSA"):
            _, bits, exponent = (kind + ":2048:65537").split(":")[:3]
            options = ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}"]
            options += ["-pkeyopt", f"rsa_keygen_pubexp:{exponent}"]
        elif kind.startswith("P-"):
            curve, _, encoding = kind.partition(":")
            options = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
            if encoding:
                options += ["-pkeyopt", f"ec_param_enc:{encoding}"]
        elif kind == "DSA":
            sizes = self.path(file + ".sizes")
            run("openssl", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt",
                "dsa_paramgen_bits:1024", "-pkeyopt", "dsa_paramgen_q_bits:160", "-out", sizes)
            options = ["-paramfile", sizes]
        else:
            options = ["-algorithm", kind]
        if not os.path.exists(key):
            run("openssl", "genpkey", *options, "-out", key)
        subject = f"/C=VN/O=Thi du/CN={name}"
        run("openssl", "req", "-new", "-config", self.config, "-key", key, "-subj", subject,
            "-out", request)
        by = ["-selfsign", "-keyfile", key]
        if above:
            by = ["-cert", above.certificate, "-keyfile", above.key]
        run("openssl", "ca", "-batch", "-notext", "-config", self.config, "-in", request,
            "-out", certificate, "-extensions", extensions,
            "-startdate", dates[0], "-enddate", dates[1], *by)
        # The anchor is not sent along.
        chain = [c for c in above.chain if not c.endswith("root.crt")] if above else []
        return Holder(key, certificate, chain)
