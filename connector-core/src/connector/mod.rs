//! The connector: what a vendor's server holds for years. It sends, receives
//! and reports durably: what it took over is delivered, or it is visible why
//! not, across crashes, outages and restarts.

mod doctor;
mod handoff;
mod packets;
mod queries;
mod settings;
mod signatures;
mod transfers;
mod worker;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use doctor::{Check, Health};
pub use handoff::HandOff;
pub use packets::{Recalled, Sent, StateSecret};
pub use queries::{Quarantined, StatusView};
pub use settings::Role;
pub use transfers::{Pass, Transfer};

use crate::axis::Client;
use crate::config::Config;
use crate::crypto::signer::Signer;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::{Millis, PayloadId};
use crate::exchange::tx::Store;
use crate::exchange::{ReadSeek, Tx};
use crate::store::{SqliteStore, StoreOptions};
use settings::Settings;
use signatures::Signatures;
use transfers::Transfers;
use worker::Worker;

/// A durable connector to an axis.
///
/// It may be shared by any number of threads, also those of an asynchronous
/// runtime; clones are the same connector. Nothing blocks without an end:
/// `poll` and `events` have a time-out, all else waits for the local store only
/// (its `busy` time-out is ten seconds).
///
/// The *worker* of a store ([`Role::Worker`]) owns the network and the timers;
/// one process may be it. Any number of *clients* on the same machine send,
/// poll, report and query through the same store. After a `fork` calls in the
/// child answer `after-fork`.
///
/// # Errors
/// Common to all calls: `closed`, `after-fork`, `store-full`, `store-failed`.
#[derive(Clone)]
pub struct Connector(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    worker: Mutex<Option<Worker>>,
}

/// What the calls and the worker's threads have in common.
pub(super) struct Shared {
    pub(super) store: SqliteStore,
    pub(super) environment: Environment,
    pub(super) settings: Settings,
    pub(super) signatures: Signatures,
    pub(super) client: Option<Client>,
    pub(super) transfers: Transfers,
    closed: AtomicBool,
    process: u32,
}

impl Shared {
    pub(super) fn now(&self) -> Millis {
        self.environment.now()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// One durable change.
    pub(super) fn change<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let store: &dyn Store = &self.store;
        store.change(work)
    }

    /// Opens the bytes whose place `find` looks up.
    pub(super) fn open_payload(
        &self,
        operation: &'static str,
        id: impl fmt::Display,
        find: impl Fn(&mut dyn Tx) -> Result<Option<PayloadId>>,
    ) -> Result<Box<dyn ReadSeek + Send>> {
        let payload = self.look(|tx| match find(tx)? {
            Some(payload) => tx.payload(payload),
            None => Ok(None),
        })?;
        let payload = payload.ok_or_else(|| {
            Error::new(ErrorKind::PayloadGone, operation).with("id", id.to_string())
        })?;
        self.store.open_payload(&payload)
    }

    /// A look at one state of the store.
    pub(super) fn look<R>(&self, work: impl FnMut(&mut dyn Tx) -> Result<R>) -> Result<R> {
        let store: &dyn Store = &self.store;
        store.look(work)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("role", &self.0.shared.settings.role)
            .finish_non_exhaustive()
    }
}

impl Connector {
    /// Opens the store and, as worker, starts the exchange with the axis. No
    /// connection to the axis is needed for that.
    ///
    /// # Errors
    /// `config-missing`, `config-invalid-value`; `store-in-use` where another
    /// worker holds the store; `store-on-network`, `store-newer`; as
    /// [`Client::open`].
    pub fn open(config: &Config) -> Result<Self> {
        Self::open_with(config, Environment::system())
    }

    /// Opens with another clock than the system's.
    ///
    /// # Errors
    /// As [`Connector::open`].
    pub fn open_with(config: &Config, environment: Environment) -> Result<Self> {
        Self::open_signing(config, environment, None)
    }

    /// Opens with a signer of the host's own, such as a token or a service, in the place of
    /// `signature.key_file`. What is signed and sealed with it is configured all the same
    /// (`signature.sign`, `signature.seal_for`).
    ///
    /// # Errors
    /// As [`Connector::open`].
    pub fn open_signing(
        config: &Config,
        environment: Environment,
        signer: Option<Arc<dyn Signer>>,
    ) -> Result<Self> {
        let settings = Settings::of(config)?;
        let signatures = Signatures::of(config, &environment, signer)?;
        let is_worker = settings.role == Role::Worker;
        let store = SqliteStore::open(&settings.folder, &StoreOptions::default())?;
        let lock = match is_worker {
            true => Some(store.lock_worker()?),
            false => None,
        };
        // After the store: in a child of a fork, which may not open it, no thread is begun.
        let client = match is_worker {
            true => Some(Client::open_with_clock(config, environment.clock())?),
            false => None,
        };
        let shared = Arc::new(Shared {
            store,
            environment,
            settings,
            signatures,
            client,
            transfers: Transfers::default(),
            closed: AtomicBool::new(false),
            process: std::process::id(),
        });
        let worker = match lock {
            Some(lock) => Some(Worker::start(&shared, lock)?),
            None => None,
        };
        Ok(Connector(Arc::new(Inner {
            shared,
            worker: Mutex::new(worker),
        })))
    }

    /// What a call works with, unless it came too late.
    pub(super) fn shared(&self) -> Result<&Arc<Shared>> {
        let shared = &self.0.shared;
        if shared.process != std::process::id() {
            return Err(Error::new(ErrorKind::AfterFork, "connector"));
        }
        if shared.is_closed() {
            return Err(Error::new(ErrorKind::Closed, "connector"));
        }
        Ok(shared)
    }

    /// Ends the exchange and closes the store; calls that wait in other threads
    /// end with `closed`. What was under way goes on after the next opening.
    /// Gives whether all threads ended within `at_most` (five seconds are
    /// enough); those that did not end later by themselves.
    pub fn close(&self, at_most: Duration) -> bool {
        self.0.close(at_most)
    }

    /// Has the worker of this process ask the axis at once for packets that
    /// wait, instead of at the next interval (`receive.interval`).
    ///
    /// # Errors
    /// `not-for-client` in a client.
    pub fn receive_now(&self) -> Result<()> {
        self.shared()?;
        match lock(&self.0.worker).as_ref() {
            Some(worker) => {
                worker.receive_now();
                Ok(())
            }
            None => Err(Error::new(ErrorKind::NotForClient, "connector.receive_now")),
        }
    }
}

impl Inner {
    fn close(&self, at_most: Duration) -> bool {
        let shared = &self.shared;
        if shared.process != std::process::id() {
            return true;
        }
        shared.closed.store(true, Ordering::SeqCst);
        if let Some(client) = &shared.client {
            client.close();
        }
        shared.store.wake();
        let worker = lock(&self.worker).take();
        let ended = worker.is_none_or(|worker| worker.join(Instant::now() + at_most));
        if ended {
            // A thread that still works on a packet may yet write down how that went.
            shared.store.close();
        }
        ended
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close(CLOSE);
    }
}

/// How long dropping the last handle waits for the threads.
const CLOSE: Duration = Duration::from_secs(5);

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
