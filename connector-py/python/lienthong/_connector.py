"""The durable connector to an axis."""

from __future__ import annotations

import concurrent.futures.thread  # noqa: F401 - registers its end before ours
import json
import threading
import weakref
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    Mapping,
    Optional,
    Tuple,
    Type,
    Union,
    cast,
)

from . import _log, _native
from ._config import Settings
from ._errors import ClosedError
from ._findings import Finding
from ._header import DocumentHeader, StaffInfo, StatusHeader
from ._packets import Attachment, Document, ExtractedFile, Packet, Pathlike, Progress, Source
from ._report import Report
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

__all__ = ["Connector", "Incoming", "open"]

Seconds = Union[float, timedelta]
"""A duration: seconds, or a ``timedelta``."""
Staff = Union[StaffInfo, Mapping[str, str], None]


def _seconds(given: Optional[Seconds]) -> float:
    if given is None:
        return float("inf")
    return given.total_seconds() if isinstance(given, timedelta) else float(given)


def _staff(given: Staff) -> Optional[str]:
    if given is None:
        return None
    told = given.to_dict() if isinstance(given, StaffInfo) else dict(given)
    return json.dumps(told, ensure_ascii=False)


def _id(given: Union[str, Sent, "Incoming"]) -> str:
    if isinstance(given, Sent):
        return given.outgoing
    return given.id if isinstance(given, Incoming) else given


def _code(given: Union[int, str]) -> int:
    return int(given)


class Incoming:
    """A packet that came, shown under a lease (``handoff.lease``).

    Until it is accepted or refused it is shown again after the lease, also after a crash, and
    then ``redelivered`` is true: what a program does with it has to bear repeating. ``repr``
    shows ids and organs.
    """

    __match_args__ = ("kind", "header")

    def __init__(self, connector: "Connector", native: "_native.Incoming") -> None:
        self._connector = connector
        self._native = native
        self._item: Dict[str, Any] = json.loads(native.json())
        self._packet: Optional[Packet] = None

    @property
    def id(self) -> str:
        """Its id in this store, e.g. ``"in-1"``."""
        return self._native.id

    @property
    def lease(self) -> int:
        """What names this showing, for :meth:`Connector.accept` and its like."""
        return self._native.lease

    @property
    def own(self) -> str:
        """Our organ that it is for."""
        return cast(str, self._item["own"])

    @property
    def from_(self) -> str:
        """Its sender as the packet names it."""
        return cast(str, self._item["from"])

    @property
    def attempt(self) -> int:
        """How often it has been shown, this time included."""
        return cast(int, self._item["attempt"])

    @property
    def redelivered(self) -> bool:
        """Whether it was shown before."""
        return cast(bool, self._item["redelivered"])

    @property
    def is_action(self) -> bool:
        """Whether it is a recall, update or replacement to agree to or decline."""
        return cast(bool, self._item["is_action"])

    @property
    def acts_on(self) -> Optional[str]:
        """The received document that it acts on, which is on hold."""
        return cast(Optional[str], self._item["acts_on"])

    @property
    def answers(self) -> Optional[str]:
        """Our document that it answers."""
        return cast(Optional[str], self._item["answers"])

    @property
    def conflict(self) -> bool:
        """Whether another one with the same sender, id and type and with another content is
        there."""
        return cast(bool, self._item["conflict"])

    @property
    def meaning_digest(self) -> Optional[str]:
        """See :attr:`Packet.meaning_digest`."""
        return cast(Optional[str], self._item["meaning"])

    @property
    def signatures(self) -> Optional[Report]:
        """The report on its signatures, made when it came; ``None`` for a status."""
        report = self._item["signatures"]
        return None if report is None else Report.from_dict(report)

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """What reading it found."""
        return tuple(Finding.from_dict(row) for row in self._item["findings"])

    @property
    def packet(self) -> Packet:
        """The packet itself."""
        if self._packet is None:
            self._packet = Packet(self._native.packet())
        return self._packet

    @property
    def kind(self) -> str:
        """``"document"``, ``"status"`` or ``"unknown"``."""
        return self.packet.kind

    @property
    def header(self) -> Union[DocumentHeader, StatusHeader, None]:
        """Its header."""
        return self.packet.header

    @property
    def document(self) -> Optional[DocumentHeader]:
        """Its header, if it is a document."""
        return self.packet.document

    @property
    def status(self) -> Optional[StatusHeader]:
        """Its header, if it is a status, e.g. one that asks for a document back."""
        return self.packet.status

    @property
    def attachments(self) -> Tuple[Attachment, ...]:
        """Its attachments."""
        return self.packet.attachments

    def extract(self, folder: Pathlike) -> Tuple[ExtractedFile, ...]:
        """Writes its attachments into a folder; see :meth:`Packet.extract`."""
        return self.packet.extract(folder)

    def accept(self) -> None:
        """The host has it: it is not shown again.

        Raises:
            LeaseLostError: It was decided, or shown again meanwhile.
        """
        self._connector.accept(self.id, self.lease)

    def refuse(self, reason: str, staff: Staff = None) -> None:
        """It is of no use: its sender gets 02 with the reason.

        Raises:
            LeaseLostError: It was decided, or shown again meanwhile.
            PacketImpossibleError: There is no reason.
            ReceiverError: ``status-illegal`` for an action, which is agreed to or declined.
        """
        self._connector.refuse(self.id, self.lease, reason, staff)

    def give_back(self, pause: Seconds = 0) -> None:
        """It cannot be kept just now: it is shown again after a pause, in seconds."""
        self._connector.give_back(self.id, self.lease, pause)

    def report(self, code: Union[int, str], note: Optional[str] = None, staff: Staff = None) -> str:
        """Reports where it stands; see :meth:`Connector.report`."""
        return self._connector.report(self.id, code, note, staff)

    def agree(self, note: Optional[str] = None, staff: Staff = None) -> Optional[str]:
        """Agrees to it; see :meth:`Connector.agree`."""
        return self._connector.agree(self.id, note, staff)

    def decline(self, note: str, staff: Staff = None) -> Optional[str]:
        """Declines it; see :meth:`Connector.decline`."""
        return self._connector.decline(self.id, note, staff)

    def to_dict(self) -> Dict[str, Any]:
        """The item of docs/dms.md. It holds what people wrote: not for logs."""
        return dict(self._item)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Incoming):
            return NotImplemented
        return (self.id, self.lease) == (other.id, other.lease)

    def __hash__(self) -> int:
        return hash((self.id, self.lease))

    def __repr__(self) -> str:
        again = f", attempt {self.attempt}" if self.redelivered else ""
        return f"<Incoming {self.id}: {self.kind} from {self.from_} for {self.own}{again}>"


def _end(native: "_native.Connector", log: "_native.Log", thread: threading.Thread) -> None:
    """Closes what nobody closed: at the end of the interpreter, or when it is forgotten."""
    native.close(5.0)
    log.end()
    if thread is not threading.current_thread() and thread.is_alive():
        thread.join(1.0)


_OPEN: "weakref.WeakSet[Connector]" = weakref.WeakSet()


def _close_all() -> None:
    for connector in list(_OPEN):
        connector.close()


# Threads that wait in a call would hold up the end of the interpreter, which waits for them
# before `atexit` is heard. Executors of the standard library end in the same way.
getattr(threading, "_register_atexit", lambda _: None)(_close_all)


class Connector:
    """A durable connector: what it took over is delivered, or it is visible why not, across
    crashes, outages and restarts (docs/delivery-semantics.md).

    One for a whole process, for any number of threads at once; :func:`open` makes it. Nothing
    blocks without an end but :meth:`receive` without a time-out; every call lets other threads
    run. After a fork each call in the child raises :class:`AfterForkError`; see there.

    Raises (every call):
        ClosedError, AfterForkError; OperatorError ``store-full``, ``store-failed``.
    """

    def __init__(self, settings: Settings) -> None:
        self._log = _native.Log(_log.wanted())
        self._native = _native.Connector.open(settings._native, self._log)
        thread = _log.start(self._log)
        self._ended = weakref.finalize(self, _end, self._native, self._log, thread)
        _OPEN.add(self)

    # Life

    def close(self, timeout: Seconds = 5) -> bool:
        """Ends the exchange; calls that wait in other threads end with :class:`ClosedError`.

        What was under way goes on after the next opening. Closing twice is fine.

        Returns:
            Whether all its threads ended in time; five seconds are enough.
        """
        in_time = self._native.close(_seconds(timeout))
        self._ended()
        return in_time

    def __enter__(self) -> "Connector":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Connector {'open' if self._ended.alive else 'closed'}>"

    # Sending

    def send(
        self,
        document: Union[Document, Packet, Source],
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """Stores a document for sending. When this returns it is on disk and will be delivered
        to each receiver, or :meth:`why` says why not. After an exception nothing was stored.

        The same document again adds nothing and gives the first one's id, so who did not hear
        the answer may call again.

        Args:
            document: A document; or a packet that is built already, which is sent byte for byte
                (a path, bytes, a file object, a packet that was read).
            contains_state_secret: Whether there are state secrets in it: it is refused then
                (Decision 28/2018, art. 1.2). It is for the caller to say.
            progress: Told how many bytes were stored since it was last told.

        Raises:
            SenderError: ``state-secret``, ``document-id-taken``, ``document-frozen``.
            PacketImpossibleError: With all findings.
            OperatorError: ``not-own-organ``, ``io``.
        """
        if isinstance(document, Document):
            told = self._native.send(document._native, contains_state_secret, progress)
        else:
            whole: Any = document._native if isinstance(document, Packet) else document
            if isinstance(whole, memoryview):
                whole = bytes(whole)
            told = self._native.send_packet(whole, contains_state_secret, progress)
        return Sent.from_dict(json.loads(told))

    def recall(
        self,
        outgoing: Union[str, Sent],
        reason: str,
        *,
        organs: Iterable[str] = (),
        staff: Staff = None,
    ) -> Tuple[str, ...]:
        """Asks receivers to give a document back, with a status 13 to each; none named means
        all. Those already asked are left out. A recall can also be sent as a document
        (:meth:`Document.recall`); which one a receiver understands differs.

        Returns:
            The ids of the requests.

        Raises:
            NotFoundError; SenderError ``document-frozen``; PacketImpossibleError without a
            reason; DeveloperError for an organ that was no receiver.
        """
        given = self._native.recall(_id(outgoing), list(organs), reason, _staff(staff))
        return tuple(given)

    def update(
        self,
        document: Document,
        of: str,
        reason: Optional[str] = None,
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """Sends a document that changes an earlier one, named by its DocumentId."""
        document.update(of, reason)
        return self.send(document, contains_state_secret=contains_state_secret, progress=progress)

    def replace(
        self,
        document: Document,
        of: str,
        reason: Optional[str] = None,
        *,
        contains_state_secret: bool,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """Sends a document that stands in the place of an earlier one, named by its DocumentId."""
        document.replace(of, reason)
        return self.send(document, contains_state_secret=contains_state_secret, progress=progress)

    def retry(self, outgoing: Union[str, Sent], organ: Optional[str] = None) -> int:
        """Has what failed, is held or waits tried again at once, for one receiver or all; gives
        for how many."""
        return self._native.retry(_id(outgoing), organ)

    def drop(self, outgoing: Union[str, Sent], organ: Optional[str] = None) -> int:
        """Gives up what is not delivered, for one receiver or all; what waited for it goes on.
        Gives for how many."""
        return self._native.drop_packet(_id(outgoing), organ)

    def assign(self, outgoing: Union[str, Sent], organ: str, code: Union[int, str]) -> None:
        """Says that an organ's answer (15 or 16) that is kept as ``ambiguous`` was meant for this
        change."""
        self._native.assign(_id(outgoing), organ, _code(code))

    # Receiving

    def poll(self, timeout: Seconds = 0) -> Optional[Incoming]:
        """Waits for a packet, at most so many seconds, and takes it under a lease.

        ``None`` says that none came in time, and nothing of the axis: see :meth:`stats`.
        """
        native = self._native.poll(_seconds(timeout))
        return None if native is None else Incoming(self, native)

    def receive(self, timeout: Optional[Seconds] = None) -> Iterator[Incoming]:
        """Packets as they come, each under a lease, until none came for so many seconds; without
        a time-out until the connector is closed, in any thread."""
        while True:
            try:
                item = self.poll(_seconds(timeout))
            except ClosedError:
                if timeout is None:
                    return
                raise
            if item is None:
                return
            yield item

    def accept(self, incoming: Union[str, Incoming], lease: Optional[int] = None) -> None:
        """Accepts what was shown, by id and lease, also from another process.

        Raises:
            LeaseLostError: It was decided, or shown again meanwhile.
        """
        self._native.accept(*_shown(incoming, lease))

    def refuse(
        self,
        incoming: Union[str, Incoming],
        lease: Optional[int] = None,
        reason: str = "",
        staff: Staff = None,
    ) -> None:
        """Refuses what was shown; its sender gets 02 with the reason. See
        :meth:`Incoming.refuse`."""
        self._native.refuse(*_shown(incoming, lease), reason, _staff(staff))

    def give_back(
        self, incoming: Union[str, Incoming], lease: Optional[int] = None, pause: Seconds = 0
    ) -> None:
        """Gives back what was shown: it is shown again after a pause, in seconds."""
        self._native.give_back(*_shown(incoming, lease), _seconds(pause))

    def receive_now(self) -> None:
        """Has the axis asked at once for what waits, not at the next interval
        (``receive.interval``).

        Raises:
            DeveloperError: ``not-for-client``.
        """
        self._native.receive_now()

    def report(
        self,
        incoming: Union[str, Incoming],
        code: Union[int, str],
        note: Optional[str] = None,
        staff: Staff = None,
    ) -> str:
        """Reports where a received document stands: 02 refused to 06 finished (01 goes by
        itself). Durable like a document.

        Returns:
            The id of the status.

        Raises:
            NotFoundError; ReceiverError ``status-illegal`` where the code does not follow from
            the last one; PacketImpossibleError for a refusal without a note.
        """
        return self._native.report(_id(incoming), _code(code), note, _staff(staff))

    def agree(
        self, incoming: Union[str, Incoming], note: Optional[str] = None, staff: Staff = None
    ) -> Optional[str]:
        """Agrees (15) to a received recall, update or replacement. After a recall every copy of
        the original's bytes in this store is destroyed.

        Returns:
            The id of the status; ``None`` where none is sent (``status.answer_…``).
        """
        return self._native.decide(_id(incoming), True, note, _staff(staff))

    def decline(
        self, incoming: Union[str, Incoming], note: str, staff: Staff = None
    ) -> Optional[str]:
        """Declines (16) a received recall, update or replacement. As :meth:`agree`."""
        return self._native.decide(_id(incoming), False, note, _staff(staff))

    # Looking

    def _ask(self, question: str, about: str = "") -> Any:
        return json.loads(self._native.ask(question, about))

    def why(self, id: Union[str, Sent, Incoming]) -> Why:
        """Where a packet stands, ours (``out-…``) or one that came (``in-…``), why, and who has
        to act."""
        return Why.from_dict(self._ask("why", _id(id)))

    def thread(self, id: Union[str, Sent, Incoming]) -> Tuple[ThreadItem, ...]:
        """Everything that hangs together with a packet, in the order of time."""
        return _all(ThreadItem, self._ask("thread", _id(id)))

    def statuses(self, outgoing: Union[str, Sent]) -> Tuple[StatusView, ...]:
        """The statuses that came about a packet of ours, in the order they came."""
        return _all(StatusView, self._ask("statuses", _id(outgoing)))

    def find_sent(self, organ: str, document_id: str) -> Tuple[str, ...]:
        """The ids of our packets with this organ and DocumentId."""
        return tuple(self._native.find_sent(organ, document_id))

    def packet(self, id: Union[str, Sent, Incoming]) -> Packet:
        """The packet with an id: ``out-…``, ``in-…``, or ``arrival-…`` for one in quarantine.

        Raises:
            NotFoundError; OperatorError ``payload-gone``.
        """
        return Packet(self._native.packet(_id(id)))

    def stats(self) -> Stats:
        """Counters, the age of the oldest undelivered packet, who is silent, and when the axis
        was last asked."""
        return Stats.from_dict(self._ask("stats"))

    def events(self, timeout: Seconds = 0, limit: int = 100) -> Tuple[Entry, ...]:
        """Waits for events, at most so many seconds, and gives them, the oldest first. They come
        again until :meth:`events_done`."""
        told = self._native.events(limit, _seconds(timeout))
        return () if told is None else _all(Entry, json.loads(told))

    def events_done(self, up_to: Union[int, Entry]) -> None:
        """Events up to this one are dealt with and do not come again."""
        self._native.events_done(up_to.number if isinstance(up_to, Entry) else up_to)

    def transfers(self) -> Tuple[Transfer, ...]:
        """What is on its way to and from the axis at this moment; only the worker knows.

        Raises:
            DeveloperError: ``not-for-client``.
        """
        return _all(Transfer, self._ask("transfers"))

    def wait_delivered(
        self,
        outgoing: Union[str, Sent],
        timeout: Optional[Seconds] = None,
        *,
        progress: Optional[Callable[[int], object]] = None,
    ) -> Why:
        """Waits until nothing of a packet of ours is under way any more, at most so many seconds,
        and gives where it stands then: look at ``outgoing.recipients``.

        Args:
            progress: Told how many bytes went to the axis since it was last told (in the
                worker's process).
        """
        end = monotonic() + _seconds(timeout)
        id = _id(outgoing)
        told = 0
        while True:
            why = self.why(id)
            ours = why.outgoing
            under_way = ours is not None and any(
                one.delivery in ("queued", "sending", "outcome-unknown") for one in ours.recipients
            )
            if progress is not None:
                told = self._tell(id, told, progress)
            if not under_way or monotonic() >= end:
                return why
            # An event says that something happened; progress wants a look more often.
            threading.Event().wait(min(0.05, max(0.0, end - monotonic())))

    def _tell(self, id: str, told: int, progress: Callable[[int], object]) -> int:
        for one in self.transfers():
            if one.outgoing == id and one.pass_ == "send" and one.done > told:
                progress(one.done - told)
                return one.done
        return told

    def quarantine(self) -> Tuple[Quarantined, ...]:
        """The packets that came and cannot be read, the oldest first."""
        return _all(Quarantined, self._ask("quarantine"))

    def read_again(self, arrival: str) -> None:
        """Has a packet in quarantine (``arrival-…``) read again, e.g. by a newer library."""
        self._native.quarantine(arrival, True)

    def drop_quarantined(self, arrival: str) -> None:
        """Gives up a packet in quarantine. Its bytes are deleted."""
        self._native.quarantine(arrival, False)

    def backup(self, folder: Pathlike) -> None:
        """Copies the store, while it is at work, into a folder that is not there yet."""
        self._native.backup(folder)

    def doctor(self) -> Tuple[HealthCheck, ...]:
        """Looks at configuration, store, disk, clock, axis and queues. A worker asks the axis,
        which may take as long as its time-outs. That something is bad is no exception."""
        return _all(HealthCheck, self._ask("doctor"))


def _all(kind: Any, rows: Any) -> Tuple[Any, ...]:
    return tuple(kind.from_dict(row) for row in rows)


def _shown(incoming: Union[str, Incoming], lease: Optional[int]) -> Tuple[str, int]:
    if isinstance(incoming, Incoming):
        return incoming.id, incoming.lease if lease is None else lease
    if lease is None:
        raise TypeError("the lease is needed beside an id")
    return incoming, lease


def open(
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
) -> Connector:
    """Opens the store and, as worker, starts the exchange with the axis, which need not be there.

    Every key of the configuration (docs/config.md) is a keyword argument, with underscores for
    dots: ``send_parallel=2``. The first ones have short names. Later ones go before earlier ones:
    file, environment, arguments.

    Args:
        store: ``store.path``: the folder of the store, on a local disk; made where it is missing.
        axis: ``axis.url``.
        system_id: ``axis.system_id``.
        secret: ``axis.secret``. It is never shown.
        organs: ``connector.organs``: the codes of our organs.
        role: ``connector.role``: ``"worker"`` (default) or ``"client"``. One process is the
            worker of a store; others on the same machine are its clients.
        config: Settings, or a file with them.
        environment: Whether variables ``LIENTHONG_…`` count.

    Raises:
        OperatorError: ``config-missing``, ``config-invalid-value``, ``config-unknown-key``,
            ``store-in-use`` where another worker holds the store, ``store-on-network``,
            ``store-newer``, ``axis-plaintext``, ``io``.
    """
    given = Settings(config, environment=environment)
    short = {
        "store.path": store,
        "axis.url": axis,
        "axis.system_id": system_id,
        "axis.secret": secret,
        "connector.organs": organs,
        "connector.role": role,
    }
    given.update(short)
    given.update(settings)
    return Connector(given)
