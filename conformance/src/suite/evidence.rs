//! What was seen while a case ran: who did what to whom, and when. Ids, codes,
//! hashes and lengths only; never what people wrote.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::axis_server::WireEntry;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The suite itself, which drives the product.
    Suite,
    /// The product under test.
    Product,
    /// The axis.
    Axis,
    /// An agency or the Office at the other end.
    Peer,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds since the case began.
    pub at: u64,
    /// Who did it.
    pub from: Actor,
    /// To whom.
    pub to: Actor,
    /// What: a command, a call, a step. A word or two.
    pub what: String,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(String, String)>,
}

/// The events of one case.
#[derive(Clone, Debug)]
pub struct Evidence {
    began: Instant,
    began_at: u64,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Default for Evidence {
    fn default() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Evidence {
            began: Instant::now(),
            began_at: since
                .ok()
                .and_then(|since| u64::try_from(since.as_millis()).ok())
                .unwrap_or_default(),
            events: Arc::default(),
        }
    }
}

/// Events of one case that are kept; a noisy product must not fill the report.
const MOST: usize = 400;

impl Evidence {
    /// Adds what happens now.
    pub fn add(
        &self,
        from: Actor,
        to: Actor,
        what: impl Into<String>,
        details: Vec<(String, String)>,
    ) {
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.put(Event {
            at,
            from,
            to,
            what: what.into(),
            details,
        });
    }

    fn put(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() < MOST {
            events.push(event);
        }
    }

    /// Adds what an axis saw: runs of the same fruitless question count once.
    pub(crate) fn add_wire(&self, entries: &[WireEntry]) {
        let mut previous: Option<(&str, Option<&str>, u64)> = None;
        for entry in entries {
            let same = entry.path.contains("List")
                && entry.faults.is_empty()
                && previous.is_some_and(|(path, code, bytes)| {
                    path == entry.path
                        && code == entry.code.as_deref()
                        && bytes == entry.answer_bytes
                });
            previous = Some((&entry.path, entry.code.as_deref(), entry.answer_bytes));
            if same {
                continue;
            }
            let header = |name: &str| {
                let found = entry
                    .headers
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.clone())
            };
            let mut details = Vec::new();
            for (name, key) in [
                ("from", "xroadvnpt-from"),
                ("kind", "xroadvnpt-messagetype"),
                ("doc", "xroadvnpt-docid"),
                ("status", "xroadvnpt-status"),
                ("hash-file", "xroadvnpt-hash-file"),
            ] {
                if let Some(value) = header(key) {
                    details.push((name.to_owned(), value));
                }
            }
            details.push(("bytes".to_owned(), entry.body_bytes.to_string()));
            if let Some(code) = &entry.code {
                details.push(("code".to_owned(), code.clone()));
            }
            if let Some(status) = entry.status.filter(|&status| status != 200) {
                details.push(("http".to_owned(), status.to_string()));
            }
            if !entry.faults.is_empty() {
                details.push(("fault".to_owned(), entry.faults.join(", ")));
            }
            self.put(Event {
                at: entry.at.saturating_sub(self.began_at),
                from: Actor::Product,
                to: Actor::Axis,
                what: entry.path.trim_start_matches('/').to_owned(),
                details,
            });
        }
    }

    /// All events, by time.
    pub fn events(&self) -> Vec<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = events.clone();
        events.sort_by_key(|event| event.at);
        events
    }
}
