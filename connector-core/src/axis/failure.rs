//! Why an exchange with an axis failed, and how far it had come: what may be
//! tried again depends on the second.

use std::fmt;
use std::io;

use crate::error::{Error, ErrorKind};

/// How far an exchange had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// No connection yet.
    Connecting,
    /// Connected; the request was not handed over whole.
    Sending,
    /// The request was handed over whole.
    Sent,
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum Cause {
    /// The connection could not be made, or broke.
    Connection(Box<dyn std::error::Error + Send + Sync>),
    /// A time-out; the configuration key that sets it.
    TimedOut(&'static str),
    /// The handle was closed.
    Closed,
    /// The handle belongs to another process.
    Forked,
}

/// A failed exchange.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) stage: Stage,
    pub(super) cause: Cause,
}

impl Failure {
    /// The error of the operation. `packet` says whether a packet was being
    /// sent, which must not be repeated lightly.
    pub(super) fn error(self, operation: &'static str, packet: bool) -> Error {
        let kind = match (&self.cause, self.stage) {
            (Cause::Forked, _) => ErrorKind::AfterFork,
            (Cause::Connection(error), stage) if untrusted(error.as_ref(), stage) => {
                ErrorKind::AxisUntrusted
            }
            (_, Stage::Sent) if packet => ErrorKind::AxisSentNoAnswer,
            (Cause::Closed, _) => ErrorKind::Closed,
            (_, Stage::Connecting) => ErrorKind::AxisUnreachable,
            (_, Stage::Sending) if packet => ErrorKind::AxisInterrupted,
            (_, Stage::Sending | Stage::Sent) => ErrorKind::AxisNoAnswer,
        };
        let error = Error::new(kind, operation);
        match self.cause {
            Cause::Connection(source) => error.because(Sources(source)),
            Cause::TimedOut(key) => error.with("timed_out", key),
            Cause::Closed => error.with("reason", "closed"),
            Cause::Forked => error,
        }
    }
}

/// Whether TLS refused the connection. In TLS 1.3 the axis's word on our
/// certificate comes only after the request was sent; a request on such a
/// connection is never looked at. Any other fault of TLS at that time says
/// nothing of what became of the request.
fn untrusted(error: &(dyn std::error::Error + 'static), stage: Stage) -> bool {
    use rustls::AlertDescription as Alert;
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return stage == Stage::Connecting
                || matches!(
                    error,
                    rustls::Error::AlertReceived(
                        Alert::CertificateRequired
                            | Alert::BadCertificate
                            | Alert::UnsupportedCertificate
                            | Alert::CertificateRevoked
                            | Alert::CertificateExpired
                            | Alert::CertificateUnknown
                            | Alert::UnknownCA
                            | Alert::AccessDenied
                    )
                );
        }
        next = match error.downcast_ref::<io::Error>() {
            // The source of an `io::Error` is that of the error inside it.
            Some(error) => error.get_ref().map(|error| error as _),
            None => error.source(),
        };
    }
    false
}

/// An error with those behind it, in one line: hyper keeps what happened in its
/// sources.
#[derive(Debug)]
struct Sources(Box<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Sources {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::AlertDescription;

    fn kind(alert: AlertDescription, stage: Stage) -> ErrorKind {
        let error = io::Error::other(rustls::Error::AlertReceived(alert));
        let cause = Cause::Connection(Box::new(error));
        Failure { stage, cause }.error("axis.send", true).kind()
    }

    #[test]
    fn only_a_refused_certificate_proves_that_a_sent_packet_was_not_looked_at() {
        use AlertDescription::{CertificateRequired, HandshakeFailure, InternalError};
        let sent = Stage::Sent;
        assert_eq!(kind(CertificateRequired, sent), ErrorKind::AxisUntrusted);
        assert_eq!(kind(InternalError, sent), ErrorKind::AxisSentNoAnswer);
        assert_eq!(
            kind(InternalError, Stage::Sending),
            ErrorKind::AxisInterrupted
        );
        assert_eq!(
            kind(HandshakeFailure, Stage::Connecting),
            ErrorKind::AxisUntrusted
        );
    }
}
