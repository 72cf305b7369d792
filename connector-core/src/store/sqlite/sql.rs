//! Every statement on the tables, by subject. A test asks SQLite how it would
//! run each: none may go through a big table, and none of those that run all
//! the time may sort. Where a less fitting index would do as well, the right one
//! is named (`INDEXED BY`): without it the statement fails and is not slow.

macro_rules! payload_columns {
    () => {
        "length, sha256, bytes"
    };
}
macro_rules! outgoing_columns {
    () => {
        "kind, own, document_id, normal_id, business, targets, code, date, status, meaning, \
         payload, priority, created, about_outgoing, about_incoming, frozen"
    };
}
macro_rules! recipient_columns {
    () => {
        "delivery, status, change, attempts, waited, next_at, rank, blocked_by, axis_doc_id, \
         first_try, last_try, unknown_since, last_answer, error, remote_code, reason, changed, \
         answer"
    };
}
macro_rules! arrival_columns {
    () => {
        "axis_doc_id, listed_as, listed_to, payload, stored, acknowledged, acknowledge_at, \
         acknowledge_attempts, state, reason, incoming"
    };
}
macro_rules! incoming_columns {
    () => {
        "kind, own, sender_written, sender, document_id, normal_id, business, targets, meaning, \
         code, date, payload, rank, received, state, lease, lease_until, shown, status, on_hold, \
         about_incoming, about_outgoing, change, destroyed, conflict, verdict, changed"
    };
}
macro_rules! status_columns {
    () => {
        "arrival, sender, code, about_organ, about_code, about_document_id, about_date, \
         description, timestamp, meaning, received, effect, recipient"
    };
}

macro_rules! from_payload {
    ($($rest:literal),*) => {
        concat!("SELECT ", payload_columns!(), " FROM payload ", $($rest),*)
    };
}
macro_rules! from_outgoing {
    ($($rest:literal),*) => {
        concat!("SELECT id, ", outgoing_columns!(), " FROM outgoing ", $($rest),*)
    };
}
macro_rules! from_recipient {
    ($($rest:literal),*) => {
        concat!("SELECT id, outgoing, organ, ", recipient_columns!(), " FROM recipient ", $($rest),*)
    };
}
macro_rules! from_arrival {
    ($($rest:literal),*) => {
        concat!("SELECT id, ", arrival_columns!(), " FROM arrival ", $($rest),*)
    };
}
macro_rules! from_incoming {
    ($($rest:literal),*) => {
        concat!("SELECT id, ", incoming_columns!(), " FROM incoming ", $($rest),*)
    };
}
macro_rules! from_status {
    ($($rest:literal),*) => {
        concat!("SELECT id, ", status_columns!(), " FROM came_status ", $($rest),*)
    };
}
macro_rules! from_journal {
    ($($rest:literal),*) => {
        concat!("SELECT number, at, what, outgoing, incoming, organ, code FROM journal ", $($rest),*)
    };
}

macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        $(pub(super) const $name: &str = $text;)*

        /// Every statement by its name.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name),)*];
    };
}

statements! {
    // Payloads
    PAYLOAD_ADD = concat!(
        "INSERT INTO payload (", payload_columns!(), ") VALUES (?1, ?2, ?3)"
    );
    PAYLOAD = from_payload!("WHERE id = ?1");
    PAYLOAD_IS_FILE = "SELECT sha256 FROM payload WHERE id = ?1 AND bytes IS NULL";
    PAYLOAD_NAMES_FILE = "SELECT 1 FROM payload WHERE sha256 = ?1 AND bytes IS NULL LIMIT 1";
    PAYLOAD_FILES = "SELECT DISTINCT sha256 FROM payload INDEXED BY payload_file WHERE bytes IS NULL";
    PAYLOAD_DELETE = "DELETE FROM payload WHERE id = ?1";
    PAYLOAD_OFF_OUTGOING = "UPDATE outgoing SET payload = NULL WHERE payload = ?1";
    PAYLOAD_OFF_ARRIVAL = "UPDATE arrival SET payload = NULL WHERE payload = ?1";
    PAYLOAD_OFF_INCOMING = "UPDATE incoming SET payload = NULL WHERE payload = ?1";

    // Packets of ours
    OUTGOING_ADD = concat!(
        "INSERT INTO outgoing (", outgoing_columns!(), ") VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    );
    OUTGOING_SAVE = concat!(
        "UPDATE outgoing SET (", outgoing_columns!(), ") = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) WHERE id = ?17"
    );
    OUTGOING = from_outgoing!("WHERE id = ?1");
    OUTGOING_BY_ID = from_outgoing!("WHERE own = ?1 AND normal_id = ?2 ORDER BY id");
    OUTGOING_BY_CODE = from_outgoing!("WHERE own = ?1 AND code = ?2 AND date = ?3 ORDER BY id");
    OUTGOING_ABOUT_OUTGOING = from_outgoing!("WHERE about_outgoing = ?1 ORDER BY id");
    OUTGOING_ABOUT_INCOMING = from_outgoing!("WHERE about_incoming = ?1 ORDER BY id");
    OUTGOING_TO_PURGE = from_outgoing!(
        "INDEXED BY outgoing_purge WHERE payload IS NOT NULL AND created < ?1 AND NOT EXISTS (\
         SELECT 1 FROM recipient WHERE outgoing = outgoing.id \
         AND (delivery NOT IN ('accepted', 'dropped') OR delivery = 'accepted' \
         AND outgoing.kind = 'document' AND outgoing.frozen = 0 \
         AND (status IS NULL OR status NOT IN (2, 6)) \
         AND (?3 IS NULL OR outgoing.created >= ?3))) ORDER BY created, id LIMIT ?2"
    );

    // Recipients
    RECIPIENT_ADD = concat!(
        "INSERT INTO recipient (outgoing, organ, kind, stored, ", recipient_columns!(), ") \
         SELECT ?19, ?20, kind, created, \
         ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18 \
         FROM outgoing WHERE id = ?19"
    );
    RECIPIENT_SAVE = concat!(
        "UPDATE recipient SET (", recipient_columns!(), ") = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) \
         WHERE id = ?19"
    );
    RECIPIENT = from_recipient!("WHERE id = ?1");
    RECIPIENTS = from_recipient!("WHERE outgoing = ?1 ORDER BY id");
    READY = from_recipient!(
        "INDEXED BY recipient_ready WHERE delivery = 'queued' AND next_at IS NULL AND blocked_by IS NULL \
         ORDER BY rank, id LIMIT ?1"
    );
    PROMOTE_DUE = "UPDATE recipient INDEXED BY recipient_due SET next_at = NULL WHERE delivery = 'queued' \
                   AND next_at IS NOT NULL AND next_at <= ?1";
    PROMOTE_BEYOND = "UPDATE recipient INDEXED BY recipient_due SET next_at = NULL WHERE delivery = 'queued' \
                      AND next_at IS NOT NULL AND next_at > ?1";
    NEXT_QUEUED = "SELECT min(next_at) FROM recipient INDEXED BY recipient_due WHERE delivery = 'queued' AND next_at IS NOT NULL";
    NEXT_UNKNOWN = "SELECT coalesce(next_at, 0) FROM recipient INDEXED BY recipient_unknown WHERE delivery = 'outcome-unknown' \
                    ORDER BY next_at LIMIT 1";
    UNDELIVERED = from_recipient!(
        "NOT INDEXED WHERE delivery IN ('queued', 'sending', 'outcome-unknown', 'held') \
         AND id > ?1 ORDER BY id LIMIT ?2"
    );
    SENDING = from_recipient!("WHERE delivery = 'sending' ORDER BY id LIMIT ?1");
    UNKNOWN_AT_ONCE = from_recipient!(
        "INDEXED BY recipient_unknown WHERE delivery = 'outcome-unknown' AND next_at IS NULL ORDER BY id LIMIT ?1"
    );
    UNKNOWN_DUE = from_recipient!(
        "INDEXED BY recipient_unknown WHERE delivery = 'outcome-unknown' AND next_at <= ?2 ORDER BY next_at, id LIMIT ?1"
    );
    UNKNOWN_BEYOND = from_recipient!(
        "INDEXED BY recipient_unknown WHERE delivery = 'outcome-unknown' AND next_at > ?2 ORDER BY next_at, id LIMIT ?1"
    );
    UNBLOCK = "UPDATE recipient SET blocked_by = NULL WHERE blocked_by = ?1";
    AXIS_DOC_ID_KNOWN = "SELECT 1 FROM recipient WHERE axis_doc_id = ?1 LIMIT 1";
    OLDEST_UNDELIVERED = "SELECT min(stored) FROM recipient INDEXED BY recipient_undelivered \
                          WHERE delivery IN ('queued', 'sending', 'outcome-unknown', 'held')";
    // Goes from organ to organ by the index, not through all recipients.
    SILENCE = "WITH RECURSIVE each(organ) AS (\
               SELECT min(organ) FROM recipient WHERE kind = 'document' \
               UNION ALL SELECT (SELECT min(organ) FROM recipient \
                   WHERE kind = 'document' AND recipient.organ > each.organ) \
               FROM each WHERE each.organ IS NOT NULL) \
               SELECT organ, \
               (SELECT max(last_answer) FROM recipient WHERE kind = 'document' \
                   AND last_answer IS NOT NULL AND recipient.organ = each.organ), \
               (SELECT min(last_try) FROM recipient WHERE kind = 'document' \
                   AND delivery = 'accepted' AND last_answer IS NULL \
                   AND recipient.organ = each.organ) \
               FROM each WHERE organ IS NOT NULL LIMIT ?1";
    NOT_FINISHED = from_recipient!(
        "INDEXED BY recipient_unfinished WHERE status IN (1, 3, 4, 5) AND changed < ?1 \
         ORDER BY changed, id LIMIT ?2"
    );

    // Deliveries of the axis
    ARRIVAL_ADD = concat!(
        "INSERT INTO arrival (", arrival_columns!(), ") VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    );
    ARRIVAL_SAVE = concat!(
        "UPDATE arrival SET (", arrival_columns!(), ") = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) WHERE id = ?12"
    );
    ARRIVAL = from_arrival!("WHERE id = ?1");
    ARRIVAL_BY_AXIS_ID = from_arrival!("WHERE axis_doc_id = ?1");
    ARRIVALS_IN_STATE = from_arrival!("WHERE state = ?1 ORDER BY id LIMIT ?2");
    ACKNOWLEDGE_DUE = from_arrival!(
        "INDEXED BY arrival_acknowledge WHERE acknowledged = 0 AND acknowledge_at <= ?2 ORDER BY acknowledge_at, id LIMIT ?1"
    );
    ACKNOWLEDGE_BEYOND = from_arrival!(
        "INDEXED BY arrival_acknowledge WHERE acknowledged = 0 AND acknowledge_at > ?2 ORDER BY acknowledge_at, id LIMIT ?1"
    );
    NEXT_ACKNOWLEDGE = "SELECT min(acknowledge_at) FROM arrival INDEXED BY arrival_acknowledge WHERE acknowledged = 0";
    ARRIVALS_TO_PURGE = from_arrival!(
        "INDEXED BY arrival_purge WHERE payload IS NOT NULL AND acknowledged = 1 \
         AND state IN ('understood', 'dropped') AND stored < ?1 AND NOT EXISTS (\
         SELECT 1 FROM incoming WHERE incoming.id = arrival.incoming \
         AND incoming.payload = arrival.payload) ORDER BY stored, id LIMIT ?2"
    );

    // The inbox
    INCOMING_ADD = concat!(
        "INSERT INTO incoming (", incoming_columns!(), ") VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
         ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)"
    );
    INCOMING_SAVE = concat!(
        "UPDATE incoming SET (", incoming_columns!(), ") = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
         ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27) WHERE id = ?28"
    );
    INCOMING = from_incoming!("WHERE id = ?1");
    INCOMING_BY_ID = from_incoming!(
        "WHERE own = ?1 AND sender = ?2 AND normal_id = ?3 ORDER BY id"
    );
    INCOMING_BY_CODE = from_incoming!(
        "WHERE own = ?1 AND sender = ?2 AND code = ?3 AND date = ?4 ORDER BY id"
    );
    INCOMING_ABOUT_INCOMING = from_incoming!("WHERE about_incoming = ?1 ORDER BY id");
    INCOMING_ABOUT_OUTGOING = from_incoming!("WHERE about_outgoing = ?1 ORDER BY id");
    INCOMING_WAITING = from_incoming!(
        "INDEXED BY incoming_waiting WHERE state = 'waiting' AND own = ?1 AND sender = ?2 ORDER BY id LIMIT ?3"
    );
    FIRST_OFFERED = from_incoming!(
        "INDEXED BY incoming_offered WHERE state = 'offered' AND on_hold = 0 ORDER BY rank, id LIMIT 1"
    );
    WAITING_SINCE = from_incoming!(
        "WHERE state = 'waiting' AND received < ?1 ORDER BY id LIMIT ?2"
    );
    // Of the leases that are over, which are few, the smallest rank, then the
    // smallest id: all in the index.
    LEASE_OVER_RANK = "SELECT min(rank) FROM (\
        SELECT rank FROM incoming INDEXED BY incoming_leased WHERE state = 'leased' AND on_hold = 0 AND lease_until <= ?1 \
        UNION ALL \
        SELECT rank FROM incoming INDEXED BY incoming_leased WHERE state = 'leased' AND on_hold = 0 AND lease_until > ?2)";
    LEASE_OVER_ID = "SELECT min(id) FROM (\
        SELECT id FROM incoming INDEXED BY incoming_leased WHERE state = 'leased' AND on_hold = 0 AND lease_until <= ?1 \
            AND rank = ?3 \
        UNION ALL \
        SELECT id FROM incoming INDEXED BY incoming_leased WHERE state = 'leased' AND on_hold = 0 AND lease_until > ?2 \
            AND rank = ?3)";
    NEXT_LEASE_END = "SELECT min(lease_until) FROM incoming INDEXED BY incoming_leased WHERE state = 'leased' AND on_hold = 0";
    INCOMING_TO_PURGE = from_incoming!(
        "INDEXED BY incoming_purge WHERE payload IS NOT NULL AND on_hold = 0 \
         AND state IN ('accepted', 'refused') AND changed < ?1 AND NOT EXISTS (\
         SELECT 1 FROM outgoing JOIN recipient ON recipient.outgoing = outgoing.id \
         WHERE outgoing.about_incoming = incoming.id \
         AND recipient.delivery NOT IN ('accepted', 'failed', 'dropped')) \
         ORDER BY changed, id LIMIT ?2"
    );
    INCOMING_NEXT_SENDER = "SELECT own, sender FROM incoming INDEXED BY incoming_id WHERE normal_id IS NOT NULL \
                            AND (own, sender) > (?1, ?2) ORDER BY own, sender LIMIT 1";
    INCOMING_SENDER = "UPDATE incoming INDEXED BY incoming_id SET sender = ?3 \
                       WHERE own = ?1 AND sender = ?2 AND normal_id IS NOT NULL";

    // Statuses that came
    STATUS_ADD = concat!(
        "INSERT INTO came_status (", status_columns!(), ") VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    );
    STATUS_SAVE = concat!(
        "UPDATE came_status SET (", status_columns!(), ") = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) WHERE id = ?14"
    );
    STATUS_KNOWN = "SELECT 1 FROM came_status WHERE sender = ?1 AND meaning = ?2 LIMIT 1";
    STATUSES = from_status!("WHERE recipient = ?1 ORDER BY id");
    UNMATCHED = from_status!(
        "WHERE id IN (\
         SELECT id FROM came_status INDEXED BY came_status_sender WHERE effect = 'unmatched' AND sender = ?1 \
         UNION SELECT id FROM came_status INDEXED BY came_status_organ WHERE effect = 'unmatched' AND about_organ = ?1) \
         ORDER BY id LIMIT ?2"
    );

    // Journal
    JOURNAL_ADD = "INSERT INTO journal (at, what, event, outgoing, incoming, organ, code) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    JOURNAL = from_journal!(
        "WHERE number IN (SELECT number FROM journal WHERE outgoing = ?1 \
         UNION SELECT number FROM journal WHERE incoming = ?2) ORDER BY number LIMIT ?3"
    );
    EVENTS = from_journal!(
        "INDEXED BY journal_event WHERE event = 1 AND number > ?1 ORDER BY number LIMIT ?2"
    );
    JOURNAL_PURGE = "DELETE FROM journal WHERE number IN (SELECT number FROM journal \
                     WHERE number <= ?2 AND at < ?1 ORDER BY number LIMIT ?3)";

    // The rest
    REMEMBERED = "SELECT value FROM remembered WHERE name = ?1";
    REMEMBER = "INSERT INTO remembered (name, value) VALUES (?1, ?2) \
                ON CONFLICT (name) DO UPDATE SET value = ?2";
    CODE = "SELECT current FROM code WHERE old = ?1";
    CODES_DELETE = "DELETE FROM code";
    CODE_ADD = "INSERT OR REPLACE INTO code (old, current) VALUES (?1, ?2)";
    FORGET_STATUSES = "DELETE FROM came_status WHERE id IN (SELECT id FROM came_status \
                       WHERE recipient IS NULL AND received < ?1 ORDER BY received LIMIT ?2)";
    FORGETTABLE_OUTGOING = "SELECT id FROM outgoing WHERE payload IS NULL AND created < ?1 \
        AND NOT EXISTS (SELECT 1 FROM recipient WHERE outgoing = outgoing.id AND (changed >= ?1 \
            OR delivery NOT IN ('accepted', 'failed', 'dropped'))) \
        AND NOT EXISTS (SELECT 1 FROM outgoing AS other WHERE other.about_outgoing = outgoing.id) \
        AND NOT EXISTS (SELECT 1 FROM incoming WHERE about_outgoing = outgoing.id) \
        AND NOT EXISTS (SELECT 1 FROM recipient AS own \
            JOIN recipient AS waiting ON waiting.blocked_by = own.id \
            WHERE own.outgoing = outgoing.id) \
        ORDER BY created LIMIT ?2";
    FORGET_STATUSES_OF = "DELETE FROM came_status WHERE recipient IN \
                          (SELECT id FROM recipient WHERE outgoing = ?1)";
    FORGET_RECIPIENTS_OF = "DELETE FROM recipient WHERE outgoing = ?1";
    FORGET_OUTGOING = "DELETE FROM outgoing WHERE id = ?1";
    FORGETTABLE_INCOMING = "SELECT id FROM incoming WHERE payload IS NULL AND changed < ?1 \
        AND NOT EXISTS (SELECT 1 FROM incoming AS other WHERE other.about_incoming = incoming.id) \
        AND NOT EXISTS (SELECT 1 FROM outgoing WHERE about_incoming = incoming.id) \
        AND NOT EXISTS (SELECT 1 FROM arrival WHERE arrival.incoming = incoming.id \
            AND (stored >= ?1 OR payload IS NOT NULL OR acknowledged = 0)) \
        ORDER BY changed LIMIT ?2";
    FORGET_ARRIVALS_OF = "DELETE FROM arrival WHERE incoming = ?1";
    FORGET_INCOMING = "DELETE FROM incoming WHERE id = ?1";
    FORGET_ARRIVALS = "DELETE FROM arrival WHERE id IN (SELECT id FROM arrival INDEXED BY arrival_forget \
        WHERE payload IS NULL AND stored < ?1 AND incoming IS NULL AND acknowledged = 1 \
        AND state IN ('understood', 'dropped') \
        AND NOT EXISTS (SELECT 1 FROM came_status WHERE arrival = arrival.id) \
        ORDER BY stored LIMIT ?2)";
    COUNT_RECIPIENTS = "SELECT delivery, count(*) FROM recipient GROUP BY delivery";
    COUNT_ARRIVALS = "SELECT state, count(*) FROM arrival GROUP BY state";
    COUNT_INCOMING = "SELECT state, count(*) FROM incoming GROUP BY state";
    COUNT_STATUSES = "SELECT effect, count(*) FROM came_status GROUP BY effect";
}
