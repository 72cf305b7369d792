//! The axis as seen from an agency: what its answers mean.

pub mod answer;
