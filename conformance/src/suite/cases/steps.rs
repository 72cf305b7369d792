//! Steps that several cases take.

use serde_json::{Value, json};

use crate::axis_server::Kind;
use crate::suite::bench::PEER;
use crate::suite::lab::{Item, Lab, SentPacket};
use crate::suite::letter::{Letter, Made, made_status};
use crate::suite::said;
use crate::suite::verdict::{Outcome, Stop, ensure};

/// A document of a peer that the product has accepted.
pub(super) fn received(lab: &mut Lab) -> Outcome<(Made, Item)> {
    let made = Made::document(PEER, lab.organ(), lab.number());
    let item = take_document(lab, &made)?;
    Ok((made, item))
}

/// Delivers a document and lets the product accept it.
pub(super) fn take_document(lab: &mut Lab, made: &Made) -> Outcome<Item> {
    lab.deliver(&made.from, Kind::Document, &made.bytes())?;
    let item = lab.take_and_accept()?;
    ensure(
        item.text("/document/DocumentId") == made.document_id,
        || {
            let id = item.text("/document/DocumentId");
            said!(
                "the product shows {id} in place of what came",
                "phần mềm hiện {id} thay cho văn bản vừa đến"
            )
        },
    )?;
    Ok(item)
}

/// A document of the product's, which it knows to be at the axis.
pub(super) fn sent(lab: &mut Lab, to: &[&str]) -> Outcome<(Letter, String)> {
    let letter = lab.letter(to);
    let outgoing = lab.send(&letter)?;
    for organ in to {
        lab.await_recipient(&outgoing, organ, "delivery", &["accepted"])?;
    }
    Ok((letter, outgoing))
}

/// The members of `report`.
pub(super) fn reporting(item: &Item, code: &str, note: Option<&str>) -> Value {
    let mut members = json!({ "incoming": item.incoming(), "code": code });
    if let (Some(note), Some(members)) = (note, members.as_object_mut()) {
        members.insert("note".to_owned(), json!(note));
    }
    members
}

/// Lets the product report a status.
pub(super) fn report(lab: &mut Lab, item: &Item, code: &str, note: Option<&str>) -> Outcome {
    lab.done("report", reporting(item, code, note)).map(drop)
}

/// A peer's status about a document of the product's.
pub(super) fn answer(
    lab: &mut Lab,
    from: &str,
    about: &Letter,
    code: &str,
    reason: &str,
) -> Outcome<String> {
    let bytes = made_status(from, about, code, reason);
    lab.deliver(from, Kind::Status, &bytes)
}

/// The header of a packet in the JSON of the schema.
pub(super) fn header(packet: &SentPacket) -> Outcome<Value> {
    let value = match (packet.packet.document(), packet.packet.status()) {
        (Some(document), _) => serde_json::to_value(document),
        (_, Some(status)) => serde_json::to_value(status),
        _ => {
            return Err(Stop::Fail(said!(
                "a packet that is neither document nor status was sent",
                "có gói tin gửi đi không phải văn bản cũng không phải trạng thái"
            )));
        }
    };
    value.map_err(Stop::own)
}

/// A text of a JSON value; empty where there is none.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The status of a recipient in `why`; empty before there is one.
pub(super) fn status_of(lab: &mut Lab, outgoing: &str, organ: &str) -> Outcome<String> {
    let recipient = lab.recipient(outgoing, organ)?;
    Ok(text(&recipient, "/status").to_owned())
}

/// What `why` says of a packet that came.
pub(super) fn why_incoming(lab: &mut Lab, incoming: &str) -> Outcome<Value> {
    let mut why = lab.done("why", json!({ "packet": incoming }))?;
    let view = why.get_mut("incoming").map(Value::take);
    view.ok_or_else(|| {
        Stop::Fail(said!(
            "`why` says nothing of {incoming}",
            "`why` không cho biết gì về {incoming}"
        ))
    })
}

/// Lets what was delivered before be understood: a status of another document
/// that came after it counts.
pub(super) fn settled(lab: &mut Lab) -> Outcome {
    let (letter, outgoing) = sent(lab, &[PEER])?;
    answer(lab, PEER, &letter, "01", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["01"])
        .map(drop)
}
