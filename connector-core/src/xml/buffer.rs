//! The window on the source, and where in the document it stands.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter};

use super::error::Position;

/// Size of the buffer, unless one tag needs more.
const CAPACITY: usize = 64 * 1024;

/// Bytes read but not yet consumed, and the position of the first of them.
#[derive(Debug)]
pub(super) struct Buffer<R> {
    source: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// Raw bytes before `bytes[0]`.
    base: u64,
    line: u64,
    /// Raw byte at which the line begins.
    line_start: u64,
    /// UTF-8 continuation bytes of this line before `start`: bytes that are no characters.
    /// With these three numbers, plain ASCII text costs nothing to count.
    continuations: u64,
    /// The last byte given to `consume` was a CR, so an LF next ends no further line.
    after_cr: bool,
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            base: 0,
            line: 1,
            line_start: 0,
            continuations: 0,
            after_cr: false,
        }
    }

    /// Reads more after what is in the window; false at the end of the input. Never changes
    /// what [`window`](Self::window) begins with, but may move it.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.bytes.is_empty() {
            self.bytes.resize(CAPACITY, 0);
        }
        if self.start == self.end || self.end == self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            self.base += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.bytes.len() {
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        loop {
            let space = self.bytes.get_mut(self.end..).unwrap_or_default();
            let room = space.len();
            match self.source.read(space) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count.min(room);
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until the window has `count` bytes; false if the input ends before.
    pub(super) fn ensure(&mut self, count: usize) -> io::Result<bool> {
        while self.end - self.start < count {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl<R> Buffer<R> {
    /// The bytes not yet consumed.
    #[inline]
    pub(super) fn window(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Everything in the buffer, for ranges made with [`start`](Self::start).
    #[inline]
    pub(super) fn all(&self) -> &[u8] {
        &self.bytes
    }

    /// Index of the window in [`all`](Self::all); valid until the next `fill`.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Raw bytes consumed.
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Position of the first byte of the window.
    #[inline]
    pub(super) fn position(&self) -> Position {
        let byte = self.offset();
        Position {
            byte,
            line: self.line,
            column: byte - self.line_start - self.continuations + 1,
        }
    }

    /// Consumes bytes that were counted already.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Tells that the byte `index` bytes into the window ends a line.
    #[inline]
    pub(super) fn line_ends_at(&mut self, index: usize) {
        self.line += 1;
        self.line_start = self.offset() + index as u64 + 1;
        self.continuations = 0;
    }

    /// Tells of continuation bytes on the current line that will be skipped.
    #[inline]
    pub(super) fn add_continuations(&mut self, count: u64) {
        self.continuations += count;
    }

    /// Consumes bytes and counts lines and characters in them.
    pub(super) fn consume(&mut self, count: usize) {
        let bytes = self.window();
        let bytes = bytes.get(..count).unwrap_or(bytes);
        let (lines, line_start, continuations) = measure(bytes, self.after_cr);
        let count = bytes.len();
        let ends_in_cr = bytes.last().map_or(self.after_cr, |&byte| byte == b'\r');
        if line_start > 0 {
            self.line += lines;
            self.line_start = self.offset() + line_start as u64;
            self.continuations = 0;
        }
        self.after_cr = ends_in_cr;
        self.continuations += continuations;
        self.skip(count);
    }

    /// Consumes bytes that have no place of their own in lines and columns.
    pub(super) fn consume_mark(&mut self, count: usize) {
        self.skip(count);
        self.line_start += count as u64;
    }

    /// Position of the byte `index` bytes into the window.
    pub(super) fn position_of(&self, index: usize) -> Position {
        let bytes = self.window();
        let bytes = bytes.get(..index).unwrap_or(bytes);
        let (lines, line_start, continuations) = measure(bytes, self.after_cr);
        let (line_start, continuations) = if line_start > 0 {
            (self.offset() + line_start as u64, continuations)
        } else {
            (self.line_start, self.continuations + continuations)
        };
        let byte = self.offset() + bytes.len() as u64;
        Position {
            byte,
            line: self.line + lines,
            column: (byte - line_start).saturating_sub(continuations) + 1,
        }
    }
}

/// Line ends in `bytes`, where the last line begins (0 if it began before), and its
/// continuation bytes.
fn measure(bytes: &[u8], mut after_cr: bool) -> (u64, usize, u64) {
    let mut lines = 0;
    let mut line_start = 0;
    if !after_cr && memchr(b'\r', bytes).is_none() {
        for at in memchr_iter(b'\n', bytes) {
            lines += 1;
            line_start = at + 1;
        }
    } else {
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\r' || byte == b'\n' {
                if !(after_cr && byte == b'\n') {
                    lines += 1;
                }
                line_start = at + 1;
            }
            after_cr = byte == b'\r';
        }
    }
    let last = bytes.get(line_start..).unwrap_or_default();
    let continuations = last.iter().filter(|&&byte| byte & 0xC0 == 0x80).count();
    (lines, line_start, continuations as u64)
}
