//! The C library as a C programmer meets it: a header, a shared and a static library.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::steps::Outcome;
use crate::workspace::Workspace;

/// What a program linked against the static library needs besides it, on Linux.
const SYSTEM_LIBRARIES: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"];
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const INCLUDE: &str = "-Iconnector-ffi/include";
const PROGRAM: &str = "connector-ffi/tests/c/version.c";

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let (shared, archive) = build(workspace)?;
    exports_only_its_own(workspace, &shared)?;

    let folder = workspace.target.join("c-tests");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let beside = shared.parent().ok_or("the shared library has no folder")?;

    let mut run_path = OsString::from("-Wl,-rpath,");
    run_path.push(beside);
    let program = folder.join("version-shared");
    workspace
        .command("cc")
        .word("-std=c99")
        .words(STRICT)
        .words(&[INCLUDE, PROGRAM, "-o"])
        .word(&program)
        .word(&shared)
        .word(&run_path)
        .run()?;
    run(workspace, &program)?;

    let program = folder.join("version-static");
    workspace
        .command("cc")
        .word("-std=c99")
        .words(STRICT)
        .words(&[INCLUDE, PROGRAM, "-o"])
        .word(&program)
        .word(&archive)
        .words(SYSTEM_LIBRARIES)
        .run()?;
    run(workspace, &program)?;

    // The same program compiled as C++: the header must stand alone and link by its C names.
    let program = folder.join("version-cpp");
    workspace
        .command("c++")
        .words(&["-std=c++11", "-x", "c++"])
        .words(STRICT)
        .words(&[INCLUDE, PROGRAM, "-x", "none", "-o"])
        .word(&program)
        .word(&shared)
        .word(&run_path)
        .run()?;
    run(workspace, &program)?;
    Ok(Outcome::Passed)
}

/// Builds the library and asks cargo where the two files are.
fn build(workspace: &Workspace) -> Result<(PathBuf, PathBuf), String> {
    let words = ["build", "--package", "connector-ffi", "--locked"];
    workspace.command("cargo").words(&words).run()?;
    let messages = workspace
        .command("cargo")
        .words(&words)
        .words(&["--quiet", "--message-format", "json"])
        .output()?;
    let files: Vec<PathBuf> = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact"
                && message["manifest_path"]
                    .as_str()
                    .is_some_and(|path| Path::new(path).ends_with("connector-ffi/Cargo.toml"))
        })
        .filter_map(|message| message.get("filenames")?.as_array().cloned())
        .flatten()
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .collect();
    let ending = |ending: &str| {
        files
            .iter()
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .cloned()
            .ok_or_else(|| format!("cargo built no .{ending} of connector-ffi"))
    };
    Ok((ending("so")?, ending("a")?))
}

/// Whatever else the shared library exported could meet a symbol of the host program.
fn exports_only_its_own(workspace: &Workspace, shared: &Path) -> Result<(), String> {
    let table = workspace
        .command("nm")
        .words(&["--dynamic", "--defined-only", "--format=posix"])
        .word(shared)
        .output()?;
    let exported: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let foreign: Vec<&str> = exported
        .iter()
        .copied()
        .filter(|name| !name.starts_with("lienthong_"))
        .collect();
    println!("exported: {}", exported.join(", "));
    if exported.is_empty() {
        return Err("the shared library exports nothing".into());
    }
    if !foreign.is_empty() {
        return Err(format!(
            "the shared library exports foreign names: {}",
            foreign.join(", ")
        ));
    }
    Ok(())
}

fn run(workspace: &Workspace, program: &Path) -> Result<(), String> {
    let mut command = workspace.command(&program.display().to_string());
    command.word(&workspace.version).run()
}
