//! The cases, a file for each chapter.

mod change_asked;
mod change_received;
mod directive;
mod send;
mod status_received;
mod status_sent;
mod steps;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        send::CASES,
        status_sent::CASES,
        status_received::CASES,
        change_asked::CASES,
        change_received::CASES,
        directive::CASES,
    ]
    .into_iter()
    .flatten()
}
