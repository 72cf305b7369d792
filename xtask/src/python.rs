//! The Python package, installed the way its users install it.

use crate::steps::Outcome;
use crate::workspace::Workspace;

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let python = workspace.venv().join("bin/python").display().to_string();
    let run = |words: &[&str]| {
        let mut command = workspace.command(&python);
        // Where cargo is missing, maturin would otherwise fetch a tool chain.
        command.variable("MATURIN_NO_INSTALL_RUST", &"1".into());
        command.words(words).run()
    };
    run(&["-m", "pip", "install", "--quiet", "./connector-py"])?;
    run(&["-m", "pytest", "connector-py/tests"])?;
    run(&["-m", "mypy.stubtest", "lienthong"])?;
    Ok(Outcome::Passed)
}
