//! The demonstration: the program that tells it, built for speed.

use crate::workspace::Workspace;

/// Runs `lienthong-conformance demo` with the words of the user.
pub(crate) fn run(workspace: &Workspace, words: &[String]) -> Result<(), String> {
    // On its own, so that a first build shows how far it is.
    let build = ["build", "--release", "--locked", "--package", "conformance"];
    workspace.command("cargo").words(&build).run()?;
    let manifest = workspace.root.join("Cargo.toml");
    let mut command = workspace.command("cargo");
    command
        .words(&["run", "--quiet", "--release", "--locked", "--manifest-path"])
        .word(&manifest)
        .words(&["--package", "conformance", "--bin"])
        .words(&["lienthong-conformance", "--", "demo"]);
    for word in words {
        command.word(word);
    }
    // Files are named from where the user stands.
    let here = std::env::current_dir().map_err(|error| format!("no folder to work in: {error}"))?;
    command.directory(&here).run()
}
