//! PEM: named blocks of base64 in a text file.

use secrecy::zeroize::Zeroizing;

/// One block.
pub(crate) struct Block {
    /// What stands behind `BEGIN`.
    pub(crate) label: String,
    /// Headers stand before the base64: the old way of encrypting a key.
    pub(crate) headers: bool,
    /// What the base64 says; wiped, since it may be a key.
    pub(crate) content: Zeroizing<Vec<u8>>,
}

/// The blocks of a file, none where there are none. `None` where one of them is broken.
pub(crate) fn blocks(file: &[u8]) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut lines = file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    while let Some(line) = lines.next() {
        let Some(label) = between(line, b"-----BEGIN ") else {
            continue;
        };
        let mut headers = false;
        let mut base64 = Zeroizing::new(Vec::new());
        loop {
            let line = lines.next()?;
            if let Some(end) = between(line, b"-----END ") {
                if end != label {
                    return None;
                }
                break;
            }
            if line.contains(&b':') {
                headers = true;
            } else if !headers || !line.is_empty() {
                base64.extend_from_slice(line);
            }
        }
        let content = if headers {
            Vec::new()
        } else {
            base64_simd::STANDARD.decode_to_vec(&base64).ok()?
        };
        blocks.push(Block {
            label: String::from_utf8(label.to_vec()).ok()?,
            headers,
            content: Zeroizing::new(content),
        });
    }
    Some(blocks)
}

fn between<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(start)?.strip_suffix(b"-----")
}
