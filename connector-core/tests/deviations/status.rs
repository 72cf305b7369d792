//! Statuses: their dialects, codes, parties and what they speak of.

use lienthong::packet::received::DialectStatus;
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{OrganId, StatusCode};
use lienthong::{FindingCode as F, Severity::*};

use crate::support::{Case, document, edit, read, rows, speaks, status};

const ID: &str = "H99.01,2025/09/30,12/AB";

fn key(id: &str) -> DocumentKey {
    DocumentKey {
        organ: "H99.01".into(),
        id: Some(id.into()),
        code: Some("12/AB".to_owned()),
        date: Some("2025-09-30".parse().unwrap()),
    }
}

/// The documents that H99.01 sent to H99.02; no others are known.
fn find<'k>(
    case: &Case,
    known: &'k [DocumentKey],
) -> Option<(&'k DocumentKey, lienthong::packet::target::Parties)> {
    let (sender, receiver) = (OrganId::new("H99.01"), OrganId::new("H99.02"));
    let found = case.status().find_document(|from, to| {
        if *from == sender && *to == receiver {
            known.iter().collect()
        } else {
            Vec::new()
        }
    });
    if let Some((_, parties)) = &found {
        speaks(&parties.findings);
        assert_eq!((&parties.sender, &parties.receiver), (&sender, &receiver));
    }
    found
}

fn code(number: &str) -> String {
    edit(
        &status(),
        "<edXML:StatusCode>01<",
        &format!("<edXML:StatusCode>{number}<"),
    )
}

fn swapped(text: &str) -> String {
    let from = "          <edXML:OrganId>H99.02</edXML:OrganId>";
    let text = edit(
        text,
        "          <edXML:OrganId>H99.01</edXML:OrganId>",
        "          <edXML:OrganId>_</edXML:OrganId>",
    );
    edit(
        &edit(
            &text,
            from,
            "          <edXML:OrganId>H99.01</edXML:OrganId>",
        ),
        ">_<",
        ">H99.02<",
    )
}

/// The status by this id, without code and date to fall back on.
fn by_id(id: &str) -> Case {
    let text = edit(&status(), "          <edXML:Code>12/AB</edXML:Code>\n", "");
    let text = edit(
        &text,
        "          <edXML:PromulgationDate>2025/09/30</edXML:PromulgationDate>\n",
        "",
    );
    read(edit(&text, ID, id))
}

rows! {
    32 row_32_a_status_may_stand_in_an_element_of_its_own {
        let case = read(status().replace("edXML:MessageHeader>", "edXML:Status>"));
        assert_eq!(case.status(), read(status()).status());
        assert_eq!(
            case.packet.dialect.unwrap().status,
            DialectStatus::StatusElement
        );
        let finding = case.found(F::StatusDialect, Note, "MessageHeader", "<edXML:Status>");
        assert!(finding.to_string().contains("qcvn+status"), "{finding}");
        case.sending(F::StatusDialect, Error);
    }

    32 row_32_a_status_may_stand_in_a_soap_header {
        let text = status();
        let inside = &text[text.find("<edXML:From>").unwrap()
            ..text.find("      </edXML:MessageHeader>").unwrap()];
        let case = read(format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
             <edXML:Status xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\">{inside}</edXML:Status></s:Header></s:Envelope>"
        ));
        assert_eq!(case.status(), read(status()).status());
        let finding = case.found(F::StatusDialect, Note, "MessageHeader", "<edXML:Status ");
        assert!(
            finding.to_string().contains("qcvn+soap+status"),
            "{finding}"
        );
        // The official place is no dialect.
        read(status()).lacks(F::StatusDialect);
    }

    33 row_33_a_request_to_take_back_is_found_with_its_parties_either_way {
        let known = [key(ID)];
        for (text, is_swapped) in [(swapped(&code("13")), false), (code("13"), true)] {
            let case = read(text);
            assert_eq!(case.status().status_code, Some(StatusCode::RecallRequested));
            let (found, parties) = find(&case, &known).unwrap();
            assert_eq!(found, &known[0]);
            assert_eq!(parties.swapped, is_swapped);
            let said: Vec<_> = parties
                .findings
                .iter()
                .map(|finding| (finding.code, finding.severity, finding.path.as_str()))
                .collect();
            let expected: &[_] = if is_swapped {
                &[(F::StatusSwapped, Note, "MessageHeader/From")]
            } else {
                &[]
            };
            assert_eq!(said, expected);
        }
    }

    33 row_33_only_one_known_document_is_acted_on_and_only_13_is_turned_round {
        let case = read(code("13"));
        assert!(find(&case, &[]).is_none());
        // A document of a third organ is none of theirs, whoever gives it.
        let foreign = DocumentKey {
            organ: "H99.03".into(),
            ..key(ID)
        };
        assert!(find(&read(status()), &[foreign]).is_none());
        // Both ways a document: nobody can say which is meant.
        let (one, other) = (
            key(ID),
            DocumentKey {
                organ: "H99.02".into(),
                ..key(ID)
            },
        );
        let found = case.status().find_document(|from, _| {
            vec![if from.as_str() == "H99.01" {
                &one
            } else {
                &other
            }]
        });
        assert!(found.is_none());
        // Any other status goes from the receiver to the sender.
        assert!(find(&read(code("03")), &[key(ID)]).is_some());
        assert!(find(&read(swapped(&code("03"))), &[key(ID)]).is_none());
    }

    33 row_33_the_document_named_by_id_goes_before_one_of_the_same_code_and_date {
        let known = [key("another"), key(ID)];
        let (found, parties) = find(&read(status()), &known).unwrap();
        assert_eq!(found, &known[1]);
        assert!(parties.findings.is_empty());
        // Named twice by the host, it is one document.
        assert!(find(&read(status()), &[key(ID), key(ID)]).is_some());
    }

    34 row_34_an_id_is_found_in_its_other_forms {
        let known = [key("000.00.00.H99,2025/09/30,12/AB")];
        for id in [
            "000.00.00.H99,2025-09-30,12/AB",
            "000.00.00.H99, 30/09/2025, 12/AB",
            "H99.02,000.00.00.H99,2025/09/30,12/AB",
            "H99.02-000.00.00.H99,2025-09-30,12/AB",
            "H99.01,000.00.00.H99,2025/09/30,12/AB",
        ] {
            let case = by_id(id);
            assert_eq!(
                case.status()
                    .response_for
                    .as_ref()
                    .unwrap()
                    .document_id
                    .as_ref()
                    .unwrap()
                    .as_str(),
                id
            );
            let (found, parties) = find(&case, &known).unwrap_or_else(|| panic!("{id}"));
            assert_eq!(found, &known[0]);
            let said: Vec<_> = parties
                .findings
                .iter()
                .map(|finding| (finding.code, finding.severity, finding.path.as_str()))
                .collect();
            assert_eq!(
                said,
                [(
                    F::StatusIdNormalised,
                    Note,
                    "MessageHeader/ResponseFor/DocumentId"
                )]
            );
        }
        for id in [
            "H99.03,000.00.00.H99,2025/09/30,12/AB",
            "000.00.00.H99,2025/09/30,13/AB",
            "000.00.00.H99,2025/02/30,12/AB",
        ] {
            assert!(find(&by_id(id), &known).is_none(), "{id}");
        }
        // The official form is no deviation.
        let case = by_id("000.00.00.H99,2025/09/30,12/AB");
        assert!(find(&case, &known).unwrap().1.findings.is_empty());
    }

    34 row_34_ids_of_digits_alone_are_never_dates {
        // Two moments of one day, as ids.
        let known = [key("1758000000000"), key("1758000000001")];
        let (found, parties) = find(&by_id("1758000000001"), &known).unwrap();
        assert_eq!(found, &known[1]);
        assert!(parties.findings.is_empty());
        assert!(find(&by_id("1758000000002"), &known[..1]).is_none());
    }

    34 row_34_organ_code_and_date_stand_in_for_an_id_that_fits_nothing {
        let known = [key("5e515fca-3627-4f2e-b517-000000000000")];
        assert_eq!(find(&read(status()), &known).unwrap().0, &known[0]);
        let other_day = edit(
            &status(),
            "<edXML:PromulgationDate>2025/09/30<",
            "<edXML:PromulgationDate>2025/09/29<",
        );
        assert!(find(&read(other_day), &known).is_none());
        // The date of the status itself may be in another form.
        let dashes = edit(
            &status(),
            "<edXML:PromulgationDate>2025/09/30<",
            "<edXML:PromulgationDate>2025-09-30<",
        );
        let case = read(dashes);
        assert_eq!(find(&case, &known).unwrap().0, &known[0]);
        case.found(
            F::DateFormat,
            Warning,
            "MessageHeader/ResponseFor/PromulgationDate",
            "<edXML:PromulgationDate>",
        );
    }

    35 row_35_a_code_of_one_digit_is_the_code_of_two {
        let case = read(code("1"));
        assert_eq!(case.status().status_code, Some(StatusCode::Arrived));
        assert_eq!(case.status().status_code.unwrap().official(), "01");
        let finding = case.found(
            F::StatusCodeForm,
            Note,
            "MessageHeader/StatusCode",
            "<edXML:StatusCode>",
        );
        assert!(finding.to_string().contains("01"), "{finding}");
        case.sending(F::StatusCodeForm, Warning);
        read(status()).lacks(F::StatusCodeForm);
    }

    35 row_35_an_unknown_code_is_kept {
        let case = read(code("99"));
        assert_eq!(case.status().status_code, Some(StatusCode::Other(99)));
        let finding = case.found(
            F::CodeUnknown,
            Warning,
            "MessageHeader/StatusCode",
            "<edXML:StatusCode>",
        );
        assert!(finding.to_string().contains("StatusCode = 99"), "{finding}");
        case.lacks(F::StatusCodeForm);
    }

    36 row_36_a_status_has_its_own_order_and_any_other_is_read {
        let date = "          <edXML:PromulgationDate>2025/09/30</edXML:PromulgationDate>\n";
        let text = edit(
            &edit(&status(), date, ""),
            "          <edXML:DocumentId>",
            &format!("{date}          <edXML:DocumentId>"),
        );
        let case = read(text);
        assert_eq!(case.status(), read(status()).status());
        case.found(
            F::ElementOrder,
            Note,
            "MessageHeader/ResponseFor",
            "<edXML:ResponseFor>",
        );
    }

    42 row_42_the_content_decides_what_a_packet_is {
        for number in ["15", "16"] {
            let case = read(code(number));
            assert_eq!(case.packet.kind(), "status");
            let finding = case.packet.differs_from_transport("edoc").unwrap();
            assert_eq!(
                (finding.code, finding.severity, finding.path.as_str()),
                (F::KindDiffers, Note, "")
            );
            assert!(
                finding
                    .to_string()
                    .contains("calls this a document, the content is a status"),
                "{finding}"
            );
            speaks(&[finding]);
            assert!(case.packet.differs_from_transport("STATUS").is_none());
        }
        let case = read(document());
        assert!(case.packet.differs_from_transport("edoc").is_none());
        assert_eq!(
            case.packet.differs_from_transport("status").unwrap().code,
            F::KindDiffers
        );
        // Of what is neither, nothing can be said.
        assert!(
            read("<edXML/>")
                .packet
                .differs_from_transport("status")
                .is_none()
        );
    }
}
