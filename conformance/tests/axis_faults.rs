//! Every fault of the test axis.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::time::{Duration, Instant};

use axis_support::*;
use lienthong_conformance::axis_server::{Fault, FaultRule, QueueState, TestAxis};

fn with(call: &str, fault: Fault) -> TestAxis {
    let axis = plain();
    axis.add_fault(rule(call, fault));
    axis
}

#[test]
fn a_connection_cut_within_the_request_never_sends() {
    let request = sending(&document(&[RECEIVER]));
    let length = request.bytes().len() as u64;
    let axis = plain();
    // At its start, in the head, at the end of the head, in the body, at its
    // end and behind it.
    let head = request.head().len() as u64;
    for bytes in [
        0,
        1,
        100,
        head - 1,
        head,
        head + 1,
        length - 1,
        length,
        length + 9,
    ] {
        axis.set_faults([rule("sendEdoc", Fault::CloseAfterRequest { bytes })]);
        let mut client = Client::to(axis.address());
        client.write(&request.bytes());
        assert!(client.rest().is_empty(), "{bytes}");
        assert!(axis.queued().is_empty(), "{bytes}");
        assert_eq!(axis.faults()[0].happened, 1);
    }
    // The fault is used up.
    assert_eq!(call(&axis, &request).code(), "0");
}

#[test]
fn a_short_call_cut_within_the_request_does_not_happen() {
    let axis = plain();
    call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    let id = call(&axis, &list("edoc")).ids().remove(0);
    let request = acknowledge(&id, "done");
    let length = request.bytes().len() as u64;
    for bytes in [1, length - 2, length - 1, length] {
        axis.set_faults([rule("updateStatus", Fault::CloseAfterRequest { bytes })]);
        let mut client = Client::to(axis.address());
        client.write(&request.bytes());
        assert!(client.rest().is_empty());
        assert_eq!(axis.queued()[0].state, QueueState::Initial, "{bytes}");
    }
}

#[test]
fn a_connection_cut_within_the_answer_has_sent() {
    let request = sending(&document(&[RECEIVER]));
    let axis = plain();
    axis.set_faults([FaultRule {
        times: 0,
        ..rule("sendEdoc", Fault::CloseAfterAnswer { bytes: 100_000 })
    }]);
    let mut whole = Client::to(axis.address());
    whole.write(&request.bytes());
    let whole = whole.rest();
    for bytes in 0..=whole.len() {
        axis.set_faults([rule(
            "sendEdoc",
            Fault::CloseAfterAnswer {
                bytes: bytes as u64,
            },
        )]);
        let mut client = Client::to(axis.address());
        client.write(&request.bytes());
        assert_eq!(client.rest().len(), bytes);
        assert_eq!(axis.queued().len(), bytes + 2);
    }
}

#[test]
fn a_gateway_fails_after_the_packet_was_accepted() {
    let axis = with("sendEdoc", Fault::BadGateway);
    let reply = call(&axis, &sending(&document(&[RECEIVER])));
    assert_eq!(reply.status, 502);
    assert!(reply.head.contains("text/html"));
    assert_eq!(axis.queued().len(), 1);
}

#[test]
fn an_answer_that_is_no_json_comes_with_status_200() {
    let axis = with("getReceivedEdocList", Fault::NotJson);
    let reply = call(&axis, &list("edoc"));
    assert_eq!(reply.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
}

#[test]
fn a_wrong_code_stands_for_a_call_that_happened_or_not() {
    for accepted in [false, true] {
        let code = "21".to_owned();
        let axis = with("sendEdoc", Fault::WrongCode { code, accepted });
        let reply = call(&axis, &sending(&document(&[RECEIVER])));
        assert_eq!(reply.code(), "21");
        assert_eq!(reply.json()["DocId"], "");
        assert_eq!(axis.queued().len(), usize::from(accepted));
    }
}

#[test]
fn listings_come_doubled_and_in_another_order() {
    let axis = plain();
    for _ in 0..8 {
        call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    }
    let ids = call(&axis, &list("edoc")).ids();
    axis.set_faults([rule("getReceivedEdocList", Fault::DuplicateListing)]);
    let doubled = call(&axis, &list("edoc")).ids();
    let expected: Vec<_> = ids.iter().flat_map(|id| [id, id]).cloned().collect();
    assert_eq!(doubled, expected);
    axis.set_faults([rule("*", Fault::Reorder)]);
    let mut reordered = call(&axis, &list("edoc")).ids();
    assert_ne!(reordered, ids);
    reordered.sort();
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(reordered, sorted);
    assert_eq!(call(&axis, &list("edoc")).ids(), ids);
}

#[test]
fn an_answer_is_delayed_and_dripped() {
    let axis = with("getReceivedEdocList", Fault::Delay { ms: 150 });
    let begun = Instant::now();
    call(&axis, &list("edoc"));
    assert!(begun.elapsed() >= Duration::from_millis(150));
    axis.set_faults([rule("*", Fault::Drip { bytes: 20, ms: 10 })]);
    let begun = Instant::now();
    let reply = call(&axis, &list("edoc"));
    assert_eq!(reply.code(), "0");
    let pauses = (reply.head.len() + reply.body.len()) as u64 / 20 - 1;
    assert!(begun.elapsed() >= Duration::from_millis(pauses * 10));
}

#[test]
fn an_organ_is_refused_and_others_are_not() {
    for rest_accepted in [false, true] {
        let axis = plain();
        axis.add_fault(FaultRule {
            times: 0,
            ..rule(
                "*",
                Fault::RefuseOrgan {
                    organ: OTHER.into(),
                    code: "18".into(),
                    rest_accepted,
                },
            )
        });
        let both = call(&axis, &sending(&document(&[RECEIVER, OTHER])));
        assert_eq!(both.code(), "18");
        assert_eq!(both.json()["DocId"], "");
        assert_eq!(axis.queued().len(), usize::from(rest_accepted));
        assert_eq!(call(&axis, &sending(&document(&[OTHER]))).code(), "18");
        assert_eq!(call(&axis, &sending(&document(&[RECEIVER]))).code(), "0");
        assert!(axis.queued().iter().all(|row| row.organ == RECEIVER));
        assert_eq!(axis.faults()[0].happened, 2);
    }
}

#[test]
fn a_fault_happens_by_call_and_count() {
    let axis = plain();
    axis.set_faults([FaultRule {
        after: 1,
        times: 2,
        ..rule("getReceivedEdocList", Fault::BadGateway)
    }]);
    let statuses: Vec<_> = (0..5)
        .map(|_| {
            call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
            call(&axis, &list("edoc")).status
        })
        .collect();
    assert_eq!(statuses, [200, 502, 502, 200, 200]);
}

#[test]
fn a_seed_makes_chance_repeatable() {
    let run = |seed| {
        let axis = builder()
            .configure(|config| config.seed = seed)
            .fault(FaultRule {
                times: 0,
                chance: 0.5,
                ..rule("*", Fault::BadGateway)
            })
            .start()
            .unwrap();
        let mut client = Client::to(axis.address());
        (0..64)
            .map(|_| client.call(&list("edoc")).status)
            .collect::<Vec<_>>()
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert_ne!(first, run(8));
    let failed = first.iter().filter(|status| **status == 502).count();
    assert!((16..=48).contains(&failed), "{failed}");
}

#[test]
fn stopping_ends_every_pause_and_connection() {
    let axis = with("*", Fault::Delay { ms: 3_600_000 });
    let mut idle = Client::to(axis.address());
    idle.call(&{
        axis.set_faults([]);
        list("edoc")
    });
    axis.add_fault(rule("*", Fault::Delay { ms: 3_600_000 }));
    let mut waiting = Client::to(axis.address());
    waiting.write(&list("edoc").bytes());
    // The fault is taken up once the head is read.
    while axis.faults()[0].happened == 0 {
        std::thread::yield_now();
    }
    axis.stop();
    assert!(waiting.rest().is_empty());
    assert!(idle.rest().is_empty());
}
