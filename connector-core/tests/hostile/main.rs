//! A hostile packet is refused, or read, in little memory. (How long it takes
//! is measured by the bench `hostile`.)

#![allow(unreachable_pub)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod packets;

use std::fs;
use std::process::Command;

use lienthong::Severity;
use lienthong::packet::{CheckOptions, Discard, ReadOptions, check, read_packet};

/// The peak of this process's memory so far, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Names the packet that a process started by the test is to read.
const PACKET: &str = "LIENTHONG_HOSTILE_PACKET";

/// Reads the packet of [`PACKET`] and says what it took, in a process where
/// nothing has touched the memory before.
fn measure(path: &str) {
    let before = peak_kib();
    let file = fs::File::open(path).unwrap();
    let packet = read_packet(file, &ReadOptions::default(), &mut Discard).unwrap();
    let findings = check(&packet, &CheckOptions::default());
    let used = peak_kib() - before;
    let worst = findings.iter().map(|finding| finding.severity).max();
    // Unreadable means a position, and the digest of a meaning is never made up.
    let placed = packet
        .findings()
        .iter()
        .any(|finding| finding.position.is_some());
    assert!(packet.readable || (placed && packet.meaning_digest().is_none()));
    println!(
        "took {used} KiB, errors {}, findings {}",
        worst == Some(Severity::Error),
        findings.len()
    );
}

#[test]
fn a_hostile_packet_of_2_mb_is_found_out_in_16_mb() {
    if let Ok(path) = std::env::var(PACKET) {
        return measure(&path);
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in packets::all() {
        let path = folder.path().join("packet.edxml");
        fs::write(&path, bytes).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--nocapture", "--test-threads=1"])
            .env(PACKET, &path)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {text}");
        let line = text
            .lines()
            .find_map(|line| line.split_once("took "))
            .unwrap()
            .1;
        println!("{name}: {line}");
        let used: u64 = line.split(' ').next().unwrap().parse().unwrap();
        assert!(used <= 16 * 1024, "{name} took {used} KiB");
        let errors = line.contains("errors true");
        let findings: usize = line.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(errors || findings > 3, "{name} passed without a word");
    }
}
