//! The reader: one pass over a packet, in constant memory, tolerant as real
//! packets need it, with a finding for each deviation.
//!
//! Elements are known by their local names, in any order. The header is small
//! and becomes the typed model; attachments stream through an
//! [`AttachmentSink`]. What cannot be read ends in a finding with a position,
//! never in a lost packet: the bytes belong to the caller.

mod attachments;
mod conclude;
mod data;
mod structure;
mod tap;

use std::io::{self, Read};

use super::attachment::zip::UnzipLimits;
use super::received::{Packet, ReceivedAttachment};
use crate::config::Config;
use crate::error::Result;
use crate::xml;

pub(crate) use structure::finding_code;
pub(crate) use tap::Observer;

/// Takes the bytes of attachments while a packet is read.
///
/// Calls come in the order `start`, `raw` and `entry` in turn, `finish`, for
/// one attachment after the other.
pub trait AttachmentSink {
    /// An attachment's data starts; attachments are numbered from 1.
    ///
    /// # Errors
    /// An error ends the reading.
    fn start(&mut self, number: usize) -> io::Result<()> {
        let _ = number;
        Ok(())
    }

    /// Bytes as they travelled, base64 taken off. Worth nothing where `finish`
    /// comes with an attachment that has none: what was given by then is a part.
    ///
    /// # Errors
    /// An error ends the reading.
    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }

    /// Bytes of the one file inside, where the raw bytes may be a ZIP around
    /// it. Only to be trusted once `finish` says that it was wrapped.
    ///
    /// # Errors
    /// An error ends the reading.
    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }

    /// The attachment ends. Its name may still be missing where the manifest
    /// stands after the data.
    ///
    /// # Errors
    /// An error ends the reading.
    fn finish(&mut self, attachment: &ReceivedAttachment) -> io::Result<()> {
        let _ = attachment;
        Ok(())
    }
}

/// Lets the bytes go by; sizes and digests are taken all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl AttachmentSink for Discard {}

/// The limits of reading. Their defaults and ranges stand in the table of
/// configuration keys, `packet.max_…`.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    pub(super) xml: xml::Limits,
    pub(super) max_text: usize,
    pub(super) max_header: usize,
    pub(super) max_attachments: usize,
    pub(super) max_attachment_size: u64,
    pub(super) max_total_size: u64,
    pub(super) max_zip_ratio: u64,
    pub(super) max_findings: usize,
}

impl ReadOptions {
    /// The limits of a configuration.
    pub fn from_config(config: &Config) -> Self {
        ReadOptions {
            xml: xml::Limits {
                max_depth: config.size("packet.max_depth"),
                max_elements: config.number("packet.max_elements"),
                max_attributes: config.size("packet.max_attributes"),
                max_tag: config.size("packet.max_tag"),
                max_namespaces: config.size("packet.max_namespaces"),
                max_leading_junk: config.size("packet.max_leading_junk"),
            },
            max_text: config.size("packet.max_text"),
            max_header: config.size("packet.max_header"),
            max_attachments: config.size("packet.max_attachments"),
            max_attachment_size: config.number("packet.max_attachment_size"),
            max_total_size: config.number("packet.max_total_size"),
            max_zip_ratio: config.number("packet.max_zip_ratio"),
            max_findings: config.size("packet.max_findings"),
        }
    }

    /// Bytes of all texts of the header.
    pub(crate) fn max_header(&self) -> usize {
        self.max_header
    }

    /// The limits of the tokeniser.
    pub(crate) fn xml_limits(&self) -> xml::Limits {
        self.xml
    }

    fn unzip(&self) -> UnzipLimits {
        UnzipLimits {
            max_size: self.max_attachment_size,
            max_ratio: self.max_zip_ratio,
        }
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self::from_config(&Config::new())
    }
}

/// Reads a packet; attachments go to the sink.
///
/// A packet that cannot be read is no error here: it comes back with
/// `readable == false`, the findings that say why, and what stood before the
/// fault.
///
/// # Errors
/// `io`, where the source or the sink fails.
pub fn read_packet(
    source: impl Read,
    options: &ReadOptions,
    sink: &mut dyn AttachmentSink,
) -> Result<Packet> {
    read_packet_observed(source, options, sink, &mut ())
}

/// Reads a packet, and lets somebody else see every event it is read from.
///
/// # Errors
/// As [`read_packet`].
pub(crate) fn read_packet_observed(
    source: impl Read,
    options: &ReadOptions,
    sink: &mut dyn AttachmentSink,
    observer: &mut impl Observer,
) -> Result<Packet> {
    let xml = tap::Tapped::new(xml::Reader::new(source, options.xml), observer);
    structure::Structure::new(options).read(xml, sink)
}
