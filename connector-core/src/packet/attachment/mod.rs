//! Attachments: base64, ZIP wrapping, type detection, safe names.
//!
//! An attachment's bytes are mostly a signed PDF and are never changed here. On the wire they
//! are base64 in one line, and kinds of file that are not on a short list travel inside a ZIP
//! with one entry (observed in the official builder and in packets).
//!
//! * [`base64`]: strict decoding as a stream; [`encode_reader`] for the other way.
//! * [`zip`]: follows bytes that may be a one-entry ZIP and makes such ZIPs.
//! * [`magic`]: the kind of a file by its first bytes, since declared types are often wrong.
//! * [`name`]: extensions, names that are safe in a folder, and unique there.
//! * [`wrapping`]: which files are wrapped, and the content type written for them.
//!
//! Everything works in constant memory, whatever the size of the attachment.

pub mod base64;
mod encode;
pub mod magic;
pub mod name;
pub mod wrapping;
pub mod zip;

pub use base64::{Base64Error, Decoder, Finished};
pub(crate) use encode::encode_after;
pub use encode::encode_reader;
pub use magic::{DETECTION_HEAD, DetectedType, detect, extension_matches};
pub use name::{UniqueNames, extension, safe_file_name};
pub use wrapping::{WrappingPolicy, WrappingPolicyError};
pub use zip::{Refusal, Unzip, UnzipLimits, Unzipped, WrapError, Wrapped, ZipFault, wrap, wrap_in};
