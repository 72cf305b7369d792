//! The few parts of DER that key files, OCSP and revocation lists need: values one after
//! another, and putting them together.

/// The tags that occur here.
pub(crate) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;

    /// `[number]`, constructed.
    pub(crate) const fn context(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// Tag and length included.
    pub(crate) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// What stands inside.
    pub(crate) fn inside(&self) -> Values<'a> {
        Values(self.content)
    }

    /// An `INTEGER` that fits.
    pub(crate) fn number(&self) -> Option<u64> {
        let bytes = match self.content {
            [0, rest @ ..] => rest,
            [first, ..] if *first >= 0x80 => return None,
            bytes => bytes,
        };
        if self.content.is_empty() || bytes.len() > 8 {
            return None;
        }
        Some(
            bytes
                .iter()
                .fold(0, |number, byte| (number << 8) | u64::from(*byte)),
        )
    }

    /// The bytes of a `BIT STRING` without loose bits.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        match self.content {
            [0, bits @ ..] if self.tag == tag::BIT_STRING => Some(bits),
            _ => None,
        }
    }
}

/// Values one after another.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a>(pub(crate) &'a [u8]);

impl<'a> Values<'a> {
    /// The next value; `None` at the end and where there is none.
    pub(crate) fn any(&mut self) -> Option<Value<'a>> {
        let (head, length) = head(self.0)?;
        let length = length?;
        let end = head.checked_add(length)?;
        let value = Value {
            tag: *self.0.first()?,
            content: self.0.get(head..end)?,
            whole: self.0.get(..end)?,
        };
        self.0 = self.0.get(end..)?;
        Some(value)
    }

    /// The next value, which has this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut after = *self;
        let value = after.any().filter(|value| value.tag == tag)?;
        *self = after;
        Some(value)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes of tag and length, and the length; that is `None` where it is indefinite (BER).
fn head(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    let (tag, rest) = bytes.split_first()?;
    // Tags of several bytes occur in none of the structures read here.
    if tag & 0x1f == 0x1f {
        return None;
    }
    match rest.first()? {
        0x80 => Some((2, None)),
        short @ 0..0x80 => Some((2, Some(usize::from(*short)))),
        long => {
            let count = usize::from(long & 0x7f);
            if count > 4 {
                return None;
            }
            let length = rest
                .get(1..=count)?
                .iter()
                .fold(0, |length, byte| (length << 8) | usize::from(*byte));
            Some((2 + count, Some(length)))
        }
    }
}

/// The one value that these bytes are.
pub(crate) fn only(bytes: &[u8], tag: u8) -> Option<Value<'_>> {
    let mut values = Values(bytes);
    let value = values.take(tag)?;
    values.is_empty().then_some(value)
}

/// A value of these parts.
pub(crate) fn encoded(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    let bytes = length.to_be_bytes();
    let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => {
            // At most eight bytes of length.
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or_default());
            out.extend_from_slice(&bytes);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// How deep BER may be nested.
const DEPTH: usize = 32;

/// BER as some programs write PKCS#12 (lengths left open, octet strings in pieces), in DER.
/// `None` where it is no BER.
pub(crate) fn from_ber(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let rest = ber_value(bytes, &mut out, DEPTH)?;
    rest.is_empty().then_some(out)
}

/// Writes the first value and gives what stands behind it.
fn ber_value<'a>(bytes: &'a [u8], out: &mut Vec<u8>, depth: usize) -> Option<&'a [u8]> {
    let depth = depth.checked_sub(1)?;
    let (head, length) = head(bytes)?;
    let tag = *bytes.first()?;
    let (mut inside, after) = match length {
        Some(length) => {
            let end = head.checked_add(length)?;
            (bytes.get(head..end)?, Some(bytes.get(end..)?))
        }
        None if tag & 0x20 != 0 => (bytes.get(head..)?, None),
        None => return None,
    };
    if tag & 0x20 == 0 {
        out.extend_from_slice(&encoded(tag, &[inside]));
        return after;
    }
    let mut content = Vec::new();
    loop {
        match (after, inside) {
            (Some(_), []) => break,
            (None, [0, 0, rest @ ..]) => {
                inside = rest;
                break;
            }
            _ => inside = ber_value(inside, &mut content, depth)?,
        }
    }
    // An octet string in pieces: the pieces' contents are the string.
    if tag == tag::OCTET_STRING | 0x20 {
        let mut pieces = Values(&content);
        let mut whole = Vec::with_capacity(content.len());
        while !pieces.is_empty() {
            whole.extend_from_slice(pieces.take(tag::OCTET_STRING)?.content);
        }
        out.extend_from_slice(&encoded(tag::OCTET_STRING, &[&whole]));
    } else {
        out.extend_from_slice(&encoded(tag, &[&content]));
    }
    Some(after.unwrap_or(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_reads_back_at_every_length_of_length() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let whole = encoded(tag::OCTET_STRING, &[&content]);
            let value = only(&whole, tag::OCTET_STRING).unwrap();
            assert_eq!(value.content, content);
            assert_eq!(value.whole, whole);
        }
    }

    #[test]
    fn an_octet_string_in_pieces_of_open_length_becomes_one() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 0x04, 0x02, 1, 2, 0x04, 0x01, 3, 0, 0, 0x02, 0x01, 5, 0, 0,
        ];
        let der = [0x30, 8, 0x04, 3, 1, 2, 3, 0x02, 1, 5];
        assert_eq!(from_ber(&ber).unwrap(), der);
        assert_eq!(from_ber(&der).unwrap(), der);
        for cut in 0..ber.len() {
            assert_eq!(from_ber(&ber[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn nesting_and_lengths_beyond_the_bytes_are_refused() {
        assert_eq!(from_ber(&[0x30, 0x80].repeat(100_000)), None);
        assert!(only(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff], 0x04).is_none());
        assert!(only(&[0x04, 0x01, 0, 0], 0x04).is_none());
        assert!(Values(&[]).any().is_none());
    }
}
