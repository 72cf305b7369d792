//! What a packet is and whom it names, read off its header with the tokeniser.
//! Code of the axis's own: the packet reader of the library is not used.

use std::io::Read;

use lienthong::xml::{Event, Limits, Reader, XmlError, XmlErrorKind};

/// Bytes of one code that are kept.
const MOST_TEXT: usize = 256;
/// Receivers that are kept.
const MOST_RECEIVERS: usize = 100_000;

/// What a packet is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A document with its attachments.
    #[serde(rename = "edoc")]
    Document,
    /// A status.
    Status,
}

impl Kind {
    /// The word of `messagetype`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Document => "edoc",
            Kind::Status => "status",
        }
    }
}

/// What the header of a packet says.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) kind: Kind,
    /// `To/OrganId` of a document, `ResponseFor/OrganId` of a status.
    pub(super) receivers: Vec<String>,
    /// Number and notation.
    pub(super) notation: String,
}

/// Why a packet cannot be routed.
#[derive(Debug)]
pub(super) enum Unroutable {
    /// It could not be read from disk.
    Source(std::io::Error),
    /// It is no XML.
    NotXml,
    /// It is XML, and no packet: no header, or a header without a sender.
    NotStandard,
}

impl From<XmlError> for Unroutable {
    fn from(error: XmlError) -> Self {
        match error.kind {
            XmlErrorKind::Io(error) => Unroutable::Source(error),
            _ => Unroutable::NotXml,
        }
    }
}

#[derive(Default)]
struct Found {
    to: Vec<String>,
    response_for: Vec<String>,
    from: Option<String>,
    number: String,
    notation: String,
    is_status: bool,
}

/// Reads a packet to its end.
pub(super) fn read(source: impl Read) -> Result<Route, Unroutable> {
    let mut xml = Reader::new(source, Limits::default());
    // Local names below `MessageHeader`, which a packet may hold twice: the
    // last one counts, as in a rebuild.
    let mut below: Option<Vec<String>> = None;
    let mut depth = 0_usize;
    let mut text = String::new();
    let mut found: Option<Found> = None;
    loop {
        match xml.next_event()? {
            Event::Start(start) => {
                depth += 1;
                text.clear();
                let local = start.local();
                if let Some(path) = &mut below {
                    path.push(local.to_owned());
                } else if local == "MessageHeader" && depth <= 5 {
                    below = Some(Vec::new());
                    found = Some(Found::default());
                }
            }
            Event::Text(piece) if below.is_some() && text.len() < MOST_TEXT => {
                text.push_str(piece.as_str());
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                let Some(path) = &mut below else {
                    continue;
                };
                if let Some(found) = &mut found {
                    found.take(path, text.trim());
                }
                text.clear();
                if path.pop().is_none() {
                    below = None;
                }
            }
            Event::EndOfDocument => break,
            _ => {}
        }
    }
    let found = found.ok_or(Unroutable::NotStandard)?;
    if found.from.is_none() {
        return Err(Unroutable::NotStandard);
    }
    let notation = [found.number, found.notation]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("/");
    Ok(if found.is_status {
        Route {
            kind: Kind::Status,
            receivers: found.response_for,
            notation,
        }
    } else {
        Route {
            kind: Kind::Document,
            receivers: found.to,
            notation,
        }
    })
}

impl Found {
    fn take(&mut self, path: &[String], text: &str) {
        let mut names = path.iter().map(String::as_str);
        let text = || text.chars().take(MOST_TEXT).collect::<String>();
        match (names.next(), names.next(), names.next()) {
            (Some("StatusCode"), None, _) => self.is_status = true,
            (Some("From"), Some("OrganId"), None) => {
                self.from = Some(text()).filter(|code| !code.is_empty());
            }
            (Some("To"), Some("OrganId"), None) => keep(&mut self.to, text()),
            (Some("ResponseFor"), Some("OrganId"), None) => keep(&mut self.response_for, text()),
            (Some("Code"), Some("CodeNumber"), None) => self.number = text(),
            (Some("Code"), Some("CodeNotation"), None) => self.notation = text(),
            // Of a status, the document it is about.
            (Some("ResponseFor"), Some("Code"), None) if self.number.is_empty() => {
                self.number = text();
            }
            _ => {}
        }
    }
}

fn keep(receivers: &mut Vec<String>, code: String) {
    if !code.is_empty() && receivers.len() < MOST_RECEIVERS {
        receivers.push(code);
    }
}
