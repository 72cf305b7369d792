//! The cases, a file for each chapter.

mod duplicate;
mod outage;
mod receive;
mod receive_odd;
mod send;
mod send_document;
mod traffic;
mod volume;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        send::CASES,
        send_document::CASES,
        receive::CASES,
        receive_odd::CASES,
        duplicate::CASES,
        outage::CASES,
        volume::CASES,
    ]
    .into_iter()
    .flatten()
}
