//! What was promised to others, and whether a store still holds it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use lienthong::exchange::model::{
    ArrivalState, Delivery, Incoming, IncomingId, OutgoingId, PacketKind,
};
use lienthong::exchange::{Store, Tx};
use lienthong::store::{SqliteStore, StoreOptions};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::recorder::{Record, What};

/// What others may rely on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    /// `send` and `report` answered: the packet, and for a document its id and
    /// the digest of its bytes.
    pub(crate) sent: BTreeMap<i64, Option<(String, String)>>,
    /// `poll` showed it.
    pub(crate) shown: BTreeSet<i64>,
    /// `accept` answered.
    pub(crate) accepted: BTreeSet<i64>,
    /// `agree` answered, to a recall.
    agreed: BTreeSet<i64>,
    /// The axis was told `done`: perhaps it heard it.
    pub(crate) done: BTreeSet<String>,
    /// Sending it to the axis was begun: the digests of packets, and those of
    /// documents alone.
    begun: BTreeSet<String>,
    pub(crate) documents_begun: BTreeSet<String>,
    output: HashMap<i32, Vec<u8>>,
    network: HashMap<(i32, i32), Vec<u8>>,
}

impl std::fmt::Display for Promises {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sent, shown) = (self.sent.len(), self.shown.len());
        let (accepted, done) = (self.accepted.len(), self.done.len());
        let begun = self.begun.len();
        write!(
            f,
            "{sent} sent, {begun} begun, {shown} shown, {accepted} accepted, {done} done"
        )
    }
}

/// More than the head of any request that matters here.
const HEAD: usize = 16 * 1024;

impl Promises {
    /// Takes in what left the process.
    pub(crate) fn hear(&mut self, record: &Record) {
        match &record.what {
            What::Start => {
                self.output.remove(&record.process);
                self.network.retain(|(of, _), _| *of != record.process);
            }
            What::Output(bytes) => {
                let waiting = self.output.entry(record.process).or_default();
                waiting.extend_from_slice(bytes);
                let mut lines = Vec::new();
                while let Some(end) = waiting.iter().position(|byte| *byte == b'\n') {
                    lines.push(waiting.drain(..=end).collect::<Vec<u8>>());
                }
                for line in lines {
                    self.answered(&serde_json::from_slice(&line).unwrap());
                }
            }
            What::Network { file, bytes } => {
                let waiting = self.network.entry((record.process, *file)).or_default();
                waiting.extend_from_slice(bytes);
                if let Some(head) = whole_head(waiting) {
                    waiting.clear();
                    self.told(&head);
                } else if waiting.len() > HEAD {
                    waiting.drain(..waiting.len() - HEAD / 2);
                }
            }
            _ => {}
        }
    }

    fn told(&mut self, head: &str) {
        let field = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(": "));
            let (_, value) = fields.find(|(field, _)| field.ends_with(name))?;
            Some(value.to_owned())
        };
        if field("-status").as_deref() == Some("done") {
            self.done.extend(field("-docid"));
        }
        if field("-messagetype").is_some_and(|word| word == "edoc") {
            self.documents_begun.extend(field("-hash-file"));
        }
        self.begun.extend(field("-hash-file"));
    }

    fn answered(&mut self, answer: &Value) {
        let Some(ok) = answer.get("ok") else { return };
        let asked = &answer["id"];
        match asked["do"].as_str().unwrap_or_default() {
            "send" => {
                let text = |name: &str| asked[name].as_str().unwrap().to_owned();
                let document = Some((text("document"), text("sha256")));
                self.sent.insert(outgoing(&ok["outgoing"]), document);
            }
            "report" => {
                self.sent.insert(outgoing(&ok["outgoing"]), None);
            }
            "poll" => {
                if let Some(id) = ok["item"]["incoming"].as_str() {
                    self.shown.insert(IncomingId::from_str(id).unwrap().0);
                }
            }
            "agree" => {
                let id = asked["incoming"].as_str().unwrap();
                self.agreed.insert(IncomingId::from_str(id).unwrap().0);
            }
            "accept" => {
                let id = asked["incoming"].as_str().unwrap();
                self.accepted.insert(IncomingId::from_str(id).unwrap().0);
            }
            _ => {}
        }
    }
}

fn outgoing(id: &Value) -> i64 {
    OutgoingId::from_str(id.as_str().unwrap()).unwrap().0
}

/// The head of a request that tells the axis something, where it is whole.
fn whole_head(bytes: &[u8]) -> Option<String> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|at| at == what);
    let calls: [&[u8]; 2] = [b"/updateStatus ", b"/sendEdoc "];
    let head = &bytes[calls.iter().find_map(|call| find(bytes, call))?..];
    let head = &head[..find(head, b"\r\n\r\n")?];
    Some(String::from_utf8_lossy(head).into_owned())
}

/// The axis's own form of a digest: each byte in as few digits as it takes.
fn short_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:x}")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// Opens a store as the product would, and says what is not as promised.
pub(crate) fn check(folder: &Path, promises: &Promises) -> Vec<String> {
    let store = match SqliteStore::open(folder, &StoreOptions::default()) {
        Ok(store) => store,
        Err(error) => return vec![format!("the store does not open: {error:?}")],
    };
    let mut wrong = Vec::new();
    if let Err(error) = store.sweep() {
        wrong.push(format!("sweeping failed: {error:?}"));
    }
    let rows = Connection::open_with_flags(
        folder.join("store.db"),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .unwrap();
    let integrity: String = rows
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap_or_else(|error| error.to_string());
    if integrity != "ok" {
        wrong.push(format!("integrity_check: {integrity}"));
    }
    let read = store.read(&mut |tx| {
        payloads(&rows, &store, tx, &mut wrong)?;
        recipients(&rows, promises, tx, &mut wrong)?;
        kept(promises, tx, &mut wrong)
    });
    if let Err(error) = read {
        wrong.push(format!("the store cannot be read: {error:?}"));
    }
    wrong
}

fn numbers(rows: &Connection, query: &str) -> Vec<i64> {
    let mut statement = rows.prepare(query).unwrap();
    let numbers = statement.query_map([], |row| row.get(0)).unwrap();
    numbers.map(Result::unwrap).collect()
}

type Checked = lienthong::Result<()>;

/// Every payload that a row names is there, whole.
fn payloads(
    rows: &Connection,
    store: &SqliteStore,
    tx: &mut dyn Tx,
    wrong: &mut Vec<String>,
) -> Checked {
    for id in numbers(rows, "SELECT id FROM payload") {
        let Some(payload) = tx.payload(id)? else {
            wrong.push(format!("payload {id} is no longer there"));
            continue;
        };
        let mut bytes = Vec::new();
        let read = store.open_payload(&payload).map(|mut reader| {
            reader.read_to_end(&mut bytes).unwrap();
        });
        if let Err(error) = read {
            wrong.push(format!("payload {id} cannot be opened: {error:?}"));
        } else if sha256(&bytes) != hex(&payload.sha256) {
            wrong.push(format!("payload {id} has other bytes"));
        }
    }
    Ok(())
}

/// Every recipient stands where one may stand. Words that are none do not come
/// through the reading of a row.
fn recipients(
    rows: &Connection,
    promises: &Promises,
    tx: &mut dyn Tx,
    wrong: &mut Vec<String>,
) -> Checked {
    let mut tried_packets = BTreeSet::new();
    for id in numbers(rows, "SELECT id FROM outgoing") {
        let recipients = tx.recipients(id)?;
        if recipients.is_empty() {
            wrong.push(format!("out-{id} has no recipient"));
        }
        if recipients.iter().all(|row| row.attempts > 0)
            && let Some(outgoing) = tx.outgoing(id)?
            && let Some(payload) = outgoing.payload
            && let Some(payload) = tx.payload(payload)?
        {
            tried_packets.insert(short_hex(&payload.sha256));
        }
        for row in recipients {
            let tried = row.delivery == Delivery::Queued || row.attempts > 0;
            let answered = row.status.is_none() || row.delivery == Delivery::Accepted;
            if !tried || !answered || row.delivery == Delivery::Failed {
                wrong.push(format!(
                    "out-{id} at {} is {} with {} attempts and status {:?}",
                    row.organ, row.delivery, row.attempts, row.status
                ));
            }
        }
    }
    // Else the axis would not be asked before it is sent again.
    for digest in promises.begun.difference(&tried_packets) {
        wrong.push(format!("{digest} was being sent and nobody knows"));
    }
    Ok(())
}

/// Every promise is kept.
fn kept(promises: &Promises, tx: &mut dyn Tx, wrong: &mut Vec<String>) -> Checked {
    for (id, document) in &promises.sent {
        let Some(row) = tx.outgoing(*id)? else {
            wrong.push(format!("out-{id} was answered and is lost"));
            continue;
        };
        let payload = row.payload.map(|id| tx.payload(id)).transpose()?.flatten();
        match (payload, document) {
            (None, _) => wrong.push(format!("out-{id} has lost its bytes")),
            (Some(payload), Some((document, sha256))) => {
                if row.document_id.as_ref() != Some(document) || hex(&payload.sha256) != *sha256 {
                    wrong.push(format!("out-{id} is not the packet that was sent"));
                }
            }
            (Some(_), None) => {}
        }
    }
    for id in &promises.shown {
        match tx.incoming(*id)? {
            None => wrong.push(format!("in-{id} was shown and is lost")),
            Some(row) if row.shown == 0 => wrong.push(format!("in-{id} was shown and is new")),
            Some(_) => {}
        }
    }
    for id in &promises.accepted {
        let state = tx.incoming(*id)?.map(|row| row.state.word());
        if state != Some("accepted") {
            wrong.push(format!("in-{id} was accepted and is {state:?}"));
        }
    }
    for id in &promises.agreed {
        let original = match tx.incoming(*id)? {
            Some(action) => action
                .about_incoming
                .map(|id| tx.incoming(id))
                .transpose()?,
            None => None,
        };
        let gone = |row: Incoming| row.destroyed && row.payload.is_none();
        if !original.flatten().is_some_and(gone) {
            wrong.push(format!("what in-{id} recalled is back"));
        }
    }
    for id in &promises.done {
        let Some(arrival) = tx.arrival_by_axis_id(id)? else {
            wrong.push(format!("the axis was told that {id} is stored"));
            continue;
        };
        let incoming = match arrival.incoming {
            Some(id) => tx.incoming(id)?,
            None => None,
        };
        let destroyed = incoming.as_ref().is_some_and(|row| row.destroyed);
        let payload = arrival.payload.or(incoming.and_then(|row| row.payload));
        // What a status said stands in a row of its own once it is understood.
        let read =
            arrival.listed_as == PacketKind::Status && arrival.state == ArrivalState::Understood;
        if payload.is_none() && !destroyed && !read {
            wrong.push(format!("the bytes of {id} are lost"));
        }
    }
    Ok(())
}
