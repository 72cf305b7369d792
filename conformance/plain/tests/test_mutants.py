"""Every broken connector starts, and differs from the plain one in one long scenario.

The scenario runs in this process, without an axis: the wire's one exchange is answered here.
What differs is for the suite to judge; here it is only seen that something does.
"""

import base64
import contextlib
import datetime
import hashlib
import hmac
import io
import json
import os
import re
import tempfile
import unittest
import unittest.mock

from tests.support import WithAxis, document
from tests.test_parts import attached, odd, zipped

import dms
import mutants
import packet
from failure import Failure
from settings import Settings, Usage
from wire import MARK, unpadded_sha256, vietnamese_time

# What the scenario cannot show, and why.
ELSEWHERE = {
    "hammers": "needs pauses longer than the scenario has",
    "hangs-on-long-reason": "nothing comes back",
    "crashes-on-bad-utf8": "it ends the process",
    "tls-unchecked": "needs a server with a certificate",
    "plaintext-anywhere": "is seen before anything is opened",
    "polls-only-on-tick": "needs the threads",
}
WAITS = "SELECT count(*) FROM recipient WHERE delivery IN ('queued', 'outcome-unknown')"
OWN, PEER = "H99.01", "H98.01"


def peer_status(code, document_id, note="", number="1/TD-VP"):
    _, data = packet.PacketWriter(Settings()).status(
        {"OrganId": PEER}, {"OrganId": OWN, "Code": number, "DocumentId": document_id,
                            "PromulgationDate": "2026-03-04"}, code, note, None)
    return data


def peer_document(number, business=0, target=None, sender=PEER, **more):
    header = document(number, to=(OWN,), **more)
    header["From"] = {"OrganId": sender}
    header["DocumentId"] = "p-%d" % number
    header["TraceHeaderList"] = {"Bussiness": {"BussinessDocType": business, "BussinessDocReason": "x"},
                                 "TraceHeader": [{"OrganId": sender, "Timestamp": "2026-03-04T01:02:03"}]}
    if target:
        header["TraceHeaderList"]["Bussiness"]["DocumentId"] = target
    return packet.PacketWriter(Settings()).document(header, [packet.Attachment("a.pdf", b"%PDF")])


class Listener:
    """In the place of a connection."""

    def __init__(self):
        self.said = []

    def putheader(self, *words):
        self.said.append(words)

    def endheaders(self):
        pass

    def send(self, data):
        self.said.append(len(data))


class Scenario:
    def __init__(self, name, folder):
        self.trace, self.queue, self.answers, self.done = [], {"edoc": [], "status": []}, [], set()
        self.folder, scenario = folder, self
        parts = dict(dms.PARTS)
        if name:
            parts.update(mutants.parts_of(name))

        class FakeWire(parts["Wire"]):
            def exchange(self, call, parameters, body=b"", content_type="application/json", room=0):
                connection = Listener()
                self.put_body(connection, body)
                scenario.trace.append(("call", call, self.headers(parameters, content_type), connection.said, body))
                return scenario.answer(call, parameters)

        class StillWorker(parts["Worker"]):
            def __init__(self, *given):
                deaf = name == "deaf"
                super().__init__(*given)
                self.is_deaf, self.threads = deaf, []

        class FastStore(parts["Store"]):
            def pragmas(self):
                return ["journal_mode=WAL", "synchronous=OFF"]

        self.parts = dict(parts, Wire=FakeWire, Worker=StillWorker, Store=FastStore)
        self.settings = Settings()
        for key, value in (("axis.url", "http://127.0.0.1:1"), ("axis.system_id", "s"), ("axis.secret", "bi-mat-cua-toi"),
                           ("store.path", os.path.join(folder, "store")), ("connector.organs", OWN),
                           ("send.pause", "1"), ("send.ask_after", "1"), ("send.unknown_wait", "0"), ("status.longest_note", "12"), ("receive.interval", "10")):
            self.settings.set(key, value)
        self.open()

    def open(self):
        self.driver = dms.put_together(self.settings, self.parts)

    def restart(self):
        self.driver.store.close()
        self.open()

    def answer(self, call, parameters):
        ok = {"status": "OK", "ErrorCode": "0", "ErrorDesc": ""}
        if call == "sendEdoc":
            if "H99.77" in parameters["to"]:
                return 200, b'{"status":"FAIL","ErrorCode":"18","DocId":""}'
            return self.answers.pop(0) if self.answers else (200, json.dumps(dict(ok, DocId="sent")).encode())
        if call == "getAgenciesList":
            return 200, json.dumps(dict(ok, data=[{"code": PEER, "oldCode": "000.00.01.H98"}])).encode()
        if call == "getReceivedEdocList":
            if self.answers and self.answers[0] == "no list":
                self.answers.pop(0)
                return 200, b"<html></html>"
            rows = [{"docId": doc, "from": PEER, "to": OWN, "messageType": said}
                    for doc, said, _ in self.queue[parameters["messagetype"]] if doc not in self.done]
            odd_one = {"status": "OK", "errorCode": 0, "data": rows}
            return 200, json.dumps(odd_one if len(rows) == 1 else dict(ok, data=rows)).encode()
        if call == "getSentEdocList":
            row = {"senderDocId": "sent", "fromCode": OWN, "toCode": PEER, "notation": "6/TD-VP",
                   "sentTime": vietnamese_time().strftime("%Y/%m/%d %H:%M:%S")}
            return 200, json.dumps(dict(ok, data=[row])).encode()
        if call == "getEdoc":
            data = next(data for rows in self.queue.values() for doc, _, data in rows if doc == parameters["docId"])
            return 200, json.dumps(dict(ok, data=base64.b64encode(data).decode())).encode()
        self.done.add(parameters["docId"])
        return 200, json.dumps(ok).encode()

    def arrive(self, doc, data, kind="edoc", said=None):
        self.queue[kind].append((doc, said or kind, data))
        self.pump()

    def pump(self):
        worker = self.driver.worker
        if worker.is_deaf:
            return
        for _ in range(2):
            with contextlib.suppress(Failure):
                worker.learn_directory()
            for _ in range(80):
                worker.rest_until = 0
                if not worker.send_one():
                    if worker.store.value(WAITS) == 0:
                        break
                    worker.store.wait(0.002)
            for kind in ("edoc", "status"):
                with contextlib.suppress(Failure):
                    worker.receive(kind)

    def say(self, do, **members):
        answer = self.driver.answer(json.dumps(dict(members, do=do)))
        self.trace.append(("answer", do, answer))
        return answer.get("ok") or {}

    def show(self, **members):
        return (self.say("poll", **members).get("item")) or {}

    def send(self, number, **members):
        return self.say("send", contains_state_secret=False, document=document(number, **members))

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def run(self):
        say, files = self.say, [self.file("phụ lục.txt", b"mot \n"), self.file("x/phụ lục.txt", b"hai"),
                                self.file("a.pdf", b"%PDF" + bytes(70_000) + b"\r\n")]
        say("capabilities")
        say("send", contains_state_secret=True, document=document(90))
        # Sending: faults, refusals, recipients.
        refused = (200, b'{"status":"FAIL","ErrorCode":"22","DocId":""}')
        later = (200, b'{"status":"FAIL","ErrorCode":"20","DocId":""}')
        secret = (200, b'{"status":"FAIL","ErrorCode":"15","DocId":""}')
        self.answers += [later, (502, b"x"), (200, b"<html>"), secret]
        for _ in range(2):
            say("send", contains_state_secret=False, document=document(1, to=(PEER,)), attach=files)
        self.pump()
        self.send(2, to=(PEER, "H99.77", "H98.02"), DueDate="2026-05-06", SteeringType=1)
        self.pump()
        self.answers.append(refused)
        self.send(3, to=(PEER,))
        self.send(4, to=(PEER,), Content="Số 03, đường Trường Thi")
        self.send(5, to=(PEER,), From={"OrganId": OWN, "OrganAdd":
                  "Số 03, đường Trường Thi, Thành phố Vinh, Tỉnh Nghệ An, Việt Nam"})
        self.pump()
        self.answers.append((502, b"x"))
        self.send(6, to=(PEER,))
        self.pump()
        for target, number in ((6, 7), (6, 8)):
            self.send(number, to=(PEER,), TraceHeaderList={"Bussiness": {
                "BussinessDocType": 2, "DocumentId": "H99.01-2026-%06d" % target}})
        self.pump()
        self.arrive("s-15-6", peer_status("15", "H99.01-2026-000006", "", "6/TD-VP"), "status")
        say("assign", outgoing="out-6", organ=PEER, code="15")
        for code, about, note in (("01", 1, ""), ("02", 2, "Sai"), ("03", 2, ""), ("03", 1, ""), ("15", 1, ""), ("01", 9, "")):
            self.arrive("s-%s-%d" % (code, about), peer_status(
                code, "H99.01-2026-%06d" % about, note, "1/TD-VP" if about == 2 else "%d/TD-VP" % about), "status")
        self.send(9, to=(PEER,))
        self.pump()
        say("recall", outgoing="out-2", reason="Nhầm", organs=[PEER])
        self.pump()
        self.arrive("s-15-2", peer_status("15", "H99.01-2026-000002"), "status")
        # Receiving: documents, duplicates, what is broken or hostile.
        self.arrive("d-1", peer_document(1))
        self.arrive("d-1-again", peer_document(1))
        self.arrive("d-1-old", peer_document(1, sender="000.00.01.H98"))
        self.arrive("d-1-other", peer_document(1, Subject="khác"))
        self.arrive("bad", b"<edXML><edXMLEnvelope>")
        self.arrive("as-edoc", peer_status("04", "H99.01-2026-000001"), "edoc", "edoc")
        doctype = b'<!DOCTYPE a [<!ENTITY e "thay">]>'
        stub = "<Signature><KeyInfo><X509Data><X509SubjectName>CN=user05</X509SubjectName></X509Data></KeyInfo></Signature>"
        for number, data in enumerate((
                odd(date="30/10/2020", more=stub), odd(subject="&e;").replace(b"<edXML xmlns", doctype + b"<edXML xmlns", 1),
                odd(attachments=attached("../../lọt.txt", b"x ", "text/plain")),
                odd(attachments=attached("to.txt", zipped(x=b"\0" * 3_000_000))),
                odd(attachments=attached("a.zip", zipped(x=b"abc"))),
                odd().replace(b"edXML:edXMLHeader", b"edXMLHeader"))):
            self.arrive("odd-%d" % number, data.replace(b">d-1<", b">odd-%d<" % number))
        for turn in range(14):
            item = self.show(extract_to=os.path.join(self.folder, "out", "a", "b", str(turn)))
            if not item:
                break
            if turn == 0:
                say("give_back", incoming=item["incoming"], lease=item["lease"])
                say("accept", incoming=item["incoming"], lease=item["lease"])
            elif turn == 2:
                say("refuse", incoming=item["incoming"], lease=item["lease"], reason=" ")
                say("refuse", incoming=item["incoming"], lease=item["lease"], reason="Sai nơi nha\u0302\u0323n ạ")
                say("report", incoming=item["incoming"], code="03")
            else:
                say("accept", incoming=item["incoming"], lease=item["lease"])
                say("report", incoming=item["incoming"], code="03")
            self.pump()
        # Changes: of this sender, of another one, before the document.
        self.arrive("d-20", peer_document(20))
        self.arrive("foreign", peer_document(21, 1, "p-20", sender="H98.02"))
        self.arrive("recall", peer_document(22, 1, "p-20"))
        self.arrive("early", peer_document(23, 2, "p-24"))
        self.arrive("late", peer_document(24))
        for decision in ("agree", "decline", "agree"):
            item = self.show()
            if item.get("is_action"):
                say(decision, incoming=item["incoming"], note="Lý do")
            self.pump()
        self.send(30, to=(PEER,))
        self.restart()
        self.pump()
        self.answers += ["no list"] * 4
        self.pump()
        self.show()
        for command in ("stats", "quarantine", "events"):
            say(command)
        for number in range(1, 30):
            say("why", packet="out-%d" % number)
            say("why", packet="in-%d" % number)
        self.trace.append(("acknowledged", sorted(self.done)))
        self.trace.append(("files", sorted(os.path.join(at, name).replace(self.folder, "")
                                 for at, _, names in os.walk(self.folder) for name in names if "store" not in at)))
        self.driver.store.close()


def normal(trace, folder):
    """The trace with what differs from run to run taken out: times, leases, random pauses."""
    def hour(match, form):
        told = datetime.datetime.strptime(match.group(0), form)
        off = abs((vietnamese_time().replace(tzinfo=None) - told).total_seconds())
        return "NOW" if off < 3600 else match.group(0)

    stamps = [value for one in trace if one[0] == "call"
              for name, value in one[2] if name == MARK + "timestamp"]
    text = repr(trace)
    text = re.sub(r"\d{8}T\d{6}(?=\+\d{4})", lambda match: hour(match, "%d%m%YT%H%M%S"), text)
    text = re.sub(r"20\d\d/\d\d/\d\d \d\d:\d\d:\d\d", lambda match: hour(match, "%Y/%m/%d %H:%M:%S"), text)
    text = re.sub(r"\+\d{4}", "+", text)
    text = re.sub(r"\b1[78]\d{11}\b|'lease(_until)?': [^,}]*|'(next_try|since|at|last_try)': [^,}]*|20\d\d-\d\d-\d\dT[\d:]*Z?", "T", text)
    text = re.sub(r"'%s(hash-header|hash-file)', '[0-9a-f]*'|hash-file[^,]*," % MARK, "H", text)
    return text.replace(folder, "DIR"), len(set(stamps)) <= 2  # one for each start


def played(name):
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()) as errors, \
            unittest.mock.patch("time.sleep"):
        scenario = Scenario(name, folder)
        scenario.run()
        said = errors.getvalue()
        return normal(scenario.trace, folder) + (
            "bi-mat" in said, "V/v" in said, hashes(scenario.trace), len(scenario.trace))


def hashes(trace):
    """Whether every hash and every HMAC fits what was sent with it."""
    for one in trace:
        if one[0] != "call":
            continue
        _, _, head, _, body = one
        head = dict(head)
        told = hmac.new(b"bi-mat-cua-toi", head[MARK + "sign-header"].encode(), hashlib.sha256).hexdigest()
        if told != head[MARK + "hash-header"]:
            return False
        if head.get(MARK + "hash-file", unpadded_sha256(body)) != unpadded_sha256(body):
            return False
    return True


class Differences(unittest.TestCase):
    maxDiff = 2000

    def test_the_plain_product_does_the_same_each_time(self):
        first, second = played(None), played(None)
        self.assertEqual(first, second)
        self.assertEqual(first[1:5], (False, False, False, True))

    def test_every_mutant_differs_from_the_plain_product(self):
        plain = played(None)[:5]
        for name in mutants.MUTANTS:
            if name not in ELSEWHERE:
                with self.subTest(name):
                    self.assertNotEqual(played(name)[:5], plain)


class Programs(WithAxis):
    def test_every_mutant_starts_answers_and_closes(self):
        self.assertGreaterEqual(len(mutants.MUTANTS), 36)
        names = list(mutants.MUTANTS)
        while names:
            together = [self.start("a", "--store " + self.path("store-" + name), "--mutant " + name)
                        for name in names[:8]]
            for name, dms_ in zip(names, together):
                with self.subTest(name):
                    self.assertEqual(dms_.first["ready"], True)
                    self.assertEqual(dms_.done("capabilities")["product"], "plain")
                    dms_.kill()
            del names[:8]

    def test_the_list_of_mutants_is_a_table(self):
        for line in mutants.listing().splitlines():
            name, english, case, rule, vietnamese = line.split("\t")
            self.assertRegex(name + case, "^[a-z0-9-]+$")  # a mutant may have no case of its own
            self.assertTrue(rule and english.endswith(".") and vietnamese.endswith("."))

    def test_a_name_that_is_not_listed_is_an_error_of_usage(self):
        with self.assertRaises(Usage):
            mutants.parts_of("no-such")


if __name__ == "__main__":
    unittest.main()
