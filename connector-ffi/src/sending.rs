//! Sending: documents, statuses, recalls and the answers to them.

use std::ffi::{c_char, c_void};
use std::fmt::Display;
use std::io::Read;
use std::str::FromStr;

use lienthong::connector::{Sent, StateSecret};
use lienthong::exchange::model::{IncomingId, OutgoingId};
use lienthong::packet::StatusCode;
use lienthong::packet::document::StaffInfo;
use serde_json::json;

use crate::boundary::call;
use crate::connector::{lienthong_connector_t, with};
use crate::document::{self, lienthong_document_t};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::input::{self, bytes, optional, out, text, texts};
use crate::packet;
use crate::stream::{Pull, lienthong_read_fn};

/// The document holds no state secrets.
pub const LIENTHONG_STATE_SECRET_NOT_CONTAINED: i32 = 1;
/// The document holds state secrets: it is refused with state-secret (Decision 28/2018, art. 1.2).
pub const LIENTHONG_STATE_SECRET_CONTAINED: i32 = 2;

fn secret(secret: i32) -> Result<StateSecret> {
    match secret {
        LIENTHONG_STATE_SECRET_NOT_CONTAINED => Ok(StateSecret::NotContained),
        LIENTHONG_STATE_SECRET_CONTAINED => Ok(StateSecret::Contained),
        _ => Err(Failure::argument("state_secret", "has to be stated")),
    }
}

/// An id of a store, as `in-1`.
pub(crate) fn id<I: FromStr>(name: &'static str, id: *const c_char) -> Result<I> {
    let id = text(name, id)?;
    id.parse()
        .map_err(|_| Failure::argument(name, "not an id of this kind"))
}

pub(crate) fn staff(staff: *const c_char) -> Result<Option<StaffInfo>> {
    optional("staff", staff)?
        .map(|staff| input::json("staff", staff))
        .transpose()
}

fn status(name: &'static str, code: i32) -> Result<StatusCode> {
    let number = u32::try_from(code).map_err(|_| Failure::argument(name, "negative"))?;
    Ok(StatusCode::from_number(number))
}

fn shown(sent: &Sent) -> serde_json::Value {
    json!({ "outgoing": sent.id, "again": sent.again, "findings": sent.findings })
}

fn list(ids: &[impl Display]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// Stores a document for sending. When this gives LIENTHONG_OK, it is on disk and will be delivered
/// to each receiver, or `lienthong_connector_why` says why not. After an error nothing was stored.
///
/// `state_secret` has to be stated: LIENTHONG_STATE_SECRET_.... Gives JSON: outgoing (the id),
/// again (whether the same document had been stored before; then nothing was added), findings.
/// `*json` is freed with `lienthong_string_free`. Fails with state-secret, packet-impossible,
/// document-id-taken, document-frozen, not-own-organ, io, store-full, store-failed, closed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_send(
    connector: *mut lienthong_connector_t,
    document: *const lienthong_document_t,
    state_secret: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_send", error, || {
        let place = out("json", json)?;
        let secret = secret(state_secret)?;
        with(connector, |object| {
            document::with(document, |draft| {
                draft.packet(|packet| place.json(&shown(&object.connector.send(packet, secret)?)))
            })
        })
    })
}

fn send_packet(
    connector: *mut lienthong_connector_t,
    source: impl Read,
    secret: StateSecret,
    place: input::Out<*mut c_char>,
) -> Result<()> {
    with(connector, |object| {
        place.json(&shown(&object.connector.send_packet(source, secret)?))
    })
}

/// Stores a packet that is built already, byte for byte, from a file. It must be a document.
///
/// As `lienthong_connector_send`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_send_packet_path(
    connector: *mut lienthong_connector_t,
    path: *const c_char,
    state_secret: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_send_packet_path", error, || {
        let place = out("json", json)?;
        let secret = secret(state_secret)?;
        let file = packet::file(text("path", path)?)?;
        send_packet(connector, file, secret, place)
    })
}

/// Stores a packet that is built already, byte for byte, from memory. It must be a document.
///
/// As `lienthong_connector_send`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_send_packet_bytes(
    connector: *mut lienthong_connector_t,
    data: *const u8,
    length: usize,
    state_secret: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_send_packet_bytes", error, || {
        let place = out("json", json)?;
        let secret = secret(state_secret)?;
        send_packet(connector, bytes("data", data, length)?, secret, place)
    })
}

/// Stores a packet that is built already, byte for byte, from a callback, which is called on this
/// thread. It must be a document.
///
/// As `lienthong_connector_send`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_send_packet_callback(
    connector: *mut lienthong_connector_t,
    read: lienthong_read_fn,
    user_data: *mut c_void,
    state_secret: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_send_packet_callback", error, || {
        let place = out("json", json)?;
        let secret = secret(state_secret)?;
        send_packet(connector, Pull::new(read, user_data)?, secret, place)
    })
}

/// Reports where a received document stands: 2 refused to 6 finished (1 goes by itself).
///
/// `note` (needed for 2) and `staff` (JSON) may be NULL. Gives the id of the status in `*outgoing`,
/// which is freed with `lienthong_string_free`. Fails with not-found, status-illegal,
/// packet-impossible.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_report(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    code: i32,
    note: *const c_char,
    staff: *const c_char,
    outgoing: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_report", error, || {
        let place = out("outgoing", outgoing)?;
        let id: IncomingId = id("incoming", incoming)?;
        let code = status("code", code)?;
        let (note, staff) = (optional("note", note)?, self::staff(staff)?);
        let sent = with(connector, |object| {
            Ok(object.connector.report(id, code, note, staff.as_ref())?)
        })?;
        place.text(sent.to_string());
        Ok(())
    })
}

/// Asks receivers to give a document of ours back (status 13 to each); `(NULL, 0)` asks all. Those
/// already asked are left out.
///
/// `reason` has to be given, `staff` (JSON) may be NULL. Gives the ids of the requests as a JSON
/// list; `*json` is freed with `lienthong_string_free`. Fails with not-found, document-frozen,
/// invalid-argument for an organ that was no receiver, packet-impossible.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_recall(
    connector: *mut lienthong_connector_t,
    outgoing: *const c_char,
    organs: *const *const c_char,
    count: usize,
    reason: *const c_char,
    staff: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_recall", error, || {
        let place = out("json", json)?;
        let id: OutgoingId = id("outgoing", outgoing)?;
        let organs = texts("organs", organs, count)?;
        let (reason, staff) = (text("reason", reason)?, self::staff(staff)?);
        let recalled = with(connector, |object| {
            Ok(object
                .connector
                .recall(id, &organs, reason, staff.as_ref())?)
        })?;
        place.json(&list(&recalled.requests))
    })
}

fn decide(
    connector: *mut lienthong_connector_t,
    agree: bool,
    incoming: *const c_char,
    note: *const c_char,
    staff: *const c_char,
    place: input::Out<*mut c_char>,
) -> Result<()> {
    let id: IncomingId = id("incoming", incoming)?;
    let (note, staff) = (optional("note", note)?, self::staff(staff)?);
    let sent = with(connector, |object| {
        let connector = &object.connector;
        Ok(match agree {
            true => connector.agree(id, note, staff.as_ref())?,
            false => connector.decline(id, note, staff.as_ref())?,
        })
    })?;
    place.optional(sent.map(|id| id.to_string()));
    Ok(())
}

/// Agrees (15) to a received recall, update or replacement. After a recall every copy of the
/// original's bytes in this store is destroyed.
///
/// `note` and `staff` (JSON) may be NULL. Gives the id of the status, NULL where none is sent
/// (status.answer_...); `*outgoing` is freed with `lienthong_string_free`. Fails with not-found,
/// status-illegal.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_agree(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    note: *const c_char,
    staff: *const c_char,
    outgoing: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_agree", error, || {
        let place = out("outgoing", outgoing)?;
        decide(connector, true, incoming, note, staff, place)
    })
}

/// Declines (16) a received recall, update or replacement; `note`, the reason, has to be given.
///
/// As `lienthong_connector_agree`; fails with packet-impossible without a reason.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_decline(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    note: *const c_char,
    staff: *const c_char,
    outgoing: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_decline", error, || {
        let place = out("outgoing", outgoing)?;
        decide(connector, false, incoming, note, staff, place)
    })
}

/// Says that an organ's answer, 15 or 16, which is kept as ambiguous because it fits
/// several changes, was meant for this one: `change` is the id of the request that was sent.
///
/// Fails with not-found, and with status-illegal where no such answer is kept, or the change waits for
/// none.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_assign_answer(
    connector: *mut lienthong_connector_t,
    change: *const c_char,
    organ: *const c_char,
    answer: i32,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_assign_answer", error, || {
        let id: OutgoingId = id("change", change)?;
        let (organ, answer) = (text("organ", organ)?, status("answer", answer)?);
        with(connector, |object| {
            Ok(object.connector.assign_answer(id, organ, answer)?)
        })
    })
}

/// Has what failed, is held or waits tried again at once, for one receiver or (NULL) for all.
///
/// Gives for how many; `count` may be NULL. Fails with not-found.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_retry(
    connector: *mut lienthong_connector_t,
    outgoing: *const c_char,
    organ: *const c_char,
    count: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_retry", error, || {
        let id: OutgoingId = id("outgoing", outgoing)?;
        let organ = optional("organ", organ)?;
        let number = with(connector, |object| Ok(object.connector.retry(id, organ)?))?;
        if let Ok(place) = out("count", count) {
            place.write(number);
        }
        Ok(())
    })
}

/// Gives up what is not delivered, for one receiver or (NULL) for all; what waited for it goes on.
///
/// Gives for how many; `count` may be NULL. Fails with not-found.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_drop(
    connector: *mut lienthong_connector_t,
    outgoing: *const c_char,
    organ: *const c_char,
    count: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_drop", error, || {
        let id: OutgoingId = id("outgoing", outgoing)?;
        let organ = optional("organ", organ)?;
        let number = with(connector, |object| {
            Ok(object.connector.drop_packet(id, organ)?)
        })?;
        if let Ok(place) = out("count", count) {
            place.write(number);
        }
        Ok(())
    })
}
