//! The simulated Office of the Government (Văn phòng Chính phủ): a participant
//! inside the test axis.
//!
//! It has the queue of its organ, answers what comes by rules, and carries out
//! commands. Its packets go the way of every packet: routed, rebuilt, queued;
//! only HTTP is left out. Unlike the axis it reads and writes packets with the
//! library: it stands for a participant, not for the axis.

pub(super) mod bell;
mod command;
mod desk;
mod orders;
mod packets;
mod script;
mod work;

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Serialize;

pub use command::{OfficeCommand, OfficeDocument, OfficeError, OfficeMade, RecallForm};
pub use desk::{OfficeAnswer, OfficeReceived, OfficeSent, OfficeStatus};
pub use script::{
    About, Flaw, OfficeConfig, OfficeRule, OfficeRuleState, Reaction, Scripted, Step, What,
};

use bell::Bell;
use desk::{Desk, Record};

use super::directory::{Directory, Unit};
use super::error::AxisError;
use super::shared::Shared;
use super::stop::lock;
use super::store::{Journal, QueueState, Store};

/// The Office's code.
pub const OFFICE: &str = "000.00.00.G22";
/// Its code after the change of 2020, by the way others changed (assumed).
const NEW_CODE: &str = "G22";
/// Its name.
const NAME: &str = "Văn phòng Chính phủ";
/// The system in whose name it sends; no configured one may have this id.
pub(super) const SYSTEM: &str = "(office)";

/// The Office of an axis.
pub(super) struct Office {
    pub(super) bell: Bell,
    desk: Mutex<Desk>,
    changed: Condvar,
    journal: Option<Journal>,
    after_ms: u64,
    unreadable: QueueState,
    script: Vec<Scripted>,
}

/// What the Office has. Never a subject, nor any text of a document.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OfficeState {
    /// Counts what happened; to be waited on.
    pub changes: u64,
    /// What it received, in this order.
    pub received: Vec<OfficeReceived>,
    /// What it sent, in this order.
    pub sent: Vec<OfficeSent>,
    /// Statuses that it received of nothing it knows.
    pub stray: Vec<OfficeAnswer>,
    /// What became of the commands of the script: nothing, or why they failed.
    pub script: Vec<Option<String>>,
    /// The rules, and how far they are.
    pub rules: Vec<OfficeRuleState>,
    /// Times that a file of the axis failed it.
    pub failures: u64,
}

impl OfficeState {
    /// The received packets of a `DocumentId`.
    pub fn received_as<'s>(
        &'s self,
        document_id: &'s str,
    ) -> impl Iterator<Item = &'s OfficeReceived> {
        let received = self.received.iter();
        received.filter(move |one| one.document_id.as_deref() == Some(document_id))
    }
}

/// Gives the Office its organ; false where a system has it, by either code.
pub(super) fn claim(directory: &mut Directory) -> bool {
    if [OFFICE, NEW_CODE]
        .iter()
        .any(|code| directory.owner(code).is_some())
    {
        return false;
    }
    if directory.unit(OFFICE).is_none() {
        directory.add(Unit {
            name: NAME.into(),
            ..Unit::new(OFFICE)
        });
    }
    directory.give(OFFICE, &Arc::from(SYSTEM));
    true
}

impl Office {
    /// The Office as its journal left it; none where the organ was registered by
    /// a system meanwhile.
    pub(super) fn open(
        config: OfficeConfig,
        data: Option<&Path>,
        store: &Store,
    ) -> Result<Option<Office>, AxisError> {
        let directory = store.directory();
        if directory
            .owner(OFFICE)
            .is_none_or(|owner| &**owner != SYSTEM)
        {
            return Ok(None);
        }
        let canonical = |code: &str| directory.canonical(code).to_owned();
        let mut desk = Desk::default();
        let journal = data.map(|folder| {
            Journal::open(&folder.join("office.jsonl"), true, |record: Record| {
                if record.outgoing().is_none_or(|id| store.has(id)) {
                    desk.apply(record, canonical);
                }
            })
        });
        let journal = journal.transpose()?;
        desk.rules = config.rules.into_iter().map(OfficeRuleState::new).collect();
        Ok(Some(Office {
            bell: Bell::default(),
            desk: Mutex::new(desk),
            changed: Condvar::new(),
            journal,
            after_ms: config.after_ms,
            unreadable: config.unreadable,
            script: config.script,
        }))
    }

    /// Replaces all rules.
    pub(super) fn set_rules(&self, rules: Vec<OfficeRule>) {
        lock(&self.desk).rules = rules.into_iter().map(OfficeRuleState::new).collect();
    }

    /// Adds a rule behind the others.
    pub(super) fn add_rule(&self, rule: OfficeRule) {
        lock(&self.desk).rules.push(OfficeRuleState::new(rule));
    }

    pub(super) fn rules(&self) -> Vec<OfficeRuleState> {
        lock(&self.desk).rules.clone()
    }

    /// What the Office has. Where nothing has happened since a count it waits
    /// for that, but not longer than this.
    pub(super) fn state(&self, since: u64, wait: Duration) -> OfficeState {
        let end = Instant::now() + wait;
        let mut desk = lock(&self.desk);
        while desk.changes <= since && !self.bell.is_over() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.changed.wait_timeout(desk, left);
            desk = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        OfficeState {
            changes: desk.changes,
            received: desk
                .received
                .iter()
                .map(|case| case.received.clone())
                .collect(),
            sent: desk.sent.iter().map(|one| one.sent.clone()).collect(),
            stray: desk.stray.clone(),
            script: desk.scripted.clone(),
            rules: desk.rules.clone(),
            failures: desk.failures,
        }
    }

    /// Writes a record down.
    fn note(&self, record: &Record) -> std::io::Result<()> {
        if let Some(journal) = &self.journal {
            let place = journal.append(record)?;
            journal.sync(place)?;
        }
        Ok(())
    }
}

/// The thread of an Office; it ends with this.
pub(super) struct AtWork {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl AtWork {
    /// Begins to work, where the axis has an Office.
    pub(super) fn start(shared: &Arc<Shared>) -> std::io::Result<AtWork> {
        let mut at_work = AtWork {
            shared: Arc::clone(shared),
            thread: None,
        };
        if shared.office.is_some() {
            let shared = Arc::clone(shared);
            at_work.thread = Some(
                std::thread::Builder::new()
                    .name("axis-office".into())
                    .spawn(move || {
                        if let Some(office) = &shared.office {
                            office.work(&shared);
                        }
                    })?,
            );
        }
        Ok(at_work)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.stop();
    }
}

impl AtWork {
    /// Ends the work, and every wait for it.
    pub(super) fn stop(&mut self) {
        if let Some(office) = &self.shared.office {
            office.bell.end();
            // Under the lock, so that nobody begins to wait meanwhile.
            let _desk = lock(&office.desk);
            office.changed.notify_all();
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
