//! Receiving: stored, acknowledged, understood; each key once.

use std::io::Read;
use std::time::Duration;

use lienthong::Connector;
use lienthong::axis::MessageType;
use lienthong::connector::{HandOff, Health, StateSecret};
use lienthong::exchange::model::{IncomingId, What};
use lienthong::packet::attachment::wrap;
use lienthong::packet::document::ResponseFor;
use lienthong::packet::{Attachment, BusinessType, DocumentBuilder, StatusCode};
use lienthong::{ErrorKind, FindingCode};
use lienthong_conformance::axis_server::{Fault, FaultRule, Kind, QueueState, TestAxis};
use lienthong_conformance::rebuild::{Flavour, RebuildOptions, rebuild};

use crate::support::{
    Agency, HOUR, Hand, RECEIVER, SENDER, about, action, axis, builder, bytes, code, count,
    document, document_to, event, event_where, eventually, id, kept, next, nothing_more, plain,
    rule, send, status, until_state,
};

/// All that waited for an organ was acknowledged `done`.
fn all_done(axis: &TestAxis, organ: &str, rows: usize) {
    eventually(|| {
        let mut queued = axis.queued();
        queued.retain(|one| one.organ == organ);
        let done = queued.iter().all(|one| one.state == QueueState::Done);
        (done && queued.len() == rows).then_some(())
    });
}

/// A packet that is known came again so many times.
fn until_again(connector: &Connector, known: IncomingId, times: usize) {
    eventually(|| {
        let journal = connector.why_incoming(known).unwrap().journal;
        let again = journal.iter().filter(|one| one.what == What::Duplicate);
        (again.count() == times).then_some(())
    });
}

/// The statuses that went to the sender.
fn statuses(axis: &TestAxis) -> usize {
    let queued = axis.queued();
    let to_sender = queued.iter().filter(|one| one.organ == SENDER);
    to_sender.filter(|one| one.kind == Kind::Status).count()
}

/// What stands in place of base64.
pub(crate) const SENTENCE: &str = "Nội dung tệp đã được lược bỏ";

/// A document whose first attachment is no base64; it has a second one, which is whole.
fn broken(number: u32) -> Vec<u8> {
    first_replaced(bytes(with_two(number)), SENTENCE)
}

fn with_two(number: u32) -> DocumentBuilder {
    let second = Attachment::from_bytes("phụ lục.pdf", b"%PDF-1.4 hai".to_vec());
    document(number).attach(second)
}

/// A packet with other text as the data of its first attachment.
pub(crate) fn first_replaced(packet: Vec<u8>, text: &str) -> Vec<u8> {
    let whole = String::from_utf8(packet).unwrap();
    let (head, rest) = whole.split_once("<edXML:ContentTransferEncoded").unwrap();
    let (tag, rest) = rest.split_once('>').unwrap();
    let (_, tail) = rest.split_once("</").unwrap();
    format!("{head}<edXML:ContentTransferEncoded{tag}>{text}</{tail}").into_bytes()
}

/// A document that ends in the middle of its first attachment.
fn cut_off(number: u32) -> Vec<u8> {
    let mut whole = bytes(document(number));
    let data = b"<edXML:ContentTransferEncoded";
    let at = whole.windows(data.len()).position(|part| part == data);
    whole.truncate(at.unwrap() + data.len());
    whole
}

fn codes(item: &HandOff, path: &str) -> Vec<&'static str> {
    let findings = item.packet().findings().iter();
    findings
        .filter(|finding| finding.path == path)
        .map(|finding| finding.code.as_str())
        .collect()
}

fn doctor(connector: &Connector, name: &str) -> Health {
    let checks = connector.doctor().unwrap();
    checks
        .iter()
        .find(|check| check.name == name)
        .unwrap()
        .health
}

#[test]
fn what_is_shown_was_acknowledged_and_is_whole() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis).run());
    let packet = bytes(document(1));
    from.agency.post(&packet, &[RECEIVER], MessageType::Edoc);
    let came = next(&to);
    assert_eq!(kept(&to, came.id()), packet);
    all_done(&axis, RECEIVER, 1);
    let files = tempfile::tempdir().unwrap();
    let files = came.extract_to(files.path()).unwrap();
    assert_eq!(files.len(), 1);
}

#[test]
fn the_same_packet_by_two_routes_and_rebuilt_is_one_row() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    let packet = bytes(document(1));
    let mut rebuilt = Vec::new();
    let options = RebuildOptions::new(Flavour::AsSeen, "000.00.00.W00", "2026/03/05 08:00:00", 1);
    rebuild(packet.as_slice(), &mut rebuilt, options).unwrap();
    assert_ne!(packet, rebuilt);
    for sent in [&packet, &packet, &rebuilt] {
        from.post(sent, &[RECEIVER], MessageType::Edoc);
    }
    let came = next(&to);
    came.accept().unwrap();
    all_done(&axis, RECEIVER, 3);
    until_again(&to, came.id(), 2);
    nothing_more(&to);
    assert_eq!(count(&to, "incoming.accepted"), 1);
    // One 01 for one document.
    eventually(|| (statuses(&axis) == 1).then_some(()));
}

#[test]
fn the_same_id_with_another_content_is_kept_shown_and_told() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    from.post(&bytes(document(1)), &[RECEIVER], MessageType::Edoc);
    let first = next(&to);
    assert!(!first.conflict());
    first.accept().unwrap();
    let other = bytes(document(1).subject("V/v khác"));
    from.post(&other, &[RECEIVER], MessageType::Edoc);
    let second = next(&to);
    assert!(second.conflict());
    assert_eq!(kept(&to, second.id()), other);
    let told = event(&to, What::SameIdOtherContent);
    assert_eq!(told.incoming, Some(second.id()));
    all_done(&axis, RECEIVER, 2);
}

#[test]
fn an_action_with_the_id_of_its_original_is_no_conflict() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    from.post(&bytes(document(1)), &[RECEIVER], MessageType::Edoc);
    next(&to).accept().unwrap();
    let recall = document(1).bussiness(action(BusinessType::Recall, Some(&id(1))));
    from.post(&bytes(recall), &[RECEIVER], MessageType::Edoc);
    let recall = next(&to);
    assert!(recall.is_action() && !recall.conflict());
}

#[test]
fn two_of_our_organs_are_two_rows() {
    let axis = axis();
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis).run());
    let sent = send(&from, document_to(1, &[RECEIVER, "H99.03"]));
    let (one, two) = (next(&to), next(&to));
    let mut own = [one.own_organ(), two.own_organ()];
    own.sort_unstable();
    assert_eq!(own, [RECEIVER, "H99.03"]);
    one.accept().unwrap();
    two.accept().unwrap();
    nothing_more(&to);
    for organ in own {
        until_state(&from, sent.id, organ, "arrived");
    }
}

#[test]
fn a_sender_is_known_by_its_old_and_its_new_code_whichever_came_first() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("units.csv");
    let units = "code,oldCode\nH98.01,000.00.01.H98\nH98.02,000.00.02.H98\n";
    std::fs::write(&directory, units).unwrap();
    let axis = builder()
        .rebuild(Flavour::Off)
        .system("td.98", "bi mat ma", ["H98.01", "H98.02"])
        .directory(&directory)
        .start()
        .unwrap();
    let from = Agency::new(&axis, "td.98", "bi mat ma", "H98.01");
    let mut to = Agency::receiver(&axis);
    let of = |packet: Vec<u8>, organ: &str| {
        let text = String::from_utf8(packet).unwrap();
        text.replace(
            "<edXML:OrganId>H99.01<",
            &format!("<edXML:OrganId>{organ}<"),
        )
        .into_bytes()
    };
    // Before any directory was read.
    to.set("directory.refresh", "0");
    let receiver = to.open();
    let original = of(bytes(document(1)), "000.00.01.H98");
    from.post(&original, &[RECEIVER], MessageType::Edoc);
    let original = next(&receiver).id();
    drop(receiver);
    to.set("directory.refresh", "1");
    let receiver = to.open();
    let recall = document(1).bussiness(action(BusinessType::Recall, Some(&id(1))));
    from.post(&of(bytes(recall), "H98.01"), &[RECEIVER], MessageType::Edoc);
    eventually(|| {
        let view = receiver.why_incoming(original).unwrap().incoming.unwrap();
        view.on_hold.then_some(())
    });
}

#[test]
fn what_cannot_be_read_is_acknowledged_kept_and_told_and_gets_no_01() {
    let axis = plain();
    let to = Agency::receiver(&axis).run();
    let packet = cut_off(1);
    axis.plant(SENDER, RECEIVER, Kind::Document, &packet)
        .unwrap();
    let told = event(&to, What::Quarantined);
    assert_eq!(told.organ.as_deref(), Some(SENDER));
    all_done(&axis, RECEIVER, 1);
    let rows = to.quarantined(10).unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].reason.is_some());
    let mut raw = Vec::new();
    let mut open = to.open_quarantined(&rows[0]).unwrap();
    open.read_to_end(&mut raw).unwrap();
    assert_eq!(raw, packet);
    nothing_more(&to);
    assert_eq!(statuses(&axis), 0);
    assert_eq!(doctor(&to, "quarantine"), Health::Warning);
    // Given up: gone, and known all the same.
    to.drop_quarantined(rows[0].id).unwrap();
    assert!(to.quarantined(10).unwrap().is_empty());
    assert_eq!(doctor(&to, "quarantine"), Health::Good);
    let again = to.drop_quarantined(rows[0].id).unwrap_err();
    assert_eq!(again.kind(), lienthong::ErrorKind::NotFound);
}

#[test]
fn a_packet_of_which_only_the_header_can_be_read_is_refused_by_policy() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let mut to = Agency::receiver(&axis);
    to.set("receive.refuse_unreadable", "true");
    let to = to.run();
    let sent = send(&from, document_to(1, &["H99.03"]));
    until_state(&from, sent.id, "H99.03", "arrived");
    // The same document arrives at another organ of theirs, cut off.
    let cut_off = String::from_utf8(cut_off(1)).unwrap();
    let cut_off = cut_off.replace(RECEIVER, "H99.03");
    axis.plant(SENDER, "H99.03", Kind::Document, cut_off.as_bytes())
        .unwrap();
    event(&to, What::Quarantined);
    let row = until_state(&from, sent.id, "H99.03", "refused");
    assert!(row.reason.is_some());
}

#[test]
fn a_document_with_a_file_that_cannot_be_decoded_is_shown_and_can_be_refused() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    let packet = broken(1);
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    let item = next(&to);
    assert_eq!(kept(&to, item.id()), packet);
    let header = item.packet().document().unwrap();
    assert_eq!(header.subject.as_deref(), Some("V/v thí dụ"));
    let first = "AttachmentEncoded/Attachment[1]";
    assert_eq!(codes(&item, first), ["attachment-base64-invalid"]);
    assert!(codes(&item, "AttachmentEncoded/Attachment[2]").is_empty());
    // What a host is told of the files, in every language.
    let view = serde_json::to_value(&item).unwrap();
    let file = &view["attachments"][0];
    assert_eq!(file["name"], "công văn.pdf");
    assert!(file["bytes"].is_null() && file["sha256"].is_null());
    assert_eq!(view["attachments"][1]["bytes"], 12);
    assert_eq!(view["meaning"].as_str().unwrap().len(), 64);
    // Nothing is made up for the one, the other is whole.
    let folder = tempfile::tempdir().unwrap();
    let files = item.extract_to(folder.path()).unwrap();
    let [file] = files.as_slice() else {
        panic!("{files:?}")
    };
    assert_eq!(file.number, 2);
    assert_eq!(std::fs::read(&file.path).unwrap(), b"%PDF-1.4 hai");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let opened = item.packet().attachments[0].open_raw(item.open_bytes().unwrap());
    let error = opened.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AttachmentUnreadable);
    let said = error.to_string();
    assert!(said.contains("attachment-base64-invalid"), "{said}");
    // It stands in one place, and the sender hears that it came, and why it is refused.
    assert_eq!(count(&to, "arrival.quarantined"), 0);
    eventually(|| (statuses(&axis) == 1).then_some(()));
    let reason = "Tệp thứ nhất không mở được";
    to.refuse(item.id(), item.lease(), reason, None).unwrap();
    eventually(|| (statuses(&axis) == 2).then_some(()));
    let why = to.why_incoming(item.id()).unwrap().incoming.unwrap();
    let reported: Vec<_> = why.reports.iter().filter_map(|one| one.status).collect();
    assert_eq!(reported, [StatusCode::Arrived, StatusCode::Refused]);
    all_done(&axis, RECEIVER, 1);
}

#[test]
fn a_broken_document_that_comes_again_is_one_row_and_the_corrected_one_is_another() {
    let axis = plain();
    let from = Agency::sender(&axis);
    let to = Agency::receiver(&axis);
    let receiver = to.open();
    from.post(&broken(1), &[RECEIVER], MessageType::Edoc);
    from.post(&broken(1), &[RECEIVER], MessageType::Edoc);
    let first = next(&receiver);
    assert!(!first.conflict());
    let (first, meaning) = (first.id(), first.packet().meaning_digest());
    all_done(&axis, RECEIVER, 2);
    nothing_more(&receiver);
    // Also after a restart.
    drop(receiver);
    let receiver = to.open();
    from.post(&broken(1), &[RECEIVER], MessageType::Edoc);
    all_done(&axis, RECEIVER, 3);
    until_again(&receiver, first, 2);
    // Other text in its place is another packet, and so is the file itself.
    let other = first_replaced(bytes(with_two(1)), "Lược bỏ");
    let corrected = bytes(with_two(1));
    for packet in [&other, &corrected] {
        from.post(packet, &[RECEIVER], MessageType::Edoc);
        let came = next(&receiver);
        assert_ne!(came.id(), first);
        assert!(came.conflict());
        assert_ne!(came.packet().meaning_digest(), meaning);
        assert_eq!(kept(&receiver, came.id()), **packet);
        event_where(&receiver, |one| {
            one.what == What::SameIdOtherContent && one.incoming == Some(came.id())
        });
        came.accept().unwrap();
    }
    all_done(&axis, RECEIVER, 5);
    nothing_more(&receiver);
    assert_eq!(count(&receiver, "incoming.accepted"), 2);
}

#[test]
fn a_recall_with_a_file_that_cannot_be_decoded_is_a_recall() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    from.post(&bytes(document(1)), &[RECEIVER], MessageType::Edoc);
    let original = next(&to);
    original.accept().unwrap();
    let recall = document(2).bussiness(action(BusinessType::Recall, Some(&id(1))));
    let recall = first_replaced(bytes(recall), SENTENCE);
    from.post(&recall, &[RECEIVER], MessageType::Edoc);
    let recall = next(&to);
    assert!(recall.is_action());
    assert_eq!(recall.acts_on(), Some(original.id()));
    let view = to.why_incoming(original.id()).unwrap().incoming.unwrap();
    assert!(view.on_hold);
}

#[test]
fn an_attachment_without_any_data_does_not_hide_its_document() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    let text = String::from_utf8(bytes(document(1))).unwrap();
    let (head, rest) = text.split_once("<edXML:ContentTransferEncoded").unwrap();
    let (_, tail) = rest.split_once("</edXML:ContentTransferEncoded>").unwrap();
    let bare = format!("{head}{tail}");
    from.post(bare.as_bytes(), &[RECEIVER], MessageType::Edoc);
    let item = next(&to);
    let first = "AttachmentEncoded/Attachment[1]";
    assert_eq!(codes(&item, first), ["attachment-empty"]);
    item.accept().unwrap();
    from.post(bare.as_bytes(), &[RECEIVER], MessageType::Edoc);
    until_again(&to, item.id(), 1);
}

#[test]
fn a_damaged_zip_is_shown_as_it_came_with_its_finding() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis).run());
    let mut zip = Vec::new();
    let file: Vec<u8> = (0..4_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut wrapped = wrap(&mut file.as_slice(), "bảng kê.xls").unwrap();
    wrapped.write_to(&mut zip).unwrap();
    zip.truncate(zip.len() / 2);
    let text = base64_simd::STANDARD.encode_to_string(&zip);
    let packet = first_replaced(bytes(document(1)), &text);
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    let item = next(&to);
    let codes = codes(&item, "AttachmentEncoded/Attachment[1]");
    assert!(codes.contains(&"attachment-zip-corrupt"), "{codes:?}");
    let folder = tempfile::tempdir().unwrap();
    let files = item.extract_to(folder.path()).unwrap();
    assert_eq!(std::fs::read(&files[0].path).unwrap(), zip);
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    until_again(&to, item.id(), 1);
}

#[test]
fn a_packet_with_a_file_that_cannot_be_decoded_is_not_sent_on() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let packet = broken(1);
    let sent = from.send_packet(packet.as_slice(), StateSecret::NotContained);
    let error = sent.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PacketImpossible);
    let code = FindingCode::AttachmentBase64Invalid;
    assert!(error.findings().iter().any(|one| one.code == code));
    assert_eq!(count(&from, "recipient.queued"), 0);
    assert!(from.find_sent(SENDER, &id(1)).unwrap().is_empty());
}

#[test]
fn a_file_over_the_limit_waits_in_quarantine_until_the_limit_is_raised() {
    let axis = plain();
    let from = Agency::sender(&axis);
    let mut to = Agency::receiver(&axis);
    to.set("packet.max_attachment_size", "1024");
    let receiver = to.open();
    let large = Attachment::from_bytes("lớn.pdf", vec![7; 2_000]);
    from.post(
        &bytes(document(1).attach(large)),
        &[RECEIVER],
        MessageType::Edoc,
    );
    let told = event(&receiver, What::Quarantined);
    assert_eq!(told.code.as_deref(), Some("attachment-too-large"));
    let row = receiver.quarantined(10).unwrap().remove(0);
    drop(receiver);
    to.set("packet.max_attachment_size", "1000000");
    let receiver = to.open();
    receiver.read_again(row.id).unwrap();
    let item = next(&receiver);
    assert_eq!(item.packet().attachments[1].content().unwrap().size, 2_000);
}

#[test]
fn a_quarantined_packet_is_read_again_on_request() {
    let axis = plain();
    let from = Agency::sender(&axis);
    let mut to = Agency::receiver(&axis);
    to.set("packet.max_elements", "100");
    let receiver = to.open();
    let mut long = document(1);
    for line in 0..200 {
        long = long.place(format!("Nơi nhận {line}"));
    }
    from.post(&bytes(long), &[RECEIVER], MessageType::Edoc);
    event(&receiver, What::Quarantined);
    let row = receiver.quarantined(10).unwrap().remove(0);
    // Nothing changed: it is in quarantine again.
    receiver.read_again(row.id).unwrap();
    eventually(|| (count(&receiver, "arrival.quarantined") == 1).then_some(()));
    drop(receiver);
    to.set("packet.max_elements", "50000");
    let receiver = to.open();
    // Asked for while the worker runs, here by a client.
    to.open_client().read_again(row.id).unwrap();
    next(&receiver).accept().unwrap();
    assert!(receiver.quarantined(10).unwrap().is_empty());
}

#[test]
fn what_is_too_large_stays_on_the_axis_visibly_and_others_go_on() {
    let axis = plain();
    let from = Agency::sender(&axis);
    let mut to = Agency::receiver(&axis);
    to.set("axis.max_packet", "20000").set("send.pause", "500");
    let receiver = to.open();
    let large = lienthong::packet::Attachment::from_bytes("lớn.pdf", vec![7; 100_000]);
    let large = bytes(document(1).attach(large));
    assert!(large.len() > 20_000);
    from.post(&large, &[RECEIVER], MessageType::Edoc);
    event(&receiver, What::NotFetched);
    from.post(&bytes(document(2)), &[RECEIVER], MessageType::Edoc);
    next(&receiver).accept().unwrap();
    let waits = axis.queued().remove(0);
    assert_eq!(waits.state, QueueState::Initial);
    // Told once, not at every attempt, and backed off between them.
    let told = receiver.events(1_000, Duration::ZERO).unwrap();
    let told = told
        .iter()
        .filter(|one| one.what == What::NotFetched)
        .count();
    assert_eq!(told, 1);
    drop(receiver);
    to.set("axis.max_packet", "2000000");
    let receiver = to.open();
    let came = next(&receiver);
    assert_eq!(kept(&receiver, came.id()), large);
}

#[test]
fn an_empty_list_a_failed_one_and_silence_are_three_things() {
    let axis = axis();
    let to = Agency::receiver(&axis).run();
    eventually(|| to.stats().unwrap().listed);
    assert_eq!(doctor(&to, "inbox"), Health::Good);
    axis.add_fault(rule("getReceivedEdocList", 0, code("20")));
    let failed = eventually(|| Some(to.stats().unwrap()).filter(|one| one.list_failed.is_some()));
    assert_eq!(failed.list_error.as_deref(), Some("axis-try-later"));
    assert_eq!(doctor(&to, "inbox"), Health::Bad);
    axis.set_faults([]);
    eventually(|| to.stats().unwrap().list_failed.is_none().then_some(()));
    assert_eq!(doctor(&to, "inbox"), Health::Good);
    // Nobody asks any more.
    let mut client = to.agency.config.clone();
    client.set("connector.role", "client").unwrap();
    assert!(to.close(Duration::from_secs(5)));
    let clock = Hand::default();
    clock.move_by(HOUR);
    let client = Connector::open_with(&client, clock.environment()).unwrap();
    assert_eq!(doctor(&client, "inbox"), Health::Warning);
}

#[test]
fn listings_that_repeat_or_reorder_rows_change_nothing() {
    let axis = axis();
    axis.add_fault(rule("getReceivedEdocList", 0, Fault::DuplicateListing));
    axis.add_fault(rule("getReceivedEdocList", 0, Fault::Reorder));
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis).run());
    for number in 1..=10 {
        send(&from, document(number));
    }
    for _ in 0..10 {
        next(&to).accept().unwrap();
    }
    nothing_more(&to);
    assert_eq!(count(&to, "incoming.accepted"), 10);
}

#[test]
fn an_acknowledgement_that_got_lost_is_given_again_and_shows_nothing_twice() {
    let axis = axis();
    axis.add_fault(rule("updateStatus", 2, code("20")));
    let from = Agency::sender(&axis).run();
    let clock = Hand::default();
    let to = Agency::receiver(&axis);
    let receiver = to.open_at(&clock);
    send(&from, document(1));
    next(&receiver).accept().unwrap();
    eventually(|| {
        // The next attempt has its time.
        clock.move_by(20);
        let done = axis.queued()[0].state == QueueState::Done;
        done.then_some(())
    });
    nothing_more(&receiver);
    assert_eq!(count(&receiver, "incoming.accepted"), 1);
}

#[test]
fn the_content_decides_whatever_the_call_says() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis).run());
    let sent = send(&from, document(1));
    let came = next(&to);
    let code = lienthong::packet::StatusCode::Registered;
    let packet = status(RECEIVER, crate::support::about(1), code);
    to.agency.post(&packet, &[SENDER], MessageType::Edoc);
    until_state(&from, sent.id, RECEIVER, "registered");
    came.accept().unwrap();
    nothing_more(&from);
    let packet = bytes(document(2));
    from.agency.post(&packet, &[RECEIVER], MessageType::Status);
    next(&to).accept().unwrap();
}

#[test]
fn a_status_does_not_wait_for_the_end_of_a_long_list_of_documents() {
    const TURN: u32 = 1_000;
    let axis = plain();
    let from = Agency::sender(&axis);
    for number in 0..=TURN {
        from.post(&bytes(document(number)), &[RECEIVER], MessageType::Edoc);
    }
    let about = ResponseFor {
        organ_id: Some(RECEIVER.into()),
        ..about(TURN + 1)
    };
    let answer = status(SENDER, about, StatusCode::Registered);
    from.post(&answer, &[RECEIVER], MessageType::Status);
    // After a turn of documents one packet more can be fetched: the status.
    axis.add_fault(FaultRule {
        after: u64::from(TURN) + 1,
        ..rule("getEdoc", 0, Fault::BadGateway)
    });
    let _receiver = Agency::receiver(&axis).run();
    eventually(|| {
        let mut queued = axis.queued().into_iter();
        let status = queued.find(|one| one.organ == RECEIVER && one.kind == Kind::Status)?;
        (status.state == QueueState::Done).then_some(())
    });
    axis.set_faults([]);
    all_done(&axis, RECEIVER, TURN as usize + 2);
}
