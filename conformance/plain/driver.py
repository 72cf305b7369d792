"""The lines of docs/dms.md: a JSON object in, a JSON object out."""

import json
import os
import re
import time

import model
from failure import Failure, misuse
from findings import errors, finding, for_sending
from packet import Attachment
from settings import SETTINGS
from views import safe_name

VERSION = "0.1.0"
FEATURES = ["signature-report", "tls", "restart", "client-certificate"]
CODE = re.compile(r"\d{1,2}", re.ASCII)


class Driver:
    def __init__(self, settings, store, exchange, views, worker, reader, writer, wire):
        self.settings, self.store, self.exchange = settings, store, exchange
        self.views, self.worker, self.wire = views, worker, wire
        self.reader, self.writer = reader, writer
        self.closed = False

    def answer(self, line):
        try:
            command = json.loads(line)
            json.dumps(command, ensure_ascii=False).encode("utf-8")  # halves of characters are none
        except (ValueError, RecursionError):
            return {"id": None, "error": misuse("not JSON in UTF-8").to_json()}
        if not isinstance(command, dict):
            return {"id": None, "error": misuse("a command is an object").to_json()}
        name = command.get("id")
        try:
            return {"id": name, "ok": self.run(command)}
        except Failure as failure:
            return {"id": name, "error": failure.to_json()}
        except Exception as error:  # nothing may end the program
            return {"id": name, "error": Failure("internal", reason=type(error).__name__).to_json()}

    def run(self, command):
        name = Given(command).text("do")
        method = getattr(self, "do_" + name, None) if re.fullmatch("[a-z_]+", name) else None
        if method is None:
            raise misuse("there is no command %s" % name[:40])
        return method(Given(command))

    @property
    def commands(self):
        return sorted(name[3:] for name in dir(self) if name.startswith("do_"))

    def features(self):
        return list(FEATURES)

    def do_capabilities(self, _given):
        return {
            "product": "plain", "version": VERSION, "commands": self.commands,
            "settings": sorted(SETTINGS), "features": self.features(),
            "interval_ms": self.settings["receive.interval"],
        }

    # Sending.

    def do_send(self, given):
        secret = given.members.get("contains_state_secret")
        if not isinstance(secret, bool):
            raise misuse("contains_state_secret must be true or false")
        if secret:
            raise Failure("state-secret")
        if given.members.get("packet") is not None:
            return self.send_packet(read_file(given.text("packet")))
        header = model.from_json(model.DOCUMENT, given.members.get("document"))
        files = [Attachment(self.name_of(path), read_file(path)) for path in given.texts("attach")]
        findings = self.refuse_errors(self.writer.check(header, files))
        return self.exchange.send(header, files, findings)

    def name_of(self, path):
        return os.path.basename(path)

    def send_packet(self, payload):
        packet = self.reader.read(payload)
        if packet.kind is None:
            raise Failure("packet-unreadable", findings=packet.findings)
        found = for_sending(packet.findings)
        if packet.kind != "document":
            raise Failure("packet-impossible", findings=found or [finding("unknown-body", sending=True)])
        return self.exchange.send(packet.header, packet.attachments, self.refuse_errors(found), payload)

    def refuse_errors(self, found):
        if errors(found):
            raise Failure("packet-impossible", findings=found)
        return found

    def do_recall(self, given):
        return {"requests": self.exchange.recall(
            given.number_of("outgoing", "out"), given.texts("organs"), given.text("reason"), given.staff())}

    def do_retry(self, given):
        return {"recipients": self.exchange.retry(given.number_of("outgoing", "out"), given.optional("organ"))}

    def do_drop(self, given):
        return {"recipients": self.exchange.drop(given.number_of("outgoing", "out"), given.optional("organ"))}

    def do_assign(self, given):
        self.exchange.assign(given.number_of("outgoing", "out"), given.text("organ"), given.status_code())
        return {}

    # Receiving.

    def do_poll(self, given):
        end = time.monotonic() + given.millis("timeout_ms", 0) / 1000
        while True:
            row = self.exchange.poll()
            left = end - time.monotonic()
            if row is not None or left <= 0:
                break
            self.store.wait(left)
        if row is None:
            return {"item": None}
        item = self.views.item(row)
        folder = given.optional("extract_to")
        if folder is not None:
            item["files"] = self.extract(row, folder)
        return {"item": item}

    def extract(self, row, folder):
        paths, taken = [], set()
        try:
            os.makedirs(folder, exist_ok=True)
            taken.update(name.casefold() for name in os.listdir(folder))
            for one in self.views.attachments(row):
                if one.data is None:
                    paths.append(None)
                    continue
                paths.append(os.path.join(folder, self.file_name(one.name, taken)))
                self.write_file(paths[-1], one.data)
        except OSError as error:
            raise Failure("io", reason=type(error).__name__)
        return paths

    def file_name(self, name, taken):
        return safe_name(name, taken)

    def write_file(self, path, data):
        with open(path, "xb") as file:
            file.write(data)

    def do_accept(self, given):
        self.exchange.accept(given.number_of("incoming", "in"), given.text("lease"))
        return {}

    def do_refuse(self, given):
        self.exchange.refuse(given.number_of("incoming", "in"), given.text("lease"), given.text("reason"), given.staff())
        return {}

    def do_give_back(self, given):
        self.exchange.give_back(given.number_of("incoming", "in"), given.text("lease"), given.millis("pause_ms", 0))
        return {}

    def do_report(self, given):
        return {"outgoing": self.exchange.report(
            given.number_of("incoming", "in"), given.status_code(), given.optional("note"), given.staff())}

    def do_agree(self, given):
        return {"outgoing": self.exchange.decide(
            given.number_of("incoming", "in"), "15", given.optional("note"), given.staff())}

    def do_decline(self, given):
        return {"outgoing": self.exchange.decide(
            given.number_of("incoming", "in"), "16", given.optional("note"), given.staff())}

    # Looking.

    def do_why(self, given):
        with self.store.glance():
            return self.views.why(*given.either("packet"))

    def do_thread(self, given):
        with self.store.glance():
            return self.views.thread(*given.either("packet"))

    def do_find(self, given):
        with self.store.glance():
            return self.views.find(given.text("from"), given.text("document_id"))

    def do_statuses(self, given):
        with self.store.glance():
            return self.views.statuses(given.number_of("outgoing", "out"))

    def do_stats(self, _given):
        with self.store.glance():
            return self.views.stats()

    def do_events(self, given):
        return self.views.events(given.whole("limit", 100), given.millis("timeout_ms", 0))

    def do_events_done(self, given):
        done = max(given.whole("up_to"), int(self.store.remembered("events-done") or 0))
        self.store.remember("events-done", str(done))
        return {}

    def do_quarantine(self, _given):
        with self.store.glance():
            return self.views.quarantine()

    def do_tick(self, _given):
        if self.worker is None:
            raise Failure("not-for-client")
        self.worker.tick()
        return {}

    def do_doctor(self, _given):
        checks = [
            check("configuration", "good", "The settings are in order.", "Cấu hình hợp lệ."),
            self.check_store(),
        ]
        checks += self.check_axis()
        _, failed = self.views.list_state()
        checks.append(check("inbox", "bad" if failed else "good",
                            "The last list of the axis failed; what waits is not known." if failed else "The axis gives its list.",
                            "Lần lấy danh sách gần nhất bị lỗi; chưa rõ có gì đang chờ." if failed else "Lấy được danh sách từ trục."))
        stuck = self.store.value("SELECT count(*) FROM recipient WHERE delivery IN ('failed', 'held')")
        checks.append(check("outbox", "warning" if stuck else "good",
                            "%d deliveries failed or are held." % stuck, "%d lượt gửi bị lỗi hoặc bị giữ." % stuck))
        apart = self.store.value("SELECT count(*) FROM arrival WHERE state = 'quarantined'")
        checks.append(check("quarantine", "warning" if apart else "good",
                            "%d packets cannot be read." % apart, "%d gói tin không đọc được." % apart))
        return checks

    def check_store(self):
        try:
            self.store.remember("doctor", str(time.time()))
            return check("store", "good", "The store can be written.", "Ghi được kho dữ liệu.")
        except Failure:
            return check("store", "bad", "The store cannot be written.", "Không ghi được kho dữ liệu.")

    def check_axis(self):
        """Asks the axis now, whatever was heard before."""
        if self.worker is None:
            return [check(name, "unknown", "Only the worker asks the axis.", "Chỉ worker hỏi trục.")
                    for name in ("axis", "credentials")]
        axis, credentials = "good", "good"
        try:
            self.ask_axis()
        except Failure as failure:
            if failure.kind == "axis-credentials":
                credentials = "bad"
            else:
                axis, credentials = "bad", "unknown"
        off = abs(self.wire.clock_off) * 1000 > self.settings["send.clock_tolerance"]
        tls = "good" if self.wire.encrypted else "warning"
        return [
            check("axis", axis, "The axis answers." if axis == "good" else "The axis gives no proper answer.",
                  "Trục có trả lời." if axis == "good" else "Trục không trả lời đúng."),
            check("credentials", credentials,
                  {"good": "The axis takes system id and secret.", "bad": "The axis refuses system id or secret."}.get(credentials, "Not known."),
                  {"good": "Trục chấp nhận mã hệ thống và khóa.", "bad": "Trục từ chối mã hệ thống hoặc khóa."}.get(credentials, "Chưa rõ.")),
            check("clock", "bad" if off else "good",
                  "This clock is not that of the axis." if off else "This clock is that of the axis.",
                  "Đồng hồ máy lệch so với trục." if off else "Đồng hồ máy khớp với trục."),
            check("tls", tls, "The connection is encrypted." if tls == "good" else "The connection is not encrypted.",
                  "Kết nối được mã hóa." if tls == "good" else "Kết nối không được mã hóa."),
        ]

    def ask_axis(self):
        self.wire.received("edoc")

    def do_close(self, given):
        in_time = self.close(given.millis("timeout_ms", 5000) / 1000)
        return {"closed": True, "in_time": in_time}

    def close(self, seconds):
        self.closed = True
        return self.worker.close(seconds) if self.worker else True


def check(name, health, english, vietnamese):
    return {"name": name, "health": health, "en": english, "vi": vietnamese}


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Failure("io", reason=type(error).__name__)


class Given:
    """The members of a command."""

    def __init__(self, members):
        self.members = members

    def optional(self, name):
        value = self.members.get(name)
        if value is not None and not isinstance(value, str):
            raise misuse("%s must be a text" % name)
        return value

    def text(self, name):
        value = self.optional(name)
        if value is None:
            raise misuse("%s must be a text" % name)
        return value

    def texts(self, name):
        value = self.members.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise misuse("%s must be a list of texts" % name)
        return value

    def whole(self, name, default=None):
        value = self.members.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62:
            raise misuse("%s must be a number" % name)
        return value

    millis = whole

    def number_of(self, name, prefix):
        kind, number = self.either(name)
        if kind != prefix:
            raise misuse("%s must be an id like %s-1" % (name, prefix))
        return number

    def either(self, name):
        match = re.fullmatch(r"(out|in)-(\d{1,18})", self.text(name), re.ASCII)
        if match is None:
            raise misuse("%s must be an id like out-1 or in-1" % name)
        return match.group(1), int(match.group(2))

    def status_code(self):
        code = self.text("code")
        if not CODE.fullmatch(code):
            raise misuse("code is two digits")
        return "%02d" % int(code)

    def staff(self):
        value = self.members.get("staff")
        return model.from_json(model.STAFF, value, "staff") if value is not None else None
