//! The certifier's signature on the files of a report.

use std::fs;
use std::io;
use std::path::Path;

use base64_simd::STANDARD;
use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::crypto::signer::Signer;
use lienthong::signature::certificate::Certificate;

/// Who signs, as the report says it.
#[derive(Clone, Debug)]
pub struct SignedBy {
    /// The subject of the certificate.
    pub subject: String,
    /// Its serial number.
    pub serial: String,
    /// SHA-256 of it.
    pub fingerprint: String,
    /// The algorithm.
    pub algorithm: String,
}

/// What a report says of its signer.
pub fn signed_by(signer: &dyn Signer) -> Option<SignedBy> {
    let certificate = Certificate::from_der(signer.certificates().first()?)?;
    Some(SignedBy {
        subject: certificate.subject().to_owned(),
        serial: certificate.serial().to_owned(),
        fingerprint: certificate.fingerprint(),
        algorithm: signer.algorithm().to_string(),
    })
}

/// Writes the signature of a file beside it (`NAME.sig`), as `openssl dgst
/// -verify` takes it.
///
/// # Errors
/// The signer fails, or the disk.
pub fn sign_file(path: &Path, signer: &dyn Signer) -> Result<(), SignError> {
    let bytes = fs::read(path).map_err(SignError::File)?;
    let value = signer.sign(&bytes).map_err(SignError::Signer)?;
    let value = match signer.algorithm() {
        SignatureAlgorithm::EcdsaP256 | SignatureAlgorithm::EcdsaP384 => der_of(&value),
        _ => value,
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    fs::write(name, value).map_err(SignError::File)
}

/// Writes the certificates of a signer as PEM.
///
/// # Errors
/// The disk.
pub fn write_certificates(path: &Path, signer: &dyn Signer) -> io::Result<()> {
    let mut pem = String::new();
    for certificate in signer.certificates() {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode_to_string(certificate);
        for line in text.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    fs::write(path, pem)
}

/// Why a file could not be signed.
#[derive(Debug)]
pub enum SignError {
    /// The disk.
    File(io::Error),
    /// The signer.
    Signer(lienthong::Error),
}

/// r and s side by side as the DER that OpenSSL expects.
fn der_of(value: &[u8]) -> Vec<u8> {
    let (r, s) = value.split_at(value.len() / 2);
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(0);
        let bytes = bytes.get(start..).unwrap_or_default();
        let pad = usize::from(bytes.first().is_some_and(|&first| first >= 0x80));
        let mut out = vec![2, (bytes.len() + pad) as u8];
        out.extend(std::iter::repeat_n(0, pad));
        out.extend(bytes);
        out
    };
    let both = [integer(r), integer(s)].concat();
    // P-384 has 104 bytes at most: one byte of length will do.
    let mut out = vec![0x30, both.len() as u8];
    out.extend(both);
    out
}
