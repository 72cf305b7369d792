//! Builds the library and lays it out as a linker and a loader look for it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{archive, copy, fresh};
use crate::command::Command;
use crate::workspace::Workspace;

/// The oldest glibc that the library of `cargo xtask dist` runs with: that of RHEL 7.
pub(super) const GLIBC: &str = "2.17";

/// A built library, in a folder with the names that belong to it.
pub(crate) struct Library {
    pub(crate) folder: PathBuf,
    /// `liblienthong.so.1`.
    pub(crate) soname: String,
}

impl Library {
    /// Builds with a profile of cargo (`dev`, `release`), for this machine.
    pub(crate) fn build(workspace: &Workspace, profile: &str) -> Result<Self, String> {
        let mut cargo = workspace.command("cargo");
        cargo.words(&["build"]);
        Self::built_by(workspace, cargo, profile, profile)
    }

    /// Builds for every system with [`GLIBC`] or newer: zig is the linker, and compiles what is C.
    pub(crate) fn portable(workspace: &Workspace, profile: &str) -> Result<Self, String> {
        let tools = workspace.venv().join("bin");
        let mut cargo = workspace.command(&tools.join("cargo-zigbuild").to_string_lossy());
        cargo.variable("CARGO_ZIGBUILD_PYTHON_PATH", &tools.join("python").into());
        cargo.words(&["zigbuild", "--target"]);
        cargo.word(format!("x86_64-unknown-linux-gnu.{GLIBC}"));
        Self::built_by(workspace, cargo, profile, &format!("portable-{profile}"))
    }

    fn built_by(
        workspace: &Workspace,
        cargo: Command,
        profile: &str,
        name: &str,
    ) -> Result<Self, String> {
        let (shared, archive) = built(cargo, profile)?;
        let soname = soname(workspace, &shared)?;
        let folder = fresh(workspace, &format!("c-library/{name}"))?;
        let whole = format!("liblienthong.so.{}", workspace.version);
        copy(&shared, &folder.join(&whole))?;
        link(&whole, &folder.join(&soname))?;
        link(&soname, &folder.join("liblienthong.so"))?;
        archive::closed(workspace, &archive, &folder.join("liblienthong.a"))?;
        Ok(Library { folder, soname })
    }

    pub(crate) fn shared(&self) -> PathBuf {
        self.folder.join("liblienthong.so")
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.folder.join("liblienthong.a")
    }

    /// The linker's words for a program that finds the library where it lies.
    pub(crate) fn run_path(&self) -> OsString {
        let mut word = OsString::from("-Wl,-rpath,");
        word.push(&self.folder);
        word
    }
}

pub(super) fn link(to: &str, at: &Path) -> Result<(), String> {
    std::os::unix::fs::symlink(to, at).map_err(|error| format!("{}: {error}", at.display()))
}

/// The name by which a program asks its loader for the library.
fn soname(workspace: &Workspace, shared: &Path) -> Result<String, String> {
    let table = workspace
        .command("readelf")
        .words(&["--dynamic", "--wide"])
        .word(shared)
        .output()?;
    let name = table
        .lines()
        .find(|line| line.contains("(SONAME)"))
        .and_then(|line| line.split(['[', ']']).nth(1))
        .ok_or("the shared library has no soname")?
        .to_owned();
    let version = fs::read_to_string(workspace.root.join("connector-ffi/include/lienthong.h"))
        .map_err(|error| format!("lienthong.h: {error}"))?;
    let number = version
        .split_once("#define LIENTHONG_ABI_VERSION ")
        .and_then(|(_, rest)| rest.lines().next())
        .unwrap_or_default();
    match name == format!("liblienthong.so.{number}") {
        true => Ok(name),
        false => Err(format!(
            "the soname is {name}, the header has interface {number}"
        )),
    }
}

/// Builds the library and asks cargo where the two files are.
fn built(mut cargo: Command, profile: &str) -> Result<(PathBuf, PathBuf), String> {
    cargo.words(&[
        "--package",
        "connector-ffi",
        "--locked",
        "--profile",
        profile,
    ]);
    cargo.run()?;
    let messages = cargo
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
