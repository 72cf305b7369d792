//! An axis or gateway under test: the suite is two connectors at it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lienthong::Config;
use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome as Sent, Sending};
use serde_json::Value;

use super::evidence::{Actor, Evidence};
use super::letter::Made;
use super::said;
use super::text::Said;
use super::verdict::{Outcome, Stop, ensure};

/// A system at the axis under test.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub system: String,
    /// Its secret.
    pub secret: String,
    /// An organ of it.
    pub organ: String,
}

/// An axis or gateway, and two systems at it.
pub struct Gateway {
    pub(crate) url: String,
    pub(crate) settings: Vec<(String, String)>,
    /// The first system: it sends.
    pub one: Account,
    /// The second: it receives.
    pub two: Account,
    pub(crate) patience: Duration,
    pub(crate) evidence: Evidence,
    pub(crate) numbers: Arc<AtomicU64>,
}

impl Gateway {
    /// The base address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client with an account.
    ///
    /// # Errors
    /// The configuration has a flaw.
    pub fn client(&self, account: &Account) -> Outcome<Client> {
        let mut config = Config::new();
        for (key, value) in [
            ("axis.url", self.url.as_str()),
            ("axis.system_id", &account.system),
            ("axis.secret", &account.secret),
        ]
        .into_iter()
        .chain(
            self.settings
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        ) {
            config.set(key, value).map_err(Stop::own)?;
        }
        Client::open(&config).map_err(Stop::own)
    }

    /// A document from the first to the second.
    pub fn document(&self) -> Made {
        Made::document(&self.one.organ, &self.two.organ, self.number())
    }

    /// A number that no other document of this run has.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends bytes with an account; the outcome is the axis's.
    ///
    /// # Errors
    /// The client fails before it has an answer.
    pub fn send(&self, account: &Account, bytes: &[u8], kind: MessageType) -> Outcome<Sent> {
        let client = self.client(account)?;
        let sending = Sending {
            from: &account.organ,
            to: &[],
            message_type: kind,
        };
        self.evidence.add(
            Actor::Suite,
            Actor::Axis,
            "sendEdoc",
            vec![("bytes".to_owned(), bytes.len().to_string())],
        );
        let outcomes = client
            .send(&mut std::io::Cursor::new(bytes), &sending)
            .map_err(Stop::own)?;
        let outcome = outcomes.into_iter().next().map(|delivery| delivery.outcome);
        let outcome = outcome.ok_or_else(|| Stop::own("no answer"))?;
        let word = match &outcome {
            Sent::Accepted { .. } => "accepted",
            _ => "not accepted",
        };
        self.evidence
            .add(Actor::Axis, Actor::Suite, word, Vec::new());
        Ok(outcome)
    }

    /// Waits for a delivery to the second system whose bytes fit; gives id and
    /// bytes. It is not acknowledged.
    ///
    /// # Errors
    /// None comes in time.
    pub fn await_delivery(
        &self,
        kind: MessageType,
        what: Said,
        fits: impl Fn(&[u8]) -> bool,
    ) -> Outcome<(String, Vec<u8>)> {
        let client = self.client(&self.two)?;
        let end = Instant::now() + self.patience;
        loop {
            for row in client.list_received(kind).map_err(Stop::own)? {
                let mut bytes = Vec::new();
                client.get(&row.doc_id, &mut bytes).map_err(Stop::own)?;
                if fits(&bytes) {
                    self.evidence.add(
                        Actor::Axis,
                        Actor::Suite,
                        "getEdoc",
                        vec![("doc".to_owned(), row.doc_id.clone())],
                    );
                    return Ok((row.doc_id, bytes));
                }
            }
            if Instant::now() >= end {
                return Err(Stop::Fail(what));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Acknowledges a delivery of the second system.
    ///
    /// # Errors
    /// The axis refuses it.
    pub fn acknowledge(&self, id: &str, word: Acknowledgement) -> Outcome {
        self.client(&self.two)?
            .acknowledge(id, word)
            .map_err(|error| {
                let kind = error.kind().name();
                Stop::Fail(said!(
                    "the acknowledgement was refused: {kind}",
                    "xác nhận bị từ chối: {kind}"
                ))
            })
    }
}

/// A call as it goes over the wire, for what a client never does.
#[derive(Clone)]
pub struct Call {
    name: String,
    method: &'static str,
    /// The secret it is signed with.
    pub secret: String,
    /// Names and values, in the order in which they are signed.
    pub parameters: Vec<(String, String)>,
    /// What stands in a header although something else was signed.
    pub lies: Vec<(String, String)>,
    /// Further lines of the head.
    pub lines: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Call {
    /// A call with these parameters.
    pub fn new(name: &str, account: &Account, parameters: &[(&str, &str)]) -> Self {
        let mut all = vec![("systemid".to_owned(), account.system.clone())];
        all.extend(
            parameters
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned())),
        );
        all.push(("timestamp".to_owned(), timestamp()));
        all.push(("Content-Type".to_owned(), "application/json".to_owned()));
        let is_download = name == "downloadEdoc";
        Call {
            name: name.to_owned(),
            method: if is_download { "GET" } else { "POST" },
            secret: account.secret.clone(),
            parameters: all,
            lies: Vec::new(),
            lines: Vec::new(),
            body: Vec::new(),
        }
    }

    /// `/sendEdoc` of a packet of an account.
    pub fn sending(account: &Account, kind: &str, packet: &[u8]) -> Self {
        let hash = unpadded(packet);
        let parameters = [
            ("from", account.organ.as_str()),
            ("servicetype", "eDoc"),
            ("messagetype", kind),
            ("hash-file", hash.as_str()),
        ];
        let mut call = Call::new("sendEdoc", account, &parameters);
        packet.clone_into(&mut call.body);
        call
    }

    /// Sets a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.parameters.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Its head and body, for a base address.
    fn bytes(&self, host: &str, base: &str) -> Vec<u8> {
        use std::fmt::Write as _;
        let members: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| format!("\"XroadVnpt-{name}\":{}", Value::from(value.as_str())))
            .collect();
        let signed = format!("{{{}}}", members.join(","));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.secret.as_bytes());
        let tag = hex(ring::hmac::sign(&key, signed.as_bytes()).as_ref());
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| &**name).collect();
        let mut head = format!("{} {base}/{} HTTP/1.1\r\n", self.method, self.name);
        for (name, value) in &self.parameters {
            let lie = self.lies.iter().find(|(lying, _)| lying == name);
            let value = lie.map_or(value, |(_, value)| value);
            let _ = write!(head, "XroadVnpt-{name}: {value}\r\n");
        }
        let _ = write!(
            head,
            "Host: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n\
             XroadVnpt-sign-header-key: {}\r\nXroadVnpt-sign-header: {signed}\r\n\
             XroadVnpt-hash-header: {tag}\r\nXroadVnpt-version: 3.0.201608\r\n",
            names.join(";")
        );
        let own_length = self
            .lines
            .iter()
            .any(|line| line.to_ascii_lowercase().starts_with("content-length"));
        if self.method == "POST" && !own_length {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        for line in &self.lines {
            let _ = write!(head, "{line}\r\n");
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// What came back to a [`Call`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The JSON of it.
    ///
    /// # Errors
    /// It is none, or has no `ErrorCode`.
    pub fn json(&self) -> Outcome<Value> {
        let value: Option<Value> = serde_json::from_slice(&self.body).ok();
        let status = self.status;
        let value = value.filter(|value| value.get("ErrorCode").is_some());
        value.ok_or_else(|| {
            Stop::Fail(said!(
                "the answer (HTTP {status}) is no JSON with an ErrorCode",
                "câu trả lời (HTTP {status}) không phải JSON có ErrorCode"
            ))
        })
    }

    /// Its `ErrorCode`.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub fn code(&self) -> Outcome<String> {
        Ok(match self.json()?.get("ErrorCode") {
            Some(Value::String(code)) => code.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        })
    }

    /// Whether the call was refused in any way.
    pub fn is_refusal(&self) -> bool {
        self.code().map_or(self.status >= 400, |code| code != "0")
    }
}

impl Gateway {
    /// Makes a call as it stands. None: the connection ended without an answer.
    ///
    /// # Errors
    /// The gateway is not plain HTTP, or away.
    pub fn call(&self, call: &Call) -> Outcome<Option<Answer>> {
        let (mut stream, host, base) = self.connect()?;
        self.evidence
            .add(Actor::Suite, Actor::Axis, &call.name, Vec::new());
        // It may answer and close before it has all.
        let _ = stream.write_all(&call.bytes(&host, &base));
        let answer = read_answer(&mut BufReader::new(stream));
        let code = answer.as_ref().and_then(|answer| answer.code().ok());
        self.evidence.add(
            Actor::Axis,
            Actor::Suite,
            "answer",
            vec![("code".to_owned(), code.unwrap_or_default())],
        );
        Ok(answer)
    }

    /// Makes a call that has to be answered.
    ///
    /// # Errors
    /// There is no answer.
    pub fn answered(&self, call: &Call) -> Outcome<Answer> {
        let name = &call.name;
        self.call(call)?.ok_or_else(|| {
            Stop::Fail(said!(
                "the call {name} got no answer",
                "lời gọi {name} không được trả lời"
            ))
        })
    }

    /// Makes a call that has to be done; gives its answer.
    ///
    /// # Errors
    /// It is refused, or not answered.
    pub fn done(&self, call: &Call) -> Outcome<Value> {
        let answer = self.answered(call)?;
        let (name, code) = (&call.name, answer.code()?);
        ensure(code == "0", || {
            said!(
                "{name} was refused with {code}",
                "{name} bị từ chối với mã {code}"
            )
        })?;
        answer.json()
    }

    /// Makes a call of which the connection ends after so many bytes.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn cut(&self, call: &Call, at: usize) -> Outcome {
        let (mut stream, host, base) = self.connect()?;
        let bytes = call.bytes(&host, &base);
        let part = bytes.get(..at.min(bytes.len())).unwrap_or_default();
        stream.write_all(part).map_err(Stop::own)?;
        stream.shutdown(std::net::Shutdown::Both).map_err(Stop::own)
    }

    /// Sends only the head of a call with `Expect: 100-continue`, and gives the
    /// status of the first answer.
    ///
    /// # Errors
    /// There is none in time.
    pub fn first_status(&self, call: &Call) -> Outcome<u16> {
        let (mut stream, host, base) = self.connect()?;
        let bytes = call.bytes(&host, &base);
        let head = bytes.len().saturating_sub(call.body.len());
        let (head, body) = bytes.split_at(head);
        stream.write_all(head).map_err(Stop::own)?;
        let mut reader = BufReader::new(stream.try_clone().map_err(Stop::own)?);
        let first = read_head(&mut reader).map(|(status, _)| status);
        if first == Some(100) {
            stream.write_all(body).map_err(Stop::own)?;
            let _ = read_answer(&mut reader);
        }
        first.ok_or_else(|| {
            Stop::Fail(said!(
                "a call with Expect: 100-continue got no answer",
                "lời gọi có Expect: 100-continue không được trả lời"
            ))
        })
    }

    fn connect(&self) -> Outcome<(TcpStream, String, String)> {
        let Some(rest) = self.url.strip_prefix("http://") else {
            return Err(Stop::Skip(said!(
                "calls of this kind are made over plain HTTP only",
                "lời gọi dạng này chỉ thực hiện qua HTTP thường"
            )));
        };
        let (host, base) = rest.split_once('/').unwrap_or((rest, ""));
        let base = match base.trim_end_matches('/') {
            "" => String::new(),
            base => format!("/{base}"),
        };
        let address = match host.contains(':') {
            true => host.to_owned(),
            false => format!("{host}:80"),
        };
        let stream = TcpStream::connect(address).map_err(Stop::own)?;
        stream
            .set_read_timeout(Some(self.patience))
            .map_err(Stop::own)?;
        Ok((stream, host.to_owned(), base))
    }
}

fn read_head(reader: &mut BufReader<TcpStream>) -> Option<(u16, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if !matches!(reader.read_line(&mut head), Ok(1..)) {
            return None;
        }
    }
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head))
}

fn read_answer(reader: &mut BufReader<TcpStream>) -> Option<Answer> {
    loop {
        let (status, head) = read_head(reader)?;
        if status == 100 {
            continue;
        }
        let head = head.to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse().ok());
        let mut body = Vec::new();
        match length {
            Some(length) => reader.take(length).read_to_end(&mut body).ok()?,
            // The connection is asked to be closed.
            None => reader.read_to_end(&mut body).ok()?,
        };
        if head.contains("transfer-encoding: chunked") {
            body = unchunked(&body)?;
        }
        return Some(Answer { status, body });
    }
}

fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let (size, rest) = body.split_at(end);
        let size = std::str::from_utf8(size).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(2..size + 2)?);
        body = rest.get(size + 4..)?;
    }
}

/// SHA-256 in the form of the official software: no zeros before a byte.
pub fn unpadded(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let digits = digest.as_ref().iter();
    digits.map(|byte| format!("{byte:x}")).collect()
}

/// SHA-256 in the usual form.
pub fn padded(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Now, in Vietnam, as the wire writes it.
fn timestamp() -> String {
    let now = time::OffsetDateTime::now_utc() + time::Duration::hours(7);
    format!(
        "{:02}{:02}{:04}T{:02}{:02}{:02}+{:04}",
        now.day(),
        u8::from(now.month()),
        now.year(),
        now.hour(),
        now.minute(),
        now.second(),
        now.millisecond()
    )
}
