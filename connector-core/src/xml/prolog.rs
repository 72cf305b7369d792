//! The first bytes of a document: which encoding they tell of, and the XML declaration.

use super::attributes::Span;
use super::event::Declaration;
use super::scan;

/// What the first three bytes say about the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    Utf8Mark,
    /// UTF-16 or UTF-32, with or without a mark.
    OtherEncoding,
    Nothing,
}

pub(super) fn sniff(bytes: &[u8]) -> Signature {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Signature::Utf8Mark,
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => Signature::OtherEncoding,
        [0, ..] | [_, 0, ..] => Signature::OtherEncoding,
        _ => Signature::Nothing,
    }
}

/// Whether these bytes begin an XML declaration, not a processing instruction with a name
/// like `xml-stylesheet`.
pub(super) fn is_declaration(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', b'?', b'x', b'm', b'l', space, ..] if scan::is_space(*space))
}

/// The parts of an XML declaration.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DeclarationSpans {
    version: Span,
    encoding: Option<Span>,
    standalone: Option<bool>,
}

impl DeclarationSpans {
    pub(super) fn read(self, bytes: &[u8]) -> Declaration<'_> {
        Declaration {
            version: self.version.text(bytes),
            encoding: self.encoding.map(|span| span.text(bytes)),
            standalone: self.standalone,
        }
    }
}

/// Takes apart a declaration, from `<?xml` to `?>`; `None` if it is malformed.
pub(super) fn parse_declaration(bytes: &[u8]) -> Option<DeclarationSpans> {
    let inside = bytes.strip_suffix(b"?>")?;
    let mut at = 5;
    let version = pseudo_attribute(inside, &mut at, b"version")?;
    let digits = version.bytes(inside).strip_prefix(b"1.")?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let encoding = pseudo_attribute(inside, &mut at, b"encoding");
    if let Some(span) = encoding {
        let (first, others) = span.bytes(inside).split_first()?;
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if !first.is_ascii_alphabetic() || !others.iter().all(allowed) {
            return None;
        }
    }
    let standalone = match pseudo_attribute(inside, &mut at, b"standalone") {
        None => None,
        Some(span) => match span.bytes(inside) {
            b"yes" => Some(true),
            b"no" => Some(false),
            _ => return None,
        },
    };
    let rest = inside.get(at..)?;
    (scan::space_run(rest) == rest.len()).then_some(DeclarationSpans {
        version,
        encoding,
        standalone,
    })
}

/// Reads white space, `name`, `=` and a value in quotes; goes on only if all is there.
fn pseudo_attribute(inside: &[u8], at: &mut usize, name: &[u8]) -> Option<Span> {
    let skip_space = |at: usize| at + scan::space_run(inside.get(at..).unwrap_or_default());
    let start = skip_space(*at);
    if start == *at || !inside.get(start..)?.starts_with(name) {
        return None;
    }
    let equals = skip_space(start + name.len());
    if inside.get(equals) != Some(&b'=') {
        return None;
    }
    let opening = skip_space(equals + 1);
    let quote = *inside.get(opening)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let start = opening + 1;
    let length = memchr::memchr(quote, inside.get(start..)?)?;
    let end = start + length;
    *at = end + 1;
    Some(Span { start, end })
}
