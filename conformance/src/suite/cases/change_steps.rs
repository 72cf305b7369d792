//! Steps of recalls, updates and replacements that peers ask for.

use serde_json::{Value, json};

use super::steps::{received, why_incoming};
use crate::axis_server::Kind;
use crate::suite::bench::PEER;
use crate::suite::lab::{Item, Lab, SentPacket};
use crate::suite::letter::{Made, made_recall};
use crate::suite::said;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const REASON: &str = "Ban hành nhầm, đề nghị trả lại";

pub(super) fn is_action(item: &Item) -> bool {
    item.0.get("is_action") == Some(&Value::Bool(true))
}

/// The next action that is shown; documents before it are put aside.
pub(super) fn next_action(lab: &mut Lab) -> Outcome<Item> {
    let what = said!(
        "no action is shown to decide on",
        "không hiện yêu cầu nào để quyết định"
    );
    lab.until(what, |lab| Ok(lab.poll(200)?.filter(is_action)))
}

/// The next action, which has to act on a document.
pub(super) fn action_on(lab: &mut Lab, target: &Item) -> Outcome<Item> {
    let action = next_action(lab)?;
    let acts_on = action.text("/acts_on").to_owned();
    ensure(acts_on == target.incoming(), || {
        said!(
            "the action acts on `{acts_on}`, not on the document",
            "yêu cầu tác động `{acts_on}`, không phải văn bản"
        )
    })?;
    Ok(action)
}

pub(super) fn destroyed(lab: &mut Lab, item: &Item) -> Outcome<bool> {
    let view = why_incoming(lab, item.incoming())?;
    Ok(view.get("destroyed") == Some(&Value::Bool(true)))
}

pub(super) fn ensure_there(lab: &mut Lab, item: &Item) -> Outcome {
    let gone = destroyed(lab, item)?;
    ensure(!gone, || {
        said!("the document was destroyed", "văn bản đã bị hủy")
    })
}

/// That no answer of these codes was sent.
pub(super) fn no_answer(lab: &mut Lab, codes: &[&str]) -> Outcome {
    lab.looked_at_axis()?;
    let sent = lab.sent()?;
    let found = sent
        .iter()
        .map(SentPacket::code)
        .find(|code| codes.contains(&code.as_str()));
    ensure(found.is_none(), || {
        let code = found.unwrap_or_default();
        said!("{code} reached the axis", "{code} đã được gửi tới trục")
    })
}

pub(super) fn agree(lab: &mut Lab, action: &Item) -> Outcome {
    let members = json!({ "incoming": action.incoming() });
    lab.done("agree", members).map(drop)
}

/// A document that was accepted, and the 13 about it as it is shown.
pub(super) fn recalled(lab: &mut Lab) -> Outcome<(Made, Item, Item)> {
    let (made, item) = received(lab)?;
    let recall = made_recall(&made, lab.organ(), REASON);
    lab.deliver(PEER, Kind::Status, &recall)?;
    let action = action_on(lab, &item)?;
    Ok((made, item, action))
}

/// A packet of a peer that acts on a document of the same peer.
pub(super) fn acting(lab: &Lab, kind: u32, target: &Made) -> Made {
    Made::document(&target.from, lab.organ(), lab.number()).acting(kind, target, REASON)
}
