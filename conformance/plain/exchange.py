"""What has to happen with packets, on rows of the store; no network here.

A packet of ours has a state for each recipient; a packet that came is kept, read, shown under
a lease and decided; statuses go by docs/transitions.md.
"""

import datetime
import hashlib
import json
import random
import re

import model
from failure import Failure, misuse
from findings import finding
from packet import Packet, read_time
from store import now

HOUR = 3_600_000
ORDER = ["01", "03", "04", "05", "06"]
WORDS = {"01": "arrived", "02": "refused", "03": "registered", "04": "assigned", "05": "processing", "06": "finished"}
KINDS = {1: "recall", 2: "update", 3: "replace"}
URGENT = {1: 10, 2: 30, 3: 60, 4: 60}  # minutes by which a packet overtakes
LOST = ("axis-no-answer", "axis-not-an-answer", "axis-answer-too-large", "axis-sent-no-answer")
AWAY = ("axis-unreachable", "axis-untrusted", "axis-interrupted", "axis-credentials")


def effect_of(stands, code):
    """What a status does where the document stands at another (None: no answer yet)."""
    if code != "02" and code not in ORDER:
        return "illegal"
    if stands is None:
        return "applied"
    if stands == "02":
        return {"01": "late", "02": "repeated"}.get(code, "illegal")
    if code == "02":
        return "applied" if stands == "01" else "illegal"
    step = ORDER.index(code) - ORDER.index(stands)
    return "applied" if step > 0 else "late" if step < 0 else "repeated"


def plain_id(text, organ=None):
    """A document id with dates in one form and without the receiver in front."""
    text = re.sub(r"\b(\d{4})-(\d{2})-(\d{2})\b", r"\1/\2/\3", (text or "").strip())
    if organ and text.startswith(organ + ","):
        text = text[len(organ) + 1:].strip()
    return text


def notation(header):
    code = header.get("Code", {})
    return "/".join(code[name] for name in ("CodeNumber", "CodeNotation") if name in code) or None


def out(number):
    return None if number is None else "out-%d" % number


def come(number):
    return None if number is None else "in-%d" % number


class Exchange:
    def __init__(self, settings, store, reader, writer):
        self.settings, self.store = settings, store
        self.reader, self.writer = reader, writer

    @property
    def own_organs(self):
        return [self.store.code_of(organ) for organ in self.settings.organs]

    def same_organ(self, one, other):
        return bool(one) and bool(other) and self.store.code_of(one) == self.store.code_of(other)

    # ---- sending -------------------------------------------------------------------------

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

    # ---- the host about what it sent -----------------------------------------------------

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

    # ---- receiving -----------------------------------------------------------------------

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

    # Statuses that come.

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

    # ---- the hand-off --------------------------------------------------------------------

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


OURS = """
SELECT id, kind, sender, document_id, business, digest, header, code, created, frozen, incoming, acts_on
FROM outgoing"""

DUE = """
SELECT r.*, o.created FROM recipient r JOIN outgoing o ON o.id = r.outgoing
WHERE r.delivery IN ('queued', 'outcome-unknown') AND coalesce(r.next_try, 0) <= ?
AND NOT EXISTS (SELECT 1 FROM recipient b WHERE b.outgoing = r.after AND b.organ = r.organ
                AND b.delivery NOT IN ('accepted', 'dropped'))"""

WAITING = """
SELECT * FROM incoming WHERE destroyed = 0 AND not_before <= ?
AND (state IN ('waiting', 'offered') OR state = 'leased' AND lease_until <= ?)
AND NOT EXISTS (SELECT 1 FROM hold WHERE target = incoming.id)
ORDER BY id LIMIT 1"""


def read_instant(millis):
    moment = datetime.datetime.fromtimestamp(millis // 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
