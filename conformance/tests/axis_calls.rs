//! Every call of the test axis, driven over bare sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use axis_support::*;
use lienthong_conformance::axis_server::{QueueState, TestAxis};
use lienthong_conformance::rebuild::Flavour;

#[test]
fn a_document_goes_from_sender_to_receiver_and_leaves_the_queue() {
    let axis = plain();
    let packet = document(&[RECEIVER]);
    let sent = call(&axis, &sending(&packet)).doc_id();
    let rows = call(&axis, &list("edoc")).rows();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["from"], SENDER);
    assert_eq!(row["to"], RECEIVER);
    assert_eq!(row["status"], "initial");
    assert_eq!(row["messageType"], "edoc");
    assert_eq!(row["serviceType"], "eDoc");
    let id = row["docId"].as_str().unwrap();
    assert_ne!(id, sent);

    let got = call(&axis, &get(id)).json();
    let data = got["data"].as_str().unwrap();
    let decoded = base64_simd::STANDARD.decode_to_vec(data).unwrap();
    assert_eq!(decoded, packet);
    assert_eq!(call(&axis, &download(id)).body, packet);

    assert_eq!(call(&axis, &acknowledge(id, "processing")).code(), "0");
    assert_eq!(call(&axis, &list("edoc")).rows()[0]["status"], "processing");
    assert_eq!(call(&axis, &acknowledge(id, "done")).code(), "0");
    assert!(call(&axis, &list("edoc")).rows().is_empty());
    // A late word does not bring it back, nor is it an error.
    assert_eq!(call(&axis, &acknowledge(id, "processing")).code(), "0");
    assert!(call(&axis, &list("edoc")).rows().is_empty());
    assert_eq!(axis.queued()[0].state, QueueState::Done);
}

#[test]
fn a_failed_document_leaves_the_queue() {
    let axis = plain();
    call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    let id = call(&axis, &list("edoc")).ids().remove(0);
    assert_eq!(call(&axis, &acknowledge(&id, "fail")).code(), "0");
    assert!(call(&axis, &list("edoc")).rows().is_empty());
}

#[test]
fn what_is_listed_can_be_set() {
    let axis = builder()
        .rebuild(Flavour::Off)
        .configure(|config| config.listed = vec![QueueState::Initial])
        .start()
        .unwrap();
    call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    let id = call(&axis, &list("edoc")).ids().remove(0);
    assert_eq!(call(&axis, &acknowledge(&id, "processing")).code(), "0");
    assert!(call(&axis, &list("edoc")).rows().is_empty());
}

#[test]
fn the_to_header_goes_before_the_packet_and_each_organ_gets_one() {
    let axis = plain();
    let packet = document(&[SENDER]);
    let request = sending_to(&packet, &[RECEIVER, OTHER, RECEIVER]);
    call(&axis, &request).doc_id();
    let rows = call(&axis, &list("edoc")).rows();
    let to: Vec<_> = rows.iter().map(|row| row["to"].clone()).collect();
    assert_eq!(to, [RECEIVER, OTHER]);
}

#[test]
fn a_status_goes_to_whom_it_answers_whatever_the_call_says() {
    let axis = plain();
    // Sent as a document, and with another addressee.
    let request = sending_to(&status(RECEIVER), &[OTHER]);
    call(&axis, &request).doc_id();
    assert!(call(&axis, &list("edoc")).rows().is_empty());
    let rows = call(&axis, &list("status")).rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["to"], RECEIVER);
    assert_eq!(rows[0]["messageType"], "status");
}

#[test]
fn counts_go_by_the_name_of_the_call() {
    let axis = plain();
    call(&axis, &sending(&document(&[RECEIVER, OTHER]))).doc_id();
    call(&axis, &sending(&status(RECEIVER))).doc_id();
    for method in ["POST", "GET"] {
        for (name, count) in [("countReceiveEdoc", 2), ("countReceiveStatus", 1)] {
            let parameters = [("servicetype", "eDoc"), ("messagetype", "edoc")];
            let mut request = Request::new(name, TWO, &parameters).body(b"{}");
            request.method = method.into();
            assert_eq!(call(&axis, &request).json()["count"], count);
        }
    }
}

#[test]
fn the_sender_sees_what_became_of_a_sending() {
    let axis = plain();
    let sent = call(&axis, &sending(&document(&[RECEIVER, OTHER]))).doc_id();
    call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    let first = call(&axis, &list("edoc")).ids().remove(0);
    call(&axis, &acknowledge(&first, "done"));
    let parameters = [
        ("servicetype", "eDoc"),
        ("messagetype", "edoc"),
        ("docId", sent.as_str()),
    ];
    let request = Request::new("getSentEdocList", ONE, &parameters);
    let rows = call(&axis, &request).rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["senderDocId"], sent);
    assert_eq!(rows[0]["receiverDocId"], first);
    assert_eq!(rows[0]["toCode"], RECEIVER);
    assert_eq!(rows[0]["receiveStatus"], "done");
    assert_eq!(rows[1]["receiveStatus"], "initial");
    assert_eq!(rows[0]["notation"], "12/STD");
    assert_eq!(rows[0]["title"], "");
    let all = Request::new("getSentEdocList", ONE, &[("servicetype", "eDoc")]);
    assert_eq!(call(&axis, &all).rows().len(), 3);
    let foreign = Request::new("getSentEdocList", TWO, &parameters);
    assert!(call(&axis, &foreign).rows().is_empty());
}

#[test]
fn packets_are_rebuilt_on_the_way() {
    let packet = document(&[RECEIVER]);
    for (flavour, trace) in [(Flavour::AsSeen, true), (Flavour::V0_0_3, false)] {
        let axis = builder().rebuild(flavour).start().unwrap();
        call(&axis, &sending(&packet)).doc_id();
        let id = call(&axis, &list("edoc")).ids().remove(0);
        let got = String::from_utf8(call(&axis, &download(&id)).body).unwrap();
        assert!(
            got.contains("<edXML:DocumentId>d-1</edXML:DocumentId>"),
            "{got}"
        );
        assert_eq!(got.contains("000.00.00.W00"), trace);
        assert_eq!(axis.queued()[0].bytes, got.len() as u64);
    }
}

#[test]
fn the_line_end_that_the_sdk_appends_is_taken_off() {
    let axis = plain();
    let packet = document(&[RECEIVER]);
    let with_line_end = [packet.as_slice(), b"\r\n"].concat();
    // A packet may end so itself: then it is part of it.
    for (hash, expected) in [
        (unpadded(&packet), &packet),
        (padded(&packet), &packet),
        (unpadded(&with_line_end), &with_line_end),
        (padded(&with_line_end), &with_line_end),
    ] {
        let mut request = sending(&with_line_end);
        let said = request.parameters.iter_mut();
        let mut said = said.filter(|(name, _)| name == "hash-file");
        said.next().unwrap().1 = hash;
        call(&axis, &request).doc_id();
        let id = call(&axis, &list("edoc")).ids().pop().unwrap();
        assert_eq!(&call(&axis, &download(&id)).body, expected);
    }
}

#[test]
fn units_are_listed_registered_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("units.csv");
    std::fs::write(
        &file,
        "code,oldCode,name,mail,pid,locked\r\n\
         H14,000.00.00.H14,\"Tỉnh, \"\"thử\"\"\",a@b,,\r\n\
         H14.01,000.00.01.H14,Sở thử,,1,\r\n",
    )
    .unwrap();
    let start = || builder().directory(&file).start().unwrap();
    let axis = start();
    let agencies = call(&axis, &Request::new("getAgenciesList", ONE, &[])).rows();
    // The organ of system two is the unit of this old code, not another one.
    let codes: Vec<_> = agencies.iter().map(|row| row["code"].clone()).collect();
    assert_eq!(codes, ["H14", "H14.01", SENDER, OTHER]);
    assert_eq!(agencies[0]["oldCode"], "000.00.00.H14");
    assert_eq!(agencies[0]["name"], "Tỉnh, \"thử\"");
    assert_eq!(agencies[1]["pid"], "1");
    assert_eq!(agencies[1]["id"], "2");

    let level = |level| {
        let request = Request::new("getAgenciesListQD20", ONE, &[("level", level)]);
        let rows = call(&axis, &request).rows();
        rows.iter()
            .map(|row| row["code102"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(level("1"), ["000.00.00.H14", "", ""]);
    assert_eq!(level("2"), ["000.00.01.H14"]);
    assert_eq!(level("").len(), 4);

    let body = r#"{"id":"","pcode":"H41","code":"H41.07","name":"Hà Giang","mail":"x@y","mobile":"","fax":""}"#;
    let register = Request::new("registerAgency", ONE, &[]).body(body.as_bytes());
    assert_eq!(call(&axis, &register).code(), "0");
    let mut to_new = sending_to(&document(&[RECEIVER]), &["H41.07"]);
    assert_eq!(call(&axis, &to_new).code(), "0");
    let foreign = Request::new("registerAgency", TWO, &[]).body(body.as_bytes());
    assert_eq!(call(&axis, &foreign).code(), "20");

    let delete =
        |system, code| Request::new("deleteAgency", system, &[("AgencyCode", code)]).body(b"{}");
    assert_eq!(call(&axis, &delete(TWO, "H41.07")).code(), "18");
    assert_eq!(call(&axis, &delete(ONE, "H41.07")).code(), "0");
    to_new = sending_to(&document(&[RECEIVER]), &["H41.07"]);
    assert_eq!(call(&axis, &to_new).code(), "18");
    let all = call(&axis, &Request::new("getSynchronizeUnit", ONE, &[])).rows();
    let gone: Vec<_> = all.iter().filter(|row| row["deleted"] == true).collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0]["code"], "H41.07");
    assert_eq!(gone[0]["isAgency"], true);
}

#[test]
fn old_and_new_codes_lead_to_one_queue() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("units.jsonl");
    std::fs::write(
        &file,
        "{\"code\":\"H14\",\"oldCode\":\"000.00.00.H14\",\"id\":7}\n\n{\"code\":\"H41\",\"code102\":\"000.00.00.H41\",\"mail\":null}\n",
    )
    .unwrap();
    let axis = builder().directory(&file).start().unwrap();
    for to in ["H14", "000.00.00.H14"] {
        call(&axis, &sending_to(&document(&[OTHER]), &[to])).doc_id();
    }
    let rows = call(&axis, &list("edoc")).rows();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["to"] == "H14"));
    let twice = sending_to(&document(&[OTHER]), &["H14", "000.00.00.H14"]);
    call(&axis, &twice).doc_id();
    assert_eq!(call(&axis, &list("edoc")).rows().len(), 3);
}

#[test]
fn a_hundred_thousand_units_are_found_by_old_and_new_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "code,oldCode,name\n".to_owned();
    let mut json = String::new();
    for number in 0..100_000 {
        csv += &format!("H14.{number},{number:06}.00.H14,Đơn vị thử {number}\n");
        json += &format!("{{\"code\":\"H14.{number}\",\"oldCode\":\"{number:06}.00.H14\"}}\n");
    }
    for (name, text) in [("u.csv", csv), ("u.jsonl", json)] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let axis = builder().directory(&file).start().unwrap();
        let last = sending_to(&document(&[OTHER]), &["099999.00.H14"]);
        call(&axis, &last).doc_id();
        assert_eq!(axis.queued()[0].organ, "H14.99999");
        let rows = call(&axis, &Request::new("getAgenciesList", ONE, &[])).rows();
        assert_eq!(rows.len(), 100_003);
    }
}

/// The secret of the captured requests is made up, as is all in them.
/// `LIENTHONG_VECTORS` names their folder where it is not beside the tree.
#[test]
fn captured_requests_are_understood_byte_by_byte() {
    let vectors =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/vectors");
    let vectors = std::env::var_os("LIENTHONG_VECTORS").map_or(vectors, Into::into);
    if !vectors.join("vxp-http").is_dir() {
        println!("NOT RUN: no captured requests");
        return;
    }
    let axis = TestAxis::builder()
        .system(
            "test.system.01",
            "c2VjcmV0LWZvci10ZXN0cw==",
            ["000.00.00.A80"],
        )
        .system(TWO.0, TWO.1, ["000.00.00.H41", "000.00.00.H14"])
        .start()
        .unwrap();
    let mut calls = 0;
    for entry in std::fs::read_dir(vectors.join("vxp-http")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap();
        let mut bytes = format!("{}\r\n\r\n", head.replace('\n', "\r\n")).into_bytes();
        if name == "sendEdoc" {
            bytes.extend(std::fs::read(vectors.join("packets/document-new.edxml")).unwrap());
            bytes.extend(b"\r\n");
        } else {
            bytes.extend(body.as_bytes());
        }
        let mut client = Client::to(axis.address());
        client.write(&bytes);
        let code = client.read().code();
        let expected = match name.as_str() {
            // They name a docId and an agency that this axis never gave.
            "getEdoc" | "downloadEdoc" | "updateStatus" => "20",
            "deleteAgency" if code == "18" => "18",
            _ => "0",
        };
        assert_eq!(code, expected, "{name}");
        calls += 1;
    }
    assert_eq!(calls, 13);
    let queued = axis.queued();
    assert_eq!(queued.len(), 2);
    assert_eq!(queued[0].organ, "000.00.00.H41");
}
