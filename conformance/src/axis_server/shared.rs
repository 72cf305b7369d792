//! What all connections of one axis share.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use ring::rand::{SecureRandom, SystemRandom};

use super::config::AxisConfig;
use super::directory::{self, Directory};
use super::error::AxisError;
use super::fault::Faults;
use super::office::{self, Office};
use super::stop::lock;
use super::store::Store;
use super::wire_log::WireLog;
use crate::rebuild::Uuids;

/// An axis without its sockets.
pub(super) struct Shared {
    pub(super) config: AxisConfig,
    /// Secrets by system.
    pub(super) systems: HashMap<Arc<str>, String>,
    pub(super) store: Store,
    pub(super) faults: Faults,
    pub(super) log: WireLog,
    pub(super) office: Option<Office>,
    random: SystemRandom,
    uuids: Mutex<Uuids>,
    seeds: AtomicU64,
}

impl Shared {
    pub(super) fn new(mut config: AxisConfig) -> Result<Self, AxisError> {
        config.check()?;
        let mut directory = match &config.directory {
            Some(path) => directory::load(path)?,
            None => Directory::default(),
        };
        let mut systems = HashMap::new();
        for system in std::mem::take(&mut config.systems) {
            let id: Arc<str> = system.id.into();
            for organ in &system.organs {
                if directory.owner(organ).is_some() {
                    let reason = "two systems claim this organ, by its old and its new code";
                    return Err(AxisError::config(organ, reason));
                }
                directory.give(organ, &id);
            }
            systems.insert(id, system.secret);
        }
        let office = config.office.take();
        let office = office.filter(|_| office::claim(&mut directory));
        let store = Store::open(config.data.as_deref(), directory, &config.listed)?;
        let office = office.map(|told| Office::open(told, config.data.as_deref(), &store));
        let office = office.transpose()?.flatten();
        let random = SystemRandom::new();
        let start = u64::from_le_bytes(bytes(&random).map_err(AxisError::file("random"))?);
        Ok(Shared {
            systems,
            store,
            faults: Faults::new(std::mem::take(&mut config.faults), config.seed),
            log: WireLog::new(config.wire_log, config.marks.clone()),
            office,
            random,
            uuids: Mutex::new(Uuids::seeded(start)),
            seeds: AtomicU64::new(config.seed),
            config,
        })
    }

    /// An id that nothing had before, not even before a restart.
    pub(super) fn next_id(&self) -> io::Result<String> {
        Ok(lock(&self.uuids).take())
    }

    /// A seed for one rebuild.
    pub(super) fn next_seed(&self) -> u64 {
        self.seeds.fetch_add(1, Ordering::Relaxed)
    }

    /// A token for the control interface.
    pub(super) fn token(&self) -> io::Result<String> {
        let token: [u8; 24] = bytes(&self.random)?;
        Ok(token.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn bytes<const N: usize>(random: &SystemRandom) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    random
        .fill(&mut bytes)
        .map_err(|_| io::Error::other("no random numbers"))?;
    Ok(bytes)
}
