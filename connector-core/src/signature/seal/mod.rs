//! The seal (niêm phong): evidence that survives a rebuild.
//!
//! A hop writes each packet anew, which breaks any signature over the packet, but leaves whole
//! the texts of the header and the bytes of each attachment. A seal is one more attachment: a
//! small XML file that holds those texts and the SHA-256 of each file, signed by the sender.
//! Any XML signature tool verifies the file itself; this module also holds it against the
//! packet in which it came. A receiver without this library sees an ordinary attachment.
//! `docs/seal.md` has the format.

mod attach;
mod compare;
mod find;
mod read;
mod write;

pub use attach::seal_packet;
pub(crate) use compare::{SealComparison, compare};
pub(crate) use find::{Found, SealSink, is_this_version, read_packet_and_seal};
pub(crate) use read::StatementReader;
pub(crate) use write::{SealedFile, statement};

/// The namespace of the seals that this version writes and reads.
pub const NAMESPACE: &str = "urn:lienthong:seal:1";
/// What the namespace of every version begins with.
const ANY_VERSION: &str = "urn:lienthong:seal:";
/// The root element of a seal: by it and its namespace a seal is known, not by its file name.
pub const ROOT: &str = "Seal";
/// The name under which a seal travels unless another is configured.
pub const FILE_NAME: &str = "niem-phong.xml";
/// The content type under which it travels.
pub(crate) const CONTENT_TYPE: &str = "application/xml";
/// The longest seal that is looked at, in bytes. A seal has about 250 bytes for each attachment
/// besides the header's texts.
pub const MAX_SIZE: usize = 2 * 1024 * 1024;
