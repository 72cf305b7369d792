//! The static library, closed: only names that begin with `lienthong_` leave it.
//!
//! What cargo makes holds every symbol of Rust's library, SQLite and ring in the open, so a host
//! with a SQLite of its own could not be linked, or worse, would be. Here all objects become one,
//! and every other symbol in it is made local.

use std::fs;
use std::path::Path;

use super::fresh;
use crate::workspace::Workspace;

pub(super) fn closed(workspace: &Workspace, from: &Path, to: &Path) -> Result<(), String> {
    let folder = fresh(workspace, "c-library/archive")?;
    let open = folder.join("open.o");
    let closed = folder.join("lienthong.o");
    let roots = super::interface::names(workspace)?;
    let roots: Vec<String> = roots
        .iter()
        .map(|name| format!("--undefined={name}"))
        .collect();
    let roots: Vec<&str> = roots.iter().map(String::as_str).collect();
    workspace
        .command("ld")
        .words(&["--relocatable", "--gc-sections"])
        .quiet_words(&roots)
        .word("-o")
        .word(&open)
        .word(from)
        .run()?;
    workspace
        .command("objcopy")
        .words(&[
            "--wildcard",
            "--keep-global-symbol=lienthong_*",
            "--strip-debug",
        ])
        // Bitcode of Rust's own library, which trips linkers with another LLVM as plug-in.
        .words(&["--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .word(&open)
        .word(&closed)
        .run()?;
    _ = fs::remove_file(to);
    workspace
        .command("ar")
        .words(&["rcsD"])
        .word(to)
        .word(&closed)
        .run()?;
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}
