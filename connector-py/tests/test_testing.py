"""What vendors test their own glue with."""

from __future__ import annotations

from pathlib import Path

import pytest

import lienthong
from conftest import Make
from lienthong.testing import OFFICE, Axis


def test_the_fixture_is_there_without_being_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_glue(lienthong_axis, tmp_path):
            with lienthong_axis.open(tmp_path) as connector:
                assert connector.stats().counts == {}
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_an_axis_stops_and_starts_again_on_its_data(tmp_path: Path, make: Make) -> None:
    with Axis(data=tmp_path / "axis") as axis:
        with axis.open(tmp_path / "one") as one:
            one.wait_delivered(one.send(make(), contains_state_secret=False), 20)
        assert [row["organ"] for row in axis.queued()] == ["H99.02"]
    with Axis(data=tmp_path / "axis") as axis:
        with axis.open(tmp_path / "two", "H99.02") as two:
            item = two.poll(20)
            assert item is not None
            item.accept()


def test_faults_are_added_counted_and_taken_away(lienthong_axis: Axis) -> None:
    lienthong_axis.add_fault("delay", "sendEdoc", ms=1, times=2)
    assert lienthong_axis.faults()[0]["call"] == "sendEdoc"
    lienthong_axis.clear_faults()
    assert lienthong_axis.faults() == []
    with pytest.raises(ValueError, match="unknown variant"):
        lienthong_axis.add_fault("none")


def test_the_wire_is_seen(lienthong_axis: Axis, tmp_path: Path) -> None:
    with lienthong_axis.open(tmp_path):
        exchanges = lienthong_axis.wire_log(wait=20)
        assert exchanges and "number" in exchanges[0]
        # Only what came after a number.
        last = exchanges[-1]["number"]
        assert all(one["number"] > last for one in lienthong_axis.wire_log(since=last))


def test_a_wrong_axis_says_what_is_wrong() -> None:
    with pytest.raises(lienthong.DeveloperError) as failed:
        Axis(rebuild="no such thing")
    assert "as-seen" in str(failed.value)
    with pytest.raises(lienthong.DeveloperError) as unknown:
        Axis(no_such_key=1)
    assert "no_such_key" in str(unknown.value)


def test_the_office_can_be_told_what_to_do(make: Make, tmp_path: Path) -> None:
    rule = {"what": ["document"], "reaction": {"kind": "refuse", "reason": "Sai thẩm quyền"}}
    with Axis(office={"rule": [rule]}) as axis, axis.open(tmp_path) as one:
        sent = one.send(make(to=OFFICE), contains_state_secret=False)
        changes = 0
        while [status.code for status in one.statuses(sent)] != ["01", "02"]:
            changes = axis.office(changes, wait=0.2).get("changes", changes)
            one.events(timeout=1)
