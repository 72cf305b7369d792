//! What the tests of the tokeniser share.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper of tests may fail loudly"
)]
#![allow(dead_code, reason = "not every test file uses every helper")]

pub(crate) mod canonical;
pub(crate) mod generate;

use std::fmt::Write as _;
use std::io::{self, Read};

use lienthong::xml::{
    Event, Limits, Namespace, Position, Reader, TextKind, XmlError, XmlErrorKind,
};

/// Hands out its bytes a few at a time.
pub(crate) struct Dribble<'a> {
    rest: &'a [u8],
    step: usize,
}

impl<'a> Dribble<'a> {
    pub(crate) fn new(rest: &'a [u8], step: usize) -> Self {
        Self { rest, step }
    }
}

impl Read for Dribble<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(space.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        space[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

fn namespace(namespace: Namespace<'_>) -> String {
    match namespace {
        Namespace::None => String::new(),
        Namespace::Bound(uri) => format!("{{{uri}}}"),
        Namespace::Unbound => "{?}".into(),
    }
}

/// One line for an event that is no text.
fn describe(event: &Event<'_>) -> String {
    match event {
        Event::Declaration(d) => format!(
            "declaration {} {:?} {:?}",
            d.version(),
            d.encoding(),
            d.standalone()
        ),
        Event::Start(tag) => {
            let mut line = format!("start {}", tag.name());
            let push = |line: &mut String, part: String| {
                if !part.is_empty() {
                    line.push(' ');
                    line.push_str(&part);
                }
            };
            push(&mut line, namespace(tag.namespace()));
            for declaration in tag.declarations() {
                let prefix = declaration.prefix.unwrap_or_default();
                push(&mut line, format!("[{prefix}={}]", declaration.uri));
            }
            for a in tag.attributes() {
                assert_eq!(a.name(), joined(a.prefix(), a.local()));
                let ns = namespace(a.namespace());
                push(&mut line, format!("{}{ns}={:?}", a.name(), a.value()));
            }
            assert_eq!(tag.name(), joined(tag.prefix(), tag.local()));
            line
        }
        Event::End(tag) => {
            assert_eq!(tag.name(), joined(tag.prefix(), tag.local()));
            let ns = namespace(tag.namespace());
            format!("end {} {ns}", tag.name()).trim_end().into()
        }
        Event::Text(_) => String::new(),
        Event::Comment => "comment".into(),
        Event::ProcessingInstruction(target) => format!("pi {target}"),
        Event::InstructionData(_) => String::new(),
        Event::InstructionEnd => "pi end".into(),
        Event::EndOfDocument => "eof".into(),
    }
}

fn joined(prefix: Option<&str>, local: &str) -> String {
    prefix.map_or_else(|| local.into(), |prefix| format!("{prefix}:{local}"))
}

/// Everything a reader says: events with pieces of text joined, their positions, and how it
/// ended.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) events: Vec<String>,
    pub(crate) positions: Vec<Position>,
    pub(crate) error: Option<XmlError>,
}

impl Reading {
    /// In a form that can be compared: events, positions, and the error.
    pub(crate) fn fingerprint(&self) -> (&[String], &[Position], Option<(String, Position)>) {
        let error = self.error.as_ref();
        let error = error.map(|e| (format!("{:?}", e.kind), e.position));
        (&self.events, &self.positions, error)
    }
}

/// Reads to the end, and checks what must hold for every document on the way.
pub(crate) fn read<R: Read>(mut reader: Reader<R>) -> Reading {
    let mut reading = Reading::default();
    let mut text: Option<(TextKind, String)> = None;
    let mut last_offset = 0;
    loop {
        let before = reader.offset();
        let (line, kind) = match reader.next_event() {
            Ok(event @ (Event::Text(piece) | Event::InstructionData(piece))) => {
                assert!(!piece.bytes().is_empty());
                assert_eq!(piece.bytes(), piece.as_str().as_bytes());
                assert!(matches!(event, Event::Text(_)) || piece.kind() == TextKind::Literal);
                let kind = piece.kind();
                match &mut text {
                    Some((open, whole)) if *open == kind && kind != TextKind::Reference => {
                        whole.push_str(piece.as_str());
                        continue;
                    }
                    _ => {}
                }
                flush(&mut reading, &mut text);
                text = Some((kind, piece.as_str().into()));
                (None, Some(kind))
            }
            Ok(event) => (Some(describe(&event)), None),
            Err(error) => {
                flush(&mut reading, &mut text);
                let again = reader.next_event().map(|e| describe(&e)).unwrap_err();
                assert_eq!(again.position, error.position);
                if !matches!(error.kind, XmlErrorKind::Io(_)) {
                    assert_eq!(format!("{again}"), format!("{error}"));
                }
                reading.error = Some(error);
                return reading;
            }
        };
        let position = reader.position();
        assert!(position.byte >= last_offset || line.is_some());
        assert!(reader.offset() >= before && reader.offset() >= position.byte);
        last_offset = reader.offset();
        if kind.is_none() {
            flush(&mut reading, &mut text);
        }
        reading.positions.push(position);
        if let Some(line) = line {
            let ended = line == "eof";
            reading.events.push(line);
            if ended {
                assert!(matches!(reader.next_event(), Ok(Event::EndOfDocument)));
                return reading;
            }
        }
    }
}

fn flush(reading: &mut Reading, text: &mut Option<(TextKind, String)>) {
    if let Some((kind, whole)) = text.take() {
        let mut line = String::new();
        write!(line, "{kind:?} {whole:?}").unwrap();
        reading.events.push(line);
    }
}

/// The events of a document read in one go, or why it was refused.
pub(crate) fn events(document: &[u8]) -> Result<Vec<String>, XmlError> {
    let reading = read(Reader::new(document, Limits::default()));
    match reading.error {
        None => Ok(reading.events),
        Some(error) => Err(error),
    }
}

/// Why a document is refused.
pub(crate) fn refusal(document: impl AsRef<[u8]>) -> XmlErrorKind {
    events(document.as_ref()).unwrap_err().kind
}
