//! A packet that came, shown under a lease.

use std::sync::Arc;

use lienthong::connector::HandOff;
use pyo3::prelude::*;

use crate::call::{call, to_json};
use crate::packet::{Packet, Source};

/// A packet that came. It does not change.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Incoming {
    pub(crate) item: Arc<HandOff>,
    pub(crate) config: lienthong::Config,
}

#[pymethods]
impl Incoming {
    #[getter]
    fn id(&self) -> String {
        self.item.id().to_string()
    }

    #[getter]
    fn lease(&self) -> i64 {
        self.item.lease()
    }

    /// The item of docs/dms.md.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        call(py, "incoming.json", || to_json(&*self.item))
    }

    fn packet(&self, py: Python<'_>) -> PyResult<Packet> {
        call(py, "incoming.packet", || {
            let source = Source::Shown(Arc::clone(&self.item));
            Packet::of(source, Some(self.config.clone()), None)
        })
    }
}
