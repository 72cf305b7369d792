//! An answer while it is read: what came, what it is worth, and where a packet
//! in it goes.

use std::io::{self, Write};

use ring::digest::{Context, SHA256};

use super::answer::Answer;
use super::exchange::{Head, Stop};
use super::failure::Failure;
use super::split::Fault;
use super::{Fetched, Refusal, RefusalClass};
use crate::crypto::digest;
use crate::crypto::digest::{Sha256, hex};
use crate::error::{Error, ErrorKind, Result};
use crate::packet::attachment::Base64Error;

/// Why an answer is no success.
#[derive(Debug)]
pub(super) enum Unread {
    Failure(Failure),
    Fault(Fault),
    Refused(Refusal),
}

impl Unread {
    pub(super) const NOT_PROMISED: Unread = Unread::Fault(Fault::NotPromised);
}

/// What came, described without showing it: it may hold a packet.
pub(super) struct Came {
    operation: &'static str,
    pub(super) head: Head,
    length: u64,
    digest: Sha256,
}

impl Came {
    pub(super) fn new(operation: &'static str, head: Head) -> Self {
        Came {
            operation,
            head,
            length: 0,
            digest: Sha256::new(),
        }
    }

    pub(super) fn count(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        self.digest.update(piece);
    }

    pub(super) fn not_promised(self) -> Error {
        self.error(Unread::NOT_PROMISED, false)
    }

    /// The error of the operation. `packet` as in [`Failure::error`].
    pub(super) fn error(self, unread: Unread, packet: bool) -> Error {
        let kind = match unread {
            Unread::Failure(failure) => {
                let error = failure.error(self.operation, packet);
                return error.with("http_status", self.head.status.to_string());
            }
            Unread::Refused(refusal) => return refusal.error(self.operation),
            Unread::Fault(Fault::Local(error)) => return error,
            Unread::Fault(_) if packet && self.head.after_whole => ErrorKind::AxisSentNoAnswer,
            // The axis broke off with words of its own.
            Unread::Fault(_) if packet => ErrorKind::AxisInterrupted,
            Unread::Fault(Fault::TooLarge(key)) => {
                return Error::new(ErrorKind::AxisAnswerTooLarge, self.operation).with("key", key);
            }
            Unread::Fault(Fault::NotPromised) => ErrorKind::AxisNotAnAnswer,
        };
        let error = Error::new(kind, self.operation)
            .with("http_status", self.head.status.to_string())
            .with("length", self.length.to_string());
        match self.digest.finish() {
            Ok(digest) => error.with("sha256", hex(&digest)),
            Err(_) => error,
        }
    }
}

/// The error of an exchange without an answer.
pub(super) fn stopped(stop: Stop, operation: &'static str, packet: bool) -> Error {
    match stop {
        Stop::Failure(failure) => failure.error(operation, packet),
        Stop::Source(error) => error,
    }
}

pub(super) fn refusal(class: RefusalClass, code: String, answer: &Answer) -> Unread {
    let text = |key| answer.text(key).filter(|text| !text.is_empty());
    Unread::Refused(Refusal {
        class,
        code,
        doc_id: text("DocId").map(str::to_owned),
        description: answer.description.clone().filter(|text| !text.is_empty()),
    })
}

/// Where a fetched packet goes, counted and digested on its way.
pub(super) struct Store<'w> {
    operation: &'static str,
    to: &'w mut dyn Write,
    digest: Context,
    bytes: u64,
    limit: u64,
}

impl<'w> Store<'w> {
    pub(super) fn new(operation: &'static str, to: &'w mut dyn Write, limit: u64) -> Self {
        Store {
            operation,
            to,
            digest: Context::new(&SHA256),
            bytes: 0,
            limit,
        }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.digest.update(bytes);
        self.to.write_all(bytes)
    }

    /// What a failed [`Store::take`] means.
    pub(super) fn fault(&self, error: io::Error) -> Fault {
        if self.bytes > self.limit {
            Fault::TooLarge("axis.max_packet")
        } else {
            Fault::Local(Error::io(self.operation, error))
        }
    }

    /// What a decoder's error means that was fed into this store.
    pub(super) fn decoding(&self, error: Base64Error) -> Fault {
        match error {
            Base64Error::Io(error) => self.fault(error),
            _ => Fault::NotPromised,
        }
    }

    /// The end of a packet that came whole. An empty one is none.
    pub(super) fn finish(self, came: Came) -> Result<Fetched> {
        if self.bytes == 0 {
            return Err(came.not_promised());
        }
        self.to
            .flush()
            .map_err(|error| Error::io(self.operation, error))?;
        Ok(Fetched {
            bytes: self.bytes,
            sha256: digest::array(&self.digest.finish()),
        })
    }
}

/// What may stand before a packet or an answer.
const MAX_LEAD: usize = 1_024;
const PAGES: [&[u8]; 2] = [b"<!doctype html", b"<html"];

/// What the first bytes of a download say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// More bytes are needed.
    Open,
    /// JSON, a page for people, or nothing.
    NoPacket,
    Packet,
}

/// Looks at the bytes of a download that are there so far.
pub(super) fn start(bytes: &[u8], ended: bool) -> Start {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text.trim_ascii_start();
    let longest = PAGES.iter().map(|page| page.len()).max().unwrap_or(0);
    let begins = |with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if matches!(text.first(), Some(b'{' | b'[')) || PAGES.into_iter().any(begins) {
        Start::NoPacket
    } else if text.len() >= longest || bytes.len() >= MAX_LEAD {
        Start::Packet
    } else if !ended {
        Start::Open
    } else if text.is_empty() {
        Start::NoPacket
    } else {
        Start::Packet
    }
}
