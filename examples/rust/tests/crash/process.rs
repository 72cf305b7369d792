//! A `dms` process: started, asked, killed.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

/// What a process said to a question.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It did what was asked.
    Done(Value),
    /// It answered with an error.
    Error(Value),
    /// Nothing, until the time was over.
    Nothing,
    /// It is gone.
    Gone,
}

pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
    asked: u64,
    is_struck: bool,
}

impl Process {
    /// Starts a `dms`; what it writes to its error output is added to a file.
    pub(crate) fn start(arguments: &[String], variables: &[(&str, String)], errors: &Path) -> Self {
        let errors = File::options()
            .create(true)
            .append(true)
            .open(errors)
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dms"))
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = child.stdout.take().unwrap();
        let (say, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // A process that is killed may leave half a line.
                let Some(value) = line.ok().and_then(|line| serde_json::from_str(&line).ok())
                else {
                    break;
                };
                if say.send(value).is_err() {
                    break;
                }
            }
        });
        Process {
            child,
            input,
            lines,
            asked: 0,
            is_struck: false,
        }
    }

    /// Waits for the line that it is ready.
    pub(crate) fn ready(&self, until: Instant) -> Heard {
        self.hear(until)
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, command: &Value, until: Instant) -> Heard {
        self.asked += 1;
        let mut command = command.clone();
        command["id"] = json!(self.asked);
        if writeln!(self.input, "{command}")
            .and_then(|()| self.input.flush())
            .is_err()
        {
            return Heard::Gone;
        }
        self.hear(until)
    }

    fn hear(&self, until: Instant) -> Heard {
        let left = until.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            // A late answer to an earlier question, which nobody waits for.
            Ok(line) if line["id"].as_u64().unwrap_or_default() < self.asked => self.hear(until),
            Ok(mut line) => match line.get_mut("error").map(Value::take) {
                Some(error) => Heard::Error(error),
                None => Heard::Done(line.get_mut("ok").map(Value::take).unwrap_or(line)),
            },
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Gone,
        }
    }

    /// Lets it live until a time; gives whether it still does.
    pub(crate) fn live(&self, until: Instant) -> bool {
        matches!(self.hear(until), Heard::Nothing)
    }

    /// SIGKILL, before anything else is done: what it was asked for has happened
    /// when this returns, or never will.
    pub(crate) fn strike(&mut self) {
        self.is_struck = true;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Whether it was struck: nothing can be asked of it any more.
    pub(crate) fn is_struck(&self) -> bool {
        self.is_struck
    }

    /// SIGKILL. Gives how it ended: it may have been dead already.
    pub(crate) fn kill(mut self) -> ExitStatus {
        let _ = self.child.kill();
        self.child.wait().unwrap()
    }

    /// Waits for an end that it has been asked for.
    pub(crate) fn end(mut self) -> ExitStatus {
        drop(self.input);
        self.child.wait().unwrap()
    }
}

/// Whether it was ended by a kill (9), or by itself at a failpoint (6).
pub(crate) fn signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}
