//! `demo`: tells the stories of [`crate::demo`] as a timeline.

use lienthong::{Language, Severity};

use super::failure::Failure;
use super::leftovers::Folder;
use super::options::DemoArguments;
use super::{Exit, Session, text};
use crate::demo::{
    DocumentReport, DocumentStory, OFFICE, PROVINCE, PacketEnd, PacketReport, PacketsStory,
    StoryError,
};
use timeline::{Timeline, grouped};

mod timeline;

pub(super) fn run(arguments: &DemoArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match &arguments.packets {
        Some(folder) => packets(
            &PacketsStory {
                folder: folder.clone(),
                rebuild: arguments.rebuild,
            },
            session,
        ),
        None => document(
            &DocumentStory {
                files: arguments.files.clone(),
                rebuild: arguments.rebuild,
                faults: Vec::new(),
            },
            session,
        ),
    }
}

fn document(story: &DocumentStory, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let title = match session.language {
        Language::English => {
            format!("A document from a province ({PROVINCE}) to the Office ({OFFICE}), and back")
        }
        Language::Vietnamese => {
            format!(
                "Một văn bản từ tỉnh ({PROVINCE}) tới Văn phòng Chính phủ ({OFFICE}) và trở lại"
            )
        }
    };
    session.say(&title)?;
    let folder = folder(session)?;
    let mut timeline = Timeline::start(session);
    let told = story.tell(folder.path(), &mut |event| timeline.take(&event));
    timeline.end()?;
    let report = told.map_err(|error| failure(&error))?;
    document_summary(&report, session)?;
    Ok(exit(report.is_complete()))
}

/// Where a story puts its files; they vanish with what is returned.
fn folder(session: &mut Session<'_>) -> Result<Folder, Failure> {
    let made = session.leftovers.folder();
    made.map_err(|error| Failure::writing(&std::env::temp_dir(), &error))
}

fn exit(is_complete: bool) -> Exit {
    if is_complete {
        Exit::Clean
    } else {
        Exit::Errors
    }
}

fn document_summary(report: &DocumentReport, session: &mut Session<'_>) -> Result<(), Failure> {
    session.say("")?;
    for one in &report.attachments {
        let sha256 = one.sha256.iter().take(8);
        let sha256: String = sha256.map(|byte| format!("{byte:02x}")).collect();
        let verdict = match one.same {
            true => session.pick("same bytes", "đúng từng byte"),
            false => session.pick("OTHER BYTES", "SAI KHÁC"),
        };
        let size = grouped(one.size);
        let name = text::plain(&one.name);
        session.say(&format!(
            "{verdict}  {size:>13} B  SHA-256 {sha256}…  {name}"
        ))?;
    }
    let codes: Vec<_> = report.statuses.iter().map(|code| code.official()).collect();
    let codes = codes.join(", ");
    let meaning = match report.same_meaning {
        true => session.pick("same meaning", "nội dung không đổi"),
        false => session.pick("ANOTHER MEANING", "NỘI DUNG BỊ ĐỔI"),
    };
    let verdict = match report.is_complete() {
        true => session.pick(
            "Every byte and every status arrived.",
            "Mọi byte và mọi trạng thái đều đã đến.",
        ),
        false => session.pick(
            "NOT everything arrived as it was sent.",
            "KHÔNG phải mọi thứ đều đến nguyên vẹn.",
        ),
    };
    let statuses = session.pick("statuses", "trạng thái");
    let line = format!("{meaning}; {statuses} {codes}. {verdict}");
    session.say(&line)
}

fn packets(story: &PacketsStory, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let title = session.pick(
        "Packets of a folder: read, checked as for sending, sent on where they may be",
        "Gói tin trong thư mục: đọc, kiểm tra như khi gửi, gói nào gửi được thì gửi tiếp",
    );
    let title = title.to_owned();
    session.say(&title)?;
    let folder = folder(session)?;
    let mut timeline = Timeline::start(session);
    let told = story.tell(folder.path(), &mut |event| timeline.take(&event));
    timeline.end()?;
    let reports = told.map_err(|error| failure(&error))?;
    for report in &reports {
        if let PacketEnd::Failed(error) = &report.end {
            session.complain(&failure(error).about(&text::plain(&report.name)));
        }
    }
    let count = |wanted: fn(&PacketEnd) -> bool| {
        let ends = reports.iter().map(|PacketReport { end, .. }| end);
        ends.filter(|end| wanted(end)).count()
    };
    let arrived = count(|end| matches!(end, PacketEnd::Arrived));
    let held = count(|end| matches!(end, PacketEnd::Held));
    let lost = count(|end| matches!(end, PacketEnd::Altered | PacketEnd::Failed(_)));
    let all = reports.len();
    session.say("")?;
    let line = match session.language {
        Language::English => format!(
            "{all} packets: {arrived} sent and arrived as sent, {held} not fit to be sent, \
             {lost} lost or altered."
        ),
        Language::Vietnamese => format!(
            "{all} gói tin: {arrived} đã gửi và đến nguyên vẹn, {held} không đủ điều kiện gửi, \
             {lost} bị mất hoặc sai khác."
        ),
    };
    session.say(&line)?;
    Ok(exit(lost == 0))
}

/// What stopped a story, in both languages.
fn failure(error: &StoryError) -> Failure {
    let altered =
        |english: String, vietnamese: String| Failure::new(Exit::Errors, english, vietnamese);
    match error {
        StoryError::File { path, source } => Failure::reading(path, source),
        StoryError::Own { source } => Failure::writing(&std::env::temp_dir(), source),
        StoryError::NoPackets { path } => Failure::new(
            Exit::Usage,
            format!(
                "{}: no .edxml or .xml file in it; name another folder.",
                path.display()
            ),
            format!(
                "{}: không có tệp .edxml hay .xml; chọn thư mục khác.",
                path.display()
            ),
        ),
        StoryError::Axis(error) => super::axis::failure(error),
        StoryError::Clock => Failure::new(
            Exit::Usage,
            "the clock of this machine is not set; set it.",
            "đồng hồ của máy chưa đúng; cần chỉnh lại.",
        ),
        StoryError::Library(error) => Failure::library(Exit::Errors, "demo", error),
        StoryError::Refused { to, code } => altered(
            format!("the axis refuses the packet for {to}: code {code}."),
            format!("trục từ chối gói tin gửi {to}: mã {code}."),
        ),
        StoryError::Stuck { organ } => altered(
            format!("{organ} waited long and nothing more happened."),
            format!("{organ} đã chờ lâu mà không có gì thêm."),
        ),
        StoryError::Mistaken { organ, doc_id } => altered(
            format!("what {organ} fetched ({doc_id}) is not what was sent."),
            format!("gói tin {organ} nhận được ({doc_id}) không phải gói đã gửi."),
        ),
    }
}

/// How many findings of each severity, with their codes.
fn codes_by_severity(findings: &[lienthong::Finding], session: &Session<'_>) -> String {
    let mut groups = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let mut codes: Vec<&str> = Vec::new();
        for finding in findings.iter().filter(|one| one.severity == severity) {
            let code = finding.code.as_str();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        if !codes.is_empty() {
            let word = text::severity_word(severity, session.language).to_owned();
            let word = text::coloured(severity, word, session.colour);
            groups.push(format!("{word} {}", codes.join(", ")));
        }
    }
    match groups.is_empty() {
        true => session.pick("no findings", "không có phát hiện").to_owned(),
        false => groups.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_arrive_whole_is_never_exit_0() {
        assert_eq!(exit(true), Exit::Clean);
        assert_eq!(exit(false), Exit::Errors);
        for error in [
            StoryError::Clock,
            StoryError::Stuck {
                organ: "H99.01".into(),
            },
        ] {
            assert_ne!(failure(&error).exit, Exit::Clean);
        }
    }
}
