//! The cases, a file for each chapter.

mod attachment;
mod attachment_received;
mod directory;
mod hostile;
mod hostile_files;
mod packet;
mod packet_sent;
mod packet_values;
mod privacy;
mod send;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        packet::CASES,
        packet_values::CASES,
        packet_sent::CASES,
        attachment::CASES,
        attachment_received::CASES,
        directory::CASES,
        send::CASES,
        hostile::CASES,
        hostile_files::CASES,
        privacy::CASES,
    ]
    .into_iter()
    .flatten()
}
