//! What the crash harness (`examples/rust/tests/crash`) has found, each as
//! small as it can be.

use std::time::Duration;

use lienthong_conformance::axis_server::{Fault, FaultRule};

use crate::support::{Agency, RECEIVER, axis, document, document_to, next, send, until};

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
            row.delivery == lienthong::exchange::model::Delivery::Accepted
        });
    }
    let log = axis.wire_log(0, Duration::ZERO);
    let attempts = log.iter().filter(|one| one.path.ends_with("/sendEdoc"));
    assert_eq!(attempts.count(), 1);
}
