//! The steps of `cargo xtask test`, in the order they run.
//!
//! A step is a row of [`STEPS`]. To add one, add a row; if one command is not enough, point it
//! at a function that says how it ended.

use crate::needs::{self, Need};
use crate::workspace::Workspace;
use crate::{c, csharp, fuzz, generate, java, links, minimum_rust, php, python, story, suite};

/// One step.
pub(crate) struct Step {
    /// What it is called on the command line: one short word.
    pub(crate) name: &'static str,
    /// What holds when it passes.
    pub(crate) about: &'static str,
    /// Without these it is not run.
    pub(crate) needs: &'static [Need],
    pub(crate) work: Work,
}

/// What a step does.
pub(crate) enum Work {
    /// One command at the root of the workspace, its words split at blanks.
    Command(&'static str),
    /// One command with a variable set.
    CommandWith(&'static str, &'static str, &'static str),
    /// A function; an error is a failure.
    Call(fn(&Workspace) -> Result<Outcome, String>),
}

/// How a step ended, other than by failing.
pub(crate) enum Outcome {
    Passed,
    /// Passed, but not all of it could be looked at: what, and why.
    Partly(String),
}

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the source is formatted",
        needs: &[needs::RUSTFMT],
        work: Work::Command("cargo fmt --all --check"),
    },
    Step {
        name: "clippy",
        about: "no warning from the compiler or clippy",
        needs: &[needs::CLIPPY],
        work: Work::Command("cargo clippy --workspace --all-targets --locked -- -D warnings"),
    },
    Step {
        name: "rust",
        about: "the Rust tests",
        needs: &[
            needs::XMLLINT,
            needs::UNZIP,
            needs::READELF,
            needs::OPENSSL,
            needs::JAVA,
            needs::XMLSEC1,
            needs::SANTUARIO,
            needs::PYTHON,
            needs::PYTHON_TOOLS,
        ],
        work: Work::Call(rust_tests),
    },
    Step {
        name: "crash",
        about: "nothing is lost or doubled when processes die at any failpoint, in the short form",
        needs: &[],
        work: Work::Command(
            "cargo test --package example-rust --features failpoints --test crash --locked",
        ),
    },
    Step {
        name: "doc",
        about: "the reference pages build without a warning",
        needs: &[],
        work: Work::CommandWith(
            "RUSTDOCFLAGS",
            "-D warnings",
            "cargo doc --workspace --no-deps --locked",
        ),
    },
    Step {
        name: "msrv",
        about: "the stated minimum Rust is one and the same everywhere, and enough",
        needs: &[],
        work: Work::Call(minimum_rust::step),
    },
    Step {
        name: "generated",
        about: "generated files are what their source says",
        needs: &[],
        work: Work::Call(generate::step),
    },
    Step {
        name: "links",
        about: "every link between the documents leads to a file",
        needs: &[],
        work: Work::Call(links::step),
    },
    Step {
        name: "c",
        about: "the C library: header, names that leave it, a program for each hazard, in valgrind too",
        needs: &[
            needs::C_COMPILER,
            needs::CPP_COMPILER,
            needs::CLANG,
            needs::VALGRIND,
            needs::ABIDIFF,
            needs::NM,
            needs::READELF,
            needs::OPENSSL,
            needs::LIBCRYPTO,
            needs::XMLSEC1,
        ],
        work: Work::Call(c::step),
    },
    Step {
        name: "stories",
        about: "the story of examples/ in every language prints what the others print",
        needs: &[
            needs::C_COMPILER,
            needs::CPP_COMPILER,
            needs::NM,
            needs::READELF,
            needs::JAVA,
            needs::MAVEN,
            needs::MONO,
            needs::PHP,
            needs::PYTHON,
            needs::PYTHON_TOOLS,
        ],
        work: Work::Call(story::step),
    },
    Step {
        name: "java",
        about: "the module for Java: its hazards, and the thirteen calls by their old names",
        needs: &[
            needs::C_COMPILER,
            needs::NM,
            needs::READELF,
            needs::JAVA,
            needs::MAVEN,
        ],
        work: Work::Call(java::step),
    },
    Step {
        name: "csharp",
        about: "the C# wrapper has every function, compiles and stands each hazard, on two runtimes",
        needs: &[
            needs::C_COMPILER,
            needs::NM,
            needs::READELF,
            needs::OPENSSL,
            needs::MONO,
            needs::PYTHON,
            needs::PYTHON_TOOLS,
        ],
        work: Work::Call(csharp::step),
    },
    Step {
        name: "php",
        about: "the PHP wrapper has every function it can have, and stands each hazard",
        needs: &[
            needs::C_COMPILER,
            needs::NM,
            needs::READELF,
            needs::OPENSSL,
            needs::PHP,
        ],
        work: Work::Call(php::step),
    },
    Step {
        name: "dist",
        about: "the tree a vendor unpacks works where it is moved, by pkg-config and by CMake",
        needs: &[
            needs::C_COMPILER,
            needs::CPP_COMPILER,
            needs::NM,
            needs::READELF,
            needs::PKG_CONFIG,
            needs::CMAKE,
            needs::PYTHON,
            needs::PYTHON_TOOLS,
        ],
        work: Work::Call(c::dist_step),
    },
    Step {
        name: "python",
        about: "the Python package: its tests and types; one wheel on every CPython there is",
        needs: &[
            needs::PYTHON,
            needs::PYTHON_TOOLS,
            needs::OPENSSL,
            needs::NPM,
        ],
        work: Work::Call(python::step),
    },
    Step {
        name: "suite",
        about: "the suite passes every driver, catches every broken product, its report in a browser",
        needs: &[
            needs::PYTHON,
            needs::PYTHON_TOOLS,
            needs::C_COMPILER,
            needs::NM,
            needs::READELF,
            needs::CHROMIUM,
            needs::JAVA,
            needs::MAVEN,
        ],
        work: Work::Call(suite::step),
    },
    Step {
        name: "deny",
        about: "licences, doubled or banned crates, and where crates come from",
        needs: &[needs::CARGO_DENY],
        work: Work::Command(
            "cargo deny --locked --all-features check --hide-inclusion-graph licenses bans sources",
        ),
    },
    Step {
        name: "demo",
        about: "a document goes over the test axis, and its statuses come back",
        needs: &[],
        work: Work::Command("cargo xtask demo"),
    },
    Step {
        name: "bench",
        about: "the benches run, in their short form; figures come from the long one",
        needs: &[],
        work: Work::Command(
            "cargo bench --package connector-core --package conformance --locked -- --short",
        ),
    },
    Step {
        name: "power",
        about: "a power cut at any moment loses and doubles nothing; faults of the store are found",
        needs: &[needs::C_COMPILER],
        work: Work::Command(
            "cargo test --package example-rust --features failpoints --test power --locked",
        ),
    },
    Step {
        name: "fuzz",
        about: "a short run of every fuzz target",
        needs: &[needs::CARGO_FUZZ, needs::CPP_COMPILER],
        work: Work::Call(fuzz::step),
    },
];

/// The Rust tests; those with an oracle in Python find it in the virtual environment.
fn rust_tests(workspace: &Workspace) -> Result<Outcome, String> {
    let python = workspace.venv().join("bin/python").display().to_string();
    let mut command = workspace.command("cargo");
    command.words(&["test", "--workspace", "--locked"]);
    command.shown_variable("LIENTHONG_PYTHON", &python);
    command.run().map(|()| Outcome::Passed)
}

/// What `cargo xtask test` never does, and why. Said at the end of every full run.
pub(crate) const OUTSIDE: &[(&str, &str)] = &[
    (
        "advisories",
        "the advisory database is not in a package registry; where the network allows it, run \
         `cargo deny check advisories`",
    ),
    (
        "long fuzzing",
        "`FUZZ_SECONDS=600 cargo xtask test fuzz` runs each target for ten minutes",
    ),
    (
        "ten thousand crashes",
        "connector-core/benches/README.md says how to kill processes that often",
    ),
    (
        "long transfers",
        "connector-core/benches/README.md says how to send 64,000 packets and a gigabyte",
    ),
];

impl Step {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<Outcome, String> {
        let command = |line: &str, variable: Option<(&str, &str)>| {
            let words: Vec<&str> = line.split(' ').collect();
            let (program, words) = words.split_first().ok_or("a step without a command")?;
            let mut command = workspace.command(program);
            command.words(words);
            if let Some((name, value)) = variable {
                command.shown_variable(name, value);
            }
            command.run().map(|()| Outcome::Passed)
        };
        match self.work {
            Work::Command(line) => command(line, None),
            Work::CommandWith(name, value, line) => command(line, Some((name, value))),
            Work::Call(function) => function(workspace),
        }
    }
}

/// The steps of the given names in the order of the table; all of them if none is named.
pub(crate) fn choose(names: &[&String]) -> Result<Vec<&'static Step>, String> {
    if let Some(name) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        let all: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!(
            "there is no step `{name}`; there are {}",
            all.join(", ")
        ));
    }
    Ok(STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| **name == step.name))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_table() {
        let (doc, fmt) = ("doc".to_owned(), "fmt".to_owned());
        let chosen = choose(&[&doc, &fmt]).unwrap();
        let names: Vec<&str> = chosen.iter().map(|step| step.name).collect();
        assert_eq!(names, ["fmt", "doc"]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_names_there_are() {
        let unknown = "everything".to_owned();
        let message = choose(&[&unknown]).err().unwrap();
        assert!(message.contains("`everything`") && message.contains("fmt, clippy"));
    }
}
