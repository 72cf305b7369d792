//! A line for each event: when, who, what. On a terminal a line that is written
//! over shows how far a long piece of work is.

use std::time::{Duration, Instant};

use lienthong::packet::StatusCode;
use lienthong::{Finding, Language, Severity};

use super::codes_by_severity;
use crate::cli::failure::Failure;
use crate::cli::{Session, text};
use crate::demo::{Event, Step, Who};
use crate::rebuild::Flavour;

/// How often the line of a terminal changes.
const IN_PLACE: Duration = Duration::from_millis(100);
/// How long a log is silent while work goes on.
const IN_LOG: Duration = Duration::from_secs(5);
/// Bytes from which on work is worth a line.
const LONG: u64 = 1_000_000;
/// Columns before what happened.
const INDENT: usize = 22;

pub(super) struct Timeline<'t, 's> {
    session: &'t mut Session<'s>,
    started: Instant,
    /// When the last line was written, and what was under way.
    last: Instant,
    under_way: Option<(Who, Step)>,
    /// Whether a line stands there that is to be written over.
    in_place: bool,
    failed: Option<Failure>,
}

impl<'t, 's> Timeline<'t, 's> {
    pub(super) fn start(session: &'t mut Session<'s>) -> Self {
        let started = Instant::now();
        Timeline {
            session,
            started,
            last: started,
            under_way: None,
            in_place: false,
            failed: None,
        }
    }

    /// Shows an event. Output that cannot be written is said at the end.
    pub(super) fn take(&mut self, event: &Event) {
        if self.failed.is_some() {
            return;
        }
        let shown = match *event {
            Event::Progress {
                who,
                step,
                done,
                total,
            } => self.progress(who, step, done, total),
            _ => self.happened(event),
        };
        self.failed = shown.err();
    }

    /// Leaves no half line behind.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.clear()?;
        self.failed.map_or(Ok(()), Err)
    }

    fn progress(
        &mut self,
        who: Who,
        step: Step,
        done: u64,
        total: Option<u64>,
    ) -> Result<(), Failure> {
        if total.unwrap_or(done) < LONG {
            return Ok(());
        }
        let is_new = self.under_way.replace((who, step)) != Some((who, step));
        let silent = self.last.elapsed();
        let due = match self.session.terminal {
            true => is_new || silent >= IN_PLACE,
            false => silent >= IN_LOG,
        };
        if !due {
            return Ok(());
        }
        let amount = match total {
            Some(total) if step != Step::Build => {
                let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
                format!("{percent:>3} %  {} / {}", short(done), short(total))
            }
            Some(total) => short(total),
            None => short(done),
        };
        let line = self.line(who, &format!("{} {amount}", self.step(step)));
        self.last = Instant::now();
        if !self.session.terminal {
            return self.session.say(&line);
        }
        self.in_place = true;
        write!(self.session.out, "\r{line}\u{1b}[K").map_err(Failure::output)?;
        self.session.out.flush().map_err(Failure::output)
    }

    fn clear(&mut self) -> Result<(), Failure> {
        if std::mem::take(&mut self.in_place) {
            write!(self.session.out, "\r\u{1b}[K").map_err(Failure::output)?;
        }
        Ok(())
    }

    fn happened(&mut self, event: &Event) -> Result<(), Failure> {
        self.clear()?;
        self.under_way = None;
        self.last = Instant::now();
        let (who, what) = match self.session.language {
            Language::English => self.english(event),
            Language::Vietnamese => self.vietnamese(event),
        };
        let line = self.line(who, &text::plain(&what));
        self.session.say(&line)?;
        match event {
            Event::Stored { findings, .. }
            | Event::Checked { findings }
            | Event::Compared {
                differences: findings,
                ..
            } => self.findings(findings),
            Event::PacketRead { findings, .. } => {
                let codes = codes_by_severity(findings, self.session);
                self.session.say(&format!("{:INDENT$}{codes}", ""))
            }
            _ => Ok(()),
        }
    }

    /// A line for each finding, below what it belongs to.
    fn findings(&mut self, findings: &[Finding]) -> Result<(), Failure> {
        for finding in findings {
            let language = self.session.language;
            let word = text::severity_word(finding.severity, language).to_owned();
            let word = text::coloured(finding.severity, word, self.session.colour);
            let message = text::plain(&finding.message(language));
            let line = format!("{:INDENT$}{word} {}: {message}", "", finding.code);
            self.session.say(&line)?;
        }
        Ok(())
    }

    fn line(&self, who: Who, what: &str) -> String {
        let who = match (who, self.session.language) {
            (Who::Axis, Language::English) => "axis",
            (Who::Province, Language::English) => "province",
            (Who::Office, Language::English) => "Office",
            (Who::StandIn, Language::English) => "stand-in",
            (Who::Axis, Language::Vietnamese) => "trục",
            (Who::Province, Language::Vietnamese) => "tỉnh",
            (Who::Office, Language::Vietnamese) => "VPCP",
            (Who::StandIn, Language::Vietnamese) => "đóng thay",
        };
        let ms = self.started.elapsed().as_millis();
        format!("{ms:>6} ms  {who:<9}  {what}")
    }

    fn step(&self, step: Step) -> &'static str {
        match (step, self.session.language) {
            (Step::Build, Language::English) => "builds and stores the packet of",
            (Step::Digest, Language::English) => "takes the digest",
            (Step::Send, Language::English) => "sends",
            (Step::Fetch, Language::English) => "fetches",
            (Step::Read, Language::English) => "reads",
            (Step::Compare, Language::English) => "compares",
            (Step::Build, Language::Vietnamese) => "tạo và lưu gói tin từ",
            (Step::Digest, Language::Vietnamese) => "tính mã băm",
            (Step::Send, Language::Vietnamese) => "gửi",
            (Step::Fetch, Language::Vietnamese) => "nhận về",
            (Step::Read, Language::Vietnamese) => "đọc",
            (Step::Compare, Language::Vietnamese) => "đối chiếu",
        }
    }

    fn english(&self, event: &Event) -> (Who, String) {
        match event {
            Event::Progress { who, .. } => (*who, String::new()),
            Event::AxisStarted {
                url,
                rebuild,
                organs,
            } => {
                let what = format!(
                    "runs at {url}, rebuild {}; connected: {}",
                    flavour(*rebuild),
                    organs.join(", ")
                );
                (Who::Axis, what)
            }
            Event::Stored {
                id,
                document_id,
                attachments,
                bytes,
                findings,
            } => {
                let what = format!(
                    "stored document {document_id} durably as {id}: attachments {attachments}, \
                     packet {} B, {}",
                    grouped(*bytes),
                    self.counts(findings)
                );
                (Who::Province, what)
            }
            Event::Sent {
                id,
                to,
                doc_id,
                bytes,
            } => {
                let what = format!(
                    "sent {id} to {to}: {} B, taken as {}",
                    grouped(*bytes),
                    short_id(doc_id)
                );
                (Who::Province, what)
            }
            Event::Queued {
                organ,
                doc_id,
                bytes,
                rebuild,
            } => {
                let what = format!(
                    "keeps it for {organ} as {}: {} B after the rebuild {}",
                    short_id(doc_id),
                    grouped(*bytes),
                    flavour(*rebuild)
                );
                (Who::Axis, what)
            }
            Event::HandedOver { id, from, bytes } => {
                let what = format!(
                    "stored {id} from {from} durably and was handed it: {} B",
                    grouped(*bytes)
                );
                (Who::Office, what)
            }
            Event::Acknowledged { doc_id } => (
                Who::Office,
                format!("acknowledged {} to the axis: done", short_id(doc_id)),
            ),
            Event::Checked { findings } => (
                Who::Office,
                format!("read and checked it: {}", self.counts(findings)),
            ),
            Event::Extracted { files, bytes } => (
                Who::Office,
                format!("extracted attachments: {files}, {} B", grouped(*bytes)),
            ),
            Event::Compared {
                meaning,
                same_meaning,
                same_files,
                files,
                differences,
            } => {
                let same = if *same_meaning { "same" } else { "ANOTHER" };
                let meaning = meaning.as_deref().unwrap_or("-");
                let what = format!(
                    "compared with what was sent: {same_files} of {files} with the same bytes, \
                     {same} meaning {}…, header {}",
                    meaning.get(..12).unwrap_or(meaning),
                    self.counts(differences)
                );
                (Who::Office, what)
            }
            Event::Accepted { id } => (Who::Office, format!("accepted {id}")),
            Event::Reported {
                id,
                code,
                to,
                by_itself,
            } => {
                let by_itself = if *by_itself { ", by itself" } else { "" };
                let what = format!(
                    "reports {} to {to}: stored durably as {id}{by_itself}",
                    self.status(*code)
                );
                (Who::Office, what)
            }
            Event::Matched {
                code,
                from,
                id,
                document_id,
            } => {
                let what = format!(
                    "received {} from {from} about its {id}, document {document_id}",
                    self.status(*code)
                );
                (Who::Province, what)
            }
            Event::PacketRead {
                name,
                kind,
                readable,
                bytes,
                ..
            } => {
                let kind = if *readable { kind } else { "UNREADABLE" };
                let what = format!("read {name}: {kind}, {} B", grouped(*bytes));
                (Who::StandIn, what)
            }
            Event::PacketHeld { because, .. } => {
                let because: Vec<_> = because.iter().map(|code| code.as_str()).collect();
                let why = match because.is_empty() {
                    true => "it names no sender or no receiver".to_owned(),
                    false => because.join(", "),
                };
                (Who::StandIn, format!("does not send it: {why}"))
            }
            Event::PacketPassed {
                name,
                from,
                to,
                doc_id,
                bytes,
                same,
            } => {
                let verdict = if *same { "as sent" } else { "ALTERED" };
                let what = format!(
                    "{name}: {from} → {to}, fetched {}: {} B, {verdict}",
                    short_id(doc_id),
                    grouped(*bytes)
                );
                (Who::StandIn, what)
            }
        }
    }

    fn vietnamese(&self, event: &Event) -> (Who, String) {
        match event {
            Event::Progress { who, .. } => (*who, String::new()),
            Event::AxisStarted {
                url,
                rebuild,
                organs,
            } => {
                let what = format!(
                    "chạy tại {url}, dựng lại kiểu {}; đã kết nối: {}",
                    flavour(*rebuild),
                    organs.join(", ")
                );
                (Who::Axis, what)
            }
            Event::Stored {
                id,
                document_id,
                attachments,
                bytes,
                findings,
            } => {
                let what = format!(
                    "đã lưu bền văn bản {document_id} với mã {id}: {attachments} tệp kèm, gói tin \
                     {} B, {}",
                    grouped(*bytes),
                    self.counts(findings)
                );
                (Who::Province, what)
            }
            Event::Sent {
                id,
                to,
                doc_id,
                bytes,
            } => {
                let what = format!(
                    "đã gửi {id} tới {to}: {} B, trục nhận với mã {}",
                    grouped(*bytes),
                    short_id(doc_id)
                );
                (Who::Province, what)
            }
            Event::Queued {
                organ,
                doc_id,
                bytes,
                rebuild,
            } => {
                let what = format!(
                    "giữ cho {organ} với mã {}: {} B sau khi dựng lại kiểu {}",
                    short_id(doc_id),
                    grouped(*bytes),
                    flavour(*rebuild)
                );
                (Who::Axis, what)
            }
            Event::HandedOver { id, from, bytes } => {
                let what = format!(
                    "đã lưu bền {id} từ {from} và được bàn giao: {} B",
                    grouped(*bytes)
                );
                (Who::Office, what)
            }
            Event::Acknowledged { doc_id } => (
                Who::Office,
                format!("đã xác nhận với trục {}: done", short_id(doc_id)),
            ),
            Event::Checked { findings } => (
                Who::Office,
                format!("đã đọc và kiểm tra: {}", self.counts(findings)),
            ),
            Event::Extracted { files, bytes } => (
                Who::Office,
                format!("đã lấy ra {files} tệp kèm, {} B", grouped(*bytes)),
            ),
            Event::Compared {
                meaning,
                same_meaning,
                same_files,
                files,
                differences,
            } => {
                let same = if *same_meaning {
                    "không đổi"
                } else {
                    "BỊ ĐỔI"
                };
                let meaning = meaning.as_deref().unwrap_or("-");
                let what = format!(
                    "đã đối chiếu với bản gửi: {same_files}/{files} tệp đúng từng byte, nội dung \
                     {same} (mã băm {}…), phần đầu {}",
                    meaning.get(..12).unwrap_or(meaning),
                    self.counts(differences)
                );
                (Who::Office, what)
            }
            Event::Accepted { id } => (Who::Office, format!("đã tiếp nhận bàn giao {id}")),
            Event::Reported {
                id,
                code,
                to,
                by_itself,
            } => {
                let by_itself = if *by_itself { ", tự động" } else { "" };
                let what = format!(
                    "báo {} tới {to}: đã lưu bền với mã {id}{by_itself}",
                    self.status(*code)
                );
                (Who::Office, what)
            }
            Event::Matched {
                code,
                from,
                id,
                document_id,
            } => {
                let what = format!(
                    "đã nhận {} từ {from} về {id} của mình, văn bản {document_id}",
                    self.status(*code)
                );
                (Who::Province, what)
            }
            Event::PacketRead {
                name,
                kind,
                readable,
                bytes,
                ..
            } => {
                let kind = match (readable, *kind) {
                    (false, _) => "KHÔNG ĐỌC ĐƯỢC",
                    (true, "document") => "văn bản",
                    (true, "status") => "trạng thái",
                    (true, _) => "nội dung không rõ",
                };
                let what = format!("đã đọc {name}: {kind}, {} B", grouped(*bytes));
                (Who::StandIn, what)
            }
            Event::PacketHeld { because, .. } => {
                let because: Vec<_> = because.iter().map(|code| code.as_str()).collect();
                let why = match because.is_empty() {
                    true => "không nêu bên gửi hoặc bên nhận".to_owned(),
                    false => because.join(", "),
                };
                (Who::StandIn, format!("không gửi: {why}"))
            }
            Event::PacketPassed {
                name,
                from,
                to,
                doc_id,
                bytes,
                same,
            } => {
                let verdict = if *same { "nguyên vẹn" } else { "SAI KHÁC" };
                let what = format!(
                    "{name}: {from} → {to}, đã nhận {}: {} B, {verdict}",
                    short_id(doc_id),
                    grouped(*bytes)
                );
                (Who::StandIn, what)
            }
        }
    }

    /// How many findings there are, of those severities that occur.
    fn counts(&self, findings: &[Finding]) -> String {
        let occurs =
            |severity: &Severity| findings.iter().any(|finding| finding.severity == *severity);
        let all = [Severity::Error, Severity::Warning, Severity::Note];
        let severities: Vec<_> = all.into_iter().filter(occurs).collect();
        match severities.is_empty() {
            true => self
                .session
                .pick("no findings", "không có phát hiện")
                .to_owned(),
            false => text::counts(&severities, findings, self.session.language),
        }
    }

    fn status(&self, code: StatusCode) -> String {
        let label = code.label(self.session.language).unwrap_or_default();
        let word = self.session.pick("status", "trạng thái");
        format!("{word} {} ({label})", code.official())
    }
}

/// An id of the axis by its first characters: those of this run differ there.
fn short_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

fn flavour(flavour: Flavour) -> &'static str {
    let mut all = Flavour::ALL.iter();
    let named = all.find(|(_, known)| *known == flavour);
    named.map_or("", |(name, _)| name)
}

/// A number with a blank between thousands, which reads the same in both
/// languages.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in three digits or so.
fn short(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!(
            "{}.{:02} GB",
            bytes / 1_000_000_000,
            bytes / 10_000_000 % 100
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123), "123");
        assert_eq!(grouped(1_234), "1 234");
        assert_eq!(grouped(12_345_678), "12 345 678");
    }

    #[test]
    fn bytes_in_short_are_never_more_than_there_are() {
        assert_eq!(short(999), "999 B");
        assert_eq!(short(1_999), "1 kB");
        assert_eq!(short(5_000_000), "5 MB");
        assert_eq!(short(1_339_999_999), "1.33 GB");
    }
}
