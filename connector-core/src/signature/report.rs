//! What is said of a packet's signatures, in one report.

use std::time::SystemTime;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::certificate::Certificate;
use super::seal::SealComparison;
use super::trust::SignerOrgan;
use super::verdict::{Reason, Verdict};
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::packet::Fate;

/// The report on one packet.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The time for which trust was judged.
    #[serde(serialize_with = "instant")]
    pub at: SystemTime,
    /// The signature over the whole packet.
    pub packet_signature: Judged,
    /// The seal (niêm phong).
    pub seal: Judged,
    /// The attachments. The signatures inside them are not looked at yet.
    pub attachments: Vec<AttachmentReport>,
    /// What follows from all of it.
    pub authenticity: Authenticity,
}

impl Report {
    /// The report as one JSON object on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A report has nothing in it that JSON could not hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What the signatures prove together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Authenticity {
    /// Nothing is invalid, and packet signature or seal is valid by a trusted key that belongs
    /// to the sender as far as that can be told.
    Proven,
    /// A signature is there and is wrong.
    Refuted,
    /// Neither.
    Unproven,
}

/// What is said of one signature.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// What it is worth.
    pub verdict: Verdict,
    /// Why, the weightiest first. A valid signature may have reasons too.
    pub reasons: Vec<Reason>,
    /// Who signed: the owner of the key that verified, whatever else the signature names.
    pub signer: Option<Identity>,
    /// The certificates from the signer's to the anchor's.
    pub chain: Vec<Identity>,
    /// The time that the signer claims; nothing proves it.
    #[serde(serialize_with = "maybe_instant")]
    pub time: Option<SystemTime>,
    /// The algorithm of the value.
    #[serde(serialize_with = "algorithm")]
    pub algorithm: Option<SignatureAlgorithm>,
    /// What is proven by it. Empty unless it is valid.
    pub covers: Covers,
    /// For a seal: how the packet differs from what was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
    /// How the signer stands to the sender.
    pub organ: SignerOrgan,
}

impl Judged {
    pub(crate) fn new(verdict: Verdict) -> Self {
        Judged {
            verdict,
            reasons: Vec::new(),
            signer: None,
            chain: Vec::new(),
            time: None,
            algorithm: None,
            covers: Covers::default(),
            differences: None,
            organ: SignerOrgan::NoMap,
        }
    }

    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// Whether it may satisfy a policy: valid, and not by the key of somebody who is known not
    /// to be the sender, or, where there is a map of organs, is not known to be the sender.
    pub fn is_proof(&self) -> bool {
        self.verdict == Verdict::Valid && self.organ.satisfies()
    }
}

/// What a signature proves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Covers {
    /// Elements of the header with text, e.g. `MessageHeader/To[2]/OrganId`.
    pub fields: Vec<String>,
    /// Numbers of attachments, from 1.
    pub attachments: Vec<usize>,
}

/// How a packet differs from its seal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The number of the seal's own attachment.
    pub seal: usize,
    /// What a rebuild did, out of the closed list of what it is known to do.
    pub rebuilt: Vec<Difference>,
    /// What was altered, is missing or was added.
    pub changed: Vec<Difference>,
}

/// One element or attachment that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// An element, `Attachment[2]` in the packet, or `Seal/Attachment[2]` where it did not
    /// arrive.
    pub path: String,
    /// `made-up`, `dropped`, `altered`, `missing` or `added`.
    pub fate: &'static str,
}

impl Differences {
    /// What a comparison found, and what is intact.
    pub(crate) fn of(comparison: &SealComparison, seal: usize) -> (Self, Covers) {
        let mut covers = Covers::default();
        let mut differences = Differences {
            seal,
            ..Differences::default()
        };
        for element in &comparison.elements {
            let path = element.path.clone();
            match element.fate {
                Fate::Intact => covers.fields.push(path),
                fate => differences.add(path, fate),
            }
        }
        for file in &comparison.files {
            match (file.fate, file.number, file.sealed) {
                (Fate::Intact, Some(number), _) => covers.attachments.push(number),
                (fate, Some(number), _) => differences.add(format!("Attachment[{number}]"), fate),
                (fate, None, sealed) => differences.add(
                    format!("Seal/Attachment[{}]", sealed.unwrap_or_default()),
                    fate,
                ),
            }
        }
        covers.attachments.sort_unstable();
        (differences, covers)
    }

    fn add(&mut self, path: String, fate: Fate) {
        let word = match fate {
            Fate::Intact => return,
            Fate::MadeUp => "made-up",
            Fate::Dropped => "dropped",
            Fate::Altered => "altered",
            Fate::Missing => "missing",
            Fate::Added => "added",
        };
        let list = if fate.is_change() {
            &mut self.changed
        } else {
            &mut self.rebuilt
        };
        list.push(Difference { path, fate: word });
    }
}

/// An attachment and its own signatures.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentReport {
    /// Its number in the packet, from 1.
    pub number: usize,
    /// Its name.
    pub name: Option<String>,
    /// The signatures inside it. Always empty in this version: they are not looked at.
    pub signatures: Vec<Judged>,
}

/// A certificate as it is shown. Its subject may name a person: for a report, not for a log.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The distinguished name of its owner.
    pub subject: String,
    /// The distinguished name of its issuer.
    pub issuer: String,
    /// Its serial number, in lower-case hexadecimal digits.
    pub serial: String,
    /// The SHA-256 of its DER, in lower-case hexadecimal digits.
    pub sha256: String,
    /// From when on it is valid.
    #[serde(serialize_with = "instant")]
    pub not_before: SystemTime,
    /// Until when it is valid.
    #[serde(serialize_with = "instant")]
    pub not_after: SystemTime,
    /// The organs that it is mapped to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organs: Vec<String>,
}

impl From<&Certificate> for Identity {
    fn from(certificate: &Certificate) -> Self {
        Identity {
            subject: certificate.subject().to_owned(),
            issuer: certificate.issuer().to_owned(),
            serial: certificate.serial().to_owned(),
            sha256: certificate.fingerprint(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            organs: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Identity {
    /// Digest and organs; a subject may be a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("sha256", &self.sha256)
            .field("organs", &self.organs)
            .finish_non_exhaustive()
    }
}

/// A time in UTC, `2026-11-22T06:49:34Z`.
pub fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn instant<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*time))
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn maybe_instant<S: Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(rfc3339).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn algorithm<S: Serializer>(
    algorithm: &Option<SignatureAlgorithm>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    algorithm
        .map(|algorithm| algorithm.to_string())
        .serialize(serializer)
}
