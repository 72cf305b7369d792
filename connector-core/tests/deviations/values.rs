//! Values that are not what the table of elements says.

use lienthong::packet::{Date, DocumentClass, Priority, SteeringType, Timestamp};
use lienthong::{FindingCode as F, Severity::*};

use crate::support::{Case, cut, document, edit, read, rows, status, with_text};

fn due(text: &str) -> Case {
    read(with_text("DueDate", "2025/10/20", text))
}

rows! {
    14 row_14_every_form_of_the_closed_list_is_read_strictly {
        let day: Date = "2020-10-30".parse().unwrap();
        for (text, form) in [
            ("30/10/2020", "dd/MM/yyyy"),
            ("2020-10-30", "yyyy-MM-dd"),
            // 2020-10-29 18:00 UTC is the 30th in Vietnam.
            ("1603994400000", "epoch milliseconds"),
            ("2020/10/30 08:00:00", "date with time"),
            ("2020-10-30T08:00:00.000", "date with time"),
        ] {
            let case = due(text);
            assert_eq!(case.document().due_date, Some(day), "{text}");
            let finding = case.found(
                F::DateFormat,
                Warning,
                "MessageHeader/DueDate",
                "<edXML:DueDate>",
            );
            assert!(finding.to_string().contains(form), "{finding}");
            case.sending(F::DateFormat, Error);
        }
        let case = due("2020/10/30");
        assert_eq!(case.document().due_date, Some(day));
        case.lacks(F::DateFormat);
    }

    14 row_14_no_date_is_guessed {
        for text in [
            "2014/02/30",
            "30/10/20",
            "10/30/2020",
            "2020/1/2",
            "0036/04/19",
            "2020.10.30",
            "30-10-2020",
            "20201030",
            "1603994400",
            "2020/10/30x",
            "2020/10/30 25:00:00",
            "hôm nay",
        ] {
            let case = due(text);
            assert_eq!(case.document().due_date, None, "{text}");
            case.found(
                F::DateInvalid,
                Warning,
                "MessageHeader/DueDate",
                "<edXML:DueDate>",
            );
            case.sending(F::DateInvalid, Error);
            assert!(case.packet.readable);
        }
    }

    14 row_14_times_follow_the_same_list {
        let expected: Timestamp = "2025-09-30T08:00:00".parse().unwrap();
        for text in [
            "30/09/2025 08:00:00",
            "2025-09-30 08:00:00",
            "2025-09-30T08:00:00",
            "1759194000000",
        ] {
            let case = read(with_text("Timestamp", "2025/09/30 08:00:00", text));
            let list = case.document().trace_header_list.as_ref().unwrap();
            assert_eq!(list.trace_header[0].timestamp, Some(expected), "{text}");
            case.found(
                F::DateFormat,
                Warning,
                "TraceHeaderList/TraceHeader[1]/Timestamp",
                "<edXML:Timestamp>",
            );
        }
        let case = read(with_text(
            "Timestamp",
            "2025/09/30 08:00:00",
            "2025/09/31 08:00:00",
        ));
        assert_eq!(
            case.document()
                .trace_header_list
                .as_ref()
                .unwrap()
                .trace_header[0]
                .timestamp,
            None
        );
        case.found(
            F::DateInvalid,
            Warning,
            "TraceHeaderList/TraceHeader[1]/Timestamp",
            "<edXML:Timestamp>",
        );
    }

    15 row_15_an_empty_element_is_absent {
        let case = due(" \n ");
        assert_eq!(case.document().due_date, None);
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/DueDate",
            "<edXML:DueDate>",
        );
        case.sending(F::ElementEmpty, Warning);
        case.lacks(F::DateInvalid);
    }

    15 row_15_an_empty_group_is_absent {
        let places = "<edXML:ToPlaces>\n          <edXML:Place>Như trên</edXML:Place>\n        </edXML:ToPlaces>";
        let case = read(edit(&document(), places, "<edXML:ToPlaces/>"));
        assert_eq!(case.document().to_places, None);
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/ToPlaces",
            "<edXML:ToPlaces/>",
        );
    }

    15 row_15_empty_parts_of_address_and_signer_are_absent {
        let text = edit(
            &document(),
            "<edXML:OrganName>Sở Thí dụ</edXML:OrganName>",
            "<edXML:OrganName>Sở Thí dụ</edXML:OrganName><edXML:OrganAdd></edXML:OrganAdd>",
        );
        let text = edit(
            &text,
            "<edXML:FullName>Nguyễn Thị Thí Dụ</edXML:FullName>",
            "<edXML:Competence/><edXML:Position> </edXML:Position><edXML:FullName>Nguyễn Thị Thí Dụ</edXML:FullName>",
        );
        let case = read(text);
        assert_eq!(case.document().from.as_ref().unwrap().organ_add, None);
        let signer = case.document().signer_info.as_ref().unwrap();
        assert_eq!((&signer.competence, &signer.position), (&None, &None));
        assert_eq!(signer.full_name.as_deref(), Some("Nguyễn Thị Thí Dụ"));
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/From/OrganAdd",
            "<edXML:OrganAdd>",
        );
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/SignerInfo/Competence",
            "<edXML:Competence/>",
        );
        case.found(
            F::ElementEmpty,
            Note,
            "MessageHeader/SignerInfo/Position",
            "<edXML:Position>",
        );
    }

    19 row_19_numbers_out_of_their_list_are_kept_with_the_name {
        for number in [71, 18, 0] {
            let case = read(with_text("Type", "2", &number.to_string()));
            let kind = case.document().document_type.as_ref().unwrap();
            assert_eq!(kind.class, Some(DocumentClass::Other(number)));
            assert_eq!(kind.type_name.as_deref(), Some("Công văn"));
            let finding = case.found(
                F::CodeUnknown,
                Warning,
                "MessageHeader/DocumentType/Type",
                "<edXML:Type>",
            );
            assert!(
                finding.to_string().contains(&format!("Type = {number}")),
                "{finding}"
            );
            case.sending(F::CodeUnknown, Warning);
        }
        let case = read(with_text("Priority", "1", "9"));
        assert_eq!(
            case.document().other_info.as_ref().unwrap().priority,
            Some(Priority::Other(9))
        );
        case.found(
            F::CodeUnknown,
            Warning,
            "MessageHeader/OtherInfo/Priority",
            "<edXML:Priority>",
        );
        let case = read(with_text("SteeringType", "1", "7"));
        assert_eq!(case.document().steering_type, Some(SteeringType::Other(7)));
        case.found(
            F::CodeUnknown,
            Warning,
            "MessageHeader/SteeringType",
            "<edXML:SteeringType>",
        );
    }

    19 row_19_zero_is_a_priority_and_no_steering {
        let case = read(with_text("Priority", "1", "0"));
        assert_eq!(
            case.document().other_info.as_ref().unwrap().priority,
            Some(Priority::Normal)
        );
        case.finds_only(&[F::SignatureAbsent]);
        let case = read(with_text("SteeringType", "1", "0"));
        assert_eq!(case.document().steering_type, Some(SteeringType::None));
        case.finds_only(&[F::SignatureAbsent]);
        // Not stated and 0 mean the same.
        let without = read(edit(
            &document(),
            "<edXML:SteeringType>1</edXML:SteeringType>",
            "",
        ));
        assert_eq!(
            without.packet.meaning_digest(),
            case.packet.meaning_digest()
        );
    }

    20 row_20_a_business_reason_in_the_type_name_is_kept {
        for name in ["Thu hồi văn bản điện tử", "CẬP NHẬT văn bản"] {
            let case = read(with_text("TypeName", "Công văn", name));
            assert_eq!(
                case.document()
                    .document_type
                    .as_ref()
                    .unwrap()
                    .type_name
                    .as_deref(),
                Some(name)
            );
            case.checked(
                F::ReasonInTypeName,
                Note,
                "MessageHeader/DocumentType/TypeName",
                "<edXML:TypeName>",
            );
            case.sending(F::ReasonInTypeName, Note);
        }
        // The very words of the reason, whatever they are.
        let reason = "<edXML:BussinessDocType>0</edXML:BussinessDocType><edXML:BussinessDocReason>Công văn</edXML:BussinessDocReason>";
        read(edit(
            &document(),
            "<edXML:BussinessDocType>0</edXML:BussinessDocType>",
            reason,
        ))
        .checked(
            F::ReasonInTypeName,
            Note,
            "MessageHeader/DocumentType/TypeName",
            "<edXML:TypeName>",
        );
    }

    21 row_21_a_number_that_is_none_is_a_text {
        let case = read(with_text("CodeNumber", "12", "74fass22"));
        assert_eq!(
            case.document()
                .code
                .as_ref()
                .unwrap()
                .code_number
                .as_deref(),
            Some("74fass22")
        );
        case.checked(
            F::CodeNumberForm,
            Note,
            "MessageHeader/Code/CodeNumber",
            "<edXML:CodeNumber>",
        );
        case.sending(F::CodeNumberForm, Note);
        let case = read(with_text("CodeNotation", "AB", "AB#2"));
        assert_eq!(
            case.document()
                .code
                .as_ref()
                .unwrap()
                .code_notation
                .as_deref(),
            Some("AB#2")
        );
        case.lacks(F::CodeNumberForm);
    }

    44 row_44_fillers_in_dates_numbers_and_ids_are_absent {
        for (element, old, path) in [
            ("DueDate", "2025/10/20", "MessageHeader/DueDate"),
            ("Priority", "1", "MessageHeader/OtherInfo/Priority"),
            ("TypeDetail", "18", "MessageHeader/DocumentType/TypeDetail"),
            ("CodeNumber", "12", "MessageHeader/Code/CodeNumber"),
            (
                "DocumentId",
                "H99.01,2025/09/30,12/AB",
                "MessageHeader/DocumentId",
            ),
            (
                "Timestamp",
                "2025/09/30 08:00:00",
                "TraceHeaderList/TraceHeader[1]/Timestamp",
            ),
        ] {
            for filler in ["N/A", "n/a", "null", "-"] {
                let case = read(with_text(element, old, filler));
                assert!(case.packet.readable);
                case.found(
                    F::FillerText,
                    Note,
                    path,
                    &format!("<edXML:{element}>{filler}"),
                );
                case.sending(F::FillerText, Warning);
                case.lacks(F::DateInvalid);
                case.lacks(F::NumberInvalid);
                let json = serde_json::to_string(case.document()).unwrap();
                assert!(!json.contains(&format!("\"{filler}\"")), "{element}");
            }
        }
    }

    44 row_44_fillers_in_the_ids_of_staff_are_absent_and_in_texts_are_texts {
        let staff = "<edXML:StaffInfo><edXML:Department>N/A</edXML:Department><edXML:DepartmentId>N/A</edXML:DepartmentId><edXML:StaffId>NULL</edXML:StaffId></edXML:StaffInfo>";
        let case = read(edit(
            &status(),
            "        <edXML:StatusCode>",
            &format!("{staff}<edXML:StatusCode>"),
        ));
        let info = case.status().staff_info.as_ref().unwrap();
        assert_eq!((&info.department_id, &info.staff_id), (&None, &None));
        assert_eq!(info.department.as_deref(), Some("N/A"));
        case.found(
            F::FillerText,
            Note,
            "MessageHeader/StaffInfo/DepartmentId",
            "<edXML:DepartmentId>",
        );
        case.found(
            F::FillerText,
            Note,
            "MessageHeader/StaffInfo/StaffId",
            "<edXML:StaffId>",
        );
    }
}

#[test]
fn an_error_of_the_check_is_told_after_more_warnings_than_are_listed() {
    let notation = "x".repeat(31);
    let text = cut(&document(), "<edXML:From>", "</edXML:From>");
    let places: String = (0..20)
        .map(|_| format!("<edXML:Place>{}</edXML:Place>", "x".repeat(151)))
        .collect();
    let text = edit(&text, "<edXML:Place>Như trên</edXML:Place>", &places);
    let text = edit(&text, ">AB<", &format!(">{notation}<"));
    let case = read(text);
    let findings = case.check(false, &[("packet.max_findings", "10")]);
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == F::SenderMissing)
    );
    let long = findings.iter().filter(|finding| finding.code == F::TooLong);
    assert_eq!(long.count(), 10);
}
