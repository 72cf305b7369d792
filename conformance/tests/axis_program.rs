//! The test axis as a program: its first line, its arguments, what a kill and a
//! restart leave, and its memory.
//!
//! `AXIS_MEMORY_MIB` sets how large the attachment is (64 without it).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axis_support::*;
use serde_json::Value;

const SYSTEMS: [&str; 4] = [
    "--system",
    "system.one=made-up:secret=1:000.00.00.H41",
    "--system",
    "system.two=made-up secret 2:000.00.00.H14,000.00.00.H22",
];

/// A running program; it is killed with this.
struct Program {
    child: Child,
    address: SocketAddr,
    control: Value,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut first, mut second) = (String::new(), String::new());
        out.read_line(&mut first).unwrap();
        out.read_line(&mut second).unwrap();
        let address = first.strip_prefix("http://").unwrap().trim_end();
        Program {
            child,
            address: address.parse().unwrap(),
            control: serde_json::from_str(&second).unwrap(),
        }
    }

    fn with_data(folder: &Path) -> Self {
        let mut arguments = SYSTEMS.to_vec();
        arguments.extend(["--data", folder.to_str().unwrap()]);
        Self::start(&arguments)
    }

    fn call(&self, request: &Request) -> Reply {
        Client::to(self.address).call(request)
    }

    /// As kill -9 does it.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"));
    command.env("LC_ALL", "C").arg("axis").args(arguments);
    command
}

#[test]
fn it_listens_on_loopback_and_says_where() {
    let axis = Program::start(&SYSTEMS);
    assert!(axis.address.ip().is_loopback());
    assert_eq!(axis.call(&list("edoc")).code(), "0");
    let control = axis.control["control"].as_str().unwrap();
    assert!(control.starts_with("http://127.0.0.1:"));
    assert_eq!(axis.control["token"].as_str().unwrap().len(), 48);
    // The organs of the systems stand in the directory.
    let rows = axis.call(&Request::new("getAgenciesList", ONE, &[])).rows();
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_configuration_is_read_and_arguments_go_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("axis.toml");
    std::fs::write(
        folder.path().join("units.csv"),
        "code,oldCode\nH99,000.00.00.H99\n",
    )
    .unwrap();
    std::fs::write(
        &file,
        "listen = \"127.0.0.2:0\"\nbase_path = \"/adapter\"\ndirectory = \"units.csv\"\n\
         rebuild = \"0.0.3\"\nseed = 3\n\
         [[fault]]\ncall = \"getEdoc\"\ntimes = 0\nfault = { kind = \"bad-gateway\" }\n",
    )
    .unwrap();
    let mut arguments = vec![
        "--config",
        file.to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
    ];
    arguments.extend(SYSTEMS);
    let mut child = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.starts_with("http://127.0.0.1:"), "{first}");
    assert!(first.ends_with("/adapter\n"), "{first}");
}

#[test]
fn what_is_wrong_with_a_call_is_said_without_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("axis.toml");
    let path = file.to_str().unwrap();
    for (text, arguments) in [
        ("", vec!["--system", "canary"]),
        ("", vec!["--system", "a=canary"]),
        ("", vec!["--system", "a=canary:"]),
        ("", vec!["--system", "a=canary:x", "--system", "a=canary:y"]),
        ("", vec!["--system", "a=canary:x", "--system", "b=canary:x"]),
        (
            "[[system]]\nid = \"a\"\nsecret = [\"canary\"]",
            vec!["--config", path],
        ),
        (
            "[[system]]\nid = \"a\"\nsecret = \"canary",
            vec!["--config", path],
        ),
        ("odd = \"canary\"", vec!["--config", path]),
        ("[codes]\nodd = \"canary\"", vec!["--config", path]),
        ("rebuild = \"canary\"", vec!["--config", path]),
        ("control = \"0.0.0.0:0\"", vec!["--config", path]),
        ("directory = \"missing.csv\"", vec!["--config", path]),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = command(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {text}");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!said.is_empty() && !said.contains("canary"), "{said}");
    }
}

#[test]
fn nothing_is_lost_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let packet = document(&[RECEIVER, OTHER]);
    let mut sent = Vec::new();
    let mut first = String::new();
    let mut got = Vec::new();
    for round in 0..3 {
        let axis = Program::with_data(folder.path());
        let ids = axis.call(&list("edoc")).ids();
        assert_eq!(ids.len(), round * 5, "what was listed before is listed");
        if round > 0 {
            assert_eq!(ids[0], first);
            assert_eq!(axis.call(&download(&first)).body, got);
            let body = b"{\"code\":\"H41.07\"}";
            let request = Request::new("registerAgency", ONE, &[]).body(body);
            assert_eq!(axis.call(&request).code(), "0");
        }
        for _ in 0..3 {
            sent.push(axis.call(&sending(&packet)).doc_id());
        }
        let ids = axis.call(&list("edoc")).ids();
        axis.call(&acknowledge(&ids[ids.len() - 1], "done"));
        first.clone_from(&ids[0]);
        axis.call(&acknowledge(&first, "processing"));
        got = axis.call(&download(&first)).body;
        // One that is in the middle of coming in.
        let mut client = Client::to(axis.address);
        let half = sending(&packet).bytes();
        client.write(&half[..half.len() - 10]);
        axis.kill();
    }
    // A packet that was stored, and killed before its record.
    let orphan = folder
        .path()
        .join("packets/00000000-0000-4000-8000-000000000000.edxml");
    std::fs::write(orphan, b"x").unwrap();
    let axis = Program::with_data(folder.path());
    let listed = axis.call(&list("edoc")).rows();
    assert_eq!(listed.len(), 15);
    assert_eq!(listed[0]["status"], "processing");
    for id in sent {
        let request = Request::new("getSentEdocList", ONE, &[("docId", &id)]);
        assert_eq!(axis.call(&request).rows().len(), 2);
    }
    let rows = axis.call(&Request::new("getAgenciesList", ONE, &[])).rows();
    assert_eq!(rows.len(), 4);
    let names = |name: &str| std::fs::read_dir(folder.path().join(name)).unwrap().count();
    assert_eq!((names("packets"), names("incoming")), (9, 0));
}

#[test]
fn every_answered_sending_survives_a_kill_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let axis = Program::with_data(folder.path());
    let address = axis.address;
    let (told, answered) = std::sync::mpsc::channel();
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let told = told.clone();
            std::thread::spawn(move || {
                let mut client = Client::to(address);
                let bytes = sending(&document(&[RECEIVER])).bytes();
                loop {
                    let written = client.stream.get_mut().write_all(&bytes);
                    match written.ok().and_then(|()| client.try_read()) {
                        Some(reply) => told.send(reply.doc_id()).unwrap(),
                        None => return,
                    }
                }
            })
        })
        .collect();
    drop(told);
    let mut ids: Vec<String> = answered.iter().take(60).collect();
    axis.kill();
    for sender in senders {
        sender.join().unwrap();
    }
    ids.extend(answered.iter());
    let axis = Program::with_data(folder.path());
    let all = axis.call(&Request::new("getSentEdocList", ONE, &[])).rows();
    let kept: std::collections::HashSet<_> = all
        .iter()
        .map(|row| row["senderDocId"].as_str().unwrap())
        .collect();
    for id in &ids {
        assert!(kept.contains(id.as_str()), "{id} was answered and is lost");
    }
    for id in axis.call(&list("edoc")).ids() {
        assert_eq!(axis.call(&download(&id)).status, 200);
    }
}

#[test]
fn a_half_written_line_of_the_journal_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let axis = Program::with_data(folder.path());
    axis.call(&sending(&document(&[RECEIVER]))).doc_id();
    axis.kill();
    let journal = folder.path().join("journal.jsonl");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&journal)
        .unwrap();
    file.write_all(b"{\"did\":\"accep").unwrap();
    for count in 1..3 {
        let axis = Program::with_data(folder.path());
        assert_eq!(axis.call(&list("edoc")).rows().len(), count);
        axis.call(&sending(&document(&[RECEIVER]))).doc_id();
        axis.kill();
    }
    // A whole line that is none is not passed over.
    let mut lines = std::fs::read_to_string(&journal).unwrap();
    lines.insert_str(0, "odd\n");
    std::fs::write(&journal, lines).unwrap();
    let data = folder.path().to_str().unwrap();
    let output = command(&["--data", data]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 1"));
}

#[test]
fn two_axes_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let axis = Program::with_data(folder.path());
    axis.call(&sending(&document(&[RECEIVER]))).doc_id();
    let data = folder.path().to_str().unwrap();
    let output = command(&["--data", data]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(axis.call(&list("edoc")).rows().len(), 1);
}

/// The packet of the memory test, never whole in memory.
struct Large {
    head: Vec<u8>,
    mib: u64,
    tail: &'static [u8],
}

impl Large {
    fn write(&self, mut to: impl FnMut(&[u8])) {
        to(&self.head);
        let piece = b"QUJD".repeat(16 << 10);
        for _ in 0..self.mib * 16 {
            to(&piece);
        }
        to(self.tail);
    }

    fn length(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + (self.mib << 20)
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_packet() {
    let mib: u64 = std::env::var("AXIS_MEMORY_MIB")
        .map(|text| text.parse().unwrap())
        .unwrap_or(64);
    let axis = Program::start(&SYSTEMS);
    let status = format!("/proc/{}/status", axis.child.id());
    let peak = || -> u64 {
        let status = std::fs::read_to_string(&status).unwrap();
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    axis.call(&sending(&document(&[RECEIVER]))).doc_id();
    let before = peak();
    let text = String::from_utf8(document(&[RECEIVER])).unwrap();
    let attachment = "<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId>\
         <AttachmentName>a.pdf</AttachmentName><ContentType>application/pdf</ContentType>\
         <ContentTransferEncoded>";
    let large = Large {
        head: text
            .replace("<AttachmentEncoded/></edXML>", attachment)
            .into_bytes(),
        mib,
        tail: b"</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>",
    };
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    large.write(|bytes| digest.update(bytes));
    let mut request = sending(b"");
    let mut said = request.parameters.iter_mut();
    let said = said.find(|(name, _)| name == "hash-file").unwrap();
    said.1 = hex(digest.finish().as_ref());
    request.has_length = false;
    let request = request.header(&format!("Content-Length: {}", large.length()));

    let mut client = Client::to(axis.address);
    client.write(request.head().as_bytes());
    large.write(|bytes| client.write(bytes));
    client.read().doc_id();
    let id = client.call(&list("edoc")).ids().pop().unwrap();
    for (request, least) in [(download(&id), mib << 20), (get(&id), (mib << 20) * 4 / 3)] {
        client.write(&request.bytes());
        let (status, head) = client.read_head().unwrap();
        assert_eq!(status, 200);
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("Content-Length: "));
        let length: u64 = length.unwrap().parse().unwrap();
        assert!(length > least);
        let mut body = client.stream.by_ref().take(length);
        assert_eq!(
            std::io::copy(&mut body, &mut std::io::sink()).unwrap(),
            length
        );
    }
    let grown = (peak() - before) / 1024;
    println!("{mib} MiB: {grown} MiB more than before");
    assert!(grown <= 16, "{grown} MiB more than before");
}
