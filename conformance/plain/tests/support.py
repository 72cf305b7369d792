"""A test axis as a program, products as programs, and packets."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = os.path.dirname(HERE)
ROOT = os.path.dirname(os.path.dirname(PLAIN))
sys.path.insert(0, PLAIN)

PATIENCE = 20


def axis_program():
    named = os.environ.get("LIENTHONG_CONFORMANCE")
    built = os.path.join(ROOT, "target", "debug", "lienthong-conformance")
    return named or (built if os.path.exists(built) else None)


class Axis:
    def __init__(self, *systems, arguments=()):
        command = [axis_program(), "axis", *arguments]
        for name, secret, organs in systems:
            command += ["--system", "%s=%s:%s" % (name, secret, organs)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = self.process.stdout.readline().decode().strip()
        self.more = json.loads(self.process.stdout.readline())

    def control(self, method, path, body=None, **headers):
        address = self.more["control"].rstrip("/") + path
        if not address.startswith("http"):
            address = "http://" + address
        request = urllib.request.Request(
            address, method=method, data=None if body is None else json.dumps(body).encode(),
            headers=dict({"Authorization": "Bearer " + self.more["token"]}, **headers))
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def fault(self, call, fault, **rule):
        return self.control("POST", "/faults", dict(rule, call=call, fault=fault))

    def queues(self):
        return self.control("GET", "/queues")["deliveries"]

    def wire(self):
        return self.control("GET", "/wire", **{"since": "0", "wait-ms": "0"})["exchanges"]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Dms:
    def __init__(self, *arguments):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(PLAIN, "dms.py"), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        self.first = self.line()

    def line(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, do, **members):
        self.process.stdin.write(json.dumps(dict(members, id=7, do=do), ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()
        return self.line()

    def done(self, do, **members):
        answer = self.ask(do, **members)
        if "ok" not in answer:
            raise AssertionError(answer)
        return answer["ok"]

    def refused(self, do, **members):
        answer = self.ask(do, **members)
        if "error" not in answer:
            raise AssertionError(answer)
        return answer["error"]["kind"]

    def item(self, **members):
        item = self.done("poll", timeout_ms=PATIENCE * 1000, **members)["item"]
        if item is None:
            raise AssertionError("nothing came")
        return item

    def until(self, packet, wanted):
        """`why` of a packet, as soon as it is as wanted."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            why = self.done("why", packet=packet)
            if wanted(why):
                return why
            time.sleep(0.02)
        raise AssertionError(why)

    def state(self, packet, organ, state):
        return self.until(packet, lambda why: any(
            row["organ"] == organ and row["state"] == state for row in why["outgoing"]["recipients"]))

    def kill(self):
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")


def document(number=1, to=("H99.02",), **members):
    return dict({
        "From": {"OrganId": "H99.01", "OrganName": "Cơ quan thí dụ"},
        "To": [{"OrganId": organ} for organ in to],
        "DocumentId": "H99.01-2026-%06d" % number,
        "Code": {"CodeNumber": str(number), "CodeNotation": "TD-VP"},
        "PromulgationInfo": {"Place": "Thí dụ", "PromulgationDate": "2026-03-04"},
        "Subject": "V/v thí dụ",
    }, **members)


class WithAxis(unittest.TestCase):
    """A test axis with two agencies, and a folder."""

    systems = (("a", "one", "H99.01"), ("b", "two", "H99.02,H99.03"))
    arguments = ()

    def setUp(self):
        if axis_program() is None:
            self.skipTest("LIENTHONG_CONFORMANCE names no test axis")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.axis = Axis(*self.systems, arguments=self.arguments)
        self.addCleanup(self.axis.stop)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def start(self, system, *more, secret=None):
        _, right, organs = next(one for one in self.systems if one[0] == system)
        self.write("secret-" + system, ((secret or right) + "\n").encode())
        arguments = ["--store", self.path("store-" + system), "--axis", self.axis.url, "--system", system,
                     "--secret-file", self.path("secret-" + system)]
        for organ in organs.split(","):
            arguments += ["--organ", organ]
        for setting in ("receive.interval=30", "send.pause=30", "send.ask_after=30", "send.unknown_wait=90") + more:
            arguments += setting.split(" ") if setting.startswith("--") else ["--set", setting]
        dms = Dms(*arguments)
        self.addCleanup(dms.kill)
        return dms
