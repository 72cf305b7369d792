//! Verifying a packet: packet signature, seal and trust in one pass over its bytes.

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::SystemTime;

use super::certificate::Certificate;
use super::report::{
    AttachmentReport, Authenticity, Covers, Difference, Differences, Identity, Judged, Report,
};
use super::seal::{self, Found, SealSink, StatementReader};
use super::trust::{Fetch, Options, Organs, OrgansFile, Trust, TrustFolder, attribute};
use super::verdict::{Reason, ReasonCode, Verdict};
use super::xmldsig::{self, Checked, Checker, Place};
use crate::config::Config;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::finding::FindingCode;
use crate::packet::read::{Observer, read_packet_observed};
use crate::packet::{AttachmentSink, OrganId, Packet, ReadOptions, fates};
use crate::xml::{Event, Limits, Reader};

/// The most elements that a reason names.
const NAMED: usize = 8;

/// Verifies packets by one set of anchors and one map of organs. It may be used from many
/// threads at once.
pub struct Verifier {
    trust: Source<Trust, TrustFolder>,
    organs: Option<Source<Arc<Organs>, OrgansFile>>,
}

/// What does not change, or a file that may.
enum Source<T, F> {
    Fixed(T),
    File(F),
}

/// What is trusted while one packet is verified.
struct View {
    trust: Trust,
    organs: Option<Arc<Organs>>,
}

/// A packet and what its signatures are worth.
#[derive(Debug)]
pub struct Verified {
    /// The packet, read from the very events that were verified.
    pub packet: Packet,
    /// The report.
    pub report: Report,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("organs", &self.organs.is_some())
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier that trusts these anchors. Without a map of organs a valid signature has the
    /// reason `signer-unmapped`.
    pub fn new(trust: Trust, organs: Option<Organs>) -> Self {
        Verifier {
            trust: Source::Fixed(trust),
            organs: organs.map(|organs| Source::Fixed(Arc::new(organs))),
        }
    }

    /// A verifier by the keys `signature.*`. Trust folder and map of organs are read again when
    /// they change. Revocation data is fetched where the configuration asks for it and `fetch`
    /// is there, e.g. [`HttpFetch`](crate::axis::HttpFetch).
    ///
    /// # Errors
    /// `io`, `trust-unreadable`, `organs-unreadable`.
    pub fn from_config(
        config: &Config,
        fetch: Option<Arc<dyn Fetch>>,
        environment: &Environment,
    ) -> Result<Self> {
        let trust = match TrustFolder::from_config(config, fetch, environment)? {
            Some(folder) => Source::File(folder),
            None => Source::Fixed(Trust::from_files([], Options::from_config(config))?),
        };
        let organs = OrgansFile::from_config(config, environment)?.map(Source::File);
        Ok(Verifier { trust, organs })
    }

    /// The certificates that are trusted now.
    #[must_use]
    pub fn trusted(&self) -> Vec<Certificate> {
        self.view().trust.certificates().cloned().collect()
    }

    /// Why trust folder or map of organs could not be read again after a change, if so: what
    /// was read before is in force.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let folder = match &self.trust {
            Source::File(folder) => folder.problem(),
            Source::Fixed(_) => None,
        };
        folder.or_else(|| match &self.organs {
            Some(Source::File(file)) => file.problem(),
            _ => None,
        })
    }

    fn view(&self) -> View {
        View {
            trust: match &self.trust {
                Source::Fixed(trust) => trust.clone(),
                Source::File(folder) => folder.current(),
            },
            organs: self.organs.as_ref().map(|organs| match organs {
                Source::Fixed(organs) => Arc::clone(organs),
                Source::File(file) => file.current(),
            }),
        }
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
        let view = self.view();
        let mut checker = Checker::new(Place::Header, xmldsig::Limits::from(options));
        let mut seals = SealSink::new(sink);
        let packet = read_packet_observed(source, options, &mut seals, &mut checker)?;
        let found = seals.finish();
        let sender = packet
            .document()
            .and_then(|document| document.sender())
            .or_else(|| packet.status().and_then(|status| status.sender()));
        let mut packet_signature = if packet.readable {
            view.judge(checker.finish().map_err(lost)?, sender, at)
        } else {
            Judged::new(Verdict::Invalid).because(unreadable(&packet))
        };
        if packet_signature.verdict == Verdict::Valid {
            packet_signature.covers = everything(&packet);
        }
        let seal = view.seal(&packet, found, sender, at)?;
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
}

impl View {
    /// What a signature that was checked is worth under this trust.
    fn judge(&self, checked: Checked, sender: Option<&OrganId>, at: SystemTime) -> Judged {
        let mut judged = Judged::new(checked.verdict);
        judged.reasons = checked.reasons;
        judged.time = checked.claimed_time;
        judged.algorithm = checked.algorithm;
        let Some(signer) = checked.signer.filter(|_| checked.verdict == Verdict::Valid) else {
            return judged;
        };
        let mut judgement = self.trust.judge(&signer, &checked.others, at);
        let organ = sender.map_or("", OrganId::as_str);
        judged.organ = attribute(&mut judgement, self.organs.as_deref(), organ);
        judged.verdict = judgement.verdict;
        judged.reasons.extend(judgement.reasons);
        judged.chain = judgement.chain.iter().map(Identity::from).collect();
        let mut identity = Identity::from(&signer);
        if let Some(organs) = &self.organs {
            let mapped = organs.organs_of(&signer);
            identity.organs = mapped.into_iter().map(str::to_owned).collect();
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
            return Ok(
                Judged::new(Verdict::Unsupported).because(Reason::new(ReasonCode::SealVersion))
            );
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
                let (mut differences, covers) = Differences::of(&compared, number);
                differences.changed.extend(ambiguous(packet));
                if !differences.changed.is_empty() {
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

/// What stands in the packet and has no place in a seal: elements that stand twice where they
/// may stand once, of which this reader takes one and others take the other; elements and text
/// that it passes over and others do not. It is no help that the rest was sealed.
fn ambiguous(packet: &Packet) -> impl Iterator<Item = Difference> {
    let findings = packet.findings().iter();
    let added = findings.filter(|finding| {
        let path = finding.path.as_str();
        match finding.code {
            FindingCode::ElementRepeated => path != "Signature",
            FindingCode::ContentNotRead | FindingCode::FindingsCut => true,
            // Hops are not sealed.
            FindingCode::ElementUnknown | FindingCode::TextUnexpected => {
                path.starts_with("MessageHeader") || path.starts_with("TraceHeaderList/Bussiness")
            }
            _ => false,
        }
    });
    added.map(|finding| Difference {
        path: finding.path.clone(),
        fate: "added",
    })
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
    Reason::new(ReasonCode::PacketUnreadable).with("detail", packet.error_codes())
}

fn names(differences: &[Difference]) -> String {
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
