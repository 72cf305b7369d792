//! The listener and its connections.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufWriter, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::super::answer::Answer;
use super::super::stop::{Stop, lock};
use super::body::Incoming;
use super::head::{Framing, Head, HeadFlaw};
use super::inlet::{Inlet, Start};
use super::outlet::{Drip, Outlet};

/// What one connection and all together may cost.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Limits {
    pub(in super::super) head_bytes: usize,
    pub(in super::super) headers: usize,
    pub(in super::super) body_bytes: u64,
    pub(in super::super) connections: usize,
    pub(in super::super) idle: Duration,
}

/// What is to go wrong with one exchange.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Plan {
    pub(in super::super) delay: Duration,
    pub(in super::super) cut_request: Option<u64>,
    pub(in super::super) cut_answer: Option<u64>,
    pub(in super::super) drip: Option<Drip>,
}

/// How an exchange ended.
#[derive(Debug)]
pub(in super::super) struct Answered<'e> {
    pub(in super::super) connection: u64,
    pub(in super::super) head: Option<&'e Head>,
    pub(in super::super) body_bytes: u64,
    /// HTTP status and error code, where it came to an answer.
    pub(in super::super) status: Option<u16>,
    pub(in super::super) code: Option<&'e str>,
    pub(in super::super) answer_bytes: u64,
    /// Whether the whole answer was written.
    pub(in super::super) is_complete: bool,
    pub(in super::super) took: Duration,
}

/// What answers requests.
pub(in super::super) trait Service: Send + Sync + 'static {
    /// What comes with a request besides its head and body.
    type Case;
    /// What is to go wrong, decided before the body is read.
    fn plan(&self, head: &Head) -> (Plan, Self::Case);
    /// The answer. An error closes the connection without one.
    fn answer(&self, head: &Head, case: &Self::Case, body: &mut Incoming<'_>)
    -> io::Result<Answer>;
    /// Takes note of an exchange that is over.
    fn note(&self, case: Option<Self::Case>, answered: &Answered<'_>);
}

/// The connections that are open, so that they can be closed.
#[derive(Default)]
struct Open {
    streams: Mutex<HashMap<u64, TcpStream>>,
    next: AtomicU64,
}

/// A running server.
pub(in super::super) struct HttpServer {
    address: SocketAddr,
    stop: Arc<Stop>,
    open: Arc<Open>,
    accepting: Option<JoinHandle<()>>,
}

impl HttpServer {
    pub(in super::super) fn start<S: Service>(
        listener: TcpListener,
        limits: Limits,
        service: Arc<S>,
        stop: Arc<Stop>,
    ) -> io::Result<HttpServer> {
        let address = listener.local_addr()?;
        let open = Arc::new(Open::default());
        let accepting = {
            let (stop, open) = (Arc::clone(&stop), Arc::clone(&open));
            std::thread::Builder::new()
                .name("axis-accept".into())
                .spawn(move || accept(&listener, limits, &service, &stop, &open))?
        };
        Ok(HttpServer {
            address,
            stop,
            open,
            accepting: Some(accepting),
        })
    }

    pub(in super::super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops, closes every connection and waits for its threads.
    pub(in super::super) fn stop(&mut self) {
        self.stop.stop();
        // Accepting ends with the next connection: this one.
        let _ = TcpStream::connect_timeout(&reachable(self.address), Duration::from_secs(1));
        for stream in lock(&self.open.streams).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An address under which a listener on all addresses can be reached.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn accept<S: Service>(
    listener: &TcpListener,
    limits: Limits,
    service: &Arc<S>,
    stop: &Arc<Stop>,
    open: &Arc<Open>,
) {
    let queue = Arc::new(Queue::default());
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for stream in listener.incoming() {
        if stop.is_stopped() {
            break;
        }
        let Ok(stream) = stream else {
            // Out of file descriptors, or a client that went at once.
            if stop.pause(Duration::from_millis(20)) {
                break;
            }
            continue;
        };
        let Ok(copy) = stream.try_clone() else {
            continue;
        };
        let place = {
            let mut streams = lock(&open.streams);
            if streams.len() >= limits.connections {
                turn_away(&stream);
                continue;
            }
            let id = open.next.fetch_add(1, Ordering::Relaxed);
            streams.insert(id, copy);
            Place {
                id,
                stream,
                open: Arc::clone(open),
            }
        };
        if queue.add(place) {
            continue;
        }
        let (service, stop) = (Arc::clone(service), Arc::clone(stop));
        let waiting = Arc::clone(&queue);
        let thread = std::thread::Builder::new()
            .name("axis-connection".into())
            .spawn(move || {
                while let Some(place) = waiting.next() {
                    Connection {
                        id: place.id,
                        stream: &place.stream,
                        limits,
                        service: &*service,
                        stop: &stop,
                    }
                    .run();
                }
            });
        match thread {
            Ok(thread) => threads.push(thread),
            Err(_) => queue.take_back(),
        }
    }
    queue.close();
    for stream in lock(&open.streams).values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    for thread in threads {
        let _ = thread.join();
    }
}

/// A connection's place among those that are open; dropped, it is closed.
struct Place {
    id: u64,
    stream: TcpStream,
    open: Arc<Open>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        lock(&self.open.streams).remove(&self.id);
    }
}

/// Connections on their way to threads: a client that opens one for each packet
/// must not cost a thread each time.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    places: VecDeque<Place>,
    /// Threads with nothing to do.
    idle: usize,
    is_closed: bool,
}

impl Queue {
    /// Adds a connection; false if no thread is free to take it.
    fn add(&self, place: Place) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.places.push_back(place);
        let is_taken = waiting.places.len() <= waiting.idle;
        if is_taken {
            self.came.notify_one();
        }
        is_taken
    }

    /// The next connection, as soon as there is one; none at the end.
    fn next(&self) -> Option<Place> {
        let mut waiting = lock(&self.waiting);
        waiting.idle += 1;
        while waiting.places.is_empty() && !waiting.is_closed {
            let woken = self.came.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
        }
        waiting.idle -= 1;
        waiting.places.pop_front()
    }

    /// Gives up the connection that came last, for want of a thread.
    fn take_back(&self) {
        let last = lock(&self.waiting).places.pop_back();
        drop(last);
    }

    fn close(&self) {
        lock(&self.waiting).is_closed = true;
        self.came.notify_all();
    }
}

/// One connection too many.
fn turn_away(mut stream: &TcpStream) {
    let _ = stream.set_write_timeout(Some(Duration::from_millis(200)));
    let _ = stream.write_all(
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let _ = stream.shutdown(Shutdown::Both);
}

/// One connection.
struct Connection<'c, S> {
    id: u64,
    stream: &'c TcpStream,
    limits: Limits,
    service: &'c S,
    stop: &'c Stop,
}

impl<S: Service> Connection<'_, S> {
    fn run(&mut self) {
        let _ = self.stream.set_nodelay(true);
        let _ = self.stream.set_read_timeout(Some(self.limits.idle));
        let _ = self.stream.set_write_timeout(Some(self.limits.idle));
        let Ok(reading) = self.stream.try_clone() else {
            return;
        };
        let mut inlet = Inlet::new(reading);
        while !self.stop.is_stopped() {
            match inlet.read_head(self.limits.head_bytes, self.limits.headers) {
                Start::Over => return,
                Start::Flawed(flaw) => {
                    self.refuse(flaw);
                    inlet.linger();
                    return;
                }
                Start::Request(head) => {
                    if !self.exchange(&head, &mut inlet) {
                        return;
                    }
                }
            }
        }
    }

    /// One request and its answer; whether the connection goes on.
    fn exchange(&mut self, head: &Head, inlet: &mut Inlet) -> bool {
        let begun = Instant::now();
        let (plan, case) = self.service.plan(head);
        let mut log = Answered {
            connection: self.id,
            head: Some(head),
            body_bytes: 0,
            status: None,
            code: None,
            answer_bytes: 0,
            is_complete: false,
            took: Duration::ZERO,
        };
        let within_head = plan.cut_request.is_some_and(|cut| cut <= inlet.taken());
        let cut_bodiless = plan.cut_request.is_some() && head.framing() == Framing::Empty;
        if within_head || cut_bodiless || self.stop.pause(plan.delay) {
            log.took = begun.elapsed();
            self.service.note(Some(case), &log);
            return false;
        }
        let max_body = self.limits.body_bytes;
        let mut body = Incoming::new(inlet, self.stream, head, plan.cut_request, max_body);
        let answer = if body.is_too_long() {
            Ok(Answer::plain(413, "The body is longer than allowed.\n"))
        } else {
            self.service.answer(head, &case, &mut body)
        };
        let answer = match answer {
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Ok(Answer::plain(413, "The body is longer than allowed.\n"))
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Answer::plain(
                400,
                "The chunks of the body cannot be read.\n",
            )),
            other => other,
        };
        // What was not read is read now where that costs little; else the
        // connection is of no further use.
        let mut goes_on = head.keeps_alive();
        let mut lingers = false;
        if answer.is_ok() {
            let is_read = if body.waits() {
                body.is_short() && body.drain().is_ok()
            } else {
                !body.is_too_long() && body.drain().is_ok()
            };
            goes_on &= is_read;
            lingers = !is_read;
        }
        log.body_bytes = body.count();
        let is_unanswered = answer.is_err() || (plan.cut_request.is_some() && lingers);
        if let (Ok(answer), false) = (&answer, is_unanswered) {
            log.status = Some(answer.status());
            log.code = answer.code();
            let outlet = Outlet::new(self.stream, self.stop, plan.cut_answer, plan.drip);
            let mut out = BufWriter::with_capacity(64 << 10, outlet);
            let sent = answer
                .write(!goes_on, head.method() == "HEAD", &mut out)
                .and_then(|()| out.flush());
            log.is_complete = sent.is_ok();
            log.answer_bytes = out.get_ref().count();
            // Nothing more is to be written when this is dropped.
            let _ = out.into_parts();
        }
        goes_on &= log.is_complete;
        log.took = begun.elapsed();
        let is_complete = log.is_complete;
        self.service.note(Some(case), &log);
        if lingers && is_complete {
            let _ = self.stream.shutdown(Shutdown::Write);
            inlet.linger();
        }
        goes_on
    }

    /// The answer to what is no request.
    fn refuse(&self, flaw: HeadFlaw) {
        let answer = Answer::plain(flaw.status(), &format!("{flaw}\n"));
        let mut out = Outlet::new(self.stream, self.stop, None, None);
        let sent = answer.write(true, false, &mut out);
        let _ = self.stream.shutdown(Shutdown::Write);
        let log = Answered {
            connection: self.id,
            head: None,
            body_bytes: 0,
            status: Some(answer.status()),
            code: None,
            answer_bytes: out.count(),
            is_complete: sent.is_ok(),
            took: Duration::ZERO,
        };
        self.service.note(None, &log);
    }
}
