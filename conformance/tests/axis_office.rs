//! The simulated Office of the Government: what it answers, refuses, recalls and
//! sends, seen by a province with the library's own client.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::io::{BufRead, BufReader, Seek, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lienthong::Config;
use lienthong::axis::{Acknowledgement, Client as Library, MessageType, Outcome, Sending};
use lienthong::packet::document::{Bussiness, Organ, ReplacementInfo, ResponseFor};
use lienthong::packet::document::{OrganIdList, ReplacementInfoList};
use lienthong::packet::{
    Attachment, BusinessType, Date, Discard, Document, DocumentBuilder, Packet, ReadOptions,
    Status, StatusBuilder, StatusCode, SteeringType, Timestamp, read_packet,
};
use lienthong_conformance::axis_server::{
    About, AxisConfig, Builder, Fault, Flaw, OFFICE, OfficeCommand, OfficeConfig, OfficeDocument,
    OfficeError, OfficeMade, OfficeRule, OfficeState, Reaction, RecallForm, Scripted, Step,
    TestAxis, What,
};
use lienthong_conformance::rebuild::Flavour;
use serde_json::{Value, json};

const PROVINCE: &str = "H99.01";
const OTHER: &str = "H99.02";
const SYSTEM: (&str, &str) = ("td.01", "bi mat mot");
const LONGEST: Duration = Duration::from_secs(60);

fn organ(id: &str) -> Organ {
    Organ {
        organ_id: Some(id.into()),
        organ_name: Some(format!("Cơ quan thí dụ {id}")),
        ..Organ::default()
    }
}

fn date() -> Date {
    Date::new(2026, 3, 4).unwrap()
}

/// An axis with a province and the Office.
fn builder(office: OfficeConfig) -> Builder {
    TestAxis::builder()
        .system(SYSTEM.0, SYSTEM.1, [PROVINCE, OTHER])
        .office(office)
}

fn with_rule(reaction: Reaction) -> TestAxis {
    let rules = vec![OfficeRule::new(reaction)];
    let office = OfficeConfig {
        rules,
        ..OfficeConfig::default()
    };
    builder(office).start().unwrap()
}

/// Waits until the Office has what is looked for.
fn office_when(axis: &TestAxis, is_there: impl Fn(&OfficeState) -> bool) -> OfficeState {
    let end = Instant::now() + LONGEST;
    let mut since = 0;
    loop {
        let state = axis.office_state(since, LONGEST).expect("an Office");
        if is_there(&state) {
            return state;
        }
        assert!(Instant::now() < end, "{state:?}");
        since = state.changes;
    }
}

/// The province: the library's client.
struct Province(Library);

impl Province {
    fn at(url: &str) -> Self {
        let mut config = Config::new();
        config.set("axis.url", url).unwrap();
        config.set("axis.system_id", SYSTEM.0).unwrap();
        config.set("axis.secret", SYSTEM.1).unwrap();
        Province(Library::open(&config).unwrap())
    }

    fn of(axis: &TestAxis) -> Self {
        Self::at(&axis.url())
    }

    fn send(&self, packet: &[u8], message_type: MessageType) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(packet).unwrap();
        let sending = Sending {
            from: PROVINCE,
            to: &[],
            message_type,
        };
        for delivery in self.0.send_file(file.path(), &sending).unwrap() {
            assert!(matches!(delivery.outcome, Outcome::Accepted { .. }));
        }
    }

    fn send_document(&self, id: &str) {
        self.send(&written(document(id)), MessageType::Edoc);
    }

    /// Takes and acknowledges everything of a kind, in its order.
    fn fetch(&self, message_type: MessageType) -> Vec<(String, Packet)> {
        let mut packets = Vec::new();
        for row in self.0.list_received(message_type).unwrap() {
            let mut file = tempfile::tempfile().unwrap();
            self.0.get(&row.doc_id, &mut file).unwrap();
            file.rewind().unwrap();
            let packet = read_packet(&file, &ReadOptions::default(), &mut Discard).unwrap();
            self.0
                .acknowledge(&row.doc_id, Acknowledgement::Done)
                .unwrap();
            packets.push((row.to.unwrap(), packet));
        }
        packets
    }

    fn statuses(&self) -> Vec<Status> {
        let packets = self.fetch(MessageType::Status);
        let statuses = packets.into_iter();
        statuses
            .map(|(_, packet)| packet.status().expect("a status").clone())
            .collect()
    }

    fn documents(&self) -> Vec<(String, Document)> {
        let packets = self.fetch(MessageType::Edoc);
        let documents = packets.into_iter();
        documents
            .map(|(to, packet)| (to, packet.document().expect("a document").clone()))
            .collect()
    }
}

fn document(id: &str) -> DocumentBuilder {
    DocumentBuilder::new(organ(PROVINCE), id)
        .to(organ(OFFICE))
        .code("7", "TD-VP")
        .promulgated("Thí dụ", date())
        .subject("Canary trích yếu")
        .attach(Attachment::from_bytes("a.pdf", b"%PDF-1.4\n".to_vec()))
}

fn written(document: DocumentBuilder) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.build().unwrap().write_to(&mut bytes).unwrap();
    bytes
}

fn changing(id: &str, business: BusinessType, target: &str) -> Vec<u8> {
    let replaces = business == BusinessType::Replace;
    let info = ReplacementInfo {
        document_id: Some(target.into()),
        organ_id_list: Some(OrganIdList {
            organ_id: vec![OFFICE.into()],
        }),
    };
    written(document(id).bussiness(Bussiness {
        document_id: (!replaces).then(|| target.into()),
        bussiness_doc_type: Some(business),
        bussiness_doc_reason: Some("Để thử".into()),
        replacement_info_list: if replaces {
            vec![ReplacementInfoList {
                replacement_info: vec![info],
            }]
        } else {
            Vec::new()
        },
        ..Bussiness::default()
    }))
}

/// A status of the province about a document of an organ.
fn status(about: &str, id: &str, code: StatusCode) -> Vec<u8> {
    let about = ResponseFor {
        organ_id: Some(about.into()),
        document_id: Some(id.into()),
        ..ResponseFor::default()
    };
    let time = Timestamp::new(date(), 9, 0, 0).unwrap();
    let mut bytes = Vec::new();
    StatusBuilder::new(organ(PROVINCE), about, code, time)
        .description("Lý do thử")
        .build()
        .unwrap()
        .write_to(&mut bytes)
        .unwrap();
    bytes
}

fn codes(statuses: &[Status]) -> Vec<u32> {
    let codes = statuses.iter();
    codes
        .map(|status| status.status_code.unwrap().number())
        .collect()
}

fn sends(document: OfficeDocument) -> OfficeCommand {
    OfficeCommand::Send {
        to: vec![PROVINCE.into()],
        document,
    }
}

/// Sends a document of the Office, and takes it at the province.
fn sent_by_office(axis: &TestAxis, province: &Province) -> (OfficeMade, Document) {
    let made = axis
        .office_command(sends(OfficeDocument::default()))
        .unwrap();
    let mut documents = province.documents();
    assert_eq!(documents.len(), 1);
    (made, documents.remove(0).1)
}

fn answered(count: usize) -> impl Fn(&OfficeState) -> bool {
    move |state| {
        let statuses = state.received.iter().map(|one| one.statuses.len());
        statuses.sum::<usize>() >= count
    }
}

#[test]
fn a_document_is_answered_with_01_03_04_05_06_in_this_order() {
    for flavour in [Flavour::AsSeen, Flavour::V0_0_3, Flavour::Off] {
        let axis = builder(OfficeConfig::default())
            .rebuild(flavour)
            .start()
            .unwrap();
        let province = Province::of(&axis);
        province.send_document("d-1");
        let state = office_when(&axis, answered(5));
        assert_eq!(state.received[0].from, PROVINCE);
        assert_eq!(state.received[0].what, Some(What::Document));
        assert_eq!(state.received[0].waiting, 0);
        let statuses = province.statuses();
        assert_eq!(codes(&statuses), [1, 3, 4, 5, 6]);
        for status in statuses {
            assert_eq!(status.sender().unwrap().as_str(), OFFICE);
            let about = status.response_for.unwrap();
            assert_eq!(about.organ_id.unwrap().as_str(), PROVINCE);
            assert_eq!(about.document_id.unwrap().as_str(), "d-1");
            assert_eq!(about.code.as_deref(), Some("7/TD-VP"));
            assert_eq!(about.promulgation_date, Some(date()));
        }
        // It was acknowledged, and nothing of its text is shown.
        assert!(axis.queued().iter().any(|one| one.organ == OFFICE));
        assert!(!format!("{state:?}").contains("anary"));
    }
}

#[test]
fn a_document_is_refused_with_a_reason() {
    let axis = with_rule(Reaction::Refuse {
        reason: "Sai nơi nhận".into(),
        after_ms: 0,
    });
    let province = Province::of(&axis);
    province.send_document("d-1");
    office_when(&axis, answered(2));
    let statuses = province.statuses();
    assert_eq!(codes(&statuses), [1, 2]);
    assert_eq!(statuses[1].description.as_deref(), Some("Sai nơi nhận"));
}

#[test]
fn rules_choose_by_place_organ_id_and_flaws() {
    let one = |code: StatusCode| Reaction::Statuses {
        steps: vec![Step {
            code,
            after_ms: 0,
            reason: Some("Để thử".into()),
        }],
    };
    let rules = vec![
        OfficeRule {
            after: 1,
            times: 1,
            ..OfficeRule::new(Reaction::Silent {})
        },
        OfficeRule {
            document_id: "d-3".into(),
            ..OfficeRule::new(one(StatusCode::Assigned))
        },
        OfficeRule {
            flawed: Some(Flaw::Warning),
            ..OfficeRule::new(one(StatusCode::Refused))
        },
        OfficeRule {
            from: PROVINCE.into(),
            ..OfficeRule::new(one(StatusCode::Registered))
        },
    ];
    let office = OfficeConfig {
        rules,
        ..OfficeConfig::default()
    };
    let axis = builder(office).rebuild(Flavour::Off).start().unwrap();
    let province = Province::of(&axis);
    for id in ["d-1", "d-2", "d-3"] {
        province.send_document(id);
    }
    let text = String::from_utf8(written(document("d-4"))).unwrap();
    let (start, rest) = text.split_once("<edXML:Subject>").unwrap();
    let (_, rest) = rest.split_once("</edXML:Subject>").unwrap();
    province.send(format!("{start}{rest}").as_bytes(), MessageType::Edoc);
    let state = office_when(&axis, |state| {
        state.received.len() == 4 && answered(3)(state)
    });
    let sent: Vec<Vec<u32>> = state
        .received
        .iter()
        .map(|one| one.statuses.iter().map(|s| s.code.number()).collect())
        .collect();
    assert_eq!(sent, [vec![3], vec![], vec![4], vec![2]]);
    assert_eq!((state.rules[0].seen, state.rules[0].happened), (4, 1));
}

#[test]
fn a_schedule_waits_and_a_recall_that_is_agreed_ends_it() {
    let office = OfficeConfig {
        after_ms: 3_600_000,
        ..OfficeConfig::default()
    };
    let axis = builder(office).start().unwrap();
    let province = Province::of(&axis);
    province.send_document("d-1");
    let state = office_when(&axis, answered(1));
    assert_eq!(state.received[0].waiting, 4);
    let recall = status(OFFICE, "d-1", StatusCode::RecallRequested);
    province.send(&recall, MessageType::Status);
    let state = office_when(&axis, answered(2));
    assert_eq!(state.received[0].waiting, 0);
    assert_eq!(state.received[1].what, Some(What::Recall));
    assert_eq!(
        state.received[1].targets,
        [state.received[0].doc_id.clone()]
    );
    let statuses = province.statuses();
    assert_eq!(codes(&statuses), [1, 15]);
    let about = statuses[1].response_for.clone().unwrap();
    assert_eq!(about.document_id.unwrap().as_str(), "d-1");
    assert_eq!(about.code.as_deref(), Some("7/TD-VP"));
}

#[test]
fn changes_are_agreed_where_their_target_is_known_and_declined_else() {
    for business in [
        BusinessType::Recall,
        BusinessType::Update,
        BusinessType::Replace,
    ] {
        let axis = builder(OfficeConfig::default()).start().unwrap();
        let province = Province::of(&axis);
        province.send_document("d-1");
        office_when(&axis, answered(5));
        for (id, target) in [("d-2", "d-1"), ("d-3", "unheard-of")] {
            province.send(&changing(id, business, target), MessageType::Edoc);
        }
        let state = office_when(&axis, answered(7));
        assert_eq!(state.received[2].unknown_targets, ["unheard-of"]);
        let statuses = province.statuses();
        assert_eq!(codes(&statuses)[5..], [15, 16], "{business:?}");
        assert!(statuses[6].description.is_some());
        let about = |status: &Status| {
            let about = status.response_for.clone().unwrap();
            about.document_id.unwrap().to_string()
        };
        assert_eq!(about(&statuses[5]), "d-1");
        assert_eq!(about(&statuses[6]), "d-3");
    }
}

#[test]
fn a_rule_declines_changes_and_names_the_packet_that_asks() {
    let axis = with_rule(Reaction::Decline {
        reason: "Đã xử lý".into(),
        after_ms: 0,
        about: About::Packet,
    });
    let province = Province::of(&axis);
    province.send_document("d-1");
    office_when(&axis, answered(5));
    province.send(
        &changing("d-2", BusinessType::Recall, "d-1"),
        MessageType::Edoc,
    );
    office_when(&axis, answered(6));
    let last = province.statuses().pop().unwrap();
    assert_eq!(last.status_code, Some(StatusCode::ChangeDeclined));
    assert_eq!(last.description.as_deref(), Some("Đã xử lý"));
    let id = last.response_for.unwrap().document_id.unwrap();
    assert_eq!(id.as_str(), "d-2");
}

#[test]
fn a_steering_document_arrives_with_its_deadline_and_answers_are_shown() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let province = Province::of(&axis);
    let due = Date::new(2030, 5, 6).unwrap();
    let made = axis
        .office_command(OfficeCommand::Send {
            to: vec![PROVINCE.into(), OTHER.into()],
            document: OfficeDocument {
                steering: Some(SteeringType::Directive),
                due_date: Some(due),
                tasks: vec!["NV-1".into()],
                attachment_bytes: Some(100_000),
                ..OfficeDocument::default()
            },
        })
        .unwrap();
    let id = made.document_id.unwrap();
    let documents = province.documents();
    let to: Vec<_> = documents.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, [PROVINCE, OTHER]);
    let document = &documents[0].1;
    assert_eq!(document.sender().unwrap().as_str(), OFFICE);
    assert_eq!(document.document_id.as_ref().unwrap().as_str(), id);
    assert_eq!(document.steering_type, Some(SteeringType::Directive));
    assert_eq!(document.due_date, Some(due));
    let tasks = document.response_for_task.as_ref().unwrap();
    assert_eq!(tasks.task_code[0].as_str(), "NV-1");

    for code in [StatusCode::Arrived, StatusCode::Registered] {
        province.send(&status(OFFICE, &id, code), MessageType::Status);
    }
    province.send(
        &status(OFFICE, "unheard-of", StatusCode::Arrived),
        MessageType::Status,
    );
    let state = office_when(&axis, |state| !state.stray.is_empty());
    assert_eq!(state.sent[0].doc_id, made.doc_ids[0]);
    let codes: Vec<_> = state.sent[0].statuses.iter().map(|one| one.code).collect();
    assert_eq!(
        codes,
        [Some(StatusCode::Arrived), Some(StatusCode::Registered)]
    );
    assert_eq!(state.sent[0].statuses[0].from, PROVINCE);
    assert_eq!(state.stray[0].document_id.as_deref(), Some("unheard-of"));
}

#[test]
fn a_recall_by_command_arrives_in_either_form() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let province = Province::of(&axis);
    let (made, document) = sent_by_office(&axis, &province);
    let id = made.document_id.unwrap();
    let recall = |form| OfficeCommand::Recall {
        of: id.clone(),
        form,
        reason: "Gửi nhầm".into(),
        to: Vec::new(),
    };
    axis.office_command(recall(RecallForm::Status)).unwrap();
    let asked = province.statuses().pop().unwrap();
    assert_eq!(asked.status_code, Some(StatusCode::RecallRequested));
    assert_eq!(asked.description.as_deref(), Some("Gửi nhầm"));
    assert_eq!(asked.addressee().unwrap().as_str(), PROVINCE);
    let key = lienthong::packet::target::DocumentKey::of(&document).unwrap();
    let (found, parties) = asked
        .find_document(|sender, _| {
            if sender.as_str() == OFFICE {
                vec![&key]
            } else {
                Vec::new()
            }
        })
        .unwrap();
    assert_eq!((found, parties.swapped), (&key, false));

    axis.office_command(recall(RecallForm::Packet)).unwrap();
    let (_, packet) = province.documents().pop().unwrap();
    assert_eq!(packet.business_type(), BusinessType::Recall);
    let targets = packet.targets(&PROVINCE.into());
    assert_eq!(targets, [&id.as_str().into()]);

    province.send(
        &status(OFFICE, &id, StatusCode::ChangeAgreed),
        MessageType::Status,
    );
    let state = office_when(&axis, |state| !state.sent[0].statuses.is_empty());
    assert_eq!(state.sent[0].recalled, [PROVINCE]);
    assert_eq!(state.sent[1].of.as_deref(), Some(id.as_str()));
}

#[test]
fn an_update_and_a_replacement_by_command_name_their_target() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let province = Province::of(&axis);
    let (made, _) = sent_by_office(&axis, &province);
    let id = made.document_id.unwrap();
    let (of, reason) = (id.clone(), "Để thử".to_owned());
    let document = OfficeDocument::default();
    let update = OfficeCommand::Update {
        of: of.clone(),
        reason: reason.clone(),
        document: document.clone(),
    };
    let replace = OfficeCommand::Replace {
        // The id of the axis names it as well.
        of: made.doc_ids[0].clone(),
        reason,
        document,
    };
    for (command, business) in [
        (update, BusinessType::Update),
        (replace, BusinessType::Replace),
    ] {
        axis.office_command(command).unwrap();
        let (_, packet) = province.documents().pop().unwrap();
        assert_eq!(packet.business_type(), business);
        assert_eq!(packet.targets(&PROVINCE.into()), [&id.as_str().into()]);
    }
}

#[test]
fn a_status_by_command_is_sent_at_once() {
    let axis = with_rule(Reaction::Silent {});
    let province = Province::of(&axis);
    province.send_document("d-1");
    let state = office_when(&axis, |state| !state.received.is_empty());
    for of in ["d-1", &state.received[0].doc_id] {
        axis.office_command(OfficeCommand::Status {
            of: of.to_owned(),
            code: StatusCode::Processing,
            reason: Some("Đang làm".into()),
        })
        .unwrap();
    }
    let statuses = province.statuses();
    assert_eq!(codes(&statuses), [5, 5]);
    assert_eq!(statuses[0].description.as_deref(), Some("Đang làm"));
}

#[test]
fn a_command_that_does_nothing_says_why() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let unknown = axis.office_command(OfficeCommand::Status {
        of: "unheard-of".into(),
        code: StatusCode::Finished,
        reason: None,
    });
    assert!(matches!(unknown, Err(OfficeError::UnknownDocument)));
    let to_nobody = axis.office_command(OfficeCommand::Send {
        to: vec!["H99.77".into()],
        document: OfficeDocument::default(),
    });
    match to_nobody {
        Err(OfficeError::Refused { code, reason }) => {
            assert_eq!(code, "18");
            assert!(reason.contains("H99.77"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    let odd = axis.office_command(sends(OfficeDocument {
        subject: Some("x\u{1}canary".into()),
        ..OfficeDocument::default()
    }));
    match odd {
        Err(OfficeError::Packet(why)) => {
            assert!(
                why.contains("text-invalid") && !why.contains("canary"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(
        axis.office_state(0, Duration::ZERO)
            .unwrap()
            .sent
            .is_empty()
    );
}

#[test]
fn a_script_sends_and_recalls_by_itself() {
    let script = vec![
        Scripted {
            after_ms: 0,
            command: sends(OfficeDocument {
                document_id: Some("kich-ban-1".into()),
                steering: Some(SteeringType::Directive),
                due_in_days: Some(5),
                ..OfficeDocument::default()
            }),
        },
        Scripted {
            after_ms: 1,
            command: OfficeCommand::Recall {
                of: "kich-ban-1".into(),
                form: RecallForm::Status,
                reason: "Để thử".into(),
                to: Vec::new(),
            },
        },
        Scripted {
            after_ms: 0,
            command: OfficeCommand::Status {
                of: "unheard-of".into(),
                code: StatusCode::Finished,
                reason: None,
            },
        },
    ];
    let office = OfficeConfig {
        script,
        ..OfficeConfig::default()
    };
    let axis = builder(office).start().unwrap();
    let state = office_when(&axis, |state| state.script.len() == 3);
    assert!(state.script[0].is_none() && state.script[1].is_none());
    assert!(state.script[2].is_some());
    let province = Province::of(&axis);
    let (_, document) = province.documents().pop().unwrap();
    let published = document.promulgation_info.unwrap().promulgation_date;
    assert!(document.due_date > published);
    assert_eq!(codes(&province.statuses()), [13]);
}

#[test]
fn an_unreadable_packet_is_shown_acknowledged_fail_and_stops_nothing() {
    let axis = builder(OfficeConfig::default())
        .rebuild(Flavour::Off)
        .start()
        .unwrap();
    let province = Province::of(&axis);
    // The axis takes it: there is a header. The reader wants another namespace.
    let text = String::from_utf8(written(document("d-1"))).unwrap();
    let odd = text.replace("edXMLEnvelope", "Envelopes");
    province.send(odd.as_bytes(), MessageType::Edoc);
    province.send_document("d-2");
    let state = office_when(&axis, answered(5));
    assert_eq!(state.received[0].what, None);
    assert!(!state.received[0].findings.is_empty());
    assert_eq!(state.received[1].document_id.as_deref(), Some("d-2"));
    let queued = axis.queued();
    let words: Vec<_> = queued
        .iter()
        .filter(|one| one.organ == OFFICE)
        .map(|one| one.state.word())
        .collect();
    assert_eq!(words, ["fail", "done"]);
}

#[test]
fn many_documents_at_once_are_all_answered_in_order() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let province = Province::of(&axis);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let province = &province;
            scope.spawn(move || {
                for number in 0..25 {
                    province.send_document(&format!("d-{thread}-{number}"));
                }
            });
        }
    });
    let state = office_when(&axis, answered(500));
    assert_eq!(state.received.len(), 100);
    let mut by_document: std::collections::HashMap<String, Vec<u32>> = Default::default();
    for status in province.statuses() {
        let about = status.response_for.unwrap().document_id.unwrap();
        let codes = by_document.entry(about.to_string()).or_default();
        codes.push(status.status_code.unwrap().number());
    }
    assert_eq!(by_document.len(), 100);
    assert!(by_document.values().all(|codes| codes == &[1, 3, 4, 5, 6]));
}

#[test]
fn there_is_no_office_where_a_system_has_its_organ_by_either_code() {
    for claimed in [OFFICE, "G22"] {
        let axis = builder(OfficeConfig::default())
            .system("vpcp", "bi mat", [claimed])
            .start()
            .unwrap();
        assert!(axis.office_state(0, Duration::ZERO).is_none());
        let told = axis.office_command(sends(OfficeDocument::default()));
        assert!(matches!(told, Err(OfficeError::NoOffice)));
    }
    let plain = TestAxis::builder().start().unwrap();
    assert!(plain.office_state(0, Duration::ZERO).is_none());
}

#[test]
fn its_organ_stands_in_the_directory_and_belongs_to_no_caller() {
    let axis = builder(OfficeConfig::default()).start().unwrap();
    let province = Province::of(&axis);
    let agencies = province.0.agencies().unwrap();
    let office = agencies.iter().find(|one| one.code == OFFICE).unwrap();
    assert_eq!(office.name.as_deref(), Some("Văn phòng Chính phủ"));
    assert!(province.0.delete_agency(OFFICE).is_err());
    let config = OfficeConfig::default();
    let taken = builder(config).system("(office)", "x", [OTHER]).start();
    assert!(taken.is_err());
}

#[test]
fn it_goes_on_after_a_restart_and_says_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let start = |after_ms| {
        let office = OfficeConfig {
            after_ms,
            ..OfficeConfig::default()
        };
        builder(office).data(folder.path()).start().unwrap()
    };
    let axis = start(3_600_000);
    Province::of(&axis).send_document("d-1");
    office_when(&axis, answered(1));
    let made = axis
        .office_command(sends(OfficeDocument::default()))
        .unwrap();
    axis.stop();

    let axis = start(0);
    let state = axis.office_state(0, Duration::ZERO).unwrap();
    assert_eq!(state.received[0].waiting, 4);
    assert_eq!(state.sent[0].doc_id, made.doc_ids[0]);
    Province::of(&axis).send_document("d-2");
    // The first keeps the schedule that it was given.
    let state = office_when(&axis, answered(6));
    assert_eq!(state.received[0].waiting, 4);
    assert_eq!(codes(&Province::of(&axis).statuses()), [1, 1, 3, 4, 5, 6]);
    axis.stop();

    // Without the Office its queue stays; with it, what came is answered.
    let axis = TestAxis::builder()
        .system(SYSTEM.0, SYSTEM.1, [PROVINCE, OTHER])
        .configure(|config| {
            let path = folder.path().join("units.csv");
            std::fs::write(&path, format!("code\n{OFFICE}\n")).unwrap();
            config.directory = Some(path);
        })
        .data(folder.path())
        .start()
        .unwrap();
    Province::of(&axis).send_document("d-3");
    axis.stop();
    let axis = start(0);
    let state = office_when(&axis, answered(11));
    assert_eq!(state.received[2].document_id.as_deref(), Some("d-3"));
    assert_eq!(codes(&Province::of(&axis).statuses()), [1, 3, 4, 5, 6]);
}

#[test]
fn a_status_that_the_axis_refused_is_shown_and_stays_refused() {
    let folder = tempfile::tempdir().unwrap();
    let start = |times| {
        let axis = builder(OfficeConfig::default()).data(folder.path());
        let refuse = Fault::RefuseOrgan {
            organ: PROVINCE.into(),
            code: "23".into(),
            rest_accepted: false,
        };
        let mut rule = axis_support::rule("*", refuse);
        rule.times = times;
        axis.fault(rule).start().unwrap()
    };
    let axis = start(2);
    Province::of(&axis).send_document("d-1");
    let before = office_when(&axis, answered(5));
    let refused = before.received[0].statuses.iter();
    let refused: Vec<bool> = refused.map(|one| one.refused.is_some()).collect();
    assert_eq!(refused, [true, true, false, false, false]);
    assert_eq!(codes(&Province::of(&axis).statuses()), [4, 5, 6]);
    axis.stop();
    let axis = start(1);
    let after = axis.office_state(0, Duration::ZERO).unwrap();
    assert_eq!(after.received, before.received);
    Province::of(&axis).send_document("d-2");
    office_when(&axis, answered(10));
    assert_eq!(codes(&Province::of(&axis).statuses()), [3, 4, 5, 6]);
}

#[test]
fn the_configuration_in_the_manual_can_be_read() {
    let manual = include_str!("../../docs/test-axis.md");
    let (_, block) = manual.split_once("```toml\n[office]\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("[office]\n{block}")).unwrap();
    let config = AxisConfig::read(file.path()).unwrap();
    let office = config.office.unwrap();
    assert_eq!((office.rules.len(), office.script.len()), (1, 1));
}

#[test]
fn a_record_whose_packet_the_axis_does_not_have_did_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let config = OfficeConfig {
        after_ms: 3_600_000,
        ..OfficeConfig::default()
    };
    let axis = builder(config).data(folder.path()).start().unwrap();
    Province::of(&axis).send_document("d-1");
    let state = office_when(&axis, answered(1));
    let of = state.received[0].doc_id.clone();
    axis.stop();
    // As if it was killed after its word and before its deed.
    let journal = folder.path().join("office.jsonl");
    let mut journal = std::fs::OpenOptions::new()
        .append(true)
        .open(journal)
        .unwrap();
    let record = json!({
        "did": "status", "of": of, "is_planned": true,
        "status": {"code": "03", "doc_id": "00000000-0000-4000-8000-000000000000"},
    });
    writeln!(journal, "{record}").unwrap();
    drop(journal);
    let axis = builder(OfficeConfig::default())
        .data(folder.path())
        .start()
        .unwrap();
    let state = axis.office_state(0, Duration::ZERO).unwrap();
    assert_eq!(state.received[0].statuses.len(), 1);
    assert_eq!(state.received[0].waiting, 4);
}

/// A running program; it is killed with this.
struct Program {
    child: Child,
    url: String,
    control: Value,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
            .env("LC_ALL", "C")
            .arg("axis")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().unwrap().unwrap();
        let control = lines.next().unwrap().unwrap();
        Program {
            child,
            url,
            control: serde_json::from_str(&control).unwrap(),
        }
    }

    fn control(&self, method: &str, path: &str, since: u64, body: &str) -> (u16, Value) {
        let address = self.control["control"].as_str().unwrap();
        let address = address.strip_prefix("http://").unwrap().parse().unwrap();
        let token = self.control["token"].as_str().unwrap();
        let mut client = axis_support::Client::to(address);
        let length = body.len();
        client.write(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
                 since: {since}\r\nwait-ms: 60000\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        );
        let reply = client.read();
        (reply.status, serde_json::from_slice(&reply.body).unwrap())
    }

    fn office_when(&self, is_there: impl Fn(&Value) -> bool) -> Value {
        let mut since = 0;
        loop {
            let (status, state) = self.control("GET", "/office", since, "");
            assert_eq!(status, 200);
            if is_there(&state) {
                return state;
            }
            assert_ne!(state["changes"], since, "{state}");
            since = state["changes"].as_u64().unwrap();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PROVINCE_SYSTEM: [&str; 2] = ["--system", "td.01=bi mat mot:H99.01,H99.02"];

#[test]
fn the_program_has_an_office_that_the_control_interface_commands() {
    let mut arguments = PROVINCE_SYSTEM.to_vec();
    arguments.push("--office");
    let axis = Program::start(&arguments);
    assert_eq!(axis.control["office"], OFFICE);
    let province = Province::at(&axis.url);
    province.send_document("d-1");
    let state = axis.office_when(|state| state["received"][0]["statuses"][4].is_object());
    assert_eq!(codes(&province.statuses()), [1, 3, 4, 5, 6]);
    assert_eq!(state["received"][0]["statuses"][4]["code"], "06");
    assert_eq!(state["received"][0]["document_id"], "d-1");

    let body = json!({"kind": "send", "to": [PROVINCE], "document":
        {"steering": 1, "due_date": "2030-05-06", "tasks": ["NV-1"]}});
    let (status, made) = axis.control("POST", "/office", 0, &body.to_string());
    assert_eq!(status, 200, "{made}");
    let (_, document) = province.documents().pop().unwrap();
    assert_eq!(made["document_id"], document.document_id.unwrap().as_str());
    assert_eq!(document.due_date, Date::new(2030, 5, 6));

    let recall = json!({"kind": "recall", "of": made["document_id"], "reason": "Gửi nhầm"});
    assert_eq!(
        axis.control("POST", "/office", 0, &recall.to_string()).0,
        200
    );
    assert_eq!(codes(&province.statuses()), [13]);

    let rule = json!({"reaction": {"kind": "refuse", "reason": "Sai nơi nhận"}});
    let (_, answer) = axis.control("POST", "/office/rules", 0, &rule.to_string());
    assert_eq!(answer["rules"][0]["from"], "*");
    province.send_document("d-2");
    axis.office_when(|state| state["received"][1]["statuses"][1].is_object());
    assert_eq!(codes(&province.statuses()), [1, 2]);
    let (_, answer) = axis.control("DELETE", "/office/rules", 0, "");
    assert_eq!(answer, json!({"rules": []}));

    for (body, status) in [
        (json!({"kind": "unheard-of"}), 400),
        (json!({"kind": "send", "to": []}), 400),
        (json!({"kind": "send", "to": ["H99.77"]}), 409),
        (json!({"kind": "recall", "of": "unheard-of"}), 404),
        (json!({"kind": "status", "of": "d-1", "code": "x"}), 400),
    ] {
        let (got, answer) = axis.control("POST", "/office", 0, &body.to_string());
        assert_eq!(got, status, "{body} {answer}");
        assert!(answer["error"].is_string());
    }
    assert_eq!(axis.control("PUT", "/office/rules", 0, "{}").0, 400);
    assert_eq!(axis.control("PUT", "/office", 0, "").0, 405);
}

#[test]
fn the_program_has_no_office_unless_asked_and_free() {
    let axis = Program::start(&PROVINCE_SYSTEM);
    assert!(axis.control.get("office").is_none());
    assert_eq!(axis.control("GET", "/office", 0, "").0, 404);
    let mut arguments = PROVINCE_SYSTEM.to_vec();
    arguments.extend(["--office", "--system", "vpcp=bi mat:000.00.00.G22"]);
    let axis = Program::start(&arguments);
    assert!(axis.control.get("office").is_none());
}

#[test]
fn the_configuration_file_has_rules_and_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("axis.toml");
    std::fs::write(
        &file,
        "[office]\nafter_ms = 1\nunreadable = \"done\"\n\
         [[office.rule]]\nfrom = \"H99.01\"\n\
         reaction = { kind = \"statuses\", steps = [{ code = \"01\" }, { code = \"06\" }] }\n\
         [[office.rule]]\nwhat = [\"recall\"]\nreaction = { kind = \"decline\" }\n\
         [[office.script]]\n\
         command = { kind = \"send\", to = [\"H99.02\"], document = { steering = 1, due_in_days = 3 } }\n",
    )
    .unwrap();
    let mut arguments = PROVINCE_SYSTEM.to_vec();
    arguments.extend(["--config", file.to_str().unwrap()]);
    let axis = Program::start(&arguments);
    let state =
        axis.office_when(|state| state["script"][0].is_null() && state["sent"][0].is_object());
    assert_eq!(state["sent"][0]["to"], json!(["H99.02"]));
    let province = Province::at(&axis.url);
    province.send_document("d-1");
    axis.office_when(|state| state["received"][0]["statuses"][1].is_object());
    province.send(
        &status(OFFICE, "d-1", StatusCode::RecallRequested),
        MessageType::Status,
    );
    axis.office_when(|state| state["received"][1]["statuses"][0].is_object());
    assert_eq!(codes(&province.statuses()), [1, 6, 16]);
    for odd in ["[office]\nodd = 1\n", "[[office.rule]]\nreaction = 1\n"] {
        std::fs::write(&file, odd).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
            .args(["axis", "--config", file.to_str().unwrap()])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{odd}");
    }
}

#[test]
fn a_kill_in_the_middle_says_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = PROVINCE_SYSTEM.to_vec();
    arguments.extend(["--office", "--data", folder.path().to_str().unwrap()]);
    for round in 0..3 {
        let mut axis = Program::start(&arguments);
        let province = Province::at(&axis.url);
        for number in 0..10 {
            province.send_document(&format!("d-{round}-{number}"));
        }
        // Killed while it answers.
        axis.child.kill().unwrap();
        axis.child.wait().unwrap();
    }
    let axis = Program::start(&arguments);
    axis.office_when(|state| {
        let received = state["received"].as_array().unwrap();
        received.len() == 30 && received.iter().all(|one| one["waiting"] == 0)
    });
    let mut by_document: std::collections::BTreeMap<String, Vec<u32>> = Default::default();
    for status in Province::at(&axis.url).statuses() {
        let about = status.response_for.unwrap().document_id.unwrap();
        let codes = by_document.entry(about.to_string()).or_default();
        codes.push(status.status_code.unwrap().number());
    }
    assert_eq!(by_document.len(), 30);
    for (id, codes) in by_document {
        assert_eq!(codes, [1, 3, 4, 5, 6], "{id}");
    }
}
