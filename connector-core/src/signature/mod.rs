//! Signatures: what was signed, by whom, and whether that can be believed.
//!
//! [`Verifier`] reads a packet and gives one [`Report`](report::Report) on its packet signature
//! ([`xmldsig`]) and its [`seal`], under the anchors of a [`trust`] folder. A [`Policy`] says
//! what a receiver asks of the report.

pub mod certificate;
mod policy;
pub mod report;
pub mod seal;
pub mod trust;
pub mod verdict;
mod verifier;
pub mod xmldsig;

pub use policy::Policy;
pub use verdict::{Reason, ReasonCode, Verdict};
pub use verifier::{Verified, Verifier};
