//! The suite of the certifiers: against every driver there is, against products that are broken
//! on purpose, and its report in a browser.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::c::{self, INCLUDE, Library, STRICT};
use crate::steps::Outcome;
use crate::workspace::Workspace;

/// A product under test.
struct Driver {
    name: &'static str,
    /// The words that start it.
    words: fn(&Workspace) -> Result<Vec<OsString>, String>,
}

const DRIVERS: &[Driver] = &[
    Driver {
        name: "rust",
        words: |workspace| Ok(vec![workspace.target.join("debug/dms").into()]),
    },
    Driver {
        name: "plain",
        words: |_| Ok(plain()),
    },
    Driver {
        name: "c",
        words: in_c,
    },
    Driver {
        name: "python",
        words: |workspace| {
            let python = workspace.venv().join("bin/python");
            Ok(vec![python.into(), "examples/python/dms.py".into()])
        },
    },
];

/// Which broken product each case has been seen to fail on: lines of case, tab, mutant.
const SEEN: &str = "conformance/plain/seen-to-fail.tsv";

fn plain() -> Vec<OsString> {
    vec!["python3".into(), "conformance/plain/dms.py".into()]
}

fn in_c(workspace: &Workspace) -> Result<Vec<OsString>, String> {
    let library = Library::build(workspace, "dev")?;
    let program = c::fresh(workspace, "suite/c-driver")?.join("dms");
    workspace
        .command("cc")
        .word("-std=c99")
        .words(STRICT)
        .words(&[INCLUDE, "examples/c/dms.c", "-o"])
        .word(&program)
        .word(library.shared())
        .word(library.run_path())
        .run()?;
    Ok(vec![program.into()])
}

pub(crate) fn step(workspace: &Workspace) -> Result<Outcome, String> {
    let suite = build(workspace)?;
    for driver in DRIVERS {
        let words = (driver.words)(workspace)?;
        let out = c::fresh(workspace, &format!("suite/{}", driver.name))?;
        certify(workspace, &suite, &words, &out, &[])
            .map_err(|error| format!("{}: {error}", driver.name))?;
    }
    mutants(workspace, &suite)?;
    browser(workspace)?;
    Ok(Outcome::Passed)
}

/// The suite and the product in Rust.
fn build(workspace: &Workspace) -> Result<PathBuf, String> {
    workspace
        .command("cargo")
        .words(&["build", "--quiet", "--locked", "--bins"])
        .words(&["--package", "conformance", "--package", "example-rust"])
        .run()?;
    Ok(workspace.target.join("debug/lienthong-conformance"))
}

/// Runs the suite; an error where a MUST did not pass.
fn certify(
    workspace: &Workspace,
    suite: &Path,
    product: &[OsString],
    out: &Path,
    words: &[&str],
) -> Result<(), String> {
    let mut command = workspace.command(&suite.to_string_lossy());
    command.words(&["--lang", "en", "run", "--out"]).word(out);
    command.words(words).word("--");
    for word in product {
        command.word(word);
    }
    command.run()
}

/// Every broken product fails the cases that it has been seen to fail.
fn mutants(workspace: &Workspace, suite: &Path) -> Result<(), String> {
    let mut by_mutant: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in c::read(&workspace.root.join(SEEN))?.lines() {
        let (case, mutant) = line
            .split_once('\t')
            .ok_or_else(|| format!("{SEEN}: `{line}` is not CASE, tab, MUTANT"))?;
        by_mutant
            .entry(mutant.to_owned())
            .or_default()
            .push(case.to_owned());
    }
    let mut caught = 0;
    for (mutant, cases) in &by_mutant {
        let out = c::fresh(workspace, &format!("suite/mutants/{mutant}"))?;
        let mut product = plain();
        product.extend(["--mutant".into(), mutant.into()]);
        let only = cases.join(",");
        // A broken product is waited for in vain: not for long.
        let words = ["--timeout", "3", "--only", &only];
        // That the suite says "failed" is what is wanted here; the report tells of what.
        let _ = certify(workspace, suite, &product, &out, &words);
        let failed = verdicts(&out)?;
        for case in cases {
            match failed.get(case).map(String::as_str) {
                Some("fail" | "warn") => caught += 1,
                other => {
                    return Err(format!(
                        "the mutant `{mutant}` is not caught by {case}: {}",
                        other.unwrap_or("not run")
                    ));
                }
            }
        }
    }
    println!(
        "{} broken products, {caught} failures seen as they should be",
        by_mutant.len()
    );
    Ok(())
}

/// The verdicts of a report, by case.
fn verdicts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = c::read(&folder.join("report.json"))?;
    let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let cases = report["chapters"].as_array().into_iter().flatten();
    let cases = cases.flat_map(|chapter| chapter["cases"].as_array().into_iter().flatten());
    Ok(cases
        .map(|case| {
            let text = |name: &str| case[name].as_str().unwrap_or("").to_owned();
            (text("id"), text("verdict"))
        })
        .collect())
}

/// The report of a good product and of a broken one, in headless Chromium.
fn browser(workspace: &Workspace) -> Result<(), String> {
    for name in ["rust", "mutants/deaf"] {
        let folder = workspace.target.join("suite").join(name);
        workspace
            .command("python3")
            .word("conformance/tests/browser/report.py")
            .word(folder.join("report.html"))
            .word(folder.join("report.png"))
            .run()?;
    }
    Ok(())
}

/// Runs every mutant against all cases, and writes down which failed: the table that [`step`]
/// repeats, and the page about it. Takes an hour.
pub(crate) fn hunt(workspace: &Workspace) -> Result<(), String> {
    let suite = build(workspace)?;
    let listed = workspace
        .command("python3")
        .words(&["conformance/plain/dms.py", "--list-mutants"])
        .output()?;
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rows = Vec::new();
    for line in listed.lines() {
        let mut parts = line.split('\t');
        let name = parts.next().unwrap_or("");
        let about = parts.next().unwrap_or("");
        let made_for = parts.next().unwrap_or("");
        let out = c::fresh(workspace, &format!("suite/hunt/{name}"))?;
        let mut product = plain();
        product.extend(["--mutant".into(), name.into()]);
        let words = ["--timeout", "3", "--jobs", "8"];
        let _ = certify(workspace, &suite, &product, &out, &words);
        let failed: Vec<String> = verdicts(&out)
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, verdict)| verdict == "fail" || verdict == "warn")
            .map(|(case, _)| case)
            .collect();
        for case in &failed {
            seen.entry(case.clone()).or_default().push(name.to_owned());
        }
        rows.push((
            name.to_owned(),
            about.to_owned(),
            made_for.to_owned(),
            failed,
        ));
    }
    write_down(workspace, &seen, &rows)
}

type Row = (String, String, String, Vec<String>);

fn write_down(
    workspace: &Workspace,
    seen: &BTreeMap<String, Vec<String>>,
    rows: &[Row],
) -> Result<(), String> {
    // The mutant a case was made for stands for it; else the one that fails least: it says most.
    let narrow = |name: &&String| {
        let row = rows.iter().find(|row| row.0 == **name);
        row.map_or(usize::MAX, |row| row.3.len())
    };
    let mut lines = Vec::new();
    for (case, mutants) in seen {
        let made = rows.iter().filter(|row| row.2 == *case).map(|row| &row.0);
        let chosen: Vec<&String> = made.filter(|name| mutants.contains(name)).collect();
        match chosen.is_empty() {
            false => lines.extend(chosen.iter().map(|name| format!("{case}\t{name}"))),
            true => lines.extend(
                mutants
                    .iter()
                    .min_by_key(narrow)
                    .map(|name| format!("{case}\t{name}")),
            ),
        }
    }
    lines.sort();
    c::write(&workspace.root.join(SEEN), &(lines.join("\n") + "\n"))?;
    let mut table = String::from("mutant\tmade for\tcaught by it\tcases failed\n");
    for (name, _, made_for, failed) in rows {
        let caught = failed.contains(made_for);
        table.push_str(&format!("{name}\t{made_for}\t{caught}\t{}\n", failed.len()));
    }
    print!("{table}");
    fs::write(workspace.target.join("suite/hunt.tsv"), table).map_err(|error| error.to_string())
}
