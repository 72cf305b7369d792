//! Configuration.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use lienthong::Config;
use lienthong::config::{KEYS, Key, ValueKind};
use serde_json::{Value, json};

use crate::boundary::{call, guard};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Object};
use crate::input::{out, text};
use crate::log::{Log, SharedLog, lienthong_drop_fn, lienthong_log_fn};

/// Values for the keys of the configuration, and where the log goes.
///
/// Made with `lienthong_config_new`, freed with `lienthong_config_free`. For one thread at a
/// time. What is opened with it takes a copy.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_config_t {
    _opaque: [u8; 0],
}

#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) log: SharedLog,
}

struct ConfigObject(Mutex<Settings>);

impl Object for ConfigObject {
    type C = lienthong_config_t;
    const KIND: u32 = 2;
}

/// A lock that never waits: a second call on one object is a mistake and no queue.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Ok(guard),
        // After a panic the object holds what it held; its values are whole by themselves.
        Err(TryLockError::Poisoned(guard)) => Ok(guard.into_inner()),
        Err(TryLockError::WouldBlock) => Err(Failure::in_use()),
    }
}

/// What a config says now; all defaults for NULL.
pub(crate) fn settings(config: *const lienthong_config_t) -> Result<Settings> {
    if config.is_null() {
        return Ok(Settings::default());
    }
    let object = handle::get::<ConfigObject>(config)?;
    let settings = try_lock(&object.0)?;
    Ok(settings.clone())
}

fn change(
    config: *mut lienthong_config_t,
    work: impl FnOnce(&mut Settings) -> Result<()>,
) -> Result<()> {
    let object = handle::get::<ConfigObject>(config)?;
    let mut settings = try_lock(&object.0)?;
    work(&mut settings)
}

/// Makes a config with every key at its default.
///
/// `*config` belongs to the caller. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_new(
    config: *mut *mut lienthong_config_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_new", error, || {
        let place = out("config", config)?;
        place.write(handle::put(ConfigObject(Mutex::default()))?);
        Ok(())
    })
}

/// Frees a config. NULL, and one that was freed already, are left alone.
///
/// Its log lives on as long as what was opened with it. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_free(config: *mut lienthong_config_t) {
    guard("lienthong_config_free", (), || {
        handle::free::<ConfigObject>(config)
    });
}

/// Sets one key, e.g. "axis.url". Keys and values stand in docs/config.md.
///
/// Fails with config-unknown-key, config-invalid-value; then nothing is changed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_set(
    config: *mut lienthong_config_t,
    key: *const c_char,
    value: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_set", error, || {
        let (key, value) = (text("key", key)?, text("value", value)?);
        change(config, |settings| Ok(settings.config.set(key, value)?))
    })
}

/// Gives the value of a key, its default where none was set; NULL for a secret.
///
/// `*value` is freed with `lienthong_string_free`. Fails with config-unknown-key.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_get(
    config: *const lienthong_config_t,
    key: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_get", error, || {
        let place = out("value", value)?;
        let key = text("key", key)?;
        if KEYS.iter().all(|known| known.name != key) {
            let kind = lienthong::ErrorKind::ConfigUnknownKey;
            return Err(Failure::own(kind).with("key", key));
        }
        let object = handle::get::<ConfigObject>(config)?;
        let settings = try_lock(&object.0)?;
        place.optional(settings.config.get(key));
        Ok(())
    })
}

/// Takes every value of a file: TOML, or the incumbent SDK's file where its name ends in
/// ".properties". What was set before and stands there too is set anew.
///
/// Fails with io, config-unknown-key, config-invalid-value; then nothing is changed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_load_file(
    config: *mut lienthong_config_t,
    path: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_load_file", error, || {
        let path = text("path", path)?;
        change(config, |settings| Ok(settings.config.load_file(path)?))
    })
}

/// Takes every variable LIENTHONG_... of the environment: LIENTHONG_AXIS_URL is axis.url.
///
/// The environment must not be changed by another thread meanwhile. Fails with
/// config-unknown-key, config-invalid-value; then nothing is changed.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_load_environment(
    config: *mut lienthong_config_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_load_environment", error, || {
        change(config, |settings| Ok(settings.config.load_environment()?))
    })
}

/// Lets what is opened with this config log to a callback, up to a level (LIENTHONG_LOG_...).
///
/// `log` is called on any thread, also several at once, with `user_data`. When nobody needs it
/// any more (config freed, everything opened with it freed), `drop`, which may be NULL, is
/// called once with `user_data`; also where this call fails. A second call replaces the log for
/// what is opened later.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_set_log(
    config: *mut lienthong_config_t,
    level: i32,
    log: lienthong_log_fn,
    user_data: *mut c_void,
    drop: lienthong_drop_fn,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    // Before the guard, so that an own fault gives `user_data` back, too.
    let log = Log::new(level, log, user_data, drop);
    call("lienthong_config_set_log", error, || {
        let log = Arc::new(log?);
        change(config, |settings| {
            settings.log = Some(log);
            Ok(())
        })
    })
}

/// Gives the table of keys as JSON: name, kind, default, meaning in English and Vietnamese,
/// and where they apply min, max, unit, words.
///
/// `*json` is freed with `lienthong_string_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_config_keys(
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_config_keys", error, || {
        let place = out("json", json)?;
        let rows: Vec<Value> = KEYS.iter().map(row).collect();
        place.json(&rows)
    })
}

fn row(key: &Key) -> Value {
    let mut row = json!({
        "name": key.name,
        "kind": word(key.kind),
        "default": key.default,
        "en": key.en,
        "vi": key.vi,
    });
    let more = match key.kind {
        ValueKind::Number { min, max, unit } => json!({ "min": min, "max": max, "unit": unit }),
        ValueKind::Choice(words) => json!({ "words": words }),
        _ => json!({}),
    };
    if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
        row.extend(more);
    }
    row
}

fn word(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Number { .. } => "number",
        ValueKind::Flag => "flag",
        ValueKind::Words => "words",
        ValueKind::Organs => "organs",
        ValueKind::Text => "text",
        ValueKind::Choice(_) => "choice",
        ValueKind::Path => "path",
        ValueKind::Secret => "secret",
    }
}
