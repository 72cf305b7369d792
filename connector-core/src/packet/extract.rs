//! Attachments into files of one folder, or one of them to a writer, while the packet is read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::attachment::name::{UniqueNames, safe_file_name};
use super::read::AttachmentSink;
use super::received::ReceivedAttachment;
use crate::bytes::{Part, part_in};
use crate::error::{Error, Result};

/// A file that was written for an attachment.
#[derive(Clone, PartialEq, Eq)]
pub struct ExtractedFile {
    /// The attachment's place in the packet, from 1.
    pub number: usize,
    /// The file that was meant.
    pub path: PathBuf,
    /// The bytes as they travelled, where they were to be kept and differ.
    pub raw_path: Option<PathBuf>,
}

impl std::fmt::Debug for ExtractedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // File names are the sender's words.
        f.debug_struct("ExtractedFile")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// Writes each attachment into a file of one folder.
///
/// Names are made safe and unique; a file that is there already is never
/// overwritten. A file appears under its name when it is whole; until then it
/// has a temporary name in the same folder, and disappears if reading stops.
/// None appears for an attachment that cannot be decoded.
pub struct ToFolder {
    folder: PathBuf,
    keep_raw: bool,
    names: UniqueNames,
    raw: Option<Part>,
    entry: Option<Part>,
    files: Vec<ExtractedFile>,
}

impl ToFolder {
    /// Files go into this folder, which is made where it is missing.
    ///
    /// # Errors
    /// `io`.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|error| Error::io("packet.extract", error))?;
        Ok(ToFolder {
            folder,
            keep_raw: false,
            names: UniqueNames::new(),
            raw: None,
            entry: None,
            files: Vec::new(),
        })
    }

    /// Keeps the ZIP that travelled beside the file that was in it.
    #[must_use]
    pub fn keep_raw(mut self, keep: bool) -> Self {
        self.keep_raw = keep;
        self
    }

    /// The files written so far.
    pub fn files(&self) -> &[ExtractedFile] {
        &self.files
    }

    fn persist(&mut self, file: Part, name: &str) -> io::Result<PathBuf> {
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        loop {
            let path = self.folder.join(self.names.claim(name));
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = error.file;
                }
                Err(error) => return Err(error.error),
            }
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl AttachmentSink for ToFolder {
    fn start(&mut self, _number: usize) -> io::Result<()> {
        self.raw = Some(part_in(&self.folder)?);
        self.entry = None;
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.raw {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.entry.is_none() {
            self.entry = Some(part_in(&self.folder)?);
        }
        match &mut self.entry {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    fn finish(&mut self, attachment: &ReceivedAttachment) -> io::Result<()> {
        let raw = self.raw.take();
        let entry = self.entry.take();
        let Some(raw) = raw.filter(|_| attachment.raw.is_some()) else {
            return Ok(());
        };
        let name = safe_file_name(attachment.name.as_deref().unwrap_or_default());
        let mut raw_path = None;
        let path = if attachment.is_wrapped() {
            // An empty file inside the ZIP hands over no bytes.
            let entry = match entry {
                Some(entry) => entry,
                None => part_in(&self.folder)?,
            };
            if self.keep_raw {
                raw_path = Some(self.persist(raw, &format!("{name}.raw.zip"))?);
            }
            self.persist(entry, &name)?
        } else {
            self.persist(raw, &name)?
        };
        self.files.push(ExtractedFile {
            number: attachment.number,
            path,
            raw_path,
        });
        Ok(())
    }
}

/// Writes one attachment: the file that was meant, a ZIP around it taken off.
pub struct ToWriter<'w> {
    number: usize,
    wrapped: bool,
    here: bool,
    written: u64,
    to: &'w mut dyn Write,
}

impl<'w> ToWriter<'w> {
    /// Writes this attachment of the packet that is read once more.
    pub fn new(attachment: &ReceivedAttachment, to: &'w mut dyn Write) -> Self {
        ToWriter {
            number: attachment.number,
            wrapped: attachment.is_wrapped(),
            here: false,
            written: 0,
            to,
        }
    }

    /// How many bytes were written. Where they are not as many as the attachment has, the packet
    /// is not the one that was read before.
    pub fn written(&self) -> u64 {
        self.written
    }

    fn take(&mut self, bytes: &[u8], entry: bool) -> io::Result<()> {
        if self.here && self.wrapped == entry {
            self.to.write_all(bytes)?;
            self.written += bytes.len() as u64;
        }
        Ok(())
    }
}

impl std::fmt::Debug for ToWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToWriter")
            .field("number", &self.number)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

impl AttachmentSink for ToWriter<'_> {
    fn start(&mut self, number: usize) -> io::Result<()> {
        self.here = number == self.number;
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.take(bytes, false)
    }

    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.take(bytes, true)
    }
}
