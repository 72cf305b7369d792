//! The head of a request: request line and headers, read strictly.
//!
//! Where two programs could read two different requests, this one refuses: bare
//! line feeds, folded headers, spaces before the colon, several or odd
//! `Content-Length`, `Content-Length` beside `Transfer-Encoding`.

use std::fmt;

/// How the body of a request is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    Empty,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
}

/// The head of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    framing: Framing,
    expects_continue: bool,
    keeps_alive: bool,
}

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFlaw {
    /// It is longer than allowed.
    #[error("the head is longer than allowed")]
    TooLong,
    /// It has more headers than allowed.
    #[error("more headers than allowed")]
    TooManyHeaders,
    /// A line does not end in CR LF, or there is a stray CR or NUL.
    #[error("a line of the head does not end in CR LF")]
    LineEnd,
    /// The request line is not method, target, version.
    #[error("the request line cannot be read")]
    RequestLine,
    /// The version is not HTTP/1.0 or HTTP/1.1.
    #[error("the version is not HTTP/1.0 or HTTP/1.1")]
    Version,
    /// A header has no name, a name with odd characters, or is folded.
    #[error("a header cannot be read")]
    Header,
    /// There is not exactly one `Host` (HTTP/1.1).
    #[error("there is not exactly one Host")]
    Host,
    /// `Content-Length` is repeated, no number, or beside `Transfer-Encoding`.
    #[error("the length of the body is ambiguous")]
    Length,
    /// A `Transfer-Encoding` other than `chunked`, or one in HTTP/1.0.
    #[error("the transfer encoding is not supported")]
    TransferEncoding,
    /// An `Expect` other than `100-continue`.
    #[error("the expectation is not supported")]
    Expectation,
}

impl HeadFlaw {
    /// The HTTP status that says so.
    pub fn status(self) -> u16 {
        match self {
            HeadFlaw::TooLong | HeadFlaw::TooManyHeaders => 431,
            HeadFlaw::Version => 505,
            HeadFlaw::TransferEncoding => 501,
            HeadFlaw::Expectation => 417,
            _ => 400,
        }
    }
}

/// The length of the head at the start of some bytes, its empty line included,
/// once that has come. Heads with bare line feeds end, too, to be refused.
pub fn head_length(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let feed = from + rest.iter().position(|&byte| byte == b'\n')?;
        match bytes.get(feed + 1..) {
            Some([b'\n', ..]) => return Some(feed + 2),
            Some([b'\r', b'\n', ..]) => return Some(feed + 3),
            _ => from = feed + 1,
        }
    }
}

impl Head {
    /// Reads a head that ends with its empty line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8], max_headers: usize) -> Result<Head, HeadFlaw> {
        let mut lines = Lines(bytes);
        let line = lines.next_line()?;
        let (method, path, minor) = request_line(line)?;
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        loop {
            let line = lines.next_line()?;
            if line.is_empty() {
                break;
            }
            if headers.len() == max_headers {
                return Err(HeadFlaw::TooManyHeaders);
            }
            headers.push(header(line)?);
        }
        if !lines.0.is_empty() {
            return Err(HeadFlaw::LineEnd);
        }
        let mut head = Head {
            method,
            path,
            headers,
            framing: Framing::Empty,
            expects_continue: false,
            keeps_alive: minor == 1,
        };
        let hosts = head.values("host").count();
        if hosts > 1 || (hosts == 0 && minor == 1) {
            return Err(HeadFlaw::Host);
        }
        head.framing = head.read_framing(minor)?;
        head.expects_continue = head.read_expectation(minor)?;
        head.keeps_alive = head.read_persistence(minor);
        Ok(head)
    }

    /// The method, as written.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The headers in order: names as written, values without the space around.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The values of all headers of a name, whatever its case.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> + 'h {
        self.headers()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The value of a header that stands there once.
    pub fn only(&self, name: &str) -> Option<&[u8]> {
        let mut found = None;
        for (known, value) in self.headers() {
            if known.eq_ignore_ascii_case(name) && found.replace(value).is_some() {
                return None;
            }
        }
        found
    }

    /// How the body is delimited.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the client waits for `100 Continue`.
    pub fn expects_continue(&self) -> bool {
        self.expects_continue
    }

    /// Whether the connection stays open after the answer.
    pub fn keeps_alive(&self) -> bool {
        self.keeps_alive
    }

    fn read_framing(&self, minor: u8) -> Result<Framing, HeadFlaw> {
        let mut encodings = self.values("transfer-encoding");
        let mut lengths = self.values("content-length");
        let (encoding, length) = (encodings.next(), lengths.next());
        if lengths.next().is_some() || (encoding.is_some() && length.is_some()) {
            return Err(HeadFlaw::Length);
        }
        if let Some(encoding) = encoding {
            let chunked = encoding.eq_ignore_ascii_case(b"chunked");
            if !chunked || encodings.next().is_some() || minor == 0 {
                return Err(HeadFlaw::TransferEncoding);
            }
            return Ok(Framing::Chunked);
        }
        let Some(length) = length else {
            return Ok(Framing::Empty);
        };
        if length.is_empty() || !length.iter().all(u8::is_ascii_digit) {
            return Err(HeadFlaw::Length);
        }
        let length = std::str::from_utf8(length)
            .ok()
            .and_then(|digits| digits.parse::<u64>().ok())
            .ok_or(HeadFlaw::Length)?;
        Ok(match length {
            0 => Framing::Empty,
            some => Framing::Length(some),
        })
    }

    fn read_expectation(&self, minor: u8) -> Result<bool, HeadFlaw> {
        let mut expects = false;
        for value in self.values("expect") {
            if !value.eq_ignore_ascii_case(b"100-continue") {
                return Err(HeadFlaw::Expectation);
            }
            expects = true;
        }
        Ok(expects && minor == 1 && self.framing != Framing::Empty)
    }

    fn read_persistence(&self, minor: u8) -> bool {
        let says = |word: &[u8]| {
            self.values("connection").any(|value| {
                value
                    .split(|&byte| byte == b',')
                    .any(|option| option.trim_ascii().eq_ignore_ascii_case(word))
            })
        };
        !says(b"close") && (minor == 1 || says(b"keep-alive"))
    }
}

impl fmt::Debug for Head {
    // Values of headers may be secrets or personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers.len())
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}

/// The rest of a head.
struct Lines<'h>(&'h [u8]);

impl<'h> Lines<'h> {
    /// The next line without its CR LF.
    fn next_line(&mut self) -> Result<&'h [u8], HeadFlaw> {
        let feed = self.0.iter().position(|&byte| byte == b'\n');
        let feed = feed.ok_or(HeadFlaw::LineEnd)?;
        let (line, rest) = self.0.split_at(feed + 1);
        self.0 = rest;
        let line = line.strip_suffix(b"\r\n").ok_or(HeadFlaw::LineEnd)?;
        if line.iter().any(|&byte| byte == b'\r' || byte == 0) {
            return Err(HeadFlaw::LineEnd);
        }
        Ok(line)
    }
}

fn request_line(line: &[u8]) -> Result<(String, String, u8), HeadFlaw> {
    let line = std::str::from_utf8(line).map_err(|_| HeadFlaw::RequestLine)?;
    let mut parts = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(HeadFlaw::RequestLine);
    };
    let visible = target.bytes().all(|byte| byte.is_ascii_graphic());
    if method.is_empty() || !method.bytes().all(is_token) || !target.starts_with('/') || !visible {
        return Err(HeadFlaw::RequestLine);
    }
    let minor = match version {
        "HTTP/1.1" => 1,
        "HTTP/1.0" => 0,
        other if other.starts_with("HTTP/") => return Err(HeadFlaw::Version),
        _ => return Err(HeadFlaw::RequestLine),
    };
    let path = target.split('?').next().unwrap_or_default();
    Ok((method.to_owned(), path.to_owned(), minor))
}

fn header(line: &[u8]) -> Result<(String, Vec<u8>), HeadFlaw> {
    let colon = line.iter().position(|&byte| byte == b':');
    let (name, value) = line.split_at(colon.ok_or(HeadFlaw::Header)?);
    let value = value.get(1..).unwrap_or_default();
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(HeadFlaw::Header);
    }
    if value
        .iter()
        .any(|&byte| byte.is_ascii_control() && byte != b'\t')
    {
        return Err(HeadFlaw::Header);
    }
    let name = std::str::from_utf8(name).map_err(|_| HeadFlaw::Header)?;
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_space(byte));
    let end = value.iter().rposition(|byte| !is_space(byte));
    let value = match (start, end) {
        (Some(start), Some(end)) => value.get(start..=end).unwrap_or_default(),
        _ => &[],
    };
    Ok((name.to_owned(), value.to_vec()))
}

/// The characters of methods and header names.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
