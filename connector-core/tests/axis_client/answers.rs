//! What an answer means: never success, and never an empty list, where the
//! profile promises something else.

use std::io::Cursor;
use std::sync::Arc;

use lienthong::axis::{Client, MessageType, Outcome, RefusalClass};
use lienthong::error::Retry;
use lienthong::{Error, ErrorKind};

use super::server::{Reply, Server, answer};
use super::{client, config, open, to};

/// Servers that answer every call with the same bytes and close.
fn always(bytes: Vec<u8>) -> Server {
    Server::start(move |_| Reply::Close(bytes.clone()))
}

fn send(client: &Client) -> Outcome {
    let mut packet = Cursor::new(b"<edXML/>");
    let mut deliveries = client.send(&mut packet, &to(&["X02"])).unwrap();
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0).outcome
}

fn no_answer(client: &Client) -> Error {
    match send(client) {
        Outcome::NoAnswer(error) => error,
        other => panic!("{other:?}"),
    }
}

/// The errors of one call of each form.
fn errors(client: &Client) -> [Error; 4] {
    [
        client.list_received(MessageType::Edoc).unwrap_err(),
        client.get("5e51", &mut Vec::new()).unwrap_err(),
        client.count_documents().unwrap_err(),
        client.synchronize_units().unwrap_err(),
    ]
}

#[test]
fn each_code_has_its_class() {
    use ErrorKind::*;
    for (code, kind, class) in [
        ("10", AxisRefusedPacket, RefusalClass::Packet),
        ("22", AxisRefusedPacket, RefusalClass::Packet),
        ("15", AxisCredentials, RefusalClass::Credentials),
        ("18", AxisRefusedOrgan, RefusalClass::Organ),
        ("19", AxisRefusedOrgan, RefusalClass::Organ),
        ("23", AxisRefusedOrgan, RefusalClass::Organ),
        ("20", AxisTryLater, RefusalClass::TryLater),
        ("21", AxisTryLater, RefusalClass::TryLater),
        ("77", AxisUnknownRefusal, RefusalClass::Unknown),
    ] {
        let body =
            format!(r#"{{"status":"FAIL","ErrorCode":"{code}","ErrorDesc":"Lỗi","DocId":"d1"}}"#);
        let server = always(answer(200, "application/json", body.as_bytes()));
        let client = client(&server);
        for error in errors(&client) {
            assert_eq!(error.kind(), kind, "{code}");
            let shown = error
                .context()
                .iter()
                .any(|(n, v)| *n == "code" && v == code);
            assert!(shown, "{error}");
            assert!(!error.to_string().contains("Lỗi"));
        }
        let Outcome::Refused(refusal) = send(&client) else {
            panic!("{code}");
        };
        assert_eq!((refusal.class, &*refusal.code), (class, code));
        assert_eq!(refusal.doc_id.as_deref(), Some("d1"));
        assert_eq!(refusal.description.as_deref(), Some("Lỗi"));
        assert!(!format!("{refusal:?}").contains("Lỗi"));
    }
}

#[test]
fn what_the_profile_does_not_promise_is_an_error_and_may_have_been_taken() {
    let page = "<html><body>canary-page</body></html>";
    for (status, media, body) in [
        (200, "text/html", page),
        (200, "application/json", page),
        (200, "application/json", ""),
        (200, "application/json", "[]"),
        (200, "application/json", "{}"),
        (200, "application/json", r#"{"status":"OK","data":[]}"#),
        (
            200,
            "application/json",
            r#"{"status":"FAIL","ErrorCode":"0","data":[]}"#,
        ),
        (
            200,
            "application/json",
            r#"{"ErrorCode":"0","ErrorCode":"20","data":[],"count":1}"#,
        ),
        (
            200,
            "application/json",
            r#"{"ErrorCode":"0","data":"","count":"x"} x"#,
        ),
        (
            200,
            "text/html",
            r#"{"status":"OK","ErrorCode":"0","data":[],"count":1}"#,
        ),
        (502, "text/html", page),
        (
            500,
            "application/json",
            r#"{"status":"OK","ErrorCode":"0","data":[],"count":1}"#,
        ),
        (
            302,
            "application/json",
            r#"{"status":"OK","ErrorCode":"0","data":[],"count":1}"#,
        ),
        (404, "text/plain", "no such thing"),
    ] {
        let server = always(answer(status, media, body.as_bytes()));
        let client = client(&server);
        for error in errors(&client) {
            assert_eq!(error.kind(), ErrorKind::AxisNotAnAnswer, "{status} {body}");
            assert_eq!(error.retry(), Retry::Safe);
            let text = format!("{error}{error:?}");
            assert!(text.contains(&format!("length={}", body.len())), "{error}");
            assert!(
                text.contains("sha256=") && !text.contains("canary"),
                "{text}"
            );
        }
        let error = no_answer(&client);
        assert_eq!(error.kind(), ErrorKind::AxisSentNoAnswer);
        assert_eq!(error.retry(), Retry::MayDuplicate);
        assert!(!format!("{error}{error:?}").contains("canary"));
        let mut bytes = Vec::new();
        let error = client.download("5e51", &mut bytes).unwrap_err();
        let text_is_no_page = status == 404;
        assert_eq!(
            error.kind(),
            ErrorKind::AxisNotAnAnswer,
            "{text_is_no_page}"
        );
        assert!(bytes.is_empty());
    }
}

#[test]
fn data_of_the_wrong_type_is_no_empty_list_and_no_empty_packet() {
    let ok = |data: &str| {
        let body = format!(r#"{{"status":"OK","ErrorCode":"0","ErrorDesc":""{data}}}"#);
        always(answer(200, "application/json", body.as_bytes()))
    };
    for data in [
        "",
        r#","data":null"#,
        r#","data":"""#,
        r#","data":{}"#,
        r#","data":[{"status":"initial"}]"#,
        r#","data":[{"docId":""}]"#,
        r#","data":[{"docId":"1"},]"#,
        r#","data":[{"docId":"1"}],"data":[]"#,
        r#","data":[null]"#,
    ] {
        let error = client(&ok(data)).list_received(MessageType::Edoc);
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AxisNotAnAnswer, "{data}");
    }
    for data in [
        "",
        r#","data":null"#,
        r#","data":"""#,
        r#","data":[]"#,
        r#","data":"YWI""#,
        r#","data":"YWJj!""#,
        r#","data":"YWJj","data":"YWJj""#,
    ] {
        let mut bytes = Vec::new();
        let fetched = client(&ok(data)).get("5e51", &mut bytes);
        // Missing padding is no loss: the bytes are whole.
        if data == r#","data":"YWI""# {
            assert_eq!((fetched.unwrap().bytes, &*bytes), (2, &b"ab"[..]));
            continue;
        }
        assert_eq!(
            fetched.unwrap_err().kind(),
            ErrorKind::AxisNotAnAnswer,
            "{data}"
        );
    }
    for data in ["", r#","count":"""#, r#","count":-1"#, r#","count":[1]"#] {
        let error = client(&ok(data)).count_documents().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AxisNotAnAnswer, "{data}");
    }
}

#[test]
fn rows_are_read_with_what_they_have() {
    let body = r#"{"ErrorCode":0,"status":"OK","data":[
        {"docId":5e51-1,"from":"X01","to":["X02","X03"],"status":"initial","created_time":null},
        {"DocID":"5e52","messageType":"status"}]}"#;
    let server = always(answer(200, "application/json", body.as_bytes()));
    let rows = client(&server).list_received(MessageType::Edoc).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&*rows[0].doc_id, &*rows[1].doc_id), ("5e51-1", "5e52"));
    assert_eq!(rows[0].to.as_deref(), Some("X02,X03"));
    assert_eq!(rows[0].created, None);
    assert_eq!(rows[1].message_type.as_deref(), Some("status"));
}

#[test]
fn refused_credentials_are_known_by_the_http_status_alone() {
    let server = always(answer(401, "text/html", b"<html>"));
    let client = client(&server);
    for error in errors(&client) {
        assert_eq!(error.kind(), ErrorKind::AxisCredentials);
    }
    assert!(matches!(send(&client), Outcome::Refused(refusal)
        if refusal.class == RefusalClass::Credentials));
}

#[test]
fn an_answer_cut_after_any_byte_never_ends_in_a_wrong_outcome() {
    let body = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"d","count":1,"data":[]}"#;
    for chunked in [false, true] {
        let whole = if chunked {
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                body.len()
            )
            .into_bytes()
        } else {
            answer(200, "application/json", body.as_bytes())
        };
        let bytes = Arc::new(whole);
        for cut in 0..=bytes.len() {
            let server = always(bytes[..cut].to_vec());
            let client = client(&server);
            let list = client.list_received(MessageType::Edoc);
            let outcome = send(&client);
            if cut == bytes.len() {
                assert!(list.unwrap().is_empty());
                assert!(matches!(outcome, Outcome::Accepted { .. }));
            } else {
                let kind = list.unwrap_err().kind();
                assert_eq!(kind, ErrorKind::AxisNoAnswer, "after {cut} bytes");
                let Outcome::NoAnswer(error) = outcome else {
                    panic!("after {cut} bytes: {outcome:?}");
                };
                assert_eq!(error.kind(), ErrorKind::AxisSentNoAnswer);
            }
        }
    }
}

#[test]
fn a_packet_cut_after_any_byte_is_never_fetched() {
    let body = br#"{"ErrorCode":"0","status":"OK","data":"PGVkWE1MPmFiYzwvZWRYTUw+"}"#;
    let get = answer(200, "application/json", body);
    let raw = answer(200, "application/octet-stream", b"<edXML>abc</edXML>");
    for cut in 0..get.len() {
        let server = always(get[..cut].to_vec());
        let error = client(&server).get("5e51", &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AxisNoAnswer, "after {cut} bytes");
    }
    for cut in 0..raw.len() {
        let server = always(raw[..cut].to_vec());
        let error = client(&server).download("5e51", &mut Vec::new());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::AxisNoAnswer, "{cut}");
    }
    // Without a length nobody can tell a cut packet from a whole one.
    let open = b"HTTP/1.1 200 OK\r\n\r\n<edXML>abc</edXML>".to_vec();
    let error = client(&always(open)).download("5e51", &mut Vec::new());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::AxisNotAnAnswer);
}

#[test]
fn a_download_that_is_an_answer_is_not_stored() {
    for (body, kind) in [
        (
            " \r\n{\"status\":\"FAIL\",\"ErrorCode\":\"20\"}",
            ErrorKind::AxisTryLater,
        ),
        (
            "\u{feff}{\"status\":\"OK\",\"ErrorCode\":\"0\"}",
            ErrorKind::AxisNotAnAnswer,
        ),
        ("{", ErrorKind::AxisNotAnAnswer),
        ("\n<!DOCTYPE HTML><p>", ErrorKind::AxisNotAnAnswer),
        ("<HTML>", ErrorKind::AxisNotAnAnswer),
        (" \n ", ErrorKind::AxisNotAnAnswer),
        ("", ErrorKind::AxisNotAnAnswer),
    ] {
        let server = always(answer(200, "application/octet-stream", body.as_bytes()));
        let mut bytes = Vec::new();
        let error = client(&server).download("5e51", &mut bytes).unwrap_err();
        assert_eq!(error.kind(), kind, "{body}");
        assert!(bytes.is_empty(), "{body}");
    }
}

#[test]
fn an_answer_beyond_a_limit_names_the_key() {
    let list = r#"{"ErrorCode":"0","status":"OK","data":[{"docId":"1"},{"docId":"2"}]}"#;
    let packet = format!(r#"{{"ErrorCode":"0","data":"{}"}}"#, "QUJD".repeat(1_000));
    let long = format!(r#"{{"ErrorCode":"0","ErrorDesc":"{}"}}"#, "x".repeat(2_000));
    for (key, value, body) in [
        ("axis.max_rows", "1", list.to_owned()),
        ("axis.max_packet", "2999", packet.clone()),
        ("axis.max_answer", "1024", long),
    ] {
        let server = always(answer(200, "application/json", body.as_bytes()));
        let mut config = config(&server);
        config.set(key, value).unwrap();
        let client = open(&config);
        let error = match key {
            "axis.max_packet" => client.get("5e51", &mut Vec::new()).unwrap_err(),
            _ => client.list_received(MessageType::Edoc).unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::AxisAnswerTooLarge, "{key}");
        assert!(error.to_string().contains(key));
    }
    let server = always(answer(200, "application/json", packet.as_bytes()));
    let mut config = config(&server);
    config.set("axis.max_packet", "3000").unwrap();
    config.set("axis.max_answer", "1024").unwrap();
    let fetched = open(&config).get("5e51", &mut Vec::new()).unwrap();
    assert_eq!(fetched.bytes, 3_000);
}
