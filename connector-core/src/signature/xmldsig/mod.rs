//! Enveloped XML signatures: judged while somebody reads the document, and made while it is
//! copied.
//!
//! XML signatures can say nearly anything; here they can say one thing: that a key signed the
//! whole document around them. The grammar is closed, and what the judgement is about is fixed:
//!
//! * exactly one `Signature`, at its [`Place`];
//! * in it `SignedInfo`, `SignatureValue` and `KeyInfo`, once each and in this order, and at
//!   most one `Object` with XAdES properties;
//! * a `Reference` of the URI `""` with the transforms \[enveloped\] or \[enveloped, C14N 1.0 |
//!   exclusive C14N\]; at most one more, of the signed properties of that `Object`, with
//!   \[exclusive C14N\];
//! * algorithms of [`crate::crypto::algorithm`], nothing else;
//! * the key of a certificate in `X509Data`. Names and bare keys in `KeyInfo` are passed over:
//!   nothing uses them.
//!
//! What does not keep to this is never valid. Which word is said of it:
//!
//! | verdict | what was met |
//! |---|---|
//! | `invalid` | It does not hold: a digest, the value or the signing certificate of XAdES differs. It breaks the schema of XML signatures or is no exact base64. More than one `Signature`: of two enveloped signatures of one whole document at most one can hold. Parts of a packet inside the `Signature`, where no signature covers them. The id that is referred to stands twice. Bytes before the document, prefixes without a declaration, a document that is not well-formed or that breaks off: others read something else or nothing |
//! | `unsupported` | XML signatures allow it, and a genuine signer may have written it: another place; other references (to a part, to another document); other transforms (XPath, XSLT, base64, others) and canonical forms (with comments, 1.1, with a `PrefixList`); other algorithms (HMAC, DSA, MD5, PSS with parameters); keys that are too weak or of another curve; other parts (`Manifest`, `RetrievalMethod`, `SignatureProperties`, unsigned properties); no certificate; comments and processing instructions anywhere; CDATA in the `Signature`; an encoding other than UTF-8 |
//! | `legacy` | All is in order but that it rests on SHA-1 |
//! | `placeholder` | The `Signature` at its place is in another namespace, or is the sample in circulation |
//! | `absent` | No `Signature` |
//!
//! A comment, a processing instruction or an encoding by name does not end the judgement: where
//! the signature does not hold either, the verdict is `invalid`.

mod block;
mod checker;
mod grammar;
mod refusal;
mod sign;
mod template;
mod text;

use std::fmt;
use std::io::Read;
use std::time::SystemTime;

pub(crate) use checker::Checker;
pub use sign::{SignOptions, sign, sign_document, sign_to_pipe};

use self::refusal::Refusal;
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::error::{Error, Result};
use crate::packet::Packet;
use crate::packet::read::{AttachmentSink, Observer, ReadOptions, read_packet_observed};
use crate::signature::certificate::Certificate;
use crate::signature::verdict::{Reason, ReasonCode, Verdict};
use crate::xml::{self, CanonicalError, Event, Form, XmlErrorKind};

/// The namespace of XML signatures.
pub(crate) const DSIG: &str = crate::packet::signature_block::XMLDSIG;
/// The namespace of what came with version 1.1 of them.
const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
/// The namespace of XAdES.
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The type of a reference to signed properties.
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Where the signature of a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A child of `edXMLHeader`: the signature of a packet.
    Header,
    /// The last child of the root: the signature of a sealed file.
    RootEnd,
}

/// How much of a document a judgement is willing to hold in mind.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a canonical form before the signature.
    pub max_before: usize,
    /// Bytes of the signature.
    pub max_signature: usize,
}

impl Limits {
    /// Bytes of a signature: eight certificates and signed properties fit.
    const MAX_SIGNATURE: usize = 256 * 1024;

    /// For a document of so many bytes that is held in memory anyway.
    pub(crate) fn of_document(bytes: usize) -> Self {
        Limits {
            // A canonical form may be longer than what it is made of.
            max_before: bytes.saturating_mul(4),
            max_signature: Self::MAX_SIGNATURE,
        }
    }
}

impl From<&ReadOptions> for Limits {
    fn from(options: &ReadOptions) -> Self {
        Limits {
            max_before: options.max_header(),
            max_signature: Self::MAX_SIGNATURE,
        }
    }
}

/// What was found out about a signature.
///
/// `Debug` shows no name.
#[derive(Clone)]
pub struct Checked {
    /// [`Verdict::Valid`] says that the signature holds. Whether its key is to be trusted is
    /// another question.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The certificate whose key made the value; there where the signature holds.
    pub signer: Option<Certificate>,
    /// The other certificates that came along.
    pub others: Vec<Certificate>,
    /// When it was signed, by the signer's own word (XAdES).
    pub claimed_time: Option<SystemTime>,
    /// What made the value.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The canonical form of `SignedInfo`.
    pub form: Option<Form>,
}

impl Checked {
    fn refused(verdict: Verdict, reasons: Vec<Reason>) -> Self {
        Checked {
            verdict,
            reasons,
            signer: None,
            others: Vec::new(),
            claimed_time: None,
            algorithm: None,
            form: None,
        }
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("verdict", &self.verdict)
            .field("reasons", &self.reasons)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// Judges the signature of a whole document.
///
/// # Errors
/// `io`, where the source fails. Whatever is wrong with the document is in the verdict.
pub fn check_document(
    source: impl Read,
    place: Place,
    xml: xml::Limits,
    limits: Limits,
) -> Result<Checked> {
    let io = |error| Error::io("signature.check", error);
    let mut checker = Checker::new(place, limits);
    let mut reader = xml::Reader::new(source, xml);
    loop {
        match reader.next_event() {
            Ok(event) => {
                checker.event(&event);
                if matches!(event, Event::EndOfDocument) {
                    break;
                }
            }
            Err(error) => {
                if let XmlErrorKind::Io(error) = error.kind {
                    return Err(io(error));
                }
                checker.failed(&error);
                break;
            }
        }
    }
    checker.prolog(reader.prolog());
    checker.finish().map_err(io)
}

/// Reads a packet and judges its signature, both from the same events.
///
/// Nothing that the sink was given, and nothing of the packet, may be used as signed before
/// this returns.
///
/// # Errors
/// `io`, where the source or the sink fails. Whatever is wrong with the packet is in its
/// findings and in the verdict.
pub fn check_packet(
    source: impl Read,
    options: &ReadOptions,
    sink: &mut dyn AttachmentSink,
) -> Result<(Packet, Checked)> {
    let mut checker = Checker::new(Place::Header, Limits::from(options));
    let packet = read_packet_observed(source, options, sink, &mut checker)?;
    let checked = checker.finish();
    let checked = checked.map_err(|error| Error::io("signature.check", error))?;
    Ok((packet, checked))
}

fn canonical_refusal(error: CanonicalError) -> Refusal {
    match error {
        CanonicalError::UnboundPrefix | CanonicalError::Unbalanced => {
            Refusal::invalid(ReasonCode::PrefixUnbound)
        }
        CanonicalError::RelativeNamespace | CanonicalError::TooManyDeclarations => {
            Refusal::unsupported(ReasonCode::FormUnsupported)
        }
    }
}
