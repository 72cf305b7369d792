//! An extra check over sample packets that are not part of this project. Where
//! they are not there, it says so and passes: the project's own tests stand on
//! packets written for them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use lienthong::packet::{
    CheckOptions, OrganId, Packet, ReadOptions, SignatureState, StatusCode, ToFolder, check,
    read_packet,
};
use lienthong::{FindingCode as F, Language, Severity};

fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/vectors/packets");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("the sample packets are not there; nothing was checked against them");
    None
}

/// Reads a sample; gives the packet and the bytes of each attachment's file.
fn read(file: &Path) -> (Packet, Vec<Vec<u8>>) {
    let bytes = fs::read(file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut sink = ToFolder::new(folder.path()).unwrap();
    let packet = read_packet(bytes.as_slice(), &ReadOptions::default(), &mut sink).unwrap();
    let contents = sink
        .files()
        .iter()
        .map(|file| fs::read(&file.path).unwrap());
    assert_eq!(packet.size, bytes.len() as u64);
    (packet, contents.collect())
}

struct Expected {
    file: &'static str,
    kind: &'static str,
    signature: SignatureState,
    /// What reading finds, in the order of the file.
    found: &'static [F],
    /// What the check adds.
    checked: &'static [F],
}

const STATUS_ORDER: &[F] = &[F::ElementOrder, F::ElementOrder, F::ElementOrder];

const EXPECTED: &[Expected] = &[
    Expected {
        file: "document-new",
        kind: "document",
        signature: SignatureState::KnownStub,
        found: &[
            F::BusinessOrder,
            F::SignatureStub,
            F::AttachmentUnwrapped,
            F::AttachmentTypeMismatch,
        ],
        checked: &[
            F::SampleDocumentId,
            F::DocumentIdHint,
            F::CodeNumberForm,
            F::SampleValue,
        ],
    },
    Expected {
        file: "document-recall",
        kind: "document",
        signature: SignatureState::KnownStub,
        found: &[
            F::BusinessOrder,
            F::RecallTargetByResponse,
            F::SignatureStub,
            F::AttachmentUnwrapped,
            F::AttachmentTypeMismatch,
        ],
        checked: &[
            F::SampleValue,
            F::SampleDocumentId,
            F::DocumentIdHint,
            F::SampleValue,
        ],
    },
    Expected {
        file: "document-replacement",
        kind: "document",
        signature: SignatureState::KnownStub,
        found: &[
            F::BusinessOrder,
            F::ReplacementRepeated,
            F::SignatureStub,
            F::AttachmentUnwrapped,
            F::AttachmentTypeMismatch,
        ],
        checked: &[
            F::SampleValue,
            F::SampleDocumentId,
            F::DocumentIdHint,
            F::SampleValue,
        ],
    },
    Expected {
        file: "received-2019-rebuilt",
        kind: "document",
        signature: SignatureState::KnownStub,
        found: &[
            F::ElementEmpty,
            F::BusinessMissing,
            F::SignatureStub,
            F::AttachmentUnwrapped,
            F::AttachmentTypeContradiction,
        ],
        checked: &[F::SampleDocumentId, F::SampleValue],
    },
    Expected {
        file: "received-2025-pdf-is-zip",
        kind: "document",
        signature: SignatureState::Absent,
        found: &[
            F::BusinessMissing,
            F::TraceOrganMissing,
            F::FillerText,
            F::TraceOrganMissing,
            F::AttachmentUnwrapped,
            F::AttachmentTypeContradiction,
            F::SignatureAbsent,
        ],
        checked: &[F::ElementAdvised, F::CodeNumberForm],
    },
    Expected {
        file: "status-01",
        kind: "status",
        signature: SignatureState::Absent,
        found: STATUS_ORDER,
        checked: &[F::SampleValue, F::SampleValue],
    },
    Expected {
        file: "status-02",
        kind: "status",
        signature: SignatureState::Absent,
        found: STATUS_ORDER,
        checked: &[F::SampleValue, F::SampleValue],
    },
    Expected {
        file: "status-13",
        kind: "status",
        signature: SignatureState::Absent,
        found: STATUS_ORDER,
        checked: &[F::SampleValue],
    },
    Expected {
        file: "status-15",
        kind: "status",
        signature: SignatureState::Absent,
        found: STATUS_ORDER,
        checked: &[F::SampleValue, F::SampleValue],
    },
    Expected {
        file: "template-clause-order-unbound-prefix",
        kind: "document",
        signature: SignatureState::KnownStub,
        found: &[
            F::ElementOrder,
            F::ElementOrder,
            F::ElementEmpty,
            F::ElementEmpty,
            F::ElementEmpty,
            F::ElementEmpty,
            F::ElementEmpty,
            F::BusinessMissing,
            F::SignatureStub,
            F::PrefixUnbound,
            F::ReferenceHref,
            F::AttachmentBase64Invalid,
        ],
        checked: &[F::SampleDocumentId, F::SampleValue],
    },
];

#[test]
fn every_sample_is_read_with_the_findings_it_deserves() {
    let Some(folder) = samples() else { return };
    for expected in EXPECTED {
        let file = expected.file;
        let (packet, _) = read(&folder.join(format!("{file}.edxml")));
        assert!(packet.readable, "{file}");
        assert_eq!(packet.kind(), expected.kind, "{file}");
        assert_eq!(packet.signature, expected.signature, "{file}");
        assert_eq!(packet.dialect.unwrap().to_string(), "qcvn", "{file}");
        let found: Vec<_> = packet.findings().iter().map(|one| one.code).collect();
        assert_eq!(found, expected.found, "{file}");
        let checked = check(&packet, &CheckOptions::default());
        let added = checked
            .iter()
            .filter(|one| !packet.findings().contains(one));
        let added: Vec<_> = added.map(|one| one.code).collect();
        assert_eq!(added, expected.checked, "{file}");
        for finding in checked {
            let vietnamese = finding.message(Language::Vietnamese);
            assert!(!vietnamese.contains('{') && vietnamese != finding.message(Language::English));
        }
    }
}

#[test]
fn there_is_no_sample_without_its_expectation() {
    let Some(folder) = samples() else { return };
    let known: Vec<_> = EXPECTED.iter().map(|expected| expected.file).collect();
    let packets = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for path in packets.filter(|path| path.extension().is_some_and(|end| end == "edxml")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(known.contains(&name), "{name}");
    }
}

#[test]
fn what_came_back_from_the_axis_unwraps_to_the_very_file_that_was_sent() {
    let Some(folder) = samples() else { return };
    let pdf = fs::read(folder.join("van-ban-mau.pdf")).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, &pdf);
    for file in ["received-2019-rebuilt", "received-2025-pdf-is-zip"] {
        let (packet, contents) = read(&folder.join(format!("{file}.edxml")));
        assert_eq!(contents, [pdf.as_slice()], "{file}");
        let attachment = &packet.attachments[0];
        assert!(attachment.is_wrapped(), "{file}");
        let content = attachment.content().unwrap();
        assert_eq!(content.sha256, digest.as_ref(), "{file}");
        assert_eq!(content.detected.name(), "pdf", "{file}");
    }
}

#[test]
fn a_sample_signature_is_never_sent() {
    let Some(folder) = samples() else { return };
    for expected in EXPECTED {
        let (packet, _) = read(&folder.join(format!("{}.edxml", expected.file)));
        let findings = check(&packet, &CheckOptions::sending());
        let refused = findings
            .iter()
            .any(|one| one.code == F::SignatureStub && one.severity == Severity::Error);
        assert_eq!(refused, expected.signature == SignatureState::KnownStub);
    }
}

#[test]
fn the_sample_recall_names_another_organs_document_and_is_not_acted_on() {
    let Some(folder) = samples() else { return };
    let (packet, _) = read(&folder.join("document-recall.edxml"));
    let document = packet.document().unwrap();
    let resolved = document.resolve_targets(&OrganId::new("000.00.00.H41"), |_| Vec::new());
    assert!(resolved.known.is_empty());
    let unknown: Vec<_> = resolved.unknown.iter().map(|id| id.as_str()).collect();
    assert_eq!(unknown, ["000.00.04.G14,2012/08/06,267/VPCP-TTĐT"]);
}

#[test]
fn the_sample_statuses_say_who_tells_whom_what() {
    let Some(folder) = samples() else { return };
    let (sender, receiver) = ("000.00.00.G22", "000.00.00.H41");
    for (file, code, from, to) in [
        ("status-01", StatusCode::Arrived, receiver, sender),
        ("status-02", StatusCode::Refused, receiver, sender),
        ("status-13", StatusCode::RecallRequested, sender, receiver),
        ("status-15", StatusCode::ChangeAgreed, receiver, sender),
    ] {
        let (packet, _) = read(&folder.join(format!("{file}.edxml")));
        let status = packet.status().unwrap();
        assert_eq!(status.status_code, Some(code));
        assert_eq!(status.sender().unwrap().as_str(), from, "{file}");
        assert_eq!(status.addressee().unwrap().as_str(), to, "{file}");
    }
}
