//! A document goes from one store to the other, and its statuses come back.

use std::time::Duration;

use crate::support::{Agency, FINISHED, RECEIVER, axis, document, next, send, until_state};

#[test]
fn a_document_is_delivered_and_its_statuses_come_back() {
    let axis = axis();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, receiver) = (from.open(), to.open());
    let sent = send(&sender, document(1));
    assert!(!sent.again);
    let came = next(&receiver);
    assert!(!came.redelivered());
    assert_eq!(came.from(), "H99.01");
    assert_eq!(came.own_organ(), RECEIVER);
    came.accept().unwrap();
    until_state(&sender, sent.id, RECEIVER, "arrived");
    for code in FINISHED {
        receiver.report(came.id(), code, None, None).unwrap();
    }
    until_state(&sender, sent.id, RECEIVER, "finished");
    assert!(receiver.poll(Duration::ZERO).unwrap().is_none());
}

#[test]
fn what_was_stored_while_the_axis_was_away_is_delivered_after_a_restart() {
    let axis = axis();
    let (mut from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let url = axis.url();
    // Nobody listens there.
    from.set("axis.url", "http://127.0.0.1:9/");
    let sender = from.open();
    let sent = send(&sender, document(1));
    drop(sender);
    from.set("axis.url", &url);
    let sender = from.open();
    let receiver = to.open();
    let came = next(&receiver);
    assert_eq!(came.attempt(), 1);
    came.accept().unwrap();
    until_state(&sender, sent.id, RECEIVER, "arrived");
    let again = send(&sender, document(1));
    assert_eq!((again.id, again.again), (sent.id, true));
    assert!(receiver.poll(Duration::from_millis(300)).unwrap().is_none());
}
