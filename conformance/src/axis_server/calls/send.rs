//! `/sendEdoc`: a packet comes in and is checked; the intake does the rest.

use std::io::{Read, Write};

use serde_json::json;

use super::super::answer::Answer;
use super::super::directory::Directory;
use super::super::file_hash::{FileHash, HashOf};
use super::super::http::Incoming;
use super::super::intake::{Sending, shown};
use super::super::refusal::{Cause, Refusal};
use super::super::store::Parcel;
use super::{Call, Stopped, failed};

impl Call<'_> {
    pub(super) fn send(&self, body: &mut Incoming<'_>) -> Result<Answer, Stopped> {
        let directory = self.axis.store.directory();
        let from = self.sender(&directory)?;
        let to = self.named_receivers()?;
        let (came, length) = self.receive(body)?;
        let id = self.axis.next_id().map_err(failed)?;
        let sending = Sending {
            id: &id,
            system: self.system,
            from: &from,
            to,
        };
        let goes_on = self
            .axis
            .take_in(|| came.open(length), &directory, sending)?;
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

    /// Takes the body in and checks its hash; the packet may be shorter than it.
    fn receive(&self, body: &mut Incoming<'_>) -> Result<(Parcel<'_>, u64), Stopped> {
        let mut packet = self.axis.store.incoming();
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
            packet.write_all(bytes).map_err(failed)?;
            length += count as u64;
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
        Ok((packet, length))
    }
}
