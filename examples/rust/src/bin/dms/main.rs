//! A small document-management product over a durable connector, driven by
//! lines of JSON: a black box that can be killed from outside.
//!
//! `docs/dms.md` has the contract. The conformance suite drives any product
//! that speaks it.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the answers are its output")]

mod commands;
mod options;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use lienthong::Connector;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let config = match options::config(&arguments) {
        Ok(config) => config,
        Err(reason) => {
            eprintln!("dms: {reason}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let connector = match Connector::open(&config) {
        Ok(connector) => connector,
        Err(error) => {
            answer(&json!({ "error": commands::error(&error) }));
            return ExitCode::FAILURE;
        }
    };
    answer(&json!({ "ready": true, "version": lienthong::VERSION }));
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        let (id, done) = match serde_json::from_str::<Value>(&line) {
            Ok(command) => (
                command.get("id").cloned().unwrap_or(Value::Null),
                commands::run(&connector, &command),
            ),
            Err(error) => (
                Value::Null,
                Err(commands::misuse(&format!("not JSON: {error}"))),
            ),
        };
        let closes = matches!(&done, Ok(value) if value.get("closed").is_some());
        answer(&match done {
            Ok(value) => json!({ "id": id, "ok": value }),
            Err(error) => json!({ "id": id, "error": error }),
        });
        if closes {
            break;
        }
    }
    // Whoever closes our input wants us to end, too.
    connector.close(Duration::from_secs(5));
    ExitCode::SUCCESS
}

fn answer(value: &Value) {
    let mut out = io::stdout().lock();
    // Nobody listens any more: the next line of input will be the last.
    let _ = writeln!(out, "{value}").and_then(|()| out.flush());
}
