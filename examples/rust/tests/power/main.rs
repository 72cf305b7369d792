//! The power fails, at any moment, and what was promised is still there.
//!
//! `dms` runs under a recorder (`recorder.c`) that writes down every change of
//! a file or a name below its folder, in order, and every byte that leaves it.
//! From the record, cut anywhere, `replay.rs` makes the folder as a disk may
//! hold it after the power failed then:
//!
//! * A file's content is durable up to its last `fsync` or `fdatasync`, length
//!   included. Every later write, cut or growth may be kept or lost, each by
//!   itself and in any order between files. A write may be torn at the borders
//!   of sectors of 512 bytes, in any pattern. A lost piece below a kept one reads
//!   as zeros; a file may have its new length without its new bytes.
//! * A name (made, renamed, linked, removed; of a file or a folder) is durable
//!   after an `fsync` of its folder, not before; an `fsync` of the file does not
//!   make its name durable. Each change may be kept or lost by itself; a rename
//!   within a folder is one change, one between folders is two.
//! * `strict`: all that was not synced is lost. `random`: by a seed. (With nothing
//!   lost, the replayed folder must be the one that is really there.)
//!
//! Then the store is opened as the product would, and everything that had left
//! the process before the cut is held to: what `send`, `report`, `poll` and
//! `accept` had answered, and what the axis had been told is `done`
//! (`check.rs`). In `power_cuts_lose_and_double_nothing` the product itself goes
//! on from there, against an axis that forgets nothing.
//!
//! A real disk may do worse, and this says nothing of it: report a sync that
//! did not happen, damage sectors that were not being written, tear below 512
//! bytes, or lose what was durable. A file system usually does better: it keeps
//! more of the order, and often the name with the file. What SQLite shares in
//! memory (`-shm`) is not recorded; after a cut it is not there or is rubbish, and
//! SQLite makes it anew.
//!
//! The tests need the cargo feature `failpoints`: `cargo xtask test power`, or
//!
//! ```sh
//! POWER_SEED=7 POWER_CUTS=500 cargo test -p example-rust --features failpoints --test power
//! ```
//!
//! `POWER_CUTS` is how often the power of a running product fails (short form:
//! 24); for every 24 there is one more recorded life to cut, one more with a log
//! that is written back, and one more round of all failpoints.
//! `POWER_SEED` is printed by each run.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails"
)]

mod check;
mod life;
mod product;
mod recorder;
mod replay;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::check::{Promises, check};
use crate::life::{FILE_AND_ROW, IN_ROW, Life, SIZES};
use crate::product::{Agency, Died, Trigger, folder};
use crate::recorder::What;
use crate::replay::{Dice, Mode};

/// Power cuts of running products in the short form.
const CUTS: u64 = 24;
/// Random cuts of a recorded life.
const RANDOM: u64 = 200;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The seeds of this run, printed: one for every 24 cuts.
fn seeds() -> impl Iterator<Item = u64> {
    let first = seed();
    (0..cuts().div_ceil(CUTS)).map(move |round| first.wrapping_add(round))
}

fn seed() -> u64 {
    let seed = variable("POWER_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos())
    });
    eprintln!("POWER_SEED={seed}");
    seed
}

fn cuts() -> u64 {
    variable("POWER_CUTS").unwrap_or(CUTS)
}

/// Cuts the record of a dead product at one in so many syncs (all that is not
/// synced is lost: between two syncs nothing else can come of it), and at about
/// so many random records with a random outcome. Gives how many cuts there were and what was wrong; one
/// wrong cut is enough.
fn cut_everywhere(
    agency: &Agency,
    seed: u64,
    one_in: u64,
    random: u64,
) -> (u64, Promises, Vec<String>) {
    let records = agency.records();
    let mut disk = agency.disk();
    let mut promises = Promises::default();
    let mut dice = Dice(seed);
    let mut count = 0;
    for (number, record) in records.iter().enumerate() {
        disk.apply(record);
        promises.hear(record);
        let mut modes = Vec::new();
        let next = records.get(number + 1).map(|next| &next.what);
        if matches!(next, None | Some(What::Sync { .. })) && dice.below(one_in) == 0 {
            modes.push(Mode::Strict);
        }
        if dice.below(records.len() as u64) < random {
            modes.push(Mode::Random(dice.next()));
        }
        for mode in modes {
            count += 1;
            let place = folder();
            disk.image(mode, place.path());
            let wrong = check(&place.path().join("agency/store"), &promises);
            if !wrong.is_empty() {
                let at = format!("after record {number} of {}, {mode:?}", records.len());
                return (count, promises, [at].into_iter().chain(wrong).collect());
            }
        }
    }
    (count, promises, Vec::new())
}

/// Cuts a recorded life of both agencies. Gives what is wrong with each.
fn cut_a_life(life: &Life, seed: u64, one_in: u64, random: u64) -> [Vec<String>; 2] {
    [("sender", &life.sender), ("receiver", &life.receiver)].map(|(name, agency)| {
        agency.assert_recorded();
        let (count, promises, wrong) = cut_everywhere(agency, seed, one_in, random);
        eprintln!("{name}, seed {seed}: {count} cuts, promised {promises}");
        wrong
    })
}

const NOTHING: [Vec<String>; 2] = [Vec::new(), Vec::new()];

/// The receiver is a mutant; its records give it away. The sender is sound.
fn finds_the_mutant(mutant: &'static str, signs: &[&str]) {
    let seed = seed();
    let mut life = Life::new(seed, SIZES, Some(mutant));
    life.quiet([3, 1]);
    let [sender, receiver] = cut_a_life(&life, seed, 1, 0);
    assert_eq!(sender, Vec::<String>::new());
    eprintln!("{mutant}: {receiver:?}");
    assert!(
        receiver
            .iter()
            .any(|wrong| signs.iter().any(|sign| wrong.contains(sign))),
        "{mutant} was not found: {receiver:?}"
    );
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_recorded_life_can_be_cut_anywhere() {
    for seed in seeds() {
        let mut life = Life::new(seed, SIZES, None);
        life.quiet([6, 4]);
        assert_eq!(life.wrong, Vec::<String>::new());
        assert_eq!(cut_a_life(&life, seed, 1, RANDOM), NOTHING);
    }
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_life_whose_log_is_full_and_begins_anew_can_be_cut_anywhere() {
    for seed in seeds() {
        let mut life = Life::new(seed, IN_ROW, None);
        life.quiet([75, 3]);
        assert_eq!(life.wrong, Vec::<String>::new());
        assert_eq!(cut_a_life(&life, seed, 60, 25), NOTHING);
    }
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_store_that_does_not_sync_is_found_out() {
    finds_the_mutant("sync-off", &["is lost", "the axis was told that"]);
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_store_that_does_not_sync_its_folders_is_found_out() {
    finds_the_mutant("no-folder-sync", &["cannot be opened"]);
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_row_before_its_file_is_found_out() {
    finds_the_mutant("row-before-blob", &["cannot be opened"]);
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn an_acknowledgement_before_the_commit_is_found_out() {
    finds_the_mutant("ack-before-commit", &["the axis was told that"]);
}

/// Runs both products until the power of one of them fails: some documents, and
/// a recall.
fn until_it_dies(life: &mut Life, steps: u64) -> Result<(), Died> {
    let end = Instant::now() + Duration::from_secs(10);
    for _ in 0..steps {
        life.send()?;
        while life.waits_for()?.is_some() && Instant::now() < end {
            life.take(20)?;
        }
    }
    let agreed = life.agreed;
    if life.recall()? {
        while life.agreed == agreed && Instant::now() < end {
            life.take(50)?;
        }
        // The file is removed after the answer.
        life.take(100)?;
    }
    Ok(())
}

/// The power of one agency fails where the trigger says, or after some steps.
/// Gives whether the trigger did it.
fn fail(life: &mut Life, who: Who, trigger: &Trigger, mode: Mode, steps: u64) -> bool {
    who.of(life).kill();
    let died = who.of(life).start(trigger).is_err() || until_it_dies(life, steps).is_err();
    let wrong = who.of(life).power_fails(mode);
    let at = format!("{who:?}, {trigger:?}, {mode:?}");
    let wrong = wrong.into_iter().map(|wrong| format!("{at}: {wrong}"));
    life.wrong.extend(wrong);
    who.of(life).start(&Trigger::None).unwrap();
    died
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Sender,
    Receiver,
}

impl Who {
    fn of(self, life: &mut Life) -> &mut Agency {
        match self {
            Who::Sender => &mut life.sender,
            Who::Receiver => &mut life.receiver,
        }
    }
}

/// Both have died while they made their stores; the power had not failed.
fn begin(seed: u64, sizes: &'static [usize]) -> Life {
    let mut life = Life::new(seed, sizes, None);
    let mut dice = Dice(!seed);
    for who in [Who::Sender, Who::Receiver] {
        let early = Trigger::Record(1 + dice.below(60));
        assert!(who.of(&mut life).start(&early).is_err(), "alive");
        who.of(&mut life).kill();
        who.of(&mut life).start(&Trigger::None).unwrap();
    }
    life
}

fn end(mut life: Life) {
    life.come_to_rest();
    life.sender.close();
    life.receiver.close();
    life.once();
    let (given, documents) = life.at_axis();
    eprintln!("{documents} documents, {given} times given to the axis");
    assert_eq!(life.wrong, Vec::<String>::new());
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn power_cuts_lose_and_double_nothing() {
    for seed in seeds() {
        let mut dice = Dice(seed);
        let mut life = begin(seed, SIZES);
        let mut by_record = 0;
        for cut in 0..CUTS {
            let trigger = Trigger::Record(1 + dice.below(600));
            let mode = match dice.below(3) {
                0 => Mode::Strict,
                _ => Mode::Random(dice.next()),
            };
            let who = [Who::Sender, Who::Receiver][cut as usize % 2];
            by_record += u64::from(fail(&mut life, who, &trigger, mode, 3));
        }
        eprintln!("seed {seed}: {CUTS} cuts, {by_record} at a record");
        end(life);
    }
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_power_cut_at_every_failpoint_loses_and_doubles_nothing() {
    // Places that these lives do not pass: nothing is refused or given back, and
    // the axis answers all. The crash harness dies there.
    const ELSEWHERE: &[&str] = &[
        "handoff-given-back",
        "handoff-refused",
        "keeper-asked",
        "keeper-settled",
    ];
    for seed in seeds() {
        let mut dice = Dice(seed);
        let mut life = begin(seed, FILE_AND_ROW);
        let mut missed = Vec::new();
        let names = lienthong::failpoint::names().iter();
        for name in names.filter(|name| !ELSEWHERE.contains(name)) {
            let (mut died, mut tried) = (0, 0);
            // Some places are not passed in every short life.
            while died == 0 && tried < 24 {
                let second = 1 + dice.below(2);
                for (mode, passage) in [(Mode::Strict, 1), (Mode::Random(dice.next()), second)] {
                    for who in [Who::Sender, Who::Receiver] {
                        let trigger = Trigger::Place(format!("{name}:{passage}"));
                        died += u64::from(fail(&mut life, who, &trigger, mode, 2));
                        tried += 1;
                    }
                }
            }
            eprintln!("seed {seed}: {name}: {died} of {tried} died there");
            if died == 0 {
                missed.push(*name);
            }
        }
        assert_eq!(missed, Vec::<&str>::new());
        end(life);
    }
}
