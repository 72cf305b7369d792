//! What cases about the traffic with the axis do and look at again and again.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::axis_server::{Fault, Kind};
use crate::suite::bench::PEER;
use crate::suite::lab::{Item, Lab, SentPacket};
use crate::suite::letter::Letter;
use crate::suite::said;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, ensure};

/// A connection that ends before the axis has read a byte.
pub(super) const AWAY: Fault = Fault::CloseAfterRequest { bytes: 0 };

/// SHA-256 in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Bytes that no compression makes shorter, the same for the same seed.
pub(super) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut bytes = b"%PDF-1.4\n".to_vec();
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The header of a sent document as JSON.
pub(super) fn header_of(packet: &SentPacket) -> Value {
    let header = packet.packet.document().map(serde_json::to_value);
    header.and_then(Result::ok).unwrap_or_default()
}

/// Name and SHA-256 of the files in a sent packet, unwrapped.
pub(super) fn files_of(packet: &SentPacket) -> Vec<(String, String)> {
    let all = packet.packet.attachments.iter();
    all.map(|file| {
        let digest = file.content().map(|bytes| bytes.sha256_hex());
        (
            file.name.clone().unwrap_or_default(),
            digest.unwrap_or_default(),
        )
    })
    .collect()
}

/// The documents of an id that the axis has from the product, one for each
/// time it took it.
pub(super) fn copies(lab: &Lab, document_id: &str) -> Outcome<Vec<SentPacket>> {
    let mut sent = lab.sent()?;
    sent.retain(|packet| packet.kind == Kind::Document && packet.document_id() == document_id);
    Ok(sent)
}

/// Sends one more document and waits for it: what was to follow from before
/// has had its time.
pub(super) fn later(lab: &mut Lab) -> Outcome<Letter> {
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    lab.looked_at_axis()?;
    Ok(letter)
}

/// That the axis has a document exactly once, after later traffic.
pub(super) fn arrived_once(lab: &mut Lab, document_id: &str) -> Outcome {
    later(lab)?;
    let count = copies(lab, document_id)?.len();
    ensure(count == 1, || {
        said!(
            "the axis has the document {document_id} {count} times",
            "trục có văn bản {document_id} {count} lần"
        )
    })
}

/// That nothing of the product's reached the axis.
pub(super) fn nothing_sent(lab: &Lab) -> Outcome {
    ensure(lab.sent()?.is_empty(), || {
        said!("a packet reached the axis", "có gói tin tới trục")
    })
}

/// The id of the document that an item is or is about.
pub(super) fn id_of(item: &Item) -> &str {
    match item.text("/document/DocumentId") {
        "" => item.text("/status/ResponseFor/DocumentId"),
        id => id,
    }
}

/// Takes and accepts items until all of these ids were shown; gives them in
/// the order in which they came.
pub(super) fn take_all(lab: &mut Lab, ids: &[String]) -> Outcome<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let missing = |items: &[Item]| {
        let missing = ids
            .iter()
            .find(|id| !items.iter().any(|i| id_of(i) == **id));
        missing.cloned()
    };
    while let Some(id) = missing(&items) {
        let what = said!(
            "the packet {id} is not shown",
            "gói tin {id} không được hiện"
        );
        let item = lab.until(what, |lab| lab.poll(100))?;
        lab.accept(&item)?;
        items.push(item);
    }
    Ok(items)
}

/// A member of an answer; null where there is none.
pub(super) fn at<'v>(value: &'v Value, name: &str) -> &'v Value {
    static NULL: Value = Value::Null;
    value.get(name).unwrap_or(&NULL)
}

/// That two values are the same, of a member with this name.
pub(super) fn same(name: &str, got: &Value, expected: &Value) -> Outcome {
    ensure(got == expected, || {
        said!(
            "`{name}` is not what was sent",
            "`{name}` khác với nội dung đã gửi"
        )
    })
}

/// A text for a document id that did not do what it had to.
pub(super) fn about(id: &str, en: &str, vi: &str) -> Said {
    Said {
        en: format!("{id}: {en}"),
        vi: format!("{id}: {vi}"),
    }
}
