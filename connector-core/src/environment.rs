//! What a connector takes from the world around it: the time and chance. Tests
//! put others in their place.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom, SystemRandom};

use crate::axis::Clock;
use crate::exchange::model::Millis;

/// Clock and chance.
#[derive(Clone)]
pub struct Environment {
    clock: Clock,
    random: Arc<SystemRandom>,
}

impl Environment {
    /// The system's.
    pub fn system() -> Self {
        Self::with_clock(Arc::new(SystemTime::now))
    }

    /// Another clock.
    pub fn with_clock(clock: Clock) -> Self {
        Environment {
            clock,
            random: Arc::new(SystemRandom::new()),
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The time as the system's type.
    pub(crate) fn system_time(&self) -> SystemTime {
        (self.clock)()
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> Millis {
        let now = (self.clock)();
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match now.duration_since(UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        }
    }

    /// Any number.
    pub(crate) fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without chance pauses are merely in step.
        let _ = self.random.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}
