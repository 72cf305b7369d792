"""The elements of a packet, declared once in the order in which they are written."""

import datetime
import re

from failure import misuse
from findings import finding

TEXT, NUMBER, DATE, STAMP, FLAG, STATUS = "text", "number", "date", "timestamp", "flag", "status"


class Element:
    def __init__(self, name, kind=TEXT, many=False, longest=None, is_id=False):
        self.name, self.kind, self.many = name, kind, many
        self.longest, self.is_id = longest, is_id
        self.is_group = isinstance(kind, tuple)


E = Element


def number(name):
    return E(name, NUMBER)


ORGAN_ID = E("OrganId", longest=35, is_id=True)
DOCUMENT_ID = E("DocumentId", is_id=True)
ORGAN = (
    ORGAN_ID, E("OrganizationInCharge", longest=200), E("OrganName", longest=200),
    E("OrganAdd", longest=250), E("Email", longest=100), E("Telephone", longest=20),
    E("Fax", longest=20), E("Website", longest=100),
)
STAFF = tuple(E(name) for name in ("Department", "DepartmentId", "Staff", "StaffId", "Email", "Mobile"))
RESPONSE = (ORGAN_ID, E("Code"), DOCUMENT_ID, E("PromulgationDate", DATE))
HEADER = (
    E("From", ORGAN),
    E("To", ORGAN, many=True),
    DOCUMENT_ID,
    E("Code", (E("CodeNumber", longest=11), E("CodeNotation", longest=30))),
    E("PromulgationInfo", (E("Place", longest=50), E("PromulgationDate", DATE))),
    E("DocumentType", (number("Type"), number("TypeDetail"), E("TypeName", longest=100))),
    E("Subject", longest=500),
    E("Content", longest=500),
    E("SignerInfo", (E("Competence", longest=100), E("Position", longest=100), E("FullName", longest=50))),
    E("DueDate", DATE),
    E("OtherInfo", (
        number("Priority"), E("SphereOfPromulgation", longest=100), E("TyperNotation", longest=10),
        number("PromulgationAmount"), number("PageAmount"), E("ReplyFors"), E("Direction", FLAG),
        E("ReferenceCodes"), E("Appendixes", (E("Appendix", many=True, longest=250),)),
    )),
    E("ResponseFor", RESPONSE, many=True),
    number("SteeringType"),
    E("ResponseForTask", (E("TaskCode", many=True),)),
    E("ApplicationType"),
    E("ToPlaces", (E("Place", many=True, longest=150),)),
)
BUSSINESS = (
    DOCUMENT_ID, number("BussinessDocType"), E("BussinessDocReason"), number("Paper"),
    E("BussinessDocumentInfo", (
        number("DocumentInfo"), number("DocumentReceiver"),
        E("ReceiverList", (E("Receiver", (ORGAN_ID, number("ReceiverType")), many=True),), many=True),
    ), many=True),
    E("ReplacementInfoList", (
        E("ReplacementInfo", (
            DOCUMENT_ID, E("OrganIdList", (E("OrganId", many=True, is_id=True),)),
        ), many=True),
    ), many=True),
    E("StaffInfo", STAFF, many=True),
)
TRACE = (
    E("Bussiness", BUSSINESS),
    E("TraceHeader", (ORGAN_ID, E("Timestamp", STAMP)), many=True),
)
DOCUMENT = HEADER + (E("TraceHeaderList", TRACE),)
STATUS_HEADER = (
    E("From", ORGAN), E("ResponseFor", RESPONSE), E("StaffInfo", STAFF),
    E("StatusCode", STATUS), E("Description"), E("Timestamp", STAMP),
)

KNOWN_NUMBERS = {"Priority": range(5), "SteeringType": range(3), "BussinessDocType": range(4), "Type": (1, 2)}
FILLERS = {"n/a", "null", "none", "nil", "undefined", "-", "--"}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

DATE_FORMS = (
    (re.compile(r"(\d{4})/(\d{2})/(\d{2})(?: \d{2}:\d{2}:\d{2})?", re.ASCII), "ymd"),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII), "ymd"),
    (re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: \d{2}:\d{2}:\d{2})?", re.ASCII), "dmy"),
)
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def read_date(text):
    """`YYYY-MM-DD` and whether it was written as it should be; None where it is no date.
    The list of forms is closed: nothing is guessed at."""
    for form, order in DATE_FORMS:
        match = form.fullmatch(text)
        if match:
            parts = [int(part) for part in match.groups()]
            if order == "dmy":
                parts.reverse()
            try:
                day = datetime.date(*parts)
            except ValueError:
                return None
            if not 1000 <= day.year <= 2999:
                return None
            return day.isoformat(), text == day.strftime("%Y/%m/%d")
    if re.fullmatch(r"\d{12,13}", text, re.ASCII):
        moment = datetime.datetime.fromtimestamp(int(text) / 1000, VIETNAM)
        return moment.date().isoformat(), False
    return None


def read_stamp(text):
    for form in ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.datetime.strptime(text, form).isoformat(), form == "%Y/%m/%d %H:%M:%S"
        except ValueError:
            pass
    return None


def tidy(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def value_of(element, text, path, found):
    """A leaf's text as its value, or None where it is absent. Says what it finds."""
    value = tidy(text)
    if element.name == "SteeringType" and value != text:
        found.append(finding("steering-padded", path))
    if not value:
        found.append(finding("element-empty", path))
        return None
    if (element.kind != TEXT or element.is_id) and value.lower() in FILLERS:
        found.append(finding("filler-text", path))
        return None
    if element.kind == NUMBER:
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            found.append(finding("number-invalid", path))
            return None
        known = KNOWN_NUMBERS.get(element.name)
        if known is not None and int(value) not in known:
            found.append(finding("code-unknown", path))
        return int(value)
    if element.kind == FLAG:
        if value.lower() in ("true", "false"):
            return value.lower() == "true"
        found.append(finding("flag-invalid", path))
        return None
    if element.kind in (DATE, STAMP):
        date = read_date(value) if element.kind == DATE else read_stamp(value)
        if date is None:
            found.append(finding("date-invalid", path))
            return None
        if not date[1]:
            found.append(finding("date-format", path))
        return date[0]
    if element.kind == STATUS:
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            return None
        code = "%02d" % int(value)
        if code != value:
            found.append(finding("status-code-form", path))
        return code
    if element.longest and len(value) > element.longest:
        found.append(finding("too-long", path))
    return value


def from_json(group, given, path="document"):
    """A host's JSON held against the declaration: tidied, empty parts left out."""
    if not isinstance(given, dict):
        raise misuse("%s must be an object" % path)
    known = {element.name for element in group}
    for name in given:
        if name not in known:
            raise misuse("%s has no member %s" % (path, name[:40]))
    result = {}
    for element in group:
        value = given.get(element.name)
        if value is None:
            continue
        where = "%s/%s" % (path, element.name)
        if element.many:
            if not isinstance(value, list):
                raise misuse("%s must be a list" % where)
            value = [one_from_json(element, one, where) for one in value]
            value = [one for one in value if one not in (None, "", {})]
        else:
            value = one_from_json(element, value, where)
        if value not in (None, "", {}, []):
            result[element.name] = value
    return result


def one_from_json(element, value, path):
    if element.is_group:
        return from_json(element.kind, value, path)
    if element.kind == NUMBER:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 999_999_999:
            raise misuse("%s must be a whole number" % path)
        return value
    if element.kind == FLAG:
        if not isinstance(value, bool):
            raise misuse("%s must be true or false" % path)
        return value
    if not isinstance(value, str):
        raise misuse("%s must be a text" % path)
    if element.kind == DATE:
        try:
            if not re.fullmatch(r"[12]\d{3}-\d{2}-\d{2}", value, re.ASCII):
                raise ValueError
            datetime.date.fromisoformat(value)
        except ValueError:
            raise misuse("%s must be a date, YYYY-MM-DD" % path)
    if element.kind == STAMP:
        try:
            datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            raise misuse("%s must be a time, YYYY-MM-DDTHH:MM:SS" % path)
    return tidy(value)


def written(element, value):
    """A value as the packet has it."""
    if element.kind == DATE:
        return value.replace("-", "/")
    if element.kind == STAMP:
        return value.replace("-", "/").replace("T", " ")
    if element.kind == FLAG:
        return "true" if value else "false"
    return str(value)
