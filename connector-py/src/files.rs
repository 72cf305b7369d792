//! Sources of a packet that is sent byte for byte.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use lienthong::bytes::Kept;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::call::{Caught, Result};
use crate::packet::Packet;
use crate::stream::{FileObject, Progress, Told};

/// What Python gives as a packet: one that was read, bytes, a path, or a file object.
#[derive(FromPyObject)]
pub(crate) enum Given<'py> {
    Packet(PyRef<'py, Packet>),
    Bytes(PyBackedBytes),
    Path(PathBuf),
    File(Py<PyAny>),
}

/// The same, away from Python.
pub(crate) enum Opened {
    Read(Box<dyn Read + Send>),
    Path(PathBuf),
}

impl Given<'_> {
    pub(crate) fn open(self, caught: &Caught) -> Result<Opened> {
        Ok(match self {
            Given::Packet(packet) => Opened::Read(Box::new(packet.open()?)),
            Given::Bytes(bytes) => Opened::Read(Box::new(Kept::held(bytes).reader())),
            Given::Path(path) => Opened::Path(path),
            Given::File(file) => Opened::Read(Box::new(FileObject::new(file, caught))),
        })
    }
}

impl Opened {
    pub(crate) fn read(self, progress: Option<&Progress>) -> Result<impl Read + use<>> {
        let read: Box<dyn Read + Send> = match self {
            Opened::Read(read) => read,
            Opened::Path(path) => Box::new(File::open(path)?),
        };
        Ok(Told::new(read, progress))
    }
}
