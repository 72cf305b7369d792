//! Packets of Vietnam's national document axis: built, read and checked.
#![forbid(unsafe_code)]

pub mod axis;
pub mod bytes;
pub mod config;
pub mod connector;
pub mod crypto;
pub mod environment;
pub mod error;
pub mod exchange;
pub mod failpoint;
pub mod finding;
pub mod json;
pub mod log;
pub mod packet;
pub mod signature;
pub mod store;
pub mod xml;

pub(crate) use failpoint::failpoint;

pub use config::Config;
pub use connector::Connector;
pub use error::{Error, ErrorKind, Result};
pub use finding::{Finding, FindingCode, Language, Severity};

/// The version of this library, as in its package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
