//! Answers, in the form the official SDK understands: `status`, `ErrorCode` and
//! `ErrorDesc` always, HTTP 200, nothing null.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::clock;
use super::directory::{Directory, UnitList};

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    content_type: &'static str,
    code: Option<String>,
    content: Content,
    /// How many seconds its `Date` is off.
    date_off: i64,
}

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    /// A packet as it is.
    Packet(File, u64),
    /// A packet as base64 in a JSON object, and what stands before it.
    PacketInJson(File, u64, &'static [u8]),
    /// The units of the directory.
    Units(Arc<Directory>, UnitList),
}

const JSON: &str = "application/json;charset=UTF-8";
const BEFORE_DATA: &[u8] = br#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":""#;
const ODD_BEFORE_DATA: &[u8] = br#"{"status":"OK","errorCode":0,"errorDesc":"","data":""#;
const AFTER_DATA: &[u8] = br#""}"#;

impl Answer {
    /// Success, with further members.
    pub(super) fn ok(members: Value) -> Self {
        Self::outcome("OK", "0", "", members)
    }

    /// Success, with rows. They are not made into a tree first: a queue may be long.
    pub(super) fn rows<T: serde::Serialize>(rows: &[T]) -> io::Result<Self> {
        let mut bytes = br#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"#.to_vec();
        serde_json::to_writer(&mut bytes, rows)?;
        bytes.push(b'}');
        Ok(Answer {
            status: 200,
            content_type: JSON,
            code: Some("0".into()),
            content: Content::Bytes(bytes),
            date_off: 0,
        })
    }

    /// A refusal, with further members.
    pub(super) fn fail(code: &str, description: &str, members: Value) -> Self {
        Self::outcome("FAIL", code, description, members)
    }

    fn outcome(status: &str, code: &str, description: &str, members: Value) -> Self {
        let mut all = Map::new();
        all.insert("status".into(), status.into());
        all.insert("ErrorCode".into(), code.into());
        all.insert("ErrorDesc".into(), description.into());
        if let Value::Object(members) = members {
            all.extend(members);
        }
        Answer {
            status: 200,
            content_type: JSON,
            code: Some(code.to_owned()),
            content: Content::Bytes(Value::Object(all).to_string().into_bytes()),
            date_off: 0,
        }
    }

    /// A packet, a file at its beginning with its length: as it is or as base64 in
    /// JSON.
    pub(super) fn packet((file, length): (File, u64), in_json: bool) -> Self {
        Answer {
            status: 200,
            content_type: if in_json {
                JSON
            } else {
                "application/octet-stream"
            },
            code: Some("0".into()),
            content: if in_json {
                Content::PacketInJson(file, length, BEFORE_DATA)
            } else {
                Content::Packet(file, length)
            },
            date_off: 0,
        }
    }

    /// The same with keys in other case, the code as a number and the id without
    /// quotes, as some axes answer.
    pub(super) fn odd(mut self) -> Self {
        match &mut self.content {
            Content::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes).replace("\"ErrorDesc\"", "\"errorDesc\"");
                let text = unquoted(text, "ErrorCode", "errorCode");
                *bytes = unquoted(text, "DocId", "docId").into_bytes();
            }
            Content::PacketInJson(_, _, before) => *before = ODD_BEFORE_DATA,
            Content::Packet(..) | Content::Units(..) => {}
        }
        self
    }

    /// The same with a `Date` that is so many seconds off.
    pub(super) fn dated(mut self, date_off: i64) -> Self {
        self.date_off = date_off;
        self
    }

    /// Units of the directory.
    pub(super) fn units(directory: Arc<Directory>, list: UnitList) -> Self {
        Answer {
            status: 200,
            content_type: JSON,
            code: Some("0".into()),
            content: Content::Units(directory, list),
            date_off: 0,
        }
    }

    /// Any JSON, for the control interface.
    pub(super) fn json(status: u16, value: &Value) -> Self {
        Answer {
            status,
            content_type: "application/json",
            code: None,
            content: Content::Bytes(value.to_string().into_bytes()),
            date_off: 0,
        }
    }

    /// An error in JSON, for the control interface.
    pub(super) fn complaint(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "error": text }))
    }

    /// Text that is no answer of an axis.
    pub(super) fn plain(status: u16, text: &str) -> Self {
        Answer {
            status,
            content_type: "text/plain;charset=UTF-8",
            code: None,
            content: Content::Bytes(text.as_bytes().to_vec()),
            date_off: 0,
        }
    }

    /// Whatever is told, as if it were an answer of an axis.
    pub(super) fn body(text: &str) -> Self {
        Answer {
            content_type: JSON,
            ..Self::plain(200, text)
        }
    }

    /// A page such as a proxy between client and axis sends.
    pub(super) fn page(status: u16, title: &str) -> Self {
        let text = format!(
            "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        );
        Answer {
            content_type: "text/html",
            ..Self::plain(status, &text)
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The error code, where there is one.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Packet(_, length) => *length,
            Content::PacketInJson(_, length, before) => {
                (before.len() + AFTER_DATA.len()) as u64 + length.div_ceil(3) * 4
            }
            Content::Units(directory, list) => {
                let mut counter = Counter(0);
                directory.write(*list, &mut counter)?;
                counter.0
            }
        })
    }

    /// Writes the answer; its head only for the method HEAD.
    pub(super) fn write(
        &self,
        closes: bool,
        only_head: bool,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let (status, length) = (self.status, self.length()?);
        let mut head = format!(
            "HTTP/1.1 {status} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {length}\r\n",
            reason(status),
            clock::http(clock::now() + self.date_off),
            self.content_type
        );
        if closes {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        out.write_all(head.as_bytes())?;
        if only_head {
            return Ok(());
        }
        match &self.content {
            Content::Bytes(bytes) => out.write_all(bytes),
            Content::Packet(file, length) => {
                let copied = io::copy(&mut file.take(*length), out)?;
                if copied < *length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(())
            }
            Content::PacketInJson(file, length, before) => {
                out.write_all(before)?;
                write_base64(&mut file.take(*length), out)?;
                out.write_all(AFTER_DATA)
            }
            Content::Units(directory, list) => directory.write(*list, out),
        }
    }
}

/// Renames a key and takes the quotes off its text, unless that is empty.
fn unquoted(text: String, key: &str, renamed: &str) -> String {
    let found = text.split_once(&format!("\"{key}\":\""));
    match found.and_then(|(before, rest)| Some((before, rest.split_once('"')?))) {
        Some((before, (value, after))) if !value.is_empty() => {
            format!("{before}\"{renamed}\":{value}{after}")
        }
        _ => text,
    }
}

/// Writes base64 of a stream, in pieces that end at whole groups.
fn write_base64(source: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut piece = Vec::with_capacity(48 << 10);
    loop {
        piece.clear();
        source.by_ref().take(48 << 10).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Ok(());
        }
        out.write_all(base64_simd::STANDARD.encode_to_string(&piece).as_bytes())?;
    }
}

/// Counts what is written.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_answer_has_other_keys_and_values_without_quotes() {
        let mut out = Vec::new();
        let answer = Answer::ok(json!({ "DocId": "5e515fca-01" })).odd();
        answer.write(false, false, &mut out).unwrap_or_default();
        let text = String::from_utf8_lossy(&out);
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let members = [
            r#""errorCode":0"#,
            r#""errorDesc":"""#,
            r#""docId":5e515fca-01"#,
        ];
        assert!(members.iter().all(|member| body.contains(member)), "{body}");
    }

    #[test]
    fn a_wrong_date_is_off_by_as_much_as_it_is_told() {
        let date = |seconds: i64| {
            let mut out = Vec::new();
            let answer = Answer::ok(Value::Null).dated(seconds);
            answer.write(false, true, &mut out).unwrap_or_default();
            let text = String::from_utf8_lossy(&out).into_owned();
            let line = text.lines().find_map(|line| line.strip_prefix("Date: "));
            line.unwrap_or_default().to_owned()
        };
        let now = clock::now();
        let expected: Vec<_> = (now..now + 5).map(|at| clock::http(at + 86_400)).collect();
        assert!(expected.contains(&date(86_400)));
    }
}
