"""Packets in the shape that official software writes, and seals. Nothing here is signed."""
import base64
import hashlib
import io
import zipfile

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
SEAL = "urn:lienthong:seal:1"
# Where the signature goes in.
PLACE = "@SIGNATURE@"

LETTER = ("công văn.pdf", b"%PDF-1.4\nthi du, so tien 1.000.000 dong.\n%%EOF\n", "application/pdf")
ANNEX = ("phụ lục.pdf", b"%PDF-1.4\nphu luc thi du\n%%EOF\n", "application/pdf")
FORGED = ("công văn.pdf", b"%PDF-1.4\ngia mao, so tien 9.000.000 dong\n%%EOF\n", "application/pdf")

HEADER = """\
      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>{sender}</edXML:OrganId>
          <edXML:OrganName>Sở Thí dụ</edXML:OrganName>
        </edXML:From>
        <edXML:To>
          <edXML:OrganId>H98.02</edXML:OrganId>
          <edXML:OrganName>Phòng Thử nghiệm</edXML:OrganName>
        </edXML:To>
        <edXML:To>
          <edXML:OrganId>H98.03</edXML:OrganId>
          <edXML:OrganName>Ban Thí dụ</edXML:OrganName>
        </edXML:To>
        <edXML:DocumentId>{document}</edXML:DocumentId>
        <edXML:Code>
          <edXML:CodeNumber>17</edXML:CodeNumber>
          <edXML:CodeNotation>TD-VP</edXML:CodeNotation>
        </edXML:Code>
        <edXML:PromulgationInfo>
          <edXML:Place>Thí dụ</edXML:Place>
          <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate>
        </edXML:PromulgationInfo>
        <edXML:DocumentType>
          <edXML:Type>2</edXML:Type>
          <edXML:TypeName>Công văn</edXML:TypeName>
        </edXML:DocumentType>
        <edXML:Subject>Về việc thử nghiệm</edXML:Subject>
        <edXML:OtherInfo>
          <edXML:Priority>1</edXML:Priority>
        </edXML:OtherInfo>
        <edXML:SteeringType>0</edXML:SteeringType>
        <edXML:ToPlaces>
          <edXML:Place>Như trên</edXML:Place>
        </edXML:ToPlaces>
      </edXML:MessageHeader>
"""

PACKET = """\
<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="{ns}">
  <edXML:edXMLEnvelope xmlns:edXML="{ns}">
    <edXML:edXMLHeader>
{header}\
      <edXML:TraceHeaderList>
        <edXML:Bussiness>
          <edXML:BussinessDocType>0</edXML:BussinessDocType>
        </edXML:Bussiness>
        <edXML:TraceHeader>
          <edXML:OrganId>{sender}</edXML:OrganId>
          <edXML:Timestamp>2026/03/04 08:30:00</edXML:Timestamp>
        </edXML:TraceHeader>
      </edXML:TraceHeaderList>
{place}\
    </edXML:edXMLHeader>
    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
{references}\
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded>
{attachments}\
  </AttachmentEncoded>
</edXML>
"""

REFERENCE = """\
        <edXML:Reference>
          <edXML:ContentId>cid:{id}</edXML:ContentId>
          <edXML:ContentType>{type}</edXML:ContentType>
          <edXML:AttachmentName>{name}</edXML:AttachmentName>
        </edXML:Reference>
"""

ATTACHMENT = """\
    <Attachment>
      <ContentId>cid:{id}</ContentId>
      <AttachmentName>{name}</AttachmentName>
      <ContentType>{type}</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="{ns}">{content}</edXML:ContentTransferEncoded>
    </Attachment>
"""

SEAL_FILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<Seal xmlns="{ns}">
  <MessageHeader>
    <From>
      <OrganId>{sender}</OrganId>
      <OrganName>Sở Thí dụ</OrganName>
    </From>
    <To>
      <OrganId>H98.02</OrganId>
      <OrganName>Phòng Thử nghiệm</OrganName>
    </To>
    <To>
      <OrganId>H98.03</OrganId>
      <OrganName>Ban Thí dụ</OrganName>
    </To>
    <DocumentId>{document}</DocumentId>
    <Code>
      <CodeNumber>17</CodeNumber>
      <CodeNotation>TD-VP</CodeNotation>
    </Code>
    <PromulgationInfo>
      <Place>Thí dụ</Place>
      <PromulgationDate>2026/03/04</PromulgationDate>
    </PromulgationInfo>
    <DocumentType>
      <Type>2</Type>
      <TypeName>Công văn</TypeName>
    </DocumentType>
    <Subject>Về việc thử nghiệm</Subject>
    <OtherInfo>
      <Priority>1</Priority>
    </OtherInfo>
    <SteeringType>0</SteeringType>
    <ToPlaces>
      <Place>Như trên</Place>
    </ToPlaces>
  </MessageHeader>
  <TraceHeaderList>
    <Bussiness>
      <BussinessDocType>0</BussinessDocType>
    </Bussiness>
  </TraceHeaderList>
  <Attachments>
{files}\
  </Attachments>
  {place}
</Seal>
"""

SEALED_FILE = """\
    <Attachment>
      <AttachmentName>{name}</AttachmentName>
      <Size>{size}</Size>
      <Sha256>{sha256}</Sha256>
    </Attachment>
"""


def content_id(name, content):
    return hashlib.md5(name.encode() + content).hexdigest()


def attachment(name, content, kind):
    """An `Attachment` as it stands in a packet."""
    encoded = base64.b64encode(content).decode()
    return ATTACHMENT.format(
        id=content_id(name, content), name=name, type=kind, ns=QCVN, content=encoded
    ).replace("\n", "\r\n")


def reference(name, content, kind):
    """The manifest's `Reference` to an attachment."""
    text = REFERENCE.format(id=content_id(name, content), name=name, type=kind)
    return text.replace("\n", "\r\n")


def packet(files=(LETTER, ANNEX), document="H99.01-2026-17", sender="H99.01", signature=True):
    """A packet, with the place for a signature unless told otherwise."""
    text = PACKET.format(
        ns=QCVN,
        header=HEADER.format(sender=sender, document=document),
        sender=sender,
        place=f"      {PLACE}\n" if signature else "",
        references="".join(reference(*file) for file in files),
        attachments="".join(attachment(*file) for file in files),
    )
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def header(sender="H99.01", document="H99.01-2026-17"):
    """A `MessageHeader` that declares its own prefix, to be put anywhere."""
    text = HEADER.format(sender=sender, document=document).strip()
    return text.replace("MessageHeader>", f'MessageHeader xmlns:edXML="{QCVN}">', 1)


def seal(files=(LETTER, ANNEX), document="H99.01-2026-17", sender="H99.01"):
    """The statement of a seal, with the place for its signature."""
    listed = "".join(
        SEALED_FILE.format(
            name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()
        )
        for name, content, _ in files
    )
    return SEAL_FILE.format(
        ns=SEAL, sender=sender, document=document, files=listed, place=PLACE
    )


def as_file(text, name="niem-phong.xml"):
    """A seal as the attachment it travels as."""
    content = text if isinstance(text, bytes) else text.encode()
    return (name, content, "application/xml")


def zipped(name, content, entry=None, more=()):
    """A file in a ZIP, as a hop wraps it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, data in [(entry or name, content), *more]:
            archive.writestr(zipfile.ZipInfo(inner, (2026, 3, 4, 8, 30, 0)), data)
    return (name, packed.getvalue(), "application/zip")


def swap(text, old, new, count=1):
    """Replaces what must be there."""
    assert old in text, f"not there: {old!r}"
    return text.replace(old, new, count)


def between(text, start, end):
    """From the first `start` up to and with the next `end`."""
    at = text.index(start)
    return text[at : text.index(end, at) + len(end)]


def element(text, name):
    """The first element of this name that has no prefix or any, with its tags."""
    import re

    found = re.search(rf"<((?:\w+:)?){name}[\s>].*?</\1{name}>", text, re.S)
    assert found, f"not there: {name}"
    return found.group(0)
