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
