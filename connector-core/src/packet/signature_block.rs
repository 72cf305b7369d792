//! What a header's signature block is before anything is verified.

use super::element::Node;
use super::received::SignatureState;
use crate::crypto::digest::{hex, sha256};
use crate::finding::FindingCode;

/// The namespace of XML signatures.
pub(crate) const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// SHA-256 of the SignatureValue that every sample packet carries (344 characters).
const STUB_VALUE: &str = "8c88b59e6ceda796cd17b7d3cf98fd8fd9b84e07bbc16529c92c23c62fc4feaa";
/// The "certificate" and the subject that go with it (observed).
const STUB_CERTIFICATE: &str = "MIIFqTCCBJG";
const STUB_SUBJECT: &str = "CN=user05";

/// Judges a `Signature` or `DigitalSignature` element.
pub(crate) fn judge(node: &Node, namespace: Option<&str>) -> SignatureState {
    let mut facts = Facts::default();
    facts.look(node);
    if facts.stub {
        SignatureState::KnownStub
    } else if !facts.has_text {
        SignatureState::Empty
    } else if namespace == Some(XMLDSIG) {
        SignatureState::Unverified
    } else {
        SignatureState::Placeholder
    }
}

/// The finding for a state; every state has one.
pub(crate) fn finding(state: SignatureState) -> FindingCode {
    match state {
        SignatureState::Absent => FindingCode::SignatureAbsent,
        SignatureState::Empty => FindingCode::SignatureEmpty,
        SignatureState::KnownStub => FindingCode::SignatureStub,
        SignatureState::Placeholder => FindingCode::SignaturePlaceholder,
        SignatureState::Unverified => FindingCode::SignatureUnverifiable,
    }
}

#[derive(Default)]
struct Facts {
    stub: bool,
    has_text: bool,
}

/// Whether a text without white space is the SignatureValue of the stub.
pub(crate) fn is_stub_value(text: &str) -> bool {
    text.len() == 344 && hex(&sha256(text.as_bytes())) == STUB_VALUE
}

/// Whether a text without white space is the "certificate" of the stub.
pub(crate) fn is_stub_certificate(text: &str) -> bool {
    text == STUB_CERTIFICATE
}

impl Facts {
    fn look(&mut self, node: &Node) {
        let text: String = node.text.split_ascii_whitespace().collect();
        self.has_text |= !text.is_empty();
        self.stub |= match &*node.name {
            "SignatureValue" => is_stub_value(&text),
            "X509Certificate" => is_stub_certificate(&text),
            "X509SubjectName" => text.split(',').any(|part| part == STUB_SUBJECT),
            _ => false,
        };
        // Depth is bounded by the tokeniser's limit.
        node.children.iter().for_each(|child| self.look(child));
    }
}
