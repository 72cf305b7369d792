//! The JSON output, as `docs/packet.schema.json` defines it.

use lienthong::{FindingCode, Language, Severity};
use serde::Serialize;

use super::Session;
use super::failure::Failure;
use super::report::Report;

/// Prints the report on one packet as one line.
pub(super) fn report(report: &Report<'_>, session: &mut Session<'_>) -> Result<(), Failure> {
    let packet = report.packet;
    let line = packet.view(&report.file, &report.findings, report.extracted);
    print(&line, session)
}

/// Prints the table of finding codes, one object a line.
pub(super) fn codes(codes: &[FindingCode], session: &mut Session<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Row {
        code: FindingCode,
        severity: Severity,
        severity_when_sending: Severity,
        source: &'static str,
        message: Message,
    }
    #[derive(Serialize)]
    struct Message {
        en: &'static str,
        vi: &'static str,
    }
    for code in codes.iter().copied() {
        let row = Row {
            code,
            severity: code.severity(),
            severity_when_sending: code.severity_when_sending(),
            source: code.source(),
            message: Message {
                en: code.template(Language::English),
                vi: code.template(Language::Vietnamese),
            },
        };
        print(&row, session)?;
    }
    Ok(())
}

fn print(value: &impl Serialize, session: &mut Session<'_>) -> Result<(), Failure> {
    let line = serde_json::to_string(value).map_err(|error| Failure::output(error.into()))?;
    session.say(&line)
}
