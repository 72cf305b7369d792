//! What the reader hands out. Everything borrows from the reader's buffer.

use std::borrow::Cow;
use std::fmt;

use super::attributes::{Name, RawAttribute, Role, Span, Tag, normalised, normalised_pieces};
use super::namespaces::{Namespace, Scope};
use super::scan;

/// The next piece of a document.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The XML declaration; at most once, and before all else.
    Declaration(Declaration<'a>),
    /// A start tag. An empty-element tag gives this and then [`Event::End`].
    Start(StartTag<'a>),
    /// An end tag, always that of the innermost open element.
    End(EndTag<'a>),
    /// A piece of text inside the root element. One text may come in any number of pieces,
    /// none of them empty.
    Text(Text<'a>),
    /// A comment, read over.
    Comment,
    /// The target of a processing instruction.
    ProcessingInstruction(&'a str),
    /// A piece of what stands in a processing instruction after its target and the white
    /// space that follows. It may come in any number of pieces, none of them empty; every
    /// line end is one LF.
    InstructionData(Text<'a>),
    /// The end of a processing instruction.
    InstructionEnd,
    /// The end; every further call gives it again.
    EndOfDocument,
}

/// The XML declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration<'a> {
    pub(super) version: &'a str,
    pub(super) encoding: Option<&'a str>,
    pub(super) standalone: Option<bool>,
}

impl<'a> Declaration<'a> {
    /// The version, `1.` and digits. Whatever it says, the document is read as XML 1.0.
    #[must_use]
    pub fn version(&self) -> &'a str {
        self.version
    }

    /// The encoding it names, as written. The document is read as UTF-8 all the same: some
    /// programs write UTF-8 under the label `utf-16`.
    #[must_use]
    pub fn encoding(&self) -> Option<&'a str> {
        self.encoding
    }

    /// What it says about `standalone`.
    #[must_use]
    pub fn standalone(&self) -> Option<bool> {
        self.standalone
    }
}

/// A start tag.
#[derive(Clone, Copy)]
pub struct StartTag<'a> {
    /// The whole tag, from `<` to `>`.
    pub(super) bytes: &'a [u8],
    pub(super) tag: &'a Tag,
    pub(super) scope: &'a Scope,
}

impl<'a> StartTag<'a> {
    /// The name as written, prefix and colon included.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.tag.name.span.text(self.bytes)
    }

    /// The part of the name after the colon, or all of it.
    #[must_use]
    pub fn local(&self) -> &'a str {
        self.tag.name.local().text(self.bytes)
    }

    /// The part of the name before the colon.
    #[must_use]
    pub fn prefix(&self) -> Option<&'a str> {
        prefix_of(self.tag.name, self.bytes)
    }

    /// The namespace of the element.
    #[must_use]
    pub fn namespace(&self) -> Namespace<'a> {
        self.scope.namespace(self.tag.resolved)
    }

    /// Whether the tag ends in `/>`. Its [`Event::End`] follows all the same.
    #[must_use]
    pub fn is_empty_element(&self) -> bool {
        self.tag.empty
    }

    /// The attributes as written, in order, without the namespace declarations.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes {
            bytes: self.bytes,
            rest: self.tag.attributes.iter(),
            scope: self.scope,
        }
    }

    /// The attribute of this index in the tag, if it is no namespace declaration.
    pub(super) fn attribute(&self, index: usize) -> Option<Attribute<'a>> {
        let rest = self.tag.attributes.get(index..)?.get(..1)?.iter();
        Attributes {
            bytes: self.bytes,
            rest,
            scope: self.scope,
        }
        .next()
    }

    /// The namespace declarations, in order.
    #[must_use]
    pub fn declarations(&self) -> Declarations<'a> {
        Declarations {
            rest: self.tag.attributes.iter(),
            scope: self.scope,
        }
    }
}

impl fmt::Debug for StartTag<'_> {
    // Attribute values may be personal data, which must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartTag")
            .field("name", &self.name())
            .field("namespace", &self.namespace())
            .field("is_empty_element", &self.is_empty_element())
            .field("attributes", &self.attributes().count())
            .finish()
    }
}

fn prefix_of(name: Name, bytes: &[u8]) -> Option<&str> {
    (name.colon > 0).then(|| name.prefix().text(bytes))
}

/// The attributes of a start tag; see [`StartTag::attributes`].
#[derive(Clone)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
    rest: std::slice::Iter<'a, RawAttribute>,
    scope: &'a Scope,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let (raw, namespace) = self.rest.find_map(|raw| match raw.role {
            Role::Ordinary(resolved) => Some((raw, self.scope.namespace(resolved))),
            Role::Declaration(_) => None,
        })?;
        Some(Attribute {
            bytes: self.bytes,
            name: raw.name,
            value: raw.value,
            plain: raw.plain,
            namespace,
        })
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// An attribute that is no namespace declaration.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    bytes: &'a [u8],
    name: Name,
    value: Span,
    plain: bool,
    namespace: Namespace<'a>,
}

impl<'a> Attribute<'a> {
    /// The name as written, prefix and colon included.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name.span.text(self.bytes)
    }

    /// The part of the name after the colon, or all of it.
    #[must_use]
    pub fn local(&self) -> &'a str {
        self.name.local().text(self.bytes)
    }

    /// The part of the name before the colon.
    #[must_use]
    pub fn prefix(&self) -> Option<&'a str> {
        prefix_of(self.name, self.bytes)
    }

    /// The namespace; [`Namespace::None`] for every attribute without a prefix.
    #[must_use]
    pub fn namespace(&self) -> Namespace<'a> {
        self.namespace
    }

    /// The value in pieces, without an allocation; see [`value`](Self::value).
    pub(super) fn value_pieces(&self, piece: impl FnMut(&str)) {
        normalised_pieces(self.value.text(self.bytes), self.plain, piece);
    }

    /// The value, normalised as XML 1.0 asks: references resolved, and each tab and line end
    /// a space. Borrowed unless something had to change.
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        normalised(self.value.text(self.bytes), self.plain)
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

/// The namespace declarations of a start tag; see [`StartTag::declarations`].
#[derive(Clone)]
pub struct Declarations<'a> {
    rest: std::slice::Iter<'a, RawAttribute>,
    scope: &'a Scope,
}

/// `xmlns="…"` or `xmlns:prefix="…"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamespaceDeclaration<'a> {
    /// The prefix; none for the default namespace.
    pub prefix: Option<&'a str>,
    /// The namespace; empty if the default namespace is taken away.
    pub uri: &'a str,
}

impl<'a> Iterator for Declarations<'a> {
    type Item = NamespaceDeclaration<'a>;

    fn next(&mut self) -> Option<NamespaceDeclaration<'a>> {
        self.rest.find_map(|raw| {
            let Role::Declaration(index) = raw.role else {
                return None;
            };
            let (prefix, uri) = self.scope.binding(index)?;
            Some(NamespaceDeclaration {
                prefix: (!prefix.is_empty()).then_some(prefix),
                uri,
            })
        })
    }
}

impl fmt::Debug for Declarations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// An end tag.
#[derive(Clone, Copy, Debug)]
pub struct EndTag<'a> {
    pub(super) name: &'a str,
    pub(super) colon: usize,
    pub(super) namespace: Namespace<'a>,
}

impl<'a> EndTag<'a> {
    /// The name as written, prefix and colon included.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The part of the name after the colon, or all of it.
    #[must_use]
    pub fn local(&self) -> &'a str {
        match self.colon {
            0 => self.name,
            colon => self.name.get(colon + 1..).unwrap_or_default(),
        }
    }

    /// The part of the name before the colon.
    #[must_use]
    pub fn prefix(&self) -> Option<&'a str> {
        (self.colon > 0).then(|| self.name.get(..self.colon).unwrap_or_default())
    }

    /// The namespace of the element.
    #[must_use]
    pub fn namespace(&self) -> Namespace<'a> {
        self.namespace
    }
}

/// How a piece of text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// As it is. The bytes are those of the source, but that every line end is one LF.
    Literal,
    /// By a character or entity reference; always exactly one character.
    Reference,
    /// In a CDATA section. An empty section gives no event.
    CData,
}

/// A piece of text.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) kind: TextKind,
}

impl<'a> Text<'a> {
    /// The text: whole characters in valid UTF-8, all of them allowed in XML. Costs nothing.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The text. Costs a second check of the UTF-8.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        std::str::from_utf8(self.bytes).unwrap_or_default()
    }

    /// How it was written.
    #[must_use]
    #[inline]
    pub fn kind(&self) -> TextKind {
        self.kind
    }

    /// Whether it is nothing but white space of XML.
    #[must_use]
    pub fn is_whitespace(&self) -> bool {
        self.bytes.iter().all(|&byte| scan::is_space(byte))
    }
}

impl fmt::Debug for Text<'_> {
    // The text itself must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("kind", &self.kind)
            .field("len", &self.bytes.len())
            .finish()
    }
}
