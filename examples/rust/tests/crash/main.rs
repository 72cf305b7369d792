//! Crashes: `dms` processes of two agencies are killed again and again, at
//! random instants and at every failpoint, while the axis between them fails in
//! every way it knows. In the end nothing may be lost, nothing doubled.
//!
//! The host programs of both agencies are this test: they remember what they
//! sent, were shown and accepted, as a real one would in a database of its own.
//! At the end the sender's store, the axis and the receiver's store are held
//! against that.
//!
//! `CRASH_KILLS` sets how often a process is killed (a short form without it),
//! `CRASH_SEED` the seed, which is printed. The seed fixes the faults, the work
//! and the times of the kills; what the machine makes of them differs.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod check;
mod faults;
mod model;
mod process;
mod random;
mod seat;
mod world;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use process::{Heard, Process};
use random::Random;
use world::{Outcome, Plan};

/// Kills in one pair of stores. After them the stores are held against each
/// other, and new ones are begun.
const ROUND: u64 = 250;

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

fn seed() -> u64 {
    variable("CRASH_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        now.as_nanos() as u64 % 1_000_000_000
    })
}

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        kills: 0,
        failpoints: &[],
        hits: 0,
        mutant: None,
        at_most: Duration::from_secs(300),
        patience: Duration::from_secs(60),
    }
}

fn tell(outcome: &Outcome) {
    println!(
        "CRASH_SEED={}: {} kills ({} of workers, {} of clients), {} documents, {} shown again, {:.1?}",
        outcome.seed,
        outcome.kills(),
        outcome.worker_kills,
        outcome.client_kills,
        outcome.documents,
        outcome.redelivered,
        outcome.took,
    );
}

#[test]
fn nothing_is_lost_or_doubled_by_kills_at_random_instants() {
    let (seed, wanted) = (seed(), variable("CRASH_KILLS").unwrap_or(100));
    println!("CRASH_SEED={seed} CRASH_KILLS={wanted}");
    let (mut kills, mut documents) = (0, 0);
    for round in 0.. {
        if kills >= wanted {
            break;
        }
        let outcome = world::run(Plan {
            kills: ROUND.min(wanted - kills),
            ..plan(seed + round)
        });
        tell(&outcome);
        let outcome = outcome.assert_right();
        assert!(outcome.kills() > 0, "nothing was killed in time");
        kills += outcome.kills();
        documents += outcome.documents;
    }
    println!("{kills} kills, {documents} documents, 0 lost, 0 doubled");
}

/// Four processes at once make a store and are killed while they do.
#[test]
fn a_store_whose_makers_are_killed_is_made_by_the_next() {
    let seed = seed();
    println!("CRASH_SEED={seed}");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for round in 0..20 {
        let store = folder.path().join(round.to_string());
        let arguments = [
            "--store",
            store.to_str().unwrap(),
            "--organ",
            "H99.01",
            "--client",
        ];
        let arguments = arguments.map(str::to_owned);
        let errors = folder.path().join("errors");
        std::thread::scope(|scope| {
            for place in 0..4 {
                let (arguments, errors) = (&arguments, &errors);
                let mut random = Random::new(seed, &[round, place]);
                scope.spawn(move || {
                    for _ in 0..5 {
                        let process = Process::start(arguments, &[], errors);
                        let heard = process.ready(Instant::now() + random.millis(30));
                        assert!(!matches!(heard, Heard::Error(_)), "{heard:?}");
                        process.kill();
                    }
                    let process = Process::start(arguments, &[], errors);
                    let heard = process.ready(Instant::now() + Duration::from_secs(60));
                    assert!(matches!(heard, Heard::Done(_)), "{heard:?}");
                    process.kill();
                });
            }
        });
    }
}

#[cfg(feature = "failpoints")]
#[test]
fn nothing_is_lost_or_doubled_by_a_death_at_any_failpoint() {
    let seed = seed();
    println!("CRASH_SEED={seed}");
    for round in 0..variable("CRASH_KILLS").map_or(1, |kills| 1 + kills / 1_000) {
        let outcome = world::run(Plan {
            failpoints: lienthong::failpoint::names(),
            hits: 1,
            at_most: Duration::from_secs(120),
            ..plan(seed + round)
        });
        tell(&outcome);
        println!("{:?}", outcome.hits);
        outcome.assert_right();
    }
}

/// The harness itself is tried: a receiver that tells the axis before it has
/// stored a packet loses it when it dies in between, and that must be seen.
#[cfg(feature = "failpoints")]
#[test]
fn an_acknowledgement_before_the_commit_is_found_as_a_loss() {
    let seed = seed();
    println!("CRASH_SEED={seed}");
    let outcome = world::run(Plan {
        failpoints: &["inbox-fetched"],
        hits: 3,
        mutant: Some("ack-before-commit"),
        at_most: Duration::from_secs(60),
        patience: Duration::from_secs(4),
        ..plan(seed)
    });
    tell(&outcome);
    assert!(outcome.hits.contains_key("inbox-fetched"));
    assert!(
        outcome.wrong.iter().any(|one| one.starts_with("lost: ")),
        "not found: {:?}",
        outcome.wrong
    );
}
