//! Fetching a packet needs no more memory for a larger one.
//!
//! `AXIS_MEMORY_MIB` sets how large the packet is (64 without it). A program of
//! its own, since it measures its whole process.
#![cfg(target_os = "linux")]
// Helpers outside `#[test]` functions are tests, too.
#![allow(clippy::unwrap_used)]

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use lienthong::Config;
use lienthong::axis::{Client, MessageType, Outcome, Sending};

/// The most memory this process ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|word| word.parse().ok()).unwrap()
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

/// A packet of so many bytes that lies nowhere.
struct Made {
    length: u64,
    at: u64,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer
            .len()
            .min(usize::try_from(self.length - self.at).unwrap());
        if let Some(part) = buffer.get_mut(..count) {
            part.fill(b'x');
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.at = at;
        }
        Ok(self.at)
    }
}

/// Reads a request without keeping it; its path.
fn take(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    io::copy(&mut Read::take(stream, length), &mut io::sink()).unwrap();
    head.split(' ').nth(1).unwrap().to_owned()
}

fn serve(stream: &mut TcpStream, bytes: u64) {
    let path = take(stream);
    let (before, after) = match &*path {
        "/getEdoc" => (r#"{"status":"OK","data":""#, r#"","ErrorCode":"0"}"#),
        "/downloadEdoc" => ("", ""),
        _ => (r#"{"ErrorCode":"0"}"#, ""),
    };
    let text = if path == "/sendEdoc" {
        0
    } else {
        bytes / 3 * 4
    };
    let length = before.len() as u64 + text + after.len() as u64;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{before}"
    )
    .unwrap();
    let block = [b'Q'; 64 * 1024];
    let mut left = text;
    while left > 0 {
        let count = left.min(block.len() as u64);
        let part = block.get(..usize::try_from(count).unwrap()).unwrap();
        stream.write_all(part).unwrap();
        left -= count;
    }
    stream.write_all(after.as_bytes()).unwrap();
}

#[test]
fn a_large_packet_is_sent_and_fetched_in_constant_memory() {
    let size = std::env::var("AXIS_MEMORY_MIB").map_or(64, |size| size.parse().unwrap());
    let bytes: u64 = (size << 20) / 3 * 3;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = Config::new();
    let url = format!("http://{}", listener.local_addr().unwrap());
    for (key, value) in [
        ("axis.url", &*url),
        ("axis.system_id", "test.system.77"),
        ("axis.secret", "made up"),
        ("axis.keep_connection", "0"),
    ] {
        config.set(key, value).unwrap();
    }
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(&mut stream.unwrap(), bytes);
        }
    });
    let client = Client::open(&config).unwrap();
    let before = peak();
    let mut count = Count(0);
    let fetched = client.get("d", &mut count).unwrap();
    assert_eq!((fetched.bytes, count.0), (bytes, bytes));
    let mut count = Count(0);
    let fetched = client.download("d", &mut count).unwrap();
    assert_eq!(fetched.bytes, bytes / 3 * 4);
    let sending = Sending {
        from: "X01",
        to: &["X02"],
        message_type: MessageType::Edoc,
    };
    let mut packet = Made {
        length: bytes,
        at: 0,
    };
    let sent = client.send(&mut packet, &sending).unwrap();
    let accepted = sent
        .iter()
        .all(|d| matches!(d.outcome, Outcome::Accepted { .. }));
    assert!(accepted, "{sent:?}");
    let grown = peak() - before;
    assert!(grown <= 16 * 1024, "{grown} KiB for {bytes} bytes");
}
