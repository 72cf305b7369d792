//! What the Office has before it: what it received and sent, and what is still
//! to be done. Everything changes by a [`Record`], so that a journal of records
//! brings it back after a restart.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use lienthong::packet::document::ResponseFor;
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{Date, OrganId, StatusCode, SteeringType};
use serde::{Deserialize, Serialize};

use super::script::{OfficeRuleState, What};
use crate::axis_server::route::Kind;

/// A packet that the Office received: a document, or a status 13. Never its
/// subject, nor any text of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfficeReceived {
    /// The axis's id of the delivery.
    pub doc_id: String,
    /// The organ that sent it, as the packet writes it.
    pub from: String,
    /// Document or status.
    pub kind: Kind,
    /// What it wants; none where it cannot be read.
    pub what: Option<What>,
    /// Its `DocumentId`; of a status 13, that of the document it is about.
    pub document_id: Option<String>,
    /// Number and notation.
    pub code: Option<String>,
    /// Its date.
    pub date: Option<Date>,
    /// Whether it directs or reports.
    pub steering: Option<SteeringType>,
    /// By when it is to be dealt with.
    pub due_date: Option<Date>,
    /// The documents it answers.
    pub responds_to: Vec<String>,
    /// The deliveries of the documents it is to change.
    pub targets: Vec<String>,
    /// The `DocumentId`s it names for that, and the Office does not know.
    pub unknown_targets: Vec<String>,
    /// The codes of what was found in reading.
    pub findings: Vec<String>,
    /// The statuses that the Office sent of it.
    pub statuses: Vec<OfficeStatus>,
    /// How many are still to be sent.
    pub waiting: usize,
}

/// A status that the Office sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfficeStatus {
    /// The status.
    pub code: StatusCode,
    /// The axis's id of the sending.
    pub doc_id: String,
    /// Why it did not go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A document that the Office sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfficeSent {
    /// The axis's id of the sending.
    pub doc_id: String,
    /// Its `DocumentId`.
    pub document_id: String,
    /// What it wants.
    pub what: What,
    /// The document it recalls, updates or replaces.
    pub of: Option<String>,
    /// Its receivers, by their codes in the directory.
    pub to: Vec<String>,
    /// Number and notation.
    pub code: Option<String>,
    /// Its date.
    pub date: Option<Date>,
    /// The receivers that were asked by a status 13 to give it back.
    pub recalled: Vec<String>,
    /// The statuses that came of it.
    pub statuses: Vec<OfficeAnswer>,
}

/// A status that came to the Office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfficeAnswer {
    /// The axis's id of the delivery.
    pub doc_id: String,
    /// The organ that sent it, by its code in the directory.
    pub from: String,
    /// The status.
    pub code: Option<StatusCode>,
    /// The `DocumentId` that it names.
    pub document_id: Option<String>,
}

/// A status that is to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Planned {
    pub(super) code: StatusCode,
    pub(super) after_ms: u64,
    pub(super) reason: Option<String>,
    pub(super) about: ResponseFor,
}

/// Something that the Office did. What it sent stands in the journal before it
/// is sent, and holds if the axis has a packet of that id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub(super) enum Record {
    /// A packet came that wants something, or cannot be read.
    Received {
        received: Box<OfficeReceived>,
        /// The document it is, as statuses name it.
        about: ResponseFor,
        plan: VecDeque<Planned>,
    },
    /// A status came: of a sending of the Office, or of nothing it knows.
    Answered {
        answer: OfficeAnswer,
        of: Option<String>,
    },
    /// A status went out: the next of the plan, or one by command.
    Status {
        of: String,
        status: OfficeStatus,
        is_planned: bool,
    },
    /// A document went out.
    Sent { sent: Box<OfficeSent> },
    /// A status 13 went out.
    Asked {
        of: String,
        doc_id: String,
        organ: String,
    },
    /// A command of the script was carried out.
    Scripted { failure: Option<String> },
}

impl Record {
    /// The id of the packet that goes out with it.
    pub(super) fn outgoing(&self) -> Option<&str> {
        match self {
            Record::Status { status, .. } if status.refused.is_none() => Some(&status.doc_id),
            Record::Sent { sent } => Some(&sent.doc_id),
            Record::Asked { doc_id, .. } => Some(doc_id),
            _ => None,
        }
    }
}

/// A received packet and what is to be done with it.
pub(super) struct Case {
    pub(super) received: OfficeReceived,
    pub(super) about: ResponseFor,
    pub(super) key: DocumentKey,
    pub(super) plan: VecDeque<Planned>,
    /// When its next status goes.
    pub(super) due: Option<Instant>,
}

impl Case {
    /// Whether it is a document, which a status may name.
    pub(super) fn is_document(&self) -> bool {
        self.received.kind == Kind::Document && self.received.what.is_some()
    }
}

/// A document that was sent, and what statuses may name it by.
pub(super) struct Sending {
    pub(super) sent: OfficeSent,
    pub(super) key: DocumentKey,
}

/// Everything the Office has.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) rules: Vec<OfficeRuleState>,
    pub(super) received: Vec<Case>,
    pub(super) sent: Vec<Sending>,
    pub(super) stray: Vec<OfficeAnswer>,
    /// What became of the commands of the script.
    pub(super) scripted: Vec<Option<String>>,
    /// The deliveries that were taken, and whether they can be read.
    pub(super) taken: HashMap<String, bool>,
    /// When the next status of a case is due.
    pub(super) due: BTreeSet<(Instant, usize)>,
    /// Times that a file of the axis failed the Office.
    pub(super) failures: u64,
    /// Counts what happened.
    pub(super) changes: u64,
}

fn key(organ: &str, id: Option<&str>, code: Option<&String>, date: Option<Date>) -> DocumentKey {
    DocumentKey {
        organ: OrganId::new(organ),
        id: id.map(Into::into),
        code: code.cloned(),
        date,
    }
}

impl Desk {
    /// Carries a record out. `canonical` gives the directory's code of an organ.
    pub(super) fn apply(&mut self, record: Record, canonical: impl Fn(&str) -> String) {
        self.changes += 1;
        match record {
            Record::Received {
                received,
                about,
                plan,
            } => {
                let mut received = *received;
                received.waiting = plan.len();
                let is_readable = received.what.is_some();
                self.taken.insert(received.doc_id.clone(), is_readable);
                let place = self.received.len();
                let organ = canonical(&received.from);
                let id = received.document_id.as_deref();
                self.received.push(Case {
                    key: key(&organ, id, received.code.as_ref(), received.date),
                    received,
                    about,
                    plan,
                    due: None,
                });
                self.schedule(place);
            }
            Record::Answered { answer, of } => {
                self.taken.insert(answer.doc_id.clone(), true);
                match of.and_then(|of| self.sending(&of)) {
                    Some(sending) => sending.sent.statuses.push(answer),
                    None => self.stray.push(answer),
                }
            }
            Record::Status {
                of,
                status,
                is_planned,
            } => self.status_sent(&of, status, is_planned),
            Record::Sent { sent } => {
                let sent = *sent;
                let organ = canonical(super::OFFICE);
                let id = Some(&*sent.document_id);
                self.sent.push(Sending {
                    key: key(&organ, id, sent.code.as_ref(), sent.date),
                    sent,
                });
            }
            Record::Asked { of, organ, .. } => {
                if let Some(sending) = self.sending(&of) {
                    sending.sent.recalled.push(organ);
                }
            }
            Record::Scripted { failure } => self.scripted.push(failure),
        }
    }

    /// Sets when the next status of a case goes.
    fn schedule(&mut self, place: usize) {
        let case = self.received.get(place);
        if let Some(next) = case.and_then(|case| case.plan.front()) {
            self.postpone(place, Duration::from_millis(next.after_ms));
        }
    }

    pub(super) fn postpone(&mut self, place: usize, pause: Duration) {
        let due = Instant::now() + pause;
        if let Some(case) = self.received.get_mut(place) {
            case.due = Some(due);
            self.due.insert((due, place));
        }
    }

    fn status_sent(&mut self, of: &str, status: OfficeStatus, is_planned: bool) {
        let found = self.received.iter_mut().enumerate();
        let found = found.rev().find(|(_, case)| case.received.doc_id == of);
        let Some((place, case)) = found else {
            return;
        };
        if is_planned {
            case.plan.pop_front();
        }
        case.received.waiting = case.plan.len();
        let agrees = status.code == StatusCode::ChangeAgreed && status.refused.is_none();
        let taken_back = if agrees && case.received.what == Some(What::Recall) {
            case.received.targets.clone()
        } else {
            Vec::new()
        };
        case.received.statuses.push(status);
        if is_planned {
            self.schedule(place);
        }
        // Of what was given back nothing more is to be said.
        for case in &mut self.received {
            if taken_back.contains(&case.received.doc_id) {
                case.plan.clear();
                case.received.waiting = 0;
            }
        }
    }

    fn sending(&mut self, doc_id: &str) -> Option<&mut Sending> {
        self.sent
            .iter_mut()
            .find(|sending| sending.sent.doc_id == doc_id)
    }
}
