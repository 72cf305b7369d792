//! The library's own client against the test axis, two programs that share
//! neither HMAC nor hash nor HTTP: every call, every refusal, every fault.
//!
//! Connections that are cut are in `axis_cuts.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod axis_support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axis_support::{
    ONE, OTHER, RECEIVER, SENDER, TWO, builder, document, envelope, from_sender, library,
    library_keys, plain, rule, status,
};
use lienthong::axis::{
    Acknowledgement, Client, Delivery, MessageType, NewAgency, Outcome, RefusalClass, Sending,
};
use lienthong::error::Retry;
use lienthong::{Error, ErrorKind};
use lienthong_conformance::axis_server::{Cause, Fault, FaultRule, QueueState, TestAxis, Unit};
use lienthong_conformance::rebuild::Flavour;

fn sender(axis: &TestAxis) -> Client {
    library(&axis.url(), ONE, &[])
}

fn receiver(axis: &TestAxis) -> Client {
    library(&axis.url(), TWO, &[])
}

fn send(client: &Client, packet: &[u8], sending: &Sending<'_>) -> Vec<Delivery> {
    client.send(&mut Cursor::new(packet), sending).unwrap()
}

/// What became of a packet that went in one request.
fn outcome(client: &Client, packet: &[u8], to: &[&str]) -> Outcome {
    let mut deliveries = send(client, packet, &from_sender(to));
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0).outcome
}

fn accepted(client: &Client, packet: &[u8], to: &[&str]) -> String {
    match outcome(client, packet, to) {
        Outcome::Accepted { doc_id: Some(id) } => id,
        other => panic!("{other:?}"),
    }
}

fn fetched(client: &Client, id: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let said = client.get(id, &mut bytes).unwrap();
    assert_eq!(said.bytes, bytes.len() as u64);
    bytes
}

fn ids(client: &Client) -> Vec<String> {
    let rows = client.list_received(MessageType::Edoc).unwrap();
    rows.into_iter().map(|row| row.doc_id).collect()
}

fn agency(code: &str) -> NewAgency {
    NewAgency {
        parent_code: SENDER.into(),
        code: code.into(),
        name: "Đơn vị thí dụ \"một\"".into(),
        mail: "a@example.vn".into(),
        ..NewAgency::default()
    }
}

/// One of each of the 13 calls, and how it ended. `id` is a document that waits.
fn each_call(axis: &TestAxis, id: &str) -> BTreeMap<&'static str, Result<(), ErrorKind>> {
    let (sender, receiver) = (sender(axis), receiver(axis));
    let sent = match outcome(&sender, &document(&[RECEIVER]), &[]) {
        Outcome::Accepted { .. } => Ok(()),
        Outcome::Refused(refusal) => Err(kind_of(refusal.class)),
        Outcome::NoAnswer(error) | Outcome::NotSent(error) => Err(error.kind()),
        other => panic!("{other:?}"),
    };
    let edoc = MessageType::Edoc;
    let kind = |error: Error| error.kind();
    let mut none = Vec::new();
    BTreeMap::from([
        ("/sendEdoc", sent),
        (
            "/getReceivedEdocList",
            receiver.list_received(edoc).map(drop).map_err(kind),
        ),
        (
            "/getEdoc",
            receiver.get(id, &mut none).map(drop).map_err(kind),
        ),
        (
            "/downloadEdoc",
            receiver.download(id, &mut none).map(drop).map_err(kind),
        ),
        (
            "/updateStatus",
            receiver
                .acknowledge(id, Acknowledgement::Processing)
                .map_err(kind),
        ),
        (
            "/getSentEdocList",
            sender.sent_list(edoc, id).map(drop).map_err(kind),
        ),
        (
            "/countReceiveEdoc",
            receiver.count_documents().map(drop).map_err(kind),
        ),
        (
            "/countReceiveStatus",
            receiver.count_statuses().map(drop).map_err(kind),
        ),
        (
            "/getAgenciesList",
            sender.agencies().map(drop).map_err(kind),
        ),
        (
            "/getAgenciesListQD20",
            sender.agencies_qd20(1).map(drop).map_err(kind),
        ),
        (
            "/getSynchronizeUnit",
            sender.synchronize_units().map(drop).map_err(kind),
        ),
        (
            "/registerAgency",
            sender.register_agency(&agency("H99.41")).map_err(kind),
        ),
        (
            "/deleteAgency",
            sender.delete_agency("H99.41").map_err(kind),
        ),
    ])
}

/// The kind of error of a class of refusal.
fn kind_of(class: RefusalClass) -> ErrorKind {
    match class {
        RefusalClass::Packet => ErrorKind::AxisRefusedPacket,
        RefusalClass::Organ => ErrorKind::AxisRefusedOrgan,
        RefusalClass::Credentials => ErrorKind::AxisCredentials,
        RefusalClass::TryLater => ErrorKind::AxisTryLater,
        RefusalClass::Unknown => ErrorKind::AxisUnknownRefusal,
        other => panic!("{other:?}"),
    }
}

/// An axis on which one document waits, and its id.
fn waiting() -> (TestAxis, String) {
    let axis = plain();
    accepted(&sender(&axis), &document(&[RECEIVER]), &[]);
    let id = ids(&receiver(&axis)).remove(0);
    (axis, id)
}

fn without_end(call: &str, fault: Fault) -> FaultRule {
    FaultRule {
        times: 0,
        ..rule(call, fault)
    }
}

// Calls.

#[test]
fn all_thirteen_calls_are_understood() {
    let (axis, id) = waiting();
    let all = each_call(&axis, &id);
    assert_eq!(all.len(), 13);
    for (call, ended) in &all {
        assert_eq!(*ended, Ok(()), "{call}");
    }
    // The axis writes its log behind the answer.
    let mut paths = BTreeSet::new();
    let mut since = 0;
    while paths.len() < all.len() {
        for one in axis.wire_log(since, Duration::from_secs(60)) {
            since = one.number;
            assert!(one.code.is_none_or(|code| code == "0"), "{}", one.path);
            paths.insert(one.path);
        }
    }
    assert!(paths.iter().map(String::as_str).eq(all.keys().copied()));
}

#[test]
fn a_document_waits_until_it_is_done_and_its_sender_sees_how_far_it_is() {
    let axis = plain();
    let (sender, receiver) = (sender(&axis), receiver(&axis));
    let packet = document(&[RECEIVER]);
    // The call's recipients go before those of the packet; one is named twice.
    let id = accepted(&sender, &packet, &[OTHER, RECEIVER, OTHER]);
    assert_eq!(receiver.count_documents().unwrap(), 2);
    assert_eq!(receiver.count_statuses().unwrap(), 0);
    assert!(
        receiver
            .list_received(MessageType::Status)
            .unwrap()
            .is_empty()
    );
    assert_eq!(sender.count_documents().unwrap(), 0);

    let rows = receiver.list_received(MessageType::Edoc).unwrap();
    let to: Vec<_> = rows.iter().map(|row| row.to.as_deref().unwrap()).collect();
    assert_eq!(to, [OTHER, RECEIVER]);
    for row in &rows {
        assert_eq!(row.from.as_deref(), Some(SENDER));
        assert_eq!(row.status.as_deref(), Some("initial"));
        assert_eq!(row.message_type.as_deref(), Some("edoc"));
        assert_eq!(fetched(&receiver, &row.doc_id), packet);
        let mut raw = Vec::new();
        receiver.download(&row.doc_id, &mut raw).unwrap();
        assert_eq!(raw, packet);
    }
    let words = [
        Acknowledgement::Processing,
        Acknowledgement::Done,
        Acknowledgement::Fail,
    ];
    for (word, left) in words.into_iter().zip([2, 1, 1]) {
        receiver.acknowledge(&rows[0].doc_id, word).unwrap();
        assert_eq!(receiver.count_documents().unwrap(), left);
    }
    receiver
        .acknowledge(&rows[1].doc_id, Acknowledgement::Fail)
        .unwrap();
    assert!(ids(&receiver).is_empty());

    let sent = sender.sent_list(MessageType::Edoc, &id).unwrap();
    let seen: Vec<_> = sent
        .iter()
        .map(|row| {
            assert_eq!(
                (&*row.sender_doc_id, row.notation.as_deref()),
                (&*id, Some("12/STD"))
            );
            let state = row.receive_status.as_deref().unwrap();
            (row.to_code.as_deref().unwrap(), state)
        })
        .collect();
    assert_eq!(seen, [(OTHER, "done"), (RECEIVER, "fail")]);
}

#[test]
fn a_status_goes_to_whom_it_answers() {
    let axis = plain();
    let sending = Sending {
        message_type: MessageType::Status,
        ..from_sender(&[])
    };
    let packet = status(RECEIVER);
    send(&sender(&axis), &packet, &sending);
    let receiver = receiver(&axis);
    assert_eq!(receiver.count_statuses().unwrap(), 1);
    assert!(ids(&receiver).is_empty());
    let rows = receiver.list_received(MessageType::Status).unwrap();
    assert_eq!(rows[0].message_type.as_deref(), Some("status"));
    assert_eq!(fetched(&receiver, &rows[0].doc_id), packet);
}

#[test]
fn the_directory_is_read_in_its_three_forms_and_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("units.jsonl");
    let unit = Unit {
        name: "Sở \"Thí dụ\" \\ <một>".into(),
        mail: "so@example.vn".into(),
        ..Unit::new("H98.07")
    };
    std::fs::write(&file, serde_json::to_string(&unit).unwrap()).unwrap();
    let axis = builder().directory(&file).start().unwrap();
    let sender = sender(&axis);
    let rows = sender.agencies().unwrap();
    let row = rows.iter().find(|row| row.code == "H98.07").unwrap();
    assert_eq!(row.name.as_deref(), Some("Sở \"Thí dụ\" \\ <một>"));
    assert_eq!(row.mail.as_deref(), Some("so@example.vn"));
    assert_eq!(sender.synchronize_units().unwrap().len(), rows.len());

    sender.register_agency(&agency("H98.08")).unwrap();
    let named = |rows: &[lienthong::axis::Agency]| {
        let row = rows.iter().find(|row| row.code == "H98.08");
        row.and_then(|row| row.name.clone())
    };
    assert_eq!(
        named(&sender.agencies().unwrap()).as_deref(),
        Some("Đơn vị thí dụ \"một\"")
    );
    sender.delete_agency("H98.08").unwrap();
    assert_eq!(named(&sender.agencies().unwrap()), None);
}

#[test]
fn either_form_of_the_hash_a_base_path_and_a_checked_clock_are_understood() {
    let axis = builder()
        .configure(|config| {
            config.base_path = "/XrdAdapter/adapter".into();
            config.max_skew = Some(300);
        })
        .rebuild(Flavour::Off)
        .start()
        .unwrap();
    // Bytes of a digest that have a leading zero are where the forms differ.
    for form in ["unpadded", "standard"] {
        let client = library(&axis.url(), ONE, &[("axis.hash_file", form)]);
        for count in 0..16 {
            let packet = [document(&[RECEIVER]), vec![b'\n'; count]].concat();
            accepted(&client, &packet, &[]);
        }
    }
}

// Refusals.

/// What the axis answers to each cause: the code by `docs/test-axis.md`, the
/// class by the published table of codes.
const REFUSALS: &[(Cause, &str, RefusalClass)] = &[
    (Cause::UnknownSystem, "15", RefusalClass::Credentials),
    (Cause::Signature, "15", RefusalClass::Credentials),
    (Cause::Skew, "15", RefusalClass::Credentials),
    (Cause::HashDiffers, "10", RefusalClass::Packet),
    (Cause::NotXml, "10", RefusalClass::Packet),
    (Cause::NotStandard, "22", RefusalClass::Packet),
    (Cause::NoReceiver, "22", RefusalClass::Packet),
    (Cause::RebuildFailed, "21", RefusalClass::TryLater),
    (Cause::UnknownReceiver, "18", RefusalClass::Organ),
    (Cause::LockedReceiver, "23", RefusalClass::Organ),
    (Cause::UnknownSender, "19", RefusalClass::Organ),
    (Cause::ForeignSender, "19", RefusalClass::Organ),
    (Cause::Parameter, "20", RefusalClass::TryLater),
    (Cause::UnknownDocument, "20", RefusalClass::TryLater),
    (Cause::UnknownAgency, "18", RefusalClass::Organ),
    (Cause::ForeignAgency, "20", RefusalClass::TryLater),
    (Cause::Internal, "20", RefusalClass::TryLater),
];

/// What this client never does: it sends no empty packet, and none without its
/// hash.
const NEVER: &[Cause] = &[Cause::EmptyPacket, Cause::HashMissing];

#[test]
fn every_cause_of_a_refusal_is_met_or_cannot_be() {
    let met = REFUSALS.iter().map(|(cause, ..)| cause);
    let all: BTreeSet<_> = met.chain(NEVER).collect();
    assert_eq!(all, Cause::ALL.iter().collect());
    let axis = plain();
    let error = sender(&axis).send(&mut Cursor::new(b""), &from_sender(&[]));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert!(axis.wire_log(0, Duration::ZERO).is_empty());
}

#[test]
fn every_refusal_has_its_class() {
    for &(cause, code, class) in REFUSALS {
        let found = refuse(cause);
        assert_eq!(found.kind, kind_of(class), "{}", cause.word());
        assert_eq!(found.code, code, "{}", cause.word());
    }
}

struct Refused {
    kind: ErrorKind,
    code: String,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let code = error.context().iter().find(|(name, _)| *name == "code");
        Refused {
            kind: error.kind(),
            code: code.map(|(_, code)| code.to_string()).unwrap_or_default(),
        }
    }
}

/// Makes the axis refuse for a cause.
fn refuse(cause: Cause) -> Refused {
    let good = document(&[RECEIVER]);
    let axis = plain();
    let edoc = MessageType::Edoc;
    match cause {
        Cause::UnknownSystem => {
            let client = library(&axis.url(), ("system.three", ONE.1), &[]);
            client.list_received(edoc).unwrap_err().into()
        }
        Cause::Signature => {
            let client = library(&axis.url(), (ONE.0, "another"), &[]);
            refused_sending(cause, &axis, &client, &good, &from_sender(&[]))
        }
        Cause::Skew => {
            let axis = builder().configure(|config| config.max_skew = Some(300));
            let axis = axis.start().unwrap();
            let clock = Arc::new(|| SystemTime::now() - Duration::from_secs(3_600));
            let keys = library_keys(&axis.url(), ONE, &[]);
            let client = Client::open_with_clock(&keys, clock).unwrap();
            client.count_documents().unwrap_err().into()
        }
        Cause::HashDiffers => {
            let hop = changing_the_last_byte(axis.address());
            let client = library(&format!("http://{hop}"), ONE, &[]);
            refused_sending(cause, &axis, &client, &good, &from_sender(&[]))
        }
        Cause::RebuildFailed => {
            let axis = builder().rebuild(Flavour::V0_0_3).start().unwrap();
            let packet = envelope(&format!(
                "<From><OrganId>{SENDER}</OrganId></From><To><OrganId>{RECEIVER}</OrganId></To>\
                 <SteeringType> </SteeringType>"
            ));
            refused_sending(cause, &axis, &sender(&axis), &packet, &from_sender(&[]))
        }
        Cause::LockedReceiver => {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("units.jsonl");
            let unit = Unit {
                locked: true,
                ..Unit::new("H99.23")
            };
            std::fs::write(&file, serde_json::to_string(&unit).unwrap()).unwrap();
            let axis = builder().directory(&file).start().unwrap();
            refused_sending(
                cause,
                &axis,
                &sender(&axis),
                &good,
                &from_sender(&["H99.23"]),
            )
        }
        Cause::Internal => {
            let folder = tempfile::tempdir().unwrap();
            let axis = builder().data(folder.path()).start().unwrap();
            accepted(&sender(&axis), &good, &[]);
            let receiver = receiver(&axis);
            let id = ids(&receiver).remove(0);
            // A disk that lost a packet.
            let name = format!("packets/{}.edxml", axis.queued()[0].sender_id);
            std::fs::remove_file(folder.path().join(name)).unwrap();
            receiver.get(&id, &mut Vec::new()).unwrap_err().into()
        }
        Cause::Parameter => sender(&axis).agencies_qd20(1_000).unwrap_err().into(),
        Cause::UnknownDocument => {
            let mut none = Vec::new();
            let error = receiver(&axis).download("nothing", &mut none).unwrap_err();
            let word = Acknowledgement::Done;
            for same in [
                receiver(&axis).get("nothing", &mut none).unwrap_err(),
                receiver(&axis).acknowledge("nothing", word).unwrap_err(),
            ] {
                assert_eq!(same.kind(), error.kind());
            }
            assert!(none.is_empty());
            error.into()
        }
        Cause::UnknownAgency => sender(&axis).delete_agency("H99.77").unwrap_err().into(),
        Cause::ForeignAgency => {
            let error = sender(&axis).register_agency(&agency(RECEIVER));
            error.unwrap_err().into()
        }
        other => {
            let to_nobody = ["H99.77"];
            let (packet, sending) = match other {
                Cause::NotXml => (b"no packet".to_vec(), from_sender(&[])),
                Cause::NotStandard => (b"<edXML/>".to_vec(), from_sender(&[])),
                Cause::NoReceiver => (document(&[]), from_sender(&[])),
                Cause::UnknownReceiver => (good, from_sender(&to_nobody)),
                Cause::UnknownSender | Cause::ForeignSender => {
                    let from = if other == Cause::ForeignSender {
                        RECEIVER
                    } else {
                        "H99.77"
                    };
                    (
                        good,
                        Sending {
                            from,
                            ..from_sender(&[])
                        },
                    )
                }
                _ => panic!("nobody knows how to cause {}", other.word()),
            };
            refused_sending(other, &axis, &sender(&axis), &packet, &sending)
        }
    }
}

/// A sending that the axis refuses for a cause, which its answer names.
fn refused_sending(
    cause: Cause,
    axis: &TestAxis,
    client: &Client,
    packet: &[u8],
    sending: &Sending<'_>,
) -> Refused {
    let mut deliveries = send(client, packet, sending);
    assert_eq!(deliveries.len(), 1);
    let Outcome::Refused(refusal) = deliveries.remove(0).outcome else {
        panic!("{}", cause.word());
    };
    let words = refusal.description.unwrap();
    assert!(words.starts_with(cause.text()), "{}: {words}", cause.word());
    assert!(axis.queued().is_empty(), "{}", cause.word());
    Refused {
        kind: kind_of(refusal.class),
        code: refusal.code,
    }
}

/// Something in between that changes the last byte of one request.
fn changing_the_last_byte(axis: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        let mut far = TcpStream::connect(axis).unwrap();
        let mut request = Vec::new();
        let mut missing = None;
        while missing != Some(0) {
            let mut byte = [0];
            near.read_exact(&mut byte).unwrap();
            request.extend(byte);
            missing = match missing {
                Some(count) => Some(count - 1),
                None if request.ends_with(b"\r\n\r\n") => {
                    let head = String::from_utf8(request.clone()).unwrap().to_lowercase();
                    let length = head
                        .lines()
                        .find_map(|line| line.strip_prefix("content-length: "));
                    length.map(|length| length.parse::<usize>().unwrap())
                }
                None => None,
            };
        }
        *request.last_mut().unwrap() ^= 1;
        far.write_all(&request).unwrap();
        let _ = std::io::copy(&mut far, &mut near);
    });
    address
}

// Faults.

#[test]
fn a_page_instead_of_an_answer_is_never_success_and_never_an_empty_list() {
    for (fault, takes) in [(Fault::BadGateway, 2), (Fault::NotJson, 2)] {
        let (axis, id) = waiting();
        axis.set_faults([without_end("*", fault.clone())]);
        for (call, ended) in each_call(&axis, &id) {
            let kind = match call {
                // The axis has it, and the answer does not say so.
                "/sendEdoc" => ErrorKind::AxisSentNoAnswer,
                _ => ErrorKind::AxisNotAnAnswer,
            };
            assert_eq!(ended, Err(kind), "{call} {}", fault.word());
        }
        assert_eq!(axis.queued().len(), takes);
        axis.set_faults([]);
        assert_eq!(ids(&receiver(&axis)).len(), takes);
    }
}

#[test]
fn a_packet_behind_a_failing_gateway_may_show_twice_and_the_client_says_so() {
    let axis = plain();
    axis.set_faults([rule("sendEdoc", Fault::BadGateway)]);
    let client = sender(&axis);
    let packet = document(&[RECEIVER, OTHER]);
    let Outcome::NoAnswer(error) = outcome(&client, &packet, &[]) else {
        panic!();
    };
    assert_eq!(error.kind().retry(), Retry::MayDuplicate);
    assert_eq!(axis.queued().len(), 2);
    accepted(&client, &packet, &[]);
    let receiver = receiver(&axis);
    let all = ids(&receiver);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|id| fetched(&receiver, id) == packet));
}

#[test]
fn another_code_is_heard_whatever_the_axis_did() {
    for (code, kind) in [
        ("10", ErrorKind::AxisRefusedPacket),
        ("15", ErrorKind::AxisCredentials),
        ("18", ErrorKind::AxisRefusedOrgan),
        ("19", ErrorKind::AxisRefusedOrgan),
        ("20", ErrorKind::AxisTryLater),
        ("21", ErrorKind::AxisTryLater),
        ("22", ErrorKind::AxisRefusedPacket),
        ("23", ErrorKind::AxisRefusedOrgan),
        ("99", ErrorKind::AxisUnknownRefusal),
    ] {
        for accepted in [false, true] {
            let (axis, id) = waiting();
            let code = code.to_owned();
            axis.set_faults([without_end("*", Fault::WrongCode { code, accepted })]);
            for (call, ended) in each_call(&axis, &id) {
                assert_eq!(ended, Err(kind), "{call}");
            }
            assert_eq!(axis.queued().len(), 1 + usize::from(accepted));
        }
    }
}

#[test]
fn a_doubled_list_is_handed_on_as_it_is_and_does_no_harm() {
    let (axis, id) = waiting();
    axis.set_faults([rule("getReceivedEdocList", Fault::DuplicateListing)]);
    let receiver = receiver(&axis);
    let twice = ids(&receiver);
    assert_eq!(twice, [id.clone(), id]);
    for id in twice {
        assert_eq!(fetched(&receiver, &id), document(&[RECEIVER]));
        receiver.acknowledge(&id, Acknowledgement::Done).unwrap();
        assert_eq!(axis.queued()[0].state, QueueState::Done);
    }
}

#[test]
fn rows_in_another_order_name_the_same_packets() {
    let axis = plain();
    let client = sender(&axis);
    let packets: Vec<Vec<u8>> = (0..9)
        .map(|count| [document(&[RECEIVER]), vec![b'\n'; count]].concat())
        .collect();
    for packet in &packets {
        accepted(&client, packet, &[]);
    }
    let receiver = receiver(&axis);
    let usual = ids(&receiver);
    axis.set_faults([rule("getReceivedEdocList", Fault::Reorder)]);
    let other = ids(&receiver);
    assert_ne!(other, usual);
    for id in &other {
        let number = usual.iter().position(|known| known == id).unwrap();
        assert_eq!(fetched(&receiver, id), packets[number]);
    }
    assert_eq!(other.iter().collect::<BTreeSet<_>>().len(), packets.len());
}

#[test]
fn an_axis_that_thinks_too_long_gave_no_answer_and_may_have_the_packet() {
    let axis = plain();
    axis.set_faults([rule("sendEdoc", Fault::Delay { ms: 3_000 })]);
    let client = library(&axis.url(), ONE, &[("axis.idle_timeout", "500")]);
    let Outcome::NoAnswer(error) = outcome(&client, &document(&[RECEIVER]), &[]) else {
        panic!();
    };
    assert_eq!(error.kind(), ErrorKind::AxisSentNoAnswer);
    assert!(error.to_string().contains("axis.idle_timeout"), "{error}");
    // Once the axis has looked at it, it has it.
    assert_eq!(axis.wire_log(0, Duration::from_secs(60)).len(), 1);
    assert_eq!(axis.queued().len(), 1);
}

#[test]
fn an_answer_that_drips_steadily_is_waited_for() {
    let (axis, id) = waiting();
    // Twenty pauses and more, each of them within the time-out.
    axis.set_faults([rule("*", Fault::Drip { bytes: 8, ms: 100 })]);
    let keys = [("axis.idle_timeout", "2000")];
    let begun = std::time::Instant::now();
    accepted(
        &library(&axis.url(), ONE, &keys),
        &document(&[RECEIVER]),
        &[],
    );
    assert!(begun.elapsed() > Duration::from_millis(2_000));
    // One byte at a time: every border of the answer's parts is met.
    axis.set_faults([without_end("*", Fault::Drip { bytes: 1, ms: 0 })]);
    let receiver = receiver(&axis);
    assert_eq!(ids(&receiver).len(), 2);
    assert_eq!(fetched(&receiver, &id), document(&[RECEIVER]));
}

const MANY: [&str; 7] = [
    "H99.01", "H99.02", "H99.03", "H99.04", "H99.05", "H99.06", "H99.07",
];

/// How often each organ has the packet, where one organ is refused.
fn one_refused(code: &str, rest_accepted: bool) -> (Vec<Delivery>, BTreeMap<String, usize>) {
    let axis = TestAxis::builder()
        .system(ONE.0, ONE.1, [SENDER])
        .system(TWO.0, TWO.1, MANY)
        .rebuild(Flavour::Off)
        .start()
        .unwrap();
    axis.set_faults([without_end(
        "sendEdoc",
        Fault::RefuseOrgan {
            organ: "H99.03".into(),
            code: code.into(),
            rest_accepted,
        },
    )]);
    let deliveries = send(&sender(&axis), &document(&MANY), &from_sender(&MANY));
    let mut counts = BTreeMap::new();
    for queued in axis.queued() {
        *counts.entry(queued.organ).or_default() += 1;
    }
    (deliveries, counts)
}

#[test]
fn a_refused_organ_is_halved_until_it_stands_alone() {
    for (code, rest_accepted) in [("18", false), ("23", false), ("23", true)] {
        let (deliveries, counts) = one_refused(code, rest_accepted);
        let mut reached = Vec::new();
        for delivery in &deliveries {
            match &delivery.outcome {
                Outcome::Accepted { .. } => reached.extend(delivery.to.iter().cloned()),
                Outcome::Refused(refusal) => {
                    assert_eq!(
                        (delivery.to.as_slice(), &*refusal.code),
                        (["H99.03".to_owned()].as_slice(), code)
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        let expected: Vec<_> = MANY
            .into_iter()
            .filter(|organ| *organ != "H99.03")
            .collect();
        assert_eq!(reached, expected);
        assert_eq!(counts.keys().collect::<Vec<_>>(), expected);
        // An axis that says less than it does makes some see it twice (assumed
        // of none); nobody is left out.
        assert!(
            rest_accepted || counts.values().all(|count| *count == 1),
            "{counts:?}"
        );
    }
}

#[test]
fn a_refusal_for_everyone_is_not_halved() {
    for code in ["10", "15", "19", "20", "21", "22", "99"] {
        let (deliveries, counts) = one_refused(code, false);
        assert_eq!(deliveries.len(), 1, "{code}");
        assert_eq!(deliveries[0].to, MANY);
        assert!(
            matches!(&deliveries[0].outcome, Outcome::Refused(refusal) if refusal.code == code)
        );
        assert!(counts.is_empty());
    }
}
