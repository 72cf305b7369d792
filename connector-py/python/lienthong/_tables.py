"""The tables of the library: kinds of errors and codes of findings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Tuple

from . import _native
from ._record import Record, ident, text

__all__ = ["ErrorKind", "FindingCode", "error_kinds", "finding_codes"]


@dataclass(frozen=True)
class ErrorKind(Record):
    """One row of the table of errors (docs/errors.md)."""

    code: str = ident("code")
    number: int = ident("number")
    retry: str = ident("retry")
    who_acts: str = ident("who_acts")
    en: str = text("en")
    vi: str = text("vi")


@dataclass(frozen=True)
class FindingCode(Record):
    """One row of the table of findings (docs/findings.md)."""

    code: str = ident("code")
    severity: str = ident("severity")
    severity_when_sending: str = ident("severity_when_sending")
    source: str = text("source")
    """Where the rule comes from."""
    en: str = text("en")
    vi: str = text("vi")


def error_kinds() -> Tuple[ErrorKind, ...]:
    """Every kind of error."""
    return tuple(ErrorKind.from_dict(row) for row in json.loads(_native.error_kinds()))


def finding_codes() -> Tuple[FindingCode, ...]:
    """Every code of a finding."""
    return tuple(FindingCode.from_dict(row) for row in json.loads(_native.finding_codes()))
