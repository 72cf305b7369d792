//! 64 threads send through one client while another client fetches, both over
//! the test axis: no packet is lost, doubled, or changed by a byte.
//!
//! `AXIS_LOAD_PACKETS` sets how many packets each thread sends (50 without it;
//! the long form has 1000, see `connector-core/benches/README.md`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use axis_support::{ONE, RECEIVER, TWO, document, from_sender, hex, library, padded, plain};
use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome};
use lienthong_conformance::axis_server::QueueState;

const THREADS: usize = 64;

/// A packet that no other thread and number has, up to 32 KiB long.
fn packet(thread: usize, number: usize) -> Vec<u8> {
    let mut state = (thread as u64) << 32 | number as u64;
    let mut next = || {
        // SplitMix64.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let mut text = format!("<!-- {thread} {number} ");
    for _ in 0..next() % 2_048 {
        text += &format!("{:016x}", next());
    }
    [document(&[RECEIVER]), text.into_bytes(), b"-->".to_vec()].concat()
}

/// Sends one packet; the axis's id of it.
fn send(client: &Client, packet: &[u8]) -> String {
    let mut deliveries = client
        .send(&mut Cursor::new(packet), &from_sender(&[]))
        .unwrap();
    match deliveries.remove(0).outcome {
        Outcome::Accepted { doc_id: Some(id) } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_packet_of_many_threads_arrives_once_and_byte_for_byte() {
    let each: usize = std::env::var("AXIS_LOAD_PACKETS")
        .map(|text| text.parse().unwrap())
        .unwrap_or(50);
    let axis = plain();
    let keys = [("axis.max_connections", "64")];
    let sender = library(&axis.url(), ONE, &keys);
    let receiver = library(&axis.url(), TWO, &keys);
    let begun = Instant::now();
    // SHA-256 by the id the sender got, and by the id the receiver saw.
    let sent = Mutex::new(HashMap::new());
    let came = Mutex::new(HashMap::new());
    let fetch = |id: &str| {
        let mut bytes = Vec::new();
        let fetched = receiver.get(id, &mut bytes).unwrap();
        let digest = padded(&bytes);
        assert_eq!(digest, hex(&fetched.sha256));
        receiver.acknowledge(id, Acknowledgement::Done).unwrap();
        let twice = came.lock().unwrap().insert(id.to_owned(), digest);
        assert_eq!(twice, None, "{id} was fetched before");
    };
    thread::scope(|scope| {
        let (sender, sent, fetch) = (&sender, &sent, &fetch);
        let senders: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    for number in 0..each {
                        let packet = packet(thread, number);
                        let id = send(sender, &packet);
                        sent.lock().unwrap().insert(id, padded(&packet));
                    }
                })
            })
            .collect();
        loop {
            // Asked before the list, so that an empty one is the last.
            let over = senders.iter().all(|sender| sender.is_finished());
            let rows = receiver.list_received(MessageType::Edoc).unwrap();
            if over && rows.is_empty() {
                break;
            }
            thread::scope(|scope| {
                for part in rows.chunks(rows.len().div_ceil(THREADS).max(1)) {
                    scope.spawn(move || part.iter().for_each(|row| fetch(&row.doc_id)));
                }
            });
        }
    });
    let took = begun.elapsed();
    let (sent, came) = (sent.into_inner().unwrap(), came.into_inner().unwrap());
    let queued = axis.queued();
    assert_eq!(sent.len(), THREADS * each);
    assert_eq!(came.len(), THREADS * each);
    assert_eq!(queued.len(), THREADS * each);
    for one in &queued {
        assert_eq!(one.state, QueueState::Done);
        assert_eq!(came[&one.id], sent[&one.sender_id], "{}", one.id);
    }
    let bytes: u64 = queued.iter().map(|one| one.bytes).sum();
    println!(
        "{THREADS} threads, {each} packets each, {} MB: {:.1} s, no differences",
        bytes / 1_000_000,
        took.as_secs_f64()
    );
}
