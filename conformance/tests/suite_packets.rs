//! Every case about packets passes on a good packet and fails on one that is broken
//! in the way the case is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::process::Command;

use lienthong_conformance::suite::case::Run;
use lienthong_conformance::suite::cases;
use lienthong_conformance::suite::letter::{Made, status_xml};
use lienthong_conformance::suite::sample::Sample;
use lienthong_conformance::suite::verdict::{Outcome, Stop};

fn document() -> String {
    Made::document("H99.01", "H99.02", 12).xml()
}

fn status() -> String {
    status_xml(
        "H99.02",
        "H99.01",
        "12/TD-VP",
        "H99.01-2026-12",
        "02",
        "Sai nơi nhận",
    )
}

fn judged(id: &str, xml: &[u8]) -> Outcome {
    let case = cases::all().find(|case| case.id == id);
    let case = case.unwrap_or_else(|| panic!("there is no case {id}"));
    let Run::Packet(run) = case.run else {
        panic!("{id} is not about packets");
    };
    run(&Sample::new("packet", xml.to_vec()).unwrap())
}

/// What is replaced, and by what.
type Broken = (&'static str, fn() -> String, &'static str, &'static str);

const SIGNATURE_STUB: &str = "</edXML:TraceHeaderList><Signature><SignedInfo>x</SignedInfo>\
     <SignatureValue>AAAA</SignatureValue></Signature>";

#[rustfmt::skip]
const BROKEN: &[Broken] = &[
    ("packet-well-formed", document, "</edXML:Subject>", ""),
    ("packet-layout", document, "edXML:MessageHeader>", "edXML:Header>"),
    ("packet-prefix", document, "edXML:Subject>", "Subject>"),
    ("packet-namespace", document, "http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://www.e-doc.vn/Schema/"),
    ("packet-order", document, "<edXML:SteeringType>0</edXML:SteeringType>", "<edXML:SteeringType>0</edXML:SteeringType><edXML:Content>x</edXML:Content>"),
    ("packet-no-doctype", document, "?>\r\n", "?>\r\n<!DOCTYPE edXML>"),
    ("packet-no-extras", document, "<edXML:Subject>", "<!-- x --><edXML:Subject>"),
    ("packet-no-empty-groups", document, "<edXML:SteeringType>", "<edXML:OtherInfo/><edXML:SteeringType>"),
    ("packet-no-second-part", document, "<edXML:Subject>", "<edXML:Subject>y</edXML:Subject><edXML:Subject>"),
    ("packet-trace-list", document, "<edXML:TraceHeader><edXML:OrganId>H99.01</edXML:OrganId>", "<edXML:TraceHeader>"),
    ("packet-business", document, "edXML:Bussiness>", "edXML:Business>"),
    ("packet-manifest", document, "<edXML:AttachmentName>cong-van.pdf</edXML:AttachmentName>", ""),
    ("packet-base64", document, "JVBERi0xLjQK", "JVB*Ri0xLjQK"),
    ("packet-organs", document, "<edXML:From><edXML:OrganId>H99.01</edXML:OrganId>", "<edXML:From>"),
    ("packet-document-id", document, "<edXML:DocumentId>H99.01,2026/03/04,12/TD-VP</edXML:DocumentId>", ""),
    ("packet-required-data", document, "<edXML:Subject>V/v thí dụ</edXML:Subject>", ""),
    ("packet-dates", document, "2026/03/04<", "04/03/2026<"),
    ("packet-steering", document, "<edXML:SteeringType>0<", "<edXML:SteeringType> 0<"),
    ("packet-code-lists", document, "<edXML:SteeringType>0<", "<edXML:SteeringType>7<"),
    ("packet-lengths", document, "<edXML:CodeNumber>12<", "<edXML:CodeNumber>123456789012<"),
    ("packet-no-sample-values", document, "H99.01,2026/03/04,12/TD-VP", "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"),
    ("packet-no-stub-signature", document, "</edXML:TraceHeaderList>", SIGNATURE_STUB),
    ("packet-no-filler", document, "<edXML:Place>Thí dụ<", "<edXML:Place>N/A<"),
    ("packet-status-addressee", status, "<edXML:OrganId>H99.01</edXML:OrganId>", ""),
    ("packet-status-bare", status, "<edXML:StaffInfo>", "<edXML:Subject>x</edXML:Subject><edXML:StaffInfo>"),
    ("packet-status-code", status, "<edXML:StatusCode>02<", "<edXML:StatusCode>2<"),
    ("packet-status-reason", status, "<edXML:Description>Sai nơi nhận</edXML:Description>", ""),
];

#[test]
fn every_case_about_packets_fails_on_a_packet_broken_for_it() {
    for (id, good, from, to) in BROKEN {
        let good = good();
        assert!(good.contains(from), "{id}: {from} is not in the packet");
        match judged(id, good.replace(from, to).as_bytes()) {
            Err(Stop::Fail(_)) => {}
            other => panic!("{id}: {other:?}"),
        }
    }
}

#[test]
fn every_case_about_packets_passes_on_a_good_one_or_does_not_apply() {
    for case in cases::all() {
        let Run::Packet(run) = case.run else { continue };
        for xml in [document(), status()] {
            let sample = Sample::new("packet", xml.into_bytes()).unwrap();
            match run(&sample) {
                Ok(()) | Err(Stop::NotApplicable(_)) => {}
                Err(other) => panic!("{}: {other:?}", case.id),
            }
        }
    }
}

#[test]
fn no_case_about_packets_is_left_out_here() {
    for case in cases::all() {
        if matches!(case.run, Run::Packet(_)) {
            assert!(BROKEN.iter().any(|row| row.0 == case.id), "{}", case.id);
        }
    }
}

#[test]
fn a_folder_of_packets_is_judged_and_the_bad_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.edxml"), document()).unwrap();
    std::fs::write(folder.path().join("b.xml"), status()).unwrap();
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_lienthong-conformance"))
            .args(["--lang", "en", "run", "--packets"])
            .arg(folder.path())
            .output()
            .unwrap()
    };
    let good = run();
    let said = String::from_utf8_lossy(&good.stderr).into_owned();
    assert_eq!(good.status.code(), Some(0), "{said}");
    std::fs::write(
        folder.path().join("c.edxml"),
        document().replace("2026/03/04<", "4/3/26<"),
    )
    .unwrap();
    let bad = run();
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(said.contains("packet-dates: c.edxml"), "{said}");
}
