//! The texts of a signature: base64, names of algorithms, times.

use std::time::{Duration, SystemTime};

use base64_simd::STANDARD;
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

use crate::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::xml::Form;

use super::{C14N, ENVELOPED, EXC_C14N};

/// Adds a piece of text without the white space of XML.
pub(super) fn push_stripped(to: &mut Vec<u8>, piece: &[u8]) {
    let solid = |byte: &&u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    to.extend(piece.iter().filter(solid));
}

/// Exact base64 only: its alphabet, its padding, no bit that decodes to nothing. There is one
/// text for the bytes.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode_to_vec(text).ok()?;
    (STANDARD.encode_to_string(&bytes).as_bytes() == text && !bytes.is_empty()).then_some(bytes)
}

/// The canonical form of an identifier.
pub(super) fn form(uri: &str) -> Option<Form> {
    match uri {
        C14N => Some(Form::Inclusive),
        EXC_C14N => Some(Form::Exclusive),
        _ => None,
    }
}

/// What a `Transform` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    Enveloped,
    Canonical(Form),
}

impl Transform {
    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            ENVELOPED => Some(Transform::Enveloped),
            other => form(other).map(Transform::Canonical),
        }
    }
}

/// An algorithm of a signature or digest, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known<T> {
    /// It can be judged.
    Judged(T),
    /// It rests on SHA-1. There is no code for it.
    Sha1,
}

pub(super) fn signature_algorithm(uri: &str) -> Option<Known<SignatureAlgorithm>> {
    const SHA1: [&str; 4] = [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1",
    ];
    match SignatureAlgorithm::from_uri(uri) {
        Some(algorithm) => Some(Known::Judged(algorithm)),
        None => SHA1.contains(&uri).then_some(Known::Sha1),
    }
}

pub(super) fn digest_algorithm(uri: &str) -> Option<Known<DigestAlgorithm>> {
    match DigestAlgorithm::from_uri(uri) {
        Some(algorithm) => Some(Known::Judged(algorithm)),
        None => (uri == "http://www.w3.org/2000/09/xmldsig#sha1").then_some(Known::Sha1),
    }
}

/// An identifier as a report may show it: only what looks like one of the W3C's.
pub(super) fn shown(uri: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.#-_".contains(&byte);
    if uri.starts_with("http://www.w3.org/") && uri.len() <= 100 && uri.bytes().all(plain) {
        uri.to_owned()
    } else {
        "?".to_owned()
    }
}

/// A time as `xs:dateTime` writes it, with its zone; none without one.
pub(super) fn time(text: &str) -> Option<SystemTime> {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let (local, offset) = match text.strip_suffix('Z') {
        Some(local) => (local, UtcOffset::UTC),
        None => {
            let (local, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (number(hours, 2)? as i8, number(minutes, 2)? as i8);
            (
                local,
                UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()?,
            )
        }
    };
    let (date, clock) = local.split_once('T')?;
    let mut date = date.split('-');
    let mut part = |length| date.next().and_then(|text| number(text, length));
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.split(':');
    let mut part = || clock.next().and_then(|text| number(text, 2));
    let (hour, minute, second) = (part()?, part()?, part()?);
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if date.next().is_some() || clock.next().is_some() || !digits {
        return None;
    }
    let month = Month::try_from(month as u8).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, day as u8).ok()?;
    let clock = Time::from_hms(hour as u8, minute as u8, second as u8).ok()?;
    let seconds = PrimitiveDateTime::new(date, clock)
        .assume_offset(offset)
        .unix_timestamp();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// A number of exactly so many digits.
fn number(text: &str, length: usize) -> Option<u16> {
    let digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A time as `xs:dateTime`, to the second, in UTC.
pub(super) fn write_time(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let time = time::OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    (year <= 9999)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    use super::*;

    #[test]
    fn base64_is_read_in_one_spelling_only() {
        assert_eq!(base64(b"AQI=").unwrap(), [1, 2]);
        for wrong in [
            "AQI", "AQJ=", "AQI==", "A_I=", "AQI=AQI=", "", "=", "AQ I=", "AQ=I",
        ] {
            assert!(base64(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn times_are_read_with_their_zone_and_written_in_utc() {
        let seven = time("2026-11-22T07:03:22+07:00").unwrap();
        assert_eq!(write_time(seven).unwrap(), "2026-11-22T00:03:22Z");
        assert_eq!(time(" 2026-11-22T00:03:22.5Z\n"), Some(seven));
        for wrong in [
            "2026-11-22T00:03:22",
            "2026-11-22",
            "2026-13-22T00:03:22Z",
            "26-11-22T00:03:22Z",
            "2026-11-22T00:03Z",
            "2026-11-22T00:03:22.Z",
            "2026-11-22T00:03:22:00Z",
            "é",
            "",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
