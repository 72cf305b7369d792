//! What was sent against what a rebuild made of it.

use lienthong::packet::compare;
use lienthong::{Finding, FindingCode as F, Severity, Severity::*};

use crate::support::{cut, document, edit, read, rows, speaks};

/// Compares two packets: code, severity and path of each finding.
fn compared(sent: &str, received: &str) -> Vec<(F, Severity, String)> {
    let findings: Vec<Finding> = compare(read(sent).document(), read(received).document());
    speaks(&findings);
    findings
        .into_iter()
        .map(|finding| (finding.code, finding.severity, finding.path))
        .collect()
}

fn made_up(path: &str) -> (F, Severity, String) {
    (F::RebuildMadeUp, Note, path.to_owned())
}

fn altered(path: &str) -> (F, Severity, String) {
    (F::ContentAltered, Error, path.to_owned())
}

rows! {
    45 row_45_values_that_a_rebuild_makes_up_are_taken_as_they_are {
        let sent = edit(
            &document(),
            "        <edXML:SteeringType>1</edXML:SteeringType>\n",
            "",
        );
        let sent = edit(&sent, "          <edXML:Type>2</edXML:Type>\n", "");
        let sent = edit(
            &sent,
            "        <edXML:DocumentId>H99.01,2025/09/30,12/AB</edXML:DocumentId>\n",
            "",
        );
        let sent = edit(
            &sent,
            "<edXML:Priority>1</edXML:Priority>",
            "<edXML:TyperNotation>TD</edXML:TyperNotation>",
        );
        let received = edit(
            &sent,
            "        <edXML:ToPlaces>",
            "<edXML:SteeringType>0</edXML:SteeringType><edXML:ToPlaces>",
        );
        let received = edit(
            &received,
            "<edXML:TypeDetail>",
            "<edXML:Type>2</edXML:Type><edXML:TypeDetail>",
        );
        let received = edit(
            &received,
            "<edXML:Code>",
            "<edXML:DocumentId>5e515fca-3627-4f2e-b517-000000000000</edXML:DocumentId><edXML:Code>",
        );
        let received = edit(
            &received,
            "<edXML:TyperNotation>TD</edXML:TyperNotation>",
            "<edXML:Priority>0</edXML:Priority><edXML:TyperNotation>TD</edXML:TyperNotation><edXML:PromulgationAmount>1</edXML:PromulgationAmount><edXML:PageAmount>1</edXML:PageAmount><edXML:Direction>false</edXML:Direction>",
        );
        // The model holds them as they came.
        let case = read(received.as_str());
        let other = case.document().other_info.as_ref().unwrap();
        assert_eq!(
            (
                other.page_amount,
                other.promulgation_amount,
                other.direction
            ),
            (Some(1), Some(1), Some(false))
        );
        // Groups in write order, what was not sent behind them.
        let expected = [
            "MessageHeader/DocumentType/Type",
            "MessageHeader/OtherInfo/Priority",
            "MessageHeader/OtherInfo/PromulgationAmount",
            "MessageHeader/OtherInfo/PageAmount",
            "MessageHeader/OtherInfo/Direction",
            "MessageHeader/DocumentId",
            "MessageHeader/SteeringType",
        ];
        assert_eq!(compared(&sent, &received), expected.map(made_up));
        assert!(compared(&sent, &sent).is_empty());
    }

    45 row_45_a_made_up_value_that_contradicts_what_was_sent_is_an_error {
        let received = edit(&document(), "<edXML:Priority>1<", "<edXML:Priority>0<");
        let received = edit(
            &received,
            "<edXML:SteeringType>1<",
            "<edXML:SteeringType>0<",
        );
        let received = edit(
            &received,
            "H99.01,2025/09/30,12/AB",
            "5e515fca-3627-4f2e-b517-000000000000",
        );
        assert_eq!(
            compared(&document(), &received),
            [
                altered("MessageHeader/DocumentId"),
                altered("MessageHeader/OtherInfo/Priority"),
                altered("MessageHeader/SteeringType"),
            ]
        );
    }

    45 row_45_values_that_no_rebuild_makes_up_are_alterations {
        let id = "        <edXML:DocumentId>H99.01,2025/09/30,12/AB</edXML:DocumentId>\n";
        let sent = edit(&document(), id, "");
        assert_eq!(
            compared(&sent, &document()),
            [altered("MessageHeader/DocumentId")]
        );
        let sent = edit(
            &document(),
            "        <edXML:SteeringType>1</edXML:SteeringType>\n",
            "",
        );
        assert_eq!(
            compared(&sent, &document()),
            [altered("MessageHeader/SteeringType")]
        );
        let received = edit(&document(), "Về việc thí dụ", "Về việc khác");
        assert_eq!(
            compared(&document(), &received),
            [altered("MessageHeader/Subject")]
        );
        let received = edit(
            &document(),
            "<edXML:BussinessDocType>0",
            "<edXML:BussinessDocType>1",
        );
        assert_eq!(
            compared(&document(), &received),
            [altered("TraceHeaderList/Bussiness/BussinessDocType")]
        );
        let received = edit(
            &document(),
            "        <edXML:DueDate>2025/10/20</edXML:DueDate>\n",
            "",
        );
        assert_eq!(
            compared(&document(), &received),
            [altered("MessageHeader/DueDate")]
        );
    }

    45 row_45_what_a_rebuild_drops_adds_or_lays_out_anew_is_told_apart {
        let received = cut(
            &document(),
            "        <edXML:ToPlaces>",
            "</edXML:ToPlaces>\n",
        );
        assert_eq!(
            compared(&document(), &received),
            [(
                F::RebuildDropped,
                Warning,
                "MessageHeader/ToPlaces/Place[1]".to_owned()
            )]
        );
        // A hop more, other white space: nothing to say.
        let hop = "<edXML:TraceHeader><edXML:OrganId>H99</edXML:OrganId><edXML:Timestamp>2025/09/30 08:00:05</edXML:Timestamp></edXML:TraceHeader>";
        let received = edit(
            &document(),
            "      </edXML:TraceHeaderList>",
            &format!("{hop}</edXML:TraceHeaderList>"),
        );
        let received = edit(&received, "Về việc thí dụ", " Về việc\r\nthí dụ ");
        assert!(compared(&document(), &received).is_empty());
    }
}
