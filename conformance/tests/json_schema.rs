//! The JSON output against `docs/packet.schema.json`, by another program, and
//! the schema against the model.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use lienthong::packet::{Document, Status};
use serde_json::{Value, json};
use support::*;

/// Whether all lines are as the schema says; what is wrong where not.
fn validate(lines: &str) -> Result<(), String> {
    let run = feed(
        python().arg(oracle("validate.py")).arg(schema_path()),
        lines,
    );
    match run.code {
        0 => Ok(()),
        _ => Err(run.out + &run.err),
    }
}

fn have_jsonschema() -> bool {
    tool(
        "Python's jsonschema (LIENTHONG_PYTHON names the interpreter)",
        python().args(["-c", "import jsonschema"]),
    )
}

/// Packets of every kind, readable and not.
fn packets(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut packets = vec![
        build(folder, "full.edxml", &full_document(), &full_files(folder)),
        build(folder, "minimal.edxml", &minimal_document(), &[]),
        build(folder, "status.edxml", &full_status(), &[]),
        build(folder, "status-min.edxml", &minimal_status(), &[]),
    ];
    let full = fs::read_to_string(&packets[0]).unwrap();
    let status = fs::read_to_string(&packets[2]).unwrap();
    let broken = [
        ("empty", String::new()),
        ("no-xml", "không phải XML".to_owned()),
        ("other", "<a/>".to_owned()),
        ("cut", full[..full.len() - 40].to_owned()),
        ("cut-early", full[..900].to_owned()),
        ("dtd", full.replacen("<edXML ", "<!DOCTYPE a []><edXML ", 1)),
        ("base64", full.replacen("JVBERi", "%%%", 1)),
        (
            "no-namespace",
            full.replace("http://www.mic.gov.vn/TBT/QCVN_102_2016", "urn:x"),
        ),
        (
            "bare",
            status.replace(" xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"", ""),
        ),
        ("no-id", full.replace("cid:tep-1", "cid:")),
        (
            "codes",
            status.replace(">02<", ">2<").replace("2024/", "24-"),
        ),
        (
            "unknown-body",
            "<edXML xmlns='http://www.mic.gov.vn/TBT/QCVN_102_2016'><edXMLEnvelope/></edXML>"
                .to_owned(),
        ),
    ];
    for (name, text) in broken {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        packets.push(path);
    }
    packets
}

fn check_json(packets: &[std::path::PathBuf], more: &[&str]) -> Run {
    let mut arguments: Vec<OsString> = vec!["check".into(), "--format".into(), "json".into()];
    arguments.extend(more.iter().map(|word| word.into()));
    arguments.extend(packets.iter().map(|path| path.clone().into_os_string()));
    run(arguments)
}

#[test]
fn output_for_packets_of_every_kind_is_as_the_schema_says() {
    if !have_jsonschema() {
        return;
    }
    let folder = folder();
    let packets = packets(folder.path());
    for more in [
        &[][..],
        &["--sending"],
        &["--profile", "provincial"],
        &["--set", "packet.max_findings=10"],
    ] {
        let run = check_json(&packets, more);
        assert_eq!(run.code, 1, "{}", run.err);
        assert_eq!(run.lines().len(), packets.len());
        validate(&run.out).unwrap();
    }
}

#[test]
fn output_of_extract_is_as_the_schema_says() {
    if !have_jsonschema() {
        return;
    }
    let folder = folder();
    for (index, packet) in packets(folder.path()).iter().enumerate() {
        let out = folder.path().join(format!("out-{index}"));
        let run = run([
            "extract".as_ref(),
            packet.as_os_str(),
            "--raw".as_ref(),
            "--format=json".as_ref(),
            "--out".as_ref(),
            out.as_os_str(),
        ]);
        assert_ne!(run.code, 2, "{}", run.err);
        assert_eq!(run.lines().len(), 1);
        validate(&run.out).unwrap();
    }
}

#[test]
fn the_schema_refuses_what_the_program_never_writes() {
    if !have_jsonschema() {
        return;
    }
    let folder = folder();
    let packet = build(
        folder.path(),
        "a.edxml",
        &full_document(),
        &full_files(folder.path()),
    );
    let good = check_json(&[packet], &[]).lines().remove(0);
    validate(&good.to_string()).unwrap();
    let spoilt: [(&str, Value); 9] = [
        ("/document/Subjekt", json!("x")),
        ("/document/To", json!({"OrganId": "H99.02"})),
        ("/document/DueDate", json!("2024/03/15")),
        ("/document/DueDate", json!("2024-02-30")),
        ("/document/OtherInfo/Priority", json!("3")),
        ("/document/Content", Value::Null),
        ("/kind", json!("status")),
        ("/readable", json!(false)),
        ("/meaning_digest", json!("ab")),
    ];
    for (pointer, value) in spoilt {
        let mut bad = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[key] = value;
        assert!(validate(&bad.to_string()).is_err(), "{pointer}");
    }
}

/// The public sample packets, where they are beside the project.
#[test]
fn every_sample_packet_is_read_and_its_output_is_as_the_schema_says() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/vectors/packets");
    let Ok(entries) = fs::read_dir(&samples) else {
        println!("NOT RUN: no sample packets at {}", samples.display());
        return;
    };
    let packets: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "edxml")
        })
        .collect();
    assert!(!packets.is_empty());
    let run = check_json(&packets, &[]);
    assert_ne!(run.code, 2, "{}", run.err);
    let lines = run.lines();
    assert_eq!(lines.len(), packets.len());
    for line in &lines {
        assert_eq!(line["readable"], true, "{}", line["file"]);
        assert_ne!(line["kind"], "unknown", "{}", line["file"]);
    }
    if have_jsonschema() {
        validate(&run.out).unwrap();
    }
}

/// Follows a value of the model and the schema together; at every group, the
/// names the model knows must be the names the schema has, and the value must
/// have them all.
fn compare(
    root: &Value,
    schema: &Value,
    value: &Value,
    pointer: &str,
    known: &dyn Fn(&str) -> BTreeSet<String>,
) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(uri) => root.pointer(uri.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    match value {
        Value::Object(members) => {
            let properties = schema["properties"].as_object().unwrap();
            let in_schema: BTreeSet<String> = properties.keys().cloned().collect();
            assert_eq!(schema["additionalProperties"], false, "{pointer}");
            assert_eq!(known(pointer), in_schema, "{pointer}");
            for (key, schema) in properties {
                let Some(member) = members.get(key) else {
                    // Later items of a list may have less than the first.
                    assert!(pointer.contains("/1"), "the test data lack {pointer}/{key}");
                    continue;
                };
                compare(root, schema, member, &format!("{pointer}/{key}"), known);
            }
        }
        Value::Array(items) => {
            assert_eq!(schema["type"], "array", "{pointer}");
            for (index, item) in items.iter().enumerate() {
                compare(
                    root,
                    &schema["items"],
                    item,
                    &format!("{pointer}/{index}"),
                    known,
                );
            }
        }
        _ => assert!(
            schema["type"] != "object" && schema["type"] != "array",
            "{pointer}"
        ),
    }
}

/// The names the model knows at a group: it lists them when it meets another.
fn names_at<T: serde::de::DeserializeOwned>(value: &Value, pointer: &str) -> BTreeSet<String> {
    let mut value = value.clone();
    value.pointer_mut(pointer).unwrap()["?"] = json!(1);
    let message = serde_json::from_value::<T>(value)
        .err()
        .unwrap()
        .to_string();
    assert!(message.starts_with("unknown field `?`"), "{message}");
    message
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| *name != "?")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_schema_has_every_element_of_the_model_and_no_other() {
    let mut root: Value = serde_json::from_slice(&fs::read(schema_path()).unwrap()).unwrap();
    // Attachments are no part of the model's document.
    let mut document = full_document();
    document
        .as_object_mut()
        .unwrap()
        .remove("AttachmentEncoded")
        .unwrap();
    let properties = root.pointer_mut("/$defs/Document/properties").unwrap();
    properties
        .as_object_mut()
        .unwrap()
        .remove("AttachmentEncoded")
        .unwrap();
    let status = full_status();
    let names = |pointer: &str| names_at::<Document>(&document, pointer);
    compare(&root, &root["$defs"]["Document"], &document, "", &names);
    let names = |pointer: &str| names_at::<Status>(&status, pointer);
    compare(&root, &root["$defs"]["Status"], &status, "", &names);
}
