"""Canonical forms by libxml2, for the tests of ours.

usage: libxml2.py INPUT OUTPUT

INPUT: documents, each as its length in bytes (four bytes, little end first), the number of the
element to cut out and of the one to leave out (four bytes each, from 1 in document order), and
its bytes. OUTPUT: for each document six forms, each as length and bytes; the length is
2^32 - 1 where libxml2 gives none. They are: the document, the document without the element to
leave out, and the element cut out with all that is in it but the former; each of the three
inclusive and then exclusive. Comments are never written.
"""

import ctypes
import struct
import sys

lib = ctypes.CDLL("libxml2.so.2")
pointer = ctypes.c_void_p
lib.xmlReadMemory.restype = pointer
lib.xmlReadMemory.argtypes = [
    ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int,
]
lib.xmlFreeDoc.argtypes = [pointer]
lib.xmlC14NDocDumpMemory.argtypes = [
    pointer, pointer, ctypes.c_int, pointer, ctypes.c_int, ctypes.POINTER(pointer),
]
lib.xmlXPathNewContext.restype = pointer
lib.xmlXPathNewContext.argtypes = [pointer]
lib.xmlXPathFreeContext.argtypes = [pointer]
lib.xmlXPathEvalExpression.restype = pointer
lib.xmlXPathEvalExpression.argtypes = [ctypes.c_char_p, pointer]
lib.xmlXPathFreeObject.argtypes = [pointer]
# The function that frees what libxml2 allocated is a variable.
free = ctypes.CFUNCTYPE(None, pointer).in_dll(lib, "xmlFree")

NO_ERRORS, NO_WARNINGS, NO_NETWORK = 32, 64, 2048
INCLUSIVE, EXCLUSIVE = 0, 1


class XPathObject(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("nodes", pointer)]


def canonical(document, nodes, mode):
    text = pointer()
    length = lib.xmlC14NDocDumpMemory(document, nodes, mode, None, 0, ctypes.byref(text))
    if length < 0:
        return None
    try:
        return ctypes.string_at(text, length)
    finally:
        free(text)


def forms(source, cut, left_out):
    document = lib.xmlReadMemory(
        source, len(source), None, None, NO_ERRORS | NO_WARNINGS | NO_NETWORK
    )
    if not document:
        return [None] * 6
    found = []
    context = lib.xmlXPathNewContext(document)
    out = f"(//*)[{left_out}]"
    # What is not inside the element; adding it to its own ancestors does not make them more.
    kept = f"[not({out}) or count(ancestor-or-self::* | {out}) > count(ancestor-or-self::*)]"
    for start in ("", f"(//*)[{cut}]"):
        if not start:
            found += [canonical(document, None, mode) for mode in (INCLUSIVE, EXCLUSIVE)]
        nodes = f"({start}//. | {start}//@* | {start}//namespace::*){kept}"
        result = lib.xmlXPathEvalExpression(nodes.encode(), context)
        nodes = XPathObject.from_address(result).nodes
        found += [canonical(document, nodes, mode) for mode in (INCLUSIVE, EXCLUSIVE)]
        lib.xmlXPathFreeObject(result)
    lib.xmlXPathFreeContext(context)
    lib.xmlFreeDoc(document)
    return found


def main():
    with open(sys.argv[1], "rb") as file:
        rest = file.read()
    at = 0
    with open(sys.argv[2], "wb") as output:
        while at < len(rest):
            length, cut, left_out = struct.unpack_from("<III", rest, at)
            at += 12
            for form in forms(rest[at : at + length], cut, left_out):
                if form is None:
                    output.write(struct.pack("<I", 0xFFFFFFFF))
                else:
                    output.write(struct.pack("<I", len(form)) + form)
            at += length


main()
