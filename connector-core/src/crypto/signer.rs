//! Who signs: a key in a file, a token, a service.

use super::algorithm::SignatureAlgorithm;
use crate::error::Result;

/// Makes signature values with a key that this library need not see: a file, a token, a
/// remote service, a callback of the host.
///
/// A signer is used from several threads at once.
pub trait Signer: Send + Sync {
    /// The algorithm of its values. It does not change.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Its certificates in DER: the one of its key first, then those that lead to an anchor,
    /// each followed by its issuer. The anchor itself may be left out.
    fn certificates(&self) -> &[Vec<u8>];

    /// The signature value of a message. RSA: as long as the modulus. ECDSA: r and s side by
    /// side, each as long as the order of the curve.
    ///
    /// The message is the canonical form of a `SignedInfo`, some kilobytes, never the packet;
    /// its digest is the signer's work.
    ///
    /// # Errors
    /// Whatever stands in the way, with the retry that is true for it: nothing is sent without
    /// a signature that was asked for.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}
