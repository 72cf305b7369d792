//! What wakes the Office: a packet that came in, a command, a time, the end.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

use crate::axis_server::stop::lock;

/// A bell with one listener.
#[derive(Debug, Default)]
pub(in super::super) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    has_rung: bool,
    is_over: bool,
}

impl Bell {
    pub(in super::super) fn ring(&self) {
        lock(&self.state).has_rung = true;
        self.rung.notify_all();
    }

    pub(super) fn end(&self) {
        lock(&self.state).is_over = true;
        self.rung.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        lock(&self.state).is_over
    }

    /// Waits until it rings, or has rung since the last time, or until a
    /// moment; false at the end.
    pub(super) fn wait(&self, until: Option<Instant>) -> bool {
        let mut state = lock(&self.state);
        while !state.is_over && !std::mem::take(&mut state.has_rung) {
            state = match until {
                None => self
                    .rung
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return true;
                    }
                    let woken = self.rung.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        !state.is_over
    }
}
