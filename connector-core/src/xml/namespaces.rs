//! Which prefix stands for which namespace, element by element.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// The namespace of the prefix `xml`.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of namespace declarations.
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// The namespace of an element or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace<'a> {
    /// It is in no namespace.
    None,
    /// It is in this namespace.
    Bound(&'a str),
    /// Its prefix was never declared. Namespaces in XML forbids this; packets in
    /// circulation do it, so the reader goes on and leaves the verdict to its caller.
    Unbound,
}

impl<'a> Namespace<'a> {
    /// The namespace, if there is a known one.
    #[must_use]
    pub const fn uri(self) -> Option<&'a str> {
        match self {
            Self::Bound(uri) => Some(uri),
            Self::None | Self::Unbound => None,
        }
    }

    /// Whether this is the namespace `uri`.
    #[must_use]
    pub fn is(self, uri: &str) -> bool {
        self.uri() == Some(uri)
    }
}

/// How a name was resolved, without a borrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    None,
    Xml,
    Unbound,
    /// Index of a binding.
    To(usize),
}

#[derive(Debug)]
struct Binding {
    prefix: Range<usize>,
    uri: Range<usize>,
    uri_hash: u64,
    /// The binding of the same prefix that this one hides.
    hidden: Option<usize>,
}

/// The bindings in scope. Every step takes constant time, whatever the document does.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Prefixes and URIs of all bindings, one after the other.
    names: String,
    bindings: Vec<Binding>,
    newest: HashMap<Box<str>, usize>,
    hasher: RandomState,
}

impl Scope {
    /// Number of bindings, also the mark to give to [`leave`](Self::leave).
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    /// Adds a binding; `prefix` is empty for the default namespace.
    pub(super) fn declare(&mut self, prefix: &str, uri: &str) {
        let start = self.names.len();
        self.names.push_str(prefix);
        let middle = self.names.len();
        self.names.push_str(uri);
        let index = self.bindings.len();
        let hidden = match self.newest.get_mut(prefix) {
            Some(newest) => Some(std::mem::replace(newest, index)),
            None => self.newest.insert(prefix.into(), index),
        };
        self.bindings.push(Binding {
            prefix: start..middle,
            uri: middle..self.names.len(),
            uri_hash: self.hasher.hash_one(uri),
            hidden,
        });
    }

    /// Forgets all bindings after the first `mark`.
    pub(super) fn leave(&mut self, mark: usize) {
        while self.bindings.len() > mark {
            let Some(binding) = self.bindings.pop() else {
                return;
            };
            let prefix = self.names.get(binding.prefix.clone()).unwrap_or_default();
            match binding.hidden {
                Some(hidden) => {
                    if let Some(newest) = self.newest.get_mut(prefix) {
                        *newest = hidden;
                    }
                }
                None => {
                    self.newest.remove(prefix);
                }
            }
            self.names.truncate(binding.prefix.start);
        }
    }

    /// Looks a prefix up; the empty one is the default namespace.
    pub(super) fn resolve(&self, prefix: &str) -> Resolved {
        match self.newest.get(prefix) {
            Some(&index) => match self.bindings.get(index) {
                // xmlns="" takes the default namespace away.
                Some(binding) if binding.uri.is_empty() => Resolved::None,
                _ => Resolved::To(index),
            },
            None if prefix.is_empty() => Resolved::None,
            None if prefix == "xml" => Resolved::Xml,
            None => Resolved::Unbound,
        }
    }

    /// What a resolution stands for.
    pub(super) fn namespace(&self, resolved: Resolved) -> Namespace<'_> {
        match resolved {
            Resolved::None => Namespace::None,
            Resolved::Xml => Namespace::Bound(XML_NAMESPACE),
            Resolved::Unbound => Namespace::Unbound,
            Resolved::To(index) => self
                .binding(index)
                .map_or(Namespace::Unbound, |(_, uri)| Namespace::Bound(uri)),
        }
    }

    /// The bindings that no other hides, in no order.
    pub(super) fn visible(&self) -> impl Iterator<Item = usize> {
        self.newest.values().copied()
    }

    /// A number that differs for different namespaces, but for rare accidents that nobody
    /// can provoke from outside. `None` without a namespace.
    pub(super) fn fingerprint(&self, resolved: Resolved) -> Option<u64> {
        match resolved {
            Resolved::None | Resolved::Unbound => None,
            Resolved::Xml => Some(self.hasher.hash_one(XML_NAMESPACE)),
            Resolved::To(index) => self.bindings.get(index).map(|binding| binding.uri_hash),
        }
    }

    /// Prefix and URI behind a resolution; both empty where there is no binding.
    pub(super) fn bound(&self, resolved: Resolved) -> (&str, &str) {
        match resolved {
            Resolved::To(index) => self.binding(index).unwrap_or_default(),
            Resolved::None | Resolved::Xml | Resolved::Unbound => ("", ""),
        }
    }

    /// Prefix and URI of a binding.
    pub(super) fn binding(&self, index: usize) -> Option<(&str, &str)> {
        let binding = self.bindings.get(index)?;
        Some((
            self.names.get(binding.prefix.clone())?,
            self.names.get(binding.uri.clone())?,
        ))
    }
}
