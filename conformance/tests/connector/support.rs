//! An axis and connectors of agencies at it.

use std::path::Path;
use std::time::{Duration, Instant};

use lienthong::connector::{HandOff, Sent, StateSecret};
use lienthong::exchange::insight::RecipientView;
use lienthong::exchange::model::OutgoingId;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, StatusCode};
use lienthong::{Config, Connector};
use lienthong_conformance::axis_server::{Builder, TestAxis};
use tempfile::TempDir;

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The sender's organ.
pub(crate) const SENDER: &str = "H99.01";
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
}

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

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
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
