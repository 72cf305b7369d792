//! Looking at the exchange: where a packet stands, events, counters.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Connector;
use crate::error::Result;
use crate::exchange::insight::{self, Stats, ThreadItem, Why};
use crate::exchange::model::{
    ArrivalId, ArrivalState, Entry, IncomingId, Millis, OutgoingId, PayloadId, StatusEffect,
};
use crate::exchange::{ReadSeek, Store};
use crate::packet::StatusCode;

/// Name of the remembered number up to which events were done.
const EVENTS_DONE: &str = "events-done";

/// A packet that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Its id in this store.
    pub id: ArrivalId,
    /// The axis's id.
    pub axis_doc_id: String,
    /// When it was stored.
    pub stored: Millis,
    /// The codes of the findings that say why.
    pub reason: Option<String>,
    #[serde(skip)]
    payload: Option<PayloadId>,
}

/// A status that came about a packet of ours.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// The organ that sent it.
    pub organ: String,
    /// Its code.
    pub code: StatusCode,
    /// When it was stored.
    pub received: Millis,
    /// Its own time, `yyyy/MM/dd HH:mm:ss`.
    pub timestamp: Option<String>,
    /// What it did.
    pub effect: StatusEffect,
    /// Its reason or remark. For a clerk, not for logs.
    pub description: Option<String>,
}

crate::exchange::model::shown! {
    StatusView { organ, code, received, timestamp, effect }
}

impl Connector {
    /// Where a packet of ours stands with each recipient, why, and who has to
    /// act.
    ///
    /// # Errors
    /// `not-found`.
    pub fn why(&self, id: OutgoingId) -> Result<Why> {
        self.shared()?.look(|tx| insight::why_outgoing(tx, id.0))
    }

    /// Where a packet that came stands.
    ///
    /// # Errors
    /// `not-found`.
    pub fn why_incoming(&self, id: IncomingId) -> Result<Why> {
        self.shared()?.look(|tx| insight::why_incoming(tx, id.0))
    }

    /// Everything that hangs together with a packet of ours, in the order of
    /// time.
    ///
    /// # Errors
    /// `not-found`.
    pub fn thread(&self, id: OutgoingId) -> Result<Vec<ThreadItem>> {
        self.shared()?
            .look(|tx| insight::thread(tx, Some(id.0), None))
    }

    /// Everything that hangs together with a packet that came.
    ///
    /// # Errors
    /// `not-found`.
    pub fn thread_incoming(&self, id: IncomingId) -> Result<Vec<ThreadItem>> {
        self.shared()?
            .look(|tx| insight::thread(tx, None, Some(id.0)))
    }

    /// The statuses that came about a packet of ours, in the order they came.
    ///
    /// # Errors
    /// `not-found`.
    pub fn statuses(&self, id: OutgoingId) -> Result<Vec<StatusView>> {
        self.shared()?.look(|tx| {
            if tx.outgoing(id.0)?.is_none() {
                return Err(crate::exchange::not_found(id));
            }
            let mut found = Vec::new();
            for recipient in tx.recipients(id.0)? {
                found.extend(tx.statuses(recipient.id)?);
            }
            found.sort_by_key(|status| status.id);
            Ok(found
                .into_iter()
                .map(|status| StatusView {
                    organ: status.from,
                    code: StatusCode::from_number(status.code),
                    received: status.received,
                    timestamp: status.timestamp,
                    effect: status.effect,
                    description: status.description,
                })
                .collect())
        })
    }

    /// The packet of ours with this organ and document id.
    ///
    /// # Errors
    /// The common ones.
    pub fn find_sent(&self, from: &str, document_id: &str) -> Result<Vec<OutgoingId>> {
        let normal_id = crate::packet::target::normal_id(document_id);
        self.shared()?.look(|tx| {
            let rows = tx.outgoing_by_id(from, &normal_id)?;
            Ok(rows.iter().map(|row| OutgoingId(row.id)).collect())
        })
    }

    /// Opens the bytes of a packet of ours, as they are sent.
    ///
    /// # Errors
    /// `not-found`; `payload-gone` after they were deleted by age.
    pub fn open_sent(&self, id: OutgoingId) -> Result<Box<dyn ReadSeek + Send>> {
        self.shared()?
            .open_payload("connector.open_sent", id, |tx| {
                let row = tx.outgoing(id.0)?;
                Ok(row.ok_or_else(|| crate::exchange::not_found(id))?.payload)
            })
    }

    /// Counters, the age of the oldest undelivered packet, and who is silent.
    ///
    /// # Errors
    /// The common ones.
    pub fn stats(&self) -> Result<Stats> {
        self.shared()?.look(|tx| insight::stats(tx))
    }

    /// Waits for events that are not done and gives them, oldest first. They
    /// come again until [`Connector::events_done`].
    ///
    /// # Errors
    /// The common ones.
    pub fn events(&self, limit: usize, at_most: Duration) -> Result<Vec<Entry>> {
        let end = Instant::now().checked_add(at_most);
        loop {
            let shared = self.shared()?;
            let seen = shared.store.generation();
            let events = shared.look(|tx| {
                let done = tx.remembered(EVENTS_DONE)?;
                let done = done.and_then(|done| done.parse().ok()).unwrap_or_default();
                tx.events(done, limit)
            })?;
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            if !events.is_empty() || left.is_zero() {
                return Ok(events);
            }
            shared.store.wait(seen, left.min(Duration::from_secs(60)));
        }
    }

    /// Events up to this number are dealt with and do not come again.
    ///
    /// # Errors
    /// The common ones.
    pub fn events_done(&self, up_to: i64) -> Result<()> {
        self.shared()?.change(move |tx| {
            let done = tx.remembered(EVENTS_DONE)?;
            let done: i64 = done.and_then(|done| done.parse().ok()).unwrap_or_default();
            tx.remember(EVENTS_DONE, &done.max(up_to).to_string())
        })
    }

    /// The packets that cannot be read, oldest first.
    ///
    /// # Errors
    /// The common ones.
    pub fn quarantined(&self, limit: usize) -> Result<Vec<Quarantined>> {
        self.shared()?.look(|tx| {
            let rows = tx.quarantined(limit)?;
            Ok(rows
                .into_iter()
                .map(|row| Quarantined {
                    id: ArrivalId(row.id),
                    axis_doc_id: row.axis_doc_id,
                    stored: row.stored,
                    reason: row.reason,
                    payload: row.payload,
                })
                .collect())
        })
    }

    /// Opens the bytes of a packet in quarantine, as they were received.
    ///
    /// # Errors
    /// `payload-gone`.
    pub fn open_quarantined(&self, packet: &Quarantined) -> Result<Box<dyn ReadSeek + Send>> {
        self.shared()?
            .open_payload("connector.open_quarantined", packet.id, |_| {
                Ok(packet.payload)
            })
    }

    /// Has a packet in quarantine read again, e.g. by a newer library.
    ///
    /// # Errors
    /// `not-found` where it is not in quarantine.
    pub fn read_again(&self, id: ArrivalId) -> Result<()> {
        self.set_quarantined(id, ArrivalState::Stored)
    }

    /// Gives up a packet in quarantine. Its bytes are deleted.
    ///
    /// # Errors
    /// `not-found` where it is not in quarantine.
    pub fn drop_quarantined(&self, id: ArrivalId) -> Result<()> {
        self.set_quarantined(id, ArrivalState::Dropped)
    }

    fn set_quarantined(&self, id: ArrivalId, state: ArrivalState) -> Result<()> {
        self.shared()?.change(move |tx| {
            let mut row = tx
                .arrival(id.0)?
                .filter(|row| row.state == ArrivalState::Quarantined)
                .ok_or_else(|| crate::exchange::not_found(id))?;
            row.state = state;
            if state == ArrivalState::Dropped
                && let Some(payload) = row.payload.take()
            {
                tx.delete_payload(payload)?;
            }
            tx.save_arrival(&row)
        })
    }

    /// Copies the store, while it is at work, into a new folder. A connector
    /// that opens the copy asks the axis what became of everything that was
    /// under way.
    ///
    /// # Errors
    /// `invalid-argument` where the folder is there already; the common ones.
    pub fn backup(&self, folder: &Path) -> Result<()> {
        self.shared()?.store.backup(folder)
    }
}
