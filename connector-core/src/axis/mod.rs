//! The axis as seen from an agency: a client that sends, lists, fetches and
//! acknowledges packets, and what the answers mean.
//!
//! [`Client`] speaks the wire dialect of the national axis (profile V, observed
//! of the official Java SDK 2.0.1). What differs between the axes of the nation
//! and of provinces is kept in six parts; the transport below them is one.

pub mod answer;
mod body;
mod client;
mod date;
mod deliver;
mod exchange;
mod failure;
mod fetch;
mod http;
mod profile;
mod reading;
mod rows;
mod settings;
mod split;
mod tls;
mod vxp;

use std::fmt;

pub use client::{Client, Clock};
pub use fetch::HttpFetch;
pub use rows::{Agency, AgencyQd20, NewAgency, ReceivedRow, SentRow, Unit};

use crate::error::{Error, ErrorKind};

/// What a packet is to the axis: a document or a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// A document with its attachments (`edoc` on the wire).
    Edoc,
    /// A status that answers a document (`status` on the wire).
    Status,
}

/// What the axis is told of a packet that was fetched. It is an acknowledgement
/// of the transport and not a business status: nobody reads it as an answer to
/// the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acknowledgement {
    /// The packet is being taken over; it stays in the queue.
    Processing,
    /// The packet is kept, or was there already; it leaves the queue.
    Done,
    /// The packet cannot be taken; it leaves the queue (assumed).
    Fail,
}

/// Why an axis refuses, as far as its code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalClass {
    /// The packet has to be corrected (codes 10 and 22).
    Packet,
    /// An organ is unknown or locked (codes 18, 19 and 23).
    Organ,
    /// System id or secret are wrong (code 15, HTTP 401).
    Credentials,
    /// The axis has a fault of its own (codes 20 and 21).
    TryLater,
    /// A code that is not in the published table.
    Unknown,
}

impl RefusalClass {
    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            RefusalClass::Packet => ErrorKind::AxisRefusedPacket,
            RefusalClass::Organ => ErrorKind::AxisRefusedOrgan,
            RefusalClass::Credentials => ErrorKind::AxisCredentials,
            RefusalClass::TryLater => ErrorKind::AxisTryLater,
            RefusalClass::Unknown => ErrorKind::AxisUnknownRefusal,
        }
    }
}

/// An axis's refusal. `Debug` leaves the description out: what it says is for
/// the far side to decide, and may be about persons.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The class of the code.
    pub class: RefusalClass,
    /// The code as the axis wrote it, or the HTTP status where there was no
    /// other code.
    pub code: String,
    /// The id the axis gave in spite of its refusal.
    pub doc_id: Option<String>,
    /// The axis's own words. To be shown to a clerk, not to be logged.
    pub description: Option<String>,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("class", &self.class)
            .field("code", &shown(&self.code))
            .field("doc_id", &self.doc_id.as_deref().map(shown))
            .finish_non_exhaustive()
    }
}

impl Refusal {
    pub(crate) fn error(&self, operation: &'static str) -> Error {
        let error = Error::new(self.class.kind(), operation).with("code", shown(&self.code));
        match &self.doc_id {
            Some(id) => error.with("doc_id", shown(id)),
            None => error,
        }
    }
}

/// What became of a packet for some recipients.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The axis took it.
    Accepted {
        /// The axis's own id, where it gave one. Opaque.
        doc_id: Option<String>,
    },
    /// The axis refused it: nobody of these recipients gets it (assumed, for a
    /// code that names one recipient out of several).
    Refused(Refusal),
    /// It was sent and no valid answer came: the axis may have it or not. To
    /// send the same bytes again is right, and may show them twice.
    NoAnswer(Error),
    /// It was not sent, or not whole: the axis cannot have it.
    NotSent(Error),
}

/// The recipients of one request, and what became of it.
#[derive(Debug)]
pub struct Delivery {
    /// Organ ids. Empty where the recipients stand in the packet only.
    pub to: Vec<String>,
    /// What became of the packet for them.
    pub outcome: Outcome,
}

/// A packet to be sent: from whom, to whom, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    /// The sender's organ id.
    pub from: &'a str,
    /// The recipients' organ ids; where there are none, the axis takes them
    /// from the packet.
    pub to: &'a [&'a str],
    /// Document or status.
    pub message_type: MessageType,
}

/// What was fetched and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes of the packet.
    pub bytes: u64,
    /// SHA-256 of the packet's bytes.
    pub sha256: [u8; 32],
}

/// An id or a code from the far side, fit for an error: as it stands where it
/// looks like one, else by its length. It could hold anything.
pub(crate) fn shown(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:/".contains(&byte);
    if text.len() <= 64 && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("({} bytes)", text.len())
    }
}
