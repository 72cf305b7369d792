"""A long attachment goes through send and receive, and memory does not grow with it.

LIENTHONG_TEST_LONG_MB=500 is the long form; benches/README.md has what it gave.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from lienthong.testing import Axis

MEGABYTES = int(os.environ.get("LIENTHONG_TEST_LONG_MB", "64"))
OVER_IDLE = 64 << 10
"""KiB that a process may take over what it takes with a short attachment."""

PROGRAM = """
    import datetime, hashlib, sys, lienthong
    from lienthong import Document
    role, store, url, file = sys.argv[1:]
    organ = "H99.01" if role == "send" else "H99.02"
    with lienthong.open(store, url, system_id=f"system.{organ}", secret=f"made-up {organ}",
                        organs=organ, receive_interval=50) as c:
        def document(number, path):
            return Document(
                from_="H99.01", to="H99.02", document_id=f"H99.01-2026-{number:06}",
                code=(str(number), "TD-VP"), subject="V/v",
                promulgation_info=("Thí dụ", datetime.date(2026, 3, 4))).attach(path)
        def used():
            # The most there was since this program began; `getrusage` counts its parent, too.
            with open("/proc/self/status") as status:
                return int(next(line for line in status if line.startswith("VmHWM")).split()[1])
        for number, path in ((1, sys.argv[4] + ".short"), (2, file)):
            if role == "send":
                sent = c.send(document(number, path), contains_state_secret=False)
                why = c.wait_delivered(sent, 600)
                assert why.outgoing.recipients[0].delivery == "accepted", why
            else:
                item = c.poll(600)
                digest = hashlib.sha256()
                with item.attachments[0].open() as attachment:
                    for piece in iter(lambda: attachment.read(1 << 20), b""):
                        digest.update(piece)
                item.accept()
                print(digest.hexdigest(), flush=True)
            if number == 1:
                idle = used()
        print(used() - idle, used(), flush=True)
"""


def test_memory_does_not_grow_with_an_attachment(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for number in range(MEGABYTES):
            piece = b"%PDF-1.4" + hashlib.sha512(str(number).encode()).digest() * 16_384
            piece = piece[: 1 << 20]
            digest.update(piece)
            out.write(piece)
    (tmp_path / "long.pdf.short").write_bytes(b"%PDF-1.4")
    with Axis(data=tmp_path / "axis") as axis:
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(PROGRAM), role, str(tmp_path / role)]
                + [axis.url, str(file)],
                stdout=subprocess.PIPE,
                text=True,
            )
            for role in ("send", "receive")
        ]
        told = [program.communicate(timeout=900)[0].split() for program in programs]
    assert [program.returncode for program in programs] == [0, 0]
    sender, receiver = told
    assert receiver[1] == digest.hexdigest()
    for role, (over, whole) in (("send", sender[-2:]), ("receive", receiver[-2:])):
        print(
            f"{role}: {MEGABYTES} MB, {int(over) / 1024:.1f} MiB over idle, {int(whole) / 1024:.1f} in all"
        )
        assert int(over) < OVER_IDLE, f"{role}: {over} KiB over idle"
