//! Packets that came: stored before they are understood, each key once, and
//! what a status says of a packet of ours.

use std::collections::HashMap;

use super::chain;
use super::model::{
    Arrival, ArrivalState, CameStatus, Change, Delivery, Entry, HandOffState, Incoming, Millis,
    Outgoing, PacketKind, Payload, Recipient, StatusEffect, What,
};
use super::outgoing::{self, contradiction, rank};
use super::reading::{DocumentFacts, Reading, StatusFacts};
use super::report::{self, Remark};
use super::tx::Tx;
use super::{RECALL, current, transition};
use crate::error::Result;
use crate::packet::document::{ResponseFor, Status};
use crate::packet::target::{DocumentKey, meant_ids, normal_id};
use crate::packet::{Date, DocumentId, OrganId, StatusCode};

/// How packets that come are dealt with.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Our organs.
    pub own: Vec<String>,
    /// Whether 01 is sent for a document that is stored.
    pub report_arrival: bool,
    /// Whether 02 is sent for a document whose header can be read and the rest
    /// cannot; with this reason.
    pub refuse_unreadable: Option<String>,
    /// Whether 16 is sent for a recall that the policy of signatures refuses.
    pub decline_recall: bool,
    /// Characters of a note.
    pub longest_note: usize,
}

/// A packet as the axis listed and delivered it.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The axis's id.
    pub axis_doc_id: String,
    /// The list it stood in.
    pub listed_as: PacketKind,
    /// The recipients the list named.
    pub listed_to: Option<String>,
}

/// Stores what the axis delivered, before anything is made of it. `None` where
/// this delivery was stored already.
pub fn store(
    tx: &mut dyn Tx,
    now: Millis,
    delivered: &Delivered,
    payload: &Payload,
) -> Result<Option<i64>> {
    if tx.arrival_by_axis_id(&delivered.axis_doc_id)?.is_some() {
        return Ok(None);
    }
    let payload = tx.add_payload(payload)?;
    tx.add_arrival(&Arrival {
        id: 0,
        axis_doc_id: delivered.axis_doc_id.clone(),
        listed_as: delivered.listed_as,
        listed_to: delivered.listed_to.clone(),
        payload: Some(payload),
        stored: now,
        acknowledged: false,
        acknowledge_at: now,
        acknowledge_attempts: 0,
        state: ArrivalState::Stored,
        reason: None,
        incoming: None,
    })
    .map(Some)
}

/// Notes what telling the axis `done` gave.
pub fn acknowledged(
    tx: &mut dyn Tx,
    now: Millis,
    arrival: i64,
    done: bool,
    again_after: i64,
) -> Result<()> {
    let mut row = tx.arrival(arrival)?.ok_or_else(contradiction)?;
    row.acknowledge_attempts = row.acknowledge_attempts.saturating_add(1);
    row.acknowledged = done;
    row.acknowledge_at = now.saturating_add(again_after);
    tx.save_arrival(&row)
}

/// Makes of a stored delivery what it is.
pub fn understand(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    arrival: i64,
    reading: &Reading,
) -> Result<()> {
    let mut row = tx.arrival(arrival)?.ok_or_else(contradiction)?;
    if row.state != ArrivalState::Stored {
        return Ok(());
    }
    match reading {
        Reading::Document(facts) => document(tx, now, policy, &mut row, facts)?,
        Reading::Status(facts) => status(tx, now, policy, &mut row, facts)?,
        Reading::Unreadable { reason, header } => {
            row.state = ArrivalState::Quarantined;
            row.reason = Some(reason.clone());
            let entry = Entry::new(now, What::Quarantined).code(reason.clone());
            let from = header.as_deref().and_then(|document| document.sender());
            tx.log(&match from {
                Some(from) => entry.organ(from.as_str()),
                None => entry,
            })?;
            if let (Some(note), Some(document)) = (&policy.refuse_unreadable, header) {
                refuse_unread(tx, now, policy, &row, document, note)?;
            }
        }
    }
    tx.save_arrival(&row)
}

/// 02 for a document of which only the header could be read.
fn refuse_unread(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    arrival: &Arrival,
    document: &crate::packet::Document,
    note: &str,
) -> Result<()> {
    let (Some(key), Some(own)) = (
        DocumentKey::of(document),
        own_organs(tx, policy, arrival, Some(document))?
            .into_iter()
            .next(),
    ) else {
        return Ok(());
    };
    let response = ResponseFor {
        organ_id: Some(key.organ),
        code: key.code,
        document_id: key.id,
        promulgation_date: key.date,
    };
    let remark = Remark {
        note: Some(note.to_owned()),
        staff: None,
    };
    let code = StatusCode::Refused;
    let draft = report::draft(now, &own, response, code, &remark, policy.longest_note)?;
    outgoing::store(tx, now, draft).map(drop)
}

/// Our organs that a delivery is for: those the list names, else those the
/// packet names, else our first.
fn own_organs(
    tx: &mut dyn Tx,
    policy: &Policy,
    arrival: &Arrival,
    document: Option<&crate::packet::Document>,
) -> Result<Vec<String>> {
    let listed = arrival.listed_to.iter().flat_map(|to| to.split(','));
    let listed = ours(tx, policy, listed)?;
    if !listed.is_empty() {
        return Ok(listed);
    }
    let named = document.iter().flat_map(|document| &document.to);
    let named = named.filter_map(|organ| organ.organ_id.as_ref().map(OrganId::as_str));
    let named = ours(tx, policy, named)?;
    if !named.is_empty() {
        return Ok(named);
    }
    Ok(policy.own.iter().take(1).cloned().collect())
}

/// Those of some codes that are ours, each once, as the configuration has them.
fn ours<'a>(
    tx: &mut dyn Tx,
    policy: &Policy,
    codes: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for code in codes.map(str::trim) {
        if let Some(own) = own_organ(tx, policy, code)?
            && !found.contains(&own)
        {
            found.push(own);
        }
    }
    Ok(found)
}

/// The organ of ours that a code means: as it stands, or as an old code.
fn own_organ(tx: &mut dyn Tx, policy: &Policy, code: &str) -> Result<Option<String>> {
    if policy.own.iter().any(|own| own == code) {
        return Ok(Some(code.to_owned()));
    }
    let today = current(tx, code)?;
    for own in &policy.own {
        if *own == today || current(tx, own)? == today {
            return Ok(Some(own.clone()));
        }
    }
    Ok(None)
}

/// A document: one row for each of our organs it came for.
fn document(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    arrival: &mut Arrival,
    facts: &DocumentFacts,
) -> Result<()> {
    let sender = current(tx, &facts.from)?;
    let mut payload = arrival.payload.take();
    let source = match payload {
        Some(id) => tx.payload(id)?,
        None => None,
    };
    for own in own_organs(tx, policy, arrival, Some(&facts.document))? {
        let normal_id = facts.normal_id();
        let business = facts.document.business_type().number();
        let targets = targets(tx, policy, &own, &facts.document)?;
        let same_id = tx.incoming_by_id(&own, &sender, normal_id.as_deref().unwrap_or_default())?;
        let same_key: Vec<Incoming> = same_id
            .into_iter()
            .filter(|row| row.business == business && row.targets == targets)
            .filter(|row| row.kind == PacketKind::Document)
            .collect();
        if let Some(known) = same_key.iter().find(|row| row.meaning == facts.meaning) {
            arrival.incoming = arrival.incoming.or(Some(known.id));
            let entry = Entry::new(now, What::Duplicate).incoming(known.id);
            tx.log(&entry.organ(&facts.from))?;
            continue;
        }
        let conflict = normal_id.is_some() && !same_key.is_empty();
        let same_code = same_code(tx, &own, &sender, facts, business)?;
        // Each row has bytes of its own, so that one can be destroyed alone.
        let bytes = match (payload.take(), &source) {
            (Some(id), _) => Some(id),
            (None, Some(source)) => Some(tx.add_payload(source)?),
            (None, None) => None,
        };
        let row = Incoming {
            id: 0,
            kind: PacketKind::Document,
            own: own.clone(),
            from: facts.from.clone(),
            sender: sender.clone(),
            document_id: facts
                .document
                .document_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            normal_id: Some(normal_id.clone().unwrap_or_default()),
            business,
            targets,
            meaning: facts.meaning,
            code: facts.code(),
            date: facts.date(),
            payload: bytes,
            rank: rank(now, facts.priority()),
            received: now,
            state: match facts.complaint {
                None => HandOffState::Offered,
                Some(_) => HandOffState::Refused,
            },
            lease: None,
            lease_until: None,
            shown: 0,
            status: None,
            on_hold: false,
            about_incoming: None,
            about_outgoing: answered(tx, &own, &facts.document)?,
            change: Change::None,
            destroyed: false,
            conflict,
            verdict: facts.report.clone(),
            changed: now,
        };
        let id = add(tx, now, row, &facts.from)?;
        arrival.incoming = arrival.incoming.or(Some(id));
        if conflict {
            let entry = Entry::new(now, What::SameIdOtherContent).incoming(id);
            tx.log(&entry.organ(&facts.from))?;
        }
        if same_code {
            let entry = Entry::new(now, What::SameCodeOtherId).incoming(id);
            tx.log(&entry.organ(&facts.from))?;
        }
        if let Some(complaint) = &facts.complaint {
            refuse_unproven(tx, now, policy, id, complaint)?;
            continue;
        }
        if policy.report_arrival && business != RECALL && !facts.from.is_empty() {
            let remark = Remark::default();
            report::report(
                tx,
                now,
                id,
                StatusCode::Arrived,
                &remark,
                policy.longest_note,
            )?;
        }
    }
    if let Some(unused) = payload {
        tx.delete_payload(unused)?;
    }
    arrival.state = ArrivalState::Understood;
    Ok(())
}

/// A document that the policy of signatures refuses is kept and never shown; its sender hears
/// why. A recall gets 16: its id is often that of the document, which a 02 would refuse
/// (assumed).
fn refuse_unproven(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    id: i64,
    complaint: &str,
) -> Result<()> {
    let Some(mut row) = tx.incoming(id)? else {
        return Err(contradiction());
    };
    let event = Entry::new(now, What::NotAuthentic).incoming(id);
    tx.log(&event.organ(&row.from))?;
    let remark = Remark {
        note: Some(complaint.to_owned()),
        staff: None,
    };
    if row.from.is_empty() {
        return Ok(());
    }
    if row.business != RECALL {
        let code = StatusCode::Refused;
        return report::report(tx, now, id, code, &remark, policy.longest_note).map(drop);
    }
    row.change = Change::Declined;
    tx.save_incoming(&row)?;
    if policy.decline_recall {
        let code = StatusCode::ChangeDeclined;
        report::send(tx, now, &row, code, &remark, policy.longest_note)?;
    }
    Ok(())
}

/// The ids of the documents that one acts on, as `own` sees it: a replacement
/// may name it by its old code.
fn targets(
    tx: &mut dyn Tx,
    policy: &Policy,
    own: &str,
    document: &crate::packet::Document,
) -> Result<String> {
    let mut names: Vec<OrganId> = vec![own.into()];
    let lists = document.bussiness().into_iter();
    let named = lists
        .flat_map(|bussiness| &bussiness.replacement_info_list)
        .flat_map(|list| &list.replacement_info)
        .filter_map(|info| info.organ_id_list.as_ref())
        .flat_map(|list| &list.organ_id);
    for name in named {
        if !names.contains(name) && own_organ(tx, policy, name.as_str())?.as_deref() == Some(own) {
            names.push(name.clone());
        }
    }
    let mut ids: Vec<String> = names
        .iter()
        .flat_map(|name| document.targets(name))
        .map(|id| normal_id(id.as_str()))
        .collect();
    ids.sort();
    ids.dedup();
    Ok(ids.join("\n"))
}

/// Adds a row to the inbox and ties it to what it acts on, and to the actions
/// that waited for it.
fn add(tx: &mut dyn Tx, now: Millis, row: Incoming, from: &str) -> Result<i64> {
    let mut row = row;
    let is_action = chain::is_action(&row);
    row.id = tx.add_incoming(&row)?;
    tx.log(&Entry::new(now, What::Arrived).incoming(row.id).organ(from))?;
    if row.state == HandOffState::Refused {
        // What nobody vouches for holds up no other document.
        return Ok(row.id);
    }
    if is_action {
        chain::tie(tx, now, &mut row)?;
    }
    if row.kind == PacketKind::Document && row.business != RECALL {
        chain::release_waiting(tx, now, &row)?;
    }
    Ok(row.id)
}

/// Whether the same issuer has the same number, notation and date under another
/// id (Decree 30/2020, annex VI).
fn same_code(
    tx: &mut dyn Tx,
    own: &str,
    sender: &str,
    facts: &DocumentFacts,
    business: u32,
) -> Result<bool> {
    let (0, Some(code), Some(date)) = (business, facts.code(), facts.date()) else {
        return Ok(false);
    };
    let known = tx.incoming_by_code(own, sender, &code, &date)?;
    let id = Some(facts.normal_id().unwrap_or_default());
    Ok(known
        .iter()
        .any(|row| row.business == 0 && row.normal_id != id))
}

/// Our document that one answers (`ResponseFor`).
fn answered(tx: &mut dyn Tx, own: &str, document: &crate::packet::Document) -> Result<Option<i64>> {
    for response in &document.response_for {
        let Some(id) = &response.document_id else {
            continue;
        };
        let found = tx.outgoing_by_id(own, &normal_id(id.as_str()))?;
        if let Some(row) = found.iter().find(|row| row.business != RECALL) {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// A status: about a packet of ours, or (13) about one that came.
fn status(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    arrival: &mut Arrival,
    facts: &StatusFacts,
) -> Result<()> {
    arrival.state = ArrivalState::Understood;
    let status = &facts.status;
    let (Some(from), Some(code)) = (status.sender(), status.status_code) else {
        arrival.state = ArrivalState::Quarantined;
        arrival.reason = Some("status-incomplete".to_owned());
        let entry = Entry::new(now, What::Quarantined).code("status-incomplete");
        return tx.log(&entry).map(drop);
    };
    if tx.status_known(from.as_str(), &facts.meaning)? {
        let entry = Entry::new(now, What::Duplicate).organ(from.as_str());
        return tx.log(&entry.code(code.official())).map(drop);
    }
    let response = status.response_for.clone().unwrap_or_default();
    let mut row = CameStatus {
        id: 0,
        arrival: arrival.id,
        from: from.as_str().to_owned(),
        code: code.number(),
        about_organ: response.organ_id.as_ref().map(|id| id.as_str().to_owned()),
        about_code: response.code.clone(),
        about_document_id: response
            .document_id
            .as_ref()
            .map(|id| id.as_str().to_owned()),
        about_date: response.promulgation_date.map(Date::official),
        description: status.description.clone(),
        timestamp: status.timestamp.map(crate::packet::Timestamp::official),
        meaning: facts.meaning,
        received: now,
        effect: StatusEffect::Unmatched,
        recipient: None,
    };
    if code == StatusCode::RecallRequested {
        row.effect = recall_request(tx, now, policy, arrival, &row)?;
        tx.add_status(&row)?;
        return Ok(());
    }
    apply(tx, now, &mut row)?;
    if row.effect == StatusEffect::Unmatched {
        log_status(tx, now, &row, None)?;
    }
    tx.add_status(&row)?;
    Ok(())
}

/// The status that a row stands for, for matching.
fn as_status(row: &CameStatus) -> Status {
    Status {
        from: Some(crate::packet::document::Organ {
            organ_id: Some(row.from.as_str().into()),
            ..crate::packet::document::Organ::default()
        }),
        response_for: Some(ResponseFor {
            organ_id: row.about_organ.as_deref().map(Into::into),
            code: row.about_code.clone(),
            document_id: row.about_document_id.as_deref().map(DocumentId::from),
            promulgation_date: row.about_date.as_deref().and_then(Date::parse_known),
        }),
        status_code: Some(StatusCode::from_number(row.code)),
        ..Status::default()
    }
}

/// Applies a status to the packet of ours that it speaks of, if it is known.
fn apply(tx: &mut dyn Tx, now: Millis, row: &mut CameStatus) -> Result<()> {
    let Some(outgoing) = spoken_of(tx, row)? else {
        row.effect = StatusEffect::Unmatched;
        return Ok(());
    };
    let sender = current(tx, &row.from)?;
    let mut found = None;
    for recipient in tx.recipients(outgoing.id)? {
        if recipient.organ == row.from || current(tx, &recipient.organ)? == sender {
            found = Some(recipient);
            break;
        }
    }
    let Some(mut recipient) = found else {
        row.effect = StatusEffect::NotARecipient;
        // It stands with the packet, at whichever recipient.
        row.recipient = tx.recipients(outgoing.id)?.first().map(|row| row.id);
        return log_status(tx, now, row, Some(&outgoing));
    };
    row.recipient = Some(recipient.id);
    let never_sent = recipient.first_try.is_none() && recipient.delivery != Delivery::Accepted;
    if never_sent {
        // Of an earlier life of this store, perhaps: it counts once the document
        // is on its way, and does not keep it here.
        row.effect = StatusEffect::Unmatched;
        row.recipient = None;
        return Ok(());
    }
    recipient.last_answer = Some(now);
    // Who answers has it, whatever became of the axis's own answer.
    if recipient.delivery != Delivery::Accepted {
        outgoing::accept(tx, now, &mut recipient, None)?;
    }
    let code = StatusCode::from_number(row.code);
    if matches!(code, StatusCode::ChangeAgreed | StatusCode::ChangeDeclined) {
        tx.save_recipient(&recipient)?;
        row.effect = chain::answered(tx, now, &outgoing, &recipient, code)?;
        return log_status(tx, now, row, Some(&outgoing));
    }
    let recalled = outgoing.frozen
        || recipient.change == Change::Agreed
            && chain::asked_for(tx, outgoing.id, &recipient.organ)? == Some(RECALL);
    let from = super::model::status(recipient.status);
    row.effect = transition::effect(from, recalled, code);
    if row.effect == StatusEffect::Applied {
        recipient.status = Some(row.code);
        recipient.changed = now;
        if code == StatusCode::Refused {
            recipient.reason.clone_from(&row.description);
        }
    }
    tx.save_recipient(&recipient)?;
    log_status(tx, now, row, Some(&outgoing))
}

fn log_status(
    tx: &mut dyn Tx,
    now: Millis,
    row: &CameStatus,
    outgoing: Option<&Outgoing>,
) -> Result<()> {
    let code = match row.effect {
        StatusEffect::Applied => format!("{:02}", row.code),
        effect => format!("{:02} {effect}", row.code),
    };
    let mut entry = Entry::new(now, What::StatusCame)
        .organ(&row.from)
        .code(code);
    if let Some(outgoing) = outgoing {
        entry = entry.outgoing(outgoing.id);
    }
    tx.log(&entry).map(drop)
}

/// Our packet that a status speaks of.
fn spoken_of(tx: &mut dyn Tx, row: &CameStatus) -> Result<Option<Outgoing>> {
    let Some(about) = &row.about_organ else {
        return Ok(None);
    };
    let from = OrganId::from(row.from.as_str());
    let mut organs = vec![about.clone()];
    let today = current(tx, about)?;
    if !organs.contains(&today) {
        organs.push(today);
    }
    let mut rows: Vec<Outgoing> = Vec::new();
    for organ in &organs {
        if let Some(said) = &row.about_document_id {
            for id in meant_ids(said, [&organ.as_str().into(), &from]) {
                rows.extend(tx.outgoing_by_id(organ, &id)?);
            }
        }
        if let (Some(code), Some(date)) = (&row.about_code, &row.about_date) {
            rows.extend(tx.outgoing_by_code(organ, code, date)?);
        }
    }
    rows.retain(|row| row.kind == PacketKind::Document);
    // A recall may bear the id of what it recalls: the document is meant.
    if rows.iter().any(|row| row.business != RECALL) {
        rows.retain(|row| row.business != RECALL);
    }
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let keys: Vec<DocumentKey> = rows
        .iter()
        .map(|row| DocumentKey {
            organ: about.as_str().into(),
            id: row.document_id.as_deref().map(DocumentId::from),
            code: row.code.clone(),
            date: row.date.as_deref().and_then(Date::parse_known),
        })
        .collect();
    let status = as_status(row);
    let found = status.find_document(|sender, _| {
        let ours = sender.as_str() == about;
        keys.iter().filter(|_| ours).collect()
    });
    let found = found.map(|(key, _)| key);
    Ok(found.and_then(|key| {
        let at = keys.iter().position(|other| other == key)?;
        rows.into_iter().nth(at)
    }))
}

/// 13: the sender wants a document back. It stands in the inbox like a recall.
fn recall_request(
    tx: &mut dyn Tx,
    now: Millis,
    policy: &Policy,
    arrival: &mut Arrival,
    row: &CameStatus,
) -> Result<StatusEffect> {
    // Both ways are seen: the receiver in `ResponseFor`, or in `From`.
    let about = row.about_organ.as_deref().unwrap_or_default();
    let (own, from) = match own_organ(tx, policy, about)? {
        Some(own) => (own, row.from.clone()),
        None => match own_organ(tx, policy, &row.from)? {
            Some(own) => (own, about.to_owned()),
            None => return Ok(StatusEffect::NotARecipient),
        },
    };
    let sender = current(tx, &from)?;
    let targets = match &row.about_document_id {
        Some(said) => meant_ids(said, [&from.as_str().into(), &own.as_str().into()]).join("\n"),
        None => String::new(),
    };
    let known: HashMap<_, _> = tx
        .incoming_by_id(&own, &sender, "")?
        .into_iter()
        .filter(|known| known.kind == PacketKind::Status)
        .map(|known| (known.meaning, known.id))
        .collect();
    if let Some(id) = known.get(&row.meaning) {
        arrival.incoming = Some(*id);
        return Ok(StatusEffect::Repeated);
    }
    let request = Incoming {
        id: 0,
        kind: PacketKind::Status,
        own,
        from: from.clone(),
        sender,
        document_id: None,
        normal_id: Some(String::new()),
        business: RECALL,
        targets,
        meaning: row.meaning,
        code: row.about_code.clone(),
        date: row.about_date.clone(),
        payload: arrival.payload.take(),
        rank: rank(now, 0),
        received: now,
        state: HandOffState::Offered,
        lease: None,
        lease_until: None,
        shown: 0,
        status: None,
        on_hold: false,
        about_incoming: None,
        about_outgoing: None,
        change: Change::None,
        destroyed: false,
        conflict: false,
        verdict: None,
        changed: now,
    };
    arrival.incoming = Some(add(tx, now, request, &from)?);
    Ok(StatusEffect::Applied)
}

/// Statuses looked through for one document.
const UNMATCHED: usize = 1_000;

/// Tries again the statuses that came before the packet of ours they speak of.
pub fn match_again(tx: &mut dyn Tx, now: Millis, organ: &str) -> Result<u64> {
    match_some(tx, now, organ, |_| true)
}

/// As [`match_again`], those that may speak of a document that was accepted now.
pub(super) fn match_with(tx: &mut dyn Tx, now: Millis, packet: &Outgoing) -> Result<u64> {
    match_some(tx, now, &packet.from, |row| {
        let by_code = row.about_code.is_some() && row.about_code == packet.code;
        // An organ may stand before the id.
        let by_id = row
            .about_document_id
            .as_deref()
            .zip(packet.normal_id.as_deref());
        by_code || by_id.is_some_and(|(said, id)| normal_id(said).ends_with(id))
    })
}

fn match_some(
    tx: &mut dyn Tx,
    now: Millis,
    organ: &str,
    may_be: impl Fn(&CameStatus) -> bool,
) -> Result<u64> {
    let mut matched = 0;
    for mut row in tx.unmatched(organ, UNMATCHED)? {
        if may_be(&row) && spoken_of(tx, &row)?.is_some() {
            apply(tx, now, &mut row)?;
            if row.effect != StatusEffect::Unmatched {
                tx.save_status(&row)?;
                matched += 1;
            }
        }
    }
    Ok(matched)
}

/// Whether anything of ours at a recipient is as it was left.
pub(super) fn same_organ(tx: &mut dyn Tx, row: &Recipient, organ: &str) -> Result<bool> {
    Ok(row.organ == organ || current(tx, &row.organ)? == current(tx, organ)?)
}
