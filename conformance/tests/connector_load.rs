//! Many threads send through one connector, many take from another: no byte
//! differs, nothing is missing, nothing comes twice.
//!
//! `CONNECTOR_LOAD_PACKETS` is the number of packets of each of 64 threads (20
//! where it is not set; the long form is 10000).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::collections::HashMap;
use std::io::Read;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use lienthong::connector::StateSecret;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder};
use lienthong::{Config, Connector};
use lienthong_conformance::axis_server::TestAxis;
use lienthong_conformance::rebuild::Flavour;
use ring::digest::{SHA256, digest};

const THREADS: usize = 64;
const TAKERS: usize = 16;

fn open(axis: &TestAxis, folder: &std::path::Path, system: &str, organ: &str) -> Connector {
    let mut config = Config::new();
    for (key, value) in [
        ("axis.url", axis.url().as_str()),
        ("axis.system_id", system),
        ("axis.secret", "bi mat"),
        ("connector.organs", organ),
        ("store.path", folder.to_str().unwrap()),
        ("receive.interval", "50"),
        ("receive.report_arrival", "false"),
    ] {
        config.set(key, value).unwrap();
    }
    Connector::open(&config).unwrap()
}

/// A packet of its own size and bytes.
fn packet(number: usize) -> Vec<u8> {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thí dụ".to_owned()),
        ..Organ::default()
    };
    let mut content = format!("%PDF-1.7\n{number}\n").into_bytes();
    let mut state = number as u64 + 1;
    let size = 200 + number * 7_919 % 20_000;
    while content.len() < size {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        content.extend_from_slice(&state.to_be_bytes());
    }
    let mut document = DocumentBuilder::new(organ("H99.01"), format!("H99.01-2026-{number}"))
        .to(organ("H99.02"))
        .code(number.to_string(), "TD-VP")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ")
        .attach(Attachment::from_bytes("công văn.pdf", content))
        .build()
        .unwrap();
    let mut bytes = Vec::new();
    document.write_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn packets_of_64_threads_come_through_two_stores_without_a_differing_byte() {
    let each: usize = std::env::var("CONNECTOR_LOAD_PACKETS")
        .map_or(20, |text| text.parse().expect("a number of packets"));
    let axis = TestAxis::builder()
        .system("td.01", "bi mat", ["H99.01"])
        .system("td.02", "bi mat", ["H99.02"])
        .rebuild(Flavour::Off)
        .start()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sender = open(&axis, &folder.path().join("a"), "td.01", "H99.01");
    let receiver = open(&axis, &folder.path().join("b"), "td.02", "H99.02");
    let sent: Mutex<HashMap<String, Vec<u8>>> = Mutex::default();
    let came: Mutex<Vec<(String, Vec<u8>)>> = Mutex::default();
    let all = THREADS * each;
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (sender, sent) = (&sender, &sent);
            scope.spawn(move || {
                for number in thread * each..(thread + 1) * each {
                    let bytes = packet(number);
                    let hash = digest(&SHA256, &bytes).as_ref().to_vec();
                    let id = format!("H99.01-2026-{number}");
                    sent.lock().unwrap().insert(id, hash);
                    sender
                        .send_packet(bytes.as_slice(), StateSecret::NotContained)
                        .unwrap();
                }
            });
        }
        for _ in 0..TAKERS {
            let (receiver, came) = (&receiver, &came);
            scope.spawn(move || {
                while came.lock().unwrap().len() < all {
                    let Some(item) = receiver.poll(Duration::from_millis(500)).unwrap() else {
                        continue;
                    };
                    assert!(!item.redelivered());
                    let mut bytes = Vec::new();
                    item.open_bytes().unwrap().read_to_end(&mut bytes).unwrap();
                    let document = item.packet().document().unwrap();
                    let id = document.document_id.as_ref().unwrap().as_str().to_owned();
                    item.accept().unwrap();
                    let hash = digest(&SHA256, &bytes).as_ref().to_vec();
                    came.lock().unwrap().push((id, hash));
                }
            });
        }
    });
    let sent = sent.into_inner().unwrap();
    let came = came.into_inner().unwrap();
    assert_eq!(came.len(), sent.len(), "something came twice");
    let differing = came.iter().filter(|(id, hash)| sent.get(id) != Some(hash));
    assert_eq!(differing.count(), 0, "differing bytes");
    println!("{all} packets, 0 differences");
}
