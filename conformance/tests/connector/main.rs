//! The durable connector over the test axis: two agencies, each with a
//! connector of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/pki.rs"]
mod pki;
mod support;

mod chains;
mod clock;
mod delivery;
mod found_by_crashes;
mod hand_off;
mod insight;
mod receiving;
mod roles;
mod sending;
mod signatures;
mod statuses;
mod transfers;
