"""The story of examples/story, told in Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Make
from lienthong import Connector
from lienthong.testing import Axis

ROOT = Path(__file__).resolve().parents[2]
# As in examples/story/axis.toml.
OFFICE = {
    "rule": [
        {
            "document_id": "H99.01,2026/03/04,8/STD-VP",
            "what": ["document"],
            "reaction": {"kind": "statuses", "steps": [{"code": "01"}]},
        }
    ],
    "script": [
        {"command": {"kind": "send", "to": ["H99.01"], "document": {"document_id": "VPCP-1"}}}
    ],
}


def test_the_story_is_as_it_stands_there(tmp_path: Path) -> None:
    pdf, text = tmp_path / "Công văn.pdf", tmp_path / "Phụ lục.txt"
    pdf.write_text("%PDF-1.4\n" + "made up\n" * 10_000)
    text.write_text("Kính gửi: Văn phòng Chính phủ\n", encoding="utf-8")
    with Axis(["H99.01"], office=OFFICE) as axis:
        settings = axis.settings("H99.01")
        config = tmp_path / "lienthong.toml"
        config.write_text(
            f"[axis]\nurl='{axis.url}'\nsystem_id='{settings['system_id']}'\n"
            f"secret='{settings['secret']}'\n[connector]\norgans=['H99.01']\n"
            f"[store]\npath='{tmp_path / 'store'}'\n[receive]\ninterval=100\n"
        )
        program = ROOT / "examples/python/story.py"
        words = [program, config, pdf, text, tmp_path / "received"]
        done = subprocess.run(
            [sys.executable, *map(str, words)], capture_output=True, encoding="utf-8", timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (ROOT / "examples/story/story.txt").read_text(encoding="utf-8")
    assert len(list((tmp_path / "received").iterdir())) == 1


def test_the_figures_of_a_store_become_a_picture(
    pair: "tuple[Connector, Connector]", make: Make, tmp_path: Path
) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    one, two = pair
    for number in range(1, 4):
        one.send(make(number), contains_state_secret=False)
        item = two.poll(20)
        assert item is not None
        item.accept()
        one.wait_delivered(one.find_sent("H99.01", f"H99.01-2026-{number:06}")[0], 20)
    program = ROOT / "examples/python/figures.py"
    for words, documents in (([str(tmp_path / "one")], "documents 3"), (["--made-up"], "")):
        picture = tmp_path / "figures.png"
        done = subprocess.run(
            [sys.executable, str(program), *words, str(picture)],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert documents in done.stdout
        assert picture.read_bytes().startswith(b"\x89PNG")
