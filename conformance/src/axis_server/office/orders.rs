//! Commands carried out.

use std::io::Write;

use lienthong::packet::StatusCode;
use lienthong::packet::document::ResponseFor;

use super::command::{OfficeCommand, OfficeDocument, OfficeError, OfficeMade, RecallForm};
use super::desk::{Desk, OfficeSent, Planned, Record};
use super::packets::{self, Change};
use super::script::What;
use super::{OFFICE, Office, SYSTEM};
use crate::axis_server::intake::{NotTaken, Sending};
use crate::axis_server::shared::Shared;
use crate::axis_server::stop::lock;

/// The one thing that a name means.
fn only<T>(mut found: impl Iterator<Item = T>) -> Result<T, OfficeError> {
    let first = found.next().ok_or(OfficeError::UnknownDocument)?;
    match found.next() {
        None => Ok(first),
        Some(_) => Err(OfficeError::SeveralDocuments),
    }
}

impl Shared {
    /// Carries a command out.
    pub(in super::super) fn office_command(
        &self,
        command: OfficeCommand,
    ) -> Result<OfficeMade, OfficeError> {
        let office = self.office.as_ref().ok_or(OfficeError::NoOffice)?;
        office.carry_out(self, command)
    }
}

impl Office {
    /// Carries a command out.
    pub(super) fn carry_out(
        &self,
        shared: &Shared,
        command: OfficeCommand,
    ) -> Result<OfficeMade, OfficeError> {
        match command {
            OfficeCommand::Send { to, document } => self.send_document(shared, document, &to, None),
            OfficeCommand::Recall {
                of,
                form,
                reason,
                to,
            } => self.recall(shared, &of, form, reason, to),
            OfficeCommand::Update {
                of,
                reason,
                document,
            } => self.change(shared, &of, What::Update, reason, document),
            OfficeCommand::Replace {
                of,
                reason,
                document,
            } => self.change(shared, &of, What::Replace, reason, document),
            OfficeCommand::Status { of, code, reason } => {
                self.command_status(shared, &of, code, reason)
            }
        }
    }

    fn sent(&self, name: &str) -> Result<OfficeSent, OfficeError> {
        let desk = lock(&self.desk);
        let found = desk.sent.iter().map(|sending| &sending.sent);
        only(found.filter(|sent| sent.document_id == name || sent.doc_id == name)).cloned()
    }

    fn change(
        &self,
        shared: &Shared,
        of: &str,
        what: What,
        reason: String,
        document: OfficeDocument,
    ) -> Result<OfficeMade, OfficeError> {
        let sent = self.sent(of)?;
        let change = Change {
            what,
            of: &sent,
            reason,
        };
        self.send_document(shared, document, &sent.to, Some(change))
    }

    fn recall(
        &self,
        shared: &Shared,
        of: &str,
        form: RecallForm,
        reason: String,
        to: Vec<String>,
    ) -> Result<OfficeMade, OfficeError> {
        let sent = self.sent(of)?;
        let to = if to.is_empty() { sent.to.clone() } else { to };
        if form == RecallForm::Packet {
            let change = Change {
                what: What::Recall,
                of: &sent,
                reason,
            };
            let document = OfficeDocument {
                attachment_bytes: Some(0),
                ..OfficeDocument::default()
            };
            return self.send_document(shared, document, &to, Some(change));
        }
        let mut made = OfficeMade {
            doc_ids: Vec::new(),
            document_id: None,
        };
        for organ in to {
            let about = ResponseFor {
                organ_id: Some(organ.as_str().into()),
                code: sent.code.clone(),
                document_id: Some(sent.document_id.as_str().into()),
                promulgation_date: sent.date,
            };
            let reason = Some(reason.clone());
            let status = packets::status(about, StatusCode::RecallRequested, reason)?;
            let id = shared.next_id()?;
            let record = Record::Asked {
                of: sent.doc_id.clone(),
                doc_id: id.clone(),
                organ,
            };
            let mut desk = lock(&self.desk);
            self.send(shared, &mut desk, record, None, |file| {
                status.write_to(file).map(|_| ())
            })?;
            made.doc_ids.push(id);
        }
        Ok(made)
    }

    fn command_status(
        &self,
        shared: &Shared,
        of: &str,
        code: StatusCode,
        reason: Option<String>,
    ) -> Result<OfficeMade, OfficeError> {
        let mut desk = lock(&self.desk);
        let cases = desk.received.iter().filter(|case| {
            case.received.doc_id == of
                || (case.is_document() && case.received.document_id.as_deref() == Some(of))
        });
        let case = only(cases)?;
        let planned = Planned {
            code,
            after_ms: 0,
            reason,
            about: case.about.clone(),
        };
        let of = case.received.doc_id.clone();
        let id = self.send_status(shared, &mut desk, of, planned, false)?;
        Ok(OfficeMade {
            doc_ids: vec![id],
            document_id: None,
        })
    }

    fn send_document(
        &self,
        shared: &Shared,
        order: OfficeDocument,
        to: &[String],
        change: Option<Change<'_>>,
    ) -> Result<OfficeMade, OfficeError> {
        if to.is_empty() {
            return Err(OfficeError::NoReceiver);
        }
        let id = shared.next_id()?;
        let what = change.as_ref().map_or(What::Document, |change| change.what);
        let of = change.as_ref().map(|change| change.of.document_id.clone());
        // Held until the document is away, so that no answer comes before it is
        // known, and no number is taken twice.
        let mut desk = lock(&self.desk);
        let count = desk.sent.len() + 1;
        let mut made = packets::document(order, to, change, shared.next_id()?, count)?;
        let document = made.document();
        let document_id = document
            .document_id
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let key = lienthong::packet::target::DocumentKey::of(document);
        let directory = shared.store.directory();
        let sent = OfficeSent {
            doc_id: id.clone(),
            document_id: document_id.clone(),
            what,
            of,
            to: to
                .iter()
                .map(|code| directory.canonical(code).to_owned())
                .collect(),
            code: key.as_ref().and_then(|key| key.code.clone()),
            date: key.and_then(|key| key.date).or_else(|| packets::day(0)),
            recalled: Vec::new(),
            statuses: Vec::new(),
        };
        let record = Record::Sent {
            sent: Box::new(sent),
        };
        self.send(shared, &mut desk, record, Some(to.to_vec()), |file| {
            made.write_to(file).map(|_| ())
        })?;
        Ok(OfficeMade {
            doc_ids: vec![id],
            document_id: Some(document_id),
        })
    }

    /// Puts a packet into the axis: its record first, which holds only if the
    /// axis has the packet.
    pub(super) fn send(
        &self,
        shared: &Shared,
        desk: &mut Desk,
        record: Record,
        to: Option<Vec<String>>,
        write: impl FnOnce(&mut (dyn Write + Send)) -> lienthong::Result<()>,
    ) -> Result<(), OfficeError> {
        let mut packet = shared.store.incoming();
        write(&mut packet)?;
        let id = record.outgoing().unwrap_or_default().to_owned();
        self.note(&record)?;
        let directory = shared.store.directory();
        let sending = Sending {
            id: &id,
            system: SYSTEM,
            from: directory.canonical(OFFICE),
            to,
        };
        let taken = shared.take_in(|| packet.open(packet.length()), &directory, sending);
        // Also where a fault refused it after some receivers had it, or the last
        // write to the disk failed.
        let has_it = shared.store.has(&id);
        if has_it {
            self.apply(desk, shared, record);
        }
        match taken {
            Ok(_) => Ok(()),
            Err(NotTaken::Failed(_)) if has_it => Ok(()),
            Err(NotTaken::Failed(error)) => Err(error.into()),
            Err(NotTaken::Refused(refusal)) => Err(OfficeError::Refused {
                code: refusal.code(&shared.config.codes).to_owned(),
                reason: refusal.text(),
            }),
        }
    }
}
