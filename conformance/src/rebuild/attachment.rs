//! What becomes of attachments and the manifest.

use std::io::{self, BufRead};

use super::header::{Shaped, group};
use super::schema;
use super::source::Source;
use super::spool::{Filled, Span, Spool};
use super::{RebuildFailure, Uuids, zip};

/// How the data of an attachment is written.
pub(super) enum Form {
    /// The base64 text as it was read.
    AsRead,
    /// The bytes, encoded.
    Raw,
    /// The bytes in a ZIP with one entry, encoded.
    Zipped { entry: String },
}

/// An attachment as it will be written.
pub(super) struct Rebuilt {
    pub(super) particulars: Shaped,
    pub(super) data: Option<(Place, Form)>,
}

/// Where the bytes wait.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Read(Span),
    Unzipped(Span),
}

/// Manifest and attachments as they will be written.
pub(super) struct Prepared {
    pub(super) references: Vec<Shaped>,
    pub(super) attachments: Vec<Rebuilt>,
    read: Option<Filled>,
    unzipped: Option<Filled>,
}

impl Prepared {
    pub(super) fn open(&self, place: Place) -> io::Result<Box<dyn BufRead + '_>> {
        let (spool, span) = match place {
            Place::Read(span) => (&self.read, span),
            Place::Unzipped(span) => (&self.unzipped, span),
        };
        match spool {
            Some(spool) => Ok(Box::new(spool.open(span)?)),
            None => Ok(Box::new(io::empty())),
        }
    }
}

/// As seen: attachments and manifest stay as they are; leading `cid:`s become one.
pub(super) fn keep(packet: &mut Source) -> Prepared {
    let mut references: Vec<Shaped> = std::mem::take(&mut packet.references)
        .into_iter()
        .map(|node| group(node, &schema::REFERENCE, false))
        .collect();
    let mut attachments: Vec<Rebuilt> = std::mem::take(&mut packet.attachments)
        .into_iter()
        .map(|raw| Rebuilt {
            particulars: group(raw.node, &schema::ATTACHMENT, false),
            data: raw.data.map(|span| (Place::Read(span), Form::AsRead)),
        })
        .collect();
    let particulars = attachments.iter_mut().map(|one| &mut one.particulars);
    for element in references.iter_mut().chain(particulars) {
        change_id(element, one_cid);
    }
    Prepared {
        references,
        attachments,
        read: packet.spool.take(),
        unzipped: None,
    }
}

/// 0.0.3: unzipped, then raw or zipped by extension; the manifest is remade.
pub(super) fn build(packet: &mut Source, uuids: &mut Uuids) -> Result<Prepared, RebuildFailure> {
    let mut prepared = Prepared {
        references: Vec::new(),
        attachments: Vec::new(),
        read: packet.spool.take(),
        unzipped: None,
    };
    let mut unzipped = Spool::new();
    let raws = std::mem::take(&mut packet.attachments);
    for (index, raw) in raws.into_iter().enumerate() {
        let number = index + 1;
        let format = raw.node.child("Format").map(|node| node.text.trim());
        let format = format.filter(|text| !text.is_empty()).map(str::to_owned);
        let mut particulars = group(raw.node, &schema::ATTACHMENT, false);
        let some = |name| particulars.leaf(name).filter(|text| !text.is_empty());
        let name = some("AttachmentName").map(str::to_owned);
        let content_type = some("ContentType").map(str::to_owned);
        let Some(extension) = format
            .as_deref()
            .map(|format| format.rsplit('.').next().unwrap_or(format))
            .or_else(|| name.as_deref().map(extension))
        else {
            return Err(RebuildFailure::AttachmentWithoutName { number });
        };
        let span = raw
            .data
            .ok_or(RebuildFailure::AttachmentWithoutData { number })?;
        let mut place = Place::Read(span);
        let named_zip = extension_of(name.as_deref()) == "zip";
        let may_be_zip = content_type
            .as_deref()
            .is_none_or(|declared| declared == zip::CONTENT_TYPE);
        if may_be_zip {
            let mut bytes = prepared.open(place).map_err(RebuildFailure::Source)?;
            let head = bytes.fill_buf().map_err(RebuildFailure::Source)?;
            if content_type.is_none() && !head.starts_with(zip::SIGNATURE) {
                return Err(RebuildFailure::AttachmentWithoutContentType { number });
            }
            if !named_zip {
                let start = unzipped.length();
                zip::first_entry(&mut bytes, &mut unzipped).map_err(|fault| match fault {
                    zip::Fault::Corrupt => RebuildFailure::CorruptZip { number },
                    zip::Fault::TooLarge => RebuildFailure::AttachmentTooLarge { number },
                    zip::Fault::Io(error) => RebuildFailure::Source(error),
                })?;
                place = Place::Unzipped(unzipped.since(start));
            }
        }
        if span.length > zip::LARGEST {
            return Err(RebuildFailure::AttachmentTooLarge { number });
        }
        let (form, content_type) = form_of(extension, uuids);
        change_id(&mut particulars, |id| format!("cid:{id}"));
        particulars
            .children
            .retain(|child| child.name != "ContentType");
        // It is the last of the children but for the data.
        particulars
            .children
            .push(Shaped::text("ContentType", content_type));
        prepared.references.push(reference(&particulars));
        prepared.attachments.push(Rebuilt {
            particulars,
            data: Some((place, form)),
        });
    }
    prepared.unzipped = Some(unzipped.into_filled().map_err(RebuildFailure::Source)?);
    Ok(prepared)
}

/// The extensions that travel raw; `xsl` and `xslx` are the library's slip
/// (observed).
const RAW: [&str; 6] = ["pdf", "doc", "docx", "xsl", "xslx", "zip"];

fn form_of(extension: &str, uuids: &mut Uuids) -> (Form, String) {
    if RAW.contains(&extension) {
        return (Form::Raw, format!("application/{extension}"));
    }
    let extension = if extension.is_empty() {
        "unk"
    } else {
        extension
    };
    let entry = format!("{}.{extension}", uuids.take());
    (Form::Zipped { entry }, zip::CONTENT_TYPE.to_owned())
}

/// An entry of the manifest remade from an attachment. It says `application/zip`
/// whatever the attachment says (observed in a fresh build).
fn reference(particulars: &Shaped) -> Shaped {
    let children = ["ContentId", "ContentType", "Description", "AttachmentName"]
        .into_iter()
        .filter_map(|name| match name {
            "ContentType" => Some(Shaped::text(name, zip::CONTENT_TYPE)),
            _ => particulars.leaf(name).map(|text| Shaped::text(name, text)),
        })
        .collect();
    Shaped::group("Reference", children)
}

fn change_id(element: &mut Shaped, change: impl Fn(&str) -> String) {
    if let Some(id) = element.child_mut("ContentId")
        && !id.text.is_empty()
    {
        id.text = change(&id.text);
    }
}

/// One `cid:` in the place of one or more.
fn one_cid(id: &str) -> String {
    let mut rest = id;
    while let Some(shorter) = rest.strip_prefix("cid:") {
        rest = shorter;
    }
    if rest.len() == id.len() {
        id.to_owned()
    } else {
        format!("cid:{rest}")
    }
}

fn extension_of(name: Option<&str>) -> &str {
    name.map(extension).unwrap_or_default()
}

/// What follows the last dot of the last part of a path; empty without one.
fn extension(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}
