//! A rebuild needs no more memory for larger attachments.
//!
//! `REBUILD_MEMORY_MIB` sets how large the attachment is (64 without it).
#![cfg(target_os = "linux")]
// Helpers outside `#[test]` functions are tests, too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod rebuild_support;

use std::io::{self, Read, Write};

use lienthong_conformance::rebuild::rebuild;
use rebuild_support::*;

/// Base64 text that was not written down anywhere.
struct Endless {
    state: u64,
    left: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let count = buffer.len().min(usize::try_from(self.left).unwrap());
        for byte in &mut buffer[..count] {
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005) + 1;
            *byte = ALPHABET[(self.state >> 58) as usize];
        }
        self.left -= count as u64;
        Ok(count)
    }
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The most memory this process ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let number = line
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok());
    number.unwrap()
}

#[test]
fn memory_does_not_grow_with_the_attachment() {
    let mib: u64 = std::env::var("REBUILD_MEMORY_MIB")
        .map(|text| text.parse().unwrap())
        .unwrap_or(64);
    let before = peak();
    for flavour in BOTH {
        for name in ["a.pdf", "a.txt"] {
            let xml = Parts::attachments(&attachment("cid:1", name, "x/y", b"@@@")).xml();
            let (head, tail) = xml.split_once("QEBA").unwrap();
            let data = Endless {
                state: 1,
                left: mib << 20,
            };
            let source = head.as_bytes().chain(data).chain(tail.as_bytes());
            let mut out = Count(0);
            rebuild(source, &mut out, options(flavour)).unwrap();
            assert!(out.0 > (mib << 20) * 99 / 100, "{}", out.0);
        }
    }
    let grown = (peak() - before) / 1024;
    assert!(grown <= 16, "{grown} MiB more than before");
    println!("{mib} MiB: {grown} MiB more than before");
}
