"""What comes: kept, read, shown under a lease, decided."""

import json
import random

from failure import Failure
from findings import finding
from store import now
from terms import HOUR, KINDS, come, effect_of, notation, out, plain_id, read_instant

WAITING = """
SELECT * FROM incoming WHERE destroyed = 0 AND not_before <= ?
AND (state IN ('waiting', 'offered') OR state = 'leased' AND lease_until <= ?)
AND NOT EXISTS (SELECT 1 FROM hold WHERE target = incoming.id)
ORDER BY id LIMIT 1"""


class Inbox:
    def arrival_of(self, axis_doc_id):
        return self.store.row(
            "SELECT id, state FROM arrival WHERE axis_doc_id = ?", axis_doc_id)

    def keep(self, row, packet):
        """The bytes, on the disk before anything else happens."""
        number = self.store.insert(
            "arrival", axis_doc_id=row["docid"], listed_from=row.get("from"), listed_to=row.get("to"),
            message_type=row.get("messagetype"), stored=now(), payload=packet)
        return number

    def acknowledged(self, number):
        self.store.update("arrival", "id = ?", [number], acknowledged=1)

    def word_for(self, number):
        """What the axis is told of an arrival that is kept."""
        state = self.store.value("SELECT state FROM arrival WHERE id = ?", number)
        return "fail" if state == "quarantined" else "done"

    def understand(self, number):
        """Reads what was kept; whatever happens, the bytes stay."""
        arrival = self.store.row("SELECT * FROM arrival WHERE id = ?", number)
        try:
            with self.store.change():
                self.take_in(arrival)
        except Failure as failure:
            if failure.kind == "store-failed":
                raise
            self.quarantine(arrival, failure.kind)
        except Exception as error:  # a fault of this program must not hold up the queue
            self.quarantine(arrival, "internal-" + type(error).__name__)

    def take_in(self, arrival):
        packet = self.reader.read(arrival["payload"])
        self.check_transport(arrival, packet)
        if packet.kind not in ("document", "status") or packet.reason or not packet.sender:
            self.quarantine(arrival, packet.reason or "sender-missing")
            if packet.kind == "document" and packet.sender and self.settings.flag("receive.refuse_unreadable"):
                self.refuse_unread(arrival, packet)
        elif packet.kind == "status" and packet.header["StatusCode"] != "13":
            self.take_status(arrival, packet)
        else:
            self.take_item(arrival, packet)

    def check_transport(self, arrival, packet):
        said = {"edoc": "document", "status": "status"}.get(arrival["message_type"])
        if said and packet.kind in ("document", "status") and said != packet.kind:
            packet.findings.append(finding("kind-differs"))

    def quarantine(self, arrival, reason):
        with self.store.change():
            self.store.update("arrival", "id = ?", [arrival["id"]], state="quarantined", reason=reason)
            self.store.note("quarantined", organ=arrival["listed_from"], code=reason)

    def refuse_unread(self, arrival, packet):
        number = self.insert_item(arrival, packet, self.own_of(arrival, packet), state="refused", status="02")
        row = self.incoming(number)
        self.queue_status(row, "02", "Không đọc được gói tin (the packet cannot be read)", None,
                          self.about(packet.sender, packet.header), self.own_group(row, packet.header), packet.sender)

    def own_of(self, arrival, packet):
        """Our organ that it came for."""
        named = [arrival["listed_to"]] + [one.get("OrganId") for one in packet.header.get("To", [])]
        if packet.kind == "status":
            named.append(packet.header.get("ResponseFor", {}).get("OrganId"))
        for organ in named:
            if organ and self.store.code_of(organ) in self.own_organs:
                return self.store.code_of(organ)
        return self.own_organs[0]

    def insert_item(self, arrival, packet, own, **columns):
        header = packet.header
        targets = packet.targets(lambda organs: any(self.same_organ(one, own) for one in organs))
        is_action = packet.kind == "status" or packet.business in KINDS
        date = header.get("PromulgationInfo", {}).get("PromulgationDate")
        return self.store.insert(
            "incoming", arrival=arrival["id"], kind=packet.kind, own=own, sender=packet.sender,
            document_id=header.get("DocumentId") if packet.kind == "document" else None,
            business=packet.business, target="\n".join(targets), digest=packet.digest(),
            notation=notation(header), date=date, received=now(),
            change="requested" if is_action else "none",
            header=json.dumps(header, ensure_ascii=False), findings=json.dumps(packet.findings, ensure_ascii=False),
            attachments=json.dumps([one.to_json() for one in packet.attachments], ensure_ascii=False),
            signatures=json.dumps(self.signatures(packet), ensure_ascii=False), **columns)

    def take_item(self, arrival, packet):
        """A document, or the wish to have one back."""
        own = self.own_of(arrival, packet)
        number, is_new = self.item_for(arrival, packet, own)
        if not is_new:
            self.store.update("arrival", "id = ?", [arrival["id"]], state="duplicate", payload=None)
            self.store.note("duplicate", incoming=number)
            return
        self.store.update("arrival", "id = ?", [arrival["id"]], state="read")
        row = self.incoming(number)
        self.store.note("arrived", incoming=number)
        if packet.kind == "document" and packet.business != 1 and self.settings.flag("receive.report_arrival"):
            self.report_arrival(row, packet)
        if row["kind"] == "status" or row["business"] in KINDS:
            self.tie(row, packet)
        if row["kind"] == "document" and row["business"] != 1:
            self.tie_waiting(row)

    def item_for(self, arrival, packet, own):
        """The row of this packet, and whether it is new."""
        document_id = packet.header.get("DocumentId") if packet.kind == "document" else None
        digest, conflict = packet.digest(), False
        for row in self.store.rows("SELECT * FROM incoming WHERE own = ? AND document_id IS ? AND kind = ?",
                                   own, document_id, packet.kind):
            if not self.same_organ(row["sender"], packet.sender) or row["business"] != packet.business:
                continue
            if row["digest"] == digest:
                return row["id"], False
            conflict = conflict or document_id is not None
        number = self.insert_item(arrival, packet, own, conflict=int(conflict),
                                  answers=self.answered(packet))
        if conflict:
            self.store.note("same-id-other-content", incoming=number)
        elif self.same_code_other_id(number):
            self.store.note("same-code-other-id", incoming=number)
        return number, True

    def same_code_other_id(self, number):
        row = self.incoming(number)
        if row["kind"] != "document" or row["business"] or not row["notation"] or not row["date"]:
            return False
        others = self.store.rows(
            "SELECT * FROM incoming WHERE notation = ? AND date = ? AND own = ? AND id != ? AND business = 0",
            row["notation"], row["date"], row["own"], number)
        return any(self.same_organ(one["sender"], row["sender"]) and one["document_id"] != row["document_id"]
                   for one in others)

    def answered(self, packet):
        """The document of ours that a document answers."""
        if packet.kind == "document":
            for one in packet.header.get("ResponseFor", []):
                for row in self.sent_matches(one, packet.sender):
                    return row["id"]
        return None

    def report_arrival(self, row, packet):
        self.queue_status(row, "01", None, None, self.about(packet.sender, packet.header),
                          self.own_group(row, packet.header), packet.sender)
        self.store.update("incoming", "id = ?", [row["id"]], status="01")

    def own_group(self, row, header):
        for one in header.get("To", []):
            if self.same_organ(one.get("OrganId"), row["own"]):
                return dict(self.group_of(one), OrganId=row["own"])
        return {"OrganId": row["own"]}

    def signatures(self, packet):
        """Words on packet signature and seal. This product verifies nothing, so nothing is valid."""
        if packet.kind != "document":
            return None
        sealed = any(b"urn:lienthong:seal:" in (one.data or b"")[:400] for one in packet.attachments)
        authenticity = "unproven"
        return {
            "at": read_instant(now()),
            "packet_signature": self.judged(packet.signature),
            "seal": self.judged("unsupported" if sealed else "absent"),
            "attachments": [{"number": number, "name": one.name, "signatures": []}
                            for number, one in enumerate(packet.attachments, 1)],
            "authenticity": authenticity,
        }

    def judged(self, verdict):
        return {"verdict": verdict, "reasons": [], "signer": None, "chain": [], "time": None,
                "algorithm": None, "covers": {"fields": [], "attachments": []}, "organ": "no-map"}

    # Actions and their originals.

    def tie(self, row, packet):
        """An action to the documents it acts on, of the same sender only."""
        originals = self.originals(row, packet)
        if not originals:
            self.store.update("incoming", "id = ?", [row["id"]],
                              not_before=now() + self.settings["receive.action_wait"] * HOUR)
            self.store.note("action-waits", incoming=row["id"])
            return
        self.put_on_hold(row, originals)

    def put_on_hold(self, row, originals):
        self.store.update("incoming", "id = ?", [row["id"]], acts_on=originals[0]["id"], not_before=0)
        for original in originals:
            if not self.store.value("SELECT 1 FROM hold WHERE action = ? AND target = ?", row["id"], original["id"]):
                self.store.insert("hold", action=row["id"], target=original["id"])
            self.mark_original(original, "requested")
            self.store.note("on-hold", incoming=original["id"])

    def mark_original(self, original, change):
        if not self.is_action(original):
            self.store.update("incoming", "id = ?", [original["id"]], change=change)

    def originals(self, row, packet):
        if packet.kind == "status":
            about = packet.header.get("ResponseFor", {})
            return self.received_matches(row, about, packet.sender) or \
                self.received_matches(row, about, about.get("OrganId"))
        tiers = [[{"DocumentId": one} for one in row["target"].split("\n") if one]]
        if packet.business == 1:
            tiers.append([{"DocumentId": packet.header.get("DocumentId")}])
        for tier in tiers:
            found = [one for about in tier for one in self.received_matches(row, about, packet.sender)]
            if found:
                return found
        return []

    def received_matches(self, action, about, sender):
        """Documents that came for the same organ from this sender, by id, else by code and date."""
        rows = [row for row in self.store.rows(
                    "SELECT * FROM incoming WHERE own = ? AND kind = 'document' AND business != 1 AND id != ?"
                    " ORDER BY id", action["own"], action["id"])
                if self.same_organ(row["sender"], sender)]
        if about.get("DocumentId"):
            named = plain_id(about["DocumentId"], action["own"])
            found = [row for row in rows if plain_id(row["document_id"], action["own"]) == named]
            if found:
                return found[:1]
        if about.get("Code") and about.get("PromulgationDate"):
            return [row for row in rows if row["notation"] == about["Code"]
                    and row["date"] == about["PromulgationDate"]][:1]
        return []

    def tie_waiting(self, original):
        """Actions that came before their original."""
        waiting = self.store.rows(
            "SELECT i.*, a.payload FROM incoming i JOIN arrival a ON a.id = i.arrival"
            " WHERE i.acts_on IS NULL AND i.change = 'requested' AND i.own = ? AND i.id != ? AND"
            " (i.kind = 'status' OR i.business IN (1, 2, 3))", original["own"], original["id"])
        for row in waiting:
            packet = self.reader.read(row["payload"])
            originals = self.originals(row, packet)
            if originals:
                self.put_on_hold(row, originals)

    # The hand-off.

    def incoming(self, number):
        row = self.store.row("SELECT * FROM incoming WHERE id = ?", number)
        if row is None:
            raise Failure("not-found", packet=come(number))
        return row

    def is_action(self, row):
        return row["kind"] == "status" or row["business"] in KINDS

    def poll(self):
        """The next packet to show, under a lease; or None."""
        if self.store.row(WAITING, now(), now()) is None:
            return None
        with self.store.change():
            row = self.store.row(WAITING, now(), now())
            if row is None:
                return None
            self.store.update(
                "incoming", "id = ?", [row["id"]], state="leased", shown=row["shown"] + 1,
                lease=str(random.getrandbits(62)), lease_until=now() + self.settings["handoff.lease"])
            self.store.note("shown", incoming=row["id"])
            return self.incoming(row["id"])

    def leased(self, number, lease):
        row = self.incoming(number)
        if row["state"] != "leased" or row["lease"] != lease:
            raise Failure("lease-lost", packet=come(number))
        return row

    def accept(self, number, lease):
        with self.store.change():
            self.leased(number, lease)
            self.store.update("incoming", "id = ?", [number], state="accepted", lease=None)
            self.store.note("host-accepted", incoming=number)

    def refuse(self, number, lease, reason, staff):
        with self.store.change():
            row = self.leased(number, lease)
            if self.is_action(row):
                raise Failure("status-illegal", packet=come(number))
            self.report_about(row, "02", reason, staff)
            self.store.update("incoming", "id = ?", [number], state="refused", lease=None)
            self.store.note("host-refused", incoming=number)

    def give_back(self, number, lease, pause):
        with self.store.change():
            self.leased(number, lease)
            self.store.update("incoming", "id = ?", [number], state="offered", lease=None, not_before=now() + pause)
            self.store.note("given-back", incoming=number)

    def report(self, number, code, note, staff):
        with self.store.change():
            row = self.incoming(number)
            if row["destroyed"]:
                raise Failure("document-frozen", packet=come(number))
            return out(self.report_about(row, code, note, staff))

    def report_about(self, row, code, note, staff):
        if row["kind"] != "document" or row["business"] == 1 or code not in ("02", "03", "04", "05", "06"):
            raise Failure("status-illegal", packet=come(row["id"]), code=code)
        self.check_report(row, code, note)
        header = json.loads(row["header"])
        number = self.queue_status(row, code, note, staff, self.about(row["sender"], header),
                                   self.own_group(row, header), row["sender"])
        changes = {"status": code}
        if code == "02" and row["state"] != "accepted":
            changes["state"] = "refused"
        self.store.update("incoming", "id = ?", [row["id"]], **changes)
        return number

    def check_report(self, row, code, note):
        effect = effect_of(row["status"], code)
        if effect != "applied" and not (effect == "repeated" and code == "05"):
            raise Failure("status-illegal", packet=come(row["id"]), code=code)
        if code == "02" and not (note or "").strip():
            raise Failure("packet-impossible",
                          findings=[finding("status-reason-missing", "MessageHeader/Description", sending=True)])

    def decide(self, number, code, note, staff):
        """15 or 16 to an action. Nothing is destroyed without it."""
        with self.store.change():
            row = self.incoming(number)
            if not self.is_action(row) or row["change"] != "requested":
                raise Failure("status-illegal", packet=come(number), code=code)
            if code == "16" and not (note or "").strip():
                raise Failure("packet-impossible",
                              findings=[finding("status-reason-missing", "MessageHeader/Description", sending=True)])
            kind = "recall" if row["kind"] == "status" else KINDS[row["business"]]
            targets = self.store.rows(
                "SELECT i.* FROM hold h JOIN incoming i ON i.id = h.target WHERE h.action = ?", number)
            sent = self.answer_action(row, targets, kind, code, note, staff)
            self.store.update("incoming", "id = ?", [number], change=self.change_word(code), state="accepted", lease=None)
            self.release(number)
            for target in targets:
                self.mark_original(target, self.change_word(code))
                if kind == "recall" and code == "15":
                    self.destroy(target)
            self.store.note("action-agreed" if code == "15" else "action-declined", incoming=number)
        if kind == "recall" and code == "15":
            self.store.forget_payloads()
        return sent

    def answer_action(self, row, targets, kind, code, note, staff):
        """The status 15 or 16, where one is sent for this kind of action."""
        if not self.settings.flag("status.answer_" + kind):
            return None
        header = json.loads(row["header"])
        if targets and targets[0]["header"]:
            about = self.about(row["sender"], json.loads(targets[0]["header"]))
            actions = self.store.value("SELECT count(*) FROM incoming WHERE acts_on = ?", targets[0]["id"])
            if row["kind"] == "document" and row["business"] != 1 and actions > 1:
                about = self.about(row["sender"], header)
        elif row["kind"] == "status":
            about = dict(header.get("ResponseFor", {}), OrganId=row["sender"])
        else:
            named = next(iter(row["target"].split("\n")), None)
            about = {"OrganId": row["sender"], "DocumentId": named or row["document_id"]}
        own = self.own_group(row, header)
        return out(self.queue_status(row, code, note, staff, about, own, row["sender"]))

    def release(self, action):
        with self.store.change():
            self.store.database.execute("DELETE FROM hold WHERE action = ?", (action,))

    def destroy(self, target):
        """The document and what it says are gone; that there was one stays known."""
        with self.store.change():
            self.store.update("arrival", "id = ?", [target["arrival"]], payload=None)
            self.store.update("incoming", "id = ?", [target["id"]], destroyed=1, header=None, attachments=None,
                              findings=None)
            self.store.note("destroyed", incoming=target["id"])
