//! Attachments into files of one folder, while the packet is read.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::attachment::name::{UniqueNames, safe_file_name};
use super::read::AttachmentSink;
use super::received::ReceivedAttachment;
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

/// A temporary file, written in large pieces.
type Buffered = BufWriter<NamedTempFile>;

/// Bytes written at once.
const PIECE: usize = 256 * 1024;

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
    raw: Option<Buffered>,
    entry: Option<Buffered>,
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

    fn temporary(&self) -> io::Result<Buffered> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".lienthong-").suffix(".part");
        // The rights of any new file, as the process's mask leaves them: the
        // clerk who is to open it is seldom the one who runs the connector.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder
            .tempfile_in(&self.folder)
            .map(|file| BufWriter::with_capacity(PIECE, file))
    }

    fn persist(&mut self, file: Buffered, name: &str) -> io::Result<PathBuf> {
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
        self.raw = Some(self.temporary()?);
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
            self.entry = Some(self.temporary()?);
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
                None => self.temporary()?,
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
