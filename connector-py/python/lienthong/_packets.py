"""Packets without a server: built, read, checked, signed and verified."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import (
    IO,
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Tuple,
    Union,
    cast,
)

from . import _native
from ._config import Settings, config_of

from ._findings import Findings
from ._header import (
    Bussiness,
    Code,
    DocumentHeader,
    DocumentType,
    Organ,
    OrganIdList,
    OtherInfo,
    PromulgationInfo,
    ReplacementInfo,
    ReplacementInfoList,
    ResponseFor,
    ResponseForTask,
    SignerInfo,
    StatusHeader,
    ToPlaces,
    TraceHeaderList,
)
from ._record import Record, ident, text
from ._report import Report

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

__all__ = [
    "AttachmentInfo",
    "Attachment",
    "Document",
    "ExtractedFile",
    "Packet",
    "Signer",
    "Verifier",
    "read",
    "sign",
    "status_packet",
    "verify",
]

Pathlike: "TypeAlias" = Union[str, "os.PathLike[str]"]
Source: "TypeAlias" = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, IO[bytes]]
Progress: "TypeAlias" = Callable[[int], object]
"""Called with the number of bytes since the last call, e.g. ``tqdm.update``; what it raises ends
the work and is raised again."""


def _is_path(given: object) -> bool:
    return isinstance(given, (str, os.PathLike))


def _bytes(given: Union[bytes, bytearray, memoryview]) -> bytes:
    return given if type(given) is bytes else bytes(given)


@dataclass(frozen=True)
class AttachmentInfo(Record):
    """What is known of an attachment. ``repr`` shows no name."""

    content_id: Optional[str] = ident("ContentId")
    name: Optional[str] = text("AttachmentName")
    """The sender's name for it: no safe file name."""
    description: Optional[str] = text("Description")
    content_type: Optional[str] = ident("ContentType")
    """What the packet says of its type; not to be trusted."""
    size: Optional[int] = ident("Size")
    """Bytes of the file that was meant; ``None`` where it cannot be decoded."""
    sha256: Optional[str] = ident("Sha256")
    """Of the same, 64 hexadecimal digits."""
    detected_type: Optional[str] = ident("DetectedType")
    """Its type by its first bytes."""
    wrapped: bool = ident("Wrapped", False)
    """Whether it travelled in a ZIP of its own."""


@dataclass(frozen=True)
class ExtractedFile(Record):
    """An attachment that was written into a folder."""

    number: int = ident("number")
    """Of the attachment, from 1."""
    path: str = text("path")
    raw_path: Optional[str] = text("raw_path")
    """The ZIP it travelled in, where that was asked for."""


class _AttachmentFile(io.RawIOBase):
    """The bytes of an attachment, pulled from the packet."""

    def __init__(self, stream: _native.Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


class Attachment:
    """An attachment of a packet that was read; its bytes stay where they are until ``open``."""

    __slots__ = ("_packet", "info", "number")

    def __init__(self, packet: "_native.Packet", number: int, info: AttachmentInfo) -> None:
        self._packet = packet
        self.number: int = number
        """Its place in the packet, from 1."""
        self.info: AttachmentInfo = info
        """What is known of it."""

    @property
    def name(self) -> Optional[str]:
        """The sender's name for it: no safe file name."""
        return self.info.name

    @property
    def size(self) -> Optional[int]:
        """Bytes of the file that was meant; ``None`` where it has no data or cannot be
        decoded."""
        return self.info.size

    def open(self) -> BinaryIO:
        """A file object to read its bytes from the start, a ZIP around it taken off.

        It streams: memory does not grow with the file. What travelled in a ZIP is taken out of
        it first, into an unnamed temporary file where it is long.

        Raises:
            SenderError: ``attachment-unreadable``; its context has the number (``attachment``)
                and the code of the finding (``finding``).
            DeveloperError: ``packet-changed``, also while it is read: the packet's file is
                another one than the one that was read.
        """
        stream = self._packet.open_attachment(self.number)
        return cast(BinaryIO, io.BufferedReader(_AttachmentFile(stream), 256 << 10))

    def read(self) -> bytes:
        """All of its bytes, in memory."""
        with self.open() as file:
            return file.read()

    def write(self, path: Pathlike, *, overwrite: bool = False) -> int:
        """Writes it into a new file, whole or not at all; gives its length in bytes.

        Raises:
            Error: ``io`` where the file is there already, unless ``overwrite``;
                ``attachment-unreadable``, ``packet-changed``.
        """
        return self._packet.attachment_to_path(self.number, path, overwrite)

    def to_dict(self) -> Dict[str, Any]:
        """As ``Attachment`` of docs/packet.schema.json."""
        return self.info.to_dict()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Attachment):
            return NotImplemented
        return (self.number, self.info) == (other.number, other.info)

    def __hash__(self) -> int:
        return hash((self.number, self.info))

    def __repr__(self) -> str:
        info = self.info
        return f"<Attachment {self.number}: {info.size} B, {info.detected_type}>"


class Packet:
    """A packet that was read: header, attachments, findings. It does not change.

    Its bytes stay where they are; a file has to stay as it is as long as the packet is used.
    Any number of threads may use it at once. Two packets are equal if they say the same and
    have the same files.
    """

    __slots__ = ("_native", "_parts")
    __match_args__ = ("kind", "header")

    def __init__(self, native: "_native.Packet") -> None:
        self._native = native
        self._parts: Optional[Tuple[Any, ...]] = None

    def _line(self) -> Dict[str, Any]:
        return cast(Dict[str, Any], json.loads(self._native.json()))

    def _read(self) -> Tuple[Any, ...]:
        if self._parts is None:
            line = self._line()
            header: Union[DocumentHeader, StatusHeader, None] = None
            if "document" in line:
                header = DocumentHeader.from_dict(line["document"])
            elif "status" in line:
                header = StatusHeader.from_dict(line["status"])
            rows = json.loads(self._native.attachments())
            attachments = tuple(
                Attachment(self._native, number, AttachmentInfo.from_dict(row))
                for number, row in enumerate(rows, 1)
            )
            self._parts = (header, attachments, line["dialect"], line["file"] or None)
        return self._parts

    @property
    def kind(self) -> str:
        """``"document"``, ``"status"`` or ``"unknown"``: the content decides."""
        return self._native.kind()

    @property
    def readable(self) -> bool:
        """Whether it could be read to its end; where not, ``check()`` says why."""
        return self._native.readable()

    @property
    def size(self) -> int:
        """Bytes of the packet."""
        return self._native.size()

    @property
    def dialect(self) -> Optional[str]:
        """How it is written, as in docs/packet.schema.json."""
        return cast(Optional[str], self._read()[2])

    @property
    def file(self) -> Optional[str]:
        """The path it was read from, if it was one."""
        return cast(Optional[str], self._read()[3])

    @property
    def signature(self) -> str:
        """What can be said of the signature block before it is verified: ``"absent"``,
        ``"empty"``, ``"stub"``, ``"placeholder"`` or ``"unverified"``."""
        return self._native.signature()

    @property
    def header(self) -> Union[DocumentHeader, StatusHeader, None]:
        """The header of a document or status; ``None`` where it is neither, or unreadable."""
        return cast(Union[DocumentHeader, StatusHeader, None], self._read()[0])

    @property
    def document(self) -> Optional[DocumentHeader]:
        """The header, if it is a document."""
        header = self.header
        return header if isinstance(header, DocumentHeader) else None

    @property
    def status(self) -> Optional[StatusHeader]:
        """The header, if it is a status."""
        header = self.header
        return header if isinstance(header, StatusHeader) else None

    @property
    def attachments(self) -> Tuple[Attachment, ...]:
        """Its attachments, in the order of their data."""
        return cast(Tuple[Attachment, ...], self._read()[1])

    @property
    def meaning_digest(self) -> Optional[str]:
        """A digest that a rebuild does not change and a changed meaning does
        (docs/meaning-digest.md): 64 hexadecimal digits; ``None`` where the packet has none."""
        return self._native.meaning_digest()

    def get(self, element: str) -> Optional[str]:
        """The text of an element by its path, e.g. ``"To[2]/OrganName"``; ``None`` where it is
        absent.

        Raises:
            DeveloperError: ``invalid-argument`` where there is no such element.
        """
        return self._native.get(element)

    def check(self, *, sending: bool = False, profile: Optional[str] = None) -> Findings:
        """What is odd or wrong with it: as one received or, with ``sending``, about to be sent;
        for the axis of a profile, ``"national"`` (default) or ``"provincial"``."""
        return Findings(self._native.check(sending, profile))

    def compare(self, sent: "Packet") -> Findings:
        """What differs in the header of this one, as it came, from ``sent``; what a rebuild is
        known to make up is a note."""
        return Findings(self._native.compare(sent._native))

    def verify(
        self,
        verifier: Optional["Verifier"] = None,
        *,
        trust: Optional[Pathlike] = None,
        organs: Optional[Pathlike] = None,
        policy: str = "record",
        at: Optional[datetime] = None,
        **settings: Any,
    ) -> Report:
        """What its signatures are worth; see :func:`verify`."""
        if verifier is None:
            verifier = Verifier(trust=trust, organs=organs, **settings)
        return verifier.verify(self, policy=policy, at=at)

    def sign(
        self,
        path: Pathlike,
        signer: "Signer",
        *,
        seal: bool = False,
        overwrite: bool = False,
    ) -> int:
        """Writes a signed copy of it into a new file, with a seal where that is wanted."""
        return _native.sign(
            self._native, path, overwrite, signer._native if seal else None, signer._native
        )

    def open(self) -> BinaryIO:
        """A file object to read the packet's own bytes, as they are."""
        stream = self._native.open_bytes()
        return cast(BinaryIO, io.BufferedReader(_AttachmentFile(stream), 256 << 10))

    def write(self, target: Union[Pathlike, IO[bytes]], *, overwrite: bool = False) -> int:
        """Writes its own bytes, as they are, into a new file or a file object; gives how many."""
        if _is_path(target):
            return self._native.to_path(cast(Pathlike, target), overwrite)
        return self._native.to_file(target)

    def extract(self, folder: Pathlike, *, keep_raw: bool = False) -> Tuple[ExtractedFile, ...]:
        """Writes every attachment into a folder, which is made where it is missing, under safe
        and unique names. No file is overwritten. ``keep_raw`` keeps the ZIP beside the file.
        One that cannot be decoded is left out."""
        rows = json.loads(self._native.extract(folder, keep_raw))
        return tuple(ExtractedFile.from_dict(row) for row in rows)

    def to_dict(self) -> Dict[str, Any]:
        """A line of docs/packet.schema.json. It holds what people wrote: not for logs."""
        return self._line()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Packet):
            return NotImplemented
        return self._read()[:2] == other._read()[:2] and self.readable == other.readable

    def __hash__(self) -> int:
        return hash(self._read()[:2])

    def __repr__(self) -> str:
        if not self.readable:
            return f"<Packet unreadable, {self.size} B>"
        parts = [self.kind]
        if self.document is not None:
            parts.append(f"{self.get('DocumentId')} from {self.get('From/OrganId')}")
        elif self.status is not None:
            parts.append(f"{self.status.status_code} from {self.get('From/OrganId')}")
        count = len(self.attachments)
        return f"<Packet {', '.join(parts)}; attachments: {count}; {self.size} B>"

    def _repr_html_(self) -> str:
        """For notebooks: ids, organs, dates, sizes, findings; no text of the document."""
        rows: List[Tuple[str, str]] = [("kind", self.kind if self.readable else "unreadable")]
        header = self.header
        for name, element in (
            ("from", "From/OrganId"),
            ("document id", "DocumentId"),
            ("number", "Code/CodeNumber"),
            ("notation", "Code/CodeNotation"),
            ("date", "PromulgationInfo/PromulgationDate"),
        ):
            if isinstance(header, DocumentHeader):
                rows.append((name, self.get(element) or ""))
        if isinstance(header, DocumentHeader):
            rows.insert(2, ("to", ", ".join(organ.organ_id or "?" for organ in header.to)))
        if isinstance(header, StatusHeader):
            about = header.response_for
            rows.append(("from", self.get("From/OrganId") or ""))
            rows.append(("status", header.status_code or ""))
            rows.append(("about", (about.document_id or about.code or "") if about else ""))
        rows.append(("size", f"{self.size:,} B"))
        rows.append(("signature", self.signature))
        findings = self.check()
        body = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(value)}</td></tr>"
            for name, value in rows
        )
        files = "".join(
            f"<tr><td>{one.number}</td><td>{one.size or 0:,} B</td>"
            f"<td>{escape(one.info.detected_type or '')}</td>"
            f"<td><code>{escape((one.info.sha256 or '')[:16])}</code></td></tr>"
            for one in self.attachments
        )
        colours = {"error": "#b3261e", "warning": "#9a6700", "note": "#57606a"}
        found = "".join(
            f"<tr><td style='color:{colours.get(one.severity, '')}'>{escape(one.severity)}</td>"
            f"<td>{escape(one.code)}</td><td>{escape(one.path)}</td>"
            f"<td style='text-align:left'>{escape(one.message.en)}</td></tr>"
            for one in findings
        )
        html = f"<table>{body}</table>"
        if files:
            html += f"<table><caption>attachments</caption>{files}</table>"
        if found:
            html += f"<table><caption>findings</caption>{found}</table>"
        return html


def read(
    source: Source, *, config: Optional["Settings"] = None, progress: Optional[Progress] = None
) -> Packet:
    """Reads a packet: a path, bytes, or a file object open for reading bytes.

    Memory does not grow with it: a path is read where it lies, a file object goes into an
    unnamed temporary file where it is longer than 1 MiB.

    A packet that cannot be read is no failure: ``readable`` is false, and ``check()`` says why.

    Args:
        source: Where its bytes are.
        config: Limits, as of :func:`lienthong.settings` (keys ``packet.…``).
        progress: Told how many bytes were read since it was last told; only for a path.

    Raises:
        Error: ``io``.
    """
    native = config_of(config)
    if type(source) is bytes:
        return Packet(_native.Packet.from_bytes(source, native))
    if _is_path(source):
        return Packet(_native.Packet.from_path(cast(Pathlike, source), native, progress))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Packet(_native.Packet.from_bytes(_bytes(source), native))
    return Packet(_native.Packet.from_file(source, native))


class Signer:
    """A key in a file, to sign and seal with: PEM, PKCS#8 or PKCS#12. ``repr`` shows nothing.

    Args:
        key: The file of the key.
        certificates: The file of its certificates, where they are not in the first.
        password: Of the key's file.
        algorithm: As the key ``signature.algorithm``; by default ``rsa-sha256`` or the curve's
            own.

    Raises:
        OperatorError: ``key-unreadable``, ``key-password``, ``key-unsuitable``,
            ``key-certificate``.
    """

    __slots__ = ("_native",)

    def __init__(
        self,
        key: Pathlike,
        certificates: Optional[Pathlike] = None,
        *,
        password: Optional[str] = None,
        algorithm: Optional[str] = None,
    ) -> None:
        self._native = _native.Signer(key, certificates, password, algorithm)

    def __repr__(self) -> str:
        return "<Signer>"


def sign(
    packet: Union[Packet, Source],
    path: Pathlike,
    signer: Signer,
    *,
    seal: bool = False,
    overwrite: bool = False,
) -> int:
    """Writes a signed copy of a packet into a new file; gives its length in bytes.

    A hop that rebuilds packets breaks this signature; ``seal`` adds a file that survives it
    (docs/seal.md).

    Raises:
        SenderError: ``already-signed``, ``not-signable``.
        OperatorError: ``signing-failed``, ``signer-unfit``, ``io``.
    """
    whole = packet if isinstance(packet, Packet) else read(packet)
    return whole.sign(path, signer, seal=seal, overwrite=overwrite)


class Verifier:
    """Whom to trust: one for many packets. Trust folder and map of organs are read again when
    they change. Any number of threads may use it at once.

    Args:
        trust: The folder with the certificates to trust and revocation lists (docs/trust.md).
        organs: The file that says which organs a certificate signs for.
        settings: Further keys ``signature.…``, e.g. ``signature_fetch_crl=True``.

    Raises:
        OperatorError: ``trust-unreadable``, ``organs-unreadable``, ``io``.
    """

    __slots__ = ("_native",)

    def __init__(
        self,
        *,
        trust: Optional[Pathlike] = None,
        organs: Optional[Pathlike] = None,
        config: Optional["Settings"] = None,
        **settings: Any,
    ) -> None:
        given = Settings(config, **settings)
        if trust is not None:
            given.set("signature.trust", trust)
        if organs is not None:
            given.set("signature.organs", organs)
        self._native = _native.Verifier(given._native)

    def verify(
        self,
        packet: Union[Packet, Source],
        *,
        policy: str = "record",
        at: Optional[datetime] = None,
    ) -> Report:
        """The report on a packet's signature and seal; see :func:`verify`."""
        whole = packet if isinstance(packet, Packet) else read(packet)
        when = None if at is None else at.timestamp()
        told, met, complaint = whole._native.verify(self._native, policy, when)
        return Report.told(json.loads(told), policy, met, complaint)

    @property
    def problem(self) -> Optional[str]:
        """Why trust folder or map of organs could not be read again after a change, if so: what
        was read before is in force."""
        return self._native.problem()

    def __repr__(self) -> str:
        return "<Verifier>"


def verify(
    packet: Union[Packet, Source],
    *,
    trust: Optional[Pathlike] = None,
    organs: Optional[Pathlike] = None,
    policy: str = "record",
    at: Optional[datetime] = None,
    **settings: Any,
) -> Report:
    """What the signatures of a packet are worth.

    A signature that is wrong is no failure: the report says so.

    Args:
        packet: A packet that was read, or where its bytes are.
        trust: The folder with the certificates to trust (docs/trust.md).
        organs: The file that says which organs a certificate signs for.
        policy: What is asked of it: ``"record"`` (nothing), ``"require-seal"``,
            ``"require-packet"`` or ``"strict"``; ``Report.policy_met`` says whether it is met.
        at: The time to judge for; now by default. Without a zone it is local time.
        settings: Further keys ``signature.…``.

    Raises:
        Error: ``io``, ``trust-unreadable``, ``organs-unreadable``.
    """
    return Verifier(trust=trust, organs=organs, **settings).verify(packet, policy=policy, at=at)


_Organ = Union[Organ, str]


def _organ(given: _Organ) -> Organ:
    return Organ(organ_id=given) if isinstance(given, str) else given


class Document:
    """A document to be sent: the elements of its header, and its files.

    Elements are given by name, later changed by path (``document["Subject"] = …``). It can be
    checked, written and sent any number of times, and changed in between. ``repr`` shows its
    ids and no text.

    Args:
        from_: The sender, by its code or as an :class:`Organ`.
        to: The receivers, likewise; one alone may stand without a list.
        document_id: Its id, unique at the sender.
        code: Number and notation, as a pair or a :class:`Code`.
        promulgation_info: Place and date, as a pair or a :class:`PromulgationInfo`.
        subject: Its subject (trích yếu), at most 500 characters.
        due_date: By when it is to be dealt with.
        config: Which files travel as they are, and limits (keys ``packet.…``).

    The others are elements of the standard, as in :class:`DocumentHeader`.

    Raises:
        DeveloperError: ``invalid-argument`` for a value that an element cannot have.
    """

    __slots__ = ("_native",)

    def __init__(
        self,
        *,
        from_: Optional[_Organ] = None,
        to: Union[_Organ, Iterable[_Organ]] = (),
        document_id: Optional[str] = None,
        code: Union[Code, Tuple[str, str], None] = None,
        promulgation_info: Union[PromulgationInfo, Tuple[str, date], None] = None,
        document_type: Optional[DocumentType] = None,
        subject: Optional[str] = None,
        content: Optional[str] = None,
        signer_info: Optional[SignerInfo] = None,
        due_date: Optional[date] = None,
        other_info: Optional[OtherInfo] = None,
        response_for: Iterable[ResponseFor] = (),
        steering_type: Optional[int] = None,
        response_for_task: Union[ResponseForTask, Iterable[str], None] = None,
        application_type: Optional[str] = None,
        to_places: Union[ToPlaces, Iterable[str], None] = None,
        trace_header_list: Optional[TraceHeaderList] = None,
        config: Optional["Settings"] = None,
    ) -> None:
        receivers = (to,) if isinstance(to, (str, Organ)) else tuple(to)
        if isinstance(code, tuple):
            code = Code(code_number=code[0], code_notation=code[1])
        if isinstance(promulgation_info, tuple):
            place, day = promulgation_info
            promulgation_info = PromulgationInfo(place=place, promulgation_date=day)
        if response_for_task is not None and not isinstance(response_for_task, ResponseForTask):
            response_for_task = ResponseForTask(task_code=tuple(response_for_task))
        if to_places is not None and not isinstance(to_places, ToPlaces):
            to_places = ToPlaces(place=tuple(to_places))
        header = DocumentHeader(
            from_=None if from_ is None else _organ(from_),
            to=tuple(_organ(one) for one in receivers),
            document_id=document_id,
            code=code,
            promulgation_info=promulgation_info,
            document_type=document_type,
            subject=subject,
            content=content,
            signer_info=signer_info,
            due_date=due_date,
            other_info=other_info,
            response_for=tuple(response_for),
            steering_type=steering_type,
            response_for_task=response_for_task,
            application_type=application_type,
            to_places=to_places,
            trace_header_list=trace_header_list,
        )
        told = json.dumps(header.to_dict(), ensure_ascii=False)
        self._native = _native.Document(told, config_of(config))

    @classmethod
    def from_dict(
        cls, given: Mapping[str, Any], *, config: Optional["Settings"] = None
    ) -> "Document":
        """Of ``document`` in docs/packet.schema.json, without ``AttachmentEncoded``."""
        return cls.from_json(json.dumps(given, ensure_ascii=False), config=config)

    @classmethod
    def from_json(cls, given: str, *, config: Optional["Settings"] = None) -> "Document":
        """As :meth:`from_dict`, of JSON."""
        document = cls.__new__(cls)
        document._native = _native.Document(given, config_of(config))
        return document

    def __setitem__(self, element: str, value: Union[str, int, date, None]) -> None:
        """Sets an element by its path, e.g. ``"To[2]/OrganId"``; ``None`` takes it away."""
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        self._native.set(element, None if value is None else str(value))

    def __getitem__(self, element: str) -> Optional[str]:
        """The text of an element by its path; ``None`` where it is absent."""
        return self._native.get(element)

    def count(self, element: str) -> int:
        """How many there are of an element or group, e.g. ``"To"``."""
        return self._native.count(element)

    @property
    def header(self) -> DocumentHeader:
        """The header as it stands."""
        return DocumentHeader.from_dict(json.loads(self._native.json()))

    @property
    def files(self) -> Tuple[Tuple[str, Optional[int]], ...]:
        """Name and length in bytes of each file that is attached."""
        return tuple(self._native.files())

    def attach(
        self,
        path: Pathlike,
        data: Union[bytes, bytearray, memoryview, IO[bytes], None] = None,
        *,
        name: Optional[str] = None,
        description: Optional[str] = None,
        content_id: Optional[str] = None,
    ) -> "Document":
        """Attaches a file; gives the document, so that calls can be chained.

        Args:
            path: A file on disk, which has to stay as it is until the document is sent; or,
                where ``data`` is given, its name.
            data: Its bytes, or a file object, which is read to its end at once (into an unnamed
                temporary file where it is longer than 1 MiB).
            name: Another name than that of the path.

        Raises:
            Error: ``io`` where there is no such file.
        """
        if data is None:
            self._native.attach_path(path, name, description, content_id)
            return self
        name = name or os.path.basename(os.fspath(path))
        if isinstance(data, (bytes, bytearray, memoryview)):
            self._native.attach_bytes(name, _bytes(data), description, content_id)
        else:
            self._native.attach_file(name, data, description, content_id)
        return self

    def recall(self, document_id: str, reason: str) -> "Document":
        """Makes it take back an earlier document of the same organ."""
        return self._act_on(1, document_id, reason)

    def update(self, document_id: str, reason: Optional[str] = None) -> "Document":
        """Makes it change an earlier document of the same organ."""
        return self._act_on(2, document_id, reason)

    def replace(self, document_id: str, reason: Optional[str] = None) -> "Document":
        """Makes it stand in the place of an earlier document of the same organ, at the receivers
        that it has now."""
        return self._act_on(3, document_id, reason)

    def _act_on(self, action: int, document_id: str, reason: Optional[str]) -> "Document":
        header = self.header
        replaced: Tuple[ReplacementInfoList, ...] = ()
        if action == 3:
            organs = tuple(one.organ_id for one in header.to if one.organ_id)
            info = ReplacementInfo(
                document_id=document_id,
                organ_id_list=OrganIdList(organ_id=organs) if organs else None,
            )
            replaced = (ReplacementInfoList(replacement_info=(info,)),)
        bussiness = Bussiness(
            document_id=None if action == 3 else document_id,
            bussiness_doc_type=action,
            bussiness_doc_reason=reason,
            replacement_info_list=replaced,
        ).to_dict()
        told = header.to_dict()
        told.setdefault("TraceHeaderList", {})["Bussiness"] = bussiness
        # The files stay with the document: only the header is put in anew.
        self._native.set_header(json.dumps(told, ensure_ascii=False))
        return self

    def check(self) -> Findings:
        """What is odd or wrong with it; it may be sent where ``ok`` is true.

        Raises:
            Error: ``io`` where a file is missing.
        """
        return Findings(self._native.check())

    def write(
        self,
        target: Union[Pathlike, IO[bytes]],
        *,
        overwrite: bool = False,
        seal: Optional[Signer] = None,
        sign: Optional[Signer] = None,
        progress: Optional[Progress] = None,
    ) -> int:
        """Writes the packet into a new file, or into a file object; gives its length in bytes.

        Memory does not grow with the files. Without a seal or signature the same document gives
        the same bytes each time. A file object gets them when the packet is whole.

        Args:
            target: A path, or a file object open for writing bytes.
            overwrite: Whether a file that is there already is replaced.
            seal: Who seals it (niêm phong): one more attachment.
            sign: Who signs the packet.
            progress: Told how many bytes of the files were read since it was last told.

        Raises:
            PacketImpossibleError: With all findings, where at least one is an error.
            Error: ``io``, ``attachment-length``, ``attachment-too-large``. Then there is no file.
        """
        sealer = seal._native if seal else None
        signer = sign._native if sign else None
        if _is_path(target):
            path = cast(Pathlike, target)
            return self._native.to_path(path, overwrite, sealer, signer, progress)
        return self._native.to_file(target, sealer, signer, progress)

    def to_bytes(self, *, seal: Optional[Signer] = None, sign: Optional[Signer] = None) -> bytes:
        """The packet's bytes, all at once. As :meth:`write`."""
        return self._native.to_bytes(seal._native if seal else None, sign._native if sign else None)

    def to_dict(self) -> Dict[str, Any]:
        """The header, as ``document`` of docs/packet.schema.json."""
        return cast(Dict[str, Any], json.loads(self._native.json()))

    def __repr__(self) -> str:
        about = f"{self['DocumentId']} from {self['From/OrganId']}"
        return f"<Document {about}; files: {len(self._native.files())}>"


def status_packet(status: StatusHeader, *, config: Optional["Settings"] = None) -> bytes:
    """The bytes of a status packet. A connector makes its statuses itself (``report``).

    Raises:
        PacketImpossibleError: With all findings.
    """
    told = json.dumps(status.to_dict(), ensure_ascii=False)
    return _native.status_bytes(told, config_of(config))
