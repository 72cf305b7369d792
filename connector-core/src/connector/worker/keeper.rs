//! Keeping house: outcomes that are unknown, actions that wait, what is old,
//! the directory, and the clock.

use std::time::{Duration, Instant};

use super::super::Shared;
use super::Bell;
use crate::axis::{Client, MessageType, SentRow};
use crate::error::{ErrorKind, Result, Retry};
use crate::exchange::model::{Entry, Millis, PacketKind, What};
use crate::exchange::outgoing::{self, Asked};
use crate::exchange::{Store, Tx, chain, incoming};
use crate::failpoint::failpoint;
use crate::signature::trust::alarm;

/// Rows dealt with in one transaction.
const TURN: usize = 200;
/// Rows looked through for documents that are not finished.
const NOT_FINISHED: usize = 100_000;
/// How often what is old is looked for.
const HOURLY: Duration = Duration::from_secs(3_600);
/// The longest wait of this thread.
const LONGEST: Duration = Duration::from_secs(30);
/// A clock that differs by more than this from what it was jumps.
const JUMP: Millis = 7 * 86_400_000;
/// A store that seems to have been shut for longer than this has a wrong clock.
const SHUT: Millis = 366 * 86_400_000;
/// How long nothing is deleted by age after the clock has jumped.
const CAUTION: Duration = Duration::from_secs(86_400);

/// Keeps house until the connector is closed.
pub(super) fn run(shared: &Shared, bell: &Bell, mut house: House) {
    let Some(client) = &shared.client else {
        return;
    };
    while !shared.is_closed() {
        if let Err(error) = house.turn(shared, client) {
            tracing::warn!(kind = error.kind().name(), "housekeeping failed");
        }
        let pause = shared.settings.send.ask_after;
        let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(1).max(20));
        bell.wait(pause.min(LONGEST));
    }
}

#[derive(Default)]
pub(super) struct House {
    hourly: Option<Instant>,
    directory: Option<Instant>,
    cautious_until: Option<Instant>,
    /// The system's clock and the one that only goes forward, as they were.
    clock: Option<(Millis, Instant)>,
}

impl House {
    /// Holds the clock against that of the last worker, before anything goes by
    /// it, and remembers it.
    pub(super) fn open(shared: &Shared) -> Result<Self> {
        let mut house = House::default();
        house.watch_clock(shared)?;
        let now = shared.now();
        shared.change(move |tx| tx.remember("clock", &now.to_string()))?;
        Ok(house)
    }

    fn turn(&mut self, shared: &Shared, client: &Client) -> Result<()> {
        self.watch_clock(shared)?;
        settle_unknown(shared, client)?;
        let due = |at: Option<Instant>, every: Duration| at.is_none_or(|at| at.elapsed() >= every);
        if let Some(every) = shared.settings.directory
            && due(self.directory, every)
        {
            self.directory = Some(Instant::now());
            refresh_directory(shared, client)?;
        }
        if due(self.hourly, HOURLY) {
            self.hourly = Some(Instant::now());
            self.hourly(shared)?;
        }
        Ok(())
    }

    /// A clock that jumps by days must not make anything look old.
    fn watch_clock(&mut self, shared: &Shared) -> Result<()> {
        let now = shared.now();
        let before = match self.clock {
            Some((then, at)) => {
                let gone = i64::try_from(at.elapsed().as_millis()).unwrap_or_default();
                Some(then.saturating_add(gone))
            }
            // A store may have been shut for weeks, but not for years.
            None => shared
                .look(|tx| tx.remembered("clock"))?
                .and_then(|text| text.parse::<Millis>().ok())
                .filter(|then| *then > now || now.saturating_sub(*then) > SHUT),
        };
        let jumped = before.is_some_and(|before| now.saturating_sub(before).abs() > JUMP);
        if jumped {
            self.cautious_until = Some(Instant::now() + CAUTION);
            tracing::warn!("the clock made a jump");
            shared.change(move |tx| tx.log(&Entry::new(now, What::ClockJumped)))?;
        }
        self.clock = Some((now, Instant::now()));
        Ok(())
    }

    fn hourly(&mut self, shared: &Shared) -> Result<()> {
        let now = shared.now();
        shared.change(move |tx| tx.remember("clock", &now.to_string()))?;
        certificates(shared, now)?;
        let wait = shared.settings.action_wait;
        shared.change(move |tx| chain::give_up_waiting(tx, now, now.saturating_sub(wait)))?;
        if let Some(after) = shared.settings.not_finished {
            not_finished(shared, now, now.saturating_sub(after))?;
        }
        let cautious = self
            .cautious_until
            .is_some_and(|until| Instant::now() < until);
        if !cautious {
            purge(shared, now)?;
        }
        shared.store.sweep().map(drop)
    }
}

/// Tells of certificates that end soon, each step once.
fn certificates(shared: &Shared, now: Millis) -> Result<()> {
    let at = shared.environment.system_time();
    for certificate in shared.signatures.certificates() {
        let name = format!("certificate-alarm {}", certificate.fingerprint());
        let last = shared.look(|tx| tx.remembered(&name))?;
        let last = last.and_then(|step| step.parse().ok());
        let Some(alarm) = alarm(&certificate, at, last) else {
            continue;
        };
        tracing::warn!(
            days = alarm.step,
            serial = alarm.serial,
            "a certificate ends soon"
        );
        shared.change(move |tx| {
            let code = format!("{} {}", alarm.step, alarm.serial);
            tx.log(&Entry::new(now, What::CertificateEnds).code(code))?;
            tx.remember(&name, &alarm.step.to_string())
        })?;
    }
    Ok(())
}

/// Asks the axis what it has of the packets whose outcome is unknown.
fn settle_unknown(shared: &Shared, client: &Client) -> Result<()> {
    let policy = shared.settings.send;
    let now = shared.now();
    let beyond = crate::exchange::beyond(now, policy.ask_after.max(policy.longest_pause));
    let due = shared.look(|tx| tx.unknown_due(now, beyond, TURN))?;
    if due.is_empty() {
        return Ok(());
    }
    let mut documents = Vec::new();
    let mut statuses = Vec::new();
    for row in due {
        match shared.look(|tx| tx.outgoing(row.outgoing))? {
            Some(packet) if packet.kind == PacketKind::Document => documents.push(row.id),
            _ => statuses.push(row.id),
        }
    }
    let mut rows: Option<Vec<SentRow>> = None;
    let mut failed = None;
    if !documents.is_empty() {
        match client.list_sent(MessageType::Edoc) {
            Ok(list) => rows = Some(list),
            Err(error) => failed = Some(error.kind()),
        }
    }
    failpoint!("keeper-asked");
    let later = failed.filter(|kind| is_passing(*kind));
    shared.change(move |tx| {
        let asked = match (&rows, later) {
            (Some(rows), _) => Asked::Rows(rows),
            (None, Some(kind)) => Asked::Later(kind),
            (None, None) => Asked::Unanswerable,
        };
        for id in documents {
            outgoing::settle(tx, now, &policy, id, asked)?;
        }
        // No list tells statuses apart: they wait and are sent again.
        for id in statuses {
            outgoing::settle(tx, now, &policy, id, Asked::Rows(&[]))?;
        }
        Ok(())
    })?;
    failpoint!("keeper-settled");
    Ok(())
}

/// Whether the axis may answer the same question later.
fn is_passing(kind: ErrorKind) -> bool {
    kind.retry() != Retry::Never
        || matches!(
            kind,
            ErrorKind::AxisUntrusted | ErrorKind::AxisCredentials | ErrorKind::Closed
        )
}

/// Takes old and new codes from the axis's directory.
fn refresh_directory(shared: &Shared, client: &Client) -> Result<()> {
    let agencies = match client.agencies() {
        Ok(agencies) => agencies,
        Err(error) => {
            tracing::info!(kind = error.kind().name(), "no directory");
            return Ok(());
        }
    };
    let codes: Vec<(String, String)> = agencies
        .into_iter()
        .filter_map(|agency| {
            let old = agency.old_code?.trim().to_owned();
            (!old.is_empty() && old != agency.code).then_some((old, agency.code))
        })
        .collect();
    if codes.is_empty() {
        return Ok(());
    }
    let now = shared.now();
    let own = shared.settings.receive.own.clone();
    shared.change(move |tx| {
        tx.set_codes(&codes)?;
        // With other codes, statuses may find their document.
        for organ in &own {
            incoming::match_again(tx, now, organ)?;
        }
        Ok(())
    })
}

/// Tells of documents that were registered long ago and are not finished, once
/// each.
fn not_finished(shared: &Shared, now: Millis, before: Millis) -> Result<()> {
    // Those told of stay in the list, so it is read to its end.
    let untold = shared.look(|tx| {
        let mut untold = Vec::new();
        for row in tx.not_finished(before, NOT_FINISHED)? {
            let told = tx
                .journal(Some(row.outgoing), None, NOT_FINISHED)?
                .iter()
                .any(|entry| {
                    entry.what == What::NotFinished
                        && entry.organ.as_deref() == Some(row.organ.as_str())
                });
            if !told {
                untold.push((row.outgoing, row.organ));
            }
        }
        Ok(untold)
    })?;
    for told in untold.chunks(TURN) {
        let told = told.to_vec();
        shared.change(move |tx| {
            for (outgoing, organ) in told {
                let entry = Entry::new(now, What::NotFinished).outgoing(outgoing);
                tx.log(&entry.organ(&organ))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Deletes what is old, a little at a time. What is not at its end is never
/// touched; ids outlive their payload.
fn purge(shared: &Shared, now: Millis) -> Result<()> {
    if let Some(keep) = shared.settings.keep_payload {
        let before = now.saturating_sub(keep);
        let unended = shared.settings.keep_unended;
        let unended = unended.map(|keep| now.saturating_sub(keep).min(before));
        while !shared.is_closed() {
            let purged = shared.change(move |tx| purge_payloads(tx, now, before, unended))?;
            if purged == 0 {
                break;
            }
        }
    }
    let ids = now.saturating_sub(shared.settings.keep_ids);
    let journal = now.saturating_sub(shared.settings.keep_journal);
    while !shared.is_closed() {
        let gone = shared.change(move |tx| {
            let done = tx.remembered("events-done")?;
            let done = done.and_then(|done| done.parse().ok()).unwrap_or_default();
            Ok(tx.forget(ids, TURN)? + tx.purge_journal(journal, done, TURN)?)
        })?;
        if gone == 0 {
            break;
        }
    }
    Ok(())
}

fn purge_payloads(
    tx: &mut dyn Tx,
    now: Millis,
    before: Millis,
    unended: Option<Millis>,
) -> Result<usize> {
    let mut count = 0;
    for mut row in tx.outgoing_to_purge(before, unended, TURN)? {
        if let Some(payload) = row.payload.take() {
            tx.delete_payload(payload)?;
        }
        tx.save_outgoing(&row)?;
        tx.log(&Entry::new(now, What::Purged).outgoing(row.id))?;
        count += 1;
    }
    for mut row in tx.incoming_to_purge(before, TURN)? {
        if let Some(payload) = row.payload.take() {
            tx.delete_payload(payload)?;
        }
        tx.save_incoming(&row)?;
        tx.log(&Entry::new(now, What::Purged).incoming(row.id))?;
        count += 1;
    }
    for mut row in tx.arrivals_to_purge(before, TURN)? {
        if let Some(payload) = row.payload.take() {
            tx.delete_payload(payload)?;
        }
        tx.save_arrival(&row)?;
        count += 1;
    }
    Ok(count)
}
