#!/usr/bin/env python3
"""A plain document-management product, driven by lines of JSON (docs/dms.md).

Written from the specification, with Python's standard library and no code of the library
that the conformance suite was made beside: a second opinion on the suite.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from driver import VERSION, Driver  # noqa: E402
from exchange import Exchange  # noqa: E402
from failure import Failure  # noqa: E402
from packet import PacketReader, PacketWriter  # noqa: E402
from settings import USAGE, Usage, from_arguments  # noqa: E402
from store import Store  # noqa: E402
from views import Views  # noqa: E402
from wire import Wire  # noqa: E402
from worker import Worker  # noqa: E402

PARTS = {
    "Wire": Wire, "PacketReader": PacketReader, "PacketWriter": PacketWriter, "Store": Store,
    "Exchange": Exchange, "Views": Views, "Worker": Worker, "Driver": Driver,
}


def put_together(settings, parts):
    """The driver of a product made of these parts."""
    parts["Wire"].check(settings)
    reader, writer = parts["PacketReader"](settings), parts["PacketWriter"](settings)
    store = parts["Store"](settings["store.path"], settings.is_worker)
    exchange = parts["Exchange"](settings, store, reader, writer)
    views = parts["Views"](exchange, settings, store, reader)
    wire = worker = None
    if settings.is_worker:
        wire = parts["Wire"](settings)
        worker = parts["Worker"](settings, store, exchange, wire)
    driver = parts["Driver"](settings, store, exchange, views, worker, reader, writer, wire)
    if worker:
        worker.start()
    return driver


def say(answer):
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(arguments):
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if arguments == ["--list-mutants"]:
        import mutants
        sys.stdout.write(mutants.listing())
        return 0
    if "--mutant" in arguments:
        import mutants  # noqa: F401  some of them take settings that the plain product does not
    try:
        settings, mutant = from_arguments(arguments)
        parts = dict(PARTS)
        if mutant is not None:
            import mutants
            parts.update(mutants.parts_of(mutant))
    except Usage as usage:
        print("dms.py: %s\n%s" % (usage, USAGE), file=sys.stderr)
        return 2
    try:
        driver = put_together(settings, parts)
    except Failure as failure:
        say({"error": failure.to_json()})
        return 1
    say({"ready": True, "version": VERSION})
    try:
        for line in sys.stdin:
            if line.strip():
                say(driver.answer(line))
            if driver.closed:
                break
        if not driver.closed:
            driver.close(5)
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    sys.stdout.flush()
    os._exit(0)  # a thread that still waits for the axis holds up nothing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
