//! An axis with faults, a sender's and a receiver's store, and the places where
//! processes run over them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use lienthong_conformance::axis_server::TestAxis;
use lienthong_conformance::rebuild::Flavour;
use tempfile::TempDir;

use crate::model::Books;
use crate::process::Process;
use crate::random::Random;
use crate::seat::{self, Place, Seat};
use crate::{check, faults};

pub(crate) const SENDER: &str = "H99.01";
pub(crate) const RECEIVERS: [&str; 2] = ["H99.02", "H99.03"];

/// Kills after which the axis gets other faults.
const SCRIPT: u64 = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Sender,
    Receiver,
}

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Kills of all processes together.
    pub(crate) kills: u64,
    /// Failpoints to die at, each this often at least; none: random instants.
    pub(crate) failpoints: &'static [&'static str],
    pub(crate) hits: u64,
    /// A fault of the product that must be found.
    pub(crate) mutant: Option<&'static str>,
    /// How long the kills may take, and after them the way to the end.
    pub(crate) at_most: Duration,
    pub(crate) patience: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) worker_kills: u64,
    pub(crate) client_kills: u64,
    pub(crate) documents: usize,
    pub(crate) redelivered: usize,
    /// How long the kills took, and after them the way to the end.
    pub(crate) took: [Duration; 2],
    #[cfg_attr(
        not(feature = "failpoints"),
        expect(dead_code, reason = "no failpoint is hit")
    )]
    pub(crate) hits: BTreeMap<&'static str, u64>,
    /// Failpoints where nothing died.
    pub(crate) never: Vec<&'static str>,
    /// What must not have happened.
    pub(crate) wrong: Vec<String>,
    folder: Option<TempDir>,
}

impl Outcome {
    pub(crate) fn kills(&self) -> u64 {
        self.worker_kills + self.client_kills
    }

    /// Fails, and keeps the folders, where something was wrong.
    pub(crate) fn assert_right(mut self) -> Self {
        if self.wrong.is_empty() && self.never.is_empty() {
            return self;
        }
        let folder = self.folder.take().map(TempDir::keep);
        let (shown, count) = (self.wrong.iter().take(40), self.wrong.len());
        let lines: Vec<_> = shown.map(String::as_str).collect();
        panic!(
            "CRASH_SEED={} after {} kills; stores kept in {folder:?}; {count} wrong:\n{}\nnever hit: {:?}",
            self.seed,
            self.kills(),
            lines.join("\n"),
            self.never,
        );
    }
}

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) folder: PathBuf,
    pub(crate) axis: TestAxis,
    pub(crate) rebuilds: bool,
    plan: Plan,
    books: Mutex<Books>,
    pub(crate) worker_kills: AtomicU64,
    pub(crate) client_kills: AtomicU64,
    pub(crate) hits: Mutex<BTreeMap<&'static str, u64>>,
    end: Instant,
}

/// Goes through a plan: kills, then peace, then the checks.
pub(crate) fn run(plan: Plan) -> Outcome {
    let folder = tempfile::Builder::new()
        .prefix("crash-")
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap();
    let mut random = Random::new(plan.seed, &[0]);
    let rebuilds = random.percent(30);
    let flavour = if rebuilds {
        Flavour::AsSeen
    } else {
        Flavour::Off
    };
    let path = folder.path().to_owned();
    for name in ["files", "axis"] {
        std::fs::create_dir(path.join(name)).unwrap();
    }
    for (name, secret) in [("td.01", "bi mat mot"), ("td.02", "bi mat hai")] {
        std::fs::write(path.join(name), secret).unwrap();
    }
    let axis = TestAxis::builder()
        .system("td.01", "bi mat mot", [SENDER])
        .system("td.02", "bi mat hai", RECEIVERS)
        .data(path.join("axis"))
        .rebuild(flavour)
        .configure(|config| {
            config.seed = plan.seed;
            config.wire_log = 1_000_000;
        })
        .start()
        .unwrap();
    let world = World {
        seed: plan.seed,
        folder: path,
        axis,
        rebuilds,
        books: Mutex::default(),
        worker_kills: AtomicU64::new(0),
        client_kills: AtomicU64::new(0),
        hits: Mutex::default(),
        end: Instant::now() + plan.at_most,
        plan,
    };
    let begin = Instant::now();
    thread::scope(|scope| {
        let world = &world;
        for (number, (side, is_worker)) in (1..).zip([
            (Side::Sender, true),
            (Side::Sender, false),
            (Side::Receiver, true),
            (Side::Receiver, false),
        ]) {
            let place = Place {
                side,
                is_worker,
                number,
            };
            scope.spawn(move || seat::run(world, place));
        }
        let mut script = None;
        while !world.is_over() {
            let now = world.kills() / SCRIPT;
            if script != Some(now) {
                script = Some(now);
                world.axis.set_faults(faults::script(&mut random));
            }
            // Not to spin; nothing depends on how long this is.
            thread::sleep(Duration::from_millis(20));
        }
    });
    world.axis.set_faults([]);
    let killed = begin.elapsed();
    world.calm(&mut random);
    let World {
        plan, books, hits, ..
    } = &world;
    let hits = hits.lock().unwrap().clone();
    let never = plan.failpoints.iter().copied();
    let never = never
        .filter(|name| !hits.contains_key(name))
        .collect::<Vec<_>>();
    let mut books = books.lock().unwrap();
    Outcome {
        seed: plan.seed,
        worker_kills: world.worker_kills.load(Ordering::SeqCst),
        client_kills: world.client_kills.load(Ordering::SeqCst),
        documents: books.documents.len(),
        redelivered: books
            .items
            .values()
            .filter(|one| one.shown.len() > 1)
            .count(),
        took: [killed, begin.elapsed().saturating_sub(killed)],
        never,
        hits,
        wrong: std::mem::take(&mut books.wrong),
        folder: Some(folder),
    }
}

impl World {
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub(crate) fn wrong(&self, what: String) {
        self.books().wrong.push(what);
    }

    pub(crate) fn has_wrong(&self) -> bool {
        !self.books().wrong.is_empty()
    }

    fn kills(&self) -> u64 {
        self.worker_kills.load(Ordering::SeqCst) + self.client_kills.load(Ordering::SeqCst)
    }

    /// Whether there were kills enough; after that nothing is killed any more.
    pub(crate) fn is_over(&self) -> bool {
        if Instant::now() >= self.end || self.has_wrong() {
            return true;
        }
        let hit = {
            let hits = self.hits.lock().unwrap();
            let mut names = self.plan.failpoints.iter();
            names.all(|name| hits.get(name).copied().unwrap_or_default() >= self.plan.hits)
        };
        hit && self.kills() >= self.plan.kills
    }

    /// Where the next process at a place is to die: at the place that was died
    /// at least.
    pub(crate) fn failpoint(
        &self,
        place: Place,
        random: &mut Random,
    ) -> Option<(&'static str, u64)> {
        let hits = self.hits.lock().unwrap();
        let names = self.plan.failpoints.iter().copied();
        let names: Vec<_> = names.filter(|name| passes(name, place)).collect();
        let count = |name: &&str| hits.get(*name).copied().unwrap_or_default();
        let least = names.iter().map(count).min()?;
        let names: Vec<_> = names
            .into_iter()
            .filter(|one| count(one) == least)
            .collect();
        let name = *random.of(&names)?;
        // What is rare is not waited for twice.
        let often = ["store-", "inbox-", "outbox-", "send-", "handoff-shown"];
        let number = if often.iter().any(|start| name.starts_with(start)) {
            1 + random.below(4)
        } else {
            1
        };
        Some((name, number))
    }

    /// Starts a process at a place.
    pub(crate) fn start(&self, place: Place, failpoint: Option<&(&'static str, u64)>) -> Process {
        let (name, system, organs) = match place.side {
            Side::Sender => ("sender", "td.01", [SENDER].as_slice()),
            Side::Receiver => ("receiver", "td.02", RECEIVERS.as_slice()),
        };
        let path = |name: &str| self.folder.join(name).to_str().unwrap().to_owned();
        let mut arguments = vec!["--store".to_owned(), path(name)];
        for organ in organs {
            arguments.extend(["--organ".to_owned(), (*organ).to_owned()]);
        }
        for (key, value) in [
            ("handoff.lease", "300"),
            ("axis.hash_file", "standard"),
            ("axis.idle_timeout", "5000"),
            ("receive.interval", "20"),
            ("send.pause", "20"),
            ("send.longest_pause", "200"),
            ("send.ask_after", "20"),
            ("send.unknown_wait", "100"),
        ] {
            arguments.extend(["--set".to_owned(), format!("{key}={value}")]);
        }
        if place.is_worker {
            for (option, value) in [
                ("--axis", self.axis.url()),
                ("--system", system.to_owned()),
                ("--secret-file", path(system)),
            ] {
                arguments.extend([option.to_owned(), value]);
            }
        } else {
            arguments.push("--client".to_owned());
        }
        let mut variables = Vec::new();
        if let Some((name, number)) = failpoint {
            variables.push(("LIENTHONG_FAILPOINT", format!("{name}:{number}")));
        }
        if let Some(mutant) = self.plan.mutant {
            variables.push(("LIENTHONG_MUTANT", mutant.to_owned()));
        }
        let errors = self.folder.join(format!("errors-{}", place.number));
        Process::start(&arguments, &variables, &errors)
    }

    /// Lets everything come to its end and looks at what it came to. Who is
    /// right at the first look is right; else there is time.
    fn calm(&self, random: &mut Random) {
        if self.has_wrong() {
            return;
        }
        let place = |side, number| Place {
            side,
            is_worker: true,
            number,
        };
        let mut others = Random::new(self.seed, &[9]);
        let mut sender = Seat::calm(self, place(Side::Sender, 11), random);
        let mut receiver = Seat::calm(self, place(Side::Receiver, 12), &mut others);
        let end = Instant::now() + self.plan.patience;
        loop {
            sender.finishes_sending();
            while receiver.decides() == Some(true) || receiver.reports() == Some(true) {}
            // This waits for what comes.
            while receiver.polls(Duration::from_millis(50)) == Some(true) && !self.has_wrong() {}
            if self.has_wrong() {
                return;
            }
            let is_open =
                self.books().open() > 0 || check::is_under_way(self, [&mut sender, &mut receiver]);
            if is_open && Instant::now() < end {
                continue;
            }
            let wrong = check::all(self, &mut sender, &mut receiver);
            if wrong.is_empty() {
                return;
            }
            if Instant::now() >= end {
                self.books().wrong.extend(wrong);
                return;
            }
        }
    }
}

/// Whether a process at a place passes a failpoint.
fn passes(name: &str, place: Place) -> bool {
    let of_worker = ["inbox-", "outbox-", "keeper-", "worker-"];
    let of_receiver = ["action-", "handoff-", "report-", "blob-before-unlink"];
    let of_sender = ["send-", "recall-"];
    let starts = |with: &[&str]| with.iter().any(|start| name.starts_with(start));
    (place.is_worker || !starts(&of_worker))
        && (place.side == Side::Receiver || !starts(&of_receiver))
        && (place.side == Side::Sender || !starts(&of_sender))
}
