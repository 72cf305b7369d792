//! Reading the packet that is to be rebuilt: the header as a small tree, the
//! data of attachments into a spool. By local names, but for the envelope.

use std::io::{Read, Write};

use lienthong::xml::{Event, Limits, Namespace, Reader, StartTag};

use super::base64::LenientDecoder;
use super::spool::{Filled, Span, Spool};
use super::{Flavour, RebuildFailure};

/// The namespace of QCVN 102:2016.
pub(super) const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// The most bytes of names and texts that are kept of a packet.
const MOST_TEXT: usize = 16 << 20;

/// An element as it was read. Comments and processing instructions are gone,
/// CDATA is text.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: Box<str>,
    pub(super) text: String,
    pub(super) attributes: Vec<(Box<str>, Box<str>)>,
    pub(super) children: Vec<Node>,
}

impl Node {
    fn of(start: &StartTag<'_>) -> Self {
        Node {
            name: start.local().into(),
            attributes: start
                .attributes()
                .filter(|attribute| attribute.prefix().is_none())
                .map(|attribute| (attribute.name().into(), attribute.value().into()))
                .collect(),
            ..Node::default()
        }
    }

    fn size(&self) -> usize {
        let attributes = self.attributes.iter();
        self.name.len()
            + attributes
                .map(|(name, value)| name.len() + value.len())
                .sum::<usize>()
    }

    /// The last child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().rfind(|child| *child.name == *name)
    }
}

/// An attachment as it was read.
#[derive(Default)]
pub(super) struct RawAttachment {
    /// Its children but for the data.
    pub(super) node: Node,
    /// Its data: base64 text without white space in `as-seen`, decoded in 0.0.3.
    pub(super) data: Option<Span>,
}

/// A packet that was read.
pub(super) struct Source {
    pub(super) message: Option<Node>,
    pub(super) trace: Option<Node>,
    pub(super) signature: Option<Node>,
    pub(super) references: Vec<Node>,
    pub(super) attachments: Vec<RawAttachment>,
    pub(super) spool: Option<Filled>,
}

/// An open element whose children mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Envelope,
    Header,
    Body,
    Manifest,
    List,
}

/// What to do with an element.
enum Step {
    Into(Place),
    Message,
    Trace,
    Signature,
    Reference,
    Attachment,
    Skip,
}

/// Reads a packet to its end.
pub(super) fn read(source: impl Read, flavour: Flavour) -> Result<Source, RebuildFailure> {
    Reading {
        xml: Reader::new(source, Limits::default()),
        decodes: flavour == Flavour::V0_0_3,
        text: 0,
        spool: Spool::new(),
    }
    .packet()
}

struct Reading<R> {
    xml: Reader<R>,
    decodes: bool,
    /// Bytes of names and texts kept so far.
    text: usize,
    spool: Spool,
}

impl<R: Read> Reading<R> {
    fn packet(mut self) -> Result<Source, RebuildFailure> {
        let mut places: Vec<Place> = Vec::new();
        let (mut message, mut trace, mut signature) = (None, None, None);
        let (mut references, mut attachments) = (Vec::new(), Vec::new());
        let (mut envelope, mut foreign_envelope) = (false, false);
        loop {
            let (step, node) = match self.xml.next_event()? {
                Event::Start(start) => (step(places.last().copied(), &start), Node::of(&start)),
                Event::End(_) => {
                    places.pop();
                    continue;
                }
                Event::EndOfDocument => break,
                _ => continue,
            };
            match step {
                Step::Into(place) => {
                    envelope |= place == Place::Envelope;
                    if place == Place::List {
                        // The last one wins.
                        attachments.clear();
                    }
                    places.push(place);
                }
                Step::Message => message = Some(self.keep(node)?),
                Step::Trace => trace = Some(self.keep(node)?),
                Step::Signature => signature = Some(self.keep(node)?),
                Step::Reference => references.push(self.keep(node)?),
                Step::Attachment => attachments.push(self.attachment(node)?),
                Step::Skip => {
                    let at_root = places.last() == Some(&Place::Root);
                    foreign_envelope |= at_root && &*node.name == "edXMLEnvelope";
                    self.skip()?;
                }
            }
        }
        if !envelope {
            return Err(if foreign_envelope {
                RebuildFailure::EnvelopeNamespace
            } else {
                RebuildFailure::NoEnvelope
            });
        }
        Ok(Source {
            message,
            trace,
            signature,
            references,
            attachments,
            spool: Some(self.spool.into_filled().map_err(RebuildFailure::Source)?),
        })
    }

    fn count(&mut self, bytes: usize) -> Result<(), RebuildFailure> {
        self.text += bytes;
        if self.text > MOST_TEXT {
            return Err(RebuildFailure::HeaderTooLarge);
        }
        Ok(())
    }

    /// The tree of an element that has just started.
    fn keep(&mut self, node: Node) -> Result<Node, RebuildFailure> {
        self.count(node.size())?;
        // The tokeniser bounds how many elements are open at once.
        let mut open = vec![node];
        loop {
            let more = match self.xml.next_event()? {
                Event::Start(start) => {
                    let node = Node::of(&start);
                    let size = node.size();
                    open.push(node);
                    size
                }
                Event::Text(text) => {
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(text.as_str());
                    }
                    text.bytes().len()
                }
                Event::End(_) | Event::EndOfDocument => {
                    let node = open.pop().unwrap_or_default();
                    match open.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => return Ok(node),
                    }
                    0
                }
                _ => 0,
            };
            self.count(more)?;
        }
    }

    fn skip(&mut self) -> Result<(), RebuildFailure> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.xml.next_event()? {
                Event::Start(_) => depth += 1,
                Event::End(_) | Event::EndOfDocument => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn attachment(&mut self, node: Node) -> Result<RawAttachment, RebuildFailure> {
        let mut attachment = RawAttachment { node, data: None };
        loop {
            let node = match self.xml.next_event()? {
                Event::Start(start) => Node::of(&start),
                Event::End(_) | Event::EndOfDocument => return Ok(attachment),
                _ => continue,
            };
            if &*node.name == "ContentTransferEncoded" {
                attachment.data = self.data()?;
            } else {
                let child = self.keep(node)?;
                attachment.node.children.push(child);
            }
        }
    }

    /// The data of an attachment; `None` where there is nothing but white space.
    fn data(&mut self) -> Result<Option<Span>, RebuildFailure> {
        let start = self.spool.length();
        let mut decoder = self.decodes.then(LenientDecoder::new);
        let mut dense = Vec::new();
        let mut some = false;
        let spool = &mut self.spool;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.xml.next_event()? {
                Event::Start(_) => depth += 1,
                Event::End(_) | Event::EndOfDocument => depth -= 1,
                Event::Text(text) if depth == 1 => {
                    some |= !text.is_whitespace();
                    match &mut decoder {
                        Some(decoder) => decoder.push(text.bytes(), spool),
                        None => {
                            dense.clear();
                            let solid = text.bytes().iter().filter(|byte| !is_space(**byte));
                            dense.extend(solid);
                            spool.write_all(&dense)
                        }
                    }
                    .map_err(RebuildFailure::Source)?;
                }
                _ => {}
            }
        }
        if let Some(decoder) = decoder {
            decoder.finish(spool).map_err(RebuildFailure::Source)?;
        }
        Ok(some.then(|| self.spool.since(start)))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn step(place: Option<Place>, start: &StartTag<'_>) -> Step {
    let qcvn = start.namespace() == Namespace::Bound(NAMESPACE);
    match (place, start.local()) {
        (None, _) => Step::Into(Place::Root),
        (Some(Place::Root), "edXMLEnvelope") if qcvn => Step::Into(Place::Envelope),
        (Some(Place::Root), "AttachmentEncoded") => Step::Into(Place::List),
        (Some(Place::Envelope), "edXMLHeader") => Step::Into(Place::Header),
        (Some(Place::Envelope), "edXMLBody") => Step::Into(Place::Body),
        (Some(Place::Header), "MessageHeader") => Step::Message,
        (Some(Place::Header), "TraceHeaderList") => Step::Trace,
        (Some(Place::Header), "Signature") => Step::Signature,
        (Some(Place::Body), "edXMLManifest") => Step::Into(Place::Manifest),
        (Some(Place::Manifest), "Reference") => Step::Reference,
        (Some(Place::List), "Attachment") => Step::Attachment,
        _ => Step::Skip,
    }
}
