//! Which earlier document an action speaks of.

use lienthong::packet::OrganId;
use lienthong::packet::document::Document;
use lienthong::packet::target::DocumentKey;
use lienthong::{FindingCode as F, Severity::*};

use crate::support::{document, edit, read, rows};

fn own() -> OrganId {
    OrganId::new("H99.02")
}

fn targets(document: &Document) -> Vec<&str> {
    document
        .targets(&own())
        .into_iter()
        .map(|id| id.as_str())
        .collect()
}

fn key(organ: &str, id: &str) -> DocumentKey {
    DocumentKey {
        organ: organ.into(),
        id: Some(id.into()),
        code: None,
        date: None,
    }
}

fn action(kind: u32, inside: &str) -> String {
    let plain = "<edXML:BussinessDocType>0</edXML:BussinessDocType>";
    edit(
        &document(),
        plain,
        &format!("<edXML:BussinessDocType>{kind}</edXML:BussinessDocType>{inside}"),
    )
}

fn responses(text: &str, responses: &[(&str, &str)]) -> String {
    let responses: String = responses
        .iter()
        .map(|(organ, id)| format!("<edXML:ResponseFor><edXML:OrganId>{organ}</edXML:OrganId><edXML:DocumentId>{id}</edXML:DocumentId></edXML:ResponseFor>"))
        .collect();
    edit(
        text,
        "        <edXML:SteeringType>",
        &format!("{responses}<edXML:SteeringType>"),
    )
}

fn replaced(id: &str, organ: &str) -> String {
    format!(
        "<edXML:ReplacementInfo><edXML:DocumentId>{id}</edXML:DocumentId><edXML:OrganIdList><edXML:OrganId>{organ}</edXML:OrganId></edXML:OrganIdList></edXML:ReplacementInfo>"
    )
}

rows! {
    17 row_17_a_recall_may_name_its_target_in_the_response_only {
        let case = read(responses(
            &action(1, ""),
            &[("H99.01", "a"), ("H99.01", "b"), ("H99.01", "a")],
        ));
        assert_eq!(targets(case.document()), ["a", "b"]);
        case.found(
            F::RecallTargetByResponse,
            Note,
            "TraceHeaderList/Bussiness",
            "<edXML:Bussiness>",
        );
        case.sending(F::RecallTargetByResponse, Note);
    }

    17 row_17_the_id_in_bussiness_goes_before_the_response_and_the_own_id_comes_last {
        let named = edit(
            &action(1, ""),
            "<edXML:BussinessDocType>1",
            "<edXML:DocumentId>x</edXML:DocumentId><edXML:BussinessDocType>1",
        );
        let case = read(responses(&named, &[("H99.01", "a")]));
        assert_eq!(targets(case.document()), ["x"]);
        case.lacks(F::RecallTargetByResponse);
        let case = read(action(1, ""));
        assert_eq!(targets(case.document()), ["H99.01,2025/09/30,12/AB"]);
        case.found(
            F::RecallTargetByResponse,
            Note,
            "TraceHeaderList/Bussiness",
            "<edXML:Bussiness>",
        );
        // A new document acts on nothing, whatever it answers.
        let case = read(responses(&document(), &[("H99.01", "a")]));
        assert!(targets(case.document()).is_empty());
    }

    17 row_17_only_a_known_document_of_the_same_sender_is_acted_on {
        let case = read(responses(
            &action(1, ""),
            &[
                ("H99.01", "a"),
                ("H99.01", "H99.01,2025-01-02,3/AB"),
                ("H99.01", "lost"),
                ("H99.03", "b"),
                ("H99.03", "a"),
            ],
        ));
        let known = [
            key("H99.01", "a"),
            key("H99.01", "H99.01,2025/01/02,3/AB"),
            key("H99.01", "b"),
            key("H99.03", "b"),
        ];
        let resolved = case.document().resolve_targets(&own(), |sender| {
            known.iter().filter(|key| key.organ == *sender).collect()
        });
        assert_eq!(resolved.known, [&known[0], &known[1]]);
        let unknown: Vec<_> = resolved.unknown.iter().map(|id| id.as_str()).collect();
        // `a` again, this time as another organ's: not a reason to act.
        assert_eq!(unknown, ["lost", "b", "a"]);
    }

    17 row_17_a_host_that_gives_other_organs_documents_changes_nothing {
        let case = read(responses(&action(1, ""), &[("H99.01", "b")]));
        let other = key("H99.03", "b");
        let resolved = case.document().resolve_targets(&own(), |_| vec![&other]);
        assert!(resolved.known.is_empty());
        assert_eq!(resolved.unknown.len(), 1);
        // Two documents of one id: ask.
        let twice = [
            key("H99.01", "b"),
            DocumentKey {
                code: Some("1/A".into()),
                ..key("H99.01", "b")
            },
        ];
        let resolved = case
            .document()
            .resolve_targets(&own(), |_| twice.iter().collect());
        assert!(resolved.known.is_empty());
    }

    18 row_18_identical_replacements_count_once {
        let one = replaced("a", "H99.02");
        let case = read(action(
            3,
            &format!(
                "<edXML:ReplacementInfoList>{one}{one}{}</edXML:ReplacementInfoList>",
                replaced("b", "H99.02")
            ),
        ));
        let bussiness = case.document().bussiness().unwrap();
        let ids: Vec<_> = bussiness.replacement_info_list[0]
            .replacement_info
            .iter()
            .map(|info| info.document_id.as_ref().unwrap().as_str())
            .collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(targets(case.document()), ["a", "b"]);
        case.found(
            F::ReplacementRepeated,
            Note,
            "TraceHeaderList/Bussiness/ReplacementInfoList[1]",
            "<edXML:ReplacementInfoList>",
        );
        case.sending(F::ReplacementRepeated, Note);
    }

    18 row_18_a_document_replaced_for_several_organs_is_one_target {
        let list = format!(
            "<edXML:ReplacementInfoList>{}{}</edXML:ReplacementInfoList><edXML:ReplacementInfoList>{}{}</edXML:ReplacementInfoList>",
            replaced("a", "H99.02"),
            replaced("c", "H99.03"),
            replaced("a", "H99.02"),
            replaced("a", "H99.02").replace(
                "</edXML:OrganIdList>",
                "<edXML:OrganId>H99.03</edXML:OrganId></edXML:OrganIdList>"
            )
        );
        let case = read(action(3, &list));
        // `c` is replaced for another organ only.
        assert_eq!(targets(case.document()), ["a"]);
        case.found(
            F::ReplacementRepeated,
            Note,
            "TraceHeaderList/Bussiness/ReplacementInfoList[1]",
            "<edXML:ReplacementInfoList>",
        );
    }
}

#[test]
fn a_document_that_the_host_names_twice_is_one_known_document() {
    let case = read(action(2, "<edXML:DocumentId>a</edXML:DocumentId>"));
    let one = key("H99.01", "a");
    let again = one.clone();
    let found = case
        .document()
        .resolve_targets(&own(), |_| vec![&one, &again]);
    assert_eq!(found.known, [&one]);
    assert!(found.unknown.is_empty());
}
