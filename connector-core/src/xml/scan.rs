//! Looking at bytes: the fast search for the next byte that matters, UTF-8 decoding, and
//! the character classes of XML 1.0.

/// Bytes at the start of `bytes` that are plain text: printable ASCII without markup and
/// without `>` (which may end a forbidden `]]>`).
#[inline]
pub(super) fn text_run(bytes: &[u8]) -> usize {
    run::<b'&', b'<', b'>'>(bytes)
}

/// Bytes at the start of `bytes` that are printable ASCII other than `STOP`.
#[inline]
pub(super) fn run_until<const STOP: u8>(bytes: &[u8]) -> usize {
    run::<STOP, STOP, STOP>(bytes)
}

/// Bytes at the start of `bytes` that are plain in an attribute value: printable ASCII
/// without `&` and `<`.
#[inline]
pub(super) fn value_run(bytes: &[u8]) -> usize {
    run::<b'&', b'<', b'<'>(bytes)
}

/// Whether a byte ends a run: control characters and all of non-ASCII, found by one signed
/// comparison, and three more.
#[inline(always)]
const fn stops<const A: u8, const B: u8, const C: u8>(byte: u8) -> bool {
    (byte.cast_signed() < 0x20) | (byte == A) | (byte == B) | (byte == C)
}

/// Number of bytes before the first one that ends a run.
///
/// Long runs go in blocks, short ones and the ends of long ones in words.
#[inline]
fn run<const A: u8, const B: u8, const C: u8>(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    for _ in 0..2 {
        match in_word::<A, B, C>(&mut rest) {
            Step::Found(at) => return bytes.len() - rest.len() + at,
            Step::Clean => {}
            Step::Short => return bytes.len() - rest.len() + in_bytes::<A, B, C>(rest),
        }
    }
    // Lines of text end within these; only longer runs are worth long blocks.
    if clean_blocks::<32, A, B, C>(&mut rest, 4) {
        clean_blocks::<128, A, B, C>(&mut rest, usize::MAX);
        clean_blocks::<32, A, B, C>(&mut rest, usize::MAX);
    }
    loop {
        match in_word::<A, B, C>(&mut rest) {
            Step::Found(at) => return bytes.len() - rest.len() + at,
            Step::Clean => {}
            Step::Short => return bytes.len() - rest.len() + in_bytes::<A, B, C>(rest),
        }
    }
}

/// Cuts blocks of `SIZE` bytes off `rest` as long as nothing in them ends a run; true if
/// it cut off as many as it was allowed to.
#[inline(always)]
fn clean_blocks<const SIZE: usize, const A: u8, const B: u8, const C: u8>(
    rest: &mut &[u8],
    most: usize,
) -> bool {
    for _ in 0..most {
        let Some((block, after)) = rest.split_first_chunk::<SIZE>() else {
            return false;
        };
        // No early exit, so that the compiler makes vector instructions of this.
        let mut hit = false;
        for &byte in block {
            hit |= stops::<A, B, C>(byte);
        }
        if hit {
            return false;
        }
        *rest = after;
    }
    true
}

enum Step {
    /// The run ends so many bytes on.
    Found(usize),
    /// Nothing here ends it.
    Clean,
    /// Too few bytes left.
    Short,
}

/// Looks at eight bytes at once and cuts them off `rest` if none of them ends a run.
#[inline(always)]
fn in_word<const A: u8, const B: u8, const C: u8>(rest: &mut &[u8]) -> Step {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let Some((block, after)) = rest.split_first_chunk::<8>() else {
        return Step::Short;
    };
    let word = u64::from_le_bytes(*block);
    // `(x - n) & !x` has the high bit in every byte below n. Borrows may set it in bytes
    // above such a byte too, but never below: the lowest one is right.
    let below = |x: u64, n: u8| x.wrapping_sub(ONES * u64::from(n)) & !x;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let found = (word | below(word, 0x20) | is(A) | is(B) | is(C)) & HIGH;
    if found != 0 {
        return Step::Found((found.trailing_zeros() / 8) as usize);
    }
    *rest = after;
    Step::Clean
}

#[inline(always)]
fn in_bytes<const A: u8, const B: u8, const C: u8>(rest: &[u8]) -> usize {
    rest.iter()
        .take_while(|&&byte| !stops::<A, B, C>(byte))
        .count()
}

/// The character at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// A character and its length in bytes.
    Char(char, usize),
    /// The bytes end inside a character.
    Incomplete,
    /// Not UTF-8.
    Invalid,
}

/// Decodes the first character of `bytes`.
#[inline]
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let Some(&first) = bytes.first() else {
        return Decoded::Incomplete;
    };
    let (length, lead, least) = match first {
        0x00..=0x7F => return Decoded::Char(char::from(first), 1),
        0xC2..=0xDF => (2, first & 0x1F, 0x80),
        0xE0..=0xEF => (3, first & 0x0F, 0x800),
        0xF0..=0xF4 => (4, first & 0x07, 0x1_0000),
        _ => return Decoded::Invalid,
    };
    let mut value = u32::from(lead);
    for index in 1..length {
        match bytes.get(index) {
            Some(&byte) if byte & 0xC0 == 0x80 => value = value << 6 | u32::from(byte & 0x3F),
            Some(_) => return Decoded::Invalid,
            None => return Decoded::Incomplete,
        }
    }
    match char::from_u32(value) {
        Some(c) if value >= least => Decoded::Char(c, length),
        _ => Decoded::Invalid,
    }
}

/// White space of XML.
#[inline]
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Bytes of white space at the start of `bytes`.
pub(super) fn space_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| is_space(byte)).count()
}

/// `Char` of XML 1.0.
#[inline]
pub(super) const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// `NameStartChar` of XML 1.0, fifth edition.
const fn is_name_start(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` of XML 1.0, fifth edition.
const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c,
            '-' | '.' | '0'..='9' | '\u{B7}'
            | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Length in bytes of the name at the start of `bytes`; 0 if there is none. Its first `known`
/// bytes were looked at before. The second value tells that the name goes up to the end of
/// `bytes`, perhaps inside a character.
pub(super) fn name_run(bytes: &[u8], known: usize) -> (usize, bool) {
    let mut length = known;
    loop {
        match decode(bytes.get(length..).unwrap_or_default()) {
            Decoded::Char(c, _) if length == 0 && !is_name_start(c) => return (0, false),
            Decoded::Char(c, size) if is_name_char(c) => length += size,
            Decoded::Char(..) | Decoded::Invalid => return (length, false),
            Decoded::Incomplete => return (length, true),
        }
    }
}

/// Where the colon of a name is, 0 if it has none; `None` if a colon is in a wrong place.
pub(super) fn colon(name: &[u8]) -> Option<usize> {
    let Some(at) = memchr::memchr(b':', name) else {
        return Some(0);
    };
    let local = name.get(at + 1..).unwrap_or_default();
    let (length, _) = name_run(local, 0);
    let one = memchr::memchr(b':', local).is_none();
    (at > 0 && one && length > 0).then_some(at)
}

/// What a reference stands for, or why it stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// A character and the length of the reference, from `&` to `;`.
    Char(char, usize),
    /// The bytes end inside the reference.
    Incomplete,
    /// `&` without a reference.
    Malformed,
    /// A name that is not one of the five.
    Unknown,
    /// A number that is no character of XML.
    InvalidCharacter,
    /// More than [`MAX_REFERENCE`] bytes.
    TooLong,
}

/// Longest reference that is read; far more than any character needs.
pub(super) const MAX_REFERENCE: usize = 64;

/// Reads the reference at the start of `bytes`, which begin with `&`.
pub(super) fn reference(bytes: &[u8]) -> Reference {
    let body = bytes.get(1..).unwrap_or_default();
    let end = body.iter().take(MAX_REFERENCE).position(|&b| {
        !(b.is_ascii_alphanumeric() || matches!(b, b'#' | b'.' | b'-' | b'_' | b':') || b >= 0x80)
    });
    let Some(end) = end else {
        return if body.len() < MAX_REFERENCE {
            Reference::Incomplete
        } else {
            Reference::TooLong
        };
    };
    let name = body.get(..end).unwrap_or_default();
    if body.get(end) != Some(&b';') {
        return Reference::Malformed;
    }
    let size = end + 2;
    match name {
        b"lt" => Reference::Char('<', size),
        b"gt" => Reference::Char('>', size),
        b"amp" => Reference::Char('&', size),
        b"apos" => Reference::Char('\'', size),
        b"quot" => Reference::Char('"', size),
        [b'#', b'x', digits @ ..] => numeric(digits, 16, size),
        [b'#', digits @ ..] => numeric(digits, 10, size),
        _ if name_run(name, 0) == (name.len(), true) && !name.is_empty() => Reference::Unknown,
        _ => Reference::Malformed,
    }
}

fn numeric(digits: &[u8], radix: u32, size: usize) -> Reference {
    if digits.is_empty() {
        return Reference::Malformed;
    }
    let mut value = 0u32;
    for &digit in digits {
        let Some(digit) = char::from(digit).to_digit(radix) else {
            return Reference::Malformed;
        };
        // Saturation lands above the last code point, so it stays invalid.
        value = value.saturating_mul(radix).saturating_add(digit);
    }
    match char::from_u32(value) {
        Some(c) if is_xml_char(c) => Reference::Char(c, size),
        _ => Reference::InvalidCharacter,
    }
}
