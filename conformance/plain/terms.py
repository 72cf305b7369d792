"""Words and small rules that the parts of the exchange share."""

import datetime
import re

HOUR = 3_600_000
ORDER = ["01", "03", "04", "05", "06"]
WORDS = {"01": "arrived", "02": "refused", "03": "registered", "04": "assigned", "05": "processing", "06": "finished"}
KINDS = {1: "recall", 2: "update", 3: "replace"}
URGENT = {1: 10, 2: 30, 3: 60, 4: 60}  # minutes by which a packet overtakes
LOST = ("axis-no-answer", "axis-not-an-answer", "axis-answer-too-large", "axis-sent-no-answer")
AWAY = ("axis-unreachable", "axis-untrusted", "axis-interrupted", "axis-credentials")


def effect_of(stands, code):
    """What a status does where the document stands at another (None: no answer yet)."""
    if code != "02" and code not in ORDER:
        return "illegal"
    if stands is None:
        return "applied"
    if stands == "02":
        return {"01": "late", "02": "repeated"}.get(code, "illegal")
    if code == "02":
        return "applied" if stands == "01" else "illegal"
    step = ORDER.index(code) - ORDER.index(stands)
    return "applied" if step > 0 else "late" if step < 0 else "repeated"


def plain_id(text, organ=None):
    """A document id with dates in one form and without the receiver in front."""
    text = re.sub(r"\b(\d{4})-(\d{2})-(\d{2})\b", r"\1/\2/\3", (text or "").strip())
    if organ and text.startswith(organ + ","):
        text = text[len(organ) + 1:].strip()
    return text


def notation(header):
    code = header.get("Code", {})
    return "/".join(code[name] for name in ("CodeNumber", "CodeNotation") if name in code) or None


def out(number):
    return None if number is None else "out-%d" % number


def come(number):
    return None if number is None else "in-%d" % number


def read_instant(millis):
    moment = datetime.datetime.fromtimestamp(millis // 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# Rows of ours without their bytes.
OURS = """
SELECT id, kind, sender, document_id, business, digest, header, code, created, frozen, incoming, acts_on
FROM outgoing"""
