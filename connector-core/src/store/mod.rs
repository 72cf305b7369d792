//! The store: what the exchange remembers, on disk.
//!
//! [`SqliteStore`] is one folder on a local disk. What it has to keep is said by
//! [`Store`](crate::exchange::Store) and [`Tx`](crate::exchange::Tx); the
//! contract tests hold any store to that.

mod blob;
mod mounts;
mod sqlite;

pub use sqlite::{SqliteStore, StoreOptions, WorkerLock};
