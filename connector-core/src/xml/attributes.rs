//! What stands between `<` and `>` of a start tag.

use memchr::memchr;

use super::error::{Flaw, XmlErrorKind};
use super::namespaces::{Resolved, Scope, XML_NAMESPACE, XMLNS_NAMESPACE};
use super::reader::Limits;
use super::scan::{self, Decoded, Reference};

/// A part of a tag, as byte numbers from its `<`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn bytes(self, tag: &[u8]) -> &[u8] {
        tag.get(self.start..self.end).unwrap_or_default()
    }

    /// The text of the span, which was checked before.
    pub(super) fn text(self, tag: &[u8]) -> &str {
        std::str::from_utf8(self.bytes(tag)).unwrap_or_default()
    }
}

/// A name and its colon.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name {
    pub(super) span: Span,
    /// Bytes before the colon; 0 without a prefix.
    pub(super) colon: usize,
}

impl Name {
    pub(super) fn prefix(self) -> Span {
        Span {
            start: self.span.start,
            end: self.span.start + self.colon,
        }
    }

    pub(super) fn local(self) -> Span {
        let skipped = if self.colon == 0 { 0 } else { self.colon + 1 };
        Span {
            start: self.span.start + skipped,
            end: self.span.end,
        }
    }
}

/// What an attribute is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Ordinary(Resolved),
    /// It declares the binding of this index.
    Declaration(usize),
}

/// One attribute of the tag at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawAttribute {
    pub(super) name: Name,
    pub(super) value: Span,
    /// The value needs no normalisation.
    pub(super) plain: bool,
    pub(super) role: Role,
    /// Equal for equal names, mostly different for others.
    key: u64,
    /// Likewise for names with their namespace.
    expanded_key: Option<u64>,
}

impl RawAttribute {
    /// How its name was resolved; none for a declaration.
    pub(super) fn resolved(&self) -> Option<Resolved> {
        match self.role {
            Role::Ordinary(resolved) => Some(resolved),
            Role::Declaration(_) => None,
        }
    }

    /// The binding it declares, if it is a declaration.
    pub(super) fn declared(&self) -> Option<usize> {
        match self.role {
            Role::Ordinary(_) => None,
            Role::Declaration(binding) => Some(binding),
        }
    }
}

/// The start tag at hand, taken apart.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: Name,
    pub(super) empty: bool,
    pub(super) resolved: Resolved,
    pub(super) attributes: Vec<RawAttribute>,
}

impl Default for Tag {
    fn default() -> Self {
        Self {
            name: Name::default(),
            empty: false,
            resolved: Resolved::None,
            attributes: Vec::new(),
        }
    }
}

/// A refusal and the byte of the tag where it was noticed.
pub(super) struct Refusal {
    pub(super) kind: XmlErrorKind,
    pub(super) at: usize,
}

fn refuse<T>(kind: impl Into<XmlErrorKind>, at: usize) -> Result<T, Refusal> {
    Err(Refusal {
        kind: kind.into(),
        at,
    })
}

impl Tag {
    /// Takes apart a whole tag, from `<` to `>`.
    pub(super) fn parse(&mut self, tag: &[u8], limits: &Limits) -> Result<(), Refusal> {
        self.attributes.clear();
        self.empty = tag.ends_with(b"/>");
        let end = tag.len() - if self.empty { 2 } else { 1 };
        let inside = tag.get(..end).unwrap_or_default();
        self.name = name_at(inside, 1, Flaw::Name)?;
        let mut at = self.name.span.end;
        loop {
            let space = scan::space_run(rest(inside, at));
            if at + space == end {
                return Ok(());
            }
            let name = name_at(inside, at + space, Flaw::Tag)?;
            if space == 0 {
                return refuse(Flaw::NoSpaceBeforeAttribute, at);
            }
            if self.attributes.len() >= limits.max_attributes {
                return refuse(limit("max_attributes", limits.max_attributes), at + space);
            }
            at = name.span.end;
            at += scan::space_run(rest(inside, at));
            if inside.get(at) != Some(&b'=') {
                let kind = what_is_wrong(rest(inside, at), Flaw::AttributeWithoutValue);
                return refuse(kind, at);
            }
            at += 1;
            at += scan::space_run(rest(inside, at));
            let Some(&quote @ (b'"' | b'\'')) = inside.get(at) else {
                return refuse(Flaw::UnquotedValue, at);
            };
            at += 1;
            let Some(length) = memchr(quote, rest(inside, at)) else {
                return refuse(Flaw::UnquotedValue, at);
            };
            let value = Span {
                start: at,
                end: at + length,
            };
            at = value.end + 1;
            let plain = check_value(tag, value)?;
            let key = quick_key(name.span.bytes(tag));
            for earlier in &self.attributes {
                if earlier.key == key && earlier.name.span.bytes(tag) == name.span.bytes(tag) {
                    return refuse(Flaw::DuplicateAttribute, name.span.start);
                }
            }
            self.attributes.push(RawAttribute {
                name,
                value,
                plain,
                role: Role::Ordinary(Resolved::None),
                key,
                expanded_key: None,
            });
        }
    }

    /// Adds the declarations of the tag to `scope` and looks up all its prefixes.
    pub(super) fn bind(
        &mut self,
        tag: &[u8],
        scope: &mut Scope,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        for attribute in &mut self.attributes {
            let name = attribute.name;
            let prefix = match (name.prefix().bytes(tag), name.local().bytes(tag)) {
                (b"", b"xmlns") => "",
                (b"xmlns", _) => name.local().text(tag),
                _ => continue,
            };
            let uri = normalised(attribute.value.text(tag), attribute.plain);
            check_declaration(prefix, &uri).or_else(|flaw| refuse(flaw, name.span.start))?;
            if scope.len() >= limits.max_namespaces {
                return refuse(
                    limit("max_namespaces", limits.max_namespaces),
                    name.span.start,
                );
            }
            attribute.role = Role::Declaration(scope.len());
            scope.declare(prefix, &uri);
        }
        if self.name.prefix().bytes(tag) == b"xmlns" {
            return refuse(Flaw::ReservedNamespace, 1);
        }
        self.resolved = scope.resolve(self.name.prefix().text(tag));
        for index in 0..self.attributes.len() {
            let (earlier, later) = self.attributes.split_at_mut(index);
            let Some(attribute) = later.first_mut() else {
                break;
            };
            // An attribute without a prefix is in no namespace, and its name is unique.
            if attribute.name.colon == 0 || matches!(attribute.role, Role::Declaration(_)) {
                continue;
            }
            let resolved = scope.resolve(attribute.name.prefix().text(tag));
            attribute.role = Role::Ordinary(resolved);
            let local = attribute.name.local().bytes(tag);
            attribute.expanded_key = scope
                .fingerprint(resolved)
                .map(|namespace| namespace ^ quick_key(local).rotate_left(7));
            if attribute.expanded_key.is_none() {
                continue;
            }
            for other in earlier {
                let Role::Ordinary(other_resolved) = other.role else {
                    continue;
                };
                if other.expanded_key == attribute.expanded_key
                    && other.name.local().bytes(tag) == local
                    && scope.namespace(other_resolved) == scope.namespace(resolved)
                {
                    return refuse(Flaw::DuplicateAttribute, attribute.name.span.start);
                }
            }
        }
        Ok(())
    }
}

pub(super) fn limit(limit: &'static str, maximum: usize) -> XmlErrorKind {
    XmlErrorKind::LimitExceeded {
        limit,
        maximum: maximum as u64,
    }
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// Length and first bytes in one word: comparing names of hostile tags two by two stays
/// cheap.
fn quick_key(name: &[u8]) -> u64 {
    name.iter()
        .take(7)
        .fold(name.len() as u64, |key, &byte| key << 8 | u64::from(byte))
}

fn name_at(inside: &[u8], at: usize, missing: Flaw) -> Result<Name, Refusal> {
    let bytes = rest(inside, at);
    let (length, _) = scan::name_run(bytes, 0);
    if length == 0 {
        return refuse(what_is_wrong(bytes, missing), at);
    }
    let span = Span {
        start: at,
        end: at + length,
    };
    match scan::colon(span.bytes(inside)) {
        Some(colon) => Ok(Name { span, colon }),
        None => refuse(Flaw::QualifiedName, at),
    }
}

/// The most telling name for a byte that should not be there.
fn what_is_wrong(bytes: &[u8], otherwise: Flaw) -> XmlErrorKind {
    match scan::decode(bytes) {
        Decoded::Invalid => XmlErrorKind::InvalidUtf8,
        Decoded::Incomplete if !bytes.is_empty() => XmlErrorKind::InvalidUtf8,
        Decoded::Char(c, _) if !scan::is_xml_char(c) => XmlErrorKind::InvalidCharacter,
        _ => otherwise.into(),
    }
}

/// Checks an attribute value; true if it needs no normalisation.
fn check_value(tag: &[u8], value: Span) -> Result<bool, Refusal> {
    let bytes = value.bytes(tag);
    let mut plain = true;
    let mut at = 0;
    loop {
        at += scan::value_run(rest(bytes, at));
        let place = value.start + at;
        match bytes.get(at) {
            None => return Ok(plain),
            Some(b'\t' | b'\n' | b'\r') => {
                plain = false;
                at += 1;
            }
            Some(b'<') => return refuse(Flaw::LessThanInValue, place),
            Some(b'&') => {
                plain = false;
                match scan::reference(rest(bytes, at)) {
                    Reference::Char(_, size) => at += size,
                    Reference::Incomplete | Reference::Malformed => {
                        return refuse(Flaw::Reference, place);
                    }
                    Reference::Unknown => return refuse(XmlErrorKind::UnknownEntity, place),
                    Reference::InvalidCharacter => {
                        return refuse(XmlErrorKind::InvalidCharacter, place);
                    }
                    Reference::TooLong => {
                        return refuse(limit("max_reference", scan::MAX_REFERENCE), place);
                    }
                }
            }
            Some(_) => match scan::decode(rest(bytes, at)) {
                Decoded::Char(c, size) if scan::is_xml_char(c) => at += size,
                Decoded::Char(..) => return refuse(XmlErrorKind::InvalidCharacter, place),
                Decoded::Invalid | Decoded::Incomplete => {
                    return refuse(XmlErrorKind::InvalidUtf8, place);
                }
            },
        }
    }
}

/// An attribute value as XML 1.0 wants it normalised: references resolved, and each tab and
/// line end a space.
pub(super) fn normalised(raw: &str, plain: bool) -> std::borrow::Cow<'_, str> {
    if plain {
        return raw.into();
    }
    let mut value = String::with_capacity(raw.len());
    normalised_pieces(raw, plain, |piece| value.push_str(piece));
    value.into()
}

/// The same in pieces.
pub(super) fn normalised_pieces(raw: &str, plain: bool, mut piece: impl FnMut(&str)) {
    let mut rest = raw;
    while !plain && let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, mark) = rest.split_at(at);
        piece(before);
        let size = if !mark.starts_with('&') {
            piece(" ");
            if mark.starts_with("\r\n") { 2 } else { 1 }
        } else if let Reference::Char(c, size) = scan::reference(mark.as_bytes()) {
            piece(c.encode_utf8(&mut [0; 4]));
            size
        } else {
            // Every reference was checked before.
            1
        };
        rest = mark.get(size..).unwrap_or_default();
    }
    piece(rest);
}

/// The rules of Namespaces in XML for one declaration.
fn check_declaration(prefix: &str, uri: &str) -> Result<(), Flaw> {
    if prefix == "xmlns" || uri == XMLNS_NAMESPACE {
        return Err(Flaw::ReservedNamespace);
    }
    if (prefix == "xml") != (uri == XML_NAMESPACE) {
        return Err(Flaw::ReservedNamespace);
    }
    if uri.is_empty() && !prefix.is_empty() {
        return Err(Flaw::EmptyPrefixBinding);
    }
    Ok(())
}
