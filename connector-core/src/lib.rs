//! Packets of Vietnam's national document axis: built, read and checked.
#![forbid(unsafe_code)]

pub mod packet;
pub mod xml;

/// The version of this library, as in its package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
