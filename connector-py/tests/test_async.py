"""The asynchronous twins."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest

import lienthong
from conftest import Make
from lienthong import AsyncConnector, Connector
from lienthong.testing import Axis


def opened(axis: Axis, store: Path, organ: str) -> AsyncConnector:
    return lienthong.open_async(store, **axis.settings(organ), receive_interval=50)


def test_a_document_arrives_and_is_reported_on(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    async def story() -> list[str]:
        async with opened(lienthong_axis, tmp_path / "1", "H99.01") as one:
            async with opened(lienthong_axis, tmp_path / "2", "H99.02") as two:
                sent = await one.send(make(), contains_state_secret=False)
                async for came in two.receive(timeout=20):
                    assert came.item.from_ == "H99.01"
                    await came.accept()
                    await came.report(3)
                    break
                while True:
                    codes = [status.code for status in await one.statuses(sent)]
                    if codes == ["01", "03"]:
                        return codes
                    for event in await one.events(timeout=1):
                        await one.events_done(event)

    assert asyncio.run(asyncio.wait_for(story(), 60)) == ["01", "03"]


def test_the_loop_goes_on_while_calls_wait(lienthong_axis: Axis, tmp_path: Path) -> None:
    async def story() -> int:
        ticks = 0
        async with opened(lienthong_axis, tmp_path, "H99.01") as one:
            polls = [asyncio.ensure_future(one.poll(0.5)) for _ in range(8)]
            while not all(poll.done() for poll in polls):
                await asyncio.sleep(0.01)
                ticks += 1
        return ticks

    assert asyncio.run(story()) > 10


def test_a_packet_that_a_cancelled_poll_took_is_given_back(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    async def story() -> Any:
        async with opened(lienthong_axis, tmp_path / "1", "H99.01") as one:
            async with opened(lienthong_axis, tmp_path / "2", "H99.02") as two:
                polling = asyncio.ensure_future(two.poll(20))
                await asyncio.sleep(0.1)
                polling.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await polling
                await one.send(make(), contains_state_secret=False)
                return await two.poll(20)

    came = asyncio.run(asyncio.wait_for(story(), 60))
    assert came is not None


def test_errors_are_the_same_and_closing_ends_what_waits(
    lienthong_axis: Axis, tmp_path: Path
) -> None:
    async def story() -> None:
        one = opened(lienthong_axis, tmp_path, "H99.01")
        with pytest.raises(lienthong.NotFoundError):
            await one.why("out-9")
        waiting = asyncio.ensure_future(one.poll(60))
        await asyncio.sleep(0.1)
        assert await one.close()
        with pytest.raises(lienthong.ClosedError):
            await waiting

    asyncio.run(asyncio.wait_for(story(), 30))


def test_every_call_of_the_connector_has_its_twin() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert public(Connector) == public(AsyncConnector)
    for name in public(AsyncConnector) - {"receive"}:
        assert inspect.iscoroutinefunction(inspect.unwrap(getattr(AsyncConnector, name))) or (
            getattr(AsyncConnector, name).__wrapped__ is getattr(Connector, name)
        )
