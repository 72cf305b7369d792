//! Arguments as C gives them, and places for results.

use std::ffi::{CStr, CString, c_char};
use std::time::Duration;

use serde::Serialize;

use crate::failure::{Failure, Result};

/// A text that has to be there.
pub(crate) fn text<'a>(name: &'static str, text: *const c_char) -> Result<&'a str> {
    optional(name, text)?.ok_or_else(|| Failure::argument(name, "NULL"))
}

/// A text, or NULL.
pub(crate) fn optional<'a>(name: &'static str, text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: by the contract a pointer that is not NULL is to a text that ends in a NUL
    // and that nobody changes during the call. The lifetime is the caller's choice and
    // never outlives the call: no function keeps what this gives.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map(Some)
        .map_err(|_| Failure::argument(name, "not UTF-8"))
}

/// Bytes; `(NULL, 0)` is none.
pub(crate) fn bytes<'a>(name: &'static str, data: *const u8, length: usize) -> Result<&'a [u8]> {
    match (data.is_null(), length) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(Failure::argument(name, "NULL with a length")),
        (false, 0) => Ok(&[]),
        (false, _) if isize::try_from(length).is_err() => {
            Err(Failure::argument(name, "longer than memory"))
        }
        // SAFETY: by the contract the pointer is to as many bytes as the length says, and
        // nobody changes them during the call.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(data, length) }),
    }
}

/// A list of texts; `(NULL, 0)` is none.
pub(crate) fn texts<'a>(
    name: &'static str,
    list: *const *const c_char,
    count: usize,
) -> Result<Vec<&'a str>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if list.is_null() || isize::try_from(count.saturating_mul(8)).is_err() {
        return Err(Failure::argument(name, "NULL with a count"));
    }
    // SAFETY: by the contract the pointer is to as many pointers as the count says.
    let list = unsafe { std::slice::from_raw_parts(list, count) };
    list.iter().map(|one| text(name, *one)).collect()
}

/// A flag.
pub(crate) fn flag(name: &'static str, flag: i32) -> Result<bool> {
    match flag {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Failure::argument(name, "neither 0 nor 1")),
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(name: &'static str, millis: i64) -> Result<Duration> {
    u64::try_from(millis)
        .map(Duration::from_millis)
        .map_err(|_| Failure::argument(name, "negative"))
}

/// JSON of a known shape.
pub(crate) fn json<T: serde::de::DeserializeOwned>(name: &'static str, text: &str) -> Result<T> {
    lienthong::json::read(text).map_err(|misread| {
        Failure::argument(name, misread.reason)
            .with("line", misread.line.to_string())
            .with("column", misread.column.to_string())
    })
}

/// A place for a result. It is looked at before any work is done and written after.
pub(crate) struct Out<T>(*mut T);

pub(crate) fn out<T>(name: &'static str, place: *mut T) -> Result<Out<T>> {
    match place.is_null() {
        true => Err(Failure::argument(name, "NULL")),
        false => Ok(Out(place)),
    }
}

impl<T> Out<T> {
    pub(crate) fn write(self, value: T) {
        // SAFETY: `out` has sorted out NULL; by the contract any other pointer is to a place
        // for a `T`, which nobody else uses during the call.
        unsafe { self.0.write(value) }
    }
}

impl Out<*mut c_char> {
    pub(crate) fn text(self, text: impl Into<String>) {
        self.write(owned(text));
    }

    pub(crate) fn optional(self, text: Option<impl Into<String>>) {
        self.write(text.map_or(std::ptr::null_mut(), owned));
    }

    pub(crate) fn json(self, value: &impl Serialize) -> Result<()> {
        self.text(to_json(value)?);
        Ok(())
    }
}

/// JSON of a value.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Failure::own(lienthong::ErrorKind::Internal).with("cause", error.to_string())
    })
}

/// A text for C. No text of ours has a NUL; one that had would be cut there by every
/// reader, so it gets the sign for what cannot be shown.
pub(crate) fn c_text(text: impl Into<String>) -> CString {
    CString::new(text.into()).unwrap_or_else(|error| {
        let bytes = error.into_vec();
        let text = String::from_utf8_lossy(&bytes).replace('\0', "\u{FFFD}");
        CString::new(text).unwrap_or_default()
    })
}

fn owned(text: impl Into<String>) -> *mut c_char {
    c_text(text).into_raw()
}

/// A place for bytes.
pub(crate) struct OutBytes(Out<*mut u8>, Out<usize>);

pub(crate) fn out_bytes(data: *mut *mut u8, length: *mut usize) -> Result<OutBytes> {
    Ok(OutBytes(out("data", data)?, out("length", length)?))
}

impl OutBytes {
    pub(crate) fn write(self, bytes: Vec<u8>) {
        self.1.write(bytes.len());
        let bytes = match bytes.is_empty() {
            // A pointer that is not NULL also where there is nothing.
            true => vec![0],
            false => bytes,
        };
        self.0.write(Box::into_raw(bytes.into_boxed_slice()).cast());
    }
}

/// Takes back what `OutBytes` gave.
pub(crate) fn free_bytes(data: *mut u8, length: usize) {
    if data.is_null() {
        return;
    }
    let bytes = std::ptr::slice_from_raw_parts_mut(data, length.max(1));
    // SAFETY: by the contract this is what `OutBytes::write` gave, with its length, and it
    // is freed once.
    drop(unsafe { Box::from_raw(bytes) });
}

/// Takes back what `Out::text` gave.
pub(crate) fn free_text(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: by the contract this is what `owned` gave, unchanged, and it is freed once.
        drop(unsafe { CString::from_raw(text) });
    }
}
