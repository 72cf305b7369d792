//! What holds for the cases of the suite as a whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by them"
)]

use std::collections::BTreeSet;

use lienthong_conformance::suite::case::{Case, Chapter, Level, Need, Run};
use lienthong_conformance::suite::cases;
use lienthong_conformance::suite::clause::{CLAUSES, clause};
use lienthong_conformance::suite::product::FEATURES;

fn all() -> Vec<&'static Case> {
    cases::all().collect()
}

#[test]
fn there_are_180_cases_and_two_in_five_are_negative() {
    let all = all();
    assert!(all.len() >= 180, "{}", all.len());
    let negative = all.iter().filter(|case| case.is_negative()).count();
    assert!(
        negative * 100 >= all.len() * 40,
        "{negative} of {}",
        all.len()
    );
}

#[test]
fn every_chapter_has_cases_and_every_id_its_chapter() {
    let all = all();
    let mut ids = BTreeSet::new();
    for case in &all {
        assert!(ids.insert(case.id), "{} stands there twice", case.id);
        let word = case.chapter.word();
        assert!(
            case.id.starts_with(&format!("{word}-")),
            "{} does not begin with {word}",
            case.id
        );
    }
    for chapter in Chapter::ALL {
        assert!(
            all.iter().any(|case| case.chapter == *chapter),
            "{chapter:?}"
        );
    }
}

#[test]
fn every_case_comes_from_clauses_that_are_known() {
    for case in all() {
        assert!(!case.clauses.is_empty(), "{}", case.id);
        for id in case.clauses {
            assert!(clause(id).is_some(), "{}: {id}", case.id);
        }
    }
}

#[test]
fn every_clause_has_a_case_or_says_why_not() {
    let without: Vec<&str> = CLAUSES
        .iter()
        .filter(|clause| {
            let has = all().iter().any(|case| case.clauses.contains(&clause.id));
            !has && clause.without_case.is_none()
        })
        .map(|clause| clause.id)
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn no_clause_with_cases_says_why_it_has_none() {
    for clause in CLAUSES {
        let has = all().iter().any(|case| case.clauses.contains(&clause.id));
        assert!(!(has && clause.without_case.is_some()), "{}", clause.id);
    }
}

#[test]
fn every_case_is_told_in_both_languages() {
    for case in all() {
        let mut texts = vec![case.title, case.why, case.expected];
        texts.extend(case.steps);
        texts.extend(case.refusal);
        assert!(!case.steps.is_empty(), "{}", case.id);
        for text in texts {
            assert!(text.en.len() > 5 && text.vi.len() > 5, "{}", case.id);
            assert!(text.en != text.vi, "{}: {}", case.id, text.en);
            assert!(!text.vi.is_ascii(), "{}: {} has no marks", case.id, text.vi);
        }
    }
}

#[test]
fn needs_are_words_of_the_contract() {
    let commands = include_str!("../../docs/dms.md");
    for case in all() {
        for need in case.needs {
            match need {
                Need::Command(word) => {
                    assert!(
                        commands.contains(&format!("| `{word}` |")),
                        "{}: {word}",
                        case.id
                    );
                }
                Need::Feature(word) => assert!(FEATURES.contains(word), "{}: {word}", case.id),
                Need::Setting(key) => assert!(
                    lienthong::config::KEYS
                        .iter()
                        .any(|known| known.name == *key),
                    "{}: {key}",
                    case.id
                ),
                Need::Fresh => {}
            }
        }
    }
}

#[test]
fn every_must_about_a_connector_has_been_seen_to_fail() {
    let seen = include_str!("../plain/seen-to-fail.tsv");
    let seen: BTreeSet<&str> = seen
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(case, _)| case)
        .collect();
    for case in all() {
        if case.level == Level::Must && matches!(case.run, Run::Connector(_)) {
            assert!(seen.contains(case.id), "{}", case.id);
        }
    }
    for id in seen {
        assert!(
            all().iter().any(|case| case.id == id),
            "there is no case {id}"
        );
    }
}

#[test]
fn every_level_is_used() {
    // A suite of MUST alone would weigh nothing.
    for level in [Level::Must, Level::Should, Level::May] {
        assert!(all().iter().any(|case| case.level == level), "{level:?}");
    }
}
