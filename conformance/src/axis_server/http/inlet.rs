//! What comes in on a connection, buffered across requests.

use std::io::{self, Read};
use std::net::TcpStream;

use super::head::{Head, HeadFlaw, head_length};

/// The reading side of a connection.
pub(super) struct Inlet {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    /// Bytes taken of the request that is being read.
    taken: u64,
    /// Where the request is cut (a fault).
    cut: Option<u64>,
}

/// What stands where a request should begin.
pub(super) enum Start {
    Request(Head),
    Flawed(HeadFlaw),
    /// The client has gone, or was silent for too long.
    Over,
}

impl Inlet {
    pub(super) fn new(stream: TcpStream) -> Self {
        Inlet {
            stream,
            buffer: Vec::new(),
            start: 0,
            taken: 0,
            cut: None,
        }
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Ends the request after so many bytes of it, its head included.
    pub(super) fn cut_after(&mut self, cut: Option<u64>) {
        self.cut = cut;
    }

    fn held(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Whether something has come that was not taken yet.
    pub(super) fn holds_bytes(&self) -> bool {
        !self.held().is_empty()
    }

    fn take(&mut self, count: usize) {
        self.start += count;
        self.taken += count as u64;
    }

    /// Gets more from the socket; 0 at its end.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.start.min(self.buffer.len()));
        self.start = 0;
        let mut space = [0; 16 << 10];
        let count = retried(|| self.stream.read(&mut space))?;
        self.buffer
            .extend_from_slice(space.get(..count).unwrap_or_default());
        Ok(count)
    }

    /// The head of the next request.
    pub(super) fn read_head(&mut self, max_bytes: usize, max_headers: usize) -> Start {
        self.taken = 0;
        self.cut = None;
        loop {
            // One empty line before a request is passed over, as HTTP asks.
            if self.taken == 0 && self.held().starts_with(b"\r\n") {
                self.take(2);
            }
            if let Some(length) = head_length(self.held()) {
                if length > max_bytes {
                    return Start::Flawed(HeadFlaw::TooLong);
                }
                let head = self.held().get(..length).unwrap_or_default();
                let head = Head::parse(head, max_headers);
                self.taken = 0;
                self.take(length);
                return head.map_or_else(Start::Flawed, Start::Request);
            }
            if self.held().len() > max_bytes {
                return Start::Flawed(HeadFlaw::TooLong);
            }
            match self.fill() {
                Ok(0) | Err(_) => return Start::Over,
                Ok(_) => {}
            }
        }
    }

    /// A line of the body's framing, without its CR LF.
    pub(super) fn read_line(&mut self, max_bytes: usize) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            self.read_exact(&mut byte)?;
            line.extend_from_slice(&byte);
            if line.ends_with(b"\n") {
                let text = line.strip_suffix(b"\r\n");
                return text
                    .map(<[u8]>::to_vec)
                    .ok_or_else(|| io::ErrorKind::InvalidData.into());
            }
            if line.len() > max_bytes {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// Reads on until the client closes, for a while: closing with bytes unread
    /// would destroy the answer on its way.
    pub(super) fn linger(&mut self) {
        let _ = self
            .stream
            .set_read_timeout(Some(std::time::Duration::from_secs(1)));
        let mut space = vec![0; 64 << 10];
        let mut left: usize = 64 << 20;
        while let Ok(count) = retried(|| self.stream.read(&mut space)) {
            left = left.saturating_sub(count);
            if count == 0 || left == 0 {
                break;
            }
        }
    }
}

impl Read for Inlet {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let mut most = space.len();
        if let Some(cut) = self.cut {
            let left = usize::try_from(cut.saturating_sub(self.taken)).unwrap_or(usize::MAX);
            if left == 0 {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            most = most.min(left);
        }
        let space = space.get_mut(..most).unwrap_or_default();
        if self.held().is_empty() {
            // Straight through: bodies are long.
            self.buffer.clear();
            self.start = 0;
            let count = retried(|| self.stream.read(space))?;
            self.taken += count as u64;
            return Ok(count);
        }
        let count = self.held().len().min(space.len());
        if let (Some(into), Some(from)) = (space.get_mut(..count), self.held().get(..count)) {
            into.copy_from_slice(from);
        }
        self.take(count);
        Ok(count)
    }
}

fn retried(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
