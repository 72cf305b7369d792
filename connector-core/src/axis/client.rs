//! The client of an axis: one handle for any number of threads.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::answer::{Answer, AnswerLimits, Value};
use super::deliver;
use super::exchange::{Exchange, Head, Source, Stop};
use super::http::{Http, Outgoing, Payload};
use super::profile::{Call, CallBody, Profile, Query, Verdict};
use super::reading::{Came, Start, Store, Unread, refusal, start, stopped};
use super::rows::{Agency, AgencyQd20, NewAgency, ReceivedRow, SentRow, Unit};
use super::settings::{Limits, Target, missing};
use super::split::{Fault, Part, Splitter};
use super::tls::Tls;
use super::{Acknowledgement, Delivery, Fetched, MessageType, Refusal, RefusalClass, Sending, vxp};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::attachment::Decoder;

/// What the client takes the time from.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Levels of an answer; lists of the axis have three.
const MAX_DEPTH: usize = 16;
/// Values in one row of a list; known ones have up to fourteen fields.
const MAX_ROW_VALUES: usize = 1_000;

/// A client of an axis (profile V).
///
/// It may be shared by any number of threads, also those of an asynchronous
/// runtime; clones are the same client. Every call blocks its thread until it is
/// done, fails, times out (`axis.connect_timeout`, `axis.idle_timeout`,
/// `axis.total_timeout`) or the client is closed. Every call carries its own
/// time stamp, and nothing of one call goes into another.
///
/// The client lives in the process that opened it: after a `fork`, calls in the
/// child answer `after-fork`.
///
/// # Errors
/// Common to all calls: `invalid-argument` for values that are empty or not
/// printable ASCII; `axis-unreachable`, `axis-untrusted`, `axis-no-answer`;
/// `axis-not-an-answer` and `axis-answer-too-large` for what came back;
/// `axis-refused-packet`, `axis-refused-organ`, `axis-credentials`,
/// `axis-try-later` and `axis-unknown-refusal` by the axis's own code; `closed`
/// and `after-fork`. A list that cannot be read is an error, never empty.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: Http,
    profile: Profile,
    clock: Clock,
    /// Seconds by which the axis's clock was ahead of ours; `i64::MIN` unknown.
    ahead: AtomicI64,
    max_header: usize,
    max_answer: usize,
    max_rows: u64,
    max_packet: u64,
    /// Bytes of the head that do not depend on the call.
    head: usize,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// Opens a client by the keys `axis.*`. No connection is made yet.
    ///
    /// # Errors
    /// `config-missing`, `config-invalid-value`, `axis-plaintext` for an address
    /// without encryption beyond this machine, `io` for unreadable files,
    /// `out-of-resources`.
    pub fn open(config: &Config) -> Result<Self> {
        Self::open_with_clock(config, Arc::new(SystemTime::now))
    }

    /// Opens a client with another clock than the system's.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub fn open_with_clock(config: &Config, clock: Clock) -> Result<Self> {
        let target = Target::of(config)?;
        let text = |key| config.text(key).ok_or_else(|| missing(key));
        let secret = || {
            let key = "axis.secret";
            config.secret(key).ok_or_else(|| missing(key))
        };
        let profile = vxp::profile(
            text("axis.system_id")?,
            secret()?,
            text("axis.user_agent")?,
            config.get("axis.hash_file") == Some("standard"),
        );
        let tls = Tls::of(config, &target)?;
        // Request line, `Host` and `Content-Length`, the last with all digits.
        let head = "POST  HTTP/1.1\r\nhost: \r\ncontent-length: \r\n\r\n".len()
            + target.authority.len()
            + target.base.len()
            + 20;
        Ok(Client(Arc::new(Inner {
            http: Http::start(target, Limits::of(config), tls)?,
            profile,
            clock,
            ahead: AtomicI64::new(i64::MIN),
            max_header: config.size("axis.max_header"),
            max_answer: config.size("axis.max_answer"),
            max_rows: config.number("axis.max_rows"),
            max_packet: config.number("axis.max_packet"),
            head,
        })))
    }

    /// Closes the client at once: calls that are under way in other threads end
    /// with `closed`, or, where a packet was handed over already, with
    /// `axis-sent-no-answer`. Dropping the last clone closes, too.
    pub fn close(&self) {
        self.0.http.close();
    }

    /// Sends a packet, byte for byte, from its start to its end. It is read
    /// twice, for its digest and for the wire, in constant memory.
    ///
    /// Recipients that do not fit one head (`axis.max_header`) go in further
    /// requests with the same bytes. A request that is refused for an organ
    /// (codes 18 and 23) is halved until the organ at fault stands alone. After
    /// a failure that concerns more than one organ the rest is not tried.
    ///
    /// # Errors
    /// An error means that nothing was sent to anyone. Beyond the common ones:
    /// `io`, `packet-changed`, `axis-interrupted`. Where anything was sent, or
    /// refused by the axis, what became of it stands in each [`Delivery`].
    pub fn send<P: Read + Seek>(
        &self,
        packet: &mut P,
        sending: &Sending<'_>,
    ) -> Result<Vec<Delivery>> {
        deliver::send(self, packet, sending)
    }

    /// Sends a packet from a file, as [`Client::send`].
    ///
    /// # Errors
    /// As [`Client::send`].
    pub fn send_file(
        &self,
        path: impl AsRef<Path>,
        sending: &Sending<'_>,
    ) -> Result<Vec<Delivery>> {
        let mut file = File::open(path).map_err(|error| Error::io("axis.send", error))?;
        self.send(&mut file, sending)
    }

    /// The packets that wait (`/getReceivedEdocList`).
    ///
    /// # Errors
    /// The common ones.
    pub fn list_received(&self, message_type: MessageType) -> Result<Vec<ReceivedRow>> {
        let query = Query::Received(self.word(message_type));
        self.rows(&query, ReceivedRow::read)
    }

    /// Fetches a packet and writes it (`/getEdoc`), in constant memory.
    ///
    /// What was written is only good where no error comes back: an answer can
    /// break off, or turn out to be a refusal, after its last byte.
    ///
    /// # Errors
    /// The common ones, and `io` where `to` fails.
    pub fn get(&self, doc_id: &str, to: &mut dyn Write) -> Result<Fetched> {
        let call = self.0.profile.queries.call(&Query::Get(doc_id));
        let mut store = Store::new(call.operation, to, self.0.max_packet);
        let mut decoder = Decoder::new();
        let mut take = |text: &[u8]| {
            let pushed = decoder.push(text, &mut |bytes| store.take(bytes));
            pushed.map_err(|error| store.decoding(error))
        };
        let (came, _) = self.ask(&call, Part::Text(&mut take))?;
        match decoder.finish(&mut |bytes| store.take(bytes)) {
            Ok(_) => store.finish(came),
            Err(error) => Err(came.error(Unread::Fault(store.decoding(error)), false)),
        }
    }

    /// Fetches a packet as it is and writes it (`/downloadEdoc`), in constant
    /// memory. How this call says that it failed is not known; so what begins
    /// like JSON is read as an answer, a page for people is refused, and so is
    /// an answer whose length nothing tells.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn download(&self, doc_id: &str, to: &mut dyn Write) -> Result<Fetched> {
        let call = self.0.profile.queries.call(&Query::Download(doc_id));
        let mut store = Store::new(call.operation, to, self.0.max_packet);
        let (head, mut exchange) = self
            .perform(&call, Payload::Fixed(Bytes::new()), None)
            .map_err(|stop| stopped(stop, call.operation, false))?;
        let mut came = Came::new(call.operation, head);
        match self.store(&mut exchange, &mut came, &mut store) {
            Ok(()) => store.finish(came),
            Err(unread) => Err(came.error(unread, false)),
        }
    }

    fn store(
        &self,
        exchange: &mut Exchange,
        came: &mut Came,
        store: &mut Store<'_>,
    ) -> std::result::Result<(), Unread> {
        let head = came.head;
        let mut first = Vec::new();
        let mut begins = Start::Open;
        while begins == Start::Open {
            let piece = exchange.piece().map_err(Unread::Failure)?;
            if let Some(piece) = &piece {
                came.count(piece);
                first.extend_from_slice(piece);
            }
            begins = start(&first, piece.is_none());
        }
        let success = (200..300).contains(&head.status);
        if begins == Start::NoPacket || !success || head.html || head.encoded || !head.bounded {
            let mut answer = Splitter::new(Part::Stay, self.0.max_answer);
            answer.feed(&first).map_err(Unread::Fault)?;
            self.take(exchange, came, &mut answer)?;
            // Success without the packet is not what was promised.
            self.judge(head, &answer.finish().0)?;
            return Err(Unread::NOT_PROMISED);
        }
        let mut piece = Some(Bytes::from(first));
        while let Some(bytes) = piece {
            let stored = store.take(&bytes);
            stored.map_err(|error| Unread::Fault(store.fault(error)))?;
            piece = exchange.piece().map_err(Unread::Failure)?;
            if let Some(bytes) = &piece {
                came.count(bytes);
            }
        }
        Ok(())
    }

    /// Acknowledges a packet that was fetched (`/updateStatus`). Acknowledge
    /// `Done` only after the packet is kept safely: it leaves the queue.
    ///
    /// # Errors
    /// The common ones.
    pub fn acknowledge(&self, doc_id: &str, acknowledgement: Acknowledgement) -> Result<()> {
        let call = self.0.profile.acknowledging.call(doc_id, acknowledgement);
        self.ask(&call, Part::Stay).map(drop)
    }

    /// What became of a packet that was sent (`/getSentEdocList`).
    ///
    /// # Errors
    /// The common ones.
    pub fn sent_list(&self, message_type: MessageType, doc_id: &str) -> Result<Vec<SentRow>> {
        if doc_id.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "axis.sent_list")
                .with("parameter", "docId")
                .with("reason", "empty"));
        }
        let query = Query::Sent(self.word(message_type), doc_id);
        self.rows(&query, SentRow::read)
    }

    /// All that was sent (`/getSentEdocList` without an id; that the axis lists
    /// everything then is assumed).
    ///
    /// # Errors
    /// The common ones.
    pub fn list_sent(&self, message_type: MessageType) -> Result<Vec<SentRow>> {
        let query = Query::Sent(self.word(message_type), "");
        self.rows(&query, SentRow::read)
    }

    /// How many documents wait (`/countReceiveEdoc`).
    ///
    /// # Errors
    /// The common ones.
    pub fn count_documents(&self) -> Result<u64> {
        self.count(&Query::CountDocuments(self.word(MessageType::Edoc)))
    }

    /// How many statuses wait (`/countReceiveStatus`).
    ///
    /// # Errors
    /// The common ones.
    pub fn count_statuses(&self) -> Result<u64> {
        self.count(&Query::CountStatuses(self.word(MessageType::Status)))
    }

    /// The axis's directory of agencies (`/getAgenciesList`).
    ///
    /// # Errors
    /// The common ones.
    pub fn agencies(&self) -> Result<Vec<Agency>> {
        self.rows(&Query::Agencies, Agency::read)
    }

    /// The agencies of a level with their codes of Decision 20/2020
    /// (`/getAgenciesListQD20`).
    ///
    /// # Errors
    /// The common ones.
    pub fn agencies_qd20(&self, level: u32) -> Result<Vec<AgencyQd20>> {
        self.rows(&Query::AgenciesQd20(&level.to_string()), AgencyQd20::read)
    }

    /// The units of the directory with their changes (`/getSynchronizeUnit`). A
    /// hundred thousand rows are to be expected.
    ///
    /// # Errors
    /// The common ones.
    pub fn synchronize_units(&self) -> Result<Vec<Unit>> {
        self.rows(&Query::Units, Unit::read)
    }

    /// Registers an agency with the axis (`/registerAgency`).
    ///
    /// # Errors
    /// The common ones.
    pub fn register_agency(&self, agency: &NewAgency) -> Result<()> {
        let call = self.0.profile.queries.call(&Query::Register(agency));
        self.ask(&call, Part::Stay).map(drop)
    }

    /// Takes an agency off the axis (`/deleteAgency`).
    ///
    /// # Errors
    /// The common ones.
    pub fn delete_agency(&self, code: &str) -> Result<()> {
        let call = self.0.profile.queries.call(&Query::Delete(code));
        self.ask(&call, Part::Stay).map(drop)
    }

    /// By how many seconds the axis's clock was ahead of the client's in the last
    /// answer that told the time (HTTP's `Date`); `None` where none did.
    pub fn clock_ahead(&self) -> Option<i64> {
        let ahead = self.0.ahead.load(Ordering::Relaxed);
        (ahead != i64::MIN).then_some(ahead)
    }

    pub(super) fn word(&self, message_type: MessageType) -> &'static str {
        self.0.profile.statuses.word(message_type)
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.0.profile
    }

    fn count(&self, query: &Query<'_>) -> Result<u64> {
        let (came, answer) = self.ask(&self.0.profile.queries.call(query), Part::Stay)?;
        let count = answer.text("count").map(str::trim).map(str::parse);
        match count {
            Some(Ok(count)) => Ok(count),
            _ => Err(came.not_promised()),
        }
    }

    fn rows<R>(&self, query: &Query<'_>, read: fn(&Value) -> Option<R>) -> Result<Vec<R>> {
        let call = self.0.profile.queries.call(query);
        let mut rows = Vec::new();
        let mut take = |row: &[u8]| {
            if rows.len() as u64 >= self.0.max_rows {
                return Err(Fault::TooLarge("axis.max_rows"));
            }
            let row = Value::parse(row, MAX_DEPTH, MAX_ROW_VALUES);
            rows.push(row.as_ref().and_then(read).ok_or(Fault::NotPromised)?);
            Ok(())
        };
        self.ask(&call, Part::Rows(&mut take))?;
        Ok(rows)
    }

    /// Makes a call that carries no packet; only success is an answer.
    fn ask(&self, call: &Call, part: Part<'_>) -> Result<(Came, Answer)> {
        let body = match &call.body {
            CallBody::Text(text) => Bytes::from(text.clone()),
            CallBody::Packet => Bytes::new(),
        };
        let (head, exchange) = self
            .perform(call, Payload::Fixed(body), None)
            .map_err(|stop| stopped(stop, call.operation, false))?;
        match self.answer(call.operation, head, exchange, part) {
            (came, Ok(answer)) => Ok((came, answer)),
            (came, Err(unread)) => Err(came.error(unread, false)),
        }
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) fn perform(
        &self,
        call: &Call,
        body: Payload,
        source: Option<&mut Source<'_>>,
    ) -> std::result::Result<(Head, Exchange), Stop> {
        let headers = self.headers(call).map_err(Stop::Source)?;
        let request = Outgoing {
            get: call.get,
            path: call.path,
            headers,
            body,
            repeatable: call.repeatable,
        };
        let (head, exchange) = self.0.http.send(request, source)?;
        if let Some(axis) = head.date {
            let now = (self.0.clock)().duration_since(SystemTime::UNIX_EPOCH);
            let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
            let ahead = axis.saturating_sub(now);
            self.0.ahead.store(ahead, Ordering::Relaxed);
        }
        Ok((head, exchange))
    }

    fn headers(&self, call: &Call) -> Result<HeaderMap> {
        let misuse = |name: &'static str, reason: &'static str| {
            Error::new(ErrorKind::InvalidArgument, call.operation)
                .with("parameter", name)
                .with("reason", reason)
        };
        for (name, value) in &call.parameters {
            // Another client of the same axis sends other characters in two
            // encodings, and HTTP cuts blanks off: neither would match the HMAC.
            if value.is_empty() || value.trim() != value {
                return Err(misuse(name, "empty, or blanks around it"));
            }
            if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                return Err(misuse(name, "not printable ASCII"));
            }
        }
        let mut headers = HeaderMap::new();
        let now = (self.0.clock)();
        for (name, value) in self.0.profile.authenticator.headers(call, now) {
            let (Ok(name), Ok(mut value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            else {
                return Err(misuse("header", "not printable ASCII"));
            };
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(headers)
    }

    /// Whether the head of a call stays within `axis.max_header`.
    pub(super) fn fits(&self, call: &Call) -> bool {
        let headers = self.0.profile.authenticator.headers(call, (self.0.clock)());
        let lines = headers
            .iter()
            .map(|(name, value)| name.len() + value.len() + ": \r\n".len());
        lines.sum::<usize>() + self.0.head + call.path.len() <= self.0.max_header
    }

    /// Takes an answer to its end. `Ok` is success with all that was promised.
    pub(super) fn answer(
        &self,
        operation: &'static str,
        head: Head,
        mut exchange: Exchange,
        part: Part<'_>,
    ) -> (Came, std::result::Result<Answer, Unread>) {
        let mut came = Came::new(operation, head);
        let demanded = !matches!(part, Part::Stay);
        let mut splitter = Splitter::new(part, self.0.max_answer);
        let taken = self.take(&mut exchange, &mut came, &mut splitter);
        let (rest, found) = splitter.finish();
        let answer = taken
            .and_then(|()| self.judge(head, &rest))
            .and_then(|answer| {
                if found || !demanded {
                    Ok(answer)
                } else {
                    Err(Unread::NOT_PROMISED)
                }
            });
        // Refused credentials need no body to be understood.
        let answer = answer.map_err(|unread| match (head.status, unread) {
            (401, Unread::Fault(Fault::NotPromised) | Unread::Failure(_)) => {
                Unread::Refused(Refusal {
                    class: RefusalClass::Credentials,
                    code: "401".to_owned(),
                    doc_id: None,
                    description: None,
                })
            }
            (_, unread) => unread,
        });
        (came, answer)
    }

    /// Feeds an answer to its end. After a fault the rest is still counted, as
    /// far as an answer may go, so that the error can name what came.
    fn take(
        &self,
        exchange: &mut Exchange,
        came: &mut Came,
        splitter: &mut Splitter<'_>,
    ) -> std::result::Result<(), Unread> {
        let mut fault = None;
        let mut room = self.0.max_answer;
        while let Some(piece) = exchange.piece().map_err(Unread::Failure)? {
            came.count(&piece);
            match &fault {
                None => fault = splitter.feed(&piece).err(),
                Some(Fault::NotPromised) if piece.len() <= room => room -= piece.len(),
                Some(_) => break,
            }
        }
        fault.map_or(Ok(()), |fault| Err(Unread::Fault(fault)))
    }

    fn judge(&self, head: Head, rest: &[u8]) -> std::result::Result<Answer, Unread> {
        let limits = AnswerLimits {
            max_size: self.0.max_answer,
            max_depth: MAX_DEPTH,
            ..AnswerLimits::default()
        };
        if head.html || head.encoded {
            return Err(Unread::NOT_PROMISED);
        }
        let answer = Answer::parse_within(rest, &limits).map_err(|_| Unread::NOT_PROMISED)?;
        match self.0.profile.classifier.classify(head.status, &answer) {
            Verdict::Accepted => Ok(answer),
            Verdict::Refused(class, code) => Err(refusal(class, code, &answer)),
            Verdict::NotPromised => Err(Unread::NOT_PROMISED),
        }
    }
}
