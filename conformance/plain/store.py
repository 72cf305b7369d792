"""One SQLite file with everything: what was answered is on the disk."""

import contextlib
import fcntl
import os
import sqlite3
import threading
import time

from failure import Failure

TABLES = """
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS directory (old TEXT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, sender TEXT NOT NULL, document_id TEXT, business INTEGER NOT NULL DEFAULT 0,
    digest TEXT, header TEXT, payload BLOB, code TEXT, created INTEGER NOT NULL,
    urgent INTEGER NOT NULL DEFAULT 0, frozen INTEGER NOT NULL DEFAULT 0,
    incoming INTEGER,   -- a status: what it is about
    acts_on INTEGER     -- a change, or a status 13: our document that it is about
);
CREATE INDEX IF NOT EXISTS outgoing_document ON outgoing (document_id);
CREATE TABLE IF NOT EXISTS recipient (
    outgoing INTEGER NOT NULL, organ TEXT NOT NULL, delivery TEXT NOT NULL DEFAULT 'queued',
    status TEXT, change TEXT NOT NULL DEFAULT 'none', change_kind TEXT, since INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, first_try INTEGER, last_try INTEGER, next_try INTEGER,
    last_answer INTEGER, error TEXT, remote_code TEXT, axis_doc_id TEXT, reason TEXT,
    alone INTEGER NOT NULL DEFAULT 0, after INTEGER,
    PRIMARY KEY (outgoing, organ)
);
CREATE INDEX IF NOT EXISTS recipient_open ON recipient (delivery, next_try);
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target INTEGER NOT NULL, organ TEXT NOT NULL, by INTEGER NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'requested'
);
CREATE TABLE IF NOT EXISTS arrival (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    axis_doc_id TEXT NOT NULL UNIQUE, listed_from TEXT, listed_to TEXT, message_type TEXT,
    stored INTEGER NOT NULL, payload BLOB, state TEXT NOT NULL DEFAULT 'stored', reason TEXT,
    acknowledged INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS incoming (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arrival INTEGER NOT NULL, kind TEXT NOT NULL, own TEXT NOT NULL, sender TEXT NOT NULL,
    document_id TEXT, business INTEGER NOT NULL DEFAULT 0, target TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL, notation TEXT, date TEXT, header TEXT, findings TEXT, attachments TEXT,
    signatures TEXT, received INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    shown INTEGER NOT NULL DEFAULT 0, lease TEXT, lease_until INTEGER, not_before INTEGER NOT NULL DEFAULT 0,
    status TEXT, change TEXT NOT NULL DEFAULT 'none', acts_on INTEGER, answers INTEGER,
    destroyed INTEGER NOT NULL DEFAULT 0, conflict INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS incoming_document ON incoming (document_id);
CREATE TABLE IF NOT EXISTS hold (action INTEGER NOT NULL, target INTEGER NOT NULL, PRIMARY KEY (action, target));
CREATE TABLE IF NOT EXISTS came (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    outgoing INTEGER, organ TEXT NOT NULL, addressee TEXT, code TEXT NOT NULL, received INTEGER NOT NULL,
    timestamp INTEGER, effect TEXT NOT NULL, description TEXT, document_id TEXT, notation TEXT, date TEXT,
    digest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, what TEXT NOT NULL, outgoing INTEGER, incoming INTEGER, organ TEXT, code TEXT,
    event INTEGER NOT NULL
);
"""

# What is told to the host as an event; the rest stands in the journal only.
QUIET = {
    "queued", "postponed", "retried", "arrived", "duplicate", "shown", "host-accepted",
    "host-refused", "given-back", "status-reported",
}


def now():
    return int(time.time() * 1000)


class Store:
    """Every change is one transaction; `changed` is told to whoever waits for one."""

    def __init__(self, folder, is_worker):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        try:
            os.makedirs(folder, exist_ok=True)
            self.guard = open(os.path.join(folder, "worker.lock"), "a") if is_worker else None
            if self.guard:
                try:
                    fcntl.flock(self.guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise Failure("store-in-use")
            self.database = sqlite3.connect(
                os.path.join(folder, "store.sqlite"), timeout=30,
                isolation_level=None, check_same_thread=False,
            )
            self.database.row_factory = sqlite3.Row
            for pragma in self.pragmas():
                self.database.execute("PRAGMA " + pragma)
            self.database.executescript(TABLES)
        except (OSError, sqlite3.Error) as error:
            raise Failure("store-failed", reason=type(error).__name__)

    def pragmas(self):
        return ["journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"]

    @contextlib.contextmanager
    def change(self):
        """All of it or nothing. One within another is part of the outer."""
        with self.lock:
            if self.database.in_transaction:
                yield
                return
            try:
                self.database.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self.database.execute("ROLLBACK")
                    raise
                self.database.execute("COMMIT")
            except sqlite3.Error as error:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise Failure("store-failed", reason=type(error).__name__)
            self.changed.notify_all()

    @contextlib.contextmanager
    def glance(self):
        """Several questions about one and the same state."""
        with self.lock:
            if self.database.in_transaction:
                yield
                return
            self.database.execute("BEGIN")
            try:
                yield
            finally:
                self.database.execute("COMMIT")

    def rows(self, question, *values):
        with self.lock:
            try:
                return self.database.execute(question, values).fetchall()
            except sqlite3.Error as error:
                raise Failure("store-failed", reason=type(error).__name__)

    def row(self, question, *values):
        return next(iter(self.rows(question, *values)), None)

    def value(self, question, *values):
        row = self.row(question, *values)
        return row[0] if row else None

    def insert(self, table, **columns):
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        with self.change():
            cursor = self.database.execute(
                "INSERT INTO %s (%s) VALUES (%s)" % (table, names, marks), tuple(columns.values()))
            return cursor.lastrowid

    def update(self, table, where, values, **columns):
        """How many rows `where` (with its values) named."""
        settings = ", ".join("%s = ?" % name for name in columns)
        with self.change():
            cursor = self.database.execute(
                "UPDATE %s SET %s WHERE %s" % (table, settings, where),
                tuple(columns.values()) + tuple(values))
            return cursor.rowcount

    def wait(self, seconds):
        """Until something changed, here or, as clients write too, perhaps elsewhere."""
        with self.lock:
            self.changed.wait(min(seconds, 0.2))

    def note(self, what, outgoing=None, incoming=None, organ=None, code=None):
        self.insert("journal", at=now(), what=what, outgoing=outgoing, incoming=incoming,
                    organ=organ, code=code, event=0 if what in QUIET else 1)

    def remember(self, name, value):
        with self.change():
            self.database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, value))

    def remembered(self, name):
        return self.value("SELECT value FROM memory WHERE name = ?", name)

    # Codes of organs.

    def learn(self, directory):
        with self.change():
            self.database.execute("DELETE FROM directory")
            self.database.executemany("INSERT OR REPLACE INTO directory VALUES (?, ?)", directory.items())

    def code_of(self, organ):
        """The new code of an organ, whichever it was called by."""
        return self.value("SELECT code FROM directory WHERE old = ?", organ) or organ

    def forget_payloads(self):
        """What was deleted must not stand in the log either."""
        with self.lock:
            with contextlib.suppress(sqlite3.Error):
                self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self):
        with self.lock:
            self.database.close()
            if self.guard:
                self.guard.close()
