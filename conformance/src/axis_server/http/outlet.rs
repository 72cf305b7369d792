//! What goes out on a connection, with the faults of an answer.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::super::stop::Stop;

/// A slow answer: so many bytes, then a pause.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Drip {
    pub(in super::super) bytes: usize,
    pub(in super::super) pause: Duration,
}

/// The writing side of a connection, for one answer.
pub(super) struct Outlet<'c> {
    stream: &'c TcpStream,
    stop: &'c Stop,
    cut: Option<u64>,
    drip: Option<Drip>,
    count: u64,
}

impl<'c> Outlet<'c> {
    pub(super) fn new(
        stream: &'c TcpStream,
        stop: &'c Stop,
        cut: Option<u64>,
        drip: Option<Drip>,
    ) -> Self {
        Outlet {
            stream,
            stop,
            cut,
            drip,
            count: 0,
        }
    }

    /// Bytes written so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

impl Write for Outlet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut most = bytes.len();
        if let Some(cut) = self.cut {
            let left = usize::try_from(cut.saturating_sub(self.count)).unwrap_or(usize::MAX);
            if left == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            most = most.min(left);
        }
        if let Some(drip) = self.drip {
            most = most.min(drip.bytes.max(1));
            if self.count > 0 && self.stop.pause(drip.pause) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
        }
        let mut stream = self.stream;
        let count = stream.write(bytes.get(..most).unwrap_or_default())?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        // An answer cut at exactly its length is cut, too.
        if self.cut.is_some() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let mut stream = self.stream;
        stream.flush()
    }
}
