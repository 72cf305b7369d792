//! The connector: opening, closing, and the calls that look after it.

use std::ffi::c_char;
use std::sync::Arc;

use lienthong::Connector;
use lienthong::crypto::signer::Signer;
use lienthong::environment::Environment;

use crate::boundary::{call, guard};
use crate::config::{Settings, lienthong_config_t, settings};
use crate::error::lienthong_error_t;
use crate::failure::Result;
use crate::handle::{self, Object};
use crate::input::{Out, millis, out, text};
use crate::log::logged;
use crate::signer::{self, lienthong_signer_t};

/// A durable connector to an axis: sends, receives and reports, across crashes and outages.
///
/// Made with `lienthong_connector_open`, freed with `lienthong_connector_free`. One for a whole
/// server, used by any number of threads at once.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_connector_t {
    _opaque: [u8; 0],
}

pub(crate) struct ConnectorObject {
    pub(crate) connector: Connector,
    pub(crate) settings: Settings,
}

impl Object for ConnectorObject {
    type C = lienthong_connector_t;
    const KIND: u32 = 5;
}

/// Does something with a connector; what it logs goes where the connector's lines go.
pub(crate) fn with<R>(
    connector: *const lienthong_connector_t,
    work: impl FnOnce(&ConnectorObject) -> Result<R>,
) -> Result<R> {
    let object = handle::get::<ConnectorObject>(connector)?;
    logged(object.settings.log.as_deref(), || work(&object))
}

/// Opens the store and, as worker (connector.role), starts the exchange with the axis, which need
/// not be there.
///
/// `*connector` belongs to the caller; `config` may be freed. Fails with config-missing,
/// config-invalid-value, store-in-use, store-on-network, store-newer, store-failed,
/// axis-plaintext, io, out-of-resources; and for the keys signature...., key-unreadable, key-password,
/// key-unsuitable, key-certificate, trust-unreadable, organs-unreadable.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_open(
    config: *const lienthong_config_t,
    connector: *mut *mut lienthong_connector_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_open", error, || {
        open(config, None, out("connector", connector)?)
    })
}

/// As `lienthong_connector_open`, with who signs what signature.sign and signature.seal_for ask for,
/// in place of a key file. NULL is none: the key file is, where one is configured.
///
/// The connector keeps the signer; `signer` may be freed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_open_signing(
    config: *const lienthong_config_t,
    signer: *const lienthong_signer_t,
    connector: *mut *mut lienthong_connector_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_open_signing", error, || {
        let place = out("connector", connector)?;
        let signer = match signer.is_null() {
            true => None,
            false => Some(signer::get(signer)?),
        };
        open(config, signer, place)
    })
}

fn open(
    config: *const lienthong_config_t,
    signer: Option<Arc<dyn Signer>>,
    place: Out<*mut lienthong_connector_t>,
) -> Result<()> {
    let settings = settings(config)?;
    let connector = logged(settings.log.as_deref(), || {
        Connector::open_signing(&settings.config, Environment::system(), signer)
    })?;
    place.write(handle::put(ConnectorObject {
        connector,
        settings,
    })?);
    Ok(())
}

/// Ends the exchange and closes the store, within `timeout` milliseconds (5000 are enough). Calls
/// that wait in other threads end with closed; what was under way goes on after the next opening.
///
/// Gives 1 in `in_time` where all threads of the connector ended, 0 where some end later by
/// themselves; `in_time` may be NULL. Closing twice is fine. The handle is still to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_close(
    connector: *mut lienthong_connector_t,
    timeout: i64,
    in_time: *mut i32,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_close", error, || {
        let timeout = millis("timeout", timeout)?;
        let ended = with(connector, |object| Ok(object.connector.close(timeout)))?;
        if let Ok(place) = out("in_time", in_time) {
            place.write(ended.into());
        }
        Ok(())
    })
}

/// Closes the connector, where that was not done, and frees it. NULL, and one that was freed
/// already, are left alone.
///
/// Waits at most five seconds. Packets and incomings that came from it can still be read.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_free(connector: *mut lienthong_connector_t) {
    guard("lienthong_connector_free", (), || {
        if let Ok(object) = handle::get::<ConnectorObject>(connector) {
            // Packets may hold the connector; its threads end all the same.
            object.connector.close(std::time::Duration::from_secs(5));
        }
        handle::free::<ConnectorObject>(connector);
    });
}

/// Has the axis asked at once for what waits, not at the next interval (receive.interval).
///
/// Fails with not-for-client in a client.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_receive_now(
    connector: *mut lienthong_connector_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_receive_now", error, || {
        with(connector, |object| Ok(object.connector.receive_now()?))
    })
}

/// Copies the store, while it is at work, into a new folder.
///
/// Fails with invalid-argument where the folder is there already.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_backup(
    connector: *mut lienthong_connector_t,
    folder: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_backup", error, || {
        let folder = text("folder", folder)?;
        with(connector, |object| {
            Ok(object.connector.backup(folder.as_ref())?)
        })
    })
}

/// Looks at configuration, store, disk, clock, axis and queues; gives the checks as a JSON list:
/// name, health (good, warning, bad, unknown), en, vi.
///
/// `*json` is freed with `lienthong_string_free`. A worker asks the axis, which may take as long as
/// its time-outs. That something is bad is no failure of this call.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_connector_doctor(
    connector: *mut lienthong_connector_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_connector_doctor", error, || {
        let place = out("json", json)?;
        with(connector, |object| place.json(&object.connector.doctor()?))
    })
}
