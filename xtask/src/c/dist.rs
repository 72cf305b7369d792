//! The tree of the C library that a vendor unpacks, and the proof that it works wherever it lies.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::library::{GLIBC, link};
use super::{Library, SYSTEM_LIBRARIES, copy, fresh, parts, write};
use crate::command::Command;
use crate::steps::Outcome;
use crate::story;
use crate::workspace::{Workspace, below};

/// Makes the tree and its archive below the target directory; gives the archive.
pub(crate) fn dist(workspace: &Workspace) -> Result<PathBuf, String> {
    // A quick look at the tree needs no optimised library; what a vendor gets does.
    let profile = std::env::var("DIST_PROFILE").unwrap_or_else(|_| "release".into());
    make(workspace, &profile)
}

fn make(workspace: &Workspace, profile: &str) -> Result<PathBuf, String> {
    let library = Library::portable(workspace, profile)?;
    super::interface::exports(workspace, &library)?;
    let name = format!("lienthong-{}-linux-x86_64", workspace.version);
    let root = fresh(workspace, "dist")?.join(&name);
    lay_out(workspace, &library, &root)?;
    let floor = floor(workspace, &root.join("lib").join(&library.soname))?;
    let sizes = sizes(&root)?;
    write(&root.join("README.md"), &readme(workspace, &floor, &sizes))?;
    println!("needs glibc {floor}; {sizes}");
    let archive = workspace.target.join("dist").join(format!("{name}.tar.gz"));
    workspace
        .command("tar")
        .words(&[
            "--create",
            "--gzip",
            "--owner=0",
            "--group=0",
            "--sort=name",
            "--file",
        ])
        .word(&archive)
        .word("--directory")
        .word(workspace.target.join("dist"))
        .word(&name)
        .run()?;
    Ok(archive)
}

fn lay_out(workspace: &Workspace, library: &Library, root: &Path) -> Result<(), String> {
    let from = |path: &str| workspace.root.join(path);
    let lib = root.join("lib");
    let whole = format!("liblienthong.so.{}", workspace.version);
    copy(&library.folder.join(&whole), &lib.join(&whole))?;
    // Where it was built and which line is which is of no use without the source.
    workspace
        .command("strip")
        .words(&["--strip-debug"])
        .word(lib.join(&whole))
        .run()?;
    link(&whole, &lib.join(&library.soname))?;
    link(&library.soname, &lib.join("liblienthong.so"))?;
    copy(&library.archive(), &lib.join("liblienthong.a"))?;
    copy(
        &from("connector-ffi/include/lienthong.h"),
        &root.join("include/lienthong.h"),
    )?;
    copy(
        &from("examples/cpp/lienthong.hpp"),
        &root.join("include/lienthong.hpp"),
    )?;
    let system = SYSTEM_LIBRARIES.join(" ");
    let packages = lib.join("pkgconfig");
    write(
        &packages.join("lienthong.pc"),
        &package(workspace, "-L${libdir} -llienthong", ""),
    )?;
    write(
        &packages.join("lienthong-static.pc"),
        &package(
            workspace,
            &format!("${{libdir}}/liblienthong.a {system}"),
            ", static",
        ),
    )?;
    let cmake = lib.join("cmake/lienthong");
    let fill = |text: &str| {
        text.replace("@VERSION@", &workspace.version)
            .replace("@SYSTEM@", &system)
    };
    write(&cmake.join("lienthong-config.cmake"), &fill(CMAKE))?;
    write(
        &cmake.join("lienthong-config-version.cmake"),
        &fill(CMAKE_VERSION),
    )?;
    let doc = root.join("share/doc/lienthong");
    for file in ["LICENSE", "CHANGELOG.md"] {
        copy(&from(file), &doc.join(file))?;
    }
    for file in [
        "c-abi.md",
        "config.md",
        "errors.md",
        "findings.md",
        "dms.md",
        "packet.schema.json",
    ] {
        copy(&from("docs").join(file), &doc.join(file))?;
    }
    for file in [
        "c/story.c",
        "cpp/story.cpp",
        "story/README.md",
        "story/story.txt",
    ] {
        copy(
            &from("examples").join(file),
            &doc.join("examples").join(file),
        )?;
    }
    // Wrappers for other languages, with their programs.
    for language in ["csharp", "php"] {
        let examples = from("examples");
        for file in below(&examples.join(language), &|_| true)? {
            let place = file.strip_prefix(&examples).unwrap_or(&file);
            copy(&file, &doc.join("examples").join(place))?;
        }
    }
    parts::write(workspace, &doc)
}

fn package(workspace: &Workspace, libraries: &str, more: &str) -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\nlibdir=${{prefix}}/lib\nincludedir=${{prefix}}/include\n\n\
         Name: lienthong\n\
         Description: Connector to Vietnam's national document axis{more}\n\
         Version: {}\nCflags: -I${{includedir}}\nLibs: {libraries}\n",
        workspace.version
    )
}

const CMAKE: &str = "\
# lienthong::lienthong is the shared library, lienthong::static the static one.
get_filename_component(_lienthong \"${CMAKE_CURRENT_LIST_DIR}/../../..\" ABSOLUTE)

if(NOT TARGET lienthong::lienthong)
  add_library(lienthong::lienthong SHARED IMPORTED)
  set_target_properties(lienthong::lienthong PROPERTIES
    IMPORTED_LOCATION \"${_lienthong}/lib/liblienthong.so\"
    INTERFACE_INCLUDE_DIRECTORIES \"${_lienthong}/include\")
endif()

if(NOT TARGET lienthong::static)
  add_library(lienthong::static STATIC IMPORTED)
  set_target_properties(lienthong::static PROPERTIES
    IMPORTED_LOCATION \"${_lienthong}/lib/liblienthong.a\"
    INTERFACE_INCLUDE_DIRECTORIES \"${_lienthong}/include\"
    INTERFACE_LINK_LIBRARIES \"@SYSTEM@\")
endif()
";

const CMAKE_VERSION: &str = "\
set(PACKAGE_VERSION \"@VERSION@\")
if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
# Before 1.0 a minor version may break.
if(\"@VERSION@\" MATCHES \"^([0-9]+\\\\.[0-9]+)\" AND \"${PACKAGE_FIND_VERSION}\" MATCHES \"^${CMAKE_MATCH_1}\"
   AND NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
";

/// The newest version of glibc that any symbol asks for, which must not be above [`GLIBC`].
fn floor(workspace: &Workspace, shared: &Path) -> Result<String, String> {
    let table = workspace
        .command("objdump")
        .words(&["--dynamic-syms"])
        .word(shared)
        .output()?;
    floor_in(&table)
}

fn floor_in(table: &str) -> Result<String, String> {
    let versions = table
        .split(['(', ')', ' ', '\n'])
        .filter_map(|word| word.strip_prefix("GLIBC_"))
        .filter_map(|version| Some((numbers(version)?, version)));
    let (newest, shown) = versions.max().ok_or("the library asks for no glibc")?;
    match Some(newest) <= numbers(GLIBC) {
        true => Ok(shown.to_owned()),
        false => Err(format!("the library asks for glibc {shown}, above {GLIBC}")),
    }
}

/// `2.17`; none for a name such as `PRIVATE`.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let parts = version.split('.').map(|part| part.parse().ok());
    parts.collect()
}

fn sizes(root: &Path) -> Result<String, String> {
    let size = |name: &str| {
        let path = root.join("lib").join(name);
        let bytes = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok::<_, String>(format!("{:.1} MB", bytes.len() as f64 / 1e6))
    };
    Ok(format!(
        "liblienthong.so {}, liblienthong.a {}",
        size("liblienthong.so")?,
        size("liblienthong.a")?
    ))
}

fn readme(workspace: &Workspace, floor: &str, sizes: &str) -> String {
    format!(
        "# lienthong {} for C, C++, C# and PHP\n\n\
         For Linux on x86-64 with glibc {floor} or newer, by the versions of the symbols it asks for; \
         tried on the system it was built on only. {sizes}. Not tried: musl, other processors, Windows.\n\n\
         The tree may lie anywhere. With pkg-config: put `lib/pkgconfig` into `PKG_CONFIG_PATH` and ask for \
         `lienthong`, or `lienthong-static`. With CMake: put this folder into `CMAKE_PREFIX_PATH`, then \
         `find_package(lienthong)` and link `lienthong::lienthong`, or `lienthong::static`. At run time the \
         loader looks for `liblienthong.so.1`: install it, set a run path, or `LD_LIBRARY_PATH`.\n\n\
         `share/doc/lienthong` has the contract ([c-abi.md](share/doc/lienthong/c-abi.md)), the keys, errors and \
         findings, examples, wrappers for C# and PHP (`examples/csharp`, `examples/php`), the licences of all parts and the list of parts (`sbom.cdx.json`, CycloneDX).\n",
        workspace.version
    )
}

/// The tree is unpacked somewhere else, and the story told from there in three ways.
pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let archive = dist(workspace)?;
    let elsewhere = fresh(workspace, "dist-test/elsewhere")?;
    workspace
        .command("tar")
        .words(&["--extract", "--file"])
        .word(&archive)
        .word("--directory")
        .word(&elsewhere)
        .run()?;
    let tree = elsewhere.join(format!("lienthong-{}-linux-x86_64", workspace.version));
    let source = tree.join("share/doc/lienthong/examples/c/story.c");
    for package in ["lienthong", "lienthong-static"] {
        let program = elsewhere.join(package);
        let words = pkg_config(workspace, &tree, package)?;
        let words: Vec<&str> = words.split_whitespace().collect();
        Command::new("cc")
            .words(&["-std=c99", "-o"])
            .word(&program)
            .word(&source)
            .words(&words)
            .run()?;
        tell(
            workspace,
            &tree,
            &program,
            &elsewhere.join(format!("{package}-work")),
        )?;
    }
    cmake(workspace, &tree, &elsewhere)?;
    Ok(Outcome::Passed)
}

fn pkg_config(workspace: &Workspace, tree: &Path, package: &str) -> Result<String, String> {
    workspace
        .command("pkg-config")
        .variable(
            "PKG_CONFIG_PATH",
            &tree.join("lib/pkgconfig").into_os_string(),
        )
        .words(&["--cflags", "--libs", package])
        .output()
}

fn tell(workspace: &Workspace, tree: &Path, program: &Path, work: &Path) -> Result<(), String> {
    let words = vec![OsString::from(program)];
    story::told(workspace, &tree.join("lib"), &words, work)?;
    println!("{} tells the story", program.display());
    Ok(())
}

fn cmake(workspace: &Workspace, tree: &Path, elsewhere: &Path) -> Result<(), String> {
    let project = elsewhere.join("project");
    let examples = tree.join("share/doc/lienthong/examples");
    write(
        &project.join("CMakeLists.txt"),
        &format!(
            "cmake_minimum_required(VERSION 3.13)\nproject(story C CXX)\nset(CMAKE_CXX_STANDARD 17)\n\
             find_package(lienthong {} REQUIRED)\n\
             add_executable(in-c {1}/c/story.c)\ntarget_link_libraries(in-c lienthong::static)\n\
             add_executable(in-cpp {1}/cpp/story.cpp)\ntarget_link_libraries(in-cpp lienthong::lienthong)\n",
            workspace.version,
            examples.display()
        ),
    )?;
    let build = project.join("build");
    Command::new("cmake")
        .word("-S")
        .word(&project)
        .word("-B")
        .word(&build)
        .word(format!("-DCMAKE_PREFIX_PATH={}", tree.display()))
        .run()?;
    Command::new("cmake").word("--build").word(&build).run()?;
    for name in ["in-c", "in-cpp"] {
        tell(
            workspace,
            tree,
            &build.join(name),
            &project.join(format!("{name}-work")),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::floor_in;

    #[test]
    fn the_newest_version_counts_by_its_numbers() {
        let table = "0 DF *UND* 0 (GLIBC_2.2.5) read\n0 DF *UND* 0 (GLIBC_2.17) clock_gettime\n\
                     0 DF *UND* 0 (GLIBC_2.9) pipe2\n0 w D *UND* 0 (GLIBC_PRIVATE) odd\n";
        assert_eq!(floor_in(table), Ok("2.17".into()));
    }

    #[test]
    fn what_asks_for_a_newer_one_is_refused() {
        let error = floor_in("0 DF *UND* 0 (GLIBC_2.18) __cxa_thread_atexit_impl\n").unwrap_err();
        assert!(error.contains("2.18, above 2.17"), "{error}");
    }

    #[test]
    fn a_table_without_versions_is_no_proof() {
        assert!(floor_in("nothing of the kind\n").is_err());
    }
}
