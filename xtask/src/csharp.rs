//! The C# wrapper of `examples/csharp`, compiled and run by mono.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::axis::Axis;
use crate::c::{self, Library};
use crate::keys;
use crate::steps::Outcome;
use crate::workspace::{Workspace, below};

const FOLDER: &str = "examples/csharp";

/// The wrapper compiles without a warning, its documentation whole, and stands each hazard.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let library = Library::build(workspace, "dev")?;
    let folder = c::fresh(workspace, "csharp")?;
    let program = compile(workspace, "Hazards", &folder)?;
    let axis = workspace.root.join("connector-ffi/tests/c/axis.toml");
    let axis = Axis::start(workspace, &axis)?;
    workspace
        .command("mono")
        .word(program)
        .word(folder.join("Thư mục"))
        .word(&axis.url)
        .word(keys::make(workspace, "csharp/keys")?)
        .variable("LD_LIBRARY_PATH", &library.folder.into_os_string())
        // A console without a word of Vietnamese: texts to and from the library do not care.
        .shown_variable("LC_ALL", "C")
        .run()?;
    Ok(Outcome::Passed)
}

/// The story.
pub(crate) fn story(
    workspace: &Workspace,
    _library: &Library,
    folder: &Path,
) -> Result<Vec<OsString>, String> {
    let program = compile(workspace, "Story", folder)?;
    Ok(vec!["mono".into(), program.into()])
}

/// Compiles the wrapper and a program that uses it, which lies beside it then.
fn compile(workspace: &Workspace, program: &str, folder: &Path) -> Result<PathBuf, String> {
    let wrapper = folder.join("Lienthong.dll");
    build(
        workspace,
        "Lienthong",
        &[
            "-target:library".into(),
            word("-doc:", &folder.join("Lienthong.xml")),
            word("-out:", &wrapper),
        ],
    )?;
    let path = folder.join(program).with_extension("exe");
    build(
        workspace,
        program,
        &[word("-r:", &wrapper), word("-out:", &path)],
    )?;
    Ok(path)
}

fn build(workspace: &Workspace, name: &str, words: &[OsString]) -> Result<(), String> {
    let is_source = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "cs");
    let mut command = workspace.command("mcs");
    command.words(&["-langversion:7.2", "-warn:4", "-warnaserror"]);
    for word in words {
        command.word(word);
    }
    let all = below(&workspace.root.join(FOLDER).join(name), &|_| true)?;
    for source in all.into_iter().filter(is_source) {
        command.word(source);
    }
    command.run()
}

fn word(option: &str, path: &Path) -> OsString {
    let mut word = OsString::from(option);
    word.push(path);
    word
}
