"""Makes archives of every sort into a folder. A file's name begins with its verdict."""
import io
import os
import struct
import sys
import zipfile

folder = sys.argv[1]
content = sys.stdin.buffer.read()
S, D = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def save(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


def info(name, method=D):
    if not isinstance(name, str):
        return name
    entry = zipfile.ZipInfo(name)
    entry.compress_type = method
    return entry


def make(entries, method=D, comment=b"", zip64=False, stream=False):
    raw = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return raw.write(data)

    with zipfile.ZipFile(Unseekable() if stream else raw, "w", method) as z:
        z.comment = comment
        for name, data in entries:
            with z.open(info(name, method), "w", force_zip64=zip64) as f:
                f.write(data)
    return raw.getvalue()


def patch(data, at, new):
    return data[:at] + new + data[at + len(new):]


one = [("a.pdf", content)]
deflated = make(one)
stored = make(one, S)
streamed = make(one, D, stream=True)
central = deflated.index(b"PK\x01\x02")
end = deflated.rindex(b"PK\x05\x06")
scentral = streamed.index(b"PK\x01\x02")
assert streamed[scentral - 16:scentral - 12] == b"PK\x07\x08" and streamed[6] & 8

save("single-deflated", deflated)
save("single-stored", stored)
save("single-streamed", streamed)
# The descriptor without its signature.
bare = streamed[:scentral - 16] + streamed[scentral - 12:]
save("single-streamed-bare", patch(bare, len(bare) - 6, struct.pack("<I", scentral - 4)))
save("single-comment", make(one, comment="ghi chú".encode()))
save("single-vietnamese", make([("Tờ trình.PDF", content)]))
save("single-dots", make([("a..b.pdf", content)]))
unix = info("a.pdf")
unix.create_system, unix.external_attr = 3, 0o100644 << 16
save("single-unix", make([(unix, content)]))
extra = info("a.pdf")
extra.extra, extra.comment = struct.pack("<HHBI", 0x5455, 5, 1, 0), b"x"
save("single-extra", make([(extra, content)]))

save("several-two", make(one + [("b.pdf", content)]))
save("several-stored", make([("a.pdf", b""), ("b.pdf", content)], S))
save("several-streamed", make(one + [("b.pdf", content)], stream=True))

save("not-zip-empty-archive", make([]))
save("not-zip-nothing", b"")
save("not-zip-start", b"PK\x03")
save("not-zip-text", b"just text, longer than the header of a ZIP file")
save("not-zip-prefixed", b"x" + deflated)

save("refused-unsupported-zip64", make(one, zip64=True))
save("refused-unsupported-stored-streamed", make(one, S, stream=True))
save("refused-unsupported-bzip2", make(one, zipfile.ZIP_BZIP2))
save("refused-unsupported-lzma", make(one, zipfile.ZIP_LZMA))
save("refused-encrypted", patch(patch(deflated, 6, b"\x01"), central + 8, b"\x01"))
unsafe = ["../a.pdf", "/a.pdf", "b/a.pdf", "c:a.pdf", "a\\b.pdf", "..", ".", "a\nb.pdf",
          "a\x7f.pdf", "a\0b.pdf"]
for number, name in enumerate(unsafe):
    # Python mends some names itself, so a name of equal length is patched over.
    stand_in = "q" * len(name)
    patched = make([(stand_in, content)])
    patched = patch(patched, 30, name.encode())
    patched = patch(patched, patched.rindex(b"PK\x01\x02") + 46, name.encode())
    save("refused-unsafe-name-%d" % number, patched)
save("refused-unsafe-name-none", make([("", content)]))
save("refused-not-a-file-folder", make([("a/", b"")], S))
link = info("a.pdf")
link.create_system, link.external_attr = 3, 0o120777 << 16
save("refused-not-a-file-link", make([(link, b"/etc/passwd")]))

save("corrupt-mismatch-name", patch(deflated, central + 46, b"b"))
save("corrupt-mismatch-method", patch(deflated, central + 10, b"\0"))
save("corrupt-mismatch-crc", patch(deflated, central + 16, b"\0\1\2\3"))
save("corrupt-mismatch-packed", patch(deflated, central + 20, b"\1\0\0\0"))
save("corrupt-mismatch-size", patch(deflated, central + 24, b"\1\0\0\0"))
save("corrupt-mismatch-offset", patch(deflated, central + 42, b"\1"))
save("corrupt-checksum-announced", patch(deflated, 14, b"\0\1\2\3"))
save("corrupt-checksum-stored", patch(stored, 50, bytes([stored[50] ^ 1])))
save("corrupt-size", patch(deflated, 22, b"\1\0\0\0"))
save("corrupt-size-stored", patch(stored, 22, b"\1\0\0\0"))
save("corrupt-deflate-longer", patch(deflated, 18, struct.pack("<I", central - 35 + 1)))
save("corrupt-deflate-shorter", patch(deflated, 18, struct.pack("<I", central - 35 - 1)))
save("corrupt-deflate-data", patch(deflated, 35, b"\x07"))
save("corrupt-descriptor", patch(streamed, scentral - 8, b"\1\2\3\4"))
save("corrupt-directory-mark", patch(deflated, central, b"XX"))
save("corrupt-directory-twice", deflated[:end] + deflated[central:])
save("corrupt-directory-gap", deflated[:central] + b"gap " + deflated[central:])
save("corrupt-end-record-count", patch(deflated, end + 10, b"\2"))
save("corrupt-end-record-offset", patch(deflated, end + 16, b"\0\0"))
save("corrupt-end-record-second", make(one, comment=b"PK\x05\x06" + bytes(18)))
save("corrupt-trailing-data-byte", deflated + b"\0")
save("corrupt-trailing-data-twice", deflated + deflated)
save("corrupt-truncated-comment", make(one, comment=b"abc")[:-1])
