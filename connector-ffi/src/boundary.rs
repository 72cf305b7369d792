//! Where Rust ends and the caller begins.

use std::panic::{UnwindSafe, catch_unwind};

/// Runs `body`, and gives `on_panic` back if it panics.
///
/// The panic's own message still goes to the panic hook of the process, which by default
/// writes it to standard error.
pub(crate) fn guard<T>(on_panic: T, body: impl FnOnce() -> T + UnwindSafe) -> T {
    match catch_unwind(body) {
        Ok(value) => value,
        Err(payload) => {
            // The payload may have a destructor that panics too. Leaking it is the price
            // of never unwinding into the caller.
            std::mem::forget(payload);
            on_panic
        }
    }
}

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
        assert_eq!(guard(0, || 7), 7);
    }

    #[test]
    fn a_panic_becomes_the_stated_value() {
        assert_eq!(guard(0, || panic!("on purpose")), 0);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_stays_inside() {
        assert_eq!(guard(0, || std::panic::panic_any(PanicsWhenDropped)), 0);
    }
}
