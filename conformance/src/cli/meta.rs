//! META: a document or status as JSON, from which a packet is built.

use std::fmt;

use lienthong::Language;
use lienthong::packet::{Document, Status};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::shape::{Problem, problems};

/// What a META holds.
#[derive(Debug)]
pub(super) enum Meta {
    /// A document, and what is said of its attachments.
    Document(Box<Document>, Vec<AttachmentMeta>),
    /// A status.
    Status(Box<Status>),
}

/// What is taken from a META for an attachment. Its other facts (size, digest,
/// type) follow from the file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AttachmentMeta {
    pub(super) content_id: Option<String>,
    pub(super) attachment_name: Option<String>,
    pub(super) description: Option<String>,
}

/// Reads a META: the value of `document` or `status`, or a line of output with
/// one of them inside.
pub(super) fn parse(bytes: &[u8]) -> Result<Meta, Vec<Problem>> {
    // Some editors put a byte order mark in front.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Unique(value) = serde_json::from_slice(bytes).map_err(|error| one(&error))?;
    let Value::Object(mut members) = value else {
        return Err(whole(
            "a JSON object is needed.",
            "cần một đối tượng JSON ({…}).",
        ));
    };
    match (members.remove("document"), members.remove("status")) {
        (None, None) if is_line(&members) => Err(whole(
            "there is neither document nor status in this line.",
            "dòng này không có document và cũng không có status.",
        )),
        (None, None) if members.contains_key("StatusCode") => status(Value::Object(members)),
        (None, None) => document(Value::Object(members)),
        (Some(inner), None) => document(inner),
        (None, Some(inner)) => status(inner),
        (Some(_), Some(_)) => Err(whole(
            "document and status cannot stand together; keep one.",
            "document và status không thể cùng có; chỉ giữ một.",
        )),
    }
}

/// Whether the object is a line of output rather than a document itself.
fn is_line(members: &Map<String, Value>) -> bool {
    ["readable", "kind", "findings"]
        .iter()
        .any(|key| members.contains_key(*key))
}

fn document(mut value: Value) -> Result<Meta, Vec<Problem>> {
    let found = problems(&value, "Document");
    if !found.is_empty() {
        return Err(found);
    }
    let attachments = value
        .as_object_mut()
        .and_then(|members| members.remove("AttachmentEncoded"))
        .and_then(|mut group| group.get_mut("Attachment").map(Value::take))
        .map_or_else(|| Ok(Vec::new()), serde_json::from_value)
        .map_err(|error| one(&error))?;
    let document = serde_json::from_value(value).map_err(|error| one(&error))?;
    Ok(Meta::Document(document, attachments))
}

fn status(value: Value) -> Result<Meta, Vec<Problem>> {
    let found = problems(&value, "Status");
    if !found.is_empty() {
        return Err(found);
    }
    let status = serde_json::from_value(value).map_err(|error| one(&error))?;
    Ok(Meta::Status(status))
}

fn whole(english: &str, vietnamese: &str) -> Vec<Problem> {
    vec![Problem::new("", english.to_owned(), vietnamese.to_owned())]
}

/// A mistake of the JSON itself. Mistakes of values were found before, by the
/// schema; should one slip through, its text could hold the value and is not
/// shown.
fn one(error: &serde_json::Error) -> Vec<Problem> {
    let place = format!("{}:{}", error.line(), error.column());
    let words = error.to_string();
    // The place is said before.
    let words = words
        .rsplit_once(" at line ")
        .map_or(words.as_str(), |(words, _)| words);
    let detail = if error.is_data() && !words.starts_with(TWICE) {
        ""
    } else {
        words
    };
    vec![Problem::new(
        "",
        format!(
            "this is not JSON of the known shape ({place}): {detail}. See docs/packet.schema.json."
        ),
        format!("không phải JSON đúng dạng ({place}): {detail}. Xem docs/packet.schema.json."),
    )]
}

const TWICE: &str = "a key stands twice";

/// JSON in which no key stands twice in an object: the usual reader would drop
/// the first without a word, and with it a list of receivers.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Unique(value) = entries.next_value()?;
            if members.contains_key(&key) {
                return Err(de::Error::custom(format_args!("{TWICE}: {key}")));
            }
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

/// The problems of a META as one text, a line each.
pub(super) fn list(problems: &[Problem], file: &str, language: Language) -> String {
    problems
        .iter()
        .map(|problem| format!("{file}: {}", problem.message(language)))
        .collect::<Vec<_>>()
        .join("\n")
}
