//! `build`, from the outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::*;

fn write_meta(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join("meta.json");
    fs::write(&path, text).unwrap();
    path
}

/// Builds from a text that must be refused: the exit code, and what was said.
fn refused(text: &str) -> (i32, String) {
    let folder = folder();
    let meta = write_meta(folder.path(), text);
    let run = run_build(&meta, &[], &folder.path().join("out.edxml"));
    assert_eq!(names(folder.path()), ["meta.json"], "nothing may be left");
    (run.code, run.out + &run.err)
}

fn check(packet: &Path) -> Value {
    run([
        "check".as_ref(),
        "--format=json".as_ref(),
        packet.as_os_str(),
    ])
    .lines()
    .remove(0)
}

#[test]
fn what_was_built_says_so_and_ends_with_0() {
    let folder = folder();
    let meta = write_meta(folder.path(), &minimal_status().to_string());
    let out = folder.path().join("s.edxml");
    let run = run_build(&meta, &[], &out);
    assert_eq!(run.code, 0, "{}", run.err);
    let bytes = fs::metadata(&out).unwrap().len();
    let start = format!("{}: written, {bytes} bytes; ", out.display());
    assert!(run.out.starts_with(&start), "{}", run.out);
    assert_eq!(names(folder.path()), ["meta.json", "s.edxml"]);
}

#[test]
fn the_output_of_check_can_be_fed_back_whole() {
    let folder = folder();
    let files = full_files(folder.path());
    let one = build(folder.path(), "one.edxml", &full_document(), &files);
    let line = check(&one);
    let two = build(folder.path(), "two.edxml", &line, &files);
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    // The value of `document` alone is the same.
    let three = build(folder.path(), "three.edxml", &line["document"], &files);
    assert_eq!(fs::read(&one).unwrap(), fs::read(&three).unwrap());
    let status = build(folder.path(), "s1.edxml", &full_status(), &[]);
    let again = build(folder.path(), "s2.edxml", &check(&status), &[]);
    assert_eq!(fs::read(status).unwrap(), fs::read(again).unwrap());
}

#[test]
fn several_files_can_follow_one_attach() {
    let folder = folder();
    let files = full_files(folder.path());
    let meta = write_meta(folder.path(), &minimal_document().to_string());
    let out = folder.path().join("out.edxml");
    let run = run([
        "build".as_ref(),
        meta.as_os_str(),
        "--attach".as_ref(),
        files[0].as_os_str(),
        files[1].as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let list = &check(&out)["document"]["AttachmentEncoded"]["Attachment"];
    assert_eq!(list[0]["AttachmentName"], "a");
    assert_eq!(list[1]["AttachmentName"], "b");
}

#[test]
fn a_packet_that_would_not_arrive_is_refused_with_all_findings_at_once() {
    let (code, said) = refused(r#"{"Subject": "Điều bí mật"}"#);
    assert_eq!(code, 1);
    for finding in [
        "sender-missing",
        "receiver-missing",
        "DocumentId",
        "Code/CodeNumber",
    ] {
        assert!(said.contains(finding), "{finding}: {said}");
    }
    assert!(!said.contains("bí mật"));
    let (code, said) = refused(r#"{"StatusCode": "02"}"#);
    assert_eq!(code, 1);
    for finding in [
        "sender-missing",
        "status-addressee-missing",
        "status-reason-missing",
    ] {
        assert!(said.contains(finding), "{finding}: {said}");
    }
}

#[test]
fn a_meta_that_is_no_json_is_refused_with_its_place() {
    for (text, words) in [
        ("", "EOF"),
        ("{\n  \"Subject\": x}", "2:14"),
        ("[]", "a JSON object is needed"),
        ("\"Subject\"", "a JSON object is needed"),
        ("{} {}", "trailing characters"),
        ("{\"To\": [], \"To\": []}", "a key stands twice: To"),
        (
            "{\"readable\": true, \"kind\": \"unknown\"}",
            "neither document nor status",
        ),
        ("{\"document\": {}, \"status\": {}}", "keep one"),
    ] {
        let (code, said) = refused(text);
        assert_eq!(code, 1, "{text}");
        assert!(said.contains(words), "{text}: {said}");
        assert!(said.contains("meta.json"), "{text}: {said}");
    }
}

#[test]
fn unknown_keys_and_wrong_values_are_named_by_their_place_and_not_shown() {
    let mut meta = full_document();
    meta["Subjekt"] = json!("Điều bí mật");
    meta["To"][1]["OrganIdd"] = json!("Điều bí mật");
    meta["DueDate"] = json!("15/03/2024");
    meta["OtherInfo"]["Priority"] = json!("Điều bí mật");
    meta["TraceHeaderList"]["TraceHeader"][0]["Timestamp"] = json!("2024-02-29T25:00:00");
    meta["AttachmentEncoded"]["Attachment"][0]["AttachmentName"] = json!(5);
    for text in [meta.to_string(), json!({ "document": meta }).to_string()] {
        let (code, said) = refused(&text);
        assert_eq!(code, 1);
        for place in [
            " Subjekt: there is no such element here; known are ",
            " To[2]/OrganIdd: ",
            " DueDate: this is not a date, YYYY-MM-DD.",
            " OtherInfo/Priority: ",
            " TraceHeaderList/TraceHeader[1]/Timestamp: ",
            " AttachmentEncoded/Attachment[1]/AttachmentName: ",
        ] {
            assert!(said.contains(place), "{place}: {said}");
        }
        assert!(
            !said.contains("bí mật") && !said.contains("15/03"),
            "{said}"
        );
    }
    let (code, said) = refused(r#"{"StatusCode": "2x", "To": []}"#);
    assert_eq!(code, 1);
    assert!(
        said.contains(" StatusCode: ") && said.contains(" To: "),
        "{said}"
    );
}

#[test]
fn a_missing_meta_ends_with_2() {
    let folder = folder();
    let out = folder.path().join("out.edxml");
    let run = run_build(&folder.path().join("meta.json"), &[], &out);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("meta.json: cannot be read: there is no such file")
    );
    assert!(names(folder.path()).is_empty());
    assert_eq!(support::run(["build", "meta.json"]).code, 2);
}

#[test]
fn every_missing_attachment_is_named_and_ends_with_2() {
    let folder = folder();
    let files = full_files(folder.path());
    let meta = write_meta(folder.path(), &minimal_document().to_string());
    let attach = [
        folder.path().join("x.pdf"),
        files[0].clone(),
        folder.path().join("y.pdf"),
        folder.path().to_owned(),
    ];
    let out = folder.path().join("out.edxml");
    let run = run_build(&meta, &attach, &out);
    assert_eq!(run.code, 2);
    let said: Vec<_> = run.err.lines().collect();
    assert_eq!(said.len(), 3, "{}", run.err);
    assert!(said[0].contains("x.pdf: cannot be read") && said[1].contains("y.pdf"));
    assert!(said[2].contains("it is a folder"));
    assert!(!out.exists());
}

#[test]
fn attachments_that_meta_lists_must_all_be_given() {
    let folder = folder();
    let files = full_files(folder.path());
    let meta = write_meta(folder.path(), &full_document().to_string());
    let out = folder.path().join("out.edxml");
    let run = run_build(&meta, &files[..3], &out);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("lists 4 attachments, --attach names 3"),
        "{}",
        run.err
    );
    assert!(!out.exists());
    let meta = write_meta(folder.path(), &minimal_status().to_string());
    let run = run_build(&meta, &files[..1], &out);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("a status has no attachments"),
        "{}",
        run.err
    );
}

#[test]
fn a_target_that_cannot_be_written_ends_with_2() {
    let folder = folder();
    let meta = write_meta(folder.path(), &minimal_document().to_string());
    let inside_a_file = meta.join("out.edxml");
    let in_no_folder = folder.path().join("none/out.edxml");
    for out in [folder.path(), &inside_a_file, &in_no_folder] {
        let run = run_build(&meta, &[], out);
        assert_eq!(run.code, 2, "{}", run.out);
        let words = format!("{}: cannot be written", out.display());
        assert!(run.err.contains(&words), "{}", run.err);
    }
    assert_eq!(names(folder.path()), ["meta.json"]);
}

#[test]
fn a_packet_that_is_there_is_replaced_only_by_a_whole_one() {
    let folder = folder();
    let out = build(folder.path(), "out.edxml", &minimal_document(), &[]);
    let before = fs::read(&out).unwrap();
    let meta = write_meta(folder.path(), "{}");
    assert_eq!(run_build(&meta, &[], &out).code, 1);
    assert_eq!(fs::read(&out).unwrap(), before);
    build(folder.path(), "out.edxml", &full_status(), &[]);
    assert_ne!(fs::read(&out).unwrap(), before);
}

#[test]
fn the_list_of_files_that_travel_raw_can_be_set() {
    let folder = folder();
    let files = full_files(folder.path());
    let meta = write_meta(folder.path(), &full_document().to_string());
    let out = folder.path().join("out.edxml");
    let mut call = vec![
        "build".into(),
        meta.into_os_string(),
        "--out".into(),
        out.clone().into_os_string(),
    ];
    call.extend(
        files
            .iter()
            .flat_map(|file| ["--attach".into(), file.clone().into_os_string()]),
    );
    call.push("--set=packet.raw_extensions=ods".into());
    assert_eq!(run(&call).code, 0);
    let list = check(&out)["document"]["AttachmentEncoded"]["Attachment"].clone();
    assert_eq!(list[0]["Wrapped"], true);
    assert_eq!(list[1]["Wrapped"], false);
    call.pop();
    call.push("--set=packet.raw_extensions=tar.gz".into());
    let run = run(&call);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("packet.raw_extensions"), "{}", run.err);
}

#[test]
fn a_character_xml_does_not_allow_is_refused_wherever_it_stands() {
    for pointer in ["/Subject", "/DocumentId", "/To/0/OrganName"] {
        let mut meta = full_document();
        meta.as_object_mut().unwrap().remove("AttachmentEncoded");
        *meta.pointer_mut(pointer).unwrap() = json!("a\u{1}b");
        let (code, said) = refused(&meta.to_string());
        assert_eq!(code, 1, "{pointer}");
        assert!(said.contains("text-invalid"), "{pointer}: {said}");
    }
    for key in ["ContentId", "AttachmentName", "Description"] {
        let folder = folder();
        let files = full_files(folder.path());
        let mut meta = full_document();
        meta["AttachmentEncoded"]["Attachment"][0][key] = json!("a\u{1}b.pdf");
        let meta = write_meta(folder.path(), &meta.to_string());
        let run = run_build(&meta, &files, &folder.path().join("out.edxml"));
        assert_eq!(run.code, 1, "{key}");
        assert!(run.out.contains("text-invalid"), "{key}: {}", run.out);
    }
}

#[test]
fn an_id_of_nothing_but_its_prefix_is_no_id() {
    let folder = folder();
    let files = full_files(folder.path());
    let mut meta = full_document();
    meta["AttachmentEncoded"]["Attachment"][0]["ContentId"] = json!("cid:");
    let packet = build(folder.path(), "a.edxml", &meta, &files);
    let list = &check(&packet)["document"]["AttachmentEncoded"]["Attachment"];
    assert_eq!(list[0]["ContentId"].as_str().unwrap().len(), 32);
}

#[test]
fn the_meta_of_the_manual_can_be_built() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/command-line.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, rest) = manual.split_once("```json\n").unwrap();
    let (meta, _) = rest.split_once("```").unwrap();
    let meta = serde_json::from_str(meta).unwrap();
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &meta, &files[..1]);
    let line = check(&packet);
    assert_eq!(line["document"]["Subject"], meta["Subject"]);
    let run = run(["check".as_ref(), "--sending".as_ref(), packet.as_os_str()]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[cfg(unix)]
#[test]
fn the_packet_has_the_rights_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let meta = folder.path().join("a.edxml.json");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&packet), mode(&meta));
}

#[test]
fn a_packet_is_never_written_over_a_file_it_is_made_from() {
    let folder = folder();
    let text = minimal_document().to_string();
    let meta = write_meta(folder.path(), &text);
    let pdf = folder.path().join("a.pdf");
    fs::write(&pdf, "%PDF-1.4").unwrap();
    // However the path is written.
    let detour = folder.path().join(".").join("a.pdf");
    for out in [&meta, &pdf, &detour] {
        let run = run_build(&meta, std::slice::from_ref(&pdf), out);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains("overwrite"), "{}", run.err);
    }
    assert_eq!(fs::read_to_string(&meta).unwrap(), text);
    assert_eq!(fs::read_to_string(&pdf).unwrap(), "%PDF-1.4");
}
