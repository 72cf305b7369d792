//! The hash of a packet, of its body as it came and without a final CR LF, in
//! both spellings that are in use.

use ring::digest::{Context, SHA256};

/// A hash that is being made, two bytes behind the body.
pub(super) struct FileHash {
    context: Context,
    held: Vec<u8>,
}

/// What a hash was found to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HashOf {
    /// The whole body.
    Body,
    /// The body without its last CR LF, which the official SDK appends.
    WithoutLineEnd,
}

/// The hashes of a body.
pub(super) struct Hashes {
    body: [String; 2],
    without_line_end: Option<[String; 2]>,
}

impl FileHash {
    pub(super) fn new() -> Self {
        FileHash {
            context: Context::new(&SHA256),
            held: Vec::with_capacity(2),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let keep = bytes.len().min(2);
        let (now, later) = bytes.split_at(bytes.len() - keep);
        if keep == 2 {
            self.context.update(&self.held);
            self.context.update(now);
            self.held.clear();
            self.held.extend_from_slice(later);
            return;
        }
        self.held.extend_from_slice(later);
        let ready = self.held.len().saturating_sub(2);
        for byte in self.held.drain(..ready) {
            self.context.update(&[byte]);
        }
    }

    pub(super) fn finish(mut self) -> Hashes {
        let without_line_end =
            (self.held == b"\r\n").then(|| spellings(self.context.clone().finish().as_ref()));
        self.context.update(&self.held);
        Hashes {
            body: spellings(self.context.finish().as_ref()),
            without_line_end,
        }
    }
}

impl Hashes {
    /// What a `hash-file` is the hash of.
    pub(super) fn find(&self, said: &str) -> Option<HashOf> {
        let is = |known: &[String; 2]| known.iter().any(|known| known == said);
        if self.without_line_end.as_ref().is_some_and(is) {
            return Some(HashOf::WithoutLineEnd);
        }
        is(&self.body).then_some(HashOf::Body)
    }
}

/// Standard hex, and each byte without its leading zero as the SDK writes it.
fn spellings(digest: &[u8]) -> [String; 2] {
    let padded = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let unpadded = digest.iter().map(|byte| format!("{byte:x}")).collect();
    [padded, unpadded]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_with_and_without_the_line_end_are_found_in_any_pieces() {
        // SHA-256 of `abc`, unpadded as the specification has it and padded.
        let unpadded = "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad";
        let padded = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for pieces in 1..=5 {
            let mut hash = FileHash::new();
            for piece in b"abc\r\n".chunks(pieces) {
                hash.update(piece);
            }
            let hashes = hash.finish();
            assert_eq!(hashes.find(unpadded), Some(HashOf::WithoutLineEnd));
            assert_eq!(hashes.find(padded), Some(HashOf::WithoutLineEnd));
        }
        let mut hash = FileHash::new();
        hash.update(b"abc");
        let hashes = hash.finish();
        assert_eq!(hashes.find(unpadded), Some(HashOf::Body));
        assert_eq!(hashes.find(padded), Some(HashOf::Body));
        assert_eq!(hashes.find("ba7816bf"), None);
    }
}
