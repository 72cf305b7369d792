//! Sending: each thread takes the next packet, hands it to the axis, and notes
//! what became of it.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use super::super::{Shared, lock};
use super::{Breaker, wait_for};
use crate::axis::{Client, MessageType, Outcome, Sending};
use crate::error::{ErrorKind, Result};
use crate::exchange::Store;
use crate::exchange::model::{Delivery, PacketKind};
use crate::exchange::outgoing::{self, Job, Verdict};
use crate::failpoint::failpoint;

/// A clock that is put forward is noticed after this time at the latest.
const LONGEST: Duration = Duration::from_secs(60);
/// The pause after the store could not be used.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What the sending threads share.
pub(super) struct Outbox {
    /// Packets that are claimed. Who finds it empty claims the next ones, while
    /// the others wait for the lock.
    claimed: Mutex<VecDeque<Job>>,
    breaker: Mutex<Breaker>,
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox {
            claimed: Mutex::new(VecDeque::new()),
            breaker: Mutex::new(Breaker::new()),
        }
    }
}

impl Outbox {
    /// Sends until the connector is closed.
    pub(super) fn run(&self, shared: &Shared) {
        let Some(client) = &shared.client else {
            return;
        };
        while let Some(job) = self.next(shared) {
            failpoint!("outbox-claimed");
            let verdicts = attempt(shared, client, &job);
            failpoint!("outbox-answered");
            self.learn(shared, &verdicts);
            note(shared, verdicts);
            failpoint!("outbox-noted");
        }
    }

    /// The next packet; `None` when the connector is closed.
    fn next(&self, shared: &Shared) -> Option<Job> {
        let mut claimed = lock(&self.claimed);
        loop {
            if shared.is_closed() {
                // What was claimed and not begun is queued as before.
                for job in claimed.drain(..) {
                    release(shared, job);
                }
                return None;
            }
            if let Some(job) = claimed.pop_front() {
                return Some(job);
            }
            let seen = shared.store.generation();
            let (pause, trial) = {
                let breaker = lock(&self.breaker);
                (breaker.pause(), breaker.is_open())
            };
            if !pause.is_zero() {
                shared.store.wait(seen, pause);
                continue;
            }
            let limit = if trial { 1 } else { shared.settings.senders };
            match claim(shared, limit) {
                Ok((jobs, _)) if !jobs.is_empty() => claimed.extend(jobs),
                Ok((_, due)) => wait_for(shared, seen, due, LONGEST),
                Err(error) => {
                    tracing::warn!(kind = error.kind().name(), "the outbox cannot be read");
                    shared.store.wait(seen, STORE_PAUSE);
                }
            }
        }
    }

    /// An axis that cannot be reached is left alone for a while.
    fn learn(&self, shared: &Shared, verdicts: &[(i64, Verdict)]) {
        let down = verdicts.iter().any(|(_, verdict)| match verdict {
            Verdict::NotSent(kind) => matches!(
                kind,
                ErrorKind::AxisUnreachable | ErrorKind::AxisUntrusted | ErrorKind::OutOfResources
            ),
            Verdict::Refused { class, .. } => *class == crate::axis::RefusalClass::Credentials,
            _ => false,
        });
        let mut breaker = lock(&self.breaker);
        if down {
            breaker.failed(shared);
        } else {
            breaker.worked();
        }
    }
}

/// Claims packets. A look goes first, so that an idle outbox writes nothing.
fn claim(shared: &Shared, limit: usize) -> Result<(Vec<Job>, Option<i64>)> {
    let now = shared.now();
    let policy = shared.settings.send;
    let (ready, due) = shared.look(|tx| Ok((!tx.ready(1)?.is_empty(), tx.next_due()?)))?;
    // A time far off may be due: the clock may have been put back.
    let beyond = crate::exchange::beyond(now, policy.longest_pause.max(policy.ask_after));
    let is_due = due.is_some_and(|due| due <= now || due > beyond);
    if !ready && !is_due {
        return Ok((Vec::new(), due));
    }
    let jobs = shared.change(move |tx| outgoing::claim(tx, now, &policy, limit))?;
    // What is due may be a question, which is the keeper's: no spinning on it.
    let due = due.filter(|due| *due > now);
    Ok((jobs, due))
}

/// Hands a packet to the axis.
fn attempt(shared: &Shared, client: &Client, job: &Job) -> Vec<(i64, Verdict)> {
    let all = |verdict: Verdict| {
        let recipients = job.recipients.iter();
        recipients.map(|one| (one.id, verdict.clone())).collect()
    };
    let mut bytes = match shared.store.open_payload(&job.payload) {
        Ok(bytes) => shared.transfers.upload(shared.now(), job, bytes),
        Err(error) => return all(Verdict::NotSent(error.kind())),
    };
    let organs: Vec<&str> = match job.outgoing.kind {
        PacketKind::Document => job
            .recipients
            .iter()
            .map(|one| one.organ.as_str())
            .collect(),
        // A status goes to whom it answers; the packet says so.
        PacketKind::Status => Vec::new(),
    };
    let sending = Sending {
        from: &job.outgoing.from,
        to: &organs,
        message_type: match job.outgoing.kind {
            PacketKind::Document => MessageType::Edoc,
            PacketKind::Status => MessageType::Status,
        },
    };
    let deliveries = match client.send(&mut bytes, &sending) {
        Ok(deliveries) => deliveries,
        Err(error) => {
            tracing::info!(
                outgoing = job.outgoing.id,
                kind = error.kind().name(),
                "not sent"
            );
            return all(Verdict::NotSent(error.kind()));
        }
    };
    let mut verdicts = Vec::new();
    for delivery in deliveries {
        let verdict = match delivery.outcome {
            Outcome::Accepted { doc_id } => Verdict::Accepted {
                axis_doc_id: doc_id,
            },
            Outcome::Refused(refusal) => Verdict::Refused {
                class: refusal.class,
                code: crate::axis::shown(&refusal.code),
                description: refusal.description,
            },
            Outcome::NoAnswer(error) => Verdict::NoAnswer(error.kind()),
            Outcome::NotSent(error) => Verdict::NotSent(error.kind()),
        };
        let meant = job
            .recipients
            .iter()
            .filter(|one| delivery.to.is_empty() || delivery.to.contains(&one.organ));
        verdicts.extend(meant.map(|one| (one.id, verdict.clone())));
    }
    verdicts
}

/// Notes what became of a packet. Where the store fails, the rows stay as they
/// are, and are settled like those of a crash.
fn note(shared: &Shared, verdicts: Vec<(i64, Verdict)>) {
    let policy = shared.settings.send;
    loop {
        let now = shared.now();
        let verdicts = verdicts.clone();
        let random = shared.environment.random();
        let noted = shared.change(move |tx| {
            for (recipient, verdict) in &verdicts {
                outgoing::record(tx, now, &policy, random, *recipient, verdict)?;
            }
            Ok(())
        });
        match noted {
            Ok(()) => return,
            Err(error) if shared.is_closed() || error.kind() == ErrorKind::Closed => return,
            Err(error) => {
                tracing::warn!(kind = error.kind().name(), "an outcome cannot be noted");
                let seen = shared.store.generation();
                shared.store.wait(seen, STORE_PAUSE);
            }
        }
    }
}

/// Puts back what was claimed and not begun.
fn release(shared: &Shared, job: Job) {
    let released = shared.change(move |tx| {
        for recipient in &job.recipients {
            if let Some(mut row) = tx.recipient(recipient.id)?
                && row.delivery == Delivery::Sending
            {
                row.delivery = Delivery::Queued;
                row.attempts = row.attempts.saturating_sub(1);
                tx.save_recipient(&row)?;
            }
        }
        Ok(())
    });
    if let Err(error) = released {
        tracing::warn!(kind = error.kind().name(), "a packet was not put back");
    }
}
