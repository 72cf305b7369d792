"""Reads a packet with Python's own XML parser (expat) and prints every leaf.

One line a leaf: its path, a tab, its text as JSON. Siblings of one name are
counted. Of an encoded attachment the SHA-256 of the file meant is printed: the
decoded bytes, or the one entry of the ZIP in which it travelled.
An element outside the packet's namespace is an error.
"""
import base64
import hashlib
import io
import json
import sys
import zipfile
import xml.etree.ElementTree as ET

NAMESPACE = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"


def content(attachment):
    def text(name):
        return attachment.findtext(NAMESPACE + name) or ""

    data = base64.b64decode(text("ContentTransferEncoded"), validate=True)
    if text("ContentType") == "application/zip" and not text("AttachmentName").endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            (entry,) = archive.namelist()
            data = archive.read(entry)
    return data


def dump(element, path, parent=None):
    assert element.tag.startswith(NAMESPACE), element.tag
    if len(element) == 0:
        text = element.text or ""
        if element.tag.endswith("}ContentTransferEncoded"):
            text = hashlib.sha256(content(parent)).hexdigest()
        print(f"{path}\t{json.dumps(text)}")
    counts = {}
    for child in element:
        name = child.tag.removeprefix(NAMESPACE)
        counts[name] = counts.get(name, 0) + 1
        dump(child, f"{path}/{name}[{counts[name]}]", element)


root = ET.parse(sys.argv[1]).getroot()
dump(root, root.tag.removeprefix(NAMESPACE))
