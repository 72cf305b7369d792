//! HTTP/1.1 towards one axis, on an I/O thread of its own with a current-thread
//! runtime of its own. Callers block on plain channels, so they may be any
//! threads, those of another runtime included.
//!
//! hyper's connection is used as it is, without a client above it: an idle
//! time-out has to cover slow uploads too, and what was handed over when a
//! connection broke decides whether a packet may be sent again.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, Version};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::body::{Fed, RequestBody};
use super::date;
use super::exchange::{CREDITS, Event, Exchange, Head, Source, State, Stop};
use super::failure::{Cause, Failure, Stage};
use super::settings::{Limits, Target};
use super::tls::Tls;
use crate::error::{Error, ErrorKind, Result};

pub(super) mod link;
use link::{Link, Piecewise, Progress, Stream};

/// Bytes that hyper keeps of one connection; the head of an answer must fit.
const BUFFER: usize = 256 * 1024;

/// One request, headers complete but for `Host` and `Content-Length`.
pub(super) struct Outgoing {
    pub(super) get: bool,
    /// Below the base address.
    pub(super) path: &'static str,
    pub(super) headers: HeaderMap,
    pub(super) body: Payload,
    /// As in [`super::profile::Call`].
    pub(super) repeatable: bool,
}

pub(super) enum Payload {
    Fixed(Bytes),
    /// A packet of so many bytes.
    Packet(u64),
}

/// The I/O thread and the way to it.
pub(super) struct Http {
    handle: Handle,
    shared: Arc<Shared>,
    stop: Arc<Notify>,
    closed: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Threads do not survive a fork.
    process: u32,
}

struct Shared {
    target: Target,
    limits: Limits,
    tls: Option<Tls>,
    places: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that waits for the next call.
struct Idle {
    connection: Connection,
    until: Instant,
}

/// An open connection; dropped, it is closed at once.
struct Connection {
    sender: SendRequest<RequestBody>,
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// No code that holds these locks can panic, so a poisoned one is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Http {
    pub(super) fn start(target: Target, limits: Limits, tls: Option<Tls>) -> Result<Self> {
        let refused = |error| Error::new(ErrorKind::OutOfResources, "axis.open").because(error);
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(refused)?;
        let handle = runtime.handle().clone();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("lienthong-axis".to_owned())
            .spawn(move || {
                runtime.block_on(stopped.notified());
                // Drops every exchange; a name that is being looked up may end
                // by itself.
                runtime.shutdown_background();
            })
            .map_err(refused)?;
        Ok(Http {
            handle,
            stop,
            closed: AtomicBool::new(false),
            thread: Mutex::new(Some(thread)),
            process: process::id(),
            shared: Arc::new(Shared {
                target,
                places: Semaphore::new(limits.connections),
                limits,
                tls,
                idle: Mutex::new(Vec::new()),
            }),
        })
    }

    /// Ends every exchange at once. Called a second time it does nothing.
    pub(super) fn close(&self) {
        if process::id() != self.process {
            return;
        }
        self.closed.store(true, Ordering::Release);
        self.stop.notify_one();
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // It panics nowhere; if it did, closed is closed.
            let _ = thread.join();
        }
        lock(&self.shared.idle).clear();
    }

    /// Sends a request and gives the head of its answer; the rest of the answer
    /// is for the caller to take.
    pub(super) fn send(
        &self,
        request: Outgoing,
        source: Option<&mut Source<'_>>,
    ) -> std::result::Result<(Head, Exchange), Stop> {
        let refuse = |cause| {
            let stage = Stage::Connecting;
            Err(Stop::Failure(Failure { stage, cause }))
        };
        if process::id() != self.process {
            return refuse(Cause::Forked);
        }
        if self.closed.load(Ordering::Acquire) {
            return refuse(Cause::Closed);
        }
        let (events, received) = channel();
        let (pieces, fed) = mpsc::unbounded_channel();
        let state = Arc::new(State::default());
        let credits = Arc::new(Semaphore::new(CREDITS));
        let driver = Driver {
            shared: Arc::clone(&self.shared),
            events: events.clone(),
            state: Arc::clone(&state),
            credits: Arc::clone(&credits),
        };
        let task = self.handle.spawn(driver.run(request, fed, events));
        let mut exchange = Exchange {
            events: received,
            pieces: Some(pieces),
            credits,
            state,
            task: task.abort_handle(),
            ended: false,
        };
        let head = exchange.head(source)?;
        Ok((head, exchange))
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.close();
    }
}

/// One exchange on the I/O thread.
struct Driver {
    shared: Arc<Shared>,
    events: Sender<Event>,
    state: Arc<State>,
    credits: Arc<Semaphore>,
}

impl Driver {
    async fn run(
        self,
        request: Outgoing,
        fed: mpsc::UnboundedReceiver<Bytes>,
        events: Sender<Event>,
    ) {
        let work = self.exchange(request, fed, events);
        let done = match self.shared.limits.total {
            None => work.await,
            Some(total) => match timeout(total, work).await {
                Ok(done) => done,
                Err(_) => Err(Cause::TimedOut("axis.total_timeout")),
            },
        };
        let event = match done {
            Ok(()) => Event::End,
            Err(cause) => Event::Failed(Failure {
                stage: self.state.stage(),
                cause,
            }),
        };
        // Where nobody listens any more, nobody misses it.
        let _ = self.events.send(event);
    }

    async fn exchange(
        &self,
        request: Outgoing,
        fed: mpsc::UnboundedReceiver<Bytes>,
        events: Sender<Event>,
    ) -> std::result::Result<(), Cause> {
        // The semaphore is never closed.
        let _place = self.shared.places.acquire().await;
        let (response, connection) = self.answer(request, fed, events).await?;
        let head = head(&response, self.state.whole());
        let whole = head.after_whole;
        if self.events.send(Event::Head(head)).is_err() {
            return Ok(());
        }
        let mut body = response.into_body();
        loop {
            // No time runs while the caller is slow to take what is there.
            if let Ok(credit) = self.credits.acquire().await {
                credit.forget();
            }
            let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
            let frame = match timeout(self.shared.limits.idle, frame).await {
                Err(_) => return Err(Cause::TimedOut("axis.idle_timeout")),
                Ok(None) => break,
                Ok(Some(frame)) => frame.map_err(connection_error)?,
            };
            if let Ok(piece) = frame.into_data()
                && self.events.send(Event::Piece(piece)).is_err()
            {
                return Ok(());
            }
        }
        if whole {
            self.shared.keep(connection);
        }
        Ok(())
    }

    /// Hands the request over and waits for the head of the answer.
    async fn answer(
        &self,
        request: Outgoing,
        fed: mpsc::UnboundedReceiver<Bytes>,
        events: Sender<Event>,
    ) -> std::result::Result<(Response<Incoming>, Connection), Cause> {
        let bytes = match &request.body {
            Payload::Fixed(bytes) => bytes.clone(),
            Payload::Packet(length) => {
                // On a new connection always: one that was kept may be closed by
                // the axis just now, and nobody could say whether the packet was
                // taken.
                let mut connection = self.shared.new_connection().await?;
                self.state.set_connected();
                let fed = Fed::new(*length, fed, events, Arc::clone(&self.state));
                let request = self.shared.request(&request, RequestBody::Fed(fed));
                let response = self.head_of(&mut connection, request).await?;
                return Ok((response.map_err(connection_error)?, connection));
            }
        };
        loop {
            let kept = if request.repeatable {
                self.shared.kept_connection().await
            } else {
                None
            };
            let (mut connection, reused) = match kept {
                Some(connection) => (connection, true),
                None => (self.shared.new_connection().await?, false),
            };
            self.state.set_connected();
            // Bytes at hand go out at once; nothing depends on how many did.
            self.state.set_whole();
            let body = RequestBody::Fixed(Some(bytes.clone()));
            let request = self.shared.request(&request, body);
            match self.head_of(&mut connection, request).await? {
                Ok(response) => return Ok((response, connection)),
                // The axis closed a connection that had been kept; these calls
                // may be repeated without harm.
                Err(_) if reused => {}
                Err(error) => return Err(connection_error(error)),
            }
        }
    }

    /// The head of the answer; the outer error is a time-out.
    async fn head_of(
        &self,
        connection: &mut Connection,
        request: Request<RequestBody>,
    ) -> std::result::Result<hyper::Result<Response<Incoming>>, Cause> {
        let sending = connection.sender.send_request(request);
        let watched = self.watched(&connection.progress, sending).await;
        watched.ok_or(Cause::TimedOut("axis.idle_timeout"))
    }

    /// The future's output; `None` when the connection stood still for too long
    /// while the axis was waited for.
    async fn watched<F: Future>(&self, progress: &Progress, future: F) -> Option<F::Output> {
        let idle = self.shared.limits.idle;
        progress.touch();
        let watch = async {
            loop {
                let still = progress.last() + idle;
                if still <= Instant::now() && !self.state.waiting() {
                    return;
                }
                if self.state.waiting() {
                    progress.touch();
                }
                sleep_until(progress.last() + idle).await;
            }
        };
        let (mut future, mut watch) = (pin!(future), pin!(watch));
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => watch.as_mut().poll(cx).map(|()| None),
        })
        .await
    }
}

fn connection_error(error: impl StdError + Send + Sync + 'static) -> Cause {
    Cause::Connection(Box::new(error))
}

fn head(response: &Response<Incoming>, after_whole: bool) -> Head {
    let text = |name| {
        let value = response.headers().get(name).map(HeaderValue::to_str);
        value.and_then(std::result::Result::ok).unwrap_or_default()
    };
    let media = text(header::CONTENT_TYPE);
    let media = media.split(';').next().unwrap_or_default().trim();
    let encoding = text(header::CONTENT_ENCODING);
    Head {
        status: response.status().as_u16(),
        html: media.eq_ignore_ascii_case("text/html")
            || media.eq_ignore_ascii_case("application/xhtml+xml"),
        encoded: !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity"),
        bounded: response.body().size_hint().exact().is_some()
            || response.headers().contains_key(header::TRANSFER_ENCODING),
        after_whole,
        date: date::seconds(text(header::DATE)),
    }
}

impl Shared {
    fn request(&self, outgoing: &Outgoing, body: RequestBody) -> Request<RequestBody> {
        let length = body.size_hint().exact().unwrap_or_default();
        let mut request = Request::new(body);
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = outgoing.headers.clone();
        let uri = format!("{}{}", self.target.base, outgoing.path);
        // Both halves were parsed or written by us.
        if let (Ok(uri), Ok(host)) = (uri.parse(), HeaderValue::try_from(&*self.target.authority)) {
            *request.uri_mut() = uri;
            request.headers_mut().insert(header::HOST, host);
        }
        if outgoing.get {
            *request.method_mut() = Method::GET;
        } else {
            *request.method_mut() = Method::POST;
            request
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        request
    }

    /// A kept connection that still works, as far as one can see.
    async fn kept_connection(&self) -> Option<Connection> {
        loop {
            let mut idle = lock(&self.idle).pop()?;
            if idle.until > Instant::now() {
                let ready = timeout(self.limits.connect, idle.connection.sender.ready());
                if matches!(ready.await, Ok(Ok(()))) {
                    return Some(idle.connection);
                }
            }
        }
    }

    async fn new_connection(&self) -> std::result::Result<Connection, Cause> {
        match timeout(self.limits.connect, self.connect()).await {
            Ok(connected) => connected,
            Err(_) => Err(Cause::TimedOut("axis.connect_timeout")),
        }
    }

    async fn connect(&self) -> std::result::Result<Connection, Cause> {
        let place = (self.target.host.as_str(), self.target.port);
        let tcp = TcpStream::connect(place).await.map_err(connection_error)?;
        // Only a matter of speed.
        let _ = tcp.set_nodelay(true);
        let tcp = Piecewise(tcp);
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(tcp),
            Some(tls) => {
                let secured = tls.connector.connect(tls.name.clone(), tcp).await;
                Box::new(secured.map_err(connection_error)?)
            }
        };
        let progress = Arc::new(Progress::new());
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(Link::new(stream, Arc::clone(&progress)))
            .await
            .map_err(connection_error)?;
        // Its error reaches the exchange through the sender.
        let task = tokio::spawn(async move { _ = connection.await }).abort_handle();
        let ready = sender.ready().await;
        let connection = Connection {
            sender,
            progress,
            task,
        };
        ready.map_err(connection_error)?;
        Ok(connection)
    }

    /// Keeps a connection for the next call, for a while.
    fn keep(self: &Arc<Self>, connection: Connection) {
        let keep: Duration = self.limits.keep;
        if keep.is_zero() || connection.sender.is_closed() {
            return;
        }
        let until = Instant::now() + keep;
        {
            let mut idle = lock(&self.idle);
            // Calls under way hold a place, connections kept hold none; those
            // kept the longest go first.
            let open = self.limits.connections - self.places.available_permits();
            while !idle.is_empty() && open + idle.len() > self.limits.connections {
                idle.remove(0);
            }
            idle.push(Idle { connection, until });
        }
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            sleep_until(until).await;
            if let Some(shared) = shared.upgrade() {
                let now = Instant::now();
                lock(&shared.idle).retain(|idle| idle.until > now);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn in_another_process_a_handle_says_so_and_waits_for_nothing() {
        let mut config = Config::new();
        config.set("axis.url", "http://127.0.0.1:1").unwrap();
        let target = Target::of(&config).unwrap();
        let mut http = Http::start(target, Limits::of(&config), None).unwrap();
        // What the child of a fork would see.
        http.process += 1;
        let request = Outgoing {
            get: true,
            path: "/",
            headers: HeaderMap::new(),
            body: Payload::Fixed(Bytes::new()),
            repeatable: true,
        };
        let Err(Stop::Failure(failure)) = http.send(request, None) else {
            panic!("sent in another process");
        };
        let error = failure.error("axis.get", false);
        assert_eq!(error.kind(), ErrorKind::AfterFork);
        http.close();
        assert!(lock(&http.thread).is_some());
        http.process -= 1;
    }
}
