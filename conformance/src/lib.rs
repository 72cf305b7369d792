//! Conformance tools for packets of the national document axis: the command
//! line `lienthong-conformance` and what stands behind it.
#![forbid(unsafe_code)]

pub mod cli;
