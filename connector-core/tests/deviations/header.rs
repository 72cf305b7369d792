//! The header of a document: trace, business, ids, organs, order.

use std::collections::HashMap;

use lienthong::packet::{BusinessType, CheckOptions, OrganId, check};
use lienthong::{FindingCode as F, Severity::*};

use crate::support::{config, cut, document, edit, read, rows, speaks, status, with_text};

const BUSSINESS: &str = "        <edXML:Bussiness>\n          <edXML:BussinessDocType>0</edXML:BussinessDocType>\n        </edXML:Bussiness>\n";

/// The document with a second receiver.
fn with_second_receiver(organ: &str, in_charge: &str) -> String {
    edit(
        &document(),
        "</edXML:To>\n",
        &format!(
            "</edXML:To><edXML:To><edXML:OrganId>{organ}</edXML:OrganId>\
             <edXML:OrganizationInCharge>{in_charge}</edXML:OrganizationInCharge></edXML:To>\n"
        ),
    )
}

rows! {
    9 row_09_a_missing_bussiness_means_a_new_document {
        let case = read(edit(&document(), BUSSINESS, ""));
        assert!(case.document().bussiness().is_none());
        assert_eq!(case.document().business_type(), BusinessType::New);
        assert_eq!(
            case.document()
                .trace_header_list
                .as_ref()
                .unwrap()
                .trace_header
                .len(),
            1
        );
        case.found(
            F::BusinessMissing,
            Note,
            "TraceHeaderList",
            "<edXML:TraceHeaderList>",
        );
        case.sending(F::BusinessMissing, Warning);
    }

    10 row_10_bussiness_may_follow_the_hops {
        let text = edit(
            &edit(&document(), BUSSINESS, ""),
            "      </edXML:TraceHeaderList>",
            &format!("{BUSSINESS}      </edXML:TraceHeaderList>"),
        );
        let case = read(text.replace("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>2"));
        assert_eq!(case.document().business_type(), BusinessType::Update);
        case.found(
            F::BusinessOrder,
            Note,
            "TraceHeaderList/Bussiness",
            "<edXML:Bussiness>",
        );
        case.lacks(F::BusinessMissing);
    }

    10 row_10_business_may_be_spelled_with_one_s {
        let text = document()
            .replace("edXML:Bussiness>", "edXML:Business>")
            .replace(">0</edXML:BussinessDocType>", ">1</edXML:BussinessDocType>");
        let case = read(text);
        assert_eq!(case.document().business_type(), BusinessType::Recall);
        case.found(
            F::BusinessSpelling,
            Warning,
            "TraceHeaderList/Business",
            "<edXML:Business>",
        );
        case.sending(F::BusinessSpelling, Error);
        case.lacks(F::BusinessMissing);
    }

    11 row_11_a_hop_without_an_organ_or_with_the_word_null_has_none {
        let hop = "<edXML:TraceHeader>\n          <edXML:OrganId>H99.01</edXML:OrganId>";
        for (organ, filler) in [("", false), ("<edXML:OrganId>null</edXML:OrganId>", true)] {
            let case = read(edit(
                &document(),
                hop,
                &format!("<edXML:TraceHeader>\n{organ}"),
            ));
            let hops = &case
                .document()
                .trace_header_list
                .as_ref()
                .unwrap()
                .trace_header;
            assert_eq!(hops.len(), 1);
            assert_eq!(hops[0].organ_id, None);
            assert_eq!(
                hops[0].timestamp.unwrap().to_string(),
                "2025-09-30T08:00:00"
            );
            case.found(
                F::TraceOrganMissing,
                Note,
                "TraceHeaderList/TraceHeader[1]",
                "<edXML:TraceHeader>",
            );
            case.sending(F::TraceOrganMissing, Warning);
            if filler {
                case.found(
                    F::FillerText,
                    Note,
                    "TraceHeaderList/TraceHeader[1]/OrganId",
                    "<edXML:OrganId>null",
                );
            }
        }
    }

    12 row_12_a_document_without_a_trace_is_accepted {
        let case = read(cut(
            &document(),
            "      <edXML:TraceHeaderList>",
            "</edXML:TraceHeaderList>\n",
        ));
        assert!(case.document().trace_header_list.is_none());
        assert_eq!(case.document().business_type(), BusinessType::New);
        case.found_nowhere(F::TraceListMissing, Note, "TraceHeaderList");
        case.sending(F::TraceListMissing, Warning);
    }

    13 row_13_a_uuid_or_any_other_text_is_an_id {
        for id in [
            "5e515fca-3627-4f2e-b517-000000000000",
            "H99.01-2025-12",
            "1758000000000",
            "a, b",
        ] {
            let case = read(with_text("DocumentId", "H99.01,2025/09/30,12/AB", id));
            assert_eq!(case.document().document_id.as_ref().unwrap().as_str(), id);
            case.lacks(F::DocumentIdHint);
        }
    }

    13 row_13_an_empty_id_is_absent {
        let case = read(with_text("DocumentId", "H99.01,2025/09/30,12/AB", ""));
        assert_eq!(case.document().document_id, None);
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/DocumentId",
            "<edXML:DocumentId>",
        );
        case.checked(
            F::ElementMissing,
            Warning,
            "MessageHeader/DocumentId",
            "<edXML:DocumentId>",
        );
    }

    13 row_13_the_triple_in_an_id_is_only_a_hint {
        for id in [
            "H99.03,2025/09/30,12/AB",
            "H99.01,2014/01/30,12/AB",
            "H99.01,2025/09/30,13/AB",
            "H99.01,2014/02/30,12/AB",
        ] {
            let case = read(with_text("DocumentId", "H99.01,2025/09/30,12/AB", id));
            assert_eq!(case.document().document_id.as_ref().unwrap().as_str(), id);
            assert_eq!(case.document().sender().unwrap().as_str(), "H99.01");
            assert_eq!(
                case.document()
                    .promulgation_info
                    .as_ref()
                    .unwrap()
                    .promulgation_date
                    .unwrap()
                    .to_string(),
                "2025-09-30"
            );
            case.checked(
                F::DocumentIdHint,
                Note,
                "MessageHeader/DocumentId",
                "<edXML:DocumentId>",
            );
            case.sending(F::DocumentIdHint, Note);
        }
        // The same triple with its date in another form contradicts nothing.
        read(with_text(
            "DocumentId",
            "H99.01,2025/09/30,12/AB",
            "H99.01,2025-09-30,12/AB",
        ))
        .lacks(F::DocumentIdHint);
    }

    16 row_16_an_empty_response_is_none {
        let empty =
            "<edXML:ResponseFor><edXML:OrganId></edXML:OrganId><edXML:Code/></edXML:ResponseFor>";
        let case = read(edit(
            &document(),
            "        <edXML:SteeringType>",
            &format!("        {empty}<edXML:SteeringType>"),
        ));
        assert!(case.document().response_for.is_empty());
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/ResponseFor[1]",
            "<edXML:ResponseFor>",
        );
        case.sending(F::ElementEmpty, Warning);
    }

    16 row_16_responses_may_repeat_with_their_children_in_any_order {
        let responses = "<edXML:ResponseFor><edXML:DocumentId>a</edXML:DocumentId><edXML:OrganId>H99.02</edXML:OrganId></edXML:ResponseFor>\
            <edXML:ResponseFor><edXML:OrganId>H99.02</edXML:OrganId><edXML:DocumentId>b</edXML:DocumentId></edXML:ResponseFor>";
        let case = read(edit(
            &document(),
            "        <edXML:SteeringType>",
            &format!("{responses}<edXML:SteeringType>"),
        ));
        let ids: Vec<_> = case
            .document()
            .response_for
            .iter()
            .map(|response| response.document_id.as_ref().unwrap().as_str())
            .collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(
            case.document().response_for[0]
                .organ_id
                .as_ref()
                .unwrap()
                .as_str(),
            "H99.02"
        );
        case.found(
            F::ElementOrder,
            Note,
            "MessageHeader/ResponseFor[1]",
            "<edXML:ResponseFor><edXML:DocumentId>",
        );
        case.lacks(F::ElementRepeated);
    }

    22 row_22_old_and_new_code_of_an_organ_are_one_delivery {
        let text = edit(
            &with_second_receiver("000.00.00.H99", "Thí dụ"),
            ">H99.02<",
            ">H99<",
        );
        let case = read(text);
        assert_eq!(case.document().to.len(), 2);
        let directory = HashMap::from([(OrganId::new("000.00.00.H99"), OrganId::new("H99"))]);
        assert_eq!(
            case.document().receivers(&directory),
            [&OrganId::new("H99")]
        );
        // Without the directory nobody knows that they are one.
        assert_eq!(case.document().receivers(&HashMap::new()).len(), 2);
        case.checked(
            F::OrganCodesOldAndNew,
            Warning,
            "MessageHeader/To[2]/OrganId",
            "<edXML:OrganId>000.00.00.H99",
        );
        let finding = case
            .check(false, &[])
            .into_iter()
            .find(|finding| finding.code == F::OrganCodesOldAndNew)
            .unwrap();
        assert!(finding.to_string().contains("000.00.00.H99"), "{finding}");
    }

    22 row_22_an_old_code_is_known_by_its_mark {
        let case = read(with_second_receiver("99.99.99", "TLTVBQG_CDMDD_QD20"));
        case.checked(
            F::OrganCodesOldAndNew,
            Warning,
            "MessageHeader/To[2]/OrganId",
            "<edXML:OrganId>99.99.99",
        );
        let named = edit(
            &with_second_receiver("99.99.99", "Thí dụ"),
            "Ủy ban Thí dụ",
            "Ủy ban Thí dụ (Mã cũ)(qd20)",
        );
        read(named).checked(
            F::OrganCodesOldAndNew,
            Warning,
            "MessageHeader/To[1]/OrganId",
            "<edXML:OrganId>H99.02",
        );
        read(with_second_receiver("H99.03", "Thí dụ")).lacks(F::OrganCodesOldAndNew);
    }

    23 row_23_organ_ids_of_any_form_are_taken_as_they_are {
        for (organ, published) in [
            ("000.00.00.H99", true),
            ("H99", true),
            ("H99.17", true),
            ("02.29.W99", true),
            ("123456789012", true),
            ("H99.DN.001", true),
            ("vxp.saas.99", false),
            ("CS:GOV:H99:thi-du", false),
            ("H99..1", false),
        ] {
            let case = read(edit(&document(), ">H99.02<", &format!(">{organ}<")));
            assert_eq!(
                case.document().to[0].organ_id.as_ref().unwrap().as_str(),
                organ
            );
            case.lacks(F::OrganIdForm);
            let options = CheckOptions::from_config(&config(&[("packet.check_organ_ids", "true")]));
            let findings = check(&case.packet, &options);
            speaks(&findings);
            let found = findings
                .iter()
                .find(|finding| finding.code == F::OrganIdForm);
            assert_eq!(found.is_none(), published, "{organ}");
            if let Some(found) = found {
                assert_eq!(
                    (found.severity, found.path.as_str()),
                    (Warning, "MessageHeader/To[1]/OrganId")
                );
                assert_eq!(found.position.unwrap().line, 11);
                assert!(found.to_string().contains(organ));
            }
        }
    }

    36 row_36_the_children_of_an_organ_stand_in_any_order {
        let from = "<edXML:OrganId>H99.01</edXML:OrganId>\n          <edXML:OrganName>Sở Thí dụ</edXML:OrganName>";
        let turned = "<edXML:OrganName>Sở Thí dụ</edXML:OrganName><edXML:OrganizationInCharge>H99</edXML:OrganizationInCharge><edXML:OrganId>H99.01</edXML:OrganId>";
        let case = read(edit(&document(), from, turned));
        let organ = case.document().from.as_ref().unwrap();
        assert_eq!(organ.organ_id.as_ref().unwrap().as_str(), "H99.01");
        assert_eq!(organ.organization_in_charge.as_deref(), Some("H99"));
        assert_eq!(organ.organ_name.as_deref(), Some("Sở Thí dụ"));
        case.found(F::ElementOrder, Note, "MessageHeader/From", "<edXML:From>");
    }

    36 row_36_the_header_in_the_order_of_the_regulation_is_read {
        let id = "        <edXML:DocumentId>H99.01,2025/09/30,12/AB</edXML:DocumentId>\n";
        let text = edit(&document(), id, "");
        let case = read(edit(
            &text,
            "      </edXML:MessageHeader>",
            &format!("{id}      </edXML:MessageHeader>"),
        ));
        assert_eq!(case.document(), read(document()).document());
        case.found(
            F::ElementOrder,
            Note,
            "MessageHeader",
            "<edXML:MessageHeader>",
        );
    }
}

#[test]
fn a_second_trace_list_does_not_take_a_recall_away() {
    let text = with_text("BussinessDocType", "0", "1");
    let hop = "<edXML:TraceHeader><edXML:OrganId>H99.77</edXML:OrganId>\
               <edXML:Timestamp>2025/09/30 08:01:00</edXML:Timestamp></edXML:TraceHeader>";
    let text = edit(
        &text,
        "</edXML:TraceHeaderList>",
        &format!("</edXML:TraceHeaderList><edXML:TraceHeaderList>{hop}</edXML:TraceHeaderList>"),
    );
    let case = read(text);
    assert_eq!(case.document().business_type(), BusinessType::Recall);
    let hops = &case
        .document()
        .trace_header_list
        .as_ref()
        .unwrap()
        .trace_header;
    assert_eq!(hops.len(), 2);
    case.sending(F::ElementRepeated, Error);
}

#[test]
fn elements_of_the_other_kind_of_packet_are_not_passed_over_in_silence() {
    let text = edit(
        &document(),
        "</edXML:MessageHeader>",
        "<edXML:Description>x</edXML:Description></edXML:MessageHeader>",
    );
    let marker = "<edXML:Description>";
    let path = "MessageHeader/Description";
    read(text).found(F::ElementUnknown, Note, path, marker);
    let text = edit(
        &status(),
        "        <edXML:StatusCode>",
        "        <edXML:Subject>x</edXML:Subject><edXML:StatusCode>",
    );
    let path = "MessageHeader/Subject";
    read(text).found(F::ElementUnknown, Note, path, "<edXML:Subject>");
}

#[test]
fn an_old_receiver_without_an_id_is_told_as_missing_only() {
    let text = with_second_receiver("H99.03", "TLTVBQG_CDMDD_QD20");
    let case = read(cut(&text, "<edXML:OrganId>H99.03", "</edXML:OrganId>"));
    case.lacks(F::OrganCodesOldAndNew);
    case.sending(F::ReceiverMissing, Error);
}
