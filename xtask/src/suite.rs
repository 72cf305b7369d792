//! The suite of the certifiers: against every driver there is, against products that are broken
//! on purpose, and its report in a browser.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::c::{self, INCLUDE, Library, STRICT};
use crate::steps::Outcome;
use crate::workspace::Workspace;
use crate::{csharp, java};

/// A product under test.
struct Driver {
    name: &'static str,
    /// The words that start it.
    words: fn(&Workspace) -> Result<Vec<OsString>, String>,
    /// Whether the step runs it; the others start slowly, and are run by name.
    in_step: bool,
}

const DRIVERS: &[Driver] = &[
    Driver {
        name: "rust",
        words: |workspace| Ok(vec![workspace.target.join("debug/dms").into()]),
        in_step: true,
    },
    Driver {
        name: "plain",
        words: |_| Ok(plain()),
        in_step: true,
    },
    Driver {
        name: "c",
        words: in_c,
        in_step: true,
    },
    Driver {
        name: "python",
        words: |workspace| {
            let python = workspace.venv().join("bin/python");
            Ok(vec![python.into(), "examples/python/dms.py".into()])
        },
        in_step: true,
    },
    Driver {
        name: "java",
        words: java::driver,
        in_step: false,
    },
    Driver {
        name: "csharp",
        words: csharp::driver,
        in_step: false,
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
    for driver in DRIVERS.iter().filter(|driver| driver.in_step) {
        driver.certify(workspace, &suite)?;
    }
    short_drivers(workspace, &suite)?;
    plain_tests(workspace, &suite)?;
    mutants(workspace, &suite)?;
    browser(workspace)?;
    Ok(Outcome::Passed)
}

impl Driver {
    fn certify(&self, workspace: &Workspace, suite: &Path) -> Result<(), String> {
        let words = (self.words)(workspace)?;
        let out = c::fresh(workspace, &format!("suite/{}", self.name))?;
        certify(workspace, suite, &words, &out, &[])
            .map_err(|error| format!("{}: {error}", self.name))
    }
}

/// Runs the suite against the drivers of these names; all where none is named.
pub(crate) fn run(workspace: &Workspace, names: &[&str]) -> Result<(), String> {
    let known = |name: &&&str| DRIVERS.iter().all(|driver| driver.name != **name);
    if let Some(name) = names.iter().find(known) {
        let all: Vec<&str> = DRIVERS.iter().map(|driver| driver.name).collect();
        return Err(format!(
            "there is no driver `{name}`; there are {}",
            all.join(", ")
        ));
    }
    let suite = build(workspace)?;
    let chosen = |driver: &&Driver| names.is_empty() || names.contains(&driver.name);
    for driver in DRIVERS.iter().filter(chosen) {
        driver.certify(workspace, &suite)?;
    }
    Ok(())
}

/// The plain connector's own tests.
fn plain_tests(workspace: &Workspace, suite: &Path) -> Result<(), String> {
    workspace
        .command("python3")
        .words(&["-m", "unittest", "discover", "--start-directory", "tests"])
        .words(&["--top-level-directory", "."])
        .directory(&workspace.root.join("conformance/plain"))
        .variable("LIENTHONG_CONFORMANCE", &suite.as_os_str().to_owned())
        .variable("PYTHONDONTWRITEBYTECODE", &"1".into())
        .run()
}

/// The drivers of some sixty lines, of products that run already: over HTTP.
fn short_drivers(workspace: &Workspace, suite: &Path) -> Result<(), String> {
    let python = vec![
        workspace.venv().join("bin/python").into(),
        "examples/driver/driver.py".into(),
    ];
    let folder = c::fresh(workspace, "suite/short")?;
    let java = java::short_driver(workspace, &folder)?;
    for (name, words) in [("driver.py", python), ("Driver.java", java)] {
        short_driver(workspace, suite, &words, &folder.join(name))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn short_driver(
    workspace: &Workspace,
    suite: &Path,
    words: &[OsString],
    folder: &Path,
) -> Result<(), String> {
    let (axis, port) = (free_port()?, free_port()?);
    let secret = folder.join("secret");
    c::write(&secret, "made-up secret")?;
    let config = folder.join("lienthong.toml");
    c::write(
        &config,
        &format!(
            "[axis]\nurl = 'http://127.0.0.1:{axis}'\nsystem_id = 'td.product'\n\
             secret = 'made-up secret'\n\n[connector]\norgans = ['H99.01']\n\n\
             [store]\npath = '{}'\n\n[receive]\ninterval = 100\n\n[send]\npause = 100\n",
            folder.join("store").display()
        ),
    )?;
    let (program, rest) = words.split_first().ok_or("a driver without a program")?;
    let mut command = workspace.command(&program.to_string_lossy());
    for word in rest {
        command.word(word);
    }
    let mut driver = command
        .word(&config)
        .word(port.to_string())
        .spawn(Stdio::null())?;
    let mut ended = None;
    // It is there when it can be reached.
    while TcpStream::connect(("127.0.0.1", port)).is_err() && ended.is_none() {
        thread::sleep(Duration::from_millis(50));
        ended = driver.try_wait().map_err(|error| error.to_string())?;
    }
    let outcome = match ended {
        Some(status) => Err(format!("it ended with {status}")),
        None => workspace
            .command(&suite.to_string_lossy())
            .words(&["--lang", "en", "run", "--driver-url"])
            .word(format!("http://127.0.0.1:{port}/"))
            .words(&["--listen", &format!("127.0.0.1:{axis}"), "--secret-file"])
            .word(&secret)
            .words(&["--only", SHORT])
            .run(),
    };
    let _ = driver.kill();
    let _ = driver.wait();
    outcome
}

/// What a driver with the least of commands can be asked.
const SHORT: &str = "send-each-receiver,attachment-all,attachment-received-whole,\
                     receive-arrival-by-itself,status-in-order";

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.port())
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
        let mut left = not_caught(workspace, suite, mutant, cases)?;
        // Some break in a moment that can be missed; those are looked for twice.
        if !left.is_empty() {
            left = not_caught(workspace, suite, mutant, &left)?;
        }
        if !left.is_empty() {
            return Err(format!(
                "the mutant `{mutant}` is not caught by {}",
                left.join(", ")
            ));
        }
        caught += cases.len();
    }
    println!(
        "{} broken products, {caught} failures seen as they should be",
        by_mutant.len()
    );
    Ok(())
}

/// Of these cases, those that a broken product does not fail.
fn not_caught(
    workspace: &Workspace,
    suite: &Path,
    mutant: &str,
    cases: &[String],
) -> Result<Vec<String>, String> {
    let out = c::fresh(workspace, &format!("suite/mutants/{mutant}"))?;
    let failed = failures_in(workspace, suite, mutant, cases, &out)?;
    let mut left = cases.to_vec();
    left.retain(|case| !failed.contains(case));
    Ok(left)
}

/// Of these cases, those that a broken product fails.
fn failures_in(
    workspace: &Workspace,
    suite: &Path,
    mutant: &str,
    cases: &[String],
    out: &Path,
) -> Result<Vec<String>, String> {
    let mut product = plain();
    product.extend(["--mutant".into(), mutant.into()]);
    // A broken product is waited for in vain: not for long.
    let words = ["--timeout", "3", "--only", &cases.join(",")];
    // That the suite says "failed" is what is wanted here; the report tells of what.
    let _ = certify(workspace, suite, &product, out, &words);
    Ok(verdicts(out)?
        .into_iter()
        .filter(|(_, verdict)| verdict == "fail" || verdict == "warn")
        .map(|(case, _)| case)
        .collect())
}

/// The verdicts of a report, by case.
fn verdicts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = c::read(&folder.join("report.json"))?;
    let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let list = |value: &Value, name: &str| -> Vec<Value> {
        let list = value.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let chapters = list(&report, "chapters");
    Ok(chapters
        .iter()
        .flat_map(|chapter| list(chapter, "cases"))
        .map(|case| {
            let text = |name: &str| {
                let text = case.get(name).and_then(Value::as_str);
                text.unwrap_or("").to_owned()
            };
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

/// A broken product: name, what it does (in English and Vietnamese), the rule, the case made for it.
struct Mutant {
    name: String,
    english: String,
    vietnamese: String,
    rule: String,
    made_for: String,
}

fn all_mutants(workspace: &Workspace) -> Result<Vec<Mutant>, String> {
    let listed = workspace
        .command("python3")
        .words(&["conformance/plain/dms.py", "--list-mutants"])
        .output()?;
    let mutants = listed.lines().map(|line| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Mutant {
            name: next(),
            english: next(),
            made_for: next(),
            rule: next(),
            vietnamese: next(),
        }
    });
    Ok(mutants.collect())
}

/// Looks for a broken product that each case fails on, and writes them down: the table that
/// [`step`] repeats. First the case that was made for each product; then,
/// for the MUST cases that are left, one product after another. Takes half an hour.
pub(crate) fn hunt(workspace: &Workspace) -> Result<(), String> {
    let suite = build(workspace)?;
    let mutants = all_mutants(workspace)?;
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut pairs = Vec::new();
    let mut missed = Vec::new();
    for mutant in &mutants {
        if mutant.made_for.is_empty() {
            continue;
        }
        let failed = failures(
            workspace,
            &suite,
            mutant,
            std::slice::from_ref(&mutant.made_for),
        )?;
        match failed.is_empty() {
            true => missed.push(mutant.name.clone()),
            false => {
                seen.insert(mutant.made_for.clone(), mutant.name.clone());
                pairs.push((mutant.made_for.clone(), mutant.name.clone()));
            }
        }
    }
    let listed = workspace
        .command(&suite.to_string_lossy())
        .words(&["--lang", "en", "run", "--list"])
        .output()?;
    let mut left: Vec<String> = listed
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|parts| parts.get(1) == Some(&"MUST"))
        .filter_map(|parts| parts.first().map(|id| (*id).to_owned()))
        .filter(|id| !seen.contains_key(id))
        .collect();
    // The one that does nothing at all fails most of them.
    let mut widest: Vec<&Mutant> = mutants.iter().collect();
    widest.sort_by_key(|mutant| mutant.name != "deaf");
    for mutant in widest {
        if left.is_empty() {
            break;
        }
        for case in failures(workspace, &suite, mutant, &left)? {
            left.retain(|id| *id != case);
            seen.insert(case.clone(), mutant.name.clone());
            pairs.push((case, mutant.name.clone()));
        }
    }
    pairs.sort();
    let lines: Vec<String> = pairs
        .iter()
        .map(|(case, mutant)| format!("{case}\t{mutant}\n"))
        .collect();
    c::write(&workspace.root.join(SEEN), &lines.concat())?;
    println!("not caught by their case: {missed:?}");
    println!("MUST and not seen to fail: {left:?}");
    Ok(())
}

/// Of these cases, those that a broken product fails.
fn failures(
    workspace: &Workspace,
    suite: &Path,
    mutant: &Mutant,
    cases: &[String],
) -> Result<Vec<String>, String> {
    let out = c::fresh(workspace, &format!("suite/hunt/{}", mutant.name))?;
    failures_in(workspace, suite, &mutant.name, cases, &out)
}

/// `docs/mutants.md`: the broken products, and which case each has been seen to fail.
pub(crate) fn mutants_page(workspace: &Workspace) -> Result<String, String> {
    let seen = c::read(&workspace.root.join(SEEN))?;
    let pairs: Vec<(String, String)> = seen
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(case, mutant)| (case.to_owned(), mutant.to_owned()))
        .collect();
    Ok(page(&all_mutants(workspace)?, &pairs))
}

fn page(mutants: &[Mutant], pairs: &[(String, String)]) -> String {
    let made: Vec<&Mutant> = mutants
        .iter()
        .filter(|mutant| !mutant.made_for.is_empty())
        .collect();
    let caught = |mutant: &Mutant| {
        pairs
            .iter()
            .any(|(case, name)| *case == mutant.made_for && *name == mutant.name)
    };
    let score = made.iter().filter(|mutant| caught(mutant)).count();
    let mut page = format!(
        "<!-- Made by `cargo xtask generate` of what `cargo xtask mutants` found; do not edit. -->\n\n# How the suite is tested\n\n\
         A suite that cannot fail proves nothing. Beside the [plain connector](../conformance/plain/README.md) \
         stand products that are broken on purpose, each in one way, and the case that was made to \
         catch it. **{score} of {} are caught by the case made for them.** `cargo xtask test suite` \
         repeats every line of both tables; cases about packets are seen to fail in \
         `conformance/tests/suite_packets.rs`, cases about an axis in \
         `conformance/tests/suite_axis.rs`.\n\n## Broken products\n\n\
         | Product | What it does | Rule | Case | Caught |\n| --- | --- | --- | --- | --- |\n",
        made.len()
    );
    for mutant in mutants {
        let (case, verdict) = match mutant.made_for.is_empty() {
            true => ("none of its own".to_owned(), "-"),
            false => (
                format!("`{}`", mutant.made_for),
                if caught(mutant) { "yes" } else { "**no**" },
            ),
        };
        page.push_str(&format!(
            "| `{}` | {}<br>{} | {} | {case} | {verdict} |\n",
            mutant.name, mutant.english, mutant.vietnamese, mutant.rule
        ));
    }
    page.push_str("\n## Cases that have been seen to fail\n\n| Case | On |\n| --- | --- |\n");
    for (case, mutant) in pairs {
        page.push_str(&format!("| `{case}` | `{mutant}` |\n"));
    }
    page
}
