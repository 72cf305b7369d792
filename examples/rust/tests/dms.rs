//! `dms` as `docs/dms.md` describes it; or, where `LIENTHONG_TEST_DMS` names a program, that one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use lienthong_conformance::axis_server::TestAxis;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

struct Dms {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Dms {
    fn start(arguments: &[&str]) -> Dms {
        let other = std::env::var_os("LIENTHONG_TEST_DMS");
        let mut child = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_dms").into()))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut dms = Dms {
            child,
            input,
            output,
        };
        assert_eq!(dms.line()["ready"], true);
        dms
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn say(&mut self, line: &str) -> Value {
        writeln!(self.input, "{line}").unwrap();
        self.line()
    }

    fn ask(&mut self, command: Value) -> Value {
        let answer = self.say(&command.to_string());
        assert_eq!(answer["id"], command["id"]);
        answer
    }

    fn done(&mut self, command: Value) -> Value {
        let answer = self.ask(command);
        assert!(answer.get("ok").is_some(), "{answer}");
        answer["ok"].clone()
    }

    fn closes(mut self) {
        let answer = self.done(json!({ "do": "close" }));
        assert_eq!(answer, json!({ "closed": true, "in_time": true }));
        assert!(self.child.wait().unwrap().success());
    }
}

/// The commands that the table of the page names.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dms.md");
    let page = std::fs::read_to_string(page).unwrap();
    let table = page.split("| `do` | members | `ok` |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_of_the_page_is_known_and_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let store = store.to_str().unwrap();
    let mut dms = Dms::start(&["--store", store, "--organ", "H99.01", "--client"]);
    let commands = commands();
    assert_eq!(commands.len(), 25);
    let unknown = |answer: &Value| {
        let reason = answer["error"]["context"]["reason"].as_str();
        reason.is_some_and(|reason| reason.starts_with("there is no command"))
    };
    for command in commands.iter().filter(|name| *name != "close") {
        let answer = dms.ask(json!({ "id": command, "do": command }));
        assert!(!unknown(&answer), "{answer}");
    }
    let answer = dms.ask(json!({ "id": [1], "do": "forget" }));
    assert!(unknown(&answer));
    for member in [
        "kind",
        "number",
        "retry",
        "who_acts",
        "message",
        "message_vi",
        "findings",
    ] {
        assert!(!answer["error"][member].is_null(), "{member}");
    }
    assert_eq!(dms.say("no JSON")["error"]["kind"], "invalid-argument");
    dms.closes();
}

#[test]
fn the_session_of_the_page_goes_as_it_stands_there() {
    let axis = TestAxis::builder()
        .system("a", "one", ["H99.01"])
        .system("b", "two", ["H99.02"])
        .start()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("công văn.pdf"), b"%PDF-1.4\n").unwrap();
    let start = |system: &str, secret: &str, organ: &str| {
        std::fs::write(path(system), format!("{secret}\n")).unwrap();
        Dms::start(&[
            "--store",
            &path(&format!("store-{system}")),
            "--axis",
            &axis.url(),
            "--system",
            system,
            "--secret-file",
            &path(system),
            "--organ",
            organ,
            "--set",
            "receive.interval=20",
        ])
    };
    let (mut sender, mut receiver) = (start("a", "one", "H99.01"), start("b", "two", "H99.02"));
    let send = json!({
        "id": 1, "do": "send", "contains_state_secret": false,
        "document": {
            "From": { "OrganId": "H99.01", "OrganName": "Cơ quan thí dụ" },
            "To": [{ "OrganId": "H99.02" }],
            "DocumentId": "H99.01-2026-000001",
            "Code": { "CodeNumber": "1", "CodeNotation": "TD-VP" },
            "PromulgationInfo": { "Place": "Thí dụ", "PromulgationDate": "2026-03-04" },
            "Subject": "V/v thí dụ",
        },
        "attach": [path("công văn.pdf")],
    });
    let sent = sender.done(send.clone());
    assert_eq!(
        (&sent["outgoing"], &sent["again"]),
        (&json!("out-1"), &json!(false))
    );
    assert_eq!(sender.done(send)["again"], true);

    let poll = json!({ "do": "poll", "timeout_ms": PATIENCE.as_millis() as u64 });
    let item = receiver.done(poll.clone())["item"].take();
    assert_eq!(item["incoming"], "in-1");
    assert_eq!(item["attachments"][0]["name"], "công văn.pdf");
    let accept = json!({ "do": "accept", "incoming": "in-1", "lease": item["lease"] });
    assert_eq!(receiver.done(accept.clone()), json!({}));
    assert_eq!(receiver.ask(accept)["error"]["kind"], "lease-lost");
    receiver.done(json!({ "do": "report", "incoming": "in-1", "code": "03" }));

    let end = Instant::now() + PATIENCE;
    let mut done_to = 0;
    loop {
        let why = sender.done(json!({ "do": "why", "packet": "out-1" }));
        if why["outgoing"]["recipients"][0]["state"] == "registered" {
            break;
        }
        assert!(Instant::now() < end, "{why}");
        // Whatever happens is an event: no need to sleep.
        let events = json!({ "do": "events", "timeout_ms": 1_000 });
        for event in sender.done(events).as_array().unwrap() {
            done_to = event["number"].as_i64().unwrap();
        }
        sender.done(json!({ "do": "events_done", "up_to": done_to }));
    }
    let found = json!({ "do": "find", "from": "H99.01", "document_id": "H99.01-2026-000001" });
    assert_eq!(sender.done(found), json!({ "outgoing": ["out-1"] }));
    sender.done(json!({ "do": "recall", "outgoing": "out-1", "reason": "Ban hành nhầm" }));
    let action = receiver.done(poll)["item"].take();
    assert_eq!(
        (&action["is_action"], &action["acts_on"]),
        (&json!(true), &json!("in-1"))
    );
    assert_eq!(action["status"]["StatusCode"], "13");
    receiver.done(json!({ "do": "agree", "incoming": action["incoming"] }));
    let why = receiver.done(json!({ "do": "why", "packet": "in-1" }));
    assert_eq!(why["incoming"]["destroyed"], true);
    sender.closes();
    receiver.closes();
}
