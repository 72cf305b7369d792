"""The terminal tool."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Make
from lienthong import Signer
from lienthong._terminal import Screen, language, plain, width
from lienthong.testing import Axis


def told(*words: object, status: int = 0, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lienthong", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=given,
        timeout=60,
        env={"PATH": "/usr/bin", "LANG": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def test_a_packet_is_shown_without_what_people_wrote(
    tmp_path: Path, make: Make, signer: Signer, trust: Path
) -> None:
    path = tmp_path / "packet"
    make().attach("Bí mật.pdf", b"%PDF-1.4").write(path, sign=signer)
    shown = told("inspect", path, "--trust", trust)
    for wanted in ("H99.01-2026-000001", "└─", "valid", "proven", "element-advised"):
        assert wanted in shown
    for private in ("V/v thí dụ", "Bí mật"):
        assert private not in shown
    assert "V/v thí dụ" in told("inspect", path, "--content")
    assert "chữ ký gói tin" in told("inspect", path, "--lang", "vi")
    line = json.loads(told("inspect", path, "--json"))
    assert line["kind"] == "document" and line["signatures"]["authenticity"] == "unproven"
    (tmp_path / "broken").write_bytes(b"<broken")
    assert "unreadable" in told("inspect", tmp_path / "broken", status=1)
    assert "could not be read" in told("inspect", tmp_path / "none", status=1)


def test_a_store_is_asked_at_night(tmp_path: Path, make: Make) -> None:
    with Axis() as axis:
        with axis.open(tmp_path / "one") as one:
            good = one.send(make(1), contains_state_secret=False)
            bad = one.send(make(2, to="H99.77"), contains_state_secret=False)
            one.wait_delivered(good, 20)
            one.wait_delivered(bad, 20)
            store = ("--store", tmp_path / "one")
            shown = told("why", bad, *store)
            for wanted in ("out-2", "H99.77", "failed", "18", "operator"):
                assert wanted in shown
            assert "không gửi được" in told("why", bad, "--lang=vi", *store)
            assert json.loads(told("why", good, "--json", *store))["outgoing"]["id"] == "out-1"
            assert "recipients: 1" in told("retry", bad, *store)
            one.wait_delivered(bad, 20)
            assert "nothing was done" in told("drop", bad, *store, status=1)
            assert "recipients: 1" in told("drop", bad, "--yes", *store)
            assert "dropped" in told("why", bad, *store)
            shown = told("stats", *store)
            assert "accepted" in shown and "axis asked" in shown
            assert json.loads(told("stats", "--json", *store))["counts"]
            assert "out-2" in told("watch", "--once", *store)
            assert "good" in told("doctor", *store)
            assert "tốt" in told("doctor", "--lang", "vi", *store)
    assert "no such packet" in told("why", "out-9", *store, status=1)
    told("stats", "--store", tmp_path / "none", status=1)


def test_a_packet_is_sent_and_waited_for(tmp_path: Path, make: Make) -> None:
    file, meta = tmp_path / "a.pdf", tmp_path / "meta.json"
    file.write_bytes(b"%PDF-1.4")
    make().attach("b.pdf", b"%PDF-1.4").write(tmp_path / "packet")
    meta.write_text(json.dumps({"document": make(2).to_dict()}), encoding="utf-8")
    with Axis() as axis:
        config = tmp_path / "lienthong.toml"
        config.write_text(
            f"[axis]\nurl='{axis.url}'\nsystem_id='system.H99.01'\nsecret='made-up H99.01'\n"
            "[connector]\norgans=['H99.01']\n"
        )
        words = ("--store", tmp_path / "store", "--config", config)
        secret = ("--contains-state-secret", "no")
        assert "out-1" in told("send", tmp_path / "packet", *secret, *words)
        shown = told("send", meta, "--attach", file, *secret, *words)
        assert "out-2" in shown and "accepted" in shown
        assert "(was there)" in told("send", tmp_path / "packet", "--no-wait", *secret, *words)
        assert [row["organ"] for row in axis.queued()] == ["H99.02", "H99.02"]
        told("send", meta, *words, status=2)
        refused = ("--contains-state-secret", "yes")
        assert "28/2018" in told("send", meta, *refused, *words, status=1)


def test_the_language_is_asked_for_or_that_of_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert language(None) == "vi"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert (language(None), language("vi")) == ("en", "vi")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("plain_text", [True, False])
def test_nothing_from_outside_steers_the_terminal(
    plain_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = Terminal()
    screen = Screen("en", out, plain_text=plain_text)
    evil = "a\x1b[2Jb\u202ec\nd[red]e[/red]"
    screen.table(["one", "two"], [[evil, "failed"], ["Cơ quan", None]])
    screen.tree(("top", [(plain(evil), [("below", [])])]))
    with screen.bar("sending", 10) as bar:
        bar.update(5)
    shown = out.getvalue()
    assert "\x1b[2J" not in shown and "\u202e" not in shown
    assert "[red]e" in shown
    assert width("Cơ quan") == 7
