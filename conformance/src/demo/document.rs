//! One document from the province to the Office, and its statuses back.

use std::fs::File;
use std::io::{self, BufWriter, Seek};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lienthong::axis::{Acknowledgement, Client, MessageType, Sending};
use lienthong::packet::document::{DocumentType, Organ, ResponseFor};
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{
    AttachmentSink, CheckOptions, Date, Discard, DocumentBuilder, DocumentClass, OrganId,
    OutgoingDocument, Packet, Priority, ReadOptions, StatusBuilder, StatusCode, Timestamp,
    ToFolder, check, compare, read_packet,
};
use lienthong::{Finding, Severity};

use super::metered::Metered;
use super::{
    Event, Item, Listener, OFFICE, PROVINCE, Step, StoryError, Who, files, made, name_of, post,
};
use crate::axis_server::{FaultRule, TestAxis};
use crate::rebuild::Flavour;

const PROVINCE_SYSTEM: (&str, &str) = ("demo.province", "made-up secret 1");
const OFFICE_SYSTEM: (&str, &str) = ("demo.office", "made-up secret 2");

/// What the Office reports, in this order: arrived, registered, assigned,
/// processing, finished.
const STATUSES: [StatusCode; 5] = [
    StatusCode::Arrived,
    StatusCode::Registered,
    StatusCode::Assigned,
    StatusCode::Processing,
    StatusCode::Finished,
];

/// The story of one document.
#[derive(Clone, Debug, Default)]
pub struct DocumentStory {
    /// The files to send; without any, two are made.
    pub files: Vec<PathBuf>,
    /// How the axis rebuilds.
    pub rebuild: Flavour,
    /// What goes wrong at the axis.
    pub faults: Vec<FaultRule>,
}

/// What became of the document.
#[derive(Clone, Debug)]
pub struct DocumentReport {
    /// Its attachments, in their order.
    pub attachments: Vec<AttachmentReport>,
    /// Whether what arrived means what was sent.
    pub same_meaning: bool,
    /// Whether check or comparison found an error.
    pub errors: bool,
    /// The statuses that came back and were matched to the document.
    pub statuses: Vec<StatusCode>,
}

/// What became of one attachment.
#[derive(Clone, Debug)]
pub struct AttachmentReport {
    /// The name of its file.
    pub name: String,
    /// Bytes of the file that was sent.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// Whether the file that arrived has the very same bytes.
    pub same: bool,
}

impl DocumentReport {
    /// Whether every byte and every status arrived.
    pub fn is_complete(&self) -> bool {
        self.attachments.iter().all(|one| one.same)
            && self.same_meaning
            && !self.errors
            && self.statuses == STATUSES
    }
}

impl DocumentStory {
    /// Tells it from the start of the axis to the last status. Its files go
    /// into `folder`, which is there and empty, and are left to the caller.
    ///
    /// # Errors
    /// A file cannot be used, the axis does not start, or a packet does not go
    /// through. What arrives altered is no error: it stands in the report.
    pub fn tell(
        &self,
        folder: &Path,
        listener: &mut Listener<'_>,
    ) -> Result<DocumentReport, StoryError> {
        // Before anything else: a wrong name is the likeliest mistake.
        for path in &self.files {
            File::open(path)
                .and_then(|file| file.metadata())
                .and_then(|data| match data.is_dir() {
                    true => Err(io::ErrorKind::IsADirectory.into()),
                    false => Ok(()),
                })
                .map_err(StoryError::file(path))?;
        }
        let files = match self.files.as_slice() {
            [] => made::files(folder).map_err(StoryError::own)?,
            given => given.to_vec(),
        };
        let mut axis = TestAxis::builder()
            .system(PROVINCE_SYSTEM.0, PROVINCE_SYSTEM.1, [PROVINCE])
            .system(OFFICE_SYSTEM.0, OFFICE_SYSTEM.1, [OFFICE])
            .data(folder.join("axis"))
            .rebuild(self.rebuild);
        for fault in &self.faults {
            axis = axis.fault(fault.clone());
        }
        let axis = axis.start()?;
        listener(Event::AxisStarted {
            url: axis.url(),
            rebuild: self.rebuild,
            organs: vec![PROVINCE.to_owned(), OFFICE.to_owned()],
        });
        let actors = Actors {
            province: post::client(&axis, PROVINCE_SYSTEM.0, PROVINCE_SYSTEM.1)?,
            office: post::client(&axis, OFFICE_SYSTEM.0, OFFICE_SYSTEM.1)?,
            axis,
            rebuild: self.rebuild,
        };
        let sent = actors.send(&files, listener)?;
        let (received, mut report) =
            actors.receive(&sent, &files, &folder.join("received"), listener)?;
        for code in STATUSES {
            actors.report(&received, code, &sent.key, listener)?;
            report.statuses.push(code);
        }
        Ok(report)
    }
}

/// The axis, and the two who are connected to it.
struct Actors {
    axis: TestAxis,
    rebuild: Flavour,
    province: Client,
    office: Client,
}

/// The document as the province sent it.
struct SentDocument {
    packet: Packet,
    outgoing: OutgoingDocument,
    /// What the province keeps to know its document by.
    key: DocumentKey,
    doc_id: String,
}

impl Actors {
    fn send(
        &self,
        files: &[PathBuf],
        listener: &mut Listener<'_>,
    ) -> Result<SentDocument, StoryError> {
        let who = Who::Province;
        let mut outgoing = document(files)?;
        let total = files
            .iter()
            .filter_map(|path| path.metadata().ok())
            .map(|data| data.len())
            .sum();
        listener(Event::Progress {
            who,
            step: Step::Build,
            done: 0,
            total: Some(total),
        });
        let file = tempfile::tempfile().map_err(StoryError::own)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let bytes = outgoing.write_to(&mut out)?;
        let mut file = out
            .into_inner()
            .map_err(|error| StoryError::own(error.into_error()))?;
        file.rewind().map_err(StoryError::own)?;
        let packet = read(&file, bytes, who, &mut Discard, listener)?;
        let key = DocumentKey::of(outgoing.document()).ok_or_else(|| nothing_of(PROVINCE, ""))?;
        let document_id = key.id.as_ref().map(ToString::to_string);
        listener(Event::Built {
            document_id: document_id.unwrap_or_default(),
            attachments: files.len(),
            bytes,
            findings: outgoing.findings().to_vec(),
        });
        let sending = Sending {
            from: PROVINCE,
            to: &[OFFICE],
            message_type: MessageType::Edoc,
        };
        let doc_id = post::send(&self.province, &mut file, &sending, who, listener)?;
        listener(Event::Sent {
            who,
            item: Item::Document,
            to: OFFICE.to_owned(),
            doc_id: doc_id.clone(),
            bytes,
        });
        Ok(SentDocument {
            packet,
            outgoing,
            key,
            doc_id,
        })
    }

    fn receive(
        &self,
        sent: &SentDocument,
        files: &[PathBuf],
        folder: &Path,
        listener: &mut Listener<'_>,
    ) -> Result<(Packet, DocumentReport), StoryError> {
        let who = Who::Office;
        let queued = post::queued(&self.axis, &sent.doc_id);
        if let Some((doc_id, bytes)) = &queued {
            listener(Event::Queued {
                organ: OFFICE.to_owned(),
                doc_id: doc_id.clone(),
                bytes: *bytes,
                rebuild: self.rebuild,
            });
        }
        let (count, doc_id, from) = post::first_waiting(&self.office, MessageType::Edoc, OFFICE)?;
        listener(Event::Listed {
            count,
            doc_id: doc_id.clone(),
            from,
        });
        let total = queued.map(|(_, bytes)| bytes);
        let (file, bytes) = post::fetch(&self.office, &doc_id, total, who, listener)?;
        listener(Event::Fetched {
            doc_id: doc_id.clone(),
            bytes,
        });

        let mut sink = ToFolder::new(folder)?;
        let packet = read(&file, bytes, who, &mut sink, listener)?;
        let mut options = CheckOptions::default();
        options.today = now().map(Timestamp::date);
        let findings = check(&packet, &options);
        let mut errors = any_error(&findings);
        listener(Event::Checked { findings });
        listener(Event::Extracted {
            files: sink.files().len(),
            bytes: packet
                .attachments
                .iter()
                .filter_map(|attachment| Some(attachment.content()?.size))
                .sum(),
        });

        let attachments = attachments(files, &packet, &sink, listener)?;
        let document = packet
            .document()
            .ok_or_else(|| nothing_of(OFFICE, &doc_id))?;
        let differences = compare(sent.outgoing.document(), document);
        errors |= any_error(&differences);
        let meaning = packet.meaning_digest();
        let same_meaning = meaning.is_some() && meaning == sent.packet.meaning_digest();
        listener(Event::Compared {
            meaning: meaning.map(|meaning| meaning.to_string()),
            same_meaning,
            same_files: attachments.iter().filter(|one| one.same).count(),
            files: attachments.len(),
            differences,
        });
        // Only now: what is acknowledged leaves the queue.
        self.office.acknowledge(&doc_id, Acknowledgement::Done)?;
        listener(Event::Acknowledged { doc_id });
        let report = DocumentReport {
            attachments,
            same_meaning,
            errors,
            statuses: Vec::new(),
        };
        Ok((packet, report))
    }

    /// The Office reports a status of what it received; the province fetches it
    /// and finds its document.
    fn report(
        &self,
        received: &Packet,
        code: StatusCode,
        key: &DocumentKey,
        listener: &mut Listener<'_>,
    ) -> Result<(), StoryError> {
        let about = received.document().and_then(DocumentKey::of);
        let about = about.ok_or_else(|| nothing_of(OFFICE, ""))?;
        let about = ResponseFor {
            organ_id: Some(about.organ),
            code: about.code,
            document_id: about.id,
            promulgation_date: about.date,
        };
        let time = now().ok_or(StoryError::Clock)?;
        let status = StatusBuilder::new(office(), about, code, time).build()?;
        let mut file = tempfile::tempfile().map_err(StoryError::own)?;
        let bytes = status.write_to(&mut file)?;
        let sending = Sending {
            from: OFFICE,
            to: &[],
            message_type: MessageType::Status,
        };
        let doc_id = post::send(&self.office, &mut file, &sending, Who::Office, listener)?;
        listener(Event::Sent {
            who: Who::Office,
            item: Item::Status(code),
            to: PROVINCE.to_owned(),
            doc_id,
            bytes,
        });

        let who = Who::Province;
        let (_, doc_id, _) = post::first_waiting(&self.province, MessageType::Status, PROVINCE)?;
        let (file, bytes) = post::fetch(&self.province, &doc_id, None, who, listener)?;
        let packet = read(&file, bytes, who, &mut Discard, listener)?;
        let known = |sender: &OrganId, receiver: &OrganId| {
            let ours = sender.as_str() == PROVINCE && receiver.as_str() == OFFICE;
            if ours { vec![key] } else { Vec::new() }
        };
        let found = packet
            .status()
            .filter(|came| *came == status.status())
            .and_then(|came| came.find_document(known));
        let Some((found, _)) = found else {
            return Err(nothing_of(PROVINCE, &doc_id));
        };
        self.province.acknowledge(&doc_id, Acknowledgement::Done)?;
        let document_id = found.id.as_ref().map(ToString::to_string);
        listener(Event::Matched {
            code,
            doc_id,
            bytes,
            document_id: document_id.unwrap_or_default(),
        });
        Ok(())
    }
}

/// A document that no agency wrote, with the files as attachments.
fn document(files: &[PathBuf]) -> Result<OutgoingDocument, StoryError> {
    let today = now().ok_or(StoryError::Clock)?.date();
    let province = Organ {
        organ_id: Some(PROVINCE.into()),
        organ_name: Some("Sở Thí dụ tỉnh Thí dụ".to_owned()),
        organ_add: Some("1 Đường Thí dụ".to_owned()),
        ..Organ::default()
    };
    let id = format!("{PROVINCE},{},1/STD-VP", today.official());
    let mut builder = DocumentBuilder::new(province, id)
        .to(office())
        .code("1", "STD-VP")
        .promulgated("Thí dụ", today)
        .document_type(DocumentType {
            class: Some(DocumentClass::Administrative),
            type_name: Some("Công văn".to_owned()),
            ..DocumentType::default()
        })
        .subject("V/v gửi thử văn bản qua trục thử nghiệm")
        .priority(Priority::Normal);
    for path in files {
        builder = builder.attach(lienthong::packet::Attachment::from_path(path)?);
    }
    Ok(builder.build()?)
}

fn office() -> Organ {
    Organ {
        organ_id: Some(OFFICE.into()),
        organ_name: Some("Văn phòng Chính phủ".to_owned()),
        ..Organ::default()
    }
}

fn read(
    file: &File,
    bytes: u64,
    who: Who,
    sink: &mut dyn AttachmentSink,
    listener: &mut Listener<'_>,
) -> Result<Packet, StoryError> {
    let metered = Metered::new(file, who, &[Step::Read], Some(bytes), listener);
    Ok(read_packet(metered, &ReadOptions::default(), sink)?.into_readable()?)
}

/// Holds what was extracted against the files that were sent.
fn attachments(
    files: &[PathBuf],
    packet: &Packet,
    sink: &ToFolder,
    listener: &mut Listener<'_>,
) -> Result<Vec<AttachmentReport>, StoryError> {
    let mut reports = Vec::new();
    for (path, number) in files.iter().zip(1..) {
        let original = File::open(path).map_err(StoryError::file(path))?;
        let total = original.metadata().map_err(StoryError::file(path))?.len();
        let steps = &[Step::Compare];
        let metered = Metered::new(original, Who::Office, steps, Some(total), listener);
        let extracted = sink.files().iter().find(|file| file.number == number);
        let verdict = match extracted {
            Some(extracted) => {
                let file = File::open(&extracted.path).map_err(StoryError::own)?;
                files::compare(metered, file)
            }
            None => files::compare(metered, io::empty()).map(|verdict| files::Verdict {
                same: false,
                ..verdict
            }),
        }
        .map_err(StoryError::file(path))?;
        let content = packet.attachments.iter().find(|one| one.number == number);
        let content = content.and_then(|attachment| attachment.content());
        let same_digest = content.is_some_and(|content| {
            (content.size, content.sha256) == (verdict.size, verdict.sha256)
        });
        reports.push(AttachmentReport {
            name: name_of(path),
            size: verdict.size,
            sha256: verdict.sha256,
            same: verdict.same && same_digest,
        });
    }
    Ok(reports)
}

pub(super) fn any_error(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

fn nothing_of(organ: &str, doc_id: &str) -> StoryError {
    StoryError::Mistaken {
        organ: organ.to_owned(),
        doc_id: doc_id.to_owned(),
    }
}

/// The time in Vietnam.
fn now() -> Option<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since.as_secs()).ok()?;
    let of_day = (seconds + 7 * 3600).rem_euclid(86_400);
    let part = |seconds: i64| u8::try_from(seconds).ok();
    Timestamp::new(
        Date::in_vietnam(seconds)?,
        part(of_day / 3600)?,
        part(of_day / 60 % 60)?,
        part(of_day % 60)?,
    )
}
