//! The product under test, spoken to in the lines of the driver contract
//! (`docs/driver.md`).

mod http;
mod manual;
mod process;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use http::Http;
pub(crate) use manual::{Manual, Over};
pub(crate) use process::Process;

use super::verdict::Stop;

/// How the product is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// A program that is started for each case, with its first arguments.
    Process(Vec<String>),
    /// A product that runs already, behind an address that takes the lines.
    Http(String),
    /// A product without a driver: a person at its screen.
    Manual,
}

/// What a product says of itself: the answer to `capabilities`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Declaration {
    /// Its name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// The commands it knows.
    pub commands: Vec<String>,
    /// The configuration keys it takes by `--set`.
    pub settings: Vec<String>,
    /// What else it can do.
    pub features: Vec<String>,
    /// After how many milliseconds it asks the axis and tries again by itself.
    pub interval_ms: Option<u64>,
}

/// Words of [`Declaration::features`].
pub const FEATURES: &[&str] = &[
    "signature-report",
    "signature-verify",
    "sign",
    "seal",
    "tls",
    "client-certificate",
    "restart",
];

impl Declaration {
    /// Whether it knows a command.
    pub fn knows(&self, command: &str) -> bool {
        self.commands.iter().any(|known| known == command)
    }

    /// Whether it declares a feature.
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|known| known == feature)
    }

    /// Whether it takes a setting.
    pub fn takes(&self, setting: &str) -> bool {
        self.settings.iter().any(|known| known == setting)
    }
}

/// What is told to a product that is started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) store: PathBuf,
    pub(crate) organs: Vec<String>,
    pub(crate) axis: String,
    pub(crate) system: String,
    pub(crate) secret_file: PathBuf,
    pub(crate) settings: Vec<(String, String)>,
    /// Names and values in its environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Where its error output goes.
    pub(crate) errors: PathBuf,
}

impl Start {
    /// The arguments, as the contract has them.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let text = |path: &Path| path.display().to_string();
        let mut all = vec!["--store".to_owned(), text(&self.store)];
        for organ in &self.organs {
            all.extend(["--organ".to_owned(), organ.clone()]);
        }
        all.extend(["--axis".to_owned(), self.axis.clone()]);
        all.extend(["--system".to_owned(), self.system.clone()]);
        all.extend(["--secret-file".to_owned(), text(&self.secret_file)]);
        for (key, value) in &self.settings {
            all.extend(["--set".to_owned(), format!("{key}={value}")]);
        }
        all
    }
}

/// What a product said to a command.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// `ok` of its answer.
    Done(Value),
    /// `error` of its answer.
    Refused(Value),
    /// Nothing, until the time was over.
    Nothing,
    /// It ended, or closed the connection.
    Gone(String),
    /// A line that is none of the contract.
    Nonsense(String),
    /// A person ended the case.
    Ended(Stop),
}

/// Something that takes commands.
pub(crate) trait Product: Send {
    /// Asks, and waits for the answer.
    fn ask(&mut self, command: Value, until: Instant) -> Heard;

    /// Ends it at once, without a word; false where that cannot be done.
    fn kill(&mut self) -> bool {
        false
    }

    /// The person at its screen, where it has no driver.
    fn person(&mut self) -> Option<&mut Manual> {
        None
    }
}

/// How long a product may take to be ready.
pub(crate) const READY: Duration = Duration::from_secs(20);

/// The answer of a line.
fn heard(line: Value, id: u64) -> Heard {
    let is_answer = line.get("id") == Some(&json!(id));
    match line {
        Value::Object(mut members) if is_answer => {
            if let Some(ok) = members.remove("ok") {
                Heard::Done(ok)
            } else if let Some(error) = members.remove("error") {
                Heard::Refused(error)
            } else {
                Heard::Nonsense("neither ok nor error".to_owned())
            }
        }
        _ => Heard::Nonsense("no answer to the command".to_owned()),
    }
}

/// A command with its number.
fn numbered(mut command: Value, id: u64) -> Value {
    if let Value::Object(members) = &mut command {
        members.insert("id".to_owned(), json!(id));
    }
    command
}
