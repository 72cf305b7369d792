"""The configuration as keyword arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

import lienthong
from lienthong import Settings


def test_every_key_of_the_table_is_a_keyword_argument() -> None:
    keys = lienthong.config_keys()
    assert len({key.name.replace(".", "_") for key in keys}) == len(keys)
    for key in keys:
        if key.kind == "secret":
            continue
        settings = Settings()
        settings.update({key.name.replace(".", "_"): key.default})
        assert settings.get(key.name) == key.default


def test_values_have_the_types_of_python() -> None:
    settings = Settings(
        send_parallel=2,
        axis_allow_plaintext=True,
        connector_organs=["H99.01", "H99.02"],
        store_path=Path("/nowhere"),
        axis_url=None,
    )
    assert settings.get("send.parallel") == "2"
    assert settings.get("axis.allow_plaintext") == "true"
    assert settings.get("connector_organs") == "H99.01,H99.02"
    assert settings.get("store.path") == "/nowhere"
    with pytest.raises(TypeError):
        Settings(send_parallel=1.5)


def test_an_unknown_key_is_refused_by_its_name() -> None:
    with pytest.raises(lienthong.OperatorError) as failed:
        Settings(send_paralel=2)
    assert failed.value.code == "config-unknown-key"
    assert failed.value.context == {"key": "send_paralel"}


def test_arguments_go_before_a_file_and_copies_keep_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lienthong.toml"
    file.write_text('[axis]\nsecret = "made up"\nurl = "http://127.0.0.1:1"\n')
    monkeypatch.setenv("LIENTHONG_SEND_PARALLEL", "3")
    settings = Settings(file, environment=True, axis_url="http://127.0.0.1:2")
    copy = Settings(settings, receive_parallel=5)
    assert copy.get("send.parallel") == "3"
    assert copy.get("axis.url") == "http://127.0.0.1:2"
    assert copy.get("axis.secret") is None
    assert settings.get("receive.parallel") == "4"
    with lienthong.open(tmp_path / "store", config=copy, system_id="a", organs="H99.01"):
        pass
