//! What a run found: `report.json` is this, and all other reports are made of it.

mod badge;
mod diff;
mod html;
mod junit;
mod signed;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::evidence::Event;
use super::product::Declaration;
use super::text::Said;
use super::verdict::Verdict;

pub use badge::badge;
pub use diff::{Change, diff};
pub use html::html;
pub use junit::junit;
pub use signed::{SignError, SignedBy, sign_file, signed_by, write_certificates};

/// The name and version of the shape; a change that breaks a reader gets another.
pub const SCHEMA: &str = "lienthong.conformance.report/1";

/// What a run found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of this program.
    pub suite_version: String,
    /// SHA-256 (hex) over the ids, levels and texts of all cases of the suite.
    pub cases_digest: String,
    /// `quick`, `full`, or `chosen` where `--only` was given.
    pub profile: String,
    /// `connector`, `axis` or `packets`.
    pub subject: String,
    /// What the product says of itself.
    pub declaration: Declaration,
    /// The seed of all that is random.
    pub seed: u64,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
    /// Start, milliseconds since 1970.
    pub started: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// The exit code that follows.
    pub exit: u8,
    /// Cases by verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// The same for MUST alone.
    pub must_counts: BTreeMap<Verdict, usize>,
    /// Cases that were expected to fail and passed.
    pub unexpected_passes: Vec<String>,
    /// The chapters, in their order.
    pub chapters: Vec<ChapterReport>,
}

/// A chapter of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChapterReport {
    /// Its word.
    pub id: String,
    /// Its title.
    pub title: Said,
    /// Its cases, in their order.
    pub cases: Vec<CaseReport>,
}

/// A case of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseReport {
    /// Its id.
    pub id: String,
    /// `MUST`, `SHOULD` or `MAY`.
    pub level: String,
    /// Ids and texts of its clauses.
    pub clauses: Vec<ClauseReport>,
    /// Of a negative case, the refusal that is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Said>,
    /// What holds where it passes.
    pub title: Said,
    /// Why it matters.
    pub why: Said,
    /// What is done.
    pub steps: Vec<Said>,
    /// What has to be seen.
    pub expected: Said,
    /// How it ended.
    pub verdict: Verdict,
    /// Whether the list of expected failures has it.
    pub expected_to_fail: bool,
    /// What was seen in place of what was expected, or why it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<Said>,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// What happened: ids, codes, hashes and lengths, nothing that people wrote.
    pub evidence: Vec<Event>,
}

/// A clause of a case in a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClauseReport {
    /// Its id.
    pub id: String,
    /// Its source.
    pub source: Said,
    /// What it says.
    pub text: Said,
}

impl Report {
    /// All cases, in their order.
    pub fn cases(&self) -> impl Iterator<Item = &CaseReport> {
        self.chapters.iter().flat_map(|chapter| &chapter.cases)
    }
}
