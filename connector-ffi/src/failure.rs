//! Why a call cannot be done: an error of the core, or of the caller's arguments.

use lienthong::{Error, ErrorKind};

/// A failure on its way to an error object.
#[derive(Debug)]
pub(crate) enum Failure {
    Core(Error),
    /// One that was found here. Its operation is the function that was called.
    Own {
        kind: ErrorKind,
        context: Vec<(&'static str, String)>,
    },
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
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

    /// What should be a handle is none.
    pub(crate) fn handle(null: bool) -> Self {
        let state = match null {
            true => "NULL",
            false => "freed, or of another type",
        };
        Failure::own(ErrorKind::InvalidArgument).with("handle", state)
    }

    /// Something is used by another call at this moment.
    pub(crate) fn in_use() -> Self {
        Failure::own(ErrorKind::InvalidArgument).with("reason", "in use by another call")
    }

    pub(crate) fn resources(of: &'static str) -> Self {
        Failure::own(ErrorKind::OutOfResources).with("resource", of)
    }

    /// The error, of the function that was called where it was found here.
    pub(crate) fn told(self, function: &'static str) -> Error {
        match self {
            Failure::Core(error) => error,
            Failure::Own { kind, context } => context
                .into_iter()
                .fold(Error::new(kind, function), |error, (name, value)| {
                    error.with(name, value)
                }),
        }
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Failure::Core(error) => error.kind(),
            Failure::Own { kind, .. } => *kind,
        }
    }
}
