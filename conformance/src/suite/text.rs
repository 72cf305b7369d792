//! Texts in both languages: those that stand in the cases, and those a run makes.

use lienthong::Language;
use serde::{Deserialize, Serialize};

/// A text of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// In English.
    pub en: &'static str,
    /// In Vietnamese.
    pub vi: &'static str,
}

/// A text of a case: English, Vietnamese.
pub const fn t(en: &'static str, vi: &'static str) -> Text {
    Text { en, vi }
}

/// A text that a run made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In English.
    pub en: String,
    /// In Vietnamese.
    pub vi: String,
}

impl Said {
    /// In a language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Vietnamese => &self.vi,
        }
    }
}

impl Text {
    /// In a language.
    pub fn of(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Vietnamese => self.vi,
        }
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Said {
            en: text.en.to_owned(),
            vi: text.vi.to_owned(),
        }
    }
}

/// A [`Said`] of two format strings, English and Vietnamese, over the same names.
macro_rules! said {
    ($en:literal, $vi:literal $(,)?) => {
        $crate::suite::text::Said {
            en: format!($en),
            vi: format!($vi),
        }
    };
}
pub(crate) use said;
