//! One transaction on the database.

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::schema::failed;
use super::{rows, sql};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::Tx;
use crate::exchange::model::{
    Arrival, ArrivalState, CameStatus, Entry, Incoming, IncomingId, Millis, Outgoing, OutgoingId,
    Payload, PayloadId, Recipient, RecipientId,
};
use crate::exchange::tx::{Count, Silence};

/// A transaction that its connection has begun.
pub(super) struct SqliteTx<'c> {
    connection: &'c Connection,
    /// Digests of files whose row was deleted.
    pub(super) unnamed: Vec<[u8; 32]>,
    /// Whether bytes were deleted.
    pub(super) deleted: bool,
}

impl<'c> SqliteTx<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        SqliteTx {
            connection,
            unnamed: Vec::new(),
            deleted: false,
        }
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map_err(failed)
    }

    /// Runs an INSERT of one row; gives its id.
    fn add(&self, sql: &str, params: impl Params) -> Result<i64> {
        match self.run(sql, params)? {
            1 => Ok(self.connection.last_insert_rowid()),
            _ => Err(Error::new(ErrorKind::NotFound, "store.add")),
        }
    }

    /// Runs an UPDATE of one row.
    fn save(&self, sql: &str, params: impl Params) -> Result<()> {
        match self.run(sql, params)? {
            1 => Ok(()),
            _ => Err(Error::new(ErrorKind::NotFound, "store.save")),
        }
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(params, row).optional())
            .map_err(failed)
    }

    fn many<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(params, row)?.collect())
            .map_err(failed)
    }

    /// The only number of a row, where there is a row and a number.
    fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>> {
        Ok(self.one(sql, params, |row| row.get(0))?.flatten())
    }

    fn exists(&self, sql: &str, params: impl Params) -> Result<bool> {
        Ok(self.one(sql, params, |_| Ok(()))?.is_some())
    }
}

/// A limit as the database takes it.
fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn first_number(row: &Row<'_>) -> rusqlite::Result<i64> {
    row.get(0)
}

impl Tx for SqliteTx<'_> {
    fn add_payload(&mut self, payload: &Payload) -> Result<PayloadId> {
        let length = i64::try_from(payload.length).unwrap_or(i64::MAX);
        self.add(
            sql::PAYLOAD_ADD,
            params![length, payload.sha256, payload.bytes],
        )
    }

    fn payload(&mut self, id: PayloadId) -> Result<Option<Payload>> {
        self.one(sql::PAYLOAD, [id], rows::payload)
    }

    fn delete_payload(&mut self, id: PayloadId) -> Result<()> {
        let file: Option<[u8; 32]> = self.one(sql::PAYLOAD_IS_FILE, [id], |row| row.get(0))?;
        for statement in [
            sql::PAYLOAD_OFF_OUTGOING,
            sql::PAYLOAD_OFF_ARRIVAL,
            sql::PAYLOAD_OFF_INCOMING,
            sql::PAYLOAD_DELETE,
        ] {
            self.run(statement, [id])?;
        }
        self.unnamed.extend(file);
        self.deleted = true;
        Ok(())
    }

    fn add_outgoing(&mut self, row: &Outgoing) -> Result<i64> {
        self.add(
            sql::OUTGOING_ADD,
            params![
                row.kind.word(),
                row.from,
                row.document_id,
                row.normal_id,
                row.business,
                row.targets,
                row.code,
                row.date,
                row.status,
                row.meaning,
                row.payload,
                row.priority,
                row.created,
                row.about_outgoing,
                row.about_incoming,
                row.frozen,
            ],
        )
    }

    fn outgoing(&mut self, id: i64) -> Result<Option<Outgoing>> {
        self.one(sql::OUTGOING, [id], rows::outgoing)
    }

    fn save_outgoing(&mut self, row: &Outgoing) -> Result<()> {
        self.save(
            sql::OUTGOING_SAVE,
            params![
                row.kind.word(),
                row.from,
                row.document_id,
                row.normal_id,
                row.business,
                row.targets,
                row.code,
                row.date,
                row.status,
                row.meaning,
                row.payload,
                row.priority,
                row.created,
                row.about_outgoing,
                row.about_incoming,
                row.frozen,
                row.id,
            ],
        )
    }

    fn outgoing_by_id(&mut self, from: &str, normal_id: &str) -> Result<Vec<Outgoing>> {
        self.many(sql::OUTGOING_BY_ID, [from, normal_id], rows::outgoing)
    }

    fn outgoing_by_code(&mut self, from: &str, code: &str, date: &str) -> Result<Vec<Outgoing>> {
        self.many(sql::OUTGOING_BY_CODE, [from, code, date], rows::outgoing)
    }

    fn outgoing_about_outgoing(&mut self, id: i64) -> Result<Vec<Outgoing>> {
        self.many(sql::OUTGOING_ABOUT_OUTGOING, [id], rows::outgoing)
    }

    fn outgoing_about_incoming(&mut self, id: i64) -> Result<Vec<Outgoing>> {
        self.many(sql::OUTGOING_ABOUT_INCOMING, [id], rows::outgoing)
    }

    fn outgoing_to_purge(
        &mut self,
        ended: Millis,
        unended: Option<Millis>,
        limit: usize,
    ) -> Result<Vec<Outgoing>> {
        self.many(
            sql::OUTGOING_TO_PURGE,
            params![ended, at_most(limit), unended],
            rows::outgoing,
        )
    }

    fn add_recipient(&mut self, row: &Recipient) -> Result<RecipientId> {
        self.add(
            sql::RECIPIENT_ADD,
            params![
                row.delivery.word(),
                row.status,
                row.change.word(),
                row.attempts,
                row.waited,
                row.next_at,
                row.rank,
                row.blocked_by,
                row.axis_doc_id,
                row.first_try,
                row.last_try,
                row.unknown_since,
                row.last_answer,
                row.error,
                row.remote_code,
                row.reason,
                row.changed,
                row.answer,
                row.outgoing,
                row.organ,
            ],
        )
    }

    fn recipient(&mut self, id: RecipientId) -> Result<Option<Recipient>> {
        self.one(sql::RECIPIENT, [id], rows::recipient)
    }

    fn save_recipient(&mut self, row: &Recipient) -> Result<()> {
        self.save(
            sql::RECIPIENT_SAVE,
            params![
                row.delivery.word(),
                row.status,
                row.change.word(),
                row.attempts,
                row.waited,
                row.next_at,
                row.rank,
                row.blocked_by,
                row.axis_doc_id,
                row.first_try,
                row.last_try,
                row.unknown_since,
                row.last_answer,
                row.error,
                row.remote_code,
                row.reason,
                row.changed,
                row.answer,
                row.id,
            ],
        )
    }

    fn recipients(&mut self, outgoing: i64) -> Result<Vec<Recipient>> {
        self.many(sql::RECIPIENTS, [outgoing], rows::recipient)
    }

    fn ready(&mut self, limit: usize) -> Result<Vec<Recipient>> {
        self.many(sql::READY, [at_most(limit)], rows::recipient)
    }

    fn promote(&mut self, now: Millis, beyond: Millis) -> Result<u64> {
        let due = self.run(sql::PROMOTE_DUE, [now])?;
        let beyond = self.run(sql::PROMOTE_BEYOND, [beyond])?;
        Ok((due + beyond) as u64)
    }

    fn next_due(&mut self) -> Result<Option<Millis>> {
        let queued = self.number(sql::NEXT_QUEUED, [])?;
        let unknown = self.number(sql::NEXT_UNKNOWN, [])?;
        Ok(queued.into_iter().chain(unknown).min())
    }

    fn undelivered(&mut self, after: RecipientId, limit: usize) -> Result<Vec<Recipient>> {
        self.many(
            sql::UNDELIVERED,
            params![after, at_most(limit)],
            rows::recipient,
        )
    }

    fn sending(&mut self, limit: usize) -> Result<Vec<Recipient>> {
        self.many(sql::SENDING, [at_most(limit)], rows::recipient)
    }

    fn unknown_due(&mut self, now: Millis, beyond: Millis, limit: usize) -> Result<Vec<Recipient>> {
        let mut due = self.many(sql::UNKNOWN_AT_ONCE, [at_most(limit)], rows::recipient)?;
        for (statement, time) in [
            (sql::UNKNOWN_DUE, now),
            (sql::UNKNOWN_BEYOND, beyond.max(now)),
        ] {
            let left = at_most(limit.saturating_sub(due.len()));
            due.extend(self.many(statement, [left, time], rows::recipient)?);
        }
        Ok(due)
    }

    fn unblock(&mut self, accepted: RecipientId) -> Result<u64> {
        Ok(self.run(sql::UNBLOCK, [accepted])? as u64)
    }

    fn axis_doc_id_known(&mut self, axis_doc_id: &str) -> Result<bool> {
        self.exists(sql::AXIS_DOC_ID_KNOWN, [axis_doc_id])
    }

    fn oldest_undelivered(&mut self) -> Result<Option<Millis>> {
        self.number(sql::OLDEST_UNDELIVERED, [])
    }

    fn silence(&mut self, limit: usize) -> Result<Vec<Silence>> {
        self.many(sql::SILENCE, [at_most(limit)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
    }

    fn not_finished(&mut self, before: Millis, limit: usize) -> Result<Vec<Recipient>> {
        self.many(sql::NOT_FINISHED, [before, at_most(limit)], rows::recipient)
    }

    fn add_arrival(&mut self, row: &Arrival) -> Result<i64> {
        self.add(
            sql::ARRIVAL_ADD,
            params![
                row.axis_doc_id,
                row.listed_as.word(),
                row.listed_to,
                row.payload,
                row.stored,
                row.acknowledged,
                row.acknowledge_at,
                row.acknowledge_attempts,
                row.state.word(),
                row.reason,
                row.incoming,
            ],
        )
    }

    fn arrival(&mut self, id: i64) -> Result<Option<Arrival>> {
        self.one(sql::ARRIVAL, [id], rows::arrival)
    }

    fn save_arrival(&mut self, row: &Arrival) -> Result<()> {
        self.save(
            sql::ARRIVAL_SAVE,
            params![
                row.axis_doc_id,
                row.listed_as.word(),
                row.listed_to,
                row.payload,
                row.stored,
                row.acknowledged,
                row.acknowledge_at,
                row.acknowledge_attempts,
                row.state.word(),
                row.reason,
                row.incoming,
                row.id,
            ],
        )
    }

    fn arrival_by_axis_id(&mut self, axis_doc_id: &str) -> Result<Option<Arrival>> {
        self.one(sql::ARRIVAL_BY_AXIS_ID, [axis_doc_id], rows::arrival)
    }

    fn arrivals_to_understand(&mut self, limit: usize) -> Result<Vec<Arrival>> {
        let state = ArrivalState::Stored.word();
        self.many(
            sql::ARRIVALS_IN_STATE,
            params![state, at_most(limit)],
            rows::arrival,
        )
    }

    fn arrivals_to_acknowledge(
        &mut self,
        now: Millis,
        beyond: Millis,
        limit: usize,
    ) -> Result<Vec<Arrival>> {
        let mut due = self.many(sql::ACKNOWLEDGE_DUE, [at_most(limit), now], rows::arrival)?;
        let left = at_most(limit.saturating_sub(due.len()));
        due.extend(self.many(
            sql::ACKNOWLEDGE_BEYOND,
            [left, beyond.max(now)],
            rows::arrival,
        )?);
        Ok(due)
    }

    fn next_acknowledge(&mut self) -> Result<Option<Millis>> {
        self.number(sql::NEXT_ACKNOWLEDGE, [])
    }

    fn quarantined(&mut self, limit: usize) -> Result<Vec<Arrival>> {
        let state = ArrivalState::Quarantined.word();
        self.many(
            sql::ARRIVALS_IN_STATE,
            params![state, at_most(limit)],
            rows::arrival,
        )
    }

    fn arrivals_to_purge(&mut self, before: Millis, limit: usize) -> Result<Vec<Arrival>> {
        self.many(
            sql::ARRIVALS_TO_PURGE,
            [before, at_most(limit)],
            rows::arrival,
        )
    }

    fn add_incoming(&mut self, row: &Incoming) -> Result<i64> {
        self.add(
            sql::INCOMING_ADD,
            params![
                row.kind.word(),
                row.own,
                row.from,
                row.sender,
                row.document_id,
                row.normal_id,
                row.business,
                row.targets,
                row.meaning,
                row.code,
                row.date,
                row.payload,
                row.rank,
                row.received,
                row.state.word(),
                row.lease,
                row.lease_until,
                row.shown,
                row.status,
                row.on_hold,
                row.about_incoming,
                row.about_outgoing,
                row.change.word(),
                row.destroyed,
                row.conflict,
                row.verdict,
                row.changed,
            ],
        )
    }

    fn incoming(&mut self, id: i64) -> Result<Option<Incoming>> {
        self.one(sql::INCOMING, [id], rows::incoming)
    }

    fn save_incoming(&mut self, row: &Incoming) -> Result<()> {
        self.save(
            sql::INCOMING_SAVE,
            params![
                row.kind.word(),
                row.own,
                row.from,
                row.sender,
                row.document_id,
                row.normal_id,
                row.business,
                row.targets,
                row.meaning,
                row.code,
                row.date,
                row.payload,
                row.rank,
                row.received,
                row.state.word(),
                row.lease,
                row.lease_until,
                row.shown,
                row.status,
                row.on_hold,
                row.about_incoming,
                row.about_outgoing,
                row.change.word(),
                row.destroyed,
                row.conflict,
                row.verdict,
                row.changed,
                row.id,
            ],
        )
    }

    fn incoming_by_id(
        &mut self,
        own: &str,
        sender: &str,
        normal_id: &str,
    ) -> Result<Vec<Incoming>> {
        self.many(
            sql::INCOMING_BY_ID,
            [own, sender, normal_id],
            rows::incoming,
        )
    }

    fn incoming_by_code(
        &mut self,
        own: &str,
        sender: &str,
        code: &str,
        date: &str,
    ) -> Result<Vec<Incoming>> {
        self.many(
            sql::INCOMING_BY_CODE,
            [own, sender, code, date],
            rows::incoming,
        )
    }

    fn incoming_about_incoming(&mut self, id: i64) -> Result<Vec<Incoming>> {
        self.many(sql::INCOMING_ABOUT_INCOMING, [id], rows::incoming)
    }

    fn incoming_about_outgoing(&mut self, id: i64) -> Result<Vec<Incoming>> {
        self.many(sql::INCOMING_ABOUT_OUTGOING, [id], rows::incoming)
    }

    fn incoming_waiting(&mut self, own: &str, sender: &str, limit: usize) -> Result<Vec<Incoming>> {
        self.many(
            sql::INCOMING_WAITING,
            params![own, sender, at_most(limit)],
            rows::incoming,
        )
    }

    fn waiting_since(&mut self, before: Millis, limit: usize) -> Result<Vec<Incoming>> {
        self.many(
            sql::WAITING_SINCE,
            params![before, at_most(limit)],
            rows::incoming,
        )
    }

    fn next_to_show(&mut self, now: Millis, beyond: Millis) -> Result<Option<Incoming>> {
        let beyond = beyond.max(now);
        let offered = self.one(sql::FIRST_OFFERED, [], rows::incoming)?;
        let Some(rank) = self.number(sql::LEASE_OVER_RANK, [now, beyond])? else {
            return Ok(offered);
        };
        let id = self.number(sql::LEASE_OVER_ID, [now, beyond, rank])?;
        match (offered, id) {
            (Some(offered), Some(id)) if (offered.rank, offered.id) < (rank, id) => {
                Ok(Some(offered))
            }
            (_, Some(id)) => self.incoming(id),
            (offered, None) => Ok(offered),
        }
    }

    fn next_lease_end(&mut self) -> Result<Option<Millis>> {
        self.number(sql::NEXT_LEASE_END, [])
    }

    fn incoming_to_purge(&mut self, before: Millis, limit: usize) -> Result<Vec<Incoming>> {
        self.many(
            sql::INCOMING_TO_PURGE,
            [before, at_most(limit)],
            rows::incoming,
        )
    }

    fn add_status(&mut self, row: &CameStatus) -> Result<i64> {
        self.add(
            sql::STATUS_ADD,
            params![
                row.arrival,
                row.from,
                row.code,
                row.about_organ,
                row.about_code,
                row.about_document_id,
                row.about_date,
                row.description,
                row.timestamp,
                row.meaning,
                row.received,
                row.effect.word(),
                row.recipient,
            ],
        )
    }

    fn save_status(&mut self, row: &CameStatus) -> Result<()> {
        self.save(
            sql::STATUS_SAVE,
            params![
                row.arrival,
                row.from,
                row.code,
                row.about_organ,
                row.about_code,
                row.about_document_id,
                row.about_date,
                row.description,
                row.timestamp,
                row.meaning,
                row.received,
                row.effect.word(),
                row.recipient,
                row.id,
            ],
        )
    }

    fn status_known(&mut self, from: &str, meaning: &[u8; 32]) -> Result<bool> {
        self.exists(sql::STATUS_KNOWN, params![from, meaning])
    }

    fn statuses(&mut self, recipient: RecipientId) -> Result<Vec<CameStatus>> {
        self.many(sql::STATUSES, [recipient], rows::came_status)
    }

    fn unmatched(&mut self, organ: &str, limit: usize) -> Result<Vec<CameStatus>> {
        self.many(
            sql::UNMATCHED,
            params![organ, at_most(limit)],
            rows::came_status,
        )
    }

    fn log(&mut self, entry: &Entry) -> Result<i64> {
        self.add(
            sql::JOURNAL_ADD,
            params![
                entry.at,
                entry.what.word(),
                entry.what.is_event(),
                entry.outgoing.map(|OutgoingId(id)| id),
                entry.incoming.map(|IncomingId(id)| id),
                entry.organ,
                entry.code,
            ],
        )
    }

    fn journal(
        &mut self,
        outgoing: Option<i64>,
        incoming: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Entry>> {
        self.many(
            sql::JOURNAL,
            params![outgoing, incoming, at_most(limit)],
            rows::entry,
        )
    }

    fn events(&mut self, after: i64, limit: usize) -> Result<Vec<Entry>> {
        self.many(sql::EVENTS, [after, at_most(limit)], rows::entry)
    }

    fn purge_journal(&mut self, before: Millis, up_to: i64, limit: usize) -> Result<u64> {
        Ok(self.run(sql::JOURNAL_PURGE, [before, up_to, at_most(limit)])? as u64)
    }

    fn remembered(&mut self, name: &str) -> Result<Option<String>> {
        self.one(sql::REMEMBERED, [name], |row| row.get(0))
    }

    fn remember(&mut self, name: &str, value: &str) -> Result<()> {
        self.run(sql::REMEMBER, [name, value]).map(|_| ())
    }

    fn current_code(&mut self, code: &str) -> Result<Option<String>> {
        self.one(sql::CODE, [code], |row| row.get(0))
    }

    fn set_codes(&mut self, old_and_new: &[(String, String)]) -> Result<()> {
        self.run(sql::CODES_DELETE, [])?;
        for (old, current) in old_and_new {
            self.run(sql::CODE_ADD, [old, current])?;
        }
        // From sender to sender by the index, not through all packets.
        let mut at = (String::new(), String::new());
        loop {
            let next = self.one(sql::INCOMING_NEXT_SENDER, [&at.0, &at.1], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?;
            let Some((own, sender)) = next else {
                return Ok(());
            };
            if let Some(current) = self.current_code(&sender)? {
                self.run(sql::INCOMING_SENDER, [&own, &sender, &current])?;
            }
            at = (own, sender);
        }
    }

    fn forget(&mut self, before: Millis, limit: usize) -> Result<u64> {
        let mut forgotten = 0;
        let left = |forgotten: usize| [before, at_most(limit.saturating_sub(forgotten))];

        for id in self.many(sql::FORGETTABLE_OUTGOING, left(forgotten), first_number)? {
            self.run(sql::FORGET_STATUSES_OF, [id])?;
            self.run(sql::FORGET_RECIPIENTS_OF, [id])?;
            forgotten += self.run(sql::FORGET_OUTGOING, [id])?;
        }
        for id in self.many(sql::FORGETTABLE_INCOMING, left(forgotten), first_number)? {
            self.run(sql::FORGET_ARRIVALS_OF, [id])?;
            forgotten += self.run(sql::FORGET_INCOMING, [id])?;
        }
        forgotten += self.run(sql::FORGET_STATUSES, left(forgotten))?;
        forgotten += self.run(sql::FORGET_ARRIVALS, left(forgotten))?;
        Ok(forgotten as u64)
    }

    fn counts(&mut self) -> Result<Vec<Count>> {
        let mut counts = Vec::new();
        for (rows, statement) in [
            ("recipient", sql::COUNT_RECIPIENTS),
            ("arrival", sql::COUNT_ARRIVALS),
            ("incoming", sql::COUNT_INCOMING),
            ("status", sql::COUNT_STATUSES),
        ] {
            let each = self.many(statement, [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
            })?;
            counts.extend(
                each.into_iter()
                    .map(|(state, number)| (rows, state, number.unsigned_abs())),
            );
        }
        Ok(counts)
    }
}
