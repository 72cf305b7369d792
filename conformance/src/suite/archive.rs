//! ZIPs for cases: well made, and ill made.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::verdict::{Outcome, Stop};

/// An entry of a ZIP.
pub(crate) struct Entry<'e> {
    /// Its name.
    pub(crate) name: &'e str,
    /// Its bytes.
    pub(crate) bytes: &'e [u8],
    /// The length that is stated, where it is not that of the bytes.
    pub(crate) stated: Option<u32>,
    /// Whether sum and lengths stand behind the data, as hops write them.
    pub(crate) described: bool,
}

/// An entry as it should be.
pub(crate) fn entry<'e>(name: &'e str, bytes: &'e [u8]) -> Entry<'e> {
    Entry {
        name,
        bytes,
        stated: None,
        described: false,
    }
}

/// A ZIP of these, deflated.
///
/// # Errors
/// An entry is too long for a ZIP.
pub(crate) fn zip(entries: &[Entry<'_>]) -> Outcome<Vec<u8>> {
    let small = |length: usize| u32::try_from(length).map_err(Stop::own);
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut crc = Crc::new();
        crc.update(entry.bytes);
        let mut deflater = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflater.write_all(entry.bytes).map_err(Stop::own)?;
        let packed = deflater.finish().map_err(Stop::own)?;
        let name = entry.name.as_bytes();
        let stated = match entry.stated {
            Some(stated) => stated,
            None => small(entry.bytes.len())?,
        };
        let flags = if entry.described { 8 } else { 0 };
        // Version, flags (UTF-8), deflate, time, date.
        let common = [20, 0, flags, 8, 8, 0, 0, 0, 0x21, 0];
        let mut lengths = crc.sum().to_le_bytes().to_vec();
        lengths.extend(small(packed.len())?.to_le_bytes());
        lengths.extend(stated.to_le_bytes());
        let mut named = u16::try_from(name.len())
            .map_err(Stop::own)?
            .to_le_bytes()
            .to_vec();
        named.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(common.iter().chain(&lengths).chain(&named));
        directory.extend([0; 10]);
        directory.extend(small(out.len())?.to_le_bytes());
        directory.extend(name);
        out.extend(b"PK\x03\x04");
        out.extend(common);
        match entry.described {
            true => out.extend([0; 12]),
            false => out.extend(&lengths),
        }
        out.extend(named);
        out.extend(name);
        out.extend(packed);
        if entry.described {
            out.extend(b"PK\x07\x08");
            out.extend(&lengths);
        }
    }
    let count = u16::try_from(entries.len()).map_err(Stop::own)?;
    let (start, length) = (small(out.len())?, small(directory.len())?);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}
