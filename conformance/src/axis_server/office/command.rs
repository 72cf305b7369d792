//! Commands to the simulated Office, and what they come to.

use std::fmt;

use lienthong::Severity;
use lienthong::packet::{Date, Priority, StatusCode, SteeringType};
use serde::{Deserialize, Serialize};

/// A command.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum OfficeCommand {
    /// Sends a new document.
    Send {
        /// The organs that receive it.
        to: Vec<String>,
        /// What it is like.
        #[serde(default)]
        document: OfficeDocument,
    },
    /// Takes one of its documents back.
    Recall {
        /// The `DocumentId`, or the axis's id of the sending.
        of: String,
        /// In which form.
        #[serde(default)]
        form: RecallForm,
        /// Why.
        #[serde(default = "for_a_test")]
        reason: String,
        /// From whom; empty is every receiver.
        #[serde(default)]
        to: Vec<String>,
    },
    /// Updates one of its documents (type 2), at every receiver.
    Update {
        /// The `DocumentId`, or the axis's id of the sending.
        of: String,
        /// Why.
        #[serde(default = "for_a_test")]
        reason: String,
        /// What the packet is like.
        #[serde(default)]
        document: OfficeDocument,
    },
    /// Replaces one of its documents (type 3), at every receiver.
    Replace {
        /// The `DocumentId`, or the axis's id of the sending.
        of: String,
        /// Why.
        #[serde(default = "for_a_test")]
        reason: String,
        /// What the new document is like.
        #[serde(default)]
        document: OfficeDocument,
    },
    /// Sends a status of a document it received; its schedule goes on.
    Status {
        /// The `DocumentId`, or the axis's id of the delivery.
        of: String,
        /// The status.
        code: StatusCode,
        /// The reason or remark.
        #[serde(default)]
        reason: Option<String>,
    },
}

fn for_a_test() -> String {
    "Để thử nghiệm.".to_owned()
}

/// How the Office takes a document back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecallForm {
    /// A status 13 to each receiver.
    #[default]
    Status,
    /// A packet of type 1 that names the document in `Bussiness/DocumentId`.
    Packet,
}

/// What a document of the Office is like. What is not said is made up.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfficeDocument {
    /// Its `DocumentId`; else a new UUID.
    pub document_id: Option<String>,
    /// Its number; else the next.
    pub number: Option<String>,
    /// Its notation.
    pub notation: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Whether it directs: 1 is a directive.
    pub steering: Option<SteeringType>,
    /// By when it is to be dealt with.
    pub due_date: Option<Date>,
    /// The same, in days from today.
    pub due_in_days: Option<u32>,
    /// Its `TaskCode`s.
    pub tasks: Vec<String>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Bytes of the file that it carries; 0 is none.
    pub attachment_bytes: Option<u64>,
}

impl fmt::Debug for OfficeDocument {
    // Not the subject.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficeDocument")
            .field("document_id", &self.document_id)
            .finish_non_exhaustive()
    }
}

/// What a command sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OfficeMade {
    /// The axis's ids of the sendings.
    pub doc_ids: Vec<String>,
    /// The `DocumentId` of the document that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}

/// Why a command does nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// There is no Office in this axis.
    #[error("there is no Office in this axis")]
    NoOffice,
    /// It has no such document.
    #[error("the Office has no such document")]
    UnknownDocument,
    /// It has several: name it by the id of the axis.
    #[error("the Office has several such documents; name one by the id of the axis")]
    SeveralDocuments,
    /// A document goes to nobody.
    #[error("no receiver is named")]
    NoReceiver,
    /// It is no packet that can be sent.
    #[error("no packet can be made of it: {0}")]
    Packet(String),
    /// The axis refuses it.
    #[error("the axis refuses it with {code}: {reason}")]
    Refused {
        /// The code.
        code: String,
        /// The cause, and the organ where one is meant.
        reason: String,
    },
    /// A file of the axis failed.
    #[error("the axis failed: {0}")]
    Io(#[from] std::io::Error),
}

impl From<lienthong::Error> for OfficeError {
    fn from(error: lienthong::Error) -> Self {
        let mut words = vec![error.kind().name().to_owned()];
        let errors = error.findings().iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        words.extend(errors.map(|finding| finding.code.to_string()));
        OfficeError::Packet(words.join("; "))
    }
}
