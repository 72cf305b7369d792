//! The body of a request: bytes at hand, or a packet that its caller reads piece
//! by piece on the caller's own thread. The length is known in either case.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc::UnboundedReceiver;

use super::exchange::{Event, State};

/// Pieces asked for before the first of them is there.
const AHEAD: usize = 2;

pub(super) enum RequestBody {
    /// Bytes at hand; `None` when they were given out.
    Fixed(Option<Bytes>),
    Fed(Fed),
}

/// A packet that is handed over piece by piece.
pub(super) struct Fed {
    /// Bytes that are still to come.
    left: u64,
    /// Pieces asked for and not here yet.
    asked: usize,
    pieces: UnboundedReceiver<Bytes>,
    events: Sender<Event>,
    state: Arc<State>,
}

impl Fed {
    pub(super) fn new(
        length: u64,
        pieces: UnboundedReceiver<Bytes>,
        events: Sender<Event>,
        state: Arc<State>,
    ) -> Self {
        Fed {
            left: length,
            asked: 0,
            pieces,
            events,
            state,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        while self.asked < AHEAD {
            self.asked += 1;
            // Where nobody listens any more, the pieces' end shows it below.
            let _ = self.events.send(Event::Want);
        }
        // While the caller reads its source, the connection stands still
        // through no fault of the axis.
        self.state.set_waiting(true);
        let piece = ready!(self.pieces.poll_recv(cx));
        self.state.set_waiting(false);
        self.asked = self.asked.saturating_sub(1);
        let piece = piece.filter(|piece| !piece.is_empty() && piece.len() as u64 <= self.left);
        let Some(piece) = piece else {
            let error = io::Error::other("the packet was given up by its source");
            return Poll::Ready(Some(Err(error)));
        };
        self.left -= piece.len() as u64;
        if self.left == 0 {
            self.state.set_whole();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            RequestBody::Fed(fed) => fed.poll(cx),
            RequestBody::Fixed(bytes) => {
                let bytes = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            RequestBody::Fed(fed) => fed.left == 0,
            RequestBody::Fixed(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            RequestBody::Fed(fed) => fed.left,
            RequestBody::Fixed(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
        })
    }
}
