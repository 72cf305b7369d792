//! Base64 as the hop's library has it: lenient when decoding, on one line when
//! encoding.

use std::io::{self, Read, Write};

/// Characters that are decoded at once.
const PIECE: usize = 1 << 16;

/// A lenient decoder: what is not of the alphabet is passed over (assumed: as
/// commons-codec does), `=` ends the data, and what is left over of the last
/// group of four gives whole bytes only.
pub(super) struct LenientDecoder {
    characters: Vec<u8>,
    ended: bool,
}

impl LenientDecoder {
    pub(super) fn new() -> Self {
        LenientDecoder {
            characters: Vec::with_capacity(PIECE + 4),
            ended: false,
        }
    }

    pub(super) fn push(&mut self, text: &[u8], out: &mut dyn Write) -> io::Result<()> {
        for piece in text.chunks(PIECE) {
            if self.ended {
                return Ok(());
            }
            for byte in piece {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                        self.characters.push(*byte);
                    }
                    b'-' => self.characters.push(b'+'),
                    b'_' => self.characters.push(b'/'),
                    b'=' => {
                        self.ended = true;
                        break;
                    }
                    _ => {}
                }
            }
            if self.characters.len() >= PIECE {
                self.decode_groups(out)?;
            }
        }
        Ok(())
    }

    /// Decodes whole groups of four and keeps the rest.
    fn decode_groups(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let whole = self.characters.len() / 4 * 4;
        let rest = self.characters.split_off(whole);
        let decoded = base64_simd::STANDARD
            .decode_inplace(&mut self.characters)
            .map_err(io::Error::other)?;
        out.write_all(decoded)?;
        self.characters = rest;
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.decode_groups(out)?;
        let bits = self.characters.iter().fold(0_u32, |bits, character| {
            let value = match character {
                b'A'..=b'Z' => character - b'A',
                b'a'..=b'z' => character - b'a' + 26,
                b'0'..=b'9' => character - b'0' + 52,
                b'+' => 62,
                _ => 63,
            };
            bits << 6 | u32::from(value)
        });
        match self.characters.len() {
            2 => out.write_all(&[(bits >> 4 & 0xFF) as u8]),
            3 => out.write_all(&[(bits >> 10 & 0xFF) as u8, (bits >> 2 & 0xFF) as u8]),
            _ => Ok(()),
        }
    }
}

/// An encoder; padded, on one line. [`Encoder::finish`] must be called.
pub(super) struct Encoder<'w> {
    out: &'w mut dyn Write,
    waiting: Vec<u8>,
}

/// Bytes that are encoded at once, whole groups of three.
const GROUPS: usize = 3 << 14;

impl<'w> Encoder<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Encoder {
            out,
            waiting: Vec::with_capacity(GROUPS),
        }
    }

    fn encode(&mut self) -> io::Result<()> {
        let text = base64_simd::STANDARD.encode_to_string(&self.waiting);
        self.waiting.clear();
        self.out.write_all(text.as_bytes())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.encode()
    }
}

impl Write for Encoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(GROUPS - self.waiting.len());
        self.waiting
            .extend_from_slice(bytes.get(..count).unwrap_or_default());
        if self.waiting.len() == GROUPS {
            self.encode()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Encodes a whole stream.
pub(super) fn encode(source: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = Encoder::new(out);
    io::copy(source, &mut encoder)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(pieces: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut decoder = LenientDecoder::new();
        for piece in pieces {
            decoder.push(piece.as_bytes(), &mut out).unwrap();
        }
        decoder.finish(&mut out).unwrap();
        out
    }

    #[test]
    fn decoding_passes_over_what_is_not_of_the_alphabet() {
        assert_eq!(decoded(&["aGV\n sbG", "8="]), b"hello");
        assert_eq!(decoded(&["aGVsbG8"]), b"hello");
        assert_eq!(decoded(&["!a*G(V)s", "bG8hPT0"]), b"hello!==");
        assert_eq!(decoded(&["-_-_"]), decoded(&["+/+/"]));
        assert_eq!(decoded(&["aGk=", "aGk="]), b"hi");
        assert_eq!(decoded(&["a"]), b"");
        assert_eq!(decoded(&[""]), b"");
    }

    #[test]
    fn what_is_encoded_is_decoded_in_any_pieces() {
        let bytes: Vec<u8> = (0..200_001_u32).map(|n| (n * 7 + n / 251) as u8).collect();
        let mut text = Vec::new();
        encode(&mut bytes.as_slice(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(decoded(&[&text]), bytes);
        let (a, b) = text.split_at(70_001);
        assert_eq!(decoded(&[a, b]), bytes);
    }
}
