//! Key files: which form one has, and what is in it.

use secrecy::zeroize::Zeroizing;

use super::encryption::{Locked, Password};
use super::pkcs12;
use crate::crypto::algorithm::KeyKind;
use crate::crypto::der::{self, Value, Values, tag};
use crate::crypto::pem;

/// A private key, out of its wrappings.
pub(super) enum PrivateKey {
    /// An `RSAPrivateKey` (PKCS#1).
    Rsa(Zeroizing<Vec<u8>>),
    /// The number that is the key, and its curve.
    Curve(KeyKind, Zeroizing<Vec<u8>>),
}

/// What a file holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) keys: Vec<PrivateKey>,
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is locked and no password is there, or the password does not open it.
    Password,
    /// Not a form that is known here: which one, in words.
    Form(&'static str),
}

impl From<Locked> for Unreadable {
    fn from(locked: Locked) -> Self {
        match locked {
            Locked::Password => Unreadable::Password,
            Locked::Unsupported => Unreadable::Form("an encryption that is not supported"),
            Locked::Damaged => Unreadable::Form("damaged"),
        }
    }
}

/// Reads a file: PEM, or one of PKCS#8, PKCS#1, SEC1, PKCS#12 and a certificate in DER.
pub(super) fn read(file: &[u8], password: Option<&Password>) -> Result<Contents, Unreadable> {
    let mut contents = Contents::default();
    let blocks = pem::blocks(file).ok_or(Unreadable::Form("broken PEM"))?;
    if blocks.is_empty() {
        // Only PKCS#12 is written in anything but DER.
        let der = match der::only(file, tag::SEQUENCE) {
            Some(value) if !pkcs12::looks_like_it(value.whole) => Zeroizing::new(file.to_vec()),
            _ => {
                let der = der::from_ber(file).ok_or(Unreadable::Form("neither PEM nor DER"))?;
                Zeroizing::new(der)
            }
        };
        contents.add(&der, password)?;
    }
    for block in &blocks {
        if block.headers {
            return Err(Unreadable::Form(
                "an old encrypted PEM; convert it with openssl pkcs8 -topk8",
            ));
        }
        if block.label.ends_with("PRIVATE KEY") || block.label.ends_with("CERTIFICATE") {
            contents.add(&block.content, password)?;
        }
    }
    Ok(contents)
}

impl Contents {
    fn add(&mut self, bytes: &[u8], password: Option<&Password>) -> Result<(), Unreadable> {
        const NOTHING: Unreadable = Unreadable::Form("neither a key nor a certificate");
        let whole = der::only(bytes, tag::SEQUENCE).ok_or(NOTHING)?;
        if pkcs12::looks_like_it(bytes) {
            let password = password.ok_or(Unreadable::Password)?;
            let found = pkcs12::open(bytes, password)?;
            for key in &found.keys {
                self.keys.push(private_key(key).ok_or(NOTHING)?);
            }
            self.certificates.extend(found.certificates);
            return Ok(());
        }
        if let Some(key) = private_key(bytes) {
            self.keys.push(key);
            return Ok(());
        }
        let mut parts = whole.inside();
        let first = parts.take(tag::SEQUENCE).ok_or(NOTHING)?;
        if first.inside().take(tag::OID).is_some() {
            let password = password.ok_or(Unreadable::Password)?;
            let key = pkcs12::unlocked(whole, password)?;
            self.keys.push(private_key(&key).ok_or(NOTHING)?);
        } else {
            self.certificates.push(bytes.to_vec());
        }
        Ok(())
    }
}

/// A key in PKCS#8, PKCS#1 or SEC1.
fn private_key(bytes: &[u8]) -> Option<PrivateKey> {
    let mut parts = der::only(bytes, tag::SEQUENCE)?.inside();
    parts.take(tag::INTEGER)?;
    let second = parts.any()?;
    match second.tag {
        tag::SEQUENCE => pkcs8(second.inside(), parts.take(tag::OCTET_STRING)?),
        tag::INTEGER => Some(PrivateKey::Rsa(Zeroizing::new(bytes.to_vec()))),
        tag::OCTET_STRING => {
            let curve = parts.take(tag::context(0))?.inside().take(tag::OID)?;
            Some(on_curve(curve, second))
        }
        _ => None,
    }
}

fn pkcs8(mut algorithm: Values<'_>, key: Value<'_>) -> Option<PrivateKey> {
    match algorithm.take(tag::OID)?.content {
        // 1.2.840.113549.1.1.1, and .10 for a key that may sign with PSS only
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" | b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a" => {
            Some(PrivateKey::Rsa(Zeroizing::new(key.content.to_vec())))
        }
        // 1.2.840.10045.2.1
        b"\x2a\x86\x48\xce\x3d\x02\x01" => {
            let curve = algorithm.take(tag::OID)?;
            let mut parts = der::only(key.content, tag::SEQUENCE)?.inside();
            parts.take(tag::INTEGER)?;
            Some(on_curve(curve, parts.take(tag::OCTET_STRING)?))
        }
        _ => Some(PrivateKey::Curve(KeyKind::Other, Zeroizing::default())),
    }
}

fn on_curve(curve: Value<'_>, number: Value<'_>) -> PrivateKey {
    let (kind, length) = match curve.content {
        // 1.2.840.10045.3.1.7
        b"\x2a\x86\x48\xce\x3d\x03\x01\x07" => (KeyKind::P256, 32),
        // 1.3.132.0.34
        b"\x2b\x81\x04\x00\x22" => (KeyKind::P384, 48),
        _ => (KeyKind::Other, 0),
    };
    // Some programs leave leading zeros out.
    let mut padded = Zeroizing::new(vec![0; length]);
    let significant = number.content.iter().rev();
    for (to, from) in padded.iter_mut().rev().zip(significant) {
        *to = *from;
    }
    PrivateKey::Curve(kind, padded)
}
