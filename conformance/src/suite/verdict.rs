//! How a case ends.

use serde::{Deserialize, Serialize};

use super::text::Said;

/// What a case says of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All that was expected was seen.
    Pass,
    /// Something else was seen.
    Fail,
    /// The failure of a SHOULD or MAY.
    Warn,
    /// Not run, for a reason of the suite's.
    Skip,
    /// The product declares that it has not what the case is about.
    NotApplicable,
    /// The set-up did not let the case come to an end.
    Inconclusive,
    /// A person has to look.
    Manual,
}

impl Verdict {
    /// All of them.
    pub const ALL: &'static [Verdict] = &[
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Warn,
        Verdict::Skip,
        Verdict::NotApplicable,
        Verdict::Inconclusive,
        Verdict::Manual,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Warn => "warn",
            Verdict::Skip => "skip",
            Verdict::NotApplicable => "not-applicable",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Manual => "manual",
        }
    }
}

/// Why a case ended before its last step.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The product did something else than it has to.
    Fail(Said),
    /// Not run.
    Skip(Said),
    /// The product has not what the case is about.
    NotApplicable(Said),
    /// The set-up failed: the suite, the machine, a product that cannot be moved.
    Inconclusive(Said),
    /// A person has to look.
    Manual(Said),
}

/// What the function of a case gives: `Ok` is a pass.
pub type Outcome<T = ()> = Result<T, Stop>;

/// A pass only where this holds.
pub fn ensure(holds: bool, got: impl FnOnce() -> Said) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(Stop::Fail(got()))
    }
}

impl Stop {
    /// What it says.
    pub fn said(self) -> Said {
        match self {
            Stop::Fail(said)
            | Stop::Skip(said)
            | Stop::NotApplicable(said)
            | Stop::Inconclusive(said)
            | Stop::Manual(said) => said,
        }
    }

    /// The suite could not do its own part.
    pub fn own(error: impl std::fmt::Display) -> Self {
        Stop::Inconclusive(Said {
            en: format!("the suite could not go on: {error}"),
            vi: format!("bộ kiểm thử không thể tiếp tục: {error}"),
        })
    }
}
