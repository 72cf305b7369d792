"""Configuration: the keys of the table (docs/config.md) as keyword arguments."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Mapping, Optional, Set, Tuple, Union

from . import _native
from ._record import Record, ident, text, texts

__all__ = ["ConfigKey", "Settings", "config_keys"]


@dataclass(frozen=True)
class ConfigKey(Record):
    """One row of the table of configuration keys."""

    name: str = ident("name")
    """E.g. ``"send.parallel"``; as a keyword argument ``send_parallel``."""
    kind: str = ident("kind")
    """``number``, ``flag``, ``words``, ``organs``, ``text``, ``choice``, ``path`` or ``secret``."""
    default: str = ident("default", "")
    en: str = text("en")
    vi: str = text("vi")
    min: Optional[int] = ident("min")
    max: Optional[int] = ident("max")
    unit: Optional[str] = ident("unit")
    words: Tuple[str, ...] = texts("words")


def config_keys() -> Tuple[ConfigKey, ...]:
    """Every configuration key. Source: the table in the Rust library (docs/config.md)."""
    return tuple(ConfigKey.from_dict(row) for row in json.loads(_native.config_keys()))


_NAMES: Dict[str, str] = {}


def _name(given: str) -> str:
    """The name of a key; one with underscores only is that of a keyword argument."""
    if "." in given:
        return given
    if not _NAMES:
        for row in json.loads(_native.config_keys()):
            _NAMES[row["name"].replace(".", "_")] = row["name"]
    return _NAMES.get(given, given)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, Iterable):
        return ",".join(str(one) for one in value)
    raise TypeError(f"a setting is a str, int, bool, path or list, not {type(value).__name__}")


class Settings:
    """Values of configuration keys. Secrets cannot be read back, and ``repr`` shows nothing.

    Args:
        base: Settings to begin with, which are copied; or a file, as for :meth:`load_file`.
        environment: Whether variables ``LIENTHONG_…`` count, e.g. ``LIENTHONG_AXIS_URL``.
        values: Keys, with underscores for dots: ``send_parallel=2``, ``connector_organs=[…]``.
            ``None`` leaves a key as it is.

    Raises:
        OperatorError: ``config-unknown-key``, ``config-invalid-value``.
    """

    __slots__ = ("_native", "_names")

    def __init__(
        self,
        base: Union["Settings", str, "os.PathLike[str]", None] = None,
        *,
        environment: bool = False,
        **values: Any,
    ) -> None:
        self._names: Set[str] = set()
        self._native: _native.Config
        if isinstance(base, Settings):
            self._native = base._native.duplicate()
            self._names |= base._names
        else:
            self._native = _native.Config()
            if base is not None:
                self.load_file(base)
        if environment:
            self.load_environment()
        self.update(values)

    def load_file(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Takes a TOML file, or the ``.properties`` file of the incumbent SDK."""
        self._native.load_file(path)

    def load_environment(self) -> None:
        """Takes variables such as ``LIENTHONG_AXIS_URL``."""
        self._native.load_environment()

    def set(self, name: str, value: object) -> None:
        """Sets a key; dots and underscores are the same."""
        name = _name(name)
        self._native.set(name, _value(value))
        self._names.add(name)

    def get(self, name: str) -> Optional[str]:
        """The value of a key, its default where none was set; ``None`` for a secret."""
        return self._native.get(_name(name))

    def update(self, values: Mapping[str, object]) -> None:
        """Sets keys; those with ``None`` are left as they are."""
        for name, value in values.items():
            if value is not None:
                self.set(name, value)

    def __repr__(self) -> str:
        return f"<Settings {', '.join(sorted(self._names))}>"


def config_of(settings: Optional[Settings]) -> Optional[_native.Config]:
    """What the built module takes."""
    return None if settings is None else settings._native
