//! The cases, a file for each chapter.

mod send;

use super::case::Case;

/// All cases, by chapter.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [send::CASES].into_iter().flatten()
}
