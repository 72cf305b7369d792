//! The tokeniser.
