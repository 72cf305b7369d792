//! Threads, time-outs, closing, and what is never shown.

use std::io::{Cursor, Read};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome};
use lienthong::{Config, ErrorKind, Language};

use super::server::{Reply, Server, answer};
use super::{OK, SECRET, client, config, configured, open, to};

/// A packet that bears its sender's name and is filled with one letter of it.
fn packet_of(from: &str, length: usize) -> Vec<u8> {
    let mut packet = format!("<{from}>").into_bytes();
    packet.resize(length, from.as_bytes()[3]);
    packet
}

#[test]
fn sixty_four_threads_share_one_client_and_mix_no_bytes() {
    let at_once = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counted, highest) = (Arc::clone(&at_once), Arc::clone(&most));
    let server = Server::start(move |request| {
        let now = counted.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(now, Ordering::SeqCst);
        let signed = request.signed(SECRET);
        let body = if request.path().ends_with("/sendEdoc") {
            let from = &signed["from"];
            assert!(request.body == packet_of(from, request.body.len()));
            format!(r#"{{"status":"OK","ErrorCode":"0","DocId":"{from}"}}"#)
        } else {
            let data = "QUJD".repeat(signed["docId"].len());
            format!(r#"{{"status":"OK","ErrorCode":"0","data":"{data}"}}"#)
        };
        counted.fetch_sub(1, Ordering::SeqCst);
        Reply::json(&body)
    });
    let client = client(&server);
    thread::scope(|scope| {
        for number in 0..64 {
            let client = client.clone();
            scope.spawn(move || {
                for round in 0..8 {
                    let from = format!("X{number:02}{round}");
                    let packet = packet_of(&from, 20_000 + number * 100 + round);
                    let mut sending = to(&["X99"]);
                    sending.from = &from;
                    let sent = client.send(&mut Cursor::new(packet), &sending).unwrap();
                    let Outcome::Accepted { doc_id } = &sent[0].outcome else {
                        panic!("{sent:?}");
                    };
                    assert_eq!(doc_id.as_deref(), Some(&*from));
                    let id = "d".repeat(1 + number);
                    let mut bytes = Vec::new();
                    client.get(&id, &mut bytes).unwrap();
                    assert_eq!(bytes, "ABC".repeat(id.len()).as_bytes());
                }
            });
        }
    });
    assert_eq!(server.requests().len(), 64 * 8 * 2);
    // The default of `axis.max_connections`.
    assert!(most.load(Ordering::SeqCst) <= 8);
}

#[test]
fn a_kept_connection_is_used_again_and_a_closed_one_costs_nothing() {
    let server = Server::start(|_| Reply::json(OK));
    let kept = client(&server);
    for _ in 0..5 {
        kept.acknowledge("d", Acknowledgement::Done).unwrap();
    }
    assert_eq!(server.connections(), 1);
    // Closes after each answer without saying so.
    let server = Server::start(|_| Reply::Close(answer(200, "application/json", OK.as_bytes())));
    let closed = client(&server);
    for _ in 0..50 {
        closed.acknowledge("d", Acknowledgement::Done).unwrap();
    }
}

fn short(config: &mut Config, key: &str) {
    config.set(key, "40").unwrap();
}

#[test]
fn silence_ends_in_a_time_out_that_names_its_key() {
    let server = Server::start(|_| Reply::Silence);
    for key in ["axis.idle_timeout", "axis.total_timeout"] {
        let mut config = config(&server);
        short(&mut config, key);
        let client = open(&config);
        let error = client.list_received(MessageType::Edoc).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AxisNoAnswer);
        assert!(error.to_string().contains(key), "{error}");
        let sent = client.send(&mut Cursor::new(b"x"), &to(&["A"])).unwrap();
        assert!(matches!(&sent[0].outcome, Outcome::NoAnswer(error)
            if error.kind() == ErrorKind::AxisSentNoAnswer));
    }
}

#[test]
fn an_answer_that_stops_halfway_and_an_upload_that_is_not_read_time_out() {
    let server = Server::start(|_| {
        Reply::Write(Box::new(|stream| {
            let bytes = answer(200, "application/json", OK.as_bytes());
            stream.write_all(&bytes[..bytes.len() - 3]).unwrap();
            thread::park();
        }))
    });
    let mut settings = config(&server);
    short(&mut settings, "axis.idle_timeout");
    let error = open(&settings).acknowledge("d", Acknowledgement::Done);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::AxisNoAnswer);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = configured(&format!("http://{}", listener.local_addr().unwrap()));
    short(&mut settings, "axis.idle_timeout");
    let packet = vec![b'x'; 64 << 20];
    let error = open(&settings).send(&mut Cursor::new(packet), &to(&["A"]));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AxisInterrupted);
    assert!(error.to_string().contains("axis.idle_timeout"));
}

#[test]
fn slow_progress_is_no_idleness() {
    // Each piece comes within the time-out, all of them do not.
    let server = Server::start(|_| {
        Reply::Write(Box::new(|stream| {
            for byte in answer(200, "application/json", OK.as_bytes()).chunks(8) {
                stream.write_all(byte).unwrap();
                thread::sleep(Duration::from_millis(40));
            }
        }))
    });
    let mut config = config(&server);
    config.set("axis.idle_timeout", "400").unwrap();
    let client = open(&config);
    client.acknowledge("d", Acknowledgement::Done).unwrap();
}

#[test]
fn closing_ends_calls_in_other_threads_at_once() {
    let (arrived, arrivals) = channel();
    let arrived = std::sync::Mutex::new(arrived);
    let server = Server::start(move |_| {
        arrived.lock().unwrap().send(()).unwrap();
        Reply::Silence
    });
    let client = client(&server);
    let (kind, sent, took) = thread::scope(|scope| {
        let list = scope.spawn(|| client.list_received(MessageType::Edoc));
        let send = scope.spawn(|| client.send(&mut Cursor::new(b"x"), &to(&["A"])));
        arrivals.recv().unwrap();
        arrivals.recv().unwrap();
        let start = Instant::now();
        client.close();
        let kind = list.join().unwrap().unwrap_err().kind();
        let sent = send.join().unwrap().unwrap();
        (kind, sent, start.elapsed())
    });
    assert_eq!(kind, ErrorKind::Closed);
    assert!(matches!(&sent[0].outcome, Outcome::NoAnswer(_)), "{sent:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let error = client.count_documents().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    client.close();
}

#[tokio::main]
async fn inside_a_host(server: &Server) {
    let client = client(server);
    client.acknowledge("d", Acknowledgement::Done).unwrap();
    let shared = client.clone();
    let task = tokio::spawn(async move {
        let sent = shared.send(&mut Cursor::new(b"x"), &to(&["A"])).unwrap();
        assert!(matches!(sent[0].outcome, Outcome::Accepted { .. }));
    });
    task.await.unwrap();
    client.close();
    drop(client);
}

#[test]
fn a_client_works_inside_a_hosts_runtime() {
    let server = Server::start(|_| Reply::json(OK));
    inside_a_host(&server);
    #[tokio::main(flavor = "current_thread")]
    async fn on_one_thread(server: &Server) {
        let client = client(server);
        client.acknowledge("d", Acknowledgement::Done).unwrap();
    }
    on_one_thread(&server);
}

#[test]
fn a_client_may_be_shared_and_sent() {
    fn check<T: Send + Sync + Clone + 'static>() {}
    check::<Client>();
}

#[test]
fn a_source_that_fails_or_is_slow_is_not_the_axiss_fault() {
    struct Slow(Cursor<Vec<u8>>);
    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            thread::sleep(Duration::from_millis(120));
            self.0.read(buffer)
        }
    }
    impl std::io::Seek for Slow {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }
    let server = Server::start(|_| Reply::json(OK));
    let mut config = config(&server);
    short(&mut config, "axis.idle_timeout");
    let mut packet = Slow(Cursor::new(b"slow".to_vec()));
    let sent = open(&config).send(&mut packet, &to(&["A"])).unwrap();
    assert!(matches!(sent[0].outcome, Outcome::Accepted { .. }));
}

#[test]
fn the_secret_is_shown_nowhere() {
    let server = Server::start(|_| Reply::Close(answer(500, "text/html", b"<html>")));
    let settings = config(&server);
    let client = open(&settings);
    let mut shown = format!("{settings:?} {client:?}");
    let mut sent = client.send(&mut Cursor::new(b"x"), &to(&["A"])).unwrap();
    shown += &format!("{sent:?}");
    let Outcome::NoAnswer(error) = sent.remove(0).outcome else {
        panic!();
    };
    let mut errors = vec![error];
    errors.push(client.agencies().unwrap_err());
    client.close();
    errors.push(client.agencies().unwrap_err());
    let mut wrong = settings.clone();
    wrong.set("axis.url", &format!("ftp://{SECRET}")).unwrap();
    errors.push(Client::open(&wrong).unwrap_err());
    errors.push(wrong.set("axis.secret.x", "1").unwrap_err());
    for error in errors {
        shown += &format!("{error} {error:?} {}", error.message(Language::Vietnamese));
    }
    assert!(
        !shown.contains(SECRET) && !shown.contains("canary"),
        "{shown}"
    );
}
