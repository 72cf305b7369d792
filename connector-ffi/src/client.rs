//! The calls of the axis, one by one, for programs that keep their own queues.

use std::ffi::c_char;

use lienthong::axis::{
    Acknowledgement, Client, Delivery, Fetched, MessageType, NewAgency, Outcome, Sending,
};
use serde_json::{Value, json};

use crate::boundary::{call, guard};
use crate::config::{lienthong_config_t, settings};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Object};
use crate::input::{self, optional, out, text, texts};
use crate::stream::new_file;

/// A client of an axis, without a store: each call goes out at once, and nothing is repeated.
///
/// Made with `lienthong_client_open`, freed with `lienthong_client_free`. Used by any number of
/// threads at once. A connector (`lienthong_connector_t`) does all of this durably; this is for
/// programs that have queues of their own.
///
/// Calls end by axis.connect_timeout, axis.idle_timeout and axis.total_timeout. Common failures:
/// axis-unreachable, axis-untrusted, axis-no-answer, axis-not-an-answer, axis-answer-too-large,
/// axis-refused-packet, axis-refused-organ, axis-credentials, axis-try-later,
/// axis-unknown-refusal, closed, after-fork. A list that failed is never an empty one.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_client_t {
    _opaque: [u8; 0],
}

struct ClientObject(Client);

impl Object for ClientObject {
    type C = lienthong_client_t;
    const KIND: u32 = 7;
}

/// A document with its attachments.
pub const LIENTHONG_MESSAGE_EDOC: i32 = 1;
/// A status.
pub const LIENTHONG_MESSAGE_STATUS: i32 = 2;

/// The packet is being taken over; it stays in the queue.
pub const LIENTHONG_ACKNOWLEDGE_PROCESSING: i32 = 1;
/// The packet is kept; it leaves the queue.
pub const LIENTHONG_ACKNOWLEDGE_DONE: i32 = 2;
/// The packet cannot be taken; it leaves the queue (assumed).
pub const LIENTHONG_ACKNOWLEDGE_FAIL: i32 = 3;

fn message(message: i32) -> Result<MessageType> {
    match message {
        LIENTHONG_MESSAGE_EDOC => Ok(MessageType::Edoc),
        LIENTHONG_MESSAGE_STATUS => Ok(MessageType::Status),
        _ => Err(Failure::argument(
            "message_type",
            "not LIENTHONG_MESSAGE_...",
        )),
    }
}

fn client(client: *const lienthong_client_t) -> Result<Client> {
    Ok(handle::get::<ClientObject>(client)?.0.clone())
}

/// Opens a client by the keys axis.... No connection is made yet.
///
/// `*client` belongs to the caller; `config` may be freed. Fails with config-missing,
/// config-invalid-value, axis-plaintext, io, out-of-resources.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_open(
    config: *const lienthong_config_t,
    client: *mut *mut lienthong_client_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_open", error, || {
        let place = out("client", client)?;
        let settings = settings(config)?;
        place.write(handle::put(ClientObject(Client::open(&settings.config)?))?);
        Ok(())
    })
}

/// Closes a client at once: calls under way in other threads end with closed, or, where a packet was
/// handed over already, with axis-sent-no-answer. The handle is still to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_close(
    client: *mut lienthong_client_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_close", error, || {
        self::client(client)?.close();
        Ok(())
    })
}

/// Closes and frees a client. NULL, and one that was freed already, are left alone.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_free(client: *mut lienthong_client_t) {
    guard("lienthong_client_free", (), || {
        handle::free::<ClientObject>(client)
    });
}

/// Sends the packet in a file (/sendEdoc), from an organ to organs; `(NULL, 0)` leaves the
/// receivers to the packet.
///
/// Gives what became of it for each group of receivers, as a JSON list: to, outcome (accepted,
/// refused, no-answer, not-sent), doc_id, code, description, error. `*json` is freed with
/// `lienthong_string_free`. A failure means that nothing was sent to anyone.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_send_path(
    client: *const lienthong_client_t,
    path: *const c_char,
    from: *const c_char,
    to: *const *const c_char,
    count: usize,
    message_type: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_send_path", error, || {
        let place = out("json", json)?;
        let sending = Sending {
            from: text("from", from)?,
            to: &texts("to", to, count)?,
            message_type: message(message_type)?,
        };
        let deliveries = self::client(client)?.send_file(text("path", path)?, &sending)?;
        place.json(&deliveries.iter().map(delivery).collect::<Vec<_>>())
    })
}

fn delivery(delivery: &Delivery) -> Value {
    let (outcome, doc_id, code, description, error) = match &delivery.outcome {
        Outcome::Accepted { doc_id } => ("accepted", doc_id.as_deref(), None, None, None),
        Outcome::Refused(refusal) => (
            "refused",
            refusal.doc_id.as_deref(),
            Some(refusal.code.as_str()),
            refusal.description.as_deref(),
            None,
        ),
        Outcome::NoAnswer(error) => ("no-answer", None, None, None, Some(json!(error))),
        Outcome::NotSent(error) => ("not-sent", None, None, None, Some(json!(error))),
        // A newer core knows more; what is not known to be sent may have been.
        _ => ("no-answer", None, None, None, None),
    };
    json!({
        "to": delivery.to,
        "outcome": outcome,
        "doc_id": doc_id,
        "code": code,
        "description": description,
        "error": error,
    })
}

/// A call whose answer is JSON.
fn ask<T: serde::Serialize>(
    function: &'static str,
    client: *const lienthong_client_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
    query: impl FnOnce(&Client) -> Result<T>,
) -> i32 {
    call(function, error, || {
        let place = out("json", json)?;
        place.json(&query(&self::client(client)?)?)
    })
}

/// Gives the packets that wait (/getReceivedEdocList), as a JSON list. `message_type` is
/// LIENTHONG_MESSAGE_....
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_list_received(
    client: *const lienthong_client_t,
    message_type: i32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_client_list_received",
        client,
        json,
        error,
        |client| Ok(client.list_received(message(message_type)?)?),
    )
}

/// Gives what became of a packet that was sent, or (NULL) of all (/getSentEdocList), as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_list_sent(
    client: *const lienthong_client_t,
    message_type: i32,
    doc_id: *const c_char,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_client_list_sent",
        client,
        json,
        error,
        |client| {
            let message = message(message_type)?;
            Ok(match optional("doc_id", doc_id)? {
                Some(id) => client.sent_list(message, id)?,
                None => client.list_sent(message)?,
            })
        },
    )
}

fn fetch(
    path: *const c_char,
    length: *mut u64,
    get: impl FnOnce(&mut dyn std::io::Write) -> lienthong::Result<Fetched>,
) -> Result<()> {
    let fetched = new_file(text("path", path)?, |to| Ok(get(to)?))?;
    if let Ok(place) = out("length", length) {
        place.write(fetched.bytes);
    }
    Ok(())
}

/// Fetches a packet (/getEdoc) into a new file; one that is there already is left alone (io).
///
/// Gives its length in bytes; `length` may be NULL. After a failure there is no file.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_get_to_path(
    client: *const lienthong_client_t,
    doc_id: *const c_char,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_get_to_path", error, || {
        let (client, id) = (self::client(client)?, text("doc_id", doc_id)?);
        fetch(path, length, |to| client.get(id, to))
    })
}

/// Fetches a packet as it is (/downloadEdoc) into a new file.
///
/// As `lienthong_client_get_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_download_to_path(
    client: *const lienthong_client_t,
    doc_id: *const c_char,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_download_to_path", error, || {
        let (client, id) = (self::client(client)?, text("doc_id", doc_id)?);
        fetch(path, length, |to| client.download(id, to))
    })
}

/// Acknowledges a packet that was fetched (/updateStatus): LIENTHONG_ACKNOWLEDGE_.... Acknowledge
/// DONE only when the packet is kept safely.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_acknowledge(
    client: *const lienthong_client_t,
    doc_id: *const c_char,
    acknowledgement: i32,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_acknowledge", error, || {
        let acknowledgement = match acknowledgement {
            LIENTHONG_ACKNOWLEDGE_PROCESSING => Acknowledgement::Processing,
            LIENTHONG_ACKNOWLEDGE_DONE => Acknowledgement::Done,
            LIENTHONG_ACKNOWLEDGE_FAIL => Acknowledgement::Fail,
            _ => {
                return Err(Failure::argument(
                    "acknowledgement",
                    "not LIENTHONG_ACKNOWLEDGE_...",
                ));
            }
        };
        Ok(self::client(client)?.acknowledge(text("doc_id", doc_id)?, acknowledgement)?)
    })
}

/// Gives how many documents or statuses wait (/countReceiveEdoc, /countReceiveStatus).
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_count(
    client: *const lienthong_client_t,
    message_type: i32,
    count: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_count", error, || {
        let place = out("count", count)?;
        let client = self::client(client)?;
        place.write(match message(message_type)? {
            MessageType::Edoc => client.count_documents()?,
            MessageType::Status => client.count_statuses()?,
        });
        Ok(())
    })
}

/// Gives the axis's directory of agencies (/getAgenciesList), as a JSON list.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_agencies(
    client: *const lienthong_client_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask("lienthong_client_agencies", client, json, error, |client| {
        Ok(client.agencies()?)
    })
}

/// Gives the agencies of a level with their codes of Decision 20/2020 (/getAgenciesListQD20), as a
/// JSON list.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_agencies_qd20(
    client: *const lienthong_client_t,
    level: u32,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_client_agencies_qd20",
        client,
        json,
        error,
        |client| Ok(client.agencies_qd20(level)?),
    )
}

/// Gives the units of the directory with their changes (/getSynchronizeUnit), as a JSON list, which
/// may have a hundred thousand rows.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_synchronize_units(
    client: *const lienthong_client_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    ask(
        "lienthong_client_synchronize_units",
        client,
        json,
        error,
        |client| Ok(client.synchronize_units()?),
    )
}

/// Registers an agency with the axis (/registerAgency), given as JSON: id, parent_code, code, name,
/// mail, mobile, fax.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_register_agency(
    client: *const lienthong_client_t,
    agency: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_register_agency", error, || {
        let agency: NewAgency = input::json("agency", text("agency", agency)?)?;
        Ok(self::client(client)?.register_agency(&agency)?)
    })
}

/// Takes an agency off the axis (/deleteAgency).
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_client_delete_agency(
    client: *const lienthong_client_t,
    code: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_client_delete_agency", error, || {
        Ok(self::client(client)?.delete_agency(text("code", code)?)?)
    })
}
