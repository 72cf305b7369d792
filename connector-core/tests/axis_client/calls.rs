//! Each call's request, byte for byte.

use std::io::Cursor;

use lienthong::axis::{Acknowledgement, Client, MessageType, NewAgency, Outcome};

use super::server::{Recorded, Reply, Server};
use super::{OK, SECRET, client, to};

const LIST: &str = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[]}"#;

/// The one request of a call that is answered with `answer`.
fn request(answer: &'static str, call: impl FnOnce(&Client)) -> Recorded {
    let server = Server::start(move |_| Reply::json(answer));
    call(&client(&server));
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

/// Checks line, body, parameters and the HMAC.
fn check(request: &Recorded, line: &str, parameters: &[(&str, &str)], body: &str) {
    assert_eq!(request.line, line);
    assert_eq!(String::from_utf8_lossy(&request.body), body);
    let mut signed = request.signed(SECRET);
    assert_eq!(signed.remove("systemid").unwrap(), "test.system.77");
    assert_eq!(signed.remove("timestamp").unwrap(), "22112026T071336+0143");
    let media = signed.remove("Content-Type").unwrap();
    assert_eq!(request.header("content-type"), media);
    let packet = line.contains("/sendEdoc");
    let expected = if packet { "octet-stream" } else { "json" };
    assert_eq!(media, format!("application/{expected}"));
    let signed: Vec<_> = signed.iter().map(|(n, v)| (&**n, &**v)).collect();
    let mut parameters = parameters.to_vec();
    parameters.sort_unstable();
    assert_eq!(signed, parameters);
    assert_eq!(request.header("xroadvnpt-version"), "3.0.201608");
    assert_eq!(
        request.header("user-agent"),
        "JAVASDKAgent/1.0.0 XRoad/VPCP"
    );
    assert!(request.header("host").starts_with("127.0.0.1:"));
    assert_eq!(request.header("transfer-encoding"), "");
    assert_eq!(request.header("expect"), "");
    if line.starts_with("POST") {
        assert_eq!(request.header("content-length"), body.len().to_string());
    } else {
        assert_eq!(request.header("content-length"), "");
    }
    assert!(!request.head.to_lowercase().contains("filepath"));
    assert!(!request.head.contains(SECRET));
}

const BASE: &str = "/XrdAdapter/adapter";

#[test]
fn a_whole_request_has_exactly_these_bytes() {
    let request = request(OK, |client| {
        client.acknowledge("doc-1", Acknowledgement::Done).unwrap();
    });
    let host = request.header("host").to_owned();
    // The HMAC by `openssl dgst -sha256 -hmac`, see `signed` for the other calls.
    let signed = r#"{"XroadVnpt-systemid":"test.system.77","XroadVnpt-docid":"doc-1","XroadVnpt-status":"done","XroadVnpt-timestamp":"22112026T071336+0143","XroadVnpt-Content-Type":"application/json"}"#;
    let expected = format!(
        "POST /XrdAdapter/adapter/updateStatus HTTP/1.1\r\n\
         content-type: application/json\r\n\
         xroadvnpt-systemid: test.system.77\r\n\
         xroadvnpt-docid: doc-1\r\n\
         xroadvnpt-status: done\r\n\
         xroadvnpt-timestamp: 22112026T071336+0143\r\n\
         xroadvnpt-content-type: application/json\r\n\
         xroadvnpt-sign-header-key: systemid;docid;status;timestamp;Content-Type\r\n\
         xroadvnpt-sign-header: {signed}\r\n\
         xroadvnpt-hash-header: 2e0ca38dae150fa6f0a6149fe41c378f58c1b220b40348f6011d425b452abef3\r\n\
         xroadvnpt-version: 3.0.201608\r\n\
         user-agent: JAVASDKAgent/1.0.0 XRoad/VPCP\r\n\
         host: {host}\r\n\
         content-length: 2\r\n\r\n"
    );
    assert_eq!(request.head, expected);
    assert_eq!(request.body, b"{}");
}

#[test]
fn a_packet_is_sent_with_its_own_bytes_and_nothing_else() {
    let packet: Vec<u8> = b"abc".to_vec();
    let answer = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"5e51"}"#;
    let request = request(answer, |client| {
        let deliveries = client
            .send(&mut Cursor::new(&packet), &to(&["000.00.00.X02", "X03"]))
            .unwrap();
        assert_eq!(deliveries.len(), 1);
        assert_eq!(deliveries[0].to, ["000.00.00.X02", "X03"]);
        let Outcome::Accepted { doc_id } = &deliveries[0].outcome else {
            panic!("{deliveries:?}");
        };
        assert_eq!(doc_id.as_deref(), Some("5e51"));
    });
    check(
        &request,
        &format!("POST {BASE}/sendEdoc HTTP/1.1"),
        &[
            ("servicetype", "eDoc"),
            ("messagetype", "edoc"),
            (
                "hash-file",
                "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad",
            ),
            ("from", "000.00.00.X01"),
            ("to", r#"["000.00.00.X02","X03"]"#),
        ],
        "abc",
    );
}

#[test]
fn a_status_goes_as_a_status_with_the_standard_hash_and_without_recipients() {
    let server = Server::start(|_| Reply::json(OK));
    let mut config = super::config(&server);
    config.set("axis.hash_file", "standard").unwrap();
    let client = super::open(&config);
    let mut sending = to(&[]);
    sending.message_type = MessageType::Status;
    let deliveries = client.send(&mut Cursor::new(b"abc"), &sending).unwrap();
    assert!(deliveries[0].to.is_empty());
    let request = &server.requests()[0];
    check(
        request,
        &format!("POST {BASE}/sendEdoc HTTP/1.1"),
        &[
            ("servicetype", "eDoc"),
            ("messagetype", "status"),
            (
                "hash-file",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            ("from", "000.00.00.X01"),
        ],
        "abc",
    );
}

#[test]
fn lists_and_counts_ask_with_the_words_of_the_axis() {
    let of = |word| [("servicetype", "eDoc"), ("messagetype", word)];
    let count = r#"{"status":"OK","ErrorCode":0,"ErrorDesc":"","count":12}"#;
    let asked = request(LIST, |client| {
        assert!(client.list_received(MessageType::Edoc).unwrap().is_empty());
    });
    let line = |call: &str| format!("POST {BASE}/{call} HTTP/1.1");
    check(&asked, &line("getReceivedEdocList"), &of("edoc"), "");
    let asked = request(LIST, |client| {
        let rows = client.sent_list(MessageType::Status, "5e51").unwrap();
        assert!(rows.is_empty());
    });
    let parameters = [&of("status")[..], &[("docId", "5e51")]].concat();
    check(&asked, &line("getSentEdocList"), &parameters, "");
    let asked = request(count, |client| {
        assert_eq!(client.count_documents().unwrap(), 12);
    });
    check(&asked, &line("countReceiveEdoc"), &of("edoc"), "{}");
    let asked = request(count, |client| {
        assert_eq!(client.count_statuses().unwrap(), 12);
    });
    check(&asked, &line("countReceiveStatus"), &of("status"), "{}");
}

#[test]
fn a_packet_is_fetched_by_its_id_and_no_local_path_goes_out() {
    let packet = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"YWJj"}"#;
    let asked = request(packet, |client| {
        let mut bytes = Vec::new();
        let fetched = client.get("5e51", &mut bytes).unwrap();
        assert_eq!((&*bytes, fetched.bytes), (&b"abc"[..], 3));
        assert_eq!(fetched.sha256[..4], [0xba, 0x78, 0x16, 0xbf]);
    });
    let line = format!("POST {BASE}/getEdoc HTTP/1.1");
    check(&asked, &line, &[("docId", "5e51")], "{}");

    let asked = request("<edXML>packet of nobody</edXML>", |client| {
        let mut bytes = Vec::new();
        let fetched = client.download("5e51", &mut bytes).unwrap();
        assert_eq!(bytes, b"<edXML>packet of nobody</edXML>");
        assert_eq!(fetched.bytes, 31);
    });
    let line = format!("GET {BASE}/downloadEdoc HTTP/1.1");
    check(&asked, &line, &[("docId", "5e51")], "");
}

#[test]
fn an_acknowledgement_says_one_of_three_words() {
    for (acknowledgement, word) in [
        (Acknowledgement::Processing, "processing"),
        (Acknowledgement::Done, "done"),
        (Acknowledgement::Fail, "fail"),
    ] {
        let asked = request(OK, |client| {
            client.acknowledge("5e51", acknowledgement).unwrap();
        });
        let line = format!("POST {BASE}/updateStatus HTTP/1.1");
        check(&asked, &line, &[("docid", "5e51"), ("status", word)], "{}");
    }
}

#[test]
fn the_directory_is_asked_and_changed() {
    let line = |call: &str| format!("POST {BASE}/{call} HTTP/1.1");
    let asked = request(LIST, |client| {
        assert!(client.agencies().unwrap().is_empty())
    });
    check(&asked, &line("getAgenciesList"), &[], "");
    let asked = request(LIST, |client| {
        assert!(client.agencies_qd20(1).unwrap().is_empty());
    });
    check(&asked, &line("getAgenciesListQD20"), &[("level", "1")], "");
    let asked = request(LIST, |client| {
        assert!(client.synchronize_units().unwrap().is_empty());
    });
    check(&asked, &line("getSynchronizeUnit"), &[], "");
    let asked = request(OK, |client| client.delete_agency("X01").unwrap());
    check(
        &asked,
        &line("deleteAgency"),
        &[("AgencyCode", "X01")],
        "{}",
    );
    let asked = request(OK, |client| {
        let agency = NewAgency {
            parent_code: "00.22.W00".to_owned(),
            code: "000.01.01.X22".to_owned(),
            name: "Sở \"Thử\"".to_owned(),
            fax: Some("0".to_owned()),
            ..NewAgency::default()
        };
        client.register_agency(&agency).unwrap();
    });
    check(
        &asked,
        &line("registerAgency"),
        &[],
        r#"{"id":"","pcode":"00.22.W00","code":"000.01.01.X22","name":"Sở \"Thử\"","mail":"","fax":"0"}"#,
    );
}
