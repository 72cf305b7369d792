//! The durable connector over the test axis: two agencies, each with a
//! connector of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

mod chains;
mod clock;
mod delivery;
mod hand_off;
mod insight;
mod receiving;
mod roles;
mod sending;
mod statuses;
