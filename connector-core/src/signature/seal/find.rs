//! Finds the seal among the attachments while the packet is read.

use std::io::{self, Read};

use super::{ANY_VERSION, MAX_SIZE, NAMESPACE, ROOT};
use crate::error::Result;
use crate::packet::{
    AttachmentSink, Discard, Packet, ReadOptions, ReceivedAttachment, read_packet,
};
use crate::xml::{Event, Limits, Namespace, Reader};

/// Bytes in which the root element of a seal must begin.
const HEAD: usize = 4 * 1024;

/// The seals of a packet.
#[derive(Default)]
pub(crate) struct Found {
    /// The first one: the number of its attachment and its bytes, which are missing where they
    /// are more than [`MAX_SIZE`].
    pub(crate) seal: Option<(usize, Option<Vec<u8>>)>,
    /// How many there are.
    pub(crate) count: usize,
}

/// Hands attachments on to another sink, and keeps what is a seal.
pub(crate) struct SealSink<'s> {
    inner: &'s mut dyn AttachmentSink,
    raw: Watch,
    entry: Watch,
    found: Found,
}

impl<'s> SealSink<'s> {
    pub(crate) fn new(inner: &'s mut dyn AttachmentSink) -> Self {
        SealSink {
            inner,
            raw: Watch::default(),
            entry: Watch::default(),
            found: Found::default(),
        }
    }

    pub(crate) fn finish(self) -> Found {
        self.found
    }
}

impl AttachmentSink for SealSink<'_> {
    fn start(&mut self, number: usize) -> io::Result<()> {
        self.raw = Watch::default();
        self.entry = Watch::default();
        self.inner.start(number)
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.raw.take(bytes);
        self.inner.raw(bytes)
    }

    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.entry.take(bytes);
        self.inner.entry(bytes)
    }

    fn finish(&mut self, attachment: &ReceivedAttachment) -> io::Result<()> {
        let watch = if attachment.is_wrapped() {
            &mut self.entry
        } else {
            &mut self.raw
        };
        if let Some(bytes) = std::mem::take(watch).finish() {
            self.found.count += 1;
            self.found.seal.get_or_insert((attachment.number, bytes));
        }
        self.inner.finish(attachment)
    }
}

/// Reads a packet, and gives the number of its seal where it has one.
pub(crate) fn read_packet_and_seal(
    source: impl Read,
    options: &ReadOptions,
) -> Result<(Packet, Option<usize>)> {
    let mut discard = Discard;
    let mut sink = SealSink::new(&mut discard);
    let packet = read_packet(source, options, &mut sink)?;
    let seal = sink.finish().seal.map(|(number, _)| number);
    Ok((packet, seal))
}

/// Looks at the first bytes of a file, and keeps the rest of a seal.
enum Watch {
    Head(Vec<u8>),
    Seal(Vec<u8>),
    TooLong,
    Other,
}

impl Default for Watch {
    fn default() -> Self {
        Watch::Head(Vec::new())
    }
}

impl Watch {
    fn take(&mut self, bytes: &[u8]) {
        match self {
            Watch::Other | Watch::TooLong => return,
            Watch::Head(kept) => {
                kept.extend_from_slice(bytes);
                if !may_be_xml(kept) {
                    *self = Watch::Other;
                } else if kept.len() >= HEAD {
                    self.decide();
                }
            }
            Watch::Seal(kept) => kept.extend_from_slice(bytes),
        }
        if let Watch::Seal(kept) = self
            && kept.len() > MAX_SIZE
        {
            *self = Watch::TooLong;
        }
    }

    fn decide(&mut self) {
        if let Watch::Head(kept) = self {
            // Never by more than the head, however many bytes came at once.
            let head = kept.get(..HEAD).unwrap_or(kept);
            *self = if begins_a_seal(head) {
                Watch::Seal(std::mem::take(kept))
            } else {
                Watch::Other
            };
        }
    }

    /// The bytes of a seal; `Some(None)` for one that is too long.
    fn finish(mut self) -> Option<Option<Vec<u8>>> {
        self.decide();
        match self {
            Watch::Seal(bytes) => Some(Some(bytes)),
            Watch::TooLong => Some(None),
            Watch::Head(_) | Watch::Other => None,
        }
    }
}

/// Whether a file that begins so may be XML.
fn may_be_xml(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    head.iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_none_or(|first| *first == b'<' || head.len() < 3)
}

/// Whether a file that begins so is a seal, or one that was made unreadable: a seal that was
/// tampered with must not pass for none.
fn begins_a_seal(head: &[u8]) -> bool {
    root(head).is_some_and(|namespace| match namespace {
        Root::Of(_) => true,
        Root::Unreadable => memchr::memmem::find(head, ANY_VERSION.as_bytes()).is_some(),
    })
}

/// Whether a seal is of the version that this library reads.
pub(crate) fn is_this_version(seal: &[u8]) -> bool {
    match root(seal) {
        Some(Root::Of(uri)) => uri == NAMESPACE,
        // The judgement says why it cannot be read.
        Some(Root::Unreadable) => true,
        None => false,
    }
}

/// The root of a file that may be a seal.
enum Root {
    /// A seal's, of this namespace.
    Of(String),
    /// It could not be read.
    Unreadable,
}

/// The root element of a file, where that may be a seal's.
fn root(head: &[u8]) -> Option<Root> {
    let mut reader = Reader::new(head, Limits::default());
    loop {
        match reader.next_event() {
            Ok(Event::Start(start)) => {
                return match start.namespace() {
                    Namespace::Bound(uri)
                        if start.local() == ROOT && uri.starts_with(ANY_VERSION) =>
                    {
                        Some(Root::Of(uri.to_owned()))
                    }
                    _ => None,
                };
            }
            Ok(Event::EndOfDocument) => return None,
            Err(_) => return Some(Root::Unreadable),
            Ok(_) => {}
        }
    }
}
