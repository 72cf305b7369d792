//! `/sendEdoc`: a packet comes in and is checked; the intake does the rest.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};

use serde_json::json;
use tempfile::NamedTempFile;

use super::super::answer::Answer;
use super::super::directory::Directory;
use super::super::file_hash::{FileHash, HashOf};
use super::super::http::Incoming;
use super::super::intake::{Sending, shown};
use super::super::refusal::{Cause, Refusal};
use super::{Call, Stopped, failed};

/// A body up to so many bytes waits in memory until it is rebuilt: a file that
/// lives for a millisecond costs more than all the rest.
const IN_MEMORY: usize = 256 << 10;

impl Call<'_> {
    pub(super) fn send(&self, body: &mut Incoming<'_>) -> Result<Answer, Stopped> {
        let directory = self.axis.store.directory();
        let from = self.sender(&directory)?;
        let to = self.named_receivers()?;
        let came = self.receive(body)?;
        let id = self.axis.next_id().map_err(failed)?;
        let sending = Sending {
            id: &id,
            system: self.system,
            from: &from,
            to,
        };
        let goes_on = self.axis.take_in(|| came.open(), &directory, sending)?;
        let id = if goes_on { id.as_str() } else { "" };
        Ok(Answer::ok(json!({ "DocId": id })))
    }

    /// The organ that sends, by its code in the directory.
    fn sender(&self, directory: &Directory) -> Result<String, Refusal> {
        let from = self.signed.get("from").unwrap_or_default().trim();
        let unit = directory
            .unit(from)
            .ok_or_else(|| Refusal::about(Cause::UnknownSender, shown(from)))?;
        if directory.owner(from) != Some(self.system) {
            return Err(Refusal::about(Cause::ForeignSender, shown(from)));
        }
        Ok(unit.code.to_string())
    }

    /// The receivers that the call names; none means those of the packet.
    fn named_receivers(&self) -> Result<Option<Vec<String>>, Refusal> {
        let Some(to) = self.signed.get("to").map(str::trim) else {
            return Ok(None);
        };
        if to.is_empty() {
            return Ok(None);
        }
        let to: Vec<String> = serde_json::from_str(to)
            .map_err(|_| Refusal::about(Cause::Parameter, "`to` is no array of codes"))?;
        Ok((!to.is_empty()).then_some(to))
    }

    /// Takes the body in, to disk if it is long, and checks its hash.
    fn receive(&self, body: &mut Incoming<'_>) -> Result<Came, Stopped> {
        let mut held = Vec::new();
        let mut file: Option<NamedTempFile> = None;
        let mut hash = FileHash::new();
        let mut length = 0;
        let mut space = vec![0; 64 << 10];
        loop {
            let count = body.read(&mut space).map_err(Stopped::Connection)?;
            let bytes = space.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            hash.update(bytes);
            length += count as u64;
            match &mut file {
                Some(file) => file.write_all(bytes).map_err(failed)?,
                None if held.len() + count <= IN_MEMORY => held.extend_from_slice(bytes),
                None => {
                    let mut made = self.axis.store.incoming().map_err(failed)?;
                    made.write_all(&held)
                        .and_then(|()| made.write_all(bytes))
                        .map_err(failed)?;
                    held = Vec::new();
                    file = Some(made);
                }
            }
        }
        if length == 0 {
            return Err(Cause::EmptyPacket.into());
        }
        if self.axis.config.check_hash {
            let said = self.signed.get("hash-file").ok_or(Cause::HashMissing)?;
            match hash.finish().find(said) {
                None => return Err(Cause::HashDiffers.into()),
                Some(HashOf::Body) => {}
                // The line end is the SDK's, not the packet's.
                Some(HashOf::WithoutLineEnd) => length -= 2,
            }
        }
        Ok(Came { held, file, length })
    }
}

/// A body in memory, or on disk.
struct Came {
    held: Vec<u8>,
    file: Option<NamedTempFile>,
    length: u64,
}

impl Came {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.file {
            None => Box::new(Cursor::new(&self.held).take(self.length)),
            Some(file) => {
                let file = File::open(file.path())?.take(self.length);
                Box::new(BufReader::with_capacity(64 << 10, file))
            }
        })
    }
}
