//! Model → written → read = the same model; written twice = the same bytes.

mod made_up;

use std::io::{Cursor, Read};

use lienthong::bytes::Kept;
use lienthong::packet::attachment::{Unzip, UnzipLimits, Unzipped, WrappingPolicy};
use lienthong::packet::{
    Attachment, Content, Discard, DocumentBuilder, ReadOptions, StatusBuilder, ToFolder, ToWriter,
    check, read_packet,
};
use lienthong::{ErrorKind, Severity};
use made_up::Maker;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_document_is_read_back_as_it_was_written(seed in any::<u64>()) {
        let mut maker = Maker::new(seed);
        let files: Vec<_> = (0..maker.below(4)).map(|_| maker.file()).collect();
        let mut builder = DocumentBuilder::from_document(maker.document());
        for (name, bytes) in &files {
            builder = builder.attach(Attachment::from_bytes(name.clone(), bytes.clone()));
        }
        let mut outgoing = builder.build().expect("a made-up document may be sent");
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let length = outgoing.write_to(&mut first).unwrap();
        outgoing.write_to(&mut second).unwrap();
        prop_assert_eq!(length, first.len() as u64);
        prop_assert!(first == second, "written twice, the bytes differ");

        let folder = tempfile::tempdir().unwrap();
        let mut sink = ToFolder::new(folder.path()).unwrap();
        let packet = read_packet(&first[..], &ReadOptions::default(), &mut sink).unwrap();
        let mut options = lienthong::packet::CheckOptions::sending();
        options.today = lienthong::packet::Date::new(2030, 1, 1);
        for finding in check(&packet, &options) {
            prop_assert!(finding.severity != Severity::Error, "{}", finding);
        }
        let Content::Document(document) = &packet.content else {
            panic!("a document was written");
        };
        prop_assert!(**document == *outgoing.document(), "read: {:?}\nwritten: {:?}", document, outgoing.document());
        prop_assert_eq!(packet.attachments.len(), files.len());
        for (attachment, (name, bytes)) in packet.attachments.iter().zip(&files) {
            prop_assert_eq!(attachment.name.as_deref(), Some(name.as_str()));
            let extracted = sink.files().iter().find(|file| file.number == attachment.number).unwrap();
            prop_assert!(&std::fs::read(&extracted.path).unwrap() == bytes);
            let wrapped = WrappingPolicy::default().wraps(name);
            prop_assert_eq!(attachment.is_wrapped(), wrapped);
            // The raw bytes stay reachable from the packet itself.
            let mut raw = Vec::new();
            attachment.open_raw(Cursor::new(&first)).unwrap().read_to_end(&mut raw).unwrap();
            prop_assert_eq!(raw.len() as u64, attachment.raw.unwrap().size);
            if wrapped {
                let mut entry = Vec::new();
                let mut unzip = Unzip::new(UnzipLimits::default());
                unzip.push(&raw, &mut |bytes| { entry.extend_from_slice(bytes); Ok(()) }).unwrap();
                let single = matches!(unzip.finish(), Unzipped::Single { .. });
                prop_assert!(single && &entry == bytes);
            } else {
                prop_assert!(&raw == bytes);
            }
        }
    }

    #[test]
    fn a_status_is_read_back_as_it_was_written(seed in any::<u64>()) {
        let outgoing = StatusBuilder::from_status(Maker::new(seed).status()).build().unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        outgoing.write_to(&mut first).unwrap();
        outgoing.write_to(&mut second).unwrap();
        prop_assert!(first == second);
        let packet = read_packet(&first[..], &ReadOptions::default(), &mut Discard).unwrap();
        prop_assert!(packet.status() == Some(outgoing.status()));
        prop_assert!(packet.attachments.is_empty());
        let worst = packet.findings().iter().map(|finding| finding.severity).max();
        prop_assert!(worst < Some(Severity::Warning), "{:?}", packet.findings());
    }

    #[test]
    fn a_document_survives_json(seed in any::<u64>()) {
        let document = Maker::new(seed).document();
        let json = serde_json::to_string(&document).unwrap();
        let back: lienthong::packet::Document = serde_json::from_str(&json).unwrap();
        prop_assert!(back == document, "{}", json);
    }
}

/// One attachment that travels as it is, and two that travel in a ZIP; the last is empty.
const FILES: [(&str, &[u8]); 3] = [
    ("thi-du.pdf", b"%PDF-1.4 thi du"),
    ("thi-du.odt", b"not what its name says, and not a ZIP"),
    ("trong.txt", b""),
];

#[test]
fn an_attachment_goes_to_a_writer_without_the_zip_it_travelled_in() {
    let mut builder = made_up::fixed_document();
    for (name, bytes) in FILES {
        builder = builder.attach(Attachment::from_bytes(name, bytes));
    }
    let mut packet = Vec::new();
    builder.build().unwrap().write_to(&mut packet).unwrap();
    let options = ReadOptions::default();
    let read = read_packet(&packet[..], &options, &mut Discard).unwrap();
    let mut found = 0;
    for (name, bytes) in FILES {
        let mut named = read.attachments.iter();
        let attachment = named.find(|one| one.name.as_deref() == Some(name)).unwrap();
        let mut written = Vec::new();
        let mut sink = ToWriter::new(attachment, &mut written);
        read_packet(&packet[..], &options, &mut sink).unwrap();
        assert_eq!(sink.written(), bytes.len() as u64, "{name}");
        assert_eq!(written, bytes, "{name}");
        found += usize::from(attachment.is_wrapped());
    }
    assert_eq!(found, 2, "wrapped");
}

#[test]
fn an_attachment_of_kept_bytes_is_written_any_number_of_times() {
    let bytes = vec![7; (1 << 20) + 1];
    let kept = Kept::all_of(&mut bytes.as_slice()).unwrap();
    assert!(kept.in_memory().is_none());
    let builder = made_up::fixed_document().attach(Attachment::from_kept("thi-du.pdf", kept));
    let mut outgoing = builder.build().unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    outgoing.write_to(&mut first).unwrap();
    outgoing.write_to(&mut second).unwrap();
    assert!(first == second);
    let read = read_packet(&first[..], &ReadOptions::default(), &mut Discard).unwrap();
    let content = read.attachments.last().unwrap().content().unwrap();
    assert_eq!(content.size, bytes.len() as u64);
}

/// The bytes of a fixed packet never change: a retry after an upgrade sends the same.
#[test]
fn the_written_bytes_are_those_of_the_fixture() {
    let mut outgoing = made_up::fixed_document().build().unwrap();
    let mut bytes = Vec::new();
    outgoing.write_to(&mut bytes).unwrap();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/canonical.edxml"
    );
    if std::env::var_os("LIENTHONG_BLESS").is_some() {
        std::fs::write(path, &bytes).unwrap();
    }
    let expected = std::fs::read(path).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&expected)
    );
}

#[test]
fn a_builder_refuses_an_impossible_packet_with_all_findings_at_once() {
    let error = DocumentBuilder::from_document(lienthong::packet::Document::default())
        .attach(Attachment::from_bytes("", vec![1, 2, 3]))
        .attach(Attachment::from_bytes("HỒ SƠ.ZIP", vec![1, 2, 3]))
        .subject("\u{1}")
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PacketImpossible);
    let codes: Vec<_> = error
        .findings()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.code.as_str())
        .collect();
    for code in [
        "sender-missing",
        "receiver-missing",
        "element-missing",
        "text-invalid",
        "attachment-name-missing",
        "attachment-name-zip-case",
    ] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
    let text = error.message(lienthong::Language::Vietnamese);
    assert!(text.contains("Thiếu From/OrganId"), "{text}");
}

#[test]
fn a_status_builder_refuses_a_refusal_without_a_reason() {
    let mut status = Maker::new(1).status();
    status.status_code = Some(lienthong::packet::StatusCode::Refused);
    status.description = Some("  ".to_owned());
    let error = StatusBuilder::from_status(status).build().unwrap_err();
    assert_eq!(error.findings()[0].code.as_str(), "status-reason-missing");
}

#[test]
fn a_stream_of_unknown_length_is_written_whole_and_only_once() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|index| index as u8).collect();
    let mut outgoing = made_up::fixed_document()
        .attach(Attachment::from_reader(
            "dữ liệu.pdf",
            Cursor::new(bytes.clone()),
            None,
        ))
        .attach(Attachment::from_reader(
            "dữ liệu.txt",
            Cursor::new(bytes.clone()),
            Some(3_000_000),
        ))
        .build()
        .unwrap();
    let mut out = Vec::new();
    outgoing.write_to(&mut out).unwrap();
    let packet = read_packet(&out[..], &ReadOptions::default(), &mut Discard).unwrap();
    let [.., raw, wrapped] = packet.attachments.as_slice() else {
        panic!("two attachments were added");
    };
    assert_eq!(raw.content().unwrap().size, 3_000_000);
    assert!(wrapped.is_wrapped());
    assert_eq!(
        raw.content().unwrap().sha256,
        wrapped.content().unwrap().sha256
    );
    let error = outgoing.write_to(&mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn a_source_of_another_length_than_stated_is_an_error_and_no_packet() {
    for (name, stated) in [("a.pdf", 9), ("a.pdf", 11), ("a.txt", 9), ("a.txt", 11)] {
        let mut outgoing = made_up::fixed_document()
            .attach(Attachment::from_reader(
                name,
                Cursor::new(vec![0; 10]),
                Some(stated),
            ))
            .build()
            .unwrap();
        let error = outgoing.write_to(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AttachmentLength, "{name} {stated}");
    }
}

#[test]
fn a_full_disk_is_an_error_of_the_machine() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if bytes.len() > self.0 {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for room in [0, 100, 3_000, 500_000, 1_500_000] {
        let mut outgoing = made_up::fixed_document()
            .attach(Attachment::from_bytes("a.pdf", vec![0; 2_000_000]))
            .build()
            .unwrap();
        let error = outgoing.write_to(&mut Full(room)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{room}");
        assert_eq!(error.retry(), lienthong::error::Retry::Safe);
    }
}

/// Found by this suite: what deflate packs too well was taken for a ZIP bomb.
#[test]
fn a_file_that_packs_extremely_well_still_arrives_unwrapped() {
    for length in [900_000, 1_100_000, 3_000_000, 40_000_000_u64] {
        let zeros = std::io::repeat(0).take(length);
        let mut outgoing = made_up::fixed_document()
            .attach(Attachment::from_reader("quét.bmp", zeros, Some(length)))
            .build()
            .unwrap();
        let mut out = Vec::new();
        outgoing.write_to(&mut out).unwrap();
        let packet = read_packet(&out[..], &ReadOptions::default(), &mut Discard).unwrap();
        let file = packet.attachments.last().unwrap();
        assert!(file.is_wrapped(), "{length}: {:?}", packet.findings());
        assert_eq!(file.content().unwrap().size, length);
    }
}

#[test]
fn a_document_comes_back_where_it_is_refused_and_where_it_was_built() {
    let mut document = Maker::new(1).document();
    let subject = document.subject.take();
    assert!(subject.is_some());
    let refused = DocumentBuilder::from_document(document)
        .try_build()
        .unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::PacketImpossible);
    let mut document = refused.document;
    document.subject = subject;
    let outgoing = DocumentBuilder::from_document(document)
        .try_build()
        .unwrap();
    let written = outgoing.document().clone();
    assert_eq!(outgoing.into_document(), written);
}
