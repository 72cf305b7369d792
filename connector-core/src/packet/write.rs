//! The writer: packets in the canonical shape, streamed.
//!
//! The shape is that of the official builder (observed): XML declaration,
//! two-space indent, CRLF line ends and a final CRLF, the literal prefix
//! `edXML:` inside the envelope, base64 on one line, no empty elements. The
//! same packet is the same bytes every time it is written.

use std::borrow::Cow;
use std::io::{self, Write};

use super::attachment::encode_after;
use super::check;
use super::document::{Document, Status};
use super::element::{Group, Walk};
use super::outgoing::{Attachment, Payload, Sealing};
use crate::crypto::digest::Witness;
use crate::error::{Error, ErrorKind, Result};
use crate::signature::seal::{SealedFile, statement};
use crate::signature::xmldsig::{SignOptions, sign_document};

/// The namespace of QCVN 102:2016.
pub(crate) const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

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

/// Makes lines at an indent. They are kept until there is data to write with them.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
    depth: usize,
}

impl Lines {
    fn indent(&mut self) {
        self.pending
            .resize(self.pending.len() + 2 * self.depth, b' ');
    }

    fn put(&mut self, parts: &[&str]) {
        self.indent();
        self.part(parts);
        self.part(&["\r\n"]);
    }

    /// Text within a line.
    fn part(&mut self, parts: &[&str]) {
        for part in parts {
            self.pending.extend_from_slice(part.as_bytes());
        }
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

    /// Writes what is left.
    fn finish(self, out: &mut Counting<'_>) -> Result<u64> {
        let io = |error| Error::io("packet.write", error);
        out.write_all(&self.pending).map_err(io)?;
        out.flush().map_err(io)?;
        Ok(out.bytes)
    }
}

/// Counts what it hands on.
struct Counting<'w> {
    out: &'w mut (dyn Write + Send),
    bytes: u64,
}

impl Write for Counting<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

const PREFIX: &str = "edXML:";

/// Writes the header of a document or a status, element by element.
struct HeaderWalk<'l> {
    lines: &'l mut Lines,
    /// Whether `MessageHeader` is still open: `TraceHeaderList` stands beside it.
    in_message_header: bool,
}

impl HeaderWalk<'_> {
    fn leave_message_header(&mut self) {
        if self.in_message_header {
            self.lines.close(PREFIX, "MessageHeader");
            self.in_message_header = false;
        }
    }
}

impl Walk for HeaderWalk<'_> {
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

fn open_packet(lines: &mut Lines) {
    lines.put(&["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]);
    lines.open("", "edXML", &format!(" xmlns=\"{NAMESPACE}\""));
    lines.open(
        PREFIX,
        "edXMLEnvelope",
        &format!(" xmlns:edXML=\"{NAMESPACE}\""),
    );
    lines.open(PREFIX, "edXMLHeader", "");
}

fn write_header(lines: &mut Lines, group: &impl Group) {
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
pub(crate) fn write_status(status: &Status, out: &mut (dyn Write + Send)) -> Result<u64> {
    let mut out = Counting { out, bytes: 0 };
    let mut lines = Lines::default();
    open_packet(&mut lines);
    write_header(&mut lines, status);
    lines.close(PREFIX, "edXMLEnvelope");
    lines.close("", "edXML");
    lines.finish(&mut out)
}

/// Writes a document packet; gives the number of bytes.
pub(crate) fn write_document(
    document: &Document,
    attachments: &mut [Attachment],
    sealing: Option<&Sealing>,
    out: &mut (dyn Write + Send),
) -> Result<u64> {
    let is_empty = attachments.is_empty() && sealing.is_none();
    let mut out = Counting { out, bytes: 0 };
    let mut lines = Lines::default();
    open_packet(&mut lines);
    write_header(&mut lines, document);
    lines.open(PREFIX, "edXMLBody", "");
    if is_empty {
        lines.put(&["<edXML:edXMLManifest version=\"1.0\" />"]);
    } else {
        lines.open(PREFIX, "edXMLManifest", " version=\"1.0\"");
        let seal = sealing.map(|sealing| &sealing.attachment);
        for attachment in attachments.iter().chain(seal) {
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
    if is_empty {
        lines.put(&["<AttachmentEncoded />"]);
    } else {
        lines.open("", "AttachmentEncoded", "");
        let mut files = Vec::new();
        for (index, attachment) in attachments.iter_mut().enumerate() {
            let number = index + 1;
            let witness = sealing.map(|_| Witness::new());
            write_attachment(attachment, number, witness.as_ref(), &mut lines, &mut out)?;
            if let Some(witness) = witness {
                let (size, sha256) = witness
                    .finish()
                    .map_err(|error| Error::io("packet.seal", error))?;
                files.push(SealedFile {
                    name: attachment.name.clone(),
                    size,
                    sha256,
                });
            }
        }
        if let Some(sealing) = sealing {
            let seal = sign_document(
                statement(document, &files).as_bytes(),
                &*sealing.signer,
                &SignOptions::default(),
            )?;
            let mut seal = sealing.attachment.holding(seal);
            write_attachment(&mut seal, files.len() + 1, None, &mut lines, &mut out)?;
        }
        lines.close("", "AttachmentEncoded");
    }
    lines.close("", "edXML");
    lines.finish(&mut out)
}

fn write_attachment(
    attachment: &mut Attachment,
    number: usize,
    witness: Option<&Witness>,
    lines: &mut Lines,
    out: &mut Counting<'_>,
) -> Result<()> {
    lines.open("", "Attachment", "");
    lines.text("", "ContentId", &attachment.cid());
    lines.text("", "AttachmentName", &attachment.name);
    lines.text("", "Description", &attachment.description);
    lines.text("", "ContentType", &attachment.content_type);
    write_data(attachment, number, witness, lines, out)?;
    lines.close("", "Attachment");
    Ok(())
}

/// The data of an attachment, behind the lines that wait before it.
fn write_data(
    attachment: &mut Attachment,
    number: usize,
    witness: Option<&Witness>,
    lines: &mut Lines,
    out: &mut Counting<'_>,
) -> Result<()> {
    let io = |error| Error::io("packet.write", error).with("attachment", number.to_string());
    lines.indent();
    lines.part(&[
        "<edXML:ContentTransferEncoded xmlns:edXML=\"",
        NAMESPACE,
        "\">",
    ]);
    match attachment.payload(number, witness)? {
        Payload::Raw { mut read, length } => {
            let read = encode_after(&mut lines.pending, &mut *read, out).map_err(io)?;
            if read == 0 && length.is_none() {
                return Err(Error::new(ErrorKind::PacketImpossible, "packet.write")
                    .finding(vec![check::empty_attachment(number)]));
            }
            if let Some(stated) = length.filter(|length| *length != read) {
                return Err(Error::new(ErrorKind::AttachmentLength, "packet.write")
                    .with("attachment", number.to_string())
                    .with("stated", stated.to_string())
                    .with("read", read.to_string()));
            }
        }
        Payload::Wrapped(mut zip) => {
            let mut zip = zip.read().map_err(io)?;
            encode_after(&mut lines.pending, &mut zip, out).map_err(io)?;
        }
    }
    lines.part(&["</edXML:ContentTransferEncoded>\r\n"]);
    Ok(())
}
