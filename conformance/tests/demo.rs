//! The demonstration: the program as a newcomer runs it, and the stories behind
//! it where something goes wrong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lienthong::Language;
use lienthong::packet::StatusCode;
use lienthong_conformance::axis_server::{Fault, FaultRule};
use lienthong_conformance::cli::{Exit, Leftovers, Surroundings};
use lienthong_conformance::demo::{
    DocumentReport, DocumentStory, Event, PacketEnd, PacketReport, PacketsStory, Step, StoryError,
    Who,
};
use lienthong_conformance::rebuild::Flavour;
use support::*;

const FINISHED: &str =
    "same meaning; statuses 01, 03, 04, 05, 06. Every byte and every status arrived.";

fn demo(arguments: &[&OsStr]) -> Run {
    let mut all = vec![OsStr::new("demo")];
    all.extend(arguments);
    run(all)
}

/// Tells the story of a document; what happened, and how it ended.
fn tell(
    story: &DocumentStory,
    mut then: impl FnMut(&Event),
) -> (Vec<Event>, Result<DocumentReport, StoryError>) {
    let mut events = Vec::new();
    let folder = folder();
    let end = story.tell(folder.path(), &mut |event| {
        then(&event);
        events.push(event);
    });
    (events, end)
}

fn fault(call: &str, after: u64, fault: Fault) -> DocumentStory {
    DocumentStory {
        faults: vec![FaultRule {
            call: call.into(),
            after,
            times: 0,
            chance: 1.0,
            fault,
        }],
        ..DocumentStory::default()
    }
}

fn small_file(folder: &Path) -> PathBuf {
    let path = folder.join("nhỏ.txt");
    fs::write(&path, "một hai ba\n").unwrap();
    path
}

#[test]
fn without_files_two_that_were_made_arrive_through_every_rebuild() {
    for (name, _) in Flavour::ALL {
        let run = demo(&["--rebuild".as_ref(), name.as_ref()]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.out, run.err);
        assert!(run.err.is_empty(), "{name}: {}", run.err);
        assert!(run.out.ends_with(&format!("{FINISHED}\n")), "{}", run.out);
        assert!(run.out.contains("5 000 000 B"), "{}", run.out);
        assert_eq!(run.out.matches("same bytes ").count(), 2, "{}", run.out);
        // No terminal: nothing that is written over, no colours.
        assert!(!run.out.contains(['\r', '\u{1b}']));
    }
}

#[test]
fn a_given_file_with_a_vietnamese_name_arrives() {
    let folder = folder();
    let path = folder.path().join("Báo cáo số 1 - quý IV.doc");
    let magic = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    fs::write(&path, [magic.as_slice(), &[9; 3_996]].concat()).unwrap();
    let empty = folder.path().join("rỗng.txt");
    fs::write(&empty, "").unwrap();
    let run = demo(&[path.as_os_str(), empty.as_os_str()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("4 004 B"), "{}", run.out);
    assert!(
        run.out.contains("Báo cáo số 1 - quý IV.doc\n"),
        "{}",
        run.out
    );
    assert_eq!(run.out.matches("same bytes ").count(), 2, "{}", run.out);
}

#[test]
fn the_timeline_speaks_vietnamese() {
    let run = run_in_locale("LC_ALL", "vi_VN.UTF-8", &["demo".as_ref()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    for words in [
        "Một văn bản từ tỉnh (H99.01) tới Văn phòng Chính phủ (000.00.00.G22)",
        "trạng thái 05 (đang xử lý)",
        "đúng từng byte",
        "nội dung không đổi; trạng thái 01, 03, 04, 05, 06.",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn a_file_that_is_not_there_is_named_in_both_languages() {
    let run = demo(&["thiếu.pdf".as_ref()]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("thiếu.pdf: cannot be read: there is no such file")
    );
    let run = demo(&["thiếu.pdf".as_ref(), "--lang".as_ref(), "vi".as_ref()]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("thiếu.pdf: không đọc được: không có tệp"),
        "{}",
        run.err
    );
    let folder = folder();
    assert_eq!(demo(&[folder.path().as_os_str()]).code, 2);
}

#[test]
fn a_file_that_cannot_be_sent_is_refused_with_the_finding() {
    let folder = folder();
    let path = folder.path().join("trống.pdf");
    fs::write(&path, "").unwrap();
    let run = demo(&[path.as_os_str()]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("attachment-empty"), "{}", run.err);
}

#[test]
fn a_terminal_shows_progress_in_one_line() {
    let surroundings = Surroundings {
        language: Language::English,
        colour: false,
        terminal: true,
        leftovers: Leftovers::default(),
        today: None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let call = ["program", "demo"].map(OsString::from);
    let exit = lienthong_conformance::cli::run(call, &surroundings, &mut out, &mut err);
    assert_eq!((exit, err.len()), (Exit::Clean, 0));
    let out = String::from_utf8(out).unwrap();
    for line in out.lines() {
        // What is written over is wiped away before the line that stays.
        let parts: Vec<_> = line.split('\r').collect();
        let (stays, over) = parts.split_last().unwrap();
        assert!(over.is_empty() || stays.starts_with("\u{1b}[K"), "{line:?}");
        assert!(
            over.iter().all(|part| part.chars().count() < 80),
            "{line:?}"
        );
    }
    // What goes over the axis may be over before anybody looks; this may not.
    assert!(out.contains("reads   "), "{out:?}");
    assert!(
        out.contains(" %  ") && out.contains(" / 6 MB\u{1b}[K"),
        "{out:?}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_demonstration_leaves_no_files() {
    let (source, folder) = (support::folder(), folder());
    // Long enough to be in the midst of it.
    let path = source.path().join("dài.pdf");
    File::create(&path).unwrap().set_len(300_000_000).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
        .args(["demo", "--lang", "en"])
        .arg(&path)
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // By then there is a folder; the pipe is kept open until the end.
    assert!(lines.any(|line| line.unwrap().contains("axis       runs at")));
    assert_eq!(names(folder.path()).len(), 1);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "{status}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_demonstration_that_ends_leaves_no_files() {
    let folder = folder();
    for (arguments, code) in [(vec!["demo"], 0), (vec!["demo", "nowhere"], 2)] {
        let status = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
            .args(arguments)
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code));
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn events_come_in_the_order_of_the_story() {
    let folder = folder();
    let story = DocumentStory {
        files: vec![small_file(folder.path())],
        ..DocumentStory::default()
    };
    let (events, report) = tell(&story, |_| ());
    assert!(report.unwrap().is_complete());
    let words: Vec<String> = events
        .iter()
        .filter_map(|event| {
            Some(match event {
                Event::Progress { .. } => return None,
                Event::AxisStarted { organs, .. } => format!("axis {}", organs.len()),
                Event::Stored { attachments, .. } => format!("stored {attachments}"),
                Event::Sent { .. } => "sent".into(),
                Event::Queued { .. } => "queued".into(),
                Event::HandedOver { .. } => "handed over".into(),
                Event::Checked { .. } => "checked".into(),
                Event::Extracted { files, bytes } => format!("extracted {files} {bytes}"),
                Event::Compared { same_files, .. } => format!("compared {same_files}"),
                Event::Acknowledged { .. } => "acknowledged".into(),
                Event::Accepted { .. } => "accepted".into(),
                Event::Reported {
                    code, by_itself, ..
                } => match by_itself {
                    true => format!("{} by itself", code.official()),
                    false => format!("reports {}", code.official()),
                },
                Event::Matched { code, .. } => format!("matched {}", code.official()),
                other => format!("{other:?}"),
            })
        })
        .collect();
    let mut expected: Vec<String> = [
        "axis 2",
        "stored 1",
        "sent",
        "queued",
        "handed over",
        "acknowledged",
        "01 by itself",
        "matched 01",
        "checked",
        "extracted 1 13",
        "compared 1",
        "accepted",
    ]
    .map(str::to_owned)
    .to_vec();
    for code in ["03", "04", "05", "06"] {
        expected.push(format!("reports {code}"));
        expected.push(format!("matched {code}"));
    }
    assert_eq!(words, expected);
}

#[test]
fn a_refused_document_ends_the_story_with_the_code() {
    let story = fault(
        "sendEdoc",
        0,
        Fault::WrongCode {
            code: "23".into(),
            accepted: false,
        },
    );
    match tell(&story, |_| ()).1 {
        Err(StoryError::Refused { to, code }) => {
            assert_eq!((to.as_str(), code.as_str()), ("000.00.00.G22", "23"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_status_ends_the_story_with_the_code() {
    let refusal = Fault::WrongCode {
        code: "23".into(),
        accepted: false,
    };
    let (events, end) = tell(&fault("sendEdoc", 3, refusal), |_| ());
    match end {
        Err(StoryError::Refused { to, code }) => {
            assert_eq!((to.as_str(), code.as_str()), ("H99.01", "23"));
        }
        other => panic!("{other:?}"),
    }
    let last = events.iter().rev().find_map(|event| match event {
        Event::Matched { code, .. } => Some(*code),
        _ => None,
    });
    assert_eq!(last, Some(StatusCode::Registered));
}

#[test]
fn lost_answers_delay_the_story_and_double_nothing() {
    // That to the document, and some to statuses: of these the axis has no list.
    let mut story = fault("sendEdoc", 0, Fault::BadGateway);
    story.faults[0].times = 4;
    let (events, end) = tell(&story, |_| ());
    assert!(end.unwrap().is_complete());
    let handed_over = |event: &&Event| matches!(event, Event::HandedOver { .. });
    assert_eq!(events.iter().filter(handed_over).count(), 1);
}

#[test]
fn what_breaks_off_on_its_way_is_sent_and_fetched_again() {
    let mut story = fault("sendEdoc", 0, Fault::CloseAfterRequest { bytes: 900_000 });
    let broken = fault("getEdoc", 0, Fault::CloseAfterAnswer { bytes: 900_000 });
    story.faults.extend(broken.faults);
    for fault in &mut story.faults {
        fault.times = 2;
    }
    assert!(tell(&story, |_| ()).1.unwrap().is_complete());
}

#[test]
fn transfers_are_told_while_they_last() {
    let mut story = fault("sendEdoc", 0, Fault::Delay { ms: 500 });
    let drip = Fault::Drip {
        bytes: 1_000_000,
        ms: 50,
    };
    story.faults.extend(fault("getEdoc", 0, drip).faults);
    let (events, report) = tell(&story, |_| ());
    assert!(report.unwrap().is_complete());
    for (wanted, by) in [(Step::Send, Who::Province), (Step::Fetch, Who::Office)] {
        let told = events.iter().any(|event| match event {
            Event::Progress {
                who,
                step,
                done,
                total,
            } => (*who, *step) == (by, wanted) && *done > 0 && total.is_some(),
            _ => false,
        });
        assert!(told, "{wanted:?}");
    }
}

#[test]
fn a_list_that_comes_twice_and_out_of_order_harms_nothing() {
    let mut story = fault("getReceivedEdocList", 0, Fault::DuplicateListing);
    story
        .faults
        .extend(fault("getReceivedEdocList", 0, Fault::Reorder).faults);
    assert!(tell(&story, |_| ()).1.unwrap().is_complete());
}

#[test]
fn a_file_of_which_other_bytes_arrived_is_not_complete() {
    let folder = folder();
    let (good, bad) = (small_file(folder.path()), folder.path().join("sổ.txt"));
    fs::write(&bad, "một").unwrap();
    let story = DocumentStory {
        files: vec![good, bad.clone()],
        ..DocumentStory::default()
    };
    // What is compared with is the file as it is after the way.
    let (_, report) = tell(&story, |event| {
        if matches!(event, Event::HandedOver { .. }) {
            let mut file = OpenOptions::new().append(true).open(&bad).unwrap();
            file.write_all(b"!").unwrap();
        }
    });
    let report = report.unwrap();
    let same: Vec<_> = report.attachments.iter().map(|one| one.same).collect();
    assert_eq!(same, [true, false]);
    assert!(report.same_meaning && !report.is_complete());
}

#[test]
fn the_pdf_that_is_made_is_one_that_others_read() {
    let probe = Command::new("pdfinfo").arg("-v").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!("NOT RUN: pdfinfo (package poppler-utils) is missing");
        return;
    }
    let folder = folder();
    let path = folder.path().join("a.pdf");
    fs::write(&path, lienthong_conformance::demo::made_pdf()).unwrap();
    let output = Command::new("pdfinfo").arg(&path).output().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    assert!(output.status.success() && err.is_empty());
    let out = String::from_utf8(out).unwrap();
    let pages = out.lines().find(|line| line.starts_with("Pages:")).unwrap();
    assert!(pages.ends_with(" 1"), "{out}");
}

/// A folder with a document, a status, a document that may not be sent, what is
/// no packet, and a file that is not looked at.
fn packets(folder: &Path) {
    let mut document = minimal_document();
    document["To"] = serde_json::json!([{"OrganId": "H99.02"}, {"OrganId": "H98.01"}]);
    let path = folder.join("attached.bin");
    fs::write(&path, [7; 2_000]).unwrap();
    let path = build(folder, "a.edxml", &document, &[path]);
    build(folder, "b.xml", &minimal_status(), &[]);
    let text = fs::read_to_string(path).unwrap();
    let cut = text.find("</edXML:Subject>").unwrap();
    fs::write(folder.join("c.edxml"), &text[..cut]).unwrap();
    fs::write(folder.join("d.EDXML"), "no packet").unwrap();
}

fn ends(reports: &[PacketReport]) -> Vec<String> {
    let end = |end: &PacketEnd| match end {
        PacketEnd::Arrived => "arrived".to_owned(),
        PacketEnd::Altered => "altered".to_owned(),
        PacketEnd::Held => "held".to_owned(),
        PacketEnd::Failed(error) => error.to_string(),
    };
    let mut all: Vec<_> = reports
        .iter()
        .map(|report| format!("{} {}", report.name, end(&report.end)))
        .collect();
    all.sort();
    all
}

#[test]
fn packets_of_a_folder_are_sent_on_where_they_may_be() {
    let folder = folder();
    packets(folder.path());
    for (_, rebuild) in Flavour::ALL {
        let story = PacketsStory {
            folder: folder.path().to_owned(),
            rebuild: *rebuild,
        };
        let mut passed = Vec::new();
        let work = support::folder();
        let reports = story.tell(work.path(), &mut |event| {
            if let Event::PacketPassed { from, to, same, .. } = event {
                passed.push(format!("{from} {to} {same}"));
            }
        });
        assert_eq!(
            ends(&reports.unwrap()),
            [
                "a.edxml arrived",
                "b.xml arrived",
                "c.edxml held",
                "d.EDXML held"
            ],
            "{rebuild:?}"
        );
        passed.sort();
        let expected = [
            "H99.01 H98.01 true",
            "H99.01 H99.02 true",
            "H99.02 H99.01 true",
        ];
        assert_eq!(passed, expected, "{rebuild:?}");
    }
}

#[test]
fn the_program_says_of_each_packet_what_became_of_it() {
    let folder = folder();
    packets(folder.path());
    let call = ["--packets".as_ref(), folder.path().as_os_str()];
    let run = demo(&call);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.ends_with(
            "4 packets: 2 sent and arrived as sent, 2 not fit to be sent, 0 lost or altered.\n"
        ),
        "{}",
        run.out
    );
    assert!(run.out.contains("read c.edxml: UNREADABLE"), "{}", run.out);
    assert!(run.out.contains("b.xml: H99.02 → H99.01"), "{}", run.out);
    // The subject of the document is nobody's business here.
    assert!(!run.out.contains("Thử"), "{}", run.out);
    let run = demo(&[call[0], call[1], "--lang".as_ref(), "vi".as_ref()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("4 gói tin: 2 đã gửi và đến nguyên vẹn"),
        "{}",
        run.out
    );
}

#[test]
fn a_folder_without_packets_is_a_wrong_call() {
    let folder = folder();
    let run = demo(&["--packets".as_ref(), folder.path().as_os_str()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no .edxml or .xml file"), "{}", run.err);
    let missing = folder.path().join("nowhere");
    assert_eq!(demo(&["--packets".as_ref(), missing.as_os_str()]).code, 2);
}

#[test]
fn sample_packets_of_others_are_sent_on_where_they_may_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/vectors/packets");
    if !folder.is_dir() {
        println!("NOT RUN: the sample packets are not there");
        return;
    }
    let story = PacketsStory {
        folder,
        rebuild: Flavour::AsSeen,
    };
    let work = support::folder();
    // Those with the sample signature may not be sent (`real_packets.rs` has the findings).
    let expected = [
        "document-new.edxml held",
        "document-recall.edxml held",
        "document-replacement.edxml held",
        "received-2019-rebuilt.edxml held",
        "received-2025-pdf-is-zip.edxml arrived",
        "status-01.edxml arrived",
        "status-02.edxml arrived",
        "status-13.edxml arrived",
        "status-15.edxml arrived",
        "template-clause-order-unbound-prefix.edxml held",
    ];
    assert_eq!(
        ends(&story.tell(work.path(), &mut |_| ()).unwrap()),
        expected
    );
}
