//! One document from a province to an agency over the test axis with the
//! library's own client, and its statuses back: through both rebuilds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::fs::File;
use std::io::Seek;

use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome, Sending};
use lienthong::packet::document::{Organ, ResponseFor};
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{
    Attachment, CheckOptions, Date, Discard, DocumentBuilder, Packet, ReadOptions, StatusBuilder,
    StatusCode, Timestamp, check, compare, read_packet,
};
use lienthong::{Config, Severity};
use lienthong_conformance::axis_server::TestAxis;
use lienthong_conformance::rebuild::Flavour;

const SENDER: &str = "H99.01";
const RECEIVER: &str = "H99.02";

fn organ(id: &str) -> Organ {
    Organ {
        organ_id: Some(id.into()),
        organ_name: Some(format!("Cơ quan thí dụ {id}")),
        ..Organ::default()
    }
}

fn client(axis: &TestAxis, system: &str, secret: &str) -> Client {
    let mut config = Config::new();
    config.set("axis.url", &axis.url()).unwrap();
    config.set("axis.system_id", system).unwrap();
    config.set("axis.secret", secret).unwrap();
    Client::open(&config).unwrap()
}

/// Takes the one packet that waits, reads it, and acknowledges it.
fn fetch(client: &Client, message_type: MessageType) -> Packet {
    let rows = client.list_received(message_type).unwrap();
    assert_eq!(rows.len(), 1, "one packet waits");
    let doc_id = &rows[0].doc_id;
    let mut file = tempfile::tempfile().unwrap();
    client.get(doc_id, &mut file).unwrap();
    file.rewind().unwrap();
    let packet = read_packet(&file, &ReadOptions::default(), &mut Discard).unwrap();
    client.acknowledge(doc_id, Acknowledgement::Done).unwrap();
    assert!(client.list_received(message_type).unwrap().is_empty());
    packet
}

fn send(client: &Client, path: &std::path::Path, from: &str, message_type: MessageType) {
    let sending = Sending {
        from,
        to: &[],
        message_type,
    };
    for delivery in client.send_file(path, &sending).unwrap() {
        assert!(matches!(delivery.outcome, Outcome::Accepted { .. }));
    }
}

fn story(flavour: Flavour) {
    let axis = TestAxis::builder()
        .system("td.01", "bi mat mot", [SENDER])
        .system("td.02", "bi mat hai", [RECEIVER])
        .rebuild(flavour)
        .start()
        .unwrap();
    let sender = client(&axis, "td.01", "bi mat mot");
    let receiver = client(&axis, "td.02", "bi mat hai");

    let mut outgoing = DocumentBuilder::new(organ(SENDER), "H99.01-2026-000007")
        .to(organ(RECEIVER))
        .code("7", "TD-VPĐT")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ <một> & hai\ndòng hai 𠀋")
        .attach(Attachment::from_bytes(
            "công văn.pdf",
            [b"%PDF-1.4\n".as_slice(), &[7; 300_000]].concat(),
        ))
        .attach(Attachment::from_bytes(
            "ghi chú.txt",
            "ghi chú\n".as_bytes().to_vec(),
        ))
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("packet.edxml");
    outgoing
        .write_to(&mut File::create(&path).unwrap())
        .unwrap();
    let sent = read_packet(
        File::open(&path).unwrap(),
        &ReadOptions::default(),
        &mut Discard,
    )
    .unwrap();
    send(&sender, &path, SENDER, MessageType::Edoc);

    let received = fetch(&receiver, MessageType::Edoc);
    let findings = check(&received, &CheckOptions::default());
    assert!(
        findings
            .iter()
            .all(|finding| finding.severity != Severity::Error),
        "{findings:?}"
    );
    assert_eq!(received.meaning_digest(), sent.meaning_digest());
    let digests = |packet: &Packet| -> Vec<_> {
        packet
            .attachments
            .iter()
            .map(|one| one.content().unwrap().sha256)
            .collect()
    };
    assert_eq!(digests(&received), digests(&sent));
    let differences = compare(outgoing.document(), received.document().unwrap());
    assert!(
        differences
            .iter()
            .all(|one| one.severity != Severity::Error),
        "{differences:?}"
    );

    let known = DocumentKey::of(outgoing.document()).unwrap();
    let document = received.document().unwrap();
    for code in [
        StatusCode::Arrived,
        StatusCode::Registered,
        StatusCode::Assigned,
        StatusCode::Processing,
        StatusCode::Finished,
    ] {
        let about = ResponseFor {
            organ_id: document.sender().cloned(),
            code: Some("7/TD-VPĐT".to_owned()),
            document_id: document.document_id.clone(),
            promulgation_date: Date::new(2026, 3, 4),
        };
        let time = Timestamp::new(Date::new(2026, 3, 4).unwrap(), 9, 0, 0).unwrap();
        let status = StatusBuilder::new(organ(RECEIVER), about, code, time)
            .build()
            .unwrap();
        let path = folder.path().join("status.edxml");
        status.write_to(&mut File::create(&path).unwrap()).unwrap();
        send(&receiver, &path, RECEIVER, MessageType::Status);

        let back = fetch(&sender, MessageType::Status);
        assert_eq!(back.status(), Some(status.status()));
        let keys = |from: &lienthong::packet::OrganId, _: &lienthong::packet::OrganId| {
            if from.as_str() == SENDER {
                vec![&known]
            } else {
                Vec::new()
            }
        };
        let (found, parties) = back.status().unwrap().find_document(keys).unwrap();
        assert_eq!(found, &known);
        assert_eq!(parties.receiver.as_str(), RECEIVER);
    }
}

#[test]
fn a_document_and_its_statuses_arrive_through_the_rebuild_as_seen() {
    story(Flavour::AsSeen);
}

#[test]
fn a_document_and_its_statuses_arrive_through_the_rebuild_of_0_0_3() {
    story(Flavour::V0_0_3);
}

#[test]
fn a_document_and_its_statuses_arrive_where_nothing_is_rebuilt() {
    story(Flavour::Off);
}
