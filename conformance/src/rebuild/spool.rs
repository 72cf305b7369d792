//! Bytes of all attachments in one place, a temporary file where they are many,
//! so that neither memory nor open files grow with their number.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};

/// Where some bytes stand in a spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// Bytes up to which a spool is no file: a file that lives for a millisecond
/// costs more than what is done with it.
const IN_MEMORY: usize = 256 << 10;

/// A spool that is being filled.
pub(super) struct Spool {
    held: Vec<u8>,
    file: Option<BufWriter<File>>,
    length: u64,
}

impl Spool {
    pub(super) fn new() -> Self {
        Spool {
            held: Vec::new(),
            file: None,
            length: 0,
        }
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
        Ok(match self.file {
            None => Filled::Held(self.held),
            Some(file) => Filled::File(file.into_inner().map_err(|error| error.into_error())?),
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.file {
            Some(file) => file.write(bytes)?,
            None if self.held.len() + bytes.len() <= IN_MEMORY => self.held.write(bytes)?,
            None => {
                let mut file = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
                file.write_all(&self.held)?;
                self.held = Vec::new();
                self.file.insert(file).write(bytes)?
            }
        };
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A spool that is read.
pub(super) enum Filled {
    Held(Vec<u8>),
    File(File),
}

impl Filled {
    /// The bytes of a span.
    pub(super) fn open(&self, span: Span) -> io::Result<Box<dyn BufRead + '_>> {
        Ok(match self {
            Filled::Held(held) => {
                let mut held = Cursor::new(held);
                held.set_position(span.start);
                Box::new(held.take(span.length))
            }
            Filled::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(span.start))?;
                Box::new(BufReader::with_capacity(1 << 16, file.take(span.length)))
            }
        })
    }
}
