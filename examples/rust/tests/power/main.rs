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
//! * `strict`: all that was not synced is lost. `random`: by a seed.
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
//! memory (`-shm`) is never there after a cut; SQLite makes it anew.
//!
//! The tests need the cargo feature `failpoints`: `cargo xtask test power`, or
//!
//! ```sh
//! POWER_SEED=7 POWER_CUTS=500 cargo test -p example-rust --features failpoints --test power
//! ```
//!
//! `POWER_CUTS` is how often the power of a running product fails (short form:
//! 24); the moments of the recorded lives that are looked at grow with it.
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

use std::time::{SystemTime, UNIX_EPOCH};

use crate::check::{Promises, check};
use crate::life::Life;
use crate::product::{Agency, Died, Trigger, folder};
use crate::recorder::What;
use crate::replay::{Dice, Mode};

/// Power cuts of running products in the short form.
const CUTS: u64 = 24;
/// Documents in each half of a recorded life.
const DOCUMENTS: usize = 6;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The seed of this run, printed.
fn seed() -> u64 {
    let seed = variable("POWER_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos())
    });
    println!("POWER_SEED={seed}");
    seed
}

fn cuts() -> u64 {
    variable("POWER_CUTS").unwrap_or(CUTS)
}

/// Cuts the record of a dead product at every sync (all that is not synced is
/// lost: between two syncs nothing else can come of it), and at random records
/// with a random outcome. Gives how many cuts there were and what was wrong; one
/// wrong cut is enough.
fn cut_everywhere(agency: &Agency, seed: u64, random: u64) -> (u64, Promises, Vec<String>) {
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
        if matches!(next, None | Some(What::Sync { .. })) {
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

/// Cuts a recorded life of both agencies everywhere.
fn cut_a_life(seed: u64, documents: usize, random: u64, mutant: Option<&'static str>) -> Vec<String> {
    let mut life = Life::new(seed, mutant);
    life.quiet(documents);
    let mut wrong = life.wrong.clone();
    for (name, agency) in [("sender", &life.sender), ("receiver", &life.receiver)] {
        let (count, promises, found) = cut_everywhere(agency, seed, random);
        println!("{name}: {count} cuts, promised {promises}; {found:?}");
        wrong.extend(found.into_iter().map(|wrong| format!("{name}: {wrong}")));
    }
    wrong
}

fn finds_the_mutant(mutant: &'static str, what: &str) {
    let wrong = cut_a_life(seed(), 4, 0, Some(mutant));
    println!("{mutant}: {wrong:?}");
    assert!(
        wrong.iter().any(|wrong| wrong.contains(what)),
        "{mutant} was not found: {wrong:?}"
    );
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_recorded_life_can_be_cut_anywhere() {
    let wrong = cut_a_life(seed(), DOCUMENTS, 20 * cuts(), None);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_store_that_does_not_sync_is_found_out() {
    finds_the_mutant("sync-off", "was answered and is lost");
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_store_that_does_not_sync_its_folders_is_found_out() {
    finds_the_mutant("no-folder-sync", "cannot be opened");
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_row_before_its_file_is_found_out() {
    finds_the_mutant("row-before-blob", "cannot be opened");
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn an_acknowledgement_before_the_commit_is_found_out() {
    finds_the_mutant("ack-before-commit", "the axis was told that");
}

/// Runs both products until the power of one of them fails.
fn until_it_dies(life: &mut Life, steps: u64) -> Result<(), Died> {
    for _ in 0..steps {
        life.send()?;
        life.take(30)?;
        life.take(0)?;
    }
    Ok(())
}

/// The power of the sender (`true`) or the receiver fails where the trigger says,
/// or after some steps.
fn fail(life: &mut Life, sender: bool, trigger: &Trigger, mode: Mode, steps: u64) -> bool {
    let armed = if sender {
        &mut life.sender
    } else {
        &mut life.receiver
    };
    armed.kill();
    let started = armed.start(trigger).is_ok();
    let died = !started || until_it_dies(life, steps).is_err();
    let armed = if sender {
        &mut life.sender
    } else {
        &mut life.receiver
    };
    let wrong = armed.power_fails(mode);
    let who = if sender { "sender" } else { "receiver" };
    let at = format!("{who}, {trigger:?}, {mode:?}");
    life.wrong
        .extend(wrong.into_iter().map(|wrong| format!("{at}: {wrong}")));
    let armed = if sender {
        &mut life.sender
    } else {
        &mut life.receiver
    };
    armed.start(&Trigger::None).unwrap();
    died
}

fn end(mut life: Life) {
    life.come_to_rest();
    life.sender.close();
    life.receiver.close();
    life.once();
    let (given, documents) = life.at_axis();
    println!("{documents} documents, {given} times given to the axis");
    assert_eq!(life.wrong, Vec::<String>::new());
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn power_cuts_lose_and_double_nothing() {
    let seed = seed();
    let mut dice = Dice(seed);
    let mut life = Life::new(seed, None);
    life.sender.start(&Trigger::None).unwrap();
    life.receiver.start(&Trigger::None).unwrap();
    let mut by_record = 0;
    for cut in 0..cuts() {
        let trigger = Trigger::Record(1 + dice.below(250));
        let mode = match dice.below(3) {
            0 => Mode::Strict,
            _ => Mode::Random(dice.next()),
        };
        by_record += u64::from(fail(&mut life, cut % 2 == 0, &trigger, mode, 3));
    }
    println!("{} cuts, {by_record} at a record", cuts());
    end(life);
}

#[test]
#[cfg_attr(not(feature = "failpoints"), ignore = "needs the feature failpoints")]
fn a_power_cut_at_every_failpoint_loses_and_doubles_nothing() {
    let seed = seed();
    let mut dice = Dice(seed);
    let mut life = Life::new(seed, None);
    life.sender.start(&Trigger::None).unwrap();
    life.receiver.start(&Trigger::None).unwrap();
    let mut missed = Vec::new();
    for name in lienthong::failpoint::names() {
        let mut died = false;
        for mode in [Mode::Strict, Mode::Random(dice.next())] {
            for sender in [true, false] {
                let trigger = Trigger::Place(format!("{name}:{}", 1 + dice.below(2)));
                died |= fail(&mut life, sender, &trigger, mode, 3);
            }
        }
        if !died {
            missed.push(*name);
        }
    }
    // What destroys files needs a recall; the recorded life has one.
    assert_eq!(missed, ["blob-before-unlink"]);
    end(life);
}
