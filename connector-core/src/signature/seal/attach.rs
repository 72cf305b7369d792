//! Puts a seal into a packet that is there already, and leaves all its other bytes as they are.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::find::SealSink;
use super::write::{SealedFile, statement};
use super::{CONTENT_TYPE, FILE_NAME};
use crate::crypto::signer::Signer;
use crate::error::{Error, ErrorKind, Result};
use crate::packet::read::ReadOptions;
use crate::packet::{
    DATA_NAMESPACE, Discard, Packet, SignatureState, content_id, escape, read_packet,
};
use crate::signature::xmldsig::{SignOptions, sign_document};
use crate::xml::{Event, Reader};

const OPERATION: &str = "packet.seal";

/// Writes the packet with a seal (niêm phong) as its last attachment; gives the number of bytes.
/// Every other byte stays as it is.
///
/// The packet is read twice from its start. Sealing comes before signing: a packet that bears a
/// signature is refused, since one more attachment would break it.
///
/// # Errors
/// `packet-unreadable`; `packet-impossible` where it is no document, has an attachment that
/// cannot be decoded, a signature or a seal, or not the two lists that every document packet has
/// (`edXMLManifest`, `AttachmentEncoded`); `io`; the signer's own errors. What was written by
/// then is no packet.
pub fn seal_packet<R: Read + Seek>(
    source: &mut R,
    options: &ReadOptions,
    signer: &dyn Signer,
    out: &mut dyn Write,
) -> Result<u64> {
    let io = |error| Error::io(OPERATION, error);
    source.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut discard = Discard;
    let mut sink = SealSink::new(&mut discard);
    let packet = read_packet(&mut *source, options, &mut sink)?.into_readable()?;
    if sink.finish().count > 0 {
        return Err(impossible("it has a seal"));
    }
    let files = files(&packet)?;
    source.seek(SeekFrom::Start(0)).map_err(io)?;
    let places = Places::find(source, options)?;
    let document = packet
        .document()
        .ok_or_else(|| impossible("it is no document"))?;
    let seal = sign_document(
        statement(document, &files).as_bytes(),
        signer,
        &SignOptions::default(),
    )?;
    let sender = document.sender().map_or("", |organ| organ.as_str());
    let id = document.document_id.as_ref().map_or("", |id| id.as_str());
    let cid = content_id(sender, id, files.len());
    let prefix = &places.manifest.prefix;
    let reference = format!(
        "<{prefix}Reference>\r\n          <{prefix}ContentId>cid:{cid}</{prefix}ContentId>\r\n          <{prefix}ContentType>{CONTENT_TYPE}</{prefix}ContentType>\r\n          <{prefix}AttachmentName>{FILE_NAME}</{prefix}AttachmentName>\r\n        </{prefix}Reference>\r\n",
        cid = escape(cid.as_str()),
    );
    let prefix = &places.list.prefix;
    let attachment = format!(
        "<{prefix}Attachment>\r\n      <{prefix}ContentId>cid:{cid}</{prefix}ContentId>\r\n      <{prefix}AttachmentName>{FILE_NAME}</{prefix}AttachmentName>\r\n      <{prefix}ContentType>{CONTENT_TYPE}</{prefix}ContentType>\r\n      <edXML:ContentTransferEncoded xmlns:edXML=\"{DATA_NAMESPACE}\">{data}</edXML:ContentTransferEncoded>\r\n    </{prefix}Attachment>\r\n",
        cid = escape(cid.as_str()),
        data = base64_simd::STANDARD.encode_to_string(&seal),
    );
    let mut copy = Copy {
        source,
        out,
        at: 0,
        written: 0,
    };
    let mut inserts = [
        (
            &places.manifest,
            Insert {
                text: reference,
                indent: "      ",
            },
        ),
        (
            &places.list,
            Insert {
                text: attachment,
                indent: "  ",
            },
        ),
    ];
    inserts.sort_by_key(|(place, _)| place.start);
    for (place, text) in inserts {
        copy.insert(place, text).map_err(io)?;
    }
    copy.rest().map_err(io)
}

fn impossible(cause: &'static str) -> Error {
    Error::new(ErrorKind::PacketImpossible, OPERATION).with("cause", cause)
}

fn files(packet: &Packet) -> Result<Vec<SealedFile>> {
    if packet.signature == SignatureState::Unverified {
        return Err(impossible(
            "it bears a signature, which a seal would break; seal first, then sign",
        ));
    }
    packet
        .attachments
        .iter()
        .map(|attachment| {
            let content = attachment.content().ok_or_else(|| {
                impossible("an attachment cannot be decoded")
                    .with("attachment", attachment.number.to_string())
            })?;
            Ok(SealedFile {
                name: attachment.name.clone().unwrap_or_default(),
                size: content.size,
                sha256: content.sha256,
            })
        })
        .collect()
}

/// One more child, and the indent of the list it goes into, as official packets have it.
struct Insert {
    text: String,
    indent: &'static str,
}

/// Where one more child goes.
struct Place {
    /// With its colon; empty where there is none.
    prefix: String,
    name: String,
    /// The end tag begins here; for an empty element: the tag.
    start: u64,
    /// The whole tag of an empty element.
    empty: Option<Range<u64>>,
}

struct Places {
    manifest: Place,
    list: Place,
}

impl Places {
    fn find(source: &mut impl Read, options: &ReadOptions) -> Result<Self> {
        let mut xml = Reader::new(source, options.xml_limits());
        let mut path: Vec<Option<&'static str>> = Vec::new();
        let mut manifests: Vec<Place> = Vec::new();
        let mut lists: Vec<Place> = Vec::new();
        loop {
            let event = xml
                .next_event()
                .map_err(|error| Error::io(OPERATION, io::Error::other(error)))?;
            let (known, place) = match event {
                Event::Start(start) => {
                    let known = [
                        "edXML",
                        "edXMLEnvelope",
                        "edXMLBody",
                        "edXMLManifest",
                        "AttachmentEncoded",
                    ]
                    .into_iter()
                    .find(|known| *known == start.local());
                    let place = Place {
                        prefix: start
                            .prefix()
                            .map(|prefix| format!("{prefix}:"))
                            .unwrap_or_default(),
                        name: start.name().to_owned(),
                        start: 0,
                        empty: start.is_empty_element().then_some(0..0),
                    };
                    (known, place)
                }
                Event::End(_) => {
                    let list = match Self::at(&path) {
                        Some("edXMLManifest") => Some(&mut manifests),
                        Some("AttachmentEncoded") => Some(&mut lists),
                        _ => None,
                    };
                    path.pop();
                    if let Some(place) = list.and_then(|list| list.last_mut()) {
                        place.start = xml.position().byte;
                    }
                    continue;
                }
                Event::EndOfDocument => break,
                _ => continue,
            };
            path.push(known);
            let list = match Self::at(&path) {
                Some("edXMLManifest") => &mut manifests,
                Some("AttachmentEncoded") => &mut lists,
                _ => continue,
            };
            list.push(Place {
                empty: place.empty.map(|_| xml.position().byte..xml.offset()),
                ..place
            });
        }
        let one = |mut places: Vec<Place>, cause| match places.len() {
            1 => places.pop().ok_or_else(|| impossible(cause)),
            _ => Err(impossible(cause)),
        };
        Ok(Places {
            manifest: one(manifests, "it has not one edXMLManifest")?,
            list: one(lists, "it has not one AttachmentEncoded")?,
        })
    }

    /// The list one is at, at the place where official packets have it.
    fn at(path: &[Option<&'static str>]) -> Option<&'static str> {
        match path {
            [
                _,
                Some("edXMLEnvelope"),
                Some("edXMLBody"),
                Some("edXMLManifest"),
            ] => Some("edXMLManifest"),
            [_, Some("AttachmentEncoded")] => Some("AttachmentEncoded"),
            _ => None,
        }
    }
}

/// Copies a packet, with something put in here and there.
struct Copy<'c, R> {
    source: &'c mut R,
    out: &'c mut dyn Write,
    /// How much of the source was copied or left out.
    at: u64,
    written: u64,
}

impl<R: Read + Seek> Copy<'_, R> {
    fn insert(&mut self, place: &Place, insert: Insert) -> io::Result<()> {
        let Insert { text, indent } = insert;
        match &place.empty {
            None => {
                self.until(place.start)?;
                // With the indent of the end tag the child is at its own; the tag gets another.
                self.put(&format!("  {text}{indent}"))
            }
            Some(tag) => {
                // `<name attributes />` becomes a pair.
                self.until(tag.start)?;
                let mut written = Vec::new();
                (&mut *self.source)
                    .take(tag.end.saturating_sub(tag.start))
                    .read_to_end(&mut written)?;
                self.at = tag.end;
                let open = String::from_utf8_lossy(&written);
                let open = open.trim_end_matches('>').trim_end_matches('/').trim_end();
                self.put(&format!(
                    "{open}>\r\n{indent}  {text}{indent}</{}>",
                    place.name
                ))
            }
        }
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.written += text.len() as u64;
        Ok(())
    }

    fn until(&mut self, end: u64) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(self.at))?;
        let length = end.saturating_sub(self.at);
        let copied = io::copy(&mut (&mut *self.source).take(length), self.out)?;
        if copied < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = end;
        self.written += length;
        Ok(())
    }

    fn rest(mut self) -> io::Result<u64> {
        self.source.seek(SeekFrom::Start(self.at))?;
        self.written += io::copy(self.source, self.out)?;
        self.out.flush()?;
        Ok(self.written)
    }
}
