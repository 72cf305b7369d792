//! The runner: which cases, in what order, and what came of each.

mod axis;
mod collected;
mod connector;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lienthong::Language;
use ring::digest::{Context, SHA256};

use super::bench::OWN;
use super::case::{Case, Chapter, Level, Run};
use super::cases;
use super::clause::clause;
use super::evidence::Evidence;
use super::gateway::Account;
use super::product::{Declaration, Means, Over};
use super::report::{CaseReport, ChapterReport, ClauseReport, Report, SCHEMA};
use super::said;
use super::text::Said;
use super::verdict::{Outcome, Stop, Verdict};

/// What is under test.
#[derive(Clone)]
pub enum Subject {
    /// A connector.
    Connector(Means),
    /// Files of packets.
    Packets(Vec<std::path::PathBuf>),
    /// An axis or gateway.
    Axis {
        /// Its base address.
        url: String,
        /// A system that sends.
        one: Account,
        /// A system that receives.
        two: Account,
        /// Keys of the client, e.g. `axis.ca_file`.
        settings: Vec<(String, String)>,
    },
}

/// How a run is made.
#[derive(Clone)]
pub struct Plan {
    /// What is under test.
    pub subject: Subject,
    /// Ids of cases, chapters or clauses; none: all of the profile.
    pub only: Vec<String>,
    /// Whether cases outside the quick profile run too.
    pub full: bool,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
    /// The seed.
    pub seed: u64,
    /// Ids of cases that are known to fail.
    pub expected_failures: Vec<String>,
    /// How long anything is waited for.
    pub patience: Duration,
    /// Cases at once; a product that runs already takes one at a time.
    pub jobs: usize,
    /// The organ of the product.
    pub organ: String,
    /// Where the axis listens for a product that runs already.
    pub listen: Option<std::net::SocketAddr>,
    /// The secret for a product that runs already; else one is made up.
    pub secret: Option<String>,
    /// The language of what a person is shown.
    pub language: Language,
}

impl Plan {
    /// The quick profile against a subject.
    pub fn new(subject: Subject) -> Self {
        Plan {
            subject,
            only: Vec::new(),
            full: false,
            strict: false,
            seed: 1,
            expected_failures: Vec::new(),
            patience: Duration::from_secs(10),
            jobs: 4,
            organ: OWN.to_owned(),
            listen: None,
            secret: None,
            language: Language::English,
        }
    }
}

impl Plan {
    /// Numbers of documents, from a place that the seed decides.
    fn numbers(&self) -> Arc<AtomicU64> {
        let first = 1 + self.seed.wrapping_mul(10_000) % 9_000_000;
        Arc::new(AtomicU64::new(first))
    }
}

/// Why a run did not take place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// No case was chosen, or a name is none.
    Usage(Said),
    /// The product could not be reached.
    Unreachable(Said),
    /// The suite itself failed.
    Own(Said),
}

/// What a listener is told while a run goes on.
pub enum Progress<'p> {
    /// Where a product that runs already has to be pointed to.
    Standing {
        /// The address of the axis.
        url: &'p str,
        /// The system's id.
        system: &'p str,
        /// Its secret.
        secret: &'p str,
    },
    /// A case is over.
    Done(&'p CaseReport),
}

/// Who listens.
pub type Listener<'l> = &'l mut dyn FnMut(Progress<'_>);

/// The cases that are meant by a subject and these names (ids, chapters,
/// clauses; none: all).
///
/// # Errors
/// A name is none.
pub fn choose(subject: &Subject, only: &[String]) -> Result<Vec<&'static Case>, Said> {
    for name in only {
        let known = cases::all().any(|case| is_meant(case, name));
        if !known {
            return Err(said!(
                "`{name}` is no case, chapter or clause; `run --list` shows them",
                "`{name}` không phải mã ca kiểm thử, chương hay điều khoản; xem `run --list`"
            ));
        }
    }
    let fits = |case: &&Case| {
        matches!(
            (subject, case.run),
            (Subject::Connector(_), Run::Connector(_) | Run::Packet(_))
                | (Subject::Packets(_), Run::Packet(_))
                | (Subject::Axis { .. }, Run::Axis(_))
        )
    };
    let meant = |case: &&Case| only.is_empty() || only.iter().any(|name| is_meant(case, name));
    Ok(cases::all().filter(fits).filter(meant).collect())
}

fn is_meant(case: &Case, name: &str) -> bool {
    case.id == name || case.chapter.word() == name || case.clauses.contains(&name)
}

/// Carries a plan out, with files in a folder that is there.
///
/// # Errors
/// Nothing was run.
pub fn run(plan: &Plan, folder: &Path, listener: Listener<'_>) -> Result<Report, NotRun> {
    let mut chosen = choose(&plan.subject, &plan.only).map_err(NotRun::Usage)?;
    // Who names a case wants it, whatever the profile.
    if plan.only.is_empty() && !plan.full {
        chosen.retain(|case| case.quick);
    }
    if chosen.is_empty() {
        return Err(NotRun::Usage(said!(
            "no case was chosen, so nothing is proven",
            "không có ca kiểm thử nào được chọn nên không chứng minh được gì"
        )));
    }
    for id in &plan.expected_failures {
        if !cases::all().any(|case| case.id == id) {
            return Err(NotRun::Usage(said!(
                "the list of expected failures names `{id}`, which is no case",
                "danh sách lỗi đã biết có `{id}`, không phải mã ca kiểm thử"
            )));
        }
    }
    let started = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default();
    let clock = Instant::now();
    let (declaration, results, over) = match &plan.subject {
        Subject::Connector(means) => connector::connector(plan, means, &chosen, folder, listener)?,
        Subject::Packets(files) => collected::packets(plan, files, &chosen, listener)?,
        Subject::Axis {
            url,
            one,
            two,
            settings,
        } => axis::axis(plan, (url, one, two, settings), &chosen, listener)?,
    };
    let mut report = report(plan, declaration, results, started, clock.elapsed());
    if over == Some(Over::Closed) {
        // The product cannot be reached any more; what was done stays done.
        report.exit = 3;
    }
    Ok(report)
}

/// What a subject says of itself, what came of each case, and why a person ended it.
type Results = (Declaration, Vec<(Chapter, CaseReport)>, Option<Over>);

/// A fault of the suite in one case must not take the others with it.
fn guarded(run: impl FnOnce() -> Outcome) -> Outcome {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Stop::Inconclusive(said!(
            "a fault of the suite itself",
            "lỗi của chính bộ kiểm thử"
        )))
    })
}

fn case_report(
    plan: &Plan,
    case: &Case,
    outcome: Outcome,
    took: Duration,
    evidence: &Evidence,
) -> CaseReport {
    let counts_as_must = case.level == Level::Must || (plan.strict && case.level == Level::Should);
    let (verdict, got) = match outcome {
        Ok(()) => (Verdict::Pass, None),
        Err(Stop::Fail(got)) if counts_as_must => (Verdict::Fail, Some(got)),
        Err(Stop::Fail(got)) => (Verdict::Warn, Some(got)),
        Err(Stop::Skip(why)) => (Verdict::Skip, Some(why)),
        Err(Stop::NotApplicable(why)) => (Verdict::NotApplicable, Some(why)),
        Err(Stop::Inconclusive(why)) => (Verdict::Inconclusive, Some(why)),
        Err(Stop::Manual(why)) => (Verdict::Manual, Some(why)),
    };
    CaseReport {
        id: case.id.to_owned(),
        level: case.level.word().to_owned(),
        clauses: case
            .clauses
            .iter()
            .filter_map(|id| clause(id))
            .map(|clause| ClauseReport {
                id: clause.id.to_owned(),
                source: clause.source.name().into(),
                text: clause.text.into(),
            })
            .collect(),
        refusal: case.refusal.map(Into::into),
        title: case.title.into(),
        why: case.why.into(),
        steps: case.steps.iter().map(|&step| step.into()).collect(),
        expected: case.expected.into(),
        verdict,
        expected_to_fail: plan.expected_failures.iter().any(|id| id == case.id),
        got,
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        evidence: evidence.events(),
    }
}

fn report(
    plan: &Plan,
    declaration: Declaration,
    results: Vec<(Chapter, CaseReport)>,
    started: u64,
    took: Duration,
) -> Report {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut must_counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut unexpected_passes = Vec::new();
    let mut exit = 0;
    for (_, case) in &results {
        *counts.entry(case.verdict).or_default() += 1;
        let is_must =
            case.level == Level::Must.word() || (plan.strict && case.level == Level::Should.word());
        if is_must {
            *must_counts.entry(case.verdict).or_default() += 1;
        }
        if case.expected_to_fail {
            if case.verdict == Verdict::Pass {
                unexpected_passes.push(case.id.clone());
            }
            continue;
        }
        // What was not decided was not passed.
        let passed = matches!(
            case.verdict,
            Verdict::Pass | Verdict::NotApplicable | Verdict::Skip
        );
        if is_must && !passed {
            exit = 1;
        }
    }
    // Nothing that applied is no pass.
    if counts.get(&Verdict::Pass).copied().unwrap_or_default() == 0 {
        exit = 1;
    }
    let mut chapters: Vec<ChapterReport> = Vec::new();
    for &chapter in Chapter::ALL {
        let of_it = results.iter().filter(|(its, _)| *its == chapter);
        let cases: Vec<CaseReport> = of_it.map(|(_, case)| case.clone()).collect();
        if !cases.is_empty() {
            chapters.push(ChapterReport {
                id: chapter.word().to_owned(),
                title: chapter.title().into(),
                cases,
            });
        }
    }
    Report {
        schema: SCHEMA.to_owned(),
        suite_version: lienthong::VERSION.to_owned(),
        cases_digest: cases_digest(),
        profile: match (plan.only.is_empty(), plan.full) {
            (false, _) => "chosen",
            (true, true) => "full",
            (true, false) => "quick",
        }
        .to_owned(),
        subject: match plan.subject {
            Subject::Connector(_) => "connector",
            Subject::Packets(_) => "packets",
            Subject::Axis { .. } => "axis",
        }
        .to_owned(),
        declaration,
        seed: plan.seed,
        strict: plan.strict,
        started,
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        exit,
        counts,
        must_counts,
        unexpected_passes,
        chapters,
    }
}

/// SHA-256 over what the cases say.
pub fn cases_digest() -> String {
    let mut digest = Context::new(&SHA256);
    for case in cases::all() {
        let head = [
            case.id,
            case.chapter.word(),
            case.level.word(),
            case.title.en,
            case.title.vi,
            case.why.en,
            case.why.vi,
            case.expected.en,
            case.expected.vi,
        ];
        let steps = case.steps.iter().flat_map(|step| [step.en, step.vi]);
        for text in head
            .into_iter()
            .chain(steps)
            .chain(case.clauses.iter().copied())
        {
            digest.update(text.as_bytes());
            digest.update(&[0]);
        }
    }
    let digest = digest.finish();
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn random_word() -> Result<String, ring::error::Unspecified> {
    let mut bytes = [0; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
