//! Looking at the exchange.

use lienthong::Connector;
use lienthong::Language;
use lienthong::exchange::model::{ArrivalId, Entry, IncomingId, OutgoingId};
use serde::Serialize;

use crate::call::{Failure, Result, to_json};
use crate::connector::{id, not_found};
use crate::packet::Source;

/// Rows of the quarantine that are given at most.
const MOST: usize = 100_000;

/// A packet of ours, or one that came.
enum Either {
    Ours(OutgoingId),
    Came(IncomingId),
}

fn either(id: &str) -> Result<Either> {
    let ours = id.parse().map(Either::Ours);
    let either = ours.or_else(|_| id.parse().map(Either::Came));
    either.map_err(|_| Failure::argument("id", "neither out-... nor in-..."))
}

/// The answer to a question, as JSON.
pub(crate) fn answer(connector: &Connector, question: &str, about: &str) -> Result<String> {
    match question {
        "why" => match either(about)? {
            Either::Ours(id) => to_json(&connector.why(id)?),
            Either::Came(id) => to_json(&connector.why_incoming(id)?),
        },
        "thread" => match either(about)? {
            Either::Ours(id) => to_json(&connector.thread(id)?),
            Either::Came(id) => to_json(&connector.thread_incoming(id)?),
        },
        "statuses" => to_json(&connector.statuses(id("outgoing", about)?)?),
        "stats" => to_json(&connector.stats()?),
        "transfers" => to_json(&connector.transfers()?),
        "quarantine" => to_json(&connector.quarantined(MOST)?),
        "doctor" => to_json(&connector.doctor()?),
        _ => Err(Failure::argument("question", "unknown")),
    }
}

/// Events with their words.
pub(crate) fn told(events: &[Entry]) -> Result<String> {
    #[derive(Serialize)]
    struct Told<'e> {
        #[serde(flatten)]
        entry: &'e Entry,
        en: &'static str,
        vi: &'static str,
    }
    let told = events.iter().map(|entry| Told {
        entry,
        en: entry.text(Language::English),
        vi: entry.text(Language::Vietnamese),
    });
    to_json(&told.collect::<Vec<_>>())
}

/// Where the bytes of a packet of the store are.
pub(crate) fn source(connector: &Connector, id: &str) -> Result<Source> {
    let connector = connector.clone();
    Ok(match id.parse::<ArrivalId>() {
        Ok(arrival) => {
            let all = connector.quarantined(MOST)?;
            let found = all.into_iter().find(|one| one.id == arrival);
            let packet = found.ok_or_else(|| not_found(id))?;
            Source::Quarantine(connector, Box::new(packet))
        }
        Err(_) => match either(id)? {
            Either::Ours(id) => Source::Sent(connector, id),
            Either::Came(id) => Source::Came(connector, id),
        },
    })
}
