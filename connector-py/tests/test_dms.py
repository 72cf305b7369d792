"""examples/python/dms.py speaks the lines of docs/dms.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import lienthong
from lienthong.testing import Axis

ROOT = Path(__file__).resolve().parents[2]
DMS = ROOT / "examples/python/dms.py"


class Dms:
    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(DMS), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.count = 0

    def line(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def say(self, line: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.line()

    def ask(self, do: str, **members: object) -> Any:
        self.count += 1
        answer = self.say(json.dumps({"id": self.count, "do": do, **members}))
        assert answer["id"] == self.count
        return answer

    def ok(self, do: str, **members: object) -> Any:
        answer = self.ask(do, **members)
        assert "ok" in answer, answer
        return answer["ok"]


def started(axis: Axis, tmp_path: Path, organ: str) -> Dms:
    secret = tmp_path / f"{organ}.secret"
    secret.write_text(axis.settings(organ)["secret"] + "\n")
    dms = Dms(
        *("--store", tmp_path / organ, "--organ", organ, "--axis", axis.url),
        *("--system", f"system.{organ}", "--secret-file", secret),
        *("--set", "receive.interval=50"),
    )
    assert dms.line() == {"ready": True, "version": lienthong.__version__}
    return dms


DOCUMENT: Dict[str, Any] = {
    "From": {"OrganId": "H99.01", "OrganName": "Cơ quan thí dụ"},
    "To": [{"OrganId": "H99.02"}],
    "DocumentId": "H99.01-2026-000001",
    "Code": {"CodeNumber": "1", "CodeNotation": "TD-VP"},
    "PromulgationInfo": {"Place": "Thí dụ", "PromulgationDate": "2026-03-04"},
    "Subject": "V/v thí dụ",
}


def test_the_session_of_the_document_goes_as_it_stands_there(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    file = tmp_path / "công văn.pdf"
    file.write_bytes(b"%PDF-1.4\n")
    one = started(lienthong_axis, tmp_path, "H99.01")
    two = started(lienthong_axis, tmp_path, "H99.02")
    send = {"contains_state_secret": False, "document": DOCUMENT, "attach": [str(file)]}
    sent = one.ok("send", **send)
    assert (sent["outgoing"], sent["again"]) == ("out-1", False)
    assert one.ok("send", **send)["again"] is True
    item = two.ok("poll", timeout_ms=20_000, extract_to=str(tmp_path / "came"))["item"]
    assert (item["incoming"], item["own"], item["attempt"]) == ("in-1", "H99.02", 1)
    assert item["attachments"][0]["bytes"] == 9
    assert Path(item["files"][0]).read_bytes() == b"%PDF-1.4\n"
    assert two.ok("accept", incoming="in-1", lease=item["lease"]) == {}
    assert two.ask("accept", incoming="in-1", lease=item["lease"])["error"]["kind"] == "lease-lost"
    assert two.ok("report", incoming="in-1", code="03") == {"outgoing": "out-2"}
    while [row["code"] for row in one.ok("statuses", outgoing="out-1")] != ["01", "03"]:
        for event in one.ok("events", timeout_ms=1000):
            one.ok("events_done", up_to=event["number"])
    why = one.ok("why", packet="out-1")
    assert why["outgoing"]["recipients"][0]["state"] == "registered"
    assert "incoming" not in why
    assert one.ok("recall", outgoing="out-1", reason="Ban hành nhầm") == {"requests": ["out-2"]}
    action = two.ok("poll", timeout_ms=20_000)["item"]
    assert (action["is_action"], action["acts_on"], action["document"]) == (True, "in-1", None)
    assert two.ok("agree", incoming=action["incoming"]) == {"outgoing": "out-3"}
    assert two.ok("poll") == {"item": None}
    assert one.ok("find", **{"from": "H99.01", "document_id": DOCUMENT["DocumentId"]}) == {
        "outgoing": ["out-1"]
    }
    assert one.ok("stats")["counts"] and one.ok("quarantine") == []
    assert one.ok("tick") == {} and one.ok("doctor")[0]["health"] == "good"
    assert one.ok("backup", folder=str(tmp_path / "copy")) == {}
    for dms in (one, two):
        assert dms.ok("close") == {"closed": True, "in_time": True}
        assert dms.process.wait(20) == 0


def test_what_is_not_understood_is_an_invalid_argument(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    dms = started(lienthong_axis, tmp_path, "H99.01")
    for line in ("no json", "[]", '{"do":"nothing"}', '{"do":"send"}', '{"do":"why"}'):
        error = dms.say(line)["error"]
        assert (error["kind"], error["number"]) == ("invalid-argument", error["number"])
        assert error["message_vi"] and error["context"]["reason"]
    assert dms.ask("why", packet="x")["error"]["kind"] == "invalid-argument"
    assert dms.ask("poll", timeout_ms=-1)["error"]["kind"] == "invalid-argument"
    assert dms.ask("why", packet="out-9")["error"]["kind"] == "not-found"
    assert dms.process.stdin is not None
    dms.process.stdin.close()
    assert dms.process.wait(20) == 0


def test_wrong_arguments_end_with_two_and_a_store_in_use_with_one(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    for arguments in (["--nothing", "x"], ["--store"], ["--set", "no.such=1"]):
        wrong = Dms(*arguments)
        out, _ = wrong.process.communicate(timeout=20)
        assert (out, wrong.process.returncode) == ("", 2)
    with lienthong_axis.open(tmp_path / "H99.01", "H99.01"):
        second = Dms("--store", tmp_path / "H99.01", "--organ", "H99.01", "--axis", "http://x")
        # Without a system it is not even tried.
        assert "error" in second.line()
        assert second.process.wait(20) == 1
        client = Dms("--store", tmp_path / "H99.01", "--organ", "H99.01", "--client")
        assert client.line()["ready"] is True
        assert client.ask("tick")["error"]["kind"] == "not-for-client"
        client.process.communicate(timeout=20)
