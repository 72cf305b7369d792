//! The cases, a file for each chapter.

mod attachment;
mod attachment_received;
mod duplicate;
mod hostile;
mod hostile_files;
mod outage;
mod packet;
mod packet_values;
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
        packet::CASES,
        packet_values::CASES,
        attachment::CASES,
        attachment_received::CASES,
        send::CASES,
        send_document::CASES,
        receive::CASES,
        receive_odd::CASES,
        duplicate::CASES,
        outage::CASES,
        hostile::CASES,
        hostile_files::CASES,
        volume::CASES,
    ]
    .into_iter()
    .flatten()
}
