//! Rows as a test needs them: made up, and different where it says so.

use lienthong::exchange::model::{
    Arrival, ArrivalState, CameStatus, Change, Delivery, HandOffState, Incoming, Millis, Outgoing,
    PacketKind, Payload, Recipient, StatusEffect,
};
use lienthong::exchange::{Store, Tx};
use lienthong::{Error, Result};

pub const OWN: &str = "H98.01";
pub const OTHER: &str = "H99.02";
pub const ALL: usize = 1000;

/// Changes a store and gives what the work gave.
pub fn change<R: Send + 'static>(
    store: &dyn Store,
    work: impl FnOnce(&mut dyn Tx) -> Result<R> + Send + 'static,
) -> Result<R> {
    let (give, take) = std::sync::mpsc::channel();
    store.write(Box::new(move |tx| {
        give.send(work(tx)?).unwrap();
        Ok(())
    }))?;
    Ok(take.recv().unwrap())
}

/// Reads from a store.
pub fn look<R>(store: &dyn Store, work: impl Fn(&mut dyn Tx) -> Result<R>) -> Result<R> {
    let mut result = None;
    store.read(&mut |tx| {
        result = Some(work(tx)?);
        Ok(())
    })?;
    Ok(result.unwrap())
}

/// An error, as a host's work may give one.
pub fn an_error() -> Error {
    "no id"
        .parse::<lienthong::exchange::model::OutgoingId>()
        .unwrap_err()
}

pub fn payload(byte: u8) -> Payload {
    Payload {
        length: 3,
        sha256: [byte; 32],
        bytes: Some(vec![byte; 3]),
    }
}

pub fn outgoing() -> Outgoing {
    Outgoing {
        id: 0,
        kind: PacketKind::Document,
        from: OWN.to_owned(),
        document_id: Some("H98.01.2026.1".to_owned()),
        normal_id: Some("h98.01.2026.1".to_owned()),
        business: 0,
        targets: String::new(),
        code: Some("1/QĐ-X".to_owned()),
        date: Some("2026/01/02".to_owned()),
        status: None,
        meaning: [7; 32],
        payload: None,
        priority: 3,
        created: 1000,
        about_outgoing: None,
        about_incoming: None,
        frozen: false,
    }
}

pub fn recipient(outgoing: i64) -> Recipient {
    Recipient {
        id: 0,
        outgoing,
        organ: OTHER.to_owned(),
        delivery: Delivery::Queued,
        status: None,
        change: Change::None,
        attempts: 0,
        waited: 0,
        next_at: None,
        rank: 0,
        blocked_by: None,
        axis_doc_id: None,
        first_try: None,
        last_try: None,
        unknown_since: None,
        last_answer: None,
        error: None,
        remote_code: None,
        reason: None,
        changed: 1000,
        answer: None,
    }
}

pub fn arrival(axis_doc_id: &str) -> Arrival {
    Arrival {
        id: 0,
        axis_doc_id: axis_doc_id.to_owned(),
        listed_as: PacketKind::Document,
        listed_to: Some(OWN.to_owned()),
        payload: None,
        stored: 1000,
        acknowledged: false,
        acknowledge_at: 1000,
        acknowledge_attempts: 0,
        state: ArrivalState::Stored,
        reason: None,
        incoming: None,
    }
}

pub fn incoming() -> Incoming {
    Incoming {
        id: 0,
        kind: PacketKind::Document,
        own: OWN.to_owned(),
        from: "000.99.H99".to_owned(),
        sender: OTHER.to_owned(),
        document_id: Some("H99.02.2026.1".to_owned()),
        normal_id: Some("h99.02.2026.1".to_owned()),
        business: 0,
        targets: String::new(),
        meaning: [8; 32],
        code: Some("2/CV-Y".to_owned()),
        date: Some("2026/01/03".to_owned()),
        payload: None,
        rank: 0,
        received: 1000,
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
        changed: 1000,
    }
}

pub fn status(arrival: i64) -> CameStatus {
    CameStatus {
        id: 0,
        arrival,
        from: OTHER.to_owned(),
        code: 1,
        about_organ: Some(OWN.to_owned()),
        about_code: Some("1/QĐ-X".to_owned()),
        about_document_id: Some("H98.01.2026.1".to_owned()),
        about_date: Some("2026/01/02".to_owned()),
        description: None,
        timestamp: Some("2026/01/02 03:04:05".to_owned()),
        meaning: [9; 32],
        received: 1000,
        effect: StatusEffect::Applied,
        recipient: None,
    }
}

/// Adds a packet with one recipient; gives the recipient as it is stored.
pub fn sent(tx: &mut dyn Tx, set: impl FnOnce(&mut Recipient)) -> Result<Recipient> {
    sent_at(tx, 1000, set)
}

/// As [`sent`], stored at a time.
pub fn sent_at(
    tx: &mut dyn Tx,
    created: Millis,
    set: impl FnOnce(&mut Recipient),
) -> Result<Recipient> {
    let packet = tx.add_outgoing(&Outgoing {
        created,
        ..outgoing()
    })?;
    let mut row = recipient(packet);
    set(&mut row);
    row.id = tx.add_recipient(&row)?;
    Ok(row)
}

/// Adds a packet that came; gives it as it is stored.
pub fn came(tx: &mut dyn Tx, set: impl FnOnce(&mut Incoming)) -> Result<Incoming> {
    let mut row = incoming();
    set(&mut row);
    row.id = tx.add_incoming(&row)?;
    Ok(row)
}
