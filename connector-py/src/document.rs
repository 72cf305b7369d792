//! Documents on their way out.

use std::io::Cursor;
use std::mem;
use std::path::PathBuf;
use std::sync::Mutex;

use lienthong::ErrorKind;
use lienthong::bytes::{Kept, WriteSeek, new_file};
use lienthong::packet::attachment::WrappingPolicy;
use lienthong::packet::{
    Attachment, CheckOptions, Document as Header, DocumentBuilder, OutgoingDocument, Status,
    StatusBuilder,
};
use lienthong::signature::xmldsig::SignOptions;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::attach::{Attached, From};
use crate::call::{Caught, Failure, Result, call, call_with, from_json, lock, to_json};
use crate::config::{Config, settings};
use crate::packet::Findings;
use crate::signatures::Signer;
use crate::stream::{FileObject, Progress, copy};

/// A document to be sent: the elements of its header, and its files.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Document(Mutex<Draft>);

struct Draft {
    /// What its config says of wrapping and checking; `None` where all is default.
    rules: Option<(WrappingPolicy, CheckOptions)>,
    header: Header,
    files: Vec<Attached>,
}

impl Draft {
    /// About how long the packet will be, where its files are in memory: base64 and a header.
    fn expected_length(&self) -> usize {
        let files: usize = self.files.iter().map(Attached::length_in_memory).sum();
        files / 3 * 4 + 8_192
    }

    fn build(
        &self,
        seal: Option<&Signer>,
        progress: Option<&Progress>,
    ) -> Result<OutgoingDocument> {
        let files = self.attachments(progress)?;
        Ok(self.builder(self.header.clone(), files, seal).build()?)
    }

    /// Does something with the packet, made of the header itself: a copy would cost as much as
    /// its check. Afterwards the texts of the header are trimmed, as they were written.
    fn with_packet<R>(
        &mut self,
        seal: Option<&Signer>,
        work: impl FnOnce(&mut OutgoingDocument) -> Result<R>,
    ) -> Result<R> {
        let files = self.attachments(None)?;
        let assumed = Assumed::of(&self.header);
        let header = mem::take(&mut self.header);
        let (header, done) = match self.builder(header, files, seal).try_build() {
            Ok(mut packet) => {
                let done = work(&mut packet);
                (packet.into_document(), done)
            }
            Err(refused) => (refused.document, Err(refused.error.into())),
        };
        self.header = header;
        assumed.take_from(&mut self.header);
        done
    }

    fn attachments(&self, progress: Option<&Progress>) -> Result<Vec<Attachment>> {
        let files = self.files.iter();
        files.map(|file| file.attachment(progress)).collect()
    }

    fn builder(
        &self,
        header: Header,
        files: Vec<Attachment>,
        seal: Option<&Signer>,
    ) -> DocumentBuilder {
        let mut builder = DocumentBuilder::from_document(header);
        if let Some((wrapping, options)) = &self.rules {
            builder = builder
                .wrapping(wrapping.clone())
                .check_options(options.clone());
        }
        for file in files {
            builder = builder.attach(file);
        }
        match seal {
            Some(signer) => builder.sealed(signer.shared()),
            None => builder,
        }
    }
}

/// What a header does not say and a packet does, since a reader would assume it.
struct Assumed {
    steering: bool,
    trace: bool,
    bussiness: bool,
    bussiness_type: bool,
}

impl Assumed {
    fn of(header: &Header) -> Self {
        let trace = header.trace_header_list.as_ref();
        let bussiness = trace.and_then(|trace| trace.bussiness.as_ref());
        Assumed {
            steering: header.steering_type.is_none(),
            trace: trace.is_none(),
            bussiness: bussiness.is_none(),
            bussiness_type: bussiness.is_none_or(|one| one.bussiness_doc_type.is_none()),
        }
    }

    fn take_from(self, header: &mut Header) {
        if self.steering {
            header.steering_type = None;
        }
        if self.trace {
            header.trace_header_list = None;
        }
        let Some(trace) = &mut header.trace_header_list else {
            return;
        };
        if self.bussiness {
            trace.bussiness = None;
        }
        if let Some(bussiness) = trace.bussiness.as_mut().filter(|_| self.bussiness_type) {
            bussiness.bussiness_doc_type = None;
        }
    }
}

/// Writes the packet, signed where somebody signs; gives its length.
fn write(
    packet: &mut OutgoingDocument,
    out: &mut dyn WriteSeek,
    sign: Option<&Signer>,
) -> Result<u64> {
    Ok(match sign {
        None => packet.write_to(out)?,
        Some(signer) => packet.write_signed(out, &*signer.shared(), &SignOptions::default())?,
    })
}

fn rules(config: &lienthong::Config) -> (WrappingPolicy, CheckOptions) {
    (
        WrappingPolicy::from_config(config),
        CheckOptions::from_config(config),
    )
}

impl Document {
    /// The packet as it stands now.
    pub(crate) fn build(&self, progress: Option<&Progress>) -> Result<OutgoingDocument> {
        lock(&self.0).build(None, progress)
    }
}

#[pymethods]
impl Document {
    #[new]
    #[pyo3(signature = (json=None, config=None))]
    fn new(py: Python<'_>, json: Option<&str>, config: Option<&Config>) -> PyResult<Self> {
        call(py, "document.new", || {
            Ok(Document(Mutex::new(Draft {
                rules: config.map(|config| rules(&config.copy())),
                header: match json {
                    Some(json) => from_json("document", json)?,
                    None => Header::default(),
                },
                files: Vec::new(),
            })))
        })
    }

    fn set(&self, py: Python<'_>, element: &str, value: Option<&str>) -> PyResult<()> {
        call(py, "document.set", || {
            Ok(lock(&self.0).header.set_element(element, value)?)
        })
    }

    /// Another header; the files stay.
    fn set_header(&self, py: Python<'_>, json: &str) -> PyResult<()> {
        call(py, "document.set", || {
            let header = from_json("document", json)?;
            lock(&self.0).header = header;
            Ok(())
        })
    }

    fn get(&self, py: Python<'_>, element: &str) -> PyResult<Option<String>> {
        call(py, "document.get", || {
            Ok(lock(&self.0).header.element(element)?)
        })
    }

    fn count(&self, py: Python<'_>, element: &str) -> PyResult<usize> {
        call(py, "document.count", || {
            Ok(lock(&self.0).header.element_count(element)?)
        })
    }

    fn json(&self, py: Python<'_>) -> PyResult<String> {
        call(py, "document.json", || to_json(&lock(&self.0).header))
    }

    /// Name and length in bytes of each file.
    fn files(&self, py: Python<'_>) -> PyResult<Vec<(String, Option<u64>)>> {
        call(py, "document.files", || {
            let draft = lock(&self.0);
            let files = draft.files.iter();
            Ok(files.map(|file| (file.name(), file.length())).collect())
        })
    }

    fn attach_path(
        &self,
        py: Python<'_>,
        path: PathBuf,
        name: Option<String>,
        description: Option<String>,
        content_id: Option<String>,
    ) -> PyResult<()> {
        call(py, "document.attach", || {
            // A missing file is found here, where the caller still knows which.
            Attachment::from_path(&path)?;
            self.attach(From::Path(path, name), description, content_id)
        })
    }

    fn attach_bytes(
        &self,
        py: Python<'_>,
        name: String,
        data: PyBackedBytes,
        description: Option<String>,
        content_id: Option<String>,
    ) -> PyResult<()> {
        call(py, "document.attach", || {
            let kept = Kept::held(data.to_vec());
            self.attach(From::Kept(name, kept), description, content_id)
        })
    }

    fn attach_file(
        &self,
        py: Python<'_>,
        name: String,
        file: Py<PyAny>,
        description: Option<String>,
        content_id: Option<String>,
    ) -> PyResult<()> {
        let caught = Caught::default();
        let mut file = FileObject::new(file, &caught);
        call_with(py, "document.attach", &caught, || {
            let kept = Kept::all_of(&mut file)?;
            self.attach(From::Kept(name, kept), description, content_id)
        })
    }

    /// What a check finds; that errors are found is no failure.
    fn check(&self, py: Python<'_>) -> PyResult<Findings> {
        call(py, "document.check", || {
            let found = lock(&self.0).with_packet(None, |packet| Ok(packet.findings().to_vec()));
            match found {
                Ok(findings) => Ok(Findings(findings)),
                Err(Failure::Core(error)) if error.kind() == ErrorKind::PacketImpossible => {
                    Ok(Findings(error.findings().to_vec()))
                }
                Err(failure) => Err(failure),
            }
        })
    }

    #[pyo3(signature = (seal=None, sign=None))]
    fn to_bytes<'py>(
        &self,
        py: Python<'py>,
        seal: Option<&Signer>,
        sign: Option<&Signer>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = call(py, "document.to_bytes", || {
            let mut draft = lock(&self.0);
            let mut bytes = Cursor::new(Vec::with_capacity(draft.expected_length()));
            draft.with_packet(seal, |packet| write(packet, &mut bytes, sign))?;
            Ok(bytes.into_inner())
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[pyo3(signature = (path, overwrite, seal=None, sign=None, progress=None))]
    fn to_path(
        &self,
        py: Python<'_>,
        path: PathBuf,
        overwrite: bool,
        seal: Option<&Signer>,
        sign: Option<&Signer>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<u64> {
        let caught = Caught::default();
        let progress = Progress::new(progress, &caught);
        call_with(py, "document.write", &caught, || {
            // Not held while it is written: progress may look at the document.
            let mut packet = lock(&self.0).build(seal, progress.as_ref())?;
            new_file(&path, overwrite, |file| write(&mut packet, file, sign))
        })
    }

    /// Into a file object, on this thread, when the packet is whole.
    #[pyo3(signature = (file, seal=None, sign=None, progress=None))]
    fn to_file(
        &self,
        py: Python<'_>,
        file: Py<PyAny>,
        seal: Option<&Signer>,
        sign: Option<&Signer>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<u64> {
        let caught = Caught::default();
        let progress = Progress::new(progress, &caught);
        let mut file = FileObject::new(file, &caught);
        call_with(py, "document.write", &caught, || {
            let mut packet = lock(&self.0).build(seal, progress.as_ref())?;
            let kept = Kept::written(|whole| write(&mut packet, whole, sign))?;
            copy(&mut kept.reader(), &mut file)
        })
    }
}

impl Document {
    fn attach(
        &self,
        from: From,
        description: Option<String>,
        content_id: Option<String>,
    ) -> Result<()> {
        lock(&self.0).files.push(Attached {
            from,
            description,
            content_id,
        });
        Ok(())
    }
}

/// The bytes of a status packet made from JSON.
#[pyfunction]
#[pyo3(signature = (json, config=None))]
pub(crate) fn status_bytes<'py>(
    py: Python<'py>,
    json: &str,
    config: Option<&Config>,
) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = call(py, "status.to_bytes", || {
        let status: Status = from_json("status", json)?;
        let packet = StatusBuilder::from_status(status)
            .check_options(CheckOptions::from_config(&settings(config)))
            .build()?;
        let mut bytes = Vec::new();
        packet.write_to(&mut bytes)?;
        Ok(bytes)
    })?;
    Ok(PyBytes::new(py, &bytes))
}
