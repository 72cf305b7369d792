//! Chains: recall, update, replacement, answers and reports; nothing is
//! cancelled or destroyed but by the host's word.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use lienthong::axis::MessageType;
use lienthong::connector::StateSecret;
use lienthong::exchange::model::{Change, HandOffState, OutgoingId, StatusEffect, What};
use lienthong::packet::document::{
    Bussiness, OrganIdList, ReplacementInfo, ReplacementInfoList, ResponseFor,
};
use lienthong::packet::{
    BusinessType, Date, DocumentBuilder, StatusBuilder, StatusCode, SteeringType, Timestamp,
};
use lienthong::{Connector, ErrorKind};
use lienthong_conformance::axis_server::TestAxis;

use crate::support::{
    Agency, OTHER, RECEIVER, Running, SENDER, about, action, anywhere, axis, bytes, document,
    event, eventually, id, kept, next, nothing_more, organ, plain, send, status, until,
    until_state,
};

fn pair(axis: &TestAxis) -> (Running, Running) {
    (Agency::sender(axis).run(), Agency::receiver(axis).run())
}

/// Another document of ours that does something to document 1.
fn acting(number: u32, business: BusinessType) -> DocumentBuilder {
    document(number).bussiness(action(business, Some(&id(1))))
}

fn view(
    connector: &Connector,
    id: lienthong::exchange::model::IncomingId,
) -> lienthong::exchange::insight::IncomingView {
    connector.why_incoming(id).unwrap().incoming.unwrap()
}

#[test]
fn a_recall_by_status_13_is_agreed_to_and_every_copy_is_destroyed() {
    let axis = plain();
    let (from, to) = pair(&axis);
    let marker = "dau-vet-0123456789";
    let text =
        lienthong::packet::Attachment::from_bytes("a.pdf", format!("%PDF {marker}").into_bytes());
    let sent = send(&from, document(1).subject(marker).attach(text));
    let original = next(&to);
    original.accept().unwrap();
    until_state(&from, sent.id, RECEIVER, "arrived");
    assert!(anywhere(&to.agency.store(), marker));
    let recalled = from.recall(sent.id, &[], "Gửi nhầm", None).unwrap();
    assert_eq!(recalled.requests.len(), 1);
    // Asked once.
    assert!(
        from.recall(sent.id, &[], "Gửi nhầm", None)
            .unwrap()
            .requests
            .is_empty()
    );
    let recall = next(&to);
    assert!(recall.is_action());
    assert_eq!(recall.acts_on(), Some(original.id()));
    assert!(view(&to, original.id()).on_hold);
    until_state(&from, sent.id, RECEIVER, "recall-requested");
    let event = event(&to, What::OnHold);
    assert_eq!(event.incoming, Some(original.id()));
    // Nothing is destroyed before the host's word.
    assert!(!kept(&to, original.id()).is_empty());
    to.agree(recall.id(), None, None).unwrap().unwrap();
    until_state(&from, sent.id, RECEIVER, "recalled");
    let gone = original.open_bytes().err().unwrap();
    assert_eq!(gone.kind(), ErrorKind::PayloadGone);
    let gone = to.open_packet(original.id()).err().unwrap();
    assert_eq!(gone.kind(), ErrorKind::PayloadGone);
    let known = view(&to, original.id());
    assert!(known.destroyed && !known.kept && !known.on_hold);
    assert_eq!(known.document_id.as_deref(), Some(id(1).as_str()));
    // Not in the database, not in its log, not beside it.
    let store = to.agency.store();
    eventually(|| (!anywhere(&store, marker)).then_some(()));
    // Decided once.
    let again = to.agree(recall.id(), None, None).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::StatusIllegal);
    // The sender's side is frozen.
    let why = from.why(sent.id).unwrap().outgoing.unwrap();
    assert!(why.frozen);
    let update = acting(2, BusinessType::Update);
    let refused = from.send(&mut update.build().unwrap(), StateSecret::NotContained);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::DocumentFrozen);
    for refused in [
        from.recall(sent.id, &[], "Lần nữa", None).map(drop),
        from.retry(sent.id, None).map(drop),
    ] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::DocumentFrozen);
    }
    // What still comes is late.
    let late = status(RECEIVER, about(1), StatusCode::Registered);
    to.agency.post(&late, &[SENDER], MessageType::Status);
    eventually(|| {
        let statuses = from.statuses(sent.id).unwrap();
        let late = statuses.iter().any(|one| one.effect == StatusEffect::Late);
        late.then_some(())
    });
    until_state(&from, sent.id, RECEIVER, "recalled");
}

#[test]
fn a_recall_by_packet_holds_back_what_was_not_shown_and_declined_it_comes() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let to = Agency::receiver(&axis);
    let original = send(&from, document(1));
    let recall = send(&from, acting(1, BusinessType::Recall));
    for sent in [original.id, recall.id] {
        until(&from, sent, RECEIVER, |row| row.axis_doc_id.is_some());
    }
    let to = to.run();
    // Both are there before anybody polls.
    event(&to, What::OnHold);
    let action = eventually(|| {
        // The original may have been there a moment earlier.
        let came = next(&to);
        if came.is_action() {
            return Some(came);
        }
        to.give_back(came.id(), came.lease(), Duration::ZERO)
            .unwrap();
        None
    });
    let target = action.acts_on().unwrap();
    nothing_more(&to);
    assert_eq!(to.open_packet(target).err().map(|error| error.kind()), None);
    let refused = to
        .refuse(action.id(), action.lease(), "Không", None)
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StatusIllegal);
    to.decline(action.id(), Some("Đã vào sổ"), None)
        .unwrap()
        .unwrap();
    let row = until(&from, original.id, RECEIVER, |row| {
        row.change == Change::Declined
    });
    assert_eq!(row.state, "arrived");
    let shown = next(&to);
    assert_eq!(shown.id(), target);
    assert!(!shown.is_action());
    // It is a document: nothing to agree to.
    let wrong = to.agree(shown.id(), None, None).unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::StatusIllegal);
    shown.accept().unwrap();
    to.report(shown.id(), StatusCode::Registered, None, None)
        .unwrap();
    until_state(&from, original.id, RECEIVER, "registered");
    assert!(!from.why(original.id).unwrap().outgoing.unwrap().frozen);
}

#[test]
fn an_original_on_hold_cannot_be_agreed_to_in_the_place_of_its_recall() {
    let axis = axis();
    let (from, to) = pair(&axis);
    let sent = send(&from, document(1));
    let original = next(&to);
    from.recall(sent.id, &[], "Gửi nhầm", None).unwrap();
    let recall = next(&to);
    for wrong in [
        to.agree(original.id(), None, None),
        to.decline(original.id(), Some("Không"), None),
    ] {
        assert_eq!(wrong.unwrap_err().kind(), ErrorKind::StatusIllegal);
    }
    assert!(view(&to, original.id()).on_hold);
    to.decline(recall.id(), Some("Đã vào sổ"), None).unwrap();
    assert!(!view(&to, original.id()).on_hold);
}

#[test]
fn an_original_stays_on_hold_until_every_action_on_it_is_decided() {
    let axis = axis();
    let (from, to) = pair(&axis);
    let sent = send(&from, document(1));
    let original = next(&to);
    to.give_back(original.id(), original.lease(), Duration::from_millis(400))
        .unwrap();
    send(&from, acting(2, BusinessType::Update));
    let update = next(&to);
    assert_eq!(update.acts_on(), Some(original.id()));
    from.recall(sent.id, &[], "Gửi nhầm", None).unwrap();
    let recall = next(&to);
    to.agree(update.id(), None, None).unwrap();
    assert!(view(&to, original.id()).on_hold);
    nothing_more(&to);
    // The answer to the update is not taken for one to the recall.
    eventually(|| {
        let update = from.thread(sent.id).unwrap();
        let answered = update
            .iter()
            .find(|one| one.status == Some(StatusCode::ChangeAgreed));
        answered.map(|one| assert_eq!(one.effect, Some(StatusEffect::Applied)))
    });
    until_state(&from, sent.id, RECEIVER, "recall-requested");
    to.decline(recall.id(), Some("Đã vào sổ"), None).unwrap();
    assert_eq!(next(&to).id(), original.id());
}

/// A receiver that names the original in every answer, while an update and a
/// recall wait.
struct Terse {
    from: Running,
    to: Agency,
    sent: OutgoingId,
    recall: OutgoingId,
    /// The next answer's time: none is another one once more.
    time: Cell<i64>,
}

impl Terse {
    fn new(axis: &TestAxis) -> Terse {
        let from = Agency::sender(axis).run();
        let to = Agency::receiver(axis);
        let sent = send(&from, document(1));
        until_state(&from, sent.id, RECEIVER, "accepted");
        let update = send(&from, acting(2, BusinessType::Update));
        until_state(&from, update.id, RECEIVER, "accepted");
        let recall = from.recall(sent.id, &[], "Gửi nhầm", None).unwrap();
        eventually(|| (axis.queued().len() == 3).then_some(()));
        Terse {
            from,
            to,
            sent: sent.id,
            recall: recall.requests[0],
            time: Cell::new(1_772_600_000),
        }
    }

    fn answer(&self, number: u32, code: StatusCode) {
        let about = ResponseFor {
            organ_id: Some(SENDER.into()),
            ..about(number)
        };
        let time = Timestamp::in_vietnam(self.time.replace(self.time.get() + 1)).unwrap();
        let mut answer = Vec::new();
        StatusBuilder::new(organ(RECEIVER), about, code, time)
            .description("Lý do thí dụ")
            .build()
            .unwrap()
            .write_to(&mut answer)
            .unwrap();
        self.to.post(&answer, &[SENDER], MessageType::Status);
    }

    /// Waits until answers of these effects have come.
    fn effects(&self, wanted: &[StatusEffect]) {
        eventually(|| {
            let statuses = self.from.statuses(self.sent).unwrap();
            let effects: Vec<_> = statuses.iter().map(|one| one.effect).collect();
            (effects == wanted).then_some(())
        });
    }

    fn is_frozen(&self) -> bool {
        self.from.why(self.sent).unwrap().outgoing.unwrap().frozen
    }

    fn stands_at(&self, state: &str) {
        until_state(&self.from, self.sent, RECEIVER, state);
    }
}

#[test]
fn an_answer_that_fits_two_open_changes_is_kept_until_it_fits_one() {
    let axis = plain();
    let terse = Terse::new(&axis);
    terse.answer(1, StatusCode::ChangeAgreed);
    terse.effects(&[StatusEffect::Ambiguous]);
    terse.stands_at("recall-requested");
    assert!(!terse.is_frozen());
    // The update is declined by its own id: the other was the recall's.
    terse.answer(2, StatusCode::ChangeDeclined);
    terse.effects(&[StatusEffect::Applied]);
    terse.stands_at("recalled");
    assert!(terse.is_frozen());
}

#[test]
fn as_many_like_answers_as_open_changes_answer_them_all() {
    let axis = plain();
    let terse = Terse::new(&axis);
    terse.answer(1, StatusCode::ChangeDeclined);
    terse.effects(&[StatusEffect::Ambiguous]);
    terse.answer(1, StatusCode::ChangeDeclined);
    terse.effects(&[StatusEffect::Applied, StatusEffect::Applied]);
    until(&terse.from, terse.sent, RECEIVER, |row| {
        row.change == Change::Declined
    });
}

#[test]
fn unlike_answers_that_fit_two_open_changes_change_nothing() {
    let axis = plain();
    let terse = Terse::new(&axis);
    terse.answer(1, StatusCode::ChangeAgreed);
    terse.answer(1, StatusCode::ChangeDeclined);
    terse.effects(&[StatusEffect::Ambiguous, StatusEffect::Ambiguous]);
    terse.stands_at("recall-requested");
    assert!(!terse.is_frozen());
}

#[test]
fn the_host_says_what_an_answer_that_fits_two_open_changes_was_meant_for() {
    let axis = plain();
    let terse = Terse::new(&axis);
    let illegal = |change, code| {
        let error = terse.from.assign_answer(change, RECEIVER, code);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::StatusIllegal);
    };
    illegal(terse.recall, StatusCode::ChangeAgreed);
    terse.answer(1, StatusCode::ChangeAgreed);
    terse.answer(1, StatusCode::ChangeDeclined);
    terse.effects(&[StatusEffect::Ambiguous, StatusEffect::Ambiguous]);
    // The document is no change of itself.
    illegal(terse.sent, StatusCode::ChangeAgreed);
    let agreed = StatusCode::ChangeAgreed;
    terse
        .from
        .assign_answer(terse.recall, RECEIVER, agreed)
        .unwrap();
    // The other answer can only be the update's now.
    terse.effects(&[StatusEffect::Applied, StatusEffect::Applied]);
    terse.stands_at("recalled");
    assert!(terse.is_frozen());
    illegal(terse.recall, agreed);
}

#[test]
fn an_action_that_comes_before_its_original_waits_and_is_tied_to_it() {
    let axis = plain();
    let from = Agency::sender(&axis);
    let to = Agency::receiver(&axis).run();
    let recall = bytes(acting(1, BusinessType::Recall));
    from.post(&recall, &[RECEIVER], MessageType::Edoc);
    let waits = event(&to, What::ActionWaits).incoming.unwrap();
    nothing_more(&to);
    assert_eq!(view(&to, waits).state, HandOffState::Waiting);
    from.post(&bytes(document(1)), &[RECEIVER], MessageType::Edoc);
    let recall = next(&to);
    assert_eq!(recall.id(), waits);
    assert!(recall.acts_on().is_some());
    nothing_more(&to);
    to.agree(waits, None, None).unwrap();
    nothing_more(&to);
    assert!(view(&to, recall.acts_on().unwrap()).destroyed);
}

#[test]
fn an_action_of_another_sender_never_touches_the_document() {
    let axis = plain();
    let (from, to) = pair(&axis);
    send(&from, document(1));
    let original = next(&to);
    original.accept().unwrap();
    let other = Agency::other(&axis);
    let mut recall = acting(1, BusinessType::Recall)
        .build()
        .unwrap()
        .document()
        .clone();
    recall.from = Some(organ(OTHER));
    let recall = bytes(DocumentBuilder::from_document(recall));
    other.post(&recall, &[RECEIVER], MessageType::Edoc);
    event(&to, What::ActionWaits);
    // And by a status 13.
    let asked = ResponseFor {
        organ_id: Some(RECEIVER.into()),
        ..about(1)
    };
    let asked = status(OTHER, asked, StatusCode::RecallRequested);
    other.post(&asked, &[RECEIVER], MessageType::Status);
    eventually(|| {
        let events = to.events(1_000, Duration::from_millis(10)).unwrap();
        let waits = events.iter().filter(|one| one.what == What::ActionWaits);
        (waits.count() == 2).then_some(())
    });
    nothing_more(&to);
    let known = view(&to, original.id());
    assert!(!known.on_hold && !known.destroyed && known.kept);
}

#[test]
fn updates_and_replacements_are_answered_with_15_and_16() {
    let axis = axis();
    let (from, to) = pair(&axis);
    let sent = send(&from, document(1));
    let original = next(&to);
    original.accept().unwrap();
    let update = send(&from, acting(2, BusinessType::Update));
    let came = next(&to);
    assert!(came.is_action());
    assert_eq!(came.acts_on(), Some(original.id()));
    until_state(&from, sent.id, RECEIVER, "update-requested");
    to.agree(came.id(), None, None).unwrap();
    let row = until(&from, sent.id, RECEIVER, |row| row.change == Change::Agreed);
    assert_eq!(row.state, "arrived");
    // An update is a document, too.
    to.report(came.id(), StatusCode::Registered, None, None)
        .unwrap();
    until_state(&from, update.id, RECEIVER, "registered");
    assert!(view(&to, original.id()).kept);
    let replaces = replacing(3, &[RECEIVER]);
    send(&from, replaces);
    let came = next(&to);
    assert_eq!(came.acts_on(), Some(original.id()));
    to.decline(came.id(), Some("Đã xử lý xong"), None).unwrap();
    until(&from, sent.id, RECEIVER, |row| {
        row.change == Change::Declined
    });
}

fn replacing(number: u32, organs: &[&str]) -> DocumentBuilder {
    let info = ReplacementInfo {
        document_id: Some(id(1).as_str().into()),
        organ_id_list: Some(OrganIdList {
            organ_id: organs.iter().map(|organ| (*organ).into()).collect(),
        }),
    };
    document(number).bussiness(Bussiness {
        bussiness_doc_type: Some(BusinessType::Replace),
        bussiness_doc_reason: Some("Lý do thí dụ".to_owned()),
        replacement_info_list: vec![ReplacementInfoList {
            replacement_info: vec![info],
        }],
        ..Bussiness::default()
    })
}

#[test]
fn a_replacement_for_another_organ_puts_nothing_on_hold_here() {
    let axis = axis();
    let (from, to) = pair(&axis);
    send(&from, document(1));
    let original = next(&to);
    original.accept().unwrap();
    send(&from, replacing(2, &["H99.03"]));
    let came = next(&to);
    assert!(!came.is_action());
    came.accept().unwrap();
    assert!(!view(&to, original.id()).on_hold);
}

#[test]
fn only_those_who_were_recipients_can_be_asked_to_give_back() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let sent = send(&from, document(1));
    for organs in [["H99.03"], ["H99.77"]] {
        let refused = from.recall(sent.id, &organs, "Gửi nhầm", None).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
    }
    let refused = from.recall(sent.id, &[], "", None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PacketImpossible);
}

#[test]
fn a_thread_shows_the_whole_from_either_side() {
    let axis = axis();
    let (from, to) = pair(&axis);
    // A directive, a report on it, an update of the directive.
    let sent = send(
        &from,
        document(1).steering(SteeringType::Directive).task("NV-01"),
    );
    let directive = next(&to);
    directive.accept().unwrap();
    let report = DocumentBuilder::new(organ(RECEIVER), "H99.02-2026-000001")
        .to(organ(SENDER))
        .code("1", "BC-TD")
        .promulgated("Thí dụ", Date::new(2026, 3, 5).unwrap())
        .subject("V/v báo cáo")
        .steering(SteeringType::Report)
        .responds_to(about(1))
        .task("NV-01");
    let report = send(&to, report);
    let came = next(&from);
    assert_eq!(came.answers(), Some(sent.id));
    came.accept().unwrap();
    until_state(&to, report.id, SENDER, "arrived");
    let update = send(&from, acting(2, BusinessType::Update));
    let action = next(&to);
    to.agree(action.id(), None, None).unwrap();
    until(&from, sent.id, RECEIVER, |row| row.change == Change::Agreed);
    until_state(&from, update.id, RECEIVER, "arrived");

    let here = from.thread(sent.id).unwrap();
    assert_eq!(from.thread_incoming(came.id()).unwrap(), here);
    assert_eq!(from.thread(update.id).unwrap(), here);
    let documents: Vec<_> = here
        .iter()
        .filter(|item| item.status.is_none())
        .map(|item| item.document_id.clone().unwrap())
        .collect();
    assert_eq!(documents, [id(1), "H99.02-2026-000001".to_owned(), id(2)]);
    let mut codes: Vec<u32> = here
        .iter()
        .filter_map(|item| item.status.map(StatusCode::number))
        .collect();
    codes.sort_unstable();
    // 01 for each of the three documents, and 15.
    assert_eq!(codes, [1, 1, 1, 15]);

    let there = to.thread(report.id).unwrap();
    assert_eq!(to.thread_incoming(directive.id()).unwrap(), there);
    let documents: Vec<_> = there
        .iter()
        .filter(|item| item.status.is_none())
        .map(|item| item.document_id.clone().unwrap())
        .collect();
    assert_eq!(documents, [id(1), "H99.02-2026-000001".to_owned(), id(2)]);
}

/// The published sample of a recall, where it is at hand: the same packet twice
/// is one action, and its document is on hold.
#[test]
fn the_sample_of_a_recall_is_one_action_on_hold() {
    let Some(folder) = std::env::var_os("LIENTHONG_PACKETS") else {
        return;
    };
    let read = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap();
    let axis = TestAxis::builder()
        .rebuild(lienthong_conformance::rebuild::Flavour::Off)
        .system("td.g22", "bi mat g22", ["000.00.00.G22"])
        .system("td.h41", "bi mat h41", ["000.00.00.H41"])
        .start()
        .unwrap();
    let office = Agency::new(&axis, "td.g22", "bi mat g22", "000.00.00.G22");
    let to = Agency::new(&axis, "td.h41", "bi mat h41", "000.00.00.H41").run();
    let recall = read("document-recall.edxml");
    for _ in 0..2 {
        office.post(&recall, &["000.00.00.H41"], MessageType::Edoc);
    }
    event(&to, What::ActionWaits);
    office.post(
        &read("document-new.edxml"),
        &["000.00.00.H41"],
        MessageType::Edoc,
    );
    let action = next(&to);
    assert!(action.is_action() && action.acts_on().is_some());
    nothing_more(&to);
}
