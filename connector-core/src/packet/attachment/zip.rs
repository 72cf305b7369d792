//! One-entry ZIP archives around attachments: followed while they stream by, and made.
//!
//! A wrapped attachment is a ZIP with exactly one file, whose name is a random identifier
//! with the extension of the real name (observed). Everything else that looks like a ZIP is
//! an attachment of its own and stays as it is: office documents are ZIPs too.

mod format;
mod unzip;
mod verdict;
mod wrap;

pub use unzip::Unzip;
pub use verdict::{Refusal, UnzipLimits, Unzipped, ZipFault};
pub use wrap::{WrapError, Wrapped, wrap, wrap_in};
