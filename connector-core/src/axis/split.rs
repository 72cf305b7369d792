//! Splits a long JSON answer while it comes: the value of `data` goes on piece by
//! piece, the rest stays and is read as a whole at the end. So a packet in an
//! answer, and a list of a hundred thousand units, need no memory of their size.
//!
//! Nothing is judged here but the form of `data`. Everything around it is kept as
//! it came, and [`super::answer::Answer`] refuses what is no JSON.

use memchr::memchr2;

use crate::error::Error;

/// Why an answer is not read to its end.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not what the profile promises.
    NotPromised,
    /// It passes the limit of this configuration key.
    TooLarge(&'static str),
    /// What came cannot be put where the caller wants it.
    Local(Error),
}

/// What is done with the value of `data`.
pub(super) enum Part<'s> {
    /// It stays with the rest.
    Stay,
    /// It is a string; its characters go here.
    Text(&'s mut dyn FnMut(&[u8]) -> Result<(), Fault>),
    /// It is a list; each element goes here as it stands.
    Rows(&'s mut dyn FnMut(&[u8]) -> Result<(), Fault>),
}

pub(super) struct Splitter<'s> {
    part: Part<'s>,
    at: At,
    /// Lists and objects that are open in the value that is being kept or in the
    /// row that is being gathered.
    depth: usize,
    name: Vec<u8>,
    row: Vec<u8>,
    rest: Vec<u8>,
    /// Bytes that may still be kept or gathered.
    room: usize,
    found: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Key,
    Name {
        escaped: bool,
    },
    Colon,
    Value,
    Kept,
    KeptString {
        escaped: bool,
    },
    Text,
    TextEscape,
    TextUnicode {
        digits: u8,
        value: u32,
    },
    /// In the list, before a row; whether a comma demands one, or forbids one
    /// by its absence.
    Rows {
        first: bool,
        comma: bool,
    },
    Row,
    RowString {
        escaped: bool,
    },
    End,
}

/// A name that is longer than this is not `data`.
const NAME: usize = 8;

impl<'s> Splitter<'s> {
    pub(super) fn new(part: Part<'s>, limit: usize) -> Self {
        Splitter {
            part,
            at: At::Start,
            depth: 0,
            name: Vec::new(),
            row: Vec::new(),
            rest: Vec::new(),
            room: limit,
            found: false,
        }
    }

    /// The answer without what went on, and whether anything went on.
    pub(super) fn finish(self) -> (Vec<u8>, bool) {
        (self.rest, self.found)
    }

    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            if self.at == At::Text {
                let length = memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
                let (text, after) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
                self.text(text)?;
                bytes = after;
            }
            let Some((byte, after)) = bytes.split_first() else {
                break;
            };
            bytes = after;
            self.at = self.step(*byte)?;
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8]) -> Result<(), Fault> {
        match &mut self.part {
            Part::Text(to) if !text.is_empty() => to(text),
            _ => Ok(()),
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.spend(bytes.len())?;
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    fn spend(&mut self, count: usize) -> Result<(), Fault> {
        let room = self.room.checked_sub(count);
        self.room = room.ok_or(Fault::TooLarge("axis.max_answer"))?;
        Ok(())
    }

    /// Takes one byte and says where that leads.
    fn step(&mut self, byte: u8) -> Result<At, Fault> {
        Ok(match self.at {
            At::Text if byte == b'"' => self.kept(),
            At::Text => At::TextEscape,
            At::TextEscape | At::TextUnicode { .. } => self.escape(byte)?,
            At::Rows { first, comma } => self.between_rows(byte, first, comma)?,
            At::Row => self.in_row(byte)?,
            At::RowString { escaped } => {
                self.gather(byte)?;
                match (escaped, byte) {
                    (false, b'"') => At::Row,
                    _ => At::RowString {
                        escaped: !escaped && byte == b'\\',
                    },
                }
            }
            At::Value if matches!(byte, b'"' | b'[') && self.is_data() => self.data(byte)?,
            _ => {
                self.keep(&[byte])?;
                self.around(byte)
            }
        })
    }

    fn is_data(&self) -> bool {
        self.name.eq_ignore_ascii_case(b"data")
    }

    /// The start of the value of `data`.
    fn data(&mut self, byte: u8) -> Result<At, Fault> {
        // A second one would leave open which of them counts.
        if self.found {
            return Err(Fault::NotPromised);
        }
        match (&self.part, byte) {
            (Part::Text(_), b'"') => {
                self.found = true;
                self.keep(b"\"\"")?;
                Ok(At::Text)
            }
            (Part::Rows(_), b'[') => {
                self.found = true;
                self.keep(b"[]")?;
                Ok(At::Rows {
                    first: true,
                    comma: false,
                })
            }
            _ => {
                self.keep(&[byte])?;
                Ok(self.around(byte))
            }
        }
    }

    fn kept(&mut self) -> At {
        self.depth = 0;
        At::Kept
    }

    /// Where a byte leads that is kept.
    fn around(&mut self, byte: u8) -> At {
        match (self.at, byte) {
            (At::Start, b'{') => At::Key,
            (At::Key, b'"') => {
                self.name.clear();
                At::Name { escaped: false }
            }
            (At::Key, b'}') => At::End,
            (At::Name { escaped: false }, b'"') => At::Colon,
            (At::Name { escaped }, _) => {
                if self.name.len() < NAME {
                    self.name.push(byte);
                }
                At::Name {
                    escaped: !escaped && byte == b'\\',
                }
            }
            (At::Colon, b':') => At::Value,
            (At::Value, byte) if byte.is_ascii_whitespace() => At::Value,
            (At::Value, byte) => {
                self.depth = usize::from(matches!(byte, b'{' | b'['));
                match byte {
                    b'"' => At::KeptString { escaped: false },
                    b'}' => At::End,
                    b',' => At::Key,
                    _ => At::Kept,
                }
            }
            (At::KeptString { escaped: false }, b'"') => At::Kept,
            (At::KeptString { escaped }, _) => At::KeptString {
                escaped: !escaped && byte == b'\\',
            },
            (At::Kept, b'"') => At::KeptString { escaped: false },
            (At::Kept, b'{' | b'[') => {
                self.depth += 1;
                At::Kept
            }
            (At::Kept, b'}' | b']') => match self.depth.checked_sub(1) {
                Some(depth) => {
                    self.depth = depth;
                    At::Kept
                }
                None => At::End,
            },
            (At::Kept, b',') if self.depth == 0 => At::Key,
            (at, _) => at,
        }
    }

    /// An escape in the text. Of `\u` only what ASCII holds is base64.
    fn escape(&mut self, byte: u8) -> Result<At, Fault> {
        let character = match (self.at, byte) {
            (At::TextUnicode { digits, value }, _) => {
                let digit = char::from(byte).to_digit(16).ok_or(Fault::NotPromised)?;
                let (digits, value) = (digits + 1, value * 16 + digit);
                if digits < 4 {
                    return Ok(At::TextUnicode { digits, value });
                }
                u8::try_from(value)
                    .ok()
                    .filter(u8::is_ascii)
                    .ok_or(Fault::NotPromised)?
            }
            (_, b'u') => {
                return Ok(At::TextUnicode {
                    digits: 0,
                    value: 0,
                });
            }
            (_, b'/') => b'/',
            (_, b'n' | b'r' | b't') => b'\n',
            _ => return Err(Fault::NotPromised),
        };
        self.text(&[character])?;
        Ok(At::Text)
    }

    fn between_rows(&mut self, byte: u8, first: bool, comma: bool) -> Result<At, Fault> {
        match byte {
            byte if byte.is_ascii_whitespace() => Ok(At::Rows { first, comma }),
            b']' if !comma => Ok(self.kept()),
            b',' if !first && !comma => Ok(At::Rows { first, comma: true }),
            _ if first || comma => {
                self.row.clear();
                self.depth = 0;
                self.in_row(byte)
            }
            _ => Err(Fault::NotPromised),
        }
    }

    fn in_row(&mut self, byte: u8) -> Result<At, Fault> {
        if self.depth == 0 && matches!(byte, b',' | b']') {
            if let Part::Rows(to) = &mut self.part {
                to(&self.row)?;
            }
            return Ok(match byte {
                b']' => self.kept(),
                _ => At::Rows {
                    first: false,
                    comma: true,
                },
            });
        }
        self.gather(byte)?;
        match byte {
            b'"' => return Ok(At::RowString { escaped: false }),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.checked_sub(1).ok_or(Fault::NotPromised)?;
            }
            _ => {}
        }
        Ok(At::Row)
    }

    fn gather(&mut self, byte: u8) -> Result<(), Fault> {
        self.spend(1)?;
        self.row.push(byte);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stays and what goes on, fed in pieces of `size` bytes.
    fn split(answer: &[u8], rows: bool, size: usize) -> Option<(String, Vec<String>, bool)> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut take_row = |row: &[u8]| {
            parts.push(String::from_utf8_lossy(row).into_owned());
            Ok(())
        };
        let mut take_text = |piece: &[u8]| {
            text.push_str(std::str::from_utf8(piece).unwrap());
            Ok(())
        };
        let part = if rows {
            Part::Rows(&mut take_row)
        } else {
            Part::Text(&mut take_text)
        };
        let mut splitter = Splitter::new(part, 1_000);
        for piece in answer.chunks(size) {
            splitter.feed(piece).ok()?;
        }
        let (rest, found) = splitter.finish();
        if !rows {
            parts.push(text);
        }
        Some((String::from_utf8(rest).unwrap(), parts, found))
    }

    #[test]
    fn the_text_of_data_goes_on_and_the_rest_stays_however_it_is_cut() {
        let answer =
            br#" {"a":{"data":"x"},"Data" : "QUJD\/\u002b\n==", "s":"}\"data\":\"", "b":[1,"]"]} "#;
        for size in 1..answer.len() {
            let (rest, parts, found) = split(answer, false, size).unwrap();
            assert_eq!(
                rest,
                r#" {"a":{"data":"x"},"Data" : "", "s":"}\"data\":\"", "b":[1,"]"]} "#
            );
            assert_eq!(parts, ["QUJD/+\n=="]);
            assert!(found);
        }
    }

    #[test]
    fn the_rows_of_data_go_on_one_by_one_however_they_are_cut() {
        let answer = br#"{"data":[ {"a":"],}\""} ,{"b":[1,{}]}, x],"ErrorCode":"0"}"#;
        for size in 1..answer.len() {
            let (rest, parts, found) = split(answer, true, size).unwrap();
            assert_eq!(rest, r#"{"data":[],"ErrorCode":"0"}"#);
            assert_eq!(parts, [r#"{"a":"],}\""} "#, r#"{"b":[1,{}]}"#, "x"]);
            assert!(found);
        }
        let (rest, parts, found) = split(b"{\"data\":[ ]}", true, 3).unwrap();
        assert_eq!(
            (rest.as_str(), parts.len(), found),
            ("{\"data\":[]}", 0, true)
        );
    }

    #[test]
    fn data_of_another_form_stays() {
        for answer in [
            "{\"data\":null}",
            "{\"data\":{\"data\":[]}}",
            "{\"data\":\"x\"}",
        ] {
            let (rest, parts, found) = split(answer.as_bytes(), true, 4).unwrap();
            assert_eq!((rest.as_str(), parts.len(), found), (answer, 0, false));
        }
    }

    #[test]
    fn what_leaves_open_what_counts_is_refused() {
        for answer in ["{\"data\":[,1]}", "{\"data\":[1,]}", "{\"data\":[1}]}"] {
            let refused = split(answer.as_bytes(), true, 2);
            assert!(refused.is_none_or(|(_, parts, _)| parts.contains(&String::new())));
        }
        for answer in [
            "{\"data\":\"\",\"data\":\"\"}",
            "{\"data\":\"\\u00e9\"}",
            "{\"data\":\"\\x\"}",
        ] {
            assert!(split(answer.as_bytes(), false, 2).is_none(), "{answer}");
        }
    }

    #[test]
    fn what_is_kept_and_gathered_has_a_limit() {
        let long = format!("{{\"data\":[\"{}\"]}}", "x".repeat(2_000));
        assert!(split(long.as_bytes(), true, 100).is_none());
        let long = format!("{{\"note\":\"{}\"}}", "x".repeat(2_000));
        assert!(split(long.as_bytes(), false, 100).is_none());
        let long = format!("{{\"data\":\"{}\"}}", "x".repeat(2_000));
        assert!(split(long.as_bytes(), false, 100).is_some());
    }

    proptest::proptest! {
        #[test]
        fn however_an_answer_is_cut_the_result_is_the_same(
            words in proptest::collection::vec(
                proptest::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"", "\\", "\"data\"", "\"a\"", "1",
                    " ", "u0041", "\"data\":[", "\"data\":\"", "{\"data\":",
                ]),
                0..40,
            ),
            size in 1_usize..9,
            rows: bool,
        ) {
            let answer = words.concat();
            if !answer.is_empty() {
                let whole = split(answer.as_bytes(), rows, answer.len());
                assert_eq!(split(answer.as_bytes(), rows, size), whole);
            }
        }
    }
}
