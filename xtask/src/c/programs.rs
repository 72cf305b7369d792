//! The programs of connector-ffi/tests/c: one for each hazard.

use std::path::{Path, PathBuf};

use super::{INCLUDE, Library, STRICT, SYSTEM_LIBRARIES, fresh};
use crate::axis::Axis;
use crate::command::Command;
use crate::workspace::Workspace;

const TESTS: &str = "connector-ffi/tests/c";

/// One test.
struct Test {
    name: &'static str,
    /// More sources.
    with: &'static [&'static str],
    /// A configuration of the test axis beside the usual one.
    axis: &'static str,
    /// Words for the linker.
    libraries: &'static [&'static str],
    /// Whether it is in C++17.
    cpp: bool,
    /// Whether it runs in valgrind, too. A program that forks or takes limits away is not for it.
    valgrind: bool,
    /// Whether it can be sanitized. Unlike glibc's, that allocator is not whole in a child that
    /// was forked while another thread used it.
    sanitizers: bool,
}

const fn test(name: &'static str) -> Test {
    Test {
        name,
        with: &[],
        axis: "axis.toml",
        libraries: &[],
        cpp: false,
        valgrind: true,
        sanitizers: true,
    }
}

const ALL: &[Test] = &[
    test("null_arguments"),
    test("freed_twice"),
    test("wrong_utf8"),
    test("empty_slices"),
    test("use_after_close"),
    test("callbacks"),
    Test {
        with: &["two_includes_other.c"],
        ..test("two_includes")
    },
    Test {
        valgrind: false,
        sanitizers: false,
        ..test("fork")
    },
    test("threads"),
    Test {
        // A panic writes its place; valgrind has nothing to add.
        valgrind: false,
        ..test("panic")
    },
    test("own_sqlite"),
    test("unknown_key"),
    test("version_mismatch"),
    test("packets"),
    test("exchange"),
    test("calls"),
    test("quarantine"),
    test("signatures"),
    Test {
        libraries: &["-lcrypto"],
        ..test("signer")
    },
    Test {
        libraries: &["-lcrypto"],
        cpp: true,
        ..test("wrapper")
    },
    Test {
        axis: "error_codes.toml",
        valgrind: false,
        ..test("error_codes")
    },
];

/// A way to build and run a test.
struct Way {
    name: &'static str,
    compiler: &'static str,
    /// The same for C++.
    cpp: &'static str,
    standard: &'static str,
    flags: &'static [&'static str],
    fixed: bool,
    valgrind: bool,
}

const WAYS: &[Way] = &[
    Way {
        name: "shared, gcc, valgrind",
        compiler: "gcc",
        cpp: "g++",
        standard: "-std=c99",
        flags: PLAIN,
        fixed: false,
        valgrind: true,
    },
    Way {
        name: "static, gcc",
        compiler: "gcc",
        cpp: "g++",
        standard: "-std=c17",
        flags: PLAIN,
        fixed: true,
        valgrind: false,
    },
    Way {
        name: "shared, clang, sanitizers",
        compiler: "clang",
        cpp: "clang++",
        standard: "-std=c11",
        flags: SANITIZED,
        fixed: false,
        valgrind: false,
    },
];

const PLAIN: &[&str] = &["-g"];

const SANITIZED: &[&str] = &[
    "-g",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
];

const VALGRIND: &[&str] = &[
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite",
    "--show-leak-kinds=definite",
    "--fair-sched=yes",
];

pub(super) fn run(workspace: &Workspace, library: &Library) -> Result<(), String> {
    let folder = fresh(workspace, "c-tests")?;
    for way in WAYS {
        println!("\n{}:", way.name);
        for test in ALL {
            let program = folder
                .join(format!("{}-{}", test.name, way.compiler))
                .with_extension(if way.fixed { "static" } else { "shared" });
            compile(workspace, library, way, test, &[], &program)?;
            let valgrind = way.valgrind && test.valgrind;
            let work = folder.join(format!("{}-work", test.name));
            start(workspace, test.axis, &program, &work, valgrind, &[])
                .and_then(|mut command| command.run())
                .map_err(|error| format!("{} ({}): {error}", test.name, way.name))?;
        }
    }
    sanitizers_are_on(workspace, library, &folder)?;
    another_interface_is_refused(workspace, library, &folder)
}

fn sources(test: &Test) -> Vec<PathBuf> {
    let main = format!("{}.{}", test.name, if test.cpp { "cpp" } else { "c" });
    std::iter::once(main.as_str())
        .chain(test.with.iter().copied())
        .map(|name| Path::new(TESTS).join(name))
        .collect()
}

fn compile(
    workspace: &Workspace,
    library: &Library,
    way: &Way,
    test: &Test,
    more: &[&str],
    program: &Path,
) -> Result<(), String> {
    let (compiler, standard) = match test.cpp {
        true => (way.cpp, "-std=c++17"),
        false => (way.compiler, way.standard),
    };
    let mut command = workspace.command(compiler);
    let flags = match test.sanitizers {
        true => way.flags,
        false => PLAIN,
    };
    command
        .words(&[standard])
        .words(flags)
        .words(STRICT)
        .words(&[INCLUDE])
        .words(more);
    for source in sources(test) {
        command.word(source);
    }
    command.word("-o").word(program);
    match way.fixed {
        true => command.word(library.archive()).words(SYSTEM_LIBRARIES),
        false => command
            .word(library.shared())
            .word(library.run_path())
            .word("-lpthread"),
    };
    command.words(test.libraries).run()
}

/// A test in a fresh folder with an axis of its own, which ends with the command.
fn start(
    workspace: &Workspace,
    axis: &str,
    program: &Path,
    work: &Path,
    valgrind: bool,
    variables: &[(&str, &str)],
) -> Result<Running, String> {
    _ = std::fs::remove_dir_all(work);
    std::fs::create_dir_all(work).map_err(|error| format!("{}: {error}", work.display()))?;
    let axis = Axis::start(workspace, &workspace.root.join(TESTS).join(axis))?;
    let mut command = match valgrind {
        true => workspace.command("valgrind"),
        false => workspace.command(&program.display().to_string()),
    };
    if valgrind {
        command.words(VALGRIND);
        command.word(format!(
            "--suppressions={}",
            workspace.root.join(TESTS).join("valgrind.supp").display()
        ));
        command.word(program);
    }
    // 128 panics say where they were; nobody wants to see how they came there.
    command.variable("RUST_BACKTRACE", &"0".into());
    for (name, value) in variables {
        command.shown_variable(name, value);
    }
    command.word(work).word(&axis.url);
    Ok(Running {
        command,
        _axis: axis,
    })
}

struct Running {
    command: Command,
    _axis: Axis,
}

impl Running {
    fn run(&mut self) -> Result<(), String> {
        self.command.run()
    }
}

/// A tool that is not on finds nothing: wrong programs have to be stopped by it.
fn sanitizers_are_on(
    workspace: &Workspace,
    library: &Library,
    folder: &Path,
) -> Result<(), String> {
    let test = test("sanitizers");
    for way in WAYS.iter().filter(|way| !way.fixed) {
        let program = folder.join(format!("sanitizers-{}", way.compiler));
        compile(workspace, library, way, &test, &[], &program)?;
        let work = folder.join("sanitizers-work");
        let wrongs: &[&str] = match way.valgrind {
            true => &["address", "leak"],
            false => &["address", "overflow"],
        };
        for wrong in wrongs {
            let mut running = start(
                workspace,
                "axis.toml",
                &program,
                &work,
                way.valgrind,
                &[("WRONG", wrong)],
            )?;
            if running.run().is_ok() {
                return Err(format!(
                    "{}: a wrong program ({wrong}) was not stopped",
                    way.name
                ));
            }
        }
        println!("{}: wrong programs are stopped", way.name);
    }
    Ok(())
}

/// By the program itself, and by the loader where the library has another name.
fn another_interface_is_refused(
    workspace: &Workspace,
    library: &Library,
    folder: &Path,
) -> Result<(), String> {
    let test = test("version_mismatch");
    let way = WAYS.first().ok_or("no way to build")?;
    let program = folder.join("other-interface");
    compile(
        workspace,
        library,
        way,
        &test,
        &["-DOTHER_INTERFACE"],
        &program,
    )?;
    let work = folder.join("other-work");
    let ended = start(workspace, "axis.toml", &program, &work, false, &[])?.run();
    if !ended
        .as_ref()
        .is_err_and(|text| text.contains("exit status: 3"))
    {
        return Err(format!(
            "a program of another interface was not stopped: {ended:?}"
        ));
    }
    // The soname in the program is what the loader asks for.
    let needs = workspace
        .command("readelf")
        .words(&["--dynamic", "--wide"])
        .word(&program)
        .output()?;
    match needs.contains(&format!("[{}]", library.soname)) {
        true => Ok(()),
        false => Err(format!("the program does not ask for {}", library.soname)),
    }
}
