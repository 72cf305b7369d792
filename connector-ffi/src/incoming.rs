//! Receiving: packets that came, shown under a lease.

use std::ffi::{CString, c_char};
use std::sync::Arc;

use lienthong::connector::HandOff;
use lienthong::exchange::model::IncomingId;

use crate::boundary::{call, guard};
use crate::config::Settings;
use crate::connector::{lienthong_connector_t, with};
use crate::error::lienthong_error_t;
use crate::failure::Result;
use crate::handle::{self, Object};
use crate::input::{c_text, millis, out, text};
use crate::packet::{PacketObject, Source, lienthong_packet_t};
use crate::sending::{id, staff};

/// A packet that came, shown to the host under a lease (handoff.lease).
///
/// Made by `lienthong_connector_poll`, freed with `lienthong_incoming_free`, which decides nothing:
/// until it is accepted or refused it is shown again after the lease. It does not change; any
/// number of threads may read it.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_incoming_t {
    _opaque: [u8; 0],
}

struct IncomingObject {
    item: Arc<HandOff>,
    settings: Settings,
    id: CString,
    own: CString,
    from: CString,
    acts_on: Option<CString>,
    answers: Option<CString>,
}

impl Object for IncomingObject {
    type C = lienthong_incoming_t;
    const KIND: u32 = 6;
}

/// Waits at most `timeout` milliseconds for a packet and takes it under a lease. `*incoming` is NULL
/// where none came in time, which is no failure and says nothing of the axis.
///
/// `*incoming` belongs to the caller. Fails with closed, after-fork, store-failed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_poll(
    connector: *mut lienthong_connector_t,
    timeout: i64,
    incoming: *mut *mut lienthong_incoming_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_poll", error, || {
        let place = out("incoming", incoming)?;
        let timeout = millis("timeout", timeout)?;
        let shown = with(connector, |object| {
            let item = object.connector.poll(timeout)?;
            Ok(item.map(|item| (item, object.settings.clone())))
        })?;
        let Some((item, settings)) = shown else {
            place.write(std::ptr::null_mut());
            return Ok(());
        };
        place.write(handle::put(IncomingObject {
            id: c_text(item.id().to_string()),
            own: c_text(item.own_organ()),
            from: c_text(item.from()),
            acts_on: item.acts_on().map(|id| c_text(id.to_string())),
            answers: item.answers().map(|id| c_text(id.to_string())),
            item: Arc::new(item),
            settings,
        })?);
        Ok(())
    })
}

/// Accepts what was shown, by its id and lease: it is not shown again. Also from another process.
///
/// Fails with lease-lost where it was decided, or shown again meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_accept(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    lease: i64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_accept", error, || {
        let id: IncomingId = id("incoming", incoming)?;
        with(connector, |object| {
            Ok(object.connector.accept(id, lease)?)
        })
    })
}

/// Refuses what was shown; its sender gets 02 with the reason. `staff` (JSON) may be NULL.
///
/// Fails with lease-lost, packet-impossible without a reason, status-illegal for an action, which is
/// agreed to or declined.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_refuse(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    lease: i64,
    reason: *const c_char,
    staff: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_refuse", error, || {
        let id: IncomingId = id("incoming", incoming)?;
        let (reason, staff) = (text("reason", reason)?, self::staff(staff)?);
        with(connector, |object| {
            Ok(object.connector.refuse(id, lease, reason, staff.as_ref())?)
        })
    })
}

/// Gives back what was shown: it is shown again after `pause` milliseconds, at the latest after the
/// length of a lease.
///
/// Fails with lease-lost.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_give_back(
    connector: *mut lienthong_connector_t,
    incoming: *const c_char,
    lease: i64,
    pause: i64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_give_back", error, || {
        let id: IncomingId = id("incoming", incoming)?;
        let pause = millis("pause", pause)?;
        with(connector, |object| {
            Ok(object.connector.give_back(id, lease, pause)?)
        })
    })
}

/// Frees an incoming. NULL, and one that was freed already, are left alone.
///
/// Decides nothing. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_free(incoming: *mut lienthong_incoming_t) {
    guard("lienthong_incoming_free", (), || {
        handle::free::<IncomingObject>(incoming)
    });
}

/// What `read` finds; it lives as long as the handle.
fn look<T: Copy>(
    function: &'static str,
    incoming: *const lienthong_incoming_t,
    otherwise: T,
    read: impl FnOnce(&IncomingObject) -> T,
) -> T {
    guard(function, otherwise, || {
        handle::get::<IncomingObject>(incoming).map_or(otherwise, |object| read(&object))
    })
}

/// Its id, e.g. "in-1"; NULL for NULL.
///
/// Good until the incoming is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_id(incoming: *const lienthong_incoming_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_incoming_id", incoming, null, |object| {
        object.id.as_ptr()
    })
}

/// Its lease, to accept, refuse or give back by; 0 for NULL. Any number, also a negative one.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_lease(incoming: *const lienthong_incoming_t) -> i64 {
    look("lienthong_incoming_lease", incoming, 0, |object| {
        object.item.lease()
    })
}

/// Our organ that it is for; NULL for NULL.
///
/// Good until the incoming is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_own_organ(
    incoming: *const lienthong_incoming_t,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_incoming_own_organ", incoming, null, |object| {
        object.own.as_ptr()
    })
}

/// Its sender as the packet names it; NULL for NULL.
///
/// Good until the incoming is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_from(incoming: *const lienthong_incoming_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_incoming_from", incoming, null, |object| {
        object.from.as_ptr()
    })
}

/// How often it has been shown, this time included; 0 for NULL. Above 1 it is shown again.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_attempt(incoming: *const lienthong_incoming_t) -> u32 {
    look("lienthong_incoming_attempt", incoming, 0, |object| {
        object.item.attempt()
    })
}

/// Whether it is a recall, update or replacement to agree to or decline: 1 or 0.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_is_action(incoming: *const lienthong_incoming_t) -> i32 {
    look("lienthong_incoming_is_action", incoming, 0, |object| {
        object.item.is_action().into()
    })
}

/// The id of the received document that it acts on, which is on hold; NULL where there is none.
///
/// Good until the incoming is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_acts_on(
    incoming: *const lienthong_incoming_t,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_incoming_acts_on", incoming, null, |object| {
        object.acts_on.as_ref().map_or(null, |id| id.as_ptr())
    })
}

/// The id of our document that it answers; NULL where there is none.
///
/// Good until the incoming is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_answers(
    incoming: *const lienthong_incoming_t,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_incoming_answers", incoming, null, |object| {
        object.answers.as_ref().map_or(null, |id| id.as_ptr())
    })
}

/// Whether another one with the same sender, id and type and with another content is there: 1 or 0.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_conflict(incoming: *const lienthong_incoming_t) -> i32 {
    look("lienthong_incoming_conflict", incoming, 0, |object| {
        object.item.conflict().into()
    })
}

/// Gives all of it as JSON: the item of docs/dms.md.
///
/// `*json` is freed with `lienthong_string_free`. It holds what people wrote: not for logs.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_json(
    incoming: *const lienthong_incoming_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_incoming_json", error, || {
        let place = out("json", json)?;
        place.json(&*handle::get::<IncomingObject>(incoming)?.item)
    })
}

/// Gives the packet, to read its fields and attachments.
///
/// `*packet` belongs to the caller and may outlive the incoming.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_incoming_packet(
    incoming: *const lienthong_incoming_t,
    packet: *mut *mut lienthong_packet_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_incoming_packet", error, || {
        let place = out("packet", packet)?;
        let object = handle::get::<IncomingObject>(incoming)?;
        let item = Source::Shown(Arc::clone(&object.item));
        let packet: Result<_> = PacketObject::read(item, object.settings.clone());
        place.write(handle::put(packet?)?);
        Ok(())
    })
}
