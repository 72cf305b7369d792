//! A packet around any file: built, checked, taken apart again, and compared byte for byte.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::command::Command;
use crate::workspace::{Workspace, below};

/// The whole of the demonstration. Everything it writes is below the target directory.
pub(crate) fn run(workspace: &Workspace, names: &[&String]) -> Result<(), String> {
    let folder = workspace.target.join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;

    let files = if names.is_empty() {
        vec![made_up_file(&folder)?]
    } else {
        given(names)?
    };
    let meta = folder.join("meta.json");
    write(&meta, format!("{:#}\n", made_up_document()).as_bytes())?;
    let packet = folder.join("packet.edxml");
    let extracted = folder.join("extracted");

    // On its own, so that a first build shows how far it is.
    let words = ["build", "--release", "--locked", "--package", "conformance"];
    workspace.command("cargo").words(&words).run()?;

    let mut build = tool(workspace, "build");
    build.word(&meta);
    for file in &files {
        build.word("--attach").word(file);
    }
    build.word("--out").word(&packet).run()?;
    tool(workspace, "check").word(&packet).run()?;
    tool(workspace, "extract")
        .word(&packet)
        .word("--out")
        .word(&extracted)
        .run()?;

    println!();
    let found = below(&extracted, &|_| true)?;
    for file in &files {
        let copy = found
            .iter()
            .find(|copy| same_bytes(file, copy).unwrap_or(false))
            .ok_or_else(|| format!("no extracted file has the bytes of {}", file.display()))?;
        println!("same bytes: {} = {}", file.display(), copy.display());
    }
    println!("packet: {} ({} bytes)", packet.display(), length(&packet)?);
    Ok(())
}

fn tool(workspace: &Workspace, verb: &str) -> Command {
    let mut command = workspace.command("cargo");
    command.words(&[
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "conformance",
    ]);
    command.words(&["--bin", "lienthong-conformance", "--", verb]);
    command
}

/// The files the user named. They are relative to where the user stands, the commands are not.
fn given(names: &[&String]) -> Result<Vec<PathBuf>, String> {
    names
        .iter()
        .map(|name| fs::canonicalize(name).map_err(|error| format!("{name}: {error}")))
        .collect()
}

fn made_up_file(folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join("công văn mẫu.txt");
    write(&path, "Đây là một tệp đính kèm mẫu.\n".as_bytes())?;
    Ok(path)
}

/// A document that no agency wrote, between two agencies that do not exist.
fn made_up_document() -> Value {
    json!({
        "From": {
            "OrganId": "H98.01",
            "OrganName": "Cơ quan gửi (ví dụ)",
            "OrganAdd": "1 Đường Ví Dụ"
        },
        "To": [{
            "OrganId": "H99.01",
            "OrganName": "Cơ quan nhận (ví dụ)",
            "OrganAdd": "2 Đường Ví Dụ"
        }],
        "DocumentId": "H98.01-2025-1",
        "Code": { "CodeNumber": "1", "CodeNotation": "VD-VP" },
        "PromulgationInfo": { "Place": "Hà Nội", "PromulgationDate": "2025-06-02" },
        "DocumentType": { "Type": 2, "TypeName": "Công văn" },
        "Subject": "Gửi thử một tệp",
        "SteeringType": 0,
        "OtherInfo": { "Priority": 0 }
    })
}

/// Compares two files piece by piece: they may be larger than memory.
fn same_bytes(left: &Path, right: &Path) -> std::io::Result<bool> {
    let (mut left, mut right) = (File::open(left)?, File::open(right)?);
    if left.metadata()?.len() != right.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (vec![], vec![]);
    loop {
        a.clear();
        b.clear();
        left.by_ref().take(1 << 16).read_to_end(&mut a)?;
        right.by_ref().take(1 << 16).read_to_end(&mut b)?;
        if a != b {
            return Ok(false);
        }
        if a.is_empty() {
            return Ok(true);
        }
    }
}

fn length(path: &Path) -> Result<u64, String> {
    fs::metadata(path)
        .map(|data| data.len())
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
