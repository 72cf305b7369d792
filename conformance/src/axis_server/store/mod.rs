//! Packets on disk, queues in memory, and the journal that brings them back.

mod journal;
mod parcel;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::clock;
use super::directory::{Directory, Unit};
use super::error::AxisError;
use super::route::Kind;
use super::stop::lock;
use journal::Record;
pub(super) use journal::{Accepted, Addressed, Journal};
use parcel::Pack;
pub(super) use parcel::Parcel;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueState {
    /// Nobody has touched it.
    Initial,
    /// The receiver works on it.
    Processing,
    /// The receiver has it.
    Done,
    /// The receiver could not take it.
    Fail,
}

impl QueueState {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            QueueState::Initial => "initial",
            QueueState::Processing => "processing",
            QueueState::Done => "done",
            QueueState::Fail => "fail",
        }
    }

    /// The state that a receiver may set by a word.
    pub(super) fn acknowledged(word: &str) -> Option<Self> {
        [QueueState::Processing, QueueState::Done, QueueState::Fail]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// A delivery to one organ.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) id: Box<str>,
    /// The code of the organ's unit.
    pub(super) organ: Box<str>,
    pub(super) state: QueueState,
    pub(super) updated: i64,
    pub(super) packet: Arc<Accepted>,
}

/// The packets and queues of an axis.
pub(super) struct Store {
    packets: PathBuf,
    incoming: PathBuf,
    is_durable: bool,
    /// Short packets of a store that vanishes.
    pack: Option<Pack>,
    journal: Journal,
    index: Mutex<Index>,
    directory: RwLock<Arc<Directory>>,
    _temporary: Option<TempDir>,
}

#[derive(Default)]
struct Index {
    deliveries: HashMap<Box<str>, u64>,
    /// In the order of acceptance.
    by_number: BTreeMap<u64, Delivery>,
    next: u64,
    /// The states in which a delivery is listed.
    listed: Vec<QueueState>,
    /// What is still listed, by organ.
    queues: HashMap<Box<str>, BTreeSet<u64>>,
    /// Numbers of the first and the last delivery, by the sender's id.
    sent: HashMap<Box<str>, (u64, u64)>,
}

impl Index {
    fn accept(&mut self, accepted: Accepted, directory: &Directory) {
        let packet = Arc::new(accepted);
        let first = self.next;
        for to in &packet.to {
            let number = self.next;
            self.next += 1;
            let organ: Box<str> = directory.canonical(&to.organ).into();
            self.deliveries.insert(to.id.clone(), number);
            let queue = self.queues.entry(organ.clone()).or_default();
            queue.insert(number);
            let delivery = Delivery {
                id: to.id.clone(),
                organ,
                state: QueueState::Initial,
                updated: packet.at,
                packet: Arc::clone(&packet),
            };
            self.by_number.insert(number, delivery);
        }
        self.sent.insert(packet.id.clone(), (first, self.next));
    }

    fn advance(&mut self, id: &str, state: QueueState, at: i64) {
        let Some(number) = self.deliveries.get(id) else {
            return;
        };
        let Some(delivery) = self.by_number.get_mut(number) else {
            return;
        };
        delivery.state = state;
        delivery.updated = at;
        if !self.listed.contains(&state)
            && let Some(queue) = self.queues.get_mut(&delivery.organ)
        {
            queue.remove(number);
        }
    }
}

/// Removes the files of a folder that some names have.
fn remove_files(folder: &Path, is_meant: impl Fn(&str) -> bool) -> Result<(), AxisError> {
    for file in fs::read_dir(folder).map_err(AxisError::file(folder))? {
        let file = file.map_err(AxisError::file(folder))?;
        if file.file_name().to_str().is_some_and(&is_meant) {
            fs::remove_file(file.path()).map_err(AxisError::file(file.path()))?;
        }
    }
    Ok(())
}

impl Store {
    /// Opens a store in a folder, or in one that vanishes with it.
    pub(super) fn open(
        folder: Option<&Path>,
        mut directory: Directory,
        listed: &[QueueState],
    ) -> Result<Self, AxisError> {
        let (folder, temporary) = match folder {
            Some(folder) => (folder.to_owned(), None),
            None => {
                let made = tempfile::Builder::new()
                    .prefix("lienthong-axis-")
                    .tempdir()
                    .map_err(AxisError::file(std::env::temp_dir()))?;
                (made.path().to_owned(), Some(made))
            }
        };
        let (packets, incoming) = (folder.join("packets"), folder.join("incoming"));
        fs::create_dir_all(&packets).map_err(AxisError::file(&packets))?;
        fs::create_dir_all(&incoming).map_err(AxisError::file(&incoming))?;
        let mut index = Index {
            listed: listed.to_vec(),
            ..Index::default()
        };
        let journal = Journal::open(
            &folder.join("journal.jsonl"),
            temporary.is_none(),
            |record| match record {
                Record::Accepted(accepted) => index.accept(accepted, &directory),
                Record::Moved { id, state, at } => index.advance(&id, state, at),
                Record::Registered { system, unit } => {
                    directory.register(*unit, &Arc::from(&*system));
                }
                Record::Deleted { code } => directory.delete(&code),
            },
        )?;
        if temporary.is_none() {
            // That the journal is there must be on the disk, too.
            File::open(&folder)
                .and_then(|folder| folder.sync_all())
                .map_err(AxisError::file(&folder))?;
        }
        // What had not come in to its end when the axis last stopped. Only after
        // the journal is ours: another axis may be writing here.
        remove_files(&incoming, |_| true)?;
        // Nor was a packet answered whose record is missing.
        remove_files(&packets, |name| {
            let id = name.strip_suffix(".edxml");
            id.is_some_and(|id| !index.sent.contains_key(id))
        })?;
        let pack = match &temporary {
            Some(folder) => Some(Pack::new(&folder.path().join("packets.pack"))?),
            None => None,
        };
        Ok(Store {
            packets,
            pack,
            incoming,
            is_durable: temporary.is_none(),
            journal,
            index: Mutex::new(index),
            directory: RwLock::new(Arc::new(directory)),
            _temporary: temporary,
        })
    }

    /// The directory as it is now.
    pub(super) fn directory(&self) -> Arc<Directory> {
        let directory = self.directory.read();
        Arc::clone(&directory.unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Room for what is coming in; it vanishes unless it is accepted.
    pub(super) fn incoming(&self) -> Parcel<'_> {
        Parcel::new(&self.incoming)
    }

    /// Accepts a packet: its bytes, then the record of it.
    pub(super) fn accept(&self, packet: Parcel<'_>, accepted: Accepted) -> io::Result<()> {
        if let (Some(pack), Some(bytes)) = (&self.pack, packet.held()) {
            pack.add(&accepted.id, bytes)?;
        } else {
            let file = packet.into_file()?;
            if self.is_durable {
                file.as_file().sync_all()?;
            }
            file.persist(self.path(&accepted.id))
                .map_err(|error| error.error)?;
            if self.is_durable {
                File::open(&self.packets)?.sync_all()?;
            }
        }
        let place = {
            let mut index = lock(&self.index);
            let record = Record::Accepted(accepted);
            let place = self.journal.append(&record)?;
            if let Record::Accepted(accepted) = record {
                index.accept(accepted, &self.directory());
            }
            place
        };
        self.journal.sync(place)
    }

    fn path(&self, id: &str) -> PathBuf {
        self.packets.join(format!("{id}.edxml"))
    }

    /// The packet of a delivery: a file at its beginning, and its length.
    pub(super) fn packet(&self, delivery: &Delivery) -> io::Result<(File, u64)> {
        let id = &delivery.packet.id;
        if let Some(pack) = &self.pack
            && let Some(file) = pack.open(id)?
        {
            return Ok((file, delivery.packet.bytes));
        }
        let file = File::open(self.path(id))?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    /// Whether a packet with the sender's id was accepted.
    pub(super) fn has(&self, id: &str) -> bool {
        lock(&self.index).sent.contains_key(id)
    }

    /// The delivery of an id.
    pub(super) fn delivery(&self, id: &str) -> Option<Delivery> {
        let index = lock(&self.index);
        let number = index.deliveries.get(id)?;
        index.by_number.get(number).cloned()
    }

    /// Moves a delivery on. What is done or failed stays so: a late word must
    /// not bring it back.
    pub(super) fn advance(&self, id: &str, state: QueueState) -> io::Result<()> {
        let place = {
            let mut index = lock(&self.index);
            let known = index.deliveries.get(id);
            let known = known.and_then(|number| index.by_number.get(number));
            let is_over = known.is_none_or(|delivery| {
                matches!(delivery.state, QueueState::Done | QueueState::Fail)
            });
            if is_over {
                return Ok(());
            }
            let at = clock::now();
            let record = Record::Moved {
                id: id.into(),
                state,
                at,
            };
            let place = self.journal.append(&record)?;
            index.advance(id, state, at);
            place
        };
        self.journal.sync(place)
    }

    /// What is listed to some organs, in the order of acceptance.
    pub(super) fn listed<'o>(&self, organs: impl Iterator<Item = &'o str>) -> Vec<Delivery> {
        let index = lock(&self.index);
        let mut numbers: Vec<u64> = organs
            .filter_map(|organ| index.queues.get(organ))
            .flatten()
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers
            .iter()
            .filter_map(|number| index.by_number.get(number))
            .cloned()
            .collect()
    }

    /// How much is listed to some organs, of one kind.
    pub(super) fn count<'o>(&self, organs: impl Iterator<Item = &'o str>, kind: Kind) -> usize {
        let index = lock(&self.index);
        organs
            .filter_map(|organ| index.queues.get(organ))
            .flatten()
            .filter_map(|number| index.by_number.get(number))
            .filter(|delivery| delivery.packet.kind == kind)
            .count()
    }

    /// The deliveries of one sending of a system, or of all its sendings.
    pub(super) fn sent(&self, system: &str, id: Option<&str>) -> Vec<Delivery> {
        let index = lock(&self.index);
        let (first, end) = match id {
            None => (0, u64::MAX),
            Some(id) => index.sent.get(id).copied().unwrap_or_default(),
        };
        index
            .by_number
            .range(first..end)
            .map(|(_, delivery)| delivery)
            .filter(|delivery| *delivery.packet.system == *system)
            .cloned()
            .collect()
    }

    /// Everything, for the control interface.
    pub(super) fn all(&self) -> Vec<Delivery> {
        lock(&self.index).by_number.values().cloned().collect()
    }

    /// Registers a unit of a system.
    pub(super) fn register(&self, unit: Unit, system: &Arc<str>) -> io::Result<()> {
        self.change_directory(
            &Record::Registered {
                system: Box::from(&**system),
                unit: Box::new(unit.clone()),
            },
            |directory| directory.register(unit, system),
        )
    }

    /// Deletes a unit.
    pub(super) fn delete(&self, code: &str) -> io::Result<()> {
        self.change_directory(&Record::Deleted { code: code.into() }, |directory| {
            directory.delete(code);
        })
    }

    fn change_directory(
        &self,
        record: &Record,
        change: impl FnOnce(&mut Directory),
    ) -> io::Result<()> {
        let place = {
            let directory = self.directory.write();
            let mut directory = directory.unwrap_or_else(std::sync::PoisonError::into_inner);
            let place = self.journal.append(record)?;
            change(Arc::make_mut(&mut directory));
            place
        };
        self.journal.sync(place)
    }
}
