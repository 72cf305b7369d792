"""Attacks by place: what was signed lies where nobody reads, what is read was not signed."""
from corpus import attack
from packets import (ANNEX, FORGED, LETTER, PLACE, QCVN, attachment, between, element, header,
                     packet, swap)
from signing import (DSIG, DSIG11, EXCLUSIVE, b64, by_xmlsec1, reference, sign, sign_own,
                     signature, signed_info)

# How the original was signed: whole, as this library and all genuine packets do, or by its id,
# for which wrapping was invented.
BOTH = {"whole": False, "by-id": True}
IDS = [f"{QCVN}:{name}" for name in ("edXML", "edXMLEnvelope", "MessageHeader")]


def original(w, by_id, on="edXML"):
    """A signed packet without its declaration, and its signature."""
    text = packet()
    if not by_id:
        text = w.signed
    else:
        tag = "<edXML " if on == "edXML" else f"<edXML:{on}"
        text = swap(text, tag, tag.rstrip() + ' Id="goc" ' if on == "edXML" else tag + ' Id="goc"')
        text = text.replace('Id="goc"  ', 'Id="goc" ')
        text = sign(text, w.signer, [reference(' URI="#goc"')], ids=IDS)
    text = text[text.index("<edXML") :].rstrip()
    return text, element(text, "Signature")


def forged(mark=PLACE):
    """What the attacker wants to be read."""
    return packet(files=(FORGED, ANNEX), document="H99.01-2026-99").replace(PLACE, mark, 1)


@attack("invalid|unsupported", each=BOTH)
def wrapping_1_original_at_the_end(w, by_id):
    """A forged packet is read; the original, an unknown child at its end, feeds the digest."""
    text, mark = original(w, by_id)
    rest = text.replace(mark, "")
    return swap(forged(mark), "</AttachmentEncoded>\r\n", f"</AttachmentEncoded>\r\n{rest}\r\n")


@attack("invalid|unsupported", each=BOTH)
def wrapping_2_original_before_the_envelope(w, by_id):
    """The first element of the root is the original, and a forged envelope follows."""
    text, mark = original(w, by_id)
    rest = text.replace(mark, "")
    return swap(forged(mark), "  <edXML:edXMLEnvelope", f"{rest}\r\n  <edXML:edXMLEnvelope")


@attack("invalid|unsupported", each=BOTH)
def wrapping_3_original_in_object(w, by_id):
    """The original hides in the Signature's Object, where a forged header and files surround it."""
    text, mark = original(w, by_id)
    rest = text.replace(mark, "")
    return forged(swap(mark, "</Signature>", f"<Object>{rest}</Object></Signature>"))


@attack("invalid|unsupported", each=BOTH)
def wrapping_4_original_with_its_signature_nested(w, by_id):
    """The whole signed packet lies in a forged one that has no signature of its own."""
    text, _ = original(w, by_id)
    return swap(forged(""), "</AttachmentEncoded>\r\n", f"</AttachmentEncoded>\r\n{text}\r\n")


@attack("invalid|unsupported", each=BOTH)
def wrapping_5_original_in_an_attachment(w, by_id):
    """The original lies between the elements of a forged attachment."""
    text, mark = original(w, by_id)
    rest = text.replace(mark, "")
    return swap(forged(mark), "    </Attachment>", f"{rest}\r\n    </Attachment>")


@attack("invalid|unsupported", each=BOTH)
def wrapping_6_original_in_the_header(w, by_id):
    """The original stands in the forged header as an extension that readers pass over."""
    text, mark = original(w, by_id)
    rest = f'<x:Extensions xmlns:x="urn:thi-du">{text.replace(mark, "")}</x:Extensions>'
    return swap(forged(mark), "      <edXML:TraceHeaderList>", f"{rest}\r\n      <edXML:TraceHeaderList>")


@attack("invalid|unsupported", each=BOTH)
def wrapping_7_forged_in_the_original(w, by_id):
    """The original stays the root and a forged packet stands before its envelope, so that readers who search by name take it."""
    text, _ = original(w, by_id)
    inner = forged("")[forged("").index("<edXML") :].rstrip()
    return swap(text, "  <edXML:edXMLEnvelope", f"{inner}\r\n  <edXML:edXMLEnvelope")


@attack("invalid|unsupported", each=BOTH)
def wrapping_8_original_as_the_header_of_the_forged(w, by_id):
    """The signed original takes the place of an organ name, a text that nobody takes apart."""
    text, mark = original(w, by_id)
    rest = text.replace(mark, "")
    return swap(forged(mark), "Sở Thí dụ</edXML:OrganName>", f"{rest}</edXML:OrganName>")


@attack("invalid|unsupported", each={"before": True, "after": False})
def wrapping_a_second_envelope(w, before):
    """Only the envelope was signed by its id; a second one with a forged header is read."""
    text, _ = original(w, True, "edXMLEnvelope")
    forgery = between(forged(""), "<edXML:edXMLEnvelope", "</edXML:edXMLEnvelope>")
    if before:
        return swap(text, "  <edXML:edXMLEnvelope", f"  {forgery}\r\n  <edXML:edXMLEnvelope")
    return swap(text, "  <AttachmentEncoded>", f"  {forgery}\r\n  <AttachmentEncoded>")


@attack("invalid|unsupported")
def wrapping_only_the_header_was_signed(w):
    """A signature over the header alone holds while the files are exchanged."""
    text, _ = original(w, True, "MessageHeader")
    return swap(text, b64(LETTER[1]), b64(FORGED[1]))


@attack("invalid|unsupported")
def wrapping_a_second_message_header(w):
    """The signed header stays; a second one with other receivers is read, since the last wins."""
    text, _ = original(w, True, "MessageHeader")
    second = header(document="H99.01-2026-99")
    return swap(text, "</edXML:MessageHeader>\r\n", f"</edXML:MessageHeader>\r\n{second}\r\n")


@attack("invalid|unsupported", each={"root-first": False, "inner-first": True})
def wrapping_by_two_equal_ids(w, inner_first):
    """Two elements have the signed id: the digest takes one, the reader the other."""
    text, mark = original(w, True)
    rest = text.replace(mark, "")
    forgery = forged(mark)
    forgery = swap(forgery, "<edXML xmlns", '<edXML Id="goc" xmlns')
    if inner_first:
        return swap(forgery, "  <edXML:edXMLEnvelope", f"{rest}\r\n  <edXML:edXMLEnvelope")
    return swap(forgery, "</AttachmentEncoded>\r\n", f"</AttachmentEncoded>\r\n{rest}\r\n")


# --- What is inside a Signature is outside the digest. ---


@attack("invalid", reason="packet-in-signature", each={
    "packet": lambda: forged("")[forged("").index("<edXML") :].rstrip(),
    "header": lambda: header(document="H99.01-2026-99"),
    "attachments": lambda: f'<AttachmentEncoded xmlns="{QCVN}">{attachment(*FORGED)}</AttachmentEncoded>',
})
def object_smuggles(w, what):
    """Content in Signature/Object is signed by nobody, yet found by readers who search by name."""
    return swap(w.signed, "</Signature>", f"<Object>{what()}</Object></Signature>")


@attack("invalid|unsupported")
def object_smuggles_a_file(w):
    """A forged file in Signature/Object, for software that stores what it finds there."""
    inner = f'<Object MimeType="application/pdf" Encoding="{DSIG}base64">{b64(FORGED[1])}</Object>'
    return swap(w.signed, "</Signature>", inner + "</Signature>")


@attack("invalid|unsupported")
def object_smuggles_before_signed_info(w):
    """An Object before SignedInfo, where a lenient parser looks first."""
    inner = f"<Object>{header(document='H99.01-2026-99')}</Object><SignedInfo>"
    return swap(w.signed, "<SignedInfo>", inner)


SMUGGLED = {
    "key-info": ("<KeyInfo>", "<KeyInfo>{}"),
    "x509-data": ("<X509Data>", "<X509Data>{}"),
    "key-name": ("<KeyInfo>", "<KeyInfo><KeyName>{}</KeyName>"),
    "signature-value": ("<SignatureValue>", "<SignatureValue>{}"),
    "end": ("</Signature>", "{}</Signature>"),
    "signature-properties": (
        "</Signature>",
        '<Object><SignatureProperties><SignatureProperty Target="#x">{}'
        "</SignatureProperty></SignatureProperties></Object></Signature>",
    ),
    "spki-data": ("<KeyInfo>", "<KeyInfo><SPKIData>{}</SPKIData>"),
    "pgp-data": ("<KeyInfo>", "<KeyInfo><PGPData>{}</PGPData>"),
}


@attack("invalid", each=SMUGGLED)
def header_smuggled_in(w, place):
    """A forged header in a part of the Signature that is not signed."""
    old, new = place
    return swap(w.signed, old, new.format(header(document="H99.01-2026-99")))


@attack("invalid|unsupported")
def header_smuggled_in_signed_info(w):
    """A forged header inside SignedInfo, hoping that it is not part of what is verified."""
    return swap(w.signed, "</Reference>", "</Reference>" + header(document="H99.01-2026-99"))


@attack("invalid")
def text_smuggled_between_the_parts(w):
    """Text of its own between the parts of the Signature, which no digest covers."""
    return swap(w.signed, "</SignedInfo>", "</SignedInfo>Chuyen gap cho H98.66")


@attack("invalid|unsupported")
def attribute_smuggled_on_the_signature(w):
    """An attribute that no digest covers carries a message on a validly signed packet."""
    return swap(w.signed, f'<Signature xmlns="{DSIG}"',
                f'<Signature xmlns="{DSIG}" xmlns:x="{QCVN}" x:OrganId="H98.66"')


@attack("invalid|unsupported")
def manifest_instead_of_the_packet(w):
    """The reference covers a Manifest, whose own references nobody has to check."""
    inner = reference(value=b64(bytes(32)))
    manifest = f'<Manifest Id="m">{inner}</Manifest>'
    refs = [reference(' Type="http://www.w3.org/2000/09/xmldsig#Manifest" URI="#m"', [EXCLUSIVE])]
    empty = signature(signed_info(*refs), rest=f"<Object>{manifest}</Object>")
    made = by_xmlsec1(packet().replace(PLACE, empty), w.signer, ids=[f"{DSIG}:Manifest"])
    return swap(made, "Về việc thử nghiệm", "Về việc giả mạo")


@attack("invalid|unsupported")
def manifest_beside_the_packet(w):
    """A Manifest that nobody signed lends its references to whoever counts them all."""
    inner = reference(value=b64(bytes(32)))
    return swap(w.signed, "</Signature>", f"<Object><Manifest>{inner}</Manifest></Object></Signature>")


@attack("invalid|unsupported|untrusted", each={
    "http": '<RetrievalMethod URI="http://127.0.0.1:9/key"></RetrievalMethod>',
    "file": '<RetrievalMethod URI="file:///etc/hostname"></RetrievalMethod>',
    "loop": '<RetrievalMethod URI="#k"></RetrievalMethod>',
    "xslt": '<RetrievalMethod URI=""><Transforms><Transform '
            'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></Transform></Transforms></RetrievalMethod>',
    "reference": f'<KeyInfoReference xmlns="{DSIG11}" URI="http://127.0.0.1:9/key"></KeyInfoReference>',
})
def retrieval_method(w, method):
    """The verifier is made to fetch a key from where the attacker says, or to run in circles."""
    keys = f'<KeyInfo Id="k">{method}</KeyInfo>'
    return swap(w.signed, element(w.signed, "KeyInfo"), keys)


@attack("invalid|unsupported")
def retrieval_method_beside_a_certificate(w):
    """A fetch from the attacker's address, on a packet that would verify without it."""
    return swap(w.signed, "<KeyInfo>",
                '<KeyInfo><RetrievalMethod URI="http://127.0.0.1:9/key"></RetrievalMethod>')


# --- More than one Signature, or one that stands elsewhere ---


@attack("invalid")
def signature_doubled(w):
    """Two equal signatures: each verifies for whoever leaves out the other."""
    mark = element(w.signed, "Signature")
    return w.signed.replace(mark, mark + mark)


@attack("invalid", each={"first": True, "last": False})
def signature_of_the_attacker_beside(w, first):
    """The attacker signs the forged packet too: one verifier checks one, the other the other."""
    theirs = element(w.signed, "Signature")
    mine = element(sign(forged(), w.self_signed), "Signature")
    return forged(mine + theirs if first else theirs + mine)


@attack("invalid")
def signature_over_a_signed_packet(w):
    """An attacker's signature over everything, the first signature in it included."""
    text = swap(w.signed, "<Signature ", PLACE + "<Signature ")
    return sign(text, w.self_signed)


MOVED = {
    "in-the-message-header": "</edXML:MessageHeader>",
    "in-the-trace-headers": "</edXML:TraceHeaderList>",
    "in-the-body": "</edXML:edXMLBody>",
    "in-the-manifest": "</edXML:edXMLManifest>",
    "in-the-envelope": "</edXML:edXMLEnvelope>",
    "in-the-attachments": "  </AttachmentEncoded>",
    "in-an-attachment": "    </Attachment>",
    "in-a-file": "</edXML:ContentTransferEncoded>",
    "before-the-envelope": "  <edXML:edXMLEnvelope",
    "at-the-end": "</edXML>",
}


@attack("invalid|unsupported", each=MOVED)
def signature_moved(w, place):
    """The digest does not say where the Signature stood, so it moves to where readers trip."""
    mark = element(w.signed, "Signature")
    text = w.signed.replace(mark, "")
    return swap(text, place, mark + place)


@attack("invalid|unsupported")
def signature_around_the_packet(w):
    """The root is the Signature and the packet its Object (an enveloping signature)."""
    text = packet(signature=False)
    text = text[text.index("<edXML") :].rstrip()
    ref = reference(' URI="#o"', [EXCLUSIVE])
    rest = f'<Object Id="o">{text}</Object>'
    made = by_xmlsec1(signature(signed_info(ref), rest=rest), w.signer, ids=[f"{DSIG}:Object"])
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + made


@attack("invalid|unsupported")
def signature_in_a_signature(w):
    """A second Signature inside the first one's Object, where no digest sees it."""
    inner = element(w.signed, "Signature")
    return swap(w.signed, "</Signature>", f"<Object>{inner}</Object></Signature>")


@attack("invalid|unsupported|placeholder")
def signature_of_the_attacker_in_a_stub(w):
    """An honest signer signs a packet whose stub hides the attacker's signature: others take the first they find."""
    mine = element(sign(forged(), w.self_signed), "Signature")
    stub = swap(w.stub, "</Signature>", mine + "</Signature>")
    return sign_own(packet().replace(PLACE, stub + PLACE), w.signer)


# --- References ---


@attack("invalid|unsupported", each={
    "id": ' URI="#khong-co"',
    "missing": "",
    "root-pointer": ' URI="#xpointer(/)"',
    "id-pointer": ' URI="#xpointer(id(&apos;goc&apos;))"',
    "http": ' URI="http://127.0.0.1:9/goc.xml"',
    "file": ' URI="file:///etc/hostname"',
    "relative": ' URI="goc.xml"',
    "fragment": ' URI="#"',
    "space": ' URI=" "',
    "cid": ' URI="cid:f2993adc6731ce633cf26aebbd7c0f49"',
    "twice": ' URI="" uri="#goc"',
    "in-another-namespace": f' xmlns:d="{DSIG}" d:URI=""',
})
def reference_uri(w, uri):
    """The digest is taken of something else than the packet, under a signer's own signature."""
    return sign_own(packet(), w.signer, change=lambda info: swap(info, ' URI=""', uri))


@attack("invalid|unsupported")
def reference_missing(w):
    """Nothing is referenced, so nothing can differ."""
    return sign_own(packet(), w.signer,
                    change=lambda info: swap(info, between(info, "<Reference", "</Reference>"), ""))


@attack("invalid|unsupported")
def reference_doubled(w):
    """The same reference twice: work for the verifier, and a place to differ."""
    def change(info):
        ref = between(info, "<Reference", "</Reference>")
        return swap(info, ref, ref + ref)
    return sign_own(packet(), w.signer, change=change)


@attack("invalid|unsupported")
def reference_to_something_else_beside(w):
    """A second reference whose digest is right lets a verifier forget the first, which is wrong."""
    refs = [reference(), reference(' URI="#k"', [EXCLUSIVE])]
    made = sign(packet(), w.signer, refs, rest='<Object Id="k">x</Object>', ids=[f"{DSIG}:Object"])
    return swap(made, "Về việc thử nghiệm", "Về việc giả mạo")


@attack("invalid|unsupported")
def references_by_the_hundred(w):
    """A hundred references over the whole packet make the verifier work a hundred times."""
    def change(info):
        ref = between(info, "<Reference", "</Reference>")
        return swap(info, ref, ref * 100)
    return sign_own(packet(), w.signer, change=change)
