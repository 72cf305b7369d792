//! The signature block, bodies without a document, values of the sample kit.

use std::path::Path;

use lienthong::packet::SignatureState;
use lienthong::{FindingCode as F, Severity::*};

use crate::support::{Case, cut, document, edit, read, rows};

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The document with a block between trace and body.
fn signed(block: &str) -> Case {
    read(edit(
        &document(),
        "    </edXML:edXMLHeader>",
        &format!("{block}</edXML:edXMLHeader>"),
    ))
}

fn block(namespace: &str, value: &str, key: &str) -> String {
    format!(
        "<Signature{namespace}><SignedInfo><Reference URI=\"\"><DigestValue>dGhpIGR1</DigestValue></Reference></SignedInfo>\
         <SignatureValue>{value}</SignatureValue><KeyInfo><X509Data>{key}</X509Data></KeyInfo></Signature>"
    )
}

rows! {
    37 row_37_each_state_of_the_signature_has_its_word_and_none_is_valid {
        let own = format!(" xmlns=\"{XMLDSIG}\"");
        let certificate = "<X509Certificate>dGhpIGR1</X509Certificate>";
        for (text, state, code, severity) in [
            (
                "<Signature/>".to_owned(),
                SignatureState::Empty,
                F::SignatureEmpty,
                Warning,
            ),
            (
                "<Signature> <SignedInfo/> </Signature>".to_owned(),
                SignatureState::Empty,
                F::SignatureEmpty,
                Warning,
            ),
            (
                block("", "dGhpIGR1", certificate),
                SignatureState::Placeholder,
                F::SignaturePlaceholder,
                Note,
            ),
            (
                block(&own, "dGhpIGR1", certificate),
                SignatureState::Unverified,
                F::SignatureUnverifiable,
                Note,
            ),
            (
                block(
                    &own,
                    "dGhpIGR1",
                    "<X509SubjectName>CN=user05</X509SubjectName>",
                ),
                SignatureState::KnownStub,
                F::SignatureStub,
                Error,
            ),
        ] {
            let case = signed(&text);
            assert_eq!(case.packet.signature, state, "{text}");
            case.found(code, Note, "Signature", "<Signature");
            case.sending(code, severity);
            // By default nothing about a signature stands in a receiver's way.
            assert!(
                case.check(false, &[])
                    .iter()
                    .all(|finding| finding.severity < Error)
            );
            assert!(case.packet.readable);
        }
        let case = read(document());
        assert_eq!(case.packet.signature, SignatureState::Absent);
        case.found_nowhere(F::SignatureAbsent, Note, "Signature");
        case.sending(F::SignatureAbsent, Note);
    }

    37 row_37_the_block_may_have_another_name {
        let text = block("", "dGhpIGR1", "")
            .replace("<Signature>", "<DigitalSignature>")
            .replace("</Signature>", "</DigitalSignature>");
        let case = signed(&text);
        assert_eq!(case.packet.signature, SignatureState::Placeholder);
        case.found(
            F::SignaturePlaceholder,
            Note,
            "Signature",
            "<DigitalSignature>",
        );
        // Its own elements are no matter of the envelope's prefixes.
        case.lacks(F::NamespaceMixed);
    }

    38 row_38_the_right_shape_without_a_document_is_an_unknown_body {
        let text = cut(
            &document(),
            "      <edXML:MessageHeader>",
            "</edXML:TraceHeaderList>\n",
        );
        let report = "<edXML:VirusReport><edXML:File>thi-du.pdf</edXML:File></edXML:VirusReport>";
        let case = read(edit(
            &text,
            "<edXML:edXMLHeader>",
            &format!("<edXML:edXMLHeader>{report}"),
        ));
        assert!(case.packet.readable);
        assert_eq!(case.packet.kind(), "unknown");
        assert!(case.packet.document().is_none() && case.packet.status().is_none());
        case.found_nowhere(F::UnknownBody, Error, "");
        case.found(
            F::ElementUnknown,
            Note,
            "VirusReport",
            "<edXML:VirusReport>",
        );
        assert_eq!(case.packet.meaning_digest(), None);
        // The attachments are there all the same.
        assert_eq!(case.packet.attachments.len(), 1);
        for empty in ["<edXML/>", "<x/>", "<edXML><edXMLEnvelope/></edXML>"] {
            read(empty).found_nowhere(F::UnknownBody, Error, "");
        }
    }

    41 row_41_each_value_of_the_sample_signature_is_refused_for_sending {
        for key in [
            "<X509Certificate>MIIFqTCCBJG</X509Certificate>",
            "<X509Certificate>\n  MIIFqTCCBJG\n</X509Certificate>",
            "<X509SubjectName>CN=user05</X509SubjectName>",
            "<X509SubjectName>CN=user05, O=Thi du</X509SubjectName>",
        ] {
            let case = signed(&block("", "dGhpIGR1", key));
            assert_eq!(case.packet.signature, SignatureState::KnownStub, "{key}");
            case.found(F::SignatureStub, Note, "Signature", "<Signature>");
            case.sending(F::SignatureStub, Error);
        }
        for key in [
            "<X509SubjectName>CN=user051</X509SubjectName>",
            "<X509Certificate>MIIFqTCCBJGA</X509Certificate>",
        ] {
            assert_eq!(
                signed(&block("", "dGhpIGR1", key)).packet.signature,
                SignatureState::Placeholder
            );
        }
        // A value of that length is not yet that value.
        let long = "A".repeat(344);
        assert_eq!(
            signed(&block("", &long, "")).packet.signature,
            SignatureState::Placeholder
        );
    }

    /// The value itself is not kept with the project, so this needs the samples.
    41 row_41_the_value_of_every_sample_signature_is_known {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/spec/vectors/packets/document-recall.edxml");
        let Ok(text) = std::fs::read_to_string(&sample) else {
            eprintln!("the sample packets are not there; not checked against them");
            return;
        };
        let start = text.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
        let value = &text[start..start + text[start..].find('<').unwrap()];
        let case = signed(&block("", value, ""));
        assert_eq!(case.packet.signature, SignatureState::KnownStub);
        case.sending(F::SignatureStub, Error);
        // Line breaks inside do not hide it.
        let (first, rest) = value.split_at(76);
        assert_eq!(
            signed(&block("", &format!("{first}\n{rest}"), ""))
                .packet
                .signature,
            SignatureState::KnownStub
        );
    }

    41 row_41_other_sample_values_are_noted {
        let address = "Số 03, đường Trường Thi, Thành phố Vinh, Tỉnh Nghệ An, Việt Nam";
        let name = "<edXML:OrganName>Ủy ban Thí dụ</edXML:OrganName>";
        let text = edit(
            &document(),
            name,
            &format!("{name}<edXML:OrganAdd>{address}</edXML:OrganAdd>"),
        );
        let text = edit(
            &text,
            "<edXML:Timestamp>2025/09/30 08:00:00",
            "<edXML:Timestamp>2018/09/28 00:00:00",
        );
        let text = edit(
            &text,
            "<edXML:DocumentId>H99.01,2025/09/30,12/AB",
            "<edXML:DocumentId>9fbfbad2-f1f8-4256-a2eb-50fb1061cddb",
        );
        let case = read(text);
        assert_eq!(case.document().to[0].organ_add.as_deref(), Some(address));
        case.checked(
            F::SampleValue,
            Note,
            "MessageHeader/To[1]/OrganAdd",
            "<edXML:OrganAdd>",
        );
        case.checked(
            F::SampleValue,
            Note,
            "TraceHeaderList/TraceHeader[1]/Timestamp",
            "<edXML:Timestamp>",
        );
        case.checked(
            F::SampleDocumentId,
            Note,
            "MessageHeader/DocumentId",
            "<edXML:DocumentId>",
        );
        case.sending(F::SampleValue, Note);
        case.sending(F::SampleDocumentId, Error);
        read(document()).lacks(F::SampleValue);
    }
}
