//! Trust: whether a signer's certificate leads to one that the operator trusts, at a stated
//! time, and whether it was revoked.
//!
//! rustls-webpki builds and checks the chains (signatures, validity, basic constraints, path
//! lengths, name constraints, critical extensions). It looks neither at keyUsage nor at the
//! anchor's own dates and path length; those are checked here, and so is revocation.
//!
//! What is decided here and could be otherwise:
//!
//! * Every certificate in the trust folder is trusted. One that is an authority's is an anchor:
//!   a chain ends there, whether it is self-signed or not. Any is also trusted as a signer
//!   itself (`signer-pinned`), even where it is self-signed; it then vouches for nothing else.
//! * The signer needs digitalSignature or nonRepudiation, where its certificate has keyUsage.
//!   Of extKeyUsage only this is asked: not all of it may be servers, time stamps and OCSP.
//! * A signer that is an authority itself is refused unless it is pinned.
//! * `expired` is said of a chain that is sound but for its dates, also before they begin.
//! * A revocation after the time of judgement does not count, except after a compromise of a
//!   key. So the time has to be one that the caller vouches for: that of receipt, not one that
//!   the signer wrote.
//! * A certificate signed with SHA-1 makes the verdict `legacy`. How the anchor itself was
//!   signed does not matter.
//! * Constraints on directory names are not supported; a chain with one is refused.

mod alarm;
mod crl;
mod facts;
mod folder;
mod ocsp;
mod organs;
mod path;
mod revocation;
mod source;
mod watched;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

use self::crl::Crl;
use self::facts::Facts;
use self::folder::Found;
use self::path::Anchors;
use self::revocation::{Entry, Evidence, Status, conclude};
use super::certificate::Certificate;
use super::verdict::{Reason, ReasonCode, Verdict};
use crate::config::Config;
use crate::crypto::digest::sha256;
use crate::error::Result;

pub use self::alarm::{Alarm, alarm};
pub use self::folder::TrustFolder;
pub use self::organs::{Organs, OrgansFile, SignerOrgan, attribute};
pub(crate) use self::source::HttpAddress;
pub use self::source::{Fetch, FetchRequest, Sources};

/// Certificates of a packet that are looked at besides the signer's.
pub const MAX_OTHERS: usize = 16;
/// Chains that are remembered; beyond it all are forgotten.
const MAX_KNOWN: usize = 1_000;

/// How trust is judged.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long revocation data counts after its next update.
    pub grace: Duration,
    /// Whether every certificate below the anchor is checked for revocation, or the signer's
    /// only.
    pub whole_chain: bool,
    /// The longest file of the trust folder that is read.
    pub max_list: usize,
    /// Where revocation data comes from besides the folder.
    pub sources: Option<Arc<Sources>>,
}

impl Options {
    /// By the keys `signature.*`; nothing is fetched.
    pub fn from_config(config: &Config) -> Self {
        Options {
            grace: Duration::from_secs(60 * config.number("signature.revocation_grace")),
            whole_chain: config.get("signature.revocation_depth") != Some("signer"),
            max_list: config.size("signature.max_crl"),
            sources: None,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::from_config(&Config::new())
    }
}

/// What is trusted. It does not change; see [`TrustFolder`] for one that does. Copies are
/// cheap and share what was fetched.
#[derive(Clone)]
pub struct Trust(Arc<Inner>);

struct Inner {
    certificates: Vec<Facts>,
    anchors: Anchors,
    lists: Vec<Arc<Crl>>,
    options: Options,
    /// Chains that were valid, by the digest of all certificates that came. What of them does
    /// not depend on the time need not be checked again for the next packet of the same signer.
    known: Mutex<HashMap<[u8; 32], Arc<Known>>>,
}

/// A chain that was found sound.
struct Known {
    /// The signer first.
    below: Vec<Facts>,
    /// The place of the anchor.
    anchor: usize,
}

/// What is said of a signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// One of `valid`, `untrusted`, `expired`, `revoked`, `revocation-unknown` and `legacy`.
    pub verdict: Verdict,
    /// Why, and what else is worth knowing of a valid one.
    pub reasons: Vec<Reason>,
    /// The signer's certificate, and then those up to the anchor as far as they were found.
    pub chain: Vec<Certificate>,
}

impl Trust {
    fn new(found: Found, options: Options) -> Self {
        Trust(Arc::new(Inner {
            anchors: Anchors::of(&found.certificates),
            certificates: found.certificates,
            lists: found.lists,
            options,
            known: Mutex::default(),
        }))
    }

    /// Of files, each with its name and bytes: certificates in PEM or DER, and revocation lists
    /// in PEM or, where the name ends in `.crl`, in DER.
    ///
    /// # Errors
    /// `trust-unreadable` with the name of the file.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        options: Options,
    ) -> Result<Self> {
        let mut found = Found::default();
        for (name, bytes) in files {
            found.add(name, bytes)?;
        }
        Ok(Self::new(found, options))
    }

    /// The certificates that are trusted.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.0.certificates.iter().map(|facts| &facts.certificate)
    }

    /// Judges a signer at a time. `others` are what came along with the signature, in any
    /// order; of more than [`MAX_OTHERS`] the rest is not looked at.
    ///
    /// It blocks where revocation data has to be fetched.
    pub fn judge(&self, signer: &Certificate, others: &[Certificate], at: SystemTime) -> Judgement {
        let refused = |verdict, reason| Judgement {
            verdict,
            reasons: vec![reason],
            chain: vec![signer.clone()],
        };
        if self.0.certificates.is_empty() {
            let reason = Reason::new(ReasonCode::NoAnchors);
            return refused(Verdict::Untrusted, reason);
        }
        let key = digest(signer, others);
        let known = self.known().get(&key).map(Arc::clone);
        if let Some(known) = known
            && let Some(anchor) = self.0.certificates.get(known.anchor)
        {
            let below: Vec<&Facts> = known.below.iter().collect();
            let judgement = self.check(&below, anchor, at);
            if judgement.verdict == Verdict::Valid {
                return judgement;
            }
        }
        let Some(facts) = Facts::of(signer) else {
            let reason = Reason::new(ReasonCode::CertificateUnsupported);
            return refused(Verdict::Untrusted, reason.with("detail", "form"));
        };
        let mut between: Vec<Facts> = Vec::new();
        for other in others.iter().take(MAX_OTHERS) {
            let known = other == signer || between.iter().any(|known| known.certificate == *other);
            if !known && let Some(facts) = Facts::of(other) {
                between.push(facts);
            }
        }
        let judgement = self
            .by_chain(&facts, &between, at, key)
            .unwrap_or_else(|error| {
                let sha1 = facts.sha1 || between.iter().any(|other| other.sha1);
                let (verdict, reason) = path::meaning(&error, sha1);
                refused(verdict, reason)
            });
        match judgement.verdict {
            Verdict::Valid | Verdict::Revoked | Verdict::RevocationUnknown => judgement,
            _ => self.pinned(&facts, at).unwrap_or(judgement),
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<[u8; 32], Arc<Known>>> {
        // No code that holds this lock can panic, so a poisoned one is sound.
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, key: [u8; 32], below: &[&Facts], anchor: usize) {
        let below = below.iter().map(|facts| (*facts).clone()).collect();
        let mut known = self.known();
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(key, Arc::new(Known { below, anchor }));
    }

    /// The best that a chain gives; an error where there is none.
    fn by_chain(
        &self,
        signer: &Facts,
        others: &[Facts],
        at: SystemTime,
        key: [u8; 32],
    ) -> std::result::Result<Judgement, webpki::Error> {
        let best: RefCell<Option<Judgement>> = RefCell::new(None);
        let take = |chain: &[&Facts], place: usize| {
            let Some(anchor) = self.0.certificates.get(place) else {
                return false;
            };
            let judgement = self.check(chain, anchor, at);
            if judgement.verdict == Verdict::Valid {
                self.remember(key, chain, place);
            }
            let mut best = best.borrow_mut();
            let better = best
                .as_ref()
                .is_none_or(|best| rank(judgement.verdict) > rank(best.verdict));
            if better {
                *best = Some(judgement);
            }
            best.as_ref()
                .is_some_and(|best| best.verdict == Verdict::Valid)
        };
        let outcome = self.0.anchors.search(signer, others, at, &take);
        if let Some(judgement) = best.take() {
            return Ok(judgement);
        }
        let Err(error) = outcome else {
            return Err(webpki::Error::UnknownIssuer);
        };
        if !is_about_time(&error) {
            return Err(error);
        }
        // Is it the dates alone? A chain whose certificates were ever valid together was so
        // when the youngest of them began.
        let (from, to) = (
            signer.certificate.not_before(),
            signer.certificate.not_after(),
        );
        let mut times: Vec<SystemTime> = others
            .iter()
            .map(|other| other.certificate.not_before())
            .filter(|time| *time > from && *time <= to)
            .collect();
        times.push(from);
        times.sort();
        times.dedup();
        let mut last = webpki::Error::UnknownIssuer;
        for time in times {
            match self.0.anchors.search(signer, others, time, &take) {
                Ok(()) => {}
                Err(error) if is_about_time(&error) => {}
                Err(error) => last = error,
            }
            if let Some(judgement) = best.take() {
                return Ok(judgement);
            }
        }
        Err(last)
    }

    /// A chain that webpki found sound at some time.
    fn check(&self, below: &[&Facts], anchor: &Facts, at: SystemTime) -> Judgement {
        let chain: Vec<&Facts> = below.iter().copied().chain([anchor]).collect();
        let mut judgement = Judgement {
            verdict: Verdict::Valid,
            reasons: Vec::new(),
            chain: chain
                .iter()
                .map(|facts| facts.certificate.clone())
                .collect(),
        };
        let Some((signer, issuers)) = chain.split_first() else {
            return judgement;
        };
        judgement.reasons.extend(misuse(signer));
        if issuers.iter().any(|issuer| !issuer.may_issue()) {
            judgement
                .reasons
                .push(Reason::new(ReasonCode::IssuerMayNotSign));
        }
        let between = issuers.split_last().map_or(0, |(_, between)| {
            between.iter().filter(|one| !one.is_self_issued()).count()
        });
        if anchor
            .path_length
            .is_some_and(|most| between as u64 > u64::from(most))
        {
            judgement.reasons.push(Reason::new(ReasonCode::PathLength));
        }
        if !judgement.reasons.is_empty() {
            judgement.verdict = Verdict::Untrusted;
            return judgement;
        }
        let out_of_date = chain
            .iter()
            .filter_map(|facts| dates(&facts.certificate, at));
        judgement.reasons.extend(out_of_date);
        if !judgement.reasons.is_empty() {
            judgement.verdict = Verdict::Expired;
            return judgement;
        }
        self.revocation(&chain, at, &mut judgement);
        judgement
    }

    /// Adds what is known of revocation.
    fn revocation(&self, chain: &[&Facts], at: SystemTime, judgement: &mut Judgement) {
        let options = &self.0.options;
        if self.0.lists.is_empty() && options.sources.is_none() {
            judgement
                .reasons
                .push(Reason::new(ReasonCode::RevocationNotChecked));
            return;
        }
        let depth = if options.whole_chain { chain.len() } else { 1 };
        let pairs = chain.iter().zip(chain.iter().skip(1)).take(depth);
        // The authorities first: what they say of others counts only while they are good.
        for (certificate, issuer) in pairs.rev() {
            let verdict = self.status(certificate, issuer, at, &mut judgement.reasons);
            if verdict != Verdict::Valid {
                judgement.verdict = verdict;
                return;
            }
        }
    }

    fn status(
        &self,
        certificate: &Facts,
        issuer: &Facts,
        at: SystemTime,
        reasons: &mut Vec<Reason>,
    ) -> Verdict {
        let end = certificate.certificate.not_after();
        let grace = self.0.options.grace;
        let worth = |piece: &Evidence| piece.worth(at, end, grace);
        let mut notes = Vec::new();
        let mut evidence = Vec::new();
        for list in &self.0.lists {
            match list.is_by(issuer) {
                None => {}
                Some(Ok(())) => evidence.extend(list.about(certificate)),
                Some(Err(why)) => {
                    let reason = Reason::new(ReasonCode::RevocationUnsupported);
                    notes.push(reason.with("detail", why));
                }
            }
        }
        let mut status = conclude(&evidence, at, end, grace);
        if let (Status::Stale(_) | Status::Unknown, Some(sources)) =
            (status, &self.0.options.sources)
        {
            let mut failed = Vec::new();
            evidence.extend(sources.ask(certificate, issuer, &worth, &mut failed));
            status = conclude(&evidence, at, end, grace);
            failed.dedup();
            notes.extend(
                failed
                    .into_iter()
                    .map(|host| Reason::new(ReasonCode::RevocationSourceFailed).with("host", host)),
            );
        }
        let about =
            |code| Reason::new(code).with("serial", certificate.certificate.serial().to_owned());
        let dated = |code, entry: Entry| {
            about(code)
                .with("date", date(entry.date))
                .with("reason", entry.reason.to_string())
        };
        let verdict = match status {
            Status::Good => return Verdict::Valid,
            Status::Stale(next) => {
                reasons.push(about(ReasonCode::RevocationStale).with("date", minute(next)));
                Verdict::Valid
            }
            Status::RevokedLater(entry) => {
                reasons.push(dated(ReasonCode::RevokedLater, entry));
                return Verdict::Valid;
            }
            Status::Revoked(entry) => {
                reasons.push(dated(ReasonCode::CertificateRevoked, entry));
                return Verdict::Revoked;
            }
            Status::Unknown => {
                reasons.push(about(ReasonCode::RevocationUnknown));
                Verdict::RevocationUnknown
            }
        };
        // Why there is nothing better.
        reasons.extend(notes);
        verdict
    }

    /// A signer that lies in the trust folder itself.
    fn pinned(&self, signer: &Facts, at: SystemTime) -> Option<Judgement> {
        self.certificates()
            .any(|certificate| *certificate == signer.certificate)
            .then(|| {
                let mut reasons: Vec<Reason> = misuse(signer).collect();
                let mut verdict = Verdict::Untrusted;
                if reasons.is_empty() {
                    reasons.extend(dates(&signer.certificate, at));
                    verdict = Verdict::Expired;
                }
                if reasons.is_empty() {
                    reasons.push(Reason::new(ReasonCode::SignerPinned));
                    reasons.push(Reason::new(ReasonCode::RevocationNotChecked));
                    verdict = Verdict::Valid;
                }
                Judgement {
                    verdict,
                    reasons,
                    chain: vec![signer.certificate.clone()],
                }
            })
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("certificates", &self.0.certificates.len())
            .field("lists", &self.0.lists.len())
            .finish_non_exhaustive()
    }
}

/// Of the signer and all that came with it; each length before the bytes.
fn digest(signer: &Certificate, others: &[Certificate]) -> [u8; 32] {
    let mut all = Vec::new();
    for certificate in [signer].into_iter().chain(others.iter().take(MAX_OTHERS)) {
        all.extend_from_slice(&certificate.der().len().to_be_bytes());
        all.extend_from_slice(certificate.der());
    }
    sha256(&all)
}

fn is_about_time(error: &webpki::Error) -> bool {
    matches!(
        error,
        webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }
    )
}

/// Of several chains the best counts, and of those that fail the one that says most.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 4,
        Verdict::Revoked => 3,
        Verdict::RevocationUnknown => 2,
        Verdict::Expired => 1,
        _ => 0,
    }
}

/// Why a certificate may not sign documents.
fn misuse(signer: &Facts) -> impl Iterator<Item = Reason> {
    let usage = (!signer.may_sign()).then_some(ReasonCode::SignerKeyUsage);
    let purpose = signer
        .is_for_machines()
        .then_some(ReasonCode::SignerPurpose);
    usage.into_iter().chain(purpose).map(Reason::new)
}

/// Why a certificate is not valid at a time.
fn dates(certificate: &Certificate, at: SystemTime) -> Option<Reason> {
    let (code, limit) = if at > certificate.not_after() {
        (ReasonCode::CertificateExpired, certificate.not_after())
    } else if at < certificate.not_before() {
        (ReasonCode::CertificateNotYetValid, certificate.not_before())
    } else {
        return None;
    };
    Some(
        Reason::new(code)
            .with("serial", certificate.serial().to_owned())
            .with("date", date(limit)),
    )
}

/// A day, in Coordinated Universal Time.
fn date(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    format!(
        "{:04}-{:02}-{:02}",
        time.year(),
        u8::from(time.month()),
        time.day()
    )
}

/// A minute, in Coordinated Universal Time.
fn minute(time: SystemTime) -> String {
    let clock = OffsetDateTime::from(time);
    format!(
        "{} {:02}:{:02} UTC",
        date(time),
        clock.hour(),
        clock.minute()
    )
}
