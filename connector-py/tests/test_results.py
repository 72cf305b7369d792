"""Results: what they show, how they compare, what they become."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import lienthong
from conftest import Make
from lienthong import Connector, DocumentHeader, Organ, StaffInfo

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/packet.schema.json").read_text(encoding="utf-8")
)


def group(name: str) -> dict[str, Any]:
    """The schema of one group."""
    return {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{name}"}


PRIVATE = ["V/v thí dụ", "Cán bộ thí dụ", "090000000", "Cơ quan thí dụ", "made-up-secret"]


def test_a_packet_as_a_dictionary_follows_the_schema(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "packet"
    make().attach("a.pdf", b"%PDF-1.4").write(path)
    for source in (path, b"<broken"):
        jsonschema.validate(lienthong.read(source).to_dict(), SCHEMA)
    status = lienthong.StatusHeader(from_=Organ(organ_id="H99.02"), status_code="03")
    jsonschema.validate(status.to_dict(), group("Status"))


def test_a_header_becomes_its_dictionary_and_comes_back(make: Make) -> None:
    told = make(to_places=["Như trên"]).to_dict()
    header = DocumentHeader.from_dict(told)
    assert header.to_dict() == told
    assert header == DocumentHeader.from_dict(told)
    assert hash(header) == hash(DocumentHeader.from_dict(told))


def test_results_do_not_change(make: Make) -> None:
    finding = lienthong.Document().check()[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.code = "other"  # type: ignore[misc]
    packet = lienthong.read(make().to_bytes())
    with pytest.raises(AttributeError):
        packet.kind = "status"  # type: ignore[misc]


def test_every_element_of_the_schema_is_a_field_with_its_name() -> None:
    groups = {
        name: kind
        for name, kind in vars(lienthong).items()
        if isinstance(kind, type) and name in SCHEMA["$defs"]
    }
    groups["Document"] = lienthong.DocumentHeader
    groups["Status"] = lienthong.StatusHeader
    groups["Attachment"] = lienthong.AttachmentInfo
    assert len(groups) >= 24
    for name, kind in groups.items():
        fields = {field.metadata["name"] for field in dataclasses.fields(kind)}
        known = set(SCHEMA["$defs"][name]["properties"])
        assert fields == known - {"AttachmentEncoded", "File", "RawFile"}, name


def test_no_repr_shows_what_people_wrote_or_a_secret(make: Make) -> None:
    document = make(
        to=[Organ(organ_id="H99.02", organ_name="Cơ quan thí dụ", telephone="090000000")],
        signer_info=lienthong.SignerInfo(full_name="Cán bộ thí dụ"),
    ).attach("V/v thí dụ.pdf", b"%PDF-1.4")
    packet = lienthong.read(document.to_bytes())
    settings = lienthong.Settings(axis_secret="made-up-secret", store_path="/nowhere")
    shown = [
        document,
        packet,
        packet.header,
        packet.attachments,
        packet.check(),
        settings,
        StaffInfo(staff="Cán bộ thí dụ", mobile="090000000"),
        packet._repr_html_(),
    ]
    for one in shown:
        for private in PRIVATE:
            assert private not in repr(one)
    assert "H99.01-2026-000001" in repr(document)
    assert "H99.01-2026-000001" in repr(packet)


def test_notebooks_get_a_table_in_which_nothing_of_the_packet_is_markup(make: Make) -> None:
    document = make()
    document["DocumentId"] = "<b>1</b>"
    html = lienthong.read(document.attach("a.pdf", b"%PDF-1.4").to_bytes())._repr_html_()
    assert "&lt;b&gt;1&lt;/b&gt;" in html and "<b>1" not in html
    assert html.count("<table>") == html.count("</table>") >= 2
    assert "<table>" in lienthong.read(b"<broken")._repr_html_()


@pytest.mark.skipif(sys.version_info < (3, 10), reason="`match` is younger")
def test_results_can_be_matched_by_their_fields() -> None:
    assert DocumentHeader.__match_args__[:3] == ("from_", "to", "document_id")
    assert lienthong.Packet.__match_args__ == ("kind", "header")


def test_findings_are_a_sequence_that_knows_its_worst() -> None:
    findings = lienthong.Document().check()
    assert list(findings) == [findings[index] for index in range(len(findings))]
    assert findings == lienthong.Document().check()
    assert findings.to_dict()[0]["message"].keys() == {"en", "vi"}
    assert isinstance(findings[:2], tuple)
    for row in findings.to_dict():
        jsonschema.validate(row, group("Finding"))


def test_records_of_the_store_have_the_members_of_its_json(
    pair: tuple[Connector, Connector], make: Make
) -> None:
    one, two = pair
    sent = one.send(make(), contains_state_secret=False)
    item = two.poll(10)
    assert item is not None
    item.accept()
    item.report(3)
    one.wait_delivered(sent, 10)
    # Asked once: what is asked twice may have changed between.
    for connector, id in ((one, sent.outgoing), (two, item.id)):
        told = json.loads(connector._native.ask("why", id))
        assert lienthong.Why.from_dict(told).to_dict() == told
        for row in json.loads(connector._native.ask("thread", id)):
            assert lienthong.ThreadItem.from_dict(row).to_dict() == row
    stats = json.loads(two._native.ask("stats", ""))
    assert lienthong.Stats.from_dict(stats).to_dict() == stats
