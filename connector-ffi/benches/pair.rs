//! What the C interface costs over Rust: the same work, build, check and read of packets of 20 KB,
//! once here and once by pair.c, in turn, many times; by processor time.
//!
//! `cargo xtask pair` builds the C program and starts this with its path; PAIRS and TIMES change how
//! often (40 pairs of 5,000 packets).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench prints, and ends where something is wrong"
)]

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use lienthong::packet::{
    Attachment, CheckOptions, Discard, Document, DocumentBuilder, ReadOptions, check, read_packet,
};

const HEADER: &str = r#"{"From":{"OrganId":"H99.01","OrganName":"Cơ quan thí dụ"},
"To":[{"OrganId":"H99.02"},{"OrganId":"H99.03"}],"DocumentId":"H99.01-2026-1",
"Code":{"CodeNumber":"1","CodeNotation":"TD-VP"},
"PromulgationInfo":{"Place":"Thí dụ","PromulgationDate":"2026-03-04"},
"Subject":"V/v thí dụ","OtherInfo":{"Priority":1},"ToPlaces":{"Place":["Như trên","Lưu: VT"]}}"#;

/// Processor time of this thread in nanoseconds: what others do on the machine counts little.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// Where packets are "copied", each is, before it is read: the host keeps what it reads.
fn here(mode: &str, times: u32) -> f64 {
    let mut file = vec![b'x'; 14_000];
    file.splice(..9, *b"%PDF-1.4\n");
    let start = processor_time();
    for _ in 0..times {
        let header: Document = serde_json::from_str(HEADER).unwrap();
        let bytes: Arc<[u8]> = file.as_slice().into();
        let mut document = DocumentBuilder::from_document(header)
            .attach(Attachment::from_bytes("a.pdf", bytes))
            .build()
            .unwrap();
        let mut packet = Vec::new();
        document.write_to(&mut packet).unwrap();
        let kept: Option<Arc<[u8]>> = (mode == "copied").then(|| packet.as_slice().into());
        let bytes = kept.as_deref().unwrap_or(&packet);
        let read = read_packet(bytes, &ReadOptions::default(), &mut Discard).unwrap();
        black_box(check(&read, &CheckOptions::default()));
    }
    processor_time() - start
}

fn in_c(program: &str, mode: &str, times: u32) -> f64 {
    let output = Command::new(program)
        .args([mode, &times.to_string(), HEADER])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

fn main() {
    let program = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"));
    let Some(program) = program else {
        println!("pair: started by cargo xtask pair");
        return;
    };
    for mode in ["borrowed", "copied"] {
        pairs(&program, mode);
    }
}

/// `mode`: "borrowed" reads a packet where it lies, "copied" a copy of it that is kept.
fn pairs(program: &str, mode: &str) {
    let (pairs, times) = (number("PAIRS", 40).max(2), number("TIMES", 5_000));
    let mut ratios = Vec::new();
    let (mut ours, mut theirs) = (0.0, 0.0);
    here(mode, times / 4);
    for pair in 0..pairs {
        // Who goes first changes, so that a machine that gets slower favours nobody.
        let (rust, c) = match pair % 2 {
            0 => (here(mode, times), in_c(program, mode, times)),
            _ => {
                let c = in_c(program, mode, times);
                (here(mode, times), c)
            }
        };
        ratios.push(c / rust);
        ours += rust;
        theirs += c;
    }
    let count = f64::from(pairs);
    let mean = ratios.iter().sum::<f64>() / count;
    let spread = ratios
        .iter()
        .map(|ratio| (ratio - mean).powi(2))
        .sum::<f64>()
        / (count - 1.0);
    let half = 1.96 * (spread / count).sqrt();
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or(mean);
    let each = 1e3 * count * f64::from(times);
    println!(
        "{mode}: Rust {:.1} µs, C {:.1} µs a packet; C over Rust {:+.2} % (95 %: {:+.2} to {:+.2} %), median \
         {:+.2} %, {pairs} pairs of {times}",
        ours / each,
        theirs / each,
        100.0 * (mean - 1.0),
        100.0 * (mean - half - 1.0),
        100.0 * (mean + half - 1.0),
        100.0 * (median - 1.0),
    );
}
