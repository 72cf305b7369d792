macro_rules! failpoint {
    ($n:literal) => {};
}
pub(crate) use failpoint;
