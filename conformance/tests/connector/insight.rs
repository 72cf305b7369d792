//! Insight: where everything stands, why, and who has to act; and nothing
//! private where operators look.

use std::time::Duration;

use lienthong::axis::MessageType;
use lienthong::connector::{Check, HandOff, Health};
use lienthong::exchange::model::What;
use lienthong::packet::StatusCode;
use lienthong::{Connector, ErrorKind};

use crate::support::{
    Agency, DAY, HOUR, Hand, RECEIVER, SENDER, axis, builder, bytes, code, count, document, event,
    eventually, next, nothing_more, plain, rule, send, sendings, until, until_state,
};

fn check(checks: &[Check], name: &str) -> Health {
    for one in checks {
        assert!(!one.en.is_empty() && !one.vi.is_empty(), "{}", one.name);
    }
    checks.iter().find(|one| one.name == name).unwrap().health
}

#[test]
fn why_tells_the_state_the_cause_the_next_attempt_and_who_acts() {
    let axis = axis();
    axis.add_fault(rule("sendEdoc", 0, code("20")));
    let mut from = Agency::sender(&axis);
    from.set("send.pause", "60000")
        .set("send.longest_pause", "60000");
    let from = from.run();
    let sent = send(&from, document(1));
    let row = until(&from, sent.id, RECEIVER, |row| row.next_try.is_some());
    assert_eq!(row.state, "queued");
    assert_eq!(row.error.as_deref(), Some("axis-try-later"));
    assert_eq!(row.remote_code.as_deref(), Some("20"));
    assert!(row.next_try.unwrap() > row.last_try.unwrap());
    assert!(row.who_acts.is_some());
    let why = from.why(sent.id).unwrap();
    let words: Vec<_> = why.journal.iter().map(|one| one.what).collect();
    assert_eq!(words, [What::Queued, What::Postponed]);
    let stats = from.stats().unwrap();
    assert_eq!(stats.counts["recipient.queued"], 1);
    assert_eq!(
        stats.oldest_undelivered,
        Some(why.outgoing.unwrap().created)
    );
    // An operator does not wait for the pause.
    axis.set_faults([]);
    assert_eq!(from.retry(sent.id, None).unwrap(), 1);
    until_state(&from, sent.id, RECEIVER, "accepted");
    let stats = from.stats().unwrap();
    assert_eq!(stats.oldest_undelivered, None);
    // Nobody has answered.
    let silent = &stats.recipients[0];
    assert_eq!(
        (silent.organ.as_str(), silent.last_answer),
        (RECEIVER, None)
    );
    assert!(silent.silent_since.is_some());
    let _receiver = Agency::receiver(&axis).run();
    until_state(&from, sent.id, RECEIVER, "arrived");
    let stats = from.stats().unwrap();
    assert!(stats.recipients[0].last_answer.is_some());
    assert_eq!(stats.recipients[0].silent_since, None);
    let unknown = from.why("out-77".parse().unwrap()).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

#[test]
fn events_come_until_they_are_done() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let sent = send(&from, document(1));
    let first = event(&from, What::Accepted);
    assert_eq!(first.outgoing, Some(sent.id));
    let again = event(&from, What::Accepted);
    assert_eq!(again.number, first.number);
    let client = from.agency.open_client();
    client.events_done(first.number).unwrap();
    // A smaller number takes nothing back.
    client.events_done(0).unwrap();
    let none = from.events(10, Duration::from_millis(50)).unwrap();
    assert!(none.is_empty());
    let sent = send(&from, document(2));
    let next = event(&from, What::Accepted);
    assert_eq!(next.outgoing, Some(sent.id));
    assert!(next.number > first.number);
    assert!(!next.text(lienthong::Language::Vietnamese).is_empty());
}

#[test]
fn age_deletes_payloads_at_their_end_and_ids_live_on() {
    let axis = plain();
    let clock = Hand::default();
    let (from, to) = (Agency::sender(&axis), Agency::receiver(&axis));
    let packet = bytes(document(1));
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    from.post(&bytes(document(2)), &[RECEIVER], MessageType::Edoc);
    let receiver = to.open_at(&clock);
    // They are fetched side by side: either may be shown first.
    let (mut one, mut two) = (next(&receiver), next(&receiver));
    let id = |item: &HandOff| item.packet().document().unwrap().document_id.clone();
    if id(&one) > id(&two) {
        std::mem::swap(&mut one, &mut two);
    }
    one.accept().unwrap();
    let (accepted, leased) = (one.id(), two.id());
    eventually(|| (count(&receiver, "recipient.accepted") == 2).then_some(()));
    drop((one, two, receiver));
    // Not at once: a store shut for longer than a year has a wrong clock.
    let asked = || {
        let log = axis.wire_log(0, Duration::ZERO);
        let asked = log.iter().filter(|one| one.path == "/getAgenciesList");
        asked.count()
    };
    for step in 1..=7 {
        clock.move_by(100 * DAY);
        let before = asked();
        let receiver = to.open_at(&clock);
        // Once it asks for the directory, it has looked at the clock.
        eventually(|| (asked() > before).then_some(()));
        assert!(step > 3 || receiver.open_packet(accepted).is_ok());
    }
    let receiver = to.open_at(&clock);
    let gone = eventually(|| receiver.open_packet(accepted).err());
    assert_eq!(gone.kind(), ErrorKind::PayloadGone);
    assert!(receiver.open_packet(leased).is_ok());
    // The same again is known.
    from.post(&packet, &[RECEIVER], MessageType::Edoc);
    eventually(|| {
        let journal = receiver.why_incoming(accepted).unwrap().journal;
        let known = journal.iter().any(|one| one.what == What::Duplicate);
        known.then_some(())
    });
    let shown = next(&receiver);
    assert_eq!(shown.id(), leased);
    assert!(shown.redelivered());
}

#[test]
fn what_waits_to_be_sent_is_never_too_old() {
    let axis = axis();
    let clock = Hand::default();
    let from = Agency::sender(&axis);
    let sent = send(&from.open_client(), document(1));
    let mut away = Agency::sender(&axis);
    away.config = from.config.clone();
    away.set("axis.url", "http://127.0.0.1:9/");
    for _ in 0..3 {
        clock.move_by(300 * DAY);
        let sender = away.open_at(&clock);
        until(&sender, sent.id, RECEIVER, |row| row.attempts >= 1);
        std::thread::sleep(Duration::from_millis(100));
        assert!(sender.why(sent.id).unwrap().outgoing.unwrap().kept);
    }
    until_state(&from.open(), sent.id, RECEIVER, "accepted");
}

#[test]
fn a_copy_asks_what_became_of_everything_and_sends_nothing_twice() {
    let axis = axis();
    let mut from = Agency::sender(&axis);
    let client = from.open_client();
    let sent = send(&client, document(1));
    let copy = from.folder().join("copy");
    client.backup(&copy).unwrap();
    let taken = client.backup(&copy).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::InvalidArgument);
    drop(client);
    // It goes out after the copy was made.
    let sender = from.open();
    until_state(&sender, sent.id, RECEIVER, "accepted");
    drop(sender);
    from.set("store.path", copy.to_str().unwrap());
    let restored = from.open();
    let row = until(&restored, sent.id, RECEIVER, |row| {
        row.axis_doc_id.is_some()
    });
    assert_eq!(row.state, "accepted");
    assert_eq!(sendings(&axis, SENDER, "edoc").len(), 1);
    let journal = restored.why(sent.id).unwrap().journal;
    assert!(journal.iter().any(|one| one.what == What::OutcomeUnknown));
}

#[test]
fn a_copy_of_an_inbox_shows_nothing_that_was_accepted_before() {
    let axis = axis();
    let from = Agency::sender(&axis).run();
    let mut to = Agency::receiver(&axis);
    let receiver = to.open();
    send(&from, document(1));
    next(&receiver).accept().unwrap();
    send(&from, document(2));
    let held = next(&receiver).id();
    let copy = to.folder().join("copy");
    receiver.backup(&copy).unwrap();
    drop(receiver);
    to.set("store.path", copy.to_str().unwrap())
        .set("handoff.lease", "1");
    let clock = Hand::default();
    clock.move_by(HOUR);
    let restored = to.open_at(&clock);
    let again = next(&restored);
    assert_eq!((again.id(), again.redelivered()), (held, true));
    again.accept().unwrap();
    nothing_more(&restored);
}

#[test]
fn the_doctor_sees_a_wrong_secret_an_axis_that_is_away_and_a_wrong_clock() {
    let axis = axis();
    let mut from = Agency::sender(&axis);
    let sender = from.open();
    let checks = sender.doctor().unwrap();
    for name in [
        "configuration",
        "store",
        "store-write",
        "clock",
        "axis",
        "credentials",
    ] {
        assert_eq!(check(&checks, name), Health::Good, "{name}");
    }
    // Over loopback in these tests.
    assert_eq!(check(&checks, "tls"), Health::Warning);
    let client = from.open_client().doctor().unwrap();
    assert_eq!(check(&client, "axis"), Health::Unknown);
    drop(sender);
    from.set("axis.secret", "khong dung");
    assert_eq!(
        check(&from.open().doctor().unwrap(), "credentials"),
        Health::Bad
    );
    from.set("axis.url", "http://127.0.0.1:9/");
    assert_eq!(check(&from.open().doctor().unwrap(), "axis"), Health::Bad);
    let clock = Hand::default();
    clock.move_by(-HOUR);
    assert_eq!(
        check(&from.open_at(&clock).doctor().unwrap(), "clock"),
        Health::Bad
    );
}

#[test]
fn the_doctor_holds_the_clock_against_the_axis_s() {
    let axis = axis();
    let mut from = Agency::sender(&axis);
    from.set("send.clock_tolerance", "60000");
    let clock = Hand::default();
    let told = |connector: &Connector| {
        let checks = connector.doctor().unwrap();
        let found = checks.into_iter().find(|one| one.name == "clock").unwrap();
        (found.health, found.en, found.vi)
    };
    let connector = from.open_at(&clock);
    let (health, en, _) = told(&connector);
    assert_eq!(health, Health::Good, "{en}");
    assert!(en.starts_with("agrees with the axis's"), "{en}");
    clock.move_by(-120);
    let (health, en, vi) = told(&connector);
    assert_eq!(health, Health::Warning, "{en}");
    assert!(en.contains("s behind the axis's; 60 s"), "{en}");
    assert!(vi.contains("Đồng hồ chậm hơn đồng hồ của trục"), "{vi}");
    clock.move_by(240);
    let (health, en, vi) = told(&connector);
    assert_eq!(health, Health::Warning, "{en}");
    assert!(en.contains("s ahead of the axis's"), "{en}");
    assert!(vi.contains("nhanh hơn"), "{vi}");
    // A client process has no answer of the axis.
    let (health, en, _) = told(&from.open_client());
    assert_eq!(health, Health::Good, "{en}");
    assert!(en.contains("not known here"), "{en}");
}

#[test]
fn a_connector_serves_459_own_organs() {
    let organs: Vec<String> = (0..459).map(|n| format!("H98.{n:03}")).collect();
    let axis = builder()
        .system("td.98", "bi mat nhieu", organs.clone())
        .start()
        .unwrap();
    let to = Agency::new(&axis, "td.98", "bi mat nhieu", &organs.join(",")).run();
    let from = Agency::sender(&axis).run();
    let (first, last) = (organs[0].as_str(), organs[458].as_str());
    let sent = send(&from, crate::support::document_to(1, &[first, last]));
    let mut own: Vec<String> = (0..2).map(|_| next(&to).own_organ().to_owned()).collect();
    own.sort();
    assert_eq!(own, [first, last]);
    until_state(&from, sent.id, last, "arrived");
    let answer = lienthong::packet::DocumentBuilder::new(crate::support::organ(last), "H98-2026-1")
        .to(crate::support::organ(SENDER))
        .code("1", "BC-TD")
        .promulgated("Thí dụ", lienthong::packet::Date::new(2026, 3, 5).unwrap())
        .subject("V/v báo cáo");
    let sent = send(&to, answer);
    next(&from).accept().unwrap();
    until_state(&to, sent.id, SENDER, "arrived");
}

/// Writes down all that is logged in this process from now on.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<String>>);

impl Log {
    fn write(&self, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{value:?} "));
    }
}

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.write(value);
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut self.clone());
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// A text that must not show up anywhere an operator looks.
const CANARY: &str = "chim-hoang-yen";

#[test]
fn nothing_private_stands_in_debug_journal_errors_or_answers_for_operators() {
    let log = Log::default();
    // No other test of this program listens.
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let axis = axis();
    // Something to log: what is refused, unknown, not fetched.
    axis.add_fault(rule("sendEdoc", 1, code("20")));
    axis.add_fault(rule("getReceivedEdocList", 1, code("20")));
    let staff = lienthong::packet::document::StaffInfo {
        staff: Some(format!("{CANARY} ten")),
        mobile: Some(format!("{CANARY} so")),
        ..Default::default()
    };
    let from = Agency::sender(&axis).run();
    let to = Agency::receiver(&axis).run();
    let private = document(1)
        .subject(format!("{CANARY} trich yeu"))
        .content(format!("{CANARY} noi dung"));
    let mut private = private.build().unwrap();
    let secret = lienthong::connector::StateSecret::NotContained;
    let sent = from.send(&mut private, secret).unwrap();
    let came = next(&to);
    let mut shown = format!("{private:?} {sent:?} {came:?} {:?}", came.packet());
    let reason = format!("{CANARY} ly do");
    to.refuse(came.id(), came.lease(), &reason, Some(&staff))
        .unwrap();
    let row = until_state(&from, sent.id, RECEIVER, "refused");
    // For a clerk it is there.
    assert_eq!(row.reason.as_deref(), Some(reason.as_str()));
    let late = to.report(
        came.id(),
        StatusCode::Registered,
        Some(&reason),
        Some(&staff),
    );
    let late = late.unwrap_err();
    let taken = document(1).subject(CANARY);
    let taken = from.send(&mut taken.build().unwrap(), secret).unwrap_err();
    let broken = format!("<edXML><{CANARY}>");
    let broken = from.send_packet(broken.as_bytes(), secret).unwrap_err();
    for error in [&late, &taken, &broken] {
        shown += &format!("{error} {error:?}");
        shown += &error.message(lienthong::Language::Vietnamese);
    }
    for (connector, own) in [(&from, true), (&to, false)] {
        let connector: &Connector = connector;
        let events = connector.events(1_000, Duration::ZERO).unwrap();
        shown += &serde_json::to_string(&events).unwrap();
        shown += &format!("{events:?} {:?} {connector:?}", connector.stats().unwrap());
        shown += &serde_json::to_string(&connector.stats().unwrap()).unwrap();
        shown += &format!("{:?}", connector.doctor().unwrap());
        let (why, thread) = match own {
            true => (
                connector.why(sent.id).unwrap(),
                connector.thread(sent.id).unwrap(),
            ),
            false => (
                connector.why_incoming(came.id()).unwrap(),
                connector.thread_incoming(came.id()).unwrap(),
            ),
        };
        shown += &format!("{why:?} {thread:?}");
        shown += &serde_json::to_string(&thread).unwrap();
        // The reason is what a clerk reads; all else is for operators.
        let json = serde_json::to_string(&why).unwrap();
        shown += &json.replace(&reason, "");
    }
    shown += &format!("{:?}", from.statuses(sent.id).unwrap());
    shown += &format!("{row:?} {:?}", from.agency.config);
    let logged = log.0.lock().unwrap().clone();
    assert!(!logged.is_empty());
    shown += &logged;
    for private in [CANARY, "bi mat mot", "bi mat hai", "Cơ quan thí dụ"] {
        let at = shown.find(private);
        assert_eq!(
            at.map(|at| shown[at.saturating_sub(80)..at + 20].to_owned()),
            None
        );
    }
}
