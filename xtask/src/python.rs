//! The Python package, installed the way its users install it.

use crate::steps::Outcome;
use crate::workspace::Workspace;

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let python = workspace.venv().join("bin/python").display().to_string();
    let python = || {
        let mut command = workspace.command(&python);
        // Where cargo is missing, maturin would otherwise fetch a tool chain.
        command.variable("MATURIN_NO_INSTALL_RUST", &"1".into());
        // The source tree stays as it was.
        command.variable("PYTHONDONTWRITEBYTECODE", &"1".into());
        command
    };
    python()
        .words(&["-m", "pip", "install", "--quiet", "./connector-py"])
        .run()?;
    python()
        .words(&[
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "connector-py/tests",
        ])
        .run()?;
    // It leaves a cache where it stands.
    python()
        .directory(&workspace.target)
        .words(&["-m", "mypy.stubtest", "lienthong"])
        .run()?;
    Ok(Outcome::Passed)
}
