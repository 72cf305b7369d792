//! Makes one-entry ZIPs that are the same for the same content, everywhere and always.
//!
//! A packet that is built again must have the same bytes, so nothing in the archive comes
//! from a clock, a random number or the machine: the entry is named after the digest of its
//! content, the time is fixed, and the packing is done by one implementation in pure Rust.
//! A build in which another crate turns on another back end of `flate2` packs differently; a
//! test pins the bytes.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use ring::digest::{Context, SHA256};
use tempfile::{SpooledTempFile, spooled_tempfile, spooled_tempfile_in};

use super::super::base64::read_full;
use super::super::magic::detect;
use super::super::name::extension;
use super::format::{
    CENTRAL, CENTRAL_LENGTH, DEFLATED, END, END_LENGTH, LOCAL, LOCAL_LENGTH, STORED,
};
use crate::crypto::digest::array;

/// Packed bytes kept in memory before a temporary file is made.
const SPOOL_IN_MEMORY: usize = 1024 * 1024;

/// Read at once. Always filled, so that the packed bytes do not hang on how a source
/// happens to cut its reads.
const BLOCK: usize = 64 * 1024;

/// The default level of deflate.
const LEVEL: u32 = 6;

/// Content that deflate makes more than this many times smaller is stored: a reader with
/// a limit against ZIP bombs would take it for one (ours stops at 200).
const MOST_RATIO: u64 = 100;
/// Smaller content is no bomb.
const RATIO_FREE: u64 = 1024 * 1024;

/// Version 2.0 of the format, the first with deflate; as the maker it stands with host 0.
const VERSION: u16 = 20;

/// 1980-01-01 in DOS form, the earliest day there is. The time of day is zero.
const FIXED_DATE: u16 = 1 << 5 | 1;

/// Hexadecimal digits of the content's SHA-256 that name the entry.
const NAME_DIGITS: usize = 32;

/// Sizes and offsets from here on would take ZIP64, which readers of packets may not know.
const TOO_LARGE: u64 = u32::MAX as u64;

/// Why a file could not be wrapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WrapError {
    /// The file, or the archive, would reach 4 GiB - 1.
    #[error("file of 4 GiB or more cannot be put into a ZIP")]
    TooLarge,
    /// The file could not be read.
    #[error("file to wrap could not be read")]
    Read(#[source] io::Error),
    /// The packed data could not be kept for the moment.
    #[error("packed data could not be written to a temporary file")]
    Spool(#[source] io::Error),
}

/// A finished one-entry ZIP, ready to be read or written.
///
/// The packed data is in memory up to 1 MiB and in an unnamed temporary file beyond.
pub struct Wrapped {
    /// The name of the entry: 32 hexadecimal digits and the extension.
    pub entry_name: String,
    /// SHA-256 of the content.
    pub content_sha256: [u8; 32],
    /// Bytes of the content.
    pub content_size: u64,
    /// CRC-32 of the content.
    pub content_crc32: u32,
    header: Vec<u8>,
    spool: SpooledTempFile,
    /// Whether the spool holds deflated data that goes out as it was before.
    inflate: bool,
    packed_size: u64,
    /// Central directory and end record.
    tail: Vec<u8>,
}

impl std::fmt::Debug for Wrapped {
    /// Leaves the packed data out: it is packet content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wrapped")
            .field("content_size", &self.content_size)
            .field("packed_size", &self.packed_size)
            .finish_non_exhaustive()
    }
}

/// Packs everything `source` holds into a ZIP, with the extension of `attachment_name`.
///
/// The memory used is constant. Equal content and equal extension give equal bytes. The
/// extension is taken in lower case, and left out unless it is short and plain (see
/// [`extension`]). What does not fit into memory is kept in the system's folder for
/// temporary files.
///
/// # Errors
/// [`WrapError`]: the source cannot be read or is too large, or no room is left.
pub fn wrap(source: &mut dyn Read, attachment_name: &str) -> Result<Wrapped, WrapError> {
    let spool = spooled_tempfile(SPOOL_IN_MEMORY);
    wrap_into(source, attachment_name, spool, TOO_LARGE)
}

/// As [`wrap`], with the folder in which a temporary file is made.
///
/// # Errors
/// As [`wrap`].
pub fn wrap_in(
    source: &mut dyn Read,
    attachment_name: &str,
    spool_folder: &Path,
) -> Result<Wrapped, WrapError> {
    let spool = spooled_tempfile_in(SPOOL_IN_MEMORY, spool_folder);
    wrap_into(source, attachment_name, spool, TOO_LARGE)
}

fn wrap_into(
    source: &mut dyn Read,
    attachment_name: &str,
    spool: SpooledTempFile,
    too_large: u64,
) -> Result<Wrapped, WrapError> {
    let mut digest = Context::new(&SHA256);
    let mut crc = flate2::Crc::new();
    let mut content_size = 0_u64;
    let mut block = vec![0_u8; BLOCK];
    let mut filled = read_full(source, &mut block).map_err(WrapError::Read)?;
    let mut packing = if detect(block.get(..filled).unwrap_or_default()).is_compressed() {
        Packing::Store(spool)
    } else {
        Packing::Deflate(DeflateEncoder::new(spool, Compression::new(LEVEL)))
    };
    loop {
        let bytes = block.get(..filled).unwrap_or_default();
        content_size += filled as u64;
        if content_size >= too_large {
            return Err(WrapError::TooLarge);
        }
        digest.update(bytes);
        crc.update(bytes);
        packing.take(bytes).map_err(WrapError::Spool)?;
        if filled < BLOCK {
            break;
        }
        filled = read_full(source, &mut block).map_err(WrapError::Read)?;
    }
    let (mut spool, deflated) = packing.finish().map_err(WrapError::Spool)?;
    let spooled = spool.stream_position().map_err(WrapError::Spool)?;
    let inflate = deflated && content_size > RATIO_FREE && content_size / spooled > MOST_RATIO;
    let packed_size = if inflate { content_size } else { spooled };
    // Data that does not pack grows a little, so both sizes are looked at.
    if packed_size >= too_large.saturating_sub(1024) {
        return Err(WrapError::TooLarge);
    }

    let content_sha256 = array(&digest.finish());
    let entry_name = entry_name(&content_sha256, attachment_name);
    let entry = Entry {
        name: entry_name.as_bytes(),
        method: if deflated && !inflate {
            DEFLATED
        } else {
            STORED
        },
        crc: crc.sum(),
        packed: fits(packed_size)?,
        size: fits(content_size)?,
    };
    let header = entry.local_header();
    let tail = entry.directory(fits(header.len() as u64 + packed_size)?);
    Ok(Wrapped {
        content_sha256,
        content_size,
        content_crc32: entry.crc,
        header,
        spool,
        inflate,
        packed_size,
        tail,
        entry_name,
    })
}

/// Takes the content into the spool, deflated or as it is: what is packed already only
/// costs time.
enum Packing {
    Store(SpooledTempFile),
    Deflate(DeflateEncoder<SpooledTempFile>),
}

impl Packing {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Store(spool) => spool.write_all(bytes),
            Self::Deflate(encoder) => encoder.write_all(bytes),
        }
    }

    /// The spool, and whether it holds deflated data.
    fn finish(self) -> io::Result<(SpooledTempFile, bool)> {
        match self {
            Self::Store(spool) => Ok((spool, false)),
            Self::Deflate(encoder) => Ok((encoder.finish()?, true)),
        }
    }
}

fn fits(size: u64) -> Result<u32, WrapError> {
    u32::try_from(size).map_err(|_| WrapError::TooLarge)
}

impl Wrapped {
    /// Bytes of the whole archive.
    #[must_use]
    pub fn zip_size(&self) -> u64 {
        self.header.len() as u64 + self.packed_size + self.tail.len() as u64
    }

    /// The archive from its first byte. May be called again to read it again.
    ///
    /// # Errors
    /// When the temporary file cannot be rewound.
    pub fn read(&mut self) -> io::Result<impl Read + Send + '_> {
        self.spool.seek(SeekFrom::Start(0))?;
        let spool = &mut self.spool;
        let data: Box<dyn Read + Send + '_> = if self.inflate {
            Box::new(DeflateDecoder::new(spool))
        } else {
            Box::new(spool)
        };
        Ok(Cursor::new(self.header.as_slice())
            .chain(data.take(self.packed_size))
            .chain(Cursor::new(self.tail.as_slice())))
    }

    /// Writes the whole archive and returns its length in bytes.
    ///
    /// # Errors
    /// When the temporary file cannot be read, or what `out` answers.
    pub fn write_to(&mut self, out: &mut dyn Write) -> io::Result<u64> {
        io::copy(&mut self.read()?, out)
    }
}

fn entry_name(sha256: &[u8; 32], attachment_name: &str) -> String {
    let mut name: String = sha256
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .take(NAME_DIGITS)
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect();
    if let Some(extension) = extension(attachment_name) {
        name.push('.');
        name.push_str(&extension.to_ascii_lowercase());
    }
    name
}

/// What the records say of the entry.
struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
}

impl Entry<'_> {
    fn local_header(&self) -> Vec<u8> {
        let mut record = Vec::with_capacity(LOCAL_LENGTH + self.name.len());
        record.extend_from_slice(&LOCAL);
        self.common_fields(&mut record);
        record.extend_from_slice(self.name);
        record
    }

    /// Central directory and end record of an archive whose directory begins at `start`.
    fn directory(&self, start: u32) -> Vec<u8> {
        let length = CENTRAL_LENGTH + self.name.len();
        let mut record = Vec::with_capacity(length + END_LENGTH);
        record.extend_from_slice(&CENTRAL);
        put16(&mut record, VERSION);
        self.common_fields(&mut record);
        // Length of the comment, disk, internal attributes.
        record.extend_from_slice(&[0; 6]);
        // External attributes, offset of the local header.
        record.extend_from_slice(&[0; 8]);
        record.extend_from_slice(self.name);

        record.extend_from_slice(&END);
        // This disk, disk of the directory.
        record.extend_from_slice(&[0; 4]);
        // Records on this disk, records in all.
        put16(&mut record, 1);
        put16(&mut record, 1);
        // A name is far shorter than 4 GiB.
        put32(&mut record, length as u32);
        put32(&mut record, start);
        // Length of the comment.
        put16(&mut record, 0);
        record
    }

    /// From the version needed to the length of the extra field, the same in both records.
    fn common_fields(&self, record: &mut Vec<u8>) {
        put16(record, VERSION);
        // No flags; then the method, the time of day and the day.
        put16(record, 0);
        put16(record, self.method);
        put16(record, 0);
        put16(record, FIXED_DATE);
        put32(record, self.crc);
        put32(record, self.packed);
        put32(record, self.size);
        // 32 digits, a dot and at most 16 characters.
        put16(record, self.name.len() as u16);
        put16(record, 0);
    }
}

fn put16(record: &mut Vec<u8>, value: u16) {
    record.extend_from_slice(&value.to_le_bytes());
}

fn put32(record: &mut Vec<u8>, value: u32) {
    record.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_large_is_refused() {
        let spool = || spooled_tempfile(SPOOL_IN_MEMORY);
        let content = |size: u64| io::repeat(b' ').take(size);
        assert!(wrap_into(&mut content(9_999), "a", spool(), 10_000).is_ok());
        assert!(matches!(
            wrap_into(&mut content(10_000), "a", spool(), 10_000),
            Err(WrapError::TooLarge)
        ));
        assert!(matches!(
            wrap_into(&mut content(u64::MAX), "a", spool(), 1 << 22),
            Err(WrapError::TooLarge)
        ));
    }

    #[test]
    fn a_failing_source_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        assert!(matches!(wrap(&mut Broken, "a"), Err(WrapError::Read(_))));
    }

    #[test]
    fn bytes_are_fixed() {
        // Pinned: a change here changes packets that are built again.
        let mut wrapped = wrap(&mut "Chính phủ\n".as_bytes(), "x.TXT").unwrap();
        let mut zip = Vec::new();
        assert_eq!(wrapped.write_to(&mut zip).unwrap(), wrapped.zip_size());
        let hex: String = zip.iter().map(|byte| format!("{byte:02x}")).collect();
        let pinned = concat!(
            "504b0304140000000800000021007477a9190f0000000d0000002400000066346237336137643237",
            "353834353130613732643938666139333461633361372e74787473ce38bc362f43a120e3e1eee55c",
            "00504b01021400140000000800000021007477a9190f0000000d0000002400000000000000000000",
            "0000000000000066346237336137643237353834353130613732643938666139333461633361372e",
            "747874504b0506000000000100010052000000510000000000"
        );
        assert_eq!(hex, pinned);
    }
}
