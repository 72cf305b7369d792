"""The exceptions of the package.

Source: the table of errors of the Rust library (docs/errors.md). A program looks at ``code``,
``retry`` and ``who_acts``, never at the text.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any, Dict, Mapping, Optional, Tuple, Type

from ._findings import Finding

__all__ = [
    "AfterForkError",
    "AuthorityError",
    "ClosedError",
    "DeveloperError",
    "Error",
    "InternalError",
    "LeaseLostError",
    "NotFoundError",
    "OperatorError",
    "PacketImpossibleError",
    "ReceiverError",
    "SenderError",
]


class Error(Exception):
    """Whatever the library cannot do.

    Its subclasses say who has to act, so that ``except lienthong.OperatorError`` is for what an
    operator has to see to. Its text names ids, organs, codes and elements, and no content.
    """

    code: str
    """The kind, e.g. ``"store-in-use"``. It never changes its meaning."""
    number: int
    """The same as a number, as in C."""
    retry: str
    """``"never"``, ``"safe"`` or ``"may-duplicate"``."""
    who_acts: str
    """``"sender"``, ``"receiver"``, ``"operator"``, ``"developer"`` or
    ``"certificate-authority"``."""
    operation: str
    """What was being done, e.g. ``"connector.send"``."""
    message: str
    """What is wrong and what to do next, in English."""
    message_vi: str
    """The same in Vietnamese."""
    remote_code: Optional[str]
    """The code that the axis gave, where it gave one."""
    context: Mapping[str, str]
    """Names and values that place it: ids, organs, codes, keys."""
    findings: Tuple[Finding, ...]
    """All that is wrong with a packet, where a packet is at fault."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told["message"])
        self._told = dict(told)
        self.code = told["kind"]
        self.number = told["number"]
        self.retry = told["retry"]
        self.who_acts = told["who_acts"]
        self.operation = told["operation"]
        self.message = told["message"]
        self.message_vi = told["message_vi"]
        self.remote_code = told["remote_code"]
        self.context = MappingProxyType(told["context"])
        self.findings = tuple(Finding.from_dict(one) for one in told["findings"])

    def __reduce__(self) -> Tuple[Any, ...]:
        # Exceptions go between processes, e.g. from a pool.
        return (_again, (self._told,))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.code}: {self.operation}>"

    def to_dict(self) -> Dict[str, Any]:
        """All of it, with the names of ``lienthong_error_json`` (docs/c-abi.md)."""
        return dict(self._told)


class SenderError(Error):
    """The sender has to act: the packet has to be another one."""


class PacketImpossibleError(SenderError, ValueError):
    """The packet would not arrive; ``findings`` has all that is wrong with it."""


class ReceiverError(Error):
    """The receiver has to act."""


class OperatorError(Error):
    """An operator has to act: configuration, disk, network, keys, the axis."""


class AuthorityError(Error):
    """The certificate authority has to act."""


class DeveloperError(Error):
    """The calling program has to be another one."""


class ClosedError(DeveloperError):
    """The connector was closed."""


class AfterForkError(DeveloperError):
    """A connector was open when this process was forked: it cannot be used here, nor another opened.

    SQLite does not survive a fork. Open connectors after the fork, or start processes anew
    (``spawn``).
    """


class NotFoundError(DeveloperError, LookupError):
    """There is no such packet in this store."""


class LeaseLostError(DeveloperError):
    """What was shown is not held any more: it was decided, or shown again."""


class InternalError(DeveloperError):
    """The library contradicts itself: a fault of its own. Report it."""


_BY_CODE: Dict[str, Type[Error]] = {
    "after-fork": AfterForkError,
    "closed": ClosedError,
    "internal": InternalError,
    "lease-lost": LeaseLostError,
    "not-found": NotFoundError,
    "packet-impossible": PacketImpossibleError,
}
_BY_WHO: Dict[str, Type[Error]] = {
    "sender": SenderError,
    "receiver": ReceiverError,
    "operator": OperatorError,
    "developer": DeveloperError,
    "certificate-authority": AuthorityError,
}


def _again(told: Mapping[str, Any]) -> Error:
    kind = _BY_CODE.get(told["kind"]) or _BY_WHO.get(told["who_acts"], Error)
    return kind(told)


def raised(told: str) -> Error:
    """The exception for what the built module tells of a failure."""
    return _again(json.loads(told))


def invalid_argument(operation: str, name: str, reason: str) -> Error:
    """An argument that is refused before the built module sees it."""
    text = f"{operation}: [argument={name}] [reason={reason}]"
    return DeveloperError(
        {
            "kind": "invalid-argument",
            "number": _number("invalid-argument"),
            "retry": "never",
            "who_acts": "developer",
            "operation": operation,
            "message": text,
            "message_vi": text,
            "remote_code": None,
            "context": {"argument": name, "reason": reason},
            "findings": [],
        }
    )


def _number(code: str) -> int:
    from . import _native

    kinds = json.loads(_native.error_kinds())
    return next(int(kind["number"]) for kind in kinds if kind["code"] == code)
