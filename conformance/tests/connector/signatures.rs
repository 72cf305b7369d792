//! What connectors sign and seal, and what becomes of documents whose authenticity is not
//! proven.

use std::io::{Cursor, Read};

use lienthong::axis::MessageType;
use lienthong::connector::{Health, StateSecret};
use lienthong::crypto::keys::FileSigner;
use lienthong::exchange::model::{HandOffState, What};
use lienthong::packet::BusinessType;
use lienthong::signature::xmldsig::{SignOptions, sign_to_pipe};
use lienthong::{Connector, ErrorKind, FindingCode};
use serde_json::Value;
use time::{Duration as Span, OffsetDateTime};

use crate::pki::Pki;
use crate::receiving::{SENTENCE, first_replaced};
use crate::support::*;

/// Signs and seals as it is told.
fn signing(agency: &mut Agency, pki: &Pki, sign: bool, seal_for: &str) {
    agency
        .set(
            "signature.key_file",
            pki.path("h99-01.key").to_str().unwrap(),
        )
        .set(
            "signature.certificate_file",
            pki.path("h99-01.pem").to_str().unwrap(),
        )
        .set("signature.sign", if sign { "true" } else { "false" })
        .set("signature.seal_for", seal_for);
}

fn judging(agency: &mut Agency, pki: &Pki, policy: &str) {
    agency
        .set("signature.trust", pki.path("trust").to_str().unwrap())
        .set("signature.policy", policy);
}

fn report(item: &lienthong::connector::HandOff) -> Value {
    serde_json::from_str(item.signatures().unwrap()).unwrap()
}

#[test]
fn what_was_signed_and_sealed_arrives_with_its_report() {
    let (axis, pki) = (plain(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, true, "all");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "strict");
    let (sender, receiver) = (from.run(), to.run());
    send(&sender, document(1));
    let item = next(&receiver);
    let report = report(&item);
    for which in ["packet_signature", "seal"] {
        assert_eq!(report[which]["verdict"], "valid", "{report:#}");
        assert_eq!(report[which]["signer"]["subject"], "CN=Signer h99-01");
    }
    assert_eq!(report["authenticity"], "proven");
    assert_eq!(item.packet().attachments.len(), 2);
    let why = receiver.why_incoming(item.id()).unwrap();
    let words = why.incoming.unwrap().signatures.unwrap();
    assert_eq!((&*words.packet_signature, &*words.seal), ("valid", "valid"));
    item.accept().unwrap();
}

#[test]
fn through_a_hop_that_rebuilds_the_seal_is_what_is_left() {
    let (axis, pki) = (axis(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, true, "all");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "require-seal");
    let (sender, receiver) = (from.run(), to.run());
    send(&sender, document(1));
    let report = report(&next(&receiver));
    assert_eq!(report["packet_signature"]["verdict"], "placeholder");
    assert_eq!(report["seal"]["verdict"], "valid", "{report:#}");
}

#[test]
fn a_seal_goes_only_with_documents_for_those_it_is_configured_for() {
    let (axis, pki) = (axis(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, false, "H98.77, H99.03");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "record");
    let (sender, receiver) = (from.run(), to.run());
    send(&sender, document_to(1, &[RECEIVER]));
    let item = next(&receiver);
    assert_eq!(report(&item)["seal"]["verdict"], "absent");
    item.accept().unwrap();
    send(&sender, document_to(2, &["H99.03"]));
    assert_eq!(report(&next(&receiver))["seal"]["verdict"], "valid");
}

#[test]
fn what_the_policy_refuses_is_answered_with_02_and_the_reason_and_never_shown() {
    let (axis, pki) = (axis(), Pki::new());
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "require-seal");
    let (sender, receiver) = (Agency::sender(&axis).run(), to.run());
    let sent = send(&sender, document(1));
    let row = until(&sender, sent.id, RECEIVER, |row| {
        row.status == Some(lienthong::packet::StatusCode::Refused)
    });
    let reason = row.reason.unwrap();
    assert!(reason.contains("niêm phong: không có"), "{reason}");
    assert!(reason.contains("seal: absent"), "{reason}");
    let refused = event(&receiver, What::NotAuthentic).incoming.unwrap();
    let kept = receiver.why_incoming(refused).unwrap().incoming.unwrap();
    assert_eq!(kept.state, HandOffState::Refused);
    assert!(kept.kept, "the bytes are evidence");
    assert_eq!(kept.signatures.unwrap().seal, "absent");
    nothing_more(&receiver);
}

#[test]
fn where_text_stands_in_place_of_a_file_no_signature_that_was_asked_for_holds() {
    for policy in ["require-seal", "require-packet", "strict", "record"] {
        let (axis, pki) = (plain(), Pki::new());
        let mut from = Agency::sender(&axis);
        signing(&mut from, &pki, true, "all");
        let mut to = Agency::receiver(&axis);
        judging(&mut to, &pki, policy);
        let (sender, receiver) = (from.run(), to.run());
        let sent = send(&sender, document(1));
        next(&receiver).accept().unwrap();
        let mut packet = Vec::new();
        sender
            .open_sent(sent.id)
            .unwrap()
            .read_to_end(&mut packet)
            .unwrap();
        let packet = first_replaced(packet, SENTENCE);
        sender.agency.post(&packet, &[RECEIVER], MessageType::Edoc);
        if policy == "record" {
            let item = next(&receiver);
            let report = report(&item);
            assert!(item.conflict());
            assert_eq!(report["packet_signature"]["verdict"], "invalid");
            assert_eq!(report["seal"]["verdict"], "invalid", "{report:#}");
            assert_eq!(report["authenticity"], "refuted");
            continue;
        }
        let refused = event(&receiver, What::NotAuthentic).incoming.unwrap();
        let why = receiver.why_incoming(refused).unwrap().incoming.unwrap();
        assert_eq!(why.state, HandOffState::Refused, "{policy}");
        let words = why.signatures.unwrap();
        assert_eq!(words.authenticity, "refuted");
        // Without any signature neither.
        let unsigned = first_replaced(bytes(document(2)), SENTENCE);
        sender
            .agency
            .post(&unsigned, &[RECEIVER], MessageType::Edoc);
        event_where(&receiver, |one| {
            one.what == What::NotAuthentic && one.incoming != Some(refused)
        });
        nothing_more(&receiver);
        assert_eq!(count(&receiver, "arrival.quarantined"), 0);
    }
}

#[test]
fn a_signature_over_text_in_place_of_a_file_proves_who_sent_it_so() {
    let (axis, pki) = (plain(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, true, "all");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "require-packet");
    let receiver = to.run();
    let signer = FileSigner::from_config(&from.config).unwrap().unwrap();
    let broken = first_replaced(bytes(document(1)), SENTENCE);
    let mut packet = Vec::new();
    let options = SignOptions::from_config(&from.config);
    sign_to_pipe(Cursor::new(broken), &mut packet, &signer, &options).unwrap();
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    let item = next(&receiver);
    assert_eq!(report(&item)["packet_signature"]["verdict"], "valid");
    // It is no less broken for that.
    let codes = item.packet().findings().iter().map(|finding| finding.code);
    assert!(
        codes
            .into_iter()
            .any(|code| code == FindingCode::AttachmentBase64Invalid)
    );
}

#[test]
fn a_recall_that_nobody_vouches_for_holds_up_nothing() {
    let (axis, pki) = (axis(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, false, "all");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "require-seal");
    let receiver = to.run();
    let sender = from.open();
    send(&sender, document(1));
    let original = next(&receiver);
    original.accept().unwrap();
    let forged = document(9).bussiness(action(BusinessType::Recall, Some(&id(1))));
    from.post(
        &bytes(forged),
        &[RECEIVER],
        lienthong::axis::MessageType::Edoc,
    );
    let refused = event(&receiver, What::NotAuthentic).incoming.unwrap();
    let why = receiver.why_incoming(refused).unwrap().incoming.unwrap();
    assert_eq!(why.state, HandOffState::Refused);
    let codes: Vec<_> = why.reports.iter().map(|report| report.status).collect();
    assert_eq!(codes, [Some(lienthong::packet::StatusCode::ChangeDeclined)]);
    let original = receiver
        .why_incoming(original.id())
        .unwrap()
        .incoming
        .unwrap();
    assert!(!original.on_hold);
    nothing_more(&receiver);
    // The same recall with a seal is a recall.
    send(
        &sender,
        document(10).bussiness(action(BusinessType::Recall, Some(&id(1)))),
    );
    assert!(next(&receiver).is_action());
}

#[test]
fn the_same_document_sealed_anew_is_the_same_document() {
    let (axis, pki) = (axis(), Pki::new());
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, true, "all");
    let mut to = Agency::receiver(&axis);
    judging(&mut to, &pki, "record");
    let (sender, receiver) = (from.run(), to.run());
    let first = send(&sender, document(1));
    // A key of this curve never gives the same value twice.
    let second = send(&sender, document(1));
    assert_eq!((second.id, second.again), (first.id, true));
    next(&receiver).accept().unwrap();
    nothing_more(&receiver);
}

#[test]
fn a_key_that_is_asked_for_and_not_there_is_an_error_at_the_start() {
    let axis = axis();
    for (key, value) in [("signature.sign", "true"), ("signature.seal_for", "all")] {
        let mut agency = Agency::sender(&axis);
        agency.set(key, value);
        let error = Connector::open(&agency.config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigMissing);
        assert!(error.to_string().contains("signature.key_file"), "{error}");
    }
    let mut agency = Agency::receiver(&axis);
    agency.set("signature.trust", "/there/is/no/such/folder");
    let error = Connector::open(&agency.config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn a_signer_of_the_hosts_own_is_used_and_its_failure_stores_nothing() {
    struct Broken(Vec<Vec<u8>>);
    impl lienthong::crypto::signer::Signer for Broken {
        fn algorithm(&self) -> lienthong::crypto::algorithm::SignatureAlgorithm {
            lienthong::crypto::algorithm::SignatureAlgorithm::EcdsaP256
        }
        fn certificates(&self) -> &[Vec<u8>] {
            &self.0
        }
        fn sign(&self, _message: &[u8]) -> lienthong::Result<Vec<u8>> {
            // Not a signature of this key at all.
            Ok(vec![1; 64])
        }
    }
    let (axis, pki) = (axis(), Pki::new());
    let mut agency = Agency::sender(&axis);
    agency.set("signature.seal_for", "all");
    let pem = std::fs::read_to_string(pki.path("h99-01.pem")).unwrap();
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64_simd::STANDARD.decode_to_vec(text).unwrap();
    let signer = std::sync::Arc::new(Broken(vec![der]));
    let environment = lienthong::environment::Environment::system();
    let sender = Connector::open_signing(&agency.config, environment, Some(signer)).unwrap();
    let outcome = sender.send(&mut document(1).build().unwrap(), StateSecret::NotContained);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignerUnfit, "{error}");
    assert_eq!(count(&sender, "recipient.queued"), 0);
}

#[test]
fn a_certificate_that_ends_soon_is_told_once_for_each_step() {
    let (axis, pki) = (axis(), Pki::new());
    pki.signer_with("h99-01", |params| {
        params.not_after = OffsetDateTime::now_utc() + Span::days(40);
    });
    let mut from = Agency::sender(&axis);
    signing(&mut from, &pki, false, "all");
    let clock = Hand::default();
    let told = |connector: &Connector| -> Vec<String> {
        let events = connector.events(1_000, std::time::Duration::ZERO).unwrap();
        let ends = events
            .into_iter()
            .filter(|one| one.what == What::CertificateEnds);
        ends.map(|one| one.code.unwrap().split(' ').next().unwrap().to_owned())
            .collect()
    };
    let sender = from.open_at(&clock);
    event(&sender, What::CertificateEnds);
    assert_eq!(told(&sender), ["60"]);
    drop(sender);
    // Restarted, it is not told again; a step later it is.
    let sender = from.open_at(&clock);
    send(&sender, document(1));
    assert_eq!(told(&sender), ["60"]);
    drop(sender);
    clock.move_by(35 * DAY);
    let sender = from.open_at(&clock);
    event_where(&sender, |one| {
        one.what == What::CertificateEnds && one.code.as_deref().unwrap().starts_with("7 ")
    });
    let checks = sender.doctor().unwrap();
    let check = checks
        .iter()
        .find(|check| check.name == "signatures")
        .unwrap();
    assert_eq!(check.health, Health::Warning);
}
