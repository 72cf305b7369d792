//! One document from the province to the Office, and its statuses back.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lienthong::connector::{HandOff, StateSecret};
use lienthong::exchange::model::{Delivery, OutgoingId, StatusEffect};
use lienthong::packet::document::{DocumentType, Organ};
use lienthong::packet::{
    AttachmentSink, CheckOptions, Date, Discard, DocumentBuilder, DocumentClass, OutgoingDocument,
    Packet, Priority, ReadOptions, StatusCode, Timestamp, ToFolder, check, compare, read_packet,
};
use lienthong::{Finding, Severity};

use super::metered::Metered;
use super::party::{MOMENT, Party, Place};
use super::{Event, Listener, OFFICE, PROVINCE, Step, StoryError, Who, files, made, name_of};
use crate::axis_server::{FaultRule, Kind, QueueState, Queued, TestAxis};
use crate::rebuild::Flavour;

static AT_PROVINCE: Place = Place {
    who: Who::Province,
    organ: PROVINCE,
    system: "demo.province",
    secret: "made-up secret 1",
};
static AT_OFFICE: Place = Place {
    who: Who::Office,
    organ: OFFICE,
    system: "demo.office",
    secret: "made-up secret 2",
};

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
        let bytes = total(&files);
        let mut axis = TestAxis::builder()
            .system(AT_PROVINCE.system, AT_PROVINCE.secret, [PROVINCE])
            .system(AT_OFFICE.system, AT_OFFICE.secret, [OFFICE])
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
            province: Party::open(&axis, &AT_PROVINCE, &folder.join("province"), bytes)?,
            office: Party::open(&axis, &AT_OFFICE, &folder.join("office"), bytes)?,
            axis,
            rebuild: self.rebuild,
        };
        let sent = actors.send(&files, listener)?;
        let came = actors.receive(listener)?;
        let [arrived, later @ ..] = STATUSES;
        actors.report(&came, arrived, &sent, listener)?;
        let mut report =
            actors.examine(&came, &sent, &files, &folder.join("received"), listener)?;
        report.statuses.push(arrived);
        for code in later {
            actors.report(&came, code, &sent, listener)?;
            report.statuses.push(code);
        }
        Ok(report)
    }
}

/// The two who are connected to the axis, and the axis, which ends last.
struct Actors {
    province: Party,
    office: Party,
    axis: TestAxis,
    rebuild: Flavour,
}

/// The document as the province sent it.
struct SentDocument {
    /// Its id in the province's store.
    id: OutgoingId,
    document_id: String,
    packet: Packet,
    outgoing: OutgoingDocument,
}

impl Actors {
    /// The province hands the document to its connector, and sees it go.
    fn send(
        &self,
        files: &[PathBuf],
        listener: &mut Listener<'_>,
    ) -> Result<SentDocument, StoryError> {
        let province = &self.province;
        let mut outgoing = document(files)?;
        listener(Event::Progress {
            who: Who::Province,
            step: Step::Build,
            done: 0,
            total: Some(total(files)),
        });
        let stored = province
            .connector
            .send(&mut outgoing, StateSecret::NotContained)?;
        let id = stored.id;
        let bytes = province.connector.open_sent(id)?;
        let packet = read(bytes, Who::Province, &mut Discard, listener)?;
        let named = outgoing.document().document_id.as_ref();
        let document_id = named.map(ToString::to_string).unwrap_or_default();
        listener(Event::Stored {
            id: id.to_string(),
            document_id: document_id.clone(),
            attachments: files.len(),
            bytes: packet.size,
            findings: stored.findings,
        });
        let row = province.until(None, listener, |_| {
            province.events()?;
            let row = province.recipient(id)?;
            Ok(row.filter(|row| row.delivery == Delivery::Accepted))
        })?;
        // Where the status was faster than the axis's answer, no id came.
        let at_axis = self.queued().map(|queued| queued.sender_id);
        listener(Event::Sent {
            id: id.to_string(),
            to: row.organ,
            doc_id: row.axis_doc_id.or(at_axis).unwrap_or_default(),
            bytes: packet.size,
        });
        Ok(SentDocument {
            id,
            document_id,
            packet,
            outgoing,
        })
    }

    /// The Office is handed what its connector has stored.
    fn receive(&self, listener: &mut Listener<'_>) -> Result<HandOff, StoryError> {
        let queued = self.queued();
        if let Some(queued) = &queued {
            listener(Event::Queued {
                organ: OFFICE.to_owned(),
                doc_id: queued.id.clone(),
                bytes: queued.bytes,
                rebuild: self.rebuild,
            });
        }
        let total = queued.map(|queued| queued.bytes);
        let came = self.office.until(total, listener, |connector| {
            if let Some(unread) = connector.quarantined(1)?.first() {
                return Err(nothing_of(OFFICE, &unread.axis_doc_id));
            }
            Ok(connector.poll(MOMENT)?)
        })?;
        listener(Event::HandedOver {
            id: came.id().to_string(),
            from: came.from().to_owned(),
            bytes: came.packet().size,
        });
        if let Some(queued) = self.queued().filter(|one| one.state == QueueState::Done) {
            listener(Event::Acknowledged { doc_id: queued.id });
        }
        Ok(came)
    }

    /// The Office holds what it was handed against what was sent, and accepts it.
    fn examine(
        &self,
        came: &HandOff,
        sent: &SentDocument,
        files: &[PathBuf],
        folder: &Path,
        listener: &mut Listener<'_>,
    ) -> Result<DocumentReport, StoryError> {
        let id = came.id().to_string();
        let mut sink = ToFolder::new(folder)?;
        let packet = read(came.open_bytes()?, Who::Office, &mut sink, listener)?;
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
        let document = packet.document().ok_or_else(|| nothing_of(OFFICE, &id))?;
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
        // Only now: until then it would be shown again after a crash.
        came.accept()?;
        listener(Event::Accepted { id });
        Ok(DocumentReport {
            attachments,
            same_meaning,
            errors,
            statuses: Vec::new(),
        })
    }

    /// The Office reports a status of what it received, and the province sees it
    /// with its document. 01 goes by itself.
    fn report(
        &self,
        received: &HandOff,
        code: StatusCode,
        sent: &SentDocument,
        listener: &mut Listener<'_>,
    ) -> Result<(), StoryError> {
        let office = &self.office.connector;
        let by_itself = code == StatusCode::Arrived;
        let id = if by_itself {
            let came = office.why_incoming(received.id())?.incoming;
            let mut reports = came.into_iter().flat_map(|came| came.reports);
            let arrived = reports.find(|report| report.status == Some(code));
            arrived.ok_or_else(|| nothing_of(OFFICE, ""))?.id
        } else {
            office.report(received.id(), code, None, None)?
        };
        listener(Event::Reported {
            id: id.to_string(),
            code,
            to: received.from().to_owned(),
            by_itself,
        });
        let from = self.province.until(None, listener, |connector| {
            // Where the axis refuses the status, nothing will come.
            self.office.recipient(id)?;
            self.province.events()?;
            let mut statuses = connector.statuses(sent.id)?.into_iter();
            Ok(statuses.find(|one| one.code == code && one.effect == StatusEffect::Applied))
        })?;
        listener(Event::Matched {
            code,
            from: from.organ,
            id: sent.id.to_string(),
            document_id: sent.document_id.clone(),
        });
        Ok(())
    }

    /// How the document stands in the axis's queue for the Office.
    fn queued(&self) -> Option<Queued> {
        let mut deliveries = self.axis.queued().into_iter();
        deliveries.find(|one| one.organ == OFFICE && one.kind == Kind::Document)
    }
}

/// Bytes of the files.
fn total(files: &[PathBuf]) -> u64 {
    let sizes = files.iter().filter_map(|path| path.metadata().ok());
    sizes.map(|data| data.len()).sum()
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
    mut packet: impl Read + Seek,
    who: Who,
    sink: &mut dyn AttachmentSink,
    listener: &mut Listener<'_>,
) -> Result<Packet, StoryError> {
    let total = packet.seek(SeekFrom::End(0)).map_err(StoryError::own)?;
    packet.rewind().map_err(StoryError::own)?;
    let metered = Metered::new(packet, who, &[Step::Read], Some(total), listener);
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
