//! The cases, a file for each chapter.

mod axis_guard;
mod axis_receive;
mod axis_send;
mod change_asked;
mod change_received;
mod change_updated;
mod directive;
mod send;
mod signature_made;
mod signature_read;
mod status_received;
mod status_sent;
mod steps;
mod transport;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        send::CASES,
        status_sent::CASES,
        status_received::CASES,
        change_asked::CASES,
        change_received::CASES,
        change_updated::CASES,
        directive::CASES,
        axis_send::CASES,
        axis_guard::CASES,
        axis_receive::CASES,
        signature_read::CASES,
        signature_made::CASES,
        transport::CASES,
    ]
    .into_iter()
    .flatten()
}
