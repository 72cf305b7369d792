//! The client of profile V over real connections to 127.0.0.1.
// Helpers outside `#[test]` functions are tests, too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod calls;
mod lifetime;
mod sending;
mod server;
mod tls;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lienthong::Config;
use lienthong::axis::{Client, MessageType, Sending};
use server::Server;

/// Made up. It must never be seen in any output.
const SECRET: &str = "canary-5f1e-secret";
const OK: &str = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":""}"#;

fn config(server: &Server) -> Config {
    configured(&format!("http://{}/XrdAdapter/adapter", server.address))
}

fn configured(url: &str) -> Config {
    let mut config = Config::new();
    config.set("axis.url", url).unwrap();
    config.set("axis.system_id", "test.system.77").unwrap();
    config.set("axis.secret", SECRET).unwrap();
    config
}

/// A client whose clock stands at 2026-11-22 07:13:36.143 in Vietnam.
fn client(server: &Server) -> Client {
    open(&config(server))
}

fn open(config: &Config) -> Client {
    let now = UNIX_EPOCH + Duration::from_millis(1_795_306_416_143);
    Client::open_with_clock(config, Arc::new(move || now)).unwrap()
}

fn to<'a>(to: &'a [&'a str]) -> Sending<'a> {
    Sending {
        from: "000.00.00.X01",
        to,
        message_type: MessageType::Edoc,
    }
}
