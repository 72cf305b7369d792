"""A small document-management product over the durable connector, driven by lines of JSON.

docs/dms.md has the contract; examples/rust/src/bin/dms is the same in Rust. The conformance suite
drives any product that speaks these lines.

usage: dms.py --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]
              [--client] [--set KEY=VALUE]...
"""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, List, Optional, TextIO

import lienthong
from lienthong import Connector, Document, Error, Settings


class Misuse(Exception):
    """A command that cannot be understood."""


def settings(arguments: List[str]) -> Settings:
    """The configuration that the arguments give."""
    given = Settings()
    organs: List[str] = []
    names = {"--store": "store.path", "--axis": "axis.url", "--system": "axis.system_id"}
    rest = iter(arguments)
    for name in rest:
        if name == "--client":
            given.set("connector.role", "client")
            continue
        value = next(rest, None)
        if value is None:
            raise Misuse(f"{name} needs a value")
        if name in names:
            given.set(names[name], value)
        elif name == "--secret-file":
            with open(value, encoding="utf-8", newline="") as file:
                given.set("axis.secret", file.read().rstrip("\r\n"))
        elif name == "--organ":
            organs.append(value)
        elif name == "--set" and "=" in value:
            given.set(*value.split("=", 1))
        else:
            raise Misuse(f"{name} {value}: unknown option, or not KEY=VALUE")
    if organs:
        given.set("connector.organs", organs)
    return given


class Given:
    """The members of a command."""

    def __init__(self, command: Any) -> None:
        self.all: Dict[str, Any] = command if isinstance(command, dict) else {}

    def optional(self, name: str) -> Optional[str]:
        value = self.all.get(name)
        return value if isinstance(value, str) else None

    def text(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise Misuse(f"{name} must be a text")
        return value

    def texts(self, name: str) -> List[str]:
        value = self.all.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Misuse(f"{name} must be a list of texts")
        return value

    def number(self, name: str, default: Optional[int] = None) -> int:
        value = self.all.get(name, default)
        if type(value) is not int:
            raise Misuse(f"{name} must be a number")
        return value

    def seconds(self, name: str, default: int = 0) -> float:
        value = self.number(name, default)
        if value < 0:
            raise Misuse(f"{name} must not be negative")
        return value / 1000

    def code(self) -> int:
        code = self.text("code")
        if not code.isdecimal():
            raise Misuse('code is two digits, as in "03"')
        return int(code)

    def lease(self) -> int:
        try:
            return int(self.text("lease"))
        except ValueError:
            raise Misuse("lease must be the text that poll gave") from None

    def staff(self) -> Optional[Dict[str, str]]:
        staff = self.all.get("staff")
        if staff is not None and not isinstance(staff, dict):
            raise Misuse("staff must be an object")
        return staff


def send(connector: Connector, given: Given) -> Dict[str, Any]:
    secret = given.all.get("contains_state_secret")
    if not isinstance(secret, bool):
        raise Misuse("contains_state_secret must be true or false")
    packet = given.optional("packet")
    if packet is not None:
        sent = connector.send(packet, contains_state_secret=secret)
    else:
        document = Document.from_dict(given.all.get("document"))  # type: ignore[arg-type]
        for path in given.texts("attach"):
            document.attach(path)
        sent = connector.send(document, contains_state_secret=secret)
    return sent.to_dict()


def poll(connector: Connector, given: Given) -> Dict[str, Any]:
    item = connector.poll(given.seconds("timeout_ms"))
    if item is None:
        return {"item": None}
    view = item.to_dict()
    folder = given.optional("extract_to")
    if folder is not None:
        view["files"] = [file.path for file in item.extract(folder)]
    return {"item": view}


def rows(records: Any) -> List[Dict[str, Any]]:
    return [record.to_dict() for record in records]


def done(call: Callable[[Connector, Given], None]) -> Callable[[Connector, Given], Any]:
    """A command that gives nothing."""

    def run(connector: Connector, given: Given) -> Dict[str, Any]:
        call(connector, given)
        return {}

    return run


def capabilities(connector: Connector, given: Given) -> Dict[str, Any]:
    """What this product can do, for who drives it (docs/driver.md)."""
    return {
        "product": "lienthong dms in Python",
        "version": lienthong.__version__,
        "commands": list(COMMANDS),
        "settings": [key.name for key in lienthong.config_keys()],
        "features": [
            *("signature-report", "signature-verify", "sign", "seal", "tls"),
            *("client-certificate", "restart"),
        ],
    }


COMMANDS: Dict[str, Callable[[Connector, Given], Any]] = {
    "capabilities": capabilities,
    "send": send,
    "poll": poll,
    "accept": done(lambda c, g: c.accept(g.text("incoming"), g.lease())),
    "refuse": done(
        lambda c, g: c.refuse(g.text("incoming"), g.lease(), g.text("reason"), g.staff())
    ),
    "give_back": done(
        lambda c, g: c.give_back(g.text("incoming"), g.lease(), g.seconds("pause_ms"))
    ),
    "report": lambda c, g: {
        "outgoing": c.report(g.text("incoming"), g.code(), g.optional("note"), g.staff())
    },
    "recall": lambda c, g: {
        "requests": list(
            c.recall(
                g.text("outgoing"), g.text("reason"), organs=g.texts("organs"), staff=g.staff()
            )
        )
    },
    "agree": lambda c, g: {"outgoing": c.agree(g.text("incoming"), g.optional("note"), g.staff())},
    "decline": lambda c, g: {
        "outgoing": c.decline(g.text("incoming"), g.optional("note") or "", g.staff())
    },
    "why": lambda c, g: c.why(g.text("packet")).to_dict(),
    "thread": lambda c, g: rows(c.thread(g.text("packet"))),
    "statuses": lambda c, g: rows(c.statuses(g.text("outgoing"))),
    "find": lambda c, g: {"outgoing": list(c.find_sent(g.text("from"), g.text("document_id")))},
    "stats": lambda c, g: c.stats().to_dict(),
    "events": lambda c, g: rows(c.events(g.seconds("timeout_ms"), g.number("limit", 100))),
    "events_done": done(lambda c, g: c.events_done(g.number("up_to"))),
    "quarantine": lambda c, g: rows(c.quarantine()),
    "retry": lambda c, g: {"recipients": c.retry(g.text("outgoing"), g.optional("organ"))},
    "drop": lambda c, g: {"recipients": c.drop(g.text("outgoing"), g.optional("organ"))},
    "assign": done(lambda c, g: c.assign(g.text("outgoing"), g.text("organ"), g.code())),
    "tick": done(lambda c, g: c.receive_now()),
    "backup": done(lambda c, g: c.backup(g.text("folder"))),
    "doctor": lambda c, g: rows(c.doctor()),
    "close": lambda c, g: {"closed": True, "in_time": c.close(g.seconds("timeout_ms", 5000))},
}


def error(failure: Error) -> Dict[str, Any]:
    told = failure.to_dict()
    # Not part of these lines.
    told.pop("operation")
    told.pop("remote_code")
    return told


def misuse(reason: str) -> Dict[str, Any]:
    kind = next(one for one in lienthong.error_kinds() if one.code == "invalid-argument")
    return {
        "kind": kind.code,
        "number": kind.number,
        "retry": kind.retry,
        "who_acts": kind.who_acts,
        "message": kind.en,
        "message_vi": kind.vi,
        "context": {"reason": reason},
        "findings": [],
    }


def answer(line: str, connector: Connector) -> Dict[str, Any]:
    """Does what a line says."""
    number: Any = None
    try:
        command = json.loads(line)
        given = Given(command)
        number = given.all.get("id")
        name = given.text("do")
        if name not in COMMANDS:
            raise Misuse(f"there is no command {name!r}")
        return {"id": number, "ok": COMMANDS[name](connector, given)}
    except Error as failure:
        return {"id": number, "error": error(failure)}
    except (Misuse, ValueError) as failure:
        return {"id": number, "error": misuse(str(failure))}


def say(out: TextIO, told: Dict[str, Any]) -> None:
    # In one piece: whoever kills this process sees a whole line or none.
    out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
    out.flush()


def main(arguments: List[str]) -> int:
    out = open(1, "w", encoding="utf-8", closefd=False)
    try:
        given = settings(arguments)
    except (Misuse, OSError, Error) as failure:
        print(f"dms: {failure}\n{__doc__}", file=sys.stderr)
        return 2
    try:
        connector = lienthong.open(config=given)
    except Error as failure:
        say(out, {"error": error(failure)})
        return 1
    with connector:
        say(out, {"ready": True, "version": lienthong.__version__})
        for line in open(0, encoding="utf-8", errors="replace", closefd=False):
            if not line.strip():
                continue
            told = answer(line, connector)
            say(out, told)
            if told.get("ok", {}) and "closed" in told["ok"]:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
