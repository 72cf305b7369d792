//! The attachment codecs against implementations that are not ours: Python's `zipfile` and
//! `base64`, Info-ZIP's `unzip` and the JDK's `jar` where they are there.
//!
//! Without Python the tests pass over what needs it; with `CI=true` they fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod base64;
mod zips;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use lienthong::packet::attachment::safe_file_name;

/// Runs a Python script; `None` if there is no Python and that may be.
fn python(script: &str, args: &[&Path], input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!is_ci, "python3 is needed: {error}");
            eprintln!("no python3, passed over");
            return None;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A script need not read its input, so a closed pipe is no failure.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert!(output.status.success(), "the Python script failed");
    Some(output.stdout)
}

/// Text that packs as office text does, the same on every run.
fn sample(size: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let words = ["Ủy ban ", "nhân dân ", "kế hoạch ", "số ", "2026\n", "x"];
    let mut text = Vec::new();
    while text.len() < size {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(words[(state >> 16) as usize % words.len()].as_bytes());
        text.push((state >> 24) as u8);
    }
    text.truncate(size);
    text
}

#[test]
fn safe_names_can_be_created() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "../../x",
        "C:\\a\\Tờ trình.pdf",
        "\0",
        &"đ".repeat(500),
        "con.txt",
        "a/..",
        "~",
    ] {
        let path = folder.path().join(safe_file_name(name));
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(path.parent(), Some(folder.path()));
    }
}
