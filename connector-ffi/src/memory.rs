//! Memory that the caller gives back, and JSON for hosts without a reader of their own.

use std::ffi::c_char;

use lienthong::{FindingCode, Language};
use serde_json::{Value, json};

use crate::boundary::{call, guard};
use crate::error::lienthong_error_t;
use crate::handle;
use crate::input::{self, free_bytes, free_text, out, text};

/// Frees a text that an out-parameter gave. NULL is left alone.
///
/// Once, and never a text that a function returned. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_string_free(text: *mut c_char) {
    guard("lienthong_string_free", (), || free_text(text));
}

/// Frees bytes that an out-parameter gave, with the length that came with them. NULL is left alone.
///
/// Once. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_bytes_free(data: *mut u8, length: usize) {
    guard("lienthong_bytes_free", (), || free_bytes(data, length));
}

/// How many handles of this library are alive in this process. For tests that look for forgotten
/// ones.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_live_handles() -> usize {
    guard("lienthong_live_handles", 0, handle::alive)
}

/// Gives what a JSON pointer (RFC 6901) leads to, e.g. "/recipients/0/state": a text as it is, any
/// other value as JSON; NULL where there is nothing, or null.
///
/// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where `json` is no
/// JSON. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_json_get(
    json: *const c_char,
    pointer: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_json_get", error, || {
        let place = out("value", value)?;
        let root: Value = input::json("json", text("json", json)?)?;
        place.optional(match root.pointer(text("pointer", pointer)?) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        });
        Ok(())
    })
}

/// Gives the table of finding codes as JSON: code, severity, severity_when_sending, source, message
/// (en, vi).
///
/// `*json` is freed with `lienthong_string_free`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_finding_codes(
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_finding_codes", error, || {
        let place = out("json", json)?;
        let rows = FindingCode::ALL.iter().map(|code| {
            json!({
                "code": code,
                "severity": code.severity(),
                "severity_when_sending": code.severity_when_sending(),
                "source": code.source(),
                "message": {
                    "en": code.template(Language::English),
                    "vi": code.template(Language::Vietnamese),
                },
            })
        });
        place.json(&rows.collect::<Vec<_>>())
    })
}
