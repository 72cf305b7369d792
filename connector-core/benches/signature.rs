//! Signing and judging packets of several sizes, in this process and warm.
//!
//! `SIGNATURE_FOLDER` keeps the packets, for other programs to be measured with.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench ends at the first surprise and prints its figures"
)]

use std::fs::{self, File};
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lienthong::Result;
use lienthong::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use lienthong::crypto::signer::Signer;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::verdict::Verdict;
use lienthong::signature::xmldsig::{
    Limits, Place, SignOptions, check_document, check_packet, sign, sign_to_pipe,
};
use lienthong::xml;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

struct Key(RsaKeyPair, Vec<Vec<u8>>);

impl Key {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
        let pem = |name: &str| {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with("-----"));
            base64_simd::STANDARD
                .decode_to_vec(lines.collect::<String>())
                .unwrap()
        };
        Key(
            RsaKeyPair::from_pkcs8(&pem("rsa2048.key")).unwrap(),
            vec![pem("rsa2048.crt"), pem("ca.crt")],
        )
    }
}

impl Signer for Key {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut value = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut value)
            .unwrap();
        Ok(value)
    }
}

/// The shortest of some runs.
fn best(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    let mut best = Duration::MAX;
    let mut runs = 0;
    while runs < 3 || start.elapsed() < Duration::from_secs(1) {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed());
        runs += 1;
    }
    best
}

/// A packet with an attachment of so many characters, in lines of `line` if it is not 0.
fn packet(length: usize, line: usize) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/canonical.edxml");
    let text = fs::read_to_string(path).unwrap();
    let (before, after) = text.split_at(text.find("</edXML:ContentTransferEncoded>").unwrap());
    let mut bytes = before.trim_end_matches('=').as_bytes().to_vec();
    let start = bytes.len();
    let row: String = "QUJD".repeat(19);
    while bytes.len() - start < length {
        let end = if line == 0 { "" } else { "\r\n" };
        bytes.extend_from_slice(row.as_bytes());
        bytes.extend_from_slice(end.as_bytes());
    }
    bytes.extend_from_slice(after.as_bytes());
    bytes
}

fn read(path: &Path) -> impl Read {
    BufReader::with_capacity(1, File::open(path).unwrap())
}

fn main() {
    let key = Key::new();
    let kept = std::env::var_os("SIGNATURE_FOLDER").map(PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let folder = kept.as_deref().unwrap_or(temporary.path());
    let mut value = vec![0; 256];
    let random = SystemRandom::new();
    let rsa = best(|| {
        key.0
            .sign(&RSA_PKCS1_SHA256, &random, b"x", &mut value)
            .unwrap()
    });
    println!("one RSA-2048 operation: {:.3} ms", rsa.as_secs_f64() * 1e3);
    for (name, length, line) in [
        ("10 KB", 4_000, 0),
        ("1 MB", 1_000_000, 0),
        ("50 MB", 50_000_000, 0),
        ("50 MB in CRLF lines", 50_000_000, 76),
        ("200 MB", 200_000_000, 0),
    ] {
        let plain = folder.join(format!("{name}.xml"));
        let signed = folder.join(format!("{name} signed.xml"));
        fs::write(&plain, packet(length, line)).unwrap();
        let options = SignOptions::default();
        let signing = best(|| {
            let out = File::create(&signed).unwrap();
            sign(File::open(&plain).unwrap(), out, &key, &options).unwrap();
        });
        if length < 1_000_000 {
            let plain = fs::read(&plain).unwrap();
            let signing = best(|| {
                let mut out = Vec::new();
                sign_to_pipe(Cursor::new(&plain), &mut out, &key, &options).unwrap();
            });
            println!(
                "{name:20} sign in memory {:8.3} ms",
                signing.as_secs_f64() * 1e3
            );
        }
        let limits = Limits::from(&ReadOptions::default());
        let judging = best(|| {
            let read = read(&signed);
            let checked = check_document(read, Place::Header, xml::Limits::default(), limits);
            assert_eq!(checked.unwrap().verdict, Verdict::Valid);
        });
        let reading = best(|| {
            let read = read(&signed);
            let read = check_packet(read, &ReadOptions::default(), &mut Discard);
            assert_eq!(read.unwrap().1.verdict, Verdict::Valid);
        });
        let bytes = fs::read(&signed).unwrap();
        let digesting = best(|| {
            ring::digest::digest(&ring::digest::SHA256, &bytes);
        });
        println!(
            "{name:20} sign {:8.3} ms, judge {:8.3} ms, judge and read {:8.3} ms, bare SHA-256 {:8.3} ms",
            signing.as_secs_f64() * 1e3,
            judging.as_secs_f64() * 1e3,
            reading.as_secs_f64() * 1e3,
            digesting.as_secs_f64() * 1e3,
        );
    }
}
