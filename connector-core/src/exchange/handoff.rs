//! Giving packets that came to the host: shown under a lease until the host
//! accepts, refuses or gives back; accepted once.

use super::chain;
use super::model::{Change, Entry, HandOffState, Incoming, IncomingId, Millis, What};
use super::report::{self, Remark};
use super::tx::Tx;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::StatusCode;

/// Shows the next packet, if there is one.
pub fn show(tx: &mut dyn Tx, now: Millis, lease: i64, random: i64) -> Result<Option<Incoming>> {
    let Some(mut row) = tx.next_to_show(now, super::beyond(now, lease))? else {
        return Ok(None);
    };
    row.state = HandOffState::Leased;
    row.lease = Some(random);
    row.lease_until = Some(now.saturating_add(lease));
    row.shown = row.shown.saturating_add(1);
    tx.save_incoming(&row)?;
    let shown = Entry::new(now, What::Shown)
        .incoming(row.id)
        .code(row.shown.to_string());
    tx.log(&shown)?;
    Ok(Some(row))
}

/// The row of a hand-off that is still the caller's.
fn held(tx: &mut dyn Tx, id: i64, lease: i64) -> Result<Incoming> {
    let row = tx
        .incoming(id)?
        .ok_or_else(|| super::not_found(IncomingId(id)))?;
    if row.state == HandOffState::Leased && row.lease == Some(lease) {
        return Ok(row);
    }
    Err(Error::new(ErrorKind::LeaseLost, "connector.hand_off")
        .with("incoming", IncomingId(id).to_string())
        .with("state", row.state.word()))
}

fn end(
    tx: &mut dyn Tx,
    now: Millis,
    mut row: Incoming,
    state: HandOffState,
    what: What,
) -> Result<()> {
    row.state = state;
    row.lease = None;
    row.lease_until = None;
    row.changed = now;
    tx.save_incoming(&row)?;
    tx.log(&Entry::new(now, what).incoming(row.id)).map(drop)
}

/// The host has it.
pub fn accept(tx: &mut dyn Tx, now: Millis, id: i64, lease: i64) -> Result<()> {
    let row = held(tx, id, lease)?;
    end(tx, now, row, HandOffState::Accepted, What::HostAccepted)
}

/// The host refuses it: the sender is told with 02 and the reason.
pub fn refuse(
    tx: &mut dyn Tx,
    now: Millis,
    id: i64,
    lease: i64,
    remark: &Remark,
    longest_note: usize,
) -> Result<()> {
    let row = held(tx, id, lease)?;
    if chain::is_action(&row) && row.change == Change::Requested {
        return Err(Error::new(ErrorKind::StatusIllegal, "connector.refuse")
            .with("incoming", IncomingId(id).to_string())
            .with("reason", "an action is agreed to or declined"));
    }
    report::report(tx, now, id, StatusCode::Refused, remark, longest_note)?;
    let row = tx
        .incoming(id)?
        .ok_or_else(|| super::not_found(IncomingId(id)))?;
    end(tx, now, row, HandOffState::Refused, What::HostRefused)
}

/// The host cannot take it now: it is shown again after `pause` milliseconds.
pub fn give_back(tx: &mut dyn Tx, now: Millis, id: i64, lease: i64, pause: i64) -> Result<()> {
    let mut row = held(tx, id, lease)?;
    row.lease = None;
    row.lease_until = Some(now.saturating_add(pause.max(0)));
    row.changed = now;
    tx.save_incoming(&row)?;
    tx.log(&Entry::new(now, What::GivenBack).incoming(id))
        .map(drop)
}
