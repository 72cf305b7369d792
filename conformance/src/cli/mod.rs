//! The command line: `demo`, `check`, `verify`, `extract`, `build`, `sign`, `axis` and `run`.
//!
//! Nothing here touches the process: arguments, surroundings and streams are
//! handed in, so that every command can be run from a test.

mod axis;
mod build;
mod check;
mod demo;
mod extract;
mod failure;
mod json;
mod leftovers;
mod meta;
mod options;
mod reference;
mod report;
mod run;
mod shape;
mod sign;
mod text;
mod verify;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use lienthong::Language;
use lienthong::packet::Date;

use failure::Failure;
pub use leftovers::Leftovers;
use options::{Arguments, Command};

/// What the exit code of the program says. The greater one counts where
/// several packets were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// No finding was an error.
    Clean,
    /// What was given has errors.
    Errors,
    /// The call was wrong, or a file could not be read or written.
    Usage,
    /// What is under test could not be reached.
    Unreachable,
    /// The suite itself failed.
    Own,
}

impl Exit {
    /// 0 to 4.
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Errors => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Own => 4,
        }
    }
}

/// What a command takes from the machine around it.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The language of texts where no `--lang` is given.
    pub language: Language,
    /// Whether text output may be coloured.
    pub colour: bool,
    /// Whether a person sees the output as it comes, and a line may be written
    /// over.
    pub terminal: bool,
    /// Where commands note the folders that an interruption leaves behind.
    pub leftovers: Leftovers,
    /// The day it is in Vietnam; `None` = dates in the future are not looked for.
    pub today: Option<Date>,
}

impl Surroundings {
    /// Those of this process: the locale, the terminal and the clock.
    pub fn of_process() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL")
            .or_else(|| set("LC_MESSAGES"))
            .or_else(|| set("LANG"))
            .unwrap_or_default();
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_secs()).ok());
        let terminal = io::stdout().is_terminal();
        Surroundings {
            language: if locale.starts_with("vi") {
                Language::Vietnamese
            } else {
                Language::English
            },
            colour: terminal && set("NO_COLOR").is_none(),
            terminal,
            leftovers: Leftovers::default(),
            today: seconds.and_then(Date::in_vietnam),
        }
    }
}

/// Where a command writes, and how.
struct Session<'s> {
    language: Language,
    colour: bool,
    terminal: bool,
    leftovers: Leftovers,
    today: Option<Date>,
    out: &'s mut dyn Write,
    err: &'s mut dyn Write,
}

impl Session<'_> {
    /// A line on standard output.
    fn say(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{line}").map_err(Failure::output)
    }

    /// A failure on standard error. There is nowhere to report that this fails.
    fn complain(&mut self, failure: &Failure) {
        for line in failure.message(self.language).lines() {
            let _ = writeln!(self.err, "lienthong-conformance: {}", text::plain(line));
        }
    }

    fn pick<'t>(&self, english: &'t str, vietnamese: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            Language::Vietnamese => vietnamese,
        }
    }
}

/// Runs the command line; the first argument is the program's name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let mut session = Session {
        language: surroundings.language,
        colour: surroundings.colour,
        terminal: surroundings.terminal,
        leftovers: surroundings.leftovers.clone(),
        today: surroundings.today,
        out,
        err,
    };
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error, &mut session),
    };
    session.language = arguments.lang.unwrap_or(session.language);
    let done = match &arguments.command {
        Command::Check(arguments) => check::run(arguments, &mut session),
        Command::Verify(arguments) => verify::run(arguments, &mut session),
        Command::Extract(arguments) => extract::run(arguments, &mut session),
        Command::Build(arguments) => build::run(arguments, &mut session),
        Command::Sign(arguments) => sign::run(arguments, &mut session),
        Command::Demo(arguments) => demo::run(arguments, &mut session),
        Command::Axis(arguments) => axis::run(arguments, &mut session),
        Command::Run(arguments) => run::run(arguments, &mut session),
        Command::Diff(arguments) => run::difference(arguments, &mut session),
        Command::Docs(arguments) => reference::run(arguments, &mut session),
    };
    let flushed = session.out.flush().map_err(Failure::output);
    match done.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit,
        Err(failure) => {
            // Who closed the pipe has read enough and needs no message.
            if !failure.is_closed_pipe() {
                session.complain(&failure);
            }
            failure.exit
        }
    }
}

/// Help and version on standard output; what is wrong with the call on
/// standard error.
fn explain(error: &clap::Error, session: &mut Session<'_>) -> Exit {
    if !error.use_stderr() {
        let _ = write!(session.out, "{error}");
        return Exit::Clean;
    }
    if session.language == Language::Vietnamese {
        let _ = writeln!(
            session.err,
            "Lời gọi chưa đúng. Xem cách dùng: lienthong-conformance --help. Chi tiết:"
        );
    }
    let _ = write!(session.err, "{error}");
    Exit::Usage
}
