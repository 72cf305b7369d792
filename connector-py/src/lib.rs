//! The native part of the Python package `lienthong`.
//!
//! It translates and does nothing else. What a user imports is in `python/lienthong/`.

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", lienthong::VERSION)
    }
}
