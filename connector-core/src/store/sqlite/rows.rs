//! Rows of the tables, as the exchange knows them.

use rusqlite::types::{FromSql, Type};
use rusqlite::{Error, Result, Row};

use crate::exchange::model::{
    Arrival, ArrivalState, CameStatus, Change, Delivery, Entry, HandOffState, Incoming, IncomingId,
    Outgoing, OutgoingId, PacketKind, Payload, Recipient, StatusEffect, What,
};

/// The columns of a row, one after another.
struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    fn of(row: &'r Row<'s>) -> Self {
        Columns { row, next: 0 }
    }

    fn take<T: FromSql>(&mut self) -> Result<T> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    fn word<T>(&mut self, value_of: fn(&str) -> Option<T>) -> Result<T> {
        let word: String = self.take()?;
        value_of(&word).ok_or_else(|| {
            let column = self.next - 1;
            Error::FromSqlConversionFailure(column, Type::Text, "an unknown word".into())
        })
    }
}

pub(super) fn payload(row: &Row<'_>) -> Result<Payload> {
    let mut columns = Columns::of(row);
    Ok(Payload {
        length: columns.take::<i64>()?.unsigned_abs(),
        sha256: columns.take()?,
        bytes: columns.take()?,
    })
}

pub(super) fn outgoing(row: &Row<'_>) -> Result<Outgoing> {
    let mut columns = Columns::of(row);
    Ok(Outgoing {
        id: columns.take()?,
        kind: columns.word(PacketKind::from_word)?,
        from: columns.take()?,
        document_id: columns.take()?,
        normal_id: columns.take()?,
        business: columns.take()?,
        targets: columns.take()?,
        code: columns.take()?,
        date: columns.take()?,
        status: columns.take()?,
        meaning: columns.take()?,
        payload: columns.take()?,
        priority: columns.take()?,
        created: columns.take()?,
        about_outgoing: columns.take()?,
        about_incoming: columns.take()?,
        frozen: columns.take()?,
    })
}

pub(super) fn recipient(row: &Row<'_>) -> Result<Recipient> {
    let mut columns = Columns::of(row);
    Ok(Recipient {
        id: columns.take()?,
        outgoing: columns.take()?,
        organ: columns.take()?,
        delivery: columns.word(Delivery::from_word)?,
        status: columns.take()?,
        change: columns.word(Change::from_word)?,
        attempts: columns.take()?,
        waited: columns.take()?,
        next_at: columns.take()?,
        rank: columns.take()?,
        blocked_by: columns.take()?,
        axis_doc_id: columns.take()?,
        first_try: columns.take()?,
        last_try: columns.take()?,
        unknown_since: columns.take()?,
        last_answer: columns.take()?,
        error: columns.take()?,
        remote_code: columns.take()?,
        reason: columns.take()?,
        changed: columns.take()?,
        answer: columns.take()?,
    })
}

pub(super) fn arrival(row: &Row<'_>) -> Result<Arrival> {
    let mut columns = Columns::of(row);
    Ok(Arrival {
        id: columns.take()?,
        axis_doc_id: columns.take()?,
        listed_as: columns.word(PacketKind::from_word)?,
        listed_to: columns.take()?,
        payload: columns.take()?,
        stored: columns.take()?,
        acknowledged: columns.take()?,
        acknowledge_at: columns.take()?,
        acknowledge_attempts: columns.take()?,
        state: columns.word(ArrivalState::from_word)?,
        reason: columns.take()?,
        incoming: columns.take()?,
    })
}

pub(super) fn incoming(row: &Row<'_>) -> Result<Incoming> {
    let mut columns = Columns::of(row);
    Ok(Incoming {
        id: columns.take()?,
        kind: columns.word(PacketKind::from_word)?,
        own: columns.take()?,
        from: columns.take()?,
        sender: columns.take()?,
        document_id: columns.take()?,
        normal_id: columns.take()?,
        business: columns.take()?,
        targets: columns.take()?,
        meaning: columns.take()?,
        code: columns.take()?,
        date: columns.take()?,
        payload: columns.take()?,
        rank: columns.take()?,
        received: columns.take()?,
        state: columns.word(HandOffState::from_word)?,
        lease: columns.take()?,
        lease_until: columns.take()?,
        shown: columns.take()?,
        status: columns.take()?,
        on_hold: columns.take()?,
        about_incoming: columns.take()?,
        about_outgoing: columns.take()?,
        change: columns.word(Change::from_word)?,
        destroyed: columns.take()?,
        conflict: columns.take()?,
        verdict: columns.take()?,
        changed: columns.take()?,
    })
}

pub(super) fn came_status(row: &Row<'_>) -> Result<CameStatus> {
    let mut columns = Columns::of(row);
    Ok(CameStatus {
        id: columns.take()?,
        arrival: columns.take()?,
        from: columns.take()?,
        code: columns.take()?,
        about_organ: columns.take()?,
        about_code: columns.take()?,
        about_document_id: columns.take()?,
        about_date: columns.take()?,
        description: columns.take()?,
        timestamp: columns.take()?,
        meaning: columns.take()?,
        received: columns.take()?,
        effect: columns.word(StatusEffect::from_word)?,
        recipient: columns.take()?,
    })
}

pub(super) fn entry(row: &Row<'_>) -> Result<Entry> {
    let mut columns = Columns::of(row);
    Ok(Entry {
        number: columns.take()?,
        at: columns.take()?,
        what: columns.word(What::from_word)?,
        outgoing: columns.take::<Option<i64>>()?.map(OutgoingId),
        incoming: columns.take::<Option<i64>>()?.map(IncomingId),
        organ: columns.take()?,
        code: columns.take()?,
    })
}
