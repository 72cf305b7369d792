//! Connections between the library's client and the test axis, cut after every
//! byte of a request and of an answer. Each time what the client says is held
//! against what the axis has: never *accepted* where the axis did not take the
//! packet, never *not sent* where it did, never half a list or half a packet.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::fmt::Debug;
use std::io::{Cursor, Read};
use std::net::TcpListener;
use std::time::Duration;

use axis_support::{ONE, RECEIVER, TWO, document, from_sender, library, plain, rule};
use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome};
use lienthong::error::Retry;
use lienthong::{ErrorKind, Result};
use lienthong_conformance::axis_server::{Fault, QueueState, TestAxis};

/// No connection is used twice, so that each call meets its own cut.
const FRESH: [(&str, &str); 1] = [("axis.keep_connection", "0")];

fn send(client: &Client) -> Result<Outcome> {
    let mut packet = Cursor::new(document(&[RECEIVER]));
    let mut deliveries = client.send(&mut packet, &from_sender(&[RECEIVER]))?;
    assert_eq!(deliveries.len(), 1);
    Ok(deliveries.remove(0).outcome)
}

fn accepted(outcome: Outcome) -> String {
    match outcome {
        Outcome::Accepted { doc_id: Some(id) } => id,
        other => panic!("{other:?}"),
    }
}

/// How many bytes a client sends in a call to this axis, head and body.
fn request_length(axis: &TestAxis, system: (&str, &str), call: impl FnOnce(&Client)) -> u64 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let text = String::from_utf8(head).unwrap();
        let length = |line: &str| line.strip_prefix("content-length: ")?.parse().ok();
        let body = text.lines().find_map(length).unwrap_or(0);
        assert_eq!(
            std::io::copy(&mut stream.take(body), &mut std::io::sink()).unwrap(),
            body
        );
        text.len() as u64 + body
    });
    call(&library(&format!("http://{address}"), system, &FRESH));
    // The address stands in the head.
    let digits = |port: u16| port.to_string().len() as u64;
    server.join().unwrap() - digits(address.port()) + digits(axis.address().port())
}

/// How many bytes the first whole answer to a call had, head and body. The axis
/// writes its log behind the answer.
fn whole_answer(axis: &TestAxis, call: &str) -> u64 {
    let mut since = 0;
    loop {
        let log = axis.wire_log(since, Duration::from_secs(60));
        since = log.last().unwrap().number;
        let mut log = log.iter();
        if let Some(found) = log.find(|one| one.complete && one.path == format!("/{call}")) {
            return found.answer_bytes;
        }
    }
}

fn cut_request(axis: &TestAxis, call: &str, bytes: u64) {
    axis.set_faults([rule(call, Fault::CloseAfterRequest { bytes })]);
}

fn cut_answer(axis: &TestAxis, call: &str, bytes: u64) {
    axis.set_faults([rule(call, Fault::CloseAfterAnswer { bytes })]);
}

#[test]
fn a_packet_whose_request_is_cut_after_any_byte_is_never_said_to_be_there() {
    let axis = plain();
    let client = library(&axis.url(), ONE, &FRESH);
    let length = request_length(&axis, ONE, |client| {
        send(client).unwrap();
    });
    assert!(length > 1_000);
    for bytes in 0..=length {
        cut_request(&axis, "sendEdoc", bytes);
        match send(&client) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::AxisInterrupted, "{bytes}"),
            Ok(Outcome::NoAnswer(error)) => {
                assert_eq!(error.kind(), ErrorKind::AxisSentNoAnswer, "{bytes}");
            }
            Ok(other) => panic!("after {bytes} bytes: {other:?}"),
        }
        assert_eq!(axis.faults()[0].happened, 1, "{bytes}");
        assert!(axis.queued().is_empty(), "{bytes}");
    }
    // Nothing of all that is left behind, and now it is there once.
    let id = accepted(send(&client).unwrap());
    let queued = axis.queued();
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].sender_id, id);
}

#[test]
fn a_packet_whose_answer_is_cut_after_any_byte_may_be_there_and_the_client_says_so() {
    let axis = plain();
    let client = library(&axis.url(), ONE, &FRESH);
    accepted(send(&client).unwrap());
    let length = whole_answer(&axis, "sendEdoc");
    for bytes in 0..=length {
        cut_answer(&axis, "sendEdoc", bytes);
        let before = axis.queued().len();
        match send(&client).unwrap() {
            Outcome::Accepted { doc_id } => {
                assert_eq!(bytes, length);
                assert_eq!(doc_id.unwrap(), axis.queued()[before].sender_id);
            }
            Outcome::NoAnswer(error) => {
                assert!(bytes < length);
                assert_eq!(error.retry(), Retry::MayDuplicate, "{bytes}");
            }
            other => panic!("after {bytes} bytes: {other:?}"),
        }
        // The axis has it, and has it once.
        assert_eq!(axis.queued().len(), before + 1, "{bytes}");
    }
}

/// An answer to a call that changes nothing, cut after any byte: an error, or
/// after the last byte the same as ever.
fn never_half<T: PartialEq + Debug>(
    axis: &TestAxis,
    name: &str,
    client: &Client,
    call: impl Fn(&Client) -> Result<T>,
) {
    axis.set_faults([]);
    let whole = call(client).unwrap();
    let length = whole_answer(axis, name);
    for bytes in 0..=length {
        cut_answer(axis, name, bytes);
        match call(client) {
            Ok(again) => {
                assert_eq!(bytes, length, "{name}");
                assert_eq!(again, whole);
            }
            Err(error) => {
                assert!(bytes < length, "{name}");
                assert_eq!(error.kind(), ErrorKind::AxisNoAnswer, "{name} {bytes}");
            }
        }
    }
}

fn bytes_of(
    fetch: impl FnOnce(&mut Vec<u8>) -> Result<lienthong::axis::Fetched>,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fetch(&mut bytes).map(|_| bytes)
}

#[test]
fn lists_counts_and_packets_whose_answer_is_cut_after_any_byte_are_never_half() {
    let axis = plain();
    let sender = library(&axis.url(), ONE, &FRESH);
    let receiver = library(&axis.url(), TWO, &FRESH);
    let sent = accepted(send(&sender).unwrap());
    let edoc = MessageType::Edoc;
    let id = receiver.list_received(edoc).unwrap()[0].doc_id.clone();
    never_half(&axis, "getReceivedEdocList", &receiver, |client| {
        client.list_received(edoc)
    });
    never_half(&axis, "getSentEdocList", &sender, |client| {
        client.sent_list(edoc, &sent)
    });
    never_half(&axis, "getEdoc", &receiver, |client| {
        bytes_of(|to| client.get(&id, to))
    });
    never_half(&axis, "downloadEdoc", &receiver, |client| {
        bytes_of(|to| client.download(&id, to))
    });
    never_half(
        &axis,
        "countReceiveEdoc",
        &receiver,
        Client::count_documents,
    );
    never_half(
        &axis,
        "countReceiveStatus",
        &receiver,
        Client::count_statuses,
    );
    never_half(&axis, "getAgenciesList", &sender, Client::agencies);
    never_half(&axis, "getAgenciesListQD20", &sender, |client| {
        client.agencies_qd20(1)
    });
    never_half(
        &axis,
        "getSynchronizeUnit",
        &sender,
        Client::synchronize_units,
    );
}

#[test]
fn a_list_whose_request_is_cut_after_any_byte_is_never_empty() {
    let axis = plain();
    accepted(send(&library(&axis.url(), ONE, &FRESH)).unwrap());
    let client = library(&axis.url(), TWO, &FRESH);
    let list = |client: &Client| client.list_received(MessageType::Edoc);
    let length = request_length(&axis, TWO, |client| {
        list(client).unwrap_err();
    });
    for bytes in 0..=length {
        cut_request(&axis, "getReceivedEdocList", bytes);
        let error = list(&client).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AxisNoAnswer, "{bytes}");
    }
    assert_eq!(list(&client).unwrap().len(), 1);
}

#[test]
fn an_acknowledgement_that_is_cut_after_any_byte_can_be_repeated() {
    let axis = plain();
    let sender = library(&axis.url(), ONE, &FRESH);
    let client = library(&axis.url(), TWO, &FRESH);
    accepted(send(&sender).unwrap());
    let mut id = axis.queued()[0].id.clone();
    let done = |client: &Client, id: &str| client.acknowledge(id, Acknowledgement::Done);
    let length = request_length(&axis, TWO, |client| {
        done(client, &id).unwrap_err();
    });
    for bytes in 0..=length {
        cut_request(&axis, "updateStatus", bytes);
        let error = done(&client, &id).unwrap_err();
        assert_eq!(error.retry(), Retry::Safe, "{bytes}");
        assert_eq!(axis.queued()[0].state, QueueState::Initial, "{bytes}");
    }
    done(&client, &id).unwrap();
    let length = whole_answer(&axis, "updateStatus");
    for bytes in 0..=length {
        accepted(send(&sender).unwrap());
        id.clone_from(&axis.queued().last().unwrap().id);
        cut_answer(&axis, "updateStatus", bytes);
        let ended = done(&client, &id);
        assert_eq!(ended.is_ok(), bytes == length, "{bytes}");
        assert_eq!(axis.queued().last().unwrap().state, QueueState::Done);
        done(&client, &id).unwrap();
    }
}

#[test]
fn on_a_connection_that_was_kept_a_cut_is_repeated_or_reported() {
    let axis = plain();
    accepted(send(&library(&axis.url(), ONE, &[])).unwrap());
    let client = library(&axis.url(), TWO, &[]);
    let list = || client.list_received(MessageType::Edoc);
    let whole = list().unwrap();
    let length = whole_answer(&axis, "getReceivedEdocList");
    for bytes in 0..=length {
        axis.set_faults([]);
        assert_eq!(list().unwrap(), whole);
        cut_answer(&axis, "getReceivedEdocList", bytes);
        match list() {
            Ok(rows) => assert_eq!(rows, whole, "{bytes}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::AxisNoAnswer, "{bytes}"),
        }
    }
}

#[test]
fn an_agency_that_was_deleted_is_not_said_to_be_unknown() {
    let axis = plain();
    let client = library(&axis.url(), ONE, &[]);
    let agency = lienthong::axis::NewAgency {
        code: "H99.41".into(),
        ..Default::default()
    };
    client.register_agency(&agency).unwrap();
    client.delete_agency(&agency.code).unwrap();
    let length = whole_answer(&axis, "deleteAgency");
    for bytes in 0..=length {
        // Keeps a connection.
        client.register_agency(&agency).unwrap();
        cut_answer(&axis, "deleteAgency", bytes);
        match client.delete_agency(&agency.code) {
            Ok(()) => assert_eq!(bytes, length),
            Err(error) => assert_eq!(error.kind(), ErrorKind::AxisNoAnswer, "{bytes}"),
        }
    }
}
