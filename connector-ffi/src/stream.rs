//! Bytes that a host hands over or takes by callbacks.

use std::ffi::c_void;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use tempfile::SpooledTempFile;

use crate::failure::{Failure, Result};

/// Fills at most `capacity` bytes at `buffer`; gives how many, 0 at the end, a negative number to
/// fail.
///
/// Called during the call it is passed to, on the calling thread. It must not throw.
#[allow(non_camel_case_types, reason = "its name in C")]
pub type lienthong_read_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, buffer: *mut u8, capacity: usize) -> i64>;

/// Takes `length` bytes at `data`, which are good during the call only; gives 0, or another number
/// to stop.
///
/// Called during the call it is passed to, on the calling thread. It must not throw.
#[allow(non_camel_case_types, reason = "its name in C")]
pub type lienthong_write_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, data: *const u8, length: usize) -> i32>;

/// Bytes kept in memory; what is longer goes to an unnamed file.
const IN_MEMORY: usize = 1 << 20;
/// Bytes handed over at once.
const PIECE: usize = 64 << 10;

/// A read callback as a source.
pub(crate) struct Pull {
    call: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    user_data: *mut c_void,
}

impl Pull {
    pub(crate) fn new(call: lienthong_read_fn, user_data: *mut c_void) -> Result<Self> {
        let call = call.ok_or_else(|| Failure::argument("read", "NULL"))?;
        Ok(Pull { call, user_data })
    }
}

impl Read for Pull {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // SAFETY: the host's function with its own pointer; the buffer has as many bytes as
        // it is told and is initialised.
        let count = unsafe { (self.call)(self.user_data, buffer.as_mut_ptr(), buffer.len()) };
        match usize::try_from(count) {
            Ok(count) if count <= buffer.len() => Ok(count),
            Ok(_) => Err(io::Error::other(
                "the read callback gave more than there is room for",
            )),
            Err(_) => Err(io::Error::other("the read callback failed")),
        }
    }
}

/// A write callback as a target.
pub(crate) struct Push {
    call: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32,
    user_data: *mut c_void,
}

impl Push {
    pub(crate) fn new(call: lienthong_write_fn, user_data: *mut c_void) -> Result<Self> {
        let call = call.ok_or_else(|| Failure::argument("write", "NULL"))?;
        Ok(Push { call, user_data })
    }
}

impl Write for Push {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        // SAFETY: the host's function with its own pointer; the bytes live until it returns.
        match unsafe { (self.call)(self.user_data, bytes.as_ptr(), bytes.len()) } {
            0 => Ok(bytes.len()),
            _ => Err(io::Error::other("the write callback failed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that can be read any number of times, by anybody.
#[derive(Clone)]
pub(crate) enum Kept {
    Memory(Arc<[u8]>),
    File(Arc<File>, u64),
    Borrowed(Borrowed),
}

/// Bytes of the host, which by the contract stay where they are and as they are as long as what
/// was made of them.
#[derive(Clone, Copy)]
pub(crate) struct Borrowed {
    data: *const u8,
    length: usize,
}

// SAFETY: the bytes are read and never written, by anybody.
unsafe impl Send for Borrowed {}
// SAFETY: as above.
unsafe impl Sync for Borrowed {}

impl Borrowed {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Borrowed {
            data: bytes.as_ptr(),
            length: bytes.len(),
        }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: made of a slice, which the host keeps.
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }
}

impl Kept {
    /// Reads a source to its end, on this thread.
    pub(crate) fn all_of(source: &mut dyn Read) -> Result<Self> {
        let mut spool = SpooledTempFile::new(IN_MEMORY);
        io::copy(source, &mut spool)?;
        Self::of_spool(spool)
    }

    fn of_spool(spool: SpooledTempFile) -> Result<Self> {
        match spool.into_inner() {
            tempfile::SpooledData::InMemory(bytes) => Ok(Kept::Memory(bytes.into_inner().into())),
            tempfile::SpooledData::OnDisk(mut file) => {
                let length = file.seek(SeekFrom::End(0))?;
                Ok(Kept::File(Arc::new(file), length))
            }
        }
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Kept::Memory(bytes) => bytes.len() as u64,
            Kept::File(_, length) => *length,
            Kept::Borrowed(borrowed) => borrowed.length as u64,
        }
    }

    /// Reads from the start.
    pub(crate) fn reader(&self) -> KeptReader {
        KeptReader {
            kept: self.clone(),
            at: 0,
        }
    }
}

fn after(bytes: &[u8], at: u64) -> &[u8] {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    bytes.get(at..).unwrap_or_default()
}

/// Each reader has a place of its own.
pub(crate) struct KeptReader {
    kept: Kept,
    at: u64,
}

impl Read for KeptReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &self.kept {
            Kept::Memory(bytes) => after(bytes, self.at).read(buffer)?,
            Kept::Borrowed(borrowed) => after(borrowed.bytes(), self.at).read(buffer)?,
            Kept::File(file, _) => std::os::unix::fs::FileExt::read_at(&**file, buffer, self.at)?,
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for KeptReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(offset) => (self.at, offset),
            SeekFrom::End(offset) => (self.kept.length(), offset),
        };
        self.at = base
            .checked_add_signed(offset)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Has something written, and hands it over on this thread: the writer may have threads of
/// its own, and not every host stands being called on those.
pub(crate) fn through(
    push: &mut Push,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>,
) -> Result<u64> {
    let mut spool = SpooledTempFile::new(IN_MEMORY);
    write(&mut spool)?;
    let kept = Kept::of_spool(spool)?;
    let mut reader = kept.reader();
    let mut piece = vec![0; PIECE];
    loop {
        let count = reader.read(&mut piece)?;
        if count == 0 {
            return Ok(kept.length());
        }
        push.write_all(piece.get(..count).unwrap_or_default())?;
    }
}

/// Writes a new file, whole or not at all; one that is there already is never overwritten.
pub(crate) fn new_file<R>(
    path: &str,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<R>,
) -> Result<R> {
    let path = Path::new(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lienthong-").suffix(".part");
    // The rights of any new file, as the process's mask leaves them.
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    let mut file = io::BufWriter::with_capacity(256 << 10, file);
    let done = write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(done)
}
