"""Results of the connector: where packets stand, events, counters.

Source: the Rust library's views of its store (docs/dms.md has the meanings). Times are
``datetime`` with UTC; ``to_dict()`` has milliseconds since 1970, as JSON and C have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Mapping, Optional, Tuple, Union

from ._findings import Finding
from ._record import Record, ident, many, member, one, text, texts, time

__all__ = [
    "Entry",
    "HealthCheck",
    "IncomingView",
    "OutgoingView",
    "Quarantined",
    "RecipientView",
    "Sent",
    "SignatureWords",
    "Silence",
    "Stats",
    "StatusView",
    "ThreadItem",
    "Transfer",
    "Why",
]


@dataclass(frozen=True)
class Sent(Record):
    """A packet that is stored and will be sent."""

    _left_out = frozenset()

    outgoing: str = ident("outgoing")
    """Its id in this store, e.g. ``"out-1"``."""
    again: bool = ident("again", False)
    """Whether the same document had been stored before: then nothing was added."""
    findings: Tuple[Finding, ...] = many("findings", Finding)
    """Warnings and notes of the check."""

    def __str__(self) -> str:
        return self.outgoing


@dataclass(frozen=True)
class Entry(Record):
    """A line of the journal, or an event."""

    _left_out = frozenset({"outgoing", "incoming", "organ", "code", "en", "vi"})

    number: int = ident("number")
    """Growing; up to the last one events are done with ``events_done``."""
    at: datetime = time("at")
    what: str = ident("what")
    """What happened, in one word (docs/dms.md)."""
    outgoing: Optional[str] = ident("outgoing")
    incoming: Optional[str] = ident("incoming")
    organ: Optional[str] = ident("organ")
    code: Optional[str] = ident("code")
    """The status, the axis's code, the kind of an error, or an id."""
    en: Optional[str] = text("en")
    """Of an event: what happened, in English."""
    vi: Optional[str] = text("vi")


@dataclass(frozen=True)
class RecipientView(Record):
    """Where a packet of ours stands with one recipient."""

    _left_out = frozenset()

    organ: str = ident("organ")
    state: str = ident("state")
    """In one word: how far the delivery is, and after it the last status that counted."""
    delivery: str = ident("delivery")
    """``queued``, ``sending``, ``outcome-unknown``, ``held``, ``accepted``, ``failed`` or
    ``dropped``."""
    status: Optional[str] = ident("status")
    """The last code that counted, two digits."""
    change: str = ident("change")
    """``none``, ``requested``, ``agreed`` or ``declined``."""
    since: Optional[datetime] = time("since")
    attempts: int = ident("attempts", 0)
    last_try: Optional[datetime] = time("last_try")
    next_try: Optional[datetime] = time("next_try")
    last_answer: Optional[datetime] = time("last_answer")
    error: Optional[str] = ident("error")
    """The last error's kind (docs/errors.md)."""
    remote_code: Optional[str] = ident("remote_code")
    """The axis's last code."""
    axis_doc_id: Optional[str] = ident("axis_doc_id")
    blocked_by: Optional[str] = ident("blocked_by")
    """What has to be accepted first."""
    who_acts: Optional[str] = ident("who_acts")
    """Who has to act; ``None`` where it goes on by itself."""
    reason: Optional[str] = text("reason")
    """What others wrote: for a clerk, not for logs."""


@dataclass(frozen=True)
class OutgoingView(Record):
    """Where a packet of ours stands."""

    _left_out = frozenset()

    id: str = ident("id")
    kind: str = ident("kind")
    """``document`` or ``status``."""
    from_: str = ident("from")
    document_id: Optional[str] = ident("document_id")
    status: Optional[str] = ident("status")
    """Of a status: its code."""
    created: Optional[datetime] = time("created")
    frozen: bool = ident("frozen", False)
    """Whether it was recalled by all."""
    kept: bool = ident("kept", False)
    """Whether its bytes are kept."""
    recipients: Tuple[RecipientView, ...] = many("recipients", RecipientView)


@dataclass(frozen=True)
class SignatureWords(Record):
    """What was said of a packet's signatures when it came, in three words."""

    _left_out = frozenset()

    packet_signature: str = ident("packet_signature")
    seal: str = ident("seal")
    authenticity: str = ident("authenticity")


@dataclass(frozen=True)
class IncomingView(Record):
    """Where a packet that came stands."""

    _left_out = frozenset({"signatures"})

    id: str = ident("id")
    kind: str = ident("kind")
    own: str = ident("own")
    """Our organ."""
    from_: str = ident("from")
    document_id: Optional[str] = ident("document_id")
    business: int = ident("business", 0)
    """0 new, 1 recall, 2 update, 3 replacement."""
    received: Optional[datetime] = time("received")
    state: str = ident("state")
    """``waiting``, ``offered``, ``leased``, ``accepted`` or ``refused``."""
    shown: int = ident("shown", 0)
    """How often."""
    lease_until: Optional[datetime] = time("lease_until")
    status: Optional[str] = ident("status")
    """The last that we reported."""
    on_hold: bool = ident("on_hold", False)
    change: str = ident("change")
    acts_on: Optional[str] = ident("acts_on")
    answers: Optional[str] = ident("answers")
    destroyed: bool = ident("destroyed", False)
    kept: bool = ident("kept", False)
    conflict: bool = ident("conflict", False)
    signatures: Optional[SignatureWords] = one("signatures", SignatureWords)
    reports: Tuple[OutgoingView, ...] = many("reports", OutgoingView)
    """The statuses we sent about it."""


@dataclass(frozen=True)
class Why(Record):
    """A packet, ours or one that came, and its journal."""

    _left_out = frozenset({"outgoing", "incoming"})

    outgoing: Optional[OutgoingView] = one("outgoing", OutgoingView)
    incoming: Optional[IncomingView] = one("incoming", IncomingView)
    journal: Tuple[Entry, ...] = many("journal", Entry)
    """What happened, the oldest first."""

    @property
    def packet(self) -> Union[OutgoingView, IncomingView]:
        """The one of the two that it is."""
        found = self.outgoing or self.incoming
        assert found is not None
        return found


@dataclass(frozen=True)
class ThreadItem(Record):
    """One packet or status of a thread."""

    _left_out = frozenset({"outgoing", "incoming", "status", "effect", "document_id"})

    at: datetime = time("at")
    outgoing: Optional[str] = ident("outgoing")
    incoming: Optional[str] = ident("incoming")
    kind: str = ident("kind")
    business: int = ident("business", 0)
    status: Optional[str] = ident("status")
    effect: Optional[str] = ident("effect")
    """What a status that came did."""
    from_: str = ident("from")
    document_id: Optional[str] = ident("document_id")


@dataclass(frozen=True)
class StatusView(Record):
    """A status that came about a packet of ours."""

    _left_out = frozenset()

    organ: str = ident("organ")
    code: str = ident("code")
    """Two digits."""
    received: datetime = time("received")
    timestamp: Optional[str] = ident("timestamp")
    """Its own time in Vietnam, ``yyyy/MM/dd HH:mm:ss``."""
    effect: str = ident("effect")
    description: Optional[str] = text("description")
    """Its reason or remark: for a clerk, not for logs."""


@dataclass(frozen=True)
class Silence(Record):
    """How long an organ has been silent."""

    _left_out = frozenset()

    organ: str = ident("organ")
    last_answer: Optional[datetime] = time("last_answer")
    silent_since: Optional[datetime] = time("silent_since")


@dataclass(frozen=True)
class Stats(Record):
    """Counters of a store."""

    _left_out = frozenset()

    counts: Mapping[str, int] = member("counts", dict, dict)
    """Rows by table and state: ``recipient.queued``, ``incoming.offered``, …"""
    oldest_undelivered: Optional[datetime] = time("oldest_undelivered")
    recipients: Tuple[Silence, ...] = many("recipients", Silence)
    listed: Optional[datetime] = time("listed")
    """When the axis last gave its list of what waits for us, to the minute."""
    list_failed: Optional[datetime] = time("list_failed")
    list_error: Optional[str] = ident("list_error")

    def __hash__(self) -> int:
        return hash((tuple(self.counts.items()), self.recipients, self.listed))


@dataclass(frozen=True)
class Transfer(Record):
    """A packet on its way to or from the axis at this moment."""

    _left_out = frozenset({"outgoing", "axis_doc_id", "total"})

    pass_: str = ident("pass")
    """``digest``, ``send`` or ``fetch``; bytes are counted anew in each."""
    outgoing: Optional[str] = ident("outgoing")
    axis_doc_id: Optional[str] = ident("axis_doc_id")
    organs: Tuple[str, ...] = texts("organs", shown=True)
    done: int = ident("done", 0)
    """Bytes so far."""
    total: Optional[int] = ident("total")
    """Bytes in all; ``None`` for one that comes, as the axis does not say."""
    since: Optional[datetime] = time("since")


@dataclass(frozen=True)
class Quarantined(Record):
    """A packet that came and cannot be read."""

    _left_out = frozenset()

    id: str = ident("id")
    """E.g. ``"arrival-3"``."""
    axis_doc_id: str = ident("axis_doc_id")
    stored: Optional[datetime] = time("stored")
    reason: Optional[str] = ident("reason")
    """Codes of findings."""


@dataclass(frozen=True)
class HealthCheck(Record):
    """One thing that ``doctor`` looked at."""

    _left_out = frozenset()

    name: str = ident("name")
    health: str = ident("health")
    """``good``, ``warning``, ``bad`` or ``unknown``."""
    en: str = text("en")
    vi: str = text("vi")
