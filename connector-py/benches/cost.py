"""What the package costs over Rust: the same work as connector-ffi/benches/pair.rs, once there
and once here, in turn. `cargo xtask cost` runs it; README.md has what it gave.

Prints how many nanoseconds of this thread's processor time it took.
"""

from __future__ import annotations

import sys
import time

import lienthong
from lienthong import Document


def main(times: int, header: str) -> None:
    file = b"%PDF-1.4\n" + b"x" * (14_000 - 9)
    length = 0
    start = time.thread_time_ns()
    for _ in range(times):
        document = Document.from_json(header)
        document.attach("a.pdf", file)
        data = document.to_bytes()
        packet = lienthong.read(data)
        if not packet.check().ok:
            raise SystemExit("an error was found")
        length = len(data)
    took = time.thread_time_ns() - start
    if not 18_000 < length < 22_000:
        raise SystemExit(f"a packet of {length} bytes")
    print(took)


if __name__ == "__main__":
    # The first word says whether C reads a packet where it lies; Python always copies it.
    main(int(sys.argv[2]), sys.argv[3])
