"""Asynchronous twins: the same calls, each on a thread of an executor.

Their types are in the stub beside this file.
"""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, AsyncIterator, Callable, Optional, Type, TypeVar

from ._connector import Connector, Incoming, Seconds, _seconds, open
from ._errors import ClosedError, Error

__all__ = ["AsyncConnector", "AsyncIncoming", "open_async"]

R = TypeVar("R")

_THREADS = 16
"""Calls of one connector that may be under way at once; further ones wait."""


def _of_connector(method: Callable[..., R]) -> Any:
    @functools.wraps(method)
    async def twin(self: "AsyncConnector", *args: Any, **kwargs: Any) -> Any:
        return await self._run(functools.partial(method, self._connector, *args, **kwargs))

    return twin


def _of_incoming(method: Callable[..., R]) -> Any:
    @functools.wraps(method)
    async def twin(self: "AsyncIncoming", *args: Any, **kwargs: Any) -> Any:
        return await self._owner._run(functools.partial(method, self.item, *args, **kwargs))

    return twin


class AsyncIncoming:
    """A packet that came, with calls to be awaited; ``item`` has all else of it."""

    __slots__ = ("_owner", "item")

    def __init__(self, owner: "AsyncConnector", item: Incoming) -> None:
        self._owner = owner
        self.item = item
        """The packet as :class:`Incoming`; what only looks at it does not wait."""

    accept = _of_incoming(Incoming.accept)
    refuse = _of_incoming(Incoming.refuse)
    give_back = _of_incoming(Incoming.give_back)
    report = _of_incoming(Incoming.report)
    agree = _of_incoming(Incoming.agree)
    decline = _of_incoming(Incoming.decline)
    extract = _of_incoming(Incoming.extract)

    def __repr__(self) -> str:
        return f"<Async{repr(self.item)[1:]}"


class AsyncConnector:
    """:class:`Connector` for ``asyncio``: the same calls, to be awaited.

        async with lienthong.open_async(store="…", axis="…") as connector:
            async for came in connector.receive(timeout=30):
                await came.accept()

    A call that is cancelled goes on by itself on its thread; a packet that a cancelled ``poll``
    took is given back.
    """

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lienthong")

    async def _run(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    send = _of_connector(Connector.send)
    recall = _of_connector(Connector.recall)
    update = _of_connector(Connector.update)
    replace = _of_connector(Connector.replace)
    retry = _of_connector(Connector.retry)
    drop = _of_connector(Connector.drop)
    assign = _of_connector(Connector.assign)
    accept = _of_connector(Connector.accept)
    refuse = _of_connector(Connector.refuse)
    give_back = _of_connector(Connector.give_back)
    receive_now = _of_connector(Connector.receive_now)
    report = _of_connector(Connector.report)
    agree = _of_connector(Connector.agree)
    decline = _of_connector(Connector.decline)
    why = _of_connector(Connector.why)
    thread = _of_connector(Connector.thread)
    statuses = _of_connector(Connector.statuses)
    find_sent = _of_connector(Connector.find_sent)
    packet = _of_connector(Connector.packet)
    stats = _of_connector(Connector.stats)
    events = _of_connector(Connector.events)
    events_done = _of_connector(Connector.events_done)
    transfers = _of_connector(Connector.transfers)
    wait_delivered = _of_connector(Connector.wait_delivered)
    quarantine = _of_connector(Connector.quarantine)
    read_again = _of_connector(Connector.read_again)
    drop_quarantined = _of_connector(Connector.drop_quarantined)
    backup = _of_connector(Connector.backup)
    doctor = _of_connector(Connector.doctor)

    async def poll(self, timeout: Seconds = 0) -> Optional[AsyncIncoming]:
        """As :meth:`Connector.poll`."""
        asked = self._threads.submit(self._connector.poll, timeout)
        try:
            item = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(_give_back)
            raise
        return None if item is None else AsyncIncoming(self, item)

    async def receive(self, timeout: Optional[Seconds] = None) -> AsyncIterator[AsyncIncoming]:
        """As :meth:`Connector.receive`."""
        while True:
            try:
                came = await self.poll(_seconds(timeout))
            except ClosedError:
                if timeout is None:
                    return
                raise
            if came is None:
                return
            yield came

    async def close(self, timeout: Seconds = 5) -> bool:
        """As :meth:`Connector.close`."""
        # Not in the executor: its threads may all wait in calls that this ends.
        loop = asyncio.get_running_loop()
        in_time = await loop.run_in_executor(None, self._connector.close, timeout)
        self._threads.shutdown(wait=False)
        return in_time

    async def __aenter__(self) -> "AsyncConnector":
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Async{repr(self._connector)[1:]}"


def _give_back(asked: "Future[Optional[Incoming]]") -> None:
    if asked.cancelled() or asked.exception() is not None:
        return
    item = asked.result()
    if item is not None:
        try:
            item.give_back()
        except Error:
            # It is shown again after its lease.
            pass


@functools.wraps(open)
def open_async(*args: Any, **settings: Any) -> AsyncConnector:
    """As :func:`open`, for ``asyncio``. It does not wait for the axis, only for the disk."""
    return AsyncConnector(open(*args, **settings))
