//! Cryptography: digests, the algorithms of signatures, keys, and who signs.

pub mod algorithm;
pub(crate) mod der;
pub(crate) mod digest;
pub mod keys;
pub(crate) mod pem;
pub mod signer;
