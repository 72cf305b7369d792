//! The command line `lienthong-conformance`.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

use lienthong_conformance::cli::{Leftovers, Surroundings, run};

fn main() -> ExitCode {
    let surroundings = Surroundings {
        leftovers: Leftovers::guarded_by(leave_nothing),
        ..Surroundings::of_process()
    };
    let arguments = std::env::args_os();
    let exit = run(
        arguments,
        &surroundings,
        &mut io::stdout().lock(),
        // Not locked: the suite speaks to a person from another thread.
        &mut io::stderr(),
    );
    ExitCode::from(exit.code())
}

/// Removes leftovers where the process is interrupted, and then lets it end as
/// it would have. Where no handler can be set, an interruption leaves them.
#[cfg(unix)]
fn leave_nothing(leftovers: Leftovers) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            leftovers.remove();
            let _ = emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
fn leave_nothing(_: Leftovers) {}
