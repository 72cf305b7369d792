//! The text output: one block for each packet.

use lienthong::{Finding, FindingCode, Language, Severity};

use super::Session;
use super::failure::Failure;
use super::report::Report;

/// A text on one line in which nothing can steer the terminal: organ ids,
/// element names and file names come from outside.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|character| {
            // Marks that turn the direction of writing can make a name look like another.
            let turns = matches!(character, '\u{200E}' | '\u{200F}' | '\u{061C}'
                | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            if turns || character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect()
}

/// A severity in the language of the session, for people.
pub(super) fn severity_word(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (_, Language::English) => severity.word(),
        (Severity::Error, Language::Vietnamese) => "lỗi",
        (Severity::Warning, Language::Vietnamese) => "cảnh báo",
        (Severity::Note, Language::Vietnamese) => "ghi chú",
    }
}

pub(super) fn coloured(severity: Severity, text: String, colour: bool) -> String {
    if !colour {
        return text;
    }
    let code = match severity {
        Severity::Error => "31",
        Severity::Warning => "33",
        Severity::Note => "2",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Prints the report on one packet.
pub(super) fn report(report: &Report<'_>, session: &mut Session<'_>) -> Result<(), Failure> {
    session.say(&verdict(report, session))?;
    findings(&report.findings, session)?;
    for file in report.extracted {
        let found = report
            .packet
            .attachments
            .iter()
            .find(|attachment| attachment.number == file.number);
        let Some(content) = found.and_then(|attachment| attachment.content()) else {
            continue;
        };
        let path = plain(&file.path.to_string_lossy());
        let (number, size, sha256) = (file.number, content.size, content.sha256_hex());
        let kind = content.detected.name();
        session.say(&format!(
            "  {number:>3}  {size:>11} B  {sha256}  {kind:<8}  {path}"
        ))?;
        if let Some(raw) = &file.raw_path {
            let path = plain(&raw.to_string_lossy());
            let word = session.pick("as it travelled", "như khi truyền");
            let line = format!("       {word}: {path}");
            session.say(&line)?;
        }
    }
    Ok(())
}

fn verdict(report: &Report<'_>, session: &Session<'_>) -> String {
    let packet = report.packet;
    let kind = match (packet.readable, packet.kind()) {
        (false, _) => session.pick("unreadable", "không đọc được"),
        (true, "document") => session.pick("document", "văn bản"),
        (true, "status") => session.pick("status", "trạng thái"),
        (true, _) => session.pick("unknown content", "nội dung không rõ"),
    };
    let dialect = packet
        .dialect
        .map(|dialect| format!(" ({dialect})"))
        .unwrap_or_default();
    let counts = counts(
        &[Severity::Error, Severity::Warning, Severity::Note],
        &report.findings,
        session.language,
    );
    let mut line = format!("{}: {kind}{dialect}; {counts}", plain(&report.file));
    if let Some(meaning) = &report.meaning {
        line.push_str(&format!(
            "; {} {meaning}",
            session.pick("meaning", "mã băm nội dung")
        ));
    }
    line
}

/// How many findings there are of each severity, in words.
pub(super) fn counts(severities: &[Severity], findings: &[Finding], language: Language) -> String {
    let counts: Vec<_> = severities
        .iter()
        .map(|severity| {
            let of_it = |finding: &&Finding| finding.severity == *severity;
            count(findings.iter().filter(of_it).count(), *severity, language)
        })
        .collect();
    counts.join(", ")
}

fn count(number: usize, severity: Severity, language: Language) -> String {
    let word = severity_word(severity, language);
    let plural = language == Language::English && number != 1;
    format!("{number} {word}{}", if plural { "s" } else { "" })
}

/// Prints findings in aligned columns: severity, code, place in the file, path,
/// message.
pub(super) fn findings(findings: &[Finding], session: &mut Session<'_>) -> Result<(), Failure> {
    let rows: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = finding
                .position
                .map(|at| format!("{}:{}", at.line, at.column))
                .unwrap_or_default();
            (finding, place, plain(&finding.path))
        })
        .collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let word = |finding: &Finding| severity_word(finding.severity, session.language);
    let words = widest(
        &mut rows
            .iter()
            .map(|(finding, ..)| word(finding).chars().count()),
    );
    let codes = widest(&mut rows.iter().map(|(finding, ..)| finding.code.as_str().len()));
    let places = widest(&mut rows.iter().map(|(_, place, _)| place.len()));
    // A very long path does not push every message off the screen.
    let paths = widest(&mut rows.iter().map(|(.., path)| path.chars().count())).min(48);
    for (finding, place, path) in &rows {
        let language = session.language;
        let word = format!("{:<words$}", severity_word(finding.severity, language));
        let line = format!(
            "  {}  {:<codes$}  {place:<places$}  {path:<paths$}  {}",
            coloured(finding.severity, word, session.colour),
            finding.code.as_str(),
            plain(&finding.message(language))
        );
        session.say(line.trim_end())?;
    }
    Ok(())
}

/// Prints the table of finding codes.
pub(super) fn codes(codes: &[FindingCode], session: &mut Session<'_>) -> Result<(), Failure> {
    let head = match session.language {
        Language::English => ["code", "received", "sending", "source", "message"],
        Language::Vietnamese => ["mã", "khi nhận", "khi gửi", "nguồn", "thông báo"],
    };
    let mut rows = vec![head];
    rows.extend(codes.iter().map(|code| {
        [
            code.as_str(),
            severity_word(code.severity(), session.language),
            severity_word(code.severity_when_sending(), session.language),
            code.source(),
            code.template(session.language),
        ]
    }));
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        session.say(cells.join("  ").trim_end())?;
    }
    Ok(())
}
