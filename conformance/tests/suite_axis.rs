//! The cases about an axis: all pass at the test axis, and each MUST fails at
//! one that is set up wrong or twisted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lienthong_conformance::axis_server::{Builder, TestAxis};
use lienthong_conformance::rebuild::Flavour;
use lienthong_conformance::suite::gateway::Account;
use lienthong_conformance::suite::report::Report;
use lienthong_conformance::suite::run::{Plan, Subject, run};
use lienthong_conformance::suite::verdict::Verdict;

fn account(number: u32) -> Account {
    Account {
        system: format!("system.{number}"),
        secret: format!("made-up secret {number}"),
        organ: format!("H99.0{number}"),
    }
}

fn builder() -> Builder {
    let (one, two) = (account(1), account(2));
    TestAxis::builder()
        .system(&one.system, &one.secret, [one.organ])
        .system(&two.system, &two.secret, [two.organ])
}

fn certify(url: &str, only: &[&str]) -> Report {
    let mut plan = Plan::new(Subject::Axis {
        url: url.to_owned(),
        one: account(1),
        two: account(2),
        settings: Vec::new(),
    });
    plan.only = only.iter().map(|&id| id.to_owned()).collect();
    plan.patience = Duration::from_secs(if only.is_empty() { 10 } else { 2 });
    let folder = tempfile::tempdir().unwrap();
    run(&plan, folder.path(), &mut |_| {}).unwrap()
}

fn verdicts(report: &Report) -> Vec<(String, Verdict, String)> {
    let cases = report.chapters.iter().flat_map(|chapter| &chapter.cases);
    cases
        .map(|case| {
            let got = case.got.as_ref().map(|said| said.en.clone());
            (case.id.clone(), case.verdict, got.unwrap_or_default())
        })
        .collect()
}

/// That these cases fail (or warn) there.
fn fails(url: &str, ids: &[&str]) {
    for (id, verdict, got) in verdicts(&certify(url, ids)) {
        assert!(
            matches!(verdict, Verdict::Fail | Verdict::Warn),
            "{id}: {verdict:?} {got}"
        );
    }
}

#[test]
fn every_case_passes_at_the_test_axis_in_each_way_of_rebuilding() {
    for flavour in [Flavour::AsSeen, Flavour::V0_0_3, Flavour::Off] {
        let axis = builder().rebuild(flavour).start().unwrap();
        let report = certify(&axis.url(), &[]);
        let verdicts = verdicts(&report);
        assert!(verdicts.len() >= 25, "{}", verdicts.len());
        for (id, verdict, got) in verdicts {
            assert_eq!(verdict, Verdict::Pass, "{flavour:?} {id}: {got}");
        }
        assert_eq!(report.exit, 0);
    }
}

#[test]
fn an_axis_that_checks_no_hash_fails_its_case() {
    let axis = builder()
        .configure(|config| config.check_hash = false)
        .start()
        .unwrap();
    fails(&axis.url(), &["send-axis-wrong-hash"]);
}

#[test]
fn an_axis_that_asks_for_fresh_timestamps_fails_its_case() {
    let axis = builder()
        .configure(|config| config.max_skew = Some(600))
        .start()
        .unwrap();
    fails(&axis.url(), &["transport-axis-old-timestamp"]);
}

/// What is done to the body of a request and of its answer, by the name of the
/// call and the head of the request.
type Change = Box<dyn Fn(&str, &str, Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A proxy that makes a bad axis of a good one.
fn twisted(axis: &TestAxis, request: Change, answer: Change) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (to, changes) = (axis.address(), Arc::new((request, answer)));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let changes = Arc::clone(&changes);
            std::thread::spawn(move || relay(stream.unwrap(), to, &changes));
        }
    });
    url
}

fn relay(mut near: TcpStream, axis: SocketAddr, (request, answer): &(Change, Change)) {
    let Some((head, body)) = read(&mut near) else {
        return;
    };
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let call = path.rsplit('/').next().unwrap();
    let body = request(call, &head, body);
    let mut far = TcpStream::connect(axis).unwrap();
    far.write_all(&written(&head, &body)).unwrap();
    let (answer_head, answer_body) = read(&mut far).unwrap();
    let body = answer(call, &head, answer_body);
    let _ = near.write_all(&written(&answer_head, &body));
}

/// A head and a body with the length of this body; the connection ends after it.
fn written(head: &str, body: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    for line in head.lines().filter(|line| !line.is_empty()) {
        let lower = line.to_ascii_lowercase();
        let own = [
            "content-length:",
            "connection:",
            "expect:",
            "transfer-encoding:",
        ];
        if !own.iter().any(|name| lower.starts_with(name)) {
            text += &format!("{line}\r\n");
        }
    }
    text += &format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [text.as_bytes(), body].concat()
}

/// The next head and as much of its body as comes.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut one = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut one).ok()?;
        bytes.push(one[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body).ok()?;
    Some((head, body))
}

fn as_it_is() -> Change {
    Box::new(|_, _, body| body)
}

/// Every text replaced by another, in the bodies of one call.
fn replacing(call: &'static str, from: &'static str, to: &'static str) -> Change {
    Box::new(move |called, _, body| {
        if called != call {
            return body;
        }
        match String::from_utf8(body) {
            Ok(text) => text.replace(from, to).into_bytes(),
            Err(raw) => raw.into_bytes(),
        }
    })
}

/// An axis that believes whatever it gets.
fn credulous() -> TestAxis {
    builder()
        .configure(|config| config.check_hash = false)
        .start()
        .unwrap()
}

#[test]
fn an_axis_that_changes_a_text_or_a_file_fails() {
    let axis = credulous();
    let url = twisted(
        &axis,
        replacing("sendEdoc", "Công văn<", "Tờ trình<"),
        as_it_is(),
    );
    fails(&url, &["send-axis-delivers"]);
    let url = twisted(
        &axis,
        replacing("sendEdoc", "JVBERi0xLjQ", "JVBERi0xLjU"),
        as_it_is(),
    );
    fails(&url, &["signature-axis-files-untouched"]);
}

#[test]
fn an_axis_whose_answers_lack_a_part_fails() {
    let axis = builder().start().unwrap();
    let url = twisted(
        &axis,
        as_it_is(),
        replacing("sendEdoc", "\"DocId\"", "\"docid\""),
    );
    fails(&url, &["send-axis-answer-form"]);
    let list = replacing("getReceivedEdocList", "\"data\":[]", "\"data\":null");
    fails(
        &twisted(&axis, as_it_is(), list),
        &["receive-axis-list-form"],
    );
}

#[test]
fn an_axis_that_says_yes_to_what_it_must_refuse_fails() {
    let axis = builder().start().unwrap();
    for (code, ids) in [
        ("18", &["send-axis-unknown-receiver"][..]),
        ("19", &["transport-axis-foreign-sender"]),
        (
            "15",
            &[
                "transport-axis-wrong-secret",
                "transport-axis-altered-parameter",
            ],
        ),
        ("10", &["send-axis-not-xml"]),
        ("22", &["send-axis-not-standard"]),
    ] {
        let yes: Change = Box::new(move |_, _, body| {
            let text = String::from_utf8_lossy(&body).into_owned();
            let code = format!("\"ErrorCode\":\"{code}\"");
            text.replace(&code, "\"ErrorCode\":\"0\"").into_bytes()
        });
        fails(&twisted(&axis, as_it_is(), yes), ids);
    }
}

#[test]
fn an_axis_that_hides_statuses_fails() {
    let axis = builder().start().unwrap();
    let hide: Change = Box::new(|call, head, body| {
        let status = head.contains("messagetype: status");
        if call == "getReceivedEdocList" && status {
            return br#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[]}"#.to_vec();
        }
        body
    });
    fails(&twisted(&axis, as_it_is(), hide), &["status-axis-route"]);
}

#[test]
fn an_axis_that_completes_half_a_packet_fails() {
    let axis = credulous();
    let complete: Change = Box::new(|call, _, mut body| {
        if call == "sendEdoc" && !body.trim_ascii_end().ends_with(b"</edXML>") {
            while body.len() % 4 != 0 {
                body.pop();
            }
            body.extend_from_slice(
                b"</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>",
            );
        }
        body
    });
    fails(
        &twisted(&axis, complete, as_it_is()),
        &["outage-axis-half-a-packet"],
    );
}

#[test]
fn an_axis_that_expands_entities_fails() {
    let axis = credulous();
    let expand: Change = Box::new(|_, _, body| {
        let text = String::from_utf8_lossy(&body).into_owned();
        let text = text.replace("&le;", "khai-trien");
        text.replace("<!DOCTYPE edXML [<!ENTITY le \"khai-trien\">]>", "")
            .into_bytes()
    });
    fails(
        &twisted(&axis, expand, as_it_is()),
        &["hostile-axis-entities"],
    );
}

/// Empty lists from the moment on in which a call was made.
fn forgetful(call: &'static str, by: &'static str) -> Change {
    let gone = AtomicBool::new(false);
    Box::new(move |called, head, body| {
        if called == call && head.contains(by) {
            gone.store(true, Ordering::SeqCst);
        } else if called == "getReceivedEdocList" && gone.load(Ordering::SeqCst) {
            return br#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[]}"#.to_vec();
        }
        body
    })
}

#[test]
fn an_axis_that_forgets_too_early_or_never_fails() {
    let axis = builder().start().unwrap();
    let url = twisted(&axis, as_it_is(), forgetful("getEdoc", ""));
    fails(&url, &["receive-axis-until-acknowledged"]);
    let url = twisted(&axis, as_it_is(), forgetful("updateStatus", "system.1"));
    fails(&url, &["receive-axis-foreign-acknowledgement"]);
    let ended = AtomicBool::new(false);
    let end: Change = Box::new(move |call, _, body| {
        if call == "updateStatus" {
            ended.store(true, Ordering::SeqCst);
        } else if call == "getEdoc" && ended.load(Ordering::SeqCst) {
            return br#"{"status":"FAIL","ErrorCode":"20","ErrorDesc":"gone"}"#.to_vec();
        }
        body
    });
    let url = twisted(&axis, as_it_is(), end);
    fails(&url, &["receive-axis-processing-is-no-end"]);
    let stubborn = builder()
        .configure(|config| {
            config.listed = vec![
                lienthong_conformance::axis_server::QueueState::Initial,
                lienthong_conformance::axis_server::QueueState::Done,
            ];
        })
        .start()
        .unwrap();
    fails(&stubborn.url(), &["receive-axis-until-acknowledged"]);
}

#[test]
fn an_axis_that_hands_out_what_lies_for_others_fails() {
    let axis = builder().start().unwrap();
    let leak: Change = Box::new(|call, head, body| {
        if call == "getEdoc" && head.contains("systemid: system.1") {
            let data = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"PGVkWE1MLz4="}"#;
            return data.into();
        }
        body
    });
    let url = twisted(&axis, as_it_is(), leak);
    fails(&url, &["receive-axis-foreign-delivery"]);
}
