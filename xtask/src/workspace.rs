//! Where the chores work.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::Command;

/// The checked-out tree and what cargo says of it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) version: String,
    pub(crate) minimum_rust: String,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, String> {
        // `cargo run` says where the package lies now; it may have moved since it was compiled.
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here
            .parent()
            .ok_or("xtask has no folder above it")?
            .to_path_buf();
        let mut metadata = Command::new("cargo");
        metadata
            .words(&["metadata", "--no-deps", "--format-version", "1"])
            .directory(&root);
        let metadata = metadata.json()?;
        let package = |key: &str| {
            metadata
                .pointer("/packages")
                .and_then(Value::as_array)
                .and_then(|all| {
                    all.iter()
                        .find(|package| package["name"] == "connector-core")
                })
                .and_then(|package| package[key].as_str())
                .map(str::to_owned)
                .ok_or_else(|| format!("cargo metadata names no {key} of connector-core"))
        };
        Ok(Self {
            target: metadata
                .get("target_directory")
                .and_then(Value::as_str)
                .ok_or("cargo metadata names no target directory")?
                .into(),
            version: package("version")?,
            minimum_rust: package("rust_version")?,
            root,
        })
    }

    /// A command that runs at the root of the workspace and finds the tools installed by it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .directory(&self.root)
            .variable("PATH", &self.search_path());
        command
    }

    /// Where cargo tools go that were not found elsewhere.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The virtual environment of the Python steps.
    pub(crate) fn venv(&self) -> PathBuf {
        self.target.join("venv")
    }

    fn search_path(&self) -> OsString {
        let outer = std::env::var_os("PATH").unwrap_or_default();
        let places = std::env::split_paths(&outer).chain([self.tools().join("bin")]);
        std::env::join_paths(places).unwrap_or(outer)
    }
}

/// Every file below a folder, in order, without the folders that are not `wanted`.
pub(crate) fn below(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let mut files = vec![];
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if !entry.file_type().map_err(failed)?.is_dir() {
                files.push(entry.path());
            } else if wanted(&entry.path()) {
                folders.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
