"""Attacks on the seal: a signed file that has to fit the packet in which it comes.

The packets have no signature of their own, unless that is the point.
"""
from corpus import attack, equal, genuine
from packets import (ANNEX, FORGED, LETTER, PLACE, QCVN, SEAL, as_file, attachment, between,
                     element, header, packet, seal, swap, zipped)
from signing import (DSIG, ENVELOPED, EXCLUSIVE, b64, keys_of, reference, sign, trailing_bits)

FILES = (LETTER, ANNEX)
OTHER = ("khác.pdf", b"%PDF-1.4\ntep khac\n", "application/pdf")


def sealed(w, statement=None, holder=None, files=FILES, name="niem-phong.xml", **options):
    """A packet with a seal that is its last attachment."""
    text = sign(statement or seal(), holder or w.signer, **options)
    return packet(files=(*files, as_file(text, name)), signature=False)


def with_seal(text, files=FILES, **options):
    """A packet with this text as its seal."""
    return packet(files=(*files, as_file(text)), signature=False, **options)


# --- What an honest sender and the hops on the way do ---


@genuine("absent", seal="valid")
def seal_plain(w):
    """A sealed packet."""
    return sealed(w)


@genuine("absent", seal="valid")
def seal_renamed(w):
    """A hop, or the sender, gave the seal another name: it is known by its root."""
    return sealed(w, name="tài liệu.xml")


@genuine("absent", seal="valid")
def seal_in_a_zip(w):
    """A hop wrapped the seal as it wraps every file that is no PDF."""
    name, content, _ = as_file(w.seal)
    return packet(files=(*FILES, zipped(name, content, "0f2c.xml")), signature=False)


@genuine("absent", seal="valid")
def seal_first(w):
    """The seal is the first attachment."""
    return packet(files=(as_file(w.seal), *FILES), signature=False)


@genuine("absent", seal="valid")
def seal_with_a_prefix(w):
    """Names with a prefix are the same names."""
    text = seal().replace("<Seal xmlns=", "<Seal xmlns:s=")
    for tag in ("</", "<"):
        text = text.replace(tag, tag + "s:")
    text = text.replace("s:/s:", "/s:").replace("</s:s:", "</s:").replace("<s:?", "<?").replace("<s:/", "</")
    return with_seal(sign(text, w.signer))


@genuine("absent", seal="valid")
def seal_with_line_feeds_of_windows(w):
    """The file was signed with other line ends."""
    return with_seal(w.seal.replace("\n", "\r\n"))


@genuine("absent", seal="valid", each={
    "direction": ("<edXML:Priority>1</edXML:Priority>",
                  "<edXML:Priority>1</edXML:Priority><edXML:Direction>false</edXML:Direction>"),
    "hop": ("      </edXML:TraceHeaderList>",
            "        <edXML:TraceHeader><edXML:OrganId>H98.90</edXML:OrganId><edXML:Timestamp>"
            "2026/03/04 09:00:00</edXML:Timestamp></edXML:TraceHeader></edXML:TraceHeaderList>"),
    "places": ("        <edXML:ToPlaces>\r\n          <edXML:Place>Như trên</edXML:Place>\r\n"
               "        </edXML:ToPlaces>\r\n", ""),
    "space": ("Về việc thử", "  Về   việc\r\nthử"),
    "prefixes": ("edXML:", ""),
})
def seal_after_a_rebuild(w, change):
    """What a hop is known to do leaves the seal as it is."""
    old, new = change
    if old == "edXML:":
        return sealed(w).replace("<edXML:", "<").replace("</edXML:", "</")
    return swap(sealed(w), old, new)


@genuine("absent", seal="valid")
def seal_and_receivers_in_another_order(w):
    """The order of receivers says nothing."""
    text = sealed(w)
    first, last = text.index("        <edXML:To>"), text.index("        <edXML:DocumentId>")
    one = between(text, "        <edXML:To>", "</edXML:To>\r\n")
    return text[:first] + text[first + len(one) : last] + one + text[last:]


@genuine("placeholder", seal="valid", strict="yes")
def seal_beside_a_stub(w):
    """The block in circulation says nothing and takes nothing from the seal."""
    files = (*FILES, as_file(w.seal))
    return packet(files=files).replace(PLACE, w.stub)


@genuine("valid", seal="valid")
def seal_and_signature(w):
    """Both, of one signer."""
    return sign(packet(files=(*FILES, as_file(w.seal))), w.signer)


@genuine("absent", seal="expired")
def seal_expired(w):
    """A seal whose certificate has ended."""
    return sealed(w, holder=w.expired)


@genuine("absent", seal="unsupported")
def seal_in_c14n_1_1(w):
    """A canonicalisation that is not judged."""
    return sealed(w, transforms=(ENVELOPED, "http://www.w3.org/2006/12/xml-c14n11"))


@genuine("absent", seal="unsupported", reason="seal-version", each={"2": SEAL[:-1] + "2", "text": SEAL[:-1] + "nhap"})
def seal_of_a_later_version(w, namespace):
    """A seal that this version cannot read is told, not guessed at."""
    return with_seal(sign(seal().replace(SEAL, namespace), w.signer))


# --- The packet is not the one that was sealed ---

CHANGED = {
    "to": ("H98.02<", "H98.66<"),
    "from": ("H99.01<", "H99.66<"),
    "document-id": ("H99.01-2026-17", "H99.01-2026-18"),
    "document-id-made-up": ("H99.01-2026-17", "5f0c1c5e-8a0e-4b52-9d0a-2f2a4f1f6a11"),
    "code": ("<edXML:CodeNumber>17", "<edXML:CodeNumber>18"),
    "subject": ("Về việc thử", "Về việc không thử"),
    "date": ("2026/03/04<", "2026/03/05<"),
    "priority": ("<edXML:Priority>1", "<edXML:Priority>0"),
    "steering": ("<edXML:SteeringType>0", "<edXML:SteeringType>1"),
    "business": ("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>1"),
    "target": ("<edXML:BussinessDocType>0</edXML:BussinessDocType>",
               "<edXML:DocumentId>H99.01-2026-3</edXML:DocumentId><edXML:BussinessDocType>1</edXML:BussinessDocType>"),
    "places": ("Như trên", "Kho bạc"),
    "receiver-added": ("        <edXML:DocumentId>",
                       "        <edXML:To><edXML:OrganId>H98.66</edXML:OrganId></edXML:To><edXML:DocumentId>"),
    "answer-added": ("        <edXML:SteeringType>",
                     "        <edXML:ResponseFor><edXML:OrganId>H98.66</edXML:OrganId></edXML:ResponseFor>"
                     "<edXML:SteeringType>"),
    "direction": ("<edXML:Priority>1</edXML:Priority>",
                  "<edXML:Priority>1</edXML:Priority><edXML:Direction>true</edXML:Direction>"),
    "second-header": ("</edXML:MessageHeader>\r\n", "</edXML:MessageHeader>\r\n      <edXML:MessageHeader>"
                      "<edXML:From><edXML:OrganId>H99.66</edXML:OrganId></edXML:From></edXML:MessageHeader>\r\n"),
    "case": ("Về việc thử", "VỀ VIỆC THỬ"),
}


@attack("absent", seal="invalid", reason="seal-differs", each=CHANGED)
def sealed_field_changed(w, change):
    """The header of a sealed packet says something else."""
    return swap(sealed(w), *change)


FORGED_HEADER = header(document="H99.01-2026-99").replace("Về việc", "Giả mạo")
FORGED_LIST = f"  <AttachmentEncoded>\r\n{attachment(*FORGED)}  </AttachmentEncoded>\r\n"
FORGED_TRACE = ("<edXML:TraceHeaderList><edXML:Bussiness><edXML:BussinessDocType>1"
                "</edXML:BussinessDocType></edXML:Bussiness></edXML:TraceHeaderList>")
FORGED_FROM = "<edXML:From><edXML:OrganId>H99.66</edXML:OrganId></edXML:From>"
FORGED_CONTENT = (f'<edXML:ContentTransferEncoded xmlns:edXML="{QCVN}">JVBERi0x'
                  "</edXML:ContentTransferEncoded>")


def doubled(name, old, new):
    """The attacker's element before and after the sealed one."""
    return {f"{name}-before": (old, new + old, True), f"{name}-after": (old, new, False)}


DOUBLED = {
    **doubled("subject", "<edXML:Subject>", "<edXML:Subject>Giả mạo</edXML:Subject>"),
    **doubled("from", "<edXML:From>", FORGED_FROM),
    **doubled("organ", "<edXML:OrganId>", "<edXML:OrganId>H98.66</edXML:OrganId>"),
    **doubled("document-id", "<edXML:DocumentId>", "<edXML:DocumentId>X</edXML:DocumentId>"),
    **doubled("header", "<edXML:MessageHeader>", FORGED_HEADER),
    **doubled("trace", "<edXML:TraceHeaderList>", FORGED_TRACE),
    **doubled("list", "  <AttachmentEncoded>", FORGED_LIST),
    **doubled("name", "      <AttachmentName>", "<AttachmentName>gia.pdf</AttachmentName>"),
    **doubled("file", "<edXML:ContentTransferEncoded", FORGED_CONTENT),
}


@attack("absent", seal="invalid", each=DOUBLED)
def sealed_element_doubled(w, change):
    """What was sealed stands there, and beside it the attacker's: some readers take the first, some the last."""
    old, new, before = change
    text = sealed(w)
    if before:
        return swap(text, old, new)
    end = f'</{old.strip(" <>")}>'
    at = text.index(end, text.index(old)) + len(end)
    return text[:at] + new + text[at:]


RECEIVER = "<edXML:OrganId>H98.02"
TWO_WAYS = {
    "element-inside": (RECEIVER, "<edXML:OrganId>H98.02<edXML:x>66</edXML:x>"),
    "element-around": (RECEIVER, "<edXML:OrganId><edXML:x>H98.66</edXML:x>H98.02"),
    "text-around": ("        <edXML:To>", "        <edXML:To>H98.66"),
    "unknown-element": ("        <edXML:DocumentId>", "        <edXML:Mat>Tuyệt mật</edXML:Mat><edXML:DocumentId>"),
    "base64-after-the-end": (b64(LETTER[1]), b64(LETTER[1]) + b64(FORGED[1])),
    "base64-before": (b64(LETTER[1]), "=" + b64(LETTER[1])),
    "base64-twice": (b64(LETTER[1]), b64(b64(LETTER[1]).encode())),
    "base64-other-characters": (b64(LETTER[1]), "!!" + b64(LETTER[1])),
    "base64-trailing-bits": (b64(LETTER[1]), trailing_bits(b64(LETTER[1]))),
}


@attack("absent", seal="invalid", each=TWO_WAYS)
def sealed_text_read_in_two_ways(w, change):
    """A text that some read as it was sealed, and others otherwise."""
    return swap(sealed(w), *change)


@equal("absent", seal="valid|invalid", each={
    "comment": (RECEIVER, "<edXML:OrganId>H98<!-- -->.02"),
    "instruction": (RECEIVER, "<edXML:OrganId>H98<?x y?>.02"),
    "attribute": (RECEIVER, '<edXML:OrganId value="H98.66">H98.02'),
    "namespace": (f"{RECEIVER}</edXML:OrganId>", '<x:OrganId xmlns:x="urn:khac">H98.02</x:OrganId>'),
    "unknown-root-child": ("  <AttachmentEncoded>", "  <Extra>Tuyệt mật</Extra><AttachmentEncoded>"),
    "base64-no-padding": (b64(LETTER[1]), b64(LETTER[1]).rstrip("=")),
    "base64-with-an-element": (b64(LETTER[1]), b64(LETTER[1]) + "<x>AAAA</x>"),
    "base64-with-a-comment": (b64(LETTER[1]), b64(LETTER[1])[:8] + "<!-- x -->" + b64(LETTER[1])[8:]),
})
def sealed_packet_with(w, change):
    """What a seal says nothing of, and a rebuild takes away."""
    return swap(sealed(w), *change)


@attack("absent", seal="invalid")
def sealed_element_doubled_among_many_others(w):
    """So much is odd in the packet that the second element is no longer told."""
    odd = "<edXML:La></edXML:La>" * 20_000
    text = swap(sealed(w), "<edXML:Subject>", "<edXML:Subject>Giả mạo</edXML:Subject><edXML:Subject>")
    return swap(text, "<edXML:From>", odd + "<edXML:From>")


@attack("absent", seal="invalid", each={"before": True, "after": False})
def sealed_envelope_doubled(w, before):
    """A second envelope with another header beside the sealed one."""
    text = sealed(w)
    sound = between(text, "  <edXML:edXMLEnvelope", "</edXML:edXMLEnvelope>\r\n")
    forged = sound.replace("H98.02", "H98.66")
    return swap(text, sound, forged + sound if before else sound + forged)


@attack("absent", seal="invalid")
def seal_that_lists_a_file_twice(w):
    """A file that did not arrive, under the name and digest of one that did."""
    return sealed(w, seal(files=(LETTER, LETTER, ANNEX)))


@attack("invalid", seal="valid|invalid")
def seal_beside_a_broken_signature(w):
    """A signature that is wrong says that somebody was there, whatever the seal says."""
    made = sign(packet(files=(*FILES, as_file(w.seal))), w.signer)
    return swap(made, "<edXML:Timestamp>2026", "<edXML:Timestamp>2025")


@genuine("placeholder", seal="valid", strict="yes")
def seal_beside_a_signature_that_was_rebuilt(w):
    """A hop puts the Signature into the packet's namespace."""
    made = sign(packet(files=(*FILES, as_file(w.seal))), w.signer)
    mark = element(made, "Signature")
    return swap(made, mark, mark.replace(f' xmlns="{DSIG}"', ""))


@genuine("absent", seal="valid")
def seal_of_no_files(w):
    """A packet without files."""
    return sealed(w, seal(files=()), files=())


@equal("absent", seal="valid", each={
    "cdata": ("H98.02", "<![CDATA[H98.02]]>"),
    "number": ("H98.02", "H98.&#48;2"),
    "mark": ("<?xml", "\ufeff<?xml"),
    "no-declaration": ('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
})
def seal_in_other_words(w, change):
    """Another spelling of the same seal."""
    return with_seal(swap(w.seal, *change))


@attack("absent", seal="invalid", reason="seal-differs")
def sealed_receiver_removed(w):
    """A receiver is taken off."""
    text = sealed(w)
    return swap(text, between(text, "        <edXML:To>", "</edXML:To>\r\n"), "")


FILE_SETS = {
    "other-bytes": (FORGED, ANNEX),
    "other-name": (("bản khác.pdf", *LETTER[1:]), ANNEX),
    "added": (LETTER, ANNEX, OTHER),
    "added-twin": (LETTER, LETTER, ANNEX),
    "added-namesake": (LETTER, FORGED, ANNEX),
    "removed": (LETTER,),
    "all-removed": (),
    "exchanged": ((LETTER[0], *ANNEX[1:]), (ANNEX[0], *LETTER[1:])),
    "other-case": ((LETTER[0].upper(), *LETTER[1:]), ANNEX),
    "grown": ((LETTER[0], LETTER[1] + b"\n", LETTER[2]), ANNEX),
    "wrapped-with-another": (zipped(LETTER[0], LETTER[1], more=[("b.pdf", b"x")]), ANNEX),
}


@attack("absent", seal="invalid", reason="seal-differs", each=FILE_SETS)
def sealed_files_changed(w, files):
    """A file is exchanged, renamed, added or taken away after sealing."""
    return sealed(w, files=files)


@attack("absent", seal="invalid", reason="seal-differs")
def seal_replayed(w):
    """The seal of one packet in another of the same sender, with the same files."""
    return with_seal(w.seal, document="H99.01-2026-99")


@attack("absent", seal="invalid", reason="seal-differs")
def seal_replayed_in_another_senders_packet(w):
    """A seal that was seen on the way makes the attacker's packet look sealed."""
    return with_seal(w.seal, sender="H98.77", document="H98.77-2026-1", files=(FORGED,))


@attack("valid", seal="invalid")
def seal_replayed_in_a_signed_packet(w):
    """A signed packet with another's seal: the signature holds, the whole is refused."""
    files = (*FILES, as_file(w.seal))
    return sign(packet(files=files, document="H99.01-2026-99"), w.signer)


TWO = {
    "equal": lambda w: (*FILES, as_file(w.seal), as_file(w.seal, "niem-phong-2.xml")),
    "second-of-another-packet": lambda w: (
        *FILES, as_file(w.seal), as_file(sign(seal(document="H99.01-2026-99"), w.signer), "b.xml")),
    "first-of-another-packet": lambda w: (
        as_file(sign(seal(document="H99.01-2026-99"), w.signer), "b.xml"), *FILES, as_file(w.seal)),
    "one-in-a-zip": lambda w: (*FILES, as_file(w.seal), zipped("b.xml", as_file(w.seal)[1])),
    "one-of-a-later-version": lambda w: (
        *FILES, as_file(w.seal), as_file(sign(seal().replace(SEAL, SEAL[:-1] + "2"), w.signer), "b.xml")),
    "one-of-the-attacker": lambda w: (*FILES, as_file(sign(seal(), w.self_signed), "b.xml"), as_file(w.seal)),
    "one-without-signature": lambda w: (*FILES, as_file(w.seal), as_file(seal().replace(PLACE, ""), "b.xml")),
}


@attack("absent", seal="invalid", reason="seal-repeated", each=TWO)
def seals_two(w, files):
    """Two seals: one is checked, the other is shown."""
    return packet(files=files(w), signature=False)


@attack("absent", seal="invalid", reason="seal-repeated")
def seal_that_lists_a_second_seal(w):
    """Each seal lists the other as a file, so that neither is `added`."""
    inner = as_file(w.seal, "b.xml")
    outer = sign(seal(files=(*FILES, inner)), w.signer)
    return with_seal(outer, files=(*FILES, inner))


# --- The seal itself was changed ---

IN_THE_SEAL = {
    "to": ("H98.02", "H98.66"),
    "digest-of-a-file": ("<Sha256>", "<Sha256>00"),
    "name-of-a-file": ("<AttachmentName>công", "<AttachmentName>cong"),
    "element-added": ("</MessageHeader>", "<DueDate>2026/05/01</DueDate></MessageHeader>"),
    "second-header": ("</MessageHeader>", "</MessageHeader><MessageHeader><From><OrganId>H99.66</OrganId></From></MessageHeader>"),
    "header-in-the-signature": ("</Signature>", "<Object><MessageHeader xmlns='urn:lienthong:seal:1'>"
                                "<From><OrganId>H99.66</OrganId></From></MessageHeader></Object></Signature>"),
    "comment": ("H98.02", "H98<!-- -->.02"),
    "comment-outside": ("</Seal>\n", "</Seal>\n<!-- x -->"),
    "instruction": ("H98.02", "H98<?x y?>.02"),
    "signature-twice": ("<Signature ", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"></Signature><Signature '),
    "signature-as-text": ("<SignatureValue>", "<SignatureValue>AAAA"),
    "junk": ("</Seal>\n", "</Seal>\nx"),
    "second-root": ("</Seal>\n", "</Seal>\n<Seal/>"),
}


@attack("absent", seal="invalid|unsupported", each=IN_THE_SEAL)
def seal_changed(w, change):
    """The seal is changed to fit a changed packet, or to say two things."""
    return with_seal(swap(w.seal, *change))


@attack("absent", seal="invalid")
def seal_and_packet_changed_alike(w):
    """Both say the same, and neither what was signed."""
    return with_seal(w.seal.replace("H98.02", "H98.66")).replace("H98.02", "H98.66")


SIGNED_SO = {
    "two-headers": ("</MessageHeader>", "</MessageHeader><MessageHeader><From><OrganId>H99.01</OrganId></From></MessageHeader>"),
    "two-lists": ("</Attachments>", "</Attachments><Attachments></Attachments>"),
    "no-list": ("<Attachments>", None),
    "two-digests": ("</Sha256>", "</Sha256><Sha256>00</Sha256>"),
    "upper-case-digest": ("<Sha256>", "<Sha256>A"),
    "no-digest": ("<Size>", "<Dai>"),
    "attribute": ("<To>", '<To x="1">'),
    "foreign-element": ("<To>", '<x:To xmlns:x="urn:x"></x:To><To>'),
    "unknown-element": ("<To>", "<Khac>x</Khac><To>"),
    "size-with-a-plus": ("<Size>", "<Size>+"),
}


@attack("absent", seal="invalid|unsupported", each=SIGNED_SO)
def seal_signed_in_another_form(w, change):
    """A signer's software is brought to sign a statement that can be read in two ways."""
    text = seal()
    old, new = change
    if new is None:
        return with_seal(sign(swap(text, element(text, "Attachments"), ""), w.signer))
    if new == "<Dai>":
        return with_seal(sign(text.replace("Size>", "Dai>"), w.signer))
    return with_seal(sign(swap(text, old, new), w.signer))


@attack("absent", seal="untrusted", each={
    "self-signed": "self_signed", "under-rogue": "under_rogue", "under-signer": "under_signer",
    "encipherer": "encipherer",
})
def seal_by(w, holder):
    """The attacker seals the forged packet with a key of its own."""
    statement = seal(files=(FORGED, ANNEX))
    return sealed(w, statement, getattr(w, holder), files=(FORGED, ANNEX))


@attack("absent", seal="invalid")
def seal_by_an_attacker_with_the_victims_certificate(w):
    """The attacker's value under the victim's certificate."""
    statement = seal(files=(FORGED, ANNEX))
    return sealed(w, statement, w.self_signed, files=(FORGED, ANNEX), keys=keys_of(w.signer))


@attack("absent", seal="untrusted", reason="signer-other-organ")
def seal_by_another_organ(w):
    """Another organ seals in the sender's name: only the map of organs can tell."""
    statement = seal(files=(FORGED, ANNEX))
    return sealed(w, statement, w.other_organ, files=(FORGED, ANNEX))


@attack("absent", seal="invalid|unsupported", each={
    "by-id": reference(' URI="#d"'), "xpath": reference(transforms=[
        ENVELOPED, '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>'
        "ancestor-or-self::*[local-name()='DocumentId']</XPath></Transform>", EXCLUSIVE]),
})
def seal_whose_signature_covers_a_part(w, ref):
    """A seal of which one field is signed, and the rest is the attacker's."""
    statement = swap(seal(), "<DocumentId>", '<DocumentId Id="d">') if "#d" in ref else seal()
    text = sign(statement, w.signer, [ref], ids=[f"{SEAL}:DocumentId"])
    changed = text.replace("H98.02", "H98.66")
    return with_seal(changed).replace("H98.02", "H98.66")


@attack("absent", seal="invalid|unsupported")
def seal_with_its_signature_first(w):
    """The signature at another place than the last."""
    text = seal().replace(PLACE, "")
    return with_seal(sign(swap(text, "  <MessageHeader>", f"  {PLACE}<MessageHeader>"), w.signer))


@attack("absent", seal="absent|invalid|unsupported|placeholder")
def seal_without_a_signature(w):
    """A statement that nobody signed."""
    return with_seal(seal().replace(PLACE, ""))


@attack("absent", seal="placeholder|invalid|absent")
def seal_with_a_stub(w):
    """A statement under the block that is in circulation."""
    return with_seal(seal().replace(PLACE, w.stub))


@attack("absent", seal="invalid|unsupported", reason="seal-too-large")
def seal_of_3_mib(w):
    """A seal that costs memory before it is known to be worthless."""
    text = swap(w.seal, "Về việc thử", "a" * 3 * 1024 * 1024)
    return with_seal(text)


@attack("absent", seal="absent|invalid|unsupported", each={
    "inside-an-element": lambda text: f'<x>{text[text.index("<Seal"):]}</x>'.encode(),
    "behind-a-long-comment": lambda text: (text.replace("<Seal", "<!--" + "x" * 5000 + "--><Seal", 1)).encode(),
    "behind-space": lambda text: (text.replace("<Seal", " " * 5000 + "<Seal", 1)).encode(),
    "in-utf-16": lambda text: b"\xff\xfe" + text.replace("UTF-8", "UTF-16").encode("utf-16-le"),
    "behind-a-doctype": lambda text: text.replace("<Seal", "<!DOCTYPE Seal><Seal", 1).encode(),
    "cut": lambda text: text[: len(text) // 2].encode(),
    "in-another-namespace": lambda text: text.replace(SEAL, "urn:lien-thong:seal:1").encode(),
    "under-another-name": lambda text: text.replace("Seal", "NiemPhong").encode(),
})
def seal_hidden(w, change):
    """A seal in a form in which it may go unseen: it proves nothing then."""
    return with_seal(change(w.seal))


@attack("absent", seal="absent|invalid|unsupported")
def seal_in_a_zip_with_another_file(w):
    """A ZIP of two files is one attachment: the seal in it is not the packet's."""
    name, content, _ = as_file(w.seal)
    return packet(files=(*FILES, zipped(name, content, more=[("b.txt", b"b")])), signature=False)


@attack("invalid|unsupported|placeholder|absent", seal="absent|invalid|unsupported")
def seal_in_the_header(w):
    """The seal as an element of the packet, where its signature could pass for the packet's."""
    text = w.seal[w.seal.index("<Seal") :].rstrip()
    return swap(packet(signature=False), "    </edXML:edXMLHeader>", f"{text}</edXML:edXMLHeader>")


@attack("invalid|unsupported", seal="absent|invalid")
def seal_signature_in_the_header(w):
    """The seal's signature is put into the packet's header."""
    return packet().replace(PLACE, element(w.seal, "Signature"))
