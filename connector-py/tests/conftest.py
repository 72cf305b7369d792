"""What the tests have in common: made-up documents and keys."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path
from typing import Any, Callable, Iterator, Tuple

import pytest

import lienthong
from lienthong import Connector, Document
from lienthong.testing import Axis

pytest_plugins = ["pytester"]

Make = Callable[..., Document]


def document(number: int = 1, to: Any = "H99.02", **more: Any) -> Document:
    """A made-up document that may be sent."""
    return Document(
        from_="H99.01",
        to=to,
        document_id=f"H99.01-2026-{number:06}",
        code=(str(number), "TD-VP"),
        promulgation_info=("Thí dụ", datetime.date(2026, 3, 4)),
        subject="V/v thí dụ",
        **more,
    )


@pytest.fixture
def make() -> Make:
    return document


@pytest.fixture
def pair(lienthong_axis: Axis, tmp_path: Path) -> Iterator[Tuple[Connector, Connector]]:
    """Two organs that exchange documents over the test axis."""
    with lienthong_axis.open(tmp_path / "one", "H99.01") as one:
        with lienthong_axis.open(tmp_path / "two", "H99.02") as two:
            yield one, two


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Tuple[Path, Path]:
    """A key and its certificate, made on the spot."""
    folder = tmp_path_factory.mktemp("key")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]
        + ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=Thi du"]
        + ["-addext", "keyUsage=digitalSignature"],
        check=True,
        capture_output=True,
    )
    return key, certificate


@pytest.fixture(scope="session")
def signer(key: Tuple[Path, Path]) -> lienthong.Signer:
    return lienthong.Signer(*key)


@pytest.fixture(scope="session")
def trust(key: Tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    (folder / "anchor.pem").write_bytes(key[1].read_bytes())
    return folder
