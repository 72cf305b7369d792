//! The example as a reader runs it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::process::{Command, Output};

use lienthong_conformance::axis_server::{Fault, FaultRule, TestAxis};

fn example(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-rust"));
    command.args(arguments).output().unwrap()
}

fn axis() -> TestAxis {
    TestAxis::builder()
        .system("a", "secret:1", ["H99.01"])
        .system("b", "secret:2", ["000.00.00.G22"])
        .start()
        .unwrap()
}

const SYSTEMS: [&str; 2] = ["a=secret:1:H99.01", "b=secret:2:000.00.00.G22"];

fn assert_complete(output: &Output) {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}{err}");
    assert!(
        out.ends_with("every byte and every status arrived\n"),
        "{out}"
    );
    for code in ["01", "03", "04", "05", "06"] {
        assert!(out.contains(&format!("status {code}\n")), "{out}");
    }
}

#[test]
fn the_example_tells_its_story_without_arguments() {
    assert_complete(&example(&[]));
}

#[test]
fn the_example_works_with_an_axis_that_runs_already() {
    let axis = axis();
    let url = axis.url();
    assert_complete(&example(&[&url, SYSTEMS[0], SYSTEMS[1]]));
    assert_eq!(axis.queued().len(), 6);
}

#[test]
fn the_example_fails_where_a_status_is_refused() {
    let axis = axis();
    axis.add_fault(FaultRule {
        call: "sendEdoc".into(),
        after: 3,
        times: 1,
        chance: 1.0,
        fault: Fault::WrongCode {
            code: "23".into(),
            accepted: false,
        },
    });
    let url = axis.url();
    let output = example(&[&url, SYSTEMS[0], SYSTEMS[1]]);
    assert!(!output.status.success());
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("refused: 23"), "{err}");
}
