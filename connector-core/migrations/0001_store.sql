-- The first form of the store. Never edited once released: a change is a new file.
--
-- Words stand as text, times are milliseconds since 1970 (UTC), truth is 0 or 1.
-- No foreign keys: all rows are written by one crate, and a check that is put off
-- to the commit would fail the neighbours in a group. Ids are never given twice
-- (AUTOINCREMENT): an id that outlives its row must not find another's.

CREATE TABLE remembered (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    old     TEXT PRIMARY KEY,
    current TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The bytes of packets and nothing else; those of long ones are files, named by
-- their digest.
CREATE TABLE payload (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    length INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes  BLOB
) STRICT;
CREATE INDEX payload_file ON payload (sha256) WHERE bytes IS NULL;

CREATE TABLE outgoing (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT NOT NULL,
    own            TEXT NOT NULL,
    document_id    TEXT,
    normal_id      TEXT,
    business       INTEGER NOT NULL,
    targets        TEXT NOT NULL,
    code           TEXT,
    date           TEXT,
    status         INTEGER,
    meaning        BLOB NOT NULL CHECK (length(meaning) = 32),
    payload        INTEGER,
    priority       INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    about_outgoing INTEGER,
    about_incoming INTEGER,
    frozen         INTEGER NOT NULL
) STRICT;
CREATE INDEX outgoing_id ON outgoing (own, normal_id) WHERE normal_id IS NOT NULL;
CREATE INDEX outgoing_code ON outgoing (own, code, date) WHERE code IS NOT NULL;
CREATE INDEX outgoing_about_outgoing ON outgoing (about_outgoing) WHERE about_outgoing IS NOT NULL;
CREATE INDEX outgoing_about_incoming ON outgoing (about_incoming) WHERE about_incoming IS NOT NULL;
CREATE INDEX outgoing_payload ON outgoing (payload) WHERE payload IS NOT NULL;
CREATE INDEX outgoing_purge ON outgoing (created) WHERE payload IS NOT NULL;
CREATE INDEX outgoing_forget ON outgoing (created) WHERE payload IS NULL;

-- `kind` and `stored` are those of the packet: lists of recipients need no join.
CREATE TABLE recipient (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    outgoing      INTEGER NOT NULL,
    organ         TEXT NOT NULL,
    delivery      TEXT NOT NULL,
    status        INTEGER,
    change        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    waited        INTEGER NOT NULL,
    next_at       INTEGER,
    rank          INTEGER NOT NULL,
    blocked_by    INTEGER,
    axis_doc_id   TEXT,
    first_try     INTEGER,
    last_try      INTEGER,
    unknown_since INTEGER,
    last_answer   INTEGER,
    error         TEXT,
    remote_code   TEXT,
    reason        TEXT,
    changed       INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    stored        INTEGER NOT NULL
) STRICT;
CREATE INDEX recipient_packet ON recipient (outgoing);
CREATE INDEX recipient_organ ON recipient (organ) WHERE kind = 'document';
CREATE INDEX recipient_delivery ON recipient (delivery);
CREATE INDEX recipient_ready ON recipient (rank)
    WHERE delivery = 'queued' AND next_at IS NULL AND blocked_by IS NULL;
CREATE INDEX recipient_due ON recipient (next_at) WHERE delivery = 'queued' AND next_at IS NOT NULL;
CREATE INDEX recipient_unknown ON recipient (next_at) WHERE delivery = 'outcome-unknown';
CREATE INDEX recipient_blocked ON recipient (blocked_by) WHERE blocked_by IS NOT NULL;
CREATE INDEX recipient_axis ON recipient (axis_doc_id) WHERE axis_doc_id IS NOT NULL;
CREATE INDEX recipient_undelivered ON recipient (stored)
    WHERE delivery IN ('queued', 'sending', 'outcome-unknown', 'held');
CREATE INDEX recipient_answer ON recipient (organ, last_answer)
    WHERE kind = 'document' AND last_answer IS NOT NULL;
CREATE INDEX recipient_silent ON recipient (organ, last_try)
    WHERE kind = 'document' AND delivery = 'accepted' AND last_answer IS NULL;
CREATE INDEX recipient_unfinished ON recipient (changed) WHERE status IN (1, 3, 4, 5);

CREATE TABLE arrival (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    axis_doc_id          TEXT NOT NULL,
    listed_as            TEXT NOT NULL,
    listed_to            TEXT,
    payload              INTEGER,
    stored               INTEGER NOT NULL,
    acknowledged         INTEGER NOT NULL,
    acknowledge_at       INTEGER NOT NULL,
    acknowledge_attempts INTEGER NOT NULL,
    state                TEXT NOT NULL,
    reason               TEXT,
    incoming             INTEGER
) STRICT;
CREATE UNIQUE INDEX arrival_axis ON arrival (axis_doc_id);
CREATE INDEX arrival_state ON arrival (state);
CREATE INDEX arrival_acknowledge ON arrival (acknowledge_at) WHERE acknowledged = 0;
CREATE INDEX arrival_incoming ON arrival (incoming) WHERE incoming IS NOT NULL;
CREATE INDEX arrival_payload ON arrival (payload) WHERE payload IS NOT NULL;
CREATE INDEX arrival_purge ON arrival (stored)
    WHERE payload IS NOT NULL AND acknowledged = 1 AND state IN ('understood', 'dropped');
CREATE INDEX arrival_forget ON arrival (stored) WHERE payload IS NULL;

CREATE TABLE incoming (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT NOT NULL,
    own            TEXT NOT NULL,
    sender_written TEXT NOT NULL,
    sender         TEXT NOT NULL,
    document_id    TEXT,
    normal_id      TEXT,
    business       INTEGER NOT NULL,
    targets        TEXT NOT NULL,
    meaning        BLOB NOT NULL CHECK (length(meaning) = 32),
    code           TEXT,
    date           TEXT,
    payload        INTEGER,
    rank           INTEGER NOT NULL,
    received       INTEGER NOT NULL,
    state          TEXT NOT NULL,
    lease          INTEGER,
    lease_until    INTEGER,
    shown          INTEGER NOT NULL,
    status         INTEGER,
    on_hold        INTEGER NOT NULL,
    about_incoming INTEGER,
    about_outgoing INTEGER,
    change         TEXT NOT NULL,
    destroyed      INTEGER NOT NULL,
    conflict       INTEGER NOT NULL,
    verdict        TEXT,
    changed        INTEGER NOT NULL
) STRICT;
CREATE INDEX incoming_id ON incoming (own, sender, normal_id) WHERE normal_id IS NOT NULL;
CREATE INDEX incoming_code ON incoming (own, sender, code, date) WHERE code IS NOT NULL;
CREATE INDEX incoming_about_incoming ON incoming (about_incoming) WHERE about_incoming IS NOT NULL;
CREATE INDEX incoming_about_outgoing ON incoming (about_outgoing) WHERE about_outgoing IS NOT NULL;
CREATE INDEX incoming_state ON incoming (state);
CREATE INDEX incoming_waiting ON incoming (own, sender) WHERE state = 'waiting';
CREATE INDEX incoming_offered ON incoming (rank) WHERE state = 'offered' AND on_hold = 0;
CREATE INDEX incoming_leased ON incoming (lease_until, rank) WHERE state = 'leased' AND on_hold = 0;
CREATE INDEX incoming_payload ON incoming (payload) WHERE payload IS NOT NULL;
CREATE INDEX incoming_purge ON incoming (changed)
    WHERE payload IS NOT NULL AND on_hold = 0 AND state IN ('accepted', 'refused');
CREATE INDEX incoming_forget ON incoming (changed) WHERE payload IS NULL;

CREATE TABLE came_status (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    arrival           INTEGER NOT NULL,
    sender            TEXT NOT NULL,
    code              INTEGER NOT NULL,
    about_organ       TEXT,
    about_code        TEXT,
    about_document_id TEXT,
    about_date        TEXT,
    description       TEXT,
    timestamp         TEXT,
    meaning           BLOB NOT NULL CHECK (length(meaning) = 32),
    received          INTEGER NOT NULL,
    effect            TEXT NOT NULL,
    recipient         INTEGER
) STRICT;
CREATE INDEX came_status_meaning ON came_status (sender, meaning);
CREATE INDEX came_status_recipient ON came_status (recipient) WHERE recipient IS NOT NULL;
CREATE INDEX came_status_arrival ON came_status (arrival);
CREATE INDEX came_status_effect ON came_status (effect);
CREATE INDEX came_status_sender ON came_status (sender) WHERE effect = 'unmatched';
CREATE INDEX came_status_organ ON came_status (about_organ) WHERE effect = 'unmatched';
CREATE INDEX came_status_forget ON came_status (received) WHERE recipient IS NULL;

CREATE TABLE journal (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    what     TEXT NOT NULL,
    event    INTEGER NOT NULL,
    outgoing INTEGER,
    incoming INTEGER,
    organ    TEXT,
    code     TEXT
) STRICT;
CREATE INDEX journal_event ON journal (event) WHERE event = 1;
CREATE INDEX journal_outgoing ON journal (outgoing) WHERE outgoing IS NOT NULL;
CREATE INDEX journal_incoming ON journal (incoming) WHERE incoming IS NOT NULL;
