//! The C# wrapper of `examples/csharp`, compiled and run by mono.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::axis::Axis;
use crate::c::{self, Library};
use crate::declarations;
use crate::keys;
use crate::steps::Outcome;
use crate::workspace::{Workspace, below};

const FOLDER: &str = "examples/csharp";

/// The wrapper has every function, compiles without a warning, its documentation whole, and stands
/// each hazard: under mono, and the same files under .NET Core.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let mut wrapper = sources(workspace, "Lienthong")?;
    wrapper.retain(|path| !path.ends_with("Native.cs"));
    let missing = declarations::not_called(workspace, &wrapper)?;
    // Every call gives the code, an exception has the whole context, and bytes of .NET move.
    let without = [
        "lienthong_error_code",
        "lienthong_error_context",
        "lienthong_packet_from_bytes_borrowed",
    ];
    if missing != without {
        return Err(format!("C# does not call {}", missing.join(", ")));
    }
    let library = Library::build(workspace, "dev")?;
    let folder = c::fresh(workspace, "csharp")?;
    let program = compile(workspace, "Hazards", &folder)?;
    let keys = keys::make(workspace, "csharp/keys")?;
    let stands = |runtime: &[OsString], name: &str| {
        let axis = workspace.root.join("connector-ffi/tests/c/axis.toml");
        let axis = Axis::start(workspace, &axis)?;
        let (first, rest) = runtime.split_first().ok_or("no runtime")?;
        let mut command = workspace.command(&first.to_string_lossy());
        for word in rest {
            command.word(word);
        }
        command
            .word(&program)
            .word(folder.join(format!("Thư mục {name}")))
            .word(&axis.url)
            .word(&keys)
            .variable("LD_LIBRARY_PATH", &library.folder.clone().into_os_string())
            // A console without a word of Vietnamese: texts to and from the library do not care.
            .shown_variable("LC_ALL", "C")
            .run()
    };
    stands(&["mono".into()], "mono")?;
    let settings = folder.join("Hazards.runtimeconfig.json");
    c::write(&settings, NET_CORE)?;
    let core = [
        net_core(workspace)?,
        "exec".into(),
        "--runtimeconfig".into(),
        settings.into(),
    ];
    stands(&core, "net-core")?;
    let program = compile(workspace, "Story", &folder)?;
    let program = format!("mono '{}'", program.display());
    declarations::another_library_is_refused(workspace, &folder, &program)?;
    is_a_product(workspace, &library)
}

/// The program of `docs/dms.md` in C# does what its page says, as the one in Rust does.
fn is_a_product(workspace: &Workspace, library: &Library) -> Result<Outcome, String> {
    let folder = c::fresh(workspace, "csharp-dms")?;
    let program = compile(workspace, "Dms", &folder)?;
    let start = folder.join("dms");
    let (library, program) = (library.folder.display(), program.display());
    c::write(
        &start,
        &format!("#!/bin/sh\nLD_LIBRARY_PATH='{library}' exec mono '{program}' \"$@\"\n"),
    )?;
    fs::set_permissions(&start, fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("{}: {error}", start.display()))?;
    workspace
        .command("cargo")
        .words(&[
            "test",
            "--package",
            "example-rust",
            "--test",
            "dms",
            "--locked",
        ])
        .shown_variable("LIENTHONG_TEST_DMS", &start.to_string_lossy())
        .run()?;
    Ok(Outcome::Passed)
}

/// Without the library for cultures, which is not part of the runtime.
const NET_CORE: &str = r#"{"runtimeOptions": {
    "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
    "configProperties": {"System.Globalization.Invariant": true}}}"#;

/// The `dotnet` of the runtime that the virtual environment has.
fn net_core(workspace: &Workspace) -> Result<OsString, String> {
    let python = workspace.venv().join("bin/python");
    let folder = workspace
        .command(&python.to_string_lossy())
        .words(&["-c", "import dotnetcore2; print(dotnetcore2.__path__[0])"])
        .output()?;
    Ok(Path::new(folder.trim()).join("bin/dotnet").into())
}

/// The product of docs/dms.md, for the conformance suite.
pub(crate) fn driver(workspace: &Workspace) -> Result<Vec<OsString>, String> {
    let library = Library::build(workspace, "dev")?;
    let folder = c::fresh(workspace, "csharp-driver")?;
    let program = compile(workspace, "Dms", &folder)?;
    let mut path = OsString::from("LD_LIBRARY_PATH=");
    path.push(&library.folder);
    Ok(vec!["env".into(), path, "mono".into(), program.into()])
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
    let mut command = workspace.command("mcs");
    command.words(&["-langversion:7.2", "-warn:4", "-warnaserror"]);
    for word in words {
        command.word(word);
    }
    for source in sources(workspace, name)? {
        command.word(source);
    }
    command.run()
}

fn sources(workspace: &Workspace, name: &str) -> Result<Vec<PathBuf>, String> {
    let mut all = below(&workspace.root.join(FOLDER).join(name), &|_| true)?;
    all.retain(|path| path.extension().is_some_and(|ending| ending == "cs"));
    Ok(all)
}

fn word(option: &str, path: &Path) -> OsString {
    let mut word = OsString::from(option);
    word.push(path);
    word
}
