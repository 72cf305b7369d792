//! An axis or gateway under test: the suite is two connectors at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lienthong::Config;
use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome as Sent, Sending};

use super::evidence::{Actor, Evidence};
use super::letter::Made;
use super::said;
use super::text::Said;
use super::verdict::{Outcome, Stop};

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
