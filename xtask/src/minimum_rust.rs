//! The minimum supported Rust: stated once, true everywhere.

use std::fs;

use serde_json::Value;

use crate::steps::Outcome;
use crate::workspace::Workspace;

/// Documents that tell a reader which Rust is needed.
const DOCUMENTS: &[&str] = &["README.md", "README.vi.md", "ARCHITECTURE.md"];

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let minimum = &workspace.minimum_rust;
    let packages = stated_by_packages(workspace, minimum)?;
    for document in DOCUMENTS {
        let text = fs::read_to_string(workspace.root.join(document))
            .map_err(|error| format!("{document}: {error}"))?;
        if !text.contains(&format!("Rust {minimum}")) {
            return Err(format!(
                "{document} does not say `Rust {minimum}`, Cargo.toml does"
            ));
        }
    }
    println!(
        "Rust {minimum} is stated by Cargo.toml and {}; {packages}",
        DOCUMENTS.join(", ")
    );

    match installed(workspace, minimum) {
        Some(toolchain) => {
            workspace
                .command("rustup")
                .words(&[
                    "run",
                    &toolchain,
                    "cargo",
                    "check",
                    "--workspace",
                    "--all-targets",
                ])
                .words(&["--locked", "--target-dir"])
                .word(workspace.target.join("msrv"))
                .run()?;
            Ok(Outcome::Passed)
        }
        None => Ok(Outcome::Partly(format!(
            "not compiled with Rust {minimum}, which is not installed here (rustup toolchain \
             install {minimum}); looked at: what Cargo.toml and the documents state, what every \
             dependency asks for, and, in step clippy, uses of a newer standard library"
        ))),
    }
}

/// Every package of ours states the same version, and no dependency asks for a newer one.
fn stated_by_packages(workspace: &Workspace, minimum: &str) -> Result<String, String> {
    let metadata = workspace
        .command("cargo")
        .words(&["metadata", "--locked", "--format-version", "1"])
        .json()?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .ok_or("cargo metadata names no packages")?;
    let limit = version(minimum).ok_or_else(|| format!("`{minimum}` is no version"))?;
    let (mut ours, mut stated, mut silent) = (0, 0, 0);
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let asks = package["rust_version"].as_str();
        if package["source"] == Value::Null {
            if asks != Some(minimum) {
                return Err(format!("{name} does not state rust-version {minimum}"));
            }
            ours += 1;
        } else if let Some(asks) = asks {
            if version(asks).is_none_or(|asks| asks > limit) {
                return Err(format!("{name} asks for Rust {asks}, newer than {minimum}"));
            }
            stated += 1;
        } else {
            silent += 1;
        }
    }
    Ok(format!(
        "{ours} packages here state it, {stated} dependencies ask for no newer one, {silent} ask for none"
    ))
}

/// `1.90` and `1.90.0` are one version.
fn version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.').map(str::parse);
    let mut part = || parts.next().unwrap_or(Ok(0)).ok();
    let found = [part()?, part()?, part()?];
    parts.next().is_none().then_some(found)
}

/// The installed tool chain of the minimum version, by its full name.
fn installed(workspace: &Workspace, minimum: &str) -> Option<String> {
    let all = workspace
        .command("rustup")
        .words(&["toolchain", "list", "--quiet"])
        .output()
        .ok()?;
    all.lines()
        .find(|name| belongs(name, minimum))
        .map(str::to_owned)
}

fn belongs(toolchain: &str, minimum: &str) -> bool {
    toolchain
        .strip_prefix(minimum)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(version("1.9") < version("1.90"));
        assert_eq!(version("1.90"), version("1.90.0"));
        assert_eq!(version("nightly"), None);
        assert_eq!(version("1.2.3.4"), None);
    }

    #[test]
    fn a_tool_chain_is_known_by_its_version() {
        assert!(belongs("1.90-x86_64-unknown-linux-gnu", "1.90"));
        assert!(belongs("1.90.0-x86_64-unknown-linux-gnu", "1.90"));
        assert!(!belongs("1.9-x86_64-unknown-linux-gnu", "1.90"));
        assert!(!belongs("1.900-x86_64-unknown-linux-gnu", "1.90"));
    }
}
