//! Packets that came, given to the host program.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};

use super::packets::remark;
use super::{Connector, Shared};
use crate::error::{ErrorKind, Result};
use crate::exchange::handoff;
use crate::exchange::model::{Incoming, IncomingId, OutgoingId};
use crate::exchange::{ReadSeek, Store};
use crate::failpoint::failpoint;
use crate::finding::Finding;
use crate::packet::document::StaffInfo;
use crate::packet::{
    AttachmentSink, Discard, Document, ExtractedFile, Packet, Status, ToFolder, read_packet,
};

/// A packet that came, shown to the host under a lease (`handoff.lease`).
///
/// Until it is accepted or refused it is shown again after the lease, to this
/// host process or to another, and then [`HandOff::redelivered`] is true.
#[derive(Debug)]
pub struct HandOff {
    shared: Arc<Shared>,
    row: Incoming,
    packet: Packet,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Connector {
    /// Waits for a packet and takes it under a lease; `None` when none came in
    /// time. An answer of `None` says nothing of the axis: see
    /// [`Connector::stats`] and the events for whether it could be asked.
    ///
    /// # Errors
    /// The common ones.
    pub fn poll(&self, at_most: Duration) -> Result<Option<HandOff>> {
        let end = Instant::now().checked_add(at_most);
        loop {
            let shared = self.shared()?;
            let seen = shared.store.generation();
            let now = shared.now();
            let lease = shared.settings.lease;
            let there = shared.look(|tx| {
                let beyond = crate::exchange::beyond(now, lease);
                Ok(tx.next_to_show(now, beyond)?.is_some())
            })?;
            if there {
                #[expect(clippy::cast_possible_wrap, reason = "any number will do")]
                let token = shared.environment.random() as i64;
                let shown = shared.change(move |tx| handoff::show(tx, now, lease, token))?;
                failpoint!("handoff-shown");
                if let Some(row) = shown {
                    match HandOff::open(shared, row) {
                        // Another process agreed to its recall at this moment.
                        Err(error) if error.kind() == ErrorKind::PayloadGone => {}
                        shown => return shown.map(Some),
                    }
                }
                continue;
            }
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            if left.is_zero() {
                return Ok(None);
            }
            // The next lease that ends is not written by anybody.
            let ends = shared.look(|tx| tx.next_lease_end())?;
            let until = ends.map_or(Duration::MAX, |at| {
                Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or_default())
            });
            shared
                .store
                .wait(seen, left.min(until.max(TICK)).min(LONGEST));
        }
    }

    /// Accepts a hand-off by its id and lease.
    ///
    /// # Errors
    /// `lease-lost` where it was decided on, or shown again meanwhile.
    pub fn accept(&self, id: IncomingId, lease: i64) -> Result<()> {
        let shared = self.shared()?;
        let now = shared.now();
        shared.change(move |tx| handoff::accept(tx, now, id.0, lease))?;
        failpoint!("handoff-accepted");
        Ok(())
    }

    /// Refuses a hand-off by its id and lease; the sender gets 02 with the
    /// reason, cut at `status.longest_note` characters.
    ///
    /// # Errors
    /// As [`Connector::accept`]; `packet-impossible` without a reason;
    /// `status-illegal` for an action, which is agreed to or declined.
    pub fn refuse(
        &self,
        id: IncomingId,
        lease: i64,
        reason: &str,
        staff: Option<&StaffInfo>,
    ) -> Result<()> {
        let shared = self.shared()?;
        let now = shared.now();
        let longest = shared.settings.receive.longest_note;
        let remark = remark(Some(reason), staff);
        shared.change(move |tx| handoff::refuse(tx, now, id.0, lease, &remark, longest))?;
        failpoint!("handoff-refused");
        Ok(())
    }

    /// Gives a hand-off back: it is shown again after the pause, at the latest
    /// after the length of a lease.
    ///
    /// # Errors
    /// As [`Connector::accept`].
    pub fn give_back(&self, id: IncomingId, lease: i64, pause: Duration) -> Result<()> {
        let shared = self.shared()?;
        let now = shared.now();
        let longest = shared.settings.lease;
        let pause = i64::try_from(pause.as_millis()).map_or(longest, |pause| pause.min(longest));
        shared.change(move |tx| handoff::give_back(tx, now, id.0, lease, pause))?;
        failpoint!("handoff-given-back");
        Ok(())
    }

    /// Opens the bytes of a packet that came, as they were received.
    ///
    /// # Errors
    /// `not-found`, `payload-gone`.
    pub fn open_packet(&self, id: IncomingId) -> Result<Box<dyn ReadSeek + Send>> {
        let shared = self.shared()?;
        open_payload(shared, id)
    }
}

/// The shortest wait: leases that end this very millisecond do not spin.
const TICK: Duration = Duration::from_millis(10);
/// The longest wait: a clock that is put forward is noticed.
const LONGEST: Duration = Duration::from_secs(60);

fn open_payload(shared: &Shared, id: IncomingId) -> Result<Box<dyn ReadSeek + Send>> {
    shared.open_payload("connector.open_packet", id, |tx| {
        let row = tx.incoming(id.0)?;
        Ok(row.ok_or_else(|| crate::exchange::not_found(id))?.payload)
    })
}

impl HandOff {
    fn open(shared: &Arc<Shared>, row: Incoming) -> Result<Self> {
        let bytes = open_payload(shared, IncomingId(row.id))?;
        let packet = read_packet(bytes, &shared.settings.read, &mut Discard)?;
        Ok(HandOff {
            shared: Arc::clone(shared),
            row,
            packet,
        })
    }

    /// Its id in this store.
    pub fn id(&self) -> IncomingId {
        IncomingId(self.row.id)
    }

    /// The lease, for [`Connector::accept`] and its like.
    pub fn lease(&self) -> i64 {
        self.row.lease.unwrap_or_default()
    }

    /// Our organ that it is for.
    pub fn own_organ(&self) -> &str {
        &self.row.own
    }

    /// Its sender as the packet names it.
    pub fn from(&self) -> &str {
        &self.row.from
    }

    /// How often it has been shown, this time included.
    pub fn attempt(&self) -> u32 {
        self.row.shown
    }

    /// Whether it was shown before.
    pub fn redelivered(&self) -> bool {
        self.row.shown > 1
    }

    /// Whether it is a recall, update or replacement, or a status 13, that the
    /// host has to agree to or decline.
    pub fn is_action(&self) -> bool {
        crate::exchange::chain::is_action(&self.row)
    }

    /// The received document that it acts on, which is on hold.
    pub fn acts_on(&self) -> Option<IncomingId> {
        self.row.about_incoming.map(IncomingId)
    }

    /// Our document that it answers.
    pub fn answers(&self) -> Option<OutgoingId> {
        self.row.about_outgoing.map(OutgoingId)
    }

    /// Whether another one with the same sender, id and type and with another
    /// content is there.
    pub fn conflict(&self) -> bool {
        self.row.conflict
    }

    /// The report on its signatures, made when it came, as JSON
    /// ([`Report`](crate::signature::report::Report)); `None` for a status. It may name who
    /// signed.
    pub fn signatures(&self) -> Option<&str> {
        self.row.verdict.as_deref()
    }

    /// The packet as it was read: header, findings, attachments.
    pub fn packet(&self) -> &Packet {
        &self.packet
    }

    /// Opens its bytes, as they were received.
    ///
    /// # Errors
    /// `payload-gone` after it was destroyed.
    pub fn open_bytes(&self) -> Result<Box<dyn ReadSeek + Send>> {
        open_payload(&self.shared, self.id())
    }

    /// Reads its attachments into a sink.
    ///
    /// # Errors
    /// As [`HandOff::open_bytes`]; `io` where the sink fails.
    pub fn attachments(&self, sink: &mut dyn AttachmentSink) -> Result<()> {
        read_packet(self.open_bytes()?, &self.shared.settings.read, sink).map(drop)
    }

    /// Writes its attachments into a folder, under safe and unique names; those
    /// that cannot be decoded are left out.
    ///
    /// # Errors
    /// As [`HandOff::attachments`].
    pub fn extract_to(&self, folder: &Path) -> Result<Vec<ExtractedFile>> {
        let mut sink = ToFolder::new(folder)?;
        self.attachments(&mut sink)?;
        Ok(sink.files().to_vec())
    }

    /// The host has it: it is not shown again.
    ///
    /// # Errors
    /// As [`Connector::accept`].
    pub fn accept(&self) -> Result<()> {
        let now = self.shared.now();
        let (id, lease) = (self.row.id, self.lease());
        self.shared
            .change(move |tx| handoff::accept(tx, now, id, lease))
    }
}

/// What `docs/dms.md` calls an item.
impl Serialize for HandOff {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct File<'a> {
            name: Option<&'a str>,
            bytes: Option<u64>,
            sha256: Option<String>,
        }
        #[derive(Serialize)]
        struct Item<'a> {
            incoming: IncomingId,
            lease: String,
            own: &'a str,
            from: &'a str,
            attempt: u32,
            redelivered: bool,
            is_action: bool,
            acts_on: Option<IncomingId>,
            answers: Option<OutgoingId>,
            conflict: bool,
            signatures: Option<serde_json::Value>,
            meaning: Option<String>,
            document: Option<&'a Document>,
            status: Option<&'a Status>,
            attachments: Vec<File<'a>>,
            findings: &'a [Finding],
        }
        let files = self.packet.attachments.iter().map(|one| File {
            name: one.name.as_deref(),
            bytes: one.content().map(|content| content.size),
            sha256: one.content().map(|content| content.sha256_hex()),
        });
        Item {
            incoming: self.id(),
            // A text: not every JSON reader keeps all digits of such a number.
            lease: self.lease().to_string(),
            own: self.own_organ(),
            from: self.from(),
            attempt: self.attempt(),
            redelivered: self.redelivered(),
            is_action: self.is_action(),
            acts_on: self.acts_on(),
            answers: self.answers(),
            conflict: self.conflict(),
            signatures: self
                .signatures()
                .and_then(|report| serde_json::from_str(report).ok()),
            meaning: self
                .packet
                .meaning_digest()
                .map(|digest| digest.to_string()),
            document: self.packet.document(),
            status: self.packet.status(),
            attachments: files.collect(),
            findings: self.packet.findings(),
        }
        .serialize(serializer)
    }
}
