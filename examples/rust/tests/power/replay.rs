//! What a disk may hold after the power failed, from the record of what was
//! done to it. The head of `main.rs` has the model.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use crate::recorder::{Record, What};

/// What a disk writes whole.
const SECTOR: usize = 512;

/// What becomes of changes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All are lost.
    Strict,
    /// Each is kept, lost or torn, by this seed.
    Random(u64),
}

/// Numbers by a seed (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }
}

type Id = usize;

/// A change of a file that is not synced.
#[derive(Clone)]
enum Change {
    Write(usize, Rc<[u8]>),
    Truncate(usize),
    Allocate(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write(at, bytes) => put(content, *at, bytes),
            Change::Truncate(length) => content.resize(*length, 0),
            Change::Allocate(end) => content.resize(content.len().max(*end), 0),
        }
    }
}

/// Bytes at a place; a hole before them reads as zeros.
fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

/// A change of a folder that is not synced: names that go, and one that comes.
#[derive(Clone)]
struct Entry {
    gone: Option<String>,
    new: Option<(String, Id)>,
}

impl Entry {
    fn apply(&self, names: &mut BTreeMap<String, Id>) {
        if let Some(name) = &self.gone {
            names.remove(name);
        }
        if let Some((name, id)) = &self.new {
            names.insert(name.clone(), *id);
        }
    }
}

enum Node {
    File {
        durable: Vec<u8>,
        pending: Vec<Change>,
    },
    Folder {
        durable: BTreeMap<String, Id>,
        now: BTreeMap<String, Id>,
        pending: Vec<Entry>,
    },
}

/// A folder on a disk, at one moment.
pub(crate) struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
    open: HashMap<(i32, i32), Id>,
}

const ROOT: Id = 0;

impl Disk {
    /// The folder as it durably was before the records: what is in it now, where
    /// it is there. `root` is its name in the records.
    pub(crate) fn new(root: &Path, before: &Path) -> Self {
        let mut disk = Disk {
            root: root.to_owned(),
            nodes: vec![folder()],
            open: HashMap::new(),
        };
        disk.load(ROOT, before);
        disk
    }

    fn load(&mut self, id: Id, path: &Path) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let node = if path.is_dir() {
                folder()
            } else {
                Node::File {
                    durable: fs::read(&path).unwrap(),
                    pending: Vec::new(),
                }
            };
            let child = self.add(node);
            if path.is_dir() {
                self.load(child, &path);
            }
            let Node::Folder { durable, now, .. } = &mut self.nodes[id] else {
                unreachable!()
            };
            durable.insert(name.clone(), child);
            now.insert(name, child);
        }
    }

    fn add(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn names(&self, id: Id) -> &BTreeMap<String, Id> {
        match &self.nodes[id] {
            Node::Folder { now, .. } => now,
            Node::File { .. } => panic!("a file is no folder"),
        }
    }

    /// The folder that a path lies in, and its name there; `None` for the root.
    fn parent(&self, path: &Path) -> Option<(Id, String)> {
        let path = path.strip_prefix(&self.root).unwrap();
        let mut parts: Vec<&str> = path
            .components()
            .map(|part| match part {
                Component::Normal(name) => name.to_str().unwrap(),
                other => panic!("{other:?} in a path"),
            })
            .collect();
        let name = parts.pop()?.to_owned();
        let mut at = ROOT;
        for part in parts {
            at = self.names(at)[part];
        }
        Some((at, name))
    }

    fn find(&self, path: &Path) -> Option<Id> {
        match self.parent(path) {
            None => Some(ROOT),
            Some((folder, name)) => self.names(folder).get(&name).copied(),
        }
    }

    fn change_names(&mut self, id: Id, entry: Entry) {
        let Node::Folder { now, pending, .. } = &mut self.nodes[id] else {
            panic!("a file is no folder")
        };
        entry.apply(now);
        pending.push(entry);
    }

    fn change_file(&mut self, process: i32, file: i32, change: Change) {
        let id = self.open[&(process, file)];
        match &mut self.nodes[id] {
            Node::File { pending, .. } => pending.push(change),
            Node::Folder { .. } => panic!("a folder is no file"),
        }
    }

    /// Does what a record says.
    pub(crate) fn apply(&mut self, record: &Record) {
        let process = record.process;
        match &record.what {
            What::Start => self.open.retain(|(of, _), _| *of != process),
            What::Open {
                file,
                path,
                create,
                truncate,
            } => {
                let id = match self.find(path) {
                    Some(id) => id,
                    None => {
                        assert!(create, "{} was not seen to be made", path.display());
                        let id = self.add(Node::File {
                            durable: Vec::new(),
                            pending: Vec::new(),
                        });
                        self.enter(path, id);
                        id
                    }
                };
                self.open.insert((process, *file), id);
                if *truncate {
                    self.change_file(process, *file, Change::Truncate(0));
                }
            }
            What::Write { file, at, bytes } => {
                self.change_file(process, *file, Change::Write(*at, bytes.as_slice().into()));
            }
            What::Truncate { file, length } => {
                self.change_file(process, *file, Change::Truncate(*length));
            }
            What::Allocate { file, end } => {
                self.change_file(process, *file, Change::Allocate(*end));
            }
            What::Sync { file } => self.sync(self.open[&(process, *file)]),
            What::Close { file } => {
                self.open.remove(&(process, *file));
            }
            What::Rename(from, to) => {
                let id = self.find(from).unwrap();
                let (old, old_name) = self.parent(from).unwrap();
                let (new, new_name) = self.parent(to).unwrap();
                let mut gone = Entry {
                    gone: Some(old_name),
                    new: None,
                };
                if old == new {
                    gone.new = Some((new_name, id));
                } else {
                    self.enter(to, id);
                }
                self.change_names(old, gone);
            }
            What::Link(from, to) => {
                let id = self.find(from).unwrap();
                self.enter(to, id);
            }
            What::Unlink(path) | What::RemoveFolder(path) => {
                let (folder, name) = self.parent(path).unwrap();
                let gone = Some(name);
                self.change_names(folder, Entry { gone, new: None });
            }
            What::MakeFolder(path) => {
                let id = self.add(folder());
                self.enter(path, id);
            }
            What::Output(_) | What::Network { .. } => {}
        }
    }

    fn enter(&mut self, path: &Path, id: Id) {
        let (folder, name) = self.parent(path).unwrap();
        let new = Some((name, id));
        self.change_names(folder, Entry { gone: None, new });
    }

    fn sync(&mut self, id: Id) {
        match &mut self.nodes[id] {
            Node::File { durable, pending } => {
                for change in pending.drain(..) {
                    change.apply(durable);
                }
            }
            Node::Folder {
                durable,
                now,
                pending,
            } => {
                durable.clone_from(now);
                pending.clear();
            }
        }
    }

    /// Writes the folder as it may be found after the power failed now.
    pub(crate) fn image(&self, mode: Mode, to: &Path) {
        let mut dice = match mode {
            Mode::Strict => None,
            Mode::Random(seed) => Some(Dice(seed)),
        };
        self.write(ROOT, &mut dice, to);
    }

    fn write(&self, id: Id, dice: &mut Option<Dice>, to: &Path) {
        match &self.nodes[id] {
            Node::File { durable, pending } => {
                let mut content = durable.clone();
                if let Some(dice) = dice {
                    survive(&mut content, pending, dice);
                }
                fs::write(to, content).unwrap();
            }
            Node::Folder {
                durable, pending, ..
            } => {
                let mut names = durable.clone();
                if let Some(dice) = dice {
                    let luck = dice.below(4);
                    for entry in pending {
                        if dice.below(4) <= luck {
                            entry.apply(&mut names);
                        }
                    }
                }
                fs::create_dir_all(to).unwrap();
                for (name, child) in names {
                    self.write(child, dice, &to.join(name));
                }
            }
        }
    }
}

fn folder() -> Node {
    Node::Folder {
        durable: BTreeMap::new(),
        now: BTreeMap::new(),
        pending: Vec::new(),
    }
}

/// Applies those changes of a file that outlive the power, by chance.
fn survive(content: &mut Vec<u8>, pending: &[Change], dice: &mut Dice) {
    // Some files are lucky, others not: cases of all and of nothing come up too.
    let luck = dice.below(5);
    let kept = |dice: &mut Dice| dice.below(4) < luck;
    for change in pending {
        let Change::Write(at, bytes) = change else {
            if kept(dice) {
                change.apply(content);
            }
            continue;
        };
        if !dice.one_in(3) {
            if kept(dice) {
                change.apply(content);
            }
            continue;
        }
        // Torn at the borders of sectors.
        let (mut from, end) = (*at, at + bytes.len());
        while from < end {
            let to = end.min((from / SECTOR + 1) * SECTOR);
            if kept(dice) {
                put(content, from, &bytes[from - at..to - at]);
            }
            from = to;
        }
        // The file may have its new length without its new bytes.
        if dice.one_in(4) && content.len() < end {
            content.resize(end, 0);
        }
    }
}
