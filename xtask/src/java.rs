//! The module for Java: a jar with the C library inside.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::c::{self, Library};
use crate::steps::Outcome;
use crate::workspace::Workspace;

const MODULE: &str = "examples/java";
/// Where JNA looks for the library of this platform inside a jar.
const PLACE: &str = "linux-x86-64/liblienthong.so";

/// The folder that Maven built into: the jar, and `lib` with what it needs.
pub(crate) struct Module {
    folder: PathBuf,
    jar: PathBuf,
}

/// The tests of the module, in the poorest locale there is, against a test axis of their own.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let library = Library::build(workspace, "dev")?;
    workspace
        .command("cargo")
        .words(&["build", "--quiet", "--locked", "--package", "conformance"])
        .run()?;
    build(workspace, &library, "java-tests", true).map(|_| Outcome::Passed)
}

/// The jar for users, with the library as it is released.
pub(crate) fn jar(workspace: &Workspace) -> Result<(), String> {
    let library = Library::build(workspace, "release")?;
    let module = build(workspace, &library, "java", false)?;
    println!(
        "{} and {}/lib",
        module.jar.display(),
        module.folder.display()
    );
    Ok(())
}

/// The product of docs/dms.md, for the conformance suite.
pub(crate) fn driver(workspace: &Workspace) -> Result<Vec<OsString>, String> {
    let library = Library::build(workspace, "dev")?;
    let mut words = story(workspace, &library, Path::new(""))?;
    words.pop();
    words.push("example.Dms".into());
    Ok(words)
}

/// The driver of some sixty lines in `examples/driver`, compiled.
pub(crate) fn short_driver(workspace: &Workspace, folder: &Path) -> Result<Vec<OsString>, String> {
    let library = Library::build(workspace, "dev")?;
    let module = build(workspace, &library, "java-driver", false)?;
    workspace
        .command("javac")
        .word("-cp")
        .word(&module.jar)
        .word("-d")
        .word(folder)
        .word("examples/driver/Driver.java")
        .run()?;
    let mut path = module.jar.into_os_string();
    path.push(":");
    path.push(folder);
    Ok(vec!["java".into(), "-cp".into(), path, "Driver".into()])
}

/// The program of the story, built and ready to start from the jar.
pub(crate) fn story(
    workspace: &Workspace,
    library: &Library,
    _folder: &Path,
) -> Result<Vec<OsString>, String> {
    let module = build(workspace, library, "java-story", false)?;
    let mut path = module.jar.into_os_string();
    path.push(":");
    path.push(module.folder.join("test-classes"));
    // The jar's manifest finds `lib`. Without a UTF-8 locale Java cannot read its arguments.
    let mut words: Vec<OsString> = ["env", "LC_ALL=C.UTF-8", "java", "-cp"]
        .map(OsString::from)
        .to_vec();
    words.extend([path, "example.Story".into()]);
    Ok(words)
}

fn build(
    workspace: &Workspace,
    library: &Library,
    name: &str,
    tests: bool,
) -> Result<Module, String> {
    same_version(workspace)?;
    let folder = c::fresh(workspace, name)?;
    let inside = folder.join("native");
    c::copy(&library.shared(), &inside.join(PLACE))?;
    c::write_parts(workspace, &inside.join("META-INF/lienthong"))?;
    let mut command = workspace.command("mvn");
    command
        .words(&["--batch-mode", "--no-transfer-progress", "--file", MODULE])
        .word(format!("-Dbuild.folder={}", folder.display()))
        .word(format!(
            "-Daxis.program={}",
            workspace
                .target
                .join("debug/lienthong-conformance")
                .display()
        ));
    match tests {
        true => command.word("package"),
        false => command.words(&["--quiet", "-DskipTests", "package"]),
    };
    command.run()?;
    let jar = folder.join(format!("lienthong-{}.jar", workspace.version));
    Ok(Module { folder, jar })
}

fn same_version(workspace: &Workspace) -> Result<(), String> {
    let pom = c::read(&workspace.root.join(MODULE).join("pom.xml"))?;
    let wanted = format!(
        "<artifactId>lienthong</artifactId>\n  <version>{}</version>",
        workspace.version
    );
    match pom.contains(&wanted) {
        true => Ok(()),
        false => Err(format!(
            "{MODULE}/pom.xml must have the version {}",
            workspace.version
        )),
    }
}
