//! Packets on their way in, and short ones of an axis that keeps nothing.
//!
//! A file system is slow to make thousands of small files, the more so shortly
//! after thousands were removed, and that is not what is to be measured or
//! waited for over a test axis.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::NamedTempFile;

use super::super::error::AxisError;
use super::super::stop::lock;

/// Bytes up to which a packet is no file of its own.
const SHORT: usize = 256 << 10;

/// A packet that is being written: in memory while it is short.
pub(in super::super) struct Parcel<'s> {
    folder: &'s Path,
    held: Vec<u8>,
    file: Option<NamedTempFile>,
    length: u64,
}

impl<'s> Parcel<'s> {
    pub(super) fn new(folder: &'s Path) -> Self {
        Parcel {
            folder,
            held: Vec::new(),
            file: None,
            length: 0,
        }
    }

    pub(in super::super) fn length(&self) -> u64 {
        self.length
    }

    /// Its first bytes, so many of them.
    pub(in super::super) fn open(&self, length: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.file {
            None => Box::new(Cursor::new(&self.held).take(length)),
            Some(file) => {
                let file = file.reopen()?.take(length);
                Box::new(BufReader::with_capacity(64 << 10, file))
            }
        })
    }

    /// Its bytes, if it is short.
    pub(super) fn held(&self) -> Option<&[u8]> {
        self.file.is_none().then_some(&self.held)
    }

    pub(super) fn into_file(mut self) -> io::Result<NamedTempFile> {
        self.spill()?;
        let file = self.file.take();
        file.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            let mut file = NamedTempFile::new_in(self.folder)?;
            file.write_all(&self.held)?;
            self.held = Vec::new();
            self.file = Some(file);
        }
        Ok(())
    }
}

impl Write for Parcel<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.held.len() + bytes.len() > SHORT {
            self.spill()?;
        }
        let count = match &mut self.file {
            Some(file) => file.write(bytes)?,
            None => self.held.write(bytes)?,
        };
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Short packets, one behind another in one file.
pub(super) struct Pack {
    path: PathBuf,
    written: Mutex<Written>,
}

struct Written {
    file: File,
    end: u64,
    starts: HashMap<Box<str>, u64>,
}

impl Pack {
    pub(super) fn new(path: &Path) -> Result<Self, AxisError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(AxisError::file(path))?;
        Ok(Pack {
            path: path.to_owned(),
            written: Mutex::new(Written {
                file,
                end: 0,
                starts: HashMap::new(),
            }),
        })
    }

    pub(super) fn add(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        let mut written = lock(&self.written);
        let start = written.end;
        // Half a packet is written over by the next one.
        written.file.seek(SeekFrom::Start(start))?;
        written.file.write_all(bytes)?;
        written.end += bytes.len() as u64;
        written.starts.insert(id.into(), start);
        Ok(())
    }

    /// A file at the beginning of a packet, if it is here.
    pub(super) fn open(&self, id: &str) -> io::Result<Option<File>> {
        let Some(start) = lock(&self.written).starts.get(id).copied() else {
            return Ok(None);
        };
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(Some(file))
    }
}
