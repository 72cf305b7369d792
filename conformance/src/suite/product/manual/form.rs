//! What a clerk has to fill in to send a document.

use lienthong::Language;
use lienthong::packet::{Priority, SteeringType};
use serde_json::Value;

use crate::suite::text::{Text, t};

/// Elements and what a clerk calls them, in the order of a form.
const FIELDS: &[(&str, Text)] = &[
    ("Subject", t("subject", "trích yếu")),
    (
        "PromulgationInfo/PromulgationDate",
        t("date", "ngày ban hành"),
    ),
    ("DocumentType/TypeName", t("kind", "loại văn bản")),
    ("Content", t("summary", "nội dung tóm tắt")),
    ("SignerInfo/Competence", t("signs for", "thẩm quyền ký")),
    (
        "SignerInfo/Position",
        t("signer's title", "chức vụ người ký"),
    ),
    ("SignerInfo/FullName", t("signer", "người ký")),
    ("DueDate", t("answer due by", "hạn trả lời")),
    ("OtherInfo/Priority", t("urgency", "độ khẩn")),
    ("SteeringType", t("directive", "văn bản chỉ đạo")),
    ("ResponseFor", t("in answer to", "trả lời văn bản")),
    ("ResponseForTask/TaskCode", t("task", "mã nhiệm vụ")),
];

/// Elements that every document has to have.
const REQUIRED: &[&str] = &["Subject", "PromulgationInfo/PromulgationDate"];

/// Lines of a form: what, and with which text.
pub(super) fn lines(document: &Value, language: Language) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (path, label) in FIELDS {
        let label = label.of(language);
        let value = document.pointer(&format!("/{path}"));
        match value {
            Some(Value::Array(all)) => {
                lines.extend(all.iter().map(|one| (label, shown(path, one, language))));
            }
            Some(Value::Null) | None if REQUIRED.contains(path) => {
                let empty = t("(leave it empty)", "(để trống)");
                lines.push((label, empty.of(language).to_owned()));
            }
            Some(Value::Null) | None => {}
            Some(value) => lines.push((label, shown(path, value, language))),
        }
    }
    lines
}

fn shown(path: &str, value: &Value, language: Language) -> String {
    let number = value.as_u64().and_then(|it| u32::try_from(it).ok());
    let named = |label: Option<&str>| {
        let number = number.unwrap_or_default();
        label.map_or_else(|| number.to_string(), |label| format!("{label} ({number})"))
    };
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("");
    match path {
        "OtherInfo/Priority" => named(Priority::from_number(number.unwrap_or(0)).label(language)),
        "SteeringType" => named(SteeringType::from_number(number.unwrap_or(0)).label(language)),
        "ResponseFor" => {
            let (code, organ) = (text("Code"), text("OrganId"));
            let date = day(text("PromulgationDate"), language);
            match language {
                Language::English => format!("{code} of {organ}, {date}"),
                Language::Vietnamese => format!("{code} của {organ}, ngày {date}"),
            }
        }
        _ => match value {
            Value::String(text) => day(text, language),
            other => other.to_string(),
        },
    }
}

/// A date as people write it; any other text as it is.
pub(super) fn day(text: &str, language: Language) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    match (language, parts.as_slice()) {
        (Language::Vietnamese, [year, month, day])
            if year.len() == 4
                && [year, month, day]
                    .iter()
                    .all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            format!("{day}/{month}/{year}")
        }
        _ => text.to_owned(),
    }
}

/// A date that was typed in the form of the cases; any other text as it is.
pub(super) fn iso(typed: &str) -> String {
    let parts: Vec<&str> = typed.trim().split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{day, iso};
    use lienthong::Language;

    #[test]
    fn a_date_is_shown_and_read_as_people_write_it() {
        assert_eq!(day("2026-04-15", Language::Vietnamese), "15/04/2026");
        assert_eq!(iso("15/4/2026"), "2026-04-15");
        assert_eq!(iso("2026-04-15"), "2026-04-15");
        assert_eq!(iso("mai"), "mai");
    }
}
