//! `check`, from the outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::ffi::OsStr;
use std::fs;

use serde_json::json;
use support::*;

#[test]
fn a_sound_packet_ends_with_0_and_a_verdict_line() {
    let folder = folder();
    let packet = build(
        folder.path(),
        "a.edxml",
        &full_document(),
        &full_files(folder.path()),
    );
    let run = run(["check".as_ref(), packet.as_os_str()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let verdict = run.out.lines().next().unwrap();
    let start = format!("{}: document (qcvn); 0 errors, ", packet.display());
    assert!(verdict.starts_with(&start), "{verdict}");
    let (_, meaning) = verdict.rsplit_once("; meaning ").unwrap();
    assert_eq!(meaning.len(), 64);
    assert!(run.err.is_empty());
    assert!(!run.out.contains('\u{1b}'), "no colours outside a terminal");
}

#[test]
fn findings_stand_below_the_verdict_with_code_place_path_and_message() {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let text = fs::read_to_string(&packet).unwrap();
    fs::write(&packet, text.replace("2024/01/02", "02/01/2024")).unwrap();
    let run = run(["check".as_ref(), packet.as_os_str()]);
    assert_eq!(run.code, 0);
    let line = run.out.lines().find(|line| line.contains("date-format"));
    let words: Vec<_> = line.unwrap().split_whitespace().collect();
    assert_eq!(words[..2], ["warning", "date-format"]);
    let (row, column) = words[2].split_once(':').unwrap();
    assert!(row.parse::<u32>().unwrap() > 1 && column.parse::<u32>().unwrap() > 1);
    assert_eq!(words[3], "MessageHeader/PromulgationInfo/PromulgationDate");
    assert!(line.unwrap().contains("dd/MM/yyyy instead of yyyy/MM/dd"));
}

#[test]
fn a_packet_with_an_error_ends_with_1() {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let text = fs::read_to_string(&packet).unwrap();
    fs::write(&packet, text.replacen("H99.01", "", 1)).unwrap();
    let run = run(["check".as_ref(), packet.as_os_str()]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("sender-missing"), "{}", run.out);
}

#[test]
fn an_unreadable_packet_ends_with_1_and_says_where() {
    let folder = folder();
    let packet = folder.path().join("a.edxml");
    fs::write(&packet, "<edXML>\n  <From><From></edXML>").unwrap();
    let text = run(["check".as_ref(), packet.as_os_str()]);
    assert_eq!(text.code, 1);
    assert!(text.out.contains(": unreadable; 1 error, "), "{}", text.out);
    assert!(text.out.contains("not-well-formed  2:"), "{}", text.out);
    let line = run([
        "check".as_ref(),
        "--format=json".as_ref(),
        packet.as_os_str(),
    ])
    .lines()
    .remove(0);
    assert_eq!(line["readable"], false);
    assert_eq!(line["kind"], json!(null));
    assert_eq!(line["meaning_digest"], json!(null));
    assert_eq!(line["findings"][0]["severity"], "error");
    assert_eq!(line["findings"][0]["position"]["line"], 2);
}

#[test]
fn a_missing_file_ends_with_2_after_the_others_were_checked() {
    let folder = folder();
    let good = build(folder.path(), "a.edxml", &minimal_status(), &[]);
    let bad = folder.path().join("bad.edxml");
    fs::write(&bad, "<a>").unwrap();
    let missing = folder.path().join("missing.edxml");
    let run = run([
        "check".as_ref(),
        missing.as_os_str(),
        bad.as_os_str(),
        folder.path().as_os_str(),
        good.as_os_str(),
    ]);
    assert_eq!(run.code, 2);
    assert!(run.out.contains("bad.edxml: unreadable"));
    assert!(run.out.contains("a.edxml: status (qcvn); 0 errors"));
    let said: Vec<_> = run.err.lines().collect();
    assert_eq!(said.len(), 2, "{}", run.err);
    assert!(said[0].contains("missing.edxml: cannot be read: there is no such file"));
    assert!(said[1].contains("it is a folder"));
}

#[test]
fn a_wrong_call_ends_with_2() {
    let calls: [&[&str]; 9] = [
        &[],
        &["chek"],
        &["check"],
        &["check", "--format", "xml", "a"],
        &["check", "--profile", "district", "a"],
        &["check", "--set", "packet.max_depth", "a"],
        &["check", "--set", "packet.max_depht=9", "a"],
        &["check", "--set", "packet.max_depth=1", "a"],
        &["check", "--lang", "fr", "a"],
    ];
    for call in calls {
        let run = run(call);
        assert_eq!(run.code, 2, "{call:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{call:?}");
    }
    assert!(run(calls[6]).err.contains("packet.max_depht"));
    assert!(run(calls[7]).err.contains("8..=1000"));
}

#[test]
fn help_and_version_end_with_0() {
    for call in [&["--help"][..], &["check", "--help"], &["--version"]] {
        let run = run(call);
        assert_eq!(run.code, 0, "{call:?}");
        assert!(!run.out.is_empty() && run.err.is_empty());
    }
    assert!(run(["--help"]).out.contains("Mã thoát: 0"));
    // Not part of what users are offered.
    assert!(!run(["--help"]).out.contains("docs"));
}

#[test]
fn json_has_one_object_a_line_with_the_elements_as_they_went_in() {
    let folder = folder();
    let files = full_files(folder.path());
    let document = build(folder.path(), "a.edxml", &full_document(), &files);
    let status = build(folder.path(), "s.edxml", &full_status(), &[]);
    let run = run([
        "check".as_ref(),
        "--format=json".as_ref(),
        document.as_os_str(),
        status.as_os_str(),
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let lines = run.lines();
    assert_eq!(lines[0]["file"], document.to_str().unwrap());
    assert_eq!(lines[0]["kind"], "document");
    assert_eq!(lines[0]["dialect"], "qcvn");
    let mut expected = full_document();
    let mut found = lines[0]["document"].clone();
    let attachments = found.as_object_mut().unwrap().remove("AttachmentEncoded");
    expected
        .as_object_mut()
        .unwrap()
        .remove("AttachmentEncoded");
    assert_eq!(found, expected);
    assert_eq!(lines[1]["status"], full_status());
    assert!(lines[1].get("document").is_none() && lines[0].get("status").is_none());

    let attachments = attachments.unwrap();
    let list = attachments["Attachment"].as_array().unwrap();
    let facts: Vec<_> = list
        .iter()
        .map(|one| {
            assert_eq!(one["Sha256"].as_str().unwrap().len(), 64);
            (
                one["AttachmentName"].as_str().unwrap(),
                one["ContentType"].as_str().unwrap(),
                one["Size"].as_u64().unwrap(),
                one["DetectedType"].as_str().unwrap(),
                one["Wrapped"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            (
                "Công văn số 12 & phụ lục.pdf",
                "application/pdf",
                20_009,
                "pdf",
                false
            ),
            ("bang-tinh.ods", "application/zip", 304, "zip", true),
            ("luu-tru.zip", "application/zip", 22, "zip", false),
            ("rong.txt", "application/zip", 0, "empty", true),
        ]
    );
    assert_eq!(list[0]["ContentId"], "tep-1");
    assert_eq!(list[0]["Description"], "Văn bản <chính>");
    assert!(list[1].get("Description").is_none());
}

#[test]
fn an_attachment_that_cannot_be_decoded_has_no_size_and_no_digest() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let text = fs::read_to_string(&packet).unwrap();
    fs::write(&packet, text.replacen("JVBERi", "%%%%%%", 1)).unwrap();
    let checked = || {
        let run = run([
            "check".as_ref(),
            "--format=json".as_ref(),
            packet.as_os_str(),
        ]);
        (run.code, run.lines().remove(0))
    };
    let (code, line) = checked();
    assert_eq!(code, 1);
    assert_eq!(line["readable"], true);
    // It means something all the same, and not what the whole one means.
    let meaning = line["meaning_digest"].as_str().unwrap();
    fs::write(&packet, text).unwrap();
    let whole = checked().1["meaning_digest"].clone();
    assert!(meaning.len() == 64 && whole != meaning, "{whole} {meaning}");
    let first = &line["document"]["AttachmentEncoded"]["Attachment"][0];
    assert_eq!(first["Wrapped"], false);
    for key in ["Size", "Sha256", "DetectedType"] {
        assert!(first.get(key).is_none(), "{key}");
    }
}

#[test]
fn sending_weighs_findings_as_for_a_packet_about_to_be_sent() {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let text = fs::read_to_string(&packet).unwrap();
    fs::write(&packet, text.replace("edXML:", "")).unwrap();
    let code = |more: &[&str]| {
        let mut call: Vec<&OsStr> = vec!["check".as_ref(), packet.as_os_str()];
        call.extend(more.iter().map(|word| OsStr::new(*word)));
        run(call).code
    };
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--sending"]), 1);
    // A provincial axis was seen to take XML without the prefix.
    assert_eq!(code(&["--sending", "--profile", "provincial"]), 0);
}

#[test]
fn a_limit_can_be_set() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let run = run([
        "check".as_ref(),
        "--set=packet.max_attachment_size=2000".as_ref(),
        packet.as_os_str(),
    ]);
    assert_eq!(run.code, 1);
    let limit = "packet.max_attachment_size = 2000 bytes";
    assert!(run.out.contains(limit), "{}", run.out);
}

#[test]
fn the_table_of_codes_has_every_code_in_both_languages() {
    for (lang, head, message) in [
        ("en", "code ", "The sender and the receiver"),
        ("vi", "mã ", "Bên gửi và bên nhận"),
    ] {
        let run = run(["check", "--codes", "--lang", lang]);
        assert_eq!(run.code, 0);
        assert!(run.out.starts_with(head) && run.out.contains(message));
        for code in lienthong::FindingCode::ALL {
            let start = format!("{code} ");
            assert!(run.out.lines().any(|line| line.starts_with(&start)));
        }
    }
    let json = run(["check", "--codes", "--format=json"]).lines();
    assert_eq!(json.len(), lienthong::FindingCode::ALL.len());
    assert_eq!(json[0]["code"], "not-well-formed");
    assert_eq!(json[0]["severity_when_sending"], "error");
}

#[test]
fn text_is_vietnamese_in_a_vietnamese_locale_or_where_asked() {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let call = ["check".as_ref(), packet.as_os_str()];
    for variable in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        let run = run_in_locale(variable, "vi_VN.UTF-8", &call);
        assert!(run.out.contains("văn bản (qcvn); 0 lỗi"), "{}", run.out);
        assert!(run.out.contains("Văn bản không có tệp kèm."));
    }
    let run = run_in_locale(
        "LANG",
        "vi_VN.UTF-8",
        &["--lang".as_ref(), "en".as_ref(), call[0], call[1]],
    );
    assert!(run.out.contains("document (qcvn)"));
    let missing = folder.path().join("x");
    let run = run_in_locale("LANG", "vi_VN", &["check".as_ref(), missing.as_os_str()]);
    assert!(
        run.err.contains("không đọc được: không có tệp"),
        "{}",
        run.err
    );
    let run = run_in_locale("LANG", "vi_VN", &["check".as_ref()]);
    assert!(run.err.starts_with("Lời gọi chưa đúng."), "{}", run.err);
}

#[test]
fn nothing_of_a_packet_can_steer_the_terminal() {
    let folder = folder();
    let packet = build(
        folder.path(),
        "a.edxml",
        &full_document(),
        &full_files(folder.path()),
    );
    let text = fs::read_to_string(&packet).unwrap();
    // C1 controls, marks of direction and line ends are characters XML allows.
    let hostile = text.replace(
        "000.00.00.H98",
        "H99.02\u{9b}31m\u{202e}\nx: document; 0 errors",
    );
    let hostile = hostile.replace(
        ">H99.02<",
        ">H99.02\u{9b}31m\u{202e}\nx: document; 0 errors<",
    );
    fs::write(&packet, hostile).unwrap();
    let run = run(["check".as_ref(), packet.as_os_str()]);
    assert!(run.out.contains("receiver-repeated"), "{}", run.out);
    assert!(!run.out.contains(['\u{9b}', '\u{202e}']));
    assert!(!run.out.contains("\nx: document"), "{}", run.out);
}

#[test]
fn output_holds_no_subject_name_phone_or_text_of_the_packet() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let text = fs::read_to_string(&packet).unwrap();
    // Make as much as possible be found fault with.
    let spoilt = text
        .replace("2024/", "24.")
        .replace("edXML:FullName>", "edXML:FulName>")
        .replace("H99.01", "Sở Thí dụ");
    fs::write(&packet, spoilt).unwrap();
    let run = run(["check".as_ref(), packet.as_os_str()]);
    assert!(run.out.lines().count() > 5);
    for secret in [
        "Thí Dụ",
        "gói tin> &",
        "0200000001",
        "sai sót",
        "Dòng một",
        "phụ lục.pdf",
    ] {
        assert!(!run.out.contains(secret), "{secret}: {}", run.out);
    }
}

#[test]
fn a_reader_that_stops_reading_is_no_failure_worth_a_message() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
        .args(["check", "--codes", "--format=json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{:?}", output.stderr);
}
