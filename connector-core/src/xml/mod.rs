//! XML: a bounded, chunking tokeniser.
//!
//! [`Reader`] turns bytes into namespace-aware events in constant memory: text comes in
//! pieces, straight from the reader's buffer. It is stricter than most parsers where a
//! loose reading would let two programs see two different documents, and tolerant in three
//! named places where packets in circulation need it (see [`Reader`]).

mod attributes;
mod buffer;
mod error;
mod event;
mod markup;
mod namespaces;
mod prolog;
pub mod reader;
mod scan;
mod text;

pub use error::{Flaw, Position, XmlError, XmlErrorKind};
pub use event::{
    Attribute, Attributes, Declaration, Declarations, EndTag, Event, NamespaceDeclaration,
    StartTag, Text, TextKind,
};
pub use namespaces::{Namespace, XML_NAMESPACE, XMLNS_NAMESPACE};
pub use reader::{Limits, Prolog, Reader};
