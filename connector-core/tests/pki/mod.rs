//! Keys and certificates made on the spot by OpenSSL, in a folder that vanishes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Folder {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).unwrap();
        }
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs OpenSSL in the folder; the words are split at blanks.
    pub fn openssl(&self, words: &str) -> Vec<u8> {
        let output = self.try_openssl(words);
        assert!(
            output.status.success(),
            "openssl {words}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    pub fn try_openssl(&self, words: &str) -> Output {
        run(
            self.folder.path(),
            "openssl",
            &words.split(' ').collect::<Vec<_>>(),
        )
    }

    /// A key by its short name: `rsa2048`, `rsa4096`, `p256`, ...
    pub fn key(&self, name: &str, kind: &str) {
        let options = match kind {
            "p256" => "EC -pkeyopt ec_paramgen_curve:P-256".to_owned(),
            "p384" => "EC -pkeyopt ec_paramgen_curve:P-384".to_owned(),
            "p521" => "EC -pkeyopt ec_paramgen_curve:P-521".to_owned(),
            "ed25519" => "ED25519".to_owned(),
            rsa => format!("RSA -pkeyopt rsa_keygen_bits:{}", &rsa[3..]),
        };
        self.openssl(&format!("genpkey -algorithm {options} -out {name}.key"));
    }

    /// A certificate signed by its own key.
    pub fn self_signed(&self, name: &str) {
        self.openssl(&format!(
            "req -x509 -new -key {name}.key -subj /C=VN/CN={name} -days 30 -out {name}.crt"
        ));
    }
}

pub fn run(folder: &Path, program: &str, words: &[&str]) -> Output {
    Command::new(program)
        .args(words)
        .current_dir(folder)
        .env("OPENSSL_CONF", "/dev/null")
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"))
}

/// A certificate to be issued.
#[derive(Clone)]
pub struct Wish<'a> {
    pub subject: &'a str,
    pub key: &'a str,
    /// Lines of an OpenSSL extension section.
    pub extensions: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub digest: &'a str,
}

pub const AUTHORITY: Wish<'_> = Wish {
    subject: "",
    key: "p256",
    extensions: "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash",
    from: "20250101000000Z",
    to: "20350101000000Z",
    digest: "sha256",
};

pub const SIGNER: Wish<'_> = Wish {
    subject: "",
    key: "p256",
    extensions: "keyUsage=critical,digitalSignature,nonRepudiation",
    from: "20260101000000Z",
    to: "20270101000000Z",
    digest: "sha256",
};

impl Folder {
    /// Issues a certificate; by itself where both names are one. Files: `name.crt`,
    /// `name.der`, `name.key`, and what OpenSSL's `ca` needs to issue more.
    pub fn issue(&self, by: &str, name: &str, wish: &Wish<'_>) {
        if !self.path(&format!("{name}.key")).exists() {
            self.key(name, wish.key);
        }
        let config = format!(
            "[ca]\ndefault_ca=d\n[d]\ndatabase={name}.index\nnew_certs_dir=.\n\
             serial={name}.serial\ncrlnumber={name}.crlnumber\ncertificate={name}.crt\n\
             private_key={name}.key\ndefault_md=sha256\npolicy=p\nunique_subject=no\n\
             default_crl_days=30\ncrl_extensions=crl\n\
             [p]\ncountryName=optional\norganizationName=optional\ncommonName=supplied\n\
             [crl]\nauthorityKeyIdentifier=keyid\n"
        );
        if !self.path(&format!("{name}.cnf")).exists() {
            self.write(&format!("{name}.cnf"), config);
            self.write(&format!("{name}.index"), "");
            // A number of its own, so that no two authorities issue the same.
            let number = name.bytes().fold(7_u32, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(byte.into())
            });
            self.write(&format!("{name}.serial"), format!("{number:08x}00\n"));
            self.write(&format!("{name}.crlnumber"), "01\n");
        }
        let subject = match wish.subject {
            "" => format!("/C=VN/O=Made_up/CN={name}"),
            subject => subject.to_owned(),
        };
        self.openssl(&format!(
            "req -new -key {name}.key -subj {subject} -out {name}.csr"
        ));
        let extensions = match wish.extensions {
            "" => "noCheck=ignored",
            extensions => extensions,
        };
        let bare = wish.extensions.is_empty();
        self.write(&format!("{name}.ext"), format!("[e]\n{extensions}\n"));
        let own = if by == name {
            format!(" -selfsign -keyfile {name}.key")
        } else {
            String::new()
        };
        let extensions = if bare {
            String::new()
        } else {
            format!(" -extfile {name}.ext -extensions e")
        };
        self.openssl(&format!(
            "ca -batch -notext -config {by}.cnf -in {name}.csr -out {name}.crt -md {} \
             -startdate {} -enddate {}{extensions}{own}",
            wish.digest, wish.from, wish.to
        ));
        self.openssl(&format!("x509 -in {name}.crt -outform DER -out {name}.der"));
    }

    /// The authority's revocation list between two times, as `name`.
    pub fn list(&self, by: &str, name: &str, from: &str, to: &str) {
        self.openssl(&format!(
            "ca -gencrl -config {by}.cnf -crl_lastupdate {from} -crl_nextupdate {to} -out {name}"
        ));
    }

    /// Revokes a certificate now, for a reason as OpenSSL spells it.
    pub fn revoke(&self, by: &str, name: &str, reason: &str) {
        self.openssl(&format!(
            "ca -config {by}.cnf -revoke {name}.crt -crl_reason {reason}"
        ));
    }

    /// As if an entry of the authority's index had been made at another time.
    pub fn backdate(&self, by: &str, to: &str) {
        let index = String::from_utf8(self.read(&format!("{by}.index"))).unwrap();
        let lines = index.lines().map(|line| {
            let mut parts: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if parts[0] == "R" {
                let reason = parts[2]
                    .split_once(',')
                    .map(|(_, reason)| reason.to_owned());
                parts[2] = [Some(to.to_owned()), reason]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(",");
            }
            parts.join("\t") + "\n"
        });
        let text: String = lines.collect();
        self.write(&format!("{by}.index"), text);
    }
}
