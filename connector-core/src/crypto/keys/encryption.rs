//! Opening what a password protects in key files: PBES2 (PKCS#5) and the older schemes of
//! PKCS#12.
//!
//! The ciphers are RustCrypto's; ring has none of them and derives the keys. They open key
//! files and do nothing else.

use std::num::NonZeroU32;

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use ring::digest::{self, Context};
use ring::pbkdf2;
use secrecy::zeroize::Zeroizing;

use crate::crypto::der::{Value, Values, tag};

/// More rounds than any program writes; more would only keep the caller waiting.
pub(super) const MAX_ROUNDS: u64 = 10_000_000;

/// Why something could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locked {
    /// The password is wrong, or the bytes are damaged: nobody can tell.
    Password,
    /// A scheme that is not known here.
    Unsupported,
    /// Not the structure it should be.
    Damaged,
}

/// A password in the two forms that schemes ask for.
pub(super) struct Password {
    utf8: Zeroizing<Vec<u8>>,
    /// UTF-16, big end first, with two zeros behind it.
    wide: Zeroizing<Vec<u8>>,
}

impl Password {
    pub(super) fn new(text: &str) -> Self {
        let mut wide = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        for unit in text.encode_utf16().chain([0]) {
            wide.extend_from_slice(&unit.to_be_bytes());
        }
        Password {
            utf8: Zeroizing::new(text.as_bytes().to_vec()),
            wide,
        }
    }

    /// Some programs write an empty password as no bytes at all.
    pub(super) fn without_end(&self) -> Option<Self> {
        self.utf8.is_empty().then(|| Password {
            utf8: Zeroizing::new(Vec::new()),
            wide: Zeroizing::new(Vec::new()),
        })
    }
}

/// Opens bytes by the algorithm identifier that stands before them.
pub(super) fn open(
    algorithm: Value<'_>,
    bytes: &[u8],
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let mut parts = algorithm.inside();
    let scheme = parts.take(tag::OID).ok_or(Locked::Damaged)?;
    let parameters = parts.take(tag::SEQUENCE).ok_or(Locked::Unsupported)?;
    match scheme.content {
        // 1.2.840.113549.1.5.13
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d" => pbes2(parameters.inside(), bytes, password),
        // 1.2.840.113549.1.12.1.x
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, scheme @ 3..=6] => {
            pkcs12(*scheme, parameters.inside(), bytes, password)
        }
        _ => Err(Locked::Unsupported),
    }
}

fn pbes2(
    mut parameters: Values<'_>,
    bytes: &[u8],
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let derivation = parameters.take(tag::SEQUENCE).ok_or(Locked::Damaged)?;
    let mut scheme = parameters
        .take(tag::SEQUENCE)
        .ok_or(Locked::Damaged)?
        .inside();
    let cipher = scheme.take(tag::OID).ok_or(Locked::Damaged)?;
    let vector = scheme.take(tag::OCTET_STRING).ok_or(Locked::Unsupported)?;
    let length = match cipher.content {
        // 2.16.840.1.101.3.4.1.x
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x02" => 16,
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x16" | b"\x2a\x86\x48\x86\xf7\x0d\x03\x07" => 24,
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a" => 32,
        _ => return Err(Locked::Unsupported),
    };
    let key = pbkdf2_key(derivation, password, length)?;
    match cipher.content {
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x02" => cbc::<aes::Aes128>(&key, vector.content, bytes),
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x16" => cbc::<aes::Aes192>(&key, vector.content, bytes),
        b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a" => cbc::<aes::Aes256>(&key, vector.content, bytes),
        // 1.2.840.113549.3.7
        _ => cbc::<des::TdesEde3>(&key, vector.content, bytes),
    }
}

/// A key by PBKDF2, from its algorithm identifier.
pub(super) fn pbkdf2_key(
    derivation: Value<'_>,
    password: &Password,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let mut derivation = derivation.inside();
    let name = derivation.take(tag::OID).ok_or(Locked::Damaged)?;
    // 1.2.840.113549.1.5.12; scrypt is not opened.
    if name.content != b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c" {
        return Err(Locked::Unsupported);
    }
    let mut values = derivation
        .take(tag::SEQUENCE)
        .ok_or(Locked::Damaged)?
        .inside();
    let salt = values.take(tag::OCTET_STRING).ok_or(Locked::Unsupported)?;
    let rounds = rounds(values.take(tag::INTEGER))?;
    // The length of the key may be stated; the cipher says it anyway.
    _ = values.take(tag::INTEGER);
    let function = match values.take(tag::SEQUENCE) {
        None => pbkdf2::PBKDF2_HMAC_SHA1,
        Some(function) => match function.inside().take(tag::OID).map(|oid| oid.content) {
            // 1.2.840.113549.2.x
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x07") => pbkdf2::PBKDF2_HMAC_SHA1,
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x09") => pbkdf2::PBKDF2_HMAC_SHA256,
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x0a") => pbkdf2::PBKDF2_HMAC_SHA384,
            Some(b"\x2a\x86\x48\x86\xf7\x0d\x02\x0b") => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return Err(Locked::Unsupported),
        },
    };
    let mut key = Zeroizing::new(vec![0; length]);
    pbkdf2::derive(function, rounds, salt.content, &password.utf8, &mut key);
    Ok(key)
}

fn rounds(value: Option<Value<'_>>) -> Result<NonZeroU32, Locked> {
    let rounds = value.and_then(|value| value.number());
    let rounds = rounds.ok_or(Locked::Damaged)?;
    if rounds > MAX_ROUNDS {
        return Err(Locked::Unsupported);
    }
    u32::try_from(rounds)
        .ok()
        .and_then(NonZeroU32::new)
        .ok_or(Locked::Damaged)
}

fn pkcs12(
    scheme: u8,
    mut parameters: Values<'_>,
    bytes: &[u8],
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let salt = parameters.take(tag::OCTET_STRING).ok_or(Locked::Damaged)?;
    let rounds = rounds(parameters.take(tag::INTEGER))?;
    let derive = |purpose, length| {
        let sha1 = &digest::SHA1_FOR_LEGACY_USE_ONLY;
        derived(sha1, password, salt.content, purpose, rounds, length)
    };
    let length = match scheme {
        3 => 24,
        4 | 5 => 16,
        _ => 5,
    };
    let (mut key, vector) = (derive(Purpose::Key, length), derive(Purpose::Vector, 8));
    match scheme {
        3 => cbc::<des::TdesEde3>(&key, &vector, bytes),
        4 => {
            // Two keys: the first serves twice.
            let first: Vec<u8> = key.iter().take(8).copied().collect();
            key.extend_from_slice(&Zeroizing::new(first));
            cbc::<des::TdesEde3>(&key, &vector, bytes)
        }
        _ => cbc::<rc2::Rc2>(&key, &vector, bytes),
    }
}

/// What a key of PKCS#12 is for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Vector = 2,
    Mac = 3,
}

/// The key derivation of PKCS#12 (RFC 7292, appendix B).
pub(super) fn derived(
    algorithm: &'static digest::Algorithm,
    password: &Password,
    salt: &[u8],
    purpose: Purpose,
    rounds: NonZeroU32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = algorithm.block_len();
    let filled = |bytes: &[u8]| {
        let whole = bytes.len().div_ceil(block) * block;
        bytes
            .iter()
            .copied()
            .cycle()
            .take(whole)
            .collect::<Vec<u8>>()
    };
    let mut input = Zeroizing::new(filled(salt));
    input.extend_from_slice(&Zeroizing::new(filled(&password.wide)));
    let mut out = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while out.len() < length {
        let mut context = Context::new(algorithm);
        context.update(&vec![purpose as u8; block]);
        context.update(&input);
        let mut hash = context.finish();
        for _ in 1..rounds.get() {
            hash = digest::digest(algorithm, hash.as_ref());
        }
        out.extend_from_slice(hash.as_ref());
        // Each block of the input grows by this hash, repeated, and one.
        for piece in input.chunks_mut(block) {
            let mut carry = 1;
            let repeated = hash.as_ref().iter().cycle().take(block);
            let repeated: Vec<u8> = repeated.copied().collect();
            for (byte, add) in piece.iter_mut().zip(&repeated).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                *byte = sum.to_be_bytes()[1];
                carry = sum >> 8;
            }
        }
    }
    out.truncate(length);
    out
}

fn cbc<C>(key: &[u8], vector: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Locked>
where
    C: BlockCipherDecrypt + KeyInit,
{
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, vector).map_err(|_| Locked::Damaged)?;
    let mut buffer = Zeroizing::new(bytes.to_vec());
    let length = cipher
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| Locked::Password)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}
