//! A server that records the very bytes of each request and answers what the
//! test says. It knows nothing of the axis.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) line: String,
    /// Names in lower case, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The head's bytes, its empty line included.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }

    /// The parameters by the signed text, after the HMAC and each header were
    /// compared with it.
    pub(crate) fn signed(&self, secret: &str) -> BTreeMap<String, String> {
        let text = self.header("xroadvnpt-sign-header");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let hash = ring::hmac::sign(&key, text.as_bytes());
        let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, self.header("xroadvnpt-hash-header"));
        let fields: BTreeMap<String, String> = serde_json::from_str(text).unwrap();
        let names = self.header("xroadvnpt-sign-header-key").split(';');
        let parameters: BTreeMap<_, _> = names
            .map(|name| {
                let value = self.header(&format!("xroadvnpt-{}", name.to_lowercase()));
                assert_eq!(value, fields[&format!("XroadVnpt-{name}")]);
                (name.to_owned(), value.to_owned())
            })
            .collect();
        assert_eq!(parameters.len(), fields.len());
        parameters
    }
}

pub(crate) type Writing = Box<dyn FnOnce(&mut dyn Write) + Send>;

/// What the server does with a request that came whole.
pub(crate) enum Reply {
    /// These bytes; the connection stays.
    Keep(Vec<u8>),
    /// These bytes, then the end of the connection.
    Close(Vec<u8>),
    /// Nothing at all, until the client goes away.
    Silence,
    /// Whatever the test writes, then the end of the connection.
    Write(Writing),
}

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        Reply::Keep(answer(200, "application/json", body.as_bytes()))
    }
}

/// An answer with its length.
pub(crate) fn answer(status: u16, media: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    connections: Arc<Mutex<usize>>,
}

type Handler = dyn Fn(&Recorded) -> Reply + Send + Sync;

impl Server {
    pub(crate) fn start(handler: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let handler: Arc<Handler> = Arc::new(handler);
        let (kept, counted) = (Arc::clone(&requests), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                *counted.lock().unwrap() += 1;
                let (handler, kept) = (Arc::clone(&handler), Arc::clone(&kept));
                thread::spawn(move || serve(stream, &*handler, &kept));
            }
        });
        Server {
            address,
            requests,
            connections,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

pub(crate) fn serve(stream: TcpStream, handler: &Handler, kept: &Mutex<Vec<Recorded>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(request) = read_request(&mut reader) {
        kept.lock().unwrap().push(request.clone());
        // A client that went away is no failure of the server.
        match handler(&request) {
            Reply::Keep(bytes) => _ = writer.write_all(&bytes),
            Reply::Close(bytes) => {
                let _ = writer.write_all(&bytes);
                let _ = writer.shutdown(Shutdown::Both);
                return;
            }
            Reply::Silence => {
                let _ = reader.read(&mut [0]);
                return;
            }
            Reply::Write(write) => {
                write(&mut writer);
                let _ = writer.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

/// `None` at the end of the connection, also in the middle of a request.
pub(crate) fn read_request(reader: &mut impl BufRead) -> Option<Recorded> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return None;
        }
        if &head[before..] == "\r\n" {
            break;
        }
    }
    let mut lines = head.lines();
    let line = lines.next().unwrap().to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Recorded {
        line,
        headers,
        head,
        body,
    })
}
