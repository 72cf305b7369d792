"""The lines of a connector in Python's logging."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

import lienthong
from conftest import Make
from lienthong.testing import Axis


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name.startswith("lienthong.")
    ]


def test_lines_come_under_the_logger_of_the_package_and_hold_nothing_private(
    tmp_path: Path, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="lienthong")
    with Axis() as axis:
        settings = axis.settings("H99.01")
    # The axis is gone: what is tried is told.
    with lienthong.open(tmp_path / "store", **settings, receive_interval=50) as one:
        one.send(make().attach("Bí mật.pdf", b"%PDF"), contains_state_secret=False)
        end = time.monotonic() + 20
        while not any("not sent" in line for line in lines(caplog)):
            assert time.monotonic() < end, "no line came"
            one.events(timeout=0.2)
    for line in lines(caplog):
        for private in ("V/v thí dụ", "Bí mật", settings["secret"]):
            assert private not in line


def test_nothing_is_kept_that_nobody_wants(
    lienthong_axis: Axis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="lienthong")
    with lienthong_axis.open(tmp_path / "store") as one:
        one.doctor()
        time.sleep(0.1)
    assert not [record for record in caplog.records if record.name.startswith("lienthong")]
