//! The trust folder: certificates and revocation lists as an operator lays them down.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::certificate::Certificate;
use super::crl::Crl;
use super::facts::Facts;
use super::source::{Fetch, Sources};
use super::watched::{Read, Stamp, Watched};
use super::{Options, Trust};
use crate::config::Config;
use crate::crypto::pem;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "trust.read";

/// What was read so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) certificates: Vec<Facts>,
    pub(super) lists: Vec<Arc<Crl>>,
}

/// Whether a file of the folder counts, by its name.
fn counts(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    ["pem", "crt", "cer", "crl"].contains(&ending.as_str())
}

fn refused(name: &str, reason: &'static str) -> Error {
    Error::new(ErrorKind::TrustUnreadable, OPERATION)
        .with("file", name.to_owned())
        .with("reason", reason)
}

impl Found {
    /// Reads one file: PEM with any number of certificates and lists, or one of them in DER.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let blocks = pem::blocks(bytes).ok_or_else(|| refused(name, "broken PEM"))?;
        if blocks.is_empty() {
            return if counts_as_list(name) {
                self.list(name, bytes)
            } else {
                self.certificate(name, bytes)
            };
        }
        for block in &blocks {
            match block.label.as_str() {
                "CERTIFICATE" | "X509 CERTIFICATE" => self.certificate(name, &block.content)?,
                "X509 CRL" => self.list(name, &block.content)?,
                label if label.ends_with("PRIVATE KEY") => {
                    return Err(refused(name, "a private key does not belong here"));
                }
                _ => return Err(refused(name, "neither a certificate nor a revocation list")),
            }
        }
        Ok(())
    }

    fn certificate(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let certificate = Certificate::from_der(bytes);
        let facts = certificate.as_ref().and_then(Facts::of);
        let facts = facts.ok_or_else(|| refused(name, "no readable certificate"))?;
        let known = self
            .certificates
            .iter()
            .any(|known| known.certificate == facts.certificate);
        if !known {
            self.certificates.push(facts);
        }
        Ok(())
    }

    fn list(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let list = Crl::from_der(bytes);
        let list = list.ok_or_else(|| refused(name, "no readable revocation list"))?;
        self.lists.push(Arc::new(list));
        Ok(())
    }
}

fn counts_as_list(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".crl")
}

struct InFolder {
    folder: PathBuf,
    options: Options,
}

impl InFolder {
    fn io(&self, error: std::io::Error) -> Error {
        Error::io(OPERATION, error).with("folder", self.folder.display().to_string())
    }
}

impl Read for InFolder {
    type Value = Trust;

    fn stamp(&self) -> Result<Stamp> {
        let mut stamp = Stamp::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| self.io(error))? {
            let path = entry.map_err(|error| self.io(error))?.path();
            if !counts(&path) {
                continue;
            }
            // A file that vanished between the two looks is none.
            if let Ok(about) = fs::metadata(&path)
                && about.is_file()
            {
                stamp.push((path, about.len(), about.modified().ok()));
            }
        }
        stamp.sort();
        Ok(stamp)
    }

    fn read(&self) -> Result<Trust> {
        let mut found = Found::default();
        for (path, ..) in self.stamp()? {
            let name = path.display().to_string();
            let io = |error| Error::io(OPERATION, error).with("file", name.clone());
            let limit = self.options.max_list as u64;
            let mut bytes = Vec::new();
            File::open(&path)
                .map_err(io)?
                .take(limit + 1)
                .read_to_end(&mut bytes)
                .map_err(io)?;
            if bytes.len() as u64 > limit {
                return Err(refused(&name, "longer than signature.max_crl"));
            }
            found.add(&name, &bytes)?;
        }
        Ok(Trust::new(found, self.options.clone()))
    }
}

/// A trust folder that is read again when it changes.
///
/// An operator may add, replace and remove files while the program runs. Where a change cannot
/// be read, what was read before stays in force, and [`TrustFolder::problem`] and the log say
/// so; at the start it is an error.
pub struct TrustFolder(Watched<InFolder>);

impl TrustFolder {
    /// Opens a folder and looks for changes at most every `interval`, when it is used.
    ///
    /// # Errors
    /// `io`, or `trust-unreadable` with the name of the file.
    pub fn open(
        folder: &Path,
        options: Options,
        interval: Duration,
        environment: &Environment,
    ) -> Result<Self> {
        let folder = InFolder {
            folder: folder.to_owned(),
            options,
        };
        Watched::open(folder, interval, environment).map(TrustFolder)
    }

    /// The folder of `signature.trust` under the other keys `signature.*`; `None` where none is
    /// set. Nothing is fetched without `fetch`, whatever the configuration says.
    ///
    /// # Errors
    /// As [`TrustFolder::open`].
    pub fn from_config(
        config: &Config,
        fetch: Option<Arc<dyn Fetch>>,
        environment: &Environment,
    ) -> Result<Option<Self>> {
        let mut options = Options::from_config(config);
        options.sources = fetch.and_then(|fetch| Sources::from_config(config, fetch, environment));
        let interval = Duration::from_secs(config.number("signature.trust_interval"));
        config
            .text("signature.trust")
            .map(|path| Self::open(Path::new(path), options, interval, environment))
            .transpose()
    }

    /// What the folder says now.
    pub fn current(&self) -> Trust {
        self.0.current()
    }

    /// Why the folder could not be read the last time, if so.
    pub fn problem(&self) -> Option<String> {
        self.0.problem()
    }
}
