//! What the exchange remembers: packets to be sent and where each recipient
//! stands, packets that arrived, what was made of them, and statuses.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};
use crate::packet::StatusCode;

/// Milliseconds since 1970-01-01 00:00 UTC.
pub type Millis = i64;

/// A closed list of words: in the store, in JSON and in messages.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$about:meta])* $variant:ident = $word:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

/// `Debug` of rows that hold what others wrote, or a packet: without that.
macro_rules! shown {
    ($($row:ident { $($field:ident),* })*) => {$(
        impl std::fmt::Debug for $row {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($row))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    )*};
}
pub(crate) use shown;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                text.strip_prefix(concat!($prefix, "-"))
                    .and_then(|number| number.parse().ok())
                    .map($name)
                    .ok_or_else(|| {
                        Error::new(ErrorKind::InvalidArgument, "id")
                            .with("expected", concat!($prefix, "-NUMBER"))
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

ids! {
    /// A packet of ours, in this store.
    OutgoingId = "out";
    /// A packet that came for one of our organs, in this store.
    IncomingId = "in";
    /// A packet as the axis delivered it, in this store.
    ArrivalId = "arrival";
}

/// The id of one of ours at one recipient.
pub type RecipientId = i64;

/// The id of a packet's bytes.
pub type PayloadId = i64;

words! {
    /// What a packet is.
    PacketKind {
        /// A document with its attachments.
        Document = "document",
        /// A status about a document.
        Status = "status",
    }
}

words! {
    /// How far the delivery to one recipient has come.
    Delivery {
        /// It waits to be sent.
        Queued = "queued",
        /// It is being sent.
        Sending = "sending",
        /// It was sent and no answer came: the axis may have it or not.
        Unknown = "outcome-unknown",
        /// The outcome is unknown and cannot be asked for; an operator decides
        /// (`send.unknown` = `hold`).
        Held = "held",
        /// The axis took it.
        Accepted = "accepted",
        /// It cannot be delivered as it is. Payload and reason are kept.
        Failed = "failed",
        /// An operator gave it up.
        Dropped = "dropped",
    }
}

impl Delivery {
    /// Whether nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Delivery::Accepted | Delivery::Failed | Delivery::Dropped
        )
    }
}

words! {
    /// How far a change of a document (recall, update, replacement) has come.
    Change {
        /// None was asked for.
        None = "none",
        /// It was asked for and not answered.
        Requested = "requested",
        /// The receiver agreed (15).
        Agreed = "agreed",
        /// The receiver declined (16).
        Declined = "declined",
    }
}

words! {
    /// Where a packet that came stands with the host program.
    HandOffState {
        /// An action whose original has not come yet.
        Waiting = "waiting",
        /// Ready to be shown.
        Offered = "offered",
        /// Shown, and not decided on.
        Leased = "leased",
        /// The host has it.
        Accepted = "accepted",
        /// The host refused it (02).
        Refused = "refused",
    }
}

words! {
    /// What was made of a packet as the axis delivered it.
    ArrivalState {
        /// It is stored.
        Stored = "stored",
        /// It was read, and its row stands in the inbox.
        Understood = "understood",
        /// It cannot be read. Its bytes are kept.
        Quarantined = "quarantined",
        /// An operator gave it up.
        Dropped = "dropped",
    }
}

words! {
    /// What a status that came did.
    StatusEffect {
        /// It changed where the document stands.
        Applied = "applied",
        /// It said what was known.
        Repeated = "repeated",
        /// It came after a later one and is only recorded.
        Late = "late",
        /// It does not fit where the document stands, and changed nothing.
        Illegal = "illegal",
        /// Its sender was no recipient of the document, and it changed nothing.
        NotARecipient = "not-a-recipient",
        /// Several changes are asked for that it may answer. It is kept, and counts
        /// when there is only one way to read it.
        Ambiguous = "ambiguous",
        /// Its document is not known yet. It is tried again when one comes.
        Unmatched = "unmatched",
    }
}

words! {
    /// What happened. Those that [`What::is_event`] are shown to the host.
    What {
        /// A packet was stored to be sent.
        Queued = "queued",
        /// The axis took it for a recipient.
        Accepted = "accepted",
        /// A recipient is tried again later.
        Postponed = "postponed",
        /// It was sent and no answer came.
        OutcomeUnknown = "outcome-unknown",
        /// It cannot be delivered to a recipient.
        Failed = "failed",
        /// An operator has it tried again.
        Retried = "retried",
        /// An operator gave it up.
        Dropped = "dropped",
        /// A packet arrived and is stored.
        Arrived = "arrived",
        /// It was there already.
        Duplicate = "duplicate",
        /// The same sender, id and type came with another meaning.
        SameIdOtherContent = "same-id-other-content",
        /// The same issuer, number, notation and date came under another id.
        SameCodeOtherId = "same-code-other-id",
        /// A packet cannot be read.
        Quarantined = "quarantined",
        /// The policy of signatures refused it.
        NotAuthentic = "not-authentic",
        /// A certificate ends soon.
        CertificateEnds = "certificate-ends",
        /// A packet on the axis could not be fetched or stored.
        NotFetched = "not-fetched",
        /// A packet was shown to the host.
        Shown = "shown",
        /// The host has it.
        HostAccepted = "host-accepted",
        /// The host refused it.
        HostRefused = "host-refused",
        /// The host gave it back.
        GivenBack = "given-back",
        /// A status came.
        StatusCame = "status",
        /// A status of ours was stored to be sent.
        StatusReported = "status-reported",
        /// An action came and its original is on hold.
        OnHold = "on-hold",
        /// An action came before its original.
        ActionWaits = "action-waits",
        /// We agreed to an action.
        ActionAgreed = "action-agreed",
        /// We declined an action.
        ActionDeclined = "action-declined",
        /// The payload of a recalled document was destroyed.
        Destroyed = "destroyed",
        /// A document that should be finished by now has no 06.
        NotFinished = "not-finished",
        /// The payload of an old document was deleted.
        Purged = "purged",
        /// The clock made a jump.
        ClockJumped = "clock-jumped",
    }
}

impl What {
    /// Whether the host is told.
    pub fn is_event(self) -> bool {
        !matches!(
            self,
            What::Queued
                | What::Postponed
                | What::Retried
                | What::Arrived
                | What::Duplicate
                | What::Shown
                | What::HostAccepted
                | What::NotAuthentic
                | What::CertificateEnds
                | What::HostRefused
                | What::GivenBack
                | What::StatusReported
                | What::Purged
        )
    }
}

/// Where the bytes of a packet are, and what they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The bytes where they are few; else they are a file of the store.
    pub bytes: Option<Vec<u8>>,
}

/// A packet of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// Document or status.
    pub kind: PacketKind,
    /// Our organ.
    pub from: String,
    /// The document's id; `None` for a status.
    pub document_id: Option<String>,
    /// Its id with the dates in it in one form.
    pub normal_id: Option<String>,
    /// `BussinessDocType`; 0 for a new document and a status.
    pub business: u32,
    /// Ids of the documents it acts on, sorted, one a line.
    pub targets: String,
    /// Number and notation in one text.
    pub code: Option<String>,
    /// Its date, `yyyy/MM/dd`.
    pub date: Option<String>,
    /// The status; `None` for a document.
    pub status: Option<u32>,
    /// The meaning digest.
    pub meaning: [u8; 32],
    /// Its bytes; `None` when they were deleted.
    pub payload: Option<PayloadId>,
    /// `Priority` of the document.
    pub priority: u32,
    /// When it was stored.
    pub created: Millis,
    /// Our earlier document that it acts on.
    pub about_outgoing: Option<i64>,
    /// The received document that it answers or reports on.
    pub about_incoming: Option<i64>,
    /// Whether it was recalled: nothing may be done with it any more.
    pub frozen: bool,
}

/// One of our packets at one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its id; 0 before it is stored.
    pub id: RecipientId,
    /// The packet.
    pub outgoing: i64,
    /// The organ.
    pub organ: String,
    /// How far the delivery has come.
    pub delivery: Delivery,
    /// The last status that counted.
    pub status: Option<u32>,
    /// Whether a change was asked for.
    pub change: Change,
    /// Attempts so far.
    pub attempts: u32,
    /// Milliseconds for which it was tried, each pause counted at most at the
    /// longest pause: a clock that jumps makes nobody give up.
    pub waited: i64,
    /// Not before this time; `None` for at once.
    pub next_at: Option<Millis>,
    /// The order of sending; smaller goes first.
    pub rank: i64,
    /// The recipient row that has to be accepted first.
    pub blocked_by: Option<RecipientId>,
    /// The axis's id.
    pub axis_doc_id: Option<String>,
    /// When it was first handed to the axis.
    pub first_try: Option<Millis>,
    /// When it was last handed to the axis.
    pub last_try: Option<Millis>,
    /// Since when the outcome is unknown.
    pub unknown_since: Option<Millis>,
    /// When the recipient last answered.
    pub last_answer: Option<Millis>,
    /// The last error's kind.
    pub error: Option<String>,
    /// The axis's last code.
    pub remote_code: Option<String>,
    /// The reason of a refusal, by the axis or by the recipient. For a clerk,
    /// not for logs.
    pub reason: Option<String>,
    /// When `delivery`, `status` or `change` last changed.
    pub changed: Millis,
    /// What the recipient answered (15, 16) to the change that the packet itself
    /// asks for; `change` is what was asked about the packet.
    pub answer: Option<u32>,
}

/// A packet as the axis delivered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The axis's id of the delivery.
    pub axis_doc_id: String,
    /// The list it stood in.
    pub listed_as: PacketKind,
    /// The recipients that the list named, commas between.
    pub listed_to: Option<String>,
    /// Its bytes.
    pub payload: Option<PayloadId>,
    /// When it was stored.
    pub stored: Millis,
    /// Whether the axis was told `done`.
    pub acknowledged: bool,
    /// Not before this time the axis is told again.
    pub acknowledge_at: Millis,
    /// How often it was told.
    pub acknowledge_attempts: u32,
    /// What was made of it.
    pub state: ArrivalState,
    /// Why it is in quarantine: finding codes.
    pub reason: Option<String>,
    /// The row of the inbox.
    pub incoming: Option<i64>,
}

/// A packet that came for one of our organs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// A document, or a status that asks for a document back (13).
    pub kind: PacketKind,
    /// Our organ.
    pub own: String,
    /// The sender as the packet names it.
    pub from: String,
    /// The sender by its code of today.
    pub sender: String,
    /// The document's id.
    pub document_id: Option<String>,
    /// Its id with the dates in it in one form; empty where it has none.
    pub normal_id: Option<String>,
    /// `BussinessDocType`; 1 for a status 13.
    pub business: u32,
    /// Ids of the documents it acts on, sorted, one a line.
    pub targets: String,
    /// The meaning digest.
    pub meaning: [u8; 32],
    /// Number and notation in one text.
    pub code: Option<String>,
    /// Its date, `yyyy/MM/dd`.
    pub date: Option<String>,
    /// Its bytes; `None` when they were deleted.
    pub payload: Option<PayloadId>,
    /// The order of showing; smaller goes first.
    pub rank: i64,
    /// When it was stored.
    pub received: Millis,
    /// Where it stands with the host.
    pub state: HandOffState,
    /// Who holds it.
    pub lease: Option<i64>,
    /// Until when.
    pub lease_until: Option<Millis>,
    /// How often it was shown.
    pub shown: u32,
    /// The last status we reported.
    pub status: Option<u32>,
    /// Whether an action has put it on hold.
    pub on_hold: bool,
    /// The received document that it acts on.
    pub about_incoming: Option<i64>,
    /// Our document that it answers.
    pub about_outgoing: Option<i64>,
    /// For an action: what we answered. For a document: what became of it.
    pub change: Change,
    /// Whether its payload was destroyed after a recall.
    pub destroyed: bool,
    /// Whether another with the same id and another meaning is there.
    pub conflict: bool,
    /// The report on its signatures as JSON, made when it came. It may name who signed: for
    /// the host, not for a log.
    pub verdict: Option<String>,
    /// When it last changed.
    pub changed: Millis,
}

/// A status that came.
#[derive(Clone, PartialEq, Eq)]
pub struct CameStatus {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The axis delivery that brought it.
    pub arrival: i64,
    /// The organ that sent it, as it is written.
    pub from: String,
    /// Its code.
    pub code: u32,
    /// `ResponseFor/OrganId`.
    pub about_organ: Option<String>,
    /// `ResponseFor/Code`.
    pub about_code: Option<String>,
    /// `ResponseFor/DocumentId`.
    pub about_document_id: Option<String>,
    /// `ResponseFor/PromulgationDate`, `yyyy/MM/dd`.
    pub about_date: Option<String>,
    /// Its remark. For a clerk, not for logs.
    pub description: Option<String>,
    /// Its own time, `yyyy/MM/dd HH:mm:ss`.
    pub timestamp: Option<String>,
    /// The meaning digest.
    pub meaning: [u8; 32],
    /// When it was stored.
    pub received: Millis,
    /// What it did.
    pub effect: StatusEffect,
    /// Our packet at the recipient it speaks of; where it came from no recipient,
    /// at any of them.
    pub recipient: Option<RecipientId>,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number, growing.
    pub number: i64,
    /// When.
    pub at: Millis,
    /// What happened.
    pub what: What,
    /// The packet of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingId>,
    /// The packet that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming: Option<IncomingId>,
    /// The other organ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organ: Option<String>,
    /// The status code, the axis's code, the kind of an error, or an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Entry {
    /// A line that is not stored yet.
    pub fn new(at: Millis, what: What) -> Self {
        Entry {
            number: 0,
            at,
            what,
            outgoing: None,
            incoming: None,
            organ: None,
            code: None,
        }
    }

    /// About a packet of ours.
    #[must_use]
    pub fn outgoing(mut self, id: i64) -> Self {
        self.outgoing = Some(OutgoingId(id));
        self
    }

    /// About a packet that came.
    #[must_use]
    pub fn incoming(mut self, id: i64) -> Self {
        self.incoming = Some(IncomingId(id));
        self
    }

    /// With the other organ.
    #[must_use]
    pub fn organ(mut self, organ: &str) -> Self {
        self.organ = Some(organ.to_owned());
        self
    }

    /// With a code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// The status of a stored number.
pub(crate) fn status(number: Option<u32>) -> Option<StatusCode> {
    number.map(StatusCode::from_number)
}

shown! {
    Payload { length, sha256 }
    Recipient { id, outgoing, organ, delivery, status, change, attempts, waited, next_at, rank, blocked_by, axis_doc_id, first_try, last_try, unknown_since, last_answer, error, remote_code, changed, answer }
    CameStatus { id, arrival, from, code, about_organ, about_code, about_document_id, about_date, timestamp, meaning, received, effect, recipient }
}
