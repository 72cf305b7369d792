//! What cases about the traffic with the axis do and look at again and again.

use std::collections::BTreeSet;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::axis_server::{Fault, Kind};
use crate::suite::bench::PEER;
use crate::suite::lab::{Item, Lab, SentPacket};
use crate::suite::letter::{Letter, Made};
use crate::suite::said;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, ensure};

/// A connection that ends before the axis has read a byte.
pub(super) const AWAY: Fault = Fault::CloseAfterRequest { bytes: 0 };

/// The two calls that bring a packet.
pub(super) const DOWNLOADS: [&str; 2] = ["getEdoc", "downloadEdoc"];

/// The namespace of the SOAP envelope that some software writes around a packet.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

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

/// An answer with another code; the call does not happen.
pub(super) fn refused_with(code: &str) -> Fault {
    Fault::WrongCode {
        code: code.to_owned(),
        accepted: false,
    }
}

/// Sends a document to the peer; gives it and its `out-…`.
pub(super) fn given(lab: &mut Lab) -> Outcome<(Letter, String)> {
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    Ok((letter, out))
}

/// Waits until the product has sent something, whatever came of it.
pub(super) fn tried(lab: &mut Lab) -> Outcome {
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until(what, |lab| {
        Ok((!lab.calls("sendEdoc").is_empty()).then_some(()))
    })
}

/// Delivers one more document, and looks at all that is shown until that one was, and nothing is
/// left: which comes first is not said. `look` is told whether an item is that one.
pub(super) fn until_a_later_one(
    lab: &mut Lab,
    mut look: impl FnMut(&mut Lab, &Item, bool) -> Outcome,
) -> Outcome {
    let later = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &later.bytes())?;
    let what = said!(
        "a document that came later is not shown",
        "văn bản đến sau không được hiện"
    );
    let mut shown = false;
    lab.until(what, |lab| {
        let Some(item) = lab.poll(200)? else {
            return Ok(shown.then_some(()));
        };
        let is_later = item.text("/document/DocumentId") == later.document_id;
        shown |= is_later;
        look(lab, &item, is_later)?;
        Ok(None)
    })
}

/// That a document is accepted in the end, and that all that the axis has of
/// it has the same bytes.
pub(super) fn accepted_in_the_end(lab: &mut Lab, letter: &Letter, out: &str) -> Outcome {
    lab.await_letter(letter)?;
    if lab.ask("why", json!({ "packet": out }))?.is_ok() {
        lab.await_recipient(out, PEER, "delivery", &["accepted"])?;
    }
    same_bytes_all(lab, letter.document_id())
}

fn same_bytes_all(lab: &Lab, id: &str) -> Outcome {
    let all = copies(lab, id)?;
    let first = all.first().map(|packet| &packet.bytes);
    ensure(
        all.iter().all(|packet| Some(&packet.bytes) == first),
        || {
            about(
                id,
                "the axis has copies with different bytes",
                "trục có các bản với dữ liệu khác nhau",
            )
        },
    )
}

/// That a recipient is not told to have got it.
pub(super) fn not_accepted(lab: &mut Lab, out: &str, organ: &str) -> Outcome {
    let recipient = lab.recipient(out, organ)?;
    ensure(*at(&recipient, "delivery") != json!("accepted"), || {
        said!(
            "the recipient {organ} is shown as accepted",
            "nơi nhận {organ} hiện là đã được nhận"
        )
    })
}

/// That all attempts bring the same bytes, by their digests.
pub(super) fn one_digest(lab: &Lab) -> Outcome {
    let calls = lab.calls("sendEdoc");
    let of = |name: &str| -> BTreeSet<String> {
        let values = calls.iter().filter_map(|call| call.header(name));
        values.map(str::to_owned).collect()
    };
    for name in ["XroadVnpt-hash-file", "Content-Length"] {
        let count = of(name).len();
        ensure(count == 1, || {
            said!(
                "the attempts have {count} values of {name}",
                "các lần thử có {count} giá trị {name}"
            )
        })?;
    }
    Ok(())
}

/// What `doctor` says is good, or (not good) warns of.
pub(super) fn health(lab: &mut Lab, good: bool) -> Outcome<BTreeSet<String>> {
    let report = lab.done("doctor", json!({}))?;
    let all = report.as_array().cloned().unwrap_or_default();
    Ok(all
        .iter()
        .filter(|one| (*at(one, "health") == "good") == good)
        .filter_map(|one| at(one, "name").as_str())
        .map(str::to_owned)
        .collect())
}

/// Waits until `doctor` is not well about something that was good.
pub(super) fn becomes_unwell(lab: &mut Lab, before: &BTreeSet<String>, why: &str) -> Outcome {
    let what = said!(
        "`doctor` says that all is as well as before ({why})",
        "`doctor` vẫn báo mọi thứ tốt như trước ({why})"
    );
    lab.until(what, |lab| {
        let unwell = health(lab, false)?;
        Ok(unwell.intersection(before).next().map(|_| ()))
    })
}

/// A document of a peer for the product, with a file of this length.
pub(super) fn made(lab: &Lab, length: usize) -> Made {
    let made = Made::document(PEER, lab.organ(), lab.number());
    let bytes = noise(length, lab.number());
    made.files(&[("to-trinh.pdf", &bytes)])
}

/// Delivers a document of a peer.
pub(super) fn deliver(lab: &mut Lab, made: &Made) -> Outcome<String> {
    lab.deliver(PEER, Kind::Document, &made.bytes())
}

/// That an item has the files of a document.
pub(super) fn has_files(item: &Item, made: &Made) -> Outcome {
    let expected: Vec<_> = made
        .files
        .iter()
        .map(|(name, _, bytes)| (name.clone(), bytes.len() as u64, sha256(bytes)))
        .collect();
    ensure(item.attachments() == expected, || {
        said!(
            "the attachments are not those of the packet",
            "tệp kèm không đúng với gói tin"
        )
    })
}

/// That an item is of a document.
pub(super) fn is_of(item: &Item, made: &Made) -> Outcome {
    same(
        "DocumentId",
        &json!(item.text("/document/DocumentId")),
        &json!(made.document_id),
    )
}
