//! The suite as a program: against the plain product in Python, and over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by them"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::Value;

const SUITE: &str = env!("CARGO_BIN_EXE_lienthong-conformance");

fn plain() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plain/dms.py")
}

fn run(arguments: &[&str]) -> Output {
    Command::new(SUITE)
        .args(["--lang", "en", "run"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The suite against the plain product.
fn run_plain(arguments: &[&str], product: &[&str]) -> Output {
    let plain = plain();
    let mut all = arguments.to_vec();
    all.extend(["--", "python3", plain.to_str().unwrap()]);
    all.extend(product);
    run(&all)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn report(folder: &Path) -> Value {
    let bytes = std::fs::read(folder.join("report.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn a_product_that_does_it_right_passes_and_the_reports_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let done = run_plain(&["--only", "send-each-receiver", "--out", out], &[]);
    assert_eq!(code(&done), 0, "{}", text(&done.stderr));
    let report = report(folder.path());
    assert_eq!(report["schema"], "lienthong.conformance.report/1");
    assert_eq!(report["counts"]["pass"], 1);
    assert_eq!(report["declaration"]["product"], "plain");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("Unsigned"), "an unsigned report says so");
    assert!(page.contains("send-each-receiver"));
    for name in ["junit.xml", "badge.svg"] {
        let done = Command::new("xmllint")
            .arg("--noout")
            .arg(folder.path().join(name))
            .status()
            .unwrap();
        assert!(done.success(), "{name}");
    }
}

#[test]
fn a_product_that_does_it_wrong_fails_with_the_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let done = run_plain(
        &[
            "--only",
            "send-each-receiver",
            "--timeout",
            "2",
            "--out",
            out,
        ],
        &["--mutant", "deaf"],
    );
    assert_eq!(code(&done), 1, "{}", text(&done.stderr));
    assert_eq!(report(folder.path())["counts"]["fail"], 1);
}

#[test]
fn a_known_failure_is_no_failure_and_is_named_where_it_passes() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("known.txt");
    std::fs::write(&list, "send-each-receiver # since the last version\n").unwrap();
    let list = list.to_str().unwrap();
    let done = run_plain(
        &[
            "--only",
            "send-each-receiver,send-empty-receivers",
            "--expected-failures",
            list,
        ],
        &[],
    );
    assert_eq!(code(&done), 0, "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("send-each-receiver: was expected to fail and passed"));
    let done = run_plain(
        &[
            "--only",
            "send-each-receiver,send-empty-receivers",
            "--timeout",
            "2",
            "--expected-failures",
            list,
        ],
        &["--mutant", "first-recipient-only"],
    );
    assert_eq!(code(&done), 0, "{}", text(&done.stderr));
}

#[test]
fn what_was_not_run_has_an_exit_code_of_its_own() {
    let usage = run(&["--only", "no-such-case", "--", "true"]);
    assert_eq!(code(&usage), 2);
    assert!(text(&usage.stderr).contains("no-such-case"));
    let empty = tempfile::tempdir().unwrap();
    let none = run(&["--packets", empty.path().to_str().unwrap()]);
    assert_eq!(code(&none), 2, "zero cases are no pass");
    let unreachable = run(&["--", "true"]);
    assert_eq!(code(&unreachable), 3);
    let nobody = free_address();
    let gone = run(&["--driver-url", &format!("http://{nobody}/")]);
    assert_eq!(code(&gone), 3);
}

#[test]
fn the_list_has_a_line_for_each_case() {
    let listed = run(&["--list"]);
    assert_eq!(code(&listed), 0);
    let listed = text(&listed.stdout);
    let all = lienthong_conformance::suite::cases::all().count();
    assert_eq!(listed.lines().count(), all);
    for line in listed.lines() {
        assert_eq!(line.split('\t').count(), 4, "{line}");
    }
    let chapter = text(&run(&["--list", "--only", "send"]).stdout);
    assert!(chapter.lines().count() < all && chapter.lines().count() > 1);
}

#[test]
fn two_reports_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = ["good", "bad"].map(|name| folder.path().join(name));
    let only = ["--only", "send-each-receiver", "--timeout", "2", "--out"];
    let mut arguments = only.to_vec();
    arguments.push(good.to_str().unwrap());
    run_plain(&arguments, &[]);
    let mut arguments = only.to_vec();
    arguments.push(bad.to_str().unwrap());
    run_plain(&arguments, &["--mutant", "deaf"]);
    let diff = |old: &Path, new: &Path| {
        Command::new(SUITE)
            .args(["--lang", "en", "diff"])
            .args([old, new])
            .output()
            .unwrap()
    };
    let worse = diff(&good, &bad);
    assert_eq!(code(&worse), 1);
    assert_eq!(
        text(&worse.stdout),
        "! MUST   send-each-receiver: pass → FAIL\n"
    );
    assert_eq!(code(&diff(&bad, &good)), 0);
    assert_eq!(text(&diff(&good, &good).stdout), "No verdict changed.\n");
}

#[test]
fn a_signed_report_is_verified_by_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (kind, key) in [("rsa:2048", "rsa"), ("ec", "ec")] {
        let mut make = Command::new("openssl");
        make.args(["req", "-x509", "-newkey", kind, "-nodes", "-days", "30"]);
        if kind == "ec" {
            make.args(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        }
        make.args([
            "-subj",
            "/CN=To chuc chung nhan thu/",
            "-keyout",
            &at("key.pem"),
        ]);
        make.args(["-out", &at("cert.pem")]);
        assert!(make.stderr(Stdio::null()).status().unwrap().success());
        let out = at(key);
        let done = run_plain(
            &[
                "--only",
                "send-empty-receivers",
                "--key",
                &at("key.pem"),
                "--cert",
                &at("cert.pem"),
                "--out",
                &out,
            ],
            &[],
        );
        assert_eq!(code(&done), 0, "{}", text(&done.stderr));
        let page = std::fs::read_to_string(format!("{out}/report.html")).unwrap();
        assert!(page.contains("To chuc chung nhan thu") && !page.contains("Unsigned"));
        let public = Command::new("openssl")
            .args([
                "x509",
                "-in",
                &format!("{out}/signer.pem"),
                "-pubkey",
                "-noout",
            ])
            .output()
            .unwrap();
        std::fs::write(at("public.pem"), public.stdout).unwrap();
        let verify = |file: &str| {
            Command::new("openssl")
                .args([
                    "dgst",
                    "-sha256",
                    "-verify",
                    &at("public.pem"),
                    "-signature",
                ])
                .args([format!("{out}/{file}.sig"), format!("{out}/{file}")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap()
                .success()
        };
        assert!(verify("report.json") && verify("report.html"), "{key}");
        let mut altered = std::fs::read(format!("{out}/report.html")).unwrap();
        altered[100] ^= 1;
        std::fs::write(format!("{out}/report.html"), altered).unwrap();
        assert!(!verify("report.html"), "{key}: an altered report");
    }
}

/// A plain product that runs already: it takes lines, and gives lines.
struct Standing {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Standing {
    fn start(folder: &Path, axis: SocketAddr, secret_file: &Path) -> Self {
        let mut child = Command::new("python3")
            .arg(plain())
            .arg("--store")
            .arg(folder.join("store"))
            .args(["--organ", "H99.01", "--axis", &format!("http://{axis}")])
            .args(["--system", "td.product", "--secret-file"])
            .arg(secret_file)
            .args(["--set", "receive.interval=50"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut standing = Standing { child, out };
        assert_eq!(standing.line()["ready"], true);
        standing
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, command: &[u8]) -> Value {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(command).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
        self.line()
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_product_that_runs_already_is_driven_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "made-up secret\n").unwrap();
    let axis = free_address();
    let mut product = Standing::start(folder.path(), axis, &secret);
    let driver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/lines", driver.local_addr().unwrap());
    thread::spawn(move || {
        for stream in driver.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = product.ask(&body).to_string();
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all((head + &answer).as_bytes()).unwrap();
        }
    });
    let out = folder.path().join("out");
    let done = run(&[
        "--driver-url",
        &url,
        "--listen",
        &axis.to_string(),
        "--secret-file",
        secret.to_str().unwrap(),
        "--only",
        "send-each-receiver,send-empty-receivers",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(code(&done), 0, "{}", text(&done.stderr));
    assert_eq!(report(&out)["counts"]["pass"], 2);
}
