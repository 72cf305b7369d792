//! Bytes that come from Python or go there.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lienthong::ErrorKind;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::call::{Caught, Failure, Result, call, lock};

/// Bytes handed over at once.
const PIECE: usize = 256 << 10;

/// A file object of Python, read or written on the thread of the call.
pub(crate) struct FileObject {
    object: Py<PyAny>,
    caught: Caught,
}

impl FileObject {
    pub(crate) fn new(object: Py<PyAny>, caught: &Caught) -> Self {
        FileObject {
            object,
            caught: caught.clone(),
        }
    }
}

impl Read for FileObject {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = Python::attach(|py| {
            let bytes = self.object.call_method1(py, "read", (buffer.len(),))?;
            let bytes = bytes.extract::<PyBackedBytes>(py)?;
            py.check_signals()?;
            Ok(bytes)
        });
        let bytes = read.map_err(|raised| self.caught.keep(raised))?;
        match buffer.get_mut(..bytes.len()) {
            Some(place) => place.copy_from_slice(&bytes),
            None => return Err(io::Error::other("the file gave more than it was asked for")),
        }
        Ok(bytes.len())
    }
}

impl Write for FileObject {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = Python::attach(|py| {
            let given = PyBytes::new(py, bytes);
            let written = self.object.call_method1(py, "write", (given,))?;
            py.check_signals()?;
            // Raw files say how much they took; None is all of it.
            Ok(written.extract::<usize>(py).unwrap_or(bytes.len()))
        });
        let written = written.map_err(|raised| self.caught.keep(raised))?;
        Ok(written.min(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies in large pieces: each is a call of Python.
pub(crate) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> Result<u64> {
    let mut piece = vec![0; PIECE];
    let mut total = 0;
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(total);
        }
        to.write_all(piece.get(..count).unwrap_or_default())?;
        total += count as u64;
    }
}

/// Tells Python how many bytes went by since it was last told. An exception, also one of
/// Ctrl-C, ends the work.
#[derive(Clone)]
pub(crate) struct Progress {
    tell: Arc<Py<PyAny>>,
    caught: Caught,
}

impl Progress {
    pub(crate) fn new(tell: Option<Py<PyAny>>, caught: &Caught) -> Option<Self> {
        let tell = Arc::new(tell?);
        let caught = caught.clone();
        Some(Progress { tell, caught })
    }

    pub(crate) fn tell(&self, bytes: u64) -> io::Result<()> {
        let told = Python::attach(|py| {
            self.tell.call1(py, (bytes,))?;
            py.check_signals()
        });
        told.map_err(|raised| self.caught.keep(raised))
    }
}

/// How often progress is told.
const TOLD: Duration = Duration::from_millis(100);

/// A source that tells how far it was read.
pub(crate) struct Told<R> {
    inner: R,
    progress: Option<Progress>,
    bytes: u64,
    last: Instant,
}

impl<R> Told<R> {
    pub(crate) fn new(inner: R, progress: Option<&Progress>) -> Self {
        Told {
            inner,
            progress: progress.cloned(),
            bytes: 0,
            last: Instant::now(),
        }
    }
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(progress) = &self.progress {
            self.bytes += count as u64;
            if self.bytes > 0 && (count == 0 || self.last.elapsed() >= TOLD) {
                progress.tell(std::mem::take(&mut self.bytes))?;
                self.last = Instant::now();
            }
        }
        Ok(count)
    }
}

/// A stream of bytes for Python to read.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Stream(Mutex<Inside>);

struct Inside {
    read: Box<dyn Read + Send>,
    /// How many bytes are still to come, where that is known.
    left: Option<u64>,
}

impl Stream {
    pub(crate) fn new(read: impl Read + Send + 'static, length: Option<u64>) -> Self {
        let read = Box::new(read);
        Stream(Mutex::new(Inside { read, left: length }))
    }
}

#[pymethods]
impl Stream {
    /// At most so many bytes; none at the end.
    fn read<'py>(&self, py: Python<'py>, size: usize) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = call(py, "attachment.read", || {
            let mut inside = lock(&self.0);
            let mut bytes = vec![0; size.min(1 << 20)];
            let count = inside.read.read(&mut bytes)?;
            bytes.truncate(count);
            if let Some(left) = &mut inside.left {
                let ended = count == 0 && size > 0;
                match left.checked_sub(count as u64) {
                    Some(rest) if !ended || rest == 0 => *left = rest,
                    // The packet is not the one that was read.
                    _ => return Err(Failure::own(ErrorKind::PacketChanged)),
                }
            }
            Ok(bytes)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }
}
