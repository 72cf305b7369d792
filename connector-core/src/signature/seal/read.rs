//! What a seal says, read from the events that its signature is checked by.

use super::{NAMESPACE, ROOT};
use crate::packet::document::{Document, TraceHeaderList};
use crate::packet::element::{Context, Group, Node};
use crate::xml::{Event, Namespace};

/// What the sender stated.
pub(crate) struct Statement {
    pub(crate) document: Document,
    pub(crate) files: Vec<StatedFile>,
}

/// A file as it was stated.
pub(crate) struct StatedFile {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// Lower-case hexadecimal digits.
    pub(crate) sha256: String,
}

/// The seal is not of the form that this version knows. The element is named as it stands in
/// the format, or is empty for one that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Builds the statement from events. The events of the `Signature` may be fed as well; they are
/// passed over.
#[derive(Default)]
pub(crate) struct StatementReader {
    open: Vec<Node>,
    /// Inside the signature.
    signature: usize,
    root: Option<Node>,
    failure: Option<Malformed>,
}

impl StatementReader {
    pub(crate) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(start) if self.signature > 0 => {
                let _ = start;
                self.signature += 1;
            }
            Event::End(_) if self.signature > 0 => self.signature -= 1,
            Event::Start(start) => {
                let ours = start.namespace() == Namespace::Bound(NAMESPACE);
                if !ours && self.open.len() == 1 && start.local() == "Signature" {
                    // Which one counts as the signature is the checker's to say.
                    self.signature = 1;
                    return;
                }
                if !ours || start.attributes().next().is_some() {
                    self.failure.get_or_insert(Malformed(""));
                }
                self.open.push(Node {
                    name: start.local().into(),
                    ..Node::default()
                });
            }
            Event::Text(text) if self.signature == 0 => {
                if let Some(node) = self.open.last_mut() {
                    node.text.push_str(text.as_str());
                }
            }
            Event::End(_) => {
                if let Some(node) = self.open.pop() {
                    match self.open.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => self.root = Some(node),
                    }
                }
            }
            _ => {}
        }
    }

    pub(crate) fn finish(self) -> Result<Statement, Malformed> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let root = self.root.filter(|root| &*root.name == ROOT);
        let mut children = root.ok_or(Malformed(ROOT))?.children.into_iter().peekable();
        let mut context = Context::new(16);
        let mut document = Document::default();
        let header = children
            .next_if(|child| &*child.name == "MessageHeader")
            .ok_or(Malformed("MessageHeader"))?;
        for child in header.children {
            if &*child.name == "TraceHeaderList" {
                return Err(Malformed("MessageHeader"));
            }
            document
                .read_child(child, &mut context)
                .map_err(|_| Malformed("MessageHeader"))?;
        }
        if let Some(trace) = children.next_if(|child| &*child.name == "TraceHeaderList") {
            let mut list = TraceHeaderList::default();
            for child in trace.children {
                list.read_child(child, &mut context)
                    .map_err(|_| Malformed("TraceHeaderList"))?;
            }
            document.trace_header_list = Some(list);
        }
        let list = children
            .next_if(|child| &*child.name == "Attachments")
            .ok_or(Malformed("Attachments"))?;
        if children.next().is_some() {
            return Err(Malformed(""));
        }
        // What this reader would have to guess at, no seal of ours has.
        if context.findings.len() > 0 {
            return Err(Malformed("MessageHeader"));
        }
        let files = list
            .children
            .into_iter()
            .map(file)
            .collect::<Result<_, _>>()?;
        Ok(Statement { document, files })
    }
}

/// A number as it is written here: digits, no sign, no leading zero.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn file(node: Node) -> Result<StatedFile, Malformed> {
    if &*node.name != "Attachment" {
        return Err(Malformed("Attachments"));
    }
    let [name, size, sha256] =
        <[Node; 3]>::try_from(node.children).map_err(|_| Malformed("Attachment"))?;
    let leaf = |node: Node, element: &'static str| {
        let is_leaf = &*node.name == element && node.children.is_empty();
        is_leaf.then_some(node.text).ok_or(Malformed(element))
    };
    let sha256 = leaf(sha256, "Sha256")?;
    let is_digest = sha256.len() == 64
        && sha256
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return Err(Malformed("Sha256"));
    }
    Ok(StatedFile {
        name: leaf(name, "AttachmentName")?,
        size: number(&leaf(size, "Size")?).ok_or(Malformed("Size"))?,
        sha256,
    })
}
