//! The commands: each takes a JSON object and gives one.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use lienthong::connector::{HandOff, StateSecret};
use lienthong::exchange::model::{IncomingId, OutgoingId};
use lienthong::packet::document::StaffInfo;
use lienthong::packet::{Attachment, Document, DocumentBuilder, StatusCode};
use lienthong::{Connector, Error, ErrorKind, Language};
use serde::Serialize;
use serde_json::{Value, json};

type Answer = Result<Value, Value>;

/// An error as its JSON.
pub(crate) fn error(error: &Error) -> Value {
    let context: serde_json::Map<String, Value> = error
        .context()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let messages =
        [Language::English, Language::Vietnamese].map(|language| error.message(language));
    view_of(
        error.kind(),
        messages,
        context.into(),
        json!(error.findings()),
    )
}

/// An error as the host sees it, also one of a command.
fn view_of(
    kind: ErrorKind,
    [message, message_vi]: [String; 2],
    context: Value,
    findings: Value,
) -> Value {
    json!({
        "kind": kind.name(),
        "number": kind.number(),
        "retry": kind.retry().word(),
        "who_acts": kind.who_acts().word(),
        "message": message,
        "message_vi": message_vi,
        "context": context,
        "findings": findings,
    })
}

/// A command that cannot be understood.
pub(crate) fn misuse(reason: &str) -> Value {
    let kind = ErrorKind::InvalidArgument;
    let messages =
        [Language::English, Language::Vietnamese].map(|language| kind.message(language).to_owned());
    view_of(kind, messages, json!({ "reason": reason }), json!([]))
}

/// What is wrong with a value, without the value: people wrote it.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match (text.split_once('"'), text.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}\"…\"{after}"),
        _ => text,
    }
}

/// Does what a line says.
pub(crate) fn run(connector: &Connector, command: &Value) -> Answer {
    let given = Given(command);
    match given.text("do")? {
        "capabilities" => Ok(capabilities()),
        "send" => send(connector, &given),
        "poll" => poll(connector, &given),
        "accept" => {
            let (id, lease) = (given.incoming("incoming")?, given.lease()?);
            done(connector.accept(id, lease))
        }
        "refuse" => {
            let (id, lease) = (given.incoming("incoming")?, given.lease()?);
            let staff = given.staff()?;
            done(connector.refuse(id, lease, given.text("reason")?, staff.as_ref()))
        }
        "give_back" => {
            let (id, lease) = (given.incoming("incoming")?, given.lease()?);
            done(connector.give_back(id, lease, given.millis("pause_ms", 0)?))
        }
        "report" => {
            let staff = given.staff()?;
            let sent = connector.report(
                given.incoming("incoming")?,
                given.code()?,
                given.optional("note"),
                staff.as_ref(),
            );
            answer(sent.map(|id| json!({ "outgoing": id })))
        }
        "recall" => {
            let organs = given.texts("organs")?;
            let staff = given.staff()?;
            let recalled = connector.recall(
                given.outgoing("outgoing")?,
                &organs,
                given.text("reason")?,
                staff.as_ref(),
            );
            answer(recalled.map(|recalled| json!({ "requests": recalled.requests })))
        }
        word @ ("agree" | "decline") => {
            let id = given.incoming("incoming")?;
            let staff = given.staff()?;
            let sent = match word {
                "agree" => connector.agree(id, given.optional("note"), staff.as_ref()),
                _ => connector.decline(id, given.optional("note"), staff.as_ref()),
            };
            answer(sent.map(|id| json!({ "outgoing": id })))
        }
        "why" => match given.id("packet")? {
            Either::Outgoing(id) => answer(connector.why(id).map(to_json)),
            Either::Incoming(id) => answer(connector.why_incoming(id).map(to_json)),
        },
        "thread" => match given.id("packet")? {
            Either::Outgoing(id) => answer(connector.thread(id).map(to_json)),
            Either::Incoming(id) => answer(connector.thread_incoming(id).map(to_json)),
        },
        "statuses" => answer(connector.statuses(given.outgoing("outgoing")?).map(to_json)),
        "find" => {
            let found = connector.find_sent(given.text("from")?, given.text("document_id")?);
            answer(found.map(|ids| json!({ "outgoing": ids })))
        }
        "stats" => answer(connector.stats().map(to_json)),
        "events" => {
            let limit = usize::try_from(given.number_or("limit", 100)?).unwrap_or(100);
            let wait = given.millis("timeout_ms", 0)?;
            answer(connector.events(limit, wait).map(to_json))
        }
        "events_done" => done(connector.events_done(given.number("up_to")?)),
        "quarantine" => answer(connector.quarantined(1_000).map(to_json)),
        "retry" => {
            let count = connector.retry(given.outgoing("outgoing")?, given.optional("organ"));
            answer(count.map(|count| json!({ "recipients": count })))
        }
        "drop" => {
            let count = connector.drop_packet(given.outgoing("outgoing")?, given.optional("organ"));
            answer(count.map(|count| json!({ "recipients": count })))
        }
        "assign" => done(connector.assign_answer(
            given.outgoing("outgoing")?,
            given.text("organ")?,
            given.code()?,
        )),
        "tick" => done(connector.receive_now()),
        "backup" => done(connector.backup(Path::new(given.text("folder")?))),
        "doctor" => answer(connector.doctor().map(to_json)),
        "close" => {
            let in_time = connector.close(given.millis("timeout_ms", 5_000)?);
            Ok(json!({ "closed": true, "in_time": in_time }))
        }
        other => Err(misuse(&format!("there is no command {other:?}"))),
    }
}

/// What this product can do, for who drives it.
fn capabilities() -> Value {
    let settings: Vec<&str> = lienthong::config::KEYS.iter().map(|key| key.name).collect();
    json!({
        "product": "lienthong dms",
        "version": lienthong::VERSION,
        "commands": [
            "capabilities", "send", "poll", "accept", "refuse", "give_back", "report", "recall",
            "agree", "decline", "why", "thread", "find", "statuses", "stats", "events",
            "events_done", "quarantine", "retry", "drop", "assign", "tick", "backup", "doctor",
            "close",
        ],
        "settings": settings,
        "features": [
            "signature-report", "signature-verify", "sign", "seal", "tls", "client-certificate",
            "restart",
        ],
    })
}

/// `send`: a packet that is built already (`packet`), or a header in JSON
/// (`document`) with files (`attach`).
fn send(connector: &Connector, given: &Given<'_>) -> Answer {
    let secret = match given.0.get("contains_state_secret") {
        Some(Value::Bool(true)) => StateSecret::Contained,
        Some(Value::Bool(false)) => StateSecret::NotContained,
        _ => return Err(misuse("contains_state_secret must be true or false")),
    };
    let sent = match given.optional("packet") {
        Some(path) => {
            let file = File::open(path).map_err(|error| misuse(&format!("{path}: {error}")))?;
            connector.send_packet(file, secret)
        }
        None => {
            let header = given.0.get("document").cloned().unwrap_or(Value::Null);
            let header: Document = serde_json::from_value(header)
                .map_err(|error| misuse(&format!("document: {}", without_value(&error))))?;
            let mut builder = DocumentBuilder::from_document(header);
            for path in given.texts("attach")? {
                builder = builder.attach(Attachment::from_path(path).map_err(|e| error(&e))?);
            }
            let mut document = builder.build().map_err(|e| error(&e))?;
            connector.send(&mut document, secret)
        }
    };
    answer(
        sent.map(
            |sent| json!({ "outgoing": sent.id, "again": sent.again, "findings": sent.findings }),
        ),
    )
}

/// `poll`: the next packet, its files in `extract_to` where that is given.
fn poll(connector: &Connector, given: &Given<'_>) -> Answer {
    let item = connector
        .poll(given.millis("timeout_ms", 0)?)
        .map_err(|e| error(&e))?;
    let Some(item) = item else {
        return Ok(json!({ "item": null }));
    };
    let mut view = shown(&item);
    if let Some(folder) = given.optional("extract_to") {
        let files = item.extract_to(Path::new(folder)).map_err(|e| error(&e))?;
        let files: Vec<_> = files.iter().map(|file| json!(file.path)).collect();
        view.insert("files".to_owned(), json!(files));
    }
    Ok(json!({ "item": view }))
}

fn shown(item: &HandOff) -> serde_json::Map<String, Value> {
    match to_json(item) {
        Value::Object(view) => view,
        _ => serde_json::Map::new(),
    }
}

fn answer(result: lienthong::Result<Value>) -> Answer {
    result.map_err(|e| error(&e))
}

fn done(result: lienthong::Result<()>) -> Answer {
    answer(result.map(|()| json!({})))
}

fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| misuse(&error.to_string()))
}

/// A packet of ours, or one that came.
enum Either {
    Outgoing(OutgoingId),
    Incoming(IncomingId),
}

/// The members of a command.
struct Given<'c>(&'c Value);

impl<'c> Given<'c> {
    fn optional(&self, name: &str) -> Option<&'c str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn text(&self, name: &str) -> Result<&'c str, Value> {
        self.optional(name)
            .ok_or_else(|| misuse(&format!("{name} must be a text")))
    }

    fn texts(&self, name: &str) -> Result<Vec<&'c str>, Value> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(values)) => values
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .ok_or_else(|| misuse(&format!("{name} must be texts")))
                })
                .collect(),
            Some(_) => Err(misuse(&format!("{name} must be a list of texts"))),
        }
    }

    fn number(&self, name: &str) -> Result<i64, Value> {
        self.0
            .get(name)
            .and_then(Value::as_i64)
            .ok_or_else(|| misuse(&format!("{name} must be a number")))
    }

    fn number_or(&self, name: &str, default: i64) -> Result<i64, Value> {
        match self.0.get(name) {
            None => Ok(default),
            Some(_) => self.number(name),
        }
    }

    fn millis(&self, name: &str, default: i64) -> Result<Duration, Value> {
        let millis = self.number_or(name, default)?;
        u64::try_from(millis)
            .map(Duration::from_millis)
            .map_err(|_| misuse(&format!("{name} must not be negative")))
    }

    fn lease(&self) -> Result<i64, Value> {
        self.text("lease")?
            .parse()
            .map_err(|_| misuse("lease must be the text that poll gave"))
    }

    fn outgoing(&self, name: &str) -> Result<OutgoingId, Value> {
        self.text(name)?.parse().map_err(|e| error(&e))
    }

    fn incoming(&self, name: &str) -> Result<IncomingId, Value> {
        self.text(name)?.parse().map_err(|e| error(&e))
    }

    fn id(&self, name: &str) -> Result<Either, Value> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(id) => Ok(Either::Outgoing(id)),
            Err(_) => text.parse().map(Either::Incoming).map_err(|e| error(&e)),
        }
    }

    fn code(&self) -> Result<StatusCode, Value> {
        let code = self.text("code")?.parse();
        code.map(StatusCode::from_number)
            .map_err(|_| misuse("code is two digits, as in \"03\""))
    }

    fn staff(&self) -> Result<Option<StaffInfo>, Value> {
        match self.0.get("staff") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|error| misuse(&format!("staff: {}", without_value(&error)))),
        }
    }
}
