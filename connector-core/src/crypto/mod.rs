//! Cryptography: digests, the algorithms of signatures, and who signs.

pub mod algorithm;
pub(crate) mod digest;
pub mod signer;
