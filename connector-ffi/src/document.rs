//! Documents on their way out: built by element names or from JSON.

use std::ffi::c_char;
use std::sync::Mutex;

use lienthong::ErrorKind;
use lienthong::packet::attachment::WrappingPolicy;
use lienthong::packet::{
    Attachment, CheckOptions, Document, DocumentBuilder, OutgoingDocument, Status, StatusBuilder,
};

use crate::attach::File;
use crate::boundary::{call, guard};
use crate::config::{lienthong_config_t, settings, try_lock};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Object};
use crate::input::{self, OutBytes, optional, out, out_bytes, text, to_json};
use crate::stream::{Push, lienthong_write_fn, new_file, through};

/// A document to be sent: the elements of its header, and its files.
///
/// Made with `lienthong_document_new` or `lienthong_document_from_json`, freed with
/// `lienthong_document_free`. For one thread at a time. It can be checked, written and sent any
/// number of times, and changed in between. That trims its texts and fills in what a reader would
/// assume (SteeringType and BussinessDocType 0), which it shows from then on.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_document_t {
    _opaque: [u8; 0],
}

/// For `lienthong_document_act_on`: takes an earlier document back.
pub const LIENTHONG_ACTION_RECALL: i32 = 1;
/// For `lienthong_document_act_on`: changes an earlier document.
pub const LIENTHONG_ACTION_UPDATE: i32 = 2;
/// For `lienthong_document_act_on`: stands in the place of an earlier document.
pub const LIENTHONG_ACTION_REPLACE: i32 = 3;

pub(crate) struct Draft {
    /// What its config says of wrapping and checking; `None` where all is default.
    rules: Option<(WrappingPolicy, CheckOptions)>,
    header: Document,
    pub(crate) files: Vec<File>,
}

pub(crate) struct DocumentObject(Mutex<Draft>);

impl Object for DocumentObject {
    type C = lienthong_document_t;
    const KIND: u32 = 3;
}

impl Draft {
    /// About how long the packet will be, where its files are in memory: base64 and a header.
    fn expected_length(&self) -> usize {
        let files: usize = self.files.iter().map(File::length_in_memory).sum();
        files / 3 * 4 + 8_192
    }

    /// Does something with the packet as it stands now. The header is in it meanwhile, which saves
    /// a copy of all its texts.
    pub(crate) fn packet<R>(
        &mut self,
        work: impl FnOnce(&mut OutgoingDocument) -> Result<R>,
    ) -> Result<R> {
        let attachments: Result<Vec<_>> = self.files.iter().map(File::attachment).collect();
        let attachments = attachments?;
        let mut builder = DocumentBuilder::from_document(std::mem::take(&mut self.header));
        if let Some((wrapping, options)) = &self.rules {
            builder = builder
                .wrapping(wrapping.clone())
                .check_options(options.clone());
        }
        for attachment in attachments {
            builder = builder.attach(attachment);
        }
        match builder.try_build() {
            Ok(mut packet) => {
                let done = work(&mut packet);
                self.header = packet.into_document();
                done
            }
            Err(refused) => {
                self.header = refused.document;
                Err(refused.error.into())
            }
        }
    }
}

fn rules(config: *const lienthong_config_t) -> Result<Option<(WrappingPolicy, CheckOptions)>> {
    if config.is_null() {
        return Ok(None);
    }
    let settings = settings(config)?;
    let wrapping = WrappingPolicy::from_config(&settings.config);
    let options = CheckOptions::from_config(&settings.config);
    Ok(Some((wrapping, options)))
}

/// Does something with a document that nobody else uses.
pub(crate) fn with<R>(
    document: *const lienthong_document_t,
    work: impl FnOnce(&mut Draft) -> Result<R>,
) -> Result<R> {
    let object = handle::get::<DocumentObject>(document)?;
    let mut draft = try_lock(&object.0)?;
    work(&mut draft)
}

fn new(config: *const lienthong_config_t, header: Document) -> Result<*mut lienthong_document_t> {
    handle::put(DocumentObject(Mutex::new(Draft {
        rules: rules(config)?,
        header,
        files: Vec::new(),
    })))
}

/// Makes an empty document. `config` gives which files travel as they are and the limits of the
/// check (keys packet....); NULL is all defaults.
///
/// `*document` belongs to the caller. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_new(
    config: *const lienthong_config_t,
    document: *mut *mut lienthong_document_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_new", error, || {
        let place = out("document", document)?;
        place.write(new(config, Document::default())?);
        Ok(())
    })
}

/// Makes a document from JSON: the value of `document` in docs/packet.schema.json, without
/// AttachmentEncoded, whose files are attached by calls.
///
/// `*document` belongs to the caller. Fails with invalid-argument, which names line and column and
/// no value. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_from_json(
    config: *const lienthong_config_t,
    json: *const c_char,
    document: *mut *mut lienthong_document_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_from_json", error, || {
        let place = out("document", document)?;
        let header = input::json("json", text("json", json)?)?;
        place.write(new(config, header)?);
        Ok(())
    })
}

/// Frees a document. NULL, and one that was freed already, are left alone.
///
/// What was sent of it stays sent. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_free(document: *mut lienthong_document_t) {
    guard("lienthong_document_free", (), || {
        handle::free::<DocumentObject>(document)
    });
}

/// Sets an element by its path, e.g. "Subject" or "To[2]/OrganId"; NULL or an empty text takes it
/// away. Dates are yyyy/MM/dd or yyyy-MM-dd.
///
/// Fails with invalid-argument where there is no such element, or the text is no value of it.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_set(
    document: *mut lienthong_document_t,
    element: *const c_char,
    value: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_set", error, || {
        let (element, value) = (text("element", element)?, optional("value", value)?);
        with(document, |draft| {
            Ok(draft.header.set_element(element, value)?)
        })
    })
}

/// Gives the text of an element; NULL where it is absent.
///
/// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where there is no
/// such element.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_get(
    document: *const lienthong_document_t,
    element: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_get", error, || {
        let place = out("value", value)?;
        let element = text("element", element)?;
        place.optional(with(document, |draft| {
            Ok(draft.header.element(element)?)
        })?);
        Ok(())
    })
}

/// Makes the document act on an earlier one of the same organ: LIENTHONG_ACTION_RECALL, _UPDATE or
/// _REPLACE, with the earlier one's DocumentId and the reason (NULL for none). Call it when the
/// receivers are set: a replacement names them.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_act_on(
    document: *mut lienthong_document_t,
    action: i32,
    document_id: *const c_char,
    reason: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_act_on", error, || {
        let id = text("document_id", document_id)?;
        let reason = optional("reason", reason)?;
        with(document, |draft| {
            act_on(&mut draft.header, action, id, reason)
        })
    })
}

fn act_on(header: &mut Document, action: i32, id: &str, reason: Option<&str>) -> Result<()> {
    const BUSSINESS: &str = "TraceHeaderList/Bussiness";
    const REPLACED: &str = "TraceHeaderList/Bussiness/ReplacementInfoList[1]/ReplacementInfo[1]";

    let mut changed = header.clone();
    let mut set = |path: &str, value: &str| changed.set_element(path, Some(value));
    match action {
        LIENTHONG_ACTION_RECALL | LIENTHONG_ACTION_UPDATE => {
            set(&format!("{BUSSINESS}/DocumentId"), id)?;
        }
        LIENTHONG_ACTION_REPLACE => {
            set(&format!("{REPLACED}/DocumentId"), id)?;
            let organs = header.to.iter().filter_map(|organ| organ.organ_id.as_ref());
            for (index, organ) in organs.enumerate() {
                let path = format!("{REPLACED}/OrganIdList/OrganId[{}]", index + 1);
                set(&path, organ.as_str())?;
            }
        }
        _ => return Err(Failure::argument("action", "not LIENTHONG_ACTION_...")),
    }
    set(
        &format!("{BUSSINESS}/BussinessDocType"),
        &action.to_string(),
    )?;
    if let Some(reason) = reason {
        set(&format!("{BUSSINESS}/BussinessDocReason"), reason)?;
    }
    *header = changed;
    Ok(())
}

/// Gives the header as JSON (`Document` of docs/packet.schema.json), as it stands.
///
/// `*json` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_json(
    document: *const lienthong_document_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_json", error, || {
        let place = out("json", json)?;
        with(document, |draft| place.json(&draft.header))
    })
}

/// Gives what a check finds of the document, as a JSON list; it may be sent where none has the
/// severity "error". That errors are found is no failure of this call.
///
/// `*findings` is freed with `lienthong_string_free`. Fails with io where a file is missing.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_check(
    document: *const lienthong_document_t,
    findings: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_check", error, || {
        let place = out("findings", findings)?;
        let findings = with(document, |draft| {
            draft.packet(|packet| to_json(&packet.findings()))
        });
        place.text(match findings {
            Err(Failure::Core(error)) if error.kind() == ErrorKind::PacketImpossible => {
                to_json(&error.findings())?
            }
            findings => findings?,
        });
        Ok(())
    })
}

/// Writes the packet into a new file; one that is there already is left alone (io).
///
/// Gives its length in bytes; `length` may be NULL. Fails with packet-impossible and its findings,
/// io, attachment-length, attachment-too-large; then there is no file.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_to_path(
    document: *const lienthong_document_t,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_to_path", error, || {
        let path = text("path", path)?;
        let written = with(document, |draft| {
            draft.packet(|packet| new_file(path, |out| Ok(packet.write_to(out)?)))
        })?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Gives the packet's bytes, all at once.
///
/// `*data` is freed with `lienthong_bytes_free`. Fails as `lienthong_document_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_to_bytes(
    document: *const lienthong_document_t,
    data: *mut *mut u8,
    length: *mut usize,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_to_bytes", error, || {
        let place: OutBytes = out_bytes(data, length)?;
        place.write(with(document, |draft| {
            let mut bytes = Vec::with_capacity(draft.expected_length());
            draft.packet(|packet| Ok(packet.write_to(&mut bytes)?))?;
            Ok(bytes)
        })?);
        Ok(())
    })
}

/// Hands the packet's bytes to a callback, in pieces, on this thread, when it is whole.
///
/// Gives its length in bytes; `length` may be NULL. Fails as `lienthong_document_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_to_callback(
    document: *const lienthong_document_t,
    write: lienthong_write_fn,
    user_data: *mut std::ffi::c_void,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_to_callback", error, || {
        let mut push = Push::new(write, user_data)?;
        let written = through(&mut push, |out| {
            with(document, |draft| {
                draft.packet(|packet| Ok(packet.write_to(out)?))
            })?;
            Ok(())
        })?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Gives the bytes of a status packet made from JSON: the value of `status` in
/// docs/packet.schema.json. A connector makes its statuses itself (`lienthong_connector_report`).
///
/// `*data` is freed with `lienthong_bytes_free`. `config` may be NULL. Fails with
/// packet-impossible and its findings. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_status_to_bytes(
    config: *const lienthong_config_t,
    json: *const c_char,
    data: *mut *mut u8,
    length: *mut usize,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_status_to_bytes", error, || {
        let place = out_bytes(data, length)?;
        let status: Status = input::json("json", text("json", json)?)?;
        let settings = settings(config)?;
        let packet = StatusBuilder::from_status(status)
            .check_options(CheckOptions::from_config(&settings.config))
            .build()?;
        let mut bytes = Vec::new();
        packet.write_to(&mut bytes)?;
        place.write(bytes);
        Ok(())
    })
}

impl File {
    fn attachment(&self) -> Result<Attachment> {
        let mut attachment = self.source()?;
        if let Some(description) = &self.description {
            attachment = attachment.described(description.as_str());
        }
        if let Some(id) = &self.content_id {
            attachment = attachment.with_content_id(id);
        }
        Ok(attachment)
    }
}
