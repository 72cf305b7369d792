//! Disks that fail: full, read-only, with errors of writing and of syncing. A
//! product under test gets a clear error, loses nothing, and goes on by itself
//! when the disk is good again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lienthong_conformance::axis_server::{Kind, QueueState, Queued, TestAxis, WireEntry};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The library that makes a disk fail.
fn faults() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("faults.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/faults.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .expect("a C compiler");
        assert!(built.success());
        (folder, library)
    });
    library
}

/// A product whose disk may fail.
struct Product {
    folder: TempDir,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Product {
    fn start(axis: &TestAxis, system: &str, organ: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("secret"), "bi mat").unwrap();
        fs::create_dir(at("disk")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dms"))
            .env("LD_PRELOAD", faults())
            .env("DISK_ROOT", at("disk").canonicalize().unwrap())
            .env("DISK_FAULT", at("fault"))
            .args(["--axis", &axis.url(), "--system", system, "--organ", organ])
            .arg("--store")
            .arg(at("disk").join("store"))
            .arg("--secret-file")
            .arg(at("secret"))
            .args(["--set", "receive.interval=20", "--set", "send.pause=20"])
            .args(["--set", "send.longest_pause=200"])
            .args([
                "--set",
                "send.ask_after=20",
                "--set",
                "send.unknown_wait=100",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut product = Product {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            folder,
        };
        assert_eq!(product.answer()["ready"], true);
        product
    }

    fn disk(&self, fault: &str) {
        fs::write(self.folder.path().join("fault"), fault).unwrap();
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, command: Value) -> Result<Value, String> {
        writeln!(self.input.as_mut().unwrap(), "{command}").unwrap();
        let mut answer = self.answer();
        match answer.get_mut("ok") {
            Some(ok) => Ok(ok.take()),
            None => Err(answer["error"]["kind"].as_str().unwrap().to_owned()),
        }
    }

    fn send(&mut self, number: usize, bytes: usize) -> Result<Value, String> {
        let file = self.folder.path().join("công văn.pdf");
        let mut content = format!("%PDF-1.7\n{number}\n").into_bytes();
        // Not compressible: what is long stays long.
        let mut state = number as u64 + 1;
        while content.len() < bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            content.extend_from_slice(&state.to_be_bytes());
        }
        fs::write(&file, content).unwrap();
        let organ = |id: &str| json!({ "OrganId": id, "OrganName": "Cơ quan thí dụ" });
        self.ask(json!({
            "do": "send",
            "contains_state_secret": false,
            "attach": [file],
            "document": {
                "From": organ("H99.01"),
                "To": [organ("H99.02")],
                "DocumentId": format!("H99.01-2026-{number}"),
                "Code": { "CodeNumber": number.to_string(), "CodeNotation": "TD-VP" },
                "PromulgationInfo": { "Place": "Thí dụ", "PromulgationDate": "2026-03-04" },
                "Subject": "V/v thí dụ",
            },
        }))
    }

    /// The document that comes next, accepted.
    fn take(&mut self) -> String {
        let timeout = PATIENCE.as_millis() as u64;
        let came = self
            .ask(json!({ "do": "poll", "timeout_ms": timeout }))
            .unwrap();
        let item = &came["item"];
        assert!(item.is_object(), "nothing came");
        let accept = json!({
            "do": "accept", "incoming": item["incoming"], "lease": item["lease"],
        });
        self.ask(accept).unwrap();
        item["document"]["DocumentId"].as_str().unwrap().to_owned()
    }

    fn nothing_more(&mut self) {
        let came = self
            .ask(json!({ "do": "poll", "timeout_ms": 200 }))
            .unwrap();
        assert!(came["item"].is_null(), "{}", came["item"]["incoming"]);
    }

    /// Waits until the axis has taken a packet.
    fn delivered(&mut self, id: &Value) {
        let end = Instant::now() + PATIENCE;
        loop {
            let why = self.ask(json!({ "do": "why", "packet": id })).unwrap();
            if why["outgoing"]["recipients"][0]["delivery"] == "accepted" {
                return;
            }
            assert!(Instant::now() < end, "not sent");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn axis() -> TestAxis {
    TestAxis::builder()
        .system("td.01", "bi mat", ["H99.01"])
        .system("td.02", "bi mat", ["H99.02"])
        .start()
        .unwrap()
}

/// Bodies in the database, and bodies that are files.
const SIZES: [usize; 2] = [10_000, 400_000];

#[test]
fn sending_onto_a_bad_disk_is_a_clear_error_and_goes_on_when_it_is_good() {
    let axis = axis();
    let mut sender = Product::start(&axis, "td.01", "H99.01");
    let mut receiver = Product::start(&axis, "td.02", "H99.02");
    let mut number = 0;
    for (fault, error) in [
        ("full", "store-full"),
        ("readonly", "store-failed"),
        ("write", "store-failed"),
        ("sync", "store-failed"),
    ] {
        for size in SIZES {
            number += 1;
            sender.disk(fault);
            assert_eq!(
                sender.send(number, size).unwrap_err(),
                error,
                "{fault} {size}"
            );
            // It can still be asked.
            sender.ask(json!({ "do": "stats" })).unwrap();
            sender.disk("");
            sender.send(number, size).unwrap();
            assert_eq!(receiver.take(), format!("H99.01-2026-{number}"));
        }
    }
    receiver.nothing_more();
}

#[test]
fn what_a_bad_disk_cannot_take_stays_on_the_axis_and_is_fetched_when_it_is_good() {
    let axis = axis();
    let mut sender = Product::start(&axis, "td.01", "H99.01");
    let mut receiver = Product::start(&axis, "td.02", "H99.02");
    let mut number = 100;
    for fault in ["full", "readonly", "write", "sync"] {
        for size in SIZES {
            number += 1;
            receiver.disk(fault);
            let sent = sender.send(number, size).unwrap();
            sender.delivered(&sent["outgoing"]);
            asked_for(&axis, 3);
            let open =
                |one: &Queued| one.kind == Kind::Document && one.state == QueueState::Initial;
            let waiting = axis.queued().iter().filter(|one| open(one)).count();
            assert_eq!(waiting, 1, "{fault} {size}: acknowledged and not stored");
            let health = receiver.ask(json!({ "do": "doctor" })).unwrap();
            let store = health.as_array().unwrap().iter();
            let store = store.filter(|check| check["name"] == "store-write");
            assert!(
                store.clone().all(|check| check["health"] == "bad"),
                "{fault}"
            );
            receiver.disk("");
            assert_eq!(receiver.take(), format!("H99.01-2026-{number}"));
        }
    }
    receiver.nothing_more();
}

/// Waits until a packet was asked for so often from now on.
fn asked_for(axis: &TestAxis, times: usize) {
    let end = Instant::now() + PATIENCE;
    let last = |seen: &[WireEntry]| seen.last().map(|entry| entry.number);
    let mut since = last(&axis.wire_log(0, Duration::ZERO)).unwrap_or_default();
    let mut asked = 0;
    while asked < times {
        let seen = axis.wire_log(since, Duration::from_secs(1));
        since = last(&seen).unwrap_or(since);
        asked += seen
            .iter()
            .filter(|entry| entry.path.ends_with("/getEdoc"))
            .count();
        assert!(Instant::now() < end, "nobody asks for it");
    }
}
