//! What the exchange needs of a store: rows to find and to save, within one
//! transaction. SQLite implements it; the contract tests hold any store to it.

use std::io::{Read, Seek, Write};
use std::time::Duration;

use super::model::{
    Arrival, CameStatus, Entry, Incoming, Millis, Outgoing, Payload, PayloadId, Recipient,
    RecipientId,
};
use crate::error::Result;

/// How many rows of each kind and state there are: `("recipient", "queued", 3)`.
pub type Count = (&'static str, String, u64);

/// An organ, when it last answered, and since when a document waits there for a
/// first answer.
pub type Silence = (String, Option<Millis>, Option<Millis>);

/// One transaction. Lists are in the order stated, else by id.
///
/// Whatever is saved is seen by later calls of the same transaction. Methods
/// that add give the new id. `limit` bounds the rows of a list.
pub trait Tx {
    // Payloads

    /// Stores bytes. Those that are not in `bytes` were stored by a [`Spool`]
    /// before; what its end gave lives until this is committed.
    fn add_payload(&mut self, payload: &Payload) -> Result<PayloadId>;
    /// Where the bytes are.
    fn payload(&mut self, id: PayloadId) -> Result<Option<Payload>>;
    /// Deletes bytes and takes their id off every row that names it: those of a
    /// row at once, those of a file after the commit, where nothing else names it.
    fn delete_payload(&mut self, id: PayloadId) -> Result<()>;

    // Packets of ours

    /// Adds a packet.
    fn add_outgoing(&mut self, row: &Outgoing) -> Result<i64>;
    /// A packet.
    fn outgoing(&mut self, id: i64) -> Result<Option<Outgoing>>;
    /// Saves a packet. This and the like: `not-found` where there is no such row.
    fn save_outgoing(&mut self, row: &Outgoing) -> Result<()>;
    /// Documents of an organ of ours with this id in its normal form.
    fn outgoing_by_id(&mut self, from: &str, normal_id: &str) -> Result<Vec<Outgoing>>;
    /// Documents of an organ of ours with this number, notation and date.
    fn outgoing_by_code(&mut self, from: &str, code: &str, date: &str) -> Result<Vec<Outgoing>>;
    /// Packets that act on a packet of ours.
    fn outgoing_about_outgoing(&mut self, id: i64) -> Result<Vec<Outgoing>>;
    /// Packets (statuses, answers) about a packet that came.
    fn outgoing_about_incoming(&mut self, id: i64) -> Result<Vec<Outgoing>>;
    /// Packets whose payload is there and that are at their end: stored before
    /// `ended`, with every recipient dropped, or accepted by the axis and then
    /// finished, refused or recalled (a status: accepted). Those accepted without
    /// such an end: stored before `unended`, where that is given. One that failed
    /// is never at its end. Oldest first.
    fn outgoing_to_purge(
        &mut self,
        ended: Millis,
        unended: Option<Millis>,
        limit: usize,
    ) -> Result<Vec<Outgoing>>;

    // Recipients

    /// Adds a recipient of a packet that is there.
    fn add_recipient(&mut self, row: &Recipient) -> Result<RecipientId>;
    /// A recipient.
    fn recipient(&mut self, id: RecipientId) -> Result<Option<Recipient>>;
    /// Saves a recipient, all but its packet and its organ, which do not change.
    fn save_recipient(&mut self, row: &Recipient) -> Result<()>;
    /// The recipients of a packet.
    fn recipients(&mut self, outgoing: i64) -> Result<Vec<Recipient>>;
    /// Queued, not blocked, without `next_at`: by rank, then id.
    fn ready(&mut self, limit: usize) -> Result<Vec<Recipient>>;
    /// Takes `next_at` off queued ones whose time has come, or lies further off
    /// than `beyond` (the clock was put back); gives how many.
    fn promote(&mut self, now: Millis, beyond: Millis) -> Result<u64>;
    /// When the next one is due that is queued with a `next_at`, or unknown (one
    /// without `next_at`: 0).
    fn next_due(&mut self) -> Result<Option<Millis>>;
    /// Those that are not final, after an id; by id.
    fn undelivered(&mut self, after: RecipientId, limit: usize) -> Result<Vec<Recipient>>;
    /// Those in `Sending`, for a worker that starts.
    fn sending(&mut self, limit: usize) -> Result<Vec<Recipient>>;
    /// Those of unknown outcome that are due, or lie further off than `beyond`:
    /// by `next_at`, none first, then id.
    fn unknown_due(&mut self, now: Millis, beyond: Millis, limit: usize) -> Result<Vec<Recipient>>;
    /// Lifts the block of all that wait for this one; gives how many.
    fn unblock(&mut self, accepted: RecipientId) -> Result<u64>;
    /// Whether an id of the axis belongs to a recipient already.
    fn axis_doc_id_known(&mut self, axis_doc_id: &str) -> Result<bool>;
    /// The first of those that are not final, by the time their packet was
    /// stored: that time.
    fn oldest_undelivered(&mut self) -> Result<Option<Millis>>;
    /// For each organ that was sent a document, by organ: when it last answered,
    /// and the last attempt of the first document that stands accepted without
    /// any answer.
    fn silence(&mut self, limit: usize) -> Result<Vec<Silence>>;
    /// Recipients whose last status is one of 01, 03, 04, 05 and that last changed
    /// before a time: by that time, then id.
    fn not_finished(&mut self, before: Millis, limit: usize) -> Result<Vec<Recipient>>;

    // Deliveries of the axis

    /// Adds a delivery.
    fn add_arrival(&mut self, row: &Arrival) -> Result<i64>;
    /// A delivery.
    fn arrival(&mut self, id: i64) -> Result<Option<Arrival>>;
    /// Saves a delivery.
    fn save_arrival(&mut self, row: &Arrival) -> Result<()>;
    /// A delivery by the axis's id.
    fn arrival_by_axis_id(&mut self, axis_doc_id: &str) -> Result<Option<Arrival>>;
    /// Deliveries that are stored and not understood.
    fn arrivals_to_understand(&mut self, limit: usize) -> Result<Vec<Arrival>>;
    /// Deliveries the axis has to be told of by now, or not before `beyond`: by
    /// `acknowledge_at`, then id.
    fn arrivals_to_acknowledge(
        &mut self,
        now: Millis,
        beyond: Millis,
        limit: usize,
    ) -> Result<Vec<Arrival>>;
    /// When the axis has to be told of the next one.
    fn next_acknowledge(&mut self) -> Result<Option<Millis>>;
    /// Deliveries in quarantine.
    fn quarantined(&mut self, limit: usize) -> Result<Vec<Arrival>>;
    /// Deliveries stored before a time that are acknowledged, and understood or
    /// dropped, and whose payload is there and not that of their packet in the
    /// inbox; oldest first.
    fn arrivals_to_purge(&mut self, before: Millis, limit: usize) -> Result<Vec<Arrival>>;

    // The inbox

    /// Adds a packet that came.
    fn add_incoming(&mut self, row: &Incoming) -> Result<i64>;
    /// A packet that came.
    fn incoming(&mut self, id: i64) -> Result<Option<Incoming>>;
    /// Saves a packet that came.
    fn save_incoming(&mut self, row: &Incoming) -> Result<()>;
    /// Those for an organ of ours, from a sender (its code of today), with this
    /// document id in its normal form.
    fn incoming_by_id(&mut self, own: &str, sender: &str, normal_id: &str)
    -> Result<Vec<Incoming>>;
    /// Those for an organ of ours with this sender, number, notation and date.
    fn incoming_by_code(
        &mut self,
        own: &str,
        sender: &str,
        code: &str,
        date: &str,
    ) -> Result<Vec<Incoming>>;
    /// Actions on a packet that came.
    fn incoming_about_incoming(&mut self, id: i64) -> Result<Vec<Incoming>>;
    /// Answers to a packet of ours.
    fn incoming_about_outgoing(&mut self, id: i64) -> Result<Vec<Incoming>>;
    /// Actions of a sender that wait for their original, for an organ of ours.
    fn incoming_waiting(&mut self, own: &str, sender: &str, limit: usize) -> Result<Vec<Incoming>>;
    /// Actions that wait for their original and came before a time.
    fn waiting_since(&mut self, before: Millis, limit: usize) -> Result<Vec<Incoming>>;
    /// What may be shown now: not on hold, and offered or its lease is over (ends
    /// by `now`, or further off than `beyond`); by rank, then id.
    fn next_to_show(&mut self, now: Millis, beyond: Millis) -> Result<Option<Incoming>>;
    /// When the next lease ends of what is not on hold.
    fn next_lease_end(&mut self) -> Result<Option<Millis>>;
    /// Those accepted or refused that last changed before a time, whose payload is
    /// there, that are not on hold and about which nothing waits to be sent; the
    /// longest unchanged first.
    fn incoming_to_purge(&mut self, before: Millis, limit: usize) -> Result<Vec<Incoming>>;

    // Statuses that came

    /// Adds a status.
    fn add_status(&mut self, row: &CameStatus) -> Result<i64>;
    /// Saves a status.
    fn save_status(&mut self, row: &CameStatus) -> Result<()>;
    /// Whether this organ sent a status of this meaning already.
    fn status_known(&mut self, from: &str, meaning: &[u8; 32]) -> Result<bool>;
    /// Statuses about a recipient of ours, in the order they came.
    fn statuses(&mut self, recipient: RecipientId) -> Result<Vec<CameStatus>>;
    /// Unmatched statuses that name this organ (in either place).
    fn unmatched(&mut self, organ: &str, limit: usize) -> Result<Vec<CameStatus>>;

    // Journal

    /// Adds a line.
    fn log(&mut self, entry: &Entry) -> Result<i64>;
    /// Lines about either packet, oldest first.
    fn journal(
        &mut self,
        outgoing: Option<i64>,
        incoming: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>>;
    /// Lines that are events, after a number.
    fn events(&mut self, after: i64, limit: usize) -> Result<Vec<Entry>>;
    /// Deletes lines before a time, not beyond this number; gives how many.
    fn purge_journal(&mut self, before: Millis, up_to: i64, limit: usize) -> Result<u64>;

    // The rest

    /// A remembered value.
    fn remembered(&mut self, name: &str) -> Result<Option<String>>;
    /// Remembers a value.
    fn remember(&mut self, name: &str, value: &str) -> Result<()>;
    /// The code of today of an organ's old code.
    fn current_code(&mut self, code: &str) -> Result<Option<String>>;
    /// Replaces the table of old and new codes, and brings the senders of packets
    /// that came to their code of today.
    fn set_codes(&mut self, old_and_new: &[(String, String)]) -> Result<()>;
    /// Deletes rows without payload whose last change is before a time (with
    /// their recipients and statuses), where nothing else names them; gives how
    /// many.
    fn forget(&mut self, before: Millis, limit: usize) -> Result<u64>;
    /// How many rows there are in each state.
    fn counts(&mut self) -> Result<Vec<Count>>;
}

/// A unit of work for the writer of a store.
pub type Work = Box<dyn FnOnce(&mut dyn Tx) -> Result<()> + Send>;

/// Takes the bytes of one payload before the transaction that stores its row.
///
/// After a failed write, [`Spool::finish`] gives the reason.
pub trait Spool: Write + Send {
    /// Makes the bytes durable.
    ///
    /// # Errors
    /// `store-full`, `store-failed`.
    fn finish(self: Box<Self>) -> Result<Stored>;
}

/// Bytes that are stored, and not named by a row yet.
pub struct Stored {
    /// What to give to [`Tx::add_payload`].
    pub payload: Payload,
    /// Keeps the bytes from being swept up; dropped once the row is committed.
    pub guard: Box<dyn Send>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("length", &self.payload.length)
            .finish_non_exhaustive()
    }
}

/// Bytes to read, at any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A store.
///
/// Any number of threads may use it, and further processes on the same machine
/// through handles of their own.
pub trait Store: Send + Sync {
    /// Does the work in one transaction; when this returns without error, it is
    /// durable. Where the work fails, nothing of it stays. Several callers may
    /// share one commit.
    ///
    /// # Errors
    /// What the work gave; `store-full`, `store-failed`, `closed`, `after-fork`;
    /// `internal` where it panicked.
    fn write(&self, work: Work) -> Result<()>;

    /// Reads in one transaction: one state of the store.
    ///
    /// # Errors
    /// As [`Store::write`].
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

    /// Begins to take bytes.
    ///
    /// # Errors
    /// `store-full`, `store-failed`, `closed`, `after-fork`.
    fn spool(&self) -> Result<Box<dyn Spool>>;

    /// Opens bytes.
    ///
    /// # Errors
    /// `store-failed`, with their digest, where they are not there.
    fn open_payload(&self, payload: &Payload) -> Result<Box<dyn ReadSeek + Send>>;

    /// Removes what a crash left behind of bytes that no row names; gives how
    /// many files. Where others are storing bytes it may leave all for the next
    /// time.
    ///
    /// # Errors
    /// As [`Store::write`].
    fn sweep(&self) -> Result<u64>;

    /// A number that changes when anything was written, by any process. It may
    /// change without that as well.
    fn generation(&self) -> u64;

    /// Waits until the generation is another than `seen`, or the time is over;
    /// gives the new one.
    fn wait(&self, seen: u64, at_most: Duration) -> u64;

    /// Wakes all of this process that wait, by changing the generation.
    fn wake(&self);
}

impl dyn Store + '_ {
    /// [`Store::write`] with a result.
    pub(crate) fn change<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let (give, take) = std::sync::mpsc::sync_channel(1);
        self.write(Box::new(move |tx| {
            let result = work(tx)?;
            // The receiver lives until `write` returns.
            let _ = give.send(result);
            Ok(())
        }))?;
        take.try_recv()
            .map_err(|_| crate::error::Error::new(crate::error::ErrorKind::Internal, "store.write"))
    }

    /// [`Store::read`] with a result.
    pub(crate) fn look<R>(&self, mut work: impl FnMut(&mut dyn Tx) -> Result<R>) -> Result<R> {
        let mut result = None;
        self.read(&mut |tx| {
            result = Some(work(tx)?);
            Ok(())
        })?;
        result.ok_or_else(|| {
            crate::error::Error::new(crate::error::ErrorKind::Internal, "store.read")
        })
    }
}
