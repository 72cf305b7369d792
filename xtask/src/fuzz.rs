//! A short run of every fuzz target. What is found stays in connector-core/fuzz/artifacts.

use crate::steps::Outcome;
use crate::workspace::Workspace;

const FOLDER: &str = "connector-core/fuzz";

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let seconds = match std::env::var("FUZZ_SECONDS") {
        Ok(text) => match text.parse::<u32>() {
            Ok(seconds) if seconds > 0 => seconds,
            _ => return Err(format!("FUZZ_SECONDS is `{text}`, not a number of seconds")),
        },
        Err(_) => 20,
    };
    let list = workspace
        .command("cargo")
        .words(&["fuzz", "list", "--fuzz-dir", FOLDER])
        .output()?;
    let targets: Vec<&str> = list.lines().filter(|line| !line.is_empty()).collect();
    if targets.is_empty() {
        return Err(format!("{FOLDER} has no target"));
    }
    // The fuzzer's own commands would rewrite a lock file that is missing or out of date.
    let words = ["fetch", "--quiet", "--locked", "--manifest-path"];
    workspace
        .command("cargo")
        .words(&words)
        .word(format!("{FOLDER}/Cargo.toml"))
        .run()?;
    for target in targets {
        // New inputs go to the corpus, which is not committed; the seeds are.
        let corpus = workspace.root.join(FOLDER).join("corpus").join(target);
        std::fs::create_dir_all(&corpus)
            .map_err(|error| format!("{}: {error}", corpus.display()))?;
        workspace
            .command("cargo")
            // Without a sanitizer the targets build with a stable compiler.
            .words(&[
                "fuzz",
                "run",
                "--fuzz-dir",
                FOLDER,
                "--sanitizer",
                "none",
                target,
            ])
            .word(corpus)
            .word(workspace.root.join(FOLDER).join("seeds").join(target))
            .word("--")
            .word(format!("-max_total_time={seconds}"))
            .longer(seconds)
            .run()?;
    }
    Ok(Outcome::Passed)
}
