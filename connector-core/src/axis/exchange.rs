//! One exchange with the axis as its caller sees it. The caller's thread reads
//! the packet and takes the answer; the I/O thread moves bytes. Between them go
//! events one way, and pieces and credits the other, none of which needs a
//! runtime on the caller's side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use hyper::body::Bytes;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use super::failure::{Cause, Failure, Stage};
use crate::error::Error;

/// Pieces of an answer on their way to the caller at most.
pub(super) const CREDITS: usize = 4;

/// What the I/O thread tells the caller.
pub(super) enum Event {
    /// The request has room for one more piece of the packet.
    Want,
    Head(Head),
    Piece(Bytes),
    End,
    Failed(Failure),
}

/// The head of an answer, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// A page for people, hence nothing an axis answers.
    pub(super) html: bool,
    /// Compressed, which was not asked for.
    pub(super) encoded: bool,
    /// Whether an answer that was cut off can be told from a whole one.
    pub(super) bounded: bool,
    /// Whether the request had been handed over whole when the answer came.
    pub(super) after_whole: bool,
    /// The axis's clock, in seconds since 1970.
    pub(super) date: Option<i64>,
}

/// How far the exchange has come; written by the I/O thread.
#[derive(Default)]
pub(super) struct State {
    connected: AtomicBool,
    whole: AtomicBool,
    waiting: AtomicBool,
}

impl State {
    pub(super) fn set_connected(&self) {
        self.connected.store(true, Ordering::Release);
    }

    /// The last byte of the body is out of our hands.
    pub(super) fn set_whole(&self) {
        self.whole.store(true, Ordering::Release);
    }

    pub(super) fn whole(&self) -> bool {
        self.whole.load(Ordering::Acquire)
    }

    /// Whether the caller is being waited for.
    pub(super) fn set_waiting(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::Release);
    }

    pub(super) fn waiting(&self) -> bool {
        self.waiting.load(Ordering::Acquire)
    }

    pub(super) fn stage(&self) -> Stage {
        if !self.connected.load(Ordering::Acquire) {
            Stage::Connecting
        } else if self.whole() {
            Stage::Sent
        } else {
            Stage::Sending
        }
    }
}

/// Gives the next piece of a packet, on the caller's thread. `None` is its end.
pub(super) type Source<'s> = dyn FnMut() -> Result<Option<Bytes>, Error> + 's;

/// Why an exchange gave no answer.
pub(super) enum Stop {
    Failure(Failure),
    /// The packet's source failed before the packet was sent whole.
    Source(Error),
}

/// The caller's end of an exchange. Dropped before its end, it cancels.
pub(super) struct Exchange {
    pub(super) events: Receiver<Event>,
    /// Held to the end: a packet without its end breaks the connection, and an
    /// answer that came early would be lost with it.
    pub(super) pieces: Option<UnboundedSender<Bytes>>,
    pub(super) credits: Arc<Semaphore>,
    pub(super) state: Arc<State>,
    pub(super) task: AbortHandle,
    /// The answer was taken to its end.
    pub(super) ended: bool,
}

impl Exchange {
    /// Feeds the packet until the head of the answer is there.
    pub(super) fn head(&mut self, source: Option<&mut Source<'_>>) -> Result<Head, Stop> {
        let mut source = source;
        loop {
            match self.events.recv() {
                Ok(Event::Head(head)) => return Ok(head),
                Ok(Event::Failed(failure)) => return Err(Stop::Failure(failure)),
                Ok(Event::Want) => {
                    let Some(read) = source.as_mut() else {
                        continue;
                    };
                    match read().map_err(Stop::Source)? {
                        // A lost receiver shows as the next event.
                        Some(piece) => _ = self.pieces.as_ref().map(|to| to.send(piece)),
                        None => source = None,
                    }
                }
                Ok(Event::Piece(_) | Event::End) => {}
                Err(_) => return Err(Stop::Failure(self.closed())),
            }
        }
    }

    /// The next piece of the answer; `None` at its end.
    pub(super) fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        while !self.ended {
            match self.events.recv() {
                Ok(Event::Piece(piece)) => {
                    self.credits.add_permits(1);
                    return Ok(Some(piece));
                }
                Ok(Event::End) => self.ended = true,
                Ok(Event::Failed(failure)) => return Err(failure),
                Ok(Event::Want | Event::Head(_)) => {}
                Err(_) => return Err(self.closed()),
            }
        }
        Ok(None)
    }

    /// The I/O thread let go of the exchange.
    fn closed(&self) -> Failure {
        Failure {
            stage: self.state.stage(),
            cause: Cause::Closed,
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.task.abort();
    }
}
