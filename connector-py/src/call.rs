//! Where Rust ends and Python begins: failures, panics, and the GIL.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use lienthong::{Error, ErrorKind};
use pyo3::intern;
use pyo3::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Why a call cannot be done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the core.
    Core(Error),
    /// One that was found here. Its operation is the call's.
    Own {
        kind: ErrorKind,
        context: Vec<(&'static str, String)>,
    },
    /// What Python code raised that was called.
    Raised(PyErr),
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Failure::Raised(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::own(ErrorKind::Io).with("cause", error.kind().to_string())
    }
}

impl Failure {
    pub(crate) fn own(kind: ErrorKind) -> Self {
        Failure::Own {
            kind,
            context: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Failure::Own { context, .. } = &mut self {
            context.push((name, value.into()));
        }
        self
    }

    /// An argument of this name is not acceptable, for this reason.
    pub(crate) fn argument(name: &'static str, reason: impl Into<String>) -> Self {
        Failure::own(ErrorKind::InvalidArgument)
            .with("argument", name)
            .with("reason", reason)
    }

    /// The exception, made by `lienthong._errors`.
    fn raise(self, py: Python<'_>, operation: &'static str) -> PyErr {
        let error = match self {
            Failure::Raised(error) => return error,
            Failure::Core(error) => error,
            Failure::Own { kind, context } => context
                .into_iter()
                .fold(Error::new(kind, operation), |error, (name, value)| {
                    error.with(name, value)
                }),
        };
        let made = py
            .import(intern!(py, "lienthong._errors"))
            .and_then(|module| module.getattr(intern!(py, "raised")))
            .and_then(|raised| raised.call1((json!(error).to_string(),)));
        match made {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }
}

/// Does the work of a call without the GIL; a panic becomes `internal`.
pub(crate) fn call<R: Send>(
    py: Python<'_>,
    operation: &'static str,
    work: impl FnOnce() -> Result<R> + Send,
) -> PyResult<R> {
    // What a panic leaves half done lies in objects of the library, which hold up under it:
    // their locks are looked over, and no invariant of a caller is touched.
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    match done {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => Err(failure.raise(py, operation)),
        Err(_) => Err(Failure::own(ErrorKind::Internal)
            .with("function", operation)
            .raise(py, operation)),
    }
}

/// As [`call`]; what Python code raised that was called on the way goes before the failure it
/// led to.
pub(crate) fn call_with<R: Send>(
    py: Python<'_>,
    operation: &'static str,
    caught: &Caught,
    work: impl FnOnce() -> Result<R> + Send,
) -> PyResult<R> {
    let done = call(py, operation, work);
    match (done, caught.take()) {
        (Err(_), Some(raised)) => Err(raised),
        (done, _) => done,
    }
}

/// What Python code raised while it was called from the inside of the library.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caught(Arc<Mutex<Option<PyErr>>>);

impl Caught {
    /// Keeps it, and gives the failure that ends the work.
    pub(crate) fn keep(&self, raised: PyErr) -> std::io::Error {
        lock(&self.0).get_or_insert(raised);
        std::io::Error::other("the host's code failed")
    }

    fn take(&self) -> Option<PyErr> {
        lock(&self.0).take()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads an argument in JSON.
pub(crate) fn from_json<T: DeserializeOwned>(name: &'static str, text: &str) -> Result<T> {
    lienthong::json::read(text).map_err(|misread| {
        Failure::argument(name, misread.reason)
            .with("line", misread.line.to_string())
            .with("column", misread.column.to_string())
    })
}

pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Failure::own(ErrorKind::Internal).with("cause", error.to_string()))
}
