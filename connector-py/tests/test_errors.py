"""Exceptions."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import lienthong
from lienthong import _native
from lienthong._errors import raised

KINDS = lienthong.error_kinds()


def made(kind: lienthong.ErrorKind) -> lienthong.Error:
    """As the built module tells it."""
    return raised(
        json.dumps(
            {
                "kind": kind.code,
                "number": kind.number,
                "retry": kind.retry,
                "who_acts": kind.who_acts,
                "operation": "test",
                "message": kind.en,
                "message_vi": kind.vi,
                "remote_code": None,
                "context": {"key": "value"},
                "findings": [],
            }
        )
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_has_a_class_that_says_who_acts(kind: lienthong.ErrorKind) -> None:
    error = made(kind)
    wanted = {
        "sender": lienthong.SenderError,
        "receiver": lienthong.ReceiverError,
        "operator": lienthong.OperatorError,
        "developer": lienthong.DeveloperError,
        "certificate-authority": lienthong.AuthorityError,
    }[kind.who_acts]
    assert isinstance(error, wanted)
    assert (error.code, error.number, error.retry) == (kind.code, kind.number, kind.retry)
    assert error.context == {"key": "value"}
    assert error.message_vi == kind.vi
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and again.to_dict() == error.to_dict()


def test_a_panic_of_the_library_is_an_internal_error() -> None:
    with pytest.raises(lienthong.InternalError) as failed:
        _native.panic_now()
    assert (failed.value.code, failed.value.who_acts) == ("internal", "developer")


def test_an_error_names_what_to_do_and_where() -> None:
    with pytest.raises(lienthong.OperatorError) as failed:
        lienthong.open("/nowhere", organs="H99.01", send_parallel=0)
    error = failed.value
    assert error.code == "config-invalid-value"
    assert error.context == {"key": "send.parallel", "allowed": "1..=64"}
    assert error.retry == "never"
    assert "send.parallel" in str(error)
    assert repr(error) == "<OperatorError config-invalid-value: config.set>"


def test_the_code_of_the_axis_is_told(tmp_path: Path) -> None:
    error = raised(
        json.dumps(
            {
                **made(KINDS[0])._told,
                "kind": "axis-credentials",
                "who_acts": "operator",
                "remote_code": "15",
            }
        )
    )
    assert error.remote_code == "15"
    assert error.to_dict()["kind"] == "axis-credentials"


def test_no_error_quotes_a_value_that_was_wrong() -> None:
    with pytest.raises(lienthong.DeveloperError) as failed:
        lienthong.Document.from_json('{"Subject": {"bí mật": 1}}')
    assert "bí mật" not in str(failed.value)
    with pytest.raises(lienthong.OperatorError) as config:
        lienthong.Settings(send_parallel="bí mật")
    assert "bí mật" not in str(config.value)
