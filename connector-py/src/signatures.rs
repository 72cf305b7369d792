//! Signing and verifying.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use lienthong::Language;
use lienthong::axis::HttpFetch;
use lienthong::bytes::{Kept, new_file};
use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::crypto::keys::FileSigner;
use lienthong::environment::Environment;
use lienthong::packet::Discard;
use lienthong::signature::seal::seal_packet;
use lienthong::signature::{Policy, xmldsig};
use pyo3::prelude::*;
use secrecy::SecretString;

use crate::call::{Failure, Result, call};
use crate::config::Config;
use crate::packet::Packet;

/// A key from a file.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Signer(Arc<FileSigner>);

impl Signer {
    pub(crate) fn shared(&self) -> Arc<FileSigner> {
        Arc::clone(&self.0)
    }
}

#[pymethods]
impl Signer {
    #[new]
    fn new(
        py: Python<'_>,
        key: PathBuf,
        certificates: Option<PathBuf>,
        password: Option<String>,
        algorithm: Option<String>,
    ) -> PyResult<Self> {
        let password = password.map(SecretString::from);
        call(py, "signer.open", || {
            let algorithm = algorithm.map(|name| {
                SignatureAlgorithm::from_name(&name)
                    .ok_or_else(|| Failure::argument("algorithm", "see signature.algorithm"))
            });
            let signer = FileSigner::open(
                &key,
                certificates.as_deref(),
                password.as_ref(),
                algorithm.transpose()?,
            )?;
            Ok(Signer(Arc::new(signer)))
        })
    }
}

/// Copies a packet into a new file, sealed and signed as it is wanted; gives its length.
#[pyfunction]
pub(crate) fn sign(
    py: Python<'_>,
    packet: &Packet,
    path: PathBuf,
    overwrite: bool,
    seal: Option<&Signer>,
    sign: Option<&Signer>,
) -> PyResult<u64> {
    call(py, "packet.sign", || {
        let options = packet.options();
        let mut source = packet.open()?;
        if let Some(signer) = seal {
            let sealed = Kept::written(|sealed| -> Result<u64> {
                Ok(seal_packet(&mut source, &options, &*signer.0, sealed)?)
            })?;
            source = Box::new(sealed.reader());
        }
        new_file(&path, overwrite, |file| match sign {
            Some(signer) => {
                let options = xmldsig::SignOptions::default();
                Ok(xmldsig::sign(source, file, &*signer.0, &options)?)
            }
            None => Ok(std::io::copy(&mut source, file)?),
        })
    })
}

/// The report, whether it meets the policy, and what is missing otherwise (English, Vietnamese).
pub(crate) type Judged = (String, bool, Option<(String, String)>);

/// Anchors, organs and revocation, by the keys `signature.…`.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Verifier(lienthong::signature::Verifier);

#[pymethods]
impl Verifier {
    #[new]
    fn new(py: Python<'_>, config: &Config) -> PyResult<Self> {
        call(py, "verifier.open", || {
            let config = config.copy();
            Ok(Verifier(lienthong::signature::Verifier::from_config(
                &config,
                Some(Arc::new(HttpFetch::from_config(&config))),
                &Environment::system(),
            )?))
        })
    }

    /// Why the trust folder or the map of organs could not be read again, if so.
    fn problem(&self, py: Python<'_>) -> PyResult<Option<String>> {
        call(py, "verifier.problem", || Ok(self.0.problem()))
    }
}

impl Verifier {
    pub(crate) fn judge(&self, packet: &Packet, policy: &str, at: SystemTime) -> Result<Judged> {
        let policy: Policy = policy.parse().map_err(|_| {
            Failure::argument("policy", "not record, require-seal, require-packet, strict")
        })?;
        let verified = self
            .0
            .verify(packet.open()?, &packet.options(), at, &mut Discard)?;
        let report = &verified.report;
        let complaint = policy
            .complaint(report, Language::English)
            .zip(policy.complaint(report, Language::Vietnamese));
        Ok((report.to_json(), policy.is_met(report), complaint))
    }
}
