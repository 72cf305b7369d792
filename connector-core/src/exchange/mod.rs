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

/// `BussinessDocType` of a recall.
pub(crate) const RECALL: u32 = 1;

pub(crate) fn not_found(id: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::NotFound, "connector").with("id", id.to_string())
}

/// An organ's code of today.
pub(crate) fn current(tx: &mut dyn Tx, organ: &str) -> Result<String> {
    Ok(tx.current_code(organ)?.unwrap_or_else(|| organ.to_owned()))
}
