//! Fetching: what the axis lists is stored, then acknowledged, then understood.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::super::{Shared, lock};
use super::{Bell, Breaker};
use crate::axis::{Acknowledgement, Client, MessageType, ReceivedRow};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::Store;
use crate::exchange::incoming::{self, Delivered};
use crate::exchange::model::{Arrival, Entry, Millis, PacketKind, What};
use crate::exchange::{insight, reading};
use crate::failpoint::failpoint;
use crate::packet::{Discard, read_packet};

/// Rows of the store dealt with in one turn.
const TURN: usize = 1_000;
/// The longest pause before something that could not be fetched is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// How long an acknowledgement that failed waits for its next attempt.
const ACKNOWLEDGE_AGAIN: Millis = 10_000;

/// What could not be fetched, and when it is tried again.
type Postponed = HashMap<String, (u32, Instant)>;

/// Fetches until the connector is closed.
pub(super) fn run(shared: &Shared, bell: &Bell) {
    let Some(client) = &shared.client else {
        return;
    };
    let mut postponed = Postponed::new();
    let mut breaker = Breaker::new();
    while !shared.is_closed() {
        // What was stored and not dealt with: by a worker before this one, after
        // a failure, or because somebody wants it read again.
        if let Err(error) = catch_up(shared, client) {
            tracing::warn!(kind = error.kind().name(), "the inbox cannot be written");
        }
        let mut more = false;
        for (message_type, kind) in [
            (MessageType::Edoc, PacketKind::Document),
            (MessageType::Status, PacketKind::Status),
        ] {
            match client.list_received(message_type) {
                Ok(rows) => {
                    breaker.worked();
                    listed(shared);
                    match take(shared, client, kind, rows, &mut postponed) {
                        Ok(stored) => more |= stored > 0,
                        Err(error) => {
                            tracing::warn!(
                                kind = error.kind().name(),
                                "the inbox cannot be written"
                            );
                        }
                    }
                }
                Err(error) => {
                    if !shared.is_closed() {
                        tracing::info!(kind = error.kind().name(), "no list of what waits");
                        list_failed(shared, &error);
                    }
                    breaker.failed(shared);
                    break;
                }
            }
        }
        // More may have come while these were fetched.
        if !more {
            bell.wait(breaker.pause().max(shared.settings.interval));
        }
    }
}

/// A list came, empty or not.
fn listed(shared: &Shared) {
    let forget = shared.look(|tx| tx.remembered(insight::LIST_FAILED));
    if forget.is_ok_and(|failed| failed.is_some_and(|failed| !failed.is_empty())) {
        remember(shared, insight::LIST_FAILED, String::new());
    }
    remember(shared, insight::LISTED, shared.now().to_string());
}

/// A list that failed is not an empty one: the time and the reason are kept for
/// `doctor` and the statistics.
fn list_failed(shared: &Shared, error: &Error) {
    let text = format!("{} {}", shared.now(), error.kind().name());
    remember(shared, insight::LIST_FAILED, text);
}

fn remember(shared: &Shared, name: &'static str, value: String) {
    // Once a minute is enough to see silence, and keeps an idle disk idle.
    let known = shared.look(|tx| tx.remembered(name)).ok().flatten();
    let at = |text: &str| {
        text.split(' ')
            .next()
            .and_then(|at| at.parse::<Millis>().ok())
    };
    let recent = known.as_deref().and_then(at).zip(at(&value));
    if recent.is_some_and(|(before, now)| (0..60_000).contains(&now.saturating_sub(before))) {
        return;
    }
    let remembered = shared.change(move |tx| tx.remember(name, &value));
    if let Err(error) = remembered {
        tracing::warn!(kind = error.kind().name(), "a time was not noted");
    }
}

/// Stores, acknowledges and understands what a list names; gives how many were
/// new.
fn take(
    shared: &Shared,
    client: &Client,
    kind: PacketKind,
    rows: Vec<ReceivedRow>,
    postponed: &mut Postponed,
) -> Result<usize> {
    let now = Instant::now();
    let mut fresh = Vec::new();
    let mut again = Vec::new();
    let mut listed = HashSet::new();
    for row in rows {
        let waits = postponed
            .get(&row.doc_id)
            .is_some_and(|(_, until)| *until > now);
        if waits || !listed.insert(row.doc_id.clone()) {
            continue;
        }
        match shared.look(|tx| tx.arrival_by_axis_id(&row.doc_id))? {
            // It is stored; the axis did not hear our word, or forgot it.
            Some(arrival) if arrival.acknowledge_at <= shared.now() => again.push(arrival),
            Some(_) => {}
            None => fresh.push(Delivered {
                axis_doc_id: row.doc_id,
                listed_as: kind,
                listed_to: row.to,
            }),
        }
    }
    let failed: Mutex<Vec<(String, ErrorKind)>> = Mutex::new(Vec::new());
    let stored: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let first_error: Mutex<Option<Error>> = Mutex::new(None);
    let parallel = shared.settings.receivers.min(fresh.len());
    let work = Mutex::new(fresh.into_iter().enumerate());
    let turns = Mutex::new(Turns::default());
    let one = || {
        while !shared.is_closed() {
            let Some((number, delivered)) = lock(&work).next() else {
                return;
            };
            let id = delivered.axis_doc_id.clone();
            let fetched = fetch(shared, client, delivered);
            let arrival = fetched.as_ref().ok().cloned();
            let understood = match (kind, arrival) {
                (PacketKind::Document, Some(arrival)) => understand(shared, &[arrival]),
                (PacketKind::Document, None) => Ok(()),
                // Statuses count in the order of the list, however they came.
                (PacketKind::Status, arrival) => {
                    let mut turns = lock(&turns);
                    let ready = turns.next(number, arrival);
                    understand(shared, &ready)
                }
            };
            failpoint!("inbox-understood");
            match fetched.and(understood.map_err(Missed::Store)) {
                Ok(()) => lock(&stored).push(id),
                Err(Missed::Packet(kind)) => lock(&failed).push((id, kind)),
                Err(Missed::Store(error)) => {
                    lock(&first_error).get_or_insert(error);
                    return;
                }
            }
        }
    };
    match parallel {
        0 => {}
        1 => one(),
        _ => thread::scope(|scope| {
            for _ in 1..parallel {
                let spawned = thread::Builder::new()
                    .stack_size(512 * 1024)
                    .spawn_scoped(scope, one);
                if spawned.is_err() {
                    break;
                }
            }
            one();
        }),
    }
    let stored = stored.into_inner().unwrap_or_default();
    for id in &stored {
        postponed.remove(id);
    }
    for (id, kind) in failed.into_inner().unwrap_or_default() {
        postpone(shared, postponed, id, kind);
    }
    for arrival in again {
        acknowledge(shared, client, &arrival)?;
    }
    match first_error.into_inner().unwrap_or_default() {
        Some(error) => Err(error),
        None => Ok(stored.len()),
    }
}

/// What was fetched before its turn.
#[derive(Default)]
struct Turns {
    next: usize,
    early: BTreeMap<usize, Option<Arrival>>,
}

impl Turns {
    /// Takes one, or that it could not be fetched; gives those whose turn it is.
    fn next(&mut self, number: usize, arrival: Option<Arrival>) -> Vec<Arrival> {
        self.early.insert(number, arrival);
        let mut ready = Vec::new();
        while let Some(arrival) = self.early.remove(&self.next) {
            ready.extend(arrival);
            self.next += 1;
        }
        ready
    }
}

/// What stopped a packet on its way into the store.
enum Missed {
    /// It could not be fetched or kept; others may go on.
    Packet(ErrorKind),
    /// The store failed after it was kept.
    Store(Error),
}

/// Fetches one packet. It is stored and synced first, then acknowledged.
fn fetch(
    shared: &Shared,
    client: &Client,
    delivered: Delivered,
) -> std::result::Result<Arrival, Missed> {
    let missed = |error: Error| Missed::Packet(error.kind());
    let mut spool = shared.store.spool().map_err(missed)?;
    {
        let mut sink = Keep {
            spool: &mut *spool,
            failed: None,
        };
        let fetched = client.get(&delivered.axis_doc_id, &mut sink);
        if let Some(failed) = sink.failed {
            return Err(Missed::Packet(failed));
        }
        fetched.map_err(missed)?;
    }
    failpoint!("inbox-fetched");
    let crate::exchange::Stored { payload, guard } = spool.finish().map_err(missed)?;
    let now = shared.now();
    let arrival = shared
        .change(move |tx| {
            let id = incoming::store(tx, now, &delivered, &payload)?;
            match id {
                Some(id) => tx.arrival(id),
                None => tx.arrival_by_axis_id(&delivered.axis_doc_id),
            }
        })
        .map_err(missed)?;
    drop(guard);
    failpoint!("inbox-stored");
    let Some(arrival) = arrival else {
        return Err(Missed::Packet(ErrorKind::Internal));
    };
    acknowledge(shared, client, &arrival).map_err(Missed::Store)?;
    failpoint!("inbox-acknowledged");
    Ok(arrival)
}

/// A spool that remembers why it could not take more: a full disk is not a
/// fault of the packet.
struct Keep<'s> {
    spool: &'s mut dyn crate::exchange::Spool,
    failed: Option<ErrorKind>,
}

impl Write for Keep<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.spool.write(bytes);
        if let Err(error) = &written {
            self.failed = Some(match error.kind() {
                std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge => ErrorKind::StoreFull,
                _ => ErrorKind::StoreFailed,
            });
        }
        written
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.spool.flush()
    }
}

/// Tells the axis that a packet is stored.
fn acknowledge(shared: &Shared, client: &Client, arrival: &Arrival) -> Result<()> {
    let told = client.acknowledge(&arrival.axis_doc_id, Acknowledgement::Done);
    if let Err(error) = &told {
        tracing::info!(
            arrival = arrival.id,
            kind = error.kind().name(),
            "not acknowledged"
        );
    }
    let (id, done, now) = (arrival.id, told.is_ok(), shared.now());
    shared.change(move |tx| incoming::acknowledged(tx, now, id, done, ACKNOWLEDGE_AGAIN))
}

/// Reads stored packets and puts them where they belong.
fn understand(shared: &Shared, arrivals: &[Arrival]) -> Result<()> {
    let mut readings = Vec::new();
    for arrival in arrivals {
        let payload = match arrival.payload {
            Some(payload) => shared.look(|tx| tx.payload(payload))?,
            None => None,
        };
        if let Some(payload) = payload {
            let bytes = shared.store.open_payload(&payload)?;
            let packet = read_packet(bytes, &shared.settings.read, &mut Discard)?;
            readings.push((arrival.id, reading::facts(packet)));
        }
    }
    if readings.is_empty() {
        return Ok(());
    }
    let now = shared.now();
    let policy = shared.settings.receive.clone();
    shared.change(move |tx| {
        for (id, reading) in &readings {
            incoming::understand(tx, now, &policy, *id, reading)?;
        }
        Ok(())
    })
}

/// Understands and acknowledges what a worker before this one has stored.
fn catch_up(shared: &Shared, client: &Client) -> Result<()> {
    loop {
        let rows = shared.look(|tx| tx.arrivals_to_understand(TURN))?;
        if rows.is_empty() || shared.is_closed() {
            break;
        }
        for arrival in &rows {
            understand(shared, std::slice::from_ref(arrival))?;
        }
    }
    let now = shared.now();
    let beyond = crate::exchange::beyond(now, ACKNOWLEDGE_AGAIN);
    let rows = shared.look(|tx| tx.arrivals_to_acknowledge(now, beyond, TURN))?;
    for arrival in &rows {
        if shared.is_closed() {
            break;
        }
        acknowledge(shared, client, arrival)?;
    }
    Ok(())
}

/// A packet that could not be fetched stays on the axis; its turn comes again.
fn postpone(shared: &Shared, postponed: &mut Postponed, id: String, kind: ErrorKind) {
    if shared.is_closed() {
        return;
    }
    let (failures, until) = postponed.entry(id.clone()).or_insert((0, Instant::now()));
    *failures = failures.saturating_add(1);
    let pause = shared
        .settings
        .send
        .pause_after(*failures, shared.environment.random());
    let pause = Duration::from_millis(u64::try_from(pause).unwrap_or_default());
    *until = Instant::now() + pause.min(LONGEST_PAUSE);
    if *failures > 1 {
        return;
    }
    let now = shared.now();
    let told = shared.change(move |tx| {
        let entry = Entry::new(now, What::NotFetched).code(kind.name());
        tx.log(&entry.organ(&crate::axis::shown(&id)))
    });
    if let Err(error) = told {
        tracing::warn!(kind = error.kind().name(), "an event was not noted");
    }
}
