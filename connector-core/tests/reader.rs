//! How the input is cut up changes nothing, and nothing is passed over in
//! silence: found by fuzzing and by review.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests may fail loudly"
)]

use std::io::{Cursor, Read};

use lienthong::packet::{Discard, Packet, ReadOptions, read_packet};

fn both_ways(text: &str) -> Packet {
    struct Bytewise<'a>(&'a [u8]);
    impl Read for Bytewise<'_> {
        fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
            let count = space.len().min(1);
            self.0.read(&mut space[..count])
        }
    }
    let options = ReadOptions::default();
    let whole = read_packet(text.as_bytes(), &options, &mut Discard).unwrap();
    let cut = read_packet(Bytewise(text.as_bytes()), &options, &mut Discard).unwrap();
    assert_eq!(whole.findings(), cut.findings());
    assert!(whole.content == cut.content && whole.attachments == cut.attachments);
    whole
}

#[test]
fn stray_text_is_told_once_at_the_start_of_its_element() {
    let packet = both_ways(
        "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">\n<edXMLEnvelope><edXMLHeader>\n\
         <MessageHeader>one\ntwo<Subject>x</Subject>three</MessageHeader></edXMLHeader>\
         </edXMLEnvelope></edXML>",
    );
    let stray: Vec<_> = packet
        .findings()
        .iter()
        .filter(|finding| finding.code.as_str() == "text-unexpected")
        .collect();
    assert_eq!(stray.len(), 1);
    let position = stray[0].position.unwrap();
    assert_eq!((position.line, position.column), (3, 1));
}

#[test]
fn a_text_beyond_its_limit_is_placed_at_the_start_of_its_element() {
    let packet = both_ways(&format!(
        "<edXML><edXMLEnvelope><edXMLHeader><MessageHeader>\n<Subject>{}</Subject>",
        "x".repeat(300_000)
    ));
    assert!(!packet.readable);
    let over = packet
        .findings()
        .iter()
        .find(|finding| finding.code.as_str() == "limit-exceeded")
        .unwrap();
    assert_eq!(over.position.unwrap().line, 2);
    assert!(
        over.to_string().contains("packet.max_text = 262144"),
        "{over}"
    );
}

#[test]
fn an_element_inside_the_data_is_passed_over_when_it_is_opened_anew() {
    let text = "<edXML><edXMLEnvelope/><AttachmentEncoded><Attachment>\
                <ContentTransferEncoded>UUJD<x>cid:<y/>209</x>UUJD</ContentTransferEncoded>\
                </Attachment></AttachmentEncoded></edXML>";
    let packet = both_ways(text);
    let attachment = &packet.attachments[0];
    assert_eq!(attachment.raw.unwrap().size, 6);
    let mut raw = Vec::new();
    let mut stream = attachment.open_raw(Cursor::new(text)).unwrap();
    stream.read_to_end(&mut raw).unwrap();
    assert_eq!(raw, b"QBCQBC");
}

#[test]
fn a_second_envelope_is_an_error_since_it_is_not_read() {
    let packet = both_ways(
        "<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><Subject>x</Subject></MessageHeader>\
         </edXMLHeader></edXMLEnvelope><edXMLEnvelope><edXMLHeader/></edXMLEnvelope></edXML>",
    );
    let second = packet
        .findings()
        .iter()
        .find(|finding| finding.code.as_str() == "content-not-read")
        .unwrap();
    assert_eq!(second.severity, lienthong::Severity::Error);
    assert_eq!(second.path, "edXMLEnvelope");
}

#[test]
fn second_data_of_an_attachment_is_an_error_since_it_is_not_read() {
    let packet = both_ways(
        "<edXML><edXMLEnvelope/><AttachmentEncoded><Attachment>\
         <ContentTransferEncoded>UUJD</ContentTransferEncoded>\
         <ContentTransferEncoded>UUJE</ContentTransferEncoded>\
         </Attachment></AttachmentEncoded></edXML>",
    );
    let codes: Vec<_> = packet
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert!(codes.contains(&"content-not-read"), "{codes:?}");
}

#[test]
fn a_status_without_its_code_is_still_a_status() {
    let packet = both_ways(
        "<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H99.02</OrganId></From>\
         <ResponseFor><OrganId>H99.01</OrganId></ResponseFor>\
         <Timestamp>2026/03/04 08:30:00</Timestamp></MessageHeader></edXMLHeader>\
         </edXMLEnvelope></edXML>",
    );
    assert_eq!(packet.kind(), "status");
    let findings = lienthong::packet::check(&packet, &lienthong::packet::CheckOptions::default());
    let codes: Vec<_> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert!(codes.contains(&"status-code-missing"), "{codes:?}");
    assert!(!codes.contains(&"receiver-missing"), "{codes:?}");
}
