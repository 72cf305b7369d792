//! Roles: one worker for a store, any number of clients, and an end in time.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lienthong::axis::MessageType;
use lienthong::connector::StateSecret;
use lienthong::packet::{Attachment, StatusCode};
use lienthong::{Config, Connector, ErrorKind};
use lienthong_conformance::axis_server::Fault;

use crate::support::{
    Agency, FINISHED, RECEIVER, SENDER, axis, bytes, document, eventually, next, plain, rule, send,
    until_state,
};

/// What the other process does, and with which stores.
const ORDER: &str = "CONNECTOR_TEST_ORDER";

/// This program again, as another process.
fn other_process(order: &str, stores: &[&Agency]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "roles::other_process_at_work", "--nocapture"])
        .env(ORDER, order)
        .stderr(Stdio::inherit());
    for (index, agency) in stores.iter().enumerate() {
        for key in ["store.path", "connector.organs", "axis.url"] {
            let value = agency.config.get(key).unwrap();
            command.env(format!("{ORDER}_{index}_{key}"), value);
        }
    }
    let output = command.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}");
    out
}

/// Not a test of its own: what [`other_process`] runs.
#[test]
fn other_process_at_work() {
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let config = |index: usize, role: &str| {
        let mut config = Config::new();
        config.set("connector.role", role).unwrap();
        for key in ["store.path", "connector.organs", "axis.url"] {
            let value = std::env::var(format!("{ORDER}_{index}_{key}")).unwrap();
            config.set(key, &value).unwrap();
        }
        config.set("axis.system_id", "td.01").unwrap();
        config.set("axis.secret", "bi mat mot").unwrap();
        config
    };
    if order == "worker" {
        let error = Connector::open(&config(0, "worker")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StoreInUse);
        return;
    }
    let sender = Connector::open(&config(0, "client")).unwrap();
    let receiver = Connector::open(&config(1, "client")).unwrap();
    let sent = send(&sender, document(1));
    let came = next(&receiver);
    came.accept().unwrap();
    for code in FINISHED {
        receiver.report(came.id(), code, None, None).unwrap();
    }
    until_state(&sender, sent.id, RECEIVER, "finished");
}

#[test]
fn a_second_worker_is_refused_in_this_process_and_in_another() {
    let axis = axis();
    let from = Agency::sender(&axis);
    let worker = from.open();
    let refused = Connector::open(&from.config).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StoreInUse);
    other_process("worker", &[&from]);
    assert!(worker.close(Duration::from_secs(5)));
    drop(worker);
    from.open();
}

#[test]
fn clients_of_another_process_send_poll_accept_and_report() {
    let axis = axis();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let (sender, _receiver) = (from.open(), to.open());
    other_process("client", &[&from, &to]);
    let sent = sender.find_sent(SENDER, &crate::support::id(1)).unwrap();
    until_state(&sender, sent[0], RECEIVER, "finished");
}

#[test]
fn what_a_client_stored_without_a_worker_goes_when_one_comes() {
    let axis = axis();
    let from = Agency::sender(&axis);
    let client = from.open_client();
    let sent = send(&client, document(1));
    std::thread::sleep(Duration::from_millis(100));
    assert!(axis.queued().is_empty());
    let worker = from.open();
    until_state(&client, sent.id, RECEIVER, "accepted");
    // A client beside it sees, sends and ends without the worker.
    let again = send(&client, document(2));
    assert!(client.close(Duration::from_secs(5)));
    until_state(&worker, again.id, RECEIVER, "accepted");
}

#[test]
fn the_worker_asks_at_once_on_request_and_a_client_cannot() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let mut to = Agency::receiver(&axis);
    to.set("receive.interval", "80000000");
    let to = to.run();
    eventually(|| to.stats().unwrap().listed);
    let sent = send(&from, document(1));
    until_state(&from, sent.id, RECEIVER, "accepted");
    to.receive_now().unwrap();
    next(&to).accept().unwrap();
    let refused = to.agency.open_client().receive_now().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotForClient);
}

#[test]
fn a_connector_in_mid_transfer_ends_in_time_and_wakes_who_waits() {
    let axis = plain();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let large = Attachment::from_bytes("lớn.pdf", vec![b'%'; 4 << 20]);
    let large = bytes(document(1).attach(large));
    from.post(&large, &[RECEIVER], MessageType::Edoc);
    // A minute for the whole packet, both ways.
    axis.add_fault(rule(
        "getEdoc",
        0,
        Fault::Drip {
            bytes: 100_000,
            ms: 1_000,
        },
    ));
    axis.add_fault(rule("sendEdoc", 0, Fault::Delay { ms: 60_000 }));
    let (sender, receiver) = (from.open(), to.open());
    send(&sender, document(2));
    until_state(
        &sender,
        sender.find_sent(SENDER, &crate::support::id(2)).unwrap()[0],
        RECEIVER,
        "sending",
    );
    eventually(|| {
        let seen = axis.faults().iter().all(|fault| fault.happened > 0);
        seen.then_some(())
    });
    let ended = std::thread::scope(|scope| {
        let poll = scope.spawn(|| receiver.poll(Duration::from_secs(60)).map(drop));
        let events = scope.spawn(|| {
            loop {
                match receiver.events(10, Duration::from_secs(60)) {
                    Ok(events) => receiver.events_done(events.last().map_or(0, |e| e.number))?,
                    Err(error) => return Err::<(), _>(error),
                }
            }
        });
        std::thread::sleep(Duration::from_millis(100));
        let begun = Instant::now();
        assert!(receiver.close(Duration::from_secs(5)));
        assert!(sender.close(Duration::from_secs(5)));
        assert!(begun.elapsed() < Duration::from_secs(5));
        [poll.join().unwrap(), events.join().unwrap()]
    });
    for one in ended {
        assert_eq!(one.unwrap_err().kind(), ErrorKind::Closed);
    }
    let late = sender.send(&mut document(3).build().unwrap(), StateSecret::NotContained);
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Closed);
    // What was under way goes on after the next opening.
    axis.set_faults([]);
    let receiver = to.open();
    let came = next(&receiver);
    assert_eq!(crate::support::kept(&receiver, came.id()), large);
    came.accept().unwrap();
    let sender = from.open();
    let two = sender.find_sent(SENDER, &crate::support::id(2)).unwrap()[0];
    until_state(&sender, two, RECEIVER, "arrived");
    let came = next(&receiver);
    came.accept().unwrap();
    receiver
        .report(came.id(), StatusCode::Registered, None, None)
        .unwrap();
}
