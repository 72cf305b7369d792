"""The wire of the national axis: each parameter a header, all of them signed with HMAC-SHA256."""

import base64
import binascii
import datetime
import email.utils
import hashlib
import hmac
import http.client
import json
import re
import socket
import ssl
import urllib.parse

from failure import Failure

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
VERSION = "3.0.201608"
MARK = "XroadVnpt-"
ROOM = 1024  # what the head has besides `to` and its signed copy, at most


def vietnamese_time():
    return datetime.datetime.now(VIETNAM)


def stamp(now):
    """`ddMMyyyy'T'HHmmss+SSSS`: the last part is milliseconds, not an offset."""
    return now.strftime("%d%m%YT%H%M%S+") + "%04d" % (now.microsecond // 1000)


def unpadded_sha256(data):
    """Each byte in hex without a leading zero, as the official software writes it."""
    return "".join("%x" % byte for byte in hashlib.sha256(data).digest())


def sign(secret, parameters):
    """The signed text and its HMAC."""
    text = json.dumps(
        {MARK + name: value for name, value in parameters.items()},
        ensure_ascii=False, separators=(",", ":"),
    )
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return text, digest


class Wire:
    def __init__(self, settings):
        self.settings = settings
        address = urllib.parse.urlsplit(settings["axis.url"])
        self.encrypted = address.scheme == "https"
        self.host = address.hostname
        self.port = address.port or (443 if self.encrypted else 80)
        self.base = address.path.rstrip("/")
        self.context = self.trust() if self.encrypted else None
        self.clock_off = 0.0  # seconds by which the axis's clock is ahead, as last told

    @classmethod
    def check(cls, settings):
        settings.check()

    def trust(self):
        try:
            context = ssl.create_default_context(cafile=self.settings["axis.ca_file"] or None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.settings["axis.client_certificate"]:
                context.load_cert_chain(
                    self.settings["axis.client_certificate"],
                    self.settings["axis.client_key"] or None,
                )
            return context
        except (OSError, ssl.SSLError):
            raise Failure("config-invalid-value", key="axis.ca_file")

    def now(self):
        return vietnamese_time()

    def hash_file(self, packet):
        if self.settings["axis.hash_file"] == "standard":
            return hashlib.sha256(packet).hexdigest()
        return unpadded_sha256(packet)

    def headers(self, parameters, content_type):
        parameters = dict(parameters)
        parameters["systemid"] = self.settings["axis.system_id"]
        parameters["timestamp"] = stamp(self.now())
        parameters["Content-Type"] = content_type
        text, digest = sign(self.settings["axis.secret"], parameters)
        head = [("Content-Type", content_type)]
        head += [(MARK + name, value) for name, value in parameters.items()]
        return head + [
            (MARK + "sign-header-key", ";".join(parameters)),
            (MARK + "sign-header", text),
            (MARK + "hash-header", digest),
            (MARK + "version", VERSION),
            ("User-Agent", self.settings["axis.user_agent"]),
        ]

    def put_body(self, connection, body):
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body)

    # One exchange.

    def connect(self):
        wait = self.settings["axis.connect_timeout"] / 1000
        if self.encrypted:
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=wait, context=self.context)
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=wait)
        try:
            connection.connect()
        except ssl.SSLError:
            raise Failure("axis-untrusted")
        except OSError:
            raise Failure("axis-unreachable")
        connection.sock.settimeout(self.settings["axis.idle_timeout"] / 1000)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def exchange(self, call, parameters, body=b"", content_type="application/json", room=0):
        """HTTP status and body; `sent` of a failure says whether the request went out whole."""
        head = self.headers(parameters, content_type)
        connection = self.connect()
        sent = False
        try:
            connection.putrequest("POST", self.base + "/" + call, skip_accept_encoding=True)
            for name, value in head:
                connection.putheader(name, value)
            connection.putheader("Connection", "close")
            self.put_body(connection, body)
            sent = True
            answer = connection.getresponse()
            self.compare_clocks(answer.getheader("Date"))
            return answer.status, self.read_body(answer, call, self.settings["axis.max_answer"] + room)
        except (OSError, http.client.HTTPException, ValueError):
            raise Failure("axis-no-answer" if sent else "axis-interrupted", call=call)
        finally:
            connection.close()

    def compare_clocks(self, date):
        try:
            told = email.utils.parsedate_to_datetime(date or "")
            self.clock_off = (told - self.now()).total_seconds()
        except (TypeError, ValueError, IndexError):
            pass

    def read_body(self, answer, call, limit):
        pieces, length = [], 0
        while True:
            piece = answer.read(65536)
            if not piece:
                break
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise Failure("axis-answer-too-large", call=call, key="axis.max_answer")
        if answer.length:  # it ended before its stated length
            raise Failure("axis-no-answer", call=call)
        return b"".join(pieces)

    def call(self, call, parameters, body=b"", content_type="application/json", room=0):
        """The answer where it is a success; everything else is a Failure."""
        status, data = self.exchange(call, parameters, body, content_type, room)
        return self.judge(call, status, data)

    def judge(self, call, status, data):
        if status == 401:
            raise Failure("axis-credentials", remote_code="401", call=call)
        if status != 200:
            raise Failure("axis-not-an-answer", remote_code=str(status), call=call)
        answer = read_answer(data)
        if answer is None or not answer.get("errorcode"):
            raise Failure("axis-not-an-answer", call=call)
        code = answer["errorcode"]
        if code == "0" and str(answer.get("status", "OK")).upper() != "FAIL":
            return answer
        raise Failure(self.kind_of(code), remote_code=code, call=call)

    def kind_of(self, code):
        return {
            "10": "axis-refused-packet", "22": "axis-refused-packet",
            "18": "axis-refused-organ", "19": "axis-refused-organ", "23": "axis-refused-organ",
            "15": "axis-credentials", "401": "axis-credentials",
            "20": "axis-try-later", "21": "axis-try-later",
        }.get(code, "axis-unknown-refusal")

    # The calls that this product makes.

    def send(self, packet, sender, organs, is_status):
        parameters = {
            "servicetype": "eDoc",
            "messagetype": "status" if is_status else "edoc",
            "hash-file": self.hash_file(packet),
            "from": sender,
            "to": json.dumps(organs, separators=(",", ":")),
        }
        answer = self.call("sendEdoc", parameters, packet, "application/octet-stream")
        return text(answer.get("docid")) or None

    def most_recipients(self, organs):
        """How many of these fit into one request's head."""
        room, count = self.settings["axis.max_header"] - ROOM, 0
        for organ in organs:
            room -= 2 * len(organ) + 9  # quotes and comma, and the quotes escaped in the copy
            if room < 0:
                break
            count += 1
        return max(count, 1)

    def received(self, message_type):
        answer = self.call("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": message_type})
        return self.rows(answer)

    def sent(self, message_type):
        parameters = {"servicetype": "eDoc", "messagetype": message_type, "docId": ""}
        return self.rows(self.call("getSentEdocList", parameters))

    def rows(self, answer):
        rows = answer.get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Failure("axis-not-an-answer", call="list")
        if len(rows) > self.settings["axis.max_rows"]:
            raise Failure("axis-answer-too-large", key="axis.max_rows")
        return [{key.lower(): text(value) for key, value in row.items()} for row in rows]

    def fetch(self, doc_id):
        room = self.settings["axis.max_packet"] * 4 // 3 + 4
        answer = self.call("getEdoc", {"docId": doc_id}, b"{}", room=room)
        data = answer.get("data")
        if not isinstance(data, str) or not data:
            raise Failure("axis-not-an-answer", call="getEdoc")
        try:
            packet = base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Failure("axis-not-an-answer", call="getEdoc")
        if len(packet) > self.settings["axis.max_packet"]:
            raise Failure("axis-answer-too-large", key="axis.max_packet")
        return packet

    def acknowledge(self, doc_id, word):
        self.call("updateStatus", {"docId": doc_id, "status": word}, b"{}")

    def agencies(self):
        """Old codes and what they are now."""
        rows = self.rows(self.call("getAgenciesList", {}))
        codes = {row.get("code") for row in rows}
        pairs = ((row.get("oldcode") or row.get("code102"), row.get("code")) for row in rows)
        # A code goes before an old code.
        return {old: new for old, new in pairs if old and new and old not in codes}


def text(value):
    """Numbers and texts as text; anything else as nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, (str, int, float)) else ""


UNQUOTED = re.compile(r'("\s*:\s*)([0-9A-Za-z][0-9A-Za-z._-]*)(\s*[,}])')


def read_answer(data):
    """The members of a JSON object, names in lower case, or None. Values without quotes are
    taken, too: a provincial axis writes ids like that."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None

    def quoted(match):
        value = match.group(2)
        plain = value in ("true", "false", "null") or re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value)
        return match.group(0) if plain else '%s"%s"%s' % match.groups()

    for attempt in (words, None):
        if attempt is None:
            attempt = UNQUOTED.sub(quoted, words)
        try:
            answer = json.loads(attempt)
        except (ValueError, RecursionError):
            continue
        if not isinstance(answer, dict):
            return None
        answer = {key.lower(): value for key, value in answer.items()}
        answer["errorcode"] = text(answer.get("errorcode")).strip()
        return answer
    return None
