//! The six points in which the wire dialects of axes differ. A dialect is a set
//! of six parts; the client knows the parts and no dialect.

use std::time::SystemTime;

use super::answer::Answer;
use super::rows::NewAgency;
use super::{Acknowledgement, MessageType, RefusalClass};

/// One call as the dialect wants it, not yet authenticated.
pub(super) struct Call {
    /// The name of the operation in errors.
    pub(super) operation: &'static str,
    pub(super) get: bool,
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    /// Names and values, printable ASCII.
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) body: CallBody,
    /// Whether the axis answers it alike when it comes a second time, so that
    /// it may be repeated without a word where a kept connection broke.
    pub(super) repeatable: bool,
}

/// What stands in the body of a call.
pub(super) enum CallBody {
    Text(String),
    /// The packet, byte for byte.
    Packet,
}

/// One sending, as far as a request speaks of it.
pub(super) struct Envelope<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a [&'a str],
    /// The dialect's word for what is sent.
    pub(super) word: &'static str,
    pub(super) sha256: [u8; 32],
}

/// What is asked of an axis.
pub(super) enum Query<'a> {
    Received(&'static str),
    Get(&'a str),
    Download(&'a str),
    Sent(&'static str, &'a str),
    CountDocuments(&'static str),
    CountStatuses(&'static str),
    Agencies,
    AgenciesQd20(&'a str),
    Units,
    Register(&'a NewAgency),
    Delete(&'a str),
}

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused(RefusalClass, String),
    /// It is no answer that the dialect promises.
    NotPromised,
}

/// Adds what proves the caller's identity.
pub(super) trait Authenticator: Send + Sync {
    /// All headers of the call, in order.
    fn headers(&self, call: &Call, now: SystemTime) -> Vec<(String, String)>;
}

/// How a packet is put into a request.
pub(super) trait Framing: Send + Sync {
    fn send(&self, envelope: &Envelope<'_>) -> Call;
}

/// How an axis is asked for lists, packets and its directory.
pub(super) trait Queries: Send + Sync {
    fn call(&self, query: &Query<'_>) -> Call;
}

/// How a fetched packet is acknowledged.
pub(super) trait Acknowledging: Send + Sync {
    fn call(&self, doc_id: &str, acknowledgement: Acknowledgement) -> Call;
}

/// What an answer means. Which field decides differs from axis to axis.
pub(super) trait Classifier: Send + Sync {
    fn classify(&self, http_status: u16, answer: &Answer) -> Verdict;
}

/// How documents and statuses are told apart.
pub(super) trait StatusDialect: Send + Sync {
    fn word(&self, message_type: MessageType) -> &'static str;
}

/// A wire dialect.
pub(super) struct Profile {
    pub(super) authenticator: Box<dyn Authenticator>,
    pub(super) framing: Box<dyn Framing>,
    pub(super) queries: Box<dyn Queries>,
    pub(super) acknowledging: Box<dyn Acknowledging>,
    pub(super) classifier: Box<dyn Classifier>,
    pub(super) statuses: Box<dyn StatusDialect>,
}
