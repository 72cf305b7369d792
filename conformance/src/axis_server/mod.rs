//! The test axis: a faithful server for the wire of the national axis (profile V).
//!
//! Any product can be pointed to it. It checks signatures and hashes, routes,
//! rebuilds and queues packets, keeps them on disk, and fails on request (see
//! [`Fault`]). Its HMAC, hash and routing code is its own, not the client's, so
//! that it does not agree with the client's bugs. `docs/test-axis.md` says what
//! is known of the real axis and what is assumed.
//!
//! ```no_run
//! use lienthong_conformance::axis_server::TestAxis;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let axis = TestAxis::builder()
//!     .system("system.01", "made-up secret", ["000.00.00.H41"])
//!     .system("system.02", "another one", ["000.00.00.H14"])
//!     .start()?;
//! println!("{}", axis.url());
//! # Ok(())
//! # }
//! ```

mod answer;
mod calls;
mod clock;
mod config;
mod control;
mod directory;
mod error;
mod fault;
mod file_hash;
pub mod http;
mod intake;
mod office;
mod refusal;
mod route;
mod shared;
mod signed;
mod stop;
mod store;
mod wire_log;

use std::fmt;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use config::{AxisConfig, System};
pub use directory::Unit;
pub use error::AxisError;
pub use fault::{Fault, FaultRule, FaultState};
pub use office::{
    About, Flaw, OFFICE, OfficeAnswer, OfficeCommand, OfficeConfig, OfficeDocument, OfficeError,
    OfficeMade, OfficeReceived, OfficeRule, OfficeRuleState, OfficeSent, OfficeState, OfficeStatus,
    Reaction, RecallForm, Scripted, Step, What,
};
pub use refusal::{Cause, Codes};
pub use route::Kind;
pub use store::QueueState;
pub use wire_log::WireEntry;

use calls::Calls;
use control::Control;
use http::HttpServer;
use office::AtWork;
use shared::Shared;
use stop::Stop;

use crate::rebuild::Flavour;

/// A running test axis; it stops when it is dropped.
pub struct TestAxis {
    shared: Arc<Shared>,
    stop: Arc<Stop>,
    // Before the servers: it ends what their connections wait for.
    office: AtWork,
    calls: HttpServer,
    control: HttpServer,
    token: String,
}

/// What is still listed or was delivered to one organ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queued {
    /// The receiving organ.
    pub organ: String,
    /// The id that the receiver sees.
    pub id: String,
    /// The id that the sender got.
    pub sender_id: String,
    /// The sending organ.
    pub from: String,
    /// Document or status.
    pub kind: Kind,
    /// Where it stands.
    pub state: QueueState,
    /// Bytes of the packet as it is delivered.
    pub bytes: u64,
}

/// What an axis is to be like.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder(AxisConfig);

impl Builder {
    /// From a whole configuration.
    pub fn from_config(config: AxisConfig) -> Self {
        Builder(config)
    }

    /// Adds a system with its organs.
    pub fn system(
        mut self,
        id: impl Into<String>,
        secret: impl Into<String>,
        organs: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.0.systems.push(System {
            id: id.into(),
            secret: secret.into(),
            organs: organs.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Keeps packets and queues in a folder, over restarts.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.0.data = Some(folder.into());
        self
    }

    /// Loads units from a file.
    pub fn directory(mut self, file: impl Into<PathBuf>) -> Self {
        self.0.directory = Some(file.into());
        self
    }

    /// Rebuilds packets in this way.
    pub fn rebuild(mut self, flavour: Flavour) -> Self {
        self.0.rebuild = flavour;
        self
    }

    /// Adds the simulated Office of the Government, unless a system claims its
    /// organ.
    pub fn office(mut self, office: OfficeConfig) -> Self {
        self.0.office = Some(office);
        self
    }

    /// Begins with a fault.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.0.faults.push(rule);
        self
    }

    /// Changes anything else.
    pub fn configure(mut self, change: impl FnOnce(&mut AxisConfig)) -> Self {
        change(&mut self.0);
        self
    }

    /// Starts the axis.
    ///
    /// # Errors
    /// The configuration is wrong, a file cannot be used, or an address is taken.
    pub fn start(self) -> Result<TestAxis, AxisError> {
        let (listen, control_at) = (self.0.listen, self.0.control);
        let limits = self.0.limits();
        let shared = Arc::new(Shared::new(self.0)?);
        let stop = Arc::new(Stop::default());
        let failed = |address: SocketAddr| {
            move |source| AxisError::Listen {
                address: address.to_string(),
                source,
            }
        };
        let bind = |address| TcpListener::bind(address).map_err(failed(address));
        let (listener, control_listener) = (bind(listen)?, bind(control_at)?);
        let token = shared.token().map_err(failed(control_at))?;
        let control = Control::new(Arc::clone(&shared), &token).map_err(failed(control_at))?;
        let calls = Arc::new(Calls(Arc::clone(&shared)));
        let calls = HttpServer::start(listener, limits, calls, Arc::clone(&stop))
            .map_err(failed(listen))?;
        let control = HttpServer::start(
            control_listener,
            limits,
            Arc::new(control),
            Arc::clone(&stop),
        )
        .map_err(failed(control_at))?;
        let office = AtWork::start(&shared).map_err(AxisError::file("thread"))?;
        Ok(TestAxis {
            shared,
            stop,
            office,
            calls,
            control,
            token,
        })
    }
}

impl TestAxis {
    /// What an axis is to be like, to begin with the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base address of the calls.
    pub fn url(&self) -> String {
        let base_path = &self.shared.config.base_path;
        format!("http://{}{base_path}", self.calls.address())
    }

    /// Where the calls are listened for.
    pub fn address(&self) -> SocketAddr {
        self.calls.address()
    }

    /// The base address of the control interface.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control.address())
    }

    /// The token of the control interface, new with every start.
    pub fn control_token(&self) -> &str {
        &self.token
    }

    /// Replaces all faults.
    pub fn set_faults(&self, rules: impl IntoIterator<Item = FaultRule>) {
        self.shared.faults.set(rules.into_iter().collect());
    }

    /// Adds a fault.
    pub fn add_fault(&self, rule: FaultRule) {
        self.shared.faults.add(rule);
    }

    /// The faults, and how far they are.
    pub fn faults(&self) -> Vec<FaultState> {
        self.shared.faults.states()
    }

    /// What the Office has; none where there is no Office. Where nothing has
    /// happened since a count of changes it waits for that, but not longer than
    /// this.
    pub fn office_state(&self, since: u64, wait: Duration) -> Option<OfficeState> {
        let office = self.shared.office.as_ref()?;
        Some(office.state(since, wait))
    }

    /// Lets the Office carry out a command.
    ///
    /// # Errors
    /// There is no Office, it has no such document, no packet can be made of it,
    /// or the axis refuses that.
    pub fn office_command(&self, command: OfficeCommand) -> Result<OfficeMade, OfficeError> {
        self.shared.office_command(command)
    }

    /// Replaces all rules of the Office.
    ///
    /// # Errors
    /// There is no Office.
    pub fn set_office_rules(
        &self,
        rules: impl IntoIterator<Item = OfficeRule>,
    ) -> Result<(), OfficeError> {
        let office = self.shared.office.as_ref();
        let office = office.ok_or(OfficeError::NoOffice)?;
        office.set_rules(rules.into_iter().collect());
        Ok(())
    }

    /// All deliveries, in the order of acceptance.
    pub fn queued(&self) -> Vec<Queued> {
        let deliveries = self.shared.store.all();
        deliveries
            .into_iter()
            .map(|delivery| Queued {
                organ: delivery.organ.into(),
                id: delivery.id.into(),
                sender_id: delivery.packet.id.to_string(),
                from: delivery.packet.from.to_string(),
                kind: delivery.packet.kind,
                state: delivery.state,
                bytes: delivery.packet.bytes,
            })
            .collect()
    }

    /// The bytes of a packet as the axis hands them out, by the id of a delivery.
    /// Without a rebuild they are those that were sent.
    ///
    /// # Errors
    /// There is no such delivery, or the disk fails.
    pub fn packet(&self, id: &str) -> io::Result<Vec<u8>> {
        let delivery = self.shared.store.delivery(id);
        let delivery = delivery.ok_or(io::ErrorKind::NotFound)?;
        let (file, length) = self.shared.store.packet(&delivery)?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Puts bytes into the queue of an organ, unlooked at: what a hop made, or let
    /// through, that this axis would refuse. Gives the id of the delivery.
    ///
    /// # Errors
    /// The disk fails.
    pub fn plant(&self, from: &str, to: &str, kind: Kind, bytes: &[u8]) -> io::Result<String> {
        self.shared.plant(from, to, kind, bytes)
    }

    /// The exchanges after a number (0: all that are kept). Where there are none
    /// it waits for one, but not longer than this.
    pub fn wire_log(&self, since: u64, wait: Duration) -> Vec<WireEntry> {
        self.shared.log.since(since, wait)
    }

    /// Waits until the axis is stopped.
    pub fn wait(&self) {
        self.stop.wait();
    }

    /// Stops: every connection is closed, and every thread has ended.
    pub fn stop(mut self) {
        self.office.stop();
        self.calls.stop();
        self.control.stop();
    }
}

impl fmt::Debug for TestAxis {
    // Not the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestAxis")
            .field("url", &self.url())
            .field("control_url", &self.control_url())
            .finish_non_exhaustive()
    }
}
