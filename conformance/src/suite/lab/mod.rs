//! An axis, a product at it, and the hands of a case: commands to the product,
//! packets from peers, and looks at what came of it. Every wait has an end.

mod product;
mod receiving;
mod sending;
mod waiting;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::bench::Bench;
use super::evidence::{Actor, Evidence};
use super::letter::Letter;
use super::product::{Declaration, Means, Product, Start};
use crate::axis_server::TestAxis;

pub use product::Refusal;
pub use receiving::Item;
pub use sending::SentPacket;

/// See the module.
pub struct Lab {
    /// The axis.
    pub axis: Arc<TestAxis>,
    product: Arc<Mutex<Box<dyn Product>>>,
    /// How it was started; none where it ran already.
    start: Option<Start>,
    means: Means,
    declaration: Declaration,
    evidence: Evidence,
    patience: Duration,
    organ: String,
    secret: String,
    folder: PathBuf,
    numbers: Arc<std::sync::atomic::AtomicU64>,
    /// What a person was given to send: the product gives it its own id.
    by_hand: Vec<Letter>,
    /// Numbers that were asked for, and those that the product gave in their place.
    renumbered: Vec<(String, String)>,
    /// Where the axis's log and queue stood when the lab began.
    since: u64,
    queued_before: usize,
}

impl Lab {
    pub(crate) fn new(
        bench: &Bench,
        axis: Arc<TestAxis>,
        product: Arc<Mutex<Box<dyn Product>>>,
        start: Option<Start>,
    ) -> Self {
        axis.set_faults([]);
        let last = axis
            .wire_log(0, Duration::ZERO)
            .last()
            .map(|last| last.number);
        Lab {
            since: last.unwrap_or_default(),
            queued_before: axis.queued().len(),
            axis,
            product,
            start,
            means: bench.means.clone(),
            declaration: bench.declaration.clone(),
            evidence: bench.evidence.clone(),
            patience: bench.patience,
            organ: bench.organ.clone(),
            secret: bench.secret.clone(),
            folder: bench.folder.clone(),
            numbers: Arc::clone(&bench.numbers),
            by_hand: Vec::new(),
            renumbered: Vec::new(),
        }
    }

    /// The product's organ.
    pub fn organ(&self) -> &str {
        &self.organ
    }

    /// The secret that the product signs its calls with.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A folder of this case.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A number that no other document of this run has.
    pub fn number(&self) -> u64 {
        self.numbers
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    /// How long anything is waited for.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Notes a step of the case's own.
    pub fn note(&self, what: &str, details: &[(&str, String)]) {
        let details = details
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        self.evidence.add(Actor::Suite, Actor::Suite, what, details);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.evidence.add_wire(&self.wire());
    }
}
