"""Signing, sealing, verifying."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Tuple

import pytest

import lienthong
from conftest import Make
from lienthong import Signer, Verifier
from lienthong.testing import Axis


def test_a_signed_packet_is_proven_by_a_trusted_key(
    make: Make, signer: Signer, trust: Path, tmp_path: Path
) -> None:
    path = tmp_path / "signed"
    make().attach("a.pdf", b"%PDF-1.4").write(path, sign=signer)
    packet = lienthong.read(path)
    assert packet.signature == "unverified"
    report = packet.verify(trust=trust)
    assert (report.authenticity, report.packet_signature.verdict) == ("proven", "valid")
    assert report.packet_signature.covers.attachments == (1,)
    assert report.packet_signature.algorithm == "rsa-sha256"
    assert "Thi du" not in repr(report)
    strange = lienthong.verify(path)
    assert strange.packet_signature.verdict == "untrusted"
    assert strange.packet_signature.reasons


def test_a_packet_that_was_built_elsewhere_is_signed_and_sealed(
    make: Make, signer: Signer, trust: Path, tmp_path: Path
) -> None:
    unsigned = make().attach("a.pdf", b"%PDF-1.4").to_bytes()
    length = lienthong.sign(unsigned, tmp_path / "signed", signer, seal=True)
    assert length == (tmp_path / "signed").stat().st_size
    report = lienthong.verify(tmp_path / "signed", trust=trust, policy="strict")
    assert report.policy_met and report.complaint is None
    assert (report.seal.verdict, report.packet_signature.verdict) == ("valid", "valid")
    with pytest.raises(lienthong.SenderError) as failed:
        lienthong.sign(tmp_path / "signed", tmp_path / "twice", signer)
    assert failed.value.code == "already-signed"
    assert not (tmp_path / "twice").exists()


def test_one_changed_byte_refutes_it(make: Make, signer: Signer, trust: Path) -> None:
    signed = make().to_bytes(sign=signer)
    forged = signed.replace("V/v thí dụ".encode(), "V/v thì dụ".encode())
    assert forged != signed
    report = Verifier(trust=trust).verify(forged, policy="require-packet")
    assert (report.authenticity, report.policy_met) == ("refuted", False)
    assert report.complaint is not None and report.complaint.vi


def test_trust_is_judged_for_the_time_that_is_asked_for(
    make: Make, signer: Signer, trust: Path
) -> None:
    packet = lienthong.read(make().to_bytes(sign=signer))
    late = datetime.datetime(2099, 1, 1, tzinfo=datetime.timezone.utc)
    report = packet.verify(trust=trust, at=late)
    assert (report.packet_signature.verdict, report.at) == ("expired", late)


def test_a_seal_survives_the_rebuild_of_the_axis(
    lienthong_axis: Axis, make: Make, key: Tuple[Path, Path], trust: Path, tmp_path: Path
) -> None:
    sealing = {
        "signature_key_file": key[0],
        "signature_certificate_file": key[1],
        "signature_seal_for": "all",
    }
    one = lienthong_axis.open(tmp_path / "one", "H99.01", **sealing)
    two = lienthong_axis.open(tmp_path / "two", "H99.02", signature_trust=trust)
    with one, two:
        sent = one.send(make().attach("a.pdf", b"%PDF-1.4"), contains_state_secret=False)
        item = two.poll(20)
        assert item is not None and item.signatures is not None
        assert (item.signatures.seal.verdict, item.signatures.authenticity) == ("valid", "proven")
        why = two.why(item).incoming
        assert why is not None and why.signatures is not None
        assert why.signatures.seal == "valid"
        assert one.why(sent).outgoing is not None


def test_a_key_that_is_none_is_an_operators_matter(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"no key")
    with pytest.raises(lienthong.OperatorError) as failed:
        Signer(tmp_path / "key", password="made-up-secret")
    assert failed.value.code == "key-unreadable"
    assert "made-up-secret" not in str(failed.value)
    with pytest.raises(lienthong.DeveloperError):
        lienthong.verify(b"<x/>", policy="none")
