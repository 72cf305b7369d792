//! A hostile packet is refused, or read, in little memory. (How long it takes
//! is measured by the bench `hostile`.)

#![allow(unreachable_pub)]

mod packets;

use std::fs;

use lienthong::packet::{CheckOptions, Discard, ReadOptions, check, read_packet};
use lienthong::{Severity, packet::Packet};

/// The peak of this process's memory since it was last reset, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn read(packet: &[u8]) -> Packet {
    read_packet(packet, &ReadOptions::default(), &mut Discard).unwrap()
}

// One test, so that nothing else runs in this process.
#[test]
fn a_hostile_packet_of_2_mb_is_found_out_in_16_mb() {
    let packets = packets::all();
    for (name, bytes) in &packets {
        // 5 resets the peak to what is in use now.
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = peak_kib();
        let packet = read(bytes);
        let findings = check(&packet, &CheckOptions::default());
        let used = peak_kib().saturating_sub(before);
        println!(
            "{name}: {used} KiB, readable {}, {} findings",
            packet.readable,
            findings.len()
        );
        assert!(used <= 16 * 1024, "{name} took {used} KiB");
        assert!(
            findings
                .iter()
                .any(|finding| finding.severity == Severity::Error)
                || findings.len() > 3,
            "{name} passed without a word"
        );
        // Unreadable means a position, and the digest of a meaning is never made up.
        if !packet.readable {
            assert!(packet.meaning_digest().is_none(), "{name}");
            assert!(
                packet
                    .findings()
                    .iter()
                    .any(|finding| finding.position.is_some()),
                "{name}"
            );
        }
    }
}
