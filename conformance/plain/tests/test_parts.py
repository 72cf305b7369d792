"""Packets, the wire and the table of statuses, without an axis."""

import base64
import io
import json
import os
import re
import subprocess
import unittest
import zipfile

from tests.support import ROOT, document

import packet
import terms
import wire
from failure import Failure
from settings import SETTINGS, Settings, Usage
from views import safe_name

SECRET = "c2VjcmV0LWZvci10ZXN0cw=="
ODD = """<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
<edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader>
<edXML:From><edXML:OrganId>H98.01</edXML:OrganId></edXML:From>
<edXML:To><edXML:OrganId>H99.01</edXML:OrganId></edXML:To>
<edXML:DocumentId>d-1</edXML:DocumentId>
<edXML:Code><edXML:CodeNumber>74fass22</edXML:CodeNumber><edXML:CodeNotation>A-B</edXML:CodeNotation></edXML:Code>
<edXML:PromulgationInfo><edXML:PromulgationDate>%s</edXML:PromulgationDate></edXML:PromulgationInfo>
<edXML:Subject>%s</edXML:Subject><edXML:DueDate></edXML:DueDate>
</edXML:MessageHeader>%s</edXML:edXMLHeader></edXML:edXMLEnvelope>
<AttachmentEncoded>%s</AttachmentEncoded></edXML>
"""


def odd(date="2026/03/04", subject="x", more="", attachments=""):
    return (ODD % (date, subject, more, attachments)).encode()


def attached(name, data, content_type="application/zip"):
    return ("<Attachment><ContentId>cid:cid:1</ContentId><AttachmentName>%s</AttachmentName><ContentType>%s"
            "</ContentType><ContentTransferEncoded>%s</ContentTransferEncoded></Attachment>"
            % (name, content_type, base64.b64encode(data).decode()))


def read(data, **settings):
    made = Settings()
    for key, value in settings.items():
        made.set(key.replace("__", "."), value)
    return packet.PacketReader(made).read(data)


def codes(one):
    return [found["code"] for found in one.findings]


def zipped(**entries):
    holder = io.BytesIO()
    with zipfile.ZipFile(holder, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name.replace("__", "/"))  # of 1980, so the bytes are the same each time
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return holder.getvalue()


class Wire(unittest.TestCase):
    def test_the_hash_of_abc_is_the_known_one(self):
        self.assertEqual(wire.unpadded_sha256(b"abc"),
                         "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad")

    def test_the_signature_of_an_observed_request_comes_out_the_same(self):
        # A request of the official software, with a made-up secret.
        text, digest = wire.sign(SECRET, {
            "systemid": "test.system.01", "servicetype": "eDoc", "messagetype": "edoc",
            "timestamp": "22112026T071335+0811", "Content-Type": "application/json"})
        self.assertEqual(text, '{"XroadVnpt-systemid":"test.system.01","XroadVnpt-servicetype":"eDoc",'
                         '"XroadVnpt-messagetype":"edoc","XroadVnpt-timestamp":"22112026T071335+0811",'
                         '"XroadVnpt-Content-Type":"application/json"}')
        self.assertEqual(digest, "bdfd7c98a0541237b8eca6cd1ba859b918ab9a95452e9057789fff54d4e269a1")

    def test_an_array_of_recipients_is_escaped_in_the_signed_text(self):
        _, digest = wire.sign(SECRET, {
            "systemid": "test.system.01", "servicetype": "eDoc", "messagetype": "edoc",
            "hash-file": "652891906cf76fd8b79318156faae2b6afd51f9d14d1f2495cc4b639e7d472d",
            "from": "000.00.00.A80", "to": '["000.00.00.H41","000.00.00.H14"]',
            "timestamp": "22112026T071335+0686", "Content-Type": "application/octet-stream"})
        self.assertEqual(digest, "22d61fdec4a9b90755487d4b8bebd092fe061d44c11cdf34964d07e3350ddea1")

    def test_the_last_part_of_a_timestamp_is_milliseconds(self):
        moment = wire.vietnamese_time().replace(2026, 11, 22, 7, 13, 36, 143999)
        self.assertEqual(wire.stamp(moment), "22112026T071336+0143")
        self.assertEqual(moment.utcoffset().total_seconds(), 7 * 3600)

    def test_answers_are_read_in_the_forms_that_were_seen_and_nothing_else(self):
        for text in ('{"ErrorCode":"0"}', '{"errorCode":0}', '{"ERRORCODE":"0","DocId":1a2b-3c}'):
            self.assertEqual(wire.read_answer(text.encode())["errorcode"], "0")
        for text in (b"<html>", b"", b"[]", b"\xff\xfe", b"null"):
            self.assertIsNone(wire.read_answer(text))

    def test_a_list_without_rows_that_says_nothing_is_no_empty_list(self):
        settings = Settings()
        settings.set("axis.url", "http://127.0.0.1:1")
        one = wire.Wire(settings)
        for status, body, kind in (
            (200, b'{"status":"OK","ErrorCode":"0"}', "axis-not-an-answer"),
            (200, b"<html/>", "axis-not-an-answer"), (502, b"{}", "axis-not-an-answer"),
            (200, b'{"ErrorCode":"15"}', "axis-credentials"), (401, b"", "axis-credentials"),
            (200, b'{"ErrorCode":"20"}', "axis-try-later"), (200, b'{"ErrorCode":"22"}', "axis-refused-packet"),
            (200, b'{"ErrorCode":"23"}', "axis-refused-organ"), (200, b'{"ErrorCode":"77"}', "axis-unknown-refusal"),
        ):
            with self.assertRaises(Failure) as refused:
                one.rows(one.judge("list", status, body))
            self.assertEqual(refused.exception.kind, kind, body)
        self.assertEqual(one.rows(one.judge("list", 200, b'{"ErrorCode":"0","data":[]}')), [])


class Packets(unittest.TestCase):
    def setUp(self):
        self.writer = packet.PacketWriter(Settings())

    def test_what_is_written_is_read_back_equal(self):
        header = document(
            Content="Dòng 1\nDòng 2 <&>", DueDate="2026-12-31",
            OtherInfo={"Priority": 2, "Direction": False, "Appendixes": {"Appendix": ["một", "hai"]}},
            ResponseFor=[{"OrganId": "H98.01", "Code": "1/A", "DocumentId": "d", "PromulgationDate": "2026-01-02"}],
            SteeringType=1, ToPlaces={"Place": ["Lưu: VT"]},
            TraceHeaderList={"Bussiness": {"BussinessDocType": 3, "ReplacementInfoList": [{"ReplacementInfo": [
                {"DocumentId": "d", "OrganIdList": {"OrganId": ["H99.02"]}}]}]}})
        files = [packet.Attachment("a.pdf", b"%PDF-1.4"), packet.Attachment("bảng tính.txt", b"abc" * 50)]
        data = self.writer.document(header, files)
        again = read(data)
        trace = again.header["TraceHeaderList"].pop("TraceHeader")
        self.assertEqual(again.header, header)
        self.assertEqual(trace[0]["OrganId"], "H99.01")
        self.assertEqual([(one.name, one.data) for one in again.attachments], [(one.name, one.data) for one in files])
        self.assertEqual(again.digest(), packet.meaning(header, files))
        self.assertTrue(data.endswith(b"</edXML>\r\n"))
        self.assertNotIn(b"\n\n", data)

    def test_what_is_written_has_the_published_shape(self):
        schema = os.path.join(ROOT, "conformance", "schemas", "packet.rng")
        _, status = self.writer.status(
            {"OrganId": "H99.02"}, {"OrganId": "H99.01", "Code": "1/A", "DocumentId": "d"}, "02", "Sai", {"Staff": "x"})
        whole = self.writer.document(document(), [packet.Attachment("a.pdf", b"%PDF"), packet.Attachment("b.txt", b"x")])
        for data in (whole, status, self.writer.document(document(), [])):
            try:
                checked = subprocess.run(["xmllint", "--noout", "--relaxng", schema, "-"], input=data, capture_output=True)
            except FileNotFoundError:
                self.skipTest("xmllint is not here")
            self.assertEqual(checked.returncode, 0, checked.stderr.decode())

    def test_dates_are_of_a_closed_list_and_never_guessed(self):
        for text, date in (("2020/10/30", "2020-10-30"), ("30/10/2020", "2020-10-30"), ("2020-10-30", "2020-10-30"),
                           ("1604000000000", "2020-10-30"), ("2014/02/30", None), ("10/30/2020", None), ("30/10/20", None),
                           ("N/A", None), ("2020/1/2", None)):
            one = read(odd(date=text))
            self.assertEqual(one.header.get("PromulgationInfo", {}).get("PromulgationDate"), date, text)

    def test_deviations_are_read_and_told(self):
        plain = odd()
        for data, code in (
            (b"1212" + plain, "leading-junk"), (b"\xef\xbb\xbf" + plain, "byte-order-mark"), (plain + b"\r\n", "trace-list-missing"),
            (plain.replace(b"edXML:Subject", b"x:Subject"), "prefix-unbound"),
            (plain.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.e-doc.vn/Schema/"), "namespace-dialect"),
            (odd(more="<TraceHeaderList><TraceHeader><OrganId>null</OrganId></TraceHeader>"
                      "<Business><BussinessDocType>2</BussinessDocType></Business></TraceHeaderList>"), "business-spelling"),
            (odd(more="<TraceHeaderList/>"), "business-missing"),
            (plain.replace(b"<edXML xmlns", b"<goi xmlns").replace(b"</edXML>", b"</goi>"), "root-name"),
        ):
            one = read(data)
            self.assertEqual((one.kind, one.header["Subject"]), ("document", "x"), code)
            self.assertIn(code, codes(one))
        self.assertIn("element-empty", codes(read(plain)))

    def test_what_is_hostile_is_refused_before_it_costs_anything(self):
        bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
        for data, reason in (
            (odd().replace(b"<edXML xmlns", bomb + b"<edXML xmlns", 1), "doctype-forbidden"),
            (b"<!-- x --><?p q?>" + bomb + b"<a/>", "doctype-forbidden"),
            (odd(subject="&xxe;"), "entity-unknown"), (b"<a>" * 2000, "limit-exceeded"),
            (odd(subject="x" * 300_000), "limit-exceeded"), (b"\xff\xfe<\0a\0", "encoding-unsupported"),
            (odd().replace(b"74fass22", b"\xff"), "invalid-utf8"), (odd()[:-30], "unexpected-end"), (b"", "not-well-formed"),
            (b"<a/>", "unknown-body"), (odd().replace(b"<edXML:Subject>", b"<edXML:Subject>\x01"), "not-well-formed"),
        ):
            one = read(data)
            self.assertEqual(one.reason, reason)
            self.assertNotEqual(one.kind, "document")

    def test_a_zip_around_one_file_is_taken_off_and_no_other(self):
        two = zipped(a="1", b="2")
        for name, data, expected, code in (
            ("a.txt", zipped(x="abc"), b"abc", "attachment-unwrapped"),
            ("a.zip", zipped(x="abc"), None, "content-id-form"), ("a.docx", two, None, "content-id-form"),
            ("a.txt", zipped(x=b"\0" * 5_000_000), None, "attachment-zip-refused"),
            ("a.txt", zipped(**{"..__x": "abc"}), None, "attachment-zip-refused"),
            ("a.txt", zipped(x="abc")[:-9], None, "attachment-zip-corrupt"),
        ):
            one = read(odd(attachments=attached(name, data)))
            self.assertEqual(one.attachments[0].data, data if expected is None else expected, (name, code))
            self.assertIn(code, codes(one))

    def test_an_attachment_that_is_no_base64_leaves_the_header_usable(self):
        one = read(odd(attachments=attached("a.pdf", b"abc").replace("YWJj", "${__x}")))
        self.assertEqual((one.kind, one.reason, one.attachments[0].data), ("document", None, None))
        self.assertIn("attachment-base64-invalid", codes(one))

    def test_no_signature_is_ever_valid(self):
        xmldsig = 'xmlns="http://www.w3.org/2000/09/xmldsig#"'
        body = "<SignatureValue>%s</SignatureValue><KeyInfo><X509Data>%s<X509Certificate>%s</X509Certificate></X509Data></KeyInfo>"
        for attributes, value, subject, certificate, word in (
            ("", "AAAA", "", "MIIF" * 100, "placeholder"), (xmldsig, packet.STUB_VALUE, "", "MIIF" * 100, "placeholder"),
            (xmldsig, "AAAA", "<X509SubjectName>CN=user05</X509SubjectName>", "MIIF", "placeholder"),
            (xmldsig, "AAAA", "", "MIIF" * 100, "unsupported"),
        ):
            more = "<Signature %s>%s</Signature>" % (attributes, body % (value, subject, certificate))
            self.assertEqual(read(odd(more=more)).signature, word)
        self.assertEqual(read(odd()).signature, "absent")

    def test_a_rebuild_does_not_change_the_meaning_and_a_change_does(self):
        rebuilt = odd().replace(b"</edXML:Subject>", b"</edXML:Subject><edXML:SteeringType>0</edXML:SteeringType>")
        self.assertEqual(read(odd()).digest(), read(rebuilt).digest())
        self.assertNotEqual(read(odd()).digest(), read(odd(subject="y")).digest())

    def test_names_of_files_stay_in_their_folder(self):
        for name, made in (("../../x.pdf", "x.pdf"), ("..\\x.pdf", "x.pdf"), ("/etc/passwd", "passwd"), ("..", "tep-kem"),
                           (None, "tep-kem"), ("a\0b.pdf", "a_b.pdf"), ("công văn.pdf", "công văn.pdf"), ("C:x.txt", "C_x.txt")):
            self.assertEqual(safe_name(name, set()), made)
        self.assertLess(len(safe_name("đ" * 300 + ".pdf", set()).encode()), 200)


class Tables(unittest.TestCase):
    def test_statuses_do_what_the_published_table_says(self):
        with open(os.path.join(ROOT, "docs", "transitions.json"), encoding="utf-8") as file:
            table = json.load(file)
        self.assertEqual(len(table), 42)
        for row in table:
            self.assertEqual(terms.effect_of(row["from"], row["code"]), row["effect"], row)

    def test_settings_are_the_published_ones(self):
        with open(os.path.join(ROOT, "docs", "config.md"), encoding="utf-8") as file:
            page = dict(re.findall(r"^\| `([a-z_.]+)` \| .*?\| (?:`([^`]*)`|none) \|", file.read(), re.M))
        for key, rule in SETTINGS.items():
            self.assertEqual(str(rule[0]), page[key], key)
        with self.assertRaises(Usage):
            Settings().set("receive.interval", "9")
        with self.assertRaises(Usage):
            Settings().set("no.such", "1")

    def test_kinds_of_errors_have_their_published_numbers(self):
        from failure import KINDS
        with open(os.path.join(ROOT, "docs", "errors.md"), encoding="utf-8") as file:
            page = {name: (int(number), retry.replace(" ", "-"), who) for number, name, retry, who in
                    re.findall(r"^\| (\d+) \| `([a-z-]+)` \| ([a-z ]+) \| ([a-z-]+) \|", file.read(), re.M)}
        for kind, row in KINDS.items():
            self.assertEqual(row[:3], page[kind], kind)

    def test_findings_are_the_published_words(self):
        from findings import WORDS
        with open(os.path.join(ROOT, "docs", "findings.md"), encoding="utf-8") as file:
            page = {word: (received, sending) for word, received, sending in
                    re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \| (\w+) \|", file.read(), re.M)}
        # This product refuses to send sample values, as deviations are told to do.
        differs = {word for word, row in WORDS.items() if row[:2] != page[word]}
        self.assertEqual(differs, {"sample-value"})


if __name__ == "__main__":
    unittest.main()
