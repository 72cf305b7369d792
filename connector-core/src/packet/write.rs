//! The writer: packets in the canonical shape, streamed.
//!
//! The shape is that of the official builder (observed): XML declaration,
//! two-space indent, CRLF line ends and a final CRLF, the literal prefix
//! `edXML:` inside the envelope, base64 on one line, no empty elements. The
//! same packet is the same bytes every time it is written.

use std::borrow::Cow;
use std::io::{self, Write};

use super::attachment::base64;
use super::check;
use super::document::{Document, Status};
use super::element::{Group, Walk};
use super::outgoing::{Attachment, Payload};
use crate::error::{Error, ErrorKind, Result};

/// The namespace of QCVN 102:2016.
pub(crate) const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// Counts what it hands on.
pub(crate) struct Counting<W> {
    inner: W,
    pub(crate) bytes: u64,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Text with the characters that XML reserves written as references. A CR is
/// one of them: a reader would turn it into LF.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let reserved = |character| matches!(character, '&' | '<' | '>' | '\r');
    if !text.contains(reserved) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#xD;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// Writes lines at an indent; keeps the first error.
struct Lines<'w> {
    out: &'w mut dyn Write,
    depth: usize,
    error: Option<io::Error>,
}

impl Lines<'_> {
    fn put(&mut self, parts: &[&str]) {
        if self.error.is_some() {
            return;
        }
        const SPACES: &str = "                                ";
        let indent = SPACES.get(..2 * self.depth).unwrap_or(SPACES);
        let mut all = || -> io::Result<()> {
            self.out.write_all(indent.as_bytes())?;
            for part in parts {
                self.out.write_all(part.as_bytes())?;
            }
            self.out.write_all(b"\r\n")
        };
        self.error = all().err();
    }

    fn open(&mut self, prefix: &str, element: &str, attributes: &str) {
        self.put(&["<", prefix, element, attributes, ">"]);
        self.depth += 1;
    }

    fn close(&mut self, prefix: &str, element: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.put(&["</", prefix, element, ">"]);
    }

    fn text(&mut self, prefix: &str, element: &str, text: &str) {
        if !text.is_empty() {
            let text = escape(text);
            self.put(&["<", prefix, element, ">", &text, "</", prefix, element, ">"]);
        }
    }

    fn done(&mut self) -> Result<()> {
        match self.error.take() {
            Some(error) => Err(Error::io("packet.write", error)),
            None => Ok(()),
        }
    }
}

const PREFIX: &str = "edXML:";

/// Writes the header of a document or a status, element by element.
struct HeaderWalk<'l, 'w> {
    lines: &'l mut Lines<'w>,
    /// Whether `MessageHeader` is still open: `TraceHeaderList` stands beside it.
    in_message_header: bool,
}

impl HeaderWalk<'_, '_> {
    fn leave_message_header(&mut self) {
        if self.in_message_header {
            self.lines.close(PREFIX, "MessageHeader");
            self.in_message_header = false;
        }
    }
}

impl Walk for HeaderWalk<'_, '_> {
    fn enter(&mut self, element: &'static str, _number: Option<usize>) {
        if element == "TraceHeaderList" {
            self.leave_message_header();
        }
        self.lines.open(PREFIX, element, "");
    }

    fn leave(&mut self, element: &'static str) {
        self.lines.close(PREFIX, element);
    }

    fn leaf(&mut self, element: &'static str, _number: Option<usize>, text: &str, _max: usize) {
        self.lines.text(PREFIX, element, text);
    }
}

fn open_packet(lines: &mut Lines<'_>) {
    lines.put(&["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]);
    lines.open("", "edXML", &format!(" xmlns=\"{NAMESPACE}\""));
    lines.open(
        PREFIX,
        "edXMLEnvelope",
        &format!(" xmlns:edXML=\"{NAMESPACE}\""),
    );
    lines.open(PREFIX, "edXMLHeader", "");
}

fn write_header(lines: &mut Lines<'_>, group: &impl Group) {
    lines.open(PREFIX, "MessageHeader", "");
    let mut walk = HeaderWalk {
        lines,
        in_message_header: true,
    };
    group.walk_children(&mut walk);
    walk.leave_message_header();
    lines.close(PREFIX, "edXMLHeader");
}

/// Writes a status packet; gives the number of bytes.
pub(crate) fn write_status(status: &Status, out: &mut dyn Write) -> Result<u64> {
    let mut out = Counting {
        inner: out,
        bytes: 0,
    };
    let mut lines = Lines {
        out: &mut out,
        depth: 0,
        error: None,
    };
    open_packet(&mut lines);
    write_header(&mut lines, status);
    lines.close(PREFIX, "edXMLEnvelope");
    lines.close("", "edXML");
    lines.done()?;
    out.flush()
        .map_err(|error| Error::io("packet.write", error))?;
    Ok(out.bytes)
}

/// Writes a document packet; gives the number of bytes.
pub(crate) fn write_document(
    document: &Document,
    attachments: &mut [Attachment],
    out: &mut dyn Write,
) -> Result<u64> {
    let mut out = Counting {
        inner: out,
        bytes: 0,
    };
    let mut lines = Lines {
        out: &mut out,
        depth: 0,
        error: None,
    };
    open_packet(&mut lines);
    write_header(&mut lines, document);
    lines.open(PREFIX, "edXMLBody", "");
    if attachments.is_empty() {
        lines.put(&["<edXML:edXMLManifest version=\"1.0\" />"]);
    } else {
        lines.open(PREFIX, "edXMLManifest", " version=\"1.0\"");
        for attachment in attachments.iter() {
            lines.open(PREFIX, "Reference", "");
            lines.text(PREFIX, "ContentId", &attachment.cid());
            lines.text(PREFIX, "ContentType", &attachment.content_type);
            lines.text(PREFIX, "Description", &attachment.description);
            lines.text(PREFIX, "AttachmentName", &attachment.name);
            lines.close(PREFIX, "Reference");
        }
        lines.close(PREFIX, "edXMLManifest");
    }
    lines.close(PREFIX, "edXMLBody");
    lines.close(PREFIX, "edXMLEnvelope");
    if attachments.is_empty() {
        lines.put(&["<AttachmentEncoded />"]);
    } else {
        lines.open("", "AttachmentEncoded", "");
        for (index, attachment) in attachments.iter_mut().enumerate() {
            lines.open("", "Attachment", "");
            lines.text("", "ContentId", &attachment.cid());
            lines.text("", "AttachmentName", &attachment.name);
            lines.text("", "Description", &attachment.description);
            lines.text("", "ContentType", &attachment.content_type);
            lines.done()?;
            write_data(attachment, index + 1, lines.depth, lines.out)?;
            lines.close("", "Attachment");
        }
        lines.close("", "AttachmentEncoded");
    }
    lines.close("", "edXML");
    lines.done()?;
    out.flush()
        .map_err(|error| Error::io("packet.write", error))?;
    Ok(out.bytes)
}

fn write_data(
    attachment: &mut Attachment,
    number: usize,
    depth: usize,
    out: &mut dyn Write,
) -> Result<()> {
    let io =
        |error: io::Error| Error::io("packet.write", error).with("attachment", number.to_string());
    let open = format!(
        "{:indent$}<edXML:ContentTransferEncoded xmlns:edXML=\"{NAMESPACE}\">",
        "",
        indent = 2 * depth
    );
    out.write_all(open.as_bytes()).map_err(io)?;
    match attachment.payload(number)? {
        Payload::Raw { mut read, length } => {
            let read = base64::encode_reader(&mut *read, out).map_err(io)?;
            if read == 0 && length.is_none() {
                return Err(Error::new(ErrorKind::PacketImpossible, "packet.write")
                    .finding(vec![check::empty_attachment(number)]));
            }
            if length.is_some_and(|length| length != read) {
                return Err(Error::new(ErrorKind::AttachmentLength, "packet.write")
                    .with("attachment", number.to_string())
                    .with("stated", length.unwrap_or_default().to_string())
                    .with("read", read.to_string()));
            }
        }
        Payload::Wrapped(mut zip) => {
            let mut zip = zip.read().map_err(io)?;
            base64::encode_reader(&mut zip, out).map_err(io)?;
        }
    }
    out.write_all(b"</edXML:ContentTransferEncoded>\r\n")
        .map_err(io)
}
