//! What is signed here holds here, and no longer once it is changed.

use std::io::{Cursor, Seek, SeekFrom, Write};
use std::time::{Duration, SystemTime};

use lienthong::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, Discard, DocumentBuilder, ReadOptions};
use lienthong::signature::verdict::Verdict;
use lienthong::signature::xmldsig::{
    Place, SignOptions, check_packet, sign, sign_document, sign_to_pipe,
};
use lienthong::{Config, ErrorKind, Language};

use crate::support::*;

fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

#[test]
fn what_is_signed_holds_with_every_algorithm_and_key() {
    for (key, algorithm) in signers() {
        let signer = TestSigner::new(key, algorithm);
        for options in [SignOptions::default(), SignOptions::default().at(time())] {
            let signed = signed_by(&packet(), &signer, &options);
            let checked = check(&signed);
            assert_eq!(
                checked.verdict,
                Verdict::Valid,
                "{key} {algorithm} {:?}",
                checked.reasons
            );
            assert_eq!(checked.algorithm, Some(algorithm));
            assert!(
                checked
                    .signer
                    .unwrap()
                    .subject()
                    .contains(&format!("H98.{key}"))
            );
            assert_eq!(checked.others.len(), 1);
            assert_eq!(checked.claimed_time, options.signing_time);
        }
    }
}

#[test]
fn one_pass_and_two_give_the_same_bytes_however_the_source_comes() {
    let packet = packet();
    for options in [SignOptions::default(), SignOptions::default().at(time())] {
        let signer = TestSigner::usual();
        let expected = signed_by(&packet, &signer, &options);
        // The sink's own place counts.
        let mut sink = Cursor::new(b"before".to_vec());
        sink.seek(SeekFrom::End(0)).unwrap();
        let source = Dribble(packet.as_bytes(), 0);
        let written = sign(source, &mut sink, &signer, &options).unwrap();
        assert_eq!(written, expected.len() as u64);
        sink.write_all(b"after").unwrap();
        let bytes = String::from_utf8(sink.into_inner()).unwrap();
        assert_eq!(bytes, format!("before{expected}after"));
        let dribbled = check_at(Place::Header, Dribble(expected.as_bytes(), 0));
        assert_eq!(dribbled.verdict, Verdict::Valid);
    }
}

#[test]
fn the_packet_is_copied_verbatim_and_the_signature_follows_the_trace_list() {
    let packet = packet();
    let signed = signed();
    let start = signed.find("<Signature ").unwrap();
    let end = signed.find("</Signature>").unwrap() + "</Signature>".len();
    let (before, after) = (&signed[..start], &signed[end..]);
    let (before, indent) = before.split_at(before.trim_end().len());
    assert_eq!(format!("{before}{after}"), packet);
    assert_eq!(indent, "\r\n      ");
    assert!(before.ends_with("</edXML:TraceHeaderList>"));
    assert!(after.trim_start().starts_with("</edXML:edXMLHeader>"));
    assert!(signed.contains(
        "<X509SubjectName>CN=H98.rsa2048,O=Cơ quan thử\\, H98 \\&lt;&amp;\\&gt;,C=VN</X509SubjectName>"
    ));
}

#[test]
fn a_block_that_signs_nothing_is_replaced() {
    let value = "SignatureValue>AAAA</SignatureValue";
    let stub = format!("<Signature><{value}></Signature>");
    let prefixed = format!("<edXML:Signature><{value}></edXML:Signature>");
    let empty = "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"/>";
    for block in [stub.as_str(), &prefixed, empty] {
        for place in ["<edXML:TraceHeaderList", "</edXML:edXMLHeader>"] {
            let with = once(&packet(), place, &format!("{block}{place}"));
            let signed = signed_by(&with, &TestSigner::usual(), &SignOptions::default());
            assert!(!signed.contains(block));
            assert_eq!(signed.matches("<Signature ").count(), 1);
            assert_eq!(judged(signed.as_bytes()), (Verdict::Valid, vec![]));
        }
    }
}

#[test]
fn packets_without_white_space_are_signed_too() {
    let compact: String = packet().lines().map(str::trim).collect();
    let signed = signed_by(&compact, &TestSigner::usual(), &SignOptions::default());
    assert!(signed.contains("</edXML:TraceHeaderList><Signature "));
    assert_eq!(judged(signed.as_bytes()), (Verdict::Valid, vec![]));
    let bare = "<edXMLEnvelope><edXMLHeader><MessageHeader><To/></MessageHeader></edXMLHeader></edXMLEnvelope>";
    let signed = signed_by(bare, &TestSigner::usual(), &SignOptions::default());
    assert_eq!(judged(signed.as_bytes()), (Verdict::Valid, vec![]));
}

#[test]
fn what_cannot_be_signed_is_refused_with_its_cause() {
    let refuse = |packet: &str| {
        let source = Cursor::new(packet);
        let options = SignOptions::default().at(time());
        let error = sign_to_pipe(source, &mut Vec::new(), &TestSigner::usual(), &options);
        error.unwrap_err().kind()
    };
    let packet = packet();
    assert_eq!(refuse(&signed()), ErrorKind::AlreadySigned);
    let dsig = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">A</Signature>";
    let elsewhere = once(&packet, "</edXML>", &format!("{dsig}</edXML>"));
    assert_eq!(refuse(&elsewhere), ErrorKind::AlreadySigned);
    for (from, to) in [
        ("<edXML:edXMLHeader>", "<edXML:edXMLHeader><!-- -->"),
        ("<edXML:edXMLHeader>", "<edXML:edXMLHeader><?pi?>"),
        ("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
        ("version=\"1.0\" encoding", "version=\"1.1\" encoding"),
        ("<?xml", "junk <?xml"),
        ("<edXML:edXMLHeader>", "<edXML:edXMLHeader><Status/>"),
        (
            "</edXML:MessageHeader>",
            "<StatusCode>01</StatusCode></edXML:MessageHeader>",
        ),
        ("<edXML:edXMLHeader>", "<edXML:edXMLHeader><x:y/>"),
    ] {
        assert_eq!(
            refuse(&once(&packet, from, to)),
            ErrorKind::NotSignable,
            "{to}"
        );
    }
    assert_eq!(refuse("<edXML/>"), ErrorKind::NotSignable);
    let cut = &packet[..packet.len() - 20];
    assert_eq!(refuse(cut), ErrorKind::PacketUnreadable);
    let taken = SignOptions::default().at(time());
    let with = signed_by(&packet, &TestSigner::usual(), &taken);
    let id = with
        .split("Id=\"properties-")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let taken = once(
        &packet,
        "<edXML:edXMLHeader>",
        &format!("<edXML:edXMLHeader id=\"properties-{id}\">"),
    );
    assert_eq!(refuse(&taken), ErrorKind::NotSignable);
}

#[test]
fn a_signer_whose_parts_do_not_belong_together_signs_nothing() {
    let sha256 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    for signer in [
        TestSigner::usual().with_certificate_of("rsa3072"),
        TestSigner::new("rsa3072", sha256).with_certificate_of("rsa2048"),
        TestSigner::usual().with_certificate_of("p256"),
        TestSigner::usual().with_certificate_of("rsa1024"),
        TestSigner::usual().without_certificates(),
    ] {
        let source = Cursor::new(packet());
        let error = sign_to_pipe(source, &mut Vec::new(), &signer, &SignOptions::default());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::SignerUnfit);
    }
}

#[test]
fn a_small_document_is_signed_as_its_last_child() {
    let of_packet = packet();
    let signer = TestSigner::usual();
    let signed = sign_document(of_packet.as_bytes(), &signer, &SignOptions::default()).unwrap();
    assert_eq!(
        check_at(Place::RootEnd, signed.as_slice()).verdict,
        Verdict::Valid
    );
    let document = b"<seal xmlns=\"urn:x\">\n <a>1</a>\n</seal>\n";
    let signed = sign_document(document, &TestSigner::usual(), &SignOptions::default()).unwrap();
    assert_eq!(
        check_at(Place::RootEnd, signed.as_slice()).verdict,
        Verdict::Valid
    );
    let text = String::from_utf8(signed).unwrap();
    assert!(text.ends_with("</Signature></seal>\n"));
    let behind = once(&text, "</seal>", "<b/></seal>");
    let checked = check_at(Place::RootEnd, behind.as_bytes());
    assert_eq!(checked.verdict, Verdict::Unsupported);
    let altered = once(&text, "<a>1", "<a>2");
    assert_eq!(
        check_at(Place::RootEnd, altered.as_bytes()).verdict,
        Verdict::Invalid
    );
    assert_eq!(
        check_at(Place::Header, text.as_bytes()).verdict,
        Verdict::Unsupported
    );
    let again = sign_document(
        text.as_bytes(),
        &TestSigner::usual(),
        &SignOptions::default(),
    );
    assert_eq!(again.unwrap_err().kind(), ErrorKind::AlreadySigned);
}

fn document(length: usize) -> DocumentBuilder {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thử".to_owned()),
        ..Organ::default()
    };
    let bytes: Vec<u8> = (0..length).map(|index| ((index * 7) >> 3) as u8).collect();
    DocumentBuilder::new(organ("H98.01"), "H98.01-2026-1")
        .to(organ("H98.02"))
        .code("1", "TB")
        .promulgated("Hà Nội", Date::new(2026, 1, 5).unwrap())
        .subject("V/v thử")
        .attach(Attachment::from_bytes("thu.pdf", bytes))
}

#[test]
fn a_document_is_written_signed_with_the_same_bytes_each_time() {
    for length in [10, 3_000_000] {
        let mut outgoing = document(length).build().unwrap();
        let mut plain = Vec::new();
        outgoing.write_to(&mut plain).unwrap();
        let (signer, options) = (TestSigner::usual(), SignOptions::default().at(time()));
        let expected = signed_by(&String::from_utf8(plain).unwrap(), &signer, &options);
        for _ in 0..2 {
            let mut out = Cursor::new(Vec::new());
            let written = outgoing.write_signed(&mut out, &signer, &options).unwrap();
            assert_eq!(written, expected.len() as u64);
            assert!(out.into_inner() == expected.as_bytes());
        }
        assert_eq!(judged(expected.as_bytes()), (Verdict::Valid, vec![]));
    }
}

#[test]
fn a_document_that_cannot_be_written_says_why_when_it_is_signed() {
    let short = Attachment::from_reader("thu.pdf", &b"abc"[..], Some(5_000_000));
    let mut outgoing = document(5).attach(short).build().unwrap();
    let signer = TestSigner::usual();
    let error = outgoing.write_signed(Cursor::new(Vec::new()), &signer, &SignOptions::default());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::AttachmentLength);
    let mut outgoing = document(9_000_000).build().unwrap();
    let unfit = TestSigner::usual().with_certificate_of("p256");
    let error = outgoing.write_signed(Cursor::new(Vec::new()), &unfit, &SignOptions::default());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::SignerUnfit);
}

/// Every byte is changed in its turn.
#[test]
fn a_packet_that_is_changed_by_one_byte_is_not_valid() {
    let packet = "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXMLEnvelope>\
        <edXMLHeader><MessageHeader><Subject a=\"1\">V/v</Subject></MessageHeader>\
        <TraceHeaderList/></edXMLHeader></edXMLEnvelope><AttachmentEncoded>QUJD</AttachmentEncoded></edXML>";
    let signer = TestSigner::new("p256", SignatureAlgorithm::EcdsaP256);
    let signer = signer.with_certificate_of("p256");
    for options in [SignOptions::default(), SignOptions::default().at(time())] {
        let signed = signed_by(packet, &signer, &options);
        assert_eq!(judged(signed.as_bytes()), (Verdict::Valid, vec![]));
        let between = |start: &str, end: &str| {
            signed.find(start).unwrap() + start.len()..signed.find(end).unwrap()
        };
        // The name beside the certificate is not signed, and read by nobody. The certificate's
        // own signature is judged with its chain, unless the signed properties name it.
        let name = between("<X509SubjectName>", "</X509SubjectName>");
        let certificate = between("<X509Certificate>", "</X509Certificate>");
        for index in 0..signed.len() {
            for flip in [1, 32] {
                let mut bytes = signed.clone().into_bytes();
                bytes[index] ^= flip;
                let (verdict, reasons) = judged(&bytes);
                if verdict == Verdict::Valid {
                    let open = certificate.contains(&index) && options.signing_time.is_none();
                    let before = String::from_utf8_lossy(
                        &signed.as_bytes()[index.saturating_sub(20)..index],
                    );
                    assert!(name.contains(&index) || open, "{index}: behind {before}");
                } else {
                    assert!(!reasons.is_empty() || verdict == Verdict::Absent);
                }
            }
        }
    }
}

#[test]
fn the_packet_and_its_verdict_come_from_one_reading() {
    let read = |bytes: &[u8], config: &Config| {
        let options = ReadOptions::from_config(config);
        let (packet, checked) = check_packet(bytes, &options, &mut Discard).unwrap();
        let codes = checked
            .reasons
            .iter()
            .map(|reason| reason.message(Language::English));
        (packet.readable, checked.verdict, codes.collect::<String>())
    };
    let signed = signed();
    let usual = Config::new();
    let whole = read(signed.as_bytes(), &usual);
    assert_eq!(whole, (true, Verdict::Valid, String::new()));
    let (readable, verdict, reason) = read(&signed.as_bytes()[..signed.len() - 10], &usual);
    assert_eq!((readable, verdict), (false, Verdict::Invalid));
    assert!(reason.contains("unexpected-end"), "{reason}");
    // What the reader does not read to its end is not judged either.
    let mut strict = Config::new();
    strict.set("packet.max_text", "1024").unwrap();
    let long = once(&packet(), "V/v thí dụ", &"V/v thí dụ ".repeat(200));
    let long = signed_by(&long, &TestSigner::usual(), &SignOptions::default());
    assert_eq!(check(&long).verdict, Verdict::Valid);
    let (readable, verdict, reason) = read(long.as_bytes(), &strict);
    assert_eq!((readable, verdict), (false, Verdict::Invalid));
    assert!(reason.contains("limit-exceeded"), "{reason}");
}
