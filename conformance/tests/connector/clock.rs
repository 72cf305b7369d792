//! A clock that jumps by years makes nobody give up, and deletes nothing.

use std::time::Duration;

use lienthong::exchange::model::What;
use lienthong::packet::StatusCode;

use crate::support::{
    Agency, Hand, RECEIVER, YEAR, axis, code, count, document, eventually, next, rule, send, until,
    until_state,
};

#[test]
fn a_jump_of_ten_years_either_way_gives_nothing_up_and_the_queue_drains() {
    for jump in [10 * YEAR, -10 * YEAR] {
        let axis = axis();
        axis.add_fault(rule("sendEdoc", 0, code("20")));
        let clock = Hand::default();
        let mut from = Agency::sender(&axis);
        from.set("send.longest_pause", "100");
        let sender = from.open_at(&clock);
        let sent: Vec<_> = (1..=5).map(|n| send(&sender, document(n)).id).collect();
        for id in &sent {
            until(&sender, *id, RECEIVER, |row| row.attempts >= 2);
        }
        clock.move_by(jump);
        // They go on being tried.
        for id in &sent {
            let before = until(&sender, *id, RECEIVER, |_| true).attempts;
            until(&sender, *id, RECEIVER, |row| row.attempts > before + 1);
        }
        assert_eq!(count(&sender, "recipient.failed"), 0);
        clock.move_by(-jump);
        axis.set_faults([]);
        for id in &sent {
            until_state(&sender, *id, RECEIVER, "accepted");
            assert!(sender.why(*id).unwrap().outgoing.unwrap().kept);
        }
    }
}

#[test]
fn an_unknown_outcome_is_settled_whatever_the_clock_does() {
    for jump in [10 * YEAR, -10 * YEAR] {
        let axis = axis();
        let lost = lienthong_conformance::axis_server::Fault::CloseAfterRequest { bytes: 1 << 30 };
        axis.add_fault(rule("sendEdoc", 1, lost));
        let clock = Hand::default();
        let mut from = Agency::sender(&axis);
        from.set("send.unknown_wait", "3000000");
        let sender = from.open_at(&clock);
        let sent = send(&sender, document(1));
        until_state(&sender, sent.id, RECEIVER, "outcome-unknown");
        clock.move_by(jump);
        until_state(&sender, sent.id, RECEIVER, "accepted");
    }
}

#[test]
fn leases_recover_and_nothing_accepted_comes_again() {
    for jump in [10 * YEAR, -10 * YEAR] {
        let axis = axis();
        let clock = Hand::default();
        let from = Agency::sender(&axis).run();
        let to = Agency::receiver(&axis);
        let receiver = to.open_at(&clock);
        send(&from, document(1));
        next(&receiver).accept().unwrap();
        send(&from, document(2));
        let held = next(&receiver);
        clock.move_by(jump);
        let again = next(&receiver);
        assert_eq!((again.id(), again.redelivered()), (held.id(), true));
        again.accept().unwrap();
        let none = receiver.poll(Duration::from_millis(100)).unwrap();
        assert!(none.is_none());
        // Receiving goes on.
        let sent = send(&from, document(3));
        let came = next(&receiver);
        came.accept().unwrap();
        receiver
            .report(came.id(), StatusCode::Registered, None, None)
            .unwrap();
        until_state(&from, sent.id, RECEIVER, "registered");
    }
}

#[test]
fn a_store_that_is_opened_with_a_clock_years_ahead_deletes_nothing_and_says_so() {
    let axis = axis();
    let clock = Hand::default();
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis));
    let receiver = to.open_at(&clock);
    let sent = send(&from, document(1));
    let came = next(&receiver);
    came.accept().unwrap();
    let id = came.id();
    until_state(&from, sent.id, RECEIVER, "arrived");
    drop((came, receiver));
    clock.move_by(10 * YEAR);
    let receiver = to.open_at(&clock);
    let events = eventually(|| {
        let events = receiver.events(100, Duration::from_millis(10)).unwrap();
        let jumped = events.iter().any(|one| one.what == What::ClockJumped);
        jumped.then_some(events)
    });
    assert!(!events.is_empty());
    std::thread::sleep(Duration::from_millis(200));
    assert!(receiver.open_packet(id).is_ok());
}
