//! Cryptography: digests. Keys and signatures come with their own issue.

pub(crate) mod digest;
