//! Holds JSON against `docs/packet.schema.json`, so that a mistake in a META is
//! named by its place, all mistakes at once, and no value of it is shown.
//!
//! Only what that schema uses is understood: `$ref`, `type`, `properties`,
//! `items`, and the definitions of dates, times, codes and numbers by name.

use std::str::FromStr;

use lienthong::Language;
use lienthong::packet::{Date, Timestamp};
use serde_json::Value;

/// The schema, as it is published.
pub(super) const SCHEMA: &str = include_str!("../../../docs/packet.schema.json");

/// More are not listed.
const MOST_PROBLEMS: usize = 100;

/// A place of the JSON that is not as the schema says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    path: String,
    english: String,
    vietnamese: String,
}

impl Problem {
    pub(super) fn new(path: &str, english: String, vietnamese: String) -> Self {
        Problem {
            path: path.to_owned(),
            english,
            vietnamese,
        }
    }

    pub(super) fn message(&self, language: Language) -> String {
        let words = match language {
            Language::English => &self.english,
            Language::Vietnamese => &self.vietnamese,
        };
        if self.path.is_empty() {
            return words.clone();
        }
        format!("{}: {words}", self.path)
    }
}

/// What is wrong with a value as this definition of the schema.
pub(super) fn problems(value: &Value, definition: &str) -> Vec<Problem> {
    // The schema is part of the program; a test proves that it is JSON.
    let root = serde_json::from_str(SCHEMA).unwrap_or_default();
    let mut walk = Walk {
        root: &root,
        problems: Vec::new(),
    };
    walk.definition(value, definition, "");
    walk.problems
}

struct Walk<'s> {
    root: &'s Value,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn report(&mut self, path: &str, english: String, vietnamese: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::new(path, english, vietnamese));
        }
    }

    fn definition(&mut self, value: &Value, name: &str, path: &str) {
        let Some(schema) = self.root.get("$defs").and_then(|all| all.get(name)) else {
            return;
        };
        let before = self.problems.len();
        self.schema(value, schema, path);
        if self.problems.len() > before {
            return;
        }
        let text = value.as_str();
        let form = match name {
            "date" => text
                .is_some_and(|text| Date::from_str(text).is_err())
                .then_some(("a date, YYYY-MM-DD", "ngày dạng YYYY-MM-DD")),
            "timestamp" => text
                .is_some_and(|text| Timestamp::from_str(text).is_err())
                .then_some((
                    "a time, YYYY-MM-DDTHH:MM:SS",
                    "thời điểm dạng YYYY-MM-DDTHH:MM:SS",
                )),
            "statusCode" => text
                .is_some_and(|text| {
                    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                    !digits || !(2..=9).contains(&text.len())
                })
                .then_some(("a code of two digits", "mã gồm hai chữ số")),
            "number" => value
                .as_u64()
                .is_none_or(|number| number > 999_999_999)
                .then_some((
                    "a whole number from 0 to 999999999",
                    "số nguyên từ 0 đến 999999999",
                )),
            _ => None,
        };
        if let Some((english, vietnamese)) = form {
            self.report(
                path,
                format!("this is not {english}."),
                format!("không phải {vietnamese}."),
            );
        }
    }

    fn schema(&mut self, value: &Value, schema: &Value, path: &str) {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|uri| uri.strip_prefix("#/$defs/")) {
            self.definition(value, name, path);
            return;
        }
        let expected = schema.get("type").and_then(Value::as_str);
        match (expected, value) {
            (Some("object"), Value::Object(members)) => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (key, member) in members {
                    let path = join(path, &short(key));
                    match known.and_then(|known| known.get(key)) {
                        Some(schema) => self.schema(member, schema, &path),
                        None => {
                            let known: Vec<_> = known
                                .into_iter()
                                .flat_map(|known| known.keys().map(String::as_str))
                                .collect();
                            let known = known.join(", ");
                            self.report(
                                &path,
                                format!("there is no such element here; known are {known}."),
                                format!(
                                    "không có phần tử này tại đây; các phần tử đã biết: {known}."
                                ),
                            );
                        }
                    }
                }
            }
            (Some("array"), Value::Array(items)) => {
                if let Some(schema) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        self.schema(item, schema, &format!("{path}[{}]", index + 1));
                    }
                }
            }
            (Some("string"), Value::String(_))
            | (Some("boolean"), Value::Bool(_))
            | (Some("integer"), Value::Number(_))
            | (None, _) => {}
            (Some(expected), _) => {
                let (english, vietnamese) = type_words(expected);
                self.report(
                    path,
                    format!(
                        "this is not {english}; leave the key out where there is nothing to say."
                    ),
                    format!("không phải {vietnamese}; bỏ khóa này nếu không có giá trị."),
                );
            }
        }
    }
}

fn type_words(name: &str) -> (&'static str, &'static str) {
    match name {
        "object" => ("a group (JSON object)", "nhóm (đối tượng JSON)"),
        "array" => ("a list (JSON array)", "danh sách (mảng JSON)"),
        "boolean" => ("true or false", "true hoặc false"),
        "integer" => ("a whole number", "số nguyên"),
        _ => ("a text (JSON string)", "văn bản (chuỗi JSON)"),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}/{key}")
    }
}

/// A key as it may be shown: element names are shorter than this.
fn short(key: &str) -> String {
    const MOST: usize = 40;
    if key.chars().count() <= MOST {
        return key.to_owned();
    }
    key.chars().take(MOST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_mistake_is_named_by_its_place_and_no_value_is_shown() {
        let meta = json!({
            "Subjekt": "Điều bí mật",
            "To": [{"OrganId": "H99.02"}, {"OrganIdd": "H99.03"}],
            "OtherInfo": {"Priority": "Điều bí mật", "Direction": "true"},
            "PromulgationInfo": {"PromulgationDate": "2024/02/30"},
            "ResponseFor": {"OrganId": "H99.02"},
            "SteeringType": -1,
        });
        let found = problems(&meta, "Document");
        let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "OtherInfo/Direction",
                "OtherInfo/Priority",
                "PromulgationInfo/PromulgationDate",
                "ResponseFor",
                "SteeringType",
                "Subjekt",
                "To[2]/OrganIdd",
            ]
        );
        for problem in &found {
            for language in [Language::English, Language::Vietnamese] {
                assert!(!problem.message(language).contains("bí mật"));
            }
        }
    }
}
