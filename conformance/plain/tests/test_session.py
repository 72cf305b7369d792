"""Two plain products over the test axis."""

import os
import tempfile
import unittest

from tests.support import WithAxis, document


class Session(WithAxis):
    def test_the_session_of_the_page_goes_as_it_stands_there(self):
        sender, receiver = self.start("a"), self.start("b")
        self.assertEqual(sender.first["ready"], True)
        attach = [self.write("công văn.pdf", b"%PDF-1.4\n")]
        send = dict(contains_state_secret=False, document=document(), attach=attach)
        sent = sender.done("send", **send)
        self.assertEqual((sent["outgoing"], sent["again"]), ("out-1", False))
        self.assertEqual(sender.done("send", **send)["again"], True)
        item = receiver.item(extract_to=self.path("out"))
        self.assertEqual((item["incoming"], item["own"], item["from"]), ("in-1", "H99.02", "H99.01"))
        self.assertEqual(item["attachments"][0]["name"], "công văn.pdf")
        self.assertEqual(item["document"]["Subject"], "V/v thí dụ")
        self.assertEqual(item["signatures"]["packet_signature"]["verdict"], "absent")
        with open(item["files"][0], "rb") as file:
            self.assertEqual(file.read(), b"%PDF-1.4\n")
        self.assertEqual(receiver.done("accept", incoming="in-1", lease=item["lease"]), {})
        self.assertEqual(receiver.refused("accept", incoming="in-1", lease=item["lease"]), "lease-lost")
        self.assertEqual(receiver.done("report", incoming="in-1", code="03"), {"outgoing": "out-2"})
        why = sender.state("out-1", "H99.02", "registered")
        self.assertEqual([line["what"] for line in why["journal"]], ["queued", "accepted", "status", "status"])
        self.assertEqual(sender.done("find", **{"from": "H99.01", "document_id": "H99.01-2026-000001"}),
                         {"outgoing": ["out-1"]})
        self.assertEqual(sender.done("recall", outgoing="out-1", reason="Ban hành nhầm"), {"requests": ["out-2"]})
        self.assertEqual(sender.done("recall", outgoing="out-1", reason="Ban hành nhầm"), {"requests": []})
        action = receiver.item()
        self.assertEqual((action["is_action"], action["acts_on"], action["status"]["StatusCode"]), (True, "in-1", "13"))
        self.assertTrue(receiver.done("why", packet="in-1")["incoming"]["on_hold"])
        self.assertEqual(receiver.done("agree", incoming=action["incoming"]), {"outgoing": "out-3"})
        self.assertEqual(receiver.refused("agree", incoming=action["incoming"]), "status-illegal")
        known = receiver.done("why", packet="in-1")["incoming"]
        self.assertEqual((known["destroyed"], known["kept"], known["on_hold"]), (True, False, False))
        why = sender.state("out-1", "H99.02", "recalled")
        self.assertTrue(why["outgoing"]["frozen"])
        self.assertEqual(sender.refused("recall", outgoing="out-1", reason="Lần nữa"), "document-frozen")
        codes = [row["code"] for row in sender.done("statuses", outgoing="out-1")]
        self.assertEqual(codes, ["01", "03", "15"])
        self.assertEqual(len(sender.done("thread", packet="out-1")), 5)
        for dms in (sender, receiver):
            self.assertEqual(dms.done("close"), {"closed": True, "in_time": True})
            self.assertEqual(dms.process.wait(10), 0)

    def test_every_recipient_has_a_state_of_its_own_and_an_unknown_one_holds_up_nobody(self):
        sender, receiver = self.start("a"), self.start("b")
        sent = sender.done("send", contains_state_secret=False,
                           document=document(to=("H99.02", "H99.77", "H99.03")))
        why = sender.state(sent["outgoing"], "H99.77", "failed")
        row = next(row for row in why["outgoing"]["recipients"] if row["organ"] == "H99.77")
        self.assertEqual((row["error"], row["remote_code"], row["who_acts"]), ("axis-refused-organ", "18", "operator"))
        for organ in ("H99.02", "H99.03"):
            sender.state(sent["outgoing"], organ, "arrived")
        self.assertEqual({receiver.item()["own"] for _ in range(2)}, {"H99.02", "H99.03"})
        self.assertEqual(sender.done("drop", outgoing="out-1", organ="H99.77"), {"recipients": 1})

    def test_a_refusal_tells_its_reason_cut_between_letters(self):
        sender, receiver = self.start("a"), self.start("b", "status.longest_note=12")
        sender.done("send", contains_state_secret=False, document=document())
        item = receiver.item()
        reason = "Sai nơi nha\u0302\u0323n"
        self.assertEqual(receiver.refused("refuse", incoming="in-1", lease=item["lease"], reason=""), "packet-impossible")
        receiver.done("refuse", incoming="in-1", lease=item["lease"], reason=reason)
        why = sender.state("out-1", "H99.02", "refused")
        self.assertEqual(why["outgoing"]["recipients"][0]["reason"], "Sai nơi nh")
        self.assertEqual(receiver.refused("report", incoming="in-1", code="03"), "status-illegal")

    def test_an_update_that_comes_before_its_document_waits_for_it(self):
        sender, receiver = self.start("a"), self.start("b")
        update = document(2, TraceHeaderList={"Bussiness": {
            "BussinessDocType": 2, "DocumentId": "H99.01-2026-000001", "BussinessDocReason": "Sửa"}})
        sender.done("send", contains_state_secret=False, document=update)
        sender.state("out-1", "H99.02", "arrived")
        self.assertIsNone(receiver.done("poll")["item"])
        sender.done("send", contains_state_secret=False, document=document(1))
        item = receiver.item()
        self.assertEqual((item["incoming"], item["is_action"], item["acts_on"]), ("in-1", True, "in-2"))
        receiver.done("decline", incoming="in-1", note="Đã vào sổ")
        self.assertEqual(receiver.item()["incoming"], "in-2")

    def test_a_store_that_was_killed_goes_on_where_it_stood(self):
        self.axis.fault("sendEdoc", {"kind": "wrong-code", "code": "20"}, times=0)
        sender = self.start("a")
        sender.done("send", contains_state_secret=False, document=document())
        sender.kill()
        self.axis.control("PUT", "/faults", [])
        sender, receiver = self.start("a"), self.start("b")
        sender.state("out-1", "H99.02", "arrived")
        first = receiver.item()
        receiver.kill()
        receiver = self.start("b")
        again = receiver.item()
        self.assertEqual((again["incoming"], again["attempt"], again["redelivered"]), ("in-1", 2, True))
        self.assertNotEqual(first["lease"], again["lease"])
        receiver.done("accept", incoming="in-1", lease=again["lease"])
        receiver.kill()
        self.assertIsNone(self.start("b").done("poll", timeout_ms=300)["item"])

    def send_through(self, *faults):
        """A document over an axis that has these faults one after another; its row of `why`."""
        for passed, fault in enumerate(faults):
            self.axis.fault("sendEdoc", fault, after=passed)
        sender, receiver = (self.start(system, "receive.report_arrival=false") for system in "ab")
        sender.done("send", contains_state_secret=False, document=document())
        why = sender.until("out-1", lambda why: why["outgoing"]["recipients"][0]["delivery"] == "accepted")
        receiver.item()
        self.assertIsNone(receiver.done("poll", timeout_ms=500)["item"])
        hashes = {value for one in self.axis.wire() for name, value in one["headers"]
                  if name.lower() == "xroadvnpt-hash-file"}
        self.assertEqual(len(hashes), 1)
        self.assertEqual({row["status"] for row in self.axis.queues()}, {"done"})
        return why["outgoing"]["recipients"][0]

    def test_what_the_axis_does_not_have_is_sent_again_with_the_same_bytes(self):
        row = self.send_through({"kind": "close-after-request", "bytes": 300}, {"kind": "wrong-code", "code": "21"},
                                {"kind": "wrong-code", "code": "99"}, {"kind": "not-json"})
        self.assertEqual(row["attempts"], 4)
        self.assertEqual(len(self.axis.queues()), 1)

    def test_where_the_axis_cannot_be_asked_the_same_bytes_go_again_and_are_shown_once(self):
        self.axis.fault("getSentEdocList", {"kind": "not-json"}, times=0)
        row = self.send_through({"kind": "bad-gateway"}, {"kind": "not-json"}, {"kind": "close-after-answer", "bytes": 10})
        self.assertEqual(row["attempts"], 4)
        self.assertEqual(len(self.axis.queues()), 4)

    def test_two_changes_of_one_document_are_answered_each_by_itself(self):
        sender, receiver = self.start("a"), self.start("b")
        sender.done("send", contains_state_secret=False, document=document())
        update = document(2, TraceHeaderList={"Bussiness": {
            "BussinessDocType": 2, "DocumentId": "H99.01-2026-000001"}})
        sender.done("send", contains_state_secret=False, document=update)
        sender.done("recall", outgoing="out-1", reason="Nhầm")
        actions = {}
        while len(actions) < 2:
            item = receiver.item()
            if item["is_action"]:
                actions["recall" if item["status"] else "update"] = item["incoming"]
        # There are two, so the update is answered by its own id.
        receiver.done("agree", incoming=actions["update"])
        sender.until("out-2", lambda why: why["outgoing"]["recipients"][0]["change"] == "agreed")
        self.assertEqual(sender.done("why", packet="out-1")["outgoing"]["recipients"][0]["change"], "requested")
        receiver.done("agree", incoming=actions["recall"])
        sender.state("out-1", "H99.02", "recalled")
        self.assertEqual(sender.refused("assign", outgoing="out-2", organ="H99.02", code="15"), "status-illegal")

    def test_a_failed_list_is_told_and_a_wrong_secret_too(self):
        self.axis.fault("getReceivedEdocList", {"kind": "not-json"}, times=0)
        receiver = self.start("b")
        end = 200
        while receiver.done("stats")["list_error"] is None and end:
            end -= 1
        self.assertEqual(receiver.done("stats")["list_error"], "axis-not-an-answer")
        checks = {one["name"]: one["health"] for one in receiver.done("doctor")}
        self.assertEqual((checks["axis"], checks["inbox"]), ("bad", "bad"))
        self.axis.control("PUT", "/faults", [])
        checks = {one["name"]: one["health"] for one in self.start("a", secret="sai").done("doctor")}
        self.assertEqual((checks["axis"], checks["credentials"]), ("good", "bad"))

    def test_bad_commands_get_typed_errors(self):
        dms = self.start("a")
        self.assertEqual(dms.refused("forget"), "invalid-argument")
        self.assertEqual(dms.refused("send", contains_state_secret=True, document=document()), "state-secret")
        self.assertEqual(dms.refused("send", document=document()), "invalid-argument")
        self.assertEqual(dms.refused("send", contains_state_secret=False, document={"Betreff": "x"}), "invalid-argument")
        other = document(**{"From": {"OrganId": "H98.01"}})
        self.assertEqual(dms.refused("send", contains_state_secret=False, document=other), "not-own-organ")
        self.assertEqual(dms.refused("send", contains_state_secret=False, document=document(to=())), "packet-impossible")
        self.assertEqual(dms.refused("why", packet="out-9"), "not-found")
        self.assertEqual(dms.refused("report", incoming="in-9", code="03"), "not-found")
        dms.done("send", contains_state_secret=False, document=document())
        changed = document(Subject="V/v khác")
        self.assertEqual(dms.refused("send", contains_state_secret=False, document=changed), "document-id-taken")
        told = dms.done("capabilities")
        self.assertEqual(told["product"], "plain")
        self.assertIn("capabilities", told["commands"])
        self.assertNotIn("one", dms.said())

    def test_two_attachments_of_one_name_arrive_both(self):
        sender, receiver = self.start("a"), self.start("b")
        os.mkdir(self.path("x"))
        files = [self.write("phụ lục.txt", b"mot"), self.write("x/phụ lục.txt", b"hai")]
        sender.done("send", contains_state_secret=False, document=document(), attach=files)
        item = receiver.item(extract_to=self.path("out"))
        self.assertEqual([one["name"] for one in item["attachments"]], ["phụ lục.txt"] * 2)
        read = []
        for path in item["files"]:
            with open(path, "rb") as file:
                read.append(file.read())
        self.assertEqual(read, [b"mot", b"hai"])


class OldCodes(WithAxis):
    def setUp(self):
        self.shelf = tempfile.TemporaryDirectory()
        self.addCleanup(self.shelf.cleanup)
        with open(os.path.join(self.shelf.name, "units.csv"), "w", encoding="utf-8") as file:
            file.write("code,oldCode,name\nH99.02,000.00.02.H99,Đơn vị\nH99.01,000.00.01.H99,Đơn vị\n")
        config = os.path.join(self.shelf.name, "axis.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('directory = "units.csv"\n')
        self.arguments = ("--config", config)
        super().setUp()

    def test_an_organ_by_its_old_and_its_new_code_is_one(self):
        sender, receiver = self.start("a"), self.start("b")
        both = document(to=("000.00.02.H99", "H99.02"))
        sent = sender.done("send", contains_state_secret=False, document=both)
        item = receiver.item()
        self.assertEqual(item["own"], "H99.02")
        self.assertIsNone(receiver.done("poll", timeout_ms=400)["item"])
        receiver.done("accept", incoming=item["incoming"], lease=item["lease"])
        receiver.done("report", incoming=item["incoming"], code="03")
        why = sender.state(sent["outgoing"], "H99.02", "registered")
        self.assertEqual(len(why["outgoing"]["recipients"]), 1)


class Office(WithAxis):
    arguments = ("--office",)

    def test_the_office_answers_and_sends(self):
        receiver = self.start("b")
        self.axis.control("POST", "/office", {
            "kind": "send", "to": ["H99.02"], "document": {"subject": "Thử", "document_id": "vp-1"}})
        item = receiver.item()
        self.assertEqual(item["from"], "000.00.00.G22")
        receiver.done("accept", incoming=item["incoming"], lease=item["lease"])
        receiver.done("report", incoming=item["incoming"], code="03")
        self.axis.control("POST", "/office", {"kind": "recall", "of": "vp-1", "form": "packet", "reason": "Nhầm"})
        action = receiver.item()
        self.assertEqual(action["acts_on"], item["incoming"])
        receiver.done("agree", incoming=action["incoming"])
        receiver.until(item["incoming"], lambda why: why["incoming"]["destroyed"])
        office = self.axis.control("GET", "/office", since="0", **{"wait-ms": "0"})
        sent = next(one for one in office["sent"] if one["document_id"] == "vp-1")
        self.assertTrue(sent)


if __name__ == "__main__":
    unittest.main()
