//! stub
/// stub
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Position { /// x
pub byte: u64, /// x
pub line: u64, /// x
pub column: u64 }
