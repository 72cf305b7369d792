//! The tables of the library: configuration keys, kinds of errors, codes of findings.

use lienthong::config::{KEYS, Key, ValueKind};
use lienthong::exchange::model::What;
use lienthong::{ErrorKind, FindingCode, Language};
use pyo3::prelude::*;
use serde_json::{Value, json};

/// The configuration keys, as JSON.
#[pyfunction]
pub(crate) fn config_keys() -> String {
    Value::from_iter(KEYS.iter().map(key)).to_string()
}

fn key(key: &Key) -> Value {
    let (kind, more) = match key.kind {
        ValueKind::Number { min, max, unit } => {
            ("number", json!({ "min": min, "max": max, "unit": unit }))
        }
        ValueKind::Flag => ("flag", Value::Null),
        ValueKind::Words => ("words", Value::Null),
        ValueKind::Organs => ("organs", Value::Null),
        ValueKind::Text => ("text", Value::Null),
        ValueKind::Choice(words) => ("choice", json!({ "words": words })),
        ValueKind::Path => ("path", Value::Null),
        ValueKind::Secret => ("secret", Value::Null),
    };
    let mut row = json!({
        "name": key.name, "kind": kind, "default": key.default, "en": key.en, "vi": key.vi,
    });
    if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
        row.extend(more);
    }
    row
}

/// The kinds of errors, as JSON.
#[pyfunction]
pub(crate) fn error_kinds() -> String {
    Value::from_iter(ErrorKind::ALL.iter().map(|kind| {
        json!({
            "code": kind.name(),
            "number": kind.number(),
            "retry": kind.retry().word(),
            "who_acts": kind.who_acts().word(),
            "en": kind.message(Language::English),
            "vi": kind.message(Language::Vietnamese),
        })
    }))
    .to_string()
}

/// What the words of a journal say, as JSON.
#[pyfunction]
pub(crate) fn journal_words() -> String {
    Value::from_iter(What::ALL.iter().map(|what| {
        json!({
            "what": what.word(),
            "en": what.text(Language::English),
            "vi": what.text(Language::Vietnamese),
        })
    }))
    .to_string()
}

/// The codes of findings, as JSON.
#[pyfunction]
pub(crate) fn finding_codes() -> String {
    Value::from_iter(FindingCode::ALL.iter().map(|code| {
        json!({
            "code": code.as_str(),
            "severity": code.severity().word(),
            "severity_when_sending": code.severity_when_sending().word(),
            "source": code.source(),
            "en": code.template(Language::English),
            "vi": code.template(Language::Vietnamese),
        })
    }))
    .to_string()
}
