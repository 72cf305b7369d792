//! Sending: recipients in batches, refusals halved, interrupted packets.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use lienthong::ErrorKind;
use lienthong::axis::{Delivery, Outcome};

use super::server::{Reply, Server};
use super::{SECRET, client, config, configured, open, to};

const PACKET: &[u8] = b"<edXML>one packet</edXML>";

/// Refuses every request that names an organ of `bad`, with the code beside it.
fn refusing(bad: &'static [(&'static str, &'static str)]) -> Server {
    Server::start(move |request| {
        assert_eq!(request.body, PACKET);
        let to = request.signed(SECRET)["to"].clone();
        let found = bad
            .iter()
            .find(|(organ, _)| to.contains(&format!("\"{organ}\"")));
        match found {
            Some((_, code)) => Reply::json(&format!(
                r#"{{"status":"FAIL","ErrorCode":"{code}","ErrorDesc":"","DocId":""}}"#
            )),
            None => Reply::json(r#"{"status":"OK","ErrorCode":"0","DocId":"d"}"#),
        }
    })
}

fn words(deliveries: &[Delivery]) -> Vec<(String, &'static str)> {
    deliveries
        .iter()
        .map(|delivery| {
            let word = match &delivery.outcome {
                Outcome::Accepted { .. } => "accepted",
                Outcome::Refused(_) => "refused",
                Outcome::NoAnswer(_) => "no answer",
                Outcome::NotSent(_) => "not sent",
                _ => "?",
            };
            (delivery.to.join(","), word)
        })
        .collect()
}

fn word(to: &str, word: &'static str) -> (String, &'static str) {
    (to.to_owned(), word)
}

#[test]
fn a_refused_organ_is_found_by_halving_and_the_others_get_the_packet() {
    let server = refusing(&[("C", "18"), ("F", "23")]);
    let all = ["A", "B", "C", "D", "E", "F"];
    let deliveries = client(&server)
        .send(&mut Cursor::new(PACKET), &to(&all))
        .unwrap();
    assert_eq!(
        words(&deliveries),
        [
            word("A", "accepted"),
            word("B", "accepted"),
            word("C", "refused"),
            word("D", "accepted"),
            word("E", "accepted"),
            word("F", "refused"),
        ]
    );
    let Outcome::Refused(refusal) = &deliveries[5].outcome else {
        panic!();
    };
    assert_eq!(refusal.code, "23");
}

#[test]
fn a_refusal_that_concerns_everyone_is_not_repeated_for_everyone() {
    let server = refusing(&[("A", "22")]);
    let deliveries = client(&server)
        .send(&mut Cursor::new(PACKET), &to(&["A", "B", "C"]))
        .unwrap();
    assert_eq!(words(&deliveries), [word("A,B,C", "refused")]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn recipients_beyond_one_head_go_in_batches_of_the_same_packet() {
    let server = refusing(&[]);
    let mut config = config(&server);
    config.set("axis.max_header", "2048").unwrap();
    let organs: Vec<String> = (0..200).map(|n| format!("000.00.{n:02}.H41")).collect();
    let organs: Vec<&str> = organs.iter().map(String::as_str).collect();
    let deliveries = open(&config)
        .send(&mut Cursor::new(PACKET), &to(&organs))
        .unwrap();
    let reached: Vec<&str> = deliveries
        .iter()
        .flat_map(|delivery| delivery.to.iter().map(String::as_str))
        .collect();
    assert_eq!(reached, organs);
    let requests = server.requests();
    assert_eq!(requests.len(), deliveries.len());
    for (request, delivery) in requests.iter().zip(&deliveries) {
        assert!(request.head.len() <= 2_048, "{}", request.head.len());
        let list: Vec<String> = serde_json::from_str(request.header("xroadvnpt-to")).unwrap();
        assert_eq!(list, delivery.to);
    }
    // All but the last are full: another organ would not have fitted.
    for request in &requests[..requests.len() - 1] {
        assert!(request.head.len() + 34 + 20 > 2_048);
    }
}

#[test]
fn an_organ_that_fits_no_head_is_refused_before_anything_is_sent() {
    let server = refusing(&[]);
    let long = "X".repeat(8_000);
    let error = client(&server)
        .send(&mut Cursor::new(PACKET), &to(&["A", &long]))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(server.requests().is_empty());
}

#[test]
fn values_beyond_printable_ascii_are_refused_before_anything_is_sent() {
    let server = refusing(&[]);
    let client = client(&server);
    for organ in ["Hà Nội", "X\r\nY: z", "\u{7f}"] {
        let error = client
            .send(&mut Cursor::new(PACKET), &to(&["A", organ]))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{organ:?}");
    }
    for id in ["", " a", "é"] {
        let error = client.get(id, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{id:?}");
    }
    let error = client.send(&mut Cursor::new(b""), &to(&[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(server.connections(), 0);
}

#[test]
fn no_axis_means_that_nothing_was_sent() {
    // A port that nobody listens on and nobody else can take: a connection holds it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let holding = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let free = holding.local_addr().unwrap();
    let client = open(&configured(&format!("http://{free}")));
    let error = client
        .send(&mut Cursor::new(PACKET), &to(&["A"]))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AxisUnreachable);
}

#[test]
fn a_failure_of_one_batch_leaves_the_rest_untried_and_says_so() {
    let server = Server::start(|_| Reply::Close(Vec::new()));
    let mut config = config(&server);
    config.set("axis.max_header", "1300").unwrap();
    let organs: Vec<String> = (0..40).map(|n| format!("000.00.{n:02}.H41")).collect();
    let organs: Vec<&str> = organs.iter().map(String::as_str).collect();
    let deliveries = open(&config)
        .send(&mut Cursor::new(PACKET), &to(&organs))
        .unwrap();
    assert_eq!(deliveries.len(), 2);
    assert_eq!(words(&deliveries)[0].1, "no answer");
    let Outcome::NotSent(error) = &deliveries[1].outcome else {
        panic!();
    };
    assert_eq!(error.kind(), ErrorKind::AxisNotTried);
    assert_eq!(deliveries[0].to.len() + deliveries[1].to.len(), 40);
}

/// A packet that is another one when it is read for the second time.
struct Changing(Cursor<Vec<u8>>, usize);

impl Read for Changing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Changing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.1 += 1;
        if self.1 == 2 {
            self.0.get_mut()[7] ^= 1;
        }
        self.0.seek(to)
    }
}

#[test]
fn a_packet_that_changes_while_it_is_sent_never_arrives_whole() {
    for length in [10, 200_000] {
        let server = Server::start(|_| Reply::json(super::OK));
        let mut packet = Changing(Cursor::new(vec![b'x'; length]), 0);
        let error = client(&server).send(&mut packet, &to(&[])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PacketChanged);
        assert!(server.requests().is_empty());
    }
}

#[test]
fn a_large_packet_arrives_byte_for_byte() {
    let packet: Vec<u8> = (0..5_000_011_u32).map(|n| ((n * 31) >> 5) as u8).collect();
    let server = Server::start(|_| Reply::json(r#"{"status":"OK","ErrorCode":"0","DocId":""}"#));
    let deliveries = client(&server)
        .send(&mut Cursor::new(&packet), &to(&["A"]))
        .unwrap();
    assert!(matches!(
        &deliveries[0].outcome,
        Outcome::Accepted { doc_id: None }
    ));
    assert!(server.requests()[0].body == packet);
}

/// A server that reads so many bytes of a request, then closes.
fn closing_after(count: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = vec![0; count];
        let _ = stream.read_exact(&mut bytes);
        let _ = stream.shutdown(Shutdown::Both);
    });
    format!("http://{address}")
}

#[test]
fn a_request_cut_after_any_byte_never_counts_as_accepted_or_refused() {
    // The head has about 900 bytes.
    for count in 0..1_100 {
        let client = open(&configured(&closing_after(count)));
        match client.send(&mut Cursor::new([b'x'; 200]), &to(&["A"])) {
            Err(error) => assert!(
                matches!(
                    error.kind(),
                    ErrorKind::AxisInterrupted | ErrorKind::AxisUnreachable
                ),
                "{error}"
            ),
            Ok(deliveries) => assert_eq!(words(&deliveries)[0].1, "no answer"),
        }
    }
}

#[test]
fn a_packet_that_breaks_off_halfway_was_not_sent() {
    let client = open(&configured(&closing_after(100_000)));
    let packet = vec![b'x'; 64 << 20];
    let error = client
        .send(&mut Cursor::new(packet), &to(&["A"]))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AxisInterrupted);
}

#[test]
fn a_refusal_that_comes_before_the_packet_is_whole_is_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 2_000]);
        let body = r#"{"status":"FAIL","ErrorCode":"15"}"#;
        let bytes = super::server::answer(200, "application/json", body.as_bytes());
        stream.write_all(&bytes).unwrap();
        // Stays open, so that no reset overtakes the answer.
        let _ = stream.set_read_timeout(None);
        thread::park();
    });
    let client = open(&configured(&format!("http://{address}")));
    let packet = vec![b'x'; 64 << 20];
    let deliveries = client.send(&mut Cursor::new(packet), &to(&["A"])).unwrap();
    assert_eq!(words(&deliveries), [word("A", "refused")]);
}
