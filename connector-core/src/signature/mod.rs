//! Signatures: what was signed, by whom, and whether that can be believed.

pub mod certificate;
pub mod trust;
pub mod verdict;
