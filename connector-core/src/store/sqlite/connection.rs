//! How connections to the database are opened and set up.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{self, failed};
use crate::error::{Error, ErrorKind, Result};
use crate::failpoint;
use crate::store::blob::Blobs;

/// Pages in the log after which they are written to the database (16 MB).
const CHECKPOINT_PAGES: i64 = 4000;
/// What a log file is cut to after it was written back, in bytes.
const LOG_KEPT: i64 = 32 * 1024 * 1024;

/// Where the database is, and how to open it.
#[derive(Clone, Debug)]
pub(super) struct Database {
    path: PathBuf,
    busy: Duration,
}

impl Database {
    /// Makes or migrates the database where that is needed. A file that is
    /// something else stays as it is.
    pub(super) fn open(folder: &Path, busy: Duration, blobs: &Blobs) -> Result<Self> {
        let database = Database {
            path: folder.join("store.db"),
            busy,
        };
        let mut connection = database.connect(true)?;
        let seen = schema::version(&connection)?;
        if seen < schema::MIGRATIONS.len() || journal_mode(&connection)? != "wal" {
            // The change of the mode does not wait for other connections; here
            // nobody else makes it.
            let _alone = blobs
                .alone()
                .map_err(|error| crate::store::blob::failed("store.open", error))?;
            let mode = database.write_ahead(&connection)?;
            if mode != "wal" {
                return Err(Error::new(ErrorKind::StoreFailed, "store.open")
                    .with("reason", "no write-ahead log on this file system"));
            }
            schema::migrate(&mut connection)?;
        }
        Ok(database)
    }

    /// Changes the journal to a write-ahead log; gives what it is then.
    ///
    /// Where a process was killed in the midst of this, those that come next roll
    /// back what it left, and this one statement fails at once in place of
    /// waiting for them.
    fn write_ahead(&self, connection: &Connection) -> Result<String> {
        let end = Instant::now() + self.busy;
        loop {
            let changed =
                connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
            match changed {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                        && Instant::now() < end =>
                {
                    std::thread::sleep(Duration::from_millis(5));
                }
                changed => return changed.map_err(failed),
            }
        }
    }

    fn connect(&self, create: bool) -> Result<Connection> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(&self.path, flags).map_err(failed)?;
        self.set_busy(&connection)?;
        // Else SQLite may plan a statement anew for each value it is run with,
        // which costs more than running it.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(failed)?;
        for (pragma, value) in [("temp_store", "memory"), ("trusted_schema", "off")] {
            connection
                .pragma_update(None, pragma, value)
                .map_err(failed)?;
        }
        Ok(connection)
    }

    /// Has a connection wait for others as long as configured.
    pub(super) fn set_busy(&self, connection: &Connection) -> Result<()> {
        connection.busy_timeout(self.busy).map_err(failed)
    }

    /// A connection that writes.
    pub(super) fn writer(&self) -> Result<Connection> {
        let connection = self.connect(false)?;
        let synchronous = if failpoint::mutant("sync-off") {
            "off"
        } else {
            "full"
        };
        let set = |pragma, value: &dyn rusqlite::ToSql| {
            connection
                .pragma_update(None, pragma, value)
                .map_err(failed)
        };
        set("synchronous", &synchronous)?;
        // Deleted bytes are overwritten, also in pages that become free.
        set("secure_delete", &"on")?;
        set("wal_autocheckpoint", &CHECKPOINT_PAGES)?;
        set("journal_size_limit", &LOG_KEPT)?;
        set("cache_size", &-2000)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    }

    /// A connection that only reads.
    pub(super) fn reader(&self) -> Result<Connection> {
        let connection = self.connect(false)?;
        connection
            .pragma_update(None, "query_only", "on")
            .and_then(|()| connection.pragma_update(None, "cache_size", -500))
            .map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}

fn journal_mode(connection: &Connection) -> Result<String> {
    connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(failed)
}
