//! A certificate, as far as signatures need it.

use std::fmt;
use std::time::{Duration, SystemTime};

use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;

use crate::crypto::algorithm::{KeyKind, PublicKey};
use crate::crypto::digest::{hex, sha256};

/// A certificate that could be read. Whether it is trusted is another question.
///
/// `Debug` shows its digest only: a subject may be a person's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    key: PublicKey,
    subject: String,
    issuer: String,
    serial: String,
    not_before: SystemTime,
    not_after: SystemTime,
}

impl Certificate {
    /// Reads a certificate in DER; nothing may stand behind it. `None` where it is none.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let info = certificate.public_key();
        let bytes = info.subject_public_key.data.to_vec();
        let kind = match info.parsed() {
            Ok(Parsed::RSA(rsa)) => KeyKind::Rsa {
                bits: significant_bits(rsa.modulus),
                sound_exponent: rsa
                    .try_exponent()
                    .is_ok_and(|exponent| exponent >= 65_537 && exponent % 2 == 1),
            },
            Ok(Parsed::EC(point)) => match point.data().len() {
                65 => KeyKind::P256,
                97 => KeyKind::P384,
                _ => KeyKind::Other,
            },
            _ => KeyKind::Other,
        };
        // The point's length does not tell the curve: its name does.
        let curve = info
            .algorithm
            .parameters
            .as_ref()
            .and_then(|parameters| parameters.as_oid().ok())
            .map(|oid| oid.to_id_string());
        let kind = match (kind, curve.as_deref()) {
            (KeyKind::P256, Some("1.2.840.10045.3.1.7")) => KeyKind::P256,
            (KeyKind::P384, Some("1.3.132.0.34")) => KeyKind::P384,
            (KeyKind::P256 | KeyKind::P384, _) => KeyKind::Other,
            (kind, _) => kind,
        };
        let validity = certificate.validity();
        Some(Certificate {
            key: PublicKey { kind, bytes },
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: hex(certificate.raw_serial()),
            not_before: at(validity.not_before.timestamp()),
            not_after: at(validity.not_after.timestamp()),
            der: der.to_vec(),
        })
    }

    /// The certificate itself.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The distinguished name of its owner, e.g. `CN=..., O=..., C=VN`. It may name a person:
    /// for a report, not for a log.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The distinguished name of its issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its serial number, in lower-case hexadecimal digits.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// From when on it is valid.
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// Until when it is valid.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The SHA-256 of its DER, in lower-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        hex(&sha256(&self.der))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate")
            .field(&self.fingerprint())
            .finish()
    }
}

fn at(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Bits of a big-endian number without its leading zeros.
fn significant_bits(bytes: &[u8]) -> usize {
    match bytes.iter().position(|byte| *byte != 0) {
        Some(first) => bytes
            .get(first..)
            .and_then(|rest| rest.first().map(|top| (rest.len(), top.leading_zeros())))
            .map_or(0, |(length, zeros)| length * 8 - zeros as usize),
        None => 0,
    }
}
