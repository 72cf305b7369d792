"""A province sends two files to the Office of the Government, follows them, receives a document
and reports on it, and takes another one back: the use of lienthong from Python, top to bottom.

Usage: story.py CONFIG FILE FILE FOLDER (examples/story/README.md). Nothing but lienthong.
"""

from __future__ import annotations

import datetime
import sys
import time

import lienthong
from lienthong import Connector, Document

PATIENCE = 60
"""How long this program waits for anything, in seconds. Yours goes on for years."""
OFFICE = "000.00.00.G22"


def document(number: int) -> Document:
    """A document with everything the Office wants to know."""
    return Document(
        from_=lienthong.Organ(organ_id="H99.01", organ_name="Cơ quan thí dụ"),
        to=OFFICE,
        document_id=f"H99.01,2026/03/04,{number}/STD-VP",
        code=(str(number), "STD-VP"),
        promulgation_info=("Thí dụ", datetime.date(2026, 3, 4)),
        subject="V/v thí dụ",
    )


def wait_for(connector: Connector, id: str, state: str) -> None:
    """Waits until a packet has come to a state. An event says that something happened; how things
    stand is asked for. Your program has one loop for all packets."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        view = connector.why(id).outgoing
        if view is not None and view.recipients[0].state == state:
            return
        for event in connector.events(timeout=1):
            # Once your database has it. Until then it comes again.
            connector.events_done(event)
    raise SystemExit(f"{id} is not {state} within a minute")


def send_and_follow(connector: Connector, *files: str) -> None:
    seven = document(7)
    for file in files:
        seven.attach(file)
    # When this returns, the packet is on disk and will be delivered, also after a crash or days
    # without the axis. Where you do not know (your server fell), call again: the same document is
    # the same id, never a second packet. That there are no state secrets in it is for you to say.
    sent = connector.send(seven, contains_state_secret=False)
    wait_for(connector, sent.outgoing, "finished")
    print(f"sent {seven['DocumentId']} with {len(seven.files)} files")
    for status in connector.statuses(sent):
        print(f"{status.organ} says {status.code}")


def receive_and_report(connector: Connector, folder: str) -> None:
    # Until it is accepted it is shown again: after its lease, after a crash. So put it where it
    # belongs in a way that can be repeated: by the document's id.
    item = next(connector.receive(timeout=PATIENCE))
    (file,) = item.extract(folder)
    (attachment,) = item.attachments
    document_id = item.document.document_id if item.document else None
    print(f"received {document_id} from {item.from_} with 1 file of {attachment.size} bytes")
    if item.signatures is None:
        raise SystemExit("a document without a word on its signatures")
    packet, seal = item.signatures.packet_signature, item.signatures.seal
    told = f"packet signature {packet.verdict}, seal {seal.verdict}"
    print(f"authenticity {item.signatures.authenticity}: {told}")
    item.accept()
    assert file.number == attachment.number
    # 01 went by itself. The others are one call each, when your clerks get there.
    incoming = connector.why(item).incoming
    assert incoming is not None
    wait_for(connector, incoming.reports[0].id, "accepted")
    print(f"reported {incoming.reports[0].status}")
    for code in ("03", "04", "05", "06"):
        wait_for(connector, item.report(code), "accepted")
        print(f"reported {code}")


def take_back(connector: Connector, file: str) -> None:
    eight = document(8).attach(file)
    sent = connector.send(eight, contains_state_secret=False)
    print(f"sent {eight['DocumentId']} with 1 file")
    wait_for(connector, sent.outgoing, "arrived")
    connector.recall(sent, "Ban hành nhầm")
    wait_for(connector, sent.outgoing, "recalled")
    for status in connector.statuses(sent):
        print(f"{status.organ} says {status.code}")
    print("recalled")


def main(config: str, first: str, second: str, folder: str) -> None:
    with lienthong.open(config=config) as connector:
        send_and_follow(connector, first, second)
        receive_and_report(connector, folder)
        take_back(connector, second)
    print("closed")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(*sys.argv[1:])
