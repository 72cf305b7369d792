//! The meaning digest: what a rebuild leaves of a packet keeps it, what changes
//! the meaning changes it.
// Helpers outside `#[test]` functions are tests, too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod rebuild_support;

use std::path::Path;

use lienthong::packet::document::{Document, OtherInfo, Status, ToPlaces};
use lienthong::packet::{
    Attachment, Date, Discard, DocumentBuilder, MeaningDigest, Packet, ReadOptions, StatusBuilder,
    Timestamp, compare, read_packet,
};
use lienthong::{FindingCode, Severity};
use lienthong_conformance::rebuild::Flavour;
use proptest::prelude::*;
use rebuild_support::made::Made;
use rebuild_support::*;
use serde_json::Value;

type Files = Vec<(String, Vec<u8>)>;

fn read(packet: &[u8]) -> Packet {
    let packet = read_packet(packet, &ReadOptions::default(), &mut Discard).unwrap();
    assert!(packet.readable, "{:?}", packet.findings());
    packet
}

fn digest(packet: &[u8]) -> MeaningDigest {
    read(packet).meaning_digest().unwrap()
}

fn try_write(document: &Document, files: &Files) -> lienthong::Result<Vec<u8>> {
    let mut builder = DocumentBuilder::from_document(document.clone());
    for (name, bytes) in files {
        builder = builder.attach(Attachment::from_bytes(name.as_str(), bytes.clone()));
    }
    let mut out = Vec::new();
    builder.build()?.write_to(&mut out)?;
    Ok(out)
}

fn write(document: &Document, files: &Files) -> Vec<u8> {
    try_write(document, files).unwrap_or_else(|error| panic!("{error:?} {:?}", error.findings()))
}

fn write_status(status: &Status) -> Vec<u8> {
    let mut out = Vec::new();
    let status = StatusBuilder::from_status(status.clone());
    status.build().unwrap().write_to(&mut out).unwrap();
    out
}

/// Every element, with values that no rebuild makes up.
fn full() -> Document {
    serde_json::from_str(include_str!("rebuild_support/full.json")).unwrap()
}

fn full_files() -> Files {
    vec![
        ("Công văn.pdf".to_owned(), b"%PDF-1.4 made up".to_vec()),
        (
            "Bảng.xlsx".to_owned(),
            zip(&[("a.xml", b"a"), ("b.xml", b"b")]),
        ),
        ("Ghi chú.txt".to_owned(), "một\nhai".as_bytes().to_vec()),
        ("Hồ sơ.zip".to_owned(), zip(&[("a.txt", b"a")])),
    ]
}

fn full_status() -> Status {
    serde_json::from_str(include_str!("rebuild_support/full_status.json")).unwrap()
}

/// Rebuilt once and twice in each flavour and in both orders, it says the same.
fn keeps_its_meaning(packet: &[u8]) -> Result<(), TestCaseError> {
    let original = read(packet);
    let before = original.meaning_digest().unwrap();
    for first in BOTH {
        let once = try_rebuild(packet, first).unwrap();
        let received = read(&once);
        prop_assert_eq!(
            received.meaning_digest(),
            Some(before),
            "{:?}\n{:?}\n{:?}",
            first,
            original.normal_form(),
            received.normal_form()
        );
        for second in BOTH {
            let twice = digest(&try_rebuild(&once, second).unwrap());
            prop_assert_eq!(twice, before, "{:?} {:?}", first, second);
        }
    }
    Ok(())
}

/// What `compare` says of a rebuilt document: codes and elements.
fn compared(packet: &[u8], flavour: Flavour) -> Vec<(FindingCode, String)> {
    let sent = read(packet);
    let received = read(&try_rebuild(packet, flavour).unwrap());
    compare(sent.document().unwrap(), received.document().unwrap())
        .into_iter()
        .map(|finding| {
            assert_ne!(finding.severity, Severity::Error, "{finding:?}");
            (finding.code, finding.path)
        })
        .collect()
}

const MADE_UP: [&str; 6] = [
    "OtherInfo/Priority",
    "OtherInfo/PromulgationAmount",
    "OtherInfo/PageAmount",
    "OtherInfo/Direction",
    "DocumentType/Type",
    "SteeringType",
];

fn is_explained(flavour: Flavour, code: FindingCode, path: &str) -> bool {
    match code {
        FindingCode::RebuildMadeUp if flavour == Flavour::AsSeen => path.ends_with("/Direction"),
        FindingCode::RebuildMadeUp => MADE_UP.iter().any(|element| path.ends_with(element)),
        FindingCode::RebuildDropped => {
            flavour == Flavour::V0_0_3
                && (path.contains("/ToPlaces/") || path.contains("/ResponseForTask/"))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_document_keeps_its_meaning(seed in any::<u64>()) {
        let mut made = Made::new(seed);
        let packet = write(&made.document(), &made.files());
        keeps_its_meaning(&packet)?;
        for flavour in BOTH {
            for (code, path) in compared(&packet, flavour) {
                prop_assert!(is_explained(flavour, code, &path), "{:?} {} {}", flavour, code.as_str(), path);
            }
        }
    }

    #[test]
    fn a_status_keeps_its_meaning(seed in any::<u64>()) {
        keeps_its_meaning(&write_status(&Made::new(seed).status()))?;
    }

    #[test]
    fn the_bytes_of_attachments_survive(seed in any::<u64>()) {
        let mut made = Made::new(seed);
        let packet = write(&made.document(), &made.files());
        let digests = |packet: &[u8]| {
            let packet = read(packet);
            let mut all: Vec<_> = packet
                .attachments
                .iter()
                .map(|one| (one.name.clone(), one.content().unwrap().sha256_hex()))
                .collect();
            all.sort();
            all
        };
        let before = digests(&packet);
        for flavour in BOTH {
            let once = try_rebuild(&packet, flavour).unwrap();
            prop_assert_eq!(&digests(&once), &before);
            prop_assert_eq!(&digests(&try_rebuild(&once, flavour).unwrap()), &before);
        }
    }
}

#[test]
fn the_full_document_and_its_kinds_keep_their_meaning() {
    let document = full();
    keeps_its_meaning(&write(&document, &full_files())).unwrap();
    for kind in 0..4 {
        let mut value = serde_json::to_value(&document).unwrap();
        value["TraceHeaderList"]["Bussiness"]["BussinessDocType"] = kind.into();
        let document = serde_json::from_value(value).unwrap();
        keeps_its_meaning(&write(&document, &full_files())).unwrap();
    }
    keeps_its_meaning(&write_status(&full_status())).unwrap();
}

fn minimal() -> Document {
    let value = serde_json::json!({
        "From": {"OrganId": "H41.02"}, "To": [{"OrganId": "H14.03"}], "DocumentId": "d",
        "Code": {"CodeNumber": "1", "CodeNotation": "A"},
        "PromulgationInfo": {"PromulgationDate": "2026-01-02"}, "Subject": "s",
    });
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_minimal_document_keeps_its_meaning() {
    keeps_its_meaning(&write(&minimal(), &Vec::new())).unwrap();
}

// --- Mutations ---

#[test]
fn the_full_document_and_status_hold_every_element_of_the_model() {
    let document = String::from_utf8(write(&full(), &full_files())).unwrap();
    let status = String::from_utf8(write_status(&full_status())).unwrap();
    for names in [
        "From OrganId OrganizationInCharge OrganName OrganAdd Email Telephone Fax Website To \
         DocumentId Code CodeNumber CodeNotation PromulgationInfo Place PromulgationDate \
         DocumentType Type TypeDetail TypeName Subject Content SignerInfo Competence Position \
         FullName DueDate OtherInfo Priority SphereOfPromulgation TyperNotation \
         PromulgationAmount PageAmount ReplyFors Direction ReferenceCodes Appendixes Appendix \
         ResponseFor SteeringType ResponseForTask TaskCode ApplicationType ToPlaces \
         TraceHeaderList Bussiness BussinessDocType BussinessDocReason Paper \
         BussinessDocumentInfo DocumentInfo DocumentReceiver ReceiverList Receiver ReceiverType \
         ReplacementInfoList ReplacementInfo OrganIdList StaffInfo Department DepartmentId Staff \
         StaffId Mobile TraceHeader Timestamp",
        "From ResponseFor StaffInfo StatusCode Description Timestamp",
    ] {
        let packet = if names.contains("StatusCode") {
            &status
        } else {
            &document
        };
        for name in names.split_whitespace() {
            assert!(packet.contains(&format!("<edXML:{name}>")), "{name}");
        }
    }
}

/// Paths of all leaves of a JSON value.
fn leaves(value: &Value, path: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, &format!("{path}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{path}/{index}"), all);
            }
        }
        _ => all.push(path.to_owned()),
    }
}

/// Another value of the same kind.
fn another(value: &Value) -> Value {
    match value {
        Value::String(text) if text.parse::<Date>().is_ok() => "2001-02-03".into(),
        Value::String(text) if text.parse::<Timestamp>().is_ok() => "2001-02-03T04:05:06".into(),
        Value::String(text) if text == "03" => "05".into(),
        Value::String(text) => format!("{text}ế").into(),
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::Bool(flag) => (!flag).into(),
        other => panic!("{other}"),
    }
}

fn is_left_out(path: &str) -> bool {
    [
        "/ToPlaces/",
        "/ResponseForTask/",
        "/TraceHeader/",
        "/Direction",
    ]
    .iter()
    .any(|part| path.contains(part))
}

fn remove(value: &mut Value, path: &str) {
    let (parent, last) = path.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.remove(last);
        }
        Value::Array(items) => {
            items.remove(last.parse().unwrap());
        }
        other => panic!("{other}"),
    }
}

#[test]
fn each_changed_leaf_changes_the_digest_but_for_those_left_out() {
    let (value, files) = (serde_json::to_value(full()).unwrap(), full_files());
    let before = digest(&write(&full(), &files));
    let mut all = Vec::new();
    leaves(&value, "", &mut all);
    assert!(all.len() >= 76, "{}", all.len());
    for path in all {
        let mut changed = value.clone();
        let leaf = changed.pointer_mut(&path).unwrap();
        *leaf = another(leaf);
        let document = serde_json::from_value(changed).unwrap();
        let after = digest(&write(&document, &files));
        assert_eq!(after == before, is_left_out(&path), "{path}");
    }
}

#[test]
fn each_removed_element_changes_the_digest_but_for_those_left_out() {
    let (value, files) = (serde_json::to_value(full()).unwrap(), full_files());
    let before = digest(&write(&full(), &files));
    let mut all = Vec::new();
    leaves(&value, "", &mut all);
    let mut removed = 0;
    for path in all {
        let mut changed = value.clone();
        remove(&mut changed, &path);
        let document: Document = serde_json::from_value(changed).unwrap();
        // What makes a packet impossible cannot be sent.
        let Ok(packet) = try_write(&document, &files) else {
            continue;
        };
        removed += 1;
        assert_eq!(digest(&packet) == before, is_left_out(&path), "{path}");
    }
    assert!(removed >= 67, "{removed}");
}

#[test]
fn each_changed_or_removed_leaf_of_a_status_changes_the_digest() {
    let value = serde_json::to_value(full_status()).unwrap();
    let before = digest(&write_status(&full_status()));
    let mut all = Vec::new();
    leaves(&value, "", &mut all);
    assert!(all.len() >= 20, "{}", all.len());
    for path in all {
        let mut changed = value.clone();
        let leaf = changed.pointer_mut(&path).unwrap();
        *leaf = another(leaf);
        let status = serde_json::from_value(changed).unwrap();
        assert_ne!(digest(&write_status(&status)), before, "{path}");
        let mut changed = value.clone();
        remove(&mut changed, &path);
        let status: Status = serde_json::from_value(changed).unwrap();
        let mut out = Vec::new();
        if let Ok(status) = StatusBuilder::from_status(status).build() {
            status.write_to(&mut out).unwrap();
            assert_ne!(digest(&out), before, "{path}");
        }
    }
}

#[test]
fn receivers_answers_and_appendixes_count_each() {
    let before = digest(&write(&full(), &full_files()));
    let value = serde_json::to_value(full()).unwrap();
    for list in ["/To", "/ResponseFor", "/OtherInfo/Appendixes/Appendix"] {
        let mut more = value.clone();
        let items = more.pointer_mut(list).unwrap().as_array_mut().unwrap();
        let mut one = items[0].clone();
        if list == "/To" {
            one["OrganId"] = "H99".into();
        }
        // The same once more counts, too.
        items.push(one);
        let document = serde_json::from_value(more).unwrap();
        assert_ne!(digest(&write(&document, &full_files())), before, "{list}");
        let mut fewer = value.clone();
        remove(&mut fewer, &format!("{list}/0"));
        let document = serde_json::from_value(fewer).unwrap();
        assert_ne!(digest(&write(&document, &full_files())), before, "{list}");
    }
}

#[test]
fn each_attachment_counts_with_its_name_and_every_byte() {
    let document = minimal();
    let files: Files = full_files();
    let before = digest(&write(&document, &files));
    for index in 0..files.len() {
        let mut fewer = files.clone();
        fewer.remove(index);
        assert_ne!(digest(&write(&document, &fewer)), before);
        let mut twice = files.clone();
        twice.push(files[index].clone());
        assert_ne!(digest(&write(&document, &twice)), before);
        let mut renamed = files.clone();
        renamed[index].0.insert(0, 'x');
        assert_ne!(digest(&write(&document, &renamed)), before);
    }
    // Every byte of the plain files; in a ZIP some bytes are not the file's.
    for index in [0, 2] {
        for place in 0..files[index].1.len() {
            let mut changed = files.clone();
            changed[index].1[place] ^= 1;
            assert_ne!(
                digest(&write(&document, &changed)),
                before,
                "{index} {place}"
            );
        }
    }
    let mut swapped = files.clone();
    let first = swapped[0].1.clone();
    swapped[0].1 = std::mem::replace(&mut swapped[2].1, first);
    assert_ne!(digest(&write(&document, &swapped)), before);
}

#[test]
fn no_text_passes_for_structure() {
    let with = |subject: &str, content: Option<&str>| {
        let mut document = minimal();
        document.subject = Some(subject.to_owned());
        document.content = content.map(str::to_owned);
        digest(&write(&document, &Vec::new()))
    };
    assert_ne!(with("a Content=1:b", None), with("a", Some("b")));
    assert_ne!(with("ab", Some("c")), with("a", Some("bc")));
    assert_ne!(with("a", Some("b")), with("b", Some("a")));
}

// --- What is left out ---

fn digest_of(parts: &Parts) -> MeaningDigest {
    digest(parts.xml().as_bytes())
}

fn same(a: &str, b: &str) {
    let (left, right) = (digest_of(&Parts::message(a)), digest_of(&Parts::message(b)));
    assert_eq!(left, right, "{a} {b}");
}

fn other(a: &str, b: &str) {
    let (left, right) = (digest_of(&Parts::message(a)), digest_of(&Parts::message(b)));
    assert_ne!(left, right, "{a} {b}");
}

#[test]
fn order_white_space_and_empty_elements_do_not_count() {
    same(
        "<Subject>a b</Subject><Content>c</Content>",
        "\n<Content>\t c </Content><!-- x --><Subject>a\r\n\n b</Subject><Fax/><SignerInfo/>",
    );
    other("<Subject>a b</Subject>", "<Subject>ab</Subject>");
    let appendixes =
        |inside: &str| format!("<OtherInfo><Appendixes>{inside}</Appendixes></OtherInfo>");
    same(
        &appendixes("<Appendix>a</Appendix><Appendix>b</Appendix>"),
        &appendixes("<Appendix>b</Appendix><Appendix>a</Appendix>"),
    );
    let mut parts = Parts::default();
    parts.to += "<To><OrganId>H9</OrganId><Email>e</Email></To>";
    let mut turned = Parts::default();
    turned.to = format!(
        "<To><Email>e</Email><OrganId>H9</OrganId></To>{}",
        turned.to
    );
    assert_eq!(digest_of(&parts), digest_of(&turned));
}

#[test]
fn prefixes_do_not_count() {
    let plain = Parts::message("<Subject>s</Subject>").xml();
    let prefixed = plain
        .replace("xmlns=", "xmlns:q=")
        .replace("</", "<\0")
        .replace('<', "<q:")
        .replace("<q:\0", "</q:");
    assert_ne!(plain, prefixed);
    assert_eq!(digest(plain.as_bytes()), digest(prefixed.as_bytes()));
}

#[test]
fn made_up_values_do_not_count_and_others_do() {
    let other_info = |inside: &str| format!("<OtherInfo>{inside}</OtherInfo>");
    for (element, idle, telling) in [
        ("Priority", &["0"][..], "1"),
        ("PromulgationAmount", &["0", "1"], "2"),
        ("PageAmount", &["0", "1"], "2"),
        ("Direction", &["true", "false"], ""),
    ] {
        for value in idle {
            same("", &other_info(&format!("<{element}>{value}</{element}>")));
        }
        if !telling.is_empty() {
            other(
                "",
                &other_info(&format!("<{element}>{telling}</{element}>")),
            );
        }
    }
    same("", "<DocumentType><Type>2</Type></DocumentType>");
    other("", "<DocumentType><Type>1</Type></DocumentType>");
    let with = |steering: &str| {
        digest_of(&Parts {
            steering: steering.into(),
            ..Parts::default()
        })
    };
    assert_eq!(with(""), with("<SteeringType>0</SteeringType>"));
    assert_ne!(with(""), with("<SteeringType>1</SteeringType>"));
}

#[test]
fn places_and_tasks_do_not_count() {
    same("", "<ToPlaces><Place>Các bộ</Place></ToPlaces>");
    same(
        "",
        "<ResponseForTask><TaskCode>t</TaskCode></ResponseForTask>",
    );
}

#[test]
fn hops_and_an_idle_business_do_not_count() {
    let none = digest_of(&Parts::default());
    let with = |inside: &str| {
        digest_of(&Parts::header(&format!(
            "<TraceHeaderList>{inside}</TraceHeaderList>"
        )))
    };
    let hop = "<TraceHeader><OrganId>A</OrganId></TraceHeader>";
    assert_eq!(none, with(hop));
    assert_eq!(none, with(&hop.repeat(3)));
    let business = |kind: u8, inside: &str| {
        with(&format!(
            "<Bussiness><BussinessDocType>{kind}</BussinessDocType>{inside}</Bussiness>"
        ))
    };
    assert_eq!(none, business(0, "<DocumentId>ignored</DocumentId>"));
    assert_ne!(none, business(1, ""));
    assert_ne!(
        none,
        business(0, "<BussinessDocReason>r</BussinessDocReason>")
    );
    let one = business(1, "<DocumentId>one</DocumentId>");
    assert_ne!(one, business(1, "<DocumentId>two</DocumentId>"));
}

#[test]
fn the_signature_does_not_count() {
    let signed = Parts::header("<Signature><SignatureValue>abcd</SignatureValue></Signature>");
    assert_eq!(digest_of(&signed), digest_of(&Parts::default()));
}

#[test]
fn types_ids_and_wrapping_of_attachments_do_not_count() {
    let with = |attachments: &str| digest_of(&Parts::attachments(attachments));
    let before = with(&attachment("cid:1", "a.txt", "x/y", b"text"));
    for same in [
        attachment("cid:1", "a.txt", "", b"text"),
        attachment("cid:cid:1", "a.txt", "application/pdf", b"text"),
        attachment("2", "a.txt", "x/y", b"text"),
        attachment(
            "cid:1",
            "a.txt",
            "application/zip",
            &zip(&[("u.txt", b"text")]),
        ),
    ] {
        assert_eq!(with(&same), before, "{same}");
    }
    let described = attachment("cid:1", "a.txt", "x/y", b"text")
        .replace("<ContentType>", "<Description>d</Description><ContentType>");
    assert_eq!(with(&described), before);
    let one = attachment("1", "a.txt", "x/y", b"1");
    let two = attachment("2", "b.txt", "x/y", b"2");
    assert_eq!(with(&format!("{one}{two}")), with(&format!("{two}{one}")));
}

// --- Sent against received ---

#[test]
fn compare_explains_each_change_of_a_rebuild() {
    let mut document = minimal();
    document.other_info = Some(OtherInfo {
        reply_fors: Some("r".into()),
        ..OtherInfo::default()
    });
    document.to_places = Some(ToPlaces {
        place: vec!["Các bộ".into()],
    });
    let packet = write(&document, &Vec::new());
    let shown = |flavour| {
        let mut all: Vec<_> = compared(&packet, flavour)
            .into_iter()
            .map(|(code, path)| format!("{} {path}", code.as_str()))
            .collect();
        all.sort();
        all
    };
    assert_eq!(
        shown(Flavour::AsSeen),
        ["rebuild-made-up MessageHeader/OtherInfo/Direction"]
    );
    assert_eq!(
        shown(Flavour::V0_0_3),
        [
            "rebuild-dropped MessageHeader/ToPlaces/Place[1]",
            "rebuild-made-up MessageHeader/DocumentType/Type",
            "rebuild-made-up MessageHeader/OtherInfo/Direction",
            "rebuild-made-up MessageHeader/OtherInfo/PageAmount",
            "rebuild-made-up MessageHeader/OtherInfo/Priority",
            "rebuild-made-up MessageHeader/OtherInfo/PromulgationAmount",
        ]
    );
    assert_eq!(shown(Flavour::Off), [""; 0]);
}

#[test]
fn compare_tells_each_real_change_of_a_rebuilt_document() {
    let (value, files) = (serde_json::to_value(full()).unwrap(), full_files());
    let sent = read(&write(&full(), &files));
    let mut all = Vec::new();
    leaves(&value, "", &mut all);
    for path in all
        .into_iter()
        .filter(|path| !path.contains("/TraceHeader/"))
    {
        let mut changed = value.clone();
        let leaf = changed.pointer_mut(&path).unwrap();
        *leaf = another(leaf);
        let document = serde_json::from_value(changed).unwrap();
        let packet = try_rebuild(&write(&document, &files), Flavour::AsSeen).unwrap();
        let received = read(&packet);
        let altered = compare(sent.document().unwrap(), received.document().unwrap())
            .iter()
            .any(|finding| finding.code == FindingCode::ContentAltered);
        assert!(altered, "{path}");
    }
}

#[test]
fn a_value_that_no_rebuild_makes_up_is_content_altered() {
    let sent = read(Parts::default().xml().as_bytes());
    for other in [
        "<Priority>1</Priority>",
        "<PageAmount>0</PageAmount>",
        "<Direction>true</Direction>",
    ] {
        let parts = Parts::message(&format!("<OtherInfo>{other}</OtherInfo>"));
        let received = read(parts.xml().as_bytes());
        let codes: Vec<_> = compare(sent.document().unwrap(), received.document().unwrap())
            .into_iter()
            .map(|finding| finding.code)
            .collect();
        assert_eq!(codes, [FindingCode::ContentAltered], "{other}");
    }
}

#[test]
fn an_altered_subject_is_content_altered_in_both_flavours() {
    let packet = write(&full(), &Vec::new());
    let sent = read(&packet);
    for flavour in BOTH {
        let text = String::from_utf8(try_rebuild(&packet, flavour).unwrap()).unwrap();
        let altered = text.replace("<edXML:Subject>", "<edXML:Subject>Không ");
        let received = read(altered.as_bytes());
        let codes: Vec<_> = compare(sent.document().unwrap(), received.document().unwrap())
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| (finding.code.as_str(), finding.path))
            .collect();
        let expected = ("content-altered", "MessageHeader/Subject".to_owned());
        assert_eq!(codes, [expected]);
        assert_ne!(digest(altered.as_bytes()), digest(&packet));
    }
}

// --- The description ---

/// The text between two marks of the description.
fn block<'d>(text: &'d str, language: &str) -> &'d str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_example_of_the_description_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/meaning-digest.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, text) = text.split_once("## Example").unwrap();
    let (packet, form) = (block(text, "xml"), block(text, "text"));
    let packet = read(packet.as_bytes());
    assert_eq!(packet.normal_form().as_deref(), Some(form));
    let sum = ring::digest::digest(&ring::digest::SHA256, form.as_bytes());
    let sum: String = sum
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(packet.meaning_digest().unwrap().to_string(), sum);
    assert!(text.contains(&sum), "{sum}");
    // A few lines in another language, from the description alone.
    match std::process::Command::new("python3")
        .args(["-c", block(text, "python")])
        .output()
    {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), sum),
        Err(_) => println!("no python3: the second computation was not run"),
    }
}

/// A minimal document with this text as the data of its one attachment.
fn undecoded(text: &str) -> Vec<u8> {
    let files = vec![("a.txt".to_owned(), b"abc".to_vec())];
    let whole = String::from_utf8(write(&minimal(), &files)).unwrap();
    let (head, rest) = whole.split_once("<edXML:ContentTransferEncoded").unwrap();
    let (tag, rest) = rest.split_once('>').unwrap();
    let (_, tail) = rest.split_once("</").unwrap();
    format!("{head}<edXML:ContentTransferEncoded{tag}>{text}</{tail}").into_bytes()
}

const NO_BASE64: [&str; 10] = [
    "Nội dung tệp đã được lược bỏ",
    "QUJD RA==\n\u{a0}",
    "QUJDRA==QUJD",
    "QUJDQUI9",
    "QUJDQR==",
    "QUJDQ",
    "QUJDQQ=Q",
    "====",
    "QUJDQUJD%QUJDQUJD",
    "=",
];

#[test]
fn the_description_of_data_that_is_no_base64_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/meaning-digest.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("## Data that is no base64").unwrap();
    let program = format!(
        "{}\nimport sys\nfor text in sys.argv[1:]:\n    print(*undecoded(text))",
        block(section, "python")
    );
    let broken = |text: &&str| read(&undecoded(text)).attachments[0].raw.is_none();
    let texts: Vec<&str> = NO_BASE64.into_iter().filter(broken).collect();
    assert_eq!(texts.len(), NO_BASE64.len() - 1, "QUJDQUI9 is base64");
    let output = std::process::Command::new("python3")
        .arg("-c")
        .arg(program)
        .args(&texts)
        .output();
    let Ok(output) = output else {
        println!("no python3: the second computation was not run");
        return;
    };
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), texts.len(), "{lines}");
    for (text, line) in texts.iter().zip(lines.lines()) {
        let form = read(&undecoded(text)).normal_form().unwrap();
        let (bytes, sum) = line.split_once(' ').unwrap();
        let said = format!("DecodedBytes=1:{bytes}\nUndecodedSha256=64:{sum}\n}}\n");
        assert!(form.ends_with(&said), "{text}: {form} {line}");
    }
}

#[test]
fn a_rebuild_that_leaves_text_as_it_is_leaves_what_it_means() {
    for text in NO_BASE64 {
        keeps(&undecoded(text));
    }
}

/// Rebuilt as seen, once and twice, it says the same.
fn keeps(packet: &[u8]) {
    let once = try_rebuild(packet, Flavour::AsSeen).unwrap();
    let twice = try_rebuild(&once, Flavour::AsSeen).unwrap();
    assert_eq!(digest(&once), digest(packet));
    assert_eq!(digest(&twice), digest(packet));
}

// --- Documents of the outside ---

/// Public sample packets, where they are at hand: an extra check.
#[test]
fn packets_that_came_back_are_a_fixed_point() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/vectors/packets");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("no vectors at hand: not checked");
        return;
    };
    let mut seen = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("received-") || !name.ends_with(".edxml") {
            continue;
        }
        let packet = std::fs::read(&path).unwrap();
        let once = try_rebuild(&packet, Flavour::AsSeen).unwrap();
        assert_eq!(digest(&once), digest(&packet), "{name}");
        seen += 1;
    }
    assert!(seen > 0, "no received packet among the vectors");
}
