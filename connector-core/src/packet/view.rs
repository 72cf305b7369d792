//! A packet as the JSON of `docs/packet.schema.json`.

use serde::Serialize;

use super::document::{Document, Status};
use super::extract::ExtractedFile;
use super::received::{Content, Packet, ReceivedAttachment};
use crate::finding::Finding;

/// One packet, its findings, and the files written for it.
#[derive(Serialize)]
pub struct PacketView<'a> {
    file: &'a str,
    readable: bool,
    kind: Option<&'static str>,
    dialect: Option<String>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a Status>,
    /// Files of a packet without a document that can be trusted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    salvaged: Vec<AttachmentView<'a>>,
    meaning_digest: Option<String>,
}

#[derive(Serialize)]
struct DocumentView<'a> {
    #[serde(flatten)]
    document: &'a Document,
    #[serde(rename = "AttachmentEncoded", skip_serializing_if = "Option::is_none")]
    attachments: Option<AttachmentList<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentList<'a> {
    attachment: Vec<AttachmentView<'a>>,
}

/// One attachment.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachmentView<'a> {
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

impl ReceivedAttachment {
    /// The attachment as JSON, with the file that was written for it, if one of
    /// these is.
    pub fn view(&self, extracted: &[ExtractedFile]) -> AttachmentView<'_> {
        let content = self.content();
        let written = extracted.iter().find(|file| file.number == self.number);
        let id = self.content_id.as_ref().map(|id| id.as_str());
        AttachmentView {
            content_id: id.filter(|id| !id.is_empty()),
            attachment_name: self.name.as_deref(),
            description: self.description.as_deref(),
            content_type: self.content_type.as_deref(),
            size: content.map(|content| content.size),
            sha256: content.map(|content| content.sha256_hex()),
            detected_type: content.map(|content| content.detected.name()),
            wrapped: self.is_wrapped(),
            file: written.map(|file| file.path.to_string_lossy().into_owned()),
            raw_file: written
                .and_then(|file| file.raw_path.as_ref())
                .map(|path| path.to_string_lossy().into_owned()),
        }
    }
}

impl Packet {
    /// The packet as JSON: the name of its file, what is found of it, and the
    /// files written for its attachments.
    pub fn view<'a>(
        &'a self,
        file: &'a str,
        findings: &'a [Finding],
        extracted: &[ExtractedFile],
    ) -> PacketView<'a> {
        let views = self.attachments.iter().map(|one| one.view(extracted));
        let (mut document, mut status, mut salvaged) = (None, None, Vec::new());
        match &self.content {
            Content::Document(found) if self.readable => {
                let attachment: Vec<_> = views.collect();
                document = Some(DocumentView {
                    document: found,
                    attachments: (!attachment.is_empty()).then_some(AttachmentList { attachment }),
                });
            }
            other => {
                if let (Content::Status(found), true) = (other, self.readable) {
                    status = Some(found.as_ref());
                }
                salvaged = views
                    .filter(|attachment| attachment.file.is_some())
                    .collect();
            }
        }
        PacketView {
            file,
            readable: self.readable,
            kind: self.readable.then(|| self.kind()),
            dialect: self.dialect.map(|dialect| dialect.to_string()),
            findings,
            document,
            status,
            salvaged,
            meaning_digest: self.meaning_digest().map(|digest| digest.to_string()),
        }
    }
}
