//! Looking at the exchange: where packets stand, events, counters, quarantine.

use std::ffi::c_char;

use lienthong::Language;
use lienthong::connector::Quarantined;
use lienthong::exchange::model::{ArrivalId, Entry, IncomingId, OutgoingId};
use serde::Serialize;

use crate::boundary::call;
use crate::connector::{ConnectorObject, lienthong_connector_t, with};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle;
use crate::input::{millis, out, text};
use crate::packet::{PacketObject, Source, lienthong_packet_t};
use crate::sending::id;

/// A packet of ours, or one that came.
enum Either {
    Ours(OutgoingId),
    Came(IncomingId),
}

fn either(id: *const c_char) -> Result<Either> {
    let id = text("id", id)?;
    let ours = id.parse().map(Either::Ours);
    let either = ours.or_else(|_| id.parse().map(Either::Came));
    either.map_err(|_| Failure::argument("id", "neither out-... nor in-..."))
}

/// A query whose answer is JSON.
fn ask(
    function: &'static str,
    connector: *const lienthong_connector_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
    query: impl FnOnce(&ConnectorObject) -> Result<serde_json::Value>,
) -> i32 {
    call(function, error, || {
        let place = out("json", json)?;
        place.json(&with(connector, query)?)
    })
}

fn value(value: impl Serialize) -> Result<serde_json::Value> {
    let cause = |error: serde_json::Error| {
        Failure::own(lienthong::ErrorKind::Internal).with("cause", error.to_string())
    };
    serde_json::to_value(value).map_err(cause)
}

/// Gives where a packet stands, why, and who has to act: `id` is out-... or in-....
///
/// JSON: outgoing or incoming, and journal. `*json` is freed with `lienthong_string_free`. Fails with
/// not-found.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_why(
    connector: *const lienthong_connector_t,
    id: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_why",
        connector,
        json,
        error,
        |object| match either(id)? {
            Either::Ours(id) => value(object.connector.why(id)?),
            Either::Came(id) => value(object.connector.why_incoming(id)?),
        },
    )
}

/// Gives everything that hangs together with a packet (out-... or in-...), by time, as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`. Fails with not-found.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_thread(
    connector: *const lienthong_connector_t,
    id: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_thread",
        connector,
        json,
        error,
        |object| match either(id)? {
            Either::Ours(id) => value(object.connector.thread(id)?),
            Either::Came(id) => value(object.connector.thread_incoming(id)?),
        },
    )
}

/// Gives the statuses that came about a packet of ours, in the order they came, as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`. Fails with not-found.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_statuses(
    connector: *const lienthong_connector_t,
    outgoing: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_statuses",
        connector,
        json,
        error,
        |object| value(object.connector.statuses(id("outgoing", outgoing)?)?),
    )
}

/// Gives the ids of our packets with this organ and DocumentId, as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_find_sent(
    connector: *const lienthong_connector_t,
    from: *const c_char,
    document_id: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_find_sent",
        connector,
        json,
        error,
        |object| {
            let (from, id) = (text("from", from)?, text("document_id", document_id)?);
            value(object.connector.find_sent(from, id)?)
        },
    )
}

/// Gives counters, the age of the oldest undelivered packet, who is silent, and when the axis last
/// gave its list, as JSON.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_stats(
    connector: *const lienthong_connector_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_stats",
        connector,
        json,
        error,
        |object| value(object.connector.stats()?),
    )
}

/// Waits at most `timeout` milliseconds for events that are not done and gives at most `limit`, the
/// oldest first, as a JSON list ("[]" where none came). They come again until
/// `lienthong_connector_events_done`.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_events(
    connector: *const lienthong_connector_t,
    limit: usize,
    timeout: i64,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    #[derive(Serialize)]
    struct Told<'e> {
        #[serde(flatten)]
        entry: &'e Entry,
        en: &'static str,
        vi: &'static str,
    }
    ask(
        "lienthong_connector_events",
        connector,
        json,
        error,
        |object| {
            let entries = object
                .connector
                .events(limit, millis("timeout", timeout)?)?;
            let told = entries.iter().map(|entry| Told {
                entry,
                en: entry.text(Language::English),
                vi: entry.text(Language::Vietnamese),
            });
            value(told.collect::<Vec<_>>())
        },
    )
}

/// Events up to this number (of the last event) are dealt with and do not come again.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_events_done(
    connector: *mut lienthong_connector_t,
    up_to: i64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_events_done", error, || {
        with(connector, |object| {
            Ok(object.connector.events_done(up_to)?)
        })
    })
}

/// Gives what is on its way to and from the axis at this moment, as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`. Fails with not-for-client in a client.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_transfers(
    connector: *const lienthong_connector_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_transfers",
        connector,
        json,
        error,
        |object| value(object.connector.transfers()?),
    )
}

/// Gives the packets that came and cannot be read, at most `limit`, the oldest first, as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_quarantine(
    connector: *const lienthong_connector_t,
    limit: usize,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_connector_quarantine",
        connector,
        json,
        error,
        |object| value(object.connector.quarantined(limit)?),
    )
}

/// Has a packet in quarantine (arrival-...) read again, e.g. by a newer library.
///
/// Fails with not-found where it is not in quarantine.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_read_again(
    connector: *mut lienthong_connector_t,
    arrival: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_read_again", error, || {
        let id: ArrivalId = id("arrival", arrival)?;
        with(connector, |object| Ok(object.connector.read_again(id)?))
    })
}

/// Gives up a packet in quarantine (arrival-...). Its bytes are deleted.
///
/// Fails with not-found where it is not in quarantine.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_drop_quarantined(
    connector: *mut lienthong_connector_t,
    arrival: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_drop_quarantined", error, || {
        let id: ArrivalId = id("arrival", arrival)?;
        with(connector, |object| {
            Ok(object.connector.drop_quarantined(id)?)
        })
    })
}

/// Gives the packet with an id: out-..., in-..., or arrival-... for one in quarantine.
///
/// `*packet` belongs to the caller. Fails with not-found, payload-gone.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_packet(
    connector: *const lienthong_connector_t,
    id: *const c_char,
    packet: *mut *mut lienthong_packet_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_packet", error, || {
        let place = out("packet", packet)?;
        let id = text("id", id)?;
        let object = with(connector, |object| {
            let connector = object.connector.clone();
            let source = match id.parse::<ArrivalId>() {
                Ok(arrival) => {
                    let packet = quarantined(object, arrival)?;
                    Source::Quarantine(connector, Box::new(packet))
                }
                Err(_) => match self::either_of(id)? {
                    Either::Ours(id) => Source::Sent(connector, id),
                    Either::Came(id) => Source::Came(connector, id),
                },
            };
            PacketObject::read(source, object.settings.clone())
        })?;
        place.write(handle::put(object)?);
        Ok(())
    })
}

fn either_of(id: &str) -> Result<Either> {
    let ours = id.parse().map(Either::Ours);
    let either = ours.or_else(|_| id.parse().map(Either::Came));
    either.map_err(|_| Failure::argument("id", "none of out-..., in-..., arrival-..."))
}

fn quarantined(object: &ConnectorObject, id: ArrivalId) -> Result<Quarantined> {
    let all = object.connector.quarantined(usize::MAX)?;
    let found = all.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| Failure::own(lienthong::ErrorKind::NotFound).with("id", id.to_string()))
}
