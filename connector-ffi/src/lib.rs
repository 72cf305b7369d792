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

#[cfg(panic = "abort")]
compile_error!(
    "connector-ffi must be built with panic = \"unwind\": with \"abort\" a panic ends the host program"
);

mod boundary;
pub mod version;
