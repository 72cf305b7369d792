//! A file against another, byte for byte, in constant memory.

use std::io::{self, Read};

use ring::digest::{Context, SHA256};

/// Bytes looked at together.
const BLOCK: u64 = 1 << 18;

/// What was found about two files.
pub(super) struct Verdict {
    /// Bytes of the first.
    pub(super) size: u64,
    /// SHA-256 of the first.
    pub(super) sha256: [u8; 32],
    /// Whether the second has the same bytes and no others.
    pub(super) same: bool,
}

/// Reads the first to its end, and the second as long as both are the same.
pub(super) fn compare(mut first: impl Read, mut second: impl Read) -> io::Result<Verdict> {
    let mut digest = Context::new(&SHA256);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let (mut size, mut same) = (0, true);
    loop {
        a.clear();
        first.by_ref().take(BLOCK).read_to_end(&mut a)?;
        if same {
            b.clear();
            second.by_ref().take(BLOCK).read_to_end(&mut b)?;
            same = a == b;
        }
        if a.is_empty() {
            break;
        }
        size += a.len() as u64;
        digest.update(&a);
    }
    let mut sha256 = [0; 32];
    for (to, from) in sha256.iter_mut().zip(digest.finish().as_ref()) {
        *to = *from;
    }
    Ok(Verdict { size, sha256, same })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn files_that_differ_in_a_byte_or_in_length_are_not_the_same() {
        let long = vec![7; BLOCK as usize * 2 + 1];
        let mut other = long.clone();
        *other.last_mut().unwrap() = 8;
        let same = |a: &[u8], b: &[u8]| compare(a, b).unwrap().same;
        assert!(same(&long, &long) && same(b"", b""));
        assert!(!same(&long, &other));
        assert!(!same(&long, long.split_last().unwrap().1));
        assert!(!same(long.split_last().unwrap().1, &long));
        assert!(!same(b"", b"1") && !same(b"1", b""));
    }

    #[test]
    fn the_first_file_is_measured_even_where_the_second_is_not_there() {
        let found = compare(&b"abc"[..], io::empty()).unwrap();
        // The SHA-256 of "abc" begins so (FIPS 180).
        assert!(found.sha256.starts_with(&[0xba, 0x78, 0x16, 0xbf]));
        assert_eq!((found.size, found.same), (3, false));
    }
}
