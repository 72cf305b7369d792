//! The test axis, in this process.

use std::sync::Mutex;

use lienthong::ErrorKind;
use lienthong_conformance::axis_server::{AxisConfig, Builder, TestAxis};
use pyo3::prelude::*;

use crate::call::{Failure, Result, call, lock};

/// A running test axis; it stops when it is dropped.
#[pyclass(frozen, module = "lienthong._native")]
pub(crate) struct Axis {
    axis: Mutex<Option<TestAxis>>,
    url: String,
    control_url: String,
    token: String,
    process: u32,
}

#[pymethods]
impl Axis {
    /// Starts it; `config` has the keys of axis.toml, as JSON.
    #[new]
    fn new(py: Python<'_>, config: &str) -> PyResult<Self> {
        call(py, "axis.start", || {
            let wrong = |error: lienthong_conformance::axis_server::AxisError| {
                Failure::argument("axis", error.to_string())
            };
            let config = AxisConfig::from_json(config).map_err(wrong)?;
            let axis = Builder::from_config(config).start().map_err(wrong)?;
            Ok(Axis {
                url: axis.url(),
                control_url: axis.control_url(),
                token: axis.control_token().to_owned(),
                axis: Mutex::new(Some(axis)),
                process: std::process::id(),
            })
        })
    }

    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    #[getter]
    fn control_url(&self) -> &str {
        &self.control_url
    }

    #[getter]
    fn token(&self) -> &str {
        &self.token
    }

    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        call(py, "axis.stop", || {
            self.end();
            Ok(())
        })
    }
}

impl Axis {
    fn end(&self) {
        // In a child there are no threads to be waited for.
        if self.process == std::process::id()
            && let Some(axis) = lock(&self.axis).take()
        {
            axis.stop();
        }
    }
}

impl Drop for Axis {
    fn drop(&mut self) {
        match self.process == std::process::id() {
            true => self.end(),
            false => std::mem::forget(lock(&self.axis).take()),
        }
    }
}

/// Fails as a fault of the library would.
#[pyfunction]
pub(crate) fn panic_now(py: Python<'_>) -> PyResult<()> {
    call(py, "panic", || -> Result<()> {
        let none: Option<u8> = std::env::var_os("").map(|_| 0);
        assert!(none.is_some(), "a panic that was asked for");
        Err(Failure::own(ErrorKind::Internal))
    })
}
