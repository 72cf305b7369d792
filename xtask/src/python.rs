//! The Python package, installed the way its users install it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use crate::c::fresh;
use crate::command::Command;
use crate::steps::Outcome;
use crate::workspace::Workspace;

/// What is typed: the package, its tests, the examples.
const TYPED: &[&str] = &["connector-py/tests", "examples/python"];
/// The version that `npm` brings.
const PYRIGHT: &str = "pyright@1.1.414";

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let python = installed(workspace)?;
    tested(workspace, &python)?;
    typed(workspace, &python)?;
    let wheel = wheel(workspace, &python)?;
    let others = others(workspace, &python);
    let mut missing = Vec::new();
    // Side by side: most of the tests wait for something.
    let tested = thread::scope(|scope| {
        let mut running = Vec::new();
        for (version, other) in &others {
            match other {
                Some(other) => {
                    running.push(scope.spawn(|| elsewhere(workspace, version, other, &wheel)));
                }
                None => missing.push(version.as_str()),
            }
        }
        let ended = running.into_iter().map(|one| match one.join() {
            Ok(ended) => ended,
            Err(_) => Err("a thread of this chore failed".to_owned()),
        });
        ended.collect::<Result<Vec<()>, String>>()
    });
    tested?;
    match missing.is_empty() {
        true => Ok(Outcome::Passed),
        false => Ok(Outcome::Partly(format!(
            "no CPython {} on this machine",
            missing.join(", ")
        ))),
    }
}

/// A command of Python, which leaves the source tree as it is.
fn run(workspace: &Workspace, python: &Path) -> Command {
    let mut command = workspace.command(&python.to_string_lossy());
    // Where cargo is missing, maturin would otherwise fetch a tool chain.
    command.variable("MATURIN_NO_INSTALL_RUST", &"1".into());
    command.variable("PYTHONDONTWRITEBYTECODE", &"1".into());
    command
}

/// Installs the package into the virtual environment, once; gives its Python.
///
/// The profile is that of the Rust tests, of which most is built already.
pub(crate) fn installed(workspace: &Workspace) -> Result<PathBuf, String> {
    static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
    let python = workspace.venv().join("bin/python");
    INSTALLED
        .get_or_init(|| {
            let mut command = run(workspace, &python);
            command.shown_variable("MATURIN_PEP517_ARGS", "--profile dev");
            command
                .words(&["-m", "pip", "install", "--quiet", "./connector-py"])
                .run()
        })
        .clone()?;
    Ok(python)
}

fn tested(workspace: &Workspace, python: &Path) -> Result<(), String> {
    run(workspace, python)
        .words(&["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .word("connector-py/tests")
        .run()
}

/// The stubs are those of the built module; the package is typed throughout, for two checkers.
fn typed(workspace: &Workspace, python: &Path) -> Result<(), String> {
    // They leave caches where they stand.
    let folder = fresh(workspace, "python-types")?;
    run(workspace, python)
        .directory(&folder)
        .words(&["-m", "mypy.stubtest", "lienthong._native", "lienthong._aio"])
        .run()?;
    let mut mypy = run(workspace, python);
    mypy.directory(&folder)
        .words(&["-m", "mypy", "--strict", "-p", "lienthong"]);
    mypy.run()?;
    for path in TYPED {
        let mut mypy = run(workspace, python);
        mypy.directory(&folder)
            .words(&["-m", "mypy", "--strict"])
            .word(workspace.root.join(path));
        mypy.run()?;
    }
    let pyright = workspace.target.join("npm");
    let program = pyright.join("node_modules/.bin/pyright");
    let version = PYRIGHT.split('@').next_back().unwrap_or_default();
    let there = workspace
        .command(&program.to_string_lossy())
        .words(&["--version"])
        .output()
        .is_ok_and(|said| said.trim().ends_with(version));
    if !there {
        workspace
            .command("npm")
            .words(&["install", "--silent", "--prefix"])
            .word(&pyright)
            .words(&[PYRIGHT])
            .run()?;
    }
    // It does not look into the virtual environment by itself.
    let packages = run(workspace, python)
        .words(&[
            "-c",
            "import sysconfig; print(sysconfig.get_paths()['platlib'])",
        ])
        .output()?;
    workspace
        .command(&program.to_string_lossy())
        .directory(&folder)
        .shown_variable("PYTHONPATH", packages.trim())
        .words(&["--pythonpath"])
        .word(python)
        .words(&["--verifytypes", "lienthong", "--ignoreexternal"])
        .run()
}

/// A wheel for every Linux with glibc 2.17 and every CPython from 3.9 on.
fn wheel(workspace: &Workspace, python: &Path) -> Result<PathBuf, String> {
    let folder = fresh(workspace, "wheels")?;
    // Where maturin finds zig: it asks the `python3` of the search path for it.
    let mut path = vec![workspace.venv().join("bin")];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let path = std::env::join_paths(path).map_err(|error| error.to_string())?;
    run(workspace, python)
        .variable("PATH", &path)
        .directory(&workspace.root.join("connector-py"))
        .words(&["-m", "maturin", "build", "--quiet", "--locked", "--zig"])
        .words(&[
            "--compatibility",
            "manylinux2014",
            "--profile",
            "wheel-test",
        ])
        .words(&["--out"])
        .word(&folder)
        .run()?;
    let mut wheels = fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let wheel = wheels.next().and_then(Result::ok).ok_or("no wheel")?;
    let name = wheel.file_name().to_string_lossy().into_owned();
    match name.contains("-cp39-abi3-") && name.contains("manylinux2014") {
        true => Ok(wheel.path()),
        false => Err(format!("{name} is not a wheel for all")),
    }
}

/// What the package costs over Rust: the bench of the C interface, with Python in C's place.
pub(crate) fn cost(workspace: &Workspace) -> Result<(), String> {
    let folder = fresh(workspace, "python-cost")?;
    run(workspace, &workspace.venv().join("bin/python"))
        .words(&["-m", "venv"])
        .word(folder.join("venv"))
        .run()?;
    let python = folder.join("venv/bin/python");
    run(workspace, &python)
        .words(&["-m", "pip", "install", "--quiet", "./connector-py"])
        .run()?;
    let program = folder.join("cost");
    let script = workspace.root.join("connector-py/benches/cost.py");
    let text = format!(
        "#!/bin/sh\nexec '{}' '{}' \"$@\"\n",
        python.display(),
        script.display()
    );
    fs::write(&program, text).map_err(|error| error.to_string())?;
    let rights = PermissionsExt::from_mode(0o755);
    fs::set_permissions(&program, rights).map_err(|error| error.to_string())?;
    workspace
        .command("cargo")
        .words(&[
            "bench",
            "--package",
            "connector-ffi",
            "--bench",
            "pair",
            "--locked",
            "--",
        ])
        .word(&program)
        .run()
}

/// The other CPythons of this machine by version; none where one is not there.
fn others(workspace: &Workspace, python: &Path) -> Vec<(String, Option<PathBuf>)> {
    let version = |python: &Path| {
        let text = "import sys; print('%d.%d' % sys.version_info[:2])";
        let said = workspace
            .command(&python.to_string_lossy())
            .words(&["-c", text])
            .output();
        said.map(|said| said.trim().to_owned()).unwrap_or_default()
    };
    let own = version(python);
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let pyenv = fs::read_dir(home.join(".pyenv/versions"));
    let mut found: Vec<PathBuf> = pyenv
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin/python3"))
        .collect();
    found.sort();
    (9..=14)
        .map(|minor| format!("3.{minor}"))
        .filter(|wanted| *wanted != own)
        .map(|wanted| {
            let named = PathBuf::from(format!("python{wanted}"));
            // pyenv's own names last: they complain where no version is chosen.
            let candidates = [found.as_slice(), &[named]].concat();
            let fitting = candidates
                .into_iter()
                .find(|one| exists(one) && version(one) == wanted);
            (wanted, fitting)
        })
        .collect()
}

/// Whether there is such a program, here or in the search path.
fn exists(program: &Path) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    program.is_file()
        || (program.components().count() == 1
            && std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The tests of the wheel on another CPython.
fn elsewhere(
    workspace: &Workspace,
    version: &str,
    python: &Path,
    wheel: &Path,
) -> Result<(), String> {
    let venv = fresh(workspace, &format!("python-{version}"))?;
    run(workspace, python)
        .words(&["-m", "venv", "--clear"])
        .word(&venv)
        .run()?;
    let python = venv.join("bin/python");
    run(workspace, &python)
        .words(&["-m", "pip", "install", "--quiet"])
        .words(&["--disable-pip-version-check", "pytest", "jsonschema"])
        .word(wheel)
        .run()?;
    tested(workspace, &python)
}
