//! What leaves the library: names, and a header that stands alone.

use std::collections::BTreeSet;
use std::path::Path;

use super::{INCLUDE, Library, STRICT, read, write};
use crate::workspace::Workspace;

const LEDGER: &str = "connector-ffi/abi/symbols.txt";
const HEADER: &str = "connector-ffi/include/lienthong.h";

/// Compilers, and the standards under which the header has to be read.
const STANDARDS: &[(&str, &str, &[&str])] = &[
    ("gcc", "c", &["c99", "c11", "c17"]),
    ("clang", "c", &["c99", "c11", "c17"]),
    ("g++", "c++", &["c++11", "c++17", "c++20"]),
    ("clang++", "c++", &["c++11", "c++17", "c++20"]),
];

/// The header on its own, and twice, under every standard it is promised for.
pub(super) fn header_stands_alone(workspace: &Workspace) -> Result<(), String> {
    let folder = super::fresh(workspace, "c-header")?;
    let program = folder.join("header.c");
    let twice = "#include <lienthong.h>\n#include <lienthong.h>\n";
    write(
        &program,
        &format!("{twice}int main(void) {{ return 0; }}\n"),
    )?;
    for (compiler, language, standards) in STANDARDS {
        for standard in *standards {
            workspace
                .command(compiler)
                .words(&["-x", language, &format!("-std={standard}")])
                .words(STRICT)
                .words(&[INCLUDE, "-fsyntax-only"])
                .word(&program)
                .run()?;
        }
    }
    Ok(())
}

/// The functions of the ledger.
pub(super) fn names(workspace: &Workspace) -> Result<BTreeSet<String>, String> {
    let text = read(&workspace.root.join(LEDGER))?;
    let mut names = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            [name, since] if since.split('.').count() == 3 => names.insert((*name).to_owned()),
            _ => return Err(format!("{LEDGER}: `{line}` is not a name and a version")),
        };
    }
    Ok(names)
}

/// Only the library's own names leave it, by the shared and by the static way.
pub(super) fn exports(workspace: &Workspace, library: &Library) -> Result<(), String> {
    let shared = defined(workspace, &library.shared(), "--dynamic")?;
    let archive = defined(workspace, &library.archive(), "--extern-only")?;
    let own = |name: &String| name.starts_with("lienthong_");
    for (way, names) in [("shared", &shared), ("static", &archive)] {
        let foreign: Vec<&str> = names
            .iter()
            .filter(|name| !own(name))
            .map(String::as_str)
            .collect();
        if !foreign.is_empty() {
            return Err(format!("the {way} library lets out {}", foreign.join(", ")));
        }
        println!("{way}: {} names, all lienthong_*", names.len());
    }
    match shared == archive {
        true => Ok(()),
        false => Err("the shared and the static library let out different names".into()),
    }
}

fn defined(workspace: &Workspace, file: &Path, which: &str) -> Result<BTreeSet<String>, String> {
    let table = workspace
        .command("nm")
        .words(&[which, "--defined-only", "--format=posix"])
        .word(file)
        .output()?;
    let rows = table.lines().filter(|line| !line.ends_with(':'));
    Ok(rows
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect())
}

/// The types of the interface as they were when its number was last raised.
const TYPES: &str = "connector-ffi/abi/types.abi";

/// Holds the types of every function against the ledger: what changes them breaks programs.
pub(super) fn types(workspace: &Workspace) -> Result<(), String> {
    let fresh = dump(workspace)?;
    workspace
        .command("abidiff")
        .words(&["--no-added-syms"])
        .word(workspace.root.join(TYPES))
        .word(&fresh)
        .run()
        .map_err(|error| {
            format!(
                "{error}: the interface changed; raise LIENTHONG_ABI_VERSION, then run \
                 `cargo xtask ledger`"
            )
        })
}

/// Writes the ledger of types anew.
pub(crate) fn write_types(workspace: &Workspace) -> Result<(), String> {
    super::copy(&dump(workspace)?, &workspace.root.join(TYPES))
}

/// The interface as the C compiler sees it: a library made of the header, each function empty.
/// The one we ship is no use for that: its types are Rust's, which the tool does not read.
fn dump(workspace: &Workspace) -> Result<std::path::PathBuf, String> {
    let folder = super::fresh(workspace, "c-types")?;
    let (source, library) = (folder.join("interface.c"), folder.join("interface.so"));
    let header = read(&workspace.root.join(HEADER))?;
    let mut text = String::from("#include <lienthong.h>\n");
    let code: Vec<&str> = header
        .lines()
        .filter(|line| !line.starts_with("//"))
        .collect();
    for statement in code.join("\n").split(';') {
        let last = statement.rsplit("\n\n").next().unwrap_or_default().trim();
        let is_function = last.contains(" lienthong_") || last.contains(" *lienthong_");
        if last.ends_with(')') && is_function && !last.starts_with("typedef") {
            let body = match last.starts_with("void ") {
                true => "{}",
                false => "{ return 0; }",
            };
            text.push_str(&format!("{last} {body}\n"));
        }
    }
    write(&source, &text)?;
    // From within, so that no path of this machine gets into the dump.
    let mut include = std::ffi::OsString::from("-I");
    include.push(workspace.root.join("connector-ffi/include"));
    workspace
        .command("gcc")
        .directory(&folder)
        .words(&["-std=c99", "-g", "-shared", "-fPIC", "-o", "interface.so"])
        .word(include)
        .word("interface.c")
        .run()?;
    let types = folder.join("types.abi");
    workspace
        .command("abidw")
        .words(&[
            "--no-corpus-path",
            "--no-comp-dir-path",
            "--no-show-locs",
            "--out-file",
        ])
        .word(&types)
        .word(&library)
        .run()?;
    let dumped = read(&types)?.matches("<function-decl ").count();
    match dumped >= names(workspace)?.len() {
        true => Ok(types),
        false => Err(format!(
            "only {dumped} functions have their types in the dump"
        )),
    }
}

/// The ledger, the library and the header name the same functions.
pub(super) fn ledger(workspace: &Workspace, library: &Library) -> Result<(), String> {
    let ledger = names(workspace)?;
    let exported = defined(workspace, &library.shared(), "--dynamic")?;
    let gone: Vec<_> = ledger.difference(&exported).cloned().collect();
    if !gone.is_empty() {
        return Err(format!("{} of {LEDGER} left the library", gone.join(", ")));
    }
    let new: Vec<_> = exported.difference(&ledger).cloned().collect();
    if !new.is_empty() {
        return Err(format!(
            "{} are not in {LEDGER}; add them with this version",
            new.join(", ")
        ));
    }
    let header = read(&workspace.root.join(HEADER))?;
    let tests = ["null_arguments.c", "panic.c"]
        .map(|name| read(&workspace.root.join("connector-ffi/tests/c").join(name)));
    let [nulls, panics] = tests;
    let (nulls, panics) = (nulls?, panics?);
    let wrapper = read(&workspace.root.join("examples/cpp/lienthong.hpp"))?;
    for name in &ledger {
        let called = format!("{name}(");
        if !header.contains(&called) {
            return Err(format!("{name} is not in the header"));
        }
        if !nulls.contains(&called) || !panics.contains(&format!("{name},")) {
            return Err(format!("{name} is not in null_arguments.c and panic.c"));
        }
        if !wrapper.contains(name.as_str()) && name != "lienthong_live_handles" {
            return Err(format!("{name} is not in lienthong.hpp"));
        }
    }
    println!("ledger: {} functions", ledger.len());
    Ok(())
}
