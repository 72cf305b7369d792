"""Packets without a server."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
from pathlib import Path
from typing import Callable

import pytest

import lienthong
from conftest import Make
from lienthong import Document, Organ

PDF = b"%PDF-1.4\n" + b"made up\n" * 5000
TEXT = "Kính gửi: Văn phòng\n".encode() * 1000


def test_what_was_attached_comes_out_again_byte_for_byte(make: Make) -> None:
    packet = lienthong.read(
        make().attach("cong-van.pdf", PDF).attach("phu-luc.txt", io.BytesIO(TEXT)).to_bytes()
    )
    assert [one.name for one in packet.attachments] == ["cong-van.pdf", "phu-luc.txt"]
    assert [one.read() for one in packet.attachments] == [PDF, TEXT]
    first = packet.attachments[0].info
    assert (first.size, first.sha256, first.detected_type) == (
        len(PDF),
        hashlib.sha256(PDF).hexdigest(),
        "pdf",
    )
    # A text travels in a ZIP of its own, a PDF as it is.
    assert [one.info.wrapped for one in packet.attachments] == [False, True]


def test_a_path_bytes_and_a_file_object_are_the_same_source(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "packet.edxml"
    assert make().attach("a.pdf", PDF).write(path) == path.stat().st_size
    data = path.read_bytes()
    with path.open("rb") as file:
        packets = [lienthong.read(one) for one in (path, str(path), data, bytearray(data), file)]
    assert all(packet == packets[0] for packet in packets)
    assert len(set(packets)) == 1
    assert packets[0] != lienthong.read(make(2).to_bytes())
    assert packets[0].open().read() == data


def test_a_document_is_written_to_a_file_object_as_to_a_path(make: Make, tmp_path: Path) -> None:
    document = make().attach("a.pdf", PDF)
    target = io.BytesIO()
    written = document.write(target)
    assert written == len(target.getvalue())
    assert target.getvalue() == document.to_bytes()


def test_a_file_that_is_there_is_left_alone_unless_it_is_asked_for(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "packet.edxml"
    path.write_bytes(b"mine")
    with pytest.raises(lienthong.Error) as failed:
        make().write(path)
    assert failed.value.code == "io"
    assert path.read_bytes() == b"mine"
    make().write(path, overwrite=True)
    assert lienthong.read(path).kind == "document"


def test_a_document_that_would_not_arrive_is_refused_with_every_reason() -> None:
    with pytest.raises(lienthong.PacketImpossibleError) as failed:
        Document().to_bytes()
    codes = {finding.code for finding in failed.value.findings}
    assert {"sender-missing", "receiver-missing"} <= codes
    findings = Document().check()
    assert not findings.ok and findings.worst == "error"
    assert {finding.code for finding in findings.of("error")} <= codes


def test_checking_and_writing_add_nothing_to_a_document(make: Make, tmp_path: Path) -> None:
    with_business, refused = make(), Document()
    with_business["TraceHeaderList/Bussiness/Paper"] = 1
    for document in [make(), make(steering_type=0), with_business, refused]:
        before = document.to_dict()
        assert document.check().ok == (document is not refused)
        with contextlib.suppress(lienthong.PacketImpossibleError):
            assert document.to_bytes() == document.to_bytes()
            document.write(tmp_path / "one.edxml", overwrite=True)
        assert document.to_dict() == before


def test_elements_are_set_and_taken_away_by_their_paths(make: Make) -> None:
    document = make(to=["H99.02", Organ(organ_id="H99.03", organ_name="Cơ quan thí dụ")])
    document["Subject"] = None
    document["DueDate"] = datetime.date(2026, 5, 6)
    document["OtherInfo/Priority"] = 2
    assert document["Subject"] is None
    assert document["To[2]/OrganName"] == "Cơ quan thí dụ"
    assert document.count("To") == 2
    header = document.header
    assert header.due_date == datetime.date(2026, 5, 6)
    assert header.other_info is not None and header.other_info.priority == 2
    with pytest.raises(lienthong.DeveloperError) as failed:
        document["Subjekt"] = "x"
    assert failed.value.context["element"] == "Subjekt"


def test_attachments_stream_and_can_be_read_in_any_pieces(make: Make) -> None:
    packet = lienthong.read(make().attach("a.pdf", PDF).attach("b.txt", TEXT).to_bytes())
    for attachment, whole in zip(packet.attachments, (PDF, TEXT)):
        with attachment.open() as file:
            pieces = [file.read(1), file.read(4095)]
            buffer = bytearray(10_000)
            count = file.readinto(buffer)  # type: ignore[attr-defined]
            pieces += [bytes(buffer[:count]), file.read()]
            assert file.read() == b""
        assert b"".join(pieces) == whole
    with packet.attachments[1].open() as first, packet.attachments[1].open() as second:
        assert first.read(10) == second.read(10) == TEXT[:10]
    with io.TextIOWrapper(packet.attachments[1].open(), "utf-8") as lines:
        assert sum(1 for _ in lines) == 1000


def test_a_file_that_changed_after_it_was_read_is_found_out(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "packet.edxml"
    make().attach("a.pdf", PDF).write(path)
    packet = lienthong.read(path)
    attachment = packet.attachments[0]
    make().attach("a.pdf", PDF[: len(PDF) // 2]).write(path, overwrite=True)
    with pytest.raises(lienthong.Error):
        attachment.read()


def test_extracted_files_have_safe_names_and_their_bytes(make: Make, tmp_path: Path) -> None:
    document = make().attach("../../etc/a.pdf", PDF).attach("a.pdf", TEXT)
    files = lienthong.read(document.to_bytes()).extract(tmp_path / "out")
    assert [Path(file.path).read_bytes() for file in files] == [PDF, TEXT]
    assert all(Path(file.path).parent == tmp_path / "out" for file in files)


def test_a_packet_that_cannot_be_read_is_no_exception() -> None:
    packet = lienthong.read(b"<not a packet")
    assert not packet.readable
    assert packet.header is None
    assert packet.check().worst == "error"
    assert "unreadable" in repr(packet)


def test_a_missing_file_is_an_error_of_kind_io(tmp_path: Path, make: Make) -> None:
    for call in (
        lambda: lienthong.read(tmp_path / "none"),
        lambda: lienthong.read(tmp_path),
        lambda: make().attach(tmp_path / "none"),
    ):
        with pytest.raises(lienthong.Error) as failed:
            call()
        assert failed.value.code == "io"


def test_a_document_made_of_a_dictionary_is_the_one_made_of_arguments(make: Make) -> None:
    document = make(to_places=["Như trên", "Lưu: VT"])
    again = Document.from_dict(document.to_dict())
    assert again.header == document.header
    assert again.to_bytes() == document.to_bytes()
    with pytest.raises(lienthong.DeveloperError) as failed:
        Document.from_dict({"Subjekt": "V/v"})
    assert failed.value.code == "invalid-argument"


def test_a_replacement_names_its_document_and_the_receivers(make: Make) -> None:
    document = make(2, to=["H99.02", "H99.03"]).attach("a.pdf", PDF)
    document.replace("H99.01-2026-000001", "Đính chính")
    packet = lienthong.read(document.to_bytes())
    header = packet.document
    assert header is not None and header.trace_header_list is not None
    bussiness = header.trace_header_list.bussiness
    assert bussiness is not None and bussiness.bussiness_doc_type == 3
    info = bussiness.replacement_info_list[0].replacement_info[0]
    assert info.document_id == "H99.01-2026-000001"
    assert info.organ_id_list is not None
    assert info.organ_id_list.organ_id == ("H99.02", "H99.03")
    assert len(packet.attachments) == 1


def test_a_status_packet_is_made_of_its_header() -> None:
    status = lienthong.StatusHeader(
        from_=Organ(organ_id="H99.02"),
        response_for=lienthong.ResponseFor(
            organ_id="H99.01",
            code="1/TD-VP",
            document_id="H99.01-2026-000001",
            promulgation_date=datetime.date(2026, 3, 4),
        ),
        status_code="03",
        timestamp=datetime.datetime(2026, 3, 5, 6, 7, 8),
    )
    packet = lienthong.read(lienthong.status_packet(status))
    assert packet.kind == "status"
    assert packet.status == status


def test_a_file_that_is_no_base64_is_told_and_left_out(make: Make, tmp_path: Path) -> None:
    whole = make().attach("a.pdf", PDF).attach("b.pdf", PDF + b"2").to_bytes()
    packet = lienthong.read(whole.replace(b">JVBER", b">JV!ER", 1))
    assert packet.readable and packet.document is not None
    first, second = packet.attachments
    assert first.size is None and first.info.sha256 is None
    attempts: list[Callable[[], object]] = [first.read, lambda: first.write(tmp_path / "a.pdf")]
    for attempt in attempts:
        with pytest.raises(lienthong.SenderError) as failed:
            attempt()
        assert failed.value.code == "attachment-unreadable"
        context = dict(failed.value.context)
        assert context["attachment"] == "1"
        assert context["finding"] == "attachment-base64-invalid"
    assert not (tmp_path / "a.pdf").exists()
    assert second.read() == PDF + b"2"
    assert [file.number for file in packet.extract(tmp_path / "files")] == [2]
    digest = packet.meaning_digest
    assert digest is not None and digest != lienthong.read(whole).meaning_digest


def test_a_meaning_survives_being_written_again_and_no_change(make: Make) -> None:
    one, two = make().attach("a.pdf", PDF), make().attach("a.pdf", PDF)
    digests = [lienthong.read(each.to_bytes()).meaning_digest for each in (one, two)]
    assert digests[0] is not None and digests[0] == digests[1]
    two["Subject"] = "V/v khác"
    changed = lienthong.read(two.to_bytes())
    assert changed.meaning_digest != digests[0]
    compared = changed.compare(lienthong.read(one.to_bytes()))
    assert any(finding.path.endswith("Subject") for finding in compared)


def test_progress_is_told_every_byte_and_ends_the_work_if_it_raises(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    told: list[int] = []
    written = make().attach(path).write(tmp_path / "packet", progress=told.append)
    assert sum(told) == len(PDF)
    told.clear()
    lienthong.read(tmp_path / "packet", progress=told.append)
    assert sum(told) == written

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make().attach(path).write(tmp_path / "other", progress=stop)
    assert not (tmp_path / "other").exists()


def test_what_a_file_object_raises_comes_back_as_it_is(make: Make) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        make().attach("a.pdf", Broken())  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError, match="mine"):
        lienthong.read(Broken())  # type: ignore[arg-type]
