//! The walk through a packet: which element stands where, and what becomes of it.

use std::io::Read;

use super::attachments::{Incoming, Joined, Received, Reference};
use super::data::Data;
use super::tap::{Observer, Tapped};
use super::{AttachmentSink, ReadOptions};
use crate::error::{Error, Result};
use crate::finding::{Finding, FindingCode};
use crate::packet::document::{Document, Status};
use crate::packet::element::{Context, Group, Node};
use crate::packet::received::{
    Dialect, DialectNamespace, DialectShape, DialectStatus, Packet, SignatureState,
};
use crate::packet::signature_block;
use crate::xml::{Event, Namespace, Position, StartTag, XmlError, XmlErrorKind};

const SOAP_NAMESPACES: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];

/// Elements that only a status has.
const STATUS_ONLY: [&str; 4] = ["StaffInfo", "StatusCode", "Description", "Timestamp"];

/// How deep below the root the envelope is looked for.
const ENVELOPE_WITHIN: usize = 3;

/// An open element whose children mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Root,
    /// An element that is not ours and may hold the envelope.
    Shell,
    Envelope,
    Header,
    /// `MessageHeader`, or a `Status` element in its stead.
    MessageHeader,
    Trace,
    Body,
    Manifest,
    List,
}

/// An element one is in.
struct Open {
    place: Place,
    position: Position,
    /// Whether text was found in it, which is told once.
    stray_text: bool,
}

/// What to do with an element that starts.
enum Step {
    /// Go into it.
    Into(Place),
    /// Keep it as a small tree.
    Keep,
    /// An attachment.
    Attachment,
    /// Pass over it, with a finding.
    Skip(FindingCode),
    /// Pass over it; the finding was made already.
    Pass,
}

/// The longest element name that is kept, in bytes; known names are far shorter.
const LONGEST_NAME: usize = 128;

/// An element name as it is kept: cut, so that long names of unknown elements
/// fill neither the memory nor the findings.
fn kept_name(name: &str) -> &str {
    let end = (0..=LONGEST_NAME.min(name.len()))
        .rev()
        .find(|end| name.is_char_boundary(*end));
    name.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// What is known of a start tag once the borrow of the reader has ended.
struct Tag {
    name: Box<str>,
    position: Position,
    has_attributes: bool,
}

impl From<Tag> for Node {
    fn from(tag: Tag) -> Self {
        Node {
            name: tag.name,
            position: Some(tag.position),
            has_attributes: tag.has_attributes,
            ..Node::default()
        }
    }
}

/// An error that ends the reading: of the packet, or of the machine.
enum Stop {
    Packet(Finding),
    Machine(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Machine(error)
    }
}

pub(super) struct Structure<'o> {
    options: &'o ReadOptions,
    pub(super) context: Context,
    places: Vec<Open>,
    pub(super) dialect: Option<Dialect>,
    soap: bool,
    pub(super) envelope_position: Option<Position>,
    /// Shells one is in.
    shells: Vec<Tag>,
    /// Elements inside the envelope with the literal prefix `edXML`, and without.
    pub(super) prefixed: u64,
    pub(super) unprefixed: u64,
    unbound_seen: bool,
    soap_prefix_seen: bool,
    header_text: usize,
    pub(super) document: Document,
    pub(super) status: Status,
    found_message: bool,
    pub(super) found_status: bool,
    pub(super) order: Vec<&'static str>,
    pub(super) signature: Option<SignatureState>,
    pub(super) signature_position: Option<Position>,
    pub(super) bussiness_seen: bool,
    trace_seen: bool,
    list_seen: bool,
    pub(super) references: Vec<Reference>,
    pub(super) joined: Vec<Joined>,
    total: u64,
}

impl<'o> Structure<'o> {
    pub(super) fn new(options: &'o ReadOptions) -> Self {
        Structure {
            options,
            context: Context::new(options.max_findings),
            places: Vec::new(),
            dialect: None,
            soap: false,
            envelope_position: None,
            shells: Vec::new(),
            prefixed: 0,
            unprefixed: 0,
            unbound_seen: false,
            soap_prefix_seen: false,
            header_text: 0,
            document: Document::default(),
            status: Status::default(),
            found_message: false,
            found_status: false,
            order: Vec::new(),
            signature: None,
            signature_position: None,
            bussiness_seen: false,
            trace_seen: false,
            list_seen: false,
            references: Vec::new(),
            joined: Vec::new(),
            total: 0,
        }
    }

    pub(super) fn read<R: Read, O: Observer>(
        mut self,
        mut xml: Tapped<'_, R, O>,
        sink: &mut dyn AttachmentSink,
    ) -> Result<Packet> {
        let readable = match self.walk(&mut xml, sink) {
            Ok(()) => true,
            Err(Stop::Machine(error)) => return Err(error),
            Err(Stop::Packet(finding)) => {
                self.context.findings.push(finding);
                false
            }
        };
        self.prolog_findings(xml.prolog());
        Ok(self.conclude(readable, xml.offset()))
    }

    fn walk<R: Read, O: Observer>(
        &mut self,
        xml: &mut Tapped<'_, R, O>,
        sink: &mut dyn AttachmentSink,
    ) -> std::result::Result<(), Stop> {
        let mut root_end = None;
        loop {
            match xml.next_event().map_err(stop)? {
                Event::Start(start) => {
                    let before = self.context.findings.len();
                    let step = self.step(&start);
                    let namespace = match start.namespace() {
                        Namespace::Bound(uri) if matches!(step, Step::Keep) => Some(uri.to_owned()),
                        _ => None,
                    };
                    let name = kept_name(start.local()).into();
                    let has_attributes = start.attributes().next().is_some();
                    let position = xml.position();
                    self.context.findings.place(before, position);
                    let tag = Tag {
                        name,
                        position,
                        has_attributes,
                    };
                    self.take_step(step, tag, namespace, xml, sink)?;
                }
                Event::End(_) => {
                    self.leave_place();
                    if self.places.is_empty() {
                        root_end = Some(xml.offset());
                    }
                }
                Event::Declaration(declaration) => {
                    let other = declaration
                        .encoding()
                        .is_some_and(|encoding| !encoding.eq_ignore_ascii_case("UTF-8"));
                    if other {
                        self.report(FindingCode::EncodingLabel, xml.position());
                    }
                }
                Event::Text(text) if !text.is_whitespace() => self.stray_text(),
                Event::Text(_)
                | Event::Comment
                | Event::ProcessingInstruction(_)
                | Event::InstructionData(_)
                | Event::InstructionEnd => {}
                Event::EndOfDocument => break,
            }
        }
        let trailing = root_end.map_or(0, |end| xml.offset().saturating_sub(end));
        if trailing > 2 {
            let finding = Finding::new(FindingCode::TrailingWhiteSpace, "")
                .with("bytes", trailing.to_string())
                .at(xml.position());
            self.context.findings.push(finding);
        }
        Ok(())
    }

    /// Decides by the element's local name and by where one is.
    fn step(&mut self, start: &StartTag<'_>) -> Step {
        let local = start.local();
        self.look_at_prefix(start);
        let Some(place) = self.places.last().map(|open| open.place) else {
            return self.root_step(start);
        };
        match (place, local) {
            (Place::Root | Place::Shell, "edXMLEnvelope") => {
                self.envelope(start, DialectShape::Official)
            }
            (Place::Root | Place::Shell, "Envelope") => self.envelope(start, DialectShape::Soap),
            (Place::Root | Place::Shell | Place::Envelope | Place::Body, "AttachmentEncoded") => {
                // All are read; a rebuild keeps the attachments of the last only.
                if std::mem::replace(&mut self.list_seen, true) {
                    self.report_start(FindingCode::ElementRepeated, start.local());
                }
                Step::Into(Place::List)
            }
            (Place::Root | Place::Shell, "edXML") => Step::Into(Place::Root),
            (Place::Root | Place::Shell, _)
                if self.dialect.is_none() && self.places.len() <= ENVELOPE_WITHIN =>
            {
                Step::Into(Place::Shell)
            }
            (Place::Root | Place::Shell, _) => Step::Skip(FindingCode::RootChildUnknown),
            // A whole packet carried in a SOAP body.
            (Place::Body, "edXML") if self.soap && !self.found_message => Step::Into(Place::Body),
            (Place::Body, "edXMLEnvelope") if self.soap && !self.found_message => {
                Step::Into(Place::Envelope)
            }
            (Place::Envelope, "edXMLHeader" | "Header") => Step::Into(Place::Header),
            (Place::Envelope, "edXMLBody" | "Body") => Step::Into(Place::Body),
            (Place::Envelope | Place::Body, "edXMLAttachments") => {
                self.report_start(FindingCode::AttachmentsInEnvelope, start.local());
                Step::Into(Place::List)
            }
            (Place::Header, "MessageHeader") => {
                self.message_header(start, DialectStatus::MessageHeader)
            }
            (Place::Header, "Status") => self.message_header(start, DialectStatus::StatusElement),
            (Place::Header, "TraceHeaderList") => {
                // A second list adds to the first: a hop may have put its own
                // beside one that holds a recall.
                if self.document.trace_header_list.is_some() {
                    self.report_start(FindingCode::ElementRepeated, start.local());
                }
                self.document.trace_header_list.get_or_insert_default();
                if start.attributes().next().is_some() {
                    self.report_start(FindingCode::TraceListAttributes, start.local());
                }
                Step::Into(Place::Trace)
            }
            (Place::Header, "Signature" | "DigitalSignature") => Step::Keep,
            (Place::Body, "edXMLManifest") => Step::Into(Place::Manifest),
            (Place::Body, "Manifest") => {
                self.report_start(FindingCode::ManifestName, start.local());
                Step::Into(Place::Manifest)
            }
            (Place::Manifest, "Reference") | (Place::MessageHeader | Place::Trace, _) => Step::Keep,
            (Place::List, "Attachment") => Step::Attachment,
            _ => Step::Skip(FindingCode::ElementUnknown),
        }
    }

    fn root_step(&mut self, start: &StartTag<'_>) -> Step {
        match start.local() {
            "edXML" => Step::Into(Place::Root),
            "edXMLEnvelope" => {
                self.report_start(FindingCode::EnvelopeIsRoot, start.local());
                self.envelope(start, DialectShape::BareEnvelope)
            }
            "Envelope" => self.envelope(start, DialectShape::Soap),
            _ => {
                self.report_start(FindingCode::RootName, start.local());
                Step::Into(Place::Root)
            }
        }
    }

    fn envelope(&mut self, start: &StartTag<'_>, shape: DialectShape) -> Step {
        if self.dialect.is_some() {
            self.report_start(FindingCode::ContentNotRead, start.local());
            return Step::Pass;
        }
        let namespace = DialectNamespace::of(start.namespace());
        self.soap = shape == DialectShape::Soap;
        if self.soap {
            self.report_start(FindingCode::SoapEnvelope, start.local());
        }
        self.dialect = Some(Dialect {
            namespace,
            shape,
            status: DialectStatus::MessageHeader,
        });
        Step::Into(Place::Envelope)
    }

    fn message_header(&mut self, start: &StartTag<'_>, status: DialectStatus) -> Step {
        if self.found_message {
            self.report_start(FindingCode::ElementRepeated, start.local());
            // The last one counts, as a rebuild has it.
            let trace = self.document.trace_header_list.take();
            self.document = Document {
                trace_header_list: trace,
                ..Document::default()
            };
            self.status = Status::default();
            self.found_status = false;
            self.order.clear();
        }
        self.found_message = true;
        if status == DialectStatus::StatusElement {
            self.found_status = true;
        }
        if let Some(dialect) = &mut self.dialect {
            dialect.status = status;
        }
        Step::Into(Place::MessageHeader)
    }

    /// Counts how elements of the envelope are prefixed, finds prefixes that
    /// are not declared, and learns the namespace inside a SOAP envelope.
    fn look_at_prefix(&mut self, start: &StartTag<'_>) {
        let soap_namespace =
            matches!(start.namespace(), Namespace::Bound(uri) if SOAP_NAMESPACES.contains(&uri));
        if soap_namespace && start.prefix() == Some("edXML") && !self.soap_prefix_seen {
            self.soap_prefix_seen = true;
            self.report_start(FindingCode::SoapPrefix, start.local());
        }
        let unbound = start.namespace() == Namespace::Unbound
            || start
                .attributes()
                .any(|attribute| attribute.namespace() == Namespace::Unbound);
        if unbound && !self.unbound_seen {
            self.unbound_seen = true;
            self.report_start(FindingCode::PrefixUnbound, start.local());
        }
        let in_envelope = !matches!(
            self.places.last().map(|open| open.place),
            None | Some(Place::Root | Place::Shell | Place::List)
        );
        let counts = in_envelope || start.local() == "edXMLEnvelope";
        let signature = matches!(start.local(), "Signature" | "DigitalSignature");
        if counts && !signature && !soap_namespace {
            if start.prefix() == Some("edXML") {
                self.prefixed += 1;
            } else {
                self.unprefixed += 1;
            }
        }
        if let Some(dialect) = self
            .dialect
            .as_mut()
            .filter(|_| in_envelope && !soap_namespace)
        {
            let namespace = DialectNamespace::of(start.namespace());
            let better = dialect.shape == DialectShape::Soap
                && dialect.namespace == DialectNamespace::Other
                && !signature;
            if better {
                dialect.namespace = namespace;
            }
        }
    }

    fn take_step<R: Read, O: Observer>(
        &mut self,
        step: Step,
        tag: Tag,
        namespace: Option<String>,
        xml: &mut Tapped<'_, R, O>,
        sink: &mut dyn AttachmentSink,
    ) -> std::result::Result<(), Stop> {
        match step {
            Step::Into(place) => {
                // Paths name the parts of a packet, not the shells around them.
                let name = match place {
                    Place::MessageHeader => "MessageHeader",
                    Place::Trace => "TraceHeaderList",
                    Place::Manifest => "edXMLManifest",
                    Place::List => "AttachmentEncoded",
                    _ => "",
                };
                if !name.is_empty() {
                    self.context.enter(name, None, Some(tag.position));
                }
                self.places.push(Open {
                    place,
                    position: tag.position,
                    stray_text: false,
                });
                match place {
                    Place::Envelope => {
                        self.envelope_position.get_or_insert(tag.position);
                    }
                    Place::Shell => self.shells.push(tag),
                    _ => {}
                }
                Ok(())
            }
            Step::Skip(code) => {
                self.context.enter(&tag.name, None, Some(tag.position));
                self.context.report(code);
                self.context.leave();
                skip(xml)
            }
            Step::Pass => skip(xml),
            Step::Attachment => self.attachment(tag, xml, sink),
            Step::Keep => {
                let node = self.keep(tag, xml)?;
                self.kept(node, namespace);
                Ok(())
            }
        }
    }

    fn leave_place(&mut self) {
        match self.places.pop().map(|open| open.place) {
            Some(Place::MessageHeader | Place::Trace | Place::Manifest | Place::List) => {
                self.context.leave();
            }
            Some(Place::Shell) => {
                // Without an envelope inside it was no shell but a child to ignore.
                let shell = self.shells.pop().filter(|_| self.shells.is_empty());
                if let Some(shell) = shell.filter(|_| self.dialect.is_none()) {
                    self.report_node(FindingCode::RootChildUnknown, &Node::from(shell));
                }
            }
            _ => {}
        }
    }

    /// Builds the small tree of an element that has just started.
    fn keep<R: Read, O: Observer>(
        &mut self,
        tag: Tag,
        xml: &mut Tapped<'_, R, O>,
    ) -> std::result::Result<Node, Stop> {
        let mut open: Vec<Node> = Vec::new();
        let mut current = Node::from(tag);
        loop {
            match xml.next_event().map_err(stop)? {
                Event::Start(start) => {
                    let before = self.context.findings.len();
                    self.look_at_prefix_below(&start, &open, &current);
                    let name = kept_name(start.local()).into();
                    let has_attributes = start.attributes().next().is_some();
                    let position = xml.position();
                    self.context.findings.place(before, position);
                    let tag = Tag {
                        name,
                        position,
                        has_attributes,
                    };
                    open.push(std::mem::replace(&mut current, Node::from(tag)));
                }
                Event::Text(text) => {
                    let bytes = text.bytes().len();
                    self.header_text += bytes;
                    if current.text.len() + bytes > self.options.max_text {
                        return Err(self.over(
                            "packet.max_text",
                            self.options.max_text,
                            current.position,
                        ));
                    }
                    if self.header_text > self.options.max_header {
                        return Err(self.over(
                            "packet.max_header",
                            self.options.max_header,
                            current.position,
                        ));
                    }
                    current.text.push_str(text.as_str());
                }
                Event::End(_) => match open.pop() {
                    Some(mut parent) => {
                        if parent.children.is_empty() {
                            // Most groups are many with one child each; four
                            // places for each would be most of the memory.
                            parent.children.reserve_exact(1);
                        }
                        parent.children.push(std::mem::take(&mut current));
                        current = parent;
                    }
                    None => return Ok(current),
                },
                Event::EndOfDocument => return Ok(current),
                _ => {}
            }
        }
    }

    /// The prefix of an element inside a kept tree; a signature's own are its own.
    fn look_at_prefix_below(&mut self, start: &StartTag<'_>, open: &[Node], current: &Node) {
        let top = open.first().unwrap_or(current);
        if matches!(&*top.name, "Signature" | "DigitalSignature") {
            return;
        }
        let before = self.context.findings.len();
        self.look_at_prefix(start);
        // Only where something was found is the path worth its cost.
        if self.context.findings.len() > before {
            for node in open.iter().chain([current]) {
                self.context.enter(&node.name, None, None);
            }
            self.context.enter(kept_name(start.local()), None, None);
            let path = self.context.path().to_owned();
            for _ in 0..open.len() + 2 {
                self.context.leave();
            }
            self.context.findings.set_path(before, &path);
        }
    }

    /// A limit was passed by the element that starts here. Where in its text
    /// that was noticed hangs on how the text came in pieces, so it is not told.
    fn over(&self, limit: &'static str, maximum: usize, position: Option<Position>) -> Stop {
        let mut finding = Finding::new(FindingCode::LimitExceeded, "")
            .with("limit", limit)
            .with("maximum", maximum.to_string());
        finding.position = position;
        Stop::Packet(finding)
    }

    /// Takes a kept element to its place in the model.
    fn kept(&mut self, mut node: Node, namespace: Option<String>) {
        match self.places.last().map(|open| open.place) {
            Some(Place::Header) => self.kept_signature(&node, namespace.as_deref()),
            Some(Place::Manifest) => {
                let number = self.references.len() + 1;
                self.context.enter("Reference", Some(number), node.position);
                let reference = Reference::read(node, number, &mut self.context);
                self.context.leave();
                self.references.push(reference);
            }
            Some(Place::Trace) => {
                match &*node.name {
                    "Business" => {
                        self.report_node(FindingCode::BusinessSpelling, &node);
                        node.name = "Bussiness".into();
                    }
                    "Paper" => {
                        self.report_node(FindingCode::PaperMisplaced, &node);
                        return;
                    }
                    _ => {}
                }
                match &*node.name {
                    "TraceHeader" => self.trace_seen = true,
                    "Bussiness" => {
                        self.bussiness_seen = true;
                        if self.trace_seen {
                            self.report_node(FindingCode::BusinessOrder, &node);
                        }
                    }
                    _ => {}
                }
                let list = self.document.trace_header_list.get_or_insert_default();
                if let Err(node) = list.read_child(node, &mut self.context) {
                    self.report_node(FindingCode::ElementUnknown, &node);
                }
            }
            _ => self.kept_header_child(node),
        }
    }

    fn kept_signature(&mut self, node: &Node, namespace: Option<&str>) {
        if self.signature.is_some() {
            self.report_node(FindingCode::ElementRepeated, node);
        }
        self.signature = Some(signature_block::judge(node, namespace));
        self.signature_position = node.position;
    }

    fn kept_header_child(&mut self, node: Node) {
        let steering = &*node.name == "SteeringType";
        if steering && (node.text.is_empty() || node.text.trim().len() != node.text.len()) {
            self.report_node(FindingCode::SteeringPadded, &node);
        }
        if &*node.name == "StatusCode" {
            self.found_status = true;
        }
        let known = Document::ELEMENTS.iter().chain(Status::ELEMENTS);
        if let Some(name) = known.into_iter().find(|name| ***name == *node.name)
            && self.order.len() < 64
        {
            self.order.push(name);
        }
        let result = if STATUS_ONLY.contains(&&*node.name) {
            self.status.read_child(node, &mut self.context)
        } else {
            self.document.read_child(node, &mut self.context)
        };
        if let Err(node) = result {
            self.report_node(FindingCode::ElementUnknown, &node);
        }
    }

    fn attachment<R: Read, O: Observer>(
        &mut self,
        tag: Tag,
        xml: &mut Tapped<'_, R, O>,
        sink: &mut dyn AttachmentSink,
    ) -> std::result::Result<(), Stop> {
        let number = self.joined.len() + 1;
        if number > self.options.max_attachments {
            return Err(self.over(
                "packet.max_attachments",
                self.options.max_attachments,
                Some(tag.position),
            ));
        }
        self.context
            .enter("Attachment", Some(number), Some(tag.position));
        let mut incoming = Incoming::new(number, Some(tag.position));
        let mut stray_text = false;
        loop {
            match xml.next_event().map_err(stop)? {
                Event::Start(start) => {
                    let before = self.context.findings.len();
                    self.look_at_prefix(&start);
                    let name = kept_name(start.local()).into();
                    let position = xml.position();
                    self.context.findings.place(before, position);
                    let tag = Tag {
                        name,
                        position,
                        has_attributes: false,
                    };
                    if matches!(&*tag.name, "ContentTransferEncoded" | "AttachmentData") {
                        if incoming.data.is_some() {
                            self.context.enter(&tag.name, None, Some(tag.position));
                            self.context.report(FindingCode::ContentNotRead);
                            self.context.leave();
                            skip(xml)?;
                        } else {
                            incoming.data = Some(self.data(number, xml, sink)?);
                        }
                    } else {
                        let node = self.keep(tag, xml)?;
                        incoming.read_child(node, &mut self.context);
                    }
                }
                Event::End(_) | Event::EndOfDocument => break,
                Event::Text(text) if !text.is_whitespace() && !stray_text => {
                    stray_text = true;
                    self.report(FindingCode::TextUnexpected, tag.position);
                }
                _ => {}
            }
        }
        let had_data = incoming.data.is_some();
        let joined = incoming.finish(&self.references, &mut self.context);
        self.context.leave();
        // What was inside a ZIP takes room as well.
        let sizes = [joined.attachment.raw, joined.attachment.unwrapped];
        let largest = sizes.iter().flatten().map(|bytes| bytes.size).max();
        self.total += largest.unwrap_or_default();
        if had_data {
            sink.finish(&joined.so_far(&self.references))
                .map_err(|error| Error::io("packet.read", error))?;
        }
        self.joined.push(joined);
        Ok(())
    }

    fn data<R: Read, O: Observer>(
        &mut self,
        number: usize,
        xml: &mut Tapped<'_, R, O>,
        sink: &mut dyn AttachmentSink,
    ) -> std::result::Result<Received, Stop> {
        let io = |error| Error::io("packet.read", error);
        let left = self.options.max_total_size.saturating_sub(self.total);
        let one = self.options.max_attachment_size;
        let (room, limit) = if one <= left {
            (one, ("packet.max_attachment_size", one))
        } else {
            (left, ("packet.max_total_size", self.options.max_total_size))
        };
        let mut unzip = self.options.unzip();
        unzip.max_size = unzip.max_size.min(left);
        let mut data = Data::new(room, limit, unzip, self.soap);
        sink.start(number).map_err(io)?;
        let start = xml.offset();
        loop {
            match xml.next_event().map_err(stop)? {
                Event::Text(text) => data.push(text.bytes(), sink).map_err(io)?,
                Event::Start(_) => {
                    let position = xml.position();
                    self.report(FindingCode::ElementUnknown, position);
                    skip(xml)?;
                }
                Event::End(_) | Event::EndOfDocument => break,
                _ => {}
            }
        }
        let encoded = start..xml.position().byte;
        let (outcome, double) = data.finish(sink).map_err(io)?;
        Ok(Received {
            encoded,
            double,
            outcome,
        })
    }

    /// Text where only elements belong: told once for each element, at its start.
    fn stray_text(&mut self) {
        let Some(open) = self.places.last_mut() else {
            return;
        };
        if open.place != Place::Shell && !std::mem::replace(&mut open.stray_text, true) {
            let position = open.position;
            self.report(FindingCode::TextUnexpected, position);
        }
    }

    pub(super) fn report(&mut self, code: FindingCode, position: Position) {
        let element =
            crate::packet::element::element_of(&self.context.finding(code).path).to_owned();
        let finding = self
            .context
            .finding(code)
            .with("element", element)
            .at(position);
        self.context.findings.push(finding);
    }

    /// A finding about an element that has just started; the walk adds its
    /// position.
    fn report_start(&mut self, code: FindingCode, element: &str) {
        self.context.enter(kept_name(element), None, None);
        self.context.report(code);
        self.context.leave();
    }

    fn report_node(&mut self, code: FindingCode, node: &Node) {
        self.context.enter(&node.name, None, node.position);
        self.context.report(code);
        self.context.leave();
    }
}

/// Passes over an element that has just started.
fn skip<R: Read, O: Observer>(xml: &mut Tapped<'_, R, O>) -> std::result::Result<(), Stop> {
    let mut depth = 1_u64;
    while depth > 0 {
        match xml.next_event().map_err(stop)? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::EndOfDocument => break,
            _ => {}
        }
    }
    Ok(())
}

fn stop(error: XmlError) -> Stop {
    let code = finding_code(&error.kind);
    let finding = match (error.kind, code) {
        (XmlErrorKind::Io(error), _) => return Stop::Machine(Error::io("packet.read", error)),
        (XmlErrorKind::NotWellFormed(flaw), _) => Finding::new(FindingCode::NotWellFormed, "")
            .with("detail", flaw.to_string())
            .with("detail_vi", flaw.vietnamese()),
        (XmlErrorKind::LimitExceeded { limit, maximum }, Some(FindingCode::LimitExceeded)) => {
            Finding::new(FindingCode::LimitExceeded, "")
                .with("limit", format!("packet.{limit}"))
                .with("maximum", maximum.to_string())
        }
        (_, code) => Finding::new(code.unwrap_or(FindingCode::NotWellFormed), ""),
    };
    Stop::Packet(finding.at(error.position))
}

/// The finding for a document that is refused; none where the machine is at fault.
pub(crate) fn finding_code(kind: &XmlErrorKind) -> Option<FindingCode> {
    Some(match kind {
        XmlErrorKind::Io(_) => return None,
        XmlErrorKind::NotWellFormed(_) => FindingCode::NotWellFormed,
        // No key raises this one: no reference of XML is that long.
        XmlErrorKind::LimitExceeded {
            limit: "max_reference",
            ..
        } => FindingCode::EntityUnknown,
        XmlErrorKind::LimitExceeded { .. } => FindingCode::LimitExceeded,
        XmlErrorKind::UnsupportedEncoding => FindingCode::EncodingUnsupported,
        XmlErrorKind::InvalidUtf8 => FindingCode::InvalidUtf8,
        XmlErrorKind::InvalidCharacter => FindingCode::InvalidCharacter,
        XmlErrorKind::DoctypeForbidden => FindingCode::DoctypeForbidden,
        XmlErrorKind::UnknownEntity => FindingCode::EntityUnknown,
        XmlErrorKind::UnexpectedEnd => FindingCode::UnexpectedEnd,
    })
}
