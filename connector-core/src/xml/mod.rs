//! XML: a bounded, chunking tokeniser.

pub mod reader;
