//! Fetching revocation data over plain HTTP.

use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode, header};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::http::link::{Link, Progress};
use crate::config::Config;
use crate::signature::trust::{Fetch, FetchRequest, HttpAddress};

/// The head of an answer is no longer.
const BUFFER: usize = 64 * 1024;

/// Fetches revocation data, each time on a thread and a connection of its own: it is rare, and
/// so it works from any thread, also inside a runtime of the host and after a fork. Redirects
/// are not followed and proxies not used.
#[derive(Clone, Debug)]
pub struct HttpFetch {
    total: Duration,
}

impl HttpFetch {
    /// Each fetch may take `total`.
    pub fn new(total: Duration) -> Self {
        HttpFetch { total }
    }

    /// By `signature.fetch_timeout`.
    pub fn from_config(config: &Config) -> Self {
        Self::new(Duration::from_millis(
            config.number("signature.fetch_timeout"),
        ))
    }
}

impl Fetch for HttpFetch {
    fn fetch(&self, request: FetchRequest<'_>) -> io::Result<Vec<u8>> {
        let total = self.total;
        let work = || {
            let runtime = Builder::new_current_thread()
                .enable_io()
                .enable_time()
                .build()?;
            let outcome = runtime.block_on(async {
                timeout(total, exchange(request))
                    .await
                    .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
            });
            // A name that is being looked up may end by itself.
            runtime.shutdown_background();
            outcome
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new()
                .name("lienthong-fetch".to_owned())
                .spawn_scoped(scope, work)?;
            thread
                .join()
                .unwrap_or_else(|_| Err(ErrorKind::Other.into()))
        })
    }
}

async fn exchange(asked: FetchRequest<'_>) -> io::Result<Vec<u8>> {
    let invalid = || io::Error::from(ErrorKind::InvalidInput);
    let address = HttpAddress::of(asked.url).ok_or_else(invalid)?;
    let tcp = TcpStream::connect((address.host, address.port)).await?;
    let link = Link::new(Box::new(tcp), Arc::new(Progress::new()));
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(BUFFER)
        .handshake::<_, Post>(link)
        .await
        .map_err(io::Error::other)?;
    let request = Request::builder()
        .uri(address.path)
        .header(header::HOST, address.authority)
        .header(header::CONNECTION, "close");
    let request = match asked.post {
        None => request.body(Post(None)),
        Some((media, body)) => request
            .method(Method::POST)
            .header(header::CONTENT_TYPE, media)
            .body(Post(Some(Bytes::copy_from_slice(body)))),
    };
    let request = request.map_err(io::Error::other)?;
    let driver = tokio::spawn(async move { _ = connection.await });
    let answer = sender
        .send_request(request)
        .await
        .map_err(io::Error::other)?;
    if answer.status() != StatusCode::OK {
        return Err(io::Error::other(format!(
            "status {}",
            answer.status().as_u16()
        )));
    }
    let mut body = pin!(answer.into_body());
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        if let Ok(piece) = frame.map_err(io::Error::other)?.into_data() {
            if piece.len() > asked.limit - bytes.len() {
                return Err(io::Error::other("longer than the limit"));
            }
            bytes.extend_from_slice(&piece);
        }
    }
    driver.abort();
    Ok(bytes)
}

/// A body at hand, or none.
struct Post(Option<Bytes>);

impl Body for Post {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
