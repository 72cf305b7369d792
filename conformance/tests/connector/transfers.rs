//! What is under way is seen, with how far it is, and gone when it is over.

use std::io::{self, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lienthong::connector::{Pass, Transfer};
use lienthong::exchange::model::OutgoingId;
use lienthong::packet::{Attachment, DocumentBuilder};
use lienthong::{Connector, ErrorKind};
use lienthong_conformance::axis_server::{Fault, FaultRule, TestAxis};

use crate::support::{
    Agency, PATIENCE, RECEIVER, axis, builder, document, eventually, kept, next, nothing_more,
    plain, send,
};

/// What a connector may take to end its threads.
const CLOSE: Duration = Duration::from_secs(5);

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

/// A packet of about 50 MB.
fn large() -> DocumentBuilder {
    let mut content = b"%PDF-1.7\n".to_vec();
    let mut state = 1_u64;
    while content.len() < 37_000_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        content.extend(state.to_le_bytes());
    }
    document(1).attach(Attachment::from_bytes("bản đồ.pdf", content))
}

/// What came is what was sent, once.
fn arrives_once(axis: &TestAxis, sender: &Connector, sent: OutgoingId, receiver: &Connector) {
    let came = eventually(|| receiver.poll(PATIENCE).unwrap());
    let mut bytes = Vec::new();
    sender
        .open_sent(sent)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert!(bytes.len() > 49_000_000);
    assert!(bytes == kept(receiver, came.id()), "other bytes came");
    came.accept().unwrap();
    nothing_more(receiver);
    let queued = axis.queued();
    assert_eq!(queued.iter().filter(|one| one.organ == RECEIVER).count(), 1);
}

/// Passes everything on between clients and an axis; but of the first request
/// that is longer than a megabyte only that, until the sender is dropped.
fn stuck_in_front_of(axis: &TestAxis) -> (String, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let to = axis.address();
    let (free, freed) = channel();
    let freed = Arc::new(Mutex::new(Some(freed)));
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut axis) = (client.unwrap(), TcpStream::connect(to).unwrap());
            let (mut answers, mut back) = (axis.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || {
                let _ = io::copy(&mut answers, &mut back);
                let _ = back.shutdown(Shutdown::Both);
            });
            let freed = Arc::clone(&freed);
            thread::spawn(move || {
                let passed = io::copy(&mut (&mut client).take(1 << 20), &mut axis);
                if passed.is_ok_and(|bytes| bytes == 1 << 20) {
                    match freed.lock().unwrap().take() {
                        Some(freed) => freed.recv().unwrap_or_default(),
                        None => {
                            let _ = io::copy(&mut client, &mut axis);
                        }
                    }
                }
                let _ = axis.shutdown(Shutdown::Both);
            });
        }
    });
    (url, free)
}

#[test]
fn closing_while_50_mb_go_out_is_in_time_and_they_arrive_once() {
    let axis = plain();
    let mut from = Agency::sender(&axis);
    let (url, free) = stuck_in_front_of(&axis);
    from.set("axis.url", &url);
    let sender = from.open();
    let sent = send(&sender, large());
    let seen = until(&sender, |one| one.pass == Pass::Send && one.done > 1 << 20);
    assert!(Some(seen.done) < seen.total);
    assert!(sender.close(CLOSE));
    assert!(axis.queued().is_empty());
    drop(free);
    let (sender, receiver) = (from.open(), Agency::receiver(&axis).run());
    arrives_once(&axis, &sender, sent.id, &receiver);
}

#[test]
fn closing_while_50_mb_come_in_is_in_time_and_they_arrive_once() {
    let axis = plain();
    // It would take hours.
    axis.add_fault(slow("getEdoc", Fault::Drip { bytes: 100, ms: 50 }));
    let (from, to) = (Agency::sender(&axis).run(), Agency::receiver(&axis));
    let sent = send(&from, large());
    let receiver = to.open();
    until(&receiver, |one| one.pass == Pass::Fetch && one.done > 0);
    assert!(receiver.close(CLOSE));
    let receiver = to.open();
    arrives_once(&axis, &from, sent.id, &receiver);
}
