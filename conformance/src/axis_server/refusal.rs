//! What an axis refuses, and by which code. That the codes exist is known; which
//! cause gives which is in part assumed, and can be set.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Answer;

macro_rules! causes {
    ($($variant:ident $word:literal $code:literal $text:literal;)*) => {
        /// Why a call is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $text] $variant,)*
        }

        impl Cause {
            /// All causes.
            pub const ALL: &'static [Cause] = &[$(Cause::$variant),*];

            /// Its word in the configuration.
            pub fn word(self) -> &'static str {
                match self { $(Cause::$variant => $word),* }
            }

            /// Its code where none is set.
            pub fn usual_code(self) -> &'static str {
                match self { $(Cause::$variant => $code),* }
            }

            /// What the answer says.
            pub fn text(self) -> &'static str {
                match self { $(Cause::$variant => $text),* }
            }
        }
    };
}

causes! {
    UnknownSystem "unknown-system" "15" "no such system";
    Signature "signature" "15" "the signature does not hold";
    Skew "skew" "15" "the timestamp is too far off";
    EmptyPacket "empty-packet" "10" "the packet is empty";
    HashMissing "hash-missing" "10" "there is no hash-file";
    HashDiffers "hash-differs" "10" "hash-file is of another packet";
    NotXml "not-xml" "10" "the packet cannot be read";
    NotStandard "not-standard" "22" "the packet is not to standard";
    NoReceiver "no-receiver" "22" "no receiver is named";
    RebuildFailed "rebuild-failed" "21" "the packet could not be processed";
    UnknownReceiver "unknown-receiver" "18" "a receiver does not exist";
    LockedReceiver "locked-receiver" "23" "a receiver is locked";
    UnknownSender "unknown-sender" "19" "the sender is not registered";
    ForeignSender "foreign-sender" "19" "the sender belongs to another system";
    Parameter "parameter" "20" "a parameter is missing or has no meaning";
    UnknownDocument "unknown-document" "20" "no such docId in a queue of this system";
    UnknownAgency "unknown-agency" "18" "no such agency of this system";
    ForeignAgency "foreign-agency" "20" "the agency belongs to another system";
    Internal "internal" "20" "the axis failed";
}

/// Which cause gives which code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes(BTreeMap<Cause, String>);

impl Codes {
    /// The code of a cause.
    pub fn of(&self, cause: Cause) -> &str {
        self.0
            .get(&cause)
            .map_or(cause.usual_code(), String::as_str)
    }

    /// Sets the code of a cause.
    pub fn set(&mut self, cause: Cause, code: impl Into<String>) {
        self.0.insert(cause, code.into());
    }

    /// The answer to a refused call.
    pub(super) fn refuse(&self, refusal: &Refusal) -> Answer {
        let members = if refusal.of_sending {
            json!({ "DocId": "" })
        } else {
            Value::Null
        };
        Answer::fail(refusal.code(self), &refusal.text(), members)
    }
}

/// A refused call.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    /// An organ code or a kind of flaw; never content.
    pub(super) about: Option<String>,
    /// Another code than the configured one (a fault).
    pub(super) code: Option<String>,
    /// Every answer to `sendEdoc` has a `DocId`.
    pub(super) of_sending: bool,
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        Refusal {
            cause,
            about: None,
            code: None,
            of_sending: false,
        }
    }
}

impl Refusal {
    /// Its code.
    pub(super) fn code<'c>(&'c self, codes: &'c Codes) -> &'c str {
        let code = self.code.as_deref();
        code.unwrap_or_else(|| codes.of(self.cause))
    }

    /// What it says.
    pub(super) fn text(&self) -> String {
        match &self.about {
            Some(about) => format!("{}: {about}", self.cause.text()),
            None => self.cause.text().to_owned(),
        }
    }

    /// A refusal that names what it is about.
    pub(super) fn about(cause: Cause, about: impl Into<String>) -> Self {
        Refusal {
            about: Some(about.into()),
            ..cause.into()
        }
    }
}
