//! What a case about a connector works with: it sets up a [`Lab`].

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::evidence::Evidence;
use super::lab::Lab;
use super::product::{Declaration, Manual, Means, Process, Product, Start};
use super::said;
use super::text::Said;
use super::verdict::{Outcome, Stop};
use crate::axis_server::{AxisConfig, Builder, TestAxis};
use crate::rebuild::Flavour;

/// The product's organ where nothing else is said.
pub const OWN: &str = "H99.01";
/// An organ at the other end; so are all to `H99.09`.
pub const PEER: &str = "H99.02";
/// Another one.
pub const OTHER: &str = "H99.03";
/// The system that the product calls as.
pub const SYSTEM: &str = "td.product";
/// The system of the peers.
pub const PEERS: (&str, &str) = ("td.peers", "made-up secret of the peers");

/// A product that runs already, and the axis it was pointed to.
pub(crate) struct Standing {
    pub(crate) axis: Arc<TestAxis>,
    pub(crate) product: Arc<Mutex<Box<dyn Product>>>,
}

/// What a case about a connector works with.
pub struct Bench {
    pub(crate) means: Means,
    pub(crate) declaration: Declaration,
    pub(crate) standing: Option<Arc<Standing>>,
    pub(crate) organ: String,
    pub(crate) secret: String,
    pub(crate) patience: Duration,
    pub(crate) evidence: Evidence,
    /// Numbers of documents, none of them given twice in a run.
    pub(crate) numbers: Arc<AtomicU64>,
    /// A folder of this case.
    pub(crate) folder: PathBuf,
}

/// What an axis and a product are set up with.
pub struct Setup {
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) organs: Vec<String>,
    pub(crate) axis: Builder,
    pub(crate) url: Option<String>,
    pub(crate) secret: String,
}

impl Setup {
    /// A configuration key for the product; the case has to need it.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.into()));
    }

    /// Changes what the axis is like.
    pub fn axis(&mut self, change: impl FnOnce(&mut AxisConfig)) {
        let axis = std::mem::take(&mut self.axis);
        self.axis = axis.configure(change);
    }

    /// A name and value in the environment of the product.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Another organ of the product.
    pub fn organ(&mut self, organ: &str) {
        self.organs.push(organ.to_owned());
    }

    /// Another address than that of the axis, for what stands between.
    pub fn url(&mut self, url: impl Into<String>) {
        self.url = Some(url.into());
    }

    /// Another secret than the axis knows.
    pub fn secret(&mut self, secret: &str) {
        secret.clone_into(&mut self.secret);
    }
}

/// Keys that make a product act at once, where it takes them.
const QUICK: &[(&str, &str)] = &[
    ("receive.interval", "50"),
    ("send.pause", "50"),
    ("send.longest_pause", "400"),
    ("send.ask_after", "50"),
    ("send.unknown_wait", "200"),
];

impl Bench {
    /// A lab: an axis that hands on bytes as they are, and the product at it.
    ///
    /// # Errors
    /// The product does not start.
    pub fn lab(&self) -> Outcome<Lab> {
        if let Some(standing) = &self.standing {
            let mut lab = Lab::new(
                self,
                Arc::clone(&standing.axis),
                Arc::clone(&standing.product),
                None,
            );
            lab.clear()?;
            return Ok(lab);
        }
        self.lab_with(|_| {})
    }

    /// A lab of its own make; for cases that need [`Fresh`](super::case::Need).
    ///
    /// # Errors
    /// The product does not start.
    pub fn lab_with(&self, change: impl FnOnce(&mut Setup)) -> Outcome<Lab> {
        self.lab_between(change, |_| Ok(()))
    }

    /// A lab with something of the case's own between product and axis, made
    /// when the axis is there.
    ///
    /// # Errors
    /// The product does not start, or what is between does not.
    pub fn lab_between(
        &self,
        change: impl FnOnce(&mut Setup),
        between: impl FnOnce(&mut Between<'_>) -> Outcome,
    ) -> Outcome<Lab> {
        let Means::Process(program) = &self.means else {
            return Err(Stop::NotApplicable(said!(
                "the product runs already and cannot be started for this case",
                "phần mềm đang chạy sẵn, không thể khởi động riêng cho ca này"
            )));
        };
        let mut setup = Setup {
            settings: Vec::new(),
            environment: Vec::new(),
            organs: vec![self.organ.clone()],
            axis: builder(),
            url: None,
            secret: self.secret.clone(),
        };
        for (key, value) in QUICK {
            if self.declaration.takes(key) {
                setup.set(key, *value);
            }
        }
        change(&mut setup);
        let axis = setup
            .axis
            .system(SYSTEM, &self.secret, setup.organs.iter())
            .start()
            .map_err(Stop::own)?;
        let mut between_them = Between {
            axis: &axis,
            url: setup.url.unwrap_or_else(|| axis.url()),
            settings: setup.settings,
        };
        between(&mut between_them)?;
        let (url, settings) = (between_them.url, between_them.settings);
        let secret_file = self.folder.join("secret");
        std::fs::write(&secret_file, &setup.secret).map_err(Stop::own)?;
        let start = Start {
            store: self.folder.join("store"),
            organs: setup.organs,
            axis: url,
            system: SYSTEM.to_owned(),
            secret_file,
            settings,
            environment: setup.environment,
            errors: self.folder.join("errors.txt"),
        };
        let product = start_product(program, &start)?;
        let product: Arc<Mutex<Box<dyn Product>>> = Arc::new(Mutex::new(Box::new(product)));
        Ok(Lab::new(self, Arc::new(axis), product, Some(start)))
    }

    /// Something with the person at the screen, where the product has no driver.
    pub(crate) fn person<T>(&self, with: impl FnOnce(&mut Manual) -> T) -> Option<T> {
        let standing = self.standing.as_ref()?;
        let mut product = standing
            .product
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        product.person().map(with)
    }

    /// What the product declared.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// A folder that vanishes after the case.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}

/// The axis that is there, and what the product is told of it.
pub struct Between<'a> {
    /// The axis.
    pub axis: &'a TestAxis,
    /// The address that the product is given.
    pub url: String,
    settings: Vec<(String, String)>,
}

impl Between<'_> {
    /// A configuration key for the product.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.settings.push((key.to_owned(), value.into()));
    }
}

/// An axis with the peers.
pub(crate) fn builder() -> Builder {
    TestAxis::builder()
        .system(
            PEERS.0,
            PEERS.1,
            [PEER, OTHER]
                .into_iter()
                .map(str::to_owned)
                .chain((4..=9).map(|number| format!("H99.0{number}"))),
        )
        .rebuild(Flavour::Off)
        .configure(|config| config.wire_log = 20_000)
}

/// Starts the product; that it does not start is no word about the case.
pub(crate) fn start_product(program: &[String], start: &Start) -> Outcome<Process> {
    Process::start(program, start).map_err(|reason| {
        Stop::Inconclusive(Said {
            en: format!("the product did not start: {reason}"),
            vi: format!("phần mềm không khởi động được: {reason}"),
        })
    })
}
