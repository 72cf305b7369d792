//! What changed between two reports.

use std::collections::BTreeMap;

use super::{CaseReport, Report};
use crate::suite::verdict::Verdict;

/// A case whose verdict is another, or that only one report has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The case.
    pub id: String,
    /// Its level.
    pub level: String,
    /// In the older report; none where it is not there.
    pub old: Option<Verdict>,
    /// In the newer one.
    pub new: Option<Verdict>,
}

impl Change {
    /// Whether it is one for the worse: what passed does so no more.
    pub fn is_worse(&self) -> bool {
        self.old == Some(Verdict::Pass)
            && !matches!(self.new, Some(Verdict::Pass | Verdict::NotApplicable))
    }
}

/// The changes, by id.
pub fn diff(old: &Report, new: &Report) -> Vec<Change> {
    let by_id = |report: &'_ Report| -> BTreeMap<String, CaseReport> {
        report
            .cases()
            .map(|case| (case.id.clone(), case.clone()))
            .collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let ids: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    ids.into_iter()
        .filter_map(|id| {
            let (before, after) = (old.get(id), new.get(id));
            let verdict = |case: Option<&CaseReport>| case.map(|case| case.verdict);
            if verdict(before) == verdict(after) {
                return None;
            }
            let level = after.or(before).map(|case| case.level.clone());
            Some(Change {
                id: id.clone(),
                level: level.unwrap_or_default(),
                old: verdict(before),
                new: verdict(after),
            })
        })
        .collect()
}
