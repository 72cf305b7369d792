//! How the input is cut up changes nothing: found by fuzzing.

use std::io::Read;

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
