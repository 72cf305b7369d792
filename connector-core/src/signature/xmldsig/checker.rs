//! Judges the signature of a document while somebody reads it.

use std::io;

use super::block::{Block, Stated};
use super::refusal::Refusal;
use super::text;
use super::{Checked, DSIG, Limits, Place, canonical_refusal};
use crate::crypto::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use crate::crypto::digest::Digesting;
use crate::finding::FindingCode;
use crate::packet::read::{Observer, finding_code};
use crate::packet::signature_block::{is_stub_certificate, is_stub_value};
use crate::packet::write::NAMESPACE;
use crate::signature::certificate::Certificate;
use crate::signature::verdict::{Reason, ReasonCode, Verdict};
use crate::xml::{
    Ancestors, Canonical, CanonicalError, Event, Form, Prolog, StartTag, Text, XmlError,
};

/// Elements that only a packet has.
const OF_PACKETS: [&str; 5] = [
    "edXML",
    "edXMLEnvelope",
    "edXMLHeader",
    "MessageHeader",
    "AttachmentEncoded",
];

/// A canonical form of the document, kept until the signature says which one counts.
struct KeptForm {
    canonical: Canonical,
    bytes: Vec<u8>,
    failure: Option<CanonicalError>,
}

/// What is known while the signature was not met yet.
struct Before {
    forms: [KeptForm; 2],
    ancestors: Ancestors,
    ids: Vec<String>,
}

/// The signature, and the digest that goes on behind it.
struct Judged {
    block: Box<Block>,
    canonical: Canonical,
    digest: Digesting,
    failure: Option<CanonicalError>,
    ids: Vec<String>,
    /// Elements elsewhere with the id that the signature refers to.
    repeated: bool,
}

/// How far one is.
enum Stage {
    /// No signature so far.
    Before(Box<Before>),
    /// No signature so far, and too much was read to judge one.
    Late,
    /// In the signature.
    Inside(Box<Before>, Box<Block>),
    /// Behind it.
    Behind(Box<Judged>),
    /// Nothing more is to be learnt.
    Settled(Refusal),
}

/// Judges the enveloped signature of one document from the events it is fed: all of them, once
/// and in order. Whoever feeds it must take what they use from the same events.
///
/// What stands before the signature is kept in both canonical forms, up to a limit; from
/// `SignedInfo` on the one that it names is digested as it comes. Memory does not depend on the
/// document.
pub(crate) struct Checker {
    place: Place,
    limits: Limits,
    depth: usize,
    /// Depths of the elements in which the signature of a packet stands; 0 outside.
    envelope: usize,
    header: usize,
    /// The header has begun; a second one is none.
    header_seen: bool,
    /// Depth of the signature one is in; 0 outside.
    inside: usize,
    stage: Stage,
    /// Why a signature that holds is not judged all the same.
    reserves: Vec<ReasonCode>,
    placeholder: bool,
    stub: Stub,
    ended: bool,
    failure: Option<FindingCode>,
    junk: bool,
}

impl Checker {
    pub(crate) fn new(place: Place, limits: Limits) -> Self {
        let kept = |form| KeptForm {
            canonical: Canonical::document(form),
            bytes: Vec::new(),
            failure: None,
        };
        Checker {
            place,
            limits,
            depth: 0,
            envelope: 0,
            header: 0,
            header_seen: false,
            inside: 0,
            stage: Stage::Before(Box::new(Before {
                forms: [kept(Form::Inclusive), kept(Form::Exclusive)],
                ancestors: Ancestors::default(),
                ids: Vec::new(),
            })),
            reserves: Vec::new(),
            placeholder: false,
            stub: Stub::default(),
            ended: false,
            failure: None,
            junk: false,
        }
    }

    fn reserve(&mut self, code: ReasonCode) {
        if !self.reserves.contains(&code) {
            self.reserves.push(code);
        }
    }

    fn settle(&mut self, refusal: Refusal) {
        self.stage = Stage::Settled(refusal);
    }

    /// What a start tag means for where one is; whether it starts the signature.
    fn start(&mut self, tag: &StartTag<'_>) -> bool {
        self.depth += 1;
        if self.inside > 0 {
            self.look_inside(tag);
            return false;
        }
        let depth = self.depth;
        if tag.local() == "Signature" && tag.namespace().is(DSIG) {
            return self.signature();
        }
        if let Stage::Behind(judged) = &mut self.stage {
            judged.look_at_ids(tag);
            if self.place == Place::RootEnd && depth == 2 {
                let refusal = Refusal::unsupported(ReasonCode::SignatureMisplaced);
                self.settle(refusal);
            }
        }
        let in_place = self.in_place();
        match tag.local() {
            "edXMLEnvelope" if depth <= 2 && self.envelope == 0 => self.envelope = depth,
            "edXMLHeader"
                if self.envelope > 0 && depth == self.envelope + 1 && !self.header_seen =>
            {
                self.header = depth;
                self.header_seen = true;
            }
            // Beside a real signature it is content like other content.
            "Signature" | "DigitalSignature"
                if in_place && matches!(self.stage, Stage::Before(_) | Stage::Late) =>
            {
                self.placeholder = true;
                self.inside = depth;
            }
            _ => {}
        }
        false
    }

    /// Whether a child of the open element would stand where the signature belongs.
    fn in_place(&self) -> bool {
        match self.place {
            Place::Header => self.header > 0 && self.depth == self.header + 1,
            Place::RootEnd => self.depth == 2,
        }
    }

    /// A signature has started; whether it is judged.
    fn signature(&mut self) -> bool {
        let in_place = self.in_place();
        if in_place {
            self.inside = self.depth;
            self.stub = Stub::default();
        }
        match &self.stage {
            Stage::Settled(_) => return false,
            Stage::Behind(_) | Stage::Inside(..) => {
                self.settle(Refusal::invalid(ReasonCode::SignatureRepeated));
            }
            _ if !in_place => {
                self.settle(Refusal::unsupported(ReasonCode::SignatureMisplaced));
            }
            Stage::Late => {
                let maximum = self.limits.max_before.to_string();
                let refusal = Refusal::unsupported(ReasonCode::SignatureLate);
                self.settle(refusal.with("maximum", maximum));
            }
            Stage::Before(_) => return true,
        }
        false
    }

    /// Nothing of a packet may stand in a signature, where nothing signs it, and no other
    /// signature.
    fn look_inside(&mut self, tag: &StartTag<'_>) {
        if matches!(self.stage, Stage::Before(_) | Stage::Late) {
            // A place-holder, which is content; but others would take a signature in it for
            // the packet's.
            if tag.local() == "Signature" && tag.namespace().is(DSIG) {
                self.settle(Refusal::unsupported(ReasonCode::SignatureMisplaced));
            }
            return;
        }
        if tag.namespace().is(NAMESPACE) || OF_PACKETS.contains(&tag.local()) {
            self.settle(Refusal::invalid(ReasonCode::PacketInSignature));
        } else if tag.local() == "Signature" && tag.namespace().is(DSIG) {
            self.settle(Refusal::invalid(ReasonCode::SignatureRepeated));
        }
    }

    fn end(&mut self) {
        if self.inside == self.depth {
            self.inside = 0;
        }
        if self.header == self.depth {
            self.header = 0;
            // The signature of a packet can come no more: nothing need be kept for one.
            if self.place == Place::Header && matches!(self.stage, Stage::Before(_)) {
                self.stage = Stage::Late;
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Takes an event to the canonical forms, and to the signature.
    fn digest(&mut self, event: &Event<'_>, starts: bool) {
        match &mut self.stage {
            Stage::Behind(judged) => judged.event(event),
            Stage::Before(before) if !starts => {
                before.event(event);
                let longest = before.forms.iter().map(|form| form.bytes.len()).max();
                if longest.unwrap_or_default() > self.limits.max_before {
                    self.stage = Stage::Late;
                }
            }
            Stage::Before(_) => {
                let stage = std::mem::replace(&mut self.stage, Stage::Late);
                if let Stage::Before(before) = stage {
                    let ancestors = before.ancestors.clone();
                    let block = Block::new(ancestors, self.limits.max_signature);
                    self.stage = Stage::Inside(before, Box::new(block));
                    self.digest(event, false);
                }
            }
            Stage::Inside(_, block) => {
                if let Err(refusal) = block.event(event) {
                    self.settle(refusal);
                } else if block.is_complete() {
                    self.leave_signature();
                }
            }
            Stage::Late | Stage::Settled(_) => {}
        }
    }

    /// The signature has ended: from here on one form is digested.
    fn leave_signature(&mut self) {
        let Stage::Inside(before, block) = std::mem::replace(&mut self.stage, Stage::Late) else {
            return;
        };
        let Some(stated) = &block.document else {
            return self.settle(Refusal::malformed("SignedInfo"));
        };
        let [inclusive, exclusive] = before.forms;
        let form = match stated.form {
            Form::Inclusive => inclusive,
            Form::Exclusive => exclusive,
        };
        // With SHA-1 nothing is compared in the end.
        let algorithm = stated
            .digest
            .map_or(&ring::digest::SHA256, |digest| digest.ring());
        let mut digest = Digesting::new(algorithm);
        digest.update(&form.bytes);
        let mut ids = before.ids;
        ids.extend(block.ids.iter().cloned());
        self.stage = Stage::Behind(Box::new(Judged {
            block,
            canonical: form.canonical,
            digest,
            failure: form.failure,
            ids,
            repeated: false,
        }));
    }

    /// The verdict. `Valid` says that the signature holds; whether its key is trusted is judged
    /// elsewhere.
    ///
    /// # Errors
    /// Where the digest's thread is lost.
    pub(crate) fn finish(self) -> io::Result<Checked> {
        let reserves: Vec<Reason> = self.reserves.into_iter().map(Reason::new).collect();
        let settled = |verdict, reason| Ok(Checked::refused(verdict, vec![reason]));
        if !self.ended {
            let code = self.failure.unwrap_or(FindingCode::LimitExceeded);
            let reason = Reason::new(ReasonCode::PacketUnreadable).with("detail", code.as_str());
            return settled(Verdict::Invalid, reason);
        }
        if self.stub.found {
            return settled(Verdict::Placeholder, Reason::new(ReasonCode::KnownStub));
        }
        let judged = match self.stage {
            Stage::Behind(judged) => judged,
            Stage::Settled(refusal) => return settled(refusal.verdict, refusal.reason),
            _ if self.placeholder => {
                return settled(
                    Verdict::Placeholder,
                    Reason::new(ReasonCode::OtherNamespace),
                );
            }
            _ => return Ok(Checked::refused(Verdict::Absent, Vec::new())),
        };
        if self.junk {
            return settled(Verdict::Invalid, Reason::new(ReasonCode::LeadingJunk));
        }
        judged.conclude(reserves)
    }
}

impl Observer for Checker {
    #[inline]
    fn event(&mut self, event: &Event<'_>) {
        let starts = match event {
            Event::Start(tag) => self.start(tag),
            Event::Comment => {
                self.reserve(ReasonCode::CommentPresent);
                false
            }
            Event::ProcessingInstruction(_) => {
                self.reserve(ReasonCode::InstructionPresent);
                false
            }
            Event::Declaration(declaration) => {
                let utf8 = declaration
                    .encoding()
                    .is_none_or(|encoding| encoding.eq_ignore_ascii_case("UTF-8"));
                if !utf8 || declaration.version() != "1.0" {
                    self.reserve(ReasonCode::DeclarationUnsupported);
                }
                false
            }
            Event::EndOfDocument => {
                self.ended = true;
                false
            }
            _ => false,
        };
        self.digest(event, starts);
        if self.inside > 0 {
            self.stub.event(event);
        }
        if let Event::End(_) = event {
            self.end();
        }
    }

    fn failed(&mut self, error: &XmlError) {
        self.failure = finding_code(&error.kind);
    }

    fn prolog(&mut self, prolog: &Prolog) {
        self.junk = prolog.leading_junk > 0;
    }
}

impl Before {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Start(tag) = event {
            for attribute in tag.attributes() {
                if attribute.local().eq_ignore_ascii_case("id") {
                    self.ids.push(attribute.value().into_owned());
                }
            }
        }
        self.ancestors.event(event);
        for form in &mut self.forms {
            let bytes = &mut form.bytes;
            let result = form
                .canonical
                .event(event, &mut |piece| bytes.extend_from_slice(piece));
            form.failure = result.err();
        }
    }
}

impl Judged {
    #[inline]
    fn event(&mut self, event: &Event<'_>) {
        let digest = &mut self.digest;
        let result = self
            .canonical
            .event(event, &mut |piece| digest.update(piece));
        if let Err(error) = result {
            self.failure = Some(error);
        }
    }

    fn look_at_ids(&mut self, tag: &StartTag<'_>) {
        let Some((_, id)) = &self.block.stated_properties else {
            return;
        };
        self.repeated |= tag.attributes().any(|attribute| {
            attribute.local().eq_ignore_ascii_case("id") && attribute.value() == id.as_str()
        });
    }

    /// The verdict on a signature that keeps to the grammar.
    fn conclude(self, mut reserves: Vec<Reason>) -> io::Result<Checked> {
        let mut checked = Checked::refused(Verdict::Valid, Vec::new());
        checked.algorithm = self.block.algorithm;
        checked.form = self.block.form;
        checked.claimed_time = self.block.signing_time;
        let refusal = match self.holds(&mut checked)? {
            Ok(()) if reserves.is_empty() => return Ok(checked),
            Ok(()) => {
                checked.verdict = Verdict::Unsupported;
                checked.reasons = reserves;
                return Ok(checked);
            }
            Err(refusal) => refusal,
        };
        let mut reasons = vec![refusal.reason];
        reasons.append(&mut reserves);
        Ok(Checked::refused(refusal.verdict, reasons))
    }

    fn holds(self, checked: &mut Checked) -> io::Result<Result<(), Refusal>> {
        if let Some(error) = self.failure {
            return Ok(Err(canonical_refusal(error)));
        }
        let found = self.digest.finish()?;
        Ok(holds(
            &self.block,
            found.as_ref(),
            &self.ids,
            self.repeated,
            checked,
        ))
    }
}

/// Whether all that a signature states is so.
fn holds(
    block: &Block,
    found: &[u8],
    ids: &[String],
    repeated: bool,
    checked: &mut Checked,
) -> Result<(), Refusal> {
    let document = block.document.as_ref();
    let document = document.ok_or_else(|| Refusal::malformed("SignedInfo"))?;
    if document.digest.is_some() && document.value != found {
        return Err(Refusal::invalid(ReasonCode::DigestDiffers));
    }
    if let Some((stated, id)) = &block.stated_properties {
        if repeated || ids.iter().filter(|other| *other == id).count() != 1 {
            return Err(Refusal::invalid(ReasonCode::IdRepeated));
        }
        check_properties(block, stated)?;
    }
    let signed_info = block.signed_info()?;
    let Some(algorithm) = block.algorithm.filter(|_| !block.sha1) else {
        return Err(Refusal {
            verdict: Verdict::Legacy,
            reason: Reason::new(ReasonCode::Sha1),
        });
    };
    let signer = signer(block, algorithm, signed_info)?;
    checked.others = block
        .certificates
        .iter()
        .filter(|other| *other != signer)
        .cloned()
        .collect();
    checked.signer = Some(signer.clone());
    Ok(())
}

fn check_properties(block: &Block, stated: &Stated) -> Result<(), Refusal> {
    let bytes = block.properties()?;
    match stated.digest {
        Some(digest) if ring::digest::digest(digest.ring(), bytes).as_ref() != stated.value => {
            Err(Refusal::invalid(ReasonCode::PropertiesDiffer))
        }
        _ => Ok(()),
    }
}

/// The certificate whose key made the value.
fn signer<'b>(
    block: &'b Block,
    algorithm: SignatureAlgorithm,
    signed_info: &[u8],
) -> Result<&'b Certificate, Refusal> {
    let certificates = block.certificates.iter();
    let mut verified = certificates
        .filter(|certificate| algorithm.verifies(certificate.key(), signed_info, &block.value))
        .peekable();
    if verified.peek().is_none() {
        let beyond = |certificate: &Certificate| is_beyond(certificate.key(), algorithm);
        return Err(if block.certificates.iter().any(beyond) {
            Refusal::unsupported(ReasonCode::KeyUnsupported)
        } else {
            Refusal::invalid(ReasonCode::ValueDiffers)
        });
    }
    let named = |certificate: &&Certificate| match &block.signing_certificate {
        Some((digest, value)) => {
            ring::digest::digest(digest.ring(), certificate.der()).as_ref() == value.as_slice()
        }
        None => true,
    };
    verified
        .find(named)
        .ok_or_else(|| Refusal::invalid(ReasonCode::SigningCertificateDiffers))
}

/// Whether a key might have made the value in another software, but is not taken here.
fn is_beyond(key: &PublicKey, algorithm: SignatureAlgorithm) -> bool {
    let elliptic = matches!(
        algorithm,
        SignatureAlgorithm::EcdsaP256 | SignatureAlgorithm::EcdsaP384
    );
    !key.fits(algorithm)
        && match key.kind {
            KeyKind::Rsa { .. } => !elliptic,
            KeyKind::P256 | KeyKind::P384 => elliptic,
            KeyKind::Other => true,
        }
}

/// Recognises the sample that many programs copy, in whatever namespace.
#[derive(Default)]
pub(super) struct Stub {
    text: Option<Vec<u8>>,
    pub(super) found: bool,
}

impl Stub {
    /// Longer texts are no stub's.
    const LONGEST: usize = 400;

    pub(super) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                let looked_at = matches!(tag.local(), "SignatureValue" | "X509Certificate");
                self.text = looked_at.then(Vec::new);
            }
            Event::Text(piece) => self.push(piece),
            Event::End(_) => {
                let text = self.text.take().unwrap_or_default();
                let text = std::str::from_utf8(&text).unwrap_or_default();
                self.found |= is_stub_value(text) || is_stub_certificate(text);
            }
            _ => {}
        }
    }

    fn push(&mut self, piece: &Text<'_>) {
        if let Some(text) = &mut self.text {
            text::push_stripped(text, piece.bytes());
            if text.len() > Self::LONGEST {
                self.text = None;
            }
        }
    }
}
