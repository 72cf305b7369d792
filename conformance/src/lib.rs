//! Conformance tools for packets of the national document axis: the command
//! line `lienthong-conformance` and what stands behind it, a test
//! axis, the rebuilding of packets as a hop does it, and a demonstration.
#![forbid(unsafe_code)]

pub mod axis_server;
pub mod cli;
pub mod demo;
pub mod rebuild;
pub mod suite;
