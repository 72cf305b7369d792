//! Bytes that a host hands over or takes by callbacks.

use std::ffi::c_void;
use std::io::{self, Read, Write};

use lienthong::bytes::{Kept, WriteSeek};

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

/// Bytes of the host, which by the contract stay where they are and as they are as long as what
/// was made of them.
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
}

impl AsRef<[u8]> for Borrowed {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: made of a slice, which the host keeps.
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }
}

/// Has something written, and hands it over on this thread: the writer may have threads of
/// its own, and not every host stands being called on those.
pub(crate) fn through(
    push: &mut Push,
    write: impl FnOnce(&mut dyn WriteSeek) -> Result<()>,
) -> Result<u64> {
    let kept = Kept::written(write)?;
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
    write: impl FnOnce(&mut dyn WriteSeek) -> Result<R>,
) -> Result<R> {
    lienthong::bytes::new_file(path.as_ref(), false, write)
}
