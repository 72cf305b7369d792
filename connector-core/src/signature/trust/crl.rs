//! Revocation lists (RFC 5280, chapter 5). Indirect and delta lists, and those for some reasons
//! only, are not used.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::super::certificate::at;
use super::facts::Facts;
use super::revocation::{Entry, Evidence};
use crate::crypto::der::{self, tag};

/// Issuers whose check of one list is remembered.
const REMEMBERED: usize = 16;

/// A revocation list as read; who signed it is asked for each issuer.
pub(super) struct Crl {
    issuer: Vec<u8>,
    signed: Vec<u8>,
    algorithm: Vec<u8>,
    value: Vec<u8>,
    this_update: SystemTime,
    next_update: Option<SystemTime>,
    /// Sorted by serial number.
    entries: Vec<(Vec<u8>, Entry)>,
    scope: Scope,
    /// Why it cannot be used.
    unsupported: Option<&'static str>,
    /// By the key of an issuer: whether it made the signature.
    checked: Mutex<HashMap<Vec<u8>, bool>>,
}

/// Which certificates a list is about.
#[derive(Default)]
struct Scope {
    /// Where it says that it comes from; only certificates that name such a place are meant.
    addresses: Option<Vec<String>>,
    users_only: bool,
    authorities_only: bool,
}

impl Crl {
    /// Reads a list in DER; nothing may stand behind it.
    pub(super) fn from_der(bytes: &[u8]) -> Option<Self> {
        let mut parts = der::only(bytes, tag::SEQUENCE)?.inside();
        let signed = parts.take(tag::SEQUENCE)?.whole.to_vec();
        let algorithm = parts.take(tag::SEQUENCE)?.content.to_vec();
        let value = parts.take(tag::BIT_STRING)?.bits()?.to_vec();
        let (rest, list) = CertificateRevocationList::from_der(bytes).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let mut scope = Scope::default();
        let mut unsupported = None;
        for extension in list.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::IssuingDistributionPoint(point) => {
                    if point.indirect_crl {
                        unsupported = Some("indirect");
                    }
                    if point.only_some_reasons.is_some() || point.only_contains_attribute_certs {
                        unsupported = Some("partial");
                    }
                    scope.users_only = point.only_contains_user_certs;
                    scope.authorities_only = point.only_contains_ca_certs;
                    scope.addresses = match &point.distribution_point {
                        None => None,
                        Some(DistributionPointName::FullName(names)) => Some(
                            names
                                .iter()
                                .filter_map(|name| match name {
                                    GeneralName::URI(address) => Some((*address).to_owned()),
                                    _ => None,
                                })
                                .collect(),
                        ),
                        Some(_) => Some(Vec::new()),
                    };
                }
                _ if extension.oid.to_id_string() == "2.5.29.27" => unsupported = Some("delta"),
                ParsedExtension::CRLNumber(_) | ParsedExtension::AuthorityKeyIdentifier(_) => {}
                _ if extension.critical => unsupported = Some("critical extension"),
                _ => {}
            }
        }
        let mut entries = Vec::new();
        for revoked in list.iter_revoked_certificates() {
            let known = ["2.5.29.21", "2.5.29.24"];
            let strange = revoked.extensions().iter().any(|extension| {
                extension.critical && !known.contains(&extension.oid.to_id_string().as_str())
            });
            if strange {
                unsupported = Some("critical extension of an entry");
            }
            let reason = revoked.reason_code().map_or(0, |(_, reason)| reason.0);
            let invalid = revoked.invalidity_date();
            let entry = Entry {
                date: at(revoked.revocation_date.timestamp()),
                reason,
                invalid_since: invalid.map(|(_, date)| at(date.timestamp())),
            };
            entries.push((revoked.raw_serial().to_vec(), entry));
        }
        entries.sort_by(|left, right| left.0.cmp(&right.0));
        Some(Crl {
            issuer: list.issuer().as_raw().to_vec(),
            signed,
            algorithm,
            value,
            this_update: at(list.last_update().timestamp()),
            next_update: list.next_update().map(|next| at(next.timestamp())),
            entries,
            scope,
            unsupported,
            checked: Mutex::default(),
        })
    }

    pub(super) fn this_update(&self) -> SystemTime {
        self.this_update
    }

    /// Whether the list is by this issuer; if so, why it cannot be used, if it cannot.
    pub(super) fn is_by(&self, issuer: &Facts) -> Option<Result<(), &'static str>> {
        if self.issuer != issuer.subject || !issuer.may_list() {
            return None;
        }
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = match checked.get(&issuer.key) {
            Some(holds) => *holds,
            None => {
                let holds = issuer.signed(&self.algorithm, &self.signed, &self.value);
                if checked.len() < REMEMBERED {
                    checked.insert(issuer.key.clone(), holds);
                }
                holds
            }
        };
        holds.then_some(match self.unsupported {
            None => Ok(()),
            Some(why) => Err(why),
        })
    }

    /// What the list says of a certificate; `None` where it is not about it.
    pub(super) fn about(&self, certificate: &Facts) -> Option<Evidence> {
        let meant = match &self.scope.addresses {
            None => true,
            Some(places) => places
                .iter()
                .any(|place| certificate.crl_addresses.contains(place)),
        };
        if !meant
            || (self.scope.users_only && certificate.authority)
            || (self.scope.authorities_only && !certificate.authority)
        {
            return None;
        }
        let found = self
            .entries
            .binary_search_by(|(serial, _)| serial.cmp(&certificate.serial))
            .ok()
            .and_then(|place| self.entries.get(place));
        Some(Evidence {
            this_update: self.this_update,
            next_update: self.next_update,
            entry: found.map(|(_, entry)| *entry),
        })
    }
}
