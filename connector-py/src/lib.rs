//! The native part of the Python package `lienthong`.
//!
//! It translates and does nothing else. What a user imports is in `python/lienthong/`; what
//! passes between the two are texts, bytes and JSON. Every call goes through [`call::call`]:
//! it lets other threads of Python run, and makes exceptions of errors and panics.

mod attach;
mod call;
mod config;
mod connector;
mod document;
mod files;
mod incoming;
mod log;
mod packet;
mod queries;
mod signatures;
mod stream;
mod tables;
#[cfg(feature = "testing")]
mod testing;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::config::Config;
    #[pymodule_export]
    use crate::connector::Connector;
    #[pymodule_export]
    use crate::document::{Document, status_bytes};
    #[pymodule_export]
    use crate::incoming::Incoming;
    #[pymodule_export]
    use crate::log::Log;
    #[pymodule_export]
    use crate::packet::{Findings, Packet};
    #[pymodule_export]
    use crate::signatures::{Signer, Verifier, sign};
    #[pymodule_export]
    use crate::stream::Stream;
    #[pymodule_export]
    use crate::tables::{config_keys, error_kinds, finding_codes, journal_words};
    #[cfg(feature = "testing")]
    #[pymodule_export]
    use crate::testing::{Axis, panic_now};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", lienthong::VERSION)
    }
}
