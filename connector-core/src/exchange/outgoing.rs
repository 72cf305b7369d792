//! Packets of ours: stored, claimed, tried, and what became of each recipient.

use super::model::{
    Change, Delivery, Entry, Millis, Outgoing, PacketKind, Payload, Recipient, What,
};
use super::tx::Tx;
use crate::axis::{RefusalClass, SentRow};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::packet::{Date, Timestamp};

/// How long an urgent packet may overtake, by `Priority`, in milliseconds: a
/// packet goes as if it had been stored so much earlier, so that the others
/// are late by that much at most and never starve.
const HEAD_START: [i64; 5] = [0, 10 * 60_000, 30 * 60_000, 60 * 60_000, 60 * 60_000];

/// The order of sending and showing: smaller goes first.
pub(crate) fn rank(at: Millis, priority: u32) -> i64 {
    let index = usize::try_from(priority).unwrap_or(usize::MAX);
    at.saturating_sub(HEAD_START.get(index).copied().unwrap_or_default())
}

/// When what was tried is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The first pause at most, in milliseconds; each further one doubles.
    pub pause: i64,
    /// The longest pause.
    pub longest_pause: i64,
    /// After so much waiting it has failed.
    pub give_up: i64,
    /// How long after an unknown outcome the axis is asked, and asked again.
    pub ask_after: i64,
    /// How long something the axis does not list is waited for before it is
    /// sent again.
    pub unknown_wait: i64,
    /// Whether an outcome that cannot be asked for waits for an operator.
    pub hold_unknown: bool,
    /// How much the clocks of axis and connector may differ.
    pub clock_tolerance: i64,
}

impl Policy {
    /// The pause after so many attempts: any length up to the doubled one (full
    /// jitter), so that connectors that failed together do not come back
    /// together. `random` is any number.
    pub fn pause_after(&self, attempts: u32, random: u64) -> i64 {
        let span = u64::try_from(self.doubled(attempts)).unwrap_or(1);
        i64::try_from(random % span).unwrap_or_default() + 1
    }

    /// The first pause, doubled with each attempt after the first.
    fn doubled(&self, attempts: u32) -> i64 {
        // Beyond 62 doublings the longest pause counts in any case.
        let times = 1i64 << attempts.saturating_sub(1).min(62);
        self.pause
            .saturating_mul(times)
            .clamp(1, self.longest_pause.max(1))
    }
}

/// A packet that is to be stored for sending.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The row; ids are given when it is stored.
    pub row: Outgoing,
    /// Its bytes.
    pub payload: Payload,
    /// The recipients, each once.
    pub to: Vec<String>,
}

/// What storing a packet for sending gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The row.
    pub id: i64,
    /// Whether the same packet was there already.
    pub again: bool,
}

/// Stores a packet for sending. The same packet twice is one row.
pub fn store(tx: &mut dyn Tx, now: Millis, mut draft: Draft) -> Result<Stored> {
    if let Some(normal_id) = &draft.row.normal_id {
        let same_key = tx
            .outgoing_by_id(&draft.row.from, normal_id)?
            .into_iter()
            .find(|row| row.business == draft.row.business && row.targets == draft.row.targets);
        if let Some(row) = same_key {
            if row.meaning == draft.row.meaning {
                return Ok(Stored {
                    id: row.id,
                    again: true,
                });
            }
            return Err(Error::new(ErrorKind::DocumentIdTaken, "connector.send")
                .with("outgoing", super::model::OutgoingId(row.id).to_string()));
        }
    }
    let acted_on = original(tx, &draft.row)?;
    if let Some(acted_on) = &acted_on {
        if acted_on.frozen {
            return Err(
                Error::new(ErrorKind::DocumentFrozen, "connector.send").with(
                    "outgoing",
                    super::model::OutgoingId(acted_on.id).to_string(),
                ),
            );
        }
        draft.row.about_outgoing = Some(acted_on.id);
    }
    draft.row.payload = Some(tx.add_payload(&draft.payload)?);
    draft.row.created = now;
    let id = tx.add_outgoing(&draft.row)?;
    let chain = chain(tx, id, &draft.row)?;
    for organ in &draft.to {
        let mut blocked_by = None;
        for before in &chain {
            if !matches!(before.delivery, Delivery::Accepted | Delivery::Dropped)
                && super::incoming::same_organ(tx, before, organ)?
            {
                blocked_by = blocked_by.max(Some(before.id));
            }
        }
        tx.add_recipient(&Recipient {
            id: 0,
            outgoing: id,
            organ: organ.clone(),
            delivery: Delivery::Queued,
            status: None,
            change: Change::None,
            attempts: 0,
            waited: 0,
            next_at: None,
            rank: rank(now, draft.row.priority),
            blocked_by,
            axis_doc_id: None,
            first_try: None,
            last_try: None,
            unknown_since: None,
            last_answer: None,
            error: None,
            remote_code: None,
            reason: None,
            changed: now,
            answer: None,
        })?;
    }
    if let Some(acted_on) = acted_on {
        request_change(tx, now, acted_on.id, &draft.to)?;
    }
    let what = match draft.row.kind {
        PacketKind::Document => What::Queued,
        PacketKind::Status => What::StatusReported,
    };
    let mut entry = Entry::new(now, what).outgoing(id);
    if let Some(incoming) = draft.row.about_incoming {
        entry = entry.incoming(incoming);
    }
    if let Some(code) = draft.row.status {
        entry = entry.code(format!("{code:02}"));
    }
    tx.log(&entry)?;
    Ok(Stored { id, again: false })
}

/// Our earlier document that this one acts on.
fn original(tx: &mut dyn Tx, row: &Outgoing) -> Result<Option<Outgoing>> {
    if let Some(id) = row.about_outgoing {
        return tx.outgoing(id);
    }
    for target in row.targets.lines() {
        let found = tx
            .outgoing_by_id(&row.from, target)?
            .into_iter()
            .find(|row| row.kind == PacketKind::Document && row.business != super::RECALL);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The recipients before this packet in its chain.
fn chain(tx: &mut dyn Tx, id: i64, row: &Outgoing) -> Result<Vec<Recipient>> {
    let mut before = Vec::new();
    if let Some(parent) = row.about_outgoing {
        before.extend(tx.recipients(parent)?);
        for other in tx.outgoing_about_outgoing(parent)? {
            if other.id != id {
                before.extend(tx.recipients(other.id)?);
            }
        }
    }
    if let Some(incoming) = row
        .about_incoming
        .filter(|_| row.kind == PacketKind::Status)
    {
        for other in tx.outgoing_about_incoming(incoming)? {
            if other.id != id && other.kind == PacketKind::Status {
                before.extend(tx.recipients(other.id)?);
            }
        }
    }
    Ok(before)
}

/// Marks the change that an action asks for on the original's recipients.
fn request_change(tx: &mut dyn Tx, now: Millis, original: i64, organs: &[String]) -> Result<()> {
    for mut recipient in tx.recipients(original)? {
        let mut asked = organs.contains(&recipient.organ);
        for organ in organs {
            // One of the two may have been stored under an old code.
            asked = asked || super::incoming::same_organ(tx, &recipient, organ)?;
        }
        if asked {
            recipient.change = Change::Requested;
            recipient.changed = now;
            tx.save_recipient(&recipient)?;
        }
    }
    Ok(())
}

/// One request to the axis: a packet and the recipients that are due.
#[derive(Clone, Debug)]
pub struct Job {
    /// The packet.
    pub outgoing: Outgoing,
    /// Its bytes.
    pub payload: Payload,
    /// The recipients.
    pub recipients: Vec<Recipient>,
}

/// Takes packets that are due, at most `limit`, and marks them as being sent.
pub fn claim(tx: &mut dyn Tx, now: Millis, policy: &Policy, limit: usize) -> Result<Vec<Job>> {
    let longest = policy.longest_pause.max(policy.ask_after);
    tx.promote(now, super::beyond(now, longest))?;
    let mut jobs: Vec<Job> = Vec::new();
    for ready in tx.ready(limit)? {
        if jobs.iter().any(|job| job.outgoing.id == ready.outgoing) {
            continue;
        }
        let outgoing = tx.outgoing(ready.outgoing)?.ok_or_else(contradiction)?;
        let mut recipients = tx.recipients(outgoing.id)?;
        recipients.retain(|one| {
            one.delivery == Delivery::Queued && one.next_at.is_none() && one.blocked_by.is_none()
        });
        let payload = match outgoing.payload {
            Some(payload) => tx.payload(payload)?,
            None => None,
        };
        let Some(payload) = payload else {
            for recipient in &mut recipients {
                fail(tx, now, recipient, ErrorKind::PayloadGone)?;
            }
            continue;
        };
        for recipient in &mut recipients {
            recipient.delivery = Delivery::Sending;
            recipient.attempts = recipient.attempts.saturating_add(1);
            let since = recipient
                .last_try
                .map_or(0, |last| now.saturating_sub(last));
            let most = policy.longest_pause.saturating_mul(2);
            recipient.waited = recipient.waited.saturating_add(since.clamp(0, most));
            recipient.first_try = recipient.first_try.or(Some(now));
            recipient.last_try = Some(now);
            tx.save_recipient(recipient)?;
        }
        jobs.push(Job {
            outgoing,
            payload,
            recipients,
        });
    }
    Ok(jobs)
}

/// What an attempt gave for one recipient.
#[derive(Clone)]
pub enum Verdict {
    /// The axis took it.
    Accepted {
        /// The axis's id.
        axis_doc_id: Option<String>,
    },
    /// The axis refused it.
    Refused {
        /// The class of its code.
        class: RefusalClass,
        /// Its code.
        code: String,
        /// Its words.
        description: Option<String>,
    },
    /// It was sent and no answer came.
    NoAnswer(ErrorKind),
    /// It was not sent.
    NotSent(ErrorKind),
}

impl std::fmt::Debug for Verdict {
    // Not the axis's words: they may be about persons.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Accepted { axis_doc_id } => write!(f, "Accepted({axis_doc_id:?})"),
            Verdict::Refused { class, code, .. } => write!(f, "Refused({class:?}, {code:?})"),
            Verdict::NoAnswer(kind) => write!(f, "NoAnswer({kind:?})"),
            Verdict::NotSent(kind) => write!(f, "NotSent({kind:?})"),
        }
    }
}

/// Notes what an attempt gave for one recipient.
pub fn record(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    random: u64,
    recipient: i64,
    verdict: &Verdict,
) -> Result<()> {
    let Some(mut row) = tx.recipient(recipient)? else {
        return Err(contradiction());
    };
    if row.delivery != Delivery::Sending {
        // A status came meanwhile, or an operator gave it up: that stands. The
        // axis's id is kept, or its list would offer it to another packet.
        if let Verdict::Accepted { axis_doc_id } = verdict
            && row.axis_doc_id.is_none()
        {
            row.axis_doc_id.clone_from(axis_doc_id);
            tx.save_recipient(&row)?;
        }
        return Ok(());
    }
    match verdict {
        Verdict::Accepted { axis_doc_id } => taken(tx, now, &mut row, axis_doc_id.as_deref()),
        Verdict::Refused {
            class,
            code,
            description,
        } => {
            row.remote_code = Some(code.clone());
            row.reason.clone_from(description);
            let kind = class.kind();
            match class {
                RefusalClass::Packet | RefusalClass::Organ => fail(tx, now, &mut row, kind),
                _ => postpone(tx, now, policy, random, &mut row, kind),
            }
        }
        Verdict::NoAnswer(kind) => {
            row.delivery = Delivery::Unknown;
            row.unknown_since = Some(now);
            row.next_at = Some(now.saturating_add(policy.ask_after));
            row.error = Some(kind.name().to_owned());
            row.changed = now;
            tx.save_recipient(&row)?;
            log(tx, now, What::OutcomeUnknown, &row, Some(kind.name()))
        }
        Verdict::NotSent(kind) => {
            let lasting = kind.retry() == Retry::Never
                && matches!(
                    kind,
                    ErrorKind::InvalidArgument | ErrorKind::PacketChanged | ErrorKind::PayloadGone
                );
            if lasting {
                fail(tx, now, &mut row, *kind)
            } else {
                postpone(tx, now, policy, random, &mut row, *kind)
            }
        }
    }
}

/// The axis took it: statuses that came before count now.
fn taken(
    tx: &mut dyn Tx,
    now: Millis,
    row: &mut Recipient,
    axis_doc_id: Option<&str>,
) -> Result<()> {
    accept(tx, now, row, axis_doc_id)?;
    let packet = tx.outgoing(row.outgoing)?.ok_or_else(contradiction)?;
    if packet.kind == PacketKind::Document {
        super::incoming::match_with(tx, now, &packet)?;
    }
    Ok(())
}

/// The axis has it.
pub(super) fn accept(
    tx: &mut dyn Tx,
    now: Millis,
    row: &mut Recipient,
    axis_doc_id: Option<&str>,
) -> Result<()> {
    row.delivery = Delivery::Accepted;
    row.axis_doc_id = axis_doc_id.map(str::to_owned).or(row.axis_doc_id.take());
    row.next_at = None;
    row.unknown_since = None;
    row.blocked_by = None;
    row.error = None;
    row.remote_code = None;
    row.reason = None;
    row.changed = now;
    tx.save_recipient(row)?;
    tx.unblock(row.id)?;
    log(tx, now, What::Accepted, row, None)
}

/// It cannot be delivered as it is. What waits for it goes on waiting.
fn fail(tx: &mut dyn Tx, now: Millis, row: &mut Recipient, kind: ErrorKind) -> Result<()> {
    row.delivery = Delivery::Failed;
    row.next_at = None;
    row.error = Some(kind.name().to_owned());
    row.changed = now;
    tx.save_recipient(row)?;
    log(tx, now, What::Failed, row, Some(kind.name()))
}

/// Later again, or never if it was tried long enough.
fn postpone(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    random: u64,
    row: &mut Recipient,
    kind: ErrorKind,
) -> Result<()> {
    if row.waited >= policy.give_up {
        return fail(tx, now, row, kind);
    }
    let first = row.error.as_deref() != Some(kind.name());
    row.delivery = Delivery::Queued;
    row.next_at = Some(now.saturating_add(policy.pause_after(row.attempts, random)));
    row.error = Some(kind.name().to_owned());
    tx.save_recipient(row)?;
    // An outage of days is one line, not a line for each attempt.
    if first {
        log(tx, now, What::Postponed, row, Some(kind.name()))?;
    }
    Ok(())
}

fn log(
    tx: &mut dyn Tx,
    now: Millis,
    what: What,
    row: &Recipient,
    code: Option<&str>,
) -> Result<()> {
    let mut entry = Entry::new(now, what)
        .outgoing(row.outgoing)
        .organ(&row.organ);
    if let Some(code) = code {
        entry = entry.code(code);
    }
    tx.log(&entry).map(drop)
}

/// A worker starts: what was being sent when the last one ended may have gone
/// out.
pub fn recover(tx: &mut dyn Tx, now: Millis) -> Result<u64> {
    let mut count = 0;
    loop {
        let rows = tx.sending(500)?;
        if rows.is_empty() {
            return Ok(count);
        }
        for mut row in rows {
            interrupted(tx, now, &mut row)?;
            count += 1;
        }
    }
}

/// Nobody knows what became of this one.
pub fn interrupted(tx: &mut dyn Tx, now: Millis, row: &mut Recipient) -> Result<()> {
    if row.first_try.is_none() {
        // In a copy of the store: it may have gone out at any time since.
        let packet = tx.outgoing(row.outgoing)?.ok_or_else(contradiction)?;
        row.first_try = Some(packet.created);
    }
    row.delivery = Delivery::Unknown;
    row.unknown_since = Some(now);
    row.next_at = Some(now);
    row.changed = now;
    tx.save_recipient(row)?;
    log(tx, now, What::OutcomeUnknown, row, Some("interrupted"))
}

/// What the axis says of what it was sent.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// Its list.
    Rows(&'a [SentRow]),
    /// It has no such list, or refuses to give it.
    Unanswerable,
    /// It could not be reached: asked again later.
    Later(ErrorKind),
}

/// Settles one of unknown outcome by the axis's list of what was sent.
pub fn settle(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    recipient: i64,
    asked: Asked<'_>,
) -> Result<()> {
    let Some(mut row) = tx.recipient(recipient)? else {
        return Err(contradiction());
    };
    if row.delivery != Delivery::Unknown {
        return Ok(());
    }
    let since = row.unknown_since.unwrap_or(now);
    let waited = now.saturating_sub(since);
    // A wait from the future is a clock that was put back.
    let waited_enough = waited >= policy.unknown_wait || waited < 0;
    let rows = match asked {
        Asked::Rows(rows) => rows,
        Asked::Unanswerable if policy.hold_unknown => return hold(tx, now, &mut row),
        Asked::Unanswerable => return send_again(tx, now, policy, &mut row, waited),
        // An axis that answers, but never this question.
        Asked::Later(kind) if waited_enough && !policy.hold_unknown && !out_of_reach(kind) => {
            return send_again(tx, now, policy, &mut row, waited);
        }
        Asked::Later(kind) => {
            row.error = Some(kind.name().to_owned());
            row.next_at = Some(now.saturating_add(policy.ask_after));
            return tx.save_recipient(&row);
        }
    };
    let outgoing = tx.outgoing(row.outgoing)?.ok_or_else(contradiction)?;
    let siblings = tx.recipients(outgoing.id)?;
    for sent in rows {
        // One sending to several has one id: this packet's own recipients may
        // bear it already, another packet's may not.
        let ours = siblings
            .iter()
            .any(|one| one.axis_doc_id.as_deref() == Some(&*sent.sender_doc_id));
        if listed(&outgoing, &row, sent, policy)
            && (ours || !tx.axis_doc_id_known(&sent.sender_doc_id)?)
            && !may_be_another(tx, &outgoing, &row, sent, policy)?
        {
            return taken(tx, now, &mut row, Some(&sent.sender_doc_id));
        }
    }
    if waited_enough {
        return send_again(tx, now, policy, &mut row, waited);
    }
    row.next_at = Some(now.saturating_add(policy.ask_after));
    tx.save_recipient(&row)
}

/// Whether nothing can be sent now either.
fn out_of_reach(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::AxisUnreachable
            | ErrorKind::AxisUntrusted
            | ErrorKind::AxisCredentials
            | ErrorKind::OutOfResources
            | ErrorKind::Closed
    )
}

/// An operator decides.
fn hold(tx: &mut dyn Tx, now: Millis, row: &mut Recipient) -> Result<()> {
    row.delivery = Delivery::Held;
    row.next_at = None;
    row.changed = now;
    tx.save_recipient(row)?;
    log(tx, now, What::OutcomeUnknown, row, Some("held"))
}

/// The same bytes again; the receiver may see them twice. Pauses grow as after
/// any other failure, and after long enough an operator decides.
fn send_again(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    row: &mut Recipient,
    waited: i64,
) -> Result<()> {
    if row.waited >= policy.give_up {
        return hold(tx, now, row);
    }
    let rest = policy.doubled(row.attempts).saturating_sub(waited.max(0));
    row.delivery = Delivery::Queued;
    row.next_at = (rest > 0).then(|| now.saturating_add(rest));
    row.unknown_since = None;
    row.changed = now;
    tx.save_recipient(row)?;
    log(tx, now, What::Postponed, row, Some("sent-again"))
}

/// Whether a row of the axis's list is this packet at this recipient: by
/// sender, recipient, notation and time (assumed). A status has no notation of
/// its own, so it is never found.
fn listed(outgoing: &Outgoing, recipient: &Recipient, sent: &SentRow, policy: &Policy) -> bool {
    let same = |said: &Option<String>, own: &str| said.as_deref().is_some_and(|said| said == own);
    if outgoing.kind != PacketKind::Document
        || !same(&sent.from_code, &outgoing.from)
        || !same(&sent.to_code, &recipient.organ)
    {
        return false;
    }
    let (Some(code), Some(notation)) = (outgoing.code.as_deref(), sent.notation.as_deref()) else {
        return false;
    };
    let notation_alone = code.split_once('/').map(|(_, notation)| notation);
    if notation != code && Some(notation) != notation_alone {
        return false;
    }
    let (Some(said), Some(first)) = (
        sent.sent.as_deref().and_then(vietnamese_time),
        recipient.first_try,
    ) else {
        return false;
    };
    // To the second, as the axis writes it.
    said.saturating_add(1_000) >= first.saturating_sub(policy.clock_tolerance)
}

/// Rows that are looked through at most.
const OTHERS: usize = 500;

/// Whether a row of the axis's list may as well be another packet of ours that
/// has no id of the axis. Then it proves nothing: one packet too many is
/// harmless, one too few is lost.
fn may_be_another(
    tx: &mut dyn Tx,
    outgoing: &Outgoing,
    recipient: &Recipient,
    sent: &SentRow,
    policy: &Policy,
) -> Result<bool> {
    let mut others: Vec<Recipient> = Vec::new();
    if let (Some(code), Some(date)) = (&outgoing.code, &outgoing.date) {
        for packet in tx.outgoing_by_code(&outgoing.from, code, date)? {
            others.extend(tx.recipients(packet.id)?);
        }
    }
    if sent.notation != outgoing.code {
        // A notation alone is shared by many.
        let sending = tx.sending(OTHERS)?;
        let unknown = tx.unknown_due(Millis::MAX, Millis::MAX, OTHERS)?;
        if sending.len() == OTHERS || unknown.len() == OTHERS {
            return Ok(true);
        }
        others.extend(sending);
        others.extend(unknown);
    }
    for other in others {
        let may_be = other.id != recipient.id
            && other.organ == recipient.organ
            && other.axis_doc_id.is_none()
            && other.first_try.is_some();
        if may_be
            && let Some(packet) = tx.outgoing(other.outgoing)?
            && listed(&packet, &other, sent, policy)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Milliseconds since 1970 of `yyyy/MM/dd HH:mm:ss`, Vietnamese time.
fn vietnamese_time(text: &str) -> Option<Millis> {
    let (date, time) = text.trim().split_once([' ', 'T'])?;
    let date = Date::parse_known(date)?;
    let mut parts = time.splitn(3, ':').map(|part| {
        let digits = part.get(..2.min(part.len()))?;
        digits.parse::<u8>().ok()
    });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    Some(Timestamp::new(date, hour, minute, second)?.unix_seconds() * 1_000)
}

/// An operator has a failed or held one tried again; gives how many. For one of
/// unknown outcome the axis is asked at once.
pub fn retry(tx: &mut dyn Tx, now: Millis, outgoing: i64, organ: Option<&str>) -> Result<u64> {
    let mut count = 0;
    let rows = chosen(tx, outgoing, organ)?;
    if tx.outgoing(outgoing)?.is_some_and(|row| row.frozen) {
        return Err(Error::new(ErrorKind::DocumentFrozen, "connector.retry")
            .with("outgoing", super::model::OutgoingId(outgoing).to_string()));
    }
    for mut row in rows {
        if row.delivery == Delivery::Unknown {
            row.next_at = None;
            tx.save_recipient(&row)?;
            log(tx, now, What::Retried, &row, None)?;
            count += 1;
        }
        if matches!(
            row.delivery,
            Delivery::Failed | Delivery::Held | Delivery::Dropped
        ) || (row.delivery == Delivery::Queued && row.next_at.is_some())
        {
            row.delivery = Delivery::Queued;
            row.next_at = None;
            row.waited = 0;
            row.attempts = 0;
            row.changed = now;
            tx.save_recipient(&row)?;
            log(tx, now, What::Retried, &row, None)?;
            count += 1;
        }
    }
    Ok(count)
}

/// An operator gives one up that is not delivered; gives how many. What waited
/// for it waits no more.
pub fn give_up(tx: &mut dyn Tx, now: Millis, outgoing: i64, organ: Option<&str>) -> Result<u64> {
    let mut count = 0;
    for mut row in chosen(tx, outgoing, organ)? {
        if !matches!(row.delivery, Delivery::Accepted | Delivery::Dropped) {
            row.delivery = Delivery::Dropped;
            row.next_at = None;
            row.changed = now;
            tx.save_recipient(&row)?;
            tx.unblock(row.id)?;
            log(tx, now, What::Dropped, &row, None)?;
            count += 1;
        }
    }
    Ok(count)
}

fn chosen(tx: &mut dyn Tx, outgoing: i64, organ: Option<&str>) -> Result<Vec<Recipient>> {
    if tx.outgoing(outgoing)?.is_none() {
        return Err(super::not_found(super::model::OutgoingId(outgoing)));
    }
    let mut rows = tx.recipients(outgoing)?;
    rows.retain(|row| organ.is_none_or(|organ| row.organ == organ));
    Ok(rows)
}

pub(super) fn contradiction() -> Error {
    Error::new(ErrorKind::Internal, "exchange").with("reason", "a row names one that is not there")
}
