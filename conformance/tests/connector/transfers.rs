//! What is under way is seen, with how far it is, and gone when it is over.

use std::time::{Duration, Instant};

use lienthong::connector::{Pass, Transfer};
use lienthong::{Connector, ErrorKind};
use lienthong_conformance::axis_server::{Fault, FaultRule};

use crate::support::{Agency, PATIENCE, RECEIVER, axis, builder, document, next, send};

fn slow(call: &str, fault: Fault) -> FaultRule {
    FaultRule {
        call: call.into(),
        after: 0,
        times: 1,
        chance: 1.0,
        fault,
    }
}

/// Looks until a transfer is as wanted.
fn until(connector: &Connector, wanted: impl Fn(&Transfer) -> bool) -> Transfer {
    let end = Instant::now() + PATIENCE;
    loop {
        let transfers = connector.transfers().unwrap();
        if let Some(found) = transfers.into_iter().find(&wanted) {
            return found;
        }
        assert!(Instant::now() < end, "no such transfer");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn until_none(connector: &Connector) {
    let end = Instant::now() + PATIENCE;
    while !connector.transfers().unwrap().is_empty() {
        assert!(Instant::now() < end, "a transfer stays");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_packet_that_is_being_sent_is_seen_with_its_bytes() {
    let axis = builder()
        .fault(slow("sendEdoc", Fault::Delay { ms: 1_000 }))
        .start()
        .unwrap();
    let from = Agency::sender(&axis);
    let sender = from.open();
    assert_eq!(sender.transfers().unwrap(), []);
    let sent = send(&sender, document(1));
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut sender.open_sent(sent.id).unwrap(), &mut bytes).unwrap();
    // The axis has it all, and is in no hurry to say so.
    let seen = until(&sender, |one| {
        one.pass == Pass::Send && Some(one.done) == one.total
    });
    assert_eq!(seen.outgoing, Some(sent.id));
    assert_eq!(
        (seen.axis_doc_id, seen.organs),
        (None, vec![RECEIVER.to_owned()])
    );
    assert_eq!(seen.total, Some(bytes.len() as u64));
    assert!(seen.since > 1_700_000_000_000);
    until_none(&sender);
}

#[test]
fn a_packet_that_is_being_fetched_is_seen_with_its_bytes() {
    let drip = Fault::Drip { bytes: 100, ms: 50 };
    let axis = builder().fault(slow("getEdoc", drip)).start().unwrap();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, receiver) = (from.open(), to.open());
    send(&sender, document(1));
    let first = until(&receiver, |one| one.done > 0);
    assert_eq!(
        (first.pass, first.outgoing, first.total),
        (Pass::Fetch, None, None)
    );
    assert_eq!(first.organs, [RECEIVER]);
    let later = until(&receiver, |one| one.done > first.done);
    assert_eq!(later.axis_doc_id, first.axis_doc_id);
    assert_eq!(later.axis_doc_id, Some(axis.queued()[0].id.clone()));
    next(&receiver);
    until_none(&receiver);
}

#[test]
fn transfers_are_the_workers_to_see() {
    let axis = axis();
    let mut agency = Agency::sender(&axis);
    let _worker = agency.open();
    let client = agency.set("connector.role", "client").open();
    let error = client.transfers().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotForClient);
}
