//! Packets on their way out: builders that refuse what would not arrive, and
//! the packets they give.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use super::attachment::wrapping::WrappingPolicy;
use super::attachment::zip::{self, WrapError, Wrapped};
use super::check::{self, CheckOptions};
use super::codes::{BusinessType, StatusCode, SteeringType};
use super::date::{Date, Timestamp};
use super::document::{
    Bussiness, Code, Document, DocumentType, Organ, OtherInfo, PromulgationInfo, ResponseFor,
    ResponseForTask, SignerInfo, StaffInfo, Status, ToPlaces, TraceHeader,
};
use super::ids::{ContentId, DocumentId, OrganId, TaskCode};
use super::pipe::pipe;
use super::write;
use crate::bytes::Kept;
use crate::crypto::digest::{Witness, hex, sha256};
use crate::crypto::signer::Signer;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Severity};
use crate::signature::seal;
use crate::signature::xmldsig::{SignOptions, sign};

/// Where the bytes of an attachment come from.
enum Source {
    Path(PathBuf),
    Kept(Kept),
    /// Taken when it is written.
    Reader(Option<Box<dyn Read + Send>>),
}

/// A file to be sent with a document. Its bytes are never changed: they travel
/// as they are, or inside a ZIP of their own.
pub struct Attachment {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) content_type: String,
    pub(crate) content_id: Option<ContentId>,
    source: Source,
    length: Option<u64>,
    wrap: bool,
}

/// What goes into the packet for an attachment.
pub(crate) enum Payload {
    Raw {
        read: Box<dyn Read + Send>,
        length: Option<u64>,
    },
    Wrapped(Wrapped),
}

impl Attachment {
    fn new(name: impl Into<String>, source: Source, length: Option<u64>) -> Self {
        Attachment {
            name: name.into().trim().to_owned(),
            description: String::new(),
            content_type: String::new(),
            content_id: None,
            source,
            length,
            wrap: false,
        }
    }

    /// A file on disk; its name is that of the path. It is opened when the
    /// packet is written.
    ///
    /// # Errors
    /// `io` where there is no such file, or a folder in its stead.
    pub fn from_path(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let io = |error| Error::io("attachment.open", error);
        let metadata = path.metadata().map_err(io)?;
        if metadata.is_dir() {
            return Err(io(io::ErrorKind::IsADirectory.into()));
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Ok(Self::new(name, Source::Path(path), Some(metadata.len())))
    }

    /// Bytes in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::from_kept(name, Kept::held(bytes.into()))
    }

    /// Bytes that were kept, e.g. of a stream.
    pub fn from_kept(name: impl Into<String>, kept: Kept) -> Self {
        let length = kept.length();
        Self::new(name, Source::Kept(kept), Some(length))
    }

    /// A stream, of known or unknown length in bytes. It can be written once.
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self::new(name, Source::Reader(Some(Box::new(reader))), length)
    }

    /// Gives it another name than that of its file.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into().trim().to_owned();
        self
    }

    /// Describes it.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = description.into().trim().to_owned();
        self
    }

    /// Gives it an id; without one (nothing, or nothing but `cid:`) it gets the
    /// same id each time the same document is built.
    #[must_use]
    pub fn with_content_id(mut self, id: &str) -> Self {
        self.content_id = Some(ContentId::without_prefix(id)).filter(|id| !id.as_str().is_empty());
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same attachment with these bytes.
    pub(crate) fn holding(&self, bytes: Vec<u8>) -> Self {
        Attachment {
            name: self.name.clone(),
            description: self.description.clone(),
            content_type: self.content_type.clone(),
            content_id: self.content_id.clone(),
            length: Some(bytes.len() as u64),
            source: Source::Kept(Kept::held(bytes)),
            wrap: false,
        }
    }

    /// Whether it would stand in the packet without data; a stream of unknown
    /// length shows that only when it is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == Some(0) && !self.wrap
    }

    pub(crate) fn cid(&self) -> String {
        self.content_id
            .as_ref()
            .map(|id| format!("cid:{id}"))
            .unwrap_or_default()
    }

    /// Opens the bytes as they go into the packet; a witness sees the file itself.
    pub(crate) fn payload(&mut self, number: usize, witness: Option<&Witness>) -> Result<Payload> {
        let io = |error: io::Error| {
            Error::io("attachment.open", error).with("attachment", number.to_string())
        };
        let mut read: Box<dyn Read + Send> = match &mut self.source {
            Source::Path(path) => Box::new(File::open(path).map_err(io)?),
            Source::Kept(kept) => Box::new(kept.reader()),
            Source::Reader(reader) => reader.take().ok_or_else(|| {
                Error::new(ErrorKind::InvalidArgument, "packet.write")
                    .with("attachment", number.to_string())
                    .with("cause", "a stream can be written once")
            })?,
        };
        if let Some(witness) = witness {
            read = witness.watch(read);
        }
        if !self.wrap {
            return Ok(Payload::Raw {
                read,
                length: self.length,
            });
        }
        let wrapped = zip::wrap(&mut read, &self.name).map_err(|error| {
            let kind = match error {
                WrapError::TooLarge => ErrorKind::AttachmentTooLarge,
                _ => ErrorKind::Io,
            };
            Error::new(kind, "attachment.wrap")
                .with("attachment", number.to_string())
                .because(error)
        })?;
        if self
            .length
            .is_some_and(|length| length != wrapped.content_size)
        {
            return Err(Error::new(ErrorKind::AttachmentLength, "packet.write")
                .with("attachment", number.to_string())
                .with("read", wrapped.content_size.to_string()));
        }
        Ok(Payload::Wrapped(wrapped))
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("content_id", &self.content_id)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Builds a document packet, element by element.
pub struct DocumentBuilder {
    document: Document,
    attachments: Vec<Attachment>,
    policy: WrappingPolicy,
    options: CheckOptions,
    seal: Option<(Arc<dyn Signer>, String)>,
}

impl DocumentBuilder {
    /// A document from an organ, with its id, unique at the sender.
    pub fn new(from: Organ, document_id: impl Into<DocumentId>) -> Self {
        Self::from_document(Document {
            from: Some(from),
            document_id: Some(document_id.into()),
            ..Document::default()
        })
    }

    /// Starts from a document that is there already, e.g. one read from JSON.
    pub fn from_document(document: Document) -> Self {
        DocumentBuilder {
            document,
            attachments: Vec::new(),
            policy: WrappingPolicy::default(),
            options: CheckOptions::sending(),
            seal: None,
        }
    }

    fn other_info(&mut self) -> &mut OtherInfo {
        self.document.other_info.get_or_insert_default()
    }

    fn bussiness_mut(&mut self) -> &mut Bussiness {
        self.document
            .trace_header_list
            .get_or_insert_default()
            .bussiness
            .get_or_insert_default()
    }

    /// Adds a receiver.
    #[must_use]
    pub fn to(mut self, organ: Organ) -> Self {
        self.document.to.push(organ);
        self
    }

    /// Sets number and notation.
    #[must_use]
    pub fn code(mut self, number: impl Into<String>, notation: impl Into<String>) -> Self {
        self.document.code = Some(Code {
            code_number: Some(number.into()),
            code_notation: Some(notation.into()),
        });
        self
    }

    /// Sets place and date of promulgation.
    #[must_use]
    pub fn promulgated(mut self, place: impl Into<String>, date: Date) -> Self {
        self.document.promulgation_info = Some(PromulgationInfo {
            place: Some(place.into()),
            promulgation_date: Some(date),
        });
        self
    }

    /// Sets the kind of the document.
    #[must_use]
    pub fn document_type(mut self, document_type: DocumentType) -> Self {
        self.document.document_type = Some(document_type);
        self
    }

    /// Sets the subject (trích yếu), at most 500 characters.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.document.subject = Some(subject.into());
        self
    }

    /// Sets the content in short, at most 500 characters.
    #[must_use]
    pub fn content(mut self, content: impl Into<String>) -> Self {
        self.document.content = Some(content.into());
        self
    }

    /// Sets who signed.
    #[must_use]
    pub fn signer(mut self, signer: SignerInfo) -> Self {
        self.document.signer_info = Some(signer);
        self
    }

    /// Sets by when it is to be dealt with.
    #[must_use]
    pub fn due_date(mut self, date: Date) -> Self {
        self.document.due_date = Some(date);
        self
    }

    /// Sets how urgent it is.
    #[must_use]
    pub fn priority(mut self, priority: super::codes::Priority) -> Self {
        self.other_info().priority = Some(priority);
        self
    }

    /// Sets all further particulars at once.
    #[must_use]
    pub fn other(mut self, other: OtherInfo) -> Self {
        self.document.other_info = Some(other);
        self
    }

    /// Adds a document that this one answers.
    #[must_use]
    pub fn responds_to(mut self, response: ResponseFor) -> Self {
        self.document.response_for.push(response);
        self
    }

    /// Sets whether it directs or reports.
    #[must_use]
    pub fn steering(mut self, steering: SteeringType) -> Self {
        self.document.steering_type = Some(steering);
        self
    }

    /// Adds a task it reports on.
    #[must_use]
    pub fn task(mut self, task: impl Into<TaskCode>) -> Self {
        let tasks: &mut ResponseForTask = self.document.response_for_task.get_or_insert_default();
        tasks.task_code.push(task.into());
        self
    }

    /// Adds a line of "Nơi nhận".
    #[must_use]
    pub fn place(mut self, line: impl Into<String>) -> Self {
        let places: &mut ToPlaces = self.document.to_places.get_or_insert_default();
        places.place.push(line.into());
        self
    }

    /// Sets what it does to an earlier document.
    #[must_use]
    pub fn bussiness(mut self, bussiness: Bussiness) -> Self {
        *self.bussiness_mut() = bussiness;
        self
    }

    /// Adds a hop.
    #[must_use]
    pub fn trace(mut self, organ: impl Into<OrganId>, timestamp: Timestamp) -> Self {
        let list = self.document.trace_header_list.get_or_insert_default();
        list.trace_header.push(TraceHeader {
            organ_id: Some(organ.into()),
            timestamp: Some(timestamp),
        });
        self
    }

    /// Adds an attachment.
    #[must_use]
    pub fn attach(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// Adds a seal (niêm phong) made by `signer`: one more attachment, last of all, of the name
    /// `niem-phong.xml`. It is evidence of header and files that a rebuild leaves whole; see
    /// [`seal`]. It is made anew each time the packet is written, and is
    /// the same only where the signer's algorithm gives the same value again (RSA PKCS#1).
    #[must_use]
    pub fn sealed(self, signer: Arc<dyn Signer>) -> Self {
        self.sealed_as(signer, seal::FILE_NAME)
    }

    /// As [`sealed`](Self::sealed), under another file name.
    #[must_use]
    pub fn sealed_as(mut self, signer: Arc<dyn Signer>, name: impl Into<String>) -> Self {
        self.seal = Some((signer, name.into()));
        self
    }

    /// Sets which files travel as they are and which in a ZIP.
    #[must_use]
    pub fn wrapping(mut self, policy: WrappingPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how the packet is checked: profile, the day it is today, limits.
    #[must_use]
    pub fn check_options(mut self, options: CheckOptions) -> Self {
        self.options = options;
        self
    }

    /// Makes the packet.
    ///
    /// Texts are trimmed and given LF line ends; what a reader would assume is
    /// written out (business type 0, steering type 0).
    ///
    /// # Errors
    /// `packet-impossible` with every finding at once, warnings and notes
    /// included, where at least one is an error.
    pub fn build(self) -> Result<OutgoingDocument> {
        self.try_build().map_err(|refused| refused.error)
    }

    /// As [`build`](Self::build), for a host that keeps the document: it comes back where it
    /// cannot be sent, and by [`OutgoingDocument::into_document`] where it can.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn try_build(mut self) -> std::result::Result<OutgoingDocument, Box<RefusedDocument>> {
        self.bussiness_mut()
            .bussiness_doc_type
            .get_or_insert(BusinessType::New);
        self.document
            .steering_type
            .get_or_insert(SteeringType::None);
        self.document.tidy();
        let sender = self.document.sender().map_or("", OrganId::as_str);
        let document_id = self
            .document
            .document_id
            .as_ref()
            .map_or("", DocumentId::as_str);
        for (index, attachment) in self.attachments.iter_mut().enumerate() {
            attachment.wrap = self.policy.wraps(&attachment.name);
            attachment.content_type = self.policy.content_type(&attachment.name);
            if attachment.content_id.is_none() {
                attachment.content_id = Some(content_id(sender, document_id, index));
            }
        }
        let mut options = self.options;
        options.sending = true;
        let findings = check::check_outgoing(&self.document, &self.attachments, &options);
        let findings = match refuse_errors(findings, "packet.build") {
            Ok(findings) => findings,
            Err(error) => {
                let document = self.document;
                return Err(Box::new(RefusedDocument { document, error }));
            }
        };
        let mut outgoing = OutgoingDocument {
            document: self.document,
            attachments: self.attachments,
            seal: None,
            findings,
        };
        if let Some((signer, name)) = self.seal {
            outgoing.seal_as(signer, name);
        }
        Ok(outgoing)
    }
}

impl fmt::Debug for DocumentBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentBuilder")
            .field("document", &self.document)
            .field("attachments", &self.attachments)
            .field("sealed", &self.seal.is_some())
            .finish_non_exhaustive()
    }
}

/// Who seals, and the attachment that the seal becomes.
pub(crate) struct Sealing {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) attachment: Attachment,
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attachment.fmt(f)
    }
}

/// An id for an attachment without one: the same whenever the same document is
/// built, another for every document and place.
pub(crate) fn content_id(sender: &str, document_id: &str, index: usize) -> ContentId {
    let seed = format!("{sender}\n{document_id}\n{index}");
    let mut id = hex(&sha256(seed.as_bytes()));
    id.truncate(32);
    ContentId::new(id)
}

fn refuse_errors(findings: Vec<Finding>, operation: &'static str) -> Result<Vec<Finding>> {
    let refused = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if refused {
        return Err(Error::new(ErrorKind::PacketImpossible, operation).finding(findings));
    }
    Ok(findings)
}

/// A document that cannot be sent, and why.
#[derive(Debug)]
pub struct RefusedDocument {
    /// The document as it would have been written.
    pub document: Document,
    /// `packet-impossible`, with the findings.
    pub error: Error,
}

/// A document packet that may be sent.
#[derive(Debug)]
pub struct OutgoingDocument {
    document: Document,
    attachments: Vec<Attachment>,
    seal: Option<Sealing>,
    findings: Vec<Finding>,
}

impl OutgoingDocument {
    /// The document as it will be written.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The document alone.
    #[must_use]
    pub fn into_document(self) -> Document {
        self.document
    }

    /// Warnings and notes of the check.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds a seal, as [`DocumentBuilder::sealed`]; one that is there already stays.
    pub fn seal(&mut self, signer: Arc<dyn Signer>) {
        self.seal_as(signer, seal::FILE_NAME);
    }

    fn seal_as(&mut self, signer: Arc<dyn Signer>, name: impl Into<String>) {
        if self.seal.is_some() {
            return;
        }
        let sender = self.document.sender().map_or("", OrganId::as_str);
        let id = self.document.document_id.as_ref();
        let id = id.map_or("", DocumentId::as_str);
        let mut attachment = Attachment::from_bytes(name, *b"");
        seal::CONTENT_TYPE.clone_into(&mut attachment.content_type);
        attachment.content_id = Some(content_id(sender, id, self.attachments.len()));
        self.seal = Some(Sealing { signer, attachment });
    }

    /// Writes the packet, in constant memory; gives its length in bytes. It can
    /// be written again, with the same bytes, unless an attachment is a stream.
    ///
    /// Where an attachment is long, a second thread writes to `out` in turn with this one;
    /// it has ended when this returns.
    ///
    /// # Errors
    /// `io`, `attachment-length`, `attachment-too-large`, `packet-impossible`
    /// where a stream holds nothing, the error of a seal's signer; what was
    /// written by then is no packet.
    pub fn write_to(&mut self, out: &mut (dyn Write + Send)) -> Result<u64> {
        write::write_document(
            &self.document,
            &mut self.attachments,
            self.seal.as_ref(),
            out,
        )
    }

    /// Writes the packet with a signature in its header, in one pass and in constant memory;
    /// gives its length in bytes. With an algorithm that gives the same value each time, it can
    /// be written again with the same bytes, unless an attachment is a stream.
    ///
    /// A second thread writes what this one signs; it has ended when this returns.
    ///
    /// # Errors
    /// As [`write_to`](Self::write_to) and [`sign`].
    pub fn write_signed(
        &mut self,
        out: impl Write + Seek,
        signer: &dyn Signer,
        options: &SignOptions,
    ) -> Result<u64> {
        let (read, mut write) = pipe();
        thread::scope(|scope| {
            let writing = thread::Builder::new()
                .name("lienthong-write".to_owned())
                .spawn_scoped(scope, move || {
                    self.write_to(&mut write)?;
                    write
                        .flush()
                        .map_err(|error| Error::io("packet.write", error))
                })
                .map_err(|error| {
                    Error::new(ErrorKind::OutOfResources, "packet.write").because(error)
                })?;
            let signed = sign(read, out, signer, options);
            let written = writing
                .join()
                .map_err(|_| Error::new(ErrorKind::Internal, "packet.write"))?;
            match (signed, written) {
                // Half a packet is unreadable: what cut it off says why.
                (Err(error), Err(cause)) if error.kind() == ErrorKind::PacketUnreadable => {
                    Err(cause)
                }
                (signed, _) => signed,
            }
        })
    }
}

/// Builds a status packet.
#[derive(Debug)]
pub struct StatusBuilder {
    status: Status,
    options: CheckOptions,
}

impl StatusBuilder {
    /// A status of a document, from the organ that reports. The addressee is
    /// `about.organ_id`.
    pub fn new(from: Organ, about: ResponseFor, code: StatusCode, timestamp: Timestamp) -> Self {
        Self::from_status(Status {
            from: Some(from),
            response_for: Some(about),
            status_code: Some(code),
            timestamp: Some(timestamp),
            ..Status::default()
        })
    }

    /// Starts from a status that is there already, e.g. one read from JSON.
    pub fn from_status(status: Status) -> Self {
        StatusBuilder {
            status,
            options: CheckOptions::sending(),
        }
    }

    /// Sets the reason or remark.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.status.description = Some(text.into());
        self
    }

    /// Sets who acted.
    #[must_use]
    pub fn staff(mut self, staff: StaffInfo) -> Self {
        self.status.staff_info = Some(staff);
        self
    }

    /// Sets how the packet is checked.
    #[must_use]
    pub fn check_options(mut self, options: CheckOptions) -> Self {
        self.options = options;
        self
    }

    /// Makes the packet.
    ///
    /// # Errors
    /// `packet-impossible` with every finding at once.
    pub fn build(mut self) -> Result<OutgoingStatus> {
        self.status.tidy();
        let mut options = self.options;
        options.sending = true;
        let findings = check::check_status(&self.status, &options);
        refuse_errors(findings, "packet.build").map(|findings| OutgoingStatus {
            status: self.status,
            findings,
        })
    }
}

/// A status packet that may be sent.
#[derive(Debug)]
pub struct OutgoingStatus {
    status: Status,
    findings: Vec<Finding>,
}

impl OutgoingStatus {
    /// The status as it will be written.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Warnings and notes of the check.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Writes the packet; gives its length in bytes.
    ///
    /// # Errors
    /// `io`.
    pub fn write_to(&self, out: &mut (dyn Write + Send)) -> Result<u64> {
        write::write_status(&self.status, out)
    }
}
