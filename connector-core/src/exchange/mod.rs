//! The exchange: what has to happen with packets so that nothing is lost and
//! nothing is accepted twice. No network and no clock: times, answers and
//! packets come in, and changes of the store go out through a [`Tx`].

pub mod model;
pub mod tx;

pub use tx::{ReadSeek, Spool, Store, Stored, Tx};
