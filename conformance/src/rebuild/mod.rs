//! The rebuild of a packet as a hop of the axis does it.
//!
//! A hop does not pass a packet on: it parses it with a library of the EdXML102
//! family and writes it anew. [`rebuild`] models that, rule by rule, in two
//! flavours (see [`Flavour`]); `docs/rebuild.md` has the list. It uses this
//! project's tokeniser and nothing else of its reader and writer, so that both
//! can be held against it.
//!
//! # Assumed readings
//!
//! What is known of a rebuild leaves some things open. Assumed here:
//!
//! * In `as-seen`, all of "order and form" applies, the signature is remade as
//!   in 0.0.3, and empty leaves disappear (no packet that came back holds one);
//!   nothing is made up but `Direction`, nothing else is dropped (`ToPlaces` and
//!   empty groups were seen to stay), dates stay as they are, and it fails only
//!   on what is no packet at all.
//! * In `as-seen`, leading `cid:`s become one, an id without any stays without;
//!   the base64 text is kept as it is but for white space; manifest entries are
//!   kept, not remade. A `TraceHeaderList` is made where there was none. A
//!   status gets no `TraceHeader`, since it has no `TraceHeaderList`.
//! * 0.0.3 appends no `TraceHeader`.
//! * Elements other than those known to be won by the last: the last wins, too.
//! * `Type` 2 is made up even where there is no `DocumentType` (only `OtherInfo`
//!   is said to have to exist). Numbers that do not parse are left as they are
//!   but for `Type` and `SteeringType`; the latter fails.
//! * "No `To`" and an "empty `OrganIdList`" count elements, not their texts.
//! * Time stamps are dates, too: lenient, and dropped where they do not parse.
//! * An attachment's extension is what follows the last dot behind the last
//!   separator, compared with case: so `X.PDF` is zipped, as one that was seen.
//!   `Format` goes before the name.
//! * Lenient base64 passes over every character outside the alphabet, takes `-`
//!   and `_` for `+` and `/`, and ends at the first `=`.
//! * A missing `ContentId` stays missing.
//! * A missing ContentType is treated as `application/zip`, and is the failure
//!   where the file is no ZIP.

mod attachment;
mod base64;
mod dates;
mod header;
mod output;
mod schema;
mod source;
mod spool;
mod uuids;
mod zip;

use std::io::{self, Read, Write};

use lienthong::xml::{XmlError, XmlErrorKind};

pub use uuids::Uuids;

/// How a hop rebuilds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// As packets came back from the axis (as seen).
    #[default]
    AsSeen,
    /// As EdXML102 0.0.3 parses and builds (observed).
    V0_0_3,
    /// Not at all: the bytes pass.
    Off,
}

impl Flavour {
    /// The flavours by name.
    pub const ALL: &'static [(&'static str, Flavour)] = &[
        ("as-seen", Flavour::AsSeen),
        ("0.0.3", Flavour::V0_0_3),
        ("off", Flavour::Off),
    ];

    /// The flavour of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        let named = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(named.1)
    }
}

/// What a rebuild needs to know.
#[derive(Debug)]
pub struct RebuildOptions {
    /// How to rebuild.
    pub flavour: Flavour,
    /// The organ id of the hop, for its `TraceHeader`.
    pub hop: String,
    /// The time of the hop as packets have it: `yyyy/MM/dd HH:mm:ss`.
    pub now: String,
    /// Where made-up ids come from.
    pub uuids: Uuids,
}

impl RebuildOptions {
    /// Options with made-up ids from a seed.
    pub fn new(
        flavour: Flavour,
        hop: impl Into<String>,
        now: impl Into<String>,
        seed: u64,
    ) -> Self {
        RebuildOptions {
            flavour,
            hop: hop.into(),
            now: now.into(),
            uuids: Uuids::seeded(seed),
        }
    }
}

/// Why a packet did not come out of a hop. No message holds a word of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebuildFailure {
    /// The packet could not be read from its source, or a temporary file failed.
    #[error("the packet could not be read")]
    Source(#[source] io::Error),
    /// The rebuilt packet could not be written.
    #[error("the rebuilt packet could not be written")]
    Output(#[source] io::Error),
    /// It is not well-formed XML in UTF-8.
    #[error("no XML that can be read")]
    Xml(#[source] XmlError),
    /// The header is larger than anything a packet needs (a limit of this model).
    #[error("the header is too large")]
    HeaderTooLarge,
    /// A file, packed or unpacked, is 4 GiB or more (a limit of this model).
    #[error("attachment {number} is too large")]
    AttachmentTooLarge {
        /// Its place, from 1.
        number: usize,
    },
    /// There is no `edXMLEnvelope` below the root.
    #[error("no envelope")]
    NoEnvelope,
    /// The envelope stands outside the QCVN namespace (observed: 0.0.3).
    #[error("the envelope is outside the QCVN namespace")]
    EnvelopeNamespace,
    /// There is no `MessageHeader`.
    #[error("no MessageHeader")]
    NoMessageHeader,
    /// A document has no `To` (observed: 0.0.3).
    #[error("no To")]
    NoReceiver,
    /// `SteeringType` is blank, padded or no number (observed: 0.0.3).
    #[error("SteeringType is blank, padded or no number")]
    SteeringType,
    /// `SignedInfo` has no `Reference` (observed: 0.0.3).
    #[error("SignedInfo without Reference")]
    SignatureWithoutReference,
    /// An `OrganIdList` is empty (observed: 0.0.3).
    #[error("an OrganIdList is empty")]
    EmptyOrganIdList,
    /// An attachment has neither `AttachmentName` nor `Format` (observed: 0.0.3).
    #[error("attachment {number} has no name")]
    AttachmentWithoutName {
        /// Its place, from 1.
        number: usize,
    },
    /// An attachment has no data (observed: 0.0.3).
    #[error("attachment {number} has no data")]
    AttachmentWithoutData {
        /// Its place, from 1.
        number: usize,
    },
    /// What should be unzipped is no ZIP, or a corrupt one (observed: 0.0.3).
    #[error("attachment {number} is a corrupt ZIP")]
    CorruptZip {
        /// Its place, from 1.
        number: usize,
    },
    /// A file that is no ZIP has no ContentType (observed: 0.0.3).
    #[error("attachment {number} is no ZIP and has no ContentType")]
    AttachmentWithoutContentType {
        /// Its place, from 1.
        number: usize,
    },
}

impl From<XmlError> for RebuildFailure {
    fn from(error: XmlError) -> Self {
        match error.kind {
            XmlErrorKind::Io(error) => RebuildFailure::Source(error),
            _ => RebuildFailure::Xml(error),
        }
    }
}

/// Rebuilds a packet, in constant memory; attachments wait in temporary files.
///
/// Nothing is written before the whole packet is known to come through.
///
/// # Errors
/// What makes the hop fail: see [`RebuildFailure`].
pub fn rebuild(
    mut source: impl Read,
    out: &mut dyn Write,
    mut options: RebuildOptions,
) -> Result<(), RebuildFailure> {
    if options.flavour == Flavour::Off {
        return pass(&mut source, out);
    }
    let mut packet = source::read(source, options.flavour)?;
    let header = header::shape(&mut packet, &mut options)?;
    let prepared = match options.flavour {
        Flavour::V0_0_3 if !header.is_status => attachment::build(&mut packet, &mut options.uuids)?,
        _ => attachment::keep(&mut packet),
    };
    output::write(&header, prepared, out).map_err(RebuildFailure::Output)?;
    out.flush().map_err(RebuildFailure::Output)
}

/// Copies the bytes; an error says on which side it was.
fn pass(source: &mut impl Read, out: &mut dyn Write) -> Result<(), RebuildFailure> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(RebuildFailure::Source(error)),
        };
        out.write_all(buffer.get(..count).unwrap_or_default())
            .map_err(RebuildFailure::Output)?;
    }
    out.flush().map_err(RebuildFailure::Output)
}
