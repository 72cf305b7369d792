//! Signing a packet and judging it need no more memory for a larger one.
//!
//! `SIGNATURE_MEMORY_MIB` sets how large it is (64 without it). A program of its own, since it
//! measures its whole process.
#![cfg(target_os = "linux")]
// Helpers outside `#[test]` functions are tests, too.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

#[path = "xmldsig/support.rs"]
#[allow(dead_code, reason = "the other test program uses the rest")]
mod support;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::verdict::Verdict;
use lienthong::signature::xmldsig::{SignOptions, check_packet, sign};
use support::{TestSigner, packet};

/// The most memory this process ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|word| word.parse().ok()).unwrap()
}

/// Signs a packet whose first attachment has so many characters more, and judges it.
fn sign_and_judge(more: u64) {
    let packet = packet();
    let data = packet.find("<edXML:ContentTransferEncoded").unwrap();
    let data = data + packet[data..].find('>').unwrap() + 1;
    let (before, after) = packet.split_at(data);
    let source = before
        .as_bytes()
        .chain(std::io::repeat(b'A').take(more))
        .chain(after.as_bytes());
    let mut file: File = tempfile::tempfile().unwrap();
    let written = sign(
        source,
        &mut file,
        &TestSigner::usual(),
        &SignOptions::default(),
    )
    .unwrap();
    assert!(written > more);
    file.seek(SeekFrom::Start(0)).unwrap();
    let options = ReadOptions::default();
    let (_, checked) = check_packet(file, &options, &mut Discard).unwrap();
    assert_eq!(checked.verdict, Verdict::Valid);
}

#[test]
fn memory_does_not_depend_on_the_length_of_the_packet() {
    let mib = std::env::var("SIGNATURE_MEMORY_MIB").map_or(64, |text| text.parse().unwrap());
    let idle = peak();
    sign_and_judge(5 * 1024);
    let small = peak();
    sign_and_judge(mib << 20);
    let large = peak();
    println!("idle {idle} KiB, small {small} KiB, {mib} MiB {large} KiB");
    assert!(large - idle <= 8 * 1024, "{idle} KiB, then {large} KiB");
}
