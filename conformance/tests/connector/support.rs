//! An axis and connectors of agencies at it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use lienthong::axis::{Client, MessageType, Outcome, Sending};
use lienthong::connector::{HandOff, Sent, StateSecret};
use lienthong::environment::Environment;
use lienthong::exchange::insight::RecipientView;
use lienthong::exchange::model::{Entry, IncomingId, OutgoingId, What};
use lienthong::packet::document::{Bussiness, Organ, ResponseFor};
use lienthong::packet::{
    Attachment, BusinessType, Date, DocumentBuilder, StatusBuilder, StatusCode, Timestamp,
};
use lienthong::{Config, Connector};
use lienthong_conformance::axis_server::{Builder, Fault, FaultRule, TestAxis, WireEntry};
use lienthong_conformance::rebuild::Flavour;
use tempfile::TempDir;

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The sender's organ.
pub(crate) const SENDER: &str = "H99.01";
/// Another sender's organ.
pub(crate) const OTHER: &str = "H99.09";
/// The receiver's organ.
pub(crate) const RECEIVER: &str = "H99.02";

/// An axis with a system for each of two agencies.
pub(crate) fn axis() -> TestAxis {
    builder().start().unwrap()
}

pub(crate) fn builder() -> Builder {
    TestAxis::builder()
        .system("td.01", "bi mat mot", [SENDER])
        .system("td.02", "bi mat hai", [RECEIVER, "H99.03"])
        .system("td.03", "bi mat ba", [OTHER])
        // Connectors ask often: what a test looks for must not fall out.
        .configure(|config| config.wire_log = 100_000)
}

/// An axis that hands on the bytes as they are.
pub(crate) fn plain() -> TestAxis {
    builder().rebuild(Flavour::Off).start().unwrap()
}

/// A fault that happens `times` times (0: always) to a call.
pub(crate) fn rule(call: &str, times: u64, fault: Fault) -> FaultRule {
    FaultRule {
        call: call.into(),
        after: 0,
        times,
        chance: 1.0,
        fault,
    }
}

/// Another code than the call has; the call does not happen.
pub(crate) fn code(code: &str) -> Fault {
    Fault::WrongCode {
        code: code.into(),
        accepted: false,
    }
}

/// A header of an exchange.
pub(crate) fn header<'e>(entry: &'e WireEntry, name: &str) -> Option<&'e str> {
    let found = entry
        .headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// What was sent as documents by an organ, as the wire log has it.
pub(crate) fn sendings(axis: &TestAxis, from: &str, kind: &str) -> Vec<WireEntry> {
    let mut log = axis.wire_log(0, Duration::ZERO);
    log.retain(|entry| {
        entry.path == "/sendEdoc"
            && header(entry, "xroadvnpt-from") == Some(from)
            && header(entry, "xroadvnpt-messagetype") == Some(kind)
    });
    log
}

/// A clock that can be set to another time.
#[derive(Clone, Default)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    /// Puts it forward (or back) by seconds.
    pub(crate) fn move_by(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn environment(&self) -> Environment {
        let hand = self.0.clone();
        Environment::with_clock(Arc::new(move || {
            let off = hand.load(Ordering::SeqCst);
            let by = Duration::from_secs(off.unsigned_abs());
            match off < 0 {
                true => SystemTime::now() - by,
                false => SystemTime::now() + by,
            }
        }))
    }
}

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const YEAR: i64 = 365 * DAY;

/// A folder for a store, and what a connector over it needs.
pub(crate) struct Agency {
    pub(crate) folder: TempDir,
    pub(crate) config: Config,
}

impl Agency {
    pub(crate) fn new(axis: &TestAxis, system: &str, secret: &str, organs: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new();
        for (key, value) in [
            ("axis.url", axis.url().as_str()),
            ("axis.system_id", system),
            ("axis.secret", secret),
            ("connector.organs", organs),
            ("store.path", folder.path().join("store").to_str().unwrap()),
            ("receive.interval", "20"),
            ("send.pause", "20"),
            ("send.longest_pause", "1000"),
            ("send.ask_after", "20"),
            ("send.unknown_wait", "100"),
        ] {
            config.set(key, value).unwrap();
        }
        Agency { folder, config }
    }

    pub(crate) fn sender(axis: &TestAxis) -> Self {
        Self::new(axis, "td.01", "bi mat mot", SENDER)
    }

    pub(crate) fn receiver(axis: &TestAxis) -> Self {
        Self::new(axis, "td.02", "bi mat hai", "H99.02,H99.03")
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) -> &mut Self {
        self.config.set(key, value).unwrap();
        self
    }

    pub(crate) fn open(&self) -> Connector {
        Connector::open(&self.config).unwrap()
    }

    /// The agency of the third system.
    pub(crate) fn other(axis: &TestAxis) -> Self {
        Self::new(axis, "td.03", "bi mat ba", OTHER)
    }

    pub(crate) fn open_at(&self, clock: &Hand) -> Connector {
        Connector::open_with(&self.config, clock.environment()).unwrap()
    }

    /// Opens and keeps the folder as long as the connector.
    pub(crate) fn run(self) -> Running {
        Running {
            connector: self.open(),
            agency: self,
        }
    }

    /// A client of the same store.
    pub(crate) fn open_client(&self) -> Connector {
        let mut config = self.config.clone();
        config.set("connector.role", "client").unwrap();
        Connector::open(&config).unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Hands a packet to the axis without a connector.
    pub(crate) fn post(&self, bytes: &[u8], to: &[&str], kind: MessageType) {
        let client = Client::open(&self.config).unwrap();
        let from = self.config.get("connector.organs").unwrap();
        let sending = Sending {
            from: from.split(',').next().unwrap(),
            to,
            message_type: kind,
        };
        let mut bytes = std::io::Cursor::new(bytes);
        for delivery in client.send(&mut bytes, &sending).unwrap() {
            assert!(
                matches!(delivery.outcome, Outcome::Accepted { .. }),
                "{:?}",
                delivery.outcome
            );
        }
    }
}

/// A connector with its folder.
pub(crate) struct Running {
    // Ends before the folder goes.
    connector: Connector,
    pub(crate) agency: Agency,
}

impl std::ops::Deref for Running {
    type Target = Connector;

    fn deref(&self) -> &Connector {
        &self.connector
    }
}

pub(crate) fn organ(id: &str) -> Organ {
    Organ {
        organ_id: Some(id.into()),
        organ_name: Some(format!("Cơ quan thí dụ {id}")),
        ..Organ::default()
    }
}

/// A document from the sender to the receiver.
pub(crate) fn document(number: u32) -> DocumentBuilder {
    document_to(number, &[RECEIVER])
}

pub(crate) fn document_to(number: u32, to: &[&str]) -> DocumentBuilder {
    let mut builder = DocumentBuilder::new(organ(SENDER), format!("H99.01-2026-{number:06}"))
        .code(number.to_string(), "TD-VPĐT")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ");
    for id in to {
        builder = builder.to(organ(id));
    }
    builder.attach(Attachment::from_bytes(
        "công văn.pdf",
        format!("%PDF-1.4\n{number}").into_bytes(),
    ))
}

pub(crate) fn send(connector: &Connector, document: DocumentBuilder) -> Sent {
    connector
        .send(&mut document.build().unwrap(), StateSecret::NotContained)
        .unwrap()
}

/// The next packet, which must come.
pub(crate) fn next(connector: &Connector) -> HandOff {
    connector.poll(PATIENCE).unwrap().expect("a packet comes")
}

/// Waits until a recipient stands where it should.
pub(crate) fn until(
    connector: &Connector,
    id: OutgoingId,
    organ: &str,
    wanted: impl Fn(&RecipientView) -> bool,
) -> RecipientView {
    let end = Instant::now() + PATIENCE;
    loop {
        let why = connector.why(id).unwrap();
        let recipients = why.outgoing.unwrap().recipients;
        let row = recipients.iter().find(|row| row.organ == organ).unwrap();
        if wanted(row) {
            return row.clone();
        }
        assert!(Instant::now() < end, "stays at {row:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn until_state(
    connector: &Connector,
    id: OutgoingId,
    organ: &str,
    state: &str,
) -> RecipientView {
    until(connector, id, organ, |row| row.state == state)
}

pub(crate) const FINISHED: [StatusCode; 4] = [
    StatusCode::Registered,
    StatusCode::Assigned,
    StatusCode::Processing,
    StatusCode::Finished,
];

/// The bytes of a document.
pub(crate) fn bytes(document: DocumentBuilder) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.build().unwrap().write_to(&mut bytes).unwrap();
    bytes
}

/// The id of [`document`].
pub(crate) fn id(number: u32) -> String {
    format!("H99.01-2026-{number:06}")
}

/// What a packet does to an earlier one.
pub(crate) fn action(business: BusinessType, target: Option<&str>) -> Bussiness {
    Bussiness {
        document_id: target.map(Into::into),
        bussiness_doc_type: Some(business),
        bussiness_doc_reason: Some("Lý do thí dụ".to_owned()),
        ..Bussiness::default()
    }
}

/// What names [`document`] in a status or an answer.
pub(crate) fn about(number: u32) -> ResponseFor {
    ResponseFor {
        organ_id: Some(SENDER.into()),
        code: Some(format!("{number}/TD-VPĐT")),
        document_id: Some(id(number).as_str().into()),
        promulgation_date: Date::new(2026, 3, 4),
    }
}

/// The bytes of a status.
pub(crate) fn status(from: &str, about: ResponseFor, code: StatusCode) -> Vec<u8> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let time = Timestamp::in_vietnam(i64::try_from(now.unwrap().as_secs()).unwrap()).unwrap();
    let mut bytes = Vec::new();
    StatusBuilder::new(organ(from), about, code, time)
        .description("Lý do thí dụ")
        .build()
        .unwrap()
        .write_to(&mut bytes)
        .unwrap();
    bytes
}

/// Waits for an event, from the first on.
pub(crate) fn event(connector: &Connector, what: What) -> Entry {
    event_where(connector, |entry| entry.what == what)
}

pub(crate) fn event_where(connector: &Connector, wanted: impl Fn(&Entry) -> bool) -> Entry {
    eventually(|| {
        let events = connector.events(10_000, Duration::from_millis(10)).unwrap();
        events.into_iter().find(|entry| wanted(entry))
    })
}

/// Waits until something is there.
pub(crate) fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Nothing is shown, not even after a while.
pub(crate) fn nothing_more(connector: &Connector) {
    let more = connector.poll(Duration::from_millis(200)).unwrap();
    assert!(more.is_none(), "{more:?}");
}

/// Rows of a kind and state.
pub(crate) fn count(connector: &Connector, name: &str) -> u64 {
    let stats = connector.stats().unwrap();
    stats.counts.get(name).copied().unwrap_or_default()
}

/// The whole packet as it is kept.
pub(crate) fn kept(connector: &Connector, id: IncomingId) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut from = connector.open_packet(id).unwrap();
    std::io::Read::read_to_end(&mut from, &mut bytes).unwrap();
    bytes
}

/// Whether a text stands in any file of a folder.
pub(crate) fn anywhere(folder: &Path, text: &str) -> bool {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let Ok(bytes) = std::fs::read(&path) else {
                continue;
            };
            let text = text.as_bytes();
            if bytes.windows(text.len()).any(|window| window == text) {
                return true;
            }
        }
    }
    false
}
