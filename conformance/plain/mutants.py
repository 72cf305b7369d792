"""Connectors that are broken on purpose: the conformance suite has to catch each of them.

A mutant is the plain product with one part put in another's place (`dms.py --mutant NAME`).
It starts, speaks the same lines and does everything else as it should.
`dms.py --list-mutants` prints them: name, English, the case made for it, the rule that is
broken, Vietnamese.
"""

import datetime
import io
import json
import os
import re
import ssl
import sys
import time
import zipfile

import dms
import model
from driver import Driver, check
from exchange import Exchange
from failure import Failure
from packet import QCVN, Attachment, PacketReader, PacketWriter
from settings import SETTINGS, Usage
from store import Store
from terms import notation
from tree import TreeReader
from views import Views
from wire import MARK, Wire, read_answer, sign, unpadded_sha256
from worker import Worker

MUTANTS = {}


class Mutant:
    def __init__(self, name, rule, english, vietnamese):
        self.name, self.rule, self.english, self.vietnamese = name, rule, english, vietnamese
        self.parts = {}


def mutant(name, rule, english, vietnamese):
    """Registers a class; the part it takes the place of is its base. A second class under the
    same name belongs to the same mutant."""
    def register(part):
        one = MUTANTS.setdefault(name, Mutant(name, rule, english, vietnamese))
        place = next(key for key, base in dms.PARTS.items() if issubclass(part, base))
        one.parts[place] = part
        return part
    return register


def also(name):
    one = MUTANTS[name]
    return mutant(name, one.rule, one.english, one.vietnamese)


def parts_of(name):
    if name not in MUTANTS:
        raise Usage("there is no mutant %s" % name)
    return MUTANTS[name].parts


def listing():
    return "".join("\t".join((one.name, one.english, MADE_FOR.get(one.name, ""), one.rule, one.vietnamese)) + "\n"
                   for one in MUTANTS.values())


# ---- receiving and acknowledging ---------------------------------------------------------


@mutant("acknowledges-before-storing", "pains 1; delivery-semantics, Receiving",
        "Tells the axis done a moment before the packet is on the disk.",
        "Báo done cho trục trước khi gói tin được ghi xuống đĩa.")
class AcknowledgesFirst(Worker):
    def take(self, row):
        if self.exchange.arrival_of(row["docid"]) is None:
            packet = self.fetch(row["docid"])
            if packet is None:
                return
            self.wire.acknowledge(row["docid"], "done")
            time.sleep(1.5)
            self.exchange.understand(self.exchange.keep(row, packet))
        else:
            super().take(row)


@mutant("duplicate-acknowledged-fail", "pains 2; rules, Flows",
        "Acknowledges a packet that came before with fail.",
        "Báo fail cho gói tin đến lần hai.")
class DuplicateFails(Exchange):
    def word_for(self, number):
        state = self.store.value("SELECT state FROM arrival WHERE id = ?", number)
        return "fail" if state == "duplicate" else super().word_for(number)


@mutant("shows-duplicates", "delivery-semantics, Receiving: the same key is the same row",
        "Shows a document again when its packet comes a second time.",
        "Bàn giao lại văn bản khi gói tin đến lần hai.")
class ShowsDuplicates(Exchange):
    def item_for(self, arrival, packet, own):
        return self.insert_item(arrival, packet, own, answers=self.answered(packet)), True


@mutant("swallows-same-id", "delivery-semantics, Receiving: the same id with another meaning is kept and shown",
        "Takes another document with the same id for a duplicate and drops it.",
        "Coi văn bản khác cùng mã là bản trùng và bỏ đi.")
class SwallowsSameId(Exchange):
    def item_for(self, arrival, packet, own):
        document_id = packet.header.get("DocumentId")
        for row in self.store.rows("SELECT * FROM incoming WHERE own = ? AND document_id = ?", own, document_id):
            if packet.kind == "document" and row["business"] == packet.business:
                return row["id"], False
        return super().item_for(arrival, packet, own)


@mutant("poison-never-acknowledged", "pains 1; deviations, last line",
        "Never acknowledges a packet that it cannot read; it is listed for ever.",
        "Không bao giờ xác nhận gói tin không đọc được; gói tin nằm mãi trong danh sách.")
class NeverAcknowledgesPoison(Worker):
    def take(self, row):
        arrival = self.exchange.arrival_of(row["docid"])
        number = arrival["id"] if arrival else None
        if number is None:
            packet = self.fetch(row["docid"])
            if packet is None:
                return
            number = self.exchange.keep(row, packet)
            self.exchange.understand(number)
        if self.exchange.word_for(number) == "fail":
            return
        super().take(row)


@mutant("poison-blocks-queue", "pains 1: a poison packet must hold up nothing",
        "Stops at the first packet that it cannot read; what is behind it never comes.",
        "Dừng ở gói tin không đọc được đầu tiên; các gói sau không bao giờ được nhận.")
class PoisonBlocks(Worker):
    def receive(self, kind):
        for row in self.list(kind):
            if self.closing.is_set() or not self.take_or_stop(row):
                return

    def take_or_stop(self, row):
        arrival = self.exchange.arrival_of(row["docid"])
        if arrival is None:
            packet = self.fetch(row["docid"])
            if packet is None:
                return False
            number = self.exchange.keep(row, packet)
            self.exchange.understand(number)
            arrival = {"id": number}
        if self.exchange.word_for(arrival["id"]) == "fail":
            return False
        self.take(row)
        return True


@mutant("poison-thrown-away", "deviations, last line: acknowledged fail only after its bytes are kept",
        "Acknowledges an unreadable packet fail and keeps neither bytes nor reason.",
        "Báo fail cho gói tin không đọc được mà không giữ dữ liệu và lý do.")
class ThrowsPoisonAway(Exchange):
    def quarantine(self, arrival, reason):
        with self.store.change():
            self.store.update("arrival", "id = ?", [arrival["id"]], state="dropped", payload=None)

    def word_for(self, number):
        state = self.store.value("SELECT state FROM arrival WHERE id = ?", number)
        return "fail" if state == "dropped" else "done"


@mutant("failed-list-is-empty", "pains 4; axis-transport: never an empty list",
        "Takes a list that failed for an empty one; doctor and stats say that all is well.",
        "Coi danh sách bị lỗi là danh sách rỗng; doctor và stats báo mọi thứ đều tốt.")
class FailedListIsEmpty(Wire):
    def received(self, message_type):
        try:
            return super().received(message_type)
        except Failure:
            return []


@mutant("believes-transport", "deviations 42: the content decides, not the transport's word",
        "Holds a status that was listed as edoc, or a document listed as status, for unreadable.",
        "Coi trạng thái được liệt kê là edoc (hoặc ngược lại) là không đọc được.")
class BelievesTransport(Exchange):
    def check_transport(self, arrival, packet):
        super().check_transport(arrival, packet)
        if any(one["code"] == "kind-differs" for one in packet.findings):
            packet.reason = "kind-differs"


@mutant("polls-only-on-tick", "delivery-semantics; Decree 30/2020 art. 21: receipt within the day",
        "Asks the axis once at the start, and then only when it is told to.",
        "Chỉ hỏi trục khi khởi động và khi được yêu cầu.")
class PollsOnTick(Worker):
    def receive_on(self, kind):
        while not self.closing.is_set():
            self.awake[kind].clear()
            try:
                if kind == "edoc":
                    self.learn_directory()
                self.receive(kind)
            except Failure:
                pass
            self.awake[kind].wait()


@mutant("two-deliveries-of-one-organ", "deviations 22; pains 17: map by directory, one delivery",
        "Does not map old codes to new ones: one organ is two.",
        "Không ánh xạ mã cũ sang mã mới: một cơ quan thành hai.")
class NoDirectory(Store):
    def code_of(self, organ):
        return organ


# ---- sending -----------------------------------------------------------------------------


@mutant("retries-refusal", "axis-transport, classes of answers: 10 and 22 are final",
        "Sends a packet again and again that the axis refused for good.",
        "Gửi đi gửi lại gói tin đã bị trục từ chối hẳn.")
class RetriesRefusal(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind == "axis-refused-packet":
            failure = Failure("axis-try-later", remote_code=failure.remote_code)
        return super().not_delivered(number, organs, failure)


@mutant("gives-up-on-20", "axis-transport: 20 and 21 are tried again, within limits",
        "Takes a fault of the axis (20, 21) for a refusal and gives up.",
        "Coi lỗi của trục (20, 21) là từ chối và bỏ cuộc.")
class GivesUpOn20(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind == "axis-try-later":
            failure = Failure("axis-refused-packet", remote_code=failure.remote_code)
        return super().not_delivered(number, organs, failure)


@mutant("gives-up-when-away", "pains 5: retry; axis-transport: connection failures are tried again",
        "Gives a packet up at the first broken connection or unreadable answer.",
        "Bỏ gói tin ngay khi đứt kết nối hoặc trả lời không đọc được.")
class GivesUpWhenAway(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind in ("axis-no-answer", "axis-not-an-answer", "axis-unreachable", "axis-interrupted"):
            failure = Failure("axis-refused-packet")
        return super().not_delivered(number, organs, failure)


@mutant("credentials-fail-packets", "axis-transport: 15 is the operator's matter, the packet is not at fault",
        "Declares packets failed for ever when the axis refuses the credentials.",
        "Coi gói tin là hỏng hẳn khi trục từ chối thông tin đăng nhập.")
class CredentialsFail(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind == "axis-credentials":
            failure = Failure("axis-refused-packet", remote_code="15")
        return super().not_delivered(number, organs, failure)


@mutant("hammers", "pains 5: back-off with jitter",
        "Tries again at once and without end, with no pause between attempts.",
        "Gửi lại ngay lập tức, không nghỉ giữa các lần.")
class Hammers(Exchange):
    def pause(self, attempts):
        return 0

    def not_delivered(self, number, organs, failure):
        super().not_delivered(number, organs, failure)
        return 0


@mutant("resends-unasked", "delivery-semantics, Outcome unknown: the axis is asked before the packet goes again",
        "Sends a packet again whose answer was lost, without asking the axis what it has.",
        "Gửi lại gói tin bị mất trả lời mà không hỏi trục đã có chưa.")
class ResendsUnasked(Worker):
    def ask(self):
        return []


@mutant("guesses-answers", "delivery-semantics: an answer that may be meant for two changes is applied to none",
        "Takes a 15 or 16 that fits two open changes for an answer to the last of them.",
        "Khi 15 hoặc 16 hợp với hai yêu cầu, tự coi là trả lời yêu cầu cuối.")
class GuessesAnswers(Exchange):
    def open_changes(self, document, organ):
        return super().open_changes(document, organ)[-1:]


@mutant("not-json-is-success", "axis-transport: an answer that is not JSON is no success",
        "Takes an answer to sendEdoc that is no JSON for success.",
        "Coi trả lời không phải JSON của sendEdoc là thành công.")
class NotJsonIsSuccess(Wire):
    def judge(self, call, status, data):
        if call == "sendEdoc" and read_answer(data) is None:
            return {}
        return super().judge(call, status, data)


@mutant("any-code-is-success", "axis-transport: success is ErrorCode 0",
        "Takes every JSON answer to sendEdoc for success, whatever its code.",
        "Coi mọi trả lời JSON của sendEdoc là thành công, bất kể mã lỗi.")
class AnyCodeIsSuccess(Wire):
    def judge(self, call, status, data):
        answer = read_answer(data)
        if call == "sendEdoc" and status == 200 and answer is not None:
            return answer
        return super().judge(call, status, data)


@mutant("picky-about-answers", "deviations 39: case-insensitive keys, string or number",
        "Understands ErrorCode only in this spelling and as a text.",
        "Chỉ hiểu ErrorCode viết đúng như vậy và ở dạng chuỗi.")
class PickyAboutAnswers(Wire):
    def judge(self, call, status, data):
        if status == 200 and not re.search(rb'"ErrorCode"\s*:\s*"', data):
            raise Failure("axis-not-an-answer", call=call)
        return super().judge(call, status, data)


@mutant("first-recipient-only", "rules, Flows: n receivers are n states; pains 3",
        "Names only the first recipient to the axis and reports all as accepted.",
        "Chỉ gửi cho nơi nhận đầu tiên nhưng báo đã gửi cho tất cả.")
class FirstRecipientOnly(Worker):
    def hand_over(self, packet, organs):
        return super().hand_over(packet, organs[:1])


@mutant("one-refused-fails-all", "pains 3: a state per recipient",
        "Gives up all recipients when the axis refuses one of them.",
        "Bỏ tất cả nơi nhận khi trục từ chối một nơi.")
class OneRefusedFailsAll(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind == "axis-refused-organ":
            self.fail(number, organs, {"error": failure.kind, "remote_code": failure.remote_code})
            return 0
        return super().not_delivered(number, organs, failure)


@mutant("refused-organ-accepted", "pains 3: success is not told while forwarding failed",
        "Reports recipients as accepted that the axis refused.",
        "Báo đã gửi cho nơi nhận mà trục đã từ chối.")
class RefusedOrganAccepted(Exchange):
    def not_delivered(self, number, organs, failure):
        if failure.kind == "axis-refused-organ":
            self.delivered(number, organs, None)
            return 0
        return super().not_delivered(number, organs, failure)


@mutant("new-id-each-try", "pains 5: the same id at each attempt",
        "Gives a packet a new DocumentId each time it is tried again.",
        "Đặt DocumentId mới mỗi lần gửi lại.")
class NewIdEachTry(Worker):
    def hand_over(self, packet, organs):
        tried = self.exchange.recipient(packet["id"], organs[0])["attempts"]
        packet = dict(packet)
        if tried > 1 and packet["kind"] == "document":
            old = ("<edXML:DocumentId>%s<" % packet["document_id"]).encode()
            new = ("<edXML:DocumentId>%s-%d<" % (packet["document_id"], tried)).encode()
            packet["payload"] = packet["payload"].replace(old, new, 1)
        return super().hand_over(packet, organs)


@mutant("new-bytes-each-try", "pains 5: the same bytes at each attempt",
        "Writes a packet anew, with other bytes, each time it is tried again.",
        "Ghi lại gói tin với dữ liệu khác mỗi lần gửi lại.")
class NewBytesEachTry(Worker):
    def hand_over(self, packet, organs):
        tried = self.exchange.recipient(packet["id"], organs[0])["attempts"]
        packet = dict(packet)
        packet["payload"] = packet["payload"].replace(b"<edXML:edXMLBody>", b"<edXML:edXMLBody>" + b" " * (tried - 1))
        return super().hand_over(packet, organs)


@mutant("sends-again-twice", "delivery-semantics, Sending: the same document again adds nothing",
        "Sends a document twice when the host gives it twice.",
        "Gửi hai lần khi phần mềm đưa cùng một văn bản hai lần.")
class SendsTwice(Exchange):
    in_send = False

    def send(self, header, files, findings, payload=None):
        self.in_send = True
        try:
            return super().send(header, files, findings, payload)
        finally:
            self.in_send = False

    def sent_documents(self, sender, document_id):
        # `send` looks for the document itself first, and for what it acts on after that.
        looking, self.in_send = self.in_send, False
        return [] if looking else super().sent_documents(sender, document_id)


@mutant("sends-state-secrets", "Decision 28/2018 art. 1.2",
        "Sends documents that are said to contain state secrets.",
        "Gửi cả văn bản được khai là có bí mật nhà nước.")
class SendsSecrets(Driver):
    def do_send(self, given):
        if given.members.get("contains_state_secret") is True:
            given.members["contains_state_secret"] = False
        return super().do_send(given)


@mutant("sends-sample-values", "deviations 41; pains 24: refuse to send known sample values",
        "Sends documents with values of the official kit's sample.",
        "Gửi văn bản còn giá trị của gói tin mẫu.")
class SendsSamples(Driver):
    def refuse_errors(self, found):
        rest = [one for one in found if one["code"] not in ("sample-value", "signature-stub")]
        super().refuse_errors(rest)
        return found


@mutant("forgets-outbox", "rules 6.3; delivery-semantics, Sending: from then on it is delivered",
        "Loses at a restart what was answered and not sent yet.",
        "Mất các văn bản chờ gửi khi khởi động lại.")
class ForgetsOutbox(Exchange):
    def recover(self):
        self.store.update("recipient", "delivery != 'accepted'", [], delivery="dropped")
        super().recover()


@mutant("recalls-everywhere", "dms, recall: only the organs that are named",
        "Asks every recipient to give a document back, whoever was named.",
        "Yêu cầu mọi nơi nhận trả lại văn bản, dù chỉ nêu một số nơi.")
class RecallsEverywhere(Exchange):
    def recall(self, number, organs, reason, staff):
        return super().recall(number, [], reason, staff)


# ---- the wire ----------------------------------------------------------------------------


@mutant("leaks-local-path", "axis-transport: filePath is never sent; pains 20",
        "Sends a path of its own disk with getEdoc (filePath).",
        "Gửi kèm đường dẫn trên máy mình khi gọi getEdoc (filePath).")
class LeaksPath(Wire):
    def call(self, call, parameters, *rest, **more):
        if call == "getEdoc":
            parameters = dict(parameters, filePath=os.path.abspath(self.settings["store.path"]))
        return super().call(call, parameters, *rest, **more)


@mutant("leaks-path-in-name", "pains 20: nothing local on the wire",
        "Names attachments by their whole path on its own disk.",
        "Đặt tên tệp kèm bằng cả đường dẫn trên máy mình.")
class LeaksPathInName(Driver):
    def name_of(self, path):
        return path


@mutant("utc-timestamp", "Decision 28/2018 art. 14; axis-transport, timestamp",
        "Writes the timestamp of its calls in UTC instead of Vietnamese time.",
        "Ghi timestamp của lời gọi theo UTC thay vì giờ Việt Nam.")
class UtcTimestamp(Wire):
    def now(self):
        return datetime.datetime.now(datetime.timezone.utc)


@mutant("utc-in-packets", "Decision 28/2018 art. 14; edxml, Timestamp",
        "Writes the times inside packets and statuses in UTC.",
        "Ghi thời gian trong gói tin và trạng thái theo UTC.")
class UtcInPackets(PacketWriter):
    def now(self):
        return datetime.datetime.now(datetime.timezone.utc)


@mutant("one-timestamp-for-life", "axis-transport: what the SDK does wrong",
        "Makes its timestamp once and uses it for every call.",
        "Tạo timestamp một lần và dùng cho mọi lời gọi.")
class OneTimestamp(Wire):
    made = None

    def now(self):
        self.made = self.made or super().now()
        return self.made


@mutant("signs-sorted-copy", "axis-transport: the HMAC is over exactly the bytes that travel",
        "Where there are several recipients, signs a sorted copy of what it sends.",
        "Khi có nhiều nơi nhận, ký trên bản sao đã sắp xếp thay vì đúng dữ liệu gửi đi.")
class SignsSortedCopy(Wire):
    def headers(self, parameters, content_type):
        head = super().headers(parameters, content_type)
        if "," not in parameters.get("to", ""):
            return head
        named = [(name[len(MARK):], value) for name, value in head if name.startswith(MARK)]
        names = dict(head)[MARK + "sign-header-key"].split(";")
        _, digest = sign(self.settings["axis.secret"], dict(sorted((n, v) for n, v in named if n in names)))
        return [(name, digest if name == MARK + "hash-header" else value) for name, value in head]


@mutant("hashes-first-buffer", "axis-transport, hash-file: SHA-256 of the packet",
        "Takes the hash of a packet over its first 64 KB only.",
        "Chỉ tính mã băm trên 64 KB đầu của gói tin.")
class HashesFirstBuffer(Wire):
    def hash_file(self, packet):
        return unpadded_sha256(packet[:65536])


@mutant("chunked-body", "pains 12: known Content-Length",
        "Sends packets in chunks, without Content-Length.",
        "Gửi gói tin theo từng khối, không có Content-Length.")
class ChunkedBody(Wire):
    def put_body(self, connection, body):
        if len(body) < 3:
            return super().put_body(connection, body)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        for at in range(0, len(body), 16384):
            piece = body[at:at + 16384]
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.send(b"0\r\n\r\n")


@mutant("tls-unchecked", "Decision 28/2018 art. 13; pains 20",
        "Talks to any server, whatever its certificate.",
        "Kết nối với mọi máy chủ, không kiểm tra chứng thư.")
class TlsUnchecked(Wire):
    def trust(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@mutant("plaintext-anywhere", "Decision 28/2018 art. 13: the connection is encrypted",
        "Talks http:// to hosts beyond this machine without being allowed to.",
        "Dùng http:// ra ngoài máy này khi chưa được phép.")
class PlaintextAnywhere(Wire):
    @classmethod
    def check(cls, settings):
        settings.check(may_be_plain=True)


@mutant("logs-secret", "pains 20; what never appears in logs",
        "Writes its secret to its standard error.",
        "Ghi khóa bí mật ra luồng lỗi.")
class LogsSecret(Worker):
    def start(self):
        self.log("connecting as %s with %s" % (self.settings["axis.system_id"], self.settings["axis.secret"]))
        super().start()


@mutant("logs-subject", "what never appears in logs: subjects",
        "Writes the subject of each document to its standard error.",
        "Ghi trích yếu của văn bản ra luồng lỗi.")
class LogsSubject(Exchange):
    def take_item(self, arrival, packet):
        print("plain: received %s" % packet.header.get("Subject"), file=sys.stderr, flush=True)
        super().take_item(arrival, packet)


# ---- writing packets ---------------------------------------------------------------------


@mutant("no-prefix", "edxml, Layout: literal prefix edXML: inside the envelope",
        "Writes the envelope with a default namespace and no prefix.",
        "Ghi phong bì không có tiền tố edXML.")
class NoPrefix(PacketWriter):
    def join(self, lines):
        text = super().join(lines)
        return text.replace(b"<edXML:", b"<").replace(b"</edXML:", b"</").replace(b" xmlns:edXML=", b" xmlns=")


@mutant("wrong-namespace", "edxml, Layout: the envelope is in the QCVN namespace",
        "Writes packets in the namespace of an older form.",
        "Ghi gói tin theo không gian tên của dạng cũ.")
class WrongNamespace(PacketWriter):
    def join(self, lines):
        return super().join(lines).replace(QCVN.encode(), b"http://www.e-doc.vn/Schema/")


@mutant("wrong-order", "edxml, write order of MessageHeader",
        "Writes the header's elements in the order of the regulation's clauses.",
        "Ghi các phần tử theo thứ tự điều khoản của quy chuẩn.")
class WrongOrder(PacketWriter):
    LAST = ["OtherInfo", "ResponseFor", "SteeringType", "DocumentId"]

    def put_group(self, lines, indent, name, declared, values):
        if name == "MessageHeader" and declared is model.HEADER:
            declared = sorted(declared, key=lambda one: self.LAST.index(one.name) if one.name in self.LAST else -1)
        super().put_group(lines, indent, name, declared, values)


@mutant("writes-empty-elements", "edxml: an empty text writes no element; no empty groups",
        "Writes an empty element for everything that a document does not have.",
        "Ghi phần tử rỗng cho mọi thứ văn bản không có.")
class WritesEmpty(PacketWriter):
    def put_group(self, lines, indent, name, declared, values):
        if name == "MessageHeader" and declared is model.HEADER:
            values = dict({"DueDate": "", "Content": "", "SignerInfo": {}, "ToPlaces": {}}, **values)
        super().put_group(lines, indent, name, declared, values)


@mutant("signs-with-stub", "deviations 37, 41: the copied stub is no signature",
        "Puts the copied signature of the samples into its packets.",
        "Chèn chữ ký sao chép từ gói tin mẫu vào gói tin.")
class SignsWithStub(PacketWriter):
    STUB = (b"      <Signature><SignedInfo><Reference URI=\"\" /></SignedInfo><SignatureValue>"
            b"GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W</SignatureValue><KeyInfo><X509Data>"
            b"<X509SubjectName>CN=user05</X509SubjectName></X509Data></KeyInfo></Signature>\r\n")

    def document(self, header, files):
        end = b"    </edXML:edXMLHeader>"
        return super().document(header, files).replace(end, self.STUB + end, 1)


@mutant("mangles-names", "Decision 28/2018 art. 10.1; edxml, Attachments: AttachmentName",
        "Loses the Vietnamese letters in the names of attachments.",
        "Làm mất chữ tiếng Việt trong tên tệp kèm.")
class ManglesNames(PacketWriter):
    def pack(self, header, number, file):
        identity, content_type, name, data = super().pack(header, number, file)
        return identity, content_type, name.encode("ascii", "replace").decode().replace("?", "_"), data


@also("mangles-names")
class ManglesNamesRead(PacketReader):
    def attachment(self, *given):
        one = super().attachment(*given)
        one.name = one.name and one.name.encode("ascii", "replace").decode().replace("?", "_")
        return one


@mutant("drops-same-named-attachment", "pains 14; Decision 28/2018 art. 10.1: all attachments",
        "Keeps only the first of attachments that have one name.",
        "Chỉ giữ tệp đầu tiên trong các tệp kèm trùng tên.")
class DropsSameName(PacketReader):
    def read_attachments(self, root, packet):
        super().read_attachments(root, packet)
        packet.attachments = list({one.name: one for one in reversed(packet.attachments)}.values())[::-1]


@also("drops-same-named-attachment")
class DropsSameNameSent(PacketWriter):
    def document(self, header, files):
        return super().document(header, list({one.name: one for one in reversed(files)}.values())[::-1])


@mutant("changes-attachment-bytes", "edxml, Attachments: never re-encode, repair or re-zip their bytes",
        "Repairs attachments: takes white space off their end.",
        "Sửa tệp kèm: cắt khoảng trắng ở cuối tệp.")
class ChangesBytes(PacketWriter):
    def pack(self, header, number, file):
        return super().pack(header, number, Attachment(file.name, file.data.rstrip() or file.data))


@also("changes-attachment-bytes")
class ChangesBytesRead(PacketReader):
    def attachment(self, *given):
        one = super().attachment(*given)
        one.data = one.data and one.data.rstrip()
        return one


# ---- reading packets ---------------------------------------------------------------------


@mutant("lenient-dates", "deviations 14; pains 16: strict dates",
        "Reads dates leniently: 30/10/2020 becomes a day of the year 35 or 36.",
        "Đọc ngày dễ dãi: 30/10/2020 thành một ngày của năm 35 hoặc 36.")
class LenientDates(PacketReader):
    def group(self, declared, node, path, found):
        result = super().group(declared, node, path, found)
        for child in node.children:
            if child.name in ("PromulgationDate", "DueDate"):
                match = re.fullmatch(r"\s*(\d+)[/-](\d+)[/-](\d+)\s*", child.text, re.ASCII)
                if match:
                    result[child.name] = self.rolled(*map(int, match.groups()))
        return result

    def rolled(self, year, month, day):
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return (datetime.date(max(year, 1), month, 1) + datetime.timedelta(days=day - 1)).isoformat()


class OpenTree(TreeReader):
    def refuse_doctype(self, data):
        pass

    def doctype(self, *_):
        pass


@mutant("expands-entities", "signature, rule 2: no DOCTYPE; pains 15",
        "Takes packets with a DOCTYPE and puts its entities into the text.",
        "Nhận gói tin có DOCTYPE và thay thực thể vào văn bản.")
class ExpandsEntities(PacketReader):
    def tree(self, data):
        return OpenTree(self.settings).read(data)


@mutant("zip-slip", "pains 15: safe names of extracted files",
        "Writes attachments where their names say, even outside the folder.",
        "Ghi tệp kèm theo đúng tên của nó, kể cả ra ngoài thư mục.")
class ZipSlip(Driver):
    def file_name(self, name, taken):
        return (name or "tep-kem").replace("\\", "/").lstrip("/")

    def write_file(self, path, data):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


@mutant("unlimited-unzip", "pains 15; deviations 25: bounded size and ratio",
        "Unpacks a ZIP whatever it becomes.",
        "Giải nén ZIP không giới hạn kích thước.")
class UnlimitedUnzip(PacketReader):
    def unwrap(self, raw, name, where, found):
        if not name.lower().endswith(".zip"):
            try:
                with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                    if len(archive.infolist()) == 1:
                        return archive.read(archive.infolist()[0])
            except Exception:
                pass
        return super().unwrap(raw, name, where, found)


@mutant("unwraps-real-zips", "edxml, Attachments: unwrap only when the name is not a zip",
        "Takes the file out of an attachment that is meant to be a ZIP.",
        "Giải nén cả tệp kèm vốn là tệp ZIP.")
class UnwrapsRealZips(PacketReader):
    def unwrap(self, raw, name, where, found):
        return super().unwrap(raw, name + ".x", where, found)


@mutant("first-cid-only", "deviations 28: strip repeated cid:",
        "Loses attachments whose ContentId is not written with exactly one cid:.",
        "Mất tệp kèm có ContentId không viết đúng một cid:.")
class FirstCidOnly(PacketReader):
    def read_attachments(self, root, packet):
        for node in root.walk(1):
            if node.name == "AttachmentEncoded":
                node.children = [child for child in node.children if self.plain_cid(child)]
        super().read_attachments(root, packet)

    def plain_cid(self, node):
        identity = node.first("ContentId")
        return identity is None or identity.text.strip().count("cid:") == 1


@mutant("namespace-bound", "deviations 3, 4: match by local name",
        "Reads nothing that is not in the QCVN namespace with the prefix edXML.",
        "Không đọc được phần tử ngoài không gian tên QCVN với tiền tố edXML.")
class NamespaceBound(PacketReader):
    def find_header(self, root, found):
        header = super().find_header(root, found)
        return header if header is not None and header.space == QCVN and header.prefix == "edXML" else None


@mutant("crashes-on-bad-utf8", "pains 1; deviations 7: bytes are kept, no crash",
        "Dies of a packet that is not UTF-8.",
        "Chết khi gặp gói tin không phải UTF-8.")
class CrashesOnBadUtf8(PacketReader):
    def read(self, data):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            os._exit(70)
        return super().read(data)


# ---- signatures --------------------------------------------------------------------------


@mutant("believes-stub", "deviations 37; signature, rule 3: a placeholder is never valid",
        "Calls the copied stub of the samples a valid signature.",
        "Coi chữ ký sao chép từ gói tin mẫu là hợp lệ.")
class BelievesStub(Exchange):
    def signatures(self, packet):
        report = super().signatures(packet)
        if report and packet.signature == "placeholder":
            report["packet_signature"] = self.judged("valid")
            report["authenticity"] = "proven"
        return report


@mutant("everything-valid", "signature, rule 9: fail closed",
        "Claims to verify signatures and calls every document proven.",
        "Khai là có kiểm tra chữ ký nhưng coi mọi văn bản đều hợp lệ.")
class EverythingValid(Exchange):
    def signatures(self, packet):
        report = super().signatures(packet)
        if report:
            report["packet_signature"] = report["seal"] = self.judged("valid")
            report["authenticity"] = "proven"
        return report


@also("everything-valid")
class EverythingValidSays(Driver):
    def features(self):
        return super().features() + ["signature-verify", "seal"]


# What a product that says so is asked to take; these look at none of them.
SETTINGS.update({"signature.trust": ("",), "signature.organs": ("",), "signature.policy": ("record",)})


@mutant("everything-invalid", "signature: a genuine signature of a trusted signer is valid",
        "Claims to verify signatures and calls every signed document forged.",
        "Khai là có kiểm tra chữ ký nhưng coi mọi văn bản có chữ ký là giả mạo.")
class EverythingInvalid(Exchange):
    def signatures(self, packet):
        report = super().signatures(packet)
        if report:
            for part in ("packet_signature", "seal"):
                if report[part]["verdict"] != "absent":
                    report[part] = self.judged("invalid")
        return report


@also("everything-invalid")
class EverythingInvalidSays(Driver):
    def features(self):
        return super().features() + ["signature-verify"]


# ---- statuses ----------------------------------------------------------------------------


@mutant("no-arrival-status", "rules, Flows; Decree 30/2020 art. 21.2: receipt within the day",
        "Sends no 01 when a document has come.",
        "Không gửi trạng thái 01 khi văn bản đến.")
class NoArrival(Exchange):
    def report_arrival(self, row, packet):
        pass


@mutant("finishes-first", "transitions: 06 does not come before 03",
        "Sends 06 before 03 when the host reports 03.",
        "Gửi 06 trước 03 khi phần mềm báo 03.")
class FinishesFirst(Exchange):
    def queue_status(self, incoming, code, *rest):
        if code == "03":
            super().queue_status(incoming, "06", *rest)
        return super().queue_status(incoming, code, *rest)


@mutant("reports-anything", "transitions: 02 ends; what is illegal is not sent",
        "Sends statuses that do not follow from where the document stands.",
        "Gửi trạng thái không hợp với trạng thái hiện tại của văn bản.")
class ReportsAnything(Exchange):
    def check_report(self, row, code, note):
        pass


@mutant("believes-any-status", "transitions: what is illegal changes nothing",
        "Lets every status that comes count, legal or not.",
        "Tính mọi trạng thái đến, dù không hợp lệ.")
class BelievesAnyStatus(Exchange):
    def record(self, came, outgoing, effect):
        if effect in ("illegal", "late") and came["code"] not in ("15", "16"):
            recipient = self.recipient(outgoing, came["organ"])
            self.set_recipient(outgoing, [recipient["organ"]], status=came["code"], reason=came["description"])
            effect = "applied"
        super().record(came, outgoing, effect)


@mutant("no-reason-in-refusal", "edxml, codes: a refusal needs a reason; Decision 28/2018 art. 5.4",
        "Sends 02 without the reason that the host gave.",
        "Gửi 02 mà bỏ mất lý do.")
class NoReason(Exchange):
    def write_status(self, own, about, code, note, staff):
        return super().write_status(own, about, code, None if code == "02" else note, staff)


@mutant("accepts-empty-reason", "edxml, codes: a refusal needs a reason",
        "Takes a refusal without any reason from its host.",
        "Chấp nhận từ chối không có lý do.")
class AcceptsEmptyReason(Exchange):
    def check_report(self, row, code, note):
        super().check_report(row, code, note if note and note.strip() or code != "02" else "-")


@mutant("cuts-mid-character", "pains, peers abroad; status.longest_note",
        "Cuts a reason at a number of bytes, in the middle of a letter.",
        "Cắt lý do theo số byte, giữa một chữ cái.")
class CutsBytes(PacketWriter):
    def cut(self, note):
        return note.encode()[: self.settings["status.longest_note"]].decode("utf-8", "replace")


@mutant("cuts-off-marks", "delivery-semantics, Hand-off: never between a letter and its mark",
        "Cuts a reason between a letter and its tone mark.",
        "Cắt lý do giữa chữ cái và dấu thanh.")
class CutsMarks(PacketWriter):
    def cut(self, note):
        return note[: self.settings["status.longest_note"]]


@mutant("status-by-code-only", "pains 7: match on document id, then organ, code and date",
        "Matches statuses by number and notation alone.",
        "Chỉ ghép trạng thái theo số ký hiệu.")
class StatusByCode(Exchange):
    def sent_matches(self, about, organ):
        rows = [row for row in self.documents() if notation(json.loads(row["header"])) == about.get("Code")]
        return rows[:1]


@mutant("forgets-unmatched-status", "pains 7: unmatched ones are kept and tried again",
        "Throws away a status whose document it does not know yet.",
        "Bỏ trạng thái của văn bản chưa biết.")
class ForgetsUnmatched(Exchange):
    def match_again(self):
        pass


# ---- recall, update, replacement ---------------------------------------------------------


@mutant("ignores-recall", "Decision 28/2018 art. 9.2: on a recall, cancel and tell",
        "Acknowledges recalls and shows them to nobody.",
        "Xác nhận yêu cầu thu hồi nhưng không báo cho ai.")
class IgnoresRecall(Exchange):
    def take_item(self, arrival, packet):
        if packet.kind == "status" or packet.business == 1:
            self.store.update("arrival", "id = ?", [arrival["id"]], state="read")
            return
        super().take_item(arrival, packet)


@mutant("recalls-for-anybody", "deviations 17: only a known document of the same sender",
        "Lets an organ recall a document of another organ.",
        "Cho phép cơ quan này thu hồi văn bản của cơ quan khác.")
class RecallsForAnybody(Exchange):
    def received_matches(self, action, about, sender):
        for row in self.store.rows("SELECT * FROM incoming WHERE kind = 'document' AND business != 1 AND id != ?"
                                   " ORDER BY id", action["id"]):
            if row["document_id"] == about.get("DocumentId") and row["own"] == action["own"]:
                return [row]
        return []


@mutant("destroys-unasked", "delivery-semantics: nothing is destroyed without the host's word",
        "Destroys a document as soon as its recall comes.",
        "Hủy văn bản ngay khi có yêu cầu thu hồi, không chờ quyết định.")
class DestroysUnasked(Exchange):
    def put_on_hold(self, row, originals):
        super().put_on_hold(row, originals)
        if row["kind"] == "status" or row["business"] == 1:
            for one in originals:
                self.destroy(one)


@mutant("destroys-silently", "Decision 28/2018 art. 9.2: and tells the sender it did",
        "Destroys a recalled document and does not send 15.",
        "Hủy văn bản được thu hồi nhưng không gửi 15.")
class DestroysSilently(Exchange):
    def answer_action(self, row, targets, kind, code, note, staff):
        return None if kind == "recall" else super().answer_action(row, targets, kind, code, note, staff)


@mutant("keeps-recalled-document", "Decree 30/2020 annex VI: the receiver destroys the document",
        "Sends 15 to a recall and keeps the document all the same.",
        "Gửi 15 nhưng vẫn giữ văn bản đã thu hồi.")
class KeepsRecalled(Exchange):
    def destroy(self, target):
        pass


@mutant("answers-swapped", "edxml, codes: 15 agrees, 16 declines",
        "Sends 16 when the host agrees and 15 when it declines.",
        "Gửi 16 khi đồng ý và 15 khi từ chối.")
class AnswersSwapped(Exchange):
    def answer_action(self, row, targets, kind, code, note, staff):
        other = {"15": "16", "16": "15"}[code]
        return super().answer_action(row, targets, kind, other, note or "-", staff)


@mutant("drops-early-update", "rules, Flows: an update never arrives before its document without being kept",
        "Drops an update or replacement that comes before its document.",
        "Bỏ văn bản cập nhật, thay thế đến trước văn bản gốc.")
class DropsEarlyUpdate(Exchange):
    def tie(self, row, packet):
        if not self.originals(row, packet):
            self.store.update("incoming", "id = ?", [row["id"]], state="refused", change="declined")
            return
        super().tie(row, packet)


@mutant("misses-answers", "rules, Flows; pains 8: 15 and 16 count",
        "Takes no notice of 15 and 16.",
        "Bỏ qua trạng thái 15 và 16.")
class MissesAnswers(Exchange):
    def answer_change(self, came, document, recipient):
        self.record(came, document["id"], "illegal")


# ---- the hand-off and the lines ----------------------------------------------------------


@mutant("forgets-inbox", "delivery-semantics, Receiving: what the axis was told done for is on disk",
        "Loses at a restart what came and was not accepted yet.",
        "Mất văn bản đã đến nhưng chưa tiếp nhận khi khởi động lại.")
class ForgetsInbox(Exchange):
    def recover(self):
        with self.store.change():
            self.store.database.execute("DELETE FROM incoming WHERE state IN ('waiting', 'leased', 'offered')")
        super().recover()


@mutant("forgets-accepted", "delivery-semantics: accepted once while ids are kept",
        "Shows after a restart what was accepted before it.",
        "Bàn giao lại sau khi khởi động những gì đã tiếp nhận.")
class ForgetsAccepted(Exchange):
    def recover(self):
        self.store.update("incoming", "state = 'accepted'", [], state="waiting", shown=0)
        super().recover()


@mutant("redelivery-unmarked", "dms, poll: redelivered",
        "Shows a packet again without saying so.",
        "Bàn giao lại gói tin mà không đánh dấu.")
class RedeliveryUnmarked(Views):
    def item(self, row):
        return dict(super().item(row), attempt=1, redelivered=False)


@mutant("ignores-lease", "dms, accept: a lease is good once",
        "Accepts with any lease, also one that is over.",
        "Chấp nhận với mọi mã bàn giao, kể cả mã đã hết hiệu lực.")
class IgnoresLease(Exchange):
    def leased(self, number, lease):
        return self.incoming(number)


@mutant("hangs-on-long-reason", "pains, peers abroad: a refusal fails when its reason is long",
        "Never answers a refusal whose reason is longer than 500 characters.",
        "Không trả lời khi lý do từ chối dài hơn 500 ký tự.")
class HangsOnLongReason(Driver):
    def do_refuse(self, given):
        if len(given.text("reason")) > 500:
            time.sleep(86_400)
        return super().do_refuse(given)


@mutant("deaf", "all: it has to talk to the axis",
        "Answers ok to everything and never talks to the axis.",
        "Luôn trả lời ok nhưng không bao giờ nói chuyện với trục.")
class Deaf(Driver):
    def answer(self, line):
        answer = super().answer(line)
        if "error" in answer:
            return {"id": answer["id"], "ok": {}}
        return answer

    def check_axis(self):
        return [check(name, "good", "Well.", "Tốt.") for name in ("axis", "credentials")]


@also("deaf")
class DeafWorker(Worker):
    def __init__(self, *given):
        super().__init__(*given)
        self.threads = []


# The case of the suite that each was made for; others may catch it as well. No case is known
# for those that are not here.
MADE_FOR = {
    "acknowledges-before-storing": "receive-store-before-done",
    "duplicate-acknowledged-fail": "duplicate-other-delivery",
    "shows-duplicates": "duplicate-other-delivery",
    "swallows-same-id": "duplicate-same-id-other-content",
    "poison-never-acknowledged": "receive-poison-aside",
    "poison-blocks-queue": "hostile-poison-queue",
    "poison-thrown-away": "receive-poison-aside",
    "failed-list-is-empty": "outage-list-never-empty",
    "believes-transport": "receive-status-as-edoc",
    "polls-only-on-tick": "receive-by-itself",
    "two-deliveries-of-one-organ": "directory-old-and-new-code",
    "retries-refusal": "outage-refused-packet",
    "gives-up-on-20": "outage-try-again",
    "gives-up-when-away": "outage-bad-gateway",
    "credentials-fail-packets": "outage-credentials-resumed",
    "hammers": "outage-back-off",
    "resends-unasked": "outage-ask-before-resend",
    "guesses-answers": "change-answer-ambiguous",
    "not-json-is-success": "outage-page-is-no-answer",
    "any-code-is-success": "outage-refused-packet",
    "picky-about-answers": "outage-odd-json",
    "first-recipient-only": "send-each-receiver",
    "one-refused-fails-all": "outage-one-refused-of-two",
    "refused-organ-accepted": "outage-refused-organ",
    "new-id-each-try": "outage-same-bytes",
    "new-bytes-each-try": "outage-same-bytes",
    "sends-again-twice": "send-again",
    "sends-state-secrets": "send-state-secret",
    "sends-sample-values": "packet-sample-refused",
    "forgets-outbox": "send-answer-durable",
    "recalls-everywhere": "change-recall-some",
    "leaks-local-path": "privacy-no-path-in-requests",
    "leaks-path-in-name": "privacy-no-path-in-packets",
    "utc-timestamp": "send-timestamp-vietnam",
    "one-timestamp-for-life": "send-timestamp-anew",
    "signs-sorted-copy": "send-signed-call",
    "hashes-first-buffer": "volume-large-out",
    "chunked-body": "send-known-length",
    "tls-unchecked": "transport-unknown-authority",
    "logs-secret": "privacy-secret-not-shown",
    "logs-subject": "privacy-error-output",
    "no-prefix": "packet-prefix",
    "wrong-namespace": "packet-namespace",
    "wrong-order": "packet-order",
    "writes-empty-elements": "packet-no-empty-groups",
    "signs-with-stub": "packet-no-stub-signature",
    "mangles-names": "attachment-vietnamese-name",
    "drops-same-named-attachment": "attachment-same-name",
    "changes-attachment-bytes": "attachment-one-whole",
    "lenient-dates": "receive-odd-dates",
    "expands-entities": "hostile-entity-expansion",
    "zip-slip": "hostile-file-name",
    "unlimited-unzip": "hostile-zip-ratio",
    "first-cid-only": "attachment-content-id",
    "namespace-bound": "receive-odd-namespaces",
    "crashes-on-bad-utf8": "hostile-invalid-utf8",
    "believes-stub": "signature-stub",
    "everything-valid": "signature-altered",
    "everything-invalid": "signature-valid",
    "no-arrival-status": "receive-arrival-by-itself",
    "finishes-first": "status-in-order",
    "reports-anything": "status-nothing-after-refusal",
    "believes-any-status": "status-refused-stays-refused",
    "no-reason-in-refusal": "status-refusal-reason",
    "accepts-empty-reason": "status-refusal-without-reason",
    "cuts-mid-character": "status-long-reason",
    "cuts-off-marks": "status-long-reason",
    "status-by-code-only": "receive-status-right-document",
    "forgets-unmatched-status": "status-before-document",
    "ignores-recall": "change-agree-destroys",
    "recalls-for-anybody": "change-recall-by-another",
    "destroys-unasked": "change-nothing-before-the-word",
    "destroys-silently": "change-agree-destroys",
    "keeps-recalled-document": "change-agree-destroys",
    "answers-swapped": "change-decline",
    "drops-early-update": "change-update-before-document",
    "misses-answers": "change-recall-agreed",
    "forgets-inbox": "receive-restart-shows-again",
    "forgets-accepted": "duplicate-after-restart",
    "redelivery-unmarked": "receive-restart-shows-again",
    "ignores-lease": "receive-old-lease",
    "hangs-on-long-reason": "status-long-reason",
    "deaf": "send-each-receiver",
}
