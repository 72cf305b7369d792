//! What the tests of the command line share.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run of the program gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Standard output as JSON, one value a line.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }
}

fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"));
    // The language of the machine must not decide a test.
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in English.
pub(crate) fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    let mut command = program();
    command.args(arguments);
    finish(command)
}

/// Runs the program with a locale.
pub(crate) fn run_in_locale(variable: &str, value: &str, arguments: &[&OsStr]) -> Run {
    let mut command = program();
    command.env(variable, value).args(arguments);
    finish(command)
}

/// A folder for one test.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

pub(crate) fn schema_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/packet.schema.json")
}

pub(crate) fn full_document() -> Value {
    serde_json::from_slice(&fs::read(data("full-document.json")).unwrap()).unwrap()
}

pub(crate) fn full_status() -> Value {
    serde_json::from_slice(&fs::read(data("full-status.json")).unwrap()).unwrap()
}

/// The least that can be built.
pub(crate) fn minimal_document() -> Value {
    json!({
        "From": {"OrganId": "H99.01"},
        "To": [{"OrganId": "H99.02"}],
        "DocumentId": "so-1",
        "Code": {"CodeNumber": "1", "CodeNotation": "STD"},
        "PromulgationInfo": {"PromulgationDate": "2024-01-02"},
        "Subject": "Thử",
    })
}

pub(crate) fn minimal_status() -> Value {
    json!({
        "From": {"OrganId": "H99.02"},
        "ResponseFor": {"OrganId": "H99.01", "DocumentId": "so-1"},
        "StatusCode": "01",
    })
}

/// The files for [`full_document`]: one that travels as it is, one that is
/// wrapped, a ZIP, an empty one.
pub(crate) fn full_files(folder: &Path) -> Vec<PathBuf> {
    let pdf = [b"%PDF-1.4\n".as_slice(), &[0, 255, 10, 13].repeat(5_000)].concat();
    let ods = [b"PK\x03\x04".as_slice(), &[7; 300]].concat();
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    [("a", pdf), ("b", ods), ("c", zip), ("d", Vec::new())]
        .into_iter()
        .map(|(name, bytes)| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect()
}

/// Builds a packet; it must succeed.
pub(crate) fn build(folder: &Path, name: &str, meta: &Value, files: &[PathBuf]) -> PathBuf {
    let meta_path = folder.join(format!("{name}.json"));
    fs::write(&meta_path, meta.to_string()).unwrap();
    let out = folder.join(name);
    let run = run_build(&meta_path, files, &out);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    out
}

pub(crate) fn run_build(meta: &Path, files: &[PathBuf], out: &Path) -> Run {
    let mut arguments = vec![OsStr::new("build"), meta.as_os_str(), OsStr::new("--out")];
    arguments.push(out.as_os_str());
    for file in files {
        arguments.extend([OsStr::new("--attach"), file.as_os_str()]);
    }
    run(arguments)
}

/// The names of the files of a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A tool outside Rust. Where it is missing, the reason is printed and the test
/// ends; with `CI=true` that is a failure.
pub(crate) fn tool(what: &str, probe: &mut Command) -> bool {
    let found = probe
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        let ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!ci, "{what} is missing");
        println!("NOT RUN: {what} is missing");
    }
    found
}

/// The Python interpreter for the oracles.
pub(crate) fn python() -> Command {
    let name = std::env::var_os("LIENTHONG_PYTHON").filter(|name| !name.is_empty());
    let mut command = Command::new(name.unwrap_or_else(|| "python3".into()));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

pub(crate) fn oracle(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracles")
        .join(name)
}

/// Runs a command with a text on its standard input.
pub(crate) fn feed(command: &mut Command, text: &str) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
