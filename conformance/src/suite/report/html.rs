//! `report.html`: one file that needs no network, in both languages.
//!
//! Everything is in the page as it is written; the script only hides and shows.
//! Without scripts, and on paper, nothing is missing.

use std::fmt::Write as _;

use super::junit::escaped;
use super::signed::SignedBy;
use super::{CaseReport, ChapterReport, Report};
use crate::suite::evidence::{Actor, Event};
use crate::suite::text::{Said, Text, t};
use crate::suite::verdict::Verdict;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The report as a page, begun in Vietnamese or English.
pub fn html(report: &Report, signed: Option<&SignedBy>, vietnamese: bool) -> String {
    let mut page = String::with_capacity(1 << 20);
    let lang = if vietnamese { "vi" } else { "en" };
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"{lang}\" data-lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Conformance report · Báo cáo kiểm thử hợp quy</title>\
         <link rel=\"icon\" href=\"data:,\">\
         <style>\n{STYLE}</style></head><body>\n"
    );
    head(&mut page, report, signed);
    page.push_str("<main id=\"main\">\n");
    summary(&mut page, report);
    tools(&mut page, report);
    for chapter in &report.chapters {
        of_chapter(&mut page, chapter);
    }
    let nothing = both_of(t(
        "No case fits the filter.",
        "Không có ca kiểm thử nào khớp bộ lọc.",
    ));
    let _ = write!(
        page,
        "<p id=\"nothing\" role=\"status\" hidden>{nothing}</p></main>\n<script>\n{SCRIPT}</script>\n\
         </body></html>\n"
    );
    page
}

/// A text in both languages, of which one is shown.
fn both(en: &str, vi: &str) -> String {
    format!(
        "<span lang=\"en\">{}</span><span lang=\"vi\">{}</span>",
        escaped(en),
        escaped(vi)
    )
}

fn both_of(text: Text) -> String {
    both(text.en, text.vi)
}

fn said(text: &Said) -> String {
    both(&text.en, &text.vi)
}

fn head(page: &mut String, report: &Report, signed: Option<&SignedBy>) {
    let skip = both("To the cases", "Tới các ca kiểm thử");
    let title = both("Conformance report", "Báo cáo kiểm thử hợp quy");
    let language = both("Tiếng Việt", "English");
    let _ = write!(
        page,
        "<a class=\"skip\" href=\"#cases\">{skip}</a>\n<header><h1>{title}</h1>\
         <button type=\"button\" id=\"language\">{language}</button>"
    );
    let verdict = match report.exit {
        0 => t("All MUST cases passed", "Đạt mọi yêu cầu bắt buộc (MUST)"),
        _ => t(
            "Not all MUST cases passed",
            "Chưa đạt hết các yêu cầu bắt buộc (MUST)",
        ),
    };
    let class = if report.exit == 0 { "pass" } else { "fail" };
    let _ = write!(page, "<p class=\"result {class}\">{}</p>", both_of(verdict));
    match signed {
        None => {
            let unsigned = t(
                "Unsigned: nothing proves who made this report.",
                "Chưa ký: không có gì chứng minh ai lập báo cáo này.",
            );
            let _ = write!(
                page,
                "<p class=\"unsigned\"><strong>{}</strong></p>",
                both_of(unsigned)
            );
        }
        Some(by) => {
            let words = t(
                "Signed: the signatures stand beside, in report.json.sig and report.html.sig; the \
                 certificate in signer.pem.",
                "Đã ký: chữ ký ở report.json.sig và report.html.sig đi kèm; chứng thư ở \
                 signer.pem.",
            );
            let _ = write!(page, "<p class=\"signed\">{}</p><dl>", both_of(words));
            pair(page, t("Signer", "Người ký"), &by.subject);
            pair(page, t("Serial number", "Số chứng thư"), &by.serial);
            pair(
                page,
                t("SHA-256 of the certificate", "SHA-256 của chứng thư"),
                &by.fingerprint,
            );
            pair(page, t("Algorithm", "Thuật toán"), &by.algorithm);
            page.push_str("</dl>");
        }
    }
    page.push_str("<dl>");
    let declared = &report.declaration;
    pair(
        page,
        t("Under test", "Đối tượng kiểm thử"),
        &format!("{} {}", declared.product, declared.version),
    );
    pair(page, t("Kind", "Loại"), &report.subject);
    pair(page, t("Suite", "Bộ kiểm thử"), &report.suite_version);
    pair(page, t("Profile", "Cấu hình"), &report.profile);
    pair(page, t("Seed", "Hạt giống"), &report.seed.to_string());
    pair(page, t("Begun", "Bắt đầu"), &when(report.started));
    pair(
        page,
        t("Took", "Thời gian chạy"),
        &format!("{}.{} s", report.took / 1000, report.took % 1000 / 100),
    );
    pair(
        page,
        t("Digest of the cases", "Mã băm các ca kiểm thử"),
        &report.cases_digest,
    );
    if !declared.features.is_empty() {
        pair(
            page,
            t("Declared features", "Tính năng khai báo"),
            &declared.features.join(", "),
        );
    }
    if !declared.commands.is_empty() {
        pair(
            page,
            t("Declared commands", "Lệnh khai báo"),
            &declared.commands.join(", "),
        );
    }
    page.push_str("</dl></header>\n");
}

fn pair(page: &mut String, name: Text, value: &str) {
    let class = match value.chars().count() {
        0..40 => "",
        _ => " class=\"wide\"",
    };
    let _ = write!(
        page,
        "<div{class}><dt>{}</dt><dd>{}</dd></div>",
        both_of(name),
        escaped(value)
    );
}

/// `yyyy-MM-dd HH:mm:ss` in Vietnam.
fn when(millis: u64) -> String {
    let seconds = i64::try_from(millis / 1000).unwrap_or_default();
    let stamp = lienthong::packet::Timestamp::in_vietnam(seconds);
    let stamp = stamp.map(|stamp| stamp.official()).unwrap_or_default();
    format!("{stamp} (UTC+7)")
}

/// The parts of a bar: pass, fail, warn, everything else.
fn parts(cases: &[CaseReport]) -> [(usize, &'static str); 4] {
    let count =
        |fits: &dyn Fn(Verdict) -> bool| cases.iter().filter(|case| fits(case.verdict)).count();
    [
        (count(&|verdict| verdict == Verdict::Pass), "pass"),
        (count(&|verdict| verdict == Verdict::Fail), "fail"),
        (
            count(&|verdict| matches!(verdict, Verdict::Warn | Verdict::Inconclusive)),
            "warn",
        ),
        (
            count(&|verdict| {
                matches!(
                    verdict,
                    Verdict::Skip | Verdict::NotApplicable | Verdict::Manual
                )
            }),
            "none",
        ),
    ]
}

/// Passed and failed by chapter, as a picture and in numbers.
fn summary(page: &mut String, report: &Report) {
    let heading = both("Summary", "Tổng hợp");
    let most = report.chapters.iter().map(|chapter| chapter.cases.len());
    let most = most.max().unwrap_or(1).max(1);
    let _ = write!(
        page,
        "<section aria-labelledby=\"summary\"><h2 id=\"summary\">{heading}</h2>\
         <table class=\"bars\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>",
        both("Chapter", "Chương"),
        both("Picture", "Biểu đồ"),
        both("Passed", "Đạt"),
        both("Failed", "Không đạt"),
        both("Warnings, undecided", "Cảnh báo, chưa kết luận"),
        both("Not run", "Không chạy"),
    );
    for chapter in &report.chapters {
        let parts = parts(&chapter.cases);
        let mut bar = String::new();
        let mut x = 0.0;
        for (count, class) in parts {
            let width = 240.0 * count as f64 / most as f64;
            if count > 0 {
                let _ = write!(
                    bar,
                    "<rect class=\"{class}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"16\"/>"
                );
            }
            x += width;
        }
        let _ = write!(
            page,
            "<tr><th scope=\"row\"><a href=\"#chapter-{}\">{}</a></th>\
             <td><svg viewBox=\"0 0 240 16\" width=\"240\" height=\"16\" aria-hidden=\"true\">\
             {bar}</svg></td>",
            escaped(&chapter.id),
            said(&chapter.title)
        );
        for (count, _) in parts {
            let _ = write!(page, "<td>{count}</td>");
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody><tfoot><tr><th scope=\"row\">");
    page.push_str(&both("All", "Tất cả"));
    page.push_str("</th><td></td>");
    let all: Vec<CaseReport> = report.cases().cloned().collect();
    for (count, _) in parts(&all) {
        let _ = write!(page, "<td>{count}</td>");
    }
    page.push_str("</tr></tfoot></table>");
    if !report.unexpected_passes.is_empty() {
        let words = both(
            "Expected to fail, and passed:",
            "Nằm trong danh sách lỗi đã biết nhưng đạt:",
        );
        let ids = escaped(&report.unexpected_passes.join(", "));
        let _ = write!(page, "<p class=\"unexpected\">{words} {ids}</p>");
    }
    page.push_str("</section>\n");
}

/// The word of a verdict.
fn verdict_word(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Pass => t("pass", "đạt"),
        Verdict::Fail => t("fail", "không đạt"),
        Verdict::Warn => t("warning", "cảnh báo"),
        Verdict::Skip => t("skipped", "bỏ qua"),
        Verdict::NotApplicable => t("not applicable", "không áp dụng"),
        Verdict::Inconclusive => t("undecided", "chưa kết luận"),
        Verdict::Manual => t("by hand", "làm tay"),
    }
}

fn tools(page: &mut String, report: &Report) {
    let _ = write!(
        page,
        "<section class=\"tools\" id=\"cases\" tabindex=\"-1\" aria-labelledby=\"find\">\
         <h2 id=\"find\">{}</h2><p><label for=\"search\">{}</label> \
         <input id=\"search\" type=\"search\" autocomplete=\"off\"></p><fieldset><legend>{}</legend>",
        both("Cases", "Các ca kiểm thử"),
        both("Search id, clause, text", "Tìm mã, điều khoản, nội dung"),
        both("Show", "Hiện"),
    );
    for verdict in Verdict::ALL {
        let count = report.counts.get(verdict).copied().unwrap_or_default();
        if count == 0 {
            continue;
        }
        let word = verdict.word();
        let _ = write!(
            page,
            "<label><input type=\"checkbox\" name=\"verdict\" value=\"{word}\" checked> {} \
             ({count})</label> ",
            both_of(verdict_word(*verdict))
        );
    }
    for level in ["MUST", "SHOULD", "MAY"] {
        let _ = write!(
            page,
            "<label><input type=\"checkbox\" name=\"level\" value=\"{level}\" checked> \
             {level}</label> "
        );
    }
    let _ = writeln!(
        page,
        "</fieldset><p><button type=\"button\" id=\"open\">{}</button> \
         <button type=\"button\" id=\"close\">{}</button></p></section>",
        both("Open all shown", "Mở tất cả"),
        both("Close all", "Đóng tất cả"),
    );
}

fn of_chapter(page: &mut String, chapter: &ChapterReport) {
    let id = escaped(&chapter.id);
    let _ = writeln!(
        page,
        "<section class=\"chapter\" aria-labelledby=\"chapter-{id}\">\
         <h2 id=\"chapter-{id}\">{}</h2>",
        said(&chapter.title)
    );
    for case in &chapter.cases {
        of_case(page, case);
    }
    page.push_str("</section>\n");
}

fn of_case(page: &mut String, case: &CaseReport) {
    let word = case.verdict.word();
    let id = escaped(&case.id);
    let level = escaped(&case.level);
    let _ = write!(
        page,
        "<details class=\"case\" id=\"{id}\" data-verdict=\"{word}\" data-level=\"{level}\">\
         <summary><span class=\"verdict {word}\">{}</span> <span class=\"level\">{level}</span> \
         <code>{id}</code> <span class=\"title\">{}</span></summary><div class=\"inside\">",
        both_of(verdict_word(case.verdict)),
        said(&case.title)
    );
    if case.expected_to_fail {
        let words = both("Known to fail.", "Lỗi đã biết.");
        let _ = write!(page, "<p>{words}</p>");
    }
    section(page, t("Why", "Lý do"), &said(&case.why));
    let mut clauses = String::from("<ul>");
    for clause in &case.clauses {
        let _ = write!(
            clauses,
            "<li><code>{}</code> {}: {}</li>",
            escaped(&clause.id),
            said(&clause.source),
            said(&clause.text)
        );
    }
    clauses.push_str("</ul>");
    section(page, t("Comes from", "Căn cứ"), &clauses);
    let mut steps = String::from("<ol>");
    for step in &case.steps {
        let _ = write!(steps, "<li>{}</li>", said(step));
    }
    steps.push_str("</ol>");
    section(page, t("Steps", "Các bước"), &steps);
    section(page, t("Expected", "Mong đợi"), &said(&case.expected));
    if let Some(refusal) = &case.refusal {
        section(page, t("Refusal", "Phải từ chối"), &said(refusal));
    }
    if let Some(got) = &case.got {
        section(page, t("Got", "Thực tế"), &said(got));
    }
    if !case.evidence.is_empty() {
        section(
            page,
            t("What happened", "Diễn biến"),
            &sequence(&case.evidence),
        );
    }
    page.push_str("</div></details>\n");
}

fn section(page: &mut String, name: Text, inner: &str) {
    let _ = write!(
        page,
        "<h3>{}</h3><div class=\"part\">{inner}</div>",
        both_of(name)
    );
}

/// The column of an actor.
fn lane(actor: Actor) -> usize {
    match actor {
        Actor::Suite => 1,
        Actor::Product => 2,
        Actor::Axis => 3,
        Actor::Peer => 4,
    }
}

/// Who did what to whom, as a sequence diagram: a row for each event, its arrow
/// from column to column.
fn sequence(events: &[Event]) -> String {
    let mut out = format!(
        "<div class=\"sequence\"><div class=\"lanes\" aria-hidden=\"true\"><span></span>\
         <b>{}</b><b>{}</b><b>{}</b><b>{}</b></div><ol>",
        both("suite", "bộ kiểm thử"),
        both("product", "phần mềm"),
        both("axis", "trục"),
        both("peer", "bên kia"),
    );
    for event in events {
        let (from, to) = (lane(event.from), lane(event.to));
        let (first, last) = (from.min(to), from.max(to));
        let class = match from.cmp(&to) {
            std::cmp::Ordering::Less => "right",
            std::cmp::Ordering::Greater => "left",
            std::cmp::Ordering::Equal => "self",
        };
        let mut details = String::new();
        for (name, value) in &event.details {
            let _ = write!(
                details,
                " <span class=\"detail\">{}={}</span>",
                escaped(name),
                escaped(value)
            );
        }
        let _ = write!(
            out,
            "<li><time>{}.{:03} s</time><span class=\"arrow {class} from-{first} to-{last}\">\
             <span class=\"what\">{}</span>{details}</span></li>",
            event.at / 1000,
            event.at % 1000,
            escaped(&event.what)
        );
    }
    out.push_str("</ol></div>");
    out
}
