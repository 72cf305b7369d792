//! Who waits for changes of the store is woken: by this process's commits at
//! once, by those of others within a fifth of a second. Nothing runs while
//! nobody waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// How often a waiter looks for commits of other processes.
const SLICE: Duration = Duration::from_millis(200);

pub(super) struct Watch {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    connection: Connection,
    /// SQLite's number of the last commit seen, by whatever connection.
    commit: i64,
    generation: u64,
    looked: Instant,
}

impl State {
    /// Looks for commits; where there is no answer, somebody looks again.
    fn look(&mut self) -> bool {
        self.looked = Instant::now();
        match data_version(&self.connection) {
            Ok(commit) if commit != self.commit => {
                self.commit = commit;
                true
            }
            _ => false,
        }
    }
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))
}

impl Watch {
    pub(super) fn new(connection: Connection) -> rusqlite::Result<Self> {
        let commit = data_version(&connection)?;
        Ok(Watch {
            state: Mutex::new(State {
                connection,
                commit,
                generation: 1,
                looked: Instant::now(),
            }),
            changed: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn raise(&self, state: &mut State) {
        state.generation += 1;
        self.changed.notify_all();
    }

    pub(super) fn generation(&self) -> u64 {
        let mut state = self.state();
        if state.look() {
            self.raise(&mut state);
        }
        state.generation
    }

    /// After a commit of this process, and whenever all are to wake.
    pub(super) fn wake(&self) {
        let mut state = self.state();
        // What is seen here is told here, and not a second time.
        state.look();
        self.raise(&mut state);
    }

    pub(super) fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        let begun = Instant::now();
        let mut state = self.state();
        loop {
            // Of many waiters one looks.
            let due = state.looked.elapsed() >= SLICE;
            if state.generation == seen && (due || begun.elapsed() >= at_most) && state.look() {
                self.raise(&mut state);
            }
            let left = at_most.saturating_sub(begun.elapsed());
            if state.generation != seen || left.is_zero() {
                return state.generation;
            }
            let slice = SLICE.saturating_sub(state.looked.elapsed());
            let pause = left.min(slice.max(Duration::from_millis(1)));
            state = match self.changed.wait_timeout(state, pause) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}
