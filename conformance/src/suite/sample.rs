//! A packet under test: its bytes, and what a reader makes of them.

use lienthong::packet::{CheckOptions, Discard, Packet, ReadOptions, check, read_packet};
use lienthong::{Finding, FindingCode};

use super::said;
use super::text::Said;
use super::tree::Tree;
use super::verdict::{Outcome, Stop, ensure};

/// A packet: a file of a folder, or one that the product sent.
#[derive(Debug)]
pub struct Sample {
    /// What it is called in the report: a file's name, or its place in the run.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What a reader makes of them.
    pub packet: Packet,
    /// What a check for sending finds.
    pub findings: Vec<Finding>,
}

impl Sample {
    /// Reads a packet.
    ///
    /// # Errors
    /// The reader could not do its work; a bad packet is none of that.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Outcome<Self> {
        let packet =
            read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).map_err(Stop::own)?;
        let findings = check(&packet, &CheckOptions::sending());
        Ok(Sample {
            name: name.into(),
            bytes,
            packet,
            findings,
        })
    }

    /// Whether it is a document.
    pub fn is_document(&self) -> bool {
        self.packet.document().is_some()
    }

    /// Its text, as far as it is UTF-8.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// A plain look at its bytes, without the reader.
    ///
    /// # Errors
    /// It is not well-formed.
    pub fn tree(&self) -> Outcome<Tree> {
        let name = &self.name;
        let text = std::str::from_utf8(&self.bytes).map_err(|error| {
            let at = error.valid_up_to();
            Stop::Fail(said!(
                "{name}: no UTF-8 at byte {at}",
                "{name}: không phải UTF-8 tại byte {at}"
            ))
        })?;
        Tree::read(text).map_err(|at| {
            Stop::Fail(said!(
                "{name}: not well-formed at byte {at}",
                "{name}: sai cú pháp XML tại byte {at}"
            ))
        })
    }

    /// That this holds; what is said gets the name of the packet before it.
    ///
    /// # Errors
    /// It does not.
    pub fn ensure(&self, holds: bool, got: impl FnOnce() -> Said) -> Outcome {
        ensure(holds, || {
            let (name, Said { en, vi }) = (&self.name, got());
            said!("{name}: {en}", "{name}: {vi}")
        })
    }

    /// That none of these was found.
    ///
    /// # Errors
    /// One was: which, and where.
    pub fn without(&self, codes: &[FindingCode]) -> Outcome {
        let found = self.findings.iter().find(|one| codes.contains(&one.code));
        ensure(found.is_none(), || {
            let name = &self.name;
            let code = found.map_or("", |found| found.code.as_str());
            let path = found.map_or(String::new(), |found| found.path.to_string());
            said!("{name}: {code} at {path}", "{name}: {code} tại {path}")
        })
    }

    /// For a case about documents only.
    ///
    /// # Errors
    /// It is a status: the case does not apply.
    pub fn document_only(&self) -> Outcome {
        match self.is_document() {
            true => Ok(()),
            false => Err(Stop::NotApplicable(said!(
                "a status has none of this",
                "gói tin trạng thái không có phần này"
            ))),
        }
    }

    /// For a case about statuses only.
    ///
    /// # Errors
    /// It is a document: the case does not apply.
    pub fn status_only(&self) -> Outcome {
        match self.packet.status().is_some() {
            true => Ok(()),
            false => Err(Stop::NotApplicable(said!(
                "a document has none of this",
                "gói tin văn bản không có phần này"
            ))),
        }
    }
}
