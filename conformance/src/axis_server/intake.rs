//! The way of a packet into the queues: read, routed, rebuilt, kept. The same
//! for what a call brings and for what the simulated Office sends.

use std::io::{self, BufWriter, Read};

use super::clock;
use super::directory::Directory;
use super::refusal::{Cause, Refusal};
use super::route::{self, Kind, Route, Unroutable};
use super::shared::Shared;
use super::store::{Accepted, Addressed};
use crate::rebuild::{RebuildFailure, RebuildOptions, rebuild};

/// Who sends a packet, and to whom.
pub(super) struct Sending<'s> {
    /// The id that the sender gets; the packet's file bears it.
    pub(super) id: &'s str,
    pub(super) system: &'s str,
    /// The organ, by its code in the directory.
    pub(super) from: &'s str,
    /// The receivers; none means those of the packet.
    pub(super) to: Option<Vec<String>>,
}

/// Why a packet was not taken, or not for all of its receivers.
#[derive(Debug)]
pub(super) enum NotTaken {
    Refused(Refusal),
    /// The disk of the axis.
    Failed(io::Error),
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        NotTaken::Refused(refusal)
    }
}

impl From<Cause> for NotTaken {
    fn from(cause: Cause) -> Self {
        NotTaken::Refused(cause.into())
    }
}

impl From<io::Error> for NotTaken {
    fn from(error: io::Error) -> Self {
        NotTaken::Failed(error)
    }
}

impl Shared {
    /// Takes a packet in; false where it went to nobody.
    pub(super) fn take_in<R: Read>(
        &self,
        open: impl Fn() -> io::Result<R>,
        directory: &Directory,
        sending: Sending<'_>,
    ) -> Result<bool, NotTaken> {
        let route = route::read(open()?).map_err(|why| match why {
            Unroutable::Source(error) => NotTaken::Failed(error),
            Unroutable::NotXml => Cause::NotXml.into(),
            Unroutable::NotStandard => Cause::NotStandard.into(),
        })?;
        let mut organs = resolve(directory, &route, sending.to.as_deref())?;
        let refused = self.faults.refused(directory, &organs);
        let refusal = refused.first().map(|first| Refusal {
            code: Some(first.code.clone()),
            ..Refusal::about(Cause::LockedReceiver, &first.organ)
        });
        // Where the rest is accepted, some receivers have it, and the answer
        // says that it was refused.
        let rest_accepted = refused.iter().all(|refused| refused.rest_accepted);
        organs.retain(|organ| refused.iter().all(|refused| refused.organ != *organ));
        let goes_on = !organs.is_empty() && rest_accepted;
        if goes_on {
            self.keep(open()?, &sending, &route, organs)?;
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(goes_on),
        }
    }

    /// Keeps bytes for an organ without a look at them.
    pub(super) fn plant(
        &self,
        from: &str,
        to: &str,
        kind: Kind,
        bytes: &[u8],
    ) -> io::Result<String> {
        let mut parcel = self.store.incoming();
        io::Write::write_all(&mut parcel, bytes)?;
        let id = self.next_id()?;
        let directory = self.store.directory();
        let accepted = Accepted {
            id: self.next_id()?.into(),
            at: clock::now(),
            system: "".into(),
            from: directory.canonical(from).into(),
            kind,
            notation: "".into(),
            bytes: parcel.length(),
            to: vec![Addressed {
                id: id.as_str().into(),
                organ: directory.canonical(to).into(),
            }],
        };
        self.store.accept(parcel, accepted)?;
        Ok(id)
    }

    fn keep(
        &self,
        source: impl Read,
        sending: &Sending<'_>,
        route: &Route,
        organs: Vec<String>,
    ) -> Result<(), NotTaken> {
        let mut built = self.store.incoming();
        let at = clock::now();
        let options = RebuildOptions::new(
            self.config.rebuild,
            &*self.config.hop,
            clock::vietnamese(at),
            self.next_seed(),
        );
        let mut out = BufWriter::with_capacity(16 << 10, &mut built);
        rebuild(source, &mut out, options).map_err(|why| match why {
            RebuildFailure::Source(error) | RebuildFailure::Output(error) => {
                NotTaken::Failed(error)
            }
            RebuildFailure::Xml(_) => Cause::NotXml.into(),
            RebuildFailure::NoEnvelope
            | RebuildFailure::EnvelopeNamespace
            | RebuildFailure::NoMessageHeader => Cause::NotStandard.into(),
            // The words of a failure hold nothing of the packet.
            other => Refusal::about(Cause::RebuildFailed, other.to_string()).into(),
        })?;
        drop(out);
        let bytes = built.length();
        let mut to = Vec::with_capacity(organs.len());
        for organ in organs {
            to.push(Addressed {
                id: self.next_id()?.into(),
                organ: organ.into(),
            });
        }
        let accepted = Accepted {
            id: sending.id.into(),
            at,
            system: sending.system.into(),
            from: sending.from.into(),
            kind: route.kind,
            notation: route.notation.as_str().into(),
            bytes,
            to,
        };
        self.store.accept(built, accepted)?;
        if let Some(office) = &self.office {
            office.bell.ring();
        }
        Ok(())
    }
}

/// The organs that a packet goes to, by their codes in the directory, each once.
/// What a packet is decides, not what the call says it is: a status goes to
/// whom it answers.
fn resolve(
    directory: &Directory,
    route: &Route,
    to: Option<&[String]>,
) -> Result<Vec<String>, Refusal> {
    let named = match (route.kind, to) {
        (Kind::Document, Some(to)) => to,
        _ => route.receivers.as_slice(),
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
pub(super) fn shown(code: &str) -> &str {
    let is_code = code.len() <= 35
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    if is_code { code } else { "(no code)" }
}
