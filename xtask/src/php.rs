//! The PHP wrapper of `examples/php`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::axis::Axis;
use crate::c::{self, Library};
use crate::declarations;
use crate::keys;
use crate::steps::Outcome;
use crate::workspace::Workspace;

/// What PHP goes without: callbacks, and what json_decode and an exception do already.
const WITHOUT: &[&str] = &[
    "lienthong_document_attach_callback",
    "lienthong_config_set_log",
    "lienthong_document_to_callback",
    "lienthong_error_code",
    "lienthong_error_context",
    "lienthong_json_get",
    "lienthong_packet_from_bytes_borrowed",
    "lienthong_packet_to_callback",
    "lienthong_packet_attachment_to_callback",
    "lienthong_connector_send_packet_callback",
    "lienthong_signer_from_callback",
];

/// The wrapper has every function that it can have, and stands each hazard.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let wrapper = workspace.root.join("examples/php/Lienthong.php");
    let missing = declarations::not_called(workspace, &[wrapper])?;
    if missing != WITHOUT {
        return Err(format!(
            "Lienthong.php calls other functions than it should; not these: {}",
            missing.join(", ")
        ));
    }
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
    let program = format!("php '{}'", story_of(workspace).display());
    declarations::another_library_is_refused(workspace, &folder, &program)?;
    Ok(Outcome::Passed)
}

/// The story.
pub(crate) fn story(
    workspace: &Workspace,
    _library: &Library,
    _folder: &Path,
) -> Result<Vec<OsString>, String> {
    Ok(vec!["php".into(), story_of(workspace).into()])
}

fn story_of(workspace: &Workspace) -> PathBuf {
    workspace.root.join("examples/php/story.php")
}
