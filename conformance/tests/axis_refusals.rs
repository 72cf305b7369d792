//! Every refusal of the test axis, with its code.

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
use lienthong_conformance::axis_server::{Cause, TestAxis, Unit};
use lienthong_conformance::rebuild::Flavour;

/// The code of a refused sending, which has a `DocId` all the same.
fn refused(axis: &TestAxis, request: &Request) -> String {
    let reply = call(axis, request);
    let value = reply.json();
    assert_eq!(value["status"], "FAIL", "{value}");
    assert_eq!(value["DocId"], "");
    assert!(axis.queued().is_empty());
    reply.code()
}

fn set(request: &mut Request, name: &str, value: &str) {
    let mut parameters = request.parameters.iter_mut();
    parameters.find(|(known, _)| known == name).unwrap().1 = value.into();
}

#[test]
fn what_is_signed_wrongly_is_refused_with_15() {
    let axis = plain();
    let packet = document(&[RECEIVER]);
    let good = sending(&packet);
    assert_eq!(call(&plain(), &good).code(), "0");

    let mut other_secret = good.clone();
    other_secret.system.1 = "another".into();
    assert_eq!(refused(&axis, &other_secret), "15");
    let mut unknown = good.clone();
    set(&mut unknown, "systemid", "system.three");
    assert_eq!(refused(&axis, &unknown), "15");

    let text = String::from_utf8(good.bytes()).unwrap();
    let changes = [
        // A header that says something else than the signed text.
        (
            "XroadVnpt-from: 000.00.00.H41\r\n",
            "XroadVnpt-from: 000.00.00.H42\r\n",
        ),
        (
            "XroadVnpt-servicetype: eDoc\r\n",
            "XroadVnpt-servicetype: edoc\r\n",
        ),
        // One that is missing, or there a second time and different.
        ("XroadVnpt-messagetype: edoc\r\n", ""),
        (
            "XroadVnpt-messagetype: edoc\r\n",
            "XroadVnpt-messagetype: edoc\r\nxroadvnpt-MESSAGETYPE: status\r\n",
        ),
        // Signed bytes that are not those that were signed.
        ("\"XroadVnpt-from\":\"", "\"XroadVnpt-from\": \""),
        // Names that are not those of the signed text.
        (
            "sign-header-key: systemid;servicetype",
            "sign-header-key: systemid",
        ),
        (
            "sign-header-key: systemid;",
            "sign-header-key: servicetype;",
        ),
        (
            "XroadVnpt-sign-header-key: ",
            "XroadVnpt-sign-header-keys: ",
        ),
        ("XroadVnpt-hash-header: ", "XroadVnpt-hash-headers: "),
        ("XroadVnpt-sign-header: ", "XroadVnpt-sign: "),
        ("XroadVnpt-hash-header: ", "XroadVnpt-hash-header: 0"),
        ("XroadVnpt-hash-header: ", "XroadVnpt-hash-header: zz"),
    ];
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let mut client = Client::to(axis.address());
        client.write(text.replace(from, to).as_bytes());
        assert_eq!(client.read().code(), "15", "{from} to {to}");
    }
    assert!(axis.queued().is_empty());
}

#[test]
fn a_signature_needs_what_every_call_signs() {
    let axis = plain();
    for name in ["systemid", "timestamp", "Content-Type"] {
        let mut request = list("edoc");
        request.parameters.retain(|(known, _)| known != name);
        if name == "systemid" {
            request = request.header(&format!("XroadVnpt-systemid: {}", TWO.0));
        }
        assert_eq!(call(&axis, &request).code(), "15", "{name}");
    }
}

#[test]
fn names_of_parameters_have_no_case_and_unknown_ones_pass() {
    let axis = plain();
    let mut request = list("edoc").header("XroadVnpt-unsigned: left over");
    for (name, _) in &mut request.parameters {
        *name = name.to_uppercase();
    }
    request
        .parameters
        .push(("filePath".into(), "/x \"y\" \\z".into()));
    assert_eq!(call(&axis, &request).code(), "0");
}

#[test]
fn only_what_was_signed_counts() {
    let axis = plain();
    let request = sending(&document(&[RECEIVER])).header(&format!("XroadVnpt-to: [\"{OTHER}\"]"));
    assert_eq!(call(&axis, &request).code(), "0");
    assert_eq!(axis.queued()[0].organ, RECEIVER);
}

#[test]
fn a_timestamp_is_looked_at_only_where_asked() {
    let strict = builder()
        .configure(|config| config.max_skew = Some(300))
        .start()
        .unwrap();
    assert_eq!(call(&plain(), &list("edoc")).code(), "0");
    assert_eq!(call(&strict, &list("edoc")).code(), "15");
    let mut odd = list("edoc");
    set(&mut odd, "timestamp", "now");
    assert_eq!(call(&strict, &odd).code(), "15");
    assert_eq!(call(&plain(), &odd).code(), "0");
}

#[test]
fn packets_that_are_none_are_refused_with_10_and_22() {
    let axis = builder().start().unwrap();
    for (packet, code) in [
        (b"".as_slice(), "10"),
        (b"no packet", "10"),
        (b"<a><b></a>", "10"),
        (b"<edXML/>", "22"),
        (b"<edXML><MessageHeader/></edXML>", "22"),
        (&envelope("<To><OrganId>000.00.00.H14</OrganId></To>"), "22"),
        (&document(&[]), "22"),
        (
            // An envelope outside the namespace of the standard.
            b"<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>x</OrganId></From><To><OrganId>000.00.00.H14</OrganId></To></MessageHeader></edXMLHeader></edXMLEnvelope></edXML>",
            "22",
        ),
    ] {
        let text = String::from_utf8_lossy(packet).into_owned();
        assert_eq!(refused(&axis, &sending(packet)), code, "{text}");
    }
}

#[test]
fn a_packet_that_a_rebuild_cannot_take_is_refused_with_21() {
    let packet = envelope(
        "<From><OrganId>000.00.00.H41</OrganId></From><To><OrganId>000.00.00.H14</OrganId></To>\
         <SteeringType> </SteeringType>",
    );
    let axis = builder().rebuild(Flavour::V0_0_3).start().unwrap();
    assert_eq!(refused(&axis, &sending(&packet)), "21");
}

#[test]
fn a_hash_that_is_missing_or_another_is_refused_with_10_unless_off() {
    let packet = document(&[RECEIVER]);
    let mut wrong = sending(&packet);
    set(&mut wrong, "hash-file", &unpadded(b"another"));
    let mut missing = sending(&packet);
    missing.parameters.retain(|(name, _)| name != "hash-file");
    let mut upper = sending(&packet);
    set(&mut upper, "hash-file", &padded(&packet).to_uppercase());
    let axis = plain();
    for request in [&wrong, &missing, &upper] {
        assert_eq!(refused(&axis, request), "10");
    }
    let lenient = builder()
        .configure(|config| config.check_hash = false)
        .start()
        .unwrap();
    assert_eq!(call(&lenient, &wrong).code(), "0");
    assert_eq!(call(&lenient, &missing).code(), "0");
}

#[test]
fn senders_and_receivers_that_are_not_there_are_refused() {
    let axis = plain();
    let packet = document(&[RECEIVER]);
    for (from, code) in [("000.00.00.H99", "19"), (RECEIVER, "19"), ("", "19")] {
        let mut request = sending(&packet);
        set(&mut request, "from", from);
        assert_eq!(refused(&axis, &request), code, "{from}");
    }
    let mut request = sending(&packet);
    request.parameters.retain(|(name, _)| name != "from");
    assert_eq!(refused(&axis, &request), "19");
    // One that is not there stops the sending for all.
    let request = sending_to(&packet, &[RECEIVER, "000.00.00.H99"]);
    assert_eq!(refused(&axis, &request), "18");
    assert_eq!(refused(&axis, &sending(&document(&["x"]))), "18");
    assert_eq!(refused(&axis, &sending(&status("x"))), "18");
    let mut request = sending_to(&packet, &[RECEIVER]);
    set(&mut request, "to", RECEIVER);
    assert_eq!(refused(&axis, &request), "20");
}

#[test]
fn a_locked_receiver_is_refused_with_23() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("units.jsonl");
    let unit = Unit {
        locked: true,
        ..Unit::new("H99")
    };
    std::fs::write(&file, serde_json::to_string(&unit).unwrap()).unwrap();
    let axis = builder().directory(&file).start().unwrap();
    let request = sending_to(&document(&[RECEIVER]), &[RECEIVER, "H99"]);
    assert_eq!(refused(&axis, &request), "23");
}

#[test]
fn queues_of_others_are_out_of_reach() {
    let axis = plain();
    let sent = call(&axis, &sending(&document(&[RECEIVER]))).doc_id();
    let id = call(&axis, &list("edoc")).ids().remove(0);
    for id in [id.as_str(), "../journal.jsonl", "", "x"] {
        let system = if id.len() == 36 { ONE } else { TWO };
        for name in ["getEdoc", "downloadEdoc"] {
            let request = Request::new(name, system, &[("docId", id)]);
            assert_eq!(call(&axis, &request).code(), "20", "{id}");
        }
        let request = Request::new("updateStatus", system, &[("docid", id), ("status", "done")]);
        assert_eq!(call(&axis, &request).code(), "20", "{id}");
    }
    assert_eq!(call(&axis, &get(&sent)).code(), "20");
    let request = Request::new("getReceivedEdocList", ONE, &[("messagetype", "edoc")]);
    assert!(call(&axis, &request).rows().is_empty());
    assert_eq!(call(&axis, &acknowledge(&id, "initial")).code(), "20");
    assert_eq!(call(&axis, &list("other")).code(), "20");
    assert_eq!(call(&axis, &list("edoc")).rows()[0]["status"], "initial");
}

#[test]
fn which_cause_gives_which_code_can_be_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("axis.toml");
    std::fs::write(
        &file,
        "rebuild = \"off\"\n[codes]\nunknown-receiver = \"99\"\n\
         [[system]]\nid = \"system.one\"\nsecret = \"made-up:secret=1\"\norgans = [\"000.00.00.H41\"]\n",
    )
    .unwrap();
    let config = lienthong_conformance::axis_server::AxisConfig::read(&file).unwrap();
    let axis = lienthong_conformance::axis_server::Builder::from_config(config)
        .start()
        .unwrap();
    assert_eq!(refused(&axis, &sending(&document(&["x"]))), "99");
    let words: std::collections::HashSet<_> = Cause::ALL.iter().map(|cause| cause.word()).collect();
    assert_eq!(words.len(), Cause::ALL.len());
}

#[test]
fn answers_hold_nothing_of_a_packet() {
    let axis = plain();
    let packet = document(&["Bí mật của phép thử"]);
    let reply = String::from_utf8(call(&axis, &sending(&packet)).body).unwrap();
    assert!(
        reply.contains("\"18\"") && !reply.contains("mật"),
        "{reply}"
    );
}

#[test]
fn other_paths_and_methods_are_no_calls() {
    let axis = plain();
    let mut request = list("edoc");
    request.call = "nothing".into();
    assert_eq!(call(&axis, &request).status, 404);
    let mut request = list("edoc");
    request.method = "PUT".into();
    assert_eq!(call(&axis, &request).status, 405);
    let based = builder()
        .configure(|config| config.base_path = "/XrdAdapter/adapter".into())
        .start()
        .unwrap();
    let mut request = list("edoc");
    assert_eq!(call(&based, &request).status, 404);
    request.call = "XrdAdapter/adapter/getReceivedEdocList".into();
    assert_eq!(call(&based, &request).code(), "0");
}
