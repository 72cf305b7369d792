//! Attachments: their own elements joined with the manifest's.

use crate::finding::{Finding, FindingCode};
use crate::packet::attachment::magic::extension_matches;
use crate::packet::attachment::name::extension;
use crate::packet::attachment::zip::Unzipped;
use crate::packet::element::{Context, Node, leaf_text};
use crate::packet::ids::ContentId;
use crate::packet::received::ReceivedAttachment;
use crate::xml::Position;

use super::data::{Fault, Outcome};

/// An entry of the manifest.
#[derive(Default)]
pub(super) struct Reference {
    content_id: Option<ContentId>,
    content_type: Option<String>,
    description: Option<String>,
    name: Option<String>,
    position: Option<Position>,
}

impl Reference {
    pub(super) fn read(node: Node, number: usize, context: &mut Context) -> Self {
        let mut reference = Reference {
            position: node.position,
            ..Reference::default()
        };
        if node.has_attributes {
            context.report(FindingCode::ReferenceHref);
        }
        for child in node.children {
            context.enter(&child.name, None, child.position);
            match &*child.name {
                "ContentId" => reference.content_id = content_id(&child, number, context),
                "ContentType" => reference.content_type = text(&child, context),
                "Description" => reference.description = text(&child, context),
                "AttachmentName" => reference.name = text(&child, context),
                _ => context.report(FindingCode::ElementUnknown),
            }
            context.leave();
        }
        reference
    }
}

fn text(node: &Node, context: &mut Context) -> Option<String> {
    leaf_text(node, context).map(str::to_owned)
}

/// The id without any `cid:`; not exactly one is worth a finding, and nothing
/// behind it is no id.
fn content_id(node: &Node, number: usize, context: &mut Context) -> Option<ContentId> {
    let text = leaf_text(node, context)?;
    let once = text
        .strip_prefix("cid:")
        .is_some_and(|rest| !rest.trim_start().starts_with("cid:"));
    if !once {
        let finding = context
            .finding(FindingCode::ContentIdForm)
            .with("number", number.to_string());
        context.findings.push(finding);
    }
    Some(ContentId::without_prefix(text)).filter(|id| !id.as_str().is_empty())
}

/// An attachment while it is read.
pub(super) struct Incoming {
    number: usize,
    position: Option<Position>,
    content_id: Option<ContentId>,
    name: Option<String>,
    description: Option<String>,
    content_type: Option<String>,
    stated_size: Option<u64>,
    pub(super) data: Option<Received>,
}

/// The data of an attachment, read to its end.
pub(super) struct Received {
    pub(super) encoded: std::ops::Range<u64>,
    pub(super) double: bool,
    pub(super) outcome: Result<Outcome, Fault>,
}

impl Incoming {
    pub(super) fn new(number: usize, position: Option<Position>) -> Self {
        Incoming {
            number,
            position,
            content_id: None,
            name: None,
            description: None,
            content_type: None,
            stated_size: None,
            data: None,
        }
    }

    /// Reads a child other than the data.
    pub(super) fn read_child(&mut self, child: Node, context: &mut Context) {
        context.enter(&child.name, None, child.position);
        if &*child.name == "AttachmentName" && self.name.is_some() {
            context.report(FindingCode::ElementRepeated);
        }
        match &*child.name {
            "ContentId" => self.content_id = content_id(&child, self.number, context),
            "AttachmentName" => self.name = text(&child, context),
            "Description" => self.description = text(&child, context),
            "ContentType" | "AttachmentType" => self.content_type = text(&child, context),
            "AttachmentSize" => {
                self.stated_size = text(&child, context).and_then(|text| text.parse().ok());
            }
            "FieldName" | "MimeType" | "Format" => {}
            _ => context.report(FindingCode::ElementUnknown),
        }
        context.leave();
    }

    /// Ends the attachment; the manifest's particulars fill gaps.
    pub(super) fn finish(self, references: &[Reference], context: &mut Context) -> Joined {
        let number = self.number;
        let path = format!("AttachmentEncoded/Attachment[{number}]");
        let mut attachment = ReceivedAttachment {
            number,
            content_id: self.content_id,
            name: self.name,
            description: self.description,
            content_type: self.content_type,
            reference_type: None,
            raw: None,
            unwrapped: None,
            encoded: None,
            double_base64: false,
            fault: None,
            undecoded: None,
        };
        let mut report = |code, with: &[(&'static str, String)]| {
            let mut finding = Finding::new(code, path.clone()).with("number", number.to_string());
            finding.position = self.position;
            for (name, value) in with {
                finding = finding.with(name, value.clone());
            }
            context.findings.push(finding);
        };
        let provisional = match join_by_id(&mut attachment, references) {
            true => None,
            false => by_place(number, references),
        };
        match self.data {
            None => {
                attachment.fault = Some(FindingCode::AttachmentEmpty);
                report(FindingCode::AttachmentEmpty, &[]);
            }
            Some(received) => {
                attachment.encoded = Some(received.encoded);
                attachment.double_base64 = received.double;
                if received.double {
                    report(FindingCode::AttachmentDoubleBase64, &[]);
                }
                match received.outcome {
                    Err(Fault::Base64(undecoded)) => {
                        attachment.fault = Some(FindingCode::AttachmentBase64Invalid);
                        attachment.undecoded = undecoded;
                        report(FindingCode::AttachmentBase64Invalid, &[]);
                    }
                    Err(Fault::TooLarge { limit, maximum }) => {
                        attachment.fault = Some(FindingCode::AttachmentTooLarge);
                        report(
                            FindingCode::AttachmentTooLarge,
                            &[
                                ("limit", limit.to_owned()),
                                ("maximum", maximum.to_string()),
                            ],
                        );
                    }
                    Ok(outcome) => {
                        if outcome.raw.size == 0 {
                            report(FindingCode::AttachmentEmpty, &[]);
                        }
                        if outcome.unpadded {
                            report(FindingCode::AttachmentBase64Unpadded, &[]);
                        }
                        let size = outcome.raw.size;
                        if self.stated_size.is_some_and(|stated| stated != size) {
                            report(FindingCode::AttachmentSizeDiffers, &[]);
                        }
                        let name = attachment.name.as_deref();
                        let name = name.or_else(|| provisional?.name.as_deref());
                        let named_zip = name
                            .and_then(extension)
                            .is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
                        take_outcome(&mut attachment, outcome, named_zip, &mut report);
                    }
                }
            }
        }
        Joined {
            attachment,
            position: self.position,
        }
    }
}

/// An attachment with what the manifest says of it, and its place.
pub(super) struct Joined {
    pub(super) attachment: ReceivedAttachment,
    position: Option<Position>,
}

impl Joined {
    /// The attachment as far as it is known while the packet is still read.
    pub(super) fn so_far(&self, references: &[Reference]) -> ReceivedAttachment {
        let mut attachment = self.attachment.clone();
        if !join_by_id(&mut attachment, references)
            && let Some(reference) = by_place(attachment.number, references)
        {
            fill(&mut attachment, reference);
        }
        attachment
    }
}

type Report<'r> = &'r mut dyn FnMut(FindingCode, &[(&'static str, String)]);

fn take_outcome(
    attachment: &mut ReceivedAttachment,
    outcome: Outcome,
    named_zip: bool,
    report: Report<'_>,
) {
    attachment.raw = Some(outcome.raw);
    match outcome.unzipped {
        _ if named_zip => {}
        Unzipped::Single { .. } => {
            attachment.unwrapped = Some(outcome.entry);
            report(FindingCode::AttachmentUnwrapped, &[]);
        }
        Unzipped::Refused(_) => report(
            FindingCode::AttachmentZipRefused,
            &[("reason", outcome.unzipped.name().to_owned())],
        ),
        Unzipped::Corrupt(_) => report(FindingCode::AttachmentZipCorrupt, &[]),
        Unzipped::NotZip | Unzipped::Several => {}
    }
}

/// Whether a reference bears the attachment's id; its particulars fill gaps.
fn join_by_id(attachment: &mut ReceivedAttachment, references: &[Reference]) -> bool {
    let found = by_id(attachment, references).and_then(|place| references.get(place));
    if let Some(reference) = found {
        fill(attachment, reference);
    }
    found.is_some()
}

/// The reference with the attachment's id. Where several bear it, the one in
/// the attachment's place goes before the first.
fn by_id(attachment: &ReceivedAttachment, references: &[Reference]) -> Option<usize> {
    let id = attachment.content_id.as_ref()?;
    let bears = |reference: &Reference| reference.content_id.as_ref() == Some(id);
    let own = attachment.number.checked_sub(1)?;
    if references.get(own).is_some_and(bears) {
        return Some(own);
    }
    references.iter().position(bears)
}

/// The reference in the attachment's place. While reading it is good for a
/// name only: its id may turn out to be that of a later attachment.
fn by_place(number: usize, references: &[Reference]) -> Option<&Reference> {
    references.get(number.checked_sub(1)?)
}

fn fill(attachment: &mut ReceivedAttachment, reference: &Reference) {
    fn missing(to: &mut Option<String>, from: &Option<String>) {
        if to.is_none() {
            to.clone_from(from);
        }
    }
    missing(&mut attachment.name, &reference.name);
    missing(&mut attachment.description, &reference.description);
    attachment
        .reference_type
        .clone_from(&reference.content_type);
}

/// Joins manifest and attachments when both are known: by id, else by place;
/// then compares what they declare with the bytes. `complete` says that all
/// attachments are known.
pub(super) fn join(
    joined: Vec<Joined>,
    references: &[Reference],
    complete: bool,
    context: &mut Context,
) -> Vec<ReceivedAttachment> {
    let mut used = vec![false; references.len()];
    let mut attachments = Vec::with_capacity(joined.len());
    let ids: Vec<_> = joined
        .iter()
        .map(|joined| joined.attachment.content_id.clone())
        .collect();
    for (
        index,
        Joined {
            mut attachment,
            position,
        },
    ) in joined.into_iter().enumerate()
    {
        let by_id = by_id(&attachment, references);
        let by_place = references
            .get(index)
            .filter(|reference| {
                !ids.contains(&reference.content_id) || reference.content_id.is_none()
            })
            .map(|_| index);
        let path = format!("AttachmentEncoded/Attachment[{}]", attachment.number);
        let number = attachment.number;
        let mut report = |code, detected: &'static str| {
            let mut finding = Finding::new(code, path.clone())
                .with("number", number.to_string())
                .with("detected", detected);
            finding.position = position;
            context.findings.push(finding);
        };
        let place = by_id.or(by_place);
        if let Some(reference) = place.and_then(|place| references.get(place)) {
            if by_id.is_none() {
                report(FindingCode::ReferenceByOrder, "");
            }
            fill(&mut attachment, reference);
        } else {
            report(FindingCode::AttachmentWithoutReference, "");
        }
        if let Some(used) = place.and_then(|place| used.get_mut(place)) {
            *used = true;
        }
        if attachment.content_id.is_none() {
            report(FindingCode::ContentIdMissing, "");
        } else if ids
            .iter()
            .take(index)
            .any(|id| *id == attachment.content_id)
        {
            report(FindingCode::ContentIdRepeated, "");
        }
        compare_types(&attachment, &mut report);
        attachments.push(attachment);
    }
    for (index, (reference, used)) in references.iter().zip(used).enumerate() {
        if !used && complete {
            let number = index + 1;
            let mut finding = Finding::new(
                FindingCode::ReferenceWithoutAttachment,
                format!("edXMLManifest/Reference[{number}]"),
            )
            .with("number", number.to_string());
            finding.position = reference.position;
            context.findings.push(finding);
        }
    }
    attachments
}

/// Declared types against each other and against the bytes; the name's
/// extension against the file that was meant.
fn compare_types(
    attachment: &ReceivedAttachment,
    report: &mut dyn FnMut(FindingCode, &'static str),
) {
    let (Some(raw), Some(content)) = (attachment.raw, attachment.content()) else {
        return;
    };
    let own = attachment.content_type.as_deref();
    let reference = attachment.reference_type.as_deref();
    let contradict_each_other = own
        .zip(reference)
        .is_some_and(|(own, reference)| !own.eq_ignore_ascii_case(reference));
    let contradicts_bytes = own
        .or(reference)
        .and_then(|declared| declared.rsplit('/').next())
        .and_then(|subtype| extension_matches(subtype, raw.detected))
        == Some(false);
    if contradict_each_other || contradicts_bytes {
        report(
            FindingCode::AttachmentTypeContradiction,
            raw.detected.name(),
        );
    }
    let name_fits = attachment
        .name
        .as_deref()
        .and_then(extension)
        .and_then(|extension| extension_matches(extension, content.detected));
    if name_fits == Some(false) {
        report(FindingCode::AttachmentTypeMismatch, content.detected.name());
    }
}
