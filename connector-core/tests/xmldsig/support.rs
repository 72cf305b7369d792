//! Keys, packets and the tools that others wrote.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use lienthong::Result;
use lienthong::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use lienthong::crypto::signer::Signer;
use lienthong::packet::ReadOptions;
use lienthong::signature::verdict::Verdict;
use lienthong::signature::xmldsig::{
    Checked, Limits, Place, SignOptions, check_document, sign_to_pipe,
};
use lienthong::xml;
use ring::rand::SystemRandom;
use ring::signature as ring_signature;
use ring::signature::{EcdsaKeyPair, RsaKeyPair};

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

pub(crate) fn key_file(name: &str) -> PathBuf {
    fixture(&format!("keys/{name}"))
}

fn pem(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(key_file(name)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    base64_simd::STANDARD
        .decode_to_vec(lines.collect::<String>())
        .unwrap()
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
}

/// A key of this folder.
pub(crate) struct TestSigner {
    key: Key,
    algorithm: SignatureAlgorithm,
    certificates: Vec<Vec<u8>>,
}

impl TestSigner {
    pub(crate) fn new(name: &str, algorithm: SignatureAlgorithm) -> Self {
        let bytes = pem(&format!("{name}.key"));
        let random = SystemRandom::new();
        let ecdsa = |kind| {
            Key::Ecdsa(Box::new(
                EcdsaKeyPair::from_pkcs8(kind, &bytes, &random).unwrap(),
            ))
        };
        let key = match algorithm {
            SignatureAlgorithm::EcdsaP256 => {
                ecdsa(&ring_signature::ECDSA_P256_SHA256_FIXED_SIGNING)
            }
            SignatureAlgorithm::EcdsaP384 => {
                ecdsa(&ring_signature::ECDSA_P384_SHA384_FIXED_SIGNING)
            }
            _ => Key::Rsa(Box::new(RsaKeyPair::from_pkcs8(&bytes).expect("a key"))),
        };
        TestSigner {
            key,
            algorithm,
            certificates: vec![pem(&format!("{name}.crt")), pem("ca.crt")],
        }
    }

    pub(crate) fn usual() -> Self {
        Self::new(
            "rsa2048",
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        )
    }

    /// With the certificates of another key.
    pub(crate) fn with_certificate_of(mut self, name: &str) -> Self {
        self.certificates = vec![pem(&format!("{name}.crt"))];
        self
    }

    pub(crate) fn without_certificates(mut self) -> Self {
        self.certificates.clear();
        self
    }
}

impl Signer for TestSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        let random = SystemRandom::new();
        Ok(match &self.key {
            Key::Ecdsa(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Rsa(key) => {
                let padding: &dyn ring_signature::RsaEncoding = match self.algorithm {
                    SignatureAlgorithm::RsaPkcs1(Sha384) => &ring_signature::RSA_PKCS1_SHA384,
                    SignatureAlgorithm::RsaPkcs1(Sha512) => &ring_signature::RSA_PKCS1_SHA512,
                    SignatureAlgorithm::RsaPss(Sha256) => &ring_signature::RSA_PSS_SHA256,
                    SignatureAlgorithm::RsaPss(Sha384) => &ring_signature::RSA_PSS_SHA384,
                    SignatureAlgorithm::RsaPss(Sha512) => &ring_signature::RSA_PSS_SHA512,
                    _ => &ring_signature::RSA_PKCS1_SHA256,
                };
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(padding, &random, message, &mut value).unwrap();
                value
            }
        })
    }
}

/// Every algorithm with every key of its family.
pub(crate) fn signers() -> Vec<(&'static str, SignatureAlgorithm)> {
    let mut all = vec![
        ("p256", SignatureAlgorithm::EcdsaP256),
        ("p384", SignatureAlgorithm::EcdsaP384),
    ];
    for key in ["rsa2048", "rsa3072", "rsa4096"] {
        for digest in DigestAlgorithm::ALL {
            all.push((key, SignatureAlgorithm::RsaPkcs1(digest)));
            all.push((key, SignatureAlgorithm::RsaPss(digest)));
        }
    }
    all
}

/// A packet without a signature.
pub(crate) fn packet() -> String {
    fs::read_to_string(fixture("canonical.edxml")).unwrap()
}

pub(crate) fn signed_by(packet: &str, signer: &dyn Signer, options: &SignOptions) -> String {
    let mut out = Vec::new();
    let written = sign_to_pipe(io::Cursor::new(packet), &mut out, signer, options).unwrap();
    assert_eq!(written, out.len() as u64);
    String::from_utf8(out).unwrap()
}

/// The packet with a signature that holds.
pub(crate) fn signed() -> String {
    signed_by(&packet(), &TestSigner::usual(), &SignOptions::default())
}

pub(crate) fn check_at(place: Place, source: impl Read) -> Checked {
    let limits = Limits::from(&ReadOptions::default());
    check_document(source, place, xml::Limits::default(), limits).unwrap()
}

pub(crate) fn check(packet: &str) -> Checked {
    check_at(Place::Header, packet.as_bytes())
}

/// The verdict and the codes of its reasons.
pub(crate) fn judged(packet: &[u8]) -> (Verdict, Vec<&'static str>) {
    let checked = check_at(Place::Header, packet);
    let codes = checked.reasons.iter().map(|reason| reason.code.as_str());
    (checked.verdict, codes.collect())
}

/// Replaces what stands there exactly once.
pub(crate) fn once(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// Whether a tool answers. Where CI has none, the test fails.
pub(crate) fn tool(name: &str, command: &mut Command) -> bool {
    let there = command.output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        eprintln!("NOT COMPARED: {name} is missing");
    }
    there
}

/// Gives a byte, then a few, then one again.
pub(crate) struct Dribble<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Read for Dribble<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 11 + 1;
        let count = self.1.min(space.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        space[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}
