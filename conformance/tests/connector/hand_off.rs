//! Hand-off: shown under a lease, accepted once.

use std::time::{Duration, Instant};

use lienthong::ErrorKind;
use lienthong::exchange::model::HandOffState;
use lienthong_conformance::axis_server::TestAxis;

use crate::support::{
    Agency, Hand, RECEIVER, Running, axis, count, document, next, nothing_more, send, until_state,
};

fn pair(axis: &TestAxis) -> (Running, Running) {
    (Agency::sender(axis).run(), Agency::receiver(axis).run())
}

#[test]
fn a_poll_ends_when_its_time_is_over() {
    let axis = axis();
    let to = Agency::receiver(&axis).run();
    let begun = Instant::now();
    assert!(to.poll(Duration::from_millis(120)).unwrap().is_none());
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(120) && took < Duration::from_secs(5));
    assert!(to.poll(Duration::ZERO).unwrap().is_none());
}

#[test]
fn after_its_lease_a_packet_is_shown_again_with_a_mark_and_the_old_lease_is_lost() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let clock = Hand::default();
    let to = Agency::receiver(&axis);
    let receiver = to.open_at(&clock);
    send(&from, document(1));
    let first = next(&receiver);
    assert_eq!((first.attempt(), first.redelivered()), (1, false));
    nothing_more(&receiver);
    clock.move_by(301);
    let second = next(&receiver);
    assert_eq!(second.id(), first.id());
    assert_eq!((second.attempt(), second.redelivered()), (2, true));
    let lost = first.accept().unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::LeaseLost);
    second.accept().unwrap();
    assert_eq!(second.accept().unwrap_err().kind(), ErrorKind::LeaseLost);
    clock.move_by(1_000);
    nothing_more(&receiver);
    assert_eq!(count(&receiver, "incoming.accepted"), 1);
}

#[test]
fn a_lease_of_another_process_is_enough_to_accept_by_id() {
    let axis = axis();
    let (from, to) = pair(&axis);
    send(&from, document(1));
    let came = next(&to);
    let client = to.agency.open_client();
    let wrong = client.accept(came.id(), came.lease().wrapping_add(1));
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::LeaseLost);
    client.accept(came.id(), came.lease()).unwrap();
    assert_eq!(came.accept().unwrap_err().kind(), ErrorKind::LeaseLost);
}

#[test]
fn what_is_given_back_comes_again_after_the_pause() {
    let axis = axis();
    let (from, to) = pair(&axis);
    send(&from, document(1));
    let came = next(&to);
    let begun = Instant::now();
    let pause = Duration::from_millis(200);
    to.give_back(came.id(), came.lease(), pause).unwrap();
    assert_eq!(came.accept().unwrap_err().kind(), ErrorKind::LeaseLost);
    let again = next(&to);
    assert!(begun.elapsed() >= pause);
    assert_eq!((again.id(), again.attempt()), (came.id(), 2));
    to.give_back(again.id(), again.lease(), Duration::ZERO)
        .unwrap();
    next(&to).accept().unwrap();
}

#[test]
fn a_refusal_goes_to_the_sender_with_its_reason_cut_between_letters() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let mut to = Agency::receiver(&axis);
    to.set("status.longest_note", "12");
    let to = to.run();
    let sent = send(&from, document(1));
    let came = next(&to);
    // Character 12 is a mark of its own, over the letter before.
    let reason = "Sai nơi nhâ\u{323}n";
    to.refuse(came.id(), came.lease(), reason, None).unwrap();
    let row = until_state(&from, sent.id, RECEIVER, "refused");
    let kept = row.reason.unwrap();
    assert!(
        reason.starts_with(&kept) && kept.chars().count() <= 12,
        "{kept}"
    );
    assert_eq!(row.who_acts, Some("sender"));
    let view = to.why_incoming(came.id()).unwrap().incoming.unwrap();
    assert_eq!(view.state, HandOffState::Refused);
    nothing_more(&to);
}

#[test]
fn a_refusal_without_a_reason_changes_nothing() {
    let axis = axis();
    let (from, to) = pair(&axis);
    send(&from, document(1));
    let came = next(&to);
    let refused = to.refuse(came.id(), came.lease(), "", None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PacketImpossible);
    came.accept().unwrap();
}

#[test]
fn many_threads_that_poll_get_each_packet_once() {
    const PACKETS: u32 = 40;
    let axis = axis();
    let (from, to) = pair(&axis);
    for number in 1..=PACKETS {
        send(&from, document(number));
    }
    let taken = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while taken.lock().unwrap().len() < PACKETS as usize {
                    if let Some(came) = to.poll(Duration::from_millis(50)).unwrap() {
                        let accepted = came.accept().map_err(|error| error.kind());
                        let one = (came.id(), came.redelivered(), accepted);
                        taken.lock().unwrap().push(one);
                    }
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    for one in &taken {
        assert_eq!((one.1, one.2), (false, Ok(())));
    }
    let mut taken: Vec<_> = taken.into_iter().map(|one| one.0).collect();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), PACKETS as usize);
}
