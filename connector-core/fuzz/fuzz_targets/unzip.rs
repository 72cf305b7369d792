//! Follows any bytes as a ZIP. The verdict may not hang on how the bytes are cut; what is
//! taken for a single file must be as long as told, pass its checksum, and come back the same
//! when it is wrapped by us.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use lienthong::packet::attachment::{Unzip, UnzipLimits, Unzipped, wrap};

const LIMITS: UnzipLimits = UnzipLimits {
    max_size: 1 << 20,
    max_ratio: 100,
};

/// Verdict and content of an archive cut into pieces; the lengths come round and round.
fn follow(bytes: &[u8], lengths: &[usize], limits: UnzipLimits) -> (Unzipped, Vec<u8>) {
    let mut unzip = Unzip::new(limits);
    let mut content = Vec::new();
    let mut rest = bytes;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*length).clamp(1, rest.len()));
        rest = after;
        let settled = unzip.is_settled();
        unzip
            .push(piece, &mut |data| {
                assert!(!settled, "bytes after the verdict");
                content.extend_from_slice(data);
                Ok(())
            })
            .expect("our receiver never fails");
        assert!(content.len() as u64 <= limits.max_size);
    }
    (unzip.finish(), content)
}

fuzz_target!(|bytes: &[u8]| {
    // The bytes themselves say how they are cut, so that every input is a plain archive.
    let lengths: Vec<usize> = bytes
        .iter()
        .rev()
        .take(8)
        .map(|cut| *cut as usize)
        .collect();
    let lengths = [&lengths[..], &[1]].concat();

    let (verdict, content) = follow(bytes, &[usize::MAX], LIMITS);
    for lengths in [&lengths[..], &[1]] {
        let (cut_verdict, cut_content) = follow(bytes, lengths, LIMITS);
        assert_eq!(verdict, cut_verdict);
        if matches!(verdict, Unzipped::Single { .. }) {
            assert_eq!(content, cut_content);
        }
    }

    let Unzipped::Single { size, crc32, .. } = verdict else {
        return;
    };
    assert_eq!(content.len() as u64, size);
    let mut wrapped = wrap(&mut Cursor::new(&content), "a.bin").expect("wrapping");
    assert_eq!(wrapped.content_crc32, crc32);
    let mut zip = Vec::new();
    wrapped.write_to(&mut zip).expect("writing to memory");
    // The ratio is ours now, so only the size is limited.
    let limits = UnzipLimits {
        max_ratio: u64::MAX,
        ..LIMITS
    };
    let (verdict, again) = follow(&zip, &lengths, limits);
    assert!(matches!(verdict, Unzipped::Single { .. }));
    assert_eq!(again, content);
});
