//! One-entry ZIPs, followed and made.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use lienthong::packet::attachment::{
    Refusal, Unzip, UnzipLimits, Unzipped, ZipFault, wrap, wrap_in,
};
use proptest::prelude::*;

use super::{python, sample};

const LIMITS: UnzipLimits = UnzipLimits {
    max_size: 64 << 20,
    max_ratio: 200,
};

/// What the archives of the script hold.
const CONTENT_SIZE: usize = 5000;

/// Follows a whole archive cut into pieces of `piece` bytes.
fn unzip(bytes: &[u8], piece: usize, limits: UnzipLimits) -> (Unzipped, Vec<u8>) {
    let mut unzip = Unzip::new(limits);
    let mut content = Vec::new();
    for piece in bytes.chunks(piece) {
        unzip
            .push(piece, &mut |data| {
                content.extend_from_slice(data);
                Ok(())
            })
            .unwrap();
    }
    (unzip.finish(), content)
}

fn is_single(verdict: &Unzipped) -> bool {
    matches!(verdict, Unzipped::Single { .. })
}

fn wrapped(content: &[u8], name: &str) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut wrapped = wrap(&mut Cursor::new(content), name).unwrap();
    assert_eq!(wrapped.write_to(&mut zip).unwrap(), wrapped.zip_size());
    zip
}

/// Archives made by Python, by their names; none without Python.
fn archives() -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let script = include_str!("make_archives.py");
    if python(script, &[folder.path()], &sample(CONTENT_SIZE)).is_none() {
        return BTreeMap::new();
    }
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read(file.path()).unwrap())
    });
    let archives: BTreeMap<_, _> = files.collect();
    assert!(archives.len() > 50);
    archives
}

fn good_archives() -> impl Iterator<Item = (String, Vec<u8>)> {
    archives()
        .into_iter()
        .filter(|(file, _)| file.starts_with("single"))
}

#[test]
fn archives_of_python_are_judged_right() {
    for (file, bytes) in archives() {
        let (verdict, content) = unzip(&bytes, usize::MAX, LIMITS);
        assert!(
            file.starts_with(verdict.name()),
            "{file}: {}",
            verdict.name()
        );
        if let Unzipped::Single {
            size, entry_name, ..
        } = &verdict
        {
            assert_eq!(content, sample(CONTENT_SIZE), "{file}");
            assert_eq!(*size, CONTENT_SIZE as u64);
            let expected = match file.as_str() {
                "single-vietnamese" => "Tờ trình.PDF",
                "single-dots" => "a..b.pdf",
                _ => "a.pdf",
            };
            assert_eq!(entry_name, expected, "{file}");
        }
        for piece in [1, 2, 7, 31] {
            let in_pieces = unzip(&bytes, piece, LIMITS).0;
            assert_eq!(in_pieces, verdict, "{file} in pieces of {piece}");
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    for (file, bytes) in good_archives() {
        for end in 0..bytes.len() {
            let (verdict, _) = unzip(&bytes[..end], 512, LIMITS);
            let expected = if end < 4 {
                Unzipped::NotZip
            } else {
                Unzipped::Corrupt(ZipFault::Truncated)
            };
            assert_eq!(verdict, expected, "{file} cut at {end}");
        }
    }
}

#[test]
fn every_changed_byte_is_noticed_or_harmless() {
    for (file, mut bytes) in good_archives() {
        let mut taken = 0;
        for at in 0..bytes.len() {
            for mask in [0x01, 0x80, 0xff] {
                bytes[at] ^= mask;
                let (verdict, content) = unzip(&bytes, usize::MAX, LIMITS);
                if is_single(&verdict) {
                    assert_eq!(content, sample(CONTENT_SIZE), "{file} changed at {at}");
                    taken += 1;
                }
                bytes[at] ^= mask;
            }
        }
        // What may change: versions, times, attributes, some flags, comments.
        assert!(taken < 200, "{file}: {taken} changes were taken");
    }
}

#[test]
fn limits_are_held_while_streaming() {
    let zip = wrapped(&sample(300_000), "a.bin");
    let exact = UnzipLimits {
        max_size: 300_000,
        ..LIMITS
    };
    assert!(is_single(&unzip(&zip, 100, exact).0));
    let less = UnzipLimits {
        max_size: 299_999,
        ..LIMITS
    };
    let refused = Unzipped::Refused(Refusal::TooLarge);
    // The announced size is enough for the verdict.
    assert_eq!(unzip(&zip, 100, less), (refused.clone(), vec![]));
    // An archive that lies about its size, and one that does not tell it.
    for (size, flags) in [(1_u32, 0), (0, 8)] {
        let mut lying = zip.clone();
        lying[6] = flags;
        lying[22..26].copy_from_slice(&size.to_le_bytes());
        let (verdict, content) = unzip(&lying, 100, less);
        assert_eq!(verdict, refused);
        assert_eq!(content.len(), 299_999);
    }
}

/// The head of a ZIP whose deflated entry tells no sizes.
const STREAMED_HEAD: &[u8] =
    b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.pdf";

#[test]
fn a_bomb_is_refused_early() {
    // One gigabyte of zeros, packed while it is followed.
    let zeros = io::repeat(0).take(1 << 30);
    let deflater = flate2::read::DeflateEncoder::new(zeros, flate2::Compression::new(6));
    let mut bomb = Cursor::new(STREAMED_HEAD).chain(deflater);
    let mut unzip = Unzip::new(UnzipLimits::default());
    let mut piece = vec![0; 10_000];
    let (mut read, mut unpacked) = (0, 0);
    while !unzip.is_settled() {
        let count = bomb.read(&mut piece).unwrap();
        assert!(count > 0, "the bomb went off");
        read += count;
        unzip
            .push(&piece[..count], &mut |data| {
                unpacked += data.len();
                Ok(())
            })
            .unwrap();
    }
    assert!(read <= 40_000 && unpacked < 21 << 20, "{read} {unpacked}");
    // Later bytes hand nothing over.
    unzip
        .push(&[0; 100_000], &mut |_| panic!("after the verdict"))
        .unwrap();
    assert_eq!(unzip.finish(), Unzipped::Refused(Refusal::Ratio));
}

#[test]
fn a_small_file_may_pack_well_and_a_large_one_may_not() {
    const BLANKS: &str = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED) as archive:\n\
        \x20   archive.writestr('a.txt', b' ' * int(sys.stdin.read()))\n";
    for (size, taken) in [(16 << 20, true), ((16 << 20) + 1, false)] {
        let Some(zip) = python(BLANKS, &[], size.to_string().as_bytes()) else {
            return;
        };
        let verdict = unzip(&zip, 999, LIMITS).0;
        assert_eq!(is_single(&verdict), taken, "{size}: {verdict:?}");
        // What we wrap ourselves is never taken for a bomb.
        let zip = wrapped(&vec![b' '; size], "a.txt");
        assert!(is_single(&unzip(&zip, 999, LIMITS).0), "{size}");
    }
}

#[test]
fn a_failing_receiver_ends_it() {
    let zip = wrapped(&sample(100_000), "a.txt");
    let mut unzip = Unzip::new(LIMITS);
    let error = unzip
        .push(&zip, &mut |_| Err(io::ErrorKind::StorageFull.into()))
        .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert_eq!(unzip.finish(), Unzipped::Corrupt(ZipFault::Abandoned));
}

/// Prints extension and size of the only entry, having checked the archive.
const READ: &str = r#"
import hashlib, sys, zipfile
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        entry, = z.infolist()
        data = z.read(entry)
        assert entry.date_time == (1980, 1, 1, 0, 0, 0), entry.date_time
        assert entry.flag_bits == 0 and entry.extra == b'' and not entry.is_dir()
        stem = entry.filename.split('.')[0]
        assert stem == hashlib.sha256(data).hexdigest()[:32], stem
        print(entry.filename[len(stem):], len(data), sep=':')
"#;

#[test]
fn our_archives_are_read_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("a", vec![]),
        ("Tờ trình.ODT", b"x".to_vec()),
        ("b.p7s", sample(3_000_000)),
        ("c.tờ", incompressible(2_500_000)),
    ];
    let mut paths = vec![];
    for (index, (name, content)) in files.iter().enumerate() {
        let path = folder.path().join(format!("{index}.zip"));
        let mut file = std::fs::File::create(&path).unwrap();
        let mut wrapped = wrap_in(&mut Cursor::new(content), name, folder.path()).unwrap();
        assert_eq!(wrapped.content_size, content.len() as u64);
        let digest = ring::digest::digest(&ring::digest::SHA256, content);
        assert_eq!(wrapped.content_sha256, digest.as_ref());
        wrapped.write_to(&mut file).unwrap();
        // A second reading gives the same, and we take it ourselves.
        let bytes = std::fs::read(&path).unwrap();
        let mut again = vec![];
        wrapped.read().unwrap().read_to_end(&mut again).unwrap();
        assert!(again == bytes);
        let (verdict, unpacked) = unzip(&bytes, 4099, LIMITS);
        assert!(is_single(&verdict), "{}", verdict.name());
        assert!(unpacked == *content);
        paths.push(path);
    }
    let arguments: Vec<&Path> = paths.iter().map(|path| path.as_path()).collect();
    if let Some(listed) = python(READ, &arguments, b"") {
        let listed = String::from_utf8(listed).unwrap();
        let listed: Vec<&str> = listed.lines().collect();
        assert_eq!(listed, [":0", ".odt:1", ".p7s:3000000", ":2500000"]);
    }
    for path in &paths {
        for (program, argument) in [("unzip", "-tqq"), ("jar", "-tf")] {
            let output = Command::new(program)
                .arg(argument)
                .arg(path)
                .stdout(Stdio::null())
                .status();
            match output {
                Ok(status) => assert!(status.success(), "{program}"),
                Err(_) => eprintln!("no {program}, passed over"),
            }
        }
    }
}

/// Gives odd amounts, and is interrupted now and then.
struct Stutter<'a>(&'a [u8], usize);

impl Read for Stutter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = (self.1 * 31 + 7) % 1009;
        if self.1.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.1.clamp(1, buffer.len());
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn bytes_do_not_hang_on_how_the_source_reads() {
    let content = sample(400_000);
    let mut stuttered = vec![];
    wrap(&mut Stutter(&content, 3), "a.txt")
        .unwrap()
        .write_to(&mut stuttered)
        .unwrap();
    let zip = wrapped(&content, "b.TXT");
    assert!(stuttered == zip);
    // Pinned: a change here changes packets that are built again.
    let digest = ring::digest::digest(&ring::digest::SHA256, &zip);
    let hex: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(
        hex,
        "7e3c5ac2f223877d55487da6d1de3da266e9fecbb4ca118738f3b6e786eb51a2"
    );
}

fn incompressible(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(size)
    .collect()
}

/// An archive, whole or changed here and there.
fn nearly_zip() -> impl Strategy<Value = Vec<u8>> {
    let content = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        (any::<u8>(), 0..6_000_000_usize).prop_map(|(byte, size)| vec![byte; size]),
        (0..100_000_usize).prop_map(sample),
        (0..100_000_usize).prop_map(incompressible),
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (content, changes).prop_map(|(content, changes)| {
        let mut zip = wrapped(&content, "a.txt");
        for (at, byte) in changes {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        zip
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cuts_do_not_matter(zip in nearly_zip(), piece in prop_oneof![1..10_usize, 1..5000_usize]) {
        let limits = UnzipLimits { max_size: 5_000_000, max_ratio: 200 };
        let whole = unzip(&zip, usize::MAX, limits);
        let in_pieces = unzip(&zip, piece, limits);
        prop_assert_eq!(whole.0.name(), in_pieces.0.name());
        if is_single(&whole.0) {
            prop_assert!(whole == in_pieces);
        }
    }

    #[test]
    fn what_is_wrapped_comes_back(content in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let (verdict, unpacked) = unzip(&wrapped(&content, "a.txt"), 100, LIMITS);
        prop_assert!(is_single(&verdict));
        prop_assert_eq!(unpacked, content);
    }

    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let zip = [STREAMED_HEAD, &bytes].concat();
        prop_assert_eq!(unzip(&zip, usize::MAX, LIMITS).0, unzip(&zip, 1, LIMITS).0);
    }
}
