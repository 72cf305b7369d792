//! The exchange: what has to happen with packets so that nothing is lost and
//! nothing is accepted twice. No network and no clock: times, answers and
//! packets come in, and changes of the store go out through a [`Tx`].

pub mod chain;
pub mod handoff;
pub mod incoming;
pub mod insight;
pub mod model;
pub mod outgoing;
pub mod reading;
pub mod report;
pub mod transition;
pub mod tx;

pub use tx::{ReadSeek, Spool, Store, Stored, Tx};

use crate::error::{Error, ErrorKind, Result};
use model::Millis;

/// `BussinessDocType` of a recall.
pub(crate) const RECALL: u32 = 1;

/// What is due further off than any pause allows was set by a clock that has
/// been put back since: then it is due now. Two threads ask the clock one after
/// the other, so a minute more is no such jump.
pub(crate) fn beyond(now: Millis, longest_pause: Millis) -> Millis {
    const MINUTE: Millis = 60_000;
    now.saturating_add(longest_pause).saturating_add(MINUTE)
}

pub(crate) fn not_found(id: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::NotFound, "connector").with("id", id.to_string())
}

/// An organ's code of today.
pub(crate) fn current(tx: &mut dyn Tx, organ: &str) -> Result<String> {
    Ok(tx.current_code(organ)?.unwrap_or_else(|| organ.to_owned()))
}
