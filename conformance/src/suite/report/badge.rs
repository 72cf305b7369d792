//! The badge: an SVG of one line.

use super::Report;
use crate::suite::verdict::Verdict;

/// The badge of a report.
pub fn badge(report: &Report) -> String {
    let count = |verdict| {
        report
            .must_counts
            .get(&verdict)
            .copied()
            .unwrap_or_default()
    };
    let passed = count(Verdict::Pass);
    let not = count(Verdict::NotApplicable) + count(Verdict::Skip);
    let all = report.must_counts.values().sum::<usize>() - not;
    let (word, colour) = match report.exit {
        0 => (format!("MUST {passed}/{all} passed"), "#1a6b35"),
        _ => (format!("MUST {passed}/{all}"), "#a3120f"),
    };
    let label = "lienthong conformance";
    // About seven units a letter at this size.
    let (left, right) = (label.len() * 7 + 12, word.len() * 7 + 12);
    let (width, middle, end) = (left + right, left / 2, left + right / 2);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" \
         aria-label=\"{label}: {word}\"><title>{label}: {word}</title>\
         <rect width=\"{left}\" height=\"20\" fill=\"#3b4048\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" \
         font-size=\"11\"><text x=\"{middle}\" y=\"14\">{label}</text>\
         <text x=\"{end}\" y=\"14\">{word}</text></g></svg>\n"
    )
}
