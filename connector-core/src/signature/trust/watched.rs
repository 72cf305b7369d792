//! Files that an operator may change while the program runs.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::environment::Environment;
use crate::error::{Error, Result};

/// Names, lengths and times of the files that something was read from.
pub(super) type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// How to look at the files, and how to read them.
pub(super) trait Read: Send + Sync {
    type Value: Clone;

    fn stamp(&self) -> Result<Stamp>;
    fn read(&self) -> Result<Self::Value>;
}

/// Something read from files, and read again when they change.
pub(super) struct Watched<R: Read> {
    read: R,
    interval: Duration,
    environment: Environment,
    state: Mutex<State<R::Value>>,
}

struct State<T> {
    value: T,
    stamp: Stamp,
    looked: SystemTime,
    problem: Option<String>,
}

impl<R: Read> Watched<R> {
    pub(super) fn open(read: R, interval: Duration, environment: &Environment) -> Result<Self> {
        let stamp = read.stamp()?;
        let value = read.read()?;
        Ok(Watched {
            read,
            interval,
            state: Mutex::new(State {
                value,
                stamp,
                looked: environment.clock()(),
                problem: None,
            }),
            environment: environment.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<R::Value>> {
        // No code that holds this lock can panic, so a poisoned one is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the files say; where they cannot be read any more, what they said before.
    pub(super) fn current(&self) -> R::Value {
        let now = self.environment.clock()();
        let mut state = self.lock();
        let recent = now
            .duration_since(state.looked)
            .is_ok_and(|since| since < self.interval);
        if !recent {
            state.looked = now;
            match self.changed(&state.stamp, state.problem.is_some()) {
                Ok(None) => {}
                Ok(Some((stamp, value))) => {
                    state.stamp = stamp;
                    state.value = value;
                    state.problem = None;
                }
                Err(error) => {
                    tracing::error!(%error, "what was read before stays in force");
                    state.problem = Some(error.to_string());
                }
            }
        }
        state.value.clone()
    }

    fn changed(
        &self,
        before: &Stamp,
        again: bool,
    ) -> std::result::Result<Option<(Stamp, R::Value)>, Error> {
        let stamp = self.read.stamp()?;
        if stamp == *before && !again {
            return Ok(None);
        }
        // Taken before reading: what changes meanwhile is seen the next time.
        let value = self.read.read()?;
        Ok(Some((stamp, value)))
    }

    /// Why the files could not be read the last time, if so.
    pub(super) fn problem(&self) -> Option<String> {
        self.lock().problem.clone()
    }
}
