"""Asynchronous twins; checked against the module by stubtest."""

from types import TracebackType
from typing import Any, AsyncIterator, Callable, Iterable, Optional, Tuple, Type, Union

from ._config import Settings
from ._connector import Connector, Incoming, Seconds, Staff
from ._packets import Document, ExtractedFile, Packet, Pathlike, Progress, Source
from ._store import (
    Entry,
    HealthCheck,
    Quarantined,
    Sent,
    Stats,
    StatusView,
    ThreadItem,
    Transfer,
    Why,
)

__all__ = ["AsyncConnector", "AsyncIncoming", "open_async"]

class AsyncIncoming:
    """A packet that came, with calls to be awaited; ``item`` has all else of it."""

    item: Incoming
    """The packet as :class:`Incoming`; what only looks at it does not wait."""

    def __init__(self, owner: AsyncConnector, item: Incoming) -> None: ...
    async def extract(self, folder: Pathlike) -> Tuple[ExtractedFile, ...]:
        """As :meth:`Incoming.extract`."""

    async def accept(self) -> None:
        """As :meth:`Incoming.accept`."""

    async def refuse(self, reason: str, staff: Staff = None) -> None:
        """As :meth:`Incoming.refuse`."""

    async def give_back(self, pause: Seconds = 0) -> None:
        """As :meth:`Incoming.give_back`."""

    async def report(
        self, code: Union[int, str], note: Optional[str] = None, staff: Staff = None
    ) -> str:
        """As :meth:`Incoming.report`."""

    async def agree(self, note: Optional[str] = None, staff: Staff = None) -> Optional[str]:
        """As :meth:`Incoming.agree`."""

    async def decline(self, note: str, staff: Staff = None) -> Optional[str]:
        """As :meth:`Incoming.decline`."""

class AsyncConnector:
    """:class:`Connector` for ``asyncio``: the same calls, to be awaited."""

    def __init__(self, connector: Connector) -> None: ...
    async def send(
        self,
        document: Union[Document, Packet, Source],
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """As :meth:`Connector.send`."""

    async def recall(
        self,
        outgoing: Union[str, Sent],
        reason: str,
        *,
        organs: Iterable[str] = (),
        staff: Staff = None,
    ) -> Tuple[str, ...]:
        """As :meth:`Connector.recall`."""

    async def update(
        self,
        document: Document,
        of: str,
        reason: Optional[str] = None,
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """As :meth:`Connector.update`."""

    async def replace(
        self,
        document: Document,
        of: str,
        reason: Optional[str] = None,
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """As :meth:`Connector.replace`."""

    async def retry(self, outgoing: Union[str, Sent], organ: Optional[str] = None) -> int:
        """As :meth:`Connector.retry`."""

    async def drop(self, outgoing: Union[str, Sent], organ: Optional[str] = None) -> int:
        """As :meth:`Connector.drop`."""

    async def assign(self, outgoing: Union[str, Sent], organ: str, code: Union[int, str]) -> None:
        """As :meth:`Connector.assign`."""

    async def accept(self, incoming: Union[str, Incoming], lease: Optional[int] = None) -> None:
        """As :meth:`Connector.accept`."""

    async def refuse(
        self,
        incoming: Union[str, Incoming],
        lease: Optional[int] = None,
        reason: str = "",
        staff: Staff = None,
    ) -> None:
        """As :meth:`Connector.refuse`."""

    async def give_back(
        self, incoming: Union[str, Incoming], lease: Optional[int] = None, pause: Seconds = 0
    ) -> None:
        """As :meth:`Connector.give_back`."""

    async def receive_now(self) -> None:
        """As :meth:`Connector.receive_now`."""

    async def report(
        self,
        incoming: Union[str, Incoming],
        code: Union[int, str],
        note: Optional[str] = None,
        staff: Staff = None,
    ) -> str:
        """As :meth:`Connector.report`."""

    async def agree(
        self, incoming: Union[str, Incoming], note: Optional[str] = None, staff: Staff = None
    ) -> Optional[str]:
        """As :meth:`Connector.agree`."""

    async def decline(
        self, incoming: Union[str, Incoming], note: str, staff: Staff = None
    ) -> Optional[str]:
        """As :meth:`Connector.decline`."""

    async def why(self, id: Union[str, Sent, Incoming]) -> Why:
        """As :meth:`Connector.why`."""

    async def thread(self, id: Union[str, Sent, Incoming]) -> Tuple[ThreadItem, ...]:
        """As :meth:`Connector.thread`."""

    async def statuses(self, outgoing: Union[str, Sent]) -> Tuple[StatusView, ...]:
        """As :meth:`Connector.statuses`."""

    async def find_sent(self, organ: str, document_id: str) -> Tuple[str, ...]:
        """As :meth:`Connector.find_sent`."""

    async def packet(self, id: Union[str, Sent, Incoming]) -> Packet:
        """As :meth:`Connector.packet`."""

    async def stats(self) -> Stats:
        """As :meth:`Connector.stats`."""

    async def events(self, timeout: Seconds = 0, limit: int = 100) -> Tuple[Entry, ...]:
        """As :meth:`Connector.events`."""

    async def events_done(self, up_to: Union[int, Entry]) -> None:
        """As :meth:`Connector.events_done`."""

    async def transfers(self) -> Tuple[Transfer, ...]:
        """As :meth:`Connector.transfers`."""

    async def wait_delivered(
        self,
        outgoing: Union[str, Sent],
        timeout: Optional[Seconds] = None,
        *,
        progress: Optional[Callable[[int], object]] = None,
    ) -> Why:
        """As :meth:`Connector.wait_delivered`."""

    async def quarantine(self) -> Tuple[Quarantined, ...]:
        """As :meth:`Connector.quarantine`."""

    async def read_again(self, arrival: str) -> None:
        """As :meth:`Connector.read_again`."""

    async def drop_quarantined(self, arrival: str) -> None:
        """As :meth:`Connector.drop_quarantined`."""

    async def backup(self, folder: Pathlike) -> None:
        """As :meth:`Connector.backup`."""

    async def doctor(self) -> Tuple[HealthCheck, ...]:
        """As :meth:`Connector.doctor`."""

    async def poll(self, timeout: Seconds = 0) -> Optional[AsyncIncoming]:
        """As :meth:`Connector.poll`."""

    def receive(self, timeout: Optional[Seconds] = None) -> AsyncIterator[AsyncIncoming]:
        """As :meth:`Connector.receive`."""

    async def close(self, timeout: Seconds = 5) -> bool:
        """As :meth:`Connector.close`."""

    async def __aenter__(self) -> AsyncConnector: ...
    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None: ...

def open_async(
    store: Optional[Pathlike] = None,
    axis: Optional[str] = None,
    *,
    system_id: Optional[str] = None,
    secret: Optional[str] = None,
    organs: Union[str, Iterable[str], None] = None,
    role: Optional[str] = None,
    config: Union[Settings, Pathlike, None] = None,
    environment: bool = False,
    **settings: Any,
) -> AsyncConnector:
    """As :func:`open`, for ``asyncio``. It does not wait for the axis, only for the disk."""
