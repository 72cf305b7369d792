//! The three sides at the end: the sender's store, the axis, the receiver's
//! store. Each is asked by what it shows to everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use lienthong::packet::{Discard, ReadOptions, read_packet};
use lienthong_conformance::axis_server::{QueueState, Queued};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::model::{Books, Recall};
use crate::seat::{Seat, hex};
use crate::world::World;

/// Whether something is still to come by itself; what an operator may have tried
/// again, is. Cheaper than the whole look.
pub(crate) fn is_under_way<'w>(world: &World, seats: [&mut Seat<'w>; 2]) -> bool {
    let waits = |one: &Queued| one.state != QueueState::Done;
    let mut is = world.axis.queued().iter().any(waits);
    for seat in seats {
        let stats = seat.must(&json!({ "do": "stats" })).unwrap_or_default();
        is |= !stats["oldest_undelivered"].is_null();
        if stats["counts"]["recipient.failed"]
            .as_u64()
            .unwrap_or_default()
            > 0
        {
            rows(seat, "out");
            is = true;
        }
    }
    is
}

/// Everything that is not as it should be.
pub(crate) fn all<'w>(
    world: &World,
    sender: &mut Seat<'w>,
    receiver: &mut Seat<'w>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let sent = rows(sender, "out");
    let reported = rows(receiver, "out");
    let came = rows(receiver, "in");
    for (name, seat) in [("sender", &mut *sender), ("receiver", &mut *receiver)] {
        match seat.must(&json!({ "do": "quarantine" })) {
            Some(Value::Array(rows)) if rows.is_empty() => {}
            other => wrong.push(format!("the {name} has in quarantine: {other:?}")),
        }
    }
    delivered(&sent, &mut wrong);
    delivered(&reported, &mut wrong);
    {
        let books = world.books();
        sender_side(&books, &sent, &mut wrong);
        receiver_side(&books, &sent, &came, &mut wrong);
    }
    axis(world, sent.len() + reported.len(), &mut wrong);
    for file in fs::read_dir(&world.folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("errors-") && fs::metadata(&path).unwrap().len() > 0 {
            wrong.push(format!("a process complained: {name}"));
        }
    }
    wrong
}

/// All rows of a store, by the ids that it gives: 1, 2, 3…
fn rows(seat: &mut Seat<'_>, prefix: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for number in 1.. {
        match seat.tries_again(&format!("{prefix}-{number}")) {
            Some(Some(row)) => rows.push(row),
            _ => break,
        }
    }
    rows
}

/// Every packet is accepted at every recipient; every status that came was
/// legal.
fn delivered(rows: &[Value], wrong: &mut Vec<String>) {
    for row in rows {
        let packet = &row["outgoing"];
        for recipient in packet["recipients"].as_array().into_iter().flatten() {
            if recipient["delivery"] != "accepted" {
                wrong.push(format!(
                    "{} ({}) at {} stays {}, {}",
                    packet["id"],
                    packet["kind"],
                    recipient["organ"],
                    recipient["delivery"],
                    recipient["error"],
                ));
            }
        }
        for entry in row["journal"].as_array().into_iter().flatten() {
            let code = entry["code"].as_str().unwrap_or_default();
            let is_bad = ["illegal", "ambiguous", "unmatched", "not-a-recipient"]
                .iter()
                .any(|word| code.contains(word));
            if entry["what"] == "status" && is_bad {
                wrong.push(format!("{}: status {code}", packet["id"]));
            }
        }
    }
}

fn sender_side(books: &Books, sent: &[Value], wrong: &mut Vec<String>) {
    let mut by_document: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in sent {
        let packet = &row["outgoing"];
        if packet["kind"] == "document" {
            let id = packet["document_id"].as_str().unwrap_or_default();
            by_document.entry(id).or_default().push(packet);
        }
    }
    for document in &books.documents {
        let id = &document.id;
        let rows = by_document.remove(id.as_str()).unwrap_or_default();
        let [row] = rows.as_slice() else {
            wrong.push(format!("{id} has {} rows at its sender", rows.len()));
            continue;
        };
        if document.outgoing.as_deref() != row["id"].as_str() {
            wrong.push(format!(
                "{id} is {} and was {:?}",
                row["id"], document.outgoing
            ));
        }
        let organs: BTreeSet<_> = row["recipients"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["organ"].as_str())
            .collect();
        if organs != document.to.iter().copied().collect() {
            wrong.push(format!("{id} is for {organs:?}"));
        }
    }
    for id in by_document.keys() {
        wrong.push(format!("{id} was never asked for"));
    }
}

fn receiver_side(books: &Books, sent: &[Value], came: &[Value], wrong: &mut Vec<String>) {
    let mut by_key: BTreeMap<(&str, &str), Vec<&Value>> = BTreeMap::new();
    let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
    for row in came {
        let packet = &row["incoming"];
        let text = |name: &str| packet[name].as_str().unwrap_or_default();
        if packet["kind"] == "document" {
            let key = (text("own"), text("document_id"));
            by_key.entry(key).or_default().push(row);
        } else {
            *actions.entry(text("acts_on")).or_default() += 1;
        }
        inbox_row(books, row, wrong);
    }
    let sent: BTreeMap<&str, &Value> = sent
        .iter()
        .filter_map(|row| Some((row["outgoing"]["id"].as_str()?, &row["outgoing"])))
        .collect();
    for document in &books.documents {
        for organ in &document.to {
            let key = (*organ, document.id.as_str());
            let rows = by_key.remove(&key).unwrap_or_default();
            let [row] = rows.as_slice() else {
                wrong.push(match rows.len() {
                    0 => format!("lost: {} never came to {organ}", document.id),
                    many => format!("doubled: {} came to {organ} {many} times", document.id),
                });
                continue;
            };
            let packet = &row["incoming"];
            let outgoing = document.outgoing.as_deref().and_then(|id| sent.get(id));
            let Some(recipient) = outgoing
                .and_then(|packet| packet["recipients"].as_array())
                .and_then(|all| all.iter().find(|one| one["organ"] == **organ))
            else {
                continue;
            };
            both_sides(&document.id, packet, recipient, wrong);
            let asked = actions
                .get(packet["id"].as_str().unwrap_or_default())
                .copied()
                .unwrap_or_default();
            let wanted = usize::from(document.recall == Recall::Asked);
            if asked != wanted || (wanted == 1) == (packet["change"] == "none") {
                wrong.push(format!(
                    "{} at {organ}: {asked} recalls instead of {wanted}, change {}",
                    document.id, packet["change"]
                ));
            }
        }
    }
    for (own, id) in by_key.keys() {
        wrong.push(format!("{id} came to {own}, unasked"));
    }
}

/// What the sender and the receiver say of one delivery.
fn both_sides(id: &str, packet: &Value, recipient: &Value, wrong: &mut Vec<String>) {
    let organ = &recipient["organ"];
    // A document that was given back takes no more statuses.
    let same = recipient["status"] == packet["status"] || packet["change"] == "agreed";
    if !same || recipient["change"] != packet["change"] || packet["change"] == "requested" {
        wrong.push(format!(
            "{id} at {organ}: sender {} {}, receiver {} {}",
            recipient["status"], recipient["change"], packet["status"], packet["change"]
        ));
    }
    let mut codes = BTreeSet::new();
    for report in packet["reports"].as_array().into_iter().flatten() {
        if !codes.insert(report["status"].to_string()) {
            wrong.push(format!("{id} at {organ}: {} twice", report["status"]));
        }
    }
}

/// One row of the inbox and what the host knows of it.
fn inbox_row(books: &Books, row: &Value, wrong: &mut Vec<String>) {
    let packet = &row["incoming"];
    let id = packet["id"].as_str().unwrap_or_default();
    let count = |what: &str| {
        let journal = row["journal"].as_array().into_iter().flatten();
        journal.filter(|entry| entry["what"] == what).count()
    };
    let accepted = count("host-accepted");
    let ends = accepted + count("host-refused");
    let decided = count("action-agreed") + count("action-declined");
    let shown: Vec<u64> = row["journal"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["what"] == "shown")
        .filter_map(|entry| entry["code"].as_str()?.parse().ok())
        .collect();
    if !shown.iter().copied().eq(1..=shown.len() as u64) {
        wrong.push(format!("{id} was shown as {shown:?}"));
    }
    let is_action = packet["kind"] == "status";
    let is_destroyed = packet["destroyed"] == true;
    let fine = match packet["state"].as_str() {
        Some("accepted") if is_action => decided == 1 && ends == 0,
        Some("accepted") => ends == 1 || (ends == 0 && is_destroyed),
        Some("refused") => ends == 1 && accepted == 0,
        _ => false,
    };
    if !fine {
        wrong.push(format!(
            "{id} is {}, accepted {accepted}, ended {ends}, decided {decided}",
            packet["state"]
        ));
    }
    let Some(item) = books.items.get(id) else {
        if !is_destroyed {
            wrong.push(format!("{id} is {} and was never shown", packet["state"]));
        }
        return;
    };
    if item.shown.iter().any(|attempt| !shown.contains(attempt)) {
        wrong.push(format!("{id} was shown as {:?}", item.shown));
    }
    let unknown = (accepted > 0 && !item.accept_asked)
        || (item.accepted.is_some() && accepted != 1)
        || (ends > accepted && !item.refuse_asked)
        || (item.refused && ends <= accepted)
        || (decided > 0 && !item.decision_asked)
        || (item.decided && decided != 1);
    if unknown {
        wrong.push(format!("{id} is {} against its host", packet["state"]));
    }
}

/// Nothing waits on the axis, and each packet had the same bytes each time.
fn axis(world: &World, packets: usize, wrong: &mut Vec<String>) {
    for one in world.axis.queued() {
        if one.state != QueueState::Done {
            wrong.push(format!("{} still waits for {}", one.id, one.organ));
        }
    }
    // What every attempt said of its bytes, also one that was cut.
    let log = world.axis.wire_log(0, Duration::ZERO);
    if log.first().is_some_and(|first| first.number != 1) {
        wrong.push("the wire log is too short".to_owned());
    }
    let mut hashes = BTreeSet::new();
    for entry in log.iter().filter(|entry| entry.path.ends_with("/sendEdoc")) {
        let name = "xroadvnpt-hash-file";
        let mut headers = entry.headers.iter();
        if let Some((_, hash)) = headers.find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            hashes.insert(hash.clone());
        }
    }
    if hashes.len() != packets {
        wrong.push(format!("{packets} packets had {} contents", hashes.len()));
    }
    if world.rebuilds {
        return;
    }
    let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in fs::read_dir(world.folder.join("axis/packets")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let hash = hex(digest(&SHA256, &bytes).as_ref());
        let packet = read_packet(bytes.as_slice(), &ReadOptions::default(), &mut Discard).unwrap();
        let key = match (packet.document(), packet.status()) {
            (Some(document), _) => format!("{:?}", document.document_id),
            (None, Some(status)) => format!(
                "{:?} {:?} {:?}",
                status.status_code,
                status.sender(),
                status
                    .response_for
                    .as_ref()
                    .map(|about| { (about.organ_id.clone(), about.document_id.clone()) })
            ),
            (None, None) => "nothing".to_owned(),
        };
        if !hashes.contains(&hash) {
            wrong.push(format!("{key} has bytes that nobody announced"));
        }
        kept.entry(key).or_default().insert(hash);
    }
    for (key, hashes) in &kept {
        if hashes.len() != 1 {
            wrong.push(format!("{key} came as {} different packets", hashes.len()));
        }
    }
    if kept.len() != packets {
        wrong.push(format!("{packets} packets, {} on the axis", kept.len()));
    }
}
