//! What a seal says, before it is signed.

use super::NAMESPACE;
use crate::crypto::digest::hex;
use crate::packet::document::Document;
use crate::packet::element::{Group, Walk};
use crate::packet::escape;

/// A file of the packet, as it was before any wrapping.
pub(crate) struct SealedFile {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
}

/// The statement: header and files. Hops are left out, since each adds its own.
pub(crate) fn statement(document: &Document, files: &[SealedFile]) -> String {
    let mut walk = Elements {
        text: format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Seal xmlns=\"{NAMESPACE}\">\n  <MessageHeader>\n"
        ),
        depth: 2,
        skipped: 0,
        in_message_header: true,
    };
    document.walk_children(&mut walk);
    walk.leave_message_header();
    let mut text = walk.text;
    text.push_str("  <Attachments>\n");
    for file in files {
        text.push_str(&format!(
            "    <Attachment>\n      <AttachmentName>{}</AttachmentName>\n      <Size>{}</Size>\n      <Sha256>{}</Sha256>\n    </Attachment>\n",
            escape(&file.name),
            file.size,
            hex(&file.sha256)
        ));
    }
    text.push_str("  </Attachments>\n</Seal>\n");
    text
}

struct Elements {
    text: String,
    depth: usize,
    /// How many hops one is inside.
    skipped: usize,
    in_message_header: bool,
}

impl Elements {
    fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn leave_message_header(&mut self) {
        if std::mem::take(&mut self.in_message_header) {
            self.depth = 1;
            self.line("</MessageHeader>");
        }
    }
}

impl Walk for Elements {
    fn enter(&mut self, element: &'static str, _number: Option<usize>) {
        if element == "TraceHeaderList" {
            self.leave_message_header();
        }
        if element == "TraceHeader" || self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        self.line(&format!("<{element}>"));
        self.depth += 1;
    }

    fn leave(&mut self, element: &'static str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        self.depth -= 1;
        self.line(&format!("</{element}>"));
    }

    fn leaf(&mut self, element: &'static str, _number: Option<usize>, text: &str, _max: usize) {
        if self.skipped == 0 && !text.is_empty() {
            self.line(&format!("<{element}>{}</{element}>", escape(text)));
        }
    }
}
