//! The reference pages that are made from the tables of the library.

use std::fs;

use lienthong::config::{KEYS, ValueKind};
use lienthong::error::{Retry, WhoActs};
use lienthong::exchange::transition::{Source, TRANSITIONS};
use lienthong::packet::StatusCode;
use lienthong::signature::{ReasonCode, Verdict};
use lienthong::{ErrorKind, FindingCode, Language};

use super::failure::Failure;
use super::options::DocsArguments;
use super::{Exit, Session};
use crate::suite::case::{Case, Chapter, Level};
use crate::suite::cases;
use crate::suite::clause::CLAUSES;

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
        ("reasons.md", reasons()),
        ("transitions.md", transitions()),
        ("transitions.json", transitions_json()),
        ("coverage.md", coverage()),
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

fn reasons() -> String {
    let verdicts: String = Verdict::ALL
        .iter()
        .map(|verdict| format!("* `{verdict}` ({})\n", verdict.vietnamese()))
        .collect();
    let rows = ReasonCode::ALL
        .iter()
        .map(|code| {
            vec![
                format!("`{code}`"),
                code.template(Language::English).to_owned(),
                code.template(Language::Vietnamese).to_owned(),
            ]
        })
        .collect();
    page(
        "Verdicts on signatures, and their reasons",
        &format!(
            "What a report says of a packet signature and of a seal: one verdict, and the \
             reasons for it. Whatever is not `valid` proves nothing. A code never gets another \
             meaning.\n\n{verdicts}"
        ),
        &["Reason", "English", "Tiếng Việt"],
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

/// Which clause has which cases.
fn coverage() -> String {
    let mut page = String::from(
        "<!-- Made by `lienthong-conformance docs`; do not edit. -->\n\n# Coverage\n\n\
         Every clause that cases come from, and its cases: those of the laws, the known \
         deviations of real packets, the known pains of connectors, the rules of verification, \
         and what was observed of flows and of the wire. *-* marks negative cases. A clause \
         without a case says why.\n",
    );
    let all: Vec<&Case> = cases::all().collect();
    let negative = all.iter().filter(|case| case.is_negative()).count();
    let must = all.iter().filter(|case| case.level == Level::Must).count();
    page.push_str(&format!(
        "\n{} cases, {must} of them MUST, {negative} negative ({} %).\n",
        all.len(),
        negative * 100 / all.len().max(1)
    ));
    for chapter in Chapter::ALL {
        let of_it = all.iter().filter(|case| case.chapter == *chapter);
        page.push_str(&format!(
            "* {}: {}\n",
            chapter.title().en,
            of_it.clone().count()
        ));
    }
    let mut source = None;
    for clause in CLAUSES {
        if source != Some(clause.source) {
            source = Some(clause.source);
            page.push_str(&format!(
                "\n## {}\n\n| Clause | What | Cases |\n| --- | --- | --- |\n",
                clause.source.name().en
            ));
        }
        let named: Vec<String> = all
            .iter()
            .filter(|case| case.clauses.contains(&clause.id))
            .map(|case| {
                let mark = if case.is_negative() { " -" } else { "" };
                format!("`{}` {}{mark}", case.id, case.level.word())
            })
            .collect();
        let cases = match (named.is_empty(), clause.without_case) {
            (false, _) => named.join("<br>"),
            (true, Some(why)) => format!("none: {}", why.en),
            (true, None) => "**none**".to_owned(),
        };
        page.push_str(&format!(
            "| `{}` | {}<br>{} | {cases} |\n",
            clause.id, clause.text.en, clause.text.vi
        ));
    }
    page
}
