//! Attachments: types, ZIPs around one file, base64, ids, the manifest.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use lienthong::packet::attachment::{DetectedType, wrap};
use lienthong::packet::{Attachment, DocumentBuilder, ReadOptions, ToFolder, read_packet};
use lienthong::{ErrorKind, FindingCode as F, Severity::*};
use proptest::prelude::*;

use crate::support::{
    Case, Keep, PDF, base64, bytes_of, cut, document, edit, read, read_with, rows, with_data,
};

const FIRST: &str = "AttachmentEncoded/Attachment[1]";

/// A ZIP of deflated entries; with `streamed`, sizes stand behind the data.
fn zip(entries: &[(&str, &[u8])], streamed: bool) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(content).unwrap();
        let packed = deflate.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let numbers = [crc.sum(), packed.len() as u32, content.len() as u32];
        let fields = |numbers: [u32; 3]| {
            let flags: u16 = if streamed { 8 } else { 0 };
            let mut record = [20_u16, flags, 8, 0, 33].map(u16::to_le_bytes).concat();
            record.extend(numbers.map(u32::to_le_bytes).concat());
            record.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
            record
        };
        let offset = archive.len() as u32;
        archive.extend(b"PK\x03\x04");
        archive.extend(fields(if streamed { [0; 3] } else { numbers }));
        archive.extend(name.as_bytes());
        archive.extend(packed);
        if streamed {
            archive.extend(b"PK\x07\x08");
            archive.extend(numbers.map(u32::to_le_bytes).concat());
        }
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(fields(numbers));
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = entries.len() as u16;
    let (start, length) = (archive.len() as u32, directory.len() as u32);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count, count].map(u16::to_le_bytes).concat());
    archive.extend([length, start].map(u32::to_le_bytes).concat());
    archive.extend([0; 2]);
    archive
}

/// With bytes of a file that is declared as a ZIP around one.
fn declared_zip(data: &[u8]) -> String {
    with_data(data).replace("application/pdf", "application/zip")
}

fn named(name: &str, data: &[u8]) -> String {
    with_data(data).replace("thí dụ.pdf", name)
}

/// The raw bytes, opened anew from the packet.
fn opened(case: &Case) -> Vec<u8> {
    let mut raw = Vec::new();
    let mut stream = case.attachment().open_raw(Cursor::new(&case.text)).unwrap();
    stream.read_to_end(&mut raw).unwrap();
    raw
}

fn is_left_alone(case: &Case, zip: &[u8]) {
    assert_eq!(case.attachment().unwrapped, None);
    assert_eq!(case.attachment().content(), case.attachment().raw.as_ref());
    assert_eq!(opened(case), zip);
}

rows! {
    24 row_24_the_first_bytes_decide_what_a_file_is {
        // Manifest and attachment contradict each other, as a fresh build has it.
        let text = edit(
            &document(),
            "<edXML:ContentType>application/pdf",
            "<edXML:ContentType>application/zip",
        );
        let case = read(text);
        assert_eq!(
            case.attachment().content().unwrap().detected,
            DetectedType::Pdf
        );
        assert_eq!(
            case.attachment().content_type.as_deref(),
            Some("application/pdf")
        );
        assert_eq!(
            case.attachment().reference_type.as_deref(),
            Some("application/zip")
        );
        let finding = case.found(F::AttachmentTypeContradiction, Note, FIRST, "<Attachment>");
        assert!(finding.to_string().contains("pdf"), "{finding}");
        case.sending(F::AttachmentTypeContradiction, Note);
        // Both say the same, and the bytes say something else.
        let case = read(document().replace("application/pdf", "application/zip"));
        assert_eq!(
            case.attachment().content().unwrap().detected,
            DetectedType::Pdf
        );
        case.found(F::AttachmentTypeContradiction, Note, FIRST, "<Attachment>");
        assert_eq!(bytes_of(&case).raw, PDF);
    }

    25 row_25_a_zip_around_one_file_is_unwrapped {
        let uuid = "3f2c9a10-0000-4000-8000-000000000001";
        for (entry, streamed) in [
            (format!("{uuid}.pdf"), false),
            (format!("{uuid}.PDF"), false),
            (format!("{uuid}.pdf"), true),
        ] {
            let zip = zip(&[(&entry, PDF)], streamed);
            let case = read(with_data(&zip));
            let attachment = case.attachment();
            assert!(attachment.is_wrapped());
            // The name is that of the attachment, not of the entry.
            assert_eq!(attachment.name.as_deref(), Some("thí dụ.pdf"));
            assert_eq!(attachment.content().unwrap().size, PDF.len() as u64);
            assert_eq!(attachment.content().unwrap().detected, DetectedType::Pdf);
            assert_eq!(
                attachment.content().unwrap().sha256,
                read(document()).attachment().raw.unwrap().sha256
            );
            assert_eq!(attachment.raw.unwrap().size, zip.len() as u64);
            case.found(F::AttachmentUnwrapped, Note, FIRST, "<Attachment>");
            case.lacks(F::AttachmentTypeMismatch);
            assert_eq!(bytes_of(&case).entry, PDF);
            // Wrapped or not, it means the same.
            assert_eq!(
                case.packet.meaning_digest(),
                read(document()).packet.meaning_digest()
            );
        }
    }

    25 row_25_a_zip_of_our_own_making_is_unwrapped_and_one_that_is_meant_is_not {
        let mut zip = Vec::new();
        wrap(&mut &PDF[..], "thí dụ.pdf")
            .unwrap()
            .write_to(&mut zip)
            .unwrap();
        read(with_data(&zip)).found(F::AttachmentUnwrapped, Note, FIRST, "<Attachment>");
        for name in ["thí dụ.zip", "thí dụ.ZIP"] {
            let case = read(named(name, &zip));
            is_left_alone(&case, &zip);
            case.lacks(F::AttachmentUnwrapped);
        }
        // A rebuild would open the one in capitals.
        read(named("thí dụ.ZIP", &zip)).checked(
            F::AttachmentNameZipCase,
            Warning,
            FIRST,
            "<Attachment>",
        );
    }

    25 row_25_a_zip_of_several_files_is_an_attachment_of_its_own {
        let zip = zip(&[("a.pdf", PDF), ("b.pdf", PDF)], false);
        let case = read(with_data(&zip));
        is_left_alone(&case, &zip);
        case.lacks(F::AttachmentUnwrapped);
        case.lacks(F::AttachmentZipCorrupt);
        case.found(F::AttachmentTypeMismatch, Warning, FIRST, "<Attachment>");
    }

    25 row_25_a_zip_with_an_unsafe_name_in_it_is_not_opened {
        for name in ["../a.pdf", "/a.pdf", "x\\a.pdf", "C:a.pdf", "a\0.pdf", ""] {
            let zip = zip(&[(name, PDF)], false);
            let case = read(with_data(&zip));
            is_left_alone(&case, &zip);
            let finding = case.found(F::AttachmentZipRefused, Warning, FIRST, "<Attachment>");
            assert!(
                finding.to_string().contains("refused-unsafe-name"),
                "{finding}"
            );
            // A hop opens what is declared as a ZIP, and nothing else.
            case.sending(F::AttachmentZipRefused, Warning);
            read(declared_zip(&zip)).sending(F::AttachmentZipRefused, Error);
        }
    }

    25 row_25_a_zip_that_grows_too_much_is_not_opened {
        let blanks = vec![b' '; 20 << 20];
        let zip = zip(&[("a.txt", &blanks)], false);
        let case = read(with_data(&zip));
        is_left_alone(&case, &zip);
        let finding = case.found(F::AttachmentZipRefused, Warning, FIRST, "<Attachment>");
        assert!(finding.to_string().contains("refused-ratio"), "{finding}");
        // The ratio is a limit that the operator sets.
        let case = read_with(with_data(&zip), &[("packet.max_zip_ratio", "2000")]);
        assert_eq!(case.attachment().unwrapped.unwrap().size, 20 << 20);
        let case = read_with(
            with_data(&zip),
            &[
                ("packet.max_zip_ratio", "2000"),
                ("packet.max_attachment_size", "1048576"),
            ],
        );
        let finding = case.found(F::AttachmentZipRefused, Warning, FIRST, "<Attachment>");
        assert!(
            finding.to_string().contains("refused-too-large"),
            "{finding}"
        );
    }

    26 row_26_an_entry_of_another_type_is_told_and_the_raw_bytes_stay_reachable {
        let program = [
            b"MZ".as_slice(),
            &[0; 58],
            &64_u32.to_le_bytes(),
            b"PE\0\0",
            &[0; 64],
        ]
        .concat();
        let zip = zip(&[("a.pdf", &program)], false);
        let case = read(with_data(&zip));
        assert_eq!(
            case.attachment().content().unwrap().detected,
            DetectedType::WindowsProgram
        );
        let finding = case.found(F::AttachmentTypeMismatch, Warning, FIRST, "<Attachment>");
        assert!(
            finding
                .to_string()
                .contains(DetectedType::WindowsProgram.name()),
            "{finding}"
        );
        assert_eq!(opened(&case), zip);
        assert_eq!(bytes_of(&case).raw, zip);

        let folder = tempfile::tempdir().unwrap();
        let mut sink = ToFolder::new(folder.path()).unwrap().keep_raw(true);
        read_packet(case.text.as_slice(), &ReadOptions::default(), &mut sink).unwrap();
        let [file] = sink.files() else {
            panic!("one file")
        };
        assert_eq!(std::fs::read(&file.path).unwrap(), program);
        assert_eq!(std::fs::read(file.raw_path.as_ref().unwrap()).unwrap(), zip);
        // Without the wish to keep it, the ZIP is not written.
        let folder = tempfile::tempdir().unwrap();
        let mut sink = ToFolder::new(folder.path()).unwrap();
        read_packet(case.text.as_slice(), &ReadOptions::default(), &mut sink).unwrap();
        assert_eq!(sink.files()[0].raw_path, None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    27 row_27_a_corrupt_zip_spoils_its_attachment_only {
        let whole = zip(&[("a.pdf", PDF)], false);
        let mut flipped = whole.clone();
        flipped[45] ^= 0xff;
        for zip in [&whole[..whole.len() - 30], &flipped] {
            let case = read(with_data(zip));
            assert!(case.packet.readable);
            assert_eq!(case.document().subject.as_deref(), Some("Về việc thí dụ"));
            case.found(F::AttachmentZipCorrupt, Error, FIRST, "<Attachment>");
            case.sending(F::AttachmentZipCorrupt, Warning);
            read(declared_zip(zip)).sending(F::AttachmentZipCorrupt, Error);
            is_left_alone(&case, zip);
            // What was unpacked by then is not handed out as a file.
            let folder = tempfile::tempdir().unwrap();
            let mut sink = ToFolder::new(folder.path()).unwrap();
            read_packet(case.text.as_slice(), &ReadOptions::default(), &mut sink).unwrap();
            assert_eq!(std::fs::read(&sink.files()[0].path).unwrap(), zip);
        }
    }

    27 row_27_text_in_place_of_base64_spoils_its_attachment_only {
        for text in ["${__tep(thi_du.txt)}", "[nội dung tệp]", "AAAA=AAA"] {
            let case = read(edit(&document(), &base64(PDF), text));
            assert!(case.packet.readable);
            assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
            assert_eq!(case.attachment().raw, None);
            assert_eq!(case.attachment().name.as_deref(), Some("thí dụ.pdf"));
            case.found(F::AttachmentBase64Invalid, Error, FIRST, "<Attachment>");
            case.sending(F::AttachmentBase64Invalid, Error);
            // Whoever wants the file hears which one it is, and why there is none.
            let error = case
                .attachment()
                .open_raw(Cursor::new(&case.text))
                .err()
                .unwrap();
            assert_eq!(error.kind(), ErrorKind::AttachmentUnreadable);
            let context = error.context().iter();
            let context: Vec<_> = context.map(|(name, value)| (*name, &**value)).collect();
            let code = "attachment-base64-invalid";
            assert_eq!(context, [("attachment", "1"), ("finding", code)]);
            // What was decoded by then is not handed out as a file.
            let folder = tempfile::tempdir().unwrap();
            let mut sink = ToFolder::new(folder.path()).unwrap();
            read_packet(case.text.as_slice(), &ReadOptions::default(), &mut sink).unwrap();
            assert_eq!(sink.files(), []);
            drop(sink);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        // Nothing at all in its place.
        let case = read(edit(&document(), &base64(PDF), ""));
        case.found(F::AttachmentEmpty, Warning, FIRST, "<Attachment>");
        case.sending(F::AttachmentEmpty, Error);
    }

    27 row_27_base64_without_its_padding_is_whole {
        let text = base64(PDF);
        let bare = text.trim_end_matches('=');
        let data = if bare.len() < text.len() {
            PDF.to_vec()
        } else {
            [PDF, b"\n"].concat()
        };
        let case = read(
            with_data(&data)
                .replace(
                    "=</edXML:ContentTransferEncoded>",
                    "</edXML:ContentTransferEncoded>",
                )
                .replace(
                    "=</edXML:ContentTransferEncoded>",
                    "</edXML:ContentTransferEncoded>",
                ),
        );
        assert_eq!(bytes_of(&case).raw, data);
        assert_eq!(opened(&case), data);
        case.found(F::AttachmentBase64Unpadded, Note, FIRST, "<Attachment>");
        case.sending(F::AttachmentBase64Unpadded, Warning);
    }

    28 row_28_ids_are_the_same_with_any_number_of_cid {
        for (written, deviates) in [
            ("cid:1", false),
            ("1", true),
            ("cid:cid:1", true),
            ("CID:1", true),
            ("cid: cid:1", true),
        ] {
            let case = read(edit(
                &document(),
                "<ContentId>cid:1",
                &format!("<ContentId>{written}"),
            ));
            assert_eq!(case.attachment().content_id.as_ref().unwrap().as_str(), "1");
            // It is joined with the Reference `cid:1`.
            assert_eq!(
                case.attachment().reference_type.as_deref(),
                Some("application/pdf")
            );
            case.lacks(F::ReferenceByOrder);
            if deviates {
                case.found(
                    F::ContentIdForm,
                    Note,
                    "AttachmentEncoded/Attachment[1]/ContentId",
                    "<ContentId>",
                );
            } else {
                case.lacks(F::ContentIdForm);
            }
            // And the other way about.
            let case = read(edit(
                &document(),
                "<edXML:ContentId>cid:1",
                &format!("<edXML:ContentId>{written}"),
            ));
            case.lacks(F::ReferenceByOrder);
            assert_eq!(
                case.attachment().reference_type.as_deref(),
                Some("application/pdf")
            );
            if deviates {
                case.found(
                    F::ContentIdForm,
                    Note,
                    "edXMLManifest/Reference[1]/ContentId",
                    "<edXML:ContentId>",
                );
            }
        }
    }

    29 row_29_a_reference_may_have_a_link_and_no_type {
        let text = edit(
            &document(),
            "<edXML:Reference>",
            "<edXML:Reference xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"cid:9\">",
        );
        let text = edit(
            &text,
            "          <edXML:ContentType>application/pdf</edXML:ContentType>\n",
            "",
        );
        let case = read(text);
        assert_eq!(case.attachment().reference_type, None);
        assert_eq!(
            case.attachment().content_type.as_deref(),
            Some("application/pdf")
        );
        case.found(
            F::ReferenceHref,
            Note,
            "edXMLManifest/Reference[1]",
            "<edXML:Reference ",
        );
        case.sending(F::ReferenceHref, Warning);
        case.lacks(F::PrefixUnbound);
        case.lacks(F::AttachmentTypeContradiction);
    }

    29 row_29_a_missing_type_of_the_attachment_is_told {
        let case = read(edit(
            &document(),
            "      <ContentType>application/pdf</ContentType>\n",
            "",
        ));
        assert_eq!(case.attachment().content_type, None);
        assert_eq!(case.attachment().raw.unwrap().detected, DetectedType::Pdf);
        case.checked(F::AttachmentTypeMissing, Warning, FIRST, "<Attachment>");
        case.sending(F::AttachmentTypeMissing, Error);
    }

    29 row_29_where_no_id_fits_the_place_does {
        let text = edit(
            &document(),
            "<edXML:ContentId>cid:1",
            "<edXML:ContentId>cid:2",
        );
        let text = edit(
            &text,
            "      <AttachmentName>thí dụ.pdf</AttachmentName>\n",
            "",
        );
        let case = read(text);
        assert_eq!(case.attachment().name.as_deref(), Some("thí dụ.pdf"));
        case.found(F::ReferenceByOrder, Warning, FIRST, "<Attachment>");
        case.lacks(F::ReferenceWithoutAttachment);

        let case = read(edit(
            &document(),
            "      <ContentId>cid:1</ContentId>\n",
            "",
        ));
        assert_eq!(case.attachment().content_id, None);
        case.found(F::ContentIdMissing, Note, FIRST, "<Attachment>");
        case.found(F::ReferenceByOrder, Warning, FIRST, "<Attachment>");
    }

    29 row_29_a_name_by_place_is_known_while_the_file_is_written {
        // Neither side has an id, and only the manifest has the name.
        let bare = |text: &str| {
            let text = edit(
                text,
                "          <edXML:ContentId>cid:1</edXML:ContentId>\n",
                "",
            );
            let text = edit(&text, "      <ContentId>cid:1</ContentId>\n", "");
            let start = text.find("      <AttachmentName>").unwrap();
            let end = start + text[start..].find('\n').unwrap() + 1;
            format!("{}{}", &text[..start], &text[end..])
        };
        let packed = zip(&[("a.pdf", PDF)], false);
        for (text, name, content) in [
            (bare(&document()), "thí dụ.pdf", PDF),
            (bare(&with_data(&packed)), "thí dụ.pdf", PDF),
            (
                bare(&named("thí dụ.zip", &packed)),
                "thí dụ.zip",
                packed.as_slice(),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut sink = ToFolder::new(folder.path()).unwrap();
            read_packet(text.as_bytes(), &ReadOptions::default(), &mut sink).unwrap();
            assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), content);
            let case = read(text);
            assert_eq!(case.attachment().name.as_deref(), Some(name));
            assert_eq!(
                case.attachment().content().unwrap().size,
                content.len() as u64
            );
            case.found(F::ReferenceByOrder, Warning, FIRST, "<Attachment>");
        }
    }

    29 row_29_an_id_that_fits_goes_before_the_place {
        let text = document();
        let start = text.find("        <edXML:Reference>").unwrap();
        let end = text.find("      </edXML:edXMLManifest>").unwrap();
        let other = text[start..end]
            .replace("cid:1", "cid:2")
            .replace("thí dụ", "khác");
        let text = edit(
            &text,
            &text[start..end],
            &format!("{other}{}", &text[start..end]),
        );
        let case = read(edit(
            &text,
            "      <AttachmentName>thí dụ.pdf</AttachmentName>\n",
            "",
        ));
        assert_eq!(case.attachment().name.as_deref(), Some("thí dụ.pdf"));
        case.lacks(F::ReferenceByOrder);
        case.found(
            F::ReferenceWithoutAttachment,
            Warning,
            "edXMLManifest/Reference[1]",
            "<edXML:Reference>",
        );
        case.sending(F::ReferenceWithoutAttachment, Error);
    }

    30 row_30_attachments_in_the_envelope_are_attachments {
        let text = cut(
            &cut(&document(), "    <edXML:edXMLBody>", "</edXML:edXMLBody>\n"),
            "  <AttachmentEncoded>",
            "</AttachmentEncoded>\n",
        );
        let list = format!(
            "<edXML:edXMLAttachments><edXML:Attachment><edXML:AttachmentType>application/pdf</edXML:AttachmentType>\
             <edXML:AttachmentSize>{}</edXML:AttachmentSize><edXML:AttachmentData>{}</edXML:AttachmentData></edXML:Attachment></edXML:edXMLAttachments>",
            PDF.len(),
            base64(PDF)
        );
        let text = edit(
            &text,
            "  </edXML:edXMLEnvelope>",
            &format!("{list}</edXML:edXMLEnvelope>"),
        );
        let case = read(text.as_str());
        assert_eq!(
            case.attachment().content_type.as_deref(),
            Some("application/pdf")
        );
        assert_eq!(bytes_of(&case).raw, PDF);
        case.found(
            F::AttachmentsInEnvelope,
            Warning,
            "edXMLAttachments",
            "<edXML:edXMLAttachments>",
        );
        case.sending(F::AttachmentsInEnvelope, Error);
        case.lacks(F::AttachmentSizeDiffers);
        let lying = edit(
            &text,
            &format!("<edXML:AttachmentSize>{}", PDF.len()),
            "<edXML:AttachmentSize>7",
        );
        read(lying).found(
            F::AttachmentSizeDiffers,
            Warning,
            FIRST,
            "<edXML:Attachment>",
        );
    }

    31 row_31_base64_within_base64_is_decoded_twice_in_soap_only {
        let twice = base64(base64(PDF).as_bytes());
        // In the official shape the text is the file.
        let case = read(edit(&document(), &base64(PDF), &twice));
        assert!(!case.attachment().double_base64);
        assert_eq!(bytes_of(&case).raw, base64(PDF).as_bytes());
        case.lacks(F::AttachmentDoubleBase64);

        let soap = soap();
        let case = read(edit(&soap, &base64(PDF), &twice));
        assert!(case.attachment().double_base64);
        assert_eq!(case.attachment().raw.unwrap().detected, DetectedType::Pdf);
        assert_eq!(bytes_of(&case).raw, PDF);
        assert_eq!(opened(&case), PDF);
        case.found(F::AttachmentDoubleBase64, Note, FIRST, "<Attachment>");
        case.sending(F::AttachmentDoubleBase64, Warning);
        // Once is enough there as well.
        let case = read(soap);
        assert!(!case.attachment().double_base64);
        assert_eq!(bytes_of(&case).raw, PDF);
    }
}

/// The document with this text in place of base64.
fn with_undecoded(text: &str) -> String {
    edit(&document(), &base64(PDF), text)
}

/// How many bytes the groups of four before the first that is no base64 give, and the SHA-256 of
/// them and all that follows: group by group, as the description has it.
fn undecoded(text: &str) -> (usize, String) {
    let text: String = text.split([' ', '\t', '\r', '\n']).collect();
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((group, after)) = rest.split_at_checked(4)
        && let Ok(decoded) = base64_simd::STANDARD.decode_to_vec(group)
    {
        bytes.extend(decoded);
        rest = after;
        if group.contains(&b'=') {
            break;
        }
    }
    let count = bytes.len();
    bytes.extend(rest);
    let sum = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let sum = sum.as_ref().iter().map(|byte| format!("{byte:02x}"));
    (count, sum.collect())
}

#[test]
fn what_is_no_base64_has_a_meaning_of_its_own_however_its_characters_come_in() {
    let long = base64(&vec![7; 40_000]);
    let huge = base64(&vec![8; 4_500_000]);
    let texts = [
        "Nội dung tệp đã được lược bỏ".to_owned(),
        "${__tep(thi_du.txt)}".to_owned(),
        "=".to_owned(),
        "A".to_owned(),
        "AAAAB".to_owned(),
        "AAAAC".to_owned(),
        "AAAAAB".to_owned(),
        "AB==".to_owned(),
        "AA=A".to_owned(),
        "AAA=A".to_owned(),
        "AA==AA==".to_owned(),
        "AA ==\nAA= %".to_owned(),
        "AAAAAA%".to_owned(),
        "AAAAAB%".to_owned(),
        "JSUl%x".to_owned(),
        "%%%%x".to_owned(),
        format!("{long}%{long}"),
        format!("{long}\n  %\n {long} "),
        format!("{huge}ạ{huge}"),
        format!("{huge}A"),
    ];
    let mut seen = std::collections::HashMap::new();
    for text in &texts {
        let case = read(with_undecoded(text));
        assert_eq!(case.attachment().fault, Some(F::AttachmentBase64Invalid));
        let (bytes, sum) = undecoded(text);
        let form = case.packet.normal_form().unwrap();
        let (_, form) = form.split_once("Attachment{").unwrap();
        let count = bytes.to_string().len();
        let name = "AttachmentName=13:thí dụ.pdf\n";
        let expected =
            format!("{name}DecodedBytes={count}:{bytes}\nUndecodedSha256=64:{sum}\n}}\n");
        assert_eq!(form, expected);
        let digest = case.packet.meaning_digest().unwrap();
        if text.len() < 100_000 {
            let source = Dripping(&case.text);
            let dripped =
                read_packet(source, &ReadOptions::default(), &mut Keep::default()).unwrap();
            assert_eq!(dripped.attachments, case.packet.attachments);
            assert_eq!(dripped.meaning_digest(), Some(digest));
        }
        // White space alone makes no other text.
        let other = seen.insert(digest.to_string(), text.replace([' ', '\n'], ""));
        assert!(other.is_none_or(|other| other == text.replace([' ', '\n'], "")));
        // A file with these very bytes is something else.
        let file = read(with_data(text.as_bytes())).packet.meaning_digest();
        assert!(file.is_some() && file != Some(digest));
    }
    assert_eq!(seen.len(), texts.len() - 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn any_text_that_is_no_base64_is_digested_as_its_groups_say(
        text in "[A-Dw-z+/=% \n]{0,40}",
        long in any::<bool>(),
    ) {
        // Far enough in, whole blocks are decoded at once.
        let head = if long { "QUJD\n".repeat(4_000) } else { String::new() };
        let text = head + &text;
        let case = read(with_undecoded(&text));
        if case.attachment().fault.is_some() {
            let (bytes, sum) = undecoded(&text);
            let form = case.packet.normal_form().unwrap();
            let bytes = bytes.to_string();
            let said = format!("DecodedBytes={}:{bytes}\nUndecodedSha256=64:{sum}\n", bytes.len());
            prop_assert!(form.contains(&said), "{:?}", text);
            let source = Dripping(&case.text);
            let dripped = read_packet(source, &ReadOptions::default(), &mut Keep::default());
            prop_assert_eq!(dripped.unwrap().attachments, case.packet.attachments);
        }
    }
}

#[test]
fn an_attachment_without_data_means_something_else_than_an_empty_file() {
    let absent = cut(
        &document(),
        "      <edXML:ContentTransferEncoded",
        "</edXML:ContentTransferEncoded>\n",
    );
    let absent = read(absent);
    absent.found(F::AttachmentEmpty, Warning, FIRST, "<Attachment>");
    assert_eq!(absent.attachment().fault, Some(F::AttachmentEmpty));
    let form = absent.packet.normal_form().unwrap();
    assert!(
        form.ends_with("Attachment{AttachmentName=13:thí dụ.pdf\n}\n"),
        "{form}"
    );
    let empty = read(with_undecoded("")).packet.meaning_digest();
    assert!(empty.is_some() && empty != absent.packet.meaning_digest());
}

#[test]
fn an_attachment_over_the_limit_has_no_meaning_yet() {
    let data = vec![b'x'; 2_000_000];
    let keys = [("packet.max_attachment_size", "1048576")];
    for text in [base64(&data), format!("{}%", base64(&data))] {
        let case = read_with(with_undecoded(&text), &keys);
        assert_eq!(case.attachment().fault, Some(F::AttachmentTooLarge));
        assert_eq!(case.packet.meaning_digest(), None);
        // It has one where the limit is raised.
        assert!(
            read(with_undecoded(&text))
                .packet
                .meaning_digest()
                .is_some()
        );
    }
}

#[test]
fn text_in_place_of_base64_in_soap_has_a_meaning_too() {
    let text = "Nội dung tệp đã được lược bỏ";
    for (text, has) in [
        (text.to_owned(), true),
        ("QUJD%".to_owned(), true),
        // Base64 within base64, and then no more.
        (
            format!("{}%", base64(base64(&[7; 40_000]).as_bytes())),
            false,
        ),
        (
            base64(format!("{}%", base64(&[7; 40_000])).as_bytes()),
            false,
        ),
    ] {
        let case = read(edit(&soap(), &base64(PDF), &text));
        case.found(F::AttachmentBase64Invalid, Error, FIRST, "<Attachment>");
        assert_eq!(case.packet.meaning_digest().is_some(), has);
    }
}

/// The document in a SOAP envelope.
fn soap() -> String {
    let text = document();
    let header = &text[text.find("<edXML:MessageHeader>").unwrap()
        ..text.find("    </edXML:edXMLHeader>").unwrap()];
    let list = &text[text.find("  <AttachmentEncoded>").unwrap()..text.find("</edXML>").unwrap()];
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">\
         <s:Header>{header}</s:Header><s:Body>{list}</s:Body></s:Envelope>"
    )
}

/// Gives one byte at a time, as a slow connection may.
struct Dripping<'b>(&'b [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

#[test]
fn a_text_in_soap_is_not_decoded_twice_however_its_bytes_come_in() {
    let long_word = format!("{} va mot cau", "A".repeat(9_000));
    for file in [
        "Cong hoa xa hoi chu nghia Viet Nam",
        "thidu",
        "thi\ndu",
        "A",
        &long_word,
    ] {
        let text = edit(&soap(), &base64(PDF), &base64(file.as_bytes()));
        let mut keep = Keep::default();
        let source = Dripping(text.as_bytes());
        read_packet(source, &ReadOptions::default(), &mut keep).unwrap();
        assert_eq!(keep.raw, file.as_bytes());
        let case = read(text);
        assert_eq!(bytes_of(&case).raw, file.as_bytes());
        assert_eq!(opened(&case), file.as_bytes());
    }
    // What is base64 all through is the SOAP profile's, in one piece or in many.
    for size in [1, 12_287, 12_288, 12_289, 50_000] {
        let file = vec![7; size];
        let twice = base64(base64(&file).as_bytes());
        let text = edit(&soap(), &base64(PDF), &twice);
        let mut keep = Keep::default();
        let source = Dripping(text.as_bytes());
        read_packet(source, &ReadOptions::default(), &mut keep).unwrap();
        assert_eq!(keep.raw, file, "{size}");
        assert_eq!(bytes_of(&read(text)).raw, file, "{size}");
    }
}

#[test]
fn what_a_long_word_in_soap_is_taken_for_does_not_go_by_how_its_bytes_come_in() {
    let file = format!("{}, va mot cau.", "A".repeat(16 * 1024));
    let text = edit(&soap(), &base64(PDF), &base64(file.as_bytes()));
    let whole = read(text.clone());
    let source = Dripping(text.as_bytes());
    let dripping = read_packet(source, &ReadOptions::default(), &mut Keep::default()).unwrap();
    assert_eq!(whole.packet.findings(), dripping.findings());
    whole.found(F::AttachmentBase64Invalid, Error, FIRST, "<Attachment>");
}

/// The document with two attachments of one byte each, without names of their
/// own; the manifest calls them `a.txt` and `b.txt`, all under one id.
fn two_of_one_id(id: &str) -> String {
    let text = cut(&document(), "<edXML:Reference>", "</edXML:Reference>");
    let references: String = ["a.txt", "b.txt"]
        .map(|name| {
            format!(
                "<edXML:Reference><edXML:ContentId>{id}</edXML:ContentId>\
                 <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference>"
            )
        })
        .concat();
    let text = edit(
        &text,
        "</edXML:edXMLManifest>",
        &format!("{references}</edXML:edXMLManifest>"),
    );
    let text = cut(&text, "<Attachment>", "</Attachment>");
    let one = format!(
        "<Attachment><ContentId>{id}</ContentId>\
         <ContentTransferEncoded>QQ==</ContentTransferEncoded></Attachment>"
    );
    edit(
        &text,
        "</AttachmentEncoded>",
        &format!("{one}{one}</AttachmentEncoded>"),
    )
}

#[test]
fn attachments_that_share_an_id_keep_the_names_of_their_places() {
    // `cid:` with nothing behind it is no id at all.
    for (id, code) in [
        ("cid:7", F::ContentIdRepeated),
        ("cid:", F::ContentIdMissing),
    ] {
        let case = read(two_of_one_id(id));
        let names: Vec<_> = case
            .packet
            .attachments
            .iter()
            .map(|attachment| attachment.name.as_deref())
            .collect();
        assert_eq!(names, [Some("a.txt"), Some("b.txt")], "{id}");
        case.sending(code, code.severity_when_sending());
        case.lacks(F::ReferenceWithoutAttachment);
    }
}

#[test]
fn text_of_an_element_inside_the_data_is_no_data_when_it_is_opened_anew() {
    let data = base64(PDF);
    let text = edit(
        &document(),
        &data,
        &format!("{}<x>QUFB<y>QUFB</y></x>{}", &data[..8], &data[8..]),
    );
    let case = read(text);
    assert_eq!(bytes_of(&case).raw, PDF);
    assert_eq!(opened(&case), PDF);
}

#[test]
fn unwrapped_files_count_against_the_total_size() {
    let packed = zip(&[("a.txt", &[b' '; 6_000])], false);
    let one = format!(
        "<Attachment><AttachmentName>a.txt</AttachmentName>\
         <ContentTransferEncoded>{}</ContentTransferEncoded></Attachment>",
        base64(&packed)
    );
    let text = cut(&document(), "<Attachment>", "</Attachment>");
    let text = edit(
        &text,
        "</AttachmentEncoded>",
        &format!("{one}{one}</AttachmentEncoded>"),
    );
    let case = read_with(text, &[("packet.max_total_size", "10000")]);
    let unwrapped: Vec<_> = case
        .packet
        .attachments
        .iter()
        .map(|attachment| attachment.is_wrapped())
        .collect();
    assert_eq!(unwrapped, [true, false]);
    // Its raw bytes are there all the same.
    assert_eq!(
        case.packet.attachments[1].raw.unwrap().size,
        packed.len() as u64
    );
    let refused = "AttachmentEncoded/Attachment[2]";
    let findings = case.packet.findings();
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == F::AttachmentZipRefused && finding.path == refused)
    );
}

#[test]
fn a_packet_with_an_attachment_without_data_is_not_built() {
    let document = read(document()).document().clone();
    let build = |attachment| {
        DocumentBuilder::from_document(document.clone())
            .attach(attachment)
            .build()
    };
    let error = build(Attachment::from_bytes("a.pdf", Vec::new())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PacketImpossible);
    assert!(
        error
            .findings()
            .iter()
            .any(|finding| finding.code == F::AttachmentEmpty)
    );
    // A stream shows it when it is written.
    let stream = Attachment::from_reader("a.pdf", std::io::empty(), None);
    let error = build(stream)
        .unwrap()
        .write_to(&mut Vec::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PacketImpossible);
    assert_eq!(error.findings()[0].severity, Error);
    // An empty file inside a ZIP is data.
    let mut packet = build(Attachment::from_bytes("a.txt", Vec::new())).unwrap();
    let mut written = Vec::new();
    packet.write_to(&mut written).unwrap();
    assert_eq!(read(written).attachment().content().unwrap().size, 0);
}

#[test]
fn a_second_list_of_attachments_is_read_and_told() {
    let text = document();
    let start = text.find("  <AttachmentEncoded>").unwrap();
    let list = &text[start..text.find("</edXML>").unwrap()];
    let second = list.replace("cid:1", "cid:2");
    let case = read(edit(&text, "</edXML>", &format!("{second}</edXML>")));
    assert_eq!(case.packet.attachments.len(), 2);
    case.sending(F::ElementRepeated, Error);
}

#[test]
fn a_folder_is_no_attachment() {
    let folder = tempfile::tempdir().unwrap();
    let error = Attachment::from_path(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}
