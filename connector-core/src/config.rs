//! Configuration: one table of string keys.
//!
//! Every view of the configuration (Rust, files, environment, other languages)
//! is a view of [`KEYS`]; the reference page is generated from it. An unknown
//! key is an error.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number within a range, both ends included.
    Number {
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
        /// What is counted, e.g. `bytes`.
        unit: &'static str,
    },
    /// `true` or `false`.
    Flag,
    /// Words separated by commas.
    Words,
}

/// One row of the table of configuration keys.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name, e.g. `packet.max_depth`.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: ValueKind,
    /// The value where none is set.
    pub default: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Vietnamese.
    pub vi: &'static str,
}

const fn number(
    name: &'static str,
    (min, max, unit): (u64, u64, &'static str),
    default: &'static str,
    en: &'static str,
    vi: &'static str,
) -> Key {
    Key {
        name,
        kind: ValueKind::Number { min, max, unit },
        default,
        en,
        vi,
    }
}

const fn other(
    name: &'static str,
    kind: ValueKind,
    default: &'static str,
    en: &'static str,
    vi: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        en,
        vi,
    }
}

const TIB: u64 = 1 << 40;

/// The table of configuration keys.
pub const KEYS: &[Key] = &[
    number(
        "packet.max_depth",
        (8, 1_000, "levels"),
        "64",
        "How deep elements of a packet may be nested.",
        "Độ sâu lồng nhau tối đa của phần tử trong gói tin.",
    ),
    number(
        "packet.max_elements",
        (100, 10_000_000, "elements"),
        "50000",
        "How many elements a packet may have.",
        "Số phần tử tối đa của gói tin.",
    ),
    number(
        "packet.max_attributes",
        (4, 1_000, "attributes"),
        "64",
        "How many attributes one element may have.",
        "Số thuộc tính tối đa của một phần tử.",
    ),
    number(
        "packet.max_namespaces",
        (16, 10_000, "namespaces"),
        "256",
        "How many namespace declarations may be in scope at once.",
        "Số khai báo không gian tên tối đa cùng có hiệu lực.",
    ),
    number(
        "packet.max_tag",
        (1_024, 1 << 24, "bytes"),
        "65536",
        "How long one tag may be.",
        "Độ dài tối đa của một thẻ.",
    ),
    number(
        "packet.max_leading_junk",
        (0, 1 << 20, "bytes"),
        "1024",
        "How many bytes before the first tag are skipped.",
        "Số byte tối đa được bỏ qua trước thẻ đầu tiên.",
    ),
    number(
        "packet.max_text",
        (1_024, 1 << 26, "bytes"),
        "262144",
        "How long the text of one element of the header may be.",
        "Độ dài tối đa văn bản của một phần tử trong phần đầu.",
    ),
    number(
        "packet.max_header",
        (65_536, 1 << 30, "bytes"),
        "8388608",
        "How long all texts of the header may be together.",
        "Tổng độ dài tối đa của mọi văn bản trong phần đầu.",
    ),
    number(
        "packet.max_attachments",
        (0, 100_000, "attachments"),
        "1000",
        "How many attachments a packet may have.",
        "Số tệp kèm tối đa của gói tin.",
    ),
    number(
        "packet.max_attachment_size",
        (1_024, TIB, "bytes"),
        "4294967296",
        "How large one decoded attachment may be.",
        "Kích thước tối đa của một tệp kèm sau giải mã.",
    ),
    number(
        "packet.max_total_size",
        (1_024, TIB, "bytes"),
        "8589934592",
        "How large all decoded attachments may be together.",
        "Tổng kích thước tối đa của các tệp kèm sau giải mã.",
    ),
    number(
        "packet.max_zip_ratio",
        (2, 100_000, "times"),
        "200",
        "How many times larger than its ZIP an unwrapped file may be.",
        "Tệp lấy ra từ ZIP được lớn hơn ZIP tối đa bao nhiêu lần.",
    ),
    number(
        "packet.max_findings",
        (10, 1_000_000, "findings"),
        "1000",
        "How many findings are listed before the rest is cut.",
        "Số phát hiện được liệt kê tối đa.",
    ),
    other(
        "packet.raw_extensions",
        ValueKind::Words,
        "pdf,doc,docx,xls,xlsx,zip",
        "Name extensions of files that travel as they are; every other file goes into a ZIP of its own.",
        "Phần mở rộng của tệp được gửi nguyên dạng; tệp khác được bọc trong một ZIP riêng.",
    ),
    other(
        "packet.check_organ_ids",
        ValueKind::Flag,
        "false",
        "Whether organ ids are held against the published forms; the directory decides in any case.",
        "Có đối chiếu mã định danh với các dạng đã công bố hay không; danh mục cơ quan vẫn quyết định.",
    ),
    number(
        "packet.max_reason",
        (1, 100_000, "characters"),
        "1000",
        "The longest reason of a status before a warning (one product keeps this many; observed).",
        "Độ dài lý do tối đa của trạng thái trước khi cảnh báo (có phần mềm chỉ giữ số ký tự này; quan sát được).",
    ),
];

/// A set of values for the keys of [`KEYS`].
#[derive(Clone, Debug, Default)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
}

impl Config {
    /// All keys at their defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one key.
    ///
    /// # Errors
    /// `config-unknown-key` for a name outside [`KEYS`], `config-invalid-value`
    /// for a value out of its form or range.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            // The name is the caller's own, so it may be shown.
            return Err(
                Error::new(ErrorKind::ConfigUnknownKey, "config.set").with("key", name.to_owned())
            );
        };
        let value = value.trim();
        let range = match key.kind {
            ValueKind::Number { min, max, .. } => match value.parse::<u64>() {
                Ok(number) if (min..=max).contains(&number) => None,
                _ => Some(format!("{min}..={max}")),
            },
            ValueKind::Flag if matches!(value, "true" | "false") => None,
            ValueKind::Flag => Some("true, false".to_owned()),
            ValueKind::Words if value.is_empty() || value.split(',').all(is_word) => None,
            ValueKind::Words => Some("letters and digits, separated by commas".to_owned()),
        };
        if let Some(range) = range {
            return Err(Error::new(ErrorKind::ConfigInvalidValue, "config.set")
                .with("key", key.name)
                .with("allowed", range));
        }
        self.values.insert(key.name, value.to_owned());
        Ok(())
    }

    /// The value of a key, its default where none was set; `None` for an
    /// unknown key.
    pub fn get(&self, name: &str) -> Option<&str> {
        let key = KEYS.iter().find(|key| key.name == name)?;
        Some(
            self.values
                .get(key.name)
                .map_or(key.default, String::as_str),
        )
    }

    /// A number; the table guarantees that it parses.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A size that is kept in memory; saturates on narrow machines.
    pub(crate) fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }
}

/// One word of a list; a dot before it, as before an extension, is allowed.
fn is_word(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix('.').unwrap_or(text);
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_its_own_key_accepts() {
        for key in KEYS {
            let mut config = Config::new();
            config.set(key.name, key.default).unwrap();
            assert_eq!(config.get(key.name), Some(key.default));
        }
    }

    #[test]
    fn an_unknown_key_and_a_value_out_of_range_are_refused_by_name() {
        let mut config = Config::new();
        let error = config.set("packet.max_dept", "10").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigUnknownKey);
        assert!(error.to_string().contains("packet.max_dept"));
        let error = config.set("packet.max_depth", "2").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue);
        assert!(error.to_string().contains("8..=1000"));
        assert_eq!(config.get("packet.max_depth"), Some("64"));
        for list in ["..", "pdf,", "p d f", "../pdf"] {
            let error = config.set("packet.raw_extensions", list).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue, "{list}");
        }
        config.set("packet.raw_extensions", ".pdf, ZIP").unwrap();
        config.set("packet.raw_extensions", "").unwrap();
    }
}
