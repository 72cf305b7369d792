//! The durable connector end to end over a test axis on loopback, its start
//! and drain with a long outbox, and its cost at rest. See
//! connector-core/benches/README.md.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use lienthong::connector::StateSecret;
use lienthong::exchange::model::What;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, OutgoingDocument, StatusCode};
use lienthong::{Config, Connector};
use lienthong_conformance::axis_server::TestAxis;

/// Bytes of the attachment, so that a packet has 20 KB.
const ATTACHMENT: usize = 13_700;
const PARTS: &[&str] = &["end-to-end", "outbox", "rest"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, url, folder] = arguments.as_slice()
        && flag == "--one"
    {
        return rest_here(url, Path::new(folder));
    }
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        Some(arguments[at + 1].parse::<usize>().unwrap())
    };
    let short = arguments.iter().any(|argument| argument == "--short");
    let wanted = |name: &str| {
        let all = !PARTS
            .iter()
            .any(|part| arguments.iter().any(|one| one == part));
        all || arguments.iter().any(|one| one == name)
    };
    if wanted("end-to-end") {
        let (rounds, documents) = if short { (2, 40) } else { (6, 1_000) };
        end_to_end(
            number("--rounds").unwrap_or(rounds),
            number("--documents").unwrap_or(documents),
        );
    }
    if wanted("outbox") {
        let queued = if short { 500 } else { 100_000 };
        outbox(number("--documents").unwrap_or(queued));
    }
    if wanted("rest") {
        rest(Duration::from_secs(if short { 2 } else { 60 }));
    }
}

fn config(url: &str, folder: &Path, system: &str, organ: &str) -> Config {
    let mut config = Config::new();
    for (key, value) in [
        ("axis.url", url),
        ("axis.system_id", system),
        ("axis.secret", "bi mat"),
        ("connector.organs", organ),
        ("store.path", folder.to_str().unwrap()),
    ] {
        config.set(key, value).unwrap();
    }
    config
}

fn axis() -> TestAxis {
    TestAxis::builder()
        .system("td.01", "bi mat", ["H99.01"])
        .system("td.02", "bi mat", ["H99.02"])
        .start()
        .unwrap()
}

fn document(number: usize) -> OutgoingDocument {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thí dụ".to_owned()),
        ..Organ::default()
    };
    let mut state = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = b"%PDF-1.7\n".to_vec();
    while bytes.len() < ATTACHMENT {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    DocumentBuilder::new(organ("H99.01"), format!("H99.01-2026-{number}"))
        .to(organ("H99.02"))
        .code(number.to_string(), "TD-VP")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ")
        .attach(Attachment::from_bytes("công văn.pdf", bytes))
        .build()
        .unwrap()
}

/// Documents a second from `send` to the sender's knowing of 06, with 01, 03
/// and 06 on the way back; through a rebuild; all in this one process.
fn end_to_end(rounds: usize, documents: usize) {
    println!("end to end: {rounds} rounds of {documents} documents of 20 KB with 01, 03 and 06");
    let mut rates = Vec::new();
    // Removed after the last round: for minutes after thousands of files were
    // removed, ext4 is slow to make new ones.
    let mut kept = Vec::new();
    for round in 0..rounds {
        let axis = axis();
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str, system: &str, organ: &str| {
            let mut config = config(&axis.url(), &folder.path().join(name), system, organ);
            config.set("receive.interval", "50").unwrap();
            Connector::open(&config).unwrap()
        };
        let (sender, receiver) = (open("a", "td.01", "H99.01"), open("b", "td.02", "H99.02"));
        let mut packets: Vec<Vec<OutgoingDocument>> = (0..8)
            .map(|thread| {
                (0..documents / 8)
                    .map(|number| document((round * 8 + thread) * documents + number))
                    .collect()
            })
            .collect();
        let count: usize = packets.iter().map(Vec::len).sum();
        let start = Instant::now();
        thread::scope(|scope| {
            for packets in &mut packets {
                let sender = &sender;
                scope.spawn(move || {
                    for packet in packets {
                        sender.send(packet, StateSecret::NotContained).unwrap();
                    }
                });
            }
            for _ in 0..4 {
                let receiver = &receiver;
                scope.spawn(move || {
                    while let Some(came) = receiver.poll(Duration::from_secs(2)).unwrap() {
                        came.accept().unwrap();
                        for code in [StatusCode::Registered, StatusCode::Finished] {
                            receiver.report(came.id(), code, None, None).unwrap();
                        }
                    }
                });
            }
            let (mut finished, mut after) = (0, 0);
            while finished < count {
                let events = sender.events(1_000, Duration::from_secs(60)).unwrap();
                assert!(!events.is_empty(), "nothing moves any more");
                for event in &events {
                    let done = event.what == What::StatusCame;
                    finished += usize::from(done && event.code.as_deref() == Some("06"));
                    after = event.number;
                }
                sender.events_done(after).unwrap();
            }
            rates.push(count as f64 / start.elapsed().as_secs_f64());
        });
        kept.push((axis, folder));
    }
    rates.sort_by(f64::total_cmp);
    println!(
        "documents a second   median {:.0}   least {:.0}   most {:.0} (target 200)",
        rates[rates.len() / 2],
        rates[0],
        rates[rates.len() - 1]
    );
}

/// A long outbox: how soon a connector is there, and whether the last tenth goes
/// as fast as the first.
fn outbox(documents: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut waiting = config("http://127.0.0.1:9", folder.path(), "td.01", "H99.01");
    waiting.set("connector.role", "client").unwrap();
    let client = Connector::open(&waiting).unwrap();
    thread::scope(|scope| {
        for part in 0..16 {
            let client = &client;
            scope.spawn(move || {
                for number in (part..documents).step_by(16) {
                    let mut packet = document(number);
                    client.send(&mut packet, StateSecret::NotContained).unwrap();
                }
            });
        }
    });
    drop(client);
    let axis = axis();
    let working = config(&axis.url(), folder.path(), "td.01", "H99.01");
    let start = Instant::now();
    let connector = Connector::open(&working).unwrap();
    let opened = start.elapsed();
    let tenth = documents / 10;
    let (mut marks, mut done, mut after) = (vec![Instant::now()], 0, 0);
    while done < documents {
        let events = connector
            .events(tenth.min(1_000), Duration::from_secs(60))
            .unwrap();
        assert!(!events.is_empty(), "nothing moves any more");
        for event in &events {
            done += usize::from(event.what == What::Accepted);
            after = event.number;
            if done / tenth > marks.len() - 1 {
                marks.push(Instant::now());
            }
        }
        connector.events_done(after).unwrap();
    }
    let rates: Vec<f64> = marks
        .windows(2)
        .map(|pair| tenth as f64 / (pair[1] - pair[0]).as_secs_f64())
        .collect();
    let shown: Vec<String> = rates.iter().map(|rate| format!("{rate:.0}")).collect();
    println!(
        "outbox of {documents}: opened in {:.0} ms (target 2000); sent a second in each tenth: {}",
        opened.as_secs_f64() * 1e3,
        shown.join(" ")
    );
}

/// What a connector costs that has nothing to do, in a process of its own with
/// the intervals of the defaults.
fn rest(time: Duration) {
    let axis = axis();
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--one")
        .arg(axis.url())
        .arg(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let before = ticks(child.id());
    thread::sleep(time);
    let used = (ticks(child.id()) - before) as f64 / 100.0;
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    println!(
        "at rest for {} s: {:.3} % of a core (target 0.1), resident {} (target 20 MB)",
        time.as_secs(),
        100.0 * used / time.as_secs_f64(),
        resident.trim()
    );
    drop(child.stdin.take());
    child.wait().unwrap();
}

/// The process at rest: open until its input ends.
fn rest_here(url: &str, folder: &Path) {
    let connector = Connector::open(&config(url, folder, "td.01", "H99.01")).unwrap();
    // Its first list and its first housekeeping are not rest.
    thread::sleep(Duration::from_secs(1));
    std::io::Write::write_all(&mut std::io::stdout(), b".").unwrap();
    std::io::Write::flush(&mut std::io::stdout()).unwrap();
    let _ = std::io::Read::read(&mut std::io::stdin(), &mut [0]);
    connector.close(Duration::from_secs(5));
}

/// Processor time of a process, in hundredths of a second.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
