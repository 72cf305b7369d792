//! Conformance tools: command line, rebuild of a hop.
#![forbid(unsafe_code)]

pub mod rebuild;
