"""Threads: the GIL is free while a call works or waits, and eight threads share everything."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Tuple

import pytest

import lienthong
from conftest import Make
from lienthong import Connector, Packet, Signer
from lienthong.testing import Axis

LONG = b"made up\n" * 1_000_000
"""Bytes that keep a call at work for long enough to be seen."""


def ticks_during(work: Callable[[], object]) -> int:
    """How often another thread ran while the work went on, where no thread is made to give up
    the GIL: it runs only where the work gives it up by itself."""
    stop = threading.Event()
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while not stop.is_set():
            time.sleep(0.0002)
            ticks += 1

    ticker = threading.Thread(target=tick)
    ticker.start()
    time.sleep(0.05)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        before = ticks
        work()
        return ticks - before
    finally:
        sys.setswitchinterval(usual)
        stop.set()
        ticker.join()


def test_the_measure_sees_a_thread_that_keeps_the_gil() -> None:
    def keep() -> None:
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end:
            pass

    assert ticks_during(keep) == 0
    assert ticks_during(lambda: time.sleep(0.05)) > 0


class Calls:
    """Every call that waits or works, with what it needs."""

    def __init__(self, tmp_path: Path, make: Make, signer: Signer, trust: Path) -> None:
        self.path = tmp_path / "long.pdf"
        self.path.write_bytes(b"%PDF-1.4\n" + LONG)
        self.document = make().attach(self.path).attach("b.txt", LONG)
        self.packet_path = tmp_path / "packet"
        self.document.write(self.packet_path)
        self.packet = lienthong.read(self.packet_path)
        self.bytes = self.packet_path.read_bytes()
        self.signer, self.trust, self.folder = signer, trust, tmp_path

    def named(self, name: str) -> Callable[[], object]:
        new = self.folder / "new"
        packet: Packet = self.packet
        return {
            "read a path": lambda: lienthong.read(self.packet_path),
            "read bytes": lambda: lienthong.read(self.bytes),
            "write a path": lambda: self.document.write(new),
            "write bytes": lambda: self.document.to_bytes(),
            "write signed": lambda: self.document.write(new, sign=self.signer, seal=self.signer),
            "sign": lambda: packet.sign(new, self.signer, seal=True),
            "verify": lambda: packet.verify(trust=self.trust),
            "extract": lambda: packet.extract(new),
            "attachment": lambda: packet.attachments[1].write(new),
            "open an attachment": lambda: packet.attachments[1].open(),
            "read an attachment": lambda: packet.attachments[0].read(),
        }[name]


@pytest.mark.parametrize(
    "name",
    [
        "read a path",
        "read bytes",
        "write a path",
        "write bytes",
        "write signed",
        "sign",
        "verify",
        "extract",
        "attachment",
        "open an attachment",
        "read an attachment",
    ],
)
def test_other_threads_run_while_a_packet_is_worked_on(
    name: str, tmp_path: Path, make: Make, signer: Signer, trust: Path
) -> None:
    work = Calls(tmp_path, make, signer, trust).named(name)
    assert ticks_during(work) > 0


def test_other_threads_run_while_the_connector_waits_or_works(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    document = make().attach("a.pdf", b"%PDF-1.4\n" + LONG)
    lienthong_axis.add_fault("delay", "countReceiveEdoc", ms=300, times=0)
    with lienthong_axis.open(tmp_path / "store") as connector:
        for name, work in {
            "poll": lambda: connector.poll(0.5),
            "events": lambda: connector.events(0.5, limit=0),
            "send": lambda: connector.send(document, contains_state_secret=False),
            "doctor": lambda: connector.doctor(),
            "close": lambda: connector.close(),
        }.items():
            assert ticks_during(work) > 0, name


def test_eight_threads_share_one_connector(pair: Tuple[Connector, Connector], make: Make) -> None:
    one, two = pair
    count = 80

    def send(number: int) -> str:
        document = make(number).attach("a.txt", b"x" * number)
        return one.send(document, contains_state_secret=False).outgoing

    def take(_: int) -> list[str]:
        taken = []
        for item in two.receive(timeout=3):
            assert item.document is not None and item.document.document_id is not None
            assert len(item.attachments[0].read()) == int(item.document.document_id[-6:])
            item.accept()
            item.report(3)
            taken.append(item.document.document_id)
        return taken

    with ThreadPoolExecutor(8) as threads:
        taking = [threads.submit(take, number) for number in range(4)]
        ids = list(threads.map(send, range(1, count + 1)))
        taken = [id for each in taking for id in each.result()]
    assert len(set(ids)) == count
    assert sorted(taken) == [f"H99.01-2026-{number:06}" for number in range(1, count + 1)]


def test_eight_threads_share_one_document_and_one_packet(make: Make) -> None:
    document = make().attach("a.txt", LONG[:100_000])
    data = document.to_bytes()
    packet = lienthong.read(data)

    def use(number: int) -> bool:
        same = document.to_bytes() == data and packet.attachments[0].read() == LONG[:100_000]
        return same and packet.check().ok and document.check().ok

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(40)))


def test_a_call_that_waits_ends_when_another_thread_closes(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    with lienthong_axis.open(tmp_path) as connector:
        with ThreadPoolExecutor(8) as threads:
            waiting = [threads.submit(connector.poll, 60) for _ in range(4)]
            endless = [threads.submit(lambda: list(connector.receive())) for _ in range(4)]
            time.sleep(0.2)
            start = time.monotonic()
            connector.close()
            for one in waiting:
                with pytest.raises(lienthong.ClosedError):
                    one.result()
            assert [one.result() for one in endless] == [[]] * 4
            assert time.monotonic() - start < 5
