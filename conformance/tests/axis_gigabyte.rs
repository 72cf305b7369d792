//! A large attachment on its whole way, in four processes as users have them:
//! one builds and sends the packet, the test axis takes and rebuilds it, one
//! fetches it, one takes it apart. None of them needs memory of its size.
//!
//! `AXIS_GIGABYTE_MB` sets how large the attachment is (64 without it; the long
//! form has 1000, see `connector-core/benches/README.md`).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use axis_support::{ONE, TWO, from_sender, hex, library};
use lienthong::axis::{Acknowledgement, MessageType, Outcome};
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, ReadOptions, ToFolder, read_packet};
use ring::digest::{Context, SHA256};

/// The most memory over idle that a process may have needed.
const LIMIT_KIB: u64 = 64 * 1024;
const NAME: &str = "công văn.pdf";

/// The most memory that a process ever had, in KiB.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|word| word.parse().ok()).unwrap()
}

/// Writes a file that does not compress; its SHA-256.
fn make_attachment(path: &Path, megabytes: u64) -> String {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut digest = Context::new(&SHA256);
    let mut state: u64 = 20_261_122;
    let mut piece = b"%PDF-1.7\n".to_vec();
    for _ in 0..megabytes * 1_000 {
        while piece.len() < 1_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece.extend(state.to_le_bytes());
        }
        piece.truncate(1_000);
        digest.update(&piece);
        file.write_all(&piece).unwrap();
        piece.clear();
    }
    file.flush().unwrap();
    hex(digest.finish().as_ref())
}

fn sha256_of(path: &Path) -> String {
    let mut digest = Context::new(&SHA256);
    let mut file = File::open(path).unwrap();
    let mut space = vec![0; 1 << 16];
    loop {
        match file.read(&mut space).unwrap() {
            0 => return hex(digest.finish().as_ref()),
            count => digest.update(&space[..count]),
        }
    }
}

/// What one of the processes does, told by the environment. It has no share in
/// an ordinary run.
#[test]
fn part() {
    let Ok(part) = std::env::var("AXIS_GIGABYTE_PART") else {
        return;
    };
    let folder = std::env::var_os("AXIS_GIGABYTE_FOLDER").unwrap();
    let folder = Path::new(&folder);
    let url = std::env::var("AXIS_GIGABYTE_URL").unwrap();
    let idle = peak("self");
    match part.as_str() {
        "send" => build_and_send(&url, folder),
        "receive" => receive(&url, folder),
        "extract" => extract(folder),
        other => panic!("{other}"),
    }
    println!("\nover idle: {}", peak("self") - idle);
}

fn build_and_send(url: &str, folder: &Path) {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thí dụ".into()),
        ..Organ::default()
    };
    let attachment = Attachment::from_path(folder.join("attachment")).unwrap();
    let mut packet = DocumentBuilder::new(organ(axis_support::SENDER), "H41-2026-000001")
        .to(organ(axis_support::RECEIVER))
        .code("1", "TD-VP")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ")
        .attach(attachment.named(NAME))
        .build()
        .unwrap();
    let path = folder.join("sent.edxml");
    packet.write_to(&mut File::create(&path).unwrap()).unwrap();
    let deliveries = library(url, ONE, &[]).send_file(&path, &from_sender(&[]));
    for delivery in deliveries.unwrap() {
        assert!(matches!(delivery.outcome, Outcome::Accepted { .. }));
    }
}

fn receive(url: &str, folder: &Path) {
    let client = library(url, TWO, &[]);
    let rows = client.list_received(MessageType::Edoc).unwrap();
    assert_eq!(rows.len(), 1);
    let mut file = File::create(folder.join("received.edxml")).unwrap();
    client.get(&rows[0].doc_id, &mut file).unwrap();
    client
        .acknowledge(&rows[0].doc_id, Acknowledgement::Done)
        .unwrap();
}

fn extract(folder: &Path) {
    let mut files = ToFolder::new(folder.join("extracted")).unwrap();
    let packet = File::open(folder.join("received.edxml")).unwrap();
    read_packet(packet, &ReadOptions::default(), &mut files).unwrap();
    assert_eq!(files.files().len(), 1);
}

/// Runs a part in a process of its own; its memory over idle in KiB.
fn run(part: &str, url: &str, folder: &Path) -> u64 {
    let begun = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["part", "--exact", "--nocapture"])
        .env("AXIS_GIGABYTE_PART", part)
        .env("AXIS_GIGABYTE_FOLDER", folder)
        .env("AXIS_GIGABYTE_URL", url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{part}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = |line: &str| line.strip_prefix("over idle: ")?.parse().ok();
    let grown = said.lines().find_map(line).unwrap();
    println!(
        "{part}: {:.1} s, {grown} KiB over idle",
        begun.elapsed().as_secs_f64()
    );
    grown
}

/// The axis as a program; it is killed with this.
struct Axis(Child);

impl Drop for Axis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_large_attachment_goes_all_the_way_in_64_mib_of_each_process() {
    let megabytes: u64 = std::env::var("AXIS_GIGABYTE_MB")
        .map(|text| text.parse().unwrap())
        .unwrap_or(64);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = make_attachment(&folder.join("attachment"), megabytes);

    let system = |(id, secret): (&str, &str), organ: &str| format!("{id}={secret}:{organ}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
        .args(["axis", "--data"])
        .arg(folder.join("axis"))
        .args(["--system", &system(ONE, axis_support::SENDER)])
        .args(["--system", &system(TWO, axis_support::RECEIVER)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let axis = Axis(child);
    let (mut url, mut control) = (String::new(), String::new());
    out.read_line(&mut url).unwrap();
    out.read_line(&mut control).unwrap();
    let url = url.trim_end();
    let process = axis.0.id().to_string();
    let idle = peak(&process);

    let mut all = vec![
        ("send", run("send", url, folder)),
        ("receive", run("receive", url, folder)),
        ("extract", run("extract", url, folder)),
    ];
    let grown = peak(&process) - idle;
    println!("axis: {grown} KiB over idle; attachment of {megabytes} MB");
    all.push(("axis", grown));

    let sizes = ["sent", "received"].map(|name| {
        let packet = folder.join(name).with_extension("edxml");
        packet.metadata().unwrap().len()
    });
    assert_ne!(sizes[0], sizes[1], "it was rebuilt");
    assert_eq!(sha256_of(&folder.join("extracted").join(NAME)), made);
    for (part, grown) in all {
        assert!(grown <= LIMIT_KIB, "{part}: {grown} KiB over idle");
    }
}
