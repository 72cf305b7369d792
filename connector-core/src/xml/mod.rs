//! XML: a bounded, chunking tokeniser, and the canonical form of what it reads.
//!
//! [`Reader`] turns bytes into namespace-aware events in constant memory: text comes in
//! pieces, straight from the reader's buffer. It is stricter than most parsers where a
//! loose reading would let two programs see two different documents, and tolerant in three
//! named places where packets in circulation need it (see [`Reader`]). Its events can be fed
//! to any number of [`Canonical`]s.

mod attributes;
mod buffer;
mod canonical;
mod error;
mod event;
mod markup;
mod namespaces;
mod prolog;
pub mod reader;
mod scan;
mod text;

pub use canonical::{Ancestors, Canonical, CanonicalError, Form};
pub use error::{Flaw, Position, XmlError, XmlErrorKind};
pub use event::{
    Attribute, Attributes, Declaration, Declarations, EndTag, Event, NamespaceDeclaration,
    StartTag, Text, TextKind,
};
pub use namespaces::{Namespace, XML_NAMESPACE, XMLNS_NAMESPACE};
pub use reader::{Limits, Prolog, Reader};
