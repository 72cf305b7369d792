//! How long hostile packets of 2 MB take before they are found out, against
//! SHA-256 over the same bytes in the same run. See the README beside this file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    unreachable_pub
)]

#[path = "../tests/hostile/packets.rs"]
mod packets;

use std::time::Instant;

use lienthong::packet::{CheckOptions, Discard, ReadOptions, check, read_packet};

fn main() {
    let short = std::env::args().any(|argument| argument == "--short");
    let rounds = if short { 3 } else { 11 };
    println!(
        "{:<28}{:>10}{:>10}{:>10}  milliseconds, {rounds} rounds",
        "packet", "median", "most", "SHA-256"
    );
    let mut slowest = 0.0_f64;
    for (name, bytes) in packets::all() {
        let (mut times, mut digests) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            times.push(milliseconds(|| {
                let packet =
                    read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).unwrap();
                std::hint::black_box(check(&packet, &CheckOptions::default()));
            }));
            digests.push(milliseconds(|| {
                std::hint::black_box(ring::digest::digest(&ring::digest::SHA256, &bytes));
            }));
        }
        times.sort_by(f64::total_cmp);
        digests.sort_by(f64::total_cmp);
        let median = |list: &[f64]| list.get(rounds / 2).copied().unwrap_or_default();
        let most = times.last().copied().unwrap_or_default();
        slowest = slowest.max(median(&times));
        println!(
            "{name:<28}{:>10.2}{most:>10.2}{:>10.2}",
            median(&times),
            median(&digests)
        );
    }
    println!("slowest median {slowest:.2} ms (target 100)");
}

fn milliseconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e3
}
