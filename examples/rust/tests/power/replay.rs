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
    /// None is lost: what the folder really holds.
    Kept,
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
        let mut fate = match mode {
            Mode::Strict => Fate::Lost,
            Mode::Random(seed) => Fate::Chance(Dice(seed)),
            Mode::Kept => Fate::Kept,
        };
        self.write(ROOT, &mut fate, to);
    }

    fn write(&self, id: Id, fate: &mut Fate, to: &Path) {
        match &self.nodes[id] {
            Node::File { durable, pending } => {
                let mut content = durable.clone();
                match fate {
                    Fate::Lost => {}
                    Fate::Kept => pending.iter().for_each(|change| change.apply(&mut content)),
                    Fate::Chance(dice) => survive(&mut content, pending, dice),
                }
                fs::write(to, content).unwrap();
            }
            Node::Folder {
                durable,
                now,
                pending,
            } => {
                let mut names = durable.clone();
                match fate {
                    Fate::Lost => {}
                    Fate::Kept => names.clone_from(now),
                    Fate::Chance(dice) => {
                        let luck = dice.below(4);
                        for entry in pending {
                            if dice.below(4) <= luck {
                                entry.apply(&mut names);
                            }
                        }
                        // The shared index of a process that is no more.
                        if names.contains_key("store.db-wal") && dice.one_in(2) {
                            let rubbish: Vec<u8> = (0..32_768).map(|_| dice.next() as u8).collect();
                            fs::create_dir_all(to).unwrap();
                            fs::write(to.join("store.db-shm"), rubbish).unwrap();
                        }
                    }
                }
                fs::create_dir_all(to).unwrap();
                for (name, child) in names {
                    self.write(child, fate, &to.join(name));
                }
            }
        }
    }
}

/// What becomes of all that was not synced.
enum Fate {
    Lost,
    Chance(Dice),
    Kept,
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

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT_PATH: &str = "/disk";

    fn disk() -> Disk {
        let empty = tempfile::tempdir().unwrap();
        Disk::new(Path::new(ROOT_PATH), empty.path())
    }

    fn path(name: &str) -> PathBuf {
        Path::new(ROOT_PATH).join(name)
    }

    fn apply(disk: &mut Disk, what: What) {
        disk.apply(&Record { process: 1, what });
    }

    fn open(disk: &mut Disk, file: i32, name: &str) {
        let path = path(name);
        apply(
            disk,
            What::Open {
                file,
                path,
                create: !name.is_empty(),
                truncate: false,
            },
        );
    }

    fn write(disk: &mut Disk, file: i32, at: usize, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        apply(disk, What::Write { file, at, bytes });
    }

    fn sync(disk: &mut Disk, file: i32) {
        apply(disk, What::Sync { file });
    }

    /// Every file of an image, by name.
    fn files(disk: &Disk, mode: Mode) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        disk.image(mode, folder.path());
        fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap_or_default())
            })
            .collect()
    }

    fn one(name: &str, content: &[u8]) -> BTreeMap<String, Vec<u8>> {
        BTreeMap::from([(name.to_owned(), content.to_vec())])
    }

    const FOLDER: i32 = 3;

    #[test]
    fn a_synced_file_is_lost_with_its_name_until_its_folder_is_synced() {
        let mut disk = disk();
        open(&mut disk, FOLDER, "");
        open(&mut disk, 4, "file");
        write(&mut disk, 4, 0, b"bytes");
        sync(&mut disk, 4);
        assert_eq!(files(&disk, Mode::Strict), BTreeMap::new());
        sync(&mut disk, FOLDER);
        assert_eq!(files(&disk, Mode::Strict), one("file", b"bytes"));
        write(&mut disk, 4, 5, b" more");
        assert_eq!(files(&disk, Mode::Strict), one("file", b"bytes"));
        assert_eq!(files(&disk, Mode::Kept), one("file", b"bytes more"));
    }

    #[test]
    fn a_removed_or_renamed_file_is_back_until_its_folder_is_synced() {
        let mut disk = disk();
        open(&mut disk, FOLDER, "");
        open(&mut disk, 4, "old");
        sync(&mut disk, FOLDER);
        apply(&mut disk, What::Rename(path("old"), path("new")));
        assert_eq!(files(&disk, Mode::Strict), one("old", b""));
        sync(&mut disk, FOLDER);
        assert_eq!(files(&disk, Mode::Strict), one("new", b""));
        apply(&mut disk, What::Unlink(path("new")));
        assert_eq!(files(&disk, Mode::Strict), one("new", b""));
        sync(&mut disk, FOLDER);
        assert_eq!(files(&disk, Mode::Strict), BTreeMap::new());
    }

    #[test]
    fn by_chance_a_write_is_kept_lost_and_torn_at_sectors_and_holes_are_zeros() {
        let mut disk = disk();
        open(&mut disk, FOLDER, "");
        open(&mut disk, 4, "file");
        sync(&mut disk, FOLDER);
        write(&mut disk, 4, 0, &[7; 3 * SECTOR + 9]);
        let seen: std::collections::BTreeSet<Vec<u8>> = (0..400)
            .map(|seed| files(&disk, Mode::Random(seed)).remove("file").unwrap())
            .collect();
        assert!(seen.contains(&Vec::new()), "lost");
        assert!(seen.contains(&vec![7; 3 * SECTOR + 9]), "kept");
        let mut torn = vec![0; 2 * SECTOR];
        torn[SECTOR..].fill(7);
        assert!(seen.contains(&torn), "a hole, and a shorter file");
        for content in seen {
            for sector in content.chunks(SECTOR) {
                let first = sector[0];
                assert!(sector.iter().all(|byte| *byte == first), "within a sector");
            }
        }
    }
}
