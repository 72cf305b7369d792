//! Where Rust ends and the caller begins.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lienthong::ErrorKind;

use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::{error, number};

/// Success.
pub const LIENTHONG_OK: i32 = 0;

/// Runs `body`, and gives `on_panic` back if it panics.
///
/// The panic's own message still goes to the panic hook of the process, which by default
/// writes it to standard error.
pub(crate) fn guard<T>(function: &str, on_panic: T, body: impl FnOnce() -> T) -> T {
    caught(function, body).unwrap_or(on_panic)
}

/// Runs `body`; `None` where it panics.
fn caught<T>(function: &str, body: impl FnOnce() -> T) -> Option<T> {
    // What a panic leaves half done lies in objects of the library, which hold up
    // under it: their locks are poisoned or looked over, and no invariant of a
    // caller is touched. So the assertion holds for every body here.
    let body = AssertUnwindSafe(|| {
        injected(function);
        body()
    });
    match catch_unwind(body) {
        Ok(value) => Some(value),
        Err(payload) => {
            // The payload may have a destructor that panics too, and that panic's payload
            // again: leaking the second one is the price of never unwinding into the caller.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}

/// Does the work of an exported function: gives its number, and on failure an error
/// object, if the caller wants one.
pub(crate) fn call(
    function: &'static str,
    error: *mut *mut lienthong_error_t,
    body: impl FnOnce() -> Result<()>,
) -> i32 {
    let failure = match caught(function, body) {
        Some(Ok(())) => return LIENTHONG_OK,
        Some(Err(failure)) => failure,
        None => Failure::own(ErrorKind::Internal).with("function", function),
    };
    let code = number(failure.kind());
    if !error.is_null() {
        let object = guard("", std::ptr::null_mut(), || {
            error::object(function, failure)
        });
        // SAFETY: the caller gives NULL, which was sorted out, or a place for a pointer.
        unsafe { error.write(object) };
    }
    code
}

/// Panics where a test asks for it, in builds for tests only: the name of a function
/// in LIENTHONG_TEST_PANIC.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "that is what it is for")]
fn injected(function: &str) {
    if std::env::var("LIENTHONG_TEST_PANIC").is_ok_and(|wanted| wanted == function) {
        panic!("asked for by LIENTHONG_TEST_PANIC");
    }
}

#[cfg(not(debug_assertions))]
fn injected(_function: &str) {}

#[cfg(test)]
mod tests {
    use super::guard;

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            panic!("the payload of a panic was dropped");
        }
    }

    #[test]
    fn a_value_passes_through() {
        assert_eq!(guard("", 0, || 7), 7);
    }

    #[test]
    fn a_panic_becomes_the_stated_value() {
        assert_eq!(guard("", 0, || panic!("on purpose")), 0);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_stays_inside() {
        assert_eq!(guard("", 0, || std::panic::panic_any(PanicsWhenDropped)), 0);
    }
}
