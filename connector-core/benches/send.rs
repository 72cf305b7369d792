//! Durable sending: `Connector::send` of 20 KB packets by 16 threads, against
//! what the disk and SQLite give at all: rows of the same bytes by as many
//! threads, one writer, group commit, synchronous=FULL. The same with each
//! packet signed (RSA-2048), against the lesser of that and bare RSA on all
//! cores. Rounds are interleaved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use lienthong::connector::StateSecret;
use lienthong::crypto::keys::FileSigner;
use lienthong::crypto::signer::Signer;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, OutgoingDocument};
use lienthong::{Config, Connector};
use rcgen::{CertificateParams, DnType, KeyPair};
use rusqlite::Connection;

const THREADS: u64 = 16;
/// Bytes of the attachment, so that a packet has 20 KB.
const ATTACHMENT: usize = 13_700;

fn main() {
    let short = std::env::args().any(|argument| argument == "--short");
    let (rounds, packets) = if short { (2, 20) } else { (7, 250) };
    println!("{THREADS} threads, {packets} packets each, {rounds} rounds; packets a second");
    let keys = tempfile::tempdir().unwrap();
    let signer = make_key(keys.path());
    let [mut floor, mut plain, mut signed, mut rsa] = [(); 4].map(|()| Vec::new());
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let bytes = length(round);
        floor.push(bare(&path("bare.db"), packets, bytes));
        plain.push(send(&path("store"), round, packets, None));
        floor.push(bare(&path("bare-2.db"), packets, bytes));
        signed.push(send(&path("signed"), round, packets, Some(keys.path())));
        rsa.push(bare_rsa(&signer, packets));
    }
    let floor = line("bare group commit", floor);
    let plain = line("Connector::send", plain);
    let rsa = line("bare RSA-2048", rsa);
    let signed = line("send, signed", signed);
    println!(
        "send       {:.2} of the bare rate (target 0.5), {plain:.0} a second (target 500)",
        plain / floor
    );
    println!(
        "signed     {:.2} of the lesser of bare commit and bare RSA (target 0.5)",
        signed / floor.min(rsa)
    );
}

/// A key and its certificate, `key.pem` and `own.pem`.
fn make_key(folder: &Path) -> FileSigner {
    let key = folder.join("key.pem");
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
        ])
        .arg(&key)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "openssl is needed");
    let pair = KeyPair::from_pem(&fs::read_to_string(&key).unwrap()).unwrap();
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "H99.01");
    let own = folder.join("own.pem");
    fs::write(&own, params.self_signed(&pair).unwrap().pem()).unwrap();
    FileSigner::open(&key, Some(&own), None, None).unwrap()
}

/// Values a second, by as many threads as there are cores.
fn bare_rsa(signer: &FileSigner, packets: u64) -> f64 {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let each = packets * THREADS / cores;
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| (0..each).for_each(|_| drop(signer.sign(b"made up").unwrap())));
        }
    });
    (each * cores) as f64 / start.elapsed().as_secs_f64()
}

fn line(name: &str, mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let median = figures[figures.len() / 2];
    println!(
        "{name:<20} median {median:>8.0}   least {:>8.0}   most {:>8.0}",
        figures[0],
        figures[figures.len() - 1]
    );
    median
}

fn document(number: u64) -> OutgoingDocument {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan thí dụ".to_owned()),
        ..Organ::default()
    };
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
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

fn length(number: u64) -> usize {
    let mut bytes = Vec::new();
    document(number).write_to(&mut bytes).unwrap();
    bytes.len()
}

/// Packets a second through the connector. It is a client: nothing goes out.
fn send(folder: &Path, round: u64, packets: u64, keys: Option<&Path>) -> f64 {
    let mut config = Config::new();
    config.set("store.path", folder.to_str().unwrap()).unwrap();
    config.set("connector.role", "client").unwrap();
    config.set("connector.organs", "H99.01").unwrap();
    if let Some(keys) = keys {
        let path = |name: &str| keys.join(name).to_str().unwrap().to_owned();
        for (key, value) in [
            ("signature.key_file", path("key.pem")),
            ("signature.certificate_file", path("own.pem")),
            ("signature.sign", "true".to_owned()),
        ] {
            config.set(key, &value).unwrap();
        }
    }
    let connector = Connector::open(&config).unwrap();
    let mut documents: Vec<Vec<OutgoingDocument>> = (0..THREADS)
        .map(|thread| {
            let first = (round * THREADS + thread) * packets;
            (first..first + packets).map(document).collect()
        })
        .collect();
    let start = Instant::now();
    thread::scope(|scope| {
        for documents in &mut documents {
            let connector = &connector;
            scope.spawn(move || {
                for document in documents {
                    connector.send(document, StateSecret::NotContained).unwrap();
                }
            });
        }
    });
    rate(packets, start.elapsed())
}

fn rate(packets: u64, time: Duration) -> f64 {
    (packets * THREADS) as f64 / time.as_secs_f64()
}

type Row = (Vec<u8>, SyncSender<()>);

/// Rows a second of the same size: what is left when a connector does nothing.
fn bare(path: &Path, packets: u64, length: usize) -> f64 {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE row (id INTEGER PRIMARY KEY, bytes BLOB) STRICT",
        )
        .unwrap();
    let (give, take) = channel::<Row>();
    let writer = thread::spawn(move || write(&connection, &take));
    let number = AtomicU64::new(1);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let give = give.clone();
            let number = &number;
            scope.spawn(move || {
                for _ in 0..packets {
                    let fill = number.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0];
                    let (done, wait) = sync_channel(1);
                    give.send((vec![fill; length], done)).unwrap();
                    wait.recv().unwrap();
                }
            });
        }
    });
    let time = start.elapsed();
    drop(give);
    writer.join().unwrap();
    rate(packets, time)
}

fn write(connection: &Connection, take: &Receiver<Row>) {
    let mut insert = connection
        .prepare("INSERT INTO row (bytes) VALUES (?1)")
        .unwrap();
    while let Ok(first) = take.recv() {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut waiting = Vec::new();
        for (bytes, done) in std::iter::once(first).chain(take.try_iter().take(127)) {
            insert.execute([bytes]).unwrap();
            waiting.push(done);
        }
        connection.execute_batch("COMMIT").unwrap();
        for done in waiting {
            let _ = done.send(());
        }
    }
}
