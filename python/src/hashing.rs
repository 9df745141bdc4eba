//! The process's hashes for the runtime, so that sets of strings iterate as Python's do.
//!
//! Python's string hashes are keyed by a random number. The function that computes them
//! isn't in the limited API, so it is looked up by name and believed only if it gives what
//! `hash` gives; where it isn't found, sets of strings have an order of their own.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::mem::transmute;

/// `_Py_HashBytes` until 3.13, `Py_HashBuffer` since 3.14.
const NAMES: [&std::ffi::CStr; 2] = [c"Py_HashBuffer", c"_Py_HashBytes"];

/// Tells the runtime how to hash.
pub fn install(py: Python<'_>) -> PyResult<()> {
    cumbia_runtime::set_none_hash(py.None().bind(py).hash()? as i64);
    let expected = PyBytes::new(py, b"cumbia").hash()?;
    let text = PyString::new(py, "cumbia").hash()?;
    for name in NAMES {
        // SAFETY: `dlsym` of the program itself takes any name.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        if found.is_null() {
            continue;
        }
        // SAFETY: functions of these names of CPython have this signature; it takes no
        // locks and no Python objects.
        let hasher: cumbia_runtime::BytesHasher = unsafe { transmute(found) };
        let bytes = b"cumbia";
        let hash = hasher(bytes.as_ptr(), bytes.len()) as isize;
        if hash == expected && hash == text {
            cumbia_runtime::set_string_hasher(hasher);
            return Ok(());
        }
    }
    Ok(())
}
