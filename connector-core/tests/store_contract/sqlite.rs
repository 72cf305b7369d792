//! What only the store in a folder does: files, locks, versions, full disks.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lienthong::ErrorKind;
use lienthong::exchange::model::Payload;
use lienthong::exchange::{Store, Stored};
use lienthong::store::{SqliteStore, StoreOptions};

use crate::processes::{given, tell};
use crate::rows::{change, look, payload};

fn open(folder: &Path) -> lienthong::Result<SqliteStore> {
    let options = StoreOptions {
        in_row: 1000,
        ..StoreOptions::default()
    };
    SqliteStore::open(folder, &options)
}

/// The files of long payloads, and what is being written.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.join("blobs")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

fn spool(store: &SqliteStore, byte: u8) -> Stored {
    let mut spool = store.spool().unwrap();
    spool.write_all(&[byte; 5000]).unwrap();
    spool.finish().unwrap()
}

/// Stores a long payload; gives its id and what it is.
fn store_file(store: &SqliteStore, byte: u8) -> (i64, Payload) {
    let stored = spool(store, byte);
    let row = stored.payload.clone();
    let id = change(store, move |tx| tx.add_payload(&row)).unwrap();
    (id, stored.payload.clone())
}

/// Waits until the writer has removed what it was to remove: each further write
/// lets it try again.
fn until_files(store: &SqliteStore, folder: &Path, number: usize) {
    for _ in 0..1000 {
        if files(folder).len() == number {
            return;
        }
        store
            .write(Box::new(|tx| tx.remember("again", "1")))
            .unwrap();
    }
    assert_eq!(files(folder).len(), number);
}

#[test]
fn a_newer_store_is_refused_with_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    let database = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let error = open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreNewer);
    let context = [("found", "99".into()), ("known", "2".into())];
    assert_eq!(error.context(), context);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let garbage = b"not a database, but longer than its head of one hundred bytes ".repeat(40);
    fs::write(&file, &garbage).unwrap();
    assert_eq!(
        open(folder.path()).unwrap_err().kind(),
        ErrorKind::StoreFailed
    );
    assert_eq!(fs::read(&file).unwrap(), garbage);
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(database);
    let before = fs::read(&file).unwrap();
    assert_eq!(
        open(folder.path()).unwrap_err().kind(),
        ErrorKind::StoreFailed
    );
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_row_with_an_unknown_word_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let row = change(&store, |tx| crate::rows::sent(tx, |_| ())).unwrap();
    let database = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    database
        .execute("UPDATE recipient SET delivery = 'no word'", [])
        .unwrap();
    let error = look(&store, |tx| tx.recipient(row.id)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreFailed);
}

#[test]
fn a_second_worker_in_one_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(folder.path()).unwrap(), open(folder.path()).unwrap());
    let lock = one.lock_worker().unwrap();
    for store in [&one, &other] {
        let error = store.lock_worker().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StoreInUse);
        let process = ("process", std::process::id().to_string().into());
        assert_eq!(error.context(), [process]);
    }
    drop(lock);
    other.lock_worker().unwrap();
}

#[test]
fn a_closed_store_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    store.close();
    store.close();
    let error = store.write(Box::new(|_| Ok(()))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    // It is not only told so: with its last connection the log has gone. What is
    // read of it later opens one for that moment.
    let log = folder.path().join("store.db-wal");
    assert!(!log.exists());
    let mut opened = false;
    store
        .read(&mut |_| {
            opened = log.exists();
            Ok(())
        })
        .unwrap();
    assert!(opened);
    assert!(!log.exists());
}

#[test]
fn a_store_closed_by_all_leaves_no_log_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    store.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    drop(store);
    assert!(!folder.path().join("store.db-wal").exists());
}

#[test]
fn a_file_shared_by_two_rows_stays_until_both_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let (one, what) = store_file(&store, 1);
    let (other, _) = store_file(&store, 1);
    assert_eq!(files(folder.path()).len(), 1);
    store
        .write(Box::new(move |tx| tx.delete_payload(one)))
        .unwrap();
    store.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    assert_eq!(store.sweep().unwrap(), 0);
    let mut bytes = Vec::new();
    store
        .open_payload(&what)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, [1; 5000]);
    store
        .write(Box::new(move |tx| tx.delete_payload(other)))
        .unwrap();
    until_files(&store, folder.path(), 0);
}

#[test]
fn the_file_of_a_deletion_that_was_taken_back_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let (id, _) = store_file(&store, 1);
    store
        .write(Box::new(move |tx| {
            tx.delete_payload(id)?;
            Err(crate::rows::an_error())
        }))
        .unwrap_err();
    store.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn a_file_is_safe_from_sweeping_until_its_row_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let sweeper = open(folder.path()).unwrap();
    let mut being_written = store.spool().unwrap();
    being_written.write_all(&[2; 5000]).unwrap();
    let stored = spool(&store, 1);
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!(sweeper.sweep().unwrap(), 0);
    // No row was made of it: it is an orphan now. What is being written is none.
    drop(stored);
    assert_eq!(sweeper.sweep().unwrap(), 1);
    assert_eq!(files(folder.path()).len(), 1);
    being_written.finish().unwrap();
}

#[test]
fn a_spool_that_is_given_up_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let mut given_up = store.spool().unwrap();
    given_up.write_all(&[2; 5000]).unwrap();
    assert_eq!(files(folder.path()).len(), 1);
    drop(given_up);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn what_a_crash_left_half_written_is_swept_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let (_, kept) = store_file(&store, 1);
    let blobs = folder.path().join("blobs");
    fs::write(blobs.join("1-0.part"), [1; 10]).unwrap();
    fs::create_dir_all(blobs.join("ff")).unwrap();
    fs::write(blobs.join("ff").join("f".repeat(64)), [1; 10]).unwrap();
    // What is nothing of ours is left alone.
    fs::write(blobs.join("ff").join("a note"), [1; 10]).unwrap();
    assert_eq!(store.sweep().unwrap(), 2);
    assert_eq!(files(folder.path()).len(), 2);
    store.open_payload(&kept).unwrap();
}

#[test]
fn a_missing_or_short_file_is_an_error_that_names_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let (_, what) = store_file(&store, 1);
    let file = files(folder.path()).pop().unwrap();
    let digest = file.file_name().unwrap().to_str().unwrap().to_owned();
    let check = || {
        let error = store.open_payload(&what).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::StoreFailed);
        assert_eq!(error.context()[0], ("sha256", digest.clone().into()));
    };
    fs::write(&file, b"short").unwrap();
    check();
    fs::remove_file(&file).unwrap();
    check();
}

#[test]
fn deleted_bytes_are_nowhere_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let mark = b"a canary that is to be destroyed";
    let long = mark.repeat(20_000 / mark.len());
    let mut rows = Vec::new();
    for bytes in [mark.to_vec(), long] {
        let row = Payload {
            length: bytes.len() as u64,
            sha256: [1; 32],
            bytes: Some(bytes),
        };
        rows.push(change(&store, move |tx| tx.add_payload(&row)).unwrap());
    }
    let there = |file: &str| {
        let bytes = fs::read(folder.path().join(file)).unwrap_or_default();
        bytes.windows(mark.len()).any(|window| window == mark)
    };
    assert!(there("store.db-wal"));
    store
        .write(Box::new(move |tx| {
            rows.iter().try_for_each(|row| tx.delete_payload(*row))
        }))
        .unwrap();
    // The log is written back when nothing else is to be done; closing does so
    // too.
    drop(store);
    assert!(!there("store.db") && !there("store.db-wal"));
}

#[test]
fn a_backup_holds_rows_and_files_and_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store")).unwrap();
    let (id, _) = store_file(&store, 1);
    let small = change(&store, |tx| tx.add_payload(&payload(2))).unwrap();
    let (gone, _) = store_file(&store, 3);
    store
        .write(Box::new(move |tx| tx.delete_payload(gone)))
        .unwrap();
    let place = folder.path().join("copy");
    store.backup(&place).unwrap();
    store
        .write(Box::new(|tx| tx.remember("later", "1")))
        .unwrap();

    let copy = open(&place).unwrap();
    let file = look(&copy, |tx| {
        assert_eq!(tx.remembered("restored")?.as_deref(), Some("yes"));
        assert_eq!(tx.remembered("later")?, None);
        assert_eq!(tx.payload(small)?, Some(payload(2)));
        tx.payload(id)
    })
    .unwrap();
    let mut bytes = Vec::new();
    copy.open_payload(&file.unwrap())
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, [1; 5000]);
    assert_eq!(files(&place).len(), 1);
    assert_eq!(look(&store, |tx| tx.remembered("restored")).unwrap(), None);
    let error = store.backup(&place).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn child_fills_the_disk() {
    let Some((store, _)) = given() else { return };
    let kind = |result: lienthong::Result<()>| result.map_err(|error| error.kind());
    let mut stored = 0;
    let full = loop {
        let name = format!("row {stored}");
        let row = Payload {
            length: 100_000,
            sha256: [1; 32],
            bytes: Some(vec![1; 100_000]),
        };
        let result = store.write(Box::new(move |tx| {
            tx.add_payload(&row)?;
            tx.remember(&name, "1")
        }));
        match kind(result) {
            Ok(()) => stored += 1,
            Err(kind) => break kind,
        }
    };
    tell(full.name());
    let mut spool = store.spool().unwrap();
    let _ = spool.write_all(&vec![1; 40_000_000]);
    tell(spool.finish().unwrap_err().kind().name());
    look(&store, |tx| {
        for number in 0..stored {
            assert!(tx.remembered(&format!("row {number}"))?.is_some());
        }
        assert!(tx.remembered(&format!("row {stored}"))?.is_none());
        Ok(())
    })
    .unwrap();
    let folder = PathBuf::from(std::env::var_os("STORE_TEST_FOLDER").unwrap());
    fs::remove_file(folder.parent().unwrap().join("ballast")).unwrap();
    store
        .write(Box::new(|tx| tx.remember("after", "1")))
        .unwrap();
    tell("goes on");
}

/// A small disk in memory, in a mount space of its own, so that nothing stays.
#[test]
fn a_full_disk_is_said_nothing_is_lost_and_room_makes_it_go_on() {
    let mount = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=24m tmpfs \"$1\" && \
                  dd if=/dev/zero of=\"$1/ballast\" bs=1M count=8 2>&1 && \
                  STORE_TEST_FOLDER=\"$1/store\" STORE_TEST_NAME=x exec \"$2\" \
                  --exact sqlite::child_fills_the_disk --nocapture";
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(mount.path())
        .arg(std::env::current_exe().unwrap())
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => error.to_string(),
    };
    let told: Vec<&str> = output
        .lines()
        .filter_map(|line| line.strip_prefix("> "))
        .collect();
    if told.is_empty() && !output.contains("panicked") && !output.contains("running 1 test") {
        eprintln!("not run: no small disk can be mounted here");
        return;
    }
    assert_eq!(told, ["store-full", "store-full", "goes on"], "{output}");
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Not even the superuser can make a folder below a file.
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = open(&file.join("store")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreFailed);
}
