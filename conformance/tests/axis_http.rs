//! The HTTP of the test axis: framing, limits, hostile heads, control interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::net::SocketAddr;
use std::time::Duration;

use axis_support::*;
use lienthong_conformance::axis_server::TestAxis;
use serde_json::{Value, json};

#[test]
fn requests_come_one_after_another_on_one_connection() {
    let axis = plain();
    let mut client = Client::to(axis.address());
    let packet = document(&[RECEIVER]);
    for count in 1..4 {
        client.call(&sending(&packet)).doc_id();
        assert_eq!(client.call(&list("edoc")).rows().len(), count);
    }
    // All at once, with an empty line between as some clients send.
    let bytes = [
        sending(&packet).bytes(),
        b"\r\n".to_vec(),
        list("edoc").bytes(),
        list("status").bytes(),
    ];
    client.write(&bytes.concat());
    client.read().doc_id();
    assert_eq!(client.read().rows().len(), 4);
    assert_eq!(client.read().rows().len(), 0);
    assert_eq!(
        client
            .call(&list("edoc").header("Connection: close"))
            .rows()
            .len(),
        4
    );
    assert!(client.rest().is_empty());
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let axis = plain();
    let mut client = Client::to(axis.address());
    for byte in list("edoc").bytes() {
        client.write(&[byte]);
    }
    assert_eq!(client.read().code(), "0");
}

#[test]
fn bodies_may_come_in_chunks() {
    let axis = plain();
    let packet = document(&[RECEIVER]);
    let mut request = sending(&packet);
    request.has_length = false;
    let request = request.header("Transfer-Encoding: chunked");
    let mut bytes = request.head().into_bytes();
    for piece in packet.chunks(37) {
        bytes.extend(format!("{:X};odd=\"x\"\r\n", piece.len()).as_bytes());
        bytes.extend(piece);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\nTrailer: x\r\n\r\n");
    let mut client = Client::to(axis.address());
    client.write(&bytes);
    client.read().doc_id();
    let id = client.call(&list("edoc")).ids().remove(0);
    assert_eq!(client.call(&download(&id)).body, packet);

    for odd in [
        "x\r\n",
        "-1\r\n",
        "\r\n",
        "ffffffffffffffffff\r\n",
        "3\r\nabcd\r\n",
        "1\na\n0\n\n",
    ] {
        let mut client = Client::to(axis.address());
        client.write(&[request.head().as_bytes(), odd.as_bytes()].concat());
        client.finish_writing();
        let answer = String::from_utf8(client.rest()).unwrap();
        let refused = ["HTTP/1.1 400", "HTTP/1.1 413"];
        assert!(
            refused.iter().any(|line| answer.starts_with(line)),
            "{odd}: {answer}"
        );
    }
    assert_eq!(axis.queued().len(), 1);
}

#[test]
fn a_client_that_waits_is_told_to_go_on() {
    let axis = plain();
    let mut client = Client::to(axis.address());
    let packet = document(&[RECEIVER]);
    let request = sending(&packet).header("Expect: 100-continue");
    for _ in 0..2 {
        client.write(request.head().as_bytes());
        assert_eq!(client.read_head().unwrap().0, 100);
        client.write(&packet);
        client.read().doc_id();
    }
    // Who is refused is not asked for its packet.
    let mut refused = request.clone();
    refused.system.1 = "wrong".into();
    let long = vec![b' '; 100_000];
    refused.body = long;
    client.write(refused.head().as_bytes());
    let reply = client.read();
    assert_eq!(reply.code(), "15");
    assert!(reply.head.contains("Connection: close"));
    assert!(client.rest().is_empty());
}

#[test]
fn a_refusal_reaches_a_client_that_is_still_sending() {
    let axis = plain();
    let mut refused = sending(&vec![b' '; 3_000_000]);
    refused.system.1 = "wrong".into();
    let mut client = Client::to(axis.address());
    assert_eq!(client.call(&refused).code(), "15");
    assert_eq!(client.call(&list("edoc")).code(), "0");
}

#[test]
fn a_body_that_breaks_off_is_not_sent() {
    let axis = plain();
    let request = sending(&document(&[RECEIVER]));
    let bytes = request.bytes();
    assert_eq!(raw(&axis, &bytes[..bytes.len() - 1]), "");
    assert!(axis.queued().is_empty());
}

#[test]
fn heads_have_limits() {
    let axis = plain();
    let padded = |bytes: usize| list("edoc").header(&format!("X-Long: {}", "a".repeat(bytes)));
    assert_eq!(call(&axis, &padded(60_000)).code(), "0");
    assert!(raw(&axis, &padded(66_000).bytes()).starts_with("HTTP/1.1 431 "));
    // Without an end it is not read for ever.
    assert!(raw(&axis, &vec![b'a'; 200_000]).starts_with("HTTP/1.1 431 "));
    let mut many = list("edoc");
    for number in 0..300 {
        many = many.header(&format!("X-{number}: a"));
    }
    assert!(raw(&axis, &many.bytes()).starts_with("HTTP/1.1 431 "));

    let small = builder()
        .configure(|config| {
            config.max_head = 8 << 10;
            config.max_body = 1000;
        })
        .start()
        .unwrap();
    assert!(raw(&small, &padded(8_000).bytes()).starts_with("HTTP/1.1 431 "));
    assert!(raw(&small, &sending(&[b'a'; 1001]).bytes()).starts_with("HTTP/1.1 413 "));
    assert_eq!(call(&small, &sending(&[b'a'; 1000])).code(), "10");
}

#[test]
fn four_hundred_and_fifty_nine_receivers_fit() {
    let codes: Vec<String> = (0..459)
        .map(|n| format!("000.{n:02}.{:02}.H14", n % 90))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("u.csv");
    let mut unique = codes.clone();
    unique.sort();
    unique.dedup();
    std::fs::write(&file, format!("code\n{}\n", unique.join("\n"))).unwrap();
    let axis = builder().directory(&file).start().unwrap();
    let to: Vec<&str> = codes.iter().map(String::as_str).collect();
    call(&axis, &sending_to(&document(&[RECEIVER]), &to)).doc_id();
    assert_eq!(axis.queued().len(), unique.len());
}

#[test]
fn hostile_heads_are_refused_and_the_connection_ends() {
    let axis = plain();
    let good = String::from_utf8(list("edoc").bytes()).unwrap();
    let first = "POST /getReceivedEdocList HTTP/1.1\r\n";
    let length = "Content-Length: 0\r\n";
    for (from, to, status) in [
        (first, "POST /getReceivedEdocList HTTP/2.0\r\n", "505"),
        (first, "POST /getReceivedEdocList\r\n", "400"),
        (first, "POST  /getReceivedEdocList HTTP/1.1\r\n", "400"),
        (
            first,
            "POST http://axis/getReceivedEdocList HTTP/1.1\r\n",
            "400",
        ),
        (first, "P(ST /getReceivedEdocList HTTP/1.1\r\n", "400"),
        (first, "POST /get\u{7f}List HTTP/1.1\r\n", "400"),
        (first, "POST /getReceivedEdocList HTTP/1.1\n", "400"),
        ("Host: axis\r\n", "", "400"),
        ("Host: axis\r\n", "Host: axis\r\nHost: axis\r\n", "400"),
        ("Host: axis\r\n", "Host : axis\r\n", "400"),
        ("Host: axis\r\n", "Host: axis\n", "400"),
        ("Host: axis\r\n", "Host: axis\r\n folded\r\n", "400"),
        ("Host: axis\r\n", "Host: axis\r\nno colon\r\n", "400"),
        ("Host: axis\r\n", "Host: axis\r\n: empty\r\n", "400"),
        ("Host: axis\r\n", "Host: axis\r\nX: a\u{0}b\r\n", "400"),
        ("Host: axis\r\n", "Host: axis\r\nX: a\rb\r\n", "400"),
        (length, "Content-Length: 0\r\nContent-Length: 0\r\n", "400"),
        (length, "Content-Length: +0\r\n", "400"),
        (length, "Content-Length: 0x0\r\n", "400"),
        (length, "Content-Length:\r\n", "400"),
        (length, "Content-Length: 0, 0\r\n", "400"),
        (length, "Content-Length: 99999999999999999999\r\n", "400"),
        (
            length,
            "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
            "400",
        ),
        (length, "Transfer-Encoding: gzip, chunked\r\n", "501"),
        (length, "Expect: the worst\r\n", "417"),
    ] {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        // The second request must not be taken for one.
        let bytes = good.replace(from, to) + &good;
        let answer = raw(&axis, bytes.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{to:?}: {answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{to:?}");
    }
    assert_eq!(raw(&axis, b""), "");
    assert_eq!(raw(&axis, b"\r\n"), "");
}

#[test]
fn http_1_0_closes_after_its_answer() {
    let axis = plain();
    let request = list("edoc").head().replace("HTTP/1.1", "HTTP/1.0");
    let mut client = Client::to(axis.address());
    client.write(request.as_bytes());
    assert_eq!(client.read().code(), "0");
    assert!(client.rest().is_empty());
}

#[test]
fn connections_have_a_limit() {
    let axis = builder()
        .configure(|config| config.max_connections = 2)
        .start()
        .unwrap();
    let mut first = Client::to(axis.address());
    let mut second = Client::to(axis.address());
    assert_eq!(first.call(&list("edoc")).code(), "0");
    assert_eq!(second.call(&list("edoc")).code(), "0");
    let mut third = Client::to(axis.address());
    assert_eq!(third.read().status, 503);
    assert_eq!(first.call(&list("edoc")).code(), "0");
}

#[test]
fn a_silent_connection_is_closed() {
    let axis = builder()
        .configure(|config| config.idle_seconds = 1)
        .start()
        .unwrap();
    let mut client = Client::to(axis.address());
    client.write(b"POST /get");
    assert!(client.rest().is_empty());
}

#[test]
fn many_connections_at_once_lose_nothing() {
    let axis = plain();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let mut client = Client::to(axis.address());
                for _ in 0..25 {
                    client.call(&sending(&document(&[RECEIVER]))).doc_id();
                }
            });
        }
    });
    let ids = call(&axis, &list("edoc")).ids();
    let different: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), different.len()), (400, 400));
}

fn control(axis: &TestAxis, method: &str, path: &str, body: &str, token: &str) -> (u16, Value) {
    let address: SocketAddr = axis.control_url()["http://".len()..].parse().unwrap();
    let mut client = Client::to(address);
    let length = body.len();
    client.write(
        format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             since: 0\r\nwait-ms: 5000\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .as_bytes(),
    );
    let reply = client.read();
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

#[test]
fn the_control_interface_sets_faults_and_shows_queues_and_wire() {
    let axis = plain();
    let token = axis.control_token();
    let body = json!({"call": "sendEdoc", "fault": {"kind": "bad-gateway"}});
    let (status, answer) = control(&axis, "POST", "/faults", &body.to_string(), token);
    assert_eq!(status, 200);
    assert_eq!(answer["faults"][0]["fault"]["kind"], "bad-gateway");
    assert_eq!(call(&axis, &sending(&document(&[RECEIVER]))).status, 502);
    let (_, answer) = control(&axis, "GET", "/faults", "", token);
    assert_eq!(answer["faults"][0]["happened"], 1);
    let rules = json!([{"fault": {"kind": "drip", "bytes": 9, "ms": 1}, "times": 0}]);
    let (status, _) = control(&axis, "PUT", "/faults", &rules.to_string(), token);
    assert_eq!(status, 200);
    assert_eq!(axis.faults().len(), 1);
    let odd = [
        "",
        "{}",
        "[{\"fault\":{\"kind\":\"unheard-of\"}}]",
        "[{\"fault\":{\"kind\":\"bad-gateway\"},\"odd\":1}]",
    ];
    for odd in odd {
        assert_eq!(control(&axis, "PUT", "/faults", odd, token).0, 400, "{odd}");
    }
    let (_, answer) = control(&axis, "DELETE", "/faults", "", token);
    assert_eq!(answer, json!({"faults": []}));

    let (_, answer) = control(&axis, "GET", "/queues", "", token);
    let row = &answer["deliveries"][0];
    assert_eq!(row["organ"], RECEIVER);
    assert_eq!(row["status"], "initial");

    let (_, answer) = control(&axis, "GET", "/wire", "", token);
    let exchange = &answer["exchanges"][0];
    assert_eq!(exchange["path"], "/sendEdoc");
    assert_eq!(exchange["status"], 502);
    assert_eq!(exchange["faults"], json!(["bad-gateway"]));

    assert_eq!(control(&axis, "GET", "/nothing", "", token).0, 404);
    assert_eq!(control(&axis, "PATCH", "/queues", "", token).0, 405);
    for wrong in ["", "x", &token[1..], &format!("{token}0")] {
        assert_eq!(control(&axis, "GET", "/queues", "", wrong).0, 401);
    }
    // The token is of this run, and the calls know nothing of the control.
    assert_ne!(plain().control_token(), token);
    assert!(raw(&axis, b"GET /queues HTTP/1.1\r\nHost: x\r\n\r\n").contains(" 404 "));
}

#[test]
fn the_wire_log_holds_no_secret_and_no_content() {
    let axis = plain();
    let request = sending(&document(&[RECEIVER])).header("Authorization: Bearer abc-canary");
    let request = request.header("X-Name: canary");
    call(&axis, &request).doc_id();
    let log = axis.wire_log(0, Duration::from_secs(5));
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].status, Some(200));
    assert_eq!(log[0].code.as_deref(), Some("0"));
    assert_eq!(log[0].body_bytes, request.body.len() as u64);
    assert!(log[0].complete);
    let text = format!("{log:?}{axis:?}");
    let hash = hmac(ONE.1.as_bytes(), request.signed().as_bytes());
    for secret in ["canary", ONE.1, "mật", hash.as_str(), axis.control_token()] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains(SENDER));
    assert!(axis.wire_log(1, Duration::ZERO).is_empty());
}
