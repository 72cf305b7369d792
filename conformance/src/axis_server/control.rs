//! The control interface: JSON over HTTP on a loopback address of its own, for
//! who holds the token of this run. Described in `docs/test-axis.md`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ring::hmac;
use serde_json::{Value, json};

use super::answer::Answer;
use super::clock;
use super::fault::FaultRule;
use super::http::{Answered, Head, Incoming, Plan, Service};
use super::shared::Shared;

/// Bytes of the body of a command.
const MOST_BODY: u64 = 1 << 20;
/// The longest wait for the wire log.
const LONGEST_WAIT: u64 = 60_000;

/// Answers commands about an axis.
pub(super) struct Control {
    shared: Arc<Shared>,
    /// Compared by HMAC, so that time tells nothing.
    key: hmac::Key,
    expected: hmac::Tag,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>, token: &str) -> io::Result<Self> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, shared.token()?.as_bytes());
        let expected = hmac::sign(&key, format!("Bearer {token}").as_bytes());
        Ok(Control {
            shared,
            key,
            expected,
        })
    }

    fn is_allowed(&self, head: &Head) -> bool {
        head.only("authorization")
            .is_some_and(|said| hmac::verify(&self.key, said, self.expected.as_ref()).is_ok())
    }

    fn queues(&self) -> Answer {
        let rows: Vec<Value> = self
            .shared
            .store
            .all()
            .iter()
            .map(|delivery| {
                json!({
                    "organ": delivery.organ,
                    "docId": delivery.id,
                    "senderDocId": delivery.packet.id,
                    "from": delivery.packet.from,
                    "messageType": delivery.packet.kind.word(),
                    "status": delivery.state.word(),
                    "bytes": delivery.packet.bytes,
                    "created_time": clock::vietnamese(delivery.packet.at),
                    "updated_time": clock::vietnamese(delivery.updated),
                })
            })
            .collect();
        Answer::json(200, &json!({ "deliveries": rows }))
    }

    fn faults(&self) -> Answer {
        Answer::json(200, &json!({ "faults": self.shared.faults.states() }))
    }

    fn wire(&self, head: &Head) -> Answer {
        let number = |name: &str| {
            let value = head.only(name)?;
            std::str::from_utf8(value).ok()?.parse::<u64>().ok()
        };
        let wait = number("wait-ms").unwrap_or_default().min(LONGEST_WAIT);
        let since = number("since").unwrap_or_default();
        let entries = self.shared.log.since(since, Duration::from_millis(wait));
        Answer::json(200, &json!({ "exchanges": entries }))
    }
}

impl Service for Control {
    type Case = ();

    fn plan(&self, _: &Head) -> (Plan, ()) {
        (Plan::default(), ())
    }

    fn answer(&self, head: &Head, (): &(), body: &mut Incoming<'_>) -> io::Result<Answer> {
        if !self.is_allowed(head) {
            return Ok(Answer::complaint(401, "the token of this run is needed"));
        }
        let faults = &self.shared.faults;
        match (head.method(), head.path()) {
            ("GET", "/queues") => return Ok(self.queues()),
            ("GET", "/wire") => return Ok(self.wire(head)),
            ("GET", "/faults") => {}
            ("DELETE", "/faults") => faults.set(Vec::new()),
            ("PUT" | "POST", "/faults") => {
                let Some(body) = body.small(MOST_BODY)? else {
                    return Ok(Answer::complaint(413, "the body is too long"));
                };
                let unreadable =
                    |error: serde_json::Error| Answer::complaint(400, &error.to_string());
                if head.method() == "PUT" {
                    match serde_json::from_slice(&body) {
                        Ok(rules) => faults.set(rules),
                        Err(error) => return Ok(unreadable(error)),
                    }
                } else {
                    match serde_json::from_slice::<FaultRule>(&body) {
                        Ok(rule) => faults.add(rule),
                        Err(error) => return Ok(unreadable(error)),
                    }
                }
            }
            (_, "/queues" | "/wire" | "/faults") => {
                return Ok(Answer::complaint(405, "the method has no meaning here"));
            }
            _ => return Ok(Answer::complaint(404, "there is no such thing")),
        }
        Ok(self.faults())
    }

    fn note(&self, _: Option<()>, _: &Answered<'_>) {}
}
