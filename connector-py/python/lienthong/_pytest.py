"""The pytest fixture; pytest finds it by its entry point."""

from __future__ import annotations

from typing import Iterator

import pytest

from .testing import Axis


@pytest.fixture
def lienthong_axis() -> Iterator[Axis]:
    """A test axis with the organs H99.01, H99.02 and H99.03, and the simulated Office."""
    with Axis(office=True) as axis:
        yield axis
