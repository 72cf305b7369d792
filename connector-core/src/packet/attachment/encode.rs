//! Whole files as base64, at the speed at which they can be written.
//!
//! Two threads take turns: while one writes its block, the other reads and encodes the next
//! one. Each block is written by the core that made it, from its own cache; handing blocks
//! from an encoding to a writing thread was measured to cost a third of the gain.

use std::io::{self, Read, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use base64_simd::{Out, STANDARD};

use super::base64::read_full;

/// Text written at once. Writes of this size that also begin at a multiple of it cost a file
/// a third less than writes of 128 KiB that do not (measured).
const BLOCK: usize = 256 * 1024;
/// Text written at once while one thread works alone: memory that is touched for the first
/// time costs more than the encoding, so a small file gets small blocks.
const SMALL_BLOCK: usize = 64 * 1024;
/// Small blocks before a second thread is worth its start: 2 MiB of text.
const ALONE: u64 = 32;
/// Looks at whose turn it is before a thread lies down to sleep: waking one costs more than
/// a block.
const LOOKS: u32 = 1_000;

/// Encodes everything `source` holds into `out` and returns how many bytes were read: one
/// line without breaks, padded, standard alphabet (RFC 4648 section 4), which is what the
/// official builder writes (observed). Memory is constant.
///
/// # Errors
/// Whatever the reader or the writer answers; interrupted reads are tried again.
pub fn encode_reader(
    source: &mut (dyn Read + Send),
    out: &mut (dyn Write + Send),
) -> io::Result<u64> {
    let mut text = Vec::new();
    let read = encode_after(&mut text, source, out)?;
    out.write_all(&text)?;
    Ok(read)
}

/// As [`encode_reader`], behind text that was not written yet.
///
/// Whole blocks are written; what is left at the end is in `pending` again. So a caller that
/// writes through here alone, and the rest at its end, writes blocks that begin at multiples
/// of 64 KiB.
pub(crate) fn encode_after(
    pending: &mut Vec<u8>,
    source: &mut (dyn Read + Send),
    out: &mut (dyn Write + Send),
) -> io::Result<u64> {
    let mut blocks = Blocks {
        source,
        next: 0,
        text: SMALL_BLOCK - pending.len() % SMALL_BLOCK,
        size: SMALL_BLOCK,
        skip: 0,
        straddling: [0; 3],
        read: 0,
        ended: false,
    };
    let mut block = Block::default();
    while blocks.next < ALONE {
        if blocks.next + 1 == ALONE {
            blocks.size = BLOCK;
        }
        blocks.take(&mut block)?;
        if !pending.is_empty() || blocks.ended {
            pending.extend_from_slice(block.encode());
            if blocks.ended {
                return Ok(blocks.read);
            }
            out.write_all(pending)?;
            pending.clear();
        } else {
            out.write_all(block.encode())?;
        }
    }
    let turn = blocks.next;
    let turns = Turns {
        blocks: Mutex::new(blocks),
        writer: Mutex::new(Writer {
            out,
            turn,
            tail: Vec::new(),
            error: None,
            stopped: false,
        }),
        moved: Condvar::new(),
    };
    thread::scope(|scope| {
        // Where no thread can be had, one does all the work.
        let _ = thread::Builder::new().spawn_scoped(scope, || turns.work(&mut Block::default()));
        turns.work(&mut block);
    });
    let writer = turns
        .writer
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let blocks = turns
        .blocks
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    match writer.error {
        Some(error) => Err(error),
        None => {
            *pending = writer.tail;
            Ok(blocks.read)
        }
    }
}

/// The source, cut so that each block has exactly its text.
struct Blocks<'s> {
    source: &'s mut (dyn Read + Send),
    /// The number of the block that is read next.
    next: u64,
    /// Characters that block is to have.
    text: usize,
    /// Characters every later block is to have.
    size: usize,
    /// Characters of its first group of four that the block before it has.
    skip: usize,
    /// The three bytes of that group.
    straddling: [u8; 3],
    read: u64,
    ended: bool,
}

/// The bytes and the text of one block.
#[derive(Default)]
struct Block {
    number: u64,
    raw: Vec<u8>,
    filled: usize,
    skip: usize,
    text: Vec<u8>,
    /// Characters that belong to it; all there are in the last block.
    length: usize,
    last: bool,
}

impl Blocks<'_> {
    /// Reads the bytes of the next block.
    fn take(&mut self, block: &mut Block) -> io::Result<()> {
        let carried = if self.skip > 0 { 3 } else { 0 };
        let groups = (self.skip + self.text).div_ceil(4);
        if block.raw.len() < 3 * groups {
            // Made anew rather than made longer: zeros from the system cost nothing.
            block.raw = vec![0; 3 * groups];
        }
        let space = block.raw.get_mut(..3 * groups).unwrap_or_default();
        let (straddling, fresh) = space.split_at_mut_checked(carried).unwrap_or_default();
        straddling.copy_from_slice(self.straddling.get(..carried).unwrap_or_default());
        let filled = read_full(self.source, fresh)?;
        // A read that is not full means the end, so padding only ever comes last.
        self.ended = filled < fresh.len();
        self.read += filled as u64;
        block.number = self.next;
        block.filled = carried + filled;
        block.skip = self.skip;
        block.length = self.text;
        block.last = self.ended;
        self.next += 1;
        self.skip = (self.skip + self.text) % 4;
        self.text = self.size;
        if let Some(group) = space.last_chunk::<3>() {
            self.straddling = *group;
        }
        Ok(())
    }
}

impl Block {
    fn encode(&mut self) -> &[u8] {
        let raw = self.raw.get(..self.filled).unwrap_or_default();
        let length = raw.len().div_ceil(3) * 4;
        if self.text.len() < length {
            self.text = vec![0; length];
        }
        let text = self.text.get_mut(..length).unwrap_or_default();
        let text: &[u8] = STANDARD.encode(raw, Out::from_slice(text));
        let text = text.get(self.skip..).unwrap_or_default();
        if self.last {
            text
        } else {
            text.get(..self.length).unwrap_or_default()
        }
    }
}

struct Writer<'w> {
    out: &'w mut (dyn Write + Send),
    /// The number of the block that is written next.
    turn: u64,
    /// The text of the last block, which is not written here.
    tail: Vec<u8>,
    error: Option<io::Error>,
    /// Nothing more is to be written.
    stopped: bool,
}

struct Turns<'s, 'w> {
    blocks: Mutex<Blocks<'s>>,
    writer: Mutex<Writer<'w>>,
    moved: Condvar,
}

/// A lock that a panicking thread has left is as good as any: what it guards ends with an
/// error or with that panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'w> Turns<'_, 'w> {
    fn work(&self, block: &mut Block) {
        // A source or a writer that panics must not leave the other thread waiting.
        let _stop = StopOnPanic(self);
        loop {
            let taken = {
                let mut blocks = lock(&self.blocks);
                if blocks.ended {
                    return;
                }
                let taken = blocks.take(block);
                // After a failure nothing more is read.
                blocks.ended |= taken.is_err();
                taken
            };
            if let Err(error) = taken {
                self.stop(Some(error));
                return;
            }
            let (number, last) = (block.number, block.last);
            let text = block.encode();
            let Some(mut writer) = self.wait(number) else {
                return;
            };
            if last {
                writer.tail = text.to_vec();
            } else if let Err(error) = writer.out.write_all(text) {
                drop(writer);
                self.stop(Some(error));
                return;
            }
            writer.turn += 1;
            drop(writer);
            self.moved.notify_one();
        }
    }

    /// The writer when it is this block's turn; `None` where the work has stopped.
    fn wait(&self, number: u64) -> Option<MutexGuard<'_, Writer<'w>>> {
        for _ in 0..LOOKS {
            if let Ok(writer) = self.writer.try_lock() {
                if writer.stopped {
                    return None;
                }
                if writer.turn == number {
                    return Some(writer);
                }
            }
            thread::yield_now();
        }
        let mut writer = lock(&self.writer);
        while writer.turn != number && !writer.stopped {
            writer = self
                .moved
                .wait(writer)
                .unwrap_or_else(PoisonError::into_inner);
        }
        (!writer.stopped).then_some(writer)
    }

    fn stop(&self, error: Option<io::Error>) {
        lock(&self.blocks).ended = true;
        let mut writer = lock(&self.writer);
        writer.stopped = true;
        if writer.error.is_none() {
            writer.error = error;
        }
        drop(writer);
        self.moved.notify_all();
    }
}

struct StopOnPanic<'a, 's, 'w>(&'a Turns<'s, 'w>);

impl Drop for StopOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|index| ((index * 7) >> 2) as u8).collect()
    }

    /// Keeps what is written, and where each write began.
    #[derive(Default)]
    struct Seen(Vec<u8>, Vec<usize>);

    impl Write for Seen {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.1.push(self.0.len());
            self.0.extend_from_slice(buffer);
            Ok(buffer.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn text_is_that_of_the_whole_file_and_written_in_whole_blocks() {
        let block = BLOCK / 4 * 3;
        let alone = ALONE as usize * SMALL_BLOCK / 4 * 3;
        for prefix in [0, 1, 2, 3, 4, 2_501, BLOCK - 1, BLOCK, 2 * BLOCK + 5] {
            for length in [
                0,
                1,
                2,
                3,
                block - 3,
                block,
                block + 1,
                3 * block - 1,
                3 * block + 7,
                alone - 1,
                alone + 5 * block + 1,
            ] {
                let raw = bytes(length);
                let mut pending = vec![b'-'; prefix];
                let mut seen = Seen::default();
                let read = encode_after(&mut pending, &mut &raw[..], &mut seen).unwrap();
                assert_eq!(read, length as u64);
                assert!(pending.len() < prefix.max(BLOCK) + BLOCK + 4);
                assert!(
                    seen.1.iter().all(|start| start % SMALL_BLOCK == 0),
                    "{prefix} {length}"
                );
                seen.0.append(&mut pending);
                let mut expected = vec![b'-'; prefix];
                expected.extend(STANDARD.encode_to_string(&raw).bytes());
                assert!(seen.0 == expected, "{prefix} {length}");
            }
        }
    }

    #[test]
    fn a_source_that_fails_late_is_an_error() {
        struct Failing(usize);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if self.0 == 0 {
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
                let count = buffer.len().min(self.0);
                self.0 -= count;
                Ok(count)
            }
        }
        for length in [0, 100, BLOCK, 3 * BLOCK, 30 * BLOCK] {
            let error = encode_reader(&mut Failing(length), &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{length}");
        }
    }

    #[test]
    fn a_source_that_panics_does_not_hang_the_other_thread() {
        struct Panicking(usize);
        impl Read for Panicking {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                assert!(self.0 < 60, "made to panic");
                Ok(buffer.len())
            }
        }
        let result = std::panic::catch_unwind(|| {
            encode_reader(&mut Panicking(0), &mut Vec::new()).map(|_| ())
        });
        assert!(result.is_err());
    }
}
