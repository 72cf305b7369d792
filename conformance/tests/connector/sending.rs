//! Sending: stored is delivered, or it is visible why not.

use std::net::TcpListener;
use std::time::Duration;

use lienthong::connector::StateSecret;
use lienthong::exchange::insight::RecipientView;
use lienthong::exchange::model::{OutgoingId, What};
use lienthong::packet::{Attachment, Priority, StatusCode};
use lienthong::{Connector, ErrorKind, FindingCode, Severity};
use lienthong_conformance::axis_server::{Fault, FaultRule, TestAxis};
use lienthong_conformance::rebuild::Flavour;

use crate::support::{
    Agency, HOUR, Hand, RECEIVER, SENDER, axis, builder, bytes, code, count, document, document_to,
    event, eventually, header, next, nothing_more, plain, rule, send, sendings, until, until_state,
};

fn lines(connector: &Connector, id: OutgoingId, what: What) -> usize {
    let journal = connector.why(id).unwrap().journal;
    journal.iter().filter(|entry| entry.what == what).count()
}

fn accepted(connector: &Connector, id: OutgoingId) -> RecipientView {
    until(connector, id, RECEIVER, |row| row.axis_doc_id.is_some())
}

/// Every sending bore the same bytes.
fn same_bytes(axis: &TestAxis, times: usize) {
    // The log is written after the answer.
    let sent = eventually(|| {
        let sent = sendings(axis, SENDER, "edoc");
        (sent.len() >= times).then_some(sent)
    });
    assert_eq!(sent.len(), times);
    for one in &sent {
        let hash = |entry| header(entry, "xroadvnpt-hash-file").map(str::to_owned);
        assert_eq!(hash(one), hash(&sent[0]));
        assert!(hash(one).is_some());
    }
}

#[test]
fn what_the_axis_has_after_an_unknown_outcome_is_not_sent_again() {
    for fault in [
        Fault::BadGateway,
        Fault::NotJson,
        Fault::CloseAfterAnswer { bytes: 10 },
    ] {
        let axis = axis();
        axis.add_fault(rule("sendEdoc", 1, fault.clone()));
        let sender = Agency::sender(&axis).run();
        let sent = send(&sender, document(1));
        let row = accepted(&sender, sent.id);
        assert_eq!((row.attempts, row.error), (1, None), "{fault:?}");
        assert_eq!(lines(&sender, sent.id, What::OutcomeUnknown), 1);
        same_bytes(&axis, 1);
        let asked = axis.wire_log(0, Duration::ZERO);
        assert!(asked.iter().any(|entry| entry.path == "/getSentEdocList"));
    }
}

#[test]
fn what_the_axis_does_not_have_is_sent_again_with_the_same_bytes() {
    let axis = axis();
    let fault = Fault::CloseAfterRequest { bytes: 1 << 30 };
    axis.add_fault(rule("sendEdoc", 1, fault));
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, receiver) = (from.open(), to.open());
    let sent = send(&sender, document(1));
    let row = accepted(&sender, sent.id);
    assert_eq!(row.attempts, 2);
    same_bytes(&axis, 2);
    next(&receiver).accept().unwrap();
    nothing_more(&receiver);
}

#[test]
fn where_the_axis_cannot_be_asked_the_same_bytes_go_again_and_make_one_row() {
    // Code 22 is a refusal of the question, 20 a fault that never ends.
    for refusal in ["22", "20"] {
        let axis = axis();
        axis.add_fault(rule("sendEdoc", 1, Fault::BadGateway));
        axis.add_fault(rule("getSentEdocList", 0, code(refusal)));
        let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
        let (sender, receiver) = (from.open(), to.open());
        let sent = send(&sender, document(1));
        // It may arrive before it goes again: then its status settles it.
        let row = until(&sender, sent.id, RECEIVER, |row| row.status.is_some());
        assert!(row.attempts <= 2);
        next(&receiver).accept().unwrap();
        nothing_more(&receiver);
        assert_eq!(count(&receiver, "incoming.accepted"), 1);
    }
}

#[test]
fn an_outcome_that_cannot_be_asked_for_resends_without_any_answer_of_the_recipient() {
    for refusal in ["22", "20"] {
        let axis = axis();
        axis.add_fault(rule("sendEdoc", 1, Fault::BadGateway));
        axis.add_fault(rule("getSentEdocList", 0, code(refusal)));
        let sender = Agency::sender(&axis).run();
        let sent = send(&sender, document(1));
        assert_eq!(accepted(&sender, sent.id).attempts, 2);
        same_bytes(&axis, 2);
    }
}

#[test]
fn an_outcome_may_be_held_until_an_operator_decides() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 1, Fault::BadGateway));
    axis.add_fault(rule("getSentEdocList", 0, code("22")));
    let mut from = Agency::sender(&axis);
    from.set("send.unknown", "hold");
    let sender = from.open();
    let sent = send(&sender, document(1));
    let row = until_state(&sender, sent.id, RECEIVER, "held");
    assert_eq!((row.who_acts, row.next_try), (Some("operator"), None));
    same_bytes(&axis, 1);
    assert_eq!(sender.retry(sent.id, None).unwrap(), 1);
    accepted(&sender, sent.id);
    same_bytes(&axis, 2);
    let receiver = Agency::receiver(&axis).run();
    next(&receiver).accept().unwrap();
    nothing_more(&receiver);
}

#[test]
fn a_status_of_the_recipient_settles_an_unknown_outcome() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 1, Fault::BadGateway));
    axis.add_fault(rule("getSentEdocList", 0, code("20")));
    let mut from = Agency::sender(&axis);
    from.set("send.unknown", "hold");
    let sender = from.open();
    let sent = send(&sender, document(1));
    until_state(&sender, sent.id, RECEIVER, "outcome-unknown");
    let _receiver = Agency::receiver(&axis).run();
    let row = until_state(&sender, sent.id, RECEIVER, "arrived");
    assert_eq!(row.attempts, 1);
    same_bytes(&axis, 1);
}

/// A row of the axis's list that may be either of two proves neither: taking it
/// for the wrong one would lose a document.
#[test]
fn of_two_documents_that_look_alike_in_the_list_none_is_lost() {
    let axis = axis();
    let lost = Fault::CloseAfterRequest { bytes: 1 << 30 };
    axis.add_fault(rule("sendEdoc", 1, lost));
    axis.add_fault(FaultRule {
        after: 1,
        ..rule("sendEdoc", 1, Fault::BadGateway)
    });
    let mut from = Agency::sender(&axis);
    from.set("send.parallel", "1").set("send.ask_after", "300");
    let sender = from.open();
    // The same number, notation and date under two ids.
    let first = send(&sender, document(1));
    let mut second = document(1).build().unwrap().document().clone();
    second.document_id = Some("H99.01-2026-000002".into());
    let second = lienthong::packet::DocumentBuilder::from_document(second);
    let second = send(&sender, second);
    accepted(&sender, first.id);
    let receiver = Agency::receiver(&axis).run();
    let mut came: Vec<_> = (0..2).map(|_| next(&receiver)).collect();
    came.iter_mut().for_each(|one| one.accept().unwrap());
    nothing_more(&receiver);
    event(&receiver, What::SameCodeOtherId);
    until_state(&sender, second.id, RECEIVER, "arrived");
}

#[test]
fn a_refused_packet_is_final_and_keeps_payload_and_reason() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 1, code("22")));
    let sender = Agency::sender(&axis).run();
    let sent = send(&sender, document(1));
    let row = until_state(&sender, sent.id, RECEIVER, "failed");
    assert_eq!(row.error.as_deref(), Some("axis-refused-packet"));
    assert_eq!(row.remote_code.as_deref(), Some("22"));
    assert!(row.reason.is_some() && row.who_acts.is_some());
    assert_eq!((row.attempts, row.next_try), (1, None));
    assert!(sender.why(sent.id).unwrap().outgoing.unwrap().kept);
    event(&sender, What::Failed);
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(sendings(&axis, SENDER, "edoc").len(), 1);
    // One call has it tried again.
    assert_eq!(sender.retry(sent.id, None).unwrap(), 1);
    accepted(&sender, sent.id);
    same_bytes(&axis, 2);
}

#[test]
fn a_recipient_that_the_axis_does_not_know_does_not_hold_up_the_others() {
    let axis = axis();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, receiver) = (from.open(), to.open());
    let sent = send(&sender, document_to(1, &["H99.03", "H99.77", RECEIVER]));
    let row = until_state(&sender, sent.id, "H99.77", "failed");
    assert_eq!(row.remote_code.as_deref(), Some("18"));
    assert_eq!(row.error.as_deref(), Some("axis-refused-organ"));
    for organ in [RECEIVER, "H99.03"] {
        until_state(&sender, sent.id, organ, "arrived");
    }
    assert_eq!(sender.drop_packet(sent.id, Some("H99.77")).unwrap(), 1);
    until_state(&sender, sent.id, "H99.77", "dropped");
    assert_eq!(sender.stats().unwrap().oldest_undelivered, None);
    let mut own: Vec<_> = (0..2)
        .map(|_| next(&receiver).own_organ().to_owned())
        .collect();
    own.sort();
    assert_eq!(own, [RECEIVER, "H99.03"]);
}

#[test]
fn faults_of_the_axis_are_tried_again() {
    for fault in ["20", "21"] {
        let axis = axis();
        axis.add_fault(rule("sendEdoc", 3, code(fault)));
        let sender = Agency::sender(&axis).run();
        let sent = send(&sender, document(1));
        assert_eq!(accepted(&sender, sent.id).attempts, 4);
        // One line for all of them.
        assert_eq!(lines(&sender, sent.id, What::Postponed), 1);
        same_bytes(&axis, 4);
    }
}

#[test]
fn refused_credentials_pause_the_whole_outbox_and_nothing_fails() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 0, code("15")));
    let mut from = Agency::sender(&axis);
    from.set("send.pause", "150").set("send.parallel", "1");
    let sender = from.open();
    let sent: Vec<_> = (1..=20).map(|n| send(&sender, document(n))).collect();
    // While the next attempt is under way nobody has to act.
    let row = until(&sender, sent[0].id, RECEIVER, |row| {
        row.error.is_some() && row.who_acts.is_some()
    });
    assert_eq!(row.error.as_deref(), Some("axis-credentials"));
    assert_eq!(row.who_acts, Some("operator"));
    // Far fewer attempts than packets: it is the connection that is refused.
    std::thread::sleep(Duration::from_millis(200));
    let tried = sendings(&axis, SENDER, "edoc").len();
    assert!(tried < 15, "{tried}");
    assert_eq!(count(&sender, "recipient.failed"), 0);
    axis.set_faults([]);
    for one in &sent {
        accepted(&sender, one.id);
    }
}

#[test]
fn an_axis_that_was_away_is_found_again_with_one_line_in_the_journal() {
    // A port that nobody listens at.
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let away = axis();
    let mut from = Agency::sender(&away);
    from.set("axis.url", &format!("http://{address}"));
    let sender = from.open();
    let sent = send(&sender, document(1));
    let row = until(&sender, sent.id, RECEIVER, |row| row.attempts >= 4);
    assert_eq!(row.error.as_deref(), Some("axis-unreachable"));
    assert_eq!(lines(&sender, sent.id, What::Postponed), 1);
    let axis = builder()
        .configure(|config| config.listen = address)
        .start()
        .unwrap();
    accepted(&sender, sent.id);
    same_bytes(&axis, 1);
}

#[test]
fn pauses_grow_with_each_attempt() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 0, code("20")));
    let mut from = Agency::sender(&axis);
    from.set("send.pause", "1").set("send.longest_pause", "100");
    let sender = from.open();
    let sent = send(&sender, document(1));
    until(&sender, sent.id, RECEIVER, |row| row.attempts >= 20);
    let starts = sendings(&axis, SENDER, "edoc");
    assert!(starts.len() >= 19);
    // Full jitter up to the cap: of the last ten pauses some are long, and the
    // next attempt is never further off than the cap.
    let row = until(&sender, sent.id, RECEIVER, |row| row.next_try.is_some());
    let pause = row.next_try.unwrap() - row.last_try.unwrap();
    assert!((1..=1_000).contains(&pause), "{pause}");
}

#[test]
fn an_urgent_document_overtakes_but_not_one_that_has_waited_for_an_hour() {
    let axis = axis();
    let clock = Hand::default();
    let mut from = Agency::sender(&axis);
    from.set("send.parallel", "1")
        .set("connector.role", "client");
    clock.move_by(-HOUR - 60);
    let client = from.open_at(&clock);
    let mut order = vec![send(&client, document(1)).id];
    clock.move_by(HOUR);
    let normal: Vec<_> = (2..=4).map(|n| send(&client, document(n)).id).collect();
    let urgent = send(&client, document(5).priority(Priority::Flash)).id;
    order.push(urgent);
    order.extend(normal);
    drop(client);
    from.set("connector.role", "worker");
    let sender = from.open();
    let ids: Vec<_> = order
        .iter()
        .map(|id| accepted(&sender, *id).axis_doc_id.unwrap())
        .collect();
    let taken: Vec<_> = axis.queued().into_iter().map(|one| one.sender_id).collect();
    assert_eq!(taken, ids);
}

#[test]
fn a_state_secret_is_refused_and_nothing_of_it_is_stored() {
    let axis = axis();
    let from = Agency::sender(&axis);
    let sender = from.open();
    let marker = "dau-vet-bi-mat";
    let secret = document(1).subject(marker);
    let refused = sender.send(&mut secret.build().unwrap(), StateSecret::Contained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::StateSecret);
    let packet = bytes(document(1).subject(marker));
    let refused = sender.send_packet(packet.as_slice(), StateSecret::Contained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::StateSecret);
    assert_eq!(count(&sender, "recipient.queued"), 0);
    assert!(
        sender
            .find_sent(SENDER, &crate::support::id(1))
            .unwrap()
            .is_empty()
    );
    drop(sender);
    assert!(!crate::support::anywhere(&from.store(), marker));
}

#[test]
fn the_same_document_twice_is_one_and_the_same_id_with_other_content_is_refused() {
    let axis = axis();
    let sender = Agency::sender(&axis).run();
    let first = send(&sender, document(1));
    let again = send(&sender, document(1));
    assert_eq!((again.id, again.again), (first.id, true));
    let other = document(1).subject("V/v khác");
    let refused = sender.send(&mut other.build().unwrap(), StateSecret::NotContained);
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DocumentIdTaken);
    accepted(&sender, first.id);
    same_bytes(&axis, 1);
}

#[test]
fn only_a_document_of_an_own_organ_is_taken() {
    let axis = axis();
    let stranger = Agency::receiver(&axis).run();
    let refused = stranger.send(&mut document(1).build().unwrap(), StateSecret::NotContained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotOwnOrgan);
    let status = crate::support::status(RECEIVER, crate::support::about(1), StatusCode::Arrived);
    let refused = stranger.send_packet(status.as_slice(), StateSecret::NotContained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::PacketImpossible);
    let refused = stranger.send_packet(&b"<khong/>"[..], StateSecret::NotContained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::PacketImpossible);
    assert_eq!(count(&stranger, "recipient.queued"), 0);
}

#[test]
fn a_packet_of_the_host_goes_byte_for_byte() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, receiver) = (from.open(), to.open());
    let packet = bytes(document(1));
    let sent = sender
        .send_packet(packet.as_slice(), StateSecret::NotContained)
        .unwrap();
    let came = next(&receiver);
    assert_eq!(crate::support::kept(&receiver, came.id()), packet);
    came.accept().unwrap();
    until_state(&sender, sent.id, RECEIVER, "arrived");
}

#[test]
fn a_document_reaches_a_hundred_recipients_each_with_a_state_of_its_own() {
    let organs: Vec<String> = (0..100).map(|n| format!("H98.{n:03}")).collect();
    let axis = builder()
        .system("td.98", "bi mat tram", organs.clone())
        .start()
        .unwrap();
    let to = Agency::new(&axis, "td.98", "bi mat tram", &organs.join(","));
    let (sender, receiver) = (Agency::sender(&axis).run(), to.open());
    let named: Vec<&str> = organs.iter().map(String::as_str).collect();
    let sent = send(&sender, document_to(1, &named));
    let mut own: Vec<String> = (0..100)
        .map(|_| {
            let came = next(&receiver);
            came.accept().unwrap();
            came.own_organ().to_owned()
        })
        .collect();
    own.sort();
    assert_eq!(own, organs);
    for organ in &organs {
        until_state(&sender, sent.id, organ, "arrived");
    }
    nothing_more(&receiver);
}

/// A ZIP around one file that is encrypted, as its flags say.
fn encrypted() -> Vec<u8> {
    let (name, content) = (b"word/document.xml", b"bytes nobody can read");
    let mut record = [20_u16, 1, 0, 0, 33].map(u16::to_le_bytes).concat();
    let length = u32::try_from(content.len()).unwrap();
    record.extend([0, length, length].map(u32::to_le_bytes).concat());
    record.extend([17_u16, 0].map(u16::to_le_bytes).concat());
    let mut zip = [b"PK\x03\x04".as_slice(), &record, name, content].concat();
    let start = u32::try_from(zip.len()).unwrap();
    zip.extend([b"PK\x01\x02\x14\x00".as_slice(), &record, &[0; 14], name].concat());
    let directory = u32::try_from(zip.len()).unwrap() - start;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend([directory, start].map(u32::to_le_bytes).concat());
    zip.extend([0; 2]);
    zip
}

#[test]
fn an_office_file_that_is_a_zip_nobody_can_open_arrives_as_it_is() {
    for flavour in [Flavour::AsSeen, Flavour::V0_0_3, Flavour::Off] {
        let axis = builder().rebuild(flavour).start().unwrap();
        let sender = Agency::sender(&axis).run();
        let receiver = Agency::receiver(&axis).run();
        for (number, name) in [(1, "kế hoạch.docx"), (2, "số liệu.xlsx")] {
            let document = document(number).attach(Attachment::from_bytes(name, encrypted()));
            let sent = send(&sender, document);
            let refused = sent
                .findings
                .iter()
                .find(|one| one.code == FindingCode::AttachmentZipRefused);
            assert_eq!(refused.unwrap().severity, Severity::Warning);
            let came = next(&receiver);
            let folder = tempfile::tempdir().unwrap();
            let files = came.extract_to(folder.path()).unwrap();
            let bytes = std::fs::read(&files[1].path).unwrap();
            assert_eq!(bytes, encrypted(), "{name} {flavour:?}");
            came.accept().unwrap();
        }
    }
}
