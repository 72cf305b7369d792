//! Base64, encoded and decoded.

use std::io::{self, Cursor};

use lienthong::packet::attachment::{Base64Error, Decoder, encode_reader};
use proptest::prelude::*;

use super::{python, sample};

/// The bytes passed on; then their number and whether padding was missing, or the error.
type Outcome = (Vec<u8>, Result<(u64, bool), String>);

/// Decodes a text in pieces of the given lengths, the rest of it at once.
fn decode(text: &[u8], pieces: &mut dyn Iterator<Item = usize>) -> Outcome {
    let mut decoder = Decoder::new();
    let mut content = vec![];
    let mut sink = |bytes: &[u8]| {
        content.extend_from_slice(bytes);
        Ok(())
    };
    let mut rest = text;
    while !rest.is_empty() {
        let count = pieces.next().unwrap_or(usize::MAX).min(rest.len());
        let (piece, after) = rest.split_at(count);
        rest = after;
        if let Err(error) = decoder.push(piece, &mut sink) {
            // It answers the same from then on.
            let again = decoder.push(b"AAAA", &mut sink).unwrap_err();
            assert_eq!(describe(&error), describe(&again));
            return (content, Err(describe(&error)));
        }
    }
    let end = decoder
        .finish(&mut sink)
        .map(|finished| (finished.bytes, finished.unpadded))
        .map_err(|error| describe(&error));
    (content, end)
}

fn describe(error: &Base64Error) -> String {
    format!("{error:?}")
}

fn whole(text: &[u8]) -> Outcome {
    decode(text, &mut std::iter::empty())
}

fn singly(text: &[u8]) -> Outcome {
    decode(text, &mut std::iter::repeat(1))
}

/// A decoder as simple as can be, to compare with.
fn simple(text: &[u8]) -> Outcome {
    let mut content = vec![];
    let end = simple_into(text, &mut content);
    let count = content.len() as u64;
    (content, end.map(|unpadded| (count, unpadded)))
}

fn simple_into(text: &[u8], content: &mut Vec<u8>) -> Result<bool, String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let invalid = |offset: usize| format!("Invalid {{ offset: {offset} }}");
    let check_unused = |values: &[(usize, usize)]| match values {
        [_, (offset, last)] if last & 15 != 0 => Err(invalid(*offset)),
        [_, _, (offset, last)] if last & 3 != 0 => Err(invalid(*offset)),
        _ => Ok(()),
    };
    let significant: Vec<(usize, u8)> = (0..)
        .zip(text.iter().copied())
        .filter(|(_, byte)| !b" \t\r\n".contains(byte))
        .collect();
    let mut groups = significant.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let mut values = vec![];
        let mut padding = 0;
        for (offset, byte) in group {
            match ALPHABET.iter().position(|c| c == byte) {
                Some(value) if padding == 0 => values.push((*offset, value)),
                None if *byte == b'=' && values.len() >= 2 => {
                    check_unused(&values)?;
                    padding += 1;
                }
                _ => return Err(invalid(*offset)),
            }
        }
        check_unused(&values)?;
        if values.len() == 1 {
            return Err("Truncated".into());
        }
        let bits = (0..).zip(&values).fold(0, |bits, (index, (_, value))| {
            bits | (*value as u32) << (18 - 6 * index)
        });
        content.extend_from_slice(&bits.to_be_bytes()[1..values.len()]);
        if values.len() + padding < 4 {
            return Ok(true);
        }
        if padding > 0 && groups.peek().is_some() {
            return Err("TrailingData".into());
        }
    }
    Ok(false)
}

#[test]
fn hostile_texts() {
    let ok = |bytes: &[u8], unpadded: bool| (bytes.to_vec(), Ok((bytes.len() as u64, unpadded)));
    let invalid = |bytes: &[u8], offset: usize| {
        let error = format!("Invalid {{ offset: {offset} }}");
        (bytes.to_vec(), Err(error))
    };
    let trailing = |bytes: &[u8]| (bytes.to_vec(), Err(describe(&Base64Error::TrailingData)));
    let cases: Vec<(&str, Outcome)> = vec![
        ("", ok(b"", false)),
        (" \r\n\t", ok(b"", false)),
        ("YWJj", ok(b"abc", false)),
        (" Y W\tJ\r\nj ", ok(b"abc", false)),
        ("YWI=", ok(b"ab", false)),
        ("YQ==", ok(b"a", false)),
        ("YQ = = \n", ok(b"a", false)),
        ("YWI", ok(b"ab", true)),
        ("YQ", ok(b"a", true)),
        ("YQ=", ok(b"a", true)),
        ("Y", (vec![], Err("Truncated".into()))),
        ("YR==", invalid(b"", 1)),
        ("YWJ=", invalid(b"", 2)),
        ("YR", invalid(b"", 1)),
        ("YWJjYWJ", invalid(b"abc", 6)),
        ("=", invalid(b"", 0)),
        ("Y===", invalid(b"", 1)),
        ("YQ=a", invalid(b"", 3)),
        ("YQ===", trailing(b"a")),
        ("YQ==YQ==", trailing(b"a")),
        ("YWI=!", trailing(b"ab")),
        ("YWJj=", invalid(b"abc", 4)),
        ("YW-_", invalid(b"", 2)),
        ("YWJj\u{b}YWJj", invalid(b"abc", 4)),
        ("YWJj\0", invalid(b"abc", 4)),
        ("{{FILE_CONTENT}}", invalid(b"", 0)),
        ("Nội dung", invalid(b"", 1)),
        ("YWJj&#10;", invalid(b"abc", 4)),
    ];
    for (text, expected) in cases {
        assert_eq!(whole(text.as_bytes()), expected, "{text:?}");
        assert_eq!(singly(text.as_bytes()), expected, "{text:?} singly");
        assert_eq!(simple(text.as_bytes()), expected, "{text:?} simple");
        // The same behind a long text, which takes the fast way.
        let front = sample(30_000);
        let mut long = base64_simd::STANDARD.encode_to_string(&front).into_bytes();
        long.extend_from_slice(text.as_bytes());
        assert!(whole(&long) == simple(&long), "{text:?} behind a long text");
    }
}

#[test]
fn python_agrees() {
    const ENCODE: &str = r#"
import base64, sys
content = sys.stdin.buffer.read()
sys.stdout.buffer.write(base64.b64encode(content))
"#;
    const ENCODE_LINES: &str = r#"
import base64, sys
content = sys.stdin.buffer.read()
sys.stdout.buffer.write(base64.encodebytes(content).replace(b'\n', b'\r\n'))
"#;
    let content = sample(1_000_001);
    let mut ours = vec![];
    let read = encode_reader(&mut Cursor::new(&content), &mut ours).unwrap();
    assert_eq!(read, content.len() as u64);
    for (script, is_one_line) in [(ENCODE, true), (ENCODE_LINES, false)] {
        let Some(text) = python(script, &[], &content) else {
            return;
        };
        assert!(whole(&text) == (content.clone(), Ok((content.len() as u64, false))));
        assert_eq!(ours == text, is_one_line);
    }
}

#[test]
fn encoding_agrees_for_every_length() {
    for size in (0..100).chain([196_607, 196_608, 196_609, 393_217]) {
        let content = sample(size);
        let mut text = vec![];
        encode_reader(&mut Cursor::new(&content), &mut text).unwrap();
        let expected = base64_simd::STANDARD.encode_to_string(&content);
        assert!(text == expected.as_bytes(), "{size}");
    }
}

#[test]
fn a_failing_receiver_is_told() {
    let mut decoder = Decoder::new();
    let mut sink = |_: &[u8]| Err(io::ErrorKind::StorageFull.into());
    for _ in 0..2 {
        assert!(matches!(
            decoder.push(b"YWJj", &mut sink),
            Err(Base64Error::Io(error)) if error.kind() == io::ErrorKind::StorageFull
        ));
    }
}

/// Text of many layouts, sometimes with something wrong in it.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let layout = prop_oneof![
        Just((usize::MAX, "")),
        Just((76, "\r\n")),
        Just((76, "\n")),
        Just((64, "\n\t\t ")),
        Just((60, "\t")),
        Just((1, " ")),
        Just((7, " \r")),
    ];
    let size = prop_oneof![0..200_usize, 30_000..80_000_usize];
    let wrong = prop_oneof![
        Just("="),
        Just("A"),
        Just("\t"),
        Just("!"),
        Just("é"),
        Just(""),
        Just("=="),
    ];
    let change = (any::<prop::sample::Index>(), wrong, 0..3_usize);
    let changes = proptest::collection::vec(change, 0..3);
    (size, layout, changes).prop_map(|(size, (width, gap), changes)| {
        let line = base64_simd::STANDARD.encode_to_string(sample(size));
        let mut text = vec![];
        for line in line.as_bytes().chunks(width) {
            text.extend_from_slice(line);
            text.extend_from_slice(gap.as_bytes());
        }
        for (at, wrong, removed) in changes {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, wrong.bytes());
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn cuts_do_not_matter(
        text in text(),
        pieces in proptest::collection::vec(prop_oneof![1..10_usize, 1..60_000_usize], 1..20),
    ) {
        let expected = simple(&text);
        prop_assert!(whole(&text) == expected);
        prop_assert!(decode(&text, &mut pieces.iter().copied().cycle()) == expected);
        prop_assert!(singly(&text) == expected);
    }
}
