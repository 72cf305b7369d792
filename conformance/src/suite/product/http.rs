//! A product that runs already and takes the lines by HTTP: each command is the
//! body of a POST, its answer the body of the answer.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Heard, Product, heard, numbered};

/// Bytes of an answer.
const LONGEST_ANSWER: u64 = 64 << 20;

pub(crate) struct Http {
    host: String,
    path: String,
    asked: u64,
}

impl Http {
    /// Of an address `http://HOST:PORT/PATH`.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let rest = url
            .strip_prefix("http://")
            .ok_or("the driver's address begins with http://")?;
        let (host, path) = match rest.split_once('/') {
            Some((host, path)) => (host, format!("/{path}")),
            None => (rest, "/".to_owned()),
        };
        if host.is_empty() || path.contains([' ', '\r', '\n']) {
            return Err("the driver's address is http://HOST:PORT/PATH".to_owned());
        }
        let host = match host.contains(':') {
            true => host.to_owned(),
            false => format!("{host}:80"),
        };
        Ok(Http {
            host,
            path,
            asked: 0,
        })
    }

    fn exchange(&self, body: &str, until: Instant) -> io::Result<Vec<u8>> {
        let left = || {
            let left = until.saturating_duration_since(Instant::now());
            left.max(Duration::from_millis(1))
        };
        let address = self.host.to_socket_addrs()?.next();
        let address = address.ok_or(io::ErrorKind::AddrNotAvailable)?;
        let mut stream = TcpStream::connect_timeout(&address, left())?;
        stream.set_read_timeout(Some(left()))?;
        stream.set_write_timeout(Some(left()))?;
        // HTTP/1.0: the answer ends with the connection, and is in one piece.
        write!(
            stream,
            "POST {} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.path,
            self.host,
            body.len()
        )?;
        let mut answer = Vec::new();
        stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(answer.split_off(end + 4))
    }
}

impl Product for Http {
    fn ask(&mut self, command: Value, until: Instant) -> Heard {
        self.asked += 1;
        let line = numbered(command, self.asked).to_string();
        match self.exchange(&line, until) {
            Ok(body) => match serde_json::from_slice(&body) {
                Ok(value) => heard(value, self.asked),
                Err(_) => Heard::Nonsense("an answer that is no JSON".to_owned()),
            },
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                Heard::Nothing
            }
            Err(error) => Heard::Gone(error.to_string()),
        }
    }
}
