//! The Office at work: it takes packets from its queue, decides by its rules,
//! and sends statuses when they are due.

use std::fs::File;
use std::io::{self, Read};
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use lienthong::Severity;
use lienthong::packet::document::{Document, ResponseFor, Status};
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{
    CheckOptions, Content, Discard, OrganId, Packet, ReadOptions, StatusCode, check, read_packet,
};

use super::bell::Bell;
use super::command::OfficeError;
use super::desk::{
    Case, Desk, OfficeAnswer, OfficeReceived, OfficeStatus, Planned, Record, Sending,
};
use super::script::{About, Flaw, Reaction, What};
use super::{OFFICE, Office, packets};
use crate::axis_server::directory::Directory;
use crate::axis_server::shared::Shared;
use crate::axis_server::stop::lock;
use crate::axis_server::store::{Delivery, QueueState};

/// The pause before a file of the axis that failed is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Ends reading when the axis stops: a packet may be long.
struct Stoppable<'b>(io::Take<File>, &'b Bell);

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1.is_over() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        self.0.read(buffer)
    }
}

impl Office {
    /// Works until the axis stops.
    pub(super) fn work(&self, shared: &Shared) {
        let mut script_due = self.script_due(Instant::now());
        loop {
            let failed = self.take_all(shared).is_err();
            if failed {
                lock(&self.desk).failures += 1;
            }
            let again = failed.then(|| Instant::now() + AFTER_FAILURE);
            let next = self.send_due(shared);
            if script_due.is_some_and(|due| due <= Instant::now()) {
                self.run_script(shared);
                script_due = self.script_due(Instant::now());
            }
            let until = [again, next, script_due].into_iter().flatten().min();
            if !self.bell.wait(until) {
                return;
            }
        }
    }

    /// When the next command of the script is due.
    fn script_due(&self, now: Instant) -> Option<Instant> {
        let next = self.script.get(lock(&self.desk).scripted.len())?;
        Some(now + Duration::from_millis(next.after_ms))
    }

    fn run_script(&self, shared: &Shared) {
        let Some(next) = self.script.get(lock(&self.desk).scripted.len()) else {
            return;
        };
        let done = self.carry_out(shared, next.command.clone());
        let record = Record::Scripted {
            failure: done.err().map(|error| error.to_string()),
        };
        let mut desk = lock(&self.desk);
        if self.note(&record).is_err() {
            desk.failures += 1;
        }
        self.apply(&mut desk, shared, record);
    }

    /// Carries a record out and tells who waits.
    pub(super) fn apply(&self, desk: &mut Desk, shared: &Shared, record: Record) {
        let directory = shared.store.directory();
        desk.apply(record, |code| directory.canonical(code).to_owned());
        self.changed.notify_all();
    }

    /// Takes what is in the queue.
    fn take_all(&self, shared: &Shared) -> io::Result<()> {
        let directory = shared.store.directory();
        let own = directory.canonical(OFFICE);
        let mut outcome = Ok(());
        for delivery in shared.store.listed(std::iter::once(own)) {
            if self.bell.is_over() {
                return Ok(());
            }
            let taken = lock(&self.desk).taken.get(&*delivery.id).copied();
            let taken = match taken {
                Some(is_readable) => Ok(is_readable),
                None => self.take(shared, &directory, &delivery),
            };
            let acknowledged = taken.and_then(|is_readable| {
                let state = if is_readable {
                    QueueState::Done
                } else {
                    self.unreadable
                };
                if delivery.state == state {
                    return Ok(());
                }
                shared.store.advance(&delivery.id, state)
            });
            // The others need not wait for one that cannot be taken now.
            outcome = outcome.and(acknowledged);
        }
        outcome
    }

    /// Takes one packet; whether it can be read.
    fn take(
        &self,
        shared: &Shared,
        directory: &Directory,
        delivery: &Delivery,
    ) -> io::Result<bool> {
        let (file, length) = shared.store.packet(delivery)?;
        let file = Stoppable(file.take(length), &self.bell);
        let packet = read_packet(file, &ReadOptions::default(), &mut Discard)
            .map_err(|error| io::Error::other(error.kind().name()))?;
        let mut desk = lock(&self.desk);
        let record = Incoming {
            delivery,
            directory,
            desk: &mut desk,
            after_ms: self.after_ms,
        }
        .decide(packet);
        let is_readable =
            !matches!(&record, Record::Received { received, .. } if received.what.is_none());
        self.note(&record)?;
        self.apply(&mut desk, shared, record);
        Ok(is_readable)
    }

    /// Sends every status that is due; when the next one is.
    fn send_due(&self, shared: &Shared) -> Option<Instant> {
        loop {
            let mut desk = lock(&self.desk);
            let &(due, place) = desk.due.first()?;
            if due > Instant::now() {
                return Some(due);
            }
            if self.bell.is_over() {
                return None;
            }
            desk.due.remove(&(due, place));
            let case = desk.received.get(place);
            // Another entry may have come in its place, and what was taken back has
            // no plan any more.
            let next = case.and_then(|case| {
                if case.due != Some(due) {
                    return None;
                }
                let next = case.plan.front()?.clone();
                Some((case.received.doc_id.clone(), next))
            });
            if let Some((of, next)) = next
                && self.send_status(shared, &mut desk, of, next, true).is_err()
            {
                desk.failures += 1;
                desk.postpone(place, AFTER_FAILURE);
            }
        }
    }

    /// Sends a status. One of a plan that the axis refuses is shown as refused.
    pub(super) fn send_status(
        &self,
        shared: &Shared,
        desk: &mut MutexGuard<'_, Desk>,
        of: String,
        planned: Planned,
        is_planned: bool,
    ) -> Result<String, OfficeError> {
        let id = shared.next_id()?;
        let mut status = OfficeStatus {
            code: planned.code,
            doc_id: id.clone(),
            refused: None,
        };
        let record = Record::Status {
            of: of.clone(),
            status: status.clone(),
            is_planned,
        };
        let sent = packets::status(planned.about, planned.code, planned.reason).and_then(|made| {
            self.send(shared, desk, record, None, |file| {
                made.write_to(file).map(|_| ())
            })
        });
        match sent {
            Err(OfficeError::Io(error)) => Err(error.into()),
            Err(error) if is_planned => {
                status.refused = Some(error.to_string());
                status.doc_id.clear();
                let record = Record::Status {
                    of,
                    status,
                    is_planned,
                };
                self.note(&record)?;
                self.apply(desk, shared, record);
                Ok(id)
            }
            Err(error) => Err(error),
            Ok(()) => Ok(id),
        }
    }
}

/// A packet about which the Office decides.
struct Incoming<'i, 'g> {
    delivery: &'i Delivery,
    directory: &'i Directory,
    desk: &'i mut MutexGuard<'g, Desk>,
    after_ms: u64,
}

impl Incoming<'_, '_> {
    fn decide(mut self, packet: Packet) -> Record {
        let flawed = {
            let mut options = CheckOptions::default();
            options.today = packets::day(0);
            let findings = check(&packet, &options);
            let flaws = findings.iter().filter_map(|one| match one.severity {
                Severity::Error => Some(Flaw::Error),
                Severity::Warning => Some(Flaw::Warning),
                Severity::Note => None,
            });
            flaws.max()
        };
        let mut findings: Vec<String> = Vec::new();
        for finding in packet.findings() {
            let code = finding.code.to_string();
            if !findings.contains(&code) {
                findings.push(code);
            }
        }
        let blank = OfficeReceived {
            doc_id: self.delivery.id.to_string(),
            from: self.delivery.packet.from.to_string(),
            kind: self.delivery.packet.kind,
            what: None,
            document_id: None,
            code: None,
            date: None,
            steering: None,
            due_date: None,
            responds_to: Vec::new(),
            targets: Vec::new(),
            unknown_targets: Vec::new(),
            findings,
            statuses: Vec::new(),
            waiting: 0,
        };
        match packet.content {
            Content::Document(document) if packet.readable => {
                self.document(*document, blank, flawed)
            }
            Content::Status(status) if packet.readable => self.status(*status, blank, flawed),
            _ => Record::Received {
                received: Box::new(blank),
                about: ResponseFor::default(),
                plan: Default::default(),
            },
        }
    }

    fn canonical(&self, code: &OrganId) -> OrganId {
        self.directory.canonical(code.as_str()).into()
    }

    fn own(&self) -> OrganId {
        self.directory.canonical(OFFICE).into()
    }

    fn document(
        &mut self,
        mut document: Document,
        mut received: OfficeReceived,
        flawed: Option<Flaw>,
    ) -> Record {
        let key = DocumentKey::of(&document);
        if let Some(sender) = document.sender() {
            received.from = sender.to_string();
        }
        received.what = Some(What::of(document.business_type()));
        received.document_id = document.document_id.as_ref().map(ToString::to_string);
        received.code = key.as_ref().and_then(|key| key.code.clone());
        received.date = key.as_ref().and_then(|key| key.date);
        received.steering = document.steering_type;
        received.due_date = document.due_date;
        received.responds_to = document
            .response_for
            .iter()
            .filter_map(|one| one.document_id.as_ref().map(ToString::to_string))
            .collect();
        let about = about(&received);
        // From here on organs are compared: by their codes in the directory.
        if let Some(from) = &mut document.from {
            from.organ_id = from.organ_id.as_ref().map(|code| self.canonical(code));
        }
        for response in &mut document.response_for {
            response.organ_id = response.organ_id.as_ref().map(|code| self.canonical(code));
        }
        let mut known_targets = Vec::new();
        for own in [OrganId::new(OFFICE), self.own()] {
            let targets = document.resolve_targets(&own, |sender| self.keys_from(sender));
            if !(targets.known.is_empty() && targets.unknown.is_empty()) {
                known_targets = targets.known.into_iter().cloned().collect();
                let unknown = targets.unknown.into_iter();
                received.unknown_targets = unknown.map(ToString::to_string).collect();
                break;
            }
        }
        self.react(received, about, &known_targets, flawed)
    }

    fn status(
        &mut self,
        mut status: Status,
        mut received: OfficeReceived,
        flawed: Option<Flaw>,
    ) -> Record {
        let named = status.response_for.clone().unwrap_or_default();
        let document_id = named.document_id.as_ref().map(ToString::to_string);
        let written_from = status.sender().map(ToString::to_string);
        if let Some(from) = &mut status.from {
            from.organ_id = from.organ_id.as_ref().map(|code| self.canonical(code));
        }
        if let Some(response) = &mut status.response_for {
            response.organ_id = response.organ_id.as_ref().map(|code| self.canonical(code));
        }
        let own = self.own();
        let found = status.find_document(|sender, receiver| {
            if *sender == own {
                let to_it =
                    |sending: &&Sending| sending.sent.to.iter().any(|to| to == receiver.as_str());
                let sent = self.desk.sent.iter().filter(to_it);
                sent.map(|sending| &sending.key).collect()
            } else {
                self.keys_from(sender)
            }
        });
        let found = found.map(|(key, _)| key.clone());
        let is_recall = status.status_code == Some(StatusCode::RecallRequested)
            && found.as_ref().is_none_or(|key| key.organ != own);
        if !is_recall {
            let of = found.and_then(|key| {
                let mut sent = self.desk.sent.iter().rev();
                sent.find(|sending| sending.key == key)
                    .map(|sending| sending.sent.doc_id.clone())
            });
            let from = status.sender().map_or("", OrganId::as_str);
            return Record::Answered {
                answer: OfficeAnswer {
                    doc_id: received.doc_id,
                    from: from.to_owned(),
                    code: status.status_code,
                    document_id,
                },
                of,
            };
        }
        if let Some(from) = written_from {
            received.from = from;
        }
        received.what = Some(What::Recall);
        received.document_id = document_id;
        received.code = named.code;
        received.date = named.promulgation_date;
        let about = about(&received);
        let targets: Vec<DocumentKey> = found.into_iter().collect();
        if targets.is_empty() {
            received
                .unknown_targets
                .extend(received.document_id.clone());
        }
        self.react(received, about, &targets, flawed)
    }

    /// The documents that came from an organ.
    fn keys_from(&self, organ: &OrganId) -> Vec<&DocumentKey> {
        let cases = self.documents();
        cases
            .map(|case| &case.key)
            .filter(|key| key.organ == *organ)
            .collect()
    }

    /// What was received, and has a name of its own.
    fn documents(&self) -> impl DoubleEndedIterator<Item = &Case> {
        let cases = self.desk.received.iter();
        cases.filter(|case| case.is_document())
    }

    fn react(
        &mut self,
        mut received: OfficeReceived,
        about: ResponseFor,
        targets: &[DocumentKey],
        flawed: Option<Flaw>,
    ) -> Record {
        let what = received.what.unwrap_or(What::Document);
        let mut abouts = Vec::new();
        for key in targets {
            for case in self.documents().filter(|case| case.key == *key) {
                received.targets.push(case.received.doc_id.clone());
                if !abouts.contains(&case.about) {
                    abouts.push(case.about.clone());
                }
            }
        }
        let reaction = self
            .rule(what, &received, flawed)
            .unwrap_or_else(|| Reaction::usual(what, !received.targets.is_empty(), self.after_ms));
        if reaction.about() == About::Packet || abouts.is_empty() {
            abouts = vec![about.clone()];
        }
        let plan = reaction.steps().into_iter().flat_map(|step| {
            abouts
                .iter()
                .enumerate()
                .map(move |(place, about)| Planned {
                    code: step.code,
                    after_ms: if place == 0 { step.after_ms } else { 0 },
                    reason: step.reason.clone(),
                    about: about.clone(),
                })
        });
        Record::Received {
            plan: plan.collect(),
            received: Box::new(received),
            about,
        }
    }

    /// The reaction of the first rule that counts.
    fn rule(
        &mut self,
        what: What,
        received: &OfficeReceived,
        flawed: Option<Flaw>,
    ) -> Option<Reaction> {
        let canonical = |code: &str| self.directory.canonical(code).to_owned();
        let from = canonical(&received.from);
        let id = received.document_id.as_deref();
        self.desk.rules.iter_mut().find_map(|state| {
            let rule = &state.rule;
            let fits = rule.is_for(what)
                && (rule.from == "*" || canonical(&rule.from) == from)
                && (rule.document_id == "*" || Some(&*rule.document_id) == id)
                && rule.flawed <= flawed;
            (fits && state.meets()).then(|| state.rule.reaction.clone())
        })
    }
}

/// A received packet as statuses name it.
fn about(received: &OfficeReceived) -> ResponseFor {
    ResponseFor {
        organ_id: Some(received.from.as_str().into()),
        code: received.code.clone(),
        document_id: received.document_id.as_deref().map(Into::into),
        promulgation_date: received.date,
    }
}
