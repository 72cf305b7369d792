//! What the steps need, how its presence is seen, and how it comes.

use std::fs;

use crate::command::Command;
use crate::workspace::Workspace;

/// Something a step cannot do without.
pub(crate) struct Need {
    /// What a reader calls it.
    pub(crate) name: &'static str,
    /// The command that ends well when it is there.
    probe: &'static [&'static str],
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A package of the distribution, by its Debian name.
    Debian(&'static str),
    /// A cargo tool, by its package and exact version.
    Cargo(&'static str, &'static str),
    /// The virtual environment below the target directory.
    Venv,
    /// Nothing that this program may install: the command to run.
    ByHand(&'static str),
}

pub(crate) const RUSTFMT: Need = Need {
    name: "rustfmt",
    probe: &["cargo", "fmt", "--version"],
    source: Source::ByHand("rustup component add rustfmt"),
};
pub(crate) const CLIPPY: Need = Need {
    name: "clippy",
    probe: &["cargo", "clippy", "--version"],
    source: Source::ByHand("rustup component add clippy"),
};
pub(crate) const C_COMPILER: Need = Need {
    name: "a C compiler",
    probe: &[
        "cc",
        "-E",
        "-include",
        "stdio.h",
        "-x",
        "c",
        "-o",
        "/dev/null",
        "/dev/null",
    ],
    source: Source::Debian("gcc libc6-dev"),
};
pub(crate) const CPP_COMPILER: Need = Need {
    name: "a C++ compiler",
    probe: &[
        "c++",
        "-E",
        "-include",
        "cstdio",
        "-x",
        "c++",
        "-o",
        "/dev/null",
        "/dev/null",
    ],
    source: Source::Debian("g++"),
};
pub(crate) const CLANG: Need = Need {
    name: "clang and its sanitizers",
    probe: &[
        "clang",
        "-fsanitize=address,undefined",
        "-x",
        "c",
        "-o",
        "/dev/null",
        "-shared",
        "/dev/null",
    ],
    source: Source::Debian("clang libclang-rt-dev"),
};
pub(crate) const VALGRIND: Need = Need {
    name: "valgrind",
    probe: &["valgrind", "--version"],
    source: Source::Debian("valgrind libc6-dbg"),
};
pub(crate) const ABIDIFF: Need = Need {
    name: "abidiff",
    probe: &["abidiff", "--version"],
    source: Source::Debian("abigail-tools"),
};
pub(crate) const CHROMIUM: Need = Need {
    name: "headless Chromium and its driver",
    probe: &["chromedriver", "--version"],
    source: Source::Debian("chromium chromium-driver"),
};
pub(crate) const PKG_CONFIG: Need = Need {
    name: "pkg-config",
    probe: &["pkg-config", "--version"],
    source: Source::Debian("pkgconf"),
};
pub(crate) const CMAKE: Need = Need {
    name: "CMake",
    probe: &["cmake", "--version"],
    source: Source::Debian("cmake make"),
};
pub(crate) const NM: Need = Need {
    name: "nm",
    probe: &["nm", "--version"],
    source: Source::Debian("binutils"),
};
pub(crate) const XMLLINT: Need = Need {
    name: "xmllint",
    probe: &["xmllint", "--version"],
    source: Source::Debian("libxml2-utils"),
};
pub(crate) const UNZIP: Need = Need {
    name: "unzip",
    probe: &["unzip", "-v"],
    source: Source::Debian("unzip"),
};
pub(crate) const OPENSSL: Need = Need {
    name: "openssl",
    probe: &["openssl", "version"],
    source: Source::Debian("openssl"),
};
pub(crate) const LIBCRYPTO: Need = Need {
    name: "libcrypto and its headers",
    probe: &[
        "cc",
        "-E",
        "-include",
        "openssl/evp.h",
        "-x",
        "c",
        "-o",
        "/dev/null",
        "/dev/null",
    ],
    source: Source::Debian("libssl-dev"),
};
pub(crate) const READELF: Need = Need {
    name: "readelf",
    probe: &["readelf", "--version"],
    source: Source::Debian("binutils"),
};
pub(crate) const JAVA: Need = Need {
    name: "a Java compiler",
    probe: &["javac", "-version"],
    source: Source::Debian("default-jdk-headless"),
};
pub(crate) const MAVEN: Need = Need {
    name: "Maven",
    probe: &["mvn", "--version"],
    source: Source::Debian("maven"),
};
pub(crate) const MONO: Need = Need {
    name: "mono and its C# compiler",
    probe: &["sh", "-c", "mono --version && mcs --version"],
    source: Source::Debian("mono-mcs mono-runtime"),
};
pub(crate) const PHP: Need = Need {
    name: "PHP with FFI",
    probe: &["php", "-r", "exit((int) !extension_loaded('FFI'));"],
    source: Source::Debian("php-cli"),
};
pub(crate) const XMLSEC1: Need = Need {
    name: "xmlsec1",
    probe: &["xmlsec1", "--version"],
    source: Source::Debian("xmlsec1"),
};
pub(crate) const SANTUARIO: Need = Need {
    name: "Apache Santuario",
    probe: &["test", "-e", "/usr/share/java/xmlsec.jar"],
    source: Source::Debian("libxml-security-java"),
};
pub(crate) const PYTHON: Need = Need {
    name: "Python with venv",
    probe: &["python3", "-c", "import ensurepip, venv"],
    source: Source::Debian("python3 python3-venv"),
};
pub(crate) const PYTHON_TOOLS: Need = Need {
    name: "the Python test tools",
    probe: &[],
    source: Source::Venv,
};
pub(crate) const NPM: Need = Need {
    name: "npm",
    probe: &["npm", "--version"],
    source: Source::Debian("npm"),
};
pub(crate) const CARGO_DENY: Need = Need {
    name: "cargo-deny",
    probe: &["cargo", "deny", "--version"],
    source: Source::Cargo("cargo-deny", "0.20.2"),
};
pub(crate) const CARGO_FUZZ: Need = Need {
    name: "cargo-fuzz",
    probe: &["cargo", "fuzz", "--version"],
    source: Source::Cargo("cargo-fuzz", "0.13.2"),
};

const REQUIREMENTS: &str = "xtask/requirements.txt";

impl Need {
    pub(crate) fn is_met(&self, workspace: &Workspace) -> bool {
        match self.source {
            Source::Venv => venv_is_current(workspace),
            _ => self
                .probe
                .split_first()
                .is_some_and(|(program, words)| workspace.command(program).words(words).works()),
        }
    }

    /// The command that would bring it.
    pub(crate) fn remedy(&self) -> String {
        match self.source {
            Source::Debian(packages) => format!("apt-get install {packages}"),
            Source::Cargo(package, version) => {
                format!("cargo install --locked --version {version} {package}")
            }
            Source::Venv => "cargo xtask test python, without --no-install".into(),
            Source::ByHand(command) => command.into(),
        }
    }
}

/// Installs what may be installed: Debian packages in one go when we are root, cargo tools and
/// Python packages below the target directory. A failure is said and left to the steps to meet.
pub(crate) fn install(workspace: &Workspace, missing: &[&Need]) {
    let packages: Vec<&str> = missing
        .iter()
        .filter_map(|need| match need.source {
            Source::Debian(packages) => Some(packages.split(' ')),
            _ => None,
        })
        .flatten()
        .collect();
    let mut attempts = vec![];
    if !packages.is_empty() {
        attempts.push(install_debian(workspace, &packages));
    }
    for need in missing {
        match need.source {
            Source::Cargo(package, version) => {
                attempts.push(install_cargo_tool(workspace, package, version));
            }
            Source::Venv => attempts.push(install_venv(workspace)),
            Source::Debian(_) | Source::ByHand(_) => {}
        }
    }
    for message in attempts.into_iter().filter_map(Result::err) {
        println!("could not install: {message}");
    }
}

fn install_debian(workspace: &Workspace, packages: &[&str]) -> Result<(), String> {
    let root = Command::new("id")
        .words(&["-u"])
        .output()
        .is_ok_and(|id| id.trim() == "0");
    if !root || !workspace.command("apt-get").words(&["--version"]).works() {
        return Err(format!(
            "this needs root and apt-get; run: apt-get install {}",
            packages.join(" ")
        ));
    }
    let apt = |words: &[&str]| {
        let mut command = workspace.command("apt-get");
        command
            .shown_variable("DEBIAN_FRONTEND", "noninteractive")
            .words(words);
        command.run()
    };
    apt(&["-q", "update"])?;
    apt(&[
        &["-q", "install", "--yes", "--no-install-recommends"],
        packages,
    ]
    .concat())
}

fn install_cargo_tool(workspace: &Workspace, package: &str, version: &str) -> Result<(), String> {
    workspace
        .command("cargo")
        .words(&["install", "--locked", "--version", version, "--root"])
        .word(workspace.tools())
        .word(package)
        .run()
}

/// The virtual environment counts as current when it was filled from this very list.
fn venv_is_current(workspace: &Workspace) -> bool {
    let wanted = fs::read(workspace.root.join(REQUIREMENTS)).ok();
    let filled = fs::read(workspace.venv().join("filled-from.txt")).ok();
    wanted.is_some()
        && wanted == filled
        && workspace.command("python3").words(&["--version"]).works()
        && Command::new(workspace.venv().join("bin/python"))
            .words(&["--version"])
            .works()
}

fn install_venv(workspace: &Workspace) -> Result<(), String> {
    let venv = workspace.venv();
    workspace
        .command("python3")
        .words(&["-m", "venv", "--clear"])
        .word(&venv)
        .run()?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.directory(&workspace.root)
        .words(&["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS])
        .run()?;
    fs::copy(
        workspace.root.join(REQUIREMENTS),
        venv.join("filled-from.txt"),
    )
    .map(|_| ())
    .map_err(|error| format!("the virtual environment cannot be marked as filled: {error}"))
}
