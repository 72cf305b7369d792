//! Long payloads as files: `blobs/ab/SHA256`, named by their content.
//!
//! A file is written under a passing name, synced, renamed and its folders are
//! synced before a row may name it. Between the rename and the row's commit its
//! writer holds `blob.lock` shared; who removes files holds it alone and asks
//! the database again. A passing file is locked by its writer, so that one left
//! by a crash is told from one being written.

use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::crypto::digest::{Sha256, hex};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::Payload;
use crate::exchange::{ReadSeek, Spool, Stored};
use crate::failpoint;

/// The end of the names of files that are being written.
const PASSING: &str = "part";

/// The error of a failed file operation of the store.
pub(super) fn failed(operation: &'static str, source: io::Error) -> Error {
    let kind = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::StoreFull,
        _ => ErrorKind::StoreFailed,
    };
    Error::new(kind, operation).because(source)
}

/// Syncs a folder: the names in it. Where folders cannot be opened (Windows),
/// the file system keeps names by itself.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) && !failpoint::mutant("no-folder-sync") {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The files of a store's long payloads.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    folder: PathBuf,
    lock: PathBuf,
    in_row: usize,
}

impl Blobs {
    /// Makes the folder where it is missing. The caller syncs the store's.
    pub(super) fn open(store: &Path, in_row: usize) -> io::Result<Self> {
        let blobs = Blobs {
            folder: store.join("blobs"),
            lock: store.join("blob.lock"),
            in_row,
        };
        fs::create_dir_all(&blobs.folder)?;
        blobs.lock_file()?;
        Ok(blobs)
    }

    fn lock_file(&self) -> io::Result<File> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .read(true)
            .open(&self.lock)
    }

    /// Keeps files from being removed until it is dropped.
    pub(super) fn shared(&self) -> io::Result<File> {
        let lock = self.lock_file()?;
        lock.lock_shared()?;
        Ok(lock)
    }

    /// Waits until nobody else stores or removes files.
    pub(super) fn alone(&self) -> io::Result<File> {
        let lock = self.lock_file()?;
        lock.lock()?;
        Ok(lock)
    }

    /// The lock to remove files, where nobody is storing any.
    pub(super) fn try_alone(&self) -> io::Result<Option<File>> {
        let lock = self.lock_file()?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn place(&self, sha256: &[u8; 32]) -> (PathBuf, PathBuf) {
        let name = hex(sha256);
        let folder = self.folder.join(name.get(..2).unwrap_or_default());
        let file = folder.join(name);
        (folder, file)
    }

    /// Where the file of a digest lies below a store's folder.
    pub(super) fn file(&self, sha256: &[u8; 32]) -> PathBuf {
        self.place(sha256).1
    }

    pub(super) fn spool(&self) -> SpoolFile {
        SpoolFile {
            blobs: self.clone(),
            digest: Sha256::new(),
            length: 0,
            place: Place::Memory(Vec::new()),
            failure: None,
        }
    }

    /// Opens a payload.
    pub(super) fn open_payload(&self, payload: &Payload) -> Result<Box<dyn ReadSeek + Send>> {
        if let Some(bytes) = &payload.bytes {
            return Ok(Box::new(Cursor::new(bytes.clone())));
        }
        let fault = |error| failed("store.payload", error).with("sha256", hex(&payload.sha256));
        let file = File::open(self.file(&payload.sha256)).map_err(fault)?;
        let length = file.metadata().map_err(fault)?.len();
        if length != payload.length {
            return Err(Error::new(ErrorKind::StoreFailed, "store.payload")
                .with("sha256", hex(&payload.sha256))
                .with("length", length.to_string())
                .with("expected", payload.length.to_string()));
        }
        Ok(Box::new(file))
    }

    /// A new file under a passing name, locked by this process.
    fn passing(&self) -> io::Result<(File, PathBuf)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        // The sweeper holds the lock alone: it cannot come in between making the
        // file and locking it.
        let _shared = self.shared()?;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}.{PASSING}", std::process::id());
            let path = self.folder.join(name);
            match File::options()
                .write(true)
                .read(true)
                .create_new(true)
                .open(&path)
            {
                Ok(file) => {
                    file.lock()?;
                    return Ok((file, path));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives a synced file its lasting name and syncs that.
    fn settle(&self, passing: &Path, sha256: &[u8; 32]) -> io::Result<()> {
        let (folder, file) = self.place(sha256);
        match fs::create_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        fs::rename(passing, &file)?;
        failpoint!("blob-renamed");
        sync_folder(&folder)?;
        // Another process may have made the folder just now and not synced it yet.
        sync_folder(&self.folder)?;
        failpoint!("blob-folder-synced");
        Ok(())
    }

    /// Copies a file from another store's folder, durably.
    pub(super) fn copy_from(&self, other: &Blobs, sha256: &[u8; 32]) -> io::Result<()> {
        let (file, path) = self.passing()?;
        let mut passing = Passing { file, path };
        io::copy(&mut File::open(other.file(sha256))?, &mut passing.file)?;
        passing.file.sync_all()?;
        self.settle(&passing.path, sha256)
    }

    /// Removes a file that no row names. Under the lock of [`Blobs::try_alone`].
    pub(super) fn remove(&self, sha256: &[u8; 32]) -> io::Result<bool> {
        let (folder, file) = self.place(sha256);
        failpoint!("blob-before-unlink");
        match fs::remove_file(&file) {
            Ok(()) => {
                sync_folder(&folder)?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes what no row names and what a crash left half written; gives how
    /// many. Under the lock of [`Blobs::try_alone`].
    pub(super) fn sweep(&self, mut named: impl FnMut(&[u8; 32]) -> Result<bool>) -> Result<u64> {
        let fault = |error| failed("store.sweep", error);
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if path.is_dir() {
                for entry in fs::read_dir(&path).map_err(fault)? {
                    let name = entry.map_err(fault)?.file_name();
                    if let Some(sha256) = name.to_str().and_then(digest_of)
                        && !named(&sha256)?
                    {
                        removed += u64::from(self.remove(&sha256).map_err(fault)?);
                    }
                }
            } else if path.extension().is_some_and(|end| end == PASSING)
                && File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
            {
                fs::remove_file(&path).map_err(fault)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// The digest that a file is named by.
fn digest_of(name: &str) -> Option<[u8; 32]> {
    if name.len() != 64 || !name.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    (hex(&digest) == name).then_some(digest)
}

/// Bytes on their way into the store: few in memory, many in a file.
pub(super) struct SpoolFile {
    blobs: Blobs,
    digest: Sha256,
    length: u64,
    place: Place,
    failure: Option<io::Error>,
}

enum Place {
    Memory(Vec<u8>),
    File(Passing),
}

/// A file under a passing name; removed unless it got a lasting one.
struct Passing {
    file: File,
    path: PathBuf,
}

impl Drop for Passing {
    fn drop(&mut self) {
        // Where it was renamed there is nothing of this name. What stays in spite
        // of this is swept up.
        let _ = fs::remove_file(&self.path);
    }
}

impl SpoolFile {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Place::Memory(kept) = &mut self.place {
            if kept.len() + bytes.len() <= self.blobs.in_row {
                kept.extend_from_slice(bytes);
                return Ok(());
            }
            let (file, path) = self.blobs.passing()?;
            let mut passing = Passing { file, path };
            passing.file.write_all(kept)?;
            self.place = Place::File(passing);
        }
        if let Place::File(passing) = &mut self.place {
            passing.file.write_all(bytes)?;
        }
        Ok(())
    }
}

impl Write for SpoolFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(error) = &self.failure {
            return Err(error.kind().into());
        }
        if let Err(error) = self.take(bytes) {
            let kind = error.kind();
            self.failure = Some(error);
            return Err(kind.into());
        }
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for SpoolFile {
    fn finish(self: Box<Self>) -> Result<Stored> {
        let fault = |error| failed("store.spool", error);
        if let Some(error) = self.failure {
            return Err(fault(error));
        }
        let sha256 = self.digest.finish().map_err(fault)?;
        let length = self.length;
        let (bytes, guard): (_, Box<dyn Send>) = match self.place {
            Place::Memory(bytes) => (Some(bytes), Box::new(())),
            Place::File(passing) => {
                let lock = self.blobs.shared().map_err(fault)?;
                if failpoint::mutant("row-before-blob") {
                    (None, Box::new(TooLate(self.blobs, passing, sha256, lock)))
                } else {
                    passing.file.sync_all().map_err(fault)?;
                    failpoint!("blob-synced");
                    self.blobs.settle(&passing.path, &sha256).map_err(fault)?;
                    (None, Box::new(lock))
                }
            }
        };
        Ok(Stored {
            payload: Payload {
                length,
                sha256,
                bytes,
            },
            guard,
        })
    }
}

/// The fault `row-before-blob`: the file is there only after its row.
struct TooLate(Blobs, Passing, [u8; 32], #[allow(dead_code)] File);

impl Drop for TooLate {
    fn drop(&mut self) {
        let _ = self.1.file.sync_all();
        let _ = self.0.settle(&self.1.path, &self.2);
    }
}
