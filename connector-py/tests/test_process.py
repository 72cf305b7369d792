"""Processes: forks, ends and deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Callable

import pytest

import lienthong
from conftest import Make
from lienthong import Connector
from lienthong.testing import Axis


def program(text: str, *arguments: object, **more: object) -> "subprocess.Popen[str]":
    """Starts a program of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(text: str, *arguments: object, seconds: float = 30) -> "tuple[int, str, str]":
    started = program(text, *arguments)
    try:
        out, err = started.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        started.kill()
        out, err = started.communicate()
        raise AssertionError(f"it hangs: {out}{err}") from None
    return started.returncode, out, err


OPEN = """
    import os, sys, threading, time, lienthong
    from lienthong.testing import Axis
    axis = Axis()
    c = axis.open(sys.argv[1])
"""


@pytest.mark.parametrize(
    "ending",
    [
        "",
        "del c",
        "c.close()",
        "threading.Thread(target=lambda: list(c.receive())).start()",
        "threading.Thread(target=lambda: list(c.receive()), daemon=True).start(); time.sleep(0.3)",
        "threading.Thread(target=c.poll, args=(3600,)).start(); time.sleep(0.3)",
        "c.cycle = c; del c",
        "c.__enter__(); raise SystemExit(0)",
        "os.fork() or sys.exit(0); os.wait()",
        "import logging; logging.basicConfig(level=1); c.doctor()",
        "import asyncio; asyncio.run(lienthong.AsyncConnector(c).poll(0.1))",
        "import concurrent.futures as f; t = f.ThreadPoolExecutor(); t.submit(c.poll, 3600)",
    ],
)
def test_the_end_of_the_interpreter_never_hangs(ending: str, tmp_path: Path) -> None:
    start = time.monotonic()
    status, _, errors = run(textwrap.dedent(OPEN) + ending, tmp_path / "store")
    allowed = "ClosedError" in errors
    assert status == 0 or allowed, errors
    assert time.monotonic() - start < 15
    assert "Fatal" not in errors and "panicked" not in errors, errors


def test_ctrl_c_ends_a_call_that_waits(tmp_path: Path) -> None:
    # What a shell starts in the background ignores the signal, and so do its children.
    heard = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    started = program(
        heard
        + textwrap.dedent(OPEN)
        + "print('waiting', flush=True)\nc.poll()\nlist(c.receive())",
        tmp_path / "store",
    )
    assert started.stdout is not None and started.stdout.readline() == "waiting\n"
    time.sleep(0.3)
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    assert started.returncode != 0


def in_child(work: Callable[[], str]) -> str:
    """What a forked child says."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        told = "nothing"
        try:
            told = work()
        except BaseException as error:
            told = repr(error)
        finally:
            os.write(write, told.encode())
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told_by_child:
        told = told_by_child.read()
    os.waitpid(child, 0)
    return told


def test_a_child_is_told_that_the_connector_is_not_its_own(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    with lienthong_axis.open(tmp_path) as connector:
        document = make()

        def work() -> str:
            with pytest.raises(lienthong.AfterForkError) as caught:
                connector.send(document, contains_state_secret=False)
            return f"{caught.value.code} {connector.close()} {document.check().ok}"

        assert in_child(work) == "after-fork True True"
        # What the child did to its copy does nothing to ours.
        assert connector.send(document, contains_state_secret=False).outgoing == "out-1"


def test_a_child_opens_its_own_when_its_parent_has_closed(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    def work() -> str:
        with lienthong_axis.open(tmp_path / "other", role="client") as own:
            return str(own.stats() is not None)

    with lienthong_axis.open(tmp_path / "own"):
        assert "after-fork" in in_child(work)
    assert in_child(work) == "True"


def test_what_was_stored_is_delivered_although_the_process_was_killed(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    text = """
        import datetime, os, signal, sys, lienthong
        from lienthong import Document
        store, url = sys.argv[1:]
        c = lienthong.open(store, url, system_id="system.H99.01", secret="made-up H99.01",
                           organs="H99.01")
        for number in range(1, 1000):
            document = Document(
                from_="H99.01", to="H99.02", document_id=f"H99.01-2026-{number:06}",
                code=(str(number), "TD-VP"), subject="V/v",
                promulgation_info=("Thí dụ", datetime.date(2026, 3, 4)))
            print(c.send(document, contains_state_secret=False), flush=True)
    """
    started = program(text, tmp_path / "one", lienthong_axis.url)
    assert started.stdout is not None
    stored = [started.stdout.readline().strip() for _ in range(20)]
    started.send_signal(signal.SIGKILL)
    stored += [line.strip() for line in started.stdout.read().splitlines() if line.strip()]
    started.communicate()
    assert "" not in stored

    wanted = len(stored)
    # What was under way when it died has an unknown outcome: the axis is asked.
    soon = {"send_ask_after": 200, "send_unknown_wait": 1000}
    with lienthong_axis.open(tmp_path / "one", "H99.01", **soon) as one:
        with lienthong_axis.open(tmp_path / "two", "H99.02") as two:
            for id in stored:
                why = one.wait_delivered(id, 30).outgoing
                assert why is not None and why.recipients[0].delivery == "accepted"
            came: "set[str]" = set()
            while len(came) < wanted:
                item = two.poll(20)
                assert item is not None, f"{len(came)} of {wanted}"
                item.accept()
                assert item.id not in came
                came.add(item.id)


def test_a_receiver_that_dies_is_shown_it_again(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    text = """
        import os, signal, sys, lienthong
        c = lienthong.open(sys.argv[1], organs="H99.02", role="client", handoff_lease=500)
        print(c.poll(20).id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    with lienthong_axis.open(tmp_path / "one", "H99.01") as one:
        with lienthong_axis.open(tmp_path / "two", "H99.02") as two:
            one.send(make(), contains_state_secret=False)
            status, shown, errors = run(text, tmp_path / "two")
            assert status == -signal.SIGKILL, errors
            again = two.poll(20)
            assert again is not None
            assert (again.id, again.redelivered) == (shown.strip(), True)
            again.accept()


def test_a_connector_that_is_forgotten_lets_go_of_its_store(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    def use() -> None:
        connector: Connector = lienthong_axis.open(tmp_path)
        assert connector.stats().counts == {}

    use()
    with lienthong_axis.open(tmp_path):
        pass
