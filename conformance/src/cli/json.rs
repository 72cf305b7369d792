//! The JSON output, as `docs/packet.schema.json` defines it.

use lienthong::packet::{Content, Document, ExtractedFile, ReceivedAttachment, Status};
use lienthong::{Finding, FindingCode, Language, Severity};
use serde::Serialize;

use super::Session;
use super::failure::Failure;
use super::report::Report;

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    readable: bool,
    kind: Option<&'static str>,
    dialect: Option<String>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a Status>,
    /// Files of a packet without a document that can be trusted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    salvaged: Vec<AttachmentShape<'a>>,
    meaning_digest: Option<String>,
}

#[derive(Serialize)]
struct DocumentShape<'a> {
    #[serde(flatten)]
    document: &'a Document,
    #[serde(rename = "AttachmentEncoded", skip_serializing_if = "Option::is_none")]
    attachments: Option<AttachmentList<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentList<'a> {
    attachment: Vec<AttachmentShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    content_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detected_type: Option<&'static str>,
    wrapped: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_file: Option<String>,
}

impl<'a> AttachmentShape<'a> {
    fn new(attachment: &'a ReceivedAttachment, extracted: &[ExtractedFile]) -> Self {
        let present = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let content = attachment.content();
        let written = extracted
            .iter()
            .find(|file| file.number == attachment.number);
        AttachmentShape {
            content_id: attachment
                .content_id
                .as_ref()
                .and_then(|id| present(id.as_str())),
            attachment_name: attachment.name.as_deref(),
            description: attachment.description.as_deref(),
            content_type: attachment.content_type.as_deref(),
            size: content.map(|content| content.size),
            sha256: content.map(|content| content.sha256_hex()),
            detected_type: content.map(|content| content.detected.name()),
            wrapped: attachment.is_wrapped(),
            file: written.map(|file| file.path.to_string_lossy().into_owned()),
            raw_file: written
                .and_then(|file| file.raw_path.as_ref())
                .map(|path| path.to_string_lossy().into_owned()),
        }
    }
}

/// Prints the report on one packet as one line.
pub(super) fn report(report: &Report<'_>, session: &mut Session<'_>) -> Result<(), Failure> {
    let packet = report.packet;
    let shape = |attachment| AttachmentShape::new(attachment, report.extracted);
    let (mut document, mut status, mut salvaged) = (None, None, Vec::new());
    match &packet.content {
        Content::Document(found) if packet.readable => {
            let attachment: Vec<_> = packet.attachments.iter().map(shape).collect();
            document = Some(DocumentShape {
                document: found,
                attachments: (!attachment.is_empty()).then_some(AttachmentList { attachment }),
            });
        }
        other => {
            if let (Content::Status(found), true) = (other, packet.readable) {
                status = Some(found.as_ref());
            }
            salvaged = packet
                .attachments
                .iter()
                .map(shape)
                .filter(|attachment| attachment.file.is_some())
                .collect();
        }
    }
    let line = Line {
        file: &report.file,
        readable: packet.readable,
        kind: packet.readable.then(|| packet.kind()),
        dialect: packet.dialect.map(|dialect| dialect.to_string()),
        findings: &report.findings,
        document,
        status,
        salvaged,
        meaning_digest: report.meaning.map(|digest| digest.to_string()),
    };
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
