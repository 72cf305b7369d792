//! The error object.

use std::ffi::{CStr, CString, c_char};

use lienthong::error::Error;
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
    let object = match failure {
        Failure::Core(error) => of_core(&error),
        Failure::Own { kind, context } => of_own(function, kind, &context),
    };
    handle::put(object).unwrap_or(std::ptr::null_mut())
}

/// The parts of an error that vary.
struct Parts<'e> {
    kind: ErrorKind,
    operation: &'e str,
    messages: [String; 2],
    context: Vec<(&'e str, &'e str)>,
    findings: serde_json::Value,
}

const LANGUAGES: [Language; 2] = [Language::English, Language::Vietnamese];

fn of_core(error: &Error) -> ErrorObject {
    let context = error.context().iter();
    made(&Parts {
        kind: error.kind(),
        operation: error.operation(),
        messages: LANGUAGES.map(|language| error.message(language)),
        context: context
            .map(|(name, value)| (*name, value.as_ref()))
            .collect(),
        findings: json!(error.findings()),
    })
}

fn of_own(function: &str, kind: ErrorKind, context: &[(&'static str, String)]) -> ErrorObject {
    made(&Parts {
        kind,
        operation: function,
        messages: LANGUAGES.map(|language| {
            let mut text = format!("{function}: {}", kind.message(language));
            for (name, value) in context {
                text.push_str(&format!(" [{name}={value}]"));
            }
            text
        }),
        context: context
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect(),
        findings: json!([]),
    })
}

impl Parts<'_> {
    /// The far side's own code: only an axis has one.
    fn remote_code(&self) -> Option<&str> {
        let of_axis = self.kind.name().starts_with("axis-");
        let code = self.context.iter().find(|(name, _)| *name == "code");
        code.filter(|_| of_axis).map(|(_, code)| *code)
    }

    fn json(&self) -> serde_json::Value {
        let [message, message_vi] = &self.messages;
        let context = self.context.iter();
        let context: serde_json::Map<String, serde_json::Value> = context
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({
            "kind": self.kind.name(),
            "number": self.kind.number(),
            "retry": self.kind.retry().word(),
            "who_acts": self.kind.who_acts().word(),
            "operation": self.operation,
            "message": message,
            "message_vi": message_vi,
            "remote_code": self.remote_code(),
            "context": context,
            "findings": self.findings,
        })
    }
}

fn made(parts: &Parts<'_>) -> ErrorObject {
    let [message, message_vi] = &parts.messages;
    let context = parts.context.iter();
    ErrorObject {
        kind: parts.kind,
        name: c_text(parts.kind.name()),
        messages: [c_text(message.as_str()), c_text(message_vi.as_str())],
        operation: c_text(parts.operation),
        context: context
            .map(|(name, value)| (c_text(*name), c_text(*value)))
            .collect(),
        remote_code: parts.remote_code().map(c_text),
        findings: c_text(parts.findings.to_string()),
        json: c_text(parts.json().to_string()),
    }
}

/// An error of the core as JSON, for what carries one.
pub(crate) fn json_of(error: &Error) -> serde_json::Value {
    let context = error.context().iter();
    Parts {
        kind: error.kind(),
        operation: error.operation(),
        messages: LANGUAGES.map(|language| error.message(language)),
        context: context
            .map(|(name, value)| (*name, value.as_ref()))
            .collect(),
        findings: json!(error.findings()),
    }
    .json()
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
