//! `dms` under the recorder, on a disk whose power can fail.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use lienthong_conformance::axis_server::TestAxis;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::check::{Promises, check};
use crate::recorder;
use crate::replay::{Disk, Mode};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The process is dead.
#[derive(Debug)]
pub(crate) struct Died;

/// What kills the process.
#[derive(Clone, Debug)]
pub(crate) enum Trigger {
    /// Nothing but the test.
    None,
    /// The record of this number.
    Record(u64),
    /// A place in the source (`LIENTHONG_FAILPOINT`).
    Place(String),
}

/// One agency: its product and its disk.
pub(crate) struct Agency {
    arguments: Vec<String>,
    base: TempDir,
    mutant: Option<&'static str>,
    running: Option<Running>,
    /// A second process over the same store, which only sends.
    client: Option<Running>,
    /// What was promised to others before the log begins, and in it.
    pub(crate) promises: Promises,
}

struct Running {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<Value>,
}

/// A temporary folder, in memory where there is such a place: what is written
/// there is what a disk held, and need not reach one again.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Every file below a folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

impl Agency {
    pub(crate) fn new(
        axis: &TestAxis,
        system: &str,
        secret: &str,
        organ: &str,
        mutant: Option<&'static str>,
    ) -> Self {
        let base = folder();
        for part in ["live", "before"] {
            // A mutant has to be found by more than a lost folder.
            let made = if mutant.is_some() { "agency/store" } else { "" };
            fs::create_dir_all(base.path().join(part).join(made)).unwrap();
        }
        let secret_file = base.path().join("secret");
        fs::write(&secret_file, secret).unwrap();
        let path = |name: &Path| name.to_str().unwrap().to_owned();
        // The folders above the store are made by the product, too.
        let store = base
            .path()
            .canonicalize()
            .unwrap()
            .join("live/agency/store");
        let mut arguments = Vec::new();
        for (option, value) in [
            ("--store", path(&store)),
            ("--axis", axis.url()),
            ("--system", system.to_owned()),
            ("--secret-file", path(&secret_file)),
            ("--organ", organ.to_owned()),
            ("--set", "receive.interval=20".to_owned()),
            ("--set", "send.pause=20".to_owned()),
            ("--set", "send.ask_after=20".to_owned()),
            ("--set", "send.unknown_wait=200".to_owned()),
            ("--set", "handoff.lease=400".to_owned()),
        ] {
            arguments.extend([option.to_owned(), value]);
        }
        Agency {
            arguments,
            base,
            mutant,
            running: None,
            client: None,
            promises: Promises::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.base.path().canonicalize().unwrap().join(name)
    }

    /// Starts the product; `Died` where it is killed before it is ready.
    pub(crate) fn start(&mut self, trigger: &Trigger) -> Result<(), Died> {
        assert!(self.running.is_none(), "it runs already");
        let mut command = self.command();
        match trigger {
            Trigger::None => {}
            Trigger::Record(number) => {
                command.env("RECORDER_KILL_AT", number.to_string());
            }
            Trigger::Place(place) => {
                command.env("LIENTHONG_FAILPOINT", place);
            }
        }
        self.running.insert(Running::new(command)).ready()
    }

    /// Starts a client beside the worker: it sends from now on.
    pub(crate) fn start_client(&mut self) {
        let mut command = self.command();
        command.arg("--client");
        self.client.insert(Running::new(command)).ready().unwrap();
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dms"));
        command
            .args(&self.arguments)
            .env("LD_PRELOAD", recorder::library())
            .env("RECORDER_ROOT", self.path("live"))
            .env("RECORDER_LOG", self.path("log"));
        if let Some(mutant) = self.mutant {
            command.env("LIENTHONG_MUTANT", mutant);
        }
        command
    }

    /// Gives a command; its answer bears the command's `id`.
    pub(crate) fn ask(&mut self, command: &Value) -> Result<Result<Value, Value>, Died> {
        match (&mut self.client, &mut self.running) {
            (Some(client), _) if command["do"] == "send" => client.ask(command),
            (_, Some(running)) => running.ask(command),
            _ => Err(Died),
        }
    }

    /// [`Agency::ask`] for a command that must work; `id` is what a reader of the
    /// log needs to know of it.
    pub(crate) fn must(&mut self, command: Value) -> Result<Value, Died> {
        let answer = self.ask(&command)?;
        Ok(answer.unwrap_or_else(|error| panic!("{command}: {error}")))
    }

    /// Ends the product as its user would, and hears what it promised.
    pub(crate) fn close(&mut self) {
        for mut running in [self.client.take(), self.running.take()]
            .into_iter()
            .flatten()
        {
            let closed = running.ask(&json!({ "do": "close" })).unwrap().unwrap();
            assert_eq!(closed["in_time"], true);
            running.child.wait().unwrap();
        }
        for record in self.records() {
            self.promises.hear(&record);
        }
    }

    /// Kills the product where it still runs.
    pub(crate) fn kill(&mut self) {
        for mut running in [self.client.take(), self.running.take()]
            .into_iter()
            .flatten()
        {
            let _ = running.child.kill();
            running.child.wait().unwrap();
        }
    }

    /// The records so far, of a product that does not run.
    pub(crate) fn records(&self) -> Vec<recorder::Record> {
        assert!(self.running.is_none());
        recorder::read_log(&self.path("log"))
    }

    /// Its disk at the beginning of the records.
    pub(crate) fn disk(&self) -> Disk {
        Disk::new(&self.path("live"), &self.path("before"))
    }

    /// The recorder saw everything: with nothing lost, the replayed folder is the
    /// one that is there.
    pub(crate) fn assert_recorded(&self) {
        let mut disk = self.disk();
        self.records().iter().for_each(|record| disk.apply(record));
        let replayed = folder();
        disk.image(Mode::Kept, replayed.path());
        let mut there = contents(&self.path("live"));
        there.retain(|path, _| !path.ends_with("store.db-shm"));
        let replayed = contents(replayed.path());
        let names = |files: &BTreeMap<PathBuf, _>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&replayed), names(&there));
        for (name, bytes) in replayed {
            assert!(there[&name] == bytes, "{} differs", name.display());
        }
    }

    /// The power fails: the product is dead, and its disk holds what it may.
    /// Gives what is wrong with that.
    pub(crate) fn power_fails(&mut self, mode: Mode) -> Vec<String> {
        self.kill();
        let mut disk = self.disk();
        let records = self.records();
        for record in &records {
            disk.apply(record);
            self.promises.hear(record);
        }
        for part in ["live", "before"] {
            fs::remove_dir_all(self.path(part)).unwrap();
            disk.image(mode, &self.path(part));
        }
        fs::remove_file(self.path("log")).unwrap();
        let look = folder();
        disk.image(mode, look.path());
        check(&look.path().join("agency/store"), &self.promises)
    }

    /// The folder of the store, of a product that does not run.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("live/agency/store")
    }
}

impl Running {
    fn new(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (give, answers) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let Ok(value) = serde_json::from_str(&line) else {
                    break;
                };
                if give.send(value).is_err() {
                    break;
                }
            }
        });
        let commands = child.stdin.take().unwrap();
        Running {
            child,
            commands,
            answers,
        }
    }

    fn ready(&mut self) -> Result<(), Died> {
        let ready = self.next()?;
        assert_eq!(ready["ready"], true, "{ready}");
        Ok(())
    }

    fn ask(&mut self, command: &Value) -> Result<Result<Value, Value>, Died> {
        writeln!(self.commands, "{command}").map_err(|_| Died)?;
        let mut answer = self.next()?;
        assert_eq!(answer["id"], command["id"], "{answer}");
        Ok(match answer.get_mut("ok") {
            Some(ok) => Ok(ok.take()),
            None => Err(answer["error"].take()),
        })
    }

    fn next(&mut self) -> Result<Value, Died> {
        match self.answers.recv_timeout(PATIENCE) {
            Ok(value) => Ok(value),
            Err(RecvTimeoutError::Disconnected) => Err(Died),
            Err(RecvTimeoutError::Timeout) => panic!("no answer"),
        }
    }
}

impl Drop for Agency {
    fn drop(&mut self) {
        self.kill();
    }
}
