"""Packets: read widely (docs/findings.md), written in one form only."""

import base64
import binascii
import datetime
import hashlib
import io
import json
import re
import unicodedata
import uuid
import zipfile
import zlib
from xml.sax.saxutils import escape

import model
from findings import finding, for_sending
from tree import TreeReader, Unreadable
from wire import vietnamese_time

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
SEAL = b"urn:lienthong:seal:"
STUB_VALUE = "GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
ZIP = b"PK\x03\x04"

# What the official kit's samples hold, and real packets therefore must not.
SAMPLES = {
    ("DocumentId", "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"),
    ("DocumentId", "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb"),
    ("OrganAdd", "Số 03, đường Trường Thi, Thành phố Vinh, Tỉnh Nghệ An, Việt Nam"),
    ("Timestamp", "2018-06-20T16:35:56"),
    ("Timestamp", "2018-09-28T00:00:00"),
}


class Attachment:
    """`data` is None where it cannot be decoded."""

    def __init__(self, name, data, raw=None):
        self.name, self.data, self.raw = name, data, raw

    def to_json(self):
        data = self.data
        return {
            "name": self.name,
            "bytes": None if data is None else len(data),
            "sha256": None if data is None else hashlib.sha256(data).hexdigest(),
        }


class Packet:
    """What was read: `kind` is document, status, unknown, or None where it cannot be read."""

    def __init__(self):
        self.kind, self.header = None, {}
        self.attachments, self.findings = [], []
        self.signature, self.reason = "absent", None

    @property
    def sender(self):
        return self.header.get("From", {}).get("OrganId")

    @property
    def business(self):
        """What it does to an earlier document: 0 new, 1 recall, 2 update, 3 replacement."""
        return self.action.get("BussinessDocType", 0)

    @property
    def action(self):
        return self.header.get("TraceHeaderList", {}).get("Bussiness", {})

    def targets(self, own):
        """The ids of the documents that it acts on."""
        if self.business == 1:
            named = self.action.get("DocumentId")
            if named:
                return [named]
            named = [one["DocumentId"] for one in self.header.get("ResponseFor", []) if "DocumentId" in one]
            return named or [self.header.get("DocumentId", "")]
        if self.business == 2:
            return [self.action["DocumentId"]] if "DocumentId" in self.action else []
        if self.business == 3:
            found = []
            for group in self.action.get("ReplacementInfoList", []):
                for one in group.get("ReplacementInfo", []):
                    organs = one.get("OrganIdList", {}).get("OrganId", [])
                    if "DocumentId" in one and (own is None or own(organs)):
                        found.append(one["DocumentId"])
            return list(dict.fromkeys(found))
        return []

    def digest(self):
        return meaning(self.header, self.attachments)


def meaning(header, attachments):
    """The same for the same document, whether or not a hop rebuilt the packet: without hops
    and without what a rebuild makes up or drops."""
    header = json.loads(json.dumps(header))
    trace = header.pop("TraceHeaderList", {})
    business = trace.get("Bussiness", {})
    if business.get("BussinessDocType", 0) == 0:
        business.pop("DocumentId", None)
        business.pop("BussinessDocType", None)
    for made_up, group in (
        ({"SteeringType": 0}, header), ({"Type": 2}, header.get("DocumentType", {})),
        ({"Priority": 0, "PromulgationAmount": 1, "PageAmount": 1, "Direction": False}, header.get("OtherInfo", {})),
    ):
        for name, value in made_up.items():
            if group.get(name) == value:
                del group[name]
    for dropped in ("ToPlaces", "ResponseForTask"):
        header.pop(dropped, None)
    header = {name: value for name, value in header.items() if value not in ({}, [])}
    files = [(one.name, hashlib.sha256(one.data if one.data is not None else one.raw or b"").hexdigest())
             for one in attachments]
    whole = json.dumps([header, business, files], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(" ".join(whole.split()).encode()).hexdigest()


class PacketReader:
    def __init__(self, settings):
        self.settings = settings

    def tree(self, data):
        return TreeReader(self.settings).read(data)

    def read(self, data):
        packet = Packet()
        try:
            root, packet.findings = self.tree(data)
            self.take_apart(root, packet)
        except Unreadable as unreadable:
            packet.kind = None
            packet.findings = packet.findings + [unreadable.finding]
            packet.reason = unreadable.finding["code"]
        return packet

    # Where the parts are.

    def take_apart(self, root, packet):
        found = packet.findings
        header = self.find_header(root, found)
        message = header.first("MessageHeader", "Status") if header else None
        if message is None:
            packet.kind, packet.reason = "unknown", "unknown-body"
            found.append(finding("unknown-body"))
            return
        for other in header.all("MessageHeader", "Status")[1:]:
            found.append(finding("content-not-read", other.name))
        if message.space != QCVN:
            found.append(finding("namespace-dialect"))
        elif message.prefix != "edXML":
            found.append(finding("prefix-missing"))
        if message.name == "Status" or message.first("StatusCode"):
            packet.kind = "status"
            if message.name == "Status":
                found.append(finding("status-dialect"))
            packet.header = self.group(model.STATUS_HEADER, message, "MessageHeader", found)
            self.check_status(packet)
            return
        packet.kind = "document"
        packet.header = self.group(model.HEADER, message, "MessageHeader", found)
        trace = self.trace(header, found)
        if trace:
            packet.header["TraceHeaderList"] = trace
        self.read_signature(header, packet)
        self.read_attachments(root, packet)
        check_document(packet.header, packet.attachments, found)

    def find_header(self, root, found):
        if root.name == "edXMLEnvelope":
            found.append(finding("envelope-is-root"))
        elif root.name == "Envelope":
            found.append(finding("soap-envelope"))
        elif root.name != "edXML":
            found.append(finding("root-name"))
        else:
            for child in root.children:
                if child.name not in ("edXMLEnvelope", "AttachmentEncoded"):
                    found.append(finding("root-child-unknown", child.name[:40]))
        for node in root.walk(4):
            if node.name in ("edXMLHeader", "Header") and node.first("MessageHeader", "Status"):
                return node
        return None

    # The header.

    def group(self, declared, node, path, found):
        result = {}
        known = {element.name: element for element in declared}
        order = [child.name for child in node.children if child.name in known]
        place = {element.name: at for at, element in enumerate(declared)}
        if [place[name] for name in order] != sorted(place[name] for name in order):
            found.append(finding("element-order", path))
        if node.text.strip():
            found.append(finding("text-unexpected", path))
        for child in node.children:
            element = known.get(child.name)
            where = "%s/%s" % (path, child.name[:40])
            if element is None:
                found.append(finding("element-unknown", where))
                continue
            if element.is_group:
                value = self.group(element.kind, child, where, found) or None
                if value is None:
                    found.append(finding("element-empty", where))
            else:
                value = model.value_of(element, child.text, where, found)
            if element.many:
                if value is not None:
                    result.setdefault(element.name, []).append(value)
            elif element.name in result:
                found.append(finding("element-repeated", where))
            elif value is not None:
                result[element.name] = value
        return result

    def trace(self, header, found):
        node = header.first("TraceHeaderList")
        if node is None:
            found.append(finding("trace-list-missing"))
            return {}
        for child in node.children:
            if child.name == "Business":
                found.append(finding("business-spelling"))
                child.name = "Bussiness"
        names = [child.name for child in node.children]
        if "Bussiness" not in names:
            found.append(finding("business-missing"))
        elif "TraceHeader" in names and names.index("TraceHeader") < names.index("Bussiness"):
            found.append(finding("business-order"))
            node.children.sort(key=lambda child: child.name != "Bussiness")
        trace = self.group(model.TRACE, node, "TraceHeaderList", found)
        if any("OrganId" not in one for one in trace.get("TraceHeader", [])):
            found.append(finding("trace-organ-missing"))
        for group in trace.get("Bussiness", {}).get("ReplacementInfoList", []):
            infos = group.get("ReplacementInfo", [])
            if any(one in infos[:at] for at, one in enumerate(infos)):
                found.append(finding("replacement-repeated"))
        return trace

    def check_status(self, packet):
        header, found = packet.header, packet.findings
        answers = header.get("ResponseFor", {})
        if not packet.sender:
            packet.reason = "sender-missing"
        elif "StatusCode" not in header:
            packet.reason = "status-code-missing"
        elif "OrganId" not in answers:
            packet.reason = "status-addressee-missing"
        elif header["StatusCode"] in ("02", "13", "16") and "Description" not in header:
            found.append(finding("status-reason-missing", "MessageHeader/Description"))
        if packet.reason:
            found.append(finding(packet.reason, "MessageHeader"))

    # The signature: its place is looked at, its value is not judged.

    def read_signature(self, header, packet):
        node = header.first("Signature", "DigitalSignature")
        if node is None:
            word, packet.signature = "signature-absent", "absent"
        else:
            value = next((one.text for one in node.walk(4) if one.name == "SignatureValue"), "")
            certificates = [one.text.strip() for one in node.walk(4) if one.name == "X509Certificate"]
            subject = next((one.text.strip() for one in node.walk(4) if one.name == "X509SubjectName"), "")
            stub = "".join(value.split()).startswith(STUB_VALUE) or subject == "CN=user05"
            if stub:
                word, packet.signature = "signature-stub", "placeholder"
            elif node.space != XMLDSIG or not certificates:
                word, packet.signature = "signature-placeholder", "placeholder"
            else:
                word, packet.signature = "signature-unverifiable", "unsupported"
        packet.findings.append(finding(word))

    # The attachments.

    def read_attachments(self, root, packet):
        found = packet.findings
        nodes, soap = [], root.name == "Envelope"
        lists = [node for node in root.walk(2) if node.name in ("AttachmentEncoded", "edXMLAttachments")]
        for at, holder in enumerate(lists):
            if holder.name == "edXMLAttachments":
                found.append(finding("attachments-in-envelope"))
            if at and holder.name == lists[0].name:
                found.append(finding("content-not-read", holder.name))
            else:
                nodes += holder.all("Attachment")
        references = self.references(root, found)
        if len(nodes) > self.settings["packet.max_attachments"]:
            raise Unreadable("limit-exceeded", None, "packet.max_attachments")
        total = 0
        for number, node in enumerate(nodes, 1):
            one = self.attachment(number, node, references, soap, found)
            total += len(one.data or b"")
            if total > self.settings["packet.max_total_size"]:
                raise Unreadable("limit-exceeded", None, "packet.max_total_size")
            packet.attachments.append(one)
        for number in range(len(nodes) + 1, len(references) + 1):
            found.append(finding("reference-without-attachment", "edXMLManifest/Reference[%d]" % number))
        if not nodes:
            found.append(finding("no-attachment"))

    def references(self, root, found):
        nodes = []
        for node in root.walk(4):
            if node.name in ("edXMLManifest", "Manifest"):
                if node.name == "Manifest":
                    found.append(finding("manifest-name"))
                nodes += node.all("Reference")
        return [(content_id(leaf(node, "ContentId")), node) for node in nodes]

    def attachment(self, number, node, references, soap, found):
        where = "AttachmentEncoded/Attachment[%d]" % number
        identity = content_id(leaf(node, "ContentId"))
        if not identity:
            found.append(finding("content-id-missing", where))
        elif leaf(node, "ContentId").count("cid:") != 1:
            found.append(finding("content-id-form", where))
        reference = next((one for key, one in references if key and key == identity), None)
        if reference is None and number <= len(references):
            reference = references[number - 1][1]
        name = leaf(node, "AttachmentName") or (leaf(reference, "AttachmentName") if reference else "")
        if not name:
            found.append(finding("attachment-name-missing", where))
        if not leaf(node, "ContentType"):
            found.append(finding("attachment-type-missing", where))
        holder = node.first("ContentTransferEncoded", "AttachmentData")
        raw = self.decode(holder.text if holder else "", where, soap, found)
        if raw is None:
            return Attachment(name or None, None)
        if not raw:
            found.append(finding("attachment-empty", where))
        data = self.unwrap(raw, name, where, found) if raw.startswith(ZIP) else raw
        return Attachment(name or None, data, raw)

    def decode(self, text, where, soap, found):
        packed = "".join(text.split())
        raw = strict_base64(packed)
        if raw is None and len(packed) % 4 and "=" not in packed:
            raw = strict_base64(packed + "=" * (-len(packed) % 4))
            if raw is not None:
                found.append(finding("attachment-base64-unpadded", where))
        if raw is None:
            found.append(finding("attachment-base64-invalid", where))
            return None
        if soap and raw:
            twice = strict_base64("".join(raw.decode("latin-1").split()))
            if twice:
                found.append(finding("attachment-double-base64", where))
                raw = twice
        if len(raw) > self.settings["packet.max_attachment_size"]:
            found.append(finding("attachment-too-large", where))
            return None
        return raw

    def unwrap(self, raw, name, where, found):
        """The file in a ZIP around one file; else the bytes as they are. The name of the
        entry is never used."""
        if name.lower().endswith(".zip"):
            return raw
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                entries = archive.infolist()
                if len(entries) != 1 or entries[0].is_dir():
                    return raw
                most = min(self.settings["packet.max_attachment_size"],
                           self.settings["packet.max_zip_ratio"] * max(len(raw), 1))
                if entries[0].flag_bits & 1 or unsafe(entries[0].filename) or entries[0].file_size > most:
                    found.append(finding("attachment-zip-refused", where))
                    return raw
                with archive.open(entries[0]) as file:
                    data = file.read(most + 1)
                if len(data) > most:
                    found.append(finding("attachment-zip-refused", where))
                    return raw
        except NotImplementedError:
            found.append(finding("attachment-zip-refused", where))
            return raw
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError):
            found.append(finding("attachment-zip-corrupt", where))
            return raw
        found.append(finding("attachment-unwrapped", where))
        return data


def leaf(node, name):
    child = node.first(name)
    return model.tidy(child.text) if child is not None else ""


def content_id(text):
    while text.startswith("cid:"):
        text = text[4:]
    return text


def strict_base64(text):
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None


def unsafe(name):
    """Whether an entry's name leaves its folder."""
    return name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)


def check_document(header, attachments, found):
    """What a document lacks or has too much of; the same list for reading and for sending."""
    def miss(word, path):
        found.append(finding(word, "MessageHeader/" + path))

    if not header.get("From", {}).get("OrganId"):
        miss("sender-missing", "From/OrganId")
    receivers = [one["OrganId"] for one in header.get("To", []) if "OrganId" in one]
    if not receivers:
        miss("receiver-missing", "To/OrganId")
    if len(set(receivers)) != len(receivers):
        miss("receiver-repeated", "To")
    for group, name in (
        ((), "DocumentId"), (("Code",), "CodeNumber"), (("Code",), "CodeNotation"),
        (("PromulgationInfo",), "PromulgationDate"), ((), "Subject"),
    ):
        holder = header
        for step in group:
            holder = holder.get(step, {})
        if name not in holder:
            miss("element-missing", "/".join(group + (name,)))
    date = header.get("PromulgationInfo", {}).get("PromulgationDate")
    if date and date > vietnamese_time().date().isoformat():
        miss("date-in-future", "PromulgationInfo/PromulgationDate")
    if "OrganName" not in header.get("From", {}):
        miss("element-advised", "From/OrganName")
    action = header.get("TraceHeaderList", {}).get("Bussiness", {})
    if action.get("BussinessDocType") == 2 and "DocumentId" not in action:
        miss("update-target-missing", "TraceHeaderList/Bussiness/DocumentId")
    if action.get("BussinessDocType") == 3:
        infos = [one for group in action.get("ReplacementInfoList", []) for one in group.get("ReplacementInfo", [])]
        if not any("DocumentId" in one for one in infos):
            miss("replacement-missing", "TraceHeaderList/Bussiness/ReplacementInfoList")
        if any(not one.get("OrganIdList", {}).get("OrganId") for one in infos):
            miss("replacement-organs-missing", "TraceHeaderList/Bussiness/ReplacementInfoList")
    for name, value in leaves(header):
        if (name, value) in SAMPLES:
            found.append(finding("sample-value", name))
        if isinstance(value, str) and model.NOT_XML.search(value):
            found.append(finding("text-invalid", name))


def leaves(value, name=""):
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, name)
    else:
        yield name, value


class PacketWriter:
    """Literal prefix `edXML:` in the envelope, none outside; two blanks, CRLF; nothing empty."""

    def __init__(self, settings):
        self.settings = settings

    @property
    def raw_extensions(self):
        return self.settings["packet.raw_extensions"].lower().split(",")

    # Documents.

    def check(self, header, files):
        """Findings; raises where the packet would not arrive."""
        found = []
        check_document(header, files, found)
        for number, file in enumerate(files, 1):
            where = "AttachmentEncoded/Attachment[%d]" % number
            extension = extension_of(file.name)
            if not file.name:
                found.append(finding("attachment-name-missing", where))
            elif not extension:
                found.append(finding("attachment-name-no-extension", where))
            if file.name and model.NOT_XML.search(file.name):
                found.append(finding("text-invalid", where))
            if extension.lower() == "zip" and extension != "zip":
                found.append(finding("attachment-name-zip-case", where))
            if not file.data:
                found.append(finding("attachment-empty", where))
        if not files:
            found.append(finding("no-attachment"))
        found.append(finding("signature-absent"))
        return for_sending(found)

    def document(self, header, files):
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<edXML xmlns="%s">' % QCVN,
                 '  <edXML:edXMLEnvelope xmlns:edXML="%s">' % QCVN, "    <edXML:edXMLHeader>"]
        header = dict(header)
        trace = self.trace(header)
        header.setdefault("SteeringType", 0)
        self.put_group(lines, 6, "MessageHeader", model.HEADER, header)
        self.put_group(lines, 6, "TraceHeaderList", model.TRACE, trace)
        lines.append("    </edXML:edXMLHeader>")
        packed = [self.pack(header, number, file) for number, file in enumerate(files, 1)]
        lines.append("    <edXML:edXMLBody>")
        self.put_manifest(lines, packed)
        lines += ["    </edXML:edXMLBody>", "  </edXML:edXMLEnvelope>"]
        self.put_attachments(lines, packed)
        lines.append("</edXML>")
        return self.join(lines)

    def trace(self, header):
        trace = dict(header.get("TraceHeaderList", {}))
        trace["Bussiness"] = dict({"BussinessDocType": 0}, **trace.get("Bussiness", {}))
        if "TraceHeader" not in trace:
            trace["TraceHeader"] = [{
                "OrganId": header["From"]["OrganId"],
                "Timestamp": self.now().strftime("%Y-%m-%dT%H:%M:%S"),
            }]
        return trace

    def now(self):
        return vietnamese_time()

    def put_group(self, lines, indent, name, declared, values):
        lines.append("%s<edXML:%s>" % (" " * indent, name))
        for element in declared:
            value = values.get(element.name)
            if value is None:
                continue
            for one in value if element.many else [value]:
                if element.is_group:
                    self.put_group(lines, indent + 2, element.name, element.kind, one)
                else:
                    self.put_leaf(lines, indent + 2, "edXML:" + element.name, model.written(element, one))
        lines.append("%s</edXML:%s>" % (" " * indent, name))

    def put_leaf(self, lines, indent, name, text):
        lines.append("%s<%s>%s</%s>" % (" " * indent, name, escape(text), name))

    def pack(self, header, number, file):
        """ContentId, ContentType, name and the bytes that travel."""
        seed = "%s/%s/%d" % (header["From"]["OrganId"], header.get("DocumentId", ""), number)
        identity = "cid:%s" % uuid.uuid5(uuid.NAMESPACE_OID, seed)
        extension = extension_of(file.name).lower()
        if extension in self.raw_extensions:
            return identity, "application/" + extension, file.name, file.data
        return identity, "application/zip", file.name, wrap(file.data, extension or "bin")

    def put_manifest(self, lines, packed):
        if not packed:
            lines.append('      <edXML:edXMLManifest version="1.0" />')
            return
        lines.append('      <edXML:edXMLManifest version="1.0">')
        for identity, content_type, name, _ in packed:
            lines.append("        <edXML:Reference>")
            for element, text in (("ContentId", identity), ("ContentType", content_type),
                                  ("Description", name), ("AttachmentName", name)):
                self.put_leaf(lines, 10, "edXML:" + element, text)
            lines.append("        </edXML:Reference>")
        lines.append("      </edXML:edXMLManifest>")

    def put_attachments(self, lines, packed):
        if not packed:
            lines.append("  <AttachmentEncoded />")
            return
        lines.append("  <AttachmentEncoded>")
        for identity, content_type, name, data in packed:
            lines.append("    <Attachment>")
            for element, text in (("ContentId", identity), ("AttachmentName", name),
                                  ("Description", name), ("ContentType", content_type)):
                self.put_leaf(lines, 6, element, text)
            lines.append('      <edXML:ContentTransferEncoded xmlns:edXML="%s">%s</edXML:ContentTransferEncoded>'
                         % (QCVN, base64.b64encode(data).decode()))
            lines.append("    </Attachment>")
        lines.append("  </AttachmentEncoded>")

    def join(self, lines):
        return ("\r\n".join(lines) + "\r\n").encode("utf-8")

    # Statuses.

    def status(self, own, about, code, note, staff, now=None):
        """A status about a document: `about` is its ResponseFor, `own` the organ's group."""
        header = {"From": own, "ResponseFor": about, "StatusCode": code,
                  "Timestamp": (now or self.now()).strftime("%Y-%m-%dT%H:%M:%S")}
        if staff:
            header["StaffInfo"] = staff
        if note:
            header["Description"] = self.cut(note)
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<edXML xmlns="%s">' % QCVN,
                 '  <edXML:edXMLEnvelope xmlns:edXML="%s">' % QCVN, "    <edXML:edXMLHeader>"]
        self.put_group(lines, 6, "MessageHeader", model.STATUS_HEADER, header)
        lines += ["    </edXML:edXMLHeader>", "  </edXML:edXMLEnvelope>", "</edXML>"]
        return header, self.join(lines)

    def cut(self, note):
        """At most so many characters, never between a letter and its mark."""
        end = self.settings["status.longest_note"]
        if len(note) <= end:
            return note
        while end and unicodedata.combining(note[end]):
            end -= 1
        return note[:end].rstrip()


def extension_of(name):
    stem, dot, extension = (name or "").rpartition(".")
    return extension if dot and stem and re.fullmatch(r"\w{1,12}", extension) else ""


def wrap(data, extension):
    """A ZIP of one entry. The same file gives the same bytes."""
    holder = io.BytesIO()
    entry = zipfile.ZipInfo("file." + (extension if extension.isascii() else "bin"), (1980, 1, 1, 0, 0, 0))
    packed = zlib.compress(data, 9)
    small = len(packed) * 100 < len(data)  # a reader that guards against bombs would refuse it
    entry.compress_type = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(holder, "w") as archive:
        archive.writestr(entry, data)
    return holder.getvalue()


def read_time(value):
    """A packet's Timestamp in milliseconds since 1970, or None."""
    if not value:
        return None
    moment = datetime.datetime.fromisoformat(value).replace(tzinfo=model.VIETNAM)
    return int(moment.timestamp() * 1000)


