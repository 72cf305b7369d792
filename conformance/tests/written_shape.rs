//! What the writer writes, judged by others: a RELAX NG schema (libxml2), the
//! XML parsers of Python and of the JDK, and the bare bytes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ring::digest::{SHA256, digest};
use serde_json::Value;
use support::*;

fn grammar() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/packet.rng")
}

fn have_xmllint() -> bool {
    tool(
        "xmllint (package libxml2-utils)",
        Command::new("xmllint").arg("--version"),
    )
}

/// What xmllint says against a packet; empty where it is as the grammar says.
fn faults(packet: &Path) -> String {
    let output = Command::new("xmllint")
        .args(["--noout", "--huge", "--relaxng"])
        .arg(grammar())
        .arg(packet)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0) => String::new(),
        // 3 = well-formed, but not as the grammar says.
        Some(3) => said,
        other => panic!("xmllint ended with {other:?}: {said}"),
    }
}

struct Built {
    meta: Value,
    files: Vec<PathBuf>,
    packet: PathBuf,
}

/// Packets with everything set and with the least, of both kinds.
fn built(folder: &Path) -> Vec<Built> {
    let files = full_files(folder);
    [
        ("full", full_document(), files.clone()),
        ("minimal", minimal_document(), Vec::new()),
        ("one-file", minimal_document(), files[..1].to_vec()),
        ("status", full_status(), Vec::new()),
        ("status-minimal", minimal_status(), Vec::new()),
    ]
    .into_iter()
    .map(|(name, meta, files)| Built {
        packet: build(folder, &format!("{name}.edxml"), &meta, &files),
        meta,
        files,
    })
    .collect()
}

#[test]
fn built_packets_are_as_the_grammar_says() {
    if !have_xmllint() {
        return;
    }
    let folder = folder();
    for Built { packet, .. } in built(folder.path()) {
        assert_eq!(faults(&packet), "", "{}", packet.display());
    }
}

#[test]
fn a_packet_with_only_one_part_of_each_group_is_as_the_grammar_says() {
    if !have_xmllint() {
        return;
    }
    let folder = folder();
    let full = full_document();
    // Each optional group is cut down to one of its parts in turn.
    for group in ["DocumentType", "SignerInfo", "OtherInfo"] {
        for (key, value) in full[group].as_object().unwrap() {
            let mut meta = minimal_document();
            meta[group][key] = value.clone();
            let packet = build(folder.path(), "one.edxml", &meta, &[]);
            assert_eq!(faults(&packet), "", "{group}/{key}");
        }
    }
}

#[test]
fn the_grammar_refuses_what_the_writer_never_writes() {
    if !have_xmllint() {
        return;
    }
    let folder = folder();
    let packet = build(
        folder.path(),
        "a.edxml",
        &full_document(),
        &full_files(folder.path()),
    );
    let good = fs::read_to_string(packet).unwrap();
    let line = |name: &str| {
        let start = good.find(&format!("<edXML:{name}>")).unwrap();
        let end = start + good[start..].find("\r\n").unwrap() + 2;
        good[start..end].to_owned()
    };
    let subject = line("Subject");
    let content = line("Content");
    let swap = |one: &str, other: &str| {
        good.replacen(one, "\0", 1)
            .replacen(other, one, 1)
            .replacen('\0', other, 1)
    };
    let status = build(folder.path(), "s.edxml", &full_status(), &[]);
    let status = fs::read_to_string(status).unwrap();
    let (head, rest) = good.split_once("<edXML:Appendix>").unwrap();
    let (_, tail) = rest.split_once("</edXML:Appendixes>").unwrap();
    let without_appendixes = format!("{head}</edXML:Appendixes>{tail}");
    let hostile = [
        ("elements out of order", swap(&subject, &content)),
        ("an element missing", good.replacen(&subject, "", 1)),
        (
            "an element twice",
            good.replacen(&subject, &subject.repeat(2), 1),
        ),
        (
            "an unknown element",
            good.replacen(&content, &content.replace("Content>", "Contents>"), 1),
        ),
        ("an empty element", good.replacen(">12<", "><", 1)),
        ("a padded text", good.replacen(">12<", "> 12 <", 1)),
        (
            "another form of date",
            good.replacen("2024/02/29<", "2024-02-29<", 1),
        ),
        ("a month 13", good.replacen("2024/03/15<", "2024/13/15<", 1)),
        (
            "a word for a number",
            good.replacen("<edXML:Priority>3", "<edXML:Priority>ba", 1),
        ),
        ("an empty group", without_appendixes),
        (
            "a double cid",
            good.replacen("cid:tep-1", "cid:cid:tep-1", 1),
        ),
        ("no cid", good.replacen("cid:tep-1", "tep-1", 1)),
        ("base64 in lines", good.replacen("JVBERi", "JVBE\nRi", 1)),
        (
            "another namespace inside",
            good.replacen(
                "<edXML:Subject>",
                "<edXML:Subject xmlns:edXML=\"urn:x\">",
                1,
            ),
        ),
        (
            "another namespace",
            good.replace("QCVN_102_2016", "QCVN_102_2015"),
        ),
        (
            "a foreign attribute",
            good.replacen("<edXML:Subject>", "<edXML:Subject id=\"1\">", 1),
        ),
        (
            "the other spelling",
            good.replace("Bussiness>", "Business>"),
        ),
        ("a status of one digit", status.replacen(">02<", ">2<", 1)),
        (
            "a status with a receiver",
            status.replacen(
                "<edXML:StaffInfo>",
                "<edXML:To><edXML:OrganId>H99.03</edXML:OrganId></edXML:To><edXML:StaffInfo>",
                1,
            ),
        ),
        (
            "a status with a body",
            status.replacen(
                "</edXML:edXMLHeader>",
                "</edXML:edXMLHeader><edXML:edXMLBody/>",
                1,
            ),
        ),
    ];
    for (what, text) in hostile {
        assert!(
            text != good && text != status,
            "{what}: nothing was changed"
        );
        let path = folder.path().join("hostile.edxml");
        fs::write(&path, text).unwrap();
        assert_ne!(faults(&path), "", "{what} passed");
    }
}

/// Every leaf that must stand in a packet, in the form of the dumpers, from the
/// META that went in and the rules of the packet, not from the writer.
fn expected(built: &Built) -> Vec<String> {
    let mut meta = built.meta.clone();
    let members = meta.as_object_mut().unwrap();
    let facts = members.remove("AttachmentEncoded");
    let mut leaves = Vec::new();
    let header = "edXML/edXMLEnvelope[1]/edXMLHeader[1]";
    if built.meta.get("StatusCode").is_none() {
        // What a reader would assume is written out.
        members.entry("SteeringType").or_insert(0.into());
        let mut trace = members.remove("TraceHeaderList").unwrap_or_default();
        if trace["Bussiness"]["BussinessDocType"].is_null() {
            trace["Bussiness"]["BussinessDocType"] = 0.into();
        }
        flatten(
            &format!("{header}/TraceHeaderList[1]"),
            "",
            &trace,
            &mut leaves,
        );
        attachments(built, facts.as_ref(), &mut leaves);
    }
    flatten(
        &format!("{header}/MessageHeader[1]"),
        "",
        &meta,
        &mut leaves,
    );
    leaves.sort();
    leaves
}

fn flatten(path: &str, name: &str, value: &Value, leaves: &mut Vec<String>) {
    let text = match value {
        Value::Object(members) => {
            for (name, member) in members {
                let items = match member {
                    Value::Array(items) => items.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for (index, item) in items.iter().enumerate() {
                    flatten(&format!("{path}/{name}[{}]", index + 1), name, item, leaves);
                }
            }
            return;
        }
        Value::String(text) if name.ends_with("Date") => text.replace('-', "/"),
        Value::String(text) if name == "Timestamp" => text.replace('-', "/").replace('T', " "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    leaves.push(leaf(path, &text));
}

fn leaf(path: &str, text: &str) -> String {
    format!("{path}\t{}", Value::from(text))
}

fn attachments(built: &Built, facts: Option<&Value>, leaves: &mut Vec<String>) {
    let body = "edXML/edXMLEnvelope[1]/edXMLBody[1]/edXMLManifest[1]";
    if built.files.is_empty() {
        leaves.push(leaf(body, ""));
        leaves.push(leaf("edXML/AttachmentEncoded[1]", ""));
    }
    for (index, file) in built.files.iter().enumerate() {
        let number = index + 1;
        let fact = |key: &str| {
            let fact = facts.and_then(|facts| facts["Attachment"][index][key].as_str());
            fact.map(str::to_owned)
        };
        let name = fact("AttachmentName")
            .unwrap_or_else(|| file.file_name().unwrap().to_str().unwrap().to_owned());
        let raw = ["pdf", "doc", "docx", "xls", "xlsx", "zip"]
            .into_iter()
            .find(|extension| name.ends_with(&format!(".{extension}")));
        for parent in [
            format!("{body}/Reference[{number}]"),
            format!("edXML/AttachmentEncoded[1]/Attachment[{number}]"),
        ] {
            if let Some(id) = fact("ContentId") {
                leaves.push(leaf(
                    &format!("{parent}/ContentId[1]"),
                    &format!("cid:{id}"),
                ));
            }
            if let Some(description) = fact("Description") {
                leaves.push(leaf(&format!("{parent}/Description[1]"), &description));
            }
            leaves.push(leaf(&format!("{parent}/AttachmentName[1]"), &name));
            let content_type = format!("application/{}", raw.unwrap_or("zip"));
            leaves.push(leaf(&format!("{parent}/ContentType[1]"), &content_type));
        }
        let hash = digest(&SHA256, &fs::read(file).unwrap());
        let hash: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let parent = format!("edXML/AttachmentEncoded[1]/Attachment[{number}]");
        leaves.push(leaf(&format!("{parent}/ContentTransferEncoded[1]"), &hash));
    }
}

/// The leaves another XML stack finds, without the ids that were made up.
fn found(said: &str, expected: &[String]) -> Vec<String> {
    let mut leaves: Vec<String> = said
        .lines()
        .map(|line| {
            let (path, text) = line.split_once('\t').unwrap();
            leaf(path, &serde_json::from_str::<String>(text).unwrap())
        })
        .filter(|line| {
            let (path, text) = line.split_once('\t').unwrap();
            let is_id = path.ends_with("/ContentId[1]") && text.len() == "\"cid:\"".len() + 32;
            let known = expected
                .iter()
                .any(|other| other.starts_with(&format!("{path}\t")));
            known || !is_id
        })
        .collect();
    leaves.sort();
    leaves
}

fn assert_others_read(dumper: impl Fn(&Path) -> Command) {
    let folder = folder();
    for built in built(folder.path()) {
        let output = dumper(&built.packet).output().unwrap();
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{problem}");
        let expected = expected(&built);
        assert!(expected.len() > 3);
        let found = found(&String::from_utf8(output.stdout).unwrap(), &expected);
        assert_eq!(found, expected, "{}", built.packet.display());
    }
}

#[test]
fn the_xml_parser_of_python_finds_what_went_in() {
    if !tool("Python", python().args(["-c", "import xml.etree"])) {
        return;
    }
    assert_others_read(|packet| {
        let mut command = python();
        command.arg(oracle("dump.py")).arg(packet);
        command
    });
}

#[test]
fn the_xml_parser_of_the_jdk_finds_what_went_in() {
    // The program is compiled when it is run, so a JRE is not enough.
    if !tool("a JDK, 17 or later", Command::new("javac").arg("--version")) {
        return;
    }
    assert_others_read(|packet| {
        let mut command = Command::new("java");
        command
            .arg("-Dfile.encoding=UTF-8")
            .arg(oracle("Dump.java"))
            .arg(packet);
        command
    });
}

#[test]
fn the_bytes_are_in_the_official_form() {
    let folder = folder();
    for Built { packet, files, .. } in built(folder.path()) {
        let bytes = fs::read(&packet).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
        let start = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<edXML xmlns=\"{namespace}\">\r\n  \
             <edXML:edXMLEnvelope xmlns:edXML=\"{namespace}\">\r\n    <edXML:edXMLHeader>\r\n      \
             <edXML:MessageHeader>\r\n        <edXML:From>\r\n"
        );
        assert!(text.starts_with(&start), "{}", &text[..400]);
        assert!(text.ends_with("</edXML>\r\n"));
        assert!(!text.ends_with("\r\n\r\n"));
        // The one text with a line feed of its own keeps it; every other one ends a line.
        let bare = text.matches('\n').count() - text.matches("\r\n").count();
        assert_eq!(bare, text.matches("Dòng một\nDòng hai").count());
        let envelope = &text[..text.find("</edXML:edXMLEnvelope>").unwrap()];
        for tag in envelope.split('<').skip(3) {
            let tag = tag.strip_prefix('/').unwrap_or(tag);
            assert!(tag.starts_with("edXML:"), "{tag}");
        }
        let open = format!("<edXML:ContentTransferEncoded xmlns:edXML=\"{namespace}\">");
        let data: Vec<_> = text.split(&open).skip(1).collect();
        assert_eq!(data.len(), files.len());
        for data in data {
            let end = data.find("</edXML:ContentTransferEncoded>\r\n").unwrap();
            assert!(!data[..end].contains(['\r', '\n', ' ']));
        }
        let rest = text.split("<AttachmentEncoded").nth(1).unwrap_or_default();
        for element in ["Attachment", "ContentId", "AttachmentName", "ContentType"] {
            assert_eq!(rest.matches(&format!("<{element}>")).count(), files.len());
        }
    }
}

#[test]
fn the_same_packet_is_the_same_bytes() {
    let folder = folder();
    let files = full_files(folder.path());
    let one = build(folder.path(), "one.edxml", &full_document(), &files);
    let two = build(folder.path(), "two.edxml", &full_document(), &files);
    assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap());
}
