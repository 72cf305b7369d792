//! Several processes on one store, and processes that are killed. The children
//! are this test program, started anew with one test and a variable.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lienthong::exchange::Store;
use lienthong::store::{SqliteStore, StoreOptions};

use crate::rows::{change, look};

const FOLDER: &str = "STORE_TEST_FOLDER";
const NAME: &str = "STORE_TEST_NAME";

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, &StoreOptions::default()).unwrap()
}

/// Starts this program with nothing but one test of this file.
pub fn start(test: &str, folder: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("processes::{test}"), "--nocapture"])
        .env(FOLDER, folder)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child was given; `None` where this is no child.
pub fn given() -> Option<(SqliteStore, String)> {
    let folder = std::env::var_os(FOLDER)?;
    Some((open(Path::new(&folder)), std::env::var(NAME).unwrap()))
}

/// Tells the parent something, at once.
pub fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n> {line}").unwrap();
    out.flush().unwrap();
}

/// What a child tells, up to its end.
pub fn told(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("> ").map(str::to_owned))
}

#[test]
fn child_writes_numbers() {
    let Some((store, name)) = given() else { return };
    for number in 1..=200 {
        let name = format!("{name} {number}");
        store
            .write(Box::new(move |tx| tx.remember(&name, "1")))
            .unwrap();
    }
}

#[test]
fn processes_that_begin_and_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("store");
    let names = ["a", "b", "c", "d"];
    let children: Vec<Child> = names
        .iter()
        .map(|name| start("child_writes_numbers", &place, name))
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    look(&open(&place), |tx| {
        for name in names {
            for number in 1..=200 {
                let there = tx.remembered(&format!("{name} {number}"))?;
                assert!(there.is_some(), "{name} {number}");
            }
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn child_writes_from_threads_until_it_is_killed() {
    let Some((store, _)) = given() else { return };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let bytes = crate::rows::payload(1);
                    let name = format!("{thread} {number}");
                    let same = name.clone();
                    change(store, move |tx| {
                        tx.add_payload(&bytes)?;
                        tx.remember(&same, "1")
                    })
                    .unwrap();
                    tell(&name);
                }
            });
        }
    });
}

#[test]
fn what_was_answered_is_there_after_the_writer_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=5 {
        let mut child = start(
            "child_writes_from_threads_until_it_is_killed",
            folder.path(),
            "",
        );
        let mut answered = Vec::new();
        let mut lines = told(&mut child);
        answered.extend(lines.by_ref().take(100 * round));
        child.kill().unwrap();
        answered.extend(lines);
        child.wait().unwrap();
        assert!(answered.len() >= 100 * round);
        // A line that was cut off by the kill is not one that was told whole.
        answered.pop();
        look(&open(folder.path()), |tx| {
            for name in &answered {
                assert!(tx.remembered(name)?.is_some(), "{name}");
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn child_waits_for_a_change() {
    let Some((store, _)) = given() else { return };
    let seen = store.generation();
    tell("waiting");
    let new = store.wait(seen, std::time::Duration::from_secs(30));
    tell(if new == seen { "time" } else { "change" });
}

#[test]
fn a_commit_wakes_a_waiter_in_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut child = start("child_waits_for_a_change", folder.path(), "");
    let mut lines = told(&mut child);
    assert_eq!(lines.next().as_deref(), Some("waiting"));
    store.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    assert_eq!(lines.next().as_deref(), Some("change"));
    assert!(child.wait().unwrap().success());
}

#[test]
fn child_is_worker_until_it_is_killed() {
    let Some((store, _)) = given() else { return };
    let _lock = store.lock_worker().unwrap();
    tell("worker");
    loop {
        std::thread::park();
    }
}

#[test]
fn a_killed_worker_leaves_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut child = start("child_is_worker_until_it_is_killed", folder.path(), "");
    assert_eq!(told(&mut child).next().as_deref(), Some("worker"));
    let error = store.lock_worker().unwrap_err();
    assert_eq!(error.kind(), lienthong::ErrorKind::StoreInUse);
    let process = ("process", child.id().to_string().into());
    assert_eq!(error.context(), [process]);
    child.kill().unwrap();
    child.wait().unwrap();
    store.lock_worker().unwrap();
}
