//! Packets with one large attachment: built, read and extracted, against the
//! speed of SHA-256 over the same packet and of a plain write of the same
//! bytes, in the same run. See the README beside this file.
//!
//! Every figure comes from a fresh process of this same program, so that peak
//! memory belongs to one operation. Rounds are interleaved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use lienthong::packet::document::{Organ, OtherInfo};
use lienthong::packet::{
    Attachment, Date, Discard, DocumentBuilder, OutgoingDocument, ReadOptions, ToFolder,
    read_packet,
};

/// What is measured, in the order of a round.
const OPERATIONS: &[&str] = &[
    "sha256-packet",
    "build-sink",
    "write-packet",
    "build-file",
    "read",
    "write-attachment",
    "extract",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, operation, folder] = arguments.as_slice()
        && flag == "--one"
    {
        return one(operation, Path::new(folder));
    }
    let short = arguments.iter().any(|argument| argument == "--short");
    let number = |name: &str, default: usize| {
        let place = arguments.iter().position(|argument| argument == name);
        place.map_or(default, |place| arguments[place + 1].parse().unwrap())
    };
    let megabytes = number("--megabytes", if short { 8 } else { 36 });
    let rounds = number("--rounds", if short { 3 } else { 11 });
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), megabytes);
    run(folder.path(), megabytes, rounds);
}

/// Makes the attachment and the packet around it.
fn prepare(folder: &Path, megabytes: usize) {
    let mut file = File::create(folder.join("attachment.pdf")).unwrap();
    file.write_all(b"%PDF-1.7\n").unwrap();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut block = vec![0_u8; 1_000_000];
    for _ in 0..megabytes {
        for bytes in block.chunks_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&block).unwrap();
    }
    file.sync_all().unwrap();
    let mut out = File::create(folder.join("packet.edxml")).unwrap();
    packet(folder).write_to(&mut out).unwrap();
    out.sync_all().unwrap();
}

fn packet(folder: &Path) -> OutgoingDocument {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thí dụ".into()),
        ..Organ::default()
    };
    DocumentBuilder::new(organ("H99.01"), "H99.01-2026-000001")
        .to(organ("H99.02"))
        .code("1", "TD-VP")
        .promulgated("Thí dụ", Date::new(2026, 1, 2).unwrap())
        .subject("V/v đo tốc độ")
        .other(OtherInfo::default())
        .attach(Attachment::from_path(folder.join("attachment.pdf")).unwrap())
        .build()
        .unwrap()
}

/// Runs one operation three times in this process, as a connector that lives
/// for long would, and prints `nanoseconds over-idle-KiB` of the middle time.
fn one(operation: &str, folder: &Path) {
    let before = peak_kib();
    let mut times = [0; 3].map(|_: u8| once(operation, folder));
    times.sort_unstable();
    println!("{} {}", times[1], peak_kib() - before);
}

/// Runs one operation and says how many nanoseconds it took.
fn once(operation: &str, folder: &Path) -> u128 {
    let packet_path = folder.join("packet.edxml");
    let target = folder.join("target");
    let nanos = match operation {
        "sha256-packet" => {
            let (mut file, mut block) = (File::open(&packet_path).unwrap(), vec![0; 256 * 1024]);
            // The file is read outside the time that counts: T is SHA-256 alone.
            let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
            let mut nanos = 0;
            loop {
                let count = file.read(&mut block).unwrap();
                if count == 0 {
                    break;
                }
                let start = Instant::now();
                digest.update(&block[..count]);
                nanos += start.elapsed().as_nanos();
            }
            std::hint::black_box(digest.finish());
            nanos
        }
        "build-sink" => timed(|| {
            packet(folder).write_to(&mut io::sink()).unwrap();
        }),
        "build-file" => timed(|| {
            packet(folder)
                .write_to(&mut File::create(&target).unwrap())
                .unwrap();
        }),
        "write-packet" => plain_write(&packet_path, &target),
        "write-attachment" => plain_write(&folder.join("attachment.pdf"), &target),
        "read" => timed(|| {
            let file = File::open(&packet_path).unwrap();
            let packet = read_packet(file, &ReadOptions::default(), &mut Discard).unwrap();
            assert!(packet.readable && packet.meaning_digest().is_some());
        }),
        "extract" => timed(|| {
            let file = File::open(&packet_path).unwrap();
            let mut sink = ToFolder::new(folder.join("extracted")).unwrap();
            let packet = read_packet(file, &ReadOptions::default(), &mut sink).unwrap();
            assert!(packet.readable && sink.files().len() == 1);
        }),
        other => panic!("no operation {other}"),
    };
    let _ = fs::remove_file(&target);
    let _ = fs::remove_dir_all(folder.join("extracted"));
    nanos
}

fn timed(work: impl FnOnce()) -> u128 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos()
}

/// Writes the bytes of a file to a new file; reading them does not count.
fn plain_write(from: &Path, to: &PathBuf) -> u128 {
    let (mut source, mut block) = (File::open(from).unwrap(), vec![0; 256 * 1024]);
    let start = Instant::now();
    let mut file = File::create(to).unwrap();
    let mut nanos = start.elapsed().as_nanos();
    loop {
        let count = source.read(&mut block).unwrap();
        if count == 0 {
            return nanos;
        }
        let start = Instant::now();
        file.write_all(&block[..count]).unwrap();
        nanos += start.elapsed().as_nanos();
    }
}

/// The peak of this process's memory so far, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn run(folder: &Path, megabytes: usize, rounds: usize) {
    let program = std::env::current_exe().unwrap();
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut memory: BTreeMap<&str, u64> = BTreeMap::new();
    for _ in 0..rounds {
        for operation in OPERATIONS {
            let output = Command::new(&program)
                .args(["--one", operation])
                .arg(folder)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            let text = String::from_utf8(output.stdout).unwrap();
            let mut fields = text.split_whitespace();
            let nanos: f64 = fields.next().unwrap().parse().unwrap();
            let kib: u64 = fields.next().unwrap().parse().unwrap();
            times.entry(operation).or_default().push(nanos / 1e6);
            let most = memory.entry(operation).or_default();
            *most = (*most).max(kib);
        }
    }
    times
        .values_mut()
        .for_each(|list| list.sort_by(f64::total_cmp));
    let median = |operation: &str| times[operation][rounds / 2];
    println!("one attachment of {megabytes} MB, {rounds} rounds; milliseconds");
    println!(
        "{:<18}{:>9}{:>9}{:>9}{:>16}",
        "operation", "median", "least", "most", "over idle, KiB"
    );
    for operation in OPERATIONS {
        let list = &times[operation];
        println!(
            "{operation:<18}{:>9.2}{:>9.2}{:>9.2}{:>16}",
            median(operation),
            list[0],
            list[rounds - 1],
            memory[operation]
        );
    }
    let t = median("sha256-packet");
    let w = median("write-packet");
    let w_attachment = median("write-attachment");
    println!(
        "build into a sink   {:.2} T (target 0.5)",
        median("build-sink") / t
    );
    println!(
        "build to a file     {:.2} W (target 1.3)",
        median("build-file") / w
    );
    println!(
        "read with digests   {:.2} T (target 1.2)",
        median("read") / t
    );
    println!(
        "extract to files    {:.2} of 1.2 T + 1.3 W (target 1)",
        median("extract") / (1.2 * t + 1.3 * w_attachment)
    );
}
