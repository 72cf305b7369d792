//! The form of the file: root, envelope, namespaces, prefixes, junk.

use std::fs;

use lienthong::packet::received::{DialectNamespace, DialectShape};
use lienthong::packet::{Discard, ReadOptions, read_packet};
use lienthong::{ErrorKind, FindingCode as F, Language, Severity::*};

use crate::support::{config, cut, document, edit, read, read_with, rows};

const QCVN: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The document with the envelope as its root, attachments inside.
fn bare_envelope() -> String {
    let text = document();
    let start = text.find("<edXML:edXMLEnvelope").unwrap();
    let end = text.find("</edXML:edXMLEnvelope>").unwrap();
    let list = text.find("<AttachmentEncoded>").unwrap();
    let list_end = text.find("</edXML>").unwrap();
    format!(
        "{}{}</edXML:edXMLEnvelope>",
        &text[start..end],
        &text[list..list_end]
    )
}

rows! {
    1 row_01_unknown_children_of_the_root_are_ignored {
        let first = "  <Boundary>----=_P<part>x</part></Boundary>\n  <ContentId>cid:0</ContentId>\n  <ContentType>text/xml</ContentType>\n";
        let text = edit(
            &document(),
            "  <edXML:edXMLEnvelope",
            &format!("{first}  <edXML:edXMLEnvelope"),
        );
        let text = edit(&text, "</edXML>", "<Later>x</Later></edXML>");
        let case = read(text);
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        assert_eq!(case.packet.attachments.len(), 1);
        case.found(F::RootChildUnknown, Note, "Boundary", "<Boundary>");
        case.found(F::RootChildUnknown, Note, "ContentId", "<ContentId>cid:0");
        case.found(
            F::RootChildUnknown,
            Note,
            "ContentType",
            "<ContentType>text",
        );
        case.found(F::RootChildUnknown, Note, "Later", "<Later>");
        case.sending(F::RootChildUnknown, Warning);
        // Ignored means that their text is no deviation of its own.
        case.lacks(F::TextUnexpected);
    }

    1 row_01_an_element_around_the_envelope_is_no_ignored_child {
        let text = edit(
            &document(),
            "<edXML:edXMLEnvelope",
            "<Package><edXML:edXMLEnvelope",
        );
        let case = read(edit(
            &text,
            "</edXML:edXMLEnvelope>",
            "</edXML:edXMLEnvelope></Package>",
        ));
        assert_eq!(case.document().to.len(), 1);
        case.lacks(F::RootChildUnknown);
    }

    2 row_02_the_envelope_may_be_the_root {
        let case = read(bare_envelope());
        assert_eq!(
            case.packet.dialect.unwrap().shape,
            DialectShape::BareEnvelope
        );
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        assert_eq!(case.packet.attachments.len(), 1);
        case.found(
            F::EnvelopeIsRoot,
            Warning,
            "edXMLEnvelope",
            "<edXML:edXMLEnvelope",
        );
        case.sending(F::EnvelopeIsRoot, Error);
    }

    2 row_02_a_soap_envelope_is_found_with_the_packet_in_header_and_body {
        let header = document();
        let start = header.find("<edXML:MessageHeader>").unwrap();
        let end = header.find("</edXML:edXMLHeader>").unwrap();
        let text = format!(
            "<s:Envelope xmlns:s=\"{SOAP}\" xmlns:edXML=\"{QCVN}\"><s:Header>{}</s:Header><s:Body/></s:Envelope>",
            &header[start..end]
        );
        let case = read(text);
        let dialect = case.packet.dialect.unwrap();
        assert_eq!(
            (dialect.shape, dialect.namespace),
            (DialectShape::Soap, DialectNamespace::Qcvn)
        );
        assert_eq!(dialect.to_string(), "qcvn+soap");
        assert_eq!(case.document().subject.as_deref(), Some("Về việc thí dụ"));
        case.found(F::SoapEnvelope, Warning, "Envelope", "<s:Envelope");
        case.sending(F::SoapEnvelope, Error);
    }

    2 row_02_a_whole_packet_may_stand_in_a_soap_body {
        let packet = cut(&document(), "<?xml", "?>\n");
        let case = read(format!(
            "<s:Envelope xmlns:s=\"{SOAP}\"><s:Body>{packet}</s:Body></s:Envelope>"
        ));
        assert_eq!(case.packet.dialect.unwrap().to_string(), "qcvn+soap");
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        assert_eq!(case.attachment().raw.unwrap().detected.name(), "pdf");
        case.found(F::SoapEnvelope, Warning, "Envelope", "<s:Envelope");
    }

    2 row_02_the_envelope_is_looked_for_in_the_first_levels_only {
        let text = bare_envelope();
        let wrapped =
            |levels: usize| format!("{}{text}{}", "<w>".repeat(levels), "</w>".repeat(levels));
        assert_eq!(read(wrapped(4)).packet.kind(), "document");
        let case = read(wrapped(5));
        assert_eq!(case.packet.kind(), "unknown");
        case.found_nowhere(F::UnknownBody, Error, "");
    }

    3 row_03_every_namespace_in_use_is_read_and_reported {
        for (uri, namespace, word) in [
            (
                "http://www.e-doc.vn/Schema/",
                DialectNamespace::Edoc,
                "edoc",
            ),
            ("http://www.go.vn/eDoc", DialectNamespace::GoEdoc, "go-edoc"),
            ("urn:thi-du", DialectNamespace::Other, "other"),
        ] {
            let case = read(document().replace(QCVN, uri));
            assert_eq!(case.packet.dialect.unwrap().namespace, namespace);
            assert_eq!(
                case.document().to[0].organ_id.as_ref().unwrap().as_str(),
                "H99.02"
            );
            let finding = case.found(
                F::NamespaceDialect,
                Warning,
                "edXMLEnvelope",
                "<edXML:edXMLEnvelope",
            );
            assert!(finding.to_string().contains(word), "{finding}");
            case.sending(F::NamespaceDialect, Error);
        }
        read(document()).lacks(F::NamespaceDialect);
    }

    3 row_03_no_namespace_at_all_is_read_and_reported {
        let text = document().replace("<edXML:", "<").replace("</edXML:", "</");
        let text = text
            .replace(&format!(" xmlns=\"{QCVN}\""), "")
            .replace(&format!(" xmlns:edXML=\"{QCVN}\""), "");
        let case = read(text);
        assert_eq!(
            case.packet.dialect.unwrap().namespace,
            DialectNamespace::None
        );
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        let finding = case.found(
            F::NamespaceDialect,
            Warning,
            "edXMLEnvelope",
            "<edXMLEnvelope",
        );
        assert!(finding.to_string().contains("none"), "{finding}");
    }

    4 row_04_parts_with_and_without_prefix_are_the_same_elements {
        let text = document()
            .replace("<edXML:DueDate>", "<DueDate>")
            .replace("</edXML:DueDate>", "</DueDate>");
        let case = read(text);
        assert_eq!(case.document().due_date.unwrap().to_string(), "2025-10-20");
        case.found(
            F::NamespaceMixed,
            Note,
            "edXMLEnvelope",
            "<edXML:edXMLEnvelope",
        );
        case.sending(F::NamespaceMixed, Error);
    }

    4 row_04_an_envelope_without_any_prefix_is_read {
        let case = read(document().replace("<edXML:", "<").replace("</edXML:", "</"));
        assert_eq!(case.document().due_date.unwrap().to_string(), "2025-10-20");
        assert_eq!(case.packet.attachments.len(), 1);
        case.found(F::PrefixMissing, Note, "edXMLEnvelope", "<edXMLEnvelope");
        case.sending(F::PrefixMissing, Error);
    }

    5 row_05_unbound_prefixes_are_accepted_where_they_stand {
        let case = read(edit(
            &document(),
            "<edXML:Reference>",
            "<edXML:Reference xlink:href=\"cid:1\">",
        ));
        assert_eq!(case.attachment().name.as_deref(), Some("thí dụ.pdf"));
        case.found(
            F::PrefixUnbound,
            Warning,
            "edXMLManifest/Reference",
            "<edXML:Reference xlink",
        );
        case.sending(F::PrefixUnbound, Error);
        // Inside a group.
        let case = read(edit(
            &document(),
            "<edXML:OrganName>Sở Thí dụ</edXML:OrganName>",
            "<x:OrganName>Sở Thí dụ</x:OrganName>",
        ));
        assert_eq!(
            case.document().from.as_ref().unwrap().organ_name.as_deref(),
            Some("Sở Thí dụ")
        );
        case.found(
            F::PrefixUnbound,
            Warning,
            "MessageHeader/From/OrganName",
            "<x:OrganName",
        );
    }

    5 row_05_the_packets_own_prefix_may_be_out_of_scope {
        let text = edit(
            &document(),
            &format!("<edXML:ContentTransferEncoded xmlns:edXML=\"{QCVN}\">"),
            "<edXML:ContentTransferEncoded>",
        );
        let case = read(text);
        assert_eq!(case.attachment().raw.unwrap().detected.name(), "pdf");
        case.found(
            F::PrefixUnbound,
            Warning,
            "AttachmentEncoded/Attachment[1]/ContentTransferEncoded",
            "<edXML:ContentTransferEncoded>",
        );
    }

    6 row_06_junk_before_the_declaration_is_skipped {
        let case = read(format!("1212{}", document()));
        assert!(case.packet.readable);
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        let finding = case.found(F::LeadingJunk, Warning, "", "1212");
        assert!(finding.to_string().contains("4 bytes"), "{finding}");
        case.sending(F::LeadingJunk, Error);
    }

    7 row_07_what_is_not_well_formed_is_refused_with_its_place {
        let case = read(edit(
            &document(),
            "<edXML:From>\n",
            "<edXML:From><edXML:From>\n",
        ));
        assert!(!case.packet.readable);
        let finding = case.found(F::NotWellFormed, Error, "", "</edXML:MessageHeader>");
        assert_eq!(finding.position.unwrap().line, 40);
        assert!(finding.to_string().contains("end tag"), "{finding}");
        let error = case.packet.clone().into_readable().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PacketUnreadable);
        assert_eq!(error.findings().len(), 1);
        // A check of what came before the fault does not hide the refusal.
        assert!(
            case.check(false, &[])
                .iter()
                .any(|finding| finding.code == F::NotWellFormed)
        );
    }

    7 row_07_a_packet_cut_off_in_transfer_is_refused_where_it_ends {
        let text = document();
        let end = text.find("</edXML:Subject>").unwrap();
        let case = read(&text[..end]);
        assert!(!case.packet.readable);
        let finding = &case
            .packet
            .findings()
            .iter()
            .find(|finding| finding.code == F::UnexpectedEnd)
            .unwrap();
        assert_eq!(finding.position.unwrap().byte, end as u64);
        assert_eq!(finding.severity, Error);
    }

    7 row_07_the_bytes_of_a_refused_packet_are_kept {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gói tin.edxml");
        let bytes = format!("<a><a>{}", document());
        fs::write(&path, &bytes).unwrap();
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        let packet = read_packet(
            fs::File::open(&path).unwrap(),
            &ReadOptions::default(),
            &mut Discard,
        )
        .unwrap();
        assert!(!packet.readable);
        assert_eq!(fs::read(&path).unwrap(), bytes.as_bytes());
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), changed);
    }

    8 row_08_line_ends_byte_order_mark_and_what_follows_the_end_are_accepted {
        let plain = read(document());
        let windows = document().replace('\n', "\r\n");
        let case = read(format!("\u{feff}{windows}\r\n"));
        assert_eq!(case.document(), plain.document());
        assert_eq!(case.packet.meaning_digest(), plain.packet.meaning_digest());
        assert_eq!(case.packet.size, case.text.len() as u64);
        case.found(F::ByteOrderMark, Note, "", "\u{feff}");
        let finding = case
            .packet
            .findings()
            .iter()
            .find(|finding| finding.code == F::TrailingWhiteSpace)
            .unwrap();
        assert_eq!(finding.severity, Note);
        assert!(finding.to_string().contains("4 bytes"), "{finding}");
        assert!(finding.position.unwrap().byte >= case.text.len() as u64 - 4);
        // One line end is the official form.
        read(windows).finds_only(&[F::SignatureAbsent]);
    }

    40 row_40_attributes_of_the_trace_list_are_ignored {
        let case = read(edit(
            &document(),
            "<edXML:TraceHeaderList>",
            "<edXML:TraceHeaderList id=\"t\" version=\"1.0\" mustUnderstand=\"1\" actor=\"a\">",
        ));
        assert_eq!(
            case.document().trace_header_list,
            read(document()).document().trace_header_list
        );
        case.found(
            F::TraceListAttributes,
            Note,
            "TraceHeaderList",
            "<edXML:TraceHeaderList id",
        );
        case.sending(F::TraceListAttributes, Note);
    }

    43 row_43_manifest_by_its_other_name_is_read {
        let case = read(document().replace("edXMLManifest", "Manifest"));
        assert_eq!(
            case.attachment().reference_type.as_deref(),
            Some("application/pdf")
        );
        case.found(F::ManifestName, Warning, "Manifest", "<edXML:Manifest");
        case.sending(F::ManifestName, Error);
    }

    43 row_43_the_prefix_may_be_bound_to_soap {
        let text = document();
        let start = text.find("<edXML:MessageHeader>").unwrap();
        let end = text.find("</edXML:edXMLHeader>").unwrap();
        let header = text[start..end]
            .replace("<edXML:", "<")
            .replace("</edXML:", "</");
        let case = read(format!(
            "<edXML:Envelope xmlns:edXML=\"{SOAP}\" xmlns=\"{QCVN}\"><edXML:Header>{header}</edXML:Header><edXML:Body/></edXML:Envelope>"
        ));
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        assert_eq!(case.packet.dialect.unwrap().to_string(), "qcvn+soap");
        // Said once, however many elements have it.
        case.found(F::SoapPrefix, Warning, "Envelope", "<edXML:Envelope");
        let all = case.packet.findings().iter();
        assert_eq!(all.filter(|one| one.code == F::SoapPrefix).count(), 1);
        case.sending(F::SoapPrefix, Error);
    }

    43 row_43_the_root_may_have_any_name {
        let text = document()
            .replacen("<edXML xmlns", "<Package xmlns", 1)
            .replace("</edXML>", "</Package>");
        let case = read(text);
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        assert_eq!(case.packet.attachments.len(), 1);
        case.found(F::RootName, Warning, "Package", "<Package");
        case.sending(F::RootName, Error);
    }
}

#[test]
fn names_of_unknown_elements_are_cut_so_that_they_fill_no_memory() {
    let long = "ề".repeat(20_000);
    for place in ["</edXML:MessageHeader>", "</edXML:From>", "</edXML>"] {
        let text = edit(&document(), place, &format!("<{long}/>{place}"));
        let case = read(text);
        let findings = case.check(false, &[]);
        let odd: Vec<_> = findings
            .iter()
            .filter(|finding| finding.path.contains('ề'))
            .collect();
        assert_eq!(odd.len(), 1, "{place}");
        assert!(odd[0].to_string().len() < 1_000, "{place}");
    }
}

#[test]
fn of_a_packet_that_was_cut_off_nothing_is_said_to_be_missing() {
    let text = document();
    for end in [
        "</edXML:MessageHeader>",
        "</edXML:edXMLHeader>",
        "  <AttachmentEncoded>",
    ] {
        let case = read(&text[..text.find(end).unwrap()]);
        assert!(!case.packet.readable);
        assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
        case.finds_only(&[F::UnexpectedEnd]);
    }
}

#[test]
fn a_limit_is_named_by_the_key_that_raises_it() {
    let namespaces: String = (0..300).map(|n| format!(" xmlns:n{n}=\"u{n}\"")).collect();
    let attributes: String = (0..65).map(|n| format!(" a{n}=\"\"")).collect();
    let long = "x".repeat(70_000);
    let cases = [
        ("packet.max_namespaces", format!("<edXML{namespaces}>")),
        ("packet.max_attributes", format!("<edXML{attributes}>")),
        ("packet.max_tag", format!("<edXML a=\"{long}\">")),
        ("packet.max_depth", "<a>".repeat(65)),
        ("packet.max_leading_junk", format!("{long}<edXML/>")),
    ];
    for (key, text) in cases {
        let wide = [("packet.max_attributes", "300")];
        let keys = if key == "packet.max_namespaces" {
            &wide[..]
        } else {
            &[]
        };
        let case = read_with(text, keys);
        let mut findings = case.packet.findings().iter();
        let limit = findings.find(|finding| finding.code == F::LimitExceeded);
        let message = limit.unwrap().message(Language::English);
        assert!(message.contains(&format!("{key} = ")), "{message}");
        assert!(config(&[]).get(key).is_some());
    }
    // This one has no key: what is that long is no reference.
    let case = read(format!("<edXML>&{long};</edXML>"));
    assert_eq!(case.packet.findings()[0].code, F::EntityUnknown);
}
