//! The worker of a store: the threads that send, fetch and keep house.

mod inbox;
mod keeper;
mod outbox;

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Shared, lock};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::Store;
use crate::exchange::model::{Delivery, Millis};
use crate::exchange::outgoing;
use crate::failpoint::failpoint;
use crate::store::WorkerLock;

/// Where the thread that opened the connector logs to. Its threads follow, so
/// that a host may give each connector a log of its own.
#[derive(Clone)]
pub(super) struct Log(Option<tracing::Dispatch>);

impl Log {
    pub(super) fn of_this_thread() -> Self {
        // Where there is none, one that the process sets later is to be heard.
        Log(tracing::dispatcher::get_default(|log| {
            let none = log.is::<tracing::subscriber::NoSubscriber>();
            (!none).then(|| log.clone())
        }))
    }

    pub(super) fn follow<R>(&self, work: impl FnOnce() -> R) -> R {
        match &self.0 {
            Some(log) => tracing::dispatcher::with_default(log, work),
            None => work(),
        }
    }
}

/// A word to a thread that waits for its next turn.
#[derive(Default)]
pub(super) struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    fn ring(&self) {
        *lock(&self.rung) = true;
        self.heard.notify_all();
    }

    /// Waits until the bell rings, or the time is over; gives whether it rang.
    fn wait(&self, at_most: Duration) -> bool {
        let rung = lock(&self.rung);
        let (mut rung, _) = self
            .heard
            .wait_timeout_while(rung, at_most, |rung| !*rung)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut *rung)
    }
}

pub(super) struct Worker {
    threads: Vec<JoinHandle<()>>,
    receive: Arc<Bell>,
    keep: Arc<Bell>,
}

impl Worker {
    /// Settles what the last worker left and starts the threads. The lock is
    /// theirs: it is free when the last of them has ended.
    pub(super) fn start(shared: &Arc<Shared>, held: WorkerLock) -> Result<Self> {
        recover(shared)?;
        failpoint!("worker-recovered");
        let held = Arc::new(held);
        let receive = Arc::new(Bell::default());
        let keep = Arc::new(Bell::default());
        let mut worker = Worker {
            threads: Vec::new(),
            receive: Arc::clone(&receive),
            keep: Arc::clone(&keep),
        };
        let outbox = Arc::new(outbox::Outbox::default());
        for _ in 0..shared.settings.senders {
            let outbox = Arc::clone(&outbox);
            worker.spawn(shared, &held, "lienthong-send", move |shared| {
                outbox.run(shared);
            })?;
        }
        worker.spawn(shared, &held, "lienthong-recv", move |shared| {
            inbox::run(shared, &receive);
        })?;
        let house = keeper::House::open(shared)?;
        worker.spawn(shared, &held, "lienthong-keep", move |shared| {
            keeper::run(shared, &keep, house);
        })?;
        Ok(worker)
    }

    fn spawn(
        &mut self,
        shared: &Arc<Shared>,
        held: &Arc<WorkerLock>,
        name: &str,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> Result<()> {
        let (shared, held) = (Arc::clone(shared), Arc::clone(held));
        let log = Log::of_this_thread();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .stack_size(512 * 1024)
            .spawn(move || {
                log.follow(|| work(&shared));
                drop(held);
            })
            .map_err(|error| {
                Error::new(ErrorKind::OutOfResources, "connector.open").because(error)
            })?;
        self.threads.push(thread);
        Ok(())
    }

    pub(super) fn receive_now(&self) {
        self.receive.ring();
    }

    /// Waits for the threads, which have been told to end.
    pub(super) fn join(self, until: Instant) -> bool {
        self.receive.ring();
        self.keep.ring();
        let mut ended = true;
        for thread in self.threads {
            while !thread.is_finished() && Instant::now() < until {
                thread::sleep(Duration::from_millis(2));
            }
            if thread.is_finished() {
                // A thread that panicked has ended, too.
                let _ = thread.join();
            } else {
                ended = false;
            }
        }
        ended
    }
}

/// Settles what the last worker left: what was being sent may have gone out.
/// Of a store that was restored from a copy, nobody knows what went out after
/// the copy was made.
fn recover(shared: &Shared) -> Result<()> {
    let now = shared.now();
    shared.change(move |tx| {
        if tx
            .remembered("restored")?
            .is_some_and(|mark| !mark.is_empty())
        {
            let mut after = 0;
            loop {
                let rows = tx.undelivered(after, 500)?;
                let Some(last) = rows.last() else {
                    break;
                };
                after = last.id;
                for mut row in rows {
                    if matches!(row.delivery, Delivery::Queued | Delivery::Sending) {
                        outgoing::interrupted(tx, now, &mut row)?;
                    }
                }
            }
            tx.remember("restored", "")?;
        }
        outgoing::recover(tx, now).map(drop)
    })
}

/// Pauses while something outside is down: longer after each failure.
pub(super) struct Breaker {
    failures: u32,
    until: Option<Instant>,
}

impl Breaker {
    pub(super) const fn new() -> Self {
        Breaker {
            failures: 0,
            until: None,
        }
    }

    /// How long to wait yet.
    pub(super) fn pause(&self) -> Duration {
        self.until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn failed(&mut self, shared: &Shared) {
        // Many at once are one failure.
        if self.pause().is_zero() {
            self.failures = self.failures.saturating_add(1);
            let policy = &shared.settings.send;
            let pause = policy.pause_after(self.failures, shared.environment.random());
            let pause = Duration::from_millis(u64::try_from(pause).unwrap_or_default());
            self.until = Some(Instant::now() + pause.min(LONGEST_OUTAGE));
        }
    }

    pub(super) fn worked(&mut self) {
        *self = Breaker::new();
    }
}

/// An axis that is back is noticed after this time at the latest.
const LONGEST_OUTAGE: Duration = Duration::from_secs(60);

/// Waits for a change of the store or a time, whichever comes first.
fn wait_for(shared: &Shared, seen: u64, due: Option<Millis>, at_most: Duration) {
    let due = due.map_or(Duration::MAX, |due| {
        let left = due.saturating_sub(shared.now());
        Duration::from_millis(u64::try_from(left).unwrap_or_default().saturating_add(1))
    });
    shared.store.wait(seen, due.min(at_most));
}
