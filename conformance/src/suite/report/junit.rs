//! `junit.xml`: the report for build servers.

use std::fmt::Write as _;

use super::{CaseReport, Report};
use crate::suite::verdict::Verdict;

/// The report as JUnit XML, in English.
pub fn junit(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (tests, failures, errors, skipped) = counts(report.cases());
    let _ = writeln!(
        xml,
        "<testsuites name=\"lienthong-conformance\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"{errors}\" skipped=\"{skipped}\" time=\"{}\">",
        seconds(report.took)
    );
    for chapter in &report.chapters {
        let (tests, failures, errors, skipped) = counts(chapter.cases.iter());
        let took: u64 = chapter.cases.iter().map(|case| case.took).sum();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" \
             errors=\"{errors}\" skipped=\"{skipped}\" time=\"{}\">",
            escaped(&chapter.id),
            seconds(took)
        );
        for case in &chapter.cases {
            one(&mut xml, &chapter.id, case);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn one(xml: &mut String, chapter: &str, case: &CaseReport) {
    let got = case.got.as_ref().map_or("", |got| got.en.as_str());
    let got = escaped(got);
    let _ = write!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
        escaped(chapter),
        escaped(&case.id),
        seconds(case.took)
    );
    let inner = match case.verdict {
        Verdict::Pass => String::new(),
        // What is known does not break a build; it stands there all the same.
        Verdict::Fail if case.expected_to_fail => {
            format!("<skipped message=\"expected to fail: {got}\"/>")
        }
        Verdict::Fail => format!("<failure type=\"{}\" message=\"{got}\"/>", case.level),
        Verdict::Inconclusive => format!("<error type=\"inconclusive\" message=\"{got}\"/>"),
        other => format!("<skipped message=\"{}: {got}\"/>", other.word()),
    };
    let _ = match inner.is_empty() {
        true => writeln!(xml, "/>"),
        false => writeln!(xml, ">{inner}</testcase>"),
    };
}

fn counts<'c>(cases: impl Iterator<Item = &'c CaseReport>) -> (usize, usize, usize, usize) {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.verdict {
            Verdict::Pass => {}
            Verdict::Fail if !case.expected_to_fail => failures += 1,
            Verdict::Inconclusive => errors += 1,
            _ => skipped += 1,
        }
    }
    (tests, failures, errors, skipped)
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// For XML and HTML, texts and attribute values; what XML cannot hold becomes `?`.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => out.push('?'),
            char if char.is_control() => out.push('?'),
            char => out.push(char),
        }
    }
    out
}
