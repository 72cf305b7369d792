//! The canonical form of a document or of one of its elements, from the events of the reader.
//!
//! What is signed in XML is not bytes but their canonical form. [`Canonical`] writes it as the
//! events pass by, so that whoever else reads the same events reads what was signed.

use std::ops::Range;

use memchr::{memchr, memchr3};

use super::event::{Attribute, Event, StartTag, Text, TextKind};
use super::namespaces::{Namespace, Resolved, Scope, XML_NAMESPACE};

/// A canonical form, always without comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Canonical XML 1.0: an element cut out of a document takes along every namespace in
    /// scope and the `xml:` attributes of its ancestors.
    Inclusive,
    /// Exclusive XML Canonicalization 1.0: it takes along the namespaces that it uses, and
    /// declares each where it is used. There is no `InclusiveNamespaces PrefixList`; who meets
    /// one has to treat it as unsupported.
    Exclusive,
}

/// Why there is no canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// An element or attribute has a prefix that was never declared.
    #[error("a prefix is used that was never declared")]
    UnboundPrefix,
    /// Canonical XML asks to fail here. A namespace is taken as relative unless it begins
    /// with a scheme and a colon.
    #[error("a namespace is declared that is no absolute URI")]
    RelativeNamespace,
    /// More than [`Canonical::MAX_DECLARED`] bytes of namespace declarations would be written.
    #[error("the canonical form has too many namespace declarations")]
    TooManyDeclarations,
    /// An end tag was fed without its start tag.
    #[error("an end tag was fed without its start tag")]
    Unbalanced,
}

/// Writes the canonical form of the events it is fed.
///
/// Feed it every event from the first to [`Event::EndOfDocument`], or leave out a part: an
/// element from its [`Event::Start`] to its own [`Event::End`], both included. What is left out
/// is as if it were not in the document, which is what the transform *enveloped signature*
/// asks; nothing around it depends on it.
///
/// The form goes out in pieces, text straight from the event unless a character must be written
/// otherwise. Memory does not depend on the document: it is what the reader's
/// [`Limits`](super::Limits) allow one tag and the namespaces in scope. Tags are put together in
/// a buffer that is kept, so there is no allocation for an event, but for one that declares a
/// namespace anew.
///
/// After an error every further call gives the same error, and what was written is worth nothing.
#[derive(Debug)]
pub struct Canonical {
    form: Form,
    /// It writes one element and nothing around it.
    subtree: bool,
    /// Attributes that the first element takes along.
    inherited: Ancestors,
    /// Elements open.
    depth: usize,
    /// The root element was closed.
    complete: bool,
    /// The processing instruction at hand has data.
    has_data: bool,
    rendered: Rendered,
    /// Bytes of namespace declarations written.
    declared: u64,
    declarations: Vec<Resolved>,
    attributes: Vec<Source>,
    /// The tag at hand, as it is written.
    tag: Vec<u8>,
    failure: Option<CanonicalError>,
}

/// Where an attribute comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// The tag's attribute of this index.
    Own(usize),
    /// The ancestors' attribute of this index.
    Inherited(usize),
}

impl Canonical {
    /// Bytes of namespace declarations in one canonical form. The exclusive form repeats a
    /// declaration in each element that needs it, so a short document might have an endless one.
    pub const MAX_DECLARED: u64 = 16 * 1024 * 1024;

    /// For a whole document, perhaps without some of its elements.
    #[must_use]
    pub fn document(form: Form) -> Self {
        Self {
            form,
            subtree: false,
            inherited: Ancestors::default(),
            depth: 0,
            complete: false,
            has_data: false,
            rendered: Rendered::default(),
            declared: 0,
            declarations: Vec::new(),
            attributes: Vec::new(),
            tag: Vec::new(),
            failure: None,
        }
    }

    /// For one element with all that is in it: the first that is fed. Its ancestors are those
    /// that `ancestors` was fed; only the inclusive form looks at them. What is fed before the
    /// element's start or after its end changes nothing.
    #[must_use]
    pub fn subtree(form: Form, ancestors: &Ancestors) -> Self {
        let mut canonical = Self::document(form);
        canonical.subtree = true;
        if form == Form::Inclusive {
            canonical.inherited = ancestors.clone();
        }
        canonical
    }

    /// Whether the root element, or the one element of a subtree, was closed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Takes an event, and gives `out` what follows from it.
    ///
    /// # Errors
    /// There is no canonical form of this document; every later call then fails the same way.
    #[inline]
    pub fn event(
        &mut self,
        event: &Event<'_>,
        out: &mut impl FnMut(&[u8]),
    ) -> Result<(), CanonicalError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.subtree && (self.complete || self.depth == 0 && !matches!(event, Event::Start(_))) {
            return Ok(());
        }
        let result = match event {
            Event::Text(text) => {
                write_text(text, out);
                Ok(())
            }
            Event::Start(tag) => self.start(tag, out),
            Event::End(tag) => self.end(tag.name(), out),
            Event::ProcessingInstruction(target) => {
                if self.complete {
                    out(b"\n");
                }
                out(b"<?");
                out(target.as_bytes());
                self.has_data = false;
                Ok(())
            }
            Event::InstructionData(data) => {
                if !self.has_data {
                    out(b" ");
                    self.has_data = true;
                }
                out(data.bytes());
                Ok(())
            }
            Event::InstructionEnd => {
                out(b"?>");
                if self.depth == 0 && !self.complete {
                    out(b"\n");
                }
                Ok(())
            }
            Event::Declaration(_) | Event::Comment | Event::EndOfDocument => Ok(()),
        };
        self.failure = result.err();
        result
    }

    fn start(
        &mut self,
        tag: &StartTag<'_>,
        out: &mut impl FnMut(&[u8]),
    ) -> Result<(), CanonicalError> {
        let apex = self.depth == 0;
        self.depth += 1;
        self.rendered.enter();
        if tag.namespace() == Namespace::Unbound {
            return Err(CanonicalError::UnboundPrefix);
        }
        if tag
            .declarations()
            .any(|declaration| is_relative(declaration.uri))
        {
            return Err(CanonicalError::RelativeNamespace);
        }
        self.tag.clear();
        self.tag.push(b'<');
        self.tag.extend_from_slice(tag.name().as_bytes());
        self.collect_attributes(tag, apex)?;
        self.collect_declarations(tag, apex);
        self.write_declarations(tag.scope)?;
        self.write_attributes(tag);
        self.tag.push(b'>');
        out(&self.tag);
        Ok(())
    }

    fn end(&mut self, name: &str, out: &mut impl FnMut(&[u8])) -> Result<(), CanonicalError> {
        if self.depth == 0 {
            return Err(CanonicalError::Unbalanced);
        }
        self.depth -= 1;
        self.complete = self.depth == 0;
        self.rendered.leave();
        self.tag.clear();
        self.tag.extend_from_slice(b"</");
        self.tag.extend_from_slice(name.as_bytes());
        self.tag.push(b'>');
        out(&self.tag);
        Ok(())
    }

    /// The attributes to write, in order: by namespace, then by local name.
    fn collect_attributes(&mut self, tag: &StartTag<'_>, apex: bool) -> Result<(), CanonicalError> {
        self.attributes.clear();
        for (index, raw) in tag.tag.attributes.iter().enumerate() {
            match raw.resolved() {
                Some(Resolved::Unbound) => return Err(CanonicalError::UnboundPrefix),
                Some(_) => self.attributes.push(Source::Own(index)),
                None => {}
            }
        }
        let inherited = &self.inherited;
        if apex {
            for index in inherited.nearest() {
                let local = inherited.local(index);
                let own =
                    |own: Attribute<'_>| own.local() == local && own.namespace().is(XML_NAMESPACE);
                if !tag.attributes().any(own) {
                    self.attributes.push(Source::Inherited(index));
                }
            }
        }
        let key = |source: Source| match source {
            Source::Own(index) => {
                let attribute = tag.attribute(index);
                attribute.map_or((None, ""), |a| (a.namespace().uri(), a.local()))
            }
            Source::Inherited(index) => (Some(XML_NAMESPACE), inherited.local(index)),
        };
        if self.attributes.len() > 1 {
            // Bytes of UTF-8 are in the order of the characters.
            self.attributes
                .sort_unstable_by(|one, other| key(*one).cmp(&key(*other)));
        }
        Ok(())
    }

    /// The bindings that this element may have to declare.
    fn collect_declarations(&mut self, tag: &StartTag<'_>, apex: bool) {
        let scope = tag.scope;
        self.declarations.clear();
        match self.form {
            Form::Inclusive if apex && self.subtree => {
                self.declarations.extend(scope.visible().map(Resolved::To));
            }
            Form::Inclusive => {
                let declared = tag.tag.attributes.iter().filter_map(|raw| raw.declared());
                self.declarations.extend(declared.map(Resolved::To));
            }
            Form::Exclusive => {
                // The default namespace counts as used by an element without a prefix, also
                // where there is none: it may have to be taken away.
                self.declarations.push(tag.tag.resolved);
                let prefixed = tag.tag.attributes.iter();
                let prefixed = prefixed.filter_map(|raw| raw.resolved());
                self.declarations
                    .extend(prefixed.filter(|resolved| matches!(resolved, Resolved::To(_))));
            }
        }
        let prefix = |resolved: &Resolved| scope.bound(*resolved).0;
        if self.declarations.len() > 1 {
            self.declarations
                .sort_unstable_by(|one, other| prefix(one).cmp(prefix(other)));
        }
    }

    /// Writes the declarations that the elements around do not make superfluous.
    fn write_declarations(&mut self, scope: &Scope) -> Result<(), CanonicalError> {
        for &resolved in &self.declarations {
            let (prefix, uri) = scope.bound(resolved);
            if prefix == "xml" || resolved == Resolved::Xml {
                continue;
            }
            if !self.rendered.differs(prefix, uri, resolved) {
                continue;
            }
            if is_relative(uri) {
                return Err(CanonicalError::RelativeNamespace);
            }
            let before = self.tag.len();
            self.tag.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.tag.push(b':');
                self.tag.extend_from_slice(prefix.as_bytes());
            }
            self.tag.extend_from_slice(b"=\"");
            push_value(uri, &mut self.tag);
            self.tag.push(b'"');
            self.declared += (self.tag.len() - before) as u64;
            if self.declared > Self::MAX_DECLARED {
                return Err(CanonicalError::TooManyDeclarations);
            }
            self.rendered.declare(prefix, uri, resolved);
        }
        Ok(())
    }

    fn write_attributes(&mut self, tag: &StartTag<'_>) {
        for &source in &self.attributes {
            self.tag.push(b' ');
            match source {
                Source::Own(index) => {
                    let Some(attribute) = tag.attribute(index) else {
                        continue;
                    };
                    self.tag.extend_from_slice(attribute.name().as_bytes());
                    self.tag.extend_from_slice(b"=\"");
                    attribute.value_pieces(|piece| push_value(piece, &mut self.tag));
                }
                Source::Inherited(index) => {
                    self.tag.extend_from_slice(b"xml:");
                    self.tag
                        .extend_from_slice(self.inherited.local(index).as_bytes());
                    self.tag.extend_from_slice(b"=\"");
                    push_value(self.inherited.value(index), &mut self.tag);
                }
            }
            self.tag.push(b'"');
        }
    }
}

/// What the open elements have declared in the canonical form.
#[derive(Debug, Default)]
struct Rendered {
    scope: Scope,
    /// The reader's binding that each one renders. It cannot change while the element that
    /// rendered it is open, so that most comparisons are of two numbers.
    origins: Vec<Resolved>,
    /// Number of declarations outside each open element.
    outside: Vec<usize>,
}

impl Rendered {
    fn enter(&mut self) {
        self.outside.push(self.scope.len());
    }

    fn leave(&mut self) {
        let mark = self.outside.pop().unwrap_or_default();
        self.scope.leave(mark);
        self.origins.truncate(mark);
    }

    /// Whether `prefix` stands for something else than `uri` so far. Nothing and an empty
    /// default namespace are the same.
    fn differs(&self, prefix: &str, uri: &str, origin: Resolved) -> bool {
        match self.scope.resolve(prefix) {
            Resolved::To(index) => {
                self.origins.get(index) != Some(&origin)
                    && self.scope.namespace(Resolved::To(index)) != Namespace::Bound(uri)
            }
            _ => !uri.is_empty(),
        }
    }

    fn declare(&mut self, prefix: &str, uri: &str, origin: Resolved) {
        self.scope.declare(prefix, uri);
        self.origins.push(origin);
    }
}

/// The attributes `xml:lang`, `xml:space` and others of that namespace of the elements that are
/// open: the inclusive form of an element takes along the nearest of each name.
///
/// Feed it the events from the start of the document up to, and without, the element.
#[derive(Clone, Debug, Default)]
pub struct Ancestors {
    depth: usize,
    attributes: Vec<Inherited>,
    /// Names and values, one after the other.
    texts: String,
}

#[derive(Clone, Debug)]
struct Inherited {
    depth: usize,
    local: Range<usize>,
    value: Range<usize>,
}

impl Ancestors {
    /// Takes an event.
    #[inline]
    pub fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &StartTag<'_>) {
        self.depth += 1;
        for attribute in tag.attributes() {
            if attribute.prefix().is_none() || !attribute.namespace().is(XML_NAMESPACE) {
                continue;
            }
            let start = self.texts.len();
            self.texts.push_str(attribute.local());
            let middle = self.texts.len();
            attribute.value_pieces(|piece| self.texts.push_str(piece));
            self.attributes.push(Inherited {
                depth: self.depth,
                local: start..middle,
                value: middle..self.texts.len(),
            });
        }
    }

    fn end(&mut self) {
        while let Some(last) = self.attributes.last()
            && last.depth == self.depth
        {
            self.texts.truncate(last.local.start);
            self.attributes.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Those that no nearer one of the same name hides.
    fn nearest(&self) -> impl Iterator<Item = usize> {
        (0..self.attributes.len()).filter(|&index| {
            (index + 1..self.attributes.len()).all(|nearer| self.local(nearer) != self.local(index))
        })
    }

    fn local(&self, index: usize) -> &str {
        let attribute = self.attributes.get(index);
        attribute.map_or("", |a| self.texts.get(a.local.clone()).unwrap_or_default())
    }

    fn value(&self, index: usize) -> &str {
        let attribute = self.attributes.get(index);
        attribute.map_or("", |a| self.texts.get(a.value.clone()).unwrap_or_default())
    }
}

#[inline]
fn write_text(text: &Text<'_>, out: &mut impl FnMut(&[u8])) {
    let bytes = text.bytes();
    match text.kind() {
        // No `&`, no `<` and no CR can stand here: the reader takes them for something else.
        TextKind::Literal => write_escaped(bytes, |rest| memchr(b'>', rest), out),
        // All three kinds of mark can stand here, a CR cannot.
        TextKind::CData => write_escaped(bytes, |rest| memchr3(b'&', b'<', b'>', rest), out),
        TextKind::Reference => match bytes.first() {
            Some(&byte @ (b'&' | b'<' | b'>' | b'\r')) => out(escaped(byte)),
            _ => out(bytes),
        },
    }
}

#[inline]
fn write_escaped(bytes: &[u8], find: impl Fn(&[u8]) -> Option<usize>, out: &mut impl FnMut(&[u8])) {
    let mut rest = bytes;
    while let Some(at) = find(rest)
        && let Some((before, [mark, after @ ..])) = rest.split_at_checked(at)
    {
        if !before.is_empty() {
            out(before);
        }
        out(escaped(*mark));
        rest = after;
    }
    if !rest.is_empty() {
        out(rest);
    }
}

/// A character that may not stand for itself.
const fn escaped(mark: u8) -> &'static [u8] {
    match mark {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'>' => b"&gt;",
        b'"' => b"&quot;",
        b'\t' => b"&#x9;",
        b'\n' => b"&#xA;",
        _ => b"&#xD;",
    }
}

/// Writes a piece of an attribute value.
fn push_value(piece: &str, to: &mut Vec<u8>) {
    let mut rest = piece.as_bytes();
    let marked = |byte: &u8| matches!(byte, b'&' | b'<' | b'"' | b'\t' | b'\n' | b'\r');
    while let Some(at) = rest.iter().position(marked)
        && let Some((before, [mark, after @ ..])) = rest.split_at_checked(at)
    {
        to.extend_from_slice(before);
        to.extend_from_slice(escaped(*mark));
        rest = after;
    }
    to.extend_from_slice(rest);
}

/// Whether a namespace is no absolute URI, by the one thing that makes it one: a scheme. None at
/// all is not relative.
fn is_relative(uri: &str) -> bool {
    let scheme = match uri.split_once(':') {
        Some((scheme, _)) => scheme,
        None => return !uri.is_empty(),
    };
    !(scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')))
}
