//! What begins with `<`: tags, comments and processing instructions.

use std::io::Read;

use memchr::memchr2;

use super::attributes::{Refusal, Span, limit};
use super::error::{Flaw, XmlError, XmlErrorKind};
use super::reader::{Closing, Open, Reader, State, Token};
use super::scan::{self, Decoded};

impl<R: Read> Reader<R> {
    /// Reads on from a `<`. `None` if it was the start of a CDATA section.
    pub(super) fn markup(&mut self) -> Result<Option<Token>, XmlError> {
        self.ensure(2)?;
        match self.buffer.window().get(1) {
            None => self.fail(XmlErrorKind::UnexpectedEnd, 0),
            Some(b'/') => self.end().map(Some),
            Some(b'?') => self.processing_instruction().map(Some),
            Some(b'!') => {
                if self.looking_at(b"<!--")? {
                    self.comment().map(Some)
                } else if self.looking_at(b"<![CDATA[")? {
                    if self.state != State::Content {
                        return self.fail(Flaw::TextOutsideRoot, 0);
                    }
                    self.buffer.consume(9);
                    self.state = State::CData;
                    Ok(None)
                } else if self.looking_at(b"<!DOCTYPE")? {
                    self.fail(XmlErrorKind::DoctypeForbidden, 0)
                } else {
                    self.fail(Flaw::Markup, 0)
                }
            }
            Some(_) => self.start().map(Some),
        }
    }

    fn start(&mut self) -> Result<Token, XmlError> {
        if self.state == State::After {
            return self.fail(Flaw::SecondRoot, 0);
        }
        let length = self.tag_length(true)?;
        if self.open.len() >= self.limits.max_depth {
            return self.fail(limit("max_depth", self.limits.max_depth), 0);
        }
        if self.elements >= self.limits.max_elements {
            let kind = XmlErrorKind::LimitExceeded {
                limit: "max_elements",
                maximum: self.limits.max_elements,
            };
            return self.fail(kind, 0);
        }
        self.elements += 1;
        let scope = self.scope.len();
        let from = self.buffer.start();
        let span = Span {
            start: from,
            end: from + length,
        };
        let bytes = span.bytes(self.buffer.all());
        let parsed = self
            .tag
            .parse(bytes, &self.limits)
            .and_then(|()| self.tag.bind(bytes, &mut self.scope, &self.limits));
        if let Err(Refusal { kind, at }) = parsed {
            return self.fail(kind, at);
        }
        self.open.push(Open {
            name: self.names.len(),
            colon: self.tag.name.colon,
            resolved: self.tag.resolved,
            scope,
        });
        self.names.push_str(self.tag.name.span.text(bytes));
        self.buffer.consume(length);
        self.state = State::Content;
        if self.tag.empty {
            self.closing = Closing::Report;
        }
        Ok(Token::Start(span))
    }

    fn end(&mut self) -> Result<Token, XmlError> {
        let length = self.tag_length(false)?;
        let (_, bytes) = self.tag_bytes(length);
        let name = bytes
            .get(2..length - 1)
            .unwrap_or_default()
            .trim_ascii_end();
        let expected = match self.open.last() {
            Some(open) => self.names.get(open.name..).unwrap_or_default(),
            None => "",
        };
        if name.is_empty() || name != expected.as_bytes() {
            return self.fail(Flaw::MismatchedEndTag, 0);
        }
        self.buffer.consume(length);
        self.closing = Closing::Forget;
        Ok(Token::End)
    }

    pub(super) fn forget_element(&mut self) {
        self.closing = Closing::Nothing;
        if let Some(open) = self.open.pop() {
            self.names.truncate(open.name);
            self.scope.leave(open.scope);
        }
        if self.open.is_empty() && !self.fragment {
            self.state = State::After;
        }
    }

    /// Length of the tag that the window begins with, all of it in the buffer. With `quoted`,
    /// a `>` between quotes does not end it.
    pub(super) fn tag_length(&mut self, quoted: bool) -> Result<usize, XmlError> {
        let maximum = self.limits.max_tag;
        let mut seen = 1;
        let mut quote = None;
        loop {
            let window = self.buffer.window();
            let rest = window.get(seen..).unwrap_or_default();
            let found = match quote {
                Some(quote) => memchr2(quote, b'<', rest),
                None if quoted => rest
                    .iter()
                    .position(|byte| matches!(byte, b'>' | b'<' | b'"' | b'\'')),
                None => memchr2(b'>', b'<', rest),
            };
            let Some(found) = found else {
                seen = window.len();
                if seen >= maximum {
                    return self.fail(limit("max_tag", maximum), 0);
                }
                if !self.fill()? {
                    return self.fail(XmlErrorKind::UnexpectedEnd, seen);
                }
                continue;
            };
            seen += found;
            let byte = window.get(seen).copied();
            if seen >= maximum {
                return self.fail(limit("max_tag", maximum), 0);
            }
            match (byte, quote) {
                (Some(b'<'), Some(_)) => return self.fail(Flaw::LessThanInValue, seen),
                (Some(b'<'), None) => return self.fail(Flaw::Tag, seen),
                (Some(b'>'), None) => return Ok(seen + 1),
                (_, Some(_)) => quote = None,
                (opening, None) => quote = opening,
            }
            seen += 1;
        }
    }

    /// The first `length` bytes of the window, and their place in the buffer.
    pub(super) fn tag_bytes(&self, length: usize) -> (Span, &[u8]) {
        let start = self.buffer.start();
        let span = Span {
            start,
            end: start + length,
        };
        (span, span.bytes(self.buffer.all()))
    }

    fn processing_instruction(&mut self) -> Result<Token, XmlError> {
        let mut length = 0;
        loop {
            let body = self.buffer.window().get(2..).unwrap_or_default();
            let (name, open) = scan::name_run(body, length);
            length = name;
            if length > self.limits.max_tag {
                return self.fail(limit("max_tag", self.limits.max_tag), 0);
            }
            if !open {
                break;
            }
            if !self.fill()? {
                return self.fail(XmlErrorKind::UnexpectedEnd, 2 + length);
            }
        }
        let span = Span {
            start: 2,
            end: 2 + length,
        };
        let target = span.text(self.buffer.window());
        if target.is_empty() {
            return self.fail(Flaw::ProcessingInstruction, 2);
        }
        if target.contains(':') {
            return self.fail(Flaw::QualifiedName, 2);
        }
        if target.eq_ignore_ascii_case("xml") {
            return self.fail(Flaw::MisplacedDeclaration, 0);
        }
        self.target.clear();
        self.target.push_str(target);
        self.ensure(span.end + 2)?;
        match self.buffer.window().get(span.end..) {
            Some([b'?', b'>', ..]) => {}
            Some([space, ..]) if scan::is_space(*space) => {}
            Some([] | [b'?']) | None => {
                return self.fail(XmlErrorKind::UnexpectedEnd, span.end);
            }
            Some(_) => return self.fail(Flaw::ProcessingInstruction, span.end),
        }
        self.buffer.consume(span.end);
        loop {
            let length = scan::space_run(self.buffer.window());
            self.buffer.consume(length);
            if !self.buffer.window().is_empty() || !self.fill()? {
                break;
            }
        }
        self.around = self.state;
        self.state = State::Instruction;
        Ok(Token::ProcessingInstruction)
    }

    fn comment(&mut self) -> Result<Token, XmlError> {
        self.buffer.consume(4);
        loop {
            let window = self.buffer.window();
            let mut at = 0;
            let mut cut = false;
            loop {
                let rest = window.get(at..).unwrap_or_default();
                at += scan::run_until::<b'-'>(rest);
                let rest = window.get(at..).unwrap_or_default();
                let Some(&byte) = rest.first() else {
                    break;
                };
                if byte == b'-' {
                    match (rest.get(1), rest.get(2)) {
                        (None, _) | (Some(b'-'), None) => break,
                        (Some(b'-'), Some(b'>')) => {
                            self.buffer.consume(at + 3);
                            return Ok(Token::Comment);
                        }
                        (Some(b'-'), Some(_)) => return self.fail(Flaw::DoubleHyphen, at),
                        (Some(_), _) => at += 1,
                    }
                } else if scan::is_space(byte) {
                    at += 1;
                } else {
                    match scan::decode(rest) {
                        Decoded::Char(c, size) if scan::is_xml_char(c) => at += size,
                        Decoded::Char(..) => return self.fail(XmlErrorKind::InvalidCharacter, at),
                        Decoded::Invalid => return self.fail(XmlErrorKind::InvalidUtf8, at),
                        Decoded::Incomplete => {
                            cut = true;
                            break;
                        }
                    }
                }
            }
            self.buffer.consume(at);
            if !self.fill()? {
                let kind = if cut {
                    XmlErrorKind::InvalidUtf8
                } else {
                    XmlErrorKind::UnexpectedEnd
                };
                return self.fail(kind, 0);
            }
        }
    }

    pub(super) fn looking_at(&mut self, mark: &[u8]) -> Result<bool, XmlError> {
        let window = self.buffer.window();
        let known = window.len().min(mark.len());
        if window.get(..known) != mark.get(..known) {
            return Ok(false);
        }
        if !self.ensure(mark.len())? && mark.starts_with(self.buffer.window()) {
            return self.fail(XmlErrorKind::UnexpectedEnd, 0);
        }
        Ok(self.buffer.window().starts_with(mark))
    }
}
