//! What is under way between worker and axis at this moment.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use super::{Connector, lock};
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::{Millis, OutgoingId};
use crate::exchange::outgoing::Job;

/// What is done with the bytes of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pass {
    /// A packet of ours is read for its digest, which goes before it.
    Digest,
    /// A packet of ours goes to the axis.
    Send,
    /// A packet comes from the axis.
    Fetch,
}

/// A packet on its way to or from the axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// What is done with its bytes. A packet of ours is read once for its digest
    /// and once for each request; its bytes are counted anew each time.
    pub pass: Pass,
    /// The packet of ours; `None` for one that comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingId>,
    /// The axis's id of a packet that comes; `None` for one of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axis_doc_id: Option<String>,
    /// The recipients: of a packet of ours those that this attempt is for, of
    /// one that comes what the axis's list says.
    pub organs: Vec<String>,
    /// Bytes of the packet so far, in this pass. They were handed to the
    /// network or the disk; whether the other side has them is not known.
    pub done: u64,
    /// Bytes of the packet; `None` for one that comes, as the axis does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Since when it is under way.
    pub since: Millis,
}

impl Connector {
    /// The packets that are on their way at this moment, the oldest first.
    ///
    /// Only the worker's process sees them: they are counted in memory.
    ///
    /// # Errors
    /// `not-for-client` in a client; the common ones.
    pub fn transfers(&self) -> Result<Vec<Transfer>> {
        let shared = self.shared()?;
        if shared.client.is_none() {
            return Err(Error::new(ErrorKind::NotForClient, "connector.transfers"));
        }
        let running = lock(&shared.transfers.0);
        Ok(running.iter().map(|one| one.view()).collect())
    }
}

/// The transfers of a worker.
#[derive(Default)]
pub(crate) struct Transfers(Mutex<Vec<Arc<Running>>>);

impl Transfers {
    /// A packet of ours, of which this reads the bytes.
    pub(super) fn upload<T>(&self, now: Millis, job: &Job, inner: T) -> Counted<'_, T> {
        let organs = job.recipients.iter().map(|one| one.organ.clone());
        self.register(
            inner,
            Running {
                outgoing: Some(OutgoingId(job.outgoing.id)),
                organs: organs.collect(),
                total: Some(job.payload.length),
                since: now,
                ..Running::default()
            },
        )
    }

    /// A packet that comes, of which this writes the bytes.
    pub(super) fn download<T>(
        &self,
        now: Millis,
        axis_doc_id: &str,
        to: Option<&str>,
        inner: T,
    ) -> Counted<'_, T> {
        let organs = to.into_iter().flat_map(|to| to.split(','));
        self.register(
            inner,
            Running {
                axis_doc_id: Some(axis_doc_id.to_owned()),
                organs: organs.map(|organ| organ.trim().to_owned()).collect(),
                since: now,
                ..Running::default()
            },
        )
    }

    fn register<T>(&self, inner: T, running: Running) -> Counted<'_, T> {
        let running = Arc::new(running);
        lock(&self.0).push(Arc::clone(&running));
        Counted {
            inner,
            running,
            transfers: self,
        }
    }
}

#[derive(Default)]
struct Running {
    outgoing: Option<OutgoingId>,
    axis_doc_id: Option<String>,
    organs: Vec<String>,
    total: Option<u64>,
    since: Millis,
    /// How often it was put to its start.
    starts: AtomicUsize,
    done: AtomicU64,
}

impl Running {
    fn view(&self) -> Transfer {
        Transfer {
            pass: match (self.outgoing, self.starts.load(Ordering::Relaxed)) {
                (None, _) => Pass::Fetch,
                // The client goes to the start before each pass; the first is
                // the one for the digest.
                (Some(_), 0 | 1) => Pass::Digest,
                (Some(_), _) => Pass::Send,
            },
            outgoing: self.outgoing,
            axis_doc_id: self.axis_doc_id.clone(),
            organs: self.organs.clone(),
            done: self.done.load(Ordering::Relaxed),
            total: self.total,
            since: self.since,
        }
    }
}

/// Counts the bytes that pass through it. The transfer is over when it is
/// dropped.
pub(crate) struct Counted<'t, T> {
    inner: T,
    running: Arc<Running>,
    transfers: &'t Transfers,
}

impl<T> Counted<'_, T> {
    fn count(&self, bytes: usize) {
        self.running.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl<T: Read> Read for Counted<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.count(bytes);
        Ok(bytes)
    }
}

impl<T: Seek> Seek for Counted<'_, T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(to)?;
        self.running.done.store(place, Ordering::Relaxed);
        if place == 0 {
            self.running.starts.fetch_add(1, Ordering::Relaxed);
        }
        Ok(place)
    }
}

impl<T: Write> Write for Counted<'_, T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let bytes = self.inner.write(buffer)?;
        self.count(bytes);
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T> Drop for Counted<'_, T> {
    fn drop(&mut self) {
        lock(&self.transfers.0).retain(|one| !Arc::ptr_eq(one, &self.running));
    }
}
