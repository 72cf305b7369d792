//! Files that are generated and committed, so that a reader and a build without our tools have
//! them. [`GENERATED`] is the list: to add one, add a row.

use std::fs;

use crate::declarations;
use crate::steps::Outcome;
use crate::suite;
use crate::workspace::Workspace;

struct Generated {
    /// Where it lies in the workspace.
    path: &'static str,
    /// Makes its whole text.
    make: fn(&Workspace) -> Result<String, String>,
}

/// In the order they are made: the later ones are made from the header.
const GENERATED: &[Generated] = &[
    Generated {
        path: "connector-ffi/include/lienthong.h",
        make: c_header,
    },
    Generated {
        path: "examples/csharp/Lienthong/Native.cs",
        make: declarations::for_csharp,
    },
    Generated {
        path: "examples/csharp/Lienthong/Values.cs",
        make: declarations::values_for_csharp,
    },
    Generated {
        path: "examples/php/lienthong.h",
        make: declarations::for_php,
    },
    Generated {
        path: "docs/mutants.md",
        make: suite::mutants_page,
    },
];

/// Writes every generated file.
pub(crate) fn write(workspace: &Workspace) -> Result<(), String> {
    for file in GENERATED {
        let text = (file.make)(workspace)?;
        let path = workspace.root.join(file.path);
        let same = fs::read_to_string(&path).is_ok_and(|old| old == text);
        if !same {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        println!(
            "{} {}",
            if same { "unchanged" } else { "written  " },
            file.path
        );
    }
    pages(workspace, false)
}

/// Fails if a committed file is not what its source says now.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let mut stale = vec![];
    for file in GENERATED {
        let fresh = (file.make)(workspace)?;
        let path = workspace.root.join(file.path);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        match first_difference(&committed, &fresh) {
            None => println!("fresh {}", file.path),
            Some(difference) => {
                println!("STALE {}\n{difference}", file.path);
                stale.push(file.path);
            }
        }
    }
    if stale.is_empty() {
        pages(workspace, true)
    } else {
        Err(format!(
            "out of date: {}; run: cargo xtask generate",
            stale.join(", ")
        ))
    }
}

/// The reference pages, which the conformance program makes from the tables of the core.
fn pages(workspace: &Workspace, check: bool) -> Result<(), String> {
    let mut command = workspace.command("cargo");
    command.words(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "conformance",
        "--",
    ]);
    command.words(&["docs", "--out", "docs"]);
    if check {
        command.words(&["--check"]);
    }
    command.run()
}

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    check(workspace).map(|()| Outcome::Passed)
}

fn first_difference(committed: &str, fresh: &str) -> Option<String> {
    if committed == fresh {
        return None;
    }
    let (mut old, mut new) = (committed.split('\n'), fresh.split('\n'));
    for number in 1.. {
        let (old, new) = (old.next(), new.next());
        if old != new {
            let show =
                |line: Option<&str>| line.map_or("(end of file)".into(), |l| format!("{l:?}"));
            return Some(format!(
                "  line {number}\n    committed: {}\n    generated: {}",
                show(old),
                show(new)
            ));
        }
    }
    None
}

fn c_header(workspace: &Workspace) -> Result<String, String> {
    let folder = workspace.root.join("connector-ffi");
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml"))?;
    let bindings = cbindgen::Builder::new()
        .with_crate(&folder)
        .with_config(config)
        .generate()
        .map_err(|error| format!("cbindgen: {error}"))?;
    let mut header = vec![];
    bindings.write(&mut header);
    String::from_utf8(header).map_err(|_| "cbindgen wrote what is not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn equal_texts_do_not_differ() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let shown = first_difference("a\nb\n", "a\nc\n").unwrap();
        assert!(shown.contains("line 2") && shown.contains("\"b\"") && shown.contains("\"c\""));
    }

    #[test]
    fn a_missing_last_line_end_is_a_difference() {
        assert!(
            first_difference("a", "a\n")
                .unwrap()
                .contains("(end of file)")
        );
    }
}
