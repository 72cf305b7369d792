//! Ids: opaque texts with a type each, so that one is not taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::element::{Context, Element, Node, Walk, coded_text, tidy_text};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Element for $name {
            fn read(node: Node, context: &mut Context) -> Option<Self> {
                coded_text(&node, context).map(Self::new)
            }

            fn walk(
                &self,
                element: &'static str,
                number: Option<usize>,
                max: usize,
                walker: &mut dyn Walk,
            ) {
                walker.leaf(element, number, &self.0, max);
            }

            fn is_absent(&self) -> bool {
                self.0.trim().is_empty()
            }

            fn tidy(&mut self) {
                tidy_text(&mut self.0);
            }

            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }
    };
}

id! {
    /// The id of an organ (mã định danh), as in the directory. Old form
    /// `000.00.00.H41`, new form `H41.02` (Decision 20/2020); no form is
    /// enforced, since others are in use.
    OrganId
}
id! {
    /// The sender's id of a document (`DocumentId`): opaque, unique together
    /// with the sender's [`OrganId`]. Not the axis's own id of a delivery.
    DocumentId
}
id! {
    /// The code of a task of the task-tracking system (`TaskCode`).
    TaskCode
}
id! {
    /// What ties an attachment to its entry in the manifest, without any
    /// leading `cid:`.
    ContentId
}

impl ContentId {
    /// Takes every leading `cid:` off (seen: none, one, two).
    pub fn without_prefix(text: &str) -> Self {
        let mut rest = text.trim();
        while let Some(shorter) = rest
            .get(..4)
            .filter(|head| head.eq_ignore_ascii_case("cid:"))
            .and_then(|_| rest.get(4..))
        {
            rest = shorter.trim_start();
        }
        Self::new(rest)
    }
}
