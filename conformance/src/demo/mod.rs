//! The demonstration: one document from a province to the Office of the
//! Government over a test axis, and its statuses back; and packets of a folder
//! sent on over one.
//!
//! Everything is real but the axis: sockets, files, and on both sides the
//! library's own connector with a store of its own. The stories tell what happens as [`Event`]s and print nothing.

mod document;
mod files;
mod made;
mod metered;
mod packets;
mod party;
mod post;

use std::io;
use std::path::{Path, PathBuf};

use lienthong::packet::StatusCode;
use lienthong::{Error, Finding, FindingCode};

pub use document::{AttachmentReport, DocumentReport, DocumentStory};
pub use made::pdf as made_pdf;
pub use packets::{PacketEnd, PacketReport, PacketsStory};

use crate::axis_server::AxisError;
use crate::rebuild::Flavour;

/// The province's organ: made up.
pub const PROVINCE: &str = "H99.01";
/// The Office of the Government, played by this program.
pub const OFFICE: &str = "000.00.00.G22";

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The test axis.
    Axis,
    /// The province.
    Province,
    /// The Office of the Government.
    Office,
    /// A system that stands in for the organs of packets from a folder.
    StandIn,
}

/// A long piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A packet is written and stored; how far it is cannot be told.
    Build,
    /// A packet's digest is taken before it is sent.
    Digest,
    /// A packet goes to the axis.
    Send,
    /// A packet comes from the axis.
    Fetch,
    /// A packet is read, and its attachments are extracted.
    Read,
    /// A received file is held against the one that was sent.
    Compare,
}

/// What has happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A long piece of work goes on; told very often.
    Progress {
        /// Who works.
        who: Who,
        /// On what.
        step: Step,
        /// Bytes done.
        done: u64,
        /// Bytes in all, where known.
        total: Option<u64>,
    },
    /// The test axis runs.
    AxisStarted {
        /// Its address.
        url: String,
        /// How it rebuilds.
        rebuild: Flavour,
        /// The organs that are connected.
        organs: Vec<String>,
    },
    /// The province's connector has stored its packet: from here on it will be
    /// delivered.
    Stored {
        /// Its id in the province's store.
        id: String,
        /// The document's id.
        document_id: String,
        /// How many files are in it.
        attachments: usize,
        /// Bytes of the packet.
        bytes: u64,
        /// Warnings and notes of the check before sending.
        findings: Vec<Finding>,
    },
    /// The axis took the document from the province.
    Sent {
        /// Its id in the province's store.
        id: String,
        /// The organ it is for.
        to: String,
        /// The id that the axis gave.
        doc_id: String,
        /// Bytes of the packet.
        bytes: u64,
    },
    /// The packet came to the axis's queue, rebuilt.
    Queued {
        /// The organ it is for.
        organ: String,
        /// The id that the receiver sees.
        doc_id: String,
        /// Bytes of the packet after the rebuild.
        bytes: u64,
        /// The rebuild.
        rebuild: Flavour,
    },
    /// The Office's connector has stored what came and hands it over.
    HandedOver {
        /// Its id in the Office's store.
        id: String,
        /// Its sender.
        from: String,
        /// Bytes of the packet.
        bytes: u64,
    },
    /// The Office's connector told the axis that it keeps the packet.
    Acknowledged {
        /// The id.
        doc_id: String,
    },
    /// The Office read and checked the packet.
    Checked {
        /// What was found.
        findings: Vec<Finding>,
    },
    /// The Office wrote the attachments into files.
    Extracted {
        /// How many.
        files: usize,
        /// Bytes of all.
        bytes: u64,
    },
    /// What came was held against what was sent.
    Compared {
        /// The meaning digest of what came.
        meaning: Option<String>,
        /// Whether it is that of what was sent.
        same_meaning: bool,
        /// Attachments with the very bytes of their files.
        same_files: usize,
        /// Attachments in all.
        files: usize,
        /// Differences of the headers.
        differences: Vec<Finding>,
    },
    /// The Office accepted what was handed over.
    Accepted {
        /// Its id in the Office's store.
        id: String,
    },
    /// The Office's connector has stored a status to be sent.
    Reported {
        /// Its id in the Office's store.
        id: String,
        /// The status.
        code: StatusCode,
        /// The organ it is for.
        to: String,
        /// Whether the connector did so by itself.
        by_itself: bool,
    },
    /// A status came to the province, and its connector knows which document it
    /// is about.
    Matched {
        /// The status.
        code: StatusCode,
        /// Its sender.
        from: String,
        /// The document's id in the province's store.
        id: String,
        /// The document's id.
        document_id: String,
    },
    /// A packet of the folder was read, and checked as for sending.
    PacketRead {
        /// The name of its file.
        name: String,
        /// `document`, `status` or `unknown`.
        kind: &'static str,
        /// Whether it could be read to its end.
        readable: bool,
        /// Bytes.
        bytes: u64,
        /// What was found.
        findings: Vec<Finding>,
    },
    /// A packet of the folder is not sent.
    PacketHeld {
        /// The name of its file.
        name: String,
        /// The errors that forbid it; none where it names no sender or receiver.
        because: Vec<FindingCode>,
    },
    /// A packet of the folder went over the axis to one receiver.
    PacketPassed {
        /// The name of its file.
        name: String,
        /// From whom.
        from: String,
        /// To whom.
        to: String,
        /// The id that the receiver saw.
        doc_id: String,
        /// Bytes after the rebuild.
        bytes: u64,
        /// Whether meaning and attachments came as they were sent.
        same: bool,
    },
}

/// Who listens to a story.
pub type Listener<'l> = dyn FnMut(Event) + 'l;

/// Why a story could not be told to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoryError {
    /// A file or folder cannot be used.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the story's own, in its folder, cannot be made or used.
    #[error("a file in the story's folder: {source}")]
    Own {
        /// Why.
        source: io::Error,
    },
    /// The folder holds no packet.
    #[error("{path}: no .edxml or .xml file", path = path.display())]
    NoPackets {
        /// The folder.
        path: PathBuf,
    },
    /// The test axis does not start.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// The library failed at something.
    #[error(transparent)]
    Library(#[from] Error),
    /// The axis refused a packet.
    #[error("the axis refuses the packet for {to}: code {code}")]
    Refused {
        /// The receiver.
        to: String,
        /// The axis's code.
        code: String,
    },
    /// What should have happened did not, for a long time.
    #[error("nothing more happened for {organ}")]
    Stuck {
        /// Who waited.
        organ: String,
    },
    /// The clock of this machine tells no time that a document can bear.
    #[error("the clock of this machine is not set")]
    Clock,
    /// What came is another thing than what was sent.
    #[error("what {organ} fetched as {doc_id} is not what was sent")]
    Mistaken {
        /// The receiver.
        organ: String,
        /// The axis's id.
        doc_id: String,
    },
}

impl StoryError {
    fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> StoryError {
        let path = path.into();
        move |source| StoryError::File { path, source }
    }

    /// A file of the story's own that cannot be made or used.
    fn own(source: io::Error) -> StoryError {
        StoryError::Own { source }
    }
}

/// The name of a file, for people.
fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
