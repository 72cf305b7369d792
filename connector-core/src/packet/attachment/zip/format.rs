//! The records of a ZIP file as far as they are needed here (PKWARE APPNOTE 6.3.10,
//! sections 4.3 and 4.4).

/// Begins a local file header.
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// May begin a data descriptor.
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// Begins a record of the central directory.
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// Begins the end of central directory record.
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
/// Begins the same for ZIP64.
pub(super) const END_ZIP64: [u8; 4] = *b"PK\x06\x06";
/// Begins an archive extra data record (central directory encryption).
pub(super) const ARCHIVE_EXTRA: [u8; 4] = *b"PK\x06\x08";

pub(super) const LOCAL_LENGTH: usize = 30;
pub(super) const CENTRAL_LENGTH: usize = 46;
pub(super) const END_LENGTH: usize = 22;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// Sizes and checksum stand after the data.
pub(super) const FLAG_DESCRIPTOR: u16 = 1 << 3;
/// The data is a patch to another file.
pub(super) const FLAG_PATCH: u16 = 1 << 5;
/// The entry, or its header, is encrypted.
pub(super) const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Name and comment are UTF-8.
pub(super) const FLAG_UTF8: u16 = 1 << 11;

/// Stands in a size field when the size is in a ZIP64 extra field.
pub(super) const IN_ZIP64: u32 = u32::MAX;
/// The header of the ZIP64 extra field.
const EXTRA_ZIP64: u16 = 1;

/// A little-endian number of a record. Records are gathered to their full length before, so
/// nothing is ever missing; were it so, it would count as zero.
pub(super) fn u16_at(record: &[u8], at: usize) -> u16 {
    record
        .get(at..at + 2)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

/// As [`u16_at`], with four bytes.
pub(super) fn u32_at(record: &[u8], at: usize) -> u32 {
    record
        .get(at..at + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// A local file header, without its name and extra field.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name_length: usize,
    pub(super) extra_length: usize,
}

impl LocalHeader {
    pub(super) fn read(record: &[u8]) -> Self {
        Self {
            flags: u16_at(record, 6),
            method: u16_at(record, 8),
            crc: u32_at(record, 14),
            packed: u32_at(record, 18),
            size: u32_at(record, 22),
            name_length: usize::from(u16_at(record, 26)),
            extra_length: usize::from(u16_at(record, 28)),
        }
    }
}

/// A record of the central directory, without name, extra field and comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct CentralRecord {
    pub(super) host: u8,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name_length: usize,
    pub(super) tail_length: usize,
    pub(super) disk: u16,
    pub(super) attributes: u32,
    pub(super) offset: u32,
}

impl CentralRecord {
    pub(super) fn read(record: &[u8]) -> Self {
        let name_length = usize::from(u16_at(record, 28));
        Self {
            host: record.get(5).copied().unwrap_or_default(),
            flags: u16_at(record, 8),
            method: u16_at(record, 10),
            crc: u32_at(record, 16),
            packed: u32_at(record, 20),
            size: u32_at(record, 24),
            name_length,
            tail_length: name_length
                + usize::from(u16_at(record, 30))
                + usize::from(u16_at(record, 32)),
            disk: u16_at(record, 34),
            attributes: u32_at(record, 38),
            offset: u32_at(record, 42),
        }
    }

    /// Whether the attributes say that the entry is a folder, a link or a device.
    pub(super) fn is_no_file(&self) -> bool {
        const MADE_BY_UNIX: u8 = 3;
        const DOS_FOLDER: u32 = 0x10;
        const UNIX_KIND: u32 = 0xf000;
        const UNIX_FILE: u32 = 0x8000;
        let unix_kind = self.attributes >> 16 & UNIX_KIND;
        let unix_special = self.host == MADE_BY_UNIX && unix_kind != 0 && unix_kind != UNIX_FILE;
        self.attributes & DOS_FOLDER != 0 || unix_special
    }
}

/// Whether an extra field holds a ZIP64 part.
pub(super) fn has_zip64(extra: &[u8]) -> bool {
    let mut rest = extra;
    while rest.len() >= 4 {
        if u16_at(rest, 0) == EXTRA_ZIP64 {
            return true;
        }
        let next = 4 + usize::from(u16_at(rest, 2));
        rest = rest.get(next..).unwrap_or_default();
    }
    false
}
