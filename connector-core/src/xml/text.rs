//! Text in pieces: as it is, by reference, in CDATA sections, and in processing instructions.

use std::io::Read;

use super::attributes::{Span, limit};
use super::error::{Flaw, XmlError, XmlErrorKind};
use super::reader::{Reader, Run, Token};
use super::scan::{self, Decoded, Reference};

impl<R: Read> Reader<R> {
    pub(super) fn read_reference(&mut self) -> Result<Token, XmlError> {
        loop {
            let kind = match scan::reference(self.buffer.window()) {
                Reference::Char(c, size) => {
                    self.buffer.consume(size);
                    return Ok(Token::Reference(c.encode_utf8(&mut self.reference).len()));
                }
                Reference::Incomplete => {
                    if self.fill()? {
                        continue;
                    }
                    XmlErrorKind::UnexpectedEnd
                }
                Reference::Malformed => Flaw::Reference.into(),
                Reference::Unknown => XmlErrorKind::UnknownEntity,
                Reference::InvalidCharacter => XmlErrorKind::InvalidCharacter,
                Reference::TooLong => limit("max_reference", scan::MAX_REFERENCE),
            };
            return self.fail(kind, 0);
        }
    }

    /// Reads text up to markup, the end of the buffer or a line end that is no LF. `None` at
    /// the end of a CDATA section or a processing instruction. What is wrong is told only when nothing stands before it,
    /// so that the pieces do not depend on how the input came in.
    pub(super) fn chunk(&mut self, run: Run) -> Result<Option<Token>, XmlError> {
        let text = run == Run::Text;
        let cdata = run == Run::CData;
        let instruction = run == Run::Instruction;
        // The chunk begins after the CR of a CRLF.
        let mut first = 0;
        let mut at = 0;
        // Continuation bytes of the last line of the chunk.
        let mut continuations = 0;
        loop {
            let window = self.buffer.window();
            let mut rest = window.get(at..).unwrap_or_default();
            while let Decoded::Char(c, size @ 2..) = scan::decode(rest)
                && scan::is_xml_char(c)
            {
                continuations += size as u64 - 1;
                at += size;
                rest = window.get(at..).unwrap_or_default();
            }
            at += match run {
                Run::Text => scan::text_run(rest),
                Run::CData => scan::run_until::<b']'>(rest),
                Run::Instruction => scan::run_until::<b'?'>(rest),
            };
            let rest = window.get(at..).unwrap_or_default();
            let begun = at > first;
            // What is wrong if the input ends here, if anything.
            let mut at_end = Some(XmlErrorKind::UnexpectedEnd);
            match rest {
                [] if begun => break,
                [] => {}
                [b'<' | b'&', ..] if text => break,
                [b'>', ..] if text => {
                    if self.brackets_before(first, at) < 2 {
                        at += 1;
                        continue;
                    }
                    if begun {
                        break;
                    }
                    return self.fail(Flaw::CDataEndInText, 0);
                }
                [b']', b']', b'>', ..] if cdata => break,
                [b'?', b'>', ..] if instruction => break,
                // It may be the first part of the mark that ends the run.
                [b']'] | [b']', b']'] if cdata && begun => break,
                [b'?'] if instruction && begun => break,
                [b']'] | [b']', b']'] if cdata => {}
                [b'?'] if instruction => {}
                [b'\n', ..] => {
                    self.buffer.line_ends_at(at);
                    continuations = 0;
                    at += 1;
                    continue;
                }
                [b'\r', ..] if begun => break,
                [b'\r', b'\n', ..] => {
                    self.buffer.line_ends_at(1);
                    first = 1;
                    at = 2;
                    continue;
                }
                [b'\r'] => at_end = None,
                [b'\r', ..] => return Ok(Some(self.lone_cr(run))),
                // A mark that the fast search stops at for another kind of text.
                [b'\t' | b' '..=b'\x7F', ..] => {
                    at += 1;
                    continue;
                }
                _ => match scan::decode(rest) {
                    Decoded::Char(c, _) if scan::is_xml_char(c) => continue,
                    _ if begun => break,
                    Decoded::Char(..) => return self.fail(XmlErrorKind::InvalidCharacter, 0),
                    Decoded::Invalid => return self.fail(XmlErrorKind::InvalidUtf8, 0),
                    Decoded::Incomplete => at_end = Some(XmlErrorKind::InvalidUtf8),
                },
            }
            if !self.fill()? {
                return match at_end {
                    None => Ok(Some(self.lone_cr(run))),
                    Some(wrong) => self.fail(wrong, 0),
                };
            }
        }
        if at == 0 {
            return Ok(None);
        }
        self.brackets = self.brackets_before(first, at);
        self.buffer.add_continuations(continuations);
        let start = self.buffer.start();
        self.buffer.skip(at);
        let span = Span {
            start: start + first,
            end: start + at,
        };
        Ok(Some(Token::Text(span, run)))
    }

    fn lone_cr(&mut self, run: Run) -> Token {
        self.buffer.line_ends_at(0);
        self.buffer.skip(1);
        self.brackets = 0;
        Token::Newline(run)
    }

    /// Number of `]`, up to two, just before a byte of the window, those of the chunk before
    /// included.
    fn brackets_before(&self, first: usize, at: usize) -> usize {
        let chunk = self.buffer.window().get(first..at).unwrap_or_default();
        match chunk {
            [.., b']', b']'] => 2,
            [b']'] => (self.brackets + 1).min(2),
            [.., b']'] => 1,
            [] => self.brackets,
            _ => 0,
        }
    }
}
