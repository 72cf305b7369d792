//! The meaning of a packet: a normal form that a hop's rebuilding leaves
//! unchanged, and its digest.
//!
//! The normal form holds every element of the header that a rebuild keeps,
//! whatever its order, prefix and white space, and the name and SHA-256 of each
//! attachment, unwrapped; of one that is no base64, that of the text, under
//! another label. Left out is what a rebuild is known to add, drop or
//! change (observed): trace headers, `Direction`, `ToPlaces`,
//! `ResponseForTask`, content types, content ids, and the values it makes up
//! (`SteeringType` 0, `DocumentType/Type` 2, `Priority` 0, amounts of 0 or 1).
//! `docs/meaning-digest.md` has the whole of it.

use std::fmt;

use super::codes::BusinessType;
use super::element::{Group, Walk};
use super::received::{Content, Packet, ReceivedAttachment};
use crate::crypto::digest::{hex, sha256};

/// The SHA-256 of a packet's normal form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeaningDigest([u8; 32]);

impl MeaningDigest {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for MeaningDigest {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for MeaningDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Packet {
    /// The digest of the packet's meaning; `None` where the packet is neither
    /// document nor status, was not read to its end, or an attachment passes a
    /// limit.
    pub fn meaning_digest(&self) -> Option<MeaningDigest> {
        self.meaning_digest_without(None)
    }

    /// The digest as if one attachment, by its number, were not there.
    pub(crate) fn meaning_digest_without(
        &self,
        attachment: Option<usize>,
    ) -> Option<MeaningDigest> {
        self.form_without(attachment)
            .map(|form| MeaningDigest(sha256(form.as_bytes())))
    }

    /// The normal form itself: texts of the packet, so not for logs.
    pub fn normal_form(&self) -> Option<String> {
        self.form_without(None)
    }

    fn form_without(&self, attachment: Option<usize>) -> Option<String> {
        if !self.readable {
            return None;
        }
        let mut form = format!("lienthong-meaning-1\n{}\n", self.kind());
        match &self.content {
            Content::Document(document) => {
                let is_new = document.business_type() == BusinessType::New;
                form.push_str(&group_form(document.as_ref(), is_new));
                let mut attachments = self
                    .attachments
                    .iter()
                    .filter(|one| Some(one.number) != attachment)
                    .map(attachment_form)
                    .collect::<Option<Vec<_>>>()?;
                attachments.sort();
                form.push_str(&attachments.concat());
            }
            Content::Status(status) => form.push_str(&group_form(status.as_ref(), false)),
            Content::Unknown => return None,
        }
        Some(form)
    }
}

fn attachment_form(attachment: &ReceivedAttachment) -> Option<String> {
    let data = match (attachment.content(), attachment.undecoded) {
        (Some(content), _) => leaf_form("Sha256", &content.sha256_hex()),
        // Never that of a file, whatever its bytes.
        (None, Some(text)) => [
            leaf_form("DecodedBytes", &text.bytes.to_string()),
            leaf_form("UndecodedSha256", &hex(&text.sha256)),
        ]
        .concat(),
        (None, None) if attachment.encoded.is_none() => String::new(),
        (None, None) => return None,
    };
    let name = collapse(attachment.name.as_deref().unwrap_or_default());
    let name = leaf_form("AttachmentName", &name);
    Some(format!("Attachment{{{name}{data}}}\n"))
}

fn group_form(group: &impl Group, is_new: bool) -> String {
    let mut walk = FormWalk {
        is_new,
        open: vec![("", Vec::new())],
    };
    group.walk_children(&mut walk);
    let mut children = walk
        .open
        .pop()
        .map(|(_, children)| children)
        .unwrap_or_default();
    children.sort();
    children.concat()
}

/// A leaf with its length before its text, so that no text can pass for
/// structure.
pub(super) fn leaf_form(element: &str, text: &str) -> String {
    format!("{element}={}:{text}\n", text.len())
}

/// White space taken as one space, none at the ends.
pub(crate) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a rebuild adds this element with this text, drops it, or changes it:
/// then it has no part in the meaning.
pub(super) fn is_left_out(parent: &str, element: &str, text: &str) -> bool {
    match (parent, element) {
        (_, "ToPlaces" | "ResponseForTask" | "TraceHeader") => true,
        ("OtherInfo", "Direction") => true,
        ("", "SteeringType") | ("OtherInfo", "Priority") => text == "0",
        ("DocumentType", "Type") => text == "2",
        ("OtherInfo", "PromulgationAmount" | "PageAmount") => matches!(text, "0" | "1"),
        ("Bussiness", "BussinessDocType") => text == "0",
        _ => false,
    }
}

/// Builds the form of each group when it ends: its children sorted, so that
/// order never counts; a group with nothing left is left out.
struct FormWalk {
    is_new: bool,
    open: Vec<(&'static str, Vec<String>)>,
}

impl FormWalk {
    fn add(&mut self, form: String) {
        if let Some((_, children)) = self.open.last_mut() {
            children.push(form);
        }
    }
}

impl Walk for FormWalk {
    fn enter(&mut self, element: &'static str, _number: Option<usize>) {
        self.open.push((element, Vec::new()));
    }

    fn leave(&mut self, element: &'static str) {
        let Some((_, mut children)) = self.open.pop() else {
            return;
        };
        let parent = self.open.last().map_or("", |(name, _)| *name);
        if children.is_empty() || is_left_out(parent, element, "") {
            return;
        }
        children.sort();
        self.add(format!("{element}{{{}}}\n", children.concat()));
    }

    fn leaf(&mut self, element: &'static str, _number: Option<usize>, text: &str, _max: usize) {
        let parent = self.open.last().map_or("", |(name, _)| *name);
        let text = collapse(text);
        // The target of a new document means nothing (edXML: to be ignored).
        let idle = self.is_new && (parent, element) == ("Bussiness", "DocumentId");
        if !text.is_empty() && !idle && !is_left_out(parent, element, &text) {
            self.add(leaf_form(element, &text));
        }
    }
}
