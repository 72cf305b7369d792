//! Where Rust ends and Python begins: failures, panics, and the GIL.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use lienthong::{Error, ErrorKind, Language};
use pyo3::intern;
use pyo3::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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
        let told = match self {
            Failure::Raised(error) => return error,
            Failure::Core(error) => of_core(&error),
            Failure::Own { kind, context } => of_own(operation, kind, &context),
        };
        let made = py
            .import(intern!(py, "lienthong._errors"))
            .and_then(|module| module.getattr(intern!(py, "raised")))
            .and_then(|raised| raised.call1((told.to_string(),)));
        match made {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }
}

const LANGUAGES: [Language; 2] = [Language::English, Language::Vietnamese];

fn of_core(error: &Error) -> Value {
    let messages = LANGUAGES.map(|language| error.message(language));
    let context: Vec<(&str, &str)> = error
        .context()
        .iter()
        .map(|(name, value)| (*name, value.as_ref()))
        .collect();
    told(
        error.kind(),
        error.operation(),
        &messages,
        &context,
        json!(error.findings()),
    )
}

fn of_own(operation: &str, kind: ErrorKind, context: &[(&'static str, String)]) -> Value {
    let messages = LANGUAGES.map(|language| {
        let mut text = format!("{operation}: {}", kind.message(language));
        for (name, value) in context {
            text.push_str(&format!(" [{name}={value}]"));
        }
        text
    });
    let context: Vec<(&str, &str)> = context
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    told(kind, operation, &messages, &context, json!([]))
}

fn told(
    kind: ErrorKind,
    operation: &str,
    [message, message_vi]: &[String; 2],
    context: &[(&str, &str)],
    findings: Value,
) -> Value {
    // The far side's own code: only an axis has one.
    let code = context.iter().find(|(name, _)| *name == "code");
    let remote_code = code.filter(|_| kind.name().starts_with("axis-"));
    let context: serde_json::Map<String, Value> = context
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    json!({
        "code": kind.name(),
        "number": kind.number(),
        "retry": kind.retry().word(),
        "who_acts": kind.who_acts().word(),
        "operation": operation,
        "message": message,
        "message_vi": message_vi,
        "remote_code": remote_code.map(|(_, code)| *code),
        "context": context,
        "findings": findings,
    })
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

/// Reads an argument in JSON. What is told of a failure is where it is, and no value of it.
pub(crate) fn from_json<T: DeserializeOwned>(name: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let shown = !error.is_data()
            || ["unknown field", "duplicate field"]
                .iter()
                .any(|start| words.starts_with(start));
        let reason = match shown {
            true => words,
            false => "a value of another type",
        };
        Failure::argument(name, reason)
            .with("line", error.line().to_string())
            .with("column", error.column().to_string())
    })
}

pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Failure::own(ErrorKind::Internal).with("cause", error.to_string()))
}
