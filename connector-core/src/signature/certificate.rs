//! A certificate, as far as signatures need it.

use std::fmt;
use std::time::{Duration, SystemTime};

use x509_parser::asn1_rs::Tag;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::crypto::algorithm::{KeyKind, PublicKey};
use crate::crypto::der::{Values, encoded, tag};
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
            subject: written(certificate.subject()),
            issuer: written(certificate.issuer()),
            serial: hex(certificate.raw_serial()),
            not_before: at(validity.not_before.timestamp()),
            not_after: at(validity.not_after.timestamp()),
            der: der.to_vec(),
        })
    }

    /// Reads certificates in DER that stand one behind the other. `None` where anything else is
    /// among them.
    pub fn all_from_der(run: &[u8]) -> Option<Vec<Self>> {
        let mut values = Values(run);
        let mut all = Vec::new();
        while !values.is_empty() {
            all.push(Self::from_der(values.take(tag::SEQUENCE)?.whole)?);
        }
        Some(all)
    }

    /// The certificate itself.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The distinguished name of its owner as RFC 4514 writes it, e.g. `CN=...,O=...,C=VN`:
    /// different names never give the same text. It may name a person: for a report, not for a
    /// log.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The distinguished name of its owner; empty where XML cannot hold it.
    pub(crate) fn subject_in_xml(&self) -> &str {
        if self.subject.chars().all(xml_character) {
            &self.subject
        } else {
            ""
        }
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

fn xml_character(character: char) -> bool {
    !matches!(character, '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

pub(crate) fn at(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A name in the writing of RFC 4514: last part first, and escaped, so that a comma inside a
/// part is not taken for the end of it.
fn written(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|part| {
            let part: Vec<String> = part.iter().map(attribute).collect();
            part.join("+")
        })
        .collect();
    parts.reverse();
    parts.join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let short = match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        _ => "",
    };
    let value = attribute.attr_value();
    let text = match value.tag() {
        Tag::BmpString => {
            let units: Vec<u16> = value
                .data
                .chunks(2)
                .map(|pair| {
                    pair.iter()
                        .fold(0, |unit, byte| (unit << 8) | u16::from(*byte))
                })
                .collect();
            String::from_utf16(&units).ok()
        }
        _ => attribute.as_str().ok().map(str::to_owned),
    };
    match text {
        Some(text) if !short.is_empty() => format!("{short}={}", escaped(&text)),
        _ => {
            let tag = u8::try_from(value.tag().0).unwrap_or(u8::MAX);
            let kind = if short.is_empty() { &oid } else { short };
            format!("{kind}=#{}", hex(&encoded(tag, &[value.data])))
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (place, letter) in text.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', letter]),
            '#' if place == 0 => out.push_str("\\#"),
            ' ' if place == 0 || place == last => out.push_str("\\ "),
            '\0'..' ' | '\u{7f}' => out.push_str(&format!("\\{:02x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out
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
