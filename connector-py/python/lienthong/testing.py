"""The test axis in this process, so that programs that use lienthong can be tested.

It is the axis that lienthong itself is tested against (docs/test-axis.md): a faithful server on
a loopback address that routes, rebuilds and fails on request. ``pytest`` gets the fixture
``lienthong_axis`` with the package.

    with lienthong.testing.Axis() as axis, axis.open(tmp_path, "H99.01") as connector:
        ...
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from types import TracebackType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Type, Union, cast

from . import _native
from ._connector import Connector, open

__all__ = ["OFFICE", "Axis"]

OFFICE = "000.00.00.G22"
"""The organ of the simulated Office of the Government."""

_START = getattr(_native, "Axis", None)


class Axis:
    """A running test axis with a system for each organ. It stops at the end of ``with``.

    Args:
        organs: The organs that exist, each with a system of its own. Made-up ones by default.
        office: Whether the simulated Office of the Government (``OFFICE``) answers; or its
            settings, as ``[office]`` of axis.toml.
        faults: Rules of faults, as ``[[fault]]`` of axis.toml.
        config: Any other key of axis.toml (docs/test-axis.md), e.g. ``rebuild="off"``.

    Raises:
        DeveloperError: ``invalid-argument`` with what is wrong.
        NotImplementedError: The package was built without the feature ``testing``.
    """

    def __init__(
        self,
        organs: Iterable[str] = ("H99.01", "H99.02", "H99.03"),
        *,
        office: Union[bool, Mapping[str, Any]] = False,
        faults: Iterable[Mapping[str, Any]] = (),
        **config: Any,
    ) -> None:
        if _START is None:
            raise NotImplementedError("this build of lienthong has no test axis")
        self.organs: Tuple[str, ...] = tuple(organs)
        systems = [
            {"id": f"system.{organ}", "secret": f"made-up {organ}", "organs": [organ]}
            for organ in self.organs
        ]
        whole: Dict[str, Any] = {"system": systems, "fault": list(faults), **config}
        for name, value in whole.items():
            if isinstance(value, os.PathLike):
                whole[name] = os.fspath(value)
        if office:
            whole["office"] = dict(office) if isinstance(office, Mapping) else {}
        self._native: _native.Axis = _START(json.dumps(whole))

    @property
    def url(self) -> str:
        """Where to send calls: ``axis.url``."""
        return self._native.url

    def settings(self, organ: str) -> Dict[str, Any]:
        """What ``lienthong.open`` needs to be this organ, but for ``store``."""
        return {
            "axis": self.url,
            "system_id": f"system.{organ}",
            "secret": f"made-up {organ}",
            "organs": [organ],
        }

    def open(
        self, store: Union[str, "os.PathLike[str]"], organ: Optional[str] = None, **settings: Any
    ) -> Connector:
        """Opens a connector for an organ, the first one by default. The axis is asked for packets
        every 50 ms, unless ``settings`` say otherwise."""
        settings.setdefault("receive_interval", 50)
        return open(store, **self.settings(organ or self.organs[0]), **settings)

    def _control(
        self, method: str, path: str, body: Any = None, since: int = 0, wait: float = 0
    ) -> Any:
        request = urllib.request.Request(
            self._native.control_url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self._native.token}",
                "since": str(since),
                "wait-ms": str(int(wait * 1000)),
            },
        )
        # The axis is on this machine, whatever proxy there is for others.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=70) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                raise ValueError(refused.read().decode("utf-8", "replace")) from None

    def queued(self) -> List[Dict[str, Any]]:
        """All deliveries, in the order of acceptance (docs/test-axis.md, ``/queues``)."""
        return cast(List[Dict[str, Any]], self._control("GET", "/queues")["deliveries"])

    def wire_log(self, since: int = 0, wait: float = 0) -> List[Dict[str, Any]]:
        """The exchanges after a number (0: all that are kept); where there are none it waits for
        one, at most so many seconds."""
        told = self._control("GET", "/wire", since=since, wait=wait)
        return cast(List[Dict[str, Any]], told["exchanges"])

    def add_fault(self, kind: str, call: str = "*", **rule: Any) -> None:
        """Adds a fault, e.g. ``add_fault("close-after-answer", "sendEdoc", bytes=40, times=2)``:
        ``after``, ``times`` and ``chance`` say when, the rest is the fault's own."""
        when = {name: rule.pop(name) for name in ("after", "times", "chance") if name in rule}
        self._control("POST", "/faults", {"call": call, **when, "fault": {"kind": kind, **rule}})

    def clear_faults(self) -> None:
        """Takes all faults away."""
        self._control("DELETE", "/faults")

    def faults(self) -> List[Dict[str, Any]]:
        """The faults, and how far they are."""
        return cast(List[Dict[str, Any]], self._control("GET", "/faults")["faults"])

    def office(self, since: int = 0, wait: float = 0) -> Dict[str, Any]:
        """What the Office has; where nothing happened since a count of changes it waits for that,
        at most so many seconds."""
        return cast(Dict[str, Any], self._control("GET", "/office", since=since, wait=wait))

    def office_command(self, kind: str, **command: Any) -> Dict[str, Any]:
        """Lets the Office do something, e.g. ``office_command("send", to=["H99.01"])``."""
        return cast(Dict[str, Any], self._control("POST", "/office", {"kind": kind, **command}))

    def stop(self) -> None:
        """Stops it: every connection is closed and every thread has ended."""
        self._native.stop()

    def __enter__(self) -> "Axis":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Axis {self.url}>"
