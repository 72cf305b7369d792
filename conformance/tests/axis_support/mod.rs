//! A client of the test axis on a bare socket, with a signer of its own.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use lienthong_conformance::axis_server::{Builder, Fault, FaultRule, TestAxis};
use lienthong_conformance::rebuild::Flavour;
use serde_json::Value;

pub(crate) const ONE: (&str, &str) = ("system.one", "made-up:secret=1");
pub(crate) const TWO: (&str, &str) = ("system.two", "made-up secret 2");
pub(crate) const SENDER: &str = "000.00.00.H41";
pub(crate) const RECEIVER: &str = "000.00.00.H14";
pub(crate) const OTHER: &str = "000.00.00.H22";

/// An axis with a sender in one system and two receivers in another.
pub(crate) fn builder() -> Builder {
    TestAxis::builder()
        .system(ONE.0, ONE.1, [SENDER])
        .system(TWO.0, TWO.1, [RECEIVER, OTHER])
}

/// The same; packets pass as they are.
pub(crate) fn plain() -> TestAxis {
    builder().rebuild(Flavour::Off).start().unwrap()
}

pub(crate) fn rule(call: &str, fault: Fault) -> FaultRule {
    FaultRule {
        call: call.into(),
        after: 0,
        times: 1,
        chance: 1.0,
        fault,
    }
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes)
        .as_ref()
        .to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn padded(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

pub(crate) fn unpadded(bytes: &[u8]) -> String {
    sha256(bytes)
        .iter()
        .map(|byte| format!("{byte:x}"))
        .collect()
}

/// HMAC-SHA256 as RFC 2104 writes it.
pub(crate) fn hmac(key: &[u8], text: &[u8]) -> String {
    let mut block = if key.len() > 64 {
        sha256(key)
    } else {
        key.to_vec()
    };
    block.resize(64, 0);
    let inner: Vec<u8> = block.iter().map(|byte| byte ^ 0x36).collect();
    let outer: Vec<u8> = block.iter().map(|byte| byte ^ 0x5c).collect();
    hex(&sha256(&[outer, sha256(&[&inner, text].concat())].concat()))
}

/// A request that is being put together.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) call: String,
    pub(crate) system: (String, String),
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) more: Vec<String>,
    pub(crate) has_length: bool,
}

impl Request {
    pub(crate) fn new(call: &str, system: (&str, &str), parameters: &[(&str, &str)]) -> Self {
        let mut all = vec![("systemid".to_owned(), system.0.to_owned())];
        all.extend(
            parameters
                .iter()
                .map(|&(n, v)| (n.to_owned(), v.to_owned())),
        );
        all.push(("timestamp".into(), "21112026T071335+0686".into()));
        all.push(("Content-Type".into(), "application/json".into()));
        Request {
            method: if call == "downloadEdoc" {
                "GET"
            } else {
                "POST"
            }
            .into(),
            call: call.into(),
            system: (system.0.into(), system.1.into()),
            parameters: all,
            body: Vec::new(),
            more: Vec::new(),
            has_length: call != "downloadEdoc",
        }
    }

    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub(crate) fn header(mut self, line: &str) -> Self {
        self.more.push(line.into());
        self
    }

    /// The signed text: JSON in the order of the parameters.
    pub(crate) fn signed(&self) -> String {
        let members: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| format!("\"XroadVnpt-{name}\":{}", Value::from(value.as_str())))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    pub(crate) fn head(&self) -> String {
        let mut head = format!("{} /{} HTTP/1.1\r\n", self.method, self.call);
        for (name, value) in &self.parameters {
            head += &format!("XroadVnpt-{name}: {value}\r\n");
        }
        let names: Vec<&str> = self.parameters.iter().map(|(n, _)| n.as_str()).collect();
        let signed = self.signed();
        head += &format!(
            "Content-Type: application/json\r\nXroadVnpt-sign-header-key: {}\r\n\
             XroadVnpt-sign-header: {signed}\r\nXroadVnpt-hash-header: {}\r\n\
             XroadVnpt-version: 3.0.201608\r\nHost: axis\r\n",
            names.join(";"),
            hmac(self.system.1.as_bytes(), signed.as_bytes()),
        );
        if self.has_length {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        for line in &self.more {
            head += &format!("{line}\r\n");
        }
        head + "\r\n"
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head().as_bytes(), &self.body].concat()
    }
}

/// `/sendEdoc` of a packet to what the packet says.
pub(crate) fn sending(packet: &[u8]) -> Request {
    sending_to(packet, &[])
}

pub(crate) fn sending_to(packet: &[u8], to: &[&str]) -> Request {
    let hash = unpadded(packet);
    let to = Value::from(to.to_vec()).to_string();
    let mut parameters = vec![
        ("servicetype", "eDoc"),
        ("messagetype", "edoc"),
        ("hash-file", hash.as_str()),
        ("from", SENDER),
    ];
    if to != "[]" {
        parameters.push(("to", &to));
    }
    Request::new("sendEdoc", ONE, &parameters).body(packet)
}

pub(crate) fn list(messagetype: &str) -> Request {
    let parameters = [("servicetype", "eDoc"), ("messagetype", messagetype)];
    Request::new("getReceivedEdocList", TWO, &parameters)
}

pub(crate) fn get(id: &str) -> Request {
    Request::new("getEdoc", TWO, &[("docId", id)]).body(b"{}")
}

pub(crate) fn download(id: &str) -> Request {
    Request::new("downloadEdoc", TWO, &[("docId", id)])
}

pub(crate) fn acknowledge(id: &str, word: &str) -> Request {
    Request::new("updateStatus", TWO, &[("docid", id), ("status", word)]).body(b"{}")
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.head);
        let value: Value = serde_json::from_slice(&self.body).unwrap();
        // What the SDK needs of every answer.
        assert!(value["status"] == "OK" || value["status"] == "FAIL");
        assert!(value["ErrorCode"].is_string() && value["ErrorDesc"].is_string());
        assert!(!value.to_string().contains("null"), "{value}");
        value
    }

    /// The error code.
    pub(crate) fn code(&self) -> String {
        let value = self.json();
        let code = value["ErrorCode"].as_str().unwrap().to_owned();
        assert_eq!(value["status"] == "OK", code == "0");
        code
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        assert_eq!(self.code(), "0");
        self.json()["data"].as_array().unwrap().clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.rows()
            .iter()
            .map(|row| row["docId"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn doc_id(&self) -> String {
        assert_eq!(self.code(), "0", "{}", self.json());
        self.json()["DocId"].as_str().unwrap().to_owned()
    }
}

/// A connection.
pub(crate) struct Client {
    pub(crate) stream: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Client {
            stream: BufReader::new(stream),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    pub(crate) fn finish_writing(&mut self) {
        let _ = self.stream.get_mut().shutdown(Shutdown::Write);
    }

    /// The head of the next answer; none if the connection ends before.
    pub(crate) fn read_head(&mut self) -> Option<(u16, String)> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if !matches!(self.stream.read_line(&mut head), Ok(1..)) {
                return None;
            }
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some((status, head))
    }

    pub(crate) fn try_read(&mut self) -> Option<Reply> {
        let (status, head) = self.read_head()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some(Reply { status, head, body })
    }

    pub(crate) fn read(&mut self) -> Reply {
        self.try_read().expect("an answer")
    }

    /// What comes until the connection ends.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset ends a connection, too.
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    pub(crate) fn call(&mut self, request: &Request) -> Reply {
        self.write(&request.bytes());
        self.read()
    }
}

/// A call on a connection of its own.
pub(crate) fn call(axis: &TestAxis, request: &Request) -> Reply {
    Client::to(axis.address()).call(request)
}

/// Bytes on a connection of their own, and what comes back until it ends.
pub(crate) fn raw(axis: &TestAxis, bytes: &[u8]) -> String {
    let mut client = Client::to(axis.address());
    // The server may close before all is written.
    let _ = client.stream.get_mut().write_all(bytes);
    client.finish_writing();
    String::from_utf8_lossy(&client.rest()).into_owned()
}

const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// A document to some organs.
pub(crate) fn document(to: &[&str]) -> Vec<u8> {
    let to: String = to
        .iter()
        .map(|code| format!("<To><OrganId>{code}</OrganId></To>"))
        .collect();
    envelope(&format!(
        "<From><OrganId>{SENDER}</OrganId></From>{to}<DocumentId>d-1</DocumentId>\
         <Code><CodeNumber>12</CodeNumber><CodeNotation>STD</CodeNotation></Code>\
         <Subject>Bí mật của phép thử</Subject><SteeringType>0</SteeringType>"
    ))
}

/// A status about a document of an organ.
pub(crate) fn status(about: &str) -> Vec<u8> {
    envelope(&format!(
        "<From><OrganId>{SENDER}</OrganId></From><ResponseFor><OrganId>{about}</OrganId>\
         <Code>12/STD</Code><DocumentId>d-1</DocumentId></ResponseFor>\
         <StatusCode>01</StatusCode><Timestamp>2026/11/21 07:00:00</Timestamp>"
    ))
}

pub(crate) fn envelope(message: &str) -> Vec<u8> {
    format!(
        "<edXML xmlns=\"{NAMESPACE}\"><edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\">\
         <edXML:edXMLHeader><MessageHeader>{message}</MessageHeader></edXML:edXMLHeader>\
         </edXML:edXMLEnvelope><AttachmentEncoded/></edXML>"
    )
    .into_bytes()
}

/// The library's own client of a system, with some keys set.
pub(crate) fn library(
    url: &str,
    system: (&str, &str),
    keys: &[(&str, &str)],
) -> lienthong::axis::Client {
    lienthong::axis::Client::open(&library_keys(url, system, keys)).unwrap()
}

pub(crate) fn library_keys(
    url: &str,
    system: (&str, &str),
    keys: &[(&str, &str)],
) -> lienthong::Config {
    let mut config = lienthong::Config::new();
    let usual = [
        ("axis.url", url),
        ("axis.system_id", system.0),
        ("axis.secret", system.1),
    ];
    for (key, value) in usual.iter().chain(keys) {
        config.set(key, value).unwrap();
    }
    config
}

/// Sending a document from [`SENDER`].
pub(crate) fn from_sender<'a>(to: &'a [&'a str]) -> lienthong::axis::Sending<'a> {
    lienthong::axis::Sending {
        from: SENDER,
        to,
        message_type: lienthong::axis::MessageType::Edoc,
    }
}
