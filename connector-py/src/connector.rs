//! The connector: opening, closing, sending, receiving.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lienthong::ErrorKind;
use lienthong::connector::{Sent, StateSecret};
use lienthong::exchange::model::{IncomingId, OutgoingId};
use lienthong::packet::StatusCode;
use lienthong::packet::document::StaffInfo;
use pyo3::prelude::*;
use serde_json::json;

use crate::call::{Caught, Failure, Result, call, call_with, from_json, to_json};
use crate::config::Config;
use crate::document::Document;
use crate::files::Given;
use crate::incoming::Incoming;
use crate::log::Log;
use crate::stream::Progress;

/// A durable connector to an axis, for any number of threads at once.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Connector {
    pub(crate) connector: lienthong::Connector,
    pub(crate) config: lienthong::Config,
    log: Log,
}

/// The longest wait in which Ctrl-C is not seen.
const SLICE: Duration = Duration::from_millis(200);

fn seconds(name: &'static str, seconds: f64) -> Result<Duration> {
    match seconds {
        endless if endless == f64::INFINITY => Ok(Duration::MAX),
        seconds => Duration::try_from_secs_f64(seconds)
            .map_err(|_| Failure::argument(name, "negative, or no number")),
    }
}

/// An id of a store, as `in-1`.
pub(crate) fn id<I: std::str::FromStr>(name: &'static str, id: &str) -> Result<I> {
    id.parse()
        .map_err(|_| Failure::argument(name, "not an id of this kind"))
}

fn staff(staff: Option<&str>) -> Result<Option<StaffInfo>> {
    staff.map(|staff| from_json("staff", staff)).transpose()
}

fn code(code: u32) -> StatusCode {
    StatusCode::from_number(code)
}

fn secret(contained: bool) -> StateSecret {
    match contained {
        true => StateSecret::Contained,
        false => StateSecret::NotContained,
    }
}

fn shown(sent: &Sent) -> Result<String> {
    to_json(&json!({ "outgoing": sent.id, "again": sent.again, "findings": sent.findings }))
}

impl Connector {
    /// Does something with the connector; what it logs goes where its lines go.
    pub(crate) fn with<R: Send>(
        &self,
        py: Python<'_>,
        operation: &'static str,
        work: impl FnOnce(&lienthong::Connector) -> Result<R> + Send,
    ) -> PyResult<R> {
        call(py, operation, || self.log.during(|| work(&self.connector)))
    }

    /// Waits in slices, so that Ctrl-C is seen: until there is something, or the time is over.
    pub(crate) fn wait<R: Send>(
        &self,
        py: Python<'_>,
        operation: &'static str,
        timeout: f64,
        look: impl Fn(&lienthong::Connector, Duration) -> Result<Option<R>> + Sync,
    ) -> PyResult<Option<R>> {
        let timeout = call(py, operation, || seconds("timeout", timeout))?;
        let end = Instant::now().checked_add(timeout);
        loop {
            let left = end.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()));
            let found = self.with(py, operation, |connector| look(connector, left.min(SLICE)))?;
            if found.is_some() || left.is_zero() {
                return Ok(found);
            }
            py.check_signals()?;
        }
    }
}

#[pymethods]
impl Connector {
    #[staticmethod]
    fn open(py: Python<'_>, config: &Config, log: &Log) -> PyResult<Self> {
        let (config, log) = (config.copy(), log.clone());
        call(py, "connector.open", || {
            let connector = log.during(|| lienthong::Connector::open(&config))?;
            Ok(Connector {
                connector,
                config,
                log,
            })
        })
    }

    /// Whether all threads ended in time.
    fn close(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        self.with(py, "connector.close", |connector| {
            Ok(connector.close(seconds("timeout", timeout)?))
        })
    }

    fn receive_now(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, "connector.receive_now", |connector| {
            Ok(connector.receive_now()?)
        })
    }

    #[pyo3(signature = (document, contains_state_secret, progress=None))]
    fn send(
        &self,
        py: Python<'_>,
        document: &Document,
        contains_state_secret: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        let caught = Caught::default();
        let progress = Progress::new(progress, &caught);
        call_with(py, "connector.send", &caught, || {
            self.log.during(|| {
                let mut packet = document.build(progress.as_ref())?;
                let secret = secret(contains_state_secret);
                shown(&self.connector.send(&mut packet, secret)?)
            })
        })
    }

    #[pyo3(signature = (packet, contains_state_secret, progress=None))]
    fn send_packet(
        &self,
        py: Python<'_>,
        packet: Given<'_>,
        contains_state_secret: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        let caught = Caught::default();
        let progress = Progress::new(progress, &caught);
        let opened = packet.open(&caught);
        call_with(py, "connector.send", &caught, || {
            self.log.during(|| {
                let source = opened?.read(progress.as_ref())?;
                let secret = secret(contains_state_secret);
                shown(&self.connector.send_packet(source, secret)?)
            })
        })
    }

    /// The next packet; none where none came in so many seconds.
    fn poll(&self, py: Python<'_>, timeout: f64) -> PyResult<Option<Incoming>> {
        let item = self.wait(py, "connector.poll", timeout, |connector, slice| {
            Ok(connector.poll(slice)?)
        })?;
        Ok(item.map(|item| Incoming {
            item: Arc::new(item),
            config: self.config.clone(),
        }))
    }

    fn accept(&self, py: Python<'_>, incoming: &str, lease: i64) -> PyResult<()> {
        self.with(py, "connector.accept", |connector| {
            Ok(connector.accept(id("incoming", incoming)?, lease)?)
        })
    }

    fn refuse(
        &self,
        py: Python<'_>,
        incoming: &str,
        lease: i64,
        reason: &str,
        staff: Option<&str>,
    ) -> PyResult<()> {
        self.with(py, "connector.refuse", |connector| {
            let staff = self::staff(staff)?;
            let incoming = id("incoming", incoming)?;
            Ok(connector.refuse(incoming, lease, reason, staff.as_ref())?)
        })
    }

    fn give_back(&self, py: Python<'_>, incoming: &str, lease: i64, pause: f64) -> PyResult<()> {
        self.with(py, "connector.give_back", |connector| {
            let pause = seconds("pause", pause)?;
            Ok(connector.give_back(id("incoming", incoming)?, lease, pause)?)
        })
    }

    fn report(
        &self,
        py: Python<'_>,
        incoming: &str,
        code: u32,
        note: Option<&str>,
        staff: Option<&str>,
    ) -> PyResult<String> {
        self.with(py, "connector.report", |connector| {
            let incoming: IncomingId = id("incoming", incoming)?;
            let staff = self::staff(staff)?;
            let sent = connector.report(incoming, self::code(code), note, staff.as_ref())?;
            Ok(sent.to_string())
        })
    }

    fn recall(
        &self,
        py: Python<'_>,
        outgoing: &str,
        organs: Vec<String>,
        reason: &str,
        staff: Option<&str>,
    ) -> PyResult<Vec<String>> {
        self.with(py, "connector.recall", |connector| {
            let organs: Vec<&str> = organs.iter().map(String::as_str).collect();
            let outgoing: OutgoingId = id("outgoing", outgoing)?;
            let staff = self::staff(staff)?;
            let recalled = connector.recall(outgoing, &organs, reason, staff.as_ref())?;
            Ok(recalled.requests.iter().map(ToString::to_string).collect())
        })
    }

    fn decide(
        &self,
        py: Python<'_>,
        incoming: &str,
        agree: bool,
        note: Option<&str>,
        staff: Option<&str>,
    ) -> PyResult<Option<String>> {
        self.with(py, "connector.decide", |connector| {
            let incoming: IncomingId = id("incoming", incoming)?;
            let staff = self::staff(staff)?;
            let sent = match agree {
                true => connector.agree(incoming, note, staff.as_ref())?,
                false => connector.decline(incoming, note, staff.as_ref())?,
            };
            Ok(sent.map(|id| id.to_string()))
        })
    }

    fn assign(&self, py: Python<'_>, outgoing: &str, organ: &str, code: u32) -> PyResult<()> {
        self.with(py, "connector.assign", |connector| {
            let outgoing = id("outgoing", outgoing)?;
            Ok(connector.assign_answer(outgoing, organ, self::code(code))?)
        })
    }

    fn retry(&self, py: Python<'_>, outgoing: &str, organ: Option<&str>) -> PyResult<u64> {
        self.with(py, "connector.retry", |connector| {
            Ok(connector.retry(id("outgoing", outgoing)?, organ)?)
        })
    }

    fn drop_packet(&self, py: Python<'_>, outgoing: &str, organ: Option<&str>) -> PyResult<u64> {
        self.with(py, "connector.drop", |connector| {
            Ok(connector.drop_packet(id("outgoing", outgoing)?, organ)?)
        })
    }

    fn backup(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        self.with(py, "connector.backup", |connector| {
            Ok(connector.backup(&folder)?)
        })
    }

    /// A question whose answer is JSON; `id` is a packet's, or nothing.
    fn ask(&self, py: Python<'_>, question: &str, id: &str) -> PyResult<String> {
        self.with(py, "connector.ask", |connector| {
            crate::queries::answer(connector, question, id)
        })
    }

    fn find_sent(&self, py: Python<'_>, organ: &str, document_id: &str) -> PyResult<Vec<String>> {
        self.with(py, "connector.find", |connector| {
            let found = connector.find_sent(organ, document_id)?;
            Ok(found.iter().map(ToString::to_string).collect())
        })
    }

    /// Events that are not done, as JSON; none where none came in so many seconds.
    fn events(&self, py: Python<'_>, limit: usize, timeout: f64) -> PyResult<Option<String>> {
        self.wait(py, "connector.events", timeout, |connector, slice| {
            let events = connector.events(limit, slice)?;
            match events.is_empty() {
                true => Ok(None),
                false => crate::queries::told(&events).map(Some),
            }
        })
    }

    fn events_done(&self, py: Python<'_>, up_to: i64) -> PyResult<()> {
        self.with(py, "connector.events_done", |connector| {
            Ok(connector.events_done(up_to)?)
        })
    }

    /// Has a packet in quarantine read again, or gives it up.
    fn quarantine(&self, py: Python<'_>, arrival: &str, again: bool) -> PyResult<()> {
        self.with(py, "connector.quarantine", |connector| {
            let arrival = id("arrival", arrival)?;
            match again {
                true => connector.read_again(arrival)?,
                false => connector.drop_quarantined(arrival)?,
            }
            Ok(())
        })
    }

    /// The packet with an id: out-…, in-…, or arrival-… for one in quarantine.
    fn packet(&self, py: Python<'_>, id: &str) -> PyResult<crate::packet::Packet> {
        self.with(py, "connector.packet", |connector| {
            let source = crate::queries::source(connector, id)?;
            crate::packet::Packet::of(source, Some(self.config.clone()), None)
        })
    }
}

/// What is no id of a store.
pub(crate) fn not_found(id: &str) -> Failure {
    Failure::own(ErrorKind::NotFound).with("id", id)
}
