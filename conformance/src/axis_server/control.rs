//! The control interface: JSON over HTTP on a loopback address of its own, for
//! who holds the token of this run. Described in `docs/test-axis.md`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::Answer;
use super::clock;
use super::http::{Answered, Head, Incoming, Plan, Service};
use super::office::OfficeError;
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

    /// What the Office has, a command to it, or its rules.
    fn office(&self, head: &Head, body: &mut Incoming<'_>) -> io::Result<Answer> {
        let Some(office) = &self.shared.office else {
            return Ok(Answer::complaint(404, "there is no Office in this axis"));
        };
        match (head.method(), head.path()) {
            ("GET", "/office") => {
                let (since, wait) = waiting(head);
                return Ok(shown(&office.state(since, wait)));
            }
            ("GET", "/office/rules") => {}
            ("DELETE", "/office/rules") => office.set_rules(Vec::new()),
            ("POST", "/office") => {
                let command = match read(body)? {
                    Ok(command) => command,
                    Err(complaint) => return Ok(complaint),
                };
                return Ok(match self.shared.office_command(command) {
                    Ok(made) => shown(&made),
                    Err(error) => Answer::complaint(status_of(&error), &error.to_string()),
                });
            }
            ("PUT", "/office/rules") => match read(body)? {
                Ok(rules) => office.set_rules(rules),
                Err(complaint) => return Ok(complaint),
            },
            ("POST", "/office/rules") => match read(body)? {
                Ok(rule) => office.add_rule(rule),
                Err(complaint) => return Ok(complaint),
            },
            _ => return Ok(Answer::complaint(405, "the method has no meaning here")),
        }
        Ok(Answer::json(200, &json!({ "rules": office.rules() })))
    }

    fn faults(&self) -> Answer {
        Answer::json(200, &json!({ "faults": self.shared.faults.states() }))
    }

    fn wire(&self, head: &Head) -> Answer {
        let (since, wait) = waiting(head);
        let entries = self.shared.log.since(since, wait);
        Answer::json(200, &json!({ "exchanges": entries }))
    }
}

/// Since when, and how long something is waited for.
fn waiting(head: &Head) -> (u64, Duration) {
    let number = |name: &str| {
        let value = head.only(name)?;
        std::str::from_utf8(value).ok()?.parse::<u64>().ok()
    };
    let wait = number("wait-ms").unwrap_or_default().min(LONGEST_WAIT);
    let since = number("since").unwrap_or_default();
    (since, Duration::from_millis(wait))
}

/// The body of a command, or what is said of it where it is none.
fn read<T: DeserializeOwned>(body: &mut Incoming<'_>) -> io::Result<Result<T, Answer>> {
    let Some(body) = body.small(MOST_BODY)? else {
        return Ok(Err(Answer::complaint(413, "the body is too long")));
    };
    let read = serde_json::from_slice(&body);
    Ok(read.map_err(|error| Answer::complaint(400, &error.to_string())))
}

fn shown(value: &impl Serialize) -> Answer {
    match serde_json::to_value(value) {
        Ok(value) => Answer::json(200, &value),
        Err(_) => Answer::complaint(500, "the axis failed"),
    }
}

/// The HTTP status of a command that does nothing.
fn status_of(error: &OfficeError) -> u16 {
    match error {
        OfficeError::NoOffice | OfficeError::UnknownDocument => 404,
        OfficeError::SeveralDocuments | OfficeError::Refused { .. } => 409,
        OfficeError::NoReceiver | OfficeError::Packet(_) => 400,
        OfficeError::Io(_) => 500,
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
            ("PUT", "/faults") => match read(body)? {
                Ok(rules) => faults.set(rules),
                Err(complaint) => return Ok(complaint),
            },
            ("POST", "/faults") => match read(body)? {
                Ok(rule) => faults.add(rule),
                Err(complaint) => return Ok(complaint),
            },
            (_, "/office" | "/office/rules") => return self.office(head, body),
            (_, "/queues" | "/wire" | "/faults") => {
                return Ok(Answer::complaint(405, "the method has no meaning here"));
            }
            _ => return Ok(Answer::complaint(404, "there is no such thing")),
        }
        Ok(self.faults())
    }

    fn note(&self, _: Option<()>, _: &Answered<'_>) {}
}
