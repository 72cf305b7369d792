//! `extract`, from the outside.

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
use std::path::Path;

use support::*;

fn extract(packet: &Path, out: &Path, more: &[&str]) -> Run {
    let mut call: Vec<&OsStr> = vec![
        "extract".as_ref(),
        packet.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ];
    call.extend(more.iter().map(|word| OsStr::new(*word)));
    run(call)
}

#[test]
fn files_come_out_as_they_went_in_under_their_names() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let out = folder.path().join("new/out");
    let run = extract(&packet, &out, &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let written = [
        "Công văn số 12 & phụ lục.pdf",
        "bang-tinh.ods",
        "luu-tru.zip",
        "rong.txt",
    ];
    assert_eq!(names(&out), written);
    for (name, file) in written.iter().zip(&files) {
        let path = out.join(name);
        assert_eq!(fs::read(&path).unwrap(), fs::read(file).unwrap(), "{name}");
        let line = run.out.lines().find(|line| line.ends_with(name)).unwrap();
        let size = fs::metadata(file).unwrap().len();
        assert!(line.contains(&format!(" {size} B  ")), "{line}");
    }
}

#[test]
fn raw_keeps_the_zip_beside_its_file() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let out = folder.path().join("out");
    let run = extract(&packet, &out, &["--raw", "--format=json"]);
    assert_eq!(run.code, 0);
    let line = run.lines().remove(0);
    let list = line["document"]["AttachmentEncoded"]["Attachment"]
        .as_array()
        .unwrap();
    let place = |name: &str| out.join(name).to_str().unwrap().to_owned();
    assert_eq!(list[1]["File"], place("bang-tinh.ods"));
    assert_eq!(list[1]["RawFile"], place("bang-tinh.ods.raw.zip"));
    assert!(list[0].get("RawFile").is_none());
    let raw = fs::read(place("bang-tinh.ods.raw.zip")).unwrap();
    assert!(raw.starts_with(b"PK\x03\x04"));
    assert_eq!(names(&out).len(), 6);
}

#[test]
fn a_name_cannot_leave_the_folder_and_no_file_is_overwritten() {
    let folder = folder();
    let mut meta = minimal_document();
    meta["AttachmentEncoded"]["Attachment"] = serde_json::json!([
        {"AttachmentName": "../../thoat.pdf"},
        {"AttachmentName": "/thoat.pdf"},
    ]);
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &meta, &files[..2]);
    let out = folder.path().join("x/b/out");
    for _ in 0..2 {
        assert_eq!(extract(&packet, &out, &[]).code, 0);
    }
    assert_eq!(names(&out).len(), 4, "{:?}", names(&out));
    assert_eq!(names(&folder.path().join("x")), ["b"]);
    assert_eq!(names(&folder.path().join("x/b")), ["out"]);
}

#[test]
fn what_can_be_decoded_is_written_where_something_cannot() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let text = fs::read_to_string(&packet).unwrap();
    fs::write(&packet, text.replacen("JVBERi", "%%%%%%", 1)).unwrap();
    let out = folder.path().join("out");
    let run = extract(&packet, &out, &[]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("attachment-base64-invalid"));
    assert_eq!(names(&out), ["bang-tinh.ods", "luu-tru.zip", "rong.txt"]);
}

#[test]
fn whole_attachments_of_a_packet_that_was_cut_off_are_salvaged() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let text = fs::read_to_string(&packet).unwrap();
    let cut = text.rfind("<ContentId>").unwrap();
    fs::write(&packet, &text[..cut]).unwrap();
    let out = folder.path().join("out");
    let run = extract(&packet, &out, &["--format=json"]);
    assert_eq!(run.code, 1);
    let line = run.lines().remove(0);
    assert_eq!(line["readable"], false);
    assert!(line.get("document").is_none());
    let salvaged = line["salvaged"].as_array().unwrap();
    assert_eq!(salvaged.len(), 3);
    for one in salvaged {
        assert!(Path::new(one["File"].as_str().unwrap()).is_file());
    }
    assert_eq!(names(&out).len(), 3, "no temporary file stays");
}

#[test]
fn a_packet_cut_off_within_an_attachment_leaves_no_part_of_it() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &full_document(), &files);
    let text = fs::read_to_string(&packet).unwrap();
    let data = text.find("JVBERi").unwrap();
    fs::write(&packet, &text[..data + 5_000]).unwrap();
    let out = folder.path().join("out");
    assert_eq!(extract(&packet, &out, &[]).code, 1);
    assert!(names(&out).is_empty(), "{:?}", names(&out));
}

#[test]
fn a_missing_packet_ends_with_2_and_makes_no_folder() {
    let folder = folder();
    let out = folder.path().join("out");
    let run = extract(&folder.path().join("x.edxml"), &out, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("x.edxml: cannot be read"), "{}", run.err);
    assert!(!out.exists());
    assert_eq!(support::run(["extract", "x.edxml"]).code, 2);
}

#[test]
fn a_folder_that_cannot_be_made_ends_with_2() {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for out in [file.clone(), file.join("out")] {
        let run = extract(&packet, &out, &[]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(out.to_str().unwrap()), "{}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_ends_with_2() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &files[..1]);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(out.join("probe"), "").is_ok() {
        println!("NOT RUN: this user may write everywhere");
        return;
    }
    let run = extract(&packet, &out, &[]);
    assert_eq!(run.code, 2, "{}", run.out);
    let words = format!("{}: cannot be written: access is denied", out.display());
    assert!(run.err.contains(&words), "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_file_ends_with_2_and_is_named() {
    let folder = folder();
    let files = full_files(folder.path());
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &files[..1]);
    // Nobody, not even root, can make a file there.
    let run = extract(&packet, Path::new("/proc/self"), &[]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.err.contains("/proc/self: cannot be written: "),
        "{}",
        run.err
    );
}
