//! Signs a document while it is copied.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::time::SystemTime;

use ring::digest::Digest;

use super::checker::Stub;
use super::template::{OPERATION, Template};
use super::{DSIG, Place};
use crate::config::Config;
use crate::crypto::digest::Digesting;
use crate::crypto::signer::Signer;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::read::{ReadOptions, finding_code};
use crate::xml::{self, Canonical, Event, Form, StartTag, XmlError, XmlErrorKind};

/// How a document is signed.
#[derive(Clone, Debug)]
pub struct SignOptions {
    /// Says when it is signed, in the properties of XAdES-B, which also name the certificate.
    /// None: no such properties.
    pub signing_time: Option<SystemTime>,
    limits: xml::Limits,
    max_before: usize,
}

impl SignOptions {
    /// With the limits of a configuration, and without properties.
    pub fn from_config(config: &Config) -> Self {
        let options = ReadOptions::from_config(config);
        SignOptions {
            signing_time: None,
            limits: options.xml_limits(),
            max_before: options.max_header(),
        }
    }

    /// With the properties of XAdES-B.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.signing_time = Some(time);
        self
    }
}

impl Default for SignOptions {
    fn default() -> Self {
        Self::from_config(&Config::new())
    }
}

/// Signs a packet in one pass; gives the bytes written.
///
/// Its bytes are copied as they are. The `Signature` comes behind `TraceHeaderList`, or in the
/// place of a block that signs nothing. It is written with room for digest and value, which are
/// put in at the end: `sink` must be seekable, and is not good before this returns.
///
/// # Errors
/// `already-signed`, `not-signable`, `packet-unreadable`, `signer-unfit`, `io`, and what the
/// signer fails with.
pub fn sign(
    source: impl Read,
    mut sink: impl Write + Seek,
    signer: &dyn Signer,
    options: &SignOptions,
) -> Result<u64> {
    let io = |error| Error::io(OPERATION, error);
    let mut template = Template::new(signer, options)?;
    let start = sink.stream_position().map_err(io)?;
    let pass = pass(source, &mut sink, Place::Header, &template, signer, options)?;
    template.complete(pass.digest.as_ref(), signer)?;
    let total = pass.plan.length_with(pass.source, template.bytes.len());
    sink.seek(SeekFrom::Start(start + pass.plan.block_at()))
        .map_err(io)?;
    sink.write_all(&template.bytes).map_err(io)?;
    sink.seek(SeekFrom::Start(start + total)).map_err(io)?;
    sink.flush().map_err(io)?;
    Ok(total)
}

/// Signs a packet for a sink that cannot be sought, e.g. a pipe, in two passes over the source.
///
/// # Errors
/// As [`sign`]; `packet-changed` where the source has another length the second time.
pub fn sign_to_pipe(
    mut source: impl Read + Seek,
    mut sink: impl Write,
    signer: &dyn Signer,
    options: &SignOptions,
) -> Result<u64> {
    let io = |error| Error::io(OPERATION, error);
    let start = source.stream_position().map_err(io)?;
    let mut template = Template::new(signer, options)?;
    let pass = pass(
        &mut source,
        io::sink(),
        Place::Header,
        &template,
        signer,
        options,
    )?;
    template.complete(pass.digest.as_ref(), signer)?;
    source.seek(SeekFrom::Start(start)).map_err(io)?;
    let copied = pass
        .plan
        .copy(&mut source, &mut sink, &template.bytes)
        .map_err(io)?;
    if copied != pass.source {
        return Err(Error::new(ErrorKind::PacketChanged, OPERATION));
    }
    sink.flush().map_err(io)?;
    Ok(pass.plan.length_with(pass.source, template.bytes.len()))
}

/// Signs a small document in memory; the `Signature` becomes the last child of the root.
///
/// # Errors
/// As [`sign`].
pub fn sign_document(
    document: &[u8],
    signer: &dyn Signer,
    options: &SignOptions,
) -> Result<Vec<u8>> {
    let mut template = Template::new(signer, options)?;
    let mut signed = Cursor::new(Vec::with_capacity(document.len() + template.bytes.len()));
    let pass = pass(
        document,
        &mut signed,
        Place::RootEnd,
        &template,
        signer,
        options,
    )?;
    template.complete(pass.digest.as_ref(), signer)?;
    signed.set_position(pass.plan.block_at());
    signed
        .write_all(&template.bytes)
        .map_err(|error| Error::io(OPERATION, error))?;
    Ok(signed.into_inner())
}

/// What becomes of the source's bytes.
#[derive(Debug, Default)]
struct Plan {
    /// Bytes that are left out, in order; the signature comes in the place of the first.
    left_out: Vec<Range<u64>>,
    /// White space before the signature.
    indent: Vec<u8>,
}

impl Plan {
    /// Where the signature begins in what is written.
    fn block_at(&self) -> u64 {
        let at = self.left_out.first().map_or(0, |range| range.start);
        at + self.indent.len() as u64
    }

    fn length_with(&self, source: u64, block: usize) -> u64 {
        let gone = self.left_out.iter().map(|range| range.end - range.start);
        source - gone.sum::<u64>() + (self.indent.len() + block) as u64
    }

    /// Copies a source; gives how many bytes it had.
    fn copy(&self, source: &mut impl Read, sink: &mut impl Write, block: &[u8]) -> io::Result<u64> {
        let mut at = 0;
        for (index, range) in self.left_out.iter().enumerate() {
            at += io::copy(&mut source.take(range.start - at), sink)?;
            if index == 0 {
                sink.write_all(&self.indent)?;
                sink.write_all(block)?;
            }
            at += io::copy(&mut source.take(range.end - at), &mut io::sink())?;
        }
        Ok(at + io::copy(source, sink)?)
    }
}

/// What one pass over the source gave.
struct Pass {
    plan: Plan,
    digest: Digest,
    /// Bytes of the source.
    source: u64,
}

/// Where the bytes go that the tokeniser has read: they are held back until it is known where
/// the signature comes.
struct Out<W> {
    sink: W,
    held: Option<Vec<u8>>,
    max_held: usize,
}

/// Lets the tokeniser read, and copies what it reads.
struct Tee<'o, R, W> {
    source: R,
    out: &'o RefCell<Out<W>>,
}

impl<R: Read, W: Write> Read for Tee<'_, R, W> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(space)?;
        let bytes = space.get(..count).unwrap_or_default();
        let out = &mut *self.out.borrow_mut();
        match &mut out.held {
            // More is refused by the one who reads the events.
            Some(held) if held.len() <= out.max_held => held.extend_from_slice(bytes),
            Some(_) => {}
            None => out.sink.write_all(bytes)?,
        }
        Ok(count)
    }
}

/// The canonical form: kept while something may still come into it, then digested.
enum Canonised {
    Kept(Vec<u8>),
    Digested(Box<Digesting>),
}

impl Canonised {
    #[inline]
    fn push(&mut self, piece: &[u8]) {
        match self {
            Canonised::Kept(bytes) => bytes.extend_from_slice(piece),
            Canonised::Digested(digest) => digest.update(piece),
        }
    }

    fn length(&self) -> usize {
        match self {
            Canonised::Kept(bytes) => bytes.len(),
            Canonised::Digested(_) => 0,
        }
    }
}

/// Where the signature may come: in the source, in the canonical form, and with which white
/// space.
struct Anchor {
    at: u64,
    canonical: usize,
    indent: Vec<u8>,
}

/// Where one is in a document that is to be signed.
struct Walk<'t> {
    place: Place,
    properties_id: Option<&'t str>,
    depth: usize,
    envelope: usize,
    header: usize,
    message_header: bool,
    /// Depth of the block that is left out, and whether it is in the namespace of signatures.
    block: usize,
    block_is_signature: bool,
    block_has_text: bool,
    block_start: u64,
    stub: Stub,
    left_out: Vec<Range<u64>>,
    /// Where the last tag ended.
    tag_end: u64,
    /// White space before the child of the header one is in, if the signature may follow it.
    indent: Option<Vec<u8>>,
    anchor: Option<Anchor>,
    settled: bool,
}

fn not_signable(cause: &'static str) -> Error {
    Error::new(ErrorKind::NotSignable, OPERATION).with("cause", cause)
}

fn refused(error: XmlError) -> Error {
    let code = finding_code(&error.kind);
    match (error.kind, code) {
        (XmlErrorKind::Io(error), _) => Error::io(OPERATION, error),
        (kind, code) => {
            let cause = code.map_or("", |code| code.as_str());
            Error::new(ErrorKind::PacketUnreadable, OPERATION)
                .with("cause", cause)
                .with("byte", error.position.byte.to_string())
                .because(kind)
        }
    }
}

/// What an event means for the signature.
enum Turn {
    Nothing,
    /// A start tag; whether a block to leave out begins with it.
    Start {
        leave_out: bool,
        indents: bool,
    },
    /// An end tag.
    End,
    /// The document has ended.
    Stop,
}

/// Reads the source once: copies it with the template in its place, and digests it without.
fn pass<R: Read, W: Write>(
    source: R,
    sink: W,
    place: Place,
    template: &Template,
    signer: &dyn Signer,
    options: &SignOptions,
) -> Result<Pass> {
    let max_held = match place {
        Place::Header => options.max_before,
        Place::RootEnd => usize::MAX,
    };
    let out = RefCell::new(Out {
        sink,
        held: Some(Vec::new()),
        max_held,
    });
    let mut reader = xml::Reader::new(Tee { source, out: &out }, options.limits);
    let mut canonical = Canonical::document(Form::Exclusive);
    let mut form = Canonised::Kept(Vec::new());
    let mut walk = Walk::new(place, template.properties_id.as_deref());
    let mut plan = Plan::default();
    loop {
        let before_end = form.length();
        let event = reader.next_event().map_err(refused)?;
        let turn = walk.event(&event)?;
        let left_out = walk.block > 0
            || matches!(
                turn,
                Turn::Start {
                    leave_out: true,
                    ..
                }
            );
        if left_out {
            walk.look_at_block(&event);
        } else {
            canonical
                .event(&event, &mut |piece| form.push(piece))
                .map_err(|_| not_signable("there is no canonical form"))?;
        }
        match turn {
            Turn::Nothing => continue,
            Turn::Stop => break,
            Turn::Start { leave_out, indents } => {
                let start = reader.position().byte;
                if leave_out {
                    walk.block = walk.depth;
                    walk.block_start = start;
                } else if indents {
                    walk.indent = Some(indent(&out, walk.tag_end, start));
                }
                walk.tag_end = reader.offset();
            }
            Turn::End => {
                let root_end = reader.position().byte;
                let settles = walk.end(reader.offset(), root_end, before_end, form.length())?;
                if settles {
                    if reader.prolog().leading_junk > 0 {
                        return Err(not_signable("bytes stand before the document"));
                    }
                    let digest = Digesting::new(signer.algorithm().digest().ring());
                    plan = walk.settle(&mut form, digest)?;
                    settle(&out, &plan, template)?;
                }
            }
        }
    }
    let source = reader.offset();
    drop(reader);
    let Canonised::Digested(digest) = form else {
        return Err(not_signable("there is no edXMLHeader in an edXMLEnvelope"));
    };
    Ok(Pass {
        plan,
        digest: digest
            .finish()
            .map_err(|error| Error::io(OPERATION, error))?,
        source,
    })
}

/// Writes what was held back, with the template in it; from here on bytes pass straight through.
fn settle<W: Write>(out: &RefCell<Out<W>>, plan: &Plan, template: &Template) -> Result<()> {
    let out = &mut *out.borrow_mut();
    let held = out.held.take().unwrap_or_default();
    if held.len() > out.max_held {
        return Err(not_signable("the header is longer than packet.max_header"));
    }
    plan.copy(&mut held.as_slice(), &mut out.sink, &template.bytes)
        .map(|_| ())
        .map_err(|error| Error::io(OPERATION, error))
}

/// The white space of the source between two tags, if it is nothing else, and short.
fn indent<W>(out: &RefCell<Out<W>>, from: u64, to: u64) -> Vec<u8> {
    let out = out.borrow();
    let held = out.held.as_deref().unwrap_or_default();
    let between = held.get(from as usize..to as usize).unwrap_or_default();
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if between.len() <= 64 && between.iter().all(space) {
        between.to_vec()
    } else {
        Vec::new()
    }
}

impl<'t> Walk<'t> {
    fn new(place: Place, properties_id: Option<&'t str>) -> Self {
        Walk {
            place,
            properties_id,
            depth: 0,
            envelope: 0,
            header: 0,
            message_header: false,
            block: 0,
            block_is_signature: false,
            block_has_text: false,
            block_start: 0,
            stub: Stub::default(),
            left_out: Vec::new(),
            tag_end: 0,
            indent: None,
            anchor: None,
            settled: false,
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<Turn> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => Ok(Turn::End),
            Event::EndOfDocument => Ok(Turn::Stop),
            Event::Text(_) => Ok(Turn::Nothing),
            Event::Comment => Err(not_signable("there are comments")),
            Event::ProcessingInstruction(_) | Event::InstructionData(_) | Event::InstructionEnd => {
                Err(not_signable("there are processing instructions"))
            }
            Event::Declaration(declaration) => {
                let encoding = declaration.encoding();
                if encoding.is_some_and(|name| !name.eq_ignore_ascii_case("UTF-8")) {
                    return Err(not_signable("the XML declaration names another encoding"));
                }
                if declaration.version() != "1.0" {
                    return Err(not_signable("the XML declaration names another version"));
                }
                Ok(Turn::Nothing)
            }
        }
    }

    fn start(&mut self, tag: &StartTag<'_>) -> Result<Turn> {
        self.depth += 1;
        let nothing = Turn::Start {
            leave_out: false,
            indents: false,
        };
        if self.block > 0 {
            return Ok(nothing);
        }
        if let Some(id) = self.properties_id {
            let taken = |value: &str| {
                value == id || value.strip_prefix("signature-") == id.strip_prefix("properties-")
            };
            let mut attributes = tag.attributes();
            if attributes.any(|a| a.local().eq_ignore_ascii_case("id") && taken(&a.value())) {
                return Err(not_signable("an id of the signature is taken"));
            }
        }
        let local = tag.local();
        let is_signature = local == "Signature" && tag.namespace().is(DSIG);
        let in_header = self.place == Place::Header
            && self.header > 0
            && !self.settled
            && self.depth == self.header + 1;
        if in_header && matches!(local, "Signature" | "DigitalSignature") {
            self.block_is_signature = is_signature;
            self.block_has_text = false;
            self.stub = Stub::default();
            return Ok(Turn::Start {
                leave_out: true,
                indents: false,
            });
        }
        if is_signature {
            return Err(Error::new(ErrorKind::AlreadySigned, OPERATION));
        }
        match local {
            "edXMLEnvelope" if self.depth <= 2 && self.envelope == 0 => self.envelope = self.depth,
            "edXMLHeader"
                if self.envelope > 0 && self.depth == self.envelope + 1 && self.header == 0 =>
            {
                self.header = self.depth;
            }
            "Status" if in_header => return Err(not_signable("a status has no signature")),
            "MessageHeader" if in_header => self.message_header = true,
            "StatusCode"
                if self.message_header && !self.settled && self.depth == self.header + 2 =>
            {
                return Err(not_signable("a status has no signature"));
            }
            _ => {}
        }
        if self.place == Place::RootEnd && self.depth == 1 && tag.is_empty_element() {
            return Err(not_signable("the root is an empty element"));
        }
        Ok(Turn::Start {
            leave_out: false,
            indents: in_header && matches!(local, "TraceHeaderList" | "MessageHeader"),
        })
    }

    /// A block that is left out must be none that signs something.
    fn look_at_block(&mut self, event: &Event<'_>) {
        self.stub.event(event);
        if let Event::Text(text) = event {
            self.block_has_text |= !text.is_whitespace();
        }
    }

    /// An end tag was read; whether it is known now where the signature comes. `offset` is
    /// behind it, `start` before it; `before` and `behind` are those places in the canonical
    /// form.
    fn end(&mut self, offset: u64, start: u64, before: usize, behind: usize) -> Result<bool> {
        let depth = self.depth;
        self.depth -= 1;
        self.tag_end = offset;
        if self.block > 0 {
            if self.block == depth {
                if self.block_is_signature && self.block_has_text && !self.stub.found {
                    return Err(Error::new(ErrorKind::AlreadySigned, OPERATION));
                }
                self.left_out.push(self.block_start..offset);
                self.block = 0;
            }
            return Ok(false);
        }
        match self.place {
            Place::RootEnd if depth == 1 => {
                self.anchor = Some(Anchor {
                    at: start,
                    canonical: before,
                    indent: Vec::new(),
                });
                Ok(true)
            }
            Place::Header if self.header > 0 && !self.settled => {
                if depth == self.header + 1
                    && let Some(indent) = self.indent.take()
                {
                    self.anchor = Some(Anchor {
                        at: offset,
                        canonical: behind,
                        indent,
                    });
                }
                Ok(depth == self.header)
            }
            _ => Ok(false),
        }
    }

    /// What becomes of the source's bytes; the canonical form is digested from here on.
    fn settle(&mut self, form: &mut Canonised, mut digest: Digesting) -> Result<Plan> {
        self.settled = true;
        let Canonised::Kept(bytes) = form else {
            return Ok(Plan::default());
        };
        let mut plan = Plan {
            left_out: std::mem::take(&mut self.left_out),
            indent: Vec::new(),
        };
        if plan.left_out.is_empty() {
            let anchor = self.anchor.take();
            let anchor = anchor.ok_or_else(|| not_signable("there is no MessageHeader"))?;
            let (first, second) = bytes.split_at_checked(anchor.canonical).unwrap_or_default();
            digest.update(first);
            digest.update(&canonical_space(&anchor.indent));
            digest.update(second);
            plan.left_out.push(anchor.at..anchor.at);
            plan.indent = anchor.indent;
        } else {
            digest.update(bytes);
        }
        *form = Canonised::Digested(Box::new(digest));
        Ok(plan)
    }
}

/// White space as the canonical form has it: every line end is one LF.
fn canonical_space(raw: &[u8]) -> Vec<u8> {
    let mut space = Vec::with_capacity(raw.len());
    let mut after_cr = false;
    for &byte in raw {
        match byte {
            b'\n' if after_cr => {}
            b'\r' | b'\n' => space.push(b'\n'),
            other => space.push(other),
        }
        after_cr = byte == b'\r';
    }
    space
}
