"""What is said of a packet's signatures.

Source: the report of the Rust library (docs/trust.md, docs/seal.md, docs/reasons.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, Mapping, Optional, Tuple

from ._findings import Message
from ._record import Record, ident, instant, many, one, text, texts

__all__ = ["Covers", "Difference", "Differences", "Identity", "Judged", "Reason", "Report"]


@dataclass(frozen=True)
class Reason(Record):
    """One reason for a verdict; the codes are in docs/reasons.md."""

    code: str = ident("code")
    message: Message = one("message", Message, shown=False)


@dataclass(frozen=True)
class Identity(Record):
    """A certificate. Its subject may name a person, and is not shown by ``repr``."""

    subject: str = text("subject")
    issuer: str = text("issuer")
    serial: str = text("serial")
    sha256: str = ident("sha256")
    not_before: Optional[datetime] = instant("not_before")
    not_after: Optional[datetime] = instant("not_after")
    organs: Tuple[str, ...] = texts("organs", shown=True)
    """The organs that it is mapped to."""


@dataclass(frozen=True)
class Covers(Record):
    """What a signature proves."""

    fields: Tuple[str, ...] = texts("fields", shown=True)
    """Elements of the header."""
    attachments: Tuple[int, ...] = texts("attachments", shown=True)
    """Numbers of attachments, from 1."""


@dataclass(frozen=True)
class Difference(Record):
    """One element or attachment that differs."""

    path: str = ident("path")
    fate: str = ident("fate")
    """``made-up``, ``dropped``, ``altered``, ``missing`` or ``added``."""


@dataclass(frozen=True)
class Differences(Record):
    """How a packet differs from its seal."""

    seal: int = ident("seal")
    """The number of the seal's own attachment."""
    rebuilt: Tuple[Difference, ...] = many("rebuilt", Difference)
    changed: Tuple[Difference, ...] = many("changed", Difference)


@dataclass(frozen=True)
class Judged(Record):
    """What is said of one signature."""

    verdict: str = ident("verdict")
    """``valid``, ``invalid``, ``untrusted``, ``absent``, …; whatever is not ``valid`` proves
    nothing."""
    reasons: Tuple[Reason, ...] = many("reasons", Reason)
    """The weightiest first."""
    signer: Optional[Identity] = one("signer", Identity)
    chain: Tuple[Identity, ...] = many("chain", Identity, shown=False)
    time: Optional[datetime] = instant("time")
    """The time that the signer claims; nothing proves it."""
    algorithm: Optional[str] = ident("algorithm")
    covers: Covers = one("covers", Covers, shown=False)
    differences: Optional[Differences] = one("differences", Differences)
    organ: str = ident("organ")
    """How the signer stands to the sender."""


@dataclass(frozen=True)
class Report(Record):
    """What the signatures of a packet are worth."""

    authenticity: str = ident("authenticity")
    """``"proven"``, ``"refuted"`` or ``"unproven"``."""
    packet_signature: Judged = one("packet_signature", Judged)
    seal: Judged = one("seal", Judged)
    at: Optional[datetime] = instant("at")
    """The time that was judged for."""
    policy: str = ident("policy", "record")
    """What was asked of it."""
    policy_met: bool = ident("policy_met", True)
    """Whether that is met."""
    complaint: Optional[Message] = one("complaint", Message)
    """What is missing, where it is not."""

    @classmethod
    def told(
        cls,
        given: Mapping[str, Any],
        policy: str,
        met: bool,
        complaint: Optional[Tuple[str, str]],
    ) -> "Report":
        """The report as the built module tells it."""
        whole: Dict[str, Any] = {**given, "policy": policy, "policy_met": met}
        if complaint is not None:
            whole["complaint"] = {"en": complaint[0], "vi": complaint[1]}
        return cls.from_dict(whole)
