//! The program as a file, and the reference pages it makes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lienthong-conformance");

/// One file that needs nothing but what every Linux with glibc has.
#[cfg(target_os = "linux")]
#[test]
fn the_program_needs_only_glibc() {
    if !tool(
        "readelf (package binutils)",
        Command::new("readelf").arg("--version"),
    ) {
        return;
    }
    let output = Command::new("readelf")
        .args(["--wide", "--dynamic", PROGRAM])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(output.status.success());
    let needed: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .map(|line| {
            let (_, name) = line.split_once('[').unwrap();
            name.trim_end_matches(']').to_owned()
        })
        .collect();
    assert!(!needed.is_empty());
    let allowed = ["libc.so.", "libm.so.", "libgcc_s.so.", "ld-linux"];
    for library in &needed {
        let known = allowed.iter().any(|allowed| library.starts_with(allowed));
        assert!(known, "{library} is needed, of {needed:?}");
    }
}

#[test]
fn the_reference_pages_are_those_of_the_tables() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let run = run([
        "docs".as_ref(),
        "--check".as_ref(),
        "--out".as_ref(),
        docs.as_os_str(),
    ]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn a_stale_reference_page_is_named() {
    let folder = folder();
    let out = folder.path().join("docs");
    let call = ["docs".as_ref(), "--out".as_ref(), out.as_os_str()];
    assert_eq!(run(call).code, 0);
    let pages = [
        "config.md",
        "coverage.md",
        "errors.md",
        "findings.md",
        "reasons.md",
        "transitions.json",
        "transitions.md",
    ];
    assert_eq!(names(&out), pages);
    let check = [call[0], call[1], call[2], "--check".as_ref()];
    assert_eq!(run(check).code, 0);
    std::fs::write(out.join("errors.md"), "old").unwrap();
    let run = run(check);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("errors.md: is stale"), "{}", run.out);
}
