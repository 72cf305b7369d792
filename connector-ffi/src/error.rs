//! The error object.

use std::ffi::{CStr, CString, c_char};

use lienthong::{ErrorKind, Language};
use serde_json::json;

use crate::boundary::guard;
use crate::code::{of_language, retry, who_acts};
use crate::failure::Failure;
use crate::handle::{self, Object};
use crate::input::c_text;
use crate::number;

/// An error: what, why, and what to do next.
///
/// Made by a call that fails, owned by the caller, freed with `lienthong_error_free`. It does
/// not change; any number of threads may read it.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_error_t {
    _opaque: [u8; 0],
}

/// Everything is put into words when it is made, so that what is given out is good as
/// long as the object.
struct ErrorObject {
    kind: ErrorKind,
    name: CString,
    messages: [CString; 2],
    operation: CString,
    context: Vec<(CString, CString)>,
    remote_code: Option<CString>,
    findings: CString,
    json: CString,
}

impl Object for ErrorObject {
    type C = lienthong_error_t;
    const KIND: u32 = 1;
}

/// The object of a failure; NULL where there is no place for one.
pub(crate) fn object(function: &'static str, failure: Failure) -> *mut lienthong_error_t {
    let error = failure.told(function);
    let messages = [Language::English, Language::Vietnamese];
    let context = error.context().iter();
    let object = ErrorObject {
        kind: error.kind(),
        name: c_text(error.kind().name()),
        messages: messages.map(|language| c_text(error.message(language))),
        operation: c_text(error.operation()),
        context: context
            .map(|(name, value)| (c_text(*name), c_text(value.as_ref())))
            .collect(),
        remote_code: error.remote_code().map(c_text),
        findings: c_text(json!(error.findings()).to_string()),
        json: c_text(json!(error).to_string()),
    };
    handle::put(object).unwrap_or(std::ptr::null_mut())
}

/// What `read` finds in the error; `otherwise` for NULL and what is no error. What it finds
/// lives as long as the handle, and so longer than the hold.
fn look<T>(
    function: &'static str,
    error: *const lienthong_error_t,
    otherwise: T,
    read: impl FnOnce(&ErrorObject) -> T,
) -> T
where
    T: Copy,
{
    guard(function, otherwise, || {
        match handle::get::<ErrorObject>(error) {
            Ok(object) => read(&object),
            Err(_) => otherwise,
        }
    })
}

/// Frees an error. NULL, and one that was freed already, are left alone.
///
/// Texts that were asked of it end with it. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_free(error: *mut lienthong_error_t) {
    guard("lienthong_error_free", (), || {
        handle::free::<ErrorObject>(error)
    });
}

/// Its code, LIENTHONG_ERROR_...; 0 for NULL.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_code(error: *const lienthong_error_t) -> i32 {
    look("lienthong_error_code", error, 0, |object| {
        number(object.kind)
    })
}

/// The stable name of its code, e.g. "config-unknown-key"; NULL for NULL.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_name(error: *const lienthong_error_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_name", error, null, |object| {
        object.name.as_ptr()
    })
}

/// The whole message: what is wrong and what to do next, with context and findings, in
/// LIENTHONG_ENGLISH or LIENTHONG_VIETNAMESE; NULL for NULL.
///
/// UTF-8, may have several lines. It names ids, organs, codes and keys, never a subject or a
/// person. Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_message(
    error: *const lienthong_error_t,
    language: i32,
) -> *const c_char {
    look(
        "lienthong_error_message",
        error,
        std::ptr::null(),
        |object| of_language(&object.messages, language),
    )
}

/// Whether the same may be tried again: LIENTHONG_RETRY_...; 0 for NULL.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_retry(error: *const lienthong_error_t) -> i32 {
    look("lienthong_error_retry", error, 0, |object| {
        retry(object.kind.retry())
    })
}

/// Who has to act: LIENTHONG_ACTS_...; 0 for NULL.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_who_acts(error: *const lienthong_error_t) -> i32 {
    look("lienthong_error_who_acts", error, 0, |object| {
        who_acts(object.kind.who_acts())
    })
}

/// What was being done, e.g. "connector.send"; NULL for NULL.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_operation(error: *const lienthong_error_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_operation", error, null, |object| {
        object.operation.as_ptr()
    })
}

/// The code of the far side (the axis), as it wrote it; NULL where it has none.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_remote_code(error: *const lienthong_error_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_remote_code", error, null, |object| {
        object
            .remote_code
            .as_ref()
            .map_or(null, |code| code.as_ptr())
    })
}

/// How many pairs of names and values place the error; 0 for NULL.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_context_count(error: *const lienthong_error_t) -> usize {
    look("lienthong_error_context_count", error, 0, |object| {
        object.context.len()
    })
}

/// The name of a pair, from 0; NULL beyond the last.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_context_name(
    error: *const lienthong_error_t,
    index: usize,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_context_name", error, null, |object| {
        object
            .context
            .get(index)
            .map_or(null, |(name, _)| name.as_ptr())
    })
}

/// The value of a pair, from 0; NULL beyond the last.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_context_value(
    error: *const lienthong_error_t,
    index: usize,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_context_value", error, null, |object| {
        object
            .context
            .get(index)
            .map_or(null, |(_, value)| value.as_ptr())
    })
}

/// The value of the pair with this name, e.g. "key"; NULL where there is none.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_context(
    error: *const lienthong_error_t,
    name: *const c_char,
) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_context", error, null, |object| {
        if name.is_null() {
            return null;
        }
        // SAFETY: by the contract a pointer that is not NULL is to a text that ends in a NUL.
        let name = unsafe { CStr::from_ptr(name) };
        let pair = object
            .context
            .iter()
            .find(|(known, _)| known.as_c_str() == name);
        pair.map_or(null, |(_, value)| value.as_ptr())
    })
}

/// The findings behind the error, as a JSON list ("[]" where there are none); NULL for NULL.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_findings(error: *const lienthong_error_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_findings", error, null, |object| {
        object.findings.as_ptr()
    })
}

/// All of it as JSON; NULL for NULL.
///
/// Good until the error is freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_error_json(error: *const lienthong_error_t) -> *const c_char {
    let null = std::ptr::null();
    look("lienthong_error_json", error, null, |object| {
        object.json.as_ptr()
    })
}
