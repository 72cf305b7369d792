//! Follows bytes that may be a one-entry ZIP, without ever holding the file.
//!
//! The bytes come in one pass, so the entry is unpacked before the central directory has been
//! seen. What was unpacked only counts when everything behind it agrees, see [`Unzipped`].

use std::io;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::format::{
    ARCHIVE_EXTRA, CENTRAL, CENTRAL_LENGTH, CentralRecord, DEFLATED, DESCRIPTOR, END, END_LENGTH,
    END_ZIP64, FLAG_DESCRIPTOR, FLAG_PATCH, FLAG_UTF8, FLAGS_ENCRYPTED, IN_ZIP64, LOCAL,
    LOCAL_LENGTH, LocalHeader, STORED, has_zip64, u16_at, u32_at,
};
use super::verdict::{Refusal, UnzipLimits, Unzipped, ZipFault};

/// Unpacked bytes handed over at once.
const OUTPUT_BLOCK: usize = 64 * 1024;

/// The ratio is judged after every so many packed bytes, counted from the start of the data,
/// so that the verdict does not hang on how the bytes were cut into pieces. Deflate makes at
/// most 1032 bytes of one, so about 4 MiB can pass between two judgements.
const RATIO_STEP: u64 = 4096;

/// Below this many unpacked bytes the ratio does not matter: a white scan or a list of
/// blanks packs very well, and this much harms nobody.
const RATIO_FREE: u64 = 16 * 1024 * 1024;

/// Why following the bytes stops.
enum Stop {
    Verdict(Unzipped),
    Sink(io::Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Verdict(Unzipped::Refused(refusal))
    }
}

impl From<ZipFault> for Stop {
    fn from(fault: ZipFault) -> Self {
        Self::Verdict(Unzipped::Corrupt(fault))
    }
}

/// What the next bytes belong to. Stages with a record gather it whole before looking at it.
#[derive(Debug, Clone, Copy)]
enum Stage {
    LocalHeader,
    LocalTail,
    Stored,
    Deflated,
    Descriptor,
    /// The signature after the entry.
    AfterEntry,
    CentralRecord,
    CentralTail,
    /// The signature after the only central record.
    AfterCentral,
    EndRecord,
    Comment,
    Done,
}

/// What was unpacked so far.
struct Tally {
    limits: UnzipLimits,
    crc: Crc,
    size: u64,
}

/// The unpacker and its output, made when a deflated entry is met.
struct Inflater {
    stream: Decompress,
    output: Vec<u8>,
}

/// Follows the bytes of a possible one-entry ZIP.
///
/// Push all bytes of an attachment through it in order, in pieces of any size; the verdict
/// does not depend on the cuts. The memory used is below 300 KiB whatever the archive holds.
/// Once the verdict is settled to anything but [`Unzipped::Single`], further pushes return at
/// once and hand nothing over.
pub struct Unzip {
    stage: Stage,
    verdict: Option<Unzipped>,
    tally: Tally,
    /// The record being gathered.
    record: Vec<u8>,
    local: LocalHeader,
    name: Vec<u8>,
    central: CentralRecord,
    /// Packed bytes of the entry seen so far.
    packed: u64,
    /// Length of everything before the central directory.
    directory_start: u64,
    inflater: Option<Inflater>,
}

impl std::fmt::Debug for Unzip {
    /// Leaves names and buffers out: they are packet content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unzip")
            .field("stage", &self.stage)
            .field("verdict", &self.verdict.as_ref().map(Unzipped::name))
            .finish_non_exhaustive()
    }
}

impl Unzip {
    /// At the first byte.
    #[must_use]
    pub fn new(limits: UnzipLimits) -> Self {
        Self {
            stage: Stage::LocalHeader,
            verdict: None,
            tally: Tally {
                limits,
                crc: Crc::new(),
                size: 0,
            },
            record: Vec::new(),
            local: LocalHeader::read(&[]),
            name: Vec::new(),
            central: CentralRecord::read(&[]),
            packed: 0,
            directory_start: 0,
            inflater: None,
        }
    }

    /// Follows the next bytes and hands unpacked bytes of the entry to `entry`.
    ///
    /// # Errors
    /// Only what `entry` answers. Faults of the archive are told by [`Unzip::finish`].
    pub fn push(
        &mut self,
        bytes: &[u8],
        entry: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut rest = bytes;
        while self.verdict.is_none() {
            match self.step(&mut rest, entry) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Stop::Verdict(verdict)) => self.settle(verdict),
                Err(Stop::Sink(error)) => {
                    self.settle(Unzipped::Corrupt(ZipFault::Abandoned));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Whether the verdict stands and is not [`Unzipped::Single`], so that no further byte
    /// of the entry will come. What was handed over can be thrown away already.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.verdict.is_some()
    }

    /// Ends the bytes and says what they were.
    #[must_use]
    pub fn finish(self) -> Unzipped {
        if let Some(verdict) = self.verdict {
            return verdict;
        }
        match self.stage {
            Stage::Done => Unzipped::Single {
                entry_name: decode_name(&self.name),
                size: self.tally.size,
                packed_size: self.packed,
                crc32: self.tally.crc.sum(),
            },
            Stage::LocalHeader if self.record.len() < LOCAL.len() => Unzipped::NotZip,
            _ => Unzipped::Corrupt(ZipFault::Truncated),
        }
    }

    /// Keeps the verdict and lets go of everything else that takes room.
    fn settle(&mut self, verdict: Unzipped) {
        self.verdict = Some(verdict);
        self.inflater = None;
        self.record = Vec::new();
        self.name = Vec::new();
    }

    /// Does one step; false when it takes more bytes to go on.
    fn step(
        &mut self,
        rest: &mut &[u8],
        entry: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Stop> {
        match self.stage {
            Stage::LocalHeader => self.local_header(rest),
            Stage::LocalTail => self.local_tail(rest),
            Stage::Stored => self.stored(rest, entry),
            Stage::Deflated => self.deflated(rest, entry),
            Stage::Descriptor => self.descriptor(rest),
            Stage::AfterEntry => self.after_entry(rest),
            Stage::CentralRecord => self.central_record(rest),
            Stage::CentralTail => self.central_tail(rest),
            Stage::AfterCentral => self.after_central(rest),
            Stage::EndRecord => self.end_record(rest),
            Stage::Comment => self.comment(rest),
            Stage::Done if rest.is_empty() => Ok(false),
            Stage::Done => Err(ZipFault::TrailingData.into()),
        }
    }

    /// Fills the record up to `length`; false when the bytes do not suffice.
    fn gather(&mut self, rest: &mut &[u8], length: usize) -> bool {
        let missing = length.saturating_sub(self.record.len());
        let (taken, after) = rest.split_at_checked(missing).unwrap_or((rest, &[]));
        self.record.extend_from_slice(taken);
        *rest = after;
        self.record.len() >= length
    }

    /// Goes to a stage with a new record.
    fn enter(&mut self, stage: Stage) -> Result<bool, Stop> {
        self.record.clear();
        self.stage = stage;
        Ok(true)
    }

    fn local_header(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, LOCAL.len()) {
            return Ok(false);
        }
        if !self.record.starts_with(&LOCAL) {
            return Err(Stop::Verdict(Unzipped::NotZip));
        }
        if !self.gather(rest, LOCAL_LENGTH) {
            return Ok(false);
        }
        self.local = LocalHeader::read(&self.record);
        let local = &self.local;
        if local.flags & FLAGS_ENCRYPTED != 0 {
            return Err(Refusal::Encrypted.into());
        }
        let streamed = local.flags & FLAG_DESCRIPTOR != 0;
        let supported = match local.method {
            // Where the data of such an entry ends can only be guessed.
            STORED => !streamed,
            DEFLATED => true,
            _ => false,
        };
        let zip64 = local.packed == IN_ZIP64 || local.size == IN_ZIP64;
        if !supported || zip64 || local.flags & FLAG_PATCH != 0 {
            return Err(Refusal::Unsupported.into());
        }
        self.enter(Stage::LocalTail)
    }

    fn local_tail(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        let local = self.local;
        if !self.gather(rest, local.name_length + local.extra_length) {
            return Ok(false);
        }
        let (name, extra) = self
            .record
            .split_at_checked(local.name_length)
            .unwrap_or_default();
        if has_zip64(extra) {
            return Err(Refusal::Unsupported.into());
        }
        if name.ends_with(b"/") {
            return Err(Refusal::NotAFile.into());
        }
        if !is_plain_name(&decode_name(name)) {
            return Err(Refusal::UnsafeName.into());
        }
        if u64::from(local.size) > self.tally.limits.max_size {
            return Err(Refusal::TooLarge.into());
        }
        self.name = name.to_vec();
        self.directory_start = (LOCAL_LENGTH + self.record.len()) as u64;
        if local.method == DEFLATED {
            self.inflater = Some(Inflater {
                stream: Decompress::new(false),
                output: vec![0; OUTPUT_BLOCK],
            });
            return self.enter(Stage::Deflated);
        }
        if local.packed != local.size {
            return Err(ZipFault::Size.into());
        }
        self.enter(Stage::Stored)
    }

    fn stored(
        &mut self,
        rest: &mut &[u8],
        entry: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Stop> {
        let left = u64::from(self.local.packed) - self.packed;
        let (data, after) = split_at_most(rest, left);
        *rest = after;
        self.packed += data.len() as u64;
        self.tally.hand_over(data, entry)?;
        if self.packed < u64::from(self.local.packed) {
            return Ok(false);
        }
        self.end_of_data()
    }

    fn deflated(
        &mut self,
        rest: &mut &[u8],
        entry: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Stop> {
        let Some(inflater) = &mut self.inflater else {
            return Err(ZipFault::Deflate.into());
        };
        // A descriptor's entry may still announce its size, but zero stands for unknown.
        let announced = match (self.local.flags & FLAG_DESCRIPTOR, self.local.packed) {
            (FLAG_DESCRIPTOR, 0) => u64::MAX,
            (_, packed) => u64::from(packed),
        };
        while !rest.is_empty() {
            let until_check = RATIO_STEP - self.packed % RATIO_STEP;
            let left = announced.saturating_sub(self.packed);
            if left == 0 {
                return Err(ZipFault::Deflate.into());
            }
            let (mut input, after) = split_at_most(rest, left.min(until_check));
            let ended = loop {
                let consumed_before = inflater.stream.total_in();
                let produced_before = inflater.stream.total_out();
                let status =
                    inflater
                        .stream
                        .decompress(input, &mut inflater.output, FlushDecompress::None);
                let consumed = inflater.stream.total_in() - consumed_before;
                let produced = inflater.stream.total_out() - produced_before;
                self.packed += consumed;
                input = split_at_most(input, consumed).1;
                let (data, _) = split_at_most(&inflater.output, produced);
                let output_full = data.len() == inflater.output.len();
                self.tally.hand_over(data, entry)?;
                match status {
                    Ok(Status::StreamEnd) => break true,
                    Ok(_) if input.is_empty() && !output_full => break false,
                    Ok(_) if consumed > 0 || produced > 0 => {}
                    // Standing still with input left, or no deflate stream.
                    Ok(_) | Err(_) => return Err(ZipFault::Deflate.into()),
                }
            };
            // What the unpacker left over belongs to what follows the data.
            let used = rest.len() - after.len() - input.len();
            *rest = rest.get(used..).unwrap_or_default();
            if ended || self.packed.is_multiple_of(RATIO_STEP) {
                self.tally.judge_ratio(self.packed)?;
            }
            if ended {
                return self.end_of_data();
            }
        }
        Ok(false)
    }

    /// Compares the data with the local header.
    fn end_of_data(&mut self) -> Result<bool, Stop> {
        self.inflater = None;
        let local = self.local;
        let streamed = local.flags & FLAG_DESCRIPTOR != 0;
        // With a descriptor these fields are zero, but some writers fill them all the same.
        let agrees = |announced: u32, seen: u64| {
            u64::from(announced) == seen || (streamed && announced == 0)
        };
        if !agrees(local.packed, self.packed) {
            return Err(ZipFault::Deflate.into());
        }
        if !agrees(local.size, self.tally.size) {
            return Err(ZipFault::Size.into());
        }
        if !agrees(local.crc, u64::from(self.tally.crc.sum())) {
            return Err(ZipFault::Checksum.into());
        }
        self.directory_start += self.packed;
        self.enter(if streamed {
            Stage::Descriptor
        } else {
            Stage::AfterEntry
        })
    }

    /// The data descriptor: checksum and sizes, with or without a signature in front.
    fn descriptor(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        // Sixteen bytes are there in either case, since a directory must follow.
        const WITH_SIGNATURE: usize = 16;
        if !self.gather(rest, WITH_SIGNATURE) {
            return Ok(false);
        }
        let fits = |at: usize| {
            u32_at(&self.record, at) == self.tally.crc.sum()
                && u64::from(u32_at(&self.record, at + 4)) == self.packed
                && u64::from(u32_at(&self.record, at + 8)) == self.tally.size
        };
        let length = if self.record.starts_with(&DESCRIPTOR) && fits(4) {
            WITH_SIGNATURE
        } else if fits(0) {
            WITH_SIGNATURE - DESCRIPTOR.len()
        } else {
            return Err(ZipFault::Descriptor.into());
        };
        self.directory_start += length as u64;
        // Bytes beyond a short descriptor are the start of the next record.
        self.record.drain(..length);
        self.stage = Stage::AfterEntry;
        Ok(true)
    }

    fn after_entry(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, CENTRAL.len()) {
            return Ok(false);
        }
        match <[u8; 4]>::try_from(self.record.as_slice()) {
            Ok(CENTRAL) => {
                self.stage = Stage::CentralRecord;
                Ok(true)
            }
            Ok(LOCAL) => Err(Stop::Verdict(Unzipped::Several)),
            Ok(ARCHIVE_EXTRA) => Err(Refusal::Unsupported.into()),
            _ => Err(ZipFault::Directory.into()),
        }
    }

    fn central_record(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, CENTRAL_LENGTH) {
            return Ok(false);
        }
        self.central = CentralRecord::read(&self.record);
        let central = &self.central;
        // Which flags matter: how the data is to be read, and how the name is.
        const FLAGS: u16 = FLAGS_ENCRYPTED | FLAG_PATCH | FLAG_UTF8;
        if [central.packed, central.size, central.offset].contains(&IN_ZIP64) {
            return Err(Refusal::Unsupported.into());
        }
        if (central.flags ^ self.local.flags) & FLAGS != 0
            || central.method != self.local.method
            || central.crc != self.tally.crc.sum()
            || u64::from(central.packed) != self.packed
            || u64::from(central.size) != self.tally.size
            || central.name_length != self.local.name_length
            || central.disk != 0
            || central.offset != 0
        {
            return Err(ZipFault::Mismatch.into());
        }
        if central.is_no_file() {
            return Err(Refusal::NotAFile.into());
        }
        self.enter(Stage::CentralTail)
    }

    fn central_tail(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, self.central.tail_length) {
            return Ok(false);
        }
        if !self.record.starts_with(&self.name) {
            return Err(ZipFault::Mismatch.into());
        }
        self.enter(Stage::AfterCentral)
    }

    fn after_central(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, END.len()) {
            return Ok(false);
        }
        match <[u8; 4]>::try_from(self.record.as_slice()) {
            Ok(END) => {
                self.stage = Stage::EndRecord;
                Ok(true)
            }
            Ok(END_ZIP64) => Err(Refusal::Unsupported.into()),
            _ => Err(ZipFault::Directory.into()),
        }
    }

    fn end_record(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        if !self.gather(rest, END_LENGTH) {
            return Ok(false);
        }
        let record = &self.record;
        let directory_length = CENTRAL_LENGTH + self.central.tail_length;
        let agrees = u16_at(record, 4) == 0
            && u16_at(record, 6) == 0
            && u16_at(record, 8) == 1
            && u16_at(record, 10) == 1
            && u64::from(u32_at(record, 12)) == directory_length as u64
            && u64::from(u32_at(record, 16)) == self.directory_start;
        if !agrees {
            return Err(ZipFault::EndRecord.into());
        }
        self.stage = Stage::Comment;
        Ok(true)
    }

    fn comment(&mut self, rest: &mut &[u8]) -> Result<bool, Stop> {
        let length = usize::from(u16_at(&self.record, 20));
        if !self.gather(rest, END_LENGTH + length) {
            return Ok(false);
        }
        // Programs look for the end record from the back. One inside the comment would show
        // them another archive than we saw.
        let comment = self.record.get(END_LENGTH..).unwrap_or_default();
        if memchr::memmem::find(comment, &END).is_some() {
            return Err(ZipFault::EndRecord.into());
        }
        self.enter(Stage::Done)
    }
}

impl Tally {
    /// Counts unpacked bytes and passes them on, never more than the limit.
    fn hand_over(
        &mut self,
        data: &[u8],
        entry: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Stop> {
        let (taken, beyond) = split_at_most(data, self.limits.max_size - self.size);
        if !taken.is_empty() {
            self.crc.update(taken);
            self.size += taken.len() as u64;
            entry(taken).map_err(Stop::Sink)?;
        }
        if beyond.is_empty() {
            Ok(())
        } else {
            Err(Refusal::TooLarge.into())
        }
    }

    fn judge_ratio(&self, packed: u64) -> Result<(), Stop> {
        let allowed = packed.saturating_mul(self.limits.max_ratio);
        if self.size > RATIO_FREE && self.size > allowed {
            return Err(Refusal::Ratio.into());
        }
        Ok(())
    }
}

/// The first `count` bytes and the rest, or all of them and nothing.
fn split_at_most(bytes: &[u8], count: u64) -> (&[u8], &[u8]) {
    usize::try_from(count)
        .ok()
        .and_then(|count| bytes.split_at_checked(count))
        .unwrap_or((bytes, &[]))
}

/// The name as text. Many writers put UTF-8 without saying so, hence the flag is not asked.
fn decode_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// One part of a path, on every system: no separator, no drive, nothing unseen.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && !name
            .chars()
            .any(|c| matches!(c, '/' | '\\' | ':') || c.is_control())
}
