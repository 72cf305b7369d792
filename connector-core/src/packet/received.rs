//! What reading a packet gives.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use super::attachment::base64;
use super::attachment::magic::DetectedType;
use super::document::{Document, Status};
use super::element::Positions;
use super::ids::ContentId;
use crate::crypto::digest::hex;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, FindingCode, Severity};
use crate::xml;

/// What stands in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A document.
    Document(Box<Document>),
    /// A status.
    Status(Box<Status>),
    /// Neither: the right shape with nothing of ours inside, or unreadable.
    Unknown,
}

/// How a packet is written, as far as readers differ in what they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The namespace of the envelope.
    pub namespace: DialectNamespace,
    /// What stands around the header.
    pub shape: DialectShape,
    /// Where a status stands.
    pub status: DialectStatus,
}

/// The namespace of the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectNamespace {
    /// `http://www.mic.gov.vn/TBT/QCVN_102_2016`.
    Qcvn,
    /// `http://www.e-doc.vn/Schema/`.
    Edoc,
    /// `http://www.go.vn/eDoc`.
    GoEdoc,
    /// None.
    None,
    /// Another one.
    Other,
}

impl DialectNamespace {
    pub(crate) fn of(namespace: xml::Namespace<'_>) -> Self {
        match namespace {
            xml::Namespace::Bound(uri) => match uri.trim_end_matches('/') {
                super::write::NAMESPACE => DialectNamespace::Qcvn,
                "http://www.e-doc.vn/Schema" => DialectNamespace::Edoc,
                "http://www.go.vn/eDoc" => DialectNamespace::GoEdoc,
                _ => DialectNamespace::Other,
            },
            _ => DialectNamespace::None,
        }
    }
}

/// What stands around the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectShape {
    /// `edXML/edXMLEnvelope`, the official one.
    Official,
    /// The envelope without a root around it.
    BareEnvelope,
    /// A SOAP envelope.
    Soap,
}

/// Where a status stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectStatus {
    /// In `MessageHeader`, the official place (or there is no status).
    MessageHeader,
    /// In a `Status` element of the header.
    StatusElement,
}

impl fmt::Display for Dialect {
    /// Words joined by `+`, the official parts left out: `qcvn`,
    /// `edoc+envelope`, `none+soap+status`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.namespace {
            DialectNamespace::Qcvn => "qcvn",
            DialectNamespace::Edoc => "edoc",
            DialectNamespace::GoEdoc => "go-edoc",
            DialectNamespace::None => "none",
            DialectNamespace::Other => "other",
        })?;
        match self.shape {
            DialectShape::Official => {}
            DialectShape::BareEnvelope => f.write_str("+envelope")?,
            DialectShape::Soap => f.write_str("+soap")?,
        }
        match self.status {
            DialectStatus::MessageHeader => Ok(()),
            DialectStatus::StatusElement => f.write_str("+status"),
        }
    }
}

/// What can be said of the header's signature block before it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureState {
    /// There is none.
    Absent,
    /// It is empty.
    Empty,
    /// It is the stub of the sample packets, copied.
    KnownStub,
    /// It stands outside the XML signature namespace: a place-holder.
    Placeholder,
    /// It stands in the XML signature namespace and was not verified.
    Unverified,
}

/// Size, digest and type of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// How many.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Their type by the first bytes; the declared type is not trusted.
    pub detected: DetectedType,
}

impl Bytes {
    /// The SHA-256 in lower-case hexadecimal digits.
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256)
    }
}

/// An attachment as it was received. `Debug` does not show names.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedAttachment {
    /// Its place in the packet, from 1.
    pub number: usize,
    /// Its id, without any `cid:`.
    pub content_id: Option<ContentId>,
    /// Its name; from the manifest where the attachment itself has none.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The type it declares itself.
    pub content_type: Option<String>,
    /// The type the manifest declares.
    pub reference_type: Option<String>,
    /// The bytes as they travelled, base64 taken off. `None` where there are none, or they
    /// cannot be decoded or pass a limit.
    pub raw: Option<Bytes>,
    /// The one file inside, where the raw bytes are a ZIP that was put around it.
    pub unwrapped: Option<Bytes>,
    /// Where the encoded data stands in the packet, in bytes from its start.
    pub encoded: Option<std::ops::Range<u64>>,
    /// Whether the data is base64 within base64.
    pub double_base64: bool,
    /// Why there are no raw bytes: `attachment-empty`, `attachment-base64-invalid` or
    /// `attachment-too-large`.
    pub fault: Option<FindingCode>,
    /// What stands in place of base64, for the meaning digest.
    pub(crate) undecoded: Option<Undecoded>,
}

/// Data that is no base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undecoded {
    /// Bytes of the groups of four characters before the first that is no base64.
    pub(crate) bytes: u64,
    /// The SHA-256 of these bytes and of all characters after them, white space left out.
    pub(crate) sha256: [u8; 32],
}

impl ReceivedAttachment {
    /// The file that was meant: unwrapped where it was wrapped.
    pub fn content(&self) -> Option<&Bytes> {
        self.unwrapped.as_ref().or(self.raw.as_ref())
    }

    /// The file that was meant, as [`ReceivedAttachment::content`].
    ///
    /// # Errors
    /// `attachment-unreadable` where there is none; it tells the number of the attachment and
    /// the code of the finding that says why.
    pub fn readable(&self) -> Result<&Bytes> {
        self.content().ok_or_else(|| {
            let error = Error::new(ErrorKind::AttachmentUnreadable, "attachment.open")
                .with("attachment", self.number.to_string());
            match self.fault {
                Some(fault) => error.with("finding", fault.as_str()),
                None => error,
            }
        })
    }

    /// Whether it travelled in a ZIP of its own.
    pub fn is_wrapped(&self) -> bool {
        self.unwrapped.is_some()
    }

    /// Opens the raw bytes anew from the packet they were read from, as a
    /// stream in constant memory.
    ///
    /// # Errors
    /// `attachment-unreadable` where the attachment has no data; `io`.
    pub fn open_raw<R: Read + Seek>(&self, mut packet: R) -> Result<impl Read + use<R>> {
        self.readable()?;
        let range = self.encoded.clone().unwrap_or_default();
        packet
            .seek(SeekFrom::Start(range.start))
            .map_err(|error| Error::io("attachment.open", error))?;
        let text = packet.take(range.end.saturating_sub(range.start));
        Ok(DataStream {
            xml: xml::Reader::fragment(text, xml::Limits::default()),
            inside: 0,
            decoder: base64::Decoder::new(),
            second: self.double_base64.then(base64::Decoder::new),
            ready: Vec::new(),
            taken: 0,
            ended: false,
        })
    }
}

impl fmt::Debug for ReceivedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedAttachment")
            .field("number", &self.number)
            .field("content_id", &self.content_id)
            .field("raw", &self.raw.map(|bytes| bytes.size))
            .field("unwrapped", &self.unwrapped.map(|bytes| bytes.size))
            .finish_non_exhaustive()
    }
}

/// The decoded bytes of one attachment, pulled.
struct DataStream<R> {
    xml: xml::Reader<R>,
    /// How many elements one is inside; text of theirs is no data.
    inside: usize,
    decoder: base64::Decoder,
    second: Option<base64::Decoder>,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> DataStream<R> {
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        let ready = &mut self.ready;
        let mut keep = |bytes: &[u8]| {
            ready.extend_from_slice(bytes);
            Ok(())
        };
        match self.xml.next_event().map_err(io::Error::other)? {
            xml::Event::Start(_) => {
                self.inside += 1;
                Ok(())
            }
            xml::Event::End(_) => {
                self.inside = self.inside.saturating_sub(1);
                Ok(())
            }
            xml::Event::Text(text) if self.inside == 0 => match &mut self.second {
                None => self.decoder.push(text.bytes(), &mut keep),
                Some(second) => self.decoder.push(text.bytes(), &mut |once| {
                    second.push(once, &mut keep).map_err(io::Error::other)
                }),
            },
            xml::Event::EndOfDocument => {
                self.ended = true;
                let first = std::mem::take(&mut self.decoder);
                match self.second.take() {
                    None => first.finish(&mut keep).map(|_| ()),
                    Some(mut second) => first
                        .finish(&mut |once| second.push(once, &mut keep).map_err(io::Error::other))
                        .and_then(|_| second.finish(&mut keep).map(|_| ())),
                }
            }
            _ => Ok(()),
        }
        .map_err(io::Error::other)
    }
}

impl<R: Read> Read for DataStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.ready.get(self.taken..).unwrap_or_default();
            if !rest.is_empty() || buffer.is_empty() {
                let count = rest.len().min(buffer.len());
                for (to, from) in buffer.iter_mut().zip(rest) {
                    *to = *from;
                }
                self.taken += count;
                return Ok(count);
            }
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
    }
}

/// A packet that was read.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Whether it could be read to its end. Where not, what came before the
    /// fault may stand in `content` all the same.
    pub readable: bool,
    /// What stands in it.
    pub content: Content,
    /// How it is written; `None` where no envelope was found.
    pub dialect: Option<Dialect>,
    /// Its attachments, in the order of their data.
    pub attachments: Vec<ReceivedAttachment>,
    /// What can be said of the signature block of its header.
    pub signature: SignatureState,
    /// How many bytes were read.
    pub size: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) positions: Positions,
}

impl Packet {
    /// What reading found, in the order in which it stands in the file.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The codes of the findings that are errors, a few at most, commas between.
    pub(crate) fn error_codes(&self) -> String {
        let mut codes: Vec<&str> = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.code.as_str())
            .collect();
        codes.dedup();
        codes.truncate(8);
        codes.join(",")
    }

    /// The document, if it is one.
    pub fn document(&self) -> Option<&Document> {
        match &self.content {
            Content::Document(document) => Some(document),
            _ => None,
        }
    }

    /// The status, if it is one.
    pub fn status(&self) -> Option<&Status> {
        match &self.content {
            Content::Status(status) => Some(status),
            _ => None,
        }
    }

    /// `document`, `status` or `unknown`.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Document(_) => "document",
            Content::Status(_) => "status",
            Content::Unknown => "unknown",
        }
    }

    /// Says where the transport's word for this packet (`edoc` or `status`)
    /// differs from its content. The content decides.
    pub fn differs_from_transport(&self, message_type: &str) -> Option<Finding> {
        let word = if message_type.eq_ignore_ascii_case("status") {
            "status"
        } else {
            "document"
        };
        let differs = !matches!(self.content, Content::Unknown) && word != self.kind();
        differs.then(|| {
            Finding::new(FindingCode::KindDiffers, "")
                .with("transport", word)
                .with("content", self.kind())
        })
    }

    /// The packet, or an error where it could not be read.
    ///
    /// # Errors
    /// `packet-unreadable` with the findings.
    pub fn into_readable(self) -> Result<Packet> {
        if self.readable {
            return Ok(self);
        }
        let errors = self
            .findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        Err(Error::new(ErrorKind::PacketUnreadable, "packet.read").finding(errors))
    }
}
