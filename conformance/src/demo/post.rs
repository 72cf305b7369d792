//! Sending and fetching as the stories do it, with progress.

use std::fs::File;
use std::io::{Seek, Write};

use lienthong::Config;
use lienthong::axis::{Client, MessageType, Outcome, Sending};

use super::metered::Metered;
use super::{Listener, Step, StoryError, Who};
use crate::axis_server::TestAxis;

/// A client for one system of the test axis.
pub(super) fn client(axis: &TestAxis, system: &str, secret: &str) -> Result<Client, StoryError> {
    let mut config = Config::new();
    config.set("axis.url", &axis.url())?;
    config.set("axis.system_id", system)?;
    config.set("axis.secret", secret)?;
    Ok(Client::open(&config)?)
}

/// Sends a packet; the id that the axis gave it.
pub(super) fn send(
    client: &Client,
    packet: &mut File,
    sending: &Sending<'_>,
    who: Who,
    listener: &mut Listener<'_>,
) -> Result<String, StoryError> {
    let total = packet.metadata().map_err(StoryError::own)?.len();
    // Once for the digest, then for the wire.
    let steps = &[Step::Digest, Step::Send];
    let mut packet = Metered::new(packet, who, steps, Some(total), listener);
    let mut id = String::new();
    for delivery in client.send(&mut packet, sending)? {
        match delivery.outcome {
            Outcome::Accepted { doc_id } => id = doc_id.unwrap_or_default(),
            Outcome::Refused(refusal) => {
                return Err(StoryError::Refused {
                    to: delivery.to.join(","),
                    code: refusal.code,
                });
            }
            Outcome::NoAnswer(error) | Outcome::NotSent(error) => return Err(error.into()),
            _ => {}
        }
    }
    Ok(id)
}

/// Lists what waits: how many packets, and the id and the sender of the first.
pub(super) fn first_waiting(
    client: &Client,
    message_type: MessageType,
    organ: &str,
) -> Result<(usize, String, String), StoryError> {
    let rows = client.list_received(message_type)?;
    let count = rows.len();
    let first = rows.into_iter().next();
    let first = first.ok_or_else(|| StoryError::NothingWaits {
        organ: organ.to_owned(),
    })?;
    Ok((count, first.doc_id, first.from.unwrap_or_default()))
}

/// Fetches a packet into a file without a name, which vanishes with the
/// program; the file, at its start, and its length.
pub(super) fn fetch(
    client: &Client,
    doc_id: &str,
    total: Option<u64>,
    who: Who,
    listener: &mut Listener<'_>,
) -> Result<(File, u64), StoryError> {
    let mut file = tempfile::tempfile().map_err(StoryError::own)?;
    let mut metered = Metered::new(&file, who, &[Step::Fetch], total, listener);
    let fetched = client.get(doc_id, &mut metered)?;
    file.flush().map_err(StoryError::own)?;
    file.rewind().map_err(StoryError::own)?;
    Ok((file, fetched.bytes))
}

/// How a packet waits at the axis: its id there for the receiver, and its bytes.
pub(super) fn queued(axis: &TestAxis, sender_id: &str) -> Option<(String, u64)> {
    let mut deliveries = axis.queued().into_iter();
    let found = deliveries.find(|delivery| delivery.sender_id == sender_id)?;
    Some((found.id, found.bytes))
}
