"""The connector, over the real test axis."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Callable, Tuple

import pytest

import lienthong
from conftest import Make
from lienthong import Connector
from lienthong.testing import OFFICE, Axis

Pair = Tuple[Connector, Connector]


def taken(connector: Connector) -> lienthong.Incoming:
    item = connector.poll(20)
    assert item is not None, "nothing came"
    return item


def until(connector: Connector, there: Callable[[], object]) -> None:
    """Waits for an event after which it is there."""
    end = time.monotonic() + 20
    while not there():
        assert time.monotonic() < end, "it did not happen"
        for event in connector.events(timeout=0.5):
            connector.events_done(event)


def codes(connector: Connector, id: object) -> list[str]:
    return [status.code for status in connector.statuses(id)]  # type: ignore[arg-type]


def test_a_document_arrives_and_its_statuses_come_back(pair: Pair, make: Make) -> None:
    one, two = pair
    data = b"%PDF-1.4\n" * 10_000
    sent = one.send(make().attach("a.pdf", data), contains_state_secret=False)
    assert (sent.outgoing, sent.again) == ("out-1", False)
    item = taken(two)
    assert (item.kind, item.from_, item.own) == ("document", "H99.01", "H99.02")
    assert item.document is not None and item.document.subject == "V/v thí dụ"
    assert item.attachments[0].read() == data
    item.accept()
    for code in (3, "04", 5, 6):
        item.report(code)
    until(one, lambda: codes(one, sent) == ["01", "03", "04", "05", "06"])
    why = one.why(sent)
    assert why.outgoing is not None and why.incoming is None
    assert why.outgoing.recipients[0].state == "finished"
    assert [row.kind for row in one.thread(sent)][0] == "document"
    assert one.find_sent("H99.01", "H99.01-2026-000001") == ("out-1",)
    assert one.packet(sent) == one.packet("out-1")


def test_the_same_document_again_is_the_same_sending(pair: Pair, make: Make) -> None:
    one, _ = pair
    document = make().attach("a.txt", io.BytesIO(b"x" * 3_000_000))
    first = one.send(document, contains_state_secret=False)
    again = one.send(document, contains_state_secret=False)
    assert (again.outgoing, again.again) == (first.outgoing, True)
    built = lienthong.read(document.to_bytes())
    assert one.send(built, contains_state_secret=False).again
    assert one.send(document.to_bytes(), contains_state_secret=False).again
    assert one.send(io.BytesIO(document.to_bytes()), contains_state_secret=False).again
    changed = make()
    changed["Subject"] = "V/v khác"
    with pytest.raises(lienthong.SenderError) as failed:
        one.send(changed, contains_state_secret=False)
    assert failed.value.code == "document-id-taken"


def test_state_secrets_are_refused_and_have_to_be_stated(pair: Pair, make: Make) -> None:
    one, _ = pair
    with pytest.raises(lienthong.SenderError) as failed:
        one.send(make(), contains_state_secret=True)
    assert failed.value.code == "state-secret"
    with pytest.raises(TypeError):
        one.send(make())  # type: ignore[call-arg]
    assert one.find_sent("H99.01", "H99.01-2026-000001") == ()


def test_what_is_refused_is_told_to_its_sender(pair: Pair, make: Make) -> None:
    one, two = pair
    sent = one.send(make(), contains_state_secret=False)
    taken(two).refuse("Sai nơi nhận", {"Staff": "Cán bộ thí dụ"})
    until(one, lambda: codes(one, sent) == ["01", "02"])
    status = one.statuses(sent)[1]
    assert status.description == "Sai nơi nhận"
    assert "Sai" not in repr(status)


def test_what_is_given_back_comes_again_and_an_old_lease_is_lost(pair: Pair, make: Make) -> None:
    one, two = pair
    one.send(make(), contains_state_secret=False)
    first = taken(two)
    first.give_back()
    again = taken(two)
    assert (again.id, again.attempt, again.redelivered) == (first.id, 2, True)
    with pytest.raises(lienthong.LeaseLostError):
        first.accept()
    two.accept(again.id, again.lease)


def test_a_recall_is_agreed_to_and_the_bytes_are_gone(pair: Pair, make: Make) -> None:
    one, two = pair
    sent = one.send(make(), contains_state_secret=False)
    original = taken(two)
    original.accept()
    until(one, lambda: codes(one, sent) == ["01"])
    requests = one.recall(sent, "Ban hành nhầm", staff={"Staff": "Cán bộ thí dụ"})
    assert len(requests) == 1
    action = taken(two)
    assert action.is_action and action.acts_on == original.id
    assert action.status is not None and action.status.status_code == "13"
    assert action.agree() is not None
    until(one, lambda: codes(one, sent) == ["01", "15"])
    with pytest.raises(lienthong.OperatorError) as failed:
        two.packet(original.id)
    assert failed.value.code == "payload-gone"


def test_an_update_and_a_replacement_act_on_the_earlier_document(pair: Pair, make: Make) -> None:
    one, two = pair
    one.send(make(1), contains_state_secret=False)
    original = taken(two)
    original.accept()
    update = one.update(make(2), "H99.01-2026-000001", "Bổ sung", contains_state_secret=False)
    action = taken(two)
    assert action.is_action and action.acts_on == original.id
    assert action.decline("Đã xử lý") is not None
    # What is answered to a change is told of the document that it was to change.
    until(one, lambda: codes(one, "out-1")[-1:] == ["16"])
    why = one.why("out-1").outgoing
    assert why is not None and why.recipients[0].change == "declined"
    assert codes(one, update) == ["01"]
    one.replace(make(3), "H99.01-2026-000001", "Đính chính", contains_state_secret=False)
    other = taken(two)
    assert other.is_action and other.acts_on == original.id
    other.agree()


def test_receiving_ends_when_nothing_came_in_time(pair: Pair, make: Make) -> None:
    one, two = pair
    for number in range(1, 4):
        one.send(make(number), contains_state_secret=False)
    came = []
    for item in two.receive(timeout=3):
        item.accept()
        came.append((item.document and item.document.document_id) or "")
        if len(came) == 3:
            break
    assert sorted(came) == [f"H99.01-2026-{n:06}" for n in (1, 2, 3)]
    assert list(two.receive(timeout=0)) == []


def test_what_cannot_go_out_is_visible_and_can_be_retried_or_dropped(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    with lienthong_axis.open(tmp_path / "store") as one:
        sent = one.send(make(to="H99.77"), contains_state_secret=False)
        why = one.wait_delivered(sent, 20)
        assert why.outgoing is not None
        row = why.outgoing.recipients[0]
        assert (row.delivery, row.remote_code, row.who_acts) == ("failed", "18", "operator")
        assert one.retry(sent) == 1
        one.wait_delivered(sent, 20)
        assert one.drop(sent) == 1
        dropped = one.why(sent).outgoing
        assert dropped is not None and dropped.recipients[0].delivery == "dropped"


def test_a_second_worker_is_refused_and_a_client_is_not(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    with lienthong_axis.open(tmp_path) as worker:
        with pytest.raises(lienthong.OperatorError) as failed:
            lienthong_axis.open(tmp_path)
        assert failed.value.code == "store-in-use"
        with lienthong.open(tmp_path, organs="H99.01", role="client") as client:
            sent = client.send(make(), contains_state_secret=False)
            assert worker.wait_delivered(sent, 20).outgoing is not None
            with pytest.raises(lienthong.DeveloperError) as misuse:
                client.transfers()
            assert misuse.value.code == "not-for-client"


def test_every_call_after_close_says_so(pair: Pair, make: Make) -> None:
    one, _ = pair
    assert one.close()
    assert one.close()
    for call in (
        lambda: one.send(make(), contains_state_secret=False),
        lambda: one.poll(),
        lambda: one.stats(),
        lambda: one.events(),
    ):
        with pytest.raises(lienthong.ClosedError):
            call()
    assert list(one.receive()) == []
    assert repr(one) == "<Connector closed>"


def test_unknown_packets_and_ids_are_told_apart(pair: Pair) -> None:
    one, _ = pair
    with pytest.raises(LookupError):
        one.why("out-99")
    with pytest.raises(lienthong.NotFoundError):
        one.packet("arrival-99")
    for call in (lambda: one.why("x"), lambda: one.report("out-1", 3)):
        with pytest.raises(lienthong.DeveloperError) as failed:
            call()
        assert failed.value.code == "invalid-argument"


def test_progress_of_a_sending_is_told_to_the_last_byte(pair: Pair, make: Make) -> None:
    one, _ = pair
    stored: list[int] = []
    data = b"%PDF-1.4\n" * 300_000
    sent = one.send(
        make().attach("a.pdf", data), contains_state_secret=False, progress=stored.append
    )
    assert sum(stored) == len(data)
    sending: list[int] = []
    one.wait_delivered(sent, 20, progress=sending.append)
    assert all(bytes > 0 for bytes in sending)


def test_a_store_is_copied_while_it_is_at_work(pair: Pair, make: Make, tmp_path: Path) -> None:
    one, _ = pair
    sent = one.send(make(), contains_state_secret=False)
    one.backup(tmp_path / "copy")
    with lienthong.open(tmp_path / "copy", organs="H99.01", role="client") as copy:
        assert copy.why(sent).outgoing is not None
    with pytest.raises(lienthong.Error):
        one.backup(tmp_path / "copy")


def test_the_doctor_looks_at_everything(pair: Pair) -> None:
    checks = {check.name: check for check in pair[0].doctor()}
    assert checks["store"].health == "good" and checks["axis"].health == "good"
    assert all(check.vi and check.en for check in checks.values())


def test_the_office_answers_over_the_real_test_axis(
    lienthong_axis: Axis, tmp_path: Path, make: Make
) -> None:
    with lienthong_axis.open(tmp_path) as one:
        sent = one.send(make(to=OFFICE), contains_state_secret=False)
        until(one, lambda: codes(one, sent)[-1:] == ["06"])
        lienthong_axis.office_command("send", to=["H99.01"], document={"document_id": "VPCP-1"})
        item = taken(one)
        assert item.from_ == OFFICE
        item.accept()
