"""Findings: what a reader or a check says of a packet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    Union,
    overload,
)

from ._record import Record, ident, member, one

if TYPE_CHECKING:
    from . import _native

__all__ = ["Finding", "Findings", "Message", "Position"]


@dataclass(frozen=True)
class Position(Record):
    """A place in the bytes of a packet."""

    byte: int = ident("byte")
    """From the start, from 0."""
    line: int = ident("line")
    """From 1."""
    column: int = ident("column")
    """From 1."""


@dataclass(frozen=True)
class Message(Record):
    """A text in two languages."""

    en: str = ident("en")
    vi: str = ident("vi")


@dataclass(frozen=True)
class Finding(Record):
    """One thing that is said of a packet. It holds element names, ids and codes, and no content.

    Source: the table of findings (docs/findings.md).
    """

    code: str = ident("code")
    """A stable word, e.g. ``"signature-absent"``."""
    severity: str = member("severity")
    """``"note"``, ``"warning"`` or ``"error"``."""
    path: str = member("path", default="")
    """The element, e.g. ``MessageHeader/To[2]/OrganId``; empty for the packet as a whole."""
    position: Optional[Position] = member("position", Position.from_dict, Record.to_dict)
    """Where it stands, if that is known."""
    message: Message = one("message", Message, shown=False)
    """What it says, in English and Vietnamese."""

    def __str__(self) -> str:
        place = f" {self.path}" if self.path else ""
        return f"{self.severity} {self.code}{place}: {self.message.en}"

    def to_dict(self) -> Dict[str, Any]:
        """As ``Finding`` of docs/packet.schema.json."""
        told = super().to_dict()
        told.setdefault("position", None)
        return told


class Findings(Sequence[Finding]):
    """What a check found, in the order of the packet. It does not change."""

    __slots__ = ("_all", "_native")

    def __init__(self, native: "_native.Findings") -> None:
        self._native = native
        self._all: Optional[Tuple[Finding, ...]] = None

    def _rows(self) -> Tuple[Finding, ...]:
        if self._all is None:
            rows = json.loads(self._native.json())
            self._all = tuple(Finding.from_dict(row) for row in rows)
        return self._all

    @property
    def worst(self) -> Optional[str]:
        """The worst severity; ``None`` where nothing was found."""
        return self._native.worst()

    @property
    def ok(self) -> bool:
        """Whether there is no error among them: the packet may be sent, or was readable."""
        return self._native.worst() != "error"

    def of(self, severity: str) -> Tuple[Finding, ...]:
        """Those of a severity: ``"note"``, ``"warning"`` or ``"error"``."""
        return tuple(row for row in self._rows() if row.severity == severity)

    def to_dict(self) -> List[Dict[str, Any]]:
        """A list as in docs/packet.schema.json."""
        return [row.to_dict() for row in self._rows()]

    def __len__(self) -> int:
        return len(self._native)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Tuple[Finding, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Finding, Tuple[Finding, ...]]:
        return self._rows()[index]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._rows())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._rows() == other._rows()

    def __hash__(self) -> int:
        return hash(self._rows())

    def __repr__(self) -> str:
        codes = ", ".join(f"{row.severity} {row.code}" for row in self._rows())
        return f"<Findings [{codes}]>"
