//! A test axis for programs in other languages.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::OnceLock;

use crate::workspace::Workspace;

/// An axis that runs until this is dropped.
pub(crate) struct Axis {
    pub(crate) url: String,
    child: Child,
    /// It would end if nobody could read what it says.
    _out: BufReader<ChildStdout>,
}

impl Axis {
    pub(crate) fn start(workspace: &Workspace, config: &Path) -> Result<Self, String> {
        let program = program(workspace)?;
        let mut command = workspace.command(&program.to_string_lossy());
        command.words(&["axis", "--config"]).word(config);
        let mut child = command.spawn(Stdio::piped())?;
        let out = child.stdout.take().ok_or("the axis has no output")?;
        let mut out = BufReader::new(out);
        let mut url = String::new();
        out.read_line(&mut url)
            .map_err(|error| format!("the axis: {error}"))?;
        let axis = Axis {
            url: url.trim().to_owned(),
            child,
            _out: out,
        };
        match axis.url.starts_with("http://") {
            true => Ok(axis),
            false => Err(format!("the axis did not start with {}", config.display())),
        }
    }
}

/// The program of the axis, built once.
fn program(workspace: &Workspace) -> Result<PathBuf, String> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let words = ["build", "--quiet", "--locked", "--package", "conformance"];
    BUILT
        .get_or_init(|| workspace.command("cargo").words(&words).run())
        .clone()?;
    Ok(workspace.target.join("debug/lienthong-conformance"))
}

impl Drop for Axis {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
