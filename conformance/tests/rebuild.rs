//! The rules of a rebuild, one test each, in the flavours they belong to.
// Helpers outside `#[test]` functions are tests, too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod rebuild_support;

use std::io::{self, Read, Write};

use lienthong_conformance::rebuild::{Flavour, RebuildFailure, Uuids, rebuild};
use rebuild_support::*;

const SEEN: Flavour = Flavour::AsSeen;
const OLD: Flavour = Flavour::V0_0_3;

#[track_caller]
fn has(packet: &str, part: &str) {
    assert!(packet.contains(part), "no {part:?} in\n{packet}");
}

#[track_caller]
fn has_not(packet: &str, part: &str) {
    assert!(!packet.contains(part), "{part:?} in\n{packet}");
}

/// The names of the elements that open, in order.
fn names(packet: &str) -> Vec<&str> {
    packet
        .split('<')
        .filter(|part| !part.starts_with(['/', '?']))
        .filter_map(|part| part.split([' ', '>']).next())
        .filter(|name| !name.is_empty())
        .map(|name| name.rsplit(':').next().unwrap())
        .collect()
}

// --- Order and form ---

#[test]
fn the_whole_shape_as_seen() {
    let mut parts = Parts::message("<OtherInfo><Priority>2</Priority></OtherInfo><ResponseFor/>");
    parts.manifest = "<Reference><AttachmentName>a.pdf</AttachmentName>\
        <ContentType>application/pdf</ContentType><ContentId>cid:1</ContentId></Reference>"
        .into();
    parts.attachments = attachment("cid:1", "a.pdf", "application/zip", b"%PDF");
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">
  <edXML:edXMLEnvelope xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>H41.02</edXML:OrganId>
        </edXML:From>
        <edXML:To>
          <edXML:OrganId>H14.03</edXML:OrganId>
        </edXML:To>
        <edXML:DocumentId>doc-1</edXML:DocumentId>
        <edXML:OtherInfo>
          <edXML:Priority>2</edXML:Priority>
          <edXML:Direction>false</edXML:Direction>
        </edXML:OtherInfo>
        <edXML:ResponseFor />
        <edXML:SteeringType>1</edXML:SteeringType>
      </edXML:MessageHeader>
      <edXML:TraceHeaderList>
        <edXML:TraceHeader>
          <edXML:OrganId>001.00.20.TT2</edXML:OrganId>
          <edXML:Timestamp>2026/05/17 18:16:33</edXML:Timestamp>
        </edXML:TraceHeader>
      </edXML:TraceHeaderList>
    </edXML:edXMLHeader>
    <edXML:edXMLBody>
      <edXML:edXMLManifest version=\"1.0\">
        <edXML:Reference>
          <edXML:ContentId>cid:1</edXML:ContentId>
          <edXML:ContentType>application/pdf</edXML:ContentType>
          <edXML:AttachmentName>a.pdf</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded>
    <Attachment>
      <ContentId>cid:1</ContentId>
      <AttachmentName>a.pdf</AttachmentName>
      <ContentType>application/zip</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">JVBERg==</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
</edXML>
";
    assert_eq!(parts.rebuilt(SEEN), expected.replace('\n', "\r\n"));
}

#[test]
fn elements_come_in_write_order() {
    let parts = Parts::message(
        "<ToPlaces><Place>a</Place></ToPlaces><ApplicationType>MCDT_DT</ApplicationType>\
         <ResponseForTask><TaskCode>t</TaskCode></ResponseForTask><ResponseFor/>\
         <OtherInfo><Appendixes/><ReferenceCodes>r</ReferenceCodes><Direction>true</Direction>\
         <ReplyFors>r</ReplyFors><PageAmount>3</PageAmount>\
         <PromulgationAmount>2</PromulgationAmount><TyperNotation>t</TyperNotation>\
         <SphereOfPromulgation>s</SphereOfPromulgation><Priority>1</Priority></OtherInfo>\
         <DueDate>2026/01/01</DueDate><SignerInfo/><Content>c</Content><Subject>s</Subject>\
         <DocumentType><TypeName>n</TypeName><Type>1</Type></DocumentType>\
         <PromulgationInfo/><Code><CodeNotation>b</CodeNotation><CodeNumber>1</CodeNumber></Code>",
    );
    let all = [
        "From",
        "OrganId",
        "To",
        "OrganId",
        "DocumentId",
        "Code",
        "CodeNumber",
        "CodeNotation",
        "PromulgationInfo",
        "DocumentType",
        "Type",
        "TypeName",
        "Subject",
        "Content",
        "SignerInfo",
        "DueDate",
        "OtherInfo",
        "Priority",
        "SphereOfPromulgation",
        "TyperNotation",
        "PromulgationAmount",
        "PageAmount",
        "ReplyFors",
        "Direction",
        "ReferenceCodes",
        "Appendixes",
        "ResponseFor",
        "SteeringType",
        "ResponseForTask",
        "TaskCode",
        "ApplicationType",
        "ToPlaces",
        "Place",
    ];
    let gone = ["ResponseForTask", "TaskCode", "ToPlaces"];
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        let header = out.split("</edXML:MessageHeader>").next().unwrap();
        let expected: Vec<_> = all
            .into_iter()
            .filter(|name| flavour == SEEN || !gone.contains(name))
            .take_while(|name| flavour == SEEN || *name != "Place")
            .collect();
        assert_eq!(names(header)[4..], expected, "{flavour:?}");
    }
}

#[test]
fn the_trace_comes_in_write_order() {
    let parts = Parts::header(
        "<TraceHeaderList><TraceHeader><Timestamp>2026/01/01 00:00:00</Timestamp>\
         <OrganId>A</OrganId></TraceHeader><Bussiness><StaffInfo><Mobile>1</Mobile>\
         <StaffId>2</StaffId></StaffInfo><ReplacementInfoList><ReplacementInfo>\
         <OrganIdList><OrganId>B</OrganId></OrganIdList><DocumentId>d</DocumentId>\
         </ReplacementInfo></ReplacementInfoList><BussinessDocumentInfo>\
         <ReceiverList><Receiver><ReceiverType>0</ReceiverType><OrganId>C</OrganId></Receiver>\
         </ReceiverList><DocumentReceiver>1</DocumentReceiver><DocumentInfo>0</DocumentInfo>\
         </BussinessDocumentInfo><Paper>0</Paper><BussinessDocReason>r</BussinessDocReason>\
         <BussinessDocType>2</BussinessDocType><DocumentId>e</DocumentId></Bussiness>\
         </TraceHeaderList>",
    );
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        let trace = out.split("<edXML:TraceHeaderList>").nth(1).unwrap();
        let trace = trace.split("</edXML:TraceHeaderList>").next().unwrap();
        let expected = [
            "Bussiness",
            "DocumentId",
            "BussinessDocType",
            "BussinessDocReason",
            "Paper",
            "BussinessDocumentInfo",
            "DocumentInfo",
            "DocumentReceiver",
            "ReceiverList",
            "Receiver",
            "OrganId",
            "ReceiverType",
            "ReplacementInfoList",
            "ReplacementInfo",
            "DocumentId",
            "OrganIdList",
            "OrganId",
            "StaffInfo",
            "StaffId",
            "Mobile",
            "TraceHeader",
            "OrganId",
            "Timestamp",
        ];
        let names: Vec<_> = names(trace)
            .into_iter()
            .filter(|name| !name.trim().is_empty())
            .collect();
        assert_eq!(names[..expected.len()], expected, "{flavour:?}");
    }
}

#[test]
fn comments_instructions_cdata_and_foreign_attributes_go() {
    let parts = Parts::message(
        "<!-- c --><?pi x?><Subject x:y=\"1\" xmlns:x=\"urn:x\" id=\"2\">a<!-- c --><![CDATA[<b>&]]>c</Subject>",
    );
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has(&out, "<edXML:Subject>a&lt;b&gt;&amp;c</edXML:Subject>");
        for gone in ["<!--", "<?pi", "CDATA", "urn:x"] {
            has_not(&out, gone);
        }
    }
}

#[test]
fn attributes_of_the_trace_list_and_unknown_elements_go() {
    let mut parts = Parts::header(
        "<TraceHeaderList id=\"1\" mustUnderstand=\"1\"><TraceHeader/><New>z</New>\
         </TraceHeaderList><Other><Subject>z</Subject></Other>",
    );
    parts.message = "<Strange><Subject>z</Subject></Strange><Code><More>z</More></Code>".into();
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has(&out, "<edXML:TraceHeaderList>");
        has_not(&out, ">z<");
        has_not(&out, "Strange");
    }
}

#[test]
fn text_is_trimmed_and_white_space_alone_leaves_an_empty_element() {
    let parts = Parts::message("<Subject>\n \t a  b\n </Subject><Content> \n </Content>");
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has(&out, "<edXML:Subject>a  b</edXML:Subject>");
        has(&out, "<edXML:Content />");
    }
}

#[test]
fn line_feeds_cr_and_characters_beyond_the_bmp_change_their_form() {
    let parts = Parts::message("<Subject>a\nb&#13;c\u{1F600}ế</Subject>");
    for flavour in BOTH {
        has(
            &parts.rebuilt(flavour),
            "<edXML:Subject>a\r\nb&#xD;c&#x1F600;ế</edXML:Subject>",
        );
    }
}

#[test]
fn the_last_from_wins() {
    let mut parts = Parts::default();
    parts.from += "<From><OrganId>LAST</OrganId></From>";
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has(&out, "LAST");
        has_not(&out, "H41.02");
    }
}

#[test]
fn the_last_message_header_wins() {
    let mut parts = Parts::default();
    parts.header = format!(
        "<MessageHeader>{}<DocumentId>LAST</DocumentId></MessageHeader>",
        parts.to
    );
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has(&out, "LAST");
        has_not(&out, "doc-1");
    }
}

#[test]
fn the_last_root_attachment_encoded_wins() {
    let one = attachment("cid:1", "one.pdf", "application/pdf", b"1");
    let two = attachment("cid:2", "two.pdf", "application/pdf", b"2");
    let parts = Parts::attachments(&format!(
        "{one}</AttachmentEncoded><AttachmentEncoded>{two}"
    ));
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has_not(&out, "one.pdf");
        assert_eq!(data(&out), [b"2"], "{flavour:?}");
    }
}

#[test]
fn a_packet_without_files_keeps_empty_lists() {
    for flavour in BOTH {
        let out = Parts::default().rebuilt(flavour);
        has(&out, "<edXML:edXMLManifest version=\"1.0\" />");
        has(&out, "<AttachmentEncoded />");
    }
}

// --- As seen ---

#[test]
fn as_seen_appends_its_trace_header_after_those_that_are_there() {
    let parts = Parts::header(
        "<TraceHeaderList><TraceHeader><OrganId>A</OrganId></TraceHeader><Bussiness>\
         <Paper>1</Paper></Bussiness></TraceHeaderList>",
    );
    let out = parts.rebuilt(SEEN);
    let (before, after) = out.split_once("<edXML:OrganId>A<").unwrap();
    has(before, "Bussiness");
    has(after, &format!("<edXML:OrganId>{HOP}</edXML:OrganId>"));
    has(after, &format!("<edXML:Timestamp>{NOW}</edXML:Timestamp>"));
    let out = parts.rebuilt(OLD);
    has_not(&out, HOP);
}

#[test]
fn as_seen_adds_direction_false_only_inside_other_info() {
    has_not(&Parts::default().rebuilt(SEEN), "Direction");
    let out = Parts::message("<OtherInfo/>").rebuilt(SEEN);
    has(&out, "<edXML:Direction>false</edXML:Direction>");
    has_not(&out, "Priority");
    has_not(&out, "Amount");
    let parts = Parts::message("<OtherInfo><Direction>true</Direction></OtherInfo>");
    has_not(&parts.rebuilt(SEEN), "false");
}

#[test]
fn as_seen_makes_nothing_else_up_and_drops_nothing_else() {
    let mut parts = Parts::message(
        "<ToPlaces><Place>Các bộ</Place></ToPlaces><DueDate>2014/02/30</DueDate>\
         <ResponseForTask><TaskCode>T1</TaskCode></ResponseForTask>",
    );
    parts.id = String::new();
    parts.steering = String::new();
    parts.from = "<From/>".into();
    let out = parts.rebuilt(SEEN);
    for kept in ["Các bộ", "2014/02/30", "T1", "<edXML:From />"] {
        has(&out, kept);
    }
    for absent in ["SteeringType", "DocumentId", "DocumentType"] {
        has_not(&out, absent);
    }
}

#[test]
fn as_seen_keeps_one_cid() {
    for (id, expected) in [("cid:1", "cid:1"), ("cid:cid:1", "cid:1"), ("1", "1")] {
        let mut parts = Parts::attachments(&attachment(id, "a.pdf", "application/pdf", b"x"));
        parts.manifest = format!("<Reference><ContentId>{id}</ContentId></Reference>");
        let out = parts.rebuilt(SEEN);
        has(&out, &format!("<ContentId>{expected}</ContentId>"));
        has(
            &out,
            &format!("<edXML:ContentId>{expected}</edXML:ContentId>"),
        );
    }
}

#[test]
fn as_seen_keeps_attachments_as_they_are() {
    let parts = Parts::attachments(
        "<Attachment><ContentId>7</ContentId><ContentTransferEncoded>\n REDACTED &amp; \n gone\
         </ContentTransferEncoded></Attachment>",
    );
    let out = parts.rebuilt(SEEN);
    has(&out, ">REDACTED&amp;gone</edXML:ContentTransferEncoded>");
    has_not(&out, "ContentType");
}

#[test]
fn as_seen_fails_on_none_of_what_0_0_3_fails_on_but_the_envelope() {
    let mut parts = Parts::attachments("<Attachment/>");
    parts.to = String::new();
    parts.steering = "<SteeringType> </SteeringType>".into();
    parts.header = "<Signature><SignedInfo/></Signature>".into();
    parts.rebuilt(SEEN);
}

#[test]
fn as_seen_twice_changes_nothing_but_the_trace() {
    let parts = Parts::message("<Subject>a\nb&#13;\nc</Subject><OtherInfo/>");
    let once = parts.rebuilt(SEEN);
    let twice = rebuilt(&once, SEEN);
    let without = |packet: &str| {
        let (head, rest) = packet.split_once("<edXML:TraceHeaderList>").unwrap();
        let tail = rest.split_once("</edXML:TraceHeaderList>").unwrap().1;
        format!("{head}{tail}")
    };
    assert_eq!(without(&once), without(&twice));
    assert_eq!(twice.matches(HOP).count(), 2);
}

// --- 0.0.3: made up ---

#[test]
fn steering_type_0_is_made_up() {
    let mut parts = Parts::message("");
    parts.steering = String::new();
    has(
        &parts.rebuilt(OLD),
        "<edXML:SteeringType>0</edXML:SteeringType>",
    );
}

#[test]
fn a_missing_document_id_is_made_up_and_an_empty_one_dropped() {
    let mut parts = Parts::message("");
    parts.id = String::new();
    let mut options = options(OLD);
    options.uuids = Uuids::from_fn(|| "made-up".to_owned());
    let mut out = Vec::new();
    rebuild(parts.xml().as_bytes(), &mut out, options).unwrap();
    let out = String::from_utf8(out).unwrap();
    has(
        &out,
        "</edXML:To>\r\n        <edXML:DocumentId>made-up</edXML:DocumentId>",
    );
    parts.id = "<DocumentId></DocumentId>".into();
    has_not(&parts.rebuilt(OLD), "<edXML:DocumentId");
}

#[test]
fn made_up_ids_come_from_the_seed_and_look_like_uuids() {
    let (mut a, mut b, mut c) = (Uuids::seeded(1), Uuids::seeded(1), Uuids::seeded(2));
    let first = a.take();
    assert_eq!(first, b.take());
    assert_ne!(first, c.take());
    assert_ne!(first, a.take());
    let parts: Vec<_> = first.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(&first[14..15], "4");
}

#[test]
fn type_2_is_made_up_where_absent_or_no_number() {
    for kind in [
        "",
        "<DocumentType/>",
        "<DocumentType><Type>x</Type></DocumentType>",
        "<DocumentType><Type> </Type></DocumentType>",
    ] {
        has(
            &Parts::message(kind).rebuilt(OLD),
            "<edXML:Type>2</edXML:Type>",
        );
    }
    let parts = Parts::message("<DocumentType><TypeName>n</TypeName><Type>1</Type></DocumentType>");
    let out = parts.rebuilt(OLD);
    has(
        &out,
        "<edXML:Type>1</edXML:Type>\r\n          <edXML:TypeName>",
    );
}

#[test]
fn values_are_made_up_inside_an_existing_other_info_only() {
    has_not(&Parts::default().rebuilt(OLD), "OtherInfo");
    let out = Parts::message("<OtherInfo/>").rebuilt(OLD);
    let (_, other) = out.split_once("<edXML:OtherInfo>").unwrap();
    let names: Vec<_> = names(other)
        .into_iter()
        .filter(|name| !name.trim().is_empty())
        .collect();
    let expected = ["Priority", "PromulgationAmount", "PageAmount", "Direction"];
    assert_eq!(names[..4], expected);
    for made_up in [
        "Priority>0",
        "PromulgationAmount>1",
        "PageAmount>1",
        "Direction>false",
    ] {
        has(&out, made_up);
    }
    let out =
        Parts::message("<OtherInfo><Priority>3</Priority><PageAmount>0</PageAmount></OtherInfo>")
            .rebuilt(OLD);
    has(&out, "<edXML:Priority>3<");
    has(&out, "<edXML:PageAmount>0<");
}

// --- 0.0.3: dropped ---

#[test]
fn empty_leaves_go_and_groups_stay() {
    let parts =
        Parts::message("<Subject></Subject><Content/><Code><CodeNumber/></Code><SignerInfo/>");
    let out = parts.rebuilt(OLD);
    for gone in ["Subject", "Content>", "Content />", "CodeNumber"] {
        has_not(&out, gone);
    }
    has(&out, "<edXML:Code />");
    has(&out, "<edXML:SignerInfo />");
}

#[test]
fn empty_from_and_to_go() {
    let mut parts = Parts::message("");
    parts.from = "<From><OrganId/></From>".into();
    parts.to += "<To/>";
    let out = parts.rebuilt(OLD);
    has_not(&out, "From");
    assert_eq!(out.matches("<edXML:To").count(), 1);
}

#[test]
fn places_and_tasks_go() {
    let out = Parts::message(
        "<ToPlaces><Place>a</Place></ToPlaces>\
         <ResponseForTask><TaskCode>t</TaskCode></ResponseForTask>",
    )
    .rebuilt(OLD);
    has_not(&out, "ToPlaces");
    has_not(&out, "ResponseForTask");
}

#[test]
fn business_in_that_spelling_and_a_misplaced_paper_go() {
    let parts = Parts::header(
        "<TraceHeaderList><Business><BussinessDocType>1</BussinessDocType></Business>\
         <Paper>1</Paper></TraceHeaderList>",
    );
    for flavour in BOTH {
        let out = parts.rebuilt(flavour);
        has_not(&out, "Business");
        has_not(&out, "Paper");
    }
}

#[test]
fn dates_change_leniently_or_go() {
    let mut parts = Parts::message(
        "<DueDate>2014/02/30</DueDate><PromulgationInfo><Place>Huế</Place>\
         <PromulgationDate>2014-02-03</PromulgationDate></PromulgationInfo>",
    );
    parts.header = "<TraceHeaderList><TraceHeader><OrganId>A</OrganId>\
        <Timestamp>yesterday</Timestamp></TraceHeader><TraceHeader>\
        <Timestamp>2014/02/30 10:60:00</Timestamp></TraceHeader></TraceHeaderList>"
        .into();
    let out = parts.rebuilt(OLD);
    has(&out, "<edXML:DueDate>2014/03/02<");
    has(&out, "<edXML:Place>Huế<");
    has_not(&out, "PromulgationDate");
    has_not(&out, "yesterday");
    has(&out, "<edXML:Timestamp>2014/03/02 11:00:00<");
}

// --- Signature ---

#[test]
fn the_signature_moves_into_the_qcvn_namespace_and_loses_parts() {
    let parts = Parts::header(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"s1\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"urn:c14n\"/><ds:SignatureMethod Algorithm=\"urn:rsa\"/>\
         <ds:Reference URI=\"\" Id=\"r1\"><ds:Transforms><ds:Transform Algorithm=\"urn:t1\"/>\
         <ds:Transform Algorithm=\"urn:t2\"><x/></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"urn:sha&quot;1\"/><ds:DigestValue>ZGln</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue>c2ln</ds:SignatureValue><ds:KeyInfo><ds:KeyName>key</ds:KeyName>\
         <ds:X509Data><ds:X509SubjectName>CN=a</ds:X509SubjectName><ds:X509Certificate>one</ds:X509Certificate>\
         <ds:X509Certificate>two</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         <ds:Object>object</ds:Object></ds:Signature>",
    );
    let expected = "      <Signature>
        <SignedInfo>
          <CanonicalizationMethod Algorithm=\"urn:c14n\" />
          <SignatureMethod Algorithm=\"urn:rsa\" />
          <Reference URI=\"\">
            <Transforms>
              <Transform Algorithm=\"urn:t1\" />
              <Transform Algorithm=\"urn:t2\" />
            </Transforms>
            <DigestMethod Algorithm=\"urn:sha&quot;1\" />
            <DigestValue>ZGln</DigestValue>
          </Reference>
        </SignedInfo>
        <SignatureValue>c2ln</SignatureValue>
        <KeyInfo>
          <X509Data>
            <X509SubjectName>CN=a</X509SubjectName>
            <X509Certificate>one</X509Certificate>
          </X509Data>
        </KeyInfo>
      </Signature>
    </edXML:edXMLHeader>
";
    for flavour in BOTH {
        has(&parts.rebuilt(flavour), &expected.replace('\n', "\r\n"));
    }
}

// --- 0.0.3: attachments ---

#[test]
fn the_manifest_is_remade_from_the_attachments() {
    let mut parts = Parts::attachments(&attachment("cid:1", "a.pdf", "application/pdf", b"x"));
    parts.manifest = "<Reference><ContentId>cid:9</ContentId>\
        <AttachmentName>other.doc</AttachmentName></Reference>"
        .into();
    let out = parts.rebuilt(OLD);
    has_not(&out, "other.doc");
    has(
        &out,
        "<edXML:ContentId>cid:cid:1</edXML:ContentId>\r\n          \
         <edXML:ContentType>application/zip</edXML:ContentType>\r\n          \
         <edXML:AttachmentName>a.pdf</edXML:AttachmentName>",
    );
    has(&out, "<ContentType>application/pdf</ContentType>");
}

#[test]
fn every_rebuild_puts_one_more_cid_before_the_id() {
    let mut packet = Parts::attachments(&attachment("1", "a.pdf", "application/pdf", b"x")).xml();
    for expected in ["cid:1", "cid:cid:1", "cid:cid:cid:1"] {
        packet = rebuilt(&packet, OLD);
        has(&packet, &format!("<ContentId>{expected}</ContentId>"));
    }
}

#[test]
fn a_declared_zip_is_unzipped_to_its_first_entry() {
    let archive = zip(&[("x.pdf", b"first"), ("y.pdf", b"second")]);
    for name in ["a.pdf", "a.ZIP"] {
        let out =
            Parts::attachments(&attachment("1", name, "application/zip", &archive)).rebuilt(OLD);
        let bytes = data(&out).remove(0);
        if name == "a.pdf" {
            assert_eq!(bytes, b"first");
            has(&out, "<ContentType>application/pdf</ContentType>");
        } else {
            // Not exactly `zip`: unzipped, and zipped anew since `ZIP` is unknown.
            let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02");
            assert_eq!(bytes[directory.unwrap() + 24..][..4], [5, 0, 0, 0]);
            has(&out, "<ContentType>application/zip</ContentType>");
        }
    }
    let out =
        Parts::attachments(&attachment("1", "a.zip", "application/zip", &archive)).rebuilt(OLD);
    assert_eq!(data(&out), [archive]);
}

#[test]
fn listed_extensions_travel_raw_and_all_others_zipped() {
    for extension in ["pdf", "doc", "docx", "xsl", "xslx", "zip"] {
        let out = Parts::attachments(&attachment("1", &format!("a.{extension}"), "x/y", b"bytes"))
            .rebuilt(OLD);
        assert_eq!(data(&out), [b"bytes"]);
        has(
            &out,
            &format!("<ContentType>application/{extension}</ContentType>"),
        );
    }
    for (name, entry) in [
        ("a.xls", ".xls"),
        ("a.xlsx", ".xlsx"),
        ("a.PDF", ".PDF"),
        ("không đuôi", ".unk"),
        ("thư.mục/tệp", ".unk"),
    ] {
        let out = Parts::attachments(&attachment("1", name, "x/y", b"bytes")).rebuilt(OLD);
        let bytes = data(&out).remove(0);
        let length = usize::from(bytes[26]);
        let own = std::str::from_utf8(&bytes[30..30 + length]).unwrap();
        let uuid = own.strip_suffix(entry).unwrap();
        assert_eq!(uuid.len(), 36, "{name}");
        has(&out, "<ContentType>application/zip</ContentType>");
    }
}

#[test]
fn format_decides_before_the_name() {
    let with = attachment("1", "a.txt", "x/y", b"bytes")
        .replace("<ContentType>", "<Format>pdf</Format><ContentType>");
    let out = Parts::attachments(&with).rebuilt(OLD);
    has(&out, "<ContentType>application/pdf</ContentType>");
    has_not(&out, "Format");
}

#[test]
fn placeholder_text_becomes_garbage() {
    let parts = Parts::attachments(
        "<Attachment><AttachmentName>a.pdf</AttachmentName><ContentType>x/y</ContentType>\
         <ContentTransferEncoded>(nội dung)</ContentTransferEncoded></Attachment>",
    );
    let out = parts.rebuilt(OLD);
    // "nidung", six characters: four whole bytes.
    assert_eq!(data(&out), [[0x9e, 0x27, 0x6e, 0x9e]]);
}

#[test]
fn particulars_may_follow_the_data() {
    let parts = Parts::attachments(&format!(
        "<Attachment><ContentTransferEncoded>{}</ContentTransferEncoded>\
         <ContentType>application/zip</ContentType><Description>d</Description>\
         <AttachmentName>a.doc</AttachmentName></Attachment>",
        base64(&zip(&[("x.doc", b"inner")]))
    ));
    let out = parts.rebuilt(OLD);
    assert_eq!(data(&out), [b"inner"]);
    has(&out, "<edXML:Description>d</edXML:Description>");
}

// --- 0.0.3: it fails on ---

macro_rules! fails {
    ($name:ident, $parts:expr, $failure:pat) => {
        #[test]
        fn $name() {
            let mut parts = Parts::default();
            let change: fn(&mut Parts) = $parts;
            change(&mut parts);
            let failure = parts.failure(OLD);
            assert!(matches!(failure, $failure), "{failure:?}");
        }
    };
}

fails!(
    no_receiver_fails,
    |parts| parts.to.clear(),
    RebuildFailure::NoReceiver
);
fails!(
    a_blank_steering_type_fails,
    |parts| parts.steering = "<SteeringType/>".into(),
    RebuildFailure::SteeringType
);
fails!(
    a_padded_steering_type_fails,
    |parts| parts.steering = "<SteeringType> 1</SteeringType>".into(),
    RebuildFailure::SteeringType
);
fails!(
    signed_info_without_reference_fails,
    |parts| parts.header = "<Signature><SignedInfo/></Signature>".into(),
    RebuildFailure::SignatureWithoutReference
);
fails!(
    an_empty_organ_id_list_fails,
    |parts| {
        parts.header = "<TraceHeaderList><Bussiness><ReplacementInfoList><ReplacementInfo>\
            <OrganIdList/></ReplacementInfo></ReplacementInfoList></Bussiness></TraceHeaderList>"
            .into();
    },
    RebuildFailure::EmptyOrganIdList
);
fails!(
    an_attachment_without_name_fails,
    |parts| parts.attachments = attachment("1", "", "application/pdf", b"x"),
    RebuildFailure::AttachmentWithoutName { number: 1 }
);
fails!(
    an_attachment_without_data_fails,
    |parts| parts.attachments = attachment("1", "a.pdf", "application/pdf", b""),
    RebuildFailure::AttachmentWithoutData { number: 1 }
);
fails!(
    a_corrupt_zip_fails,
    |parts| {
        let good = attachment("1", "a.pdf", "application/pdf", b"x");
        let mut bytes = zip(&[("x.pdf", b"inner")]);
        bytes[36] ^= 1;
        parts.attachments = good + &attachment("2", "b.pdf", "application/zip", &bytes);
    },
    RebuildFailure::CorruptZip { number: 2 }
);
fails!(
    a_declared_zip_that_is_none_fails,
    |parts| parts.attachments = attachment("1", "a.txt", "application/zip", b"text"),
    RebuildFailure::CorruptZip { number: 1 }
);
fails!(
    a_missing_content_type_fails_on_what_is_no_zip,
    |parts| parts.attachments = attachment("1", "a.pdf", "", b"%PDF-"),
    RebuildFailure::AttachmentWithoutContentType { number: 1 }
);

#[test]
fn a_format_without_a_name_is_enough() {
    let parts = Parts::attachments(
        "<Attachment><Format>pdf</Format><ContentType>x/y</ContentType>\
         <ContentTransferEncoded>eA==</ContentTransferEncoded></Attachment>",
    );
    assert_eq!(data(&parts.rebuilt(OLD)), [b"x"]);
}

#[test]
fn a_zip_without_content_type_comes_through() {
    let archive = zip(&[("x.pdf", b"inner")]);
    let out = Parts::attachments(&attachment("1", "a.pdf", "", &archive)).rebuilt(OLD);
    assert_eq!(data(&out), [b"inner"]);
}

#[test]
fn what_is_no_packet_fails_in_both_flavours() {
    let good = Parts::default().xml();
    let inside = format!("xmlns=\"{NAMESPACE}\"");
    for flavour in BOTH {
        let failure = |packet: &str| try_rebuild(packet.as_bytes(), flavour).unwrap_err();
        let other = good.replace(&inside, "xmlns=\"http://www.e-doc.vn/Schema/\"");
        assert!(matches!(failure(&other), RebuildFailure::EnvelopeNamespace));
        assert!(matches!(failure("<a><b/></a>"), RebuildFailure::NoEnvelope));
        assert!(matches!(failure(&good[..200]), RebuildFailure::Xml(_)));
        let headless = format!("<edXML {inside}><edXMLEnvelope/></edXML>");
        assert!(matches!(
            failure(&headless),
            RebuildFailure::NoMessageHeader
        ));
    }
}

#[test]
fn failures_hold_nothing_of_the_packet() {
    let mut parts =
        Parts::attachments(&attachment("1", "bí mật.txt", "application/zip", b"SECRET"));
    parts.from = "<From><OrganName>SECRET</OrganName></From>".into();
    let failure = parts.failure(OLD);
    for text in [format!("{failure}"), format!("{failure:?}")] {
        assert!(!text.contains("SECRET") && !text.contains("mật"), "{text}");
    }
}

// --- Statuses ---

#[test]
fn a_status_goes_through_the_status_parser() {
    let status = format!(
        "<edXML xmlns=\"{NAMESPACE}\"><edXMLEnvelope><edXMLHeader><MessageHeader>\
         <Timestamp>2026/02/30 11:08:36</Timestamp><Description>a\nb</Description>\
         <StatusCode> 3 </StatusCode><StaffInfo><Mobile>1</Mobile><Department>d</Department>\
         </StaffInfo><ResponseFor><PromulgationDate>2026/01/01</PromulgationDate>\
         <DocumentId>doc</DocumentId><Code>1/A</Code><OrganId>G22</OrganId></ResponseFor>\
         <From><OrganId>H41</OrganId></From><SteeringType>1</SteeringType></MessageHeader>\
         <TraceHeaderList/></edXMLHeader></edXMLEnvelope></edXML>"
    );
    for flavour in BOTH {
        let out = rebuilt(&status, flavour);
        let expected = [
            "edXML",
            "edXMLEnvelope",
            "edXMLHeader",
            "MessageHeader",
            "From",
            "OrganId",
            "ResponseFor",
            "OrganId",
            "Code",
            "DocumentId",
            "PromulgationDate",
            "StaffInfo",
            "Department",
            "Mobile",
            "StatusCode",
            "Description",
            "Timestamp",
        ];
        let names: Vec<_> = names(&out)
            .into_iter()
            .filter(|name| !name.trim().is_empty())
            .collect();
        assert_eq!(names, expected, "{flavour:?}");
        has(&out, "<edXML:StatusCode>3</edXML:StatusCode>");
        has(&out, "<edXML:Description>a\r\nb</edXML:Description>");
        let stamp = if flavour == OLD {
            "2026/03/02"
        } else {
            "2026/02/30"
        };
        has(&out, &format!("<edXML:Timestamp>{stamp} 11:08:36"));
    }
}

// --- The rest ---

#[test]
fn off_passes_the_bytes() {
    let bytes = b"\xEF\xBB\xBF no packet at all \x00\xFF";
    assert_eq!(try_rebuild(bytes, Flavour::Off).unwrap(), bytes);
}

#[test]
fn flavours_have_names() {
    for (name, flavour) in Flavour::ALL {
        assert_eq!(Flavour::by_name(name), Some(*flavour));
    }
    assert_eq!(Flavour::default(), SEEN);
    assert_eq!(Flavour::by_name("other"), None);
}

#[test]
fn failures_of_source_and_output_are_told_apart() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let packet = Parts::default().xml();
    for flavour in [SEEN, OLD, Flavour::Off] {
        let failure = rebuild(Broken, &mut Vec::new(), options(flavour)).unwrap_err();
        assert!(matches!(failure, RebuildFailure::Source(_)), "{failure:?}");
        let failure = rebuild(packet.as_bytes(), &mut Broken, options(flavour)).unwrap_err();
        assert!(matches!(failure, RebuildFailure::Output(_)), "{failure:?}");
    }
}

#[test]
fn nothing_is_written_of_a_packet_that_does_not_come_through() {
    let parts = Parts::attachments(&attachment("1", "a.txt", "application/zip", b"text"));
    let mut out = Vec::new();
    rebuild(parts.xml().as_bytes(), &mut out, options(OLD)).unwrap_err();
    assert!(out.is_empty());
}

#[test]
fn a_header_beyond_all_measure_is_refused() {
    let parts = Parts::message(&format!("<Subject>{}</Subject>", "x".repeat(17 << 20)));
    for flavour in BOTH {
        assert!(matches!(
            parts.failure(flavour),
            RebuildFailure::HeaderTooLarge
        ));
    }
}
