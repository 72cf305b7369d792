"""Asks xmlsec1 and the JDK what they say of the corpus.

usage: crosscheck.py FOLDER [TABLE.md]

FOLDER is what make.py made. Where the case is about a seal, the seal's file is what they are
given, for they know nothing of packets: whether it fits the packet they cannot say. xmlsec1 is
asked twice, with `--enabled-key-data x509` and with its defaults (`--trusted-pem` alone); the JDK
twice, with secure validation and without (JdkVerify.java). Prints the counts; writes the table.
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True

from authorities import JUDGED_AT

IDS = [
    "http://www.mic.gov.vn/TBT/QCVN_102_2016:edXML",
    "http://www.mic.gov.vn/TBT/QCVN_102_2016:edXMLEnvelope",
    "http://www.mic.gov.vn/TBT/QCVN_102_2016:MessageHeader",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
    "http://www.w3.org/2000/09/xmldsig#:Object",
    "http://www.w3.org/2000/09/xmldsig#:Manifest",
    "urn:lienthong:seal:1:DocumentId",
]


def xmlsec1(path, root, *options):
    marks = [word for name in IDS for word in ("--id-attr:Id", name)]
    moment = JUDGED_AT.replace("T", " ").rstrip("Z")
    try:
        done = subprocess.run(
            ["xmlsec1", "--verify", *options, "--trusted-pem", root, "--verification-time",
             moment, *marks, path],
            capture_output=True, timeout=20, env={**os.environ, "TZ": "UTC"},
        )
    except subprocess.TimeoutExpired:
        return "time"
    if done.returncode == 0:
        return "accepts"
    said = done.stderr.decode(errors="replace")
    if "failed to parse" in said or "unable to parse" in said.lower():
        return "cannot read"
    if done.returncode < 0:
        return f"dies of signal {-done.returncode}"
    return "refuses" if "FAIL" in said else "none" if "find start node" in said.lower() else "error"


def jdk(folder, paths):
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "JdkVerify.java")
    done = subprocess.run(
        ["java", program, os.path.join(folder, "trust", "root.crt"), JUDGED_AT],
        input="\n".join(paths), capture_output=True, text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    said = {}
    for line in done.stdout.splitlines():
        path, secure, lax = line.split("\t")
        words = [word.replace("error SAXParseException", "cannot read") for word in (secure, lax)]
        said[path] = [word.split(" ")[0] if word.startswith("error") else word for word in words]
    return said


def main(folder, table=None):
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    root = os.path.join(folder, "trust", "root.crt")
    given = {}
    for name, *_ in rows:
        seal = os.path.join(folder, "seals", name[: -len("edxml")] + "xml")
        about_seal = name.startswith("seal") and os.path.exists(seal)
        given[name] = seal if about_seal else os.path.join(folder, name)
    java = jdk(folder, list(given.values()))
    # Cases of one sort of which all say the same share a line.
    lines, counts = {}, {}
    for name, kind, packet, seal, _strict, _reason, gain in rows:
        path = given[name]
        said = [
            xmlsec1(path, root, "--enabled-key-data", "x509"), xmlsec1(path, root), *java[path],
        ]
        about_seal = path.endswith(".xml")
        ours = f"seal {seal}" if about_seal else packet
        count = counts.setdefault((kind, about_seal), [0, 0, 0, 0, 0])
        count[0] += 1
        for at, word in enumerate(said):
            count[at + 1] += word == "accepts"
        key = kind, ours.replace("|", ", "), *said, gain
        lines.setdefault(key, []).append(name[: -len(".edxml")])
    print("| kind | given | cases | xmlsec1, x509 only | xmlsec1, defaults | JDK, secure | JDK, not secure |")
    print("|---|---|---|---|---|---|---|")
    for (kind, about_seal), count in sorted(counts.items()):
        print(f"| {kind} | {'seal' if about_seal else 'packet'} | " + " | ".join(map(str, count)) + " |")
    if table:
        with open(table, "w", encoding="utf-8") as file:
            print("| cases | kind | ours, expected | xmlsec1, x509 only | xmlsec1, defaults "
                  "| JDK, secure | JDK, not secure |", file=file)
            print("|---|---|---|---|---|---|---|", file=file)
            for (*cells, _gain), names in lines.items():
                start = os.path.commonprefix(names)
                start = start[: start.rfind("-") + 1] if len(names) > 1 else ""
                short = ", ".join([names[0], *(name[len(start) :] for name in names[1:])])
                print(f"| {short} | " + " | ".join(cells) + " |", file=file)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
