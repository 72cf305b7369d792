//! Numbers by a seed.

use std::time::Duration;

/// SplitMix64: the same numbers for the same seed.
pub(crate) struct Random(u64);

impl Random {
    /// Another row of numbers for each of some names under one seed.
    pub(crate) fn new(seed: u64, of: &[u64]) -> Self {
        let mut random = Random(seed);
        for one in of {
            random.0 = random.next() ^ one.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below a number.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn millis(&mut self, end: u64) -> Duration {
        Duration::from_micros(self.below(end * 1_000))
    }

    pub(crate) fn of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(things.len() as u64)).ok()?;
        things.get(at)
    }
}
