//! The store in one folder of a local disk, for one worker process and any
//! number of client processes of the same machine.
//!
//! ```text
//! store.db  store.db-wal  store.db-shm    the database
//! blobs/ab/SHA256                         long payloads
//! blob.lock                               held while such files come and go
//! worker.lock                             held by the worker; its process id
//! ```
//!
//! A commit that failed for an error of the disk leaves nothing behind in this
//! process. Where the machine dies right after it, before anything else was
//! written, SQLite may yet find it whole in the log: it was answered with an
//! error and is there. What was answered without error is always there.

mod connection;
mod process;
mod rows;
mod schema;
mod sql;
mod tx;
mod watch;
mod writer;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, backup};

use self::connection::Database;
use self::process::OpenHere;
use self::schema::failed;
use self::tx::SqliteTx;
use self::watch::Watch;
use self::writer::{Writer, named};
use super::blob::{self, Blobs, sync_folder};
use super::mounts;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::Payload;
use crate::exchange::tx::Work;
use crate::exchange::{ReadSeek, Spool, Store, Tx};

/// Connections for reading that are kept open.
const READERS_KEPT: usize = 4;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How long a write waits for other processes.
    pub busy: Duration,
    /// How many writes share one commit at most.
    pub group: usize,
    /// Up to how many bytes a payload lies in the database; longer ones are
    /// files.
    pub in_row: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            busy: Duration::from_secs(10),
            group: 128,
            in_row: 256 * 1024,
        }
    }
}

/// A store in a folder.
pub struct SqliteStore {
    folder: PathBuf,
    process: u32,
    database: Database,
    blobs: Blobs,
    /// `None` once it is closed.
    open: RwLock<Option<Arc<Open>>>,
}

struct Open {
    watch: Arc<Watch>,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    /// Last: dropped when all connections are closed.
    _here: OpenHere,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store of a folder; makes both where they are missing, and
    /// brings an older store to the form of today.
    ///
    /// # Errors
    /// `store-on-network`, `store-newer`, `store-full`; `store-failed`, also
    /// where the folder holds something that is no store, which is left as it is;
    /// `after-fork` where this process was forked from one that had a store open.
    pub fn open(folder: &Path, options: &StoreOptions) -> Result<Self> {
        let here = OpenHere::enter()?;
        let fault = |error| blob::failed("store.open", error);
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let made = folder.ancestors().take_while(missing).count();
        fs::create_dir_all(folder).map_err(fault)?;
        let folder = folder.canonicalize().map_err(fault)?;
        if let Some(kind) = mounts::network(&folder) {
            return Err(
                Error::new(ErrorKind::StoreOnNetwork, "store.open").with("file_system", kind)
            );
        }
        let blobs = Blobs::open(&folder, options.in_row).map_err(fault)?;
        let database = Database::open(&folder, options.busy, &blobs)?;
        // The names of what was made just now; SQLite syncs contents only. Those
        // further up may have been made by a process that died before it synced
        // them; where one may not be opened, it was made by somebody else.
        for (level, above) in folder.ancestors().enumerate() {
            match sync_folder(above) {
                Err(error) if level <= made.max(1) => return Err(fault(error)),
                _ => {}
            }
        }
        let watch = Arc::new(Watch::new(database.reader()?).map_err(failed)?);
        let writer = Writer::start(
            database.clone(),
            blobs.clone(),
            Arc::clone(&watch),
            options.group,
        )?;
        Ok(SqliteStore {
            folder,
            process: std::process::id(),
            database,
            blobs,
            open: RwLock::new(Some(Arc::new(Open {
                watch,
                writer,
                readers: Mutex::new(Vec::new()),
                _here: here,
            }))),
        })
    }

    /// This store, where this is the process that opened it.
    fn here(&self) -> Result<&Self> {
        match std::process::id() == self.process {
            true => Ok(self),
            false => Err(Error::new(ErrorKind::AfterFork, "store")),
        }
    }

    /// The parts, unless it is closed.
    fn parts(&self) -> Result<Arc<Open>> {
        let open = &self.here()?.open;
        let open = open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone()
            .ok_or_else(|| Error::new(ErrorKind::Closed, "store"))
    }

    /// Ends the writing thread after what waits, and closes the database once no
    /// call is in it. Later writes give `closed`. What is read later, such as the
    /// files of packets that somebody still holds, opens it for that moment.
    pub fn close(&self) {
        if self.here().is_ok() {
            let open = self
                .open
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(open) = open {
                open.writer.close();
            }
        }
    }

    /// Lends a connection that reads. It is kept for the next one, unless the
    /// work failed or the store is closed.
    fn reading<R>(&self, work: impl FnOnce(&mut Connection) -> Result<R>) -> Result<R> {
        let Ok(open) = self.parts() else {
            let _here = self.here().and_then(|_| OpenHere::enter())?;
            return work(&mut self.database.reader()?);
        };
        let readers = || open.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = readers().pop();
        let mut connection = kept.map_or_else(|| self.database.reader(), Ok)?;
        let result = work(&mut connection)?;
        let mut readers = readers();
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        Ok(result)
    }

    /// Becomes the worker of this store, until the lock is dropped or the
    /// process ends. A process forked from this one holds the lock as well,
    /// until it ends or runs another program.
    ///
    /// # Errors
    /// `store-in-use` with the process id of the one that holds it.
    pub fn lock_worker(&self) -> Result<WorkerLock> {
        self.parts()?;
        let fault = |error| blob::failed("store.worker", error);
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.folder.join("worker.lock"))
            .map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the operator's eyes: where it cannot be read, it is
                // left out.
                let _ = file.take(20).read_to_string(&mut holder);
                return Err(Error::new(ErrorKind::StoreInUse, "store.worker")
                    .with("process", holder.trim().to_owned()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(fault(error)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(fault)?;
        Ok(WorkerLock { _file: file })
    }

    /// Copies the store as it is now into a folder that is not there yet. Others
    /// go on writing. The copy's remembered value `restored` is set: whoever
    /// opens it knows that it is older than what the axis has seen.
    ///
    /// # Errors
    /// `invalid-argument` where the folder is there; `store-full`,
    /// `store-failed`. The folder is then incomplete and no store.
    pub fn backup(&self, folder: &Path) -> Result<()> {
        const OPERATION: &str = "store.backup";
        self.parts()?;
        let fault = |error| blob::failed(OPERATION, error);
        match fs::create_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Error::new(ErrorKind::InvalidArgument, OPERATION)
                    .with("reason", "the folder is there already"));
            }
            made => made.map_err(fault)?,
        }
        // Whatever the copy names stays until it is copied too.
        let _shared = self.blobs.shared().map_err(fault)?;
        let passing = folder.join("store.db.part");
        let files = self.reading(|source| copy_database(source, &passing))?;

        let blobs = Blobs::open(folder, 0).map_err(fault)?;
        for sha256 in files {
            blobs.copy_from(&self.blobs, &sha256).map_err(|error| {
                fault(error).with("sha256", crate::crypto::digest::hex(&sha256))
            })?;
        }
        File::open(&passing)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&passing, folder.join("store.db")))
            .and_then(|()| sync_folder(folder))
            .and_then(|()| folder.canonicalize())
            .and_then(|folder| folder.parent().map_or(Ok(()), sync_folder))
            .map_err(fault)
    }
}

/// Copies a database, marks the copy, and gives the files it names.
fn copy_database(source: &Connection, to: &Path) -> Result<Vec<[u8; 32]>> {
    let mut copy = Connection::open(to).map_err(failed)?;
    backup::Backup::new(source, &mut copy)
        // All pages in one step: in several, each commit of others begins it anew.
        .and_then(|backup| backup.run_to_completion(i32::MAX, Duration::from_millis(50), None))
        .map_err(failed)?;
    SqliteTx::new(&copy).remember("restored", "yes")?;
    copy.prepare(sql::PAYLOAD_FILES)
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .and_then(|files| {
            copy.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            copy.close().map_err(|(_, error)| error)?;
            Ok(files)
        })
        .map_err(failed)
}

impl Store for SqliteStore {
    fn write(&self, work: Work) -> Result<()> {
        self.parts()?.writer.write(work)
    }

    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.reading(|connection| {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Deferred)
                .map_err(failed)?;
            work(&mut SqliteTx::new(&transaction))
        })
    }

    fn spool(&self) -> Result<Box<dyn Spool>> {
        Ok(Box::new(self.here()?.blobs.spool()))
    }

    fn open_payload(&self, payload: &Payload) -> Result<Box<dyn ReadSeek + Send>> {
        self.here()?.blobs.open_payload(payload)
    }

    fn sweep(&self) -> Result<u64> {
        self.parts()?;
        let fault = |error| blob::failed("store.sweep", error);
        let Some(_alone) = self.blobs.try_alone().map_err(fault)? else {
            return Ok(0);
        };
        self.reading(|connection| self.blobs.sweep(|sha256| named(connection, sha256)))
    }

    fn generation(&self) -> u64 {
        self.parts().map_or(0, |open| open.watch.generation())
    }

    fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        self.parts()
            .map_or(0, |open| open.watch.wait(seen, at_most))
    }

    fn wake(&self) {
        if let Ok(open) = self.parts() {
            open.watch.wake();
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
        // Still there after a fork only: thread, connections and locks belong to
        // the other process, and closing them here could disturb it.
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::forget(open.take());
    }
}

/// Held by the one worker of a store.
#[derive(Debug)]
pub struct WorkerLock {
    _file: File,
}
