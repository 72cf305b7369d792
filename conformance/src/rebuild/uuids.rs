//! Made-up ids.

use std::fmt;

/// A source of random-looking UUIDs: from a seed, or the caller's own.
pub struct Uuids(Box<dyn FnMut() -> String + Send>);

impl Uuids {
    /// The same ids for the same seed.
    pub fn seeded(seed: u64) -> Self {
        let mut state = seed;
        Self::from_fn(move || {
            let (high, low) = (next(&mut state), next(&mut state));
            version_4(high, low)
        })
    }

    /// Ids of the caller.
    pub fn from_fn(source: impl FnMut() -> String + Send + 'static) -> Self {
        Uuids(Box::new(source))
    }

    /// The next id.
    pub fn take(&mut self) -> String {
        (self.0)()
    }
}

impl fmt::Debug for Uuids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uuids")
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for ids that need not be secret.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn version_4(high: u64, low: u64) -> String {
    let high = high & !0xF000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    )
}
