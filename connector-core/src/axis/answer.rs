//! The JSON answers of an axis, read as tolerantly as they are written.
//!
//! Keys come in any case (`ErrorCode`, `errorCode`), codes as strings or as
//! numbers, and some values without their quotes: `{"DocId":5e515fca-…}` (all
//! observed). So a general JSON parser does not do. What is no such answer at
//! all, such as an error page of a proxy, is an error and never an empty list:
//! the far side may well have taken what was sent.
//!
//! Nothing is read or sent here. Which answer means success is for the profile
//! of the axis to say: in one `ErrorCode` decides, in another `data.errorCode`
//! or the word in `status`.

use crate::crypto::digest::sha256;
use std::fmt;

/// How large and how deep an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Bytes of the whole answer. A packet travels in one as base64.
    pub max_size: usize,
    /// Lists and objects within each other.
    pub max_depth: usize,
    /// Values in all.
    pub max_values: usize,
}

impl Default for AnswerLimits {
    /// 1 GiB, 16 levels and a million values: twice the largest packet a server
    /// is known to take, and far more than the longest list of agencies.
    fn default() -> Self {
        AnswerLimits {
            max_size: 1 << 30,
            max_depth: 16,
            max_values: 1_000_000,
        }
    }
}

/// Bytes that are no answer of an axis. Of their content only the length and
/// the digest are kept, since an answer may hold a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an answer of an axis ({length} bytes, SHA-256 {})",
    crate::crypto::digest::hex(sha256)
)]
pub struct NotAnAnswer {
    /// How many bytes came.
    pub length: usize,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

impl NotAnAnswer {
    fn of(body: &[u8]) -> Self {
        NotAnAnswer {
            length: body.len(),
            sha256: sha256(body),
        }
    }
}

/// A value of an answer. `Debug` does not show texts.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// A string, a number, `true`, `false` or a word without quotes: the text as
    /// it stands, so that no long number loses digits.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object, as it stands; [`Value::get`] finds its values.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Reads one value that stands alone, a row of a list; `None` where it is
    /// none, or passes a limit.
    pub(super) fn parse(bytes: &[u8], max_depth: usize, max_values: usize) -> Option<Self> {
        let mut parser = Parser {
            rest: bytes,
            values: max_values,
        };
        let value = parser.value(max_depth)?;
        parser.blank();
        parser.rest.is_empty().then_some(value)
    }

    /// The value of a key, whatever the case of its letters. `null` counts as
    /// absent. Of several keys that differ in case only, the one written like
    /// `key` counts, else the last.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let Value::Object(fields) = self else {
            return None;
        };
        let present = || {
            let fields = fields.iter().rev();
            fields.filter(|(_, value)| *value != Value::Null)
        };
        present()
            .find(|(name, _)| name == key)
            .or_else(|| present().find(|(name, _)| name.eq_ignore_ascii_case(key)))
            .map(|(_, value)| value)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn list(&self) -> Option<&[Value]> {
        match self {
            Value::List(values) => Some(values),
            _ => None,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Text(_) => f.write_str("…"),
            Value::List(values) => write!(f, "[{} values]", values.len()),
            Value::Object(fields) => write!(f, "{{{} fields}}", fields.len()),
        }
    }
}

/// An answer of an axis. `Debug` shows status and code only.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The word in `status`.
    pub status: Option<String>,
    /// `ErrorCode`, else `code`.
    pub code: Option<String>,
    /// `ErrorDesc`, else `message`.
    pub description: Option<String>,
    fields: Value,
}

impl Answer {
    /// Reads the body of an answer, with the default limits.
    ///
    /// # Errors
    /// [`NotAnAnswer`] where the body is no JSON object with a status or a code.
    pub fn parse(body: &[u8]) -> Result<Self, NotAnAnswer> {
        Self::parse_within(body, &AnswerLimits::default())
    }

    /// Reads the body of an answer.
    ///
    /// # Errors
    /// As [`Answer::parse`], and where a limit is passed.
    pub fn parse_within(body: &[u8], limits: &AnswerLimits) -> Result<Self, NotAnAnswer> {
        Self::read(body, limits).ok_or_else(|| NotAnAnswer::of(body))
    }

    fn read(body: &[u8], limits: &AnswerLimits) -> Option<Self> {
        if body.len() > limits.max_size {
            return None;
        }
        let mut parser = Parser {
            rest: body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body),
            values: limits.max_values,
        };
        let fields = parser.value(limits.max_depth)?;
        parser.blank();
        if !parser.rest.is_empty() {
            return None;
        }
        let status = agreed(&fields, "status")?;
        let code = match agreed(&fields, "ErrorCode")? {
            Some(code) => Some(code),
            None => agreed(&fields, "code")?,
        };
        if status.is_none() && code.is_none() {
            return None;
        }
        let text = |key| fields.get(key).and_then(Value::text).map(str::to_owned);
        Some(Answer {
            status,
            code,
            description: text("ErrorDesc").or_else(|| text("message")),
            fields,
        })
    }

    /// The value of a key, as [`Value::get`].
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    /// The text of a key: string, number or bare word.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The list of a key. `None` is no empty list: the key may be missing.
    pub fn list(&self, key: &str) -> Option<&[Value]> {
        self.get(key)?.list()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// The text of a key that decides. `None` where the value is no object, or the
/// key stands there more than once with different texts: to believe one of
/// them could take a refusal for success.
fn agreed(fields: &Value, key: &str) -> Option<Option<String>> {
    let Value::Object(list) = fields else {
        return None;
    };
    let mut texts = list
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(key))
        .filter_map(|(_, value)| value.text());
    let first = texts.next();
    texts
        .all(|text| Some(text) == first)
        .then(|| first.map(str::to_owned))
}

/// Reads JSON, and words without quotes in the place of a value.
struct Parser<'b> {
    rest: &'b [u8],
    /// Values that may still come.
    values: usize,
}

impl<'b> Parser<'b> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// Takes a byte if it is the next one after white space.
    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Cuts off the bytes in front of which `end` is not met.
    fn until(&mut self, end: impl Fn(u8) -> bool) -> &'b [u8] {
        let rest = self.rest;
        let length = rest.iter().position(|byte| end(*byte));
        let (taken, after) = rest
            .split_at_checked(length.unwrap_or(rest.len()))
            .unwrap_or((rest, &[]));
        self.rest = after;
        taken
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.values = self.values.checked_sub(1)?;
        if self.take(b'{') {
            return self.object(depth.checked_sub(1)?);
        }
        if self.take(b'[') {
            return self.array(depth.checked_sub(1)?);
        }
        if self.take(b'"') {
            return self.string().map(Value::Text);
        }
        self.word()
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut fields = Vec::new();
        if self.take(b'}') {
            return Some(Value::Object(fields));
        }
        loop {
            let name = self.take(b'"').then(|| self.string())??;
            self.take(b':').then_some(())?;
            fields.push((name, self.value(depth)?));
            if self.take(b'}') {
                return Some(Value::Object(fields));
            }
            self.take(b',').then_some(())?;
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut values = Vec::new();
        if self.take(b']') {
            return Some(Value::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.take(b']') {
                return Some(Value::List(values));
            }
            self.take(b',').then_some(())?;
        }
    }

    /// A number, `true`, `false`, `null`, or a word that lost its quotes.
    fn word(&mut self) -> Option<Value> {
        let word = self.until(|byte| {
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+'))
        });
        match std::str::from_utf8(word).ok()? {
            "" => None,
            "null" => Some(Value::Null),
            word => Some(Value::Text(word.to_owned())),
        }
    }

    /// The rest of a string whose first quote was taken. Bytes that are not
    /// UTF-8 become replacement characters: a description in another encoding
    /// must not hide the code beside it.
    fn string(&mut self) -> Option<String> {
        let mut text = Vec::new();
        loop {
            text.extend_from_slice(self.until(|byte| matches!(byte, b'"' | b'\\')));
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            if *first == b'"' {
                return Some(match String::from_utf8(text) {
                    Ok(text) => text,
                    Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
                });
            }
            let escaped = self.escape()?;
            text.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn escape(&mut self) -> Option<char> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match first {
            b'"' | b'\\' | b'/' => char::from(*first),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// The digits of `\u`, of two of them where they are a surrogate pair; half
    /// a pair becomes a replacement character.
    fn unicode(&mut self) -> Option<char> {
        let high = self.four_digits()?;
        if let (0xd800..=0xdbff, Some(after)) = (high, self.rest.strip_prefix(b"\\u")) {
            let before = std::mem::replace(&mut self.rest, after);
            match self.four_digits()? {
                low @ 0xdc00..=0xdfff => {
                    return char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                }
                _ => self.rest = before,
            }
        }
        Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        digits.iter().try_fold(0, |number, digit| {
            Some(number * 16 + char::from(*digit).to_digit(16)?)
        })
    }
}
