//! Verifying a packet: packet signature, seal and trust in one pass over its bytes.

use std::io::Read;
use std::time::SystemTime;

use super::report::{
    AttachmentReport, Authenticity, Covers, Differences, Identity, Judged, OrganMatch, Report,
};
use super::seal::{self, Found, SealSink, StatementReader};
use super::trust::{Organs, Trust};
use super::verdict::{Reason, ReasonCode, Verdict};
use super::xmldsig::{self, Checked, Checker, Place};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::packet::read::{Observer, read_packet_observed};
use crate::packet::{AttachmentSink, OrganId, Packet, ReadOptions, fates};
use crate::xml::{Event, Limits, Reader};

/// The most elements that a reason names.
const NAMED: usize = 8;

/// Verifies packets by one set of anchors and one map of organs. It may be used from many
/// threads at once.
#[derive(Debug)]
pub struct Verifier {
    trust: Trust,
    organs: Option<Organs>,
}

/// A packet and what its signatures are worth.
#[derive(Debug)]
pub struct Verified {
    /// The packet, read from the very events that were verified.
    pub packet: Packet,
    /// The report.
    pub report: Report,
}

impl Verifier {
    /// A verifier that trusts these anchors. Without a map of organs a valid signature has the
    /// reason `signer-unmapped`.
    pub fn new(trust: Trust, organs: Option<Organs>) -> Self {
        Verifier { trust, organs }
    }

    /// Reads a packet and judges its signatures for a time; attachments go to the sink.
    ///
    /// A packet that cannot be read, or a signature that is wrong, is no error: the report says
    /// so. What the sink was given is worth nothing until the report says what it is worth.
    ///
    /// # Errors
    /// `io`, where the source or the sink fails.
    pub fn verify(
        &self,
        source: impl Read,
        options: &ReadOptions,
        at: SystemTime,
        sink: &mut dyn AttachmentSink,
    ) -> Result<Verified> {
        let mut checker = Checker::new(Place::Header, xmldsig::Limits::from(options));
        let mut seals = SealSink::new(sink);
        let packet = read_packet_observed(source, options, &mut seals, &mut checker)?;
        let found = seals.finish();
        let sender = packet.document().and_then(|document| document.sender());
        let mut packet_signature = if packet.readable {
            self.judge(checker.finish().map_err(lost)?, sender, at)
        } else {
            Judged::new(Verdict::Invalid).because(unreadable(&packet))
        };
        if packet_signature.verdict == Verdict::Valid {
            packet_signature.covers = everything(&packet);
        }
        let seal = self.seal(&packet, found, sender, at)?;
        let attachments = packet
            .attachments
            .iter()
            .map(|attachment| AttachmentReport {
                number: attachment.number,
                name: attachment.name.clone(),
                signatures: Vec::new(),
            })
            .collect();
        let authenticity = authenticity(&packet_signature, &seal);
        Ok(Verified {
            report: Report {
                at,
                packet_signature,
                seal,
                attachments,
                authenticity,
            },
            packet,
        })
    }

    /// What a signature that was checked is worth under this trust.
    fn judge(&self, checked: Checked, sender: Option<&OrganId>, at: SystemTime) -> Judged {
        let mut judged = Judged::new(checked.verdict);
        judged.reasons = checked.reasons;
        judged.time = checked.claimed_time;
        judged.algorithm = checked.algorithm;
        let Some(signer) = checked.signer.filter(|_| checked.verdict == Verdict::Valid) else {
            return judged;
        };
        let judgement = self.trust.judge(&signer, &checked.others, at);
        judged.verdict = judgement.verdict;
        judged.reasons.extend(judgement.reasons);
        judged.chain = judgement.chain.iter().map(Identity::from).collect();
        let mut identity = Identity::from(&signer);
        match &self.organs {
            None => judged.reasons.push(Reason::new(ReasonCode::SignerUnmapped)),
            Some(organs) => {
                let mapped = organs.organs_of(&signer);
                identity.organs = mapped.to_vec();
                judged.organ = if mapped.is_empty() {
                    judged.reasons.push(Reason::new(ReasonCode::SignerUnmapped));
                    OrganMatch::Unmapped
                } else if sender.is_some_and(|sender| mapped.contains(sender)) {
                    OrganMatch::Sender
                } else {
                    let sender = sender.map_or("", OrganId::as_str).to_owned();
                    judged.reasons.insert(
                        0,
                        Reason::new(ReasonCode::SignerOtherOrgan).with("organ", sender),
                    );
                    // Its key may not speak for this sender.
                    if judged.verdict == Verdict::Valid {
                        judged.verdict = Verdict::Untrusted;
                    }
                    OrganMatch::Other
                };
            }
        }
        judged.signer = Some(identity);
        judged
    }

    fn seal(
        &self,
        packet: &Packet,
        found: Found,
        sender: Option<&OrganId>,
        at: SystemTime,
    ) -> Result<Judged> {
        let Some((number, bytes)) = found.seal else {
            return Ok(Judged::new(Verdict::Absent));
        };
        let refuse = |reason| Ok(Judged::new(Verdict::Invalid).because(reason));
        if found.count > 1 {
            return refuse(
                Reason::new(ReasonCode::SealRepeated).with("count", found.count.to_string()),
            );
        }
        if !packet.readable {
            return refuse(unreadable(packet));
        }
        let Some(bytes) = bytes else {
            return refuse(
                Reason::new(ReasonCode::SealTooLarge).with("maximum", seal::MAX_SIZE.to_string()),
            );
        };
        if !seal::is_this_version(&bytes) {
            return Ok(Judged::new(Verdict::Unsupported)
                .because(Reason::new(ReasonCode::SealVersion)));
        }
        let Some(document) = packet.document() else {
            return refuse(Reason::new(ReasonCode::SealOfUnknown));
        };
        let (checked, statement) = read_seal(&bytes)?;
        let mut judged = self.judge(checked, sender, at);
        if judged.verdict == Verdict::Absent {
            // A seal without a signature is a forger's.
            judged.verdict = Verdict::Invalid;
            judged.reasons.push(malformed("Signature"));
        }
        match statement.finish() {
            Err(flaw) => {
                judged.verdict = Verdict::Invalid;
                judged.reasons.insert(0, malformed(flaw.0));
            }
            Ok(statement) => {
                let compared = seal::compare(&statement, document, &packet.attachments, number);
                let (differences, covers) = Differences::of(&compared, number);
                if !compared.holds() {
                    judged.reasons.insert(
                        0,
                        Reason::new(ReasonCode::SealDiffers)
                            .with("elements", names(&differences.changed)),
                    );
                    if judged.verdict != Verdict::Unsupported {
                        judged.verdict = Verdict::Invalid;
                    }
                } else if !differences.rebuilt.is_empty() {
                    judged.reasons.push(
                        Reason::new(ReasonCode::SealRebuilt)
                            .with("elements", names(&differences.rebuilt)),
                    );
                }
                if judged.verdict == Verdict::Valid {
                    judged.covers = covers;
                }
                judged.differences = Some(differences);
            }
        }
        Ok(judged)
    }
}

/// One pass over a seal: what its signature is checked by is what its statement is read from.
fn read_seal(bytes: &[u8]) -> Result<(Checked, StatementReader)> {
    let mut checker = Checker::new(Place::RootEnd, xmldsig::Limits::of_document(bytes.len()));
    let mut statement = StatementReader::default();
    let mut xml = Reader::new(bytes, Limits::default());
    loop {
        match xml.next_event() {
            Ok(event) => {
                checker.event(&event);
                statement.event(&event);
                if matches!(event, Event::EndOfDocument) {
                    break;
                }
            }
            Err(error) => {
                checker.failed(&error);
                break;
            }
        }
    }
    checker.prolog(xml.prolog());
    Ok((checker.finish().map_err(lost)?, statement))
}

fn lost(error: std::io::Error) -> Error {
    Error::io("signature.verify", error)
}

fn malformed(element: &'static str) -> Reason {
    let element = if element.is_empty() {
        seal::ROOT
    } else {
        element
    };
    Reason::new(ReasonCode::SealMalformed).with("element", element)
}

fn unreadable(packet: &Packet) -> Reason {
    let mut codes: Vec<&str> = packet
        .findings()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.code.as_str())
        .collect();
    codes.dedup();
    codes.truncate(NAMED);
    Reason::new(ReasonCode::PacketUnreadable).with("detail", codes.join(", "))
}

fn names(differences: &[super::report::Difference]) -> String {
    let mut names: Vec<&str> = differences
        .iter()
        .take(NAMED)
        .map(|difference| difference.path.as_str())
        .collect();
    if differences.len() > NAMED {
        names.push("…");
    }
    names.join(", ")
}

/// A signature over the whole packet covers every element that was read from it.
fn everything(packet: &Packet) -> Covers {
    let fields = packet.document().map_or_else(Vec::new, |document| {
        fates(document, document)
            .into_iter()
            .map(|element| element.path)
            .collect()
    });
    Covers {
        fields,
        attachments: packet
            .attachments
            .iter()
            .map(|attachment| attachment.number)
            .collect(),
    }
}

fn authenticity(packet_signature: &Judged, seal: &Judged) -> Authenticity {
    let both = [packet_signature, seal];
    if both.iter().any(|judged| judged.verdict.is_broken()) {
        Authenticity::Refuted
    } else if both.iter().any(|judged| judged.is_proof()) {
        Authenticity::Proven
    } else {
        Authenticity::Unproven
    }
}
