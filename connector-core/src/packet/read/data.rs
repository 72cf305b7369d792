//! The data of one attachment while it streams by: decoded, measured, typed,
//! and looked into where it is a ZIP around one file.

use std::io;

use super::AttachmentSink;
use crate::crypto::digest::Sha256;
use crate::packet::attachment::base64::{Base64Error, Decoder, Finished, is_space};
use crate::packet::attachment::magic::{DETECTION_HEAD, detect};
use crate::packet::attachment::zip::{Unzip, UnzipLimits, Unzipped};
use crate::packet::received::{Bytes, Undecoded};

/// Why data could not be taken.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not base64; what stands in its place, where that can be told.
    Base64(Option<Undecoded>),
    /// It is larger than one attachment may be, or than all may be together.
    TooLarge { limit: &'static str, maximum: u64 },
}

/// What the data turned out to be.
pub(super) struct Outcome {
    pub(super) raw: Bytes,
    pub(super) unzipped: Unzipped,
    /// What was inside the ZIP; only to be trusted where `unzipped` is `Single`.
    pub(super) entry: Bytes,
    pub(super) unpadded: bool,
}

/// Counts, digests and keeps the first bytes.
struct Meter {
    digest: Sha256,
    head: Vec<u8>,
}

impl Meter {
    fn new() -> Self {
        Meter {
            digest: Sha256::new(),
            head: Vec::new(),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        let missing = DETECTION_HEAD.saturating_sub(self.head.len());
        if missing > 0 {
            self.head.extend(bytes.iter().take(missing));
        }
    }

    fn finish(self) -> io::Result<Bytes> {
        Ok(Bytes {
            size: self.digest.seen(),
            sha256: self.digest.finish()?,
            detected: detect(&self.head),
        })
    }
}

/// Takes decoded bytes.
struct Decoded {
    raw: Meter,
    entry: Meter,
    unzip: Unzip,
    /// Bytes that may still come, and the key of the limit.
    room: u64,
    over: bool,
}

impl Decoded {
    fn take(&mut self, bytes: &[u8], sink: &mut dyn AttachmentSink) -> io::Result<()> {
        if self.over || bytes.len() as u64 > self.room - self.raw.digest.seen() {
            self.over = true;
            return Ok(());
        }
        self.raw.take(bytes);
        sink.raw(bytes)?;
        let entry = &mut self.entry;
        self.unzip.push(bytes, &mut |bytes| {
            entry.take(bytes);
            sink.entry(bytes)
        })
    }
}

/// Decoded bytes by which base64 within base64 is told from a file. Fewer would
/// do for most files, but a text may begin with a long word.
const DOUBLE_HEAD: usize = 16 * 1024;

/// The way from the first decoder to the decoded bytes.
enum Route {
    /// The bytes may be base64 again; so many are held back until that is known.
    Undecided(Vec<u8>),
    /// They are the file.
    Single,
    /// They are base64 again.
    Double(Decoder),
}

impl Route {
    /// Hands decoded bytes on, through a second decoder where they are base64
    /// again.
    fn take(
        &mut self,
        bytes: &[u8],
        decoded: &mut Decoded,
        sink: &mut dyn AttachmentSink,
    ) -> io::Result<()> {
        match self {
            Route::Undecided(head) => {
                head.extend_from_slice(bytes);
                // No more than these, in however large pieces the bytes come.
                let double = looks_like_base64(head.get(..DOUBLE_HEAD).unwrap_or(head));
                if double && head.len() < DOUBLE_HEAD {
                    return Ok(());
                }
                self.decide(double, decoded, sink)
            }
            Route::Single => decoded.take(bytes, sink),
            Route::Double(second) => second
                .push(bytes, &mut |bytes| decoded.take(bytes, sink))
                .map_err(into_io),
        }
    }

    /// Decides where all bytes were held back: they are base64 only as a whole,
    /// a file of one word is none.
    fn end(&mut self, decoded: &mut Decoded, sink: &mut dyn AttachmentSink) -> io::Result<()> {
        let Route::Undecided(head) = self else {
            return Ok(());
        };
        let mut decoder = Decoder::new();
        let double = decoder.push(head, &mut |_| Ok(())).is_ok()
            && decoder
                .finish(&mut |_| Ok(()))
                .is_ok_and(|finished| finished.bytes > 0 && !finished.unpadded);
        self.decide(double, decoded, sink)
    }

    /// Hands on the bytes held back.
    fn decide(
        &mut self,
        double: bool,
        decoded: &mut Decoded,
        sink: &mut dyn AttachmentSink,
    ) -> io::Result<()> {
        let Route::Undecided(head) = self else {
            return Ok(());
        };
        let head = std::mem::take(head);
        *self = if double {
            Route::Double(Decoder::new())
        } else {
            Route::Single
        };
        self.take(&head, decoded, sink)
    }
}

/// Follows the text of one data element.
pub(super) struct Data {
    decoder: Decoder,
    route: Route,
    decoded: Decoded,
    fault: Option<Fault>,
    /// How many bytes could be decoded of text that is no base64. From there on the digest is
    /// that of the text itself.
    undecoded: Option<u64>,
    limit: (&'static str, u64),
}

impl Data {
    /// `room` is how many bytes may come, by `limit`.
    pub(super) fn new(
        room: u64,
        limit: (&'static str, u64),
        zip: UnzipLimits,
        may_be_double: bool,
    ) -> Self {
        Data {
            decoder: Decoder::new(),
            route: if may_be_double {
                Route::Undecided(Vec::new())
            } else {
                Route::Single
            },
            decoded: Decoded {
                raw: Meter::new(),
                entry: Meter::new(),
                unzip: Unzip::new(zip),
                room,
                over: false,
            },
            fault: None,
            undecoded: None,
            limit,
        }
    }

    /// Takes a piece of text. After a fault the rest is passed over, or digested as it is.
    ///
    /// # Errors
    /// Only what the sink fails with.
    pub(super) fn push(&mut self, text: &[u8], sink: &mut dyn AttachmentSink) -> io::Result<()> {
        if self.fault.is_some() {
            self.digest_text(text);
            return Ok(());
        }
        let before = self.decoder.taken();
        let Data {
            decoder,
            route,
            decoded,
            ..
        } = self;
        let result = decoder.push(text, &mut |bytes| route.take(bytes, decoded, sink));
        self.judge(result)?;
        if self.fault.is_some() {
            let taken = usize::try_from(self.decoder.taken() - before).unwrap_or(usize::MAX);
            let rest = text.get(taken.saturating_sub(1)..).unwrap_or_default();
            self.give_up(&self.decoder.open_group(), rest, sink)?;
        }
        Ok(())
    }

    /// Goes on with the text itself, from the group that is no base64. The text within base64
    /// within base64 is not at hand; there this is left.
    fn give_up(
        &mut self,
        open: &[u8],
        rest: &[u8],
        sink: &mut dyn AttachmentSink,
    ) -> io::Result<()> {
        if !matches!(self.fault, Some(Fault::Base64(_))) {
            return Ok(());
        }
        self.route.decide(false, &mut self.decoded, sink)?;
        if !self.decoded.over && !matches!(self.route, Route::Double(_)) {
            self.undecoded = Some(self.decoded.raw.digest.seen());
            self.digest_text(open);
            self.digest_text(rest);
        }
        Ok(())
    }

    /// White space has no part in it.
    fn digest_text(&mut self, text: &[u8]) {
        if self.undecoded.is_some() {
            let digest = &mut self.decoded.raw.digest;
            let words = text.split(|byte| is_space(*byte));
            words.for_each(|word| digest.update(word));
        }
    }

    /// Ends the data; says as well whether it was base64 within base64.
    pub(super) fn finish(
        mut self,
        sink: &mut dyn AttachmentSink,
    ) -> io::Result<(Result<Outcome, Fault>, bool)> {
        let mut unpadded = false;
        if self.fault.is_none() {
            let open = self.decoder.open_group();
            let last = self.end(sink);
            unpadded = self.judge(last.map(|finished| finished.unpadded))?;
            self.give_up(&open, &[], sink)?;
        }
        let double = matches!(self.route, Route::Double(_));
        if let Some(fault) = self.fault {
            let fault = match self.undecoded {
                Some(bytes) => Fault::Base64(Some(Undecoded {
                    bytes,
                    sha256: self.decoded.raw.digest.finish()?,
                })),
                None => fault,
            };
            return Ok((Err(fault), double));
        }
        let outcome = Outcome {
            raw: self.decoded.raw.finish()?,
            unzipped: self.decoded.unzip.finish(),
            entry: self.decoded.entry.finish()?,
            unpadded,
        };
        Ok((Ok(outcome), double))
    }

    /// Ends the decoders, the second one last.
    fn end(&mut self, sink: &mut dyn AttachmentSink) -> Result<Finished, Base64Error> {
        let Data {
            decoder,
            route,
            decoded,
            ..
        } = self;
        let first =
            std::mem::take(decoder).finish(&mut |bytes| route.take(bytes, decoded, sink))?;
        route.end(decoded, sink).map_err(Base64Error::Io)?;
        match route {
            Route::Double(second) => {
                std::mem::take(second).finish(&mut |bytes| decoded.take(bytes, sink))
            }
            _ => Ok(first),
        }
    }

    /// Keeps a fault of the text, hands on a fault of the sink.
    fn judge<T: Default>(&mut self, result: Result<T, Base64Error>) -> io::Result<T> {
        if self.decoded.over {
            let (limit, maximum) = self.limit;
            self.fault = Some(Fault::TooLarge { limit, maximum });
        }
        match result {
            Ok(value) => Ok(value),
            Err(Base64Error::Io(error)) => match error.downcast::<Base64Error>() {
                Ok(_) => {
                    self.fault.get_or_insert(Fault::Base64(None));
                    Ok(T::default())
                }
                Err(error) => Err(error),
            },
            Err(_) => {
                self.fault.get_or_insert(Fault::Base64(None));
                Ok(T::default())
            }
        }
    }
}

/// An error of the second decoder on its way through the first.
fn into_io(error: Base64Error) -> io::Error {
    match error {
        Base64Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// Whether all bytes are of the alphabet of base64 or white space.
fn looks_like_base64(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
        })
}
