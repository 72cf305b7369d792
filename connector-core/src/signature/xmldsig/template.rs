//! The text of a `Signature`, with room for what is known only at the end.

use std::ops::Range;

use base64_simd::STANDARD;

use super::sign::SignOptions;
use super::text::write_time;
use super::{DSIG, ENVELOPED, EXC_C14N, SIGNED_PROPERTIES, XADES};
use crate::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::crypto::signer::Signer;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::write::escape;
use crate::signature::certificate::Certificate;
use crate::xml::{Ancestors, Canonical, Event, Form, Limits, Reader};

pub(super) const OPERATION: &str = "signature.sign";

/// A `Signature` in the making. Its length does not change any more.
pub(super) struct Template {
    pub(super) bytes: Vec<u8>,
    digest: Range<usize>,
    value: Range<usize>,
    algorithm: SignatureAlgorithm,
    signer: Certificate,
    value_length: usize,
    /// The id of the signed properties, where there are any.
    pub(super) properties_id: Option<String>,
}

fn unfit(cause: &'static str) -> Error {
    Error::new(ErrorKind::SignerUnfit, OPERATION).with("cause", cause)
}

impl Template {
    /// # Errors
    /// `signer-unfit`; `invalid-argument` where the time cannot be written.
    pub(super) fn new(signer: &dyn Signer, options: &SignOptions) -> Result<Self> {
        let algorithm = signer.algorithm();
        let own = signer.certificates().first();
        let own = own.ok_or_else(|| unfit("the signer has no certificate"))?;
        let own = Certificate::from_der(own)
            .ok_or_else(|| unfit("the signer's certificate cannot be read"))?;
        let length = own.key().signature_length();
        let value_length = length
            .filter(|_| own.key().fits(algorithm))
            .ok_or_else(|| unfit("the certificate's key does not fit the algorithm"))?;
        let mut making = Making::default();
        let id = options
            .signing_time
            .map(|_| own.fingerprint().chars().take(16).collect::<String>());
        making.signature(signer, &own, id.as_deref(), value_length);
        let mut properties = None;
        if let (Some(id), Some(time)) = (&id, options.signing_time) {
            let time = write_time(time).ok_or_else(|| {
                Error::new(ErrorKind::InvalidArgument, OPERATION)
                    .with("cause", "the signing time cannot be written")
            })?;
            properties = Some(making.properties(id, &time, &own, algorithm.digest()));
        }
        making.put(&["</Signature>"]);
        let mut template = Template {
            bytes: making.text.into_bytes(),
            digest: making.digest,
            value: making.value,
            algorithm,
            signer: own,
            value_length,
            properties_id: properties,
        };
        if template.properties_id.is_some() {
            let bytes = template.canonical("SignedProperties")?;
            let digest = ring::digest::digest(algorithm.digest().ring(), &bytes);
            template.fill(making.properties_digest, digest.as_ref());
        }
        Ok(template)
    }

    fn fill(&mut self, place: Range<usize>, bytes: &[u8]) {
        let text = STANDARD.encode_to_string(bytes);
        let room = self.bytes.get_mut(place).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(text.as_bytes()) {
            *to = *from;
        }
    }

    /// Puts in the document's digest, and the value.
    ///
    /// # Errors
    /// What the signer fails with; `signer-unfit` where its value is not one of its
    /// certificate's key.
    pub(super) fn complete(&mut self, digest: &[u8], signer: &dyn Signer) -> Result<()> {
        self.fill(self.digest.clone(), digest);
        let message = self.canonical("SignedInfo")?;
        let value = signer.sign(&message)?;
        let good = value.len() == self.value_length
            && self.algorithm.verifies(self.signer.key(), &message, &value);
        if !good {
            return Err(unfit("the value was not made with the certificate's key"));
        }
        self.fill(self.value.clone(), &value);
        Ok(())
    }

    /// The exclusive canonical form of the element of this name.
    fn canonical(&self, local: &str) -> Result<Vec<u8>> {
        let fault = || Error::new(ErrorKind::Internal, OPERATION);
        let mut canonical = Canonical::subtree(Form::Exclusive, &Ancestors::default());
        let mut bytes = Vec::new();
        let limits = Limits {
            max_tag: 1 << 20,
            ..Limits::default()
        };
        let mut reader = Reader::new(self.bytes.as_slice(), limits);
        let mut inside = false;
        while !canonical.is_complete() {
            let event = reader
                .next_event()
                .map_err(|error| fault().because(error))?;
            inside |= matches!(event, Event::Start(tag) if tag.local() == local);
            if inside {
                canonical
                    .event(&event, &mut |piece| bytes.extend_from_slice(piece))
                    .map_err(|error| fault().because(error))?;
            }
            if matches!(event, Event::EndOfDocument) {
                return Err(fault());
            }
        }
        Ok(bytes)
    }
}

/// The text while it is written.
#[derive(Default)]
struct Making {
    text: String,
    digest: Range<usize>,
    value: Range<usize>,
    properties_digest: Range<usize>,
}

impl Making {
    fn put(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }

    /// Leaves room for so many bytes in base64.
    fn room(&mut self, bytes: usize) -> Range<usize> {
        let start = self.text.len();
        let length = bytes.div_ceil(3) * 4;
        self.text.extend(std::iter::repeat_n('A', length));
        start..start + length
    }

    fn signature(
        &mut self,
        signer: &dyn Signer,
        own: &Certificate,
        id: Option<&str>,
        value_length: usize,
    ) {
        let algorithm = signer.algorithm();
        let digest = algorithm.digest();
        self.put(&["<Signature xmlns=\"", DSIG, "\""]);
        if let Some(id) = id {
            self.put(&[" Id=\"signature-", id, "\""]);
        }
        self.put(&[
            "><SignedInfo><CanonicalizationMethod Algorithm=\"",
            EXC_C14N,
        ]);
        self.put(&["\"/><SignatureMethod Algorithm=\"", algorithm.uri()]);
        self.put(&[
            "\"/><Reference URI=\"\"><Transforms><Transform Algorithm=\"",
            ENVELOPED,
        ]);
        self.put(&["\"/><Transform Algorithm=\"", EXC_C14N]);
        self.put(&["\"/></Transforms><DigestMethod Algorithm=\"", digest.uri()]);
        self.put(&["\"/><DigestValue>"]);
        self.digest = self.room(digest.length());
        self.put(&["</DigestValue></Reference>"]);
        if let Some(id) = id {
            self.put(&[
                "<Reference Type=\"",
                SIGNED_PROPERTIES,
                "\" URI=\"#properties-",
                id,
            ]);
            self.put(&["\"><Transforms><Transform Algorithm=\"", EXC_C14N]);
            self.put(&["\"/></Transforms><DigestMethod Algorithm=\"", digest.uri()]);
            self.put(&["\"/><DigestValue>"]);
            self.properties_digest = self.room(digest.length());
            self.put(&["</DigestValue></Reference>"]);
        }
        self.put(&["</SignedInfo><SignatureValue>"]);
        self.value = self.room(value_length);
        self.put(&["</SignatureValue><KeyInfo><X509Data>"]);
        let subject = own.subject_in_xml();
        if !subject.is_empty() {
            self.put(&["<X509SubjectName>", &escape(subject), "</X509SubjectName>"]);
        }
        for certificate in signer.certificates() {
            let text = STANDARD.encode_to_string(certificate);
            self.put(&["<X509Certificate>", &text, "</X509Certificate>"]);
        }
        self.put(&["</X509Data></KeyInfo>"]);
    }

    /// The properties of XAdES-B: when it was signed, and with which certificate.
    fn properties(
        &mut self,
        id: &str,
        time: &str,
        own: &Certificate,
        digest: DigestAlgorithm,
    ) -> String {
        let of_certificate = ring::digest::digest(digest.ring(), own.der());
        let of_certificate = STANDARD.encode_to_string(of_certificate);
        let properties_id = format!("properties-{id}");
        self.put(&["<Object><xades:QualifyingProperties xmlns:xades=\"", XADES]);
        self.put(&[
            "\" Target=\"#signature-",
            id,
            "\"><xades:SignedProperties Id=\"",
        ]);
        self.put(&[&properties_id, "\"><xades:SignedSignatureProperties>"]);
        self.put(&["<xades:SigningTime>", time, "</xades:SigningTime>"]);
        self.put(&["<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"]);
        self.put(&[
            "<DigestMethod Algorithm=\"",
            digest.uri(),
            "\"/><DigestValue>",
        ]);
        self.put(&[
            &of_certificate,
            "</DigestValue></xades:CertDigest></xades:Cert>",
        ]);
        self.put(&["</xades:SigningCertificateV2></xades:SignedSignatureProperties>"]);
        self.put(&["</xades:SignedProperties></xades:QualifyingProperties></Object>"]);
        properties_id
    }
}
