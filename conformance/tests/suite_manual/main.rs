//! The suite by hand: a product without a driver, and a person who is led through. The
//! person is played by a [`clerk`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by them"
)]

mod clerk;

use std::path::Path;

use clerk::{Clerk, Done, Habit, by_hand};

/// The plain product, or one of its mutants.
fn plain(mutant: Option<&str>) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("plain/dms.py");
    let mut program = vec!["python3".to_owned(), script.display().to_string()];
    if let Some(name) = mutant {
        program.extend(["--mutant".to_owned(), name.to_owned()]);
    }
    program
}

/// The product over our connector: `LIENTHONG_TEST_DMS`, or what was built beside the
/// suite; where neither is there, the plain one.
fn product() -> Vec<String> {
    if let Ok(program) = std::env::var("LIENTHONG_TEST_DMS") {
        return vec![program];
    }
    let beside = Path::new(env!("CARGO_BIN_EXE_lienthong-conformance")).with_file_name("dms");
    match beside.exists() {
        true => vec![beside.display().to_string()],
        false => plain(None),
    }
}

fn run(program: Vec<String>, habit: Habit, arguments: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let mut clerk = Clerk::new(folder.path(), program, habit);
    by_hand(folder.path(), arguments, |step| clerk.answer(step))
}

#[test]
fn a_careful_clerk_is_led_through_every_case_that_can_be_led() {
    let done = run(product(), Habit::Careful, &["--timeout", "8"]);
    if std::env::var_os("SHOW").is_some() { println!("{}", done.screen); }
    let verdicts = done.verdicts();
    let bad: Vec<_> = verdicts
        .iter()
        .filter(|(_, verdict, _)| verdict != "pass" && verdict != "manual")
        .collect();
    for one in &bad { println!("{one:?}"); }
    println!("{}", verdicts.iter().filter(|(_, verdict, _)| verdict == "pass").count());
    assert!(bad.is_empty(), "{bad:#?}");
}
