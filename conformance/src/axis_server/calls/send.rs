//! `/sendEdoc`: a packet comes in, is checked, routed, rebuilt and queued.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use serde_json::json;
use tempfile::NamedTempFile;

use super::super::answer::Answer;
use super::super::clock;
use super::super::directory::Directory;
use super::super::file_hash::{FileHash, HashOf};
use super::super::http::Incoming;
use super::super::refusal::{Cause, Refusal};
use super::super::route::{self, Kind, Route, Unroutable};
use super::super::store::{Accepted, Addressed};
use super::{Call, Stopped, failed};
use crate::rebuild::{RebuildFailure, RebuildOptions, rebuild};

impl Call<'_> {
    pub(super) fn send(&self, body: &mut Incoming<'_>) -> Result<Answer, Stopped> {
        let directory = self.axis.store.directory();
        let from = self.sender(&directory)?;
        let to = self.named_receivers()?;
        let came = self.receive(body)?;
        let source = || came.open().map_err(failed);
        let route = route::read(source()?).map_err(|why| match why {
            Unroutable::Source(error) => failed(error),
            Unroutable::NotXml => Cause::NotXml.into(),
            Unroutable::NotStandard => Cause::NotStandard.into(),
        })?;
        let mut organs = resolve(&directory, &route, to)?;
        let refused = self.axis.faults.refused(&directory, &organs);
        let refusal = refused.first().map(|first| Refusal {
            code: Some(first.code.clone()),
            ..Refusal::about(Cause::LockedReceiver, &first.organ)
        });
        if refused.iter().any(|refused| !refused.rest_accepted) {
            return Err(refusal.map_or(Stopped::Failed, Stopped::Refused));
        }
        organs.retain(|organ| refused.iter().all(|refused| refused.organ != *organ));
        let id = if organs.is_empty() {
            String::new()
        } else {
            self.accept(source()?, from, &route, organs)?
        };
        match refusal {
            // Some receivers have it, and the answer says that it was refused.
            Some(refusal) => Err(refusal.into()),
            None => Ok(Answer::ok(json!({ "DocId": id }))),
        }
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

    /// Takes the body to disk and checks its hash.
    fn receive(&self, body: &mut Incoming<'_>) -> Result<Came, Stopped> {
        let mut file = self.axis.store.incoming().map_err(failed)?;
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
            file.write_all(bytes).map_err(failed)?;
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
        Ok(Came { file, length })
    }

    fn accept(
        &self,
        source: impl Read,
        from: String,
        route: &Route,
        organs: Vec<String>,
    ) -> Result<String, Stopped> {
        let store = &self.axis.store;
        let mut built = store.incoming().map_err(failed)?;
        let at = clock::now();
        let config = &self.axis.config;
        let options = RebuildOptions::new(
            config.rebuild,
            &*config.hop,
            clock::vietnamese(at),
            self.axis.next_seed(),
        );
        let mut out = BufWriter::with_capacity(64 << 10, built.as_file_mut());
        rebuild(source, &mut out, options).map_err(|why| match why {
            RebuildFailure::Source(_) | RebuildFailure::Output(_) => Stopped::Failed,
            RebuildFailure::Xml(_) => Cause::NotXml.into(),
            RebuildFailure::NoEnvelope
            | RebuildFailure::EnvelopeNamespace
            | RebuildFailure::NoMessageHeader => Cause::NotStandard.into(),
            // The words of a failure hold nothing of the packet.
            other => Refusal::about(Cause::RebuildFailed, other.to_string()).into(),
        })?;
        drop(out);
        let bytes = built.as_file().metadata().map_err(failed)?.len();
        let id = self.axis.next_id().map_err(failed)?;
        let mut to = Vec::with_capacity(organs.len());
        for organ in organs {
            to.push(Addressed {
                id: self.axis.next_id().map_err(failed)?.into(),
                organ: organ.into(),
            });
        }
        let accepted = Accepted {
            id: id.as_str().into(),
            at,
            system: Box::from(&**self.system),
            from: from.into(),
            kind: route.kind,
            notation: route.notation.as_str().into(),
            bytes,
            to,
        };
        store.accept(built, accepted).map_err(failed)?;
        Ok(id)
    }
}

/// A body on disk.
struct Came {
    file: NamedTempFile,
    length: u64,
}

impl Came {
    fn open(&self) -> io::Result<impl Read> {
        let mut file: File = self.file.reopen()?;
        file.rewind()?;
        Ok(BufReader::with_capacity(64 << 10, file.take(self.length)))
    }
}

/// The organs that a packet goes to, by their codes in the directory, each once.
/// What a packet is decides, not what the call says it is: a status goes to
/// whom it answers.
fn resolve(
    directory: &Directory,
    route: &Route,
    to: Option<Vec<String>>,
) -> Result<Vec<String>, Refusal> {
    let named = match (route.kind, &to) {
        (Kind::Document, Some(to)) => to,
        _ => &route.receivers,
    };
    if named.is_empty() {
        return Err(Cause::NoReceiver.into());
    }
    let mut organs = Vec::with_capacity(named.len());
    let mut seen = std::collections::HashSet::new();
    for code in named {
        let code = code.trim();
        let unit = directory
            .unit(code)
            .ok_or_else(|| Refusal::about(Cause::UnknownReceiver, shown(code)))?;
        if unit.locked {
            return Err(Refusal::about(Cause::LockedReceiver, shown(code)));
        }
        if seen.insert(&unit.code) {
            organs.push(unit.code.to_string());
        }
    }
    Ok(organs)
}

/// What of a code is repeated in an answer: nothing that cannot be a code.
fn shown(code: &str) -> &str {
    let is_code = code.len() <= 35
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    if is_code { code } else { "(no code)" }
}
