//! What is said of one packet, in either format.

use lienthong::packet::{CheckOptions, ExtractedFile, MeaningDigest, Packet, check};
use lienthong::{Finding, Severity};

use super::failure::Failure;
use super::options::Format;
use super::{Exit, Session, json, text};

/// A packet that was read and checked, and the files written for it.
pub(super) struct Report<'p> {
    /// The packet's path as it was given.
    pub(super) file: String,
    pub(super) packet: &'p Packet,
    pub(super) findings: Vec<Finding>,
    pub(super) meaning: Option<MeaningDigest>,
    /// Empty unless attachments were extracted.
    pub(super) extracted: &'p [ExtractedFile],
}

impl<'p> Report<'p> {
    pub(super) fn new(
        file: &std::path::Path,
        packet: &'p Packet,
        options: &CheckOptions,
        extracted: &'p [ExtractedFile],
    ) -> Self {
        Report {
            file: file.to_string_lossy().into_owned(),
            packet,
            findings: check(packet, options),
            meaning: packet.meaning_digest(),
            extracted,
        }
    }

    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    pub(super) fn exit(&self) -> Exit {
        if !self.packet.readable || self.count(Severity::Error) > 0 {
            Exit::Errors
        } else {
            Exit::Clean
        }
    }

    pub(super) fn print(&self, format: Format, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match format {
            Format::Text => text::report(self, session)?,
            Format::Json => json::report(self, session)?,
        }
        Ok(self.exit())
    }
}
