//! The tokeniser itself: from bytes to events.

use std::io::Read;

use memchr::memchr;

use super::attributes::{Span, Tag, limit};
use super::buffer::Buffer;
use super::error::{Flaw, Position, XmlError, XmlErrorKind};
use super::event::{EndTag, Event, StartTag, Text, TextKind};
use super::namespaces::{Resolved, Scope};
use super::prolog::{self, DeclarationSpans};
use super::scan;

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
pub(super) enum State {
    /// Nothing read yet.
    Start,
    /// Before the root element.
    Before,
    Content,
    /// In a CDATA section.
    CData,
    /// In a processing instruction, after its target.
    Instruction,
    /// After the root element.
    After,
    Done,
}

/// What is left to do for an element that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    Nothing,
    /// Its `End` was not handed out yet.
    Report,
    /// Its name and namespaces were still needed by the last event.
    Forget,
}

/// An element that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Where its name begins in `Reader::names`.
    pub(super) name: usize,
    pub(super) colon: usize,
    pub(super) resolved: Resolved,
    /// Bindings in scope outside it.
    pub(super) scope: usize,
}

/// An event without its borrows; numbers are places in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    Declaration(Span),
    Start(Span),
    End,
    Text(Span, Run),
    /// A line end that is no LF in the source.
    Newline(Run),
    /// The first bytes of `Reader::reference`.
    Reference(usize),
    Comment,
    ProcessingInstruction,
    InstructionEnd,
    EndOfDocument,
}

/// What a run of characters stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Text,
    CData,
    Instruction,
}

impl Run {
    fn event(self, bytes: &[u8]) -> Event<'_> {
        let text = |kind| Text { bytes, kind };
        match self {
            Run::Text => Event::Text(text(TextKind::Literal)),
            Run::CData => Event::Text(text(TextKind::CData)),
            Run::Instruction => Event::InstructionData(text(TextKind::Literal)),
        }
    }
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
    pub(super) buffer: Buffer<R>,
    pub(super) limits: Limits,
    pub(super) state: State,
    /// The state around the processing instruction at hand.
    pub(super) around: State,
    pub(super) fragment: bool,
    prolog: Prolog,
    declaration: DeclarationSpans,
    position: Position,
    pub(super) tag: Tag,
    pub(super) scope: Scope,
    pub(super) open: Vec<Open>,
    /// Names of the open elements, one after the other.
    pub(super) names: String,
    pub(super) elements: u64,
    pub(super) closing: Closing,
    /// Number of `]` at the end of the text just handed out, up to two: `]]>` may be cut by
    /// the end of the buffer.
    pub(super) brackets: usize,
    /// The character of the reference just read.
    pub(super) reference: [u8; 4],
    /// Target of the processing instruction just read.
    pub(super) target: String,
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
            around: state,
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
            Token::Text(span, run) => run.event(span.bytes(all)),
            Token::Newline(run) => run.event(b"\n"),
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
            Token::InstructionEnd => Event::InstructionEnd,
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
                match self.chunk(Run::CData)? {
                    Some(token) => return Ok(token),
                    None => {
                        self.buffer.consume(3);
                        self.state = State::Content;
                        self.brackets = 0;
                        continue;
                    }
                }
            }
            if self.state == State::Instruction {
                return match self.chunk(Run::Instruction)? {
                    Some(token) => Ok(token),
                    None => {
                        self.buffer.consume(2);
                        self.state = self.around;
                        self.brackets = 0;
                        Ok(Token::InstructionEnd)
                    }
                };
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
                    if let Some(token) = self.chunk(Run::Text)? {
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
        // What is wrong here is told of the start, however the input came in.
        let start = self.buffer.position();
        let mut before = 0u64;
        let mut only_space = true;
        let maximum = self.limits.max_leading_junk;
        loop {
            let window = self.buffer.window();
            let found = memchr(b'<', window);
            let piece = window
                .get(..found.unwrap_or(window.len()))
                .unwrap_or_default();
            let nul = memchr(0, piece);
            let piece = piece.get(..nul.unwrap_or(piece.len())).unwrap_or_default();
            only_space = only_space && scan::space_run(piece) == piece.len();
            let length = piece.len();
            before += length as u64;
            if !only_space && before > maximum as u64 {
                return Err(XmlError {
                    kind: limit("max_leading_junk", maximum),
                    position: start,
                });
            }
            if nul.is_some() {
                return Err(XmlError {
                    kind: XmlErrorKind::UnsupportedEncoding,
                    position: start,
                });
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

    #[inline]
    pub(super) fn fill(&mut self) -> Result<bool, XmlError> {
        self.buffer.fill().map_err(|error| XmlError {
            kind: XmlErrorKind::Io(error),
            position: self.buffer.position(),
        })
    }

    pub(super) fn ensure(&mut self, count: usize) -> Result<bool, XmlError> {
        self.buffer.ensure(count).map_err(|error| XmlError {
            kind: XmlErrorKind::Io(error),
            position: self.buffer.position(),
        })
    }

    /// A refusal of the byte `at` bytes into the window.
    #[cold]
    pub(super) fn fail<T>(&self, kind: impl Into<XmlErrorKind>, at: usize) -> Result<T, XmlError> {
        Err(XmlError {
            kind: kind.into(),
            position: self.buffer.position_of(at),
        })
    }
}
