//! Bytes of all attachments in one temporary file, so that neither memory nor
//! open files grow with their number.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// Where some bytes stand in a spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// A spool that is being filled.
pub(super) struct Spool {
    file: BufWriter<File>,
    length: u64,
}

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Spool {
            file: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?),
            length: 0,
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// What was written since a length.
    pub(super) fn since(&self, start: u64) -> Span {
        Span {
            start,
            length: self.length - start,
        }
    }

    /// Ends the filling.
    pub(super) fn into_filled(self) -> io::Result<Filled> {
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        Ok(Filled(file))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A spool that is read.
pub(super) struct Filled(File);

impl Filled {
    /// The bytes of a span.
    pub(super) fn open(&self, span: Span) -> io::Result<impl io::BufRead + '_> {
        let mut file = &self.0;
        file.seek(SeekFrom::Start(span.start))?;
        Ok(BufReader::with_capacity(1 << 16, file.take(span.length)))
    }
}
