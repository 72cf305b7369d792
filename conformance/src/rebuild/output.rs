//! Writing the rebuilt packet in the library's shape: two-space indent, CRLF,
//! the literal prefix `edXML:`, base64 on one line (observed).

use std::io::{self, Read, Write};

use super::attachment::{Form, Prepared, Rebuilt};
use super::header::{Header, Shaped};
use super::source::NAMESPACE;
use super::{base64, zip};

const PREFIX: &str = "edXML:";

/// Writes the packet.
pub(super) fn write(header: &Header, prepared: Prepared, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { out, depth: 0 };
    lines.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    lines.open(&format!("edXML xmlns=\"{NAMESPACE}\""))?;
    lines.open(&format!("edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\""))?;
    lines.open("edXML:edXMLHeader")?;
    lines.element(&header.message, PREFIX)?;
    if let Some(trace) = &header.trace {
        lines.element(trace, PREFIX)?;
    }
    if let Some(signature) = &header.signature {
        lines.element(signature, "")?;
    }
    lines.close("edXML:edXMLHeader")?;
    if header.is_status {
        lines.close("edXML:edXMLEnvelope")?;
        return lines.close("edXML");
    }
    lines.open("edXML:edXMLBody")?;
    lines.list(
        "edXML:edXMLManifest version=\"1.0\"",
        "edXML:edXMLManifest",
        &prepared.references,
        |lines, reference| lines.element(reference, PREFIX),
    )?;
    lines.close("edXML:edXMLBody")?;
    lines.close("edXML:edXMLEnvelope")?;
    lines.list(
        "AttachmentEncoded",
        "AttachmentEncoded",
        &prepared.attachments,
        |lines, attachment| lines.attachment(attachment, &prepared),
    )?;
    lines.close("edXML")
}

struct Lines<'w> {
    out: &'w mut dyn Write,
    depth: usize,
}

impl Lines<'_> {
    fn indent(&mut self) -> io::Result<()> {
        write!(self.out, "{:width$}", "", width = 2 * self.depth)
    }

    fn put(&mut self, line: &str) -> io::Result<()> {
        self.indent()?;
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\r\n")
    }

    fn open(&mut self, tag: &str) -> io::Result<()> {
        self.put(&format!("<{tag}>"))?;
        self.depth += 1;
        Ok(())
    }

    fn close(&mut self, tag: &str) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        self.put(&format!("</{tag}>"))
    }

    fn list<T>(
        &mut self,
        tag: &str,
        name: &str,
        items: &[T],
        mut item: impl FnMut(&mut Self, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        if items.is_empty() {
            return self.put(&format!("<{tag} />"));
        }
        self.open(tag)?;
        for one in items {
            item(self, one)?;
        }
        self.close(name)
    }

    fn element(&mut self, element: &Shaped, prefix: &str) -> io::Result<()> {
        let name = format!("{prefix}{}", element.name);
        let tag = match &element.attribute {
            Some((attribute, value)) => {
                format!("{name} {attribute}=\"{}\"", escaped(value, true))
            }
            None => name.clone(),
        };
        if !element.text.is_empty() {
            let text = escaped(&element.text, false);
            return self.put(&format!("<{tag}>{text}</{name}>"));
        }
        self.list(&tag, &name, &element.children, |lines, child| {
            lines.element(child, prefix)
        })
    }

    fn attachment(&mut self, attachment: &Rebuilt, prepared: &Prepared) -> io::Result<()> {
        self.open("Attachment")?;
        for child in &attachment.particulars.children {
            self.element(child, "")?;
        }
        if let Some((place, form)) = &attachment.data {
            self.indent()?;
            write!(
                self.out,
                "<edXML:ContentTransferEncoded xmlns:edXML=\"{NAMESPACE}\">"
            )?;
            let mut bytes = prepared.open(*place)?;
            match form {
                Form::AsRead => copy_text(&mut bytes, self.out)?,
                Form::Raw => base64::encode(&mut bytes, self.out)?,
                Form::Zipped { entry } => {
                    let mut encoder = base64::Encoder::new(self.out);
                    zip::wrap(&mut bytes, entry, &mut encoder)?;
                    encoder.finish()?;
                }
            }
            self.out.write_all(b"</edXML:ContentTransferEncoded>\r\n")?;
        }
        self.close("Attachment")
    }
}

/// Copies text that was kept without white space; placeholder text may hold
/// what XML reserves.
fn copy_text(source: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = buffer.get(..count).unwrap_or_default();
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            let (rest, reference): (&[u8], &[u8]) = match piece.split_last() {
                Some((b'<', rest)) => (rest, b"&lt;"),
                Some((b'>', rest)) => (rest, b"&gt;"),
                Some((b'&', rest)) => (rest, b"&amp;"),
                _ => (piece, b""),
            };
            out.write_all(rest)?;
            out.write_all(reference)?;
        }
    }
}

/// Text as the library writes it: a line feed as CRLF, a CR and characters
/// beyond the BMP as references (observed).
fn escaped(text: &str, is_attribute: bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if is_attribute => escaped.push_str("&quot;"),
            '\t' if is_attribute => escaped.push_str("&#x9;"),
            '\n' if is_attribute => escaped.push_str("&#xA;"),
            '\n' => escaped.push_str("\r\n"),
            '\r' => escaped.push_str("&#xD;"),
            '\u{10000}'.. => escaped.push_str(&format!("&#x{:X};", u32::from(character))),
            other => escaped.push(other),
        }
    }
    escaped
}
