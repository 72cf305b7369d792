"""Lines of a connector's log for Python's ``logging``.

The threads of a connector never call Python: they put lines into a queue of their own, and a
thread of Python takes them. So a line may come a moment later than what it tells of.
"""

from __future__ import annotations

import logging
import threading

from . import _native

_LOGGER = logging.getLogger("lienthong")
# Silent unless the host says otherwise.
_LOGGER.addHandler(logging.NullHandler())


def wanted() -> int:
    """The lowest level that somebody wants."""
    return max(1, min(_LOGGER.getEffectiveLevel(), 255))


def start(log: "_native.Log") -> threading.Thread:
    """Starts the thread that takes the lines until the log ends."""
    thread = threading.Thread(target=_take, args=(log,), name="lienthong-log", daemon=True)
    thread.start()
    return thread


def _take(log: "_native.Log") -> None:
    while True:
        lines = log.take(1.0)
        if lines is None:
            return
        log.set_level(wanted())
        for level, target, text in lines:
            logging.getLogger(target.replace("::", ".")).log(level, "%s", text)
