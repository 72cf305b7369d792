//! Where each packet stands, why, and who has to act. Ids, organs and codes
//! only; reasons that others wrote are for a clerk and stand apart.

use serde::Serialize;

use super::model::{
    Change, Delivery, Entry, HandOffState, Incoming, IncomingId, Millis, Outgoing, OutgoingId,
    PacketKind, Recipient, StatusEffect, What,
};
use super::outgoing::contradiction;
use super::tx::Tx;
use crate::error::{ErrorKind, Result};
use crate::finding::Language;
use crate::packet::StatusCode;

/// Where a packet of ours stands with each recipient.
#[derive(Clone, Debug, Serialize)]
pub struct OutgoingView {
    /// The packet.
    pub id: OutgoingId,
    /// Document or status.
    pub kind: PacketKind,
    /// Our organ.
    pub from: String,
    /// The document's id.
    pub document_id: Option<String>,
    /// The status that it reports.
    pub status: Option<StatusCode>,
    /// When it was stored.
    pub created: Millis,
    /// Whether it was recalled by all.
    pub frozen: bool,
    /// Whether its bytes are kept.
    pub kept: bool,
    /// Each recipient.
    pub recipients: Vec<RecipientView>,
}

/// Where a packet of ours stands with one recipient.
#[derive(Clone, Serialize)]
pub struct RecipientView {
    /// The recipient.
    pub organ: String,
    /// In one word: how far the delivery is, and after it the last status that
    /// counted; `recalled`, `recall-requested`, …
    pub state: String,
    /// How far the delivery is.
    pub delivery: Delivery,
    /// The last status that counted.
    pub status: Option<StatusCode>,
    /// Whether a change was asked for.
    pub change: Change,
    /// Since when.
    pub since: Millis,
    /// Attempts so far.
    pub attempts: u32,
    /// The last attempt.
    pub last_try: Option<Millis>,
    /// The next attempt or question, where a time is set.
    pub next_try: Option<Millis>,
    /// When the recipient last answered.
    pub last_answer: Option<Millis>,
    /// The last error's kind.
    pub error: Option<String>,
    /// The axis's last code.
    pub remote_code: Option<String>,
    /// The axis's id.
    pub axis_doc_id: Option<String>,
    /// What has to be accepted first.
    pub blocked_by: Option<OutgoingId>,
    /// Who has to act, on this or on what blocks it; `None` where it goes on by
    /// itself.
    pub who_acts: Option<&'static str>,
    /// What others wrote. For a clerk, not for logs.
    pub reason: Option<String>,
}

super::model::shown! {
    RecipientView { organ, state, delivery, status, change, since, attempts, last_try, next_try, last_answer, error, remote_code, axis_doc_id, blocked_by, who_acts }
}

/// Where a packet that came stands.
#[derive(Clone, Debug, Serialize)]
pub struct IncomingView {
    /// The packet.
    pub id: IncomingId,
    /// A document, or a status that asks for one back.
    pub kind: PacketKind,
    /// Our organ.
    pub own: String,
    /// Its sender.
    pub from: String,
    /// The document's id.
    pub document_id: Option<String>,
    /// `BussinessDocType`.
    pub business: u32,
    /// When it was stored.
    pub received: Millis,
    /// Where it stands with the host.
    pub state: HandOffState,
    /// How often it was shown.
    pub shown: u32,
    /// Until when the host holds it.
    pub lease_until: Option<Millis>,
    /// The last status we reported.
    pub status: Option<StatusCode>,
    /// Whether an action holds it.
    pub on_hold: bool,
    /// What became of the action, or of the document by an action.
    pub change: Change,
    /// The received document that it acts on.
    pub acts_on: Option<IncomingId>,
    /// Our document that it answers.
    pub answers: Option<OutgoingId>,
    /// Whether its payload was destroyed after a recall.
    pub destroyed: bool,
    /// Whether its bytes are kept.
    pub kept: bool,
    /// Whether another with the same id and another meaning is there.
    pub conflict: bool,
    /// What was said of its signatures when it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Signatures>,
    /// The statuses we sent about it, and how far they are.
    pub reports: Vec<OutgoingView>,
}

/// The words of a report on signatures; the report itself may name who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signatures {
    /// The verdict on the signature over the packet.
    pub packet_signature: String,
    /// The verdict on the seal.
    pub seal: String,
    /// What both prove.
    pub authenticity: String,
}

impl Signatures {
    fn of_report(report: &str) -> Option<Self> {
        let report: serde_json::Value = serde_json::from_str(report).ok()?;
        let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Some(Signatures {
            packet_signature: word(report.get("packet_signature")?.get("verdict")?)?,
            seal: word(report.get("seal")?.get("verdict")?)?,
            authenticity: word(report.get("authenticity")?)?,
        })
    }
}

/// A packet, ours or one that came, and its journal.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    /// A packet of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingView>,
    /// A packet that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming: Option<IncomingView>,
    /// What happened, oldest first.
    pub journal: Vec<Entry>,
}

/// Lines of a journal that are shown with a packet.
const JOURNAL: usize = 1_000;

/// Everything about a packet of ours.
pub fn why_outgoing(tx: &mut dyn Tx, id: i64) -> Result<Why> {
    let row = tx
        .outgoing(id)?
        .ok_or_else(|| super::not_found(OutgoingId(id)))?;
    Ok(Why {
        outgoing: Some(outgoing_view(tx, &row)?),
        incoming: None,
        journal: tx.journal(Some(id), None, JOURNAL)?,
    })
}

/// Everything about a packet that came.
pub fn why_incoming(tx: &mut dyn Tx, id: i64) -> Result<Why> {
    let row = tx
        .incoming(id)?
        .ok_or_else(|| super::not_found(IncomingId(id)))?;
    Ok(Why {
        outgoing: None,
        incoming: Some(incoming_view(tx, &row)?),
        journal: tx.journal(None, Some(id), JOURNAL)?,
    })
}

/// A packet of ours as it stands.
pub fn outgoing_view(tx: &mut dyn Tx, row: &Outgoing) -> Result<OutgoingView> {
    let mut recipients = Vec::new();
    for recipient in tx.recipients(row.id)? {
        recipients.push(recipient_view(tx, row, recipient)?);
    }
    Ok(OutgoingView {
        id: OutgoingId(row.id),
        kind: row.kind,
        from: row.from.clone(),
        document_id: row.document_id.clone(),
        status: super::model::status(row.status),
        created: row.created,
        frozen: row.frozen,
        kept: row.payload.is_some(),
        recipients,
    })
}

fn recipient_view(tx: &mut dyn Tx, packet: &Outgoing, row: Recipient) -> Result<RecipientView> {
    let (blocked_by, blocker_acts) = match row.blocked_by {
        Some(id) => {
            let before = tx.recipient(id)?.ok_or_else(contradiction)?;
            let acts = who_acts(&before);
            (Some(OutgoingId(before.outgoing)), acts)
        }
        None => (None, None),
    };
    let asked = match row.change {
        Change::None => None,
        _ => super::chain::asked_for(tx, packet.id, &row.organ)?,
    };
    let status = super::model::status(row.status);
    Ok(RecipientView {
        state: state(&row, asked),
        who_acts: match blocked_by {
            Some(_) if row.delivery == Delivery::Queued => blocker_acts,
            // Nobody answers a status.
            _ if packet.kind == PacketKind::Status && row.delivery == Delivery::Accepted => None,
            _ => who_acts(&row),
        },
        organ: row.organ,
        delivery: row.delivery,
        status,
        change: row.change,
        since: row.changed,
        attempts: row.attempts,
        last_try: row.last_try,
        next_try: row.next_at,
        last_answer: row.last_answer,
        error: row.error,
        remote_code: row.remote_code,
        axis_doc_id: row.axis_doc_id,
        blocked_by,
        reason: row.reason,
    })
}

/// The state of a recipient in one word.
fn state(row: &Recipient, asked: Option<u32>) -> String {
    let action = match asked {
        Some(super::RECALL) => "recall",
        Some(2) => "update",
        Some(3) => "replacement",
        _ => "change",
    };
    match (row.change, row.delivery) {
        (Change::Agreed, _) if asked == Some(super::RECALL) => return "recalled".to_owned(),
        (Change::Requested, Delivery::Accepted) => return format!("{action}-requested"),
        _ => {}
    }
    if row.delivery != Delivery::Accepted {
        return row.delivery.word().to_owned();
    }
    let word = match super::model::status(row.status) {
        None => "accepted",
        Some(StatusCode::Arrived) => "arrived",
        Some(StatusCode::Refused) => "refused",
        Some(StatusCode::Registered) => "registered",
        Some(StatusCode::Assigned) => "assigned",
        Some(StatusCode::Processing) => "processing",
        Some(StatusCode::Finished) => "finished",
        Some(other) => return other.official(),
    };
    word.to_owned()
}

fn who_acts(row: &Recipient) -> Option<&'static str> {
    let of_error = || {
        let kind = ErrorKind::ALL
            .iter()
            .find(|kind| Some(kind.name()) == row.error.as_deref())?;
        Some(kind.who_acts().word())
    };
    match row.delivery {
        Delivery::Failed => of_error().or(Some("operator")),
        Delivery::Held => Some("operator"),
        Delivery::Queued | Delivery::Unknown => of_error(),
        Delivery::Accepted if row.status == Some(StatusCode::Refused.number()) => Some("sender"),
        Delivery::Accepted if row.status == Some(StatusCode::Finished.number()) => None,
        Delivery::Accepted => Some("receiver"),
        Delivery::Sending | Delivery::Dropped => None,
    }
}

/// A packet that came as it stands.
pub fn incoming_view(tx: &mut dyn Tx, row: &Incoming) -> Result<IncomingView> {
    let mut reports = Vec::new();
    for report in tx.outgoing_about_incoming(row.id)? {
        reports.push(outgoing_view(tx, &report)?);
    }
    Ok(IncomingView {
        id: IncomingId(row.id),
        kind: row.kind,
        own: row.own.clone(),
        from: row.from.clone(),
        document_id: row.document_id.clone(),
        business: row.business,
        received: row.received,
        state: row.state,
        shown: row.shown,
        lease_until: row.lease_until,
        status: super::model::status(row.status),
        on_hold: row.on_hold,
        change: row.change,
        acts_on: row.about_incoming.map(IncomingId),
        answers: row.about_outgoing.map(OutgoingId),
        destroyed: row.destroyed,
        kept: row.payload.is_some(),
        conflict: row.conflict,
        signatures: row.verdict.as_deref().and_then(Signatures::of_report),
        reports,
    })
}

/// One packet or status of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThreadItem {
    /// When it was stored.
    pub at: Millis,
    /// A packet of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingId>,
    /// A packet that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming: Option<IncomingId>,
    /// Document or status.
    pub kind: PacketKind,
    /// `BussinessDocType`.
    pub business: u32,
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusCode>,
    /// What a status that came did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<StatusEffect>,
    /// The organ that sent it.
    pub from: String,
    /// The document's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}

/// Packets of a thread that are shown at most.
const THREAD: usize = 10_000;

/// Everything that hangs together with a packet: what it acts on or answers,
/// what acts on it or answers it, and the statuses; in the order of time.
pub fn thread(
    tx: &mut dyn Tx,
    outgoing: Option<i64>,
    incoming: Option<i64>,
) -> Result<Vec<ThreadItem>> {
    let mut items = Vec::new();
    let (mut ours, mut theirs): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let mut open_ours: Vec<i64> = outgoing.into_iter().collect();
    let mut open_theirs: Vec<i64> = incoming.into_iter().collect();
    loop {
        if items.len() > THREAD {
            break;
        }
        if let Some(id) = open_ours.pop() {
            if ours.contains(&id) {
                continue;
            }
            let row = tx
                .outgoing(id)?
                .ok_or_else(|| super::not_found(OutgoingId(id)))?;
            ours.push(id);
            open_ours.extend(row.about_outgoing);
            open_theirs.extend(row.about_incoming);
            open_ours.extend(tx.outgoing_about_outgoing(id)?.iter().map(|row| row.id));
            open_theirs.extend(tx.incoming_about_outgoing(id)?.iter().map(|row| row.id));
            for recipient in tx.recipients(id)? {
                items.extend(
                    tx.statuses(recipient.id)?
                        .into_iter()
                        .map(|came| ThreadItem {
                            at: came.received,
                            outgoing: Some(OutgoingId(id)),
                            incoming: None,
                            kind: PacketKind::Status,
                            business: 0,
                            status: Some(StatusCode::from_number(came.code)),
                            effect: Some(came.effect),
                            from: came.from,
                            document_id: row.document_id.clone(),
                        }),
                );
            }
            items.push(ThreadItem {
                at: row.created,
                outgoing: Some(OutgoingId(id)),
                incoming: row.about_incoming.map(IncomingId),
                kind: row.kind,
                business: row.business,
                status: super::model::status(row.status),
                effect: None,
                from: row.from,
                document_id: row.document_id,
            });
        } else if let Some(id) = open_theirs.pop() {
            if theirs.contains(&id) {
                continue;
            }
            let row = tx
                .incoming(id)?
                .ok_or_else(|| super::not_found(IncomingId(id)))?;
            theirs.push(id);
            open_theirs.extend(row.about_incoming);
            open_ours.extend(row.about_outgoing);
            open_theirs.extend(tx.incoming_about_incoming(id)?.iter().map(|row| row.id));
            open_ours.extend(tx.outgoing_about_incoming(id)?.iter().map(|row| row.id));
            items.push(ThreadItem {
                at: row.received,
                outgoing: None,
                incoming: Some(IncomingId(id)),
                kind: row.kind,
                business: row.business,
                status: (row.kind == PacketKind::Status).then_some(StatusCode::RecallRequested),
                effect: None,
                from: row.from,
                document_id: row.document_id,
            });
        } else {
            break;
        }
    }
    // Of one moment: packets before what was said of them, always the same way.
    items.sort_by_key(|item| (item.at, item.effect.is_some(), item.outgoing, item.incoming));
    Ok(items)
}

/// Counters of a store.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// Rows by table and state: `recipient.queued`, `incoming.offered`, …
    pub counts: std::collections::BTreeMap<String, u64>,
    /// When the oldest packet was stored that is not delivered to all.
    pub oldest_undelivered: Option<Millis>,
    /// For each organ something was sent to: when it last answered, and since
    /// when it owes an answer.
    pub recipients: Vec<Silence>,
    /// When the axis last gave its list of what waits for us, to the minute.
    pub listed: Option<Millis>,
    /// Where the last question for that list failed: when, to the minute. What
    /// waits is not known then.
    pub list_failed: Option<Millis>,
    /// And the kind of its error.
    pub list_error: Option<String>,
}

/// How long an organ has been silent.
#[derive(Clone, Debug, Serialize)]
pub struct Silence {
    /// The organ.
    pub organ: String,
    /// When it last answered.
    pub last_answer: Option<Millis>,
    /// Since when something stands accepted by the axis without any answer.
    pub silent_since: Option<Millis>,
}

/// Name of the remembered time of the last list of the axis.
pub(crate) const LISTED: &str = "listed";
/// Name of the remembered time and reason of a list that failed; empty after
/// one that did not.
pub(crate) const LIST_FAILED: &str = "list-failed";

/// The counters.
pub fn stats(tx: &mut dyn Tx) -> Result<Stats> {
    let mut counts = std::collections::BTreeMap::new();
    for (table, state, count) in tx.counts()? {
        counts.insert(format!("{table}.{state}"), count);
    }
    let failed = tx.remembered(LIST_FAILED)?.unwrap_or_default();
    let (list_failed, list_error) = match failed.split_once(' ') {
        Some((at, kind)) => (at.parse().ok(), Some(kind.to_owned())),
        None => (None, None),
    };
    let listed = tx.remembered(LISTED)?;
    Ok(Stats {
        counts,
        listed: listed.and_then(|at| at.parse().ok()),
        list_failed,
        list_error,
        oldest_undelivered: tx.oldest_undelivered()?,
        recipients: tx
            .silence(1_000)?
            .into_iter()
            .map(|(organ, last_answer, silent_since)| Silence {
                organ,
                last_answer,
                silent_since,
            })
            .collect(),
    })
}

impl Entry {
    /// The line in words.
    pub fn text(&self, language: Language) -> &'static str {
        self.what.text(language)
    }
}

impl What {
    /// What happened, in words.
    pub fn text(self, language: Language) -> &'static str {
        let (en, vi) = match self {
            What::Queued => ("stored to be sent", "đã lưu để gửi"),
            What::Accepted => ("accepted by the axis", "trục đã nhận"),
            What::Postponed => ("tried again later", "sẽ gửi lại sau"),
            What::OutcomeUnknown => (
                "sent, no answer: outcome unknown",
                "đã gửi nhưng không có trả lời: chưa rõ kết quả",
            ),
            What::Failed => ("cannot be delivered as it is", "không gửi được"),
            What::Retried => ("tried again by an operator", "cán bộ vận hành cho gửi lại"),
            What::Dropped => ("given up by an operator", "cán bộ vận hành bỏ gửi"),
            What::Arrived => ("arrived and stored", "đã đến và đã lưu"),
            What::Duplicate => ("arrived again, known already", "đến lần nữa, đã có"),
            What::SameIdOtherContent => (
                "same sender, id and type with another content",
                "cùng bên gửi, mã và loại nghiệp vụ nhưng nội dung khác",
            ),
            What::SameCodeOtherId => (
                "same issuer, number, notation and date under another id",
                "cùng cơ quan ban hành, số, ký hiệu và ngày nhưng mã khác",
            ),
            What::Quarantined => ("cannot be read, kept apart", "không đọc được, đã cách ly"),
            What::NotAuthentic => (
                "refused: its authenticity is not proven as the policy asks",
                "từ chối: chưa chứng minh được tính xác thực theo chính sách",
            ),
            What::CertificateEnds => ("a certificate ends soon", "chứng thư sắp hết hạn"),
            What::NotFetched => (
                "waits on the axis, could not be fetched or stored",
                "còn trên trục, chưa lấy hoặc chưa lưu được",
            ),
            What::Shown => ("shown to the host program", "đã bàn giao cho phần mềm"),
            What::HostAccepted => ("accepted by the host program", "phần mềm đã nhận"),
            What::HostRefused => ("refused by the host program", "phần mềm từ chối"),
            What::GivenBack => ("given back by the host program", "phần mềm trả lại"),
            What::StatusCame => ("a status came", "có trạng thái đến"),
            What::StatusReported => ("a status was stored to be sent", "đã lưu trạng thái để gửi"),
            What::OnHold => (
                "on hold: its sender asks for a change",
                "tạm giữ: bên gửi yêu cầu thay đổi",
            ),
            What::ActionWaits => (
                "an action came before its original and waits for it",
                "yêu cầu đến trước văn bản gốc, đang chờ văn bản gốc",
            ),
            What::ActionAgreed => ("the change was agreed to", "đã đồng ý thay đổi"),
            What::ActionDeclined => ("the change was declined", "đã từ chối thay đổi"),
            What::Destroyed => (
                "recalled: the content was destroyed",
                "đã thu hồi: nội dung đã hủy",
            ),
            What::NotFinished => (
                "should be finished by now, no 06 came",
                "quá thời gian mà chưa có trạng thái hoàn thành (06)",
            ),
            What::Purged => (
                "the content was deleted by age",
                "nội dung đã xóa theo thời hạn lưu",
            ),
            What::ClockJumped => ("the clock made a jump", "đồng hồ hệ thống bị lệch đột ngột"),
        };
        match language {
            Language::English => en,
            Language::Vietnamese => vi,
        }
    }
}
