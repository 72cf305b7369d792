//! What the exchange needs to know of a packet, taken from it once.

use crate::packet::target::{DocumentKey, normal_id};
use crate::packet::{Content, Document, Packet, Status};

/// What stands in a packet, as far as the exchange goes by it.
#[derive(Clone, Debug)]
pub enum Reading {
    /// A document.
    Document(Box<DocumentFacts>),
    /// A status.
    Status(Box<StatusFacts>),
    /// It cannot be read; the codes of the findings that say why, and the
    /// document as far as it came.
    Unreadable {
        /// Finding codes, commas between.
        reason: String,
        /// What could be read before the fault.
        header: Option<Box<Document>>,
    },
}

/// Of a document.
#[derive(Clone, Debug)]
pub struct DocumentFacts {
    /// The header.
    pub document: Document,
    /// Its sender as it is written; empty where it names none.
    pub from: String,
    /// Number, notation and date.
    pub key: Option<DocumentKey>,
    /// The meaning digest.
    pub meaning: [u8; 32],
    /// The report on its signatures as JSON, where they were judged.
    pub report: Option<String>,
    /// Why the policy of signatures refuses it, in Vietnamese and English.
    pub complaint: Option<String>,
}

/// Of a status.
#[derive(Clone, Debug)]
pub struct StatusFacts {
    /// The status.
    pub status: Status,
    /// The meaning digest.
    pub meaning: [u8; 32],
}

/// The facts of a packet that was read.
pub fn facts(packet: Packet) -> Reading {
    let meaning = packet.meaning_digest().map(|digest| *digest.as_bytes());
    let reason = match meaning {
        None => packet.error_codes(),
        Some(_) => String::new(),
    };
    match (packet.content, meaning) {
        (Content::Document(document), Some(meaning)) => {
            Reading::Document(Box::new(DocumentFacts {
                from: document
                    .sender()
                    .map(|organ| organ.as_str().to_owned())
                    .unwrap_or_default(),
                key: DocumentKey::of(&document),
                document: *document,
                meaning,
                report: None,
                complaint: None,
            }))
        }
        (Content::Status(status), Some(meaning)) => Reading::Status(Box::new(StatusFacts {
            status: *status,
            meaning,
        })),
        (Content::Document(document), None) => Reading::Unreadable {
            reason,
            header: Some(document),
        },
        _ => Reading::Unreadable {
            reason: if reason.is_empty() {
                "no-content".to_owned()
            } else {
                reason
            },
            header: None,
        },
    }
}

impl DocumentFacts {
    /// Its id in the form in which ids are compared.
    pub fn normal_id(&self) -> Option<String> {
        let id = self.document.document_id.as_ref()?;
        Some(normal_id(id.as_str()))
    }

    /// Number and notation in one text.
    pub fn code(&self) -> Option<String> {
        self.key.as_ref()?.code.clone()
    }

    /// Its date, `yyyy/MM/dd`.
    pub fn date(&self) -> Option<String> {
        Some(self.key.as_ref()?.date?.official())
    }

    /// `Priority`.
    pub fn priority(&self) -> u32 {
        let other = self.document.other_info.as_ref();
        other
            .and_then(|other| other.priority)
            .map_or(0, |priority| priority.number())
    }
}
