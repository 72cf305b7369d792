//! Which attachments travel inside a one-entry ZIP, and the content type written for them.
//!
//! The official builder leaves some kinds of file as they are and puts every other file into
//! a ZIP (observed). Its own list holds `xsl` and `xslx` by a slip, so that old and new Excel
//! files are zipped by it; readers take both forms. The list is a setting here.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::name::extension;
use crate::config::Config;

/// The content type of a wrapped attachment, as the official builder writes it (observed).
pub const WRAPPED_CONTENT_TYPE: &str = "application/zip";

/// Extensions sent as they are unless configured otherwise.
const DEFAULT_RAW: [&str; 6] = ["pdf", "doc", "docx", "xls", "xlsx", "zip"];

/// The longest extension accepted in a list, in bytes.
const LONGEST_EXTENSION: usize = 16;

/// Decides by the extension of an attachment's name whether the file is put into a ZIP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappingPolicy {
    raw_extensions: BTreeSet<String>,
}

/// A list of extensions that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrappingPolicyError {
    /// An item is not made of 1 to 16 ASCII letters and digits.
    #[error("item {position} of the list of extensions is not 1 to 16 ASCII letters or digits")]
    BadExtension {
        /// Which item, counted from 1.
        position: usize,
    },
}

impl Default for WrappingPolicy {
    /// `pdf`, `doc`, `docx`, `xls`, `xlsx` and `zip` are sent as they are.
    fn default() -> Self {
        Self {
            raw_extensions: DEFAULT_RAW.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl WrappingPolicy {
    /// A policy from a list of extensions to send as they are, without dots, in any case.
    ///
    /// # Errors
    /// [`WrappingPolicyError::BadExtension`] for an item that is no extension.
    pub fn new<'a>(
        raw_extensions: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, WrappingPolicyError> {
        let raw_extensions = raw_extensions
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let usable = (1..=LONGEST_EXTENSION).contains(&item.len())
                    && item.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if usable {
                    Ok(item.to_ascii_lowercase())
                } else {
                    Err(WrappingPolicyError::BadExtension {
                        position: index + 1,
                    })
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { raw_extensions })
    }

    /// The policy that `packet.raw_extensions` states. The table of keys takes no list that cannot
    /// be used.
    pub fn from_config(config: &Config) -> Self {
        let list = config.get("packet.raw_extensions").unwrap_or_default();
        list.parse().unwrap_or_default()
    }

    /// The extensions sent as they are, in lower case and in order.
    pub fn raw_extensions(&self) -> impl Iterator<Item = &str> {
        self.raw_extensions.iter().map(String::as_str)
    }

    /// Whether a file of this name is put into a ZIP. A name without extension is.
    #[must_use]
    pub fn wraps(&self, attachment_name: &str) -> bool {
        self.raw_extension(attachment_name).is_none()
    }

    /// The `ContentType` to write: `application/<extension>` for a file sent as it is,
    /// `application/zip` for a wrapped one.
    ///
    /// Both are what the official builder writes (observed), so `application/docx` too,
    /// which is no registered media type.
    #[must_use]
    pub fn content_type(&self, attachment_name: &str) -> String {
        match self.raw_extension(attachment_name) {
            Some(extension) => format!("application/{extension}"),
            None => WRAPPED_CONTENT_TYPE.to_owned(),
        }
    }

    fn raw_extension(&self, attachment_name: &str) -> Option<String> {
        extension(attachment_name)
            .map(str::to_ascii_lowercase)
            .filter(|extension| self.raw_extensions.contains(extension))
    }
}

impl FromStr for WrappingPolicy {
    type Err = WrappingPolicyError;

    /// Reads a comma-separated list such as `pdf, docx, zip`. Blanks around an item and a
    /// dot before it are allowed. An empty text means that every file is wrapped.
    fn from_str(list: &str) -> Result<Self, Self::Err> {
        if list.trim().is_empty() {
            return Self::new([]);
        }
        Self::new(list.split(',').map(|item| {
            let item = item.trim();
            item.strip_prefix('.').unwrap_or(item)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_follows_the_builder_except_for_its_slip() {
        let policy = WrappingPolicy::default();
        for (name, content_type) in [
            ("a.pdf", "application/pdf"),
            ("a.PDF", "application/pdf"),
            ("Công văn.docx", "application/docx"),
            ("a.zip", "application/zip"),
        ] {
            assert!(!policy.wraps(name), "{name}");
            assert_eq!(policy.content_type(name), content_type);
        }
        for name in ["a.odt", "a.pdf.p7s", "a", "", ".pdf", "a.jpg"] {
            assert!(policy.wraps(name), "{name}");
            assert_eq!(policy.content_type(name), "application/zip");
        }
    }

    #[test]
    fn a_configuration_states_the_policy() {
        let mut config = Config::new();
        assert_eq!(
            WrappingPolicy::from_config(&config),
            WrappingPolicy::default()
        );
        for list in ["odt, .ODS", "", "0123456789abcdef"] {
            config.set("packet.raw_extensions", list).unwrap();
            assert_eq!(Ok(WrappingPolicy::from_config(&config)), list.parse());
        }
    }

    #[test]
    fn a_list_is_read_leniently_in_form_and_strictly_in_content() {
        let policy: WrappingPolicy = " PDF, .docx ,zip".parse().unwrap();
        assert_eq!(
            policy.raw_extensions().collect::<Vec<_>>(),
            ["docx", "pdf", "zip"]
        );
        let all: WrappingPolicy = " ".parse().unwrap();
        assert!(all.wraps("a.pdf"));
        for (list, position) in [("pdf,,zip", 2), ("tar.gz", 1), ("a,b,ảnh", 3), ("..a", 1)] {
            assert_eq!(
                list.parse::<WrappingPolicy>(),
                Err(WrappingPolicyError::BadExtension { position })
            );
            let set = Config::new().set("packet.raw_extensions", list);
            assert!(set.is_err(), "a configuration would take {list}");
        }
    }
}
