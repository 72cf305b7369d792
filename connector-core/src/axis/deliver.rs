//! Sending a packet to its recipients: the same bytes in as many requests as the
//! head's length and the axis's refusals make necessary.

use std::io::{self, Read, Seek, SeekFrom};

use hyper::body::Bytes;

use super::client::Client;
use super::http::Payload;
use super::profile::{Call, Envelope};
use super::reading::{Unread, stopped};
use super::split::Part;
use super::{Delivery, Outcome, Refusal, RefusalClass, Sending, shown};
use crate::crypto::digest::Sha256;
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "axis.send";
/// Bytes read at once.
const BLOCK: usize = 64 * 1024;

/// A packet's length and digest, from the first of its two passes.
#[derive(Clone, Copy)]
struct Measured {
    length: u64,
    sha256: [u8; 32],
}

pub(super) fn send<P: Read + Seek>(
    client: &Client,
    packet: &mut P,
    sending: &Sending<'_>,
) -> Result<Vec<Delivery>> {
    // Escapes would carry other characters past the check of the header.
    let plain = |organ: &&str| organ.bytes().all(|byte| byte.is_ascii_graphic());
    if !sending.to.iter().all(plain) || sending.to.contains(&"") {
        return Err(Error::new(ErrorKind::InvalidArgument, OPERATION)
            .with("parameter", "to")
            .with("reason", "empty, or not printable ASCII without blanks"));
    }
    let measured = measure(packet)?;
    let call = |to: &[&str]| {
        client.profile().framing.send(&Envelope {
            from: sending.from,
            to,
            word: client.word(sending.message_type),
            sha256: measured.sha256,
        })
    };
    // The next batch is taken from the end.
    let mut batches = batches(client, sending.to, &call)?;
    batches.reverse();
    let mut deliveries = Vec::new();
    while let Some(to) = batches.pop() {
        let outcome = attempt(client, packet, measured, &call(to));
        let stop = match &outcome {
            Outcome::Refused(refusal) if halves(refusal) && to.len() > 1 => {
                let (first, second) = to.split_at(to.len() / 2);
                batches.extend([second, first]);
                continue;
            }
            Outcome::Accepted { .. } => None,
            Outcome::Refused(refusal) if halves(refusal) => None,
            Outcome::Refused(refusal) => Some(shown(&refusal.code)),
            Outcome::NoAnswer(error) | Outcome::NotSent(error) => {
                Some(error.kind().name().to_owned())
            }
        };
        deliveries.push(delivery(to, outcome));
        if let Some(reason) = stop {
            batches.reverse();
            let rest = batches.concat();
            if !rest.is_empty() {
                let error = Error::new(ErrorKind::AxisNotTried, OPERATION).with("reason", reason);
                deliveries.push(delivery(&rest, Outcome::NotSent(error)));
            }
            break;
        }
    }
    nothing_sent(deliveries)
}

fn delivery(to: &[&str], outcome: Outcome) -> Delivery {
    Delivery {
        to: to.iter().map(|&organ| organ.to_owned()).collect(),
        outcome,
    }
}

/// Where the very first request was not sent, that is an error.
fn nothing_sent(mut deliveries: Vec<Delivery>) -> Result<Vec<Delivery>> {
    let not_sent = |delivery: &Delivery| matches!(delivery.outcome, Outcome::NotSent(_));
    if deliveries.iter().all(not_sent)
        && !deliveries.is_empty()
        && let Outcome::NotSent(error) = deliveries.swap_remove(0).outcome
    {
        return Err(error);
    }
    Ok(deliveries)
}

/// Whether a refusal speaks of one recipient, hence says nothing of the others:
/// unknown (18) or locked (23).
fn halves(refusal: &Refusal) -> bool {
    refusal.class == RefusalClass::Organ && matches!(&*refusal.code, "18" | "23")
}

/// Reads the packet once, for its length and digest.
fn measure(packet: &mut (impl Read + Seek)) -> Result<Measured> {
    let failed = |error| Error::io(OPERATION, error);
    packet.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; BLOCK];
    loop {
        let bytes = read(packet, &mut block).map_err(failed)?;
        if bytes.is_empty() {
            break;
        }
        digest.update(bytes);
    }
    let length = digest.seen();
    if length == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, OPERATION).with("packet", "empty"));
    }
    Ok(Measured {
        length,
        sha256: digest.finish().map_err(failed)?,
    })
}

/// What one read gives; empty at the end.
fn read<'b>(source: &mut impl Read, block: &'b mut [u8]) -> io::Result<&'b [u8]> {
    loop {
        match source.read(block) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(count) => return Ok(block.get(..count).unwrap_or_default()),
        }
    }
}

/// Parts of the recipients, each as large as the head of a request allows.
fn batches<'t>(
    client: &Client,
    to: &'t [&'t str],
    call: &impl Fn(&[&str]) -> Call,
) -> Result<Vec<&'t [&'t str]>> {
    let too_long = || {
        Error::new(ErrorKind::InvalidArgument, OPERATION)
            .with("reason", "longer than axis.max_header")
    };
    if to.is_empty() {
        return if client.fits(&call(to)) {
            Ok(vec![to])
        } else {
            Err(too_long())
        };
    }
    let mut batches = Vec::new();
    let mut rest = to;
    while !rest.is_empty() {
        // The largest number that fits, found by halving.
        let (mut fits, mut beyond) = (0, rest.len() + 1);
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            let (part, _) = rest.split_at(middle);
            if client.fits(&call(part)) {
                fits = middle;
            } else {
                beyond = middle;
            }
        }
        if fits == 0 {
            return Err(too_long());
        }
        let (batch, after) = rest.split_at(fits);
        batches.push(batch);
        rest = after;
    }
    Ok(batches)
}

/// One request with the packet.
fn attempt(
    client: &Client,
    packet: &mut (impl Read + Seek),
    measured: Measured,
    call: &Call,
) -> Outcome {
    if let Err(error) = packet.seek(SeekFrom::Start(0)) {
        return Outcome::NotSent(Error::io(OPERATION, error));
    }
    let mut second = SecondPass {
        packet,
        measured,
        left: measured.length,
        digest: Some(Sha256::new()),
    };
    let mut source = || second.next();
    let sent = client.perform(call, Payload::Packet(measured.length), Some(&mut source));
    let (head, exchange) = match sent {
        Ok(sent) => sent,
        Err(stop) => return failed(stopped(stop, OPERATION, true)),
    };
    match client.answer(OPERATION, head, exchange, Part::Stay) {
        (_, Err(Unread::Refused(refusal))) => Outcome::Refused(refusal),
        (came, Err(unread)) => failed(came.error(unread, true)),
        (_, Ok(answer)) if head.after_whole => {
            let doc_id = answer.text("DocId").filter(|id| !id.is_empty());
            Outcome::Accepted {
                doc_id: doc_id.map(str::to_owned),
            }
        }
        // Accepted before it was there: nobody can say what the axis has.
        (_, Ok(_)) => Outcome::NoAnswer(
            Error::new(ErrorKind::AxisSentNoAnswer, OPERATION)
                .with("reason", "accepted before it was sent whole"),
        ),
    }
}

fn failed(error: Error) -> Outcome {
    if error.kind() == ErrorKind::AxisSentNoAnswer {
        Outcome::NoAnswer(error)
    } else {
        Outcome::NotSent(error)
    }
}

/// The packet on its way to the wire. Its last piece is held back until the
/// digest is that of the first pass: a packet that changed in between never
/// arrives whole.
struct SecondPass<'p, P> {
    packet: &'p mut P,
    measured: Measured,
    left: u64,
    digest: Option<Sha256>,
}

impl<P: Read> SecondPass<'_, P> {
    fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let changed = || Error::new(ErrorKind::PacketChanged, OPERATION);
        let failed = |error| Error::io(OPERATION, error);
        let size = usize::try_from(self.left).map_or(BLOCK, |left| left.min(BLOCK));
        let mut block = vec![0; size];
        let count = read(self.packet, &mut block).map_err(failed)?.len();
        if count == 0 {
            return Err(changed());
        }
        block.truncate(count);
        self.left = self.left.saturating_sub(count as u64);
        if let Some(digest) = &mut self.digest {
            digest.update(&block);
        }
        if self.left == 0
            && let Some(digest) = self.digest.take()
            && digest.finish().map_err(failed)? != self.measured.sha256
        {
            return Err(changed());
        }
        Ok(Some(Bytes::from(block)))
    }
}
