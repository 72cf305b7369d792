//! Why a test axis does not start.

use std::io;
use std::path::PathBuf;

/// Why a test axis does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AxisError {
    /// An address cannot be listened on.
    #[error("{address}: cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration is wrong.
    #[error("{place}: {reason}")]
    Config {
        /// Where.
        place: String,
        /// What is wrong; never a value.
        reason: String,
    },
    /// A line of the directory or of the journal cannot be read.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Another axis works on the same folder.
    #[error("{path}: another axis works on this folder", path = path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

impl AxisError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> AxisError {
        let path = path.into();
        move |source| AxisError::File { path, source }
    }

    pub(super) fn config(place: impl Into<String>, reason: impl Into<String>) -> Self {
        AxisError::Config {
            place: place.into(),
            reason: reason.into(),
        }
    }
}
