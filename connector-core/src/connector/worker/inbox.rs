//! Fetching: what the axis lists is stored, then acknowledged, then understood.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::super::packets::Spooling;
use super::super::{Shared, lock};
use super::{Bell, Breaker};
use crate::axis::{Acknowledgement, Client, MessageType, ReceivedRow};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::Store;
use crate::exchange::incoming::{self, Delivered};
use crate::exchange::insight;
use crate::exchange::model::{Arrival, Entry, Millis, PacketKind, Payload, What};
use crate::exchange::reading::Reading;
use crate::failpoint::{failpoint, mutant};

/// Rows of a list, or of the store, dealt with in one turn.
const TURN: usize = 1_000;
/// The longest pause before something that could not be fetched is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// How long an acknowledgement that failed waits for its next attempt at most.
const ACKNOWLEDGE_AGAIN: Millis = 10_000;

/// What could not be fetched, by the axis's id.
type Postponed = HashMap<String, Postponement>;

struct Postponement {
    failures: u32,
    until: Instant,
    /// Whether the host was told; a disk that is full cannot keep an event.
    told: bool,
}

/// Fetches until the connector is closed.
pub(super) fn run(shared: &Shared, bell: &Bell) {
    let Some(client) = &shared.client else {
        return;
    };
    let mut postponed = Postponed::new();
    let mut breaker = Breaker::new();
    let mut lists = [
        (MessageType::Edoc, PacketKind::Document, VecDeque::new()),
        (MessageType::Status, PacketKind::Status, VecDeque::new()),
    ];
    while !shared.is_closed() {
        // What was stored and not dealt with: by a worker before this one, after
        // a failure, or because somebody wants it read again.
        if let Err(error) = catch_up(shared, client) {
            tracing::warn!(kind = error.kind().name(), "the inbox cannot be written");
        } else {
            failpoint!("inbox-caught-up");
        }
        let mut more = false;
        for (message_type, kind, waiting) in &mut lists {
            // A long list is not asked for again before its end, and holds up
            // nothing else: the other one has its turn in between.
            if waiting.is_empty() {
                match client.list_received(*message_type) {
                    Ok(rows) => {
                        breaker.worked();
                        failpoint!("inbox-listed");
                        listed(shared);
                        waiting.extend(rows);
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
            let turn = waiting.drain(..waiting.len().min(TURN)).collect();
            match take(shared, client, *kind, turn, &mut postponed) {
                Ok(stored) => more |= stored > 0 || !waiting.is_empty(),
                Err(error) => {
                    waiting.clear();
                    tracing::warn!(kind = error.kind().name(), "the inbox cannot be written");
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

/// Stores, acknowledges and understands what a part of a list names; gives how
/// many were new.
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
            .is_some_and(|postponed| postponed.until > now);
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
            let (fetched, missed) = match fetch(shared, client, delivered) {
                Ok(fetched) => (Some(fetched), Ok(())),
                Err(missed) => (None, Err(missed)),
            };
            let understood = match kind {
                PacketKind::Document => understand(shared, fetched.into_iter().collect()),
                // Statuses count in the order of the list, however they came.
                PacketKind::Status => {
                    let mut turns = lock(&turns);
                    understand(shared, turns.next(number, fetched))
                }
            };
            failpoint!("inbox-understood");
            match missed.and(understood.map_err(Missed::Store)) {
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
            let log = super::Log::of_this_thread();
            for _ in 1..parallel {
                let log = log.clone();
                let spawned = thread::Builder::new()
                    .stack_size(512 * 1024)
                    .spawn_scoped(scope, move || log.follow(one));
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

/// A packet that is stored and read, and not understood yet.
struct Fetched {
    arrival: i64,
    /// Whether the axis heard that it is stored; `None` where it was not told.
    told: Option<bool>,
    reading: Reading,
}

/// What was fetched before its turn.
#[derive(Default)]
struct Turns {
    next: usize,
    early: BTreeMap<usize, Option<Fetched>>,
}

impl Turns {
    /// Takes one, or that it could not be fetched; gives those whose turn it is.
    fn next(&mut self, number: usize, fetched: Option<Fetched>) -> Vec<Fetched> {
        self.early.insert(number, fetched);
        let mut ready = Vec::new();
        while let Some(fetched) = self.early.remove(&self.next) {
            ready.extend(fetched);
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
) -> std::result::Result<Fetched, Missed> {
    let missed = |error: Error| Missed::Packet(error.kind());
    let mut spool = Spooling::new(shared).map_err(missed)?;
    let id = &delivered.axis_doc_id;
    let to = delivered.listed_to.as_deref();
    let mut counted = shared.transfers.download(shared.now(), id, to, &mut spool);
    let fetched = client.get(id, &mut counted).map(drop);
    drop(counted);
    // A full disk is not a fault of the packet.
    let spool = spool.end(fetched).map_err(missed)?;
    if mutant("ack-before-commit") {
        let _ = client.acknowledge(&delivered.axis_doc_id, Acknowledgement::Done);
    }
    failpoint!("inbox-fetched");
    let crate::exchange::Stored { payload, guard } = spool.finish().map_err(missed)?;
    let now = shared.now();
    let kept = payload.clone();
    let arrival = shared
        .change(move |tx| {
            let id = incoming::store(tx, now, &delivered, &kept)?;
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
    let done = tell(client, &arrival);
    failpoint!("inbox-acknowledged");
    let reading = read(shared, &payload).map_err(Missed::Store)?;
    Ok(Fetched {
        arrival: arrival.id,
        told: Some(done),
        reading,
    })
}

/// Tells the axis that a packet is stored; gives whether it heard.
fn tell(client: &Client, arrival: &Arrival) -> bool {
    let told = client.acknowledge(&arrival.axis_doc_id, Acknowledgement::Done);
    if let Err(error) = &told {
        tracing::info!(
            arrival = arrival.id,
            kind = error.kind().name(),
            "not acknowledged"
        );
    }
    told.is_ok()
}

/// Tells the axis that a packet is stored, and notes what that gave.
fn acknowledge(shared: &Shared, client: &Client, arrival: &Arrival) -> Result<()> {
    let (id, done, now) = (arrival.id, tell(client, arrival), shared.now());
    let again = acknowledge_again(shared);
    shared.change(move |tx| incoming::acknowledged(tx, now, id, done, again))
}

/// An axis that is asked often may hear often that a packet is stored.
fn acknowledge_again(shared: &Shared) -> Millis {
    let interval = shared.settings.interval.as_millis();
    i64::try_from(interval).map_or(ACKNOWLEDGE_AGAIN, |interval| {
        interval.min(ACKNOWLEDGE_AGAIN)
    })
}

/// Puts packets where they belong, and notes what the axis was told of them, in
/// one commit. Where it does not come to that, the axis is told again.
fn understand(shared: &Shared, fetched: Vec<Fetched>) -> Result<()> {
    if fetched.is_empty() {
        return Ok(());
    }
    let now = shared.now();
    let again = acknowledge_again(shared);
    let policy = shared.settings.receive.clone();
    shared.change(move |tx| {
        for one in &fetched {
            if let Some(told) = one.told {
                incoming::acknowledged(tx, now, one.arrival, told, again)?;
            }
            incoming::understand(tx, now, &policy, one.arrival, &one.reading)?;
        }
        Ok(())
    })
}

fn read(shared: &Shared, payload: &Payload) -> Result<Reading> {
    let bytes = shared.store.open_payload(payload)?;
    shared
        .signatures
        .read(bytes, &shared.settings.read, shared.now())
}

/// Understands and acknowledges what a worker before this one has stored.
fn catch_up(shared: &Shared, client: &Client) -> Result<()> {
    // One whose bytes cannot be read now does not hold up the others.
    let mut first_error = None;
    for arrival in shared.look(|tx| tx.arrivals_to_understand(TURN))? {
        if shared.is_closed() {
            break;
        }
        if let Err(error) = read_again(shared, &arrival) {
            first_error.get_or_insert(error);
        }
    }
    let now = shared.now();
    let beyond = crate::exchange::beyond(now, acknowledge_again(shared));
    let rows = shared.look(|tx| tx.arrivals_to_acknowledge(now, beyond, TURN))?;
    for arrival in &rows {
        if shared.is_closed() {
            break;
        }
        acknowledge(shared, client, arrival)?;
    }
    first_error.map_or(Ok(()), Err)
}

/// Understands one that was stored before.
fn read_again(shared: &Shared, arrival: &Arrival) -> Result<()> {
    let payload = match arrival.payload {
        Some(payload) => shared.look(|tx| tx.payload(payload))?,
        None => None,
    };
    let reading = match payload {
        Some(payload) => read(shared, &payload)?,
        None => Reading::Unreadable {
            reason: ErrorKind::PayloadGone.name().to_owned(),
            header: None,
        },
    };
    let fetched = Fetched {
        arrival: arrival.id,
        told: None,
        reading,
    };
    understand(shared, vec![fetched])
}

/// A packet that could not be fetched stays on the axis; its turn comes again.
fn postpone(shared: &Shared, postponed: &mut Postponed, id: String, kind: ErrorKind) {
    if shared.is_closed() {
        return;
    }
    let one = postponed.entry(id.clone()).or_insert(Postponement {
        failures: 0,
        until: Instant::now(),
        told: false,
    });
    one.failures = one.failures.saturating_add(1);
    let pause = shared
        .settings
        .send
        .pause_after(one.failures, shared.environment.random());
    let pause = Duration::from_millis(u64::try_from(pause).unwrap_or_default());
    one.until = Instant::now() + pause.min(LONGEST_PAUSE);
    if one.told {
        return;
    }
    let now = shared.now();
    let told = shared.change(move |tx| {
        let entry = Entry::new(now, What::NotFetched).code(kind.name());
        tx.log(&entry.organ(&crate::axis::shown(&id)))
    });
    match told {
        Ok(_) => one.told = true,
        Err(error) => tracing::warn!(kind = error.kind().name(), "an event was not noted"),
    }
}
