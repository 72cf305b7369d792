//! OCSP (RFC 6960): the question about one certificate, and the reading of the answer.

use ring::digest;
use x509_parser::prelude::{ASN1Time, FromDer};

use super::super::certificate::{Certificate, at};
use super::facts::Facts;
use super::revocation::{Entry, Evidence};
use crate::crypto::der::{self, Value, Values, encoded, tag};

/// SHA-1, as the name of an issuer in the question; every service knows it, and nothing rests
/// on its strength.
const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
/// `id-pkix-ocsp-nonce`.
const NONCE: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x30\x01\x02";
/// `id-pkix-ocsp-basic`.
const BASIC: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
/// Certificates of an answer that are looked at, and answers in one.
const MAX: usize = 16;

/// One certificate, as question and answer name it.
pub(super) struct Question {
    name: Vec<u8>,
    key: Vec<u8>,
    serial: Vec<u8>,
}

impl Question {
    pub(super) fn new(certificate: &Facts, issuer: &Facts) -> Option<Self> {
        let sha1 = |bytes| {
            let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
            hash.as_ref().to_vec()
        };
        Some(Question {
            name: sha1(&issuer.subject),
            key: sha1(issuer.key_parts()?.1),
            serial: certificate.serial.clone(),
        })
    }

    /// The certificate's name in both.
    pub(super) fn id(&self) -> Vec<u8> {
        let algorithm = [encoded(tag::OID, &[SHA1]), encoded(tag::NULL, &[])].concat();
        encoded(
            tag::SEQUENCE,
            &[
                &encoded(tag::SEQUENCE, &[&algorithm]),
                &encoded(tag::OCTET_STRING, &[&self.name]),
                &encoded(tag::OCTET_STRING, &[&self.key]),
                &encoded(tag::INTEGER, &[&self.serial]),
            ],
        )
    }

    /// The request.
    pub(super) fn request(&self, nonce: Option<&[u8]>) -> Vec<u8> {
        let list = encoded(tag::SEQUENCE, &[&encoded(tag::SEQUENCE, &[&self.id()])]);
        let extensions = nonce.map_or_else(Vec::new, |nonce| {
            let value = encoded(tag::OCTET_STRING, &[&encoded(tag::OCTET_STRING, &[nonce])]);
            let extension = [encoded(tag::OID, &[NONCE]), value].concat();
            let list = encoded(tag::SEQUENCE, &[&encoded(tag::SEQUENCE, &[&extension])]);
            encoded(tag::context(2), &[&list])
        });
        let signed = encoded(tag::SEQUENCE, &[&list, &extensions]);
        encoded(tag::SEQUENCE, &[&signed])
    }

    fn is_about(&self, id: Value<'_>) -> bool {
        let mut parts = id.inside();
        let algorithm = parts.take(tag::SEQUENCE);
        let named = algorithm.and_then(|algorithm| algorithm.inside().take(tag::OID));
        named.is_some_and(|oid| oid.content == SHA1)
            && parts.take(tag::OCTET_STRING).map(|v| v.content) == Some(&self.name)
            && parts.take(tag::OCTET_STRING).map(|v| v.content) == Some(&self.key)
            && parts.take(tag::INTEGER).map(|v| v.content) == Some(&self.serial)
    }

    /// What an answer says, if it is an answer to this question by the issuer or by whom the
    /// issuer let answer.
    pub(super) fn answer(
        &self,
        bytes: &[u8],
        issuer: &Facts,
        nonce: Option<&[u8]>,
    ) -> Option<Evidence> {
        let mut response = der::only(bytes, tag::SEQUENCE)?.inside();
        if response.take(tag::ENUMERATED)?.content != [0] {
            return None;
        }
        let inner = response.take(tag::context(0))?;
        let mut inner = der::only(inner.content, tag::SEQUENCE)?.inside();
        if inner.take(tag::OID)?.content != BASIC {
            return None;
        }
        let basic = inner.take(tag::OCTET_STRING)?;
        let mut basic = der::only(basic.content, tag::SEQUENCE)?.inside();
        let signed = basic.take(tag::SEQUENCE)?;
        let algorithm = basic.take(tag::SEQUENCE)?;
        let value = basic.take(tag::BIT_STRING)?.bits()?;
        let mut data = signed.inside();
        _ = data.take(tag::context(0));
        _ = data.any().filter(|id| [0xa1, 0xa2].contains(&id.tag))?;
        let produced = time(data.take(tag::GENERALIZED_TIME)?)?;
        let holds = |by: &Facts| by.signed(algorithm.content, signed.whole, value);
        if !holds(issuer) {
            let certificates = basic.take(tag::context(0))?;
            let mut certificates = der::only(certificates.content, tag::SEQUENCE)?.inside();
            let mut tried = 0;
            loop {
                tried += 1;
                let certificate = certificates.take(tag::SEQUENCE).filter(|_| tried <= MAX)?;
                if delegate(certificate, issuer, produced).is_some_and(|by| holds(&by)) {
                    break;
                }
            }
        }
        let mut answers = data.take(tag::SEQUENCE)?.inside();
        if let Some(extensions) = data.take(tag::context(1)) {
            check_extensions(extensions, nonce)?;
        }
        for _ in 0..MAX {
            let mut answer = answers.take(tag::SEQUENCE)?.inside();
            if self.is_about(answer.take(tag::SEQUENCE)?) {
                return evidence(answer);
            }
        }
        None
    }
}

/// Of the certificate that came with the answer: whether the issuer let it answer.
fn delegate(certificate: Value<'_>, issuer: &Facts, at: std::time::SystemTime) -> Option<Facts> {
    let mut parts = certificate.inside();
    let signed = parts.take(tag::SEQUENCE)?;
    let algorithm = parts.take(tag::SEQUENCE)?;
    let value = parts.take(tag::BIT_STRING)?.bits()?;
    let certificate = Certificate::from_der(certificate.whole)?;
    let facts = Facts::of(&certificate)?;
    (facts.issuer == issuer.subject
        && facts.may_answer_ocsp()
        && facts.may_sign()
        && certificate.not_before() <= at
        && at <= certificate.not_after()
        && issuer.signed(algorithm.content, signed.whole, value))
    .then_some(facts)
}

/// `None` where an extension has to be understood and is not, or the nonce is another's.
fn check_extensions(extensions: Value<'_>, nonce: Option<&[u8]>) -> Option<()> {
    let mut extensions = der::only(extensions.content, tag::SEQUENCE)?.inside();
    while !extensions.is_empty() {
        let mut extension = extensions.take(tag::SEQUENCE)?.inside();
        let name = extension.take(tag::OID)?;
        let critical = extension.take(0x01).is_some_and(|flag| flag.content != [0]);
        let value = extension.take(tag::OCTET_STRING)?;
        if name.content == NONCE {
            let theirs = der::only(value.content, tag::OCTET_STRING)?;
            if nonce.is_some_and(|ours| ours != theirs.content) {
                return None;
            }
        } else if critical {
            return None;
        }
    }
    Some(())
}

/// What stands behind the certificate's name.
fn evidence(mut answer: Values<'_>) -> Option<Evidence> {
    let status = answer.any()?;
    let entry = match status.tag {
        0x80 => None,
        0xa1 => {
            let mut revoked = status.inside();
            let date = time(revoked.take(tag::GENERALIZED_TIME)?)?;
            let reason = match revoked.take(tag::context(0)) {
                None => 0,
                Some(reason) => *der::only(reason.content, tag::ENUMERATED)?
                    .content
                    .first()?,
            };
            Some(Entry {
                date,
                reason,
                invalid_since: None,
            })
        }
        // The service does not know the certificate.
        _ => return None,
    };
    let this_update = time(answer.take(tag::GENERALIZED_TIME)?)?;
    let next_update = match answer.take(tag::context(0)) {
        None => None,
        Some(next) => Some(time(der::only(next.content, tag::GENERALIZED_TIME)?)?),
    };
    if let Some(extensions) = answer.take(tag::context(1)) {
        check_extensions(extensions, None)?;
    }
    Some(Evidence {
        this_update,
        next_update,
        entry,
    })
}

fn time(value: Value<'_>) -> Option<std::time::SystemTime> {
    let (_, time) = ASN1Time::from_der(value.whole).ok()?;
    Some(at(time.timestamp()))
}
