//! The inside of a `Signature` as it is read: what it says, and the canonical forms of the parts
//! of it that are signed.

use std::time::SystemTime;

use super::grammar::{Frame, Part};
use super::refusal::Refusal;
use super::text::{self, Known, Transform};
use super::{SIGNED_PROPERTIES, canonical_refusal};
use crate::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::signature::certificate::Certificate;
use crate::signature::verdict::ReasonCode;
use crate::xml::{Ancestors, Canonical, CanonicalError, Event, Form, StartTag, Text, TextKind};

/// Certificates in one signature. Each may cost one check of the value.
const MAX_CERTIFICATES: usize = 8;

/// A `Reference`.
#[derive(Debug)]
pub(super) struct Reference {
    uri: Option<String>,
    of_properties: bool,
    transforms: Vec<Transform>,
    digest: Option<DigestAlgorithm>,
    pub(super) value: Vec<u8>,
}

/// A digest that is stated, and what it is of.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) form: Form,
    /// None where it is one that is not judged: SHA-1.
    pub(super) digest: Option<DigestAlgorithm>,
    pub(super) value: Vec<u8>,
}

/// A canonical form that is kept.
struct Kept {
    canonical: Canonical,
    bytes: Vec<u8>,
    failure: Option<CanonicalError>,
}

impl Kept {
    fn new(canonical: Canonical) -> Self {
        Kept {
            canonical,
            bytes: Vec::new(),
            failure: None,
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        let bytes = &mut self.bytes;
        let result = self
            .canonical
            .event(event, &mut |piece| bytes.extend_from_slice(piece));
        self.failure = result.err();
    }
}

/// What a `Signature` says, once all of it was read.
pub(super) struct Block {
    open: Vec<Frame>,
    max_size: usize,
    size: usize,
    ancestors: Ancestors,
    /// Sees that there is a canonical form of all of it, of what nobody signs as well: others
    /// refuse or misread the document otherwise.
    whole: Canonical,
    /// `SignedInfo`, in both forms.
    signed_info: Option<[Kept; 2]>,
    properties: Option<Kept>,
    /// The text at hand: base64 without white space, or a time.
    text: Vec<u8>,
    pub(super) ids: Vec<String>,
    signature_id: Option<String>,
    properties_id: Option<String>,
    target: Option<String>,
    references: Vec<Reference>,
    pub(super) form: Option<Form>,
    pub(super) algorithm: Option<SignatureAlgorithm>,
    /// It rests on SHA-1 somewhere.
    pub(super) sha1: bool,
    /// What is said of the document; known when `SignedInfo` has ended.
    pub(super) document: Option<Stated>,
    /// What is said of the signed properties.
    pub(super) stated_properties: Option<(Stated, String)>,
    pub(super) value: Vec<u8>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) signing_time: Option<SystemTime>,
    /// The digest of the signing certificate by the signed properties.
    pub(super) signing_certificate: Option<(DigestAlgorithm, Vec<u8>)>,
    signing_certificate_seen: bool,
    cert_digest: Option<Known<DigestAlgorithm>>,
}

impl Block {
    /// `ancestors` has seen all that stands before the `Signature`.
    pub(super) fn new(ancestors: Ancestors, max_size: usize) -> Self {
        Block {
            open: Vec::new(),
            max_size,
            size: 0,
            whole: Canonical::subtree(Form::Exclusive, &ancestors),
            ancestors,
            signed_info: None,
            properties: None,
            text: Vec::new(),
            ids: Vec::new(),
            signature_id: None,
            properties_id: None,
            target: None,
            references: Vec::new(),
            form: None,
            algorithm: None,
            sha1: false,
            document: None,
            stated_properties: None,
            value: Vec::new(),
            certificates: Vec::new(),
            signing_time: None,
            signing_certificate: None,
            signing_certificate_seen: false,
            cert_digest: None,
        }
    }

    /// Whether its end tag was read.
    pub(super) fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// The canonical form of `SignedInfo` that it asks for.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn signed_info(&self) -> Result<&[u8], Refusal> {
        let [inclusive, exclusive] = self.signed_info.as_ref().ok_or_else(missing_signed_info)?;
        let kept = match self.form {
            Some(Form::Inclusive) => inclusive,
            Some(Form::Exclusive) => exclusive,
            None => return Err(missing_signed_info()),
        };
        finished(kept)
    }

    /// The canonical form of the signed properties.
    ///
    /// # Errors
    /// There are none, or there is no canonical form of them.
    pub(super) fn properties(&self) -> Result<&[u8], Refusal> {
        match &self.properties {
            Some(kept) => finished(kept),
            None => Err(Refusal::malformed("Object")),
        }
    }

    /// Takes an event, from the `Signature`'s start to its end.
    ///
    /// # Errors
    /// It leaves the grammar. Nothing may be asked of it any more.
    pub(super) fn event(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        self.whole
            .event(event, &mut |_| {})
            .map_err(canonical_refusal)?;
        match event {
            Event::Start(tag) => self.start(event, tag),
            Event::End(_) => self.end(event),
            Event::Text(text) => self.text(event, text),
            Event::Comment => Err(Refusal::unsupported(ReasonCode::CommentPresent)),
            Event::ProcessingInstruction(_) | Event::InstructionData(_) | Event::InstructionEnd => {
                Err(Refusal::unsupported(ReasonCode::InstructionPresent))
            }
            Event::Declaration(_) | Event::EndOfDocument => Ok(()),
        }
    }

    fn keep(&mut self, event: &Event<'_>) {
        for part in self.signed_info.iter_mut().flatten() {
            part.event(event);
        }
        if let Some(properties) = &mut self.properties {
            properties.event(event);
        }
    }

    fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.size += bytes;
        if self.size > self.max_size {
            return Err(Refusal::unsupported(ReasonCode::SignatureTooLarge)
                .with("maximum", self.max_size.to_string()));
        }
        Ok(())
    }

    fn start(&mut self, event: &Event<'_>, tag: &StartTag<'_>) -> Result<(), Refusal> {
        let part = match self.open.last_mut() {
            Some(frame) => frame.enter(tag)?,
            None => Part::Signature,
        };
        let attributes = tag.attributes();
        let size = attributes.map(|attribute| attribute.name().len() + attribute.value().len());
        let size = size.sum::<usize>() + tag.name().len();
        let declared = tag.declarations().map(|declared| declared.uri.len());
        self.grow(size + declared.sum::<usize>())?;
        part.check_attributes(tag)?;
        match part {
            Part::SignedInfo => {
                self.signed_info = Some(
                    [Form::Inclusive, Form::Exclusive]
                        .map(|form| Kept::new(Canonical::subtree(form, &self.ancestors))),
                );
            }
            Part::SignedProperties => {
                let canonical = Canonical::subtree(Form::Exclusive, &self.ancestors);
                self.properties = Some(Kept::new(canonical));
            }
            _ => {}
        }
        self.ancestors.event(event);
        self.keep(event);
        self.open.push(Frame::new(part));
        self.text.clear();
        for attribute in tag.attributes() {
            if attribute.local().eq_ignore_ascii_case("id") {
                self.ids.push(attribute.value().into_owned());
            }
        }
        self.take_start(part, tag)
    }

    /// Takes what a start tag says.
    fn take_start(&mut self, part: Part, tag: &StartTag<'_>) -> Result<(), Refusal> {
        let value = |name: &str| {
            let mut attributes = tag.attributes();
            attributes
                .find(|a| a.name() == name)
                .map(|a| a.value().into_owned())
        };
        let algorithm = || value("Algorithm").ok_or_else(|| Refusal::malformed(part.name()));
        let unsupported = |uri: &str| {
            Err(Refusal::unsupported(ReasonCode::AlgorithmUnsupported)
                .with("element", part.name())
                .with("algorithm", text::shown(uri)))
        };
        match part {
            Part::Signature => self.signature_id = value("Id"),
            Part::SignedProperties => self.properties_id = value("Id"),
            Part::QualifyingProperties => self.target = value("Target"),
            Part::CanonicalizationMethod => {
                let uri = algorithm()?;
                match text::form(&uri) {
                    Some(form) => self.form = Some(form),
                    None => return unsupported(&uri),
                }
            }
            Part::SignatureMethod => {
                let uri = algorithm()?;
                match text::signature_algorithm(&uri) {
                    Some(Known::Judged(algorithm)) => self.algorithm = Some(algorithm),
                    Some(Known::Sha1) => self.sha1 = true,
                    None => return unsupported(&uri),
                }
            }
            Part::Reference => self.references.push(Reference {
                uri: value("URI"),
                of_properties: value("Type").is_some_and(|kind| kind == SIGNED_PROPERTIES),
                transforms: Vec::new(),
                digest: None,
                value: Vec::new(),
            }),
            Part::Transform => {
                let uri = algorithm()?;
                let Some(transform) = Transform::from_uri(&uri) else {
                    return Err(Refusal::unsupported(ReasonCode::TransformUnsupported));
                };
                if let Some(reference) = self.references.last_mut() {
                    reference.transforms.push(transform);
                }
            }
            Part::DigestMethod => {
                let uri = algorithm()?;
                let Some(known) = text::digest_algorithm(&uri) else {
                    return unsupported(&uri);
                };
                match (known, self.references.last_mut()) {
                    (Known::Judged(digest), Some(reference)) => reference.digest = Some(digest),
                    _ => self.sha1 = true,
                }
            }
            Part::CertDigestMethod => {
                let uri = algorithm()?;
                let Some(known) = text::digest_algorithm(&uri) else {
                    return unsupported(&uri);
                };
                self.cert_digest = Some(known);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, event: &Event<'_>, text: &Text<'_>) -> Result<(), Refusal> {
        if text.kind() == TextKind::CData {
            return Err(Refusal::unsupported(ReasonCode::CDataInSignature));
        }
        self.grow(text.bytes().len())?;
        self.keep(event);
        let Some(frame) = self.open.last() else {
            return Ok(());
        };
        match frame.part {
            part if part.is_passed_over() => {}
            Part::SigningTime => self.text.extend_from_slice(text.bytes()),
            part if part.takes_text() => text::push_stripped(&mut self.text, text.bytes()),
            _ if text.is_whitespace() => {}
            part if part.is_mixed() => return Err(Refusal::foreign_part(part.name())),
            part => return Err(Refusal::malformed(part.name())),
        }
        Ok(())
    }

    fn end(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        self.ancestors.event(event);
        self.keep(event);
        let Some(frame) = self.open.pop() else {
            return Ok(());
        };
        frame.leave()?;
        let part = frame.part;
        let decoded = || {
            text::base64(&self.text).ok_or_else(|| {
                Refusal::invalid(ReasonCode::Base64Malformed).with("element", part.name())
            })
        };
        match part {
            Part::DigestValue => {
                let value = decoded()?;
                if let Some(reference) = self.references.last_mut() {
                    reference.value = value;
                }
            }
            Part::SignatureValue => self.value = decoded()?,
            Part::X509Certificate => {
                let der = decoded()?;
                self.take_certificate(&der)?;
            }
            Part::CertDigestValue => {
                let value = decoded()?;
                self.take_cert_digest(value);
            }
            Part::SigningTime => {
                if self.signing_time.is_some() {
                    return Err(Refusal::malformed("SignedSignatureProperties"));
                }
                let time = std::str::from_utf8(&self.text).ok().and_then(text::time);
                self.signing_time = time;
            }
            Part::SignedInfo => self.take_references()?,
            Part::Signature => self.take_all()?,
            _ => {}
        }
        self.text.clear();
        Ok(())
    }

    fn take_certificate(&mut self, der: &[u8]) -> Result<(), Refusal> {
        let Some(certificate) = Certificate::from_der(der) else {
            return Err(Refusal::unsupported(ReasonCode::CertificateUnreadable));
        };
        if self.certificates.contains(&certificate) {
            return Ok(());
        }
        if self.certificates.len() >= MAX_CERTIFICATES {
            return Err(Refusal::unsupported(ReasonCode::CertificatesTooMany)
                .with("maximum", MAX_CERTIFICATES.to_string()));
        }
        self.certificates.push(certificate);
        Ok(())
    }

    /// The first certificate that is named is the signer's; the others lead to an anchor.
    fn take_cert_digest(&mut self, value: Vec<u8>) {
        if std::mem::replace(&mut self.signing_certificate_seen, true) {
            return;
        }
        match self.cert_digest {
            Some(Known::Judged(digest)) => self.signing_certificate = Some((digest, value)),
            _ => self.sha1 = true,
        }
    }

    /// `SignedInfo` has ended: what does it speak of?
    fn take_references(&mut self) -> Result<(), Refusal> {
        for reference in std::mem::take(&mut self.references) {
            let unknown = || Refusal::unsupported(ReasonCode::ReferenceUnsupported);
            let transforms = || Refusal::unsupported(ReasonCode::TransformUnsupported);
            let uri = reference.uri.as_deref().ok_or_else(unknown)?;
            let stated = |form| Stated {
                form,
                digest: reference.digest,
                value: reference.value.clone(),
            };
            if uri.is_empty() {
                let form = match reference.transforms.as_slice() {
                    [Transform::Enveloped] => Form::Inclusive,
                    [Transform::Enveloped, Transform::Canonical(form)] => *form,
                    _ => return Err(transforms()),
                };
                if self.document.is_some() {
                    return Err(unknown());
                }
                self.document = Some(stated(form));
            } else {
                let id = uri.strip_prefix('#').filter(|id| !id.is_empty());
                let id = id.filter(|_| reference.of_properties).ok_or_else(unknown)?;
                if reference.transforms != [Transform::Canonical(Form::Exclusive)] {
                    return Err(transforms());
                }
                if self.stated_properties.is_some() {
                    return Err(unknown());
                }
                self.stated_properties = Some((stated(Form::Exclusive), id.to_owned()));
            }
        }
        if self.document.is_none() {
            return Err(Refusal::unsupported(ReasonCode::ReferenceUnsupported));
        }
        Ok(())
    }

    /// The `Signature` has ended: do its parts belong together?
    fn take_all(&mut self) -> Result<(), Refusal> {
        if self.certificates.is_empty() {
            return Err(Refusal::unsupported(ReasonCode::CertificateMissing));
        }
        match (&self.stated_properties, &self.properties) {
            (None, None) => Ok(()),
            // Properties that nothing signs, or a reference to an element outside.
            (None, Some(_)) => Err(Refusal::foreign_part("Object")),
            (Some(_), None) => Err(Refusal::unsupported(ReasonCode::ReferenceUnsupported)),
            (Some((_, id)), Some(_)) => {
                if self.properties_id.as_ref() != Some(id) {
                    return Err(Refusal::unsupported(ReasonCode::ReferenceUnsupported));
                }
                let target = self.target.as_deref().and_then(|uri| uri.strip_prefix('#'));
                if target.is_none() || target != self.signature_id.as_deref() {
                    return Err(Refusal::malformed("QualifyingProperties"));
                }
                Ok(())
            }
        }
    }
}

fn missing_signed_info() -> Refusal {
    Refusal::malformed("Signature")
}

fn finished(kept: &Kept) -> Result<&[u8], Refusal> {
    match kept.failure {
        None => Ok(&kept.bytes),
        Some(error) => Err(canonical_refusal(error)),
    }
}
