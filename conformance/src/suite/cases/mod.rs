//! The cases, a file for each chapter.

mod attachment;
mod attachment_received;
mod change_asked;
mod change_received;
mod directive;
mod directory;
mod duplicate;
mod hostile;
mod hostile_files;
mod outage;
mod packet;
mod packet_values;
mod privacy;
mod receive;
mod receive_odd;
mod send;
mod send_document;
mod status_received;
mod status_sent;
mod steps;
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
        directory::CASES,
        send::CASES,
        send_document::CASES,
        receive::CASES,
        receive_odd::CASES,
        duplicate::CASES,
        status_sent::CASES,
        status_received::CASES,
        change_asked::CASES,
        change_received::CASES,
        directive::CASES,
        outage::CASES,
        hostile::CASES,
        hostile_files::CASES,
        volume::CASES,
        privacy::CASES,
    ]
    .into_iter()
    .flatten()
}
