//! What a connector does about signatures: signs and seals what is sent, judges what came.

use std::io::{Read, Seek, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::SpooledTempFile;

use crate::axis::HttpFetch;
use crate::config::Config;
use crate::crypto::keys::FileSigner;
use crate::crypto::signer::Signer;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::Millis;
use crate::exchange::reading::{self, Reading};
use crate::finding::Language;
use crate::packet::{Discard, OutgoingDocument, ReadOptions};
use crate::signature::xmldsig::{SignOptions, sign_to_pipe};
use crate::signature::{Policy, Verifier};

/// Unsigned packets longer than this wait in a temporary file.
const IN_MEMORY: usize = 256 * 1024;

pub(crate) struct Signatures {
    verifier: Verifier,
    policy: Policy,
    signer: Option<Arc<dyn Signer>>,
    sign: bool,
    sign_options: SignOptions,
    seal_for: SealFor,
}

/// Whose documents get a seal.
enum SealFor {
    Nobody,
    All,
    Organs(Vec<String>),
}

impl SealFor {
    fn includes(&self, document: &OutgoingDocument) -> bool {
        match self {
            SealFor::Nobody => false,
            SealFor::All => true,
            SealFor::Organs(organs) => document
                .document()
                .to
                .iter()
                .filter_map(|organ| organ.organ_id.as_ref())
                .any(|id| organs.iter().any(|organ| organ == id.as_str())),
        }
    }
}

impl Signatures {
    pub(crate) fn of(
        config: &Config,
        environment: &Environment,
        signer: Option<Arc<dyn Signer>>,
    ) -> Result<Self> {
        let signer = match signer {
            Some(signer) => Some(signer),
            None => {
                FileSigner::from_config(config)?.map(|signer| Arc::new(signer) as Arc<dyn Signer>)
            }
        };
        let sign = config.flag("signature.sign");
        let seal_for = match config.text("signature.seal_for") {
            None => SealFor::Nobody,
            Some("all") => SealFor::All,
            Some(list) => SealFor::Organs(
                list.split(',')
                    .map(|organ| organ.trim().to_owned())
                    .collect(),
            ),
        };
        if signer.is_none() && (sign || !matches!(seal_for, SealFor::Nobody)) {
            return Err(Error::new(ErrorKind::ConfigMissing, "connector.open")
                .with("key", "signature.key_file"));
        }
        let fetch = Arc::new(HttpFetch::from_config(config));
        let policy = config.get("signature.policy").unwrap_or_default();
        Ok(Signatures {
            verifier: Verifier::from_config(config, Some(fetch), environment)?,
            policy: policy.parse().unwrap_or(Policy::Strict),
            signer,
            sign,
            sign_options: SignOptions::from_config(config),
            seal_for,
        })
    }

    /// Writes a document as it is to be sent.
    pub(crate) fn write(
        &self,
        document: &mut OutgoingDocument,
        out: &mut (dyn Write + Send),
    ) -> Result<()> {
        let Some(signer) = &self.signer else {
            return document.write_to(out).map(drop);
        };
        if self.seal_for.includes(document) {
            document.seal(Arc::clone(signer));
        }
        if !self.sign {
            return document.write_to(out).map(drop);
        }
        // What is stored is digested as it is written, so nothing in it can be filled in later:
        // two passes over the unsigned packet.
        let io = |error| Error::io("connector.send", error);
        let mut unsigned = SpooledTempFile::new(IN_MEMORY);
        document.write_to(&mut unsigned)?;
        unsigned.rewind().map_err(io)?;
        sign_to_pipe(unsigned, out, &**signer, &self.sign_options).map(drop)
    }

    /// Reads a packet that came, and judges its signatures.
    pub(crate) fn read(
        &self,
        source: impl Read,
        options: &ReadOptions,
        now: Millis,
    ) -> Result<Reading> {
        let now = Duration::from_millis(u64::try_from(now).unwrap_or_default());
        let at = SystemTime::UNIX_EPOCH + now;
        let verified = self.verifier.verify(source, options, at, &mut Discard)?;
        let mut reading = reading::facts(verified.packet);
        if let Reading::Document(facts) = &mut reading {
            let complaint = |language| self.policy.complaint(&verified.report, language);
            facts.complaint = complaint(Language::Vietnamese)
                .zip(complaint(Language::English))
                .map(|(vietnamese, english)| format!("{vietnamese} / {english}"));
            facts.report = Some(verified.report.to_json());
        }
        Ok(reading)
    }
}
