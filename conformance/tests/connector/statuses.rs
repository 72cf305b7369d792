//! Statuses: reported by one call, matched, and never taken back.

use std::time::Duration;

use lienthong::axis::MessageType;
use lienthong::exchange::model::{StatusEffect, What};
use lienthong::packet::document::{ResponseFor, StaffInfo};
use lienthong::packet::{BusinessType, Date, StatusCode};
use lienthong::{Connector, ErrorKind};
use lienthong_conformance::axis_server::{Kind, TestAxis};

use crate::support::{
    Agency, DAY, FINISHED, Hand, RECEIVER, Running, SENDER, about, action, axis, builder, code,
    count, document, event_where, eventually, id, next, plain, rule, send, status, until,
    until_state,
};

fn pair(axis: &TestAxis) -> (Running, Running) {
    (Agency::sender(axis).run(), Agency::receiver(axis).run())
}

/// Waits until a status with this code and effect stands at a document.
fn came(
    connector: &Connector,
    id: lienthong::exchange::model::OutgoingId,
    code: StatusCode,
    effect: StatusEffect,
) {
    eventually(|| {
        let statuses = connector.statuses(id).unwrap();
        let found = statuses
            .iter()
            .any(|one| one.code == code && one.effect == effect);
        found.then_some(())
    });
}

#[test]
fn arrival_is_reported_by_itself_before_anybody_polls_or_not_at_all() {
    for wanted in [true, false] {
        let axis = axis();
        let from = Agency::sender(&axis).run();
        let mut to = Agency::receiver(&axis);
        to.set(
            "receive.report_arrival",
            if wanted { "true" } else { "false" },
        );
        let to = to.run();
        let sent = send(&from, document(1));
        if wanted {
            until_state(&from, sent.id, RECEIVER, "arrived");
            continue;
        }
        let came = next(&to);
        came.accept().unwrap();
        to.report(came.id(), StatusCode::Registered, None, None)
            .unwrap();
        until_state(&from, sent.id, RECEIVER, "registered");
        let codes: Vec<_> = from.statuses(sent.id).unwrap();
        assert_eq!(codes.len(), 1);
    }
}

#[test]
fn each_status_is_one_call_with_staff_and_note_and_keeps_its_order() {
    let axis = axis();
    let (from, to) = pair(&axis);
    let sent = send(&from, document(1));
    let came = next(&to);
    // The first ones have to wait, the later ones must not overtake.
    axis.add_fault(rule("sendEdoc", 4, code("20")));
    let staff = StaffInfo {
        department: Some("Phòng thí dụ".to_owned()),
        staff_id: Some("CB-01".to_owned()),
        ..StaffInfo::default()
    };
    for one in FINISHED {
        to.report(came.id(), one, Some("Ghi chú thí dụ"), Some(&staff))
            .unwrap();
    }
    // 05 may be said again only before 06.
    let refused = to.report(came.id(), StatusCode::Processing, None, None);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::StatusIllegal);
    until_state(&from, sent.id, RECEIVER, "finished");
    let statuses = from.statuses(sent.id).unwrap();
    let codes: Vec<_> = statuses.iter().map(|one| one.code.number()).collect();
    assert_eq!(codes, [1, 3, 4, 5, 6]);
    assert!(
        statuses
            .iter()
            .all(|one| one.effect == StatusEffect::Applied)
    );
    assert_eq!(statuses[1].description.as_deref(), Some("Ghi chú thí dụ"));
    let view = to.why_incoming(came.id()).unwrap().incoming.unwrap();
    assert_eq!(view.reports.len(), 5);
    assert_eq!(view.status, Some(StatusCode::Finished));
}

#[test]
fn an_illegal_report_is_an_error_and_nothing_is_sent() {
    let axis = axis();
    let (from, to) = pair(&axis);
    let sent = send(&from, document(1));
    let came = next(&to);
    until_state(&from, sent.id, RECEIVER, "arrived");
    for code in [
        StatusCode::Arrived,
        StatusCode::RecallRequested,
        StatusCode::ChangeAgreed,
        StatusCode::ChangeDeclined,
        StatusCode::Other(9),
    ] {
        let refused = to.report(came.id(), code, Some("Lý do"), None).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::StatusIllegal, "{code:?}");
    }
    to.report(came.id(), StatusCode::Refused, Some("Lý do"), None)
        .unwrap();
    let refused = to.report(came.id(), StatusCode::Registered, None, None);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::StatusIllegal);
    until_state(&from, sent.id, RECEIVER, "refused");
    let queued = axis.queued();
    let statuses = queued.iter().filter(|one| one.kind == Kind::Status);
    assert_eq!(statuses.count(), 2);
    let unknown = to.report("in-999".parse().unwrap(), StatusCode::Finished, None, None);
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn statuses_that_do_not_fit_are_shown_and_change_nothing() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let (to, other) = (Agency::receiver(&axis), Agency::other(&axis));
    let sent = send(&from, document(1));
    until_state(&from, sent.id, RECEIVER, "accepted");
    let post = |agency: &Agency, organ: &str, code| {
        agency.post(
            &status(organ, about(1), code),
            &[SENDER],
            MessageType::Status,
        );
    };
    post(&to, RECEIVER, StatusCode::Assigned);
    came(&from, sent.id, StatusCode::Assigned, StatusEffect::Applied);
    // Late, repeated, illegal, by a code nobody knows.
    post(&to, RECEIVER, StatusCode::Arrived);
    came(&from, sent.id, StatusCode::Arrived, StatusEffect::Late);
    post(&to, RECEIVER, StatusCode::Refused);
    came(&from, sent.id, StatusCode::Refused, StatusEffect::Illegal);
    post(&to, RECEIVER, StatusCode::Other(9));
    came(&from, sent.id, StatusCode::Other(9), StatusEffect::Illegal);
    post(&to, RECEIVER, StatusCode::ChangeAgreed);
    came(
        &from,
        sent.id,
        StatusCode::ChangeAgreed,
        StatusEffect::Illegal,
    );
    post(&other, "H99.09", StatusCode::Finished);
    came(
        &from,
        sent.id,
        StatusCode::Finished,
        StatusEffect::NotARecipient,
    );
    let row = until_state(&from, sent.id, RECEIVER, "assigned");
    assert_eq!((row.status, row.reason), (Some(StatusCode::Assigned), None));
    let shown = from.statuses(sent.id).unwrap();
    assert_eq!(shown.last().unwrap().organ, "H99.09");
    let told = event_where(&from, |one| {
        one.what == What::StatusCame && one.code.as_deref() == Some("06 not-a-recipient")
    });
    assert_eq!(told.outgoing, Some(sent.id));
    // The end stays the end.
    post(&to, RECEIVER, StatusCode::Finished);
    came(&from, sent.id, StatusCode::Finished, StatusEffect::Applied);
    post(&to, RECEIVER, StatusCode::Processing);
    came(&from, sent.id, StatusCode::Processing, StatusEffect::Late);
    until_state(&from, sent.id, RECEIVER, "finished");
}

#[test]
fn a_status_that_comes_again_is_one() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let to = Agency::receiver(&axis);
    let sent = send(&from, document(1));
    until_state(&from, sent.id, RECEIVER, "accepted");
    let packet = status(RECEIVER, about(1), StatusCode::Registered);
    for _ in 0..3 {
        to.post(&packet, &[SENDER], MessageType::Status);
    }
    eventually(|| (count(&from, "arrival.understood") == 3).then_some(()));
    assert_eq!(from.statuses(sent.id).unwrap().len(), 1);
}

#[test]
fn a_status_is_matched_by_id_by_its_other_forms_and_by_code_and_date() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let to = Agency::receiver(&axis);
    let triple = |number: u32| format!("H99.01,2026/03/04,{number}/TD-VPĐT");
    let of = |number: u32, said: Option<String>, code: bool| ResponseFor {
        organ_id: Some(SENDER.into()),
        document_id: said.map(|said| said.as_str().into()),
        code: code.then(|| format!("{number}/TD-VPĐT")),
        promulgation_date: code.then(|| Date::new(2026, 3, 4).unwrap()),
    };
    let said: Vec<ResponseFor> = vec![
        of(1, Some(triple(1)), false),
        of(
            2,
            Some(triple(2).replace('/', "-").replace("2-TD", "2/TD")),
            false,
        ),
        of(3, Some(format!("H99.02,{}", triple(3))), false),
        of(4, None, true),
        of(5, Some("ma-khac".to_owned()), true),
    ];
    for (index, response) in said.into_iter().enumerate() {
        let number = u32::try_from(index).unwrap() + 1;
        let mut packet = document(number).build().unwrap().document().clone();
        packet.document_id = Some(triple(number).as_str().into());
        let packet = lienthong::packet::DocumentBuilder::from_document(packet);
        let sent = send(&from, packet);
        until_state(&from, sent.id, RECEIVER, "accepted");
        let packet = status(RECEIVER, response, StatusCode::Registered);
        to.post(&packet, &[SENDER], MessageType::Status);
        until_state(&from, sent.id, RECEIVER, "registered");
    }
    assert_eq!(count(&from, "status.unmatched"), 0);
}

#[test]
fn a_status_that_comes_before_its_document_is_known_counts_once_it_is_sent() {
    let axis = plain();
    let from = Agency::sender(&axis).run();
    let to = Agency::receiver(&axis);
    let packet = status(RECEIVER, about(1), StatusCode::Registered);
    to.post(&packet, &[SENDER], MessageType::Status);
    eventually(|| (count(&from, "status.unmatched") == 1).then_some(()));
    // A store that was set back sends it again: the status does not keep it.
    let sent = send(&from, document(1));
    let row = until_state(&from, sent.id, RECEIVER, "registered");
    assert_eq!(row.attempts, 1);
    assert_eq!(count(&from, "status.unmatched"), 0);
    came(
        &from,
        sent.id,
        StatusCode::Registered,
        StatusEffect::Applied,
    );
}

#[test]
fn a_failed_document_holds_up_its_own_chain_and_nothing_else() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 1, code("22")));
    let (from, to) = pair(&axis);
    let failed = send(&from, document(1));
    until_state(&from, failed.id, RECEIVER, "failed");
    let update = document(2).bussiness(action(BusinessType::Update, Some(&id(1))));
    let update = send(&from, update);
    let other = send(&from, document(3));
    until_state(&from, other.id, RECEIVER, "arrived");
    next(&to).accept().unwrap();
    let row = until(&from, update.id, RECEIVER, |row| row.blocked_by.is_some());
    assert_eq!((row.blocked_by, row.attempts), (Some(failed.id), 0));
    // Who acts on what it waits for.
    assert!(row.who_acts.is_some());
    from.retry(failed.id, None).unwrap();
    until_state(&from, update.id, RECEIVER, "arrived");
    // The receiver saw them in this order: the original stands before.
    until(&from, failed.id, RECEIVER, |row| row.status.is_some());
}

#[test]
fn a_chain_goes_on_when_what_blocked_it_is_dropped() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 1, code("22")));
    let from = Agency::sender(&axis).run();
    let failed = send(&from, document(1));
    until_state(&from, failed.id, RECEIVER, "failed");
    let update = document(2).bussiness(action(BusinessType::Update, Some(&id(1))));
    let update = send(&from, update);
    from.drop_packet(failed.id, None).unwrap();
    until_state(&from, update.id, RECEIVER, "accepted");
}

#[test]
fn a_document_that_was_never_finished_is_told_once() {
    let axis = builder().start().unwrap();
    let clock = Hand::default();
    let from = Agency::sender(&axis);
    let sender = from.open_at(&clock);
    let receiver = Agency::receiver(&axis).run();
    let sent = send(&sender, document(1));
    let came = next(&receiver);
    receiver
        .report(came.id(), StatusCode::Registered, None, None)
        .unwrap();
    until_state(&sender, sent.id, RECEIVER, "registered");
    drop(sender);
    clock.move_by(61 * DAY);
    let told = |sender: &Connector| {
        let events = sender.events(1_000, Duration::from_millis(10)).unwrap();
        let told = events.iter().filter(|one| one.what == What::NotFinished);
        told.count()
    };
    for _ in 0..2 {
        let sender = from.open_at(&clock);
        eventually(|| (told(&sender) > 0).then_some(()));
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(told(&sender), 1);
    }
}
