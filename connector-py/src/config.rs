//! The configuration: keys of the table, by name.

use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::prelude::*;

use crate::call::{call, lock};

/// Values of configuration keys.
#[pyclass(frozen, module = "lienthong._native")]
#[derive(Default)]
pub(crate) struct Config(Mutex<lienthong::Config>);

impl Config {
    pub(crate) fn copy(&self) -> lienthong::Config {
        lock(&self.0).clone()
    }
}

/// A copy of what is given; all defaults otherwise.
pub(crate) fn settings(config: Option<&Config>) -> lienthong::Config {
    config.map_or_else(lienthong::Config::new, Config::copy)
}

#[pymethods]
impl Config {
    #[new]
    fn new() -> Self {
        Config::default()
    }

    /// Another one with the same values.
    fn duplicate(&self) -> Self {
        Config(Mutex::new(self.copy()))
    }

    fn set(&self, py: Python<'_>, name: &str, value: &str) -> PyResult<()> {
        call(py, "config.set", || Ok(lock(&self.0).set(name, value)?))
    }

    fn get(&self, name: &str) -> Option<String> {
        lock(&self.0).get(name).map(str::to_owned)
    }

    fn load_file(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        call(py, "config.load_file", || {
            Ok(lock(&self.0).load_file(&path)?)
        })
    }

    fn load_environment(&self, py: Python<'_>) -> PyResult<()> {
        call(py, "config.load_environment", || {
            Ok(lock(&self.0).load_environment()?)
        })
    }
}
