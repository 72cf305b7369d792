//! Sending: documents, statuses, recalls and the answers to them.

use std::io::{self, Read, Write};

use super::{Connector, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::{IncomingId, Outgoing, OutgoingId, PacketKind, Payload};
use crate::exchange::outgoing::{self, Draft, Stored};
use crate::exchange::reading::{self, DocumentFacts, Reading};
use crate::exchange::report::{self, Remark};
use crate::exchange::{Spool, Store};
use crate::exchange::{chain, current};
use crate::failpoint::failpoint;
use crate::finding::{Finding, Severity};
use crate::packet::document::StaffInfo;
use crate::packet::target::normal_id;
use crate::packet::{BusinessType, OutgoingDocument, StatusCode, check};
use crate::signature::seal;

/// Whether a document contains state secrets, as its host program knows it.
/// There is no default: the library guesses at no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateSecret {
    /// It does: it must not be sent this way (Decision 28/2018, art. 1.2).
    Contained,
    /// It does not.
    NotContained,
}

/// A packet that is stored and will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id in this store.
    pub id: OutgoingId,
    /// Whether the same packet had been stored before: then nothing was added.
    pub again: bool,
    /// Warnings and notes of the check.
    pub findings: Vec<Finding>,
}

/// The requests of a recall, one for each recipient asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// Their ids.
    pub requests: Vec<OutgoingId>,
}

const SEND: &str = "connector.send";

impl Connector {
    /// Stores a document for sending. When this returns, it is durable: it will
    /// be delivered to each recipient, or [`Connector::why`] says why not.
    ///
    /// Sending the same document again (same organ, id, type, target and
    /// meaning) adds nothing and gives the first one's id, so a caller that did
    /// not hear the answer may call again.
    ///
    /// # Errors
    /// `state-secret`; `document-id-taken` for the same id and type with another
    /// content; `document-frozen` for an action on a document that was recalled;
    /// `not-own-organ`; as [`OutgoingDocument::write_to`]. After an error nothing
    /// was stored.
    pub fn send(&self, document: &mut OutgoingDocument, secret: StateSecret) -> Result<Sent> {
        let shared = self.shared()?;
        refuse_secret(secret)?;
        let mut spool = Spooling::new(shared)?;
        let written = shared.signatures.write(document, &mut spool);
        finish(shared, spool.end(written)?, None)
    }

    /// Stores a packet that the host has built itself, byte for byte. It must
    /// be a document that may be sent.
    ///
    /// # Errors
    /// As [`Connector::send`]; `packet-impossible` with all findings, `io`.
    pub fn send_packet(&self, mut packet: impl Read, secret: StateSecret) -> Result<Sent> {
        let shared = self.shared()?;
        refuse_secret(secret)?;
        let mut spool = Spooling::new(shared)?;
        let copied = io::copy(&mut packet, &mut spool);
        let copied = copied.map(drop).map_err(|error| Error::io(SEND, error));
        finish(shared, spool.end(copied)?, Some(Vec::new()))
    }

    /// Reports where a received document stands (02 to 06), with an optional
    /// note and who acted.
    ///
    /// # Errors
    /// `not-found`; `status-illegal` where the code does not follow from the
    /// last one; `packet-impossible` for a refusal without a reason.
    pub fn report(
        &self,
        id: IncomingId,
        code: StatusCode,
        note: Option<&str>,
        staff: Option<&StaffInfo>,
    ) -> Result<OutgoingId> {
        let shared = self.shared()?;
        let now = shared.now();
        let remark = remark(note, staff);
        let longest = shared.settings.receive.longest_note;
        let stored =
            shared.change(move |tx| report::report(tx, now, id.0, code, &remark, longest))?;
        failpoint!("report-stored");
        Ok(OutgoingId(stored.id))
    }

    /// Asks recipients to give a document back, with a status 13 to each; no
    /// organ named means all. Those already asked are left out.
    ///
    /// A recall can also be sent as a packet of type 1 with
    /// [`Connector::send`]; which one a receiver understands differs.
    ///
    /// # Errors
    /// `not-found`, `document-frozen`, `invalid-argument` for an organ that was
    /// no recipient, `packet-impossible` without a reason.
    pub fn recall(
        &self,
        id: OutgoingId,
        organs: &[&str],
        reason: &str,
        staff: Option<&StaffInfo>,
    ) -> Result<Recalled> {
        let shared = self.shared()?;
        let now = shared.now();
        let organs: Vec<String> = organs.iter().map(|organ| (*organ).to_owned()).collect();
        let remark = remark(Some(reason), staff);
        let longest = shared.settings.receive.longest_note;
        let stored =
            shared.change(move |tx| chain::recall(tx, now, id.0, &organs, &remark, longest))?;
        failpoint!("recall-stored");
        Ok(Recalled {
            requests: stored.iter().map(|one| OutgoingId(one.id)).collect(),
        })
    }

    /// Agrees (15) to a received recall, update or replacement. After a recall
    /// every copy of the original's bytes in this store is destroyed; what is
    /// known of it stays.
    ///
    /// # Errors
    /// `not-found`; `status-illegal` where it is no action or was decided.
    pub fn agree(
        &self,
        action: IncomingId,
        note: Option<&str>,
        staff: Option<&StaffInfo>,
    ) -> Result<Option<OutgoingId>> {
        self.decide(action, true, note, staff)
    }

    /// Declines (16) a received recall, update or replacement; the original is
    /// on hold no more.
    ///
    /// # Errors
    /// As [`Connector::agree`]; `packet-impossible` without a reason.
    pub fn decline(
        &self,
        action: IncomingId,
        note: Option<&str>,
        staff: Option<&StaffInfo>,
    ) -> Result<Option<OutgoingId>> {
        self.decide(action, false, note, staff)
    }

    fn decide(
        &self,
        action: IncomingId,
        agree: bool,
        note: Option<&str>,
        staff: Option<&StaffInfo>,
    ) -> Result<Option<OutgoingId>> {
        let shared = self.shared()?;
        let now = shared.now();
        let answers = shared.settings.answers.clone();
        let remark = remark(note, staff);
        let stored =
            shared.change(move |tx| chain::decide(tx, now, action.0, agree, &remark, &answers))?;
        failpoint!("action-decided");
        Ok(stored.map(|stored| OutgoingId(stored.id)))
    }

    /// Says that an organ's answer, which is kept as `ambiguous` because it may be
    /// meant for several changes, was meant for this one: an update or
    /// replacement that was sent, or one of [`Recalled::requests`]. It counts as
    /// if it had named the change. Of several such answers of this code it is the
    /// first; what is clear after it is applied, too.
    ///
    /// # Errors
    /// `not-found`; `status-illegal` where no such answer is kept, or the change
    /// waits for none.
    pub fn assign_answer(&self, change: OutgoingId, organ: &str, answer: StatusCode) -> Result<()> {
        let shared = self.shared()?;
        let now = shared.now();
        let organ = organ.to_owned();
        shared.change(move |tx| chain::assign(tx, now, change.0, &organ, answer))
    }

    /// Has what failed, is held or waits tried again at once; without an organ,
    /// for all recipients. Gives for how many.
    ///
    /// # Errors
    /// `not-found`.
    pub fn retry(&self, id: OutgoingId, organ: Option<&str>) -> Result<u64> {
        let shared = self.shared()?;
        let now = shared.now();
        let organ = organ.map(str::to_owned);
        shared.change(move |tx| outgoing::retry(tx, now, id.0, organ.as_deref()))
    }

    /// Gives up what is not delivered; without an organ, for all recipients.
    /// What waited for it goes on. Gives for how many.
    ///
    /// # Errors
    /// `not-found`.
    pub fn drop_packet(&self, id: OutgoingId, organ: Option<&str>) -> Result<u64> {
        let shared = self.shared()?;
        let now = shared.now();
        let organ = organ.map(str::to_owned);
        shared.change(move |tx| outgoing::give_up(tx, now, id.0, organ.as_deref()))
    }
}

pub(super) fn remark(note: Option<&str>, staff: Option<&StaffInfo>) -> Remark {
    Remark {
        note: note.map(str::to_owned),
        staff: staff.cloned(),
    }
}

fn refuse_secret(secret: StateSecret) -> Result<()> {
    match secret {
        StateSecret::Contained => Err(Error::new(ErrorKind::StateSecret, SEND)),
        StateSecret::NotContained => Ok(()),
    }
}

/// A spool that knows whether it was the one that failed: its own error says
/// more than that of the writer before it.
pub(super) struct Spooling {
    spool: Box<dyn Spool>,
    failed: bool,
}

impl Spooling {
    pub(super) fn new(shared: &Shared) -> Result<Self> {
        Ok(Spooling {
            spool: shared.store.spool()?,
            failed: false,
        })
    }

    pub(super) fn end(self, written: Result<()>) -> Result<Box<dyn Spool>> {
        match written {
            Ok(()) => Ok(self.spool),
            Err(error) if self.failed => Err(self.spool.finish().err().unwrap_or(error)),
            Err(error) => Err(error),
        }
    }
}

impl Write for Spooling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.spool.write(bytes);
        self.failed |= written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spool.flush()
    }
}

/// Reads what was spooled, as the recipient will, and stores it.
fn finish(shared: &Shared, spool: Box<dyn Spool>, foreign: Option<Vec<Finding>>) -> Result<Sent> {
    let crate::exchange::Stored { payload, guard } = spool.finish()?;
    failpoint!("send-spooled");
    let bytes = shared.store.open_payload(&payload)?;
    let (packet, seal) = seal::read_packet_and_seal(bytes, &shared.settings.read)?;
    let mut findings = foreign.unwrap_or_default();
    findings.extend(check(&packet, &shared.settings.check));
    if findings.iter().any(|one| one.severity == Severity::Error) {
        return Err(Error::new(ErrorKind::PacketImpossible, SEND).finding(findings));
    }
    // A seal is made anew when a host sends a document again; the document is the same.
    let meaning = packet.meaning_digest_without(seal);
    let (Reading::Document(mut facts), Some(meaning)) = (reading::facts(packet), meaning) else {
        return Err(Error::new(ErrorKind::PacketImpossible, SEND)
            .with("reason", "not a document")
            .finding(findings));
    };
    facts.meaning = *meaning.as_bytes();
    let Stored { id, again } = store(shared, *facts, payload, guard)?;
    Ok(Sent {
        id: OutgoingId(id),
        again,
        findings,
    })
}

fn store(
    shared: &Shared,
    facts: DocumentFacts,
    payload: Payload,
    guard: Box<dyn Send>,
) -> Result<Stored> {
    if !shared.settings.receive.own.contains(&facts.from) {
        return Err(Error::new(ErrorKind::NotOwnOrgan, SEND).with("organ", facts.from));
    }
    let now = shared.now();
    let stored = shared.change(move |tx| {
        let mut to: Vec<String> = Vec::new();
        let named = facts.document.to.iter();
        for organ in named.filter_map(|organ| organ.organ_id.as_ref()) {
            // An old and a new code of one organ are one delivery.
            let organ = current(tx, organ.as_str())?;
            if !to.contains(&organ) {
                to.push(organ);
            }
        }
        let row = Outgoing {
            id: 0,
            kind: PacketKind::Document,
            from: facts.from.clone(),
            document_id: facts
                .document
                .document_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            normal_id: facts.normal_id(),
            business: facts.document.business_type().number(),
            targets: targets(&facts),
            code: facts.code(),
            date: facts.date(),
            status: None,
            meaning: facts.meaning,
            payload: None,
            priority: facts.priority(),
            created: now,
            about_outgoing: None,
            about_incoming: answered(tx, &facts)?,
            frozen: false,
        };
        let draft = Draft { row, payload, to };
        outgoing::store(tx, now, draft)
    });
    drop(guard);
    failpoint!("send-stored");
    stored
}

/// The documents of ours that one acts on, whoever is to receive it.
fn targets(facts: &DocumentFacts) -> String {
    let document = &facts.document;
    let mut ids: Vec<String> = match document.business_type() {
        BusinessType::Replace => document
            .bussiness()
            .into_iter()
            .flat_map(|bussiness| &bussiness.replacement_info_list)
            .flat_map(|list| &list.replacement_info)
            .filter_map(|info| info.document_id.as_ref())
            .map(|id| normal_id(id.as_str()))
            .collect(),
        _ => document
            .targets(&facts.from.as_str().into())
            .into_iter()
            .map(|id| normal_id(id.as_str()))
            .collect(),
    };
    ids.sort();
    ids.dedup();
    ids.join("\n")
}

/// The received document that one of ours answers (`ResponseFor`).
fn answered(tx: &mut dyn crate::exchange::Tx, facts: &DocumentFacts) -> Result<Option<i64>> {
    if facts.document.business_type() != BusinessType::New {
        return Ok(None);
    }
    for response in &facts.document.response_for {
        if let (Some(organ), Some(id)) = (&response.organ_id, &response.document_id) {
            let sender = current(tx, organ.as_str())?;
            let found = tx.incoming_by_id(&facts.from, &sender, &normal_id(id.as_str()))?;
            if let Some(row) = found.first() {
                return Ok(Some(row.id));
            }
        }
    }
    Ok(None)
}
