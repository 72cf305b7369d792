//! `sign` and `verify`, from the outside, with packets that hops have rebuilt.

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
use std::path::{Path, PathBuf};

use lienthong_conformance::rebuild::{Flavour, RebuildOptions, rebuild};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use serde_json::Value;
use support::*;
use tempfile::TempDir;

/// A folder with an anchor in `trust/`, and a key and certificate from it.
struct Pki {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    fn new() -> Self {
        let folder = folder();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Test anchor");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let trust = folder.path().join("trust");
        fs::create_dir(&trust).unwrap();
        fs::write(trust.join("anchor.pem"), issuer.pem()).unwrap();
        let pki = Pki { folder, issuer };
        pki.signer("h99-01");
        pki
    }

    /// Makes a key and a certificate `NAME.key`, `NAME.pem`.
    fn signer(&self, name: &str) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Signer {name}"));
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
        fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate.der());
        digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sign(&self, packet: &Path, out: &str, more: &[&str]) -> Run {
        self.sign_as("h99-01", packet, out, more)
    }

    fn sign_as(&self, signer: &str, packet: &Path, out: &str, more: &[&str]) -> Run {
        let (key, certificate) = (
            self.path(&format!("{signer}.key")),
            self.path(&format!("{signer}.pem")),
        );
        let out = self.path(out);
        let mut call: Vec<&OsStr> = vec!["sign".as_ref(), packet.as_os_str()];
        for (option, value) in [("--key", &key), ("--cert", &certificate), ("--out", &out)] {
            call.extend([OsStr::new(option), value.as_os_str()]);
        }
        call.extend(more.iter().map(OsStr::new));
        run(call)
    }

    fn verify(&self, packet: &Path, more: &[&str]) -> Run {
        let trust = self.path("trust");
        let mut call: Vec<&OsStr> = vec![
            "verify".as_ref(),
            packet.as_os_str(),
            "--trust".as_ref(),
            trust.as_os_str(),
        ];
        call.extend(more.iter().map(OsStr::new));
        run(call)
    }

    /// The one JSON object, and the exit code.
    fn report(&self, packet: &Path, more: &[&str]) -> (Value, i32) {
        let more = [more, &["--format", "json"]].concat();
        let run = self.verify(packet, &more);
        assert_eq!(run.out.lines().count(), 1, "{}{}", run.out, run.err);
        (run.lines().remove(0), run.code)
    }

    /// A packet with four files of all kinds.
    fn packet(&self) -> PathBuf {
        let files = full_files(self.folder.path());
        build(self.folder.path(), "a.edxml", &full_document(), &files)
    }

    fn sealed(&self) -> PathBuf {
        let run = self.sign(&self.packet(), "sealed.edxml", &["--seal"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        self.path("sealed.edxml")
    }

    fn rebuilt(&self, packet: &Path, flavour: Flavour) -> PathBuf {
        let mut out = Vec::new();
        let options = RebuildOptions::new(flavour, "000.00.00.G22", "2026/11/22 08:00:00", 7);
        rebuild(fs::read(packet).unwrap().as_slice(), &mut out, options).unwrap();
        let path = self.path("rebuilt.edxml");
        fs::write(&path, out).unwrap();
        path
    }

    /// The packet with a text replaced by another.
    fn edited(&self, packet: &Path, from: &str, to: &str) -> PathBuf {
        let text = fs::read_to_string(packet).unwrap();
        assert!(text.contains(from), "{from}");
        let path = self.path("edited.edxml");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        path
    }
}

fn codes(judged: &Value) -> Vec<String> {
    let reasons = judged["reasons"].as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().unwrap().to_owned())
        .collect()
}

fn paths(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_signed_and_sealed_is_found_valid_and_covers_everything() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let (report, code) = pki.report(&sealed, &[]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["authenticity"], "proven");
    for which in ["packet_signature", "seal"] {
        let judged = &report[which];
        assert_eq!(judged["verdict"], "valid", "{judged:#}");
        assert_eq!(judged["signer"]["subject"], "CN=Signer h99-01");
        assert!(codes(judged).contains(&"signer-unmapped".to_owned()));
        let fields = judged["covers"]["fields"].as_array().unwrap();
        assert!(fields.contains(&"MessageHeader/Subject".into()));
        assert!(fields.contains(&"MessageHeader/From/OrganId".into()));
    }
    assert_eq!(
        report["packet_signature"]["covers"]["attachments"],
        serde_json::json!([1, 2, 3, 4, 5])
    );
    assert_eq!(
        report["seal"]["covers"]["attachments"],
        serde_json::json!([1, 2, 3, 4])
    );
    let text = pki.verify(&sealed, &["--lang", "vi"]);
    assert_eq!(text.code, 0);
    assert!(text.out.contains("niêm phong: hợp lệ"), "{}", text.out);
}

#[test]
fn signing_leaves_every_file_as_it_was() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let out = pki.path("out");
    let call: [&OsStr; 4] = [
        "extract".as_ref(),
        sealed.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ];
    assert_eq!(run(call).code, 0);
    assert!(names(&out).contains(&"niem-phong.xml".to_owned()));
    assert_eq!(names(&out).len(), 5);
    let pdf = fs::read(out.join("Công văn số 12 & phụ lục.pdf")).unwrap();
    assert_eq!(pdf, fs::read(pki.path("a")).unwrap());
}

#[test]
fn a_seal_survives_what_breaks_the_packet_signature() {
    let pki = Pki::new();
    let mut meta = full_document();
    meta["OtherInfo"]
        .as_object_mut()
        .unwrap()
        .remove("Direction");
    let files = full_files(pki.folder.path());
    let packet = build(pki.folder.path(), "b.edxml", &meta, &files);
    let sealed = pki.path("sealed.edxml");
    assert_eq!(pki.sign(&packet, "sealed.edxml", &["--seal"]).code, 0);
    let made_up = "MessageHeader/OtherInfo/Direction";
    let dropped = "MessageHeader/ToPlaces/Place[1]";
    for (flavour, expected) in [
        (Flavour::AsSeen, &[made_up][..]),
        (Flavour::V0_0_3, &[made_up, dropped]),
    ] {
        let rebuilt = pki.rebuilt(&sealed, flavour);
        let (report, code) = pki.report(&rebuilt, &[]);
        assert_eq!(
            report["packet_signature"]["verdict"], "placeholder",
            "{flavour:?}"
        );
        assert_eq!(
            report["seal"]["verdict"], "valid",
            "{flavour:?} {:#}",
            report["seal"]
        );
        assert_eq!(report["authenticity"], "proven");
        assert_eq!(code, 0);
        assert_eq!(
            pki.verify(&rebuilt, &["--policy", "require-packet"]).code,
            1
        );
        assert_eq!(pki.verify(&rebuilt, &["--policy", "require-seal"]).code, 0);
        let rebuilds = paths(&report["seal"]["differences"]["rebuilt"]);
        assert!(
            expected.iter().all(|path| rebuilds.contains(path)),
            "{flavour:?} {rebuilds:?}"
        );
        assert!(paths(&report["seal"]["differences"]["changed"]).is_empty());
    }
}

#[test]
fn what_was_changed_after_sealing_is_named() {
    let pki = Pki::new();
    let rebuilt = pki.rebuilt(&pki.sealed(), Flavour::AsSeen);
    let subject = full_document()["Subject"].as_str().unwrap().to_owned();
    let head: String = subject.chars().take(8).collect();
    let cases = [
        (head.as_str(), "Một nội dung khác", "MessageHeader/Subject"),
        (
            "<edXML:OrganId>H99.02<",
            "<edXML:OrganId>H98.66<",
            "MessageHeader/To[1]/OrganId",
        ),
        (">bang-tinh.ods<", ">bang-tinh-2.ods<", "Attachment[2]"),
    ];
    for (from, to, path) in cases {
        let edited = if path.starts_with("Attachment") {
            // The name stands in the manifest as well.
            let text = fs::read_to_string(&rebuilt).unwrap();
            assert!(text.contains(from), "{from}");
            let edited = pki.path("edited.edxml");
            fs::write(&edited, text.replace(from, to)).unwrap();
            edited
        } else {
            pki.edited(&rebuilt, from, to)
        };
        let (report, code) = pki.report(&edited, &[]);
        assert_eq!(code, 1, "{path}");
        assert_eq!(report["seal"]["verdict"], "invalid", "{path}");
        assert_eq!(codes(&report["seal"])[0], "seal-differs");
        assert_eq!(paths(&report["seal"]["differences"]["changed"]), [path]);
        assert_eq!(report["authenticity"], "refuted");
        assert_eq!(report["seal"]["covers"]["fields"], serde_json::json!([]));
    }
}

#[test]
fn one_byte_of_a_file_changed_breaks_both() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let text = fs::read_to_string(&sealed).unwrap();
    let data = text.find("JVBERi0xLjQK").unwrap() + 40;
    let mut bytes = text.into_bytes();
    bytes[data] = if bytes[data] == b'A' { b'B' } else { b'A' };
    let edited = pki.path("edited.edxml");
    fs::write(&edited, bytes).unwrap();
    let (report, code) = pki.report(&edited, &[]);
    assert_eq!(code, 1);
    assert_eq!(report["packet_signature"]["verdict"], "invalid");
    assert_eq!(codes(&report["packet_signature"]), ["digest-differs"]);
    assert_eq!(
        paths(&report["seal"]["differences"]["changed"]),
        ["Attachment[1]"]
    );
}

#[test]
fn a_seal_of_another_packet_is_invalid_and_so_are_two() {
    let pki = Pki::new();
    let sealed = fs::read_to_string(pki.sealed()).unwrap();
    let start = sealed.rfind("    <Attachment>").unwrap();
    let end = sealed.find("  </AttachmentEncoded>").unwrap();
    let seal = &sealed[start..end];

    let mut meta = minimal_document();
    meta["DocumentId"] = "so-2".into();
    let file = pki.path("x.pdf");
    fs::write(&file, b"%PDF-1.4 other").unwrap();
    let other = build(pki.folder.path(), "b.edxml", &meta, &[file]);
    let text = fs::read_to_string(&other).unwrap();
    let replayed = pki.path("replayed.edxml");
    fs::write(
        &replayed,
        text.replace(
            "  </AttachmentEncoded>",
            &format!("{seal}  </AttachmentEncoded>"),
        ),
    )
    .unwrap();
    let (report, code) = pki.report(&replayed, &["--policy", "require-seal"]);
    assert_eq!((code, &report["seal"]["verdict"]), (1, &"invalid".into()));
    assert_eq!(codes(&report["seal"])[0], "seal-differs");

    let doubled = pki.path("doubled.edxml");
    fs::write(
        &doubled,
        sealed.replace(
            "  </AttachmentEncoded>",
            &format!("{seal}  </AttachmentEncoded>"),
        ),
    )
    .unwrap();
    let (report, _) = pki.report(&doubled, &[]);
    assert_eq!(report["seal"]["verdict"], "invalid");
    assert_eq!(codes(&report["seal"]), ["seal-repeated"]);
}

#[test]
fn without_an_anchor_nothing_is_proven() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let call: [&OsStr; 4] = [
        "verify".as_ref(),
        sealed.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
    ];
    let run = run(call);
    assert_eq!(run.code, 1);
    let report = run.lines().remove(0);
    assert_eq!(report["packet_signature"]["verdict"], "untrusted");
    assert_eq!(report["seal"]["verdict"], "untrusted");
    assert_eq!(report["authenticity"], "unproven");
}

#[test]
fn the_time_of_judgement_is_the_callers() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let (report, code) = pki.report(&sealed, &["--at", "4900-01-01"]);
    assert_eq!(report["at"], "4899-12-31T17:00:00Z");
    assert_eq!((code, &report["seal"]["verdict"]), (1, &"expired".into()));
    let (report, code) = pki.report(&sealed, &["--at", "2026-11-22T08:00:00+07:00"]);
    assert_eq!(report["at"], "2026-11-22T01:00:00Z");
    assert_eq!(code, 0);
    for wrong in [
        "yesterday",
        "2026-13-01",
        "2026-11-22T08:00",
        "2026-11-22T08:00:00",
    ] {
        assert_eq!(pki.verify(&sealed, &["--at", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn a_packet_that_cannot_be_read_is_invalid() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    let bytes = fs::read(&sealed).unwrap();
    let cut = pki.path("cut.edxml");
    fs::write(&cut, &bytes[..bytes.len() - 40]).unwrap();
    let (report, code) = pki.report(&cut, &[]);
    assert_eq!(code, 1);
    assert_eq!(report["packet_signature"]["verdict"], "invalid");
    assert_eq!(codes(&report["packet_signature"]), ["packet-unreadable"]);
    assert_eq!(pki.verify(&pki.path("none.edxml"), &[]).code, 2);
    assert_eq!(pki.verify(pki.folder.path(), &[]).code, 2);
}

#[test]
fn an_unsigned_packet_has_nothing_and_is_refused_by_all_but_record() {
    let pki = Pki::new();
    let packet = pki.packet();
    let (report, code) = pki.report(&packet, &[]);
    assert_eq!(code, 1);
    assert_eq!(report["packet_signature"]["verdict"], "absent");
    assert_eq!(report["seal"]["verdict"], "absent");
    assert_eq!(pki.verify(&packet, &["--policy", "record"]).code, 0);
    assert_eq!(pki.verify(&packet, &["--policy", "anything"]).code, 2);
}

#[test]
fn a_packet_that_bears_a_signature_is_neither_sealed_nor_signed_again() {
    let pki = Pki::new();
    let sealed = pki.sealed();
    for more in [&[][..], &["--seal"]] {
        let run = pki.sign(&sealed, "again.edxml", more);
        assert_eq!(run.code, 1, "{}{}", run.out, run.err);
        assert!(!pki.path("again.edxml").exists());
    }
    let status = build(pki.folder.path(), "status.edxml", &minimal_status(), &[]);
    assert_eq!(pki.sign(&status, "again.edxml", &[]).code, 1);
}

#[test]
fn anothers_key_never_satisfies_a_policy() {
    let pki = Pki::new();
    let other = pki.signer("h98-66");
    let own = pki.signer("h99-01");
    let organs = pki.path("organs.txt");
    let map = |own: &str, other: &str| {
        fs::write(
            &organs,
            format!("H99.01 sha256 {own}\nH98.66 sha256 {other}\n"),
        )
        .unwrap();
    };
    map(&own, &other);
    let options = ["--organs", organs.to_str().unwrap()];
    let packet = pki.packet();
    assert_eq!(
        pki.sign_as("h98-66", &packet, "theirs.edxml", &["--seal"])
            .code,
        0
    );
    let (report, code) = pki.report(&pki.path("theirs.edxml"), &options);
    assert_eq!(code, 1);
    assert_eq!(report["seal"]["verdict"], "untrusted");
    assert_eq!(codes(&report["seal"])[0], "signer-other-organ");
    for policy in ["require-seal", "require-packet", "strict"] {
        let more = [&options[..], &["--policy", policy]].concat();
        assert_eq!(
            pki.verify(&pki.path("theirs.edxml"), &more).code,
            1,
            "{policy}"
        );
    }
    let (report, code) = pki.report(&pki.sealed(), &options);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(
        report["seal"]["signer"]["organs"],
        serde_json::json!(["H99.01"])
    );
    assert_eq!(report["seal"]["organ"], "own");
}
