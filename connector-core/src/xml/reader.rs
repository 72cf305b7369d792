//! The tokeniser itself: from bytes to events.

use std::io::Read;

use memchr::{memchr, memchr2};

use super::attributes::{Refusal, Span, Tag, limit};
use super::buffer::Buffer;
use super::error::{Flaw, Position, XmlError, XmlErrorKind};
use super::event::{EndTag, Event, StartTag, Text, TextKind};
use super::namespaces::{Resolved, Scope};
use super::prolog::{self, DeclarationSpans};
use super::scan::{self, Decoded, Reference};

/// How much of a document the reader is willing to hold in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Elements open at once.
    pub max_depth: usize,
    /// Elements in all.
    pub max_elements: u64,
    /// Attributes of one element, namespace declarations included.
    pub max_attributes: usize,
    /// Bytes of one tag, of the XML declaration, or of the target of a processing
    /// instruction.
    pub max_tag: usize,
    /// Namespace declarations in scope at once.
    pub max_namespaces: usize,
    /// Bytes before the first `<` that are no part of the document.
    pub max_leading_junk: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: 64,
            max_elements: 50_000,
            max_attributes: 64,
            max_tag: 65_536,
            max_namespaces: 256,
            max_leading_junk: 1_024,
        }
    }
}

/// What stood before the document proper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prolog {
    /// Whether there was a UTF-8 byte order mark.
    pub bom: bool,
    /// Bytes after it and before the document that do not belong there.
    pub leading_junk: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing read yet.
    Start,
    /// Before the root element.
    Before,
    Content,
    /// In a CDATA section.
    CData,
    /// After the root element.
    After,
    Done,
}

/// What is left to do for an element that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    Nothing,
    /// Its `End` was not handed out yet.
    Report,
    /// Its name and namespaces were still needed by the last event.
    Forget,
}

/// An element that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Where its name begins in `Reader::names`.
    name: usize,
    colon: usize,
    resolved: Resolved,
    /// Bindings in scope outside it.
    scope: usize,
}

/// An event without its borrows; numbers are places in the buffer.
#[derive(Clone, Copy, Debug)]
enum Token {
    Declaration(Span),
    Start(Span),
    End,
    Text(Span, TextKind),
    /// A line end that is no LF in the source.
    Newline(TextKind),
    /// The first bytes of `Reader::reference`.
    Reference(usize),
    Comment,
    ProcessingInstruction,
    EndOfDocument,
}

/// A pull parser for XML 1.0 with namespaces, in constant memory.
///
/// It refuses everything that is not well-formed, and besides: every encoding but UTF-8,
/// document type declarations, entities other than the five of XML, and what goes past its
/// [`Limits`]. It tolerates, and tells its caller:
///
/// * some bytes before the first `<` ([`Prolog::leading_junk`]);
/// * prefixes that were never declared ([`Namespace::Unbound`](super::Namespace::Unbound));
/// * a wrong name of the encoding in the XML declaration
///   ([`Declaration::encoding`](super::Declaration::encoding)).
///
/// After an error every further call gives the same error.
#[derive(Debug)]
pub struct Reader<R> {
    buffer: Buffer<R>,
    limits: Limits,
    state: State,
    fragment: bool,
    prolog: Prolog,
    declaration: DeclarationSpans,
    position: Position,
    tag: Tag,
    scope: Scope,
    open: Vec<Open>,
    /// Names of the open elements, one after the other.
    names: String,
    elements: u64,
    closing: Closing,
    /// Number of `]` at the end of the text just handed out, up to two: `]]>` may be cut by
    /// the end of the buffer.
    brackets: usize,
    /// The character of the reference just read.
    reference: [u8; 4],
    /// Target of the processing instruction just read.
    target: String,
    failure: Option<(XmlErrorKind, Position)>,
}

impl<R: Read> Reader<R> {
    /// Reads a document.
    pub fn new(source: R, limits: Limits) -> Self {
        Self::starting(source, limits, State::Start)
    }

    /// Reads the content of one element, as cut out of a document: text, references, CDATA
    /// sections, comments and elements up to the end of the input. There is no prolog, and
    /// a byte order mark is a character like others.
    pub fn fragment(source: R, limits: Limits) -> Self {
        Self::starting(source, limits, State::Content)
    }

    fn starting(source: R, limits: Limits, state: State) -> Self {
        let buffer = Buffer::new(source);
        let position = buffer.position();
        Self {
            buffer,
            limits,
            state,
            fragment: state == State::Content,
            prolog: Prolog::default(),
            declaration: DeclarationSpans::default(),
            position,
            tag: Tag::default(),
            scope: Scope::default(),
            open: Vec::new(),
            names: String::new(),
            elements: 0,
            closing: Closing::Nothing,
            brackets: 0,
            reference: [0; 4],
            target: String::new(),
            failure: None,
        }
    }

    /// Where the event last returned begins. For a piece of a CDATA section that is the
    /// piece itself, not the `<![CDATA[`; the `End` of an empty-element tag has the place of
    /// the tag.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Raw bytes up to the end of the event last returned.
    pub fn offset(&self) -> u64 {
        self.buffer.offset()
    }

    /// What stood before the document; complete once an event was returned.
    pub fn prolog(&self) -> &Prolog {
        &self.prolog
    }

    /// The next event.
    ///
    /// # Errors
    /// The document is refused, or the source cannot be read; every later call then fails
    /// the same way.
    #[inline]
    pub fn next_event(&mut self) -> Result<Event<'_>, XmlError> {
        match self.advance() {
            Ok(token) => Ok(self.event(token)),
            Err(error) => {
                self.failure = Some((error.kind.repeated(), error.position));
                Err(error)
            }
        }
    }

    fn event(&self, token: Token) -> Event<'_> {
        let all = self.buffer.all();
        match token {
            Token::Text(span, kind) => Event::Text(Text {
                bytes: span.bytes(all),
                kind,
            }),
            Token::Newline(kind) => Event::Text(Text { bytes: b"\n", kind }),
            Token::Reference(length) => Event::Text(Text {
                bytes: self.reference.get(..length).unwrap_or_default(),
                kind: TextKind::Reference,
            }),
            Token::Start(span) => Event::Start(StartTag {
                bytes: span.bytes(all),
                tag: &self.tag,
                scope: &self.scope,
            }),
            Token::End => Event::End(self.end_tag()),
            Token::Declaration(span) => Event::Declaration(self.declaration.read(span.bytes(all))),
            Token::Comment => Event::Comment,
            Token::ProcessingInstruction => Event::ProcessingInstruction(&self.target),
            Token::EndOfDocument => Event::EndOfDocument,
        }
    }

    fn end_tag(&self) -> EndTag<'_> {
        let (name, colon, resolved) = match self.open.last() {
            Some(open) => (self.names.get(open.name..), open.colon, open.resolved),
            None => (None, 0, Resolved::None),
        };
        EndTag {
            name: name.unwrap_or_default(),
            colon,
            namespace: self.scope.namespace(resolved),
        }
    }

    fn advance(&mut self) -> Result<Token, XmlError> {
        if let Some((kind, position)) = &self.failure {
            return Err(XmlError {
                kind: kind.repeated(),
                position: *position,
            });
        }
        match self.closing {
            Closing::Nothing => {}
            Closing::Report => {
                self.closing = Closing::Forget;
                return Ok(Token::End);
            }
            Closing::Forget => self.forget_element(),
        }
        if self.state == State::Start {
            self.state = State::Before;
            if let Some(token) = self.beginning()? {
                return Ok(token);
            }
        }
        loop {
            self.position = self.buffer.position();
            if self.state == State::Done {
                return Ok(Token::EndOfDocument);
            }
            if self.state == State::CData {
                match self.chunk(TextKind::CData)? {
                    Some(token) => return Ok(token),
                    None => {
                        self.buffer.consume(3);
                        self.state = State::Content;
                        self.brackets = 0;
                        continue;
                    }
                }
            }
            let Some(&byte) = self.buffer.window().first() else {
                if self.fill()? {
                    continue;
                }
                self.end_of_input()?;
                continue;
            };
            match (byte, self.state) {
                (b'<', _) => {
                    self.brackets = 0;
                    if let Some(token) = self.markup()? {
                        return Ok(token);
                    }
                }
                (b'&', State::Content) => {
                    self.brackets = 0;
                    return self.read_reference();
                }
                (_, State::Content) => {
                    if let Some(token) = self.chunk(TextKind::Literal)? {
                        return Ok(token);
                    }
                }
                _ if scan::is_space(byte) => {
                    let length = scan::space_run(self.buffer.window());
                    self.buffer.consume(length);
                }
                (0..=0x1F, _) => return self.fail(XmlErrorKind::InvalidCharacter, 0),
                _ => return self.fail(Flaw::TextOutsideRoot, 0),
            }
        }
    }

    /// Reads what stands before the first `<`, and the declaration if there is one.
    fn beginning(&mut self) -> Result<Option<Token>, XmlError> {
        self.ensure(3)?;
        match prolog::sniff(self.buffer.window()) {
            prolog::Signature::Utf8Mark => {
                self.buffer.consume_mark(3);
                self.prolog.bom = true;
            }
            prolog::Signature::OtherEncoding => {
                return self.fail(XmlErrorKind::UnsupportedEncoding, 0);
            }
            prolog::Signature::Nothing => {}
        }
        let mut before = 0u64;
        let mut only_space = true;
        let maximum = self.limits.max_leading_junk;
        loop {
            let window = self.buffer.window();
            let found = memchr(b'<', window);
            let piece = window
                .get(..found.unwrap_or(window.len()))
                .unwrap_or_default();
            if memchr(0, piece).is_some() {
                return self.fail(XmlErrorKind::UnsupportedEncoding, 0);
            }
            only_space = only_space && scan::space_run(piece) == piece.len();
            let length = piece.len();
            before += length as u64;
            if !only_space && before > maximum as u64 {
                return self.fail(limit("max_leading_junk", maximum), 0);
            }
            self.buffer.consume(length);
            if found.is_some() {
                break;
            }
            if !self.fill()? {
                return self.fail(XmlErrorKind::UnexpectedEnd, 0);
            }
        }
        let declared = self.looking_at(b"<?xml")?
            && self.ensure(6)?
            && prolog::is_declaration(self.buffer.window());
        if declared || !only_space {
            self.prolog.leading_junk = before;
            if before > maximum as u64 {
                return self.fail(limit("max_leading_junk", maximum), 0);
            }
        }
        self.position = self.buffer.position();
        if !declared {
            return Ok(None);
        }
        let length = self.tag_length(false)?;
        let (span, bytes) = self.tag_bytes(length);
        match prolog::parse_declaration(bytes) {
            Some(parts) => {
                self.declaration = parts;
                self.buffer.consume(length);
                Ok(Some(Token::Declaration(span)))
            }
            None => self.fail(Flaw::Declaration, 0),
        }
    }

    fn end_of_input(&mut self) -> Result<(), XmlError> {
        match self.state {
            State::After => {}
            State::Content if self.fragment && self.open.is_empty() => {}
            _ => return self.fail(XmlErrorKind::UnexpectedEnd, 0),
        }
        self.state = State::Done;
        Ok(())
    }

    /// Reads on from a `<`. `None` if it was the start of a CDATA section.
    fn markup(&mut self) -> Result<Option<Token>, XmlError> {
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

    fn forget_element(&mut self) {
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
    fn tag_length(&mut self, quoted: bool) -> Result<usize, XmlError> {
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
    fn tag_bytes(&self, length: usize) -> (Span, &[u8]) {
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
        self.skip_to::<b'?'>(|at| match at.get(1) {
            None => Skip::Unsure,
            Some(b'>') => Skip::Close(2),
            Some(_) => Skip::On,
        })?;
        Ok(Token::ProcessingInstruction)
    }

    fn comment(&mut self) -> Result<Token, XmlError> {
        self.buffer.consume(4);
        self.skip_to::<b'-'>(|at| match (at.get(1), at.get(2)) {
            (None, _) | (Some(b'-'), None) => Skip::Unsure,
            (Some(b'-'), Some(b'>')) => Skip::Close(3),
            (Some(b'-'), Some(_)) => Skip::Refuse(Flaw::DoubleHyphen),
            (Some(_), _) => Skip::On,
        })?;
        Ok(Token::Comment)
    }

    /// Reads over characters up to the mark that begins with `MARK`.
    fn skip_to<const MARK: u8>(&mut self, look: fn(&[u8]) -> Skip) -> Result<(), XmlError> {
        loop {
            let window = self.buffer.window();
            let mut at = 0;
            let mut cut = false;
            loop {
                let rest = window.get(at..).unwrap_or_default();
                at += scan::run_until::<MARK>(rest);
                let rest = window.get(at..).unwrap_or_default();
                let Some(&byte) = rest.first() else {
                    break;
                };
                if byte == MARK {
                    match look(rest) {
                        Skip::On => at += 1,
                        Skip::Unsure => break,
                        Skip::Close(length) => {
                            self.buffer.consume(at + length);
                            return Ok(());
                        }
                        Skip::Refuse(flaw) => return self.fail(flaw, at),
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

    fn read_reference(&mut self) -> Result<Token, XmlError> {
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
    /// the end of a CDATA section. What is wrong is told only when nothing stands before it,
    /// so that the pieces do not depend on how the input came in.
    fn chunk(&mut self, kind: TextKind) -> Result<Option<Token>, XmlError> {
        let cdata = kind == TextKind::CData;
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
            at += if cdata {
                scan::run_until::<b']'>(rest)
            } else {
                scan::text_run(rest)
            };
            let rest = window.get(at..).unwrap_or_default();
            let begun = at > first;
            // What is wrong if the input ends here, if anything.
            let mut at_end = Some(XmlErrorKind::UnexpectedEnd);
            match rest {
                [] if begun => break,
                [] => {}
                [b'<' | b'&', ..] if !cdata => break,
                [b'>', ..] if !cdata => {
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
                [b']'] | [b']', b']'] if cdata => {
                    if begun {
                        break;
                    }
                }
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
                [b'\r', ..] => return Ok(Some(self.lone_cr(kind))),
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
                    None => Ok(Some(self.lone_cr(kind))),
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
        Ok(Some(Token::Text(span, kind)))
    }

    fn lone_cr(&mut self, kind: TextKind) -> Token {
        self.buffer.line_ends_at(0);
        self.buffer.skip(1);
        self.brackets = 0;
        Token::Newline(kind)
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

    fn looking_at(&mut self, mark: &[u8]) -> Result<bool, XmlError> {
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

    #[inline]
    fn fill(&mut self) -> Result<bool, XmlError> {
        self.buffer.fill().map_err(|error| XmlError {
            kind: XmlErrorKind::Io(error),
            position: self.buffer.position(),
        })
    }

    fn ensure(&mut self, count: usize) -> Result<bool, XmlError> {
        self.buffer.ensure(count).map_err(|error| XmlError {
            kind: XmlErrorKind::Io(error),
            position: self.buffer.position(),
        })
    }

    /// A refusal of the byte `at` bytes into the window.
    #[cold]
    fn fail<T>(&self, kind: impl Into<XmlErrorKind>, at: usize) -> Result<T, XmlError> {
        Err(XmlError {
            kind: kind.into(),
            position: self.buffer.position_of(at),
        })
    }
}

/// What to do at a byte that may begin the mark one looks for.
enum Skip {
    On,
    /// More bytes are needed to tell.
    Unsure,
    /// The mark is here and has this length.
    Close(usize),
    Refuse(Flaw),
}
