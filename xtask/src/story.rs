//! The story of `examples/`, told by a program in each language, and held against one text.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::axis::Axis;
use crate::c::{self, INCLUDE, Library, STRICT};
use crate::steps::Outcome;
use crate::workspace::Workspace;
use crate::{csharp, java, php};

/// The story in one language.
pub(crate) struct Story {
    /// Its folder below `examples`.
    name: &'static str,
    /// Builds the program in a folder of its own and gives the words that start it; the four
    /// arguments of `examples/story/README.md` follow them. `LD_LIBRARY_PATH` has the library.
    build: fn(&Workspace, &Library, &Path) -> Result<Vec<OsString>, String>,
}

const STORIES: &[Story] = &[
    Story {
        name: "c",
        build: in_c,
    },
    Story {
        name: "cpp",
        build: in_cpp,
    },
    Story {
        name: "java",
        build: java::story,
    },
    Story {
        name: "csharp",
        build: csharp::story,
    },
    Story {
        name: "php",
        build: php::story,
    },
    Story {
        name: "python",
        build: in_python,
    },
];

const FOLDER: &str = "examples/story";

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let all: Vec<&Story> = STORIES.iter().collect();
    run(workspace, &all).map(|()| Outcome::Passed)
}

/// The stories of these names; all where none is named.
pub(crate) fn choose(names: &[&str]) -> Result<Vec<&'static Story>, String> {
    let known = |name: &&str| STORIES.iter().any(|story| story.name == *name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let all: Vec<&str> = STORIES.iter().map(|story| story.name).collect();
        return Err(format!(
            "there is no story `{name}`; there are {}",
            all.join(", ")
        ));
    }
    let wanted = |story: &&Story| names.is_empty() || names.contains(&story.name);
    Ok(STORIES.iter().filter(wanted).collect())
}

pub(crate) fn run(workspace: &Workspace, stories: &[&Story]) -> Result<(), String> {
    let library = Library::build(workspace, "dev")?;
    for story in stories {
        let folder = c::fresh(workspace, &format!("stories/{}", story.name))?;
        let words = (story.build)(workspace, &library, &folder)?;
        told(workspace, &library.folder, &words, &folder.join("work"))
            .map_err(|error| format!("{}: {error}", story.name))?;
        println!(
            "{}: the story is as it stands in {FOLDER}/story.txt",
            story.name
        );
    }
    Ok(())
}

/// Runs a program with an axis of its own, and compares.
pub(crate) fn told(
    workspace: &Workspace,
    library: &Path,
    words: &[OsString],
    work: &Path,
) -> Result<(), String> {
    let folder = workspace.root.join(FOLDER);
    let axis = Axis::start(workspace, &folder.join("axis.toml"))?;
    let config = work.join("lienthong.toml");
    let store = work.join("store");
    c::write(
        &config,
        &format!(
            "[axis]\nurl = '{}'\nsystem_id = 'a'\nsecret = 'made-up'\n\n[connector]\n\
             organs = ['H99.01']\n\n[store]\npath = '{}'\n\n[receive]\ninterval = 100\n",
            axis.url,
            store.display()
        ),
    )?;
    let (pdf, text) = (work.join("Công văn.pdf"), work.join("Phụ lục.txt"));
    c::write(&pdf, &format!("%PDF-1.4\n{}", "made up\n".repeat(10_000)))?;
    c::write(&text, "Kính gửi: Văn phòng Chính phủ\n")?;
    let (program, rest) = words.split_first().ok_or("a story without a program")?;
    let mut command = workspace.command(&program.to_string_lossy());
    for word in rest {
        command.word(word);
    }
    command.word(&config).word(&pdf).word(&text);
    command.word(work.join("received"));
    command.variable("LD_LIBRARY_PATH", &library.as_os_str().to_owned());
    let told = command.output()?;
    let wanted = c::read(&folder.join("story.txt"))?;
    if told != wanted {
        return Err(format!("told:\n{told}\nwanted:\n{wanted}"));
    }
    let received = fs::read_dir(work.join("received")).map_err(|error| error.to_string())?;
    match received.count() {
        1 => Ok(()),
        count => Err(format!("{count} files were received, not one")),
    }
}

fn in_c(workspace: &Workspace, library: &Library, folder: &Path) -> Result<Vec<OsString>, String> {
    let program = folder.join("story");
    workspace
        .command("cc")
        .word("-std=c99")
        .words(STRICT)
        .words(&[INCLUDE, "examples/c/story.c", "-o"])
        .word(&program)
        .word(library.shared())
        .run()?;
    Ok(vec![program.into()])
}

fn in_cpp(
    workspace: &Workspace,
    library: &Library,
    folder: &Path,
) -> Result<Vec<OsString>, String> {
    let program = folder.join("story");
    workspace
        .command("c++")
        .word("-std=c++17")
        .words(STRICT)
        .words(&[INCLUDE, "examples/cpp/story.cpp", "-o"])
        .word(&program)
        .word(library.shared())
        .run()?;
    Ok(vec![program.into()])
}

/// The package is the one that the step `python` installs.
fn in_python(workspace: &Workspace, _: &Library, _: &Path) -> Result<Vec<OsString>, String> {
    let python = crate::python::installed(workspace)?;
    Ok(vec![python.into(), "examples/python/story.py".into()])
}
