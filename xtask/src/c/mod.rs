//! The C library as a C programmer meets it: a header, a shared and a static library.

mod archive;
mod dist;
mod interface;
mod library;
mod parts;
mod programs;

pub(crate) use dist::{dist, step as dist_step};
pub(crate) use interface::write_types;
pub(crate) use library::Library;
pub(crate) use parts::write as write_parts;

use std::fs;
use std::path::{Path, PathBuf};

use crate::steps::Outcome;
use crate::workspace::Workspace;

pub(crate) const INCLUDE: &str = "-Iconnector-ffi/include";
pub(crate) const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror", "-pedantic"];
/// What a program linked against the static library needs besides it, on Linux.
pub(crate) const SYSTEM_LIBRARIES: &[&str] =
    &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"];

/// The header, what leaves the library, and the programs in C.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    interface::header_stands_alone(workspace)?;
    interface::types(workspace)?;
    let library = Library::build(workspace, "dev")?;
    interface::exports(workspace, &library)?;
    interface::ledger(workspace, &library)?;
    programs::run(workspace, &library)?;
    Ok(Outcome::Passed)
}

/// What the C interface costs over Rust.
pub(crate) fn pair(workspace: &Workspace) -> Result<(), String> {
    let library = Library::build(workspace, "release")?;
    let program = fresh(workspace, "c-pair")?.join("pair");
    workspace
        .command("cc")
        .words(&[
            "-std=c99",
            "-O2",
            INCLUDE,
            "connector-ffi/benches/pair.c",
            "-o",
        ])
        .word(&program)
        .word(library.shared())
        .word(library.run_path())
        .run()?;
    workspace
        .command("cargo")
        .words(&[
            "bench",
            "--package",
            "connector-ffi",
            "--bench",
            "pair",
            "--locked",
            "--",
        ])
        .word(&program)
        .run()
}

/// A folder below the target directory that is empty now.
pub(crate) fn fresh(workspace: &Workspace, name: &str) -> Result<PathBuf, String> {
    let folder = workspace.target.join(name);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => fs::create_dir_all(&folder).map_err(failed)?,
    }
    Ok(folder)
}

/// Copies a file, its folders made where they are missing.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} to {}: {error}", from.display(), to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::copy(from, to).map(drop).map_err(failed)
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
