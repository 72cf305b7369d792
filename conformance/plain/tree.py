"""Bytes to a tree of elements, with limits, and without anything that XML can be abused for."""

import xml.parsers.expat

from findings import finding

BOM = b"\xef\xbb\xbf"
DATA = ("ContentTransferEncoded", "AttachmentData")  # may be as long as the packet


class Unreadable(Exception):
    def __init__(self, word, position=None, path=""):
        super().__init__(word)
        self.finding = finding(word, path, position)


class Node:
    __slots__ = ("name", "prefix", "space", "children", "parts", "attributes")

    def __init__(self, name, prefix, space, attributes):
        self.name, self.prefix, self.space, self.attributes = name, prefix, space, attributes
        self.children, self.parts = [], []

    @property
    def text(self):
        return "".join(self.parts)

    def all(self, *names):
        return [child for child in self.children if child.name in names]

    def first(self, *names):
        return next(iter(self.all(*names)), None)

    def walk(self, depth):
        yield self
        if depth:
            for child in self.children:
                yield from child.walk(depth - 1)


class TreeReader:
    """Names are taken apart here and not by expat, so that an unbound prefix is no failure."""

    def __init__(self, settings):
        self.settings = settings

    def read(self, data):
        """The root, and findings. Raises `Unreadable`."""
        self.findings, self.skipped = [], 0
        data = self.start(data)
        self.refuse_doctype(data)
        self.root, self.open, self.scopes = None, [], [{"xml": "xml"}]
        self.count, self.letters = 0, 0
        # The bytes were found to be UTF-8, whatever the declaration says.
        self.parser = xml.parsers.expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        try:
            self.parser.Parse(data, True)
        except xml.parsers.expat.ExpatError as error:
            words = xml.parsers.expat.errors
            word = {
                words.codes[words.XML_ERROR_UNDEFINED_ENTITY]: "entity-unknown",
                words.codes[words.XML_ERROR_NO_ELEMENTS]: "unexpected-end",
                words.codes[words.XML_ERROR_UNCLOSED_TOKEN]: "unexpected-end",
            }.get(error.code, "not-well-formed")
            raise Unreadable(word, self.position())
        return self.root, self.findings

    def start(self, data):
        """Without what may stand before the first tag."""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Unreadable("encoding-unsupported")
        if data.startswith(BOM):
            self.findings.append(finding("byte-order-mark"))
            data, self.skipped = data[3:], 3
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable("invalid-utf8", {"byte": error.start + self.skipped, "line": 1, "column": 1})
        first = data.find(b"<")
        if first < 0 or first > self.settings["packet.max_leading_junk"]:
            raise Unreadable("not-well-formed", {"byte": self.skipped, "line": 1, "column": 1})
        if data[:first].strip():
            self.findings.append(finding("leading-junk"))
        label = data[first:first + 200].split(b"?>")[0].lower()
        if label.startswith(b"<?xml") and b"encoding" in label and b"utf-8" not in label and b"utf8" not in label:
            self.findings.append(finding("encoding-label"))
        self.skipped += first
        return data[first:]

    def refuse_doctype(self, data):
        """Before expat sees anything: no declaration may stand before the root element."""
        at = 0
        while True:
            while data[at:at + 1].isspace():
                at += 1
            if data.startswith(b"<?", at):
                end, length = data.find(b"?>", at), 2
            elif data.startswith(b"<!--", at):
                end, length = data.find(b"-->", at), 3
            elif data.startswith(b"<!", at):
                raise Unreadable("doctype-forbidden", {"byte": at + self.skipped, "line": 1, "column": 1})
            else:
                return
            if end < 0:
                return
            at = end + length

    def doctype(self, *_):
        raise Unreadable("doctype-forbidden", self.position())

    def position(self):
        return {
            "byte": max(self.parser.CurrentByteIndex, 0) + self.skipped,
            "line": max(self.parser.CurrentLineNumber, 1),
            "column": max(self.parser.CurrentColumnNumber, 0) + 1,
        }

    def limit(self, key, value):
        if value > self.settings[key]:
            raise Unreadable("limit-exceeded", self.position(), key)

    def begin(self, name, attributes):
        self.count += 1
        self.limit("packet.max_elements", self.count)
        self.limit("packet.max_depth", len(self.open) + 1)
        self.limit("packet.max_attributes", len(attributes))
        scope = self.scopes[-1]
        declared = {key[6:]: value for key, value in attributes.items() if key.startswith("xmlns:")}
        if "xmlns" in attributes:
            declared[""] = attributes["xmlns"]
        if declared:
            scope = dict(scope, **declared)
        self.scopes.append(scope)
        prefix, _, local = name.rpartition(":")
        if prefix and prefix not in scope:
            self.findings.append(finding("prefix-unbound", local, self.position()))
        for key in attributes:
            if ":" in key and key.split(":")[0] not in scope and not key.startswith("xmlns"):
                self.findings.append(finding("prefix-unbound", local, self.position()))
        if len(self.findings) > 1000:
            raise Unreadable("limit-exceeded", self.position(), "packet.max_findings")
        node = Node(local, prefix, scope.get(prefix), attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _name):
        self.open.pop()
        self.scopes.pop()

    def characters(self, data):
        node = self.open[-1]
        node.parts.append(data)
        if node.name not in DATA:
            self.letters += len(data.encode("utf-8", "replace"))
            self.limit("packet.max_header", self.letters)
            if len(node.parts) > 1 or len(data) > 1024:
                self.limit("packet.max_text", sum(map(len, node.parts)))
