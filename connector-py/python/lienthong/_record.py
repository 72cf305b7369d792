"""What the frozen results have in common: they are made of JSON and become JSON again."""

from __future__ import annotations

from dataclasses import MISSING, field, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any, Callable, ClassVar, Dict, FrozenSet, Mapping, Optional, Type, TypeVar

R = TypeVar("R", bound="Record")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _same(value: Any) -> Any:
    return value


def member(
    name: str,
    read: Callable[[Any], Any] = _same,
    write: Callable[[Any], Any] = _same,
    *,
    shown: bool = True,
    default: Any = None,
) -> Any:
    """A field that stands in JSON under a name of its own. What people wrote is not shown."""
    metadata = {"name": name, "read": read, "write": write}
    return field(default=default, repr=shown, metadata=metadata)


def text(name: str) -> Any:
    """What people wrote: not in ``repr``."""
    return member(name, shown=False)


def ident(name: str, default: Any = None) -> Any:
    """An id, code, word, number or flag: in ``repr``."""
    return member(name, default=default)


def time(name: str) -> Any:
    """A moment: milliseconds since 1970 in JSON, a ``datetime`` with UTC here."""
    return member(name, _from_millis, _to_millis)


def instant(name: str) -> Any:
    """A moment: ``2026-11-22T06:49:34Z`` in JSON, a ``datetime`` with UTC here."""
    return member(name, _from_instant, _to_instant)


def day(name: str) -> Any:
    """A date."""
    return member(name, date.fromisoformat, date.isoformat)


def local_time(name: str) -> Any:
    """A date and time in Vietnam, without zone."""
    return member(name, datetime.fromisoformat, lambda value: value.isoformat("T", "seconds"))


def one(name: str, kind: Type[R], shown: bool = True) -> Any:
    """A record in a record."""
    return member(name, kind.from_dict, Record.to_dict, shown=shown)


def many(name: str, kind: Type[R], shown: bool = True) -> Any:
    """A tuple of records."""
    return member(
        name,
        lambda rows: tuple(kind.from_dict(row) for row in rows),
        lambda rows: [row.to_dict() for row in rows],
        shown=shown,
        default=(),
    )


def texts(name: str, shown: bool = False) -> Any:
    """A tuple of texts."""
    return member(name, tuple, list, shown=shown, default=())


def _from_millis(value: int) -> datetime:
    # Exact, and for any year.
    return _EPOCH + timedelta(milliseconds=value)


def _to_millis(value: datetime) -> int:
    return (value - _EPOCH) // timedelta(milliseconds=1)


def _from_instant(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def _to_instant(value: datetime) -> str:
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


class Record:
    """Made of JSON; members that are not known are passed over."""

    _left_out: ClassVar[Optional[FrozenSet[str]]] = None
    """The fields that are left out of JSON where they are absent; ``None`` is all. The others
    are null, or an empty list."""

    @classmethod
    def from_dict(cls: Type[R], given: Mapping[str, Any]) -> R:
        """The record of a dictionary as ``to_dict`` gives it."""
        values: Dict[str, Any] = {}
        for one_field in fields(cls):  # type: ignore[arg-type]
            name = one_field.metadata.get("name", one_field.name)
            value = given.get(name)
            if value is not None:
                values[one_field.name] = one_field.metadata.get("read", _same)(value)
            elif one_field.default is MISSING:
                raise KeyError(name)
        return cls(**values)

    def to_dict(self) -> Dict[str, Any]:
        """JSON's types only, with the names that the JSON of the library has."""
        told: Dict[str, Any] = {}
        for one_field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, one_field.name)
            if value is None or value == ():
                if self._left_out is None or one_field.name in self._left_out:
                    continue
            name = one_field.metadata.get("name", one_field.name)
            write = one_field.metadata.get("write", _same)
            told[name] = None if value is None else write(value)
        return told
