//! The log of a connector: lines of `tracing`, kept until a thread of Python takes them.
//!
//! The threads of a connector never wait for Python, which may be ending or in a fork.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use lienthong::log::{is_ours, line};
use pyo3::prelude::*;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

use crate::call::{call, lock};

/// Lines that are kept; older ones are lost and counted.
const MOST: usize = 10_000;

/// Level as in Python's `logging`, place in the library, text.
type Line = (u8, &'static str, String);

#[derive(Default)]
struct Lines {
    waiting: VecDeque<Line>,
    lost: u64,
    ended: bool,
}

struct Queue {
    lines: Mutex<Lines>,
    came: Condvar,
    /// The lowest level that is wanted.
    level: AtomicU8,
    process: u32,
}

/// Where the lines of one connector go.
#[pyclass(frozen, module = "lienthong._native")]
#[derive(Clone)]
pub(crate) struct Log {
    queue: Arc<Queue>,
    dispatch: Dispatch,
}

impl Log {
    /// Does some work with its lines going here.
    pub(crate) fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        tracing::dispatcher::with_default(&self.dispatch, work)
    }
}

#[pymethods]
impl Log {
    #[new]
    fn new(level: u8) -> Self {
        let queue = Arc::new(Queue {
            lines: Mutex::default(),
            came: Condvar::new(),
            level: AtomicU8::new(level),
            process: std::process::id(),
        });
        Log {
            dispatch: Dispatch::new(Collector(Arc::clone(&queue))),
            queue,
        }
    }

    fn set_level(&self, level: u8) {
        self.queue.level.store(level, Ordering::Relaxed);
    }

    /// The lines that came, after at most so many seconds; none after the last one.
    fn take(&self, py: Python<'_>, seconds: f64) -> PyResult<Option<Vec<Line>>> {
        call(py, "log.take", || {
            let wait = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            let lines = lock(&self.queue.lines);
            let (mut lines, _) = self
                .queue
                .came
                .wait_timeout_while(lines, wait, |lines| {
                    lines.waiting.is_empty() && !lines.ended
                })
                .unwrap_or_else(PoisonError::into_inner);
            if lines.ended && lines.waiting.is_empty() {
                return Ok(None);
            }
            let mut taken: Vec<Line> = lines.waiting.drain(..).collect();
            if std::mem::take(&mut lines.lost) > 0 {
                let text = "lines of the log were lost: nobody took them".to_owned();
                taken.push((30, "lienthong", text));
            }
            Ok(Some(taken))
        })
    }

    /// No line comes after this.
    fn end(&self) {
        // In a child the lock may be held by a thread that is not there.
        if self.queue.process == std::process::id() {
            lock(&self.queue.lines).ended = true;
            self.queue.came.notify_all();
        }
    }
}

/// The numbers of Python's `logging`; 5 is below all that it names.
fn level(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

struct Collector(Arc<Queue>);

impl Subscriber for Collector {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        // The level may change.
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata) && level(*metadata.level()) >= self.0.level.load(Ordering::Relaxed)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let line = (level(*metadata.level()), metadata.target(), line(event));
        let mut lines = lock(&self.0.lines);
        if lines.waiting.len() >= MOST {
            lines.waiting.pop_front();
            lines.lost += 1;
        }
        lines.waiting.push_back(line);
        self.0.came.notify_all();
    }

    // The library has events and no spans.
    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}
