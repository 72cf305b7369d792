//! The signed parameters of a call: their HMAC, and that each header says the
//! same. Code of the axis's own; the client's signer is never used here.

use std::fmt;

use ring::hmac;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::http::Head;

const PREFIX: &str = "XroadVnpt-";

/// Parameters whose signature holds.
pub(super) struct Signed(Vec<(String, String)>);

/// Why the signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A header of the signature is missing, repeated or unreadable.
    Malformed,
    /// A parameter that every call signs is missing.
    Incomplete,
    /// The HMAC is another.
    Hmac,
    /// A header says something else than the signed text.
    Differs,
}

impl Flaw {
    /// In words.
    pub(super) fn text(self) -> &'static str {
        match self {
            Flaw::Malformed => "a header of the signature is missing or unreadable",
            Flaw::Incomplete => "systemid, timestamp or Content-Type is not signed",
            Flaw::Hmac => "the hash of the headers does not match",
            Flaw::Differs => "a header differs from the signed text",
        }
    }
}

/// The system that a call says it comes from.
pub(super) fn system_id(head: &Head) -> Option<&str> {
    std::str::from_utf8(head.only("XroadVnpt-systemid")?).ok()
}

/// Checks the signature of a call with a secret.
pub(super) fn verify(head: &Head, secret: &[u8]) -> Result<Signed, Flaw> {
    let part = |name: &str| head.only(name).ok_or(Flaw::Malformed);
    let text = part("XroadVnpt-sign-header")?;
    let names = part("XroadVnpt-sign-header-key")?;
    let tag = unhex(part("XroadVnpt-hash-header")?).ok_or(Flaw::Malformed)?;
    // Over the bytes that came, whatever they may mean.
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::verify(&key, text, &tag).map_err(|_| Flaw::Hmac)?;

    let Pairs(pairs) = serde_json::from_slice(text).map_err(|_| Flaw::Malformed)?;
    let mut signed = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        let (prefix, rest) = name.split_at_checked(PREFIX.len()).ok_or(Flaw::Malformed)?;
        if !prefix.eq_ignore_ascii_case(PREFIX) || rest.is_empty() {
            return Err(Flaw::Malformed);
        }
        let mut headers = head.values(&name).peekable();
        if headers.peek().is_none() || headers.any(|header| header != value.as_bytes()) {
            return Err(Flaw::Differs);
        }
        signed.push((rest.to_owned(), value));
    }
    let names = std::str::from_utf8(names).map_err(|_| Flaw::Malformed)?;
    let mut listed = names.split(';');
    let same = signed.iter().all(|(name, _)| {
        listed
            .next()
            .is_some_and(|key| key.eq_ignore_ascii_case(name))
    });
    if !same || listed.next().is_some() {
        return Err(Flaw::Differs);
    }
    let signed = Signed(signed);
    let always = ["systemid", "timestamp", "Content-Type"];
    if always.iter().any(|name| signed.get(name).is_none()) {
        return Err(Flaw::Incomplete);
    }
    Ok(signed)
}

impl Signed {
    /// The value of a parameter, whatever the case of its name. Only what was
    /// signed counts; other headers are nobody's word.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Lower-case hex.
fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

/// A JSON object of strings, in order and with repeated names.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
