//! Digests: of bytes at hand, and of a stream on a core of its own.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use ring::digest::{Algorithm, Context, Digest, SHA256, digest};

/// Bytes digested on the caller's thread before a second one is worth its start.
const INLINE: u64 = 2 * 1024 * 1024;
/// Bytes handed over at once.
const BLOCK: usize = 256 * 1024;
/// Blocks on their way at most; the caller waits when there are more.
const QUEUE: usize = 4;

/// The SHA-256 of bytes at hand.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    array(&digest(&SHA256, bytes))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A finished SHA-256 as an array.
pub(crate) fn array(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    bytes
}

/// The digest of a stream. It is the slowest part of reading a packet, so a
/// long stream is digested on a thread of its own while the caller goes on;
/// memory stays constant.
pub(crate) struct Digesting {
    place: Place,
    seen: u64,
}

/// The SHA-256 of a stream.
pub(crate) struct Sha256(Digesting);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Sha256(Digesting::new(&SHA256))
    }

    /// How many bytes were taken.
    pub(crate) fn seen(&self) -> u64 {
        self.0.seen
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    ///
    /// # Errors
    /// As [`Digesting::finish`].
    pub(crate) fn finish(self) -> io::Result<[u8; 32]> {
        Ok(array(&self.0.finish()?))
    }
}

enum Place {
    Inline(Context),
    Aside(Aside),
}

struct Aside {
    thread: JoinHandle<Context>,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    block: Vec<u8>,
}

impl Digesting {
    pub(crate) fn new(algorithm: &'static Algorithm) -> Self {
        Digesting {
            place: Place::Inline(Context::new(algorithm)),
            seen: 0,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        match &mut self.place {
            Place::Aside(aside) => aside.take(bytes),
            Place::Inline(context) => {
                context.update(bytes);
                if self.seen >= INLINE
                    && let Some(aside) = Aside::start(context)
                {
                    self.place = Place::Aside(aside);
                }
            }
        }
    }

    /// The digest.
    ///
    /// # Errors
    /// Where the second thread is lost, which only a fault of this library or
    /// of the machine can bring about.
    pub(crate) fn finish(self) -> io::Result<Digest> {
        match self.place {
            Place::Inline(context) => Ok(context.finish()),
            Place::Aside(aside) => aside.finish(),
        }
    }
}

impl Aside {
    /// `None` where no thread can be had: then the work stays where it is.
    fn start(context: &Context) -> Option<Self> {
        let (full, blocks) = sync_channel::<Vec<u8>>(QUEUE);
        let (back, empty): (Sender<Vec<u8>>, _) = channel();
        let mut context = context.clone();
        let thread = thread::Builder::new()
            .name("lienthong-digest".to_owned())
            .spawn(move || {
                for block in blocks {
                    context.update(&block);
                    // Nobody takes it any more when the stream has ended.
                    let _ = back.send(block);
                }
                context
            })
            .ok()?;
        Some(Aside {
            thread,
            full,
            empty,
            block: Vec::with_capacity(BLOCK),
        })
    }

    fn take(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK {
            let mut next = self.empty.try_recv().unwrap_or_default();
            next.clear();
            let block = std::mem::replace(&mut self.block, next);
            // A lost thread shows when it is joined.
            let _ = self.full.send(block);
        }
    }

    fn finish(self) -> io::Result<Digest> {
        let _ = self.full.send(self.block);
        drop(self.full);
        match self.thread.join() {
            Ok(context) => Ok(context.finish()),
            Err(_) => Err(io::Error::other("the digest's thread was lost")),
        }
    }
}

/// Takes the digest of what somebody else reads.
#[derive(Clone)]
pub(crate) struct Witness(Arc<Mutex<Option<Sha256>>>);

impl Witness {
    pub(crate) fn new() -> Self {
        Witness(Arc::new(Mutex::new(Some(Sha256::new()))))
    }

    /// The same bytes, seen by the witness as they are read.
    pub(crate) fn watch(&self, read: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Watched {
            read,
            witness: self.clone(),
        })
    }

    /// How many bytes were read, and their SHA-256.
    ///
    /// # Errors
    /// As [`Sha256::finish`].
    pub(crate) fn finish(&self) -> io::Result<(u64, [u8; 32])> {
        let digest = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(|| io::Error::other("the digest was taken already"))?;
        Ok((digest.seen(), digest.finish()?))
    }
}

struct Watched {
    read: Box<dyn Read + Send>,
    witness: Witness,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read.read(buffer)?;
        let mut digest = self
            .witness
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let (Some(digest), Some(bytes)) = (digest.as_mut(), buffer.get(..count)) {
            digest.update(bytes);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_the_digest_of_its_bytes_whatever_its_length_and_pieces() {
        for length in [
            0,
            1,
            INLINE as usize - 1,
            INLINE as usize,
            5 * BLOCK + 7,
            4_000_001,
        ] {
            let bytes: Vec<u8> = (0..length).map(|index| ((index * 31) >> 3) as u8).collect();
            for piece in [1_000, 48 * 1024, 300_000] {
                let mut stream = Sha256::new();
                bytes.chunks(piece).for_each(|chunk| stream.update(chunk));
                assert_eq!(stream.seen(), length as u64);
                assert_eq!(
                    stream.finish().unwrap(),
                    sha256(&bytes),
                    "{length} by {piece}"
                );
            }
        }
    }

    #[test]
    fn a_stream_that_is_given_up_ends_its_thread() {
        let mut stream = Sha256::new();
        stream.update(&vec![7; 2 * INLINE as usize]);
        let Place::Aside(aside) = stream.0.place else {
            panic!("a long stream is digested aside");
        };
        let Aside { thread, full, .. } = aside;
        drop(full);
        thread.join().unwrap();
    }
}
