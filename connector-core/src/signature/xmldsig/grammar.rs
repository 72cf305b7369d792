//! The grammar of a `Signature`: which element may stand where.
//!
//! It is closed: what is not in these tables ends the judgement. Each element here has one
//! meaning, and there is no second way to say it.

use super::refusal::Refusal;
use super::{DSIG, DSIG11, XADES};
use crate::signature::verdict::ReasonCode;
use crate::xml::{Namespace, StartTag};

/// An element of a `Signature`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Signature,
    SignedInfo,
    CanonicalizationMethod,
    SignatureMethod,
    Reference,
    Transforms,
    Transform,
    DigestMethod,
    DigestValue,
    SignatureValue,
    KeyInfo,
    X509Data,
    X509Certificate,
    Object,
    QualifyingProperties,
    SignedProperties,
    SignedSignatureProperties,
    SigningTime,
    SigningCertificate,
    Cert,
    CertDigest,
    CertDigestMethod,
    CertDigestValue,
    /// Something in `KeyInfo` that nobody here looks at: names, serial numbers, a bare key.
    Ignored,
    /// Something in `SignedProperties` that is signed, and that nobody here looks at.
    Property,
}

/// A child that may stand in an element.
pub(super) struct Child {
    namespace: &'static str,
    local: &'static str,
    part: Part,
    min: usize,
    max: usize,
}

const fn child(local: &'static str, part: Part, min: usize, max: usize) -> Child {
    Child {
        namespace: DSIG,
        local,
        part,
        min,
        max,
    }
}

const fn xades(local: &'static str, part: Part, min: usize, max: usize) -> Child {
    Child {
        namespace: XADES,
        local,
        part,
        min,
        max,
    }
}

/// What may stand in an element.
enum Content {
    /// These, in this order.
    Sequence(&'static [Child]),
    /// These, in any order.
    Choice(&'static [Child]),
    /// Text.
    Text,
    /// Nothing.
    Nothing,
}

impl Part {
    /// Its name, or what it stands for.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Signature => "Signature",
            Part::SignedInfo => "SignedInfo",
            Part::CanonicalizationMethod => "CanonicalizationMethod",
            Part::SignatureMethod => "SignatureMethod",
            Part::Reference => "Reference",
            Part::Transforms => "Transforms",
            Part::Transform => "Transform",
            Part::DigestMethod | Part::CertDigestMethod => "DigestMethod",
            Part::DigestValue | Part::CertDigestValue => "DigestValue",
            Part::SignatureValue => "SignatureValue",
            Part::KeyInfo | Part::Ignored => "KeyInfo",
            Part::X509Data => "X509Data",
            Part::X509Certificate => "X509Certificate",
            Part::Object => "Object",
            Part::QualifyingProperties => "QualifyingProperties",
            Part::SignedProperties | Part::Property => "SignedProperties",
            Part::SignedSignatureProperties => "SignedSignatureProperties",
            Part::SigningTime => "SigningTime",
            Part::SigningCertificate => "SigningCertificate",
            Part::Cert => "Cert",
            Part::CertDigest => "CertDigest",
        }
    }

    fn content(self) -> Content {
        use Content::{Choice, Nothing, Sequence, Text};
        match self {
            Part::Signature => Sequence(
                const {
                    &[
                        child("SignedInfo", Part::SignedInfo, 1, 1),
                        child("SignatureValue", Part::SignatureValue, 1, 1),
                        child("KeyInfo", Part::KeyInfo, 0, 1),
                        child("Object", Part::Object, 0, 1),
                    ]
                },
            ),
            Part::SignedInfo => Sequence(
                const {
                    &[
                        child("CanonicalizationMethod", Part::CanonicalizationMethod, 1, 1),
                        child("SignatureMethod", Part::SignatureMethod, 1, 1),
                        child("Reference", Part::Reference, 1, 2),
                    ]
                },
            ),
            Part::Reference => Sequence(
                const {
                    &[
                        child("Transforms", Part::Transforms, 0, 1),
                        child("DigestMethod", Part::DigestMethod, 1, 1),
                        child("DigestValue", Part::DigestValue, 1, 1),
                    ]
                },
            ),
            Part::Transforms => Sequence(const { &[child("Transform", Part::Transform, 1, 2)] }),
            Part::KeyInfo => Choice(
                const {
                    &[
                        child("KeyName", Part::Ignored, 0, 1),
                        child("KeyValue", Part::Ignored, 0, 1),
                        child("X509Data", Part::X509Data, 0, 1),
                    ]
                },
            ),
            Part::X509Data => Choice(
                const {
                    &[
                        child("X509Certificate", Part::X509Certificate, 0, 1),
                        child("X509SubjectName", Part::Ignored, 0, 1),
                        child("X509IssuerSerial", Part::Ignored, 0, 1),
                        child("X509SKI", Part::Ignored, 0, 1),
                        child("X509CRL", Part::Ignored, 0, 1),
                        Child {
                            namespace: DSIG11,
                            local: "X509Digest",
                            part: Part::Ignored,
                            min: 0,
                            max: 1,
                        },
                    ]
                },
            ),
            Part::Object => Sequence(
                const {
                    &[xades(
                        "QualifyingProperties",
                        Part::QualifyingProperties,
                        1,
                        1,
                    )]
                },
            ),
            Part::QualifyingProperties => {
                Sequence(const { &[xades("SignedProperties", Part::SignedProperties, 1, 1)] })
            }
            Part::SignedProperties => Sequence(
                const {
                    &[
                        xades(
                            "SignedSignatureProperties",
                            Part::SignedSignatureProperties,
                            0,
                            1,
                        ),
                        xades("SignedDataObjectProperties", Part::Property, 0, 1),
                    ]
                },
            ),
            Part::SignedSignatureProperties => Choice(
                const {
                    &[
                        xades("SigningTime", Part::SigningTime, 0, 1),
                        xades("SigningCertificate", Part::SigningCertificate, 0, 1),
                        xades("SigningCertificateV2", Part::SigningCertificate, 0, 1),
                        xades("SignaturePolicyIdentifier", Part::Property, 0, 1),
                        xades("SignatureProductionPlace", Part::Property, 0, 1),
                        xades("SignatureProductionPlaceV2", Part::Property, 0, 1),
                        xades("SignerRole", Part::Property, 0, 1),
                        xades("SignerRoleV2", Part::Property, 0, 1),
                    ]
                },
            ),
            Part::SigningCertificate => {
                Sequence(const { &[xades("Cert", Part::Cert, 1, usize::MAX)] })
            }
            Part::Cert => Sequence(
                const {
                    &[
                        xades("CertDigest", Part::CertDigest, 1, 1),
                        xades("IssuerSerial", Part::Property, 0, 1),
                        xades("IssuerSerialV2", Part::Property, 0, 1),
                    ]
                },
            ),
            Part::CertDigest => Sequence(
                const {
                    &[
                        child("DigestMethod", Part::CertDigestMethod, 1, 1),
                        child("DigestValue", Part::CertDigestValue, 1, 1),
                    ]
                },
            ),
            Part::CanonicalizationMethod
            | Part::SignatureMethod
            | Part::Transform
            | Part::DigestMethod
            | Part::CertDigestMethod => Nothing,
            Part::DigestValue
            | Part::SignatureValue
            | Part::X509Certificate
            | Part::SigningTime
            | Part::CertDigestValue
            | Part::Ignored
            | Part::Property => Text,
        }
    }

    /// The attributes without a prefix that may stand in it.
    fn attributes(self) -> &'static [&'static str] {
        match self {
            Part::CanonicalizationMethod
            | Part::SignatureMethod
            | Part::Transform
            | Part::DigestMethod
            | Part::CertDigestMethod => &["Algorithm"],
            Part::Reference => &["Id", "URI", "Type"],
            Part::QualifyingProperties => &["Id", "Target"],
            Part::Cert => &["URI"],
            Part::Signature
            | Part::SignedInfo
            | Part::SignatureValue
            | Part::KeyInfo
            | Part::Object
            | Part::SignedProperties
            | Part::SignedSignatureProperties => &["Id"],
            _ => &[],
        }
    }

    /// Whether the schema lets signers put other elements here than are judged.
    fn is_open(self) -> bool {
        self.is_mixed()
            || matches!(self, Part::X509Data | Part::QualifyingProperties)
            || self == Part::SignedSignatureProperties
    }

    /// Whether the schema lets signers put other elements and text here.
    pub(super) fn is_mixed(self) -> bool {
        matches!(
            self,
            Part::CanonicalizationMethod
                | Part::SignatureMethod
                | Part::Transform
                | Part::DigestMethod
                | Part::CertDigestMethod
                | Part::KeyInfo
                | Part::Object
        )
    }

    /// Whether the schema lets signers put more children of a kind here than are judged.
    fn repeats(self, child: Part) -> bool {
        matches!(
            (self, child),
            (Part::SignedInfo, Part::Reference)
                | (Part::Transforms, Part::Transform)
                | (Part::Signature, Part::Object)
                | (Part::Object, _)
        )
    }

    /// Whether nobody looks at what it holds.
    pub(super) fn is_passed_over(self) -> bool {
        matches!(self, Part::Ignored | Part::Property)
    }

    /// Whether text may stand in it.
    pub(super) fn takes_text(self) -> bool {
        matches!(self.content(), Content::Text)
    }

    /// Refuses attributes that the grammar does not know.
    pub(super) fn check_attributes(self, tag: &StartTag<'_>) -> Result<(), Refusal> {
        if self.is_passed_over() {
            return Ok(());
        }
        for attribute in tag.attributes() {
            if attribute.namespace() != Namespace::None {
                return Err(Refusal::foreign_part(self.name()));
            }
            if !self.attributes().contains(&attribute.local()) {
                // The schema knows two more, which say how to read an Object.
                return Err(match (self, attribute.local()) {
                    (Part::Object, "MimeType" | "Encoding") => Refusal::foreign_part("Object"),
                    _ => Refusal::malformed(self.name()),
                });
            }
        }
        Ok(())
    }
}

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) part: Part,
    /// Where one is in its sequence, and how often that child was seen.
    at: usize,
    seen: usize,
}

impl Frame {
    pub(super) fn new(part: Part) -> Self {
        Frame {
            part,
            at: 0,
            seen: 0,
        }
    }

    /// What a child is.
    pub(super) fn enter(&mut self, tag: &StartTag<'_>) -> Result<Part, Refusal> {
        let namespace = tag.namespace();
        if tag.local() == "Signature" && namespace.is(DSIG) {
            return Err(Refusal::invalid(ReasonCode::SignatureRepeated));
        }
        let is = |child: &Child| child.local == tag.local() && namespace.is(child.namespace);
        let found = match self.part.content() {
            Content::Sequence(children) => {
                let later = children.get(self.at..).unwrap_or_default();
                let found = later.iter().position(is);
                match found.and_then(|skipped| Some((skipped, later.get(skipped)?))) {
                    Some((0, child)) if self.seen < child.max => {
                        self.seen += 1;
                        Some(child.part)
                    }
                    Some((0, child)) if self.part.repeats(child.part) => {
                        return Err(Refusal::foreign_part(self.part.name()));
                    }
                    Some((0, _)) => return Err(Refusal::malformed(self.part.name())),
                    Some((skipped, child)) => {
                        if !self.may_go_on(later, skipped) {
                            return Err(Refusal::malformed(self.part.name()));
                        }
                        self.at += skipped;
                        self.seen = 1;
                        Some(child.part)
                    }
                    None => None,
                }
            }
            Content::Choice(children) => children.iter().find(|child| is(child)).map(|c| c.part),
            Content::Text if self.part.is_passed_over() => {
                let known = [DSIG, DSIG11, XADES];
                let known = namespace.uri().is_some_and(|uri| known.contains(&uri));
                return if known {
                    Ok(self.part)
                } else {
                    Err(Refusal::foreign_part(self.part.name()))
                };
            }
            Content::Text | Content::Nothing => None,
        };
        match found {
            Some(part) => Ok(part),
            None if self.part.is_open() => Err(Refusal::foreign_part(self.part.name())),
            None => Err(Refusal::malformed(self.part.name())),
        }
    }

    /// Whether the children from where one is, and `skipped` of them, need not come any more.
    fn may_go_on(&self, later: &[Child], skipped: usize) -> bool {
        let mut passed = later.iter().take(skipped);
        passed.next().is_none_or(|child| self.seen >= child.min)
            && passed.all(|child| child.min == 0)
    }

    /// Its end: nothing may be missing.
    pub(super) fn leave(&self) -> Result<(), Refusal> {
        let Content::Sequence(children) = self.part.content() else {
            return Ok(());
        };
        let later = children.get(self.at..).unwrap_or_default();
        if self.may_go_on(later, later.len()) {
            Ok(())
        } else if self.part == Part::Object {
            Err(Refusal::foreign_part("Object"))
        } else {
            Err(Refusal::malformed(self.part.name()))
        }
    }
}
