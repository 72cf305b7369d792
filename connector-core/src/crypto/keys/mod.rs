//! Keys in files: PEM, PKCS#8, PKCS#1, SEC1 and PKCS#12, and the signer that uses one.
//!
//! ring signs. What opens encrypted files never sees a message. The bytes of a key are wiped
//! where this library holds them (the file as read, what was decrypted, the password's forms);
//! ring's own form of the key stays in memory as long as the signer and is not wiped after it,
//! and neither are copies that a cipher makes of its key schedule.

mod encryption;
mod file;
mod pkcs12;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding,
};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use x509_parser::prelude::{FromDer, X509Certificate};

use self::encryption::Password;
use self::file::{Contents, PrivateKey, Unreadable};
use super::algorithm::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
use super::signer::Signer;
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};

/// No key file is longer.
const MAX_FILE: u64 = 4 << 20;
/// Where a signer comes from, in errors.
const OPERATION: &str = "signer.open";

/// Signs with a key from a file. Any number of threads may use it at once.
///
/// `Debug` shows the algorithm only.
pub struct FileSigner {
    key: Key,
    algorithm: SignatureAlgorithm,
    certificates: Vec<Vec<u8>>,
    random: SystemRandom,
}

enum Key {
    Rsa(rsa::KeyPair),
    Curve(EcdsaKeyPair),
}

impl FileSigner {
    /// Opens a key file and, where the certificates are not in it, a file of certificates.
    ///
    /// The key may be PEM or DER; PKCS#8, encrypted (PBES2, or a scheme of PKCS#12) or not,
    /// PKCS#1, SEC1, or PKCS#12. The certificates may be PEM, several in a file, or one in DER.
    /// The one of the key is found among them; those that lead on from it follow in order, the
    /// others are left out. Without an algorithm it is `rsa-sha256`, or the curve's own.
    ///
    /// # Errors
    /// `io` for a file that cannot be read, `key-unreadable` for one without a usable key,
    /// `key-password` where a password is missing or wrong, `key-unsuitable` for a key that is
    /// too weak or does not fit the algorithm, `key-certificate` where no certificate belongs
    /// to the key.
    pub fn open(
        key: &Path,
        certificates: Option<&Path>,
        password: Option<&SecretString>,
        algorithm: Option<SignatureAlgorithm>,
    ) -> Result<Self> {
        let named = |error: Error, path: &Path| error.with("file", path.display().to_string());
        let certificates = match certificates {
            None => None,
            Some(path) => Some(read(path).map_err(|error| named(error, path))?),
        };
        read(key)
            .and_then(|bytes| {
                let certificates = certificates.as_ref().map(|bytes| bytes.as_slice());
                Self::from_bytes(&bytes, certificates, password, algorithm)
            })
            .map_err(|error| named(error, key))
    }

    /// The same, of bytes.
    ///
    /// # Errors
    /// As [`FileSigner::open`].
    pub fn from_bytes(
        key: &[u8],
        certificates: Option<&[u8]>,
        password: Option<&SecretString>,
        algorithm: Option<SignatureAlgorithm>,
    ) -> Result<Self> {
        let password = password.map(|password| Password::new(password.expose_secret()));
        let found = file::read(key, password.as_ref()).map_err(unreadable)?;
        let mut all = Vec::new();
        if let Some(certificates) = certificates {
            let apart = file::read(certificates, None).map_err(|_| {
                Error::new(ErrorKind::KeyCertificate, OPERATION).with("certificates", "unreadable")
            })?;
            all.extend(apart.certificates);
        }
        all.extend(found.certificates.iter().cloned());
        if found.keys.is_empty() {
            return Err(unreadable(Unreadable::Form("no key in it")));
        }
        let (key, kind, own) = Self::pair(&found, &all)?;
        let algorithm = fitting(kind, algorithm)?;
        Ok(FileSigner {
            key,
            algorithm,
            certificates: chain(&all, own),
            random: SystemRandom::new(),
        })
    }

    /// The signer of `signature.key_file`, with the keys beside it; `None` where none is set.
    ///
    /// # Errors
    /// As [`FileSigner::open`].
    pub fn from_config(config: &Config) -> Result<Option<Self>> {
        let Some(key) = config.text("signature.key_file") else {
            return Ok(None);
        };
        let certificates = config.text("signature.certificate_file").map(Path::new);
        let algorithm = config
            .text("signature.algorithm")
            .and_then(SignatureAlgorithm::from_name);
        let password = config.secret("signature.key_password");
        Self::open(Path::new(key), certificates, password, algorithm).map(Some)
    }

    /// The key that a certificate belongs to, and where in the list that stands.
    fn pair(found: &Contents, certificates: &[Vec<u8>]) -> Result<(Key, KeyKind, usize)> {
        let mut last = Error::new(ErrorKind::KeyCertificate, OPERATION);
        for key in &found.keys {
            match matched(key, certificates) {
                Ok(pair) => return Ok(pair),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Signer for FileSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::new(ErrorKind::SigningFailed, "signer.sign");
        match &self.key {
            Key::Rsa(key) => {
                let mut value = vec![0; key.public().modulus_len()];
                key.sign(padding(self.algorithm), &self.random, message, &mut value)
                    .map_err(failed)?;
                Ok(value)
            }
            Key::Curve(key) => {
                let value = key.sign(&self.random, message).map_err(failed)?;
                Ok(value.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for FileSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSigner")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let io = |error| Error::io(OPERATION, error);
    let file = File::open(path).map_err(io)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(unreadable(Unreadable::Form("longer than any key file")));
    }
    Ok(bytes)
}

fn unreadable(why: Unreadable) -> Error {
    match why {
        Unreadable::Password => Error::new(ErrorKind::KeyPassword, OPERATION),
        Unreadable::Form(form) => {
            Error::new(ErrorKind::KeyUnreadable, OPERATION).with("reason", form)
        }
    }
}

/// The key in ring's form, with the certificate that has its public half.
fn matched(key: &PrivateKey, certificates: &[Vec<u8>]) -> Result<(Key, KeyKind, usize)> {
    let unsuitable =
        |why: String| Error::new(ErrorKind::KeyUnsuitable, OPERATION).with("reason", why);
    let none = || Error::new(ErrorKind::KeyCertificate, OPERATION);
    let public = |der: &[u8]| {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(certificate.public_key().subject_public_key.data.to_vec())
    };
    let mut publics = certificates.iter().map(|der| public(der));
    match key {
        PrivateKey::Rsa(bytes) => {
            let pair = rsa::KeyPair::from_der(bytes).map_err(|why| unsuitable(why.to_string()))?;
            let own = pair.public_key().as_ref().to_vec();
            let place = publics.position(|public| public.as_ref() == Some(&own));
            let kind = KeyKind::Rsa {
                bits: pair.public().modulus_len() * 8,
                sound_exponent: true,
            };
            Ok((Key::Rsa(pair), kind, place.ok_or_else(none)?))
        }
        PrivateKey::Curve(kind, number) => {
            let algorithm = match kind {
                KeyKind::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
                KeyKind::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
                _ => return Err(unsuitable("neither RSA nor P-256 nor P-384".to_owned())),
            };
            // A file need not hold the public half; the certificate does.
            let random = SystemRandom::new();
            for (place, public) in publics.enumerate() {
                let Some(public) = public else { continue };
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    algorithm, number, &public, &random,
                );
                if let Ok(pair) = pair {
                    return Ok((Key::Curve(pair), *kind, place));
                }
            }
            Err(none())
        }
    }
}

/// The algorithm, if the key can use it; without one the usual.
fn fitting(kind: KeyKind, wanted: Option<SignatureAlgorithm>) -> Result<SignatureAlgorithm> {
    let usual = match kind {
        KeyKind::P256 => SignatureAlgorithm::EcdsaP256,
        KeyKind::P384 => SignatureAlgorithm::EcdsaP384,
        _ => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
    };
    match (wanted, usual) {
        (None, usual) => Ok(usual),
        (
            Some(wanted @ (SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_))),
            SignatureAlgorithm::RsaPkcs1(_),
        ) => Ok(wanted),
        (Some(wanted), usual) if wanted == usual => Ok(wanted),
        (Some(wanted), _) => {
            Err(Error::new(ErrorKind::KeyUnsuitable, OPERATION)
                .with("algorithm", wanted.to_string()))
        }
    }
}

fn padding(algorithm: SignatureAlgorithm) -> &'static dyn RsaEncoding {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(Sha384) => &RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaPkcs1(Sha512) => &RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPss(Sha256) => &RSA_PSS_SHA256,
        SignatureAlgorithm::RsaPss(Sha384) => &RSA_PSS_SHA384,
        SignatureAlgorithm::RsaPss(Sha512) => &RSA_PSS_SHA512,
        // The curves never come here: their keys are of another kind.
        _ => &RSA_PKCS1_SHA256,
    }
}

/// The certificate at `own`, then each one's issuer as far as they are there.
fn chain(all: &[Vec<u8>], own: usize) -> Vec<Vec<u8>> {
    let mut left: Vec<(usize, X509Certificate<'_>)> = all
        .iter()
        .enumerate()
        .filter_map(|(place, der)| Some((place, X509Certificate::from_der(der).ok()?.1)))
        .collect();
    let mut chain = Vec::new();
    let mut next = left.iter().position(|(place, _)| *place == own);
    while let Some(found) = next {
        let (_, certificate) = left.swap_remove(found);
        chain.push(certificate.as_raw().to_vec());
        let issuer = certificate.issuer().as_raw();
        next = (certificate.subject().as_raw() != issuer)
            .then(|| {
                left.iter()
                    .position(|(_, other)| other.subject().as_raw() == issuer)
            })
            .flatten();
    }
    chain
}
