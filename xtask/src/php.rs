//! The PHP wrapper of `examples/php`.

use std::ffi::OsString;
use std::path::Path;

use crate::axis::Axis;
use crate::c::{self, Library};
use crate::keys;
use crate::steps::Outcome;
use crate::workspace::Workspace;

/// The wrapper stands each hazard.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let library = Library::build(workspace, "dev")?;
    let folder = c::fresh(workspace, "php")?;
    let axis = workspace.root.join("connector-ffi/tests/c/axis.toml");
    let axis = Axis::start(workspace, &axis)?;
    workspace
        .command("php")
        .words(&["-d", "zend.assertions=1", "-d", "error_reporting=-1"])
        .word(workspace.root.join("examples/php/hazards.php"))
        .word(folder.join("Thư mục"))
        .word(&axis.url)
        .word(keys::make(workspace, "php/keys")?)
        .variable("LD_LIBRARY_PATH", &library.folder.into_os_string())
        .shown_variable("LC_ALL", "C")
        .run()?;
    Ok(Outcome::Passed)
}

/// The story.
pub(crate) fn story(
    workspace: &Workspace,
    _library: &Library,
    _folder: &Path,
) -> Result<Vec<OsString>, String> {
    let program = workspace.root.join("examples/php/story.php");
    Ok(vec!["php".into(), program.into()])
}
