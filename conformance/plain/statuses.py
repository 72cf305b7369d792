"""Statuses that come, and answers to what this product wants changed."""

import hashlib
import json

from failure import Failure
from packet import read_time
from store import now
from terms import OURS, effect_of, notation, out, plain_id


class Statuses:
    def take_status(self, arrival, packet):
        header = packet.header
        about = header.get("ResponseFor", {})
        digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()
        if self.store.value("SELECT 1 FROM came WHERE digest = ?", digest):
            self.store.update("arrival", "id = ?", [arrival["id"]], state="duplicate", payload=None)
            return
        number = self.store.insert(
            "came", organ=packet.sender, addressee=about.get("OrganId"), code=header["StatusCode"],
            received=now(), timestamp=read_time(header.get("Timestamp")), effect="unmatched",
            description=header.get("Description"), document_id=about.get("DocumentId"),
            notation=about.get("Code"), date=about.get("PromulgationDate"), digest=digest)
        self.store.update("arrival", "id = ?", [arrival["id"]], state="read")
        self.apply(self.store.row("SELECT * FROM came WHERE id = ?", number))

    def match_again(self):
        for row in self.store.rows("SELECT * FROM came WHERE effect = 'unmatched' ORDER BY id"):
            self.apply(row)

    def sent_matches(self, about, organ):
        """Our documents that a ResponseFor names: by id, by the id in other forms, by code and date."""
        rows = self.store.rows(
            OURS + " WHERE kind = 'document' AND document_id = ? ORDER BY business = 1, id",
            about.get("DocumentId"))
        if not rows and about.get("DocumentId"):
            named = plain_id(about["DocumentId"], organ)
            rows = [row for row in self.documents() if plain_id(row["document_id"]) == named]
        if not rows and about.get("Code") and about.get("PromulgationDate"):
            for row in self.documents():
                header = json.loads(row["header"])
                date = header.get("PromulgationInfo", {}).get("PromulgationDate")
                if notation(header) == about["Code"] and date == about["PromulgationDate"]:
                    rows.append(row)
        addressee = about.get("OrganId")
        return [row for row in rows if not addressee or self.same_organ(row["sender"], addressee)]

    def documents(self):
        return self.store.rows(OURS + " WHERE kind = 'document' ORDER BY business = 1, id")

    def apply(self, came):
        about = {"OrganId": came["addressee"], "DocumentId": came["document_id"], "Code": came["notation"],
                 "PromulgationDate": came["date"]}
        matches = self.sent_matches(about, came["organ"])
        if not matches:
            return
        document, recipient = None, None
        for document in matches:
            recipient = self.recipient(document["id"], came["organ"])
            if recipient is not None:
                break
        if recipient is None:
            self.record(came, matches[0]["id"], "not-a-recipient")
            return
        if recipient["delivery"] != "accepted":
            if not recipient["attempts"]:
                return  # it counts once its document is with the axis
            self.set_recipient(document["id"], [recipient["organ"]], delivery="accepted", next_try=None, error=None)
            self.store.note("accepted", outgoing=document["id"], organ=recipient["organ"])
        if came["code"] in ("15", "16"):
            self.answer_change(came, document, recipient)
            return
        effect = effect_of(recipient["status"], came["code"])
        if recipient["change"] == "agreed" and recipient["change_kind"] == "recall" and effect == "applied":
            effect = "late"
        if effect == "applied":
            self.set_recipient(document["id"], [recipient["organ"]], status=came["code"], since=now(),
                               reason=came["description"])
        self.record(came, document["id"], effect)

    def record(self, came, outgoing, effect):
        self.store.update("came", "id = ?", [came["id"]], effect=effect, outgoing=outgoing)
        if effect != "ambiguous":
            recipient = self.recipient(outgoing, came["organ"])
            if recipient is not None:
                self.set_recipient(outgoing, [recipient["organ"]], last_answer=came["received"])
        self.store.note("status", outgoing=outgoing, organ=came["organ"], code=came["code"])

    def answer_change(self, came, document, recipient):
        """15 or 16: for the one open change it can be meant for."""
        open_changes = self.open_changes(document["id"], recipient["organ"])
        if not open_changes:
            answered = self.store.value(
                "SELECT state FROM change WHERE (target = ? OR by = ?) AND organ = ? ORDER BY id DESC",
                document["id"], document["id"], recipient["organ"])
            said = {"15": "agreed", "16": "declined"}[came["code"]]
            self.record(came, document["id"], "repeated" if answered == said else "illegal")
            return
        self.store.update("came", "id = ?", [came["id"]], effect="ambiguous", outgoing=document["id"])
        self.settle_answers(document["id"], recipient["organ"])
        self.record(came, document["id"], self.store.value("SELECT effect FROM came WHERE id = ?", came["id"]))

    def settle_answers(self, document, organ):
        """Answers that wait count when there is one way to read them: one change alone is open,
        or there are as many answers as changes and all are the same."""
        open_changes = self.open_changes(document, organ)
        waiting = self.ambiguous(document, organ)
        alike = len({row["code"] for row in waiting}) == 1
        if waiting and (len(open_changes) == 1 or alike and len(waiting) == len(open_changes)):
            for row, change in zip(waiting[-len(open_changes):], open_changes):
                self.decide_change(change, row["code"])
                self.store.update("came", "id = ?", [row["id"]], effect="applied")

    def ambiguous(self, document, organ):
        rows = self.store.rows("SELECT * FROM came WHERE effect = 'ambiguous' AND outgoing = ? ORDER BY id", document)
        return [row for row in rows if self.same_organ(row["organ"], organ)]

    def assign(self, number, organ, code):
        """The host says which change an ambiguous answer was meant for."""
        self.outgoing(number)
        with self.store.change():
            for change in self.store.rows(
                    "SELECT * FROM change WHERE state = 'requested' AND (by = ? OR target = ? AND kind = 'recall')",
                    number, number):
                for document in (change["target"], change["by"]):
                    for came in self.ambiguous(document, organ):
                        if came["code"] == code and self.same_organ(change["organ"], organ):
                            self.decide_change(change, code)
                            self.store.update("came", "id = ?", [came["id"]], effect="applied")
                            self.settle_answers(document, organ)
                            return
            raise Failure("status-illegal", packet=out(number), code=code)

    def open_changes(self, document, organ):
        rows = self.store.rows(
            "SELECT c.* FROM change c WHERE (c.target = ? OR c.by = ?) AND c.state = 'requested' ORDER BY c.id",
            document, document)
        found = []
        for row in rows:
            if self.same_organ(row["organ"], organ):
                handed = self.recipient(row["by"], organ)
                if handed is not None and handed["attempts"]:
                    found.append(row)
        return found

    def decide_change(self, change, code):
        state = self.change_word(code)
        self.store.update("change", "id = ?", [change["id"]], state=state)
        self.set_recipient(change["target"] if change["kind"] == "recall" else change["by"], [change["organ"]],
                           change=state, change_kind=change["kind"], since=now())
        if change["kind"] == "recall" and state == "agreed":
            left = self.store.value(
                "SELECT count(*) FROM recipient WHERE outgoing = ? AND delivery NOT IN ('failed', 'dropped')"
                " AND NOT (change = 'agreed' AND change_kind = 'recall')", change["target"])
            if not left:
                self.store.update("outgoing", "id = ?", [change["target"]], frozen=1)

    def change_word(self, code):
        return "agreed" if code == "15" else "declined"
