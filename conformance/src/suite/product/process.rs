//! A product that is a program: started, asked, killed.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Heard, Product, READY, Start, heard, numbered};

/// Bytes of one line of an answer.
const LONGEST_LINE: u64 = 64 << 20;

pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Result<Value, String>>,
    asked: u64,
}

impl Process {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(program: &[String], start: &Start) -> Result<Self, String> {
        let (name, first) = program.split_first().ok_or("no program is given")?;
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&start.errors)
            .map_err(|error| error.to_string())?;
        let mut child = Command::new(name)
            .args(first)
            .args(start.arguments())
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipes".to_owned());
        };
        let (say, lines) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut line = Vec::new();
                let mut limited = std::io::Read::take(&mut output, LONGEST_LINE);
                match limited.read_until(b'\n', &mut line) {
                    Ok(read) if read > 0 && line.ends_with(b"\n") => {}
                    // A product that is killed may leave half a line.
                    _ => break,
                }
                let value = serde_json::from_slice(&line);
                if say.send(value.map_err(|error| error.to_string())).is_err() {
                    break;
                }
            }
        });
        let process = Process {
            child,
            input: Some(input),
            lines,
            asked: 0,
        };
        process.wait_until_ready()?;
        Ok(process)
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        match self.lines.recv_timeout(READY) {
            Ok(Ok(line)) if line.get("ready") == Some(&Value::Bool(true)) => Ok(()),
            Ok(Ok(line)) => Err(format!(
                "the first line is not {{\"ready\":true,…}}; error kind: {}",
                line.pointer("/error/kind").unwrap_or(&Value::Null)
            )),
            Ok(Err(_)) => Err("the first line is no JSON".to_owned()),
            Err(RecvTimeoutError::Timeout) => Err("it did not say that it is ready".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("it ended at once".to_owned()),
        }
    }

    fn end(&mut self) -> String {
        // It closed its output: it is about to end, or to be ended.
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) if Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(5));
                }
                _ => return "it closed its output".to_owned(),
            }
        }
    }
}

impl Product for Process {
    fn ask(&mut self, command: Value, until: Instant) -> Heard {
        self.asked += 1;
        let line = numbered(command, self.asked);
        let written = self
            .input
            .as_mut()
            .map(|input| writeln!(input, "{line}").and_then(|()| input.flush()));
        if !matches!(written, Some(Ok(()))) {
            return Heard::Gone(self.end());
        }
        let left = until.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(Ok(value)) => heard(value, self.asked),
            Ok(Err(_)) => Heard::Nonsense("a line that is no JSON".to_owned()),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Gone(self.end()),
        }
    }

    fn kill(&mut self) -> bool {
        let killed = self.child.kill().is_ok();
        let _ = self.child.wait();
        killed
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input ends it; what does not hear that is killed.
        self.input.take();
        let deadline = Instant::now() + Duration::from_millis(500);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
