"""The lines of a connector in Python's logging."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from conftest import Make
from lienthong.testing import Axis


def test_lines_come_under_the_logger_of_the_package_and_hold_nothing_private(
    lienthong_axis: Axis, tmp_path: Path, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1, logger="lienthong")
    lienthong_axis.add_fault("bad-gateway", "sendEdoc", times=1)
    with lienthong_axis.open(tmp_path / "store", send_pause=10, send_ask_after=10) as one:
        sent = one.send(make().attach("Bí mật.pdf", b"%PDF"), contains_state_secret=False)
        one.wait_delivered(sent, 20)
    records = [record for record in caplog.records if record.name.startswith("lienthong")]
    assert records, "no line came"
    for record in records:
        text = record.getMessage()
        for private in ("V/v thí dụ", "Bí mật", "made-up H99.01"):
            assert private not in text


def test_nothing_is_kept_that_nobody_wants(
    lienthong_axis: Axis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="lienthong")
    with lienthong_axis.open(tmp_path / "store") as one:
        one.doctor()
        time.sleep(0.1)
    assert not [record for record in caplog.records if record.name.startswith("lienthong")]
