//! The algorithms of signatures: what may be used, its names in XML, and the check of a value.

use std::fmt;

use ring::signature as ring_signature;

/// A digest that a signature may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// Every digest.
    pub const ALL: [DigestAlgorithm; 3] = [
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
    ];

    /// Its identifier in XML signatures (XML Encryption, RFC 9231).
    pub fn uri(self) -> &'static str {
        match self {
            DigestAlgorithm::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            DigestAlgorithm::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            DigestAlgorithm::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    /// The digest of an identifier; `None` for every other text.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| digest.uri() == uri)
    }

    /// Bytes of a digest.
    pub fn length(self) -> usize {
        self.ring().output_len()
    }

    pub(crate) fn ring(self) -> &'static ring::digest::Algorithm {
        match self {
            DigestAlgorithm::Sha256 => &ring::digest::SHA256,
            DigestAlgorithm::Sha384 => &ring::digest::SHA384,
            DigestAlgorithm::Sha512 => &ring::digest::SHA512,
        }
    }
}

/// What signs: the whole list. HMAC and SHA-1 are not in it, so nothing can be made to use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSA PKCS#1 v1.5.
    RsaPkcs1(DigestAlgorithm),
    /// RSA-PSS, MGF1 and salt of the same digest.
    RsaPss(DigestAlgorithm),
    /// ECDSA on P-256 with SHA-256; the value is r and s, 32 bytes each.
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384; the value is r and s, 48 bytes each.
    EcdsaP384,
}

impl SignatureAlgorithm {
    /// Every algorithm.
    pub const ALL: [SignatureAlgorithm; 8] = [
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384),
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512),
        SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha256),
        SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha384),
        SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha512),
        SignatureAlgorithm::EcdsaP256,
        SignatureAlgorithm::EcdsaP384,
    ];

    /// Its identifier in XML signatures (RFC 9231).
    pub fn uri(self) -> &'static str {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        match self {
            SignatureAlgorithm::RsaPkcs1(Sha256) => {
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
            }
            SignatureAlgorithm::RsaPkcs1(Sha384) => {
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
            }
            SignatureAlgorithm::RsaPkcs1(Sha512) => {
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
            }
            SignatureAlgorithm::RsaPss(Sha256) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
            }
            SignatureAlgorithm::RsaPss(Sha384) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
            }
            SignatureAlgorithm::RsaPss(Sha512) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
            }
            SignatureAlgorithm::EcdsaP256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            SignatureAlgorithm::EcdsaP384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }

    /// The algorithm of an identifier; `None` for every other text.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }

    /// The algorithm of a name as `signature.algorithm` has it, e.g. `ecdsa-sha256`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.to_string() == name)
    }

    /// The digest it takes.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::RsaPss(digest) => digest,
            SignatureAlgorithm::EcdsaP256 => DigestAlgorithm::Sha256,
            SignatureAlgorithm::EcdsaP384 => DigestAlgorithm::Sha384,
        }
    }

    fn verification(self) -> &'static dyn ring_signature::VerificationAlgorithm {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        match self {
            SignatureAlgorithm::RsaPkcs1(Sha256) => &ring_signature::RSA_PKCS1_2048_8192_SHA256,
            SignatureAlgorithm::RsaPkcs1(Sha384) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
            SignatureAlgorithm::RsaPkcs1(Sha512) => &ring_signature::RSA_PKCS1_2048_8192_SHA512,
            SignatureAlgorithm::RsaPss(Sha256) => &ring_signature::RSA_PSS_2048_8192_SHA256,
            SignatureAlgorithm::RsaPss(Sha384) => &ring_signature::RSA_PSS_2048_8192_SHA384,
            SignatureAlgorithm::RsaPss(Sha512) => &ring_signature::RSA_PSS_2048_8192_SHA512,
            SignatureAlgorithm::EcdsaP256 => &ring_signature::ECDSA_P256_SHA256_FIXED,
            SignatureAlgorithm::EcdsaP384 => &ring_signature::ECDSA_P384_SHA384_FIXED,
        }
    }

    /// Whether `value` is this algorithm's signature of `message` under the key. A key of
    /// another family, a short or weak one, never matches: see [`PublicKey::fits`].
    pub(crate) fn verifies(self, key: &PublicKey, message: &[u8], value: &[u8]) -> bool {
        key.fits(self)
            && ring_signature::UnparsedPublicKey::new(self.verification(), &key.bytes)
                .verify(message, value)
                .is_ok()
    }
}

impl fmt::Display for SignatureAlgorithm {
    /// What stands behind the `#` of the identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri().rsplit('#').next().unwrap_or_default())
    }
}

/// The family of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with so many bits, and an odd exponent of at least 65537 or not.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
        /// Whether the exponent is odd and at least 65537.
        sound_exponent: bool,
    },
    /// The curve P-256.
    P256,
    /// The curve P-384.
    P384,
    /// Anything else; signs nothing here.
    Other,
}

/// A public key out of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its family and size.
    pub kind: KeyKind,
    /// The content of the certificate's `subjectPublicKey`.
    pub(crate) bytes: Vec<u8>,
}

impl PublicKey {
    /// The smallest RSA modulus that is taken, in bits.
    pub const MIN_RSA_BITS: usize = 2048;

    /// Whether the key belongs to the algorithm's family and is strong enough.
    pub fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match (self.kind, algorithm) {
            (
                KeyKind::Rsa {
                    bits,
                    sound_exponent,
                },
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_),
            ) => bits >= Self::MIN_RSA_BITS && sound_exponent,
            (KeyKind::P256, SignatureAlgorithm::EcdsaP256)
            | (KeyKind::P384, SignatureAlgorithm::EcdsaP384) => true,
            _ => false,
        }
    }

    /// Bytes of a signature value by this key; `None` where it signs nothing here.
    pub fn signature_length(&self) -> Option<usize> {
        match self.kind {
            KeyKind::Rsa { bits, .. } => Some(bits.div_ceil(8)),
            KeyKind::P256 => Some(64),
            KeyKind::P384 => Some(96),
            KeyKind::Other => None,
        }
    }
}
