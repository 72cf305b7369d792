//! Which organs a certificate signs for.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::certificate::Certificate;
use super::super::verdict::{Reason, ReasonCode, Verdict};
use super::Judgement;
use super::watched::{Read, Stamp, Watched};
use crate::config::Config;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};

/// The longest file that is read.
const MAX_FILE: u64 = 64 << 20;

/// A map from certificates to organs.
///
/// One line for each certificate: organs separated by commas, a blank, and how the certificate
/// is known. Empty lines and those that begin with `#` say nothing.
///
/// ```text
/// H98.01 sha256 3f:9c:...                        the certificate itself
/// H98.01,H98.02 serial 0a1b2c issuer CN=...,C=VN  a certificate by issuer and serial number
/// H99.01 subject CN=...,O=...,C=VN               whatever certificate has this name
/// ```
#[derive(Clone, Debug, Default)]
pub struct Organs {
    by_digest: HashMap<String, Vec<String>>,
    /// By serial number and issuer.
    by_number: HashMap<(String, String), Vec<String>>,
    by_subject: HashMap<String, Vec<String>>,
}

impl Organs {
    /// Reads a map.
    ///
    /// # Errors
    /// `organs-unreadable`, with the number of the line.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut organs = Organs::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            organs.add(line).ok_or_else(|| {
                Error::new(ErrorKind::OrgansUnreadable, "organs.read")
                    .with("line", (number + 1).to_string())
            })?;
        }
        Ok(organs)
    }

    /// Reads a map from a file.
    ///
    /// # Errors
    /// `io`, or `organs-unreadable` with the number of the line.
    pub fn open(path: &Path) -> Result<Self> {
        let named = |error: Error| error.with("file", path.display().to_string());
        let io = |error| named(Error::io("organs.read", error));
        if fs::metadata(path).map_err(io)?.len() > MAX_FILE {
            return Err(named(Error::new(
                ErrorKind::OrgansUnreadable,
                "organs.read",
            )));
        }
        let text = fs::read_to_string(path).map_err(io)?;
        Self::from_text(&text).map_err(named)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let (organs, rest) = line.split_once(char::is_whitespace)?;
        let (kind, value) = rest.trim_start().split_once(char::is_whitespace)?;
        let value = value.trim();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let organs: Vec<String> = organs.split(',').map(str::to_owned).collect();
        if value.is_empty()
            || organs
                .iter()
                .any(|organ| organ.is_empty() || !organ.bytes().all(plain))
        {
            return None;
        }
        let list = match kind {
            "sha256" => {
                let digest = digits(value).filter(|digits| digits.len() == 64)?;
                self.by_digest.entry(digest).or_default()
            }
            "serial" => {
                let (serial, issuer) = value.split_once(" issuer ")?;
                let serial = serial_number(&digits(serial)?);
                let key = (serial, issuer.trim().to_owned());
                self.by_number.entry(key).or_default()
            }
            "subject" => self.by_subject.entry(value.to_owned()).or_default(),
            _ => return None,
        };
        list.extend(organs);
        Some(())
    }

    /// The organs a certificate signs for, by every line that means it.
    pub fn organs_of(&self, certificate: &Certificate) -> Vec<&str> {
        let number = (
            serial_number(certificate.serial()),
            certificate.issuer().to_owned(),
        );
        let mut organs: Vec<&str> = [
            self.by_digest.get(&certificate.fingerprint()),
            self.by_number.get(&number),
            self.by_subject.get(certificate.subject()),
        ]
        .into_iter()
        .flatten()
        .flatten()
        .map(String::as_str)
        .collect();
        organs.sort_unstable();
        organs.dedup();
        organs
    }
}

/// Hexadecimal digits in lower case, without colons and blanks between them.
fn digits(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|letter| !matches!(letter, ':' | ' '))
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let fine = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fine.then_some(digits)
}

/// Zeros before a number depend on who writes it.
fn serial_number(digits: &str) -> String {
    digits.trim_start_matches('0').to_owned()
}

/// A map in a file that is read again when it changes.
pub struct OrgansFile(Watched<InFile>);

struct InFile(PathBuf);

impl Read for InFile {
    type Value = Arc<Organs>;

    fn stamp(&self) -> Result<Stamp> {
        let about = fs::metadata(&self.0).map_err(|error| {
            Error::io("organs.read", error).with("file", self.0.display().to_string())
        })?;
        Ok(vec![(self.0.clone(), about.len(), about.modified().ok())])
    }

    fn read(&self) -> Result<Arc<Organs>> {
        Organs::open(&self.0).map(Arc::new)
    }
}

impl OrgansFile {
    /// Opens a map and looks for changes at most every `interval`, when it is used.
    ///
    /// # Errors
    /// As [`Organs::open`].
    pub fn open(path: &Path, interval: Duration, environment: &Environment) -> Result<Self> {
        Watched::open(InFile(path.to_owned()), interval, environment).map(OrgansFile)
    }

    /// The map of `signature.organs`; `None` where none is set.
    ///
    /// # Errors
    /// As [`Organs::open`].
    pub fn from_config(config: &Config, environment: &Environment) -> Result<Option<Self>> {
        let interval = Duration::from_secs(config.number("signature.trust_interval"));
        config
            .text("signature.organs")
            .map(|path| Self::open(Path::new(path), interval, environment))
            .transpose()
    }

    /// The map; where the file cannot be read any more, as it was before.
    pub fn current(&self) -> Arc<Organs> {
        self.0.current()
    }

    /// Why the file could not be read the last time, if so.
    pub fn problem(&self) -> Option<String> {
        self.0.problem()
    }
}

/// How the signer stands to the organ that the packet names as its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerOrgan {
    /// There is no map.
    NoMap,
    /// The map says nothing of this certificate.
    Unmapped,
    /// The certificate is this organ's.
    Own,
    /// The certificate is another organ's.
    Other,
}

impl SignerOrgan {
    /// Whether a policy may take a valid signature by this signer for the organ's. Without a
    /// map every trusted signer will do; with one, only those that it gives to the organ: else
    /// a certificate left out of it could sign for anybody.
    pub fn satisfies(self) -> bool {
        matches!(self, SignerOrgan::NoMap | SignerOrgan::Own)
    }
}

/// Ties a judgement to the organ that the packet names as its sender (`From/OrganId`): adds the
/// reason `signer-unmapped` or `signer-other-organ`, and says how the signer stands to it. A
/// valid signature by another organ's key becomes `untrusted`: it may not speak for this one. A
/// policy needs verdict and standing, see [`SignerOrgan::satisfies`].
pub fn attribute(judgement: &mut Judgement, organs: Option<&Organs>, organ: &str) -> SignerOrgan {
    let standing = match (organs, judgement.chain.first()) {
        (None, _) => SignerOrgan::NoMap,
        (_, None) => SignerOrgan::Unmapped,
        (Some(organs), Some(signer)) => match organs.organs_of(signer) {
            list if list.is_empty() => SignerOrgan::Unmapped,
            list if list.contains(&organ) => SignerOrgan::Own,
            _ => SignerOrgan::Other,
        },
    };
    match standing {
        SignerOrgan::NoMap | SignerOrgan::Unmapped => {
            let reason = Reason::new(ReasonCode::SignerUnmapped);
            judgement.reasons.push(reason);
        }
        SignerOrgan::Other => {
            let reason = Reason::new(ReasonCode::SignerOtherOrgan).with("organ", organ.to_owned());
            judgement.reasons.insert(0, reason);
            if judgement.verdict == Verdict::Valid {
                judgement.verdict = Verdict::Untrusted;
            }
        }
        SignerOrgan::Own => {}
    }
    standing
}
