//! Enveloped XML signatures: what is made here, what others make, and what forgers make.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod forms;
mod oracles;
mod support;
mod upheld;
