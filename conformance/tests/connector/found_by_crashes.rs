//! What the crash harness (`examples/rust/tests/crash`) has found, each as
//! small as it can be.

use std::time::Duration;

use lienthong::exchange::model::{Change, Delivery};
use lienthong_conformance::axis_server::{Fault, FaultRule};

use crate::support::{
    Agency, RECEIVER, axis, code, document, document_to, next, rule, send, until,
};

#[test]
fn a_document_that_its_sender_asks_back_is_no_action_itself() {
    let axis = axis();
    let (from, mut to) = (Agency::sender(&axis), Agency::receiver(&axis));
    to.set("handoff.lease", "1");
    let (sender, receiver) = (from.open(), to.open());
    let sent = send(&sender, document(1));
    let came = next(&receiver);
    sender.recall(sent.id, &[], "Thu hồi thử", None).unwrap();
    let mut shown = std::iter::repeat_with(|| next(&receiver)).take(1_000);
    let recall = shown.find(|shown| shown.id() != came.id()).unwrap();
    assert!(recall.is_action());
    receiver.decline(recall.id(), Some("Thí dụ"), None).unwrap();
    let again = next(&receiver);
    assert_eq!(again.id(), came.id());
    assert!(!again.is_action());
}

/// One sending to two organs has one id on the axis, and stands in its list once
/// for each.
#[test]
fn what_the_axis_lists_for_two_recipients_is_sent_again_to_neither() {
    let axis = axis();
    axis.add_fault(FaultRule {
        call: "sendEdoc".into(),
        after: 0,
        times: 1,
        chance: 1.0,
        fault: Fault::CloseAfterAnswer { bytes: 10 },
    });
    let from = Agency::sender(&axis);
    let sender = from.open();
    let organs = [RECEIVER, "H99.03"];
    let sent = send(&sender, document_to(1, &organs));
    for organ in organs {
        until(&sender, sent.id, organ, |row| {
            row.delivery == Delivery::Accepted
        });
    }
    let log = axis.wire_log(0, Duration::ZERO);
    let attempts = log.iter().filter(|one| one.path.ends_with("/sendEdoc"));
    assert_eq!(attempts.count(), 1);
}

/// Of the first attempt nobody heard, the axis cannot say, and the second is
/// refused: the recall has failed, as far as its sender knows. It had arrived.
#[test]
fn the_answer_to_a_recall_that_failed_after_an_unknown_outcome_counts() {
    let axis = axis();
    let (from, mut to) = (Agency::sender(&axis), Agency::receiver(&axis));
    to.set("receive.report_arrival", "false");
    let (sender, receiver) = (from.open(), to.open());
    let sent = send(&sender, document(1));
    next(&receiver).accept().unwrap();
    axis.set_faults([
        rule("getSentEdocList", 0, Fault::BadGateway),
        rule("sendEdoc", 1, Fault::CloseAfterAnswer { bytes: 10 }),
        FaultRule {
            after: 1,
            ..rule("sendEdoc", 1, code("23"))
        },
    ]);
    let recall = sender.recall(sent.id, &[], "Thu hồi thử", None).unwrap();
    let row = until(&sender, recall.requests[0], RECEIVER, |row| {
        row.delivery == Delivery::Failed
    });
    assert_eq!(row.attempts, 2);
    axis.set_faults([]);
    let came = next(&receiver);
    assert!(came.is_action());
    receiver.decline(came.id(), Some("Thí dụ"), None).unwrap();
    until(&sender, sent.id, RECEIVER, |row| {
        row.change == Change::Declined
    });
    let row = until(&sender, recall.requests[0], RECEIVER, |_| true);
    assert_eq!(row.delivery, Delivery::Accepted);
}
