//! Conformance tools for packets of the national document axis: the command
//! line `lienthong-conformance` and what stands behind it, and the rebuilding
//! of packets as a hop does it.
#![forbid(unsafe_code)]

pub mod axis_server;
pub mod cli;
pub mod rebuild;
