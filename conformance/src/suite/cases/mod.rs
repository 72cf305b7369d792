//! The cases, a file for each chapter.

mod attachment;
mod attachment_received;
mod hostile;
mod hostile_files;
mod packet;
mod packet_values;
mod send;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        packet::CASES,
        packet_values::CASES,
        attachment::CASES,
        attachment_received::CASES,
        hostile::CASES,
        hostile_files::CASES,
        send::CASES,
    ]
    .into_iter()
    .flatten()
}
