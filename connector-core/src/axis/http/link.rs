//! A connection's bytes between tokio and hyper, and when the last of them moved.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Bytes read at once.
const BLOCK: usize = 32 * 1024;

/// A connection, encrypted or not.
pub(in crate::axis) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A socket that is written to in single pieces. The system's call for several at once
/// (`writev`) cannot be told to raise no SIGPIPE, which ends a host in C, C++ or PHP where the axis
/// closes first; single pieces go by `send`, which can, and is.
pub(super) struct Piecewise(pub(super) TcpStream);

impl AsyncRead for Piecewise {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, to)
    }
}

impl AsyncWrite for Piecewise {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// When a byte last moved, in either direction.
pub(in crate::axis) struct Progress {
    start: Instant,
    /// Milliseconds after `start`.
    last: AtomicU64,
}

impl Progress {
    pub(in crate::axis) fn new() -> Self {
        Progress {
            start: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    pub(in crate::axis) fn touch(&self) {
        let passed = self.start.elapsed().as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.last.store(passed, Ordering::Relaxed);
    }

    pub(in crate::axis) fn last(&self) -> Instant {
        self.start + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }
}

/// What hyper reads from and writes to.
pub(in crate::axis) struct Link {
    stream: Box<dyn Stream>,
    progress: Arc<Progress>,
    /// hyper's own buffer can only be filled by copying, without `unsafe`.
    block: Box<[u8]>,
}

impl Link {
    pub(in crate::axis) fn new(stream: Box<dyn Stream>, progress: Arc<Progress>) -> Self {
        Link {
            stream,
            progress,
            block: vec![0; BLOCK].into_boxed_slice(),
        }
    }

    /// Where the far side ended TLS, writing only says that nobody reads; why
    /// lies unread on the connection.
    fn reason(&mut self, cx: &mut Context<'_>, error: io::Error) -> io::Error {
        let mut from = ReadBuf::new(&mut self.block);
        match Pin::new(&mut self.stream).poll_read(cx, &mut from) {
            Poll::Ready(Err(reason))
                if reason
                    .get_ref()
                    .is_some_and(|reason| reason.is::<rustls::Error>()) =>
            {
                reason
            }
            _ => error,
        }
    }

    fn moved(&self, count: usize) {
        if count > 0 {
            self.progress.touch();
        }
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut to: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let link = &mut *self;
        let room = to.remaining().min(link.block.len());
        let mut from = ReadBuf::new(link.block.get_mut(..room).unwrap_or_default());
        ready!(Pin::new(&mut link.stream).poll_read(cx, &mut from))?;
        let count = from.filled().len();
        to.put_slice(from.filled());
        link.moved(count);
        Poll::Ready(Ok(()))
    }
}

impl Write for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        let count = written.map_err(|error| self.reason(cx, error))?;
        self.moved(count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        blocks: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, blocks));
        let count = written.map_err(|error| self.reason(cx, error))?;
        self.moved(count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(cx));
        Poll::Ready(flushed.map_err(|error| self.reason(cx, error)))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
