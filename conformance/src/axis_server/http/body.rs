//! The body of a request as a stream: counted or chunked.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::head::{Framing, Head};
use super::inlet::Inlet;

/// Bytes of a line between chunks.
const MOST_LINE: usize = 4 << 10;
/// Trailers after the last chunk.
const MOST_TRAILERS: usize = 32;

/// The body of a request.
pub(in super::super) struct Incoming<'c> {
    inlet: &'c mut Inlet,
    stream: &'c TcpStream,
    state: State,
    /// `100 Continue` is still owed.
    owes_continue: bool,
    /// The request is never complete (a fault).
    is_cut: bool,
    max_bytes: u64,
    count: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Left(u64),
    ChunkHead,
    Chunk(u64),
    Done,
}

impl<'c> Incoming<'c> {
    pub(super) fn new(
        inlet: &'c mut Inlet,
        stream: &'c TcpStream,
        head: &Head,
        cut: Option<u64>,
        max_bytes: u64,
    ) -> Self {
        // A client that did not wait needs no permission any more.
        let owes_continue = head.expects_continue() && !inlet.holds_bytes();
        inlet.cut_after(cut);
        Incoming {
            inlet,
            stream,
            state: match head.framing() {
                Framing::Empty => State::Done,
                Framing::Length(length) => State::Left(length),
                Framing::Chunked => State::ChunkHead,
            },
            owes_continue,
            is_cut: cut.is_some(),
            max_bytes,
            count: 0,
        }
    }

    /// Bytes of content read so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether the client still waits for permission to send its body.
    pub(super) fn waits(&self) -> bool {
        self.owes_continue
    }

    /// Whether the body is known to be longer than allowed.
    pub(super) fn is_too_long(&self) -> bool {
        match self.state {
            State::Left(left) => left > self.max_bytes.saturating_sub(self.count),
            State::Chunk(left) => left > self.max_bytes.saturating_sub(self.count),
            _ => false,
        }
    }

    /// Whether it is short enough to be read only to keep the connection.
    pub(super) fn is_short(&self) -> bool {
        matches!(self.state, State::Done | State::Left(..=65_536))
    }

    /// Reads the rest, for nothing.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        let mut space = vec![0; 64 << 10];
        while self.read(&mut space)? > 0 {}
        Ok(())
    }

    /// The whole of a body that is meant to be small.
    pub(in super::super) fn small(&mut self, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        self.by_ref().take(max_bytes + 1).read_to_end(&mut body)?;
        Ok((body.len() as u64 <= max_bytes).then_some(body))
    }

    fn ended(&mut self) -> io::Result<usize> {
        if self.is_cut {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(0)
    }

    fn chunk_head(&mut self) -> io::Result<()> {
        let line = self.inlet.read_line(MOST_LINE)?;
        let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let digits = digits.trim_ascii_end();
        if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        let length = u64::from_str_radix(digits, 16)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        if length > 0 {
            self.state = State::Chunk(length);
            return Ok(());
        }
        for _ in 0..MOST_TRAILERS {
            if self.inlet.read_line(MOST_LINE)?.is_empty() {
                self.state = State::Done;
                return Ok(());
            }
        }
        Err(io::ErrorKind::InvalidData.into())
    }
}

impl Read for Incoming<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if space.is_empty() {
            return Ok(0);
        }
        if self.state != State::Done && std::mem::take(&mut self.owes_continue) {
            let mut stream = self.stream;
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if self.state == State::ChunkHead {
            self.chunk_head()?;
        }
        if self.is_too_long() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let (State::Left(left) | State::Chunk(left)) = self.state else {
            return self.ended();
        };
        let most = space.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let space = space.get_mut(..most).unwrap_or_default();
        let count = self.inlet.read(space)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.count += count as u64;
        let left = left - count as u64;
        self.state = match (self.state, left) {
            (State::Left(_), 0) => State::Done,
            (State::Left(_), left) => State::Left(left),
            (_, 0) => {
                if !self.inlet.read_line(2)?.is_empty() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                State::ChunkHead
            }
            (_, left) => State::Chunk(left),
        };
        Ok(count)
    }
}
