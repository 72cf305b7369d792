//! The corpus of attacks on signatures: made by `make.py`, judged by the public verifier.
//!
//! What xmlsec1 and the JDK say of the same packets stands in README.md beside this file.

#![allow(unreachable_pub)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::report::{Judged, Report};
use lienthong::signature::trust::{Options, Organs, Trust};
use lienthong::signature::{Policy, Verdict, Verifier};
use tempfile::TempDir;

/// `JUDGED_AT` of authorities.py: 2026-06-01T00:00:00Z.
const JUDGED_AT: Duration = Duration::from_secs(1_780_272_000);

/// A row of the index.
struct Case {
    name: String,
    kind: String,
    packet: Vec<String>,
    seal: Vec<String>,
    strict: String,
    reason: String,
}

struct Corpus {
    folder: TempDir,
    cases: Vec<Case>,
    verifier: Verifier,
}

/// Made once for all tests of this process.
fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("corpus");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks/make.py");
        let output = Command::new("python3")
            .arg("-B")
            .arg(script)
            .arg(&made)
            .output()
            .expect("python3");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "make.py: {said}");
        let index = fs::read_to_string(made.join("index.tsv")).unwrap();
        let anchor = fs::read(made.join("trust/root.crt")).unwrap();
        let organs = fs::read_to_string(made.join("organs.txt")).unwrap();
        let trust = Trust::from_files([("root.crt", &*anchor)], Options::default()).unwrap();
        let organs = Organs::from_text(&organs).unwrap();
        Corpus {
            folder,
            cases: index.lines().skip(1).map(case).collect(),
            verifier: Verifier::new(trust, Some(organs)),
        }
    })
}

fn case(line: &str) -> Case {
    let [name, kind, packet, seal, strict, reason, _gain] = line
        .split('\t')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .try_into()
        .expect("seven columns");
    let words = |list: String| list.split('|').map(str::to_owned).collect();
    Case {
        name,
        kind,
        packet: words(packet),
        seal: words(seal),
        strict,
        reason,
    }
}

impl Corpus {
    fn bytes(&self, case: &Case) -> Vec<u8> {
        fs::read(self.folder.path().join("corpus").join(&case.name)).unwrap()
    }

    fn report(&self, source: impl Read) -> Report {
        let at = SystemTime::UNIX_EPOCH + JUDGED_AT;
        self.verifier
            .verify(source, &ReadOptions::default(), at, &mut Discard)
            .unwrap()
            .report
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(move |case| case.kind == kind)
    }
}

fn codes(judged: &Judged) -> Vec<&'static str> {
    let reasons = judged.reasons.iter();
    reasons.map(|reason| reason.code.as_str()).collect()
}

fn said(report: &Report) -> String {
    let of = |judged: &Judged| format!("{} {:?}", judged.verdict, codes(judged));
    format!(
        "packet {}, seal {}",
        of(&report.packet_signature),
        of(&report.seal)
    )
}

#[test]
fn every_packet_of_the_corpus_gets_the_verdict_that_is_right() {
    let corpus = corpus();
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &corpus.cases {
        let report = corpus.report(&*corpus.bytes(case));
        let is = |judged: &Judged, words: &[String]| {
            words.iter().any(|word| word == judged.verdict.as_str())
        };
        let strict = match &*case.strict {
            "yes" => Policy::Strict.is_met(&report),
            "no" => !Policy::Strict.is_met(&report),
            _ => true,
        };
        let reason = case.reason.is_empty()
            || codes(&report.packet_signature).contains(&&*case.reason)
            || codes(&report.seal).contains(&&*case.reason);
        *counts
            .entry((&*case.kind, report.packet_signature.verdict.as_str()))
            .or_insert(0) += 1;
        if !is(&report.packet_signature, &case.packet)
            || !is(&report.seal, &case.seal)
            || !strict
            || !reason
        {
            wrong.push(format!(
                "{}: {}; expected packet {}, seal {}, strict {}, reason {}",
                case.name,
                said(&report),
                case.packet.join("|"),
                case.seal.join("|"),
                case.strict,
                case.reason,
            ));
        }
    }
    println!("{counts:?}");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(corpus.of_kind("attack").count() >= 60);
    assert!(corpus.of_kind("genuine").count() >= 15);
}

#[test]
fn no_attack_satisfies_a_policy_but_record() {
    let corpus = corpus();
    for case in corpus.of_kind("attack") {
        let report = corpus.report(&*corpus.bytes(case));
        assert!(!Policy::Strict.is_met(&report), "{}", case.name);
        // Some attack one of both and leave the other as it was.
        let is_sound = |words: &[String]| words.iter().any(|word| word == "valid");
        if !is_sound(&case.seal) {
            assert!(!Policy::RequireSeal.is_met(&report), "{}", case.name);
        }
        if !is_sound(&case.packet) {
            assert!(!Policy::RequirePacket.is_met(&report), "{}", case.name);
        }
    }
}

/// Gives its bytes in pieces of changing length.
struct InPieces<'a>(&'a [u8], usize);

impl Read for InPieces<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 13 + 1;
        let count = self.1.min(space.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        space[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn a_verdict_does_not_depend_on_how_the_bytes_arrive() {
    let corpus = corpus();
    for case in &corpus.cases {
        let bytes = corpus.bytes(case);
        if bytes.len() > 100_000 {
            continue;
        }
        let (whole, pieces) = (corpus.report(&*bytes), corpus.report(InPieces(&bytes, 0)));
        assert_eq!(said(&whole), said(&pieces), "{}", case.name);
    }
}

#[test]
fn what_is_not_valid_covers_nothing() {
    let corpus = corpus();
    for case in &corpus.cases {
        let report = corpus.report(&*corpus.bytes(case));
        for judged in [&report.packet_signature, &report.seal] {
            if judged.verdict == Verdict::Valid {
                assert!(judged.signer.is_some(), "{}", case.name);
                // Of a status no fields are listed.
                let is_status = case.name.starts_with("status");
                assert!(
                    is_status || !judged.covers.fields.is_empty(),
                    "{}",
                    case.name
                );
            } else {
                assert!(judged.covers.fields.is_empty(), "{}", case.name);
                assert!(judged.covers.attachments.is_empty(), "{}", case.name);
            }
        }
    }
}
