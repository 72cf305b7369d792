"""What is told of packets: the shapes of docs/dms.md."""

import json
import time

from failure import Failure, who_acts
from packet import unsafe
from store import now
from terms import KINDS, WORDS, come, out


def loads(text, default):
    return json.loads(text) if text else default


class Views:
    def __init__(self, exchange, settings, store, reader):
        self.exchange, self.settings = exchange, settings
        self.store, self.reader = store, reader

    def item(self, row):
        header = loads(row["header"], {})
        return {
            "incoming": come(row["id"]), "lease": row["lease"], "own": row["own"], "from": row["sender"],
            "attempt": row["shown"], "redelivered": row["shown"] > 1,
            "is_action": self.exchange.is_action(row), "acts_on": come(row["acts_on"]),
            "answers": out(row["answers"]), "conflict": bool(row["conflict"]),
            "signatures": loads(row["signatures"], None), "meaning": None,
            "document": header if row["kind"] == "document" else None,
            "status": header if row["kind"] == "status" else None,
            "attachments": loads(row["attachments"], []), "findings": loads(row["findings"], []),
        }

    def attachments(self, row):
        """The files themselves, read from the bytes that came."""
        payload = self.store.value("SELECT payload FROM arrival WHERE id = ?", row["arrival"])
        if payload is None:
            raise Failure("payload-gone", packet=come(row["id"]))
        return self.reader.read(payload).attachments

    # why

    def why(self, kind, number):
        if kind == "out":
            told = {"outgoing": self.outgoing(number)}
        else:
            told = {"incoming": self.incoming(number)}
        column = "outgoing" if kind == "out" else "incoming"
        rows = self.store.rows("SELECT * FROM journal WHERE %s = ? ORDER BY number" % column, number)
        told["journal"] = [self.line(row) for row in rows]
        return told

    def line(self, row):
        line = {"number": row["number"], "at": row["at"], "what": row["what"],
                "outgoing": out(row["outgoing"]), "incoming": come(row["incoming"]),
                "organ": row["organ"], "code": row["code"]}
        return {name: value for name, value in line.items() if value is not None}

    def outgoing(self, number):
        row = self.exchange.outgoing(number)
        recipients = self.store.rows("SELECT * FROM recipient WHERE outgoing = ? ORDER BY rowid", number)
        return {
            "id": out(number), "kind": row["kind"], "from": row["sender"],
            "document_id": row["document_id"] if row["kind"] == "document" else None,
            "status": row["code"], "created": row["created"], "frozen": bool(row["frozen"]), "kept": True,
            "recipients": [self.recipient(one) for one in recipients],
        }

    def recipient(self, row):
        blocked = None
        if row["delivery"] == "queued" and row["after"] is not None:
            before = self.exchange.recipient(row["after"], row["organ"])
            if before is not None and before["delivery"] not in ("accepted", "dropped"):
                blocked = out(row["after"])
        return {
            "organ": row["organ"], "state": self.state(row), "delivery": row["delivery"],
            "status": row["status"], "change": row["change"], "since": row["since"],
            "attempts": row["attempts"], "last_try": row["last_try"], "next_try": row["next_try"],
            "last_answer": row["last_answer"], "error": row["error"], "remote_code": row["remote_code"],
            "axis_doc_id": row["axis_doc_id"], "blocked_by": blocked,
            "who_acts": "sender" if row["status"] == "02" else who_acts(row["error"]), "reason": row["reason"],
        }

    def state(self, row):
        if row["delivery"] != "accepted":
            return row["delivery"]
        if row["change_kind"] == "recall" and row["change"] in ("requested", "agreed"):
            return "recall-requested" if row["change"] == "requested" else "recalled"
        return WORDS.get(row["status"], "accepted")

    def incoming(self, number):
        row = self.exchange.incoming(number)
        report = loads(row["signatures"], None)
        reports = self.store.rows("SELECT id FROM outgoing WHERE kind = 'status' AND incoming = ? ORDER BY id", number)
        state = row["state"]
        if state == "leased" and row["lease_until"] <= now():
            state = "offered"
        return {
            "id": come(number), "kind": row["kind"], "own": row["own"], "from": row["sender"],
            "document_id": row["document_id"], "business": row["business"], "received": row["received"],
            "state": state, "shown": row["shown"],
            "lease_until": row["lease_until"] if state == "leased" else None, "status": row["status"],
            "on_hold": bool(self.store.value("SELECT 1 FROM hold WHERE target = ?", number)),
            "change": row["change"], "acts_on": come(row["acts_on"]), "answers": out(row["answers"]),
            "destroyed": bool(row["destroyed"]),
            "kept": self.store.value("SELECT payload IS NOT NULL FROM arrival WHERE id = ?", row["arrival"]) == 1,
            "conflict": bool(row["conflict"]),
            "signatures": report and {
                "packet_signature": report["packet_signature"]["verdict"],
                "seal": report["seal"]["verdict"], "authenticity": report["authenticity"]},
            "reports": [self.outgoing(one["id"]) for one in reports],
        }

    def thread(self, kind, number):
        """All that hangs together, by time."""
        ours, theirs = set(), set()
        todo = [(kind, number)]
        self.exchange.outgoing(number) if kind == "out" else self.exchange.incoming(number)
        while todo:
            kind, number = todo.pop()
            if number in (ours if kind == "out" else theirs):
                continue
            (ours if kind == "out" else theirs).add(number)
            todo += self.neighbours(kind, number)
        lines = []
        for one in ours:
            row = self.exchange.outgoing(one)
            lines.append({"at": row["created"], "outgoing": out(one), "incoming": None, "kind": row["kind"],
                          "business": KINDS.get(row["business"]), "status": row["code"], "effect": None,
                          "from": row["sender"], "document_id": row["document_id"]})
            for came in self.store.rows("SELECT * FROM came WHERE outgoing = ?", one):
                lines.append({"at": came["received"], "outgoing": out(one), "incoming": None, "kind": "status",
                              "business": None, "status": came["code"], "effect": came["effect"],
                              "from": came["organ"], "document_id": came["document_id"]})
        for one in theirs:
            row = self.exchange.incoming(one)
            status = loads(row["header"], {}).get("StatusCode") if row["kind"] == "status" else None
            lines.append({"at": row["received"], "outgoing": None, "incoming": come(one), "kind": row["kind"],
                          "business": KINDS.get(row["business"]), "status": status, "effect": None,
                          "from": row["sender"], "document_id": row["document_id"]})
        return sorted(lines, key=lambda line: line["at"])

    def neighbours(self, kind, number):
        if kind == "out":
            row = self.exchange.outgoing(number)
            near = [("in", row["incoming"]), ("out", row["acts_on"])]
            near += [("out", one[0]) for one in self.store.rows("SELECT id FROM outgoing WHERE acts_on = ?", number)]
            near += [("in", one[0]) for one in self.store.rows("SELECT id FROM incoming WHERE answers = ?", number)]
        else:
            row = self.exchange.incoming(number)
            near = [("in", row["acts_on"]), ("out", row["answers"])]
            near += [("in", one[0]) for one in self.store.rows("SELECT id FROM incoming WHERE acts_on = ?", number)]
            near += [("out", one[0]) for one in self.store.rows("SELECT id FROM outgoing WHERE incoming = ?", number)]
        return [one for one in near if one[1] is not None]

    def find(self, sender, document_id):
        return {"outgoing": [out(row["id"]) for row in self.exchange.sent_documents(sender, document_id)]}

    def statuses(self, number):
        self.exchange.outgoing(number)
        return [{"organ": row["organ"], "code": row["code"], "received": row["received"],
                 "timestamp": row["timestamp"], "effect": row["effect"], "description": row["description"]}
                for row in self.store.rows("SELECT * FROM came WHERE outgoing = ? ORDER BY id", number)]

    # All of it.

    def stats(self):
        counts = {}
        for table, column in (("recipient", "delivery"), ("incoming", "state"), ("arrival", "state"), ("came", "effect")):
            for row in self.store.rows("SELECT %s, count(*) FROM %s GROUP BY 1" % (column, table)):
                counts["%s.%s" % (table, row[0])] = row[1]
        oldest = self.store.value(
            "SELECT min(o.created) FROM outgoing o JOIN recipient r ON r.outgoing = o.id"
            " WHERE r.delivery NOT IN ('accepted', 'dropped')")
        silent = self.store.rows(
            "SELECT r.organ, max(r.last_answer), min(CASE WHEN r.delivery = 'accepted' AND r.status IS NULL"
            " THEN r.since END) FROM recipient r JOIN outgoing o ON o.id = r.outgoing"
            " WHERE o.kind = 'document' GROUP BY r.organ ORDER BY r.organ")
        listed, failed = self.list_state()
        return {
            "counts": counts, "oldest_undelivered": oldest,
            "recipients": [{"organ": row[0], "last_answer": row[1], "silent_since": row[2]} for row in silent],
            "listed": listed, "list_failed": failed and failed[0], "list_error": failed and failed[1],
        }

    def list_state(self):
        listed = self.store.remembered("listed")
        failed = next((one for one in map(self.store.remembered, ("failed-edoc", "failed-status")) if one), None)
        return (int(listed) if listed else None), (loads(failed, None) if failed else None)

    def events(self, limit, wait):
        end = time.monotonic() + wait / 1000
        while True:
            done = int(self.store.remembered("events-done") or 0)
            rows = self.store.rows(
                "SELECT * FROM journal WHERE event = 1 AND number > ? ORDER BY number LIMIT ?", done, limit)
            left = end - time.monotonic()
            if rows or left <= 0:
                return [self.line(row) for row in rows]
            self.store.wait(left)

    def quarantine(self):
        return [{"id": "arrival-%d" % row["id"], "axis_doc_id": row["axis_doc_id"], "stored": row["stored"],
                 "reason": row["reason"]}
                for row in self.store.rows("SELECT * FROM arrival WHERE state = 'quarantined' ORDER BY id")]


def safe_name(name, taken):
    """A file's name in one folder: no way out of it, no name twice."""
    name = (name or "tep-kem").replace("\\", "/").split("/")[-1]
    name = "".join("_" if ord(one) < 32 or one in '<>:"|?*\x7f' else one for one in name).strip(" .")
    if not name or unsafe(name):
        name = "tep-kem"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        stem, extension = name, ""
    while len(stem.encode("utf-8", "replace")) > 180:
        stem = stem[:-1]
    tail = "." + extension if extension else ""
    number, made = 1, stem + tail
    while made.casefold() in taken:
        number += 1
        made = "%s (%d)%s" % (stem, number, tail)
    taken.add(made.casefold())
    return made
