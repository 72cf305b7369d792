"""What this product sends: each packet has a state for each recipient."""

import json
import random

import model
from failure import Failure, misuse
from findings import finding
from packet import Packet, read_time
from store import now
from terms import AWAY, HOUR, KINDS, LOST, OURS, URGENT, notation, out

DUE = """
SELECT r.*, o.created FROM recipient r JOIN outgoing o ON o.id = r.outgoing
WHERE r.delivery IN ('queued', 'outcome-unknown') AND coalesce(r.next_try, 0) <= ?
AND NOT EXISTS (SELECT 1 FROM recipient b WHERE b.outgoing = r.after AND b.organ = r.organ
                AND b.delivery NOT IN ('accepted', 'dropped'))"""


class Outbox:
    def send(self, header, files, findings, payload=None):
        """A document to be sent: `out-…`, and whether it was there already."""
        sender = header["From"]["OrganId"]
        if self.store.code_of(sender) not in self.own_organs:
            raise Failure("not-own-organ", organ=sender)
        described = Packet()
        described.header, described.attachments = header, files
        digest, business = described.digest(), described.business
        with self.store.change():
            same = [row for row in self.sent_documents(sender, header["DocumentId"])
                    if row["business"] == business]
            for row in same:
                if row["digest"] == digest:
                    return {"outgoing": out(row["id"]), "again": True, "findings": findings}
            if same:
                raise Failure("document-id-taken", document_id=header["DocumentId"])
            target = self.sent_target(sender, described)
            if target is not None and target["frozen"]:
                raise Failure("document-frozen", outgoing=out(target["id"]))
            number = self.store.insert(
                "outgoing", kind="document", sender=sender, document_id=header["DocumentId"],
                business=business, digest=digest, created=now(),
                header=json.dumps(header, ensure_ascii=False),
                payload=payload or self.writer.document(header, files),
                urgent=URGENT.get(header.get("OtherInfo", {}).get("Priority"), 0),
                acts_on=target["id"] if target is not None else None,
            )
            for organ in self.recipients_of(header):
                known = target is not None and self.recipient(target["id"], organ) is not None
                self.store.insert("recipient", outgoing=number, organ=organ, since=now(),
                                  after=target["id"] if known else None)
                if known:
                    self.ask_change(target["id"], organ, number, KINDS[business])
            self.store.note("queued", outgoing=number)
            self.match_again()
        return {"outgoing": out(number), "again": False, "findings": findings}

    def recipients_of(self, header):
        """Each organ once, by whatever code it was named."""
        named = [one["OrganId"] for one in header["To"] if "OrganId" in one]
        return list(dict.fromkeys(self.store.code_of(organ) for organ in named))

    def sent_documents(self, sender, document_id):
        rows = self.store.rows(
            OURS + " WHERE kind = 'document' AND document_id = ? ORDER BY id", document_id)
        return [row for row in rows if self.same_organ(row["sender"], sender)]

    def sent_target(self, sender, packet):
        """Our document that a packet of ours changes."""
        if packet.business not in KINDS:
            return None
        for document_id in packet.targets(None):
            for row in self.sent_documents(sender, document_id):
                if row["business"] != 1:
                    return row
        return None

    def recipient(self, outgoing, organ):
        rows = self.store.rows("SELECT * FROM recipient WHERE outgoing = ?", outgoing)
        return next((row for row in rows if self.same_organ(row["organ"], organ)), None)

    def ask_change(self, target, organ, by, kind):
        """A recall shows at the document, an update or replacement at itself."""
        self.store.insert("change", target=target, organ=organ, by=by, kind=kind)
        self.set_recipient(target if kind == "recall" else by, [organ],
                           change="requested", change_kind=kind, since=now())

    def set_recipient(self, outgoing, organs, **columns):
        marks = ", ".join("?" * len(organs))
        where = "outgoing = ? AND organ IN (%s)" % marks
        return self.store.update("recipient", where, [outgoing] + list(organs), **columns)

    def queue_status(self, incoming, code, note, staff, about, own, addressee):
        """A status of ours, after those about the same document."""
        header, payload = self.write_status(own, about, code, note, staff)
        before = self.store.value(
            "SELECT max(id) FROM outgoing WHERE kind = 'status' AND incoming = ?", incoming["id"])
        if before is None and incoming["acts_on"] is not None:
            before = self.store.value(
                "SELECT max(id) FROM outgoing WHERE kind = 'status' AND incoming = ?", incoming["acts_on"])
        number = self.store.insert(
            "outgoing", kind="status", sender=own["OrganId"], code=code, created=now(),
            document_id=about.get("DocumentId"), header=json.dumps(header, ensure_ascii=False),
            payload=payload, incoming=incoming["id"],
        )
        self.store.insert("recipient", outgoing=number, organ=self.store.code_of(addressee),
                          since=now(), after=before)
        self.store.note("status-reported", outgoing=number, incoming=incoming["id"], code=code)
        return number

    def write_status(self, own, about, code, note, staff):
        return self.writer.status(own, about, code, note, staff)

    # What the worker asks and tells.

    def recover(self):
        """After a start: what was under way may have arrived; what was kept is read."""
        self.store.update("recipient", "delivery = 'sending'", [], delivery="outcome-unknown", next_try=None)
        self.store.update("incoming", "state = 'leased'", [], lease_until=0)
        for row in self.store.rows("SELECT id FROM arrival WHERE state = 'stored' ORDER BY id"):
            self.understand(row["id"])

    def claim(self, most):
        """The next packet to go, to whom, and whether the axis is to be asked first what became
        of the last attempt; marked as under way. Or None."""
        if self.next_due() is None:  # a look is not a change, which would wake everybody
            return None
        with self.store.change():
            first = self.next_due()
            if first is None:
                return None
            self.merge_codes(first["outgoing"])
            due = [first]
            if not first["alone"]:  # else one of several was refused: each goes by itself
                due = [row for row in self.store.rows(
                    DUE + " AND r.outgoing = ? AND r.alone = 0 ORDER BY r.rowid", now(), first["outgoing"])
                    if row["delivery"] == first["delivery"]]
            organs = [row["organ"] for row in due]
            if not organs:
                return None
            organs = organs[: most(organs)]
            packet = self.store.row("SELECT * FROM outgoing WHERE id = ?", first["outgoing"])
            # A status has no number of its own by which the axis could tell it.
            if first["delivery"] == "outcome-unknown" and packet["kind"] == "document":
                self.set_recipient(first["outgoing"], organs, delivery="sending")
                return packet, organs, True
            started = now()
            self.set_recipient(first["outgoing"], organs, delivery="sending", last_try=started)
            for organ in organs:
                with self.store.change():
                    self.store.database.execute(
                        "UPDATE recipient SET attempts = attempts + 1, first_try = coalesce(first_try, ?)"
                        " WHERE outgoing = ? AND organ = ?", (started, first["outgoing"], organ))
            return packet, organs, False

    def merge_codes(self, number):
        """An organ named by its old and its new code, where the directory was not known at first."""
        rows = self.store.rows("SELECT * FROM recipient WHERE outgoing = ?", number)
        named = {row["organ"] for row in rows}
        for row in rows:
            code = self.store.code_of(row["organ"])
            if code != row["organ"] and code in named and not row["attempts"]:
                with self.store.change():
                    self.store.database.execute(
                        "DELETE FROM recipient WHERE outgoing = ? AND organ = ?", (number, row["organ"]))

    def next_due(self):
        return self.store.row(DUE + " ORDER BY o.created - o.urgent * 60000, o.id LIMIT 1", now())

    def delivered(self, number, organs, axis_doc_id):
        with self.store.change():
            self.set_recipient(number, organs, delivery="accepted", axis_doc_id=axis_doc_id, since=now(),
                               next_try=None, error=None, remote_code=None)
            for organ in organs:
                self.store.note("accepted", outgoing=number, organ=organ)
            self.match_again()

    def asked(self, packet, organs, rows):
        """What the axis lists as sent, or None where it could not say."""
        number = packet["id"]
        with self.store.change():
            for organ in organs:
                found = rows and self.listed(packet, organ, rows)
                row = self.recipient(number, organ)
                if found:
                    self.delivered(number, [organ], found)
                elif rows is None and self.settings["send.unknown"] == "hold":
                    self.set_recipient(number, [organ], delivery="held", next_try=None)
                elif rows is None:
                    self.set_recipient(number, [organ], delivery="queued", next_try=now() + self.pause(row["attempts"]))
                elif now() - row["last_try"] >= self.settings["send.unknown_wait"]:
                    self.set_recipient(number, [organ], delivery="queued", next_try=None)
                else:
                    self.set_recipient(number, [organ], delivery="outcome-unknown",
                                       next_try=now() + self.settings["send.ask_after"])

    def listed(self, packet, organ, rows):
        """The axis's id of this packet for this organ. Two packets that one row could mean are
        settled by neither."""
        row = self.recipient(packet["id"], organ)
        number = notation(json.loads(packet["header"]))
        alike = [one for one in self.store.rows(
            "SELECT o.id, o.header FROM outgoing o JOIN recipient r ON r.outgoing = o.id WHERE o.kind = 'document'"
            " AND r.organ = ? AND r.delivery IN ('outcome-unknown', 'sending') AND o.id != ?", organ, packet["id"])
            if notation(json.loads(one["header"])) == number]
        if alike:
            return None
        since = row["first_try"] - self.settings["send.clock_tolerance"]
        for one in rows:
            sent = read_time((model.read_stamp(one.get("senttime", "")) or [None])[0])
            if self.same_organ(one.get("fromcode"), packet["sender"]) and self.same_organ(one.get("tocode"), organ) \
                    and one.get("notation") == number and sent is not None and sent >= since \
                    and not self.store.value("SELECT 1 FROM recipient WHERE axis_doc_id = ? AND outgoing != ?",
                                             one.get("senderdocid"), packet["id"]):
                return one.get("senderdocid")
        return None

    def not_delivered(self, number, organs, failure):
        """How long the outbox should pause, in milliseconds."""
        kind, code = failure.kind, failure.remote_code
        with self.store.change():
            said = dict(error=kind, remote_code=code)
            if kind == "axis-refused-organ" and code != "19" and len(organs) > 1:
                # One of them is at fault: each goes on its own, so that it is seen which.
                self.set_recipient(number, organs, delivery="queued", alone=1, next_try=None, **said)
                return 0
            if kind in ("axis-refused-packet", "axis-refused-organ"):
                self.fail(number, organs, said)
                return 0
            row = self.recipient(number, organs[0])
            pause = self.pause(row["attempts"])
            state = "outcome-unknown" if kind in LOST else "queued"
            if state == "outcome-unknown":
                said["error"] = "axis-sent-no-answer"
            if now() - (row["first_try"] or now()) > self.settings["send.give_up"] * HOUR:
                if state == "queued":
                    self.fail(number, organs, said)
                    return 0
                state = "held"
            if state == "outcome-unknown" and self.outgoing(number)["kind"] == "document":
                pause = self.settings["send.ask_after"]
            self.set_recipient(number, organs, delivery=state, next_try=now() + pause, **said)
            if row["attempts"] == 1 or state == "held":
                for organ in organs:
                    self.store.note("postponed" if state == "queued" else "outcome-unknown",
                                    outgoing=number, organ=organ, code=kind)
            return min(pause, 60_000) if kind in AWAY else 0

    def pause(self, attempts):
        most = min(self.settings["send.longest_pause"], self.settings["send.pause"] * 2 ** min(attempts - 1, 30))
        return random.randint(1, most)

    def fail(self, number, organs, said):
        self.set_recipient(number, organs, delivery="failed", next_try=None, since=now(), **said)
        for organ in organs:
            self.store.note("failed", outgoing=number, organ=organ, code=said["remote_code"])

    # The host about what it sent.

    def outgoing(self, number):
        row = self.store.row(OURS + " WHERE id = ?", number)
        if row is None:
            raise Failure("not-found", packet=out(number))
        return row

    def recall(self, number, organs, reason, staff):
        row = self.outgoing(number)
        if row["kind"] != "document":
            raise Failure("status-illegal", packet=out(number))
        if row["frozen"]:
            raise Failure("document-frozen", outgoing=out(number))
        if not reason.strip():
            raise Failure("packet-impossible", findings=[finding("status-reason-missing", "Description", sending=True)])
        asked = [self.recipient(number, organ) for organ in organs] if organs else \
            self.store.rows("SELECT * FROM recipient WHERE outgoing = ?", number)
        if None in asked:
            raise misuse("an organ was no recipient of this document")
        header, requests = json.loads(row["header"]), []
        with self.store.change():
            for one in asked:
                if one["delivery"] in ("failed", "dropped") or one["change"] in ("requested", "agreed") \
                        and one["change_kind"] == "recall":
                    continue
                about = self.about(one["organ"], header)
                own = self.group_of(header["From"])
                written, payload = self.write_status(own, about, "13", reason, staff)
                request = self.store.insert(
                    "outgoing", kind="status", sender=own["OrganId"], code="13", created=now(),
                    document_id=about.get("DocumentId"), acts_on=number, payload=payload,
                    header=json.dumps(written, ensure_ascii=False))
                self.store.insert("recipient", outgoing=request, organ=one["organ"], since=now(), after=number)
                self.store.note("status-reported", outgoing=request, organ=one["organ"], code="13")
                self.ask_change(number, one["organ"], request, "recall")
                requests.append(out(request))
        return requests

    def about(self, organ, header, document_id=None):
        """ResponseFor: the document a status speaks of, and whom it is for."""
        about = {
            "OrganId": organ, "Code": notation(header), "DocumentId": document_id or header.get("DocumentId"),
            "PromulgationDate": header.get("PromulgationInfo", {}).get("PromulgationDate"),
        }
        return {name: value for name, value in about.items() if value}

    def group_of(self, organ):
        return {name: organ[name] for name in ("OrganId", "OrganName") if name in organ}

    def retry(self, number, organ):
        return self.settle(number, organ, ("failed", "held", "queued", "outcome-unknown"), "retried",
                           delivery="queued", next_try=None, error=None, remote_code=None)

    def drop(self, number, organ):
        return self.settle(number, organ, ("failed", "held", "queued", "outcome-unknown"), "dropped",
                           delivery="dropped", next_try=None)

    def settle(self, number, organ, states, what, **columns):
        if self.outgoing(number)["frozen"]:
            raise Failure("document-frozen", outgoing=out(number))
        rows = self.store.rows("SELECT * FROM recipient WHERE outgoing = ?", number)
        if organ is not None:
            rows = [row for row in rows if self.same_organ(row["organ"], organ)]
            if not rows:
                raise misuse("this organ is no recipient of the packet")
        rows = [row for row in rows if row["delivery"] in states]
        with self.store.change():
            for row in rows:
                self.set_recipient(number, [row["organ"]], since=now(), **columns)
                self.store.note(what, outgoing=number, organ=row["organ"])
        return len(rows)
