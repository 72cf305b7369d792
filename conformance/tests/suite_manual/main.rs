//! The suite by hand: a product without a driver, and a person who is led through. The
//! person is played by a [`clerk`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by them"
)]

mod clerk;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clerk::{Clerk, Done, Habit, Product, after, by_hand};
use lienthong_conformance::suite::{by_hand::is_led, case::Chapter, cases};
use serde_json::{Value, json};

/// The plain product, or one of its mutants.
fn plain(mutant: Option<&str>) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("plain/dms.py");
    let mut program = vec!["python3".to_owned(), script.display().to_string()];
    if let Some(name) = mutant {
        program.extend(["--mutant".to_owned(), name.to_owned()]);
    }
    program
}

/// The product over our connector: `LIENTHONG_TEST_DMS`, or what was built beside the
/// suite; where neither is there, the plain one.
fn product() -> Vec<String> {
    if let Ok(program) = std::env::var("LIENTHONG_TEST_DMS") {
        return vec![program];
    }
    let beside = Path::new(env!("CARGO_BIN_EXE_lienthong-conformance")).with_file_name("dms");
    match beside.exists() {
        true => vec![beside.display().to_string()],
        false => plain(None),
    }
}

fn run(program: Vec<String>, habit: Habit, arguments: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let mut clerk = Clerk::new(folder.path(), program, habit);
    by_hand(folder.path(), "en", arguments, |step| clerk.answer(step))
}

#[test]
fn a_careful_clerk_is_led_through_every_case_that_can_be_led() {
    // Three clerks share the chapters: nearly all of the time is waiting.
    let parts: Vec<String> = (0..3)
        .map(|part| {
            let chapters = Chapter::ALL.iter().skip(part).step_by(3);
            let words: Vec<&str> = chapters.map(|chapter| chapter.word()).collect();
            words.join(",")
        })
        .collect();
    thread::scope(|scope| {
        for part in &parts {
            scope.spawn(|| led_through(part));
        }
    });
}

fn led_through(chapters: &str) {
    let arguments = ["--only", chapters, "--timeout", "20"];
    let done = run(product(), Habit::Careful, &arguments);
    // A SHOULD that our product does not keep with a driver either.
    let known = ["attachment-placeholder-header"];
    for (id, verdict, got) in done.verdicts() {
        let case = cases::all().find(|case| case.id == id).unwrap();
        let expected = match (is_led(case), known.contains(&case.id)) {
            (false, _) => "manual",
            (true, true) if verdict == "warn" => "warn",
            (true, _) => "pass",
        };
        assert_eq!(verdict, expected, "{id}: {got}");
    }
    assert_eq!(done.code, 1, "what nobody was led through is not passed");
}

/// The mutants of the plain product, each with the case that has to catch it, where a
/// person is led through that case.
fn mutants() -> Vec<(&'static str, &'static str)> {
    let listed = include_str!("../../plain/mutants.py").lines();
    let pairs = listed.filter_map(|line| {
        let (mutant, case) = line.trim().strip_prefix('"')?.split_once("\": \"")?;
        Some((mutant, case.split_once('"')?.0))
    });
    let led = |id: &str| cases::all().any(|case| case.id == id && is_led(case));
    pairs.filter(|(_, case)| led(case)).collect()
}

#[test]
fn a_product_that_does_it_wrong_is_caught_by_hand_as_well() {
    let mutants = mutants();
    assert!(mutants.len() >= 40, "{mutants:?}");
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((mutant, case)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let arguments = ["--only", case, "--timeout", "3", "--strict"];
                    let done = run(plain(Some(mutant)), Habit::Careful, &arguments);
                    if *mutant == "deaf" {
                        // It never calls the axis, so it is not even reached.
                        assert_eq!(done.code, 3);
                        continue;
                    }
                    let verdict = done.verdict(case);
                    let caught = ["fail", "warn"].contains(&verdict.as_str());
                    assert!(caught, "{mutant}: {verdict}: {}", done.screen);
                    assert_eq!(done.code, 1, "{mutant}");
                }
            });
        }
    });
}

#[test]
fn what_a_clerk_does_or_sees_wrong_is_no_pass() {
    for (habit, case) in [
        (Habit::ForgetsReceivers, "send-each-receiver"),
        (Habit::Mistypes, "duplicate-after-acceptance"),
        (Habit::Blind, "duplicate-after-acceptance"),
        (Habit::NeverSaysNo, "send-empty-receivers"),
        (Habit::Agrees, "change-nothing-before-the-word"),
    ] {
        let done = run(plain(None), habit, &["--only", case, "--timeout", "3"]);
        assert_eq!(done.verdict(case), "fail", "{habit:?}: {}", done.screen);
    }
}

#[test]
fn a_product_that_numbers_its_documents_by_itself_is_followed() {
    let cases = "send-each-receiver,send-repeated-receiver,status-shown-to-sender,\
                 change-recall-each,change-update-sent,packet-prefix";
    let done = run(plain(None), Habit::OwnNumbers, &["--only", cases]);
    assert_eq!(verdicts(&done), ["pass"; 6], "{}", done.screen);
}

const THREE: &str = "send-each-receiver,send-empty-receivers,send-hash-of-body";

/// Answers as a careful clerk would, but for the question of this number.
fn interrupted(number: usize, word: Option<&str>) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let mut clerk = Clerk::new(folder.path(), plain(None), Habit::Careful);
    let mut asked = 0;
    by_hand(folder.path(), "en", &["--only", THREE], |step| {
        asked += 1;
        let answer = clerk.answer(step);
        match asked == number {
            true => word.map(str::to_owned),
            false => answer,
        }
    })
}

fn verdicts(done: &Done) -> Vec<String> {
    let all = done.verdicts().into_iter();
    all.map(|(_, verdict, _)| verdict).collect()
}

#[test]
fn the_end_of_the_input_ends_the_run_and_what_was_done_is_reported() {
    let done = interrupted(3, None);
    assert_eq!(done.code, 3);
    assert_eq!(verdicts(&done), ["pass", "manual", "manual"]);
    assert_eq!(done.screen.matches("\n── ").count(), 2, "{}", done.screen);
    let at_once = interrupted(1, None);
    assert_eq!(at_once.code, 3, "nobody was there");
    assert!(at_once.report.is_null());
}

#[test]
fn a_person_who_leaves_ends_the_run_without_passing_anything() {
    let done = interrupted(3, Some("q"));
    assert_eq!(done.code, 1);
    assert_eq!(verdicts(&done), ["pass", "manual", "manual"]);
}

#[test]
fn a_case_that_is_passed_over_or_cannot_be_told_is_left_to_look_at() {
    for word in ["s", "?"] {
        let done = interrupted(3, Some(word));
        assert_eq!(verdicts(&done), ["pass", "manual", "pass"], "{word}");
        assert_eq!(done.code, 1);
    }
}

#[test]
fn a_product_that_never_calls_is_not_reached() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--only", THREE, "--timeout", "1"];
    let done = by_hand(folder.path(), "en", &arguments, |_| Some(String::new()));
    assert_eq!(done.code, 3);
    assert!(done.screen.contains("the product did not call the axis"));
}

#[test]
fn a_clerk_is_led_in_vietnamese() {
    let folder = tempfile::tempdir().unwrap();
    let (mut product, mut shown) = (None::<Product>, Value::Null);
    let only = "send-each-receiver,send-empty-receivers,duplicate-after-acceptance";
    let done = by_hand(folder.path(), "vi", &["--only", only], |step| {
        if let Some(axis) = after(step, "Trỏ phần mềm tới ") {
            let axis = axis.split(',').next().unwrap();
            product = Some(Product::start(&plain(None), folder.path(), axis));
            assert!(step.contains("Cứ thong thả"), "how to answer is told first");
            return Some(String::new());
        }
        let product = product.as_mut().unwrap();
        if let Some(number) = after(step, "Gửi một văn bản mới, số và ký hiệu ") {
            let to = after(step, "  nơi nhận: ").unwrap();
            let to = to.split(", ").filter(|organ| !organ.starts_with('('));
            let to: Vec<Value> = to.map(|organ| json!({ "OrganId": organ })).collect();
            let (code, notation) = number.split_once('/').unwrap();
            assert_eq!(after(step, "  ngày ban hành: "), Some("04/03/2026"));
            let sent = product.ask(json!({
                "do": "send", "contains_state_secret": false,
                "document": {
                    "From": { "OrganId": "H99.01", "OrganName": "Cơ quan thí dụ" }, "To": to,
                    "DocumentId": "H99.01-van-thu-1",
                    "Code": { "CodeNumber": code, "CodeNotation": notation },
                    "PromulgationInfo": { "Place": "Thí dụ", "PromulgationDate": "2026-03-04" },
                    "Subject": after(step, "  trích yếu: ").unwrap(),
                },
            }));
            return Some(if sent.is_some() { "" } else { "không" }.to_owned());
        }
        if step.contains("Danh sách đến có mục nào mới") {
            let polled = product.ask(json!({ "do": "poll", "timeout_ms": 100 }));
            shown = polled.unwrap()["item"].take();
            let code = &shown["document"]["Code"];
            let part = |name: &str| code[name].as_str().map(str::to_owned);
            let number = part("CodeNumber").zip(part("CodeNotation"));
            return Some(number.map_or(String::new(), |(one, two)| format!("{one}/{two}")));
        }
        assert!(step.contains("Tiếp nhận (vào sổ) văn bản"), "{step}");
        let accepted = product.ask(json!({
            "do": "accept", "incoming": shown["incoming"], "lease": shown["lease"],
        }));
        Some(if accepted.is_some() { "" } else { "không" }.to_owned())
    });
    assert_eq!(verdicts(&done), ["pass"; 3], "{}", done.screen);
    for id in only.split(',') {
        assert!(
            done.screen.contains(&format!("đạt        {id}")),
            "{}",
            done.screen
        );
    }
    assert_eq!(done.code, 0);
}
