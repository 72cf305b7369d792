//! Statuses of ours about packets that came: built, checked against the table
//! of transitions, and stored for sending in the same transaction.

use super::model::{HandOffState, Incoming, IncomingId, Millis, Outgoing, PacketKind, Payload};
use super::outgoing::{self, Draft, Stored};
use super::transition;
use super::tx::Tx;
use crate::crypto::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::document::{Organ, ResponseFor, StaffInfo};
use crate::packet::{
    Date, Discard, ReadOptions, StatusBuilder, StatusCode, Timestamp, read_packet,
};

/// Who acted and what is to be said with a status.
#[derive(Clone, Default)]
pub struct Remark {
    /// The reason or remark; needed for a refusal.
    pub note: Option<String>,
    /// Who acted.
    pub staff: Option<StaffInfo>,
}

impl std::fmt::Debug for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remark").finish_non_exhaustive()
    }
}

/// Reports where a packet that came stands.
pub fn report(
    tx: &mut dyn Tx,
    now: Millis,
    id: i64,
    code: StatusCode,
    remark: &Remark,
    longest_note: usize,
) -> Result<Stored> {
    let mut row = tx
        .incoming(id)?
        .ok_or_else(|| super::not_found(IncomingId(id)))?;
    let from = super::model::status(row.status);
    if row.kind != PacketKind::Document
        || row.business == super::RECALL
        || row.destroyed
        || !transition::may_report(from, code)
    {
        return Err(Error::new(ErrorKind::StatusIllegal, "connector.report")
            .with("incoming", IncomingId(id).to_string())
            .with(
                "stands_at",
                from.map_or("-".to_owned(), StatusCode::official),
            )
            .with("code", code.official()));
    }
    let stored = send(tx, now, &row, code, remark, longest_note)?;
    row.status = Some(code.number());
    if code == StatusCode::Refused && row.state != HandOffState::Accepted {
        row.state = HandOffState::Refused;
        row.lease = None;
        row.lease_until = None;
    }
    row.changed = now;
    tx.save_incoming(&row)?;
    Ok(stored)
}

/// Stores a status about a packet that came, whatever the table says.
pub(super) fn send(
    tx: &mut dyn Tx,
    now: Millis,
    about: &Incoming,
    code: StatusCode,
    remark: &Remark,
    longest_note: usize,
) -> Result<Stored> {
    let response = ResponseFor {
        organ_id: Some(about.from.as_str().into()),
        code: about.code.clone(),
        document_id: about.document_id.as_deref().map(Into::into),
        promulgation_date: about.date.as_deref().and_then(Date::parse_known),
    };
    let mut draft = draft(now, &about.own, response, code, remark, longest_note)?;
    draft.row.about_incoming = Some(about.id);
    outgoing::store(tx, now, draft)
}

/// A status packet, ready to be stored; it goes to `response.organ_id`.
pub(super) fn draft(
    now: Millis,
    from: &str,
    response: ResponseFor,
    code: StatusCode,
    remark: &Remark,
    longest_note: usize,
) -> Result<Draft> {
    let operation = "connector.report";
    let time = Timestamp::in_vietnam(now.div_euclid(1_000)).ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, operation).with("reason", "the clock is beyond all")
    })?;
    let to: Vec<String> = response
        .organ_id
        .iter()
        .map(|organ| organ.as_str().to_owned())
        .collect();
    let about_code = response.code.clone();
    let organ = Organ {
        organ_id: Some(from.into()),
        ..Organ::default()
    };
    let mut builder = StatusBuilder::new(organ, response, code, time);
    if let Some(note) = &remark.note {
        builder = builder.description(cut(note, longest_note));
    }
    if let Some(staff) = &remark.staff {
        builder = builder.staff(staff.clone());
    }
    let status = builder.build()?;
    let mut bytes = Vec::new();
    status.write_to(&mut bytes)?;
    let packet = read_packet(bytes.as_slice(), &ReadOptions::default(), &mut Discard)?;
    let meaning = packet
        .meaning_digest()
        .ok_or_else(|| Error::new(ErrorKind::Internal, operation))?;
    Ok(Draft {
        row: Outgoing {
            id: 0,
            kind: PacketKind::Status,
            from: from.to_owned(),
            document_id: None,
            normal_id: None,
            business: 0,
            targets: String::new(),
            code: about_code,
            date: None,
            status: Some(code.number()),
            meaning: *meaning.as_bytes(),
            payload: None,
            priority: 0,
            created: now,
            about_outgoing: None,
            about_incoming: None,
            frozen: false,
        },
        payload: Payload {
            length: bytes.len() as u64,
            sha256: sha256(&bytes),
            bytes: Some(bytes),
        },
        to,
    })
}

/// The first `longest` characters, never between a letter and its mark.
pub(crate) fn cut(text: &str, longest: usize) -> &str {
    let mut end = text.len();
    let mut letter = 0;
    for (count, (at, character)) in text.char_indices().enumerate() {
        let is_mark = ('\u{300}'..='\u{36f}').contains(&character);
        if !is_mark {
            letter = at;
        }
        if count == longest {
            end = if is_mark { letter } else { at };
            break;
        }
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_is_cut_between_characters_and_not_between_a_letter_and_its_mark() {
        assert_eq!(cut("đúng chỗ", 4), "đúng");
        assert_eq!(cut("đúng chỗ", 100), "đúng chỗ");
        assert_eq!(cut("đúng chỗ", 0), "");
        assert_eq!(cut("", 3), "");
        // ú as u and a mark of its own: four characters are đ, u, mark, n.
        let parts = "đu\u{301}ng";
        assert_eq!(cut(parts, 4), "đu\u{301}n");
        assert_eq!(cut(parts, 2), "đ");
        assert_eq!(cut(parts, 3), "đu\u{301}");
    }
}
