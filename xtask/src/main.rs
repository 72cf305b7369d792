//! Chores of the workspace: `cargo xtask` says which.

// A chore talks to the person who started it.
#![allow(clippy::print_stdout)]

mod axis;
mod c;
mod command;
mod csharp;
mod declarations;
mod demo;
mod fuzz;
mod generate;
mod header;
mod java;
mod keys;
mod links;
mod minimum_rust;
mod needs;
mod php;
mod python;
mod report;
mod steps;
mod story;
mod suite;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask <chore>

  test [--no-install] [NAME...]   run every step, or only those named; installs what is missing
                                  when it may, unless told --no-install
  test --list                     name the steps
  demo [WORD...]                  lienthong-conformance demo with these words: send files over a
                                  test axis and compare; without files it makes some
  story [NAME...]                 run the story of examples/ in these languages, or in all
  dist                            make the tree of the C library that a vendor unpacks
  jar                             make the jar for Java, with the C library inside
  pair                            what the C interface costs over Rust
  certify [NAME...]               run the suite against these drivers (rust, plain, c, python, java,
                                  csharp), or all
  mutants                         run every broken product against all cases of the suite, and
                                  write down which fail (half an hour)
  cost                            what the Python package costs over Rust
  ledger                          write the ledger of types of the C interface anew
  generate [--check]              write the generated files, or only say which are out of date

With CI=true a step that cannot run is a failure.";

/// What a chore ended as, in the numbers a shell sees.
enum End {
    Good,
    Bad,
    Usage(String),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let end = run(&arguments).unwrap_or_else(|message| {
        eprintln!("error: {message}");
        End::Bad
    });
    match end {
        End::Good => ExitCode::SUCCESS,
        End::Bad => ExitCode::from(1),
        End::Usage(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<End, String> {
    let Some((chore, rest)) = arguments.split_first() else {
        return Ok(End::Usage("no chore was named".into()));
    };
    if chore == "demo" {
        // Its words, options too, are those of the program.
        return demo::run(&Workspace::find()?, rest).map(|()| End::Good);
    }
    let (options, names): (Vec<_>, Vec<_>) = rest.iter().partition(|word| word.starts_with("--"));
    let known: &[&str] = match chore.as_str() {
        "test" => &["--no-install", "--list"],
        "generate" => &["--check"],
        _ => &[],
    };
    if let Some(option) = options
        .iter()
        .find(|option| !known.contains(&option.as_str()))
    {
        return Ok(End::Usage(format!("{chore} has no option {option}")));
    }
    let has = |option: &str| options.iter().any(|given| *given == option);

    match chore.as_str() {
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(End::Good)
        }
        "test" if has("--list") => {
            report::list();
            Ok(End::Good)
        }
        "test" => {
            let chosen = match steps::choose(&names) {
                Ok(chosen) => chosen,
                Err(message) => return Ok(End::Usage(message)),
            };
            let workspace = Workspace::find()?;
            let good = report::run(&workspace, &chosen, !has("--no-install"));
            Ok(if good { End::Good } else { End::Bad })
        }
        "story" => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            match story::choose(&names) {
                Ok(stories) => story::run(&Workspace::find()?, &stories).map(|()| End::Good),
                Err(message) => Ok(End::Usage(message)),
            }
        }
        "dist" if names.is_empty() => c::dist(&Workspace::find()?).map(|_| End::Good),
        "jar" if names.is_empty() => java::jar(&Workspace::find()?).map(|()| End::Good),
        "jar" => Ok(End::Usage("jar takes no names".into())),
        "pair" if names.is_empty() => c::pair(&Workspace::find()?).map(|()| End::Good),
        "pair" => Ok(End::Usage("pair takes no names".into())),
        "certify" => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            suite::run(&Workspace::find()?, &names).map(|()| End::Good)
        }
        "mutants" if names.is_empty() => suite::hunt(&Workspace::find()?).map(|()| End::Good),
        "mutants" => Ok(End::Usage("mutants takes no names".into())),
        "cost" if names.is_empty() => python::cost(&Workspace::find()?).map(|()| End::Good),
        "cost" => Ok(End::Usage("cost takes no names".into())),
        "ledger" if names.is_empty() => c::write_types(&Workspace::find()?).map(|()| End::Good),
        "ledger" => Ok(End::Usage("ledger takes no names".into())),
        "dist" => Ok(End::Usage("dist takes no names".into())),
        "generate" if names.is_empty() => {
            let workspace = Workspace::find()?;
            if has("--check") {
                generate::check(&workspace)?;
            } else {
                generate::write(&workspace)?;
            }
            Ok(End::Good)
        }
        "generate" => Ok(End::Usage("generate takes no names".into())),
        other => Ok(End::Usage(format!("there is no chore `{other}`"))),
    }
}
