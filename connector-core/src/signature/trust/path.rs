//! Chains from a signer to an anchor: rustls-webpki finds and checks them, this file says what
//! its answers mean.

use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath};

use super::super::verdict::{Reason, ReasonCode, Verdict};
use super::facts::Facts;

/// What signs documents is not a purpose that one could ask for: real certificates say
/// e-mail, clients, documents or nothing. Our own check refuses what is for machines only.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

/// Anchors, each with the place of its certificate.
pub(super) struct Anchors {
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    places: Vec<usize>,
}

impl Anchors {
    /// Of the certificates that may issue others. One that may not would otherwise vouch for
    /// whatever its key signs.
    pub(super) fn of(certificates: &[Facts]) -> Self {
        let mut found = Anchors {
            anchors: Vec::new(),
            places: Vec::new(),
        };
        for (place, facts) in certificates.iter().enumerate() {
            if !facts.authority || !facts.may_issue() {
                continue;
            }
            let der = CertificateDer::from(facts.certificate.der());
            if let Ok(anchor) = webpki::anchor_from_trusted_cert(&der) {
                found.anchors.push(anchor.to_owned());
                found.places.push(place);
            }
        }
        found
    }

    /// Shows the chains that hold at a time, until one is taken. Each is the signer first and
    /// the anchor's place last.
    pub(super) fn search(
        &self,
        signer: &Facts,
        others: &[Facts],
        at: SystemTime,
        take: &dyn Fn(&[&Facts], usize) -> bool,
    ) -> Result<(), Error> {
        let since = at.duration_since(SystemTime::UNIX_EPOCH);
        let time = UnixTime::since_unix_epoch(since.unwrap_or(Duration::ZERO));
        let own = CertificateDer::from(signer.certificate.der());
        let end = EndEntityCert::try_from(&own)?;
        let between: Vec<CertificateDer<'_>> = others
            .iter()
            .map(|other| CertificateDer::from(other.certificate.der()))
            .collect();
        let visit = |path: &VerifiedPath<'_>| {
            let mut chain = vec![signer];
            for certificate in path.intermediate_certificates() {
                let der = certificate.der();
                let known = others.iter().find(|other| other.certificate.der() == &*der);
                chain.push(known.ok_or(Error::UnknownIssuer)?);
            }
            let place = self
                .anchors
                .iter()
                .position(|anchor| std::ptr::eq(anchor, path.anchor()))
                .and_then(|place| self.places.get(place))
                .ok_or(Error::UnknownIssuer)?;
            if take(&chain, *place) {
                Ok(())
            } else {
                Err(Error::UnknownIssuer)
            }
        };
        end.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &self.anchors,
            &between,
            time,
            AnyPurpose,
            None,
            Some(&visit),
        )
        .map(|_| ())
    }
}

/// What it means that no chain was found.
pub(super) fn meaning(error: &Error, sha1: bool) -> (Verdict, Reason) {
    let unsupported = |detail: &'static str| {
        Reason::new(ReasonCode::CertificateUnsupported).with("detail", detail)
    };
    let reason = match error {
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => {
            Reason::new(ReasonCode::IssuerUnknown)
        }
        Error::CaUsedAsEndEntity => Reason::new(ReasonCode::SignerIsAuthority),
        Error::EndEntityUsedAsCa => Reason::new(ReasonCode::IssuerMayNotSign),
        Error::PathLenConstraintViolated => Reason::new(ReasonCode::PathLength),
        Error::NameConstraintViolation => Reason::new(ReasonCode::NameConstraint),
        Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => {
            Reason::new(ReasonCode::ChainTooComplex)
        }
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            if sha1 {
                let reason = Reason::new(ReasonCode::CertificateSha1);
                return (Verdict::Legacy, reason);
            }
            unsupported("signature algorithm")
        }
        Error::UnsupportedCriticalExtension => unsupported("critical extension"),
        Error::UnsupportedCertVersion => unsupported("version"),
        _ => unsupported("form"),
    };
    (Verdict::Untrusted, reason)
}
