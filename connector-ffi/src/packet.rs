//! Packets that were read: from a file, from memory, from a store.

use std::ffi::{c_char, c_void};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use lienthong::bytes::Kept;
use lienthong::connector::{HandOff, Quarantined};
use lienthong::exchange::ReadSeek;
use lienthong::exchange::model::{IncomingId, OutgoingId};
use lienthong::packet::{
    AttachmentSink, CheckOptions, Content, Discard, Packet, Profile, ReadOptions, ToWriter, check,
    compare, read_packet,
};
use lienthong::{Connector, Finding, Severity};

use crate::boundary::{call, guard};
use crate::config::{Settings, lienthong_config_t, settings};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Held, Object};
use crate::input::{bytes, flag, optional, out, out_bytes, text};
use crate::stream::{Borrowed, Push, lienthong_write_fn, new_file};

/// A packet that was read: its header, findings, and the way to its bytes.
///
/// Made by `lienthong_packet_from_...`, `lienthong_incoming_packet` and `lienthong_connector_packet`,
/// freed with `lienthong_packet_free`. It does not change; any number of threads may use it.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_packet_t {
    _opaque: [u8; 0],
}

/// Neither document nor status, or unreadable.
pub const LIENTHONG_KIND_UNKNOWN: i32 = 0;
/// A document.
pub const LIENTHONG_KIND_DOCUMENT: i32 = 1;
/// A status.
pub const LIENTHONG_KIND_STATUS: i32 = 2;

/// Nothing was found.
pub const LIENTHONG_SEVERITY_NONE: i32 = 0;
/// An oddity; nothing is lost by it.
pub const LIENTHONG_SEVERITY_NOTE: i32 = 1;
/// It would surprise a receiver.
pub const LIENTHONG_SEVERITY_WARNING: i32 = 2;
/// A working axis would refuse it, a rebuild would lose it, or it cannot be read.
pub const LIENTHONG_SEVERITY_ERROR: i32 = 3;

/// Where the bytes of a packet are.
pub(crate) enum Source {
    Path(PathBuf),
    Memory(Kept),
    Shown(Arc<HandOff>),
    Came(Connector, IncomingId),
    Sent(Connector, OutgoingId),
    Quarantine(Connector, Box<Quarantined>),
}

pub(crate) struct PacketObject {
    pub(crate) source: Source,
    pub(crate) settings: Settings,
    /// `None` where a hand-off has it.
    packet: Option<Packet>,
}

impl Object for PacketObject {
    type C = lienthong_packet_t;
    const KIND: u32 = 4;
}

type Reader = Box<dyn ReadSeek + Send>;

impl Source {
    pub(crate) fn open(&self) -> Result<Reader> {
        Ok(match self {
            Source::Path(path) => Box::new(File::open(path)?),
            Source::Memory(kept) => Box::new(kept.reader()),
            Source::Shown(item) => item.open_bytes()?,
            Source::Came(connector, id) => connector.open_packet(*id)?,
            Source::Sent(connector, id) => connector.open_sent(*id)?,
            Source::Quarantine(connector, packet) => connector.open_quarantined(packet)?,
        })
    }
}

impl PacketObject {
    pub(crate) fn read(source: Source, settings: Settings) -> Result<Self> {
        let options = ReadOptions::from_config(&settings.config);
        let packet = match &source {
            Source::Shown(_) => None,
            other => Some(read_packet(other.open()?, &options, &mut Discard)?),
        };
        Ok(PacketObject {
            source,
            settings,
            packet,
        })
    }

    fn packet(&self) -> Result<&Packet> {
        match (&self.packet, &self.source) {
            (Some(packet), _) => Ok(packet),
            (None, Source::Shown(item)) => Ok(item.packet()),
            (None, _) => Err(Failure::own(lienthong::ErrorKind::Internal)),
        }
    }

    fn findings(&self, sending: bool, profile: Profile) -> Result<Vec<Finding>> {
        let mut options = CheckOptions::from_config(&self.settings.config);
        options.sending = sending;
        options.profile = profile;
        Ok(check(self.packet()?, &options))
    }

    /// Reads the attachments once more, into a sink.
    fn attachments(&self, sink: &mut dyn AttachmentSink) -> Result<()> {
        let options = ReadOptions::from_config(&self.settings.config);
        read_packet(self.source.open()?, &options, sink)?;
        Ok(())
    }

    /// Writes one attachment: the file that was meant, a ZIP around it taken off.
    fn attachment(&self, number: usize, to: &mut dyn io::Write) -> Result<u64> {
        let packet = self.packet()?;
        let attachment = number
            .checked_sub(1)
            .and_then(|index| packet.attachments.get(index))
            .ok_or_else(|| no_attachment(packet))?;
        let content = attachment.readable()?;
        let mut one = ToWriter::new(attachment, to);
        self.attachments(&mut one)?;
        match one.written() == content.size {
            true => Ok(one.written()),
            // The file was changed since it was read.
            false => Err(Failure::own(lienthong::ErrorKind::PacketChanged)),
        }
    }
}

fn no_attachment(packet: &Packet) -> Failure {
    Failure::argument("number", format!("not 1..={}", packet.attachments.len()))
}

pub(crate) fn get(packet: *const lienthong_packet_t) -> Result<Held<PacketObject>> {
    handle::get::<PacketObject>(packet)
}

/// Reads the packet in a file, in constant memory. `config` gives the limits (keys packet....);
/// NULL is all defaults.
///
/// `*packet` belongs to the caller; the file must stay as it is as long as it is used. A packet
/// that cannot be read is no failure: see `lienthong_packet_readable`. Fails with io. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_from_path(
    config: *const lienthong_config_t,
    path: *const c_char,
    packet: *mut *mut lienthong_packet_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_from_path", error, || {
        let place = out("packet", packet)?;
        let path = PathBuf::from(text("path", path)?);
        if path.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        let object = PacketObject::read(Source::Path(path), settings(config)?)?;
        place.write(handle::put(object)?);
        Ok(())
    })
}

/// Reads the packet in memory; its bytes are copied. `config` may be NULL.
///
/// As `lienthong_packet_from_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_from_bytes(
    config: *const lienthong_config_t,
    data: *const u8,
    length: usize,
    packet: *mut *mut lienthong_packet_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_from_bytes", error, || {
        let place = out("packet", packet)?;
        let kept = Kept::held(bytes("data", data, length)?.to_vec());
        let object = PacketObject::read(Source::Memory(kept), settings(config)?)?;
        place.write(handle::put(object)?);
        Ok(())
    })
}

/// Reads the packet in memory without copying it: the bytes must stay where they are and as they are
/// until the packet is freed and every call with it has ended. `config` may be NULL.
///
/// As `lienthong_packet_from_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_from_bytes_borrowed(
    config: *const lienthong_config_t,
    data: *const u8,
    length: usize,
    packet: *mut *mut lienthong_packet_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_from_bytes_borrowed", error, || {
        let place = out("packet", packet)?;
        let kept = Kept::held(Borrowed::new(bytes("data", data, length)?));
        let object = PacketObject::read(Source::Memory(kept), settings(config)?)?;
        place.write(handle::put(object)?);
        Ok(())
    })
}

/// Frees a packet. NULL, and one that was freed already, are left alone.
///
/// Files and stores are untouched. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_free(packet: *mut lienthong_packet_t) {
    guard("lienthong_packet_free", (), || {
        handle::free::<PacketObject>(packet)
    });
}

/// What stands in it: LIENTHONG_KIND_...; LIENTHONG_KIND_UNKNOWN for NULL, too.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_kind(packet: *const lienthong_packet_t) -> i32 {
    guard("lienthong_packet_kind", LIENTHONG_KIND_UNKNOWN, || {
        let Ok(object) = get(packet) else {
            return LIENTHONG_KIND_UNKNOWN;
        };
        match object.packet().map(|packet| &packet.content) {
            Ok(Content::Document(_)) => LIENTHONG_KIND_DOCUMENT,
            Ok(Content::Status(_)) => LIENTHONG_KIND_STATUS,
            _ => LIENTHONG_KIND_UNKNOWN,
        }
    })
}

/// Whether it could be read to its end: 1 or 0; 0 for NULL.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_readable(packet: *const lienthong_packet_t) -> i32 {
    guard("lienthong_packet_readable", 0, || {
        let object = get(packet);
        object
            .is_ok_and(|object| object.packet().is_ok_and(|packet| packet.readable))
            .into()
    })
}

/// Gives the packet as JSON, a line of docs/packet.schema.json: header, attachments, findings of a
/// check as received, meaning digest.
///
/// `*json` is freed with `lienthong_string_free`. It holds what people wrote: not for logs.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_json(
    packet: *const lienthong_packet_t,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_json", error, || {
        let place = out("json", json)?;
        let object = get(packet)?;
        let findings = object.findings(false, Profile::default())?;
        let file = match &object.source {
            Source::Path(path) => path.to_string_lossy(),
            _ => "".into(),
        };
        place.json(&object.packet()?.view(&file, &findings, &[]))
    })
}

/// Gives the text of an element of the header by its path, e.g. "From/OrganId" or
/// "To[2]/OrganName" (of a status: "ResponseFor/DocumentId"); NULL where it is absent.
///
/// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where there is no
/// such element.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_element(
    packet: *const lienthong_packet_t,
    element: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_element", error, || {
        let place = out("value", value)?;
        let element = text("element", element)?;
        place.optional(match &get(packet)?.packet()?.content {
            Content::Document(document) => document.element(element)?,
            Content::Status(status) => status.element(element)?,
            Content::Unknown => None,
        });
        Ok(())
    })
}

/// Gives how many there are of an element or group, e.g. "To".
///
/// Fails as `lienthong_packet_element`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_element_count(
    packet: *const lienthong_packet_t,
    element: *const c_char,
    count: *mut usize,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_element_count", error, || {
        let place = out("count", count)?;
        let element = text("element", element)?;
        place.write(match &get(packet)?.packet()?.content {
            Content::Document(document) => document.element_count(element)?,
            Content::Status(status) => status.element_count(element)?,
            Content::Unknown => 0,
        });
        Ok(())
    })
}

/// Gives what a check finds of the packet, as a JSON list: as one received, or (`sending` = 1) as
/// one about to be sent; for the axis of a profile, "national" (NULL) or "provincial".
///
/// `*findings` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_check(
    packet: *const lienthong_packet_t,
    sending: i32,
    profile: *const c_char,
    findings: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_check", error, || {
        let place = out("findings", findings)?;
        place.json(&checked(packet, sending, profile)?)
    })
}

/// Gives the worst severity that a check finds: LIENTHONG_SEVERITY_.... As
/// `lienthong_packet_check`, without the words.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_worst(
    packet: *const lienthong_packet_t,
    sending: i32,
    profile: *const c_char,
    severity: *mut i32,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_worst", error, || {
        let place = out("severity", severity)?;
        let findings = checked(packet, sending, profile)?;
        let worst = findings.iter().map(|finding| finding.severity).max();
        place.write(match worst {
            None => LIENTHONG_SEVERITY_NONE,
            Some(Severity::Note) => LIENTHONG_SEVERITY_NOTE,
            Some(Severity::Warning) => LIENTHONG_SEVERITY_WARNING,
            Some(Severity::Error) => LIENTHONG_SEVERITY_ERROR,
        });
        Ok(())
    })
}

fn checked(
    packet: *const lienthong_packet_t,
    sending: i32,
    profile: *const c_char,
) -> Result<Vec<Finding>> {
    let sending = flag("sending", sending)?;
    let profile = match optional("profile", profile)? {
        None => Profile::default(),
        Some(name) => Profile::by_name(name)
            .ok_or_else(|| Failure::argument("profile", "not national, provincial"))?,
    };
    get(packet)?.findings(sending, profile)
}

/// Gives what differs in the header between a document as it was sent and as it came, as a JSON
/// list of findings; what a rebuild is known to make up is a note.
///
/// `*findings` is freed with `lienthong_string_free`. Fails with invalid-argument where one of them
/// is no document.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_compare(
    sent: *const lienthong_packet_t,
    came: *const lienthong_packet_t,
    findings: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_compare", error, || {
        let place = out("findings", findings)?;
        let (sent, came) = (get(sent)?, get(came)?);
        let (sent, came) = (sent.packet()?.document(), came.packet()?.document());
        match (sent, came) {
            (Some(sent), Some(came)) => place.json(&compare(sent, came)),
            (None, _) => Err(Failure::argument("sent", "not a document")),
            (_, None) => Err(Failure::argument("came", "not a document")),
        }
    })
}

/// Gives the meaning digest, 64 hexadecimal digits; NULL where the packet has none.
///
/// `*digest` is freed with `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_meaning_digest(
    packet: *const lienthong_packet_t,
    digest: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_meaning_digest", error, || {
        let place = out("digest", digest)?;
        let meaning = get(packet)?.packet()?.meaning_digest();
        place.optional(meaning.map(|digest| digest.to_string()));
        Ok(())
    })
}

/// Writes the packet's own bytes into a new file, as they are; one that is there is left alone (io).
///
/// Gives its length in bytes; `length` may be NULL. Fails with payload-gone where a store has
/// deleted them.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_to_path(
    packet: *const lienthong_packet_t,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_to_path", error, || {
        let path = text("path", path)?;
        let mut bytes = get(packet)?.source.open()?;
        let written = new_file(path, |to| Ok(io::copy(&mut bytes, to)?))?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Hands the packet's own bytes to a callback, in pieces, on this thread.
///
/// As `lienthong_packet_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_to_callback(
    packet: *const lienthong_packet_t,
    write: lienthong_write_fn,
    user_data: *mut c_void,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_to_callback", error, || {
        let mut push = Push::new(write, user_data)?;
        let mut bytes = get(packet)?.source.open()?;
        let written = io::copy(&mut bytes, &mut push)?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// How many attachments it has; 0 for NULL. They are numbered from 1.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_attachment_count(packet: *const lienthong_packet_t) -> usize {
    guard("lienthong_packet_attachment_count", 0, || {
        get(packet).map_or(0, |object| {
            object.packet().map_or(0, |packet| packet.attachments.len())
        })
    })
}

/// Gives what is known of an attachment, as JSON: AttachmentName, Size, Sha256, DetectedType, ...
///
/// `*json` is freed with `lienthong_string_free`. Its name is the sender's and no safe file name.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_attachment(
    packet: *const lienthong_packet_t,
    number: usize,
    json: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_attachment", error, || {
        let place = out("json", json)?;
        let object = get(packet)?;
        let packet = object.packet()?;
        let index = number.checked_sub(1);
        let attachment = index.and_then(|index| packet.attachments.get(index));
        let attachment = attachment.ok_or_else(|| no_attachment(packet))?;
        place.json(&attachment.view(&[]))
    })
}

/// Writes an attachment into a new file: the file that was meant, a ZIP around it taken off. One
/// that is there already is left alone (io).
///
/// Gives its length in bytes; `length` may be NULL. Fails with attachment-unreadable (context:
/// attachment, finding), packet-changed; then there is no file.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_attachment_to_path(
    packet: *const lienthong_packet_t,
    number: usize,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_attachment_to_path", error, || {
        let path = text("path", path)?;
        let object = get(packet)?;
        let written = new_file(path, |to| object.attachment(number, to))?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Gives the bytes of an attachment, all at once.
///
/// `*data` is freed with `lienthong_bytes_free`. Fails as `lienthong_packet_attachment_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_attachment_to_bytes(
    packet: *const lienthong_packet_t,
    number: usize,
    data: *mut *mut u8,
    length: *mut usize,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_attachment_to_bytes", error, || {
        let place = out_bytes(data, length)?;
        let mut bytes = Vec::new();
        get(packet)?.attachment(number, &mut bytes)?;
        place.write(bytes);
        Ok(())
    })
}

/// Hands the bytes of an attachment to a callback, in pieces, on this thread. They are good only
/// where this succeeds.
///
/// As `lienthong_packet_attachment_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_attachment_to_callback(
    packet: *const lienthong_packet_t,
    number: usize,
    write: lienthong_write_fn,
    user_data: *mut c_void,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_attachment_to_callback", error, || {
        let mut push = Push::new(write, user_data)?;
        let written = get(packet)?.attachment(number, &mut push)?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Writes every attachment into a folder, which is made where it is missing, under safe and unique
/// names; no file is overwritten. `keep_raw` = 1 keeps a ZIP that travelled beside the file in it.
/// One that cannot be decoded is left out.
///
/// Gives the files as a JSON list: number, path, raw_path. `*files` is freed with
/// `lienthong_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_extract(
    packet: *const lienthong_packet_t,
    folder: *const c_char,
    keep_raw: i32,
    files: *mut *mut c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_extract", error, || {
        let place = out("files", files)?;
        let folder = text("folder", folder)?;
        let keep_raw = flag("keep_raw", keep_raw)?;
        let object = get(packet)?;
        let mut sink = lienthong::packet::ToFolder::new(folder)?.keep_raw(keep_raw);
        object.attachments(&mut sink)?;
        let files = sink.files().iter().map(|file| {
            serde_json::json!({
                "number": file.number,
                "path": file.path.to_string_lossy(),
                "raw_path": file.raw_path.as_ref().map(|path| path.to_string_lossy()),
            })
        });
        place.json(&files.collect::<Vec<_>>())
    })
}

/// Reads a source as `Read`, for those who want all of it.
pub(crate) fn file(path: &str) -> Result<impl Read> {
    Ok(File::open(path)?)
}
