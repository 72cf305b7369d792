//! What the command line takes from the machine around it, run as a library.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod support;

use std::ffi::OsString;

use lienthong::Language;
use lienthong::packet::Date;
use lienthong_conformance::cli::{Exit, Leftovers, Surroundings, run};
use support::{build, folder, minimal_document};

fn check(surroundings: &Surroundings) -> String {
    let folder = folder();
    let packet = build(folder.path(), "a.edxml", &minimal_document(), &[]);
    let arguments = ["program".into(), "check".into(), OsString::from(packet)];
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(
        run(arguments, surroundings, &mut out, &mut err),
        Exit::Clean
    );
    assert!(err.is_empty());
    String::from_utf8(out).unwrap()
}

fn plain() -> Surroundings {
    Surroundings {
        language: Language::English,
        colour: false,
        terminal: false,
        leftovers: Leftovers::default(),
        today: None,
    }
}

#[test]
fn severities_are_coloured_where_colours_are_allowed() {
    assert!(!check(&plain()).contains('\u{1b}'));
    let coloured = check(&Surroundings {
        colour: true,
        ..plain()
    });
    assert!(coloured.contains("\u{1b}[2mnote\u{1b}[0m"), "{coloured}");
}

#[test]
fn the_day_it_is_decides_whether_a_date_lies_in_the_future() {
    let on = |day| {
        check(&Surroundings {
            today: Date::new(2024, 1, day),
            ..plain()
        })
    };
    assert!(on(1).contains("date-in-future"));
    assert!(!on(2).contains("date-in-future"));
}
