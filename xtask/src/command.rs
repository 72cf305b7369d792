//! Commands as a reader could type them.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{self, Stdio};

use serde_json::Value;

/// After how many seconds a command is ended: one that hangs must not take the whole run with it.
const LIMIT: u32 = 1800;
/// What `timeout` ends with then.
const TIMED_OUT: i32 = 124;

/// One command, shown before it runs. Its output goes where ours goes, unless it is wanted.
pub(crate) struct Command {
    inner: process::Command,
    limit: u32,
    shown: Vec<String>,
}

impl Command {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut inner = process::Command::new(program);
        inner.stdin(Stdio::null());
        Self {
            inner,
            limit: LIMIT,
            shown: vec![quoted(program)],
        }
    }

    pub(crate) fn words(&mut self, words: &[&str]) -> &mut Self {
        for word in words {
            self.word(word);
        }
        self
    }

    /// Words that nobody wants to read, however many.
    pub(crate) fn quiet_words(&mut self, words: &[&str]) -> &mut Self {
        self.shown.push(format!("({} words)", words.len()));
        self.inner.args(words);
        self
    }

    pub(crate) fn word(&mut self, word: impl AsRef<OsStr>) -> &mut Self {
        self.shown.push(quoted(word.as_ref()));
        self.inner.arg(word);
        self
    }

    /// Gives the command these seconds more before it is ended.
    pub(crate) fn longer(&mut self, seconds: u32) -> &mut Self {
        self.limit = self.limit.saturating_add(seconds);
        self
    }

    pub(crate) fn directory(&mut self, directory: &Path) -> &mut Self {
        self.inner.current_dir(directory);
        self
    }

    /// Sets a variable without showing it.
    pub(crate) fn variable(&mut self, name: &str, value: &OsString) -> &mut Self {
        self.inner.env(name, value);
        self
    }

    /// Sets a variable that whoever repeats the command needs too.
    pub(crate) fn shown_variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.shown
            .insert(0, format!("{name}={}", quoted(OsStr::new(value))));
        self.inner.env(name, value);
        self
    }

    /// Shows the command and runs it. What it says is seen as it says it.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        println!("$ {}", self.shown.join(" "));
        let status = self
            .limited()
            .status()
            .map_err(|error| self.unstarted(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(self.ended(status))
        }
    }

    /// Runs the command for its standard output. What it says on standard error is seen.
    pub(crate) fn output(&mut self) -> Result<String, String> {
        let output = self
            .limited()
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| self.unstarted(&error))?;
        if !output.status.success() {
            return Err(self.ended(output.status));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| format!("`{}` printed what is not UTF-8", self.shown.join(" ")))
    }

    /// Starts the command; the caller sees to its end.
    pub(crate) fn spawn(&mut self, out: Stdio) -> Result<process::Child, String> {
        self.inner.stdout(out);
        self.inner.spawn().map_err(|error| self.unstarted(&error))
    }

    pub(crate) fn json(&mut self) -> Result<Value, String> {
        let text = self.output()?;
        serde_json::from_str(&text)
            .map_err(|error| format!("`{}` printed no JSON: {error}", self.shown.join(" ")))
    }

    /// Whether the command runs and ends well. Nothing of it is seen.
    pub(crate) fn works(&mut self) -> bool {
        self.inner.stdout(Stdio::null()).stderr(Stdio::null());
        self.inner.status().is_ok_and(|status| status.success())
    }

    /// The command under the eye of `timeout`, which leaves it in the foreground of the terminal.
    fn limited(&self) -> process::Command {
        let mut limited = process::Command::new("timeout");
        limited
            .args(["--foreground", "--kill-after=10"])
            .arg(self.limit.to_string())
            .arg(self.inner.get_program())
            .args(self.inner.get_args())
            .stdin(Stdio::null());
        for (name, value) in self.inner.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        if let Some(directory) = self.inner.get_current_dir() {
            limited.current_dir(directory);
        }
        limited
    }

    fn ended(&self, status: process::ExitStatus) -> String {
        if status.code() == Some(TIMED_OUT) {
            return format!(
                "`{}` was ended after {} s",
                self.shown.join(" "),
                self.limit
            );
        }
        format!("`{}` ended with {status}", self.shown.join(" "))
    }

    fn unstarted(&self, error: &std::io::Error) -> String {
        format!("`{}` did not start: {error}", self.shown.join(" "))
    }
}

/// A word as a POSIX shell would have to read it.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_word_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(OsStr::new("--all")), "--all");
        assert_eq!(quoted(OsStr::new("công văn.pdf")), "'công văn.pdf'");
        assert_eq!(quoted(OsStr::new("it's")), r"'it'\''s'");
        assert_eq!(quoted(OsStr::new("")), "''");
    }

    #[test]
    fn a_failed_command_names_itself() {
        let error = Command::new("false").words(&["a b"]).run();
        assert!(error.is_err_and(|text| text.starts_with("`false 'a b'` ended with")));
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_said_so() {
        let mut command = Command::new("sleep");
        command.limit = 1;
        let error = command.words(&["1000"]).run();
        assert_eq!(error, Err("`sleep 1000` was ended after 1 s".to_owned()));
    }

    #[test]
    fn a_missing_program_is_an_error_and_not_a_panic() {
        assert!(Command::new("no-such-program-of-lienthong").run().is_err());
        assert!(!Command::new("no-such-program-of-lienthong").works());
    }
}
