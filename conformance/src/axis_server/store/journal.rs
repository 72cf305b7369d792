//! The journal: what happened, one JSON object a line, only ever appended.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::directory::Unit;
use super::super::error::AxisError;
use super::super::route::Kind;
use super::super::stop::lock;
use super::QueueState;

/// Something that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub(super) enum Record {
    /// A packet was accepted.
    Accepted(Accepted),
    /// A delivery changed its state.
    Moved {
        id: Box<str>,
        state: QueueState,
        at: i64,
    },
    /// A system registered a unit.
    Registered { system: Box<str>, unit: Box<Unit> },
    /// A system deleted a unit.
    Deleted { code: Box<str> },
}

/// A packet that was accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Accepted {
    /// The id that the sender got; the packet's file bears it.
    pub(in super::super) id: Box<str>,
    pub(in super::super) at: i64,
    pub(in super::super) system: Box<str>,
    pub(in super::super) from: Box<str>,
    pub(in super::super) kind: Kind,
    /// Number and notation.
    pub(in super::super) notation: Box<str>,
    /// Bytes of the packet as it is delivered.
    pub(in super::super) bytes: u64,
    /// Each receiver with the id of its delivery.
    pub(in super::super) to: Vec<Addressed>,
}

/// A delivery to one organ.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Addressed {
    pub(in super::super) id: Box<str>,
    pub(in super::super) organ: Box<str>,
}

/// The journal file, open for appending.
pub(in super::super) struct Journal {
    file: File,
    /// Bytes appended; changed under the lock of the store.
    written: Mutex<u64>,
    /// Bytes known to be on the disk.
    synced: Mutex<u64>,
    is_durable: bool,
}

impl Journal {
    /// Opens a journal and reads what is in it. A last line that was not
    /// written to its end never was answered, and is taken away.
    pub(in super::super) fn open<R: DeserializeOwned>(
        path: &Path,
        is_durable: bool,
        mut tell: impl FnMut(R),
    ) -> Result<Journal, AxisError> {
        let failed = || AxisError::file(path);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(failed())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let folder = path.parent().unwrap_or(path);
                return Err(AxisError::InUse {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed()(error)),
        }
        let mut good = 0;
        let mut source = BufReader::with_capacity(1 << 16, &file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            source.read_until(b'\n', &mut line).map_err(failed())?;
            if !line.ends_with(b"\n") {
                break;
            }
            let record = serde_json::from_slice(&line).map_err(|_| AxisError::Line {
                path: path.to_owned(),
                line: number,
                reason: "not a line of a journal".to_owned(),
            })?;
            tell(record);
            good += line.len() as u64;
        }
        drop(source);
        file.set_len(good).map_err(failed())?;
        file.seek(SeekFrom::End(0)).map_err(failed())?;
        Ok(Journal {
            file,
            written: Mutex::new(good),
            synced: Mutex::new(0),
            is_durable,
        })
    }

    /// Appends a record; the place to give to [`Journal::sync`].
    pub(in super::super) fn append(&self, record: &impl Serialize) -> std::io::Result<u64> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        let mut written = lock(&self.written);
        if let Err(error) = (&self.file).write_all(&line) {
            // Half a line must not stand before the next one.
            let _ = self.file.set_len(*written);
            return Err(error);
        }
        *written += line.len() as u64;
        Ok(*written)
    }

    /// Waits until what was appended up to a place is on the disk. Who waits
    /// meanwhile is served by the same write.
    pub(in super::super) fn sync(&self, place: u64) -> std::io::Result<()> {
        if !self.is_durable {
            return Ok(());
        }
        let mut synced = lock(&self.synced);
        if *synced < place {
            let now = *lock(&self.written);
            self.file.sync_data()?;
            *synced = now;
        }
        Ok(())
    }
}
