//! What a certificate says about itself, as far as trust depends on it.

use rustls::pki_types::SignatureVerificationAlgorithm;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::super::certificate::Certificate;
use crate::crypto::der::{self, tag};

/// `id-kp-serverAuth`, `id-kp-timeStamping`, `id-kp-OCSPSigning`.
const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const TIME_STAMPS: &str = "1.3.6.1.5.5.7.3.8";
const OCSP: &str = "1.3.6.1.5.5.7.3.9";

/// Addresses taken from one certificate.
const MAX_ADDRESSES: usize = 3;

/// A certificate with what was read of it.
#[derive(Clone)]
pub(super) struct Facts {
    pub(super) certificate: Certificate,
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    /// The whole `SubjectPublicKeyInfo`.
    pub(super) key: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) authority: bool,
    pub(super) path_length: Option<u32>,
    /// The bits of keyUsage, as RFC 5280 numbers them; `None` where nothing is said.
    usage: Option<u16>,
    /// The identifiers of extKeyUsage.
    purposes: Option<Vec<String>>,
    pub(super) crl_addresses: Vec<String>,
    pub(super) ocsp_addresses: Vec<String>,
    /// Signed with SHA-1.
    pub(super) sha1: bool,
}

impl Facts {
    /// `None` where an extension that matters here cannot be read.
    pub(super) fn of(certificate: &Certificate) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(certificate.der()).ok()?;
        let mut facts = Facts {
            certificate: certificate.clone(),
            subject: parsed.subject().as_raw().to_vec(),
            issuer: parsed.issuer().as_raw().to_vec(),
            key: parsed.public_key().raw.to_vec(),
            serial: parsed.raw_serial().to_vec(),
            authority: false,
            path_length: None,
            usage: None,
            purposes: None,
            crl_addresses: Vec::new(),
            ocsp_addresses: Vec::new(),
            sha1: matches!(
                parsed.signature_algorithm.algorithm.to_id_string().as_str(),
                "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1"
            ),
        };
        for extension in parsed.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(basic) => {
                    facts.authority = basic.ca;
                    facts.path_length = basic.path_len_constraint;
                }
                ParsedExtension::KeyUsage(usage) => facts.usage = Some(usage.flags),
                ParsedExtension::ExtendedKeyUsage(_) => {
                    facts.purposes = Some(purposes(extension.value)?);
                }
                ParsedExtension::CRLDistributionPoints(points) => {
                    for point in points.iter() {
                        // Another issuer's list, or one for some reasons only.
                        if point.crl_issuer.is_some() || point.reasons.is_some() {
                            continue;
                        }
                        if let Some(DistributionPointName::FullName(names)) =
                            &point.distribution_point
                        {
                            facts.crl_addresses.extend(names.iter().filter_map(address));
                        }
                    }
                }
                ParsedExtension::AuthorityInfoAccess(access) => {
                    let services = access.iter().filter(|access| {
                        access.access_method.to_id_string() == "1.3.6.1.5.5.7.48.1"
                    });
                    let services = services.filter_map(|access| address(&access.access_location));
                    facts.ocsp_addresses.extend(services);
                }
                ParsedExtension::ParseError { .. } => return None,
                _ => {}
            }
        }
        facts.crl_addresses.truncate(MAX_ADDRESSES);
        facts.ocsp_addresses.truncate(MAX_ADDRESSES);
        Some(facts)
    }

    fn may(&self, bits: &[u8]) -> bool {
        self.usage
            .is_none_or(|usage| bits.iter().any(|bit| usage >> bit & 1 == 1))
    }

    /// digitalSignature or nonRepudiation, or nothing said.
    pub(super) fn may_sign(&self) -> bool {
        self.may(&[0, 1])
    }

    /// keyCertSign, or nothing said.
    pub(super) fn may_issue(&self) -> bool {
        self.may(&[5])
    }

    /// cRLSign, or nothing said.
    pub(super) fn may_list(&self) -> bool {
        self.may(&[6])
    }

    /// Meant for servers, time stamps and OCSP answers, and for nothing else.
    pub(super) fn is_for_machines(&self) -> bool {
        self.purposes.as_ref().is_some_and(|purposes| {
            let machine =
                |purpose: &String| [SERVER, TIME_STAMPS, OCSP].contains(&purpose.as_str());
            purposes.iter().all(machine)
        })
    }

    pub(super) fn may_answer_ocsp(&self) -> bool {
        let purposes = self.purposes.as_deref().unwrap_or_default();
        purposes.iter().any(|purpose| purpose == OCSP)
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether the key of this certificate made a signature.
    pub(super) fn signed(&self, algorithm: &[u8], message: &[u8], value: &[u8]) -> bool {
        let Some((own, key)) = self.key_parts() else {
            return false;
        };
        webpki::ALL_VERIFICATION_ALGS
            .iter()
            .filter(|known: &&&dyn SignatureVerificationAlgorithm| {
                known.signature_alg_id().as_ref() == algorithm
                    && known.public_key_alg_id().as_ref() == own
            })
            .any(|known| known.verify_signature(key, message, value).is_ok())
    }

    /// The content of the key's algorithm identifier, and the key's own bits.
    pub(super) fn key_parts(&self) -> Option<(&[u8], &[u8])> {
        let mut parts = der::only(&self.key, tag::SEQUENCE)?.inside();
        let algorithm = parts.take(tag::SEQUENCE)?;
        Some((algorithm.content, parts.take(tag::BIT_STRING)?.bits()?))
    }
}

/// The identifiers in an extKeyUsage, as they stand there.
fn purposes(value: &[u8]) -> Option<Vec<String>> {
    let mut list = der::only(value, tag::SEQUENCE)?.inside();
    let mut purposes = Vec::new();
    while !list.is_empty() {
        let purpose = list.take(tag::OID)?;
        let oid = x509_parser::asn1_rs::Oid::new(purpose.content.into());
        purposes.push(oid.to_id_string());
    }
    Some(purposes)
}

fn address(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::URI(address) => Some((*address).to_owned()),
        _ => None,
    }
}
