//! What is to vanish when the process is interrupted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// The folders that commands work in at this moment. Whoever ends the process
/// before its time removes them: then no destructor runs.
#[derive(Clone, Debug, Default)]
pub struct Leftovers {
    folders: Arc<Mutex<Vec<PathBuf>>>,
    guard: Option<fn(Leftovers)>,
}

impl Leftovers {
    /// `guard` is called when the first folder is made: a process that has
    /// nothing to remove keeps its signals as they are.
    pub fn guarded_by(guard: fn(Leftovers)) -> Self {
        Leftovers {
            guard: Some(guard),
            ..Self::default()
        }
    }

    /// Removes what is there, for good: the process must end after it. A command
    /// that is still at work may put another file in between, so it is tried
    /// more than once.
    pub fn remove(&self) {
        let folders = self.lock();
        for folder in folders.iter() {
            for _ in 0..10 {
                match fs::remove_dir_all(folder) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {}
                    _ => break,
                }
            }
        }
        // A command that fails now, for want of its files, waits here for the
        // process's end, and does not end it with an exit status of its own.
        std::mem::forget(folders);
    }

    /// A folder for temporary files that vanishes with what is returned.
    pub(super) fn folder(&mut self) -> io::Result<Folder> {
        if let Some(guard) = self.guard.take() {
            guard(self.clone());
        }
        // Nothing is removed between making and noting it.
        let mut folders = self.lock();
        let folder = tempfile::Builder::new().prefix("lienthong-").tempdir()?;
        folders.push(folder.path().to_owned());
        Ok(Folder {
            folder,
            leftovers: self.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A folder that vanishes with this.
pub(super) struct Folder {
    folder: TempDir,
    leftovers: Leftovers,
}

impl Folder {
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let path = self.folder.path();
        self.leftovers.lock().retain(|folder| folder != path);
    }
}
