//! What following a possible ZIP can come to, and how far it goes.

/// How far [`Unzip`](super::Unzip) goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnzipLimits {
    /// The largest unpacked size taken, in bytes.
    pub max_size: u64,
    /// How many times larger than packed the entry may be. Judged beyond 16 MiB unpacked.
    pub max_ratio: u64,
}

impl Default for UnzipLimits {
    /// 1 GiB and 200 to 1: twice the largest server limit seen, and well above what office
    /// files and scans reach (deflate itself ends at about 1032 to 1).
    fn default() -> Self {
        Self {
            max_size: 1 << 30,
            max_ratio: 200,
        }
    }
}

/// What the bytes were.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unzipped {
    /// They do not begin with a local file header. An archive without entries counts here
    /// too, and one with something in front of it: there is nothing to unwrap.
    NotZip,
    /// A ZIP with exactly one file, everything verified. Only then are the bytes that were
    /// handed over the file; after any other verdict they must be thrown away.
    Single {
        /// The name of the entry, one plain file name. Good for its extension; characters
        /// of an unknown encoding are replaced.
        entry_name: String,
        /// Unpacked bytes, as many as were handed over.
        size: u64,
        /// Packed bytes.
        packed_size: u64,
        /// CRC-32 of the unpacked bytes.
        crc32: u32,
    },
    /// More than one entry: an office document or a real archive, to be left as it is.
    Several,
    /// A ZIP that will not be unwrapped.
    Refused(Refusal),
    /// A ZIP that is damaged or contradicts itself.
    Corrupt(ZipFault),
}

/// Why a ZIP was not unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Larger unpacked than [`UnzipLimits::max_size`].
    TooLarge,
    /// Packed better than [`UnzipLimits::max_ratio`].
    Ratio,
    /// Encrypted.
    Encrypted,
    /// The name of the (first) entry is empty, a path, or holds control characters.
    UnsafeName,
    /// The entry is a folder, a link or a device.
    NotAFile,
    /// A packing method other than stored and deflated, a stored entry whose size comes
    /// after it, ZIP64, a patch, or an archive in several volumes.
    Unsupported,
}

/// What is wrong with a ZIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ZipFault {
    /// The bytes end too early.
    Truncated,
    /// The packed data is no deflate stream, or is not as long as announced.
    Deflate,
    /// The unpacked data is not as long as announced.
    Size,
    /// The CRC-32 of the unpacked data is not the one announced.
    Checksum,
    /// Behind the data stands no data descriptor that fits it.
    Descriptor,
    /// Something stands where the central directory must begin or go on, or it has more
    /// records than there are entries.
    Directory,
    /// The central directory and the local header tell different things.
    Mismatch,
    /// The end record does not fit the archive, or another hides in its comment.
    EndRecord,
    /// Bytes follow the end of the archive.
    TrailingData,
    /// The receiver of the unpacked bytes failed, so the rest was not looked at.
    Abandoned,
}

impl Unzipped {
    /// A stable lower-case word for logs and JSON, which says nothing of the content.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotZip => "not-zip",
            Self::Single { .. } => "single",
            Self::Several => "several",
            Self::Refused(Refusal::TooLarge) => "refused-too-large",
            Self::Refused(Refusal::Ratio) => "refused-ratio",
            Self::Refused(Refusal::Encrypted) => "refused-encrypted",
            Self::Refused(Refusal::UnsafeName) => "refused-unsafe-name",
            Self::Refused(Refusal::NotAFile) => "refused-not-a-file",
            Self::Refused(Refusal::Unsupported) => "refused-unsupported",
            Self::Corrupt(ZipFault::Truncated) => "corrupt-truncated",
            Self::Corrupt(ZipFault::Deflate) => "corrupt-deflate",
            Self::Corrupt(ZipFault::Size) => "corrupt-size",
            Self::Corrupt(ZipFault::Checksum) => "corrupt-checksum",
            Self::Corrupt(ZipFault::Descriptor) => "corrupt-descriptor",
            Self::Corrupt(ZipFault::Directory) => "corrupt-directory",
            Self::Corrupt(ZipFault::Mismatch) => "corrupt-mismatch",
            Self::Corrupt(ZipFault::EndRecord) => "corrupt-end-record",
            Self::Corrupt(ZipFault::TrailingData) => "corrupt-trailing-data",
            Self::Corrupt(ZipFault::Abandoned) => "corrupt-abandoned",
        }
    }
}
