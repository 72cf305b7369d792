//! Packets that were read: from a file, from memory, from a store.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lienthong::bytes::{Kept, new_file};
use lienthong::connector::{HandOff, Quarantined};
use lienthong::exchange::ReadSeek;
use lienthong::exchange::model::{IncomingId, OutgoingId};
use lienthong::packet::{
    CheckOptions, Content, Discard, Packet as Read, Profile, ReadOptions, ReceivedAttachment,
    SignatureState, ToFolder, ToWriter, check, compare, read_packet,
};
use lienthong::{Connector, ErrorKind, Finding};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde_json::{Value, json};

use crate::call::{Caught, Failure, Result, call, call_with, to_json};
use crate::config::Config;
use crate::signatures::{Judged, Verifier};
use crate::stream::{FileObject, Progress, Stream, Told, copy};

/// Where the bytes of a packet are.
pub(crate) enum Source {
    Path(PathBuf),
    Kept(Kept),
    Shown(Arc<HandOff>),
    Came(Connector, IncomingId),
    Sent(Connector, OutgoingId),
    Quarantine(Connector, Box<Quarantined>),
}

/// A packet that was read. It does not change.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Packet {
    source: Source,
    config: Option<lienthong::Config>,
    /// `None` where a hand-off has it.
    packet: Option<Read>,
}

/// What a check found.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

#[pymethods]
impl Findings {
    /// The worst severity; none where nothing was found.
    fn worst(&self) -> Option<&'static str> {
        let worst = self.0.iter().map(|finding| finding.severity).max();
        worst.map(|severity| severity.word())
    }

    fn json(&self, py: Python<'_>) -> PyResult<String> {
        call(py, "findings.json", || to_json(&self.0))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

impl Source {
    pub(crate) fn open(&self) -> Result<Box<dyn ReadSeek + Send>> {
        Ok(match self {
            Source::Path(path) => Box::new(File::open(path)?),
            Source::Kept(kept) => Box::new(kept.reader()),
            Source::Shown(item) => item.open_bytes()?,
            Source::Came(connector, id) => connector.open_packet(*id)?,
            Source::Sent(connector, id) => connector.open_sent(*id)?,
            Source::Quarantine(connector, packet) => connector.open_quarantined(packet)?,
        })
    }
}

impl Packet {
    pub(crate) fn of(
        source: Source,
        config: Option<lienthong::Config>,
        progress: Option<&Progress>,
    ) -> Result<Self> {
        let packet = match &source {
            Source::Shown(_) => None,
            other => {
                let bytes = Told::new(other.open()?, progress);
                Some(read_packet(
                    bytes,
                    &read_options(config.as_ref()),
                    &mut Discard,
                )?)
            }
        };
        Ok(Packet {
            source,
            config,
            packet,
        })
    }

    fn packet(&self) -> Result<&Read> {
        match (&self.packet, &self.source) {
            (Some(packet), _) => Ok(packet),
            (None, Source::Shown(item)) => Ok(item.packet()),
            (None, _) => Err(Failure::own(ErrorKind::Internal)),
        }
    }

    pub(crate) fn open(&self) -> Result<Box<dyn ReadSeek + Send>> {
        self.source.open()
    }

    pub(crate) fn options(&self) -> ReadOptions {
        read_options(self.config.as_ref())
    }

    fn findings(&self, sending: bool, profile: Profile) -> Result<Vec<Finding>> {
        let mut options = match &self.config {
            Some(config) => CheckOptions::from_config(config),
            None => CheckOptions::default(),
        };
        options.sending = sending;
        options.profile = profile;
        Ok(check(self.packet()?, &options))
    }

    fn attachment(&self, number: usize) -> Result<&ReceivedAttachment> {
        let packet = self.packet()?;
        let index = number.checked_sub(1);
        index
            .and_then(|index| packet.attachments.get(index))
            .ok_or_else(|| {
                Failure::argument("number", format!("not 1..={}", packet.attachments.len()))
            })
    }

    /// Writes one attachment: the file that was meant, a ZIP around it taken off.
    fn copy_attachment(&self, number: usize, to: &mut dyn Write) -> Result<u64> {
        let attachment = self.attachment(number)?;
        let content = attachment.readable()?;
        let mut one = ToWriter::new(attachment, to);
        read_packet(self.open()?, &self.options(), &mut one)?;
        match one.written() == content.size {
            true => Ok(one.written()),
            // The file was changed since it was read.
            false => Err(Failure::own(ErrorKind::PacketChanged)),
        }
    }
}

fn read_options(config: Option<&lienthong::Config>) -> ReadOptions {
    config.map_or_else(ReadOptions::default, ReadOptions::from_config)
}

fn profile(name: Option<&str>) -> Result<Profile> {
    name.map_or_else(
        || Ok(Profile::default()),
        |name| {
            Profile::by_name(name)
                .ok_or_else(|| Failure::argument("profile", "not national, provincial"))
        },
    )
}

#[pymethods]
impl Packet {
    #[staticmethod]
    #[pyo3(signature = (path, config=None, progress=None))]
    fn from_path(
        py: Python<'_>,
        path: PathBuf,
        config: Option<&Config>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let caught = Caught::default();
        let progress = Progress::new(progress, &caught);
        call_with(py, "packet.read", &caught, || {
            if path.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
            }
            Packet::of(
                Source::Path(path),
                config.map(Config::copy),
                progress.as_ref(),
            )
        })
    }

    #[staticmethod]
    #[pyo3(signature = (data, config=None))]
    fn from_bytes(py: Python<'_>, data: PyBackedBytes, config: Option<&Config>) -> PyResult<Self> {
        call(py, "packet.read", || {
            let kept = Kept::held(data);
            Packet::of(Source::Kept(kept), config.map(Config::copy), None)
        })
    }

    #[staticmethod]
    #[pyo3(signature = (file, config=None))]
    fn from_file(py: Python<'_>, file: Py<PyAny>, config: Option<&Config>) -> PyResult<Self> {
        let caught = Caught::default();
        let mut file = FileObject::new(file, &caught);
        call_with(py, "packet.read", &caught, || {
            let kept = Kept::all_of(&mut file)?;
            Packet::of(Source::Kept(kept), config.map(Config::copy), None)
        })
    }

    fn kind(&self, py: Python<'_>) -> PyResult<&'static str> {
        call(py, "packet.kind", || Ok(self.packet()?.kind()))
    }

    fn readable(&self, py: Python<'_>) -> PyResult<bool> {
        call(py, "packet.readable", || Ok(self.packet()?.readable))
    }

    fn size(&self, py: Python<'_>) -> PyResult<u64> {
        call(py, "packet.size", || Ok(self.packet()?.size))
    }

    /// `absent`, `empty`, `stub`, `placeholder` or `unverified`.
    fn signature(&self, py: Python<'_>) -> PyResult<&'static str> {
        call(py, "packet.signature", || {
            Ok(match self.packet()?.signature {
                SignatureState::Absent => "absent",
                SignatureState::Empty => "empty",
                SignatureState::KnownStub => "stub",
                SignatureState::Placeholder => "placeholder",
                SignatureState::Unverified => "unverified",
            })
        })
    }

    /// A line of docs/packet.schema.json.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        call(py, "packet.json", || {
            let findings = self.findings(false, Profile::default())?;
            let file = match &self.source {
                Source::Path(path) => path.to_string_lossy(),
                _ => "".into(),
            };
            to_json(&self.packet()?.view(&file, &findings, &[]))
        })
    }

    /// What is known of each attachment: as `Attachment` of the schema.
    fn attachments(&self, py: Python<'_>) -> PyResult<String> {
        call(py, "packet.attachments", || {
            let attachments = self.packet()?.attachments.iter();
            to_json(&attachments.map(|one| one.view(&[])).collect::<Vec<_>>())
        })
    }

    fn get(&self, py: Python<'_>, element: &str) -> PyResult<Option<String>> {
        call(py, "packet.get", || {
            Ok(match &self.packet()?.content {
                Content::Document(document) => document.element(element)?,
                Content::Status(status) => status.element(element)?,
                Content::Unknown => None,
            })
        })
    }

    fn count(&self, py: Python<'_>, element: &str) -> PyResult<usize> {
        call(py, "packet.count", || {
            Ok(match &self.packet()?.content {
                Content::Document(document) => document.element_count(element)?,
                Content::Status(status) => status.element_count(element)?,
                Content::Unknown => 0,
            })
        })
    }

    #[pyo3(signature = (sending=false, profile=None))]
    fn check(&self, py: Python<'_>, sending: bool, profile: Option<&str>) -> PyResult<Findings> {
        call(py, "packet.check", || {
            let profile = self::profile(profile)?;
            self.findings(sending, profile).map(Findings)
        })
    }

    fn meaning_digest(&self, py: Python<'_>) -> PyResult<Option<String>> {
        call(py, "packet.meaning_digest", || {
            let digest = self.packet()?.meaning_digest();
            Ok(digest.map(|digest| digest.to_string()))
        })
    }

    /// What differs in the header of this one, as it came, from that one, as it was sent.
    fn compare(&self, py: Python<'_>, sent: &Packet) -> PyResult<Findings> {
        call(py, "packet.compare", || {
            match (sent.packet()?.document(), self.packet()?.document()) {
                (Some(sent), Some(came)) => Ok(Findings(compare(sent, came))),
                (None, _) => Err(Failure::argument("sent", "not a document")),
                (_, None) => Err(Failure::argument("came", "not a document")),
            }
        })
    }

    /// The packet's own bytes, as they are.
    fn open_bytes(&self, py: Python<'_>) -> PyResult<Stream> {
        call(py, "packet.open", || Ok(Stream::new(self.open()?, None)))
    }

    fn to_path(&self, py: Python<'_>, path: PathBuf, overwrite: bool) -> PyResult<u64> {
        call(py, "packet.write", || {
            let mut bytes = self.open()?;
            new_file(&path, overwrite, |file| Ok(io::copy(&mut bytes, file)?))
        })
    }

    fn to_file(&self, py: Python<'_>, file: Py<PyAny>) -> PyResult<u64> {
        let caught = Caught::default();
        let mut file = FileObject::new(file, &caught);
        call_with(py, "packet.write", &caught, || {
            copy(&mut self.open()?, &mut file)
        })
    }

    /// Reads an attachment anew. One that travelled in a ZIP is taken out of it first, into
    /// memory or an unnamed file; any other is decoded while it is read.
    fn open_attachment(&self, py: Python<'_>, number: usize) -> PyResult<Stream> {
        call(py, "attachment.open", || {
            let attachment = self.attachment(number)?;
            let content = attachment.readable()?;
            if attachment.is_wrapped() {
                let kept = Kept::written(|whole| self.copy_attachment(number, whole))?;
                return Ok(Stream::new(kept.reader(), Some(content.size)));
            }
            let bytes = attachment.open_raw(self.open()?)?;
            Ok(Stream::new(bytes, Some(content.size)))
        })
    }

    fn attachment_to_path(
        &self,
        py: Python<'_>,
        number: usize,
        path: PathBuf,
        overwrite: bool,
    ) -> PyResult<u64> {
        call(py, "attachment.write", || {
            new_file(&path, overwrite, |file| self.copy_attachment(number, file))
        })
    }

    /// Writes all attachments into a folder: a list of `number`, `path`, `raw_path`.
    fn extract(&self, py: Python<'_>, folder: PathBuf, keep_raw: bool) -> PyResult<String> {
        call(py, "packet.extract", || {
            let mut sink = ToFolder::new(folder)?.keep_raw(keep_raw);
            read_packet(self.open()?, &self.options(), &mut sink)?;
            let files = sink.files().iter().map(|file| {
                json!({
                    "number": file.number,
                    "path": file.path.to_string_lossy(),
                    "raw_path": file.raw_path.as_ref().map(|path| path.to_string_lossy()),
                })
            });
            to_json(&files.collect::<Vec<Value>>())
        })
    }

    /// The report on its signatures, for a time in seconds since 1970 (now); whether it meets the
    /// policy, and what is missing otherwise, in English and Vietnamese.
    fn verify(
        &self,
        py: Python<'_>,
        verifier: &Verifier,
        policy: &str,
        at: Option<f64>,
    ) -> PyResult<Judged> {
        call(py, "packet.verify", || {
            let at = match at {
                None => SystemTime::now(),
                Some(seconds) => Duration::try_from_secs_f64(seconds)
                    .ok()
                    .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since))
                    .ok_or_else(|| Failure::argument("at", "no time since 1970"))?,
            };
            verifier.judge(self, policy, at)
        })
    }
}
