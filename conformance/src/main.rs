//! The command line `lienthong-conformance`.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

use lienthong_conformance::cli::{Surroundings, run};

fn main() -> ExitCode {
    let surroundings = Surroundings::of_process();
    let arguments = std::env::args_os();
    let exit = run(
        arguments,
        &surroundings,
        &mut io::stdout().lock(),
        &mut io::stderr().lock(),
    );
    ExitCode::from(exit.code())
}
