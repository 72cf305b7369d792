//! The C interface of lienthong.
//!
//! This crate translates and does nothing else: what a function means is decided in
//! `connector-core`. Each function here goes through [`boundary::guard`], so that a panic
//! never reaches the caller's stack. The header `include/lienthong.h` is generated from
//! this source by `cargo xtask generate` and committed.

// An exported symbol is declared with `#[unsafe(no_mangle)]`, which the workspace's
// `unsafe_code = "deny"` counts as unsafe. Every exported name begins with `lienthong_`,
// which is what makes it safe: no other library in the process uses that prefix.
#![allow(unsafe_code)]
// Functions for C take pointers and are safe to call from Rust in form only: nothing in
// Rust calls them, and what C has to hold to stands in the header.
#![allow(clippy::not_unsafe_ptr_arg_deref)]
#![allow(clippy::too_many_arguments, reason = "C has no other way to say it")]

#[cfg(not(all(target_pointer_width = "64", unix)))]
compile_error!("the C library is for 64-bit Unix; handles and files of callbacks need both");

#[cfg(panic = "abort")]
compile_error!(
    "connector-ffi must be built with panic = \"unwind\": with \"abort\" a panic ends the host program"
);

pub mod attach;
pub mod boundary;
pub mod client;
pub mod code;
pub mod config;
pub mod connector;
pub mod document;
pub mod error;
mod failure;
mod handle;
pub mod incoming;
mod input;
pub mod log;
pub mod memory;
pub mod packet;
pub mod queries;
pub mod sending;
pub mod signatures;
pub mod signer;
pub mod stream;
pub mod version;

/// The number of a kind as C has it.
fn number(kind: lienthong::ErrorKind) -> i32 {
    i32::try_from(kind.number()).unwrap_or(i32::MAX)
}
