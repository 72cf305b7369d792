//! The form of the database: its migrations, and how a file is recognised.

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::{Error, ErrorKind, Result};

/// Every migration, in order; the number of a store's form is how many it has
/// seen. A released one is never edited.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_store.sql"),
    include_str!("../../../migrations/0002_answer.sql"),
];

/// What marks a database as a store: `LTst`.
const APPLICATION: i64 = 0x4C54_7374;

/// The error of a failed database operation.
pub(super) fn failed(source: rusqlite::Error) -> Error {
    // The index of the shared memory could not grow: a full disk in disguise.
    const SHARED_MEMORY_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
    let kind = match &source {
        rusqlite::Error::SqliteFailure(error, _) => match error.code {
            ErrorCode::DiskFull => ErrorKind::StoreFull,
            ErrorCode::ConstraintViolation => ErrorKind::Internal,
            _ if error.extended_code == SHARED_MEMORY_SIZE => ErrorKind::StoreFull,
            _ => ErrorKind::StoreFailed,
        },
        _ => ErrorKind::StoreFailed,
    };
    Error::new(kind, "store.database").because(source)
}

fn number(connection: &Connection, pragma: &str) -> Result<i64> {
    connection
        .pragma_query_value(None, pragma, |row| row.get(0))
        .map_err(failed)
}

/// How many migrations this database has seen. Reads only.
///
/// # Errors
/// `store-newer`; `store-failed` where it is no store.
pub(super) fn version(connection: &Connection) -> Result<usize> {
    // All of one state: another process may be making it just now.
    let _one_state = match connection.is_autocommit() {
        true => Some(connection.unchecked_transaction().map_err(failed)?),
        false => None,
    };
    let version = number(connection, "user_version")?;
    let application = number(connection, "application_id")?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    let new = version == 0 && application == 0 && tables == 0;
    if !new && application != APPLICATION {
        return Err(Error::new(ErrorKind::StoreFailed, "store.open")
            .with("reason", "another program's database"));
    }
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(Error::new(ErrorKind::StoreNewer, "store.open")
            .with("found", version.to_string())
            .with("known", MIGRATIONS.len().to_string())),
    }
}

/// Brings a database to the form of today, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let seen = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(seen) {
        transaction.execute_batch(migration).map_err(failed)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION)
        .and_then(|()| {
            transaction.pragma_update(
                None,
                "user_version",
                i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
            )
        })
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}
