//! The one thread that writes, and its groups: what waits shares one commit,
//! and so one sync of the disk. A piece of work that fails takes nothing but
//! itself back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::connection::Database;
use super::schema::failed;
use super::sql;
use super::tx::SqliteTx;
use super::watch::Watch;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::tx::Work;
use crate::failpoint;
use crate::store::blob::Blobs;

/// How soon what could not be removed is tried again.
const CLEAN_AGAIN: Duration = Duration::from_millis(200);

struct Job {
    work: Work,
    answer: SyncSender<Result<()>>,
}

/// The caller's end.
pub(super) struct Writer {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "store.write")
}

impl Writer {
    pub(super) fn start(
        database: Database,
        blobs: Blobs,
        watch: Arc<Watch>,
        group: usize,
    ) -> Result<Self> {
        let connection = Some(database.writer()?);
        let (jobs, waiting) = channel();
        let state = State {
            database,
            connection,
            blobs,
            watch,
            group: group.max(1),
            unnamed: Vec::new(),
            scrub: false,
        };
        let thread = thread::Builder::new()
            .name("lienthong-store".to_owned())
            .spawn(move || state.run(&waiting))
            .map_err(|error| Error::new(ErrorKind::OutOfResources, "store.open").because(error))?;
        Ok(Writer {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn write(&self, work: Work) -> Result<()> {
        let (answer, answered) = sync_channel(1);
        {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let jobs = jobs.as_ref().ok_or_else(closed)?;
            jobs.send(Job { work, answer }).map_err(|_| closed())?;
        }
        answered.recv().map_err(|_| closed())?
    }

    /// Does what waits, and ends the thread.
    pub(super) fn close(&self) {
        let take = |jobs: &Mutex<Option<Sender<Job>>>| {
            jobs.lock().unwrap_or_else(PoisonError::into_inner).take()
        };
        drop(take(&self.jobs));
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // It catches panics; one that got through has ended it all the same.
            let _ = thread.join();
        }
    }
}

/// The thread's end.
struct State {
    database: Database,
    /// `None` after an error of the disk: opened anew for the next work.
    connection: Option<Connection>,
    blobs: Blobs,
    watch: Arc<Watch>,
    group: usize,
    /// Digests of files that lost a row, to be removed.
    unnamed: Vec<[u8; 32]>,
    /// Whether the log may still hold deleted bytes.
    scrub: bool,
}

/// What became of a group.
struct Group {
    answers: Vec<(SyncSender<Result<()>>, Result<()>)>,
    unnamed: Vec<[u8; 32]>,
    deleted: bool,
}

impl State {
    fn run(mut self, waiting: &Receiver<Job>) {
        loop {
            let untidy = self.scrub || !self.unnamed.is_empty();
            let job = if untidy {
                waiting.recv_timeout(CLEAN_AGAIN)
            } else {
                waiting.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match job {
                Ok(job) => self.group(job, waiting),
                Err(RecvTimeoutError::Timeout) => self.tidy(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // The last connection of all writes the log back when it closes.
        self.tidy();
    }

    fn group(&mut self, first: Job, waiting: &Receiver<Job>) {
        let connection = match self
            .connection
            .take()
            .map_or_else(|| self.database.writer(), Ok)
        {
            Ok(connection) => connection,
            Err(error) => {
                let _ = first.answer.send(Err(error));
                return;
            }
        };
        let mut group = Group {
            answers: Vec::new(),
            unnamed: Vec::new(),
            deleted: false,
        };
        let jobs = std::iter::once(first).chain(waiting.try_iter());
        let done = self.transaction(&connection, jobs, &mut group);
        match done {
            Ok(()) => {
                self.unnamed.append(&mut group.unnamed);
                self.scrub |= group.deleted;
                self.connection = Some(connection);
                failpoint!("store-committed");
            }
            Err(error) => {
                // Whatever the connection's state is, a new one has none of it.
                // `SQLITE_FULL` and the like may have ended the transaction.
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                drop(connection);
                for (_, answer) in &mut group.answers {
                    if answer.is_ok() {
                        *answer = Err(again(&error));
                    }
                }
            }
        }
        let committed = self.connection.is_some();
        for (to, answer) in group.answers {
            // The caller waits; where it is gone, nobody misses the answer.
            let _ = to.send(answer);
        }
        if committed {
            self.watch.wake();
        }
        self.unlink();
    }

    /// Runs jobs in one transaction and commits. Where it fails, nothing stays.
    fn transaction(
        &self,
        connection: &Connection,
        jobs: impl Iterator<Item = Job>,
        group: &mut Group,
    ) -> Result<()> {
        let mut begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(failed);
        for job in jobs.take(self.group) {
            let Job { work, answer } = job;
            if begun.is_ok() {
                match one(connection, work, group) {
                    Ok(result) => group.answers.push((answer, result)),
                    Err((result, error)) => {
                        group.answers.push((answer, Err(result)));
                        begun = Err(error);
                        break;
                    }
                }
            } else {
                group.answers.push((answer, Ok(())));
                break;
            }
        }
        begun?;
        failpoint!("store-before-commit");
        connection.execute_batch("COMMIT").map_err(failed)
    }

    /// Removes files that no row names any more, as far as nobody is storing
    /// any; the rest waits.
    fn unlink(&mut self) {
        if self.unnamed.is_empty() {
            return;
        }
        let Some(connection) = &self.connection else {
            return;
        };
        // What cannot be removed now is tried again, and swept up in the end.
        let Ok(Some(_alone)) = self.blobs.try_alone() else {
            return;
        };
        let blobs = &self.blobs;
        self.unnamed
            .retain(|sha256| match named(connection, sha256) {
                Ok(true) => false,
                Ok(false) => blobs.remove(sha256).is_err(),
                Err(_) => true,
            });
    }

    /// When there is nothing else to do: removes files, and writes the log back
    /// so that it does not keep what was deleted.
    fn tidy(&mut self) {
        self.unlink();
        if let Some(connection) = &self.connection
            && self.scrub
        {
            let busy: rusqlite::Result<i64> =
                connection.busy_timeout(Duration::ZERO).and_then(|()| {
                    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
                });
            self.scrub = !matches!(busy, Ok(0));
            if self.database.set_busy(connection).is_err() {
                self.connection = None;
            }
        }
    }
}

/// Whether a row names a file.
pub(super) fn named(connection: &Connection, sha256: &[u8; 32]) -> Result<bool> {
    use rusqlite::OptionalExtension;
    connection
        .prepare_cached(sql::PAYLOAD_NAMES_FILE)
        .and_then(|mut statement| statement.query_row([sha256], |_| Ok(())).optional())
        .map(|row| row.is_some())
        .map_err(failed)
}

/// The same failure for a neighbour in the group.
fn again(error: &Error) -> Error {
    Error::new(error.kind(), "store.write").because(error.to_string())
}

/// Runs one job inside a savepoint. The error's second half ends the group.
#[allow(clippy::type_complexity)]
fn one(
    connection: &Connection,
    work: Work,
    group: &mut Group,
) -> std::result::Result<Result<()>, (Error, Error)> {
    let both = |error: rusqlite::Error| {
        let error = failed(error);
        (again(&error), error)
    };
    connection.execute_batch("SAVEPOINT job").map_err(both)?;
    let mut tx = SqliteTx::new(connection);
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut tx))).unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Internal, "store.write").with("reason", "panic"))
    });
    if connection.is_autocommit() {
        // SQLite gave up the whole transaction, and with it the neighbours' work.
        let error = result.err().unwrap_or_else(|| {
            Error::new(ErrorKind::StoreFailed, "store.write").with("reason", "rolled back")
        });
        return Err((again(&error), error));
    }
    match result {
        Ok(()) => {
            connection.execute_batch("RELEASE job").map_err(both)?;
            group.unnamed.append(&mut tx.unnamed);
            group.deleted |= tx.deleted;
            Ok(Ok(()))
        }
        Err(error) => match connection.execute_batch("ROLLBACK TO job; RELEASE job") {
            Ok(()) => Ok(Err(error)),
            Err(fault) => Err((error, failed(fault))),
        },
    }
}
