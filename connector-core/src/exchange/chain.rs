//! Chains: recall, update and replacement, what they put on hold, and what the
//! two sides answer. Nothing is cancelled or destroyed but by the host's word.

use super::model::{
    Change, Delivery, Entry, HandOffState, Incoming, IncomingId, Millis, Outgoing, OutgoingId,
    PacketKind, Recipient, StatusEffect, What,
};
use super::outgoing::{self, Stored, contradiction};
use super::report::{self, Remark};
use super::tx::Tx;
use super::{RECALL, incoming, transition};
use crate::error::{Error, ErrorKind, Result};
use crate::packet::document::ResponseFor;
use crate::packet::{Date, StatusCode};

/// Whether a packet that came asks for a change of an earlier document, which
/// the host agrees to or declines.
pub fn is_action(row: &Incoming) -> bool {
    row.kind == PacketKind::Status || row.business != 0 && !row.targets.is_empty()
}

/// The received documents that an action of the same sender acts on.
pub fn originals(tx: &mut dyn Tx, action: &Incoming) -> Result<Vec<Incoming>> {
    let mut found: Vec<Incoming> = Vec::new();
    for target in action.targets.lines() {
        for row in tx.incoming_by_id(&action.own, &action.sender, target)? {
            let is_original = row.id != action.id
                && row.kind == PacketKind::Document
                && row.business != RECALL
                && !found.iter().any(|other| other.id == row.id);
            if is_original {
                found.push(row);
            }
        }
    }
    if found.is_empty()
        && action.kind == PacketKind::Status
        && let (Some(code), Some(date)) = (&action.code, &action.date)
    {
        let rows = tx.incoming_by_code(&action.own, &action.sender, code, date)?;
        found.extend(rows.into_iter().filter(|row| {
            row.id != action.id && row.kind == PacketKind::Document && row.business != RECALL
        }));
        // Two that fit by code and date alone are none: the host is asked.
        if found.len() > 1 {
            found.clear();
        }
    }
    Ok(found)
}

/// Ties an action that came to its originals and puts them on hold; one that
/// comes before its original waits.
pub(super) fn tie(tx: &mut dyn Tx, now: Millis, action: &mut Incoming) -> Result<()> {
    let originals = originals(tx, action)?;
    action.about_incoming = originals.first().map(|row| row.id);
    if originals.is_empty() {
        action.state = HandOffState::Waiting;
        tx.save_incoming(action)?;
        let entry = Entry::new(now, What::ActionWaits).incoming(action.id);
        return tx.log(&entry.organ(&action.from)).map(drop);
    }
    action.state = HandOffState::Offered;
    action.change = Change::Requested;
    action.changed = now;
    tx.save_incoming(action)?;
    for mut original in originals {
        original.on_hold = true;
        // What an action was answered stays with it, when it is recalled itself.
        if !is_action(&original) {
            original.change = Change::Requested;
        }
        original.changed = now;
        tx.save_incoming(&original)?;
        let entry = Entry::new(now, What::OnHold).incoming(original.id);
        tx.log(
            &entry
                .organ(&action.from)
                .code(IncomingId(action.id).to_string()),
        )?;
    }
    Ok(())
}

/// Ties the actions that waited for a document that has come now.
pub(super) fn release_waiting(tx: &mut dyn Tx, now: Millis, original: &Incoming) -> Result<()> {
    for mut action in tx.incoming_waiting(&original.own, &original.sender, 1_000)? {
        if originals(tx, &action)?
            .iter()
            .any(|row| row.id == original.id)
        {
            tie(tx, now, &mut action)?;
        }
    }
    Ok(())
}

/// Shows actions whose original never came, so that a clerk can decide.
pub fn give_up_waiting(tx: &mut dyn Tx, now: Millis, before: Millis) -> Result<u64> {
    let mut count = 0;
    for mut action in tx.waiting_since(before, 500)? {
        action.state = HandOffState::Offered;
        action.change = Change::Requested;
        action.changed = now;
        tx.save_incoming(&action)?;
        count += 1;
    }
    Ok(count)
}

/// The host's answer to an action: 15 or 16 to its sender, and what follows.
pub fn decide(
    tx: &mut dyn Tx,
    now: Millis,
    id: i64,
    agree: bool,
    remark: &Remark,
    answers: &Answers,
) -> Result<Option<Stored>> {
    let mut action = tx
        .incoming(id)?
        .ok_or_else(|| super::not_found(IncomingId(id)))?;
    let code = if agree {
        StatusCode::ChangeAgreed
    } else {
        StatusCode::ChangeDeclined
    };
    if action.change != Change::Requested || !is_action(&action) {
        return Err(Error::new(ErrorKind::StatusIllegal, "connector.agree")
            .with("incoming", IncomingId(id).to_string())
            .with("stands_at", action.change.word())
            .with("code", code.official()));
    }
    action.change = if agree {
        Change::Agreed
    } else {
        Change::Declined
    };
    action.changed = now;
    let originals = originals(tx, &action)?;
    for mut original in originals.iter().cloned() {
        // It stays on hold while another action waits for its answer.
        original.on_hold = tx
            .incoming_about_incoming(original.id)?
            .iter()
            .any(|other| other.id != id && other.change == Change::Requested);
        if !is_action(&original) {
            original.change = match original.on_hold {
                true => Change::Requested,
                false => action.change,
            };
        }
        original.changed = now;
        if agree && action.business == RECALL {
            destroy(tx, now, &mut original)?;
        }
        tx.save_incoming(&original)?;
    }
    if agree && action.business == RECALL {
        // The recall's own metadata stays; a packet that recalls may hold the
        // text again.
        if let Some(payload) = action.payload.take() {
            tx.delete_payload(payload)?;
        }
    }
    // Who decided has it, shown or not.
    action.state = HandOffState::Accepted;
    action.lease = None;
    action.lease_until = None;
    tx.save_incoming(&action)?;
    let what = if agree {
        What::ActionAgreed
    } else {
        What::ActionDeclined
    };
    let entry = Entry::new(now, what).incoming(action.id);
    tx.log(&entry.organ(&action.from))?;
    if !answers.is_answered(action.business) || action.from.is_empty() {
        return Ok(None);
    }
    // The answer names the document that was acted on (assumed); where there is
    // another action on it, that would not tell which one is meant.
    let mut about = originals.first().unwrap_or(&action);
    if action.kind == PacketKind::Document
        && about.normal_id != action.normal_id
        && tx
            .incoming_about_incoming(about.id)?
            .iter()
            .any(|other| other.id != id)
    {
        about = &action;
    }
    report::send(tx, now, about, code, remark, answers.longest_note).map(Some)
}

/// To which actions 15 and 16 are sent.
#[derive(Clone, Debug)]
pub struct Answers {
    /// To a recall.
    pub recall: bool,
    /// To an update.
    pub update: bool,
    /// To a replacement.
    pub replace: bool,
    /// Characters of a note.
    pub longest_note: usize,
}

impl Answers {
    fn is_answered(&self, business: u32) -> bool {
        match business {
            RECALL => self.recall,
            2 => self.update,
            3 => self.replace,
            _ => false,
        }
    }
}

/// Destroys every copy of a recalled document's payload; what is known of it
/// and its digest stay (Decree 30/2020, annex VI).
fn destroy(tx: &mut dyn Tx, now: Millis, original: &mut Incoming) -> Result<()> {
    if let Some(payload) = original.payload.take() {
        tx.delete_payload(payload)?;
    }
    original.destroyed = true;
    original.on_hold = false;
    if !matches!(
        original.state,
        HandOffState::Accepted | HandOffState::Refused
    ) {
        // Nothing is left to show.
        original.state = HandOffState::Accepted;
        original.lease = None;
        original.lease_until = None;
    }
    let entry = Entry::new(now, What::Destroyed).incoming(original.id);
    tx.log(&entry).map(drop)
}

/// A change that we asked of a recipient for a document of ours.
struct Asked {
    business: u32,
    /// The document that it acts on.
    original: i64,
    /// The action's own row at the recipient.
    row: Recipient,
}

impl Asked {
    /// Whether an answer may still come.
    fn is_open(&self) -> bool {
        let delivery = self.row.delivery;
        self.row.answer.is_none() && (!delivery.is_final() || delivery == Delivery::Accepted)
    }

    /// Whether an answer that has come may be meant for it.
    fn may_be_answered(&self) -> bool {
        let seen = self.row.first_try.is_some() || self.row.delivery == Delivery::Accepted;
        self.is_open() && seen
    }

    /// Whether it may have arrived although its delivery ended: of one attempt
    /// nobody knows the outcome, and the next was refused.
    fn may_have_arrived(&self) -> bool {
        self.row.answer.is_none() && self.row.first_try.is_some()
    }

    /// The answer is there, and who answers has it, whatever became of the axis's
    /// own answer.
    fn answer(&mut self, tx: &mut dyn Tx, now: Millis, code: u32) -> Result<()> {
        if self.row.delivery != Delivery::Accepted {
            outgoing::accept(tx, now, &mut self.row, None)?;
        }
        self.row.answer = Some(code);
        tx.save_recipient(&self.row)
    }

    /// How far it has come.
    fn change(&self) -> Change {
        let Some(answer) = self.row.answer else {
            return Change::Requested;
        };
        transition::answer(Change::Requested, StatusCode::from_number(answer)).1
    }
}

/// Everything that was asked of a recipient for a document of ours, in order.
fn all_asked(tx: &mut dyn Tx, original: i64, organ: &str) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    for action in tx.outgoing_about_outgoing(original)? {
        for row in tx.recipients(action.id)? {
            if incoming::same_organ(tx, &row, organ)? {
                asked.push(Asked {
                    business: action.business,
                    original,
                    row,
                });
            }
        }
    }
    Ok(asked)
}

/// Where the changes stand that were asked of a recipient: what is open goes
/// before what is answered, and a recall that was agreed to is for good.
fn standing(asked: &[Asked]) -> Option<(u32, Change)> {
    let last = |test: &dyn Fn(&Asked) -> bool| asked.iter().rev().find(|one| test(one));
    if let Some(open) = last(&Asked::is_open) {
        return Some((open.business, Change::Requested));
    }
    let found = last(&|one| one.business == RECALL && one.change() == Change::Agreed)
        .or_else(|| last(&|one| one.row.answer.is_some()))
        .or_else(|| asked.last())?;
    Some((found.business, found.change()))
}

/// What was asked of a recipient for a document of ours: the type of the action
/// that its `change` speaks of.
pub(super) fn asked_for(tx: &mut dyn Tx, original: i64, organ: &str) -> Result<Option<u32>> {
    let asked = all_asked(tx, original, organ)?;
    Ok(standing(&asked).map(|(business, _)| business))
}

/// What an answer of a recipient may be meant for that names a packet: the
/// packet itself, if it is an action, or an action on it.
fn meant(tx: &mut dyn Tx, named: &Outgoing, row: &Recipient) -> Result<Vec<Asked>> {
    let mut asked = all_asked(tx, named.id, &row.organ)?;
    if let Some(original) = named.about_outgoing {
        asked.extend(tx.recipient(row.id)?.map(|row| Asked {
            business: named.business,
            original,
            row,
        }));
    }
    Ok(asked)
}

/// A recipient answers (15, 16) an action of ours. `named` is what the answer
/// names, the original or the action itself, and `row` the recipient's row
/// there.
///
/// Where it may be meant for several actions, it is applied to none. It is
/// applied later, when only one is left; or when there are as many answers as
/// actions, all of them the same.
pub(super) fn answered(
    tx: &mut dyn Tx,
    now: Millis,
    named: &Outgoing,
    row: &Recipient,
    code: StatusCode,
) -> Result<StatusEffect> {
    let meant = meant(tx, named, row)?;
    if !meant.iter().any(Asked::may_be_answered) {
        let mut answered = meant.iter().filter(|one| one.row.answer.is_some());
        if answered.any(|one| transition::answer(one.change(), code).0 == StatusEffect::Repeated) {
            return Ok(StatusEffect::Repeated);
        }
        if !meant.iter().any(Asked::may_have_arrived) {
            return Ok(StatusEffect::Illegal);
        }
    }
    if !settle(tx, now, named, row, Some(code))? {
        return Ok(StatusEffect::Ambiguous);
    }
    let originals: Vec<i64> = meant.iter().map(|one| one.original).collect();
    settle_others(tx, now, &originals, &row.organ)?;
    settle(tx, now, named, row, None)?;
    Ok(StatusEffect::Applied)
}

/// With one action less, what was kept may be clear now.
fn settle_others(tx: &mut dyn Tx, now: Millis, originals: &[i64], organ: &str) -> Result<()> {
    for id in originals {
        if let Some(original) = tx.outgoing(*id)? {
            for other in tx.recipients(*id)? {
                if incoming::same_organ(tx, &other, organ)? {
                    settle(tx, now, &original, &other, None)?;
                }
            }
        }
    }
    Ok(())
}

/// The host says that an organ's answer (15, 16), which was kept because it may
/// be meant for several actions, was meant for this one. Of several such answers
/// it is the first.
pub fn assign(
    tx: &mut dyn Tx,
    now: Millis,
    action: i64,
    organ: &str,
    code: StatusCode,
) -> Result<()> {
    let packet = tx
        .outgoing(action)?
        .ok_or_else(|| super::not_found(OutgoingId(action)))?;
    let illegal = || {
        Error::new(ErrorKind::StatusIllegal, "connector.assign_answer")
            .with("id", OutgoingId(action).to_string())
            .with("code", format!("{:02}", code.number()))
    };
    let original = packet.about_outgoing.ok_or_else(illegal)?;
    let mut asked = all_asked(tx, original, organ)?;
    asked.retain(|one| {
        one.row.outgoing == action && (one.may_be_answered() || one.may_have_arrived())
    });
    let mut one = asked.pop().ok_or_else(illegal)?;
    // It named the document or the action.
    let mut kept = Vec::new();
    for id in [original, action] {
        for row in tx.recipients(id)? {
            if incoming::same_organ(tx, &row, organ)? {
                let came = tx.statuses(row.id)?;
                kept.extend(came.into_iter().map(|status| (id, status)));
            }
        }
    }
    kept.retain(|(_, status)| {
        status.effect == StatusEffect::Ambiguous && status.code == code.number()
    });
    let first = kept.into_iter().min_by_key(|(_, status)| status.id);
    let (named, mut status) = first.ok_or_else(illegal)?;
    one.answer(tx, now, code.number())?;
    show(tx, now, original, organ)?;
    status.effect = StatusEffect::Applied;
    tx.save_status(&status)?;
    let entry = Entry::new(now, What::StatusCame).outgoing(named);
    let entry = entry.organ(&status.from);
    tx.log(&entry.code(format!("{:02}", code.number())))?;
    settle_others(tx, now, &[original], organ)
}

/// Applies the answers that were kept, and one that has come, where there is only
/// one way to do so.
fn settle(
    tx: &mut dyn Tx,
    now: Millis,
    named: &Outgoing,
    row: &Recipient,
    came: Option<StatusCode>,
) -> Result<bool> {
    let mut kept = tx.statuses(row.id)?;
    kept.retain(|status| status.effect == StatusEffect::Ambiguous);
    let came = came.map(StatusCode::number);
    let mut codes = kept.iter().map(|status| status.code).chain(came);
    let Some(code) = codes.next() else {
        return Ok(false);
    };
    let alike = codes.all(|other| other == code);
    let count = kept.len() + usize::from(came.is_some());
    let mut open = meant(tx, named, row)?;
    if open.iter().any(Asked::may_be_answered) {
        open.retain(Asked::may_be_answered);
    } else {
        open.retain(Asked::may_have_arrived);
    }
    if open.is_empty() || !alike || open.len() > count {
        return Ok(false);
    }
    for mut one in open {
        one.answer(tx, now, code)?;
        show(tx, now, one.original, &row.organ)?;
    }
    for mut status in kept {
        status.effect = StatusEffect::Applied;
        tx.save_status(&status)?;
        let entry = Entry::new(now, What::StatusCame).outgoing(named.id);
        tx.log(&entry.organ(&status.from).code(format!("{code:02}")))?;
    }
    Ok(true)
}

/// Has a document's row say where the changes asked for it stand.
fn show(tx: &mut dyn Tx, now: Millis, original: i64, organ: &str) -> Result<()> {
    let asked = all_asked(tx, original, organ)?;
    let Some((business, change)) = standing(&asked) else {
        return Ok(());
    };
    for mut row in tx.recipients(original)? {
        if incoming::same_organ(tx, &row, organ)? {
            row.last_answer = Some(now);
            row.change = change;
            row.changed = now;
            tx.save_recipient(&row)?;
        }
    }
    if (business, change) == (RECALL, Change::Agreed) {
        let original = tx.outgoing(original)?.ok_or_else(contradiction)?;
        freeze(tx, &original)?;
    }
    Ok(())
}

/// Once every recipient has agreed to the recall, nothing may be done with the
/// document any more.
fn freeze(tx: &mut dyn Tx, original: &Outgoing) -> Result<()> {
    for row in tx.recipients(original.id)? {
        let never_got_it =
            row.delivery.is_final() && row.delivery != super::model::Delivery::Accepted;
        let agreed =
            row.change == Change::Agreed && asked_for(tx, original.id, &row.organ)? == Some(RECALL);
        if !agreed && !never_got_it {
            return Ok(());
        }
    }
    let mut original = original.clone();
    original.frozen = true;
    tx.save_outgoing(&original)
}

/// Asks recipients to give a document of ours back, with a status 13 to each.
pub fn recall(
    tx: &mut dyn Tx,
    now: Millis,
    id: i64,
    organs: &[String],
    remark: &Remark,
    longest_note: usize,
) -> Result<Vec<Stored>> {
    let original = tx
        .outgoing(id)?
        .ok_or_else(|| super::not_found(OutgoingId(id)))?;
    if original.kind != PacketKind::Document || original.business == RECALL {
        return Err(Error::new(ErrorKind::InvalidArgument, "connector.recall")
            .with("outgoing", OutgoingId(id).to_string())
            .with("reason", "only a document can be recalled"));
    }
    if original.frozen {
        return Err(Error::new(ErrorKind::DocumentFrozen, "connector.recall")
            .with("outgoing", OutgoingId(id).to_string()));
    }
    let recipients = tx.recipients(id)?;
    for organ in organs {
        if !recipients.iter().any(|row| row.organ == *organ) {
            return Err(Error::new(ErrorKind::InvalidArgument, "connector.recall")
                .with("outgoing", OutgoingId(id).to_string())
                .with("organ", organ.clone())
                .with("reason", "no recipient of this document"));
        }
    }
    let mut stored = Vec::new();
    for row in recipients {
        let wanted = organs.is_empty() || organs.contains(&row.organ);
        let asked = all_asked(tx, id, &row.organ)?;
        let mut recalls = asked.iter().filter(|one| one.business == RECALL);
        if !wanted || recalls.any(Asked::is_open) {
            continue;
        }
        let response = ResponseFor {
            organ_id: Some(row.organ.as_str().into()),
            code: original.code.clone(),
            document_id: original.document_id.as_deref().map(Into::into),
            promulgation_date: original.date.as_deref().and_then(Date::parse_known),
        };
        let code = StatusCode::RecallRequested;
        let mut draft = report::draft(now, &original.from, response, code, remark, longest_note)?;
        draft.row.business = RECALL;
        draft.row.about_outgoing = Some(id);
        stored.push(outgoing::store(tx, now, draft)?);
    }
    Ok(stored)
}
