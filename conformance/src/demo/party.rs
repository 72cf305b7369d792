//! One of the two who are connected to the axis: a connector with a store of
//! its own.

use std::path::Path;
use std::time::{Duration, Instant};

use lienthong::connector::Pass;
use lienthong::exchange::insight::RecipientView;
use lienthong::exchange::model::{Delivery, Entry, OutgoingId};
use lienthong::{Config, Connector};

use super::{Event, Listener, Step, StoryError, Who};
use crate::axis_server::TestAxis;

/// How long one look waits: as often is told how far transfers are.
pub(super) const MOMENT: Duration = Duration::from_millis(10);
/// How long something may take that is no matter of bytes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that get through in a second on the slowest machine.
const SLOWEST: u64 = 1_000_000;

/// Who stands where at the axis.
pub(super) struct Place {
    pub(super) who: Who,
    pub(super) organ: &'static str,
    pub(super) system: &'static str,
    pub(super) secret: &'static str,
}

pub(super) struct Party {
    pub(super) place: &'static Place,
    pub(super) connector: Connector,
    patience: Duration,
}

impl Party {
    /// Opens a connector whose store lies in `store`; `bytes` are to pass.
    pub(super) fn open(
        axis: &TestAxis,
        place: &'static Place,
        store: &Path,
        bytes: u64,
    ) -> Result<Self, StoryError> {
        let mut config = Config::new();
        for (key, value) in [
            ("axis.url", &*axis.url()),
            ("axis.system_id", place.system),
            ("axis.secret", place.secret),
            ("connector.organs", place.organ),
            ("store.path", &store.to_string_lossy()),
            // Nobody shall wait here as one has to between machines.
            ("receive.interval", "50"),
            ("send.pause", "50"),
            ("send.ask_after", "50"),
            ("send.unknown_wait", "200"),
        ] {
            config.set(key, value)?;
        }
        Ok(Party {
            place,
            connector: Connector::open(&config)?,
            patience: PATIENCE + Duration::from_secs(bytes / SLOWEST),
        })
    }

    /// Looks until it sees what it waits for, and tells meanwhile how far
    /// transfers are. Each look waits for a moment by itself. `total` is for
    /// what the connector does not know the length of.
    pub(super) fn until<T>(
        &self,
        total: Option<u64>,
        listener: &mut Listener<'_>,
        mut look: impl FnMut(&Connector) -> Result<Option<T>, StoryError>,
    ) -> Result<T, StoryError> {
        let end = Instant::now() + self.patience;
        loop {
            if let Some(found) = look(&self.connector)? {
                return Ok(found);
            }
            for transfer in self.connector.transfers()? {
                listener(Event::Progress {
                    who: self.place.who,
                    step: match transfer.pass {
                        Pass::Digest => Step::Digest,
                        Pass::Send => Step::Send,
                        Pass::Fetch => Step::Fetch,
                    },
                    done: transfer.done,
                    total: transfer.total.or(total),
                });
            }
            if Instant::now() > end {
                return Err(self.stuck());
            }
        }
    }

    fn stuck(&self) -> StoryError {
        StoryError::Stuck {
            organ: self.place.organ.to_owned(),
        }
    }

    /// Waits a moment for the next events; each comes once.
    pub(super) fn events(&self) -> Result<Vec<Entry>, StoryError> {
        let events = self.connector.events(100, MOMENT)?;
        if let Some(last) = events.last() {
            self.connector.events_done(last.number)?;
        }
        Ok(events)
    }

    /// Where a packet of ours stands with its only recipient. One that failed
    /// ends the story.
    pub(super) fn recipient(&self, id: OutgoingId) -> Result<Option<RecipientView>, StoryError> {
        let outgoing = self.connector.why(id)?.outgoing;
        let row = outgoing.and_then(|view| view.recipients.into_iter().next());
        match row {
            Some(row) if row.delivery == Delivery::Failed => Err(match row.remote_code {
                Some(code) => StoryError::Refused {
                    to: row.organ,
                    code,
                },
                None => self.stuck(),
            }),
            row => Ok(row),
        }
    }
}
