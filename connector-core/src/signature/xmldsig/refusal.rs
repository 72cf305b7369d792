//! Why a signature is not judged to its end, or was judged and does not hold.

use std::borrow::Cow;

use crate::signature::verdict::{Reason, ReasonCode, Verdict};

/// A verdict that is settled, with its reason.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) verdict: Verdict,
    pub(super) reason: Reason,
}

impl Refusal {
    /// It does not hold, or breaks the schema of XML signatures.
    pub(super) fn invalid(code: ReasonCode) -> Self {
        Refusal {
            verdict: Verdict::Invalid,
            reason: Reason::new(code),
        }
    }

    /// XML signatures may be like that; they are not judged here.
    pub(super) fn unsupported(code: ReasonCode) -> Self {
        Refusal {
            verdict: Verdict::Unsupported,
            reason: Reason::new(code),
        }
    }

    /// The schema of XML signatures is broken in this element.
    pub(super) fn malformed(element: &'static str) -> Self {
        Self::invalid(ReasonCode::SignatureMalformed).with("element", element)
    }

    /// The element has a part that the schema allows and nobody here judges.
    pub(super) fn foreign_part(element: &'static str) -> Self {
        Self::unsupported(ReasonCode::PartUnsupported).with("element", element)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.reason = self.reason.with(name, value);
        self
    }
}
