//! The reference pages that are made from the tables of the library.

use std::fs;

use lienthong::config::{KEYS, ValueKind};
use lienthong::error::{Retry, WhoActs};
use lienthong::exchange::transition::{Source, TRANSITIONS};
use lienthong::packet::StatusCode;
use lienthong::{ErrorKind, FindingCode, Language};

use super::failure::Failure;
use super::options::DocsArguments;
use super::{Exit, Session};

/// Writes the pages, or says which of them are not the current ones.
pub(super) fn run(arguments: &DocsArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut exit = Exit::Clean;
    if !arguments.check {
        fs::create_dir_all(&arguments.out)
            .map_err(|error| Failure::writing(&arguments.out, &error))?;
    }
    for (name, page) in [
        ("findings.md", findings()),
        ("config.md", config()),
        ("errors.md", errors()),
        ("transitions.md", transitions()),
        ("transitions.json", transitions_json()),
    ] {
        let path = arguments.out.join(name);
        if !arguments.check {
            fs::write(&path, page).map_err(|error| Failure::writing(&path, &error))?;
            continue;
        }
        let there = fs::read_to_string(&path).map_err(|error| Failure::reading(&path, &error))?;
        if there != page {
            let words = session.pick(
                "is stale; run `lienthong-conformance docs --out docs`.",
                "đã cũ; chạy `lienthong-conformance docs --out docs`.",
            );
            let line = format!("{}: {words}", path.display());
            session.say(&line)?;
            exit = Exit::Errors;
        }
    }
    Ok(exit)
}

/// A page with one table.
fn page(title: &str, introduction: &str, head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut page = format!(
        "<!-- Made by `lienthong-conformance docs`; do not edit. -->\n\n# {title}\n\n{introduction}\n\n"
    );
    let mut row = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    };
    row(&head.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>());
    row(&head.iter().map(|_| "---".to_owned()).collect::<Vec<_>>());
    for cells in rows {
        row(&cells);
    }
    page
}

/// Where a document stands, in a word and a code.
fn standing(status: Option<StatusCode>) -> String {
    match status {
        None => "sent, no answer yet".to_owned(),
        Some(code) => format!(
            "{} {}",
            code.official(),
            code.label(Language::English).unwrap_or_default()
        ),
    }
}

fn transitions() -> String {
    let rows = TRANSITIONS
        .iter()
        .map(|row| {
            vec![
                standing(row.from),
                standing(Some(row.code)),
                row.effect.word().to_owned(),
                match row.source {
                    Source::Observed => "observed".to_owned(),
                    Source::Assumed => "assumed".to_owned(),
                },
            ]
        })
        .collect();
    page(
        "Statuses and what they do",
        "Which status may follow which is not published; what was seen between products is \
         marked, all else is assumed. `applied` changes where the document stands; `repeated` and \
         `late` are recorded and change nothing; `illegal` is a finding and changes nothing. A \
         code outside this table is illegal. Once all of a recall is agreed to, `applied` becomes \
         `late`. The same table as data: [transitions.json](transitions.json). 13 asks for a \
         document back, 15 and 16 answer a change that was asked for; where none was, they are \
         illegal. One that may answer several is `ambiguous`: it is kept, and counts when there \
         is only one way to read it.",
        &["stands at", "comes", "effect", "source"],
        rows,
    )
}

fn transitions_json() -> String {
    let rows = serde_json::to_string_pretty(TRANSITIONS).unwrap_or_default();
    format!("{rows}\n")
}

fn findings() -> String {
    let rows = FindingCode::ALL
        .iter()
        .map(|code| {
            vec![
                format!("`{code}`"),
                code.severity().word().to_owned(),
                code.severity_when_sending().word().to_owned(),
                code.source().to_owned(),
                code.template(Language::English).to_owned(),
                code.template(Language::Vietnamese).to_owned(),
            ]
        })
        .collect();
    page(
        "Findings",
        "What a reader or a check says of a packet. A code never gets another meaning. The \
         source is a row of the table of known deviations (`row 6`), the table of elements \
         (`elements`), the observed rebuilding of packets by a hop (`rebuild`), XML (`xml`), or \
         a limit (`limit`).",
        &[
            "Code",
            "Received",
            "Sending",
            "Source",
            "English",
            "Tiếng Việt",
        ],
        rows,
    )
}

fn config() -> String {
    let rows = KEYS
        .iter()
        .map(|key| {
            let value = match key.kind {
                ValueKind::Number { min, max, unit } => format!("{min} to {max} {unit}"),
                ValueKind::Flag => "`true` or `false`".to_owned(),
                ValueKind::Words => "words, commas between them".to_owned(),
                ValueKind::Organs => "organ codes, commas between them".to_owned(),
                ValueKind::Text => "printable ASCII".to_owned(),
                ValueKind::Choice(words) => words
                    .iter()
                    .map(|word| format!("`{word}`"))
                    .collect::<Vec<_>>()
                    .join(" or "),
                ValueKind::Path => "path".to_owned(),
                ValueKind::Secret => "secret".to_owned(),
            };
            let default = match key.default {
                "" => "none".to_owned(),
                default => format!("`{default}`"),
            };
            vec![
                format!("`{}`", key.name),
                value,
                default,
                key.en.to_owned(),
                key.vi.to_owned(),
            ]
        })
        .collect();
    page(
        "Configuration keys",
        "One table of string keys, the same in every language and for `--set KEY=VALUE`. An \
         unknown key and a value out of its range are errors.",
        &["Key", "Value", "Default", "English", "Tiếng Việt"],
        rows,
    )
}

fn errors() -> String {
    let rows = ErrorKind::ALL
        .iter()
        .map(|kind| {
            vec![
                kind.number().to_string(),
                format!("`{}`", kind.name()),
                retry_words(kind.retry()).to_owned(),
                actor_words(kind.who_acts()).to_owned(),
                kind.message(Language::English).to_owned(),
                kind.message(Language::Vietnamese).to_owned(),
            ]
        })
        .collect();
    page(
        "Errors",
        "The kinds of error. Numbers and names are the same in every language and are never \
         reused. *Try again*: `never` = it fails again until something is changed; `safe`; `may \
         duplicate` = what was sent may arrive twice.",
        &[
            "Number",
            "Name",
            "Try again",
            "Who acts",
            "English",
            "Tiếng Việt",
        ],
        rows,
    )
}

fn retry_words(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "never",
        Retry::Safe => "safe",
        Retry::MayDuplicate => "may duplicate",
    }
}

fn actor_words(who: WhoActs) -> &'static str {
    match who {
        WhoActs::Sender => "sender",
        WhoActs::Receiver => "receiver",
        WhoActs::Operator => "operator",
        WhoActs::Developer => "developer",
        WhoActs::CertificateAuthority => "certificate authority",
    }
}
