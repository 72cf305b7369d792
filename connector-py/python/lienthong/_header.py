"""The header of a packet, as frozen records with the names of the standard.

Source: edXML's elements (QCVN 102:2016/BTTTT as official software writes them; see
docs/packet.schema.json). A field bears its element's name in lower case with underscores;
``From`` is ``from_``. What people wrote is not shown by ``repr``: subject, names, addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Optional, Tuple

from ._record import Record, day, ident, local_time, many, one, text, texts

__all__ = [
    "Appendixes",
    "Bussiness",
    "BussinessDocumentInfo",
    "Code",
    "DocumentHeader",
    "DocumentType",
    "OrganIdList",
    "Organ",
    "OtherInfo",
    "PromulgationInfo",
    "Receiver",
    "ReceiverList",
    "ReplacementInfo",
    "ReplacementInfoList",
    "ResponseFor",
    "ResponseForTask",
    "SignerInfo",
    "StaffInfo",
    "StatusHeader",
    "ToPlaces",
    "TraceHeader",
    "TraceHeaderList",
]


@dataclass(frozen=True)
class Organ(Record):
    """An organ (cơ quan, đơn vị)."""

    organ_id: Optional[str] = ident("OrganId")
    """Its code, e.g. ``000.00.00.G22``."""
    organization_in_charge: Optional[str] = text("OrganizationInCharge")
    organ_name: Optional[str] = text("OrganName")
    organ_add: Optional[str] = text("OrganAdd")
    email: Optional[str] = text("Email")
    telephone: Optional[str] = text("Telephone")
    fax: Optional[str] = text("Fax")
    website: Optional[str] = text("Website")


@dataclass(frozen=True)
class Code(Record):
    """Number and notation (số, ký hiệu)."""

    code_number: Optional[str] = ident("CodeNumber")
    code_notation: Optional[str] = ident("CodeNotation")


@dataclass(frozen=True)
class PromulgationInfo(Record):
    """Place and date of promulgation."""

    place: Optional[str] = text("Place")
    promulgation_date: Optional[date] = day("PromulgationDate")


@dataclass(frozen=True)
class DocumentType(Record):
    """The kind of the document (loại văn bản)."""

    type: Optional[int] = ident("Type")
    type_detail: Optional[int] = ident("TypeDetail")
    type_name: Optional[str] = text("TypeName")


@dataclass(frozen=True)
class SignerInfo(Record):
    """Who signed the document."""

    competence: Optional[str] = text("Competence")
    position: Optional[str] = text("Position")
    full_name: Optional[str] = text("FullName")


@dataclass(frozen=True)
class Appendixes(Record):
    """Appendices."""

    appendix: Tuple[str, ...] = texts("Appendix")


@dataclass(frozen=True)
class OtherInfo(Record):
    """Further particulars."""

    priority: Optional[int] = ident("Priority")
    """0 normal to 3 at once (độ khẩn)."""
    sphere_of_promulgation: Optional[str] = text("SphereOfPromulgation")
    typer_notation: Optional[str] = text("TyperNotation")
    promulgation_amount: Optional[int] = ident("PromulgationAmount")
    page_amount: Optional[int] = ident("PageAmount")
    reply_fors: Optional[str] = text("ReplyFors")
    direction: Optional[bool] = ident("Direction")
    reference_codes: Optional[str] = text("ReferenceCodes")
    appendixes: Optional[Appendixes] = one("Appendixes", Appendixes)


@dataclass(frozen=True)
class ResponseFor(Record):
    """An earlier document that is answered, or that a status is about."""

    organ_id: Optional[str] = ident("OrganId")
    code: Optional[str] = ident("Code")
    document_id: Optional[str] = ident("DocumentId")
    promulgation_date: Optional[date] = day("PromulgationDate")


@dataclass(frozen=True)
class ResponseForTask(Record):
    """Tasks that are reported on."""

    task_code: Tuple[str, ...] = texts("TaskCode", shown=True)


@dataclass(frozen=True)
class ToPlaces(Record):
    """The lines of "Nơi nhận"."""

    place: Tuple[str, ...] = texts("Place")


@dataclass(frozen=True)
class Receiver(Record):
    """A receiver of a changed document."""

    organ_id: Optional[str] = ident("OrganId")
    receiver_type: Optional[int] = ident("ReceiverType")


@dataclass(frozen=True)
class ReceiverList(Record):
    """Receivers of a changed document."""

    receiver: Tuple[Receiver, ...] = many("Receiver", Receiver)


@dataclass(frozen=True)
class BussinessDocumentInfo(Record):
    """What an update changes."""

    document_info: Optional[int] = ident("DocumentInfo")
    document_receiver: Optional[int] = ident("DocumentReceiver")
    receiver_list: Tuple[ReceiverList, ...] = many("ReceiverList", ReceiverList)


@dataclass(frozen=True)
class OrganIdList(Record):
    """Codes of organs."""

    organ_id: Tuple[str, ...] = texts("OrganId", shown=True)


@dataclass(frozen=True)
class ReplacementInfo(Record):
    """A document that is replaced, and at whom."""

    document_id: Optional[str] = ident("DocumentId")
    organ_id_list: Optional[OrganIdList] = one("OrganIdList", OrganIdList)


@dataclass(frozen=True)
class ReplacementInfoList(Record):
    """Documents that are replaced."""

    replacement_info: Tuple[ReplacementInfo, ...] = many("ReplacementInfo", ReplacementInfo)


@dataclass(frozen=True)
class StaffInfo(Record):
    """Who acted. ``repr`` shows nothing of it."""

    department: Optional[str] = text("Department")
    department_id: Optional[str] = text("DepartmentId")
    staff: Optional[str] = text("Staff")
    staff_id: Optional[str] = text("StaffId")
    email: Optional[str] = text("Email")
    mobile: Optional[str] = text("Mobile")


@dataclass(frozen=True)
class Bussiness(Record):
    """What the document does to an earlier one."""

    document_id: Optional[str] = ident("DocumentId")
    bussiness_doc_type: Optional[int] = ident("BussinessDocType")
    """0 new, 1 recall, 2 update, 3 replacement."""
    bussiness_doc_reason: Optional[str] = text("BussinessDocReason")
    paper: Optional[int] = ident("Paper")
    bussiness_document_info: Tuple[BussinessDocumentInfo, ...] = many(
        "BussinessDocumentInfo", BussinessDocumentInfo
    )
    replacement_info_list: Tuple[ReplacementInfoList, ...] = many(
        "ReplacementInfoList", ReplacementInfoList
    )
    staff_info: Tuple[StaffInfo, ...] = many("StaffInfo", StaffInfo, shown=False)


@dataclass(frozen=True)
class TraceHeader(Record):
    """A hop."""

    organ_id: Optional[str] = ident("OrganId")
    timestamp: Optional[datetime] = local_time("Timestamp")
    """In Vietnam, without zone."""


@dataclass(frozen=True)
class TraceHeaderList(Record):
    """Hops, and what the document does to an earlier one."""

    bussiness: Optional[Bussiness] = one("Bussiness", Bussiness)
    trace_header: Tuple[TraceHeader, ...] = many("TraceHeader", TraceHeader)


@dataclass(frozen=True)
class DocumentHeader(Record):
    """The header of a document."""

    from_: Optional[Organ] = one("From", Organ)
    to: Tuple[Organ, ...] = many("To", Organ)
    document_id: Optional[str] = ident("DocumentId")
    code: Optional[Code] = one("Code", Code)
    promulgation_info: Optional[PromulgationInfo] = one("PromulgationInfo", PromulgationInfo)
    document_type: Optional[DocumentType] = one("DocumentType", DocumentType)
    subject: Optional[str] = text("Subject")
    content: Optional[str] = text("Content")
    signer_info: Optional[SignerInfo] = one("SignerInfo", SignerInfo, shown=False)
    due_date: Optional[date] = day("DueDate")
    other_info: Optional[OtherInfo] = one("OtherInfo", OtherInfo)
    response_for: Tuple[ResponseFor, ...] = many("ResponseFor", ResponseFor)
    steering_type: Optional[int] = ident("SteeringType")
    response_for_task: Optional[ResponseForTask] = one("ResponseForTask", ResponseForTask)
    application_type: Optional[str] = ident("ApplicationType")
    to_places: Optional[ToPlaces] = one("ToPlaces", ToPlaces, shown=False)
    trace_header_list: Optional[TraceHeaderList] = one("TraceHeaderList", TraceHeaderList)


@dataclass(frozen=True)
class StatusHeader(Record):
    """The header of a status."""

    from_: Optional[Organ] = one("From", Organ)
    response_for: Optional[ResponseFor] = one("ResponseFor", ResponseFor)
    staff_info: Optional[StaffInfo] = one("StaffInfo", StaffInfo, shown=False)
    status_code: Optional[str] = ident("StatusCode")
    """Two digits, e.g. ``"03"``; docs/packet.schema.json lists them."""
    description: Optional[str] = text("Description")
    timestamp: Optional[datetime] = local_time("Timestamp")
    """In Vietnam, without zone."""
