//! Base64 as packets carry it, decoded as a stream in constant memory.
//!
//! XML white space is allowed anywhere (XML Schema `base64Binary`; packets with 76-column
//! lines are seen); otherwise the text is read strictly. Lenient decoding would turn the
//! placeholder text some producers leave in place of the content into garbage that looks like
//! a file (observed), so any character outside the alphabet is an error here.

use std::io::{self, Read};

use base64_simd::{Out, STANDARD_NO_PAD};

/// Reads until `block` is full or the source ends; returns the bytes read.
pub(super) fn read_full(source: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = block.get_mut(filled..)
        && !free.is_empty()
    {
        match source.read(free) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Text handled at once by the [`Decoder`]. A multiple of four; block and buffers together fit
/// into the first-level cache or nearly so, which measured fastest.
const DECODE_TEXT: usize = 16 * 1024;
const DECODE_BYTES: usize = DECODE_TEXT / 4 * 3;

/// Why base64 text could not be decoded.
///
/// Offsets count the characters of the text from its start, white space included, so that
/// they can be added to the text's place in the packet. No error holds any of the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Base64Error {
    /// A character that may not stand where it stands: outside the alphabet, a padding
    /// character too early, something else where padding must go on, or a last character
    /// whose unused bits are not zero.
    #[error("not base64 at character {offset}")]
    Invalid {
        /// Characters before the offending one.
        offset: u64,
    },
    /// The text ends with a single character that belongs to no byte.
    #[error("base64 text is cut off")]
    Truncated,
    /// Something other than white space follows the padding.
    #[error("characters after the end of the base64 text")]
    TrailingData,
    /// The receiver of the decoded bytes failed.
    #[error("decoded bytes could not be passed on")]
    Io(#[source] io::Error),
}

/// What a [`Decoder`] saw of a text that it accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// Padding characters are missing at the end. The bytes are complete all the same.
    pub unpadded: bool,
    /// Decoded bytes.
    pub bytes: u64,
}

/// Where the decoder stands after a failure, to answer the same again.
#[derive(Debug, Clone, Copy)]
enum Failure {
    Invalid(u64),
    Trailing,
    Sink(io::ErrorKind),
}

/// Decodes base64 text that arrives in pieces of any size.
///
/// The memory used is constant. However the text is cut into pieces, the result, the error
/// and the bytes passed on before an error are the same. Bytes that were passed on are only
/// good if [`Decoder::finish`] returns without an error.
pub struct Decoder {
    /// Values (0 to 63) and places of the characters of an unfinished group.
    group: [(u8, u64); 4],
    grouped: usize,
    /// Padding characters seen. One means that a second is due.
    padding: u8,
    /// The last group was closed by padding; only white space may follow.
    ended: bool,
    /// Characters seen so far.
    offset: u64,
    /// Bytes passed on so far.
    bytes: u64,
    /// The last block held white space, so the next is likely to.
    spaced: bool,
    stripped: Vec<u8>,
    decoded: Vec<u8>,
    failure: Option<Failure>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Decoder {
    /// Leaves the buffers out: they hold packet content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder at the start of a text. Buffers are made when first needed.
    #[must_use]
    pub fn new() -> Self {
        Self {
            group: [(0, 0); 4],
            grouped: 0,
            padding: 0,
            ended: false,
            offset: 0,
            bytes: 0,
            spaced: false,
            stripped: Vec::new(),
            decoded: Vec::new(),
            failure: None,
        }
    }

    /// Decodes the next piece of the text and passes the bytes on to `sink`.
    ///
    /// # Errors
    /// [`Base64Error::Invalid`] and [`Base64Error::TrailingData`] when the text is wrong,
    /// [`Base64Error::Io`] when `sink` fails. After an error every further call answers the
    /// same.
    pub fn push(
        &mut self,
        text: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Base64Error> {
        self.check_usable()?;
        let result = self.push_inner(text, sink);
        if let Err(error) = &result {
            self.failure = Some(match error {
                Base64Error::Invalid { offset } => Failure::Invalid(*offset),
                Base64Error::Io(error) => Failure::Sink(error.kind()),
                Base64Error::TrailingData | Base64Error::Truncated => Failure::Trailing,
            });
        }
        result
    }

    /// Ends the text and passes on the bytes of a last group without padding.
    ///
    /// # Errors
    /// [`Base64Error::Truncated`] when a single character is left over,
    /// [`Base64Error::Invalid`] when unused bits of the last character are set,
    /// [`Base64Error::Io`] when `sink` fails, and any error [`Decoder::push`] returned.
    pub fn finish(
        mut self,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Finished, Base64Error> {
        self.check_usable()?;
        let unpadded = self.grouped > 0;
        if unpadded {
            if self.grouped == 1 {
                return Err(Base64Error::Truncated);
            }
            self.check_unused_bits()?;
            self.emit_group(sink)?;
        }
        Ok(Finished {
            unpadded,
            bytes: self.bytes,
        })
    }

    /// Characters taken so far; after an error of the text, the offending one is the last.
    pub(crate) fn taken(&self) -> u64 {
        self.offset
    }

    /// The characters of the group that is not closed, white space left out.
    pub(crate) fn open_group(&self) -> Vec<u8> {
        if self.ended {
            return Vec::new();
        }
        let values = self.group.iter().take(self.grouped);
        values
            .filter_map(|(value, _)| ALPHABET.get(usize::from(*value)).copied())
            .chain((0..self.padding).map(|_| b'='))
            .collect()
    }

    fn check_usable(&self) -> Result<(), Base64Error> {
        match self.failure {
            None => Ok(()),
            Some(Failure::Invalid(offset)) => Err(Base64Error::Invalid { offset }),
            Some(Failure::Trailing) => Err(Base64Error::TrailingData),
            Some(Failure::Sink(kind)) => Err(Base64Error::Io(kind.into())),
        }
    }

    fn push_inner(
        &mut self,
        mut text: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Base64Error> {
        while !text.is_empty() {
            if self.ended || self.padding > 0 || self.grouped > 0 || text.len() < 16 {
                // Close an open group first, so that blocks start on a border.
                text = self.careful_group(text, sink)?;
                continue;
            }
            let (block, rest) = text.split_at_checked(DECODE_TEXT).unwrap_or((text, &[]));
            // Padding and white space at the end are left to the careful path, so that the
            // last block of a text is not lost to it as a whole.
            let (bulk, tail) = split_tail(block);
            if !self.fast(bulk, sink)? {
                self.careful(bulk, sink)?;
            }
            self.careful(tail, sink)?;
            text = rest;
        }
        Ok(())
    }

    /// Decodes a block that starts on a group border. Returns false, with nothing changed,
    /// when the block holds something that must be looked at one by one.
    fn fast(
        &mut self,
        block: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Base64Error> {
        if self.decoded.is_empty() {
            self.decoded.resize(DECODE_BYTES, 0);
        }
        let whole = block.len() - block.len() % 4;
        if !self.spaced {
            let (groups, rest) = block.split_at_checked(whole).unwrap_or((block, &[]));
            if let Ok(bytes) = STANDARD_NO_PAD.decode(groups, Out::from_slice(&mut self.decoded)) {
                if !bytes.is_empty() {
                    sink(bytes).map_err(Base64Error::Io)?;
                }
                self.bytes += bytes.len() as u64;
                self.offset += groups.len() as u64;
                self.careful(rest, sink)?;
                return Ok(true);
            }
            self.spaced = true;
        }
        if self.stripped.is_empty() {
            self.stripped.resize(DECODE_TEXT, 0);
        }
        let length = strip(block, &mut self.stripped);
        self.spaced = length < block.len();
        let whole = length - length % 4;
        let groups = self.stripped.get(..whole).unwrap_or_default();
        let Ok(bytes) = STANDARD_NO_PAD.decode(groups, Out::from_slice(&mut self.decoded)) else {
            return Ok(false);
        };
        // The characters left over (at most three) are found again from the back of the
        // block, where their places are known.
        let rest = rest_of(block, length - whole);
        if !bytes.is_empty() {
            sink(bytes).map_err(Base64Error::Io)?;
        }
        self.bytes += bytes.len() as u64;
        self.offset += (block.len() - rest.len()) as u64;
        self.careful(rest, sink)?;
        Ok(true)
    }

    /// Decodes character by character until a group is closed; returns what is left.
    fn careful_group<'a>(
        &mut self,
        text: &'a [u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<&'a [u8], Base64Error> {
        let mut rest = text;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if self.take(*byte)? {
                self.emit_group(sink)?;
                break;
            }
        }
        Ok(rest)
    }

    /// Decodes character by character to the end, collecting bytes before passing them on.
    fn careful(
        &mut self,
        text: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Base64Error> {
        let mut gathered = [0_u8; 768];
        let mut count = 0;
        let mut result = Ok(());
        for byte in text {
            match self.take(*byte) {
                Ok(false) => {}
                Ok(true) => {
                    let (bytes, length) = self.close_group();
                    for (slot, byte) in gathered
                        .iter_mut()
                        .skip(count)
                        .zip(bytes.iter().take(length))
                    {
                        *slot = *byte;
                    }
                    count += length;
                    if count + 3 > gathered.len() {
                        self.pass_on(gathered.get(..count).unwrap_or_default(), sink)?;
                        count = 0;
                    }
                }
                Err(error) => {
                    // What was whole before the error is passed on as it would be if the
                    // text came in other pieces.
                    result = Err(error);
                    break;
                }
            }
        }
        if count > 0 {
            self.pass_on(gathered.get(..count).unwrap_or_default(), sink)?;
        }
        result
    }

    /// Takes one character; true when it closes a group.
    fn take(&mut self, byte: u8) -> Result<bool, Base64Error> {
        let offset = self.offset;
        self.offset += 1;
        if is_space(byte) {
            return Ok(false);
        }
        if self.ended {
            return Err(Base64Error::TrailingData);
        }
        if byte == b'=' {
            if self.grouped < 2 {
                return Err(Base64Error::Invalid { offset });
            }
            if self.padding == 0 {
                self.check_unused_bits()?;
            }
            self.padding += 1;
            self.ended = self.grouped + usize::from(self.padding) == 4;
            return Ok(self.ended);
        }
        let Some(value) = value_of(byte) else {
            return Err(Base64Error::Invalid { offset });
        };
        if self.padding > 0 {
            return Err(Base64Error::Invalid { offset });
        }
        if let Some(slot) = self.group.get_mut(self.grouped) {
            *slot = (value, offset);
        }
        self.grouped += 1;
        Ok(self.grouped == 4)
    }

    /// The last character of a short group may not set bits that belong to no byte: two
    /// texts would otherwise stand for the same content.
    fn check_unused_bits(&self) -> Result<(), Base64Error> {
        let [_, second, third, _] = self.group;
        let (unused, offset) = match self.grouped {
            2 => (second.0 & 0x0f, second.1),
            3 => (third.0 & 0x03, third.1),
            _ => return Ok(()),
        };
        if unused == 0 {
            Ok(())
        } else {
            Err(Base64Error::Invalid { offset })
        }
    }

    /// The bytes of the group and how many of the three count; the group is then empty.
    fn close_group(&mut self) -> ([u8; 3], usize) {
        let [a, b, c, d] = self.group.map(|(value, _)| u32::from(value));
        let word = match self.grouped {
            2 => a << 18 | b << 12,
            3 => a << 18 | b << 12 | c << 6,
            _ => a << 18 | b << 12 | c << 6 | d,
        };
        let [_, first, second, third] = word.to_be_bytes();
        let length = self.grouped.saturating_sub(1).min(3);
        self.grouped = 0;
        ([first, second, third], length)
    }

    fn emit_group(
        &mut self,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Base64Error> {
        let (bytes, length) = self.close_group();
        self.pass_on(bytes.get(..length).unwrap_or_default(), sink)
    }

    fn pass_on(
        &mut self,
        bytes: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Base64Error> {
        sink(bytes).map_err(Base64Error::Io)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

/// The characters by their values.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// White space as XML 1.0 defines it.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn value_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Splits off white space and the last group if it holds padding.
fn split_tail(block: &[u8]) -> (&[u8], &[u8]) {
    let mut end = block.len();
    while let Some(head) = block.get(..end)
        && let Some(last) = head.last()
        && (is_space(*last) || *last == b'=')
    {
        end -= 1;
    }
    block.split_at_checked(end).unwrap_or((block, &[]))
}

/// Copies `block` without white space to `out` and returns how much that is.
///
/// Tabs are only taken out next to other white space. One elsewhere makes the decoder
/// refuse the block, which then goes the careful way.
fn strip(block: &[u8], out: &mut [u8]) -> usize {
    let mut written = 0;
    let mut rest = block;
    while !rest.is_empty() {
        let line = memchr::memchr3(b'\n', b'\r', b' ', rest).unwrap_or(rest.len());
        let (kept, after) = rest.split_at_checked(line).unwrap_or((rest, &[]));
        if let Some(space) = out.get_mut(written..written + kept.len()) {
            space.copy_from_slice(kept);
            written += kept.len();
        }
        rest = after;
        while let Some((first, after)) = rest.split_first()
            && is_space(*first)
        {
            rest = after;
        }
    }
    written
}

/// The end of `block` from its `count`th last character that is no white space.
fn rest_of(block: &[u8], count: usize) -> &[u8] {
    let mut start = block.len();
    let mut missing = count;
    while missing > 0
        && start > 0
        && let Some(byte) = block.get(start - 1)
    {
        start -= 1;
        if !is_space(*byte) {
            missing -= 1;
        }
    }
    block.get(start..).unwrap_or_default()
}
