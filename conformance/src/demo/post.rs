//! Sending and fetching with a bare client, with progress.

use std::fs::File;
use std::io::{Seek, Write};

use lienthong::Config;
use lienthong::axis::{Client, Outcome, Sending};

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

/// Sends a packet, which the axis has to take.
pub(super) fn send(
    client: &Client,
    packet: &mut File,
    sending: &Sending<'_>,
    listener: &mut Listener<'_>,
) -> Result<(), StoryError> {
    let total = packet.metadata().map_err(StoryError::own)?.len();
    // Once for the digest, then for the wire.
    let steps = &[Step::Digest, Step::Send];
    let mut packet = Metered::new(packet, Who::StandIn, steps, Some(total), listener);
    for delivery in client.send(&mut packet, sending)? {
        match delivery.outcome {
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
    Ok(())
}

/// Fetches a packet into a file without a name, which vanishes with the
/// program; the file, at its start, and its length.
pub(super) fn fetch(
    client: &Client,
    doc_id: &str,
    listener: &mut Listener<'_>,
) -> Result<(File, u64), StoryError> {
    let mut file = tempfile::tempfile().map_err(StoryError::own)?;
    let mut metered = Metered::new(&file, Who::StandIn, &[Step::Fetch], None, listener);
    let fetched = client.get(doc_id, &mut metered)?;
    file.flush().map_err(StoryError::own)?;
    file.rewind().map_err(StoryError::own)?;
    Ok((file, fetched.bytes))
}
