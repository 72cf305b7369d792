//! A pipe between two threads of this process, with room for a few blocks.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Bytes handed over at once.
const BLOCK: usize = 64 * 1024;
/// Blocks on their way at most; the writer waits when there are more.
const QUEUE: usize = 4;

/// The two ends. The reader sees the end when the writer is dropped.
pub(super) fn pipe() -> (Reading, Writing) {
    let (full, blocks) = sync_channel(QUEUE);
    let (back, empty) = channel();
    let read = Reading {
        blocks,
        back,
        block: Vec::new(),
        at: 0,
    };
    let write = Writing {
        full,
        empty,
        block: Vec::new(),
    };
    (read, write)
}

/// The end to read from.
pub(super) struct Reading {
    blocks: Receiver<Vec<u8>>,
    back: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
}

impl Read for Reading {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.block.len() {
            let Ok(block) = self.blocks.recv() else {
                return Ok(0);
            };
            // Nobody takes it any more when the writer has ended.
            let _ = self.back.send(std::mem::replace(&mut self.block, block));
            self.at = 0;
        }
        let mut rest = self.block.get(self.at..).unwrap_or_default();
        let count = rest.read(space)?;
        self.at += count;
        Ok(count)
    }
}

/// The end to write to; what was written last goes out by `flush`.
pub(super) struct Writing {
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    block: Vec<u8>,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() >= BLOCK {
            self.flush()?;
        }
        let room = BLOCK.saturating_sub(self.block.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.block.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let mut next = self.empty.try_recv().unwrap_or_default();
        next.clear();
        let block = std::mem::replace(&mut self.block, next);
        self.full
            .send(block)
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
