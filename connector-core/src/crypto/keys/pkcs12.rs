//! PKCS#12 (RFC 7292): keys and certificates out of a `.p12` or `.pfx` file, old and modern.

use std::num::NonZeroU32;

use ring::{digest, hmac};
use secrecy::zeroize::Zeroizing;

use super::encryption::{self, Locked, Password, Purpose, derived, pbkdf2_key};
use crate::crypto::der::{self, Value, Values, tag};

/// What was found: keys in PKCS#8 and certificates, both in DER.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) keys: Vec<Zeroizing<Vec<u8>>>,
    pub(super) certificates: Vec<Vec<u8>>,
}

/// `id-data`, 1.2.840.113549.1.7.1.
const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// `id-encryptedData`, 1.2.840.113549.1.7.6.
const ENCRYPTED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
/// What the kinds of bags begin with, 1.2.840.113549.1.12.10.1.
const BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";
/// An X.509 certificate in a bag, 1.2.840.113549.1.9.22.1.
const X509: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";

/// Bags in bags, so deep.
const DEPTH: usize = 4;

/// Whether these bytes begin as PKCS#12 does: a sequence with version 3 and content of some
/// type.
pub(super) fn looks_like_it(der: &[u8]) -> bool {
    der::only(der, tag::SEQUENCE).is_some_and(|pfx| {
        let mut parts = pfx.inside();
        parts
            .take(tag::INTEGER)
            .and_then(|version| version.number())
            == Some(3)
            && parts
                .take(tag::SEQUENCE)
                .is_some_and(|content| content.inside().take(tag::OID).is_some())
    })
}

/// Opens a file, already in DER.
pub(super) fn open(file: &[u8], password: &Password) -> Result<Contents, Locked> {
    let mut pfx = der::only(file, tag::SEQUENCE)
        .ok_or(Locked::Damaged)?
        .inside();
    let version = pfx.take(tag::INTEGER).and_then(|version| version.number());
    let content = pfx.take(tag::SEQUENCE).ok_or(Locked::Damaged)?.inside();
    if version != Some(3) {
        return Err(Locked::Unsupported);
    }
    let (kind, mut content) = typed(content).ok_or(Locked::Damaged)?;
    if kind != DATA {
        // Signed instead of under a password: no program is known to write it.
        return Err(Locked::Unsupported);
    }
    let safe = content.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
    let short;
    let password = match pfx.take(tag::SEQUENCE) {
        None => password,
        Some(mac) if mac_holds(mac, safe.content, password)? => password,
        Some(mac) => {
            short = password.without_end().ok_or(Locked::Password)?;
            if !mac_holds(mac, safe.content, &short)? {
                return Err(Locked::Password);
            }
            &short
        }
    };
    let safe = der::from_ber(safe.content).ok_or(Locked::Damaged)?;
    let mut contents = Contents::default();
    let mut parts = der::only(&safe, tag::SEQUENCE)
        .ok_or(Locked::Damaged)?
        .inside();
    while !parts.is_empty() {
        let part = parts.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
        match typed(part.inside()).ok_or(Locked::Damaged)? {
            (DATA, mut content) => {
                let bags = content.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
                let bags = Zeroizing::new(der::from_ber(bags.content).ok_or(Locked::Damaged)?);
                read_bags(&bags, password, &mut contents, DEPTH)?;
            }
            (ENCRYPTED, content) => {
                let bags = decrypted(content, password)?;
                // What decrypts to no structure was decrypted with another password.
                let bags = Zeroizing::new(der::from_ber(&bags).ok_or(Locked::Password)?);
                read_bags(&bags, password, &mut contents, DEPTH)?;
            }
            _ => return Err(Locked::Unsupported),
        }
    }
    Ok(contents)
}

/// An object identifier, and what stands in the `[0]` behind it.
fn typed(mut parts: Values<'_>) -> Option<(&[u8], Values<'_>)> {
    let kind = parts.take(tag::OID)?;
    Some((kind.content, parts.take(tag::context(0))?.inside()))
}

fn decrypted(mut content: Values<'_>, password: &Password) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let mut content = content.take(tag::SEQUENCE).ok_or(Locked::Damaged)?.inside();
    _ = content.take(tag::INTEGER).ok_or(Locked::Damaged)?;
    let mut info = content.take(tag::SEQUENCE).ok_or(Locked::Damaged)?.inside();
    _ = info.take(tag::OID).ok_or(Locked::Damaged)?;
    let algorithm = info.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
    let bytes = info.any().ok_or(Locked::Damaged)?;
    match bytes.tag {
        0x80 => encryption::open(algorithm, bytes.content, password),
        // In pieces, as BER allows.
        0xa0 => {
            let (mut pieces, mut whole) = (bytes.inside(), Vec::new());
            while !pieces.is_empty() {
                let piece = pieces.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
                whole.extend_from_slice(piece.content);
            }
            encryption::open(algorithm, &whole, password)
        }
        _ => Err(Locked::Damaged),
    }
}

fn read_bags(
    bags: &[u8],
    password: &Password,
    contents: &mut Contents,
    depth: usize,
) -> Result<(), Locked> {
    let depth = depth.checked_sub(1).ok_or(Locked::Unsupported)?;
    let mut bags = der::only(bags, tag::SEQUENCE)
        .ok_or(Locked::Damaged)?
        .inside();
    while !bags.is_empty() {
        let bag = bags.take(tag::SEQUENCE).ok_or(Locked::Damaged)?.inside();
        let (kind, mut value) = typed(bag).ok_or(Locked::Damaged)?;
        match kind.strip_prefix(BAG) {
            Some([1]) => {
                let key = value.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
                contents.keys.push(Zeroizing::new(key.whole.to_vec()));
            }
            Some([2]) => {
                let key = value.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
                contents.keys.push(unlocked(key, password)?);
            }
            Some([3]) => {
                let certificate = value.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
                let (kind, mut content) = typed(certificate.inside()).ok_or(Locked::Damaged)?;
                if kind == X509 {
                    let der = content.take(tag::OCTET_STRING);
                    let der = der.ok_or(Locked::Damaged)?;
                    contents.certificates.push(der.content.to_vec());
                }
            }
            Some([6]) => {
                let inner = value.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
                read_bags(inner.whole, password, contents, depth)?;
            }
            // Revocation lists and secrets are of no use here.
            _ => {}
        }
    }
    Ok(())
}

/// The PKCS#8 key out of an `EncryptedPrivateKeyInfo`.
pub(super) fn unlocked(
    encrypted: Value<'_>,
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let mut parts = encrypted.inside();
    let algorithm = parts.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
    let bytes = parts.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
    let key = encryption::open(algorithm, bytes.content, password)?;
    // Padding may fit by chance; a structure does not.
    match der::only(&key, tag::SEQUENCE) {
        Some(_) => Ok(key),
        None => Err(Locked::Password),
    }
}

/// Whether the MAC over the content is made with this password.
fn mac_holds(mac: Value<'_>, content: &[u8], password: &Password) -> Result<bool, Locked> {
    let mut mac = mac.inside();
    let mut info = mac.take(tag::SEQUENCE).ok_or(Locked::Damaged)?.inside();
    let algorithm = info.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
    let expected = info.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
    let salt = mac.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
    let rounds = match mac.take(tag::INTEGER) {
        None => Some(1),
        Some(rounds) => rounds.number(),
    };
    let mut algorithm = algorithm.inside();
    let name = algorithm.take(tag::OID).ok_or(Locked::Damaged)?;
    // 1.2.840.113549.1.5.14, PBMAC1 (RFC 9579)
    if name.content == b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e" {
        let parameters = algorithm.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
        let mut parameters = parameters.inside();
        let derivation = parameters.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
        let function = parameters.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
        let function = match function.inside().take(tag::OID).map(|oid| oid.content) {
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x09") => hmac::HMAC_SHA256,
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x0a") => hmac::HMAC_SHA384,
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x0b") => hmac::HMAC_SHA512,
            _ => return Err(Locked::Unsupported),
        };
        let length = function.digest_algorithm().output_len();
        let key = pbkdf2_key(derivation, password, length)?;
        let key = hmac::Key::new(function, &key);
        return Ok(hmac::verify(&key, content, expected.content).is_ok());
    }
    let (digest, function) = match name.content {
        b"\x2b\x0e\x03\x02\x1a" => (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        ),
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01" => (&digest::SHA256, hmac::HMAC_SHA256),
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x02" => (&digest::SHA384, hmac::HMAC_SHA384),
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x03" => (&digest::SHA512, hmac::HMAC_SHA512),
        _ => return Err(Locked::Unsupported),
    };
    let rounds = rounds
        .and_then(|rounds| u32::try_from(rounds).ok())
        .filter(|rounds| u64::from(*rounds) <= encryption::MAX_ROUNDS)
        .and_then(NonZeroU32::new)
        .ok_or(Locked::Unsupported)?;
    let length = digest.output_len();
    let key = derived(digest, password, salt.content, Purpose::Mac, rounds, length);
    let key = hmac::Key::new(function, &key);
    Ok(hmac::verify(&key, content, expected.content).is_ok())
}
