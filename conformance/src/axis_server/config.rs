//! What a test axis is told: by its builder, by `axis.toml`, by the command line.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::error::AxisError;
use super::fault::FaultRule;
use super::http::Limits;
use super::office::{self, OfficeConfig};
use super::refusal::{Cause, Codes};
use super::store::QueueState;
use crate::rebuild::Flavour;

/// A system that may call, and the organs it serves.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its id.
    pub id: String,
    /// Its secret: the key of the HMAC is these very characters.
    pub secret: String,
    /// The organs whose packets it sends and receives.
    #[serde(default)]
    pub organs: Vec<String>,
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System")
            .field("id", &self.id)
            .field("organs", &self.organs)
            .finish_non_exhaustive()
    }
}

impl System {
    /// Reads `ID=SECRET:ORGAN,ORGAN…`, split at the first `=` and the last `:`.
    ///
    /// # Errors
    /// What is missing; the text itself is never repeated, it holds a secret.
    pub fn parse(text: &str) -> Result<System, &'static str> {
        let (id, rest) = text.split_once('=').ok_or("no `=` after the id")?;
        let (secret, organs) = rest.rsplit_once(':').ok_or("no `:` before the organs")?;
        let organs: Vec<String> = organs
            .split(',')
            .map(|organ| organ.trim().to_owned())
            .filter(|organ| !organ.is_empty())
            .collect();
        if id.is_empty() || secret.is_empty() || organs.is_empty() {
            return Err("id, secret and at least one organ are needed");
        }
        Ok(System {
            id: id.to_owned(),
            secret: secret.to_owned(),
            organs,
        })
    }
}

/// Everything a test axis is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AxisConfig {
    /// Where it listens; port 0 picks one.
    pub listen: SocketAddr,
    /// Where its control interface listens: a loopback address.
    pub control: SocketAddr,
    /// The folder for packets and journal; none = one that vanishes.
    pub data: Option<PathBuf>,
    /// What stands before the name of a call in its path.
    pub base_path: String,
    /// The seed of faults and of ids made up by a rebuild.
    pub seed: u64,
    /// The systems.
    pub systems: Vec<System>,
    /// A file of units: CSV, or one JSON object a line.
    pub directory: Option<PathBuf>,
    /// How packets are rebuilt.
    pub rebuild: Flavour,
    /// The organ that a rebuild writes into its `TraceHeader`.
    pub hop: String,
    /// Whether `hash-file` is checked.
    pub check_hash: bool,
    /// The states in which a delivery is listed (assumed).
    pub listed: Vec<QueueState>,
    /// How far a timestamp may be off, in seconds; none = not looked at.
    pub max_skew: Option<u64>,
    /// Which cause gives which code.
    pub codes: Codes,
    /// The simulated Office of the Government; none = there is none. There is
    /// none either where a system claims its organ.
    pub office: Option<OfficeConfig>,
    /// The faults at the start.
    pub faults: Vec<FaultRule>,
    /// Bytes of the head of a request.
    pub max_head: usize,
    /// Headers of a request.
    pub max_headers: usize,
    /// Bytes of a body.
    pub max_body: u64,
    /// Connections at once.
    pub max_connections: usize,
    /// Seconds that a connection may be silent.
    pub idle_seconds: u64,
    /// Exchanges that the wire log keeps.
    pub wire_log: usize,
    /// Texts that no request should hold in its head; the log says where one does.
    pub marks: Vec<String>,
}

impl Default for AxisConfig {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        AxisConfig {
            listen: loopback,
            control: loopback,
            data: None,
            base_path: String::new(),
            seed: 1,
            systems: Vec::new(),
            directory: None,
            rebuild: Flavour::AsSeen,
            hop: "000.00.00.W00".to_owned(),
            check_hash: true,
            listed: vec![QueueState::Initial, QueueState::Processing],
            max_skew: None,
            codes: Codes::default(),
            office: None,
            faults: Vec::new(),
            // 459 recipients take 15.6 KB twice, the second time with escapes.
            max_head: 64 << 10,
            max_headers: 256,
            max_body: 4 << 30,
            max_connections: 1024,
            idle_seconds: 60,
            wire_log: 1000,
            marks: Vec::new(),
        }
    }
}

/// The keys of `axis.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    listen: Option<SocketAddr>,
    control: Option<SocketAddr>,
    data: Option<PathBuf>,
    base_path: Option<String>,
    seed: Option<u64>,
    #[serde(default)]
    system: Vec<System>,
    directory: Option<PathBuf>,
    rebuild: Option<String>,
    hop: Option<String>,
    check_hash: Option<bool>,
    listed: Option<Vec<QueueState>>,
    max_skew: Option<u64>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    office: Option<OfficeConfig>,
    #[serde(default)]
    fault: Vec<FaultRule>,
    max_head: Option<usize>,
    max_headers: Option<usize>,
    max_body: Option<u64>,
    max_connections: Option<usize>,
    idle_seconds: Option<u64>,
    wire_log: Option<usize>,
}

impl AxisConfig {
    /// Reads `axis.toml`. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// The file cannot be read, or a key or value in it has no meaning.
    pub fn read(path: &Path) -> Result<AxisConfig, AxisError> {
        let text = std::fs::read_to_string(path).map_err(AxisError::file(path))?;
        let place = path.display().to_string();
        let written: Written = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            // Not the whole of the error: it quotes the line, perhaps a secret.
            let reason = match error.message() {
                quoting if quoting.starts_with("invalid") => "a value of another type than it has",
                other => other,
            };
            AxisError::config(format!("{place}, line {line}"), reason)
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        written.apply(folder, &place)
    }

    /// As [`read`](Self::read), of JSON with the same keys. Paths are relative to the
    /// working folder.
    ///
    /// # Errors
    /// A key or value in it has no meaning.
    pub fn from_json(text: &str) -> Result<AxisConfig, AxisError> {
        let written: Written = serde_json::from_str(text).map_err(|error| {
            // As above: an error may quote a secret.
            let words = error.to_string();
            let reason = match error.is_data() && words.starts_with("invalid") {
                true => "a value of another type than it has",
                false => words.as_str(),
            };
            AxisError::config("axis", reason)
        })?;
        written.apply(Path::new(""), "axis")
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            head_bytes: self.max_head,
            headers: self.max_headers,
            body_bytes: self.max_body,
            connections: self.max_connections,
            idle: Duration::from_secs(self.idle_seconds.max(1)),
        }
    }

    /// What would not work, whoever wrote it.
    pub(super) fn check(&self) -> Result<(), AxisError> {
        let wrong = |what: &str, why: &str| Err(AxisError::config(what, why));
        if !self.control.ip().is_loopback() {
            return wrong("control", "only a loopback address may be controlled");
        }
        let base = &self.base_path;
        if !base.is_empty() && (!base.starts_with('/') || base.ends_with('/')) {
            return wrong("base_path", "begins with `/` and does not end with it");
        }
        let mut systems: Vec<&str> = Vec::new();
        let mut organs: Vec<&str> = Vec::new();
        for system in &self.systems {
            if system.id.is_empty() || system.secret.is_empty() {
                return wrong("system", "id and secret are needed");
            }
            if system.id == office::SYSTEM {
                return wrong(&system.id, "the id of the simulated Office");
            }
            if systems.contains(&system.id.as_str()) {
                return wrong(&system.id, "the system stands there twice");
            }
            systems.push(&system.id);
            for organ in &system.organs {
                if organs.contains(&organ.as_str()) {
                    return wrong(organ, "the organ stands in two places");
                }
                organs.push(organ);
            }
        }
        Ok(())
    }
}

impl Written {
    fn apply(self, folder: &Path, place: &str) -> Result<AxisConfig, AxisError> {
        let mut config = AxisConfig::default();
        if let Some(name) = &self.rebuild {
            config.rebuild = Flavour::by_name(name).ok_or_else(|| {
                AxisError::config(place, "rebuild is one of as-seen, 0.0.3 and off")
            })?;
        }
        for (word, code) in self.codes {
            let cause = Cause::ALL.iter().find(|cause| cause.word() == word);
            let Some(cause) = cause else {
                let words: Vec<_> = Cause::ALL.iter().map(|cause| cause.word()).collect();
                let reason = format!("codes: `{word}` is none of {}", words.join(", "));
                return Err(AxisError::config(place, reason));
            };
            config.codes.set(*cause, code);
        }
        fn put<T>(into: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *into = value;
            }
        }
        config.data = self.data.map(|data| folder.join(data));
        config.directory = self.directory.map(|file| folder.join(file));
        config.systems = self.system;
        config.faults = self.fault;
        config.office = self.office;
        config.max_skew = self.max_skew;
        put(&mut config.listen, self.listen);
        put(&mut config.control, self.control);
        put(&mut config.base_path, self.base_path);
        put(&mut config.seed, self.seed);
        put(&mut config.hop, self.hop);
        put(&mut config.check_hash, self.check_hash);
        put(&mut config.listed, self.listed);
        put(&mut config.max_head, self.max_head);
        put(&mut config.max_headers, self.max_headers);
        put(&mut config.max_body, self.max_body);
        put(&mut config.max_connections, self.max_connections);
        put(&mut config.idle_seconds, self.idle_seconds);
        put(&mut config.wire_log, self.wire_log);
        Ok(config)
    }
}
