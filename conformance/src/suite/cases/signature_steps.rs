//! What cases about signatures do and look at again and again.

use std::path::Path;

use super::traffic::until_a_later_one;
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, PEER, Setup};
use crate::suite::case::Need::{self, Feature, Fresh, Setting};
use crate::suite::lab::{Item, Lab};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::signing::{Authority, Certificate, Signing};
use crate::suite::verdict::{Outcome, ensure};

pub(super) const VERIFIES: &[Need] = &[
    Feature("signature-verify"),
    Setting("signature.trust"),
    Fresh,
];

pub(super) fn verdict_of(item: &Item) -> &str {
    item.text("/signatures/packet_signature/verdict")
}

pub(super) fn ensure_not_valid(item: &Item) -> Outcome {
    let verdict = verdict_of(item);
    ensure(!verdict.is_empty() && verdict != "valid", || {
        said!("the verdict is `{verdict}`", "kết luận là `{verdict}`")
    })
}

/// Delivers a packet that has to be shown.
pub(super) fn shown(lab: &mut Lab, id: &str, bytes: &[u8]) -> Outcome<Item> {
    lab.deliver(PEER, Kind::Document, bytes)?;
    let item = lab.take_and_accept()?;
    ensure(item.text("/document/DocumentId") == id, || {
        said!("the packet is not shown", "gói tin không được hiện")
    })?;
    Ok(item)
}

/// A lab whose product trusts an authority, and a document to be signed.
pub(super) fn verifying(
    bench: &Bench,
    change: impl FnOnce(&mut Setup, &Path) -> Outcome,
) -> Outcome<(Lab, Authority, Made)> {
    let authority = Authority::trusted(bench.folder())?;
    let mut changed = Ok(());
    let lab = bench.lab_with(|setup| {
        setup.set("signature.trust", authority.trust().display().to_string());
        changed = change(setup, bench.folder());
    })?;
    changed?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    Ok((lab, authority, made))
}

/// Delivers a packet that somebody forged. It may be shown or not; `valid` it
/// must not be.
pub(super) fn forged(lab: &mut Lab, xml: &str) -> Outcome {
    let delivery = lab.deliver(PEER, Kind::Document, xml.as_bytes())?;
    lab.await_acknowledgement(&delivery)?;
    until_a_later_one(lab, |lab, item, is_later| {
        lab.accept(item)?;
        match is_later {
            true => Ok(()),
            false => ensure_not_valid(item),
        }
    })
}

/// A case of a packet that was signed, and then changed or not: the forgery.
pub(super) fn forgery(
    bench: &Bench,
    forge: impl FnOnce(&Authority, &Made) -> Outcome<String>,
) -> Outcome {
    let (mut lab, authority, made) = verifying(bench, |_, _| Ok(()))?;
    let xml = forge(&authority, &made)?;
    forged(&mut lab, &xml)
}

pub(super) fn ensure_valid(lab: &mut Lab, made: &Made, certificate: &Certificate) -> Outcome {
    let xml = Signing::new(certificate).sign(made)?;
    let item = shown(lab, &made.document_id, xml.as_bytes())?;
    let verdict = verdict_of(&item);
    ensure(verdict == "valid", || {
        said!("the verdict is `{verdict}`", "kết luận là `{verdict}`")
    })
}
