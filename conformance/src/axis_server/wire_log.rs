//! What went over the wire: heads without secrets, lengths instead of bodies.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::clock;
use super::http::{Answered, Head};
use super::stop::lock;

/// Headers whose values may be shown: ids, codes, kinds, lengths. Of others only
/// the length is, since anything may stand in them.
const SHOWN: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
    "xroadvnpt-agencycode",
    "xroadvnpt-content-type",
    "xroadvnpt-docid",
    "xroadvnpt-from",
    "xroadvnpt-hash-file",
    "xroadvnpt-level",
    "xroadvnpt-messagetype",
    "xroadvnpt-servicetype",
    "xroadvnpt-sign-header-key",
    "xroadvnpt-status",
    "xroadvnpt-systemid",
    "xroadvnpt-timestamp",
    "xroadvnpt-to",
    "xroadvnpt-version",
];

/// Headers of one exchange.
const MOST_HEADERS: usize = 64;

/// One exchange.
#[derive(Clone, Debug, Serialize)]
pub struct WireEntry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was over, in milliseconds since 1970.
    pub at: u64,
    /// The connection, from 0.
    pub connection: u64,
    /// The method; empty if the head could not be read.
    pub method: String,
    /// The path.
    pub path: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// Where in the head a mark of the configuration stands: `path`, or the names
    /// of headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marked: Vec<String>,
    /// Bytes of the body that were read.
    pub body_bytes: u64,
    /// The HTTP status, where it came to an answer.
    pub status: Option<u16>,
    /// The error code of the answer.
    pub code: Option<String>,
    /// Bytes of the answer that were written.
    pub answer_bytes: u64,
    /// Whether that was the whole answer.
    pub complete: bool,
    /// The faults that happened.
    pub faults: Vec<String>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

impl WireEntry {
    /// The value of a header, as far as it is shown.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The last exchanges.
#[derive(Debug)]
pub(super) struct WireLog {
    entries: Mutex<Entries>,
    came: Condvar,
    most: usize,
    marks: Vec<String>,
}

#[derive(Debug, Default)]
struct Entries {
    last: VecDeque<WireEntry>,
    count: u64,
}

impl WireLog {
    pub(super) fn new(most: usize, marks: Vec<String>) -> Self {
        WireLog {
            entries: Mutex::default(),
            came: Condvar::new(),
            most,
            marks,
        }
    }

    pub(super) fn note(&self, answered: &Answered<'_>, faults: &[&'static str]) {
        let head = answered.head;
        let mut entry = WireEntry {
            number: 0,
            at: clock::millis(),
            connection: answered.connection,
            method: head.map(|head| shown(head.method())).unwrap_or_default(),
            path: head.map(|head| shown(head.path())).unwrap_or_default(),
            headers: head.map(headers).unwrap_or_default(),
            marked: head.map(|head| self.marked(head)).unwrap_or_default(),
            body_bytes: answered.body_bytes,
            status: answered.status,
            code: answered.code.map(str::to_owned),
            answer_bytes: answered.answer_bytes,
            complete: answered.is_complete,
            faults: faults.iter().map(|&word| word.to_owned()).collect(),
            ms: u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
        };
        let mut entries = lock(&self.entries);
        entries.count += 1;
        entry.number = entries.count;
        while entries.last.len() >= self.most.max(1) {
            entries.last.pop_front();
        }
        entries.last.push_back(entry);
        self.came.notify_all();
    }

    /// Where marks stand.
    fn marked(&self, head: &Head) -> Vec<String> {
        let holds = |text: &[u8]| {
            let marks = self.marks.iter().filter(|mark| !mark.is_empty());
            let mut bytes = marks.map(String::as_bytes);
            bytes.any(|mark| text.windows(mark.len()).any(|part| part == mark))
        };
        let in_path = holds(head.path().as_bytes()).then(|| "path".to_owned());
        let in_headers = head
            .headers()
            .filter(|(name, value)| holds(name.as_bytes()) || holds(value))
            .map(|(name, _)| shown(name));
        in_path.into_iter().chain(in_headers).collect()
    }

    /// What came after a number, as far as it is kept. Waits for it, if asked.
    pub(super) fn since(&self, number: u64, wait: Duration) -> Vec<WireEntry> {
        let end = Instant::now() + wait;
        let mut entries = lock(&self.entries);
        while entries.count <= number {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.came.wait_timeout(entries, left);
            entries = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let later = entries.last.iter().filter(|entry| entry.number > number);
        later.cloned().collect()
    }
}

fn headers(head: &Head) -> Vec<(String, String)> {
    head.headers()
        .take(MOST_HEADERS)
        .map(|(name, value)| {
            let is_shown = SHOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
            let value = match std::str::from_utf8(value) {
                Ok(text) if is_shown => shown(text),
                _ => format!("({} bytes)", value.len()),
            };
            (name.to_owned(), value)
        })
        .collect()
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    const MOST: usize = 512;
    let cut: String = text.chars().take(MOST).collect();
    if cut.len() < text.len() {
        return format!("{cut}… ({} bytes)", text.len());
    }
    cut
}
